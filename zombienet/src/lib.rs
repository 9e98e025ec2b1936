// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! # Network tests
//!
//! Networks of real nodes with real engines, as `networks/*.toml` describe them, and what a test
//! needs to follow jobs through accidents and attacks: [`network`] starts and kills, [`jobs`] asks and
//! watches, [`disputes`] slanders, [`validators`] joins, [`money`] counts.
//!
//! The binaries are those of the main workspace: `make test-network` builds them and puts them on the
//! `PATH`.

pub mod disputes;
pub mod jobs;
pub mod money;
pub mod network;
pub mod validators;

use anyhow::Result;
use subxt::{
	client::OnlineClientAtBlock, extrinsics::ExtrinsicEvents, transactions::Payload, OnlineClient,
	PolkadotConfig,
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
	let submitted = transactions.sign_and_submit_then_watch_default(call, signer).await?;
	Ok(submitted.wait_for_finalized_success().await?)
}
