// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The text on which the demo model learns: questions with answers, and stories with requests for
//! them. Everything is written for this project in `models/demo/corpus`; this module draws
//! examples from it.

pub mod grammar;
pub mod questions;
pub mod rewrite;
pub mod stories;

use crate::{
	random::{Purpose, Random},
	Result,
};
use grammar::{capitalise, tidy, Macros, Slots};
use questions::{row, Entry, MadeRows};
use rewrite::Rewriter;
use std::collections::{BTreeMap, BTreeSet};
use stories::Stories;

/// What an example is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
	/// Ergon itself.
	Ergon,
	/// Notions that one needs to understand it.
	Notion,
	/// Small talk.
	Talk,
	/// General facts.
	Fact,
	/// Things that the model does not know, and says so.
	Unknown,
	/// A story.
	Story,
}

/// A question or request with the answers that fit it.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
	/// What it is about.
	pub kind: Kind,
	/// What the user says.
	pub prompt: String,
	/// What the model should say: one of these.
	pub answers: Vec<String>,
}

/// Source files with their kind.
const QUESTIONS: [(Kind, &str, &str); 15] = [
	(Kind::Ergon, "overview.txt", include_str!("../corpus/overview.txt")),
	(Kind::Ergon, "roles.txt", include_str!("../corpus/roles.txt")),
	(Kind::Ergon, "jobs.txt", include_str!("../corpus/jobs.txt")),
	(Kind::Ergon, "results.txt", include_str!("../corpus/results.txt")),
	(Kind::Ergon, "money.txt", include_str!("../corpus/money.txt")),
	(Kind::Ergon, "audits.txt", include_str!("../corpus/audits.txt")),
	(Kind::Ergon, "disputes.txt", include_str!("../corpus/disputes.txt")),
	(Kind::Ergon, "exact.txt", include_str!("../corpus/exact.txt")),
	(Kind::Ergon, "models.txt", include_str!("../corpus/models.txt")),
	(Kind::Ergon, "power.txt", include_str!("../corpus/power.txt")),
	(Kind::Ergon, "node.txt", include_str!("../corpus/node.txt")),
	(Kind::Notion, "notions.txt", include_str!("../corpus/notions.txt")),
	(Kind::Talk, "talk.txt", include_str!("../corpus/talk.txt")),
	(Kind::Fact, "facts.txt", include_str!("../corpus/facts.txt")),
	(Kind::Unknown, "unknown.txt", include_str!("../corpus/unknown.txt")),
];

const MACROS: &str = include_str!("../corpus/macros.txt");
const SYNONYMS: &str = include_str!("../corpus/synonyms.txt");
const WORDS: &str = include_str!("../corpus/stories/words.txt");
const PLOTS: &str = include_str!("../corpus/stories/plots.txt");
const REQUESTS: &str = include_str!("../corpus/stories/requests.txt");

/// Examples of each kind in 100.
const SHARES: [(Kind, usize); 6] = [
	(Kind::Ergon, 50),
	(Kind::Notion, 8),
	(Kind::Talk, 7),
	(Kind::Fact, 19),
	(Kind::Unknown, 4),
	(Kind::Story, 12),
];

/// One question in this many is kept out of training, of entries that can be asked in many ways.
const HELD_OUT: u32 = 24;
/// Ways from which an entry can spare questions.
const MANY_WAYS: u64 = 48;

/// The corpus.
pub struct Corpus {
	entries: BTreeMap<Kind, Vec<Entry>>,
	macros: Macros,
	rewriter: Rewriter,
	stories: Stories,
	/// Written questions that are never trained, in their plainest form.
	held_out: BTreeSet<String>,
}

