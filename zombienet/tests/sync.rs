// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Nodes that come late and have to catch up.

use anyhow::{Context, Result};
use ergon_network_tests::{
	consensus, money, network::TestNetwork, validators, AccountId, Balance, Client, ClientAtBlock,
};
use std::collections::BTreeMap;
use subxt::config::substrate::H256;
use subxt_signer::sr25519::dev;

/// Final blocks in which a candidate must have got a seat: two sessions and what is left of one, of twenty blocks
/// each.
const SEATED: usize = 100;
/// How often the set of those who vote on finality changes before anybody comes.
const SET_CHANGES: u64 = 2;
/// Final blocks in which it must have changed so often.
const CHANGED: usize = 100;
/// Blocks that have to be final for a node beyond those that were when it came.
const FURTHER: u64 = 5;

/// Who comes late gets the same state as everybody, whether it executes all blocks or has the end of the chain
/// proved to it, from one set of those who vote on finality to the next.
#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_come_late_should_catch_up_by_each_way() -> Result<()> {
	let mut network = TestNetwork::start("sync").await?;
	let alice = network.client("alice").await?;

	// Among three who are equally strong the set stays as it is from session to session, weights and all. A
	// fourth one changes it when it comes, and when it goes.
	let worker = dev::ferdie();
	validators::join(&alice, network.node("worker")?.ws_uri(), &worker).await?;
	consensus::wait_until_validator(&alice, worker.public_key().0, SEATED).await?;
	validators::leave(&alice, &worker).await?;
	consensus::wait_for_set_changes(&alice, SET_CHANGES, CHANGED).await?;

	network.add("full", &[], false).await?;
	network.add("warp", &["--sync=warp"], false).await?;
	let goal = consensus::finalised(&alice).await?.saturating_add(FURTHER);
	for name in ["full", "warp"] {
		network.wait_until_final(name, goal).await?;
	}
	let log = network.node("warp")?.logs().await?;
	for told in ["Warp sync is complete", "State sync is complete"] {
		assert!(log.contains(told), "the log does not tell '{told}'");
	}

	// The head of the one to which it was proved: the others get there too, and all have the same state. It is
	// read in full, so who has only the header cannot pass.
	let (full, warp) = (network.client("full").await?, network.client("warp").await?);
	let head = warp.at_current_block().await?;
	let height = head.block_number();
	println!("comparing block {height}, with the set of voters number {SET_CHANGES} or later");
	for name in ["alice", "full"] {
		network.wait_until_final(name, height).await?;
	}
	let of_warp = state(&head).await?;
	assert_eq!(state(&at(&alice, height).await?).await?, of_warp);
	assert_eq!(state(&at(&full, height).await?).await?, of_warp);

	// Who executed all blocks has the first ones, too.
	assert_eq!(state(&at(&full, 1).await?).await?, state(&at(&alice, 1).await?).await?);
	network.end().await
}

/// The chain at a height, for a node.
async fn at(client: &Client, height: u64) -> Result<ClientAtBlock> {
	client.at_block(height).await.with_context(|| format!("block {height}"))
}

/// The hash of a block, the root of its state, and what everybody has in it.
type State = (H256, H256, BTreeMap<AccountId, Balance>);

async fn state(at: &ClientAtBlock) -> Result<State> {
	let header = at.block_header().await?;
	Ok((at.block_hash(), header.state_root, money::wealth(at).await?))
}
