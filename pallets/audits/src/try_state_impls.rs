// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The checks that watch over the state.

use crate::{
	types::SeatProgress, AuditPrice, Auditors, Cases, Config, Declarations, DrawQueue,
	DrawQueueEnds, DrawSeeds, DutyRecord, DutyRecords, Pallet, Seats, Stage, Validators,
	MAX_ROUNDS,
};
use alloc::collections::{BTreeMap, BTreeSet};
use ergon_core::Vote;
use ergon_economics::DutyCount;
use frame_support::{ensure, traits::Get};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::Zero;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_try_state() -> Result<(), sp_runtime::TryRuntimeError> {
		let (lowest, highest) = T::AuditPriceBounds::get();
		let price = AuditPrice::<T>::get();
		ensure!((lowest..=highest).contains(&price), "the price of audits is out of its bounds");
		ensure!(
			T::Validators::accounts().iter().all(|(_, weight)| *weight > 0),
			"a validator weighs nothing, so nobody draws it",
		);
		let mut declared = 0usize;
		for (auditor, declaration) in Declarations::<T>::iter() {
			let models = &declaration.models;
			ensure!(models.is_sorted_by(|left, right| left < right), "a model is declared twice");
			for model in models {
				let is_found = Auditors::<T>::contains_key(model, &auditor);
				ensure!(is_found, "a declared model does not name its auditor");
			}
			declared = declared.saturating_add(models.len());
		}
		ensure!(
			Auditors::<T>::iter_keys().count() == declared,
			"a model names an auditor who has not declared it",
		);
		let ends = DrawQueueEnds::<T>::get();
		ensure!(ends.head <= ends.tail, "the queue ends before it begins");
		let mut queued = BTreeSet::new();
		let mut blocks = BTreeSet::new();
		let mut last = BlockNumberFor::<T>::zero();
		for index in ends.head..ends.tail {
			let (job, since) = DrawQueue::<T>::get(index).ok_or("the queue has a hole")?;
			ensure!(last <= since, "the queue is not in the order of its blocks");
			last = since;
			blocks.insert(since);
			queued.insert((job, since));
		}
		ensure!(
			DrawQueue::<T>::iter_keys().count() as u64 == ends.tail.saturating_sub(ends.head),
			"entries lie outside of the queue",
		);
		ensure!(
			DrawSeeds::<T>::iter_keys().collect::<BTreeSet<_>>() == blocks,
			"seeds are kept for exactly the blocks that the queue names",
		);

		let mut open = BTreeMap::<_, u32>::new();
		let mut seats = 0usize;
		for (job, case) in Cases::<T>::iter() {
			if let Stage::Drawing { since } = case.stage {
				ensure!(queued.contains(&(job, since)), "a case waits for a draw in no queue");
			}
			ensure!(u32::from(case.round) < MAX_ROUNDS, "a case has too many rounds");
			let auditors: BTreeSet<_> = case.auditors.iter().collect();
			ensure!(auditors.len() == case.auditors.len(), "an auditor was drawn twice");
			ensure!(!auditors.contains(&case.provider), "a provider audits itself");
			ensure!(case.paid || case.pay == 0, "audits earn what nobody pays");
			for auditor in auditors {
				let seat = Seats::<T>::get(auditor, job).ok_or("an auditor has no seat")?;
				ensure!(seat.round <= case.round, "a seat is in a round to come");
				seats = seats.saturating_add(1);
				if seat.progress == SeatProgress::Ended {
					continue;
				}
				let usable = matches!(
					seat.progress,
					SeatProgress::Revealed { vote: Vote::Match | Vote::Mismatch(_), .. }
				);
				let voting = matches!(case.stage, Stage::Voting { .. });
				ensure!(
					usable || (voting && seat.round == case.round),
					"a seat without a vote outlived its round",
				);
				let count = open.entry((seat.era, auditor.clone())).or_default();
				*count = count.saturating_add(1);
			}
		}
		ensure!(Seats::<T>::iter_keys().count() == seats, "a seat belongs to no case");
		for (era, auditor, record) in DutyRecords::<T>::iter() {
			let open = open.get(&(era, auditor)).copied().unwrap_or_default();
			let DutyRecord { assigned, fulfilled, unavailable, missed, false_votes, unpaid } =
				record;
			let undone =
				[unavailable, missed, false_votes].into_iter().fold(0, u32::saturating_add);
			let accounted = [fulfilled, undone, open].into_iter().fold(0, u32::saturating_add);
			ensure!(assigned == accounted, "a duty record does not add up");
			let DutyCount { done, due } = unpaid;
			ensure!(
				done <= fulfilled && done <= due && due.saturating_sub(done) <= undone,
				"a record has more duties that nobody pays for than there were",
			);
		}
		Ok(())
	}
}
