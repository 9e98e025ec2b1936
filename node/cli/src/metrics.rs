// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Jobs, audits and disputes in the node's Prometheus registry, counted over finalised blocks.

use crate::service::FullClient;
use ergon_runtime::{
	ergon_api::{Activity, ErgonApi},
	opaque::Block,
	Hash,
};
use futures::StreamExt;
use sc_client_api::BlockchainEvents;
use sp_api::ProvideRuntimeApi;
use std::sync::Arc;
use substrate_prometheus_endpoint::{
	register, CounterVec, Gauge, Opts, PrometheusError, Registry, U64,
};

/// Where this module's log lines go.
const LOG_TARGET: &str = "ergon::metrics";

/// What is counted.
pub(crate) struct Metrics {
	open_jobs: Gauge<U64>,
	jobs: CounterVec<U64>,
	audits: CounterVec<U64>,
	disputes: CounterVec<U64>,
}

impl Metrics {
	/// Registers all of them.
	///
	/// # Errors
	///
	/// When metrics of these names are registered already.
	pub(crate) fn register(registry: &Registry) -> Result<Self, PrometheusError> {
		let counters = |name: &str, help: &str, label: &str| {
			register(CounterVec::new(Opts::new(name, help), &[label])?, registry)
		};
		Ok(Self {
			open_jobs: register(
				Gauge::new("ergon_jobs_open", "Jobs that are not final")?,
				registry,
			)?,
			jobs: counters("ergon_jobs_total", "Jobs by what happened to them", "event")?,
			audits: counters(
				"ergon_audits_total",
				"Audit duties by what happened to them",
				"event",
			)?,
			disputes: counters(
				"ergon_disputes_total",
				"Claims that a result or an audit is wrong, moves, and games by who won",
				"event",
			)?,
		})
	}

	/// Counts what happens, for as long as it is polled.
	pub(crate) async fn follow(self, client: Arc<FullClient>) {
		let mut finalised = client.finality_notification_stream();
		while let Some(notification) = finalised.next().await {
			for block in notification.tree_route.iter().copied().chain([notification.hash]) {
				self.count(&client, block);
			}
		}
	}

	fn count(&self, client: &FullClient, block: Hash) {
		match ErgonApi::<Block>::activity(&*client.runtime_api(), block) {
			Ok(activity) => self.add(&activity),
			// The state of a block is gone when finality jumps far ahead, after a sync for one.
			Err(error) => log::debug!(
				target: LOG_TARGET,
				"Cannot count what happened in block {block:?}: {error}",
			),
		}
	}

	fn add(&self, activity: &Activity) {
		let Activity {
			open_jobs,
			submitted,
			assigned,
			requeued,
			attested,
			disputed,
			settled,
			voided,
			expired,
			cancelled,
			audits_drawn,
			audits_committed,
			audits_match,
			audits_mismatch,
			audits_unavailable,
			audits_missed,
			disputes_claimed,
			disputes_moved,
			disputes_defended,
			disputes_proved,
		} = *activity;
		self.open_jobs.set(open_jobs.into());
		for (event, count) in [
			("submitted", submitted),
			("assigned", assigned),
			("requeued", requeued),
			("attested", attested),
			("disputed", disputed),
			("settled", settled),
			("voided", voided),
			("expired", expired),
			("cancelled", cancelled),
		] {
			self.jobs.with_label_values(&[event]).inc_by(count.into());
		}
		for (event, count) in [
			("drawn", audits_drawn),
			("committed", audits_committed),
			("match", audits_match),
			("mismatch", audits_mismatch),
			("unavailable", audits_unavailable),
			("missed", audits_missed),
		] {
			self.audits.with_label_values(&[event]).inc_by(count.into());
		}
		for (event, count) in [
			("claimed", disputes_claimed),
			("moved", disputes_moved),
			("defended", disputes_defended),
			("proved", disputes_proved),
		] {
			self.disputes.with_label_values(&[event]).inc_by(count.into());
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn counters_should_add_up_over_blocks() {
		let metrics = Metrics::register(&Registry::new()).unwrap();
		metrics.add(&Activity {
			open_jobs: 2,
			submitted: 2,
			audits_missed: 1,
			disputes_moved: 3,
			..Default::default()
		});
		metrics.add(&Activity { open_jobs: 1, submitted: 1, settled: 2, ..Default::default() });

		assert_eq!(metrics.open_jobs.get(), 1);
		let jobs = |event| metrics.jobs.with_label_values(&[event]).get();
		assert_eq!((jobs("submitted"), jobs("settled"), jobs("voided")), (3, 2, 0));
		assert_eq!(metrics.audits.with_label_values(&["missed"]).get(), 1);
		assert_eq!(metrics.disputes.with_label_values(&["moved"]).get(), 3);
	}

	#[test]
	fn register_should_fail_when_it_is_done_twice() {
		let registry = Registry::new();
		Metrics::register(&registry).unwrap();
		assert!(Metrics::register(&registry).is_err());
	}
}
