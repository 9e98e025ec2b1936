// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Candidates are counted before an era begins.

use crate::{mock::*, *};
use ergon_core::WORK_UNIT;
use frame_support::{assert_noop, assert_ok, weights::Weight};
use sp_runtime::Permill;

/// Room for that many candidates in a block.
fn room(candidates: u32) -> Weight {
	let removal = <() as WeightInfo>::remove_work(0);
	<() as WeightInfo>::count(candidates).saturating_add(removal)
}

fn progress(percent: u32) {
	Progress::set(Permill::from_percent(percent));
}

/// Seven candidates without power, with bonds that back anything.
fn seven() -> TestExt {
	TestExt::new(0).validators((1..=7).map(|who| (who, 900_000)).collect()).power(0)
}

/// Each of them proves as many work units as its account's number in each of two sprints; goes to the last
/// session before their powers follow.
fn prove_twice() {
	let works = [1, 2, 3, 4, 5, 6, 7].map(|who| (who, who));
	sprints(&works, 1);
	note_sprint(&works);
	rotate(SESSIONS_PER_ERA - 1);
}

/// How many are counted for the next era.
fn counted() -> usize {
	let era = CurrentEra::<Test>::get();
	Candidates::<Test>::iter_values().filter(|candidate| candidate.counted.era > era).count()
}

#[test]
fn candidates_are_counted_when_the_era_is_nearly_over() {
	seven().execute(|| {
		prove_twice();
		for (percent, expected) in [(0, 0), (79, 0), (80, 7)] {
			progress(percent);
			poll(Weight::MAX);
			assert_eq!(counted(), expected, "at {percent} %");
		}
	});
	seven().execute(|| {
		progress(100);
		rotate(SESSIONS_PER_ERA - 2);
		assert_eq!(counted(), 0, "the era has another session");
		rotate(1);
		assert_eq!(counted(), 7);
	});
}

#[test]
fn some_are_counted_in_each_block_and_nobody_twice() {
	seven().execute(|| {
		prove_twice();
		progress(90);
		for expected in [3, 6, 7, 7] {
			poll(room(3));
			assert_eq!(counted(), expected);
			check();
		}
		poll(room(0));
		poll(Weight::zero());
		assert_eq!(BookEra::<Test>::get(), 2);
		rotate(1);
		assert_eq!([1, 2, 3, 7].map(units), [1, 2, 3, 7]);
		assert_eq!(CountCursor::<Test>::get(), None);
	});
}

#[test]
fn poll_weight_bounds_what_is_counted() {
	seven().execute(|| {
		prove_twice();
		progress(90);
		PollLimit::set(room(2));
		poll(Weight::MAX);
		assert_eq!(counted(), 2);
	});
}

#[test]
fn counts_become_power_with_the_era_and_all_at_once() {
	TestExt::new(4).execute(|| {
		rotate(SESSIONS_PER_ERA - 1);
		progress(90);
		poll(room(2));
		assert_eq!(counted(), 2);
		assert_eq!([1, 2, 3, 4].map(units), [100; 4]);
		assert_eq!(TotalPower::<Test>::get(), u128::from(400 * WORK_UNIT));
		rotate(1);
		assert_eq!([1, 2, 3, 4].map(units), [90; 4]);
		assert_eq!(TotalPower::<Test>::get(), u128::from(360 * WORK_UNIT));
	});
}

#[test]
fn counted_early_or_late_the_power_is_the_same() {
	let powers = |blocks: u32, per_block: u32| {
		let mut powers = Vec::new();
		seven().execute(|| {
			prove_twice();
			progress(90);
			(0..blocks).for_each(|_| poll(room(per_block)));
			progress(0);
			rotate(1);
			powers = Power::powers();
			powers.push((0, TotalPower::<Test>::get() as u64));
			powers.push((0, PowerCap::<Test>::get()));
		});
		powers
	};
	let late = powers(0, 0);
	for (blocks, per_block) in [(1, 7), (2, 2), (7, 1)] {
		assert_eq!(powers(blocks, per_block), late);
	}
}

#[test]
fn audits_behind_the_count_count_an_era_later() {
	seven().execute(|| {
		let works = [1, 2, 3, 4, 5, 6, 7].map(|who| (who, 10));
		sprints(&works, 1);
		note_sprint(&works);
		rotate(SESSIONS_PER_ERA - 1);
		progress(90);
		Power::note_missed(&1, WORK_UNIT);
		// Counting has begun with the others, and candidate 1 may or may not be among them.
		poll(room(3));
		Power::note_missed(&1, 2 * WORK_UNIT);
		rotate(1);
		assert_eq!(units(1), 10 - 2);
		progress(0);
		sprints(&works, 1);
		assert_eq!(units(1), 10 - 2 - 4, "nothing is forgotten");
	});
}

#[test]
fn who_comes_behind_the_count_is_counted_in_the_first_block() {
	seven().execute(|| {
		prove_twice();
		progress(90);
		poll(Weight::MAX);
		assert_ok!(join(101, MIN_BOND));
		// Who comes back has what it has proved.
		assert_ok!(Power::leave(RuntimeOrigin::signed(7)));
		assert_ok!(Power::rejoin(RuntimeOrigin::signed(7)));
		check();
		let before = System::block_weight().total();
		rotate(1);
		let charged = System::block_weight().total().saturating_sub(before);
		let weights = [
			<() as WeightInfo>::start_session(MaxValidators::get()),
			<() as WeightInfo>::start_era(8),
			<() as WeightInfo>::count(2),
			<() as WeightInfo>::new_session(8),
		];
		let due = weights.into_iter().fold(Weight::zero(), Weight::saturating_add);
		assert_eq!(charged, due, "two were counted");
		assert_eq!((units(7), units(101)), (7, 0));
	});
}

#[test]
fn power_that_was_counted_goes_with_bond_and_standing() {
	TestExt::new(5).execute(|| {
		rotate(SESSIONS_PER_ERA - 1);
		progress(90);
		poll(Weight::MAX);
		// What is left backs 120 units, and 60.
		drop(Power::slash(&1, 800));
		drop(Power::slash(&2, 1_400));
		assert_ok!(Power::leave(RuntimeOrigin::signed(3)));
		check();
		assert_eq!([1, 2, 4].map(units), [100, 60, 100]);
		assert_eq!(TotalPower::<Test>::get(), u128::from(360 * WORK_UNIT));
		rotate(1);
		assert_eq!([1, 2, 4, 5].map(units), [90, 60, 90, 90]);
	});
}

#[test]
fn who_has_power_in_the_next_era_cannot_be_displaced() {
	seven().execute(|| {
		MaxCandidates::set(7);
		MaxValidators::set(3);
		prove_twice();
		progress(90);
		poll(Weight::MAX);
		let displaced = (1..=7).find(|who| !Power::serves(who)).unwrap();
		assert_eq!(units(displaced), 0);
		let join = |who| Power::join(RuntimeOrigin::signed(who), 950_000, Some(displaced));
		assert_noop!(join(101), Error::<Test>::NotDisplaceable);
	});
}

#[test]
fn sprints_prove_a_capacity_while_somebody_stands() {
	seven().execute(|| {
		let proved = || [5, 101].map(|who| Power::proved_in_sprints(&who) / WORK_UNIT);
		prove_twice();
		assert_eq!(proved(), [0, 0]);
		rotate(1);
		assert_eq!(proved(), [5, 0]);
		Power::chill(&5, 99, sp_runtime::Perbill::zero());
		assert_eq!(proved(), [0, 0]);
	});
}
