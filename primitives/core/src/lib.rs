// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! # Ergon core types
//!
//! Everything that a pallet, the engine and the node say to each other is spelled here once: ids,
//! model manifests, jobs, results, attestations, audit votes, and the orders that cross to the
//! engine. Each type that is signed or hashed has golden SCALE bytes in `tests/golden.rs`: changing
//! a layout is changing the protocol.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod attestation;
pub mod audit;
pub mod crypto;
pub mod engine;
pub mod job;
pub mod merkle;
pub mod model;
pub mod network;
pub mod replica;
pub mod sprint;

pub use attestation::{Attestation, Bundle, FinishReason, Output};
pub use audit::{Fault, Vote};
pub use job::{Country, GenerationParams, JobKind};
pub use model::{Architecture, Dimensions, ModelManifest};

pub use sp_core::H256;

/// Identifies one job for ever: see [`job::job_id`].
pub type JobId = H256;

/// Identifies one model: the blake2b-256 hash of its SCALE-encoded [`ModelManifest`], the
/// `model_root` of the protocol.
pub type ModelId = H256;

/// Canonical work, in multiply-accumulates of the exact executor.
///
/// Prices and reports speak of *work units*; see [`WORK_UNIT`].
pub type Work = u64;

/// One work unit (WU) is a billion canonical multiply-accumulates.
pub const WORK_UNIT: Work = 1_000_000_000;

/// Output tokens that one chunk digest covers.
pub const CHUNK_TOKENS: u32 = 32;
