// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A model of a real shape, with random weights, from folder to verified answer.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::time::Instant;

use common::{order, run, two_threads, Imported};
use ergon_core::{GenerationParams, JobKind, Vote, H256};
use ergon_engine::{synthetic::Shape, verify};

#[test]
fn a_model_of_the_shape_of_smollm2_135m_imports_and_runs() {
	let start = Instant::now();
	let imported = Imported::new(&Shape::SMOLLM2_135M, 1);
	println!("written, imported and opened in {:?}", start.elapsed());
	let model = &imported.model;
	assert_eq!(model.layout().weight_rows, 49_152 + 30 * (576 + 192 + 192 + 576 + 1_536 * 2 + 576));

	let prompt = "The quick brown fox jumps over the lazy dog. ".repeat(3);
	let order = order(model, JobKind::Generate(GenerationParams::greedy(16)), &prompt);
	let start = Instant::now();
	let (attestation, bundle, _) = run(model, &order, two_threads());
	println!(
		"{} tokens of prompt and {} of output in {:?}",
		attestation.prompt_tokens,
		attestation.output_tokens,
		start.elapsed()
	);
	let start = Instant::now();
	let (vote, _) =
		verify(model, &order, &attestation, &bundle, &[H256::zero()], two_threads()).unwrap();
	println!("verified in {:?}", start.elapsed());
	assert_eq!(vote, Vote::Match);
}
