// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The only code that moves a job from one state to another.
//!
//! A [`JobIn`] is a job together with the data of the state that it is known to be in. Each state
//! has exactly the methods that lead out of it, and each consumes the value, so a transition that
//! `protocol.md` does not draw cannot be written:
//!
//! ```text
//! Queued ─assign→ Assigned ─attest→ Attested ─settle→ Settled
//!   │ ↑  ↑             │                │  ↑
//!   │ └──┘ wait        │ requeue        │  └ wait, disputed or not
//!   │      ←───────────┘                │
//!   └─cancel, expire, void─→  expire, void  ←─void
//! ```
//!
//! What belongs to a state moves with it: the agenda entry and the prompt (live jobs), the entry in
//! [`Assignments`] (assigned jobs), the result (attested jobs), and the escrow (live jobs). Entering
//! a final state releases whatever of the escrow was not paid, and the part of the deposit that
//! pays for storage no longer used.

use crate::{
	pallet::{Assignments, Config, Event, Jobs, LiveJobs, Pallet, Prompts, Results},
	types::{
		Assignment, Attested, Balance, Expired, ExpiryReason, Failure, FullSlots, Job, JobResult,
		JobState, Queued, Settled, Settlement, VoidReason, Voided, VoidedFrom,
	},
};
use ergon_core::{job::Prompt, JobId};
use frame_support::defensive;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{traits::One, Saturating};

/// A job in a known state.
pub(crate) struct JobIn<T: Config, S> {
	/// Its name.
	pub(crate) id: JobId,
	/// Its record; the state in it is the one that `state` was taken from.
	pub(crate) job: Job<T>,
	/// The state's data.
	pub(crate) state: S,
}

/// A job in whatever state it is.
pub(crate) enum Stage<T: Config> {
	Queued(JobIn<T, Queued<T>>),
	Assigned(JobIn<T, Assignment<T>>),
	/// Disputed or not.
	Attested(JobIn<T, Attested<T>>),
	Final(Job<T>),
}

impl<T: Config> Stage<T> {
	/// Reads a job.
	pub(crate) fn of(id: JobId) -> Option<Self> {
		let job = Jobs::<T>::get(id)?;
		Some(match job.state.clone() {
			JobState::Queued(state) => Self::Queued(JobIn { id, job, state }),
			JobState::Assigned(state) => Self::Assigned(JobIn { id, job, state }),
			JobState::Attested(state) | JobState::Disputed(state) => {
				Self::Attested(JobIn { id, job, state })
			}
			_ => Self::Final(job),
		})
	}
}

/// The present block.
fn now<T: Config>() -> BlockNumberFor<T> {
	frame_system::Pallet::<T>::block_number()
}

/// A new job enters the queue; its money is held already. `job.due` is the wanted slot.
pub(crate) fn submit<T: Config>(id: JobId, mut job: Job<T>, prompt: Prompt) -> FullSlots {
	let (due, full) = Pallet::<T>::enter_agenda(id, job.due);
	job.due = due;
	Pallet::<T>::deposit_event(Event::JobSubmitted {
		job: id,
		requester: job.requester.clone(),
		model: job.model,
		max_price: job.max_price,
		deposit: job.deposit,
	});
	Prompts::<T>::insert(id, prompt);
	LiveJobs::<T>::mutate(|live| live.saturating_inc());
	Jobs::<T>::insert(id, job);
	full
}

/// A final job disappears; its deposit is returned already.
pub(crate) fn prune<T: Config>(id: JobId) {
	Jobs::<T>::remove(id);
	Results::<T>::remove(id);
}

impl<T: Config, S> JobIn<T, S> {
	/// From a live state to a live state.
	fn go_on(self, state: JobState<T>, wanted: BlockNumberFor<T>) -> FullSlots {
		let Self { id, mut job, .. } = self;
		Self::leave_state(&id, &job);
		if let JobState::Assigned(assignment) = &state {
			Assignments::<T>::insert(&assignment.provider, id, ());
		}
		let (due, full) = Pallet::<T>::enter_agenda(id, wanted);
		job.due = due;
		job.state = state;
		Jobs::<T>::insert(id, job);
		full
	}

	/// From a live state to a final state. Returns what was released of the escrow.
	fn finish(self, state: JobState<T>) -> Balance {
		let Self { id, mut job, .. } = self;
		Self::leave_state(&id, &job);
		Prompts::<T>::remove(id);
		LiveJobs::<T>::mutate(|live| live.saturating_dec());
		job.state = state;
		let result_bytes = job.attested().map_or(0, |attested| attested.result_bytes);
		let deposit = Pallet::<T>::deposit_for(result_bytes).min(job.deposit);
		let excess = job.deposit.saturating_sub(deposit);
		let refunded = core::mem::take(&mut job.escrow);
		job.deposit = deposit;
		Pallet::<T>::release_held(id, &job.requester, refunded.saturating_add(excess));
		Jobs::<T>::insert(id, job);
		refunded
	}

	/// Removes what belongs to the state that the record still names.
	fn leave_state(id: &JobId, job: &Job<T>) {
		Pallet::<T>::leave_agenda(id, job.due);
		if let JobState::Assigned(assignment) = &job.state {
			Assignments::<T>::remove(&assignment.provider, id);
		}
	}

