// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! An honest provider that is killed, a challenger who lies about its result, and a validator who stands in.

use anyhow::{anyhow, Result};
use ergon_network_tests::{
	disputes::{self, BondLost, Charge, Fault, GameOver, Side, StoodIn},
	jobs::{self, JobState, Request},
	money::{self, Books},
	network::TestNetwork,
	validators, AccountId, Balance,
};
use subxt_signer::sr25519::{dev, Keypair};

/// What the account of an audit key is given: more than all lose if a result is overturned.
const FUNDS: Balance = 20_000_000_000_000_000;
/// What a challenger puts at stake.
const CHALLENGE_BOND: Balance = 100_000_000_000_000;
/// Final blocks in which the job must have been attested.
const SOON: usize = 60;
/// Final blocks in which the job must have become final: audits, and the silences of both sides.
const EVENTUALLY: usize = 400;

/// A right result is not lost because whoever gave it is gone: nobody does anything, and the node of a validator whose
/// audit key has money makes the provider's move. Who lied has nothing to answer, and pays both.
#[tokio::test(flavor = "multi_thread")]
async fn an_honest_provider_that_is_killed_should_be_defended() -> Result<()> {
	let network = TestNetwork::start("defence").await?;
	let client = network.client("alice").await?;
	let requester = Keypair::from_uri(&"//Bob//stash".parse()?)?;
	let liar = Keypair::from_uri(&"//Ferdie//stash".parse()?)?;
	let [bob, dave]: [AccountId; 2] = [dev::bob(), dev::dave()].map(|key| key.public_key().0);
	let start = client.at_current_block().await?;
	let before = Books::at(&start).await?;

	let defender = validators::audit_key(&start, bob).await?;
	money::give(&client, &dev::alice(), defender, FUNDS).await?;
	let request = Request {
		model: network.model,
		prompt: "Tell me a story about a friend in need.".into(),
		max_tokens: 48,
		temperature: 900,
		provider: Some(dave),
		nonce: 0,
	};
	let job = jobs::submit(&client, &requester, &request).await?.id;
	jobs::wait_until_attested(&client, job, SOON).await?;
	println!("killing Dave's node, which has attested job {}", hex::encode(job));
	network.kill("dave")?;
	disputes::slander(&client, &liar, job, Fault::Chunk(0)).await?;

	let (ended, end) = jobs::wait_until_final(&client, &[job], EVENTUALLY).await?;
	let (from, to) = (start.block_number(), end.block_number());
	assert!(matches!(ended[0].state, JobState::Settled(_)), "{:?}", ended[0].state);
	let seats = disputes::stood_in(&client, from, to).await?;
	let [StoodIn { bond, .. }] = seats[..] else { return Err(anyhow!("seats taken: {seats:?}")) };
	println!("Bob's audit key stands in with a bond of {bond}");
	assert_eq!(seats, [StoodIn { job, side: Side::Defender, player: defender, bond }]);
	assert!((CHALLENGE_BOND..FUNDS).contains(&bond), "{bond}");
	assert_eq!(disputes::moves(&client, from, to, job).await?, [Side::Defender]);
	let charge = Charge::Result(Fault::Chunk(0));
	let game = GameOver { job, charge, winner: Side::Defender };
	assert_eq!(disputes::games(&client, from, to).await?, [game]);
	let lost = BondLost { job, player: liar.public_key().0, amount: CHALLENGE_BOND };
	assert_eq!(disputes::bonds_lost(&client, from, to).await?, [lost]);
	let log = network.node("bob")?.logs().await.map_err(|error| anyhow!("{error}"))?;
	assert!(log.contains("the Defender is silent, and right"), "Bob's node does not say why");

	// Money: the bond of who stood in is back, and half of the liar's is shared; nobody is slashed.
	let after = Books::at(&end).await?;
	let share = CHALLENGE_BOND / 4;
	let gain = after.of(defender).saturating_sub(FUNDS);
	assert!(share / 2 < gain && gain < share, "{gain} for standing in, less a fee");
	assert!(before.gained(&after, dave) >= share, "Dave has lost nothing");
	assert_eq!(before.flows(&client, &after).await?.slashes, 0);

	network.start_again("dave").await?;
	network.end().await
}
