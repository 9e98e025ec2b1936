// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Which models there are, and who asks.

use crate::{
	constants::{deposit, ERG},
	Audits, Balance, Balances, BlockNumber, Models, Runtime,
};
#[cfg(feature = "runtime-benchmarks")]
use alloc::vec::Vec;
use ergon_core::{ModelId, ModelManifest};
use frame_support::parameter_types;
use pallet_jobs::ModelStatus;
use pallet_models::Status;

parameter_types! {
	/// A record of some 400 bytes, and a price on cluttering the list that people choose from.
	pub const BaseDeposit: Balance = 10 * ERG + deposit(2, 400);
	/// Each byte of name, licence, languages and URI.
	pub const ByteDeposit: Balance = deposit(0, 1);
	/// As long as a result that is there at a recall may still be judged by the model.
	pub RecallPeriod: BlockNumber = Audits::longest();
}

impl pallet_models::Config for Runtime {
	type BaseDeposit = BaseDeposit;
	type ByteDeposit = ByteDeposit;
	type Currency = Balances;
	type RecallPeriod = RecallPeriod;
	type WeightInfo = pallet_models::weights::SubstrateWeight<Runtime>;
}

/// The registered models, as jobs see them.
pub struct RegisteredModels;

impl pallet_jobs::traits::Models for RegisteredModels {
	fn model(id: &ModelId) -> Option<(ModelManifest, ModelStatus)> {
		let (manifest, status) = Models::model_and_status(id)?;
		let status = match status {
			Status::Active => ModelStatus::Active,
			Status::Quarantined => ModelStatus::Quarantined,
			Status::Recalled { .. } => ModelStatus::Recalled,
		};
		Some((manifest, status))
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn register_for_benchmark(manifest: ModelManifest) -> ModelId {
		let model = super::fixtures::register_model(manifest);
		super::fixtures::have_audited(&model);
		model
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn recall_for_benchmark(id: &ModelId) {
		super::fixtures::recall_model(id)
	}
}

impl pallet_audits::Models for RegisteredModels {
	fn is_usable(id: &ModelId) -> bool {
		// What was done before a recall is audited behind it.
		Models::model_and_status(id).is_some()
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_usable_for_benchmark(count: u32) -> Vec<ModelId> {
		(0..count).map(super::fixtures::register_any_model).collect()
	}
}
