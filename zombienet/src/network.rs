// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Starting networks, and killing parts of them.
//!
//! Several run at a time, with nodes of the same names and so of the same identities: none of them may look for others
//! in the local network (`--no-mdns`).

use crate::{
	models::DemoModel,
	processes::{self, Process},
	turns::Turn,
	Client,
};
use anyhow::{bail, Context, Result};
use std::{
	fs,
	path::{Path, PathBuf},
	time::Duration,
};
use tokio::time::{sleep, timeout};
use zombienet_sdk::{
	AddNodeOptions, Arg, LocalFileSystem, Network, NetworkConfig, NetworkConfigExt, NetworkNode,
};

/// Seconds in which a node has to be up.
const PATIENCE: u64 = 120;
/// What a node says at its start, before the number of the best block in its database.
const FOUND: &str = "Highest known block at #";
/// The metric of a node that tells up to which block its chain is final.
const FINAL: &str = r#"block_height{status="finalized"}"#;

/// A network that runs, with the model that its engines have.
pub struct TestNetwork {
	/// Ends with this value.
	pub network: Network<LocalFileSystem>,
	/// The demo model's id.
	pub model: [u8; 32],
	_imported: DemoModel,
}

impl TestNetwork {
	/// Imports the demo model and starts the network that `networks/<name>.toml` describes.
	///
	/// # Errors
	///
	/// When the binaries are not on the `PATH`, the model cannot be imported, or a node does not
	/// come up.
	pub async fn start(name: &str) -> Result<Self> {
		let here = Path::new(env!("CARGO_MANIFEST_DIR"));
		let model = DemoModel::import()?;
		// What the definition refers to.
		std::env::set_var("ERGON_MODELS", model.folder());
		std::env::set_var("ERGON_BIN", folder_of("ergon-engine-adversary")?);
		let definition = here.join(format!("networks/{name}.toml"));
		let definition = definition.to_str().context("the path is not UTF-8")?;
		let _turn = Turn::wait()?;
		let network = NetworkConfig::load_from_toml(definition)?.spawn_native().await?;
		println!("logs and chain data: {}", network.base_dir().unwrap_or("unknown"));
		Ok(Self { network, model: model.id, _imported: model })
	}

	/// Ends the network and removes its files; those of a network that failed stay for whoever looks
	/// for the reason.
	///
	/// # Errors
	///
	/// When a node cannot be ended, or a file not be removed.
	pub async fn end(self) -> Result<()> {
		let folder = self.network.base_dir().map(PathBuf::from);
		self.network.destroy().await?;
		match folder {
			Some(folder) => Ok(fs::remove_dir_all(folder)?),
			None => Ok(()),
		}
	}

	/// The node of that name.
	///
	/// # Errors
	///
	/// When there is none.
	pub fn node(&self, name: &str) -> Result<&NetworkNode> {
		self.network.get_node(name)
	}

	/// A connection to a node.
	///
	/// # Errors
	///
	/// When the node does not answer.
	pub async fn client(&self, name: &str) -> Result<Client> {
		Ok(Client::from_url(self.node(name)?.ws_uri()).await?)
	}

	/// Adds a node to the network while it runs, with these arguments beside those that every node gets, and
	/// waits until it is up. It knows all the others from the beginning.
	///
	/// # Errors
	///
	/// When the node does not come up.
	pub async fn add(&mut self, name: &str, arguments: &[&str], is_validator: bool) -> Result<()> {
		let others = self.network.nodes();
		let others = others.iter().map(|node| format!("--reserved-nodes={}", node.multiaddr()));
		let arguments = ["--no-mdns"].iter().chain(arguments).map(|argument| argument.to_string());
		let args = arguments.chain(others).map(Arg::Flag).collect();
		let options = AddNodeOptions { args, is_validator, ..Default::default() };
		let _turn = Turn::wait()?;
		self.network.add_node(name, options).await
	}

	/// Waits until a block of that height is final for a node, by its metrics: a node that has no state yet cannot
	/// be asked about the chain.
	///
	/// # Errors
	///
	/// When it takes too long.
	pub async fn wait_until_final(&self, name: &str, height: u64) -> Result<()> {
		let is_there = |known| known >= height as f64;
		let node = self.node(name)?;
		node.wait_metric_with_timeout(FINAL, is_there, PATIENCE)
			.await
			.with_context(|| format!("block {height} is not final for {name}"))
	}

