// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Draining, coming back, and leaving with the bond.

use crate::{
	mock::*, Error, Event, Market, Markets, Mode, Offered, Offers, Positions,
	Providers as ProviderMap, Workers,
};
use frame_support::{assert_noop, assert_ok, dispatch::Pays, traits::fungible::Inspect};

fn market() -> Market {
	Markets::<Test>::get(model(1))
}

#[test]
fn drain_stops_new_jobs_and_resume_lets_them_come() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 2);
		give(1);
		events();
		assert_ok!(Providers::drain(signed(1)));
		assert_eq!(market(), Market { open: 0, total: 1 });
		assert_eq!(assign(&need(), 0), None);
		assert_noop!(Providers::drain(signed(1)), Error::<Test>::NotActive);

		assert_ok!(Providers::resume(signed(1)));
		assert_eq!(events(), [Event::Draining { provider: 1 }, Event::Resumed { provider: 1 }]);
		assert_eq!(assign(&need(), 0), Some(1));
		assert_noop!(Providers::resume(signed(1)), Error::<Test>::NothingToResume);
	});
}

#[test]
fn calls_cost_what_the_number_of_offers_says() {
	use crate::WeightInfo;
	ExtBuilder::default().execute_with(|| {
		provider(1, 2);
		let paid = Providers::drain(signed(1)).unwrap();
		assert_eq!(paid.pays_fee, Pays::Yes);
		assert_eq!(paid.actual_weight, Some(<() as WeightInfo>::drain(1)));
	});
}

#[test]
fn withdraw_releases_the_bond_and_forgets_everything() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 2);
		provider(2, 1);
		assert_ok!(Providers::set_offer(signed(1), model(2), prices(1), 1));
		events();
		assert_ok!(Providers::unbond(signed(1)));
		assert_eq!(record(1).mode, Mode::Unbonding { until: 201 });
		assert_eq!(market(), Market { open: 1, total: 2 });
		System::set_block_number(201);
		assert_ok!(Providers::withdraw(signed(1)));
		assert_eq!(
			events(),
			[
				Event::Unbonding { provider: 1, until: 201 },
				Event::Withdrawn { provider: 1, amount: BOND },
			]
		);

		assert_eq!(held(1), 0);
		assert_eq!(Balances::free_balance(1), ENDOWMENT);
		assert!(!ProviderMap::<Test>::contains_key(1));
		assert!(!Workers::<Test>::contains_key(worker(1)));
		assert!(!Offered::<Test>::contains_key(1));
		assert!(!Markets::<Test>::contains_key(model(2)));
		assert_eq!(Offers::<Test>::iter_keys().collect::<Vec<_>>(), [(model(1), 2)]);
		assert_eq!(Positions::<Test>::iter_values().collect::<Vec<_>>(), [2]);
		// Account and key can start again.
		provider(1, 1);
	});
}

#[test]
fn withdraw_waits_for_the_unbonding_period() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		assert_noop!(Providers::withdraw(signed(1)), Error::<Test>::NotUnbonding);
		assert_ok!(Providers::drain(signed(1)));
		assert_noop!(Providers::withdraw(signed(1)), Error::<Test>::NotUnbonding);
		assert_ok!(Providers::unbond(signed(1)));
		assert_noop!(Providers::unbond(signed(1)), Error::<Test>::AlreadyUnbonding);
		assert_noop!(Providers::drain(signed(1)), Error::<Test>::NotActive);
		System::set_block_number(200);
		assert_noop!(Providers::withdraw(signed(1)), Error::<Test>::TooEarly);
		System::set_block_number(201);
		assert_ok!(Providers::withdraw(signed(1)));
	});
}

#[test]
fn withdraw_waits_until_work_is_safe() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		give(1);
		assert_ok!(Providers::unbond(signed(1)));
		System::set_block_number(500);
		assert_noop!(Providers::withdraw(signed(1)), Error::<Test>::JobsInFlight);
		Providers::vacate(&1, &model(1), WORK, 600);
		assert_noop!(Providers::withdraw(signed(1)), Error::<Test>::JobsInFlight);
		Providers::release(&1, 100);
		// At 600 it could still be overturned.
		System::set_block_number(600);
		assert_noop!(Providers::withdraw(signed(1)), Error::<Test>::TooEarly);
		System::set_block_number(601);
		assert_ok!(Providers::withdraw(signed(1)));
	});
}

#[test]
fn unbond_can_be_undone_and_starts_anew() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		assert_ok!(Providers::unbond(signed(1)));
		assert_ok!(Providers::resume(signed(1)));
		assert_eq!(market().open, 1);
		System::set_block_number(201);
		assert_noop!(Providers::withdraw(signed(1)), Error::<Test>::NotUnbonding);
		assert_ok!(Providers::unbond(signed(1)));
		assert_eq!(record(1).mode, Mode::Unbonding { until: 401 });
	});
}

#[test]
fn withdraw_works_when_nothing_is_left() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		drop(Providers::slash(&1, BOND).credit);
		assert_ok!(Balances::transfer_all(signed(1), 2, false));
		assert_ok!(Providers::unbond(signed(1)));
		System::set_block_number(201);
		events();
		assert_ok!(Providers::withdraw(signed(1)));
		assert_eq!(events(), [Event::Withdrawn { provider: 1, amount: 0 }]);
		assert_eq!(<Balances as Inspect<_>>::total_balance(&1), 0);
	});
}
