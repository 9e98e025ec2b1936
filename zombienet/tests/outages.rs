// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Validators who are killed: two, who are not needed, as many others, without whom nothing is final, and one in the
//! middle of a sprint.

use anyhow::{ensure, Context, Result};
use ergon_network_tests::{
	consensus::{self, Weights},
	genesis::ChainSpec,
	jobs::{self, JobState, Request, Submitted},
	money::Books,
	network::TestNetwork,
	validators, AccountId, Balance, Client,
};
use subxt_signer::sr25519::dev;

/// What Alice, Bob and Charlie bond, each: behind it is three tenths of all power. Dave and Eve have a twentieth each.
const STRONG: Balance = 12_000_000_000_000_000;
/// Final blocks in which the chain goes on without those who are not needed.
const GOES_ON: u64 = 5;
/// Blocks in which votes that were under way when validators were killed may still make something final.
const STRAGGLERS: u64 = 2;
/// Blocks that follow, in which nothing may become final.
const STANDS_STILL: u64 = 4;
/// Blocks in which something that has to happen soon must have happened.
const SOON: usize = 60;
/// Final blocks in which a sprint must have been over, or decided: an era has sixty.
const ERA: usize = 100;
/// Blocks in which somebody must have been caught in the middle of a sprint: that of an era may just be over, or the
/// commitment be too late for it.
const TWO_ERAS: usize = 160;
/// Final blocks in which every job must have become final.
const EVENTUALLY: usize = 400;
/// Blocks to look at who makes blocks: one of four or five is by luck, which weight buys.
const LOTTERY: u64 = 160;

/// Validators that are killed lose nothing but what the audits cost that they miss, and go on when they are started
/// again, also with what they have done in a sprint. The chain does without two of five that have a tenth of the power,
/// waits for two that have more than a third of it, and loses no job.
#[tokio::test(flavor = "multi_thread")]
async fn the_chain_should_outlive_its_validators_outages() -> Result<()> {
	let _spec = ChainSpec::with_bonds(STRONG, validators::BOND)?;
	let network = TestNetwork::start("outages").await?;
	let client = network.client("alice").await?;
	let requester = dev::ferdie();
	let [alice, bob, charlie, dave, eve]: [AccountId; 5] =
		[dev::alice(), dev::bob(), dev::charlie(), dev::dave(), dev::eve()]
			.map(|key| key.public_key().0);
	let strong = [alice, bob, charlie];
	let request = |nonce: u64| Request {
		model: network.model,
		prompt: format!("Tell me a story about outage number {nonce}."),
		max_tokens: 48,
		temperature: 0,
		provider: Some(dave),
		nonce,
	};

	// Who has committed to the items of a sprint and does not show them loses a part of its bond: nobody is
	// killed then, to be away for long.
	validators::wait_between_sprints(&client, ERA).await?;
	let start = client.at_current_block().await?;
	let before = Books::at(&start).await?;

	// It is two of five each time: by heads, those who are left could finalise nothing in either case.
	let weights = Weights::at(&start).await?;
	assert!(weights.finalise_without(&[dave, eve]), "{weights:?}");
	assert!(!weights.finalise_without(&[bob, eve]), "{weights:?}");
	outage_of_the_weak(&network, &client, eve).await?;
	validators::wait_between_sprints(&client, ERA).await?;
	let mut submitted = vec![outage_of_the_strong(&network, &client, dave, &request(0)).await?];
	for validator in [bob, eve] {
		consensus::wait_until_authored(&client, validator, SOON).await?;
	}
	submitted.push(jobs::submit(&client, &requester, &request(1)).await?);
	outage_in_a_sprint(&network, &client, eve).await?;
	let asked = submitted.iter().map(|job| job.id).collect::<Vec<_>>();

	// Jobs: each is settled, or refunded in full; that of the outage is settled.
	let (ended, end) = jobs::wait_until_final(&client, &asked, EVENTUALLY).await?;
	let paid = jobs::paid(&ended)?;
	assert!(matches!(ended[0].state, JobState::Settled(_)), "{:?}", ended[0].state);

	// Money: the requester lost fees and prices, nothing else, and nobody was slashed for having been away
	// but for the audits that it missed.
	let after = Books::at(&end).await?;
	let flows = before.flows(&client, &after).await?;
	assert_eq!((flows.slashes, flows.offences), (0, 0), "nobody cheated");
	for (name, killed) in [("Bob", bob), ("Dave", dave), ("Eve", eve)] {
		let (from, to) = (start.block_number(), end.block_number());
		let missed = validators::missed(&client, killed, from, to).await?;
		let penalties = validators::MISS_PENALTY * Balance::from(missed);
		let bonds =
			[validators::bond(&start, killed).await?, validators::bond(&end, killed).await?];
		println!("{name} missed {missed} audits");
		assert_eq!(bonds[1], bonds[0] - penalties, "{name} missed {missed} audits, of {bonds:?}");
	}
	let fees: Balance = submitted.iter().map(|job| job.fee).sum();
	assert_eq!(before.lost(&after, requester.public_key().0), fees + paid);

	// Luck: the three have nine tenths of the power, and three fifths of the heads. As many draws as there are
	// blocks make it as good as impossible that they get less than seven tenths by power.
	let drawn = end.block_number() - start.block_number();
	consensus::wait_for_finality(&client, LOTTERY.saturating_sub(drawn)).await?;
	let to = consensus::finalised(&client).await?;
	let lucky = consensus::primary_authors(&client, start.block_number()..=to).await?;
	let theirs = lucky.iter().filter(|author| strong.contains(author)).count();
	println!(
		"of {} primary blocks, {theirs} are by those with nine tenths of the power",
		lucky.len()
	);
	ensure!(lucky.len() as u64 > LOTTERY / 8, "too few blocks by luck to tell: {}", lucky.len());
	assert!(theirs * 10 > lucky.len() * 7, "{theirs} of {}", lucky.len());
	network.end().await
}

