// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Moves that do not fit get a name, and change nothing.

use crate::{
	mock::{Disputes, *},
	*,
};
use codec::Encode;
use ergon_core::H256;
use ergon_exact::game::{Groundwork, Move, Turn};
use sp_runtime::transaction_validity::{
	InvalidTransaction, TransactionValidityError, UnknownTransaction,
};

type Refusal = Error<Test>;

fn invalid(error: Refusal) -> Option<TransactionValidityError> {
	Some(InvalidTransaction::Custom(error.encode()[0]).into())
}

fn unknown(error: Refusal) -> Option<TransactionValidityError> {
	Some(UnknownTransaction::Custom(error.encode()[0]).into())
}

/// What the pool says to the provider's turn at the first step.
fn first(turn: &Turn) -> Option<TransactionValidityError> {
	let before = (Disputes::dispute(JOB), stage());
	let refused = refusal(signed_turn(0, PROVIDER, turn));
	assert_eq!((Disputes::dispute(JOB), stage()), before);
	refused
}

#[test]
fn every_wrong_turn_has_its_refusal() {
	let game = honest();
	with_result(&game, &[], |_| {
		let right = &game.turns[0];
		assert_eq!(first(right), unknown(Refusal::NoGame));
		challenge(3);
		assert_eq!(first(right), None);
		assert_eq!(refusal(signed_turn(1, PROVIDER, right)), unknown(Refusal::WrongStep));
		let bad_proof = Some(InvalidTransaction::BadProof.into());
		assert_eq!(refusal(signed_turn(0, 3, right)), bad_proof);
		assert_eq!(first(&game.turns[1]), invalid(Refusal::OutOfTurn));

		let groundwork = right.groundwork.clone().unwrap();
		let without = Turn { groundwork: None, ..right.clone() };
		assert_eq!(first(&without), invalid(Refusal::GroundworkMissing));
		let prompt = groundwork.prompt.iter().map(|token| token ^ 1).collect();
		let other = Groundwork { prompt, ..groundwork.clone() };
		let other = Turn { groundwork: Some(other), ..right.clone() };
		assert_eq!(first(&other), invalid(Refusal::DoesNotOpen));

		let Move::Chunk(opened) = &right.made else { panic!("a chunk is opened first") };
		let mut changed = opened.clone();
		changed[4].hidden[0] ^= 1;
		let changed = Turn { made: Move::Chunk(changed), ..right.clone() };
		assert_eq!(first(&changed), invalid(Refusal::DoesNotOpen));
		let short = Turn { made: Move::Chunk(opened[1..].to_vec()), ..right.clone() };
		assert_eq!(first(&short), invalid(Refusal::WrongLength));
		let long = Turn { made: Move::Layers(vec![H256::zero(); 4_000]), ..right.clone() };
		assert_eq!(first(&long), invalid(Refusal::TurnTooLarge));

		play_on(&game, 0..1);
		let again = Turn { groundwork: Some(groundwork), ..game.turns[1].clone() };
		assert_eq!(refusal(signed_turn(1, 3, &again)), invalid(Refusal::GroundworkKnown));
		let nowhere = Turn { groundwork: None, made: Move::Hidden(99) };
		assert_eq!(refusal(signed_turn(1, 3, &nowhere)), invalid(Refusal::NoSuchPart));
	});
}

#[test]
fn a_turn_counts_once_and_in_time() {
	let game = honest();
	with_result(&game, &[], |_| {
		challenge(3);
		let right = signed_turn(0, PROVIDER, &game.turns[0]);
		skip(2 * TURN);
		assert_eq!(refusal(right.clone()), None, "the last block counts");
		skip(1);
		assert_eq!(refusal(right.clone()), Some(InvalidTransaction::Stale.into()));
		System::set_block_number(1);
		apply(right.clone()).unwrap();
		assert_eq!(refusal(right), unknown(Refusal::WrongStep));
	});
}

#[test]
fn a_signature_is_for_one_chain_and_one_step() {
	let game = honest();
	with_result(&game, &[], |_| {
		challenge(3);
		let turn = &game.turns[0];
		let Call::play { signature, .. } = signed_turn(1, PROVIDER, turn) else { panic!() };
		let turn = Box::new(turn.clone());
		let other_step = Call::play { job: JOB, step: 0, turn, signature };
		assert_eq!(refusal(other_step), Some(InvalidTransaction::BadProof.into()));
		let here = signed_turn(0, PROVIDER, &game.turns[0]);
		frame_system::BlockHash::<Test>::insert(0, H256::repeat_byte(9));
		assert_eq!(refusal(here), Some(InvalidTransaction::BadProof.into()));
	});
}

#[test]
fn a_result_that_became_final_takes_no_moves() {
	let game = honest();
	with_result(&game, &[], |_| {
		challenge(3);
		Known::set(Default::default());
		assert_eq!(first(&game.turns[0]), invalid(Refusal::NoResult));
	});
}

#[test]
fn the_longest_first_turn_fits() {
	// Every byte of the longest prompt is a token, the embedding is the widest, and the model is deep.
	let tokens = ergon_core::job::MAX_PROMPT_BYTES as usize + 256;
	let width = ergon_core::attestation::MAX_EMBEDDING as usize;
	let constants = ergon_exact::game::Proof::Leaf { bytes: vec![0; 16], path: hashes(24) };
	let turn = Turn {
		groundwork: Some(Groundwork { prompt: vec![u32::MAX; tokens], constants }),
		made: Move::Vector {
			layers: hashes(127),
			rows: H256::zero(),
			columns: H256::zero(),
			sums: hashes(width.div_ceil(64)),
		},
	};
	assert!(turn.encoded_size() as u32 <= MAX_TURN_BYTES, "{}", turn.encoded_size());
}

fn hashes(count: usize) -> Vec<H256> {
	vec![H256::repeat_byte(7); count]
}
