// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod audit_impls;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod dispatchable_impls;
#[cfg(test)]
mod mock;
mod offchain;
mod phase_impls;
#[cfg(test)]
mod tests;
pub mod traits;
pub mod types;
mod utility_impls;
pub mod weights;

pub use dispatchable_impls::refusal;
pub use pallet::*;
pub use traits::{Audits, Candidates, Conclusion, LeafCase, Models, Penalty, Randomness};
pub use types::{
	Balance, CandidateFailure, Commitment, CreditOf, Demand, Entry, EntryInfo, EntryOf, EraIndex,
	Leaf, LeafOf, NextSprint, Phase, Sprint, SprintInfo, SprintOf, Task, TaskOf,
};
pub use weights::WeightInfo;

/// Where this pallet's log lines go.
pub const LOG_TARGET: &str = "ergon::sprints";

/// Blocks behind the last one for commitments after which the items to be shown are drawn: nobody knew the
/// randomness of the three between when everything was committed to.
pub const DRAW_DELAY: u32 = 4;
/// How often a candidate commits in one sprint at most, each time to more items: who makes the blocks at the end of
/// the window can keep the last commitment out, and nothing of the ones before.
pub const MAX_COMMITMENTS: u8 = 3;
/// Models of which the chain remembers how much they were asked for.
pub const MAX_DEMANDS: u32 = 16;
/// Most siblings on the path from an item to the root.
pub const MAX_PATH: u32 = 32;

