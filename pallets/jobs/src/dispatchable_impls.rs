// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What requesters and passers-by ask for.

use crate::{
	lifecycle_impls::{self, Stage},
	pallet::{Config, Error, Event, Jobs, LiveJobs, Pallet},
	tick_impls::ASSIGNMENT_DELAY,
	traits::{Audits, Providers},
	types::{AccountIdOf, Balance, ConstraintsOf, FullSlots, Job, JobState, Queued, Replica},
	utility_impls::Demand,
	weights::WeightInfo,
};
use alloc::vec::Vec;
use ergon_core::{
	job::{job_id, Prompt},
	replica::{replica_id, MAX_REPLICAS},
	JobId, JobKind, ModelId,
};
use frame_support::{
	ensure,
	traits::{Get, Imbalance},
	weights::Weight,
};
use sp_runtime::{
	traits::{UniqueSaturatedInto, Zero},
	DispatchError, DispatchResult, Saturating,
};

/// What the cost of a submission depends on, beside the prompt.
#[derive(Clone, Copy)]
pub(crate) struct SubmitCost {
	/// Offers that were looked at.
	offers: u32,
	/// Agenda slots that were full.
	full: FullSlots,
	/// What asking whether the model can be audited weighed.
	auditing: Weight,
}

impl<T: Config> Pallet<T> {
	/// Checks what is asked, holds the money, and puts the job into the queue.
	pub(crate) fn do_submit(
		requester: AccountIdOf<T>,
		model: ModelId,
		kind: JobKind,
		prompt: Vec<u8>,
		max_price: Balance,
		constraints: ConstraintsOf<T>,
		nonce: u64,
	) -> Result<SubmitCost, DispatchError> {
		let prompt = Prompt::try_from(prompt).map_err(|_| Error::<T>::PromptTooLong)?;
		let prompt_bytes = prompt.len() as u32;
		let (manifest, auditing) = Self::check_request(&model, &kind, prompt_bytes, &constraints)?;
		ensure!(core::str::from_utf8(&prompt).is_ok(), Error::<T>::PromptNotUtf8);

		let now = frame_system::Pallet::<T>::block_number();
		let first = job_id(Self::genesis(), &requester, nonce, now.unique_saturated_into());
		ensure!(!Jobs::<T>::contains_key(first), Error::<T>::NonceUsed);
		let replicas = constraints.replicas;
		let live = LiveJobs::<T>::get().saturating_add(replicas.into());
		ensure!(live <= Self::capacity(), Error::<T>::TooManyJobs);

		let demand =
			Demand::<T>::new(model, &kind, prompt_bytes, max_price, &constraints, &manifest);
		let prompt_tokens = demand.prompt_tokens();
		if let Some(cheapest) = demand.with_need(T::Providers::cheapest) {
			ensure!(max_price >= cheapest, Error::<T>::PriceTooLow);
		}
		let deposit = Self::submission_deposit(&kind, prompt_bytes, &manifest);
		let total = max_price
			.checked_add(deposit)
			.and_then(|of_one| of_one.checked_mul(replicas.into()))
			.ok_or(Error::<T>::BalanceTooLow)?;
		Self::hold(&requester, total).map_err(|_| Error::<T>::BalanceTooLow)?;

		let job = Job::<T> {
			requester,
			nonce,
			model,
			kind,
			constraints,
			prompt_bytes,
			prompt_tokens,
			submitted_at: now,
			max_price,
			escrow: max_price,
			deposit,
			replica: None,
			round: 0,
			excluded: Default::default(),
			due: now.saturating_add(ASSIGNMENT_DELAY.into()),
			state: JobState::Queued(Queued {
				expires_at: now.saturating_add(T::MaxQueueTime::get()),
			}),
		};
		let mut full = 0;
		for index in 0..replicas {
			let mut job = job.clone();
			job.replica =
				(replicas > 1).then_some(Replica { first, index, of: replicas, seed: None });
			full.saturating_accrue(lifecycle_impls::submit(
				replica_id(first, index),
				job,
				prompt.clone(),
			));
		}
		Ok(SubmitCost { offers: T::Providers::offer_count(&model), full, auditing })
	}

