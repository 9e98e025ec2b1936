// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Sequences that share passes: the same bits in any company, and no harm from it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::{
	cell::RefCell,
	fmt::Debug,
	rc::Rc,
	sync::{Arc, OnceLock},
	thread::{available_parallelism, sleep},
	time::{Duration, Instant},
};

use common::{one_thread, order, paths, tiny, two_threads, warm, Choices, Imported};
use ergon_core::{engine::JobOrder, Architecture, JobKind, Vote, H256};
use ergon_engine::{
	execute,
	executor::{
		Executor, InstructionSet, Observer, Output, Passes, Priority, Session, Want, PASS_TOKENS,
	},
	generate::execute_on,
	synthetic::Shape,
	verify::verify_on,
	Control, ExecutionError, Model,
};
use ergon_exact::digest::{candidates_hash, hidden_hash, Point};
use futures::future::{join, join_all};
use tokio::task::yield_now;

/// What every audit here is asked for.
const CHALLENGES: &[H256] = &[H256::zero()];

/// Hashes of everything that a sequence gives.
#[derive(Debug, Default, PartialEq)]
struct Seen {
	residuals: Vec<(Point, [u8; 32])>,
	outputs: Vec<(u32, [u8; 32], Option<[u8; 32]>)>,
}

impl Observer for Seen {
	fn residual(&mut self, point: Point, row: &[i32]) {
		let bytes: Vec<u8> = row.iter().flat_map(|element| element.to_le_bytes()).collect();
		self.residuals.push((point, sp_crypto_hashing::blake2_256(&bytes)));
	}

	fn output(&mut self, output: Output<'_>) {
		let candidates = output.candidates.map(|it| candidates_hash(it.as_slice()));
		let hidden = hidden_hash(output.hidden, output.exponent);
		self.outputs.push((output.position, hidden, candidates));
	}
}

/// Lets everybody else go first.
async fn pause(times: u64) {
	for _ in 0..times {
		yield_now().await;
	}
}

/// A sequence, fed in pieces that `choices` draws: a prompt at once, an answer token by token.
async fn feed(
	executor: &Executor,
	model: &Arc<Model>,
	tokens: &[u32],
	want: Want,
	mut choices: Choices,
	control: &Control,
) -> Result<Seen, ExecutionError> {
	pause(choices.below(20)).await;
	let priorities = [Priority::Audit, Priority::Job, Priority::Sprint];
	let priority = priorities[choices.below(3) as usize];
	let capacity = tokens.len() as u32;
	let mut session = Session::new(executor, model, capacity, priority, control);
	let seen = Rc::new(RefCell::new(Seen::default()));
	let mut rest = tokens;
	while !rest.is_empty() {
		let most = match choices.below(4) {
			_ if !model.manifest().architecture.generates() => rest.len(),
			0 => rest.len(),
			1 => rest.len().min(40),
			_ => 1,
		};
		let (piece, others) = rest.split_at(most);
		session.feed(piece, want, &seen).await?;
		rest = others;
		pause(choices.below(2)).await;
	}
	let mut seen = seen.take();
	seen.residuals.sort();
	Ok(seen)
}

/// The models that share an executor.
fn models() -> &'static [Arc<Model>; 4] {
	static MODELS: OnceLock<[Arc<Model>; 4]> = OnceLock::new();
	MODELS.get_or_init(|| {
		let other = |architecture: Architecture| {
			let mut dimensions = Shape::TINY.dimensions;
			if !architecture.generates() {
				dimensions.key_value_heads = dimensions.heads;
			}
			let shape = Shape { architecture, dimensions, tied: false };
			// What is mapped stays when its folder goes.
			Imported::new(&shape, 8).model
		};
		let [encoder, second, third] =
			[Architecture::Bert, Architecture::Qwen2, Architecture::Qwen3].map(other);
		[Arc::clone(tiny()), encoder, second, third]
	})
}

