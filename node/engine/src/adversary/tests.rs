// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Every lie fits in form, and every lie is found out.

use super::*;
use crate::{
	dispute::turn_on,
	execute, import,
	service::ModelStore,
	synthetic::{write_folder, Shape},
	verify,
};
use ergon_core::{
	sprint::{item, leaf},
	Fault, FinishReason, Vote, CHUNK_TOKENS,
};
use ergon_exact::game::{Disputed, Outcome as GameOutcome, Reason, Turn};
use tempfile::TempDir;

struct Setup {
	_folder: TempDir,
	model: Arc<Model>,
	adversary: Adversary,
	control: Control,
}

impl Setup {
	fn new(cheat: Cheat) -> Self {
		let folder = tempfile::tempdir().unwrap();
		let (source, models) = (folder.path().join("source"), folder.path().join("models"));
		write_folder(&source, &Shape::TINY, 1).unwrap();
		std::fs::create_dir(&models).unwrap();
		let id = import(&source, &models.join("tiny"), &mut |_| {}).unwrap().id();
		let store = ModelStore::open(&models, u64::MAX).unwrap();
		let model = Arc::new(Model::open(&models.join("tiny")).unwrap());
		assert_eq!(store.ids(), [id]);
		let adversary = Adversary::new(ModelRunner::new(store), cheat);
		Self { _folder: folder, model, adversary, control: Control::new(1).unwrap() }
	}

	fn job(&self, number: u64, kind: JobKind) -> JobOrder {
		JobOrder {
			job_id: H256::from_low_u64_be(number),
			model: self.model.id(),
			kind,
			// In the end two characters that the tokenizer merges.
			prompt: format!("How many jobs make {number}, and who pays for them?\0!").into(),
			seed: [number as u8; 32],
		}
	}

	fn run(&self, order: &Order) -> Result<Outcome, ExecutionError> {
		let executor = Executor::new(&self.control);
		executor.complete(self.adversary.run(&executor, order, &self.control))
	}

	fn answer(&self, job: &JobOrder) -> Answer {
		match self.run(&Order::Execute(job.clone())).unwrap() {
			Outcome::Executed { attestation, bundle } => (attestation, bundle),
			other => panic!("{other:?} is no answer"),
		}
	}

	fn honest(&self, job: &JobOrder) -> Answer {
		execute(&self.model, job, &self.control, &mut |_: &str| {}).unwrap()
	}

	fn vote(&self, job: &JobOrder, (attestation, bundle): &Answer) -> Vote {
		let challenge = H256::zero();
		verify(&self.model, job, attestation, bundle, &[challenge], &self.control).unwrap().0
	}

	/// Why an honest challenger wins about a fault, and after how many moves; no reason where the
	/// defender has no move that fits.
	fn dispute(&self, job: &JobOrder, answer: &Answer, fault: Fault) -> (Option<Reason>, usize) {
		let (attestation, bundle) = answer;
		let defender = |stage: &Stage| {
			let (job, bundle, stage) = (job.clone(), bundle.clone(), stage.encode());
			match self.run(&Order::Play { job, bundle, stage }).unwrap() {
				Outcome::Played { turn } => {
					turn.map(|turn| Turn::decode_all(&mut &turn[..]).unwrap())
				}
				other => panic!("{other:?} is no move"),
			}
		};
		let executor = Executor::new(&self.control);
		let challenger = |stage: &Stage| {
			let stage = stage.encode();
			let turn = turn_on(&executor, &self.model, job, bundle, &stage, &self.control);
			executor.complete(turn).unwrap().expect("something is wrong")
		};
		let mut stage = Stage::first(&bundle.output, fault).unwrap();
		let Some(first) = defender(&stage) else { return (None, 0) };
		let groundwork = first.groundwork.clone();
		let manifest = self.model.manifest();
		let disputed = Disputed { manifest, order: job, attestation, bundle };
		let play = |stage: Stage, turn: Turn| disputed.play(groundwork.as_ref(), stage, turn.made);
		let (mut turn, mut moves) = (Some(first), 0);
		loop {
			let side = stage.turn();
			let played = turn.map(|turn| play(stage.clone(), turn));
			stage = match (played, side) {
				(Some(Ok(GameOutcome::Next(next))), _) => next,
				(Some(Ok(GameOutcome::Won(Side::Challenger, reason))), _) => {
					return (Some(reason), moves + 1);
				}
				(None | Some(Err(_)), Side::Defender) => return (None, moves),
				(outcome, side) => panic!("{side:?}: {outcome:?}"),
			};
			moves += 1;
			turn = match stage.turn() {
				Side::Defender => defender(&stage),
				Side::Challenger => Some(challenger(&stage)),
			};
		}
	}
}

