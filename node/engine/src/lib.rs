// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! # Ergon's inference engine
//!
//! Imports a Hugging Face folder deterministically ([`mod@import`]), opens the result ([`model`]), runs
//! it in the exact arithmetic of `ergon_exact` ([`executor`]), and builds on that what the chain
//! asks for: [`mod@generate`] fills an order, be it a text or a vector, and [`mod@verify`] re-executes
//! somebody else's result and votes. What happened inside a forward pass is computed again by
//! [`regenerate`] when there is a dispute, and [`dispute`] plays it. [`sprint`] does the work that the
//! protocol issues. [`synthetic`] writes models of any size to measure with.
//!
//! None of these knows of sockets, queues or command lines: [`service`] and [`commands`] do.

#[cfg(feature = "adversary")]
pub mod adversary;
pub mod commands;
pub mod control;
#[cfg(device)]
pub mod device;
pub mod dispute;
mod embed;
pub mod error;
pub mod executor;
pub mod generate;
pub mod import;
pub mod model;
mod read;
pub mod regenerate;
pub mod service;
pub mod sprint;
pub mod synthetic;
mod team;
pub mod tokenizer;
mod trace;
mod transcript;
pub mod verify;

pub use control::Control;
pub use error::{ExecutionError, ImportError, ModelError};
pub use generate::execute;
pub use import::import;
pub use model::Model;
pub use verify::verify;
