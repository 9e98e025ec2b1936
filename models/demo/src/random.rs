// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Deterministic randomness: the same seed gives the same corpus and the same first weights on
//! every machine and with every number of threads.

use rand_chacha::{
	rand_core::{RngCore, SeedableRng},
	ChaCha8Rng,
};

/// What a stream of random numbers is for. Streams of different purposes never overlap.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
	/// One pool of training examples.
	Examples,
	/// The order of the batches of one pool.
	Order,
	/// The documents from which the tokenizer learns.
	Tokenizer,
	/// The first weights.
	Weights,
	/// The examples on which the model is judged.
	Evaluation,
}

/// A stream of random numbers.
pub struct Random(ChaCha8Rng);

impl Random {
	/// The stream number `index` of a purpose under the run's `seed`.
	pub fn new(seed: u64, purpose: Purpose, index: u64) -> Self {
		let mut key = [0u8; 32];
		key[..8].copy_from_slice(&seed.to_le_bytes());
		key[8] = purpose as u8;
		key[16..24].copy_from_slice(&index.to_le_bytes());
		Self(ChaCha8Rng::from_seed(key))
	}

	/// A number in `0..bound`; 0 when `bound` is 0.
	pub fn below(&mut self, bound: usize) -> usize {
		// Multiply and shift: the bias is below 2^-32 for every bound that occurs here.
		((u128::from(self.0.next_u64()) * bound as u128) >> 64) as usize
	}

	/// One of `items`. Panics when there are none, which the parsers rule out.
	pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
		&items[self.below(items.len())]
	}

	/// True in `percent` of 100 cases.
	pub fn percent(&mut self, percent: usize) -> bool {
		self.below(100) < percent
	}

	/// A number from the normal distribution of mean 0 and deviation 1, as the sum of twelve
	/// uniform numbers (Irwin–Hall): no library function whose last bit differs between machines,
	/// and no outlier beyond 6.
	pub fn normal(&mut self) -> f32 {
		let sum: f64 =
			(0..12).map(|_| f64::from(self.0.next_u32()) / 4_294_967_296.0 + 2f64.powi(-33)).sum();
		(sum - 6.0) as f32
	}

	/// Puts `items` in random order (Fisher–Yates).
	pub fn shuffle<T>(&mut self, items: &mut [T]) {
		for i in (1..items.len()).rev() {
			items.swap(i, self.below(i + 1));
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn streams_repeat_and_differ_by_purpose_and_index() {
		let draw = |purpose, index| {
			let mut random = Random::new(7, purpose, index);
			(0..8).map(|_| random.below(1_000_000)).collect::<Vec<_>>()
		};
		assert_eq!(draw(Purpose::Examples, 3), draw(Purpose::Examples, 3));
		assert_ne!(draw(Purpose::Examples, 3), draw(Purpose::Examples, 4));
		assert_ne!(draw(Purpose::Examples, 3), draw(Purpose::Order, 3));
	}

	#[test]
	fn below_stays_below_and_normal_has_the_right_moments() {
		let mut random = Random::new(1, Purpose::Weights, 0);
		assert!((0..1000).all(|_| random.below(7) < 7));
		assert_eq!(random.below(0), 0);
		let draws: Vec<f64> = (0..20_000).map(|_| f64::from(random.normal())).collect();
		let mean = draws.iter().sum::<f64>() / 20_000.0;
		let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 20_000.0;
		assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
	}

	#[test]
	fn shuffle_keeps_every_item() {
		let mut items: Vec<usize> = (0..100).collect();
		Random::new(1, Purpose::Order, 0).shuffle(&mut items);
		assert_ne!(items, (0..100).collect::<Vec<_>>());
		items.sort_unstable();
		assert_eq!(items, (0..100).collect::<Vec<_>>());
	}
}
