// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The engine in the node's Prometheus registry.

use ergon_core::engine::{EngineStatus, Outcome};
use substrate_prometheus_endpoint::{
	register, Counter, CounterVec, Gauge, Opts, PrometheusError, Registry, U64,
};

/// Counters run on over restarts of the engine, as Prometheus wants them.
pub(super) struct Metrics {
	up: Gauge<U64>,
	restarts: Counter<U64>,
	pending: Gauge<U64>,
	queued: Gauge<U64>,
	running: Gauge<U64>,
	models: Gauge<U64>,
	orders: CounterVec<U64>,
	tokens: CounterVec<U64>,
}

impl Metrics {
	/// Registers all of them.
	pub(super) fn register(registry: &Registry) -> Result<Self, PrometheusError> {
		let gauge = |name: &str, help: &str| register(Gauge::new(name, help)?, registry);
		let counters = |name: &str, help: &str, label: &str| {
			register(CounterVec::new(Opts::new(name, help), &[label])?, registry)
		};
		Ok(Self {
			up: gauge("ergon_engine_up", "Whether the engine runs and answers")?,
			restarts: register(
				Counter::new("ergon_engine_restarts_total", "How often the engine was restarted")?,
				registry,
			)?,
			pending: gauge(
				"ergon_engine_orders_pending",
				"Orders without an outcome, in the node and in the engine",
			)?,
			queued: gauge("ergon_engine_orders_queued", "Orders that wait in the engine")?,
			running: gauge("ergon_engine_orders_running", "Orders that the engine works on")?,
			models: gauge("ergon_engine_models", "Models that the engine has loaded")?,
			orders: counters("ergon_engine_orders_total", "Orders by their outcome", "outcome")?,
			tokens: counters("ergon_engine_tokens_total", "Tokens by how they were made", "kind")?,
		})
	}

	/// The engine is up or down.
	pub(super) fn up(&self, up: bool) {
		self.up.set(up.into());
	}

	/// The engine is started again.
	pub(super) fn restart(&self) {
		self.restarts.inc();
	}

	/// Orders without an outcome.
	pub(super) fn pending(&self, pending: usize) {
		self.pending.set(pending as u64);
	}

	/// An order has an outcome.
	pub(super) fn finished(&self, outcome: &Outcome) {
		let label = match outcome {
			Outcome::Executed { .. } => "executed",
			Outcome::Verified { .. } => "verified",
			Outcome::Played { .. } => "played",
			Outcome::Sprinted { .. } => "sprinted",
			Outcome::Failed(_) => "failed",
		};
		self.orders.with_label_values(&[label]).inc();
	}

	/// An order failed and is tried again.
	pub(super) fn tried_again(&self) {
		self.orders.with_label_values(&["tried_again"]).inc();
	}

	/// What the engine says of itself now, and what it said before.
	pub(super) fn status(&self, now: &EngineStatus, before: &EngineStatus) {
		self.queued.set(now.queued.into());
		self.running.set(now.running.into());
		self.models.set(now.models.len() as u64);
		let add = |counters: &CounterVec<U64>, label: &str, now: u64, before: u64| {
			counters.with_label_values(&[label]).inc_by(now.saturating_sub(before));
		};
		add(&self.tokens, "generated", now.generated_tokens, before.generated_tokens);
		add(&self.tokens, "prefilled", now.prefilled_tokens, before.prefilled_tokens);
	}
}
