// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Power: audits, the cap, the fade, the draw, the concentration.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use ergon_core::WORK_UNIT;
use ergon_economics::{
	constants::{AUTHORITY_WEIGHT, POWER_CAP},
	power::{
		authority_weights, bond_for, bound_by_bond, cap, churn_limit, concentration, genesis_power,
		pick_weighted, random_below, weights, with_audits, Concentration, Power,
	},
};
use proptest::prelude::*;

fn capped(powers: &[Power]) -> Vec<Power> {
	let mut powers = powers.to_vec();
	cap(&mut powers, POWER_CAP);
	powers
}

fn sum(powers: &[Power]) -> u128 {
	powers.iter().copied().map(u128::from).sum()
}

#[test]
fn cap_follows_worked_examples() {
	// Nobody above 30 %: nothing to do.
	assert_eq!(capped(&[30, 30, 20, 20]), [30, 30, 20, 20]);
	// One giant: c = 3 × 70 / 7 = 30 of 100.
	assert_eq!(capped(&[1_000, 20, 20, 30]), [30, 20, 20, 30]);
	// Two giants: c = 3 × 40 / 4 = 30 of 100.
	assert_eq!(capped(&[500, 20, 700, 20]), [30, 20, 30, 20]);
	// Three giants: c = 3 × 10 of 100.
	assert_eq!(capped(&[500, 400, 10, 700]), [30, 30, 10, 30]);
	// Rounded down: c = 3 × 71 / 7 = 30.
	assert_eq!(capped(&[1_000, 21, 20, 30]), [30, 21, 20, 30]);
	// What is cut is nobody's: three that are strong and one that is not come to 10 of 301.
	assert_eq!(capped(&[100, 100, 100, 1]), [3, 3, 3, 1]);
}

#[test]
fn small_sets_become_equal() {
	assert_eq!(capped(&[]), [0u64; 0]);
	assert_eq!(capped(&[7]), [7]);
	assert_eq!(capped(&[7, 5]), [5, 5]);
	assert_eq!(capped(&[7, 5, 9]), [5, 5, 5]);
	// Operators without power are not operators.
	assert_eq!(capped(&[0, 7, 0, 5, 0]), [0, 5, 0, 5, 0]);
	assert_eq!(capped(&[0, 0]), [0, 0]);
}

#[test]
fn extreme_powers_do_not_overflow() {
	assert_eq!(capped(&[u64::MAX; 1_000]), [u64::MAX; 1_000]);
	assert_eq!(capped(&[u64::MAX, u64::MAX, u64::MAX, 1]), [3, 3, 3, 1]);
}

#[test]
fn bond_bounds_power() {
	assert_eq!(bound_by_bond(10 * WORK_UNIT, 30, 10), 3 * WORK_UNIT);
	assert_eq!(bound_by_bond(2 * WORK_UNIT, 30, 10), 2 * WORK_UNIT);
	assert_eq!(bound_by_bond(10 * WORK_UNIT, 5, 10), WORK_UNIT / 2);
	assert_eq!(bound_by_bond(u64::MAX, u128::MAX, 1), u64::MAX);
	assert_eq!(bound_by_bond(7, 0, 0), 7);

	// The other way round, rounded up.
	assert_eq!(bond_for(3 * WORK_UNIT, 10), 30);
	assert_eq!(bond_for(3 * WORK_UNIT + 1, 10), 31);
	assert_eq!([bond_for(0, 10), bond_for(7, 0)], [0, 0]);
	assert_eq!(bond_for(u64::MAX, u128::MAX), u128::MAX);
}

#[test]
fn genesis_power_fades_in_ten_eras() {
	let fading: Vec<_> = (0..12).map(|era| genesis_power(1_005, era, 10)).collect();
	assert_eq!(fading, [1_005, 904, 804, 703, 603, 502, 402, 301, 201, 100, 0, 0]);
	assert_eq!(genesis_power(u64::MAX, 0, 10), u64::MAX);
	assert_eq!(genesis_power(7, 0, 0), 0);
}

#[test]
fn churn_is_below_a_third_but_not_nothing() {
	for set in 4..1_000 {
		assert!(churn_limit(set) * 3 < set);
		assert!((churn_limit(set) + 1) * 3 >= set);
	}
	assert_eq!([0, 1, 2, 3].map(churn_limit), [1; 4]);
}

