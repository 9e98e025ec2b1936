// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Words to tokens, for whoever has the vocabulary.

use alloc::{
	collections::{BTreeMap, BinaryHeap},
	string::String,
	vec::Vec,
};
use core::cmp::Reverse;

use super::{
	reading::{Line, Piece, Read, Reading, Step, Word},
	Misread, Pieces,
};

/// Vocabulary and merges, to look things up in.
pub trait Vocabulary {
	/// The lowest token that is this piece.
	fn piece(&self, bytes: &[u8]) -> Option<u32>;

	/// The lowest rank of a merge of these two, and what they become.
	fn merge(&self, left: u32, right: u32) -> Option<(u32, u32)>;
}

/// Reads a text.
pub fn encode(read: &Read, vocabulary: &impl Vocabulary) -> Reading {
	let token = |character: &char| vocabulary.piece(character.encode_utf8(&mut [0; 4]).as_bytes());
	let mut reading =
		Reading { characters: read.characters().iter().map(token).collect(), words: Vec::new() };
	let characters = read.symbols_of(&reading);
	reading.words =
		read.words().map(|word| encode_word(read, vocabulary, word, &characters)).collect();
	reading
}

fn encode_word(
	read: &Read,
	vocabulary: &impl Vocabulary,
	word: &str,
	characters: &BTreeMap<char, Option<u32>>,
) -> Word {
	match &read.rules().pieces {
		Pieces::Merges { whole_words, .. } => {
			let whole = vocabulary.piece(word.as_bytes()).filter(|_| *whole_words);
			match whole {
				Some(token) => Word::Whole(token),
				None => {
					// Every byte has a token, and every character that is no piece is spelt in bytes.
					let mut line = Line::default();
					let begun = line.begin(|symbols| read.symbols(word, characters, symbols));
					debug_assert_eq!(begun, Some(()));
					Word::Merged(merges(line, vocabulary))
				}
			}
		}
		Pieces::Longest { .. } if read.is_too_long(word) => {
			Word::Cut { pieces: Vec::new(), complete: false }
		}
		Pieces::Longest { continuing, .. } => cut(word, continuing, vocabulary),
	}
}

/// All merges of a word.
fn merges(mut line: Line, vocabulary: &impl Vocabulary) -> Vec<Step> {
	let last = line.len();
	let (mut steps, mut queue) = (Vec::new(), BinaryHeap::new());
	// Where the symbol before another one begins; right for all that are left.
	let mut before: Vec<Option<u16>> = (0..last).map(|at| at.checked_sub(1)).collect();
	let find = |line: &Line, left: u16| {
		let (first, second, _) = line.pair(left)?;
		vocabulary.merge(first, second)
	};
	queue.extend((0..last).filter_map(|left| Some(Reverse((find(&line, left)?.0, left)))));
	while let Some(Reverse((rank, left))) = queue.pop() {
		// What was queued may be gone, or have become something else.
		let Some((now, into)) = find(&line, left) else { continue };
		let Some((_, _, right)) = line.pair(left).filter(|_| now == rank) else { continue };
		line.merge(left, into);
		steps.push(Step::new(rank, left, into));
		if let Some((_, _, next)) = line.pair(left) {
			if let Some(before) = before.get_mut(usize::from(next)) {
				*before = Some(left);
			}
		}
		debug_assert!(line.pair(right).is_none(), "a symbol that is gone has nothing behind it");
		let lefts = [before.get(usize::from(left)).copied().flatten(), Some(left)];
		let found = lefts.into_iter().flatten();
		queue.extend(found.filter_map(|left| Some(Reverse((find(&line, left)?.0, left)))));
	}
	steps
}

/// The longest pieces of a word.
fn cut(word: &str, continuing: &str, vocabulary: &impl Vocabulary) -> Word {
	let (mut pieces, mut start) = (Vec::new(), 0);
	while start < word.len() {
		let ends = word[start..].char_indices().map(|(at, it)| start + at + it.len_utf8());
		let ends: Vec<usize> = ends.collect();
		let found = ends.into_iter().rev().find_map(|end| {
			let prefix = if start == 0 { "" } else { continuing };
			let piece = [prefix, &word[start..end]].concat();
			vocabulary.piece(String::as_bytes(&piece)).map(|token| (token, end))
		});
		let Some((token, end)) = found else { return Word::Cut { pieces, complete: false } };
		pieces.push(Piece::new(token, (end - start) as u16));
		start = end;
	}
	Word::Cut { pieces, complete: true }
}

/// The first thing that is wrong about a reading, by one that is right: whichever of the two leaves comes
/// first by the rule that is broken, since the other side can only be right by being first.
pub fn misread(right: &Reading, shown: &Reading) -> Option<Misread> {
	let characters = right.characters.iter().zip(&shown.characters);
	for (index, (right, shown)) in (0..).zip(characters) {
		if right != shown {
			let token = first_of(*right, *shown)?;
			return Some(Misread::Character { index, token });
		}
	}
	let words = right.words.iter().zip(&shown.words);
	let (word, (right, shown)) = (0..).zip(words).find(|(_, (right, shown))| right != shown)?;
	Some(match (right, shown) {
		(Word::Merged(right), Word::Merged(shown)) => {
			let step = equal(right, shown);
			let order = |steps: &[Step]| steps.get(step).map(Step::order);
			let (rank, left) = first_of(order(right), order(shown))?;
			Misread::Merge { word, step: step as u32, left, rank }
		}
		(Word::Cut { pieces: right, .. }, Word::Cut { pieces: shown, .. }) => {
			let piece = equal(right, shown);
			let order = |pieces: &[Piece]| pieces.get(piece).map(Piece::order);
			let (_, token) = first_of(order(right), order(shown))?;
			Misread::Piece { word, piece: piece as u32, token }
		}
		(right, shown) => {
			let token = |word: &Word| match word {
				Word::Whole(token) => Some(*token),
				Word::Merged(_) | Word::Cut { .. } => None,
			};
			Misread::Whole { word, token: first_of(token(right), token(shown))? }
		}
	})
}

/// How many of two lists are the same.
fn equal<T: PartialEq>(right: &[T], shown: &[T]) -> usize {
	right.iter().zip(shown).take_while(|(right, shown)| right == shown).count()
}

fn first_of<T: Ord>(right: Option<T>, shown: Option<T>) -> Option<T> {
	match (right, shown) {
		(Some(right), Some(shown)) => Some(right.min(shown)),
		(right, shown) => right.or(shown),
	}
}