impl Corpus {
	/// Reads the source files, which are part of the program.
	pub fn load() -> Result<Self> {
		let mut macros = Macros::new();
		let made = arithmetic();
		questions::parse("macros.txt", MACROS, &made, &mut macros)?;
		let mut entries: BTreeMap<Kind, Vec<Entry>> = BTreeMap::new();
		for (kind, file, text) in QUESTIONS {
			entries.entry(kind).or_default().extend(questions::parse(
				file,
				text,
				&made,
				&mut macros,
			)?);
		}
		check_slots(&entries, &macros)?;
		let held_out = entries.values().flatten().flat_map(|e| &e.held_out);
		Ok(Self {
			held_out: held_out.map(|question| plain(question)).collect(),
			rewriter: Rewriter::new("synonyms.txt", SYNONYMS, &macros)?,
			stories: Stories::new(WORDS, PLOTS, REQUESTS, &macros)?,
			entries,
			macros,
		})
	}

	/// Hash of every source file, by which a model names the corpus that it learned from.
	pub fn source_hash() -> String {
		let files = QUESTIONS.iter().map(|(_, _, text)| *text);
		let files = files.chain([MACROS, SYNONYMS, WORDS, PLOTS, REQUESTS]);
		let hashes: Vec<u8> =
			files.flat_map(|text| sp_crypto_hashing::blake2_256(text.as_bytes())).collect();
		hex::encode(sp_crypto_hashing::blake2_256(&hashes))
	}

	/// Number of entries of a kind; of plots for stories.
	pub fn entries(&self, kind: Kind) -> usize {
		match kind {
			Kind::Story => self.stories.plots(),
			kind => self.entries.get(&kind).map_or(0, Vec::len),
		}
	}

	/// An example to learn from.
	pub fn example(&self, random: &mut Random) -> Example {
		let mut share = random.below(100);
		let mut kind = Kind::Ergon;
		for (candidate, percent) in SHARES {
			if share < percent {
				kind = candidate;
				break;
			}
			share -= percent;
		}
		loop {
			let (mut example, spared) = match self.entries.get(&kind) {
				Some(entries) => self.question(kind, entries, random),
				None => (self.stories.example(random, &self.macros), false),
			};
			let rewritten = self.rewriter.rewrite(&example.prompt, kind == Kind::Ergon, random);
			if !spared && !self.held_out.contains(&plain(&rewritten)) {
				example.prompt = rewritten;
				return example;
			}
		}
	}

	/// A question of one of `entries`, and whether it is kept out of training.
	fn question(&self, kind: Kind, entries: &[Entry], random: &mut Random) -> (Example, bool) {
		let entry = weighted(entries, random);
		let slots = random.pick(&entry.rows);
		let prompt = random.pick(&entry.questions).expand(random, slots, &self.macros);
		let prompt = tidy(&prompt);
		let answers = entry.answers.iter();
		let answers = answers.map(|a| tidy(&a.expand(random, slots, &self.macros))).collect();
		let ways: u64 = entry.questions.iter().map(|q| q.ways(&self.macros)).sum();
		let ways = ways.saturating_mul(entry.rows.len() as u64);
		let spared = ways >= MANY_WAYS && is_held_out(&prompt);
		(Example { kind, prompt, answers }, spared)
	}

	/// Every hand-written question that is never trained.
	pub fn written_evaluation(&self) -> Vec<Example> {
		let mut random = Random::new(0, Purpose::Evaluation, 0);
		let mut examples = Vec::new();
		for (kind, entries) in &self.entries {
			for entry in entries {
				let answers = entry.answers.iter();
				let answers: Vec<String> = answers
					.map(|a| tidy(&a.expand(&mut random, &entry.rows[0], &self.macros)))
					.collect();
				examples.extend(entry.held_out.iter().map(|question| Example {
					kind: *kind,
					prompt: question.clone(),
					answers: answers.clone(),
				}));
			}
		}
		examples
	}