fn tokens((_, bundle): &Answer) -> Vec<u32> {
	match &bundle.output {
		Output::Text { tokens, .. } => tokens.to_vec(),
		Output::Vector(_) => panic!("a vector has no tokens"),
	}
}

/// Warm, with a nucleus, and long enough for three chunks.
fn generation() -> JobKind {
	JobKind::Generate(GenerationParams {
		temperature: 1_000,
		top_p: 900,
		..GenerationParams::greedy(3 * CHUNK_TOKENS as u16 - 5)
	})
}

/// The same order, with a stop sequence in the second chunk of the right answer.
fn with_stop(setup: &Setup, job: &JobOrder) -> JobOrder {
	let (JobKind::Generate(params), (_, bundle)) = (&job.kind, setup.honest(job)) else {
		return job.clone();
	};
	let Output::Text { tokens, .. } = bundle.output else { panic!("an answer is a text") };
	let stop = tokens[40..43].iter().flat_map(|token| setup.model.tokenizer().text(*token));
	let stop = stop.copied().collect::<Vec<_>>().try_into().unwrap();
	let params = GenerationParams { stop: vec![stop].try_into().unwrap(), ..params.clone() };
	JobOrder { kind: JobKind::Generate(params), ..job.clone() }
}

/// What is wrong about a lie.
fn fault(cheat: Cheat, lie: &Answer, honest: &Answer) -> Fault {
	let [lied, right] = [lie, honest].map(|(_, bundle)| &bundle.output);
	match (cheat, lied, right) {
		(Cheat::AttestedSystemPrompt, ..) => Fault::Prompt,
		(Cheat::MisreadPrompt, Output::Text { .. }, _) => Fault::Prompt,
		(_, Output::Vector(_), _) => Fault::Chunk(0),
		(Cheat::EarlyStop | Cheat::PaddedAnswer | Cheat::FalseText, ..) => Fault::Ending,
		(Cheat::GarbageDigest, ..) => Fault::Chunk(lie.1.digests.len() as u32 - 1),
		(Cheat::SplicedResult, ..) => Fault::Chunk(1),
		(
			Cheat::ReplaceToken
			| Cheat::AnotherSeed
			| Cheat::PrefillSpoof
			| Cheat::TemperatureOff
			| Cheat::TopPOff,
			Output::Text { tokens: lied, .. },
			Output::Text { tokens: right, .. },
		) => {
			let first = lied.iter().zip(right).position(|(lied, right)| lied != right);
			Fault::Chunk(first.expect("another token is drawn") as u32 / CHUNK_TOKENS)
		}
		// Digests differ from the first chunk on.
		_ => Fault::Chunk(0),
	}
}

#[test]
fn every_lie_fits_in_form_and_is_found_out() {
	for cheat in Cheat::value_variants() {
		let setup = Setup::new(*cheat);
		for number in 0..3 {
			for kind in [generation(), JobKind::Embed] {
				let job = with_stop(&setup, &setup.job(number, kind));
				let lie = setup.answer(&job);
				let context = format!("{cheat:?}, {:?}, job {number}", job.kind);
				assert!(lie.1.fits(&lie.0), "{context}");
				let honest = setup.honest(&job);
				assert_eq!(setup.vote(&job, &honest), Vote::Match, "{context}");
				assert_ne!(lie, honest, "{context}");
				let fault = fault(*cheat, &lie, &honest);
				assert_eq!(setup.vote(&job, &lie), Vote::Mismatch(fault), "{context}");
				let is_of_the_prompt = lie.0.prompt_root == honest.0.prompt_root
					&& lie.0.prompt_tokens == honest.0.prompt_tokens;
				assert_eq!(is_of_the_prompt, fault != Fault::Prompt, "{context}");
			}
		}
	}
}

