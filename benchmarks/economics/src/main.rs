// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! # Does cheating pay?
//!
//! Plays what participants may try against the formulas that the pallets use, and prints what each
//! strategy earns beyond honest work, and whether wrong results are found as often as theory says: first
//! one participant at a time, as often as it takes to know, then all kinds in one market for months. The
//! same in every run: randomness is hashes of a counter.

mod market;
mod population;
mod random;
mod report;
mod rules;
mod strategies;

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;

use report::{Report, Size};

/// Simulates strategies, and writes a table. Ends with an error if one of them pays, if honest work does not,
/// or if detection is not what theory says.
#[derive(Debug, Parser)]
struct Cli {
	/// The table; it is printed in any case.
	#[arg(long, value_name = "FILE")]
	output: Option<PathBuf>,
}

fn main() -> ExitCode {
	let cli = Cli::parse();
	let report = Report::new(Size::FULL);
	print!("{}", report.table);
	if let Some(output) = cli.output {
		if let Err(error) = std::fs::write(&output, &report.table) {
			eprintln!("Error: cannot write {}: {error}; name another file.", output.display());
			return ExitCode::FAILURE;
		}
	}
	if report.broken.is_empty() {
		return ExitCode::SUCCESS;
	}
	eprintln!("Error: the economics do not hold: {}.", report.broken.join("; "));
	ExitCode::FAILURE
}
