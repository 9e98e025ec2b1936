// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Orders that wait, those that run, and outcomes that are remembered.

use std::{
	collections::{HashMap, VecDeque},
	task::Waker,
	time::{Duration, Instant},
};

use ergon_core::{
	engine::{EngineFailure, EngineStatus, FromEngine, Order, OrderId, Outcome},
	ModelId,
};
use futures::task::AtomicWaker;
use parking_lot::Mutex;
use schnellru::{ByLength, LruMap};
use tokio::sync::mpsc::OwnedPermit;
use tracing::{debug, info, warn};

use super::{metrics::Metrics, runner::priority};
use crate::{executor::Priority, Control};

/// Names a connection for as long as the service runs.
pub(super) type ConnectionId = u64;

/// Room for one message to a client. A connection that submits an order gives it along, so that the
/// outcome can always be delivered at once, however slowly the client reads.
pub(super) type Reply = OwnedPermit<FromEngine>;

/// The bounds of a [`Queue`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
	/// Most orders that wait and are no sprints.
	pub(super) waiting: usize,
	/// Most outcomes that are remembered. The bounds of [`ergon_core::Bundle`] keep each below
	/// 32 KiB.
	pub(super) outcomes: u32,
}

impl Default for Limits {
	fn default() -> Self {
		Self { waiting: 64, outcomes: 256 }
	}
}

impl Limits {
	/// Most sprints that wait, beside all others: enough to always have the next one at hand.
	fn sprints(&self) -> usize {
		self.waiting.div_ceil(4)
	}
}

/// An order that is to be run now.
pub(super) struct Work {
	pub(super) id: OrderId,
	pub(super) order: Order,
	pub(super) control: Control,
}

/// How a run ended.
#[derive(Debug)]
pub(super) enum Ending {
	/// With an outcome.
	Outcome(Outcome),
	/// Because the control's flag was raised.
	Cancelled,
}

/// An order without outcome.
struct Entry {
	order: Order,
	/// When it came.
	since: Instant,
	/// When nobody wants it any more.
	deadline: Instant,
	/// Who wants to know. Empty only while the order runs and nobody wants it any more.
	listeners: Vec<(ConnectionId, Reply)>,
}

/// What the mutex guards.
struct State {
	/// Ids of waiting orders, in the order of arrival.
	audits: VecDeque<OrderId>,
	jobs: VecDeque<OrderId>,
	sprints: VecDeque<OrderId>,
	/// The orders that run.
	running: HashMap<OrderId, Control>,
	/// Every order that waits or runs.
	entries: HashMap<OrderId, Entry>,
	outcomes: LruMap<OrderId, Outcome, ByLength>,
	/// Those of sprints: there are many, and they must not drive out what is paid for.
	sprinted: LruMap<OrderId, Outcome, ByLength>,
	/// Whether no other order is to be started or taken.
	draining: bool,
}

impl State {
	fn waiting(&self) -> usize {
		self.paid() + self.sprints.len()
	}

	/// How many wait that are no sprints.
	fn paid(&self) -> usize {
		self.audits.len() + self.jobs.len()
	}

	fn line_of(&mut self, order: &Order) -> &mut VecDeque<OrderId> {
		match priority(order) {
			Priority::Audit => &mut self.audits,
			Priority::Job => &mut self.jobs,
			Priority::Sprint => &mut self.sprints,
		}
	}

	/// Where an order's outcome is remembered.
	fn outcomes_of(&mut self, order: &Order) -> &mut LruMap<OrderId, Outcome, ByLength> {
		match priority(order) {
			Priority::Audit | Priority::Job => &mut self.outcomes,
			Priority::Sprint => &mut self.sprinted,
		}
	}

	/// Whether there is no room for an order to wait.
	fn is_full(&self, order: &Order, limits: &Limits) -> bool {
		match priority(order) {
			Priority::Audit | Priority::Job => self.paid() >= limits.waiting,
			Priority::Sprint => self.sprints.len() >= limits.sprints(),
		}
	}

	fn is_running(&self, id: &OrderId) -> bool {
		self.running.contains_key(id)
	}

	/// Gives up an order that nobody wants. Returns whether it was waiting.
	fn give_up(&mut self, id: &OrderId) -> bool {
		if let Some(control) = self.running.get(id) {
			control.cancel();
			return false;
		}
		for line in [&mut self.audits, &mut self.jobs, &mut self.sprints] {
			line.retain(|waiting| waiting != id);
		}
		self.entries.remove(id).is_some()
	}
}

/// A bounded queue with three priorities and a memory.
pub(super) struct Queue {
	limits: Limits,
	control: Control,
	metrics: Metrics,
	state: Mutex<State>,
	/// Wakes whoever runs orders.
	changed: AtomicWaker,
}