	/// `count` different questions that the patterns produce but that are kept out of training.
	pub fn drawn_evaluation(&self, count: usize) -> Vec<Example> {
		let mut random = Random::new(0, Purpose::Evaluation, 1);
		let (mut seen, mut examples) = (BTreeSet::new(), Vec::new());
		let kinds: Vec<&Kind> = self.entries.keys().filter(|k| **k != Kind::Unknown).collect();
		while examples.len() < count {
			let kind = **random.pick(&kinds);
			let (example, spared) = self.question(kind, &self.entries[&kind], &mut random);
			if spared && seen.insert(plain(&example.prompt)) {
				let prompt = format!("{}?", capitalise(&example.prompt));
				examples.push(Example { prompt, ..example });
			}
		}
		examples
	}

	/// Every animal that may be a story's hero.
	pub fn animals(&self) -> &[String] {
		self.stories.animals()
	}

	/// `count` requests with stories that are not among those of any training run.
	pub fn story_evaluation(&self, count: usize) -> Vec<Example> {
		let mut random = Random::new(0, Purpose::Evaluation, 2);
		(0..count).map(|_| self.stories.example(&mut random, &self.macros)).collect()
	}
}

/// Picks an entry; one with many rows is picked as often as there are rows, up to 60.
fn weighted<'a>(entries: &'a [Entry], random: &mut Random) -> &'a Entry {
	let weight = |entry: &Entry| entry.rows.len().min(60);
	let mut at = random.below(entries.iter().map(weight).sum());
	for entry in entries {
		if at < weight(entry) {
			return entry;
		}
		at -= weight(entry);
	}
	&entries[0]
}

/// A question without case and punctuation, except for signs of arithmetic.
fn plain(question: &str) -> String {
	let letters = question.chars().filter(|c| c.is_alphanumeric() || " +-*".contains(*c));
	tidy(&letters.flat_map(char::to_lowercase).collect::<String>())
}

/// Whether a question that a pattern produced is kept out of training.
fn is_held_out(question: &str) -> bool {
	let hash = sp_crypto_hashing::blake2_256(plain(question).as_bytes());
	u32::from_le_bytes([hash[0], hash[1], hash[2], hash[3]]).is_multiple_of(HELD_OUT)
}

fn check_slots(entries: &BTreeMap<Kind, Vec<Entry>>, macros: &Macros) -> Result<()> {
	for entry in entries.values().flatten() {
		let known = |name: &str| entry.rows.iter().all(|row| row.contains_key(name));
		for pattern in entry.questions.iter().chain(&entry.answers) {
			pattern.check(&known, macros).map_err(|reason| crate::Error::Corpus {
				file: "one of the questions",
				line: 0,
				reason: format!("entry {}: {reason}", entry.name),
			})?;
		}
	}
	Ok(())
}

/// Sums, differences and products of small numbers: two numbers, the result, and both in words.
fn arithmetic() -> MadeRows {
	const WORDS: [&str; 21] = [
		"zero",
		"one",
		"two",
		"three",
		"four",
		"five",
		"six",
		"seven",
		"eight",
		"nine",
		"ten",
		"eleven",
		"twelve",
		"thirteen",
		"fourteen",
		"fifteen",
		"sixteen",
		"seventeen",
		"eighteen",
		"nineteen",
		"twenty",
	];
	let numbers = |a: usize, b: usize, result: usize| {
		let [a, b, result] = [a, b, result].map(|n| n.to_string());
		let words = [&a, &b].map(|n| WORDS[n.parse::<usize>().unwrap_or(0)].to_string());
		let [a_word, b_word] = words;
		row([a, b, result, a_word, b_word])
	};
	let pairs = || (0..=10).flat_map(|a| (0..=10).map(move |b| (a, b)));
	MadeRows::from([
		("sums", pairs().map(|(a, b)| numbers(a, b, a + b)).collect()),
		("differences", pairs().map(|(a, b)| numbers(a + b, b, a)).collect()),
		("products", pairs().map(|(a, b)| numbers(a, b, a * b)).collect()),
		("followers", (0..=19).map(|a| numbers(a, a + 1, a + 1)).collect::<Vec<Slots>>()),
	])
}

#[cfg(test)]
mod tests {
	use super::*;

