// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Matrices: embedding rows, dot products, and the residual stream that they feed.

use crate::fixed::{saturate, shift_round, Q16};

/// The scale of one weight row: weight `q` stands for `q * mantissa * 2^exponent`.
///
/// The importer writes mantissas in 2^15..2^16, or 0 for a row of zeros.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scale {
	/// The significant bits.
	pub mantissa: u16,
	/// The power of two.
	pub exponent: i16,
}

impl Scale {
	/// Bytes of [`Self::to_bytes`].
	pub const BYTES: usize = 4;

	/// Mantissa, then exponent, both little-endian: what follows a row's weights in its Merkle leaf.
	#[inline]
	pub const fn to_bytes(self) -> [u8; Self::BYTES] {
		let ([m0, m1], [e0, e1]) = (self.mantissa.to_le_bytes(), self.exponent.to_le_bytes());
		[m0, m1, e0, e1]
	}

	/// The inverse of [`Self::to_bytes`].
	#[inline]
	pub const fn from_bytes([m0, m1, e0, e1]: [u8; Self::BYTES]) -> Self {
		Self { mantissa: u16::from_le_bytes([m0, m1]), exponent: i16::from_le_bytes([e0, e1]) }
	}
}

/// The exact sum of products of a weight row and a row.
///
/// At most 2^22 in magnitude per element. Integer addition is associative and commutative, so a
/// kernel may add in any order and in any lanes; a 32-bit lane holds the sum of 512 products at
/// full range (512 * 128 * 32,639 < 2^31). Elements beyond the shorter slice count as zero.
pub fn dot(weights: &[i8], row: &[i16]) -> i64 {
	weights.iter().zip(row).map(|(&weight, &element)| i64::from(weight) * i64::from(element)).sum()
}

/// One output of a matrix, in Q16: `dot * mantissa * 2^(scale exponent + row exponent)`, rounded once
/// and saturated.
///
/// Within 2^18 columns, `dot * mantissa` is below 2^56; beyond, it saturates.
///
/// Error: half of 2^-16, beside what weights and row already lost.
#[inline]
pub fn requantise(dot: i64, scale: Scale, row_exponent: i16) -> i32 {
	let product = dot.saturating_mul(i64::from(scale.mantissa));
	let exponent = i32::from(scale.exponent) + i32::from(row_exponent);
	saturate(shift_round(product, -(exponent + Q16)))
}

/// One output of a matrix from its weight row: [`requantise`] of [`dot`].
#[inline]
pub fn linear(weights: &[i8], scale: Scale, row: &[i16], row_exponent: i16) -> i32 {
	requantise(dot(weights, row), scale, row_exponent)
}

/// One element of an embedding in Q16: `weight * mantissa * 2^exponent`, rounded and saturated.
#[inline]
pub fn embedding(weight: i8, scale: Scale) -> i32 {
	requantise(weight.into(), scale, 0)
}

/// One element of the residual stream after an update, both in Q16: the sum, saturated.
#[inline]
pub const fn add(residual: i32, update: i32) -> i32 {
	residual.saturating_add(update)
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	const ONE: Scale = Scale { mantissa: 1 << 15, exponent: -15 };

	#[test]
	fn one_times_one_is_one() {
		assert_eq!(linear(&[1], ONE, &[1], 0), 1 << 16);
		assert_eq!(embedding(-3, ONE), -3 << 16);
	}

	#[test]
	fn extreme_rows_stay_exact() {
		let (weights, row) = ([i8::MIN; 4096], [32_639i16; 4096]);
		assert_eq!(dot(&weights, &row), -128 * 32_639 * 4096);
		assert_eq!(linear(&weights, ONE, &row, 0), i32::MIN);
	}

	#[test]
	fn extreme_exponents_are_defined() {
		let scale = |exponent| Scale { mantissa: u16::MAX, exponent };
		assert_eq!(requantise(1, scale(i16::MAX), i16::MAX), i32::MAX);
		assert_eq!(requantise(-1, scale(i16::MAX), i16::MAX), i32::MIN);
		assert_eq!(requantise(1, scale(i16::MIN), i16::MIN), 0);
		assert_eq!(requantise(i64::MIN, scale(0), 0), i32::MIN);
	}

	proptest! {
		#[test]
		fn scale_survives_its_bytes(mantissa: u16, exponent: i16) {
			let scale = Scale { mantissa, exponent };
			prop_assert_eq!(Scale::from_bytes(scale.to_bytes()), scale);
		}

		#[test]
		fn order_of_addition_is_immaterial(
			pairs in prop::collection::vec((any::<i8>(), any::<i16>()), 0..600),
			seed: u64,
		) {
			let (weights, row): (Vec<_>, Vec<_>) = pairs.iter().copied().unzip();
			let mut shuffled = pairs;
			let length = shuffled.len().max(1) as u64;
			for index in 0..shuffled.len() {
				shuffled.swap(index, (seed.rotate_left(index as u32 % 64) % length) as usize);
			}
			let (other_weights, other_row): (Vec<_>, Vec<_>) = shuffled.into_iter().unzip();
			prop_assert_eq!(dot(&weights, &row), dot(&other_weights, &other_row));
		}

		#[test]
		fn output_is_within_half_a_step(
			pairs in prop::collection::vec((-127i8..=127, -32_639i16..=32_639), 1..100),
			mantissa in 32_768u16..,
			exponent in -40i16..-16,
			row_exponent in -30i16..0,
		) {
			let (weights, row): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
			let scale = Scale { mantissa, exponent };
			let output = linear(&weights, scale, &row, row_exponent);
			let exact = dot(&weights, &row) as f64
				* f64::from(mantissa)
				* f64::from(exponent + row_exponent + 16).exp2();
			if exact.abs() < f64::from(i32::MAX) {
				prop_assert!((f64::from(output) - exact).abs() <= 0.5 + 1e-6);
			}
		}
	}
}
