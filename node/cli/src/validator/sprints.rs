// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What is not done in the sprint of the era, while it still can be.
//!
//! A sprint that is missed costs the power of two, and two minutes are all that there is for it. So an operator
//! hears of an engine that could not take part before the sprint opens, and of a candidate that has not committed
//! when a node that works has done so long since.

use super::{
	duties::{can_work, Late, What, LAST_BLOCKS},
	view::{Own, View},
};
use crate::engine::EngineHealth;
use ergon_runtime::BlockNumber;
use pallet_audits::EraIndex;
use pallet_sprints::{EntryInfo, Phase};

/// Blocks that a commitment may take into a block: a node sends the first one when half of the window is left.
const GRACE: BlockNumber = 3;

/// What a candidate has still to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
	/// Commit to anything.
	Commit,
	/// Show what was drawn.
	Show,
}

/// What an account has still to do in the sprint, and how many blocks behind this one can take it. Who has
/// committed once has done the first part: it is for the node to do so again when more is done.
fn to_do(view: &View, own: &Own) -> Option<(Step, BlockNumber)> {
	let left = |by: BlockNumber| by.saturating_sub(view.number);
	match (&view.sprint.as_ref()?.phase, &own.entry) {
		(Phase::Working { commit_by, .. }, None) if own.may_sprint => {
			Some((Step::Commit, left(*commit_by)))
		}
		// Also who is chilled in the meantime, and would lose more.
		(Phase::Opening { open_by, .. }, Some(entry)) if items_to_show(entry) > 0 => {
			Some((Step::Show, left(*open_by)))
		}
		_ => None,
	}
}

/// Items that were drawn and are not shown.
pub(super) fn items_to_show(entry: &EntryInfo) -> usize {
	entry.drawn.iter().filter(|item| !entry.shown.contains(item)).count()
}

/// Blocks that can still take the most urgent of all that this node's accounts have to do in the sprint.
pub(super) fn blocks_left(view: &View) -> Option<BlockNumber> {
	view.own.iter().filter_map(|own| to_do(view, own)).map(|(_, left)| left).min()
}

/// What is late in the sprint: a commitment, when half of the window is over and when a quarter of it is left, and
/// what is to be shown, in the last blocks for it.
pub(super) fn late(view: &View) -> Vec<Late> {
	let Some(sprint) = &view.sprint else { return Vec::new() };
	let era = sprint.era;
	let quarter = sprint.commit_window / 4;
	let half = (sprint.commit_window / 2).saturating_sub(GRACE).max(quarter.saturating_add(1));
	let late = |own: &Own| {
		let (step, left) = to_do(view, own)?;
		let (what, is_late) = match step {
			Step::Commit => (What::Commit { era, is_last: left <= quarter }, left <= half),
			Step::Show => (What::Show { era }, left <= LAST_BLOCKS.min(sprint.open_window / 2)),
		};
		// Nothing helps when no block takes it any more.
		(is_late && left > 0).then(|| Late { account: own.account.clone(), what, left })
	};
	view.own.iter().filter_map(late).collect()
}

/// Whether the engine is ready for the sprint that is to open, or has.
#[derive(Debug, Default)]
pub(super) struct Readiness {
	/// Since when it is not.
	since: Option<BlockNumber>,
	/// The last era in which the operator was told.
	told: Option<EraIndex>,
}

