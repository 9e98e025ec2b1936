// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How a text became tokens, in a form that anybody can follow and one leaf refutes.

use alloc::{
	collections::{BTreeMap, BTreeSet},
	string::String,
	vec::Vec,
};
use core::{cmp::Reverse, ops::Range};

use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

use super::{Entry, Frame, Merge, Pieces, TextRules, MAX_SYMBOLS};

/// A number below 2^24 in three bytes, little-endian: readings of long texts are long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
struct Short([u8; 3]);

impl Short {
	fn new(number: u32) -> Self {
		let [a, b, c, _] = number.to_le_bytes();
		Self([a, b, c])
	}

	fn get(self) -> u32 {
		let [a, b, c] = self.0;
		u32::from_le_bytes([a, b, c, 0])
	}
}

/// Two neighbours of a word were merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Step {
	rank: Short,
	left: u16,
	into: Short,
}

impl Step {
	/// A step; `rank` and `into` are below 2^24.
	pub fn new(rank: u32, left: u16, into: u32) -> Self {
		Self { rank: Short::new(rank), left, into: Short::new(into) }
	}

	/// The merge.
	pub fn rank(&self) -> u32 {
		self.rank.get()
	}

	/// Where the first of the two began when the word was not merged yet.
	pub fn left(&self) -> u16 {
		self.left
	}

	/// What they became.
	pub fn token(&self) -> u32 {
		self.into.get()
	}

	/// What comes first is merged first.
	pub(super) fn order(&self) -> (u32, u16) {
		(self.rank(), self.left)
	}
}

/// A piece that a word was cut into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Piece {
	token: Short,
	length: u16,
}

impl Piece {
	/// A token below 2^24, and how many bytes of the word it takes.
	pub fn new(token: u32, length: u16) -> Self {
		Self { token: Short::new(token), length }
	}

	/// The token.
	pub fn token(&self) -> u32 {
		self.token.get()
	}

	/// What comes first is taken: the longest, and of those the lowest token.
	pub(super) fn order(&self) -> (Reverse<u16>, u32) {
		(Reverse(self.length), self.token())
	}
}

/// How a word became tokens.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Word {
	/// By these merges, in their order.
	#[codec(index = 0)]
	Merged(Vec<Step>),
	/// The word itself is a token.
	#[codec(index = 1)]
	Whole(u32),
	/// It was cut into its longest pieces.
	#[codec(index = 2)]
	Cut {
		/// The pieces, as far as there were any.
		pieces: Vec<Piece>,
		/// Whether they reach its end; otherwise the word is unknown.
		complete: bool,
	},
}

/// How a text became tokens.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Reading {
	/// The token of each character, in the order in which the text first has them; none of those that are
	/// spelt in bytes. Empty where words begin as bytes, or are cut.
	pub characters: Vec<Option<u32>>,
	/// Word after word.
	pub words: Vec<Word>,
}

/// What is said to be wrong about a [`Reading`]; a leaf of vocabulary or merges shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Misread {
	/// A character has this token, or has not the one that was shown.
	#[codec(index = 0)]
	Character {
		/// Which, in the order of [`Reading::characters`].
		index: u32,
		/// The token of the leaf.
		token: u32,
	},
	/// A word is this token, or is not the one that was shown.
	#[codec(index = 1)]
	Whole {
		/// The word.
		word: u32,
		/// The token of the leaf.
		token: u32,
	},
	/// This piece comes here, or the one that was shown does not.
	#[codec(index = 2)]
	Piece {
		/// The word.
		word: u32,
		/// Which of its pieces.
		piece: u32,
		/// The token of the leaf.
		token: u32,
	},
	/// This merge comes before the one that was shown, or that one is another.
	#[codec(index = 3)]
	Merge {
		/// The word.
		word: u32,
		/// Steps that were right.
		step: u32,
		/// Where the first of the two began.
		left: u16,
		/// The merge of the leaf.
		rank: u32,
	},
}

