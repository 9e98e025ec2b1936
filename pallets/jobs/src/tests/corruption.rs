// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! `try_state` sees each invariant broken.

use super::*;
use crate::traits::Conclusion;
use frame_support::traits::{fungible::MutateHold, tokens::Precision};

fn change(id: JobId, change: impl FnOnce(&mut Job<Test>)) {
	pallet::Jobs::<Test>::mutate(id, |job| change(job.as_mut().unwrap()));
}

/// With a queued, an assigned, an attested and a settled job, breaks something.
fn breaks(message: &str, corrupt: impl FnOnce([JobId; 4])) {
	ExtBuilder::default().offer(PETER).build().execute_with(|| {
		let settled = attested();
		let conclusion = Conclusion::Upheld { pay: vec![], penalties: vec![], audited: false };
		will_conclude(settled, conclusion);
		run_for(AUDIT_TIME);
		let attested = submit(1);
		run_for(3);
		apply(attest_call(attested)).unwrap().unwrap();
		let assigned = submit(2);
		run_for(2);
		let queued = submit(3);
		Jobs::do_try_state().unwrap();
		corrupt([queued, assigned, attested, settled]);
		assert_eq!(Jobs::do_try_state(), Err(DispatchError::Other("").with(message)));
	});
}

/// `DispatchError::Other` compares its text only through its display.
trait With {
	fn with(self, message: &str) -> DispatchError;
}
impl With for DispatchError {
	fn with(self, message: &str) -> DispatchError {
		DispatchError::Other(Box::leak(message.to_string().into_boxed_str()))
	}
}

#[test]
fn money_that_no_record_explains() {
	breaks("a requester's records do not add up to its hold", |_| {
		Balances::hold(&HoldReason::Escrow.into(), &ALICE, 1).unwrap();
	});
	breaks("a requester's records do not add up to its hold", |[queued, ..]| {
		change(queued, |job| job.deposit += 1);
	});
	// Somebody who has no job.
	breaks("a requester's records do not add up to its hold", |_| {
		Balances::hold(&HoldReason::Escrow.into(), &BOB, 1).unwrap();
	});
	breaks("a requester without an account has records of money", |[.., settled]| {
		let deposit = job(settled).deposit;
		Balances::release(&HoldReason::Escrow.into(), &ALICE, deposit, Precision::Exact).unwrap();
		change(settled, |job| job.requester = 999);
	});
}

#[test]
fn an_escrow_that_does_not_belong_to_the_state() {
	let message = "the escrow is not the highest price of a live job and nothing of a final one";
	breaks(message, |[queued, ..]| change(queued, |job| job.escrow -= 1));
	breaks(message, |[.., settled]| change(settled, |job| job.escrow += 1));
}

#[test]
fn a_prompt_too_many_or_too_few() {
	let message = "a live job has a prompt, a final one none";
	breaks(message, |[queued, ..]| Prompts::<Test>::remove(queued));
	breaks(message, |[.., settled]| Prompts::<Test>::insert(settled, prompt()));
	breaks("prompts are not live jobs", |_| Prompts::<Test>::insert(H256::zero(), prompt()));
}

fn prompt() -> ergon_core::job::Prompt {
	PROMPT.to_vec().try_into().unwrap()
}

#[test]
fn a_wrong_count_of_live_jobs() {
	breaks("the counter is not the number of live jobs", |_| LiveJobs::<Test>::put(2));
	breaks("there are more live jobs than agenda places", |[queued, ..]| {
		let copied = job(queued);
		let places = Jobs::capacity();
		for seed in 0..places {
			let id = H256::from_low_u64_be(seed.into());
			pallet::Jobs::<Test>::insert(id, &copied);
			Prompts::<Test>::insert(id, prompt());
			let money = copied.escrow + copied.deposit;
			Balances::hold(&HoldReason::Escrow.into(), &ALICE, money).unwrap();
		}
		LiveJobs::<Test>::mutate(|live| *live += places);
	});
}

#[test]
fn a_result_too_many_or_too_few() {
	let message = "a job has a result exactly when it was attested";
	breaks(message, |[_, _, attested, _]| Results::<Test>::remove(attested));
	breaks(message, |[_, assigned, attested, _]| {
		Results::<Test>::insert(assigned, Results::<Test>::get(attested).unwrap());
	});
	breaks("a result belongs to no job that has one", |[_, _, attested, _]| {
		Results::<Test>::insert(H256::zero(), Results::<Test>::get(attested).unwrap());
	});
}

