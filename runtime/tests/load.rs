// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Many disputes at once, about which nobody says anything, and which both sides play to their ends: no block is
//! heavier than it may be, every result is judged, and who asks for something else meanwhile has an answer.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use ergon_core::{Country, GenerationParams, JobId, JobKind, ModelId};
use ergon_engine_interface::EngineExt;
use ergon_exact::game::{Reason, Side};
use ergon_runtime::{
	configs::system::RuntimeBlockWeights,
	constants::{ERG, MILLI_ERG, SESSION_SLOTS},
	presets, Providers, Runtime, RuntimeCall, RuntimeEvent,
};
use ergon_test_chain::{
	engine::{Conduct, FakeEngine},
	keys::secret,
	tiny, Chain,
};
use pallet_jobs::{traits::TokenPrices, Constraints, VoidReason};
use pallet_providers::{Call as ProvidersCall, Hosting, Profile};
use sp_core::{ed25519, Pair};
use sp_keyring::Sr25519Keyring::{self, Dave, Eve, Ferdie};
use std::{collections::BTreeMap, sync::Arc};

/// Wrong results that are asked for in a block.
const PER_BLOCK: u32 = 50;
/// Blocks after which all must be over.
const PATIENCE: u32 = 200;
/// Blocks from the end of a game until its result is judged at most, as the README of the pallet says.
const LATE: u32 = 20;

/// How many wrong results are asked for, and the disputes at a time with which somebody asks for something else.
struct Load {
	model: ModelId,
	wrong: u32,
	many: usize,
}

/// What became of it.
#[derive(Default)]
struct Report {
	/// Most disputes at a time.
	at_once: usize,
	/// How games ended.
	games: Vec<(Side, Option<Reason>)>,
	/// Moves of defenders, and of challengers.
	moves: (u32, u32),
	/// The lightest block, and the heaviest in which a game ended.
	lightest: Option<u64>,
	heaviest: u64,
	/// Most blocks from the last one of a game until the result was judged.
	latest: u32,
}

/// A chain on which Dave and Eve have slots for all those jobs, and Ferdie for others.
fn chain(mut chain: Chain, load: &Load) -> Chain {
	let Load { model, wrong, .. } = *load;
	let conduct = |prompt: &[u8]| match prompt {
		b"wrong" => Conduct::Cheats,
		_ => Conduct::Honest,
	};
	chain.register_extension(EngineExt(Arc::new(FakeEngine::new(conduct, vec![model]))));
	chain.add_keys();
	// The first block of a session has no room.
	chain.block(Vec::new());
	let payload = chain.read(|| Providers::worker_proof_payload(&Ferdie.to_account_id()));
	let worker = ed25519::Pair::from_string(secret(Ferdie), None).unwrap();
	let register = ProvidersCall::<Runtime>::register {
		worker: worker.public().into(),
		proof: worker.sign(&payload).into(),
		bond: 1_000 * ERG,
		profile: Profile {
			country: Country(*b"CH"),
			region: None,
			hosting: Hosting::Cloud,
			peer: Default::default(),
		},
	};
	let prices = TokenPrices { prompt_token: MILLI_ERG, output_token: MILLI_ERG };
	let offer = |slots| ProvidersCall::<Runtime>::set_offer { model, prices, slots };
	let transactions = [
		(Dave, offer(wrong), 0),
		(Eve, offer(wrong), 0),
		(Ferdie, register, 0),
		(Ferdie, offer(1), 1),
	]
	.map(|(who, call, ahead)| chain.sign(who, call, ahead));
	for result in chain.block(transactions.into()) {
		result.unwrap().unwrap();
	}
	chain
}

fn submission(model: ModelId, prompt: &str, provider: Sr25519Keyring, nonce: u32) -> RuntimeCall {
	pallet_jobs::Call::<Runtime>::submit {
		model,
		kind: JobKind::Generate(GenerationParams::greedy(32)),
		prompt: prompt.into(),
		max_price: ERG,
		constraints: Constraints { provider: Some(provider.to_account_id()), ..Default::default() },
		nonce: nonce.into(),
	}
	.into()
}

/// The last block of the turn of each game, in which somebody else may move.
fn ends_of_turns() -> BTreeMap<JobId, u32> {
	let turn: u32 = <Runtime as pallet_disputes::Config>::TurnTime::get();
	let disputes = pallet_disputes::Disputes::<Runtime>::iter();
	disputes.filter_map(|(job, dispute)| Some((job, dispute.game?.deadline + turn))).collect()
}

