// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Reputation: decay that does not depend on how often one looks.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use codec::{Decode, Encode, MaxEncodedLen};
use ergon_economics::{
	constants::{BLOCKS_PER_DAY, MAX_IDLE, REPUTATION_HALF_LIFE as HALF_LIFE},
	reputation::decay,
	Outcome, Reputation,
};
use proptest::prelude::*;

const ONE: u64 = 1 << 32;

fn after(outcomes: &[(u32, Outcome)]) -> Reputation {
	outcomes.iter().fold(Reputation::default(), |mut reputation, (now, outcome)| {
		reputation.note(*outcome, *now, HALF_LIFE);
		reputation
	})
}

#[test]
fn days_of_three_second_blocks() {
	assert_eq!(HALF_LIFE, 864_000);
	assert_eq!(MAX_IDLE, 7 * 28_800);
}

#[test]
fn newcomer_scores_the_middle() {
	let newcomer = Reputation::default();
	assert_eq!(newcomer.score(1_000_000, HALF_LIFE), 500);
	assert_eq!(newcomer.clean_audits(1_000_000, HALF_LIFE), 0);
}

#[test]
fn clean_audits_raise_the_score_and_a_fault_ends_the_streak() {
	let mut reputation = after(&[(5, Outcome::Clean); 8]);
	assert_eq!(reputation.score(5, HALF_LIFE), 900);
	assert_eq!(reputation.clean_audits(5, HALF_LIFE), 8);
	reputation.note(Outcome::Faulty, 5, HALF_LIFE);
	assert_eq!(reputation.score(5, HALF_LIFE), 818);
	assert_eq!(reputation.clean_audits(5, HALF_LIFE), 0);
	reputation.note(Outcome::Clean, 5, HALF_LIFE);
	assert_eq!(reputation.clean_audits(5, HALF_LIFE), 1);
}

#[test]
fn restart_ends_the_streak_and_keeps_the_score() {
	let mut reputation = after(&[(5, Outcome::Clean); 8]);
	reputation.restart();
	assert_eq!(reputation.clean_audits(5, HALF_LIFE), 0);
	assert_eq!(reputation.score(5, HALF_LIFE), 900);
	reputation.note(Outcome::Clean, 5, HALF_LIFE);
	assert_eq!(reputation.clean_audits(5, HALF_LIFE), 1);
	assert_eq!(reputation.score(5, HALF_LIFE), 909);
}

#[test]
fn a_month_halves_what_is_known() {
	let reputation = after(&[(0, Outcome::Clean); 40]);
	assert_eq!(reputation.clean_audits(HALF_LIFE, HALF_LIFE), 20);
	assert_eq!(reputation.clean_audits(2 * HALF_LIFE, HALF_LIFE), 10);
	assert_eq!(reputation.score(HALF_LIFE, HALF_LIFE), 21_000 / 22);
	assert_eq!(reputation.score(u32::MAX, HALF_LIFE), 500);
}

#[test]
fn an_earlier_block_changes_nothing() {
	let reputation = after(&[(1_000, Outcome::Clean)]);
	assert_eq!(reputation.at(10, HALF_LIFE), reputation);
}

#[test]
fn decay_follows_the_real_function() {
	let value = 1u64 << 60;
	for elapsed in (0..3 * HALF_LIFE).step_by(9_973) {
		let real = (value as f64) * (-f64::from(elapsed) / f64::from(HALF_LIFE)).exp2();
		let relative = (decay(value, elapsed, HALF_LIFE) as f64 - real).abs() / real;
		assert!(relative < 1e-9, "{elapsed}: {relative}");
	}
}

#[test]
fn looking_every_block_for_a_day_costs_nothing() {
	let once = decay(1_000 * ONE, BLOCKS_PER_DAY, HALF_LIFE);
	let often = (0..BLOCKS_PER_DAY).fold(1_000 * ONE, |value, _| decay(value, 1, HALF_LIFE));
	// A unit in the last place per block, out of 2³² per outcome, and the fraction's 32 bits.
	assert!(once.abs_diff(often) < 1 << 20, "{once} {often}");
}

