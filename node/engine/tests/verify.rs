// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Verification accepts what is right and nothing else.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::{
	fs,
	os::unix::fs::FileExt,
	sync::{Arc, OnceLock},
};

use common::{order, run, tiny, two_threads, warm, Imported};
use ergon_core::{
	engine::{EngineFailure, JobOrder},
	Architecture, Attestation, Bundle, Fault, FinishReason, GenerationParams, JobKind, Output,
	Vote, H256,
};
use ergon_engine::{
	execute,
	executor::{Executor, Passes, PASS_TOKENS},
	synthetic::Shape,
	verify,
	verify::verify_on,
	ExecutionError, Model,
};

const CHALLENGE: H256 = H256::repeat_byte(3);
const MATCH: Vote = Vote::Match;

/// A claim: what was ordered and what came back.
#[derive(Clone)]
struct Claim {
	order: JobOrder,
	attestation: Attestation,
	bundle: Bundle,
}

impl Claim {
	fn honest(kind: JobKind, prompt: &str) -> Self {
		let order = order(tiny(), kind, prompt);
		let (attestation, bundle, _) = run(tiny(), &order, two_threads());
		Self { order, attestation, bundle }
	}

	/// An answer of 100 tokens, hence four chunks.
	fn long() -> Self {
		static CLAIM: OnceLock<Claim> = OnceLock::new();
		CLAIM
			.get_or_init(|| {
				let claim = Self::honest(JobKind::Generate(warm(100)), "Tell me a story.");
				assert_eq!(claim.attestation.output_tokens, 100);
				assert_eq!(claim.attestation.finish, FinishReason::Length);
				claim
			})
			.clone()
	}

	fn vote_on(&self, model: &Arc<Model>) -> Vote {
		let Self { order, attestation, bundle } = self;
		verify(model, order, attestation, bundle, &[CHALLENGE], two_threads()).unwrap().0
	}

	fn vote(&self) -> Vote {
		self.vote_on(tiny())
	}

	fn tokens(&self) -> Vec<u32> {
		match &self.bundle.output {
			Output::Text { tokens, .. } => tokens.to_vec(),
			Output::Vector(_) => panic!("no text"),
		}
	}

	/// Replaces the tokens, and makes text, counts and roots fit, as a cheat would.
	fn with_tokens(mut self, tokens: &[u32]) -> Self {
		let tokenizer = tiny().tokenizer();
		let text: Vec<u8> =
			tokens.iter().flat_map(|token| tokenizer.text(*token).to_vec()).collect();
		self.bundle.output = Output::Text {
			tokens: tokens.to_vec().try_into().unwrap(),
			text: text.try_into().unwrap(),
		};
		let digests = self.bundle.output.digest_count() as usize;
		let mut kept = self.bundle.digests.to_vec();
		kept.resize(digests, H256::repeat_byte(1));
		self.bundle.digests = kept.try_into().unwrap();
		self.sealed()
	}

	/// Makes roots and counts fit the bundle.
	fn sealed(mut self) -> Self {
		self.attestation.output_root = self.bundle.output.root();
		self.attestation.trace_root = self.bundle.trace_root();
		self.attestation.output_tokens = self.bundle.output.token_count();
		assert!(self.bundle.fits(&self.attestation));
		self
	}
}

/// Parameters under which the answer to "x" meets a stop sequence.
fn stopping() -> GenerationParams {
	let stops = (b'a'..=b'z').step_by(7).map(|letter| vec![letter].try_into().unwrap());
	let stop = stops.collect::<Vec<_>>().try_into().unwrap();
	GenerationParams { stop, ..warm(200) }
}

const WRONG_PROMPT: Vote = Vote::Mismatch(Fault::Prompt);
const WRONG_ENDING: Vote = Vote::Mismatch(Fault::Ending);

fn mismatch(chunk: u32) -> Vote {
	Vote::Mismatch(Fault::Chunk(chunk))
}

#[test]
fn honest_answers_match() {
	for prompt in 0..40u64 {
		let params = match prompt % 4 {
			0 => GenerationParams::greedy(70),
			1 => warm(1),
			2 => GenerationParams {
				stop: vec![vec![b'e'].try_into().unwrap()].try_into().unwrap(),
				..warm(90)
			},
			_ => GenerationParams { temperature: 2_000, ..warm(33) },
		};
		let claim = Claim::honest(JobKind::Generate(params), &format!("Question {prompt}?"));
		assert_eq!(claim.vote(), MATCH, "prompt {prompt}: {:?}", claim.attestation);
	}
}

