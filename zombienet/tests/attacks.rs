// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Three providers who cheat and a challenger who lies.

use anyhow::{anyhow, Context, Result};
use ergon_network_tests::{
	disputes::{self, Charge, Fault, Side},
	genesis::ChainSpec,
	jobs::{self, JobState, Request},
	money::Books,
	network::TestNetwork,
	validators, AccountId, Balance,
};
use subxt_signer::sr25519::{dev, Keypair};

/// What a challenger puts at stake.
const CHALLENGE_BOND: Balance = 100_000_000_000_000;
/// Rounds of the game about rounded weights, in which each side moves once: a chunk's outputs, and the first that is
/// wrong; what enters and leaves all layers, and that the first gets something wrong already, because embeddings are
/// weights, too; groups of its rows; the blocks of one row; the numbers of one block, of which the chain computes one.
const ROUNDS: usize = 5;
/// Final blocks in which a job must have been attested.
const SOON: usize = 60;
/// Final blocks in which every job must have become final: audits, a dispute, and a challenger's silence.
const EVENTUALLY: usize = 400;

/// Whoever cheats loses, and nobody else: a provider that runs another prompt than was ordered and
/// attests it, one that draws from another seed, one that runs a cheaper model and is followed down to
/// the number that the chain computes, and somebody who slanders an honest result and has nothing to
/// show.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_cheats_should_lose_and_nobody_else() -> Result<()> {
	let _spec = ChainSpec::with_three_providers()?;
	let network = TestNetwork::start("attacks").await?;
	let client = network.client("alice").await?;
	let requester = Keypair::from_uri(&"//Bob//stash".parse()?)?;
	let slanderer = Keypair::from_uri(&"//Ferdie//stash".parse()?)?;
	let [dave, eve, ferdie]: [AccountId; 3] =
		[dev::dave(), dev::eve(), dev::ferdie()].map(|key| key.public_key().0);
	let start = client.at_current_block().await?;
	let before = Books::at(&start).await?;

	// The second of Eve's is at temperature 0, where the seed does not matter.
	let mut asked = Vec::new();
	for (nonce, (provider, temperature)) in
		[(ferdie, 0), (dave, 0), (eve, 900), (eve, 0)].into_iter().enumerate()
	{
		let request = Request {
			model: network.model,
			prompt: "Tell me a story about a hash.".into(),
			max_tokens: 48,
			temperature,
			provider: Some(provider),
			nonce: nonce as u64,
		};
		asked.push(jobs::submit(&client, &requester, &request).await?.id);
	}
	let [weights, prompt, seed, honest] = asked[..] else { unreachable!("four were asked for") };

	jobs::wait_until_attested(&client, honest, SOON).await?;
	disputes::slander(&client, &slanderer, honest, Fault::Chunk(0)).await?;

	let (ended, end) = jobs::wait_until_final(&client, &asked, EVENTUALLY).await?;
	let (from, to) = (start.block_number(), end.block_number());
	let games = disputes::games(&client, from, to).await?;
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
	assert_eq!(won(weights, Fault::Chunk(0)), [Side::Challenger]);
	assert_eq!(won(prompt, Fault::Prompt), [Side::Challenger]);
	assert_eq!(won(seed, Fault::Chunk(0)), [Side::Challenger]);
	assert_eq!(won(honest, Fault::Chunk(0)), [Side::Defender]);
	assert_eq!(games.len(), 4, "nobody else was accused");
	let moves = disputes::moves(&client, from, to, weights).await?;
	assert_eq!(moves, [Side::Defender, Side::Challenger].repeat(ROUNDS), "the whole way down");
	let (honest_one, cheats) = ended.split_last().context("four were asked for")?;
	assert!(matches!(honest_one.state, JobState::Settled(_)), "{honest_one:?}");
	assert!(cheats.iter().all(|job| matches!(job.state, JobState::Voided(_))), "{cheats:?}");

	// Whoever reads a node's log can follow it.
	let log = network.node("alice")?.logs().await.map_err(|error| anyhow!("{error}"))?;
	for told in [
		"says that it is wrong: Result(Prompt)",
		"the Challenger wins about Result(Prompt): the other side was silent",
		"the Challenger was right about Result(Chunk(0)): the chain computed Number(",
		"the Challenger was right about Result(Chunk(0)): the chain computed Sampler",
		"the Defender wins about Result(Chunk(0)): the other side was silent",
		"for a wrong result",
		"is void, Overturned",
	] {
		assert!(log.contains(told), "the log does not tell '{told}'");
	}

	// Money: all three cheats were slashed, and the slanderer paid the provider whom he slandered.
	let after = Books::at(&end).await?;
	assert_eq!(before.flows(&client, &after).await?.slashes, 3, "no auditor was punished");
	let lost = |account: AccountId| before.lost(&after, account);
	assert!([dave, eve, ferdie].map(lost).iter().all(|lost| *lost > 0), "the bonds of who cheated");
	assert!(lost(slanderer.public_key().0) >= CHALLENGE_BOND);
	for validator in [dev::alice(), dev::bob(), dev::charlie()] {
		let validator = validator.public_key().0;
		// On a machine that is too busy for six nodes, an honest one may miss an audit.
		let missed = validators::missed(&client, validator, from, to).await?;
		let most = validators::MISS_PENALTY * Balance::from(missed);
		assert!(lost(validator) <= most, "auditors were right");
	}
	network.end().await
}
