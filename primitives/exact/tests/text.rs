// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Readings: the right one stands whatever is opened, and every other one is refuted by one leaf.

#![allow(clippy::unwrap_used)]

use std::collections::HashMap;

use codec::Encode;
use ergon_exact::{
	game::{Move, Turn, MAX_TURN_BYTES},
	text::{
		encode, misread, Entry, FirstSpace, Frame, Merge, Misread, Normaliser, Piece, Pieces, Read,
		Reading, Step, TextRules, Unreadable, Vocabulary, Word, Words, MAX_SYMBOLS,
	},
};
use proptest::prelude::*;

/// A vocabulary in memory.
struct Toy {
	rules: TextRules,
	entries: Vec<Entry>,
	merges: Vec<Merge>,
	pieces: HashMap<Vec<u8>, u32>,
	pairs: HashMap<(u32, u32), (u32, u32)>,
}

impl Vocabulary for Toy {
	fn piece(&self, bytes: &[u8]) -> Option<u32> {
		self.pieces.get(bytes).copied()
	}

	fn merge(&self, left: u32, right: u32) -> Option<(u32, u32)> {
		self.pairs.get(&(left, right)).copied()
	}
}

fn rules(normaliser: Normaliser, words: Words, pieces: Pieces) -> TextRules {
	let frame = Frame { before: vec![1], trail: "\n".into(), after: vec![2], ..Frame::default() };
	TextRules {
		chat: frame.clone(),
		plain: Frame::default(),
		end_tokens: vec![2],
		strips_leading_space: false,
		normaliser,
		words,
		pieces,
	}
}

fn toy(rules: TextRules, entries: Vec<Entry>, merges: Vec<Merge>) -> Toy {
	let pieces = entries.iter().enumerate().rev().filter_map(|(id, entry)| match entry {
		Entry::Piece(piece) => Some((piece.clone(), id as u32)),
		_ => None,
	});
	let pieces = pieces.collect();
	let pairs = merges.iter().enumerate().rev();
	let pairs = pairs.map(|(rank, it)| ((it.left, it.right), (rank as u32, it.into))).collect();
	let rules = match rules.pieces {
		Pieces::Merges { bytes, characters, whole_words, .. } => {
			let count = merges.len() as u32;
			let pieces = Pieces::Merges { bytes, characters, whole_words, count };
			TextRules { pieces, ..rules }
		}
		Pieces::Longest { .. } => rules,
	};
	Toy { rules, entries, merges, pieces, pairs }
}

/// Merges over the letters a to d and spaces, drawn by `pairs`, whose results may be merged further.
fn merging(characters: bool, whole_words: bool, pairs: &[(u8, u8)]) -> Toy {
	let mut entries: Vec<Entry> = match characters {
		false => (0..=255).map(|byte| Entry::Piece(vec![byte])).collect(),
		true => (0..=255).map(Entry::Byte).collect(),
	};
	if characters {
		entries.extend(["▁", "a", "b", "c", "d"].map(|it| Entry::Piece(it.into())));
	}
	let text_of = |entries: &[Entry], id: u32| match &entries[id as usize] {
		Entry::Piece(piece) => piece.clone(),
		Entry::Byte(byte) => vec![*byte],
		_ => vec![],
	};
	let first: Vec<u32> = match characters {
		false => b" abcd".iter().map(|byte| u32::from(*byte)).collect(),
		true => (256..261).collect(),
	};
	let (mut usable, mut merges) = (first, Vec::<Merge>::new());
	for (left, right) in pairs {
		let pick = |index: &u8| usable[usize::from(*index) % usable.len()];
		let (left, right) = (pick(left), pick(right));
		if merges.iter().any(|it| (it.left, it.right) == (left, right)) {
			continue;
		}
		let text = [text_of(&entries, left), text_of(&entries, right)].concat();
		let known = entries.iter().position(|it| it.is_piece(&text));
		let into = known.unwrap_or(entries.len()) as u32;
		if known.is_none() {
			entries.push(Entry::Piece(text));
			usable.push(into);
		}
		merges.push(Merge { left, right, into });
	}
	let (normaliser, words) = match characters {
		true => (Normaliser::Spaces { first: FirstSpace::Always }, Words::Whole),
		false => (Normaliser::Nothing, Words::Llama3 { digits: 3 }),
	};
	let pieces = Pieces::Merges { bytes: (0..256).collect(), characters, whole_words, count: 0 };
	toy(rules(normaliser, words, pieces), entries, merges)
}

