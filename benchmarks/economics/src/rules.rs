// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What the chain does about auditors that do not look, in one place.

use ergon_core::{Work, WORK_UNIT};
use ergon_economics::{
	constants::{ERG, SECOND_LOOKERS, SECOND_LOOK_RATE, SLASH_PRICE_MULTIPLE},
	settlement, AuditRate, Balance,
};
use sp_arithmetic::{
	helpers_128bit::multiply_by_rational_with_rounding, traits::Saturating, Permill, Rounding,
};

/// Canonical work of a job.
const WORK: Work = 100 * WORK_UNIT;
/// What the runtime pays at first for re-executing a work unit.
const AUDIT_PRICE: Balance = ERG / 1_000;
/// The share of a bond that an audit earns at most.
const PAY_BOND_SHARE: Permill = Permill::from_percent(50);

/// What an audit of a job earns.
pub fn pay() -> Balance {
	settlement::audit_pay(WORK, AUDIT_PRICE)
}

/// How often a matched result is looked at again, where `bond` is the smallest behind a Match: max(2 %,
/// 2 × pay / min(bond, 100 × pay)), at most 1.
pub fn second_look_rate(bond: Balance) -> AuditRate {
	let whole = pay().saturating_mul(SLASH_PRICE_MULTIPLE.into());
	if whole <= bond {
		return SECOND_LOOK_RATE;
	}
	let base = u128::from(SECOND_LOOK_RATE.into_inner());
	let rate = multiply_by_rational_with_rounding(base, whole, bond, Rounding::Up);
	let rate = rate.and_then(|rate| u64::try_from(rate).ok()).unwrap_or(u64::MAX);
	AuditRate::from_inner(rate).min(AuditRate::from_u32(1))
}

/// What an auditor loses for a Match without work, or of a wrong result.
pub fn false_vote_slash(price: Balance, bond: Balance) -> Balance {
	settlement::slash(price.max(pay()), bond)
}

/// What an audit really earns.
pub fn secured_pay(bond: Balance) -> Balance {
	pay().min(PAY_BOND_SHARE.mul_floor(bond))
}

/// What the audits of a result are expected to cost, where a validator has a bond of that at least: λ first
/// looks, and the second look that one of them may be followed by.
pub fn audit_budget(rate: AuditRate, bond: Balance) -> Balance {
	let second = second_look_rate(bond)
		.saturating_mul(AuditRate::from_u32(SECOND_LOOKERS))
		.saturating_mul(rate.min(AuditRate::from_u32(1)));
	settlement::audit_budget(rate.saturating_add(second), WORK, AUDIT_PRICE)
}
