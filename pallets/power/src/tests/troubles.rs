// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Bonds of accounts that are frozen, have next to nothing beside them, or are gone: what is slashed and what is
//! given back is the same to the unit, and no money is lost on the way.

use crate::{mock::*, *};
use frame_support::{
	assert_ok,
	traits::{
		fungible::{Inspect, Mutate, MutateFreeze},
		tokens::Preservation,
		Imbalance,
	},
};

const BOND: Balance = 2 * MIN_BOND;

/// What may happen to an account whose bond is held.
#[derive(Clone, Copy, Debug)]
enum Trouble {
	/// All that it has is frozen.
	Frozen,
	/// All that is not held is spent but for the least that such an account has to keep.
	Poor,
	/// All that is not held is spent: the account is there for its bond only.
	Spent,
}

impl Trouble {
	const ALL: [Self; 3] = [Self::Frozen, Self::Poor, Self::Spent];

	fn befall(self, who: AccountId) {
		let left = match self {
			Self::Frozen => {
				assert_ok!(Balances::set_freeze(&1, &who, Balance::MAX));
				return;
			}
			Self::Poor => Balances::minimum_balance(),
			Self::Spent => {
				// Another reason to exist lets an account spend the last of its free balance.
				System::inc_providers(&who);
				0
			}
		};
		let spent = free(who) - left;
		assert_ok!(Balances::transfer(&who, &101, spent, Preservation::Expendable));
		assert_eq!((free(who), Power::bond(&who)), (left, BOND));
	}
}

/// All money is in accounts.
fn assert_conserved() {
	let accounts = frame_system::Account::<Test>::iter_values();
	let total: Balance = accounts.map(|account| account.data.free + account.data.reserved).sum();
	assert_eq!(total, <Balances as Inspect<AccountId>>::total_issuance());
}

fn total(who: AccountId) -> Balance {
	<Balances as Inspect<AccountId>>::total_balance(&who)
}

fn issuance() -> Balance {
	<Balances as Inspect<AccountId>>::total_issuance()
}

/// Waits until the bond of somebody who left is free.
fn wait_for_bond(who: AccountId) {
	while Session::current_index() < Power::unbonding(who).unwrap().free_at {
		rotate(1);
	}
}

#[test]
fn bonds_in_trouble_are_slashed_and_withdrawn_to_the_unit() {
	for trouble in Trouble::ALL {
		for amount in [1, BOND / 10, BOND - 1, BOND, BOND + 9] {
			TestExt::new(7).execute(|| {
				trouble.befall(3);
				let (issued, before) = (issuance(), total(3));
				let (credit, missing) = Power::slash(&3, amount);
				let (taken, what) = (amount.min(BOND), (trouble, amount));
				assert_eq!((credit.peek(), missing), (taken, amount - taken), "{what:?}");
				assert_eq!((Power::bond(&3), total(3)), (BOND - taken, before - taken), "{what:?}");
				assert_eq!(issuance(), issued, "{what:?}");
				drop(credit);
				assert_eq!(issuance(), issued - taken, "{what:?}");
				assert_conserved();
				check();

				assert_ok!(Power::leave(RuntimeOrigin::signed(3)));
				wait_for_bond(3);
				events();
				assert_ok!(Power::withdraw(RuntimeOrigin::signed(3)));
				let rest = BOND - taken;
				assert_eq!(events(), [Event::Withdrawn { candidate: 3, amount: rest }]);
				assert_eq!((Power::bond(&3), total(3)), (0, before - taken), "{what:?}");
				assert_conserved();
			});
		}
	}
}

#[test]
fn offenders_in_trouble_pay_and_so_do_those_who_left() {
	for trouble in Trouble::ALL {
		TestExt::new(7).execute(|| {
			let issued = issuance();
			trouble.befall(3);
			// Who reports it is frozen, too, and is paid.
			assert_ok!(Balances::set_freeze(&1, &102, Balance::MAX));
			report_by(&[102], &[3], 1);
			assert_eq!(Power::bond(&3), BOND - BOND / 10, "{trouble:?}");
			assert_eq!(free(102), ENDOWMENT + BOND / 20, "{trouble:?}");
			// The pot of the mock burns the other half.
			assert_eq!(issuance(), issued - BOND / 20, "{trouble:?}");
			assert_ok!(Power::leave(RuntimeOrigin::signed(3)));
			let (credit, missing) = Power::slash(&3, BOND);
			let rest = BOND - BOND / 10;
			assert_eq!((credit.peek(), missing), (rest, BOND - rest), "{trouble:?}");
			drop(credit);
			assert_eq!(issuance(), issued - BOND / 20 - rest, "{trouble:?}");
			assert_conserved();
		});
	}
}

#[test]
fn who_is_gone_has_nothing_to_lose_and_comes_back_for_nothing() {
	TestExt::new(7).execute(|| {
		assert_ok!(join(103, MIN_BOND));
		assert_ok!(Power::leave(RuntimeOrigin::signed(103)));
		drop(Power::slash(&103, MIN_BOND).0);
		// Keys are a reason to exist.
		assert_ok!(Session::purge_keys(RuntimeOrigin::signed(103)));
		assert_ok!(Balances::transfer_all(RuntimeOrigin::signed(103), 101, false));
		assert!(!System::account_exists(&103));
		let issued = issuance();
		let (credit, missing) = Power::slash(&103, 7);
		assert_eq!((credit.peek(), missing), (0, 7));
		drop(credit);
		wait_for_bond(103);
		assert_ok!(Power::withdraw(RuntimeOrigin::signed(103)));
		assert!(!System::account_exists(&103));
		assert_eq!(issuance(), issued);
		assert_conserved();
	});
}
