// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod declare_impls;
mod dispatchable_impls;
mod integrity_impls;
#[cfg(test)]
mod mock;
mod offchain;
#[cfg(test)]
mod tests;
mod tick_impls;
pub mod traits;
#[cfg(any(test, feature = "try-runtime"))]
mod try_state_impls;
pub mod types;
mod utility_impls;
pub mod weights;

pub use dispatchable_impls::refusal;
pub use pallet::*;
pub use traits::{
	Accuser, ActiveValidator, AuditorWork, BlockRandomness, Charge, Evidence, Evidences, Judge,
	Models, Refuted, Replicas, Ruling, Validators,
};
pub use types::{
	ActiveOf, AuditCase, AuditorsOf, Balance, Case, CaseOf, Conclusion, CreditOf, Declaration,
	DeclarationOf, Duty, DutyRecord, EraIndex, ModelsOf, Penalty, RoundKind, Seat, SeatOf,
	SeatProgress, Stage, Standing, Task, UnpaidCase,
};
pub use weights::WeightInfo;

/// Where this pallet's log lines go.
pub const LOG_TARGET: &str = "ergon::audits";

/// Auditors are drawn this many blocks after the round was called: three blocks give the
/// randomness, and the output of the last one is known in the block behind it.
pub const DRAW_DELAY: u32 = 4;

/// Blocks whose VRF outputs draw the auditors. With one honest author among three, nobody knows
/// the draw when the result is fixed.
pub const DRAW_BLOCKS: usize = 3;

/// Rounds that a case can have at most: first, redraw, second look.
pub const MAX_ROUNDS: u32 = 3;

