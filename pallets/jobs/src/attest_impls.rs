// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What a provider's worker sends, and whether it may.

use crate::{
	lifecycle_impls::{JobIn, Stage},
	pallet::{Config, Error, Pallet},
	traits::{AuditCase, Audits, Models, Providers},
	types::{Assignment, Attested, Branch, Failure, JobResult, JobStatus},
	weights::WeightInfo,
};
use alloc::vec::Vec;
use codec::Encode;
use ergon_core::{
	attestation::{ATTESTATION_VERSION, PROFILE_EXACT},
	crypto::{
		signing_payload,
		worker::{WorkerId, WorkerSignature},
		DECLINE_DOMAIN,
	},
	job::DeclineReason,
	Attestation, Bundle, FinishReason, JobId, JobKind, Output,
};
use frame_support::{
	ensure, pallet_prelude::TransactionValidityWithRefund, traits::Get, weights::Weight,
};
use sp_runtime::{
	traits::{One, UniqueSaturatedInto},
	transaction_validity::{
		InvalidTransaction, TransactionValidityError, UnknownTransaction, ValidTransaction,
	},
	DispatchError, RuntimeAppPublic, Saturating,
};

impl<T: Config> Pallet<T> {
	/// Whether an attestation may be put into a block. What needs no storage is checked first, then
	/// the record, then the hashes, and the signature last.
	pub(crate) fn authorize_attest(
		attestation: &Attestation,
		bundle: &Bundle,
		round: u8,
		signature: &WorkerSignature,
	) -> TransactionValidityWithRefund {
		// Also part of what follows; here it spares the reads.
		Self::check_form(attestation, bundle).map_err(Self::refusal)?;
		let job = Self::check_assigned(attestation.job_id, round).map_err(Self::refusal)?;
		Self::check_seed_fixed(&job).map_err(Self::refusal)?;
		Self::check_delivery(&job, attestation, bundle).map_err(Self::refusal)?;
		let payload = attestation.signing_payload(Self::genesis(), round);
		Self::check_signature(&job, &payload, signature).map_err(Self::refusal)?;
		Self::valid_until_deadline(&job, round)
	}

	/// Whether a refusal may be put into a block.
	pub(crate) fn authorize_decline(
		job: &JobId,
		round: u8,
		reason: DeclineReason,
		signature: &WorkerSignature,
	) -> TransactionValidityWithRefund {
		let payload = Self::decline_payload(job, round, reason);
		let job = Self::check_assigned(*job, round).map_err(Self::refusal)?;
		Self::check_signature(&job, &payload, signature).map_err(Self::refusal)?;
		Self::valid_until_deadline(&job, round)
	}

	/// Fixes the result of a job, hands it over to the audits, and compares it with its replicas. Hashes and
	/// signature were checked when the call was authorized, against the same state. Returns what it weighed.
	pub(crate) fn do_attest(
		attestation: Attestation,
		bundle: Bundle,
		round: u8,
		signature: WorkerSignature,
	) -> Result<Weight, DispatchError> {
		let weight = Self::attest_weight(&bundle);
		Self::check_form(&attestation, &bundle)?;
		let job = Self::check_assigned(attestation.job_id, round)?;
		let seed = Self::check_seed_fixed(&job)?;
		Self::check_content(&job, &attestation, &bundle)?;
		let provider = job.state.provider.clone();
		let worker = T::Providers::worker(&provider).ok_or(Error::<T>::WorkerUnknown)?;
		let (manifest, _) = T::Models::model(&job.job.model).ok_or(Error::<T>::ModelUnknown)?;

		let (prompt_tokens, output_tokens) = (attestation.prompt_tokens, attestation.output_tokens);
		// An assigned offer's worst-case price is within the escrow, and this one within that.
		let escrow = job.job.escrow;
		let price = job.state.prices.of_job(prompt_tokens, output_tokens);
		let price = price.map_or(escrow, |price| price.min(escrow));
		let work = Self::work(&manifest, prompt_tokens, output_tokens);
		let standing = T::Providers::standing(&provider);
		let audit_budget = T::Audits::budget(work, price, escrow, &standing);
		let until = T::Audits::open(AuditCase {
			job: job.id,
			model: job.job.model,
			provider: provider.clone(),
			work,
			price,
			escrow,
			standing,
		});
		let patience = job.job.replica.map(|_| T::ReplicaPatience::get()).unwrap_or_default();
		let safe_at = T::Audits::safe_at().saturating_add(patience);
		T::Providers::vacate(&provider, &job.job.model, job.state.work, safe_at);

		let signature = signature.into_inner().0;
		let result = JobResult { attestation, bundle, worker, signature };
		let attested = Attested {
			assignment: job.state.clone(),
			attested_at: frame_system::Pallet::<T>::block_number(),
			seed,
			price,
			work,
			audit_budget,
			result_bytes: result.encoded_size() as u32,
		};
		let id = job.id;
		let full = job.attest(attested, result, until);
		Ok(weight
			.saturating_add(Self::spill_weight(full))
			.saturating_add(Self::compare_replicas(id)))
	}

