// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Re-executes somebody else's result.

use std::sync::Arc;

use ergon_core::{
	attestation::{ATTESTATION_VERSION, PROFILE_EXACT},
	engine::JobOrder,
	job::prompt_root,
	Attestation, Bundle, Fault, FinishReason, GenerationParams, JobKind, Output, Vote,
	CHUNK_TOKENS, H256,
};
use ergon_exact::{
	digest::{embedding_digest, Position},
	sample,
};

use crate::{
	control::Control,
	embed::embed,
	error::ExecutionError,
	executor::{Executor, Priority, Session, Want, PASS_TOKENS},
	generate::prompt_tokens,
	model::Model,
	trace::{digest, Scored, Scores, Work},
	transcript::Transcript,
};

/// Compares a claimed result with what the exact executor gives: one teacher-forced prefill over
/// prompt and claimed tokens, then every digest, the sampler, the text, the reason for the end and the
/// counts. Returns the vote, and for each of `challenges` the digest of the residual rows that it draws:
/// the first is the auditor's own, with the others it can tell whether those auditors have worked.
///
/// The sequence that is run, and that the points are drawn from, is the prompt followed by the claimed
/// tokens except the last; claimed tokens from the first on that the model does not have, or beyond
/// the order's limit, do not count. Where the order has no tokens at all (see
/// [`ExecutionError::is_final`]), no result of it can be right: a mismatch, with a digest of no rows.
///
/// # Errors
///
/// [`ExecutionError`] when the result could not be re-executed here. An error is never a match.
pub fn verify(
	model: &Arc<Model>,
	order: &JobOrder,
	attestation: &Attestation,
	bundle: &Bundle,
	challenges: &[H256],
	control: &Control,
) -> Result<(Vote, Vec<H256>), ExecutionError> {
	let executor = Executor::new(control);
	executor.complete(verify_on(&executor, model, order, attestation, bundle, challenges, control))
}

/// [`verify()`] among other work of an executor.
///
/// # Errors
///
/// As [`verify()`].
pub async fn verify_on(
	executor: &Executor,
	model: &Arc<Model>,
	order: &JobOrder,
	attestation: &Attestation,
	bundle: &Bundle,
	challenges: &[H256],
	control: &Control,
) -> Result<(Vote, Vec<H256>), ExecutionError> {
	let result = match prompt_tokens(model, order) {
		Ok(prompt) => {
			let prompt = &prompt[..];
			let audit = Audit { executor, model, order, prompt, bundle, challenges, control };
			// A vote must be about what the model of that name gives.
			audit.run(attestation).await.and_then(|found| model.check().map(|()| found))
		}
		Err(error) => Err(error),
	};
	match result {
		Err(error) if error.is_final() => {
			Ok((Vote::Mismatch(Fault::Prompt), Work::new(challenges, 0, 0).finish()?))
		}
		other => other,
	}
}

/// One re-execution.
struct Audit<'a> {
	executor: &'a Executor,
	model: &'a Arc<Model>,
	order: &'a JobOrder,
	prompt: &'a [u32],
	bundle: &'a Bundle,
	challenges: &'a [H256],
	control: &'a Control,
}

