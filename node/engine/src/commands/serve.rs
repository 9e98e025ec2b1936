// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! `ergon-engine serve`.

use std::path::PathBuf;

use clap::Args;

use super::{start_logging, CommandError, ComputeArgs, Style, Success, ADVERSARY};
use crate::{
	error::ExecutionError,
	service::{self, ModelRunner, Runner, ServeConfig},
	Control,
};

/// Serve orders on a Unix socket: what a node starts.
///
/// Loads every model below the models folder, and finds models that are put there later. Runs orders
/// together, audits before jobs, and sprints with what these leave. Ends on SIGTERM or SIGINT when the
/// running orders are done; a second signal ends it at once.
#[derive(Clone, Debug, Args)]
pub struct ServeArgs {
	/// The socket to make; only this user will be able to connect to it.
	#[arg(long, value_name = "PATH")]
	socket: PathBuf,

	/// The folder below which every folder is a model that `ergon-engine import` wrote.
	#[arg(long, value_name = "FOLDER")]
	models_dir: PathBuf,

	/// What to compute with.
	#[command(flatten)]
	with: ComputeArgs,

	/// Most orders that wait, and a quarter as many sprints beside them; a node that submits more is told
	/// to come again later.
	#[arg(
		long,
		value_name = "COUNT",
		default_value_t = 64,
		value_parser = clap::value_parser!(u32).range(1..=65_536)
	)]
	queue: u32,

	/// Most orders that run together, beside sprints. Each of them takes longer then, and all of them less.
	#[arg(
		long,
		value_name = "COUNT",
		default_value_t = 16,
		value_parser = clap::value_parser!(u32).range(1..=1_024)
	)]
	together: u32,

	/// Mebibytes of memory for models, and for keys and values of orders; without it three quarters of
	/// the machine's or the card's. Models that nobody uses make room for those that somebody needs, and orders wait
	/// until there is room for them.
	#[arg(long, value_name = "MEBIBYTES", value_parser = clap::value_parser!(u64).range(1..=1 << 32))]
	memory: Option<u64>,

	/// Serve Prometheus metrics on this port of the loopback interface, at /metrics.
	#[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
	prometheus_port: Option<u16>,

	/// End when standard input closes, and log for the node that reads it.
	#[arg(long)]
	supervised: bool,
}

/// Serves until a signal; `wrap` may put another runner around the one that runs models.
pub fn run<R: Runner>(
	args: &ServeArgs,
	wrap: impl FnOnce(ModelRunner) -> R,
) -> Result<Success, CommandError> {
	start_logging(match args.supervised {
		true => Style::Supervised,
		false => Style::Terminal,
	});
	// No warning: the node takes an engine's last one for the reason why it ended.
	if let Some(notice) = ADVERSARY {
		tracing::info!("{notice}");
	}
	let control = args.with.control()?;
	let config = ServeConfig {
		socket: args.socket.clone(),
		models_dir: args.models_dir.clone(),
		queue: args.queue as usize,
		together: args.together as usize,
		memory: match args.memory {
			Some(mebibytes) => mebibytes << 20,
			None => default_budget(&control)?,
		},
		control,
		prometheus_port: args.prometheus_port,
		supervised: args.supervised,
	};
	service::serve_with(config, wrap)?;
	Ok(Success::Done)
}

/// Memory that may be used without being told.
fn default_budget(control: &Control) -> Result<u64, ExecutionError> {
	#[cfg(device)]
	if let Some(device) = control.device() {
		return Ok(device.memory_bytes()? / 4 * 3);
	}
	_ = control;
	Ok(service::default_budget())
}
