// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Genesis, views, configuration, and the checks that watch over the state.

use crate::{mock::*, *};
use frame_support::{
	assert_ok,
	traits::{fungible::MutateHold, Hooks},
	weights::Weight,
	BoundedVec,
};
use sp_runtime::Perbill;

#[test]
#[should_panic(expected = "is below `MinBond`")]
fn genesis_with_a_small_bond_is_impossible() {
	TestExt::new(0).validators(vec![(1, MIN_BOND - 1)]).build();
}

#[test]
#[should_panic(expected = "genesis has more validators than `MaxCandidates`")]
fn genesis_with_too_many_validators_is_impossible() {
	TestExt::new(41).build();
}

#[test]
fn genesis_with_more_validators_than_seats_elects_the_first() {
	TestExt::new(12).execute(|| {
		assert_eq!(Candidates::<Test>::count(), 12);
		assert_eq!(validators().len(), 10);
	});
}

#[test]
fn candidates_shows_everybody_who_stands_or_is_chilled() {
	TestExt::new(2).execute(|| {
		assert_ok!(join(101, MIN_BOND));
		Power::chill(&101, 7, Perbill::from_percent(1));
		let mut candidates = Power::candidates();
		candidates.sort_by_key(|(who, _)| *who);
		assert_eq!(candidates.iter().map(|(who, _)| *who).collect::<Vec<_>>(), [1, 2, 101]);
		let severity = Perbill::from_percent(1);
		assert_eq!(candidates[2].1.status, Status::Chilled { until: 7, severity });
	});
}

#[test]
fn configuration_of_the_mock_is_sound() {
	TestExt::new(3).execute(Power::integrity_test);
}

#[test]
#[should_panic(expected = "`MinValidators` must not be above `MaxValidators`")]
fn minimum_above_the_seats_is_no_configuration() {
	TestExt::new(3).execute(|| {
		MinValidators::set(11);
		Power::integrity_test();
	});
}

#[test]
#[should_panic(expected = "`MaxValidators` must not be above `MaxCandidates`")]
fn more_seats_than_candidates_is_no_configuration() {
	TestExt::new(3).execute(|| {
		MaxValidators::set(41);
		Power::integrity_test();
	});
}

#[test]
#[should_panic(expected = "`Ramp` has to be below `PowerEras`")]
fn ramp_longer_than_the_eras_that_count_is_no_configuration() {
	TestExt::new(3).execute(|| {
		Ramp::set(3);
		Power::integrity_test();
	});
}

#[test]
#[should_panic(expected = "`PollWeight` has to cover one record")]
fn poll_weight_below_one_record_is_no_configuration() {
	TestExt::new(3).execute(|| {
		PollLimit::set(Weight::from_parts(1, 1));
		Power::integrity_test();
	});
}

/// Corrupts a sound state with a standing, a chilled and an unbonding account, and expects the check
/// to say so.
#[track_caller]
fn assert_detects(problem: &'static str, corrupt: impl FnOnce()) {
	TestExt::new(3).build().execute_with(|| {
		assert_ok!(join(101, MIN_BOND));
		assert_ok!(join(102, MIN_BOND));
		assert_ok!(Power::leave(RuntimeOrigin::signed(102)));
		Power::chill(&101, 7, Perbill::from_percent(1));
		rotate(4);
		assert_eq!(Power::do_try_state(), Ok(()));
		corrupt();
		assert_eq!(Power::do_try_state(), Err(problem.into()));
	});
}

fn candidate(who: u64, change: impl FnOnce(&mut Candidate)) {
	Candidates::<Test>::mutate(who, |candidate| change(candidate.as_mut().unwrap()));
}

#[test]
fn check_detects_corrupt_bonds() {
	assert_detects("a candidate's bond is not what is held", || candidate(1, |one| one.bond += 1));
	assert_detects("an unbonding is not what is held", || {
		Unbondings::<Test>::mutate(102, |unbonding| unbonding.as_mut().unwrap().bond -= 1);
	});
	assert_detects("a bond is held of an account that neither stands nor unbonds", || {
		assert_ok!(Balances::hold(&HoldReason::ValidatorBond.into(), &103, 1));
	});
	assert_detects("a candidate is unbonding", || {
		let unbonding = Unbonding { bond: 0, free_at: 99, status: Status::Standing };
		Unbondings::<Test>::insert(1, unbonding);
	});
	assert_detects("a validator's bond is free before its sessions are safe", || {
		assert_ok!(Power::leave(RuntimeOrigin::signed(1)));
		Unbondings::<Test>::mutate(1, |unbonding| unbonding.as_mut().unwrap().free_at -= 1);
	});
}

