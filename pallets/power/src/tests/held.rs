// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Eras without a sprint, and sprints that are not decided when candidates are counted, cost nobody anything and
//! give nobody anything.

use crate::{mock::*, *};
use ergon_core::WORK_UNIT;
use frame_support::assert_ok;
use proptest::prelude::*;
use sp_runtime::Permill;

const UNIT: u64 = WORK_UNIT;
/// What each proves, in work units, and behind four sprints has as power.
const ALL: u64 = 12;

/// Seven candidates without power, with bonds that back anything, and who are new for three sprints.
fn seven() -> TestExt {
	Ramp::set(3);
	PowerEras::set(8);
	TestExt::new(0).validators((1..=7).map(|who| (who, 900_000)).collect()).power(0)
}

/// The same for each of the seven.
fn each(units: u64) -> [(u64, u64); 7] {
	[1, 2, 3, 4, 5, 6, 7].map(|who| (who, units))
}

/// The same for all but candidate 1.
fn others(units: u64) -> Vec<(u64, u64)> {
	each(units)[1..].to_vec()
}

/// Holds a sprint in which all others prove what they do, and candidate 1 is not decided; goes to the next era.
fn sprint_without_decision() {
	note_sprint(&others(ALL));
	Power::note_committed(&1, era());
	go_to_era(era() + 1);
}

#[test]
fn era_without_a_sprint_leaves_power_as_it_was() {
	seven().execute(|| {
		sprints(&each(ALL), 4);
		let total = TotalPower::<Test>::get();
		assert_eq!(total, u128::from(7 * ALL * UNIT));
		eras_without_a_sprint(1);
		assert_eq!([1, 7].map(units), [ALL, ALL]);
		assert_eq!(TotalPower::<Test>::get(), total);
		sprints(&each(ALL), 1);
		assert_eq!([1, 7].map(units), [ALL, ALL], "the sprint behind counts with those before");
	});
}

#[test]
fn ramp_goes_on_where_it_was() {
	seven().execute(|| {
		sprints(&each(ALL), 2);
		assert_eq!(units(1), 4);
		eras_without_a_sprint(2);
		assert_eq!(units(1), 4);
		sprints(&each(ALL), 1);
		assert_eq!(units(1), 8);
		eras_without_a_sprint(1);
		sprint_without_decision();
		assert_eq!([1, 2].map(units), [8, 12]);
		sprints(&each(ALL), 1);
		Power::note_proved(&1, 6, ALL * UNIT);
		sprints(&each(ALL), 1);
		assert_eq!([1, 2].map(units), [12, 12]);
	});
}

#[test]
fn without_any_sprint_power_goes_step_by_step() {
	seven().execute(|| {
		sprints(&each(ALL), 4);
		let mut powers = Vec::new();
		for _ in 0..8 {
			eras_without_a_sprint(1);
			powers.push(units(1));
		}
		// Eight eras count, and four sprints are needed for all of it.
		assert_eq!(powers, [12, 12, 12, 12, 8, 4, 0, 0]);
		sprints(&each(ALL), 2);
		assert_eq!(units(1), 4, "then everybody is new");
	});
}

#[test]
fn who_misses_a_sprint_that_was_held_has_nothing() {
	seven().execute(|| {
		sprints(&each(ALL), 4);
		eras_without_a_sprint(1);
		sprints(&others(ALL), 1);
		assert_eq!([1, 2].map(units), [0, ALL]);
		eras_without_a_sprint(1);
		assert_eq!([1, 2].map(units), [0, ALL]);
		sprints(&each(ALL), 1);
		assert_eq!(units(1), 0);
		sprints(&each(ALL), 1);
		assert_eq!(units(1), 4);
	});
}

#[test]
fn sprint_that_is_not_decided_costs_nothing_and_counts_later() {
	seven().execute(|| {
		sprints(&each(ALL), 4);
		sprint_without_decision();
		assert_eq!([1, 2].map(units), [ALL, ALL]);
		// It did less than before.
		Power::note_proved(&1, 4, 5 * UNIT);
		assert_eq!(units(1), ALL, "not in the era in which it is noted");
		sprints(&each(ALL), 1);
		assert_eq!([1, 2].map(units), [5, ALL], "the last but one");
		sprints(&each(ALL), 1);
		assert_eq!(units(1), ALL);
	});
}

#[test]
fn candidate_that_is_not_decided_and_fails_loses_power_and_bond() {
	seven().execute(|| {
		sprints(&each(ALL), 4);
		note_sprint(&others(ALL)[1..]);
		[1, 2].iter().for_each(|who| Power::note_committed(who, era()));
		go_to_era(5);
		assert_eq!([1, 2].map(units), [ALL, ALL]);
		// As the runtime does it for an item that is wrong.
		Power::note_failed(&1, 4);
		report(&[1], 0);
		assert_eq!(units(1), 0);
		assert!(Power::is_chilled(&1) && Power::bond(&1) < 900_000);
		// Without a chill, it would have missed the sprint.
		Power::note_failed(&2, 4);
		sprints(&each(ALL), 1);
		assert_eq!([2, 3].map(units), [0, ALL]);
		sprints(&each(ALL), 1);
		assert_ok!(Power::rejoin(RuntimeOrigin::signed(1)));
		sprints(&each(ALL), 1);
		assert_eq!(units(1), 8, "three sprints behind the one that it failed in");
	});
}

