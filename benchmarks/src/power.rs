// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What power costs the chain: elections and eras, and a candidate's part in each era.
//!
//! The real runtime makes the blocks of a whole era. The weights are what the chain charges, from the pallets'
//! measured ones.

mod candidate;

use crate::Error;
use ergon_core::{crypto::audit::AuditorId, H256, WORK_UNIT};
use ergon_runtime::{
	configs::{session::MaxValidators, system::RuntimeBlockWeights},
	constants::{ERG, SESSION_SLOTS},
	AccountId, Power, Runtime, Session, SessionKeys,
};
use ergon_test_chain::{genesis_of, BlockCost, Chain};
use frame_support::weights::{constants::WEIGHT_REF_TIME_PER_MILLIS, Weight};
use pallet_power::{BookEra, Candidates, CurrentEra};
use sp_core::{crypto::key_types, ed25519, sr25519, Pair};
use sp_io::hashing::blake2_256;
use std::time::Duration;

/// What stands above the figures where they are a page of their own.
pub(crate) const HEADING: &str = "# What power costs the chain\n\nWritten by `make bench-power`.\n";

/// Numbers of candidates.
const SIZES: [u32; 3] = [10, 100, 1_000];
/// What no block may take of its weight for power.
const GOAL: f64 = 0.1;
/// What each candidate has at stake: enough for what it proves here.
const BOND: u128 = 10_000 * ERG;

/// What the columns of the table of blocks mean.
const COLUMNS: &str = "\
Of each kind of block of an era the weight of the heaviest. The goal is that none takes more than a tenth of a block; \
where one does, the table says *missed* and which.\n\n\
An era is late when no block could count candidates before it, because in the whole last part of its last session, two \
minutes on a network that lasts, none was made: then its first block does all of it. That happens behind an outage \
only, and once; the block is valid, since what begins an era is mandatory, and takes longer to make. It is in the \
verdict all the same.\n\n\
The session pallet claims a whole block for the first block of each session, whoever stands, for its own work and that \
of BABE and GRANDPA. By this claim alone each of them misses the goal: it has no room for transactions. The weights \
are without the claim, so that they show what candidates add to it; the last two columns show how long the native \
runtime took for the whole of such a block, that work included, on this machine.\n\n";

/// The worst of some blocks.
#[derive(Clone, Copy, Default)]
struct Worst {
	blocks: u32,
	weight: Weight,
	time: Duration,
}

impl Worst {
	fn add(&mut self, block: BlockCost) {
		self.blocks += 1;
		self.weight = self.weight.max(block.weight);
		self.time = self.time.max(block.time);
	}

	/// What part of a block's weight it takes.
	fn share(&self) -> f64 {
		let whole = RuntimeBlockWeights::get().max_block;
		self.weight.ref_time() as f64 / whole.ref_time() as f64
	}
}

/// What the blocks of one era cost, by what happens in them.
#[derive(Default)]
struct EraCost {
	/// How many validate.
	validators: usize,
	/// Nothing about power.
	others: Worst,
	/// Candidates are counted.
	counting: Worst,
	/// A session begins, within the era.
	session: Worst,
	/// The era begins.
	era: Worst,
}

/// The tables.
///
/// # Errors
///
/// When a call is too long to be one, or somebody was counted at the wrong time.
pub(crate) fn measure() -> Result<String, Error> {
	let seats = MaxValidators::get();
	let mut report = format!(
		"As many of the candidates validate as there are seats, {seats} at most. {COLUMNS}"
	);
	report.push_str(
		"| candidates | validators | other blocks | blocks that count | each of them | a session begins | an era begins \
		 | a late era | most of a block | an era's first, run | a late one's, run |\n\
		 |---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n",
	);
	for size in SIZES {
		let EraCost { validators, others, counting, session, era } = of_era(size, false)?;
		let late = of_era(size, true)?.era;
		report.push_str(&format!(
			"| {size} | {validators} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
			told(others.weight),
			counting.blocks,
			told(counting.weight),
			told(session.weight),
			told(era.weight),
			told(late.weight),
			verdict(&[
				("a block that counts", counting),
				("a session", session),
				("an era", era),
				("a late era", late),
			]),
			told_time(era.time),
			told_time(late.time),
		));
	}
	report.push_str(&candidate::measure(&SIZES)?);
	Ok(report)
}

