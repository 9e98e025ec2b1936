// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What became of items: the agenda, the audits, and what a candidate has proved in the end.

use crate::{
	Agenda, AgendaCursor, Audits, Balance, CandidateFailure, Candidates, Conclusion, Config,
	CreditOf, Current, Entries, EntryOf, EraIndex, Event, LastOver, Leaf, LeafOf, Leaves, Pallet,
	Penalty, Phase, Task, TaskOf, WeightInfo,
};
use alloc::vec::Vec;
use ergon_core::{JobId, Work};
use ergon_economics::settlement;
use frame_support::{
	traits::{fungible::Balanced, Get, Imbalance, OnUnbalanced},
	weights::{Weight, WeightMeter},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
	traits::{One, Saturating},
	SaturatedConversion,
};

/// Most who are slashed or paid for one item: everybody who can have voted, and who played for them.
pub(crate) const MAX_PARTIES: u32 = 32;

impl<T: Config> Pallet<T> {
	/// Looks at tasks that are due, in the order of blocks, while there is weight for what the next one may need. What
	/// is left is the first to be looked at in the next block.
	pub(crate) fn serve_agenda(now: BlockNumberFor<T>, meter: &mut WeightMeter) {
		let mut budget = WeightMeter::with_limit(meter.remaining().min(T::PollWeight::get()));
		if budget.try_consume(T::WeightInfo::agenda()).is_ok() {
			let start = AgendaCursor::<T>::get();
			let mut cursor = start;
			while cursor <= now && Self::serve_slot(cursor, &mut budget) {
				cursor.saturating_inc();
			}
			if cursor != start {
				AgendaCursor::<T>::put(cursor);
			}
		}
		meter.consume(budget.consumed());
	}

	/// Looks at the tasks of one block. Whether it could finish.
	fn serve_slot(slot: BlockNumberFor<T>, budget: &mut WeightMeter) -> bool {
		loop {
			// Covers the look at a task for which there is no weight, too.
			if budget.try_consume(T::WeightInfo::agenda_slot()).is_err() {
				return false;
			}
			let Some(task) = Agenda::<T>::iter_key_prefix(slot).next() else { return true };
			let asking = Self::asking_weight(&task);
			if !budget.can_consume(asking.saturating_add(Self::worst_result_weight(&task))) {
				return false;
			}
			Agenda::<T>::remove(slot, &task);
			budget.consume(asking.saturating_add(Self::serve(task)));
		}
	}

	/// Weight of asking what came of a task, as things are now.
	pub(crate) fn asking_weight(task: &TaskOf<T>) -> Weight {
		match task {
			Task::Shown(..) => Weight::zero(),
			Task::Audited(job) => T::Audits::conclude_weight_of(job),
		}
	}

	/// Weight of what a task comes to, in the worst case.
	pub(crate) fn worst_result_weight(task: &TaskOf<T>) -> Weight {
		match task {
			Task::Shown(..) => T::WeightInfo::look_for_missing(),
			Task::Audited(_) => Self::worst_verdict_weight(),
		}
	}

	/// Weight of what an item comes to, in the worst case.
	pub(crate) fn worst_verdict_weight() -> Weight {
		T::WeightInfo::uphold(MAX_PARTIES)
			.max(T::WeightInfo::overturn(MAX_PARTIES))
			.max(T::WeightInfo::agenda_slot())
	}

	/// Weight of one task in the worst case.
	pub(crate) fn worst_task_weight() -> Weight {
		let audited = T::Audits::conclude_weight().saturating_add(Self::worst_verdict_weight());
		T::WeightInfo::look_for_missing().max(audited)
	}

	/// Does what is due about one task; returns what that weighs beside the question.
	pub(crate) fn serve(task: TaskOf<T>) -> Weight {
		match task {
			Task::Shown(era, operator) => {
				Self::look_for_missing(era, operator);
				T::WeightInfo::look_for_missing()
			}
			Task::Audited(job) => Self::conclude(job),
		}
	}

	/// Whether somebody has shown all that was drawn, when it is too late to.
	pub(crate) fn look_for_missing(era: EraIndex, operator: T::AccountId) {
		let Some(entry) = Entries::<T>::get(era, &operator) else { return };
		if entry.is_complete {
			return;
		}
		let now = frame_system::Pallet::<T>::block_number();
		let is_over = match Current::<T>::get() {
			Some(sprint) if sprint.era == era => match sprint.phase {
				Phase::Over => true,
				Phase::Cancelled => false,
				// The draw was late, since blocks were skipped.
				Phase::Opening { open_by, .. } => {
					return Self::plan(
						open_by.saturating_add(One::one()),
						Task::Shown(era, operator),
					)
				}
				Phase::Working { .. } | Phase::Waiting { .. } => {
					let soon = now.saturating_add(T::OpenWindow::get());
					return Self::plan(soon, Task::Shown(era, operator));
				}
			},
			// This task may have waited for weight while the next era began.
			_ => LastOver::<T>::get() == Some(era),
		};
		match is_over {
			true => Self::fail(era, operator, CandidateFailure::NotShown, None, Some(Vec::new())),
			// Nothing was drawn, or the era ended before the sprint did: that is the network's fault.
			false => Entries::<T>::remove(era, &operator),
		}
	}

