// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A network that is torn in two, and becomes one again.

use anyhow::{ensure, Context, Result};
use ergon_network_tests::{
	consensus::{self, Weights},
	jobs::{self, JobState, Request},
	machines::{Machines, Wanted},
	money::Books,
	sides::{Side, Sides},
	validators, AccountId, Balance,
};
use std::env;
use subxt_signer::sr25519::{dev, Keypair};

/// Final blocks in which a sprint must have been over: an era has sixty.
const ERA: usize = 100;
/// Blocks in which something that has to happen soon must have happened.
const SOON: usize = 60;
/// Blocks that the smaller side makes without any becoming final.
const STANDS_STILL: u64 = 3;
/// Final blocks in which the sides must have found each other again: connections that stood still are tried again
/// at ever longer intervals.
const REUNITED: usize = 100;
/// Final blocks in which every job must have become final.
const EVENTUALLY: usize = 400;

/// One chain is left when the sides are joined again, that of the side that could finalise blocks; no job is
/// lost, on whichever side it was asked for, and no money.
#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_was_torn_in_two_should_become_one_again() -> Result<()> {
	if let Some(obstacle) = Sides::obstacle() {
		// Where a machine checks, nobody would see that nothing was tried.
		let is_checked = env::var_os("CI").is_some_and(|value| !value.is_empty());
		ensure!(!is_checked, "no network can be torn in two here: {obstacle}");
		println!("skipped, since no network can be torn in two here: {obstacle}");
		return Ok(());
	}
	let sides = Sides::make()?;
	// A provider on each side; Alice's node keeps the state of a thousand blocks, so that it can be read.
	let machine = |name, side, arguments| Wanted { name, side, arguments };
	let wanted = [
		machine("alice", Side::One, &["--alice", "--state-pruning=1000"][..]),
		machine("bob", Side::One, &["--bob"]),
		machine("dave", Side::One, &["--dave", "--provider"]),
		machine("charlie", Side::Other, &["--charlie"]),
		machine("eve", Side::Other, &["--eve", "--provider"]),
	];
	let machines = Machines::start(&sides, &wanted)?;
	let (larger, smaller) = (machines.client("alice").await?, machines.client("charlie").await?);
	let [alice, bob, charlie, dave, eve]: [AccountId; 5] =
		[dev::alice(), dev::bob(), dev::charlie(), dev::dave(), dev::eve()]
			.map(|key| key.public_key().0);
	let requesters = [dev::ferdie(), Keypair::from_uri(&"//Ferdie//stash".parse()?)?];
	let request = |provider: AccountId| Request {
		model: machines.model,
		prompt: "Tell me a story about two sides.".into(),
		max_tokens: 48,
		temperature: 0,
		provider: Some(provider),
		nonce: 0,
	};

	// Who has committed to the items of a sprint and cannot show them loses a part of its bond.
	validators::wait_between_sprints(&larger, ERA).await?;
	let start = larger.at_current_block().await?;
	let before = Books::at(&start).await?;

	// Three does not divide the 1,000,000 that all votes weigh: the one unit that is left is Bob's. So he and one
	// of the others have the 666,667 that make a block final, exactly, and one side of any two can go on.
	let weights = Weights::at(&start).await?;
	assert!(weights.finalise_without(&[charlie]), "{weights:?}");
	assert!(!weights.finalise_without(&[alice, bob]), "{weights:?}");

	println!("cutting the link behind block {}", start.block_number());
	sides.cut()?;
	// On the larger side, the transaction of a job becomes final. On the smaller one, its job is assigned in
	// blocks that nobody else will ever need.
	let (of_dave, of_eve) = (request(dave), request(eve));
	let (asked, handed_in, assigned) = tokio::join!(
		jobs::submit(&larger, &requesters[0], &of_dave),
		jobs::hand_in(&smaller, &requesters[1], &of_eve),
		jobs::next_assignment(&smaller, eve, SOON),
	);
	let asked = asked.context("the job on the larger side")?;
	handed_in.context("the job on the smaller side")?;
	assigned.context("the job on the smaller side")?;
	let stopped = consensus::finalised(&smaller).await?;
	let height = consensus::wait_for_blocks(&smaller, STANDS_STILL).await?;
	assert_eq!(consensus::finalised(&smaller).await?, stopped, "a third has no say");
	let behind = height.saturating_sub(consensus::finalised(&larger).await?);
	consensus::wait_for_finality(&larger, behind).await?;
	let hashes_at = |height: u64| {
		let (larger, smaller) = (&larger, &smaller);
		async move {
			let (one, other) = (larger.at_block(height).await?, smaller.at_block(height).await?);
			Ok::<_, anyhow::Error>((one.block_hash(), other.block_hash()))
		}
	};
	let (common, apart) = (hashes_at(stopped).await?, hashes_at(height).await?);
	assert_eq!(common.0, common.1, "block {stopped} is final on both sides");
	assert_ne!(apart.0, apart.1, "nobody knows of the other's block {height}");

	println!("joining the sides, which have different blocks number {height}");
	sides.join()?;
	let stranger = requesters[1].public_key().0;
	let moved = jobs::wait_until_submitted(&larger, stranger, REUNITED).await?;
	let (ended, end) = jobs::wait_until_final(&larger, &[asked.id, moved.id], EVENTUALLY).await?;
	for node in wanted {
		let client = machines.client(node.name).await?;
		consensus::wait_until_agreed(&end, &client, SOON).await.context(node.name)?;
	}

	// Jobs and money: each job is settled, or refunded in full; that of the side that went on is settled.
	let paid = jobs::paid(&ended)?;
	assert!(matches!(ended[0].state, JobState::Settled(_)), "{:?}", ended[0].state);
	let after = Books::at(&end).await?;
	let flows = before.flows(&larger, &after).await?;
	assert_eq!((flows.slashes, flows.offences), (0, 0), "nobody cheated");
	let lost: Balance = requesters.iter().map(|key| before.lost(&after, key.public_key().0)).sum();
	assert_eq!(lost, asked.fee + moved.fee + paid);
	machines.end()
}