	/// Takes an assigned job away from the provider that gives it back.
	pub(crate) fn do_decline(
		job: JobId,
		round: u8,
		reason: DeclineReason,
	) -> Result<Weight, DispatchError> {
		let job = Self::check_assigned(job, round)?;
		// Only a prompt that may fill the whole context can be too long for it.
		let excused = reason == DeclineReason::PromptTooLong
			&& T::Models::model(&job.job.model)
				.is_some_and(|(manifest, _)| job.job.prompt_tokens >= manifest.dimensions.context);
		let (branch, full) = Self::fail(job, Failure::Declined(reason), excused);
		Ok(match branch {
			Branch::GaveUp => T::WeightInfo::decline_last(),
			_ => T::WeightInfo::decline().saturating_add(Self::spill_weight(full)),
		})
	}

	/// The bytes that a worker key signs to give a job back.
	pub(crate) fn decline_payload(job: &JobId, round: u8, reason: DeclineReason) -> Vec<u8> {
		signing_payload(DECLINE_DOMAIN, Self::genesis(), &(round, job, reason))
	}

	/// Whether the chain would accept a delivery, once it is signed.
	pub(crate) fn check_delivery(
		job: &JobIn<T, Assignment<T>>,
		attestation: &Attestation,
		bundle: &Bundle,
	) -> Result<(), Error<T>> {
		Self::check_form(attestation, bundle)?;
		ensure!(attestation.job_id == job.id, Error::JobUnknown);
		Self::check_content(job, attestation, bundle)?;
		ensure!(bundle.fits(attestation), Error::WrongRoots);
		Ok(())
	}

	/// What the statement itself shows.
	fn check_form(attestation: &Attestation, bundle: &Bundle) -> Result<(), Error<T>> {
		let known =
			attestation.version == ATTESTATION_VERSION && attestation.profile == PROFILE_EXACT;
		ensure!(known, Error::WrongVersion);
		let embedded = attestation.finish == FinishReason::Embedded;
		ensure!(embedded == matches!(bundle.output, Output::Vector(_)), Error::WrongKind);
		ensure!(attestation.prompt_tokens >= 1, Error::PromptTokensMissing);
		ensure!(embedded || attestation.output_tokens >= 1, Error::OutputTokensMissing);
		ensure!(attestation.output_tokens == bundle.output.token_count(), Error::OutputTokensWrong);
		ensure!(
			bundle.digests.len() as u32 == bundle.output.digest_count(),
			Error::WrongDigestCount
		);
		Ok(())
	}

	/// The job, if it waits for a result in that round.
	fn check_assigned(id: JobId, round: u8) -> Result<JobIn<T, Assignment<T>>, Error<T>> {
		let job = match Stage::of(id).ok_or(Error::JobUnknown)? {
			Stage::Assigned(job) => job,
			Stage::Attested(_) => return Err(Error::AlreadyAttested),
			Stage::Queued(job) if round < job.job.round => return Err(Error::WrongRound),
			Stage::Queued(_) => return Err(Error::NotAssigned),
			Stage::Final(job) if job.status() == JobStatus::Settled => {
				return Err(Error::AlreadyAttested)
			}
			Stage::Final(_) => return Err(Error::TooLate),
		};
		ensure!(round >= job.job.round, Error::WrongRound);
		ensure!(round == job.job.round, Error::NotAssigned);
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(now <= job.state.deadline, Error::TooLate);
		Ok(job)
	}