	/// Asks what the audits of an item came to; returns what it weighs beside the question.
	fn conclude(job: JobId) -> Weight {
		let conclusion = T::Audits::conclude(&job);
		if let Conclusion::Pending { until } = conclusion {
			Self::plan(until, Task::Audited(job));
			return T::WeightInfo::agenda_slot();
		}
		let Some(leaf) = Leaves::<T>::take(job) else { return T::WeightInfo::agenda_slot() };
		match conclusion {
			Conclusion::Pending { .. } => T::WeightInfo::agenda_slot(),
			Conclusion::Upheld { penalties, audited } => {
				let parties: usize =
					penalties.iter().map(|penalty| penalty.winners.len().max(1)).sum();
				Self::uphold(job, leaf, penalties, audited);
				T::WeightInfo::uphold(parties as u32)
			}
			Conclusion::Overturned { finders, false_votes, spared } => {
				let parties = finders.len().max(false_votes.len()) as u32;
				Self::overturn(job, leaf, finders, false_votes, spared);
				T::WeightInfo::overturn(parties)
			}
		}
	}

	/// An item is wrong. A candidate that is `spared` was silent in a game that somebody lost in its place: it has
	/// missed the sprint, and that is all.
	pub(crate) fn overturn(
		job: JobId,
		leaf: LeafOf<T>,
		finders: Vec<T::AccountId>,
		false_votes: Vec<T::AccountId>,
		spared: bool,
	) {
		let mut slashed = CreditOf::<T>::zero();
		for auditor in false_votes {
			slashed.subsume(Self::slash_auditor(job, auditor));
		}
		Self::award(job, slashed, &finders);
		let finders = (!spared).then_some(finders);
		Self::fail(leaf.era, leaf.operator, CandidateFailure::Wrong, Some(job), finders);
	}

	/// An item is right.
	pub(crate) fn uphold(
		job: JobId,
		leaf: LeafOf<T>,
		penalties: Vec<Penalty<T::AccountId>>,
		audited: bool,
	) {
		for Penalty { auditor, winners } in penalties {
			let slashed = Self::slash_auditor(job, auditor);
			Self::award(job, slashed, &winners);
		}
		let Leaf { era, operator, .. } = leaf;
		// Another item of the candidate was wrong or missing.
		let Some(mut entry) = Entries::<T>::get(era, &operator) else { return };
		entry.open = entry.open.saturating_sub(1);
		entry.audited = entry.audited.saturating_add(audited.into());
		if entry.open > 0 || !entry.is_complete {
			Entries::<T>::insert(era, &operator, entry);
			return;
		}
		Entries::<T>::remove(era, &operator);
		let (items, work) = (entry.commitment.items, Self::proved(&entry));
		T::Candidates::note_proved(&operator, era, work);
		Self::deposit_event(Event::Proved { era, operator, items, work });
	}

	/// What all items of a candidate count: as much as those that it has shown, on average, and as many of them
	/// as somebody has re-executed. What nobody has looked at proves nothing.
	pub(crate) fn proved(entry: &EntryOf<T>) -> Work {
		let shown = entry.shown.len() as u128;
		u128::from(entry.work)
			.saturating_mul(entry.commitment.items.into())
			.saturating_mul(entry.audited.into())
			.checked_div(shown.saturating_mul(shown))
			.unwrap_or_default()
			.saturated_into()
	}

	/// A candidate has missed the sprint by a failure, and is punished for it unless there are no `finders` because
	/// somebody else has answered for it.
	fn fail(
		era: EraIndex,
		operator: T::AccountId,
		failure: CandidateFailure,
		job: Option<JobId>,
		finders: Option<Vec<T::AccountId>>,
	) {
		Entries::<T>::remove(era, &operator);
		T::Candidates::note_failed(&operator, era);
		if let Some(finders) = finders {
			T::Candidates::punish(&operator, era, failure, finders);
		}
		Self::deposit_event(Event::Failed { era, operator, failure, job });
	}

	fn slash_auditor(job: JobId, auditor: T::AccountId) -> CreditOf<T> {
		let slashed = T::Audits::slash(&auditor);
		let amount: Balance = slashed.peek();
		Self::deposit_event(Event::AuditorSlashed { job, auditor, amount });
		slashed
	}

	/// Divides what a slash took: half to the winners in equal parts, the rest is burnt.
	fn award(job: JobId, slashed: CreditOf<T>, winners: &[T::AccountId]) {
		let taken: Balance = slashed.peek();
		if taken == 0 {
			return;
		}
		let share = settlement::share(taken, winners.len());
		let (mut rest, mut awarded) = (slashed, 0);
		for winner in winners {
			match T::Currency::resolve(winner, rest.extract(share)) {
				Ok(()) => awarded = share.saturating_add(awarded),
				// The part of an account that can take nothing is burnt.
				Err(part) => rest.subsume(part),
			}
		}
		T::Burn::on_unbalanced(rest);
		let burnt = taken.saturating_sub(awarded);
		Self::deposit_event(Event::SlashAwarded { job, awarded, burnt });
	}
}
