// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A validator that runs twice.

use anyhow::{bail, Context, Result};
use ergon_network_tests::{
	consensus,
	money::{Books, TREASURY},
	network::TestNetwork,
	offences::{self, Verdict},
	validators, AccountId, Balance,
};
use subxt_signer::sr25519::dev;

/// Final blocks in which a candidate must have got a seat: two sessions and what is left of one, of twenty blocks
/// each.
const SEATED: usize = 100;
/// Final blocks in which the second node must have been found out.
const FOUND_OUT: usize = 100;
/// Final blocks behind the verdict of which the offender may have made none.
const SILENT: u64 = 10;

/// Whoever runs a second node with the keys of a validator makes two blocks in one slot: the others report it,
/// it is slashed, chilled and disabled, and the money is the reporters' and the treasury's.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_runs_a_validator_twice_should_lose_and_nobody_else() -> Result<()> {
	let mut network = TestNetwork::start("equivocation").await?;
	let client = network.client("alice").await?;
	let (bob, worker) = (dev::bob().public_key().0, dev::ferdie());
	validators::join(&client, network.node("worker")?.ws_uri(), &worker).await?;
	let others: [AccountId; 3] =
		[dev::alice(), dev::charlie(), worker].map(|key| key.public_key().0);
	consensus::wait_until_validator(&client, others[2], SEATED).await?;

	let start = client.at_current_block().await?;
	let before = Books::at(&start).await?;
	let bond = validators::bond(&start, bob).await?;
	// Its votes would be found out first, and who is disabled makes no blocks: so it does not vote.
	network.add("bob-again", &["--bob", "--no-grandpa"], true).await?;

	let mut verdict = Verdict::default();
	let mut looked_at = start.block_number();
	let mut blocks = client.stream_blocks().await?;
	for _ in 0..FOUND_OUT {
		let block = blocks.next().await.context("the node closed the stream of blocks")??;
		for number in looked_at + 1..=block.number() {
			verdict.note(&client.at_block(number).await?, bob).await?;
			looked_at = number;
		}
		if verdict.is_complete() {
			break;
		}
	}
	if !verdict.is_complete() {
		bail!("up to block {looked_at}, this is all that was done about Bob: {verdict:?}");
	}
	println!("up to block {looked_at}: {verdict:?}");

	// The fraction is (3k / n)², for one of four 9 / 16. Who is found out again in another session pays as much
	// once more.
	let end = client.at_block(looked_at).await?;
	let after = Books::at(&end).await?;
	assert!(verdict.slashed >= bond / 16 * 9, "{verdict:?}, of {bond}");
	assert_eq!(validators::bond(&end, bob).await?, bond - verdict.slashed);

	// Others found it, and have half of it; the treasury has the rest, and nobody else lost anything.
	let reporters = offences::reporters(&end, bob).await?;
	assert!(!reporters.is_empty(), "somebody has reported it");
	assert!(reporters.iter().all(|reporter| others.contains(reporter)), "{reporters:?}");
	assert_eq!(before.lost(&after, bob), verdict.slashed);
	let mut rewards: Balance = 0;
	for other in others {
		assert_eq!(before.lost(&after, other), 0, "it was Bob alone");
		rewards += before.gained(&after, other);
	}
	assert_eq!(rewards, verdict.slashed / 2);
	assert_eq!(before.gained(&after, TREASURY), verdict.slashed - rewards);
	let flows = before.flows(&client, &after).await?;
	assert!(flows.offences > 0 && flows.slashes == 0, "{flows:?}");

	// The chain goes on without him.
	consensus::wait_for_finality(&client, SILENT).await?;
	for number in looked_at + 1..=looked_at + SILENT {
		let author = consensus::author(&client.at_block(number).await?).await?;
		assert_ne!(author, bob, "block {number} is by somebody who is disabled");
	}
	network.end().await
}
