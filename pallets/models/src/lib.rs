// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod dispatchable_impls;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
pub mod types;
mod utility_impls;
pub mod weights;

pub use pallet::*;
pub use types::{Details, GenesisModel, Model, ModelInfo, Status};
pub use weights::WeightInfo;

// What the pallet macro generates writes paths in full, expects, and has calls of different sizes.
#[allow(unused_qualifications, clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use crate::types::{ModelInfoOf, ModelOf};
	use alloc::vec::Vec;
	use ergon_core::{ModelId, ModelManifest};
	use ergon_economics::Balance;
	use frame_support::{
		pallet_prelude::*,
		traits::fungible::{Mutate, MutateHold},
	};
	use frame_system::pallet_prelude::*;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// Measured weights.
		type WeightInfo: WeightInfo;

		/// Where deposits are held.
		type Currency: Mutate<Self::AccountId, Balance = Balance>
			+ MutateHold<Self::AccountId, Balance = Balance, Reason: From<HoldReason>>;

		/// Deposit for a model of no size.
		#[pallet::constant]
		type BaseDeposit: Get<Balance>;

		/// Deposit for each stored byte.
		#[pallet::constant]
		type ByteDeposit: Get<Balance>;

		/// Blocks between a recall and the end of the record. Long enough that every result that was there has
		/// been judged, for which the record is needed.
		#[pallet::constant]
		type RecallPeriod: Get<BlockNumberFor<Self>>;
	}

	/// Why money of a sponsor is held.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// Pays for the record of a model until it is deregistered.
		#[codec(index = 0)]
		ModelDeposit,
	}

	/// The models, by the hash of their manifest.
	// The key is a hash already.
	#[pallet::storage]
	pub type Models<T: Config> = CountedStorageMap<_, Identity, ModelId, ModelOf<T>>;

	/// What people need to know about a model beside its bits. Separate from [`Models`], because
	/// every job reads those and none reads these.
	#[pallet::storage]
	#[pallet::storage_prefix = "Details"]
	pub type ModelDetails<T: Config> = StorageMap<_, Identity, ModelId, Details>;

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Models that are there from the start; a parent before its children.
		pub models: Vec<GenesisModel<T::AccountId>>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			for model in &self.models {
				if let Err(error) = Pallet::<T>::register_at_genesis(model) {
					panic!("model {:?} of the genesis state: {error:?}", model.name);
				}
			}
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A model was registered and can be used.
		Registered {
			/// The model.
			model: ModelId,
			/// Who registered it.
			sponsor: T::AccountId,
			/// Held from the sponsor.
			deposit: Balance,
		},
		/// A model takes no new jobs.
		Quarantined {
			/// The model.
			model: ModelId,
		},
		/// A model takes new jobs again.
		Reactivated {
			/// The model.
			model: ModelId,
		},
		/// A model is withdrawn for good; its jobs without a result are refunded.
		Recalled {
			/// The model.
			model: ModelId,
			/// First block in which it can be deregistered.
			deregister_from: BlockNumberFor<T>,
		},
		/// A recalled model was forgotten.
		Deregistered {
			/// The model.
			model: ModelId,
			/// Who had registered it.
			sponsor: T::AccountId,
			/// Released to the sponsor.
			deposit: Balance,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The very same manifest is registered already. Use the registered model.
		AlreadyRegistered,
		/// The manifest names a version of the arithmetic that this chain does not judge. Import
		/// the model with an engine of this network.
		UnknownArithmetic,
		/// The manifest's dimensions belong to no network that the executor can run: one is zero or
		/// too large, or the heads do not divide. Compare them with the model's `config.json`.
		ImpossibleDimensions,
		/// The chat template leaves no room in the context. Import the model with a shorter
		/// template.
		TemplateTooLong,
		/// The stated work per token does not follow from the dimensions. Take the manifest as the
		/// importer wrote it.
		WorkMismatch,
		/// The name is empty, is not UTF-8, or contains a control character. Give a readable name.
		BadName,
		/// The licence is empty or is not an SPDX expression (letters, digits and `.-+() `). Look
		/// the identifier up on spdx.org.
		BadLicence,
		/// A language is not a BCP 47 tag such as `en` or `pt-BR`, or is named twice.
		BadLanguage,
		/// The URI is not printable ASCII without spaces. Percent-encode it, or leave it empty.
		BadUri,
		/// The parent is not registered. Register it first, or name none.
		UnknownParent,
		/// The free balance does not cover deposit and existential deposit. The view function
		/// `deposit` says how much is needed.
		DepositTooHigh,
		/// No such model is registered. Check the id; a deregistered model has none.
		UnknownModel,
		/// Only the account that registered the model may do this.
		NotSponsor,
		/// The model is not active, so it cannot be quarantined.
		NotActive,
		/// The model is not quarantined, so there is nothing to reactivate; a recall is for good.
		NotQuarantined,
		/// The model has been recalled already.
		AlreadyRecalled,
		/// Only a recalled model can be deregistered. Recall it first.
		NotRecalled,
		/// Results that were there at the recall may not be judged yet. Wait for the block that
		/// the event `Recalled` named.
		TooEarly,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call(weight(<T as Config>::WeightInfo))]
	impl<T: Config> Pallet<T> {
		/// Registers a model and makes the caller its sponsor.
		///
		/// Origin: signed. The deposit is held until the model is deregistered.
		#[pallet::call_index(0)]
		pub fn register(
			origin: OriginFor<T>,
			manifest: ModelManifest,
			details: Details,
		) -> DispatchResult {
			let sponsor = ensure_signed(origin)?;
			Self::do_register(sponsor, manifest, details).map(|_| ())
		}

		/// Stops new jobs of a model; those in flight go on.
		///
		/// Origin: signed by the sponsor.
		#[pallet::call_index(1)]
		pub fn quarantine(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
			let sponsor = ensure_signed(origin)?;
			Self::do_quarantine(sponsor, model)
		}

		/// Lets a quarantined model take new jobs again.
		///
		/// Origin: signed by the sponsor.
		#[pallet::call_index(2)]
		pub fn reactivate(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
			let sponsor = ensure_signed(origin)?;
			Self::do_reactivate(sponsor, model)
		}

		/// Withdraws a model for good: no new jobs, and those without a result are refunded.
		///
		/// Origin: signed by the sponsor.
		#[pallet::call_index(3)]
		pub fn recall(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
			let sponsor = ensure_signed(origin)?;
			Self::do_recall(sponsor, model)
		}

		/// Forgets a recalled model after the recall period and releases the deposit.
		///
		/// Origin: signed by the sponsor.
		#[pallet::call_index(4)]
		pub fn deregister(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
			let sponsor = ensure_signed(origin)?;
			Self::do_deregister(sponsor, model)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// Everything about one model.
		pub fn model(id: ModelId) -> Option<ModelInfoOf<T>> {
			Self::info(id)
		}

		/// Models in the order of their ids, behind `after`, at most
		/// [`MAX_PAGE`](crate::types::MAX_PAGE) at once.
		pub fn models(after: Option<ModelId>, limit: u32) -> Vec<ModelInfoOf<T>> {
			Self::page(after, limit)
		}

		/// What registering a model with these details holds from its sponsor.
		pub fn deposit(details: Details) -> Balance {
			Self::deposit_for(&details)
		}
	}
}
