// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The agenda: which job is looked at in which block.
//!
//! Every live job has exactly one entry, in the slot that its record names as `due`. There are at
//! most [`Pallet::capacity`] live jobs, as many as the slots of one window hold, so a job that has
//! no entry always finds a place in the window that begins at the block it wants.

use crate::{
	pallet::{Agenda, Config, Pallet},
	types::FullSlots,
};
use ergon_core::JobId;
use frame_support::{defensive, traits::Get};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{traits::One, Saturating};

impl<T: Config> Pallet<T> {
	/// Most live jobs.
	pub(crate) fn capacity() -> u32 {
		T::MaxJobsPerBlock::get().saturating_mul(T::AgendaWindow::get())
	}

	/// Enters a job that has no entry into the first slot from `wanted` on that has room; never
	/// into the present or the past. Returns the slot, and how many were full before it.
	pub(crate) fn enter_agenda(
		job: JobId,
		wanted: BlockNumberFor<T>,
	) -> (BlockNumberFor<T>, FullSlots) {
		let next = frame_system::Pallet::<T>::block_number().saturating_add(One::one());
		let mut slot = wanted.max(next);
		for full in 0..T::AgendaWindow::get() {
			if Agenda::<T>::try_mutate(slot, |jobs| jobs.try_push(job)).is_ok() {
				return (slot, full);
			}
			slot.saturating_inc();
		}
		// The job can still be poked.
		defensive!("the agenda has room for every live job", job);
		(wanted.max(next), T::AgendaWindow::get())
	}

	/// Removes a job's entry; the others keep their order.
	pub(crate) fn leave_agenda(job: &JobId, slot: BlockNumberFor<T>) {
		Agenda::<T>::mutate_exists(slot, |jobs| {
			if let Some(entries) = jobs {
				entries.retain(|entry| entry != job);
				if entries.is_empty() {
					*jobs = None;
				}
			}
		});
	}
}
