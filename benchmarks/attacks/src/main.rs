// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! # What becomes of every cheat
//!
//! Tries each way to cheat against the real engine and the real runtime, native and in memory, and prints
//! who was found out, who was punished, and whether anybody was who had done nothing. The same in every run
//! with the same seed.

mod auditor;
mod challenger;
mod engine;
mod job;
mod network;
mod report;
mod scene;
#[cfg(test)]
mod tests;

use std::{
	num::NonZero,
	path::PathBuf,
	process::ExitCode,
	sync::atomic::{AtomicUsize, Ordering},
	thread,
};

use clap::Parser;
use parking_lot::Mutex;

use self::{
	engine::Models,
	network::Network,
	report::{Report, Tally},
	scene::Scene,
};

/// The model that ships with the repository.
const DEMO_MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/demo/hf");
/// Jobs that share a network.
const BATCH: u32 = 16;

/// Tries every way to cheat, and writes a table. Ends with an error when a cheat gets away with it, or when
/// somebody is punished who did nothing.
#[derive(Debug, Parser)]
struct Cli {
	/// The table; it is printed in any case.
	#[arg(long, value_name = "FILE")]
	output: Option<PathBuf>,

	/// Tries of each way to cheat.
	#[arg(long, value_name = "COUNT", default_value_t = 1_000)]
	tries: u32,

	/// What all choices follow from.
	#[arg(long, value_name = "NUMBER", default_value_t = 1)]
	seed: u64,

	/// Only what has this in its name.
	#[arg(long, value_name = "TEXT", default_value = "")]
	only: String,

	/// Networks that run at a time; one per core unless it is said.
	#[arg(long, value_name = "COUNT")]
	threads: Option<NonZero<usize>>,

	/// The Hugging Face folder of the demo model.
	#[arg(long, value_name = "FOLDER", default_value = DEMO_MODEL)]
	model: PathBuf,
}

/// Why the attacks could not be tried, or what came of them.
#[derive(Debug, thiserror::Error)]
enum Error {
	#[error("the model cannot be imported: {0}")]
	Import(#[from] ergon_engine::ImportError),
	#[error("cannot make a folder for the model: {0}; name another one with TMPDIR")]
	Folder(#[from] std::io::Error),
	#[error("{} is not the model that the runtime knows; name models/demo/hf", .0.display())]
	OtherModel(PathBuf),
	#[error("the engine does not start: {0}")]
	Engine(String),
	#[error("{0}; report this as a defect")]
	Chain(String),
	#[error("cannot write {}: {source}; name another file", .path.display())]
	Write { path: PathBuf, source: std::io::Error },
	#[error("there is no such way to cheat; the table without --only names all")]
	NoScene,
	#[error("{missed} cheats got away, and {innocents} were punished who did nothing; the table says where")]
	Unjust { missed: u32, innocents: u32 },
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
	let scenes: Vec<_> =
		scene::all().into_iter().filter(|scene| scene.name.contains(&cli.only)).collect();
	if scenes.is_empty() {
		return Err(Error::NoScene);
	}
	let models = Models::import(&cli.model)?;
	let threads = cli.threads.or_else(|| thread::available_parallelism().ok());
	let rows = try_all(&models, scenes, cli.tries, cli.seed, threads.map_or(1, NonZero::get))?;
	let report = Report { seed: cli.seed, rows: &rows }.to_string();
	print!("{report}");
	if let Some(path) = &cli.output {
		std::fs::write(path, report)
			.map_err(|source| Error::Write { path: path.clone(), source })?;
	}
	let missed = rows.iter().map(|(_, tally)| tally.missed()).sum();
	let innocents = rows.iter().map(|(_, tally)| tally.innocents).sum();
	match (missed, innocents) {
		(0, 0) => Ok(()),
		_ => Err(Error::Unjust { missed, innocents }),
	}
}

/// Tries each scene so often, in networks of [`BATCH`] jobs at most, so many at a time.
fn try_all(
	models: &Models,
	scenes: Vec<Scene>,
	tries: u32,
	seed: u64,
	threads: usize,
) -> Result<Vec<(Scene, Tally)>, Error> {
	// Copies of models that cheats make are shared by all networks of a scene.
	let runners: Vec<_> = scenes.iter().map(|scene| models.runner(scene.cheat)).collect();
	let batches = tries.div_ceil(BATCH);
	let tallies = Mutex::new(vec![(0, Tally::default()); scenes.len()]);
	let next = AtomicUsize::new(0);
	let work = || -> Result<(), Error> {
		loop {
			let task = next.fetch_add(1, Ordering::Relaxed);
			let (index, batch) = (task / batches.max(1) as usize, task as u32 % batches.max(1));
			let (Some(scene), Some(runner)) = (scenes.get(index), runners.get(index)) else {
				return Ok(());
			};
			let jobs = BATCH.min(tries - batch * BATCH);
			// Choices of different networks have nothing to do with each other, whatever is tried beside.
			let seed = seed << 32 | u64::from(batch);
			let network = Network::new(scene, models.runner(None), runner.clone(), seed)?;
			let mut tally = Tally::default();
			for case in network.run(jobs)? {
				tally.add(scene, &case);
			}
			if let Some((done, sum)) = tallies.lock().get_mut(index) {
				*done += 1;
				sum.merge(tally);
				if *done == batches {
					eprintln!("{}: {sum:?}", scene.name);
				}
			}
		}
	};
	thread::scope(|scope| {
		let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
		workers.into_iter().try_for_each(|worker| {
			worker.join().unwrap_or_else(|_| Err(Error::Chain("a network panicked".into())))
		})
	})?;
	let tallies = tallies.into_inner().into_iter().map(|(_, tally)| tally);
	Ok(scenes.into_iter().zip(tallies).collect())
}
