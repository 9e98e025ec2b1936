// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Randomness like the chain's: hashes of a counter, the same in every run.

use ergon_economics::{sampling, AuditRate};
use sp_crypto_hashing::blake2_256;

/// A stream of random words.
#[derive(Clone, Debug)]
pub struct Random {
	seed: u64,
	hashed: u64,
	words: Vec<u64>,
}

impl Random {
	/// The stream of that seed.
	pub fn new(seed: u64) -> Self {
		Self { seed, hashed: 0, words: Vec::new() }
	}

	/// The next eight bytes.
	fn word(&mut self) -> u64 {
		if let Some(word) = self.words.pop() {
			return word;
		}
		self.hashed += 1;
		let hash = blake2_256(&[self.seed.to_le_bytes(), self.hashed.to_le_bytes()].concat());
		let words = hash.as_chunks().0.iter().copied().map(u64::from_le_bytes);
		self.words.extend(words);
		self.words.pop().unwrap_or_default()
	}

	/// True with that probability.
	pub fn chance(&mut self, probability: f64) -> bool {
		// 53 bits are what a float holds.
		((self.word() >> 11) as f64) < probability * (1u64 << 53) as f64
	}

	/// How many of `count` happen, each with that probability.
	pub fn count(&mut self, count: u32, probability: f64) -> u32 {
		(0..count).filter(|_| self.chance(probability)).count() as u32
	}

	/// The number of auditors that the chain makes of a rate.
	pub fn draw(&mut self, rate: AuditRate) -> u32 {
		let mut randomness = [0; 32];
		// All that is looked at.
		randomness[..8].copy_from_slice(&self.word().to_le_bytes());
		sampling::draw(rate, &randomness)
	}

	/// A number below `bound`, which is not zero.
	pub fn below(&mut self, bound: usize) -> usize {
		((u128::from(self.word()) * bound as u128) >> 64) as usize
	}

	/// `count` different ones of `from`, as far as there are so many; they leave it.
	pub fn pick<T>(&mut self, from: &mut Vec<T>, count: u32) -> Vec<T> {
		let count = (count as usize).min(from.len());
		(0..count)
			.map(|_| {
				let at = self.below(from.len());
				from.swap_remove(at)
			})
			.collect()
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
		let stream = |seed| {
			let mut random = Random::new(seed);
			[(); 9].map(|()| random.word())
		};
		assert_eq!(stream(3), stream(3));
		assert_ne!(stream(3), stream(4));
		assert_ne!(stream(3)[0], stream(3)[1]);
	}

	#[test]
	fn who_is_picked_leaves() {
		let mut random = Random::new(5);
		let mut left: Vec<u32> = (0..10).collect();
		let picked = random.pick(&mut left, 4);
		let mut all = [picked, left].concat();
		assert_eq!(random.pick(&mut vec![7], 3), [7]);
		all.sort();
		assert_eq!(all, (0..10).collect::<Vec<_>>());
	}
}
