// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What a validator's node does by itself, with an engine that works, is slow, dies or lies.

use crate::{mock::*, *};
use ergon_core::{
	crypto::audit::AuditorId,
	engine::{EngineFailure, Outcome},
	Fault, Vote, H256,
};
use frame_support::traits::Hooks;
use sp_runtime::RuntimeAppPublic;

const DIGEST: H256 = H256::repeat_byte(0xd1);
const COMMIT_BY: u64 = 1 + 3 + COMMIT_WINDOW;
const REVEAL_BY: u64 = COMMIT_BY + REVEAL_WINDOW;

fn answers(outcome: Outcome) -> Script {
	Script::Answers(Box::new(outcome))
}

/// Its own digest, and what the two others should have.
fn verified(vote: Vote) -> Script {
	answers(Outcome::Verified {
		vote,
		work_digests: vec![DIGEST, others_digest(2), others_digest(3)],
	})
}

/// What the mock has an auditor reveal.
fn others_digest(auditor: u64) -> H256 {
	reveal_of(auditor, Vote::Match).work_digest
}

/// Runs the worker behind the current block and returns what it put into the pool.
fn work(world: &World) -> Vec<Extrinsic> {
	Audits::offchain_worker(System::block_number());
	world.take()
}

/// Makes a block out of what the pool has.
fn include(transactions: Vec<Extrinsic>) {
	next_block();
	for transaction in transactions {
		apply(transaction).unwrap();
	}
}

/// Works and makes blocks up to and including that one.
fn run_to(world: &World, block: u64) {
	while System::block_number() < block {
		let transactions = work(world);
		include(transactions);
	}
}

fn progress() -> SeatProgress {
	Seats::<Test>::get(1, job(1)).unwrap().progress
}

fn revealed() -> Vote {
	match progress() {
		SeatProgress::Revealed { vote, .. } => vote,
		other => panic!("not revealed: {other:?}"),
	}
}

/// A chain of three validators, of which the first is run by this node, with one case that all
/// three are drawn for.
fn node(test: impl FnOnce(World)) {
	node_with(TestExt::new(3).local(&[1]), test);
}

fn node_with(ext: TestExt, test: impl FnOnce(World)) {
	ext.execute(|world| {
		Known::mutate(|known| known.insert(job(1), evidence(job(1))));
		open_and_draw(case(1));
		test(world);
	});
}

#[test]
fn worker_re_executes_commits_and_reveals() {
	node(|world| {
		world.engine.play(verified(Vote::Match));
		assert_eq!(work(&world), [], "the order is handed in");
		let challenge = Seats::<Test>::get(1, job(1)).unwrap().challenge;
		assert!(world.engine.challenges.lock().contains(&challenge));
		let commit = work(&world);
		assert_eq!(commit.len(), 1);
		include(commit);
		assert!(matches!(progress(), SeatProgress::Committed(_)));
		while System::block_number() < COMMIT_BY {
			assert_eq!(work(&world), [], "nothing to do before reveals are taken");
			next_block();
		}
		let reveal = work(&world);
		assert_eq!(reveal.len(), 1);
		include(reveal);
		let (vote, work_digest) = (Vote::Match, DIGEST);
		assert_eq!(progress(), SeatProgress::Revealed { vote, work_digest, has_objected: false });
		assert_eq!(work(&world), [], "the duty is done");
	});
}

/// The three have voted, and the case is in its check.
fn checked(test: impl FnOnce(World)) {
	node(|world| {
		world.engine.play(verified(Vote::Match));
		for auditor in [2, 3] {
			apply_call(commit_call(job(1), 0, auditor, Vote::Match)).unwrap();
		}
		run_to(&world, COMMIT_BY + 1);
		for auditor in [2, 3] {
			apply_call(reveal_call(job(1), 0, auditor, Vote::Match)).unwrap();
		}
		run_to(&world, REVEAL_BY + 1);
		assert_eq!(work(&world), [], "reveals may come in until now");
		assert!(matches!(Audits::conclude(&job(1)), Conclusion::Pending { .. }));
		test(world);
	});
}