/// One of the sequences that the matrix runs: model, tokens, what is wanted.
fn sequence(number: u64) -> (&'static Arc<Model>, Vec<u32>, Want) {
	let mut choices = Choices::new(number);
	let model = &models()[choices.below(4) as usize];
	let length = [1, 1 + choices.below(30), 150 + choices.below(40)][choices.below(3) as usize];
	let tokens = (0..length).map(|_| choices.below(320) as u32).collect();
	let want = Want {
		from: choices.below(length) as u32,
		candidates: model.manifest().architecture.generates() && choices.below(2) == 0,
	};
	(model, tokens, want)
}

#[test]
fn every_instruction_set_number_of_threads_and_company_gives_the_same_bits() {
	let alone: Vec<Seen> = (0..32)
		.map(|number| {
			let (model, tokens, want) = sequence(number);
			let executor = Executor::with_instruction_set(one_thread(), InstructionSet::PORTABLE);
			let choices = Choices::new(number + 100);
			let fed = feed(&executor, model, &tokens, want, choices, one_thread());
			executor.complete(fed).unwrap()
		})
		.collect();
	let mut cells = 0;
	let mut check = |executor: &Executor, control: &Control, together: u64, path: &dyn Debug| {
		// Other sequences in every cell.
		cells += 1;
		let numbers = (0..together).map(|number| (number + 5 * cells) % 32);
		let fed = numbers.clone().map(|number| async move {
			let (model, tokens, want) = sequence(number);
			let choices = Choices::new(number * 31 + cells);
			feed(executor, model, &tokens, want, choices, control).await.unwrap()
		});
		let seen = executor.complete(join_all(fed));
		let company = format!("{path:?}, {} threads, {together}", control.threads());
		for (number, seen) in numbers.zip(&seen) {
			assert!(*seen == alone[number as usize], "sequence {number} differs: {company}");
		}
	};
	let most = available_parallelism().unwrap().get().max(4);
	for threads in 1..=most {
		let control = Control::new(threads).unwrap();
		for set in InstructionSet::available() {
			for together in [1, 2, 7] {
				let executor = Executor::with_instruction_set(&control, set);
				check(&executor, &control, together, &set);
			}
			if [1, most].contains(&threads) {
				let executor = Executor::with_instruction_set(&control, set);
				check(&executor, &control, 32, &set);
			}
		}
	}
	for control in paths() {
		for together in [1, 7] {
			check(&Executor::new(&control), &control, together, &control);
		}
	}
}

#[test]
fn answers_and_audits_share_passes() {
	let orders: Vec<JobOrder> = (0..12)
		.map(|number| {
			let mut order = order(tiny(), JobKind::Generate(warm(40)), &format!("Number {number}"));
			order.job_id = H256::from_low_u64_be(number);
			order
		})
		.collect();
	let alone: Vec<_> = orders
		.iter()
		.map(|order| execute(tiny(), order, two_threads(), &mut |_| ()).unwrap())
		.collect();
	let executor = Executor::new(two_threads());
	let control = two_threads();
	let executed = orders.iter().map(|order| {
		let executor = &executor;
		let job = Priority::Job;
		async move { execute_on(executor, tiny(), order, job, control, &mut |_| ()).await.unwrap() }
	});
	let audited = orders.iter().zip(&alone).map(|(order, (attestation, bundle))| {
		verify_on(&executor, tiny(), order, attestation, bundle, CHALLENGES, control)
	});
	let (executed, audited) = executor.complete(join(join_all(executed), join_all(audited)));
	assert_eq!(executed, alone);
	assert!(audited.into_iter().all(|vote| vote.unwrap().0 == Vote::Match));
	// A token of each answer a pass, and not one after another.
	let passes = executor.passes();
	assert!(passes.tokens > 3 * passes.count, "{passes:?}");
}