	/// Withdraws a queued job of `who`.
	pub(crate) fn do_cancel(who: AccountIdOf<T>, id: JobId) -> DispatchResult {
		let stage = Stage::<T>::of(id).ok_or(Error::<T>::JobUnknown)?;
		let (requester, queued) = match stage {
			Stage::Queued(job) => (job.job.requester.clone(), Some(job)),
			Stage::Assigned(job) => (job.job.requester, None),
			Stage::Attested(job) => (job.job.requester, None),
			Stage::Final(job) => (job.requester, None),
		};
		ensure!(who == requester, Error::<T>::NotRequester);
		queued.ok_or(Error::<T>::NotQueued)?.cancel();
		Ok(())
	}

	/// Does what is overdue about a job. Returns the weight of what was done.
	pub(crate) fn do_poke(id: JobId) -> Result<Weight, DispatchError> {
		let now = frame_system::Pallet::<T>::block_number();
		let stage = Stage::<T>::of(id).ok_or(Error::<T>::JobUnknown)?;
		let is_recalled = |model| Self::usable_model(model).is_none();
		let is_due = match &stage {
			// Only the chain itself assigns, in the block that the agenda names: whoever could do it
			// by a call could wait for the randomness that suits them.
			Stage::Queued(job) => now >= job.state.expires_at || is_recalled(&job.job.model),
			Stage::Assigned(job) => now > job.state.deadline || is_recalled(&job.job.model),
			Stage::Attested(job) => now >= job.job.due,
			Stage::Final(_) => false,
		};
		ensure!(is_due, Error::<T>::NotOverdue);
		let (branch, full) = Self::serve(id);
		Ok(Self::poke_weight(Self::service_weight(branch, full)))
	}

	/// Removes a final job whose retention time is over.
	pub(crate) fn do_prune(who: AccountIdOf<T>, id: JobId) -> DispatchResult {
		let job = Jobs::<T>::get(id).ok_or(Error::<T>::JobUnknown)?;
		let prunable_at = Self::prunable_at(&job).ok_or(Error::<T>::NotFinal)?;
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(now >= prunable_at, Error::<T>::NotPrunable);

		let mut reward = Balance::zero();
		if who != job.requester {
			reward = T::PruneReward::get().mul_floor(job.deposit);
			let credit = Self::take_held(&job.requester, reward);
			reward = credit.peek();
			Self::pay(id, &who, credit);
		}
		let returned = job.deposit.saturating_sub(reward);
		Self::release_held(id, &job.requester, returned);
		lifecycle_impls::prune::<T>(id);
		Self::deposit_event(Event::JobPruned { job: id, by: who, reward, returned });
		Ok(())
	}

	/// Weight of `submit`, in the worst or the actual case.
	pub(crate) fn submit_weight(
		prompt_bytes: usize,
		replicas: u8,
		cost: Option<SubmitCost>,
	) -> Weight {
		let replicas = replicas.clamp(1, MAX_REPLICAS);
		let worst = || SubmitCost {
			offers: T::MaxOffers::get(),
			full: T::AgendaWindow::get().saturating_mul(replicas.into()),
			auditing: T::Audits::auditable_weight(),
		};
		let SubmitCost { offers, full, auditing } = cost.unwrap_or_else(worst);
		T::WeightInfo::submit(prompt_bytes as u32, offers)
			.saturating_mul(replicas.into())
			.saturating_add(Self::spill_weight(full))
			.saturating_add(auditing)
	}

	/// Weight of `poke`, which serves a job after it found that there is something to do.
	pub(crate) fn poke_weight(service: Weight) -> Weight {
		T::WeightInfo::poke().saturating_add(service)
	}
}
