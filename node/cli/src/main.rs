// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! # The Ergon node
//!
//! A Substrate node with BABE and GRANDPA, off-chain workers that can reach an inference engine, and
//! the supervisor of that engine.

mod chain_spec;
mod cli;
mod command;
mod engine;
mod rpc;
mod service;
mod worker_key;

fn main() -> sc_cli::Result<()> {
	command::run()
}
