// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who gives way to whom when the list of candidates is full.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchError, Perbill};

/// Three validators with large bonds, who have the only seats, and that many others who bond the least; then the
/// list is full. Each validator proves a hundred work units in each of three sprints, the first of the others one,
/// the second two, and so on, at most `most`. Nobody is spared then.
fn full(others: u64, most: u64, test: impl FnOnce()) {
	MaxCandidates::set(3 + others as u32);
	MaxValidators::set(3);
	let validators = (1..=3).map(|who| (who, 900_000)).collect();
	TestExt::new(0).validators(validators).power(0).execute(|| {
		for who in 101..101 + others {
			assert_ok!(join(who, MIN_BOND));
		}
		prove(others, most, 3);
		test();
	});
}

/// The same in that many sprints more.
fn prove(others: u64, most: u64, eras: u32) {
	let works = (1..=3).map(|who| (who, 100));
	let works = works.chain((101..101 + others).map(|who| (who, most.min(who - 100))));
	sprints(&works.collect::<Vec<_>>(), eras);
}

fn join_for(who: u64, bond: Balance, displaced: u64) -> Result<(), DispatchError> {
	Power::join(RuntimeOrigin::signed(who), bond, Some(displaced))
}

fn not_displaceable() -> DispatchError {
	Error::<Test>::NotDisplaceable.into()
}

fn bonds() -> Balance {
	Candidates::<Test>::iter_values().map(|candidate| candidate.bond).sum()
}

#[test]
fn weakest_gives_way_to_a_larger_bond_although_it_has_power() {
	full(3, 3, || {
		assert_eq!([101, 102, 103].map(units), [1, 2, 3]);
		assert_eq!(WeakPower::<Test>::get(), ergon_core::WORK_UNIT, "a tenth of six is one");
		// Neither those who are stronger, nor validators, nor who bonds as much.
		for displaced in [102, 103, 1] {
			assert_noop!(join_for(104, 950_000, displaced), not_displaceable());
		}
		assert_noop!(join_for(104, MIN_BOND, 101), not_displaceable());
		assert_eq!(Power::displaceable(MIN_BOND), None);
		assert_eq!(Power::displaceable(MIN_BOND + 1), Some(101));
		events();
		assert_ok!(join_for(104, MIN_BOND + 1, 101));
		let free_at = Session::current_index() + 1 + UNBONDING + 1;
		assert_eq!(
			events(),
			[
				Event::Displaced { candidate: 101, by: 104, free_at },
				Event::Joined { candidate: 104, bond: MIN_BOND + 1 },
			],
		);
		check();
		assert_eq!(Power::displaceable(950_000), None, "one era has one place");

		// As if it had left, but for the way back, which has no room.
		let unbonding = Unbonding { bond: MIN_BOND, free_at, status: Status::Standing };
		assert_eq!(Power::unbonding(101), Some(unbonding));
		let rejoin = Power::rejoin(RuntimeOrigin::signed(101));
		assert_noop!(rejoin, Error::<Test>::TooManyCandidates);
		assert_noop!(join_for(101, 10_000, 104), Error::<Test>::StillUnbonding);
		rotate(UNBONDING + 2);
		assert_ok!(Power::withdraw(RuntimeOrigin::signed(101)));
		assert_eq!(free(101), ENDOWMENT);
	});
}

#[test]
fn many_who_prove_next_to_nothing_keep_nobody_out() {
	full(37, 1, || {
		assert!((101..138).all(|who| units(who) == 1));
		for who in 138..148 {
			let before = bonds();
			assert_noop!(join(who, 2 * MIN_BOND), Error::<Test>::TooManyCandidates);
			let weakest = Power::displaceable(2 * MIN_BOND).unwrap();
			assert_ok!(join_for(who, 2 * MIN_BOND, weakest));
			assert_eq!(bonds(), before + MIN_BOND, "who keeps others out has ever more at stake");
		}
		assert_eq!(Candidates::<Test>::count(), 40);
		assert!((1..=3).chain(138..148).all(Candidates::<Test>::contains_key));
	});
}

