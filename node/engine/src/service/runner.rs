// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The border between the service and what runs orders.

use ergon_core::{
	engine::{EngineFailure, Order, Outcome},
	ModelId,
};

use super::ModelStore;
use crate::{error::ExecutionError, generate, verify, Control};

/// Runs orders. The service knows nothing else of models.
pub trait Runner: Send + Sync + 'static {
	/// The models that are loaded.
	fn models(&self) -> Vec<ModelId>;

	/// Looks for models that came or went since; cheap when none did. May be called from several
	/// threads.
	fn rescan(&self);

	/// Runs an order under `control`.
	///
	/// # Errors
	///
	/// [`ExecutionError`]; [`ExecutionError::Cancelled`] when the control's flag was raised.
	fn run(&self, order: &Order, control: &Control) -> Result<Outcome, ExecutionError>;
}

/// Runs orders on the models of a [`ModelStore`].
pub struct ModelRunner {
	models: ModelStore,
}

impl ModelRunner {
	/// A runner over these models.
	pub fn new(models: ModelStore) -> Self {
		Self { models }
	}

	/// The models.
	pub fn store(&self) -> &ModelStore {
		&self.models
	}
}

impl Runner for ModelRunner {
	fn models(&self) -> Vec<ModelId> {
		self.models.ids()
	}

	fn rescan(&self) {
		self.models.rescan();
	}

	fn run(&self, order: &Order, control: &Control) -> Result<Outcome, ExecutionError> {
		let Some(model) = self.models.get_or_rescan(&order.model()) else {
			return Ok(Outcome::Failed(EngineFailure::UnknownModel));
		};
		match order {
			Order::Execute(job) => {
				let (attestation, bundle) =
					generate::execute(&model, job, control, &mut |_: &str| {})?;
				Ok(Outcome::Executed { attestation, bundle })
			}
			Order::Verify { job, attestation, bundle, challenge } => {
				let (vote, work_digest) =
					verify(&model, job, attestation, bundle, *challenge, control)?;
				Ok(Outcome::Verified { vote, work_digest })
			}
		}
	}
}
