// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Starts the engine, talks to it, and starts it again.

use std::{
	sync::Arc,
	time::{Duration, Instant},
};

use codec::Encode;
use ergon_core::engine::{EngineStatus, FromEngine, ToEngine};
use tokio::{
	net::UnixStream,
	time::{interval, sleep, timeout, MissedTickBehavior},
};

use super::{
	book::Finish,
	client::{Connection, Fault},
	process::{is_not_listening, Launch, Running},
	Engine,
};

/// How patient the supervisor is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timing {
	/// Between two tries to connect to an engine that was just started. There is no limit to them:
	/// an engine may have many gigabytes to check, and one that cannot start ends by itself.
	pub(super) connect_every: Duration,
	/// Between two questions for the engine's status, and two looks at orders that wait.
	pub(super) tick: Duration,
	/// An engine that says nothing for so long hangs.
	pub(super) silence: Duration,
	/// Before the first restart; doubled for each one that follows.
	pub(super) back_off: Duration,
	/// Before any restart at most.
	pub(super) back_off_most: Duration,
	/// An engine that was up for so long starts with the first back-off again.
	pub(super) stable_after: Duration,
}

impl Default for Timing {
	fn default() -> Self {
		Self {
			connect_every: Duration::from_millis(100),
			tick: Duration::from_secs(2),
			silence: Duration::from_secs(60),
			back_off: Duration::from_millis(500),
			back_off_most: Duration::from_secs(60),
			stable_after: Duration::from_secs(60),
		}
	}
}

/// Keeps one engine running.
pub(super) struct Supervisor<L> {
	engine: Arc<Engine>,
	launcher: L,
	timing: Timing,
}

impl<L: Launch> Supervisor<L> {
	/// A supervisor that has not started anything yet.
	pub(super) fn new(engine: Arc<Engine>, launcher: L, timing: Timing) -> Self {
		Self { engine, launcher, timing }
	}

	/// Runs until it is dropped.
	pub(super) async fn run(mut self) {
		let mut back_off = self.timing.back_off;
		loop {
			let (fault, up_for) = self.one_life().await;
			if up_for >= self.timing.stable_after {
				back_off = self.timing.back_off;
			}
			self.engine.lost(&fault, back_off);
			sleep(back_off).await;
			back_off = back_off.saturating_mul(2).min(self.timing.back_off_most);
			self.engine.restarting();
		}
	}

	/// Starts the engine and works with it until there is a fault; says how long it was up.
	async fn one_life(&mut self) -> (Fault, Duration) {
		let mut running = match self.launcher.launch() {
			Ok(running) => running,
			Err(fault) => return (fault, Duration::ZERO),
		};
		let (fault, up_for) = match self.connect(&mut running).await {
			Ok(connection) => {
				let since = Instant::now();
				let fault = self.work(connection, &mut running).await;
				(fault, since.elapsed())
			}
			Err(fault) => (fault, Duration::ZERO),
		};
		let fault = better_reason(fault, &mut running).await;
		running.stop().await;
		(fault, up_for)
	}

	/// Connects to an engine that was just started.
	async fn connect(&self, running: &mut L::Running) -> Result<Connection, Fault> {
		let stream = tokio::select! {
			stream = self.open() => stream?,
			fault = running.ended() => return Err(fault),
		};
		tokio::select! {
			connection = Connection::greet(stream, self.timing.silence) => connection,
			fault = running.ended() => Err(fault),
		}
	}

	/// Opens the socket as soon as somebody listens.
	async fn open(&self) -> Result<UnixStream, Fault> {
		loop {
			match UnixStream::connect(self.launcher.socket()).await {
				Err(error) if is_not_listening(&error) => sleep(self.timing.connect_every).await,
				other => return Ok(other?),
			}
		}
	}

	/// Sends orders and takes outcomes until there is a fault.
	async fn work(&self, mut connection: Connection, running: &mut L::Running) -> Fault {
		let mut tick = interval(self.timing.tick);
		tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
		let mut heard = Instant::now();
		loop {
			let step = tokio::select! {
				message = connection.next() => {
					heard = Instant::now();
					message.and_then(|message| self.engine.heard(message))
				},
				() = self.engine.work.notified() => Ok(()),
				_ = tick.tick() => match heard.elapsed() < self.timing.silence {
					true => self.ask_status(&mut connection).await,
					false => Err(Fault::Silent(self.timing.silence)),
				},
				fault = running.ended() => Err(fault),
			};
			let step = match step {
				Ok(()) => self.send_orders(&mut connection).await,
				fault => fault,
			};
			if let Err(fault) = step {
				if matches!(fault, Fault::Ended(_)) {
					self.hear_out(&mut connection).await;
				}
				return fault;
			}
		}
	}

