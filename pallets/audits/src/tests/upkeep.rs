// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Records, views, and the checks that watch over the state.

use crate::{mock::*, types::DrawSeed, *};
use ergon_core::{Vote, WORK_UNIT};
use ergon_economics::{Backlog, DutyCount};
use frame_support::{assert_ok, traits::Hooks, weights::Weight};

#[test]
fn duties_tell_what_is_due_from_when_and_by_when() {
	TestExt::new(3).execute(|_| {
		assert_eq!(Audits::duties(1), []);
		open_and_draw(case(1));
		let commit_by = 1 + 3 + COMMIT_WINDOW;
		let penalty = MISS_PENALTY;
		let duty = |task, from, by| Duty { job: job(1), round: 0, task, from, by, penalty };
		assert_eq!(Audits::duties(1), [duty(Task::Commit, 5, commit_by)]);
		assert_eq!(Audits::duties_of_key(Active::get()[0].1.clone()), Audits::duties(1));
		assert_eq!(Audits::duties_of_key(sp_core::Pair::public(&pair(99))), []);

		assert_ok!(apply_call(commit_call(job(1), 0, 1, Vote::Match)));
		let reveals = (commit_by + 1, commit_by + REVEAL_WINDOW);
		assert_eq!(Audits::duties(1), [duty(Task::Reveal, reveals.0, reveals.1)]);

		go_to(reveals.0);
		assert_ok!(apply_call(reveal_call(job(1), 0, 1, Vote::Match)));
		assert_eq!(Audits::duties(1), [duty(Task::Nothing, reveals.0, reveals.1)]);
		Bonds::mutate(|bonds| bonds.insert(1, 7));
		assert_eq!(Audits::duties(1)[0].penalty, 7, "never more than there is");
	});
}

#[test]
fn most_urgent_duty_comes_first() {
	TestExt::new(3).execute(|_| {
		Audits::open(case(2));
		next_block();
		Audits::open(case(1));
		go_to(6);
		let jobs =
			|auditor| Audits::duties(auditor).iter().map(|duty| duty.job).collect::<Vec<_>>();
		assert_eq!(jobs(1), [job(2), job(1)]);
		assert_ok!(apply_call(commit_call(job(2), 0, 1, Vote::Match)));
		assert_eq!(jobs(1), [job(1), job(2)], "a reveal is due later than a commitment");
	});
}

#[test]
fn duties_are_counted_in_the_era_of_their_draw() {
	TestExt::new(3).execute(|_| {
		Era::set(4);
		let drawn = open_and_draw(case(1));
		Era::set(5);
		vote(job(1), &[(drawn[0], Vote::Match)]);
		check(job(1));
		Audits::conclude(&job(1));
		let record = Audits::duty_record(4, drawn[0]);
		assert_eq!(record, DutyRecord { assigned: 1, fulfilled: 1, ..Default::default() });
		assert_eq!(Audits::duty_record(4, drawn[1]).missed, 1);
		assert_eq!(DutyRecords::<Test>::iter_prefix(5).count(), 0);
	});
}

#[test]
fn duties_that_nobody_pays_for_are_counted_apart() {
	// There is nobody for a redraw.
	TestExt::new(1).execute(|_| {
		let conclude = |index, says: Option<Vote>| {
			go_to(System::block_number() + u64::from(DRAW_DELAY));
			let votes: Vec<_> = says.into_iter().map(|vote| (1, vote)).collect();
			vote(job(index), &votes);
			if says == Some(Vote::Match) {
				check(job(index));
			}
			Audits::conclude(&job(index))
		};
		let upheld = |pay: &[(u64, Balance)]| Conclusion::Upheld {
			pay: pay.to_vec(),
			penalties: vec![],
			audited: !pay.is_empty(),
		};
		for index in 1..=3 {
			Audits::open_unpaid(unpaid(index));
			let (says, pay) = match index {
				1 => (Some(Vote::Match), &[(1, 0)][..]),
				2 => (Some(Vote::Unavailable), &[][..]),
				_ => (None, &[][..]),
			};
			assert_eq!(conclude(index, says), upheld(pay));
		}
		let work = 2 * WORK_UNIT;
		assert_eq!(Noted::get(), [(1, work, true), (1, work, false)]);
		let expected = DutyRecord {
			assigned: 3,
			fulfilled: 1,
			unavailable: 1,
			missed: 1,
			false_votes: 0,
			unpaid: DutyCount { done: 1, due: 3 },
		};
		assert_eq!(Audits::duty_record(0, 1), expected);

		// What is paid for is not among them, however little it is.
		Audits::open(AuditCase { work: 1, price: 1_000, escrow: 1_000, ..case(4) });
		assert_eq!(Audits::case(job(4)).unwrap().pay, 0);
		assert_eq!(conclude(4, Some(Vote::Match)), upheld(&[(1, 0)]));
		assert_eq!(Noted::get().len(), 2);
		let expected = DutyRecord { assigned: 4, fulfilled: 2, ..expected };
		assert_eq!(Audits::duty_record(0, 1), expected);
	});
}