#[test]
fn answers_end_for_every_reason() {
	let finish = |params, prompt: &str| {
		let claim = Claim::honest(JobKind::Generate(params), prompt);
		assert_eq!(claim.vote(), MATCH);
		(claim.attestation.finish, claim.attestation.output_tokens)
	};
	// The context has 256 positions.
	let (reason, count) = finish(GenerationParams::greedy(1_024), &"word ".repeat(40));
	assert!(reason == FinishReason::Length && count < 256, "{reason:?} {count}");
	let (reason, _) = finish(stopping(), "x");
	assert_eq!(reason, FinishReason::Stop);
	// With 320 tokens, some hot answer samples the end token.
	let hot = GenerationParams { temperature: 2_000, ..GenerationParams::greedy(200) };
	let ended = (0..50)
		.any(|prompt| finish(hot.clone(), &format!("{prompt}")).0 == FinishReason::EndOfText);
	assert!(ended);
}

#[test]
fn honest_embeddings_match_and_others_do_not() {
	let claim = Claim::honest(JobKind::Embed, "A sentence to embed.");
	assert_eq!(claim.attestation.finish, FinishReason::Embedded);
	assert_eq!(claim.vote(), MATCH);
	let Output::Vector(vector) = &claim.bundle.output else { panic!("no vector") };
	let length: f64 = vector.iter().map(|x| (f64::from(*x) / 32_767.0).powi(2)).sum();
	assert!((length - 1.0).abs() < 1e-3, "{length}");

	let mut other = claim.clone();
	let mut changed = vector.to_vec();
	changed[0] += 1;
	other.bundle.output = Output::Vector(changed.try_into().unwrap());
	assert_eq!(other.sealed().vote(), mismatch(0));

	let mut other = claim.clone();
	other.order.prompt = b"Another sentence.".to_vec();
	assert_eq!(other.vote(), WRONG_PROMPT);

	// A text where a vector was ordered, and the reverse.
	let text = Claim::long();
	let swapped = Claim { order: claim.order.clone(), ..text.clone() };
	assert_eq!(swapped.vote(), WRONG_PROMPT);
	let swapped = Claim { order: text.order, ..claim };
	assert_eq!(swapped.vote(), WRONG_PROMPT);
}

#[test]
fn an_encoder_embeds_and_does_not_generate() {
	let mut dimensions = Shape::TINY.dimensions;
	dimensions.key_value_heads = dimensions.heads;
	let shape = Shape { architecture: Architecture::Bert, dimensions, tied: false };
	let imported = Imported::new(&shape, 2);
	let model = &imported.model;
	let check = |text: &str, claimed: &(Attestation, Bundle)| {
		let order = order(model, JobKind::Embed, text);
		let (attestation, bundle) = claimed;
		verify(model, &order, attestation, bundle, &[H256::zero()], two_threads()).unwrap().0
	};
	let (attestation, bundle, _) =
		run(model, &order(model, JobKind::Embed, "A text."), two_threads());
	let claimed = (attestation, bundle);
	assert_eq!(check("A text.", &claimed), Vote::Match);
	// It has as many tokens.
	assert_eq!(check("A test.", &claimed), WRONG_PROMPT);

	let generate = order(model, JobKind::Generate(GenerationParams::greedy(5)), "A text.");
	let error = execute(model, &generate, two_threads(), &mut |_: &str| ()).unwrap_err();
	assert_eq!(error, ExecutionError::CannotGenerate);
	assert!(error.is_final());
}

#[test]
fn another_token_is_found_in_its_chunk() {
	let claim = Claim::long();
	assert_eq!(claim.vote(), MATCH);
	for index in [0, 1, 31, 32, 63, 64, 98, 99] {
		let mut tokens = claim.tokens();
		tokens[index] = if tokens[index] == 65 { 66 } else { 65 };
		let vote = claim.clone().with_tokens(&tokens).vote();
		assert_eq!(vote, mismatch(index as u32 / 32), "token {index}");
	}
}

#[test]
fn a_token_beyond_the_vocabulary_is_a_mismatch() {
	let claim = Claim::long();
	for (index, token) in [(0, 320), (40, u32::MAX), (99, 1 << 20)] {
		let mut tokens = claim.tokens();
		tokens[index] = token;
		let vote = claim.clone().with_tokens(&tokens).vote();
		assert_eq!(vote, mismatch(index as u32 / 32), "token {index}");
	}
}

