// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who gets a job.

use crate::{mock::*, types::Need, Assignment, Market, Markets, Offers, Profile};
use ergon_core::{Country, Work};
use ergon_economics::Outcome;
use frame_support::assert_ok;

fn offer_at(who: AccountId, per_token: u128, slots: u32) {
	register(who);
	assert_ok!(Providers::set_offer(signed(who), model(1), prices(per_token), slots));
}

fn busy(who: AccountId) -> u32 {
	Offers::<Test>::get(model(1), who).unwrap().busy
}

#[test]
fn assign_takes_a_slot_and_counts_the_risk() {
	ExtBuilder::default().execute_with(|| {
		offer_at(1, 3, 2);
		let assigned = Providers::assign(&need(), [0; 32]);
		assert_eq!(assigned, Some(Assignment { provider: 1, prices: prices(3) }));
		assert_eq!(busy(1), 1);
		assert_eq!((record(1).active_jobs, record(1).open_jobs), (1, 1));
		assert_eq!(record(1).value_at_risk, 100);
		assert_eq!(Providers::standing(&1).value_at_risk, 100);
		assert_eq!(assign(&need(), 1), Some(1));
		assert_eq!(assign(&need(), 2), None);
	});
}

#[test]
fn assign_finds_nobody_in_an_empty_market() {
	ExtBuilder::default().execute_with(|| {
		assert_eq!(assign(&need(), 0), None);
		assert_eq!(Providers::cheapest(&need()), None);
		assert!(Providers::eligible(&need()).is_empty());
	});
}

/// Each way not to fit, for `assign`, `eligible` and `cheapest`.
#[test]
fn an_offer_that_does_not_fit_is_passed_over() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		let fr = [Country(*b"FR")];
		let both = [Country(*b"FR"), Country(*b"CH")];
		let cases: [(Need<AccountId>, Option<u128>); 12] = [
			(need(), Some(10)),
			(Need { model: model(2), ..need() }, None),
			(Need { countries: &fr, ..need() }, None),
			(Need { countries: &both, ..need() }, Some(10)),
			(Need { min_reputation: 500, ..need() }, Some(10)),
			(Need { min_reputation: 501, ..need() }, None),
			(Need { provider: Some(&2), ..need() }, None),
			(Need { provider: Some(&1), ..need() }, Some(10)),
			(Need { excluded: &[3, 1], ..need() }, None),
			(Need { provider: Some(&1), excluded: &[1], ..need() }, None),
			(Need { admits: &|_, prices| prices.prompt_token > 1, ..need() }, None),
			(Need { admits: &|standing, _| standing.bond >= BOND, ..need() }, Some(10)),
		];
		for (case, (need, price)) in cases.into_iter().enumerate() {
			assert_eq!(Providers::cheapest(&need), price, "case {case}");
			let eligible = Providers::eligible(&need).len();
			assert_eq!(eligible, usize::from(price.is_some()), "case {case}");
			let assigned = assign(&need, 0);
			assert_eq!(assigned.is_some(), price.is_some(), "case {case}");
			if let Some(who) = assigned {
				take(who, 0);
			}
		}
	});
}

#[test]
fn an_offer_is_not_dearer_than_the_job() {
	ExtBuilder::default().execute_with(|| {
		offer_at(1, 10, 1);
		let need = |max_price| Need { max_price, ..need() };
		assert_eq!(assign(&need(99), 0), None);
		// The price is too low, and this is what would do.
		assert_eq!(Providers::cheapest(&need(99)), Some(100));
		assert_eq!(assign(&need(100), 0), Some(1));
	});
}

#[test]
fn an_absurd_price_fits_nothing() {
	ExtBuilder::default().execute_with(|| {
		offer_at(1, u128::MAX, 1);
		let need = Need { max_price: u128::MAX, ..need() };
		assert_eq!(assign(&need, 0), None);
		assert_eq!(Providers::cheapest(&need), None);
		let free = Need { prompt_tokens: 0, output_tokens: 0, max_price: 0, ..need };
		assert_eq!(assign(&free, 0), Some(1));
		Providers::vacate(&1, &model(1), WORK, 0);
		Providers::release(&1, 0);
	});
}