#[test]
fn worker_objects_to_those_who_have_not_worked() {
	checked(|world| {
		assert_eq!(work(&world), [], "all have worked");
		let work_digests = vec![DIGEST, H256::zero(), others_digest(3)];
		world.engine.play(answers(Outcome::Verified { vote: Vote::Match, work_digests }));
		let objection = work(&world);
		let expected = object_call(job(1), 0, 1, &[2]);
		assert_eq!(objection.len(), 1);
		assert_eq!(objection[0].function, expected.into());
		include(objection);
		assert_eq!(work(&world), [], "once");
		IdleAuditors::set(vec![(job(1), 2)]);
		assert!(matches!(Trials::get()[&job(1)].1, Ruling::Upheld { .. }));
	});
}

#[test]
fn worker_objects_after_a_restart_and_not_too_late() {
	checked(|world| {
		world.engine.forget();
		let work_digests = vec![DIGEST, H256::zero(), others_digest(3)];
		world.engine.play(answers(Outcome::Verified { vote: Vote::Match, work_digests }));
		assert_eq!(work(&world), [], "the order is handed in once more");
		assert_eq!(work(&world).len(), 1);
		go_to(System::block_number() + CHECK_WINDOW);
		assert_eq!(work(&world), []);
	});
}

#[test]
fn worker_asks_nothing_new_when_others_look_again() {
	node_with(TestExt::new(5).local(&[1, 2, 3, 4, 5]), |world| {
		SecondLooks::set(ergon_economics::AuditRate::from_u32(1));
		let drawn = auditors(job(1));
		let work_digests = vec![DIGEST; 3];
		world.engine.play(answers(Outcome::Verified { vote: Vote::Match, work_digests }));
		run_to(&world, REVEAL_BY + 1);
		// The engine gives the same digest to everybody, so that nobody objects.
		check(job(1));
		assert!(matches!(Audits::conclude(&job(1)), Conclusion::Pending { .. }));
		let work_digests = vec![DIGEST; 5];
		world.engine.play(answers(Outcome::Verified { vote: Vote::Match, work_digests }));
		let block = System::block_number();
		run_to(&world, block + u64::from(DRAW_DELAY) + COMMIT_WINDOW + REVEAL_WINDOW);
		let all = auditors(job(1));
		assert_eq!((all.len(), &all[..3]), (5, &drawn[..]));
		assert!(matches!(Audits::conclude(&job(1)), Conclusion::Pending { .. }));
		let orders = world.engine.orders.lock().len();
		assert_eq!(orders, 5, "one for each seat");
		assert_eq!(work(&world), []);
		assert_eq!(world.engine.orders.lock().len(), orders);
	});
}

#[test]
fn worker_asks_for_the_digests_of_all_who_were_drawn() {
	node(|world| {
		world.engine.play(verified(Vote::Match));
		work(&world);
		let asked = world.engine.challenges.lock().clone();
		let seats = [1, 2, 3].map(|auditor| Seats::<Test>::get(auditor, job(1)).unwrap().challenge);
		assert_eq!(asked, seats.into());
		// An answer to another question is none.
		let work_digests = vec![DIGEST];
		world.engine.play(answers(Outcome::Verified { vote: Vote::Match, work_digests }));
		assert_eq!(work(&world), []);
	});
}

#[test]
fn worker_reports_a_mismatch() {
	node(|world| {
		world.engine.play(verified(Vote::Mismatch(Fault::Chunk(2))));
		run_to(&world, REVEAL_BY);
		assert_eq!(revealed(), Vote::Mismatch(Fault::Chunk(2)));
	});
}

#[test]
fn worker_serves_every_local_key_and_no_other() {
	node_with(TestExt::new(3).local(&[1, 3]), |world| {
		world.engine.play(verified(Vote::Match));
		run_to(&world, REVEAL_BY);
		for (auditor, served) in [(1, true), (2, false), (3, true)] {
			let seat = Seats::<Test>::get(auditor, job(1)).unwrap();
			let done = matches!(seat.progress, SeatProgress::Revealed { .. });
			assert_eq!(done, served, "validator {auditor}");
		}
	});
}

#[test]
fn node_without_audit_keys_does_nothing() {
	node_with(TestExt::new(3), |world| {
		world.engine.play(verified(Vote::Match));
		assert_eq!(work(&world), []);
		assert_eq!(*world.engine.submissions.lock(), 0);
	});
}

#[test]
fn two_nodes_of_one_key_make_the_same_transactions() {
	let mut both = Vec::new();
	for _ in 0..2 {
		node(|world| {
			world.engine.play(verified(Vote::Match));
			work(&world);
			let mut transactions = work(&world);
			include(transactions.clone());
			go_to(COMMIT_BY);
			transactions.extend(work(&world));
			both.push(transactions);
		});
	}
	assert_eq!(both[0].len(), 2);
	assert_eq!(both[0], both[1]);
}

