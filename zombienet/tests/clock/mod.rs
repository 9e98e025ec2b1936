// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A validator whose clock is wrong.

use anyhow::Result;
use ergon_network_tests::{
	clock::WrongClock,
	consensus::{self, Weights},
	jobs::{self, JobState, Request, Submitted},
	money::Books,
	network::TestNetwork,
	offences::Verdict,
	AccountId, Balance,
};
use subxt_signer::sr25519::dev;

/// Jobs in all.
const JOBS: u64 = 2;
/// Final blocks in which every job must have become final.
const EVENTUALLY: usize = 200;

/// A network in which Charlie's clock goes ahead by so many seconds, or behind. The others make blocks and finalise
/// them, jobs are done, and nobody but Charlie loses anything.
pub(crate) async fn should_harm_nobody_else(ahead: i8) -> Result<()> {
	let clock = WrongClock::make(ahead)?;
	let network = TestNetwork::start("clock").await?;
	assert!(network.has_loaded("charlie", &clock.library())?, "Charlie's clock is right");
	let client = network.client("alice").await?;
	let requester = dev::ferdie();
	let [alice, bob, charlie, dave]: [AccountId; 4] =
		[dev::alice(), dev::bob(), dev::charlie(), dev::dave()].map(|key| key.public_key().0);

	// The first block of all belongs to no slot.
	consensus::wait_for_finality(&client, 1).await?;
	let start = client.at_current_block().await?;
	let before = Books::at(&start).await?;
	// Of the 1,000,000 that all votes weigh, Alice and Bob have the 666,667 that make a block final.
	assert!(Weights::at(&start).await?.finalise_without(&[charlie]));

	let mut submitted: Vec<Submitted> = Vec::new();
	for nonce in 0..JOBS {
		let request = Request {
			model: network.model,
			prompt: format!("Tell me a story about clock number {nonce}."),
			max_tokens: 48,
			temperature: 0,
			provider: Some(dave),
			nonce,
		};
		submitted.push(jobs::submit(&client, &requester, &request).await?);
	}
	let ids: Vec<_> = submitted.iter().map(|job| job.id).collect();
	let (ended, end) = jobs::wait_until_final(&client, &ids, EVENTUALLY).await?;
	for job in &ended {
		assert!(matches!(job.state, JobState::Settled(_)), "{job:?}");
	}

	// Alice and Bob have two thirds of the slots that need no luck, and some luck in the others.
	let blocks = end.block_number() - start.block_number();
	let slots = consensus::slot(&end).await? - consensus::slot(&start).await?;
	println!("{blocks} blocks in {slots} slots");
	assert!(3 * blocks > slots, "the others made {blocks} blocks in {slots} slots");

	// Nobody but Charlie lost more than was paid for; and Charlie has not made two blocks in one slot.
	let after = Books::at(&end).await?;
	before.flows(&client, &after).await?;
	for other in [alice, bob, dave] {
		assert_eq!(before.lost(&after, other), 0, "it was Charlie's clock");
	}
	let fees: Balance = submitted.iter().map(|job| job.fee).sum();
	let paid = jobs::paid(&ended)?;
	assert_eq!(before.lost(&after, requester.public_key().0), fees + paid);
	let mut verdict = Verdict::default();
	for number in start.block_number() + 1..=end.block_number() {
		verdict.note(&client.at_block(number).await?, charlie).await?;
	}
	assert!(!verdict.is_reported, "{verdict:?}");
	network.end().await
}
