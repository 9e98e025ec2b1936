// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What is asked.

use ergon_core::{
	job::{MAX_TEMPERATURE, THOUSAND},
	GenerationParams, JobKind,
};
use ergon_test_chain::random::Choices;
use sp_runtime::BoundedVec;

/// Beginnings of prompts.
const QUESTIONS: [&str; 8] = [
	"What is a job?",
	"Who checks a result, and how?",
	"Tell me a story about a fox.",
	"Why does nobody have to be trusted?",
	"hello",
	"Wie spät ist es? ☃",
	"List three things that cost money.",
	"1 + 1 =",
];
/// What some prompts go on with.
const WORDS: [&str; 12] = [
	" chain", " answer", " audit", " bond", ",", " and", " of the", " exact", "\n", " model", "?",
	" é",
];
/// What ends some answers.
const STOPS: [&str; 5] = [".", " the", "\n", "a", ", and"];

/// A job: a text in most cases, an embedding in some. Every setting that a requester has comes up.
pub(crate) fn random(choices: &mut Choices) -> (JobKind, Vec<u8>) {
	let mut prompt = (*choices.pick(&QUESTIONS)).to_owned();
	for _ in 0..choices.below(24) {
		prompt += *choices.pick(&WORDS);
	}
	let kind = match choices.one_in(10) {
		true => JobKind::Embed,
		false => JobKind::Generate(params(choices)),
	};
	(kind, prompt.into_bytes())
}

fn params(choices: &mut Choices) -> GenerationParams {
	let mut params = GenerationParams {
		temperature: *choices.pick(&[0, 500, THOUSAND, 1_500, MAX_TEMPERATURE]),
		top_p: *choices.pick(&[THOUSAND, 950, 800, 500, 300]),
		top_k: *choices.pick(&[64, 64, 40, 5, 1]),
		..GenerationParams::greedy(1 + choices.below(96) as u16)
	};
	if choices.one_in(4) {
		let stop = BoundedVec::truncate_from(choices.pick(&STOPS).as_bytes().to_vec());
		params.stop = BoundedVec::truncate_from(vec![stop]);
	}
	params
}