#[test]
fn whoever_is_cancelled_leaves_and_the_others_stay() {
	let executor = Executor::new(two_threads());
	let want = Want { from: 0, candidates: true };
	let run = |number: u64, control: Control| {
		let executor = &executor;
		async move {
			let tokens: Vec<u32> =
				(0..100).map(|token| (token * 7 + number as u32) % 320).collect();
			feed(executor, tiny(), &tokens, want, Choices::new(0), &control).await
		}
	};
	let alone = executor.complete(run(1, two_threads().clone())).unwrap();

	/// Raises a flag in the middle of a pass.
	struct Canceller(Control);
	impl Observer for Canceller {
		fn residual(&mut self, point: Point, _row: &[i32]) {
			if point.layer == 1 {
				self.0.cancel();
			}
		}
		fn output(&mut self, _output: Output<'_>) {
			panic!("it was cancelled before");
		}
	}
	let control = two_threads().for_request(None);
	let cancelled = async {
		let mut session = Session::new(&executor, tiny(), 9, Priority::Audit, &control);
		let canceller = Rc::new(RefCell::new(Canceller(control.clone())));
		session.feed(&[1, 2, 3, 4, 5], want, &canceller).await
	};
	let both = join(cancelled, run(1, two_threads().clone()));
	let (cancelled, seen) = executor.complete(both);
	assert_eq!(cancelled, Err(ExecutionError::Cancelled));
	assert!(seen.unwrap() == alone);
}

/// Does something when it sees a layer, and takes note of the last that it sees.
struct AtLayer {
	layer: u32,
	what: Box<dyn FnMut()>,
	last: Option<u32>,
	outputs: u64,
}

impl Observer for AtLayer {
	fn residual(&mut self, point: Point, _row: &[i32]) {
		self.last = self.last.max(Some(point.layer));
		if point.layer == self.layer {
			(self.what)();
		}
	}

	fn output(&mut self, _output: Output<'_>) {
		self.outputs += 1;
	}
}

#[test]
fn work_that_is_given_up_goes_no_further_than_the_layer_that_it_is_in() {
	let layers = tiny().manifest().dimensions.layers;
	let (tokens, want) = ([1, 2, 3, 4, 5], Want { from: 0, candidates: true });
	let count = tokens.len() as u64;
	// How it ended, what was computed, and what was seen.
	let run = |control: &Control, layer, what: Box<dyn FnMut()>| {
		let executor = Executor::new(control);
		let mut session = Session::new(&executor, tiny(), 9, Priority::Audit, control);
		let observer = Rc::new(RefCell::new(AtLayer { layer, what, last: None, outputs: 0 }));
		let ended = executor.complete(session.feed(&tokens, want, &observer));
		let observer = observer.borrow();
		(ended, executor.passes(), observer.last, observer.outputs)
	};
	let computed =
		|layers, candidates| Passes { count: 1, tokens: count, layers: count * layers, candidates };
	for path in paths() {
		let whole = (Ok(()), computed(layers.into(), count), Some(layers - 1), count);
		assert_eq!(run(&path, 0, Box::new(|| ())), whole, "{path:?}");
		// Not a row goes through a later layer, or through the head.
		let given_up =
			|why, layer: u32| (Err(why), computed(u64::from(layer) + 1, 0), Some(layer), 0);
		for layer in 0..layers {
			let control = path.for_request(None);
			let raised = control.clone();
			let cancelled = run(&control, layer, Box::new(move || raised.cancel()));
			assert_eq!(cancelled, given_up(ExecutionError::Cancelled, layer), "{path:?}");
		}
		// Time enough for whoever is not held up.
		let deadline = Instant::now() + Duration::from_secs(1);
		let wait = move || sleep(deadline.saturating_duration_since(Instant::now()));
		let late = run(&path.for_request(Some(deadline)), 1, Box::new(wait));
		assert_eq!(late, given_up(ExecutionError::TooLate, 1), "{path:?}");
	}
}

