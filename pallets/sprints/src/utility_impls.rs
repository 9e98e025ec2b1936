// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What people and peers see, and the checks that watch over the state.

use crate::{
	Candidates, Config, Current, Entries, EntryInfo, EraIndex, Leaves, Models, NextSprint, Pallet,
	Phase, SprintInfo, SprintOf,
};
use alloc::vec::Vec;
use ergon_core::{
	crypto::audit::AuditorId, engine::JobOrder, sprint, Attestation, Bundle, JobId, H256,
};
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::{One, Saturating};

impl<T: Config> Pallet<T> {
	/// The order, attestation and bundle of an item that is audited.
	pub fn evidence(job: &JobId) -> Option<(JobOrder, Attestation, Bundle)> {
		let leaf = Leaves::<T>::get(job)?;
		let model = leaf.attestation.model_root;
		let generates = T::Models::manifest(&model)?.architecture.generates();
		let order = sprint::item(leaf.subject, model, generates, leaf.index);
		Some((order, leaf.attestation, leaf.bundle))
	}

	/// Whose an item is that is audited, and the key that defends it.
	pub fn author(job: &JobId) -> Option<(T::AccountId, AuditorId)> {
		let leaf = Leaves::<T>::get(job)?;
		let entry = Entries::<T>::get(leaf.era, &leaf.operator);
		let key = entry.map(|entry| entry.key).or_else(|| T::Candidates::key(&leaf.operator))?;
		Some((leaf.operator, key))
	}

	pub(crate) fn info() -> Option<SprintInfo<BlockNumberFor<T>>> {
		let sprint = Current::<T>::get()?;
		Some(SprintInfo {
			next: Self::next_sprint(&sprint),
			era: sprint.era,
			phase: sprint.phase,
			models: sprint.models.into_inner(),
			commit_window: T::CommitWindow::get(),
			open_window: T::OpenWindow::get(),
		})
	}

	/// When the sprint opens that is the next to. One opens in any block of its time, which begins with the era: in a
	/// runtime where sessions come before sprints, with the first block of it.
	fn next_sprint(sprint: &SprintOf<T>) -> Option<NextSprint<BlockNumberFor<T>>> {
		if let Phase::Waiting { latest } = sprint.phase {
			let earliest = frame_system::Pallet::<T>::block_number().saturating_add(One::one());
			return Some(NextSprint { era: sprint.era, earliest, latest });
		}
		let earliest = T::NextEra::get()?;
		let latest = earliest.saturating_add(T::OpenWithin::get());
		Some(NextSprint { era: sprint.era.saturating_add(1), earliest, latest })
	}

	pub(crate) fn entry_info(era: EraIndex, operator: &T::AccountId) -> Option<EntryInfo> {
		let entry = Entries::<T>::get(era, operator)?;
		let drawn = match Current::<T>::get().filter(|sprint| sprint.era == era)?.phase {
			Phase::Opening { seed, draw, .. } => {
				Self::drawn(seed, draw, operator, entry.commitment.items)
			}
			_ => Vec::new(),
		};
		let shown = entry.shown.into_inner();
		Some(EntryInfo { commitment: entry.commitment, drawn, shown, audited: entry.audited })
	}

	/// The items that a candidate has to show.
	pub(crate) fn drawn(seed: H256, draw: H256, operator: &T::AccountId, items: u32) -> Vec<u32> {
		sprint::drawn(draw, sprint::subject(seed, operator), items, T::MaxSamples::get())
	}

	#[cfg(any(test, feature = "try-runtime"))]
	pub(crate) fn do_try_state() -> Result<(), sp_runtime::TryRuntimeError> {
		use crate::{Agenda, AgendaCursor, Demands, LastOver, Task};
		use alloc::collections::{BTreeMap, BTreeSet};
		use frame_support::ensure;

		let mut open = BTreeMap::<(EraIndex, T::AccountId), u32>::new();
		let (mut audited, mut shown_tasks) = (BTreeSet::new(), BTreeSet::new());
		for (at, task) in Agenda::<T>::iter_keys() {
			ensure!(at >= AgendaCursor::<T>::get(), "a task lies before the cursor of the agenda");
			let is_new = match task {
				Task::Audited(job) => audited.insert(job),
				Task::Shown(era, operator) => shown_tasks.insert((era, operator)),
			};
			ensure!(is_new, "something is to be looked at twice");
		}
		for (job, leaf) in Leaves::<T>::iter() {
			ensure!(audited.remove(&job), "nobody will ask about an item");
			ensure!(leaf.attestation.job_id == job, "an item is kept under another id");
			let count = open.entry((leaf.era, leaf.operator)).or_default();
			*count = count.saturating_add(1);
		}
		ensure!(audited.is_empty(), "the agenda names an item that is not there");
		for (era, operator, entry) in Entries::<T>::iter() {
			let is_open = open.get(&(era, operator.clone())).copied().unwrap_or_default();
			ensure!(entry.open == is_open, "the audits of an entry are not counted right");
			let shown = entry.shown.len() as u32;
			ensure!(
				entry.audited.saturating_add(entry.open) <= shown,
				"more items were audited than shown",
			);
			ensure!(!entry.is_complete || entry.open > 0, "an entry is decided and still there",);
			ensure!(
				entry.is_complete || shown_tasks.contains(&(era, operator)),
				"nobody will look for what is missing in an entry",
			);
			ensure!(
				(1..=T::MaxItems::get()).contains(&entry.commitment.items),
				"an entry has an impossible number of items",
			);
		}
		if let Some(sprint) = Current::<T>::get() {
			let has_models = matches!(sprint.phase, Phase::Working { .. } | Phase::Opening { .. });
			ensure!(!has_models || !sprint.models.is_empty(), "a sprint is about no model");
			let is_over = LastOver::<T>::get() == Some(sprint.era);
			ensure!(
				is_over == matches!(sprint.phase, Phase::Over),
				"it is not written down right whether the sprint is over",
			);
		}
		let demands = Demands::<T>::get();
		let is_sorted = demands.is_sorted_by(|above, below| above.work >= below.work);
		ensure!(is_sorted, "the demands are not sorted");
		let models: BTreeSet<_> = demands.iter().map(|demand| demand.model).collect();
		ensure!(models.len() == demands.len(), "a model is counted twice");
		Ok(())
	}
}
