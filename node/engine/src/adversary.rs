// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! An engine that cheats on demand, to show what becomes of a provider that runs one.
//!
//! Every lie is as good as it can be made cheaply: counts, roots and text fit each other, and where
//! it is possible every digest is the very one that the model gives for the answer at hand. So
//! nothing short of running the model again finds it out.
//!
//! Only behind the feature `adversary`, in a binary of its own.

mod answer;
mod rounded;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::Arc};

use clap::ValueEnum;
use codec::{DecodeAll, Encode};
use ergon_core::{
	engine::{EngineFailure, JobOrder, Order, Outcome},
	Attestation, Bundle, GenerationParams, JobKind, ModelId, Output, H256,
};
use ergon_exact::{
	digest::embedding_digest,
	game::{Side, Stage},
};
use futures::{future::LocalBoxFuture, FutureExt};
use parking_lot::Mutex;
use tracing::warn;

use self::answer::Generation;
use crate::{
	dispute::turn_on,
	error::ExecutionError,
	executor::Executor,
	generate::execute_on,
	service::{ModelRunner, Runner},
	Control, Model,
};

/// How to cheat on jobs. Audits are done honestly, and disputes are defended as well as it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Cheat {
	/// In the middle of the answer, take the second best token, and go on from there. Each digest is
	/// what the model gives for the answer; only the sampler's choice is wrong, once.
	ReplaceToken,
	/// Read only the first half of the prompt, and attest all of it: a plausible answer to another
	/// question.
	TruncatePrompt,
	/// Stop half way. Everything is right up to there.
	EarlyStop,
	/// Draw from another seed than the chain gave. An order at temperature 0 is answered honestly.
	AnotherSeed,
	/// Run a cheaper model: the same with its weights rounded to four bits.
	RoundedWeights,
	/// Make the last digest up.
	GarbageDigest,
}

/// Answers jobs wrongly and everything else as it should be.
pub struct Adversary {
	honest: ModelRunner,
	cheat: Cheat,
	/// Cheaper copies of models, by the id of the original.
	rounded: Mutex<BTreeMap<ModelId, Arc<Model>>>,
}

/// What an order produced, true or not.
type Answer = (Attestation, Bundle);

impl Adversary {
	/// An adversary that would otherwise run what `honest` runs.
	pub fn new(honest: ModelRunner, cheat: Cheat) -> Self {
		warn!("This engine cheats on every job: {cheat:?}");
		Self { honest, cheat, rounded: Mutex::default() }
	}

	/// The wrong answer to a job.
	async fn lie(
		&self,
		executor: &Executor,
		model: &Arc<Model>,
		job: &JobOrder,
		control: &Control,
	) -> Result<Answer, ExecutionError> {
		let run = async |model: &Arc<Model>, job: &JobOrder| {
			execute_on(executor, model, job, control, &mut |_: &str| {}).await
		};
		match (self.cheat, &job.kind) {
			(Cheat::RoundedWeights, _) => {
				let cheaper = self.rounded(model.id())?;
				let order = JobOrder { model: cheaper.id(), ..job.clone() };
				let (attestation, bundle) = run(&cheaper, &order).await?;
				Ok((Attestation { model_root: model.id(), ..attestation }, bundle))
			}
			(Cheat::GarbageDigest, _) => {
				let (attestation, mut bundle) = run(model, job).await?;
				if let Some(digest) = bundle.digests.as_mut().last_mut() {
					*digest = H256::repeat_byte(0xee);
				}
				Ok((sealed(attestation, &bundle), bundle))
			}
			(Cheat::ReplaceToken, JobKind::Generate(params)) => {
				let honest = run(model, job).await?.0;
				let wrong = honest.output_tokens / 2;
				Generation { executor, model, job, params, control }.with_wrong_token(wrong).await
			}
			(Cheat::TruncatePrompt, JobKind::Generate(params)) => {
				Generation { executor, model, job, params, control }.to_half_the_prompt().await
			}
			(Cheat::EarlyStop, JobKind::Generate(params)) => {
				let honest = run(model, job).await?.0;
				let half = u16::try_from(honest.output_tokens / 2).unwrap_or(u16::MAX).max(1);
				let params = GenerationParams { max_tokens: half, ..params.clone() };
				run(model, &JobOrder { kind: JobKind::Generate(params), ..job.clone() }).await
			}
			(Cheat::AnotherSeed, JobKind::Generate(_)) => {
				run(model, &JobOrder { seed: job.seed.map(|byte| !byte), ..job.clone() }).await
			}
			(
				Cheat::ReplaceToken | Cheat::TruncatePrompt | Cheat::EarlyStop | Cheat::AnotherSeed,
				JobKind::Embed,
			) => {
				let (attestation, bundle) = run(model, job).await?;
				Ok(with_wrong_element(attestation, bundle))
			}
		}
	}

