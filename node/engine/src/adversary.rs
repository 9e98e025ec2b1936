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
mod copies;
mod substitute;
#[cfg(test)]
mod tests;
mod text;

use std::sync::Arc;

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
use tracing::warn;

use self::{
	answer::Generation,
	copies::Copies,
	substitute::earlier,
	text::{falsified, misread_prompt, with_false_text},
};
use crate::{
	error::ExecutionError,
	executor::{Executor, Priority},
	generate::{execute_on, prompt_tokens},
	service::{ModelRunner, Runner},
	sprint::Items,
	Control, Model,
};

/// How to cheat on jobs, and on items of sprints, which are jobs too. Audits are done honestly, and disputes
/// are defended as well as it goes.
///
/// An embedding that a cheat has no way to spoil has its first element turned round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Cheat {
	/// In the middle of the answer, take the second best token, and go on from there. Each digest is
	/// what the model gives for the answer; only the sampler's choice is wrong, once.
	ReplaceToken,
	/// Read only the first half of the prompt, and attest all of it: a plausible answer to another
	/// question. A prompt of one character is read whole.
	TruncatePrompt,
	/// Stop half way. Everything is right up to there. An answer of one token is given whole.
	EarlyStop,
	/// Draw from another seed than the chain gave. An order at temperature 0 is answered honestly, and so
	/// is one where chance changes nothing.
	AnotherSeed,
	/// Run a cheaper model: the same with its weights rounded to four bits.
	RoundedWeights,
	/// Run a slightly cheaper model: the same with its weights rounded to six bits.
	SixBitWeights,
	/// Run a model of which one bit of one weight is another one. The answer nearly always reads the same;
	/// only where that weight counts for nothing are the digests the same too.
	FlippedBit,
	/// Run a smaller model: the same network without the second half of its layers.
	SmallerModel,
	/// Leave one layer out, the middle one.
	SkippedLayer,
	/// Keep keys and values with eight bits instead of sixteen. Graphics cards keep them as they should.
	EightBitCache,
	/// Make the last digest up.
	GarbageDigest,
	/// Put an instruction of one's own before the prompt, and attest the ordered one.
	SystemPrompt,
	/// Put an instruction of one's own before the prompt, and attest what was run: all but the prompt
	/// is right.
	AttestedSystemPrompt,
	/// Read the prompt with one merge less than the tokenizer makes, and attest these tokens: all but the
	/// prompt is right. A prompt in which nothing is merged is read as it should be.
	MisreadPrompt,
	/// Deliver a text that the tokens do not spell. All but the text is right; where there is no room for
	/// more text, that too.
	FalseText,
	/// Go on behind the answer's end, up to the limit, to be paid for more. Everything is right but the
	/// end. An answer that the limit ended is given as it is.
	PaddedAnswer,
	/// Have a smaller model write, and attest that by one prefill of the right one. Each digest is what
	/// the model gives for the answer; only tokens are not those that the sampler chooses, unless the
	/// smaller model happens to write the same.
	PrefillSpoof,
	/// Take the best token each time, whatever the temperature. At temperature 0, and where chance
	/// would have it so anyway, that is the honest answer.
	TemperatureOff,
	/// Draw from all candidates, whatever the nucleus. Where nothing outside of it is drawn, that is the
	/// honest answer.
	TopPOff,
	/// Give the result of an earlier job, and attest this one's prompt. To the same question with the
	/// same seed it is the right one.
	ReplayedResult,
	/// Give the first half of the right chunks, and then those of an earlier job's result. When one of the
	/// two has only one chunk, all is of the earlier job.
	SplicedResult,
}

/// Answers jobs and items of sprints wrongly, and everything else as it should be.
pub struct Adversary {
	honest: ModelRunner,
	cheat: Cheat,
	/// Changed copies of models.
	copies: Copies,
}

/// What an order produced, true or not.
type Answer = (Attestation, Bundle);

impl Adversary {
	/// An adversary that would otherwise run what `honest` runs.
	pub fn new(honest: ModelRunner, cheat: Cheat) -> Self {
		warn!("This engine cheats on every job: {cheat:?}");
		Self { honest, cheat, copies: Copies::default() }
	}