impl Queue {
	/// An empty queue. Every order gets a control of its own with the threads of `control`.
	pub(super) fn new(limits: Limits, control: Control, metrics: Metrics) -> Self {
		let state = State {
			audits: VecDeque::new(),
			jobs: VecDeque::new(),
			sprints: VecDeque::new(),
			running: HashMap::new(),
			entries: HashMap::new(),
			outcomes: LruMap::new(ByLength::new(limits.outcomes)),
			sprinted: LruMap::new(ByLength::new(limits.outcomes)),
			draining: false,
		};
		Self { limits, control, metrics, state: Mutex::new(state), changed: AtomicWaker::new() }
	}

	/// What is counted.
	pub(super) fn metrics(&self) -> &Metrics {
		&self.metrics
	}

	/// Messages that a connection must have room for, so that it need never wait for a [`Reply`]
	/// while its client reads: all orders that can be under way, and a few answers.
	pub(super) fn replies(&self) -> usize {
		self.limits.waiting + self.limits.sprints() + 16
	}

	/// Takes an order for a connection, which wants it until the deadline. `reply` is used at once (for
	/// an outcome that is known, or [`FromEngine::Busy`]), or when the order is done.
	pub(super) fn submit(
		&self,
		order: Order,
		deadline: Instant,
		connection: ConnectionId,
		reply: Reply,
	) {
		let id = order.id();
		let mut state = self.state.lock();
		if let Some(outcome) = state.outcomes_of(&order).get(&id) {
			let outcome = outcome.clone();
			drop(state);
			self.metrics.answered_from_cache.inc();
			reply.send(FromEngine::Finished { order: id, outcome });
			return;
		}
		if state.draining {
			return self.refuse(id, reply);
		}
		if let Some(entry) = state.entries.get_mut(&id) {
			// Whoever submits twice is told once.
			entry.listeners.retain(|(listener, _)| *listener != connection);
			entry.listeners.push((connection, reply));
			entry.deadline = entry.deadline.max(deadline);
			return;
		}
		if state.is_full(&order, &self.limits) {
			return self.refuse(id, reply);
		}
		state.line_of(&order).push_back(id);
		state.entries.insert(
			id,
			Entry { order, since: Instant::now(), deadline, listeners: vec![(connection, reply)] },
		);
		self.count(&state);
		self.changed.wake();
	}

	fn refuse(&self, id: OrderId, reply: Reply) {
		self.metrics.refused.inc();
		reply.send(FromEngine::Busy(id));
	}

	/// A connection wants an order no more. When nobody else does, it is forgotten: also its
	/// outcome, and if it runs, it is stopped.
	pub(super) fn cancel(&self, id: &OrderId, connection: ConnectionId) {
		let mut state = self.state.lock();
		state.outcomes.remove(id);
		state.sprinted.remove(id);
		let Some(entry) = state.entries.get_mut(id) else { return };
		entry.listeners.retain(|(listener, _)| *listener != connection);
		if entry.listeners.is_empty() && state.give_up(id) {
			self.metrics.cancelled.inc();
		}
		self.count(&state);
		self.changed.wake();
	}

	/// A connection is gone, and with it the waiting orders that nobody else wants. An order that
	/// runs goes on: its outcome is remembered, and a node that lost the connection will ask again.
	pub(super) fn disconnect(&self, connection: ConnectionId) {
		let mut state = self.state.lock();
		let mut unwanted = Vec::new();
		for (id, entry) in &mut state.entries {
			entry.listeners.retain(|(listener, _)| *listener != connection);
			if entry.listeners.is_empty() {
				unwanted.push(*id);
			}
		}
		for id in unwanted {
			if !state.is_running(&id) && state.give_up(&id) {
				self.metrics.cancelled.inc();
			}
		}
		self.count(&state);
	}

	/// The next order that is no sprint, which counts as running from now on; none when none waits.
	pub(super) fn next(&self) -> Option<Work> {
		self.begin(|state| state.audits.pop_front().or_else(|| state.jobs.pop_front()))
	}

	/// The next sprint, which counts as running from now on; none when none waits, or anything else does.
	pub(super) fn next_sprint(&self) -> Option<Work> {
		self.begin(|state| match state.paid() {
			0 => state.sprints.pop_front(),
			_ => None,
		})
	}

	/// Begins the first of the orders that `take` takes that somebody still wants.
	fn begin(&self, take: impl Fn(&mut State) -> Option<OrderId>) -> Option<Work> {
		let mut state = self.state.lock();
		loop {
			let id = take(&mut state)?;
			// Orders leave a line together with their entry, so there is one.
			let entry = state.entries.get(&id)?;
			let control = self.control.for_request(Some(entry.deadline));
			if control.check().is_ok() {
				let order = entry.order.clone();
				state.running.insert(id, control.clone());
				self.count(&state);
				debug!("Order {id:?} starts");
				return Some(Work { id, order, control });
			}
			let Some(entry) = state.entries.remove(&id) else { continue };
			self.count(&state);
			warn!("Order {id:?} waited for too long: nobody wants it any more");
			self.metrics.failed.inc();
			for (_, reply) in entry.listeners {
				let outcome = Outcome::Failed(EngineFailure::TooLate);
				reply.send(FromEngine::Finished { order: id, outcome });
			}
		}
	}

