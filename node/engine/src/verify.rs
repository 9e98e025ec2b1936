// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Re-executes somebody else's result.

use ergon_core::{
	attestation::{ATTESTATION_VERSION, PROFILE_EXACT},
	engine::JobOrder,
	job::prompt_root,
	Attestation, Bundle, FinishReason, GenerationParams, JobKind, Output, Vote, CHUNK_TOKENS, H256,
};
use ergon_exact::{digest::embedding_digest, sample};

use crate::{
	control::Control,
	embed::embed,
	error::ExecutionError,
	executor::{Session, Want},
	generate::{prompt_tokens, sampling},
	model::Model,
	trace::{digests, Scores, Work},
	transcript::{Step, Transcript},
};

/// Compares a claimed result with what the exact executor gives: one teacher-forced prefill over
/// prompt and claimed tokens, then every digest, the sampler, the text, the reason for the end and the
/// counts. Returns the vote, and the digest of the residual rows that `challenge` draws.
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
	model: &Model,
	order: &JobOrder,
	attestation: &Attestation,
	bundle: &Bundle,
	challenge: H256,
	control: &Control,
) -> Result<(Vote, H256), ExecutionError> {
	match re_execute(model, order, attestation, bundle, challenge, control) {
		Err(error) if error.is_final() => {
			Ok((Vote::Mismatch { chunk: 0 }, Work::new(challenge, 0, 0).finish()?))
		}
		other => other,
	}
}

fn re_execute(
	model: &Model,
	order: &JobOrder,
	attestation: &Attestation,
	bundle: &Bundle,
	challenge: H256,
	control: &Control,
) -> Result<(Vote, H256), ExecutionError> {
	let prompt = prompt_tokens(model, order)?;
	let frame_is_right = attestation.version == ATTESTATION_VERSION
		&& attestation.profile == PROFILE_EXACT
		&& attestation.job_id == order.job_id
		&& attestation.model_root == model.id()
		&& attestation.prompt_root == prompt_root(&prompt)
		&& attestation.prompt_tokens == prompt.len() as u32
		&& bundle.fits(attestation);
	let audit = Audit { model, order, prompt: &prompt, bundle, challenge, control };
	let (first_bad, work) = match &order.kind {
		JobKind::Generate(params) => audit.text(params, attestation.finish)?,
		JobKind::Embed => audit.vector()?,
	};
	let vote = match (frame_is_right, first_bad) {
		(true, None) => Vote::Match,
		(true, Some(chunk)) => Vote::Mismatch { chunk },
		(false, _) => Vote::Mismatch { chunk: 0 },
	};
	Ok((vote, work))
}

/// One re-execution.
struct Audit<'a> {
	model: &'a Model,
	order: &'a JobOrder,
	prompt: &'a [u32],
	bundle: &'a Bundle,
	challenge: H256,
	control: &'a Control,
}

impl Audit<'_> {
	/// The first chunk of a text that differs, and the work-bound digest.
	fn text(
		&self,
		params: &GenerationParams,
		claimed_finish: FinishReason,
	) -> Result<(Option<u32>, H256), ExecutionError> {
		let (claimed, claimed_text): (&[u32], &[u8]) = match &self.bundle.output {
			Output::Text { tokens, text } => (tokens, text),
			Output::Vector(_) => (&[], &[]),
		};
		let dimensions = self.model.manifest().dimensions;
		let prompt_count = self.prompt.len() as u32;
		let mut transcript =
			Transcript::new(self.model.tokenizer(), params, prompt_count, dimensions.context);
		let usable = claimed
			.iter()
			.take(transcript.limit())
			.take_while(|token| **token < dimensions.vocabulary)
			.count();
		// What the model never saw cannot be right.
		let mut bad = FirstBad::default();
		let all_usable = usable == claimed.len();
		if !all_usable {
			bad.token(usable);
		}

		let (claimed, fed) = (&claimed[..usable], usable.saturating_sub(1));
		let positions = prompt_count + fed as u32;
		let work = Work::new(self.challenge, positions, dimensions.layers);
		let mut scores = Scores::new(work);
		let mut session = Session::new(self.model, positions + 1);
		let want = Want { from: prompt_count - 1, candidates: true };
		let sequence = [self.prompt, &claimed[..fed]].concat();
		session.feed(&sequence, want, &mut scores, self.control)?;

		let chosen: Vec<_> = scores
			.scored
			.iter()
			.zip(claimed)
			.map(|(scored, &token)| scored.choose(token))
			.collect();
		let exact = digests(self.order.job_id, &chosen);
		for (index, digest) in exact.iter().enumerate() {
			if self.bundle.digests.get(index) != Some(digest) {
				bad.chunk(index as u32);
			}
		}

		let draw = |index: usize, scores: &Scores| {
			let scored = scores.scored.get(index)?;
			sample(scored.candidates.as_slice(), sampling(params), &self.order.seed, index as u32)
		};
		let stray = claimed.iter().enumerate().position(|(index, &token)| {
			// The answer ended before this token, or it was to be another one.
			transcript.finish().is_some()
				|| draw(index, &scores) != Some(token)
				|| transcript.push(token) == Step::Refused
		});
		if let Some(index) = stray {
			bad.token(index);
		} else if all_usable {
			// An answer may have ended before a token whose text was too long.
			if let (None, Some(&last)) = (transcript.finish(), claimed.last()) {
				session.feed(&[last], want, &mut scores, self.control)?;
				if let Some(token) = draw(claimed.len(), &scores) {
					transcript.push(token);
				}
			}
			let ended_here = transcript.tokens() == claimed;
			let finish_is_right = transcript.finish() == Some(claimed_finish);
			if !ended_here || !finish_is_right || transcript.text() != claimed_text {
				bad.outside();
			}
		}
		Ok((bad.0, scores.work.finish()?))
	}

	/// Whether a vector differs, and the work-bound digest.
	fn vector(&self) -> Result<(Option<u32>, H256), ExecutionError> {
		let layers = self.model.manifest().dimensions.layers;
		let work = Work::new(self.challenge, self.prompt.len() as u32, layers);
		let (vector, work) = embed(self.model, self.prompt, work, self.control)?;
		let digest = H256(embedding_digest(&self.order.job_id.0, &vector));
		let same = matches!(&self.bundle.output, Output::Vector(claimed) if **claimed == vector[..])
			&& self.bundle.digests.first() == Some(&digest);
		Ok(((!same).then_some(0), work))
	}
}

/// The lowest chunk in which something differs.
#[derive(Default)]
struct FirstBad(Option<u32>);

impl FirstBad {
	fn chunk(&mut self, chunk: u32) {
		self.0 = Some(self.0.map_or(chunk, |first| first.min(chunk)));
	}

	/// The chunk of the output token at `index`.
	fn token(&mut self, index: usize) {
		self.chunk(index as u32 / CHUNK_TOKENS);
	}

	/// What belongs to no chunk counts as the first.
	fn outside(&mut self) {
		self.chunk(0);
	}
}
