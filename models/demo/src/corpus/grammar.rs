// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Patterns: text in which `[a|b|c]` stands for one of its alternatives (they nest, and one may be
//! empty) and `{name}` for a value that the surrounding program or a macro gives.

use crate::random::Random;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq)]
enum Node {
	Text(String),
	Choice(Vec<Pattern>),
	Slot(String),
}

/// A parsed pattern.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pattern(Vec<Node>);

/// Patterns by name, for `{name}`.
pub type Macros = BTreeMap<String, Pattern>;

/// Nesting of macros beyond which they must be circular.
const DEEPEST: usize = 16;

impl Pattern {
	/// Parses a pattern.
	pub fn parse(text: &str) -> Result<Self, String> {
		let mut rest = text;
		let pattern = parse_sequence(&mut rest)?;
		match rest.chars().next() {
			None => Ok(pattern),
			Some(character) => {
				Err(format!("`{character}` without its opening bracket in `{text}`"))
			}
		}
	}

	/// One text of the pattern. `slots` are looked up before `macros`; that every slot is known is
	/// checked once by [`Self::check`].
	pub fn expand(&self, random: &mut Random, slots: &Slots, macros: &Macros) -> String {
		let mut text = String::new();
		self.expand_into(random, slots, macros, DEEPEST, &mut text);
		text
	}

	fn expand_into(
		&self,
		random: &mut Random,
		slots: &Slots,
		macros: &Macros,
		depth: usize,
		text: &mut String,
	) {
		for node in &self.0 {
			match node {
				Node::Text(part) => text.push_str(part),
				Node::Choice(options) => {
					random.pick(options).expand_into(random, slots, macros, depth, text);
				}
				Node::Slot(name) => {
					if let Some(value) = slots.get(name.as_str()) {
						text.push_str(value);
					} else if let (Some(inner), true) = (macros.get(name), depth > 0) {
						inner.expand_into(random, slots, macros, depth - 1, text);
					}
				}
			}
		}
	}

	/// Number of different ways through the pattern, saturating; macros count, slots do not.
	pub fn ways(&self, macros: &Macros) -> u64 {
		self.ways_within(macros, DEEPEST)
	}

	fn ways_within(&self, macros: &Macros, depth: usize) -> u64 {
		self.0.iter().fold(1, |ways: u64, node| {
			ways.saturating_mul(match node {
				Node::Text(_) => 1,
				Node::Choice(options) => options
					.iter()
					.fold(0, |sum: u64, o| sum.saturating_add(o.ways_within(macros, depth))),
				Node::Slot(name) => match macros.get(name) {
					Some(inner) if depth > 0 => inner.ways_within(macros, depth - 1),
					_ => 1,
				},
			})
		})
	}

	/// Names the first slot that neither `known` nor a macro fills, or a circular macro.
	pub fn check(&self, known: &dyn Fn(&str) -> bool, macros: &Macros) -> Result<(), String> {
		self.check_within(known, macros, DEEPEST)
	}

	fn check_within(
		&self,
		known: &dyn Fn(&str) -> bool,
		macros: &Macros,
		depth: usize,
	) -> Result<(), String> {
		for node in &self.0 {
			match node {
				Node::Text(_) => {}
				Node::Choice(options) => {
					for option in options {
						option.check_within(known, macros, depth)?;
					}
				}
				Node::Slot(name) if known(name) => {}
				Node::Slot(name) => match macros.get(name) {
					None => return Err(format!("nothing is called {{{name}}}")),
					Some(_) if depth == 0 => return Err(format!("{{{name}}} contains itself")),
					Some(inner) => inner.check_within(known, macros, depth - 1)?,
				},
			}
		}
		Ok(())
	}
}

/// Values of slots by name.
pub type Slots = BTreeMap<&'static str, String>;

/// Parses up to the end, or up to a `|` or `]` that belongs to the caller.
fn parse_sequence(rest: &mut &str) -> Result<Pattern, String> {
	let mut nodes = Vec::new();
	while let Some(at) = rest.find(['[', ']', '|', '{', '}']) {
		if at > 0 {
			nodes.push(Node::Text(rest[..at].into()));
		}
		let (bracket, after) = (rest.as_bytes()[at], &rest[at + 1..]);
		match bracket {
			b'[' => {
				*rest = after;
				nodes.push(parse_choice(rest)?);
			}
			b'{' => {
				let end = after.find('}').ok_or_else(|| format!("`{{{after}` is not closed"))?;
				nodes.push(Node::Slot(after[..end].into()));
				*rest = &after[end + 1..];
			}
			b'}' => return Err("`}` without its opening bracket".into()),
			_ => {
				*rest = &rest[at..];
				return Ok(Pattern(nodes));
			}
		}
	}
	if !rest.is_empty() {
		nodes.push(Node::Text((*rest).into()));
	}
	*rest = "";
	Ok(Pattern(nodes))
}

