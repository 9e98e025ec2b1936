// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Attention of one query over the keys and values up to its own position.
//!
//! Queries, keys and values are rows of one head, each with its own exponent. Two passes: the first
//! finds the largest score and the largest value exponent, the second forms weights and sums them.
//! A maximum and an integer sum depend on no order, and no weight depends on how the keys were
//! grouped, so every tiling, and prefill as well as decode, gives the same bits. With at most 2^20
//! keys no sum leaves 64 bits.

use ergon_core::network::Constants;

use crate::{
	exp2::exp2_negative,
	fixed::{bit_length, saturate, shift_round, Q16},
};

/// log2(e), times 2^56.
const LOG2_E: u64 = 103_957_133_576_908_769;
/// Bits of [`ScoreScale::mantissa`].
const SCORE_SCALE_BITS: u32 = 22;

/// What a product of query and key is multiplied by: `mantissa * 2^-shift`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScoreScale {
	/// Significant bits, below 2^22.
	pub mantissa: u32,
	/// The negative power of two.
	pub shift: u8,
}

impl ScoreScale {
	/// `log2(e) / sqrt(head width)`, so that softmax may use powers of two; relative error below
	/// 2^-22. The mantissa has 22 bits.
	///
	/// With `v = floor(floor(log2(e) * 2^56) / floor(sqrt(width * 2^48)))` and `n` its bits beyond
	/// 22: mantissa `floor(v / 2^n)`, shift `32 - n`. A width of 0 counts as 1; widths are at most
	/// 1,024.
	#[inline]
	pub const fn of(head_width: u32) -> Self {
		let width = if head_width == 0 { 1 } else { head_width as u64 };
		let quotient = LOG2_E / (width << 48).isqrt();
		let excess = bit_length(quotient).saturating_sub(SCORE_SCALE_BITS);
		Self { mantissa: (quotient >> excess) as u32, shift: 32u32.saturating_sub(excess) as u8 }
	}
}

impl From<&Constants> for ScoreScale {
	fn from(constants: &Constants) -> Self {
		Self { mantissa: constants.score_mantissa, shift: constants.score_shift }
	}
}

/// The exact sum of products of two rows; below 2^30 in magnitude per element. Elements beyond the
/// shorter slice count as zero.
pub fn dot(left: &[i16], right: &[i16]) -> i64 {
	left.iter().zip(right).map(|(&left, &right)| i64::from(left) * i64::from(right)).sum()
}

/// A score in Q16, in units of log2: `dot * mantissa * 2^(exponents - shift)`, rounded and saturated.
///
/// Error: 2^-17 and 2^-22 relative, beside the rounding of query and key: for a score of 40, below
/// 0.002 % of the weight that it becomes.
#[inline]
pub fn score(dot: i64, query_exponent: i16, key_exponent: i16, scale: ScoreScale) -> i32 {
	let product = dot.saturating_mul(i64::from(scale.mantissa));
	let exponent = i32::from(query_exponent) + i32::from(key_exponent) - i32::from(scale.shift);
	saturate(shift_round(product, -(exponent + Q16)))
}

/// The unnormalised softmax weight of a score, in units of 2^-24: [`exp2_negative`] of its distance
/// to the largest score. Weights below 2^-25 of the largest vanish.
#[inline]
pub const fn weight(score: i32, largest: i32) -> u32 {
	exp2_negative((largest as i64 - score as i64).unsigned_abs() as u32)
}

/// A weight as it meets its value: `weight * 2^(value exponent - largest exponent)`, rounded.
///
/// Rounding is to 2^-25 of the contribution that a value of the largest exponent could make.
#[inline]
pub fn value_weight(weight: u32, value_exponent: i16, largest_exponent: i16) -> u32 {
	let distance = i32::from(largest_exponent).saturating_sub(value_exponent.into()).max(0);
	shift_round(weight.into(), distance) as u32
}

/// One over a sum of weights; see [`Normaliser::of`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Normaliser {
	/// In 2^30..=2^31.
	pub mantissa: u32,
	/// Bits of the sum.
	pub bits: u8,
}