/// The largest share of a block that any of these takes, and which of them miss the goal.
fn verdict(kinds: &[(&str, Worst)]) -> String {
	let most = kinds.iter().map(|(_, worst)| worst.share()).fold(0.0, f64::max);
	let missed = kinds.iter().filter(|(_, worst)| worst.share() > GOAL);
	let missed: Vec<_> = missed.map(|(kind, _)| *kind).collect();
	let missed = match missed.is_empty() {
		true => String::new(),
		false => format!(" (missed: {})", missed.join(", ")),
	};
	format!("{:.1} %{missed}", 100.0 * most)
}

fn told(weight: Weight) -> String {
	format!("{:.1} ms", weight.ref_time() as f64 / WEIGHT_REF_TIME_PER_MILLIS as f64)
}

fn told_time(time: Duration) -> String {
	format!("{:.1} ms", 1e3 * time.as_secs_f64())
}

/// Makes the blocks of an era and the first one of the next, or, where that is `late`, none of the last session
/// but the first.
fn of_era(size: u32, late: bool) -> Result<EraCost, Error> {
	let mut chain = chain_of(size)?;
	chain.block(Vec::new());
	let whole = RuntimeBlockWeights::get().max_block;
	let validators = chain.read(|| Session::validators().len());
	let mut cost = EraCost { validators, ..EraCost::default() };
	let place = || (Session::current_index(), CurrentEra::<Runtime>::get(), counted());
	loop {
		let (session, era, counted) = chain.read(place);
		if late && session + 1 == chain.read(Power::era).end {
			chain.skip(SESSION_SLOTS);
		}
		chain.block(Vec::new());
		let now = chain.read(place);
		let mut block = chain.cost();
		let begins = now.0 > session;
		if begins {
			block.weight = block.weight.saturating_sub(whole);
		}
		let kind = match (begins, now.1 > era, now.2 > counted) {
			(_, true, _) => &mut cost.era,
			(true, ..) => &mut cost.session,
			(.., true) => &mut cost.counting,
			_ => &mut cost.others,
		};
		kind.add(block);
		if now.1 > era {
			let is_sound = late == (cost.counting.blocks == 0);
			return is_sound
				.then_some(cost)
				.ok_or_else(|| Error::Chain("candidates were counted at the wrong time".into()));
		}
	}
}

/// How many candidates are counted for the next era.
fn counted() -> usize {
	let era = BookEra::<Runtime>::get();
	let is_ahead = era > CurrentEra::<Runtime>::get();
	Candidates::<Runtime>::iter_values()
		.filter(|candidate| is_ahead && candidate.counted.era == era)
		.count()
}

/// A chain with that many candidates, of whom as many validate as there are seats, and with a node that makes
/// everybody's blocks.
fn chain_of(candidates: u32) -> Result<Chain, Error> {
	let secrets: Vec<_> = (0..candidates).map(|index| blake2_256(&index.to_le_bytes())).collect();
	let accounts = || secrets.iter().map(|secret| AccountId::from(*secret));
	let mut genesis = genesis_of("local_testnet");
	genesis.balances.balances.extend(accounts().map(|who| (who, BOND + ERG)));
	genesis.power.validators = accounts().map(|who| (who, BOND)).collect();
	genesis.session.keys = accounts()
		.zip(&secrets)
		.map(|(who, secret)| (who.clone(), who, session_keys(secret)))
		.collect();
	// Without a model no sprint opens: what a candidate costs in one is measured apart.
	genesis.sprints.models.clear();
	genesis.audits.declarations.clear();
	let mut chain = Chain::with_genesis(genesis);
	for secret in &secrets {
		let secret = format!("{:#x}", H256(*secret));
		chain
			.keystore()
			.sr25519_generate_new(key_types::BABE, Some(&secret))
			.map_err(|error| Error::Chain(format!("a key cannot be kept: {error:?}")))?;
	}
	// Everybody has proved something else.
	chain.read(|| {
		for (who, units) in accounts().zip(1..) {
			Power::note_proved(&who, 0, units * WORK_UNIT);
		}
	});
	let seats = chain.read(|| Session::validators().len());
	let expected = candidates.min(MaxValidators::get()) as usize;
	if seats != expected {
		return Err(Error::Chain(format!("{seats} validate, and not {expected}")));
	}
	Ok(chain)
}

/// The session keys of a secret. Nothing but blocks is signed here.
fn session_keys(secret: &[u8; 32]) -> SessionKeys {
	let votes = ed25519::Public::from_raw(*secret);
	SessionKeys {
		babe: sr25519::Pair::from_seed(secret).public().into(),
		grandpa: votes.into(),
		audit: AuditorId::from(votes),
	}
}
