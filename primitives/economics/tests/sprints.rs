// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Power: what sprints prove.

use ergon_core::Work;
use ergon_economics::power::{proved_by_sprints, sprint_row, Power, SprintRow};
use proptest::prelude::*;

/// What sprints prove that are all decided.
fn by_decided(works: &[Work], ramp: u32) -> Power {
	proved_by_sprints(works.iter().copied().map(Some), ramp)
}

#[test]
fn sprints_follow_worked_examples() {
	let three = [&[][..], &[9], &[9, 0], &[0, 9, 9, 9], &[9, 7], &[9, 7, 1], &[9, 7, 1, 1]]
		.map(|works| by_decided(works, 3));
	assert_eq!(three, [0, 0, 0, 0, 2, 4, 7]);
	// Behind the ramp, older sprints do not matter.
	assert_eq!(by_decided(&[9, 7, 1, 1, 0, 5], 3), 7);
	// Who missed one is new.
	assert_eq!(by_decided(&[9, 9, 0, 9, 9], 3), 3);
	// No ramp.
	for ramp in [0, 1] {
		assert_eq!([&[9][..], &[9, 7], &[9, 0]].map(|works| by_decided(works, ramp)), [0, 7, 0]);
	}
}

#[test]
fn sprints_that_are_not_decided_follow_worked_examples() {
	let full = |sprints: &[Option<Work>]| proved_by_sprints(sprints.iter().copied(), 3);
	// One of them is left out, wherever it is.
	assert_eq!(full(&[None, Some(9), Some(9), Some(9), Some(9)]), 9);
	assert_eq!(full(&[Some(9), Some(9), None, Some(9), Some(9)]), 9);
	assert_eq!(full(&[Some(9), Some(9), Some(9), None]), 6);
	// It is no sprint itself.
	assert_eq!(full(&[None, Some(9)]), 0);
	assert_eq!(full(&[None, Some(9), Some(9)]), 3);
	// Two in a row end the row, and two others do not.
	assert_eq!(full(&[None, None, Some(9), Some(9), Some(9), Some(9)]), 0);
	assert_eq!(full(&[Some(9), Some(9), None, None, Some(9), Some(9)]), 3);
	assert_eq!(full(&[None, Some(9), Some(9), None, Some(9), Some(9)]), 9);
	// Behind the last two, it does not matter what was before it.
	assert_eq!(full(&[Some(9), Some(9), None, Some(1), Some(1)]), 9);
	// Behind the last one, nothing changes; between the two, a third one counts, and so on.
	assert_eq!(full(&[None, Some(9), Some(9), Some(3), Some(3)]), 9);
	assert_eq!(full(&[Some(9), None, Some(9), Some(3), Some(3), Some(3)]), 3);
	assert_eq!(full(&[Some(9), None, Some(9), Some(8), Some(3), Some(3)]), 8);
	assert_eq!(full(&[Some(9), None, Some(9), Some(9), Some(9)]), 6);
	assert_eq!(full(&[Some(9), None, Some(9)]), 0);
	assert_eq!(full(&[None, Some(9), None, Some(9), None, Some(9), Some(3)]), 1);
	// What is missed ends the row as ever.
	assert_eq!(full(&[None, Some(0), Some(9), Some(9)]), 0);
	assert_eq!(full(&[Some(9), None, Some(0), Some(9)]), 0);
}

#[test]
fn row_says_what_is_missing() {
	let row = |sprints: &[Option<Work>]| sprint_row(sprints.iter().copied(), 3);
	let expected = SprintRow { sprints: 0, least: 0, compared: 2, steps: 3 };
	assert_eq!((row(&[]), row(&[Some(0), Some(9)])), (expected, expected));
	assert_eq!((expected.full(), expected.proved()), (4, 0));
	// One alone says what it is worth, although it is worth nothing alone.
	assert_eq!(row(&[Some(9)]), SprintRow { sprints: 1, least: 9, ..expected });
	assert_eq!(row(&[Some(9), Some(7), Some(1)]), SprintRow { sprints: 3, least: 7, ..expected });
	// One more than the ramp needs is not looked at.
	assert_eq!(row(&[Some(9); 7]).sprints, 4);
	// One that is left out between the two makes the row longer.
	let longer = row(&[Some(9), None, Some(9), Some(3)]);
	assert_eq!(longer, SprintRow { sprints: 3, least: 3, compared: 3, steps: 3 });
	assert_eq!((longer.full(), longer.proved()), (5, 1));
}

