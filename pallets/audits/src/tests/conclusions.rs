// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What comes of an audit.

use crate::{mock::*, *};
use ergon_core::{Fault, Vote, WORK_UNIT};
use ergon_economics::{settlement, AuditRate};

const PAY: Balance = 2 * AUDIT_PRICE;
const ROUND: u64 = DRAW_DELAY as u64 + COMMIT_WINDOW + REVEAL_WINDOW;

/// The conclusion that closes a case, behind its check if it has one; it must be gone behind it.
fn close(index: u64) -> Conclusion<u64, u64> {
	let first = Audits::conclude(&job(index));
	let conclusion = match Audits::case(job(index)).map(|case| case.stage) {
		Some(Stage::Checking { object_by }) => {
			Audits::do_try_state().unwrap();
			go_to(object_by + 1);
			Audits::conclude(&job(index))
		}
		_ => first,
	};
	assert!(!matches!(conclusion, Conclusion::Pending { .. }), "{conclusion:?}");
	assert_eq!(Audits::case(job(index)), None);
	assert!(!Seats::<Test>::iter_keys().any(|(_, other)| other == job(index)));
	Audits::do_try_state().unwrap();
	conclusion
}

fn overturned(finders: Vec<u64>, false_votes: Vec<(u64, Balance)>) -> Conclusion<u64, u64> {
	Conclusion::Overturned { finders, false_votes, spared: false }
}

fn record(auditor: u64) -> DutyRecord {
	Audits::duty_record(0, auditor)
}

fn assigned() -> DutyRecord {
	DutyRecord { assigned: 1, ..Default::default() }
}

#[test]
fn conclude_is_pending_until_the_reveals_are_over() {
	TestExt::new(5).execute(|_| {
		let until = Audits::open(case(1));
		let pending = Conclusion::Pending { until, disputed: false };
		while System::block_number() < until {
			assert_eq!(Audits::conclude(&job(1)), pending, "block {}", System::block_number());
			next_block();
		}
		assert_ne!(Audits::conclude(&job(1)), pending);
	});
}

#[test]
fn all_match_upholds_and_pays_each_by_work() {
	TestExt::new(5).execute(|_| {
		let drawn = open_and_draw(case(1));
		vote(job(1), &drawn.iter().map(|auditor| (*auditor, Vote::Match)).collect::<Vec<_>>());
		events();
		assert_eq!(
			close(1),
			Conclusion::Upheld {
				pay: drawn.iter().map(|auditor| (*auditor, PAY)).collect(),
				penalties: vec![],
				audited: true,
			},
		);
		let concluded =
			Event::CaseConcluded { job: job(1), overturned: false, matches: 3, mismatches: 0 };
		assert_eq!(events(), [concluded]);
		assert_eq!(Noted::get(), [], "who is paid for it has no power by it");
		for auditor in drawn {
			assert_eq!(record(auditor), DutyRecord { fulfilled: 1, ..assigned() });
		}
	});
}

#[test]
fn missed_commitments_and_reveals_are_counted_and_not_paid() {
	// All three validators were asked, so there is nobody for a redraw.
	TestExt::new(3).execute(|_| {
		let drawn = open_and_draw(case(1));
		// The first does its duty, the second commits only, the third is silent.
		apply_call(commit_call(job(1), 0, drawn[1], Vote::Match)).unwrap();
		vote(job(1), &[(drawn[0], Vote::Match)]);
		events();
		assert_eq!(
			close(1),
			Conclusion::Upheld { pay: vec![(drawn[0], PAY)], penalties: vec![], audited: true },
		);
		let missed = |auditor| Event::DutyMissed { job: job(1), round: 0, auditor };
		assert_eq!(
			events(),
			[
				missed(drawn[1]),
				missed(drawn[2]),
				Event::CaseConcluded { job: job(1), overturned: false, matches: 1, mismatches: 0 },
			],
		);
		let work = 2 * WORK_UNIT;
		assert_eq!(Noted::get(), [(drawn[1], work, false), (drawn[2], work, false)]);
		assert_eq!(record(drawn[0]), DutyRecord { fulfilled: 1, ..assigned() });
		assert_eq!(record(drawn[1]), DutyRecord { missed: 1, ..assigned() });
		assert_eq!(record(drawn[2]), DutyRecord { missed: 1, ..assigned() });
	});
}