	/// The seed, if the hash that it is made of is known.
	fn check_seed_fixed(job: &JobIn<T, Assignment<T>>) -> Result<[u8; 32], Error<T>> {
		Self::seed(job.id, &job.job, job.state.assigned_at).ok_or(Error::TooEarly)
	}

	/// Whether the statement is about what the job asks.
	fn check_content(
		job: &JobIn<T, Assignment<T>>,
		attestation: &Attestation,
		bundle: &Bundle,
	) -> Result<(), Error<T>> {
		let record = &job.job;
		ensure!(attestation.model_root == record.model, Error::WrongModel);
		ensure!(attestation.prompt_tokens <= record.prompt_tokens, Error::PromptTokensAboveMaximum);
		let most = record.kind.max_output_tokens();
		ensure!(attestation.output_tokens <= most, Error::OutputTokensAboveMaximum);
		let manifest = Self::usable_model(&record.model).ok_or(Error::ModelRecalled)?;
		match (&record.kind, &bundle.output) {
			(JobKind::Generate(_), Output::Text { .. }) => Ok(()),
			(JobKind::Embed, Output::Vector(vector)) => {
				ensure!(vector.len() as u32 == manifest.dimensions.hidden, Error::WrongWidth);
				Ok(())
			}
			_ => Err(Error::WrongKind),
		}
	}

	/// Whether the provider's worker key signed `payload`.
	fn check_signature(
		job: &JobIn<T, Assignment<T>>,
		payload: &[u8],
		signature: &WorkerSignature,
	) -> Result<WorkerId, Error<T>> {
		let worker = T::Providers::worker(&job.state.provider).ok_or(Error::WorkerUnknown)?;
		ensure!(worker.verify(&payload, signature), Error::BadSignature);
		Ok(worker)
	}

	/// Attestation and refusal of one round exclude each other, also in the pool.
	fn valid_until_deadline(
		job: &JobIn<T, Assignment<T>>,
		round: u8,
	) -> TransactionValidityWithRefund {
		let now = frame_system::Pallet::<T>::block_number();
		let left = job.state.deadline.saturating_sub(now).saturating_add(One::one());
		ValidTransaction::with_tag_prefix("ErgonJobs")
			.priority(T::AuthorizedPriority::get())
			.and_provides((job.id, round))
			.longevity(left.unique_saturated_into())
			.propagate(true)
			.build()
			.map(|valid| (valid, Weight::zero()))
	}

	/// How an error appears in the transaction pool: as its index. What a block that this node has
	/// not seen yet may change is *unknown*, because a pool bans what is *invalid* for a while.
	pub(crate) fn refusal(error: Error<T>) -> TransactionValidityError {
		let transient = matches!(error, Error::JobUnknown | Error::NotAssigned | Error::TooEarly);
		let code = error.encode().first().copied().unwrap_or_default();
		if transient {
			UnknownTransaction::Custom(code).into()
		} else {
			InvalidTransaction::Custom(code).into()
		}
	}

	/// Weight of `attest`, without what depends on the state.
	fn attest_weight(bundle: &Bundle) -> Weight {
		let (tokens, bytes) = Self::bundle_size(bundle);
		T::WeightInfo::attest(tokens, bytes)
	}

	/// Weight of `attest` in the worst case.
	pub(crate) fn worst_attest_weight(bundle: &Bundle) -> Weight {
		Self::attest_weight(bundle)
			.saturating_add(Self::spill_weight(T::AgendaWindow::get()))
			.saturating_add(Self::worst_compare_weight())
	}

	/// Weight of [`Self::authorize_attest`].
	pub(crate) fn authorize_attest_weight(bundle: &Bundle) -> Weight {
		let (tokens, bytes) = Self::bundle_size(bundle);
		T::WeightInfo::authorize_attest(tokens, bytes)
	}

	/// Weight of `decline` in the worst case.
	pub(crate) fn decline_weight() -> Weight {
		T::WeightInfo::decline()
			.saturating_add(Self::spill_weight(T::AgendaWindow::get()))
			.max(T::WeightInfo::decline_last())
	}

	/// Tokens and other bytes of an output.
	fn bundle_size(bundle: &Bundle) -> (u32, u32) {
		match &bundle.output {
			Output::Text { tokens, text } => (tokens.len() as u32, text.len() as u32),
			Output::Vector(vector) => (0, (vector.len() as u32).saturating_mul(2)),
		}
	}
}
