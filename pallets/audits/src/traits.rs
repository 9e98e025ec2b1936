// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What this pallet needs from its peers.

use crate::types::Balance;
use alloc::vec::Vec;
use ergon_core::{
	crypto::audit::AuditorId, engine::JobOrder, Attestation, Bundle, Fault, JobId, ModelId, Work,
	H256,
};
use frame_support::weights::Weight;

/// A validator of this session, as the draw sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveValidator<AccountId> {
	/// Who.
	pub account: AccountId,
	/// Its audit key.
	pub key: AuditorId,
	/// What it weighs in blocks and votes, and how likely it is drawn therefore; never nothing.
	pub weight: u64,
}

/// Who may be drawn; implemented by `pallet-power` and the session pallet.
pub trait Validators<AccountId> {
	/// What is left of a slashed bond, still to be given to somebody.
	type Credit;

	/// The validators of this session with their audit keys and weights, in the order of the session;
	/// nobody stands there twice.
	fn active() -> Vec<ActiveValidator<AccountId>>;

	/// The accounts and weights of [`Self::active`], which cost less to read than the keys.
	fn accounts() -> Vec<(AccountId, u64)>;

	/// The validator that registered an audit key, in this session's set or not.
	fn operator(key: &AuditorId) -> Option<AccountId>;

	/// What a validator has to bond.
	fn min_bond() -> Balance;

	/// What a slash could take.
	fn bond(validator: &AccountId) -> Balance;

	/// Slashes the bond by `amount` at most, and hands over the money with what could not be taken.
	fn slash(validator: &AccountId, amount: Balance) -> (Self::Credit, Balance);

	/// What missing an audit duty takes from the bond.
	fn miss_penalty(validator: &AccountId) -> Balance;

	/// The validator fulfilled an audit duty of that work, which nobody pays for.
	fn note_fulfilled(validator: &AccountId, work: Work);

	/// The validator missed an audit duty of that work, paid or not: costs stake and power.
	fn note_missed(validator: &AccountId, work: Work);

	/// Makes `count` fresh accounts the active validators, with audit keys whose private halves are
	/// in the keystore, so that they can sign.
	#[cfg(feature = "runtime-benchmarks")]
	fn set_active_for_benchmark(count: u32);
}

/// Which models there are; implemented by `pallet-models`.
pub trait Models {
	/// Whether jobs of that model may have to be audited.
	fn is_usable(model: &ModelId) -> bool;

	/// Makes `count` models usable, for benchmarks.
	#[cfg(feature = "runtime-benchmarks")]
	fn set_usable_for_benchmark(count: u32) -> Vec<ModelId>;
}

/// What an auditor has to re-execute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
	/// The job as it was assigned.
	pub job: JobOrder,
	/// What the provider signed.
	pub attestation: Attestation,
	/// What the provider delivered.
	pub bundle: Bundle,
}

/// Where the evidence is kept; implemented by `pallet-jobs`. Only off-chain workers ask.
pub trait Evidences {
	/// The evidence of a job whose result is fixed and not final.
	fn evidence(job: &JobId) -> Option<Evidence>;
}

/// Who gives other answers to the same question; implemented by `pallet-jobs`.
pub trait Replicas<AccountId> {
	/// The providers of the other replicas of a job, as far as these are assigned:
	/// [`MAX_REPLICAS`](ergon_core::replica::MAX_REPLICAS) − 1 at most.
	fn other_providers(job: &JobId) -> Vec<AccountId>;

	/// Weight of [`Self::other_providers`] in the worst case.
	fn weight() -> Weight;
}

/// Randomness of past blocks.
pub trait BlockRandomness {
	/// The VRF output of the parent block.
	fn parent() -> [u8; 32];
}

/// What an auditor says is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Charge<AccountId> {
	/// The result.
	Result(Fault),
	/// The work-bound digest of another auditor.
	Work(AccountId),
}

/// An auditor who found that something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accuser<AccountId> {
	/// Who.
	pub auditor: AccountId,
	/// The key of its seat.
	pub key: AuditorId,
	/// What.
	pub charge: Charge<AccountId>,
}

/// An auditor who was shown to be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refuted<AccountId> {
	/// Who.
	pub auditor: AccountId,
	/// Whose work it said was not done; nobody where it was about the result.
	pub accused: Option<AccountId>,
}

/// The work of an auditor who found a result right; others can dispute it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditorWork {
	/// The key of its seat.
	pub key: AuditorId,
	/// Draws the points of the digest.
	pub challenge: H256,
	/// The work-bound digest that it revealed.
	pub digest: H256,
}

/// What a [`Judge`] says about a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ruling<AccountId, BlockNumber> {
	/// Nobody disputes it or its audits.
	Undisputed,
	/// It is not decided: ask again at that block.
	Pending {
		/// Block at which to ask again.
		until: BlockNumber,
	},
	/// The result stands.
	Upheld {
		/// Auditors who were shown to be wrong.
		refuted: Vec<Refuted<AccountId>>,
		/// Auditors who were shown not to have worked, each with who showed it.
		idle: Vec<(AccountId, Vec<AccountId>)>,
	},
	/// The result is wrong.
	Overturned {
		/// Who showed it; auditors or others.
		finders: Vec<AccountId>,
		/// Auditors who were shown to be wrong about other parts of it.
		refuted: Vec<Refuted<AccountId>>,
		/// Whether whoever stood in for the provider has answered for it: provider and auditors lose nothing.
		spared: bool,
	},
}

/// Where auditors who found that something is wrong have to show it; implemented by `pallet-disputes`.
/// Others may dispute the result and its audits there too.
pub trait Judge<AccountId, BlockNumber> {
	/// Auditors say that a result is wrong, or that others have not worked.
	fn accuse(job: &JobId, accusers: Vec<Accuser<AccountId>>);

	/// What became of it. Answers other than [`Ruling::Pending`] are given once.
	fn ruling(job: &JobId) -> Ruling<AccountId, BlockNumber>;

	/// Blocks from an accusation to the ruling at most.
	fn longest() -> BlockNumber;

	/// Weight of [`Self::accuse`] by that many.
	fn accuse_weight(accusers: u32) -> Weight;

	/// Weight of [`Self::ruling`] about that result now, also where it is accused first.
	fn ruling_weight(job: &JobId) -> Weight;

	/// Weight of [`Self::ruling`] in the worst case.
	fn worst_ruling_weight() -> Weight;
}
