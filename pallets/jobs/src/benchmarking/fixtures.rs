// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Jobs in every state, and who they need.

use super::*;

/// Prices that pay for any audit.
pub(super) const PRICES: TokenPrices =
	TokenPrices { prompt_token: 1_000_000_000, output_token: 1_000_000_000 };
/// More than any job costs at [`PRICES`].
pub(super) const MAX_PRICE: Balance = 10_000_000_000_000;
/// Enough for a job and its deposit.
pub(super) const ENDOWMENT: Balance = 1_000_000_000_000_000_000;

/// A network of the demonstration's size.
pub(super) fn manifest() -> ModelManifest {
	let dimensions = Dimensions {
		vocabulary: 2_048,
		hidden: 256,
		intermediate: 704,
		layers: 6,
		heads: 8,
		key_value_heads: 4,
		head_width: 32,
		context: 1 << 14,
	};
	ModelManifest {
		arithmetic: ARITHMETIC_X1,
		architecture: Architecture::Llama,
		dimensions,
		weights_root: H256::repeat_byte(1),
		tables_root: H256::repeat_byte(2),
		vocabulary_root: H256::repeat_byte(3),
		merges_root: H256::repeat_byte(4),
		text_rules: H256::repeat_byte(4),
		template_tokens: 16,
		work_per_prompt_token: dimensions.work_per_prompt_token(Architecture::Llama),
		work_per_output_token: dimensions.work_per_output_token(Architecture::Llama),
	}
}

/// The largest job that there is.
pub(super) fn kind() -> JobKind {
	let stop = BoundedVec::truncate_from(vec![b'x'; MAX_STOP_BYTES as usize]);
	JobKind::Generate(GenerationParams {
		stop: BoundedVec::truncate_from(vec![stop; MAX_STOPS as usize]),
		..GenerationParams::greedy(MAX_OUTPUT_TOKENS as u16)
	})
}

pub(super) fn prompt(bytes: u32) -> Vec<u8> {
	// Digits: by some rules one word, by others as many as there are.
	vec![b'1'; bytes as usize]
}

