// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Sprints and audits become power.

use crate::{
	types::{Power, PowerTerms, RecentWork},
	Balance, Candidate, Candidates, Config, CurrentEra, EraIndex, EraWork, EraWorks, Event,
	OldestEra, Pallet, Status, TotalPower, WeightInfo,
};
use alloc::vec::Vec;
use ergon_core::Work;
use ergon_economics::power;
use frame_support::{
	traits::{Get, OnUnbalanced},
	weights::WeightMeter,
};
use sp_runtime::{traits::SaturatedConversion, Perbill};

/// How bad it is not to be there: less than any equivocation. The penalty of each miss was taken
/// before.
const ABSENCE: Perbill = Perbill::from_parts(1);

impl<T: Config> Pallet<T> {
	/// `operator` proved `work` in the sprint of an era. Counts from the next era on, also if the
	/// operator becomes a candidate again only then. What is proved so late that it no longer counts
	/// then is forgotten.
	pub fn note_sprint(operator: &T::AccountId, era: EraIndex, work: Work) {
		let now = CurrentEra::<T>::get();
		let counts = era <= now && era.saturating_add(T::PowerEras::get()) > now;
		if counts {
			EraWorks::<T>::mutate(era, operator, |done| {
				done.sprint = done.sprint.saturating_add(work);
			});
		}
	}

	/// `validator` re-executed a job of that work, and its vote agrees with the conclusion.
	pub fn note_fulfilled(validator: &T::AccountId, work: Work) {
		Self::note(validator, |done| done.audited = done.audited.saturating_add(work));
	}

	/// What keeping silent in an audit takes from a bond.
	pub fn miss_penalty(validator: &T::AccountId) -> Balance {
		T::MissPenalty::get().min(Self::bond(validator))
	}

	/// `validator` was drawn for an audit of that work and kept silent: takes `MissPenalty` from its
	/// bond and `MissFactor` times the work from its power. Who misses `MaxMisses` in one era is not
	/// there: it is chilled and disabled like any offender.
	pub fn note_missed(validator: &T::AccountId, work: Work) {
		let mut misses = 0;
		Self::note(validator, |done| {
			done.missed = done.missed.saturating_add(work);
			done.misses = done.misses.saturating_add(1);
			misses = done.misses;
		});
		let wanted = T::MissPenalty::get();
		let (credit, spared) = Self::slash(validator, wanted);
		T::Slashed::on_unbalanced(credit);
		Self::deposit_event(Event::DutyMissed {
			validator: validator.clone(),
			penalty: wanted.saturating_sub(spared),
		});
		if misses == T::MaxMisses::get() {
			Self::remove_from_duty(validator, ABSENCE);
		}
	}

	fn note(operator: &T::AccountId, note: impl FnOnce(&mut EraWork)) {
		EraWorks::<T>::mutate(CurrentEra::<T>::get(), operator, note);
	}

	/// The eras that count in era `era`, the last one first.
	fn counting(era: EraIndex) -> impl Iterator<Item = EraIndex> {
		(era.saturating_sub(T::PowerEras::get())..era).rev()
	}

	/// The audits of an operator in the eras that count now.
	pub(crate) fn recent(who: &T::AccountId) -> RecentWork {
		let mut recent = RecentWork::default();
		for era in Self::counting(CurrentEra::<T>::get()) {
			recent.add(EraWorks::<T>::get(era, who));
		}
		recent
	}

	/// What the sprints of an operator prove by era `era`.
	fn sprints(who: &T::AccountId, era: EraIndex) -> Power {
		// Two of them count without a ramp, too.
		let count = T::Ramp::get().max(1).saturating_add(1);
		let eras = Self::counting(era).take(count as usize);
		let works: Vec<_> = eras.map(|era| EraWorks::<T>::get(era, who).sprint).collect();
		power::proved_by_sprints(&works, T::Ramp::get())
	}

	/// What a candidate has proved by era `era`, before bond and cap.
	fn proved(candidate: &Candidate, sprints: Power, era: EraIndex) -> Power {
		let RecentWork { audited, missed } = candidate.recent;
		let base = sprints.saturating_add(Self::genesis_left(candidate, era));
		power::with_audits(base, audited, missed, T::MissFactor::get())
	}