	/// The wrong answer to a job.
	async fn lie(
		&self,
		executor: &Executor,
		model: &Arc<Model>,
		job: &JobOrder,
		priority: Priority,
		control: &Control,
	) -> Result<Answer, ExecutionError> {
		let run = async |job: &JobOrder| {
			execute_on(executor, model, job, priority, control, &mut |_: &str| {}).await
		};
		// What nobody can run is declined, as by anybody.
		let prompt = prompt_tokens(model, job)?;
		if let Some(substitute) = self.substitute(model, job, &prompt)? {
			return substitute.run(executor, model, priority, control).await;
		}
		let JobKind::Generate(params) = &job.kind else {
			let answer = run(job).await?;
			return Ok(match self.cheat {
				Cheat::GarbageDigest => with_garbage(answer),
				_ => with_wrong_element(answer),
			});
		};
		let prompt = match self.cheat {
			Cheat::MisreadPrompt => misread_prompt(model, job)?,
			_ => prompt,
		};
		let prompt = &prompt[..];
		let generation = Generation { executor, model, job, params, prompt, priority, control };
		if let Some(writer) = self.ghostwriter(model, job, prompt)? {
			return generation.adopted(writer.run(executor, model, priority, control).await?).await;
		}
		if self.cheat == Cheat::MisreadPrompt {
			return generation.honest().await;
		}
		let honest = run(job).await?;
		let half = honest.0.output_tokens / 2;
		match self.cheat {
			Cheat::GarbageDigest => Ok(with_garbage(honest)),
			Cheat::ReplaceToken => generation.with_wrong_token(half).await,
			Cheat::FalseText => Ok(with_false_text(honest)),
			Cheat::PaddedAnswer => generation.padded(honest).await,
			Cheat::SplicedResult => generation.spliced(&honest, &run(&earlier(job)).await?),
			Cheat::EarlyStop => {
				let max_tokens = u16::try_from(half).unwrap_or(u16::MAX).max(1);
				let params = GenerationParams { max_tokens, ..params.clone() };
				run(&JobOrder { kind: JobKind::Generate(params), ..job.clone() }).await
			}
			// These have run something else by now.
			_ => Ok(honest),
		}
	}

	/// Stands by what was really run; challenges by what the right model gives for the right order.
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
		let prompt = prompt_tokens(&lease.model, job)?;
		let Some(substitute) = self.substitute(&lease.model, job, &prompt)? else {
			// It will ask for memory of its own.
			drop(lease);
			return Ok(falsified(self.cheat, self.honest.run(executor, order, control).await?));
		};
		let turn = substitute.turn(executor, bundle, stage, control).await?;
		Ok(Outcome::Played { turn: turn.map(|turn| turn.encode()) })
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
			Order::Play { job, bundle, stage } => {
				return self.defend(executor, order, (job, bundle, stage), control).boxed_local();
			}
			Order::Sprint { subject, first, items, .. } => {
				let items = Items { subject: *subject, first: *first, count: *items };
				let lie = async move |model: &Arc<Model>, job: &JobOrder| {
					self.lie(executor, model, job, Priority::Sprint, control).await
				};
				warn!("Cheats on items of a sprint, from {first} on: {:?}", self.cheat);
				return async move { self.honest.sprint(order, items, control, lie).await }
					.boxed_local();
			}
			_ => return self.honest.run(executor, order, control),
		};
		async move {
			let Some(lease) = self.honest.acquire(order, control).await? else {
				return Ok(Outcome::Failed(EngineFailure::UnknownModel));
			};
			let (attestation, bundle) =
				self.lie(executor, &lease.model, job, Priority::Job, control).await?;
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

/// The answer with its last digest made up.
fn with_garbage((attestation, mut bundle): Answer) -> Answer {
	if let Some(digest) = bundle.digests.as_mut().last_mut() {
		*digest = H256::repeat_byte(0xee);
	}
	(sealed(attestation, &bundle), bundle)
}

/// The embedding with its first element turned round, and the digest that belongs to that.
fn with_wrong_element((attestation, mut bundle): Answer) -> Answer {
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
