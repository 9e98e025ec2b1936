// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Text to tokens and back, by the definitions of [`ergon_exact::text`] with a model's vocabulary.

use std::collections::HashMap;

use codec::{DecodeAll, Encode};
use ergon_core::{attestation::MAX_TOKEN_BYTES, merkle, H256};
use ergon_exact::text::{encode, Entry, Frame, Merge, Read, Reading, TextRules, Vocabulary};
use rayon::prelude::*;

use crate::error::Fault;

/// A model's rules and vocabulary.
pub struct Tokenizer {
	rules: TextRules,
	entries: Vec<Entry>,
	merges: Vec<Merge>,
	/// What each token adds to an answer.
	texts: Vec<Box<[u8]>>,
	index: Index,
}

/// Rules, vocabulary and merges, as a model's file has them.
type Parts = (TextRules, Vec<Entry>, Vec<Merge>);

/// A vocabulary to look things up in.
struct Index {
	pieces: HashMap<Vec<u8>, u32>,
	pairs: HashMap<(u32, u32), (u32, u32)>,
}

impl Index {
	fn new(entries: &[Entry], merges: &[Merge]) -> Self {
		// Of several the lowest counts.
		let (mut pieces, mut pairs) = (HashMap::new(), HashMap::new());
		for (token, entry) in (0..).zip(entries) {
			if let Entry::Piece(piece) = entry {
				pieces.entry(piece.clone()).or_insert(token);
			}
		}
		for (rank, Merge { left, right, into }) in (0..).zip(merges) {
			pairs.entry((*left, *right)).or_insert((rank, *into));
		}
		Self { pieces, pairs }
	}
}

impl Vocabulary for Index {
	fn piece(&self, bytes: &[u8]) -> Option<u32> {
		self.pieces.get(bytes).copied()
	}

	fn merge(&self, left: u32, right: u32) -> Option<(u32, u32)> {
		self.pairs.get(&(left, right)).copied()
	}
}

impl Tokenizer {
	/// From its parts.
	///
	/// # Errors
	///
	/// The part that is wrong.
	pub fn new(rules: TextRules, entries: Vec<Entry>, merges: Vec<Merge>) -> Result<Self, Fault> {
		if rules.merges() as usize != merges.len() {
			let reason = format!("are {}, but {} are counted", merges.len(), rules.merges());
			return Err(Fault::new("the merges", reason));
		}
		if !rules.is_sound() {
			return Err(Fault::new("the rules for texts", "take more than a dispute has room for"));
		}
		if let Some(token) = entries.iter().position(|entry| !entry.is_sound()) {
			let reason = format!("is longer than {MAX_TOKEN_BYTES} bytes");
			return Err(Fault::new(format!("token {token}"), reason));
		}
		let texts = entries.iter().map(|entry| entry.text(&rules).into()).collect();
		let index = Index::new(&entries, &merges);
		Ok(Self { rules, entries, merges, texts, index })
	}

	/// From what [`Self::to_bytes`] gave.
	///
	/// # Errors
	///
	/// The part that is wrong.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self, Fault> {
		let mut rest = bytes;
		let parts = Parts::decode_all(&mut rest).map_err(|_| {
			let byte = bytes.len() - rest.len();
			Fault::new(format!("byte {byte}"), "is not followed by what belongs there")
		});
		let (rules, entries, merges) = parts?;
		Self::new(rules, entries, merges)
	}

	/// The bytes of a model's file.
	pub fn to_bytes(&self) -> Vec<u8> {
		(&self.rules, &self.entries, &self.merges).encode()
	}

	/// The prompt of a conversation as tokens; the text itself where there is no chat template.
	///
	/// # Errors
	///
	/// A clause that says why the text cannot be read.
	pub fn encode_chat(&self, prompt: &str) -> Result<Vec<u32>, String> {
		self.encode(&self.rules.chat, prompt)
	}

	/// A text outside any conversation as tokens.
	///
	/// # Errors
	///
	/// A clause that says why the text cannot be read.
	pub fn encode_plain(&self, text: &str) -> Result<Vec<u32>, String> {
		self.encode(&self.rules.plain, text)
	}

	/// A text in a frame as tokens.
	///
	/// # Errors
	///
	/// A clause that says why the text cannot be read.
	pub(crate) fn encode(&self, frame: &Frame, text: &str) -> Result<Vec<u32>, String> {
		let (read, reading) = self.read(frame, text)?;
		self.tokens(&read, &reading)
	}

	/// How a text becomes tokens in a frame of these rules.
	///
	/// # Errors
	///
	/// A clause that says why it does not.
	pub fn read<'a>(&'a self, frame: &'a Frame, text: &str) -> Result<(Read<'a>, Reading), String> {
		let read = Read::new(&self.rules, frame, text)
			.map_err(|_| "it is too long once it is normalised")?;
		let reading = encode(&read, &self.index);
		Ok((read, reading))
	}

	/// The tokens that a reading makes of a text, whether it is right or wrong.
	///
	/// # Errors
	///
	/// A clause that says why it makes none.
	pub fn tokens(&self, read: &Read, reading: &Reading) -> Result<Vec<u32>, String> {
		let tokens = read.tokens(reading, self.entries.len() as u32);
		tokens.ok_or_else(|| "its vocabulary contradicts itself".into())
	}

	/// The bytes that a token adds to an answer: none for control tokens and for ids without a token.
	pub fn text(&self, token: u32) -> &[u8] {
		self.texts.get(token as usize).map_or(&[], |text| text)
	}

	/// Whether a token ends an answer.
	pub fn is_end(&self, token: u32) -> bool {
		self.rules.is_end(token)
	}

	/// The rules.
	pub fn rules(&self) -> &TextRules {
		&self.rules
	}

	/// Number of tokens.
	pub fn len(&self) -> usize {
		self.entries.len()
	}

	/// Whether there are no tokens.
	pub fn is_empty(&self) -> bool {
		self.entries.is_empty()
	}

	/// Roots of the trees over vocabulary and merges.
	pub fn roots(&self) -> (H256, H256) {
		(merkle::root(leaves(&self.entries)), merkle::root(leaves(&self.merges)))
	}

	/// A leaf of the vocabulary, and the way to the root.
	pub fn open_entry(&self, token: u32) -> Option<(Vec<u8>, Vec<H256>)> {
		open(&self.entries, token)
	}

	/// A leaf of the merges, and the way to the root.
	pub fn open_merge(&self, rank: u32) -> Option<(Vec<u8>, Vec<H256>)> {
		open(&self.merges, rank)
	}
}

fn leaves<T: Encode + Sync>(parts: &[T]) -> Vec<H256> {
	parts.par_iter().map(|part| merkle::leaf(&part.encode())).collect()
}

fn open<T: Encode + Sync>(parts: &[T], index: u32) -> Option<(Vec<u8>, Vec<H256>)> {
	let part = parts.get(index as usize)?;
	Some((part.encode(), merkle::proof(&leaves(parts), index as usize)?))
}
