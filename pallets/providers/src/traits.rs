// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What this pallet needs from its peers.

use ergon_core::{ModelId, Work};

/// Which models there are; implemented by `pallet-models`.
pub trait Models {
	/// Whether new jobs may name the model.
	fn is_active(model: &ModelId) -> bool;

	/// An active model for benchmarks; different seeds give different ones.
	#[cfg(feature = "runtime-benchmarks")]
	fn register_for_benchmark(seed: u32) -> ModelId;
}

/// What accounts have shown that they can compute; implemented by what measures it. `()` is for tests in which
/// nobody has shown anything.
pub trait Capacity<AccountId> {
	/// Most work that an account has shown it can have at hand, in multiply-accumulates: what it does in the
	/// shortest time in which a job is due. 0 when it has shown nothing. One read.
	fn proved(who: &AccountId) -> Work;

	/// Has an account show that it can do any work, for benchmarks.
	#[cfg(feature = "runtime-benchmarks")]
	fn prove_for_benchmark(who: &AccountId);
}

impl<AccountId> Capacity<AccountId> for () {
	fn proved(_: &AccountId) -> Work {
		0
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn prove_for_benchmark(_: &AccountId) {}
}
