// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The command line of `ergon-engine`.

mod bench;
mod cut_short;
mod embed;
mod generate;
mod import;
mod logging;
mod result_file;
pub mod serve;
mod values;
mod verify;

pub use bench::{read_bandwidth, BenchArgs, ShapeName};
pub use embed::EmbedArgs;
pub use generate::GenerateArgs;
pub use import::ImportArgs;
pub use logging::{start_logging, Style};
pub use result_file::{ResultFile, ResultFileError};
pub use serve::ServeArgs;
pub use verify::VerifyArgs;

use std::{io, path::PathBuf, process::ExitCode, sync::Arc};

use clap::{Args, Parser, Subcommand};

#[cfg(feature = "cuda")]
use crate::device::Device;
use crate::{
	error::{ExecutionError, ImportError, ModelError},
	service::ServeError,
	Control, Model,
};

/// What a command that found a difference exits with.
const DIFFERENT: u8 = 3;

/// Imports, runs and verifies language models, to the bit.
///
/// The same model, prompt and seed give the same answer on every machine, so whoever doubts an
/// answer runs it again and compares hashes. The engine of an Ergon node is this program under
/// `serve`; the other commands need no node and no chain.
///
/// A first try, with any llama-style model folder from Hugging Face:
///
///   ergon-engine import ~/SmolLM2-135M-Instruct ~/models/smollm2
///   ergon-engine generate --model ~/models/smollm2 "What is a hash?" --output answer.ergon
///   ergon-engine verify --model ~/models/smollm2 answer.ergon
#[derive(Debug, Parser)]
#[command(name = "ergon-engine", version = VERSION, verbatim_doc_comment, after_help = EXIT_CODES)]
pub struct Cli {
	#[command(subcommand)]
	command: Command,
}

/// What a program that contains the engine calls its version. One that was built with the feature
/// `adversary` says so: whoever earns with an engine should have none.
pub const VERSION: &str = match ADVERSARY {
	None => env!("CARGO_PKG_VERSION"),
	Some(_) => concat!(
		env!("CARGO_PKG_VERSION"),
		" FOR TESTS ONLY: built with the feature `adversary`, it contains code that cheats"
	),
};

/// What an engine that can cheat says when it starts to serve.
const ADVERSARY: Option<&str> = match cfg!(feature = "adversary") {
	false => None,
	true => Some(
		"FOR TESTS ONLY: this engine was built with the feature `adversary`, it contains code that cheats. \
		 Earn with one that was built without (cargo build --release -p ergon-engine).",
	),
};

/// Shown below the help of the program and of `verify`.
const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed; one sentence on standard error says why
  2  wrong arguments
  3  the result is not what the model gives (verify)";

#[derive(Debug, Subcommand)]
enum Command {
	Import(ImportArgs),
	Generate(GenerateArgs),
	Embed(EmbedArgs),
	Verify(VerifyArgs),
	Serve(ServeArgs),
	Bench(BenchArgs),
}

