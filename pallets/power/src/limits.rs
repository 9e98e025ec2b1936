// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What keeps power from being more: a function of the terms that it comes about by.

use crate::{
	types::{Power, PowerLimit, PowerTerms, RecentWork},
	Balance, EraIndex, Status,
};
use alloc::vec::Vec;
use core::iter::repeat_n;
use ergon_core::Work;
use ergon_economics::power::{bond_for, proved_by_sprints, sprint_row, with_audits, SprintRow};

/// What is known of a candidate beside the terms of its power.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidacy {
	/// The current era.
	pub era: EraIndex,
	/// The first era in whose sprint it may take part.
	pub since: EraIndex,
	/// Whether it can be elected.
	pub status: Status,
	/// What is held.
	pub bond: Balance,
	/// Whether its session keys are registered.
	pub has_keys: bool,
	/// Most power that anybody has in this era.
	pub cap: Power,
}

/// How power is counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
	/// [`crate::Config::Ramp`].
	pub ramp: u32,
	/// [`crate::Config::MissFactor`].
	pub miss_factor: u32,
	/// [`crate::Config::MinBond`].
	pub min_bond: Balance,
	/// [`crate::Config::BondPerWorkUnit`].
	pub bond_per_work_unit: Balance,
}

/// Everything that keeps the power of a candidate from being more, in the order in which power comes about.
pub(crate) fn limits(terms: &PowerTerms, candidacy: &Candidacy, rules: &Rules) -> Vec<PowerLimit> {
	let mut limits = Vec::new();
	if !candidacy.has_keys {
		limits.push(PowerLimit::NoKeys);
	}
	if let Status::Chilled { until, .. } = candidacy.status {
		let missing = rules.min_bond.saturating_sub(candidacy.bond);
		limits.push(PowerLimit::Chilled { until, missing });
		return limits;
	}
	if candidacy.since > candidacy.era {
		limits.push(PowerLimit::NotYet { era: candidacy.since });
	}
	of_sprints(&mut limits, terms, candidacy, rules);
	of_audits(&mut limits, terms, candidacy, rules);
	let cap = candidacy.cap;
	let wanted = terms.proved.min(cap);
	if wanted > terms.backed {
		let bond = bond_for(wanted, rules.bond_per_work_unit);
		let missing = bond.saturating_sub(candidacy.bond);
		limits.push(PowerLimit::Bond { missing, gain: wanted.saturating_sub(terms.backed) });
	}
	let uncut = terms.proved.min(terms.backed);
	if uncut > cap {
		limits.push(PowerLimit::Cap { gain: uncut.saturating_sub(cap) });
	}
	limits
}

/// What sprints keep it from.
fn of_sprints(
	limits: &mut Vec<PowerLimit>,
	terms: &PowerTerms,
	candidacy: &Candidacy,
	rules: &Rules,
) {
	// The last one first.
	let held: Vec<(EraIndex, Option<Work>)> = terms
		.eras
		.iter()
		.filter(|(era, _)| terms.held.contains(era))
		.map(|(era, done)| (*era, done.sprint.decided()))
		.collect();
	let outcomes = || held.iter().map(|(_, work)| *work);
	let audits: RecentWork = terms.eras.iter().map(|(_, done)| *done).collect();
	let gain = |sprints: Power| gain(terms, candidacy, rules, sprints, audits);

	let waiting = outcomes().filter(Option::is_none).count() as u32;
	let best = outcomes().flatten().max().unwrap_or_default();
	let decided = outcomes().map(|work| work.or(Some(best)));
	let of_waiting = gain(proved_by_sprints(decided, rules.ramp));
	if waiting > 0 && of_waiting > 0 {
		limits.push(PowerLimit::Undecided { sprints: waiting, gain: of_waiting });
	}

	let row = sprint_row(outcomes(), rules.ramp);
	let is_full = |more: u32| {
		// What they prove does not matter for how many they are.
		let row = sprint_row(repeat_n(Some(1), more as usize).chain(outcomes()), rules.ramp);
		row.sprints >= row.full()
	};
	let sprints = (0..=row.steps.saturating_add(1)).find(|more| is_full(*more)).unwrap_or_default();
	let of_ramp = gain(row.least);
	if sprints > 0 && (of_ramp > 0 || row.sprints == 0) {
		let is_own =
			|(era, work): &&(EraIndex, Option<Work>)| *work == Some(0) && *era >= candidacy.since;
		let missed = held.iter().find(is_own).map(|(era, _)| *era);
		limits.push(PowerLimit::Ramp { sprints, missed, gain: of_ramp });
	}

	// Else more work would not change anything.
	if terms.proved <= terms.backed.min(candidacy.cap) {
		let compared = held
			.iter()
			.filter_map(|(era, work)| work.map(|work| (*era, work)))
			.take(row.sprints.min(row.compared) as usize);
		let best = compared.clone().map(|(_, work)| work).max().unwrap_or_default();
		if let Some((era, work)) = compared.min_by_key(|(_, work)| *work) {
			let gain = gain(SprintRow { least: best, ..row }.proved());
			limits.push(PowerLimit::Sprint { era, work, gain });
		}
	}
}

/// What audits keep it from.
fn of_audits(
	limits: &mut Vec<PowerLimit>,
	terms: &PowerTerms,
	candidacy: &Candidacy,
	rules: &Rules,
) {
	// It is the share that counts, so any work that is done says that all was.
	let all_done = RecentWork { audited: 1, missed: 0 };
	let gain = gain(terms, candidacy, rules, terms.sprints, all_done);
	if gain > 0 {
		let misses = terms.eras.iter().map(|(_, done)| done.misses).fold(0, u32::saturating_add);
		limits.push(PowerLimit::Audits { misses, gain });
	}
}

/// By how much power would be more if sprints proved that, and audits were those.
fn gain(
	terms: &PowerTerms,
	candidacy: &Candidacy,
	rules: &Rules,
	sprints: Power,
	audits: RecentWork,
) -> Power {
	let bound = terms.backed.min(candidacy.cap);
	let base = sprints.saturating_add(terms.genesis);
	let proved = with_audits(base, audits.audited, audits.missed, rules.miss_factor);
	proved.min(bound).saturating_sub(terms.proved.min(bound))
}