impl Normaliser {
	/// With `bits` the length of the sum and `s` its leading 32 bits (shifted left when it has
	/// fewer): mantissa `floor(2^62 / s)`. A sum of 0, which the weight of the largest score rules
	/// out, counts as 1. Relative error below 2^-30.
	#[inline]
	pub const fn of(sum: u64) -> Self {
		let sum = if sum == 0 { 1 } else { sum };
		let bits = bit_length(sum);
		let leading = if bits > 32 { sum >> (bits - 32) } else { sum << (32 - bits) };
		Self { mantissa: ((1u64 << 62) / leading) as u32, bits: bits as u8 }
	}
}

/// One element of a head's output in Q16: the sum of value weights times values, divided by the sum
/// of weights.
///
/// `n = shift_round(sum, bits - 16)` is below 2^31, so `n * mantissa` fits; the result is
/// `shift_round(n * mantissa, 30 - largest exponent)`, saturated.
///
/// Error: half of 2^-16, and 2^-29 of the largest value.
#[inline]
pub fn output(sum: i64, normaliser: Normaliser, largest_exponent: i16) -> i32 {
	let numerator = shift_round(sum, i32::from(normaliser.bits) - 16);
	let product = numerator.saturating_mul(i64::from(normaliser.mantissa));
	saturate(shift_round(product, 30 - i32::from(largest_exponent)))
}

/// The keys or the values of one head: rows of equal width, one exponent each.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
	/// Row after row.
	pub elements: &'a [i16],
	/// One exponent per row.
	pub exponents: &'a [i16],
}

impl<'a> Rows<'a> {
	/// The rows, each with its exponent.
	#[inline]
	pub fn iter(&self) -> impl Iterator<Item = (&'a [i16], i16)> {
		let width = (self.elements.len() / self.exponents.len().max(1)).max(1);
		self.elements.chunks(width).zip(self.exponents.iter().copied())
	}
}

