// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The same bits whatever the threads, the instruction set, and what is fed together.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::{fs, sync::Arc};

use common::{
	one_thread, order, reference, run,
	seen::{self, Seen},
	tiny, two_threads, warm, Choices, Imported,
};
use ergon_core::{Architecture, JobKind, Output as JobOutput};
use ergon_engine::{
	executor::{Executor, InstructionSet},
	synthetic::{write_folder, Shape},
	Control, Model,
};
use ergon_exact::pooling;

/// Feeds `tokens` in pieces of at most `piece`.
fn feed(
	model: &Arc<Model>,
	tokens: &[u32],
	piece: usize,
	set: InstructionSet,
	control: &Control,
) -> Seen {
	let executor = Executor::with_instruction_set(control, set);
	executor.complete(seen::feed(&executor, model, tokens, piece, control))
}

#[test]
fn prefill_is_decode_for_200_prompts_on_one_and_two_threads() {
	let model = tiny();
	let vocabulary = model.manifest().dimensions.vocabulary.into();
	let best = InstructionSet::best();
	for prompt in 0..200 {
		let mut choices = Choices::new(prompt);
		let length = 1 + choices.below(90);
		let tokens: Vec<u32> = (0..length).map(|_| choices.below(vocabulary) as u32).collect();
		let decode = feed(model, &tokens, 1, best, one_thread());
		assert_eq!(decode.residuals.len(), tokens.len() * 3);
		assert_eq!(decode.outputs.len(), tokens.len());
		for (piece, control) in [
			(tokens.len(), one_thread()),
			(tokens.len(), two_threads()),
			(1 + choices.below(length) as usize, two_threads()),
		] {
			assert_eq!(feed(model, &tokens, piece, best, control), decode, "prompt {prompt}");
		}
	}
}

/// What the definition gives.
fn defined(model: &Model, tokens: &[u32]) -> Seen {
	let mut seen = Seen::default();
	reference::run(model, tokens, &mut seen);
	seen.sorted()
}

/// Every instruction set, with everything fed at once, token by token, and in pieces that fill
/// neither a vector nor a tile nor a page.
fn check_against_the_definition(model: &Arc<Model>, tokens: &[u32]) {
	let defined = defined(model, tokens);
	let pieces = match model.manifest().architecture.generates() {
		true => vec![tokens.len(), 1, 3, 17, 33],
		false => vec![tokens.len()],
	};
	for set in InstructionSet::available() {
		for &piece in &pieces {
			let seen = feed(model, tokens, piece, set, two_threads());
			assert_eq!(seen, defined, "{set:?} in pieces of {piece}");
		}
	}
}

#[test]
fn every_instruction_set_gives_the_bits_of_the_definition() {
	let mut choices = Choices::new(1);
	let tokens: Vec<u32> = (0..200).map(|_| choices.below(320) as u32).collect();
	check_against_the_definition(tiny(), &tokens);
}

#[test]
fn every_architecture_gives_the_bits_of_the_definition() {
	for architecture in [Architecture::Qwen2, Architecture::Qwen3] {
		let imported = Imported::new(&Shape { architecture, ..Shape::TINY }, 6);
		let tokens: Vec<u32> = (0..50).map(|token| token * 11 % 320).collect();
		check_against_the_definition(&imported.model, &tokens);
	}
}

#[test]
fn an_encoder_gives_the_bits_of_the_definition() {
	let mut dimensions = Shape::TINY.dimensions;
	dimensions.key_value_heads = dimensions.heads;
	for hidden in [48, 384] {
		(dimensions.hidden, dimensions.head_width) = (hidden, hidden / dimensions.heads);
		let shape = Shape { architecture: Architecture::Bert, dimensions, tied: false };
		let imported = Imported::new(&shape, 7);
		for length in [1, 37, 150] {
			let tokens: Vec<u32> = (0..length).map(|token| token * 11 % 320).collect();
			check_against_the_definition(&imported.model, &tokens);
		}
	}
}

