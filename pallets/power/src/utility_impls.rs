// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Bonds, genesis, and the checks that watch over the state.

use crate::{
	types::Power, Balance, Candidate, Candidates, Config, CreditOf, CurrentEra, Event, HoldReason,
	OnEra, Pallet, Status, TotalPower, Unbondings,
};
use ergon_economics::power;
use frame_support::{
	defensive,
	traits::{
		fungible::hold::{Balanced, Mutate as HoldMutate},
		Get, Imbalance,
	},
	weights::{Weight, WeightMeter},
};
use sp_runtime::{traits::SaturatedConversion, Perbill};
use sp_staking::SessionIndex;

/// How many of what weighs `each` there is room for, at most `most`.
pub(crate) fn room_for(meter: &WeightMeter, each: Weight, most: u32) -> u32 {
	let count = meter.remaining().checked_div_per_component(&each).unwrap_or_default();
	count.min(most.into()).saturated_into()
}

/// Most records of a kind that are removed in one block; bounds the memory that it takes.
pub(crate) const MAX_REMOVED: u32 = 100;

/// Has `remove` take away as many records as there is room for, and charges for those that it found. To remove so
/// many weighs `weight`.
pub(crate) fn remove_some(
	meter: &mut WeightMeter,
	weight: impl Fn(u32) -> Weight,
	remove: impl FnOnce(u32) -> u32,
) {
	let base = weight(0);
	if meter.try_consume(base).is_err() {
		return;
	}
	let per_record = weight(1).saturating_sub(base);
	let limit = room_for(meter, per_record, MAX_REMOVED);
	if limit > 0 {
		meter.consume(per_record.saturating_mul(remove(limit).into()));
	}
}

impl<T: Config> Pallet<T> {
	/// What a slash could take from a candidate, or from somebody who left and waits for its bond.
	pub fn bond(who: &T::AccountId) -> Balance {
		match Candidates::<T>::get(who) {
			Some(candidate) => candidate.bond,
			None => Unbondings::<T>::get(who).map(|unbonding| unbonding.bond).unwrap_or_default(),
		}
	}

	/// Whether an account takes part in the sprint of this era: it has stood since before the era
	/// began, or since genesis.
	pub fn may_sprint(who: &T::AccountId) -> bool {
		let era = CurrentEra::<T>::get();
		Candidates::<T>::get(who)
			.is_some_and(|candidate| candidate.status == Status::Standing && candidate.since <= era)
	}

	/// Whether an account was taken out of elections, for an offence or because its bond became too small,
	/// and has not rejoined.
	pub fn is_chilled(who: &T::AccountId) -> bool {
		let status = match Candidates::<T>::get(who) {
			Some(candidate) => Some(candidate.status),
			None => Unbondings::<T>::get(who).map(|unbonding| unbonding.status),
		};
		matches!(status, Some(Status::Chilled { .. }))
	}

	/// Slashes the bond by `amount` at most, and hands over the money with what could not be taken.
	/// A candidate whose bond falls below half of `MinBond` is chilled, and no power stays that the
	/// bond does not back.
	pub fn slash(who: &T::AccountId, amount: Balance) -> (CreditOf<T>, Balance) {
		let wanted = amount.min(Self::bond(who));
		if wanted == 0 {
			return (CreditOf::<T>::zero(), amount);
		}
		let (credit, missing) =
			<T as Config>::Currency::slash(&HoldReason::ValidatorBond.into(), who, wanted);
		if missing > 0 {
			defensive!("a bond is held in full");
		}
		let taken = credit.peek();
		if let Some(mut candidate) = Candidates::<T>::get(who) {
			let before = Self::current_power(&candidate);
			candidate.bond = candidate.bond.saturating_sub(taken);
			candidate.counted = candidate.counted.map(|power| {
				power::bound_by_bond(power, candidate.bond, T::BondPerWorkUnit::get())
			});
			Self::reduce_total(before.saturating_sub(Self::current_power(&candidate)));
			let too_small = candidate.bond < T::MinBond::get() / 2;
			let stands = candidate.status == Status::Standing;
			Candidates::<T>::insert(who, candidate);
			if too_small && stands {
				let session = pallet_session::Pallet::<T>::current_index();
				Self::chill(who, session, Perbill::zero());
			}
		} else {
			Unbondings::<T>::mutate_extant(who, |unbonding| {
				unbonding.bond = unbonding.bond.saturating_sub(taken);
			});
		}
		Self::deposit_event(Event::Slashed { candidate: who.clone(), amount: taken });
		(credit, amount.saturating_sub(taken))
	}

