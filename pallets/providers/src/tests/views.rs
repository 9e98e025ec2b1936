// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What clients are told.

use crate::{mock::*, types::ProviderInfo, Offer, OfferInfo};
use ergon_economics::Outcome;

#[test]
fn provider_tells_everything() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 2);
		Providers::note_audited(&1, Outcome::Clean);
		let offer = Offer { prices: prices(1), slots: 2, busy: 0, position: 0 };
		let expected = ProviderInfo {
			account: 1,
			provider: record(1),
			reputation: 666,
			clean_audits: 1,
			offers: vec![OfferInfo { provider: 1, model: model(1), offer, open: true }],
		};
		assert_eq!(Providers::provider(1), Some(expected));
		assert_eq!(Providers::provider(2), None);
	});
}

#[test]
fn providers_come_in_pages() {
	ExtBuilder::default().execute_with(|| {
		(1..=5).for_each(register);
		let accounts = |after, limit| -> Vec<_> {
			Providers::providers(after, limit).into_iter().map(|info| info.account).collect()
		};
		let first = accounts(None, 2);
		let second = accounts(Some(first[1]), 2);
		let third = accounts(Some(second[1]), u32::MAX);
		assert_eq!([first.len(), second.len(), third.len()], [2, 2, 1]);
		let mut all = [first, second, third].concat();
		all.sort();
		assert_eq!(all, [1, 2, 3, 4, 5]);
	});
}

#[test]
fn offers_come_in_pages_open_ones_first() {
	ExtBuilder::default().execute_with(|| {
		(1..=5).for_each(|who| provider(who, 1));
		give(1);
		let offers = |start, limit| -> Vec<_> {
			let offers = Providers::offers(model(1), start, limit);
			offers.into_iter().map(|info| (info.provider, info.open)).collect()
		};
		assert_eq!(offers(0, 2), [(5, true), (2, true)]);
		assert_eq!(offers(2, u32::MAX), [(3, true), (4, true), (1, false)]);
		assert!(offers(5, 1).is_empty());
		assert!(offers(u32::MAX, u32::MAX).is_empty());
		assert!(Providers::offers(model(2), 0, 9).is_empty());
	});
}

#[test]
fn bond_for_covers_the_minimum() {
	ExtBuilder::default().execute_with(|| {
		assert_eq!(Providers::bond_for(0), 2_000);
		assert_eq!(Providers::bond_for(2), 2_000);
		assert_eq!(Providers::bond_for(3), 3_000);
	});
}