#[test]
fn records_are_kept_for_three_eras() {
	TestExt::new(3).execute(|_| {
		open_and_draw(case(1));
		let kept = || DutyRecords::<Test>::iter_prefix(0).count();
		for era in 0..3 {
			Era::set(era);
			next_block();
			assert_eq!(kept(), 3, "era {era}");
		}
		Era::set(3);
		next_block();
		assert_eq!(kept(), 0);
		assert_eq!(OldestDutyEra::<Test>::get(), 1);
	});
}

#[test]
fn pruning_waits_for_weight_and_catches_up() {
	TestExt::new(3).execute(|_| {
		for era in 0..5 {
			Era::set(era);
			DutyRecords::<Test>::insert(era, 1, DutyRecord::default());
		}
		Era::set(20);
		next_block_with(Weight::zero());
		assert_eq!(OldestDutyEra::<Test>::get(), 0);
		(0..18).for_each(|_| next_block());
		assert_eq!(OldestDutyEra::<Test>::get(), 18);
		assert_eq!(DutyRecords::<Test>::iter().count(), 0);
		next_block();
		assert_eq!(OldestDutyEra::<Test>::get(), 18, "the kept eras are left alone");
	});
}

#[test]
fn duty_of_an_era_that_is_no_longer_kept_leaves_no_record() {
	TestExt::new(3).execute(|_| {
		open_and_draw(case(1));
		Era::set(10);
		go_to(System::block_number() + COMMIT_WINDOW + REVEAL_WINDOW);
		assert!(DutyRecords::<Test>::iter_prefix(0).next().is_none());
		Audits::conclude(&job(1));
		assert!(DutyRecords::<Test>::iter_prefix(0).next().is_none());
		assert_eq!(Noted::get().len(), 3, "the misses are reported all the same");
	});
}

#[test]
fn weight_of_a_conclusion_follows_the_stage_and_the_seats() {
	TestExt::new(u64::from(MAX_VALIDATORS)).execute(|_| {
		let waiting = |seats: u32| <() as WeightInfo>::conclude(seats);
		let next_step = |seats: u32| {
			waiting(seats)
				.max(<() as WeightInfo>::end_round(seats.max(2)))
				.saturating_add(<() as WeightInfo>::open())
				.saturating_add(<() as WeightInfo>::poll(MAX_VALIDATORS))
				.saturating_sub(<() as WeightInfo>::poll(0))
				.saturating_add(<() as WeightInfo>::eligible(MAX_VALIDATORS))
				.saturating_add(Peers::weight())
				.saturating_add(Court::accuse_weight(seats))
		};
		assert_eq!(Audits::conclude_weight_of(&job(1)), waiting(1));
		open_and_draw(case(1));
		assert_eq!(Audits::conclude_weight_of(&job(1)), waiting(3));
		let voting = Cases::<Test>::get(job(1)).unwrap().stage;
		let Stage::Voting { reveal_by, .. } = voting else { panic!("votes are awaited") };
		System::set_block_number(reveal_by + 1);
		let ruling = Court::ruling_weight(&job(1));
		assert_eq!(Audits::conclude_weight_of(&job(1)), next_step(3).saturating_add(ruling));
		let enter =
			|stage| Cases::<Test>::mutate(job(1), |case| case.as_mut().unwrap().stage = stage);
		enter(Stage::Judging);
		assert_eq!(Audits::conclude_weight_of(&job(1)), waiting(3).saturating_add(ruling));
		enter(voting);

		let worst = Court::worst_ruling_weight();
		assert_eq!(Audits::conclude_weight(), next_step(MAX_VALIDATORS).saturating_add(worst));
	});
}

