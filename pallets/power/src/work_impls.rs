// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Sprints and audits, and what they prove.

use crate::{
	limits::{limits, Candidacy, Rules},
	types::{Power, PowerLimit, PowerTerms, RecentWork},
	utility_impls::remove_some,
	Balance, BookEra, Candidate, Candidates, Config, CurrentEra, EraIndex, EraWork, EraWorks,
	Event, HeldSprints, OldestEra, Pallet, PowerCap, SprintOutcome, TotalPower, WeightInfo,
};
use alloc::vec::Vec;
use ergon_core::Work;
use ergon_economics::power;
use frame_support::{
	defensive,
	traits::{Get, OnUnbalanced, ValidatorRegistration},
	weights::WeightMeter,
};

impl<T: Config> Pallet<T> {
	/// The sprint of an era is about to be judged: it is held, unless that comes too late. Returns whether it is.
	///
	/// It is too late when candidates are counted for the next era already: it would be held against some of them
	/// and not against others.
	pub fn note_held(era: EraIndex) -> bool {
		if BookEra::<T>::get() > era {
			return false;
		}
		HeldSprints::<T>::mutate(|held| {
			held.retain(|of| of.saturating_add(T::PowerEras::get()) >= era);
			let is_new = held.last().is_none_or(|last| *last < era);
			if is_new && held.try_push(era).is_err() {
				defensive!("there is room for the eras that count and one more");
			}
		});
		true
	}

	/// `operator` takes part in the sprint of an era. As long as nothing else is noted, that is not decided: it
	/// neither counts nor is missed, as [`power::proved_by_sprints`] says.
	pub fn note_committed(operator: &T::AccountId, era: EraIndex) {
		Self::note_outcome(operator, era, SprintOutcome::Undecided);
	}

	/// `operator` proved `work` in the sprint of an era. Counts from the next count on, in the place of that
	/// sprint, also if the operator becomes a candidate again only then.
	pub fn note_proved(operator: &T::AccountId, era: EraIndex, work: Work) {
		Self::note_outcome(operator, era, SprintOutcome::Proved(work));
	}

	/// `operator` failed in the sprint of an era: it has missed it.
	pub fn note_failed(operator: &T::AccountId, era: EraIndex) {
		Self::note_outcome(operator, era, SprintOutcome::Nothing);
	}

	/// What comes so late that it no longer counts is forgotten.
	fn note_outcome(operator: &T::AccountId, era: EraIndex, outcome: SprintOutcome) {
		let now = CurrentEra::<T>::get();
		let counts = era <= now && era.saturating_add(T::PowerEras::get()) > now;
		if counts {
			EraWorks::<T>::mutate(era, operator, |done| done.sprint = outcome);
		}
	}

	/// Whether `operator` did its part in the sprint of an era, as far as that is decided; nothing where none was
	/// held, and nobody had a part. For eras that count.
	pub fn sprint_duty(operator: &T::AccountId, era: EraIndex) -> Option<bool> {
		let held = HeldSprints::<T>::get().contains(&era);
		held.then(|| EraWorks::<T>::get(era, operator).sprint.decided() != Some(0))
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
	/// there, which is an offence like any other.
	pub fn note_missed(validator: &T::AccountId, work: Work) {
		let (era, mut misses) = (BookEra::<T>::get(), 0);
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
			Self::report_absence(validator, era);
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
		Self::counting(era).map(|era| EraWorks::<T>::get(era, who)).collect()
	}

	/// The eras that count in era `era` and had a sprint, the last one first.
	pub(crate) fn held(era: EraIndex) -> Vec<EraIndex> {
		let held = HeldSprints::<T>::get();
		Self::counting(era).filter(|of| held.contains(of)).collect()
	}

	/// What the sprints of an operator in these eras prove, the last one first.
	pub(crate) fn sprints(who: &T::AccountId, held: &[EraIndex]) -> Power {
		// Read one by one, as long as more are needed.
		let outcomes = held.iter().map(|era| EraWorks::<T>::get(*era, who).sprint.decided());
		power::proved_by_sprints(outcomes, T::Ramp::get())
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
		let held = Self::held(era);
		let sprints = Self::sprints(who, &held);
		let eras: Vec<_> =
			Self::counting(era).map(|era| (era, EraWorks::<T>::get(era, who))).collect();
		let recent = eras.iter().map(|(_, done)| *done).collect();
		Some(PowerTerms {
			eras,
			held,
			genesis: Self::genesis_left(&candidate, era),
			sprints,
			proved: Self::proved(&candidate, recent, sprints, era),
			backed: power::bound_by_bond(Power::MAX, candidate.bond, T::BondPerWorkUnit::get()),
			power: Self::current_power(&candidate),
			total: TotalPower::<T>::get(),
		})
	}

	/// What keeps the power of an account from being more.
	pub(crate) fn limits(who: &T::AccountId) -> Vec<PowerLimit> {
		let (Some(candidate), Some(terms)) = (Candidates::<T>::get(who), Self::terms(who)) else {
			return Vec::from([PowerLimit::NotCandidate]);
		};
		let Candidate { bond, status, since, .. } = candidate;
		let candidacy = Candidacy {
			era: CurrentEra::<T>::get(),
			since,
			status,
			bond,
			has_keys: pallet_session::Pallet::<T>::is_registered(who),
			cap: PowerCap::<T>::get(),
		};
		let rules = Rules {
			ramp: T::Ramp::get(),
			miss_factor: T::MissFactor::get(),
			min_bond: T::MinBond::get(),
			bond_per_work_unit: T::BondPerWorkUnit::get(),
		};
		limits(&terms, &candidacy, &rules)
	}

	/// Removes work that no longer counts, some per block.
	pub(crate) fn remove_old_work(meter: &mut WeightMeter) {
		remove_some(meter, <T as Config>::WeightInfo::remove_work, |limit| {
			let oldest = OldestEra::<T>::get();
			let counts_from = CurrentEra::<T>::get().saturating_sub(T::PowerEras::get());
			match oldest < counts_from {
				true => Self::remove_work(oldest, limit),
				false => 0,
			}
		});
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

impl<T: Config> Get<EraIndex> for Pallet<T> {
	fn get() -> EraIndex {
		CurrentEra::<T>::get()
	}
}
