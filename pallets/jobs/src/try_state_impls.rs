// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What is true of the storage between any two calls.

use crate::{
	pallet::{
		Agenda, AgendaCursor, Assignments, Config, HoldReason, Jobs, LiveJobs, Pallet, Prompts,
		Results,
	},
	traits::Models,
	types::{Balance, Job, JobState, Replica},
};
use alloc::collections::{BTreeMap, BTreeSet};
use ergon_core::{
	replica::{replica_id, MAX_REPLICAS},
	JobId,
};
use frame_support::{
	ensure,
	traits::{fungible::InspectHold, Get},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{traits::One, Saturating, TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks every invariant; each message says which one is broken.
	pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut live = 0u32;
		let mut held = BTreeMap::<T::AccountId, Balance>::new();
		let mut due = BTreeMap::<JobId, BlockNumberFor<T>>::new();
		let mut assigned = 0usize;
		let mut results = 0usize;
		let mut players = BTreeSet::<(JobId, T::AccountId)>::new();
		let mut seeds = BTreeMap::<JobId, Option<[u8; 32]>>::new();
		for (id, job) in Jobs::<T>::iter() {
			Self::try_record(&id, &job)?;
			let amount = held.entry(job.requester.clone()).or_default();
			*amount = amount.saturating_add(job.escrow).saturating_add(job.deposit);
			if let (Some(replica), Some(assignment)) = (job.replica, job.assignment()) {
				let is_first = players.insert((replica.first, assignment.provider.clone()));
				ensure!(is_first, "a provider has two replicas of a job");
				let seed = seeds.entry(replica.first).or_insert(replica.seed);
				ensure!(
					replica.seed.is_some() && *seed == replica.seed,
					"replicas differ in their seed"
				);
			}
			if job.status().is_live() {
				live.saturating_inc();
				due.insert(id, job.due);
			}
			if let JobState::Assigned(assignment) = &job.state {
				assigned.saturating_inc();
				let entered = Assignments::<T>::contains_key(&assignment.provider, id);
				ensure!(entered, "an assigned job is not entered with its provider");
			}
			results.saturating_accrue(usize::from(job.attested().is_some()));
		}

		Self::try_holds(held)?;
		ensure!(Prompts::<T>::iter_keys().count() == live as usize, "prompts are not live jobs");
		ensure!(LiveJobs::<T>::get() == live, "the counter is not the number of live jobs");
		ensure!(live <= Self::capacity(), "there are more live jobs than agenda places");
		ensure!(
			Assignments::<T>::iter_keys().count() == assigned,
			"a job is entered with a provider that does not have it"
		);
		ensure!(
			Results::<T>::iter_keys().count() == results,
			"a result belongs to no job that has one"
		);
		Self::try_agenda(due)
	}

	/// What is held is the sum of the records, also of accounts that have none.
	fn try_holds(mut records: BTreeMap<T::AccountId, Balance>) -> Result<(), TryRuntimeError> {
		let held =
			|who: &T::AccountId| T::Currency::balance_on_hold(&HoldReason::Escrow.into(), who);
		for who in frame_system::Account::<T>::iter_keys() {
			let amount = records.remove(&who).unwrap_or_default();
			ensure!(held(&who) == amount, "a requester's records do not add up to its hold");
		}
		let rest = records.values().all(|amount| *amount == 0);
		ensure!(rest, "a requester without an account has records of money");
		Ok(())
	}

	/// What is true of one record.
	fn try_record(id: &JobId, job: &Job<T>) -> Result<(), TryRuntimeError> {
		let live = job.status().is_live();
		ensure!(
			Prompts::<T>::contains_key(id) == live,
			"a live job has a prompt, a final one none"
		);
		ensure!(
			job.escrow == if live { job.max_price } else { 0 },
			"the escrow is not the highest price of a live job and nothing of a final one"
		);
		let of = job.replica.map_or(1, |replica| replica.of);
		ensure!(of == job.constraints.replicas, "a job has not the replicas that were asked for");
		if let Some(Replica { first, index, of, .. }) = job.replica {
			let is_named = index < of && of <= MAX_REPLICAS && *id == replica_id(first, index);
			ensure!(is_named, "a replica has another id than it should");
		}
		ensure!(u32::from(job.round) <= T::MaxReassignments::get(), "a job has too many rounds");
		ensure!(
			job.excluded.len() == usize::from(job.round),
			"each past round has one provider that failed"
		);
		ensure!(
			Results::<T>::contains_key(id) == job.attested().is_some(),
			"a job has a result exactly when it was attested"
		);
		if let Some(attested) = job.attested() {
			ensure!(attested.price <= job.max_price, "a price is above the highest");
		}
		// A manifest never changes, but a model without jobs may be gone.
		if let (Some(assignment), Some((manifest, _))) =
			(job.assignment(), T::Models::model(&job.model))
		{
			let most = Self::demand(job, &manifest).work();
			ensure!(assignment.work == most, "a job counts with other work than it can come to");
		}
		if let JobState::Settled(settled) = &job.state {
			let paid = settled.settlement;
			let parts = [paid.provider, paid.treasury, paid.auditors, paid.to_pool, paid.burnt];
			ensure!(
				parts.into_iter().fold(0, Balance::saturating_add)
					== paid.price.saturating_add(paid.from_pool),
				"the parts of a settlement do not add up"
			);
			ensure!(
				paid.price.saturating_add(paid.refunded) == job.max_price,
				"price and refund do not add up to what was held"
			);
		}
		Ok(())
	}

	/// Each of `due` has exactly one entry, in the slot that its record names; nothing else has one.
	fn try_agenda(mut due: BTreeMap<JobId, BlockNumberFor<T>>) -> Result<(), TryRuntimeError> {
		let cursor = AgendaCursor::<T>::get();
		let next = frame_system::Pallet::<T>::block_number().saturating_add(One::one());
		ensure!(cursor <= next, "the cursor is ahead of the next block");
		for (slot, jobs) in Agenda::<T>::iter() {
			ensure!(slot >= cursor, "a slot behind the cursor is not empty");
			ensure!(!jobs.is_empty(), "an empty slot is stored");
			for job in jobs {
				ensure!(
					due.remove(&job) == Some(slot),
					"an agenda entry is not the one entry of a live job"
				);
			}
		}
		ensure!(due.is_empty(), "a live job has no agenda entry");
		Ok(())
	}
}
