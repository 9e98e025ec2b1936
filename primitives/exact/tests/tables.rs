// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The tables are what their descriptions say.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use ergon_exact::tables::{EXP2, LOG2_RECIPROCAL, NORMAL, RECIPROCAL, SIGMOID};

/// Whether `entry` is the integer nearest to `real`, give or take what a double can tell.
fn is_nearest(entry: u32, real: f64) -> bool {
	(f64::from(entry) - real).abs() <= 0.5 + 1e-5
}

#[test]
fn powers_and_sigmoids_are_rounded_to_the_nearest() {
	for (index, &entry) in (0u32..).zip(&EXP2) {
		assert!(is_nearest(entry, (30.0 - f64::from(index) / 256.0).exp2()), "{index}");
	}
	for (index, &entry) in (0u32..).zip(&SIGMOID) {
		let real = 2f64.powi(31) / (1.0 + (-f64::from(index) / 64.0).exp());
		assert!(is_nearest(entry, real), "{index}");
	}
	for (index, &entry) in (0u32..).zip(&RECIPROCAL) {
		let real = 65_536.0 / (1.0 + (f64::from(index) + 0.5) / 128.0);
		assert!(is_nearest(entry.into(), real), "{index}");
	}
}

#[test]
fn the_normal_distribution_is_rounded_to_the_nearest() {
	for (index, &entry) in (0u32..).zip(&NORMAL) {
		// 1/2 + density * (x + x^3 / 3 + x^5 / (3 * 5) + ...), a series of positive terms.
		let x = f64::from(index) / 64.0;
		let density = (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
		let (mut term, mut sum) = (x, 0.0);
		for odd in (3..400).step_by(2) {
			sum += term;
			term *= x * x / f64::from(odd);
		}
		assert!(is_nearest(entry, 2f64.powi(31) * (0.5 + density * sum)), "{index}");
	}
}

#[test]
fn logarithms_agree_with_repeated_squaring() {
	for (&reciprocal, &entry) in RECIPROCAL.iter().zip(&LOG2_RECIPROCAL) {
		// log2(reciprocal / 2^16) + 1, one bit per squaring of a number in 1..2.
		let mut mantissa = u128::from(reciprocal) << 48;
		let mut fraction = 0i64;
		for _ in 0..58 {
			mantissa = (mantissa * mantissa) >> 63;
			let carry = mantissa >> 64;
			mantissa >>= carry;
			fraction = fraction << 1 | carry as i64;
		}
		// Both have 62 fraction bits; squaring has found the first 58.
		let squared = (1 << 62) - (fraction << 4);
		assert!((squared - entry).abs() <= 1 << 5, "{reciprocal}: {squared} {entry}");
	}
}
