// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How candidates come and go.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, traits::Imbalance};
use sp_runtime::{DispatchError, Perbill};

fn leave(who: u64) {
	assert_ok!(Power::leave(RuntimeOrigin::signed(who)));
}

#[test]
fn join_holds_the_bond_and_gives_no_power() {
	TestExt::new(3).execute(|| {
		assert_ok!(join(101, MIN_BOND));
		assert_eq!(free(101), ENDOWMENT - MIN_BOND);
		let candidate = Candidate {
			bond: MIN_BOND,
			counted: Counted::default(),
			sprints: 0,
			recent: RecentWork::default(),
			genesis: 0,
			status: Status::Standing,
			since: 1,
			spared_until: 3,
		};
		assert_eq!(Candidates::<Test>::get(101), Some(candidate));
		assert_eq!(Power::bond(&101), MIN_BOND);
		assert_eq!(events(), [Event::Joined { candidate: 101, bond: MIN_BOND }]);
	});
}

#[test]
fn join_refuses_what_is_wrong_and_holds_nothing() {
	TestExt::new(3).execute(|| {
		assert_noop!(join(1, MIN_BOND), Error::<Test>::AlreadyCandidate);
		assert_noop!(join(101, MIN_BOND - 1), Error::<Test>::BondTooSmall);
		assert_noop!(join(77, MIN_BOND), Error::<Test>::NoSessionKeys);
		assert_noop!(join(101, ENDOWMENT), Error::<Test>::BalanceTooLow);
		assert_noop!(join(101, ENDOWMENT + 1), Error::<Test>::BalanceTooLow);
		assert_ok!(join(101, ENDOWMENT - 1));
		leave(101);
		assert_noop!(join(101, MIN_BOND), Error::<Test>::StillUnbonding);
	});
}

#[test]
fn calls_want_a_signature() {
	TestExt::new(3).execute(|| {
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			let bad = DispatchError::BadOrigin;
			assert_noop!(Power::join(origin.clone(), MIN_BOND, None), bad);
			assert_noop!(Power::bond_more(origin.clone(), 1), bad);
			assert_noop!(Power::leave(origin.clone()), bad);
			assert_noop!(Power::withdraw(origin.clone()), bad);
			assert_noop!(Power::rejoin(origin), bad);
		}
	});
}

#[test]
fn bond_more_adds_to_the_bond() {
	TestExt::new(3).execute(|| {
		assert_ok!(join(101, MIN_BOND));
		events();
		assert_ok!(Power::bond_more(RuntimeOrigin::signed(101), 234));
		assert_eq!(Power::bond(&101), MIN_BOND + 234);
		assert_eq!(free(101), ENDOWMENT - MIN_BOND - 234);
		assert_eq!(events(), [Event::BondIncreased { candidate: 101, bond: MIN_BOND + 234 }]);
		let too_much = Power::bond_more(RuntimeOrigin::signed(101), ENDOWMENT);
		assert_noop!(too_much, Error::<Test>::BalanceTooLow);
		let stranger = Power::bond_more(RuntimeOrigin::signed(102), 1);
		assert_noop!(stranger, Error::<Test>::NotCandidate);
		leave(101);
		let left = Power::bond_more(RuntimeOrigin::signed(101), 1);
		assert_noop!(left, Error::<Test>::NotCandidate);
	});
}

#[test]
fn bond_is_withdrawn_when_the_unbonding_is_over() {
	TestExt::new(3).execute(|| {
		rotate(2);
		assert_ok!(join(101, MIN_BOND));
		events();
		leave(101);
		// The next session is planned already, so 3 may be the last one.
		let free_at = 3 + UNBONDING + 1;
		assert_eq!(events(), [Event::Left { candidate: 101, free_at }]);
		let unbonding = Unbonding { bond: MIN_BOND, free_at, status: Status::Standing };
		assert_eq!(Power::unbonding(101), Some(unbonding));
		assert_eq!(Power::bond(&101), MIN_BOND, "still to be slashed");
		let withdraw = || Power::withdraw(RuntimeOrigin::signed(101));
		while Session::current_index() < free_at {
			assert_noop!(withdraw(), Error::<Test>::WithdrawTooEarly);
			rotate(1);
		}
		events();
		assert_ok!(withdraw());
		assert_eq!(free(101), ENDOWMENT);
		assert_eq!(events(), [Event::Withdrawn { candidate: 101, amount: MIN_BOND }]);
		assert_noop!(withdraw(), Error::<Test>::NotUnbonding);
		assert_ok!(join(101, MIN_BOND));
	});
}

