// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What is stored, and what the jobs pallet and this one say to each other.

use crate::{ActiveValidator, Config, Validators};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use ergon_core::{crypto::audit::AuditorId, JobId, ModelId, Vote, Work, H256};
use ergon_economics::{AuditRate, DutyCount};
use frame_support::{
	traits::Get, BoundedVec, CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound,
};
use frame_system::pallet_prelude::BlockNumberFor;
use scale_info::TypeInfo;

pub use ergon_economics::Balance;

/// Counts the stretches of time over which duties are summed up.
pub type EraIndex = u32;

/// What a slashed bond left.
pub type CreditOf<T> =
	<<T as Config>::Validators as Validators<<T as frame_system::Config>::AccountId>>::Credit;
/// A validator of this session.
pub type ActiveOf<T> = ActiveValidator<<T as frame_system::Config>::AccountId>;
/// A case as this chain stores it.
pub type CaseOf<T> =
	Case<<T as frame_system::Config>::AccountId, BlockNumberFor<T>, <T as Config>::MaxValidators>;
/// Some auditors, each of them a validator.
pub type AuditorsOf<T> =
	BoundedVec<<T as frame_system::Config>::AccountId, <T as Config>::MaxValidators>;
/// A seat as this chain stores it.
pub type SeatOf<T> = Seat<BlockNumberFor<T>>;

/// The models of a declaration.
pub type ModelsOf<T> = BoundedVec<ModelId, <T as Config>::MaxDeclared>;
/// A declaration as this chain stores it.
pub type DeclarationOf<T> = Declaration<BlockNumberFor<T>, <T as Config>::MaxDeclared>;

/// Which models a validator can re-execute.
#[derive(
	CloneNoBound, DebugNoBound, PartialEqNoBound, EqNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(MaxDeclared))]
pub struct Declaration<BlockNumber, MaxDeclared>
where
	BlockNumber: Clone + Eq + core::fmt::Debug,
	MaxDeclared: Get<u32>,
{
	/// The block as of which it was so; the next declaration is as of a later one.
	pub as_of: BlockNumber,
	/// The models, each once, in ascending order.
	pub models: BoundedVec<ModelId, MaxDeclared>,
}

/// What the sampling rate depends on beside the job itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
	/// The bond that can be slashed.
	pub bond: Balance,
	/// Decayed number of clean audits since the last fault.
	pub clean_audits: u32,
	/// Price of jobs assigned or attested, not yet final, this one included.
	pub value_at_risk: Balance,
}

/// What auditors are to check; handed over when the result is fixed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditCase<AccountId> {
	/// The job.
	pub job: JobId,
	/// Its model.
	pub model: ModelId,
	/// Who did it; no auditor is drawn for its own operator's job.
	pub provider: AccountId,
	/// Canonical work that a re-execution costs.
	pub work: Work,
	/// Actual price of the job.
	pub price: Balance,
	/// What is held for the job.
	pub escrow: Balance,
	/// The provider's standing when the result was fixed.
	pub standing: Standing,
}

/// What auditors are to check although nobody pays for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnpaidCase<AccountId> {
	/// Names the work.
	pub job: JobId,
	/// Its model.
	pub model: ModelId,
	/// Who did it; is not drawn to audit it.
	pub provider: AccountId,
	/// Canonical work that a re-execution costs.
	pub work: Work,
	/// Expected number of auditors.
	pub rate: AuditRate,
}

/// What the audits of one result came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conclusion<AccountId, BlockNumber> {
	/// Votes are outstanding: ask again at that block.
	Pending {
		/// Block at which to ask again.
		until: BlockNumber,
		/// Whether somebody voted Mismatch, so that the job counts as disputed.
		disputed: bool,
	},
	/// The result stands.
	Upheld {
		/// What each auditor earned with a correct reveal: no more than half of its bond.
		pay: Vec<(AccountId, Balance)>,
		/// Auditors who have to pay for what they said or did not do.
		penalties: Vec<Penalty<AccountId>>,
		/// Whether at least one auditor re-executed the job.
		audited: bool,
	},
	/// The result is wrong.
	Overturned {
		/// Who showed it, and auditors who found it; they share the winner's half.
		finders: Vec<AccountId>,
		/// Auditors whose false Match has to be paid for, and what one audit of the job earns, from which that
		/// follows.
		false_votes: Vec<(AccountId, Balance)>,
		/// As in [`Ruling::Overturned`](crate::Ruling::Overturned).
		spared: bool,
	},
}

/// An auditor who has to pay although the result stands: it voted Mismatch, or it voted Match without
/// having run the model, or it said so of somebody who had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Penalty<AccountId> {
	/// Who.
	pub auditor: AccountId,
	/// In whose favour: the provider or the auditor whom it accused, or whoever showed that it did not work.
	pub winners: Vec<AccountId>,
	/// What one audit of the job earns, from which follows what is to be paid.
	pub pay: Balance,
}

/// Why auditors are drawn.
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
pub enum RoundKind {
	/// The sample that every result is subject to.
	#[codec(index = 0)]
	First,
	/// Seats of the first round were left without a usable vote.
	#[codec(index = 1)]
	Redraw,
	/// Everybody found the same bits. Some of these results are looked at once more, by two who were not
	/// known when the others voted, so that a Match without work is found out: of those before, and of each
	/// other.
	#[codec(index = 2)]
	SecondLook,
}

