// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Text to tokens and back, exactly.
//!
//! What a model makes of a prompt and which text its tokens spell follows from three things that its
//! manifest hashes: [`TextRules`], the *vocabulary* ([`Entry`] for each token) and the *merges* ([`Merge`] by
//! rank). The rules are small and shown as a whole; vocabulary and merges are Merkle trees, of which a
//! dispute opens one leaf.
//!
//! A prompt goes through four steps: it is put into its [`Frame`], normalised ([`Normaliser`]), cut into
//! words ([`Words`]), and each word into pieces ([`encode`]). All but the last need the rules only, and
//! whoever judges does them again. How the last one went is a [`Reading`]: it can be replayed without the
//! vocabulary, and one leaf refutes it where it is wrong.
//!
//! The definitions follow those of Hugging Face's `tokenizers` for the kinds of `tokenizer.json` that are
//! in use (byte-level pairs as in GPT-2, Llama 3 and Qwen; pairs over characters as in SentencePiece;
//! WordPiece as in BERT). Where the library and these definitions differ, these count.

mod answer;
mod characters;
mod encode;
mod normalise;
mod reading;
mod words;

use alloc::{string::String, vec::Vec};

use codec::{Decode, DecodeWithMemTracking, Encode};
use ergon_core::{attestation::MAX_TOKEN_BYTES, JobKind, H256};
use scale_info::TypeInfo;
use sp_crypto_hashing::blake2_256;

pub use self::{
	answer::Answer,
	encode::{encode, misread, Vocabulary},
	reading::{Misread, Piece, Read, Reading, Step, Unreadable, Word},
};

/// Most characters, or bytes where bytes are what is merged, of a text between the tokens of its frame,
/// normalised. A prompt of the longest kind always fits unless normalising makes it longer.
pub const MAX_SYMBOLS: usize = 10 << 10;
/// Longest [`TextRules`], SCALE-encoded: what a turn has room for beside the longest reading.
pub const MAX_RULES_BYTES: usize = 16 << 10;
/// Stands for a space in the pieces of a vocabulary that merges characters.
pub const SPACE: char = '▁';

/// What surrounds a prompt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Frame {
	/// Tokens before everything else.
	pub before: Vec<u32>,
	/// Text directly before the prompt; read together with it.
	pub lead: String,
	/// Text directly after the prompt; read together with it.
	pub trail: String,
	/// Tokens after everything else.
	pub after: Vec<u32>,
	/// Whether white space at the start of a prompt goes away.
	pub trim_start: bool,
	/// Whether white space at the end of a prompt goes away.
	pub trim_end: bool,
}

impl Frame {
	/// The text that is read between [`Self::before`] and [`Self::after`].
	pub fn surround(&self, prompt: &str) -> String {
		let prompt = if self.trim_start { prompt.trim_start() } else { prompt };
		let prompt = if self.trim_end { prompt.trim_end() } else { prompt };
		[&self.lead, prompt, &self.trail].concat()
	}

	/// Most tokens that the frame adds: text is at most one token per byte.
	pub fn tokens(&self) -> usize {
		self.before.len() + self.lead.len() + self.trail.len() + self.after.len()
	}
}

/// What is done to a text before it is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Normaliser {
	/// Nothing.
	#[codec(index = 0)]
	Nothing,
	/// Canonical composition (Unicode's NFC).
	#[codec(index = 1)]
	Composed,
	/// Spaces become [`SPACE`].
	#[codec(index = 2)]
	Spaces {
		/// Whether one is put before the text.
		first: FirstSpace,
	},
	/// As BERT has it, in this order.
	#[codec(index = 3)]
	Bert {
		/// Control characters go away, and white space becomes a space.
		clean: bool,
		/// Spaces are put around Chinese characters.
		chinese: bool,
		/// Accents go away.
		strip_accents: bool,
		/// Letters become small.
		lowercase: bool,
	},
}

/// Whether a [`SPACE`] is put before a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum FirstSpace {
	/// No.
	#[codec(index = 0)]
	Never,
	/// Unless the text is empty.
	#[codec(index = 1)]
	Always,
	/// Unless the text is empty, or begins with one.
	#[codec(index = 2)]
	UnlessThere,
}

/// How a text is cut into words; nothing is merged over their ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Words {
	/// Not at all.
	#[codec(index = 0)]
	Whole,
	/// As in GPT-2:
	/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
	#[codec(index = 1)]
	Gpt2 {
		/// Whether each digit is a word of its own; the text between digits is cut by itself.
		single_digits: bool,
	},
	/// As in Llama 3 and Qwen: `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,digits}|`
	/// ` ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	#[codec(index = 2)]
	Llama3 {
		/// Most digits of a word, at least one.
		digits: u8,
	},
	/// As in BERT: white space goes away, and each punctuation mark is a word.
	#[codec(index = 3)]
	Bert,
}

