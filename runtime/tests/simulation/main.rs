// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Random calls by random accounts over thousands of blocks, with real off-chain workers, an engine
//! that fails, cheats, slanders and falls silent, every pallet's own check of its state after every block, and a
//! model of the money that shares nothing with them. Disputes are played to their ends: the engine runs a model by
//! which the chain can compute who is right. It is recalled in the end, and all jobs have to come to theirs.
//!
//! What fails is cut down to the least that fails, and printed. Put that into `cases`, with a comment that
//! says what was wrong: it is played first from then on.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod calls;
mod emission;
mod forgeries;
mod ledger;
mod notes;
mod scenario;
mod simulation;

use ergon_runtime::UncheckedExtrinsic;
use scenario::Scenario;
use simulation::Simulation;
use std::{
	collections::BTreeMap,
	env, fs,
	panic::{catch_unwind, set_hook, take_hook},
	path::Path,
	thread,
};

/// Blocks of a scenario, and what is attempted in each.
const BLOCKS: u32 = 400;
const ATTEMPTS: u32 = 6;
/// Scenarios, unless the environment says how many in `ERGON_SIMULATIONS`.
const SCENARIOS: u64 = 6;

/// What must happen in that many scenarios, and how often at least.
const HAPPENS: [(&str, u32); 35] = [
	("submitted", 500),
	("attested", 200),
	("requeued", 5),
	("settled", 50),
	("overturned", 10),
	("expired", 1),
	("cancelled", 1),
	("pruned", 1),
	("recalled", 6),
	("judged behind a recall", 6),
	("provider slashed", 10),
	("false vote slashed", 3),
	("accused", 10),
	("challenged", 20),
	("replicas differ", 1),
	("game over", 30),
	("found idle", 1),
	("moved", 200),
	("defender won", 10),
	("challenger won", 10),
	("ended by silence", 5),
	("stood in", 3),
	("won by who stood in", 1),
	("defender spared", 1),
	("challenger spared", 1),
	("bond lost", 10),
	("awarded", 10),
	("rewarded", 1),
	("reward claimed", 1),
	("frozen", 20),
	("forged", 50),
	// Of what the ledger has worked out.
	("amounts", 1_000),
	("slashes to the unit", 10),
	("audit budgets", 30),
	("stakes of who stood in", 3),
];

/// Plays a scenario; says what happened, and how many amounts were worked out independently.
fn play(scenario: &Scenario) -> BTreeMap<&'static str, u32> {
	let Simulation { notes, ledger, .. } = Simulation::play(scenario);
	let mut seen = notes.seen;
	seen.extend([
		("amounts", ledger.checked),
		("slashes to the unit", ledger.slashes),
		("audit budgets", ledger.budgets),
		("stakes of who stood in", ledger.stakes),
	]);
	seen
}

/// Cuts a scenario that failed down, and fails with what is left.
fn explain(scenario: Scenario) -> ! {
	// It panics with each try, and only the last one is worth reading.
	let hook = take_hook();
	set_hook(Box::new(|_| {}));
	let least = scenario.shrink(|scenario| catch_unwind(|| play(scenario)).is_err());
	set_hook(hook);
	println!("The least that fails, for a file in tests/simulation/cases:\n{least}");
	play(&least);
	panic!("it fails now and then: something is not determined by the attempts");
}

#[test]
fn random_calls_should_keep_every_invariant() {
	let count = env::var("ERGON_SIMULATIONS").map_or(SCENARIOS, |count| count.parse().unwrap());
	let scenarios: Vec<_> =
		(1..=count).map(|seed| Scenario::random(seed, BLOCKS, ATTEMPTS)).collect();
	let cores = thread::available_parallelism().unwrap().get();
	let mut seen = BTreeMap::<_, u32>::new();
	for together in scenarios.chunks(cores) {
		let results: Vec<_> = thread::scope(|scope| {
			let plays: Vec<_> =
				together.iter().map(|scenario| scope.spawn(|| play(scenario))).collect();
			plays.into_iter().map(|play| play.join()).collect()
		});
		for (scenario, result) in together.iter().zip(results) {
			let Ok(happened) = result else { explain(scenario.clone()) };
			happened.into_iter().for_each(|(what, times)| *seen.entry(what).or_default() += times);
		}
	}

	eprintln!("{seen:?}");
	for (what, least) in HAPPENS {
		let times = seen.get(what).copied().unwrap_or_default();
		let least = (u64::from(least) * count).div_ceil(SCENARIOS);
		assert!(u64::from(times) >= least, "{what} happened {times} times: {seen:?}");
	}
}

#[test]
fn what_failed_once_should_not_fail_again() {
	let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/simulation/cases");
	let mut cases = 0;
	for file in fs::read_dir(folder).unwrap() {
		let path = file.unwrap().path();
		println!("{}", path.display());
		play(&fs::read_to_string(path).unwrap().parse().unwrap());
		cases += 1;
	}
	assert!(cases > 0);
}

#[test]
fn forged_transactions_should_be_refused_before_they_are_included() {
	let mut simulation = Simulation::new();
	simulation.step(&[]);
	for _ in 0..40 {
		let call = simulation.forgery();
		let transaction = UncheckedExtrinsic::new_transaction(
			call,
			ergon_runtime::transactions::extension(0, 0, sp_runtime::generic::Era::Immortal),
		);
		simulation.chain.block(vec![transaction])[0]
			.expect_err("nobody has a seat, a game, a job or a sprint that this could be for");
	}
}
