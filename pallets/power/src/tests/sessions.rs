// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The session manager at work with the real session pallet.

use crate::{mock::*, *};
use ergon_core::WORK_UNIT;
use frame_support::assert_ok;
use frame_support::traits::KeyOwnerProofSystem;
use pallet_session::historical::{HistoricalSessions, StoredRange};
use sp_core::crypto::key_types::DUMMY;
use sp_runtime::{testing::UintAuthorityId, Permill};

fn leave(who: u64) {
	assert_ok!(Power::leave(RuntimeOrigin::signed(who)));
}

#[test]
fn genesis_validators_make_the_first_sessions() {
	TestExt::new(3).execute(|| {
		assert_eq!(validators(), [1, 2, 3]);
		assert_eq!(queued(), [1, 2, 3]);
		assert!(HistoricalSessions::<Test>::contains_key(0));
		assert!(HistoricalSessions::<Test>::contains_key(1));
	});
}

#[test]
fn single_validator_stays_for_ever() {
	TestExt::new(1).execute(|| {
		rotate(50);
		assert_eq!(validators(), [1]);
	});
}

#[test]
fn set_without_changes_is_not_announced() {
	TestExt::new(3).execute(|| {
		rotate(4);
		frame_system::Pallet::<Test>::reset_events();
		rotate(1);
		let events = frame_system::Pallet::<Test>::events();
		assert!(!events.iter().any(|record| {
			matches!(record.event, RuntimeEvent::Session(pallet_session::Event::NewQueued))
		}));
	});
}

#[test]
fn changed_keys_are_announced_although_the_set_is_the_same() {
	TestExt::new(3).execute(|| {
		rotate(2);
		let root = |session| HistoricalSessions::<Test>::get(session).unwrap();
		assert_ok!(Session::set_keys(RuntimeOrigin::signed(1), UintAuthorityId(555), vec![]));
		rotate(1);
		assert_eq!(queued(), [1, 2, 3]);
		assert_ne!(root(4), root(3), "the historical root of the session has the new key");
		rotate(1);
		// An offence with the new key can be proved, now and later.
		let key = || (DUMMY, UintAuthorityId(555).as_ref().to_vec());
		let proof = Historical::prove(key()).unwrap();
		assert_eq!(Historical::check_proof(key(), proof.clone()), Some((1, ())));
		rotate(2);
		assert_eq!(Historical::check_proof(key(), proof), Some((1, ())));
	});
}

#[test]
fn newcomer_that_proved_twice_enters_one_session_behind_the_era() {
	TestExt::new(3).power(0).execute(|| {
		assert_ok!(join(101, 10_000));
		let all = [(1, 5), (2, 5), (3, 5), (101, 5)];
		sprints(&all, 1);
		assert_eq!(queued(), [1, 2, 3], "no power in era 1");
		note_sprint(&all);
		rotate(2);
		assert_eq!(queued(), [1, 2, 3], "the second sprint counts from era 2 on");
		events();
		rotate(1);
		assert_eq!(queued(), [1, 2, 3, 101]);
		let elected =
			Event::Elected { session: 7, validators: 4, entering: vec![101], leaving: vec![] };
		assert!(events().contains(&elected));
		assert_eq!(validators(), [1, 2, 3]);
		rotate(1);
		assert_eq!(validators(), [1, 2, 3, 101]);
	});
}

#[test]
fn newcomer_without_sprints_stays_out_while_the_minimum_is_kept() {
	TestExt::new(3).execute(|| {
		assert_ok!(join(101, 90_000));
		rotate(20);
		assert_eq!(validators(), [1, 2, 3]);
	});
}

#[test]
fn minimum_is_filled_with_candidates_without_power_one_by_one() {
	TestExt::new(1).execute(|| {
		for who in 101..=104 {
			assert_ok!(join(who, MIN_BOND + u128::from(who)));
		}
		rotate(1);
		assert_eq!(queued(), [1, 104], "one at a time, the largest bond first");
		rotate(1);
		assert_eq!(queued(), [1, 103, 104]);
		rotate(5);
		assert_eq!(validators(), [1, 103, 104], "three are enough");
	});
}

#[test]
fn idle_validators_give_way_to_those_who_prove_at_a_third_per_session() {
	MaxValidators::set(9);
	TestExt::new(9).power(1).execute(|| {
		let workers: Vec<_> = (101..=109).map(|who| (who, 5)).collect();
		for (who, _) in &workers {
			assert_ok!(join(*who, 10_000));
		}
		sprints(&workers, 1);
		let mut before = queued();
		assert_eq!(before.len(), 9);
		let mut rounds = 0;
		while !(101..=109).all(|who| queued().contains(&who))
			|| queued().iter().any(|who| *who < 10)
		{
			// Who proves in parts has proved their sum.
			note_sprint(&workers);
			rotate(1);
			let after = queued();
			let left = before.iter().filter(|who| !after.contains(who)).count();
			let entered = after.iter().filter(|who| !before.contains(who)).count();
			assert!(left <= 3 && entered <= 3, "{before:?} -> {after:?}");
			assert_eq!(after.len(), 9);
			before = after;
			rounds += 1;
			assert!(rounds < 20, "it converges");
		}
		assert_eq!(queued(), (101..=109).collect::<Vec<_>>());
	});
}

#[test]
fn candidate_without_keys_is_not_elected() {
	TestExt::new(3).execute(|| {
		assert_ok!(join(101, 10_000));
		assert_ok!(Session::purge_keys(RuntimeOrigin::signed(101)));
		sprints(&[(101, 50)], 2);
		rotate(1);
		assert_eq!(queued(), [1, 2, 3]);
		assert_ok!(Session::set_keys(RuntimeOrigin::signed(101), UintAuthorityId(101), vec![]));
		rotate(1);
		assert_eq!(queued(), [1, 2, 3, 101]);
	});
}

