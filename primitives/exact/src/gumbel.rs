// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Gumbel noise that anybody can compute again: one value per seed, position and token.

use chacha20::{
	cipher::{KeyIvInit, StreamCipher, StreamCipherSeek},
	ChaCha20,
};

use crate::{
	fixed::bit_length,
	tables::{LOG2_RECIPROCAL, RECIPROCAL},
};

/// Fraction bits of [`gumbel`].
pub const GUMBEL_FRACTION: i32 = 24;
/// Fraction bits of [`log2`].
pub const LOG_FRACTION: u32 = 56;

/// The first eight bytes of the nonce; the last four are the position.
const NONCE_DOMAIN: [u8; 8] = *b"ergon:x1";
/// Bytes of a ChaCha20 block, and of one word in it.
const BLOCK_BYTES: u64 = 64;
const WORD_BYTES: u64 = 4;
/// ln 2, times 2^62.
const LN_2: i64 = 3_196_577_161_300_663_915;
/// -ln(ln 2), times 2^56.
const MINUS_LN_LN_2: i64 = 26_410_039_240_928_891;
/// log2(e) / n, times 2^62, for n = 1..=6.
const SERIES: [i64; 6] = [
	6_653_256_548_922_161_246,
	3_326_628_274_461_080_623,
	2_217_752_182_974_053_749,
	1_663_314_137_230_540_311,
	1_330_651_309_784_432_249,
	1_108_876_091_487_026_874,
];

/// The random word of a token: 32 bits of the ChaCha20 key stream of RFC 8439.
///
/// Key: the seed. Nonce: the eight bytes `ergon:x1`, then the position, little-endian. Block: the
/// token id divided by 16. Word: the rest of that division, little-endian. So every token has a word
/// of its own at every position, and any of them can be had without the others.
pub fn random_word(seed: &[u8; 32], position: u32, id: u32) -> u32 {
	let mut nonce = [0; 12];
	nonce[..8].copy_from_slice(&NONCE_DOMAIN);
	nonce[8..].copy_from_slice(&position.to_le_bytes());
	let mut cipher = ChaCha20::new(seed.into(), &nonce.into());
	let id = u64::from(id);
	let mut word = [0; 4];
	// Ids are below 2^32, so the block counter stays below 2^28.
	cipher.seek(id / 16 * BLOCK_BYTES + id % 16 * WORD_BYTES);
	cipher.apply_keystream(&mut word);
	u32::from_le_bytes(word)
}

/// `floor(a * b / 2^shift)`.
#[inline]
const fn multiply(a: i64, b: i64, shift: u32) -> i64 {
	((a as i128 * b as i128) >> shift) as i64
}

/// The base-2 logarithm of a positive integer, times 2^56; 0 counts as 1.
///
/// Let the value be `m * 2^n` with `m` in 1..2, `i` the first seven fraction bits of `m`, and
/// `r = m * RECIPROCAL[i] / 2^16 - 1`, which lies within ±2^-7.9, rounded down to 2^-63. Then
/// `log2(value) = n + LOG2_RECIPROCAL[i] + log2(1 + r)`, the last by the series
/// `r (c1 - r (c2 - r (c3 - r (c4 - r (c5 - r c6)))))` with `cn = log2(e) / n`, where each product is
/// `floor(a * b / 2^63)` on 62 fraction bits. Error: below 2^-54.
#[inline]
pub const fn log2(value: u64) -> i64 {
	let value = if value == 0 { 1 } else { value };
	let whole = bit_length(value) - 1;
	let mantissa = value << (63 - whole);
	let index = ((mantissa >> 56) & 0x7f) as usize;
	// Both factors are positive and the product is below 2^80.
	let r = ((mantissa as i128 * RECIPROCAL[index] as i128 - (1 << 79)) >> 16) as i64;
	let mut sum = SERIES[5];
	let mut term = 5;
	while term > 0 {
		term -= 1;
		sum = SERIES[term] - multiply(r, sum, 63);
	}
	let fraction = LOG2_RECIPROCAL[index] + multiply(r, sum, 63);
	((whole as i64) << LOG_FRACTION) + (fraction >> (62 - LOG_FRACTION))
}

