// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Results, right and wrong ones, and what is wrong about them.

use super::{
	model::Model,
	pass::{Pass, Slip, Twist},
};
use codec::Encode;
use ergon_core::{
	attestation::{ATTESTATION_VERSION, PROFILE_EXACT},
	engine::JobOrder,
	job::prompt_root,
	Attestation, Bundle, Fault, FinishReason, GenerationParams, JobKind, Output, H256,
};
use ergon_exact::{
	digest::embedding_digest, operators::Operator, pooling::normalise, sample, text::Answer,
	Sampling,
};
use sp_io::hashing::blake2_256;

/// How somebody lies about the result of a job. Each job has one way, so that both sides of a dispute know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lie {
	/// The first two bytes of the prompt are another token.
	Prompt,
	/// The answer says something else than its tokens.
	Ending,
	/// A token that was not sampled, at that place modulo the answer's length.
	Token(u32),
	/// Something inside of the pass.
	Inside(Twist),
}

impl Lie {
	/// The way to lie about that job.
	pub(super) fn of(order: &JobOrder) -> Self {
		let [kind, low, high, ..] = blake2_256(&(b"lie", order.job_id).encode());
		let place = u32::from(u16::from_le_bytes([low, high]));
		let generates = order.kind != JobKind::Embed;
		match kind % 8 {
			0 if order.prompt.len() > 1 => Self::Prompt,
			1 if generates => Self::Ending,
			2 if generates => Self::Token(place),
			3 if generates => Self::Inside(Twist::Logit(place)),
			4 => Self::Inside(Twist::Final),
			_ => Self::Inside(Twist::Slip(slip(order))),
		}
	}
}

/// A number inside of the layers, somewhere else for each job.
pub(super) fn slip(order: &JobOrder) -> Slip {
	let [behind, operator, row, element, low, high, ..] =
		blake2_256(&(b"slip", order.job_id).encode());
	Slip {
		behind: u32::from(behind) % (Pass::layers() + 1),
		operator: Operator::ALL[usize::from(operator) % Operator::ALL.len()],
		row: u32::from(row) * u32::from(low),
		element: u32::from(element) * u32::from(high),
	}
}

/// The result that the model gives for an order, or a lie about it; nothing where the prompt does not fit. Each job
/// is lied about in one way, some of them in none: those whose answer has no text that could be another.
pub fn answer(order: &JobOrder, lies: bool) -> Option<(Attestation, Bundle)> {
	let model = Model::get();
	let lie = lies.then(|| Lie::of(order));
	let prompt = match lie {
		Some(Lie::Prompt) => model.misread(order)?.1,
		_ => model.read(order)?.1,
	};
	if prompt.len() as u32 >= model.manifest.dimensions.context {
		return None;
	}
	let twist = match lie {
		Some(Lie::Inside(twist)) => Some(twist),
		_ => None,
	};
	let (bundle, finish) = match &order.kind {
		JobKind::Generate(params) => {
			let mut tokens = generate(order, params, &prompt, None);
			if let Some(Lie::Token(place)) = lie {
				let place = place % tokens.len() as u32;
				tokens = generate(order, params, &prompt, Some(place));
			}
			let mut texts = spell(&tokens);
			let (_, finish) = spelt(params, prompt.len() as u32, &tokens, &texts);
			if lie == Some(Lie::Ending) {
				misspell(&mut texts);
			}
			let (text, _) = spelt(params, prompt.len() as u32, &tokens, &texts);
			let pass = Pass::new(order, &prompt, &tokens, twist);
			let output = Output::Text {
				tokens: tokens.try_into().expect("it is not longer than asked for"),
				text: text.try_into().expect("it ends before"),
			};
			let digests = (0..output.digest_count()).map(|chunk| pass.digest(chunk));
			let digests = digests.collect::<Vec<_>>().try_into().expect("one for each chunk");
			(Bundle { output, digests }, finish.expect("it has ended"))
		}
		JobKind::Embed => {
			let vector = vector(&Pass::new(order, &prompt, &[], twist).sums());
			let digest = H256(embedding_digest(&order.job_id.0, &vector));
			let output = Output::Vector(vector.try_into().expect("it is not wider than allowed"));
			let digests = vec![digest].try_into().expect("one is possible");
			(Bundle { output, digests }, FinishReason::Embedded)
		}
	};
	let attestation = Attestation {
		version: ATTESTATION_VERSION,
		profile: PROFILE_EXACT,
		job_id: order.job_id,
		model_root: order.model,
		prompt_root: prompt_root(&prompt),
		output_root: bundle.output.root(),
		trace_root: bundle.trace_root(),
		prompt_tokens: prompt.len() as u32,
		output_tokens: bundle.output.token_count(),
		finish,
	};
	Some((attestation, bundle))
}

