// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Silence loses, but not at once.

use crate::{
	mock::{Disputes, *},
	*,
};
use codec::{Decode, Encode};
use ergon_core::engine::Order;
use ergon_exact::game::{Side, Turn};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{traits::Dispatchable, transaction_validity::InvalidTransaction};

type Refusal = Error<Test>;

fn stand_in(account: AccountId, step: u32, turn: &Turn) -> sp_runtime::DispatchResult {
	let origin = RuntimeOrigin::signed(account);
	Disputes::stand_in(origin, JOB, step, key(account), Box::new(turn.clone()))
}

#[test]
fn whoever_is_silent_for_two_turns_loses() {
	let game = honest();
	with_result(&game, &[], |_| {
		challenge(3);
		skip(2 * TURN);
		assert_eq!(Disputes::ruling(&JOB), Ruling::Pending { until: 2 + 2 * TURN });
		skip(1);
		let finders = vec![3];
		assert_eq!(
			Disputes::ruling(&JOB),
			Ruling::Overturned { finders, refuted: vec![], spared: false }
		);
		assert_eq!(gain(3), 0);
	});
	with_result(&game, &[], |_| {
		challenge(3);
		play_on(&game, 0..1);
		skip(2 * TURN + 1);
		assert_eq!(Disputes::ruling(&JOB), upheld(&[]));
		assert_eq!((gain(3), gain(PROVIDER)), (-(BOND as i128), BOND as i128 / 2));
	});
}

#[test]
fn a_game_is_looked_at_before_its_time_is_over() {
	with_result(&honest(), &[], |_| {
		challenge(3);
		assert_eq!(Disputes::ruling(&JOB), Ruling::Pending { until: 11 });
	});
}

#[test]
fn an_honest_provider_that_is_offline_is_not_lost() {
	let game = honest();
	with_result(&game, &[], |_| {
		challenge(3);
		assert_noop!(stand_in(7, 0, &game.turns[0]), Refusal::StillItsTurn);
		let (by, until) = (1 + TURN, 1 + 2 * TURN);
		let due = DueMove { job: JOB, step: 0, side: Side::Defender, by, until, bond: 0 };
		assert_eq!(
			(Disputes::due_moves_of(PROVIDER), Disputes::due_moves_of(3)),
			(vec![due], vec![])
		);
		skip(TURN);
		assert_noop!(stand_in(7, 0, &game.turns[0]), Refusal::StillItsTurn);
		skip(1);
		assert_noop!(stand_in(3, 0, &game.turns[0]), Refusal::AlreadyPlaying);
		assert_noop!(stand_in(7, 1, &game.turns[0]), Refusal::WrongStep);
		assert_noop!(stand_in(ACCOUNTS + 1, 0, &game.turns[0]), Refusal::BalanceTooLow);
		let mut wrong = game.turns[0].clone();
		wrong.groundwork = None;
		assert_noop!(stand_in(7, 0, &wrong), Refusal::GroundworkMissing);
		assert_ok!(stand_in(7, 0, &game.turns[0]));
		assert_eq!(held(7), BOND);
		assert_noop!(stand_in(7, 1, &game.turns[1]), Refusal::StillItsTurn);

		// From then on nobody else moves for the defence, who could lose it what is held.
		play_on(&game, 1..2);
		let late = signed_turn(2, PROVIDER, &game.turns[2]);
		assert_eq!(refusal(late), Some(InvalidTransaction::BadProof.into()));
		play_on(&game, 2..game.turns.len());
		assert_eq!(Disputes::ruling(&JOB), upheld(&[]));
		// They share the win.
		let share = BOND as i128 / 4;
		assert_eq!((gain(3), gain(7), gain(PROVIDER)), (-(BOND as i128), share, share));
		assert_eq!(held(7), 0);
	});
}

#[test]
fn who_stands_in_for_the_wrong_side_loses_in_its_place() {
	let game = lying();
	with_result(&game, &[], |_| {
		Disputes::accuse(&JOB, vec![accuser(5, 0)]);
		skip(TURN + 1);
		assert_ok!(stand_in(7, 0, &game.turns[0]));
		play_on(&game, 1..game.turns.len());
		let finders = vec![5];
		assert_eq!(
			Disputes::ruling(&JOB),
			Ruling::Overturned { finders, refuted: vec![], spared: true }
		);
		assert_eq!((gain(7), gain(5)), (-(BOND as i128), BOND as i128 / 2));
	});
}

