// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! From the hidden rows of a text to one vector of unit length.
//!
//! The mean over positions and the sum over positions have the same direction, so only the sum is
//! formed.

use crate::fixed::{bit_length, shift_round};
use crate::row::magnitude;

/// Bits by which elements are raised before they are added, so that rows of smaller exponents keep
/// their low bits.
const GUARD_BITS: i32 = 16;
/// Significant bits that enter the sum of squares.
const SQUARE_BITS: i32 = 23;
/// What an element of a unit vector is counted in.
pub const UNIT: i16 = i16::MAX;

/// One element's share of the sum over positions, in units of 2^(largest exponent - 16):
/// `shift_round(element * 2^16, largest exponent - exponent)`. Exact for exponents within 16 of the
/// largest.
#[inline]
pub fn share(element: i16, exponent: i16, largest_exponent: i16) -> i64 {
	let distance = i32::from(largest_exponent).saturating_sub(exponent.into()).max(0);
	shift_round(i64::from(element) << GUARD_BITS, distance)
}

/// Scales `values` to unit length; elements of the result count 1 / 32,767.
///
/// Let `s` bring the largest magnitude to exactly 23 bits (a negative `s` multiplies);
/// `x = shift_round(value, s)`; `norm = floor(sqrt(sum of x^2))`; the element is
/// `floor((2 * 32,767 * x + norm) / (2 * norm))`, limited to ±32,767. All zeros stay zeros.
///
/// Error: half a step of 1 / 32,767, and 2^-22 relative.
pub fn normalise(values: &[i64], out: &mut [i16]) {
	let shift = bit_length(magnitude(values)) as i32 - SQUARE_BITS;
	let scaled = || values.iter().map(|&value| shift_round(value, shift));
	let norm = scaled().map(|x| (x * x) as u64).fold(0u64, u64::saturating_add).isqrt() as i64;
	for (out, x) in out.iter_mut().zip(scaled()) {
		let element = match norm {
			0 => 0,
			_ => (2 * i64::from(UNIT) * x + norm).div_euclid(2 * norm),
		};
		*out = element.clamp((-UNIT).into(), UNIT.into()) as i16;
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn unit(values: &[i64]) -> Vec<i16> {
		let mut out = vec![0; values.len()];
		normalise(values, &mut out);
		out
	}

	#[test]
	fn simple_vectors() {
		assert_eq!(unit(&[0, 0]), [0, 0]);
		assert_eq!(unit(&[5, 0]), [32_767, 0]);
		assert_eq!(unit(&[0, i64::MIN]), [0, -32_767]);
		assert_eq!(unit(&[3, -4]), [19_660, -26_214]);
		assert_eq!(unit(&[]), [0i16; 0]);
	}

	#[test]
	fn shares_are_exact_nearby() {
		assert_eq!(share(-5, -20, -20), -5 << 16);
		assert_eq!(share(-5, -36, -20), -5);
		assert_eq!(share(3, -37, -20), 2);
		assert_eq!(share(3, i16::MIN, i16::MAX), 0);
	}

	proptest! {
		#[test]
		fn length_is_one(values in prop::collection::vec(-(1i64 << 50)..1 << 50, 1..300)) {
			let out = unit(&values);
			let real: Vec<f64> = values.iter().map(|&value| value as f64).collect();
			let norm = real.iter().map(|x| x * x).sum::<f64>().sqrt();
			prop_assume!(norm > 0.0);
			for (&out, real) in out.iter().zip(&real) {
				prop_assert!((f64::from(out) - real / norm * 32_767.0).abs() <= 0.52);
			}
		}
	}
}
