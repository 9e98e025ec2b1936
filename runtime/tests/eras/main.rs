// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A thousand eras of the whole runtime, with hundreds of candidates who come and go, work, rest, rent, fail and
//! cheat: alone, a third of them at once, or all of them.
//!
//! Blocks are made as a node makes them, and most slots have none. What people do happens where a block's
//! transactions would be: calls are dispatched, since to sign and to check tens of thousands would take longer than
//! all the rest. What came of sprints and audits is told to the pallets as `pallet_sprints` and `pallet_audits` tell
//! it; both, with machines, workers and auditors, are in `tests/sprints.rs` and `tests/simulation`. Who is reported
//! for two blocks in one slot is identified as in a report, by a proof about the session.
//!
//! All pallets' own checks would take longer than the blocks. They are made behind some blocks only, and those of
//! [`watch`] behind every session and every era.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod crimes;
mod life;
mod people;
mod sprints;
mod watch;

use ergon_runtime::Session;
use ergon_test_chain::Chain;
use life::Life;
use watch::{hear, Watch};

/// How long it goes on.
pub(crate) const ERAS: u32 = 1_000;
/// Slots from one block to the next at most: fewer than those of a session, each of which has blocks with room.
const MOST_SLOTS: u64 = 11;
/// All pallets are checked behind one of so many blocks, which is in two of three eras.
const CHECKED: u64 = 15;

/// A chain, who lives on it, and who watches.
struct World {
	chain: Chain,
	life: Life,
	watch: Watch,
}

impl World {
	fn new(seed: u64) -> Self {
		let (mut chain, people) = people::settle();
		// The first epoch begins with the first block.
		chain.block_of(|| ());
		let watch = chain.read(Watch::new);
		Self { chain, life: Life::new(people, seed), watch }
	}

	/// Makes a block, and looks at it.
	fn step(&mut self) {
		let Self { chain, life, watch } = self;
		chain.skip(life.choices.below(MOST_SLOTS) as u32);
		life.suspects.clear();
		let session = watch.session;
		chain.block_of(|| {
			// What begins with a session is looked at alone.
			if Session::current_index() == session {
				life.act();
			}
		});
		for event in chain.events() {
			hear(life, event);
		}
		chain.read(|| watch.look(life));
		if life.choices.one_in(CHECKED) {
			chain.check();
		}
	}
}

#[test]
fn a_thousand_eras_should_keep_every_promise() {
	let mut world = World::new(1);
	while world.watch.era < ERAS {
		world.step();
	}
	world.chain.check();
	println!("{} blocks: {:?}", world.chain.height(), world.life.seen);
	world.watch.check_growth();

	let seen = |what| world.life.seen.get(what).copied().unwrap_or_default();
	for (what, least) in [
		("joined", 500),
		("joined in another's place", 50),
		("displacement", 50),
		("bonded more", 1_000),
		("left", 500),
		("left in an exodus", 200),
		("withdrew", 300),
		("rejoined", 300),
		("set keys", 1_000),
		("purged keys", 1_000),
		("claimed", 500),
		("left dust", 300),
		("dust", 300),
		("ordinary times", 20),
		("meagre times", 4),
		("times without sprints", 4),
		("silent times", 4),
		("exodus", 4),
		("times without keys", 4),
		("riot", 4),
		("sprint", 500),
		("sprint too late", 20),
		("era without a sprint", 30),
		("decided late", 500),
		("bad sprint", 50),
		("audit done", 5_000),
		("audit missed", 1_000),
		("absence", 30),
		("equivocation slashed", 30),
		("offence", 110),
		("evidence of nothing", 10),
		("slash", 1_000),
		("chill", 100),
		("disabling", 50),
		("reward", 1_500),
		("session", 2_900),
		("election", 300),
		("came", 1_000),
		("went", 1_000),
		("sessions of few", 20),
		("sessions in which no validator has keys", 5),
		("sessions with as much weight moved as may be", 5),
		("era with a cap", 10),
		("era without any power", 5),
	] {
		assert!(seen(what) >= least, "{what}: {} instead of {least}", seen(what));
	}
	assert!(seen("candidates of all eras") > 200 * u64::from(ERAS), "there were few candidates");
	assert!(seen("seats of all sessions") > 20 * seen("session"), "there were few validators");
	// Only where few had power before, or many left at once, and for some sessions then.
	assert!(seen("sessions with somebody above the cap") < seen("session") / 5);
}