/// Token after token, one of which may be another than the sampled one.
fn generate(
	order: &JobOrder,
	params: &GenerationParams,
	prompt: &[u32],
	wrong: Option<u32>,
) -> Vec<u32> {
	let model = Model::get();
	let (vocabulary, context) =
		(model.manifest.dimensions.vocabulary, model.manifest.dimensions.context);
	let mut answer = Answer::new(params, prompt.len() as u32, context, false);
	let mut last = *prompt.last().expect("a prompt has a token");
	let mut tokens = Vec::new();
	for index in 0.. {
		if answer.finish().is_some() {
			break;
		}
		let candidates = model.candidates(last);
		let sampled = sample(candidates, Sampling::from(params), &order.seed, index);
		let sampled = sampled.expect("there are candidates");
		last = match wrong == Some(index) {
			true => (sampled + 1) % vocabulary,
			false => sampled,
		};
		answer.push(&model.text(last), model.rules.is_end(last));
		tokens.push(last);
	}
	tokens
}

/// The text of each token.
pub(super) fn spell(tokens: &[u32]) -> Vec<Vec<u8>> {
	tokens.iter().map(|token| Model::get().text(*token)).collect()
}

/// Makes another text of the first token that has one.
pub(super) fn misspell(texts: &mut [Vec<u8>]) {
	if let Some(first) = texts.iter_mut().find_map(|text| text.first_mut()) {
		*first ^= 1;
	}
}

/// The text that an answer has if its tokens have these, and how it ends.
pub(super) fn spelt(
	params: &GenerationParams,
	prompt_tokens: u32,
	tokens: &[u32],
	texts: &[Vec<u8>],
) -> (Vec<u8>, Option<FinishReason>) {
	let model = Model::get();
	let context = model.manifest.dimensions.context;
	let mut answer = Answer::new(params, prompt_tokens, context, false);
	for (token, text) in tokens.iter().zip(texts) {
		answer.push(text, model.rules.is_end(*token));
	}
	(answer.text().to_vec(), answer.finish())
}

/// The vector that sums become.
pub(super) fn vector(sums: &[i64]) -> Vec<i16> {
	let mut vector = vec![0; sums.len()];
	normalise(sums, &mut vector);
	vector
}

/// The tokens of the prompt that somebody attested: the right ones, or those of the lie about that job.
fn attested_prompt(order: &JobOrder, attestation: &Attestation) -> Option<Vec<u32>> {
	let model = Model::get();
	let readings = [model.read(order), model.misread(order)];
	let mut prompts = readings.into_iter().flatten().map(|(_, tokens)| tokens);
	prompts.find(|tokens| prompt_root(tokens) == attestation.prompt_root)
}

/// Whether a result has that fault: what an auditor finds out who runs the model.
pub fn has_fault(
	order: &JobOrder,
	attestation: &Attestation,
	bundle: &Bundle,
	fault: Fault,
) -> bool {
	let right = Model::get().read(order).map(|(_, tokens)| tokens);
	let chunk = match fault {
		Fault::Prompt => {
			return right.is_none_or(|tokens| prompt_root(&tokens) != attestation.prompt_root)
		}
		Fault::Chunk(chunk) => Some(chunk),
		Fault::Ending => None,
	};
	let Some(prompt) = attested_prompt(order, attestation) else { return true };
	let pass = Pass::of(order, &prompt, bundle, None);
	match (chunk, &order.kind, &bundle.output) {
		(Some(chunk), JobKind::Generate(_), Output::Text { .. }) => {
			let is_right = bundle.digests.get(chunk as usize) == Some(&pass.digest(chunk));
			!is_right || !pass.chunk(chunk).all(|index| pass.is_sampled(index))
		}
		(Some(_), JobKind::Embed, Output::Vector(shown)) => {
			let vector = vector(&pass.sums());
			let digest = H256(embedding_digest(&order.job_id.0, &vector));
			vector[..] != shown[..] || bundle.digests[..] != [digest]
		}
		(None, JobKind::Generate(params), Output::Text { tokens, text }) => {
			let found = spelt(params, prompt.len() as u32, tokens, &spell(tokens));
			found != (text.to_vec(), Some(attestation.finish))
		}
		_ => true,
	}
}

/// The first fault of a result, if there is one.
pub fn first_fault(order: &JobOrder, attestation: &Attestation, bundle: &Bundle) -> Option<Fault> {
	faults(bundle).into_iter().find(|fault| has_fault(order, attestation, bundle, *fault))
}

/// All that can be wrong about a result, in its order.
pub fn faults(bundle: &Bundle) -> Vec<Fault> {
	let chunks = (0..bundle.output.digest_count()).map(Fault::Chunk);
	let ending = match &bundle.output {
		Output::Text { .. } => Some(Fault::Ending),
		Output::Vector(_) => None,
	};
	std::iter::once(Fault::Prompt).chain(chunks).chain(ending).collect()
}

/// The work-bound digest of whoever has checked a result by the model, or of who has made its passes up.
pub fn work_digest(
	order: &JobOrder,
	attestation: &Attestation,
	bundle: &Bundle,
	challenge: H256,
	lies: bool,
) -> H256 {
	let Some(prompt) = attested_prompt(order, attestation) else { return H256::zero() };
	let twist = lies.then(|| Twist::Slip(slip(order)));
	Pass::of(order, &prompt, bundle, twist).work_digest(challenge)
}
