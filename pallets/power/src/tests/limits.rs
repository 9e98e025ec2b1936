// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What would raise power.

use crate::{
	limits::{limits, Candidacy, Rules},
	mock::*,
	*,
};
use ergon_core::WORK_UNIT;
use ergon_economics::power::{bound_by_bond, proved_by_sprints, with_audits};
use frame_support::assert_ok;
use sp_runtime::Perbill;

const UNIT: u64 = WORK_UNIT;
/// The era of these candidates.
const ERA: EraIndex = 10;
const RULES: Rules =
	Rules { ramp: 3, miss_factor: 2, min_bond: MIN_BOND, bond_per_work_unit: BOND_PER_UNIT };
/// Stands, with a bond and a cap that bound nothing.
const STANDING: Candidacy = Candidacy {
	era: ERA,
	since: 0,
	status: Status::Standing,
	bond: 1_000_000,
	has_keys: true,
	cap: u64::MAX,
};

/// What came of a sprint that proved so many work units; of none, that it was missed.
fn proved_units(units: u64) -> SprintOutcome {
	match units {
		0 => SprintOutcome::Nothing,
		units => SprintOutcome::Proved(units * UNIT),
	}
}

/// The terms behind these sprints, the last one first, and behind as many work units of audits done and missed.
fn terms(of: &Candidacy, sprints: &[SprintOutcome], audited: u64, missed: u64) -> PowerTerms {
	let mut eras: Vec<_> = (0..ERA)
		.rev()
		.zip(sprints)
		.map(|(era, sprint)| (era, EraWork { sprint: *sprint, ..Default::default() }))
		.collect();
	let held = eras.iter().map(|(era, _)| *era).collect();
	if let Some((_, done)) = eras.first_mut() {
		(done.audited, done.missed) = (audited * UNIT, missed * UNIT);
		done.misses = missed as u32;
	}
	let sprints = proved_by_sprints(sprints.iter().map(|it| it.decided()), RULES.ramp);
	let audits = [audited, missed].map(|units| u128::from(units * UNIT));
	let proved = with_audits(sprints, audits[0], audits[1], RULES.miss_factor);
	let backed = bound_by_bond(u64::MAX, of.bond, RULES.bond_per_work_unit);
	let power = proved.min(backed).min(of.cap);
	PowerTerms { eras, held, genesis: 0, sprints, proved, backed, power, total: power.into() }
}

/// The limits of somebody who has done all of its audits.
fn limits_behind(of: Candidacy, sprints: &[SprintOutcome]) -> Vec<PowerLimit> {
	limits(&terms(&of, sprints, 1, 0), &of, &RULES)
}

/// The same, behind sprints that are all decided.
fn behind(of: Candidacy, units: &[u64]) -> Vec<PowerLimit> {
	let sprints: Vec<_> = units.iter().copied().map(proved_units).collect();
	limits_behind(of, &sprints)
}

#[test]
fn newcomer_is_told_of_its_first_sprint_and_of_the_ramp() {
	let of = Candidacy { since: ERA + 1, ..STANDING };
	let ramp = |sprints, gain| PowerLimit::Ramp { sprints, missed: None, gain };
	assert_eq!(behind(of, &[]), [PowerLimit::NotYet { era: ERA + 1 }, ramp(4, 0)]);
	// Those before its time are not missed.
	let of = Candidacy { since: ERA - 1, ..STANDING };
	let sprint = PowerLimit::Sprint { era: 9, work: 100 * UNIT, gain: 0 };
	assert_eq!(behind(of, &[100, 0, 0]), [ramp(3, 110 * UNIT), sprint]);
	// A third of what it proves, and then two.
	let of = Candidacy { since: ERA - 3, ..STANDING };
	assert_eq!(
		behind(of, &[90, 90]),
		[ramp(2, 66 * UNIT), PowerLimit::Sprint { era: 9, work: 90 * UNIT, gain: 0 }]
	);
	assert_eq!(behind(of, &[90, 90, 90])[0], ramp(1, 33 * UNIT));
	assert_eq!(behind(of, &[90; 4]), [PowerLimit::Sprint { era: 9, work: 90 * UNIT, gain: 0 }]);
}

#[test]
fn who_missed_a_sprint_is_told_which() {
	let ramp = PowerLimit::Ramp { sprints: 2, missed: Some(7), gain: 66 * UNIT };
	assert_eq!(behind(STANDING, &[90, 90, 0, 90, 90])[0], ramp);
	let ramp = PowerLimit::Ramp { sprints: 4, missed: Some(9), gain: 0 };
	assert_eq!(behind(STANDING, &[0, 90, 90, 90]), [ramp]);
}

#[test]
fn the_least_sprint_that_counts_is_named() {
	let least = |era, gain| PowerLimit::Sprint { era, work: 60 * UNIT, gain: gain * UNIT };
	assert_eq!(behind(STANDING, &[60, 100, 100, 100]), [least(9, 44)]);
	assert_eq!(behind(STANDING, &[100, 60, 200, 200]), [least(8, 44)]);
	assert_eq!(behind(STANDING, &[60; 5]), [least(9, 0)], "only a faster machine proves more");
	// By the second step of three.
	assert_eq!(behind(STANDING, &[60, 90, 90])[1], least(9, 22));
}

