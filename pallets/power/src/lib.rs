// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod dispatchable_impls;
pub mod election;
mod era_impls;
mod limits;
#[cfg(test)]
mod mock;
mod offence_impls;
mod session_impls;
#[cfg(test)]
mod tests;
pub mod traits;
pub mod types;
mod utility_impls;
mod view_impls;
pub mod weights;
mod work_impls;

pub use offence_impls::Absence;
pub use pallet::*;
pub use traits::OnEra;
pub use types::{
	Balance, Candidate, Counted, CreditOf, Distribution, EraIndex, EraInfo, EraWork, MostHeld,
	OffenceSlash, PowerLimit, PowerTerms, RecentWork, SprintOutcome, Status, Unbonding,
};
pub use weights::WeightInfo;

/// Where this pallet's log lines go.
pub const LOG_TARGET: &str = "ergon::power";

// Both are in the code that FRAME's macros make.
#[allow(unused_qualifications, clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
	use super::{types::Power, *};
	use alloc::vec::Vec;
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{hold, Inspect, Mutate},
			OnUnbalanced,
		},
		weights::WeightMeter,
	};
	use frame_system::pallet_prelude::*;
	use sp_staking::{offence::ReportOffence, SessionIndex};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// # Requirements
	///
	/// This pallet is the `SessionManager` of `pallet-session`, wrapped in
	/// `historical::NoteHistoricalRoot`, and the `OnOffenceHandler` of `pallet-offences`. It has to
	/// stand in front of `pallet-session` in the runtime, so that its genesis is there when the first
	/// session is made.
	#[pallet::config]
	pub trait Config:
		frame_system::Config<RuntimeEvent: From<Event<Self>>>
		+ pallet_session::Config<ValidatorId = <Self as frame_system::Config>::AccountId>
		+ pallet_session::historical::Config<FullIdentification = ()>
	{
		/// Measured weights.
		type WeightInfo: WeightInfo;

		/// Where bonds are held.
		type Currency: Inspect<Self::AccountId, Balance = Balance>
			+ Mutate<Self::AccountId>
			+ hold::Mutate<Self::AccountId, Reason: From<HoldReason>>
			+ hold::Balanced<Self::AccountId>;

		/// Who gets what is slashed for offences and missed duties.
		type Slashed: OnUnbalanced<CreditOf<Self>>;

		/// Who makes this block.
		type BlockAuthor: Get<Option<Self::AccountId>>;

		/// Who is told that an era begins. Benchmarks of eras include what it does.
		type OnEra: OnEra;

		/// Where absences are reported: `pallet-offences`, which tells this pallet of them like of any
		/// offence.
		type ReportAbsence: ReportOffence<
			Self::AccountId,
			(Self::AccountId, ()),
			Absence<Self::AccountId>,
		>;

		/// Least bond with which one becomes a candidate. Slashes may take it down to half of this
		/// before the candidate is chilled.
		#[pallet::constant]
		type MinBond: Get<Balance>;

		/// Bond that backs one work unit of power.
		#[pallet::constant]
		type BondPerWorkUnit: Get<Balance>;

		/// Most candidates; bounds what an election costs.
		#[pallet::constant]
		type MaxCandidates: Get<u32>;

		/// Most validators of a session.
		#[pallet::constant]
		type MaxValidators: Get<u32>;

		/// Up to this many validators are elected even if they have no power.
		#[pallet::constant]
		type MinValidators: Get<u32>;

		/// Sessions of an era.
		#[pallet::constant]
		type SessionsPerEra: Get<u32>;

		/// Sessions in which an offence can be reported, and for which a bond stays held behind the
		/// last session of its owner.
		#[pallet::constant]
		type UnbondingSessions: Get<u32>;

		/// Eras whose audits count for power, not including the current one, and whose sprints do: while there are
		/// no new ones, power stays as long as enough of the old ones are among them, and then goes step by step.
		#[pallet::constant]
		type PowerEras: Get<u32>;

		/// Sprints in a row, behind the first, until all that a newcomer proves is power; fewer than
		/// `PowerEras`, by as many as eras without a sprint cost nothing.
		#[pallet::constant]
		type Ramp: Get<u32>;

		/// Eras in which the power given at genesis fades to nothing.
		#[pallet::constant]
		type GenesisEras: Get<u32>;

		/// Sessions for which an offender may not rejoin.
		#[pallet::constant]
		type ChillSessions: Get<u32>;

		/// What a missed audit takes from the bond.
		#[pallet::constant]
		type MissPenalty: Get<Balance>;

		/// Audits missed in one era with which somebody counts as absent, which is an offence: it is chilled
		/// and disabled.
		#[pallet::constant]
		type MaxMisses: Get<u32>;

		/// A missed audit takes this many times its work from power.
		#[pallet::constant]
		type MissFactor: Get<u32>;

		/// Most weight that counting candidates and removing old records take in one block.
		#[pallet::constant]
		type PollWeight: Get<Weight>;
	}

	/// Why this pallet holds money.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The bond of a validator candidate.
		#[codec(index = 0)]
		ValidatorBond,
	}

	/// Validator candidates.
	// Accounts can be chosen by their owners.
	#[pallet::storage]
	pub type Candidates<T: Config> =
		CountedStorageMap<_, Blake2_128Concat, T::AccountId, Candidate>;

	/// Bonds of those who left.
	#[pallet::storage]
	pub type Unbondings<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Unbonding>;

	/// What operators did, by era; kept while it counts.
	#[pallet::storage]
	pub type EraWorks<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		EraIndex,
		Blake2_128Concat,
		T::AccountId,
		EraWork,
		ValueQuery,
	>;

	/// The eras whose sprints were held, in their order, as long as they count.
	#[pallet::storage]
	pub type HeldSprints<T: Config> =
		StorageValue<_, BoundedVec<EraIndex, MostHeld<T>>, ValueQuery>;

	/// The oldest era of which work may still be stored.
	#[pallet::storage]
	pub type OldestEra<T> = StorageValue<_, EraIndex, ValueQuery>;

	/// The current era.
	#[pallet::storage]
	pub type CurrentEra<T> = StorageValue<_, EraIndex, ValueQuery>;

	/// First session of the current era.
	#[pallet::storage]
	pub type EraStart<T> = StorageValue<_, SessionIndex, ValueQuery>;

	/// The era that audits are written down for: the current one, or the next one as soon as candidates are
	/// counted for it.
	#[pallet::storage]
	pub type BookEra<T> = StorageValue<_, EraIndex, ValueQuery>;

	/// The last candidate that was counted for the next era.
	#[pallet::storage]
	pub type CountCursor<T: Config> = StorageValue<_, T::AccountId>;

	/// Most power that anybody has in this era.
	#[pallet::storage]
	pub type PowerCap<T> = StorageValue<_, Power, ValueQuery>;

	/// What the weakest tenth of the candidates have as power in this era at most. When the list is full, a larger
	/// bond may take the place of who has no more.
	#[pallet::storage]
	pub type WeakPower<T> = StorageValue<_, Power, ValueQuery>;

	/// Power of all candidates in this era.
	#[pallet::storage]
	pub type TotalPower<T> = StorageValue<_, u128, ValueQuery>;

	/// What was slashed for the offences of a session, while they can be reported.
	#[pallet::storage]
	pub type OffenceSlashes<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		SessionIndex,
		Blake2_128Concat,
		T::AccountId,
		OffenceSlash,
	>;

	/// The oldest session of which slashes may still be stored.
	#[pallet::storage]
	pub type OldestSlashes<T> = StorageValue<_, SessionIndex, ValueQuery>;

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// The first candidates and their bonds.
		pub validators: Vec<(T::AccountId, Balance)>,
		/// Power that each of them starts with, in work; fades to nothing in `GenesisEras`.
		pub power: Power,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			Pallet::<T>::found(&self.validators, self.power);
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Somebody became a candidate.
		Joined {
			/// Who.
			candidate: T::AccountId,
			/// What is held.
			bond: Balance,
		},
		/// A candidate added to its bond.
		BondIncreased {
			/// Who.
			candidate: T::AccountId,
			/// What is held now.
			bond: Balance,
		},
		/// A candidate left; its bond is held on.
		Left {
			/// Who.
			candidate: T::AccountId,
			/// First session in which the bond can be withdrawn.
			free_at: SessionIndex,
		},
		/// A candidate had to make room for a larger bond; its own is held on, as if it had left.
		Displaced {
			/// Who.
			candidate: T::AccountId,
			/// Who stands in its place.
			by: T::AccountId,
			/// First session in which the bond can be withdrawn.
			free_at: SessionIndex,
		},
		/// A bond was released.
		Withdrawn {
			/// Whose.
			candidate: T::AccountId,
			/// How much.
			amount: Balance,
		},
		/// Somebody who was chilled or had left stands again.
		Rejoined {
			/// Who.
			candidate: T::AccountId,
		},
		/// A candidate does not stand any more.
		Chilled {
			/// Who.
			candidate: T::AccountId,
			/// First session in which it may rejoin.
			until: SessionIndex,
		},
		/// Part of a bond was taken.
		Slashed {
			/// Whose.
			candidate: T::AccountId,
			/// How much.
			amount: Balance,
		},
		/// A validator missed an audit.
		DutyMissed {
			/// Who.
			validator: T::AccountId,
			/// What it cost.
			penalty: Balance,
		},
		/// An era began: the power of every candidate is what the last eras proved.
		EraStarted {
			/// Which.
			era: EraIndex,
			/// Power of all candidates.
			total_power: u128,
		},
		/// The set of validators changes.
		Elected {
			/// First session of the new set.
			session: SessionIndex,
			/// Size of the new set.
			validators: u32,
			/// Who was not in the set before.
			entering: Vec<T::AccountId>,
			/// Who is not in it any more.
			leaving: Vec<T::AccountId>,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// This account is a candidate: use `bond_more` to add to its bond.
		AlreadyCandidate,
		/// This account is no candidate: `join` first.
		NotCandidate,
		/// The bond of this account is held until its unbonding ends: `rejoin` with it, or `withdraw`
		/// it first.
		StillUnbonding,
		/// This account has no bond that waits to be withdrawn: `leave` first.
		NotUnbonding,
		/// The last session of this validator can still be reported: withdraw from session `free_at`
		/// on, which `unbonding` tells.
		WithdrawTooEarly,
		/// The bond is below `MinBond`: bond more.
		BondTooSmall,
		/// The free balance does not cover the bond and the existential deposit: fund the account
		/// first.
		BalanceTooLow,
		/// This account has no session keys: make them with `author_rotateKeysWithOwner` and register
		/// them with `session.setKeys` first.
		NoSessionKeys,
		/// There are as many candidates as there can be: `join` with the name of one to displace, which
		/// `displaceable` tells for a bond. To `rejoin`, wait for a place, or `withdraw` and `join`.
		TooManyCandidates,
		/// This candidate cannot be displaced: it is a validator, or stands with a bond that is not
		/// smaller, with more power than the weakest tenth, or in its first sprints. Name the one that
		/// `displaceable` tells, or bond more.
		NotDisplaceable,
		/// This candidate stands already: there is nothing to rejoin.
		NotChilled,
		/// This candidate committed an offence: rejoin from session `until` on, which `candidates`
		/// tells.
		StillChilled,
	}

	#[pallet::call(weight(<T as Config>::WeightInfo))]
	impl<T: Config> Pallet<T> {
		/// Becomes a validator candidate with a bond of at least `MinBond`.
		///
		/// Signed by an account whose session keys are registered. It takes part in sprints from the
		/// next era on, and has power behind the second of them. When there is no room, `displaced`
		/// names the candidate whose place is taken, as if that had left; otherwise it is ignored.
		#[pallet::call_index(0)]
		pub fn join(
			origin: OriginFor<T>,
			#[pallet::compact] bond: Balance,
			displaced: Option<T::AccountId>,
		) -> DispatchResult {
			Self::do_join(ensure_signed(origin)?, bond, displaced)
		}

		/// Adds to the bond of the signer, standing or chilled. It backs more power from the next era
		/// on.
		#[pallet::call_index(1)]
		pub fn bond_more(
			origin: OriginFor<T>,
			#[pallet::compact] amount: Balance,
		) -> DispatchResult {
			Self::do_bond_more(ensure_signed(origin)?, amount)
		}

		/// Stops being a candidate. The signer stays a validator at least to the end of the next
		/// session, and its bond stays held, and can be slashed, until nothing that it did as a
		/// validator can be reported any more.
		#[pallet::call_index(2)]
		pub fn leave(origin: OriginFor<T>) -> DispatchResult {
			Self::do_leave(ensure_signed(origin)?)
		}

		/// Releases what is left of the bond of the signer, who left before.
		#[pallet::call_index(3)]
		pub fn withdraw(origin: OriginFor<T>) -> DispatchResult {
			Self::do_withdraw(ensure_signed(origin)?)
		}

		/// Stands again behind a chill, or behind `leave` with the bond that is still held. Takes part
		/// in sprints from the next era on.
		#[pallet::call_index(4)]
		pub fn rejoin(origin: OriginFor<T>) -> DispatchResult {
			Self::do_rejoin(ensure_signed(origin)?)
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_poll(_: BlockNumberFor<T>, meter: &mut WeightMeter) {
			let mut own = WeightMeter::with_limit(T::PollWeight::get().min(meter.remaining()));
			Self::count_ahead(&mut own);
			Self::remove_old_work(&mut own);
			Self::remove_old_slashes(&mut own);
			meter.consume(own.consumed());
		}

		fn integrity_test() {
			assert!(T::MinValidators::get() > 0, "`MinValidators` has to be positive");
			assert!(
				T::MinValidators::get() <= T::MaxValidators::get(),
				"`MinValidators` must not be above `MaxValidators`",
			);
			assert!(
				T::MaxValidators::get() <= T::MaxCandidates::get(),
				"`MaxValidators` must not be above `MaxCandidates`",
			);
			assert!(T::SessionsPerEra::get() > 0, "an era has at least one session");
			assert!(T::PowerEras::get() > 1, "two sprints have to count as power");
			assert!(T::Ramp::get() < T::PowerEras::get(), "`Ramp` has to be below `PowerEras`");
			assert!(T::MaxMisses::get() > 0, "`MaxMisses` has to be positive");
			assert!(T::UnbondingSessions::get() > 0, "bonds have to outlast their sessions");
			assert!(
				<T as Config>::WeightInfo::remove_work(1)
					.saturating_add(<T as Config>::WeightInfo::remove_slashes(1))
					.saturating_add(<T as Config>::WeightInfo::count(1))
					.all_lte(T::PollWeight::get()),
				"`PollWeight` has to cover one record of each kind and one candidate",
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// How the power of a candidate comes about; nothing for others.
		pub fn power_of(account: T::AccountId) -> Option<PowerTerms> {
			Self::terms(&account)
		}

		/// What keeps the power of an account from being more, what helps, and how much; without a candidate, that
		/// there is none.
		pub fn limits_of(account: T::AccountId) -> Vec<PowerLimit> {
			Self::limits(&account)
		}

		/// The powers of all candidates in this era, the strongest first, and how concentrated they are: the largest
		/// share, and how many together hold more than a third.
		pub fn distribution() -> Distribution<T::AccountId> {
			Self::distribute()
		}

		/// All candidates.
		pub fn candidates() -> Vec<(T::AccountId, Candidate)> {
			Candidates::<T>::iter().collect()
		}

		/// The bond of somebody who left.
		pub fn unbonding(account: T::AccountId) -> Option<Unbonding> {
			Unbondings::<T>::get(account)
		}

		/// Whom to name to `join` with that bond when there is no room: of those who have to give way to it, the one
		/// with the least power, of equals the one with the least bond. Nobody when the bond is too small.
		pub fn displaceable(bond: Balance) -> Option<T::AccountId> {
			Self::weakest_below(bond)
		}

		/// The current era.
		pub fn era() -> EraInfo {
			let start = EraStart::<T>::get();
			let end = start.saturating_add(T::SessionsPerEra::get());
			EraInfo { era: CurrentEra::<T>::get(), start, end }
		}
	}
}
