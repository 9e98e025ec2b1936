// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Random lives of many validators at once: whatever they do, the state stays sound, the set is
//! never empty, changes slowly, and every unit of money is explained.

use crate::{mock::*, *};
use ergon_core::WORK_UNIT;
use ergon_economics::{constants::AUDIT_POWER, power::churn_limit};
use frame_support::traits::{fungible::Inspect, Imbalance};
use proptest::prelude::*;
use sp_runtime::{testing::UintAuthorityId, Permill};
use std::collections::BTreeSet;

#[derive(Clone, Debug)]
enum Action {
	Join(u64, Balance, Option<u64>),
	BondMore(u64, Balance),
	Leave(u64),
	Withdraw(u64),
	Rejoin(u64),
	Hold,
	Commit(u64),
	Prove(u64, u64, u32),
	Fail(u64, u32),
	Fulfil(u64, u64),
	Miss(u64, u64),
	Slash(u64, Balance),
	Report(Vec<u64>, u64, Vec<u64>),
	PurgeKeys(u64),
	SetKeys(u64),
	Rotate,
}

fn action() -> impl Strategy<Value = Action> {
	// Four genesis validators and sixteen others.
	let who = || prop_oneof![1..5u64, 101..117u64];
	let bond = || prop_oneof![900..3_000u128, 0..2_000_000u128];
	prop_oneof![
		6 => (who(), bond(), prop::option::of(who()))
			.prop_map(|(who, bond, displaced)| Action::Join(who, bond, displaced)),
		2 => (who(), bond()).prop_map(|(who, amount)| Action::BondMore(who, amount)),
		2 => who().prop_map(Action::Leave),
		2 => who().prop_map(Action::Withdraw),
		2 => who().prop_map(Action::Rejoin),
		4 => Just(Action::Hold),
		3 => who().prop_map(Action::Commit),
		12 => (who(), 1..50u64, 0..5u32)
			.prop_map(|(who, units, back)| Action::Prove(who, units, back)),
		1 => (who(), 0..5u32).prop_map(|(who, back)| Action::Fail(who, back)),
		3 => (who(), 1..50u64).prop_map(|(who, units)| Action::Fulfil(who, units)),
		2 => (who(), 1..50u64).prop_map(|(who, units)| Action::Miss(who, units)),
		1 => (who(), bond()).prop_map(|(who, amount)| Action::Slash(who, amount)),
		1 => (prop::collection::vec(who(), 1..3), 0..5u64, prop::collection::vec(who(), 0..3))
			.prop_map(|(who, back, reporters)| Action::Report(who, back, reporters)),
		// Not the first genesis validator: without any keys there is no set.
		1 => (2..117u64).prop_map(Action::PurgeKeys),
		1 => who().prop_map(Action::SetKeys),
		8 => Just(Action::Rotate),
	]
}

/// Tries one action; returns what was slashed for the caller and not for the pot.
fn act(action: Action, slot: u64) -> Balance {
	let origin = RuntimeOrigin::signed;
	match action {
		Action::Join(who, bond, displaced) => {
			let _ = Power::join(origin(who), bond, displaced);
		}
		Action::BondMore(who, amount) => {
			let _ = Power::bond_more(origin(who), amount);
		}
		Action::Leave(who) => {
			let _ = Power::leave(origin(who));
		}
		Action::Withdraw(who) => {
			let _ = Power::withdraw(origin(who));
		}
		Action::Rejoin(who) => {
			let _ = Power::rejoin(origin(who));
		}
		Action::Hold => {
			let is_held = Power::note_held(era());
			assert_eq!(is_held, BookEra::<Test>::get() == era());
		}
		Action::Commit(who) => Power::note_committed(&who, era()),
		Action::Prove(who, units, back) => {
			Power::note_proved(&who, era().saturating_sub(back), units * WORK_UNIT);
		}
		Action::Fail(who, back) => Power::note_failed(&who, era().saturating_sub(back)),
		Action::Fulfil(who, units) => Power::note_fulfilled(&who, units * WORK_UNIT),
		Action::Miss(who, units) => Power::note_missed(&who, units * WORK_UNIT),
		Action::Slash(who, amount) => {
			let (credit, missing) = Power::slash(&who, amount);
			assert_eq!(credit.peek() + missing, amount);
			return credit.peek();
		}
		Action::Report(mut who, back, reporters) => {
			who.sort();
			who.dedup();
			let session = Session::current_index().saturating_sub(back as u32);
			report_in(&reporters, &who, slot, session);
		}
		Action::PurgeKeys(who) => {
			let _ = Session::purge_keys(origin(who));
		}
		Action::SetKeys(who) => {
			let keys = UintAuthorityId(who * 1_000 + slot);
			let _ = Session::set_keys(origin(who), keys, vec![]);
		}
		Action::Rotate => rotate_and_watch(),
	}
	0
}

