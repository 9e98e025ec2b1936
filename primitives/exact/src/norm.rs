// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Normalisation: of decoders, `x / sqrt(mean(x^2) + epsilon) * weight`; of encoders, that of
//! `x - mean(x)`, plus a bias.

use crate::{
	fixed::{bit_length, saturate, shift_round, Q16},
	row,
};

/// Fraction bits of a normalised element before its weight.
pub const NORMALISED_FRACTION: i32 = 20;
/// Significant bits that enter the sum of squares: `2^46` per element, hence below `2^62` for 2^16.
pub const SQUARE_BITS: u32 = 23;

/// One over a root mean square: stands for `mantissa * 2^(-4 - shift)`; see [`Reciprocal::of`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reciprocal {
	/// In 2^30..=2^31.
	pub mantissa: u32,
	/// What [`normalise`] shifts a product by.
	pub shift: u8,
}

/// Mean of the squares of a Q16 row, in units of 2^-32, rounded down.
///
/// Let `p` be the least shift after which every magnitude is below 2^23 (0 for values below 128).
/// Then `floor(sum of floor(|x| / 2^p)^2 / count) * 2^(2p)`; 0 for an empty row.
pub fn mean_square(values: &[i32]) -> u64 {
	let shift = bit_length(row::magnitude(values)).saturating_sub(SQUARE_BITS);
	let sum: u64 = values
		.iter()
		.map(|value| u64::from(value.unsigned_abs() >> shift))
		.fold(0, |sum, value| sum.saturating_add(value * value));
	(sum / values.len().max(1) as u64) << (2 * shift)
}

impl Reciprocal {
	/// One over the square root of `mean_square + epsilon`, both in units of 2^-32.
	///
	/// With `z` the number of leading zero bits of the sum, rounded down to an even number, and
	/// `root = floor(sqrt(sum * 2^z))` in 2^31..2^32: mantissa `floor(2^62 / root)`, shift
	/// `42 - z / 2`. A square root rounded down has one value only, whatever algorithm finds it.
	///
	/// Relative error: below 2^-29.
	#[inline]
	pub fn of(mean_square: u64, epsilon: u64) -> Self {
		let sum = mean_square.saturating_add(epsilon).max(1);
		let zeros = sum.leading_zeros() & !1;
		let root = (sum << zeros).isqrt();
		Self { mantissa: ((1u64 << 62) / root) as u32, shift: (42 - zeros / 2) as u8 }
	}
}

/// One normalised element, in units of 2^-20: `shift_round(value * mantissa, shift)`, saturated.
#[inline]
pub fn normalise(value: i32, reciprocal: Reciprocal) -> i32 {
	let product = i64::from(value) * i64::from(reciprocal.mantissa);
	saturate(shift_round(product, reciprocal.shift.into()))
}

/// A normalised element times its weight: counts `2^-(20 + fraction bits of the weights)`.
#[inline]
pub const fn weigh(normalised: i32, weight: i32) -> i64 {
	normalised as i64 * weight as i64
}

/// Normalises a Q16 row into `out` and returns the exponent of the result.
///
/// `weights` count `2^-fraction`; `epsilon` counts 2^-32. The weighted elements become a row as
/// [`row::quantise`] says, with `20 + fraction` fraction bits.
///
/// Error: 2^-21 of the root mean square from the normalised element, 2^-29 relative from the
/// reciprocal, and the row's own 2^-15 of its largest element, which dominates.
pub fn rms_norm(
	values: &[i32],
	weights: &[i32],
	fraction: i16,
	epsilon: u64,
	out: &mut [i16],
) -> i16 {
	let reciprocal = Reciprocal::of(mean_square(values), epsilon);
	let weighted = || {
		values
			.iter()
			.zip(weights)
			.map(|(&value, &weight)| weigh(normalise(value, reciprocal), weight))
	};
	let magnitude = weighted().map(i64::unsigned_abs).max().unwrap_or(0);
	let shift = row::shift_for(magnitude);
	for (out, value) in out.iter_mut().zip(weighted()) {
		*out = row::element(value, shift);
	}
	row::exponent(shift, NORMALISED_FRACTION + i32::from(fraction))
}

/// One weighted element in Q16: `shift_round(weighted, 20 + fraction - 16)`, saturated.
#[inline]
pub fn to_q16(weighted: i64, fraction: i16) -> i32 {
	saturate(shift_round(weighted, NORMALISED_FRACTION + i32::from(fraction) - Q16))
}

/// Normalises a Q16 row in place, in Q16: what is done to each head of queries and keys where a model
/// norms them. `weights` count `2^-fraction`; `epsilon` counts 2^-32.
///
/// Error: half of 2^-16, 2^-21 of the weight from the normalised element, and 2^-29 relative.
pub fn rms_norm_q16(values: &mut [i32], weights: &[i32], fraction: i16, epsilon: u64) {
	let reciprocal = Reciprocal::of(mean_square(values), epsilon);
	for (value, &weight) in values.iter_mut().zip(weights) {
		*value = to_q16(weigh(normalise(*value, reciprocal), weight), fraction);
	}
}

/// Mean of a Q16 row in Q16, rounded to the nearest, halves upwards:
/// `floor((2 * sum + count) / (2 * count))`; 0 for an empty row.
pub fn mean(values: &[i32]) -> i32 {
	let count = values.len().max(1) as i64;
	let sum: i64 = values.iter().map(|&value| i64::from(value)).sum();
	// Between the least and the greatest value, hence no saturation.
	saturate((2 * sum + count).div_euclid(2 * count))
}

