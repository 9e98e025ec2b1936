// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! This engine.

use std::{
	cell::RefCell,
	hint::black_box,
	path::Path,
	rc::Rc,
	sync::Arc,
	time::{Duration, Instant},
};

use anyhow::Result;
use ergon_core::{engine::JobOrder, GenerationParams, JobKind, CHUNK_TOKENS, H256};
use ergon_engine::{
	execute,
	executor::{Executor, Observer, Output, Priority, Session, Want},
	generate::execute_on,
	verify, Control, Model,
};
use ergon_exact::digest::{candidates_hash, chunk_digest, hidden_hash, Position};
use futures::future::try_join_all;

use crate::{timed, token, Figures, Plan};

/// An executor and its model.
struct Engine {
	executor: Executor,
	model: Arc<Model>,
	control: Control,
}

impl Engine {
	fn open(folder: &Path, threads: usize) -> Result<Self> {
		let control = Control::new(threads)?;
		let model = Arc::new(Model::open(folder)?);
		Ok(Self { executor: Executor::new(&control), model, control })
	}

	fn tokens(&self, count: usize) -> Vec<u32> {
		let vocabulary = self.model.manifest().dimensions.vocabulary as usize;
		(0..count).map(|index| token(index, vocabulary)).collect()
	}

	fn session(&self, capacity: usize) -> Session {
		let capacity = capacity as u32;
		Session::new(&self.executor, &self.model, capacity, Priority::Job, &self.control)
	}

	/// Seconds until a prompt of so many tokens has a next one.
	fn prefill(&self, count: usize) -> Result<f64> {
		let (tokens, nobody) = (self.tokens(count), Rc::new(RefCell::new(())));
		let mut session = self.session(count);
		let want = Want { from: count as u32 - 1, candidates: true };
		Ok(timed(|| Ok(self.executor.complete(session.feed(&tokens, want, &nobody))?))?.0)
	}

	/// Seconds for so many steps of so many sequences, each with so many tokens before.
	fn decode(&self, depth: usize, steps: usize, together: usize) -> Result<f64> {
		let (tokens, nobody) = (self.tokens(depth + steps + 1), Rc::new(RefCell::new(())));
		let mut sessions: Vec<Session> =
			(0..together).map(|_| self.session(depth + steps + 1)).collect();
		let want = Want { from: 0, candidates: true };
		// The first step is not measured.
		let before = sessions.iter_mut().map(|session| async {
			session.feed(&tokens[..depth], Want::NOTHING, &nobody).await?;
			session.feed(&tokens[depth..=depth], want, &nobody).await
		});
		self.executor.complete(try_join_all(before))?;
		let decoded = sessions.iter_mut().map(|session| async {
			for token in &tokens[depth + 1..] {
				session.feed(std::slice::from_ref(token), want, &nobody).await?;
			}
			Ok::<_, ergon_engine::ExecutionError>(())
		});
		Ok(timed(|| Ok(self.executor.complete(try_join_all(decoded))?))?.0)
	}

	/// What share of decoding goes into hashing what the attestation commits to.
	fn attestation_share(&self, steps: usize) -> Result<f64> {
		let tokens = self.tokens(steps + 1);
		let want = Want { from: 0, candidates: true };
		let (nobody, attests) = (Rc::new(RefCell::new(())), Rc::new(RefCell::default()));
		let mut session = self.session(steps + 1);
		self.executor.complete(session.feed(&tokens[..1], want, &nobody))?;
		let since = Instant::now();
		for token in &tokens[1..] {
			let token = std::slice::from_ref(token);
			self.executor.complete(session.feed::<Attests>(token, want, &attests))?;
		}
		let spent = attests.borrow().spent;
		Ok(spent.as_secs_f64() / since.elapsed().as_secs_f64())
	}

	/// What it costs to verify an answer, by what it costs to write it.
	fn verify_to_generate(&self) -> Result<Option<f64>> {
		let mut prompt = String::new();
		while self.model.tokenizer().encode_chat(&prompt).is_ok_and(|tokens| tokens.len() < 128) {
			prompt.push_str("the fox ");
		}
		// Among some seeds one whose answer is long enough.
		for seed in 0..16 {
			let order = JobOrder {
				job_id: H256::zero(),
				model: self.model.id(),
				kind: JobKind::Generate(GenerationParams {
					temperature: 2_000,
					..GenerationParams::greedy(256)
				}),
				prompt: prompt.clone().into(),
				seed: [seed; 32],
			};
			let (generated, (attestation, bundle)) =
				timed(|| Ok(execute(&self.model, &order, &self.control, &mut |_| ())?))?;
			if attestation.output_tokens < 256 {
				continue;
			}
			let (model, control) = (&self.model, &self.control);
			let (verified, _) = timed(|| {
				Ok(verify(model, &order, &attestation, &bundle, &[H256::zero()], control)?)
			})?;
			return Ok(Some(verified / generated));
		}
		Ok(None)
	}
}