#[test]
fn configuration_of_the_mock_is_sound() {
	TestExt::new(3).execute(|_| Audits::integrity_test());
}

#[test]
#[should_panic(expected = "`PollWeight` has to cover a draw")]
fn poll_weight_below_a_draw_is_no_configuration() {
	TestExt::new(3).execute(|_| {
		PollLimit::set(Weight::from_parts(1_000, 1_000));
		Audits::integrity_test();
	});
}

#[test]
fn the_price_of_audits_moves_by_how_duties_are_done() {
	TestExt::new(3).execute(|_| {
		assert_eq!(Audits::audit_price(), AUDIT_PRICE);
		let drawn = open_and_draw(case(1));
		vote(job(1), &[(drawn[0], Vote::Match), (drawn[1], Vote::Unavailable)]);
		check(job(1));
		Audits::conclude(&job(1));
		let backlog = AuditBacklog::<Test>::get();
		assert_eq!(backlog, Backlog { served: 1, unserved: 2 });
		go_to(PRICE_INTERVAL);
		assert_eq!(Audits::audit_price(), AUDIT_PRICE, "too few to tell");
		assert_eq!(AuditBacklog::<Test>::get(), backlog, "they count next time");

		let backlog = Backlog { served: 90, unserved: 10 };
		AuditBacklog::<Test>::put(backlog);
		events();
		go_to(2 * PRICE_INTERVAL);
		let price = AUDIT_PRICE + AUDIT_PRICE / 32;
		assert_eq!(events(), [Event::AuditPriceMoved { price, backlog }]);
		assert_eq!(
			(Audits::audit_price(), AuditBacklog::<Test>::get()),
			(price, Backlog::default())
		);
		assert_eq!(
			Audits::open(case(2)),
			System::block_number() + 3 + COMMIT_WINDOW + REVEAL_WINDOW + 1
		);
		assert_eq!(Audits::case(job(2)).unwrap().pay, 2 * price);
	});
}

#[test]
fn check_detects_a_price_out_of_bounds() {
	assert_detects("the price of audits is out of its bounds", || AuditPrice::<Test>::put(0));
}

/// Corrupts a sound state with one drawn, one waiting and one voting case, and expects the check to
/// say so.
#[track_caller]
fn assert_detects(problem: &str, corrupt: impl FnOnce()) {
	let (mut ext, _) = TestExt::new(5).build();
	ext.execute_with(|| {
		open_and_draw(case(1));
		vote(job(1), &[(auditors(job(1))[0], MISMATCH)]);
		Audits::conclude(&job(1));
		open_and_draw(case(2));
		Audits::open(case(3));
		next_block();
		Audits::open(case(4));
		assert_eq!(Audits::do_try_state(), Ok(()));
		corrupt();
		assert_eq!(
			Audits::do_try_state(),
			Err(sp_runtime::TryRuntimeError::from(
				Box::leak(problem.to_owned().into_boxed_str()) as &'static str,
			))
		);
	});
}

#[test]
fn check_detects_corrupt_queues() {
	assert_detects("the queue ends before it begins", || {
		DrawQueueEnds::<Test>::mutate(|ends| ends.head = ends.tail + 1);
	});
	assert_detects("the queue has a hole", || {
		DrawQueue::<Test>::remove(DrawQueueEnds::<Test>::get().head);
	});
	assert_detects("the queue is not in the order of its blocks", || {
		let last = DrawQueueEnds::<Test>::get().tail - 1;
		DrawQueue::<Test>::mutate(last, |entry| entry.as_mut().unwrap().1 = 0);
	});
	assert_detects("entries lie outside of the queue", || {
		DrawQueue::<Test>::insert(1_000, (job(9), 9));
	});
	assert_detects("seeds are kept for exactly the blocks that the queue names", || {
		DrawSeeds::<Test>::insert(1_000, DrawSeed::Awaited);
	});
	assert_detects("a case waits for a draw in no queue", || {
		Cases::<Test>::mutate(job(2), |case| {
			case.as_mut().unwrap().stage = Stage::Drawing { since: 77 };
		});
	});
}

