// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What an operator wants to know about the validators whose keys this node has: in the Prometheus registry, and
//! in the log before it costs something.
//!
//! Looks at each new best block, since what is due is due on the best chain.

mod duties;
mod gauges;
mod sprints;
mod view;

use crate::{
	engine::{Engine, EngineHealth},
	service::FullClient,
};
use ergon_core::crypto::{
	audit::{self, AuditorId},
	AUDIT_KEY_TYPE,
};
use ergon_runtime::{ergon_api::ErgonApi, BlockNumber, Hash};
use futures::StreamExt;
use sc_client_api::BlockchainEvents;
use sp_api::ProvideRuntimeApi;
use sp_keystore::KeystorePtr;
use std::{collections::BTreeSet, sync::Arc};
use substrate_prometheus_endpoint::{PrometheusError, Registry};

use self::{
	duties::{excuse, Late, Warned, What},
	gauges::Gauges,
	sprints::Readiness,
	view::View,
};

/// Where this module's log lines go.
const LOG_TARGET: &str = "ergon::validator";

/// Looks after the validators of this node.
pub(crate) struct Watch {
	client: Arc<FullClient>,
	keystore: KeystorePtr,
	engine: Option<Arc<Engine>>,
	gauges: Option<Gauges>,
	/// What was seen last.
	last: Option<View>,
	warned: Warned,
	readiness: Readiness,
	/// Audit keys whose accounts an operator was told of.
	told: BTreeSet<AuditorId>,
}

impl Watch {
	/// A watch that has seen nothing yet.
	///
	/// # Errors
	///
	/// When metrics of these names are registered already.
	pub(crate) fn new(
		client: Arc<FullClient>,
		keystore: KeystorePtr,
		engine: Option<Arc<Engine>>,
		registry: Option<&Registry>,
	) -> Result<Self, PrometheusError> {
		let gauges = registry.map(Gauges::register).transpose()?;
		let (warned, readiness) = (Warned::default(), Readiness::default());
		let (last, told) = (None, BTreeSet::new());
		Ok(Self { client, keystore, engine, gauges, last, warned, readiness, told })
	}

	/// Watches for as long as it is polled.
	pub(crate) async fn follow(mut self) {
		let mut imported = self.client.import_notification_stream();
		while let Some(block) = imported.next().await {
			if block.is_new_best {
				self.look(block.header.number, block.hash);
			}
		}
	}

	fn look(&mut self, number: BlockNumber, block: Hash) {
		// Keys may be added while the node runs.
		let keys: Vec<AuditorId> = self
			.keystore
			.ed25519_public_keys(AUDIT_KEY_TYPE)
			.into_iter()
			.map(AuditorId::from)
			.collect();
		if keys.is_empty() && self.gauges.is_none() {
			return;
		}
		for key in keys.iter().filter(|key| self.told.insert(AuditorId::clone(key))) {
			log::info!(
				target: LOG_TARGET,
				"To stand in by itself for who is silent in a dispute, and right, this node needs money on the \
				 account of its audit key, {}, and risks what is there",
				audit::address(key),
			);
		}
		let view = match View::read(&self.client, number, block, &keys) {
			Ok(view) => view,
			Err(error) => {
				log::debug!(
					target: LOG_TARGET,
					"Cannot see how validators are in block {block:?}: {error}",
				);
				return;
			}
		};
		let health = self.engine.as_ref().map(|engine| engine.health());
		if let Some(gauges) = &self.gauges {
			let loaded = health.as_ref().map(|health| health.engine.models.as_slice());
			gauges.set(&view, loaded.unwrap_or_default());
		}
		if self.readiness.is_lacking(&view, health.as_ref()) {
			let sprint = view.sprint.as_ref();
			let models = sprint.map(|sprint| sprint.models.as_slice()).unwrap_or_default();
			let excuse = excuse(health.as_ref(), models);
			log::warn!(
				target: LOG_TARGET,
				"⚠️ This node cannot take part in the sprint of era {}, which costs the power of two: \
				 {excuse}",
				view.era,
			);
		}
		for late in self.warned.news(&view) {
			self.warn(block, &view, &late, health.as_ref());
		}
		for line in view.news(self.last.as_ref()) {
			log::info!(target: LOG_TARGET, "{line}");
		}
		self.last = Some(view);
	}

	/// Says that a duty is about to be missed, and why as far as this node knows.
	fn warn(&self, block: Hash, view: &View, late: &Late, health: Option<&EngineHealth>) {
		let models: Vec<_> = match late.what {
			What::Audit { job, .. } => {
				let job = self.client.runtime_api().job(block, job).ok().flatten();
				job.map(|job| job.model).into_iter().collect()
			}
			What::Commit { .. } | What::Show { .. } => view.sprint_models(&late.account),
		};
		let excuse = excuse(health, &models);
		log::warn!(target: LOG_TARGET, "⚠️ {late}: {excuse}");
	}
}
