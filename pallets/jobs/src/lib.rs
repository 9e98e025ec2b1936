// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod agenda_impls;
mod attest_impls;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::attested_with;
pub mod config_preludes;
mod dispatchable_impls;
mod lifecycle_impls;
#[cfg(test)]
mod mock;
pub mod offchain;
mod payment_impls;
mod replica_impls;
mod settle_impls;
#[cfg(test)]
mod tests;
mod tick_impls;
pub mod traits;
#[cfg(any(test, feature = "try-runtime"))]
mod try_state_impls;
pub mod types;
mod utility_impls;
mod view_impls;
pub mod view_types;
pub mod weights;

pub use pallet::*;
pub use traits::{Constraints, ModelStatus};
pub use types::*;
pub use view_types::*;
pub use weights::WeightInfo;

/// The log target of this pallet.
pub const LOG_TARGET: &str = "ergon::jobs";

#[frame_support::pallet]
// The macros qualify names that are imported here, and expect what they have just made sure of.
#[allow(unused_qualifications, clippy::expect_used)]
pub mod pallet {
	use super::*;
	use crate::{
		traits::{Audits, BlockRandomness, Demand, Models, Providers, TokenPrices},
		weights::WeightInfo,
	};
	use alloc::vec::Vec;
	use ergon_core::{
		crypto::worker::WorkerSignature,
		job::{DeclineReason, Prompt},
		Attestation, Bundle, JobId, JobKind, ModelId, H256,
	};
	use frame_support::{
		dispatch::PostDispatchInfo,
		pallet_prelude::*,
		traits::{
			fungible::{BalancedHold, MutateHold},
			OnUnbalanced,
		},
		weights::{Weight, WeightMeter},
	};
	use frame_system::{
		ensure_authorized, offchain::CreateAuthorizedTransaction, pallet_prelude::*,
	};
	use sp_runtime::Permill;

