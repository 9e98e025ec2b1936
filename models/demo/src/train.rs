// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The training run: deterministic for a given seed, interruptible, resumed from its checkpoint.

mod checkpoint;

use crate::{
	batch::{self, Shard},
	corpus::Corpus,
	evaluate,
	export::{self, TRAINING_FILE},
	model::{first_weights, load_tensors, round_to_i8, Config, Llama},
	optimiser::{AdamW, Gradients},
	tokens::Tokens,
	Error, Result,
};
use candle_core::{Tensor, Var};
use checkpoint::{Checkpoint, Position};
use serde::Serialize;
use serde_json::json;
use std::{
	collections::BTreeMap,
	path::{Path, PathBuf},
	time::{Duration, Instant},
};

/// What decides the result of a run.
#[derive(Clone, Debug, Serialize)]
pub struct Settings {
	/// Seed of corpus, first weights and order.
	pub seed: u64,
	/// Optimiser steps.
	pub steps: usize,
	/// Most tokens of one shard, filling included.
	pub shard_tokens: usize,
	/// Shards whose gradients make one step.
	pub shards: usize,
	/// Highest learning rate.
	pub learning_rate: f32,
	/// Weight decay.
	pub decay: f32,
	/// How much a token of a question counts, relative to one of its answer.
	pub prompt_weight: f32,
}

/// Where a run puts things, and how it uses the machine. None of it changes the result.
#[derive(Clone, Debug)]
pub struct Surroundings {
	/// Folder of the finished model.
	pub out: PathBuf,
	/// Folder of the checkpoint.
	pub work: PathBuf,
	/// Threads.
	pub threads: usize,
	/// Time between checkpoints.
	pub checkpoint_every: Duration,
}

/// Steps over which the learning rate rises.
const WARM_UP: usize = 100;
/// Learning rate at the end, relative to the highest.
const LOWEST: f64 = 0.02;
/// Longest gradient that is taken as it is.
const CLIP: f32 = 1.0;
/// Steps between lines of progress.
const REPORT_EVERY: usize = 25;
/// Steps between looks at unseen questions, and their number.
const JUDGE_EVERY: usize = 250;
const JUDGED: usize = 100;
/// Examples from which the tokenizer learns.
const TOKENIZER_EXAMPLES: usize = 20_000;

/// Trains, exports and evaluates; progress goes to standard output.
pub fn train(settings: &Settings, surroundings: &Surroundings) -> Result<()> {
	let corpus = Corpus::load()?;
	println!("corpus {}", Corpus::source_hash());
	let tokens = Tokens::train(&corpus, settings.seed, TOKENIZER_EXAMPLES)?;
	let config = Config::demo(tokens.vocabulary());
	println!("{} parameters, {} tokens", config.parameters(), tokens.vocabulary());
	let weights = first_weights(&config, settings.seed)?;
	let mut run = Run {
		model: Llama::new(&config, &plain(&weights))?,
		optimiser: AdamW::new(weights.clone(), settings.decay),
		corpus,
		tokens,
		weights,
		position: Position::default(),
		settings,
		surroundings,
	};
	run.resume()?;
	let loss = run.learn()?;
	run.finish(&config, loss)
}

struct Run<'a> {
	model: Llama,
	optimiser: AdamW,
	corpus: Corpus,
	tokens: Tokens,
	weights: BTreeMap<String, Var>,
	position: Position,
	settings: &'a Settings,
	surroundings: &'a Surroundings,
}

