// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What becomes of two votes in a round, and of two blocks in a slot.

use crate::*;

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
