// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Answers that the model gives, except for what the adversary decides.

use std::sync::Arc;

use ergon_core::{
	attestation::{ATTESTATION_VERSION, PROFILE_EXACT},
	engine::JobOrder,
	job::prompt_root,
	Attestation, Bundle, FinishReason, GenerationParams, Output, H256,
};
use ergon_exact::{sample, Candidate};

use super::Answer;
use crate::{
	error::ExecutionError,
	executor::{Executor, Priority, Session, Want},
	generate::prompt_tokens,
	trace::{digests, Scores, Work},
	transcript::Transcript,
	Control, Model,
};

/// A run of the model in which somebody else has the last word on every token.
pub(super) struct Generation<'a> {
	pub(super) executor: &'a Executor,
	pub(super) model: &'a Arc<Model>,
	pub(super) job: &'a JobOrder,
	pub(super) params: &'a GenerationParams,
	pub(super) control: &'a Control,
}

impl Generation<'_> {
	/// The answer in which the token at `wrong` is the best one that the sampler did not choose, and
	/// that does not end the answer. What comes after it follows from it.
	pub(super) async fn with_wrong_token(&self, wrong: u32) -> Result<Answer, ExecutionError> {
		let prompt = prompt_tokens(self.model, self.job)?;
		let choose = |index, candidates: &[Candidate], honest| {
			let mut ids = candidates.iter().map(|candidate| candidate.id);
			let other = ids.find(|id| *id != honest && !self.model.tokenizer().is_end(*id));
			match index == wrong {
				true => other.unwrap_or(honest),
				false => honest,
			}
		};
		self.run(&prompt, &prompt, choose).await
	}

	/// The answer to the first half of the prompt's text, attested for all of it.
	pub(super) async fn to_half_the_prompt(&self) -> Result<Answer, ExecutionError> {
		let prompt = prompt_tokens(self.model, self.job)?;
		let text = String::from_utf8_lossy(&self.job.prompt);
		let half: String = text.chars().take(text.chars().count().div_ceil(2)).collect();
		let half = JobOrder { prompt: half.into(), ..self.job.clone() };
		let read = prompt_tokens(self.model, &half)?;
		self.run(&read, &prompt, |_, _, honest| honest).await
	}

	/// Answers `read` and attests `claimed`. `choose` gets the index of an output token, what may
	/// come there, best first, and the sampler's choice.
	async fn run(
		&self,
		read: &[u32],
		claimed: &[u32],
		choose: impl Fn(u32, &[Candidate], u32) -> u32,
	) -> Result<Answer, ExecutionError> {
		let Self { executor, model, control, .. } = *self;
		let (count, context) = (read.len() as u32, model.manifest().dimensions.context);
		let mut transcript = Transcript::new(model.tokenizer(), self.params, count, context);
		let capacity = count + transcript.limit() as u32;
		let mut session = Session::new(executor, model, capacity, Priority::Job, control);
		let scores = Scores::shared(Work::none());
		let mut positions = Vec::new();
		let want = Want { from: count - 1, candidates: true };
		session.feed(read, want, &scores).await?;
		let finish = loop {
			let index = positions.len() as u32;
			let scored = scores.borrow_mut().scored.pop().ok_or_else(no_candidates)?;
			let candidates = scored.candidates.as_slice();
			let honest = sample(candidates, self.params.into(), &self.job.seed, index)
				.ok_or_else(no_candidates)?;
			let token = choose(index, candidates, honest);
			transcript.push(token);
			positions.push(scored.choose(token));
			if let Some(finish) = transcript.finish() {
				break finish;
			}
			session.feed(&[token], want, &scores).await?;
		};
		let digests = digests(self.job.job_id, &positions);
		self.attest(claimed, &transcript, digests, finish)
	}

	fn attest(
		&self,
		prompt: &[u32],
		transcript: &Transcript<'_>,
		digests: Vec<H256>,
		finish: FinishReason,
	) -> Result<Answer, ExecutionError> {
		let too_long = || ExecutionError::Internal("the answer passed its limits".into());
		let output = Output::Text {
			tokens: transcript.tokens().to_vec().try_into().map_err(|_| too_long())?,
			text: transcript.text().to_vec().try_into().map_err(|_| too_long())?,
		};
		let digests = digests.try_into().map_err(|_| too_long())?;
		let bundle = Bundle { output, digests };
		let attestation = Attestation {
			version: ATTESTATION_VERSION,
			profile: PROFILE_EXACT,
			job_id: self.job.job_id,
			model_root: self.model.id(),
			prompt_root: prompt_root(prompt),
			output_root: bundle.output.root(),
			trace_root: bundle.trace_root(),
			prompt_tokens: prompt.len() as u32,
			output_tokens: bundle.output.token_count(),
			finish,
		};
		Ok((attestation, bundle))
	}
}

fn no_candidates() -> ExecutionError {
	ExecutionError::Internal("the model gave no candidates".into())
}