#[test]
fn check_detects_corrupt_cases_and_seats() {
	assert_detects("a case has too many rounds", || {
		Cases::<Test>::mutate(job(2), |case| case.as_mut().unwrap().round = 3);
	});
	assert_detects("an auditor was drawn twice", || {
		Cases::<Test>::mutate(job(2), |case| {
			let case = case.as_mut().unwrap();
			let again = case.auditors[0];
			case.auditors.try_push(again).unwrap();
		});
	});
	assert_detects("a provider audits itself", || {
		Cases::<Test>::mutate(job(2), |case| {
			let case = case.as_mut().unwrap();
			case.provider = case.auditors[0];
		});
	});
	assert_detects("a seat is in a round to come", || {
		Seats::<Test>::mutate(auditors(job(2))[0], job(2), |seat| {
			seat.as_mut().unwrap().round = 1;
		});
	});
	assert_detects("a seat without a vote outlived its round", || {
		Seats::<Test>::mutate(auditors(job(1))[0], job(1), |seat| {
			let seat = seat.as_mut().unwrap();
			seat.progress = SeatProgress::Drawn;
			seat.round = 0;
		});
	});
	assert_detects("an auditor has no seat", || {
		Seats::<Test>::remove(auditors(job(2))[0], job(2));
	});
	assert_detects("a seat belongs to no case", || Cases::<Test>::remove(job(2)));
	assert_detects("a duty record does not add up", || {
		DutyRecords::<Test>::mutate(0, auditors(job(2))[0], |record| record.missed += 1);
	});
	assert_detects("audits earn what nobody pays", || {
		Cases::<Test>::mutate(job(2), |case| case.as_mut().unwrap().paid = false);
	});
	let unpaid = |done, due| {
		assert_detects("a record has more duties that nobody pays for than there were", || {
			let unpaid = DutyCount { done, due };
			DutyRecords::<Test>::mutate(0, auditors(job(2))[0], |record| record.unpaid = unpaid);
		});
	};
	unpaid(1, 1);
	unpaid(0, 100);
}

#[test]
fn check_detects_a_validator_whom_nobody_draws() {
	assert_detects("a validator weighs nothing, so nobody draws it", || {
		Weights::mutate(|weights| weights.insert(1, 0));
	});
}

#[test]
fn check_detects_corrupt_declarations() {
	use ergon_core::H256;
	let model = H256::repeat_byte(1);
	let declare = || {
		apply_call(declare_call(1, System::block_number(), &[model])).unwrap();
	};
	assert_detects("a model is declared twice", || {
		declare();
		Declarations::<Test>::mutate(1, |last| {
			last.as_mut().unwrap().models.try_push(model).unwrap();
		});
	});
	assert_detects("a declared model does not name its auditor", || {
		declare();
		Auditors::<Test>::remove(model, 1);
	});
	assert_detects("a model names an auditor who has not declared it", || {
		declare();
		Auditors::<Test>::insert(model, 2, ());
	});
}

#[test]
fn stored_types_have_the_layout_that_clients_know() {
	use codec::Encode;
	assert_eq!(RoundKind::SecondLook.encode(), [2]);
	assert_eq!(Stage::Drawing { since: 7u64 }.encode(), [0, 7, 0, 0, 0, 0, 0, 0, 0]);
	assert_eq!(
		Stage::Voting { commit_by: 1u32, reveal_by: 2 }.encode(),
		[1, 1, 0, 0, 0, 2, 0, 0, 0],
	);
	assert_eq!(Stage::Checking { object_by: 3u32 }.encode(), [3, 3, 0, 0, 0]);
	assert_eq!(SeatProgress::Drawn.encode(), [0]);
	assert_eq!(SeatProgress::Ended.encode(), [3]);
	assert_eq!(
		DutyRecord {
			assigned: 1,
			fulfilled: 2,
			unavailable: 3,
			missed: 4,
			false_votes: 5,
			unpaid: DutyCount { done: 6, due: 7 },
		}
		.encode(),
		[1, 2, 3, 4, 5, 6, 7].map(u32::to_le_bytes).concat(),
	);
	assert_eq!(Task::Nothing.encode(), [2]);
}
