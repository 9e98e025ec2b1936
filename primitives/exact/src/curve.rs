// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Curves that rise from 0 to 1 and are symmetric about (0, 1/2), by a table of their upper half: what the
//! activations multiply their input by.

use crate::fixed::{saturate, shift_round};

/// Fraction bits of [`share`].
pub const SHARE_FRACTION: i32 = 31;

/// The curve at a Q16 value, times 2^31. Entry `i` of the table is the curve at `i / 64`; beyond the last
/// entry the curve is 1.
///
/// With `i` the bits of `|x|` above its ten lowest and `f` these ten:
/// `s = table[i] + floor(((table[i + 1] - table[i]) * f + 512) / 1,024)`. The result is `s` for positive
/// `x` and `2^31 - s` for negative.
///
/// Error: the chord's, at most (1 / 64)^2 / 8 of the largest second derivative.
#[inline]
pub const fn share(table: &[u32], x: i32) -> u32 {
	let magnitude = x.unsigned_abs();
	let (index, rest) = ((magnitude >> 10) as usize, magnitude & 0x3ff);
	let upper = if index + 1 < table.len() {
		let (from, to) = (table[index], table[index + 1]);
		from + (((to - from) as u64 * rest as u64 + 512) >> 10) as u32
	} else {
		1 << 31
	};
	match x < 0 {
		true => (1 << 31) - upper,
		false => upper,
	}
}

/// The share of a Q16 value that the curve gives, in Q16: `shift_round(x * share(x), 31)`.
#[inline]
pub const fn weigh(table: &[u32], x: i32) -> i32 {
	saturate(shift_round(x as i64 * share(table, x) as i64, SHARE_FRACTION))
}
