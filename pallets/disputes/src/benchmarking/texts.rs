// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The longest games about a prompt: all of it is one word, every byte of which is merged, or it has as many
//! words as it can. What is shown about the end of an answer, and what is named there, is smaller and checked
//! in the same way.

use alloc::vec::Vec;
use codec::Encode;
use ergon_core::{JobId, ModelManifest};
use ergon_exact::{
	game::{Move, Stage, Turn},
	text::{
		encode, Frame, Merge, Misread, Normaliser, Pieces, Read, Reading, TextRules, Vocabulary,
		Word, Words,
	},
};

use super::{attested, leaf, longest_answer, LastMove};
use crate::{Config, Results};

/// Two of the same become another.
struct Doubling;

impl Vocabulary for Doubling {
	fn piece(&self, _: &[u8]) -> Option<u32> {
		None
	}

	fn merge(&self, left: u32, right: u32) -> Option<(u32, u32)> {
		(left == right).then(|| (left >> 8, left + 256))
	}
}

/// A game about a prompt.
pub(super) struct TextGame {
	pub(super) job: JobId,
	/// Where it begins, and how the defender reads.
	pub(super) read: (Stage, Turn),
	/// Where it goes on, and what the challenger names: the last merge is another one.
	pub(super) misread: (Stage, Turn),
}

impl TextGame {
	/// The whole prompt is one word.
	pub(super) fn one_word<T: Config>() -> Self {
		// The last of the merges of 8 KiB of the same digit.
		Self::new::<T>(Words::Gpt2 { single_digits: false }, 12)
	}

	/// Each two digits are a word, and merged.
	pub(super) fn many_words<T: Config>() -> Self {
		Self::new::<T>(Words::Llama3 { digits: 2 }, 0)
	}

	/// A prompt that is cut like that, and the rank of the last of its merges.
	fn new<T: Config>(words: Words, rank: u32) -> Self {
		// Read by the slowest of the normalisers.
		let rules = TextRules {
			chat: Frame::default(),
			plain: Frame::default(),
			end_tokens: Vec::new(),
			strips_leading_space: false,
			normaliser: Normaliser::Composed,
			words,
			pieces: Pieces::Merges {
				bytes: (0..256).collect(),
				characters: false,
				whole_words: false,
				count: 1 << 17,
			},
		};
		let mut shown = None;
		let merge = Merge { left: 1, right: 2, into: 3 };
		let (proof, merges_root) = leaf(merge.encode(), rank.into(), rules.merges().into());
		let last = LastMove::new(0).manifest;
		let manifest = ModelManifest { merges_root, text_rules: rules.hash(), ..last };
		let job = T::Results::result_for_benchmark(manifest, |order| {
			let prompt = core::str::from_utf8(&order.prompt).expect("prompts are UTF-8");
			let read = Read::new(&rules, &rules.chat, prompt).expect("prompts fit");
			let reading = encode(&read, &Doubling);
			let tokens = read.tokens(&reading, u32::MAX).expect("it is a reading");
			let bundle = longest_answer();
			shown = Some(reading);
			(attested(order, &bundle, &tokens), bundle)
		});
		let reading = shown.expect("the answer was asked for");
		let misread = Self::merge(&reading, rank);
		let turn = |made: Move| Turn { groundwork: None, made };
		let read = Move::Read { rules: rules.clone(), reading: reading.clone() };
		let named = Move::Misread { part: misread, leaf: proof };
		Self {
			job,
			read: (Stage::Prompt, turn(read)),
			misread: (Stage::Read { rules, reading }, turn(named)),
		}
	}

	/// The last merge of that rank.
	fn merge(reading: &Reading, rank: u32) -> Misread {
		let words: Vec<_> = (0u32..).zip(&reading.words).collect();
		let found = words.into_iter().rev().find_map(|(word, it)| {
			let Word::Merged(steps) = it else { return None };
			let (step, last) = (0u32..).zip(steps).find(|(_, step)| step.rank() == rank)?;
			Some(Misread::Merge { word, step, left: last.left(), rank })
		});
		found.expect("the longest prompt is merged to the end")
	}
}