#[test]
fn second_one_in_a_row_costs_power_until_the_first_is_decided() {
	seven().execute(|| {
		sprints(&each(ALL), 4);
		sprint_without_decision();
		assert_eq!(units(1), ALL);
		sprint_without_decision();
		assert_eq!([1, 2].map(units), [0, ALL]);
		eras_without_a_sprint(1);
		assert_eq!(units(1), 0, "an era without a sprint is no decision");
		Power::note_proved(&1, 4, ALL * UNIT);
		eras_without_a_sprint(1);
		assert_eq!(units(1), ALL);
	});
}

#[test]
fn bad_sprint_that_is_decided_late_is_not_skipped() {
	seven().execute(|| {
		sprints(&each(ALL), 4);
		// Machines for every second sprint only, and the others are decided three eras later.
		for of in 4..12 {
			match u32::is_multiple_of(of, 2) {
				true => sprints(&each(ALL), 1),
				false => sprint_without_decision(),
			}
			if let Some(bad) = of.checked_sub(2).filter(|bad| *bad > 4 && !bad.is_multiple_of(2)) {
				Power::note_proved(&1, bad, UNIT);
			}
			// What was rented was enough while the machines of the first four were the own ones.
			let expected = if of < 8 { ALL } else { 1 };
			assert!(units(1) <= expected, "{} in era {}", units(1), era());
		}
	});
}

#[test]
fn sprint_that_comes_behind_the_count_is_not_held() {
	seven().execute(|| {
		sprints(&each(ALL), 4);
		rotate(SESSIONS_PER_ERA - 1);
		Progress::set(Permill::from_percent(90));
		Power::note_committed(&1, 4);
		poll(frame_support::weights::Weight::MAX);
		assert!(!Power::note_held(4));
		Power::note_proved(&1, 4, 99 * ALL * UNIT);
		Progress::set(Permill::zero());
		rotate(1);
		assert_eq!([1, 2].map(units), [ALL, ALL]);
		assert!(!Power::power_of(1).unwrap().held.contains(&4));
		assert!(!Power::note_held(4), "it is over");
		eras_without_a_sprint(1);
		assert_eq!([1, 2].map(units), [ALL, ALL]);
	});
}

#[test]
fn duty_is_due_where_a_sprint_was_held_and_done_unless_it_is_known_not_to_be() {
	seven().execute(|| {
		let duties = |of| [1, 2, 3, 4, 5].map(|who| Power::sprint_duty(&who, of));
		Power::note_committed(&1, 0);
		assert_eq!(duties(0), [None; 5], "none was held");
		assert!(Power::note_held(0));
		(2..=4).for_each(|who| Power::note_committed(&who, 0));
		Power::note_proved(&2, 0, UNIT);
		// Nobody has looked at anything that it did.
		Power::note_proved(&3, 0, 0);
		Power::note_failed(&4, 0);
		assert_eq!(duties(0), [true, true, false, false, false].map(Some));
		go_to_era(2);
		assert_eq!(duties(1), [None; 5]);
		assert_eq!(duties(0), [true, true, false, false, false].map(Some));
	});
}

#[test]
fn no_more_sprints_are_remembered_than_count() {
	seven().execute(|| {
		for _ in 0..20 {
			sprints(&each(ALL), 1);
			assert!(HeldSprints::<Test>::get().len() as u32 <= PowerEras::get() + 1);
		}
		assert_eq!(Power::power_of(1).unwrap().held, (12..20).rev().collect::<Vec<_>>());
		eras_without_a_sprint(20);
		assert_eq!(Power::power_of(1).unwrap().held, [0u32; 0]);
		assert!(Power::note_held(40));
		assert_eq!(HeldSprints::<Test>::get().into_inner(), [40]);
	});
}

/// What becomes of candidate 1 in one era.
#[derive(Clone, Copy, Debug)]
enum Part {
	NoSprint,
	Undecided,
	Missed,
	Proved(u64),
}

/// What its sprints prove behind all that.
fn proved_behind(history: &[Part]) -> u64 {
	let mut proved = 0;
	seven().execute(|| {
		PowerEras::set(20);
		for part in history {
			match part {
				Part::NoSprint => eras_without_a_sprint(1),
				Part::Undecided => sprint_without_decision(),
				Part::Missed => sprints(&[], 1),
				Part::Proved(units) => sprints(&[(1, *units)], 1),
			}
		}
		proved = Power::proved_in_sprints(&1);
	});
	proved
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 32, ..Default::default() })]

	#[test]
	fn what_is_neutral_never_gives_more_than_the_same_history_without_it(
		history in prop::collection::vec(
			prop_oneof![
				2 => Just(Part::NoSprint),
				2 => Just(Part::Undecided),
				1 => Just(Part::Missed),
				6 => (1..50u64).prop_map(Part::Proved),
			],
			0..12,
		),
	) {
		let held: Vec<_> =
			history.iter().copied().filter(|part| !matches!(part, Part::NoSprint)).collect();
		let decided: Vec<_> =
			held.iter().copied().filter(|part| !matches!(part, Part::Undecided)).collect();
		let all = proved_behind(&history);
		// As many eras count as there are here.
		prop_assert_eq!(all, proved_behind(&held));
		prop_assert!(all <= proved_behind(&decided));
		let with = |last| proved_behind(&[&history[..], &[last]].concat());
		prop_assert_eq!(with(Part::NoSprint), all);
		if !matches!(held.last(), Some(Part::Undecided)) {
			prop_assert_eq!(with(Part::Undecided), all);
		}
	}
}
