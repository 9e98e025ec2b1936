// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What clients ask; also for the runtime's own APIs.

use crate::{
	pallet::{Config, Jobs, Pallet, Prompts, Results},
	traits::Providers,
	types::{AccountIdOf, Balance, ConstraintsOf, Job, JobState, VoidReason},
	utility_impls::Demand,
	view_types::{AuditOutcome, EligibleProvider, JobDetails, OpenJob, Quote, Receipt},
};
use alloc::vec::Vec;
use ergon_core::{JobId, JobKind, ModelId};
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
	/// What a job would cost `requester`, or why it would be refused whatever the price.
	pub fn query_quote(
		requester: AccountIdOf<T>,
		model: ModelId,
		kind: JobKind,
		prompt_bytes: u32,
		constraints: ConstraintsOf<T>,
	) -> Result<Quote, DispatchError> {
		let (manifest, _) = Self::check_request(&model, &kind, prompt_bytes, &constraints)?;
		let demand = |max_price| {
			Demand::<T>::new(model, &kind, prompt_bytes, max_price, &constraints, &manifest)
		};
		let cheapest = demand(Balance::MAX).with_need(T::Providers::cheapest);
		let providers = cheapest.map_or(0, |price| {
			demand(price).with_need(|need| T::Providers::eligible(need).len() as u32)
		});
		let demand = demand(Balance::MAX);
		let deposit = Self::submission_deposit(&kind, prompt_bytes, &manifest);
		let total = cheapest
			.unwrap_or_default()
			.saturating_add(deposit)
			.saturating_mul(constraints.replicas.into());
		let available = Self::holdable(&requester);
		Ok(Quote {
			prompt_tokens: demand.prompt_tokens(),
			output_tokens: demand.output_tokens(),
			cheapest,
			deposit,
			total,
			available,
			lacking: total.saturating_sub(available),
			providers,
		})
	}

	/// Providers whose offers would fit a job, and what it would cost there.
	pub fn query_eligible_providers(
		model: ModelId,
		kind: JobKind,
		prompt_bytes: u32,
		max_price: Balance,
		constraints: ConstraintsOf<T>,
	) -> Result<Vec<EligibleProvider<AccountIdOf<T>>>, DispatchError> {
		let (manifest, _) = Self::check_request(&model, &kind, prompt_bytes, &constraints)?;
		let demand =
			Demand::<T>::new(model, &kind, prompt_bytes, max_price, &constraints, &manifest);
		Ok(demand
			.with_need(T::Providers::eligible)
			.into_iter()
			.filter_map(|(provider, prices)| {
				let worst_price = demand.worst_price(&prices)?;
				Some(EligibleProvider { provider, prices, worst_price })
			})
			.collect())
	}

	/// Everything about a job.
	pub fn query_job(id: JobId) -> Option<JobDetails<AccountIdOf<T>, BlockNumberFor<T>>> {
		let job = Jobs::<T>::get(id)?;
		let status = job.status();
		let finished_at = job.finished_at();
		let prunable_at = Self::prunable_at(&job);
		let assignment = job.assignment().cloned();
		let attested = job.attested().cloned();
		let result = Results::<T>::get(id);
		let claim = result.as_ref().map(|result| result.attestation);
		let audit = Self::audit_outcome(&job);
		let (settlement, expiry, voided) = match &job.state {
			JobState::Settled(settled) => (Some(settled.settlement), None, None),
			JobState::Expired(expired) => (None, Some(expired.reason), None),
			JobState::Voided(voided) => (None, None, Some(voided.reason)),
			_ => (None, None, None),
		};
		Some(JobDetails {
			id,
			status,
			requester: job.requester,
			nonce: job.nonce,
			model: job.model,
			kind: job.kind,
			constraints: job.constraints,
			replica: job.replica,
			prompt: Prompts::<T>::get(id).map(|prompt| prompt.into_inner()),
			max_price: job.max_price,
			escrow: job.escrow,
			deposit: job.deposit,
			round: job.round,
			failed_providers: job.excluded.into_inner(),
			provider: assignment.as_ref().map(|assignment| assignment.provider.clone()),
			prices: assignment.as_ref().map(|assignment| assignment.prices),
			submitted_at: job.submitted_at,
			assigned_at: assignment.as_ref().map(|assignment| assignment.assigned_at),
			deadline: assignment.as_ref().map(|assignment| assignment.deadline),
			attested_at: attested.as_ref().map(|attested| attested.attested_at),
			finished_at,
			due: status.is_live().then_some(job.due),
			prunable_at,
			price: attested.as_ref().map(|attested| attested.price),
			prompt_tokens: claim.map(|claim| claim.prompt_tokens),
			output_tokens: claim.map(|claim| claim.output_tokens),
			finish: claim.map(|claim| claim.finish),
			output: result.map(|result| result.bundle.output),
			audit,
			settlement,
			expiry,
			voided,
		})
	}

	fn audit_outcome(job: &Job<T>) -> AuditOutcome {
		match &job.state {
			JobState::Attested(_) => AuditOutcome::Pending { disputed: false },
			JobState::Disputed(_) => AuditOutcome::Pending { disputed: true },
			JobState::Settled(settled) => AuditOutcome::Upheld {
				auditors: settled.auditors,
				audited: settled.audited,
				disputed: settled.disputed,
			},
			JobState::Voided(voided) if voided.reason == VoidReason::Overturned => {
				AuditOutcome::Overturned
			}
			_ => AuditOutcome::None,
		}
	}

	/// Jobs that are not final, page by page.
	pub fn query_open_jobs(
		after: Option<JobId>,
		limit: u32,
	) -> Vec<OpenJob<AccountIdOf<T>, BlockNumberFor<T>>> {
		// Live jobs are those that have a prompt.
		let ids = match after {
			Some(id) => Prompts::<T>::iter_keys_from(Prompts::<T>::hashed_key_for(id)),
			None => Prompts::<T>::iter_keys(),
		};
		ids.take(limit.min(T::MaxPage::get()) as usize)
			.filter_map(|id| {
				let job = Jobs::<T>::get(id)?;
				Some(OpenJob {
					id,
					status: job.status(),
					provider: job.assignment().map(|assignment| assignment.provider.clone()),
					requester: job.requester,
					model: job.model,
					max_price: job.max_price,
					submitted_at: job.submitted_at,
					due: job.due,
				})
			})
			.collect()
	}

	/// Proof of what was delivered, by whom, and how it was paid.
	pub fn query_receipt(id: JobId) -> Option<Receipt<AccountIdOf<T>, BlockNumberFor<T>>> {
		let job = Jobs::<T>::get(id)?;
		let attested = job.attested()?;
		let settlement = match &job.state {
			JobState::Settled(settled) => Some(settled.settlement),
			_ => None,
		};
		Some(Receipt {
			genesis: Self::genesis(),
			status: job.status(),
			provider: attested.assignment.provider.clone(),
			round: job.round,
			seed: attested.seed,
			attested_at: attested.attested_at,
			result: Results::<T>::get(id)?,
			settlement,
			requester: job.requester,
			kind: job.kind,
		})
	}
}