	fn expire_for(self, reason: ExpiryReason) {
		let job = self.id;
		let refunded = self.finish(JobState::Expired(Expired { reason, at: now::<T>() }));
		Pallet::<T>::deposit_event(Event::JobExpired { job, reason, refunded });
	}

	fn void_for(self, from: VoidedFrom<T>, reason: VoidReason) {
		let job = self.id;
		let refunded = self.finish(JobState::Voided(Voided { from, reason, at: now::<T>() }));
		Pallet::<T>::deposit_event(Event::JobVoided { job, reason, refunded });
	}
}

impl<T: Config> JobIn<T, Queued<T>> {
	/// A provider has until the deadline of `assignment`; replicas all use `seed`.
	pub(crate) fn assign(mut self, assignment: Assignment<T>, seed: Option<[u8; 32]>) -> FullSlots {
		if let Some(replica) = &mut self.job.replica {
			replica.seed = seed;
		}
		Pallet::<T>::deposit_event(Event::JobAssigned {
			job: self.id,
			provider: assignment.provider.clone(),
			round: self.job.round,
			prices: assignment.prices,
			deadline: assignment.deadline,
		});
		let after_deadline = assignment.deadline.saturating_add(One::one());
		self.go_on(JobState::Assigned(assignment), after_deadline)
	}

	/// No offer fits: look again at `until`.
	pub(crate) fn wait(self, until: BlockNumberFor<T>) -> FullSlots {
		let state = JobState::Queued(self.state.clone());
		self.go_on(state, until)
	}

	/// The requester withdraws it.
	pub(crate) fn cancel(self) {
		let job = self.id;
		let refunded = self.finish(JobState::Cancelled { at: now::<T>() });
		Pallet::<T>::deposit_event(Event::JobCancelled { job, refunded });
	}

	/// No offer fitted in time.
	pub(crate) fn expire(self) {
		self.expire_for(ExpiryReason::NoProvider);
	}

	/// Its model was recalled.
	pub(crate) fn void(self) {
		self.void_for(VoidedFrom::Queue, VoidReason::ModelRecalled);
	}
}

impl<T: Config> JobIn<T, Assignment<T>> {
	/// The provider delivered; the audits are to be asked at `until`.
	pub(crate) fn attest(
		self,
		attested: Attested<T>,
		result: JobResult,
		until: BlockNumberFor<T>,
	) -> FullSlots {
		Pallet::<T>::deposit_event(Event::JobAttested {
			job: self.id,
			provider: self.state.provider.clone(),
			prompt_tokens: result.attestation.prompt_tokens,
			output_tokens: result.attestation.output_tokens,
			price: attested.price,
		});
		Results::<T>::insert(self.id, result);
		self.go_on(JobState::Attested(attested), until)
	}

	/// The provider failed, and another one is to try, from `wanted` on and before `expires_at`.
	pub(crate) fn requeue(
		mut self,
		failure: Failure,
		wanted: BlockNumberFor<T>,
		expires_at: BlockNumberFor<T>,
	) -> FullSlots {
		let provider = self.state.provider.clone();
		if self.job.excluded.try_push(provider.clone()).is_err() {
			defensive!("there are no more rounds than failures that fit", self.id);
		}
		self.job.round.saturating_inc();
		Pallet::<T>::deposit_event(Event::JobRequeued {
			job: self.id,
			provider,
			failure,
			round: self.job.round,
		});
		self.go_on(JobState::Queued(Queued { expires_at }), wanted)
	}

	/// The provider failed, and there is no other one to try.
	pub(crate) fn expire(self, failure: Failure) {
		self.expire_for(ExpiryReason::Failed(failure));
	}

	/// Its model was recalled.
	pub(crate) fn void(self) {
		let from = VoidedFrom::Assignment(self.state.clone());
		self.void_for(from, VoidReason::ModelRecalled);
	}
}

impl<T: Config> JobIn<T, Attested<T>> {
	/// Whether an auditor called the result wrong before.
	pub(crate) fn is_disputed(&self) -> bool {
		matches!(self.job.state, JobState::Disputed(_))
	}

	/// The audits go on until `until`; a dispute, once begun, stays one.
	pub(crate) fn wait(self, until: BlockNumberFor<T>, disputed: bool) -> FullSlots {
		let attested = self.state.clone();
		if self.is_disputed() {
			return self.go_on(JobState::Disputed(attested), until);
		}
		if !disputed {
			return self.go_on(JobState::Attested(attested), until);
		}
		Pallet::<T>::deposit_event(Event::JobDisputed { job: self.id });
		self.go_on(JobState::Disputed(attested), until)
	}

	/// The result stands; `settlement` says what of the escrow was paid, except for the refund.
	pub(crate) fn settle(self, mut settlement: Settlement, auditors: u32, audited: bool) {
		settlement.refunded = self.job.escrow;
		let (job, attested, disputed) = (self.id, self.state.clone(), self.is_disputed());
		let provider = attested.assignment.provider.clone();
		let at = now::<T>();
		self.finish(JobState::Settled(Settled {
			attested,
			settlement,
			auditors,
			audited,
			disputed,
			at,
		}));
		Pallet::<T>::deposit_event(Event::JobSettled { job, provider, settlement });
	}

	/// The result is wrong.
	pub(crate) fn void(self) {
		let from = VoidedFrom::Result(self.state.clone());
		self.void_for(from, VoidReason::Overturned);
	}
}
