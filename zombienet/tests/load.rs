// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A machine that works for money and proves power at the same time.

use anyhow::{bail, ensure, Context, Result};
use ergon_network_tests::{
	jobs::{self, JobId, Request},
	network::TestNetwork,
	timeline::Timeline,
	validators, AccountId, Client,
};
use std::sync::atomic::{AtomicBool, Ordering};
use subxt_signer::sr25519::{dev, Keypair};

/// Tokens of each answer at most: little, so that many are done in a sprint.
const TOKENS: u16 = 16;
/// Who asks. Each asks again as soon as its last job is submitted for good, four or five blocks later.
const REQUESTERS: [&str; 4] = ["//Ferdie", "//Bob//stash", "//Charlie//stash", "//Eve//stash"];
/// Jobs that have to be compared, at least, in the sprint and before it.
const ENOUGH: usize = 4;
/// Final blocks in which everything must have happened: what is left of an era, and the sprint of the next, with
/// its audits.
const EVENTUALLY: usize = 240;

/// A sprint delays no paid job: a machine that does both attests each job in time, as fast in the sprint as
/// before it, and proves power with the time that is left.
#[tokio::test(flavor = "multi_thread")]
async fn sprints_should_delay_no_paid_job() -> Result<()> {
	let network = TestNetwork::start("load").await?;
	let client = network.client("alice").await?;
	let dave = dev::dave();
	validators::join(&client, network.node("dave")?.ws_uri(), &dave).await?;
	let dave = dave.public_key().0;
	// Whoever joins takes part from the next era on.
	let era = validators::era(&client.at_current_block().await?).await? + 1;

	let is_over = AtomicBool::new(false);
	let asking = |place: usize| {
		let (client, is_over, model) = (&client, &is_over, network.model);
		async move { ask_until(client, REQUESTERS[place], model, dave, is_over).await }
	};
	let watched = watch(&client, dave, era, &is_over);
	let (a, b, c, d, timeline) =
		tokio::try_join!(asking(0), asking(1), asking(2), asking(3), watched)?;
	let asked: Vec<JobId> = [a, b, c, d].concat();

	let window = timeline.windows.get(&era).context("the sprint has opened")?.clone();
	for job in &asked {
		let turn = timeline.turns.get(job).with_context(|| hex::encode(job))?;
		assert!(turn.duration().is_some(), "job {} was late: {turn:?}", hex::encode(job));
	}
	let (before, samples_before) =
		timeline.median(0..=window.start() - 1).context("no job before the sprint")?;
	let (during, samples_during) =
		timeline.median(window.clone()).context("no job in the sprint")?;
	println!(
		"of {} jobs, {samples_before} before the sprint took {before} blocks, {samples_during} in it {during}",
		asked.len(),
	);
	ensure!(samples_before >= ENOUGH && samples_during >= ENOUGH, "there is nothing to compare");
	assert!(during <= before + 1, "jobs took {during} blocks in the sprint, {before} before it");
	assert_eq!(timeline.proved, [era], "the sprint proved something");
	network.end().await
}

/// Asks for one job after another until it is over; returns them.
async fn ask_until(
	client: &Client,
	requester: &str,
	model: [u8; 32],
	provider: AccountId,
	is_over: &AtomicBool,
) -> Result<Vec<JobId>> {
	let signer = Keypair::from_uri(&requester.parse()?)?;
	let mut asked = Vec::new();
	while !is_over.load(Ordering::Relaxed) {
		let request = Request {
			model,
			prompt: format!("Say hello to {requester} for time number {}.", asked.len() + 1),
			max_tokens: TOKENS,
			temperature: 0,
			max_price: jobs::MAX_PRICE,
			provider: Some(provider),
			nonce: asked.len() as u64,
		};
		asked.push(jobs::submit(client, &signer, &request).await?.id);
	}
	Ok(asked)
}

/// Follows the provider through the sprint of an era. Says that it is over when the items of that sprint are
/// done, and goes on until all jobs are done and the sprint is decided.
async fn watch(
	client: &Client,
	who: AccountId,
	era: u32,
	is_over: &AtomicBool,
) -> Result<Timeline> {
	let mut timeline = Timeline::of(who);
	let mut blocks = client.stream_blocks().await?;
	for _ in 0..EVENTUALLY {
		let block = blocks.next().await.context("the node closed the stream of blocks")??;
		timeline.note(&block.at().await?).await?;
		let window = timeline.windows.get(&era);
		let closed = window.is_some_and(|window| *window.end() < block.number());
		is_over.store(closed, Ordering::Relaxed);
		let is_done = timeline.turns.values().all(|turn| turn.attested.is_some());
		if closed && is_done && timeline.proved.contains(&era) {
			return Ok(timeline);
		}
		ensure!(timeline.failed.is_empty(), "the candidate has failed: {timeline:?}");
	}
	bail!("not everything happened in {EVENTUALLY} final blocks: {timeline:?}")
}
