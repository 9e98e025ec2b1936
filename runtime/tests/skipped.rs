// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Slots without a block are blamed on those who could have made one, and on nobody else.
//!
//! Who that is, is worked out here from the definition of BABE and the epoch as nodes hear of it, without the
//! runtime's code. A test of the node holds the runtime's code to what the node does when its turn comes.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use ergon_runtime::{configs::power::SESSIONS_PER_ERA, AccountId, Babe, Power, Runtime, Session};
use ergon_test_chain::{random::Choices, Chain};
use pallet_rewards::{EraWorks, MAX_SKIPPED};
use sp_consensus_babe::{digests::CompatibleDigestItem, Epoch};
use sp_core::sr25519;
use sp_keyring::Sr25519Keyring;
use std::collections::BTreeMap;

/// Blocks authored and slots skipped, by era and validator.
type Books = BTreeMap<(u32, AccountId), (u32, u32)>;

/// The accounts of an epoch's authorities, in their order.
fn accounts(epoch: &Epoch) -> Vec<AccountId> {
	let keys = epoch.authorities.iter().map(|(key, _)| key.clone().into_inner());
	keys.map(|key: sr25519::Public| Sr25519Keyring::from_public(&key).unwrap().to_account_id())
		.collect()
}

/// The place of the one authority that may make a block in any slot: the hash of randomness and slot is a number
/// of 256 bits, most significant byte first, and what is left when it is divided is the place.
fn place(epoch: &Epoch, slot: u64) -> usize {
	let ticket = [&epoch.randomness[..], &slot.to_le_bytes()].concat();
	let count = epoch.authorities.len();
	let hash = sp_io::hashing::blake2_256(&ticket);
	hash.into_iter().fold(0, |left, byte| (left * 256 + usize::from(byte)) % count)
}

/// What the chain has written down, for the eras that are not settled.
fn written(chain: &mut Chain) -> Books {
	chain.read(|| {
		EraWorks::<Runtime>::iter()
			.map(|(era, who, work)| ((era, who), (work.authored, work.skipped)))
			.collect()
	})
}

/// Slots that each validator is blamed for in the eras that are not settled.
fn blamed(chain: &mut Chain) -> BTreeMap<AccountId, u32> {
	let mut blamed = BTreeMap::new();
	for ((_, who), (_, skipped)) in written(chain) {
		*blamed.entry(who).or_default() += skipped;
	}
	blamed
}

/// The slot and the authority of the last block, as its header says.
fn claim(chain: &Chain) -> (u64, usize) {
	let claim = chain.head().digest.logs.iter().find_map(|log| log.as_babe_pre_digest()).unwrap();
	(*claim.slot(), claim.authority_index() as usize)
}

/// Makes a block behind that many skipped slots, and counts it as it should be.
fn follow(chain: &mut Chain, books: &mut Books, skipped: u32) {
	let before = chain.read(Session::current_index);
	let (parent, _) = claim(chain);
	chain.skip(skipped);
	chain.block(Vec::new());
	let (slot, author) = claim(chain);
	assert_eq!(slot, parent + u64::from(skipped) + 1);

	let (session, era, epoch) =
		chain.read(|| (Session::current_index(), Power::era().era, Babe::current_epoch()));
	// The first block of a session is nobody's, and so are the slots before it.
	if session != before {
		return;
	}
	let accounts = accounts(&epoch);
	let mut note = |place: usize, authored, skipped| {
		let work = books.entry((era, accounts[place].clone())).or_default();
		*work = (work.0 + authored, work.1 + skipped);
	};
	note(author, 1, 0);
	if skipped <= MAX_SKIPPED {
		(parent + 1..slot).for_each(|slot| note(place(&epoch, slot), 0, 1));
	}
}

#[test]
fn skipped_slots_should_be_blamed_on_those_who_could_have_made_a_block() {
	let mut chain = Chain::new("local_testnet");
	let mut choices = Choices::new(3);
	chain.blocks(1);
	let mut books = written(&mut chain);
	for _ in 0..300 {
		let skipped = match choices.below(20) {
			0..12 => 0,
			12..18 => 1 + choices.below(4) as u32,
			18 => MAX_SKIPPED - choices.below(2) as u32,
			_ => MAX_SKIPPED + 1 + choices.below(2) as u32,
		};
		follow(&mut chain, &mut books, skipped);
		let written = written(&mut chain);
		// What is settled is not written down any more, and what is not is there to the last slot.
		let kept = books.iter().filter(|(key, _)| written.contains_key(*key));
		assert_eq!(kept.map(|(key, work)| (key.clone(), *work)).collect::<Books>(), written);
		let era = chain.read(|| Power::era().era);
		let current = |books: &Books| books.keys().filter(|(of, _)| *of == era).count();
		assert_eq!(current(&books), current(&written));
	}
	for who in chain.read(Session::validators) {
		let of_one = books.iter().filter(|((_, of), _)| *of == who);
		let slots: u32 = of_one.map(|(_, (_, skipped))| skipped).sum();
		assert!(slots > 20, "the lottery named {who} {slots} times");
	}
}

/// As many slots as somebody is blamed for, and one more.
#[test]
fn a_network_that_stood_still_should_blame_nobody() {
	let mut chain = Chain::new("local_testnet");
	let skipped = |chain: &mut Chain| blamed(chain).values().sum::<u32>();
	// Before the first block there is no network.
	chain.skip(3);
	chain.blocks(1);
	assert_eq!(skipped(&mut chain), 0);
	let mut books = written(&mut chain);
	follow(&mut chain, &mut books, MAX_SKIPPED);
	assert_eq!((skipped(&mut chain), written(&mut chain)), (MAX_SKIPPED, books));
	// The next session, since a short one has no room for more.
	let session = chain.read(Session::current_index);
	while chain.read(Session::current_index) == session {
		chain.blocks(1);
	}
	let mut books = written(&mut chain);
	follow(&mut chain, &mut books, MAX_SKIPPED + 1);
	assert_eq!((skipped(&mut chain), written(&mut chain)), (MAX_SKIPPED, books));
}

/// Who makes no block in its slots is the one that loses, slot by slot, as if its node were off.
#[test]
fn a_node_that_is_off_should_be_blamed_alone() {
	let mut chain = Chain::new("local_testnet");
	let off = Sr25519Keyring::Bob.to_account_id();
	let mut its_slots = 0;
	chain.blocks(1);
	// Nothing is settled before the third era begins.
	while chain.read(Session::current_index) < 2 * SESSIONS_PER_ERA - 1 {
		let (slot, _) = claim(&chain);
		let (epoch, session) = chain.read(|| (Babe::current_epoch(), Session::current_index()));
		let accounts = accounts(&epoch);
		let is_off = |slot| accounts[place(&epoch, slot)] == off;
		let skipped = (slot + 1..).take_while(|slot| is_off(*slot)).count() as u32;
		chain.skip(skipped);
		chain.blocks(1);
		// What the first block of a session finds skipped is not counted.
		if chain.read(Session::current_index) == session {
			its_slots += skipped;
		}
	}
	assert!(its_slots > 10, "{its_slots}");
	let mut blamed = blamed(&mut chain);
	blamed.retain(|_, slots| *slots > 0);
	assert_eq!(blamed, BTreeMap::from([(off, its_slots)]));
}