#[test]
fn pick_draws_in_proportion() {
	let weights = [0, 100, 300, 600];
	let mut first = [0u32; 4];
	for i in 0..10_000u32 {
		let randomness = sp_crypto_hashing::blake2_256(&i.to_le_bytes());
		first[pick_weighted(&weights, 1, &randomness)[0]] += 1;
	}
	assert_eq!(first[0], 0);
	for (drawn, expected) in first.into_iter().zip([0, 1_000, 3_000, 6_000]) {
		assert!(drawn.abs_diff(expected) < 200, "{first:?}");
	}
}

#[test]
fn pick_without_weight_draws_nobody() {
	assert!(pick_weighted(&[], 3, &[7; 32]).is_empty());
	assert!(pick_weighted(&[0, 0], 3, &[7; 32]).is_empty());
	assert_eq!(random_below(&[7; 32], 0, 0), 0);
}

#[test]
fn draw_is_frozen() {
	// Computed by another implementation (Python, hashlib.blake2b).
	assert_eq!(pick_weighted(&[5, 1, 9, 3, 7], 5, &[42; 32]), [4, 1, 0, 2, 3]);
}

#[test]
fn weights_follow_worked_examples() {
	assert_eq!(weights(&[30, 30, 20, 20], 104), [31, 31, 21, 21]);
	// 97 to divide: 32.33 each, and the first one gets the last unit.
	assert_eq!(weights(&[5, 5, 5], 100), [34, 33, 33]);
	// 16 to divide, 3.2, 4.8, 8: the largest remainder first.
	assert_eq!(weights(&[2, 3, 5], 19), [4, 6, 9]);
	// Without power one has a unit, and where nobody has power all have the same.
	assert_eq!(weights(&[0, 7, 0], 100), [1, 98, 1]);
	assert_eq!(weights(&[0, 0, 0, 0], 100), [25; 4]);
	assert_eq!(weights(&[], 100), [0u64; 0]);
	assert_eq!(weights(&[7, 5], 1), [1, 1]);
	assert_eq!(weights(&[u64::MAX; 2], u64::MAX), [1 << 63, (1 << 63) - 1]);
}

#[test]
fn audits_follow_worked_examples() {
	assert_eq!(with_audits(100, 0, 0, 2), 100);
	// A tenth for all that was due, however much that was.
	assert_eq!(with_audits(100, 1, 0, 2), 110);
	assert_eq!(with_audits(100, 1_000, 0, 2), 110);
	// Three quarters of a tenth are 7.5, and the miss costs two.
	assert_eq!(with_audits(100, 3, 1, 2), 105);
	assert_eq!(with_audits(100, 0, 5, 2), 90);
	assert_eq!(with_audits(100, 25, 51, 2), 1);
	assert_eq!(with_audits(100, 25, 52, 2), 0);
	assert_eq!(with_audits(0, 25, 0, 2), 0);
	// A tenth of nine is nothing.
	assert_eq!(with_audits(9, 1, 0, 2), 9);
}

#[test]
fn extreme_audits_do_not_overflow() {
	assert_eq!(with_audits(u64::MAX, u128::MAX, 0, u32::MAX), u64::MAX);
	assert_eq!(with_audits(u64::MAX, u128::MAX, u64::MAX.into(), 1), u64::MAX / 10);
	assert_eq!(with_audits(u64::MAX, u128::MAX, u128::MAX, u32::MAX), 0);
	assert_eq!(with_audits(7, 0, u128::MAX, 0), 7);
}

/// What sprints prove, or audits do: often nothing, often little.
fn work() -> impl Strategy<Value = u64> {
	prop_oneof![Just(0), 1..100u64, any::<u64>(), Just(u64::MAX)]
}

/// Work of audits.
fn audits() -> impl Strategy<Value = u128> {
	prop_oneof![0..100u128, 0..=u128::from(u64::MAX), any::<u128>()]
}

