// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! # Network tests
//!
//! Networks of real nodes with real engines, and what a test needs to follow jobs through accidents and
//! attacks.
//!
//! * Networks: [`network`] starts those that `networks/*.toml` describe, and kills parts of them. [`genesis`]
//!   makes chains with other validators and providers, [`sides`] and [`machines`] are for networks that are torn in
//!   two, [`clock`] for those that do not agree what time it is.
//! * What is done in them: [`jobs`] asks and watches, [`disputes`] slanders, [`validators`] joins.
//! * What came of it: [`consensus`] tells who makes blocks and who finalises them, [`offences`] what follows
//!   from making two at once, [`timeline`] when jobs and sprints were on, and [`money`] counts.
//!
//! The binaries are those of the main workspace: `make test-network` builds them and puts them on the
//! `PATH`.

pub mod clock;
pub mod consensus;
pub mod disputes;
mod events;
pub mod genesis;
pub mod jobs;
pub mod machines;
mod models;
pub mod money;
pub mod network;
pub mod offences;
mod processes;
pub mod sides;
pub mod timeline;
mod transactions;
mod turns;
pub mod validators;

use subxt::{client::OnlineClientAtBlock, OnlineClient, PolkadotConfig};
use transactions::{hand_in, submit};

/// How these tests speak to a node.
pub type Client = OnlineClient<PolkadotConfig>;
/// The chain at one block.
pub type ClientAtBlock = OnlineClientAtBlock<PolkadotConfig>;
/// A public key.
pub type AccountId = [u8; 32];
/// Amount in the smallest unit.
pub type Balance = u128;