#[test]
fn leave_and_withdraw_want_somebody_who_joined_and_left() {
	TestExt::new(3).execute(|| {
		let leave = |who| Power::leave(RuntimeOrigin::signed(who));
		let withdraw = |who| Power::withdraw(RuntimeOrigin::signed(who));
		assert_noop!(leave(101), Error::<Test>::NotCandidate);
		assert_noop!(withdraw(101), Error::<Test>::NotUnbonding);
		assert_noop!(withdraw(1), Error::<Test>::NotUnbonding);
		assert_ok!(leave(1));
		assert_noop!(leave(1), Error::<Test>::NotCandidate);
	});
}

#[test]
fn bond_of_a_validator_is_held_behind_its_last_session() {
	TestExt::new(5).execute(|| {
		rotate(1);
		leave(1);
		leave(2);
		// Of five, one may go per session.
		assert_eq!(Power::unbonding(1).unwrap().free_at, 2 + UNBONDING + 1);
		rotate(1);
		assert_eq!(queued().len(), 4);
		let stays = queued().into_iter().find(|who| *who <= 2).unwrap();
		let went = 3 - stays;
		assert_eq!(Power::unbonding(went).unwrap().free_at, 2 + UNBONDING + 1);
		assert_eq!(
			Power::unbonding(stays).unwrap().free_at,
			3 + UNBONDING + 1,
			"one session more, for which it is accountable",
		);
		rotate(1);
		assert_eq!(queued(), [3, 4, 5]);
		assert_eq!(Power::unbonding(stays).unwrap().free_at, 3 + UNBONDING + 1);
	});
}

#[test]
fn newcomer_takes_part_in_sprints_from_the_next_era_on() {
	TestExt::new(3).execute(|| {
		assert!((1..=3).all(|who| Power::may_sprint(&who)), "at genesis everybody");
		go_to_era(1);
		assert_ok!(join(101, MIN_BOND));
		assert_eq!(Candidates::<Test>::get(101).unwrap().since, 2);
		assert!(!Power::may_sprint(&101), "it may have seen what the items follow from");
		assert!(!Power::may_sprint(&102), "it never joined");
		rotate(2);
		assert_eq!((CurrentEra::<Test>::get(), Power::may_sprint(&101)), (1, false));
		rotate(1);
		assert_eq!((CurrentEra::<Test>::get(), Power::may_sprint(&101)), (2, true));
	});
}

#[test]
fn chilled_candidate_takes_part_in_sprints_again_behind_the_era_in_which_it_rejoins() {
	TestExt::new(3).execute(|| {
		Power::chill(&1, 3, Perbill::from_percent(1));
		assert!(!Power::may_sprint(&1));
		go_to_era(1);
		assert!(!Power::may_sprint(&1));
		assert_ok!(Power::rejoin(RuntimeOrigin::signed(1)));
		assert!(!Power::may_sprint(&1));
		leave(2);
		assert!(!Power::may_sprint(&2));
		go_to_era(2);
		assert_eq!([1, 2, 3].map(|who| Power::may_sprint(&who)), [true, false, true]);
	});
}

#[test]
fn rejoin_undoes_leave_without_power() {
	TestExt::new(3).execute(|| {
		assert_eq!(units(1), 100);
		leave(1);
		assert_eq!(TotalPower::<Test>::get(), 200 * u128::from(ergon_core::WORK_UNIT));
		events();
		assert_ok!(Power::rejoin(RuntimeOrigin::signed(1)));
		assert_eq!(events(), [Event::Rejoined { candidate: 1 }]);
		assert_eq!(units(1), 0);
		assert_eq!(Power::unbonding(1), None);
		go_to_era(1);
		assert_eq!(units(1), 0, "power given at genesis is lost");
	});
}

