// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How candidates come and go.

use crate::{
	types::{Counted, Power},
	Balance, Candidate, Candidates, Config, CurrentEra, EraIndex, Error, Event, HoldReason, Pallet,
	Status, Unbonding, Unbondings, WeakPower,
};
use frame_support::{
	ensure,
	traits::{fungible::hold::Mutate as HoldMutate, tokens::Precision, Get, ValidatorRegistration},
};
use sp_runtime::{DispatchError, DispatchResult};
use sp_staking::SessionIndex;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_join(
		who: T::AccountId,
		bond: Balance,
		displaced: Option<T::AccountId>,
	) -> DispatchResult {
		ensure!(!Candidates::<T>::contains_key(&who), Error::<T>::AlreadyCandidate);
		ensure!(!Unbondings::<T>::contains_key(&who), Error::<T>::StillUnbonding);
		ensure!(bond >= T::MinBond::get(), Error::<T>::BondTooSmall);
		Self::ensure_keys(&who)?;
		if let Err(full) = Self::ensure_room() {
			let displaced = displaced.ok_or(full)?;
			Self::displace(&displaced, &who, bond)?;
		}
		Self::hold(&who, bond)?;
		let since = Self::next_era();
		Self::stand(&who, bond, 0, since, Self::proved_from(since));
		Self::deposit_event(Event::Joined { candidate: who, bond });
		Ok(())
	}

	pub(crate) fn do_bond_more(who: T::AccountId, amount: Balance) -> DispatchResult {
		let bond = Candidates::<T>::try_mutate(&who, |candidate| {
			let candidate = candidate.as_mut().ok_or(Error::<T>::NotCandidate)?;
			Self::hold(&who, amount)?;
			candidate.bond = candidate.bond.saturating_add(amount);
			Ok::<_, DispatchError>(candidate.bond)
		})?;
		Self::deposit_event(Event::BondIncreased { candidate: who, bond });
		Ok(())
	}

	pub(crate) fn do_leave(who: T::AccountId) -> DispatchResult {
		let candidate = Candidates::<T>::get(&who).ok_or(Error::<T>::NotCandidate)?;
		let free_at = Self::unbond(&who, candidate);
		Self::deposit_event(Event::Left { candidate: who, free_at });
		Ok(())
	}

	pub(crate) fn do_withdraw(who: T::AccountId) -> DispatchResult {
		let unbonding = Unbondings::<T>::get(&who).ok_or(Error::<T>::NotUnbonding)?;
		let session = pallet_session::Pallet::<T>::current_index();
		ensure!(session >= unbonding.free_at, Error::<T>::WithdrawTooEarly);
		let amount = <T as Config>::Currency::release(
			&HoldReason::ValidatorBond.into(),
			&who,
			unbonding.bond,
			Precision::Exact,
		)?;
		Unbondings::<T>::remove(&who);
		Self::deposit_event(Event::Withdrawn { candidate: who, amount });
		Ok(())
	}

	pub(crate) fn do_rejoin(who: T::AccountId) -> DispatchResult {
		let (bond, genesis, until, spared_until) = match Candidates::<T>::get(&who) {
			Some(Candidate {
				bond,
				genesis,
				status: Status::Chilled { until, .. },
				spared_until,
				..
			}) => (bond, genesis, until, spared_until),
			Some(_) => return Err(Error::<T>::NotChilled.into()),
			None => {
				let unbonding = Unbondings::<T>::get(&who).ok_or(Error::<T>::NotCandidate)?;
				Self::ensure_room()?;
				let until = match unbonding.status {
					Status::Chilled { until, .. } => until,
					Status::Standing => 0,
				};
				(unbonding.bond, 0, until, 0)
			}
		};
		let session = pallet_session::Pallet::<T>::current_index();
		ensure!(session >= until, Error::<T>::StillChilled);
		ensure!(bond >= T::MinBond::get(), Error::<T>::BondTooSmall);
		Self::ensure_keys(&who)?;
		Unbondings::<T>::remove(&who);
		Self::stand(&who, bond, genesis, Self::next_era(), spared_until);
		Self::deposit_event(Event::Rejoined { candidate: who });
		Ok(())
	}

	/// Whoever comes now takes part in sprints from the next era on: it may have seen what the items
	/// of this one follow from.
	fn next_era() -> EraIndex {
		CurrentEra::<T>::get().saturating_add(1)
	}

	/// Makes somebody a candidate who stands, takes part in sprints from era `since` on, and gives way to nobody
	/// before era `spared_until`.
	pub(crate) fn stand(
		who: &T::AccountId,
		bond: Balance,
		genesis: Power,
		since: EraIndex,
		spared_until: EraIndex,
	) {
		let era = CurrentEra::<T>::get();
		let candidate = Candidate {
			bond,
			counted: Counted { era, ..Default::default() },
			recent: Self::recent(who, era),
			sprints: 0,
			genesis,
			status: Status::Standing,
			since,
			spared_until,
		};
		Candidates::<T>::insert(who, candidate);
	}

	fn ensure_keys(who: &T::AccountId) -> Result<(), Error<T>> {
		ensure!(pallet_session::Pallet::<T>::is_registered(who), Error::<T>::NoSessionKeys);
		Ok(())
	}

	fn ensure_room() -> Result<(), Error<T>> {
		ensure!(Candidates::<T>::count() < T::MaxCandidates::get(), Error::<T>::TooManyCandidates);
		Ok(())
	}

	/// Makes room, so that a list filled with those who prove next to nothing keeps nobody out.
	fn displace(candidate: &T::AccountId, by: &T::AccountId, bond: Balance) -> DispatchResult {
		let weak = Candidates::<T>::get(candidate).ok_or(Error::<T>::NotDisplaceable)?;
		ensure!(Self::gives_way(candidate, &weak, bond), Error::<T>::NotDisplaceable);
		let free_at = Self::unbond(candidate, weak);
		Self::deposit_event(Event::Displaced {
			candidate: candidate.clone(),
			by: by.clone(),
			free_at,
		});
		Ok(())
	}

	/// Whether a candidate has to make room for somebody with that bond. Who is chilled has to for anybody; who
	/// stands, for a larger bond, when it is among the weakest and its first sprints are behind it. Nobody has to
	/// who serves.
	///
	/// So who stands is pushed out by more money than its own only, and who was pushed out comes back with new
	/// money only, since the old is held for `UnbondingSessions`. With each such change the bonds of the list are
	/// more: it ends with the money there is.
	fn gives_way(who: &T::AccountId, candidate: &Candidate, bond: Balance) -> bool {
		let era = CurrentEra::<T>::get();
		let is_beaten = match candidate.status {
			Status::Chilled { .. } => true,
			Status::Standing => {
				candidate.bond < bond
					&& candidate.spared_until <= era
					&& candidate.counted.most(era) <= WeakPower::<T>::get()
			}
		};
		is_beaten && !Self::serves(who)
	}

	/// The weakest of those who have to make room for somebody with that bond. For views.
	pub(crate) fn weakest_below(bond: Balance) -> Option<T::AccountId> {
		let era = CurrentEra::<T>::get();
		Candidates::<T>::iter()
			.filter(|(who, candidate)| Self::gives_way(who, candidate, bond))
			.min_by_key(|(_, candidate)| (candidate.counted.most(era), candidate.bond))
			.map(|(who, _)| who)
	}

	/// Whether an account is a validator of this session or of the next.
	pub(crate) fn serves(who: &T::AccountId) -> bool {
		pallet_session::Validators::<T>::get().contains(who)
			|| pallet_session::QueuedKeys::<T>::get().iter().any(|(other, _)| other == who)
	}

	/// Turns a candidate into somebody who waits for its bond.
	fn unbond(who: &T::AccountId, candidate: Candidate) -> SessionIndex {
		let power = Self::current_power(&candidate);
		let Candidate { bond, status, .. } = candidate;
		// The next session is planned already, and may be the last one.
		let last = pallet_session::Pallet::<T>::current_index().saturating_add(1);
		let free_at = Self::free_behind(last);
		Self::reduce_total(power);
		Candidates::<T>::remove(who);
		Unbondings::<T>::insert(who, Unbonding { bond, free_at, status });
		free_at
	}

	/// First session in which nothing of session `last` can be reported any more.
	pub(crate) fn free_behind(last: SessionIndex) -> SessionIndex {
		last.saturating_add(T::UnbondingSessions::get()).saturating_add(1)
	}

	fn hold(who: &T::AccountId, amount: Balance) -> Result<(), Error<T>> {
		<T as Config>::Currency::hold(&HoldReason::ValidatorBond.into(), who, amount)
			.map_err(|_| Error::<T>::BalanceTooLow)
	}
}
