// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What audits must cost and earn, as the protocol has it: λ × work × price, in whole numbers.

use super::slash;
use ergon_runtime::{
	constants::{ERG, MILLI_ERG},
	presets, Balance,
};
use std::ops::RangeInclusive;

/// Rates are counted in billionths, and work units are billions of multiplications.
const BILLION: u128 = 1_000_000_000;
/// What an audit earns per work unit at first.
pub(super) const FIRST_PRICE: Balance = MILLI_ERG;
/// Clean audits below which a provider is a newcomer.
const NEWCOMER: u32 = 20;
/// By how many billionths at most a rate is above what is computed here, where each division rounds down.
const ROUNDING: u128 = 5;

/// What the number of auditors of a result depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exposure {
	/// g: what the result costs.
	pub(super) price: Balance,
	/// F: what is held for it.
	pub(super) max_price: Balance,
	/// What can be taken from the provider at all.
	pub(super) bond: Balance,
	/// n: clean audits in a row.
	pub(super) clean_audits: u32,
	/// V: what all of its results that are not final cost at most.
	pub(super) at_risk: Balance,
}

/// λ in billionths: 3 for a newcomer, else max(κ·g/(d·(g+S+F)), 1/√(1+n), 5 %·V/(bond+F)) between 1 % and 3, with
/// κ = 2 and d = 2/3.
fn rate(exposure: &Exposure) -> RangeInclusive<u128> {
	let Exposure { price, max_price, bond, clean_audits, at_risk } = *exposure;
	if clean_audits < NEWCOMER {
		return 3 * BILLION..=3 * BILLION;
	}
	let at_stake = price + slash(price, bond) + max_price;
	let deterrence = 2 * price * BILLION * BILLION / (666_666_666 * at_stake.max(1));
	let curiosity = (BILLION * BILLION / u128::from(1 + clean_audits)).isqrt();
	let scam = at_risk * 5 * BILLION / (100 * (bond + max_price).max(1));
	let rate = deterrence.max(curiosity).max(scam);
	let within = |rate: u128| rate.clamp(BILLION / 100, 3 * BILLION);
	within(rate)..=within(rate + ROUNDING)
}

/// What is set aside for the audits of a result: λ re-executions and, where there was one, two more with a chance of
/// two percent.
pub(super) fn budget(
	exposure: &Exposure,
	work: u128,
	audit_price: Balance,
) -> RangeInclusive<Balance> {
	// Otherwise second looks are more frequent.
	assert!(100 * pay(work, audit_price) <= 1_000 * ERG, "the least bond covers a false vote");
	let of = |rate: u128| {
		let expected = rate + (4 * rate.min(BILLION)).div_ceil(100);
		(expected * work * audit_price).div_ceil(BILLION * BILLION)
	};
	let rate = rate(exposure);
	of(*rate.start())..=of(*rate.end())
}

/// What one audit of that work earns.
pub(super) fn pay(work: u128, audit_price: Balance) -> Balance {
	work * audit_price / BILLION
}

/// Multiplications of a pass over that many tokens: those of the matrices of all layers, and of the head for
/// outputs. The simulated model has the sizes of the demo model.
pub(super) fn work(prompt_tokens: u32, output_tokens: u32) -> u128 {
	let sizes = presets::demo_manifest().expect("the demo model was imported").dimensions;
	let [hidden, inner, layers, heads, pairs, width, vocabulary] = [
		sizes.hidden,
		sizes.intermediate,
		sizes.layers,
		sizes.heads,
		sizes.key_value_heads,
		sizes.head_width,
		sizes.vocabulary,
	]
	.map(u128::from);
	// Queries and what attention gives; keys and values; gate, what is gated, and the way back.
	let layer = 2 * hidden * heads * width + 2 * hidden * pairs * width + 3 * hidden * inner;
	let (prompt, output) = (u128::from(prompt_tokens), u128::from(output_tokens));
	layer * layers * (prompt + output) + hidden * vocabulary * output
}