#[test]
fn an_embedding_is_the_mean_of_the_rows_or_the_first_of_them() {
	let mut dimensions = Shape::TINY.dimensions;
	dimensions.key_value_heads = dimensions.heads;
	let shape = Shape { architecture: Architecture::Bert, dimensions, tied: false };
	let text = "Which row is it that stands for the text?";
	let vectors = ["mean_tokens", "cls_token"].map(|mode| {
		let folder = tempfile::tempdir().unwrap();
		let settings = folder.path().join("source/1_Pooling");
		write_folder(&folder.path().join("source"), &shape, 7).unwrap();
		fs::create_dir(&settings).unwrap();
		let fields = format!("{{ \"pooling_mode_{mode}\": true }}");
		fs::write(settings.join("config.json"), fields).unwrap();
		let model = Imported::of(folder).model;

		let rows = defined(&model, &model.tokenizer().encode_plain(text).unwrap()).outputs;
		assert!(rows.len() > 20);
		let pooled = if mode == "cls_token" { &rows[..1] } else { &rows[..] };
		let largest = pooled.iter().map(|(_, _, exponent, _)| *exponent).max().unwrap();
		let mut sums = vec![0; dimensions.hidden as usize];
		for (_, row, exponent, _) in pooled {
			for (sum, &element) in sums.iter_mut().zip(row) {
				*sum += pooling::share(element, *exponent, largest);
			}
		}
		let mut expected = vec![0; sums.len()];
		pooling::normalise(&sums, &mut expected);

		let order = order(&model, JobKind::Embed, text);
		let (_, bundle, _) = run(&model, &order, two_threads());
		assert_eq!(
			bundle.output,
			JobOutput::Vector(expected.clone().try_into().unwrap()),
			"{mode}"
		);
		expected
	});
	assert_ne!(vectors[0], vectors[1]);
}

#[test]
fn heads_of_a_real_width_and_number_give_the_bits_of_the_definition() {
	let mut dimensions = Shape::TINY.dimensions;
	(dimensions.hidden, dimensions.intermediate) = (576, 1_536);
	(dimensions.heads, dimensions.key_value_heads, dimensions.head_width) = (9, 3, 64);
	let imported = Imported::new(&Shape { dimensions, tied: true, ..Shape::TINY }, 4);
	let tokens: Vec<u32> = (0..70).map(|token| token * 13 % 320).collect();
	check_against_the_definition(&imported.model, &tokens);
}

#[test]
fn answers_depend_on_nothing_but_the_order() {
	let model = tiny();
	for prompt in 0..200u64 {
		let mut choices = Choices::new(prompt);
		let text: String = (0..choices.below(60))
			.map(|_| char::from_u32(32 + choices.below(600) as u32).unwrap())
			.collect();
		let mut order = order(model, JobKind::Generate(warm(40)), &format!("{prompt} {text}"));
		order.seed = [prompt as u8; 32];
		let first = run(model, &order, one_thread());
		assert_eq!(first, run(model, &order, two_threads()), "prompt {prompt}");
		let (attestation, bundle, streamed) = first;
		assert!(bundle.fits(&attestation));
		let JobOutput::Text { text, .. } = bundle.output else { panic!("no text") };
		assert_eq!(streamed, String::from_utf8_lossy(&text));
	}
}

#[test]
fn another_seed_gives_another_answer_and_greedy_ignores_it() {
	let model = tiny();
	let mut order = order(model, JobKind::Generate(warm(60)), "Once upon a time");
	let first = run(model, &order, two_threads());
	order.seed = [10; 32];
	assert_ne!(first.1.output, run(model, &order, two_threads()).1.output);

	order.kind = JobKind::Generate(ergon_core::GenerationParams::greedy(60));
	let greedy = run(model, &order, two_threads());
	order.seed = [11; 32];
	assert_eq!(greedy, run(model, &order, two_threads()));
}

#[test]
fn sizes_that_fill_no_vector_work_too() {
	let mut dimensions = Shape::TINY.dimensions;
	(dimensions.hidden, dimensions.intermediate, dimensions.head_width) = (37, 53, 6);
	let imported = Imported::new(&Shape { dimensions, tied: true, ..Shape::TINY }, 3);
	let tokens: Vec<u32> = (0..150).map(|token| token * 7 % 320).collect();
	check_against_the_definition(&imported.model, &tokens);
}