/// Why a command failed, in one sentence.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
	/// A model cannot be imported.
	#[error(transparent)]
	Import(#[from] ImportError),
	/// A model cannot be opened.
	#[error(transparent)]
	Model(#[from] ModelError),
	/// A model cannot be run.
	#[error(transparent)]
	Execution(#[from] ExecutionError),
	/// The service ended.
	#[error(transparent)]
	Serve(#[from] ServeError),
	/// A result cannot be written or read.
	#[error(transparent)]
	ResultFile(#[from] ResultFileError),
	/// The prompt cannot be read.
	#[error("cannot read the prompt from standard input: {0}; pipe UTF-8 text into it")]
	Prompt(io::Error),
	/// The operating system takes no signal handler.
	#[error("cannot watch over mapped files: {0}; report the system that you run this on")]
	Signals(io::Error),
	/// The answer cannot be printed.
	#[error("cannot write to standard output: {0}; see where it leads")]
	Print(io::Error),
	/// A figure cannot be printed as JSON.
	#[error("cannot write JSON: {0}; report this as a defect")]
	Json(#[from] serde_json::Error),
	/// Anything else, in one sentence.
	#[error("{0}")]
	Other(String),
}

/// How a command that did not fail ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Success {
	/// It did what it was asked.
	Done,
	/// What it was asked to verify is wrong.
	Different,
}

/// Which model to run, and how fast.
#[derive(Clone, Debug, Args)]
pub struct ModelArgs {
	/// The folder that `ergon-engine import` wrote.
	#[arg(long, value_name = "FOLDER")]
	model: PathBuf,

	/// What to compute with.
	#[command(flatten)]
	with: ComputeArgs,
}

impl ModelArgs {
	/// Opens the model and starts the threads.
	fn open(&self) -> Result<(Arc<Model>, Control), CommandError> {
		Ok((Arc::new(Model::open(&self.model)?), self.with.control()?))
	}
}

/// What to compute with.
#[derive(Clone, Debug, Args)]
pub struct ComputeArgs {
	/// Threads to compute with; 0 takes one per core. Results do not depend on it.
	#[arg(long, value_name = "COUNT", default_value_t = 0)]
	threads: usize,

	/// The number of the graphics card to compute on; without it, the processor. Results do not depend on
	/// it.
	#[cfg(feature = "cuda")]
	#[arg(long, value_name = "NUMBER")]
	device: Option<usize>,
}

impl ComputeArgs {
	/// Starts the threads, and opens the card if there is to be one.
	fn control(&self) -> Result<Control, ExecutionError> {
		let control = Control::new(self.threads)?;
		#[cfg(feature = "cuda")]
		if let Some(number) = self.device {
			return Ok(control.on_device(&Device::cuda(number)?));
		}
		Ok(control)
	}
}

/// Runs the program: what [`Cli`] was given.
pub fn run(cli: Cli) -> ExitCode {
	finish(|| match cli.command {
		Command::Import(args) => import::run(&args),
		Command::Generate(args) => generate::run(&args),
		Command::Embed(args) => embed::run(&args),
		Command::Verify(args) => verify::run(&args),
		Command::Serve(args) => serve::run(&args, |runner| runner),
		Command::Bench(args) => bench::run(&args),
	})
}

/// Runs a command, says on standard error why it failed if it does, and turns its end into an exit code.
pub fn finish(run: impl FnOnce() -> Result<Success, CommandError>) -> ExitCode {
	match cut_short::explain().map_err(CommandError::Signals).and_then(|()| run()) {
		Ok(Success::Done) => ExitCode::SUCCESS,
		Ok(Success::Different) => ExitCode::from(DIFFERENT),
		// Whoever closed the pipe has seen enough.
		Err(CommandError::Print(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
			ExitCode::SUCCESS
		}
		Err(error) => {
			logging::last_words(&error);
			ExitCode::FAILURE
		}
	}
}

/// Prints a value as JSON.
fn print_json(value: &impl serde::Serialize) -> Result<(), CommandError> {
	print(&format!("{}\n", serde_json::to_string_pretty(value)?))
}

/// Prints text at once. `print!` would panic where standard output is closed.
fn print(text: &str) -> Result<(), CommandError> {
	use io::Write;
	let mut out = io::stdout().lock();
	out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(CommandError::Print)
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::CommandFactory;

	#[test]
	fn the_command_line_is_well_formed() {
		Cli::command().debug_assert();
	}

	#[test]
	fn every_command_and_every_argument_has_help() {
		for command in Cli::command().get_subcommands() {
			assert!(command.get_about().is_some(), "{}", command.get_name());
			for argument in command.get_arguments() {
				let name = (command.get_name(), argument.get_id());
				assert!(argument.get_help().is_some(), "{name:?}");
			}
		}
	}
}
