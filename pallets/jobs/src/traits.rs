// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What this pallet needs from its peers. The runtime implements each trait with the pallet that
//! owns the knowledge.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use ergon_core::{crypto::worker::WorkerId, Country, Fault, JobId, ModelId, ModelManifest, Work};
use frame_support::weights::Weight;
use scale_info::TypeInfo;
use sp_runtime::{traits::ConstU32, BoundedVec};

pub use ergon_economics::TokenPrices;

/// Which models there are; implemented by `pallet-models`.
pub trait Models {
	/// The manifest of a registered model and whether new and running jobs may use it.
	fn model(id: &ModelId) -> Option<(ModelManifest, ModelStatus)>;

	/// Registers an active model for benchmarks, as `manifest` describes it or, where the
	/// implementation needs a sounder one, nearly so.
	#[cfg(feature = "runtime-benchmarks")]
	fn register_for_benchmark(manifest: ModelManifest) -> ModelId;

	/// Recalls a model for benchmarks.
	#[cfg(feature = "runtime-benchmarks")]
	fn recall_for_benchmark(id: &ModelId);
}

/// What may be done with a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelStatus {
	/// Jobs may be submitted.
	Active,
	/// No new jobs; those in flight go on.
	Quarantined,
	/// No new jobs; those in flight are refunded.
	Recalled,
}

/// Most countries that a requester can name.
pub const MAX_COUNTRIES: u32 = 16;

/// What a requester demands of the provider.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Constraints<AccountId> {
	/// Countries in which the provider may be; empty means any.
	pub countries: BoundedVec<Country, ConstU32<MAX_COUNTRIES>>,
	/// Lowest reputation, in thousandths; 0 admits newcomers.
	pub min_reputation: u16,
	/// The one provider that may do the job.
	pub provider: Option<AccountId>,
	/// How many providers are to answer, 1..=[`MAX_REPLICAS`](ergon_core::replica::MAX_REPLICAS), each for the
	/// whole price. Answers that differ are disputed by whoever gave them.
	pub replicas: u8,
}

impl<AccountId> Default for Constraints<AccountId> {
	fn default() -> Self {
		Self { countries: Default::default(), min_reputation: 0, provider: None, replicas: 1 }
	}
}

/// What a job needs from an offer.
pub struct Need<'a, AccountId, Balance> {
	/// The model.
	pub model: ModelId,
	/// Tokens that the prompt has at most.
	pub prompt_tokens: u32,
	/// Tokens that the output has at most.
	pub output_tokens: u32,
	/// The worst-case price must not exceed this.
	pub max_price: Balance,
	/// Canonical work that the job can come to at most.
	pub work: Work,
	/// The requester's other demands.
	pub constraints: &'a Constraints<AccountId>,
	/// Providers that failed or declined this job before.
	pub excluded: &'a [AccountId],
	/// Whether an offer at these prices, of a provider of that standing, may take the job at all:
	/// its price has to cover the audits. An offer that is not admitted does not fit.
	pub admits: &'a dyn Fn(&Standing<Balance>, &TokenPrices) -> bool,
}

/// How one audited result turned out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audited {
	/// Auditors re-executed it and found the same bits.
	Clean,
	/// The result was overturned.
	Faulty,
}

/// Who may work; implemented by `pallet-providers`.
///
/// A job takes a slot with [`Self::assign`], gives it back with [`Self::vacate`] as soon as the
/// provider has nothing more to compute for it, and ends with [`Self::release`].
pub trait Providers<AccountId, Balance, BlockNumber> {
	/// What is left of a slashed bond, still to be given to somebody.
	type Credit;

	/// Picks one provider whose offer fits, by `randomness`, weighted by free slots and reputation,
	/// and takes one of its slots. The work of the job counts as work at hand until
	/// [`Self::vacate`], and its price as value at risk until [`Self::release`].
	fn assign(
		need: &Need<AccountId, Balance>,
		randomness: [u8; 32],
	) -> Option<(AccountId, TokenPrices)>;

	/// The lowest worst-case price among offers that fit all but the price.
	fn cheapest(need: &Need<AccountId, Balance>) -> Option<Balance>;

	/// Providers whose offer fits, and their prices.
	fn eligible(need: &Need<AccountId, Balance>) -> Vec<(AccountId, TokenPrices)>;

	/// The key that signs for the provider.
	fn worker(provider: &AccountId) -> Option<WorkerId>;

	/// The provider behind a worker key.
	fn by_worker(worker: &WorkerId) -> Option<AccountId>;

	/// Number of offers of a model, whether they fit or not: what [`Self::assign`],
	/// [`Self::cheapest`] and [`Self::eligible`] cost grows with it. May be an upper bound.
	fn offer_count(model: &ModelId) -> u32;

	/// Gives a slot back, and the `work` that was counted with it: the provider has attested, failed,
	/// or need not go on. Its price stays at risk. The bond stays locked at least until `safe_at`, the
	/// last block at which the work could still be overturned.
	fn vacate(provider: &AccountId, model: &ModelId, work: Work, safe_at: BlockNumber);

	/// The job is over, whatever became of it, and was vacated before: its price is no longer at
	/// risk.
	fn release(provider: &AccountId, max_price: Balance);

	/// The provider missed a deadline or declined: counted, and chilled when it happens too often.
	fn note_failure(provider: &AccountId);

	/// Feeds the reputation; only audited outcomes count.
	fn note_audited(provider: &AccountId, outcome: Audited);

