// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The gated activation: `x / (1 + e^-x) * y`.

use crate::{curve, tables::SIGMOID};

/// Fraction bits of [`gated`].
pub const GATED_FRACTION: i32 = 32;

/// `1 / (1 + e^-x)` of a Q16 value, times 2^31; 1 from 16 on. [`curve::share`] of
/// its table.
///
/// Error: the chord's, at most (1 / 64)^2 / 8 * max|sigmoid''| = 2.94 * 10^-6.
#[inline]
pub const fn sigmoid(x: i32) -> u32 {
	curve::share(&SIGMOID, x)
}

/// `x / (1 + e^-x)` of a Q16 value in Q16: `shift_round(x * sigmoid(x), 31)`.
///
/// Error: half of 2^-16, and 2.94 * 10^-6 relative to `x`.
#[inline]
pub const fn silu(x: i32) -> i32 {
	curve::weigh(&SIGMOID, x)
}

/// One element of a gated feed-forward layer before it becomes a row: `silu(gate) * up`, exact, in
/// units of 2^-32.
#[inline]
pub const fn gated(gate: i32, up: i32) -> i64 {
	silu(gate) as i64 * up as i64
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn ends_are_flat() {
		assert_eq!(sigmoid(0), 1 << 30);
		assert_eq!(sigmoid(i32::MAX), 1 << 31);
		assert_eq!(sigmoid(i32::MIN), 0);
		assert_eq!(silu(i32::MAX), i32::MAX);
		assert_eq!(silu(i32::MIN), 0);
		assert_eq!(gated(i32::MAX, i32::MIN), i64::from(i32::MAX) * i64::from(i32::MIN));
		assert_eq!(silu(16 << 16), 16 << 16);
		assert_eq!(silu(-16 << 16), 0);
	}

	proptest! {
		#[test]
		fn agrees_with_real_numbers(x in -(20i32 << 16)..20 << 16) {
			let real = f64::from(x) / 65_536.0;
			let exact = 1.0 / (1.0 + (-real).exp());
			let found = f64::from(sigmoid(x)) / 2f64.powi(31);
			prop_assert!((found - exact).abs() <= 2.95e-6, "{} {}", found, exact);
			let error = (f64::from(silu(x)) / 65_536.0 - real * exact).abs();
			prop_assert!(error <= 0.5 / 65_536.0 + 2.95e-6 * real.abs());
		}

		#[test]
		fn sigmoid_is_symmetric(x in 0i32..) {
			prop_assert_eq!(sigmoid(x) + sigmoid(-x), 1 << 31);
		}
	}
}