#[test]
fn unavailable_is_neither_a_match_nor_paid_nor_missed() {
	TestExt::new(3).execute(|_| {
		let drawn = open_and_draw(case(1));
		let unavailable = drawn.iter().map(|auditor| (*auditor, Vote::Unavailable));
		vote(job(1), &unavailable.collect::<Vec<_>>());
		// All three validators were asked, so there is nobody for a redraw.
		assert_eq!(close(1), Conclusion::Upheld { pay: vec![], penalties: vec![], audited: false },);
		assert_eq!(Noted::get(), []);
		for auditor in drawn {
			assert_eq!(record(auditor), DutyRecord { unavailable: 1, ..assigned() });
		}
	});
}

#[test]
fn one_match_beside_unavailable_ones_is_an_audit() {
	TestExt::new(3).execute(|_| {
		let drawn = open_and_draw(case(1));
		vote(
			job(1),
			&[
				(drawn[0], Vote::Unavailable),
				(drawn[1], Vote::Match),
				(drawn[2], Vote::Unavailable),
			],
		);
		assert_eq!(
			close(1),
			Conclusion::Upheld { pay: vec![(drawn[1], PAY)], penalties: vec![], audited: true },
		);
	});
}

#[test]
fn silence_is_redrawn_once_among_others_and_then_upheld_unaudited() {
	TestExt::new(10).execute(|_| {
		let first = open_and_draw(case(1));
		vote(job(1), &[(first[0], Vote::Unavailable)]);
		events();
		let now = System::block_number();
		let until = now + ROUND;
		assert_eq!(Audits::conclude(&job(1)), Conclusion::Pending { until, disputed: false });
		let called = Event::RoundCalled { job: job(1), round: 1, kind: RoundKind::Redraw };
		assert_eq!(events().last(), Some(&called));
		assert_eq!(record(first[1]), DutyRecord { missed: 1, ..assigned() });
		let ended = |(_, _, seat): (_, _, SeatOf<Test>)| seat.progress == SeatProgress::Ended;
		assert!(Seats::<Test>::iter().all(ended), "the seats of the first round have ended");
		assert_eq!(Audits::duties(first[0]), [], "and are no duties any more");
		Audits::do_try_state().unwrap();

		go_to(now + u64::from(DRAW_DELAY));
		let all = auditors(job(1));
		assert_eq!(all.len(), 6, "as many again");
		let second = &all[3..];
		assert!(second.iter().all(|auditor| !first.contains(auditor)));
		// A vote for the first round is worth nothing now.
		assert!(apply_call(commit_call(job(1), 0, second[0], Vote::Match)).is_err());
		go_to(until);
		assert_eq!(close(1), Conclusion::Upheld { pay: vec![], penalties: vec![], audited: false },);
		assert_eq!(record(first[1]).missed, 1, "counted once");
		assert_eq!(record(second[0]), DutyRecord { missed: 1, ..assigned() });
	});
}

#[test]
fn seats_without_a_usable_vote_are_redrawn_once_and_the_votes_that_were_given_stay() {
	TestExt::new(10).execute(|_| {
		let first = open_and_draw(case(1));
		apply_call(commit_call(job(1), 0, first[1], Vote::Match)).unwrap();
		vote(job(1), &[(first[0], Vote::Match), (first[2], Vote::Unavailable)]);
		events();
		let now = System::block_number();
		let until = now + ROUND;
		assert_eq!(Audits::conclude(&job(1)), Conclusion::Pending { until, disputed: false });
		let kind = RoundKind::Redraw;
		let missed = Event::DutyMissed { job: job(1), round: 0, auditor: first[1] };
		assert_eq!(events(), [missed, Event::RoundCalled { job: job(1), round: 1, kind }]);
		assert_eq!(record(first[0]), assigned(), "its vote is not counted before the end");
		Audits::do_try_state().unwrap();

		go_to(now + u64::from(DRAW_DELAY));
		let all = auditors(job(1));
		assert_eq!((all.len(), &all[..3]), (5, &first[..]), "one for each seat that was left");
		assert!(all[3..].iter().all(|auditor| !first.contains(auditor)));
		vote(job(1), &[(all[3], Vote::Match)]);
		// The seat that is silent again is not drawn a third time.
		assert_eq!(
			close(1),
			Conclusion::Upheld {
				pay: vec![(first[0], PAY), (all[3], PAY)],
				penalties: vec![],
				audited: true,
			},
		);
		assert_eq!(record(first[0]), DutyRecord { fulfilled: 1, ..assigned() });
		assert_eq!(record(all[4]), DutyRecord { missed: 1, ..assigned() });
	});
}