	/// Takes somebody out of the next elections, at least until that session. A later chill never
	/// shortens or softens an earlier one.
	pub(crate) fn chill(who: &T::AccountId, until: SessionIndex, severity: Perbill) {
		let status = |before: Status| match before {
			Status::Standing => Status::Chilled { until, severity },
			Status::Chilled { until: other, severity: worse } => {
				Status::Chilled { until: until.max(other), severity: severity.max(worse) }
			}
		};
		let chilled = if let Some(candidate) = Candidates::<T>::get(who) {
			Self::reduce_total(Self::current_power(&candidate));
			let status = status(candidate.status);
			let counted = candidate.counted.map(|_| 0);
			Candidates::<T>::insert(who, Candidate { counted, status, ..candidate });
			true
		} else {
			Unbondings::<T>::mutate_exists(who, |unbonding| match unbonding {
				Some(unbonding) => {
					unbonding.status = status(unbonding.status);
					true
				}
				None => false,
			})
		};
		if chilled {
			Self::deposit_event(Event::Chilled { candidate: who.clone(), until });
		}
	}

	/// Makes an account a candidate with that bond, out of fresh money, for benchmarks of this pallet
	/// and of those that slash validators. Its keys are not registered.
	#[cfg(feature = "runtime-benchmarks")]
	#[allow(clippy::expect_used)]
	pub fn bond_for_benchmark(who: &T::AccountId, bond: Balance) {
		use frame_support::traits::fungible::{Inspect, Mutate};

		let endowment = bond.saturating_add(<T as Config>::Currency::minimum_balance());
		<T as Config>::Currency::mint_into(who, endowment).expect("money can be minted");
		<T as Config>::Currency::hold(&HoldReason::ValidatorBond.into(), who, bond)
			.expect("the bond was minted");
		Self::stand(who, bond, 0, 0, 0);
	}

	/// Has the sprints of an account prove that much, which becomes a candidate if it is none.
	#[cfg(feature = "runtime-benchmarks")]
	pub fn prove_for_benchmark(who: &T::AccountId, work: ergon_core::Work) {
		if !Candidates::<T>::contains_key(who) {
			Self::bond_for_benchmark(who, T::MinBond::get());
		}
		Candidates::<T>::mutate(who, |candidate| {
			if let Some(candidate) = candidate {
				candidate.sprints = work;
			}
		});
	}

	/// Makes the first candidates.
	///
	/// # Panics
	///
	/// When the genesis state is impossible; there is no chain then.
	#[allow(clippy::expect_used)]
	pub(crate) fn found(validators: &[(T::AccountId, Balance)], power: Power) {
		assert!(
			validators.len() as u32 <= T::MaxCandidates::get(),
			"genesis has more validators than `MaxCandidates`",
		);
		for (who, bond) in validators {
			assert!(*bond >= T::MinBond::get(), "the bond of {who:?} is below `MinBond`");
			assert!(!Candidates::<T>::contains_key(who), "genesis names {who:?} twice");
			<T as Config>::Currency::hold(&HoldReason::ValidatorBond.into(), who, *bond)
				.expect("genesis validators are endowed with more than their bonds");
			Self::stand(who, *bond, power, 0, 0);
			Candidates::<T>::mutate(who, |candidate| {
				if let Some(candidate) = candidate {
					candidate.counted.power = Self::power_before_cap(candidate, 0);
				}
			});
		}
		Self::cap_powers(0);
		T::OnEra::on_era(0, TotalPower::<T>::get());
	}

