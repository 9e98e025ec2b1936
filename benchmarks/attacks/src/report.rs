// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What came of all tries of a scene.

use std::{collections::BTreeMap, fmt};

use crate::{network::Case, scene::Scene};

/// What is asked, in a few words; see [`crate::job`].
const QUESTIONS: &str =
	"nine in ten ask for a text of 1 to 96 tokens, with temperatures from 0 to 2, every \
	kind of nucleus and some stop sequences, one in ten for an embedding";

/// Figures of one scene.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
	/// Jobs.
	pub(crate) tries: u32,
	/// Those in which something calls for punishment.
	pub(crate) crimes: u32,
	/// Those of them for which the culprit was punished.
	pub(crate) convicted: u32,
	/// Others who were punished, over all jobs.
	pub(crate) innocents: u32,
	/// Jobs that an auditor re-executed, or said so.
	pub(crate) audited: u32,
	/// Jobs of which somebody said that the result is wrong.
	pub(crate) accused: u32,
	/// Most moves that the games about one result took.
	pub(crate) moves: u32,
	/// Most bytes that they took.
	pub(crate) bytes: u64,
	/// What decided the games, and how often.
	pub(crate) reasons: BTreeMap<String, u32>,
}

impl Tally {
	/// Counts a case.
	pub(crate) fn add(&mut self, scene: &Scene, case: &Case) {
		self.tries += 1;
		self.innocents += scene.innocents(case).count() as u32;
		self.audited += u32::from(case.audited);
		self.accused += u32::from(case.accused);
		self.moves = self.moves.max(case.moves);
		self.bytes = self.bytes.max(case.bytes);
		for reason in &case.reasons {
			*self.reasons.entry(reason.clone()).or_default() += 1;
		}
		if scene.is_crime(case) {
			self.crimes += 1;
			self.convicted += u32::from(scene.is_convicted(case));
		}
	}

	/// Counts what another part counted.
	pub(crate) fn merge(&mut self, other: Self) {
		self.tries += other.tries;
		self.crimes += other.crimes;
		self.audited += other.audited;
		self.accused += other.accused;
		self.convicted += other.convicted;
		self.innocents += other.innocents;
		self.moves = self.moves.max(other.moves);
		self.bytes = self.bytes.max(other.bytes);
		for (reason, count) in other.reasons {
			*self.reasons.entry(reason).or_default() += count;
		}
	}

	/// Crimes for which nobody was punished.
	pub(crate) fn missed(&self) -> u32 {
		self.crimes - self.convicted
	}
}

/// The table.
pub(crate) struct Report<'a> {
	/// The seed of all choices.
	pub(crate) seed: u64,
	/// Scenes, and what came of them.
	pub(crate) rows: &'a [(Scene, Tally)],
}

impl fmt::Display for Report<'_> {
	fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
		let tries: u32 = self.rows.iter().map(|(_, tally)| tally.tries).sum();
		writeln!(out, "# Who cheats, and what becomes of it\n")?;
		writeln!(
			out,
			"Written by `make bench-attacks`: {tries} jobs (seed {}) of the demo model on the native runtime with \
			 the short windows of local networks, three validators who audit every result, real off-chain \
			 workers, and the real engine behind every vote and move. What an auditor or a challenger does that \
			 is no honest one is done by hand. Every way to cheat gets the same jobs: {QUESTIONS}.\n",
			self.seed,
		)?;
		for line in [
			"*wrong*: tries in which the result is not what the honest engine gives, or in which an auditor or \
			 challenger did what it should not. Greedy settings, chance and early refusal by the chain make \
			 some tries harmless.",
			"*convicted*: those of them that ended with the culprit losing money and, where that is the \
			 provider, with the result overturned; *missed*: those that did not.",
			"*innocents*: everybody else who lost anything, in any try.",
			"*audited*, *accused*: tries in which an auditor revealed a vote, and in which somebody called \
			 the result or an audit wrong.",
			"*moves*, *bytes*: the most that the games about one result took; *decided by*: what ended them, \
			 where *silence* is a side that had no move that fits.",
		] {
			writeln!(out, "* {line}")?;
		}
		writeln!(
			out,
			"\n| who, and how | tries | wrong | convicted | missed | innocents | audited | accused | moves \
			 | bytes | decided by |"
		)?;
		writeln!(out, "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|")?;
		for (scene, tally) in self.rows {
			let Tally { tries, crimes, convicted, innocents, audited, .. } = tally;
			let Tally { accused, moves, bytes, reasons, .. } = tally;
			let (name, missed) = (&scene.name, tally.missed());
			let reasons = reasons.iter().map(|(reason, count)| format!("{reason} {count}"));
			let reasons = reasons.collect::<Vec<_>>().join(", ");
			writeln!(
				out,
				"| {name} | {tries} | {crimes} | {convicted} | {missed} | {innocents} | {audited} | {accused} \
				 | {moves} | {bytes} | {reasons} |"
			)?;
		}
		Ok(())
	}
}
