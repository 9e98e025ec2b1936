// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The audit rate: worked examples, and what protocol.md promises of it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use ergon_economics::{
	constants::{
		ERG, MAX_AUDIT_RATE, MIN_AUDIT_RATE, NEWCOMER_AUDITS, SECOND_LOOK_RATE,
		VALUE_AT_RISK_DIVISOR,
	},
	sampling::{
		affordable_rate, draw, expected_auditors, expected_audits, may_risk, second_look_rate,
		Parameters,
	},
	settlement, AuditRate, Balance, Exposure,
};
use proptest::prelude::*;
use sp_arithmetic::{
	helpers_128bit::multiply_by_rational_with_rounding, FixedPointNumber, Rounding,
};

fn rate(exposure: &Exposure) -> AuditRate {
	expected_auditors(exposure, &Parameters::default())
}

/// A provider with a large bond and a long record, one cheap job, nothing else at risk.
fn established() -> Exposure {
	Exposure {
		price: ERG,
		bond: 10_000 * ERG,
		escrow: ERG,
		clean_audits: 1_000_000,
		value_at_risk: 0,
	}
}

#[test]
fn a_price_pays_for_as_many_auditors_as_it_covers() {
	let three = AuditRate::from_u32(3);
	let affordable = |most| affordable_rate(three, SECOND_LOOK_RATE, 1_000 * ERG, most);
	// Three audits, and two more behind one in fifty results.
	assert_eq!(affordable(3_040 * ERG), three);
	// One audit and the same second looks, but for what is rounded.
	assert!(affordable(1_040 * ERG) >= AuditRate::from_inner(999_999_990));
	assert!(affordable(1_040 * ERG) <= AuditRate::from_u32(1));
	// Once in a hundred results.
	assert!(affordable(104 * ERG / 10) >= AuditRate::from_inner(9_999_990));
	assert_eq!(affordable(0), AuditRate::from_u32(0));
}

#[test]
fn newcomers_get_three_auditors() {
	for clean_audits in 0..NEWCOMER_AUDITS {
		assert_eq!(rate(&Exposure { clean_audits, ..established() }), MAX_AUDIT_RATE);
	}
	assert!(rate(&Exposure { clean_audits: NEWCOMER_AUDITS, ..established() }) < MAX_AUDIT_RATE);
}

#[test]
fn ignorance_falls_with_the_root_of_clean_audits() {
	// 1 / √(1 + 399) = 5 %, more than deterrence asks for here.
	assert_eq!(
		rate(&Exposure { clean_audits: 399, ..established() }),
		AuditRate::from_rational(5, 100)
	);
	// 1 / √(1 + 24) = 20 %.
	assert_eq!(
		rate(&Exposure { clean_audits: 24, ..established() }),
		AuditRate::from_rational(20, 100)
	);
}

#[test]
fn deterrence_counts_the_slash_and_not_the_bond() {
	// The slash is max(100, 1,000) ERG: 2 × 1 / (2/3 × (1 + 1,000 + 1)) = 0.2994 %, below the
	// floor.
	assert_eq!(rate(&established()), MIN_AUDIT_RATE);
	// Of a bond of 1,000 ERG the slash takes 100: 2 / (2/3 × 102) = 2.9412 %.
	let exposed = rate(&Exposure { bond: 1_000 * ERG, ..established() });
	assert_eq!(exposed.into_inner(), 29_411_767);
	// The expected loss, detection counted, is twice what there is to gain.
	let loss = 102.0 * 0.029_411_767 * 2.0 / 3.0;
	assert!((loss - 2.0f64).abs() < 1e-6);
}

#[test]
fn value_at_risk_raises_the_rate() {
	// 5 % × 5,000 / 10,001, above the floor.
	let exposure = Exposure { value_at_risk: 5_000 * ERG, ..established() };
	assert_eq!(rate(&exposure).into_inner(), 24_997_501);
}

#[test]
fn extremes_stay_within_the_bounds() {
	let nothing = Exposure { clean_audits: u32::MAX, ..Default::default() };
	assert_eq!(rate(&nothing), MIN_AUDIT_RATE);
	let everything = Exposure {
		price: Balance::MAX,
		bond: Balance::MAX,
		escrow: Balance::MAX,
		clean_audits: u32::MAX,
		value_at_risk: Balance::MAX,
	};
	assert!(rate(&everything) <= MAX_AUDIT_RATE);
	let nothing_to_lose = Exposure { price: 1, value_at_risk: 1, ..nothing };
	// At most two auditors for a gain without a risk: κ / d = 3, cut to the highest rate.
	assert_eq!(rate(&nothing_to_lose), MAX_AUDIT_RATE);
}

