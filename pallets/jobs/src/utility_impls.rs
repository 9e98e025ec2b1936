// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What several parts of this pallet, and its peers, need to know about jobs.

use crate::{
	pallet::{Config, Error, Jobs, Pallet, Prompts, Results},
	traits::{Audits, Models, TokenPrices},
	types::{AccountIdOf, Balance, ConstraintsOf, Job, JobState, NeedOf, StandingOf},
	ModelStatus,
};
use ergon_core::{
	attestation::{MAX_EMBEDDING, MAX_TEXT_BYTES},
	crypto::worker::WorkerId,
	engine::JobOrder,
	job::{
		job_seed, MAX_CANDIDATES, MAX_OUTPUT_TOKENS, MAX_PROMPT_BYTES, MAX_TEMPERATURE, THOUSAND,
	},
	replica::MAX_REPLICAS,
	Attestation, Bundle, GenerationParams, JobId, JobKind, ModelId, ModelManifest, Work, H256,
};
use ergon_economics::settlement;
use frame_support::{ensure, traits::Get, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{traits::Zero, Saturating};

/// Bytes of text per output token for which a submission pays storage. Text is four to five bytes
/// per token as a rule; what a result really takes is settled when the job is final.
const TEXT_BYTES_PER_TOKEN: u32 = 16;
/// Bytes of token ids and chunk digests per output token.
const TRACE_BYTES_PER_TOKEN: u32 = 4 + 1;

/// What a job demands of an offer.
pub(crate) struct Demand<'a, T: Config> {
	model: ModelId,
	manifest: &'a ModelManifest,
	prompt_tokens: u32,
	output_tokens: u32,
	max_price: Balance,
	constraints: &'a ConstraintsOf<T>,
	excluded: &'a [AccountIdOf<T>],
}

impl<'a, T: Config> Demand<'a, T> {
	/// The demand of a job that is to be submitted.
	pub(crate) fn new(
		model: ModelId,
		kind: &JobKind,
		prompt_bytes: u32,
		max_price: Balance,
		constraints: &'a ConstraintsOf<T>,
		manifest: &'a ModelManifest,
	) -> Self {
		Self {
			model,
			manifest,
			prompt_tokens: manifest.max_prompt_tokens(prompt_bytes),
			output_tokens: kind.max_output_tokens(),
			max_price,
			constraints,
			excluded: &[],
		}
	}

	/// The same demand, with these providers excluded.
	pub(crate) fn excluding(self, excluded: &'a [AccountIdOf<T>]) -> Self {
		Self { excluded, ..self }
	}

	/// Tokens that the prompt has at most.
	pub(crate) fn prompt_tokens(&self) -> u32 {
		self.prompt_tokens
	}

	/// Tokens that the output has at most.
	pub(crate) fn output_tokens(&self) -> u32 {
		self.output_tokens
	}

	/// Price of the job in the worst case.
	pub(crate) fn worst_price(&self, prices: &TokenPrices) -> Option<Balance> {
		prices.of_job(self.prompt_tokens, self.output_tokens)
	}

	/// Canonical work of the job in the worst case.
	pub(crate) fn work(&self) -> Work {
		Pallet::<T>::work(self.manifest, self.prompt_tokens, self.output_tokens)
	}

	/// Blocks that a provider has.
	pub(crate) fn answer_time(&self) -> u32 {
		Pallet::<T>::answer_time(self.prompt_tokens, self.output_tokens)
	}

	/// Calls `ask` with the demand as the providers see it.
	pub(crate) fn with_need<R>(&self, ask: impl FnOnce(&NeedOf<T>) -> R) -> R {
		ask(&NeedOf::<T> {
			model: self.model,
			prompt_tokens: self.prompt_tokens,
			output_tokens: self.output_tokens,
			max_price: self.max_price,
			work: self.work(),
			constraints: self.constraints,
			excluded: self.excluded,
			admits: &|standing, prices| self.covers_audits(standing, prices),
		})
	}

	/// Whether the price pays for the audits, whatever the token counts turn out to be.
	///
	/// Price and work are linear in both counts, so it is enough to look at the most prompt tokens
	/// with the least output, and at the least prompt with the most output tokens: an offer that is
	/// cheap in one kind of token cannot be audited at the expense of the other kind.
	fn covers_audits(&self, standing: &StandingOf, prices: &TokenPrices) -> bool {
		let Some(escrow) = self.worst_price(prices) else { return false };
		let shortest = self.output_tokens.min(1);
		[(self.prompt_tokens, shortest), (1, self.output_tokens)].into_iter().all(
			|(prompt_tokens, output_tokens)| {
				let price = prices.of_job(prompt_tokens, output_tokens).unwrap_or_default();
				let work = Pallet::<T>::work(self.manifest, prompt_tokens, output_tokens);
				let budget = T::Audits::budget(work, price, escrow, standing);
				settlement::split(price, budget).audits == budget
			},
		)
	}
}

