// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Two providers who cheat and a challenger who lies.

use anyhow::{anyhow, Result};
use ergon_network_tests::{
	disputes::{self, Charge, Fault, Side},
	jobs::{self, JobState, Request},
	money,
	network::TestNetwork,
	AccountId, Balance,
};
use subxt_signer::sr25519::{dev, Keypair};

/// What a challenger puts at stake.
const CHALLENGE_BOND: Balance = 100_000_000_000_000;
/// Final blocks in which a job must have been attested.
const SOON: usize = 60;
/// Final blocks in which every job must have become final: audits, a dispute, and a challenger's silence.
const EVENTUALLY: usize = 400;

/// Whoever cheats loses, and nobody else: a provider that runs another prompt than was ordered and
/// attests it, one that draws from another seed, and somebody who slanders an honest result and has
/// nothing to show.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_cheats_should_lose_and_nobody_else() -> Result<()> {
	let network = TestNetwork::start("attacks").await?;
	let client = network.client("alice").await?;
	let (requester, slanderer) = (dev::ferdie(), Keypair::from_uri(&"//Ferdie//stash".parse()?)?);
	let [dave, eve]: [AccountId; 2] = [dev::dave(), dev::eve()].map(|key| key.public_key().0);
	let start = client.at_current_block().await?;
	let before = money::wealth(&start).await?;

	// The second of Eve's is at temperature 0, where the seed does not matter.
	let mut asked = Vec::new();
	for (nonce, (provider, temperature)) in
		[(dave, 0), (eve, 900), (eve, 0)].into_iter().enumerate()
	{
		let request = Request {
			model: network.model,
			prompt: "Tell me a story about a hash.".into(),
			max_tokens: 48,
			temperature,
			max_price: jobs::MAX_PRICE,
			provider: Some(provider),
			nonce: nonce as u64,
		};
		asked.push(jobs::submit(&client, &requester, &request).await?.id);
	}
	let [prompt, seed, honest] = asked[..] else { unreachable!("three were asked for") };

	jobs::wait_until_attested(&client, honest, SOON).await?;
	disputes::slander(&client, &slanderer, honest, Fault::Chunk(0)).await?;

	let (ended, end) = jobs::wait_until_final(&client, &asked, EVENTUALLY).await?;
	let games = disputes::games(&client, start.block_number(), end.block_number()).await?;
	for game in &games {
		println!(
			"job {}: {:?}, the {:?} was right",
			hex::encode(game.job),
			game.charge,
			game.winner
		);
	}
	let won = |job, fault| {
		let of_job = games.iter().filter(|game| game.job == job);
		of_job
			.filter(|game| game.charge == Charge::Result(fault))
			.map(|game| game.winner)
			.collect::<Vec<_>>()
	};
	assert_eq!(won(prompt, Fault::Prompt), [Side::Challenger]);
	assert_eq!(won(seed, Fault::Chunk(0)), [Side::Challenger]);
	assert_eq!(won(honest, Fault::Chunk(0)), [Side::Defender]);
	assert_eq!(games.len(), 3, "nobody else was accused");
	let states: Vec<_> = ended.iter().map(|job| &job.state).collect();
	assert!(
		matches!(states[..], [JobState::Voided(_), JobState::Voided(_), JobState::Settled(_)]),
		"{states:?}",
	);

	// Whoever reads a node's log can follow it.
	let log = network.node("alice")?.logs().await.map_err(|error| anyhow!("{error}"))?;
	for told in [
		"says that it is wrong: Result(Prompt)",
		"the Challenger wins about Result(Prompt): the other side was silent",
		"the Challenger was right about Result(Chunk(0)): the chain computed Sampler",
		"the Defender wins about Result(Chunk(0)): the other side was silent",
		"for a wrong result",
		"is void, Overturned",
	] {
		assert!(log.contains(told), "the log does not tell '{told}'");
	}

	// Money: both cheats were slashed, and the slanderer paid the provider whom he slandered.
	let after = money::wealth(&end).await?;
	let flows = money::flows(&client, start.block_number(), end.block_number()).await?;
	assert_eq!(flows.slashes, 2, "no auditor was punished");
	let burnt = flows.burnt_by_settlements + flows.burnt_by_slashes + flows.dust;
	let issued = [&before, &after].map(|all| all.values().sum::<Balance>());
	assert_eq!(issued[0] + flows.minted - issued[1], burnt, "nothing else is gone");
	let lost = |account: AccountId| before[&account].saturating_sub(after[&account]);
	assert!(lost(dave) > 0 && lost(eve) > 0, "the bonds of who cheated");
	assert!(lost(slanderer.public_key().0) >= CHALLENGE_BOND);
	for validator in [dev::alice(), dev::bob(), dev::charlie()] {
		assert_eq!(lost(validator.public_key().0), 0, "auditors were right");
	}
	network.end().await
}