#[test]
fn one_and_four_tenths_is_one_or_two_auditors() {
	let rate = AuditRate::from_rational(14, 10);
	let ticket = |high: u64| {
		let mut randomness = [0xaau8; 32];
		randomness[..8].copy_from_slice(&high.to_le_bytes());
		randomness
	};
	let boundary = (u64::MAX / 10) * 4;
	assert_eq!(draw(rate, &ticket(0)), 2);
	assert_eq!(draw(rate, &ticket(boundary - (1 << 40))), 2);
	assert_eq!(draw(rate, &ticket(boundary + (1 << 40))), 1);
	assert_eq!(draw(rate, &ticket(u64::MAX)), 1);
	assert_eq!(draw(AuditRate::from_u32(3), &ticket(0)), 3);
	assert_eq!(draw(AuditRate::from_u32(0), &ticket(0)), 0);
}

#[test]
fn the_mean_of_the_draw_is_the_rate() {
	let rate = AuditRate::from_rational(137, 100);
	let draws = 20_000u32;
	let total: u32 =
		(0..draws).map(|i| draw(rate, &sp_crypto_hashing::blake2_256(&i.to_le_bytes()))).sum();
	let mean = f64::from(total) / f64::from(draws);
	assert!((mean - 1.37).abs() < 0.015, "{mean}");
}

#[test]
fn second_looks_are_as_much_more_frequent_as_the_bond_is_too_small() {
	let rate = |pay, bond| second_look_rate(SECOND_LOOK_RATE, pay, bond);
	let percent = |share| AuditRate::from_rational(share, 100);
	assert_eq!(rate(10 * ERG, 100_000 * ERG), percent(2));
	assert_eq!(rate(10 * ERG, 1_000 * ERG), percent(2), "a hundred times the pay is enough");
	assert_eq!(rate(10 * ERG, 500 * ERG), percent(4));
	assert_eq!(rate(250 * ERG, 1_000 * ERG), percent(50));
	assert_eq!(rate(500 * ERG, 1_000 * ERG), percent(100));
	assert_eq!(rate(501 * ERG, 1_000 * ERG), percent(100));
	assert_eq!(rate(1, 0), percent(100));
	assert_eq!(rate(0, 0), percent(2), "nothing can be gained");
	assert_eq!(second_look_rate(AuditRate::from_u32(0), ERG, 0), AuditRate::from_u32(0));
}

#[test]
fn a_result_is_re_executed_by_its_auditors_and_by_those_who_look_again() {
	let expected = |rate: u64, second_look| {
		let expected = expected_audits(AuditRate::from_inner(rate), second_look);
		expected.into_inner()
	};
	assert_eq!(expected(3_000_000_000, SECOND_LOOK_RATE), 3_040_000_000);
	assert_eq!(expected(1_400_000_000, SECOND_LOOK_RATE), 1_440_000_000);
	assert_eq!(expected(10_000_000, SECOND_LOOK_RATE), 10_400_000, "only where there was an audit");
	assert_eq!(expected(1, SECOND_LOOK_RATE), 2, "rounded up");
	assert_eq!(expected(3_000_000_000, AuditRate::from_u32(1)), 5_000_000_000);
	assert_eq!(expected(0, AuditRate::from_u32(1)), 0);
}

#[test]
fn risk_ends_at_a_third_of_what_can_be_taken() {
	let risks = |value, price| may_risk(value, price, 297, VALUE_AT_RISK_DIVISOR);
	// (97 + 3) × 3 = 297 + 3.
	assert!(risks(97, 3));
	assert!(!risks(98, 3));
	assert!(!may_risk(Balance::MAX, 1, Balance::MAX, VALUE_AT_RISK_DIVISOR));
	assert!(!may_risk(0, Balance::MAX, Balance::MAX, VALUE_AT_RISK_DIVISOR));
}

prop_compose! {
	fn exposures()(
		price in 0..1_000_000 * ERG,
		bond in 0..10_000_000 * ERG,
		escrow in 0..1_000_000 * ERG,
		clean_audits in prop_oneof![0..40u32, 0..100_000u32],
		value_at_risk in 0..10_000_000 * ERG,
	) -> Exposure {
		Exposure { price, bond, escrow, clean_audits, value_at_risk }
	}
}