	fn examples(corpus: &Corpus, index: u64, count: usize) -> Vec<Example> {
		let mut random = Random::new(1, Purpose::Examples, index);
		(0..count).map(|_| corpus.example(&mut random)).collect()
	}

	#[test]
	fn corpus_is_deterministic_and_changes_with_the_stream() {
		let (first, second) = (Corpus::load().unwrap(), Corpus::load().unwrap());
		assert_eq!(examples(&first, 0, 300), examples(&second, 0, 300));
		assert_ne!(examples(&first, 0, 300), examples(&second, 1, 300));
		assert_eq!(first.drawn_evaluation(50), second.drawn_evaluation(50));
	}

	#[test]
	fn no_question_has_two_answers() {
		let corpus = Corpus::load().unwrap();
		let mut random = Random::new(1, Purpose::Evaluation, 9);
		let (mut owners, mut faults) = (BTreeMap::new(), BTreeSet::new());
		for entry in corpus.entries.values().flatten() {
			for _ in 0..300 {
				let slots = random.pick(&entry.rows);
				let text = |pattern: &grammar::Pattern, random: &mut Random| {
					tidy(&pattern.expand(random, slots, &corpus.macros))
				};
				let question = plain(&text(random.pick(&entry.questions), &mut random));
				let answer = text(&entry.answers[0], &mut random);
				let owner = owners.entry(question.clone()).or_insert((answer.clone(), &entry.name));
				if owner.0 != answer {
					faults.insert(format!("{question}: {} or {}", owner.1, entry.name));
				}
			}
		}
		assert!(faults.is_empty(), "{faults:#?}");
	}

	#[test]
	fn every_kind_is_rich() {
		let corpus = Corpus::load().unwrap();
		assert!(corpus.entries(Kind::Ergon) >= 250, "{}", corpus.entries(Kind::Ergon));
		assert!(corpus.entries(Kind::Story) >= 12);
		assert!(corpus.written_evaluation().len() >= 100);
		let count = |kind| examples(&corpus, 0, 2000).iter().filter(|e| e.kind == kind).count();
		for (kind, percent) in SHARES {
			assert!(count(kind) >= percent * 10, "{kind:?}");
		}
	}

	#[test]
	fn every_text_is_clean_ascii_of_sensible_length() {
		let corpus = Corpus::load().unwrap();
		let mut all = examples(&corpus, 0, 3000);
		all.extend(corpus.written_evaluation());
		all.extend(corpus.drawn_evaluation(100));
		for example in all {
			let longest = if example.kind == Kind::Story { 1400 } else { 420 };
			for text in example.answers.iter().chain([&example.prompt]) {
				assert!(text.is_ascii(), "{text}");
				assert!(!text.is_empty() && text.len() <= longest, "{} {text}", text.len());
				assert!(!text.contains(['{', '}', '[', ']', '|', '<']), "{text}");
				assert!(!text.contains("  ") && text.trim() == text, "{text}");
			}
			for answer in &example.answers {
				assert!(answer.ends_with(['.', '!', '?', '"']), "{answer}");
				assert!(!answer.starts_with(char::is_lowercase), "{answer}");
			}
		}
	}

	#[test]
	fn held_out_questions_are_never_examples() {
		let corpus = Corpus::load().unwrap();
		let written = corpus.written_evaluation();
		let drawn = corpus.drawn_evaluation(200);
		let kept: BTreeSet<String> = written.iter().map(|e| plain(&e.prompt)).collect();
		for example in examples(&corpus, 2, 3000) {
			assert!(!kept.contains(&plain(&example.prompt)), "{}", example.prompt);
		}
		assert!(drawn.iter().all(|e| is_held_out(&e.prompt)));
	}

	#[test]
	fn stories_do_not_repeat() {
		let corpus = Corpus::load().unwrap();
		let stories = corpus.story_evaluation(2000);
		let distinct: BTreeSet<&String> = stories.iter().flat_map(|e| &e.answers).collect();
		assert_eq!(distinct.len(), 2000);
	}
}