impl Readiness {
	/// Whether to tell the operator, once in an era, that the engine is not ready. A start takes some blocks, so it
	/// is given [`LAST_BLOCKS`].
	pub fn is_lacking(&mut self, view: &View, health: Option<&EngineHealth>) -> bool {
		let sprint = view.sprint.as_ref().filter(|sprint| {
			let is_ahead = matches!(sprint.phase, Phase::Waiting { .. } | Phase::Working { .. });
			is_ahead && view.own.iter().any(|own| own.may_sprint)
		});
		let Some(sprint) = sprint.filter(|sprint| !can_work(health, &sprint.models)) else {
			self.since = None;
			return false;
		};
		let since = *self.since.get_or_insert(view.number);
		let is_long = view.number.saturating_sub(since) >= LAST_BLOCKS;
		is_long && self.told.replace(sprint.era) != Some(sprint.era)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::validator::{
		duties::Warned,
		view::tests::{committed, opening, own, sprint, working},
	};
	use ergon_core::{engine::EngineStatus, ModelId};

	/// The view of a block on one account.
	fn view(number: BlockNumber, phase: Phase<BlockNumber>, own: Own) -> View {
		View { number, sprint: Some(sprint(phase)), own: vec![own], ..Default::default() }
	}

	/// The blocks in which something is said about one account.
	fn warnings(
		phase: Phase<BlockNumber>,
		own: &Own,
		blocks: std::ops::RangeInclusive<BlockNumber>,
	) -> Vec<BlockNumber> {
		let mut warned = Warned::default();
		blocks
			.filter(|number| !warned.news(&view(*number, phase, own.clone())).is_empty())
			.collect()
	}

	#[test]
	fn a_missing_commitment_should_be_told_of_twice() {
		let idle = own(1, Vec::new());
		// Of 40 blocks 17 are left, and ten.
		assert_eq!(warnings(working(140), &idle, 101..=145), [123, 130]);
		// A node that comes late.
		assert_eq!(warnings(working(140), &idle, 138..=145), [138]);
		assert_eq!(warnings(working(140), &idle, 140..=145), [0u32; 0]);
		// Who has committed, and who does not take part.
		assert_eq!(warnings(working(140), &committed(1, &[], &[]), 101..=145), [0u32; 0]);
		let newcomer = Own { may_sprint: false, ..idle };
		assert_eq!(warnings(working(140), &newcomer, 101..=145), [0u32; 0]);
	}

	#[test]
	fn items_should_be_told_of_while_they_can_be_shown() {
		let phase = opening(200);
		let shows_none = committed(1, &[3, 5, 9], &[]);
		assert_eq!(warnings(phase, &shows_none, 141..=205), [195]);
		let chilled = Own { is_chilled: true, may_sprint: false, ..committed(1, &[3, 5], &[5]) };
		assert_eq!(warnings(phase, &chilled, 141..=205), [195]);
		assert_eq!(warnings(phase, &committed(1, &[3, 5], &[5, 3]), 141..=205), [0u32; 0]);
		assert_eq!(items_to_show(shows_none.entry.as_ref().unwrap()), 3);
	}

	#[test]
	fn warnings_should_say_what_is_late() {
		let late = |phase, own| late(&view(196, phase, own)).pop().unwrap().to_string();
		let line = late(working(200), own(1, Vec::new()));
		assert!(
			line.contains("has 4 blocks left to commit to anything in the sprint of era 7"),
			"{line}"
		);
		let line = late(opening(200), committed(1, &[3], &[]));
		assert!(line.contains("has 4 blocks left to show what was drawn"), "{line}");
	}

	#[test]
	fn blocks_left_should_be_those_of_what_is_not_done() {
		let left = |number, phase, own| blocks_left(&view(number, phase, own));
		assert_eq!(left(110, working(140), own(1, Vec::new())), Some(30));
		assert_eq!(left(110, working(140), committed(1, &[], &[])), None);
		assert_eq!(left(150, opening(200), committed(1, &[3], &[])), Some(50));
		assert_eq!(left(150, opening(200), committed(1, &[3], &[3])), None);
		assert_eq!(left(150, Phase::Over, committed(1, &[3], &[])), None);
		assert_eq!(blocks_left(&View::default()), None);
	}

	#[test]
	fn an_engine_that_is_not_ready_should_be_told_of_before_the_sprint() {
		let waiting = Phase::Waiting { latest: 600 };
		let idle = || own(1, Vec::new());
		let told = |health: Option<&EngineHealth>, phase, own: &dyn Fn() -> Own| {
			let mut readiness = Readiness::default();
			let mut is_told = |number| readiness.is_lacking(&view(number, phase, own()), health);
			(101..120u32).filter(|number| is_told(*number)).collect::<Vec<_>>()
		};
		assert_eq!(told(None, waiting, &idle), [106]);
		assert_eq!(told(None, working(140), &idle), [106]);
		assert_eq!(told(None, Phase::Cancelled, &idle), [0u32; 0]);
		assert_eq!(told(None, waiting, &|| Own { may_sprint: false, ..idle() }), [0u32; 0]);

		let [of_sprint, other] = [3, 4].map(|byte| EngineHealth {
			up: true,
			engine: EngineStatus { models: vec![ModelId::repeat_byte(byte)], ..Default::default() },
			..Default::default()
		});
		assert_eq!(told(Some(&of_sprint), working(140), &idle), [0u32; 0]);
		assert_eq!(told(Some(&other), working(140), &idle), [106]);
	}

	#[test]
	fn an_engine_should_have_time_to_start_and_be_told_of_in_each_era() {
		let mut readiness = Readiness::default();
		let up = EngineHealth {
			up: true,
			engine: EngineStatus { models: vec![ModelId::repeat_byte(3)], ..Default::default() },
			..Default::default()
		};
		let mut is_told = |number, era, health: Option<&EngineHealth>| {
			let mut view = view(number, working(140), own(1, Vec::new()));
			view.sprint.as_mut().unwrap().era = era;
			readiness.is_lacking(&view, health)
		};
		assert!(!is_told(101, 7, None));
		assert!(!is_told(105, 7, Some(&up)), "it has started");
		assert!(!is_told(106, 7, None));
		assert!(is_told(111, 7, None));
		assert!(!is_told(112, 7, None));
		assert!(is_told(113, 8, None));
	}
}