/// Asks for wrong results, and for a right one when many are disputed, until all are judged.
fn run(mut chain: Chain, load: &Load) -> Report {
	let full = RuntimeBlockWeights::get().max_block;
	let mut report = Report::default();
	let mut attested = BTreeMap::<JobId, Option<VoidReason>>::new();
	// The blocks whose moves ended games.
	let mut won = BTreeMap::<JobId, u32>::new();
	let mut submitted = 0;
	let mut other = None::<JobId>;
	let mut answered = false;

	while !answered || attested.values().any(|end| *end != Some(VoidReason::Overturned)) {
		assert!(chain.height() < PATIENCE, "{} at once, {attested:?}", report.at_once);
		let mut transactions = chain.take_pool();
		let ends = chain.read(ends_of_turns);
		report.at_once = report.at_once.max(ends.len());
		let calls = match load.wrong - submitted.min(load.wrong) {
			0 if other.is_none() && ends.len() >= load.many => {
				vec![submission(load.model, "right", Ferdie, submitted)]
			}
			left => (submitted..submitted + left.min(PER_BLOCK))
				.map(|nonce| (nonce, [Dave, Eve][nonce as usize % 2]))
				.map(|(nonce, provider)| submission(load.model, "wrong", provider, nonce))
				.collect(),
		};
		for (call, ahead) in calls.into_iter().zip(0..) {
			transactions.push(chain.sign(Sr25519Keyring::Alice, call, ahead));
		}
		chain.block(transactions);

		let weight = chain.cost().weight;
		let is_full_anyway = chain.height() % SESSION_SLOTS == 1;
		assert!(is_full_anyway || weight.all_lte(full), "{weight:?} of {full:?}");
		let games = report.games.len();
		for event in chain.events() {
			match event {
				RuntimeEvent::Jobs(pallet_jobs::Event::JobSubmitted { job, .. }) => {
					other = (submitted == load.wrong).then_some(job);
					submitted += 1;
				}
				RuntimeEvent::Jobs(pallet_jobs::Event::JobAttested { job, .. }) => {
					match Some(job) == other {
						true => assert!(!ends.is_empty(), "nothing is disputed meanwhile"),
						false => {
							attested.insert(job, None);
						}
					}
				}
				RuntimeEvent::Jobs(pallet_jobs::Event::JobVoided { job, reason, .. }) => {
					attested.insert(job, Some(reason));
					let end = ends.get(&job).or(won.get(&job)).expect("a game was played before");
					report.latest = report.latest.max(chain.height() - end);
				}
				RuntimeEvent::Jobs(pallet_jobs::Event::JobSettled { job, .. }) => {
					assert_eq!(Some(job), other, "a wrong result was paid");
					answered = true;
				}
				RuntimeEvent::Disputes(pallet_disputes::Event::Moved { side, .. }) => match side {
					Side::Defender => report.moves.0 += 1,
					Side::Challenger => report.moves.1 += 1,
				},
				// Not those about auditors of the right one who have not worked.
				RuntimeEvent::Disputes(pallet_disputes::Event::GameOver {
					job,
					winner,
					reason,
					..
				}) if Some(job) != other => {
					won.insert(job, chain.height());
					report.games.push((winner, reason));
				}
				_ => {}
			}
		}
		if !is_full_anyway {
			let weight = weight.ref_time();
			report.lightest = Some(report.lightest.unwrap_or(weight).min(weight));
			if report.games.len() > games {
				report.heaviest = report.heaviest.max(weight);
			}
		}
	}
	let Report { at_once, moves, heaviest, latest, .. } = &report;
	println!("{at_once} at once, {moves:?} moves, {heaviest} at most, {latest} blocks late");
	report
}

#[test]
fn many_disputes_at_once_should_all_be_judged() {
	// Nobody can say anything for results of this model: its answers are made up.
	let load = Load { model: presets::demo_manifest().unwrap().id(), wrong: 300, many: 150 };
	let report = run(chain(Chain::new("local_testnet"), &load), &load);
	assert!(report.games.iter().all(|game| *game == (Side::Challenger, None)));
	assert_eq!(report.moves, (0, 0));
	// As the README of the pallet says, too.
	assert!(report.at_once >= 177, "{} at once", report.at_once);
	let full = RuntimeBlockWeights::get().max_block.ref_time();
	let spent = report.heaviest - report.lightest.unwrap();
	assert!(spent <= full / 5, "{spent} of {full} are spent on rulings");
	assert!(report.latest <= LATE, "judged {} blocks behind the last turn", report.latest);
}

#[test]
fn many_disputes_that_are_played_at_once_should_all_be_judged() {
	let load = Load { model: tiny::id(), wrong: 200, many: 60 };
	let genesis = tiny::genesis("local_testnet");
	let report = run(chain(Chain::with_genesis(genesis), &load), &load);
	assert!(report.at_once >= load.many, "{} at once", report.at_once);
	let is_computed = |game: &(Side, Option<Reason>)| matches!(game, (Side::Challenger, Some(_)));
	assert!(report.games.iter().all(is_computed), "{:?}", report.games);
	// Every game has moves of both sides, and most have several.
	let (defenders, challengers) = report.moves;
	let games = report.games.len() as u32;
	assert!(defenders >= games && challengers >= games, "{:?} in {games}", report.moves);
	assert!(defenders + challengers > 4 * games, "{:?} in {games}", report.moves);
	// As late as where a turn has to end first.
	assert!(report.latest <= LATE, "judged {} blocks behind the last move", report.latest);
}
