// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What the service counts. The library that serves it over HTTP is the node's own, so that the
//! engine has no second metrics stack; a supervised engine needs no port, because the node asks for
//! its status and republishes the figures.

use std::time::Duration;

use ergon_core::engine::{Order, Outcome};
use substrate_prometheus_endpoint::{
	exponential_buckets, register, Counter, CounterVec, Gauge, Histogram, HistogramOpts,
	HistogramVec, Opts, PrometheusError, Registry, U64,
};

use super::MemoryUse;
use crate::executor::Passes;

/// The counters of one service.
pub(super) struct Metrics {
	registry: Registry,
	pub(super) queued: Gauge<U64>,
	pub(super) running: Gauge<U64>,
	pub(super) completed: Counter<U64>,
	pub(super) failed: Counter<U64>,
	pub(super) cancelled: Counter<U64>,
	pub(super) refused: Counter<U64>,
	pub(super) answered_from_cache: Counter<U64>,
	models: Gauge<U64>,
	model_bytes: Gauge<U64>,
	order_bytes: Gauge<U64>,
	passes: Gauge<U64>,
	pass_tokens: Gauge<U64>,
	generated: Counter<U64>,
	prefilled: Counter<U64>,
	seconds: HistogramVec,
	first_token_seconds: Histogram,
	tokens_per_second: Histogram,
	votes: CounterVec<U64>,
	pub(super) sprint_items: Counter<U64>,
}

impl Metrics {
	/// All counters, at zero, in a registry of their own.
	pub(super) fn new() -> Result<Self, PrometheusError> {
		let registry = Registry::new();
		let counter = |name: &str, help: &str| register(Counter::new(name, help)?, &registry);
		let gauge = |name: &str, help: &str| register(Gauge::new(name, help)?, &registry);
		Ok(Self {
			queued: gauge("ergon_engine_orders_queued", "Orders that wait")?,
			running: gauge("ergon_engine_orders_running", "Orders that run")?,
			completed: counter("ergon_engine_orders_completed_total", "Orders that were filled")?,
			failed: counter("ergon_engine_orders_failed_total", "Orders that failed")?,
			cancelled: counter(
				"ergon_engine_orders_cancelled_total",
				"Orders that were given up because nobody wanted them any more",
			)?,
			refused: counter(
				"ergon_engine_orders_refused_total",
				"Orders that found the queue full or the engine ending",
			)?,
			answered_from_cache: counter(
				"ergon_engine_orders_cached_total",
				"Orders that were answered with a remembered outcome",
			)?,
			models: gauge("ergon_engine_models_loaded", "Models in memory")?,
			model_bytes: gauge("ergon_engine_model_memory_bytes", "Memory of models")?,
			order_bytes: gauge(
				"ergon_engine_order_memory_bytes",
				"Memory that is kept for keys and values of orders",
			)?,
			passes: gauge("ergon_engine_passes", "Passes through a model since start")?,
			pass_tokens: gauge(
				"ergon_engine_pass_tokens",
				"Tokens that went through a model since start; by passes, how many share one",
			)?,
			generated: counter("ergon_engine_generated_tokens_total", "Tokens generated")?,
			prefilled: counter(
				"ergon_engine_prefilled_tokens_total",
				"Tokens processed by prefill: prompts, and outputs that were verified",
			)?,
			sprint_items: counter(
				"ergon_engine_sprint_items_total",
				"Items of sprints that were done; their tokens are counted with the passes only",
			)?,
			seconds: register(
				HistogramVec::new(
					HistogramOpts::new("ergon_engine_order_seconds", "How long an order ran")
						.buckets(exponential_buckets(0.01, 2.0, 16)?),
					&["kind"],
				)?,
				&registry,
			)?,
			first_token_seconds: register(
				Histogram::with_opts(
					HistogramOpts::new(
						"ergon_engine_first_token_seconds",
						"From the arrival of an order to its first token",
					)
					.buckets(exponential_buckets(0.01, 2.0, 16)?),
				)?,
				&registry,
			)?,
			tokens_per_second: register(
				Histogram::with_opts(
					HistogramOpts::new(
						"ergon_engine_order_tokens_per_second",
						"Tokens of an answer after the first, by the time that they took",
					)
					.buckets(exponential_buckets(1.0, 2.0, 14)?),
				)?,
				&registry,
			)?,
			votes: register(
				CounterVec::new(Opts::new("ergon_engine_votes_total", "Votes"), &["vote"])?,
				&registry,
			)?,
			registry,
		})
	}

	/// The registry that holds them.
	pub(super) fn registry(&self) -> &Registry {
		&self.registry
	}

	/// What memory is used for now.
	pub(super) fn memory(&self, used: MemoryUse) {
		self.models.set(used.models);
		self.model_bytes.set(used.model_bytes);
		self.order_bytes.set(used.order_bytes);
	}

	/// What went through models so far.
	pub(super) fn passes(&self, passes: Passes) {
		self.passes.set(passes.count);
		self.pass_tokens.set(passes.tokens);
	}

	/// An answer had its first token that long after its order came, and the last that long after the
	/// first.
	pub(super) fn answered(&self, first: Duration, rest: Duration, tokens: u32) {
		self.first_token_seconds.observe(first.as_secs_f64());
		if tokens > 1 && !rest.is_zero() {
			self.tokens_per_second.observe(f64::from(tokens - 1) / rest.as_secs_f64());
		}
	}

	/// An order ran to its end.
	pub(super) fn ran(&self, order: &Order, outcome: &Outcome, took: Duration) {
		let kind = match order {
			Order::Execute(_) => "execute",
			Order::Verify { .. } => "verify",
			Order::Play { .. } => "play",
			Order::StandIn { .. } => "stand_in",
			Order::Sprint { .. } => "sprint",
		};
		self.seconds.with_label_values(&[kind]).observe(took.as_secs_f64());
		match (order, outcome) {
			(_, Outcome::Executed { attestation, .. }) => {
				self.prefilled.inc_by(attestation.prompt_tokens.into());
				self.generated.inc_by(attestation.output_tokens.into());
				self.completed.inc();
			}
			(Order::Verify { bundle, .. }, Outcome::Verified { vote, .. }) => {
				self.prefilled.inc_by(bundle.output.token_count().into());
				self.vote(vote);
			}
			(_, Outcome::Verified { vote, .. }) => self.vote(vote),
			(_, Outcome::Played { .. }) => self.completed.inc(),
			(_, Outcome::Sprinted { leaves }) => {
				self.sprint_items.inc_by(leaves.len() as u64);
				self.completed.inc();
			}
			(_, Outcome::Failed(_)) => self.failed.inc(),
		}
	}

	fn vote(&self, vote: &ergon_core::Vote) {
		use ergon_core::Vote::{Match, Mismatch, Unavailable};
		let label = match vote {
			Match => "match",
			Mismatch(_) => "mismatch",
			Unavailable => "unavailable",
		};
		self.votes.with_label_values(&[label]).inc();
		self.completed.inc();
	}

	/// Tokens generated since start.
	pub(super) fn generated_tokens(&self) -> u64 {
		self.generated.get()
	}

	/// Tokens processed by prefill since start.
	pub(super) fn prefilled_tokens(&self) -> u64 {
		self.prefilled.get()
	}
}
