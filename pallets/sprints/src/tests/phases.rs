// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The life of a sprint.

use crate::{mock::*, *};
use frame_support::weights::Weight;
use sp_runtime::transaction_validity::InvalidTransaction;
use std::collections::BTreeMap;

#[test]
fn an_honest_candidate_proves_what_it_has_done() {
	run(|| {
		let (seed, commit_by) = go_to_work();
		let work = Diligence::honest(1, seed, 50);
		work.commit();
		assert_eq!(work.drawn(), Vec::<u32>::new(), "nobody knows yet what it has to show");
		let (.., open_by) = go_to_opening();
		assert_eq!(open_by, commit_by + u64::from(DRAW_DELAY) + OPEN_WINDOW);
		work.show_all();
		assert_eq!(Proved::get(), [], "auditors are at work");
		go_to(open_by + AUDIT_TIME);
		assert_eq!(Proved::get(), [(1, 1, 50 * ITEM_WORK)]);
		assert_eq!(Punished::get(), []);
		assert_eq!(phase(), Phase::Over);
		assert_eq!(Entries::<Test>::iter().count(), 0, "nothing stays");
		assert_eq!(Leaves::<Test>::iter().count(), 0);
	});
}

#[test]
fn events_tell_the_whole_story() {
	run(|| {
		let (seed, commit_by) = go_to_work();
		let work = Diligence::honest(1, seed, 1);
		work.commit();
		let (_, draw, open_by) = go_to_opening();
		work.show_all();
		let job = audited(1)[0];
		go_to(open_by + AUDIT_TIME);
		let commitment = work.commitment();
		assert_eq!(
			events(),
			[
				Event::Scheduled { era: 1, latest: 1 + OPEN_WITHIN },
				Event::Opened { era: 1, seed, models: vec![model()], commit_by },
				Event::Committed { era: 1, operator: 1, commitment },
				Event::Drawn { era: 1, draw, open_by },
				Event::Shown { era: 1, operator: 1, index: 0, job },
				Event::Proved { era: 1, operator: 1, items: 1, work: ITEM_WORK },
			],
		);
	});
}

#[test]
fn a_sprint_opens_in_any_block_of_its_time_with_the_same_chance() {
	let mut opened = BTreeMap::<u64, u32>::new();
	for salt in 0..4_200 {
		run(|| {
			Salt::set(salt);
			go_to_work();
			*opened.entry(System::block_number()).or_default() += 1;
		});
	}
	// From the block behind the one in which the era began to the latest: 200 of 4,200 for each of 20, and
	// seven times the standard deviation.
	assert_eq!(opened.len() as u64, OPEN_WITHIN);
	assert!(opened.values().all(|count| (110..310).contains(count)), "{opened:?}");
}

#[test]
fn the_next_sprint_is_told_by_the_bounds_of_its_era_alone() {
	run(|| {
		let next = || Sprints::sprint().unwrap().next;
		NextEra::set(Some(101));
		// As long as this one waits, it is the next.
		let latest = 1 + OPEN_WITHIN;
		while let Phase::Waiting { .. } = phase() {
			let earliest = System::block_number() + 1;
			assert_eq!(next(), Some(NextSprint { era: 1, earliest, latest }));
			next_block();
		}
		assert!(System::block_number() <= latest);
		// Then it is that of the next era, up to the end of this one.
		let of_next_era = NextSprint { era: 2, earliest: 101, latest: 101 + OPEN_WITHIN };
		assert_eq!(next(), Some(of_next_era));
		let (.., open_by) = go_to_opening();
		assert_eq!(next(), Some(of_next_era));
		go_to(open_by + 1);
		assert_eq!((phase(), next()), (Phase::Over, Some(of_next_era)));
		NextEra::set(None);
		assert_eq!(next(), None, "nobody can tell");
		Sprints::start_era(2);
		let now = System::block_number();
		let (earliest, latest) = (now + 1, now + OPEN_WITHIN);
		assert_eq!(next(), Some(NextSprint { era: 2, earliest, latest }));
	});
}

#[test]
fn a_model_that_too_few_can_audit_is_left_out() {
	run(|| {
		Active::set(vec![manifest(0), manifest(1), manifest(2)]);
		for (number, work) in [(1, 100), (2, 50)] {
			Sprints::note_work(&manifest(number).id(), work);
		}
		Unauditable::set([manifest(1).id()].into());
		go_to_work();
		let models = Sprints::sprint().unwrap().models;
		assert_eq!(models, [manifest(2).id(), manifest(0).id()], "the most wanted one first");
	});
}

#[test]
fn without_a_model_there_is_no_sprint() {
	run(|| {
		Unauditable::set([model()].into());
		go_to(1 + OPEN_WITHIN);
		assert_eq!(phase(), Phase::Cancelled);
		assert!(events().contains(&Event::Cancelled { era: 1 }));
		NextEra::set(Some(101));
		let next = NextSprint { era: 2, earliest: 101, latest: 101 + OPEN_WITHIN };
		assert_eq!(Sprints::sprint().unwrap().next, Some(next));
		go_to(System::block_number() + 60);
		assert_eq!((phase(), Held::get()), (Phase::Cancelled, vec![]), "nobody has missed it");
	});
}

