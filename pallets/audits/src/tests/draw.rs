// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who is drawn, when, and by which randomness.

use crate::{mock::*, types::DrawSeed, *};
use codec::Encode;
use ergon_core::{audit::audit_challenge, Vote, WORK_UNIT};
use ergon_economics::{settlement, AuditRate};
use frame_support::{
	traits::Hooks,
	weights::{Weight, WeightMeter},
};
use sp_io::hashing::blake2_256;
use sp_runtime::FixedPointNumber;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn open_returns_the_block_behind_the_reveals() {
	TestExt::new(5).execute(|_| {
		assert_eq!(System::block_number(), 1);
		let until = Audits::open(case(1));
		assert_eq!(until, 1 + 3 + COMMIT_WINDOW + REVEAL_WINDOW + 1);
		assert_eq!(
			events(),
			[Event::CaseOpened { job: job(1), rate: 3 * AuditRate::DIV }],
			"an unknown provider gets three auditors",
		);
	});
}

#[test]
fn auditors_are_drawn_in_the_fourth_block_and_not_before() {
	TestExt::new(5).execute(|_| {
		Audits::open(case(1));
		for block in 2..5 {
			go_to(block);
			assert!(auditors(job(1)).is_empty(), "block {block}");
			Audits::do_try_state().unwrap();
		}
		events();
		next_block();
		let drawn = auditors(job(1));
		assert_eq!(drawn.len(), 3);
		assert_eq!(
			events(),
			[Event::AuditorsDrawn {
				job: job(1),
				round: 0,
				kind: RoundKind::First,
				auditors: drawn.clone(),
				commit_by: 1 + 3 + COMMIT_WINDOW,
				reveal_by: 1 + 3 + COMMIT_WINDOW + REVEAL_WINDOW,
			}],
		);
		let case = Audits::case(job(1)).unwrap();
		assert_eq!(case.pay, 2 * AUDIT_PRICE, "two work units");
		for auditor in drawn {
			let seat = Seats::<Test>::get(auditor, job(1)).unwrap();
			assert_eq!(seat.key, Active::get()[auditor as usize - 1].1);
			assert_eq!(seat.progress, SeatProgress::Drawn);
			assert_eq!(Audits::duty_record(0, auditor).assigned, 1);
		}
		assert_eq!(DrawSeeds::<Test>::iter().count(), 0, "the randomness is no longer needed");
	});
}

/// The draw that follows from the VRF outputs of blocks 2, 3 and 4.
fn drawn_with(outputs: [[u8; 32]; 3], later: [u8; 32]) -> Vec<u64> {
	let mut drawn = Vec::new();
	TestExt::new(30).execute(|_| {
		Outputs::set(BTreeMap::from([
			(1, [0xff; 32]),
			(2, outputs[0]),
			(3, outputs[1]),
			(4, outputs[2]),
			(5, later),
		]));
		drawn = open_and_draw(case(1));
	});
	drawn
}

#[test]
fn the_draw_depends_on_exactly_the_three_blocks_behind_the_result() {
	let outputs = [[1; 32], [2; 32], [3; 32]];
	let drawn = drawn_with(outputs, [4; 32]);
	assert_eq!(drawn_with(outputs, [5; 32]), drawn, "a later block changes nothing");
	for index in 0..3 {
		let mut other = outputs;
		other[index] = [9; 32];
		assert_ne!(drawn_with(other, [4; 32]), drawn, "block h + {}", index + 1);
	}
}

#[test]
fn challenge_of_a_seat_is_bound_to_job_auditor_and_draw() {
	TestExt::new(5).execute(|_| {
		Outputs::set(BTreeMap::from([(2, [1; 32]), (3, [2; 32]), (4, [3; 32])]));
		let drawn = open_and_draw(case(1));
		let seed = [[1u8; 32], [2; 32], [3; 32]].using_encoded(blake2_256);
		let randomness = (b"ergon:audit-draw:v1", seed, job(1), 0u8).using_encoded(blake2_256);
		for auditor in drawn {
			assert_eq!(
				Seats::<Test>::get(auditor, job(1)).unwrap().challenge,
				audit_challenge(job(1), &auditor, randomness),
			);
		}
	});
}