	/// Stops a node in the middle of what it does, as a power cut does, and starts it again after `outage`.
	///
	/// # Errors
	///
	/// When the node cannot be stopped, or not be started again.
	pub async fn cut_power(&self, name: &str, outage: Duration) -> Result<()> {
		let node = self.node(name)?;
		// To restart it after a while would leave it running meanwhile.
		node.pause().await.with_context(|| format!("cannot stop {name}"))?;
		sleep(outage).await;
		node.restart(None).await.with_context(|| format!("cannot start {name} again"))
	}

	/// Whether a node has loaded a library.
	///
	/// # Errors
	///
	/// When the node does not run.
	pub fn has_loaded(&self, name: &str, library: &Path) -> Result<bool> {
		processes::has_loaded(process_of(self.node(name)?)?, library)
	}

	/// Kills a node without warning, as a crash does, and leaves it dead.
	///
	/// # Errors
	///
	/// When the node does not run.
	pub fn kill(&self, name: &str) -> Result<()> {
		processes::kill(process_of(self.node(name)?)?)
	}

	/// Starts a node that was killed, with what is left in its folder, and waits until it is up.
	///
	/// # Errors
	///
	/// When the node does not come up.
	pub async fn start_again(&self, name: &str) -> Result<()> {
		let node = self.node(name)?;
		node.restart(None).await.with_context(|| format!("cannot start {name} again"))?;
		node.wait_until_is_up(PATIENCE).await
	}

	/// The best block that a node found in its database at its start number `start`, counted from 1.
	///
	/// # Errors
	///
	/// When the node was not started that often.
	pub async fn found_at_start(&self, name: &str, start: usize) -> Result<u64> {
		let node = self.node(name)?;
		let told = node.wait_log_line_count(FOUND, false, start);
		timeout(Duration::from_secs(PATIENCE), told)
			.await
			.with_context(|| format!("{name} does not tell what it found"))??;
		let log = node.logs().await?;
		let found = log.split(FOUND).nth(start).context("the log has lost a line")?;
		let digits: String = found.chars().take_while(char::is_ascii_digit).collect();
		Ok(digits.parse()?)
	}

	/// Kills the engine of a node without warning; the node is to start another one. Returns the
	/// process id that was killed.
	///
	/// # Errors
	///
	/// When the node has no engine.
	pub fn kill_engine(&self, name: &str) -> Result<u32> {
		let engine = engine_of(self.node(name)?)?;
		processes::kill(engine)?;
		Ok(engine)
	}

	/// The process id of a node's engine.
	///
	/// # Errors
	///
	/// When the node has no engine.
	pub fn engine(&self, name: &str) -> Result<u32> {
		engine_of(self.node(name)?)
	}
}

/// The folder on the `PATH` that has a program.
fn folder_of(program: &str) -> Result<PathBuf> {
	let path = std::env::var_os("PATH").unwrap_or_default();
	let mut folders = std::env::split_paths(&path);
	folders
		.find(|folder| folder.join(program).is_file())
		.with_context(|| format!("{program} is not on the PATH: run `make test-network`"))
}

/// Whether a process is the node.
fn is_node(process: &Process, node: &NetworkNode) -> bool {
	let mut arguments = process.arguments.iter();
	process.program.ends_with("ergon-node")
		&& arguments.any(|argument| Path::new(argument).starts_with(node.base_dir()))
}

/// The process id of a node.
fn process_of(node: &NetworkNode) -> Result<u32> {
	let processes = processes::all()?;
	let process = processes.iter().find(|process| is_node(process, node));
	Ok(process.with_context(|| format!("the node {} does not run", node.name()))?.id)
}

/// Finds the engine whose parent is the node.
fn engine_of(node: &NetworkNode) -> Result<u32> {
	let processes = processes::all()?;
	let of_node = processes.iter().filter(|process| is_node(process, node));
	let parents: Vec<u32> = of_node.map(|process| process.id).collect();
	let engine = processes.iter().find(|process| {
		process.program.ends_with("ergon-engine") && parents.contains(&process.parent)
	});
	match engine {
		Some(engine) => Ok(engine.id),
		None => bail!("the node {} has no engine", node.name()),
	}
}
