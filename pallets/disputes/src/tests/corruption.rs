// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! State that cannot come about is reported.

use crate::{
	mock::{Disputes, *},
	*,
};
use ergon_core::JobId;
use ergon_exact::game::Stage;
use frame_support::{
	assert_ok,
	traits::{fungible::MutateHold, tokens::Precision},
};

/// Spoils a state in which a game is played, one claim waits and the groundwork is known.
fn spoilt(expected: &'static str, spoil: impl FnOnce()) {
	let game = honest();
	with_result(&game, &[], |_| {
		challenge(3);
		challenge(4);
		play_on(&game, 0..2);
		let good = (Disputes::dispute(JOB), stage(), Groundworks::<Test>::get(JOB));
		let bonds = [4, 9].map(|account| (account, held(account)));
		spoil();
		let found = Disputes::do_try_state().unwrap_err();
		assert_eq!(found, expected.into());
		let (dispute, stage, groundwork) = good;
		let _ = Stages::<Test>::clear(u32::MAX, None);
		let _ = Groundworks::<Test>::clear(u32::MAX, None);
		crate::Disputes::<Test>::insert(JOB, dispute.unwrap());
		Stages::<Test>::insert(JOB, stage.unwrap());
		Groundworks::<Test>::insert(JOB, groundwork.unwrap());
		for (account, bond) in bonds {
			assert_ok!(Balances::set_on_hold(&HoldReason::ChallengeBond.into(), &account, bond));
		}
	});
}

fn change(change: impl FnOnce(&mut DisputeOf<Test>)) {
	crate::Disputes::<Test>::mutate(JOB, |dispute| change(dispute.as_mut().unwrap()));
}

#[test]
fn what_cannot_be_is_reported() {
	spoilt("a game and its stage name another turn", || {
		Stages::<Test>::insert(JOB, Stage::Position { chunk: 0, opened: vec![] })
	});
	spoilt("a game has no stage, or a stage no game", || Stages::<Test>::remove(JOB));
	spoilt("claims wait, and no game is played", || {
		Stages::<Test>::remove(JOB);
		change(|dispute| dispute.game = None)
	});
	spoilt("who stands in has less at stake than the party", || {
		change(|dispute| {
			let seat = &mut dispute.game.as_mut().unwrap().challenger;
			seat.stand_in =
				Some(Player { account: 7, bond: seat.party.bond - 1, ..seat.party.clone() });
		})
	});
	spoilt("a provider is spared whose result stands", || change(|dispute| dispute.spared = true));
	spoilt("a game is played although the result is known to be wrong", || {
		change(|dispute| dispute.finders.try_push(3).unwrap())
	});
	spoilt("there are too many challenges", || {
		change(|dispute| dispute.challenges = MAX_CHALLENGES + 1)
	});
	spoilt("there are too many objections", || change(|dispute| dispute.objections = 3));
	spoilt("claims of a kind are more than all", || {
		change(|dispute| dispute.claims = dispute.challenges - 1)
	});
	spoilt("there are too many claims", || change(|dispute| dispute.claims = 10));
	spoilt("somebody plays twice", || {
		change(|dispute| {
			let game = dispute.game.as_mut().unwrap();
			game.defender.party.account = 3;
		})
	});
	spoilt("somebody has bonded twice on a dispute", || {
		change(|dispute| dispute.waiting[0].challenger.account = 3)
	});
	spoilt("what is held for disputes is not what the records say", || {
		change(|dispute| dispute.waiting[0].challenger.bond += 1)
	});
	// Of somebody who has no part in any dispute.
	spoilt("what is held for disputes is not what the records say", || {
		assert_ok!(Balances::hold(&HoldReason::ChallengeBond.into(), &9, 1));
	});
	spoilt("somebody without an account has a bond", || {
		let bond = held(4);
		let reason = HoldReason::ChallengeBond.into();
		assert_ok!(Balances::release(&reason, &4, bond, Precision::Exact));
		change(|dispute| dispute.waiting[0].challenger.account = ACCOUNTS + 1);
	});
	spoilt("a stage has no dispute", || {
		Stages::<Test>::insert(JobId::zero(), Stage::Chunk { chunk: 0 })
	});
	spoilt("groundwork has no dispute", || {
		let groundwork = Groundworks::<Test>::get(JOB).unwrap();
		Groundworks::<Test>::insert(JobId::zero(), groundwork)
	});
	spoilt("groundwork is larger than a turn", || {
		Groundworks::<Test>::mutate(JOB, |groundwork| {
			groundwork.as_mut().unwrap().prompt = vec![u32::MAX; 30_000];
		})
	});
}