#[test]
fn cases_of_one_block_are_drawn_independently() {
	TestExt::new(30).execute(|_| {
		for index in 1..=20 {
			Audits::open(case(index));
		}
		go_to(5);
		let draws: BTreeSet<_> = (1..=20).map(|index| auditors(job(index))).collect();
		assert!(draws.len() > 15, "{} different draws of 20", draws.len());
	});
}

#[test]
fn provider_is_never_drawn_for_its_own_job() {
	TestExt::new(4).execute(|_| {
		for index in 1..=40 {
			let provider = 1 + index % 4;
			Audits::open(AuditCase { provider, ..case(index) });
		}
		go_to(5);
		for index in 1..=40 {
			let drawn = auditors(job(index));
			assert_eq!(drawn.len(), 3, "everybody else");
			assert!(!drawn.contains(&(1 + index % 4)));
		}
	});
}

#[test]
fn whoever_gives_another_answer_to_the_question_is_drawn_in_no_round() {
	TestExt::new(6).execute(|_| {
		Rivals::set((1..=20).map(|index| (job(index), vec![2, 3])).collect());
		for index in 1..=20 {
			Audits::open(AuditCase { provider: 1, ..case(index) });
		}
		go_to(5);
		for index in 1..=20 {
			let mut drawn = auditors(job(index));
			drawn.sort();
			assert_eq!(drawn, [4, 5, 6], "everybody else");
		}
		// Nobody is left for those who were silent, but one who was assigned another replica too late.
		Rivals::mutate(|rivals| rivals.insert(job(1), vec![2]));
		vote(job(1), &[]);
		assert!(matches!(Audits::conclude(&job(1)), Conclusion::Pending { .. }));
		assert!(matches!(Audits::conclude(&job(2)), Conclusion::Upheld { .. }));
		go_to(System::block_number() + u64::from(DRAW_DELAY));
		assert_eq!(auditors(job(1)).last(), Some(&3));
	});
}

#[test]
fn equals_are_drawn_about_equally_often() {
	TestExt::new(10).execute(|_| {
		let mut count = BTreeMap::<u64, u32>::new();
		for index in 0..1_000 {
			Audits::open(case(index));
		}
		go_to(5);
		for index in 0..1_000 {
			for auditor in auditors(job(index)) {
				*count.entry(auditor).or_default() += 1;
			}
		}
		// Binomial with n = 1,000 and p = 0.3: mean 300, standard deviation 14.5.
		assert_eq!(count.values().sum::<u32>(), 3_000);
		for (auditor, count) in count {
			assert!((240..=360).contains(&count), "{auditor} was drawn {count} times");
		}
	});
}

/// Who was drawn for each of so many results, each of which one audits.
fn drawn_for(cases: u64, provider: u64) -> Vec<u64> {
	let first = System::block_number() * 10_000;
	for index in 0..cases {
		Audits::open_unpaid(UnpaidCase { provider, ..unpaid(first + index) });
	}
	go_to(System::block_number() + u64::from(DRAW_DELAY));
	(0..cases)
		.map(|index| {
			let drawn = auditors(job(first + index));
			assert_eq!(drawn.len(), 1);
			drawn[0]
		})
		.collect()
}

#[test]
fn validators_are_drawn_as_often_as_they_weigh() {
	TestExt::new(5).execute(|_| {
		let weights = [400_000, 300_000, 200_000, 99_999, 1];
		Weights::set((1..).zip(weights).collect());
		let drawn = drawn_for(2_000, PROVIDER);
		for (validator, weight) in (1..).zip(weights) {
			let count = drawn.iter().filter(|auditor| **auditor == validator).count() as u64;
			// Four standard deviations are 88 at most.
			assert!(count.abs_diff(weight / 500) <= 88, "{validator} was drawn {count} times");
		}
	});
}

