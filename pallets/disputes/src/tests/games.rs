// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Whole games, and who gets what at their end.

use crate::{
	mock::{Disputes, *},
	*,
};
use ergon_core::Fault;
use ergon_exact::game::{Reason, Record, Side, Stage, Turn};
use frame_support::{
	assert_ok,
	traits::fungible::{hold::Mutate as _, Inspect as _},
};
use sp_runtime::{traits::Zero, transaction_validity::InvalidTransaction};

fn last_game() -> Option<(Side, Option<Reason>)> {
	events().into_iter().rev().find_map(|event| match event {
		Event::GameOver { winner, reason, .. } => Some((winner, reason)),
		_ => None,
	})
}

#[test]
fn an_honest_provider_is_paid_by_who_slanders_it() {
	let game = honest();
	with_result(&game, &[], |_| {
		let issued = Balances::total_issuance();
		challenge(3);
		assert_eq!(held(3), BOND);
		play_on(&game, 0..game.turns.len(), 3);
		assert!(matches!(last_game(), Some((Side::Defender, Some(Reason::Number(_))))));
		assert_eq!(game.winner, Side::Defender);
		assert_eq!(Disputes::ruling(&JOB), upheld(&[]));
		// The winner never gets more than the loser lost.
		assert_eq!((gain(PROVIDER), gain(3)), (BOND as i128 / 2, -(BOND as i128)));
		assert_eq!(Balances::total_issuance(), issued - BOND / 2);
		assert_eq!(Disputes::ruling(&JOB), Ruling::Undisputed);
		assert_eq!((stage(), Groundworks::<Test>::get(JOB)), (None, None));
	});
}

#[test]
fn a_lying_provider_is_overturned_by_one_number() {
	let game = lying();
	with_result(&game, &[], |_| {
		challenge(3);
		play_on(&game, 0..game.turns.len(), 3);
		assert_eq!(last_game().map(|over| over.0), Some(game.winner));
		let finders = vec![3];
		assert_eq!(Disputes::ruling(&JOB), Ruling::Overturned { finders, refuted: vec![] });
		// The bond is back; what the provider loses, and the finder gets, is for the jobs to say.
		assert_eq!((held(3), gain(3), gain(PROVIDER)), (0, 0, 0));
		assert!(game.turns.len() <= ergon_exact::game::MAX_MOVES as usize);
	});
}

#[test]
fn whoever_misreads_a_prompt_or_misspells_an_answer_is_overturned_in_two_moves() {
	for game in lying_about_texts() {
		with_result(&game, &[], |_| {
			challenge_for(3, charge_of(&game));
			play_on(&game, 0..2, 3);
			let (winner, reason) = last_game().unwrap();
			let expected =
				if game.first == Stage::Prompt { Reason::Prompt } else { Reason::Ending };
			assert_eq!((winner, reason), (Side::Challenger, Some(expected)));
			let finders = vec![3];
			assert_eq!(Disputes::ruling(&JOB), Ruling::Overturned { finders, refuted: vec![] });
			assert_eq!(Groundworks::<Test>::get(JOB), None, "texts need none");
		});
	}
}

#[test]
fn an_honest_reading_stands() {
	let game = honest_reading();
	with_result(&game, &[], |_| {
		let auditor = Accuser { charge: charge_of(&game), ..accuser(5, 0) };
		Disputes::accuse(&JOB, vec![auditor]);
		play_on(&game, 0..2, 5);
		assert_eq!(last_game(), Some((Side::Defender, Some(Reason::Prompt))));
		assert_eq!(Disputes::ruling(&JOB), upheld(&[5]));
	});
}

#[test]
fn claims_about_chunks_and_texts_are_played_one_after_another() {
	let (game, reading) = (honest(), honest_reading());
	with_result(&game, &[], |_| {
		challenge(3);
		challenge_for(4, Charge::Result(Fault::Prompt));
		play_on(&game, 0..game.turns.len(), 3);
		let dispute = Disputes::dispute(JOB).unwrap();
		assert_eq!(dispute.game.unwrap().charge, Charge::Result(Fault::Prompt));
		// The groundwork of the game before is no part of this one.
		assert!(Groundworks::<Test>::contains_key(JOB));
		let groundwork = game.turns[0].groundwork.clone();
		let with_it = Turn { groundwork, made: reading.turns[0].made.clone() };
		let refused = refusal(signed_turn(dispute.step, 0, PROVIDER, &with_it));
		let known = codec::Encode::encode(&Error::<Test>::GroundworkKnown)[0];
		assert_eq!(refused, Some(InvalidTransaction::Custom(known).into()));
	});
}