#[test]
fn an_observer_that_panics_harms_nobody_else() {
	struct Bomb {
		at_output: bool,
	}
	impl Observer for Bomb {
		fn residual(&mut self, _point: Point, _row: &[i32]) {
			assert!(self.at_output, "this one is broken");
		}
		fn output(&mut self, _output: Output<'_>) {
			panic!("this one is broken");
		}
	}
	let want = Want { from: 0, candidates: true };
	let tokens: Vec<u32> = (0..70).collect();
	let executor = Executor::new(two_threads());
	let run = || feed(&executor, tiny(), &tokens, want, Choices::new(0), two_threads());
	let alone = executor.complete(run()).unwrap();
	for at_output in [false, true] {
		let broken = async {
			let mut session = Session::new(&executor, tiny(), 9, Priority::Audit, two_threads());
			let bomb = Rc::new(RefCell::new(Bomb { at_output }));
			let error = session.feed(&[1, 2, 3], want, &bomb).await.unwrap_err();
			assert!(error.to_string().contains("this one is broken"), "{error}");
			// What is broken stays broken.
			session.feed(&[4], want, &bomb).await.unwrap_err();
		};
		let (_, seen) = executor.complete(join(broken, run()));
		assert!(seen.unwrap() == alone);
	}
}

#[test]
fn a_long_prompt_does_not_keep_answers_waiting() {
	let executor = Executor::new(two_threads());
	let executor = &executor;
	let long: Vec<u32> = (0..2 * PASS_TOKENS as u32).map(|token| token % 320).collect();
	let nobody = &Rc::new(RefCell::new(()));
	let open = |capacity| Session::new(executor, tiny(), capacity, Priority::Job, two_threads());
	let prompt = async {
		open(long.len() as u32).feed(&long, Want::NOTHING, nobody).await.unwrap();
		executor.passes().count
	};
	let answer = async {
		let mut session = open(3);
		for token in 0..3 {
			session.feed(&[token], Want::NOTHING, nobody).await.unwrap();
		}
		executor.passes().count
	};
	// Two passes would do for the prompt alone; the answer takes a place in each.
	assert_eq!(executor.complete(join(prompt, answer)), (3, 3));
}

#[test]
fn sprints_take_what_is_left_of_a_pass() {
	let other = Imported::new(&Shape::TINY, 9).model;
	let executor = &Executor::new(two_threads());
	let nobody = &Rc::new(RefCell::new(()));
	// Feeds so many tokens at once, and says how many passes there were when it was done.
	let feed = |model: &Arc<Model>, priority: Priority, count: usize| {
		let tokens: Vec<u32> = (0..count as u32).map(|token| token % 320).collect();
		let mut session = Session::new(executor, model, count as u32, priority, two_threads());
		async move {
			session.feed(&tokens, Want::NOTHING, nobody).await.unwrap();
			executor.passes().count
		}
	};
	let (sprint, job) = (Priority::Sprint, Priority::Job);
	// Sprints ask first and wait for all others, which take two passes and two tokens of a third.
	let sprints = join_all([feed(tiny(), sprint, 100), feed(tiny(), sprint, 1)]);
	let elsewhere = feed(&other, sprint, 1);
	let jobs = join_all([feed(tiny(), job, 2 * PASS_TOKENS), feed(tiny(), Priority::Audit, 2)]);
	let done = executor.complete(join(join(sprints, elsewhere), jobs));
	assert_eq!(done, ((vec![3, 3], 4), vec![3, 1]));
	// A pass that is full of what is paid for has no room for an answer of a sprint.
	let full = join(feed(tiny(), sprint, 1), feed(tiny(), job, PASS_TOKENS));
	assert_eq!(executor.complete(full), (6, 5));
}

#[test]
fn models_take_turns() {
	let other = Imported::new(&Shape::TINY, 9).model;
	let executor = &Executor::new(two_threads());
	let long: Vec<u32> = (0..2 * PASS_TOKENS as u32).map(|token| token % 320).collect();
	let (long, nobody) = (&long[..], &Rc::new(RefCell::new(())));
	let run = |model: Arc<Model>| async move {
		let capacity = long.len() as u32;
		let mut session = Session::new(executor, &model, capacity, Priority::Job, two_threads());
		session.feed(long, Want::NOTHING, nobody).await.unwrap();
		executor.passes().count
	};
	// Each takes two passes, and neither has both of them first.
	let both = join(run(Arc::clone(tiny())), run(other));
	assert_eq!(executor.complete(both), (3, 4));
}
