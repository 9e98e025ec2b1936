// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Bonds of accounts that are frozen, have next to nothing beside them, or are gone: what is slashed and what is
//! given back is the same to the unit, and no money is lost on the way but for dust that nothing is held beside.

use crate::{mock::*, Call, Event};
use ergon_economics::Balance;
use frame_support::{
	assert_noop, assert_ok,
	traits::{
		fungible::{Inspect, Mutate, MutateFreeze},
		tokens::Preservation,
		Imbalance,
	},
};
use sp_runtime::{traits::Dispatchable, DispatchResult, TokenError};

/// Less than an account can have beside nothing else.
const DUST: Balance = 5;

/// What may happen to an account whose bond is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
	/// All that it has is frozen.
	Frozen,
	/// All that is not held is spent but for the least that such an account has to keep.
	Poor,
	/// The same but for dust, which the account may keep as long as its bond is held.
	Dusted,
	/// All that is not held is spent: the account is there for its bond only.
	Spent,
}

impl Trouble {
	const ALL: [Self; 4] = [Self::Frozen, Self::Poor, Self::Dusted, Self::Spent];

	fn befall(self, who: AccountId) {
		let left = match self {
			Self::Frozen => {
				assert_ok!(Balances::set_freeze(&1, &who, Balance::MAX));
				return;
			}
			Self::Poor => Balances::minimum_balance(),
			Self::Dusted => DUST,
			Self::Spent => 0,
		};
		if left < Balances::minimum_balance() {
			// Another reason to exist lets an account spend the last of its free balance.
			System::inc_providers(&who);
		}
		let spent = Balances::free_balance(who) - left;
		assert_ok!(Balances::transfer(&who, &2, spent, Preservation::Expendable));
		assert_eq!((Balances::free_balance(who), held(who)), (left, BOND));
	}
}

/// All money is in accounts.
fn assert_conserved() {
	let accounts = frame_system::Account::<Test>::iter_values();
	let total: Balance = accounts.map(|account| account.data.free + account.data.reserved).sum();
	assert_eq!(total, Balances::total_issuance());
}

fn total(who: AccountId) -> Balance {
	<Balances as Inspect<AccountId>>::total_balance(&who)
}

/// As a transaction does it: what fails changes nothing.
fn withdraw(who: AccountId) -> DispatchResult {
	let call = RuntimeCall::from(Call::<Test>::withdraw {});
	call.dispatch(signed(who)).map(drop).map_err(|failed| failed.error)
}

#[test]
fn bonds_in_trouble_are_slashed_and_withdrawn_to_the_unit() {
	for trouble in Trouble::ALL {
		for amount in [1, 1_234, BOND - 10, BOND, BOND + 9] {
			ExtBuilder::default().execute_with(|| {
				provider(1, 1);
				trouble.befall(1);
				let (issued, before) = (Balances::total_issuance(), total(1));
				let slashed = Providers::slash(&1, amount);
				let taken = amount.min(BOND);
				let what = (trouble, amount);
				assert_eq!((slashed.credit.peek(), slashed.shortfall), (taken, amount - taken));
				assert_eq!((held(1), record(1).bond), (BOND - taken, BOND - taken), "{what:?}");
				// With the last of what is held goes what no account can have alone.
				let lost = if trouble == Trouble::Dusted { DUST } else { 0 };
				let dust = if taken == BOND { lost } else { 0 };
				assert_eq!(total(1), before - taken - dust, "{what:?}");
				assert_eq!(Balances::total_issuance(), issued - dust, "{what:?}");
				drop(slashed.credit);
				assert_eq!(Balances::total_issuance(), issued - dust - taken, "{what:?}");
				assert_conserved();
				Providers::do_try_state().unwrap();

				assert_ok!(Providers::unbond(signed(1)));
				System::set_block_number(201);
				events();
				assert_ok!(withdraw(1));
				let rest = BOND - taken;
				assert_eq!(events(), [Event::Withdrawn { provider: 1, amount: rest }]);
				assert_eq!((held(1), total(1)), (0, before - taken - lost), "{what:?}");
				assert_conserved();
			});
		}
	}
}

#[test]
fn who_cannot_take_the_rest_of_a_bond_has_it_later() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		Trouble::Spent.befall(1);
		drop(Providers::slash(&1, BOND - DUST).credit);
		assert_ok!(Providers::unbond(signed(1)));
		System::set_block_number(201);
		assert_noop!(withdraw(1), TokenError::CannotCreate);
		assert_eq!((held(1), record(1).bond), (DUST, DUST));
		assert_ok!(Balances::transfer_allow_death(signed(2), 1, 10));
		assert_ok!(withdraw(1));
		assert_eq!((held(1), Balances::free_balance(1)), (0, 10 + DUST));
		assert_conserved();
	});
}

#[test]
fn who_is_gone_has_nothing_to_lose_and_comes_back_for_nothing() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		drop(Providers::slash(&1, BOND).credit);
		assert_ok!(Balances::transfer_all(signed(1), 2, false));
		assert!(!System::account_exists(&1));
		let issued = Balances::total_issuance();
		let again = Providers::slash(&1, 5);
		assert_eq!((again.credit.peek(), again.shortfall), (0, 5));
		drop(again.credit);
		assert_ok!(Providers::unbond(signed(1)));
		System::set_block_number(201);
		assert_ok!(withdraw(1));
		assert!(!System::account_exists(&1));
		assert_eq!(Balances::total_issuance(), issued);
		assert_conserved();
	});
}
