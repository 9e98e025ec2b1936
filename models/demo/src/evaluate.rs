// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Judges the model on questions that it was never trained on, and lets it speak.

use crate::{
	corpus::{grammar::tidy, Corpus, Example, Kind},
	model::Llama,
	tokens::{Tokens, ASSISTANT_ID, END_ID, USER_ID},
	Error, Result,
};
use candle_core::D;
use std::collections::BTreeMap;

/// Right answers among questions of one sort.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Score {
	/// Questions.
	pub asked: usize,
	/// Of these, those answered word for word as they should be.
	pub right: usize,
}

impl Score {
	/// Right answers in 100.
	pub fn percent(&self) -> f64 {
		(1000 * self.right / self.asked.max(1)) as f64 / 10.0
	}
}

/// Score by kind of question, with the questions that were answered wrongly.
#[derive(Debug, Default)]
pub struct Report {
	/// Scores by kind.
	pub scores: BTreeMap<Kind, Score>,
	/// Questions with another answer than expected.
	pub wrong: Vec<Example>,
}

impl Report {
	/// All kinds together.
	pub fn total(&self) -> Score {
		self.scores.values().fold(Score::default(), |a, b| Score {
			asked: a.asked + b.asked,
			right: a.right + b.right,
		})
	}
}

/// Asks every question and compares the greedy answer with the expected ones, word for word.
///
/// A greedy answer equals an expected one exactly if, with the expected one as input, each of its
/// tokens is the most probable at its place: one pass instead of one per token.
pub fn questions(model: &Llama, tokens: &Tokens, examples: &[Example]) -> Result<Report> {
	let mut report = Report::default();
	for example in examples {
		let prompt = tokens.prompt(&example.prompt)?;
		let mut right = false;
		for answer in &example.answers {
			let mut sequence = prompt.clone();
			sequence.extend(tokens.answer(answer)?);
			let hidden = model.hidden(&sequence[..sequence.len() - 1], 1)?;
			let answer_rows = hidden.narrow(0, prompt.len() - 1, sequence.len() - prompt.len())?;
			let best = model.logits(&answer_rows)?.argmax(D::Minus1)?.to_vec1::<u32>()?;
			right |= best == sequence[prompt.len()..];
		}
		let score = report.scores.entry(example.kind).or_default();
		score.asked += 1;
		score.right += usize::from(right);
		if !right {
			report.wrong.push(example.clone());
		}
	}
	Ok(report)
}

/// Mean loss of answers, in nats.
#[derive(Clone, Copy, Debug)]
pub struct Loss {
	/// Per token.
	pub per_token: f64,
	/// Per answer.
	pub per_answer: f64,
}

/// Mean loss of the first answer to each of `examples`.
pub fn loss(model: &Llama, tokens: &Tokens, examples: &[Example]) -> Result<Loss> {
	let (mut sum, mut count) = (0.0, 0);
	for example in examples {
		let Some(answer) = example.answers.first() else { continue };
		let mut sequence = tokens.prompt(&example.prompt)?;
		let start = sequence.len();
		sequence.extend(tokens.answer(answer)?);
		let rows: Vec<u32> = (start - 1..sequence.len() - 1).map(|row| row as u32).collect();
		let losses = model.losses(&sequence, 1, &rows, sequence[start..].to_vec())?;
		sum += f64::from(losses.sum_all()?.to_scalar::<f32>()?);
		count += rows.len();
	}
	let mean = |count: usize| sum / count.max(1) as f64;
	Ok(Loss { per_token: mean(count), per_answer: mean(examples.len()) })
}

/// The greedy answer to `prompt`, of at most `most` tokens.
pub fn answer(model: &Llama, tokens: &Tokens, prompt: &str, most: usize) -> Result<String> {
	let mut sequence = tokens.prompt(prompt)?;
	let start = sequence.len();
	let context = model.config().max_position_embeddings;
	if start >= context {
		return Err(Error::TooLong { tokens: start, context });
	}
	while sequence.len() < context.min(start + most) {
		let hidden = model.hidden(&sequence, 1)?;
		let last = hidden.narrow(0, sequence.len() - 1, 1)?;
		let best = model.logits(&last)?.argmax(D::Minus1)?.to_vec1::<u32>()?[0];
		if [END_ID, USER_ID, ASSISTANT_ID].contains(&best) {
			break;
		}
		sequence.push(best);
	}
	tokens.decode(&sequence[start..])
}

/// Asks for a story about each hero of the corpus, and counts the stories that are about it.
pub fn stories(model: &Llama, tokens: &Tokens, heroes: &[String]) -> Result<Score> {
	let mut score = Score::default();
	for hero in heroes {
		let request = tidy(&format!("Tell me a story about a(n) {hero}."));
		let story = answer(model, tokens, &request, 256)?;
		score.asked += 1;
		score.right += usize::from(story.contains(hero.as_str()));
	}
	Ok(score)
}

/// Every corpus question that serves as evaluation: hand-written ones, then drawn ones.
pub fn standard_sets(corpus: &Corpus) -> [(&'static str, Vec<Example>); 2] {
	[("written", corpus.written_evaluation()), ("drawn", corpus.drawn_evaluation(600))]
}
