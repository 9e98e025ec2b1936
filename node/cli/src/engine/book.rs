// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The book of orders: which wait, which are with the engine, and what became of the others.
//!
//! # Life of an order
//!
//! ```text
//! submit ──> Waiting ──take_next──> Sent ──finished──> outcome remembered
//!               ^                    │
//!               └── busy, Internal ──┤
//!               └── engine lost ─────┘
//! ```
//!
//! # Orders that kill the engine
//!
//! When the engine dies, one of the orders that it held may be the reason, and the others must not
//! suffer for it. So all of them become *suspects*, and until the last suspect is done, the engine
//! gets one order at a time. An engine that dies then leaves no doubt; an order that did it
//! [`Limits::attempts`] times fails.
//!
//! Nothing here does input or output or reads a clock.

use std::{
	collections::HashMap,
	time::{Duration, Instant},
};

use codec::{Decode, Encode};
use ergon_core::engine::{EngineFailure, Order, OrderId, Outcome, ToEngine, MAX_FRAME_BYTES};
use ergon_engine_interface::{Progress, Submission};
use tokio_util::bytes::Bytes;

use super::outcomes::Outcomes;

/// The bounds of a [`Book`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
	/// Most orders that wait for an outcome; a quarter as many sprints may wait beside them.
	pub(super) pending: usize,
	/// Most bytes of remembered outcomes.
	pub(super) outcome_bytes: usize,
	/// How often an order is tried that fails for a reason of the engine's own, or that kills it.
	pub(super) attempts: u32,
	/// How long an order waits before it is tried again.
	pub(super) retry_after: Duration,
	/// How long a failure is remembered that may pass: an unknown model, an internal error.
	pub(super) failure_memory: Duration,
}

impl Limits {
	/// Most orders of a kind that wait: sprints take no place of what somebody pays for.
	fn most(&self, is_sprint: bool) -> usize {
		match is_sprint {
			true => self.pending.div_ceil(4),
			false => self.pending,
		}
	}
}

impl Default for Limits {
	fn default() -> Self {
		Self {
			pending: 64,
			outcome_bytes: 16 << 20,
			attempts: 3,
			retry_after: Duration::from_secs(2),
			failure_memory: Duration::from_secs(60),
		}
	}
}

/// What kind of outcome belongs to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
	Execute,
	Verify,
	Play,
	Sprint,
}

/// Where an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
	/// In the node, not to be sent before then.
	Waiting(Instant),
	/// With the engine.
	Sent,
}

/// An order that has no outcome yet.
struct Pending {
	order: Order,
	/// When nobody wants its outcome any more.
	deadline: Instant,
	kind: Kind,
	/// Orders are sent in the order of their tickets.
	ticket: u64,
	stage: Stage,
	/// How often it failed or killed the engine.
	failures: u32,
	/// Whether the engine died while it held the order.
	suspect: bool,
}

/// What an outcome that came in was good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Finish {
	/// It is remembered.
	Remembered,
	/// The order failed for a reason that may pass, and is tried again.
	TriedAgain(String),
	/// Nobody waits for it.
	Unasked,
	/// It is not the kind of outcome that belongs to the order: the engine is broken.
	WrongKind,
}

/// All orders that the node knows of.
pub(super) struct Book {
	limits: Limits,
	pending: HashMap<OrderId, Pending>,
	outcomes: Outcomes,
	next_ticket: u64,
}

impl Book {
	/// An empty book.
	pub(super) fn new(limits: Limits) -> Self {
		Self {
			limits,
			pending: HashMap::new(),
			outcomes: Outcomes::new(limits.outcome_bytes),
			next_ticket: 0,
		}
	}

	/// Takes an order whose outcome is wanted until the deadline, unless it is there already or there is no
	/// room. One that ended in an internal failure is tried again.
	pub(super) fn submit(&mut self, order: Order, deadline: Instant, now: Instant) -> Submission {
		let id = order.id();
		if self.outcomes.get(&id, now).is_some_and(|outcome| !is_internal(outcome)) {
			return Submission::Accepted;
		}
		if let Some(pending) = self.pending.get_mut(&id) {
			pending.deadline = pending.deadline.max(deadline);
			return Submission::Accepted;
		}
		let kind = match order {
			Order::Execute(_) => Kind::Execute,
			Order::Verify { .. } => Kind::Verify,
			Order::Play { .. } | Order::StandIn { .. } => Kind::Play,
			Order::Sprint { .. } => Kind::Sprint,
		};
		let is_sprint = kind == Kind::Sprint;
		let alike = self.pending.values().filter(|other| (other.kind == Kind::Sprint) == is_sprint);
		if alike.count() >= self.limits.most(is_sprint) {
			return Submission::Busy;
		}
		if message(&order, u32::MAX).len() > MAX_FRAME_BYTES as usize {
			return Submission::Malformed;
		}
		let ticket = self.next_ticket;
		self.next_ticket += 1;
		let stage = Stage::Waiting(now);
		let pending = Pending { order, deadline, kind, ticket, stage, failures: 0, suspect: false };
		self.pending.insert(id, pending);
		self.outcomes.remove(&id);
		Submission::Accepted
	}

	/// How an order is doing.
	pub(super) fn progress(&mut self, id: &OrderId, now: Instant) -> Progress {
		if self.pending.contains_key(id) {
			Progress::Pending
		} else if self.outcomes.get(id, now).is_some() {
			Progress::Done
		} else {
			Progress::Unknown
		}
	}

