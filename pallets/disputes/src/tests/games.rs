// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Whole games, and who gets what at their end.

use crate::{
	mock::{Disputes, *},
	*,
};
use ergon_core::Fault;
use ergon_economics::settlement;
use ergon_exact::game::{Reason, Record, Side, Stage, Turn};
use frame_support::{
	assert_ok,
	traits::{
		fungible::{hold::Mutate as _, Inspect as _, MutateFreeze as _},
		tokens::{Fortitude, Precision},
	},
};
use sp_runtime::{
	traits::{Dispatchable, Zero},
	transaction_validity::InvalidTransaction,
};

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
		play_on(&game, 0..game.turns.len());
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
		play_on(&game, 0..game.turns.len());
		assert_eq!(last_game().map(|over| over.0), Some(game.winner));
		let finders = vec![3];
		assert_eq!(
			Disputes::ruling(&JOB),
			Ruling::Overturned { finders, refuted: vec![], spared: false }
		);
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
			play_on(&game, 0..2);
			let (winner, reason) = last_game().unwrap();
			let expected =
				if game.first == Stage::Prompt { Reason::Prompt } else { Reason::Ending };
			assert_eq!((winner, reason), (Side::Challenger, Some(expected)));
			let finders = vec![3];
			assert_eq!(
				Disputes::ruling(&JOB),
				Ruling::Overturned { finders, refuted: vec![], spared: false }
			);
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
		play_on(&game, 0..2);
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
		play_on(&game, 0..game.turns.len());
		let dispute = Disputes::dispute(JOB).unwrap();
		assert_eq!(dispute.game.unwrap().charge, Charge::Result(Fault::Prompt));
		// The groundwork of the game before is no part of this one.
		assert!(Groundworks::<Test>::contains_key(JOB));
		let groundwork = game.turns[0].groundwork.clone();
		let with_it = Turn { groundwork, made: reading.turns[0].made.clone() };
		let refused = refusal(signed_turn(dispute.step, PROVIDER, &with_it));
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
		play_on(&game, 0..game.turns.len());
		// It is heard once.
		Disputes::accuse(&JOB, vec![accuser(5, 1)]);
		assert_eq!(Disputes::dispute(JOB).unwrap().game, None);
		assert_eq!(Disputes::ruling(&JOB), upheld(&[5]));
		assert_eq!((gain(5), gain(PROVIDER)), (0, 0), "auditors lose where their bond is");
	});
}

#[test]
fn disputing_oneself_never_pays() {
	// 2 and 7 belong to the provider. Whichever side it lets win, the three lose.
	let game = honest();
	let bond = BOND as i128;
	let together = || gain(PROVIDER) + gain(2) + gain(7);
	with_result(&game, &[], |_| {
		challenge(2);
		play_on(&game, 0..game.turns.len());
		Disputes::ruling(&JOB);
		assert_eq!(together(), -bond / 2, "a friend challenges and loses");
	});
	with_result(&game, &[], |_| {
		challenge(2);
		challenge(7);
		skip(2 * TURN + 1);
		let finders = vec![2];
		assert_eq!(
			Disputes::ruling(&JOB),
			Ruling::Overturned { finders, refuted: vec![], spared: false }
		);
		assert_eq!(together(), 0, "a friend challenges and wins: nothing is gained here");
		// And elsewhere half of what the provider loses of its bond, at most, is the friend's.
		for price in [0, 1, 1_000, 1_000_000] {
			let taken = settlement::slash(price, 50_000);
			assert!(taken >= 5_000);
			assert!(settlement::award(taken).winner <= taken / 2);
		}
	});
	with_result(&game, &[], |_| {
		challenge(2);
		skip(TURN + 1);
		let stands_in = Call::stand_in {
			job: JOB,
			step: 0,
			key: key(7),
			turn: Box::new(game.turns[0].clone()),
		};
		assert_ok!(RuntimeCall::from(stands_in).dispatch(RuntimeOrigin::signed(7)));
		play_on(&game, 1..game.turns.len());
		Disputes::ruling(&JOB);
		assert_eq!(together(), -bond / 2, "another friend stands in, and shares the win");
	});
	with_result(&game, &[], |_| {
		ResultStake::set(4_000);
		challenge(2);
		skip(TURN + 1);
		let turn = Box::new(game.turns[0].clone());
		assert_ok!(Disputes::stand_in(RuntimeOrigin::signed(7), JOB, 0, key(7), turn));
		play_on(&game, 1..2);
		skip(2 * TURN + 1);
		Disputes::ruling(&JOB);
		assert_eq!(
			together(),
			-2_000,
			"it stands in and loses: half of what the provider would lose"
		);
	});
	let [_, idle] = audited();
	with_result(&idle, &[], |_| {
		// 2 is an auditor here who has not worked, and 7 its friend.
		challenge_for(7, charge_of(&idle));
		play_on(&idle, 0..idle.turns.len());
		assert!(matches!(Disputes::ruling(&JOB), Ruling::Upheld { idle, .. } if idle.len() == 1));
		assert_eq!(together(), 0, "a friend finds an idle auditor: nothing is gained here either");
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
		play_on(&game, 0..1);
		skip(2 * TURN + 1);
		assert!(matches!(Disputes::ruling(&JOB), Ruling::Pending { .. }));
		let dispute = Disputes::dispute(JOB).unwrap();
		assert_eq!(dispute.refuted, vec![refuted(5)]);
		assert_eq!(dispute.game.unwrap().challenger.party.account, 6);
		// What was shown before is not shown again.
		let mut again = game.clone();
		again.turns[0].groundwork = None;
		play_on(&again, 0..again.turns.len());
		assert_eq!((held(3), held(4)), (0, 0), "those who wait have their bonds back");
		let (finders, refuted) = (vec![6], vec![refuted(5)]);
		assert_eq!(Disputes::ruling(&JOB), Ruling::Overturned { finders, refuted, spared: false });
	});
}