#[test]
fn rejoin_wants_keys_room_bond_and_the_end_of_the_chill() {
	TestExt::new(3).execute(|| {
		let rejoin = |who| Power::rejoin(RuntimeOrigin::signed(who));
		assert_noop!(rejoin(1), Error::<Test>::NotChilled);
		assert_noop!(rejoin(101), Error::<Test>::NotCandidate);

		// Too small a bond.
		assert_ok!(join(101, MIN_BOND));
		let _ = Power::slash(&101, 600);
		assert_noop!(rejoin(101), Error::<Test>::BondTooSmall);
		assert_ok!(Power::bond_more(RuntimeOrigin::signed(101), 600));
		assert_ok!(rejoin(101));

		// No keys.
		let _ = Power::slash(&101, 600);
		assert_ok!(Power::bond_more(RuntimeOrigin::signed(101), 600));
		assert_ok!(Session::purge_keys(RuntimeOrigin::signed(101)));
		assert_noop!(rejoin(101), Error::<Test>::NoSessionKeys);

		// An offence.
		report(&[2], 1);
		assert_noop!(rejoin(2), Error::<Test>::StillChilled);
		// Leaving does not shorten it.
		leave(2);
		assert_noop!(rejoin(2), Error::<Test>::StillChilled);
		rotate(CHILL - 1);
		assert_noop!(rejoin(2), Error::<Test>::StillChilled);
		rotate(1);
		assert_ok!(rejoin(2));

		// No room.
		leave(2);
		MaxCandidates::set(3);
		assert_noop!(rejoin(2), Error::<Test>::TooManyCandidates);
		MaxCandidates::set(40);
	});
}

#[test]
fn slash_takes_at_most_the_bond_and_says_what_is_missing() {
	TestExt::new(3).execute(|| {
		let issuance = Balances::total_issuance();
		let (credit, missing) = Power::slash(&1, 300);
		assert_eq!((credit.peek(), missing), (300, 0));
		drop(credit);
		assert_eq!(Power::bond(&1), 2 * MIN_BOND - 300);
		assert_eq!(events(), [Event::Slashed { candidate: 1, amount: 300 }]);
		let (credit, missing) = Power::slash(&1, 5_000);
		assert_eq!((credit.peek(), missing), (1_700, 3_300));
		drop(credit);
		let (credit, missing) = Power::slash(&1, 10);
		assert_eq!((credit.peek(), missing), (0, 10));
		let (credit, missing) = Power::slash(&77, 10);
		assert_eq!((credit.peek(), missing), (0, 10), "a stranger has nothing");
		assert_eq!(Balances::total_issuance(), issuance - 2_000, "what is dropped is burnt");
		assert_eq!(free(1), ENDOWMENT, "nothing else is touched");
	});
}

#[test]
fn slash_of_an_unbonding_reduces_what_is_withdrawn() {
	TestExt::new(4).execute(|| {
		leave(1);
		let (credit, missing) = Power::slash(&1, 500);
		assert_eq!((credit.peek(), missing), (500, 0));
		drop(credit);
		assert_eq!(Power::bond(&1), 1_500);
		rotate(20);
		assert_ok!(Power::withdraw(RuntimeOrigin::signed(1)));
		assert_eq!(free(1), ENDOWMENT + 1_500);
	});
}

#[test]
fn unbonding_that_was_slashed_to_nothing_can_be_closed() {
	TestExt::new(4).execute(|| {
		leave(1);
		let _ = Power::slash(&1, 9_000);
		rotate(20);
		assert_ok!(Power::withdraw(RuntimeOrigin::signed(1)));
		assert_eq!(Power::unbonding(1), None);
	});
}

#[test]
fn bond_below_half_of_the_least_chills_until_it_is_filled_up() {
	TestExt::new(3).execute(|| {
		let _ = Power::slash(&1, 1_500);
		assert_eq!(Candidates::<Test>::get(1).unwrap().status, Status::Standing, "just half");
		events();
		let _ = Power::slash(&1, 1);
		assert_eq!(
			events(),
			[Event::Chilled { candidate: 1, until: 0 }, Event::Slashed { candidate: 1, amount: 1 },],
		);
		assert_eq!(units(1), 0);
		assert_ok!(Power::bond_more(RuntimeOrigin::signed(1), MIN_BOND));
		assert_ok!(Power::rejoin(RuntimeOrigin::signed(1)));
		go_to_era(1);
		assert!(units(1) > 0, "a small bond is no reason to lose what was given at genesis");
	});
}

#[test]
fn power_that_is_no_longer_backed_goes_with_the_bond() {
	TestExt::new(3).execute(|| {
		assert_eq!(units(1), 100, "2,000 would back 200");
		let _ = Power::slash(&1, 1_400);
		assert_eq!(units(1), 60);
		assert_eq!(TotalPower::<Test>::get(), 260 * u128::from(ergon_core::WORK_UNIT));
	});
}