#[test]
fn an_auditor_who_is_refuted_is_named() {
	let game = honest();
	with_result(&game, &[], |_| {
		Disputes::accuse(&JOB, vec![accuser(5, 0)]);
		assert_eq!(held(5), 0);
		play_on(&game, 0..game.turns.len(), 5);
		// It is heard once.
		Disputes::accuse(&JOB, vec![accuser(5, 1)]);
		assert_eq!(Disputes::dispute(JOB).unwrap().game, None);
		assert_eq!(Disputes::ruling(&JOB), upheld(&[5]));
		assert_eq!((gain(5), gain(PROVIDER)), (0, 0), "auditors lose where their bond is");
	});
}

#[test]
fn disputing_oneself_costs_half_a_bond() {
	// 2 belongs to the provider. Whichever side it lets win, it pays.
	let game = honest();
	with_result(&game, &[], |_| {
		challenge(2);
		play_on(&game, 0..game.turns.len(), 2);
		Disputes::ruling(&JOB);
		assert_eq!(gain(PROVIDER) + gain(2), -(BOND as i128) / 2);
	});
	with_result(&game, &[], |_| {
		challenge(2);
		skip(2 * TURN + 1);
		let finders = vec![2];
		assert_eq!(Disputes::ruling(&JOB), Ruling::Overturned { finders, refuted: vec![] });
		assert_eq!(gain(PROVIDER) + gain(2), 0, "and the bond of the provider is slashed");
	});
}

#[test]
fn all_claims_are_played_until_one_is_right() {
	let game = lying();
	with_result(&game, &[], |_| {
		// A shill takes the first seat and throws the game away: the next one plays.
		Disputes::accuse(&JOB, vec![accuser(5, 0), accuser(6, 0)]);
		challenge(3);
		challenge(4);
		play_on(&game, 0..1, 5);
		skip(2 * TURN + 1);
		assert!(matches!(Disputes::ruling(&JOB), Ruling::Pending { .. }));
		let dispute = Disputes::dispute(JOB).unwrap();
		assert_eq!(dispute.refuted, vec![refuted(5)]);
		assert_eq!(dispute.game.unwrap().challengers[0].account, 6);
		// What was shown before is not shown again.
		let mut again = game.clone();
		again.turns[0].groundwork = None;
		play_on(&again, 0..again.turns.len(), 6);
		assert_eq!((held(3), held(4)), (0, 0), "those who wait have their bonds back");
		let (finders, refuted) = (vec![6], vec![refuted(5)]);
		assert_eq!(Disputes::ruling(&JOB), Ruling::Overturned { finders, refuted });
	});
}

#[test]
fn money_is_conserved_when_accounts_are_in_trouble() {
	let game = honest();
	with_result(&game, &[], |_| {
		challenge(3);
		// All that is not held is gone, and somebody else holds the rest.
		assert_ok!(Balances::burn(RuntimeOrigin::signed(3), ENDOWMENT - BOND - 10, true));
		// The provider's account is gone when the award comes.
		assert_ok!(Balances::burn(RuntimeOrigin::signed(PROVIDER), ENDOWMENT, false));
		assert!(Balances::total_balance(&PROVIDER).is_zero());
		play_on(&game, 0..game.turns.len(), 3);
		assert_eq!(Disputes::ruling(&JOB), upheld(&[]));
		assert_eq!(Balances::total_balance(&PROVIDER), BOND / 2, "an award makes an account");
	});
	with_result(&game, &[], |_| {
		challenge(3);
		// The award does not make an account.
		assert_ok!(Balances::burn(RuntimeOrigin::signed(PROVIDER), ENDOWMENT, false));
		let reason = HoldReason::ChallengeBond.into();
		assert_ok!(Balances::burn_held(
			&reason,
			&3,
			BOND - 12,
			frame_support::traits::tokens::Precision::Exact,
			frame_support::traits::tokens::Fortitude::Force,
		));
		play_on_without_checks(&game, 3);
		assert_eq!(Disputes::ruling(&JOB), upheld(&[]));
		assert!(Balances::total_balance(&PROVIDER).is_zero());
		assert_eq!(held(3), 0);
	});
}

/// Plays although a bond was taken behind the pallet's back, which `try_state` reports.
fn play_on_without_checks(game: &Record, challenger: AccountId) {
	for (step, turn) in game.turns.iter().enumerate() {
		let by = match turn.made.side() {
			Side::Defender => PROVIDER,
			Side::Challenger => challenger,
		};
		apply(signed_turn(step as u32, 0, by, turn)).unwrap();
	}
}

#[test]
fn a_dispute_that_nobody_needs_gives_all_bonds_back() {
	let game = honest();
	with_result(&game, &[], |_| {
		challenge(3);
		challenge(4);
		play_on(&game, 0..3, 3);
		Disputes::abandon(&JOB);
		assert_eq!((held(3), held(4), gain(3), gain(4)), (0, 0, 0, 0));
		assert_eq!(Disputes::ruling(&JOB), Ruling::Undisputed);
		assert_eq!((stage(), Groundworks::<Test>::get(JOB)), (None, None));
		Disputes::abandon(&JOB);
	});
}
