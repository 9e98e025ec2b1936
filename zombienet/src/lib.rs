// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! # Network tests
//!
//! Networks of real nodes with real engines, as `networks/*.toml` describe them, and what a test
//! needs to follow jobs through accidents and attacks: [`network`] starts and kills, [`jobs`] asks and
//! watches, [`disputes`] slanders, [`money`] counts.
//!
//! The binaries are those of the main workspace: `make test-network` builds them and puts them on the
//! `PATH`.

pub mod disputes;
pub mod jobs;
pub mod money;
pub mod network;

/// How these tests speak to a node.
pub type Client = subxt::OnlineClient<subxt::PolkadotConfig>;
/// The chain at one block.
pub type ClientAtBlock = subxt::client::OnlineClientAtBlock<subxt::PolkadotConfig>;
/// A public key.
pub type AccountId = [u8; 32];
/// Amount in the smallest unit.
pub type Balance = u128;
