// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Nodes stand in for silent sides that are right, by themselves.

use crate::{
	mock::{Disputes, *},
	offchain::Idle,
	*,
};
use ergon_exact::game::{Record, Side};
use frame_support::{
	assert_ok,
	traits::{fungible::Mutate, tokens::Preservation, Hooks},
};
use sp_runtime::{generic::Preamble, traits::Dispatchable, RuntimeAppPublic};

/// Block in which the defender has to make the first move.
const DEADLINE: u64 = 1 + TURN;

/// Runs the worker and makes a block out of what it says; the accounts that have stood in.
fn work(world: &World) -> Vec<AccountId> {
	Disputes::offchain_worker(System::block_number());
	let transactions = world.take();
	skip(1);
	let mut stood_in = Vec::new();
	for transaction in transactions {
		match transaction.preamble {
			Preamble::Signed(account, signature, _) => {
				let call = transaction.function;
				// The account's own key has signed it, with the account's nonce.
				let payload = signed_payload(&call, System::account_nonce(account));
				let PlayerKey::Auditor(signer) = key(account) else { panic!("an audit key") };
				assert!(signer.verify(&payload, &signature.into()));
				assert!(matches!(
					&call,
					RuntimeCall::Disputes(Call::stand_in { key: named, .. }) if *named == key(account)
				));
				System::inc_account_nonce(account);
				assert_ok!(call.dispatch(RuntimeOrigin::signed(account)));
				stood_in.push(account);
			}
			_ => {
				let RuntimeCall::Disputes(call) = transaction.function else {
					panic!("another call")
				};
				apply(call).unwrap();
			}
		}
	}
	stood_in
}

/// Why this node does not stand in at a block.
fn idle(now: u64) -> Idle {
	let dispute = Disputes::dispute(JOB).unwrap();
	let game = dispute.game.clone().unwrap();
	let keys = PlayerKey::of_this_node();
	Disputes::stand_in_for(now, &keys, JOB, &dispute, &game).unwrap_err()
}

/// Blocks that the node of an account waits.
fn delay(account: AccountId, step: u32) -> u64 {
	let PlayerKey::Auditor(key) = key(account) else { panic!("an audit key") };
	Disputes::delay(&JOB, step, &key)
}

/// Has the node look at each block up to this one; who has stood in, and in which block.
fn work_until(world: &World, last: u64) -> Option<(AccountId, u64)> {
	while System::block_number() < last {
		if let Some(account) = work(world).pop() {
			return Some((account, System::block_number()));
		}
	}
	None
}

/// Plays to the end: the node plays for one side, and the moves of the other are those that are recorded.
fn play_against(game: &Record, side: Side, world: &World) {
	loop {
		let dispute = Disputes::dispute(JOB).unwrap();
		let step = dispute.step as usize;
		match dispute.game {
			None => break,
			Some(_) if game.turns[step].made.side() == side => {
				assert!(work(world).is_empty(), "it has the seat");
			}
			Some(_) => play_on(game, step..step + 1),
		}
	}
}

#[test]
fn an_honest_provider_that_is_offline_is_defended() {
	let game = honest();
	with_result(&game, &[7], |world| {
		challenge(3);
		let stood_in = work_until(&world, DEADLINE + TURN);
		// The engine is asked at the deadline, and has said what the move is one block later.
		assert_eq!(stood_in, Some((7, DEADLINE + delay(7, 0).max(1) + 1)));
		assert_eq!(held(7), BOND);
		play_against(&game, Side::Defender, &world);
		assert_eq!(Disputes::ruling(&JOB), upheld(&[]));
		let share = BOND as i128 / 4;
		assert_eq!((gain(3), gain(7), gain(PROVIDER)), (-(BOND as i128), share, share));
		assert_eq!(held(7), 0);
	});
}

#[test]
fn an_auditor_who_is_right_and_offline_is_stood_in_for() {
	let game = lying();
	with_result(&game, &[7], |world| {
		Disputes::accuse(&JOB, vec![accuser(5, 0)]);
		play_on(&game, 0..1);
		assert_eq!(work_until(&world, DEADLINE + TURN).map(|(account, _)| account), Some(7));
		play_against(&game, Side::Challenger, &world);
		let finders = vec![5, 7];
		let ruling = Ruling::Overturned { finders, refuted: vec![], spared: false };
		assert_eq!(Disputes::ruling(&JOB), ruling);
		assert_eq!((gain(7), held(7)), (0, 0));
	});
}

#[test]
fn a_side_that_is_wrong_is_left_to_lose() {
	let game = lying();
	with_result(&game, &[7], |world| {
		Disputes::accuse(&JOB, vec![accuser(5, 0)]);
		assert_eq!(work_until(&world, DEADLINE + TURN), None);
		assert_eq!(idle(DEADLINE + TURN - 1), Idle::NothingToSay);
		assert_eq!(System::account_nonce(7), 0, "nothing was paid for");
	});
	// A challenger of an honest result.
	with_result(&honest(), &[7], |world| {
		challenge(3);
		play_on(&honest(), 0..1);
		assert_eq!(work_until(&world, DEADLINE + TURN), None);
		assert_eq!(idle(DEADLINE + TURN - 1), Idle::NothingToSay);
	});
}

