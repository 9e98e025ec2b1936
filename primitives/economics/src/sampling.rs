// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How many auditors one result gets.

use crate::{constants, settlement, Balance};
use sp_arithmetic::{
	helpers_128bit::multiply_by_rational_with_rounding, traits::Saturating, FixedPointNumber,
	FixedU64, Perbill, Rounding,
};

/// λ: expected number of auditors of one result, in billionths; 1.4 means one auditor, and a second
/// with probability 0.4.
pub type AuditRate = FixedU64;

/// What one result puts at stake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exposure {
	/// Price of the job: bounds g, what the provider gains by not doing the work.
	pub price: Balance,
	/// The provider's bond that can be slashed.
	pub bond: Balance,
	/// F: escrow that the provider forfeits when the result is overturned.
	pub escrow: Balance,
	/// n: clean audits since the last fault, decayed.
	pub clean_audits: u32,
	/// V: price of the provider's jobs that are not final yet, this one included.
	pub value_at_risk: Balance,
}

/// What the rate depends on beside the [`Exposure`]. The default is [`constants`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
	/// κ, see [`constants::DETERRENCE`].
	pub deterrence: u32,
	/// d, see [`constants::DETECTION`].
	pub detection: Perbill,
	/// p₀, see [`constants::CURIOSITY`].
	pub curiosity: FixedU64,
	/// p_v, see [`constants::VALUE_WEIGHT`].
	pub value_weight: FixedU64,
	/// See [`constants::NEWCOMER_AUDITS`].
	pub newcomer_audits: u32,
	/// See [`constants::MIN_AUDIT_RATE`].
	pub min: AuditRate,
	/// See [`constants::MAX_AUDIT_RATE`].
	pub max: AuditRate,
}

impl Default for Parameters {
	fn default() -> Self {
		Self {
			deterrence: constants::DETERRENCE,
			detection: constants::DETECTION,
			curiosity: constants::CURIOSITY,
			value_weight: constants::VALUE_WEIGHT,
			newcomer_audits: constants::NEWCOMER_AUDITS,
			min: constants::MIN_AUDIT_RATE,
			max: constants::MAX_AUDIT_RATE,
		}
	}
}

/// The expected number of auditors of one result (protocol.md, "Audits"):
///
/// λ = max while n < 20, then clamp(max(κ·g / (d·(g + S + F)), p₀ / √(1 + n), p_v·V / (B + F)),
/// min, max).
///
/// The first term is deterrence: a wrong result must lose more than it gains, g·(1 − λd) ≤ λd·(S +
/// F), which holds for every λ ≥ g / (d·(g + S + F)); g is bounded by the price. S is what the
/// fault would really cost, [`settlement::slash`] of this price and bond B: with the whole bond in
/// its place a large bond would buy a rate that its owner's slash does not cover. The second term
/// is ignorance, and the third the exit scam, in which everything that is not final is wrong at
/// once and the whole bond B is lost.
///
/// Every division rounds up, the root down (by less than a billionth). The result grows with price
/// and value at risk and falls with bond and clean audits.
pub fn expected_auditors(exposure: &Exposure, parameters: &Parameters) -> AuditRate {
	let Exposure { price, bond, escrow, clean_audits, value_at_risk } = *exposure;
	if clean_audits < parameters.newcomer_audits {
		return parameters.max;
	}
	let at_stake = settlement::slash(price, bond).saturating_add(escrow);
	let temptation = ratio_up(price, price.saturating_add(at_stake));
	let deterrence = scale_up(
		temptation,
		u128::from(parameters.deterrence)
			.saturating_mul(Perbill::from_percent(100).deconstruct().into()),
		parameters.detection.deconstruct().into(),
	);
	let ignorance =
		parameters.curiosity.saturating_mul(inverse_root(clean_audits.saturating_add(1)));
	let scam = scale_up(
		ratio_up(value_at_risk, bond.saturating_add(escrow)),
		parameters.value_weight.into_inner().into(),
		FixedU64::DIV.into(),
	);
	deterrence.max(ignorance).max(scam).max(parameters.min).min(parameters.max)
}

/// How often a result that auditors matched is looked at again, 0..=1: max(base, base × 100 × pay / bond),
/// at most 1, rounded up.
///
/// `pay` is what each audit earns, and `bond` the smallest that stands behind a Match. Who votes without
/// looking loses [`settlement::false_vote_slash`], which is 100 × pay at least where the bond has as much:
/// a base of 2 % makes that twice the pay. A smaller bond is lost as a whole, and is looked for as much more
/// often. So rate × slash ≥ 2 × pay for every pay that is half of the bond at most, which
/// [`settlement::secured_pay`] sees to.
pub fn second_look_rate(base: AuditRate, pay: Balance, bond: Balance) -> AuditRate {
	let multiple = constants::SLASH_PRICE_MULTIPLE;
	let is_covered = pay.checked_mul(multiple.into()).is_some_and(|slash| slash <= bond);
	let rate = if is_covered {
		base
	} else {
		scale_up(base.saturating_mul(AuditRate::from_u32(multiple)), pay, bond).max(base)
	};
	rate.min(AuditRate::from_u32(1))
}