#[test]
fn to_take_a_seat_and_lose_on_purpose_never_pays() {
	let game = honest();
	// 3 and 7 are friends: the one challenges a provider that is offline, the other takes its seat.
	with_result(&game, &[], |_| {
		ResultStake::set(4_000);
		challenge(3);
		skip(TURN + 1);
		assert_ok!(stand_in(7, 0, &game.turns[0]));
		assert_eq!(held(7), 4_000, "all that the provider and its auditors would lose");
		play_on(&game, 1..2);
		skip(2 * TURN + 1);
		let ruling = Ruling::Overturned { finders: vec![3], refuted: vec![], spared: true };
		assert_eq!(Disputes::ruling(&JOB), ruling);
		assert_eq!((gain(3), gain(7), gain(PROVIDER)), (2_000, -4_000, 0));
	});
	// The provider has a friend take the seat of an auditor who found it out: the auditor is not refuted.
	with_result(&game, &[], |_| {
		VoteStake::set(3_000);
		Disputes::accuse(&JOB, vec![accuser(5, 0)]);
		play_on(&game, 0..1);
		skip(TURN + 1);
		assert_ok!(stand_in(7, 1, &game.turns[1]));
		assert_eq!(held(7), 3_000);
		play_on(&game, 2..3);
		skip(2 * TURN + 1);
		assert_eq!(Disputes::ruling(&JOB), upheld(&[]));
		assert_eq!((gain(PROVIDER), gain(7), gain(5)), (1_500, -3_000, 0));
	});
	// And that of a challenger, who has the bond back.
	with_result(&game, &[], |_| {
		Price::set(2_000);
		challenge(3);
		Price::set(1);
		play_on(&game, 0..1);
		skip(TURN + 1);
		assert_ok!(stand_in(7, 1, &game.turns[1]));
		assert_eq!(held(7), 2_000, "as much as the challenger");
		play_on(&game, 2..3);
		skip(2 * TURN + 1);
		assert_eq!(Disputes::ruling(&JOB), upheld(&[]));
		assert_eq!((gain(PROVIDER), gain(7), gain(3)), (1_000, -2_000, 0));
	});
	// An auditor for whom a friend lost is not shown to have done nothing; the friend has paid for it.
	let [work, _] = audited();
	with_result(&work, &[], |_| {
		VoteStake::set(3_000);
		challenge_for(3, Charge::Work(AUDITOR));
		skip(TURN + 1);
		assert_ok!(stand_in(7, 0, &work.turns[0]));
		play_on(&work, 1..2);
		skip(2 * TURN + 1);
		assert_eq!(Disputes::ruling(&JOB), upheld(&[]));
		assert_eq!((gain(3), gain(7), gain(AUDITOR)), (1_500, -3_000, 0));
	});
}

#[test]
fn who_stands_in_may_be_silent_too() {
	let game = honest();
	with_result(&game, &[], |_| {
		challenge(3);
		for (account, step) in [(7, 0), (8, 2), (9, 4)] {
			skip(TURN + 1);
			assert_ok!(stand_in(account, step, &game.turns[step as usize]));
			play_on(&game, step as usize + 1..step as usize + 2);
		}
		// Whoever was silent has its bond back, and no part any more.
		assert_eq!((held(7), held(8), held(9)), (0, 0, BOND));
		skip(TURN + 1);
		assert_ok!(stand_in(7, 6, &game.turns[6]));
		play_on(&game, 7..game.turns.len());
		assert_eq!(Disputes::ruling(&JOB), upheld(&[]));
		let share = BOND as i128 / 4;
		assert_eq!((gain(PROVIDER), gain(7), gain(8), gain(9)), (share, share, 0, 0));
	});
	with_result(&game, &[], |_| {
		challenge(3);
		skip(2 * TURN + 1);
		assert_noop!(stand_in(9, 0, &game.turns[0]), Refusal::TooLate);
	});
}

#[test]
fn who_wants_to_stand_in_is_told_how() {
	let game = honest();
	with_result(&game, &[], |_| {
		assert_eq!(Disputes::next_move(&JOB), None);
		assert_eq!(Disputes::stand_in_with(JOB, key(7), &game.turns[0].encode()), None);
		challenge(3);
		let next = Disputes::next_move(&JOB).unwrap();
		let NextMove { step: 0, side: Side::Defender, order, bond: BOND, .. } = &next else {
			panic!()
		};
		let Ok(Order::StandIn { job, stage, .. }) = Order::decode(&mut &order[..]) else {
			panic!()
		};
		assert_eq!((job, stage), (game.order.clone(), game.first.encode()));
		assert_eq!(Disputes::stand_in_with(JOB, key(7), b"no turn"), None);

		let call = Disputes::stand_in_with(JOB, key(7), &game.turns[0].encode()).unwrap();
		let dispatch = || RuntimeCall::from(call.clone()).dispatch(RuntimeOrigin::signed(7));
		System::set_block_number(next.from - 1);
		assert_noop!(dispatch().map_err(|failed| failed.error), Refusal::StillItsTurn);
		System::set_block_number(next.from);
		assert_ok!(dispatch());
		play_on(&game, 1..game.turns.len());
		assert_eq!(Disputes::ruling(&JOB), upheld(&[]));
	});
	with_result(&game, &[], |_| {
		challenge(3);
		let next = Disputes::next_move(&JOB).unwrap();
		let call = Disputes::stand_in_with(JOB, key(7), &game.turns[0].encode()).unwrap();
		System::set_block_number(next.until + 1);
		let refused = RuntimeCall::from(call).dispatch(RuntimeOrigin::signed(7));
		assert_noop!(refused.map_err(|failed| failed.error), Refusal::TooLate);
		// What was shown in a game before is not shown again.
		let groundwork = game.turns[0].groundwork.clone().unwrap();
		Groundworks::<Test>::insert(JOB, groundwork);
		let call = Disputes::stand_in_with(JOB, key(7), &game.turns[0].encode());
		let Some(Call::stand_in { turn, .. }) = call else { panic!() };
		assert_eq!((turn.groundwork, &turn.made), (None, &game.turns[0].made));
		Groundworks::<Test>::remove(JOB);
	});
}
