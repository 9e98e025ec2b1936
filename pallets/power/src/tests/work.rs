// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How sprints and audits become power, and how power goes.

use crate::{mock::*, *};
use ergon_core::WORK_UNIT;
use frame_support::{assert_ok, traits::Get, weights::Weight};

const UNIT: u64 = WORK_UNIT;

/// Three validators without power, with bonds that back anything.
fn equals() -> TestExt {
	TestExt::new(0).validators((1..=3).map(|who| (who, 900_000)).collect()).power(0)
}

/// The same for each of the three.
fn each(units: u64) -> [(u64, u64); 3] {
	[1, 2, 3].map(|who| (who, units))
}

#[test]
fn genesis_power_fades_linearly_to_nothing() {
	TestExt::new(3).execute(|| {
		for era in 0..12 {
			go_to_era(era);
			assert_eq!(u64::from(10u32.saturating_sub(era)) * 10, units(1), "era {era}");
		}
	});
}

#[test]
fn power_is_the_lesser_of_the_last_two_sprints() {
	equals().execute(|| {
		sprints(&each(7), 1);
		assert_eq!(units(1), 0, "one sprint alone proves nothing");
		note_sprint(&each(9));
		assert_eq!(units(1), 0, "not in the era in which it is proved");
		go_to_era(2);
		assert_eq!(units(1), 7);
		sprints(&each(5), 1);
		assert_eq!(units(1), 5);
		sprints(&each(8), 1);
		assert_eq!(units(1), 5);
		sprints(&each(8), 1);
		assert_eq!(units(1), 8);
	});
}

#[test]
fn who_misses_a_sprint_has_nothing_for_two_eras() {
	equals().execute(|| {
		sprints(&each(8), 2);
		assert_eq!(units(1), 8);
		sprints(&[], 1);
		assert_eq!(units(1), 0);
		sprints(&each(8), 1);
		assert_eq!(units(1), 0);
		sprints(&each(8), 1);
		assert_eq!(units(1), 8);
	});
}

#[test]
fn machines_rented_for_one_sprint_give_no_power() {
	equals().execute(|| {
		assert_ok!(join(101, 10_000));
		sprints(&each(10), 1);
		sprints(&[&each(10)[..], &[(101, 500)]].concat(), 1);
		for era in 2..6 {
			assert_eq!([units(1), units(101)], [10, 0], "era {era}");
			sprints(&each(10), 1);
		}
	});
}

#[test]
fn newcomer_gains_power_in_equal_parts() {
	Ramp::set(2);
	equals().execute(|| {
		let next = || {
			sprints(&each(10), 1);
			units(1)
		};
		assert_eq!([next(), next(), next(), next()], [0, 5, 10, 10]);
		sprints(&[], 1);
		assert_eq!(units(1), 0);
		assert_eq!([next(), next(), next()], [0, 5, 10], "who missed a sprint is new behind it");
	});
}

#[test]
fn two_sprints_are_power_without_a_ramp() {
	Ramp::set(0);
	equals().execute(|| {
		sprints(&each(10), 1);
		assert_eq!(units(1), 0);
		sprints(&each(10), 1);
		assert_eq!(units(1), 10);
	});
}

#[test]
fn who_leaves_after_a_sprint_has_nothing_and_is_new_when_it_comes_back() {
	equals().execute(|| {
		sprints(&each(10), 2);
		note_sprint(&each(10));
		assert_eq!(units(3), 10);
		assert_ok!(Power::leave(RuntimeOrigin::signed(3)));
		assert_eq!(TotalPower::<Test>::get(), u128::from(20 * UNIT));
		go_to_era(3);
		assert_eq!(Power::power(&3), 0);
		assert_eq!(TotalPower::<Test>::get(), u128::from(20 * UNIT));
		assert_ok!(Power::rejoin(RuntimeOrigin::signed(3)));
		assert_eq!(units(3), 0);
		assert!(!Power::may_sprint(&3));
		sprints(&[(1, 10), (2, 10)], 1);
		assert_eq!(units(3), 0);
		sprints(&each(10), 1);
		assert_eq!(units(3), 0);
		sprints(&each(10), 1);
		assert_eq!(units(3), 10);
	});
}