#[test]
fn concentration_follows_worked_examples() {
	let of = |powers: &[Power]| {
		let Concentration { total, largest, nakamoto } = concentration(powers);
		(total, largest, nakamoto)
	};
	// 30 of 100 are no third, 60 are.
	assert_eq!(of(&[20, 30, 20, 30]), (100, 300, 2));
	// Exactly a third is not more than a third.
	assert_eq!(of(&[1, 1, 1]), (3, 334, 2));
	assert_eq!(of(&[3, 2, 2, 2]), (9, 334, 2));
	assert_eq!(of(&[3, 2, 2, 1]), (8, 375, 1));
	// Of a hundred equals 34.
	assert_eq!(of(&[7; 100]), (700, 10, 34));
	// 990.1 thousandths.
	assert_eq!(of(&[0, 100, 1, 0]), (101, 991, 1));
	assert_eq!(of(&[7]), (7, 1_000, 1));
	assert_eq!(of(&[]), (0, 0, 0));
	assert_eq!(of(&[0, 0]), (0, 0, 0));
	assert_eq!(of(&[u64::MAX; 1_000]), (u128::from(u64::MAX) * 1_000, 1, 334));
}

/// Whether some `size` of these hold more than a third of `total`, tried one after the other.
fn can_stop(powers: &[Power], size: u32, total: u128) -> bool {
	(0..1u32 << powers.len()).filter(|set| set.count_ones() == size).any(|set| {
		let members = powers.iter().enumerate().filter(|(index, _)| set & (1 << index) != 0);
		members.map(|(_, power)| u128::from(*power)).sum::<u128>() * 3 > total
	})
}

