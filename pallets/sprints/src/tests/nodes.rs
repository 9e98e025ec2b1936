// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What nodes do by themselves.

use crate::{mock::*, offchain::LAST_CALL, DRAW_DELAY};
use ergon_core::engine::Order;
use frame_support::traits::Hooks;

/// Runs the off-chain worker of this block, and puts what it sends into the next one.
fn work_and_make_block(world: &World) {
	Sprints::offchain_worker(System::block_number());
	next_block();
	for transaction in world.take() {
		let RuntimeCall::Sprints(call) = transaction.function else { panic!("of another pallet") };
		// What is sent twice is refused in the pool.
		let _ = apply(call);
	}
}

fn work_until(world: &World, block: u64) {
	while System::block_number() < block {
		work_and_make_block(world);
	}
}

fn load(world: &World, capacity: u32) {
	*world.engine.models.lock() = vec![model()];
	*world.engine.capacity.lock() = capacity;
}

#[test]
fn a_node_proves_by_itself_what_its_engine_can_do() {
	run_node(&[1], |world| {
		load(&world, u32::MAX);
		work_until(&world, 1 + OPEN_WITHIN + COMMIT_WINDOW + OPEN_WINDOW + AUDIT_TIME + 10);
		assert_eq!(Proved::get(), [(1, 1, u64::from(MAX_ITEMS) * ITEM_WORK)]);
		assert_eq!(Punished::get(), []);
	});
}

#[test]
fn a_node_commits_to_what_is_done_at_half_time_and_at_the_end() {
	run_node(&[1], |world| {
		// Two orders are all that the engine can do, one of them the second.
		load(&world, 2);
		let (_, commit_by) = go_to_work();
		work_until(&world, commit_by - COMMIT_WINDOW / 2);
		assert_eq!(Sprints::entry(1, 1), None, "there is time");
		work_until(&world, commit_by - COMMIT_WINDOW / 2 + 1);
		let items = || Sprints::entry(1, 1).unwrap().commitment.items;
		assert_eq!(items(), 2 * ergon_core::sprint::MAX_ORDER_ITEMS);
		// And one more.
		*world.engine.capacity.lock() = 1;
		work_until(&world, commit_by - u64::from(LAST_CALL));
		assert_eq!(items(), 2 * ergon_core::sprint::MAX_ORDER_ITEMS);
		work_until(&world, commit_by);
		assert_eq!(items(), 3 * ergon_core::sprint::MAX_ORDER_ITEMS);
	});
}

#[test]
fn whoever_keeps_the_last_commitment_out_gains_little() {
	run_node(&[1], |world| {
		load(&world, 2);
		let (_, commit_by) = go_to_work();
		work_until(&world, commit_by - u64::from(LAST_CALL));
		// The last blocks take nothing of it.
		*world.engine.capacity.lock() = u32::MAX;
		while System::block_number() < commit_by {
			Sprints::offchain_worker(System::block_number());
			next_block();
			world.take();
		}
		let items = 2 * ergon_core::sprint::MAX_ORDER_ITEMS;
		assert_eq!(Sprints::entry(1, 1).unwrap().commitment.items, items);
		work_until(&world, commit_by + u64::from(DRAW_DELAY) + OPEN_WINDOW + AUDIT_TIME + 2);
		assert_eq!(Proved::get(), [(1, 1, u64::from(items) * ITEM_WORK)]);
		assert_eq!(Punished::get(), []);
	});
}

#[test]
fn a_restart_loses_nothing_that_was_done() {
	run_node(&[1], |world| {
		load(&world, u32::MAX);
		let (_, commit_by) = go_to_work();
		work_until(&world, System::block_number() + 2);
		world.engine.forget();
		let before = world.engine.submissions.lock().len();
		work_until(&world, commit_by);
		assert_eq!(Sprints::entry(1, 1).unwrap().commitment.items, MAX_ITEMS);
		let again = world.engine.submissions.lock()[before..]
			.iter()
			.filter(|order| matches!(order, Order::Sprint { first: 0, .. }))
			.count();
		assert_eq!(again, 0, "what is stored is not done again");
		world.engine.forget();
		work_until(&world, commit_by + 60);
		assert_eq!(Proved::get(), [(1, 1, u64::from(MAX_ITEMS) * ITEM_WORK)]);
	});
}

#[test]
fn a_node_without_engine_or_model_commits_to_nothing() {
	run_node(&[1], |world| {
		work_until(&world, 1 + OPEN_WITHIN + COMMIT_WINDOW + 10);
		*world.engine.models.lock() = vec![manifest(9).id()];
		Sprints::start_era(2);
		work_until(&world, System::block_number() + OPEN_WITHIN + COMMIT_WINDOW + 10);
		assert_eq!(world.engine.submissions.lock().len(), 0);
		assert_eq!((Proved::get(), Punished::get()), (vec![], vec![]));
	});
}

#[test]
fn a_node_of_somebody_who_may_not_take_part_does_nothing() {
	run_node(&[9], |world| {
		load(&world, u32::MAX);
		work_until(&world, 1 + OPEN_WITHIN + COMMIT_WINDOW);
		assert_eq!(world.engine.submissions.lock().len(), 0);
	});
}

#[test]
fn a_node_serves_each_of_its_keys() {
	run_node(&[1, 3], |world| {
		load(&world, u32::MAX);
		work_until(&world, 1 + OPEN_WITHIN + COMMIT_WINDOW + OPEN_WINDOW + AUDIT_TIME + 10);
		let mut proved = Proved::get();
		proved.sort();
		let work = u64::from(MAX_ITEMS) * ITEM_WORK;
		assert_eq!(proved, [(1, 1, work), (3, 1, work)]);
	});
}
