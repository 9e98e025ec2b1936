// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Offers, and the markets that they make.

use crate::{mock::*, Error, Event, Market, Markets, Offer, Offered, Offers, Positions};
use frame_support::{assert_noop, assert_ok};

fn market() -> Market {
	Markets::<Test>::get(model(1))
}

/// The providers of model 1 in the order of the market.
fn row() -> Vec<AccountId> {
	(0..market().total).map(|at| Positions::<Test>::get(model(1), at).unwrap()).collect()
}

#[test]
fn set_offer_opens_it() {
	ExtBuilder::default().execute_with(|| {
		register(1);
		events();
		assert_ok!(Providers::set_offer(signed(1), model(1), prices(7), 3));
		let expected = Offer { prices: prices(7), slots: 3, busy: 0, position: 0 };
		assert_eq!(Offers::<Test>::get(model(1), 1), Some(expected));
		assert_eq!(Offered::<Test>::get(1).to_vec(), [model(1)]);
		assert_eq!(market(), Market { open: 1, total: 1 });
		assert_eq!(record(1).slots, 3);
		let expected =
			Event::OfferSet { provider: 1, model: model(1), prices: prices(7), slots: 3 };
		assert_eq!(events(), [expected]);
	});
}

#[test]
fn set_offer_changes_the_terms() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 3);
		give(1);
		assert_ok!(Providers::set_offer(signed(1), model(1), prices(9), 5));
		let expected = Offer { prices: prices(9), slots: 5, busy: 1, position: 0 };
		assert_eq!(Offers::<Test>::get(model(1), 1), Some(expected));
		assert_eq!(record(1).slots, 5);
		assert_eq!(market(), Market { open: 1, total: 1 });
	});
}

#[test]
fn an_offer_without_a_free_slot_is_closed() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 2);
		give(1);
		// Fewer slots than jobs, as many, more.
		for (slots, open) in [(0, 0), (1, 0), (2, 1)] {
			assert_ok!(Providers::set_offer(signed(1), model(1), prices(1), slots));
			assert_eq!(market(), Market { open, total: 1 });
		}
	});
}

#[test]
fn slots_are_bounded_by_the_bond() {
	ExtBuilder::default().execute_with(|| {
		register(1);
		let set = |seed, slots| Providers::set_offer(signed(1), model(seed), prices(1), slots);
		assert_noop!(set(1, 6), Error::<Test>::TooManySlots);
		assert_noop!(set(1, u32::MAX), Error::<Test>::TooManySlots);
		assert_ok!(set(1, 3));
		assert_noop!(set(2, 3), Error::<Test>::TooManySlots);
		assert_ok!(set(2, 2));
		assert_noop!(set(1, 4), Error::<Test>::TooManySlots);
		assert_ok!(Providers::bond_more(signed(1), 1_000));
		assert_ok!(set(1, 4));
	});
}

#[test]
fn fewer_slots_are_possible_with_any_bond() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 5);
		drop(Providers::slash(&1, 3_500).credit);
		let set = |slots| Providers::set_offer(signed(1), model(1), prices(1), slots);
		assert_ok!(set(4));
		assert_noop!(set(5), Error::<Test>::TooManySlots);
		assert_ok!(set(4));
		assert_ok!(set(0));
	});
}

#[test]
fn only_active_models_can_be_offered() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 3);
		Inactive::set(vec![model(1), model(2)]);
		let set = |seed, slots| Providers::set_offer(signed(1), model(seed), prices(2), slots);
		assert_noop!(set(2, 1), Error::<Test>::ModelNotActive);
		assert_noop!(set(2, 0), Error::<Test>::ModelNotActive);
		assert_noop!(set(1, 4), Error::<Test>::ModelNotActive);
		// What is there can become less, and go.
		assert_ok!(set(1, 2));
		assert_ok!(Providers::remove_offer(signed(1), model(1)));
	});
}

#[test]
fn offers_are_bounded() {
	ExtBuilder::default().execute_with(|| {
		register(1);
		for seed in 1..=4 {
			assert_ok!(Providers::set_offer(signed(1), model(seed), prices(1), 1));
		}
		assert_noop!(
			Providers::set_offer(signed(1), model(5), prices(1), 1),
			Error::<Test>::TooManyOffers
		);
		assert_ok!(Providers::remove_offer(signed(1), model(2)));
		assert_ok!(Providers::set_offer(signed(1), model(5), prices(1), 1));
		assert_eq!(Offered::<Test>::get(1).to_vec(), [1, 3, 4, 5].map(model));
	});
}

#[test]
fn remove_offer_forgets_it() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 3);
		events();
		assert_ok!(Providers::remove_offer(signed(1), model(1)));
		assert_eq!(events(), [Event::OfferRemoved { provider: 1, model: model(1) }]);
		assert_eq!(record(1).slots, 0);
		assert!(!Offered::<Test>::contains_key(1));
		assert!(!Markets::<Test>::contains_key(model(1)));
		assert_eq!(Positions::<Test>::iter().count(), 0);
	});
}

#[test]
fn remove_offer_refuses_what_is_not_there_or_busy() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 3);
		let remove = |seed| Providers::remove_offer(signed(1), model(seed));
		assert_noop!(remove(2), Error::<Test>::UnknownOffer);
		give(1);
		assert_noop!(remove(1), Error::<Test>::OfferBusy);
		Providers::vacate(&1, &model(1), WORK, 0);
		assert_ok!(remove(1));
		// The job becomes final without the offer.
		Providers::release(&1, 100);
	});
}

#[test]
fn a_market_keeps_open_offers_in_front() {
	ExtBuilder::default().execute_with(|| {
		(1..=5).for_each(|who| provider(who, 1));
		assert_eq!((market(), row()), (Market { open: 5, total: 5 }, vec![1, 2, 3, 4, 5]));

		// Taken slots, a drain and a pause all lead behind the border.
		give(2);
		assert_eq!((market().open, row()), (4, vec![1, 5, 3, 4, 2]));
		assert_ok!(Providers::drain(signed(1)));
		assert_eq!((market().open, row()), (3, vec![4, 5, 3, 1, 2]));
		assert_ok!(Providers::set_offer(signed(5), model(1), prices(1), 0));
		assert_eq!((market().open, row()), (2, vec![4, 3, 5, 1, 2]));

		// And what ends them leads back.
		take(2, 0);
		assert_eq!((market().open, row()), (3, vec![4, 3, 2, 1, 5]));
		assert_ok!(Providers::resume(signed(1)));
		assert_eq!((market().open, row()), (4, vec![4, 3, 2, 1, 5]));

		// Leaving from the front moves one across the border and one into the gap.
		assert_ok!(Providers::remove_offer(signed(4), model(1)));
		assert_eq!((market(), row()), (Market { open: 3, total: 4 }, vec![1, 3, 2, 5]));
		provider(6, 1);
		assert_eq!((market(), row()), (Market { open: 4, total: 5 }, vec![1, 3, 2, 6, 5]));
	});
}

#[test]
fn markets_do_not_mix() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		register(2);
		assert_ok!(Providers::set_offer(signed(2), model(2), prices(1), 1));
		assert_eq!(row(), [1]);
		assert_eq!(Positions::<Test>::get(model(2), 0), Some(2));
	});
}