	/// Takes what an engine that has ended said before.
	async fn hear_out(&self, connection: &mut Connection) {
		while let Ok(Ok(message)) = timeout(Duration::from_secs(1), connection.next()).await {
			if self.engine.heard(message).is_err() {
				return;
			}
		}
	}

	async fn ask_status(&self, connection: &mut Connection) -> Result<(), Fault> {
		connection.send(ToEngine::Status.encode().into(), self.timing.silence).await
	}

	/// Sends every order that may be sent now.
	async fn send_orders(&self, connection: &mut Connection) -> Result<(), Fault> {
		while let Some(message) = self.engine.take_next() {
			connection.send(message, self.timing.silence).await?;
		}
		Ok(())
	}
}

/// A socket that closes is how the death of the engine shows first; how it died says more.
async fn better_reason(fault: Fault, running: &mut impl Running) -> Fault {
	match fault {
		Fault::Closed | Fault::Socket(_) => {
			timeout(Duration::from_secs(1), running.ended()).await.unwrap_or(fault)
		}
		fault => fault,
	}
}

/// What the supervisor tells the rest of the node.
impl Engine {
	/// The next encoded message that is to be sent now.
	fn take_next(&self) -> Option<tokio_util::bytes::Bytes> {
		let (order, message) = self.state.lock().book.take_next(Instant::now())?;
		log::debug!(target: "engine", "Order {order:?} goes to the engine");
		Some(message)
	}

	/// The engine said something.
	fn heard(&self, message: FromEngine) -> Result<(), Fault> {
		let now = Instant::now();
		match message {
			FromEngine::Status(status) => self.status_came(status),
			FromEngine::Busy(order) => self.state.lock().book.busy(&order, now),
			FromEngine::Finished { order, outcome } => {
				let finish = self.state.lock().book.finished(&order, &outcome, now);
				if let Some(metrics) = &self.metrics {
					match finish {
						Finish::Remembered => metrics.finished(&outcome),
						Finish::TriedAgain(_) => metrics.tried_again(),
						Finish::Unasked | Finish::WrongKind => {}
					}
				}
				match finish {
					Finish::Remembered => log::debug!(target: "engine", "Order {order:?} is done"),
					Finish::TriedAgain(reason) => log::warn!(
						target: "engine",
						"Order {order:?} failed and is tried again: {reason}"
					),
					Finish::Unasked => {
						log::debug!(target: "engine", "Nobody waits for order {order:?}")
					}
					Finish::WrongKind => return Err(Fault::WrongKind(order)),
				}
			}
			FromEngine::Hello { .. } => return Err(Fault::NoGreeting),
		}
		Ok(())
	}

	fn status_came(&self, status: EngineStatus) {
		let mut state = self.state.lock();
		let before = std::mem::replace(&mut state.health.engine, status.clone());
		let was_up = std::mem::replace(&mut state.health.up, true);
		let pending = state.book.pending();
		drop(state);
		if !was_up || before.models != status.models {
			log::info!(
				target: "engine",
				"Engine is up with {} {}: {:?}",
				status.models.len(),
				if status.models.len() == 1 { "model" } else { "models" },
				status.models,
			);
		}
		if let Some(metrics) = &self.metrics {
			metrics.up(true);
			metrics.pending(pending);
			metrics.status(&status, &before);
		}
	}

	/// The engine is gone.
	fn lost(&self, fault: &Fault, restart_in: Duration) {
		let mut state = self.state.lock();
		let (waiting, culprit) = state.book.engine_lost(Instant::now());
		state.health.up = false;
		state.health.last_error = Some(fault.to_string());
		let before = std::mem::take(&mut state.health.engine);
		drop(state);
		log::warn!(
			target: "engine",
			"Engine is down: {fault}; it is started again in {} ms, {waiting} orders wait for it{}",
			restart_in.as_millis(),
			culprit.map_or_else(String::new, |order| format!(", it was at order {order:?}")),
		);
		if let Some(metrics) = &self.metrics {
			metrics.up(false);
			metrics.pending(waiting);
			// What the engine counted is lost with it; the node's counters stand still.
			let empty =
				EngineStatus { models: Vec::new(), queued: 0, running: 0, ..before.clone() };
			metrics.status(&empty, &before);
		}
	}

	fn restarting(&self) {
		self.state.lock().health.restarts += 1;
		if let Some(metrics) = &self.metrics {
			metrics.restart();
		}
	}
}