	/// Configuration.
	///
	/// The runtime must have `frame_system::AuthorizeCall` among its transaction extensions.
	#[pallet::config(with_default)]
	pub trait Config:
		CreateAuthorizedTransaction<Call<Self>>
		+ frame_system::Config<Hash = H256, RuntimeEvent: From<Event<Self>> + TryInto<Event<Self>>>
	{
		/// What each call and each branch of the hook costs.
		type WeightInfo: WeightInfo;

		/// The money.
		#[pallet::no_default]
		type Currency: MutateHold<Self::AccountId, Balance = Balance, Reason = Self::RuntimeHoldReason>
			+ BalancedHold<Self::AccountId>;

		/// The runtime's hold reasons.
		#[pallet::no_default_bounds]
		type RuntimeHoldReason: From<HoldReason>;

		/// Which models there are.
		#[pallet::no_default]
		type Models: Models;

		/// Who may work.
		#[pallet::no_default]
		type Providers: Providers<
			Self::AccountId,
			Balance,
			BlockNumberFor<Self>,
			Credit = CreditOf<Self>,
		>;

		/// Who checks.
		#[pallet::no_default]
		type Audits: Audits<Self::AccountId, Balance, BlockNumberFor<Self>, Credit = CreditOf<Self>>;

		/// Who is told which models are wanted.
		#[pallet::no_default_bounds]
		type Demand: Demand;

		/// Randomness for assignments.
		#[pallet::no_default]
		type Randomness: BlockRandomness;

		/// Receives the treasury's part of each settled price.
		#[pallet::no_default]
		type Treasury: Get<Self::AccountId>;

		/// Receives what audit budgets leave and payments that cannot be delivered; pays what audits
		/// cost beyond their budget. Must exist: endow it at genesis.
		#[pallet::no_default]
		type AuditPool: Get<Self::AccountId>;

		/// Burns what nobody gets.
		#[pallet::no_default_bounds]
		type Burn: OnUnbalanced<CreditOf<Self>>;

		/// Most jobs that one agenda slot, that is one block, holds. Must not be lowered without a
		/// migration of [`Agenda`].
		#[pallet::constant]
		type MaxJobsPerBlock: Get<u32>;

		/// How many slots are looked at for a free place, the wanted one included. Together with
		/// [`Config::MaxJobsPerBlock`] this bounds the live jobs: while there are fewer than their
		/// product, every window of that many slots has a free place.
		#[pallet::constant]
		type AgendaWindow: Get<u32>;

		/// The most weight that `on_poll` uses in one block.
		#[pallet::constant]
		type TickWeight: Get<Weight>;

		/// Blocks that a job waits in the queue at most, each time that it is there.
		#[pallet::constant]
		#[pallet::no_default_bounds]
		type MaxQueueTime: Get<BlockNumberFor<Self>>;

		/// Blocks after which a job for which no offer fitted is tried again; at least 1.
		#[pallet::constant]
		#[pallet::no_default_bounds]
		type RetryInterval: Get<BlockNumberFor<Self>>;

		/// Blocks that a result waits for answers to its replicas at most, before it can be final without them.
		#[pallet::constant]
		#[pallet::no_default_bounds]
		type ReplicaPatience: Get<BlockNumberFor<Self>>;

		/// Blocks that a provider has for any job, beside those for its tokens.
		#[pallet::constant]
		type BaseAnswerTime: Get<u32>;

		/// Prompt tokens that a provider has to process per block; at least 1.
		#[pallet::constant]
		type PromptTokensPerBlock: Get<u32>;

		/// Output tokens that a provider has to generate per block; at least 1.
		#[pallet::constant]
		type OutputTokensPerBlock: Get<u32>;

		/// How often a job is given to another provider after a failure.
		#[pallet::constant]
		type MaxReassignments: Get<u32>;

		/// Blocks that a final job stays readable at least.
		#[pallet::constant]
		#[pallet::no_default_bounds]
		type Retention: Get<BlockNumberFor<Self>>;

		/// Storage deposit per job, beside that for its bytes.
		#[pallet::constant]
		type DepositBase: Get<Balance>;

		/// Storage deposit per byte of prompt and result.
		#[pallet::constant]
		type DepositPerByte: Get<Balance>;

		/// The part of the remaining deposit that whoever prunes a job is paid.
		#[pallet::constant]
		type PruneReward: Get<Permill>;

		/// Most offers of one model; for weights. Must not be less than what
		/// [`Providers::offer_count`] answers.
		#[pallet::constant]
		type MaxOffers: Get<u32>;

		/// Most auditors that one conclusion pays, and most that it slashes; for weights.
		#[pallet::constant]
		type MaxAuditors: Get<u32>;

		/// Priority of attestations and refusals in the transaction pool.
		#[pallet::constant]
		type AuthorizedPriority: Get<TransactionPriority>;

		/// Most jobs that the off-chain worker looks at per key and block.
		type MaxJobsPerWorker: Get<u32>;

		/// Most jobs on one page of [`Pallet::open_jobs`].
		type MaxPage: Get<u32>;
	}