// Both are in the code that FRAME's macros make.
#[allow(unused_qualifications, clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use crate::types::{DrawSeed, QueueEnds};
	use alloc::{collections::BTreeSet, vec::Vec};
	use ergon_core::{
		audit::Reveal,
		crypto::audit::{AuditorId, AuditorSignature},
		JobId, ModelId, Vote, H256,
	};
	use ergon_economics::{AuditRate, Backlog};
	use frame_support::{pallet_prelude::*, weights::WeightMeter};
	use frame_system::{offchain::CreateAuthorizedTransaction, pallet_prelude::*};
	use sp_runtime::traits::Zero;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// # Requirements
	///
	/// `frame_system::AuthorizeCall` has to be among the runtime's transaction extensions, and
	/// `MaxValidators` must not be less than what [`Validators::active`] can return.
	#[pallet::config]
	pub trait Config:
		CreateAuthorizedTransaction<Call<Self>>
		+ frame_system::Config<Hash = H256, RuntimeEvent: From<Event<Self>>>
	{
		/// Measured weights.
		type WeightInfo: WeightInfo;

		/// Who may be drawn, and what happens to them.
		type Validators: Validators<Self::AccountId>;

		/// Which models there are.
		type Models: Models;

		/// Where auditors find what they have to re-execute.
		type Evidences: Evidences;

		/// Who gives other answers to the same question, and does not audit this one.
		type Replicas: Replicas<Self::AccountId>;

		/// The VRF outputs that draw the auditors.
		type Randomness: BlockRandomness;

		/// Decides who is right about a difference.
		type Judge: Judge<Self::AccountId, BlockNumberFor<Self>>;

		/// The era in which duties are counted.
		type Era: Get<EraIndex>;

		/// A: blocks in which auditors re-execute and commit. Longer lets slower machines serve,
		/// shorter settles jobs sooner.
		#[pallet::constant]
		type CommitWindow: Get<BlockNumberFor<Self>>;

		/// R: blocks in which auditors reveal. Has to outlast the blocks that take no transactions
		/// because a session begins.
		#[pallet::constant]
		type RevealWindow: Get<BlockNumberFor<Self>>;

		/// Blocks behind the reveals in which auditors and others may dispute the work of those who voted
		/// Match. Longer leaves slower nodes time, shorter settles audited jobs sooner.
		#[pallet::constant]
		type CheckWindow: Get<BlockNumberFor<Self>>;

		/// What re-executing one work unit earns on a new chain; see [`AuditPrice`].
		#[pallet::constant]
		type InitialAuditPrice: Get<Balance>;

		/// The lowest and the highest that it can come to earn.
		#[pallet::constant]
		type AuditPriceBounds: Get<(Balance, Balance)>;

		/// Blocks between two looks at how audit duties are done, by which the price moves.
		#[pallet::constant]
		type AuditPriceInterval: Get<BlockNumberFor<Self>>;

		/// How often a result that everybody matched is looked at again, by two others, where each of those who
		/// matched has a bond of a hundred times the pay; see [`second_look_rate`] for smaller ones. More finds
		/// auditors sooner who vote without work, and costs that much more. With less than 2 % it would pay to.
		///
		/// [`second_look_rate`]: ergon_economics::sampling::second_look_rate
		#[pallet::constant]
		type SecondLookRate: Get<AuditRate>;

		/// Most validators of a session.
		#[pallet::constant]
		type MaxValidators: Get<u32>;

		/// How many validators have to be able to re-execute a model before jobs may use it, who also have to
		/// hold [`AUDITOR_WEIGHT`](ergon_economics::constants::AUDITOR_WEIGHT): all, where there are fewer. More
		/// makes it harder to be audited by friends only, less lets rarer models be used.
		#[pallet::constant]
		type MinAuditors: Get<u32>;

		/// Most models that a validator can declare.
		#[pallet::constant]
		type MaxDeclared: Get<u32>;

		/// Blocks between two declarations of a validator, and for which a signed one is good.
		#[pallet::constant]
		type DeclarationInterval: Get<BlockNumberFor<Self>>;

		/// Eras for which duty records are kept, the current one included.
		#[pallet::constant]
		type DutyEras: Get<EraIndex>;

		/// Priority of commitments and reveals in the pool.
		#[pallet::constant]
		type DutyPriority: Get<TransactionPriority>;

		/// Most weight that draws and pruning take in one block; what does not fit is carried over.
		#[pallet::constant]
		type PollWeight: Get<Weight>;
	}

	/// Results under audit.
	// The key is a hash already.
	#[pallet::storage]
	pub type Cases<T: Config> = StorageMap<_, Identity, JobId, CaseOf<T>>;

	/// The auditors' duties: by auditor, so that each finds its own, then by job.
	#[pallet::storage]
	pub type Seats<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Identity, JobId, SeatOf<T>>;

	/// Which models each validator says it can re-execute.
	#[pallet::storage]
	pub type Declarations<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, DeclarationOf<T>>;

	/// The same by model: who can re-execute it, validator of this session or not.
	// A model's id is a hash already.
	#[pallet::storage]
	pub type Auditors<T: Config> =
		StorageDoubleMap<_, Identity, ModelId, Blake2_128Concat, T::AccountId, ()>;

	/// Rounds that wait for their draw, in the order in which they were called, each with the block
	/// that called it.
	#[pallet::storage]
	pub type DrawQueue<T: Config> = StorageMap<_, Twox64Concat, u64, (JobId, BlockNumberFor<T>)>;

	/// Where the queue begins and ends.
	#[pallet::storage]
	pub type DrawQueueEnds<T> = StorageValue<_, QueueEnds, ValueQuery>;

	/// VRF outputs of the last blocks, oldest first.
	#[pallet::storage]
	pub type RecentOutputs<T> = StorageValue<_, [[u8; 32]; DRAW_BLOCKS], ValueQuery>;

	/// The randomness that draws the rounds called in a block; kept while one of them is queued.
	#[pallet::storage]
	pub type DrawSeeds<T: Config> = StorageMap<_, Twox64Concat, BlockNumberFor<T>, DrawSeed>;

	/// Duties done and missed, by era and validator.
	#[pallet::storage]
	pub type DutyRecords<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		EraIndex,
		Blake2_128Concat,
		T::AccountId,
		DutyRecord,
		ValueQuery,
	>;

	/// What re-executing one work unit earns. Moves slowly to where duties are done; see
	/// [`ergon_economics::next_audit_price`].
	#[pallet::storage]
	pub type AuditPrice<T: Config> =
		StorageValue<_, Balance, ValueQuery, <T as Config>::InitialAuditPrice>;

	/// What became of audit duties since the price was last looked at.
	#[pallet::storage]
	pub type AuditBacklog<T> = StorageValue<_, Backlog, ValueQuery>;

	/// The oldest era whose duty records may still be there.
	#[pallet::storage]
	pub type OldestDutyEra<T> = StorageValue<_, EraIndex, ValueQuery>;

	/// What the first validators can re-execute.
	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Validators, each with its models.
		pub declarations: Vec<(T::AccountId, Vec<ModelId>)>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			for (auditor, models) in &self.declarations {
				let models = BTreeSet::from_iter(models.iter().copied());
				let models = BoundedVec::try_from(Vec::from_iter(models))
					.expect("a genesis validator declares `MaxDeclared` models at most");
				Pallet::<T>::replace_declaration(auditor, Zero::zero(), models);
			}
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A result is fixed; its auditors are drawn four blocks later.
		CaseOpened {
			/// The job.
			job: JobId,
			/// λ, expected number of auditors, in billionths.
			rate: u64,
		},
		/// A round was drawn.
		AuditorsDrawn {
			/// The job.
			job: JobId,
			/// The round.
			round: u8,
			/// Why there is one.
			kind: RoundKind,
			/// Who has to re-execute; may be nobody.
			auditors: Vec<T::AccountId>,
			/// Last block for commitments.
			commit_by: BlockNumberFor<T>,
			/// Last block for reveals.
			reveal_by: BlockNumberFor<T>,
		},
		/// An auditor fixed its vote.
		VoteCommitted {
			/// The job.
			job: JobId,
			/// The round.
			round: u8,
			/// Whose vote.
			auditor: T::AccountId,
		},
		/// An auditor opened its vote.
		VoteRevealed {
			/// The job.
			job: JobId,
			/// The round.
			round: u8,
			/// Whose vote.
			auditor: T::AccountId,
			/// The outcome of the re-execution.
			vote: Vote,
		},
		/// An auditor did not commit or did not reveal in time.
		DutyMissed {
			/// The job.
			job: JobId,
			/// The round.
			round: u8,
			/// Who missed it.
			auditor: T::AccountId,
		},
		/// An auditor says that others have not worked, and has to show it.
		Objected {
			/// The job.
			job: JobId,
			/// Who says it.
			auditor: T::AccountId,
			/// Of whom.
			accused: Vec<T::AccountId>,
		},
		/// Auditors found differences, and have to show them.
		Disputed {
			/// The job.
			job: JobId,
			/// Who.
			accusers: Vec<T::AccountId>,
		},
		/// Seats were left, or the result is looked at again: another round is drawn four blocks later.
		RoundCalled {
			/// The job.
			job: JobId,
			/// The new round.
			round: u8,
			/// Why there is one.
			kind: RoundKind,
		},
		/// A case ended with a judgement.
		CaseConcluded {
			/// The job.
			job: JobId,
			/// Whether the result is wrong.
			overturned: bool,
			/// Re-executions that found the same bits.
			matches: u32,
			/// Re-executions that found a difference.
			mismatches: u32,
		},
		/// A validator says which models it can re-execute from now on.
		ModelsDeclared {
			/// Who.
			auditor: T::AccountId,
			/// All of them.
			models: Vec<ModelId>,
		},
		/// Re-executing one work unit earns another amount from now on.
		AuditPriceMoved {
			/// How much.
			price: Balance,
			/// What became of the duties since the last look.
			backlog: Backlog,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// This account has no seat in the audit of this job: it was not drawn, or the audit is
		/// over. `duties` tells what is open.
		NoSeat,
		/// The seat belongs to another round of this audit: sign for the round that `duties` names.
		WrongRound,
		/// This seat has its commitment: wait for the reveal window and reveal what it hides.
		AlreadyCommitted,
		/// The window for commitments is closed, and the duty counts as missed. An engine that
		/// needs longer should vote Unavailable in time.
		CommitTooLate,
		/// There is nothing to reveal: commit within the window first.
		NotCommitted,
		/// This seat has revealed: nothing is left to do.
		AlreadyRevealed,
		/// Others may still commit: reveal after the block that `duties` names.
		RevealTooEarly,
		/// The window for reveals is closed, and the duty counts as missed.
		RevealTooLate,
		/// Vote, digest and salt do not hash to the commitment: reveal what was committed.
		RevealDoesNotOpen,
		/// The signature is not by the audit key of the seat, or covers another chain, job, round or
		/// vote: sign with the audit key that was registered when the auditor was drawn.
		BadSignature,
		/// Reveals are still taken: object when `case` is in its check.
		ObjectionTooEarly,
		/// The check of this round is over.
		ObjectionTooLate,
		/// Only an auditor who found the result right itself, and has not objected yet, may object.
		CannotObject,
		/// Nobody is named, or somebody who has not found the result right, or the auditor itself.
		NobodyToObjectTo,
		/// No validator with a bond has registered this audit key: bond and set session keys first.
		NotValidator,
		/// The declaration is as of a block that is too long ago, or not yet there: sign a new one.
		DeclarationOutdated,
		/// This validator has declared its models not long ago: wait for `DeclarationInterval` blocks.
		DeclaredAlready,
		/// The declared models are not in ascending order: name each once.
		ModelsOutOfOrder,
		/// A declared model is not registered: leave it out.
		ModelUnusable,
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Fixes the vote of an auditor without showing it.
		///
		/// Authorized by `signature`: the audit key of the seat signs
		/// `signing_payload(COMMIT_DOMAIN, genesis, (job, round, commitment))`. Costs no fee; a seat
		/// takes one commitment, up to and including the block `commit_by` of the seat.
		///
		/// Operational, so that a block full of ordinary transactions cannot make auditors miss.
		#[pallet::call_index(0)]
		#[pallet::weight((T::WeightInfo::commit(), DispatchClass::Operational))]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_commit())]
		#[pallet::authorize(|_source, job, round, auditor, commitment, signature| {
			Pallet::<T>::authorize_commit(job, *round, auditor, commitment, signature)
		})]
		pub fn commit(
			origin: OriginFor<T>,
			job: JobId,
			round: u8,
			auditor: T::AccountId,
			commitment: H256,
			_signature: AuditorSignature,
		) -> DispatchResult {
			ensure_authorized(origin)?;
			Self::do_commit(job, round, auditor, commitment)
		}

		/// Opens a vote that was committed.
		///
		/// Authorized by `signature`: the audit key of the seat signs
		/// `signing_payload(REVEAL_DOMAIN, genesis, (job, round, reveal))`. Costs no fee; taken
		/// behind the block `commit_by` up to and including the block `reveal_by` of the seat.
		#[pallet::call_index(1)]
		#[pallet::weight((T::WeightInfo::reveal(), DispatchClass::Operational))]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_reveal())]
		#[pallet::authorize(|_source, job, round, auditor, reveal, signature| {
			Pallet::<T>::authorize_reveal(job, *round, auditor, reveal, signature)
		})]
		pub fn reveal(
			origin: OriginFor<T>,
			job: JobId,
			round: u8,
			auditor: T::AccountId,
			reveal: Reveal,
			_signature: AuditorSignature,
		) -> DispatchResult {
			ensure_authorized(origin)?;
			Self::do_reveal(job, round, auditor, reveal)
		}

		/// Says of other auditors of a job that their work-bound digests are wrong, and so that they have not
		/// run the model. About each the judge decides; whoever is wrong is slashed.
		///
		/// Authorized by `signature`: the audit key of the seat signs
		/// `signing_payload(OBJECT_DOMAIN, genesis, (job, round, accused))`. Costs no fee; a seat takes one
		/// objection, up to and including the block `object_by` of the case.
		#[pallet::call_index(2)]
		#[pallet::weight((
			T::WeightInfo::object(accused.len() as u32)
				.saturating_add(T::Judge::accuse_weight(accused.len() as u32)),
			DispatchClass::Operational,
		))]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_object(accused.len() as u32))]
		#[pallet::authorize(|_source, job, round, auditor, accused, signature| {
			Pallet::<T>::authorize_object(job, *round, auditor, accused, signature)
		})]
		pub fn object(
			origin: OriginFor<T>,
			job: JobId,
			round: u8,
			auditor: T::AccountId,
			accused: AuditorsOf<T>,
			_signature: AuditorSignature,
		) -> DispatchResult {
			ensure_authorized(origin)?;
			Self::do_object(job, round, auditor, accused.into_inner())
		}

		/// Says which models a validator can re-execute, instead of what it said before. It is drawn for jobs
		/// of these; a model that too few declare takes no jobs.
		///
		/// Authorized by `signature`: the audit key signs
		/// `signing_payload(DECLARE_DOMAIN, genesis, (as_of, models))`. Costs no fee; a validator with a bond
		/// may do it once in `DeclarationInterval` blocks, as of a block that is no longer ago than that.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::declare(models.len() as u32))]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_declare(models.len() as u32))]
		#[pallet::authorize(|_source, key, as_of, models, signature| {
			Pallet::<T>::authorize_declare(key, *as_of, models, signature)
		})]
		pub fn declare(
			origin: OriginFor<T>,
			key: AuditorId,
			as_of: BlockNumberFor<T>,
			models: ModelsOf<T>,
			_signature: AuditorSignature,
		) -> DispatchResult {
			ensure_authorized(origin)?;
			Self::do_declare(&key, as_of, models)
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			Self::record_randomness(now);
			Self::look_at_backlog(now);
			T::WeightInfo::on_initialize()
		}

		// Not part of `on_initialize`: when a session begins, the block has no weight left, and
		// draws wait for the next one.
		fn on_poll(now: BlockNumberFor<T>, meter: &mut WeightMeter) {
			Self::poll(now, meter);
		}

		fn offchain_worker(now: BlockNumberFor<T>) {
			Self::serve_duties(now);
			Self::serve_declarations(now);
		}

		fn integrity_test() {
			Self::do_integrity_test();
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// The audit of a job, while it is open.
		pub fn case(job: JobId) -> Option<CaseOf<T>> {
			Cases::<T>::get(job)
		}

		/// What an auditor has to do, and by when.
		pub fn duties(auditor: T::AccountId) -> Vec<Duty<BlockNumberFor<T>>> {
			Self::open_duties(&auditor)
		}

		/// [`Self::duties`] of whoever registered that audit key.
		pub fn duties_of_key(key: AuditorId) -> Vec<Duty<BlockNumberFor<T>>> {
			T::Validators::operator(&key)
				.map(|auditor| Self::open_duties(&auditor))
				.unwrap_or_default()
		}

		/// What re-executing one work unit earns now.
		pub fn audit_price() -> Balance {
			AuditPrice::<T>::get()
		}

		/// Which models a validator says it can re-execute.
		pub fn declared(auditor: T::AccountId) -> Vec<ModelId> {
			Declarations::<T>::get(auditor).map_or_else(Vec::new, |it| it.models.into_inner())
		}

		/// The validators of this session who say that they can re-execute a model.
		pub fn auditors(model: ModelId) -> Vec<T::AccountId> {
			Self::auditors_of(&model)
		}

		/// What a validator did of its audit duties in one era.
		pub fn duty_record(era: EraIndex, auditor: T::AccountId) -> DutyRecord {
			DutyRecords::<T>::get(era, auditor)
		}

		/// The same for each era that is kept and in which it had some, the last one first.
		pub fn duty_records(auditor: T::AccountId) -> Vec<(EraIndex, DutyRecord)> {
			let eras = (0..T::DutyEras::get()).filter_map(|ago| T::Era::get().checked_sub(ago));
			eras.filter_map(|era| Some((era, DutyRecords::<T>::try_get(era, &auditor).ok()?)))
				.collect()
		}
	}
}
