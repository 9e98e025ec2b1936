// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What power costs the chain: elections, eras, and a candidate's part in a sprint.
//!
//! The real runtime makes the blocks of a whole era. The weights are what the chain charges, from the pallets'
//! measured ones.

use crate::Error;
use codec::Encode;
use ergon_core::{
	attestation::{ATTESTATION_VERSION, PROFILE_EXACT},
	crypto::audit::AuditorId,
	sprint::ITEM_OUTPUT_TOKENS,
	Attestation, Bundle, FinishReason, Output, H256, WORK_UNIT,
};
use ergon_runtime::{
	configs::system::RuntimeBlockWeights,
	constants::{ERG, SESSION_SLOTS},
	AccountId, Balances, Power, Runtime, RuntimeCall, RuntimeHoldReason, Session, SessionKeys,
	Sprints,
};
use ergon_test_chain::Chain;
use frame_support::{
	dispatch::GetDispatchInfo,
	traits::{
		fungible::{Mutate, MutateHold},
		Get,
	},
	weights::{constants::WEIGHT_REF_TIME_PER_MILLIS, Weight},
};
use pallet_power::{BookEra, Candidate, Candidates, Counted, CurrentEra, HoldReason, Status};
use pallet_session::NextKeys;
use pallet_sprints::Commitment;
use sp_core::ed25519;
use sp_io::hashing::blake2_256;
use sp_keyring::Sr25519Keyring;
use std::fmt::Write;

/// Numbers of candidates, beside the three of genesis.
const SIZES: [u32; 3] = [10, 100, 1_000];
/// What no block of the change may take of its weight.
const GOAL: f64 = 0.1;
/// What each candidate has at stake: enough for what it proves here.
const BOND: u128 = 10_000 * ERG;

/// The heaviest of some blocks.
#[derive(Clone, Copy, Default)]
struct Worst {
	blocks: u32,
	weight: Weight,
}

impl Worst {
	fn add(&mut self, weight: Weight) {
		self.blocks += 1;
		self.weight = self.weight.max(weight);
	}
}

