// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A seat that has to be won.

use anyhow::{bail, ensure, Context, Result};
use ergon_network_tests::{
	consensus, genesis::ChainSpec, network::TestNetwork, validators, AccountId,
};
use subxt_signer::sr25519::dev;

/// Validators from the beginning: as many as are elected without any power where there are no others; see
/// `MinValidators` of the runtime. Whoever wants a seat beside them needs power.
const FOUNDERS: usize = 4;
/// Sprints in a row that have to be proved before there is any power.
const SPRINTS: u32 = 2;
/// Final blocks in which all of it must have happened. An era has sixty: what is left of one, two with a sprint, and a
/// third of a fourth, up to the seat and the first block. One era more is for a sprint that is decided late.
const EVENTUALLY: usize = 300;

/// Nobody is asked: whoever joins and proves work in two sprints has power, is elected for it and for nothing else, and
/// makes blocks.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_works_should_win_a_seat_by_power() -> Result<()> {
	let _spec = ChainSpec::with_four_validators()?;
	let network = TestNetwork::start("seats").await?;
	let client = network.client("alice").await?;
	let worker = dev::ferdie();
	validators::join(&client, network.node("worker")?.ws_uri(), &worker)
		.await
		.context("the worker joins")?;
	let worker: AccountId = worker.public_key().0;

	let mut blocks = client.stream_blocks().await?;
	let (mut proved, mut power, mut elected) = (0, 0, None);
	for _ in 0..EVENTUALLY {
		let block = blocks.next().await.context("the node closed the stream of blocks")??;
		let at = block.at().await?;
		let number = at.block_number();
		let sprints = validators::sprints(&at, worker).await?;
		ensure!(sprints.failed == 0, "whoever works fails in no sprint, but did in block {number}");
		proved += sprints.proved;
		power = validators::power(&at, worker).await?;
		assert!(power == 0 || proved >= SPRINTS, "power {power} for {proved} sprints");
		if validators::enters(&at, worker).await? {
			assert!(power > 0, "in block {number} it is elected without power");
			println!("elected in block {number}, with power {power} for {proved} sprints");
			elected = Some(number);
		}

		// A seat comes with a session behind the election, and before there is none.
		let seats = consensus::validators(&at).await?;
		let has_seat = seats.contains(&worker);
		assert_eq!(seats.len(), FOUNDERS + usize::from(has_seat), "it takes nobody's seat");
		assert!(!has_seat || elected.is_some_and(|elected| elected < number), "{elected:?}");
		if has_seat && consensus::author(&at).await? == worker {
			assert!(power > 0, "in block {number} it has a seat without power");
			println!("block {number} is the first one that it made");
			return network.end().await;
		}
	}
	bail!("{proved} sprints are proved, the power is {power}, and the election was {elected:?}")
}