#[test]
fn where_there_is_nothing_to_gain_the_answer_is_the_honest_one() {
	let greedy = JobKind::Generate(GenerationParams::greedy(40));
	for cheat in [Cheat::AnotherSeed, Cheat::TemperatureOff, Cheat::TopPOff, Cheat::PaddedAnswer] {
		let setup = Setup::new(cheat);
		let job = setup.job(1, greedy.clone());
		assert_eq!(setup.answer(&job), setup.honest(&job), "{cheat:?}");
	}
}

#[test]
fn the_replaced_token_is_the_only_thing_that_is_wrong() {
	let setup = Setup::new(Cheat::ReplaceToken);
	for number in 0..8 {
		let job = setup.job(number, generation());
		let (lie, honest) = (setup.answer(&job), setup.honest(&job));
		let wrong = honest.0.output_tokens / 2;
		let [lied, true_ones] = [tokens(&lie), tokens(&honest)];
		let first = lied.iter().zip(&true_ones).position(|(one, other)| one != other);
		assert_eq!(first, Some(wrong as usize));
		assert_eq!(setup.vote(&job, &lie), Vote::Mismatch(Fault::Chunk(wrong / CHUNK_TOKENS)));
	}
}

#[test]
fn an_answer_that_stops_early_is_right_up_to_there() {
	let setup = Setup::new(Cheat::EarlyStop);
	let job = setup.job(1, generation());
	let (lie, honest) = (setup.answer(&job), setup.honest(&job));
	assert_eq!(lie.0.finish, FinishReason::Length);
	assert_eq!(tokens(&lie), tokens(&honest)[..honest.0.output_tokens as usize / 2]);
}

#[test]
fn a_garbage_digest_is_found_in_its_chunk() {
	let setup = Setup::new(Cheat::GarbageDigest);
	let job = setup.job(1, generation());
	let lie = setup.answer(&job);
	let last = lie.1.digests.len() as u32 - 1;
	assert_eq!(setup.vote(&job, &lie), Vote::Mismatch(Fault::Chunk(last)));
}

#[test]
fn a_padded_answer_is_right_up_to_its_end() {
	let setup = Setup::new(Cheat::PaddedAnswer);
	let job = with_stop(&setup, &setup.job(1, generation()));
	let (lie, honest) = (setup.answer(&job), setup.honest(&job));
	assert_eq!((honest.0.finish, lie.0.finish), (FinishReason::Stop, FinishReason::Length));
	assert_eq!(tokens(&lie).len(), 3 * CHUNK_TOKENS as usize - 5);
	assert!(tokens(&lie).starts_with(&tokens(&honest)));
	let whole_chunks = honest.0.output_tokens as usize / CHUNK_TOKENS as usize;
	assert_eq!(lie.1.digests[..whole_chunks], honest.1.digests[..whole_chunks]);
}

#[test]
fn a_spoof_has_the_digests_of_the_right_model() {
	let [spoof, small] = [Cheat::PrefillSpoof, Cheat::SmallerModel].map(Setup::new);
	let job = spoof.job(1, generation());
	let (lie, written) = (spoof.answer(&job), small.answer(&job));
	assert_eq!(lie.1.output, written.1.output);
	assert_ne!(lie.1.digests, written.1.digests);
}

