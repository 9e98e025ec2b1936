// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::float_arithmetic, clippy::float_cmp))]

extern crate alloc;

pub mod attention;
pub mod candidates;
pub mod curve;
pub mod digest;
pub mod exp2;
pub mod fixed;
pub mod game;
pub mod gelu;
pub mod gumbel;
pub mod judge;
pub mod linear;
pub mod norm;
pub mod operators;
pub mod pooling;
pub mod rope;
pub mod row;
pub mod sampler;
pub mod silu;
pub mod tables;
pub mod text;

pub use candidates::{Candidate, Candidates};
pub use linear::Scale;
pub use sampler::{sample, Sampling};
