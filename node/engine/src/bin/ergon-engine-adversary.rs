// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! `ergon-engine-adversary`: an engine that cheats on demand. For tests, and for demonstrations of
//! what happens to a provider that runs one: its bond is slashed.

use std::process::ExitCode;

use clap::Parser;
use ergon_engine::{
	adversary::{Adversary, Cheat},
	commands::{finish, serve, ServeArgs, VERSION},
};

/// Serve wrong answers on a Unix socket, for tests of what becomes of a cheat.
///
/// Takes the place of `ergon-engine` under a node: start the node with --engine-path naming this
/// program, and say how to cheat with --engine-arg=--cheat --engine-arg=KIND. Jobs and items of
/// sprints are answered wrongly; audits are done honestly.
#[derive(Debug, Parser)]
#[command(name = "ergon-engine-adversary", version = VERSION)]
enum Cli {
	/// Serve orders on a Unix socket, and cheat.
	Serve {
		#[command(flatten)]
		serve: ServeArgs,

		/// How to cheat.
		#[arg(long, value_enum)]
		cheat: Cheat,
	},
}

fn main() -> ExitCode {
	let Cli::Serve { serve: args, cheat } = Cli::parse();
	finish(|| serve::run(&args, |runner| Adversary::new(runner, cheat)))
}
