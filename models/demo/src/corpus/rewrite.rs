// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Makes a question look as people type it: with or without its mark, in any case, politely,
//! shortly, with another word for the same thing, with a slip of the finger.

use super::grammar::{capitalise, tidy, Macros, Pattern, Slots};
use crate::{random::Random, Error, Result};

/// Rewrites questions.
pub struct Rewriter {
	before: Pattern,
	after: Pattern,
	/// Put after questions about Ergon.
	here: Pattern,
	/// Words with what else people say for them.
	synonyms: Vec<(String, Vec<String>)>,
}

/// Words that short questions leave out.
const SMALL_WORDS: [&str; 14] =
	["a", "an", "the", "of", "is", "are", "does", "do", "in", "on", "to", "its", "there", "it"];

impl Rewriter {
	/// Reads the synonyms, one line `word = other | another` each, and takes the macros `before`,
	/// `after` and `here`.
	pub fn new(file: &'static str, synonyms: &str, macros: &Macros) -> Result<Self> {
		let fault = |line, reason: &str| Error::Corpus { file, line, reason: reason.into() };
		let mut pairs = Vec::new();
		for (index, line) in synonyms.lines().enumerate() {
			if line.trim().is_empty() || line.starts_with("//") {
				continue;
			}
			let (word, others) = line
				.split_once('=')
				.ok_or_else(|| fault(index + 1, "a synonym needs an equals sign"))?;
			let others = others.split('|').map(|o| o.trim().into()).collect();
			pairs.push((word.trim().into(), others));
		}
		let get = |name: &str| {
			macros.get(name).cloned().ok_or_else(|| fault(0, &format!("macro {name} is missing")))
		};
		let [before, after, here] = [get("before")?, get("after")?, get("here")?];
		Ok(Self { before, after, here, synonyms: pairs })
	}

	/// One way in which somebody may type `question`, which is or is not about Ergon.
	pub fn rewrite(&self, question: &str, about_ergon: bool, random: &mut Random) -> String {
		let nothing = (Slots::new(), Macros::new());
		let mut text = self.replace_words(question, random);
		if random.percent(6) {
			text = drop_small_words(&text, random);
		}
		if about_ergon && random.percent(8) {
			text = format!("{text} {}", self.here.expand(random, &nothing.0, &nothing.1));
		}
		if random.percent(18) {
			text = format!("{} {text}", self.before.expand(random, &nothing.0, &nothing.1));
		}
		if random.percent(10) {
			text = format!("{text} {}", self.after.expand(random, &nothing.0, &nothing.1));
		}
		if random.percent(4) {
			text = slip(&text, random);
		}
		let mark = *random.pick(&["?", "?", "?", "?", "?", "?", "?", "", "", ".", "", "??"]);
		let text = tidy(&format!("{}{mark}", text.trim()));
		match random.below(20) {
			0..=11 => capitalise(&text),
			12..=17 => text.to_lowercase(),
			18 if random.percent(30) => text.to_uppercase(),
			_ => text,
		}
	}

	fn replace_words(&self, text: &str, random: &mut Random) -> String {
		let mut text = format!(" {text} ");
		for (word, others) in &self.synonyms {
			let from = format!(" {word} ");
			if text.contains(&from) && random.percent(12) {
				text = text.replacen(&from, &format!(" {} ", random.pick(others)), 1);
			}
		}
		text.trim().into()
	}
}

fn drop_small_words(text: &str, random: &mut Random) -> String {
	let kept: Vec<&str> = text
		.split_whitespace()
		.filter(|word| !SMALL_WORDS.contains(word) || random.percent(40))
		.collect();
	kept.join(" ")
}

/// Drops, doubles or swaps letters in one longer word.
fn slip(text: &str, random: &mut Random) -> String {
	let mut words: Vec<String> = text.split_whitespace().map(Into::into).collect();
	let long: Vec<usize> =
		(0..words.len()).filter(|i| words[*i].len() >= 5 && words[*i].is_ascii()).collect();
	if long.is_empty() {
		return text.into();
	}
	let chosen = *random.pick(&long);
	let mut letters: Vec<char> = words[chosen].chars().collect();
	let at = 1 + random.below(letters.len() - 2);
	match random.below(3) {
		0 => _ = letters.remove(at),
		1 => letters.insert(at, letters[at]),
		_ => letters.swap(at, at + 1),
	}
	words[chosen] = letters.into_iter().collect();
	words.join(" ")
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::random::Purpose;

	fn rewriter() -> Rewriter {
		let macros = Macros::from([
			("before".into(), Pattern::parse("please,").unwrap()),
			("after".into(), Pattern::parse("thanks").unwrap()),
			("here".into(), Pattern::parse("in Ergon").unwrap()),
		]);
		Rewriter::new("synonyms.txt", "// note\npaid = rewarded | given money", &macros).unwrap()
	}

	#[test]
	fn rewrites_in_many_ways_but_mostly_keeps_the_words() {
		let (rewriter, mut random) = (rewriter(), Random::new(1, Purpose::Examples, 0));
		let texts: Vec<String> = (0..2000)
			.map(|_| rewriter.rewrite("how is a provider paid", true, &mut random))
			.collect();
		let count = |what: &str| texts.iter().filter(|t| t.contains(what)).count();
		assert!(count("rewarded") > 30 && count("given money") > 30);
		assert!(count("thanks") > 60 && count("?") > 800 && count("in Ergon") > 60);
		assert!(count("How is a provider paid?") > 200);
		assert!(texts.iter().all(|t| !t.is_empty() && !t.contains("  ")));
	}

	#[test]
	fn malformed_synonyms_are_refused() {
		let macros = Macros::from([("before".into(), Pattern::default())]);
		let missing = Rewriter::new("s", "a = b", &macros).err().unwrap().to_string();
		assert!(missing.contains("after"), "{missing}");
		let malformed = Rewriter::new("s", "a b", &macros).err().unwrap().to_string();
		assert!(malformed.contains("line 1"), "{malformed}");
	}
}
