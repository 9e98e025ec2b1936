// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Emission: the whole schedule, the published table, and that nobody gets more than his part.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use ergon_economics::{
	constants::{EMISSION, ERG, HALVING_ERAS},
	emission::reward,
	Balance, DutyCount, Schedule,
};
use proptest::prelude::*;

/// An amount as people write it: thousands apart, and no zeros at the end.
fn in_erg(amount: Balance) -> String {
	let (whole, rest) = (thousands(amount / ERG), format!("{:012}", amount % ERG));
	format!("{whole}.{rest}").trim_end_matches('0').trim_end_matches('.').to_string()
}

fn thousands(number: Balance) -> String {
	match number {
		0..1_000 => number.to_string(),
		_ => format!("{},{:03}", thousands(number / 1_000), number % 1_000),
	}
}

/// The table of the README, from the code.
fn table() -> Vec<String> {
	let row = |period: u32| {
		let (from, to) = (period * HALVING_ERAS, (period + 1) * HALVING_ERAS);
		format!(
			"| {} to {} | {} | {} | {} | {} |",
			4 * period,
			4 * period + 4,
			thousands(from.into()),
			in_erg(EMISSION.emission(from)),
			in_erg(EMISSION.before(to) - EMISSION.before(from)),
			in_erg(EMISSION.before(to)),
		)
	};
	let end = (0..).find(|period| EMISSION.emission(period * HALVING_ERAS) == 0).unwrap();
	let from = end * HALVING_ERAS;
	let last = (thousands(from.into()), in_erg(EMISSION.before(u32::MAX)));
	let last = format!("| for ever | {} | 0 | | {} |", last.0, last.1);
	(0..6).map(row).chain([last]).collect()
}

#[test]
fn published_table_is_what_the_code_does() {
	let readme = include_str!("../README.md");
	for row in table() {
		assert!(readme.contains(&row), "the README lacks this row:\n{row}");
	}
	assert!(readme.contains(&format!("never reaches {} ERG", in_erg(EMISSION.cap()))));
}

#[test]
fn whole_schedule_stays_below_the_cap() {
	let mut sum = 0;
	let mut before = Balance::MAX;
	let mut era = 0;
	while EMISSION.emission(era) > 0 {
		assert_eq!(EMISSION.before(era), sum);
		let emission = EMISSION.emission(era);
		assert!(emission == before || era % HALVING_ERAS == 0 && emission <= before / 2);
		(sum, before, era) = (sum + emission, emission, era + 1);
	}
	assert_eq!(EMISSION.before(u32::MAX), sum);
	assert!(sum < EMISSION.cap());
	assert_eq!(era, 47 * HALVING_ERAS);
}

#[test]
fn reward_follows_worked_examples() {
	let all = DutyCount { done: 7, due: 7 };
	let half = DutyCount { done: 2, due: 4 };
	let none = DutyCount { done: 0, due: 3 };
	let nothing_due = DutyCount::default();
	assert_eq!(reward(1_000, 30, 100, &[all]), 300);
	assert_eq!(reward(1_000, 30, 100, &[all, half]), 150);
	assert_eq!(reward(1_000, 30, 100, &[half, half]), 75);
	assert_eq!(reward(1_000, 30, 100, &[all, none]), 0);
	assert_eq!(reward(1_000, 30, 100, &[all, nothing_due]), 300);
	assert_eq!(reward(1_000, 30, 100, &[nothing_due]), 0, "nothing was done");
	assert_eq!(reward(1_000, 30, 100, &[]), 0);
	assert_eq!(reward(1_000, 0, 0, &[all]), 0, "nobody has power");
	assert_eq!(reward(Balance::MAX, u64::MAX, u64::MAX.into(), &[all]), Balance::MAX);
	// Doing more than one has to is worth nothing.
	assert_eq!(reward(1_000, 30, 100, &[DutyCount { done: 9, due: 8 }]), 300);
}

fn duty() -> impl Strategy<Value = DutyCount> {
	(0..50u32, 0..50u32).prop_map(|(done, due)| DutyCount { done, due })
}

fn duties() -> impl Strategy<Value = Vec<DutyCount>> {
	prop::collection::vec(duty(), 0..4)
}

proptest! {
	#[test]
	fn rewards_add_up_to_no_more_than_the_emission(
		emission: Balance,
		validators in prop::collection::vec((any::<u64>(), duties()), 0..40),
		strangers: u64,
	) {
		let total = validators.iter().map(|(power, _)| u128::from(*power)).sum::<u128>();
		let total = total + u128::from(strangers);
		let mut left = emission;
		for (power, duties) in validators {
			let reward = reward(emission, power, total, &duties);
			left = left.checked_sub(reward).expect("there is enough");
		}
	}

	#[test]
	fn more_done_is_never_worth_less(
		emission: Balance, power: u64, others: u64, mut duties in duties(), index: prop::sample::Index,
	) {
		prop_assume!(!duties.is_empty());
		let total = u128::from(power) + u128::from(others);
		let before = reward(emission, power, total, &duties);
		let index = index.index(duties.len());
		duties[index].done += 1;
		prop_assert!(reward(emission, power, total, &duties) >= before);
		// And one duty more is never worth more, unless it is the first of all.
		duties[index].done -= 1;
		if duties.iter().any(|duty| duty.due > 0) {
			duties[index].due += 1;
			prop_assert!(reward(emission, power, total, &duties) <= before);
		}
	}

	/// Among several accounts that do as much of their duties, the same power earns no more; and it never
	/// earns more than one that does everything, however the duties fall.
	#[test]
	fn splitting_earns_no_more(
		emission: Balance,
		parts in prop::collection::vec((0..u64::MAX / 8, duties()), 1..8),
		others: u64,
		kinds in duties(),
	) {
		let power = parts.iter().map(|(power, _)| power).sum::<u64>();
		let total = u128::from(power) + u128::from(others);
		let alike = parts.iter().map(|(power, _)| reward(emission, *power, total, &kinds));
		prop_assert!(alike.sum::<Balance>() <= reward(emission, power, total, &kinds));
		let anyhow = parts.iter().map(|(power, duties)| reward(emission, *power, total, duties));
		let everything = [DutyCount { done: 1, due: 1 }];
		prop_assert!(anyhow.sum::<Balance>() <= reward(emission, power, total, &everything));
	}

	#[test]
	fn sums_and_halvings_of_any_schedule_fit(first: u64, halving in 1..50u32, era in 0..2_000u32) {
		let schedule = Schedule { first: first.into(), halving };
		let sum: Balance = (0..era).map(|era| schedule.emission(era)).sum();
		prop_assert_eq!(schedule.before(era), sum);
		prop_assert!(sum <= schedule.cap());
		let next = schedule.next_halving(era).unwrap();
		prop_assert!(era < next && next - era <= halving);
		prop_assert_eq!(schedule.emission(next), schedule.emission(era) / 2);
		prop_assert_eq!(schedule.emission(next - 1), schedule.emission(era));
	}
}
