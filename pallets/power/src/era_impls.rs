// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Eras: what candidates have done becomes power.
//!
//! Much has to be read of every candidate for that, and an era begins in one block. So candidates are counted in
//! the blocks before, some in each; what is left for the first block of the era is to find the cap, by which
//! all counts become powers at once.

use crate::{
	types::{Counted, Power},
	utility_impls::room_for,
	BookEra, Candidate, Candidates, Config, CountCursor, CurrentEra, EraIndex, EraStart, EraWorks,
	Event, OnEra, Pallet, PowerCap, Status, TotalPower, WeakPower, WeightInfo,
};
use alloc::vec::Vec;
use ergon_core::Work;
use ergon_economics::power;
use frame_support::{
	traits::{EstimateNextSessionRotation, Get},
	weights::WeightMeter,
};
use sp_runtime::Permill;
use sp_staking::SessionIndex;

/// How much of the last session of an era is over when counting begins. Sprints and their audits are nearly always
/// over by then, and two minutes are enough for all candidates.
const COUNT_FROM: Permill = Permill::from_percent(80);

/// Most candidates that are counted in one block; bounds the memory that it takes.
pub(crate) const MAX_COUNTED: u32 = 500;

/// One in so many candidates is among the weakest.
const WEAKEST: usize = 10;

impl<T: Config> Pallet<T> {
	/// The power of a candidate in this era; nobody else has any. Three reads.
	pub fn power(who: &T::AccountId) -> Power {
		Candidates::<T>::get(who).map_or(0, |candidate| Self::current_power(&candidate))
	}

	/// The powers of all candidates in this era, in no order. For views.
	pub fn powers() -> Vec<(T::AccountId, Power)> {
		let (era, cap) = (CurrentEra::<T>::get(), PowerCap::<T>::get());
		Candidates::<T>::iter().map(|(who, candidate)| (who, candidate.power(era, cap))).collect()
	}

	/// Work that the last sprints of a candidate prove for one of them, with the ramp of newcomers; nothing
	/// for those who do not stand. One read.
	pub fn proved_in_sprints(who: &T::AccountId) -> Work {
		Candidates::<T>::get(who)
			.filter(|candidate| candidate.status == Status::Standing)
			.map_or(0, |candidate| candidate.sprints)
	}

	/// The power of a candidate in this era.
	pub(crate) fn current_power(candidate: &Candidate) -> Power {
		candidate.power(CurrentEra::<T>::get(), PowerCap::<T>::get())
	}

	/// Counts candidates for the next era, if this one is about to end.
	pub(crate) fn count_ahead(meter: &mut WeightMeter) {
		let base = <T as Config>::WeightInfo::count(0);
		if meter.try_consume(base).is_err() || !Self::ends_soon() {
			return;
		}
		let per_candidate = <T as Config>::WeightInfo::count(1).saturating_sub(base);
		let counted = Self::count_some(room_for(meter, per_candidate, MAX_COUNTED));
		meter.consume(per_candidate.saturating_mul(counted.into()));
	}

	/// Whether nearly all of the era is over.
	pub(crate) fn ends_soon() -> bool {
		let next = pallet_session::Pallet::<T>::current_index().saturating_add(1);
		if next < EraStart::<T>::get().saturating_add(T::SessionsPerEra::get()) {
			return false;
		}
		let now = frame_system::Pallet::<T>::block_number();
		let (progress, _) = T::NextSessionRotation::estimate_current_session_progress(now);
		progress.is_some_and(|progress| progress >= COUNT_FROM)
	}

	/// Counts up to `limit` more candidates for the next era; returns how many were looked at. From now on,
	/// what candidates do counts for the era behind that.
	pub(crate) fn count_some(limit: u32) -> u32 {
		let era = CurrentEra::<T>::get().saturating_add(1);
		BookEra::<T>::put(era);
		let rest = match CountCursor::<T>::get() {
			Some(last) => Candidates::<T>::iter_from(Candidates::<T>::hashed_key_for(last)),
			None => Candidates::<T>::iter(),
		};
		let some: Vec<_> = rest.take(limit as usize).collect();
		let looked_at = some.len() as u32;
		let held = Self::held(era);
		if let Some((last, _)) = some.last() {
			CountCursor::<T>::put(last);
		}
		for (who, mut candidate) in some {
			if candidate.counted.era < era {
				Self::count(&who, &mut candidate, era, &held);
				Candidates::<T>::insert(who, candidate);
			}
		}
		looked_at
	}