#[test]
fn same_work_split_among_several_gives_no_more() {
	const OTHERS: [(u64, u64); 4] = [(1, 100), (2, 100), (3, 100), (4, 100)];
	// The power together of who proves in two eras and audits in the first beside the others; nobody is cut.
	let together = |mine: [&[(u64, u64)]; 2], audits: &[(u64, u64)]| {
		let mut sum = 0;
		let validators = (1..=7).map(|who| (who, 900_000)).collect();
		TestExt::new(0).validators(validators).power(0).execute(|| {
			for (who, units) in audits {
				Power::note_fulfilled(who, units * UNIT);
			}
			for works in mine {
				sprints(&[&OTHERS[..], works].concat(), 1);
			}
			sum = (5..=7).map(units).sum::<u64>();
		});
		sum
	};
	assert_eq!(together([&[(5, 90)], &[(5, 90)]], &[]), 90);
	let thirds = [(5, 30), (6, 30), (7, 30)];
	assert_eq!(together([&thirds, &thirds], &[]), 90);
	// The same machines under other names the next time.
	assert_eq!(together([&[(5, 60), (6, 30)], &[(6, 60), (7, 30)]], &[]), 30);
	// Audits of the same work; and three times as much, since each has items that others audit.
	assert_eq!(together([&[(5, 90)], &[(5, 90)]], &[(5, 12)]), 99);
	assert_eq!(together([&thirds, &thirds], &[(5, 4), (6, 4), (7, 4)]), 99);
	assert_eq!(together([&thirds, &thirds], &[(5, 12), (6, 12), (7, 12)]), 99);
	assert_eq!(together([&thirds, &thirds], &[(5, 36)]), 93, "two of three were never drawn");
}

#[test]
fn sprint_that_is_decided_late_counts_from_the_next_era_on() {
	equals().execute(|| {
		sprints(&each(10), 1);
		assert!(Power::note_held(1));
		(1..=3).for_each(|who| Power::note_committed(&who, 1));
		go_to_era(2);
		for (who, units) in each(9) {
			Power::note_proved(&who, 1, units * UNIT);
		}
		assert_eq!(units(1), 0, "not in the era in which it is noted");
		sprints(&each(10), 1);
		assert_eq!(units(1), 9);
	});
}

#[test]
fn sprint_that_is_noted_too_late_is_forgotten() {
	equals().execute(|| {
		let sprint = |era| EraWorks::<Test>::get(era, 1).sprint;
		sprints(&each(10), 3);
		assert_eq!(era(), 3);
		Power::note_proved(&1, 0, UNIT);
		let ten = SprintOutcome::Proved(10 * UNIT);
		assert_eq!(sprint(0), ten, "the sprint of era 0 will not count in era 4");
		Power::note_proved(&1, 1, UNIT);
		assert_eq!(sprint(1), SprintOutcome::Proved(UNIT));
		Power::note_proved(&1, 4, UNIT);
		assert_eq!(sprint(4), SprintOutcome::Nothing, "there was no such sprint");
		go_to_era(5);
		Power::note_proved(&1, 1, UNIT);
		Power::note_failed(&1, 1);
		assert_eq!(EraWorks::<Test>::iter_prefix(1).count(), 0, "what was removed does not return");
	});
}

#[test]
fn audits_add_a_tenth_however_many_they_are_and_give_nothing_alone() {
	equals().execute(|| {
		for (who, units) in [(1, 4), (2, 25), (3, 25)] {
			Power::note_fulfilled(&who, units * UNIT);
		}
		sprints(&[(1, 10), (2, 10)], 2);
		assert_eq!([1, 2, 3].map(proved), [11, 11, 0]);
		sprints(&[(1, 10), (2, 10)], 1);
		assert_eq!([1, 2, 3].map(proved), [11, 11, 0], "three eras of audits count");
		sprints(&[(1, 10), (2, 10)], 1);
		assert_eq!([1, 2, 3].map(proved), [10, 10, 0]);
	});
}