proptest! {
	/// Nobody finds fewer who can stop it, and the number that is said can.
	#[test]
	fn coefficient_is_the_least_number(
		powers in prop::collection::vec(prop_oneof![Just(0), 0..10u64, any::<u64>()], 1..10),
	) {
		let Concentration { total, nakamoto, .. } = concentration(&powers);
		prop_assert_eq!(total, sum(&powers));
		if total == 0 {
			prop_assert_eq!(nakamoto, 0);
			return Ok(());
		}
		prop_assert!(can_stop(&powers, nakamoto, total));
		prop_assert!(!can_stop(&powers, nakamoto - 1, total));
	}

	#[test]
	fn largest_share_is_above_the_cap_only_if_it_is_passed(
		powers in prop::collection::vec(0..1_000u64, 1..20),
		share in 0..=1_000u32,
	) {
		let Concentration { total, largest, .. } = concentration(&powers);
		let passed = powers.iter().any(|power| u128::from(*power) * 1_000 > total * u128::from(share));
		prop_assert_eq!(largest > share, passed);
		prop_assert!(largest <= 1_000);
	}

	/// What the cap is for: no one of four or more can stop finality.
	#[test]
	fn cap_and_weights_need_two_at_least(powers in prop::collection::vec(1..u64::MAX, 4..100)) {
		let after = concentration(&capped(&powers));
		prop_assert!(after.largest <= POWER_CAP);
		prop_assert!(after.nakamoto >= 2);
		let weights = concentration(&authority_weights(powers));
		prop_assert_eq!(weights.total, u128::from(AUTHORITY_WEIGHT));
		prop_assert!(weights.nakamoto >= 2);
	}

	#[test]
	fn order_says_nothing_and_division_never_concentrates(
		powers in prop::collection::vec(0..1_000_000u64, 1..40),
		index: prop::sample::Index,
		part in 0..=1_000_000u64,
	) {
		let whole = concentration(&powers);
		let mut divided = powers.clone();
		divided.reverse();
		prop_assert_eq!(concentration(&divided), whole);
		let one = index.index(divided.len());
		let part = part.min(divided[one]);
		divided[one] -= part;
		divided.push(part);
		let divided = concentration(&divided);
		prop_assert_eq!(divided.total, whole.total);
		prop_assert!(divided.largest <= whole.largest);
		prop_assert!(divided.nakamoto >= whole.nakamoto);
	}

	#[test]
	fn audits_add_a_tenth_at_most(
		proved in work(), audited in audits(), missed in audits(), factor: u32,
	) {
		let power = u128::from(with_audits(proved, audited, missed, factor));
		prop_assert!(power * 10 <= u128::from(proved) * 11);
		prop_assert_eq!(with_audits(0, audited, missed, factor), 0);
	}

	#[test]
	fn audits_count_to_the_unit(
		proved in 0..1_000i64, audited in 0..2_000i64, missed in 0..1_000i64, factor in 0..4i64,
	) {
		let added = (proved / 10 * audited).checked_div(audited + missed).unwrap_or(0);
		let exact = (proved + added - missed * factor).max(0);
		let power = with_audits(proved as u64, audited as u128, missed as u128, factor as u32);
		prop_assert_eq!(power, exact as u64);
	}

	#[test]
	fn more_done_never_gives_less_power_and_more_missed_never_more(
		proved in work(), audited in audits(), missed in audits(), factor in 0..4u32,
		more in work(),
	) {
		let power = with_audits(proved, audited, missed, factor);
		let wide = u128::from(more);
		prop_assert!(with_audits(proved.saturating_add(more), audited, missed, factor) >= power);
		prop_assert!(with_audits(proved, audited.saturating_add(wide), missed, factor) >= power);
		prop_assert!(with_audits(proved, audited, missed.saturating_add(wide), factor) <= power);
		prop_assert!(with_audits(proved, audited, missed, factor + 1) <= power);
	}

	#[test]
	fn weights_are_proportional(
		powers in prop::collection::vec(prop_oneof![Just(0), 0..1_000u64, any::<u64>()], 1..100),
		total in 100..u64::MAX / 100,
	) {
		let weights = weights(&powers, total);
		prop_assert_eq!(sum(&weights), u128::from(total));
		prop_assert!(weights.iter().all(|weight| *weight > 0));
		let (all, count) = (sum(&powers), powers.len() as u64);
		for (power, weight) in powers.iter().zip(&weights) {
			for (other, lighter) in powers.iter().zip(&weights) {
				prop_assert!(power < other || weight + 1 >= *lighter);
				prop_assert!(power <= other || weight >= lighter);
			}
			// Off by the unit that everybody has and that all pay for, and by less than one.
			if let Some(exact) = (u128::from(*power) * u128::from(total)).checked_div(all) {
				prop_assert!(weight.abs_diff(exact as u64) <= count.max(2));
			}
		}
	}

	#[test]
	fn no_authority_of_four_weighs_a_third(powers in prop::collection::vec(1..u64::MAX, 4..100)) {
		let weights = authority_weights(powers);
		prop_assert_eq!(sum(&weights), u128::from(AUTHORITY_WEIGHT));
		for weight in weights {
			prop_assert!(weight <= AUTHORITY_WEIGHT * u64::from(POWER_CAP) / 1_000 + 2);
			prop_assert!(weight < AUTHORITY_WEIGHT / 3);
		}
	}

	#[test]
	fn cap_holds_exactly(
		powers in prop::collection::vec(0..u64::MAX, 0..40),
		share in 1..1_000u32,
	) {
		let mut after = powers.clone();
		cap(&mut after, share);
		let total = sum(&after);
		let operators = powers.iter().filter(|power| **power > 0).count() as u128;
		for (before, after) in powers.iter().zip(&after) {
			prop_assert!(after <= before);
			let after = u128::from(*after);
			let by_share = after * 1_000 <= total * u128::from(share);
			let by_size = after * operators <= total;
			prop_assert!(by_share || by_size, "{} of {}", after, total);
			// Nobody who proved something is left with nothing.
			prop_assert!(*before == 0 || after > 0);
		}
	}

	/// The cap is the largest: one unit more for those that were cut would pass the share, or the
	/// rounding of c hides less than one unit.
	#[test]
	fn cap_takes_no_more_than_it_must(powers in prop::collection::vec(1..1_000_000u64, 4..40)) {
		let after = capped(&powers);
		let Some(cut) = powers.iter().zip(&after).find(|(before, after)| after < before) else {
			return Ok(());
		};
		let raised: Vec<_> = powers.iter().map(|power| (*power).min(cut.1 + 1)).collect();
		let top = u128::from(*raised.iter().max().unwrap());
		prop_assert!(top * 1_000 > sum(&raised) * u128::from(POWER_CAP));
	}

	#[test]
	fn cap_keeps_the_order_and_is_stable(powers in prop::collection::vec(0..1_000_000u64, 0..40)) {
		let after = capped(&powers);
		for i in 0..powers.len() {
			for j in 0..powers.len() {
				prop_assert!(powers[i] > powers[j] || after[i] <= after[j]);
			}
		}
		prop_assert_eq!(capped(&after), after.clone());
		let mut reversed = powers.clone();
		reversed.reverse();
		let mut expected = after;
		expected.reverse();
		prop_assert_eq!(capped(&reversed), expected);
	}

	#[test]
	fn more_power_never_gives_less(
		powers in prop::collection::vec(0..1_000_000u64, 4..20),
		index: prop::sample::Index,
		more in 0..1_000_000u64,
	) {
		prop_assume!(powers.iter().filter(|power| **power > 0).count() >= 4);
		let mut grown = powers.clone();
		let index = index.index(powers.len());
		grown[index] += more;
		prop_assert!(capped(&grown)[index] >= capped(&powers)[index]);
	}

	/// The cap binds accounts: what it cuts, an operator has back by splitting, so at most the cut, to the unit. One
	/// that was not cut has to the unit the same, whole or in parts, and so does everybody else.
	#[test]
	fn splitting_gains_the_cut_at_most_and_nothing_without_one(
		powers in prop::collection::vec(1..1_000_000u64, 4..20),
		parts in prop::collection::vec(1..100u64, 1..6),
	) {
		let before = capped(&powers);
		let (whole, cut) = (before[0], powers[0] - before[0]);
		let shares: u64 = parts.iter().sum();
		let mut split: Vec<u64> = parts.iter().map(|part| powers[0] / shares * part).collect();
		split[0] += powers[0] - split.iter().sum::<u64>();
		let count = split.len();
		let divided = [split, powers[1..].to_vec()].concat();
		let after = capped(&divided);
		let together = sum(&after[..count]);
		prop_assert!(together >= u128::from(whole));
		prop_assert!(together - u128::from(whole) <= u128::from(cut));
		if cut == 0 {
			prop_assert_eq!(together, u128::from(whole));
			prop_assert_eq!(&after[count..], &before[1..]);
			// Each account weighs a unit for nothing, and another one by rounding.
			let weight = authority_weights(powers)[0];
			let together = sum(&authority_weights(divided)[..count]);
			prop_assert!(together < u128::from(weight) + 2 * count as u128);
		}
	}

	/// Nothing in the algorithm prevents it: accounts of which none is above the cap have all that was proved.
	#[test]
	fn splitting_small_enough_gains_the_whole_cut(
		powers in prop::collection::vec(1..1_000_000u64, 4..20),
	) {
		let whole = capped(&powers)[0];
		// Nobody with power is left without.
		let (count, rest) = (powers[0] / whole, powers[0] % whole);
		prop_assume!(count < 1_000);
		let mut divided = vec![whole; count as usize];
		divided.push(rest);
		divided.extend(&powers[1..]);
		let after = capped(&divided);
		prop_assert_eq!(sum(&after[..=count as usize]), u128::from(powers[0]));
	}

	#[test]
	fn bond_for_power_is_the_least_that_backs_it(power in 1..u64::MAX, per_unit in 1..u64::MAX) {
		let bond = bond_for(power, per_unit.into());
		prop_assert_eq!(bound_by_bond(power, bond, per_unit.into()), power);
		prop_assert!(bound_by_bond(power, bond - 1, per_unit.into()) < power);
	}

	#[test]
	fn bond_bound_is_monotone(work: u64, bond: u64, per_unit in 1..u64::MAX, more: u64) {
		let [bond, per_unit, more] = [bond, per_unit, more].map(u128::from);
		let power = bound_by_bond(work, bond, per_unit);
		prop_assert!(power <= work);
		prop_assert!(bound_by_bond(work, bond + more, per_unit) >= power);
		// Never more than the bond pays for.
		prop_assert!(u128::from(power) * per_unit <= bond * u128::from(WORK_UNIT));
	}

	#[test]
	fn pick_gives_different_members_with_weight(
		weights in prop::collection::vec(0..10u64, 0..30), count in 0..40u32, randomness: [u8; 32],
	) {
		let picked = pick_weighted(&weights, count, &randomness);
		let with_weight = weights.iter().filter(|weight| **weight > 0).count();
		prop_assert_eq!(picked.len(), with_weight.min(count as usize));
		prop_assert!(picked.iter().all(|index| weights[*index] > 0));
		let distinct: std::collections::BTreeSet<_> = picked.iter().collect();
		prop_assert_eq!(distinct.len(), picked.len());
		// Asking for more does not change who was drawn first.
		let more = pick_weighted(&weights, count + 3, &randomness);
		prop_assert_eq!(&more[..picked.len()], &picked[..]);
	}

	#[test]
	fn random_below_is_below(randomness: [u8; 32], index: u32, bound in 1..u128::MAX) {
		prop_assert!(random_below(&randomness, index, bound) < bound);
	}
}