#[test]
fn check_detects_corrupt_power() {
	assert_detects("power is not backed by its bond", || {
		candidate(1, |one| one.counted.power = u64::MAX);
	});
	assert_detects("power is not backed by its bond", || {
		candidate(1, |one| one.counted.before = u64::MAX);
	});
	assert_detects("a chilled candidate has power", || candidate(101, |one| one.counted.power = 1));
	assert_detects("a chilled candidate has power", || {
		candidate(101, |one| one.counted.before = 1)
	});
	assert_detects("a candidate is counted for neither this era nor the next", || {
		candidate(1, |one| one.counted.era += 1)
	});
	assert_detects("the sum of recent work is wrong", || {
		candidate(1, |one| one.recent.audited += 1)
	});
	assert_detects("the total of power is wrong", || candidate(1, |one| one.counted.power -= 1));
	assert_detects("the number of candidates is wrong", || {
		let count = frame_support::storage::storage_prefix(b"Power", b"CounterForCandidates");
		frame_support::storage::unhashed::put(&count, &9u32);
	});
	assert_detects("there are too many candidates", || MaxCandidates::set(2));
}

#[test]
fn check_detects_corrupt_eras() {
	assert_detects("the era begins in a later session", || EraStart::<Test>::put(9));
	assert_detects("a candidate waits longer than for the next sprint", || {
		candidate(1, |one| one.since = 3)
	});
	assert_detects("a candidate is spared behind its first sprints", || {
		candidate(1, |one| one.spared_until = 5)
	});
	assert_detects("the era is over", || EraStart::<Test>::put(0));
	assert_detects("the book is not of this era or the next", || BookEra::<Test>::put(3));
	assert_detects("candidates are counted for no era", || CountCursor::<Test>::put(1));
	assert_detects("work is stored for an era that does not count", || {
		EraWorks::<Test>::insert(9, 1, EraWork::default());
	});
	let held = |eras: &[EraIndex]| {
		HeldSprints::<Test>::put(BoundedVec::<_, MostHeld<Test>>::truncate_from(eras.to_vec()));
	};
	assert_detects("the eras with sprints are not in order", || held(&[1, 0]));
	assert_detects("the eras with sprints are not in order", || held(&[1, 1]));
	assert_detects("a sprint was held that is to come", || held(&[0, 2]));
	assert_detects("slashes of a session that can be reported are forgotten", || {
		OldestSlashes::<Test>::put(1)
	});
	assert_detects("slashes are stored for a session that is safe", || {
		rotate(9);
		let slash = OffenceSlash { bond: 1, fraction: Perbill::one() };
		OffenceSlashes::<Test>::insert(0, 1, slash);
	});
}

#[test]
fn stored_types_have_the_layout_that_clients_know() {
	use codec::Encode;
	assert_eq!(Status::Standing.encode(), [0]);
	let chilled = Status::Chilled { until: 7, severity: Perbill::from_parts(3) };
	assert_eq!(chilled.encode(), [1, 7, 0, 0, 0, 3, 0, 0, 0]);
	let candidate = Candidate {
		bond: 1,
		counted: Counted { era: 2, power: 3, before: 4 },
		recent: RecentWork { audited: 5, missed: 6 },
		sprints: 7,
		genesis: 8,
		status: Status::Standing,
		since: 9,
		spared_until: 10,
	};
	let mut bytes = vec![0u8; 16 + (4 + 8 + 8) + (16 + 16) + 8 + 8 + 1 + 4 + 4];
	(bytes[0], bytes[16], bytes[20], bytes[28]) = (1, 2, 3, 4);
	(bytes[36], bytes[52], bytes[68], bytes[76], bytes[85], bytes[89]) = (5, 6, 7, 8, 9, 10);
	assert_eq!(candidate.encode(), bytes);
	let sprint = SprintOutcome::Proved(1);
	let work = EraWork { sprint, audited: 2, missed: 3, misses: 4 };
	let mut bytes = vec![0u8; 1 + 8 + 8 + 8 + 4];
	(bytes[0], bytes[1], bytes[9], bytes[17], bytes[25]) = (2, 1, 2, 3, 4);
	assert_eq!(work.encode(), bytes);
	assert_eq!(SprintOutcome::Nothing.encode(), [0]);
	assert_eq!(SprintOutcome::Undecided.encode(), [1]);
}
