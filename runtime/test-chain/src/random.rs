// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Choices that are the same in every run.

use sp_io::hashing::blake2_256;

/// A stream of choices out of a seed.
pub struct Choices {
	seed: u64,
	drawn: u64,
}

impl Choices {
	/// The stream of that seed.
	pub fn new(seed: u64) -> Self {
		Self { seed, drawn: 0 }
	}

	/// 32 arbitrary bytes.
	pub fn bytes(&mut self) -> [u8; 32] {
		self.drawn += 1;
		let mut input = [0; 16];
		input[..8].copy_from_slice(&self.seed.to_le_bytes());
		input[8..].copy_from_slice(&self.drawn.to_le_bytes());
		blake2_256(&input)
	}

	/// A number below `bound`.
	pub fn below(&mut self, bound: u64) -> u64 {
		let bytes = self.bytes();
		u64::from_le_bytes(bytes[..8].try_into().unwrap()) % bound
	}

	/// True once in `times`.
	pub fn one_in(&mut self, times: u64) -> bool {
		self.below(times) == 0
	}

	/// One of these.
	pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
		&from[self.below(from.len() as u64) as usize]
	}
}