impl Audit<'_> {
	/// The vote, and the work-bound digests.
	async fn run(&self, attestation: &Attestation) -> Result<(Vote, Vec<H256>), ExecutionError> {
		let frame_is_right = attestation.version == ATTESTATION_VERSION
			&& attestation.profile == PROFILE_EXACT
			&& attestation.job_id == self.order.job_id
			&& attestation.model_root == self.model.id()
			&& attestation.prompt_root == prompt_root(self.prompt)
			&& attestation.prompt_tokens == self.prompt.len() as u32
			&& self.bundle.fits(attestation);
		let (fault, work) = match &self.order.kind {
			JobKind::Generate(params) => self.text(params, attestation.finish).await?,
			JobKind::Embed => self.vector().await?,
		};
		// The chain has compared all of the frame but the prompt.
		let fault = if frame_is_right { fault } else { Some(Fault::Prompt) };
		let vote = fault.map_or(Vote::Match, Vote::Mismatch);
		Ok((vote, work))
	}

	/// What is wrong about a text, and the work-bound digests.
	async fn text(
		&self,
		params: &GenerationParams,
		claimed_finish: FinishReason,
	) -> Result<(Option<Fault>, Vec<H256>), ExecutionError> {
		let (claimed, claimed_text): (&[u32], &[u8]) = match &self.bundle.output {
			Output::Text { tokens, text } => (tokens, text),
			Output::Vector(_) => (&[], &[]),
		};
		let dimensions = self.model.manifest().dimensions;
		let prompt_count = self.prompt.len() as u32;
		let transcript =
			Transcript::new(self.model.tokenizer(), params, prompt_count, dimensions.context);
		let transcript_limit = transcript.limit();
		// What the model never saw cannot be right.
		let usable = claimed
			.iter()
			.take(transcript_limit)
			.take_while(|token| **token < dimensions.vocabulary)
			.count();
		let all_usable = usable == claimed.len();
		let (claimed, fed) = (&claimed[..usable], usable.saturating_sub(1));
		let positions = prompt_count + fed as u32;
		let scores = Scores::shared(Work::new(self.challenges, positions, dimensions.layers));
		let mut replay = Replay::new(self, params, claimed, transcript);

		let mut session =
			Session::new(self.executor, self.model, positions, Priority::Audit, self.control);
		let mut want = Want { from: prompt_count - 1, candidates: true };
		for tokens in [self.prompt, &claimed[..fed]].concat().chunks(PASS_TOKENS) {
			session.feed(tokens, want, &scores).await?;
			let mut scores = scores.borrow_mut();
			scores.scored.drain(..).for_each(|scored| replay.take(&scored));
			if replay.fault.is_some() {
				// Only the work that proves the audit is left: it needs no logits.
				want = Want::NOTHING;
				if scores.work.is_complete() {
					break;
				}
			}
		}
		if replay.fault.is_none() && all_usable {
			let transcript = &replay.transcript;
			let ended_here = transcript.tokens() == claimed;
			let finish_is_right = transcript.finish() == Some(claimed_finish);
			if !ended_here || !finish_is_right || transcript.text() != claimed_text {
				replay.fault = Some(Fault::Ending);
			}
		}
		let unusable = (!all_usable).then_some(match usable < transcript_limit {
			true => Fault::Chunk(usable as u32 / CHUNK_TOKENS),
			false => Fault::Ending,
		});
		let work = scores.borrow().work.finish()?;
		Ok((replay.fault.or(unusable), work))
	}

	/// Whether a vector differs, and the work-bound digests.
	async fn vector(&self) -> Result<(Option<Fault>, Vec<H256>), ExecutionError> {
		let layers = self.model.manifest().dimensions.layers;
		let work = Work::new(self.challenges, self.prompt.len() as u32, layers);
		let Self { executor, model, prompt, control, .. } = self;
		let (vector, work) = embed(executor, model, prompt, work, Priority::Audit, control).await?;
		let digest = H256(embedding_digest(&self.order.job_id.0, &vector));
		let same = matches!(&self.bundle.output, Output::Vector(claimed) if **claimed == vector[..])
			&& self.bundle.digests.first() == Some(&digest);
		Ok(((!same).then_some(Fault::Chunk(0)), work))
	}
}

/// Compares an answer with what the model gives, position after position, until something differs.
struct Replay<'a> {
	audit: &'a Audit<'a>,
	params: &'a GenerationParams,
	claimed: &'a [u32],
	transcript: Transcript<'a>,
	/// Positions with the claimed tokens.
	positions: Vec<Position>,
	/// What differs first.
	fault: Option<Fault>,
}

impl<'a> Replay<'a> {
	fn new(
		audit: &'a Audit<'a>,
		params: &'a GenerationParams,
		claimed: &'a [u32],
		transcript: Transcript<'a>,
	) -> Self {
		Self { audit, params, claimed, transcript, positions: Vec::new(), fault: None }
	}

	/// The token that the sampler chooses at `index`.
	fn draw(&self, scored: &Scored, index: usize) -> Option<u32> {
		sample(
			scored.candidates.as_slice(),
			self.params.into(),
			&self.audit.order.seed,
			index as u32,
		)
	}

	/// Looks at the next position.
	fn take(&mut self, scored: &Scored) {
		let index = self.positions.len();
		let Some(&token) = self.claimed.get(index).filter(|_| self.fault.is_none()) else {
			return;
		};
		let chunk = index as u32 / CHUNK_TOKENS;
		if self.transcript.finish().is_some() {
			// The answer ended before this token.
			self.fault = Some(Fault::Ending);
			return;
		}
		if self.draw(scored, index) != Some(token) {
			self.fault = Some(Fault::Chunk(chunk));
			return;
		}
		self.transcript.push(token);
		self.positions.push(scored.choose(token));
		let count = self.positions.len();
		if count == self.claimed.len() || (count as u32).is_multiple_of(CHUNK_TOKENS) {
			let first = (chunk * CHUNK_TOKENS) as usize;
			let exact = digest(self.audit.order.job_id, chunk, &self.positions[first..]);
			if self.audit.bundle.digests.get(chunk as usize) != Some(&exact) {
				self.fault = Some(Fault::Chunk(chunk));
			}
		}
	}
}