fn longest(pieces: &[String]) -> Toy {
	let entries = ["[UNK]", "a", "##a"].into_iter().map(String::from).chain(pieces.iter().cloned());
	let entries = entries.map(|it| Entry::Piece(it.into_bytes())).collect();
	let bert =
		Normaliser::Bert { clean: true, chinese: true, strip_accents: true, lowercase: true };
	let pieces = Pieces::Longest { continuing: "##".into(), unknown: 0, longest_word: 12 };
	toy(rules(bert, Words::Bert, pieces), entries, vec![])
}

/// What pairs merge to by the definition, without a queue.
fn by_definition(toy: &Toy, mut tokens: Vec<u32>) -> Vec<u32> {
	loop {
		let found = tokens.windows(2).enumerate().filter_map(|(at, pair)| {
			toy.merge(pair[0], pair[1]).map(|(rank, into)| (rank, at, into))
		});
		let Some((_, at, into)) = found.min() else { return tokens };
		tokens.splice(at..at + 2, [into]);
	}
}

/// Whether the leaf that a claim names refutes a reading.
fn refutes(toy: &Toy, read: &Read, reading: &Reading, claim: Misread) -> Option<bool> {
	match claim {
		Misread::Merge { rank, .. } => {
			read.is_mismerged_by(reading, claim, toy.merges.get(rank as usize)?)
		}
		Misread::Character { token, .. }
		| Misread::Whole { token, .. }
		| Misread::Piece { token, .. } => {
			read.is_misread_by(reading, claim, toy.entries.get(token as usize)?)
		}
	}
}

/// A reading with one thing changed.
fn spoilt(mut reading: Reading, kind: u8, at: usize, by: u32) -> Reading {
	let Reading { characters, words } = &mut reading;
	let count = words.len().max(1);
	match (kind, words.get_mut(at % count)) {
		(0, _) if !characters.is_empty() => {
			let count = characters.len();
			characters[at % count] = (!by.is_multiple_of(3)).then_some(by % 270);
		}
		(1, Some(word @ Word::Merged(_))) => *word = Word::Whole(by % 270),
		(1, Some(word @ Word::Whole(_))) => *word = Word::Merged(vec![]),
		(2, Some(Word::Merged(steps))) => drop(steps.pop()),
		(3, Some(Word::Merged(steps))) => {
			if let Some(step) = steps.get_mut(by as usize % 3) {
				*step = Step::new(
					step.rank() ^ (by & 3),
					step.left() ^ (by >> 2 & 3) as u16,
					step.token(),
				);
			}
		}
		(4, Some(Word::Merged(steps))) => {
			if let Some(step) = steps.last_mut() {
				*step = Step::new(step.rank(), step.left(), by % 270);
			}
		}
		(5, Some(Word::Merged(steps))) => {
			steps.push(Step::new(by % 12, (by >> 4) as u16 % 5, by % 270));
		}
		(_, Some(Word::Cut { pieces, complete })) => match by % 4 {
			0 => *complete = pieces.pop().is_none(),
			1 => pieces.push(Piece::new(by % 9, 1)),
			2 => {
				if let Some(last) = pieces.last_mut() {
					*last = Piece::new(by % 9, 1 + (by >> 8) as u16 % 3);
				}
			}
			_ => *complete = !*complete,
		},
		_ => {}
	}
	reading
}

