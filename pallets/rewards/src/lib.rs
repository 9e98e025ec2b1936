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
mod settle_impls;
#[cfg(test)]
mod tests;
pub mod traits;
pub mod types;
mod utility_impls;
pub mod weights;

pub use pallet::*;
pub use traits::{Duties, Validators};
pub use types::{
	Account, Balance, CreditOf, Emission, EraIndex, EraReward, EraTotals, EraWork, RewardInfo,
	Totals,
};
pub use weights::WeightInfo;

/// Where this pallet's log lines go.
pub const LOG_TARGET: &str = "ergon::rewards";

/// When more slots than this pass in a row without a block, the network is at fault and not whoever could
/// have made a block in each.
pub const MAX_SKIPPED: u32 = 16;

// Both are in the code that FRAME's macros make.
#[allow(unused_qualifications, clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use ergon_economics::Schedule;
	use frame_support::{
		pallet_prelude::*,
		traits::fungible::{hold, Balanced, Inspect, Mutate},
		weights::WeightMeter,
	};
	use frame_system::pallet_prelude::*;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// # Requirements
	///
	/// Has to be told of each era with [`Pallet::note_era`], and of each block with [`Pallet::note_block`].
	/// [`Config::Pot`] has to exist: endow it at genesis, and stand behind the pallet that keeps the money. What
	/// is burnt anywhere has to go through [`Pallet::burn`], and nobody else may make money.
	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// Measured weights.
		type WeightInfo: WeightInfo;

		/// Where rewards are made and held.
		type Currency: Inspect<Self::AccountId, Balance = Balance>
			+ Mutate<Self::AccountId>
			+ Balanced<Self::AccountId>
			+ hold::Mutate<Self::AccountId, Reason: From<HoldReason>>;

		/// The account in which rewards wait.
		#[pallet::constant]
		type Pot: Get<Self::AccountId>;

		/// How much is made in which era.
		#[pallet::constant]
		type Schedule: Get<Schedule>;

		/// The current era.
		type Era: Get<EraIndex>;

		/// Whose power counts.
		type Validators: Validators<Self::AccountId>;

		/// All kinds of duties but blocks. Their records have to last for two eras behind their own.
		type Duties: Duties<Self::AccountId>;

		/// Most weight that settlement takes in one block.
		#[pallet::constant]
		type PollWeight: Get<Weight>;
	}

	/// Why the pot holds money.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// Waits for the validator that earned it.
		#[codec(index = 0)]
		Reward,
	}

	/// The eras that are not settled.
	#[pallet::storage]
	pub type Eras<T> = StorageMap<_, Twox64Concat, EraIndex, EraTotals>;

	/// The oldest era that may not be settled.
	#[pallet::storage]
	pub type OldestEra<T> = StorageValue<_, EraIndex, ValueQuery>;

	/// What validators had to do with blocks, by era; until the era is settled.
	// Accounts can be chosen by their owners.
	#[pallet::storage]
	pub type EraWorks<T: Config> =
		StorageDoubleMap<_, Twox64Concat, EraIndex, Blake2_128Concat, T::AccountId, EraWork>;

	/// What everybody earned.
	#[pallet::storage]
	pub type Accounts<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, Account, ValueQuery>;

	/// What all earned together, and what was burnt.
	#[pallet::storage]
	pub type Total<T> = StorageValue<_, Totals, ValueQuery>;

	/// How much money there was before anything was made or burnt.
	#[pallet::storage]
	pub type GenesisIssuance<T> = StorageValue<_, Balance, ValueQuery>;

	/// Nothing to choose.
	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T> {
		/// The type parameter is not used.
		#[serde(skip)]
		pub marker: PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			GenesisIssuance::<T>::put(T::Currency::total_issuance());
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Money was made for a validator, and waits for it.
		Rewarded {
			/// Who.
			validator: T::AccountId,
			/// For which era.
			era: EraIndex,
			/// How much.
			amount: Balance,
		},
		/// All that an era earned is made.
		EraSettled {
			/// Which.
			era: EraIndex,
			/// What it could have earned.
			emission: Balance,
			/// What it earned.
			minted: Balance,
		},
		/// A validator got what waited for it.
		Claimed {
			/// Who.
			validator: T::AccountId,
			/// How much.
			amount: Balance,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// Nothing waits for this account: rewards of an era are there when the era behind it is over.
		NothingToClaim,
		/// The account is too poor to exist with this little: send it the existential deposit first.
		AccountTooPoor,
	}

	#[pallet::call(weight(<T as Config>::WeightInfo))]
	impl<T: Config> Pallet<T> {
		/// Pays everything that waits for a validator to it. Signed by anybody.
		#[pallet::call_index(0)]
		pub fn claim(origin: OriginFor<T>, validator: T::AccountId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_claim(validator)
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_poll(_: BlockNumberFor<T>, meter: &mut WeightMeter) {
			Self::settle_old_eras(meter);
		}

		fn integrity_test() {
			assert!(
				T::WeightInfo::settle(1).all_lte(T::PollWeight::get()),
				"`PollWeight` has to cover one validator",
			);
			let schedule = T::Schedule::get();
			let cap = Balance::from(schedule.halving).checked_mul(schedule.first);
			assert!(
				cap.is_some_and(|half| half.checked_mul(2).is_some()),
				"the emission of all times does not fit into a balance",
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// What an account earned, and what the eras that are not settled would earn it as things stand.
		pub fn rewards_of(account: T::AccountId) -> RewardInfo {
			Self::rewards(&account)
		}

		/// How much is made, and how much was.
		pub fn emission() -> Emission {
			Self::emission_now()
		}
	}
}
