// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! `ergon-engine`: imports, runs, verifies and serves models; `ergon-engine --help` says how.

use std::process::ExitCode;

use clap::Parser;
use ergon_engine::commands::{run, Cli};

fn main() -> ExitCode {
	run(Cli::parse())
}