#[test]
fn a_truncated_answer_is_a_mismatch() {
	let claim = Claim::long();
	// Between two chunks all that is there is right; elsewhere the chunk that was cut has another digest.
	let votes = [
		(0, WRONG_ENDING),
		(1, mismatch(0)),
		(31, mismatch(0)),
		(32, WRONG_ENDING),
		(64, WRONG_ENDING),
		(99, mismatch(3)),
	];
	for (count, vote) in votes {
		let tokens = &claim.tokens()[..count];
		let cut = claim.clone().with_tokens(tokens);
		assert_eq!(cut.vote(), vote, "{count} tokens");
	}
}

#[test]
fn a_padded_answer_is_a_mismatch() {
	let claim = Claim::honest(JobKind::Generate(stopping()), "x");
	assert_eq!(claim.attestation.finish, FinishReason::Stop);
	let tokens = [claim.tokens(), vec![65; 40]].concat();
	assert!(matches!(claim.with_tokens(&tokens).vote(), Vote::Mismatch(_)));

	let claim = Claim::long();
	let tokens = [claim.tokens(), vec![65]].concat();
	assert_eq!(claim.with_tokens(&tokens).vote(), WRONG_ENDING);
}

#[test]
fn a_changed_digest_is_found_in_its_chunk() {
	let claim = Claim::long();
	for index in 0..4 {
		let mut changed = claim.clone();
		changed.bundle.digests[index].0[5] ^= 1;
		assert_eq!(changed.sealed().vote(), mismatch(index as u32));
	}
}

#[test]
fn a_changed_text_or_finish_is_a_mismatch() {
	let mut claim = Claim::long();
	if let Output::Text { text, .. } = &mut claim.bundle.output {
		text[0] ^= 1;
	}
	assert_eq!(claim.sealed().vote(), WRONG_ENDING);
	for finish in [FinishReason::EndOfText, FinishReason::Stop] {
		let mut claim = Claim::long();
		claim.attestation.finish = finish;
		assert_eq!(claim.sealed().vote(), WRONG_ENDING);
	}
}

#[test]
fn another_order_is_a_mismatch() {
	type Change = fn(&mut JobOrder);
	let changes: [(&str, Change); 5] = [
		("seed", |order| order.seed[0] ^= 1),
		("prompt", |order| order.prompt.push(b'!')),
		("job", |order| order.job_id.0[0] ^= 1),
		("temperature", |order| order.kind = JobKind::Generate(GenerationParams::greedy(100))),
		("limit", |order| order.kind = JobKind::Generate(warm(101))),
	];
	for (name, change) in changes {
		let mut claim = Claim::long();
		change(&mut claim.order);
		assert!(matches!(claim.vote(), Vote::Mismatch(_)), "{name}");
	}
}

#[test]
fn a_changed_attestation_is_a_mismatch() {
	type Change = fn(&mut Attestation);
	let changes: [(&str, Change); 8] = [
		("version", |attestation| attestation.version += 1),
		("profile", |attestation| attestation.profile += 1),
		("job", |attestation| attestation.job_id.0[0] ^= 1),
		("model", |attestation| attestation.model_root.0[0] ^= 1),
		("prompt root", |attestation| attestation.prompt_root.0[0] ^= 1),
		("prompt tokens", |attestation| attestation.prompt_tokens += 1),
		("output tokens", |attestation| attestation.output_tokens -= 1),
		("trace root", |attestation| attestation.trace_root.0[0] ^= 1),
	];
	for (name, change) in changes {
		let mut claim = Claim::long();
		change(&mut claim.attestation);
		assert_eq!(claim.vote(), WRONG_PROMPT, "{name}");
	}
}

#[test]
fn another_model_is_a_mismatch() {
	// A model that differs in its weights only writes and attests under the ordered name.
	let other = Imported::new(&Shape::TINY, 2);
	assert_ne!(other.model.id(), tiny().id());
	let claim = Claim::long();
	let mut order = claim.order.clone();
	order.model = other.model.id();
	let (mut attestation, bundle, _) = run(&other.model, &order, two_threads());
	attestation.model_root = tiny().id();
	let forged = Claim { order: claim.order.clone(), attestation, bundle };
	assert_eq!(forged.vote(), mismatch(0));

	// The other model is not even asked about an order that does not name it.
	let Claim { order, attestation, bundle } = &claim;
	let error = verify(&other.model, order, attestation, bundle, &[CHALLENGE], two_threads());
	let error = error.unwrap_err();
	assert!(matches!(error, ExecutionError::WrongModel { .. }));
	assert_eq!(EngineFailure::from(error), EngineFailure::UnknownModel);
}