#[test]
fn an_assignment_too_many_or_too_few() {
	breaks("an assigned job is not entered with its provider", |[_, assigned, ..]| {
		Assignments::<Test>::remove(PETER, assigned);
	});
	breaks("a job is entered with a provider that does not have it", |[queued, ..]| {
		Assignments::<Test>::insert(PETER, queued, ());
	});
}

#[test]
fn work_that_a_job_cannot_come_to() {
	let message = "a job counts with other work than it can come to";
	breaks(message, |[_, assigned, ..]| {
		change(assigned, |job| {
			let JobState::Assigned(assignment) = &mut job.state else { unreachable!() };
			assignment.work += 1;
		});
	});
	breaks(message, |[_, _, attested, _]| {
		change(attested, |job| {
			let JobState::Attested(attested) = &mut job.state else { unreachable!() };
			attested.assignment.work -= 1;
		});
	});
}

#[test]
fn rounds_without_failures() {
	breaks("each past round has one provider that failed", |[queued, ..]| {
		change(queued, |job| job.round = 1);
	});
	breaks("a job has too many rounds", |[queued, ..]| change(queued, |job| job.round = 3));
}

#[test]
fn a_settlement_that_does_not_add_up() {
	breaks("the parts of a settlement do not add up", |[.., settled]| {
		change(settled, |job| {
			let JobState::Settled(settled) = &mut job.state else { unreachable!() };
			settled.settlement.provider += 1;
		});
	});
	breaks("price and refund do not add up to what was held", |[.., settled]| {
		change(settled, |job| {
			let JobState::Settled(settled) = &mut job.state else { unreachable!() };
			settled.settlement.refunded -= 1;
		});
	});
	breaks("a price is above the highest", |[_, _, attested, _]| {
		change(attested, |job| {
			let JobState::Attested(attested) = &mut job.state else { unreachable!() };
			attested.price = 10_001;
		});
	});
}

#[test]
fn an_agenda_that_is_not_the_live_jobs() {
	let one_entry = "an agenda entry is not the one entry of a live job";
	breaks("a live job has no agenda entry", |[queued, ..]| {
		Jobs::leave_agenda(&queued, job(queued).due);
	});
	breaks(one_entry, |[queued, ..]| {
		Jobs::enter_agenda(queued, 1_000);
	});
	breaks(one_entry, |[queued, ..]| {
		Jobs::enter_agenda(queued, job(queued).due);
	});
	breaks(one_entry, |[.., settled]| {
		Jobs::enter_agenda(settled, 1_000);
	});
	breaks(one_entry, |[queued, ..]| change(queued, |job| job.due += 1));
	breaks("an empty slot is stored", |_| {
		Agenda::<Test>::insert(1_000, Slot::<Test>::default());
	});
	breaks("a slot behind the cursor is not empty", |[queued, ..]| {
		Agenda::<Test>::mutate(2, |slot| slot.try_push(queued).unwrap());
	});
	breaks("the cursor is ahead of the next block", |_| {
		AgendaCursor::<Test>::put(System::block_number() + 2);
	});
}

/// With two replicas, both assigned, breaks something.
fn breaks_replicas(message: &str, corrupt: impl FnOnce([JobId; 2])) {
	ExtBuilder::default().offer(PETER).offer(PAULA).build().execute_with(|| {
		let constraints = Constraints { replicas: 2, ..Default::default() };
		let first = Request { constraints, ..Default::default() }.submit().unwrap();
		run_for(2);
		Jobs::do_try_state().unwrap();
		corrupt([first, ergon_core::replica::replica_id(first, 1)]);
		assert_eq!(Jobs::do_try_state(), Err(DispatchError::Other("").with(message)));
	});
}

#[test]
fn replicas_that_do_not_belong_together() {
	breaks_replicas("a provider has two replicas of a job", |[first, second]| {
		let provider = assignment(first).provider;
		change(second, |job| {
			let JobState::Assigned(assignment) = &mut job.state else { panic!() };
			Assignments::<Test>::remove(assignment.provider, second);
			Assignments::<Test>::insert(provider, second, ());
			assignment.provider = provider;
		});
	});
	breaks_replicas("replicas differ in their seed", |[_, second]| {
		change(second, |job| job.replica.as_mut().unwrap().seed = Some([9; 32]));
	});
	breaks_replicas("a replica has another id than it should", |[_, second]| {
		change(second, |job| job.replica.as_mut().unwrap().index = 0);
	});
	breaks_replicas("a job has not the replicas that were asked for", |[first, _]| {
		change(first, |job| job.constraints.replicas = 3);
	});
}