/// Parses the alternatives after a `[`, up to and with its `]`.
fn parse_choice(rest: &mut &str) -> Result<Node, String> {
	let mut options = Vec::new();
	loop {
		options.push(parse_sequence(rest)?);
		match rest.chars().next() {
			Some('|') => *rest = &rest[1..],
			Some(_) => {
				*rest = &rest[1..];
				return Ok(Node::Choice(options));
			}
			None => return Err("`[` is not closed".into()),
		}
	}
}

/// Joins words with single spaces, closes up punctuation, and turns `a(n)` into `a` or `an` by
/// the letter that follows.
pub fn tidy(text: &str) -> String {
	let mut out = String::with_capacity(text.len());
	let mut words = text.split_whitespace().peekable();
	while let Some(word) = words.next() {
		let vowel = |next: &&str| {
			next.to_lowercase().starts_with(['a', 'e', 'i', 'o', 'u']) && !next.starts_with("uni")
		};
		let word = match word {
			"a(n)" if words.peek().is_some_and(vowel) => "an",
			"a(n)" => "a",
			"A(n)" if words.peek().is_some_and(vowel) => "An",
			"A(n)" => "A",
			other => other,
		};
		if !out.is_empty() && !word.starts_with(['.', ',', '!', '?', ';', ':']) {
			out.push(' ');
		}
		out.push_str(word);
	}
	out
}

/// Makes the first letter a capital.
pub fn capitalise(text: &str) -> String {
	let mut letters = text.chars();
	letters.next().map_or_else(String::new, |l| l.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::random::Purpose;

	fn texts(pattern: &str, macros: &Macros) -> std::collections::BTreeSet<String> {
		let pattern = Pattern::parse(pattern).unwrap();
		let mut random = Random::new(1, Purpose::Examples, 0);
		let slots = Slots::from([("who", "Ada".to_string())]);
		(0..200).map(|_| tidy(&pattern.expand(&mut random, &slots, macros))).collect()
	}

	fn set(texts: &[&str]) -> std::collections::BTreeSet<String> {
		texts.iter().map(|t| t.to_string()).collect()
	}

	#[test]
	fn expands_to_every_alternative_and_to_nothing_else() {
		let macros = Macros::from([("greet".into(), Pattern::parse("[hi|hello]").unwrap())]);
		assert_eq!(
			texts("{greet} [dear|] {who}[!| [again|twice].]", &macros),
			set(&[
				"hi dear Ada!",
				"hi dear Ada again.",
				"hi dear Ada twice.",
				"hi Ada!",
				"hi Ada again.",
				"hi Ada twice.",
				"hello dear Ada!",
				"hello dear Ada again.",
				"hello dear Ada twice.",
				"hello Ada!",
				"hello Ada again.",
				"hello Ada twice.",
			])
		);
		let pattern = Pattern::parse("{greet} [dear|] {who}[!| [again|twice].]").unwrap();
		assert_eq!(pattern.ways(&macros), 12);
	}

	#[test]
	fn unbalanced_brackets_are_refused() {
		for text in ["[a|b", "a]", "{a", "a}", "a|b"] {
			assert!(Pattern::parse(text).is_err(), "{text}");
		}
	}

	#[test]
	fn unknown_slots_and_circles_are_found() {
		let circle = Macros::from([("a".into(), Pattern::parse("x {a}").unwrap())]);
		let check = |text| Pattern::parse(text).unwrap().check(&|n| n == "known", &circle);
		assert!(check("[x|{known}]").is_ok());
		assert!(check("[x|{other}]").unwrap_err().contains("other"));
		assert!(check("{a}").unwrap_err().contains("itself"));
	}

	#[test]
	fn tidy_mends_spaces_articles_and_punctuation() {
		assert_eq!(tidy("a(n) unicorn and a(n) umbrella"), "a unicorn and an umbrella");
		assert_eq!(tidy(" a(n) owl  met a(n) fox , twice ."), "an owl met a fox, twice.");
		assert_eq!(capitalise("owl"), "Owl");
		assert_eq!(capitalise(""), "");
	}
}
