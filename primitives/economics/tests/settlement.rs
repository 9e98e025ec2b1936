// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Prices, slashes and awards: worked examples, and that no unit is made or lost.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use ergon_core::WORK_UNIT;
use ergon_economics::{
	constants::ERG,
	settlement::{
		audit_budget, audit_pay, award, false_vote_slash, secured_pay, share, slash, split, Award,
		Split,
	},
	AuditRate, Balance, TokenPrices,
};
use proptest::prelude::*;

#[test]
fn a_price_of_a_hundred_splits_as_the_protocol_says() {
	assert_eq!(
		split(100 * ERG, 10 * ERG),
		Split { burn: 3 * ERG, treasury: 2 * ERG, audits: 10 * ERG, provider: 85 * ERG }
	);
}

#[test]
fn an_audit_budget_is_cut_to_the_provider_s_part() {
	assert_eq!(split(100, 1_000), Split { burn: 3, treasury: 2, audits: 95, provider: 0 });
	assert_eq!(split(0, 1), Split::default());
	// One unit burns.
	assert_eq!(split(1, 1), Split { burn: 1, treasury: 0, audits: 0, provider: 0 });
}

#[test]
fn an_audit_budget_is_rate_times_work_times_price() {
	// 1.4 auditors × 2.5 work units × 10.
	let rate = AuditRate::from_rational(14, 10);
	assert_eq!(audit_budget(rate, 2 * WORK_UNIT + WORK_UNIT / 2, 10), 35);
	// One multiply-accumulate still costs something.
	assert_eq!(audit_budget(rate, 1, 1), 1);
	assert_eq!(audit_budget(rate, 0, 10), 0);
	assert_eq!(audit_budget(rate, u64::MAX, Balance::MAX), Balance::MAX);
	assert_eq!(audit_pay(2 * WORK_UNIT + WORK_UNIT / 2, 10), 25);
	assert_eq!(audit_pay(1, 1), 0);
}

#[test]
fn a_slash_is_a_hundred_prices_or_a_tenth_of_the_bond() {
	assert_eq!(slash(ERG, 10_000 * ERG), 1_000 * ERG);
	assert_eq!(slash(20 * ERG, 10_000 * ERG), 2_000 * ERG);
	assert_eq!(slash(200 * ERG, 10_000 * ERG), 10_000 * ERG);
	assert_eq!(slash(ERG, 0), 0);
	assert_eq!(slash(0, 100), 10);
}

#[test]
fn a_false_vote_costs_a_hundred_times_what_it_earns_however_cheap_the_job_was() {
	assert_eq!(false_vote_slash(20 * ERG, ERG, 10_000 * ERG), 2_000 * ERG);
	assert_eq!(false_vote_slash(ERG, 20 * ERG, 10_000 * ERG), 2_000 * ERG);
	assert_eq!(false_vote_slash(ERG, ERG, 10_000 * ERG), 1_000 * ERG);
	assert_eq!(false_vote_slash(ERG, 200 * ERG, 10_000 * ERG), 10_000 * ERG);
}

#[test]
fn an_audit_earns_no_more_than_half_of_the_bond() {
	assert_eq!(secured_pay(3, 6), 3);
	assert_eq!(secured_pay(3, 5), 2);
	assert_eq!(secured_pay(3, 0), 0);
	assert_eq!(secured_pay(Balance::MAX, Balance::MAX), Balance::MAX / 2);
}

#[test]
fn half_of_a_slash_burns() {
	assert_eq!(award(7), Award { winner: 3, burn: 4 });
	assert_eq!(award(0), Award::default());
}

#[test]
fn winners_share_the_half_in_equal_parts() {
	assert_eq!(share(7, 1), 3);
	assert_eq!(share(7, 2), 1);
	assert_eq!(share(7, 4), 0);
	assert_eq!(share(7, 0), 0);
}

#[test]
fn a_job_costs_its_tokens() {
	let prices = TokenPrices { prompt_token: 2, output_token: 5 };
	assert_eq!(prices.of_job(10, 4), Some(40));
	assert_eq!(prices.of_job(0, 0), Some(0));
	let absurd = TokenPrices { prompt_token: Balance::MAX, output_token: 1 };
	assert_eq!(absurd.of_job(1, 0), Some(Balance::MAX));
	assert_eq!(absurd.of_job(1, 1), None);
	assert_eq!(absurd.of_job(2, 0), None);
}

proptest! {
	#[test]
	fn split_keeps_the_sum(price: Balance, budget: Balance) {
		let Split { burn, treasury, audits, provider } = split(price, budget);
		prop_assert_eq!(burn + treasury + audits + provider, price);
		prop_assert!(audits <= budget);
	}

	#[test]
	fn slash_takes_no_more_than_the_bond(price: Balance, bond: Balance) {
		let taken = slash(price, bond);
		prop_assert!(taken <= bond);
		prop_assert!(taken >= bond / 10);
		prop_assert!(taken == bond || taken / 100 >= price);
	}

	#[test]
	fn slash_grows_with_price_and_bond(price: u64, bond: u64, more: u64) {
		let [price, bond, more] = [price, bond, more].map(Balance::from);
		prop_assert!(slash(price + more, bond) >= slash(price, bond));
		prop_assert!(slash(price, bond + more) >= slash(price, bond));
	}

	#[test]
	fn award_keeps_the_sum_and_burns_half(taken: Balance) {
		let Award { winner, burn } = award(taken);
		prop_assert_eq!(winner + burn, taken);
		prop_assert!(burn >= winner);
	}

	#[test]
	fn budget_covers_the_expected_pay(rate in 1..=3u32, work: u64, price in 0..u64::MAX) {
		let budget = audit_budget(AuditRate::from_u32(rate), work, price.into());
		prop_assert!(budget >= audit_pay(work, price.into()) * Balance::from(rate));
	}

	#[test]
	fn actual_price_is_within_the_worst_case(
		prompt: u32, output: u32, fewer_prompt: u32, fewer_output: u32, a: u64, b: u64,
	) {
		let prices = TokenPrices { prompt_token: a.into(), output_token: b.into() };
		let worst = prices.of_job(prompt, output).unwrap();
		let actual = prices.of_job(prompt.min(fewer_prompt), output.min(fewer_output)).unwrap();
		prop_assert!(actual <= worst);
	}
}