#[test]
fn every_lie_is_defended_in_vain() {
	for cheat in Cheat::value_variants() {
		let setup = Setup::new(*cheat);
		for kind in [generation(), JobKind::Embed] {
			let job = with_stop(&setup, &setup.job(1, kind));
			let lie = setup.answer(&job);
			let Vote::Mismatch(fault) = setup.vote(&job, &lie) else { panic!("it is a lie") };
			let (reason, moves) = setup.dispute(&job, &lie, fault);
			let context = format!("{cheat:?}, {:?}: {reason:?} after {moves} moves", job.kind);
			match (cheat, &job.kind) {
				// The text speaks for itself, or one leaf of the vocabulary does.
				(Cheat::MisreadPrompt, JobKind::Generate(_)) => {
					assert_eq!((reason, moves), (Some(Reason::Prompt), 2), "{context}");
				}
				(Cheat::EarlyStop | Cheat::PaddedAnswer, JobKind::Generate(_)) => {
					assert_eq!((reason, moves), (Some(Reason::Ending), 1), "{context}");
				}
				(Cheat::FalseText, JobKind::Generate(_)) => {
					assert_eq!((reason, moves), (Some(Reason::Ending), 2), "{context}");
				}
				// The whole way, until the chain computes one number.
				(
					Cheat::RoundedWeights
					| Cheat::SixBitWeights
					| Cheat::FlippedBit
					| Cheat::SmallerModel
					| Cheat::SkippedLayer
					| Cheat::EightBitCache,
					_,
				) => assert!(matches!(reason, Some(Reason::Number(_))) && moves >= 8, "{context}"),
				// What was run is not of the shape that was attested, or there is nothing to be shown.
				(
					Cheat::TruncatePrompt
					| Cheat::SystemPrompt
					| Cheat::AttestedSystemPrompt
					| Cheat::ReplayedResult,
					_,
				)
				| (Cheat::GarbageDigest | Cheat::SplicedResult, JobKind::Generate(_)) => {
					assert_eq!(reason, None, "{context}");
				}
				(_, JobKind::Generate(_)) => {
					assert_eq!((reason, moves), (Some(Reason::Sampler), 3), "{context}");
				}
				// Of no vector, or not of the one that the sums become.
				(Cheat::GarbageDigest, JobKind::Embed) => {
					assert_eq!((reason, moves), (Some(Reason::Vector), 1), "{context}");
				}
				(_, JobKind::Embed) => {
					assert_eq!((reason, moves), (Some(Reason::Vector), 3), "{context}");
				}
			}
		}
	}
}

/// Items of a sprint, and the leaves that they become.
fn sprint(setup: &Setup, first: u32, items: u32) -> (Vec<JobOrder>, Vec<H256>) {
	let (subject, model) = (H256::repeat_byte(3), setup.model.id());
	let jobs = (first..first + items).map(|index| item(subject, model, true, index)).collect();
	match setup.run(&Order::Sprint { subject, model, first, items }).unwrap() {
		Outcome::Sprinted { leaves } => (jobs, leaves),
		other => panic!("{other:?} is no sprint"),
	}
}

#[test]
fn items_of_a_sprint_are_cheated_on_like_jobs() {
	for cheat in Cheat::value_variants() {
		let setup = Setup::new(*cheat);
		let (jobs, leaves) = sprint(&setup, 5, 3);
		assert_eq!(leaves.len(), jobs.len());
		for (job, leaf_of_lie) in jobs.iter().zip(&leaves) {
			let (attestation, bundle) = setup.answer(job);
			assert_eq!(*leaf_of_lie, leaf(&attestation, &bundle), "{cheat:?}");
			let (attestation, bundle) = setup.honest(job);
			// Nothing of an item is left to chance, and most end at their limit.
			let is_honest = match cheat {
				Cheat::AnotherSeed | Cheat::TemperatureOff | Cheat::TopPOff => true,
				Cheat::PaddedAnswer => attestation.finish == FinishReason::Length,
				// It is for the tokenizer to say whether anything is merged in so many digits.
				Cheat::MisreadPrompt => continue,
				_ => false,
			};
			assert_eq!(*leaf_of_lie == leaf(&attestation, &bundle), is_honest, "{cheat:?}");
		}
	}
}

#[test]
fn audits_are_honest() {
	let setup = Setup::new(Cheat::ReplaceToken);
	let job = setup.job(1, generation());
	for (answer, honest) in [(setup.honest(&job), true), (setup.answer(&job), false)] {
		let (attestation, bundle) = answer;
		let challenge = H256::repeat_byte(5);
		let order =
			Order::Verify { job: job.clone(), attestation, bundle, challenges: vec![challenge] };
		match setup.run(&order).unwrap() {
			Outcome::Verified { vote, .. } => assert_eq!(vote == Vote::Match, honest),
			other => panic!("{other:?} is no vote"),
		}
	}
}

#[test]
fn a_model_that_is_not_there_is_unknown() {
	let setup = Setup::new(Cheat::EarlyStop);
	let job = JobOrder { model: H256::zero(), ..setup.job(1, generation()) };
	let outcome = setup.run(&Order::Execute(job));
	assert_eq!(outcome, Ok(Outcome::Failed(EngineFailure::UnknownModel)));
}