// Both are in the code that FRAME's macros make.
#[allow(unused_qualifications, clippy::expect_used, clippy::type_complexity)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use ergon_core::{crypto::audit::AuditorSignature, Attestation, Bundle, JobId, ModelId, H256};
	use ergon_economics::AuditRate;
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{Balanced, Credit},
			OnUnbalanced,
		},
		weights::WeightMeter,
	};
	use frame_system::{offchain::CreateAuthorizedTransaction, pallet_prelude::*};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// # Requirements
	///
	/// `frame_system::AuthorizeCall` has to be among the runtime's transaction extensions. This pallet stands
	/// behind the one that keeps the [`Randomness`], and is told of each era by [`Pallet::start_era`]. An era
	/// should be longer than `OpenWithin`, both windows, [`DRAW_DELAY`] and an audit together, also when slots
	/// pass without a block: what is decided later counts one era later, and a sprint whose draw comes too late is
	/// none.
	#[pallet::config]
	pub trait Config:
		CreateAuthorizedTransaction<Call<Self>>
		+ frame_system::Config<Hash = H256, RuntimeEvent: From<Event<Self>>>
	{
		/// Measured weights.
		type WeightInfo: WeightInfo;

		/// Where winners are paid.
		type Currency: Balanced<Self::AccountId, Balance = Balance>;

		/// Burns what nobody gets.
		type Burn: OnUnbalanced<Credit<Self::AccountId, Self::Currency>>;

		/// Who takes part.
		type Candidates: Candidates<Self::AccountId>;

		/// Which models there are.
		type Models: Models;

		/// Who checks.
		type Audits: Audits<
			Self::AccountId,
			BlockNumberFor<Self>,
			Credit = Credit<Self::AccountId, Self::Currency>,
		>;

		/// What opens sprints and draws items.
		type Randomness: Randomness;

		/// The block with which the next era begins, as far as it can be told before. Nothing is decided by it: it is
		/// for people who want to be there.
		type NextEra: Get<Option<BlockNumberFor<Self>>>;

		/// Blocks from the beginning of an era in one of which its sprint opens. Longer is harder to guess.
		#[pallet::constant]
		type OpenWithin: Get<BlockNumberFor<Self>>;

		/// W: blocks in which candidates work and commit. Shorter leaves less time to rent machines once a
		/// sprint has opened, longer measures more exactly.
		#[pallet::constant]
		type CommitWindow: Get<BlockNumberFor<Self>>;

		/// Blocks in which candidates show what was drawn. Has to outlast a restart and the blocks that take
		/// no transactions because a session begins.
		#[pallet::constant]
		type OpenWindow: Get<BlockNumberFor<Self>>;

		/// Most models of a sprint, of which each candidate uses one.
		#[pallet::constant]
		type MaxModels: Get<u32>;

		/// Most items that a candidate can commit to.
		#[pallet::constant]
		type MaxItems: Get<u32>;

		/// Items that each candidate has to show; an item that is drawn twice is shown once. Who has done a
		/// share f of its items only is found with the probability 1 − f^MaxSamples where auditors are honest.
		#[pallet::constant]
		type MaxSamples: Get<u32>;

		/// Expected auditors of each item that is shown.
		#[pallet::constant]
		type AuditRate: Get<AuditRate>;

		/// Priority of commitments and items in the pool.
		#[pallet::constant]
		type DutyPriority: Get<TransactionPriority>;

		/// Most weight that tasks take in one block; what does not fit is carried over.
		#[pallet::constant]
		type PollWeight: Get<Weight>;
	}

	/// The sprint of this era.
	#[pallet::storage]
	pub type Current<T: Config> = StorageValue<_, SprintOf<T>>;

	/// The last era in which all could be shown that was drawn.
	#[pallet::storage]
	pub type LastOver<T> = StorageValue<_, EraIndex>;

	/// What candidates say they have done, until it is decided.
	#[pallet::storage]
	pub type Entries<T: Config> =
		StorageDoubleMap<_, Twox64Concat, EraIndex, Blake2_128Concat, T::AccountId, EntryOf<T>>;

	/// Items that were shown and are audited, by the ids that auditors know them by.
	// The key is a hash already.
	#[pallet::storage]
	pub type Leaves<T: Config> = StorageMap<_, Identity, JobId, LeafOf<T>>;

	/// What is to be looked at, and from which block on.
	#[pallet::storage]
	pub type Agenda<T: Config> =
		StorageDoubleMap<_, Twox64Concat, BlockNumberFor<T>, Blake2_128Concat, TaskOf<T>, ()>;

	/// The first block of the agenda that may still have something.
	#[pallet::storage]
	pub type AgendaCursor<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery>;

	/// The models that were asked for most, the most wanted first.
	#[pallet::storage]
	pub type Demands<T> = StorageValue<_, BoundedVec<Demand, ConstU32<MAX_DEMANDS>>, ValueQuery>;

	/// Models of the first sprints.
	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T> {
		/// Taken as if somebody had asked for them.
		pub models: Vec<ModelId>,
		/// The type parameter is not used.
		#[serde(skip)]
		pub marker: PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			for model in &self.models {
				Pallet::<T>::note_work(model, 1);
			}
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An era began: its sprint opens in one of the next blocks.
		Scheduled {
			/// The era.
			era: EraIndex,
			/// It opens in this block at the latest.
			latest: BlockNumberFor<T>,
		},
		/// A sprint opened: candidates work.
		Opened {
			/// The era.
			era: EraIndex,
			/// What all items follow from.
			seed: H256,
			/// Models of which each candidate uses one.
			models: Vec<ModelId>,
			/// Last block for commitments.
			commit_by: BlockNumberFor<T>,
		},
		/// The era has no sprint, and nobody misses it: there is no model that enough auditors can re-execute, or it
		/// would have come to a draw too late.
		Cancelled {
			/// The era.
			era: EraIndex,
		},
		/// A candidate said what it has done.
		Committed {
			/// The era.
			era: EraIndex,
			/// Who.
			operator: T::AccountId,
			/// What.
			commitment: Commitment,
		},
		/// The items that are to be shown are drawn.
		Drawn {
			/// The era.
			era: EraIndex,
			/// What draws them.
			draw: H256,
			/// Last block to show one.
			open_by: BlockNumberFor<T>,
		},
		/// A candidate showed an item; auditors are drawn for it.
		Shown {
			/// The era.
			era: EraIndex,
			/// Who.
			operator: T::AccountId,
			/// Which item.
			index: u32,
			/// By which id auditors know it.
			job: JobId,
		},
		/// A candidate proved work.
		Proved {
			/// The era.
			era: EraIndex,
			/// Who.
			operator: T::AccountId,
			/// Items that it has done.
			items: u32,
			/// Their work.
			work: ergon_core::Work,
		},
		/// A candidate failed: nothing that it did in this sprint counts.
		Failed {
			/// The era.
			era: EraIndex,
			/// Who.
			operator: T::AccountId,
			/// How.
			failure: CandidateFailure,
			/// The item that is wrong, by the id that auditors know it by.
			job: Option<JobId>,
		},
		/// An auditor was slashed for a false vote on an item.
		AuditorSlashed {
			/// By which id auditors know it.
			job: JobId,
			/// Who.
			auditor: T::AccountId,
			/// How much was taken.
			amount: Balance,
		},
		/// What was taken from auditors was divided among those who were right about an item.
		SlashAwarded {
			/// By which id auditors know it.
			job: JobId,
			/// To winners.
			awarded: Balance,
			/// To nobody.
			burnt: Balance,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// No sprint of that era is open: sign for the era that `sprint` names.
		NotThisSprint,
		/// Commitments are not taken now: `sprint` tells until which block they are.
		NotWorking,
		/// Items are not taken now: show them between the draw and the block that `sprint` names.
		NotOpening,
		/// Only who stands for election since before this era began takes part: `join` the candidates, and
		/// work in the sprint of the next era.
		NotCandidate,
		/// This candidate has committed to as many items already, or [`MAX_COMMITMENTS`] times: commit to more
		/// items, or leave it at the last commitment, which counts.
		AlreadyCommitted,
		/// The number of items is zero or above `MaxItems`: commit to the first `MaxItems` at most.
		WrongItemCount,
		/// The model is not one of this sprint: use one that `sprint` names.
		WrongModel,
		/// This candidate has not committed to anything in this sprint: there is nothing to show.
		NotCommitted,
		/// This item was not drawn: `entry` names those that were.
		NotDrawn,
		/// This item was shown already: it is audited.
		AlreadyShown,
		/// What is shown is no result of this item: show what the engine gives for it.
		WrongItem,
		/// The path does not lead from this item to the root that was committed to.
		WrongPath,
		/// The signature is not by the candidate's audit key, or covers another chain, era or statement.
		BadSignature,
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Fixes what a candidate has done in the sprint of this era.
		///
		/// Authorized by `signature`: the audit key among the candidate's session keys signs
		/// `signing_payload(SPRINT_COMMIT_DOMAIN, genesis, (era, commitment))`. Costs no fee; taken up to and
		/// including the block `commit_by`. A commitment to more items takes the place of the one before.
		#[pallet::call_index(0)]
		#[pallet::weight((T::WeightInfo::commit(), DispatchClass::Operational))]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_commit())]
		#[pallet::authorize(|_source, era, operator, commitment, signature| {
			Pallet::<T>::authorize_commit(*era, operator, commitment, signature)
		})]
		pub fn commit(
			origin: OriginFor<T>,
			era: EraIndex,
			operator: T::AccountId,
			commitment: Commitment,
			_signature: AuditorSignature,
		) -> DispatchResult {
			ensure_authorized(origin)?;
			Self::do_commit(era, operator, commitment)
		}

		/// Shows an item that was drawn, and how it leads to the root that the candidate committed to.
		///
		/// Authorized by `signature`: the key that signed the commitment signs
		/// `signing_payload(SPRINT_OPEN_DOMAIN, genesis, (era, index, leaf))`. Costs no fee; each item is taken
		/// once, up to and including the block `open_by`.
		#[pallet::call_index(1)]
		#[pallet::weight((T::WeightInfo::show(), DispatchClass::Operational))]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_show())]
		#[pallet::authorize(|_source, era, operator, index, attestation, bundle, path, signature| {
			Pallet::<T>::authorize_show(*era, operator, *index, attestation, bundle, path, signature)
		})]
		#[allow(clippy::too_many_arguments)]
		pub fn show(
			origin: OriginFor<T>,
			era: EraIndex,
			operator: T::AccountId,
			index: u32,
			attestation: Attestation,
			bundle: Bundle,
			path: BoundedVec<H256, ConstU32<MAX_PATH>>,
			_signature: AuditorSignature,
		) -> DispatchResult {
			ensure_authorized(origin)?;
			Self::do_show(era, operator, index, attestation, bundle, &path)
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			Self::step(now)
		}

		// Not part of `on_initialize`: when a session begins, the block has no weight left, and
		// tasks wait for the next one.
		fn on_poll(now: BlockNumberFor<T>, meter: &mut WeightMeter) {
			Self::serve_agenda(now, meter);
		}

		fn offchain_worker(now: BlockNumberFor<T>) {
			Self::serve_sprint(now);
		}

		fn integrity_test() {
			assert!(T::MaxModels::get() > 0, "a sprint needs a model");
			assert!(T::MaxSamples::get() > 0, "something has to be shown");
			assert!(T::MaxItems::get() > 0, "something has to be done");
			assert!(
				T::WeightInfo::agenda()
					.saturating_add(T::WeightInfo::agenda_slot())
					.saturating_add(Self::worst_task_weight())
					.all_lte(T::PollWeight::get()),
				"`PollWeight` has to cover one task",
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// Where the sprint of this era stands, how long its windows are, and in which blocks the next one opens.
		pub fn sprint() -> Option<SprintInfo<BlockNumberFor<T>>> {
			Self::info()
		}

		/// What an account has done in the sprint of an era, until it is decided.
		pub fn entry(era: EraIndex, operator: T::AccountId) -> Option<EntryInfo> {
			Self::entry_info(era, &operator)
		}

		/// The models that were asked for most, and the work that was done with each; halved in each era.
		pub fn demand() -> Vec<Demand> {
			Demands::<T>::get().into_inner()
		}
	}
}