fn check(toy: &Toy, text: &str, (kind, at, by): (u8, usize, u32)) -> Result<(), TestCaseError> {
	let read = Read::new(&toy.rules, &toy.rules.chat, text).unwrap();
	let right = encode(&read, toy);
	let tokens = read.tokens(&right, toy.entries.len() as u32).unwrap();
	prop_assert_eq!((tokens.first(), tokens.last()), (Some(&1), Some(&2)));

	// Nothing refutes it, in particular nothing that a spoilt one differs by.
	let wrong = spoilt(right.clone(), kind, at, by);
	prop_assert_eq!(misread(&right, &right), None);
	let claim = misread(&right, &wrong);
	if let Some(claim) = claim {
		prop_assert_ne!(refutes(toy, &read, &right, claim), Some(true));
	}
	let (word, token) = (at as u32 % 3, by % 270);
	for claim in [
		Misread::Character { index: word, token },
		Misread::Whole { word, token },
		Misread::Piece { word, piece: by % 3, token: by % 9 },
		Misread::Merge { word, step: by % 4, left: (by >> 4) as u16 % 5, rank: by % 12 },
	] {
		prop_assert_ne!(refutes(toy, &read, &right, claim), Some(true), "{:?}", claim);
	}

	// What can be followed to other tokens is refuted by one leaf.
	let shown = read.tokens(&wrong, toy.entries.len() as u32);
	if shown.is_some_and(|it| it != tokens) {
		let claim = claim.unwrap();
		prop_assert_eq!(refutes(toy, &read, &wrong, claim), Some(true), "{:?}", claim);
	}
	Ok(())
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(2_000))]

	#[test]
	fn merged_words_have_one_reading(
		characters: bool,
		whole_words: bool,
		pairs in prop::collection::vec((0u8..20, 0u8..20), 0..12),
		text in "[abcdé ]{0,14}",
		change in (0u8..6, 0usize..6, any::<u32>()),
	) {
		let toy = merging(characters, whole_words, &pairs);
		let read = Read::new(&toy.rules, &toy.rules.chat, &text).unwrap();
		let right = encode(&read, &toy);
		let expected: Vec<u32> = read.words().flat_map(|word| {
			let symbols = word.chars().flat_map(|it| {
				let (mut buffer, text) = ([0; 4], it.to_string());
				match toy.piece(text.as_bytes()).filter(|_| characters) {
					Some(token) => vec![token],
					None => it.encode_utf8(&mut buffer).bytes().map(u32::from).collect(),
				}
			});
			match toy.piece(word.as_bytes()).filter(|_| whole_words) {
				Some(token) => vec![token],
				None => by_definition(&toy, symbols.collect()),
			}
		}).collect();
		let tokens = read.tokens(&right, toy.entries.len() as u32).unwrap();
		prop_assert_eq!(&tokens[1..tokens.len() - 1], &expected[..]);
		check(&toy, &text, change)?;
	}

	#[test]
	fn cut_words_have_one_reading(
		pieces in prop::collection::btree_set("(##)?[abc]{1,3}", 0..8),
		text in "[abcA, ]{0,20}",
		change in (0u8..6, 0usize..6, any::<u32>()),
	) {
		let pieces: Vec<String> = pieces.into_iter().filter(|it| !["a", "##a"].contains(&&**it)).collect();
		check(&longest(&pieces), &text, change)?;
	}
}

#[test]
fn a_text_that_normalising_makes_too_long_is_read_nowhere() {
	let pieces = Pieces::Merges {
		bytes: (0..256).collect(),
		characters: false,
		whole_words: false,
		count: 0,
	};
	let rules = rules(Normaliser::Composed, Words::Llama3 { digits: 1 }, pieces);
	let longest = "a".repeat(8 << 10);
	assert!(Read::new(&rules, &rules.chat, &longest).is_ok());
	// Twelve bytes each once they are composed.
	let expanding = "\u{1d160}".repeat(2 << 10);
	assert_eq!(expanding.len(), longest.len());
	assert_eq!(Read::new(&rules, &rules.chat, &expanding).err(), Some(Unreadable::TooLong));
}

#[test]
fn the_longest_reading_fits_into_a_turn() {
	let pieces = Pieces::Merges {
		bytes: vec![u32::MAX; 256],
		characters: true,
		whole_words: false,
		count: 0,
	};
	let mut rules = rules(Normaliser::Composed, Words::Whole, pieces);
	// The largest rules: frames of many tokens.
	rules.chat.before = vec![0; 3_600];
	assert!(rules.is_sound() && rules.encoded_size() > 15 << 10);
	let steps = |count: usize| vec![Step::new(1 << 20, 9_999, 1 << 20); count];
	// All is one word and merged to the end; or each character is another one, which takes two bytes at
	// least; or each is a word of its own.
	for (characters, words) in [
		(64, vec![Word::Merged(steps(MAX_SYMBOLS - 1))]),
		(5_120, vec![Word::Merged(steps(5_120))]),
		(64, vec![Word::Merged(steps(0)); MAX_SYMBOLS]),
	] {
		let reading = Reading { characters: vec![Some(1 << 19); characters], words };
		let turn = Turn { groundwork: None, made: Move::Read { rules: rules.clone(), reading } };
		let bytes = turn.encoded_size();
		assert!(bytes <= MAX_TURN_BYTES as usize, "{bytes}");
	}
}

#[test]
fn entries_spell_what_answers_say() {
	let pieces = |characters| Pieces::Merges {
		bytes: (0..256).collect(),
		characters,
		whole_words: false,
		count: 0,
	};
	let rules = |characters| rules(Normaliser::Nothing, Words::Whole, pieces(characters));
	let piece = Entry::Piece("▁a".into());
	assert_eq!(piece.text(&rules(true)), b" a");
	assert_eq!(piece.text(&rules(false)), "▁a".as_bytes());
	assert_eq!(Entry::Byte(10).text(&rules(true)), b"\n");
	assert_eq!(Entry::Added(b"x".to_vec()).text(&rules(true)), b"x");
	assert_eq!(Entry::Silent.text(&rules(true)), b"");
}