proptest! {
	#[test]
	fn rate_is_within_bounds(exposure in exposures()) {
		let rate = rate(&exposure);
		prop_assert!((MIN_AUDIT_RATE..=MAX_AUDIT_RATE).contains(&rate));
	}

	#[test]
	fn rate_grows_with_price(exposure in exposures(), more in 0..1_000_000 * ERG) {
		let dearer = Exposure { price: exposure.price + more, ..exposure };
		prop_assert!(rate(&dearer) >= rate(&exposure));
	}

	#[test]
	fn rate_grows_with_value_at_risk(exposure in exposures(), more in 0..1_000_000 * ERG) {
		let riskier = Exposure { value_at_risk: exposure.value_at_risk + more, ..exposure };
		prop_assert!(rate(&riskier) >= rate(&exposure));
	}

	#[test]
	fn rate_falls_with_bond_and_escrow(exposure in exposures(), more in 0..1_000_000 * ERG) {
		let bonded = Exposure { bond: exposure.bond + more, ..exposure };
		prop_assert!(rate(&bonded) <= rate(&exposure));
		let escrowed = Exposure { escrow: exposure.escrow + more, ..exposure };
		prop_assert!(rate(&escrowed) <= rate(&exposure));
	}

	#[test]
	fn rate_falls_with_clean_audits(exposure in exposures(), more in 0..100_000u32) {
		let known = Exposure { clean_audits: exposure.clean_audits + more, ..exposure };
		prop_assert!(rate(&known) <= rate(&exposure));
	}

	/// Cheating does not pay at any rate below the highest: λ·d·(slash + escrow) ≥ κ·g·(1 − λd)
	/// follows from λ ≥ κ·g / (d·(g + S + F)); checked here without the algebra.
	#[test]
	fn cheating_loses_on_average(exposure in exposures()) {
		let rate = rate(&exposure);
		if rate == MAX_AUDIT_RATE {
			return Ok(());
		}
		let caught = (rate.to_float() * 2.0 / 3.0).min(1.0);
		let loss = (settlement::slash(exposure.price, exposure.bond) + exposure.escrow) as f64;
		let gain = exposure.price as f64;
		prop_assert!(caught * loss * 1.000_001 >= gain * (1.0 - caught));
	}

	/// Whoever votes Match without looking is expected to lose twice what it earns, whatever an audit pays,
	/// as long as that is half of the bond at most.
	#[test]
	fn idleness_loses_twice_the_pay(
		bond in prop_oneof![any::<Balance>(), 0..1_000_000 * ERG],
		share in 0..=1_000_000u128,
		price in 0..1_000_000 * ERG,
	) {
		let half = settlement::secured_pay(Balance::MAX, bond);
		let pay = half / 1_000_000 * share;
		for pay in [pay, pay % (bond / 100).max(1), half] {
			let rate = second_look_rate(SECOND_LOOK_RATE, pay, bond);
			let slash = settlement::false_vote_slash(price, pay, bond);
			let loss = multiply_by_rational_with_rounding(
				slash,
				rate.into_inner().into(),
				AuditRate::DIV.into(),
				Rounding::Up,
			);
			prop_assert!(rate <= AuditRate::from_u32(1));
			prop_assert!(loss.unwrap() >= 2 * pay, "{pay} of {bond}: {rate:?} of {slash}");
		}
	}

	#[test]
	fn what_is_affordable_is_paid_by_the_price(
		rate in 0u64..=3_000_000_000,
		second_look in 0u64..=1_000_000_000,
		pay in 1u128..=1_000 * ERG,
		most in 0u128..=10_000 * ERG,
	) {
		let [rate, second_look] = [rate, second_look].map(AuditRate::from_inner);
		let affordable = affordable_rate(rate, second_look, pay, most);
		let cost = |rate| expected_audits(rate, second_look).into_inner() as u128 * pay;
		let all = most * 1_000_000_000;
		prop_assert!(affordable <= rate);
		prop_assert!(affordable == AuditRate::from_u32(0) || cost(affordable) <= all);
		if cost(rate) + pay <= all {
			prop_assert_eq!(affordable, rate);
		}
		prop_assert!(affordable <= affordable_rate(rate, second_look, pay, most + pay));
	}


	#[test]
	fn second_looks_grow_with_pay_and_fall_with_bond(
		pay in 0..1_000 * ERG,
		bond in 0..100_000 * ERG,
		more in 0..100_000 * ERG,
	) {
		let rate = |pay, bond| second_look_rate(SECOND_LOOK_RATE, pay, bond);
		prop_assert!(rate(pay + more, bond) >= rate(pay, bond));
		prop_assert!(rate(pay, bond + more) <= rate(pay, bond));
		prop_assert!(rate(pay, bond) >= SECOND_LOOK_RATE);
	}

	#[test]
	fn draw_is_one_of_two_neighbours(inner in 0..3_000_000_000u64, randomness: [u8; 32]) {
		let whole = (inner / 1_000_000_000) as u32;
		let drawn = draw(AuditRate::from_inner(inner), &randomness);
		prop_assert!(drawn == whole || (drawn == whole + 1 && inner % 1_000_000_000 > 0));
	}

	#[test]
	fn draw_grows_with_the_rate(
		inner in 0..3_000_000_000u64,
		more in 0..1_000_000_000u64,
		randomness: [u8; 32],
	) {
		let less = draw(AuditRate::from_inner(inner), &randomness);
		prop_assert!(draw(AuditRate::from_inner(inner + more), &randomness) >= less);
	}
}