#[test]
fn a_crowd_that_weighs_a_hundredth_audits_a_hundredth() {
	TestExt::new(28).execute(|_| {
		// The crowd are three quarters of all.
		let is_of_crowd = |validator: &u64| *validator > 7;
		let weight = |validator| if is_of_crowd(&validator) { 476 } else { 141_429 };
		Weights::set((1..=28).map(|validator| (validator, weight(validator))).collect());
		let drawn = drawn_for(3_000, PROVIDER);
		let of_crowd = drawn.iter().filter(|auditor| is_of_crowd(auditor)).count();
		// The mean is 30, and the standard deviation 5.4.
		assert!((9..=51).contains(&of_crowd), "{of_crowd} of 3,000");
		// Three items of a sprint, each found right by one of the crowd: one in a million, not 42 %.
		assert!(!drawn.chunks(3).any(|of_sprint| of_sprint.iter().all(is_of_crowd)));
	});
}

#[test]
fn the_smallest_weight_is_drawn_where_the_others_may_not_be() {
	TestExt::new(2).execute(|_| {
		Weights::set(BTreeMap::from([(1, 999_999)]));
		// Whoever has nearly all of the weight does not audit itself.
		assert_eq!(drawn_for(40, 1), [2; 40]);
		assert_eq!(drawn_for(40, 2), [1; 40]);
	});
}

#[test]
fn later_rounds_are_drawn_by_weight_too() {
	TestExt::new(20).execute(|_| {
		Weights::set((1..=10).map(|validator| (validator, 1_000)).collect());
		// Auditors of the second round who weigh next to nothing.
		let of_crowd = |cases: core::ops::Range<u64>, seats: usize| {
			let of_case = |index| {
				let all = auditors(job(index));
				assert_eq!(all.len(), 3 + seats);
				all[3..].iter().filter(|auditor| **auditor > 10).count()
			};
			cases.map(of_case).sum::<usize>()
		};
		for index in 0..10 {
			Audits::open(case(index));
		}
		go_to(System::block_number() + u64::from(DRAW_DELAY));
		// Everybody is silent in all of them.
		vote(job(0), &[]);
		for index in 0..10 {
			assert!(matches!(Audits::conclude(&job(index)), Conclusion::Pending { .. }));
			assert_eq!(Audits::case(job(index)).unwrap().kind, RoundKind::Redraw);
		}
		go_to(System::block_number() + u64::from(DRAW_DELAY));
		let redrawn = of_crowd(0..10, 3);
		assert!(redrawn <= 1, "{redrawn} of 30");

		SecondLooks::set(AuditRate::from_u32(1));
		for index in 10..20 {
			let drawn = open_and_draw(case(index));
			let votes: Vec<_> = drawn.into_iter().map(|it| (it, Vote::Match)).collect();
			vote(job(index), &votes);
			check(job(index));
			assert!(matches!(Audits::conclude(&job(index)), Conclusion::Pending { .. }));
			assert_eq!(Audits::case(job(index)).unwrap().kind, RoundKind::SecondLook);
			go_to(System::block_number() + u64::from(DRAW_DELAY));
		}
		let looked_again = of_crowd(10..20, 2);
		assert!(looked_again <= 1, "{looked_again} of 20");
	});
}

#[test]
fn fewer_validators_than_seats_are_all_drawn() {
	for validators in 0..3 {
		TestExt::new(validators).execute(|_| {
			let mut drawn = open_and_draw(case(1));
			drawn.sort();
			assert_eq!(drawn, (1..=validators).collect::<Vec<_>>());
		});
	}
}

#[test]
fn single_validator_that_is_the_provider_has_no_auditors() {
	TestExt::new(1).execute(|_| {
		assert!(open_and_draw(AuditCase { provider: 1, ..case(1) }).is_empty());
		assert!(matches!(Audits::case(job(1)).unwrap().stage, Stage::Voting { .. }));
	});
}

#[test]
fn number_of_auditors_follows_the_rate() {
	TestExt::new(10).execute(|_| {
		let rate = Audits::rate(10, 10, &trusted(1).standing);
		assert_eq!(rate, AuditRate::saturating_from_rational(1, 100), "the least rate");
		for index in 0..1_000 {
			Audits::open(trusted(index));
		}
		go_to(5);
		let drawn: usize = (0..1_000).map(|index| auditors(job(index)).len()).sum();
		// Binomial with n = 1,000 and p = 0.01: mean 10, standard deviation 3.1.
		assert!((1..=23).contains(&drawn), "{drawn} audits of 1,000 results");
	});
}