#[test]
fn one_changed_weight_is_a_mismatch() {
	let folder = tempfile::tempdir().unwrap();
	let source = folder.path().join("source");
	ergon_engine::synthetic::write_folder(&source, &Shape::TINY, 1).unwrap();
	let path = source.join("model.safetensors");
	let mut bytes = fs::read(&path).unwrap();
	// The sign of the last number, which is in the head.
	*bytes.last_mut().unwrap() ^= 0x80;
	fs::write(&path, bytes).unwrap();
	let other = Imported::of(folder);
	assert_ne!(other.model.id(), tiny().id());
	let mut claim = Claim::honest(
		JobKind::Generate(GenerationParams { temperature: 2_000, ..warm(60) }),
		"Any prompt.",
	);
	claim.order.model = other.model.id();
	claim.attestation.model_root = other.model.id();
	assert!(matches!(claim.vote_on(&other.model), Vote::Mismatch(_)));
}

#[test]
fn orders_that_nobody_can_run_have_no_right_answer() {
	let claim = Claim::long();
	let mut too_long = claim.clone();
	too_long.order.prompt = "x".repeat(400).into_bytes();
	let mut not_text = claim.clone();
	not_text.order.prompt = vec![0xff];
	let mut unsound = claim.clone();
	unsound.order.kind = JobKind::Generate(GenerationParams::greedy(0));
	let mut digests = Vec::new();
	for claim in [&too_long, &not_text, &unsound] {
		let Claim { order, attestation, bundle } = claim;
		assert!(execute(tiny(), order, two_threads(), &mut |_| ()).unwrap_err().is_final());
		let (vote, digest) =
			verify(tiny(), order, attestation, bundle, &[CHALLENGE], two_threads()).unwrap();
		assert_eq!(vote, WRONG_PROMPT);
		digests.push(digest);
	}
	assert!(digests.windows(2).all(|pair| pair[0] == pair[1]));

	let error = execute(tiny(), &too_long.order, two_threads(), &mut |_| ()).unwrap_err();
	let EngineFailure::PromptTooLong { tokens, context } = error.into() else { panic!() };
	assert!(tokens > 400 && context == 256);
	let error = execute(tiny(), &not_text.order, two_threads(), &mut |_| ()).unwrap_err();
	assert_eq!(EngineFailure::from(error), EngineFailure::PromptNotUtf8);
}

#[test]
fn the_work_digest_is_bound_to_the_challenge_and_to_the_rows() {
	let claim = Claim::long();
	let digests = |claim: &Claim, challenges: &[u8]| {
		let Claim { order, attestation, bundle } = claim;
		let challenges: Vec<H256> = challenges.iter().copied().map(H256::repeat_byte).collect();
		verify(tiny(), order, attestation, bundle, &challenges, two_threads()).unwrap().1
	};
	let digest = |claim: &Claim, challenge: u8| digests(claim, &[challenge])[0];
	// One pass gives those of all who were asked.
	assert_eq!(digests(&claim, &[2, 1]), [digest(&claim, 2), digest(&claim, 1)]);
	assert_eq!(digest(&claim, 1), digest(&claim, 1));
	assert_ne!(digest(&claim, 1), digest(&claim, 2));
	// It says nothing about the claim beyond the sequence.
	let mut changed = claim.clone();
	changed.bundle.digests[0].0[0] ^= 1;
	assert_eq!(digest(&claim, 1), digest(&changed.sealed(), 1));
	// Another token changes rows behind it.
	let mut tokens = claim.tokens();
	tokens[0] ^= 1;
	assert_ne!(digest(&claim, 1), digest(&claim.clone().with_tokens(&tokens), 1));
	// Defined for tokens that the model does not have.
	tokens[0] = u32::MAX;
	let broken = claim.with_tokens(&tokens);
	assert_eq!(digest(&broken, 1), digest(&broken, 1));
}

/// The vote on a claim, and what it took.
fn audited(claim: &Claim, challenges: &[H256]) -> (Vote, Passes) {
	let Claim { order, attestation, bundle } = claim;
	let (executor, control) = (Executor::new(two_threads()), two_threads());
	let audit = verify_on(&executor, tiny(), order, attestation, bundle, challenges, control);
	let (vote, _) = executor.complete(audit).unwrap();
	(vote, executor.passes())
}

