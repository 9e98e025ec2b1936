// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Devices give the bits of the definition. Runs on the first graphics card where there is one, and on
//! the emulation of one otherwise.

#![cfg(any(feature = "cuda", feature = "emulation"))]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::{cell::RefCell, rc::Rc, sync::Arc};

use codec::Encode;
use common::{
	order, reference, run,
	seen::{feed, Seen},
	tiny, two_threads, warm, Choices, Imported,
};
use ergon_core::{Architecture, GenerationParams, JobKind, Vote, H256};
use ergon_engine::{
	device::Device,
	dispute::turn_on,
	executor::{Executor, Observer, Priority, Session, Want},
	synthetic::Shape,
	verify, Control, Model,
};
use ergon_exact::game::{Opened, Stage};
use futures::future::join_all;

/// The card, or what stands in for it.
fn device() -> Option<Device> {
	#[cfg(feature = "cuda")]
	match Device::cuda(0) {
		Ok(device) => return Some(device),
		Err(error) => println!("no graphics card: {error}"),
	}
	#[cfg(feature = "emulation")]
	return Some(Device::emulated().unwrap());
	#[cfg(not(feature = "emulation"))]
	{
		println!("skipped: there is no graphics card, and the feature `emulation` is off");
		None
	}
}

/// Work on the device.
fn control() -> Option<Control> {
	Some(two_threads().clone().on_device(&device()?))
}

fn check(model: &Arc<Model>, tokens: &[u32], pieces: &[usize]) {
	let Some(control) = control() else { return };
	let mut defined = Seen::default();
	reference::run(model, tokens, &mut defined);
	let defined = defined.sorted();
	let executor = Executor::new(&control);
	for &piece in pieces {
		let seen = executor.complete(feed(&executor, model, tokens, piece, &control));
		assert!(seen == defined, "{} in pieces of {piece}", model.id());
	}
}

fn tokens(count: u32) -> Vec<u32> {
	(0..count).map(|token| token * 11 % 320).collect()
}

#[test]
fn every_architecture_gives_the_bits_of_the_definition() {
	check(tiny(), &tokens(70), &[70, 1, 7, 20]);
	for architecture in [Architecture::Qwen2, Architecture::Qwen3] {
		let imported = Imported::new(&Shape { architecture, ..Shape::TINY }, 6);
		check(&imported.model, &tokens(40), &[40, 3]);
	}
	let mut dimensions = Shape::TINY.dimensions;
	dimensions.key_value_heads = dimensions.heads;
	let shape = Shape { architecture: Architecture::Bert, dimensions, tied: false };
	let imported = Imported::new(&shape, 7);
	check(&imported.model, &tokens(37), &[37]);
}

#[test]
fn widths_of_every_kernel_give_the_bits_of_the_definition() {
	// In no words, in sixteens, in thirty-twos; tiles and words beyond the last output.
	for (hidden, intermediate, width) in [(37, 53, 6), (48, 80, 16), (96, 160, 32)] {
		let mut dimensions = Shape::TINY.dimensions;
		(dimensions.hidden, dimensions.intermediate) = (hidden, intermediate);
		dimensions.head_width = width;
		let imported = Imported::new(&Shape { dimensions, tied: true, ..Shape::TINY }, 3);
		check(&imported.model, &tokens(75), &[75, 5, 1]);
	}
}

#[test]
fn more_positions_than_a_block_looks_at_give_the_bits_of_the_definition() {
	let mut dimensions = Shape::TINY.dimensions;
	dimensions.context = 600;
	let imported = Imported::new(&Shape { dimensions, ..Shape::TINY }, 5);
	check(&imported.model, &tokens(540), &[100]);
}

#[test]
fn random_prompts_together_give_the_bits_of_the_processor() {
	let Some(control) = control() else { return };
	let model = tiny();
	let vocabulary = model.manifest().dimensions.vocabulary.into();
	let (device, processor) = (Executor::new(&control), Executor::new(two_threads()));
	// A thousand prompts.
	for round in 0..125 {
		let mut choices = Choices::new(round);
		let prompts: Vec<(Vec<u32>, usize)> = (0..8)
			.map(|_| {
				let length = 1 + choices.below(60);
				let prompt = (0..length).map(|_| choices.below(vocabulary) as u32).collect();
				(prompt, 1 + choices.below(length) as usize)
			})
			.collect();
		let on = |executor: &Executor, control: &Control| {
			let feeds = prompts
				.iter()
				.map(|(prompt, piece)| feed(executor, model, prompt, *piece, control));
			executor.complete(join_all(feeds))
		};
		let seen = on(&device, &control);
		assert!(seen == on(&processor, two_threads()), "round {round}");
		// The processor computes in vectors; some of it against what is computed element by element.
		let mut defined = Seen::default();
		reference::run(model, &prompts[0].0, &mut defined);
		assert!(seen[0] == defined.sorted(), "round {round}");
	}
}

#[test]
fn what_a_device_writes_the_processor_verifies_and_the_other_way_round() {
	let Some(control) = control() else { return };
	let model = tiny();
	for (index, kind) in
		[GenerationParams::greedy(40), warm(40)].into_iter().map(JobKind::Generate).enumerate()
	{
		let order = order(model, kind, &format!("Once upon a time {index}"));
		let (attestation, bundle, text) = run(model, &order, &control);
		assert_eq!((attestation, bundle.clone(), text), run(model, &order, two_threads()));
		let challenge = H256::repeat_byte(7);
		let vote = |control| verify(model, &order, &attestation, &bundle, &[challenge], control);
		let (on_device, on_processor) = (vote(&control).unwrap(), vote(two_threads()).unwrap());
		assert_eq!(on_device, on_processor);
		assert_eq!(on_device.0, Vote::Match);
	}
}

/// Asks for the inside of a layer.
struct Traces;

impl Observer for Traces {
	fn traced_layer(&self) -> Option<u32> {
		Some(0)
	}
}

#[test]
fn the_inside_of_a_layer_is_refused() {
	let Some(control) = control() else { return };
	let executor = Executor::new(&control);
	let mut session = Session::new(&executor, tiny(), 3, Priority::Job, &control);
	let traces = Rc::new(RefCell::new(Traces));
	let error = executor.complete(session.feed(&[1, 2], Want::NOTHING, &traces)).unwrap_err();
	assert!(error.to_string().contains("trace it on the processor"), "{error}");
}

#[test]
fn a_provider_on_a_device_defends_its_results() {
	let Some(control) = control() else { return };
	let executors = [(Executor::new(&control), &control), {
		let processor = two_threads();
		(Executor::new(processor), processor)
	}];
	let order = order(tiny(), JobKind::Generate(warm(40)), "Who defends what a card wrote?");
	let (_, bundle, _) = run(tiny(), &order, &control);
	let hidden = [1; 32];
	let opened = Opened { hidden, candidates: hidden };
	for stage in [Stage::Chunk { chunk: 0 }, Stage::Layers { index: 3, opened }] {
		let turns = executors.each_ref().map(|(executor, control)| {
			let stage = stage.encode();
			let turn = turn_on(executor, tiny(), &order, &bundle, &stage, control);
			executor.complete(turn).unwrap()
		});
		assert!(turns[0].is_some());
		assert_eq!(turns[0], turns[1]);
	}
}