#[test]
fn value_at_risk_is_a_third_of_what_can_be_taken() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 5);
		let need = |max_price| Need { max_price, ..need() };
		// 3 × 2,500 = 5,000 + 2,500.
		assert_eq!(assign(&need(2_501), 0), None);
		assert_eq!(assign(&need(2_500), 0), Some(1));
		assert_eq!(assign(&need(10), 0), None);
		// A job can wait for that, so the price is known.
		assert_eq!(Providers::cheapest(&need(10)), Some(10));
		// Delivered, and not final.
		Providers::vacate(&1, &model(1), WORK, 0);
		assert_eq!(assign(&need(10), 0), None);
		Providers::release(&1, 2_500);
		assert_eq!(assign(&need(10), 0), Some(1));
		// 3 × (10 + 2,485) = 7,485 = 5,000 + 2,485.
		assert_eq!(assign(&need(2_486), 0), None);
		assert_eq!(assign(&need(2_485), 0), Some(1));
	});
}

/// In the mock two jobs at a time need no proof, and each is ten units of work.
fn of_work(work: Work) -> Need<'static, AccountId> {
	Need { work, ..need() }
}

fn at_hand(who: AccountId) -> (u32, Work) {
	(record(who).active_jobs, record(who).work_at_hand)
}

#[test]
fn who_has_proved_nothing_gets_as_many_jobs_as_everybody_may_have() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 5);
		// However much work they are.
		assert_eq!(assign(&of_work(1_000_000), 0), Some(1));
		assert_eq!(assign(&of_work(10), 1), Some(1));
		assert_eq!(at_hand(1), (2, 1_000_010));
		assert_eq!(Asked::get(), 0, "nobody has to know what it proved");

		// Neither for its free slots, nor because it is named, nor when there is nothing to do.
		assert_eq!(assign(&of_work(10), 2), None);
		assert_eq!(assign(&Need { provider: Some(&1), ..need() }, 2), None);
		assert_eq!(assign(&of_work(0), 2), None);
		assert!(Providers::eligible(&need()).is_empty());
		assert!(Asked::get() > 0);
		// It has its place in the market, and a job can wait for it.
		assert_eq!(Markets::<Test>::get(model(1)), Market { open: 1, total: 1 });
		assert_eq!(Providers::cheapest(&need()), Some(10));

		Providers::vacate(&1, &model(1), 1_000_000, 0);
		Providers::release(&1, 100);
		assert_eq!(at_hand(1), (1, 10));
		assert_eq!(Providers::eligible(&need()).len(), 1);
		assert_eq!(assign(&need(), 2), Some(1));
		assert_eq!(assign(&need(), 3), None);
	});
}

#[test]
fn who_has_proved_something_gets_jobs_up_to_that_work() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 5);
		prove(1, 50);
		give(1);
		give(1);
		// 20 + 30 = 50.
		assert_eq!(assign(&of_work(31), 0), None);
		assert_eq!(assign(&of_work(30), 0), Some(1));
		assert_eq!(at_hand(1), (3, 50));
		assert_eq!(assign(&of_work(1), 0), None);
		assert_eq!(assign(&of_work(0), 0), Some(1));

		prove(1, 51);
		assert_eq!(assign(&of_work(1), 0), Some(1));
		assert_eq!(at_hand(1), (5, 51));
	});
}

