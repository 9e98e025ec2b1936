// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The engine as a service on a Unix socket: what `ergon-engine serve` runs.
//!
//! ```text
//! connection ─┐  Submit, Cancel, Status         ┌── one thread runs orders together, in passes
//! connection ─┼──────────> [`Queue`] ──────────>┤   over all cores ([`Runner`])
//! connection ─┘ <──────── outcomes, cached ─────┘
//! ```
//!
//! Orders are named by their content. Equal orders are one order, whoever submits them; outcomes
//! are kept for a while, so that a node that was restarted need not pay for a run twice. Audits go
//! before jobs: they are short, and an auditor that comes too late is punished, whereas the chain
//! assigns an engine no more jobs than it has slots for.
//!
//! Sprints, which nobody pays for, come last everywhere: one begins when nothing else waits and takes none
//! of the places of others, in a pass it gets the room that is left, and it has memory for one item at a
//! time, behind everybody who waits for some. A few may wait, beside all others; more are told to come again
//! later.
//!
//! A panic inside one order fails that order and no other. The service ends on SIGTERM, SIGINT and,
//! where it is supervised, when its standard input closes, which is how it notices the death of the
//! node that started it.

mod connection;
mod listener;
mod memory;
mod metrics;
mod models;
mod queue;
mod runner;
mod shutdown;
#[cfg(test)]
pub(crate) mod tests;
mod worker;

pub use listener::SocketError;
pub(crate) use memory::default_budget;
pub use models::{Lease, MemoryUse, ModelStore, ModelsError};
pub use runner::{ModelRunner, Runner};

use std::{
	io,
	net::{Ipv4Addr, SocketAddr, TcpListener},
	path::PathBuf,
	sync::Arc,
	time::Duration,
};

use substrate_prometheus_endpoint::{init_prometheus, PrometheusError};
use tokio::{
	sync::{mpsc, watch, Semaphore},
	task::JoinSet,
	time::timeout,
};
use tracing::{error, info, warn};

use self::{
	listener::Socket,
	metrics::Metrics,
	queue::{Limits, Queue},
	shutdown::Request,
	worker::Worker,
};
use crate::{error::ExecutionError, Control};

/// Most connections at a time; a node needs one.
const MAX_CONNECTIONS: usize = 16;
/// How long the running orders may take to end after the first signal.
const DRAIN_PATIENCE: Duration = Duration::from_secs(30);
/// How long cancelled orders may take to end, and clients to take what is theirs.
const END_PATIENCE: Duration = Duration::from_secs(3);

/// How the service is set up.
#[derive(Clone, Debug)]
pub struct ServeConfig {
	/// The Unix socket.
	pub socket: PathBuf,
	/// The folder below which every folder is an imported model.
	pub models_dir: PathBuf,
	/// What to compute with.
	pub control: Control,
	/// Most orders that wait; a quarter as many sprints may wait beside them.
	pub queue: usize,
	/// Most orders that run at a time, beside sprints.
	pub together: usize,
	/// Bytes of memory for models, and for keys and values.
	pub memory: u64,
	/// The loopback port that serves Prometheus metrics.
	pub prometheus_port: Option<u16>,
	/// Whether the service ends when its standard input closes.
	pub supervised: bool,
}