	/// What a slash could take, and the clean audits since the last fault.
	fn standing(provider: &AccountId) -> Standing<Balance>;

	/// Slashes the bond by `amount` at most, chills the provider, and hands over the money with what
	/// could not be taken.
	fn slash(provider: &AccountId, amount: Balance) -> (Self::Credit, Balance);

	/// Registers a provider for benchmarks: with a bond that suffices to take a job of two thousand
	/// tokens at those prices, with an offer of the model that has a free slot, and so that no demand
	/// of a requester rules it out. It has so many jobs at hand already that [`Self::assign`] has to ask
	/// what it can do, and can do another one.
	#[cfg(feature = "runtime-benchmarks")]
	fn register_for_benchmark(
		provider: &AccountId,
		model: &ModelId,
		worker: WorkerId,
		prices: TokenPrices,
	);
}

/// What the sampling rate and the slash depend on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing<Balance> {
	/// The bond that can be slashed.
	pub bond: Balance,
	/// Decayed number of clean audits since the last fault.
	pub clean_audits: u32,
	/// Price of jobs assigned or attested, not yet final.
	pub value_at_risk: Balance,
}

/// What an auditor is to check; handed over when the result is fixed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditCase<AccountId, Balance> {
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
	pub standing: Standing<Balance>,
}

/// An auditor who has to pay although the result stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Penalty<AccountId, Balance> {
	/// Who.
	pub auditor: AccountId,
	/// In whose favour; they share the winner's half.
	pub winners: Vec<AccountId>,
	/// What one audit of the job earns.
	pub pay: Balance,
}

/// What the audits of one result came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conclusion<AccountId, Balance, BlockNumber> {
	/// Votes are outstanding: ask again at that block.
	Pending {
		/// Block at which to ask again.
		until: BlockNumber,
		/// Whether somebody voted Mismatch, so that the job counts as disputed.
		disputed: bool,
	},
	/// The result stands.
	Upheld {
		/// What each auditor earned with a correct reveal.
		pay: Vec<(AccountId, Balance)>,
		/// Auditors who have to pay for what they said or did not do.
		penalties: Vec<Penalty<AccountId, Balance>>,
		/// Whether at least one auditor re-executed the job.
		audited: bool,
	},
	/// The result is wrong.
	Overturned {
		/// Auditors who found it; they share the winner's half.
		finders: Vec<AccountId>,
		/// Auditors whose false Match has to be paid for, and what one audit of the job earns.
		false_votes: Vec<(AccountId, Balance)>,
		/// Whether whoever stood in for the provider has answered for it: provider and auditors lose nothing.
		spared: bool,
	},
}

/// Who checks; implemented by `pallet-audits`.
pub trait Audits<AccountId, Balance, BlockNumber> {
	/// What is left of a slashed bond, still to be given to somebody.
	type Credit;

	/// What audits of a job are expected to cost; a job is only assigned to an offer whose price
	/// covers it. What they cost more is paid by the audit pool, what they cost less goes there.
	fn budget(work: Work, price: Balance, escrow: Balance, standing: &Standing<Balance>)
		-> Balance;

	/// Whether enough auditors can re-execute jobs of a model, and what looking weighed.
	fn is_auditable(model: &ModelId) -> (bool, Weight);

	/// Weight of [`Self::is_auditable`] in the worst case.
	fn auditable_weight() -> Weight;

	/// The result of a job is fixed: draw auditors once the randomness is there. Returns the block
	/// at which to ask for the [`Conclusion`].
	fn open(case: AuditCase<AccountId, Balance>) -> BlockNumber;

	/// The provider of another replica says what is wrong about a result, and has to show it with that key.
	fn accuse(job: &JobId, accuser: AccountId, worker: WorkerId, fault: Fault);

	/// Weight of [`Self::accuse`].
	fn accuse_weight() -> Weight;

	/// What came of it. Answers other than [`Conclusion::Pending`] are given once: the case is
	/// closed and forgotten.
	fn conclude(job: &JobId) -> Conclusion<AccountId, Balance, BlockNumber>;

	/// Weight of [`Self::conclude`] in the worst case.
	fn conclude_weight() -> Weight;

	/// Weight of [`Self::conclude`] for that job as its case is now.
	fn conclude_weight_of(job: &JobId) -> Weight;

	/// Slashes an auditor for a false vote on a job of that price whose audit earns `pay`, and hands over the
	/// money with what could not be taken.
	fn slash(auditor: &AccountId, price: Balance, pay: Balance) -> (Self::Credit, Balance);

	/// Last block at which a result that is fixed now could still be overturned.
	fn safe_at() -> BlockNumber;

	/// Makes `auditor` somebody whom [`Self::slash`] takes from, for benchmarks.
	#[cfg(feature = "runtime-benchmarks")]
	fn bond_for_benchmark(auditor: &AccountId);
}

/// Who is told which models are wanted; implemented by `pallet-sprints`.
pub trait Demand {
	/// Somebody paid for `work` with a model, and auditors re-executed it and found it right.
	fn note(model: &ModelId, work: Work);
}

impl Demand for () {
	fn note(_: &ModelId, _: Work) {}
}

/// Randomness of the chain that the participants of a job cannot choose.
pub trait BlockRandomness {
	/// blake2b-256 over the VRF output of the parent block and `subject`.
	fn parent(subject: &[u8]) -> [u8; 32];
}
