// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What nodes do by themselves: nobody has to do anything.

use crate::{
	mock::{Disputes, *},
	*,
};
use frame_support::traits::Hooks;

/// Runs the worker and makes a block out of what it says; how many moves there were.
fn work(world: &World) -> usize {
	Disputes::offchain_worker(System::block_number());
	let transactions = world.take();
	skip(1);
	let moves = transactions.len();
	for transaction in transactions {
		let RuntimeCall::Disputes(call) = transaction.function else { panic!("another call") };
		apply(call).unwrap();
	}
	moves
}

#[test]
fn two_nodes_play_to_the_end() {
	for (game, ruling) in [
		(honest(), upheld(&[5])),
		(lying(), Ruling::Overturned { finders: vec![5], refuted: vec![], spared: false }),
	] {
		with_result(&game, &[PROVIDER, 5], |world| {
			Disputes::accuse(&JOB, vec![accuser(5, 0)]);
			let mut moves = 0;
			for _ in 0..3 * game.turns.len() {
				moves += work(&world);
			}
			assert_eq!(moves, game.turns.len());
			assert_eq!(Disputes::ruling(&JOB), ruling);
			assert_eq!(work(&world), 0);
		});
	}
}

#[test]
fn a_node_plays_only_for_its_own_keys() {
	with_result(&honest(), &[6], |world| {
		Disputes::accuse(&JOB, vec![accuser(5, 0)]);
		assert_eq!((work(&world), work(&world)), (0, 0));
	});
	with_result(&honest(), &[PROVIDER], |world| {
		Disputes::accuse(&JOB, vec![accuser(5, 0)]);
		assert_eq!((work(&world), work(&world), work(&world)), (0, 1, 0));
	});
}

#[test]
fn a_node_that_has_nothing_to_say_is_silent() {
	// Its engine agrees with chunk 1.
	with_result(&honest(), &[PROVIDER, 5], |world| {
		Disputes::accuse(&JOB, vec![accuser(5, 1)]);
		let idle = |now| {
			let dispute = Disputes::dispute(JOB).unwrap();
			let game = dispute.game.unwrap();
			let keys = PlayerKey::of_this_node();
			Disputes::serve(now, &keys, JOB, dispute.step, &game).unwrap_err()
		};
		assert_eq!((work(&world), work(&world)), (0, 0));
		assert_eq!(idle(3), offchain::Idle::NothingToSay);
		assert_eq!(idle(1 + 2 * TURN), offchain::Idle::TooLate);
	});
}

#[test]
fn a_node_goes_on_where_a_game_was_left() {
	let game = honest();
	with_result(&game, &[PROVIDER], |world| {
		challenge(3);
		play_on(&game, 0..2);
		assert_eq!((work(&world), work(&world)), (0, 1));
		assert_eq!(Disputes::dispute(JOB).unwrap().step, 3);
	});
}