impl Run<'_> {
	/// What a checkpoint must have been made by to be continued.
	fn identity(&self) -> String {
		json!({ "settings": self.settings, "corpus": Corpus::source_hash() }).to_string()
	}

	fn resume(&mut self) -> Result<()> {
		let Some(checkpoint) = checkpoint::load(&self.surroundings.work, &self.identity())? else {
			return Ok(());
		};
		for (name, tensor) in &checkpoint.weights {
			if let Some(var) = self.weights.get(name) {
				var.set(tensor)?;
			}
		}
		self.optimiser.restore(checkpoint.moments, checkpoint.position.step);
		self.position = checkpoint.position;
		println!("continues after step {}", self.position.step);
		Ok(())
	}

	fn save(&self) -> Result<()> {
		let checkpoint = Checkpoint {
			weights: plain(&self.weights),
			moments: self.optimiser.moments().clone(),
			position: self.position.clone(),
		};
		checkpoint::save(&self.surroundings.work, &self.identity(), &checkpoint)
	}

	fn pool(&self) -> Result<Vec<Shard>> {
		let (seed, index) = (self.settings.seed, self.position.pool);
		let context = self.model.config().max_position_embeddings;
		let size = self.settings.shard_tokens;
		let prompt_weight = self.settings.prompt_weight;
		batch::pool(&self.corpus, &self.tokens, seed, index, size, context, prompt_weight)
	}

	/// Runs all steps that are left. Returns the mean loss of the last lines of progress.
	fn learn(&mut self) -> Result<f64> {
		let mut shards = self.pool()?;
		let judged = self.corpus.drawn_evaluation(JUDGED);
		let (mut sum, mut count, mut last) = (0.0, 0, f64::NAN);
		let (mut reported, mut saved) = (Instant::now(), Instant::now());
		let mut tokens_at_report = self.position.tokens;
		while self.position.step < self.settings.steps {
			if self.position.shard >= shards.len() {
				self.position.pool += 1;
				self.position.shard = 0;
				shards = self.pool()?;
			}
			let end = (self.position.shard + self.settings.shards).min(shards.len());
			let began = Instant::now();
			let taken = &shards[self.position.shard..end];
			let (loss, norm, rate) = self.step(taken)?;
			self.position.shard = end;
			self.position.step += 1;
			self.position.tokens += taken.iter().map(|s| s.tokens.len() as u64).sum::<u64>();
			self.position.learned += taken.iter().map(|s| s.rows.len() as u64).sum::<u64>();
			self.position.seconds += began.elapsed().as_secs_f64();
			sum += loss;
			count += 1;
			let is_last = self.position.step == self.settings.steps;
			if self.position.step.is_multiple_of(REPORT_EVERY) || is_last {
				last = sum / f64::from(count);
				let speed = (self.position.tokens - tokens_at_report) as f64
					/ reported.elapsed().as_secs_f64();
				println!(
					"step {:>6} loss {last:.4} gradient {norm:.2} rate {rate:.2e} tokens {:>9} \
					 per second {speed:.0} seconds {:.0}",
					self.position.step, self.position.tokens, self.position.seconds
				);
				(sum, count) = (0.0, 0);
				(reported, tokens_at_report) = (Instant::now(), self.position.tokens);
			}
			if self.position.step.is_multiple_of(JUDGE_EVERY) {
				let loss = evaluate::loss(&self.model, &self.tokens, &judged)?;
				println!("unseen questions: {:.3} per answer", loss.per_answer);
			}
			if saved.elapsed() >= self.surroundings.checkpoint_every {
				self.save()?;
				saved = Instant::now();
			}
		}
		self.save()?;
		Ok(last)
	}

	/// One step. Returns the mean loss, the gradient's norm and the learning rate.
	fn step(&mut self, shards: &[Shard]) -> Result<(f64, f32, f32)> {
		let results = self.gradients(shards)?;
		let weight: f32 = shards.iter().flat_map(|s| &s.weights).sum();
		let scale = 1.0 / weight;
		let loss = results.iter().map(|(loss, _)| loss).sum::<f64>() / f64::from(weight);
		if !loss.is_finite() {
			return Err(Error::Diverged { step: self.position.step, loss: loss as f32 });
		}
		let mut results = results.into_iter().map(|(_, gradients)| gradients);
		let mut total = results.next().unwrap_or_default();
		for gradients in results {
			for (name, gradient) in gradients {
				if let Some(total) = total.get_mut(&name) {
					total.iter_mut().zip(gradient).for_each(|(t, g)| *t += g);
				}
			}
		}
		total.values_mut().flatten().for_each(|g| *g *= scale);
		let rate = rate(self.settings, self.position.step);
		let norm = self.optimiser.step(&total, rate, CLIP)?;
		Ok((loss, norm, rate))
	}

	/// Loss and gradients of each shard, in the order of the shards, on several threads.
	fn gradients(&self, shards: &[Shard]) -> Result<Vec<(f64, Gradients)>> {
		let threads = self.surroundings.threads.max(1);
		let share = |thread: usize| {
			let mine = shards.iter().enumerate().skip(thread).step_by(threads);
			mine.map(|(index, shard)| Ok((index, self.gradient(shard)?))).collect()
		};
		let shares: Vec<Result<Vec<_>>> = std::thread::scope(|scope| {
			let spawn = |thread| scope.spawn(move || share(thread));
			let handles: Vec<_> = (0..threads.min(shards.len())).map(spawn).collect();
			let join = |handle: std::thread::ScopedJoinHandle<'_, _>| match handle.join() {
				Ok(share) => share,
				Err(panic) => std::panic::resume_unwind(panic),
			};
			handles.into_iter().map(join).collect()
		});
		let mut results = shares.into_iter().collect::<Result<Vec<_>>>()?.concat();
		results.sort_by_key(|(index, _)| *index);
		Ok(results.into_iter().map(|(_, result)| result).collect())
	}

	/// Weighted sum of losses of a shard, and its derivative by every weight.
	fn gradient(&self, shard: &Shard) -> Result<(f64, Gradients)> {
		let losses =
			self.model.losses(&shard.tokens, shard.batch, &shard.rows, shard.targets.clone())?;
		let weights = Tensor::from_slice(&shard.weights, shard.weights.len(), losses.device())?;
		let loss = (losses * weights)?.sum_all()?;
		let gradients = loss.backward()?;
		let mut flat = Gradients::new();
		for (name, var) in &self.weights {
			if let Some(gradient) = gradients.get(var) {
				flat.insert(name.clone(), gradient.flatten_all()?.to_vec1()?);
			}
		}
		Ok((f64::from(loss.to_scalar::<f32>()?), flat))
	}

	/// Exports the model, judges what was exported, and writes the figures beside it.
	fn finish(&self, config: &Config, loss: f64) -> Result<()> {
		let out = &self.surroundings.out;
		let mut record = json!({
			"corpus": Corpus::source_hash(),
			"settings": self.settings,
			"parameters": config.parameters(),
			"tokens": self.position.tokens,
			"tokens_learned": self.position.learned,
			"seconds": self.position.seconds.round(),
			"final_training_loss": round(loss),
		});
		export::export(out, config, &plain(&self.weights), &self.tokens, &record)?;
		record["evaluation"] = judge(out)?;
		export::write(&out.join(TRAINING_FILE), format!("{record:#}\n").as_bytes())
	}
}

