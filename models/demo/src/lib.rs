// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

#![doc = include_str!("../README.md")]

pub mod batch;
pub mod corpus;
mod error;
pub mod evaluate;
pub mod export;
pub mod model;
pub mod optimiser;
pub mod random;
pub mod tokens;
pub mod train;

pub use error::{at as error_at, Error, Result};
