// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Answers that the model gives, except for what the adversary decides.

use std::sync::Arc;

use ergon_core::{
	attestation::{ATTESTATION_VERSION, MAX_TEXT_BYTES, PROFILE_EXACT},
	engine::JobOrder,
	job::prompt_root,
	Attestation, Bundle, FinishReason, GenerationParams, Output, CHUNK_TOKENS, H256,
};
use ergon_exact::{sample, Candidate};

use super::Answer;
use crate::{
	error::ExecutionError,
	executor::{Executor, Priority, Session, Want},
	trace::{digests, Scores, Work},
	transcript::Transcript,
	Control, Model,
};

/// A run of the model in which somebody else has the last word.
pub(super) struct Generation<'a> {
	pub(super) executor: &'a Executor,
	pub(super) model: &'a Arc<Model>,
	pub(super) job: &'a JobOrder,
	pub(super) params: &'a GenerationParams,
	/// Tokens of the prompt.
	pub(super) prompt: &'a [u32],
	pub(super) priority: Priority,
	pub(super) control: &'a Control,
}

impl Generation<'_> {
	/// The answer in which the token at `wrong` is the best one that the sampler did not choose, and
	/// that does not end the answer. What comes after it follows from it.
	pub(super) async fn with_wrong_token(&self, wrong: u32) -> Result<Answer, ExecutionError> {
		self.run(|index, candidates, honest| {
			let mut ids = candidates.iter().map(|candidate| candidate.id);
			let other = ids.find(|id| *id != honest && !self.model.tokenizer().is_end(*id));
			match index == wrong {
				true => other.unwrap_or(honest),
				false => honest,
			}
		})
		.await
	}

	/// The answer that follows from the tokens of the prompt.
	pub(super) async fn honest(&self) -> Result<Answer, ExecutionError> {
		self.run(|_, _, honest| honest).await
	}

	/// Somebody else's answer, with the digests that this model gives for it.
	pub(super) async fn adopted(&self, answer: Answer) -> Result<Answer, ExecutionError> {
		let (attestation, Bundle { output, .. }) = answer;
		let (tokens, text) = parts(&output);
		let digests = self.digests_of(tokens).await?;
		self.attest(tokens.to_vec(), text.to_vec(), digests, attestation.finish)
	}

	/// An answer that goes on behind its end, up to the limit, with what it said already. Each digest is
	/// what the model gives, and each token up to the end what the sampler chooses.
	pub(super) async fn padded(&self, answer: Answer) -> Result<Answer, ExecutionError> {
		let Bundle { output, .. } = &answer.1;
		let (tokens, text) = parts(output);
		let limit = self.transcript().limit();
		let padded: Vec<u32> = tokens.iter().copied().cycle().take(limit).collect();
		let Some(padding) = padded.get(tokens.len()..).filter(|rest| !rest.is_empty()) else {
			return Ok(answer);
		};
		let tokenizer = self.model.tokenizer();
		let spelt = padding.iter().filter(|token| !tokenizer.is_end(**token));
		let mut text = text.to_vec();
		text.extend(spelt.flat_map(|token| tokenizer.text(*token)));
		text.truncate(MAX_TEXT_BYTES as usize);
		let digests = self.digests_of(&padded).await?;
		self.attest(padded, text, digests, FinishReason::Length)
	}

	/// The first half of one answer's chunks, and the second of another's. When one of them has a single
	/// chunk, nothing is left of the first.
	pub(super) fn spliced(
		&self,
		first: &Answer,
		second: &Answer,
	) -> Result<Answer, ExecutionError> {
		let [(one, _), (other, _)] = [first, second].map(|(_, bundle)| parts(&bundle.output));
		let seam = first.1.digests.len().min(second.1.digests.len()) / 2;
		let tokens = seam * CHUNK_TOKENS as usize;
		let mut transcript = self.transcript();
		for token in one.iter().take(tokens).chain(other.iter().skip(tokens)) {
			transcript.push(*token);
		}
		let chunks = transcript.tokens().len().div_ceil(CHUNK_TOKENS as usize);
		let digests = first.1.digests.iter().take(seam).chain(second.1.digests.iter().skip(seam));
		let digests = digests.take(chunks).copied().collect();
		let finish = transcript.finish().unwrap_or(second.0.finish);
		self.attest(transcript.tokens().to_vec(), transcript.text().to_vec(), digests, finish)
	}

	/// An empty answer.
	fn transcript(&self) -> Transcript<'_> {
		let (count, context) = (self.prompt.len() as u32, self.model.manifest().dimensions.context);
		Transcript::new(self.model.tokenizer(), self.params, count, context)
	}

	/// A sequence with room for prompt and answer.
	fn session(&self) -> Session {
		let capacity = self.prompt.len() + self.transcript().limit();
		Session::new(self.executor, self.model, capacity as u32, self.priority, self.control)
	}

	/// Answers the prompt. `choose` gets the index of an output token, what may come there, best first,
	/// and the sampler's choice.
	async fn run(
		&self,
		choose: impl Fn(u32, &[Candidate], u32) -> u32,
	) -> Result<Answer, ExecutionError> {
		let (mut transcript, mut session) = (self.transcript(), self.session());
		let scores = Scores::shared(Work::none());
		let mut positions = Vec::new();
		let want = Want { from: self.prompt.len() as u32 - 1, candidates: true };
		session.feed(self.prompt, want, &scores).await?;
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
		self.attest(transcript.tokens().to_vec(), transcript.text().to_vec(), digests, finish)
	}

	/// The digests that the model gives for an answer, whoever wrote it: one prefill, much cheaper than
	/// to generate it.
	async fn digests_of(&self, tokens: &[u32]) -> Result<Vec<H256>, ExecutionError> {
		let scores = Scores::shared(Work::none());
		let want = Want { from: self.prompt.len() as u32 - 1, candidates: true };
		let fed = tokens.split_last().map_or(&[][..], |(_, fed)| fed);
		self.session().feed(&[self.prompt, fed].concat(), want, &scores).await?;
		let scores = scores.borrow();
		let positions = scores.scored.iter().zip(tokens);
		let positions: Vec<_> = positions.map(|(scored, token)| scored.choose(*token)).collect();
		Ok(digests(self.job.job_id, &positions))
	}

	fn attest(
		&self,
		tokens: Vec<u32>,
		text: Vec<u8>,
		digests: Vec<H256>,
		finish: FinishReason,
	) -> Result<Answer, ExecutionError> {
		let too_long = || ExecutionError::Internal("the answer passed its limits".into());
		let output = Output::Text {
			tokens: tokens.try_into().map_err(|_| too_long())?,
			text: text.try_into().map_err(|_| too_long())?,
		};
		let digests = digests.try_into().map_err(|_| too_long())?;
		let bundle = Bundle { output, digests };
		let attestation = Attestation {
			version: ATTESTATION_VERSION,
			profile: PROFILE_EXACT,
			job_id: self.job.job_id,
			model_root: self.model.id(),
			prompt_root: prompt_root(self.prompt),
			output_root: bundle.output.root(),
			trace_root: bundle.trace_root(),
			prompt_tokens: self.prompt.len() as u32,
			output_tokens: bundle.output.token_count(),
			finish,
		};
		Ok((attestation, bundle))
	}
}

/// Tokens and text of an answer; a vector has none.
fn parts(output: &Output) -> (&[u32], &[u8]) {
	match output {
		Output::Text { tokens, text } => (tokens, text),
		Output::Vector(_) => (&[], &[]),
	}
}

fn no_candidates() -> ExecutionError {
	ExecutionError::Internal("the model gave no candidates".into())
}
