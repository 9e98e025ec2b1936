// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who gets which part of a price and of a slash.

use crate::{constants, sampling::AuditRate, Balance};
use ergon_core::{Work, WORK_UNIT};
use sp_arithmetic::{
	helpers_128bit::multiply_by_rational_with_rounding, FixedPointNumber, Rounding,
};

/// The parts of a settled price; they add up to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Split {
	/// Burnt: 3 %, rounded up.
	pub burn: Balance,
	/// To the treasury: 2 %.
	pub treasury: Balance,
	/// Set aside for auditors; what they do not earn goes to the audit pool.
	pub audits: Balance,
	/// To the provider: the rest.
	pub provider: Balance,
}

/// Splits the actual price of a job (protocol.md, "Roles and money").
///
/// The burn rounds up, so that a price of one unit loses it too, and the treasury's part rounds down. The audit
/// budget comes out of the provider's part and is cut to
/// it, so the four parts always add up to the price.
pub fn split(price: Balance, audit_budget: Balance) -> Split {
	let burn = constants::BURN_SHARE.mul_ceil(price);
	let treasury = constants::TREASURY_SHARE.mul_floor(price);
	let rest = price.saturating_sub(burn).saturating_sub(treasury);
	let audits = audit_budget.min(rest);
	Split { burn, treasury, audits, provider: rest.saturating_sub(audits) }
}

/// Rate × work × price per work unit, rounded up: what the audits of one result are expected to cost, where
/// `rate` is how often it is expected to be re-executed
/// ([`expected_audits`](crate::sampling::expected_audits)).
///
/// Saturates; [`split`] cuts it to what the price can pay.
pub fn audit_budget(rate: AuditRate, work: Work, price_per_work_unit: Balance) -> Balance {
	// At most 2⁶⁴ × 2⁶⁴, so the first product fits.
	let work = u128::from(rate.into_inner()) * u128::from(work);
	let unit = u128::from(AuditRate::DIV) * u128::from(WORK_UNIT);
	multiply_by_rational_with_rounding(work, price_per_work_unit, unit, Rounding::Up)
		.unwrap_or(Balance::MAX)
}

/// What one audit of that work earns, rounded down.
pub fn audit_pay(work: Work, price_per_work_unit: Balance) -> Balance {
	multiply_by_rational_with_rounding(
		work.into(),
		price_per_work_unit,
		WORK_UNIT.into(),
		Rounding::Down,
	)
	.unwrap_or(Balance::MAX)
}

/// What a convicted party loses: max(100 × price, 10 % of its bond), at most its bond
/// (protocol.md, "Disputes").
pub fn slash(price: Balance, bond: Balance) -> Balance {
	let by_price = price.saturating_mul(constants::SLASH_PRICE_MULTIPLE.into());
	let by_bond = constants::SLASH_BOND_SHARE.mul_ceil(bond);
	by_price.max(by_bond).min(bond)
}

/// What an auditor loses for a false vote: max(100 × price, 100 × pay, 10 % of its bond), at most its bond.
///
/// `pay` is what the audit earns. It goes by the work, and the price of a job may be low for its work: with
/// the price alone, who always votes Match and re-executes nothing would gain by it (see
/// [`second_look_rate`](crate::sampling::second_look_rate), which is what finds that).
pub fn false_vote_slash(price: Balance, pay: Balance, bond: Balance) -> Balance {
	slash(price.max(pay), bond)
}

/// What an audit really earns: `pay`, at most half of the bond that answers for it, rounded down.
///
/// More could not be deterred: even if every result was looked at again, the bond would be less than twice
/// what there is to gain.
pub fn secured_pay(pay: Balance, bond: Balance) -> Balance {
	pay.min(constants::AUDIT_PAY_BOND_SHARE.mul_floor(bond))
}

/// The parts of what a slash really took; they add up to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Award {
	/// To whoever was right: half, rounded down.
	pub winner: Balance,
	/// Burnt: the rest.
	pub burn: Balance,
}

/// Divides what a slash took. The winner never gets more than the loser lost, and nobody gains by
/// being his own opponent.
pub fn award(taken: Balance) -> Award {
	let winner = constants::WINNER_SHARE.mul_floor(taken);
	Award { winner, burn: taken.saturating_sub(winner) }
}

/// What each of so many winners gets of what a slash took: the winner's half in equal parts, rounded down.
pub fn share(taken: Balance, winners: usize) -> Balance {
	award(taken).winner.checked_div(winners as Balance).unwrap_or_default()
}