/// Where a case stands in its round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Stage<BlockNumber> {
	/// Waits for the randomness of the three blocks behind `since`.
	#[codec(index = 0)]
	Drawing {
		/// The block in which the round was called.
		since: BlockNumber,
	},
	/// The auditors vote.
	#[codec(index = 1)]
	Voting {
		/// Last block for commitments.
		commit_by: BlockNumber,
		/// Last block for reveals, which are taken after `commit_by`.
		reveal_by: BlockNumber,
	},
	/// The votes are counted. Who found a difference has to show it to the judge.
	#[codec(index = 2)]
	Judging,
	/// All votes are known. Who has run the model sees which work-bound digests are wrong, and may say so.
	#[codec(index = 3)]
	Checking {
		/// Last block for objections.
		object_by: BlockNumber,
	},
}

/// One result under audit.
#[derive(
	CloneNoBound, DebugNoBound, PartialEqNoBound, EqNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(MaxValidators))]
pub struct Case<AccountId, BlockNumber, MaxValidators>
where
	AccountId: Clone + Eq + core::fmt::Debug,
	BlockNumber: Clone + Eq + core::fmt::Debug,
	MaxValidators: Get<u32>,
{
	/// The job's model.
	pub model: ModelId,
	/// Who did the job.
	pub provider: AccountId,
	/// Canonical work of one re-execution.
	pub work: Work,
	/// λ: expected auditors of the first round.
	pub rate: AuditRate,
	/// What one correct reveal earns, where the auditor's bond is twice that at least.
	pub pay: Balance,
	/// Whether a requester pays for it. Audits that nobody pays for count for power and emission instead, which
	/// jobs that one pays oneself must not: the pay of a light one may be rounded to nothing.
	pub paid: bool,
	/// Counts the rounds of this case, from 0; votes name it, so that none counts twice.
	pub round: u8,
	/// Why the auditors of this round are drawn.
	pub kind: RoundKind,
	/// Where the round stands.
	pub stage: Stage<BlockNumber>,
	/// Seats of the first round that were left without a usable vote; the second round draws as many.
	pub unfilled: u32,
	/// Everybody who was drawn in any round; nobody twice.
	pub auditors: BoundedVec<AccountId, MaxValidators>,
}

/// One auditor's duty in one case.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Seat<BlockNumber> {
	/// The round of the case.
	pub round: u8,
	/// The audit key at the time of the draw; it signs although the session may have passed.
	pub key: AuditorId,
	/// Draws the points of the work-bound digest; see [`ergon_core::audit::audit_challenge`].
	pub challenge: H256,
	/// Last block for the commitment.
	pub commit_by: BlockNumber,
	/// Last block for the reveal.
	pub reveal_by: BlockNumber,
	/// The era in which the duty is counted.
	pub era: EraIndex,
	/// What was done so far.
	pub progress: SeatProgress,
}

/// How far an auditor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum SeatProgress {
	/// The commitment is due.
	#[codec(index = 0)]
	Drawn,
	/// The reveal is due once commitments are closed.
	#[codec(index = 1)]
	Committed(H256),
	/// Done.
	#[codec(index = 2)]
	Revealed {
		/// The outcome.
		vote: Vote,
		/// What only a re-execution gives; opened in disputes.
		work_digest: H256,
		/// Whether it has said who has not worked, which it can once.
		has_objected: bool,
	},
	/// The round is over, and there is no vote that counts.
	#[codec(index = 3)]
	Ended,
}

/// Whether the randomness that draws the auditors of one block's cases exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum DrawSeed {
	/// Not before three more blocks were made.
	#[codec(index = 0)]
	Awaited,
	/// blake2b-256 over the VRF outputs of the three blocks.
	#[codec(index = 1)]
	Known([u8; 32]),
}

/// The ends of the queue of cases that wait for their draw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct QueueEnds {
	/// Index of the oldest entry.
	pub head: u64,
	/// Index behind the youngest entry.
	pub tail: u64,
}

/// What one validator did of its audit duties in one era. While the era is kept,
/// `assigned` = `fulfilled` + `unavailable` + `missed` + `false_votes` + open seats.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct DutyRecord {
	/// Seats drawn.
	pub assigned: u32,
	/// Votes that agree with the conclusion.
	pub fulfilled: u32,
	/// Votes that said the job could not be re-executed.
	pub unavailable: u32,
	/// Seats without a commitment or without a reveal.
	pub missed: u32,
	/// Votes against the conclusion.
	pub false_votes: u32,
	/// Of the concluded ones those that nobody pays for, and how many of these were fulfilled. What is paid for
	/// is not among them, so that nobody can make up for what it left undone by jobs of its own.
	pub unpaid: DutyCount,
}

/// What became of a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DutyOutcome {
	Fulfilled,
	Unavailable,
	Missed,
	FalseVote,
}

/// What an auditor has to do next.
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
pub enum Task {
	/// Re-execute and commit.
	#[codec(index = 0)]
	Commit,
	/// Reveal what was committed.
	#[codec(index = 1)]
	Reveal,
	/// Nothing: the vote is in, the case is not concluded.
	#[codec(index = 2)]
	Nothing,
}

/// One open seat, as its holder wants to see it.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Duty<BlockNumber> {
	/// The job to re-execute.
	pub job: JobId,
	/// The round that the vote has to name.
	pub round: u8,
	/// What is to be done.
	pub task: Task,
	/// First block that takes it.
	pub from: BlockNumber,
	/// Last block that takes it.
	pub by: BlockNumber,
	/// What the bond loses if it is missed; the work that is missed counts against power too.
	pub penalty: Balance,
}