	fn genesis_left(candidate: &Candidate, era: EraIndex) -> Power {
		power::genesis_power(candidate.genesis, era, T::GenesisEras::get())
	}

	/// The terms behind the power of a candidate in this era. What its bond backs is as of now.
	pub(crate) fn terms(who: &T::AccountId) -> Option<PowerTerms> {
		let candidate = Candidates::<T>::get(who)?;
		let era = CurrentEra::<T>::get();
		let sprints = Self::sprints(who, era);
		Some(PowerTerms {
			eras: Self::counting(era).map(|era| (era, EraWorks::<T>::get(era, who))).collect(),
			genesis: Self::genesis_left(&candidate, era),
			sprints,
			proved: Self::proved(&candidate, sprints, era),
			backed: power::bound_by_bond(Power::MAX, candidate.bond, T::BondPerWorkUnit::get()),
			power: candidate.power,
			total: TotalPower::<T>::get(),
		})
	}

	/// Gives every candidate its power in `era`, which begins: what was done in the era before it
	/// counts from now on, and what was done in the oldest one no more.
	pub(crate) fn update_power(era: EraIndex) {
		let entering = era.checked_sub(1);
		let leaving = entering.and_then(|entering| entering.checked_sub(T::PowerEras::get()));
		let mut candidates: Vec<_> = Candidates::<T>::iter().collect();
		let mut powers = Vec::with_capacity(candidates.len());
		for (account, candidate) in &mut candidates {
			if let Some(entering) = entering {
				candidate.recent.add(EraWorks::<T>::get(entering, &*account));
			}
			if let Some(leaving) = leaving {
				candidate.recent.subtract(EraWorks::<T>::get(leaving, &*account));
			}
			powers.push(match candidate.status {
				Status::Standing => power::bound_by_bond(
					Self::proved(candidate, Self::sprints(account, era), era),
					candidate.bond,
					T::BondPerWorkUnit::get(),
				),
				Status::Chilled { .. } => 0,
			});
		}
		power::cap_default(&mut powers);
		let total = powers.iter().copied().map(u128::from).fold(0, u128::saturating_add);
		for ((account, candidate), power) in candidates.into_iter().zip(powers) {
			Candidates::<T>::insert(account, Candidate { power, ..candidate });
		}
		TotalPower::<T>::put(total);
	}

	/// The power of a candidate went down or is gone.
	pub(crate) fn reduce_total(by: Power) {
		if by > 0 {
			TotalPower::<T>::mutate(|total| *total = total.saturating_sub(by.into()));
		}
	}

	/// Removes work that no longer counts, some per block.
	pub(crate) fn remove_old_work(meter: &mut WeightMeter) {
		let mut own = WeightMeter::with_limit(T::PollWeight::get().min(meter.remaining()));
		let base = <T as Config>::WeightInfo::remove_work(0);
		if own.try_consume(base).is_ok() {
			let oldest = OldestEra::<T>::get();
			let counts_from = CurrentEra::<T>::get().saturating_sub(T::PowerEras::get());
			if oldest < counts_from {
				let per_record = <T as Config>::WeightInfo::remove_work(1).saturating_sub(base);
				let limit = own
					.remaining()
					.checked_div_per_component(&per_record)
					.unwrap_or_default()
					.min(MAX_REMOVED.into())
					.saturated_into();
				if limit > 0 {
					let removed = Self::remove_work(oldest, limit);
					own.consume(per_record.saturating_mul(removed.into()));
				}
			}
		}
		meter.consume(own.consumed());
	}

	/// Removes up to `limit` records of an era; returns how many there were to remove.
	pub(crate) fn remove_work(era: EraIndex, limit: u32) -> u32 {
		let removed = EraWorks::<T>::clear_prefix(era, limit, None);
		if removed.maybe_cursor.is_none() {
			OldestEra::<T>::put(era.saturating_add(1));
		}
		removed.loops
	}
}

/// Most records that are removed in one block; bounds the memory that it takes.
pub(crate) const MAX_REMOVED: u32 = 100;

impl<T: Config> Get<EraIndex> for Pallet<T> {
	fn get() -> EraIndex {
		CurrentEra::<T>::get()
	}
}
