// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The same question to several providers.

use super::*;
use crate::traits::Conclusion;
use ergon_core::{replica::replica_id, Fault};
use frame_support::assert_noop;
use std::collections::BTreeSet;

/// Three providers with offers.
fn three() -> ExtBuilder {
	ExtBuilder::default().offer(PETER).offer(PAULA).offer(PIA)
}

/// A request for so many answers.
fn request(replicas: u8) -> Request {
	let constraints = Constraints { replicas, ..Default::default() };
	Request { constraints, ..Default::default() }
}

/// The ids of all replicas of a job.
fn all(first: JobId, of: u8) -> Vec<JobId> {
	(0..of).map(|index| replica_id(first, index)).collect()
}

/// So many replicas, all assigned, one block later.
fn assigned_replicas(of: u8) -> Vec<JobId> {
	let ids = all(request(of).submit().unwrap(), of);
	run_for(3);
	assert!(ids.iter().all(|id| job(*id).status() == JobStatus::Assigned));
	asked();
	events();
	ids
}

/// Delivers these tokens for an assigned job.
fn answer(id: JobId, tokens: &[u32]) {
	let output = Output::Text {
		tokens: tokens.to_vec().try_into().unwrap(),
		text: b"It is a chain.".to_vec().try_into().unwrap(),
	};
	let provider = assignment(id).provider;
	apply(signed_attest(provider, job(id).round, deliver(id, 15, output))).unwrap().unwrap();
}

/// Who was accused of what since the last look.
fn accusations() -> Vec<(JobId, AccountId, Fault)> {
	let accusation = |asked| match asked {
		Asked::Accuse { job, accuser, fault } => Some((job, accuser, fault)),
		_ => None,
	};
	asked().into_iter().filter_map(accusation).collect()
}

#[test]
fn each_replica_is_a_job_of_another_provider() {
	three().execute_with(|| {
		let first = request(3).submit().unwrap();
		let ids = all(first, 3);
		assert_eq!(held(ALICE), 3 * (10_000 + DEPOSIT));
		assert_eq!(LiveJobs::<Test>::get(), 3);
		let submitted: Vec<_> = events()
			.into_iter()
			.map(|event| match event {
				Event::JobSubmitted { job, .. } => job,
				other => panic!("{other:?}"),
			})
			.collect();
		assert_eq!(submitted, ids);
		run_for(2);
		let providers: BTreeSet<_> = ids.iter().map(|id| assignment(*id).provider).collect();
		assert_eq!(providers, BTreeSet::from([PETER, PAULA, PIA]));
		let answers = Jobs::replicas(ids[1]);
		assert_eq!(answers.iter().map(|answer| answer.job).collect::<Vec<_>>(), ids);
		assert!(answers.iter().all(|answer| answer.output_root.is_none()));
		let details = Jobs::job(ids[2]).unwrap().replica.unwrap();
		assert_eq!((details.first, details.index, details.of), (first, 2, 3));
	});
}

#[test]
fn who_has_another_replica_is_known_from_its_assignment_on() {
	ExtBuilder::default().offer(PETER).offer(PAULA).execute_with(|| {
		let ids = all(request(3).submit().unwrap(), 3);
		assert!(Jobs::other_providers(&ids[0]).is_empty());
		run_for(2);
		let [first, second] = [ids[0], ids[1]].map(|id| assignment(id).provider);
		assert_eq!(Jobs::other_providers(&ids[0]), [second]);
		assert_eq!(Jobs::other_providers(&ids[1]), [first]);
		assert_eq!(Jobs::other_providers(&ids[2]), [first, second]);
		let alone = Request { nonce: 1, ..request(1) }.submit().unwrap();
		run_for(2);
		assert!(Jobs::other_providers(&alone).is_empty());
	});
}

#[test]
fn unsound_requests_change_nothing() {
	three().execute_with(|| {
		for replicas in [0, 6, 255] {
			assert_noop!(request(replicas).submit(), Error::<Test>::ReplicasOutOfRange);
		}
		let mut named = request(2);
		named.constraints.provider = Some(PETER);
		assert_noop!(named.submit(), Error::<Test>::ReplicasOfOneProvider);
		// Enough for two of them.
		let dear = Request { max_price: ENDOWMENT / 5 * 2, ..request(3) };
		assert_noop!(dear.submit(), Error::<Test>::BalanceTooLow);
		// The agenda has twelve places.
		for nonce in 0..2 {
			Request { nonce, ..request(5) }.submit().unwrap();
		}
		assert_noop!(Request { nonce: 2, ..request(3) }.submit(), Error::<Test>::TooManyJobs);
		Request { nonce: 2, ..request(2) }.submit().unwrap();
	});
}

#[test]
fn a_quote_is_for_all_replicas() {
	three().execute_with(|| {
		let quote = |replicas| {
			let constraints = Constraints { replicas, ..Default::default() };
			Jobs::quote(ALICE, model(), generate(40), 14, constraints).unwrap()
		};
		assert_eq!(quote(3).total, 3 * quote(1).total);
	});
}

#[test]
fn a_replica_waits_where_everybody_has_one() {
	ExtBuilder::default().offer(PETER).offer(PAULA).execute_with(|| {
		let ids = all(request(3).submit().unwrap(), 3);
		run_for(10);
		let statuses: Vec<_> = ids.iter().map(|id| job(*id).status()).collect();
		use JobStatus::{Assigned, Queued};
		assert_eq!(statuses, [Assigned, Assigned, Queued]);
	});
}