#[test]
fn no_more_sprints_are_looked_at_than_can_count() {
	let looked_at = |ramp, of: fn(u32) -> Option<Work>| {
		let mut looked_at = 0;
		proved_by_sprints((0..100).map(of).inspect(|_| looked_at += 1), ramp);
		looked_at
	};
	let alternating = |index: u32| index.is_multiple_of(2).then_some(9u64);
	let late = |index: u32| (!index.is_multiple_of(2)).then_some(9u64);
	assert_eq!([0, 1, 3].map(|ramp| looked_at(ramp, |_| Some(9))), [2, 2, 4]);
	assert_eq!([0, 1, 3].map(|ramp| looked_at(ramp, alternating)), [3, 3, 11]);
	assert_eq!([0, 1, 3].map(|ramp| looked_at(ramp, late)), [4, 4, 12]);
	assert_eq!(looked_at(3, |_| None), 2);
}

#[test]
fn extreme_sprints_do_not_overflow() {
	assert_eq!(by_decided(&[u64::MAX; 4], 3), u64::MAX);
	assert_eq!(by_decided(&[u64::MAX; 3], 3), u64::MAX / 3 * 2);
	// 2⁶⁴ − 1 = (2³² − 1) × (2³² + 1).
	assert_eq!(by_decided(&[u64::MAX; 2], u32::MAX), (1 << 32) + 1);
	assert_eq!(by_decided(&[u64::MAX; 2], 0), u64::MAX);
}

/// Work of one sprint: often none, often small.
fn sprint() -> impl Strategy<Value = u64> {
	prop_oneof![Just(0), 1..100u64, any::<u64>(), Just(u64::MAX)]
}

fn sprints() -> impl Strategy<Value = Vec<u64>> {
	prop::collection::vec(sprint(), 0..8)
}

/// The same, of which some are not decided.
fn waiting() -> impl Strategy<Value = Vec<Option<u64>>> {
	let sprint = prop_oneof![2 => 1..100u64, 1 => sprint()];
	prop::collection::vec(prop::option::weighted(0.7, sprint), 0..12)
}

/// What sprints prove of which some are not decided.
fn proved(sprints: &[Option<Work>], ramp: u32) -> Power {
	proved_by_sprints(sprints.iter().copied(), ramp)
}

