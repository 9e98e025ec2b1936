// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Every lie fits in form, and every lie is found out.

use super::*;
use crate::{
	execute, import,
	service::ModelStore,
	synthetic::{write_folder, Shape},
	verify,
};
use ergon_core::{Fault, FinishReason, Vote, CHUNK_TOKENS};
use ergon_exact::game::{Board, Outcome as GameOutcome, Reason, Turn};
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
			prompt: format!("How many jobs make {number}, and who pays for them?").into(),
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
		verify(&self.model, job, attestation, bundle, challenge, &self.control).unwrap().0
	}
}

fn tokens((_, bundle): &Answer) -> Vec<u32> {
	match &bundle.output {
		Output::Text { tokens, .. } => tokens.to_vec(),
		Output::Vector(_) => panic!("a vector has no tokens"),
	}
}

/// Warm and long enough for three chunks.
fn generation() -> JobKind {
	JobKind::Generate(GenerationParams {
		temperature: 1_000,
		..GenerationParams::greedy(3 * CHUNK_TOKENS as u16 - 5)
	})
}

#[test]
fn every_lie_fits_in_form_and_is_found_out() {
	for cheat in Cheat::value_variants() {
		let setup = Setup::new(*cheat);
		for number in 0..3 {
			for kind in [generation(), JobKind::Embed] {
				let job = setup.job(number, kind);
				let lie = setup.answer(&job);
				let context = format!("{cheat:?}, {:?}, job {number}", job.kind);
				assert!(lie.1.fits(&lie.0), "{context}");
				let honest = setup.honest(&job);
				assert_eq!(setup.vote(&job, &honest), Vote::Match, "{context}");
				assert_ne!(lie, honest, "{context}");
				assert_eq!(lie.0.prompt_root, honest.0.prompt_root, "{context}");
				assert!(matches!(setup.vote(&job, &lie), Vote::Mismatch(_)), "{context}");
			}
		}
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
fn a_cheaper_model_is_defended_until_the_chain_computes_one_number() {
	let setup = Setup::new(Cheat::RoundedWeights);
	let job = setup.job(1, generation());
	let (attestation, bundle) = setup.answer(&job);
	let Vote::Mismatch(Fault::Chunk(chunk)) = setup.vote(&job, &(attestation, bundle.clone()))
	else {
		panic!("the answer is of another model")
	};
	let defender = |stage: &Stage| {
		let (job, bundle, stage) = (job.clone(), bundle.clone(), stage.encode());
		match setup.run(&Order::Play { job, bundle, stage }).unwrap() {
			Outcome::Played { turn: Some(turn) } => Turn::decode_all(&mut &turn[..]).unwrap(),
			other => panic!("{other:?} is no move"),
		}
	};
	let executor = Executor::new(&setup.control);
	let challenger = |stage: &Stage| {
		let stage = stage.encode();
		let turn = turn_on(&executor, &setup.model, &job, &bundle, &stage, &setup.control);
		executor.complete(turn).unwrap().expect("something is wrong")
	};

	let first = defender(&Stage::Chunk { chunk });
	let groundwork = first.groundwork.clone().unwrap();
	let manifest = setup.model.manifest();
	let board = Board::new(manifest, &job, &attestation, &bundle, &groundwork).unwrap();
	let (mut turn, mut stage, mut moves) = (first, Stage::Chunk { chunk }, 1);
	let (winner, reason) = loop {
		match board.play(stage, turn.made).unwrap() {
			GameOutcome::Won(winner, reason) => break (winner, reason),
			GameOutcome::Next(next) => stage = next,
		}
		turn = match stage.turn() {
			Side::Defender => defender(&stage),
			Side::Challenger => challenger(&stage),
		};
		moves += 1;
	};
	assert_eq!(winner, Side::Challenger, "{reason:?}");
	assert!(matches!(reason, Reason::Number(_)), "{reason:?}");
	assert!(moves > 8, "the whole way: {moves}");
}

#[test]
fn audits_are_honest() {
	let setup = Setup::new(Cheat::ReplaceToken);
	let job = setup.job(1, generation());
	for (answer, honest) in [(setup.honest(&job), true), (setup.answer(&job), false)] {
		let (attestation, bundle) = answer;
		let challenge = H256::repeat_byte(5);
		let order = Order::Verify { job: job.clone(), attestation, bundle, challenge };
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
