// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Nodes on two sides, for networks that are torn in two: zombienet reaches its nodes at one address only, where
//! no node of a network namespace is.

use crate::{
	models::DemoModel,
	sides::{Side, Sides},
	Client,
};
use anyhow::{Context, Result};
use std::{
	fs::{self, File},
	path::PathBuf,
	process::{Child, Stdio},
	time::Duration,
};
use tokio::time::{sleep, timeout};
use zombienet_sdk::generators::generate_node_identity;

/// The port of each node for other nodes is this one and its place.
const PORT: u16 = 30_500;
/// The port of each node for the test is this one and its place.
const RPC_PORT: u16 = 9_950;
/// How long a node may take to be up.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long to wait before a node that is not up is tried again.
const PAUSE: Duration = Duration::from_millis(250);

/// A node that is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
	/// Its name.
	pub name: &'a str,
	/// On which side it is.
	pub side: Side,
	/// What it is told beside what every node is.
	pub arguments: &'a [&'a str],
}

/// A node that runs until this value goes.
struct Machine {
	name: String,
	url: String,
	process: Child,
}

impl Drop for Machine {
	fn drop(&mut self) {
		// It may have ended by itself.
		let _ = self.process.kill();
		let _ = self.process.wait();
	}
}

/// Nodes that run, with the model that their engines have.
pub struct Machines {
	/// The demo model's id.
	pub model: [u8; 32],
	machines: Vec<Machine>,
	folder: PathBuf,
	imported: DemoModel,
}

impl Machines {
	/// Imports the demo model and starts nodes of the local network, each of which knows all others.
	///
	/// # Errors
	///
	/// When the binaries are not on the `PATH`, or the model cannot be imported.
	pub fn start(sides: &Sides, wanted: &[Wanted]) -> Result<Self> {
		let model = DemoModel::import()?;
		let folder = tempfile::Builder::new().prefix("ergon-sides-").tempdir()?.keep();
		println!("logs and chain data: {}", folder.display());
		let mut machines = Self { model: model.id, machines: Vec::new(), folder, imported: model };
		for place in 0..wanted.len() {
			let machine = machines.launch(sides, wanted, place)?;
			machines.machines.push(machine);
		}
		Ok(machines)
	}

	fn launch(&self, sides: &Sides, wanted: &[Wanted], place: usize) -> Result<Machine> {
		let Wanted { name, side, arguments } = wanted[place];
		let base = self.folder.join(name);
		fs::create_dir(&base)?;
		let (key, _) = generate_node_identity(name)?;
		let rpc_port = RPC_PORT + place as u16;
		let mut command = sides.command(side, "ergon-node");
		command
			.args(["--chain", "local", "--name", name, "--node-key", &key, "--base-path"])
			.arg(&base)
			.args(["--listen-addr", &format!("/ip4/0.0.0.0/tcp/{}", PORT + place as u16)])
			.args(["--rpc-port", &rpc_port.to_string(), "--unsafe-rpc-external"])
			.args(["--rpc-methods", "unsafe", "--rpc-cors", "all"])
			.args(["--no-mdns", "--no-prometheus", "--no-telemetry", "--engine-threads", "1"])
			.arg("--models-dir")
			.arg(self.imported.folder())
			.args(arguments);
		for (other_place, other) in wanted.iter().enumerate() {
			if other_place != place {
				// Within a side it has to work whatever becomes of the link.
				let address = match other.side == side {
					true => "127.0.0.1".into(),
					false => other.side.address().to_string(),
				};
				let (port, peer) =
					(PORT + other_place as u16, generate_node_identity(other.name)?.1);
				let other = format!("/ip4/{address}/tcp/{port}/p2p/{peer}");
				command.args(["--reserved-nodes", &other]);
			}
		}
		let log = File::create(base.join(format!("{name}.log")))?;
		let process = command
			.stdin(Stdio::null())
			.stdout(log.try_clone()?)
			.stderr(log)
			.spawn()
			.with_context(|| format!("cannot start {name}"))?;
		let url = format!("ws://{}:{rpc_port}", side.outside());
		Ok(Machine { name: name.into(), url, process })
	}

	/// A connection to a node, as soon as it answers.
	///
	/// # Errors
	///
	/// When there is no such node, or it does not answer.
	pub async fn client(&self, name: &str) -> Result<Client> {
		let machine = self.machines.iter().find(|machine| machine.name == name);
		let url = &machine.with_context(|| format!("there is no node {name}"))?.url;
		let connected = async {
			loop {
				match Client::from_insecure_url(url).await {
					Ok(client) => break client,
					Err(_) => sleep(PAUSE).await,
				}
			}
		};
		timeout(PATIENCE, connected).await.with_context(|| format!("{name} does not answer"))
	}

	/// Ends all nodes and removes their files; those of a test that failed stay for whoever looks for the
	/// reason.
	///
	/// # Errors
	///
	/// When a file cannot be removed.
	pub fn end(self) -> Result<()> {
		let folder = self.folder.clone();
		drop(self);
		Ok(fs::remove_dir_all(folder)?)
	}
}
