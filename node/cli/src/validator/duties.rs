// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Duties that are about to be missed.

use super::view::View;
use crate::engine::EngineHealth;
use ergon_core::{JobId, ModelId};
use ergon_runtime::{AccountId, BlockNumber};
use pallet_audits::{Duty, Task};
use std::fmt;

/// A duty that is not done when so few blocks can still take it is late. Two blocks before the node gives up and
/// says that it cannot, so that an operator sees why.
const LAST_BLOCKS: BlockNumber = 5;

/// A duty that is not done although it is time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Late {
	/// Whose it is.
	account: AccountId,
	/// The job to re-execute.
	pub job: JobId,
	/// The round of the audit.
	round: u8,
	/// What is to be done.
	task: Task,
	/// How many blocks can still take it.
	left: BlockNumber,
}

impl fmt::Display for Late {
	fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
		let Self { account, job, round, task, left } = self;
		let what = match task {
			Task::Commit => "commit to a vote",
			Task::Reveal => "reveal its vote",
			Task::Nothing => "do nothing",
		};
		write!(
			out,
			"Validator {account} has {left} blocks left to {what} in the audit of job {job:?}, round \
			 {round}",
		)
	}
}

/// What an operator has been warned of.
#[derive(Debug, Default)]
pub(super) struct Warned(Vec<Late>);

impl Warned {
	/// What is late and nobody was warned of; forgets what is not late any more.
	pub fn news(&mut self, view: &View) -> Vec<Late> {
		let late: Vec<_> =
			view.open().filter_map(|(account, duty)| late(account, duty, view.number)).collect();
		let known = |of: &Late| self.0.iter().any(|known| is_same(known, of));
		let news = late.iter().filter(|late| !known(late)).cloned().collect();
		self.0 = late;
		news
	}
}

/// Whether it is the same step of the same duty.
fn is_same(a: &Late, b: &Late) -> bool {
	(&a.account, a.job, a.round, a.task) == (&b.account, b.job, b.round, b.task)
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
	is_late.then(|| Late { account: account.clone(), job, round, task, left })
}

/// Why the engine may not have done it, and what helps.
pub(super) fn excuse(health: Option<&EngineHealth>, model: Option<ModelId>) -> String {
	match (health, model) {
		(None, _) => {
			"this node has no engine; start it with --models-dir, and --engine-path if need be"
				.into()
		}
		(Some(health), _) if !health.up => {
			let error = health.last_error.as_deref().unwrap_or("it has not started yet");
			format!("the engine is down ({error}); ergon_engine says more")
		}
		(Some(health), Some(model)) if !health.engine.models.contains(&model) => format!(
			"the engine does not have model {model:?}; import it into the folder of --models-dir"
		),
		(Some(health), _) => format!(
			"the engine works, with {} orders before it; if that happens often, it is too slow for \
			 the models that it has",
			health.pending
		),
	}
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

		let model = ModelId::repeat_byte(3);
		assert!(excuse(None, Some(model)).contains("no engine"));
		let mut health = EngineHealth::default();
		assert!(excuse(Some(&health), Some(model)).contains("not started yet"));
		health.last_error = Some("it was killed".into());
		assert!(excuse(Some(&health), Some(model)).contains("down (it was killed)"));
		health.up = true;
		health.pending = 9;
		assert!(excuse(Some(&health), Some(model)).contains("does not have model 0x0303"));
		health.engine = EngineStatus { models: vec![model], ..Default::default() };
		assert!(excuse(Some(&health), Some(model)).contains("9 orders"));
		// Nobody knows of the job any more.
		assert!(excuse(Some(&health), None).contains("9 orders"));
	}
}
