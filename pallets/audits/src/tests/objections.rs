// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who has not worked is found out by who has.

use crate::{mock::*, *};
use ergon_core::{
	crypto::{COMMIT_DOMAIN, OBJECT_DOMAIN},
	Vote,
};
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};

const PAY: Balance = 2 * AUDIT_PRICE;

/// A case that three found right, in its check.
fn checked(test: impl FnOnce(&[u64])) {
	TestExt::new(5).execute(|_| {
		let drawn = open_and_draw(case(1));
		vote(job(1), &drawn.iter().map(|auditor| (*auditor, Vote::Match)).collect::<Vec<_>>());
		assert!(matches!(Audits::conclude(&job(1)), Conclusion::Pending { .. }));
		events();
		test(&drawn);
	});
}

/// Lets the check and the trials pass.
fn concluded() -> Conclusion<u64, u64> {
	loop {
		Audits::do_try_state().unwrap();
		match Audits::conclude(&job(1)) {
			Conclusion::Pending { until, .. } => go_to(until),
			conclusion => return conclusion,
		}
	}
}

fn refused(call: Call<Test>, reason: InvalidTransaction) {
	let expected = Refused::Validation(TransactionValidityError::Invalid(reason));
	assert_eq!(apply_call(call), Err(expected));
}

#[test]
fn who_has_not_worked_pays_who_found_it() {
	checked(|drawn| {
		IdleAuditors::set(vec![(job(1), drawn[0])]);
		for auditor in [drawn[1], drawn[2]] {
			apply_call(object_call(job(1), 0, auditor, &[drawn[0]])).unwrap();
		}
		let accused = vec![drawn[0]];
		let (job, auditor) = (job(1), drawn[1]);
		assert_eq!(events()[0], Event::Objected { job, auditor, accused });
		let mut winners = drawn[1..].to_vec();
		winners.sort();
		let penalty = Penalty { auditor: drawn[0], winners, pay: PAY };
		let pay = vec![(drawn[1], PAY), (drawn[2], PAY)];
		let expected = Conclusion::Upheld { pay, penalties: vec![penalty], audited: true };
		assert_eq!(concluded(), expected);
		assert_eq!(Audits::duty_record(0, drawn[0]).false_votes, 1);
	});
}

#[test]
fn who_slanders_an_auditor_pays_it() {
	checked(|drawn| {
		apply_call(object_call(job(1), 0, drawn[2], &[drawn[0], drawn[1]])).unwrap();
		let mut winners = drawn[..2].to_vec();
		winners.sort();
		let penalty = Penalty { auditor: drawn[2], winners, pay: PAY };
		let pay = vec![(drawn[0], PAY), (drawn[1], PAY)];
		let expected = Conclusion::Upheld { pay, penalties: vec![penalty], audited: true };
		assert_eq!(concluded(), expected);
	});
}

#[test]
fn where_nobody_worked_nobody_objects() {
	checked(|drawn| {
		let pay = drawn.iter().map(|auditor| (*auditor, PAY)).collect();
		let expected = Conclusion::Upheld { pay, penalties: vec![], audited: true };
		assert_eq!(concluded(), expected);
	});
}

#[test]
fn a_second_look_finds_those_who_did_not_work() {
	checked(|drawn| {
		SecondLooks::set(ergon_economics::AuditRate::from_u32(1));
		go_to(System::block_number() + CHECK_WINDOW + 1);
		assert!(matches!(Audits::conclude(&job(1)), Conclusion::Pending { .. }));
		go_to(System::block_number() + u64::from(DRAW_DELAY));
		let all = auditors(job(1));
		vote(job(1), &[(all[3], Vote::Match), (all[4], Vote::Match)]);
		assert!(matches!(Audits::conclude(&job(1)), Conclusion::Pending { .. }));
		// Those before, and the other who looks.
		IdleAuditors::set([drawn, &all[4..]].concat().iter().map(|it| (job(1), *it)).collect());
		let accused = [drawn, &all[4..]].concat();
		apply_call(object_call(job(1), 1, all[3], &accused)).unwrap();
		let Conclusion::Upheld { pay, penalties, .. } = concluded() else { panic!() };
		assert_eq!(pay, [(all[3], PAY)]);
		assert_eq!(penalties.len(), 4);
		assert!(penalties.iter().all(|penalty| penalty.winners == [all[3]]));
	});
}