	/// The encoded outcome of an order that is done.
	pub(super) fn outcome(&mut self, id: &OrderId, now: Instant) -> Option<Vec<u8>> {
		self.outcomes.get(id, now).map(Vec::from)
	}

	/// Number of orders without an outcome.
	pub(super) fn pending(&self) -> usize {
		self.pending.len()
	}

	/// The next order that is to be sent now, as an encoded message; it counts as sent from here
	/// on.
	pub(super) fn take_next(&mut self, now: Instant) -> Option<(OrderId, Bytes)> {
		// What nobody wants any more is not sent; what was sent, the engine gives up by itself.
		self.pending.retain(|_, pending| pending.stage == Stage::Sent || pending.deadline > now);
		let probation = self.pending.values().any(|pending| pending.suspect);
		if probation && self.pending.values().any(|pending| pending.stage == Stage::Sent) {
			return None;
		}
		let (id, next) = self
			.pending
			.iter_mut()
			.filter(|(_, pending)| matches!(pending.stage, Stage::Waiting(from) if from <= now))
			.min_by_key(|(_, pending)| (!pending.suspect, pending.ticket))?;
		next.stage = Stage::Sent;
		let patience = next.deadline.saturating_duration_since(now).as_millis();
		Some((*id, message(&next.order, u32::try_from(patience).unwrap_or(u32::MAX))))
	}

	/// The engine had no room for an order: it is sent again later.
	pub(super) fn busy(&mut self, id: &OrderId, now: Instant) {
		if let Some(pending) = self.pending.get_mut(id) {
			pending.stage = Stage::Waiting(now + self.limits.retry_after);
		}
	}

	/// An outcome came in.
	pub(super) fn finished(&mut self, id: &OrderId, outcome: &Outcome, now: Instant) -> Finish {
		let Some(pending) = self.pending.get_mut(id) else { return Finish::Unasked };
		match (outcome, pending.kind) {
			(Outcome::Executed { .. }, Kind::Execute)
			| (Outcome::Verified { .. }, Kind::Verify)
			| (Outcome::Played { .. }, Kind::Play)
			| (Outcome::Sprinted { .. }, Kind::Sprint) => self.remember(id, outcome, None),
			(Outcome::Failed(EngineFailure::Internal(reason)), _) => {
				pending.failures += 1;
				pending.suspect = false;
				if pending.failures < self.limits.attempts {
					pending.stage = Stage::Waiting(now + self.limits.retry_after);
					return Finish::TriedAgain(reason.clone());
				}
				self.remember(id, outcome, Some(now + self.limits.failure_memory));
			}
			(Outcome::Failed(EngineFailure::UnknownModel), _) => {
				self.remember(id, outcome, Some(now + self.limits.failure_memory))
			}
			// Whoever wants it all the same submits it again.
			(Outcome::Failed(EngineFailure::TooLate), _) => {
				self.pending.remove(id);
			}
			// The same order fails the same way for ever.
			(Outcome::Failed(EngineFailure::PromptTooLong { .. }), _)
			| (Outcome::Failed(EngineFailure::PromptNotUtf8), _) => self.remember(id, outcome, None),
			(
				Outcome::Executed { .. }
				| Outcome::Verified { .. }
				| Outcome::Played { .. }
				| Outcome::Sprinted { .. },
				_,
			) => return Finish::WrongKind,
		}
		Finish::Remembered
	}

	/// The engine is gone, and with it all that it held. Returns how many orders wait to be sent
	/// again, and the order that killed it, if that is certain.
	pub(super) fn engine_lost(&mut self, now: Instant) -> (usize, Option<OrderId>) {
		let sent: Vec<OrderId> = self
			.pending
			.iter()
			.filter(|(_, pending)| pending.stage == Stage::Sent)
			.map(|(id, _)| *id)
			.collect();
		for id in &sent {
			if let Some(pending) = self.pending.get_mut(id) {
				pending.suspect = true;
				pending.stage = Stage::Waiting(now);
			}
		}
		let [culprit] = sent[..] else { return (self.pending.len(), None) };
		let fatal = self.pending.get_mut(&culprit).is_some_and(|pending| {
			pending.failures += 1;
			pending.failures >= self.limits.attempts
		});
		if fatal {
			let failure = EngineFailure::Internal(format!(
				"the engine ended {} times while it worked on this order alone",
				self.limits.attempts
			));
			let until = now + self.limits.failure_memory;
			self.remember(&culprit, &Outcome::Failed(failure), Some(until));
		}
		(self.pending.len(), Some(culprit))
	}

	/// Closes an order.
	fn remember(&mut self, id: &OrderId, outcome: &Outcome, until: Option<Instant>) {
		self.pending.remove(id);
		self.outcomes.insert(*id, outcome.encode(), until);
	}
}

/// An order as it is sent.
fn message(order: &Order, patience: u32) -> Bytes {
	Bytes::from(ToEngine::Submit { order: order.clone(), patience }.encode())
}

/// Whether an encoded outcome is an internal failure.
fn is_internal(outcome: &[u8]) -> bool {
	matches!(
		Outcome::decode(&mut &outcome[..]),
		Ok(Outcome::Failed(EngineFailure::Internal(_))) | Err(_)
	)
}
