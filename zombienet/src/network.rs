// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Starting networks, and killing parts of them.

use crate::Client;
use anyhow::{bail, ensure, Context, Result};
use std::{
	fs,
	path::{Path, PathBuf},
	process::Command,
	time::Duration,
};
use tokio::time::sleep;
use zombienet_sdk::{LocalFileSystem, Network, NetworkConfig, NetworkConfigExt, NetworkNode};

/// A network that runs, with the model that its engines have.
pub struct TestNetwork {
	/// Ends with this value.
	pub network: Network<LocalFileSystem>,
	/// The demo model's id.
	pub model: [u8; 32],
	_models: tempfile::TempDir,
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
		let models = tempfile::tempdir()?;
		let model = import_model(&here.join("../models/demo/hf"), &models.path().join("demo"))?;
		// What the definition refers to.
		std::env::set_var("ERGON_MODELS", models.path());
		std::env::set_var("ERGON_BIN", folder_of("ergon-engine-adversary")?);
		let definition = here.join(format!("networks/{name}.toml"));
		let definition = definition.to_str().context("the path is not UTF-8")?;
		let network = NetworkConfig::load_from_toml(definition)?.spawn_native().await?;
		println!("logs and chain data: {}", network.base_dir().unwrap_or("unknown"));
		Ok(Self { network, model, _models: models })
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

	/// Kills the engine of a node without warning; the node is to start another one. Returns the
	/// process id that was killed.
	///
	/// # Errors
	///
	/// When the node has no engine.
	pub fn kill_engine(&self, name: &str) -> Result<u32> {
		let engine = engine_of(self.node(name)?)?;
		ensure!(
			Command::new("kill").args(["-KILL", &engine.to_string()]).status()?.success(),
			"cannot kill process {engine}"
		);
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

/// Imports a Hugging Face folder with the engine on the `PATH` and returns the model's id.
fn import_model(source: &Path, target: &Path) -> Result<[u8; 32]> {
	#[derive(serde::Deserialize)]
	struct Report {
		model: String,
	}
	let output = Command::new("ergon-engine")
		.args(["import".as_ref(), "--quiet".as_ref(), source.as_os_str(), target.as_os_str()])
		.output()
		.context("ergon-engine is not on the PATH: run `make test-network`")?;
	ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
	let report: Report = serde_json::from_slice(&output.stdout)?;
	let mut id = [0; 32];
	hex::decode_to_slice(report.model.trim_start_matches("0x"), &mut id)?;
	Ok(id)
}

/// Finds the engine whose parent is the node.
fn engine_of(node: &NetworkNode) -> Result<u32> {
	let is_node = |process: &Process| {
		process.program.ends_with("ergon-node")
			&& process
				.arguments
				.iter()
				.any(|argument| Path::new(argument).starts_with(node.base_dir()))
	};
	let processes = processes()?;
	let parents: Vec<u32> =
		processes.iter().filter(|process| is_node(process)).map(|process| process.id).collect();
	let engine = processes.iter().find(|process| {
		process.program.ends_with("ergon-engine") && parents.contains(&process.parent)
	});
	match engine {
		Some(engine) => Ok(engine.id),
		None => bail!("the node {} has no engine", node.name()),
	}
}

struct Process {
	id: u32,
	parent: u32,
	program: PathBuf,
	arguments: Vec<String>,
}

/// The processes of this machine, from /proc; those that end meanwhile are left out.
fn processes() -> Result<Vec<Process>> {
	let all = fs::read_dir("/proc")?.filter_map(|entry| {
		let folder = entry.ok()?.path();
		let id = folder.file_name()?.to_str()?.parse().ok()?;
		let stat = fs::read_to_string(folder.join("stat")).ok()?;
		// The program's name stands in brackets and may hold anything; then state and parent.
		let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
		let line = fs::read(folder.join("cmdline")).ok()?;
		let mut words = line.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word));
		let program = PathBuf::from(words.next()?.into_owned());
		Some(Process { id, parent, program, arguments: words.map(Into::into).collect() })
	});
	Ok(all.collect())
}
