// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! # Network tests
//!
//! Networks of real nodes with real engines, and what a test needs to follow jobs through accidents and
//! attacks.
//!
//! * Networks: [`network`] starts those that `networks/*.toml` describe, and kills parts of them. [`genesis`]
//!   makes some validators stronger than others, [`sides`] and [`machines`] are for networks that are torn in
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
mod turns;
pub mod validators;

use anyhow::Result;
use subxt::{
	client::OnlineClientAtBlock,
	config::{DefaultExtrinsicParams, DefaultExtrinsicParamsBuilder},
	extrinsics::ExtrinsicEvents,
	transactions::Payload,
	OnlineClient, PolkadotConfig,
};
use subxt_signer::sr25519::Keypair;

/// How these tests speak to a node.
pub type Client = OnlineClient<PolkadotConfig>;
/// The chain at one block.
pub type ClientAtBlock = OnlineClientAtBlock<PolkadotConfig>;
/// A public key.
pub type AccountId = [u8; 32];
/// Amount in the smallest unit.
pub type Balance = u128;

/// Blocks in which a transaction is good, from the last final one on: more than any outage here takes.
const GOOD_FOR: u64 = 128;

/// How every transaction is made.
fn params() -> DefaultExtrinsicParams<PolkadotConfig> {
	DefaultExtrinsicParamsBuilder::new().mortal(GOOD_FOR).build()
}

/// Signs a call, submits it and waits until its transaction is final; returns the events of it.
///
/// # Errors
///
/// When the node does not take the transaction, or the call fails.
async fn submit(
	client: &Client,
	signer: &Keypair,
	call: &impl Payload,
) -> Result<ExtrinsicEvents<PolkadotConfig>> {
	let mut transactions = client.at_current_block().await?.transactions();
	let submitted = transactions.sign_and_submit_then_watch(call, signer, params()).await?;
	Ok(submitted.wait_for_finalized_success().await?)
}

/// Signs a call and submits it, and waits for nothing.
///
/// # Errors
///
/// When the node does not take the transaction.
async fn hand_in(client: &Client, signer: &Keypair, call: &impl Payload) -> Result<()> {
	let mut transactions = client.at_current_block().await?.transactions();
	transactions.sign_and_submit(call, signer, params()).await?;
	Ok(())
}
