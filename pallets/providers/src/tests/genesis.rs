// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Providers that are there from the start.

use crate::{mock::*, GenesisConfig, GenesisOffer, GenesisProvider, Hosting};
use ergon_core::Country;

fn genesis_provider(account: AccountId) -> GenesisProvider<AccountId> {
	GenesisProvider {
		account,
		worker: worker(account),
		bond: BOND,
		country: Country(*b"CH"),
		hosting: Hosting::Premises,
		offers: vec![GenesisOffer { model: model(1), prompt_token: 1, output_token: 2, slots: 2 }],
	}
}

#[test]
fn providers_can_be_there_from_the_start() {
	let providers = vec![genesis_provider(1), genesis_provider(2)];
	ExtBuilder::default().with_providers(providers).execute_with(|| {
		assert_eq!([held(1), held(2)], [BOND; 2]);
		assert_eq!(Providers::by_worker(&worker(2)), Some(2));
		assert_eq!(Providers::cheapest(&need()), Some(6 + 2 * 4));
		assert!(assign(&need(), 0).is_some());
	});
}

#[test]
fn genesis_reads_what_people_write() {
	let json = serde_json::json!({
		"providers": [{
			"account": 1,
			"worker": worker(1),
			"bond": 5_000,
			"country": "CH",
			"hosting": "premises",
			"offers": [{ "model": model(1), "promptToken": 1, "outputToken": 2, "slots": 2 }],
		}]
	});
	let config: GenesisConfig<Test> = serde_json::from_value(json.clone()).unwrap();
	assert_eq!(config.providers, [genesis_provider(1)]);
	assert_eq!(serde_json::to_value(&config).unwrap(), json);
}

#[test]
fn genesis_refuses_what_is_no_country() {
	let mut json = serde_json::to_value(genesis_provider(1)).unwrap();
	json["country"] = "Switzerland".into();
	let error = serde_json::from_value::<GenesisProvider<AccountId>>(json).unwrap_err();
	assert!(error.to_string().contains("two upper-case letters"), "{error}");
}

#[test]
#[should_panic(expected = "provider 1 of the genesis state: Module(ModuleError")]
fn genesis_refuses_an_account_twice() {
	let twice = GenesisProvider { worker: worker(9), ..genesis_provider(1) };
	ExtBuilder::default().with_providers(vec![genesis_provider(1), twice]).build();
}

#[test]
#[should_panic(expected = "WorkerTaken")]
fn genesis_refuses_a_key_twice() {
	let second = GenesisProvider { worker: worker(1), ..genesis_provider(2) };
	ExtBuilder::default().with_providers(vec![genesis_provider(1), second]).build();
}

#[test]
#[should_panic(expected = "BondTooLow")]
fn genesis_refuses_a_small_bond() {
	let small = GenesisProvider { bond: 1, ..genesis_provider(1) };
	ExtBuilder::default().with_providers(vec![small]).build();
}

#[test]
#[should_panic(expected = "TooManySlots")]
fn genesis_refuses_more_slots_than_bond() {
	let mut greedy = genesis_provider(1);
	greedy.offers[0].slots = 6;
	ExtBuilder::default().with_providers(vec![greedy]).build();
}
