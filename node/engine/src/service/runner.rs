// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The border between the service and what runs orders.

use std::sync::Arc;

use codec::Encode;
use ergon_core::{
	engine::{EngineFailure, Order, Outcome},
	JobKind, ModelId, ModelManifest,
};
use futures::{future::LocalBoxFuture, FutureExt};

use super::{
	models::{Lease, MemoryUse, Need},
	ModelStore,
};
use crate::{
	dispute::turn_on,
	error::ExecutionError,
	executor::{sequence_bytes, Executor, Priority},
	generate::execute_on,
	verify::verify_on,
	Control,
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

	/// Waits until an order's model is loaded and there is memory for its sequence; nothing when there
	/// is no such model.
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
}

/// What a sequence takes at most, before anybody counted the tokens of its prompt.
fn need(manifest: &ModelManifest, order: &Order) -> Need {
	let (job, priority) = match order {
		Order::Execute(job) => (job, Priority::Job),
		Order::Verify { job, .. } | Order::Play { job, .. } => (job, Priority::Audit),
	};
	let answer = match &job.kind {
		JobKind::Generate(params) => u32::from(params.max_tokens),
		JobKind::Embed => 0,
	};
	let prompt = manifest.max_prompt_tokens(u32::try_from(job.prompt.len()).unwrap_or(u32::MAX));
	let positions = prompt.saturating_add(answer).min(manifest.dimensions.context);
	Need { bytes: sequence_bytes(&manifest.dimensions, positions), priority }
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
		async move {
			let Some(lease) = self.acquire(order, control).await? else {
				return Ok(Outcome::Failed(EngineFailure::UnknownModel));
			};
			let model = &lease.model;
			match order {
				Order::Execute(job) => {
					let (attestation, bundle) =
						execute_on(executor, model, job, control, &mut |_: &str| {}).await?;
					Ok(Outcome::Executed { attestation, bundle })
				}
				Order::Verify { job, attestation, bundle, challenges } => {
					let (vote, work_digests) =
						verify_on(executor, model, job, attestation, bundle, challenges, control)
							.await?;
					Ok(Outcome::Verified { vote, work_digests })
				}
				Order::Play { job, bundle, stage } => {
					let turn = turn_on(executor, model, job, bundle, stage, control).await?;
					Ok(Outcome::Played { turn: turn.map(|turn| turn.encode()) })
				}
			}
		}
		.boxed_local()
	}
}