#[test]
fn missed_audits_take_twice_their_work_and_some_of_the_bond() {
	equals().execute(|| {
		Power::note_missed(&1, 4 * UNIT);
		assert_eq!(
			events(),
			[
				Event::Slashed { candidate: 1, amount: MISS_PENALTY },
				Event::DutyMissed { validator: 1, penalty: MISS_PENALTY },
			],
		);
		assert_eq!(Taken::get(), MISS_PENALTY);
		assert_eq!(Power::bond(&1), 900_000 - MISS_PENALTY);
		sprints(&each(20), 2);
		assert_eq!([1, 2, 3].map(units), [12, 12, 12], "the cap makes three equal");
		assert_eq!([1, 2, 3].map(proved), [12, 20, 20]);
		Power::note_missed(&1, 100 * UNIT);
		sprints(&each(20), 1);
		assert_eq!([1, 2, 3].map(proved), [0, 20, 20], "never below nothing");
	});
}

#[test]
fn misses_also_take_genesis_power() {
	TestExt::new(4).execute(|| {
		Power::note_missed(&1, 20 * UNIT);
		go_to_era(1);
		assert_eq!(proved(1), 90 - 40);
	});
}

#[test]
fn audits_also_add_to_genesis_power() {
	TestExt::new(4).execute(|| {
		Power::note_fulfilled(&1, 30 * UNIT);
		Power::note_fulfilled(&2, 300 * UNIT);
		go_to_era(1);
		assert_eq!([1, 2, 3].map(proved), [99, 99, 90]);
	});
}

#[test]
fn the_share_of_audits_that_were_done_counts() {
	equals().execute(|| {
		Power::note_fulfilled(&1, 3 * UNIT);
		Power::note_missed(&1, UNIT);
		Power::note_fulfilled(&2, UNIT);
		Power::note_missed(&2, 4 * UNIT);
		sprints(&each(40), 2);
		// Three quarters of four, and a fifth; and twice what was missed.
		let proved = |who| Power::power_of(who).unwrap().proved;
		assert_eq!([1, 2, 3].map(proved), [41 * UNIT, 32 * UNIT + 8 * UNIT / 10, 40 * UNIT]);
	});
}

#[test]
fn missed_audits_of_somebody_without_bond_are_counted_only() {
	equals().execute(|| {
		for misses in 1..=MAX_MISSES {
			Power::note_missed(&77, UNIT);
			let work = EraWorks::<Test>::get(0, 77);
			assert_eq!((work.missed, work.misses), (u64::from(misses) * UNIT, misses));
			assert_eq!(events(), [Event::DutyMissed { validator: 77, penalty: 0 }]);
		}
		assert_eq!(Taken::get(), 0);
	});
}

#[test]
fn power_is_bounded_by_the_bond() {
	TestExt::new(0).validators((1..=4).map(|who| (who, MIN_BOND)).collect()).power(0).execute(
		|| {
			let all = [1, 2, 3, 4].map(|who| (who, 1_000));
			sprints(&all, 2);
			assert_eq!(units(1), 100, "1,000 back 100 work units");
			assert_ok!(Power::bond_more(RuntimeOrigin::signed(1), 500));
			assert_eq!(units(1), 100, "more from the next era on");
			let terms = Power::power_of(1).unwrap();
			assert_eq!(terms.backed, 150 * UNIT);
			sprints(&all, 1);
			assert_eq!(proved(1), 1_000);
			// The others have 300 together; 30 % of all is at most 3/7 of that.
			assert_eq!(units(1), 128);
		},
	);
}

#[test]
fn nobody_holds_more_than_thirty_per_cent() {
	TestExt::new(0).validators((1..=5).map(|who| (who, 900_000)).collect()).power(0).execute(
		|| {
			sprints(&[(1, 10_000), (2, 100), (3, 100), (4, 100), (5, 100)], 2);
			let powers: Vec<_> = (1..=5).map(|who| Power::power_of(who).unwrap().power).collect();
			let total: u64 = powers.iter().sum();
			assert_eq!(u128::from(total), TotalPower::<Test>::get());
			assert!(powers[0] * 10 <= total * 3);
			assert!(powers[0] + 1 > total * 3 / 10, "and no less than that");
			assert_eq!(powers[1..], [100 * UNIT; 4]);
		},
	);
}