	/// Counts a candidate, which was counted for the era before, for era `era`: what was done in the era before
	/// counts from now on, and what was done in the oldest one no more. `held` are those that had a sprint.
	fn count(who: &T::AccountId, candidate: &mut Candidate, era: EraIndex, held: &[EraIndex]) {
		if let Some(entering) = era.checked_sub(1) {
			candidate.recent.add(EraWorks::<T>::get(entering, who));
			if let Some(leaving) = entering.checked_sub(T::PowerEras::get()) {
				candidate.recent.subtract(EraWorks::<T>::get(leaving, who));
			}
		}
		candidate.sprints = Self::sprints(who, held);
		let power = Self::power_before_cap(candidate, era);
		candidate.counted = Counted { era, power, before: candidate.counted.power };
	}

	/// The power of a candidate in era `era` by what is recorded with it.
	pub(crate) fn power_before_cap(candidate: &Candidate, era: EraIndex) -> Power {
		match candidate.status {
			Status::Standing => power::bound_by_bond(
				Self::proved(candidate, candidate.recent, candidate.sprints, era),
				candidate.bond,
				T::BondPerWorkUnit::get(),
			),
			Status::Chilled { .. } => 0,
		}
	}

	/// Begins the next era. Returns the number of candidates who were not counted before: those who came since,
	/// and all whom blocks had no room for.
	pub(crate) fn start_era(first: SessionIndex) -> u32 {
		let era = CurrentEra::<T>::get().saturating_add(1);
		CurrentEra::<T>::put(era);
		EraStart::<T>::put(first);
		BookEra::<T>::put(era);
		CountCursor::<T>::kill();
		let late = Self::cap_powers(era);
		let total_power = TotalPower::<T>::get();
		T::OnEra::on_era(era, total_power);
		Self::deposit_event(Event::EraStarted { era, total_power });
		late
	}

	/// Finds the cap of era `era`, which is the current one, and who is weak in it. Returns the number of those who
	/// had to be counted first.
	pub(crate) fn cap_powers(era: EraIndex) -> u32 {
		let held = Self::held(era);
		let mut late = Vec::new();
		let mut powers = Vec::new();
		// Of those who had their time to prove something: many who have just come make nobody else strong.
		let mut tried = Vec::new();
		for (who, mut candidate) in Candidates::<T>::iter() {
			if candidate.counted.era < era {
				Self::count(&who, &mut candidate, era, &held);
				late.push((who, candidate.clone()));
			}
			powers.push(candidate.counted.power);
			if candidate.spared_until <= era {
				tried.push(candidate.counted.power);
			}
		}
		WeakPower::<T>::put(power_of_the_weakest(tried));
		let cap = power::cap_level_default(&powers);
		let capped = powers.into_iter().map(|power| u128::from(power.min(cap)));
		TotalPower::<T>::put(capped.fold(0, u128::saturating_add));
		PowerCap::<T>::put(cap);
		let count = late.len() as u32;
		for (who, candidate) in late {
			Candidates::<T>::insert(who, candidate);
		}
		count
	}

	/// The era in which all is power that somebody proves whose first sprint is that of era `since`, if every sprint
	/// is held and decided in time.
	pub(crate) fn proved_from(since: EraIndex) -> EraIndex {
		since.saturating_add(T::Ramp::get().max(1)).saturating_add(1)
	}

	/// The power of a candidate went down or is gone.
	pub(crate) fn reduce_total(by: Power) {
		if by > 0 {
			TotalPower::<T>::mutate(|total| *total = total.saturating_sub(by.into()));
		}
	}
}

/// Most power among the weakest of these: one in [`WEAKEST`], rounded up.
fn power_of_the_weakest(mut powers: Vec<Power>) -> Power {
	match powers.len().div_ceil(WEAKEST).checked_sub(1) {
		Some(last) => *powers.select_nth_unstable(last).1,
		None => 0,
	}
}
