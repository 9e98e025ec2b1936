// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Two who want to become validators, one of whom works.

use anyhow::{bail, Context, Result};
use ergon_network_tests::{
	network::TestNetwork,
	validators::{self, Sprints},
	AccountId,
};
use subxt_signer::sr25519::dev;

/// Final blocks in which all of it must have happened: what is left of an era, and the next one, of sixty blocks
/// each.
const EVENTUALLY: usize = 200;

/// Whoever works proves work and makes blocks without asking anybody; whoever makes up what it says it has done
/// loses a tenth of its bond. Three founders leave a seat that takes no power; how one is won by power takes three
/// eras, and is in `seats.rs`.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_works_should_be_let_in_and_whoever_cheats_should_lose() -> Result<()> {
	let network = TestNetwork::start("newcomers").await?;
	let client = network.client("alice").await?;
	let [worker, cheat] = [dev::ferdie(), dev::eve()];
	for (name, owner) in [("worker", &worker), ("cheat", &cheat)] {
		validators::join(&client, network.node(name)?.ws_uri(), owner)
			.await
			.with_context(|| format!("{name} joins"))?;
	}
	let [worker, cheat]: [AccountId; 2] = [worker, cheat].map(|key| key.public_key().0);

	let mut blocks = client.stream_blocks().await?;
	let (mut of_worker, mut of_cheat, mut has_authored) =
		(Sprints::default(), Sprints::default(), false);
	for _ in 0..EVENTUALLY {
		let block = blocks.next().await.context("the node closed the stream of blocks")??;
		let at = block.at().await?;
		for (sum, who) in [(&mut of_worker, worker), (&mut of_cheat, cheat)] {
			let found = validators::sprints(&at, who).await?;
			sum.proved += found.proved;
			sum.failed += found.failed;
		}
		has_authored |= validators::has_authored(&at, worker).await?;
		if of_worker.proved > 0 && of_cheat.failed > 0 && has_authored {
			assert_eq!(of_worker.failed, 0, "whoever works loses nothing");
			assert_eq!(of_cheat.proved, 0, "what was made up proves nothing");
			assert_eq!(validators::bond(&at, worker).await?, validators::BOND);
			assert!(
				validators::bond(&at, cheat).await? <= validators::BOND - validators::BOND / 10
			);
			println!("done in block {}", at.block_number());
			return network.end().await;
		}
	}
	bail!("worker: {of_worker:?}, has authored: {has_authored}; cheat: {of_cheat:?}")
}