#[test]
fn counts_saturate() {
	let reputation = after(&[(0, Outcome::Clean)]);
	let mut bytes = reputation.encode();
	bytes[..8].copy_from_slice(&u64::MAX.to_le_bytes());
	bytes[16..24].copy_from_slice(&u64::MAX.to_le_bytes());
	let mut full = Reputation::decode(&mut &bytes[..]).unwrap();
	full.note(Outcome::Clean, 0, HALF_LIFE);
	assert_eq!(full.clean_audits(0, HALF_LIFE), u32::MAX);
	assert_eq!(full.score(0, HALF_LIFE), 999);
}

#[test]
fn layout_is_frozen() {
	let reputation = after(&[(7, Outcome::Clean), (7, Outcome::Faulty), (7, Outcome::Clean)]);
	let golden = hex_literal::hex!(
		"0000000002000000" "0000000001000000" "0000000001000000" "07000000"
	);
	assert_eq!(reputation.encode(), golden);
	assert_eq!(Reputation::max_encoded_len(), 28);
}

proptest! {
	#[test]
	fn decay_halves_at_the_half_life(
		value: u64,
		half_life in 1..u32::MAX / 64,
		halvings in 0..70u32,
	) {
		let expected = value.checked_shr(halvings).unwrap_or(0);
		prop_assert_eq!(decay(value, half_life.saturating_mul(halvings), half_life), expected);
	}

	#[test]
	fn decay_never_grows(value: u64, elapsed: u32, half_life: u32, more in 0..10_000u32) {
		let now = decay(value, elapsed, half_life);
		prop_assert!(now <= value);
		prop_assert!(decay(value, elapsed.saturating_add(more), half_life) <= now);
	}

	#[test]
	fn decay_keeps_the_order(value: u64, less: u64, elapsed: u32) {
		let smaller = decay(value.saturating_sub(less), elapsed, HALF_LIFE);
		prop_assert!(smaller <= decay(value, elapsed, HALF_LIFE));
	}

	#[test]
	fn decay_in_two_steps_is_decay_in_one(
		value in 0..1u64 << 52,
		a in 0..HALF_LIFE * 4,
		b in 0..HALF_LIFE * 4,
	) {
		let steps = decay(decay(value, a, HALF_LIFE), b, HALF_LIFE);
		let once = decay(value, a + b, HALF_LIFE);
		// The fraction of a half-life has 32 bits, so one part in 2³¹, and the last place.
		prop_assert!(steps.abs_diff(once) <= (value >> 31) + 64);
	}

	#[test]
	fn score_is_in_thousandths(
		outcomes in prop::collection::vec((0..HALF_LIFE, any::<bool>()), 0..60),
	) {
		let outcomes: Vec<_> = outcomes
			.into_iter()
			.map(|(at, clean)| (at, if clean { Outcome::Clean } else { Outcome::Faulty }))
			.collect();
		let reputation = after(&outcomes);
		prop_assert!(reputation.score(HALF_LIFE, HALF_LIFE) <= 1_000);
		prop_assert!(reputation.clean_audits(HALF_LIFE, HALF_LIFE) as usize <= outcomes.len());
	}

	#[test]
	fn clean_raises_and_fault_lowers(outcomes in prop::collection::vec(any::<bool>(), 0..60)) {
		let before = after(&outcomes
			.iter()
			.map(|clean| (9, if *clean { Outcome::Clean } else { Outcome::Faulty }))
			.collect::<Vec<_>>());
		let [mut better, mut worse] = [before; 2];
		better.note(Outcome::Clean, 9, HALF_LIFE);
		worse.note(Outcome::Faulty, 9, HALF_LIFE);
		let score = |reputation: Reputation| reputation.score(9, HALF_LIFE);
		prop_assert!(score(better) >= score(before));
		prop_assert!(score(worse) <= score(before));
		prop_assert_eq!(worse.clean_audits(9, HALF_LIFE), 0);
	}
}
