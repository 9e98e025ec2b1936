// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The real engine, in this process: every order is filled at once.

use std::{
	collections::{BTreeMap, BTreeSet},
	path::Path,
	sync::Arc,
};

use codec::Encode;
use ergon_core::{
	engine::{JobOrder, Order, OrderId, Outcome},
	Attestation, Bundle, JobId, ModelId,
};
use ergon_engine::{
	adversary::{Adversary, Cheat},
	executor::Executor,
	service::{ModelRunner, ModelStore, Runner},
	Control,
};
use ergon_engine_interface::{Backend, Progress, Submission};
use parking_lot::Mutex;
use tempfile::TempDir;

use crate::Error;

/// The demo model, imported.
pub(crate) struct Models {
	store: Arc<ModelStore>,
	_folder: TempDir,
}

impl Models {
	/// Imports a Hugging Face folder.
	///
	/// # Errors
	///
	/// [`Error`] when the model cannot be imported, or is not the one that the runtime knows.
	pub(crate) fn import(source: &Path) -> Result<Self, Error> {
		let folder = tempfile::Builder::new().prefix("ergon-attacks-").tempdir()?;
		let model = ergon_engine::import(source, &folder.path().join("model"), &mut |_| {})?;
		let known = ergon_runtime::presets::demo_manifest().map(|manifest| manifest.id());
		if known != Some(model.id()) {
			return Err(Error::OtherModel(source.into()));
		}
		let store = ModelStore::open(folder.path(), u64::MAX)
			.map_err(|error| Error::Engine(error.to_string()))?;
		Ok(Self { store, _folder: folder })
	}

	/// Who fills orders of a network: honestly, but for a provider who cheats.
	pub(crate) fn runner(&self, cheat: Option<Cheat>) -> Arc<dyn Runner> {
		let honest = ModelRunner::new(Arc::clone(&self.store));
		match cheat {
			Some(cheat) => Arc::new(Adversary::new(honest, cheat)),
			None => Arc::new(honest),
		}
	}
}

/// Jobs that are done honestly, in a network where others are not.
pub(crate) type HonestJobs = Arc<Mutex<BTreeSet<JobId>>>;

/// The engine of the one node that there is.
pub(crate) struct Engine {
	runner: Arc<dyn Runner>,
	/// Who does those jobs that are done honestly.
	honest: Option<(Arc<dyn Runner>, HonestJobs)>,
	control: Control,
	/// SCALE-encoded [`Outcome`]s.
	outcomes: Mutex<BTreeMap<OrderId, Vec<u8>>>,
}

impl Engine {
	/// An engine on one thread.
	///
	/// # Errors
	///
	/// [`Error::Engine`] when the operating system gives no thread.
	pub(crate) fn new(runner: Arc<dyn Runner>) -> Result<Self, Error> {
		let control = Control::new(1).map_err(|error| Error::Engine(error.to_string()))?;
		Ok(Self { runner, honest: None, control, outcomes: Mutex::default() })
	}

	/// The same, but `honest` fills orders about those jobs.
	pub(crate) fn but_for(mut self, jobs: HonestJobs, honest: Arc<dyn Runner>) -> Self {
		self.honest = Some((honest, jobs));
		self
	}

	/// Who fills an order.
	fn runner_of(&self, order: &Order) -> &Arc<dyn Runner> {
		let job = match order {
			Order::Execute(job)
			| Order::Verify { job, .. }
			| Order::Play { job, .. }
			| Order::StandIn { job, .. } => job.job_id,
			// It is about no job.
			Order::Sprint { .. } => return &self.runner,
		};
		match &self.honest {
			Some((honest, jobs)) if jobs.lock().contains(&job) => honest,
			_ => &self.runner,
		}
	}

	/// What becomes of an order.
	pub(crate) fn fill(&self, order: &Order) -> Outcome {
		let executor = Executor::new(&self.control);
		let outcome = executor.complete(self.runner_of(order).run(&executor, order, &self.control));
		outcome.unwrap_or_else(|error| Outcome::Failed(error.into()))
	}

	/// The result of a job; nothing where there is none.
	pub(crate) fn execute(&self, job: &JobOrder) -> Option<(Attestation, Bundle)> {
		match self.fill(&Order::Execute(job.clone())) {
			Outcome::Executed { attestation, bundle } => Some((attestation, bundle)),
			_ => None,
		}
	}
}

impl Backend for Engine {
	fn submit(&self, order: Order, _blocks: u32) -> Submission {
		// The one node there is has the keys of cheats and of honest validators, who would all have to cheat.
		if matches!(order, Order::Sprint { .. }) {
			return Submission::Busy;
		}
		let id = order.id();
		if !self.outcomes.lock().contains_key(&id) {
			let outcome = self.fill(&order).encode();
			self.outcomes.lock().insert(id, outcome);
		}
		Submission::Accepted
	}

	fn progress(&self, order: &OrderId) -> Progress {
		match self.outcomes.lock().contains_key(order) {
			true => Progress::Done,
			false => Progress::Unknown,
		}
	}

	fn outcome(&self, order: &OrderId) -> Option<Vec<u8>> {
		self.outcomes.lock().get(order).cloned()
	}

	fn models(&self) -> Vec<ModelId> {
		self.runner.models()
	}
}