/// What may happen to an account while a game is played.
#[derive(Clone, Copy, Debug)]
enum Trouble {
	/// All that it has is frozen.
	Frozen,
	/// All that is not held is spent but for what no account can have: it is dust.
	Dusted,
	/// All that is not held is spent, and with it the account where nothing is held.
	Reaped,
}

fn befall(account: AccountId, trouble: Trouble) {
	let free = Balances::free_balance(account);
	match trouble {
		Trouble::Frozen => {
			assert_ok!(Balances::set_freeze(&1, &account, ENDOWMENT));
		}
		Trouble::Dusted | Trouble::Reaped if held(account) > 0 => {
			assert_ok!(Balances::burn(RuntimeOrigin::signed(account), free - 10, true));
		}
		Trouble::Dusted => {
			let dust = free - 5;
			let spent = Balances::transfer_allow_death(RuntimeOrigin::signed(account), 20, dust);
			assert_ok!(spent);
			let dust = System::read_events_no_consensus().any(|record| {
				matches!(
					record.event,
					RuntimeEvent::Balances(pallet_balances::Event::DustLost { .. })
				)
			});
			assert!(dust);
		}
		Trouble::Reaped => {
			assert_ok!(Balances::burn(RuntimeOrigin::signed(account), free, false));
			assert!(Balances::total_balance(&account).is_zero());
		}
	}
}

#[test]
fn money_is_conserved_when_accounts_are_in_trouble() {
	// The challenger, one who waits, one who stands in, and the provider, who has no bond here.
	for account in [3, 4, 7, PROVIDER] {
		for trouble in [Trouble::Frozen, Trouble::Dusted, Trouble::Reaped] {
			let game = honest();
			for at in [1, 4, game.turns.len() - 1] {
				with_result(&game, &[], |_| {
					challenge(3);
					challenge(4);
					skip(TURN + 1);
					let first = Box::new(game.turns[0].clone());
					let (by, key) = (RuntimeOrigin::signed(7), key(7));
					assert_ok!(Disputes::stand_in(by, JOB, 0, key, first));
					play_on(&game, 1..at);
					befall(account, trouble);
					play_on(&game, at..game.turns.len());

					// The half that is burnt is all that is gone, and what a payment below the least that an
					// account can have would be is none here.
					assert_eq!((held(3), held(7), held(4)), (0, 0, BOND), "{account} {trouble:?}");
					let lost = events().into_iter().find_map(|event| match event {
						Event::Awarded { awarded, burnt, .. } => Some((awarded, burnt)),
						_ => None,
					});
					assert_eq!(lost, Some((BOND / 2, BOND / 2)), "{account} {trouble:?} {at}");
					// Nobody answers the one who waited.
					skip(2 * TURN + 1);
					Disputes::ruling(&JOB);
					assert_eq!(held(4), 0);
				});
			}
		}
	}
}

#[test]
fn who_cannot_be_paid_gets_nothing_and_nothing_is_left_over() {
	let game = honest();
	with_result(&game, &[], |_| {
		challenge(3);
		// What is left of the bond does not make an account.
		assert_ok!(Balances::burn(RuntimeOrigin::signed(PROVIDER), ENDOWMENT, false));
		let reason = HoldReason::ChallengeBond.into();
		let (all, force) = (Precision::Exact, Fortitude::Force);
		assert_ok!(Balances::burn_held(&reason, &3, BOND - 12, all, force));
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
		apply(signed_turn(step as u32, by, turn)).unwrap();
	}
}
