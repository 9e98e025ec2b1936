// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How work becomes power, and how power goes.

use crate::{mock::*, *};
use ergon_core::WORK_UNIT;
use frame_support::{assert_ok, traits::Get, weights::Weight};

const UNIT: u64 = WORK_UNIT;

/// Three validators without power, with bonds that back anything.
fn equals() -> TestExt {
	TestExt::new(0).validators((1..=3).map(|who| (who, 900_000)).collect()).power(0)
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
fn work_counts_from_the_next_era_for_two_eras() {
	equals().execute(|| {
		for who in 1..=3 {
			Power::credit(&who, 7 * UNIT);
			Power::note_fulfilled(&who, 3 * UNIT);
		}
		assert_eq!(units(1), 0, "not in the era in which it is done");
		go_to_era(1);
		assert_eq!(units(1), 10);
		Power::credit(&1, UNIT);
		Power::credit(&2, UNIT);
		Power::credit(&3, UNIT);
		go_to_era(2);
		assert_eq!(units(1), 11);
		go_to_era(3);
		assert_eq!(units(1), 1, "the first era is forgotten");
		go_to_era(4);
		assert_eq!(units(1), 0);
	});
}

#[test]
fn work_done_before_joining_counts() {
	equals().execute(|| {
		for who in [1, 2, 3, 101] {
			Power::credit(&who, 5 * UNIT);
		}
		go_to_era(1);
		assert_ok!(join(101, 10_000));
		assert_eq!(units(101), 0);
		go_to_era(2);
		assert_eq!(units(101), 5);
	});
}

#[test]
fn missed_audits_take_twice_their_work_and_some_of_the_bond() {
	equals().execute(|| {
		for who in 1..=3 {
			Power::credit(&who, 20 * UNIT);
		}
		events();
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
		go_to_era(1);
		assert_eq!([units(1), units(2), units(3)], [12, 12, 12], "the cap makes three equal");
		let terms = Power::power_of(1).unwrap();
		assert_eq!(terms.proved, 12 * UNIT);
		assert_eq!(Power::power_of(2).unwrap().proved, 20 * UNIT);
		Power::note_missed(&1, 100 * UNIT);
		go_to_era(2);
		assert_eq!(Power::power_of(1).unwrap().proved, 0, "never below nothing");
	});
}

#[test]
fn misses_also_take_genesis_power() {
	TestExt::new(4).execute(|| {
		Power::note_missed(&1, 20 * UNIT);
		go_to_era(1);
		assert_eq!(Power::power_of(1).unwrap().proved, (90 - 40) * UNIT);
	});
}

#[test]
fn missed_audit_of_somebody_without_bond_is_counted_only() {
	equals().execute(|| {
		Power::note_missed(&77, UNIT);
		assert_eq!(EraWorks::<Test>::get(0, 77).missed, UNIT);
		assert_eq!(events(), [Event::DutyMissed { validator: 77, penalty: 0 }]);
		assert_eq!(Taken::get(), 0);
	});
}

#[test]
fn power_is_bounded_by_the_bond() {
	TestExt::new(0).validators((1..=4).map(|who| (who, MIN_BOND)).collect()).power(0).execute(
		|| {
			for who in 1..=4 {
				Power::credit(&who, 1_000 * UNIT);
			}
			go_to_era(1);
			assert_eq!(units(1), 100, "1,000 back 100 work units");
			assert_ok!(Power::bond_more(RuntimeOrigin::signed(1), 500));
			assert_eq!(units(1), 100, "more from the next era on");
			let terms = Power::power_of(1).unwrap();
			assert_eq!(terms.backed, 150 * UNIT);
			go_to_era(2);
			assert_eq!(Power::power_of(1).unwrap().proved, 1_000 * UNIT);
			// The others have 300 together; 30 % of all is at most 3/7 of that.
			assert_eq!(units(1), 128);
		},
	);
}

#[test]
fn nobody_holds_more_than_thirty_per_cent() {
	TestExt::new(0).validators((1..=5).map(|who| (who, 900_000)).collect()).power(0).execute(
		|| {
			Power::credit(&1, 10_000 * UNIT);
			for who in 2..=5 {
				Power::credit(&who, 100 * UNIT);
			}
			go_to_era(1);
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
		Power::credit(&1, 30 * UNIT);
		go_to_era(1);
		Power::note_fulfilled(&1, 8 * UNIT);
		Power::note_missed(&1, UNIT);
		go_to_era(2);
		Power::credit(&1, 99 * UNIT);
		let backed = (2 * MIN_BOND - MISS_PENALTY) as u64 * UNIT / BOND_PER_UNIT as u64;
		let terms = Power::power_of(1).unwrap();
		assert_eq!(
			terms.eras,
			[
				(1, EraWork { verified: 0, audited: 8 * UNIT, missed: UNIT }),
				(0, EraWork { verified: 30 * UNIT, audited: 0, missed: 0 }),
			],
		);
		assert_eq!(terms.genesis, 80 * UNIT);
		assert_eq!(terms.proved, (80 + 30 + 8 - 2) * UNIT);
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
		for who in 0..30 {
			Power::credit(&who, UNIT);
		}
		PollLimit::set(Weight::zero());
		go_to_era(3);
		assert_eq!(EraWorks::<Test>::iter_prefix(0).count(), 30);
		assert_eq!(OldestEra::<Test>::get(), 0);
		PollLimit::set(Weight::from_parts(u64::MAX / 2, u64::MAX / 2));
		rotate(1);
		assert_eq!(EraWorks::<Test>::iter_prefix(0).count(), 0);
		assert_eq!(OldestEra::<Test>::get(), 1);
		rotate(1);
		assert_eq!(OldestEra::<Test>::get(), 1, "era 1 counts in era 3");
	});
}

#[test]
fn sums_that_no_operator_can_reach_saturate() {
	equals().execute(|| {
		for who in 1..=3 {
			Power::credit(&who, u64::MAX);
			Power::note_fulfilled(&who, u64::MAX);
		}
		Power::note_missed(&3, u64::MAX);
		go_to_era(1);
		assert_eq!(Power::power_of(1).unwrap().proved, u64::MAX);
		assert_eq!(Power::power_of(3).unwrap().proved, 0);
	});
}
