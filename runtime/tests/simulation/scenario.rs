// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What is attempted block by block, and the least of it that still fails.

use ergon_test_chain::random::Choices;
use std::{fmt, str::FromStr};

/// What is attempted in each block. A number stands for one attempt: what it is, and by whom, follows from the
/// number and from the state of the chain.
///
/// Its text has a line for each block with attempts, `12: 9f3 a07`, with the block's number from 0 and the
/// attempts in hexadecimal digits, and comments that begin with `#`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scenario(Vec<Vec<u64>>);

impl Scenario {
	/// That many blocks, with that many attempts in each.
	pub(crate) fn random(seed: u64, blocks: u32, attempts: u32) -> Self {
		let mut choices = Choices::new(seed);
		let mut block = || (0..attempts).map(|_| choices.below(u64::MAX)).collect();
		Self((0..blocks).map(|_| block()).collect())
	}

	/// The attempts of each block.
	pub(crate) fn blocks(&self) -> impl Iterator<Item = &[u64]> {
		self.0.iter().map(Vec::as_slice)
	}

	/// The least of a scenario that fails as well: without blocks, then without attempts.
	pub(crate) fn shrink(self, mut fails: impl FnMut(&Self) -> bool) -> Self {
		let blocks = least(self.0, |blocks| fails(&Self(blocks.to_vec())));
		let attempts = blocks.iter().enumerate();
		let attempts = attempts.flat_map(|(block, all)| all.iter().map(move |one| (block, *one)));
		let rebuild = |attempts: &[(usize, u64)]| {
			let mut empty = vec![Vec::new(); blocks.len()];
			attempts.iter().for_each(|(block, attempt)| empty[*block].push(*attempt));
			Self(empty)
		};
		rebuild(&least(attempts.collect(), |attempts| fails(&rebuild(attempts))))
	}
}

/// Takes parts away, large ones first, as long as what is left fails: Zeller and Hildebrandt, "Simplifying and
/// Isolating Failure-Inducing Input", 2002. A library that takes away one element at a time would need hours
/// here, where each try takes seconds.
fn least<T: Clone>(mut all: Vec<T>, mut fails: impl FnMut(&[T]) -> bool) -> Vec<T> {
	let mut part = all.len().div_ceil(2);
	while part > 0 {
		let before = all.len();
		let mut start = 0;
		while start < all.len() {
			let end = all.len().min(start + part);
			let without = [&all[..start], &all[end..]].concat();
			match fails(&without) {
				true => all = without,
				false => start = end,
			}
		}
		// Single elements may become superfluous with each that goes.
		part = match part {
			1 if all.len() < before => 1,
			_ => part / 2,
		};
	}
	all
}

impl fmt::Display for Scenario {
	fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
		for (number, attempts) in self.0.iter().enumerate().filter(|(_, block)| !block.is_empty()) {
			write!(out, "{number}:")?;
			attempts.iter().try_for_each(|attempt| write!(out, " {attempt:x}"))?;
			writeln!(out)?;
		}
		Ok(())
	}
}

impl FromStr for Scenario {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, String> {
		let mut blocks = Vec::new();
		for line in text.lines().filter(|line| !line.starts_with('#')) {
			let wrong = || format!("'{line}' is not of the form 'block: attempt attempt'");
			let (number, attempts) = line.split_once(':').ok_or_else(wrong)?;
			let number: usize = number.parse().map_err(|_| wrong())?;
			let attempts = attempts.split_whitespace().map(|it| u64::from_str_radix(it, 16));
			blocks.resize(blocks.len().max(number + 1), Vec::new());
			blocks[number] = attempts.collect::<Result<_, _>>().map_err(|_| wrong())?;
		}
		Ok(Self(blocks))
	}
}

#[test]
fn the_least_that_fails_should_be_found() {
	let scenario = Scenario::random(1, 100, 6);
	let attempts: Vec<_> = scenario.blocks().flatten().copied().collect();
	let causes = [attempts[45], attempts[300], attempts[599]];
	let mut tries = 0;

	let least = scenario.shrink(|scenario| {
		tries += 1;
		causes.iter().all(|cause| scenario.blocks().flatten().any(|attempt| attempt == cause))
	});

	assert_eq!(least.blocks().flatten().copied().collect::<Vec<_>>(), causes);
	assert_eq!(least.blocks().count(), 3);
	assert!(tries < 100, "it took {tries} tries");
	assert_eq!(least.to_string().parse(), Ok(least));
}
