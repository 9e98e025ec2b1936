// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Powers of two with a negative exponent, for softmax.

use crate::tables::EXP2;

/// Fraction bits of a weight.
pub const WEIGHT_FRACTION: u32 = 24;
/// The largest weight: one step below 1, so that a weight fits three bytes, or two halves of 12 bits.
pub const MAX_WEIGHT: u32 = (1 << WEIGHT_FRACTION) - 1;

/// ln 2, times 2^22.
pub const LN_2: u64 = 2_907_270;
/// (ln 2)^2 / 2, times 2^18.
pub const HALF_LN_2_SQUARED: u64 = 62_974;

/// `2^(-distance / 2^16)`, times 2^24 and at most [`MAX_WEIGHT`].
///
/// With `k` the integer part of the distance, `i` the next eight bits and `x` the last eight:
/// `p = 2^30 - (x * LN_2 >> 8) + (x^2 * HALF_LN_2_SQUARED >> 20)`, which is 2^30 times 2^(-x / 2^16);
/// the result is `EXP2[i] * p / 2^(36 + k)`, rounded to the nearest, halves upwards.
///
/// Error: half a step of 2^-24, and 2^-27 relative.
#[inline]
pub const fn exp2_negative(distance: u32) -> u32 {
	let (whole, index, rest) = (distance >> 16, (distance >> 8) & 0xff, (distance & 0xff) as u64);
	let series = (1 << 30) - ((rest * LN_2) >> 8) + ((rest * rest * HALF_LN_2_SQUARED) >> 20);
	let product = EXP2[index as usize] as u64 * series;
	let shift = 36 + whole;
	if shift > 63 {
		return 0;
	}
	let rounded = (product >> shift) + ((product >> (shift - 1)) & 1);
	match rounded > MAX_WEIGHT as u64 {
		true => MAX_WEIGHT,
		false => rounded as u32,
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn whole_distances_are_powers_of_two() {
		assert_eq!(exp2_negative(0), MAX_WEIGHT);
		for whole in 1..=24 {
			assert_eq!(exp2_negative(whole << 16), 1 << (24 - whole));
		}
		// Half a step rounds upwards; less does not.
		assert_eq!(exp2_negative(25 << 16), 1);
		assert_eq!(exp2_negative((25 << 16) + 256), 0);
		assert_eq!(exp2_negative(u32::MAX), 0);
	}

	#[test]
	fn weights_never_rise_with_distance() {
		let mut last = MAX_WEIGHT;
		for distance in 0..26 << 16 {
			let weight = exp2_negative(distance);
			assert!(weight <= last, "{distance}");
			last = weight;
		}
	}

	proptest! {
		#[test]
		fn agrees_with_real_numbers(distance in 0u32..30 << 16) {
			let exact = (24.0 - f64::from(distance) / 65_536.0).exp2().min(f64::from(MAX_WEIGHT));
			let error = (f64::from(exp2_negative(distance)) - exact).abs();
			prop_assert!(error <= 0.5 + exact * 2f64.powi(-27), "{}", error);
		}
	}
}