#[test]
fn who_waits_for_decisions_is_told_what_they_are_worth() {
	let [ninety, undecided] = [proved_units(90), SprintOutcome::Undecided];
	// One behind the last sprint costs nothing.
	let seen = limits_behind(STANDING, &[undecided, ninety, ninety, ninety, ninety]);
	assert_eq!(seen, [PowerLimit::Sprint { era: 8, work: 90 * UNIT, gain: 0 }]);
	// Two in a row cost all until one is decided.
	let seen = limits_behind(STANDING, &[undecided, undecided, ninety, ninety, ninety, ninety]);
	let waits = PowerLimit::Undecided { sprints: 2, gain: 99 * UNIT };
	assert_eq!(seen, [waits, PowerLimit::Ramp { sprints: 4, missed: None, gain: 0 }]);
	// One between the two makes the row longer, until another one is proved.
	let seen = limits_behind(STANDING, &[ninety, undecided, ninety, ninety, ninety]);
	let waits = PowerLimit::Undecided { sprints: 1, gain: 33 * UNIT };
	assert_eq!(seen[..2], [waits, PowerLimit::Ramp { sprints: 1, missed: None, gain: 33 * UNIT }]);
}

#[test]
fn missed_audits_are_counted() {
	let sprints = [proved_units(100); 4];
	let seen = limits(&terms(&STANDING, &sprints, 3, 1), &STANDING, &RULES);
	// Instead of three quarters of a tenth less two, a tenth.
	let audits = PowerLimit::Audits { misses: 1, gain: 4 * UNIT + UNIT / 2 };
	assert_eq!(seen[1..], [audits]);
	// None was drawn.
	let seen = limits(&terms(&STANDING, &sprints, 0, 0), &STANDING, &RULES);
	assert_eq!(seen[1..], [PowerLimit::Audits { misses: 0, gain: 10 * UNIT }]);
}

#[test]
fn bond_is_said_to_the_unit() {
	let of = Candidacy { bond: 50 * BOND_PER_UNIT, ..STANDING };
	let missing = 60 * BOND_PER_UNIT;
	let bond = PowerLimit::Bond { missing, gain: 60 * UNIT };
	assert_eq!(behind(of, &[100; 4]), [bond], "more work would not be backed either");
	let of = Candidacy { bond: of.bond + missing, ..of };
	assert_eq!(behind(of, &[100; 4]).len(), 1);
	assert!(matches!(behind(of, &[100; 4])[..], [PowerLimit::Sprint { .. }]));
	let of = Candidacy { bond: of.bond - 1, ..of };
	assert!(matches!(behind(of, &[100; 4])[..], [PowerLimit::Bond { missing: 1, .. }]));
}

#[test]
fn cap_is_raised_by_nobody_but_others() {
	let of = Candidacy { cap: 30 * UNIT, ..STANDING };
	assert_eq!(behind(of, &[100; 4]), [PowerLimit::Cap { gain: 80 * UNIT }]);
	// What the bond backs is cut already.
	let of = Candidacy { bond: 50 * BOND_PER_UNIT, ..of };
	assert_eq!(behind(of, &[100; 4]), [PowerLimit::Cap { gain: 20 * UNIT }]);
	// The bond counts up to the cap.
	let of = Candidacy { bond: 20 * BOND_PER_UNIT, ..of };
	let bond = PowerLimit::Bond { missing: 10 * BOND_PER_UNIT, gain: 10 * UNIT };
	assert_eq!(behind(of, &[100; 4]), [bond]);
}

#[test]
fn nothing_else_counts_before_a_chilled_candidate_rejoins() {
	let status = Status::Chilled { until: 20, severity: Perbill::zero() };
	let of = Candidacy { status, bond: MIN_BOND - 7, has_keys: false, ..STANDING };
	let chilled = PowerLimit::Chilled { until: 20, missing: 7 };
	assert_eq!(behind(of, &[100; 4]), [PowerLimit::NoKeys, chilled]);
}

#[test]
fn what_is_said_to_help_helps() {
	let validators = (1..=4).map(|who| (who, MIN_BOND)).collect();
	TestExt::new(0).validators(validators).power(0).execute(|| {
		let all = [1, 2, 3, 4].map(|who| (who, 1_000));
		assert_eq!(Power::limits_of(101), [PowerLimit::NotCandidate]);
		sprints(&all, 1);
		let ramp = PowerLimit::Ramp { sprints: 1, missed: None, gain: 100 * UNIT };
		assert_eq!(Power::limits_of(1)[0], ramp);
		sprints(&all, 1);
		assert_eq!(units(1), 100);
		// 30 % of 400 is the most for each; 1,000 was proved, and 1,000 of bond back 100.
		let bond = PowerLimit::Bond { missing: 200, gain: 20 * UNIT };
		assert_eq!(Power::limits_of(1), [bond]);
		assert_ok!(Power::bond_more(RuntimeOrigin::signed(1), 200));
		sprints(&all, 1);
		assert_eq!(units(1), 120);
	});
}