proptest! {
	#[test]
	fn sprints_prove_at_most_each_of_the_last_two(works in sprints(), ramp in 0..8u32) {
		let proved = by_decided(&works, ramp);
		prop_assert!(works.len() >= 2 || proved == 0);
		prop_assert!(works.iter().take(2).all(|work| proved <= *work));
	}

	#[test]
	fn one_sprint_alone_and_a_missed_one_prove_nothing(
		one in sprint(), older in sprints(), ramp: u32,
	) {
		prop_assert_eq!(by_decided(&[one], ramp), 0);
		let missed_last = [&[0][..], &older].concat();
		prop_assert_eq!(by_decided(&missed_last, ramp), 0);
		let missed_before = [&[one, 0][..], &older].concat();
		prop_assert_eq!(by_decided(&missed_before, ramp), 0);
	}

	#[test]
	fn more_in_a_sprint_or_more_sprints_never_prove_less(
		works in prop::collection::vec(sprint(), 1..8),
		index: prop::sample::Index,
		more in sprint(),
		ramp in 0..8u32,
	) {
		let proved = by_decided(&works, ramp);
		let mut grown = works.clone();
		let index = index.index(works.len());
		grown[index] = grown[index].saturating_add(more);
		prop_assert!(by_decided(&grown, ramp) >= proved);
		let longer = [&works[..], &[more]].concat();
		prop_assert!(by_decided(&longer, ramp) >= proved);
	}

	#[test]
	fn longer_ramp_never_proves_more(works in sprints(), ramp in 0..8u32, more in 0..8u32) {
		let proved = by_decided(&works, ramp);
		prop_assert!(by_decided(&works, ramp + more) <= proved);
	}

	/// The part behind each number of sprints in a row, whatever was before the one that was missed.
	#[test]
	fn newcomer_has_equal_parts_up_to_all(
		in_a_row in prop::collection::vec(1..=u64::MAX, 2..10), before in sprints(), ramp in 1..8u32,
	) {
		let works = [&in_a_row[..], &[0], &before].concat();
		let lesser = u128::from(in_a_row[0].min(in_a_row[1]));
		let proved = u128::from(by_decided(&works, ramp));
		let steps = in_a_row.len() as u128 - 1;
		if steps >= u128::from(ramp) {
			prop_assert_eq!(proved, lesser);
		} else {
			prop_assert_eq!(proved, lesser * steps / u128::from(ramp));
		}
	}

	#[test]
	fn sprints_older_than_the_ramp_change_nothing(works in sprints(), ramp in 0..8u32) {
		let needed = works.len().min((ramp as usize + 1).max(2));
		prop_assert_eq!(
			by_decided(&works[..needed], ramp),
			by_decided(&works, ramp)
		);
	}

	#[test]
	fn what_is_not_decided_never_proves_more_than_without_it(
		sprints in waiting(), ramp in 0..6u32,
	) {
		let decided: Vec<_> = sprints.iter().copied().flatten().collect();
		prop_assert!(proved(&sprints, ramp) <= by_decided(&decided, ramp));
	}

	/// Nor does it cost anything, as long as it is one.
	#[test]
	fn one_that_is_not_decided_leaves_power_as_it_was(sprints in waiting(), ramp in 0..6u32) {
		let before = proved(&sprints, ramp);
		let expected = if sprints.first() == Some(&None) { 0 } else { before };
		prop_assert_eq!(proved(&[&[None][..], &sprints].concat(), ramp), expected);
	}

	/// Whoever delays a decision gains nothing that it would not have with the best one, and loses nothing that
	/// it would not lose with the worst.
	#[test]
	fn what_is_decided_in_the_end_counts_in_its_place(
		sprints in waiting(), index: prop::sample::Index, ramp in 0..6u32,
	) {
		prop_assume!(!sprints.is_empty());
		let index = index.index(sprints.len());
		let with = |sprint| {
			let mut sprints = sprints.clone();
			sprints[index] = sprint;
			proved(&sprints, ramp)
		};
		prop_assert!(with(None) <= with(Some(u64::MAX)));
		prop_assert!(with(None) >= with(Some(0)));
	}

	/// Machines for every second sprint, and others between whose decision takes as long as it may.
	#[test]
	fn delaying_every_second_one_proves_no_more_than_the_bad_ones(
		rented in 1..u64::MAX,
		own in 0..1_000u64,
		now in 4..20usize,
		(ramp, delay) in (2..6u32).prop_flat_map(|ramp| (Just(ramp), 2..2 * ramp as usize)),
	) {
		let own = own.min(rented - 1);
		let at = |age: usize| match (now - age).is_multiple_of(2) {
			true => Some(rented),
			false => (age >= delay).then_some(own),
		};
		let sprints: Vec<_> = (0..now).map(at).collect();
		prop_assert!(proved(&sprints, ramp) <= own);
	}

	#[test]
	fn splitting_sprints_never_proves_more(
		parts in prop::collection::vec([0..1_000_000u64, 0..1_000_000, 0..3, 0..3], 1..6),
		ramp in 0..5u32,
	) {
		let whole = [0, 1, 2, 3].map(|era| parts.iter().map(|part| part[era]).sum::<u64>());
		let together: u64 = parts.iter().map(|part| by_decided(part, ramp)).sum();
		prop_assert!(together <= by_decided(&whole, ramp));
	}
}
