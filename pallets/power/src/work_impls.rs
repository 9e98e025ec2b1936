// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Sprints and audits, and what they prove.

use crate::{
	types::{Power, PowerTerms, RecentWork},
	utility_impls::room_for,
	Balance, BookEra, Candidate, Candidates, Config, CurrentEra, EraIndex, EraWork, EraWorks,
	Event, OldestEra, Pallet, TotalPower, WeightInfo,
};
use alloc::vec::Vec;
use ergon_core::Work;
use ergon_economics::power;
use frame_support::{
	traits::{Get, OnUnbalanced},
	weights::WeightMeter,
};
use sp_runtime::Perbill;

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

	/// `validator` audited what nobody pays for, of that work, and its vote agrees with the conclusion. Counts
	/// from the next era on; when candidates are counted for that already, from the one behind it.
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
		EraWorks::<T>::mutate(BookEra::<T>::get(), operator, note);
	}

	/// The eras that count in era `era`, the last one first.
	fn counting(era: EraIndex) -> impl Iterator<Item = EraIndex> {
		(era.saturating_sub(T::PowerEras::get())..era).rev()
	}

	/// The audits of an operator in the eras that count in era `era`.
	pub(crate) fn recent(who: &T::AccountId, era: EraIndex) -> RecentWork {
		let mut recent = RecentWork::default();
		for era in Self::counting(era) {
			recent.add(EraWorks::<T>::get(era, who));
		}
		recent
	}

	/// What the sprints of an operator prove by era `era`.
	pub(crate) fn sprints(who: &T::AccountId, era: EraIndex) -> Power {
		// Two of them count without a ramp, too.
		let count = T::Ramp::get().max(1).saturating_add(1);
		let eras = Self::counting(era).take(count as usize);
		let works: Vec<_> = eras.map(|era| EraWorks::<T>::get(era, who).sprint).collect();
		power::proved_by_sprints(&works, T::Ramp::get())
	}

	/// What a candidate has proved by era `era`, before bond and cap.
	pub(crate) fn proved(
		candidate: &Candidate,
		recent: RecentWork,
		sprints: Power,
		era: EraIndex,
	) -> Power {
		let RecentWork { audited, missed } = recent;
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
		let eras: Vec<_> =
			Self::counting(era).map(|era| (era, EraWorks::<T>::get(era, who))).collect();
		let mut recent = RecentWork::default();
		eras.iter().for_each(|(_, done)| recent.add(*done));
		Some(PowerTerms {
			eras,
			genesis: Self::genesis_left(&candidate, era),
			sprints,
			proved: Self::proved(&candidate, recent, sprints, era),
			backed: power::bound_by_bond(Power::MAX, candidate.bond, T::BondPerWorkUnit::get()),
			power: Self::current_power(&candidate),
			total: TotalPower::<T>::get(),
		})
	}

	/// Removes work that no longer counts, some per block.
	pub(crate) fn remove_old_work(meter: &mut WeightMeter) {
		let base = <T as Config>::WeightInfo::remove_work(0);
		if meter.try_consume(base).is_err() {
			return;
		}
		let oldest = OldestEra::<T>::get();
		let counts_from = CurrentEra::<T>::get().saturating_sub(T::PowerEras::get());
		if oldest < counts_from {
			let per_record = <T as Config>::WeightInfo::remove_work(1).saturating_sub(base);
			let limit = room_for(meter, per_record, MAX_REMOVED);
			if limit > 0 {
				let removed = Self::remove_work(oldest, limit);
				meter.consume(per_record.saturating_mul(removed.into()));
			}
		}
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
