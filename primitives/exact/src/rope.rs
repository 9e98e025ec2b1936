// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Rotary positions, in the convention that pairs element `i` with element `i + width / 2`.

use crate::fixed::{saturate, shift_round};

/// Fraction bits of the table of cosines and sines, which is part of a model's hashed data.
pub const TABLE_FRACTION: i32 = 30;

/// Rotates one pair of Q16 elements: `(a cos - b sin, b cos + a sin)`, each sum rounded once and
/// saturated.
///
/// Error: half of 2^-16, and 2^-30 relative from the table.
#[inline]
pub fn rotate(first: i32, second: i32, cosine: i32, sine: i32) -> (i32, i32) {
	let product = |value: i32, factor: i32| i64::from(value) * i64::from(factor);
	let real = product(first, cosine).saturating_sub(product(second, sine));
	let imaginary = product(second, cosine).saturating_add(product(first, sine));
	(saturate(shift_round(real, TABLE_FRACTION)), saturate(shift_round(imaginary, TABLE_FRACTION)))
}

/// Rotates one head in place. `cosines` and `sines` hold one entry per pair for the token's position.
#[inline]
pub fn rotate_head(head: &mut [i32], cosines: &[i32], sines: &[i32]) {
	let (first, second) = head.split_at_mut(head.len() / 2);
	for (((first, second), &cosine), &sine) in first.iter_mut().zip(second).zip(cosines).zip(sines)
	{
		(*first, *second) = rotate(*first, *second, cosine, sine);
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	const ONE: i32 = 1 << TABLE_FRACTION;

	#[test]
	fn quarter_turns_are_exact() {
		assert_eq!(rotate(3, 5, ONE, 0), (3, 5));
		assert_eq!(rotate(3, 5, 0, ONE), (-5, 3));
		assert_eq!(rotate(3, 5, -ONE, 0), (-3, -5));
		let mut head = [1, 2, 3, 4];
		rotate_head(&mut head, &[0, ONE], &[ONE, 0]);
		assert_eq!(head, [-3, 2, 1, 4]);
	}

	#[test]
	fn extremes_saturate() {
		let (real, imaginary) = rotate(i32::MIN, i32::MIN, i32::MIN, i32::MIN);
		assert_eq!((real, imaginary), (0, i32::MAX));
	}

	proptest! {
		#[test]
		fn length_is_kept(first in -(1i32 << 24)..1 << 24, second in -(1i32 << 24)..1 << 24, turn in 0f64..6.3) {
			let entry = |value: f64| (value * f64::from(ONE)).round() as i32;
			let (a, b) = rotate(first, second, entry(turn.cos()), entry(turn.sin()));
			let length = |a: i32, b: i32| f64::from(a).hypot(f64::from(b));
			prop_assert!((length(a, b) - length(first, second)).abs() < 1.0);
		}
	}
}
