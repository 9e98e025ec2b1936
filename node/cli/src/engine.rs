// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The node's side of the inference engine.
//!
//! [`start`] checks what must be there, and returns two things: an [`Engine`], which the host
//! functions and the RPC ask, and a future that runs the supervisor for as long as it is polled.
//! The supervisor starts `ergon-engine` as a child process, connects to its socket, hands it
//! orders, and starts it again when it ends, hangs or talks nonsense. Dropping the future ends the
//! engine.
//!
//! [`Engine`] never waits for the engine: every question is answered from a bounded book of orders
//! behind a mutex that nobody holds for longer than a copy takes. Orders are named by their
//! content, so that submitting one twice, or again after a reorganisation or a crash, changes
//! nothing.
//!
//! ```text
//! off-chain worker ── Backend ──> Book <── supervisor ── Unix socket ──> ergon-engine
//!        RPC ──────── health ──────┘            └── starts, watches, restarts ──┘
//! ```

mod book;
mod client;
mod metrics;
mod outcomes;
mod process;
mod supervisor;
#[cfg(test)]
mod tests;

use std::{
	future::Future,
	io,
	path::PathBuf,
	sync::Arc,
	time::{Duration, Instant},
};

use ergon_core::{
	engine::{EngineStatus, Order, OrderId},
	ModelId,
};
use ergon_engine_interface::{Backend, EngineExt, Progress, Submission};
use ergon_runtime::constants::SLOT_MILLIS;
use parking_lot::Mutex;
use serde::Serialize;
use substrate_prometheus_endpoint::{PrometheusError, Registry};
use tokio::sync::Notify;

use self::{
	book::{Book, Limits},
	metrics::Metrics,
	process::Launcher,
	supervisor::{Supervisor, Timing},
};

/// What the supervisor needs to know to start the engine.
#[derive(Clone, Debug)]
pub(crate) struct EngineConfig {
	/// The engine's binary. Without it, `ergon-engine` is looked for beside the node's binary and
	/// then on the `PATH`.
	pub binary: Option<PathBuf>,
	/// The folder below which every folder is an imported model.
	pub models_dir: PathBuf,
	/// The node's base path: the engine's socket is made in it.
	pub base_path: PathBuf,
	/// Threads that the engine computes with; without it, one per core.
	pub threads: Option<u32>,
	/// Arguments that are handed on to `ergon-engine serve` as they are.
	pub extra_args: Vec<String>,
}

/// Why the engine cannot be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum EngineError {
	/// There is no binary.
	#[error(
		"there is no engine at {}: build it with `cargo build --release -p ergon-engine`, or say \
		 where it is with --engine-path",
		places(.tried)
	)]
	BinaryMissing {
		/// Where it was looked for.
		tried: Vec<PathBuf>,
	},
	/// The models folder is missing or cannot be read.
	#[error(
		"cannot read the models folder {}: {source}; import a model with `ergon-engine import` and \
		 name the folder with --models-dir",
		.path.display()
	)]
	ModelsDir {
		/// The folder.
		path: PathBuf,
		/// The operating system's reason.
		source: io::Error,
	},
	/// Another engine answers on the socket.
	#[error(
		"another engine already answers on {}: stop it, or give this node its own --base-path",
		.path.display()
	)]
	SocketInUse {
		/// The socket.
		path: PathBuf,
	},
	/// There is no place for the socket.
	#[error("cannot make the engine's socket below {}: {source}; make the folder writable", .path.display())]
	SocketFolder {
		/// The folder.
		path: PathBuf,
		/// The operating system's reason.
		source: io::Error,
	},
	/// The metrics cannot be registered.
	#[error("cannot register the engine's metrics: {0}; is the engine started twice in one node?")]
	Metrics(#[from] PrometheusError),
}

/// The paths in one line.
fn places(paths: &[PathBuf]) -> String {
	paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" or ")
}

/// How the engine is, for the RPC.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EngineHealth {
	/// Whether the engine runs and answers.
	pub up: bool,
	/// How often it was started again.
	pub restarts: u64,
	/// Orders that wait for an outcome, in the node and in the engine.
	pub pending: u32,
	/// Why it is down, or was the last time.
	pub last_error: Option<String>,
	/// What the engine said of itself last; empty while it is down.
	pub engine: EngineStatus,
}

/// Between two blocks.
const BLOCK_TIME: Duration = Duration::from_millis(SLOT_MILLIS);
/// Longest time that an outcome may be wanted.
const MAX_WANTED: Duration = Duration::from_secs(24 * 60 * 60);

/// The engine as the rest of the node sees it. Every method returns within microseconds.
pub(crate) struct Engine {
	state: Mutex<State>,
	/// Wakes the supervisor when there is something to send. The book is the queue; a channel
	/// beside it could only disagree with it.
	work: Notify,
	metrics: Option<Metrics>,
}

/// What the mutex guards.
struct State {
	book: Book,
	health: EngineHealth,
}

impl Engine {
	fn new(limits: Limits, registry: Option<&Registry>) -> Result<Arc<Self>, PrometheusError> {
		Ok(Arc::new(Self {
			state: Mutex::new(State { book: Book::new(limits), health: EngineHealth::default() }),
			work: Notify::new(),
			metrics: registry.map(Metrics::register).transpose()?,
		}))
	}

	/// Whether the engine runs, and everything else that an operator asks first.
	pub(crate) fn health(&self) -> EngineHealth {
		let state = self.state.lock();
		EngineHealth { pending: state.book.pending() as u32, ..state.health.clone() }
	}

	/// What `sc_offchain::OffchainWorkerOptions::custom_extensions` injects.
	pub(crate) fn extension(self: &Arc<Self>) -> EngineExt {
		EngineExt(Arc::clone(self) as Arc<dyn Backend>)
	}
}

impl Backend for Engine {
	fn submit(&self, order: Order, blocks: u32) -> Submission {
		let now = Instant::now();
		let wanted = BLOCK_TIME.saturating_mul(blocks).min(MAX_WANTED);
		let submission = self.state.lock().book.submit(order, now + wanted, now);
		if submission == Submission::Accepted {
			self.work.notify_one();
		}
		submission
	}

	fn progress(&self, order: &OrderId) -> Progress {
		self.state.lock().book.progress(order, Instant::now())
	}

	fn outcome(&self, order: &OrderId) -> Option<Vec<u8>> {
		self.state.lock().book.outcome(order, Instant::now())
	}

	fn models(&self) -> Vec<ModelId> {
		self.state.lock().health.engine.models.clone()
	}
}

/// Checks that the engine can be started, and prepares to.
///
/// The node spawns the returned future as a task of its own (not an essential one: a node without
/// its engine still follows the chain). It never completes; dropping it ends the engine.
///
/// # Errors
///
/// [`EngineError`], in one sentence with the remedy. A node that needs the engine (a provider or a
/// validator) stops there; one that does not, does not call this.
pub(crate) fn start(
	config: EngineConfig,
	registry: Option<&Registry>,
) -> Result<(Arc<Engine>, impl Future<Output = ()> + Send + 'static), EngineError> {
	let launcher = Launcher::new(config)?;
	let engine = Engine::new(Limits::default(), registry)?;
	let supervisor = Supervisor::new(Arc::clone(&engine), launcher, Timing::default());
	Ok((engine, supervisor.run()))
}
