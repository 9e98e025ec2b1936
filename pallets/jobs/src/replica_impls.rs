// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Replicas: jobs that ask several providers for the same.
//!
//! Each is a job like any other, with a price, a provider, audits and an end of its own. They share the
//! sampler's seed, no provider has two of them, and their answers have to be equal to the bit: where
//! two differ, each provider has to show what is wrong about the other's.

use crate::{
	lifecycle_impls::{JobIn, Stage},
	pallet::{Config, Event, Jobs, Pallet, Results},
	traits::Audits,
	types::{AccountIdOf, Attested, Job, JobStatus, Replica},
	view_types::ReplicaAnswer,
	weights::WeightInfo,
};
use alloc::vec::Vec;
use ergon_core::{
	job::job_seed,
	replica::{difference, replica_id, MAX_REPLICAS},
	JobId,
};
use frame_support::{traits::Get, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::Saturating;

/// What a new replica has to respect of the others.
pub(crate) struct Others<T: Config> {
	/// Who has, or had, one of them.
	pub(crate) providers: Vec<AccountIdOf<T>>,
	/// The seed that all of them use.
	pub(crate) seed: [u8; 32],
}

impl Replica {
	/// The ids of all, in their order.
	fn all(self) -> impl Iterator<Item = JobId> {
		(0..self.of).map(move |index| replica_id(self.first, index))
	}

	/// The ids of the others.
	fn others(self) -> impl Iterator<Item = JobId> {
		let own = replica_id(self.first, self.index);
		self.all().filter(move |id| *id != own)
	}
}

impl<T: Config> Pallet<T> {
	/// The other replicas of a job, without those that were pruned.
	fn siblings(replica: Replica) -> impl Iterator<Item = (JobId, Job<T>)> {
		replica.others().filter_map(|id| Some((id, Jobs::<T>::get(id)?)))
	}

	/// Who has, or had, another replica of a job; those that nobody has yet, or that were pruned, are left out.
	/// Bounded by [`MAX_REPLICAS`] − 1.
	pub fn other_providers(id: &JobId) -> Vec<AccountIdOf<T>> {
		let Some(replica) = Jobs::<T>::get(id).and_then(|job| job.replica) else {
			return Vec::new();
		};
		let provider = |(_, sibling): (_, Job<T>)| Some(sibling.assignment()?.provider.clone());
		Self::siblings(replica).filter_map(provider).collect()
	}

	/// Weight of [`Self::other_providers`]: its own record, and those of all others.
	pub fn other_providers_weight() -> Weight {
		T::WeightInfo::serve_nothing().saturating_add(T::WeightInfo::look_at_replicas())
	}

	/// What a replica that is to be assigned has to respect of the others.
	pub(crate) fn others_of(nonce: u64, replica: Replica) -> Others<T> {
		let mut seed = replica.seed;
		let mut providers = Vec::new();
		for (_, sibling) in Self::siblings(replica) {
			providers.extend(sibling.assignment().map(|it| it.provider.clone()));
			seed = seed.or_else(|| sibling.replica?.seed);
		}
		// Nobody involved can choose the block before the one that assigns the first of them.
		let parent = frame_system::Pallet::<T>::parent_hash();
		let new = || job_seed(Self::genesis(), replica.first, nonce, parent);
		Others { providers, seed: seed.unwrap_or_else(new) }
	}

	/// When to look again at a result that is not final yet because another replica is still to be answered;
	/// nothing when all are, and when this one has waited for long enough.
	pub(crate) fn awaits_replicas(case: &JobIn<T, Attested<T>>) -> Option<BlockNumberFor<T>> {
		let replica = case.job.replica?;
		let now = frame_system::Pallet::<T>::block_number();
		let patience = case.state.attested_at.saturating_add(T::ReplicaPatience::get());
		let is_open = |job: Job<T>| matches!(job.status(), JobStatus::Queued | JobStatus::Assigned);
		let is_awaited = now < patience && Self::siblings(replica).any(|(_, job)| is_open(job));
		is_awaited.then(|| now.saturating_add(T::RetryInterval::get()).min(patience))
	}

	/// Compares the result of a job that was just attested with those of its replicas that are not final. Where
	/// two differ, each provider accuses the other. Returns what it weighed.
	pub(crate) fn compare_replicas(id: JobId) -> Weight {
		let own = || Some((Jobs::<T>::get(id)?, Results::<T>::get(id)?));
		let Some((job, own)) = own() else { return Weight::zero() };
		let (Some(replica), Some(assignment)) = (job.replica, job.assignment()) else {
			return Weight::zero();
		};
		let provider = &assignment.provider;
		let mut weight = Weight::zero();
		for other in replica.others() {
			weight.saturating_accrue(T::WeightInfo::compare_replica());
			// Nothing is left to be said about a result that is final.
			let Some(Stage::Attested(case)) = Stage::<T>::of(other) else { continue };
			let Some(result) = Results::<T>::get(other) else { continue };
			let rival = case.state.assignment.provider;
			let (ours, theirs) =
				((&own.attestation, &own.bundle), (&result.attestation, &result.bundle));
			let faults = (difference(ours, theirs), difference(theirs, ours));
			let (Some(their_fault), Some(our_fault)) = faults else { continue };
			Self::deposit_event(Event::ReplicasDiffer { job: id, other });
			T::Audits::accuse(&other, provider.clone(), own.worker.clone(), their_fault);
			T::Audits::accuse(&id, rival, result.worker, our_fault);
			weight.saturating_accrue(T::Audits::accuse_weight().saturating_mul(2));
		}
		weight
	}

	/// Weight of [`Self::compare_replicas`] in the worst case: all differ.
	pub(crate) fn worst_compare_weight() -> Weight {
		T::WeightInfo::compare_replica()
			.saturating_add(T::Audits::accuse_weight().saturating_mul(2))
			.saturating_mul(u64::from(MAX_REPLICAS).saturating_sub(1))
	}

	/// Weight of [`Self::others_of`] and of [`Self::awaits_replicas`] for a job; nothing without replicas.
	pub(crate) fn replicas_weight(replica: Option<Replica>) -> Weight {
		match replica {
			Some(_) => T::WeightInfo::look_at_replicas(),
			None => Weight::zero(),
		}
	}

	/// What the replicas of a job came to; of a job without any, its own answer.
	pub(crate) fn query_replicas(id: JobId) -> Vec<ReplicaAnswer<AccountIdOf<T>>> {
		let Some(job) = Jobs::<T>::get(id) else { return Vec::new() };
		let ids = job.replica.map_or_else(|| Vec::from([id]), |replica| replica.all().collect());
		let answer = |id| {
			let job = Jobs::<T>::get(id)?;
			let provider = job.assignment().map(|assignment| assignment.provider.clone());
			let output_root = Results::<T>::get(id).map(|result| result.attestation.output_root);
			Some(ReplicaAnswer { job: id, status: job.status(), provider, output_root })
		};
		ids.into_iter().filter_map(answer).collect()
	}
}