#[test]
fn validator_that_removes_its_keys_is_out_and_replaced() {
	TestExt::new(4).execute(|| {
		assert_ok!(join(101, 10_000));
		sprints(&[(101, 50)], 2);
		rotate(1);
		assert_eq!(validators(), [1, 2, 3, 4, 101]);
		assert_ok!(Session::purge_keys(RuntimeOrigin::signed(2)));
		assert_ok!(Session::purge_keys(RuntimeOrigin::signed(3)));
		assert_ok!(Session::purge_keys(RuntimeOrigin::signed(4)));
		for who in 102..=104 {
			assert_ok!(join(who, 10_000));
		}
		rotate(1);
		// Three are gone where one may leave; one of the others makes up the minimum.
		assert_eq!(queued(), [1, 101, 102]);
	});
}

#[test]
fn all_leaving_keeps_the_set_and_its_bonds() {
	TestExt::new(3).execute(|| {
		(1..=3).for_each(leave);
		rotate(10);
		assert_eq!(validators(), [1, 2, 3]);
		for who in 1..=3 {
			let next = Session::current_index() + 1;
			assert_eq!(Power::unbonding(who).unwrap().free_at, next + UNBONDING + 1);
			assert!(Power::withdraw(RuntimeOrigin::signed(who)).is_err());
		}
		// Somebody new relieves them, one per session.
		assert_ok!(join(101, MIN_BOND));
		rotate(1);
		assert_eq!(queued().len(), 3);
		rotate(2);
		assert_eq!(queued(), [101]);
		rotate(UNBONDING + 2);
		for who in 1..=3 {
			assert_ok!(Power::withdraw(RuntimeOrigin::signed(who)));
		}
	});
}

#[test]
fn leavers_go_and_the_set_shrinks_below_the_minimum_only_without_candidates() {
	TestExt::new(4).execute(|| {
		(1..=3).for_each(leave);
		rotate(3);
		assert_eq!(queued(), [4], "nobody else stands");
	});
	TestExt::new(4).execute(|| {
		for who in 101..=102 {
			assert_ok!(join(who, MIN_BOND));
		}
		(1..=3).for_each(leave);
		for _ in 0..4 {
			rotate(1);
			assert!(queued().len() >= 3);
		}
		assert_eq!(queued(), [4, 101, 102]);
	});
}

#[test]
fn equals_change_nothing() {
	TestExt::new(0).validators((1..=20).map(|who| (who, 5_000)).collect()).power(50).execute(
		|| {
			let first = validators();
			assert_eq!(first, (1..=10).collect::<Vec<_>>(), "the lowest accounts of equals");
			// A larger bond does not unseat an equal.
			assert_ok!(Power::bond_more(RuntimeOrigin::signed(20), 5_000));
			rotate(8);
			assert_eq!(validators(), first);
			// More power does.
			sprints(&[(20, 1)], 2);
			rotate(2);
			assert!(validators().contains(&20));
			assert_eq!(validators().len(), 10);
		},
	);
}

#[test]
fn chain_without_candidates_keeps_the_validators_of_its_session_genesis() {
	let mut ext = TestExt::new(0).build();
	ext.execute_with(|| {
		// As a chain that takes this pallet in later.
		let set = [101, 102, 103].map(|who| (who, UintAuthorityId(who)));
		pallet_session::Validators::<Test>::put(set.clone().map(|(who, _)| who).to_vec());
		pallet_session::QueuedKeys::<Test>::put(set.to_vec());
		rotate(5);
		assert_eq!(validators(), [101, 102, 103]);
		assert_ok!(join(104, MIN_BOND));
		rotate(3);
		assert_eq!(queued(), [104], "who does not stand leaves, one per session");
	});
}

#[test]
fn each_era_is_told_once_with_the_power_in_it() {
	TestExt::new(2).execute(|| {
		go_to_era(3);
		let total = |tenths: u64| u128::from(2 * 100 * WORK_UNIT / 10 * tenths);
		assert_eq!(Eras::take(), [(0, total(10)), (1, total(9)), (2, total(8)), (3, total(7))]);
	});
}

#[test]
fn historical_roots_are_kept_as_long_as_bonds() {
	TestExt::new(3).execute(|| {
		rotate(UNBONDING);
		assert!(HistoricalSessions::<Test>::contains_key(0));
		rotate(1);
		assert!(!HistoricalSessions::<Test>::contains_key(0));
		assert!(HistoricalSessions::<Test>::contains_key(1));
		rotate(10);
		let current = Session::current_index();
		assert_eq!(StoredRange::<Test>::get(), Some((current - UNBONDING, current + 2)));
	});
}

#[test]
fn sessions_account_for_their_weight() {
	TestExt::new(3).execute(|| {
		let total = || frame_system::Pallet::<Test>::block_weight().total();
		let before = total();
		rotate(1);
		let plain = <() as WeightInfo>::new_session(3)
			.saturating_add(<() as WeightInfo>::start_session(MaxValidators::get()));
		assert_eq!(total(), before.saturating_add(plain));
		rotate(1);
		let before = total();
		rotate(1);
		let with_era = plain.saturating_add(<() as WeightInfo>::start_era(3));
		let late = with_era.saturating_add(<() as WeightInfo>::count(3));
		assert_eq!(total(), before.saturating_add(late), "nobody was counted before");
		Progress::set(Permill::from_percent(90));
		rotate(SESSIONS_PER_ERA - 1);
		let before = total();
		rotate(1);
		let nobody_late = with_era.saturating_add(<() as WeightInfo>::count(0));
		assert_eq!(total(), before.saturating_add(nobody_late));
	});
}
