// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What becomes of two votes in a round, of two blocks in a slot, and of who is not there.

use crate::*;
use ergon_runtime::{Balance, RuntimeEvent};
use frame_support::traits::Get;
use pallet_offences::{Event, Reports};
use pallet_power::{Absence, BookEra, OffenceSlashes};
use sp_staking::offence::Offence;

/// Two votes of Dave in the same round, reported as late as it can be, while every session has a set of
/// its own.
#[test]
fn an_equivocation_should_be_reportable_behind_changes_of_weights() {
	let mut chain = chain();
	let dave = Dave.to_account_id();
	let prove_all = |chain: &mut Chain| {
		for (who, units) in [(Alice, 10_000), (Bob, 10_000), (Charlie, 10_000), (Dave, 20_000)] {
			prove(chain, who, units);
		}
	};
	// Dave has proved more than its bond backs, so whatever is taken from it changes the weights.
	let slash = |chain: &mut Chain| chain.read(|| Rewards::burn(Power::slash(&dave, ERG).0));
	prove_all(&mut chain);
	go_to(&mut chain, SESSIONS_PER_ERA);
	slash(&mut chain);
	let first = SESSIONS_PER_ERA + 1;
	go_to(&mut chain, first);
	let set = chain.read(Grandpa::current_set_id);

	let key = Ed25519Keyring::Dave.pair();
	let vote = |byte| {
		let vote = Prevote::new(Hash::repeat_byte(byte), 1u32);
		let message = Message::Prevote(vote.clone());
		(vote, key.sign(&localized_payload(1, set, &message)).into())
	};
	let equivocation = finality_grandpa::Equivocation {
		round_number: 1,
		identity: key.public().into(),
		first: vote(1),
		second: vote(2),
	};
	let proof = EquivocationProof::new(set, Equivocation::Prevote(equivocation));
	let owner =
		chain.read(|| Historical::prove((KEY_TYPE, AuthorityId::from(key.public())))).unwrap();

	for session in first..first + REPORT_SESSIONS {
		if session == 2 * SESSIONS_PER_ERA {
			prove_all(&mut chain);
		}
		slash(&mut chain);
		go_to(&mut chain, session + 1);
	}
	assert_eq!(chain.read(Grandpa::current_set_id), set + u64::from(REPORT_SESSIONS));
	let bond = chain.read(|| Power::bond(&dave));
	chain
		.read(|| {
			let origin = RuntimeOrigin::signed(Alice.to_account_id());
			Grandpa::report_equivocation(origin, Box::new(proof), owner)
		})
		.unwrap();
	assert!(chain.read(|| Power::bond(&dave)) < bond);
	assert_eq!(chain.read(|| Power::power(&dave)), 0);
}

/// The headers of two blocks of Dave in the last slot.
fn two_blocks(chain: &mut Chain) -> sp_consensus_babe::EquivocationProof<Header> {
	let (slot, place) = chain.read(|| {
		let authorities = Babe::authorities();
		let place = authorities.iter().position(|(key, _)| *key == Dave.public().into());
		(Babe::current_slot(), place.unwrap() as u32)
	});
	let header = |byte| {
		let claim =
			PreDigest::SecondaryPlain(SecondaryPlainPreDigest { authority_index: place, slot });
		let digest = Digest { logs: vec![DigestItem::PreRuntime(BABE_ENGINE_ID, claim.encode())] };
		let root = Hash::repeat_byte(byte);
		let mut header = Header::new(7, root, root, root, digest);
		let seal = Dave.sign(header.hash().as_ref());
		header.digest.push(DigestItem::Seal(BABE_ENGINE_ID, seal.encode()));
		header
	};
	sp_consensus_babe::EquivocationProof {
		offender: Dave.public().into(),
		slot,
		first_header: header(1),
		second_header: header(2),
	}
}