#[test]
fn a_difference_is_shown_behind_the_redraw_of_the_others() {
	TestExt::new(4).execute(|_| {
		let first = open_and_draw(case(1));
		vote(job(1), &[(first[0], MISMATCH), (first[1], Vote::Match)]);
		let until = System::block_number() + ROUND;
		assert_eq!(Audits::conclude(&job(1)), Conclusion::Pending { until, disputed: true });
		go_to(System::block_number() + u64::from(DRAW_DELAY));
		let last = auditors(job(1))[3];
		vote(job(1), &[(last, MISMATCH)]);
		check(job(1));
		let until = System::block_number() + TRIAL;
		assert_eq!(Audits::conclude(&job(1)), Conclusion::Pending { until, disputed: true });
		go_to(until);
		let (finders, false_votes) = (vec![first[0], last], vec![(first[1], PAY)]);
		assert_eq!(close(1), overturned(finders, false_votes));
	});
}

#[test]
fn a_redrawn_audit_is_looked_at_again_within_the_time_that_is_safe() {
	TestExt::new(10).execute(|_| {
		SecondLooks::set(AuditRate::from_u32(1));
		Audits::open(case(1));
		let safe_at = Audits::safe_at();
		let mut kinds = vec![];
		for _ in 0..MAX_ROUNDS {
			go_to(System::block_number() + u64::from(DRAW_DELAY));
			let Case { kind, auditors, .. } = Audits::case(job(1)).unwrap();
			kinds.push(kind);
			vote(job(1), &[(*auditors.last().unwrap(), Vote::Match)]);
			if kind != RoundKind::First {
				check(job(1));
			}
			if kind != RoundKind::SecondLook {
				assert!(matches!(Audits::conclude(&job(1)), Conclusion::Pending { .. }));
			}
		}
		assert_eq!(kinds, [RoundKind::First, RoundKind::Redraw, RoundKind::SecondLook]);
		let Conclusion::Upheld { pay, .. } = close(1) else { panic!() };
		assert_eq!(pay.len(), 3);
		assert!(System::block_number() + TRIAL < safe_at);
	});
}

#[test]
fn a_redrawn_auditor_who_votes_makes_it_an_audit() {
	TestExt::new(10).execute(|_| {
		open_and_draw(case(1));
		vote(job(1), &[]);
		assert!(matches!(Audits::conclude(&job(1)), Conclusion::Pending { .. }));
		go_to(System::block_number() + u64::from(DRAW_DELAY));
		let auditor = auditors(job(1))[4];
		vote(job(1), &[(auditor, Vote::Match)]);
		assert_eq!(
			close(1),
			Conclusion::Upheld { pay: vec![(auditor, PAY)], penalties: vec![], audited: true },
		);
	});
}

#[test]
fn without_auditors_the_result_is_upheld_unaudited_at_once() {
	TestExt::new(0).execute(|_| {
		let until = Audits::open(case(1));
		go_to(until);
		assert_eq!(close(1), Conclusion::Upheld { pay: vec![], penalties: vec![], audited: false },);
	});
}

#[test]
fn result_for_which_nobody_was_drawn_is_upheld_without_a_redraw() {
	TestExt::new(10).execute(|_| {
		let untils: Vec<_> = (0..10).map(|index| Audits::open(trusted(index))).collect();
		go_to(untils[0]);
		let index = (0..10).find(|index| auditors(job(*index)).is_empty()).expect("one of ten");
		assert_eq!(
			close(index),
			Conclusion::Upheld { pay: vec![], penalties: vec![], audited: false },
		);
	});
}

const FALSE: Vote = Vote::Mismatch(Fault::Ending);

