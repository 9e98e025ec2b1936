// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The border between the service and what runs orders.

use std::sync::Arc;

use codec::Encode;
use ergon_core::{
	engine::{EngineFailure, JobOrder, Order, Outcome},
	sprint::item,
	Attestation, Bundle, JobKind, ModelId, ModelManifest,
};
use futures::{future::LocalBoxFuture, FutureExt};

use super::{
	models::{Lease, MemoryUse, Need},
	ModelStore,
};
use crate::{
	dispute::{stand_in_on, turn_on},
	error::ExecutionError,
	executor::{sequence_bytes, Executor, Priority},
	generate::execute_on,
	sprint::Items,
	verify::verify_on,
	Control, Model,
};

/// Runs orders. The service knows nothing else of models.
pub trait Runner: Send + Sync + 'static {
	/// The models that are loaded.
	fn models(&self) -> Vec<ModelId>;

	/// Looks for models that came or went since; cheap when none did. May be called from several
	/// threads.
	fn rescan(&self);

	/// How much memory is in use, for metrics.
	fn memory(&self) -> MemoryUse {
		MemoryUse::default()
	}

	/// Runs an order under `control`, among others on `executor`. [`ExecutionError::Cancelled`] when the
	/// control's flag was raised.
	fn run<'a>(
		&'a self,
		executor: &'a Executor,
		order: &'a Order,
		control: &'a Control,
	) -> LocalBoxFuture<'a, Result<Outcome, ExecutionError>>;
}

/// Runs orders on the models of a [`ModelStore`].
pub struct ModelRunner {
	models: Arc<ModelStore>,
}

impl ModelRunner {
	/// A runner over these models.
	pub fn new(models: Arc<ModelStore>) -> Self {
		Self { models }
	}

	/// The models.
	pub fn store(&self) -> &ModelStore {
		&self.models
	}

	/// Waits until an order's model is loaded and there is memory for its sequence, or for one item of a
	/// sprint; nothing when there is no such model.
	///
	/// # Errors
	///
	/// [`ExecutionError::OutOfMemory`] when there can never be, and whatever ends `control`.
	pub async fn acquire(
		&self,
		order: &Order,
		control: &Control,
	) -> Result<Option<Lease>, ExecutionError> {
		self.models.acquire(&order.model(), |manifest| need(manifest, order), control).await
	}

	/// What `run` makes of an order, with the model that it needs.
	async fn on_model(
		&self,
		order: &Order,
		control: &Control,
		run: impl AsyncFnOnce(&Arc<Model>) -> Result<Outcome, ExecutionError>,
	) -> Result<Outcome, ExecutionError> {
		match self.acquire(order, control).await? {
			Some(lease) => run(&lease.model).await,
			None => Ok(Outcome::Failed(EngineFailure::UnknownModel)),
		}
	}

	/// Has the items of a sprint done by `run`, which does one as if it were a job. `order` is the one that
	/// asks for them.
	///
	/// # Errors
	///
	/// As [`Items::leaves`] and [`Self::acquire`].
	pub(crate) async fn sprint(
		&self,
		order: &Order,
		items: Items,
		control: &Control,
		run: impl AsyncFn(&Arc<Model>, &JobOrder) -> Result<(Attestation, Bundle), ExecutionError>,
	) -> Result<Outcome, ExecutionError> {
		// Memory is had for one item at a time and given back behind it: whoever pays waits for items, never
		// for a whole order, and where there is little memory, fewer items are under way.
		let item = async |index: u32| {
			let Some(lease) = self.acquire(order, control).await? else { return Ok(None) };
			let job = items.job(lease.model.manifest(), index);
			run(&lease.model, &job).await.map(Some)
		};
		Ok(match items.leaves(item).await? {
			Some(leaves) => Outcome::Sprinted { leaves },
			None => Outcome::Failed(EngineFailure::UnknownModel),
		})
	}
}

/// How urgent an order is.
pub(super) fn priority(order: &Order) -> Priority {
	match order {
		Order::Verify { .. } | Order::Play { .. } | Order::StandIn { .. } => Priority::Audit,
		Order::Execute(_) => Priority::Job,
		Order::Sprint { .. } => Priority::Sprint,
	}
}

/// What a sequence takes at most, before anybody counted the tokens of its prompt: that of a job, or that
/// of any one item of a sprint, which all take the same.
fn need(manifest: &ModelManifest, order: &Order) -> Need {
	let positions = |job: &JobOrder| {
		let answer = match &job.kind {
			JobKind::Generate(params) => u32::from(params.max_tokens),
			JobKind::Embed => 0,
		};
		let bytes = u32::try_from(job.prompt.len()).unwrap_or(u32::MAX);
		let prompt = manifest.max_prompt_tokens(bytes);
		prompt.saturating_add(answer).min(manifest.dimensions.context)
	};
	let positions = match order {
		Order::Execute(job)
		| Order::Verify { job, .. }
		| Order::Play { job, .. }
		| Order::StandIn { job, .. } => positions(job),
		Order::Sprint { subject, model, first, .. } => {
			positions(&item(*subject, *model, manifest.architecture.generates(), *first))
		}
	};
	Need { bytes: sequence_bytes(&manifest.dimensions, positions), priority: priority(order) }
}

impl Runner for ModelRunner {
	fn models(&self) -> Vec<ModelId> {
		self.models.ids()
	}

	fn rescan(&self) {
		self.models.rescan();
	}

	fn memory(&self) -> MemoryUse {
		self.models.memory_use()
	}

	fn run<'a>(
		&'a self,
		executor: &'a Executor,
		order: &'a Order,
		control: &'a Control,
	) -> LocalBoxFuture<'a, Result<Outcome, ExecutionError>> {
		let priority = priority(order);
		let execute = async move |model: &Arc<Model>, job: &JobOrder| {
			execute_on(executor, model, job, priority, control, &mut |_: &str| {}).await
		};
		async move {
			match order {
				Order::Execute(job) => {
					let run = async |model: &Arc<Model>| {
						let (attestation, bundle) = execute(model, job).await?;
						Ok(Outcome::Executed { attestation, bundle })
					};
					self.on_model(order, control, run).await
				}
				Order::Verify { job, attestation, bundle, challenges } => {
					let run = async |model: &Arc<Model>| {
						let (vote, work_digests) = verify_on(
							executor,
							model,
							job,
							attestation,
							bundle,
							challenges,
							control,
						)
						.await?;
						Ok(Outcome::Verified { vote, work_digests })
					};
					self.on_model(order, control, run).await
				}
				Order::Play { job, bundle, stage } => {
					let run = async |model: &Arc<Model>| {
						let turn = turn_on(executor, model, job, bundle, stage, control).await?;
						Ok(Outcome::Played { turn: turn.map(|turn| turn.encode()) })
					};
					self.on_model(order, control, run).await
				}
				Order::StandIn { job, attestation, bundle, stage } => {
					let run = async |model: &Arc<Model>| {
						let turn =
							stand_in_on(executor, model, job, attestation, bundle, stage, control)
								.await?;
						Ok(Outcome::Played { turn: turn.map(|turn| turn.encode()) })
					};
					self.on_model(order, control, run).await
				}
				Order::Sprint { subject, first, items, .. } => {
					let items = Items { subject: *subject, first: *first, count: *items };
					self.sprint(order, items, control, execute).await
				}
			}
		}
		.boxed_local()
	}
}
