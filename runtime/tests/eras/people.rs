// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who lives on the chain, and how.

use codec::Encode;
use ergon_core::{Work, WORK_UNIT};
use ergon_runtime::{constants::ERG, AccountId, Balance, SessionKeys};
use ergon_test_chain::{genesis_of, random::Choices, Chain};
use sp_core::{crypto::key_types, ed25519, sr25519, Pair};
use sp_io::hashing::blake2_256;

/// How many there are, each with money and session keys.
pub(crate) const PEOPLE: usize = 400;
/// The first of them are validators from genesis on, with power that they have not proved.
pub(crate) const FOUNDERS: usize = 4;
/// What each has to begin with.
const ENDOWMENT: Balance = 300_000 * ERG;
/// What of it each founder has bonded.
const FOUNDERS_BOND: Balance = 10_000 * ERG;
/// Of so many people, one is stronger than a hundred others.
const WHALES: usize = 140;

/// How somebody lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
	/// Proves about the same in each sprint.
	Steady,
	/// Is away now and then.
	Flaky,
	/// Rents machines for one sprint in three.
	Renter,
	/// Misses audits.
	Lazy,
	/// Makes up its sprints now and then.
	Cheat,
	/// Bonds, and proves nothing.
	Idle,
}

/// How that one of the people lives.
pub(crate) fn way(person: usize) -> Way {
	const WAYS: [Way; 7] =
		[Way::Steady, Way::Flaky, Way::Renter, Way::Lazy, Way::Cheat, Way::Idle, Way::Idle];
	WAYS[person % WAYS.len()]
}

fn is_whale(person: usize) -> bool {
	person.is_multiple_of(WHALES)
}

/// What somebody proves in a sprint that it takes part in.
pub(crate) fn work(person: usize, choices: &mut Choices) -> Work {
	let strength = if is_whale(person) { 2_000 } else { 1 + person as Work % 100 };
	strength * (450 + choices.below(100)) * WORK_UNIT
}

/// What somebody bonds: sometimes less than its work needs behind it.
pub(crate) fn bond(person: usize, choices: &mut Choices) -> Balance {
	let tokens = match is_whale(person) {
		true => 50_000 + choices.below(50_000),
		false => 1_000 + choices.below(9_000),
	};
	Balance::from(tokens) * ERG
}

/// The account of one of a kind.
pub(crate) fn account(kind: &str, index: u32) -> AccountId {
	(kind, index).using_encoded(blake2_256).into()
}

/// The secret of somebody's session keys, who had so many others before.
fn secret(person: usize, before: u32) -> [u8; 32] {
	("session keys", person as u32, before).using_encoded(blake2_256)
}

/// The same as a keystore takes it.
pub(crate) fn secret_uri(person: usize, before: u32) -> String {
	format!("0x{}", hex::encode(secret(person, before)))
}

/// The first session keys of somebody.
fn first_keys(person: usize) -> SessionKeys {
	let secret = secret(person, 0);
	let votes = ed25519::Pair::from_seed(&secret).public();
	SessionKeys {
		babe: sr25519::Pair::from_seed(&secret).public().into(),
		grandpa: votes.into(),
		audit: votes.into(),
	}
}

/// A chain with these people, and the node that makes its blocks with everybody's keys.
pub(crate) fn settle() -> (Chain, Vec<AccountId>) {
	let people: Vec<_> = (0..PEOPLE as u32).map(|person| account("person", person)).collect();
	let mut genesis = genesis_of("local_testnet");
	genesis.balances.balances.extend(people.iter().map(|who| (who.clone(), ENDOWMENT)));
	genesis.power.validators =
		people.iter().take(FOUNDERS).map(|who| (who.clone(), FOUNDERS_BOND)).collect();
	genesis.session.keys = people
		.iter()
		.enumerate()
		.map(|(person, who)| (who.clone(), who.clone(), first_keys(person)))
		.collect();
	// Without a model the sprints of the chain itself are cancelled, and those of this test are all there are.
	genesis.sprints.models.clear();
	genesis.audits.declarations.clear();
	let chain = Chain::with_genesis(genesis);
	for person in 0..PEOPLE {
		let secret = secret_uri(person, 0);
		chain.keystore().sr25519_generate_new(key_types::BABE, Some(&secret)).unwrap();
	}
	(chain, people)
}
