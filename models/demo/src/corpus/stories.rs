// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Short stories from plots. A plot is a sequence of beats, each with several wordings; who, where
//! and what are drawn once per story, and the request names some of them.
//!
//! ```text
//! # name-of-the-plot
//! ~ what one may ask for | another way to put it
//! @ who does something: one may ask for such a hero
//! * wording of the first beat
//! + another wording of the same beat
//! *? first wording of a beat that may be left out
//! ```

use super::{
	grammar::{capitalise, tidy, Macros, Pattern, Slots},
	Example, Kind,
};
use crate::{random::Random, Error, Result};
use std::collections::BTreeMap;

struct Beat {
	wordings: Vec<Pattern>,
	optional: bool,
}

struct Plot {
	themes: Vec<String>,
	/// Clauses that say what the hero does.
	clauses: Vec<Pattern>,
	beats: Vec<Beat>,
}

/// The story-teller.
pub struct Stories {
	/// Lists of words by name.
	words: BTreeMap<String, Vec<String>>,
	plots: Vec<Plot>,
	/// Ways to ask, by what they name.
	requests: Vec<Pattern>,
}

/// Slots that a story fills.
const SLOTS: [&str; 23] = [
	"hero", "name", "he", "him", "his", "himself", "friend", "pal", "fhe", "fhim", "fhis", "place",
	"spot", "thing", "food", "trait", "time", "weather", "adj", "theme", "skill", "fear", "who",
];

/// Lists of `words.txt` from which a slot of the same name is drawn.
const LISTS: [&str; 10] =
	["place", "spot", "thing", "food", "trait", "time", "weather", "adj", "skill", "fear"];

impl Stories {
	/// Reads word lists (`name: a | b | c`), plots and requests (one pattern a line).
	pub fn new(words: &str, plots: &str, requests: &str, macros: &Macros) -> Result<Self> {
		let words = parse_words(words)?;
		for list in
			LISTS.into_iter().chain(["animal", "girl", "boy", "other", "her-name", "his-name"])
		{
			if !words.contains_key(list) {
				return Err(fault("words.txt", 0, format!("list {list} is missing")));
			}
		}
		let plots = parse_plots(plots, macros)?;
		let mut parsed = Vec::new();
		for (index, line) in requests.lines().enumerate() {
			if !line.trim().is_empty() && !line.starts_with("//") {
				parsed.push(pattern("requests.txt", index + 1, line, macros)?);
			}
		}
		Ok(Self { words, plots, requests: parsed })
	}

	/// Number of plots.
	pub fn plots(&self) -> usize {
		self.plots.len()
	}

	/// Every animal that may be a hero.
	pub fn animals(&self) -> &[String] {
		self.list("animal")
	}

	/// A request and a story that answers it.
	pub fn example(&self, random: &mut Random, macros: &Macros) -> Example {
		let plot = random.pick(&self.plots);
		let slots = self.cast(plot, random, macros);
		let prompt = tidy(&random.pick(&self.requests).expand(random, &slots, macros));
		let mut story = String::new();
		for beat in &plot.beats {
			if beat.optional && random.percent(50) {
				continue;
			}
			let wording = random.pick(&beat.wordings).expand(random, &slots, macros);
			story.push_str(&sentences(&tidy(&wording)));
			story.push(' ');
		}
		Example { kind: Kind::Story, prompt, answers: vec![tidy(&story)] }
	}

	fn list(&self, name: &str) -> &[String] {
		self.words.get(name).map_or(&[], Vec::as_slice)
	}

	/// Draws who, where and what.
	fn cast(&self, plot: &Plot, random: &mut Random, macros: &Macros) -> Slots {
		let mut slots = Slots::new();
		for list in LISTS {
			slots.insert(list, random.pick(self.list(list)).clone());
		}
		let (hero, name, she) = self.person(random);
		slots.insert("hero", hero);
		slots.insert("name", name);
		for (slot, he, her) in [
			("he", "he", "she"),
			("him", "him", "her"),
			("his", "his", "her"),
			("himself", "himself", "herself"),
		] {
			slots.insert(slot, if she { her } else { he }.into());
		}
		let (friend, pal, she) = loop {
			let other = self.person(random);
			if other.0 != slots["hero"] && other.1 != slots["name"] {
				break other;
			}
		};
		slots.insert("friend", friend);
		slots.insert("pal", pal);
		for (slot, he, her) in
			[("fhe", "he", "she"), ("fhim", "him", "her"), ("fhis", "his", "her")]
		{
			slots.insert(slot, if she { her } else { he }.into());
		}
		slots.insert("theme", random.pick(&plot.themes).clone());
		let clause = random.pick(&plot.clauses).expand(random, &slots, macros);
		slots.insert("who", clause);
		slots
	}