/// Why no text of an order can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
	/// It has more than [`MAX_SYMBOLS`] once it is normalised.
	TooLong,
}

/// A text, as far as the rules alone say what becomes of it.
pub struct Read<'a> {
	rules: &'a TextRules,
	frame: &'a Frame,
	text: String,
	words: Vec<Range<usize>>,
	/// Its characters in the order of their first appearance, where they matter.
	characters: Vec<char>,
}

/// The symbols of a word, while they are merged.
#[derive(Default)]
pub(super) struct Line {
	tokens: Vec<u32>,
	/// Where the symbol behind begins; the length of the word behind the last. Of symbols that are gone,
	/// nothing.
	next: Vec<Option<u16>>,
}

impl Line {
	/// Has it begin with a word that is not merged yet.
	pub(super) fn begin(
		&mut self,
		symbols: impl FnOnce(&mut Vec<u32>) -> Option<()>,
	) -> Option<()> {
		self.tokens.clear();
		symbols(&mut self.tokens)?;
		self.next.clear();
		self.next.extend((1..=self.tokens.len()).map(|next| Some(next as u16)));
		Some(())
	}

	/// What is at `left`, and what is behind it and where.
	pub(super) fn pair(&self, left: u16) -> Option<(u32, u32, u16)> {
		let right = (*self.next.get(usize::from(left))?)?;
		let token = |at: u16| self.tokens.get(usize::from(at)).copied();
		Some((token(left)?, token(right)?, right))
	}

	/// Makes the symbol at `left` and the one behind it `into`.
	pub(super) fn merge(&mut self, left: u16, into: u32) -> Option<()> {
		let (_, _, right) = self.pair(left)?;
		let behind = self.next.get_mut(usize::from(right))?.take();
		*self.next.get_mut(usize::from(left))? = behind;
		*self.tokens.get_mut(usize::from(left))? = into;
		Some(())
	}

	/// How many symbols it began with.
	pub(super) fn len(&self) -> u16 {
		self.tokens.len() as u16
	}

	/// What is left.
	fn left(&self) -> impl Iterator<Item = u32> + '_ {
		let left = self.tokens.iter().zip(&self.next);
		left.filter_map(|(token, next)| next.map(|_| *token))
	}
}

impl<'a> Read<'a> {
	/// A prompt in its frame.
	///
	/// # Errors
	///
	/// [`Unreadable`], on every machine.
	pub fn new(rules: &'a TextRules, frame: &'a Frame, prompt: &str) -> Result<Self, Unreadable> {
		let text = rules.normaliser.apply(&frame.surround(prompt));
		let mut characters = Vec::new();
		let symbols = match &rules.pieces {
			Pieces::Merges { characters: true, .. } => {
				let mut seen = BTreeSet::new();
				characters = text.chars().filter(|it| seen.insert(*it)).collect();
				text.chars().count()
			}
			Pieces::Merges { .. } => text.len(),
			Pieces::Longest { .. } => text.chars().count(),
		};
		if symbols > MAX_SYMBOLS {
			return Err(Unreadable::TooLong);
		}
		let start = text.as_ptr() as usize;
		let words = rules.words.cut(&text).into_iter().map(|word| {
			let from = word.as_ptr() as usize - start;
			from..from + word.len()
		});
		let words = words.collect();
		Ok(Self { rules, frame, text, words, characters })
	}

