// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! # The Ergon node
//!
//! A Substrate node with BABE and GRANDPA, off-chain workers that can reach an inference engine, and
//! the supervisor of that engine.

// The errors of sc-cli and sc-service are as large as they are.
#![allow(clippy::result_large_err)]

mod chain_spec;
mod cli;
mod command;
mod engine;
mod metrics;
mod rpc;
mod service;
mod validator;
mod worker_key;

use std::process::ExitCode;

fn main() -> ExitCode {
	match command::run() {
		Ok(()) => ExitCode::SUCCESS,
		// Returned from `main`, the error would be printed as a programmer sees it.
		Err(error) => {
			eprintln!("Error: {error}");
			ExitCode::FAILURE
		}
	}
}