	/// A kind of hero, a name, and whether it is female.
	fn person(&self, random: &mut Random) -> (String, String, bool) {
		let (list, she) = match random.below(10) {
			0 => ("girl", true),
			1 => ("boy", false),
			2 => ("other", random.percent(50)),
			_ => ("animal", random.percent(50)),
		};
		let names = self.list(if she { "her-name" } else { "his-name" });
		(random.pick(self.list(list)).clone(), random.pick(names).clone(), she)
	}
}

fn fault(file: &'static str, line: usize, reason: String) -> Error {
	Error::Corpus { file, line, reason }
}

/// Parses a pattern and checks that every slot in it is filled.
fn pattern(file: &'static str, line: usize, text: &str, macros: &Macros) -> Result<Pattern> {
	let pattern = Pattern::parse(text.trim()).map_err(|reason| fault(file, line, reason))?;
	pattern
		.check(&|name| SLOTS.contains(&name), macros)
		.map_err(|reason| fault(file, line, reason))?;
	Ok(pattern)
}

fn parse_words(text: &str) -> Result<BTreeMap<String, Vec<String>>> {
	let mut words: BTreeMap<String, Vec<String>> = BTreeMap::new();
	for (index, line) in text.lines().enumerate() {
		if line.trim().is_empty() || line.starts_with("//") {
			continue;
		}
		let (name, list) = line.split_once(':').ok_or_else(|| {
			fault("words.txt", index + 1, "a list needs a colon after its name".into())
		})?;
		let list = list.split('|').map(|w| w.trim().to_string()).filter(|w| !w.is_empty());
		words.entry(name.trim().into()).or_default().extend(list);
	}
	Ok(words)
}

fn parse_plots(text: &str, macros: &Macros) -> Result<Vec<Plot>> {
	const FILE: &str = "plots.txt";
	let mut plots: Vec<Plot> = Vec::new();
	for (index, line) in text.lines().enumerate() {
		let line = line.trim();
		if line.is_empty() || line.starts_with("//") {
			continue;
		}
		if line.starts_with('#') {
			plots.push(Plot { themes: Vec::new(), clauses: Vec::new(), beats: Vec::new() });
			continue;
		}
		let stray = || fault(FILE, index + 1, format!("`{line}` belongs to no plot or beat"));
		let plot = plots.last_mut().ok_or_else(stray)?;
		if let Some(themes) = line.strip_prefix('~') {
			plot.themes.extend(themes.split('|').map(|t| t.trim().to_string()));
		} else if let Some(clause) = line.strip_prefix('@') {
			plot.clauses.push(pattern(FILE, index + 1, clause, macros)?);
		} else if let Some(wording) = line.strip_prefix('+') {
			let beat = plot.beats.last_mut().ok_or_else(stray)?;
			beat.wordings.push(pattern(FILE, index + 1, wording, macros)?);
		} else if let Some(wording) = line.strip_prefix('*') {
			let (optional, wording) = match wording.strip_prefix('?') {
				Some(wording) => (true, wording),
				None => (false, wording),
			};
			let wordings = vec![pattern(FILE, index + 1, wording, macros)?];
			plot.beats.push(Beat { wordings, optional });
		} else {
			return Err(stray());
		}
	}
	let incomplete =
		|plot: &Plot| plot.themes.is_empty() || plot.clauses.is_empty() || plot.beats.is_empty();
	if plots.iter().any(incomplete) {
		return Err(fault(FILE, 0, "every plot needs a theme, a clause and a beat".into()));
	}
	Ok(plots)
}

/// Makes the first letter of every sentence a capital. A quotation's end does not end a sentence,
/// because its speaker may follow.
fn sentences(text: &str) -> String {
	let mut out = String::with_capacity(text.len());
	let mut starts = true;
	for word in text.split(' ') {
		if !out.is_empty() {
			out.push(' ');
		}
		match (starts, word.strip_prefix('"')) {
			(true, Some(quoted)) => {
				out.push('"');
				out.push_str(&capitalise(quoted));
			}
			(true, None) => out.push_str(&capitalise(word)),
			(false, _) => out.push_str(word),
		}
		starts = word.ends_with(['.', '!', '?']);
	}
	out
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn sentences_begin_with_capitals_also_inside_quotes() {
		assert_eq!(
			sentences("a fox ran. \"who is it?\" asked the owl. \"me!\" it said. he left."),
			"A fox ran. \"Who is it?\" asked the owl. \"Me!\" it said. He left."
		);
	}

	#[test]
	fn faults_of_plots_are_named() {
		let fault = |text| {
			parse_plots(text, &Macros::new()).err().map(|e| e.to_string()).unwrap_or_default()
		};
		assert!(fault("* early").contains("line 1"));
		assert!(fault("# a\n~ t\n+ b").contains("line 3"));
		assert!(fault("# a\n~ t\n* {nobody}").contains("nobody"));
		assert!(fault("# a\n* b").contains("theme"));
		assert!(parse_words("a b").unwrap_err().to_string().contains("colon"));
	}
}
