// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! `ergon-demo-model`: writes the corpus, trains the demo model, asks it questions.

use clap::{Args, Parser, Subcommand};
use ergon_demo_model::{
	corpus::Corpus,
	error_at, evaluate,
	model::Llama,
	random::{Purpose, Random},
	tokens::Tokens,
	train::{judge, train, Settings, Surroundings},
	Result,
};
use std::{io::Write, path::PathBuf, process::ExitCode, time::Duration};

/// Writes the corpus of the demo model, trains the model, and asks it questions.
#[derive(Parser)]
#[command(version)]
struct Cli {
	#[command(subcommand)]
	command: Command,
}

#[derive(Subcommand)]
enum Command {
	/// Write examples of the corpus as JSON lines, to see what the model learns.
	Corpus {
		/// Number of examples.
		#[arg(long, default_value_t = 1000)]
		examples: usize,
		/// File to write; standard output if not given.
		#[arg(long)]
		out: Option<PathBuf>,
		/// Seed of the corpus.
		#[arg(long, default_value_t = 1)]
		seed: u64,
	},
	/// Train the tokenizer and the model, export a Hugging Face folder, and judge it. An
	/// interrupted run continues from its checkpoint.
	Train(TrainArguments),
	/// Judge an exported model on questions that it was never trained on.
	Evaluate {
		/// Folder of the model.
		#[arg(long, default_value_os_t = default_model())]
		model: PathBuf,
	},
	/// Ask an exported model, in floating point and greedily.
	Ask {
		/// Folder of the model.
		#[arg(long, default_value_os_t = default_model())]
		model: PathBuf,
		/// Most tokens of an answer.
		#[arg(long, default_value_t = 256)]
		max_tokens: usize,
		/// One or more questions.
		#[arg(required = true)]
		questions: Vec<String>,
	},
}

#[derive(Args)]
struct TrainArguments {
	/// Seed of corpus, first weights and order.
	#[arg(long, default_value_t = 1)]
	seed: u64,
	/// Optimiser steps.
	#[arg(long, default_value_t = 4000)]
	steps: usize,
	/// Most tokens of a shard, filling included.
	#[arg(long, default_value_t = 1536)]
	shard_tokens: usize,
	/// Shards whose gradients make one step.
	#[arg(long, default_value_t = 2)]
	shards: usize,
	/// Highest learning rate.
	#[arg(long, default_value_t = 2e-3)]
	learning_rate: f32,
	/// Weight decay.
	#[arg(long, default_value_t = 0.1)]
	decay: f32,
	/// How much a token of a question counts, relative to one of its answer.
	#[arg(long, default_value_t = 0.0)]
	prompt_weight: f32,
	/// Threads; they do not change the result.
	#[arg(long, default_value_t = 2)]
	threads: usize,
	/// Folder of the finished model.
	#[arg(long, default_value_os_t = default_model())]
	out: PathBuf,
	/// Folder of the checkpoint.
	#[arg(long, default_value_os_t = default_work())]
	work: PathBuf,
	/// Seconds between checkpoints.
	#[arg(long, default_value_t = 60)]
	checkpoint_seconds: u64,
}

/// The model that ships with the repository.
fn default_model() -> PathBuf {
	concat!(env!("CARGO_MANIFEST_DIR"), "/hf").into()
}

/// A folder that outlives a restart of the program.
fn default_work() -> PathBuf {
	let home = std::env::var_os("HOME").map(PathBuf::from);
	let cache = home.map_or_else(std::env::temp_dir, |home| home.join(".cache"));
	cache.join("ergon/demo-model")
}

fn main() -> ExitCode {
	// Shards are spread over threads, so each matrix product runs on one.
	std::env::set_var("RAYON_NUM_THREADS", "1");
	match run(Cli::parse().command) {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("error: {error}");
			ExitCode::FAILURE
		}
	}
}

fn run(command: Command) -> Result<()> {
	match command {
		Command::Corpus { examples, out, seed } => write_corpus(examples, out, seed),
		Command::Train(arguments) => train(
			&Settings {
				seed: arguments.seed,
				steps: arguments.steps,
				shard_tokens: arguments.shard_tokens,
				shards: arguments.shards,
				learning_rate: arguments.learning_rate,
				decay: arguments.decay,
				prompt_weight: arguments.prompt_weight,
			},
			&Surroundings {
				out: arguments.out,
				work: arguments.work,
				threads: arguments.threads,
				checkpoint_every: Duration::from_secs(arguments.checkpoint_seconds),
			},
		),
		Command::Evaluate { model } => judge(&model).map(|figures| println!("{figures:#}")),
		Command::Ask { model, max_tokens, questions } => {
			let (llama, tokens) = (Llama::load(&model)?, Tokens::load(&model)?);
			for question in &questions {
				let answer = evaluate::answer(&llama, &tokens, question, max_tokens)?;
				if questions.len() > 1 {
					println!("> {question}");
				}
				println!("{answer}");
			}
			Ok(())
		}
	}
}

fn write_corpus(examples: usize, out: Option<PathBuf>, seed: u64) -> Result<()> {
	let corpus = Corpus::load()?;
	let mut random = Random::new(seed, Purpose::Examples, 0);
	let mut text = String::new();
	for _ in 0..examples {
		let example = corpus.example(&mut random);
		let line = serde_json::json!({
			"kind": format!("{:?}", example.kind),
			"prompt": example.prompt,
			"answer": random.pick(&example.answers),
		});
		text.push_str(&format!("{line}\n"));
	}
	match out {
		Some(path) => std::fs::write(&path, text).map_err(error_at(&path)),
		None => {
			// A reader that stops early, such as `head`, is no error.
			_ = std::io::stdout().write_all(text.as_bytes());
			Ok(())
		}
	}
}
