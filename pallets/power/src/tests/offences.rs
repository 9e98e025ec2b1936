// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What follows from offences, through the real offences pallet.

use crate::{mock::*, *};
use frame_support::assert_ok;
use sp_runtime::Perbill;
use sp_staking::offence::{OffenceDetails, OnOffenceHandler};

/// Seven validators: two may be disabled, and two may leave per session.
fn seven() -> TestExt {
	TestExt::new(7)
}

const BOND: Balance = 2 * MIN_BOND;

fn status(who: u64) -> Status {
	Candidates::<Test>::get(who).unwrap().status
}

fn index(who: u64) -> u32 {
	Session::validators().iter().position(|other| *other == who).unwrap() as u32
}

#[test]
fn offender_is_slashed_chilled_and_disabled() {
	seven().execute(|| {
		rotate(1);
		events();
		report(&[3], 1);
		let until = 1 + CHILL;
		assert_eq!(Power::bond(&3), BOND * 9 / 10);
		assert_eq!(Taken::get(), BOND / 10);
		assert_eq!(status(3), Status::Chilled { until, severity: Perbill::from_percent(10) });
		assert_eq!(units(3), 0);
		assert_eq!(Session::disabled_validators(), [index(3)]);
		assert_eq!(
			events(),
			[
				Event::Slashed { candidate: 3, amount: BOND / 10 },
				Event::Chilled { candidate: 3, until },
			],
		);
		rotate(1);
		assert!(!queued().contains(&3), "not elected again");
	});
}

#[test]
fn offender_stays_disabled_until_it_is_out_of_the_set() {
	seven().execute(|| {
		// A newcomer with power makes the set change at the next rotation.
		assert_ok!(join(101, 10_000));
		Power::credit(&101, 50 * ergon_core::WORK_UNIT);
		go_to_era(1);
		assert!(queued().contains(&101) && !validators().contains(&101));
		report(&[3], 1);
		assert_eq!(Session::disabled_validators(), [index(3)]);
		rotate(1);
		assert!(validators().contains(&101), "the set changed, which lifts disablings");
		assert!(validators().contains(&3), "planned before the offence");
		assert_eq!(Session::disabled_validators(), [index(3)]);
		rotate(1);
		assert!(!validators().contains(&3));
		assert!(Session::disabled_validators().is_empty());
	});
}

#[test]
fn concurrent_offenders_pay_the_difference_and_no_more() {
	seven().execute(|| {
		report(&[3], 1);
		assert_eq!(Power::bond(&3), BOND * 90 / 100);
		// A second offender of the same slot doubles the fraction for both.
		report(&[4], 1);
		assert_eq!(Power::bond(&3), BOND * 80 / 100);
		assert_eq!(Power::bond(&4), BOND * 80 / 100);
		// Another offence in the same session with a smaller fraction is covered.
		events();
		report(&[3], 2);
		assert_eq!(Power::bond(&3), BOND * 80 / 100);
		assert_eq!(events(), []);
		// In another session it counts by itself, of the bond at that time.
		rotate(1);
		report(&[3], 3);
		assert_eq!(Power::bond(&3), BOND * 72 / 100);
		assert_eq!(Taken::get(), BOND * (28 + 20) / 100);
	});
}

#[test]
fn offence_is_slashed_for_the_whole_unbonding_time() {
	seven().execute(|| {
		rotate(1);
		assert_ok!(Power::leave(RuntimeOrigin::signed(3)));
		let last = 2;
		rotate(1);
		assert_eq!(Session::current_index(), last);
		rotate(UNBONDING);
		report_in(&[3], 1, last);
		assert_eq!(Power::bond(&3), BOND * 9 / 10);
		let severity = Perbill::from_percent(10);
		let until = last + UNBONDING + CHILL;
		assert_eq!(
			Power::unbonding(3).unwrap().status,
			Status::Chilled { until, severity },
			"it cannot come back at once",
		);
		// One session later the bond is free, and the report comes too late.
		rotate(1);
		report_in(&[3], 2, last);
		assert_eq!(Power::bond(&3), BOND * 9 / 10);
		assert_ok!(Power::withdraw(RuntimeOrigin::signed(3)));
		assert!(OffenceSlashes::<Test>::iter().next().is_none());
	});
}

#[test]
fn later_offence_never_shortens_a_chill() {
	seven().execute(|| {
		rotate(3);
		report(&[3, 4, 5], 1);
		let severity = Perbill::from_percent(30);
		assert_eq!(status(3), Status::Chilled { until: 3 + CHILL, severity });
		rotate(1);
		report(&[3], 2);
		assert_eq!(
			status(3),
			Status::Chilled { until: 4 + CHILL, severity },
			"longer, and as severe as the worst",
		);
	});
}

#[test]
fn total_slash_leaves_nothing_and_breaks_nothing() {
	seven().execute(|| {
		let details = OffenceDetails { offender: (3, ()), reporters: vec![] };
		Power::on_offence(core::slice::from_ref(&details), &[Perbill::one()], 0);
		assert_eq!(Power::bond(&3), 0);
		assert_eq!(Taken::get(), BOND);
		rotate(3);
		assert!(!validators().contains(&3));
		assert_ok!(Power::leave(RuntimeOrigin::signed(3)));
		let before = frame_system::Pallet::<Test>::block_weight().total();
		let weight = Power::on_offence(&[details], &[Perbill::one()], 3);
		assert_eq!(
			frame_system::Pallet::<Test>::block_weight().total(),
			before.saturating_add(weight),
			"the work is accounted for",
		);
	});
}

#[test]
fn zero_fraction_and_strangers_are_harmless() {
	seven().execute(|| {
		let details = |who| OffenceDetails { offender: (who, ()), reporters: vec![] };
		Power::on_offence(&[details(3)], &[Perbill::zero()], 0);
		assert_eq!(status(3), Status::Standing);
		Power::on_offence(&[details(77)], &[Perbill::from_percent(50)], 0);
		assert_eq!(Power::bond(&77), 0);
		assert_eq!(Taken::get(), 0);
	});
}

#[test]
fn offenders_go_before_those_who_left() {
	seven().execute(|| {
		report(&[1], 1);
		assert_ok!(Power::leave(RuntimeOrigin::signed(2)));
		assert_ok!(Power::leave(RuntimeOrigin::signed(3)));
		rotate(1);
		assert_eq!(queued(), [2, 4, 5, 6, 7], "two of three may go");
		rotate(1);
		assert_eq!(queued(), [4, 5, 6, 7]);
	});
}

#[test]
fn everybody_offending_does_not_empty_the_set() {
	TestExt::new(3).execute(|| {
		report(&[1, 2, 3], 1);
		rotate(10);
		assert_eq!(validators(), [1, 2, 3], "nobody else stands");
		assert_ok!(join(101, MIN_BOND));
		rotate(4);
		assert_eq!(validators().len(), 1);
		assert_eq!(validators(), [101], "one per session until only who stands is left");
	});
}