pub(super) fn funded<T: Config>(name: &'static str, index: u32) -> AccountIdOf<T>
where
	T::Currency: Mutate<AccountIdOf<T>>,
{
	let who = account(name, index, 0);
	let _ = T::Currency::mint_into(&who, ENDOWMENT);
	who
}

pub(super) fn requester<T: Config>() -> AccountIdOf<T>
where
	T::Currency: Mutate<AccountIdOf<T>>,
{
	for pot in [T::Treasury::get(), T::AuditPool::get()] {
		let _ = T::Currency::mint_into(&pot, ENDOWMENT);
	}
	funded::<T>("requester", 0)
}

/// So many providers that offer the model at those prices, each with a key of its own.
pub(super) fn providers<T: Config>(count: u32, model: &ModelId, prices: TokenPrices)
where
	T::Currency: Mutate<AccountIdOf<T>>,
{
	for index in 0..count {
		let provider = funded::<T>("provider", index);
		let worker = WorkerId::generate_pair(None);
		T::Providers::register_for_benchmark(&provider, model, worker, prices);
	}
}

pub(super) fn advance<T: Config>(blocks: u32) {
	let now = frame_system::Pallet::<T>::block_number();
	for _ in 0..blocks {
		let now = frame_system::Pallet::<T>::block_number();
		frame_system::BlockHash::<T>::insert(now, H256::repeat_byte(7));
		frame_system::Pallet::<T>::set_block_number(now.saturating_add(One::one()));
	}
	// The chain did its duty in all of these blocks.
	AgendaCursor::<T>::mutate(|cursor| *cursor = now.max(*cursor));
}

/// A job in the queue, by a funded requester.
pub(super) fn queued<T: Config>(model: ModelId, nonce: u64) -> Result<JobId, BenchmarkError>
where
	T::Currency: Mutate<AccountIdOf<T>>,
{
	let now = frame_system::Pallet::<T>::block_number().saturated_into::<u32>();
	let who = requester::<T>();
	let id = ergon_core::job::job_id(Pallet::<T>::genesis(), &who, nonce, now);
	let bytes = prompt(MAX_PROMPT_BYTES);
	let constraints = Default::default();
	Pallet::<T>::do_submit(who, model, kind(), bytes, MAX_PRICE, constraints, nonce)?;
	Ok(id)
}

/// So many replicas of a job, all of them assigned.
pub(super) fn replicas<T: Config>(count: u8) -> Result<Vec<JobId>, BenchmarkError>
where
	T::Currency: Mutate<AccountIdOf<T>>,
{
	let model = T::Models::register_for_benchmark(manifest());
	providers::<T>(count.into(), &model, PRICES);
	let now = frame_system::Pallet::<T>::block_number().saturated_into::<u32>();
	let who = requester::<T>();
	let first = ergon_core::job::job_id(Pallet::<T>::genesis(), &who, 0, now);
	let constraints = Constraints { replicas: count, ..Default::default() };
	let bytes = prompt(MAX_PROMPT_BYTES);
	Pallet::<T>::do_submit(who, model, kind(), bytes, MAX_PRICE, constraints, 0)?;
	advance::<T>(2);
	let ids = Vec::from_iter((0..count).map(|index| replica_id(first, index)));
	for id in &ids {
		Pallet::<T>::serve(*id);
		expect::<T>(*id, JobStatus::Assigned)?;
	}
	advance::<T>(1);
	Ok(ids)
}

/// A job that is assigned to the one provider, in a later block than the assignment's.
pub(super) fn assigned<T: Config>() -> Result<(JobId, ModelId), BenchmarkError>
where
	T::Currency: Mutate<AccountIdOf<T>>,
{
	assigned_of::<T>(manifest())
}

/// [`assigned`] of another model.
pub(super) fn assigned_of<T: Config>(
	manifest: ModelManifest,
) -> Result<(JobId, ModelId), BenchmarkError>
where
	T::Currency: Mutate<AccountIdOf<T>>,
{
	let model = T::Models::register_for_benchmark(manifest);
	providers::<T>(1, &model, PRICES);
	let id = queued::<T>(model, 0)?;
	advance::<T>(2);
	Pallet::<T>::serve(id);
	advance::<T>(1);
	expect::<T>(id, JobStatus::Assigned)?;
	Ok((id, model))
}

pub(super) fn expect<T: Config>(id: JobId, status: JobStatus) -> Result<(), BenchmarkError> {
	let job = Jobs::<T>::get(id).ok_or("there is no such job")?;
	if job.status() != status {
		return Err("the job is not in the expected state".into());
	}
	Ok(())
}

/// A delivery with so many tokens and so many bytes of text.
pub(super) fn delivery(
	job_id: JobId,
	model_root: ModelId,
	tokens: u32,
	bytes: u32,
) -> (Attestation, Bundle) {
	let output = Output::Text {
		tokens: BoundedVec::truncate_from(vec![u32::MAX; tokens as usize]),
		text: BoundedVec::truncate_from(vec![b'a'; bytes as usize]),
	};
	let digests = vec![H256::repeat_byte(5); output.digest_count() as usize];
	let bundle = Bundle { output, digests: BoundedVec::truncate_from(digests) };
	let attestation = Attestation {
		version: ATTESTATION_VERSION,
		profile: PROFILE_EXACT,
		job_id,
		model_root,
		prompt_root: H256::repeat_byte(6),
		output_root: bundle.output.root(),
		trace_root: bundle.trace_root(),
		prompt_tokens: 1,
		output_tokens: tokens,
		finish: FinishReason::Length,
	};
	(attestation, bundle)
}

pub(super) fn sign<T: Config>(
	id: JobId,
	payload: &[u8],
) -> Result<WorkerSignature, BenchmarkError> {
	let job = Jobs::<T>::get(id).ok_or("there is no such job")?;
	let provider = &job.assignment().ok_or("the job is not assigned")?.provider;
	let worker = T::Providers::worker(provider).ok_or("the provider has no worker")?;
	Ok(worker.sign(&payload).ok_or("the keystore does not sign")?)
}

/// A job with the largest result.
pub(super) fn attested<T: Config>() -> Result<JobId, BenchmarkError>
where
	T::Currency: Mutate<AccountIdOf<T>>,
{
	let (id, _) = assigned::<T>()?;
	attest_largest::<T>(id)?;
	Ok(id)
}

/// Delivers the largest result for an assigned job.
pub(super) fn attest_largest<T: Config>(id: JobId) -> Result<(), BenchmarkError> {
	let model = Jobs::<T>::get(id).ok_or("there is no such job")?.model;
	let (attestation, bundle) = delivery(id, model, MAX_OUTPUT_TOKENS, MAX_TEXT_BYTES);
	let signature = sign::<T>(id, &attestation.signing_payload(Pallet::<T>::genesis(), 0))?;
	Pallet::<T>::do_attest(attestation, bundle, 0, signature)?;
	expect::<T>(id, JobStatus::Attested)
}

/// A job of that model, with the result that `answer` gives for its order.
pub fn attested_with<T: Config>(
	manifest: ModelManifest,
	answer: impl FnOnce(&JobOrder) -> (Attestation, Bundle),
) -> Result<JobId, BenchmarkError>
where
	T::Currency: Mutate<AccountIdOf<T>>,
{
	let id = assigned_of::<T>(manifest)?.0;
	let order = Pallet::<T>::job_order(&id).ok_or("the job has an order")?;
	let (attestation, bundle) = answer(&order);
	let signature = sign::<T>(id, &attestation.signing_payload(Pallet::<T>::genesis(), 0))?;
	Pallet::<T>::do_attest(attestation, bundle, 0, signature)?;
	expect::<T>(id, JobStatus::Attested)?;
	Ok(id)
}

/// Auditors with a bond.
pub(super) fn auditors<T: Config>(name: &'static str, count: u32) -> Vec<AccountIdOf<T>>
where
	T::Currency: Mutate<AccountIdOf<T>>,
{
	(0..count)
		.map(|index| {
			let auditor = funded::<T>(name, index);
			T::Audits::bond_for_benchmark(&auditor);
			auditor
		})
		.collect()
}

/// An assigned job in its last round.
pub(super) fn in_last_round<T: Config>(id: JobId) {
	Jobs::<T>::mutate(id, |job| {
		if let Some(job) = job {
			job.round = T::MaxReassignments::get() as u8;
			for index in 0..T::MaxReassignments::get() {
				let _ = job.excluded.try_push(account("failed", index, 0));
			}
		}
	});
}
