// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Ten jobs on a network whose providers meet with accidents.

use anyhow::{Context, Result};
use ergon_network_tests::{
	jobs::{self, JobState, Request, Submitted},
	money::Books,
	network::TestNetwork,
	AccountId, Balance,
};
use std::time::Duration;
use subxt_signer::sr25519::dev;

/// Jobs in all.
const JOBS: usize = 10;
/// Blocks in which something that has to happen soon must have happened.
const SOON: usize = 60;
/// Final blocks in which every job must have become final: several deadlines one after another.
const EVENTUALLY: usize = 400;

/// Every job ends settled or refunded, and every unit of the total issuance is accounted for,
/// although a provider's node is killed in the middle of one job and an engine in the middle of
/// another.
#[tokio::test(flavor = "multi_thread")]
async fn jobs_should_end_and_money_should_add_up_when_nodes_and_engines_are_killed() -> Result<()> {
	let network = TestNetwork::start("accidents").await?;
	let client = network.client("alice").await?;
	let requester = dev::ferdie();
	let [dave, eve]: [AccountId; 2] = [dev::dave(), dev::eve()].map(|key| key.public_key().0);

	let start = client.at_current_block().await?;
	let before = Books::at(&start).await?;

	let mut submitted: Vec<Submitted> = Vec::new();
	let mut ask = async |providers: Vec<Option<AccountId>>| -> Result<()> {
		for provider in providers {
			let request = Request {
				model: network.model,
				prompt: format!("Tell me a story about friend number {}.", submitted.len() + 1),
				max_tokens: 256,
				temperature: 0,
				provider,
				nonce: submitted.len() as u64,
			};
			submitted.push(jobs::submit(&client, &requester, &request).await?);
		}
		Ok(())
	};
	ask(vec![None, None]).await?;

	// Each accident happens to whatever the provider works on when it gets a job; one is for it alone.
	let accident = async {
		let job = jobs::next_assignment(&client, dave, SOON).await?;
		println!("cutting the power of Dave's machine in the middle of job {}", hex::encode(job));
		network.cut_power("dave", Duration::from_secs(10)).await
	};
	let (cut, asked) = tokio::join!(accident, ask(vec![Some(dave), None, None, None]));
	cut.context("Dave's accident")?;
	asked.context("jobs around Dave's accident")?;

	let accident = async {
		let job = jobs::next_assignment(&client, eve, SOON).await?;
		println!("killing Eve's engine in the middle of job {}", hex::encode(job));
		network.kill_engine("eve")
	};
	let (killed, asked) = tokio::join!(accident, ask(vec![Some(eve), None, None, None]));
	asked.context("jobs around Eve's accident")?;
	let killed = killed.context("Eve's accident")?;

	let ids: Vec<_> = submitted.iter().map(|job| job.id).collect();
	assert_eq!(ids.len(), JOBS);
	let (ended, end) = jobs::wait_until_final(&client, &ids, EVENTUALLY).await?;

	// Jobs: each is settled, or refunded.
	let paid = jobs::paid(&ended)?;
	let settled = ended.iter().filter(|job| matches!(job.state, JobState::Settled(_))).count();
	println!("{settled} of {JOBS} jobs settled, the others were refunded");
	assert!(settled >= JOBS - 2, "only jobs that met with an accident may be lost");

	// Money: the requester lost fees and prices, nothing else; all accounts together lost what was
	// burnt and got what was made; and the issuance is what all accounts have.
	let after = Books::at(&end).await?;
	let fees: Balance = submitted.iter().map(|job| job.fee).sum();
	assert_eq!(before.lost(&after, requester.public_key().0), fees + paid);
	assert_eq!(before.flows(&client, &after).await?.slashes, 0, "nobody cheated");

	// Machines: the killed engine was replaced.
	assert_ne!(network.engine("eve")?, killed);
	network.end().await
}