/// A case of three auditors with these votes, which goes to court.
fn judged(votes: [Vote; 3], test: impl FnOnce(&[u64])) {
	TestExt::new(5).execute(|_| {
		let drawn = open_and_draw(case(1));
		vote(job(1), &drawn.iter().copied().zip(votes).collect::<Vec<_>>());
		if votes.contains(&Vote::Match) {
			check(job(1));
		}
		let until = System::block_number() + TRIAL;
		let pending = Conclusion::Pending { until, disputed: true };
		assert_eq!(Audits::conclude(&job(1)), pending);
		assert_eq!(Audits::case(job(1)).unwrap().stage, Stage::Judging);
		go_to(until - 1);
		assert_eq!(Audits::conclude(&job(1)), pending);
		Audits::do_try_state().unwrap();
		go_to(until);
		events();
		test(&drawn);
	});
}

#[test]
fn who_shows_a_difference_needs_no_majority() {
	judged([Vote::Match, MISMATCH, Vote::Match], |drawn| {
		let (finders, false_votes) = (vec![drawn[1]], vec![(drawn[0], PAY), (drawn[2], PAY)]);
		assert_eq!(close(1), overturned(finders, false_votes));
		assert_eq!(record(drawn[1]), DutyRecord { fulfilled: 1, ..assigned() });
		assert_eq!(record(drawn[0]), DutyRecord { false_votes: 1, ..assigned() });
	});
}

#[test]
fn a_majority_of_liars_convicts_nobody() {
	judged([FALSE, Vote::Match, FALSE], |drawn| {
		let (pay, winners) = (vec![(drawn[1], PAY)], vec![PROVIDER]);
		let penalties = [drawn[0], drawn[2]]
			.map(|auditor| Penalty { auditor, winners: winners.clone(), pay: PAY })
			.to_vec();
		assert_eq!(close(1), Conclusion::Upheld { pay, penalties, audited: true });
		assert_eq!(record(drawn[0]), DutyRecord { false_votes: 1, ..assigned() });
	});
}

#[test]
fn who_is_wrong_about_a_wrong_result_pays_too() {
	judged([FALSE, MISMATCH, MISMATCH], |drawn| {
		let (finders, false_votes) = (vec![drawn[1], drawn[2]], vec![(drawn[0], PAY)]);
		assert_eq!(close(1), overturned(finders, false_votes));
	});
}

#[test]
fn others_may_show_what_no_auditor_saw() {
	TestExt::new(5).execute(|_| {
		let drawn = open_and_draw(case(1));
		let ruling = Ruling::Overturned { finders: vec![77], refuted: vec![], spared: false };
		Trials::set([(job(1), (0, ruling))].into());
		vote(job(1), &drawn.iter().map(|auditor| (*auditor, Vote::Match)).collect::<Vec<_>>());
		let (finders, false_votes) = (vec![77], drawn.into_iter().map(|it| (it, PAY)).collect());
		assert_eq!(close(1), overturned(finders, false_votes));
	});
}

#[test]
fn who_found_a_result_right_that_somebody_lost_on_purpose_is_spared() {
	TestExt::new(5).execute(|_| {
		let drawn = open_and_draw(case(1));
		let price = 1_000;
		let slash = |auditor| settlement::false_vote_slash(price, PAY, Bonds::get()[auditor]);
		let all = drawn.iter().map(slash).sum::<Balance>();
		assert!(all > 0);
		assert_eq!(Audits::votes_at_stake(&job(1), price), all, "nobody has voted yet");
		vote(job(1), &[(drawn[0], FALSE), (drawn[1], Vote::Match), (drawn[2], Vote::Match)]);
		let of_matches = drawn[1..].iter().map(slash).sum::<Balance>();
		assert_eq!(Audits::votes_at_stake(&job(1), price), of_matches);
		assert_eq!(Audits::vote_at_stake(&job(1), &drawn[0], price), slash(&drawn[0]));
		assert_eq!(Audits::vote_at_stake(&job(1), &PROVIDER, price), 0);
		assert_eq!(Audits::votes_at_stake(&job(2), price), 0);

		let (until, finders) = (System::block_number() + TRIAL, vec![77]);
		let first = Audits::conclude(&job(1));
		assert!(matches!(first, Conclusion::Pending { .. }));
		let Some(Stage::Checking { object_by }) = Audits::case(job(1)).map(|case| case.stage)
		else {
			panic!()
		};
		go_to(object_by.max(until) + 1);
		assert!(matches!(Audits::conclude(&job(1)), Conclusion::Pending { .. }));
		let ruling = Ruling::Overturned { finders, refuted: vec![], spared: true };
		Trials::set([(job(1), (0, ruling))].into());
		let finders = vec![77, drawn[0]];
		let expected = Conclusion::Overturned { finders, false_votes: vec![], spared: true };
		assert_eq!(Audits::conclude(&job(1)), expected);
		assert_eq!(record(drawn[0]), DutyRecord { fulfilled: 1, ..assigned() });
		assert_eq!(record(drawn[1]), DutyRecord { unavailable: 1, ..assigned() });
	});
}