	#[cfg(any(test, feature = "try-runtime"))]
	pub(crate) fn do_try_state() -> Result<(), sp_runtime::TryRuntimeError> {
		use crate::{
			BookEra, CountCursor, EraStart, EraWorks, HeldSprints, OffenceSlashes, OldestEra,
			OldestSlashes,
		};
		use alloc::vec::Vec;
		use frame_support::{ensure, traits::fungible::hold::Inspect as HoldInspect};

		let reason = HoldReason::ValidatorBond.into();
		let held = |who: &T::AccountId| <T as Config>::Currency::balance_on_hold(&reason, who);
		let (era, book) = (CurrentEra::<T>::get(), BookEra::<T>::get());
		ensure!(
			book == era || book == era.saturating_add(1),
			"the book is not of this era or the next"
		);
		ensure!(
			book > era || CountCursor::<T>::get().is_none(),
			"candidates are counted for no era"
		);
		let mut total = 0u128;
		let mut count = 0u32;
		for (who, candidate) in Candidates::<T>::iter() {
			ensure!(candidate.bond == held(&who), "a candidate's bond is not what is held");
			ensure!(!Unbondings::<T>::contains_key(&who), "a candidate is unbonding");
			let counted = candidate.counted;
			ensure!(
				counted.era == era || counted.era == book,
				"a candidate is counted for neither this era nor the next",
			);
			ensure!(
				candidate.recent == Self::recent(&who, counted.era),
				"the sum of recent work is wrong"
			);
			ensure!(
				candidate.since <= era.saturating_add(1),
				"a candidate waits longer than for the next sprint"
			);
			ensure!(
				candidate.spared_until <= Self::proved_from(era.saturating_add(1)),
				"a candidate is spared behind its first sprints",
			);
			let backed =
				power::bound_by_bond(Power::MAX, candidate.bond, T::BondPerWorkUnit::get());
			ensure!(counted.power.max(counted.before) <= backed, "power is not backed by its bond");
			ensure!(
				candidate.status == Status::Standing || counted.power.max(counted.before) == 0,
				"a chilled candidate has power",
			);
			total = total.saturating_add(Self::current_power(&candidate).into());
			count = count.saturating_add(1);
		}
		ensure!(total == TotalPower::<T>::get(), "the total of power is wrong");
		ensure!(count == Candidates::<T>::count(), "the number of candidates is wrong");
		ensure!(count <= T::MaxCandidates::get(), "there are too many candidates");

		for (who, unbonding) in Unbondings::<T>::iter() {
			ensure!(unbonding.bond == held(&who), "an unbonding is not what is held");
		}
		for who in frame_system::Account::<T>::iter_keys() {
			let explained = Candidates::<T>::contains_key(&who)
				|| Unbondings::<T>::contains_key(&who)
				|| held(&who) == 0;
			ensure!(explained, "a bond is held of an account that neither stands nor unbonds");
		}
		let session = pallet_session::Pallet::<T>::current_index();
		let queued = pallet_session::QueuedKeys::<T>::get();
		let of_session = |members: Vec<T::AccountId>, session: SessionIndex| {
			members
				.iter()
				.filter_map(Unbondings::<T>::get)
				.all(|unbonding| unbonding.free_at >= Self::free_behind(session))
		};
		ensure!(
			of_session(pallet_session::Validators::<T>::get(), session)
				&& of_session(
					queued.into_iter().map(|(who, _)| who).collect(),
					session.saturating_add(1)
				),
			"a validator's bond is free before its sessions are safe",
		);

		ensure!(EraStart::<T>::get() <= session, "the era begins in a later session");
		ensure!(
			session < EraStart::<T>::get().saturating_add(T::SessionsPerEra::get()),
			"the era is over",
		);
		ensure!(
			EraWorks::<T>::iter_keys().all(|(of, _)| OldestEra::<T>::get() <= of && of <= book),
			"work is stored for an era that does not count",
		);
		let held = HeldSprints::<T>::get();
		ensure!(
			held.is_sorted_by(|before, behind| before < behind),
			"the eras with sprints are not in order",
		);
		ensure!(held.last().is_none_or(|last| *last <= era), "a sprint was held that is to come");
		let oldest = OldestSlashes::<T>::get();
		ensure!(
			oldest.saturating_add(T::UnbondingSessions::get()) <= session || oldest == 0,
			"slashes of a session that can be reported are forgotten",
		);
		ensure!(
			OffenceSlashes::<T>::iter_keys().all(|(of, _)| oldest <= of),
			"slashes are stored for a session that is safe",
		);
		Ok(())
	}
}