#[test]
fn an_objection_that_does_not_fit_is_refused() {
	let custom = InvalidTransaction::Custom;
	checked(|drawn| {
		let object = |auditor, accused: &[u64]| object_call(job(1), 0, auditor, accused);
		let stranger = (1..=5).find(|it| !drawn.contains(it)).unwrap();
		refused(object(stranger, &[drawn[0]]), custom(refusal::NO_SEAT));
		refused(object(drawn[0], &[]), custom(refusal::NOBODY_TO_OBJECT_TO));
		refused(object(drawn[0], &[drawn[0]]), custom(refusal::NOBODY_TO_OBJECT_TO));
		refused(object(drawn[0], &[drawn[1], stranger]), custom(refusal::NOBODY_TO_OBJECT_TO));
		refused(object_call(job(1), 1, drawn[0], &[drawn[1]]), custom(refusal::WRONG_ROUND));
		let Call::object { job, round, auditor, accused, .. } = object(drawn[0], &[drawn[1]])
		else {
			panic!()
		};
		let signature = sign(drawn[0], COMMIT_DOMAIN, &(job, round, &accused));
		let forged = Call::object { job, round, auditor, accused: accused.clone(), signature };
		refused(forged, InvalidTransaction::BadProof);
		let signature = sign(drawn[1], OBJECT_DOMAIN, &(job, round, &accused));
		let forged = Call::object { job, round, auditor, accused, signature };
		refused(forged, InvalidTransaction::BadProof);
		// Once.
		apply_call(object(drawn[0], &[drawn[1]])).unwrap();
		refused(object(drawn[0], &[drawn[2]]), custom(refusal::CANNOT_OBJECT));
		// The last block, and the one behind it.
		go_to(System::block_number() + CHECK_WINDOW);
		apply_call(object(drawn[1], &[drawn[2]])).unwrap();
		next_block();
		refused(object(drawn[2], &[drawn[0]]), InvalidTransaction::Stale);
		Audits::conclude(&job);
		refused(object(drawn[2], &[drawn[0]]), InvalidTransaction::Stale);
	});
}

#[test]
fn objections_wait_for_the_last_reveal() {
	TestExt::new(5).execute(|_| {
		let drawn = open_and_draw(case(1));
		let Some(Stage::Voting { commit_by, reveal_by }) =
			Audits::case(job(1)).map(|case| case.stage)
		else {
			panic!()
		};
		let votes = [Vote::Match, Vote::Match, MISMATCH];
		for (auditor, vote) in drawn.iter().zip(votes) {
			apply_call(commit_call(job(1), 0, *auditor, vote)).unwrap();
		}
		go_to(commit_by + 1);
		for (auditor, vote) in drawn.iter().zip(votes) {
			apply_call(reveal_call(job(1), 0, *auditor, vote)).unwrap();
		}
		let objection = || object_call(job(1), 0, drawn[0], &[drawn[1]]);
		refused(objection(), InvalidTransaction::Future);
		go_to(reveal_by + 1);
		refused(objection(), InvalidTransaction::Future);
		assert!(matches!(Audits::conclude(&job(1)), Conclusion::Pending { disputed: true, .. }));
		assert_eq!(Audits::conclude(&job(1)), Audits::conclude(&job(1)), "asked early");
		// Who found a difference shows that, and has nothing to say of digests; nor has it one.
		let custom = InvalidTransaction::Custom;
		refused(object_call(job(1), 0, drawn[2], &[drawn[1]]), custom(refusal::CANNOT_OBJECT));
		let of_mismatch = object_call(job(1), 0, drawn[0], &[drawn[2]]);
		refused(of_mismatch, custom(refusal::NOBODY_TO_OBJECT_TO));
		apply_call(objection()).unwrap();
		// The result is wrong: then who slandered whom does not matter.
		let Conclusion::Overturned { finders, false_votes, .. } = concluded() else { panic!() };
		assert_eq!((finders, false_votes.len()), (vec![drawn[2]], 2));
	});
}