#[test]
fn what_follows_the_first_fault_is_not_computed() {
	let claim = Claim::honest(JobKind::Generate(warm(200)), "Tell me a story.");
	let Attestation { prompt_tokens: prompt, output_tokens: output, .. } = claim.attestation;
	let (prompt, output) = (u64::from(prompt), u64::from(output));
	let (positions, first) = (prompt + output - 1, PASS_TOKENS as u64);
	assert!(first < positions && positions <= 2 * first, "{positions}");
	let layers = u64::from(tiny().manifest().dimensions.layers);
	let whole =
		Passes { count: 2, tokens: positions, layers: layers * positions, candidates: output };
	assert_eq!(audited(&claim, &[CHALLENGE]), (MATCH, whole));
	assert_eq!(audited(&claim, &[]), (MATCH, whole));

	let wrong = |chunk: usize| {
		let mut wrong = claim.clone();
		wrong.bundle.digests[chunk].0[0] ^= 1;
		wrong.sealed()
	};
	// The first pass shows that a chunk is wrong, and with it ends the audit.
	let half = Passes {
		count: 1,
		tokens: first,
		layers: layers * first,
		candidates: first - (prompt - 1),
	};
	assert_eq!(audited(&wrong(0), &[]), (mismatch(0), half));
	// The rows of a challenge are wanted in any case, and no logits after the fault.
	let rows = Passes { candidates: half.candidates, ..whole };
	assert_eq!(audited(&wrong(0), &[CHALLENGE]), (mismatch(0), rows));
	// A fault at the end saves nothing.
	let last = wrong(0).bundle.digests.len() - 1;
	assert_eq!(audited(&wrong(last), &[]), (mismatch(last as u32), whole));
}

#[test]
fn nothing_is_attested_or_voted_on_bytes_that_somebody_changed() {
	let own = Imported::new(&Shape::TINY, 1);
	let blob = own.target().join("blob");
	let bytes = fs::read(&blob).unwrap();
	// Writes a byte where it is, until the file's time of change says so: clocks of files are coarse.
	let write = |byte: &[u8]| {
		let file = fs::File::options().write(true).open(&blob).unwrap();
		while own.model.is_unchanged() {
			file.write_all_at(byte, bytes.len() as u64 - 1).unwrap();
		}
	};
	let claim = Claim::long();
	let Claim { order, attestation, bundle } = &claim;
	let audit = || verify(&own.model, order, attestation, bundle, &[CHALLENGE], two_threads());
	assert_eq!(claim.vote_on(&own.model), MATCH);
	let embedding = JobOrder { kind: JobKind::Embed, ..order.clone() };
	execute(&own.model, &embedding, two_threads(), &mut |_| ()).unwrap();

	// In the middle of an answer.
	let last = bytes[bytes.len() - 1];
	let answered = execute(&own.model, order, two_threads(), &mut |_| write(&[last ^ 0x80]));
	let changed = ExecutionError::ModelChanged { folder: own.target() };
	assert_eq!(answered, Err(changed.clone()));
	// Also when what was written over is what was there.
	fs::write(&blob, &bytes).unwrap();
	assert_eq!(audit(), Err(changed.clone()));
	let embedded = execute(&own.model, &embedding, two_threads(), &mut |_| ());
	assert_eq!(embedded, Err(changed.clone()));
	assert!(!changed.is_final());
	let sentence = changed.to_string();
	assert!(sentence.contains(own.target().to_str().unwrap()), "{sentence}");
	assert!(sentence.contains("import it again"), "{sentence}");
	assert_eq!(EngineFailure::from(changed), EngineFailure::Internal(sentence));

	// A folder that is opened again is as good as new.
	let again = Arc::new(Model::open(&own.target()).unwrap());
	assert_eq!(claim.vote_on(&again), MATCH);
	// One that is gone or replaced does no harm to those who have it open.
	fs::remove_dir_all(own.target()).unwrap();
	assert!(!again.is_unchanged());
	assert_eq!(claim.vote_on(&again), MATCH);
}

#[test]
fn cancelled_work_is_an_error() {
	let control = two_threads().for_request(None);
	control.cancel();
	let Claim { order, attestation, bundle } = Claim::long();
	let error = execute(tiny(), &order, &control, &mut |_| ()).unwrap_err();
	assert_eq!(error, ExecutionError::Cancelled);
	let error = verify(tiny(), &order, &attestation, &bundle, &[CHALLENGE], &control).unwrap_err();
	assert_eq!(error, ExecutionError::Cancelled);
	let control = two_threads().for_request(Some(std::time::Instant::now()));
	let error = execute(tiny(), &order, &control, &mut |_| ()).unwrap_err();
	assert_eq!(error, ExecutionError::TooLate);
	// Flag and deadline belong to the request.
	assert!(execute(tiny(), &order, two_threads(), &mut |_| ()).is_ok());
}
