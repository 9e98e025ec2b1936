// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! # Benchmarks
//!
//! Prints how fast the engine is, what it costs to verify an answer against giving it, and what a job
//! costs the chain. All figures come from the run that prints them, on the machine that it names; a
//! quiet machine gives better ones.

mod engine;
mod jobs;
mod machine;
mod power;

use clap::{Parser, ValueEnum};
use std::{path::PathBuf, process::ExitCode};

/// The model that ships with the repository.
const DEMO_MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../models/demo/hf");

/// Measures the engine and the chain on this machine.
#[derive(Debug, Parser)]
struct Cli {
	/// What to measure; everything when none is named.
	#[arg(value_enum)]
	subjects: Vec<Subject>,

	/// The Hugging Face folder of the model that the engine is measured with.
	#[arg(long, value_name = "FOLDER", default_value = DEMO_MODEL)]
	model: PathBuf,

	/// Threads of the engine; 0 takes one per core.
	#[arg(long, value_name = "COUNT", default_value_t = 0)]
	threads: usize,

	/// Jobs that the chain is measured with.
	#[arg(long, value_name = "COUNT", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=1_000))]
	jobs: u32,
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Subject {
	/// Tokens per second, and verifying against generating, with a model.
	Engine,
	/// The same with random weights of the shape of SmolLM2-135M.
	Shape,
	/// Jobs per second in the runtime, and block weight per job.
	Jobs,
	/// Block weight of elections, eras and sprints, by the number of candidates.
	Power,
}

/// Why a measurement failed, in one sentence.
#[derive(Debug, thiserror::Error)]
enum Error {
	#[error("the model cannot be imported: {0}")]
	Import(#[from] ergon_engine::ImportError),
	#[error("cannot make a folder for the model: {0}; name another one with TMPDIR")]
	Folder(#[from] std::io::Error),
	#[error("the engine's benchmark failed; the line above says why")]
	Engine,
	#[error("the chain's benchmark failed: {0}")]
	Chain(String),
}

fn main() -> ExitCode {
	match run(&Cli::parse()) {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("Error: {error}.");
			ExitCode::FAILURE
		}
	}
}

fn run(cli: &Cli) -> Result<(), Error> {
	let is_wanted = |subject| cli.subjects.is_empty() || cli.subjects.contains(&subject);
	if cli.subjects == [Subject::Power] {
		println!("{}", power::HEADING);
	}
	println!("Machine: {}", machine::describe());
	if is_wanted(Subject::Engine) {
		println!("\nEngine, {}:\n", cli.model.display());
		engine::with_model(&cli.model, cli.threads)?;
	}
	if is_wanted(Subject::Shape) {
		println!("\nEngine, random weights of the shape of SmolLM2-135M:\n");
		engine::with_shape("smollm2-135m", cli.threads)?;
	}
	if is_wanted(Subject::Jobs) {
		println!("\nChain, {} jobs from question to settlement:\n", cli.jobs);
		print!("{}", jobs::measure(cli.jobs)?);
	}
	if is_wanted(Subject::Power) {
		println!("\nChain, one era:\n");
		print!("{}", power::measure()?);
	}
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::CommandFactory;

	#[test]
	fn command_line_should_be_well_formed() {
		Cli::command().debug_assert();
	}
}