/// Dave and Eve are killed. The others go on. Then both are started again, and Eve has what she had and makes
/// blocks.
async fn outage_of_the_weak(network: &TestNetwork, client: &Client, eve: AccountId) -> Result<()> {
	let url = network.node("eve")?.ws_uri();
	let keys = validators::make_keys(url, eve).await?;
	let final_for_eve = consensus::finalised(&network.client("eve").await?).await?;
	println!("killing Dave's node and Eve's, for which block {final_for_eve} is final");
	network.kill("dave")?;
	network.kill("eve")?;
	consensus::wait_for_finality(client, GOES_ON).await?;

	tokio::try_join!(network.start_again("dave"), network.start_again("eve"))?;
	let found = network.found_at_start("eve", 2).await?;
	assert!(found >= final_for_eve, "block {final_for_eve} was final, {found} was found");
	assert!(validators::has_keys(url, &keys).await?, "the keys were in the keystore");
	consensus::wait_until_authored(client, eve, SOON).await
}

/// Eve is killed in the middle of a sprint, when she has said what she has done, and started again. What she did is in
/// her node's database, so she shows it, and has proved it.
async fn outage_in_a_sprint(network: &TestNetwork, client: &Client, eve: AccountId) -> Result<()> {
	let era = validators::next_commitment(client, eve, TWO_ERAS).await?;
	println!("killing Eve's node in the sprint of era {era}");
	network.kill("eve")?;
	network.start_again("eve").await?;
	validators::wait_until_proved(client, eve, era, ERA).await
}

/// Bob and Eve are killed. The others make blocks, and none of them becomes final. A job is submitted to them,
/// and assigned; when the two are back, everything is final.
async fn outage_of_the_strong(
	network: &TestNetwork,
	client: &Client,
	provider: AccountId,
	request: &Request,
) -> Result<Submitted> {
	println!("killing Bob's node and Eve's");
	network.kill("bob")?;
	network.kill("eve")?;
	let outage = async {
		let job = jobs::next_assignment(client, provider, SOON).await?;
		consensus::wait_for_blocks(client, STRAGGLERS).await?;
		let stopped = consensus::finalised(client).await?;
		let best = consensus::wait_for_blocks(client, STANDS_STILL).await?;
		let now = consensus::finalised(client).await?;
		assert_eq!(
			now, stopped,
			"more than a third is away, and more became final; best is {best}"
		);
		println!(
			"block {stopped} is the last final one, and there are {best}; starting both again"
		);
		tokio::try_join!(network.start_again("bob"), network.start_again("eve"))?;
		Ok::<_, anyhow::Error>((job, best))
	};
	let requester = dev::ferdie();
	let (submitted, outage) = tokio::join!(jobs::submit(client, &requester, request), outage);
	let (job, best) = outage.context("the outage of the strong")?;
	let submitted = submitted.context("the job of the outage")?;
	assert_eq!(submitted.id, job, "what was made without the two is what became final");
	let left = best.saturating_sub(consensus::finalised(client).await?);
	consensus::wait_for_finality(client, left).await?;
	Ok(submitted)
}