/// Why the service cannot start or had to end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
	/// The socket cannot be had.
	#[error(transparent)]
	Socket(#[from] SocketError),
	/// The models folder cannot be read.
	#[error(transparent)]
	Models(#[from] ModelsError),
	/// There are no threads.
	#[error(transparent)]
	Threads(#[from] ExecutionError),
	/// The metrics port cannot be had.
	#[error("cannot serve metrics on {address}: {source}; choose another --prometheus-port")]
	MetricsPort {
		/// The address.
		address: SocketAddr,
		/// The operating system's reason.
		source: io::Error,
	},
	/// The metrics contradict each other.
	#[error("cannot register metrics: {0}; report this as a defect")]
	Metrics(#[from] PrometheusError),
	/// The operating system gives no signals, threads or timers.
	#[error("cannot start the service: {0}; free memory and processes, and start it again")]
	System(#[from] io::Error),
	/// The thread that runs orders is gone.
	#[error("the thread that runs orders has ended; start the engine again")]
	WorkerGone,
}

/// Loads the models below [`ServeConfig::models_dir`] and serves until a signal ends it.
///
/// # Errors
///
/// [`ServeError`], in one sentence with the remedy.
pub fn serve(config: ServeConfig) -> Result<(), ServeError> {
	serve_with(config, |runner| runner)
}

/// [`serve`] with another [`Runner`] around the one that runs models.
///
/// # Errors
///
/// As [`serve`].
pub fn serve_with<R: Runner>(
	config: ServeConfig,
	wrap: impl FnOnce(ModelRunner) -> R,
) -> Result<(), ServeError> {
	let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
	let ended = runtime.block_on(async {
		// The socket's name comes first: two engines must not load gigabytes before one of them is
		// refused.
		let lock = Socket::lock(&config.socket)?;
		let runner = wrap(ModelRunner::new(ModelStore::open(&config.models_dir, config.memory)?));
		let service = Service::start(runner, config.control, config.queue, config.together)?;
		if let Some(port) = config.prometheus_port {
			tokio::spawn(serve_metrics(bind_metrics(port)?, Arc::clone(&service.queue)));
		}
		let shutdown = shutdown::listen(config.supervised)?;
		let socket = lock.bind()?;
		info!(
			"Serving on {} (models: {}, threads: {})",
			config.socket.display(),
			service.runner.models().len(),
			service.threads
		);
		service.run(&socket, shutdown).await
	});
	// A look for models must not keep the process.
	runtime.shutdown_background();
	ended
}

/// The parts of a running service.
struct Service<R> {
	queue: Arc<Queue>,
	runner: Arc<R>,
	worker: Worker,
	/// Threads that orders are run with.
	threads: usize,
}

impl<R: Runner> Service<R> {
	/// Starts the thread that runs orders.
	fn start(
		runner: R,
		control: Control,
		queue: usize,
		together: usize,
	) -> Result<Self, ServeError> {
		let runner = Arc::new(runner);
		let threads = control.threads();
		let limits = Limits { waiting: queue, ..Limits::default() };
		let queue = Arc::new(Queue::new(limits, control.clone(), Metrics::new()?));
		let worker = Worker::start(Arc::clone(&queue), Arc::clone(&runner), control, together)?;
		Ok(Self { queue, runner, worker, threads })
	}

	/// Accepts connections until `shutdown` asks for the end, then ends in order.
	async fn run(
		mut self,
		socket: &Socket,
		mut shutdown: mpsc::Receiver<Request>,
	) -> Result<(), ServeError> {
		let (stop_reading, reading) = watch::channel(true);
		let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
		let mut connections = JoinSet::new();
		let ended = loop {
			tokio::select! {
				accepted = socket.accept() => match accepted {
					Ok(stream) => match Arc::clone(&slots).try_acquire_owned() {
						Ok(slot) => {
							let serve = connection::serve(
								stream,
								Arc::clone(&self.queue),
								Arc::clone(&self.runner),
								reading.clone(),
							);
							connections.spawn(async move {
								serve.await;
								drop(slot);
							});
						},
						Err(_) => warn!("Refused a connection: there are {MAX_CONNECTIONS}"),
					},
					Err(error) => {
						// Out of file descriptors, most likely: that passes.
						warn!("Cannot accept a connection: {error}");
						tokio::time::sleep(Duration::from_millis(100)).await;
					},
				},
				Some(_) = connections.join_next(), if !connections.is_empty() => {},
				() = self.worker.ended() => {
					error!("The thread that runs orders has ended");
					break Err(ServeError::WorkerGone);
				},
				Some(request) = shutdown.recv() => {
					info!("Ending: {request:?}");
					self.drain(request, &mut shutdown).await;
					break Ok(());
				},
			}
		};
		// Every outcome is in its connection's channel now.
		let _ = stop_reading.send(false);
		let flush = async { while connections.join_next().await.is_some() {} };
		if timeout(END_PATIENCE, flush).await.is_err() {
			warn!("A client did not take its outcomes in time");
		}
		ended
	}

	/// Starts no other order, and waits for those that run: for a while after a signal, and not
	/// at all when there is nobody left to want it, or after a second request.
	async fn drain(&mut self, request: Request, shutdown: &mut mpsc::Receiver<Request>) {
		self.queue.drain();
		let patience = match request {
			Request::Signal(_) => DRAIN_PATIENCE,
			Request::EndOfInput => Duration::ZERO,
		};
		tokio::select! {
			biased;
			() = self.worker.ended() => return,
			() = tokio::time::sleep(patience) => {},
			Some(request) = shutdown.recv() => info!("Ending at once: {request:?}"),
		}
		self.queue.cancel_running();
		if timeout(END_PATIENCE, self.worker.ended()).await.is_err() {
			warn!("A running order did not notice that it was cancelled");
		}
	}
}

/// Takes the metrics port on the loopback interface.
fn bind_metrics(port: u16) -> Result<SocketAddr, ServeError> {
	let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
	// The library binds by itself and late; this is to fail early.
	TcpListener::bind(address)
		.map(|_| address)
		.map_err(|source| ServeError::MetricsPort { address, source })
}

/// Serves the metrics with the same library as the node.
async fn serve_metrics(address: SocketAddr, queue: Arc<Queue>) {
	if let Err(error) = init_prometheus(address, queue.metrics().registry().clone()).await {
		error!("No metrics on {address}: {error}; choose another --prometheus-port");
	}
}