fn rotate_and_watch() {
	let before: BTreeSet<_> = queued().into_iter().collect();
	// Every other era is counted ahead, in some of its last sessions' blocks.
	let ahead = CurrentEra::<Test>::get().is_multiple_of(2);
	Progress::set(Permill::from_percent(if ahead { 90 } else { 0 }));
	rotate(1);
	let after: BTreeSet<_> = queued().into_iter().collect();
	let keyless = before
		.iter()
		.filter(|who| pallet_session::Pallet::<Test>::load_keys(who).is_none())
		.count();
	// What came of sprints between count and era counts an era later, and may be less.
	if EraStart::<Test>::get() == Session::current_index() && !ahead {
		nobody_has_more_than_it_proved();
	}
	let limit = churn_limit(before.len() as u32) as usize;
	assert!(after.difference(&before).count() <= limit.max(keyless));
	assert!(before.difference(&after).count() <= limit.max(keyless));
	let standing = Candidates::<Test>::iter()
		.filter(|(who, candidate)| {
			candidate.status == Status::Standing
				&& pallet_session::Pallet::<Test>::load_keys(who).is_some()
		})
		.count();
	let minimum = MinValidators::get() as usize;
	if before.len() >= minimum {
		assert!(after.len() >= standing.min(minimum), "{before:?} -> {after:?}");
	}
}

/// Holds when an era begins: later on, what is noted late shows in the terms before it counts.
fn nobody_has_more_than_it_proved() {
	for who in Candidates::<Test>::iter_keys() {
		let terms = Power::power_of(who).unwrap();
		assert!(terms.power <= terms.proved.min(terms.backed));
		let base = terms.sprints + terms.genesis;
		assert!(terms.proved <= base + AUDIT_POWER.mul_floor(base));
		let outcomes = terms.held.iter().map(|era| EraWorks::<Test>::get(*era, who).sprint);
		let decided: Vec<_> = outcomes.filter_map(SprintOutcome::decided).take(2).collect();
		match decided[..] {
			[last, before] => assert!(terms.sprints <= last.min(before)),
			_ => assert_eq!(terms.sprints, 0),
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 64, ..Default::default() })]

	#[test]
	fn any_history_keeps_the_state_sound(actions in prop::collection::vec(action(), 1..150)) {
		MaxCandidates::set(12);
		MaxValidators::set(8);
		TestExt::new(4).execute(|| {
			Taken::set(0);
			let issuance = <Balances as Inspect<u64>>::total_issuance();
			let mut slashed = 0;
			for (slot, action) in actions.into_iter().enumerate() {
				slashed += act(action, slot as u64);
				check();
				assert_eq!(
					<Balances as Inspect<u64>>::total_issuance(),
					issuance - slashed - Taken::get(),
					"only slashes take money, and all of it was handed over",
				);
			}
			// When everybody comes to rest, every bond comes back.
			let accounts: Vec<_> = (2..5).chain(101..117).collect();
			for who in &accounts {
				let _ = Power::leave(RuntimeOrigin::signed(*who));
			}
			if Candidates::<Test>::get(1).is_some_and(|candidate| candidate.status == Status::Standing) {
				(0..40).for_each(|_| rotate_and_watch());
				assert_eq!(validators(), [1]);
				for who in accounts {
					let _ = Power::withdraw(RuntimeOrigin::signed(who));
					assert_eq!(Power::bond(&who), 0);
				}
			}
		});
	}
}
