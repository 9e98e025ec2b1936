// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who asks itself for inference loses money on every job, however the job ends.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use ergon_core::WORK_UNIT;
use ergon_economics::{
	constants::ERG,
	sampling::{expected_auditors, expected_audits, second_look_rate, Exposure, Parameters},
	settlement::{audit_budget, audit_pay, award, slash, split},
	AuditRate, Balance,
};
use proptest::prelude::*;

/// More money than there can ever be.
const ALL: Balance = 100_000_000 * ERG;

/// What the audits of a job are expected to cost, as the chain works it out.
fn budget(exposure: &Exposure, work: u64, audit_price: Balance, min_bond: Balance) -> Balance {
	let rate = expected_auditors(exposure, &Parameters::default());
	let base = AuditRate::from_rational(2, 100);
	let second_look = second_look_rate(base, audit_pay(work, audit_price), min_bond);
	audit_budget(expected_audits(rate, second_look), work, audit_price)
}

prop_compose! {
	/// What a result puts at stake: any price, bond, escrow and past.
	fn exposure()(
		price in prop_oneof![1..1_000u128, 1..ALL],
		bond in 0..ALL,
		more_escrow in 0..ALL,
		clean_audits: u32,
		others_at_risk in 0..ALL,
	) -> Exposure {
		let escrow = price + more_escrow;
		Exposure { price, bond, escrow, clean_audits, value_at_risk: price + others_at_risk }
	}
}

proptest! {
	/// A job that is settled. The provider gets its own part back; auditors are never of its own account, and
	/// what they do not earn goes to the audit pool.
	#[test]
	fn settled_job_costs_burn_treasury_and_audits(
		exposure in exposure(),
		work in prop_oneof![1..WORK_UNIT, 1..u64::MAX],
		audit_price in prop_oneof![1..1_000u128, 1..ERG],
		min_bond in 0..ALL,
	) {
		let budget = budget(&exposure, work, audit_price, min_bond);
		// No job is free of audits, whatever its work and its provider's past.
		prop_assert!(budget > 0);
		let parts = split(exposure.price, budget);
		let lost = exposure.price - parts.provider;
		prop_assert_eq!(lost, parts.burn + parts.treasury + parts.audits);
		prop_assert!(parts.burn > 0);
		// A job is assigned only if its price covers the audits.
		if parts.audits == budget {
			prop_assert!(lost > budget);
		}
	}

	/// The same if all auditors are friends: what they are expected to earn is no more than what was set aside, so
	/// that burn and treasury are lost, whichever price two accounts of one owner agree on.
	#[test]
	fn settled_job_costs_the_burn_even_among_friends(
		exposure in exposure(),
		work in prop_oneof![1..WORK_UNIT, 1..u64::MAX / 8],
		audit_price in prop_oneof![1..1_000u128, 1..ERG],
		min_bond in 0..ALL,
	) {
		let budget = budget(&exposure, work, audit_price, min_bond);
		let rate = expected_auditors(&exposure, &Parameters::default());
		let pay = audit_pay(work, audit_price);
		let earned = rate.into_inner() as Balance * pay / 1_000_000_000;
		prop_assert!(earned <= budget);
		let parts = split(exposure.price, budget);
		prop_assert!(parts.provider + parts.audits + parts.burn <= exposure.price);
		prop_assert!(parts.provider + parts.audits < exposure.price);
		// Any subsidy below the burn changes nothing.
		prop_assert!(parts.provider + parts.audits + (parts.burn - 1) < exposure.price);
	}

	/// A job whose result is overturned, by a challenger who is the same owner: the price comes back, and half
	/// of the slash.
	#[test]
	fn overturned_job_costs_half_of_a_slash(price in 1..ALL, bond in 1..ALL) {
		let taken = slash(price, bond);
		prop_assert!(taken > 0);
		prop_assert!(award(taken).winner < taken);
	}
}