#[test]
fn lost_transactions_are_made_again_until_state_shows_them() {
	node(|world| {
		world.engine.play(verified(Vote::Match));
		work(&world);
		let first = work(&world);
		next_block();
		let again = work(&world);
		assert_eq!(first, again, "the same bytes, so the pool keeps one");
		include(again);
		assert_eq!(work(&world), []);
		go_to(COMMIT_BY);
		let first = work(&world);
		next_block();
		assert_eq!(work(&world), first);
	});
}

#[test]
fn restart_of_the_engine_between_commit_and_reveal_loses_nothing() {
	node(|world| {
		world.engine.play(verified(Vote::Match));
		run_to(&world, COMMIT_BY);
		assert!(matches!(progress(), SeatProgress::Committed(_)));
		world.engine.forget();
		world.engine.play(Script::Dead);
		assert_eq!(work(&world), [], "no outcome, no reveal");
		next_block();
		world.engine.play(verified(Vote::Match));
		assert_eq!(work(&world), [], "the order is handed in once more");
		let reveal = work(&world);
		include(reveal);
		assert_eq!(revealed(), Vote::Match);
	});
}

#[test]
fn worker_gives_up_just_before_the_window_closes_rather_than_miss() {
	for script in [Script::Dead, Script::Full, Script::Slow, failed(), other_kind(), shrug()] {
		let what = format!("{script:?}");
		node(|world| {
			world.engine.play(script);
			while System::block_number() + 1 + u64::from(offchain::LAST_CALL) <= COMMIT_BY {
				assert_eq!(work(&world), [], "{what}, block {}", System::block_number());
				next_block();
			}
			let commit = work(&world);
			assert_eq!(commit.len(), 1, "{what}");
			include(commit);
			run_to(&world, REVEAL_BY);
			assert_eq!(revealed(), Vote::Unavailable, "{what}");
			go_to(REVEAL_BY + 1);
			Audits::conclude(&job(1));
			assert_eq!(Audits::duty_record(0, 1).missed, 0, "{what}");
		});
	}
}

fn failed() -> Script {
	answers(Outcome::Failed(EngineFailure::UnknownModel))
}

fn other_kind() -> Script {
	let Evidence { attestation, bundle, .. } = evidence(job(1));
	answers(Outcome::Executed { attestation, bundle })
}

/// An engine that fills the order by saying that it cannot.
fn shrug() -> Script {
	answers(Outcome::Verified { vote: Vote::Unavailable, work_digests: vec![DIGEST; 3] })
}

#[test]
fn node_without_engine_gives_up_in_time() {
	node_with(TestExt::new(3).local(&[1]).without_engine(), |world| {
		run_to(&world, REVEAL_BY);
		assert_eq!(revealed(), Vote::Unavailable);
	});
}

#[test]
fn failure_that_passes_is_not_a_vote() {
	node(|world| {
		let failure = EngineFailure::Internal("out of memory".into());
		world.engine.play(answers(Outcome::Failed(failure)));
		run_to(&world, COMMIT_BY - 5);
		assert_eq!(progress(), SeatProgress::Drawn);
		assert!(*world.engine.submissions.lock() > 1, "asked again each block");
		world.engine.play(verified(Vote::Match));
		run_to(&world, REVEAL_BY);
		assert_eq!(revealed(), Vote::Match);
	});
}

#[test]
fn engine_that_finishes_behind_the_last_call_changes_nothing() {
	node(|world| {
		world.engine.play(Script::Slow);
		run_to(&world, COMMIT_BY);
		assert!(matches!(progress(), SeatProgress::Committed(_)));
		world.engine.play(verified(Vote::Match));
		run_to(&world, REVEAL_BY);
		assert_eq!(revealed(), Vote::Unavailable, "what was committed is what is revealed");
	});
}

#[test]
fn engine_that_changes_its_mind_cannot_make_a_wrong_reveal() {
	node(|world| {
		world.engine.play(verified(Vote::Match));
		run_to(&world, COMMIT_BY);
		world.engine.play(verified(MISMATCH));
		assert_eq!(work(&world), []);
		world.engine.play(verified(Vote::Match));
		let reveal = work(&world);
		include(reveal);
		assert_eq!(revealed(), Vote::Match);
	});
}

