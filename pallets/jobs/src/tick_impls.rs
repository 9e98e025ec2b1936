// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What happens to jobs by itself.

use crate::{
	lifecycle_impls::{JobIn, Stage},
	pallet::{Agenda, AgendaCursor, Config, Pallet},
	traits::{Audits, BlockRandomness, Providers},
	types::{Assignment, Branch, Failure, FullSlots, Queued},
	weights::WeightInfo,
};
use codec::Encode;
use ergon_core::{JobId, ModelManifest};
use frame_support::{
	defensive,
	traits::Get,
	weights::{Weight, WeightMeter},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{traits::One, Saturating};

/// Blocks between the one that puts a job into the queue and the one that assigns it. `on_poll` of
/// block n sees the randomness of block n − 1, so 2 is the least for which nobody who could put the
/// job into the queue, the block's author included, had seen the randomness that decides.
pub(crate) const ASSIGNMENT_DELAY: u32 = 2;

impl<T: Config> Pallet<T> {
	/// Looks at due jobs, slot by slot and in order, while there is weight for the worst that could
	/// become of the next one. What is left is the first to be looked at in the next block: blocks
	/// in which the hook does not run delay the agenda, and lose nothing.
	pub(crate) fn do_tick(now: BlockNumberFor<T>, meter: &mut WeightMeter) {
		let mut budget = WeightMeter::with_limit(meter.remaining().min(T::TickWeight::get()));
		if budget.try_consume(T::WeightInfo::tick()).is_err() {
			return;
		}
		let start = AgendaCursor::<T>::get();
		let mut cursor = start;
		while cursor <= now && Self::serve_slot(cursor, &mut budget) {
			cursor.saturating_inc();
		}
		if cursor != start {
			AgendaCursor::<T>::put(cursor);
		}
		meter.consume(budget.consumed());
	}

	/// Looks at the jobs of one slot. Whether it could finish.
	fn serve_slot(slot: BlockNumberFor<T>, budget: &mut WeightMeter) -> bool {
		if budget.try_consume(T::WeightInfo::tick_slot()).is_err() {
			return false;
		}
		for job in Agenda::<T>::get(slot) {
			if !budget.can_consume(Self::worst_service_weight()) {
				return false;
			}
			let (branch, full) = Self::serve(job);
			budget.consume(Self::service_weight(branch, full));
			if branch == Branch::Nothing {
				defensive!("the agenda names a job that is not live", job);
				Self::leave_agenda(&job, slot);
			}
		}
		true
	}

	/// Does what is due about a job: moves it on, or enters it into a later slot.
	pub(crate) fn serve(id: JobId) -> (Branch, FullSlots) {
		let now = frame_system::Pallet::<T>::block_number();
		match Stage::<T>::of(id) {
			None | Some(Stage::Final(_)) => (Branch::Nothing, 0),
			Some(Stage::Queued(job)) => {
				let Some(manifest) = Self::usable_model(&job.job.model) else {
					job.void();
					return (Branch::Recalled, 0);
				};
				if now >= job.state.expires_at {
					job.expire();
					return (Branch::Expired, 0);
				}
				Self::try_assign(job, &manifest)
			}
			Some(Stage::Assigned(job)) => {
				if Self::usable_model(&job.job.model).is_none() {
					Self::free(&job);
					job.void();
					return (Branch::Recalled, 0);
				}
				Self::fail(job, Failure::Missed, false)
			}
			Some(Stage::Attested(case)) => {
				if let Some(until) = Self::awaits_replicas(&case) {
					let auditing = Self::replicas_weight(case.job.replica);
					return (Branch::Pending { auditing }, case.wait(until, false));
				}
				Self::conclude(case)
			}
		}
	}

	/// Gives a queued job to one of the providers that fit, by the parent block's randomness.
	fn try_assign(job: JobIn<T, Queued<T>>, manifest: &ModelManifest) -> (Branch, FullSlots) {
		let now = frame_system::Pallet::<T>::block_number();
		let offers = T::Providers::offer_count(&job.job.model);
		let randomness = T::Randomness::parent(&(job.id, job.job.round).encode());
		let others = job.job.replica.map(|replica| Self::others_of(job.job.nonce, replica));
		let mut excluded = job.job.excluded.to_vec();
		excluded.extend(others.iter().flat_map(|others| others.providers.iter().cloned()));
		let demand = Self::demand(&job.job, manifest).excluding(&excluded);
		let (is_auditable, auditing) = T::Audits::is_auditable(&job.job.model);
		let auditing = auditing.saturating_add(Self::replicas_weight(job.job.replica));
		let assign = || demand.with_need(|need| T::Providers::assign(need, randomness));
		let chosen = is_auditable.then(assign).flatten();
		match chosen {
			Some((provider, prices)) => {
				let deadline = now.saturating_add(demand.answer_time().into());
				let seed = others.map(|others| others.seed);
				let work = demand.work();
				let assignment = Assignment { provider, prices, work, assigned_at: now, deadline };
				(Branch::Assigned { offers, auditing }, job.assign(assignment, seed))
			}
			None => {
				let again = now.saturating_add(T::RetryInterval::get());
				let until = again.min(job.state.expires_at);
				(Branch::Waiting { offers, auditing }, job.wait(until))
			}
		}
	}

	/// An assignment ended without a result. The job goes back into the queue, unless no other
	/// provider may try. `excused` failures are not held against the provider.
	pub(crate) fn fail(
		job: JobIn<T, Assignment<T>>,
		failure: Failure,
		excused: bool,
	) -> (Branch, FullSlots) {
		Self::free(&job);
		if !excused {
			T::Providers::note_failure(&job.state.provider);
		}
		let last_round = u32::from(job.job.round) >= T::MaxReassignments::get();
		let only_provider = job.job.constraints.provider.is_some();
		if last_round || only_provider {
			job.expire(failure);
			return (Branch::GaveUp, 0);
		}
		let now = frame_system::Pallet::<T>::block_number();
		let wanted = now.saturating_add(ASSIGNMENT_DELAY.into());
		let expires_at = now.saturating_add(T::MaxQueueTime::get()).max(wanted + One::one());
		(Branch::Requeued, job.requeue(failure, wanted, expires_at))
	}

	/// The provider of an assigned job need not go on.
	fn free(job: &JobIn<T, Assignment<T>>) {
		let now = frame_system::Pallet::<T>::block_number();
		T::Providers::vacate(&job.state.provider, &job.job.model, job.state.work, now);
		T::Providers::release(&job.state.provider, job.job.max_price);
	}

	/// Weight of [`Self::serve`], by what it turned out to do.
	pub(crate) fn service_weight(branch: Branch, full: FullSlots) -> Weight {
		let weight = match branch {
			Branch::Nothing => T::WeightInfo::serve_nothing(),
			Branch::Assigned { offers, auditing } => {
				T::WeightInfo::serve_assign(offers).saturating_add(auditing)
			}
			Branch::Waiting { offers, auditing } => {
				T::WeightInfo::serve_wait(offers).saturating_add(auditing)
			}
			Branch::Expired => T::WeightInfo::serve_expire(),
			Branch::Requeued => T::WeightInfo::serve_requeue(),
			Branch::GaveUp => T::WeightInfo::serve_give_up(),
			Branch::Pending { auditing } => T::WeightInfo::serve_pending().saturating_add(auditing),
			Branch::Settled { auditors, auditing } => {
				T::WeightInfo::serve_settle(auditors).saturating_add(auditing)
			}
			Branch::Overturned { auditors, auditing } => {
				T::WeightInfo::serve_overturn(auditors).saturating_add(auditing)
			}
			Branch::Recalled => T::WeightInfo::serve_recalled(),
		};
		weight.saturating_add(Self::spill_weight(full))
	}

	/// Weight of [`Self::serve`] in the worst case.
	pub(crate) fn worst_service_weight() -> Weight {
		let (offers, auditors) = (T::MaxOffers::get(), T::MaxAuditors::get());
		let replicas = T::WeightInfo::look_at_replicas();
		let auditing = T::Audits::conclude_weight().saturating_add(replicas);
		let looking = T::Audits::auditable_weight().saturating_add(replicas);
		[
			Branch::Nothing,
			Branch::Assigned { offers, auditing: looking },
			Branch::Waiting { offers, auditing: looking },
			Branch::Expired,
			Branch::Requeued,
			Branch::GaveUp,
			Branch::Pending { auditing },
			Branch::Settled { auditors, auditing },
			Branch::Overturned { auditors, auditing },
			Branch::Recalled,
		]
		.into_iter()
		.map(|branch| Self::service_weight(branch, T::AgendaWindow::get()))
		.fold(Weight::zero(), |worst, weight| worst.max(weight))
	}

	/// Weight of looking at agenda slots that turned out to be full.
	pub(crate) fn spill_weight(full: FullSlots) -> Weight {
		if full == 0 {
			return Weight::zero();
		}
		T::WeightInfo::full_slots(full)
	}
}
