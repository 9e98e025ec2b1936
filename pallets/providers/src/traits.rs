// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What this pallet needs from its peers.

use ergon_core::ModelId;

/// Which models there are; implemented by `pallet-models`.
pub trait Models {
	/// Whether new jobs may name the model.
	fn is_active(model: &ModelId) -> bool;

	/// An active model for benchmarks; different seeds give different ones.
	#[cfg(feature = "runtime-benchmarks")]
	fn register_for_benchmark(seed: u32) -> ModelId;
}
