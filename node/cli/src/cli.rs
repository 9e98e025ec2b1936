// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What the command line understands.

use std::path::PathBuf;

use crate::engine::EngineConfig;
use sc_service::Configuration;

/// The command line.
#[derive(Debug, clap::Parser)]
pub(crate) struct Cli {
	/// What to do instead of running a node.
	#[command(subcommand)]
	pub subcommand: Option<Subcommand>,

	/// How to run a node.
	#[command(flatten)]
	pub run: sc_cli::RunCmd,

	/// How to work.
	#[command(flatten)]
	pub engine: EngineParams,
}

/// Options of a node that works or checks work.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct EngineParams {
	/// Work as a provider: run the jobs that the chain assigns to the worker key in the keystore.
	///
	/// Starts the engine, and runs off-chain workers on every block. A worker key is made when the
	/// keystore has none (with --dev, --alice and so on it is the well-known one); the JSON-RPC
	/// method ergon_workerProof then says what providers.register wants to know of it.
	#[arg(long)]
	pub provider: bool,

	/// The engine's binary.
	///
	/// Without it, `ergon-engine` is looked for beside this binary and then on the PATH.
	#[arg(long, value_name = "PATH")]
	pub engine_path: Option<PathBuf>,

	/// The folder below which every folder is a model that `ergon-engine import` made.
	///
	/// Without it, `models` in the chain's data folder.
	#[arg(long, value_name = "PATH")]
	pub models_dir: Option<PathBuf>,

	/// Threads that the engine computes with; without it, one per core.
	#[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
	pub engine_threads: Option<u32>,

	/// An argument to hand on to `ergon-engine serve`; may be given several times.
	#[arg(long = "engine-arg", value_name = "ARGUMENT", allow_hyphen_values = true)]
	pub engine_args: Vec<String>,
}

impl EngineParams {
	/// Whether the operator asked for an engine, as opposed to getting one if there is one.
	pub(crate) fn is_demanded(&self) -> bool {
		self.provider || self.engine_path.is_some() || self.models_dir.is_some()
	}

	/// What the supervisor of the engine has to know.
	pub(crate) fn config(&self, node: &Configuration) -> EngineConfig {
		let base_path = node.base_path.config_dir(node.chain_spec.id());
		EngineConfig {
			binary: self.engine_path.clone(),
			models_dir: self.models_dir.clone().unwrap_or_else(|| base_path.join("models")),
			base_path,
			threads: self.engine_threads,
			extra_args: self.engine_args.clone(),
		}
	}
}

/// What the binary can do besides running a node.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Subcommand {
	/// Make, show and insert keys.
	#[command(subcommand)]
	Key(sc_cli::KeySubcommand),

	/// Write a chain specification; export-chain-spec does the same and is newer.
	BuildSpec(sc_cli::BuildSpecCmd),

	/// Write a chain specification to a file.
	ExportChainSpec(sc_cli::ExportChainSpecCmd),

	/// Check a block again.
	CheckBlock(sc_cli::CheckBlockCmd),

	/// Write blocks to a file.
	ExportBlocks(sc_cli::ExportBlocksCmd),

	/// Write the state of a block into a chain specification.
	ExportState(sc_cli::ExportStateCmd),

	/// Read blocks from a file.
	ImportBlocks(sc_cli::ImportBlocksCmd),

	/// Remove the chain's database.
	PurgeChain(sc_cli::PurgeChainCmd),

	/// Go back a number of blocks.
	Revert(sc_cli::RevertCmd),

	/// Say what the database knows of the chain.
	ChainInfo(sc_cli::ChainInfoCmd),
}