/// What the blocks of one era cost, by what happens in them.
#[derive(Default)]
struct EraCost {
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
/// When a call is too long to be one, or nobody was counted.
pub(crate) fn measure() -> Result<String, Error> {
	let mut table = String::from(
		"Of each kind of block of an era the weight of the heaviest; without the whole block that the session pallet \
		 claims for the first block of a session, which takes no transactions. An era is late when no block could \
		 count before it.\n\n\
		 | candidates | other blocks | blocks that count | each of them | a session begins | an era begins | most of \
		 a block | a late era |\n\
		 |---:|---:|---:|---:|---:|---:|---:|---:|\n",
	);
	let block = RuntimeBlockWeights::get().max_block;
	for size in SIZES {
		let EraCost { others, counting, session, era } = of_era(size, false)?;
		let late = of_era(size, true)?.era;
		let most = [counting, session, era].map(|worst| worst.weight.ref_time());
		let most = most.into_iter().fold(0, u64::max) as f64 / block.ref_time() as f64;
		let verdict = if most > GOAL { " (missed)" } else { "" };
		writeln!(
			table,
			"| {size} | {} | {} | {} | {} | {} | {:.1} %{verdict} | {} |",
			told(others),
			counting.blocks,
			told(counting),
			told(session),
			told(era),
			100.0 * most,
			told(late),
		)
		.map_err(|error| Error::Chain(error.to_string()))?;
	}
	table.push_str(&of_candidate()?);
	Ok(table)
}

fn told(worst: Worst) -> String {
	format!("{:.1} ms", worst.weight.ref_time() as f64 / WEIGHT_REF_TIME_PER_MILLIS as f64)
}

/// Makes the blocks of an era and the first one of the next, or, where that is `late`, none of the last session
/// but the first.
fn of_era(size: u32, late: bool) -> Result<EraCost, Error> {
	let mut chain = Chain::new("local_testnet");
	chain.block(Vec::new());
	chain.read(|| (0..size).try_for_each(add_candidate))?;
	let whole = RuntimeBlockWeights::get().max_block;
	let mut cost = EraCost::default();
	let place = || (Session::current_index(), CurrentEra::<Runtime>::get(), counted());
	loop {
		let (session, era, counted) = chain.read(place);
		if late && session + 1 == chain.read(Power::era).end {
			chain.skip(SESSION_SLOTS);
		}
		chain.block(Vec::new());
		let now = chain.read(place);
		let mut weight = chain.cost().weight;
		let begins = now.0 > session;
		if begins {
			weight = weight.saturating_sub(whole);
		}
		let kind = match (begins, now.1 > era, now.2 > counted) {
			(_, true, _) => &mut cost.era,
			(true, ..) => &mut cost.session,
			(.., true) => &mut cost.counting,
			_ => &mut cost.others,
		};
		kind.add(weight);
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

/// A candidate with a bond and keys, that has proved something in this era.
fn add_candidate(index: u32) -> Result<(), Error> {
	let failed = |error| Error::Chain(format!("a candidate cannot be added: {error:?}"));
	let seed = blake2_256(&index.to_le_bytes());
	let who = AccountId::from(seed);
	let reason = RuntimeHoldReason::Power(HoldReason::ValidatorBond);
	Balances::mint_into(&who, BOND + ERG).map_err(failed)?;
	Balances::hold(&reason, &who, BOND).map_err(failed)?;
	let candidate = Candidate {
		bond: BOND,
		counted: Counted::default(),
		recent: Default::default(),
		sprints: 0,
		genesis: 0,
		status: Status::Standing,
		since: 0,
		spared_until: 0,
	};
	Candidates::<Runtime>::insert(&who, candidate);
	let keys = SessionKeys {
		// The test chain makes blocks with keys that it has.
		babe: Sr25519Keyring::Alice.public().into(),
		grandpa: ed25519::Public::from_raw(seed).into(),
		audit: AuditorId::from(ed25519::Public::from_raw(seed)),
	};
	NextKeys::<Runtime>::insert(&who, keys);
	Power::note_proved(&who, 0, u64::from(1 + index) * WORK_UNIT);
	Ok(())
}

/// Bytes and weight of what a candidate sends in one sprint, and an auditor about it.
fn of_candidate() -> Result<String, Error> {
	let who = AccountId::from([7; 32]);
	let signature = ed25519::Signature::from_raw([0; 64]);
	let commitment = Commitment { model: H256::zero(), items: u32::MAX, root: H256::zero() };
	let commit = pallet_sprints::Call::<Runtime>::commit {
		era: u32::MAX,
		operator: who.clone(),
		commitment,
		signature: signature.into(),
	};
	let too_long = |what: &str| Error::Chain(format!("{what} does not fit"));
	let count = usize::from(ITEM_OUTPUT_TOKENS);
	let output = Output::Text {
		tokens: vec![u32::MAX; count].try_into().map_err(|_| too_long("an answer"))?,
		text: vec![b'x'; 4 * count].try_into().map_err(|_| too_long("a text"))?,
	};
	let digests = vec![H256::zero(); output.digest_count() as usize];
	let bundle = Bundle { output, digests: digests.try_into().map_err(|_| too_long("a digest"))? };
	let attestation = Attestation {
		version: ATTESTATION_VERSION,
		profile: PROFILE_EXACT,
		job_id: H256::zero(),
		model_root: H256::zero(),
		prompt_root: H256::zero(),
		output_root: bundle.output.root(),
		trace_root: bundle.trace_root(),
		prompt_tokens: u32::MAX,
		output_tokens: ITEM_OUTPUT_TOKENS.into(),
		finish: FinishReason::Length,
	};
	// A million items.
	let path = vec![H256::zero(); 20].try_into().map_err(|_| too_long("a path"))?;
	let show = pallet_sprints::Call::<Runtime>::show {
		era: u32::MAX,
		operator: who,
		index: u32::MAX,
		attestation,
		bundle,
		path,
		signature: signature.into(),
	};
	let samples: u32 = <Runtime as pallet_sprints::Config>::MaxSamples::get();
	let calls = [RuntimeCall::Sprints(commit), RuntimeCall::Sprints(show)];
	let [commit, show] = calls.map(|call| {
		let info = call.get_dispatch_info();
		let weight = info.call_weight.saturating_add(info.extension_weight);
		let millis = weight.ref_time() as f64 / WEIGHT_REF_TIME_PER_MILLIS as f64;
		// With the length in front and the kind of transaction.
		(call.encoded_size() + 3, millis)
	});
	Ok(format!(
		"\nEach candidate, in each era: one commitment of {} bytes ({:.2} ms of weight), and at most {samples} items of \
		 {} bytes ({:.2} ms) each, with a million items done. What is read of a sprint has {} bytes.\n",
		commit.0,
		commit.1,
		show.0,
		show.1,
		Chain::new("local_testnet").read(|| Sprints::sprint().encoded_size()),
	))
}