#[test]
fn all_replicas_use_one_seed() {
	three().execute_with(|| {
		let ids = assigned_replicas(2);
		let seed = |id| Jobs::job_order(&id).unwrap().seed;
		assert_eq!(seed(ids[0]), seed(ids[1]));
		// Also whoever comes later.
		apply(decline_call(ids[1], DeclineReason::EngineFailure)).unwrap().unwrap();
		run_for(3);
		assert_eq!(job(ids[1]).round, 1);
		assert_eq!(seed(ids[0]), seed(ids[1]));
		let others = Request { nonce: 1, ..request(2) }.submit().unwrap();
		run_for(3);
		assert!(seed(others) != seed(ids[0]));
	});
}

#[test]
fn equal_answers_are_no_news() {
	three().execute_with(|| {
		let ids = assigned_replicas(3);
		for id in &ids {
			answer(*id, &[1, 2, 3]);
		}
		assert!(accusations().is_empty());
		assert!(!events().iter().any(|event| matches!(event, Event::ReplicasDiffer { .. })));
		let roots: BTreeSet<_> =
			Jobs::replicas(ids[0]).into_iter().map(|answer| answer.output_root).collect();
		assert_eq!(roots.len(), 1);
	});
}

#[test]
fn who_answers_otherwise_is_accused_and_accuses() {
	three().execute_with(|| {
		let ids = assigned_replicas(3);
		let [one, two, three] = [0, 1, 2].map(|index| assignment(ids[index]).provider);
		let long: Vec<u32> = (0..40).collect();
		let mut wrong = long.clone();
		wrong[35] = 7;
		answer(ids[0], &long);
		answer(ids[1], &wrong);
		let chunk = Fault::Chunk(1);
		assert_eq!(accusations(), [(ids[0], two, chunk), (ids[1], one, chunk)]);
		answer(ids[2], &long[..39]);
		assert_eq!(
			accusations(),
			[
				(ids[0], three, Fault::Ending),
				(ids[2], one, Fault::Ending),
				(ids[1], three, chunk),
				(ids[2], two, chunk),
			],
		);
		let differ = |job, other| Event::ReplicasDiffer { job, other };
		let told: Vec<_> = events()
			.into_iter()
			.filter(|event| matches!(event, Event::ReplicasDiffer { .. }))
			.collect();
		let expected = [differ(ids[1], ids[0]), differ(ids[2], ids[0]), differ(ids[2], ids[1])];
		assert_eq!(told, expected);
	});
}

#[test]
fn a_result_waits_for_its_replicas_but_not_for_ever() {
	three().execute_with(|| {
		let ids = assigned_replicas(2);
		answer(ids[0], &[1, 2, 3]);
		let is_asked = || asked().iter().any(|asked| matches!(asked, Asked::Conclude(_)));
		run_for(2 * AUDIT_TIME);
		assert!(!is_asked(), "the other one is still to come");
		answer(ids[1], &[1, 2, 3]);
		run_for(AUDIT_TIME);
		assert!(is_asked());
	});
	ExtBuilder::default().offer(PETER).execute_with(|| {
		// There is nobody for the second one.
		let ids = all(request(2).submit().unwrap(), 2);
		run_for(3);
		answer(ids[0], &[1, 2, 3]);
		let upheld = Conclusion::Upheld { pay: vec![], penalties: vec![], audited: false };
		will_conclude(ids[0], upheld);
		run_for(39);
		assert_eq!(job(ids[0]).status(), JobStatus::Attested);
		run_for(6);
		assert_eq!(job(ids[0]).status(), JobStatus::Settled);
		assert_eq!(job(ids[1]).status(), JobStatus::Queued);
	});
}

#[test]
fn a_bond_is_locked_for_as_long_as_replicas_are_waited_for() {
	three().execute_with(|| {
		let safe_at = |id| {
			asked();
			answer(id, &[1, 2, 3]);
			asked().into_iter().find_map(|asked| match asked {
				Asked::Vacate { safe_at, .. } => Some(safe_at - System::block_number()),
				_ => None,
			})
		};
		let single = assigned();
		next_block();
		assert_eq!(safe_at(single), Some(SAFE_TIME));
		let first = Request { nonce: 1, ..request(2) }.submit().unwrap();
		run_for(3);
		assert_eq!(safe_at(first), Some(SAFE_TIME + 40));
	});
}

#[test]
fn a_final_result_is_not_accused() {
	three().execute_with(|| {
		let ids = all(request(2).submit().unwrap(), 2);
		// The second one comes too late for the first.
		Offers::mutate(|offers| offers.truncate(1));
		run_for(3);
		answer(ids[0], &[1, 2, 3]);
		let upheld = Conclusion::Upheld { pay: vec![], penalties: vec![], audited: false };
		will_conclude(ids[0], upheld);
		run_for(42);
		assert_eq!(job(ids[0]).status(), JobStatus::Settled);
		let mut offer = Offers::get()[0].clone();
		offer.provider = PAULA;
		Offers::mutate(|offers| offers.push(offer));
		run_for(3);
		assert_eq!(job(ids[1]).status(), JobStatus::Assigned);
		asked();
		answer(ids[1], &[4]);
		assert!(accusations().is_empty());
	});
}
