// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! # Does cheating pay?
//!
//! Plays what participants may try against the formulas that the pallets use, and prints what each
//! strategy earns beyond honest work, and whether wrong results are found as often as theory says. The
//! same in every run: randomness is hashes of a counter.

mod market;
mod random;
mod strategies;

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use ergon_economics::constants::ERG;

use market::{COST_OF_AUDIT, COST_OF_WORK, PRICE};
use strategies::{cheat, exit_scam, idle_auditor, self_dealing, slander, Outcome};

/// Simulates strategies, and writes a table.
#[derive(Debug, Parser)]
struct Cli {
	/// The table; it is printed in any case.
	#[arg(long, value_name = "FILE")]
	output: Option<PathBuf>,

	/// Tries of each strategy.
	#[arg(long, value_name = "COUNT", default_value_t = 1_000_000)]
	tries: u64,
}

/// Bonds, in prices of a job.
const BONDS: [u128; 5] = [2, 10, 100, 1_000, 10_000];
/// Shares of the validators who collude with the cheat.
const COLLUDING: [f64; 2] = [0.0, 1.0 / 3.0];

/// A line of the table.
fn line(name: &str, setting: &str, outcome: &Outcome, finding: &str) -> String {
	let error = outcome.error().map_or_else(String::new, |error| format!("{:.1} %", 100.0 * error));
	let share = |part: f64| match outcome.wrong {
		0 => String::new(),
		wrong => format!("{:.2} %", 100.0 * part / wrong as f64),
	};
	let (found, theory) = (share(outcome.found as f64), share(outcome.expected));
	let gain = outcome.gain_of_one();
	format!("| {name} | {setting} | {gain:+.4} | {found} | {theory} | {error} | {finding} |")
}

fn verdict(outcome: &Outcome) -> &'static str {
	match outcome.gain < 0.0 {
		true => "loses",
		false => "GAINS",
	}
}

/// All lines of the table.
fn lines(tries: u64) -> Vec<String> {
	let mut lines = Vec::new();
	let percent = |share: f64| format!("{:.0} %", 100.0 * share);
	for ratio in BONDS {
		let bond = ratio * PRICE;
		for colluding in COLLUDING {
			for rate in [0.01, 0.1, 1.0] {
				let outcome = cheat(bond, rate, colluding, tries, 1);
				let name = format!("cheats at {}", percent(rate));
				let setting = format!("bond {ratio}, {} collude", percent(colluding));
				lines.push(line(&name, &setting, &outcome, verdict(&outcome)));
			}
			let scams = (tries / (ratio / 3 + 1) as u64).max(2_000);
			let outcome = exit_scam(bond, 1_000_000, colluding, scams, 2);
			let setting = format!("bond {ratio}, {} collude", percent(colluding));
			lines.push(line("exit scam", &setting, &outcome, verdict(&outcome)));
		}
	}
	for own in [0.0, 1.0 / 3.0, 1.0] {
		let outcome = self_dealing(1_000 * PRICE, 1_000_000, own);
		let setting = format!("owns {} of the validators", percent(own));
		lines.push(line("pays itself for a hollow job", &setting, &outcome, verdict(&outcome)));
	}
	for is_friend in [false, true] {
		let outcome = slander(100 * ERG, is_friend);
		let setting = if is_friend { "the provider is a friend" } else { "the provider is not" };
		lines.push(line("challenges a right result", setting, &outcome, verdict(&outcome)));
	}
	for idle in [0.0, 1.0 / 3.0, 0.9] {
		let outcome = idle_auditor(1_000 * ERG, idle, tries, 3);
		let setting = format!("{} of the others do not look either", percent(idle));
		let name = "votes Match, re-executes nothing";
		lines.push(line(name, &setting, &outcome, verdict(&outcome)));
	}
	lines
}

fn main() -> ExitCode {
	let cli = Cli::parse();
	let table = format!(
		"# Does cheating pay?\n\nWritten by `make bench-economics`: {} tries of each strategy with the \
		 pallets' own formulas at their default parameters. Amounts are in prices of a job; *gain* is what one \
		 try earns beyond honest work, which costs {} of the price (an audit {} of its pay); a cheat costs \
		 nothing. A bond below 2 takes no job. One auditor who re-executes is enough, because the chain \
		 computes who is right.\n\n| strategy | setting | gain | found | in theory | off by | |\n\
		 |---|---|---:|---:|---:|---:|---|\n{}\n\nAn auditor who votes Match and re-executes nothing is the only \
		 auditor here each time, and is found by second looks only: where others were drawn with it, they see \
		 it at once.\n",
		cli.tries,
		COST_OF_WORK,
		COST_OF_AUDIT,
		lines(cli.tries).join("\n"),
	);
	print!("{table}");
	if let Some(output) = cli.output {
		if let Err(error) = std::fs::write(&output, table) {
			eprintln!("Error: cannot write {}: {error}; name another file.", output.display());
			return ExitCode::FAILURE;
		}
	}
	ExitCode::SUCCESS
}