/// The expected number of re-executions of one result, in billionths, rounded up: λ, and
/// [`constants::SECOND_LOOKERS`] more where somebody was drawn, that is with the probability min(λ, 1), and
/// where the result is looked at again, that is with the probability `second_look`.
pub fn expected_audits(rate: AuditRate, second_look: AuditRate) -> AuditRate {
	let lookers =
		u128::from(second_look.into_inner()).saturating_mul(constants::SECOND_LOOKERS.into());
	let is_audited = rate.min(AuditRate::from_u32(1));
	rate.saturating_add(scale_up(is_audited, lookers, AuditRate::DIV.into()))
}

/// The most auditors that can be expected of a result whose price leaves `most` for them, and not more than
/// `rate`: `rate` where its [`expected_audits`] at `pay` each cost no more, else most / (pay × (1 + 2 ×
/// second_look)), rounded down, which costs that or less.
///
/// What audits cost beyond the price, a pool that belongs to everybody pays. A provider that lost its record
/// with jobs at work could take it out with auditors of its own, were results that were priced for few audits
/// audited often.
pub fn affordable_rate(
	rate: AuditRate,
	second_look: AuditRate,
	pay: Balance,
	most: Balance,
) -> AuditRate {
	let cost = |rate| {
		let audits = expected_audits(rate, second_look).into_inner();
		multiply_by_rational_with_rounding(audits.into(), pay, AuditRate::DIV.into(), Rounding::Up)
	};
	if cost(rate).is_some_and(|cost| cost <= most) {
		return rate;
	}
	let of_one = expected_audits(AuditRate::from_u32(1), second_look).into_inner();
	let of_one =
		multiply_by_rational_with_rounding(of_one.into(), pay, AuditRate::DIV.into(), Rounding::Up);
	let affordable = of_one.and_then(|of_one| {
		multiply_by_rational_with_rounding(most, AuditRate::DIV.into(), of_one, Rounding::Down)
	});
	// Rounding up what one audit costs in expectation leaves a billionth less.
	let affordable = affordable.and_then(|inner| u64::try_from(inner).ok()).unwrap_or_default();
	AuditRate::from_inner(affordable.saturating_sub(2)).min(rate)
}

/// The number of auditors that `randomness` makes of a rate: its whole part, and one more with the
/// probability of its fraction. Uses the first eight bytes; the bias is below 2⁻³⁰.
pub fn draw(rate: AuditRate, randomness: &[u8; 32]) -> u32 {
	let whole = rate.into_inner() / FixedU64::DIV;
	let fraction = rate.into_inner() % FixedU64::DIV;
	let mut ticket = [0u8; 8];
	ticket.copy_from_slice(&randomness[..8]);
	let ticket = (u128::from(u64::from_le_bytes(ticket)) * u128::from(FixedU64::DIV)) >> 64;
	let extra = u32::from(ticket < u128::from(fraction));
	u32::try_from(whole).unwrap_or(u32::MAX).saturating_add(extra)
}

/// Whether a provider may take another job of that price: V + price ≤ (bond + price) / 3, where the
/// price is the escrow that the job itself would forfeit (protocol.md, "Audits").
///
/// Written without the division, so nothing is rounded.
pub fn may_risk(value_at_risk: Balance, price: Balance, bond: Balance, divisor: u32) -> bool {
	let risked = value_at_risk.checked_add(price).and_then(|risk| risk.checked_mul(divisor.into()));
	risked.is_some_and(|risked| risked <= bond.saturating_add(price))
}

/// 1 / √x for x ≥ 1, in billionths, rounded down: the root of 10¹⁸ / x.
fn inverse_root(x: u32) -> FixedU64 {
	let square = u128::from(FixedU64::DIV) * u128::from(FixedU64::DIV) / u128::from(x.max(1));
	FixedU64::from_inner(square.isqrt() as u64)
}

/// a / b in billionths, rounded up; saturates, also at b = 0.
fn ratio_up(a: u128, b: u128) -> FixedU64 {
	if a == 0 {
		return FixedU64::from_inner(0);
	}
	let ratio = multiply_by_rational_with_rounding(a, FixedU64::DIV.into(), b, Rounding::Up);
	saturate(ratio)
}

/// rate · a / b, rounded up; saturates, also at b = 0.
fn scale_up(rate: FixedU64, a: u128, b: u128) -> FixedU64 {
	if rate.into_inner() == 0 {
		return rate;
	}
	saturate(multiply_by_rational_with_rounding(rate.into_inner().into(), a, b, Rounding::Up))
}

fn saturate(inner: Option<u128>) -> FixedU64 {
	let inner = inner.and_then(|inner| u64::try_from(inner).ok());
	FixedU64::from_inner(inner.unwrap_or(u64::MAX))
}
