// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The longest game about a prompt: all of it is one word, every byte of which is merged. What is shown
//! about the end of an answer, and what is named there, is smaller and checked in the same way.

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
	pub(super) fn new<T: Config>() -> Self {
		// Read by the slowest of the normalisers, and by the longest pattern.
		let rules = TextRules {
			chat: Frame::default(),
			plain: Frame::default(),
			end_tokens: Vec::new(),
			strips_leading_space: false,
			normaliser: Normaliser::Composed,
			words: Words::Llama3 { digits: 3 },
			pieces: Pieces::Merges {
				bytes: (0..256).collect(),
				characters: false,
				whole_words: false,
				count: 1 << 17,
			},
		};
		let mut shown = None;
		// The last of the merges of 8 KiB of the same letter.
		let rank = 12;
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

	/// The merge of that rank.
	fn merge(reading: &Reading, rank: u32) -> Misread {
		let found = (0u32..).zip(&reading.words).find_map(|(word, it)| {
			let Word::Merged(steps) = it else { return None };
			let (step, last) = (0u32..).zip(steps).find(|(_, step)| step.rank() == rank)?;
			Some(Misread::Merge { word, step, left: last.left(), rank })
		});
		found.expect("the longest prompt is merged to the end")
	}
}