impl<T: Config> Pallet<T> {
	/// Hash of the chain's first block.
	pub(crate) fn genesis() -> H256 {
		frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero())
	}

	/// A model's manifest, unless jobs with it are to be refunded.
	pub(crate) fn usable_model(model: &ModelId) -> Option<ModelManifest> {
		let (manifest, status) = T::Models::model(model)?;
		(status != ModelStatus::Recalled).then_some(manifest)
	}

	/// The demand of a job that was submitted.
	pub(crate) fn demand<'a>(job: &'a Job<T>, manifest: &'a ModelManifest) -> Demand<'a, T> {
		Demand {
			model: job.model,
			manifest,
			prompt_tokens: job.prompt_tokens,
			output_tokens: job.kind.max_output_tokens(),
			max_price: job.max_price,
			constraints: &job.constraints,
			excluded: &job.excluded,
		}
	}

	/// Canonical work of a job with that many tokens.
	pub(crate) fn work(manifest: &ModelManifest, prompt_tokens: u32, output_tokens: u32) -> Work {
		manifest.work(prompt_tokens, output_tokens)
	}

	/// Blocks that a provider has for a job with that many tokens.
	pub(crate) fn answer_time(prompt_tokens: u32, output_tokens: u32) -> u32 {
		let prompt = prompt_tokens.div_ceil(T::PromptTokensPerBlock::get().max(1));
		let output = output_tokens.div_ceil(T::OutputTokensPerBlock::get().max(1));
		T::BaseAnswerTime::get().saturating_add(prompt).saturating_add(output)
	}

	/// Storage deposit for a record and that many bytes beside it.
	pub(crate) fn deposit_for(bytes: u32) -> Balance {
		T::DepositPerByte::get().saturating_mul(bytes.into()).saturating_add(T::DepositBase::get())
	}

	/// Storage deposit of a submission: for the prompt, and for a result of the expected size.
	pub(crate) fn submission_deposit(
		kind: &JobKind,
		prompt_bytes: u32,
		manifest: &ModelManifest,
	) -> Balance {
		let result = match kind {
			JobKind::Generate(params) => {
				let tokens = u32::from(params.max_tokens);
				let text = tokens.saturating_mul(TEXT_BYTES_PER_TOKEN).min(MAX_TEXT_BYTES);
				tokens.saturating_mul(TRACE_BYTES_PER_TOKEN).saturating_add(text)
			}
			JobKind::Embed => manifest.dimensions.hidden.saturating_mul(2),
		};
		Self::deposit_for(prompt_bytes.saturating_add(result))
	}

	/// First block in which a final job may be pruned.
	pub(crate) fn prunable_at(job: &Job<T>) -> Option<BlockNumberFor<T>> {
		job.finished_at().map(|at| at.saturating_add(T::Retention::get()))
	}

	/// Everything about a request that does not depend on prices and balances; returns the model, and what
	/// asking whether it can be audited weighed.
	pub(crate) fn check_request(
		model: &ModelId,
		kind: &JobKind,
		prompt_bytes: u32,
		constraints: &ConstraintsOf<T>,
	) -> Result<(ModelManifest, Weight), Error<T>> {
		ensure!(prompt_bytes >= 1, Error::PromptEmpty);
		ensure!(prompt_bytes <= MAX_PROMPT_BYTES, Error::PromptTooLong);
		if let JobKind::Generate(params) = kind {
			Self::check_params(params)?;
		}
		let countries = &constraints.countries;
		ensure!(countries.iter().all(|country| country.is_sound()), Error::CountryUnknown);
		ensure!(constraints.min_reputation <= THOUSAND, Error::ReputationOutOfRange);
		let replicas = constraints.replicas;
		ensure!((1..=MAX_REPLICAS).contains(&replicas), Error::ReplicasOutOfRange);
		let is_possible = replicas == 1 || constraints.provider.is_none();
		ensure!(is_possible, Error::ReplicasOfOneProvider);
		let (manifest, status) = T::Models::model(model).ok_or(Error::ModelUnknown)?;
		match status {
			ModelStatus::Active => {}
			ModelStatus::Quarantined => return Err(Error::ModelQuarantined),
			ModelStatus::Recalled => return Err(Error::ModelRecalled),
		}
		let wide = manifest.dimensions.hidden > MAX_EMBEDDING;
		match kind {
			JobKind::Embed => ensure!(!wide, Error::ModelCannotEmbed),
			JobKind::Generate(_) => {
				ensure!(manifest.architecture.generates(), Error::ModelCannotGenerate);
			}
		}
		let (is_auditable, auditing) = T::Audits::is_auditable(model);
		ensure!(is_auditable, Error::TooFewAuditors);
		Ok((manifest, auditing))
	}

	fn check_params(params: &GenerationParams) -> Result<(), Error<T>> {
		let tokens = u32::from(params.max_tokens);
		ensure!((1..=MAX_OUTPUT_TOKENS).contains(&tokens), Error::TokenLimitOutOfRange);
		ensure!(params.temperature <= MAX_TEMPERATURE, Error::TemperatureOutOfRange);
		ensure!((1..=THOUSAND).contains(&params.top_p), Error::TopPOutOfRange);
		ensure!((1..=MAX_CANDIDATES).contains(&params.top_k.into()), Error::TopKOutOfRange);
		ensure!(params.stop.iter().all(|stop| !stop.is_empty()), Error::StopSequenceEmpty);
		debug_assert!(params.is_sound(), "every range of the parameters is checked by name");
		Ok(())
	}

	/// The sampler's seed; nothing while the hash of the block that assigned the job is not known,
	/// that is within that block. Replicas have theirs at once.
	pub(crate) fn seed(
		id: JobId,
		job: &Job<T>,
		assigned_at: BlockNumberFor<T>,
	) -> Option<[u8; 32]> {
		if let Some(replica) = job.replica {
			return replica.seed;
		}
		let block = frame_system::Pallet::<T>::block_hash(assigned_at);
		(block != H256::zero()).then(|| job_seed(Self::genesis(), id, job.nonce, block))
	}

	/// The order that worker and auditors hand to their engines; nothing while the seed is not fixed,
	/// and when the job is neither assigned nor waiting for its audits.
	pub fn job_order(id: &JobId) -> Option<JobOrder> {
		let job = Jobs::<T>::get(id)?;
		let seed = match &job.state {
			JobState::Assigned(assignment) => Self::seed(*id, &job, assignment.assigned_at)?,
			_ => job.open_result()?.seed,
		};
		let prompt = Prompts::<T>::get(id)?.into_inner();
		Some(JobOrder { job_id: *id, model: job.model, kind: job.kind, prompt, seed })
	}

	/// What an auditor has to re-execute: order, claim and delivery of a job whose result is fixed
	/// and not final.
	pub fn evidence(id: &JobId) -> Option<(JobOrder, Attestation, Bundle)> {
		Jobs::<T>::get(id)?.open_result()?;
		let order = Self::job_order(id)?;
		let result = Results::<T>::get(id)?;
		Some((order, result.attestation, result.bundle))
	}

	/// Who did a job whose result is fixed and not final, and with which key.
	pub fn author(id: &JobId) -> Option<(AccountIdOf<T>, WorkerId)> {
		let provider = Jobs::<T>::get(id)?.open_result()?.assignment.provider.clone();
		Some((provider, Results::<T>::get(id)?.worker))
	}

	/// The price of a job whose result is fixed and not final.
	pub fn attested_price(id: &JobId) -> Option<Balance> {
		Some(Jobs::<T>::get(id)?.open_result()?.price)
	}

	/// Whether the configuration makes sense.
	pub(crate) fn do_integrity_test() {
		assert!(Self::capacity() > 0, "the agenda has room for a job");
		assert!(!T::RetryInterval::get().is_zero(), "a job is not tried twice in a block");
		assert!(T::MaxReassignments::get() < u8::MAX.into(), "rounds are counted in a byte");
		let longest =
			Self::answer_time(MAX_PROMPT_BYTES.saturating_add(u16::MAX.into()), MAX_OUTPUT_TOKENS);
		assert!(
			BlockNumberFor::<T>::from(longest) < T::BlockHashCount::get(),
			"the hash of the block that assigned a job is known until the deadline"
		);
		assert!(
			Self::worst_service_weight().all_lte(T::TickWeight::get()),
			"a block has room for the worst that can become of a job: {:?} in {:?}",
			Self::worst_service_weight(),
			T::TickWeight::get(),
		);
	}
}
