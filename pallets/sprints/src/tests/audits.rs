// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What auditors make of the items that are shown.

use crate::{mock::*, *};
use frame_support::{
	traits::{fungible::Inspect, Hooks},
	weights::{Weight, WeightMeter},
};
use pallet_balances::Pallet as Money;

/// Somebody with 30 honest items, three of which are shown; their ids, and the block in which they are shown.
fn shown() -> (Vec<ergon_core::JobId>, u64) {
	let (seed, _) = go_to_work();
	let work = Diligence::honest(1, seed, 30);
	work.commit();
	go_to_opening();
	work.show_all();
	let items = audited(1);
	assert_eq!(items.len(), 3);
	(items, System::block_number())
}

fn upheld(audited: bool) -> Conclusion<AccountId, u64> {
	Conclusion::Upheld { penalties: vec![], audited }
}

#[test]
fn each_item_is_audited_as_what_it_is() {
	run(|| {
		let (items, _) = shown();
		for job in items {
			let case = Cases::get()[&job].clone();
			let rate = ergon_economics::AuditRate::from_u32(1);
			let expected = LeafCase { job, model: model(), operator: 1, work: ITEM_WORK, rate };
			assert_eq!(case, expected);
			let (order, attestation, bundle) = Sprints::evidence(&job).unwrap();
			assert_eq!(result(&order), (attestation, bundle));
			assert_eq!(Sprints::author(&job).unwrap().0, 1);
		}
	});
}

#[test]
fn what_nobody_has_looked_at_proves_nothing() {
	run(|| {
		let (items, now) = shown();
		Conclusions::set(items[..2].iter().map(|job| (*job, upheld(false))).collect());
		go_to(now + AUDIT_TIME);
		assert_eq!(Proved::get(), [(1, 1, 10 * ITEM_WORK)], "one item of three was looked at");
	});
	run(|| {
		let (items, now) = shown();
		Conclusions::set(items.iter().map(|job| (*job, upheld(false))).collect());
		go_to(now + AUDIT_TIME);
		assert_eq!(Proved::get(), [(1, 1, 0)]);
	});
}

#[test]
fn audits_that_take_long_are_asked_again() {
	run(|| {
		let (items, now) = shown();
		let until = now + AUDIT_TIME + 7;
		Conclusions::set([(items[0], Conclusion::Pending { until })].into());
		go_to(until - 1);
		assert_eq!(Proved::get(), []);
		go_to(until);
		assert_eq!(Proved::get(), [(1, 1, 30 * ITEM_WORK)]);
	});
}

#[test]
fn who_finds_a_wrong_item_and_who_did_not_see_it() {
	run(|| {
		let (items, now) = shown();
		let before = Money::<Test>::total_issuance();
		let finders = vec![AUDITOR + 1, AUDITOR + 2];
		let overturned = Conclusion::Overturned {
			finders: finders.clone(),
			false_votes: vec![AUDITOR],
			spared: false,
		};
		Conclusions::set([(items[0], overturned)].into());
		go_to(now + AUDIT_TIME);
		assert_eq!(Punished::get(), [(1, 1, CandidateFailure::Wrong, finders.clone())]);
		assert_eq!((FailedSprints::get(), Proved::get()), (vec![(1, 1)], vec![]));
		// 101 are taken, 50 of them for the finders, 51 burnt.
		assert_eq!(Money::<Test>::balance(&AUDITOR), ENDOWMENT - FALSE_VOTE_SLASH);
		for finder in finders {
			assert_eq!(Money::<Test>::balance(&finder), ENDOWMENT + 25);
		}
		assert_eq!(before - Money::<Test>::total_issuance(), 51);
		let slashed =
			Event::AuditorSlashed { job: items[0], auditor: AUDITOR, amount: FALSE_VOTE_SLASH };
		assert!(events().contains(&slashed));
	});
}

#[test]
fn a_candidate_for_whom_somebody_else_has_answered_has_missed_the_sprint() {
	run(|| {
		let (items, now) = shown();
		let finders = vec![AUDITOR + 1];
		let overturned = Conclusion::Overturned { finders, false_votes: vec![], spared: true };
		Conclusions::set([(items[0], overturned)].into());
		go_to(now + AUDIT_TIME);
		assert_eq!((Punished::get(), Proved::get()), (vec![], vec![]));
		assert_eq!(FailedSprints::get(), [(1, 1)]);
	});
}

#[test]
fn who_slanders_an_honest_candidate_pays_for_it() {
	run(|| {
		let (items, now) = shown();
		let penalties = vec![Penalty { auditor: AUDITOR, winners: vec![1] }];
		let conclusion = Conclusion::Upheld { penalties, audited: true };
		Conclusions::set([(items[1], conclusion)].into());
		go_to(now + AUDIT_TIME);
		assert_eq!(Money::<Test>::balance(&AUDITOR), ENDOWMENT - FALSE_VOTE_SLASH);
		assert_eq!(Money::<Test>::balance(&1), ENDOWMENT + 50);
		assert_eq!(Proved::get(), [(1, 1, 30 * ITEM_WORK)]);
	});
}

#[test]
fn what_a_winner_cannot_take_is_burnt() {
	run(|| {
		let (items, now) = shown();
		let before = Money::<Test>::total_issuance();
		// Nobody: no account, no owner of a share.
		let penalties = vec![Penalty { auditor: AUDITOR, winners: vec![] }];
		let conclusion = Conclusion::Upheld { penalties, audited: true };
		Conclusions::set([(items[1], conclusion)].into());
		go_to(now + AUDIT_TIME);
		assert_eq!(before - Money::<Test>::total_issuance(), FALSE_VOTE_SLASH);
	});
}

#[test]
fn tasks_for_which_there_is_no_weight_wait() {
	run(|| {
		let (_, now) = shown();
		go_to(now + AUDIT_TIME - 1);
		PollLimit::set(Weight::from_parts(1_000, 0));
		go_to(now + AUDIT_TIME + 5);
		assert_eq!(Proved::get(), []);
		PollLimit::set(Weight::from_parts(u64::MAX / 2, u64::MAX / 2));
		next_block();
		assert_eq!(Proved::get(), [(1, 1, 30 * ITEM_WORK)]);
	});
}

#[test]
fn tasks_are_asked_for_their_own_weight_and_not_for_the_worst() {
	run(|| {
		let (items, now) = shown();
		let last = now + AUDIT_TIME;
		go_to(last - 1);
		let task = Task::Audited(items[0]);
		let asking = Sprints::asking_weight(&task);
		let most = asking + Sprints::worst_result_weight(&task);
		let one = <() as WeightInfo>::agenda_slot() + asking + <() as WeightInfo>::uphold(0);
		// Room for what any of three may come to, and for what two of them do come to.
		let room = <() as WeightInfo>::agenda() + one + <() as WeightInfo>::agenda_slot() + most;
		assert!(!Sprints::worst_task_weight().all_lte(room), "the worst does not fit");
		PollLimit::set(room);
		go_to(last);
		assert_eq!(audited(1).len(), 1);
		let mut meter = WeightMeter::with_limit(Weight::MAX);
		Sprints::on_poll(last, &mut meter);
		assert_eq!(Proved::get(), [(1, 1, 30 * ITEM_WORK)]);
		let looked_at_next = <() as WeightInfo>::agenda_slot();
		let due = <() as WeightInfo>::agenda() + one + looked_at_next;
		assert_eq!(meter.consumed(), due, "one was left, and then none");
	});
}