#[test]
fn single_validator_keeps_its_power() {
	TestExt::new(1).execute(|| {
		assert_eq!(units(1), 100);
	});
}

#[test]
fn power_of_shows_every_term() {
	TestExt::new(4).execute(|| {
		sprints(&[(1, 30)], 1);
		Power::note_fulfilled(&1, 8 * UNIT);
		Power::note_missed(&1, UNIT);
		sprints(&[(1, 20)], 1);
		note_sprint(&[(1, 99)]);
		let backed = (2 * MIN_BOND - MISS_PENALTY) as u64 * UNIT / BOND_PER_UNIT as u64;
		let terms = Power::power_of(1).unwrap();
		let [one, zero] = [20, 30].map(|units| SprintOutcome::Proved(units * UNIT));
		assert_eq!(
			terms.eras,
			[
				(1, EraWork { sprint: one, audited: 8 * UNIT, missed: UNIT, misses: 1 }),
				(0, EraWork { sprint: zero, audited: 0, missed: 0, misses: 0 }),
			],
		);
		assert_eq!(terms.held, [1, 0]);
		assert_eq!(terms.genesis, 80 * UNIT);
		assert_eq!(terms.sprints, 20 * UNIT);
		// A tenth of a hundred, by what was done of nine.
		assert_eq!(terms.proved, (80 + 20 - 2) * UNIT + 10 * UNIT * 8 / 9);
		assert_eq!(terms.backed, backed);
		// The others have 240 together, and 30 % of all is at most 3/7 of that.
		assert_eq!(terms.power, 240 * UNIT * 3 / 7);
		assert_eq!(terms.total, u128::from(240 * UNIT + terms.power));
		assert_eq!(Power::power_of(101), None);
	});
}

#[test]
fn eras_last_three_sessions() {
	TestExt::new(3).execute(|| {
		assert_eq!(Power::era(), EraInfo { era: 0, start: 0, end: 3 });
		rotate(2);
		assert_eq!(Power::era().era, 0);
		events();
		rotate(1);
		assert_eq!(Power::era(), EraInfo { era: 1, start: 3, end: 6 });
		assert_eq!(<Power as Get<EraIndex>>::get(), 1);
		let total_power = 270 * u128::from(UNIT);
		assert!(events().contains(&Event::EraStarted { era: 1, total_power }));
	});
}

#[test]
fn old_work_is_removed_when_there_is_weight() {
	equals().execute(|| {
		let all: Vec<_> = (0..30).map(|who| (who, 1)).collect();
		note_sprint(&all);
		PollLimit::set(Weight::zero());
		go_to_era(4);
		assert_eq!(EraWorks::<Test>::iter_prefix(0).count(), 30);
		assert_eq!(OldestEra::<Test>::get(), 0);
		PollLimit::set(Weight::from_parts(u64::MAX / 2, u64::MAX / 2));
		rotate(1);
		assert_eq!(EraWorks::<Test>::iter_prefix(0).count(), 0);
		assert_eq!(OldestEra::<Test>::get(), 1);
		rotate(1);
		assert_eq!(OldestEra::<Test>::get(), 1, "era 1 counts in era 4");
	});
}

#[test]
fn sums_that_no_operator_can_reach_saturate() {
	equals().execute(|| {
		for era in 0..2 {
			assert!(Power::note_held(era));
			for who in 1..=3 {
				Power::note_proved(&who, era, u64::MAX);
				Power::note_fulfilled(&who, u64::MAX);
			}
			Power::note_missed(&3, u64::MAX);
			go_to_era(era + 1);
		}
		let proved = |who| Power::power_of(who).unwrap().proved;
		assert_eq!([proved(1), proved(2), proved(3)], [u64::MAX, u64::MAX, 0]);
	});
}