/// Judges the model in `folder` on what it was not trained on; prints and returns the figures.
pub fn judge(folder: &Path) -> Result<serde_json::Value> {
	let (corpus, tokens) = (Corpus::load()?, Tokens::load(folder)?);
	let model = Llama::load(folder)?;
	let rounded = Llama::new(model.config(), &round_to_i8(&load_tensors(folder)?)?)?;
	let mut figures = json!({});
	for (name, examples) in evaluate::standard_sets(&corpus) {
		let report = evaluate::questions(&model, &tokens, &examples)?;
		for example in &report.wrong {
			println!("not word for word ({name}): {}", example.prompt);
		}
		for (kind, score) in &report.scores {
			println!("{name} questions, {kind:?}: {} of {}", score.right, score.asked);
		}
		let as_i8 = evaluate::questions(&rounded, &tokens, &examples)?.total();
		println!("{name}: {}% right, as i8 {}%", report.total().percent(), as_i8.percent());
		figures[format!("{name}_questions")] = json!(examples.len());
		figures[format!("{name}_questions_percent")] = json!(report.total().percent());
		figures[format!("{name}_questions_percent_as_i8")] = json!(as_i8.percent());
	}
	let stories = evaluate::loss(&model, &tokens, &corpus.story_evaluation(100))?.per_token;
	let about = evaluate::stories(&model, &tokens, corpus.animals())?;
	println!("unseen stories: loss {stories:.4}; about the right hero: {}%", about.percent());
	figures["story_loss"] = json!(round(stories));
	figures["story_hero_percent"] = json!(about.percent());
	Ok(figures)
}

/// Learning rate of a step: rises linearly, then falls along a half cosine.
fn rate(settings: &Settings, step: usize) -> f32 {
	let highest = f64::from(settings.learning_rate);
	if step < WARM_UP {
		return (highest * (step + 1) as f64 / WARM_UP as f64) as f32;
	}
	let left = settings.steps.saturating_sub(WARM_UP).max(1);
	let part = ((step - WARM_UP) as f64 / left as f64).min(1.0);
	let cosine = 0.5 * (1.0 + (std::f64::consts::PI * part).cos());
	(highest * (LOWEST + (1.0 - LOWEST) * cosine)) as f32
}

fn round(figure: f64) -> f64 {
	(figure * 10_000.0).round() / 10_000.0
}

/// The weights as plain tensors that share their memory.
fn plain(weights: &BTreeMap<String, Var>) -> BTreeMap<String, Tensor> {
	weights.iter().map(|(name, var)| (name.clone(), var.as_tensor().clone())).collect()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn rate_rises_then_falls() {
		let settings = Settings {
			seed: 1,
			steps: 1000,
			shard_tokens: 64,
			shards: 1,
			learning_rate: 0.01,
			decay: 0.0,
			prompt_weight: 0.0,
		};
		assert!(rate(&settings, 0) < 0.001);
		assert!((rate(&settings, WARM_UP) - 0.01).abs() < 1e-4);
		assert!((WARM_UP..1000).all(|step| rate(&settings, step) >= rate(&settings, step + 1)));
		assert!(rate(&settings, 999) < 0.001 && rate(&settings, 2000) > 0.0);
	}
}
