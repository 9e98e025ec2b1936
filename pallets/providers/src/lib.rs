// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod assignment_impls;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod dispatchable_impls;
mod market_impls;
#[cfg(test)]
mod mock;
mod outcome_impls;
#[cfg(test)]
mod tests;
pub mod traits;
pub mod types;
mod utility_impls;
pub mod weights;

pub use pallet::*;
pub use traits::{Capacity, Models};
pub use types::{
	Assignment, ChillReason, GenesisOffer, GenesisProvider, Hosting, Market, Mode, Need, Offer,
	OfferInfo, Profile, Provider, ProviderInfo, Slashed, Standing,
};
pub use weights::WeightInfo;

// What the pallet macro generates writes paths in full, expects, and has calls of different sizes.
#[allow(unused_qualifications, clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use crate::types::{OfferInfoOf, ProviderInfoOf, ProviderOf};
	use alloc::vec::Vec;
	use ergon_core::{
		crypto::worker::{WorkerId, WorkerSignature},
		ModelId, H256,
	};
	use ergon_economics::{Balance, TokenPrices};
	use frame_support::{
		pallet_prelude::*,
		traits::fungible::{BalancedHold, Mutate, MutateHold},
	};
	use frame_system::pallet_prelude::*;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<Hash = H256, RuntimeEvent: From<Event<Self>>> {
		/// Measured weights.
		type WeightInfo: WeightInfo;

		/// Where bonds are held.
		type Currency: Mutate<Self::AccountId, Balance = Balance>
			+ MutateHold<Self::AccountId, Balance = Balance, Reason: From<HoldReason>>
			+ BalancedHold<Self::AccountId, Balance = Balance>;

		/// Which models can be offered.
		type Models: Models;

		/// What providers have shown that they can compute.
		type Capacity: Capacity<Self::AccountId>;

		/// Jobs that a provider may have at a time without having shown anything. Beyond them, the work of
		/// all of them together is bounded by [`Config::Capacity`].
		#[pallet::constant]
		type UnprovedJobs: Get<u32>;

		/// Least bond of a provider that takes jobs.
		#[pallet::constant]
		type MinBond: Get<Balance>;

		/// Bond that each declared slot needs. Keeps capacity from being claimed for nothing.
		#[pallet::constant]
		type BondPerSlot: Get<Balance>;

		/// Most offers of one provider.
		#[pallet::constant]
		type MaxOffers: Get<u32>;

		/// Most offers that one assignment looks at.
		#[pallet::constant]
		type MaxOffersScanned: Get<u32>;

		/// The price of all jobs that are not final may be this fraction (1 / n) of what could be
		/// taken from the provider; see `ergon_economics::sampling::may_risk`.
		#[pallet::constant]
		type ValueAtRiskDivisor: Get<u32>;

		/// Failures within [`Config::FailureWindow`] that chill a provider.
		#[pallet::constant]
		type MaxFailures: Get<u32>;

		/// Blocks after the first failure in which further ones are counted with it.
		#[pallet::constant]
		type FailureWindow: Get<BlockNumberFor<Self>>;

		/// Blocks that a chilled provider has to wait.
		#[pallet::constant]
		type ChillPeriod: Get<BlockNumberFor<Self>>;

		/// Blocks between `unbond` and `withdraw`, at least.
		#[pallet::constant]
		type UnbondingPeriod: Get<BlockNumberFor<Self>>;

		/// Blocks after which an audited outcome counts half.
		#[pallet::constant]
		type ReputationHalfLife: Get<u32>;

		/// Blocks without work after which clean audits count no more. They are counted anew from the
		/// next job on.
		#[pallet::constant]
		type MaxIdle: Get<BlockNumberFor<Self>>;
	}

	/// Why money of an operator is held.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// Stands for the work of a provider.
		#[codec(index = 0)]
		ProviderBond,
	}

	/// The providers, by the account of their operator.
	#[pallet::storage]
	pub type Providers<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, ProviderOf<T>>;

	/// Whose key a worker key is.
	#[pallet::storage]
	pub type Workers<T: Config> = StorageMap<_, Blake2_128Concat, WorkerId, T::AccountId>;

	/// The terms of every provider, by model.
	// A model's id is a hash already.
	#[pallet::storage]
	pub type Offers<T: Config> =
		StorageDoubleMap<_, Identity, ModelId, Blake2_128Concat, T::AccountId, Offer>;

	/// The models that a provider offers.
	#[pallet::storage]
	pub type Offered<T: Config> = StorageMap<
		_,
		Blake2_128Concat,
		T::AccountId,
		BoundedVec<ModelId, T::MaxOffers>,
		ValueQuery,
	>;

	/// How many offers a model has.
	#[pallet::storage]
	pub type Markets<T: Config> = StorageMap<_, Identity, ModelId, Market, ValueQuery>;

	/// The providers of a model by the position of their offer; see [`Market`].
	#[pallet::storage]
	pub type Positions<T: Config> =
		StorageDoubleMap<_, Identity, ModelId, Twox64Concat, u32, T::AccountId>;

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Providers that are there from the start.
		pub providers: Vec<GenesisProvider<T::AccountId>>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			for provider in &self.providers {
				if let Err(error) = Pallet::<T>::register_at_genesis(provider) {
					panic!("provider {:?} of the genesis state: {error:?}", provider.account);
				}
			}
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Somebody became a provider.
		Registered {
			/// The operator.
			provider: T::AccountId,
			/// The key that signs for it.
			worker: WorkerId,
			/// Held from the operator.
			bond: Balance,
		},
		/// A bond was increased.
		BondIncreased {
			/// The operator.
			provider: T::AccountId,
			/// By how much.
			amount: Balance,
			/// What is held now.
			bond: Balance,
		},
		/// Another key signs for a provider.
		WorkerRotated {
			/// The operator.
			provider: T::AccountId,
			/// The key from now on.
			worker: WorkerId,
		},
		/// A provider declared something else about itself.
		ProfileUpdated {
			/// The operator.
			provider: T::AccountId,
			/// What it declares.
			profile: Profile,
		},
		/// An offer was made or changed.
		OfferSet {
			/// The operator.
			provider: T::AccountId,
			/// For which model.
			model: ModelId,
			/// At which prices.
			prices: TokenPrices,
			/// For how many jobs at a time.
			slots: u32,
		},
		/// An offer was withdrawn.
		OfferRemoved {
			/// The operator.
			provider: T::AccountId,
			/// For which model.
			model: ModelId,
		},
		/// A provider takes no new jobs.
		Draining {
			/// The operator.
			provider: T::AccountId,
		},
		/// A provider takes new jobs again, unless it is chilled.
		Resumed {
			/// The operator.
			provider: T::AccountId,
		},
		/// A provider is leaving.
		Unbonding {
			/// The operator.
			provider: T::AccountId,
			/// First block in which the bond may be withdrawn, if all work is safe then.
			until: BlockNumberFor<T>,
		},
		/// A provider left.
		Withdrawn {
			/// The operator.
			provider: T::AccountId,
			/// Released to the operator.
			amount: Balance,
		},
		/// The system keeps a provider from taking jobs.
		Chilled {
			/// The operator.
			provider: T::AccountId,
			/// Why.
			reason: ChillReason,
			/// First block in which the operator may call `unchill`.
			until: BlockNumberFor<T>,
		},
		/// The operator ended the chill.
		Unchilled {
			/// The operator.
			provider: T::AccountId,
		},
		/// A provider did not deliver an assigned job.
		Failed {
			/// The operator.
			provider: T::AccountId,
			/// How often within the window.
			failures: u32,
		},
		/// An audit of a provider's result came to its end.
		Audited {
			/// The operator.
			provider: T::AccountId,
			/// Whether the result was right.
			clean: bool,
			/// The reputation that follows, in thousandths.
			reputation: u16,
		},
		/// A provider lost bond.
		Slashed {
			/// The operator.
			provider: T::AccountId,
			/// What was taken.
			amount: Balance,
			/// What is still held.
			bond: Balance,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The account is a provider already. Change it with `rotate_worker`, `update_profile` and
		/// `bond_more`.
		AlreadyRegistered,
		/// The account is no provider. Call `register` first.
		NotRegistered,
		/// The worker key belongs to another provider, or to this one already. Generate a new one.
		WorkerTaken,
		/// The signature does not prove possession of the worker key. Let the worker key sign the
		/// payload of domain `ergon:worker-key:v1` with this chain's genesis hash and this account.
		BadProof,
		/// The bond is below `MinBond`. Bond more.
		BondTooLow,
		/// The free balance does not cover the amount and the existential deposit.
		BalanceTooLow,
		/// The country is not two upper-case letters. Use an ISO 3166-1 alpha-2 code such as `CH`.
		BadCountry,
		/// The region is not one to three upper-case letters or digits. Use the part of the ISO
		/// 3166-2 code behind the hyphen.
		BadRegion,
		/// The peer id is not a multihash of 32 bytes of SHA-256 or of up to 42 bytes of identity.
		/// Use the raw bytes of what `ergon-node key inspect-node-key` prints, or leave it empty.
		BadPeerId,
		/// The model is unknown or takes no new jobs. Offer an active one.
		ModelNotActive,
		/// The bond does not cover that many slots. Bond `BondPerSlot` for each, or declare fewer.
		TooManySlots,
		/// The provider has `MaxOffers` offers. Remove one first.
		TooManyOffers,
		/// The provider does not offer this model.
		UnknownOffer,
		/// The offer has jobs. Set its slots to 0 and wait until they are delivered.
		OfferBusy,
		/// The provider is draining or unbonding already.
		NotActive,
		/// The provider is active, so there is nothing to resume.
		NothingToResume,
		/// The provider is unbonding already.
		AlreadyUnbonding,
		/// Call `unbond` first.
		NotUnbonding,
		/// The provider has jobs that are not final. Wait until they are.
		JobsInFlight,
		/// The unbonding period is not over, or work can still be overturned. Wait for the later of
		/// the record's `until` and `safe_at`.
		TooEarly,
		/// The provider is not chilled.
		NotChilled,
		/// The chill period is not over. Wait for the block in the record's `chilled_until`.
		StillChilled,
		/// The provider works on jobs, and a model that it does not offer yet makes its clean audits
		/// count anew. Call `drain`, wait until its jobs are delivered, and offer the model then.
		AtWork,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::MaxOffers::get() > 0, "providers must be able to offer something");
			assert!(T::MaxOffersScanned::get() > 0, "assignment must look at something");
			assert!(T::ValueAtRiskDivisor::get() > 0, "value at risk needs a bound");
			assert!(T::MaxFailures::get() > 0, "a provider must be allowed to work");
			assert!(T::UnprovedJobs::get() > 0, "a newcomer must be able to get a job");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Becomes a provider: holds the bond and takes the worker key.
		///
		/// Origin: signed. `proof` is the worker key's signature over the caller's account, in the
		/// domain `ergon:worker-key:v1` of this chain.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register())]
		pub fn register(
			origin: OriginFor<T>,
			worker: WorkerId,
			proof: WorkerSignature,
			bond: Balance,
			profile: Profile,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_register(who, worker, proof, bond, profile)
		}

		/// Adds to the bond.
		///
		/// Origin: signed by the operator.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::bond_more())]
		pub fn bond_more(origin: OriginFor<T>, amount: Balance) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_bond_more(who, amount)
		}

		/// Lets another key sign for the provider, also for jobs that it already has.
		///
		/// Origin: signed by the operator. `proof` as for [`Pallet::register`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::rotate_worker())]
		pub fn rotate_worker(
			origin: OriginFor<T>,
			worker: WorkerId,
			proof: WorkerSignature,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_rotate_worker(who, worker, proof)
		}

		/// Declares something else about the provider.
		///
		/// Origin: signed by the operator.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::update_profile())]
		pub fn update_profile(origin: OriginFor<T>, profile: Profile) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_update_profile(who, profile)
		}

		/// Offers a model, or changes the terms of an offer for jobs to come.
		///
		/// Origin: signed by the operator. More slots than the bond covers are refused; fewer than
		/// before are always accepted, and 0 pauses the offer. A model that the provider does not offer
		/// yet makes its clean audits count anew, and is refused while it works on jobs.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::set_offer())]
		pub fn set_offer(
			origin: OriginFor<T>,
			model: ModelId,
			prices: TokenPrices,
			slots: u32,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_offer(who, model, prices, slots)
		}

		/// Withdraws an offer whose slots are all free.
		///
		/// Origin: signed by the operator.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::remove_offer())]
		pub fn remove_offer(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_remove_offer(who, model)
		}

		/// Takes no new jobs until [`Pallet::resume`].
		///
		/// Origin: signed by the operator.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::drain(T::MaxOffers::get()))]
		pub fn drain(origin: OriginFor<T>) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			let offers = Self::do_drain(who)?;
			Ok(Some(T::WeightInfo::drain(offers)).into())
		}

		/// Takes jobs again after [`Pallet::drain`], or stays after [`Pallet::unbond`].
		///
		/// Origin: signed by the operator.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::resume(T::MaxOffers::get()))]
		pub fn resume(origin: OriginFor<T>) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			let offers = Self::do_resume(who)?;
			Ok(Some(T::WeightInfo::resume(offers)).into())
		}

		/// Begins to leave: takes no new jobs, and starts the unbonding period.
		///
		/// Origin: signed by the operator.
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::unbond(T::MaxOffers::get()))]
		pub fn unbond(origin: OriginFor<T>) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			let offers = Self::do_unbond(who)?;
			Ok(Some(T::WeightInfo::unbond(offers)).into())
		}

		/// Leaves: releases what is left of the bond and forgets the provider.
		///
		/// Origin: signed by the operator. Only after the unbonding period, without jobs in flight,
		/// and when no work that it did can be overturned any more.
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::withdraw(T::MaxOffers::get()))]
		pub fn withdraw(origin: OriginFor<T>) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			let offers = Self::do_withdraw(who)?;
			Ok(Some(T::WeightInfo::withdraw(offers)).into())
		}

		/// Takes jobs again after a chill.
		///
		/// Origin: signed by the operator. Only after the chill period, and with a bond that covers
		/// the minimum and all declared slots.
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::unchill(T::MaxOffers::get()))]
		pub fn unchill(origin: OriginFor<T>) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			let offers = Self::do_unchill(who)?;
			Ok(Some(T::WeightInfo::unchill(offers)).into())
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// Everything about one provider.
		pub fn provider(account: T::AccountId) -> Option<ProviderInfoOf<T>> {
			Self::info(account)
		}

		/// Providers in the order of storage, behind `after`, at most
		/// [`MAX_PAGE`](crate::types::MAX_PAGE) at once.
		pub fn providers(after: Option<T::AccountId>, limit: u32) -> Vec<ProviderInfoOf<T>> {
			Self::page(after, limit)
		}

		/// Offers of a model from position `start` on, open ones first, at most
		/// [`MAX_PAGE`](crate::types::MAX_PAGE) at once.
		pub fn offers(model: ModelId, start: u32, limit: u32) -> Vec<OfferInfoOf<T>> {
			Self::market_page(model, start, limit)
		}

		/// The bond that a provider with that many slots needs.
		pub fn bond_for(slots: u32) -> Balance {
			Self::needed_bond(slots)
		}
	}
}