#[test]
fn nobody_takes_a_seat_too_early_or_too_late() {
	with_result(&honest(), &[7], |world| {
		challenge(3);
		assert_eq!(work_until(&world, DEADLINE), None);
		assert_eq!(idle(1), Idle::NotSilent);
		assert_eq!(idle(DEADLINE - 1), Idle::NotSilent);
		assert!(matches!(idle(DEADLINE), Idle::Ordered(_)));
		assert_eq!(idle(DEADLINE + TURN), Idle::TooLate);
	});
}

#[test]
fn nodes_wait_each_as_long_as_is_drawn_for_it() {
	let mut delays = Vec::new();
	for account in 4..=15 {
		with_result(&honest(), &[account], |world| {
			challenge(3);
			let drawn = delay(account, 0);
			assert!(drawn < TURN / 2, "the other half is for another try");
			for now in DEADLINE..DEADLINE + drawn {
				skip(now - System::block_number());
				assert!(work(&world).is_empty());
				assert!(matches!(idle(now), Idle::Ordered(_) | Idle::NotYet));
			}
			assert_eq!(work_until(&world, DEADLINE + TURN).map(|(who, _)| who), Some(account));
			delays.push(drawn);
		});
	}
	delays.sort_unstable();
	delays.dedup();
	assert!(delays.len() > 2, "{delays:?}");
	// Whoever waits longest for one seat does not for another.
	assert!((1..9).any(|step| delay(4, step) != delay(4, 0)));
}

#[test]
fn whose_account_has_too_little_does_nothing() {
	let give = |from: AccountId, to: AccountId, amount| {
		Balances::transfer(&from, &to, amount, Preservation::Preserve).unwrap();
	};
	with_result(&honest(), &[7, 8], |world| {
		// The bond alone is not enough: there is the deposit of 10 for the account, and the fee, of 10 at most.
		give(7, 9, ENDOWMENT - BOND);
		give(8, 9, ENDOWMENT - BOND / 2);
		challenge(3);
		assert_eq!(work_until(&world, DEADLINE + TURN - 1), None);
		let PlayerKey::Auditor(key) = key(7) else { panic!("an audit key") };
		assert_eq!(idle(DEADLINE), Idle::TooPoor { key, missing: 20 });
		give(9, 7, 20);
		System::set_block_number(DEADLINE);
		assert_eq!(work_until(&world, DEADLINE + TURN).map(|(account, _)| account), Some(7));
	});
	// Nor whoever would have to put more at stake.
	with_result(&honest(), &[7], |world| {
		ResultStake::set(2 * ENDOWMENT);
		challenge(3);
		assert_eq!(work_until(&world, DEADLINE + TURN), None);
		assert!(matches!(idle(DEADLINE), Idle::TooPoor { .. }));
	});
}

#[test]
fn nobody_stands_in_who_has_a_part_in_it() {
	// The challenger, whose key has the other seat, and somebody who waits to challenge.
	for account in [3, 6] {
		with_result(&honest(), &[account], |world| {
			challenge(3);
			challenge(6);
			assert_eq!(work_until(&world, DEADLINE + TURN), None);
			assert_eq!(idle(DEADLINE), Idle::TakesPart);
		});
	}
	// Of two keys, that of somebody who has none does.
	with_result(&honest(), &[6, 7], |world| {
		challenge(3);
		challenge(6);
		assert_eq!(work_until(&world, DEADLINE + TURN).map(|(account, _)| account), Some(7));
	});
	// A node without an audit key cannot.
	with_result(&honest(), &[], |world| {
		challenge(3);
		assert_eq!(work_until(&world, DEADLINE + TURN), None);
		assert_eq!(idle(DEADLINE), Idle::NotOurTurn);
	});
}

#[test]
fn a_transaction_that_is_in_no_block_is_made_again_as_it_was() {
	with_result(&honest(), &[7], |world| {
		challenge(3);
		System::set_block_number(DEADLINE + TURN / 2);
		let look = || {
			Disputes::offchain_worker(System::block_number());
			world.take()
		};
		assert!(look().is_empty(), "the engine is asked");
		let first = look();
		assert_eq!(first.len(), 1);
		skip(1);
		assert_eq!(look(), first, "the pool has it");
		// Somebody else was faster.
		let stand_in = Call::<Test>::stand_in {
			job: JOB,
			step: 0,
			key: key(8),
			turn: Box::new(honest().turns[0].clone()),
		};
		assert_ok!(RuntimeCall::from(stand_in).dispatch(RuntimeOrigin::signed(8)));
		skip(1);
		assert!(look().is_empty());
		let RuntimeCall::Disputes(late) = first[0].function.clone() else { panic!("another call") };
		let refused = RuntimeCall::from(late).dispatch(RuntimeOrigin::signed(7));
		assert_eq!(refused.unwrap_err().error, Error::<Test>::WrongStep.into());
	});
}

#[test]
fn who_stood_in_and_is_silent_is_stood_in_for() {
	let game = honest();
	with_result(&game, &[7], |world| {
		challenge(3);
		skip(TURN + 1);
		let turn = Box::new(game.turns[0].clone());
		assert_ok!(Disputes::stand_in(RuntimeOrigin::signed(8), JOB, 0, key(8), turn));
		play_on(&game, 1..2);
		assert_eq!(work_until(&world, 1 + 3 * TURN).map(|(account, _)| account), Some(7));
		play_against(&game, Side::Defender, &world);
		assert_eq!(Disputes::ruling(&JOB), upheld(&[]));
		assert_eq!((gain(8), gain(7)), (0, BOND as i128 / 4));
	});
}
