// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The agenda: full slots, full blocks, blocks without the hook.

use super::*;
use frame_support::{
	assert_noop, assert_ok,
	traits::Hooks,
	weights::{Weight, WeightMeter},
};

fn due(ids: &[JobId]) -> Vec<BlockNumber> {
	ids.iter().map(|id| job(*id).due).collect()
}

#[test]
fn a_full_slot_spills_into_the_next_ones() {
	ExtBuilder::default().execute_with(|| {
		let ids: Vec<_> = (0..7).map(submit).collect();
		assert_eq!(due(&ids), [3, 3, 3, 4, 4, 4, 5]);
		// A gap is filled before anything spills further.
		assert_ok!(Jobs::cancel(RuntimeOrigin::signed(ALICE), ids[1]));
		assert_eq!(agenda(3), [ids[0], ids[2]]);
		let late = submit(7);
		assert_eq!(agenda(3), [ids[0], ids[2], late]);
	});
}

#[test]
fn the_chain_takes_no_more_jobs_than_one_window_holds() {
	ExtBuilder::default().execute_with(|| {
		let ids: Vec<_> = (0..12).map(submit).collect();
		assert_eq!(due(&ids)[9..], [6, 6, 6]);
		assert_noop!(
			Request { nonce: 12, ..Default::default() }.submit(),
			Error::<Test>::TooManyJobs
		);
		// Also when the slots that it wants have room.
		next_block();
		assert_noop!(
			Request { nonce: 12, ..Default::default() }.submit(),
			Error::<Test>::TooManyJobs
		);
		assert_ok!(Jobs::cancel(RuntimeOrigin::signed(ALICE), ids[0]));
		assert_ok!(Request { nonce: 12, ..Default::default() }.submit());
	});
}

#[test]
fn any_job_finds_a_place_while_the_chain_is_full() {
	// Twelve live jobs that all want to go wherever the others are.
	ExtBuilder::default().offer_with(PETER, |offer| offer.slots = 12).execute_with(|| {
		let ids: Vec<_> = (0..12).map(submit).collect();
		run_to(6);
		for id in &ids {
			assert_eq!(job(*id).status(), JobStatus::Assigned);
		}
		next_block();
		for id in &ids {
			assert_ok!(apply(attest_call(*id)).unwrap());
		}
		let mut slots = due(&ids);
		slots.dedup();
		assert_eq!(slots, [13, 14, 15, 16]);
		for _ in 0..30 {
			next_block();
		}
		assert_eq!(ids.iter().filter(|id| job(**id).status() == JobStatus::Attested).count(), 12);
	});
}

#[test]
fn what_does_not_fit_into_a_block_is_first_in_the_next_one() {
	ExtBuilder::default().offer_with(PETER, |offer| offer.slots = 9).execute_with(|| {
		let ids: Vec<_> = (0..6).map(submit).collect();
		run_to(2);
		// Weight for the fixed part and for one job, in the worst case.
		let worst = Jobs::worst_service_weight();
		let one = <() as WeightInfo>::tick()
			.saturating_add(<() as WeightInfo>::tick_slot().saturating_mul(2))
			.saturating_add(worst);
		let mut order = vec![];
		for (block, cursor, done) in [(3, 3, 1), (4, 3, 2), (5, 4, 3)] {
			events();
			let mut meter = WeightMeter::with_limit(one);
			next_block_with(Some(&mut meter));
			assert!(meter.consumed().all_lte(one));
			assert_eq!(System::block_number(), block);
			assert_eq!(AgendaCursor::<Test>::get(), cursor);
			order.extend(events().into_iter().filter_map(|event| match event {
				Event::JobAssigned { job, .. } => Some(job),
				_ => None,
			}));
			assert_eq!(order, ids[..done]);
		}
		// With room again, everything that is left is done, in order.
		next_block();
		order.extend(events().into_iter().filter_map(|event| match event {
			Event::JobAssigned { job, .. } => Some(job),
			_ => None,
		}));
		assert_eq!(order, ids);
		assert_eq!(AgendaCursor::<Test>::get(), System::block_number() + 1);
	});
}

#[test]
fn blocks_without_the_hook_lose_nothing() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let waiting = submit(0);
		let assigned = submit(1);
		run_to(3);
		let queued = submit(2);
		for _ in 0..40 {
			next_block_with(None);
		}
		assert_eq!(AgendaCursor::<Test>::get(), 4);
		next_block();
		assert_eq!(AgendaCursor::<Test>::get(), System::block_number() + 1);
		// The deadlines passed, so both went back into the queue; the other one was assigned.
		assert_eq!(job(waiting).status(), JobStatus::Queued);
		assert_eq!(job(assigned).status(), JobStatus::Queued);
		assert_eq!(job(queued).status(), JobStatus::Assigned);
	});
}

#[test]
fn a_backlog_of_empty_slots_is_metered_too() {
	ExtBuilder::default().execute_with(|| {
		for _ in 0..20 {
			next_block_with(None);
		}
		let slots = <() as WeightInfo>::tick_slot().saturating_mul(5);
		let limit = <() as WeightInfo>::tick().saturating_add(slots);
		let mut meter = WeightMeter::with_limit(limit);
		next_block_with(Some(&mut meter));
		assert_eq!(AgendaCursor::<Test>::get(), 2 + 5);
		assert_eq!(meter.consumed(), limit);
	});
}

#[test]
fn without_weight_nothing_happens_and_nothing_is_charged() {
	ExtBuilder::default().execute_with(|| {
		submit(0);
		run_to(2);
		let mut meter = WeightMeter::with_limit(Weight::from_parts(1, 1));
		next_block_with(Some(&mut meter));
		assert_eq!(meter.consumed(), Weight::zero());
		assert_eq!(AgendaCursor::<Test>::get(), 3);
	});
}

#[test]
fn the_hook_limits_itself() {
	ExtBuilder::default().execute_with(|| {
		(0..12).for_each(|nonce| {
			submit(nonce);
		});
		let mut meter = WeightMeter::new();
		for _ in 0..10 {
			next_block_with(None);
		}
		next_block_with(Some(&mut meter));
		let most: Weight = <Test as Config>::TickWeight::get();
		assert!(meter.consumed().all_lte(most));
	});
}

#[test]
#[should_panic(expected = "the agenda names a job that is not live")]
fn an_entry_without_a_job_is_a_defect() {
	ExtBuilder::default().execute_with(|| {
		Agenda::<Test>::mutate(2, |jobs| jobs.try_push(H256::zero()).unwrap());
		System::initialize(&2, &parent_hash_of(2), &Default::default());
		<Jobs as Hooks<BlockNumber>>::on_poll(2, &mut WeightMeter::new());
	});
}

#[test]
fn the_configuration_is_sound() {
	ExtBuilder::default().execute_with(<Jobs as Hooks<BlockNumber>>::integrity_test);
}