#[test]
fn a_sprint_is_held_from_the_draw_on() {
	run(|| {
		let (seed, commit_by) = go_to_work();
		Diligence::honest(2, seed, 5).commit();
		assert_eq!(Committed::get(), [(2, 1)]);
		go_to(commit_by + u64::from(DRAW_DELAY) - 1);
		assert_eq!(Held::get(), [0u32; 0]);
		next_block();
		assert_eq!(Held::get(), [1]);
		go_to(System::block_number() + 60);
		assert_eq!(Held::get(), [1]);
	});
}

#[test]
fn a_draw_that_comes_too_late_is_none() {
	run(|| {
		let (seed, commit_by) = go_to_work();
		Diligence::honest(1, seed, 5).commit();
		InTime::set(false);
		go_to(commit_by + u64::from(DRAW_DELAY));
		assert_eq!(phase(), Phase::Cancelled);
		assert!(events().contains(&Event::Cancelled { era: 1 }));
		assert_eq!(Entries::<Test>::iter().count(), 1);
		go_to(System::block_number() + OPEN_WINDOW + 1);
		assert_eq!(Entries::<Test>::iter().count(), 0);
		assert_eq!((Held::get(), Proved::get(), Punished::get()), (vec![], vec![], vec![]));
	});
}

#[test]
fn an_era_that_ends_too_soon_costs_nobody_anything() {
	run(|| {
		let (seed, _) = go_to_work();
		Diligence::honest(1, seed, 5).commit();
		Sprints::start_era(2);
		go_to(System::block_number() + 60);
		assert_eq!((Held::get(), Proved::get(), Punished::get()), (vec![2], vec![], vec![]));
		assert_eq!(Entries::<Test>::iter().count(), 0);
	});
}

#[test]
fn an_era_that_ends_before_all_can_be_shown_costs_nobody_anything() {
	run(|| {
		let (seed, _) = go_to_work();
		let work = Diligence::honest(1, seed, 40);
		work.commit();
		go_to_opening();
		apply(work.show_call(work.drawn()[0])).unwrap();
		Sprints::start_era(2);
		go_to(System::block_number() + 60);
		assert_eq!((Proved::get(), Punished::get()), (vec![], vec![]), "it stays undecided");
		assert_eq!(Entries::<Test>::iter().count(), 0);
		assert_eq!(Leaves::<Test>::iter().count(), 0);
	});
}

/// Who has not shown what was drawn is not spared because nobody had time to look.
#[test]
fn what_is_looked_at_in_the_next_era_only_has_failed_all_the_same() {
	run(|| {
		let (seed, _) = go_to_work();
		Diligence::honest(1, seed, 5).commit();
		let (.., open_by) = go_to_opening();
		go_to(open_by);
		PollLimit::set(Weight::zero());
		go_to(open_by + 2);
		assert_eq!((phase(), Punished::get()), (Phase::Over, vec![]));
		Sprints::start_era(2);
		PollLimit::set(Weight::from_parts(u64::MAX / 2, u64::MAX / 2));
		next_block();
		assert_eq!(Punished::get(), [(1, 1, CandidateFailure::NotShown, vec![])]);
		assert_eq!(Entries::<Test>::iter().count(), 0);
	});
}

#[test]
fn what_was_shown_before_the_era_ended_still_counts_for_it() {
	run(|| {
		let (seed, _) = go_to_work();
		let work = Diligence::honest(1, seed, 5);
		work.commit();
		go_to_opening();
		work.show_all();
		Sprints::start_era(2);
		go_to(System::block_number() + AUDIT_TIME);
		assert_eq!(Proved::get(), [(1, 1, 5 * ITEM_WORK)]);
	});
}

#[test]
fn a_commitment_to_more_takes_the_place_of_the_one_before() {
	run(|| {
		let (seed, _) = go_to_work();
		for items in [10, 20] {
			Diligence::honest(1, seed, items).commit();
		}
		let less = Diligence::honest(1, seed, 20).commit_call();
		let stale = Err(Refused::Validation(InvalidTransaction::Stale.into()));
		assert_eq!(apply(less), stale, "as much as before");
		let work = Diligence::honest(1, seed, 30);
		work.commit();
		let more = Diligence::honest(1, seed, 40).commit_call();
		assert_eq!(apply(more), stale, "three times is enough");
		let (.., open_by) = go_to_opening();
		work.show_all();
		go_to(open_by + AUDIT_TIME);
		assert_eq!(Proved::get(), [(1, 1, 30 * ITEM_WORK)]);
		assert_eq!(Punished::get(), []);
		assert_eq!(Entries::<Test>::iter().count(), 0);
	});
}

#[test]
fn a_model_that_is_recalled_in_a_sprint_is_used_to_its_end() {
	run(|| {
		let (seed, _) = go_to_work();
		let early = Diligence::honest(1, seed, 10);
		early.commit();
		Retired::set(Active::get());
		Active::set(vec![]);
		let late = Diligence::honest(2, seed, 20);
		late.commit();
		let (.., open_by) = go_to_opening();
		early.show_all();
		late.show_all();
		let job = audited(1)[0];
		assert!(Sprints::evidence(&job).is_some(), "auditors can re-execute it");
		go_to(open_by + AUDIT_TIME);
		let mut proved = Proved::get();
		proved.sort();
		assert_eq!(proved, [(1, 1, 10 * ITEM_WORK), (2, 1, 20 * ITEM_WORK)]);
		assert_eq!(Punished::get(), []);
		Sprints::start_era(2);
		go_to(System::block_number() + OPEN_WITHIN + 1);
		assert_eq!(phase(), Phase::Cancelled, "the next sprint has no model");
	});
}