/// Hashes what the attestation of an answer commits to, and measures how long that takes.
#[derive(Default)]
struct Attests {
	positions: Vec<Position>,
	spent: Duration,
}

impl Observer for Attests {
	fn looks_at(&self, _layer: Option<u32>) -> bool {
		false
	}

	fn output(&mut self, output: Output<'_>) {
		let since = Instant::now();
		let candidates = output.candidates.map_or(&[][..], |candidates| candidates.as_slice());
		self.positions.push(Position {
			token: candidates.first().map_or(0, |candidate| candidate.id),
			hidden: hidden_hash(output.hidden, output.exponent),
			candidates: candidates_hash(candidates),
		});
		if self.positions.len() == CHUNK_TOKENS as usize {
			black_box(chunk_digest(&[0; 32], 0, &self.positions));
			self.positions.clear();
		}
		self.spent += since.elapsed();
	}
}

/// Figures of an imported model.
pub(crate) fn text(folder: &Path, threads: usize, plan: &Plan) -> Result<Figures> {
	let (load_seconds, engine) = timed(|| Engine::open(folder, threads))?;
	let context = engine.model.manifest().dimensions.context as usize;
	engine.prefill(16)?;
	let mut figures = Figures { load_seconds, ..Figures::default() };
	for &count in plan.prefill.iter().filter(|count| **count <= context) {
		figures.prefill.push((count, count as f64 / engine.prefill(count)?));
	}
	for &depth in plan.depth.iter().filter(|depth| **depth + plan.steps < context) {
		let seconds = engine.decode(depth, plan.steps, 1)?;
		figures.decode.push((depth, plan.steps as f64 / seconds));
	}
	let seconds = engine.decode(0, plan.steps, plan.together)?;
	figures.together = Some((plan.steps * plan.together) as f64 / seconds);
	figures.attestation_share = Some(engine.attestation_share(4 * plan.steps)?);
	figures.verify_to_generate = engine.verify_to_generate()?;
	figures.context = Some(context);
	figures.weight_bytes = Some(engine.model.manifest().work_per_output_token);
	Ok(figures)
}

/// Figures of an encoder, which is imported first.
pub(crate) fn embed(
	folder: &Path,
	threads: usize,
	tokens: usize,
	together: usize,
) -> Result<Figures> {
	let target = std::env::temp_dir().join(format!("ergon-peers-{}", std::process::id()));
	ergon_engine::import(folder, &target, &mut |_| ())?;
	let opened = timed(|| Engine::open(&target, threads));
	std::fs::remove_dir_all(&target)?;
	let (load_seconds, engine) = opened?;
	let mut text = String::new();
	while engine.model.tokenizer().encode_plain(&text).is_ok_and(|it| it.len() < tokens) {
		text.push_str("fox ");
	}
	let order = JobOrder {
		job_id: H256::zero(),
		model: engine.model.id(),
		kind: JobKind::Embed,
		prompt: text.into(),
		seed: [0; 32],
	};
	let Engine { executor, model, control } = &engine;
	let run = || timed(|| Ok(execute(model, &order, control, &mut |_| ())?));
	run()?;
	let (seconds, (attestation, bundle)) = run()?;
	let count = attestation.prompt_tokens;
	let challenges = [H256::zero()];
	let (verified, _) =
		timed(|| Ok(verify(model, &order, &attestation, &bundle, &challenges, control)?))?;
	let run_all = || {
		let texts = (0..together).map(|_| async {
			execute_on(executor, model, &order, Priority::Job, control, &mut |_| ()).await
		});
		timed(|| Ok(executor.complete(try_join_all(texts))?))
	};
	run_all()?;
	let (all, _) = run_all()?;
	Ok(Figures {
		load_seconds,
		prefill: vec![(count as usize, f64::from(count) / seconds)],
		together: Some(f64::from(count) * together as f64 / all),
		verify_to_generate: Some(verified / seconds),
		..Figures::default()
	})
}
