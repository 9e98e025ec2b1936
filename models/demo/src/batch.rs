// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Batches: examples of like length side by side, so that little is filling.

use crate::{
	corpus::{Corpus, Kind},
	random::{Purpose, Random},
	tokens::{Tokens, END_ID},
	Result,
};

/// Sequences of equal length with the positions whose next token is learned.
#[derive(Clone, Debug, PartialEq)]
pub struct Shard {
	/// Tokens of all sequences, one after the other.
	pub tokens: Vec<u32>,
	/// Number of sequences.
	pub batch: usize,
	/// Positions in `tokens` from which a token is predicted.
	pub rows: Vec<u32>,
	/// The token that follows each of `rows`.
	pub targets: Vec<u32>,
	/// How much each of `targets` counts.
	pub weights: Vec<f32>,
}

/// One sequence with the weight of each of its tokens.
struct Sequence {
	tokens: Vec<u32>,
	weights: Vec<f32>,
}

/// Examples of one pool.
const POOL: usize = 2048;
/// Sequences in 100 that are a conversation of several questions.
const CONVERSATIONS: usize = 6;

/// The shards of pool number `index`, each of at most `shard_tokens` tokens, in the order in which
/// they are learned. Texts longer than `context` are left out.
pub fn pool(
	corpus: &Corpus,
	tokens: &Tokens,
	seed: u64,
	index: u64,
	shard_tokens: usize,
	context: usize,
	prompt_weight: f32,
) -> Result<Vec<Shard>> {
	let mut random = Random::new(seed, Purpose::Examples, index);
	let mut sequences = Vec::with_capacity(POOL);
	while sequences.len() < POOL {
		let turns = if random.percent(CONVERSATIONS) { 2 + random.below(3) } else { 1 };
		let sequence = sequence(corpus, tokens, turns, prompt_weight, &mut random)?;
		if sequence.tokens.len() <= context.min(shard_tokens) {
			sequences.push(sequence);
		}
	}
	sequences.sort_by_key(|s| s.tokens.len());
	let mut shards = Vec::new();
	let mut rest = &sequences[..];
	while !rest.is_empty() {
		// Lengths ascend, so the last of a shard is its longest.
		let fits = |n: &usize| n * rest[n - 1].tokens.len() <= shard_tokens;
		let count = (1..=rest.len()).take_while(fits).last().unwrap_or(1);
		let (taken, left) = rest.split_at(count);
		shards.push(shard(taken));
		rest = left;
	}
	Random::new(seed, Purpose::Order, index).shuffle(&mut shards);
	Ok(shards)
}

/// A conversation of `turns` examples; only the first may be a story, which is long.
fn sequence(
	corpus: &Corpus,
	tokens: &Tokens,
	turns: usize,
	prompt_weight: f32,
	random: &mut Random,
) -> Result<Sequence> {
	let mut sequence = Sequence { tokens: Vec::new(), weights: Vec::new() };
	for turn in 0..turns {
		let example = corpus.example(random);
		if turn > 0 && example.kind == Kind::Story {
			continue;
		}
		let prompt = tokens.prompt(&example.prompt)?;
		let answer: &String = random.pick(&example.answers);
		let answer = tokens.answer(answer)?;
		// Which answer is right is settled by a few of its tokens, however long it is: with equal
		// weights the long ones, above all stories, would drown the short ones.
		let weight = 1.0 / (answer.len() as f32).sqrt();
		sequence.weights.extend(prompt.iter().map(|_| prompt_weight * weight));
		sequence.weights.extend(answer.iter().map(|_| weight));
		sequence.tokens.extend(prompt);
		sequence.tokens.extend(answer);
	}
	Ok(sequence)
}

/// Puts sequences side by side, filled up to the longest.
fn shard(sequences: &[Sequence]) -> Shard {
	let length = sequences.iter().map(|s| s.tokens.len()).max().unwrap_or(0);
	let mut shard = Shard {
		tokens: Vec::with_capacity(length * sequences.len()),
		batch: sequences.len(),
		rows: Vec::new(),
		targets: Vec::new(),
		weights: Vec::new(),
	};
	for sequence in sequences {
		let base = shard.tokens.len();
		for at in 1..sequence.tokens.len() {
			if sequence.weights[at] > 0.0 {
				shard.rows.push((base + at - 1) as u32);
				shard.targets.push(sequence.tokens[at]);
				shard.weights.push(sequence.weights[at]);
			}
		}
		shard.tokens.extend(&sequence.tokens);
		shard.tokens.resize(base + length, END_ID);
	}
	shard
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::tokens::{ASSISTANT_ID, USER_ID};

	#[test]
	fn pool_is_deterministic_and_learns_answers_only() {
		let corpus = Corpus::load().unwrap();
		let tokens = Tokens::train(&corpus, 1, 300).unwrap();
		let make = || pool(&corpus, &tokens, 1, 5, 2048, 512, 0.0).unwrap();
		let shards = make();
		assert_eq!(shards, make());
		assert!(shards.iter().map(|s| s.batch).sum::<usize>() == POOL);
		let (mut filled, mut learned) = (0, 0);
		for shard in &shards {
			assert!(shard.tokens.len() <= 2048 && shard.tokens.len() % shard.batch == 0);
			assert_eq!(shard.rows.len(), shard.targets.len());
			assert_eq!(shard.rows.len(), shard.weights.len());
			for (row, target) in shard.rows.iter().zip(&shard.targets) {
				assert_eq!(shard.tokens[*row as usize + 1], *target);
				assert!(![USER_ID, ASSISTANT_ID].contains(target));
			}
			filled += shard.tokens.len();
			learned += shard.rows.len();
		}
		assert!(learned * 2 > filled, "{learned} of {filled} tokens are learned");
	}
}
