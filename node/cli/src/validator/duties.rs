// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Duties that are about to be missed.

use super::{sprints, view::View};
use crate::engine::EngineHealth;
use ergon_core::{JobId, ModelId};
use ergon_runtime::{AccountId, BlockNumber};
use pallet_audits::{Duty, EraIndex, Task};
use std::fmt;

/// A duty that is not done when so few blocks can still take it is late. Two blocks before the node gives up and
/// says that it cannot, so that an operator sees why.
pub(super) const LAST_BLOCKS: BlockNumber = 5;

/// A duty that is not done although it is time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Late {
	/// Whose it is.
	pub account: AccountId,
	/// What is to be done.
	pub what: What,
	/// How many blocks can still take it.
	pub left: BlockNumber,
}

/// Something that an operator is warned of once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
	/// A step of an audit.
	Audit {
		/// The job to re-execute.
		job: JobId,
		/// The round of the audit.
		round: u8,
		/// What is to be done.
		task: Task,
	},
	/// To commit to anything in a sprint.
	Commit {
		/// The sprint.
		era: EraIndex,
		/// Whether it is the last warning of two.
		is_last: bool,
	},
	/// To show what was drawn of what was committed to.
	Show {
		/// The sprint.
		era: EraIndex,
	},
}

impl fmt::Display for Late {
	fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
		let Self { account, what, left } = self;
		write!(out, "Validator {account} has {left} blocks left to ")?;
		match what {
			What::Audit { job, round, task } => {
				let step = match task {
					Task::Commit => "commit to a vote",
					Task::Reveal => "reveal its vote",
					Task::Nothing => "do nothing",
				};
				write!(out, "{step} in the audit of job {job:?}, round {round}")
			}
			What::Commit { era, .. } => write!(
				out,
				"commit to anything in the sprint of era {era}, or has no power for two sprints",
			),
			What::Show { era } => write!(
				out,
				"show what was drawn in the sprint of era {era}, or loses bond, power and seat",
			),
		}
	}
}

/// What an operator has been warned of.
#[derive(Debug, Default)]
pub(super) struct Warned(Vec<Late>);

impl Warned {
	/// What is late and nobody was warned of; forgets what is not late any more.
	pub fn news(&mut self, view: &View) -> Vec<Late> {
		let audits = view.open().filter_map(|(account, duty)| late(account, duty, view.number));
		let late: Vec<_> = audits.chain(sprints::late(view)).collect();
		let known = |of: &Late| self.0.iter().any(|known| is_same(known, of));
		let news = late.iter().filter(|late| !known(late)).cloned().collect();
		self.0 = late;
		news
	}
}

/// Whether it is the same step of the same duty.
fn is_same(a: &Late, b: &Late) -> bool {
	(&a.account, &a.what) == (&b.account, &b.what)
}

/// How many blocks behind that one can still take a duty.
pub(super) fn blocks_left(duty: &Duty<BlockNumber>, number: BlockNumber) -> BlockNumber {
	duty.by.saturating_sub(number)
}

/// A duty that could be done, is not, and has few blocks left, or less than half of its window where that is
/// short. Nothing when no block takes it any more: the chain says then what was missed.
fn late(account: &AccountId, duty: &Duty<BlockNumber>, number: BlockNumber) -> Option<Late> {
	let Duty { job, round, task, from, by, penalty: _ } = *duty;
	let left = blocks_left(duty, number);
	let window = by.saturating_sub(from).saturating_add(1);
	let is_late = number >= from && left > 0 && left <= LAST_BLOCKS.min(window / 2);
	let what = What::Audit { job, round, task };
	is_late.then(|| Late { account: account.clone(), what, left })
}

/// Whether an engine can work with one of these models, or with any, if none is named.
pub(super) fn can_work(health: Option<&EngineHealth>, models: &[ModelId]) -> bool {
	health.is_some_and(|health| {
		let loaded = &health.engine.models;
		let has_one = match models {
			[] => !loaded.is_empty(),
			models => models.iter().any(|model| loaded.contains(model)),
		};
		health.up && has_one
	})
}

