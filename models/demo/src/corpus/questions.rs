// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Files of questions and answers. One entry:
//!
//! ```text
//! # name-of-the-entry
//! ? pattern of a question, without its question mark
//! ! a question that is never trained, only asked to judge the model
//! > answer
//! ```
//!
//! An entry has one or more `?` lines and one or more `>` lines, of which any answers it. With rows,
//! `| France = Paris`, it is asked once for each row, whose columns are `{a}`, `{b}`, `{c}`…; a line
//! `& name` takes the rows of the entry of that name. A line `= name: pattern` defines a macro for
//! all files; blank lines and lines that begin with `//` are skipped.

use super::grammar::{Macros, Pattern, Slots};
use crate::{Error, Result};
use std::collections::{BTreeMap, BTreeSet};

/// Names of a row's columns.
const COLUMNS: [&str; 5] = ["a", "b", "c", "d", "e"];

/// Rows that a program makes, by the name under which `&` finds them.
pub type MadeRows = BTreeMap<&'static str, Vec<Slots>>;

/// One thing that may be asked.
#[derive(Debug)]
pub struct Entry {
	/// Name, unique within its file.
	pub name: String,
	/// Ways to ask.
	pub questions: Vec<Pattern>,
	/// Ways to ask that are kept out of training.
	pub held_out: Vec<String>,
	/// Answers.
	pub answers: Vec<Pattern>,
	/// Values for which it is asked; a single empty row where it has none.
	pub rows: Vec<Slots>,
}

/// Makes a row of `columns`.
pub fn row(columns: impl IntoIterator<Item = String>) -> Slots {
	COLUMNS.into_iter().zip(columns).collect()
}

/// Splits `text`, the file called `file`, into entries, and adds its macros to `macros`.
pub fn parse(
	file: &'static str,
	text: &str,
	made: &MadeRows,
	macros: &mut Macros,
) -> Result<Vec<Entry>> {
	let mut entries: Vec<Entry> = Vec::new();
	for (index, line) in text.lines().enumerate() {
		let fault = |reason: String| Error::Corpus { file, line: index + 1, reason };
		let line = line.trim();
		if line.is_empty() || line.starts_with("//") {
			continue;
		}
		let (mark, rest) = line.split_at_checked(1).unwrap_or(("", line));
		let rest = rest.trim();
		match (mark, entries.last_mut()) {
			("=", _) => {
				let (name, pattern) = rest
					.split_once(':')
					.ok_or_else(|| fault("a macro needs a colon after its name".into()))?;
				let pattern = Pattern::parse(pattern.trim()).map_err(fault)?;
				if macros.insert(name.trim().into(), pattern).is_some() {
					return Err(fault(format!("macro {name} is defined twice")));
				}
			}
			("#", _) => entries.push(Entry {
				name: rest.into(),
				questions: Vec::new(),
				held_out: Vec::new(),
				answers: Vec::new(),
				rows: Vec::new(),
			}),
			("&", _) => {
				let earlier = entries.iter().find(|e| e.name == rest).map(|e| &e.rows);
				let rows = made
					.get(rest)
					.or(earlier)
					.cloned()
					.ok_or_else(|| fault(format!("no rows are called {rest}")))?;
				match entries.last_mut() {
					Some(entry) => entry.rows.extend(rows),
					None => return Err(fault("rows before the first entry".into())),
				}
			}
			("|", Some(entry)) => {
				entry.rows.push(row(rest.split(" = ").map(|c| c.trim().to_string())));
			}
			("?", Some(entry)) => entry.questions.push(Pattern::parse(rest).map_err(fault)?),
			("!", Some(entry)) => entry.held_out.push(rest.into()),
			(">", Some(entry)) => entry.answers.push(Pattern::parse(rest).map_err(fault)?),
			_ => return Err(fault(format!("`{line}` is not a line of this format"))),
		}
	}
	for entry in &mut entries {
		if entry.rows.is_empty() {
			entry.rows.push(Slots::new());
		}
	}
	check(file, &entries)?;
	Ok(entries)
}

fn check(file: &'static str, entries: &[Entry]) -> Result<()> {
	let mut names = BTreeSet::new();
	for entry in entries {
		let fault = |what: &str| {
			let reason = format!("entry {} {what}", entry.name);
			Err(Error::Corpus { file, line: 0, reason })
		};
		if !names.insert(&entry.name) {
			return fault("occurs twice");
		}
		if entry.questions.is_empty() || entry.answers.is_empty() {
			return fault("needs a question and an answer");
		}
	}
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn reads_entries_and_macros() {
		let mut macros = Macros::new();
		let text = "= x: [a|b]\n\n# one\n? {x} c\n! held out?\n> First.\n// note\n\
			# two\n? {a}\n> {b}\n| France = Paris\n| Italy = Rome\n# three\n? {b}\n> {a}\n& two\n& made";
		let made = MadeRows::from([("made", vec![row(["1".into(), "2".into()])])]);
		let entries = parse("test", text, &made, &mut macros).unwrap();
		assert_eq!(entries.len(), 3);
		assert_eq!(entries[0].held_out, ["held out?"]);
		assert_eq!(entries[0].rows, [Slots::new()]);
		assert_eq!(entries[1].rows[1]["b"], "Rome");
		assert_eq!(entries[2].rows.len(), 3);
		assert!(macros.contains_key("x"));
	}

	#[test]
	fn faults_name_file_and_line() {
		let fault = |text| {
			let error = parse("file.txt", text, &MadeRows::new(), &mut Macros::new()).unwrap_err();
			error.to_string()
		};
		assert!(fault("? early").contains("file.txt, line 1"));
		assert!(fault("# a\n? [b\n> c").contains("line 2"));
		assert!(fault("# a\n? b").contains("entry a needs"));
		assert!(fault("# a\n? b\n> c\n# a\n? b\n> c").contains("occurs twice"));
		assert!(fault("= a b").contains("colon"));
		assert!(fault("# a\n? b\n> c\n& d").contains("no rows"));
	}
}
