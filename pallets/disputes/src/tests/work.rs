// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Games about the work of auditors.

use crate::{
	mock::{Disputes, *},
	*,
};
use ergon_core::Fault;
use ergon_exact::game::{Reason, Side};
use frame_support::{assert_noop, assert_ok};

/// An auditor says that another has not worked.
fn of_work(account: AccountId, accused: AccountId) -> Accuser<AccountId> {
	Accuser { charge: Charge::Work(accused), ..accuser(account, 0) }
}

#[test]
fn an_auditor_who_has_not_worked_is_found_out_by_one_number() {
	let [_, idle] = audited();
	with_result(&idle, &[], |_| {
		Disputes::accuse(&JOB, vec![of_work(5, AUDITOR)]);
		let game = Disputes::dispute(JOB).unwrap().game.unwrap();
		assert_eq!(
			(game.defender.party.account, &game.defender.party.key),
			(AUDITOR, &key(AUDITOR))
		);
		play_on(&idle, 0..idle.turns.len());
		let over = System::events().into_iter().rev().find_map(|record| match record.event {
			RuntimeEvent::Disputes(Event::GameOver { charge, winner, reason, .. }) => {
				Some((charge, winner, reason))
			}
			_ => None,
		});
		let Some((charge, Side::Challenger, Some(Reason::Number(_)))) = over else { panic!() };
		assert_eq!(charge, Charge::Work(AUDITOR));
		// The result stands; the auditor's bond is where the audits keep it.
		let idle = vec![(AUDITOR, vec![5])];
		assert_eq!(Disputes::ruling(&JOB), Ruling::Upheld { refuted: vec![], idle });
		assert_eq!((gain(AUDITOR), gain(5)), (0, 0));
	});
}

#[test]
fn an_auditor_who_worked_is_paid_by_who_slanders_it() {
	let [honest, _] = audited();
	with_result(&honest, &[], |_| {
		challenge_for(3, Charge::Work(AUDITOR));
		play_on(&honest, 0..honest.turns.len());
		assert_eq!(Disputes::ruling(&JOB), upheld(&[]));
		assert_eq!((gain(AUDITOR), gain(3)), (BOND as i128 / 2, -(BOND as i128)));
	});
	with_result(&honest, &[], |_| {
		Disputes::accuse(&JOB, vec![of_work(5, AUDITOR)]);
		play_on(&honest, 0..honest.turns.len());
		let refuted = vec![Refuted { auditor: 5, accused: Some(AUDITOR) }];
		assert_eq!(Disputes::ruling(&JOB), Ruling::Upheld { refuted, idle: vec![] });
	});
}

#[test]
fn silence_about_ones_work_loses() {
	let [honest, _] = audited();
	with_result(&honest, &[], |_| {
		challenge_for(3, Charge::Work(AUDITOR));
		skip(2 * TURN + 1);
		let idle = vec![(AUDITOR, vec![3])];
		assert_eq!(Disputes::ruling(&JOB), Ruling::Upheld { refuted: vec![], idle });
		assert_eq!((gain(3), held(3)), (0, 0));
	});
	// Somebody may stand in for an auditor too.
	with_result(&honest, &[], |_| {
		challenge_for(3, Charge::Work(AUDITOR));
		skip(TURN + 1);
		let (who, turn) = (RuntimeOrigin::signed(7), Box::new(honest.turns[0].clone()));
		assert_ok!(Disputes::stand_in(who, JOB, 0, key(7), turn));
		play_on(&honest, 1..honest.turns.len());
		assert_eq!(Disputes::ruling(&JOB), upheld(&[]));
		assert_eq!((gain(7), gain(AUDITOR)), (BOND as i128 / 4, BOND as i128 / 4));
	});
}

#[test]
fn a_charge_that_cannot_be_played_is_refused() {
	let [honest, idle] = audited();
	let challenge = |account, accused| {
		let origin = RuntimeOrigin::signed(account);
		Disputes::challenge(origin, JOB, Charge::Work(accused), key(account))
	};
	with_result(&honest, &[], |_| {
		assert_noop!(challenge(3, 9), Error::<Test>::NoSuchAudit);
		assert_noop!(challenge(AUDITOR, AUDITOR), Error::<Test>::AlreadyPlaying);
		assert_noop!(challenge(PROVIDER, AUDITOR), Error::<Test>::AlreadyPlaying);
		// An auditor who accuses somebody without an audit is refuted at once, itself not at all.
		Disputes::accuse(&JOB, vec![of_work(5, 9), of_work(AUDITOR, AUDITOR)]);
		let refuted = vec![Refuted { auditor: 5, accused: Some(9) }];
		assert_eq!(Disputes::dispute(JOB).unwrap().refuted, refuted);
		assert_eq!(Disputes::dispute(JOB).unwrap().game, None);
	});
	with_result(&idle, &[], |_| {
		assert_ok!(challenge(3, AUDITOR));
		play_on(&idle, 0..idle.turns.len());
		assert_noop!(challenge(4, AUDITOR), Error::<Test>::KnownToBeWrong);
	});
}

#[test]
fn claims_about_work_and_result_are_played_one_after_another() {
	let [_, idle] = audited();
	with_result(&idle, &[], |_| {
		let twice = of_work(5, AUDITOR);
		Disputes::accuse(&JOB, vec![of_work(5, AUDITOR), twice, of_work(6, AUDITOR)]);
		Disputes::accuse(&JOB, vec![accuser(5, 0)]);
		challenge_for(3, Charge::Work(AUDITOR));
		assert_eq!(Disputes::dispute(JOB).unwrap().waiting.len(), 3);
		play_on(&idle, 0..idle.turns.len());
		// The others need not show it once more; the claim about the result is played.
		let dispute = Disputes::dispute(JOB).unwrap();
		assert_eq!((held(3), dispute.waiting.len()), (0, 0));
		assert_eq!(dispute.game.unwrap().charge, Charge::Result(Fault::Chunk(0)));
		skip(2 * TURN + 1);
		// The provider was silent: then nobody asks who has worked.
		let finders = vec![5];
		assert_eq!(
			Disputes::ruling(&JOB),
			Ruling::Overturned { finders, refuted: vec![], spared: false }
		);
	});
}

#[test]
fn an_auditor_defends_its_work_by_itself() {
	let [honest, _] = audited();
	with_result(&honest, &[AUDITOR], |world| {
		challenge_for(3, Charge::Work(AUDITOR));
		for (index, turn) in honest.turns.iter().enumerate() {
			if turn.made.side() == Side::Challenger {
				play_on(&honest, index..index + 1);
				continue;
			}
			// The engine is asked, then its answer is sent.
			Disputes::serve_games(System::block_number());
			Disputes::serve_games(System::block_number());
			for extrinsic in world.take() {
				let RuntimeCall::Disputes(call) = extrinsic.function else { panic!() };
				apply(call).unwrap();
			}
		}
		assert_eq!(Disputes::ruling(&JOB), upheld(&[]));
	});
}