	/// Why this pallet holds money.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The price of a job and the deposit for its storage, on the requester's account.
		#[codec(index = 0)]
		Escrow,
	}

	/// The version of the storage's layout.
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// All jobs that are live or not yet pruned.
	// A job's id is a hash already.
	#[pallet::storage]
	pub type Jobs<T: Config> = StorageMap<_, Identity, JobId, Job<T>>;

	/// The prompts of live jobs, and of no others.
	#[pallet::storage]
	pub type Prompts<T: Config> = StorageMap<_, Identity, JobId, Prompt>;

	/// Number of live jobs.
	#[pallet::storage]
	pub type LiveJobs<T: Config> = StorageValue<_, u32, ValueQuery>;

	/// What was delivered, until the job is pruned.
	#[pallet::storage]
	pub type Results<T: Config> = StorageMap<_, Identity, JobId, JobResult>;

	/// The jobs that each provider is to do now, for its off-chain worker.
	// Accounts are chosen by users.
	#[pallet::storage]
	pub type Assignments<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Identity, JobId, (), OptionQuery>;

	/// Jobs to look at, by block, in the order in which they were entered; each live job exactly once.
	// Block numbers are sequential.
	#[pallet::storage]
	pub type Agenda<T: Config> =
		StorageMap<_, Twox64Concat, BlockNumberFor<T>, Slot<T>, ValueQuery>;

	/// The first agenda slot that is not done: nothing is ever entered before it.
	#[pallet::storage]
	pub type AgendaCursor<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A job was submitted, and money was held for it.
		JobSubmitted {
			/// The job.
			job: JobId,
			/// Who pays.
			requester: T::AccountId,
			/// The model.
			model: ModelId,
			/// Held for the price.
			max_price: Balance,
			/// Held for the storage.
			deposit: Balance,
		},
		/// A provider has to deliver until the deadline.
		JobAssigned {
			/// The job.
			job: JobId,
			/// Who.
			provider: T::AccountId,
			/// Number of the assignment.
			round: u8,
			/// At which prices.
			prices: TokenPrices,
			/// Last block in which the result is accepted.
			deadline: BlockNumberFor<T>,
		},
		/// A provider failed, and the job waits for another one.
		JobRequeued {
			/// The job.
			job: JobId,
			/// Who failed.
			provider: T::AccountId,
			/// How.
			failure: Failure,
			/// Number of the next assignment.
			round: u8,
		},
		/// The result is there and will be final unless auditors overturn it.
		JobAttested {
			/// The job.
			job: JobId,
			/// Who delivered.
			provider: T::AccountId,
			/// Tokens of the prompt.
			prompt_tokens: u32,
			/// Tokens of the output.
			output_tokens: u32,
			/// The price by these counts.
			price: Balance,
		},
		/// Two providers who were asked for the same answered otherwise: each has to show what is wrong about
		/// the other's answer.
		ReplicasDiffer {
			/// The job whose result is new.
			job: JobId,
			/// The other one.
			other: JobId,
		},
		/// An auditor says that the result is wrong.
		JobDisputed {
			/// The job.
			job: JobId,
		},
		/// The result stands and is paid.
		JobSettled {
			/// The job.
			job: JobId,
			/// Who did it.
			provider: T::AccountId,
			/// Who got what.
			settlement: Settlement,
		},
		/// The job ended without a valid result; the price was released to the requester.
		JobVoided {
			/// The job.
			job: JobId,
			/// Why.
			reason: VoidReason,
			/// Released to the requester.
			refunded: Balance,
		},
		/// Nobody did the job; the price was released to the requester.
		JobExpired {
			/// The job.
			job: JobId,
			/// Why.
			reason: ExpiryReason,
			/// Released to the requester.
			refunded: Balance,
		},
		/// The requester withdrew the job; the price was released.
		JobCancelled {
			/// The job.
			job: JobId,
			/// Released to the requester.
			refunded: Balance,
		},
		/// A final job was removed from storage.
		JobPruned {
			/// The job.
			job: JobId,
			/// Who removed it.
			by: T::AccountId,
			/// Paid to whoever removed it.
			reward: Balance,
			/// Released to the requester.
			returned: Balance,
		},
		/// An auditor was paid for a correct reveal.
		AuditorPaid {
			/// The job.
			job: JobId,
			/// Who.
			auditor: T::AccountId,
			/// How much.
			amount: Balance,
		},
		/// A provider lost part of its bond for a wrong result.
		ProviderSlashed {
			/// The job.
			job: JobId,
			/// Who.
			provider: T::AccountId,
			/// Taken from the bond.
			amount: Balance,
		},
		/// An auditor lost part of its bond for a false vote.
		AuditorSlashed {
			/// The job.
			job: JobId,
			/// Who.
			auditor: T::AccountId,
			/// Taken from the bond.
			amount: Balance,
		},
		/// What slashes took was divided.
		SlashAwarded {
			/// The job.
			job: JobId,
			/// Paid in equal parts to the auditors who found a wrong result, or to the provider whose
			/// right result was called wrong.
			awarded: Balance,
			/// Burnt.
			burnt: Balance,
		},
		/// A payment could not be delivered, because it would not have kept the account alive; it went
		/// to the audit pool.
		PaymentDiverted {
			/// The job.
			job: JobId,
			/// Who should have been paid.
			payee: T::AccountId,
			/// How much.
			amount: Balance,
		},
		/// A payment could not be delivered, not even to the audit pool; it was burnt.
		PaymentBurnt {
			/// The job.
			job: JobId,
			/// Who should have been paid.
			payee: T::AccountId,
			/// How much.
			amount: Balance,
		},
	}

	/// Why a call fails. A refused attestation or refusal carries the error's index as
	/// `InvalidTransaction::Custom` or, where a later block may know better,
	/// `UnknownTransaction::Custom`. New errors go to the end.
	#[pallet::error]
	pub enum Error<T> {
		// --- What a requester asks for ---
		/// The prompt is empty. Ask something.
		PromptEmpty,
		/// The prompt is longer than 8,192 bytes. Shorten it.
		PromptTooLong,
		/// The prompt is not UTF-8 text. Encode it as UTF-8.
		PromptNotUtf8,
		/// `max_tokens` is not in 1..=1,024. Choose a value in that range.
		TokenLimitOutOfRange,
		/// `temperature` is above 2,000 thousandths. Choose a value in 0..=2,000.
		TemperatureOutOfRange,
		/// `top_p` is not in 1..=1,000 thousandths. Choose a value in that range.
		TopPOutOfRange,
		/// `top_k` is not in 1..=64. Choose a value in that range.
		TopKOutOfRange,
		/// A stop sequence is empty. Leave it out.
		StopSequenceEmpty,
		/// A country is not two upper-case letters. Use ISO 3166-1 alpha-2 codes.
		CountryUnknown,
		/// `min_reputation` is above 1,000 thousandths. Choose a value in 0..=1,000.
		ReputationOutOfRange,
		/// No model of that id is registered. Look the id up in the models pallet.
		ModelUnknown,
		/// The model is quarantined and takes no new jobs. Choose another one.
		ModelQuarantined,
		/// The model was recalled. Choose another one.
		ModelRecalled,
		/// The model's vectors are wider than 4,096, so it cannot embed. Choose another one.
		ModelCannotEmbed,
		/// The model makes vectors and no text. Choose another one, or ask for an embedding.
		ModelCannotGenerate,
		/// You submitted a job with this nonce in this block. Choose another nonce.
		NonceUsed,
		/// The chain has as many live jobs as it can serve. Try again later.
		TooManyJobs,
		/// `max_price` is below the worst-case price of the cheapest offer that fits. The view
		/// function `quote` names that price: offer at least as much, or demand less.
		PriceTooLow,
		/// Your account cannot hold `max_price` and the storage deposit. The view function `quote`
		/// names what is lacking: add it, or offer a lower `max_price`.
		BalanceTooLow,

		// --- What may be done with a job ---
		/// There is no such job. It was never submitted on this chain, or it was pruned.
		JobUnknown,
		/// Only the requester may cancel. Sign with the requester's account.
		NotRequester,
		/// A provider has the job already, or it is final. Only a job in the queue can be cancelled.
		NotQueued,
		/// Nothing about the job is overdue. Wait for the block that its details name as `due`.
		NotOverdue,
		/// The job is not final. Wait until it is settled, voided, expired or cancelled.
		NotFinal,
		/// The result has to stay readable. Wait for the block that the job's details name as
		/// `prunable_at`.
		NotPrunable,

		// --- What a provider delivers ---
		/// The job has a result already. Nothing is left to do.
		AlreadyAttested,
		/// The job is not assigned: it is queued or final. Wait for an assignment.
		NotAssigned,
		/// The job is in another round. Sign for the round that its record states.
		WrongRound,
		/// The deadline has passed. The job goes to another provider.
		TooLate,
		/// The hash of the block that assigned the job is not known yet, so nobody can know the seed.
		/// Send it in a later block.
		TooEarly,
		/// The attestation has a version or profile that this chain does not know. Use version 1,
		/// profile 1.
		WrongVersion,
		/// The attestation names another model than the job. Run the job's model.
		WrongModel,
		/// The output is a vector where the job wants text, or the other way round, or the finish
		/// reason does not belong to the output. Do what the job's kind says.
		WrongKind,
		/// There are more prompt tokens than the prompt can have. Count again.
		PromptTokensAboveMaximum,
		/// There are no prompt tokens. Count again.
		PromptTokensMissing,
		/// There are more output tokens than the job allows. Stop at `max_tokens`.
		OutputTokensAboveMaximum,
		/// There are no output tokens. A generated answer has at least the end token.
		OutputTokensMissing,
		/// The attested number of output tokens is not that of the output. Attest what is delivered.
		OutputTokensWrong,
		/// The vector is not as wide as the model's hidden rows. Deliver the whole vector.
		WrongWidth,
		/// There is not exactly one digest per begun chunk of 32 tokens. Digest each chunk once.
		WrongDigestCount,
		/// Output or digests do not hash to the attested roots. Attest what is delivered.
		WrongRoots,
		/// The provider has no worker key any more. Register one.
		WorkerUnknown,
		/// The signature is not by the provider's worker key over this statement, this round and this
		/// chain's genesis hash. Sign with the registered key, for this chain.
		BadSignature,

		// --- What a requester asks for, continued ---
		/// Too few validators can re-execute this model, or they hold less than half of the weight, so
		/// nobody could check the answer. Choose another model, or ask validators to run this one.
		TooFewAuditors,
		/// `replicas` is not in 1..=5. Ask for one answer, or for up to five.
		ReplicasOutOfRange,
		/// One provider cannot give several answers. Leave the provider open, or ask for one replica.
		ReplicasOfOneProvider,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_poll(now: BlockNumberFor<T>, meter: &mut WeightMeter) {
			Self::do_tick(now, meter);
		}

		fn offchain_worker(now: BlockNumberFor<T>) {
			Self::report();
			Self::do_work(now);
		}

		fn integrity_test() {
			Self::do_integrity_test();
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Asks for a job and holds `max_price` and the storage deposit for it.
		///
		/// The origin must be signed; it is the requester. The job is assigned two blocks later, if
		/// there is a provider that fits, and refunded if there is none for too long. The view
		/// function [`Pallet::quote`] tells what a job would cost.
		///
		/// - `prompt`: UTF-8 text of 1 to 8,192 bytes; public.
		/// - `max_price`: what the requester pays at most. The actual price follows from the token
		///   counts; the rest is released.
		/// - `nonce`: any number that keeps jobs of one requester in one block apart.
		/// - `constraints.replicas`: how many providers are to answer. Each answer is a job of its own, with the
		///   id [`replica_id`](ergon_core::replica::replica_id), the same price and the same deposit.
		#[pallet::call_index(0)]
		#[pallet::weight(Pallet::<T>::submit_weight(prompt.len(), constraints.replicas, None))]
		pub fn submit(
			origin: OriginFor<T>,
			model: ModelId,
			kind: JobKind,
			prompt: Vec<u8>,
			max_price: Balance,
			constraints: ConstraintsOf<T>,
			nonce: u64,
		) -> DispatchResultWithPostInfo {
			let requester = ensure_signed(origin)?;
			let (bytes, replicas) = (prompt.len(), constraints.replicas);
			let cost =
				Self::do_submit(requester, model, kind, prompt, max_price, constraints, nonce)?;
			Ok(Some(Self::submit_weight(bytes, replicas, Some(cost))).into())
		}

		/// Withdraws a job that is still in the queue; the whole price is released.
		///
		/// The origin must be signed by the requester.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::cancel())]
		pub fn cancel(origin: OriginFor<T>, job: JobId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_cancel(who, job)
		}

		/// Delivers the result of an assigned job; free, once per round.
		///
		/// The origin must be authorized: `signature` is by the provider's worker key over
		/// [`Attestation::signing_payload`] with this chain's genesis hash and the job's `round`.
		#[pallet::call_index(2)]
		#[pallet::weight(Pallet::<T>::worst_attest_weight(bundle))]
		#[pallet::weight_of_authorize(Pallet::<T>::authorize_attest_weight(bundle))]
		#[pallet::authorize(|_, attestation, bundle, round, signature| {
			Pallet::<T>::authorize_attest(attestation, bundle, *round, signature)
		})]
		pub fn attest(
			origin: OriginFor<T>,
			attestation: Attestation,
			bundle: Bundle,
			round: u8,
			signature: WorkerSignature,
		) -> DispatchResultWithPostInfo {
			ensure_authorized(origin)?;
			let weight = Self::do_attest(attestation, bundle, round, signature)?;
			Ok(Some(weight).into())
		}

		/// Gives an assigned job back, so that it does not have to wait for the deadline; free.
		///
		/// The origin must be authorized: `signature` is by the provider's worker key over
		/// [`DECLINE_DOMAIN`](ergon_core::crypto::DECLINE_DOMAIN), this chain's genesis hash and
		/// `(round, job, reason)`. It counts as a failure of the provider unless the prompt can
		/// really be too long for the model's context.
		#[pallet::call_index(3)]
		#[pallet::weight(Pallet::<T>::decline_weight())]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_decline())]
		#[pallet::authorize(|_, job, round, reason, signature| {
			Pallet::<T>::authorize_decline(job, *round, *reason, signature)
		})]
		pub fn decline(
			origin: OriginFor<T>,
			job: JobId,
			round: u8,
			reason: DeclineReason,
			_signature: WorkerSignature,
		) -> DispatchResultWithPostInfo {
			ensure_authorized(origin)?;
			let weight = Self::do_decline(job, round, reason)?;
			Ok(Some(weight).into())
		}

		/// Does what is overdue about a job, or ends one without a result because its model was recalled.
		///
		/// The origin must be signed, by anybody. The fee is returned if there was something to do.
		/// The chain does this by itself; the call is there for when blocks are too full for it.
		#[pallet::call_index(4)]
		#[pallet::weight(Pallet::<T>::poke_weight(Pallet::<T>::worst_service_weight()))]
		pub fn poke(origin: OriginFor<T>, job: JobId) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			let weight = Self::do_poke(job)?;
			Ok(PostDispatchInfo { actual_weight: Some(weight), pays_fee: Pays::No })
		}

		/// Removes a final job after its retention time.
		///
		/// The origin must be signed, by anybody; it is paid [`Config::PruneReward`] of the storage
		/// deposit, and the rest is released to the requester.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::prune())]
		pub fn prune(origin: OriginFor<T>, job: JobId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_prune(who, job)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// What a job would cost `requester`, or why it would be refused whatever the price.
		pub fn quote(
			requester: T::AccountId,
			model: ModelId,
			kind: JobKind,
			prompt_bytes: u32,
			constraints: ConstraintsOf<T>,
		) -> Result<Quote, DispatchError> {
			Self::query_quote(requester, model, kind, prompt_bytes, constraints)
		}

		/// Everything about a job; nothing if it was never submitted, or was pruned.
		pub fn job(id: JobId) -> Option<JobDetails<T::AccountId, BlockNumberFor<T>>> {
			Self::query_job(id)
		}

		/// The answers to a job and to its replicas, in their order; those that were pruned are left out.
		pub fn replicas(id: JobId) -> Vec<ReplicaAnswer<T::AccountId>> {
			Self::query_replicas(id)
		}

		/// Jobs that are not final, in the order of storage, from the one behind `after` on: `limit`
		/// of them at most, and never more than [`Config::MaxPage`]. A page that is shorter is the
		/// last one.
		pub fn open_jobs(
			after: Option<JobId>,
			limit: u32,
		) -> Vec<OpenJob<T::AccountId, BlockNumberFor<T>>> {
			Self::query_open_jobs(after, limit)
		}

		/// Number of jobs that are not final.
		pub fn open_job_count() -> u32 {
			LiveJobs::<T>::get()
		}

		/// Providers whose offers would fit a job, and what it would cost there.
		pub fn eligible_providers(
			model: ModelId,
			kind: JobKind,
			prompt_bytes: u32,
			max_price: Balance,
			constraints: ConstraintsOf<T>,
		) -> Result<Vec<EligibleProvider<T::AccountId>>, DispatchError> {
			Self::query_eligible_providers(model, kind, prompt_bytes, max_price, constraints)
		}

		/// Proof of what was delivered, by whom, and how it was paid.
		pub fn receipt(id: JobId) -> Option<Receipt<T::AccountId, BlockNumberFor<T>>> {
			Self::query_receipt(id)
		}
	}
}