/// `-ln(-ln u)` for `u = (word + 1/2) / 2^32`, times 2^24.
///
/// `e = 33 * 2^56 - log2(2 word + 1)` is `-log2(u)` times 2^56, and never 0. The result is
/// `floor(((56 * 2^56 - log2(e)) * LN_2 / 2^62 - ln(ln 2) * 2^56) / 2^32 + 1/2)`.
///
/// Values lie in -3.13..=22.88. Error: 2^-24, and twice that for the last 2^-30 of all words.
#[inline]
pub const fn gumbel(word: u32) -> i32 {
	let exponential = ((33i64 << LOG_FRACTION) - log2(2 * word as u64 + 1)) as u64;
	let distance = ((LOG_FRACTION as i64) << LOG_FRACTION) - log2(exponential);
	let value = multiply(distance, LN_2, 62) + MINUS_LN_LN_2;
	((value >> 32) + ((value >> 31) & 1)) as i32
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn exact(word: u32) -> f64 {
		// 1 - u is exact in a double; ln_1p keeps its digits where u is close to 1.
		let complement = (2f64.powi(33) - (2.0 * f64::from(word) + 1.0)) / 2f64.powi(33);
		-(-(-complement).ln_1p()).ln()
	}

	fn error(word: u32) -> f64 {
		(f64::from(gumbel(word)) / 2f64.powi(24) - exact(word)).abs() * 2f64.powi(24)
	}

	#[test]
	fn key_stream_is_rfc_8439() {
		// The same key stream read in one piece.
		let (seed, position) = ([7; 32], 9u32);
		let mut nonce = *b"ergon:x1\0\0\0\0";
		nonce[8..].copy_from_slice(&position.to_le_bytes());
		let mut stream = [0; 4 * 100];
		ChaCha20::new(&seed.into(), &nonce.into()).apply_keystream(&mut stream);
		for (id, word) in (0..).zip(stream.chunks(4)) {
			assert_eq!(random_word(&seed, position, id).to_le_bytes(), word);
		}
		random_word(&seed, u32::MAX, u32::MAX);
	}

	#[test]
	fn ends_are_finite() {
		for word in [0, 1, 2, 1 << 31, u32::MAX - 1, u32::MAX] {
			assert!(error(word) <= 2.0, "{word}: {}", error(word));
		}
		assert!(gumbel(0) > -53_000_000 && gumbel(u32::MAX) < 384_000_000);
	}

	#[test]
	fn logarithms_of_powers_are_nearly_whole() {
		for whole in 0..64 {
			let error = log2(1 << whole) - ((whole as i64) << LOG_FRACTION);
			assert!(error.abs() <= 4, "{whole}: {error}");
		}
		assert_eq!(log2(0), log2(1));
	}

	#[test]
	fn mean_and_variance_are_gumbel() {
		let count = 1 << 16;
		let noise: Vec<f64> = (0..count)
			.map(|id| f64::from(gumbel(random_word(&[1; 32], 0, id))) / 2f64.powi(24))
			.collect();
		let mean = noise.iter().sum::<f64>() / f64::from(count);
		let variance = noise.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / f64::from(count);
		// Euler's constant and pi^2 / 6, within five standard errors.
		assert!((mean - 0.577_216).abs() < 0.026, "{mean}");
		assert!((variance - 1.644_934).abs() < 0.09, "{variance}");
	}

	proptest! {
		#[test]
		fn gumbel_agrees_with_real_numbers(word: u32) {
			prop_assert!(error(word) <= 1.1, "{}", error(word));
		}

		#[test]
		fn small_and_large_words_agree_too(rest: u16, high: bool) {
			let word = if high { u32::MAX - u32::from(rest) } else { rest.into() };
			prop_assert!(error(word) <= 2.0, "{}", error(word));
		}

		#[test]
		fn log2_agrees_with_real_numbers(value in 1u64..) {
			let found = log2(value) as f64 / 2f64.powi(56);
			prop_assert!((found - (value as f64).log2()).abs() < 1e-13);
		}
	}
}
