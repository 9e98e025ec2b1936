// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What this pallet needs from its peers.

use crate::types::{CandidateFailure, EraIndex};
use alloc::vec::Vec;
use ergon_core::{crypto::audit::AuditorId, JobId, ModelId, ModelManifest, Work, H256};
use ergon_economics::AuditRate;
use frame_support::weights::Weight;

/// Who takes part, and what becomes of them; implemented by `pallet-power` and the session pallet.
pub trait Candidates<AccountId> {
	/// Whether somebody stands for election since before this era began: who comes later may have seen the
	/// seed.
	fn may_sprint(who: &AccountId) -> bool;

	/// The key that signs for a candidate.
	fn key(who: &AccountId) -> Option<AuditorId>;

	/// The candidate who registered a key.
	fn operator(key: &AuditorId) -> Option<AccountId>;

	/// The sprint of that era is about to be judged, so that whoever has not committed to anything has missed it.
	/// Returns false when it is too late for that: then there is none, and nobody has.
	fn note_held(era: EraIndex) -> bool;

	/// The candidate takes part in the sprint of that era. Whether it has proved something or failed is noted when
	/// that is decided; neither where the era ends before everything can be shown.
	fn note_committed(who: &AccountId, era: EraIndex);

	/// The candidate has proved that work in the sprint of that era.
	fn note_proved(who: &AccountId, era: EraIndex, work: Work);

	/// The candidate failed in the sprint of that era: it has missed it.
	fn note_failed(who: &AccountId, era: EraIndex);

	/// The candidate failed in the sprint of that era, as `finders` have shown. Slashes, chills and disables.
	fn punish(who: &AccountId, era: EraIndex, failure: CandidateFailure, finders: Vec<AccountId>);

	/// Makes somebody a candidate whose key is in the keystore.
	#[cfg(feature = "runtime-benchmarks")]
	fn stand_for_benchmark(who: &AccountId) -> AuditorId;
}

/// Which models there are; implemented by `pallet-models`.
pub trait Models {
	/// Whether new work may use a model.
	fn is_active(model: &ModelId) -> bool;

	/// The manifest of a model, also of one that new work may no longer use: a sprint that has begun with it goes
	/// on to its end.
	fn manifest(model: &ModelId) -> Option<ModelManifest>;

	/// Registers a model for benchmarks.
	#[cfg(feature = "runtime-benchmarks")]
	fn register_for_benchmark() -> ModelId;
}

/// What auditors are to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeafCase<AccountId> {
	/// Names the item.
	pub job: JobId,
	/// Its model.
	pub model: ModelId,
	/// Whose it is; no auditor is drawn for its own.
	pub operator: AccountId,
	/// Canonical work that a re-execution costs.
	pub work: Work,
	/// Expected number of auditors.
	pub rate: AuditRate,
}

/// An auditor who has to pay although the item is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Penalty<AccountId> {
	/// Who.
	pub auditor: AccountId,
	/// In whose favour; they share the winner's half.
	pub winners: Vec<AccountId>,
}

/// What the audits of one item came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conclusion<AccountId, BlockNumber> {
	/// Votes are outstanding: ask again at that block.
	Pending {
		/// Block at which to ask again.
		until: BlockNumber,
	},
	/// The item is right.
	Upheld {
		/// Auditors who have to pay for what they said or did not do.
		penalties: Vec<Penalty<AccountId>>,
		/// Whether at least one auditor re-executed the item.
		audited: bool,
	},
	/// The item is wrong.
	Overturned {
		/// Who showed it.
		finders: Vec<AccountId>,
		/// Auditors whose false Match has to be paid for.
		false_votes: Vec<AccountId>,
		/// Whether whoever stood in for the candidate has answered for it: candidate and auditors lose nothing.
		spared: bool,
	},
}

/// Who checks; implemented by `pallet-audits`.
pub trait Audits<AccountId, BlockNumber> {
	/// What is left of a slashed bond, still to be given to somebody.
	type Credit;

	/// Whether enough auditors can re-execute items of a model.
	fn is_auditable(model: &ModelId) -> bool;

	/// Weight of [`Self::is_auditable`] in the worst case.
	fn auditable_weight() -> Weight;

	/// An item is shown: draw auditors once the randomness is there. Returns the block at which to ask for the
	/// [`Conclusion`].
	fn open(case: LeafCase<AccountId>) -> BlockNumber;

	/// What came of it. Answers other than [`Conclusion::Pending`] are given once: the case is closed and
	/// forgotten.
	fn conclude(job: &JobId) -> Conclusion<AccountId, BlockNumber>;

	/// Weight of [`Self::conclude`] in the worst case.
	fn conclude_weight() -> Weight;

	/// Weight of [`Self::conclude`] for that item as its case is now.
	fn conclude_weight_of(job: &JobId) -> Weight;

	/// Slashes an auditor for a false vote on an item, and hands over what was taken.
	fn slash(auditor: &AccountId) -> Self::Credit;

	/// Makes somebody an auditor who can be slashed.
	#[cfg(feature = "runtime-benchmarks")]
	fn bond_for_benchmark(auditor: &AccountId);
}

/// Randomness of the chain.
pub trait Randomness {
	/// A hash over the VRF outputs of the last three blocks, the parent being the last of them. Nobody who
	/// made one of these blocks could choose it; the last can only make a block or not.
	fn recent() -> H256;
}
