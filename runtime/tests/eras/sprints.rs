// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What comes of sprints, and what they prove by the rule that operators are told.

use crate::{
	life::{Life, Mood},
	people::{way, work, Way, PEOPLE},
};
use ergon_core::Work;
use ergon_economics::constants::POWER_RAMP;
use ergon_runtime::{configs::sprints::Contestants, Runtime};
use frame_support::traits::Get;
use pallet_power::{BookEra, EraIndex};
use pallet_sprints::{CandidateFailure, Candidates as _};
use std::{collections::VecDeque, mem::take};

/// Sprints in a row with which all is power that they prove.
const FULL: usize = POWER_RAMP as usize + 1;
/// Sprints that are remembered of everybody: more than can count.
const REMEMBERED: usize = 16;

/// Eras whose sprints count.
fn power_eras() -> EraIndex {
	<Runtime as pallet_power::Config>::PowerEras::get()
}

/// A commitment of which is not decided whether it is right.
struct Open {
	person: usize,
	era: EraIndex,
	work: Work,
	/// The era in which it is decided.
	due: EraIndex,
}

/// What was noted of sprints.
pub(crate) struct Sprints {
	/// The first era for which nobody has thought of a sprint.
	next: EraIndex,
	/// How many were held.
	held: u32,
	/// Of everybody the eras with a sprint, the last one first, and what it proved; unless that is not decided.
	histories: Vec<VecDeque<(EraIndex, Option<Work>)>>,
	open: Vec<Open>,
}

impl Sprints {
	pub(crate) fn new() -> Self {
		Self { next: 0, held: 0, histories: vec![VecDeque::new(); PEOPLE], open: Vec::new() }
	}

	/// What the sprints of somebody prove in an era, in other words than the pallet's, and whether that is exact.
	/// Otherwise some of them are not decided, and it is the most.
	pub(crate) fn proved(&self, person: usize, era: EraIndex) -> (Work, bool) {
		let counts = |(of, _): &&(EraIndex, Option<Work>)| of + power_eras() >= era;
		let history = self.histories[person].iter().filter(counts);
		let works: Vec<_> = history.map(|(_, work)| *work).collect();
		let decided: Vec<_> = works.iter().flatten().copied().collect();
		let lesser = match decided[..] {
			[last, before, ..] => last.min(before),
			_ => 0,
		};
		if works.iter().take(FULL).any(Option::is_none) {
			return (lesser, false);
		}
		let row = decided.iter().take(FULL).take_while(|work| **work > 0).count();
		let steps = row.saturating_sub(1) as u128;
		((u128::from(lesser) * steps / u128::from(POWER_RAMP)) as Work, true)
	}
}

impl Life {
	/// Holds the sprint of the era, if there is to be one and it is not too late, and decides what was open.
	pub(crate) fn sprint(&mut self, era: EraIndex) {
		if BookEra::<Runtime>::get() > era {
			if self.choices.one_in(10) {
				assert!(!Contestants::note_held(era), "candidates are counted for the next era");
				self.count("sprint too late");
			}
			return;
		}
		self.decide(era);
		if era < self.sprints.next || self.choices.one_in(2) {
			return;
		}
		self.sprints.next = era + 1;
		if self.mood == Mood::NoSprints || self.choices.one_in(20) {
			self.count("era without a sprint");
			return;
		}
		let taking: Vec<_> = (0..PEOPLE).map(|person| self.takes_part(person)).collect();
		for (who, _) in self.people.iter().zip(&taking).filter(|(_, takes)| **takes) {
			Contestants::note_committed(who, era);
		}
		assert!(Contestants::note_held(era), "nobody is counted for the next era");
		for (person, takes) in taking.into_iter().enumerate() {
			let outcome = if takes { self.outcome(person, era) } else { Some(0) };
			let history = &mut self.sprints.histories[person];
			history.push_front((era, outcome));
			history.truncate(REMEMBERED);
		}
		self.sprints.held += 1;
		self.count("sprint");
	}

	/// Whether somebody commits to something in this sprint.
	fn takes_part(&mut self, person: usize) -> bool {
		let is_there = match way(person) {
			Way::Idle => false,
			Way::Renter => self.sprints.held.is_multiple_of(3),
			Way::Flaky => !self.choices.one_in(4),
			Way::Steady | Way::Lazy | Way::Cheat => true,
		};
		let who = &self.people[person];
		is_there
			&& self.mood.has_work_for(person)
			&& Contestants::may_sprint(who)
			&& Contestants::key(who).is_some()
	}

	/// What comes of a commitment in the era itself.
	fn outcome(&mut self, person: usize, era: EraIndex) -> Option<Work> {
		if way(person) == Way::Cheat && self.choices.one_in(40) {
			self.fail(person, era);
			return Some(0);
		}
		let work = work(person, &mut self.choices);
		if self.choices.one_in(20) {
			// Every fifth is never decided.
			let eras = self.choices.below(5) as EraIndex;
			if eras > 0 {
				self.sprints.open.push(Open { person, era, work, due: era + eras });
			}
			return None;
		}
		Contestants::note_proved(&self.people[person], era, work);
		Some(work)
	}

	/// Decides what is due.
	fn decide(&mut self, era: EraIndex) {
		let is_due = |open: &Open| open.due <= era;
		let (due, open): (Vec<_>, Vec<_>) =
			take(&mut self.sprints.open).into_iter().partition(is_due);
		self.sprints.open = open;
		for Open { person, era: of, work, .. } in due {
			let is_right = !self.choices.one_in(8);
			match is_right {
				true => Contestants::note_proved(&self.people[person], of, work),
				false => self.fail(person, of),
			}
			let mut history = self.sprints.histories[person].iter_mut();
			if let Some((_, outcome)) = history.find(|(era, _)| *era == of) {
				*outcome = Some(if is_right { work } else { 0 });
			}
			self.count("decided late");
		}
	}

	/// Somebody has made its work up, or does not show it.
	fn fail(&mut self, person: usize, era: EraIndex) {
		let who = self.people[person].clone();
		let failures = [CandidateFailure::Wrong, CandidateFailure::NotShown];
		let failure = *self.choices.pick(&failures);
		let finder = self.choices.pick(&self.people).clone();
		self.suspects.insert(who.clone());
		Contestants::note_failed(&who, era);
		Contestants::punish(&who, era, failure, vec![finder]);
		self.count("bad sprint");
	}
}
