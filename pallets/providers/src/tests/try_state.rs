// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Invariants, broken on purpose.

use crate::{
	mock::*, Market, Markets, Offer, Offered, Offers, Positions, Provider,
	Providers as ProviderMap, Workers,
};
use ergon_core::Country;
use frame_support::{assert_ok, traits::fungible::MutateHold};

/// Runs on a chain with two providers, one of which has a job; whatever `corrupt` does must be
/// noticed.
fn notices(message: &'static str, corrupt: impl FnOnce()) {
	ExtBuilder::default().build().execute_with(|| {
		provider(1, 2);
		provider(2, 1);
		give(1);
		assert_ok!(Providers::do_try_state());
		corrupt();
		assert_eq!(Providers::do_try_state(), Err(message.into()));
	});
}

fn change(who: AccountId, change: impl FnOnce(&mut Provider<u64>)) {
	ProviderMap::<Test>::mutate(who, |record| change(record.as_mut().unwrap()));
}

fn change_offer(change: impl FnOnce(&mut Offer)) {
	Offers::<Test>::mutate(model(1), 1, |offer| change(offer.as_mut().unwrap()));
}

#[test]
fn notices_money() {
	let message = "a hold is not the bond";
	notices(message, || change(1, |record| record.bond += 1));
	notices(message, || {
		assert_ok!(Balances::hold(&crate::HoldReason::ProviderBond.into(), &2, 1));
	});
	notices("a bond is held of an account that is no provider", || {
		assert_ok!(Balances::hold(&crate::HoldReason::ProviderBond.into(), &3, 1));
	});
}

#[test]
fn notices_keys() {
	notices("a worker key is not its provider's", || change(1, |record| record.worker = worker(2)));
	notices("a worker key is not its provider's", || Workers::<Test>::remove(worker(1)));
	notices("a worker key has no provider", || Workers::<Test>::insert(worker(9), 9));
}

#[test]
fn notices_profiles() {
	notices("a profile is malformed", || {
		change(1, |record| record.profile.country = Country(*b"??"))
	});
}

#[test]
fn notices_sums() {
	notices("slots are not the sum of the offers'", || change(1, |record| record.slots += 1));
	notices("jobs are not the sum of the offers'", || change(1, |record| record.active_jobs += 1));
	notices("a job is worked on and not open", || change(1, |record| record.open_jobs = 0));
	notices("work is at hand without a job", || change(2, |record| record.work_at_hand = 1));
	notices("value is at risk without a job", || change(2, |record| record.value_at_risk = 1));
	notices("slots are not covered by the bond", || {
		change_offer(|offer| offer.slots = 6);
		change(1, |record| record.slots = 6);
	});
	notices("slots overflow", || {
		assert_ok!(Providers::set_offer(signed(1), model(2), prices(1), 1));
		change_offer(|offer| offer.slots = u32::MAX);
	});
	notices("jobs overflow", || {
		assert_ok!(Providers::set_offer(signed(1), model(2), prices(1), 1));
		change_offer(|offer| offer.busy = u32::MAX);
		Offers::<Test>::mutate(model(2), 1, |offer| offer.as_mut().unwrap().busy = 1);
	});
}

#[test]
fn notices_offers() {
	notices("an offered model has no offer", || Offers::<Test>::remove(model(1), 1));
	notices("an offer has no provider", || Offers::<Test>::insert(model(1), 9, Offer::default()));
	notices("a stranger offers models", || {
		Offered::<Test>::insert(9, frame_support::BoundedVec::new())
	});
}

#[test]
fn notices_markets() {
	let row = |open, total| Markets::<Test>::insert(model(1), Market { open, total });
	notices("a position has no offer", || Positions::<Test>::insert(model(1), 2, 1));
	notices("a position is empty", || {
		let who = Positions::<Test>::take(model(1), 0).unwrap();
		Positions::<Test>::insert(model(1), 2, who);
	});
	notices("a position names an account that is no provider", || {
		Positions::<Test>::insert(model(1), 0, 3)
	});
	notices("a position names a provider without the offer", || {
		register(3);
		Positions::<Test>::insert(model(1), 0, 3);
	});
	notices("an empty market is stored", || Markets::<Test>::insert(model(2), Market::default()));
	notices("a market is more open than large", || row(3, 2));
	notices("an offer is on the wrong side", || row(1, 2));
	notices("an offer is in no market", || Markets::<Test>::remove(model(1)));
	notices("an offer is not at its position", || Positions::<Test>::insert(model(1), 0, 2));
}