	/// Has a task woken whenever something changes from now on that may concern whoever runs orders.
	pub(super) fn wake_on_change(&self, waker: &Waker) {
		self.changed.register(waker);
	}

	/// Whether no order will be started any more.
	pub(super) fn is_draining(&self) -> bool {
		self.state.lock().draining
	}

	/// An order that ran has ended.
	pub(super) fn ended(&self, id: OrderId, ending: Ending, took: Duration) {
		let mut state = self.state.lock();
		let first_token = state.running.remove(&id).and_then(|control| control.first_token());
		let Some(entry) = state.entries.remove(&id) else { return };
		match ending {
			Ending::Outcome(outcome) => {
				self.metrics.ran(&entry.order, &outcome, took);
				if let (Some(at), Outcome::Executed { attestation, .. }) = (first_token, &outcome) {
					let tokens = attestation.output_tokens;
					self.metrics.answered(at - entry.since, at.elapsed(), tokens);
				}
				log_outcome(id, &outcome, took);
				if is_final(&outcome) {
					state.outcomes_of(&entry.order).insert(id, outcome.clone());
				}
				self.count(&state);
				drop(state);
				for (_, reply) in entry.listeners {
					reply.send(FromEngine::Finished { order: id, outcome: outcome.clone() });
				}
			}
			Ending::Cancelled if entry.listeners.is_empty() => {
				info!("Order {id:?} was cancelled after {} ms", took.as_millis());
				self.metrics.cancelled.inc();
				self.count(&state);
			}
			Ending::Cancelled if state.draining => {
				self.turn_away(id, entry);
				self.count(&state);
			}
			// Somebody asked for it after it was cancelled and before it stopped.
			Ending::Cancelled => {
				state.line_of(&entry.order).push_front(id);
				state.entries.insert(id, entry);
				self.count(&state);
			}
		}
	}

	/// Starts and takes no other order. Whoever waits is told to come again later: after the
	/// restart, most likely.
	pub(super) fn drain(&self) {
		let mut state = self.state.lock();
		state.draining = true;
		let mut waiting = std::mem::take(&mut state.audits);
		waiting.append(&mut state.jobs);
		waiting.append(&mut state.sprints);
		for id in waiting {
			if let Some(entry) = state.entries.remove(&id) {
				self.turn_away(id, entry);
			}
		}
		self.count(&state);
		self.changed.wake();
	}

	fn turn_away(&self, id: OrderId, entry: Entry) {
		for (_, reply) in entry.listeners {
			self.refuse(id, reply);
		}
	}

	/// Stops the orders that run.
	pub(super) fn cancel_running(&self) {
		self.state.lock().running.values().for_each(Control::cancel);
		self.changed.wake();
	}

	/// The service's state, with the models that are loaded.
	pub(super) fn status(&self, models: Vec<ModelId>) -> EngineStatus {
		let state = self.state.lock();
		EngineStatus {
			models,
			queued: state.waiting() as u32,
			running: state.running.len() as u32,
			completed: self.metrics.completed.get(),
			failed: self.metrics.failed.get(),
			generated_tokens: self.metrics.generated_tokens(),
			prefilled_tokens: self.metrics.prefilled_tokens(),
		}
	}

	fn count(&self, state: &State) {
		self.metrics.queued.set(state.waiting() as u64);
		self.metrics.running.set(state.running.len() as u64);
	}
}

/// Whether the same order would end the same way the next time.
fn is_final(outcome: &Outcome) -> bool {
	match outcome {
		Outcome::Executed { .. }
		| Outcome::Verified { .. }
		| Outcome::Played { .. }
		| Outcome::Sprinted { .. } => true,
		Outcome::Failed(failure) => match failure {
			EngineFailure::PromptTooLong { .. } | EngineFailure::PromptNotUtf8 => true,
			EngineFailure::UnknownModel | EngineFailure::Internal(_) | EngineFailure::TooLate => {
				false
			}
		},
	}
}

/// One line for each order.
fn log_outcome(id: OrderId, outcome: &Outcome, took: Duration) {
	let milliseconds = took.as_millis();
	match outcome {
		Outcome::Executed { attestation, .. } => info!(
			"Order {id:?}: job {:?} made {} tokens from {} in {milliseconds} ms",
			attestation.job_id, attestation.output_tokens, attestation.prompt_tokens
		),
		Outcome::Verified { vote, .. } => {
			info!("Order {id:?}: verified in {milliseconds} ms: {vote:?}")
		}
		Outcome::Played { turn } => info!(
			"Order {id:?}: {} in {milliseconds} ms",
			if turn.is_some() {
				"found a move of a dispute"
			} else {
				"nothing to say in a dispute"
			}
		),
		Outcome::Sprinted { leaves } => {
			debug!("Order {id:?}: did {} items of a sprint in {milliseconds} ms", leaves.len())
		}
		Outcome::Failed(failure) => {
			warn!("Order {id:?}: failed after {milliseconds} ms: {failure:?}")
		}
	}
}