	/// Stands by what the cheaper model gave; challenges by what the right one gives.
	async fn defend(
		&self,
		executor: &Executor,
		order: &Order,
		(job, bundle, stage): (&JobOrder, &Bundle, &[u8]),
		control: &Control,
	) -> Result<Outcome, ExecutionError> {
		let is_defence =
			Stage::decode_all(&mut &stage[..]).is_ok_and(|stage| stage.turn() == Side::Defender);
		if !is_defence {
			return self.honest.run(executor, order, control).await;
		}
		let Some(lease) = self.honest.acquire(order, control).await? else {
			return Ok(Outcome::Failed(EngineFailure::UnknownModel));
		};
		let cheaper = self.rounded(lease.model.id())?;
		let job = JobOrder { model: cheaper.id(), ..job.clone() };
		let turn = turn_on(executor, &cheaper, &job, bundle, stage, control).await?;
		Ok(Outcome::Played { turn: turn.map(|turn| turn.encode()) })
	}

	/// A cheaper copy of a model.
	fn rounded(&self, id: ModelId) -> Result<Arc<Model>, ExecutionError> {
		let mut copies = self.rounded.lock();
		if let Some(copy) = copies.get(&id) {
			return Ok(Arc::clone(copy));
		}
		let failed = |reason: String| {
			ExecutionError::Internal(format!("cannot make a rounded copy of {id:?}: {reason}"))
		};
		let folder = self.honest.store().folder(&id);
		let folder = folder.ok_or_else(|| failed("it is gone".into()))?;
		let copy = rounded::copy(&folder).map_err(|error| failed(error.to_string()))?;
		Ok(Arc::clone(copies.entry(id).or_insert(Arc::new(copy))))
	}
}

impl Runner for Adversary {
	fn models(&self) -> Vec<ModelId> {
		self.honest.models()
	}

	fn rescan(&self) {
		self.honest.rescan();
	}

	fn run<'a>(
		&'a self,
		executor: &'a Executor,
		order: &'a Order,
		control: &'a Control,
	) -> LocalBoxFuture<'a, Result<Outcome, ExecutionError>> {
		let job = match order {
			Order::Execute(job) => job,
			Order::Play { job, bundle, stage } if self.cheat == Cheat::RoundedWeights => {
				return self.defend(executor, order, (job, bundle, stage), control).boxed_local();
			}
			_ => return self.honest.run(executor, order, control),
		};
		async move {
			let Some(lease) = self.honest.acquire(order, control).await? else {
				return Ok(Outcome::Failed(EngineFailure::UnknownModel));
			};
			let (attestation, bundle) = self.lie(executor, &lease.model, job, control).await?;
			warn!("Cheated on job {:?}: {:?}", job.job_id, self.cheat);
			Ok(Outcome::Executed { attestation, bundle })
		}
		.boxed_local()
	}
}

/// The attestation with the counts and roots of `bundle`.
fn sealed(attestation: Attestation, bundle: &Bundle) -> Attestation {
	Attestation {
		output_root: bundle.output.root(),
		trace_root: bundle.trace_root(),
		output_tokens: bundle.output.token_count(),
		..attestation
	}
}

/// The embedding with its first element turned round, and the digest that belongs to that.
fn with_wrong_element(attestation: Attestation, mut bundle: Bundle) -> Answer {
	if let Output::Vector(vector) = &mut bundle.output {
		if let Some(element) = vector.as_mut().first_mut() {
			*element = if *element == 0 { 1 } else { element.saturating_neg() };
		}
		let digest = H256(embedding_digest(&attestation.job_id.0, vector));
		if let Some(claimed) = bundle.digests.as_mut().first_mut() {
			*claimed = digest;
		}
	}
	(sealed(attestation, &bundle), bundle)
}