/// How a word becomes tokens.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Pieces {
	/// Neighbours are merged, the pair of the lowest rank first, and of those the first of the word, until
	/// there is none.
	#[codec(index = 0)]
	Merges {
		/// The token of each byte.
		bytes: Vec<u32>,
		/// Whether a word begins as its characters, with bytes for those without a token; otherwise it
		/// begins as its bytes.
		characters: bool,
		/// Whether a word that is in the vocabulary is that token, whatever its merges.
		whole_words: bool,
		/// Number of merges.
		count: u32,
	},
	/// The longest piece that the word begins with, then the longest that the rest begins with.
	#[codec(index = 1)]
	Longest {
		/// What pieces begin with that do not begin a word.
		continuing: String,
		/// The token of a word that cannot be cut to its end.
		unknown: u32,
		/// Most characters of a word that is not unknown.
		longest_word: u32,
	},
}

/// All about texts that is small.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct TextRules {
	/// What surrounds the prompt of an answer.
	pub chat: Frame,
	/// What surrounds a text that becomes a vector.
	pub plain: Frame,
	/// Tokens that end an answer, in ascending order.
	pub end_tokens: Vec<u32>,
	/// Whether an answer that begins with a space loses it.
	pub strips_leading_space: bool,
	/// What is done to a text first.
	pub normaliser: Normaliser,
	/// How it is cut into words.
	pub words: Words,
	/// How words become tokens.
	pub pieces: Pieces,
}

impl TextRules {
	/// What a manifest says about them: blake2b-256 over the SCALE encoding.
	pub fn hash(&self) -> H256 {
		H256(blake2_256(&self.encode()))
	}

	/// Whether the parts have the sizes that the executor and the judge count on.
	pub fn is_sound(&self) -> bool {
		let pieces = match &self.pieces {
			Pieces::Merges { bytes, count, .. } => bytes.len() == 256 && *count < 1 << 24,
			Pieces::Longest { .. } => true,
		};
		let words = self.words != Words::Llama3 { digits: 0 };
		pieces
			&& words
			&& self.end_tokens.is_sorted()
			&& self.encoded_size() <= MAX_RULES_BYTES
			// Leaves a prompt of the longest kind its room.
			&& [&self.chat, &self.plain].iter().all(|it| it.lead.len() + it.trail.len() < 1 << 10)
	}

	/// What surrounds the prompt of a job.
	pub fn frame(&self, kind: &JobKind) -> &Frame {
		match kind {
			JobKind::Generate(_) => &self.chat,
			JobKind::Embed => &self.plain,
		}
	}

	/// Whether a token ends an answer.
	pub fn is_end(&self, token: u32) -> bool {
		self.end_tokens.binary_search(&token).is_ok()
	}

	/// Number of merges.
	pub fn merges(&self) -> u32 {
		match self.pieces {
			Pieces::Merges { count, .. } => count,
			Pieces::Longest { .. } => 0,
		}
	}

	/// Whether pieces are characters in UTF-8, in which [`SPACE`] stands for a space.
	fn spells_spaces(&self) -> bool {
		matches!(self.pieces, Pieces::Merges { characters: true, .. })
	}
}

/// A token of the vocabulary. Its SCALE encoding is the leaf of the tree.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Entry {
	/// Has no text: a control token, one that ends answers, or an id without a token.
	#[codec(index = 0)]
	Silent,
	/// A piece of words, as the normaliser writes them.
	#[codec(index = 1)]
	Piece(Vec<u8>),
	/// One byte of a character that is no piece.
	#[codec(index = 2)]
	Byte(u8),
	/// Its text stands in answers, and no prompt is ever read as it.
	#[codec(index = 3)]
	Added(Vec<u8>),
}

impl Entry {
	/// The bytes that the token adds to an answer.
	pub fn text(&self, rules: &TextRules) -> Vec<u8> {
		match self {
			Self::Silent => Vec::new(),
			Self::Byte(byte) => Vec::from([*byte]),
			Self::Added(text) => text.clone(),
			Self::Piece(piece) if rules.spells_spaces() => match core::str::from_utf8(piece) {
				Ok(text) => text.replace(SPACE, " ").into_bytes(),
				Err(_) => piece.clone(),
			},
			Self::Piece(piece) => piece.clone(),
		}
	}

	/// Whether it is no longer than a token may be.
	pub fn is_sound(&self) -> bool {
		match self {
			Self::Piece(text) | Self::Added(text) => text.len() <= MAX_TOKEN_BYTES as usize,
			Self::Silent | Self::Byte(_) => true,
		}
	}

	/// Whether it is that piece.
	pub fn is_piece(&self, bytes: &[u8]) -> bool {
		matches!(self, Self::Piece(piece) if piece == bytes)
	}
}

/// Two neighbours that become one. Its SCALE encoding is the leaf of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Merge {
	/// The first of them.
	pub left: u32,
	/// The one behind it.
	pub right: u32,
	/// What they become.
	pub into: u32,
}