#[test]
fn a_heavy_job_waits_while_light_ones_go() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 5);
		prove(1, 45);
		(0..3).for_each(|_| give(1));
		assert_eq!(assign(&of_work(25), 0), None);
		assert_eq!(Providers::cheapest(&of_work(25)), Some(10));
		give(1);
		assert_eq!(assign(&need(), 0), None);
		// Two have to end before there is room for it.
		take(1, 0);
		assert_eq!(assign(&of_work(25), 0), None);
		take(1, 0);
		assert_eq!(assign(&of_work(25), 0), Some(1));
		assert_eq!(at_hand(1), (3, 45));
		// Beside a single job another one needs no proof.
		take(1, 0);
		take(1, 0);
		assert_eq!(assign(&of_work(25), 0), Some(1));
		assert_eq!(at_hand(1), (2, 50));
	});
}

#[test]
fn what_is_proved_no_more_takes_no_job_away() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 5);
		prove(1, 40);
		(0..4).for_each(|_| give(1));
		prove(1, 0);
		assert_eq!(at_hand(1), (4, 40));
		for left in [3, 2] {
			assert_eq!(assign(&need(), 0), None);
			take(1, 0);
			assert_eq!(at_hand(1), (left, 10 * Work::from(left)));
		}
		assert_eq!(assign(&need(), 0), None);
		take(1, 0);
		assert_eq!(assign(&need(), 0), Some(1));
	});
}

#[test]
fn what_one_provider_cannot_do_goes_to_another() {
	ExtBuilder::default().execute_with(|| {
		(1..=3).for_each(|who| provider(who, 5));
		[1, 1, 2, 2, 3, 3].into_iter().for_each(give);
		prove(2, 30);
		prove(3, 40);
		for seed in 0..10 {
			assert_eq!(assign(&of_work(11), seed), Some(3));
			Providers::vacate(&3, &model(1), 11, 0);
			Providers::release(&3, 100);
		}
		let eligible = Providers::eligible(&need()).into_iter().map(|it| it.provider);
		assert_eq!(eligible.collect::<Vec<_>>(), [2, 3]);
	});
}

#[test]
fn the_work_of_all_offers_is_one_sum() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 2);
		assert_ok!(Providers::set_offer(signed(1), model(2), prices(1), 2));
		prove(1, 30);
		let other = |work| Need { model: model(2), ..of_work(work) };
		give(1);
		assert_eq!(assign(&other(10), 0), Some(1));
		assert_eq!(assign(&other(11), 0), None);
		assert_eq!(assign(&of_work(11), 0), None);
		assert_eq!(assign(&of_work(10), 0), Some(1));
		assert_eq!(assign(&other(1), 0), None);
		assert_eq!(at_hand(1), (3, 30));
	});
}

#[test]
fn work_that_is_no_number_together_fits_nothing() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 5);
		prove(1, Work::MAX);
		assert_eq!(assign(&of_work(Work::MAX), 0), Some(1));
		assert_eq!(assign(&of_work(1), 0), None);
		assert_eq!(assign(&of_work(0), 0), Some(1));
		assert_eq!(at_hand(1), (2, Work::MAX));
		Providers::vacate(&1, &model(1), Work::MAX, 0);
		assert_eq!(at_hand(1), (1, 0));
	});
}

#[test]
fn a_job_that_no_bond_covers_has_no_price() {
	ExtBuilder::default().execute_with(|| {
		offer_at(1, 251, 1);
		assert_eq!(Providers::cheapest(&Need { max_price: 10_000, ..need() }), None);
		assert_ok!(Providers::bond_more(signed(1), 20));
		assert_eq!(Providers::cheapest(&Need { max_price: 10_000, ..need() }), Some(2_510));
	});
}

#[test]
fn cheapest_counts_busy_offers_but_none_that_take_no_jobs() {
	ExtBuilder::default().execute_with(|| {
		(1..=4).for_each(|who| offer_at(who, who.into(), 1));
		give(1);
		assert_eq!(Providers::cheapest(&need()), Some(10));
		take(1, 0);
		assert_ok!(Providers::drain(signed(1)));
		assert_eq!(Providers::cheapest(&need()), Some(20));
		assert_ok!(Providers::set_offer(signed(2), model(1), prices(2), 0));
		assert_eq!(Providers::cheapest(&need()), Some(30));
		drop(Providers::slash(&3, 1).credit);
		assert_eq!(Providers::cheapest(&need()), Some(40));
	});
}

