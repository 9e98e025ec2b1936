// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Rows: what enters a dot product.
//!
//! A row is a slice of `i16` within ±[`MAX_ELEMENT`] and one exponent; element `q` stands for
//! `q * 2^exponent`. The exponent is found from the row itself, by an integer maximum, so that the
//! largest element uses 15 or, after rounding, 14 bits and a fraction.

use crate::fixed::{bit_length, shift_round};

/// Largest magnitude of an element: `256 * 127 + 127`, so that an element splits into a signed high
/// byte and a signed low byte, `256 * high + low`, for kernels that multiply bytes.
pub const MAX_ELEMENT: i16 = 32_639;

/// The least shift that brings `magnitude` to at most [`MAX_ELEMENT`] after rounding; 0 when it is
/// there already.
#[inline]
pub const fn shift_for(magnitude: u64) -> u32 {
	let shift = bit_length(magnitude).saturating_sub(15);
	// Up to 33 bits of shift, what is left is below 2^15; rounding or the last 128 values may pass the
	// limit, and one more bit then suffices.
	let rounded = match shift {
		0 => magnitude,
		_ => (magnitude >> shift) + ((magnitude >> (shift - 1)) & 1),
	};
	match rounded > MAX_ELEMENT as u64 {
		true => shift + 1,
		false => shift,
	}
}

/// One element: `shift_round(value, shift)`, limited to ±[`MAX_ELEMENT`] (which [`shift_for`] of the
/// row's magnitude never needs).
#[inline]
pub const fn element(value: i64, shift: u32) -> i16 {
	let rounded = shift_round(value, shift as i32);
	if rounded > MAX_ELEMENT as i64 {
		MAX_ELEMENT
	} else if rounded < -(MAX_ELEMENT as i64) {
		-MAX_ELEMENT
	} else {
		rounded as i16
	}
}

/// Largest magnitude among `values`; 0 for none.
pub fn magnitude<T: Copy + Into<i64>>(values: &[T]) -> u64 {
	values.iter().map(|&value| value.into().unsigned_abs()).max().unwrap_or(0)
}

/// The exponent of a row whose elements had `fraction` fraction bits before `shift`.
#[inline]
pub const fn exponent(shift: u32, fraction: i32) -> i16 {
	let exponent = (shift as i32).saturating_sub(fraction);
	if exponent > i16::MAX as i32 {
		i16::MAX
	} else if exponent < i16::MIN as i32 {
		i16::MIN
	} else {
		exponent as i16
	}
}

/// Turns `values`, which count `2^-fraction`, into a row in `out`, and returns its exponent.
///
/// The error of an element is at most half of `2^exponent`, hence at most 2^-15 of the row's largest
/// element (`2^exponent <= largest / 16,320`).
pub fn quantise<T: Copy + Into<i64>>(values: &[T], fraction: i32, out: &mut [i16]) -> i16 {
	let shift = shift_for(magnitude(values));
	for (out, &value) in out.iter_mut().zip(values) {
		*out = element(value.into(), shift);
	}
	exponent(shift, fraction)
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn shift_changes_where_rounding_would_pass_the_limit() {
		assert_eq!(shift_for(0), 0);
		assert_eq!(shift_for(32_639), 0);
		assert_eq!(shift_for(32_640), 1);
		assert_eq!(shift_for(65_278), 1);
		// 65,279 / 2 rounds up to 32,640.
		assert_eq!(shift_for(65_279), 2);
		assert_eq!(shift_for(u64::MAX), 50);
	}

	#[test]
	fn a_row_of_zeros_keeps_its_exponent() {
		let mut out = [1; 3];
		assert_eq!(quantise(&[0i32; 3], 16, &mut out), -16);
		assert_eq!(out, [0; 3]);
	}

	proptest! {
		#[test]
		fn shift_is_the_least_that_fits(magnitude in 0..=i64::MAX as u64) {
			let rounded = |shift: u32| shift_round(magnitude as i64, shift as i32);
			let shift = shift_for(magnitude);
			prop_assert!(rounded(shift) <= MAX_ELEMENT.into());
			prop_assert!(shift == 0 || rounded(shift - 1) > MAX_ELEMENT.into());
		}

		#[test]
		fn no_element_needs_the_limit(values in prop::collection::vec(any::<i64>(), 1..40)) {
			let mut out = vec![0; values.len()];
			let exponent = quantise(&values, 0, &mut out);
			for (&out, &value) in out.iter().zip(&values) {
				prop_assert_eq!(i64::from(out), shift_round(value, exponent.into()));
			}
			// The largest element uses at least half of the range, unless it was small to begin with.
			let largest = out.iter().map(|value| value.unsigned_abs()).max().unwrap();
			prop_assert!(exponent == 0 || largest >= 16_319);
		}
	}
}