#[test]
fn reorganisation_before_the_commitment_is_served_on_the_new_fork() {
	node(|world| {
		world.engine.play(verified(Vote::Match));
		work(&world);
		let commit = work(&world);
		// On this fork it got in.
		let seat = Seats::<Test>::get(1, job(1)).unwrap();
		include(commit.clone());
		assert!(matches!(progress(), SeatProgress::Committed(_)));
		// The other fork does not have it.
		Seats::<Test>::insert(1, job(1), seat);
		assert_eq!(work(&world), commit, "the same transaction, again");
	});
}

#[test]
fn reorganisation_that_draws_anew_is_another_order() {
	node(|world| {
		world.engine.play(verified(Vote::Match));
		work(&world);
		let fork = H256::repeat_byte(0xf0);
		Seats::<Test>::mutate(1, job(1), |seat| seat.as_mut().unwrap().challenge = fork);
		assert_eq!(work(&world), [], "the digest belongs to the other draw");
		assert!(world.engine.challenges.lock().contains(&fork));
		assert_eq!(work(&world).len(), 1);
	});
}

#[test]
fn blocks_without_worker_cost_time_only() {
	node(|world| {
		world.engine.play(verified(Vote::Match));
		work(&world);
		go_to(COMMIT_BY - 1);
		let commit = work(&world);
		include(commit);
		go_to(REVEAL_BY - 1);
		let reveal = work(&world);
		include(reveal);
		assert_eq!(revealed(), Vote::Match);
	});
}

#[test]
fn worker_that_comes_too_late_sends_nothing() {
	node(|world| {
		world.engine.play(verified(Vote::Match));
		work(&world);
		go_to(COMMIT_BY);
		assert_eq!(work(&world), [], "the next block takes no commitment");
	});
	node(|world| {
		world.engine.play(verified(Vote::Match));
		run_to(&world, COMMIT_BY);
		go_to(REVEAL_BY);
		assert_eq!(work(&world), [], "the next block takes no reveal");
	});
}

#[test]
fn job_without_evidence_is_not_ordered() {
	node(|world| {
		Known::set(Default::default());
		world.engine.play(verified(Vote::Match));
		assert_eq!(work(&world), []);
		assert_eq!(*world.engine.submissions.lock(), 0);
		run_to(&world, REVEAL_BY);
		assert_eq!(revealed(), Vote::Unavailable);
	});
}

#[test]
fn seat_of_a_key_that_is_not_here_is_left_alone() {
	node(|world| {
		world.engine.play(verified(Vote::Match));
		// The operator rotated its keys behind the draw, and this node has the new one only.
		let new = AuditorId::generate_pair(None);
		Active::mutate(|active| active[0].1 = new.clone());
		let stranger = pair(3);
		Seats::<Test>::mutate(1, job(1), |seat| {
			seat.as_mut().unwrap().key = sp_core::Pair::public(&stranger);
		});
		assert_eq!(work(&world), []);
		assert_eq!(*world.engine.submissions.lock(), 0);
	});
}

#[test]
fn rotated_key_still_serves_the_seat_that_it_was_drawn_for() {
	node(|world| {
		world.engine.play(verified(Vote::Match));
		let new = AuditorId::generate_pair(None);
		Active::mutate(|active| active[0].1 = new);
		run_to(&world, REVEAL_BY);
		assert_eq!(revealed(), Vote::Match);
	});
}

#[test]
fn salt_is_the_same_in_every_run_and_differs_by_job_and_round() {
	let mut commitments = Vec::new();
	for (index, round) in [(1, 0), (1, 0), (2, 0), (1, 1)] {
		TestExt::new(3).local(&[1]).execute(|world| {
			Known::mutate(|known| known.insert(job(index), evidence(job(index))));
			open_and_draw(case(index));
			for auditor in 1..=3 {
				Seats::<Test>::mutate(auditor, job(index), |seat| {
					seat.as_mut().unwrap().round = round;
				});
			}
			Cases::<Test>::mutate(job(index), |case| case.as_mut().unwrap().round = round);
			world.engine.play(verified(Vote::Match));
			work(&world);
			include(work(&world));
			let seat = Seats::<Test>::get(1, job(index)).unwrap();
			let SeatProgress::Committed(commitment) = seat.progress else { panic!("{seat:?}") };
			commitments.push(commitment);
		});
	}
	assert_eq!(commitments[0], commitments[1]);
	assert_ne!(commitments[0], commitments[2]);
	assert_ne!(commitments[0], commitments[3]);
}