/// Why the engine may not have done it, which needs one of `models`, and what helps.
pub(super) fn excuse(health: Option<&EngineHealth>, models: &[ModelId]) -> String {
	let Some(health) = health else {
		return "this node has no engine; start it with --models-dir, and --engine-path if need be"
			.into();
	};
	if !health.up {
		let error = health.last_error.as_deref().unwrap_or("it has not started yet");
		return format!("the engine is down ({error}); ergon_engine says more");
	}
	if !can_work(Some(health), models) {
		let names: Vec<_> = models.iter().map(|model| format!(" {model:?}")).collect();
		return format!(
			"the engine does not have model{}; import it into the folder of --models-dir",
			names.join(" or"),
		);
	}
	format!(
		"the engine works, with {} orders before it; if that happens often, it is too slow for the \
		 models that it has",
		health.pending
	)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::validator::view::tests::{duty, own};
	use ergon_core::engine::EngineStatus;

	/// What is said about one duty in each of these blocks.
	fn warnings(of: &Duty<BlockNumber>, blocks: std::ops::RangeInclusive<u32>) -> Vec<BlockNumber> {
		let mut warned = Warned::default();
		let mut warn = |number| {
			let view = View { number, own: vec![own(1, vec![of.clone()])], ..Default::default() };
			warned.news(&view)
		};
		blocks.filter(|number| !warn(*number).is_empty()).collect()
	}

	#[test]
	fn warnings_should_come_once_and_in_time() {
		// Five blocks of 40 left, or of ten.
		assert_eq!(warnings(&duty(1, Task::Commit, 101, 140), 100..=145), [135]);
		assert_eq!(warnings(&duty(1, Task::Reveal, 141, 150), 130..=155), [145]);
		// Three of seven, two of four.
		assert_eq!(warnings(&duty(1, Task::Commit, 101, 107), 100..=110), [104]);
		assert_eq!(warnings(&duty(1, Task::Reveal, 108, 111), 100..=115), [109]);
		// A node that comes too late, or has nothing to do.
		assert_eq!(warnings(&duty(1, Task::Commit, 101, 140), 140..=145), [0u32; 0]);
		assert_eq!(warnings(&duty(1, Task::Nothing, 101, 140), 100..=145), [0u32; 0]);
	}

	#[test]
	fn warnings_should_tell_duties_apart() {
		let mut warned = Warned::default();
		let mut news = |number, own| warned.news(&View { number, own, ..Default::default() }).len();
		let commit = |job| duty(job, Task::Commit, 101, 140);
		assert_eq!(news(136, vec![own(1, vec![commit(1)])]), 1);
		assert_eq!(news(137, vec![own(1, vec![commit(1), commit(2)])]), 1);
		assert_eq!(news(138, vec![own(1, vec![commit(2)]), own(2, vec![commit(2)])]), 1);
		// The commitment came in time, the reveal does not.
		assert_eq!(news(146, vec![own(1, vec![duty(2, Task::Reveal, 141, 150)])]), 1);
	}

	#[test]
	fn a_warning_should_say_what_is_late_and_why() {
		let late = late(&AccountId::new([1; 32]), &duty(7, Task::Commit, 101, 140), 136).unwrap();
		let line = late.to_string();
		assert!(line.contains("has 4 blocks left to commit to a vote in the audit"), "{line}");

		let [one, other] = [3, 4].map(ModelId::repeat_byte);
		assert!(excuse(None, &[one]).contains("no engine"));
		let mut health = EngineHealth::default();
		assert!(excuse(Some(&health), &[one]).contains("not started yet"));
		health.last_error = Some("it was killed".into());
		assert!(excuse(Some(&health), &[one]).contains("down (it was killed)"));
		health.up = true;
		health.pending = 9;
		assert!(excuse(Some(&health), &[one]).contains("does not have model 0x0303"));
		let neither = excuse(Some(&health), &[one, other]);
		assert!(neither.contains("03 or 0x0404"), "{neither}");
		assert!(excuse(Some(&health), &[]).contains("does not have model;"));
		health.engine = EngineStatus { models: vec![one], ..Default::default() };
		assert!(excuse(Some(&health), &[one]).contains("9 orders"));
		assert!(excuse(Some(&health), &[other, one]).contains("9 orders"));
		// Nobody knows of the job any more.
		assert!(excuse(Some(&health), &[]).contains("9 orders"));
	}
}