#[test]
fn an_accusation_that_was_not_heard_is_neither_paid_nor_punished() {
	judged([FALSE, Vote::Match, Vote::Match], |drawn| {
		let ruling = Ruling::Upheld { refuted: vec![], idle: vec![] };
		Trials::set([(job(1), (0, ruling))].into());
		let pay = vec![(drawn[1], PAY), (drawn[2], PAY)];
		assert_eq!(close(1), Conclusion::Upheld { pay, penalties: vec![], audited: true });
		assert_eq!(record(drawn[0]), DutyRecord { unavailable: 1, ..assigned() });
	});
}

/// A case that three matched and that is looked at again; hands over all five.
fn looked_at_again(test: impl FnOnce(&[u64])) {
	TestExt::new(5).execute(|_| {
		SecondLooks::set(AuditRate::from_u32(1));
		let drawn = open_and_draw(case(1));
		vote(job(1), &drawn.iter().map(|auditor| (*auditor, Vote::Match)).collect::<Vec<_>>());
		check(job(1));
		events();
		let until = System::block_number() + ROUND;
		let pending = Conclusion::Pending { until, disputed: false };
		assert_eq!(Audits::conclude(&job(1)), pending);
		let kind = RoundKind::SecondLook;
		assert_eq!(events(), [Event::RoundCalled { job: job(1), round: 1, kind }]);
		go_to(System::block_number() + u64::from(DRAW_DELAY));
		Audits::do_try_state().unwrap();
		let all = auditors(job(1));
		assert_eq!((all.len(), &all[..3]), (5, &drawn[..]));
		test(&all);
	});
}

#[test]
fn a_second_look_that_matches_is_paid_like_the_first() {
	looked_at_again(|all| {
		vote(job(1), &[(all[3], Vote::Match), (all[4], Vote::Match)]);
		let pay = all.iter().map(|auditor| (*auditor, PAY)).collect();
		assert_eq!(close(1), Conclusion::Upheld { pay, penalties: vec![], audited: true });
		assert_eq!(record(all[3]), DutyRecord { fulfilled: 1, ..assigned() });
	});
}

#[test]
fn a_second_look_finds_those_who_matched_without_looking() {
	looked_at_again(|all| {
		vote(job(1), &[(all[3], MISMATCH), (all[4], MISMATCH)]);
		check(job(1));
		let until = System::block_number() + TRIAL;
		assert_eq!(Audits::conclude(&job(1)), Conclusion::Pending { until, disputed: true });
		go_to(until);
		let false_votes = all[..3].iter().map(|it| (*it, PAY)).collect();
		let finders = all[3..].to_vec();
		assert_eq!(close(1), overturned(finders, false_votes));
	});
}

#[test]
fn a_second_look_that_does_not_come_changes_nothing() {
	looked_at_again(|all| {
		vote(job(1), &[]);
		let pay = all[..3].iter().map(|auditor| (*auditor, PAY)).collect();
		assert_eq!(close(1), Conclusion::Upheld { pay, penalties: vec![], audited: true });
		assert_eq!(record(all[3]), DutyRecord { missed: 1, ..assigned() });
	});
}