/// The output of one head in Q16 into `out`, whose length is the head's width: the definition, in
/// which scores are computed anew wherever they are needed.
pub fn head(
	query: &[i16],
	query_exponent: i16,
	keys: Rows,
	values: Rows,
	scale: ScoreScale,
	out: &mut [i32],
) {
	let scores = || {
		keys.iter().map(|(key, exponent)| score(dot(query, key), query_exponent, exponent, scale))
	};
	let largest = scores().max().unwrap_or(0);
	let largest_exponent = values.exponents.iter().copied().max().unwrap_or(0);
	let weights = || scores().map(|score| weight(score, largest));
	let normaliser = Normaliser::of(weights().map(u64::from).sum());
	for (index, out) in out.iter_mut().enumerate() {
		let sum = weights()
			.zip(values.iter())
			.map(|(weight, (value, exponent))| {
				let weight = value_weight(weight, exponent, largest_exponent);
				i64::from(weight) * value.get(index).copied().map_or(0, i64::from)
			})
			.sum();
		*out = output(sum, normaliser, largest_exponent);
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{exp2::MAX_WEIGHT, row};
	use proptest::prelude::*;

	#[test]
	fn score_scale_is_precise() {
		for width in 1..=1024u32 {
			let ScoreScale { mantissa, shift } = ScoreScale::of(width);
			assert!((1 << 21..1 << 22).contains(&mantissa), "{width}");
			let found = f64::from(mantissa) / f64::from(shift).exp2();
			let exact = std::f64::consts::LOG2_E / f64::from(width).sqrt();
			assert!((found / exact - 1.0).abs() < 2f64.powi(-21), "{width}: {found} {exact}");
		}
	}

	#[test]
	fn extremes_are_defined() {
		assert_eq!(weight(i32::MIN, i32::MAX), 0);
		assert_eq!(weight(7, 7), MAX_WEIGHT);
		assert_eq!(score(i64::MIN, i16::MAX, i16::MAX, ScoreScale::of(64)), i32::MIN);
		assert_eq!(score(1, i16::MIN, i16::MIN, ScoreScale::of(64)), 0);
		assert_eq!(value_weight(MAX_WEIGHT, i16::MAX, i16::MIN), MAX_WEIGHT);
		assert_eq!(value_weight(MAX_WEIGHT, i16::MIN, i16::MAX), 0);
		assert_eq!(output(i64::MAX, Normaliser::of(1), i16::MAX), i32::MAX);
		assert_eq!(Normaliser::of(0), Normaliser::of(1));
		assert_eq!(Normaliser::of(u64::MAX), Normaliser { mantissa: 1 << 30, bits: 64 });
	}

	#[test]
	fn one_key_returns_its_value() {
		let mut out = [0; 2];
		let keys = Rows { elements: &[5, -9], exponents: &[-3] };
		let values = Rows { elements: &[16_384, -32_000], exponents: &[-14] };
		head(&[100, 7], -5, keys, values, ScoreScale::of(2), &mut out);
		for (out, exact) in out.into_iter().zip([1.0, -32_000.0 / 16_384.0]) {
			assert!((f64::from(out) / 65_536.0 - exact).abs() < 1e-5, "{out}");
		}
	}

	/// Keys of one head as reals, Q16 and rows.
	fn quantised(reals: &[Vec<f64>]) -> (Vec<i16>, Vec<i16>) {
		let mut elements = Vec::new();
		let exponents = reals
			.iter()
			.map(|row| {
				let fixed: Vec<i32> = row.iter().map(|x| (x * 65_536.0).round() as i32).collect();
				let mut out = vec![0; row.len()];
				let exponent = row::quantise(&fixed, Q16, &mut out);
				elements.extend(out);
				exponent
			})
			.collect();
		(elements, exponents)
	}

	fn real_rows(count: usize, width: usize) -> impl Strategy<Value = Vec<Vec<f64>>> {
		prop::collection::vec(prop::collection::vec(-4f64..4.0, width), count)
	}

	proptest! {
		#[test]
		fn agrees_with_real_numbers(
			(query, keys, values) in (1usize..40).prop_flat_map(|count| {
				(real_rows(1, 16), real_rows(count, 16), real_rows(count, 16))
			}),
		) {
			let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
			let scores: Vec<f64> = keys.iter().map(|key| dot(&query[0], key) / 4.0).collect();
			let largest = scores.iter().copied().fold(f64::MIN, f64::max);
			let weights: Vec<f64> = scores.iter().map(|score| (score - largest).exp()).collect();
			let total: f64 = weights.iter().sum();

			let ((query, query_exponents), (keys, key_exponents)) =
				(quantised(&query), quantised(&keys));
			let (value_rows, value_exponents) = quantised(&values);
			let keys = Rows { elements: &keys, exponents: &key_exponents };
			let rows = Rows { elements: &value_rows, exponents: &value_exponents };
			let mut out = [0; 16];
			head(&query, query_exponents[0], keys, rows, ScoreScale::of(16), &mut out);
			for (index, out) in out.into_iter().enumerate() {
				let exact = weights.iter().zip(&values).map(|(w, v)| w * v[index]).sum::<f64>() / total;
				prop_assert!((f64::from(out) / 65_536.0 - exact).abs() < 5e-3, "{} {}", out, exact);
			}
		}

		#[test]
		fn order_of_keys_is_immaterial(
			keys in prop::collection::vec((any::<[i16; 4]>(), -20i16..4), 1..50),
			values in prop::collection::vec((any::<[i16; 4]>(), -20i16..4), 50),
			query: [i16; 4],
		) {
			type Row = ([i16; 4], i16);
			let run = |pairs: &[(Row, Row)]| {
				let rows = |pick: fn(&(Row, Row)) -> Row| {
					let (rows, exponents): (Vec<_>, Vec<_>) = pairs.iter().map(pick).unzip();
					(rows.concat(), exponents)
				};
				let ((keys, key_exponents), (values, value_exponents)) =
					(rows(|pair| pair.0), rows(|pair| pair.1));
				let mut out = [0; 4];
				head(
					&query,
					-12,
					Rows { elements: &keys, exponents: &key_exponents },
					Rows { elements: &values, exponents: &value_exponents },
					ScoreScale::of(4),
					&mut out,
				);
				out
			};
			let mut pairs: Vec<_> = keys.into_iter().zip(values).collect();
			let forwards = run(&pairs);
			pairs.reverse();
			prop_assert_eq!(forwards, run(&pairs));
		}
	}
}