#[test]
fn two_blocks_in_one_slot_should_cost_bond_and_seat() {
	let mut chain = chain();
	go_to(&mut chain, 2);
	chain.blocks(3);
	let dave = Dave.to_account_id();
	let proof = two_blocks(&mut chain);
	let key: sp_consensus_babe::AuthorityId = Dave.public().into();
	let owner = chain.read(|| Historical::prove((sp_core::crypto::key_types::BABE, key))).unwrap();
	let bond = chain.read(|| Power::bond(&dave));
	chain
		.read(|| Babe::report_equivocation_unsigned(RuntimeOrigin::none(), Box::new(proof), owner))
		.unwrap();
	assert!(chain.read(|| Power::bond(&dave)) < bond);
	let disabled = chain.read(|| {
		let place = Session::validators().iter().position(|who| *who == dave).unwrap() as u32;
		Session::disabled_validators().contains(&place)
	});
	assert!(disabled);
}

/// What nodes ask the runtime to send: BABE's block import without seals, our node with them.
#[test]
fn blocks_should_be_reported_only_with_their_seals() {
	type Api = Runtime;
	let mut chain = chain();
	go_to(&mut chain, 2);
	chain.blocks(3);
	let dave = Dave.to_account_id();
	let bond = chain.read(|| Power::bond(&dave));
	let sealed = two_blocks(&mut chain);
	let mut unsealed = sealed.clone();
	for header in [&mut unsealed.first_header, &mut unsealed.second_header] {
		header.digest.pop().unwrap();
	}
	let report = |chain: &mut Chain, proof: sp_consensus_babe::EquivocationProof<Header>| {
		chain.read(|| {
			let owner = <Api as BabeApiV2<Block>>::generate_key_ownership_proof(
				proof.slot,
				proof.offender.clone(),
			);
			<Api as BabeApiV2<Block>>::submit_report_equivocation_unsigned_extrinsic(
				proof,
				owner.unwrap(),
			)
		})
	};

	chain.take_pool();
	assert_eq!(report(&mut chain, unsealed), None);
	assert!(chain.take_pool().is_empty());
	assert_eq!(report(&mut chain, sealed), Some(()));
	let transactions = chain.take_pool();
	assert_eq!(transactions.len(), 1);
	for result in chain.block(transactions) {
		result.unwrap().unwrap();
	}
	assert!(chain.read(|| Power::bond(&dave)) < bond);
}

/// The tenth audit that somebody misses in an era.
#[test]
fn absence_should_cost_the_seat_and_be_told_like_any_offence() {
	let mut chain = chain();
	go_to(&mut chain, 2);
	let dave = Dave.to_account_id();
	// Whoever makes the very block is disabled with the next session only.
	while chain.author() == Some(dave.clone()) {
		chain.blocks(1);
	}
	let most: u32 = <Runtime as pallet_power::Config>::MaxMisses::get();
	let penalty: Balance = <Runtime as pallet_power::Config>::MissPenalty::get();
	let miss = |chain: &mut Chain, times: u32| {
		chain.read(|| (0..times).for_each(|_| Power::note_missed(&dave, WORK_UNIT)));
	};
	let bond = chain.read(|| Power::bond(&dave));
	miss(&mut chain, most - 1);
	chain.read(|| {
		assert!(!Power::is_chilled(&dave));
		assert_eq!(Session::disabled_validators(), Vec::<u32>::new());
		assert_eq!(Reports::<Runtime>::iter().count(), 0);
	});

	miss(&mut chain, 1);
	chain.read(|| {
		assert!(Power::is_chilled(&dave));
		let place = Session::validators().iter().position(|who| *who == dave).unwrap() as u32;
		assert_eq!(Session::disabled_validators(), [place]);
		// Each miss has cost what it costs, and being absent nothing more.
		assert_eq!(Power::bond(&dave), bond - Balance::from(most) * penalty);
		assert_eq!(OffenceSlashes::<Runtime>::iter().count(), 0);
		let reported: Vec<_> =
			Reports::<Runtime>::iter_values().map(|report| report.offender).collect();
		assert_eq!(reported, [(dave.clone(), ())]);
	});
	let kind = <Absence<AccountId> as Offence<(AccountId, ())>>::ID;
	let slot = (chain.read(BookEra::<Runtime>::get), &dave).encode();
	assert!(chain.events().contains(&RuntimeEvent::Offences(Event::Offence { kind, slot })));

	// Once is enough.
	miss(&mut chain, 1);
	assert_eq!(chain.read(|| Reports::<Runtime>::iter().count()), 1);
	// The next session was planned before.
	go_to(&mut chain, 4);
	assert!(!chain.read(Session::validators).contains(&dave));
}
