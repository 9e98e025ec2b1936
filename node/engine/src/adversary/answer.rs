// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Answers that the model gives, except for what the adversary decides.

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
	executor::{Session, Want},
	generate::{prompt_tokens, sampling},
	trace::{digests, Scores, Work},
	transcript::{Step, Transcript},
	Control, Model,
};

/// The answer in which the token at `wrong` is the best one that the sampler did not choose, and
/// that does not end the answer. What comes after it follows from it.
pub(super) fn with_wrong_token(
	model: &Model,
	job: &JobOrder,
	params: &GenerationParams,
	wrong: u32,
	control: &Control,
) -> Result<Answer, ExecutionError> {
	let prompt = prompt_tokens(model, job)?;
	let generation = Generation { model, job, params, control };
	generation.run(&prompt, &prompt, |index, candidates, honest| {
		let mut ids = candidates.iter().map(|candidate| candidate.id);
		let other = ids.find(|id| *id != honest && !model.tokenizer().is_end(*id));
		match index == wrong {
			true => other.unwrap_or(honest),
			false => honest,
		}
	})
}

/// The answer to the first half of the prompt's text, attested for all of it.
pub(super) fn to_half_the_prompt(
	model: &Model,
	job: &JobOrder,
	params: &GenerationParams,
	control: &Control,
) -> Result<Answer, ExecutionError> {
	let prompt = prompt_tokens(model, job)?;
	let text = String::from_utf8_lossy(&job.prompt);
	let half: String = text.chars().take(text.chars().count().div_ceil(2)).collect();
	let read = prompt_tokens(model, &JobOrder { prompt: half.into(), ..job.clone() })?;
	let generation = Generation { model, job, params, control };
	generation.run(&read, &prompt, |_, _, honest| honest)
}

/// A run of the model in which somebody else has the last word on every token.
struct Generation<'a> {
	model: &'a Model,
	job: &'a JobOrder,
	params: &'a GenerationParams,
	control: &'a Control,
}

impl Generation<'_> {
	/// Answers `read` and attests `claimed`. `choose` gets the index of an output token, what may
	/// come there, best first, and the sampler's choice.
	fn run(
		&self,
		read: &[u32],
		claimed: &[u32],
		choose: impl Fn(u32, &[Candidate], u32) -> u32,
	) -> Result<Answer, ExecutionError> {
		let (count, context) = (read.len() as u32, self.model.manifest().dimensions.context);
		let mut transcript = Transcript::new(self.model.tokenizer(), self.params, count, context);
		let mut session = Session::new(self.model, count + transcript.limit() as u32);
		let mut scores = Scores::new(Work::none());
		let mut positions = Vec::new();
		let want = Want { from: count - 1, candidates: true };
		session.feed(read, want, &mut scores, self.control)?;
		let finish = loop {
			let index = positions.len() as u32;
			let scored = scores.scored.pop().ok_or_else(no_candidates)?;
			let candidates = scored.candidates.as_slice();
			let honest = sample(candidates, sampling(self.params), &self.job.seed, index)
				.ok_or_else(no_candidates)?;
			let token = choose(index, candidates, honest);
			if transcript.push(token) == Step::Taken {
				positions.push(scored.choose(token));
			}
			if let Some(finish) = transcript.finish() {
				break finish;
			}
			session.feed(&[token], want, &mut scores, self.control)?;
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
