// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The activation of encoders: `x * F(x)`, with `F` the normal distribution function.

use crate::{curve, tables::NORMAL};

/// The normal distribution function of a Q16 value, times 2^31; 1 from 8 on. [`curve::share`] of
/// its table.
///
/// Error: the chord's, at most (1 / 64)^2 / 8 * max|density'| = 7.39 * 10^-6.
#[inline]
pub const fn normal(x: i32) -> u32 {
	curve::share(&NORMAL, x)
}

/// `x * F(x)` of a Q16 value in Q16: `shift_round(x * normal(x), 31)`.
///
/// Error: half of 2^-16, and 7.39 * 10^-6 relative to `x`.
#[inline]
pub const fn gelu(x: i32) -> i32 {
	curve::weigh(&NORMAL, x)
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	/// By a series of positive terms; see the test of the table.
	fn distribution(x: f64) -> f64 {
		let magnitude = x.abs();
		let density = (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
		let (mut term, mut sum) = (magnitude, 0.0);
		for odd in (3..600).step_by(2) {
			sum += term;
			term *= x * x / f64::from(odd);
		}
		if x < 0.0 {
			0.5 - density * sum
		} else {
			0.5 + density * sum
		}
	}

	#[test]
	fn ends_are_flat() {
		assert_eq!(normal(0), 1 << 30);
		assert_eq!((normal(i32::MAX), normal(i32::MIN)), (1 << 31, 0));
		assert_eq!((gelu(i32::MAX), gelu(i32::MIN)), (i32::MAX, 0));
		assert_eq!((gelu(8 << 16), gelu(-8 << 16)), (8 << 16, 0));
	}

	proptest! {
		#[test]
		fn agrees_with_real_numbers(x in -(10i32 << 16)..10 << 16) {
			let real = f64::from(x) / 65_536.0;
			let exact = distribution(real);
			let found = f64::from(normal(x)) / 2f64.powi(31);
			prop_assert!((found - exact).abs() <= 7.4e-6, "{} {}", found, exact);
			let error = (f64::from(gelu(x)) / 65_536.0 - real * exact).abs();
			prop_assert!(error <= 0.5 / 65_536.0 + 7.4e-6 * real.abs());
		}

		#[test]
		fn distribution_is_symmetric(x in 0i32..) {
			prop_assert_eq!(normal(x) + normal(-x), 1 << 31);
		}
	}
}