	/// The rules.
	pub fn rules(&self) -> &'a TextRules {
		self.rules
	}

	/// The words.
	pub fn words(&self) -> impl Iterator<Item = &str> {
		self.words.iter().map(|range| &self.text[range.clone()])
	}

	fn word(&self, index: u32) -> Option<&str> {
		self.words.get(index as usize).map(|range| &self.text[range.clone()])
	}

	/// Characters that a [`Reading`] has tokens of.
	pub fn characters(&self) -> &[char] {
		&self.characters
	}

	/// The tokens of the prompt, all below `vocabulary`, if the reading is one of this text: as many words,
	/// and steps that can be followed. Says nothing about whether they are right.
	pub fn tokens(&self, reading: &Reading, vocabulary: u32) -> Option<Vec<u32>> {
		if reading.words.len() != self.words.len()
			|| reading.characters.len() != self.characters.len()
			|| reading.characters.iter().flatten().any(|token| *token >= vocabulary)
		{
			return None;
		}
		let characters = self.symbols_of(reading);
		let mut tokens = self.frame.before.clone();
		let mut line = Line::default();
		for (text, word) in self.words().zip(&reading.words) {
			match (word, &self.rules.pieces) {
				// Most words of a text that has as many as it can.
				(Word::Merged(steps), Pieces::Merges { .. }) if steps.is_empty() => {
					self.symbols(text, &characters, &mut tokens)?;
				}
				(Word::Merged(steps), Pieces::Merges { .. }) => {
					self.merge(text, &characters, steps, &mut line)?;
					tokens.extend(line.left());
				}
				(Word::Whole(token), Pieces::Merges { whole_words: true, .. }) => {
					tokens.push(*token);
				}
				(Word::Cut { pieces, complete }, Pieces::Longest { unknown, .. }) => {
					let fits = match self.is_too_long(text) {
						true => pieces.is_empty() && !complete,
						false => (cut_length(text, pieces)? == text.len()) == *complete,
					};
					match (fits, complete) {
						(false, _) => return None,
						(true, true) => tokens.extend(pieces.iter().map(Piece::token)),
						(true, false) => tokens.push(*unknown),
					}
				}
				_ => return None,
			}
		}
		tokens.extend(&self.frame.after);
		tokens.iter().all(|token| *token < vocabulary).then_some(tokens)
	}

	/// Whether a leaf of the vocabulary shows that a reading is wrong; nothing where there is no such part.
	pub fn is_misread_by(&self, reading: &Reading, misread: Misread, leaf: &Entry) -> Option<bool> {
		match misread {
			Misread::Character { index, token } => {
				let character = self.characters.get(index as usize)?;
				let shown = *reading.characters.get(index as usize)?;
				let is_it = leaf.is_piece(character.encode_utf8(&mut [0; 4]).as_bytes());
				Some(is_other_token(shown, token, is_it))
			}
			Misread::Whole { word, token } => {
				let shown = match (reading.words.get(word as usize)?, &self.rules.pieces) {
					(Word::Whole(shown), _) => Some(*shown),
					(Word::Merged(_), Pieces::Merges { whole_words: true, .. }) => None,
					_ => return None,
				};
				let is_it = leaf.is_piece(self.word(word)?.as_bytes());
				Some(is_other_token(shown, token, is_it))
			}
			Misread::Piece { word, piece, token } => {
				let text = self.word(word)?;
				let Word::Cut { pieces, .. } = reading.words.get(word as usize)? else {
					return None;
				};
				let before = pieces.get(..piece as usize)?;
				let start = cut_length(text, before)?;
				if self.is_too_long(text) || start == text.len() {
					return None;
				}
				let length = self.length_at(text, start, leaf);
				let shown =
					pieces.get(piece as usize).map(|it| (usize::from(it.length), it.token()));
				Some(match (shown, length) {
					(Some((shown, other)), length) if other == token => length != Some(shown),
					(_, None) => false,
					(None, Some(_)) => true,
					(Some((shown, other)), Some(length)) => {
						length > shown || (length == shown && token < other)
					}
				})
			}
			Misread::Merge { .. } => None,
		}
	}

	/// Whether a leaf of the merges shows that a reading is wrong; nothing where there is no such part.
	pub fn is_mismerged_by(
		&self,
		reading: &Reading,
		misread: Misread,
		leaf: &Merge,
	) -> Option<bool> {
		let Misread::Merge { word, step, left, rank } = misread else { return None };
		let Word::Merged(steps) = reading.words.get(word as usize)? else { return None };
		let before = steps.get(..step as usize)?;
		let mut line = Line::default();
		self.merge(self.word(word)?, &self.symbols_of(reading), before, &mut line)?;
		let (first, second, _) = line.pair(left)?;
		let is_here = (leaf.left, leaf.right) == (first, second);
		Some(match steps.get(step as usize) {
			Some(shown) if shown.order() == (rank, left) => !is_here || leaf.into != shown.token(),
			Some(shown) => is_here && (rank, left) < shown.order(),
			None => is_here,
		})
	}

	/// What each character is in a reading.
	pub(super) fn symbols_of(&self, reading: &Reading) -> BTreeMap<char, Option<u32>> {
		let tokens = reading.characters.iter().copied();
		self.characters.iter().copied().zip(tokens).collect()
	}

	/// Adds the symbols that a word begins as.
	pub(super) fn symbols(
		&self,
		word: &str,
		characters: &BTreeMap<char, Option<u32>>,
		symbols: &mut Vec<u32>,
	) -> Option<()> {
		let Pieces::Merges { bytes, characters: by_character, .. } = &self.rules.pieces else {
			return None;
		};
		let of_byte = |byte: u8| bytes.get(usize::from(byte)).copied();
		if !by_character {
			for byte in word.bytes() {
				symbols.push(of_byte(byte)?);
			}
			return Some(());
		}
		for character in word.chars() {
			match characters.get(&character)? {
				Some(token) => symbols.push(*token),
				None => {
					for byte in character.encode_utf8(&mut [0; 4]).bytes() {
						symbols.push(of_byte(byte)?);
					}
				}
			}
		}
		Some(())
	}

	/// Has a line begin with a word, and go some steps.
	fn merge(
		&self,
		word: &str,
		characters: &BTreeMap<char, Option<u32>>,
		steps: &[Step],
		line: &mut Line,
	) -> Option<()> {
		line.begin(|symbols| self.symbols(word, characters, symbols))?;
		for step in steps {
			if step.rank() >= self.rules.merges() {
				return None;
			}
			line.merge(step.left, step.token())?;
		}
		Some(())
	}

	/// Whether a word is unknown because of its length.
	pub(super) fn is_too_long(&self, word: &str) -> bool {
		match &self.rules.pieces {
			Pieces::Longest { longest_word, .. } => word.chars().count() > *longest_word as usize,
			Pieces::Merges { .. } => false,
		}
	}

	/// How many bytes of a word a token takes from `start` on; none where it does not fit.
	fn length_at(&self, word: &str, start: usize, entry: &Entry) -> Option<usize> {
		let (Entry::Piece(piece), Pieces::Longest { continuing, .. }) = (entry, &self.rules.pieces)
		else {
			return None;
		};
		let piece = match start {
			0 => piece,
			_ => piece.strip_prefix(continuing.as_bytes())?,
		};
		let fits = !piece.is_empty()
			&& word.as_bytes().get(start..)?.starts_with(piece)
			&& word.is_char_boundary(start + piece.len());
		fits.then_some(piece.len())
	}
}

/// Bytes that pieces take of a word; nothing if they pass its end, or one of them is empty or ends within
/// a character.
fn cut_length(word: &str, pieces: &[Piece]) -> Option<usize> {
	let mut end = 0;
	for piece in pieces {
		end += usize::from(piece.length);
		if piece.length == 0 || !word.is_char_boundary(end) {
			return None;
		}
	}
	Some(end)
}

/// Whether `token`, which is the text or is not, contradicts the token that was shown for it. Of several
/// tokens that are the text, the lowest counts.
fn is_other_token(shown: Option<u32>, token: u32, is_it: bool) -> bool {
	match shown {
		Some(shown) if shown == token => !is_it,
		Some(shown) => is_it && token < shown,
		None => is_it,
	}
}
