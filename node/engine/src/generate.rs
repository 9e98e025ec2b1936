// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Fills an order.

use std::sync::Arc;

use ergon_core::{
	attestation::{ATTESTATION_VERSION, PROFILE_EXACT},
	engine::JobOrder,
	job::prompt_root,
	Attestation, Bundle, FinishReason, GenerationParams, JobKind, Output, H256,
};
use ergon_exact::{digest::embedding_digest, sample};

use crate::{
	control::Control,
	embed::embed,
	error::ExecutionError,
	executor::{Executor, Priority, Session, Want},
	model::Model,
	trace::{digests, Scores, Work},
	transcript::{Stream, Transcript},
};

/// Runs `order` on `model`: generates text for [`JobKind::Generate`], a vector for
/// [`JobKind::Embed`]. The attestation is what the worker key is to sign.
///
/// `on_text` receives the answer as it grows, in pieces of whole characters, and never anything that
/// the answer will not hold: text that may become a stop sequence is held back.
///
/// # Errors
///
/// [`ExecutionError`]. Whatever [`ExecutionError::is_final`] calls final is so on every machine.
pub fn execute(
	model: &Arc<Model>,
	order: &JobOrder,
	control: &Control,
	on_text: &mut dyn FnMut(&str),
) -> Result<(Attestation, Bundle), ExecutionError> {
	let executor = Executor::new(control);
	executor.complete(execute_on(&executor, model, order, Priority::Job, control, on_text))
}

/// [`execute()`] among other work of an executor.
///
/// # Errors
///
/// As [`execute()`].
pub async fn execute_on(
	executor: &Executor,
	model: &Arc<Model>,
	order: &JobOrder,
	priority: Priority,
	control: &Control,
	on_text: &mut dyn FnMut(&str),
) -> Result<(Attestation, Bundle), ExecutionError> {
	let prompt = prompt_tokens(model, order)?;
	let (output, digests, finish) = match &order.kind {
		JobKind::Generate(params) => {
			let generation = Generation { executor, model, order, params, priority, control };
			generation.run(&prompt, on_text).await?
		}
		JobKind::Embed => {
			let (vector, _) =
				embed(executor, model, &prompt, Work::none(), priority, control).await?;
			let digest = H256(embedding_digest(&order.job_id.0, &vector));
			let vector = vector.try_into().map_err(|_| too_long("vector"))?;
			(Output::Vector(vector), vec![digest], FinishReason::Embedded)
		}
	};
	// What is attested must be what the model of that name gives.
	model.check()?;
	let bundle = Bundle { output, digests: digests.try_into().map_err(|_| too_long("digests"))? };
	let attestation = Attestation {
		version: ATTESTATION_VERSION,
		profile: PROFILE_EXACT,
		job_id: order.job_id,
		model_root: model.id(),
		prompt_root: prompt_root(&prompt),
		output_root: bundle.output.root(),
		trace_root: bundle.trace_root(),
		prompt_tokens: prompt.len() as u32,
		output_tokens: bundle.output.token_count(),
		finish,
	};
	Ok((attestation, bundle))
}

/// The tokens of an order's prompt, after everything was refused that no machine can run.
pub(crate) fn prompt_tokens(model: &Model, order: &JobOrder) -> Result<Vec<u32>, ExecutionError> {
	if order.model != model.id() {
		return Err(ExecutionError::WrongModel { ordered: order.model, loaded: model.id() });
	}
	if !order.kind.is_sound() {
		return Err(ExecutionError::Unsound);
	}
	if order.kind != JobKind::Embed && !model.manifest().architecture.generates() {
		return Err(ExecutionError::CannotGenerate);
	}
	let text = std::str::from_utf8(&order.prompt).map_err(|_| ExecutionError::PromptNotUtf8)?;
	let tokenizer = model.tokenizer();
	let frame = tokenizer.rules().frame(&order.kind);
	let tokens = tokenizer
		.encode(frame, text)
		.map_err(|reason| ExecutionError::PromptNotEncodable { reason })?;
	let (count, context) = (tokens.len() as u32, model.manifest().dimensions.context);
	if count == 0 {
		return Err(ExecutionError::PromptEmpty);
	}
	if count >= context {
		return Err(ExecutionError::PromptTooLong { tokens: count, context });
	}
	// The price was quoted for no more than this.
	let most = model.manifest().max_prompt_tokens(order.prompt.len() as u32);
	if count > most {
		return Err(ExecutionError::PromptExpands { tokens: count, most });
	}
	Ok(tokens)
}

/// What goes into an answer.
struct Generation<'a> {
	executor: &'a Executor,
	model: &'a Arc<Model>,
	order: &'a JobOrder,
	params: &'a GenerationParams,
	priority: Priority,
	control: &'a Control,
}

impl Generation<'_> {
	async fn run(
		&self,
		prompt: &[u32],
		on_text: &mut dyn FnMut(&str),
	) -> Result<(Output, Vec<H256>, FinishReason), ExecutionError> {
		let Self { executor, model, order, params, priority, control } = *self;
		let (prompt_count, context) = (prompt.len() as u32, model.manifest().dimensions.context);
		let mut transcript = Transcript::new(model.tokenizer(), params, prompt_count, context);
		let capacity = prompt_count + transcript.limit() as u32;
		let mut session = Session::new(executor, model, capacity, priority, control);
		let scores = Scores::shared(Work::none());
		let mut stream = Stream::default();
		let mut positions = Vec::with_capacity(transcript.limit());

		let want = Want { from: prompt_count - 1, candidates: true };
		session.feed(prompt, want, &scores).await?;
		let finish = loop {
			let index = positions.len() as u32;
			let scored = scores.borrow_mut().scored.pop().ok_or_else(no_candidates)?;
			let token = sample(scored.candidates.as_slice(), params.into(), &order.seed, index)
				.ok_or_else(no_candidates)?;
			control.note_token();
			transcript.push(token);
			positions.push(scored.choose(token));
			stream.advance(&transcript, on_text);
			if let Some(finish) = transcript.finish() {
				break finish;
			}
			session.feed(&[token], want, &scores).await?;
		};
		let output = Output::Text {
			tokens: transcript.tokens().to_vec().try_into().map_err(|_| too_long("answer"))?,
			text: transcript.text().to_vec().try_into().map_err(|_| too_long("text"))?,
		};
		Ok((output, digests(order.job_id, &positions), finish))
	}
}

fn no_candidates() -> ExecutionError {
	ExecutionError::Internal("the model gave no candidates: report this as a defect".into())
}

fn too_long(what: &str) -> ExecutionError {
	ExecutionError::Internal(format!("the {what} passed its limit: report this as a defect"))
}
