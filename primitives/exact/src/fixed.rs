// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Rounding, saturation and powers of two.
//!
//! Two formats recur. *Q16* is an `i32` that counts 2^-16: the residual stream, the output of every
//! matrix, scores and logits. A *row* is a slice of `i16` with one exponent: element `q` stands for
//! `q * 2^exponent` (see [`crate::row`]).

/// Fraction bits of Q16.
pub const Q16: i32 = 16;

/// `value / 2^shift`, rounded to the nearest integer, halves upwards: `floor(value / 2^shift + 1/2)`.
///
/// Halves go towards positive infinity for either sign: 3 / 2 is 2 and -3 / 2 is -1. A negative
/// shift multiplies by `2^-shift` and saturates at the limits of `i64`. Defined for every argument:
/// from shift 64 on, the result is 0.
#[inline]
pub const fn shift_round(value: i64, shift: i32) -> i64 {
	match shift {
		..=0 => shift_left(value, shift.unsigned_abs()),
		// floor(v / 2^s + 1/2) is floor(v / 2^s) plus the highest bit that is shifted out; unlike the
		// sum v + 2^(s - 1), this cannot overflow.
		1..=63 => (value >> shift) + ((value >> (shift - 1)) & 1),
		_ => 0,
	}
}

/// `value * 2^shift`, saturating.
#[inline]
const fn shift_left(value: i64, shift: u32) -> i64 {
	if value == 0 {
		return 0;
	}
	if shift < 63 {
		if let Some(product) = value.checked_mul(1 << shift) {
			return product;
		}
	}
	match value > 0 {
		true => i64::MAX,
		false => i64::MIN,
	}
}

/// The nearest `i32`.
#[inline]
pub const fn saturate(value: i64) -> i32 {
	if value > i32::MAX as i64 {
		i32::MAX
	} else if value < i32::MIN as i64 {
		i32::MIN
	} else {
		value as i32
	}
}

/// Bits needed to write `value`: 0 for 0, otherwise `floor(log2(value)) + 1`.
#[inline]
pub const fn bit_length(value: u64) -> u32 {
	u64::BITS - value.leading_zeros()
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn halves_go_upwards() {
		let rounded = |values: [i64; 5], shift| values.map(|value| shift_round(value, shift));
		assert_eq!(rounded([3, 1, 0, -1, -3], 1), [2, 1, 0, 0, -1]);
		assert_eq!(rounded([6, 5, 2, -2, -6], 2), [2, 1, 1, 0, -1]);
	}

	#[test]
	fn every_shift_is_defined() {
		assert_eq!(shift_round(i64::MAX, 1), 1 << 62);
		assert_eq!(shift_round(i64::MIN, 1), -(1 << 62));
		assert_eq!(shift_round(i64::MAX, 63), 1);
		assert_eq!(shift_round(i64::MIN, 63), -1);
		assert_eq!(shift_round(i64::MIN, 64), 0);
		assert_eq!(shift_round(i64::MAX, i32::MAX), 0);
		assert_eq!(shift_round(0, i32::MIN), 0);
		assert_eq!(shift_round(1, i32::MIN), i64::MAX);
		assert_eq!(shift_round(-1, -63), i64::MIN);
		assert_eq!(shift_round(-1, -64), i64::MIN);
		assert_eq!(shift_round(-3, -2), -12);
		assert_eq!(shift_round(1 << 62, -1), i64::MAX);
	}

	proptest! {
		#[test]
		fn shift_round_is_the_formula(value: i64, shift in 0i32..=64) {
			let formula = ((i128::from(value) << 1) + (1i128 << shift)) >> (shift + 1);
			prop_assert_eq!(i128::from(shift_round(value, shift)), formula);
		}

		#[test]
		fn left_shift_saturates(value: i64, shift in 0i32..=62) {
			let exact = (i128::from(value) << shift)
				.clamp(i64::MIN.into(), i64::MAX.into());
			prop_assert_eq!(i128::from(shift_round(value, -shift)), exact);
		}

		#[test]
		fn bit_length_bounds_the_value(value: u64) {
			let bits = bit_length(value);
			prop_assert!(bits == 64 || value < 1 << bits);
			prop_assert!(bits == 0 || value >= 1 << (bits - 1));
		}
	}
}
