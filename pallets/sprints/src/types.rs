// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What is stored about sprints.

use crate::{Audits, Config};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use ergon_core::{crypto::audit::AuditorId, Attestation, Bundle, JobId, ModelId, Work, H256};
use frame_support::{
	traits::Get, BoundedVec, CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound,
};
use frame_system::pallet_prelude::BlockNumberFor;
use scale_info::TypeInfo;

pub use ergon_economics::Balance;

/// Counts eras. Each has one sprint, which has the same number.
pub type EraIndex = u32;

/// What a slashed bond left.
pub type CreditOf<T> = <<T as Config>::Audits as Audits<
	<T as frame_system::Config>::AccountId,
	BlockNumberFor<T>,
>>::Credit;
/// A sprint as this chain stores it.
pub type SprintOf<T> = Sprint<BlockNumberFor<T>, <T as Config>::MaxModels>;
/// An entry as this chain stores it.
pub type EntryOf<T> = Entry<<T as Config>::MaxSamples>;
/// A leaf as this chain stores it.
pub type LeafOf<T> = Leaf<<T as frame_system::Config>::AccountId>;
/// A task as this chain stores it.
pub type TaskOf<T> = Task<<T as frame_system::Config>::AccountId>;

/// Where the sprint of an era stands.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Phase<BlockNumber> {
	/// It opens in one of the next blocks; nobody knows in which.
	#[codec(index = 0)]
	Waiting {
		/// It opens in this block at the latest.
		latest: BlockNumber,
	},
	/// Candidates work.
	#[codec(index = 1)]
	Working {
		/// What all items follow from.
		seed: H256,
		/// Last block for commitments.
		commit_by: BlockNumber,
	},
	/// Candidates show the items that were drawn.
	#[codec(index = 2)]
	Opening {
		/// What all items follow from.
		seed: H256,
		/// What draws the items that are shown.
		draw: H256,
		/// Last block to show one.
		open_by: BlockNumber,
	},
	/// All is shown that will be; auditors may still be at work.
	#[codec(index = 3)]
	Over,
	/// There is none in this era.
	#[codec(index = 4)]
	Cancelled,
}

/// The sprint of an era.
#[derive(
	CloneNoBound, DebugNoBound, PartialEqNoBound, EqNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(MaxModels))]
pub struct Sprint<BlockNumber, MaxModels>
where
	BlockNumber: Clone + Eq + core::fmt::Debug,
	MaxModels: Get<u32>,
{
	/// Its era.
	pub era: EraIndex,
	/// Where it stands.
	pub phase: Phase<BlockNumber>,
	/// Models of which each candidate uses one, the most wanted first; known once it is open.
	pub models: BoundedVec<ModelId, MaxModels>,
}

/// What a candidate says it has done.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Commitment {
	/// The model that did it.
	pub model: ModelId,
	/// Number of items, those at 0..items.
	pub items: u32,
	/// Root of the Merkle tree over their [leaves](ergon_core::sprint::leaf).
	pub root: H256,
}

/// One candidate in one sprint.
#[derive(
	CloneNoBound, DebugNoBound, PartialEqNoBound, EqNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(MaxSamples))]
pub struct Entry<MaxSamples: Get<u32>> {
	/// What it says it has done.
	pub commitment: Commitment,
	/// How often it said so.
	pub commitments: u8,
	/// Signs what it shows.
	pub key: AuditorId,
	/// The items that it has shown.
	pub shown: BoundedVec<u32, MaxSamples>,
	/// How many of them are still audited.
	pub open: u32,
	/// How many of them auditors re-executed and found right.
	pub audited: u32,
	/// Work of all that it has shown.
	pub work: Work,
	/// Whether all that was drawn is shown.
	pub is_complete: bool,
}

/// An item that was shown and is audited.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Leaf<AccountId> {
	/// The sprint.
	pub era: EraIndex,
	/// Whose it is.
	pub operator: AccountId,
	/// What all items of that candidate follow from.
	pub subject: H256,
	/// Which item.
	pub index: u32,
	/// What the candidate signed.
	pub attestation: Attestation,
	/// What it delivered.
	pub bundle: Bundle,
}

/// Something to look at in a block.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Task<AccountId> {
	/// Whether a candidate has shown all that was drawn.
	#[codec(index = 0)]
	Shown(EraIndex, AccountId),
	/// What the audits of an item came to.
	#[codec(index = 1)]
	Audited(JobId),
}

/// How a candidate failed.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum CandidateFailure {
	/// It has not shown an item that was drawn.
	#[codec(index = 0)]
	NotShown,
	/// An item that it committed to is wrong.
	#[codec(index = 1)]
	Wrong,
}

/// How much a model was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Demand {
	/// The model.
	pub model: ModelId,
	/// Work of jobs that were done with it, and of those that its place in the list was taken from.
	pub work: Work,
}

/// When a sprint opens, as far as anybody can know before it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct NextSprint<BlockNumber> {
	/// Its era.
	pub era: EraIndex,
	/// The first block in which it can open.
	pub earliest: BlockNumber,
	/// The last one.
	pub latest: BlockNumber,
}

/// What an account sees of the current sprint.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct SprintInfo<BlockNumber> {
	/// Its era.
	pub era: EraIndex,
	/// Where it stands.
	pub phase: Phase<BlockNumber>,
	/// Models of which each candidate uses one.
	pub models: Vec<ModelId>,
	/// Blocks in which candidates work.
	pub commit_window: BlockNumber,
	/// Blocks in which they show what was drawn.
	pub open_window: BlockNumber,
	/// The blocks in one of which the next sprint opens: this one as long as it waits, and then that of the next era,
	/// of which [`Config::NextEra`] is an estimate.
	pub next: Option<NextSprint<BlockNumber>>,
}

/// What an account sees of a candidate's part in a sprint.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct EntryInfo {
	/// What it says it has done.
	pub commitment: Commitment,
	/// The items that are to be shown, once they are drawn.
	pub drawn: Vec<u32>,
	/// Those that it has shown.
	pub shown: Vec<u32>,
	/// Those of them that auditors re-executed and found right.
	pub audited: u32,
}
