// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who is drawn to audit: who proved something, not who has many accounts; and nobody has more power by them.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use ergon_economics::{
	constants::{AUDITOR_WEIGHT, AUTHORITY_WEIGHT, DETECTION, DETERRENCE, POWER_CAP},
	power::{authority_weights, cap, pick_weighted, with_audits, Power},
};
use proptest::prelude::*;
use sp_crypto_hashing::blake2_256;

/// Validators who have proved next to nothing, of a hundred.
const CROWD: usize = 75;

/// 25 validators who have proved something, and a crowd that has proved a hundredth of all.
fn crowd() -> Vec<u64> {
	let powers = [vec![2_970; 25], vec![10; CROWD]].concat();
	authority_weights(powers)
}

fn randomness(index: u32) -> [u8; 32] {
	blake2_256(&index.to_le_bytes())
}

#[test]
fn a_crowd_has_as_many_seats_as_it_weighs() {
	let weights = crowd();
	let of_crowd: u64 = weights[25..].iter().sum();
	assert!(of_crowd.abs_diff(AUTHORITY_WEIGHT / 100) <= 100, "{of_crowd} millionths");
	let (mut seats, mut all_of_three) = (0u32, 0u32);
	for index in 0..20_000 {
		let drawn = pick_weighted(&weights, 3, &randomness(index));
		let friends = drawn.iter().filter(|place| **place >= 25).count() as u32;
		seats += friends;
		all_of_three += u32::from(friends == 3);
	}
	// A little more than 1 % of 60,000, since the second and third draw leave out who was drawn before: each
	// of the 25 takes a twenty-fifth with it. The standard deviation is 25.
	assert!((520..=740).contains(&seats), "{seats} of 60,000");
	assert!(all_of_three <= 1);
	// Three items of a sprint are audited by one each. By heads, the crowd would find all of them right in
	// 42 % of all sprints.
	let share = of_crowd as f64 / AUTHORITY_WEIGHT as f64;
	assert!(share.powi(3) < 2e-6);
	assert!((CROWD as f64 / 100.0).powi(3) > 0.42);
}

#[test]
fn the_smallest_weight_is_drawn_where_nobody_else_is_left() {
	let weights = authority_weights(vec![1_000, 1_000, 1_000, 1_000, 0]);
	assert_eq!(weights[4], 1);
	let drawn = pick_weighted(&weights, 5, &randomness(1));
	assert_eq!(drawn.len(), 5);
	assert!(drawn.contains(&4));
	// All others are not eligible, or were drawn before.
	assert_eq!(pick_weighted(&weights[4..], 1, &randomness(2)), [0]);
}

#[test]
fn a_model_that_half_can_audit_is_within_what_deterrence_leaves_room_for() {
	let friends = 1.0 / 3.0;
	let detection = 1.0 - friends / (f64::from(AUDITOR_WEIGHT.deconstruct()) / 1e6);
	let assumed = f64::from(DETECTION.deconstruct()) / 1e9;
	assert!(detection * f64::from(DETERRENCE) >= assumed - 1e-6);
}

/// What operators are drawn for, where each candidate has three items in each of 24 sprints, each of which one
/// other audits; and each counts with the same work.
fn audited(powers: &[Power]) -> Vec<u128> {
	let weights = authority_weights(powers.to_vec());
	let mut audited = vec![0; powers.len()];
	let mut index = 0;
	for operator in 0..powers.len() {
		for _ in 0..3 * 24 {
			let mut eligible = weights.clone();
			eligible[operator] = 0;
			index += 1;
			for drawn in pick_weighted(&eligible, 1, &randomness(index)) {
				audited[drawn] += 1;
			}
		}
	}
	audited
}

/// Power of the first so many operators together, if all do all of their audits.
fn together(powers: &[Power], count: usize) -> u128 {
	let audits = audited(powers);
	let of = |(power, audited): (&Power, &u128)| u128::from(with_audits(*power, *audited, 0, 2));
	powers.iter().zip(&audits).take(count).map(of).sum()
}

#[test]
fn an_operator_gains_nothing_by_splitting() {
	let others = vec![1_000; 40];
	let whole = together(&[vec![10_000], others.clone()].concat(), 1);
	assert_eq!(whole, 11_000, "all of its audits are worth a tenth");
	for parts in [2u64, 5, 10, 50] {
		let split = vec![10_000 / parts; parts as usize];
		let count = split.len();
		assert!(together(&[split, others.clone()].concat(), count) <= whole, "{parts} parts");
	}
	// Nor does it by one that holds nearly all of it and many that hold nothing to speak of.
	let split = [vec![9_901], vec![1; 99]].concat();
	assert!(together(&[split, others].concat(), 100) <= whole);
}

#[test]
fn parts_are_drawn_as_often_as_the_whole() {
	let others = vec![1_000; 40];
	let share = |count: usize, powers: Vec<Power>| {
		let audits = audited(&powers);
		let sum: u128 = audits.iter().sum();
		audits[..count].iter().sum::<u128>() as f64 / sum as f64
	};
	// A fifth of the power, but not its own items; parts audit each other's.
	let whole = share(1, [vec![10_000], others.clone()].concat());
	assert!((0.17..0.22).contains(&whole), "{whole}");
	for parts in [2u64, 5, 10] {
		let split = [vec![10_000 / parts; parts as usize], others.clone()].concat();
		let share = share(parts as usize, split);
		assert!((0.17..0.22).contains(&share), "{share} in {parts} parts");
	}
}

proptest! {
	/// An operator whom the cap does not cut weighs no more in parts, but for the rounding of each.
	#[test]
	fn parts_weigh_what_the_whole_weighs(
		powers in prop::collection::vec(1..1_000_000u64, 4..20),
		parts in prop::collection::vec(1..1_000_000u64, 1..20),
	) {
		let whole: u64 = parts.iter().sum();
		let with = |own: &[u64]| [own, &powers[..]].concat();
		let mut capped = with(&[whole]);
		cap(&mut capped, POWER_CAP);
		if capped[0] < whole {
			return Ok(());
		}
		let before = authority_weights(with(&[whole]))[0];
		let after: u64 = authority_weights(with(&parts))[..parts.len()].iter().sum();
		prop_assert!(after <= before + 2 * parts.len() as u64);
	}

	/// Whoever does the same share of its audits in each of its accounts has no more power than in one.
	#[test]
	fn the_same_conduct_in_parts_gives_no_more(
		parts in prop::collection::vec(0..1_000_000u64, 1..8),
		done in 0..10u128,
		missed in 0..10u128,
		factor in 0..4u32,
	) {
		let power = |part: u64| {
			let work = u128::from(part);
			u128::from(with_audits(part, work * done, work * missed, factor))
		};
		let split: u128 = parts.iter().copied().map(power).sum();
		prop_assert!(split <= power(parts.iter().sum()));
	}

	/// However often each of them is drawn: the whole has as much as soon as it is drawn once.
	#[test]
	fn luck_in_parts_gives_no_more(
		parts in prop::collection::vec((0..1_000_000u64, any::<u64>()), 1..8),
		drawn in 1..=u128::MAX,
	) {
		let split: u128 = parts
			.iter()
			.map(|(part, audited)| u128::from(with_audits(*part, (*audited).into(), 0, 2)))
			.sum();
		let whole: u64 = parts.iter().map(|(part, _)| part).sum();
		prop_assert!(split <= u128::from(with_audits(whole, drawn, 0, 2)));
	}
}