/// Normalises a Q16 row in place, in Q16, after its [`mean`] was subtracted (saturating), and adds
/// `biases`, which are in Q16 (saturating).
///
/// `weights` count `2^-fraction`; `epsilon` counts 2^-32.
///
/// Error: that of [`rms_norm_q16`], and half of 2^-16 of the row's standard deviation from the mean.
pub fn layer_norm(
	values: &mut [i32],
	weights: &[i32],
	fraction: i16,
	biases: &[i32],
	epsilon: u64,
) {
	let mean = mean(values);
	values.iter_mut().for_each(|value| *value = value.saturating_sub(mean));
	rms_norm_q16(values, weights, fraction, epsilon);
	for (value, &bias) in values.iter_mut().zip(biases) {
		*value = value.saturating_add(bias);
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	/// 10^-5 in units of 2^-32.
	const EPSILON: u64 = 42_950;

	#[test]
	fn extremes_are_defined() {
		assert_eq!(mean_square(&[]), 0);
		assert_eq!(mean_square(&[i32::MIN; 65_536]), 1 << 62);
		assert_eq!(Reciprocal::of(0, 0), Reciprocal { mantissa: 1 << 31, shift: 11 });
		let least = Reciprocal { mantissa: 1 << 30, shift: 42 };
		assert_eq!(Reciprocal::of(u64::MAX, u64::MAX), least);
	}

	#[test]
	fn a_constant_row_becomes_its_bias() {
		let mut values = [7 << 16; 5];
		layer_norm(&mut values, &[1 << 22; 5], 22, &[-1, 0, 1, i32::MIN, i32::MAX], EPSILON);
		assert_eq!(values, [-1, 0, 1, i32::MIN, i32::MAX]);
		let mut extremes = [i32::MIN, i32::MAX];
		layer_norm(&mut extremes, &[i32::MAX; 2], -30_000, &[0; 2], 0);
		assert_eq!(extremes, [i32::MIN, i32::MAX]);
		assert_eq!(mean(&[]), 0);
	}

	#[test]
	fn a_constant_row_becomes_ones() {
		let mut out = [0; 8];
		let exponent = rms_norm(&[5 << 16; 8], &[1 << 20; 8], 20, 1, &mut out);
		for value in out {
			let real = f64::from(value) * f64::from(exponent).exp2();
			assert!((real - 1.0).abs() < 1e-4, "{real}");
		}
	}

	#[test]
	fn a_row_of_zeros_stays_zero() {
		let mut out = [1; 4];
		rms_norm(&[0; 4], &[1 << 20; 4], 20, EPSILON, &mut out);
		assert_eq!(out, [0; 4]);
	}

	proptest! {
		#[test]
		fn agrees_with_real_numbers(
			values in prop::collection::vec(-(1i32 << 26)..1 << 26, 1..200),
			weight in 1i32 << 20..1 << 23,
		) {
			let weights = vec![weight; values.len()];
			let mut out = vec![0; values.len()];
			let exponent = rms_norm(&values, &weights, 22, EPSILON, &mut out);
			let reals: Vec<f64> = values.iter().map(|&value| f64::from(value) / 65_536.0).collect();
			let mean = reals.iter().map(|x| x * x).sum::<f64>() / reals.len() as f64;
			let factor = f64::from(weight) / 22f64.exp2() / (mean + 1e-5).sqrt();
			let largest = reals.iter().fold(0f64, |most, x| most.max(x.abs())) * factor;
			for (&out, real) in out.iter().zip(&reals) {
				let out = f64::from(out) * f64::from(exponent).exp2();
				prop_assert!((out - real * factor).abs() <= largest / 32_000.0 + 1e-6);
			}
		}

		#[test]
		fn layer_norm_agrees_with_real_numbers(
			values in prop::collection::vec(-(1i32 << 22)..1 << 22, 2..200),
			weight in 1i32 << 20..1 << 23,
			bias in -(1i32 << 18)..1 << 18,
		) {
			let count = values.len();
			let mut out = values.clone();
			layer_norm(&mut out, &vec![weight; count], 22, &vec![bias; count], EPSILON);
			let reals: Vec<f64> = values.iter().map(|&value| f64::from(value) / 65_536.0).collect();
			let mean = reals.iter().sum::<f64>() / count as f64;
			let variance = reals.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count as f64;
			let deviation = (variance + 1e-5).sqrt();
			let weight = f64::from(weight) / 22f64.exp2();
			for (out, real) in out.into_iter().zip(reals) {
				let exact = (real - mean) / deviation * weight + f64::from(bias) / 65_536.0;
				let error = (f64::from(out) / 65_536.0 - exact).abs();
				prop_assert!(error <= (1.1 + weight / deviation) / 65_536.0, "{} {}", out, exact);
			}
		}

		#[test]
		fn mean_is_the_nearest(values in prop::collection::vec(any::<i32>(), 1..50)) {
			let exact = values.iter().map(|&x| f64::from(x)).sum::<f64>() / values.len() as f64;
			prop_assert!((f64::from(mean(&values)) - exact).abs() <= 0.5 + 1e-6);
		}

		#[test]
		fn reciprocal_is_precise(mean in 1u64..1 << 62) {
			let Reciprocal { mantissa, shift } = Reciprocal::of(mean, 0);
			// value * mantissa / 2^shift counts 2^-20 of value / 2^16 / sqrt(mean / 2^32).
			let found = f64::from(mantissa) * f64::from(-i32::from(shift) - 4).exp2();
			let exact = 65_536.0 / (mean as f64).sqrt();
			prop_assert!((found / exact - 1.0).abs() < 2f64.powi(-29), "{} {}", found, exact);
		}
	}
}
