// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Randomness like the chain's: hashes of a counter, the same in every run.

use sp_crypto_hashing::blake2_256;

/// A stream of 32-byte outputs.
#[derive(Clone, Debug)]
pub struct Random {
	seed: u64,
	drawn: u64,
}

impl Random {
	/// The stream of that seed.
	pub fn new(seed: u64) -> Self {
		Self { seed, drawn: 0 }
	}

	/// The next output.
	pub fn bytes(&mut self) -> [u8; 32] {
		self.drawn += 1;
		blake2_256(&[self.seed.to_le_bytes(), self.drawn.to_le_bytes()].concat())
	}

	/// True with that probability.
	pub fn chance(&mut self, probability: f64) -> bool {
		let bytes = self.bytes();
		let mut word = [0; 8];
		word.copy_from_slice(&bytes[..8]);
		// 53 bits are what a float holds.
		((u64::from_le_bytes(word) >> 11) as f64) < probability * (1u64 << 53) as f64
	}

	/// How many of `count` happen, each with that probability.
	pub fn count(&mut self, count: u32, probability: f64) -> u32 {
		(0..count).filter(|_| self.chance(probability)).count() as u32
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn chances_come_true_as_often_as_they_say() {
		let mut random = Random::new(1);
		for probability in [0.0, 0.01, 1.0 / 3.0, 1.0] {
			let hits = random.count(40_000, probability);
			let expected = 40_000.0 * probability;
			assert!((f64::from(hits) - expected).abs() <= 4.0 * expected.sqrt(), "{probability}");
		}
	}

	#[test]
	fn a_seed_gives_one_stream() {
		let mut streams = [Random::new(3), Random::new(3), Random::new(4)];
		let [one, same, other] = streams.each_mut().map(|stream| (stream.bytes(), stream.bytes()));
		assert_eq!(one, same);
		assert_ne!(one, other);
		assert_ne!(one.0, one.1);
	}
}