#[test]
fn what_nobody_is_left_for_or_nobody_matched_is_not_looked_at_again() {
	TestExt::new(3).execute(|_| {
		SecondLooks::set(AuditRate::from_u32(1));
		let drawn = open_and_draw(case(1));
		vote(job(1), &[(drawn[0], Vote::Match)]);
		assert!(matches!(close(1), Conclusion::Upheld { .. }));
	});
	TestExt::new(5).execute(|_| {
		SecondLooks::set(AuditRate::from_u32(1));
		let drawn = open_and_draw(case(1));
		vote(job(1), &drawn.iter().map(|auditor| (*auditor, MISMATCH)).collect::<Vec<_>>());
		assert!(matches!(Audits::conclude(&job(1)), Conclusion::Pending { disputed: true, .. }));
		assert_eq!(Audits::case(job(1)).unwrap().stage, Stage::Judging);
	});
}

#[test]
fn a_dispute_does_not_keep_others_from_looking_again() {
	TestExt::new(5).execute(|_| {
		SecondLooks::set(AuditRate::from_u32(1));
		let drawn = open_and_draw(case(1));
		vote(job(1), &[(drawn[0], FALSE), (drawn[1], Vote::Match), (drawn[2], Vote::Match)]);
		// Somebody else has lost a dispute meanwhile.
		Trials::set([(job(1), (0, Ruling::Upheld { refuted: vec![], idle: vec![] }))].into());
		check(job(1));
		let until = System::block_number() + ROUND;
		assert_eq!(Audits::conclude(&job(1)), Conclusion::Pending { until, disputed: true });
		assert_eq!(Audits::case(job(1)).unwrap().kind, RoundKind::SecondLook);
		go_to(System::block_number() + u64::from(DRAW_DELAY));
		let all = auditors(job(1));
		vote(job(1), &[(all[3], Vote::Match), (all[4], Vote::Match)]);
		check(job(1));
		assert!(matches!(Audits::conclude(&job(1)), Conclusion::Pending { disputed: true, .. }));
		go_to(System::block_number() + TRIAL);
		let pay = all[1..].iter().map(|auditor| (*auditor, PAY)).collect();
		let penalties = vec![Penalty { auditor: drawn[0], winners: vec![PROVIDER], pay: PAY }];
		assert_eq!(close(1), Conclusion::Upheld { pay, penalties, audited: true });
	});
}

#[test]
#[should_panic(expected = "only open cases are concluded")]
fn conclude_of_nothing_is_a_bug() {
	TestExt::new(5).execute(|_| {
		Audits::conclude(&job(1));
	});
}

#[test]
#[should_panic(expected = "the result of a job is fixed once per case")]
fn opening_an_open_case_is_a_bug() {
	TestExt::new(5).execute(|_| {
		Audits::open(case(1));
		Audits::open(case(1));
	});
}

#[test]
fn slash_for_a_false_vote_is_a_hundred_prices_or_pays_or_a_tenth_of_the_bond() {
	TestExt::new(3).execute(|_| {
		let bond = || Bonds::get()[&1];
		assert_eq!(Audits::slash(&1, 10, 10), (100_000, 0), "a tenth of a million");
		assert_eq!(bond(), 900_000);
		assert_eq!(Audits::slash(&1, 2_000, 10), (200_000, 0), "a hundred prices");
		assert_eq!(Audits::slash(&1, 10, 3_000), (300_000, 0), "a hundred times the pay");
		assert_eq!(Audits::slash(&1, 1_000_000, 10), (400_000, 0), "never more than there is");
		assert_eq!(Audits::slash(&1, 10, 10), (0, 0));
		assert_eq!(Audits::slash(&77, 10, 10), (0, 0), "a stranger has nothing");
	});
}

#[test]
fn safe_at_is_behind_every_round_that_there_can_be() {
	TestExt::new(10).execute(|_| {
		let safe_at = Audits::safe_at();
		open_and_draw(case(1));
		vote(job(1), &[]);
		Audits::conclude(&job(1));
		go_to(System::block_number() + u64::from(DRAW_DELAY));
		let all = auditors(job(1));
		vote(job(1), &[(all[3], MISMATCH), (all[4], Vote::Match)]);
		check(job(1));
		Audits::conclude(&job(1));
		go_to(System::block_number() + TRIAL);
		assert!(matches!(close(1), Conclusion::Overturned { .. }));
		assert!(System::block_number() + ROUND + CHECK_WINDOW <= safe_at, "with a round to spare");
	});
}
