// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How a text is cut into words.
//!
//! The patterns are those of GPT-2 and Llama 3, written out: alternatives in their order, each as long as
//! it can be.

use alloc::vec::Vec;

use super::{
	characters::{is_letter, is_line_end, is_number, is_other, is_punctuation},
	Words,
};

impl Words {
	/// The words of a normalised text, none of them empty.
	pub fn cut<'text>(self, text: &'text str) -> Vec<&'text str> {
		match self {
			Self::Whole if text.is_empty() => Vec::new(),
			Self::Whole => Vec::from([text]),
			Self::Gpt2 { single_digits: false } => cut_by(text, gpt2),
			Self::Gpt2 { single_digits: true } => {
				let parts = text.split_inclusive(is_number).flat_map(|part| {
					let last = part.chars().next_back().filter(|last| is_number(*last));
					let (rest, digit) = part.split_at(part.len() - last.map_or(0, char::len_utf8));
					[(rest, false), (digit, true)]
				});
				let cut = |(part, is_digit): (&'text str, bool)| match is_digit {
					true if part.is_empty() => Vec::new(),
					true => Vec::from([part]),
					false => cut_by(part, gpt2),
				};
				parts.flat_map(cut).collect()
			}
			Self::Llama3 { digits } => cut_by(text, |rest| llama3(rest, digits.into())),
			Self::Bert => {
				let parts = text.split(char::is_whitespace);
				parts.flat_map(|part| cut_by(part, bert)).collect()
			}
		}
	}
}

/// Cuts a text by the length of the word that a rest begins with.
fn cut_by(text: &str, length: impl Fn(&str) -> usize) -> Vec<&str> {
	let (mut words, mut rest) = (Vec::new(), text);
	while let Some(first) = rest.chars().next() {
		// One character at least, so that it ends.
		let (word, next) = rest.split_at(length(rest).max(first.len_utf8()));
		words.push(word);
		rest = next;
	}
	words
}

/// Bytes of the characters of a kind that a text begins with.
fn run(text: &str, is_kind: impl Fn(char) -> bool) -> usize {
	text.char_indices().find(|(_, it)| !is_kind(*it)).map_or(text.len(), |(at, _)| at)
}

/// `\s+(?!\S)|\s+`.
fn white_space(rest: &str) -> usize {
	let all = run(rest, char::is_whitespace);
	let is_last = all == rest.len();
	// What is followed by a word leaves that its last space.
	let before_last = rest[..all].char_indices().next_back().map_or(0, |(at, _)| at);
	if is_last || before_last == 0 {
		all
	} else {
		before_last
	}
}

/// A pattern after at most one character of another kind.
fn after_one(rest: &str, may_be: impl Fn(char) -> bool, is_kind: impl Fn(char) -> bool) -> usize {
	let first = rest.chars().next().filter(|first| may_be(*first)).map_or(0, char::len_utf8);
	match run(&rest[first..], is_kind) {
		0 => 0,
		length => first + length,
	}
}

fn gpt2(rest: &str) -> usize {
	let shortened = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];
	if let Some(end) = shortened.iter().find(|end| rest.starts_with(**end)) {
		return end.len();
	}
	let is_space = |it| it == ' ';
	let kinds: [fn(char) -> bool; 3] = [is_letter, is_number, is_other];
	let found = kinds.iter().map(|is_kind| after_one(rest, is_space, is_kind));
	match found.clone().find(|length| *length > 0) {
		Some(length) => length,
		None => white_space(rest),
	}
}

fn llama3(rest: &str, digits: usize) -> usize {
	if let Some(length) = shortened_in_any_case(rest) {
		return length;
	}
	let may_lead = |it| !is_line_end(it) && !is_letter(it) && !is_number(it);
	let letters = after_one(rest, may_lead, is_letter);
	if letters > 0 {
		return letters;
	}
	let numbers = rest.char_indices().take(digits).take_while(|(_, it)| is_number(*it));
	if let Some((at, last)) = numbers.last() {
		return at + last.len_utf8();
	}
	let others = after_one(rest, |it| it == ' ', is_other);
	if others > 0 {
		return others + run(&rest[others..], is_line_end);
	}
	let spaces = &rest[..run(rest, char::is_whitespace)];
	match spaces.rfind(is_line_end) {
		Some(at) => at + 1,
		None => white_space(rest),
	}
}

/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)`; the long s is an s in another case.
fn shortened_in_any_case(rest: &str) -> Option<usize> {
	let rest = rest.strip_prefix('\'')?;
	let first = rest.chars().next()?;
	if matches!(first, 's' | 'S' | 'ſ' | 't' | 'T' | 'm' | 'M' | 'd' | 'D') {
		return Some(1 + first.len_utf8());
	}
	let two = rest.get(..2)?;
	["re", "ve", "ll"].iter().any(|it| two.eq_ignore_ascii_case(it)).then_some(3)
}

fn bert(rest: &str) -> usize {
	run(rest, |it| !is_punctuation(it))
}

#[cfg(test)]
mod tests {
	use super::*;

	const TEXT: &str = "It's 12345, isn'T it?\r\n  Ja \n\n x  ";

	#[test]
	fn words_are_cut_as_their_kind_says() {
		assert_eq!(Words::Whole.cut("a b"), ["a b"]);
		assert!(Words::Whole.cut("").is_empty());
		assert_eq!(
			Words::Gpt2 { single_digits: false }.cut(TEXT),
			[
				"It", "'s", " 12345", ",", " isn", "'", "T", " it", "?", "\r\n ", " Ja", " \n\n",
				" x", "  "
			],
		);
		assert_eq!(Words::Gpt2 { single_digits: true }.cut("a  12 b"), ["a", "  ", "1", "2", " b"],);
		assert_eq!(
			Words::Llama3 { digits: 3 }.cut(TEXT),
			[
				"It", "'s", " ", "123", "45", ",", " isn", "'T", " it", "?\r\n", " ", " Ja",
				" \n\n", " x", "  "
			],
		);
		assert_eq!(Words::Llama3 { digits: 1 }.cut("12\n \n  a"), ["1", "2", "\n \n", " ", " a"]);
		assert_eq!(Words::Bert.cut(" a,b  c! "), ["a", ",", "b", "c", "!"]);
	}
}
