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
use std::{
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc,
	},
	time::Duration,
};
use subxt_signer::sr25519::{dev, Keypair};
use tokio::{task::JoinSet, time::sleep};

/// Tokens of each answer at most. Each token is a pass, which items of a sprint share: so many that these take a part of
/// the time, and few enough that all of them fit between two blocks.
const TOKENS: u16 = 32;
/// Who asks. Each asks again when its last job was done for good, about eight blocks later. So there is a job in
/// almost every block, and none waits until it expires, as some of those do of which more come than can be done.
const REQUESTERS: [&str; 8] = [
	"//Eve",
	"//Ferdie",
	"//Alice//stash",
	"//Bob//stash",
	"//Charlie//stash",
	"//Dave//stash",
	"//Eve//stash",
	"//Ferdie//stash",
];
/// How long after the one before each of them begins.
const APART: Duration = Duration::from_secs(3);
/// Jobs that have to be compared, at least, in the sprint and before it.
const ENOUGH: usize = 5;
/// Blocks that a job in the sprint may take more than one before it does as a rule: one because the passes of its answer
/// have room for items, so that it may not be there when the next block comes, and one because a session begins, with
/// a block that has no room. Were it behind the items that its engine has at hand, it would wait for 256 of them, which
/// are three blocks where four engines share two processors.
const SLOWER: u64 = 2;
/// Final blocks in which a job is done, also when it is tried a second time.
const SOON: usize = 20;
/// Final blocks in which a sprint must have been over: an era has sixty.
const ERA: usize = 100;
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
	// Whoever joins takes part from the next era on. What is compared with it has no sprint beside.
	let era = validators::era(&client.at_current_block().await?).await? + 1;
	validators::wait_between_sprints(&client, ERA).await?;

	let is_over = Arc::new(AtomicBool::new(false));
	let mut requesters = JoinSet::new();
	for (place, requester) in REQUESTERS.into_iter().enumerate() {
		let (client, is_over, model) = (client.clone(), is_over.clone(), network.model);
		requesters.spawn(async move {
			sleep(APART * place as u32).await;
			ask_until(&client, requester, model, dave, &is_over).await
		});
	}
	let asked = async {
		let mut asked: Vec<JobId> = Vec::new();
		while let Some(jobs) = requesters.join_next().await {
			asked.extend(jobs??);
		}
		Ok(asked)
	};
	let (asked, timeline) = tokio::try_join!(asked, watch(&client, dave, era, &is_over))?;

	// Jobs: each is done in time, in the sprint as before it.
	let window = timeline.windows.get(&era).context("the sprint has opened")?.clone();
	for job in &asked {
		let turn = timeline.turns.get(job).with_context(|| {
			format!("job {} was given to nobody: {timeline:?}", hex::encode(job))
		})?;
		assert!(turn.duration().is_some(), "job {} was late: {turn:?}", hex::encode(job));
	}
	let before = timeline.durations(0..=window.start() - 1).context("no job before the sprint")?;
	let during = timeline.durations(window.clone()).context("no job in the sprint")?;
	println!("of {} jobs, before the sprint: {before:?}, in it: {during:?}", asked.len());
	ensure!(before.jobs >= ENOUGH && during.jobs >= ENOUGH, "there is nothing to compare");
	assert!(during.median <= before.median + 1, "{during:?}, {before:?}");
	let bound = before.slowest.max(before.median + SLOWER);
	assert!(during.slowest <= bound, "{during:?}, {before:?}");

	// Items: there were always some to do beside. At half time a node says for the first time how many are done, and at
	// the end that it is more; between the two there were jobs as well.
	let commitments = timeline.commitments.get(&era).context("nothing was committed to")?;
	println!("{commitments:?}, in blocks {window:?}");
	let [first, .., last] = commitments[..] else {
		bail!("there was nothing more to do at the end of the sprint: {commitments:?}");
	};
	assert!(first.items < last.items, "{commitments:?}");
	let between = timeline.attested(*window.start(), first.block + 1..=last.block);
	assert!(between > 0, "no job was done between the commitments: {timeline:?}");
	let beside = timeline.attested(*window.start(), *window.start()..=last.block);
	assert!(beside >= ENOUGH, "{beside} jobs were done beside items: {timeline:?}");
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
			prompt: format!("Tell me story number {} about {requester}.", asked.len() + 1),
			max_tokens: TOKENS,
			temperature: 0,
			provider: Some(provider),
			nonce: asked.len() as u64,
		};
		let job = jobs::submit(client, &signer, &request).await?.id;
		jobs::wait_until_attested(client, job, SOON).await?;
		asked.push(job);
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