#[test]
fn newcomer_is_spared_until_all_that_it_proves_is_power() {
	full(3, 3, || {
		assert_ok!(join_for(104, MIN_BOND + 1, 101));
		for _ in 3..6 {
			assert_noop!(join_for(105, 10_000, 104), not_displaceable());
			prove(3, 3, 1);
			check();
		}
		// It was there, and proved nothing.
		assert_eq!((era(), units(104)), (6, 0));
		assert_eq!(Power::displaceable(10_000), Some(104));
		assert_ok!(join_for(105, 10_000, 104));
	});
}

#[test]
fn who_is_spared_makes_nobody_else_strong() {
	full(3, 3, || {
		assert_ok!(join_for(104, MIN_BOND + 1, 101));
		prove(3, 3, 1);
		assert_eq!(units(104), 0);
		assert_eq!(WeakPower::<Test>::get(), 2 * ergon_core::WORK_UNIT);
		assert_eq!(Power::displaceable(10_000), Some(102));
	});
}

#[test]
fn who_left_is_not_spared_again() {
	full(3, 3, || {
		let spared = || Candidates::<Test>::get(104).unwrap().spared_until;
		assert_ok!(join_for(104, 2 * MIN_BOND, 101));
		assert_eq!(spared(), 6);
		// Behind a chill it is what it was before.
		Power::chill(&104, 0, Perbill::zero());
		assert_ok!(Power::rejoin(RuntimeOrigin::signed(104)));
		assert_eq!(spared(), 6);
		assert_noop!(join_for(105, 10_000, 104), not_displaceable());
		assert_ok!(Power::leave(RuntimeOrigin::signed(104)));
		assert_ok!(Power::rejoin(RuntimeOrigin::signed(104)));
		assert_eq!(spared(), 0);
		assert_noop!(join_for(105, 2 * MIN_BOND, 104), not_displaceable());
		assert_ok!(join_for(105, 2 * MIN_BOND + 1, 104));
	});
}

#[test]
fn full_list_takes_a_larger_bond_in_place_of_an_idle_candidate() {
	TestExt::new(3).execute(|| {
		MaxCandidates::set(6);
		for who in 101..=103 {
			assert_ok!(join(who, 2 * MIN_BOND));
		}
		go_to_era(3);
		let join = |bond, displaced| Power::join(RuntimeOrigin::signed(104), bond, displaced);
		assert_noop!(join(9_000, None), Error::<Test>::TooManyCandidates);
		let not = DispatchError::from(Error::<Test>::NotDisplaceable);
		assert_noop!(join(9_000, Some(105)), not);
		assert_noop!(join(9_000, Some(1)), not);
		assert_noop!(join(2 * MIN_BOND, Some(101)), not);
		events();
		assert_ok!(join(2 * MIN_BOND + 1, Some(101)));
		let free_at = Session::current_index() + 1 + UNBONDING + 1;
		assert_eq!(
			events(),
			[
				Event::Displaced { candidate: 101, by: 104, free_at },
				Event::Joined { candidate: 104, bond: 2 * MIN_BOND + 1 },
			],
		);
		assert_eq!(Power::unbonding(101).unwrap().bond, 2 * MIN_BOND);
		assert_eq!(Candidates::<Test>::count(), 6);
	});
}

#[test]
fn chilled_candidate_is_displaced_by_any_bond() {
	TestExt::new(3).execute(|| {
		MaxCandidates::set(4);
		assert_ok!(join(101, 9_000));
		let join = || Power::join(RuntimeOrigin::signed(102), MIN_BOND, Some(101));
		assert_noop!(join(), Error::<Test>::NotDisplaceable);
		Power::chill(&101, 5, Perbill::from_percent(1));
		assert_ok!(join());
		assert!(Candidates::<Test>::contains_key(102));
	});
}

#[test]
fn validator_without_power_is_not_displaced_while_it_serves() {
	TestExt::new(3).power(0).execute(|| {
		MaxCandidates::set(3);
		let join = || Power::join(RuntimeOrigin::signed(101), 90_000, Some(1));
		assert_noop!(join(), Error::<Test>::NotDisplaceable);
	});
}

#[test]
fn displaced_is_ignored_when_there_is_room() {
	TestExt::new(3).execute(|| {
		assert_ok!(join(101, MIN_BOND));
		assert_ok!(Power::join(RuntimeOrigin::signed(102), 9_000, Some(101)));
		assert!(Candidates::<Test>::contains_key(101));
	});
}
