// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who asks itself for inference loses money on every job, however the job ends, and gains nothing as a validator.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use ergon_core::WORK_UNIT;
use ergon_economics::{
	constants::{AUDITOR_WEIGHT, EMISSION, ERG},
	emission::reward,
	power::{with_audits, Power},
	sampling::{expected_auditors, expected_audits, second_look_rate, Exposure, Parameters},
	settlement::{audit_budget, audit_pay, award, slash, split},
	AuditRate, Balance, DutyCount,
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

/// What a validator with that power of so much earns in an era if all its duties are done.
fn earns(power: Power, total: u128) -> Balance {
	reward(EMISSION.emission(0), power, total, &[DutyCount { done: 1, due: 1 }])
}

/// Why audits of jobs do not count for power. If they did with their work, up to as much as was proved, an operator
/// with a fifth of all power and a model that as few declare as may could double its power for the 24 eras that
/// count: by jobs that cost it a part of what it would earn by them.
#[test]
fn own_jobs_would_pay_if_their_audits_were_power() {
	// A hundred machines of ten thousand work units each.
	let total = 1_000_000 * WORK_UNIT;
	let own = total / 5;
	// Whoever declares the model is drawn for as many of its audits as it weighs: all of them double.
	let all_audits = AUDITOR_WEIGHT.mul_floor(total);
	let of_others = all_audits - own;
	let after = total + all_audits;
	let gain = 24 * (earns(2 * own, after.into()) - earns(own, total.into()));

	// The lowest price that audits can come to have in the runtime.
	let pay = |work| audit_pay(work, ERG / 16_000);
	let budget = pay(all_audits);
	let price = budget * 100 / 95 + 1;
	let parts = split(price, budget);
	assert_eq!(parts.audits, budget);
	let cost = parts.burn + parts.treasury + pay(of_others);
	assert!(cost < gain, "{cost} for {gain}");

	// As it is, nothing changes but that the money is gone.
	assert_eq!(with_audits(own, 0, 0, 2), own);
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

	/// All that own jobs change about what validators earn by is that their audits may be missed. So their price
	/// is lost to burn and treasury, even if each auditor is a friend, whatever had been done and missed before.
	#[test]
	fn own_jobs_earn_a_validator_nothing(
		proved in 0..u64::MAX / 4,
		others in 0..u64::MAX / 4,
		audited in any::<u64>(),
		missed in prop_oneof![Just(0), 0..1_000_000u64, any::<u64>()],
		missed_of_jobs in prop_oneof![Just(0), 0..1_000_000u64, any::<u64>()],
		factor in 0..4u32,
		duty in (0..100u32, 0..100u32),
		price in prop_oneof![1..1_000u128, 1..ALL],
		budget in 0..ALL,
	) {
		let power = |missed: u128| with_audits(proved, audited.into(), missed, factor);
		let before = power(missed.into());
		let after = power(u128::from(missed) + u128::from(missed_of_jobs));
		prop_assert!(after <= before);
		// Duties that the emission counts are those that nobody pays for.
		let duties = [DutyCount { done: duty.0.min(duty.1), due: duty.1 }];
		let earns = |power: Power| {
			let total = u128::from(power) + u128::from(others);
			reward(EMISSION.emission(0), power, total, &duties)
		};
		prop_assert!(earns(after) <= earns(before));
		let parts = split(price, budget);
		prop_assert!(earns(after) + parts.provider + parts.audits < earns(before) + price);
	}
}