#[test]
fn budget_is_the_expected_cost() {
	TestExt::new(3).execute(|_| {
		let AuditCase { price, escrow, standing, .. } = case(1);
		let budget = Audits::budget(2 * WORK_UNIT, price, escrow, &standing);
		assert_eq!(budget, 3 * 2 * AUDIT_PRICE);
		let AuditCase { price, escrow, standing, .. } = trusted(1);
		let budget = Audits::budget(2 * WORK_UNIT, price, escrow, &standing);
		assert_eq!(budget, 2 * AUDIT_PRICE / 100);
		assert_eq!(settlement::audit_pay(2 * WORK_UNIT, AUDIT_PRICE), 2 * AUDIT_PRICE);
	});
}

#[test]
fn draws_without_weight_are_carried_over_with_their_own_randomness() {
	let on_time = {
		let mut drawn = Vec::new();
		TestExt::new(30).execute(|_| drawn = open_and_draw(case(1)));
		drawn
	};
	TestExt::new(30).execute(|_| {
		Audits::open(case(1));
		go_to(4);
		// As when a session begins.
		next_block_with(Weight::zero());
		next_block_with(Weight::zero());
		assert!(auditors(job(1)).is_empty());
		assert!(matches!(DrawSeeds::<Test>::get(1), Some(DrawSeed::Known(_))));
		Audits::do_try_state().unwrap();
		let now = System::block_number() + 1;
		assert_eq!(
			Audits::conclude(&job(1)),
			Conclusion::Pending { until: now + COMMIT_WINDOW + REVEAL_WINDOW, disputed: false },
		);
		next_block();
		assert_eq!(auditors(job(1)), on_time, "a full block does not change the draw");
		let Stage::Voting { commit_by, reveal_by } = Audits::case(job(1)).unwrap().stage else {
			panic!("drawn")
		};
		assert_eq!(commit_by, now - 1 + COMMIT_WINDOW, "nor does it shorten the window");
		assert_eq!(reveal_by, commit_by + REVEAL_WINDOW);
	});
}

#[test]
fn more_draws_than_fit_are_spread_over_blocks_in_order() {
	TestExt::new(10).execute(|_| {
		let open = |indices: core::ops::Range<u64>| {
			indices.for_each(|index| {
				Audits::open(case(index));
			})
		};
		open(0..6);
		next_block();
		open(6..10);
		go_to(4);
		let draw = <() as WeightInfo>::draw(3).saturating_add(Audits::eligible_weight(10));
		let base = <() as WeightInfo>::poll(MAX_VALIDATORS);
		PollLimit::set(base.saturating_add(draw.saturating_mul(4)));
		let drawn =
			|| (0..10).filter(|index| !auditors(job(*index)).is_empty()).collect::<Vec<_>>();
		next_block();
		assert_eq!(drawn(), (0..4).collect::<Vec<_>>());
		Audits::do_try_state().unwrap();
		next_block();
		assert_eq!(drawn(), (0..8).collect::<Vec<_>>());
		assert!(!DrawSeeds::<Test>::contains_key(1), "block 1 is done");
		assert!(DrawSeeds::<Test>::contains_key(2));
		next_block();
		assert_eq!(drawn(), (0..10).collect::<Vec<_>>());
		assert_eq!(DrawSeeds::<Test>::iter().count(), 0);
		assert_eq!(DrawQueue::<Test>::iter().count(), 0);
	});
}

#[test]
fn poll_takes_no_more_weight_than_it_says() {
	TestExt::new(10).execute(|_| {
		(0..50).for_each(|index| {
			Audits::open(case(index));
		});
		go_to(4);
		let limit = Weight::from_parts(2_000_000_000, u64::MAX);
		PollLimit::set(limit);
		for _ in 0..5 {
			let now = System::block_number() + 1;
			System::set_block_number(now);
			Audits::on_initialize(now);
			let mut meter = WeightMeter::with_limit(Weight::MAX);
			Audits::on_poll(now, &mut meter);
			assert!(meter.consumed().all_lte(limit));
			assert!(meter.consumed().any_gt(Weight::zero()));
		}
	});
}