#[test]
fn cheapest_says_nothing_that_it_does_not_know() {
	ExtBuilder::default().execute_with(|| {
		// Eight offers are looked at, and the cheap one is the ninth.
		(1..=8).for_each(|who| offer_at(who, 5, 1));
		assert_eq!(Providers::cheapest(&Need { max_price: 40, ..need() }), Some(50));
		offer_at(9, 1, 1);
		assert_eq!(Providers::cheapest(&Need { max_price: 40, ..need() }), None);
		assert_eq!(Providers::cheapest(&Need { max_price: 50, ..need() }), Some(50));
		let named = Need { max_price: 4, provider: Some(&9), ..need() };
		assert_eq!(Providers::cheapest(&named), Some(10));
	});
}

#[test]
fn eligible_lists_who_could_have_the_job_now() {
	ExtBuilder::default().execute_with(|| {
		(1..=3).for_each(|who| offer_at(who, who.into(), 1));
		give(2);
		let eligible = Providers::eligible(&need());
		let expected = [1, 3].map(|who| Assignment { provider: who, prices: prices(who.into()) });
		assert_eq!(eligible, expected);
	});
}

#[test]
fn a_named_provider_is_found_in_any_market() {
	ExtBuilder::default().execute_with(|| {
		(1..=50).for_each(|who| provider(who, 1));
		for who in [1, 25, 50] {
			give(who);
			assert_eq!(assign(&Need { provider: Some(&who), ..need() }, 0), None);
		}
	});
}

#[test]
fn every_open_offer_of_a_large_market_is_found() {
	ExtBuilder::default().execute_with(|| {
		(1..=50).for_each(|who| provider(who, 1));
		// Although each look sees eight at most, nobody is left over in the end.
		let mut assigned: Vec<_> = (0..50).map(|seed| assign(&need(), seed).unwrap()).collect();
		assigned.sort();
		assert_eq!(assigned, (1..=50).collect::<Vec<_>>());
		assert_eq!(assign(&need(), 0), None);
	});
}

#[test]
fn the_same_randomness_gives_the_same_provider() {
	ExtBuilder::default().execute_with(|| {
		(1..=20).for_each(|who| provider(who, 5));
		for seed in 0..20 {
			let first = assign(&need(), seed).unwrap();
			take(first, 0);
			assert_eq!(assign(&need(), seed), Some(first));
			take(first, 0);
		}
	});
}

#[test]
fn free_slots_and_reputation_weigh() {
	ExtBuilder::default().execute_with(|| {
		// Weights 4 × 500, 1 × 500 and 1 × 900.
		provider(1, 4);
		provider(2, 1);
		provider(3, 1);
		(0..8).for_each(|_| Providers::note_audited(&3, Outcome::Clean));
		let mut wins = [0u32; 4];
		for seed in 0..3_400u32 {
			let randomness = sp_io::hashing::blake2_256(&seed.to_le_bytes());
			let who = Providers::assign(&need(), randomness).unwrap().provider;
			take(who, 0);
			wins[who as usize] += 1;
		}
		for (who, expected) in [(1, 2_000), (2, 500), (3, 900)] {
			assert!(wins[who].abs_diff(expected) < 120, "{wins:?}");
		}
	});
}

#[test]
fn a_bad_reputation_still_gets_a_chance() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		(0..2_000).for_each(|_| Providers::note_audited(&1, Outcome::Faulty));
		assert_eq!(assign(&need(), 0), Some(1));
	});
}

#[test]
fn where_a_provider_moved_counts() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		let countries = [Country(*b"FR")];
		let need = Need { countries: &countries, ..need() };
		assert_eq!(assign(&need, 0), None);
		let moved = Profile { country: countries[0], ..profile() };
		assert_ok!(Providers::update_profile(signed(1), moved));
		assert_eq!(assign(&need, 0), Some(1));
	});
}
