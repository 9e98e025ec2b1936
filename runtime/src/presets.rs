// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Genesis states of development networks.
//!
//! The accounts are the well-known ones whose secrets everybody can derive: never use them where money
//! has value.

use crate::{
	configs::{jobs::AuditPoolAccount, rewards::RewardPot, transaction_payment::TreasuryAccount},
	constants::{BABE_GENESIS_EPOCH_CONFIG, ERG, EXISTENTIAL_DEPOSIT, MILLI_ERG},
	AccountId, AuditsConfig, BabeConfig, Balance, BalancesConfig, ModelsConfig, PowerConfig,
	ProvidersConfig, RuntimeGenesisConfig, SessionConfig, SessionKeys, SprintsConfig,
};
use alloc::{string::ToString, vec, vec::Vec};
use ergon_core::{Country, ModelManifest, Work, WORK_UNIT};
use frame_support::build_struct_json_patch;
use pallet_models::GenesisModel;
use pallet_providers::{GenesisOffer, GenesisProvider, Hosting};
use serde_json::Value;
use sp_genesis_builder::{PresetId, DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};

/// What each well-known account starts with.
const ENDOWMENT: Balance = 1_000_000 * ERG;
/// What the audit pool starts with: audits of the first jobs are paid out of it.
const AUDIT_POOL: Balance = 10_000 * ERG;
/// Bond of each genesis validator.
const VALIDATOR_BOND: Balance = 10_000 * ERG;
/// Bond of each genesis provider.
const PROVIDER_BOND: Balance = 10_000 * ERG;
/// Power of each genesis validator, before it fades.
const GENESIS_POWER: Work = 1_000 * WORK_UNIT;
/// Price of a prompt token of the demo model.
const PROMPT_TOKEN: Balance = MILLI_ERG;
/// Price of an output token of the demo model.
const OUTPUT_TOKEN: Balance = 2 * MILLI_ERG;
/// Jobs that a genesis provider takes at a time.
const SLOTS: u32 = 4;

/// The demo model, as `ergon-engine import` wrote it; `build.rs` puts it there.
const DEMO_MANIFEST: &str = include_str!(concat!(env!("OUT_DIR"), "/demo_manifest.json"));

/// Names of the presets.
pub fn names() -> Vec<PresetId> {
	vec![PresetId::from(DEV_RUNTIME_PRESET), PresetId::from(LOCAL_TESTNET_RUNTIME_PRESET)]
}

/// The preset of that name, as a JSON patch of the default genesis.
pub fn get(id: &PresetId) -> Option<Vec<u8>> {
	let patch = match id.as_ref() {
		DEV_RUNTIME_PRESET => development(),
		LOCAL_TESTNET_RUNTIME_PRESET => local_testnet(),
		_ => return None,
	};
	serde_json::to_vec(&patch).ok()
}

/// The manifest of the demo model, which both presets register; nothing in a checkout whose demo
/// model was not imported.
pub fn demo_manifest() -> Option<ModelManifest> {
	serde_json::from_str(DEMO_MANIFEST).ok()
}

/// One validator that is also a provider: Alice.
fn development() -> Value {
	genesis(&[Operator::ALICE], &[Operator::ALICE])
}

/// Three validators, Alice, Bob and Charlie; two providers, Dave and Eve.
fn local_testnet() -> Value {
	genesis(&[Operator::ALICE, Operator::BOB, Operator::CHARLIE], &[Operator::DAVE, Operator::EVE])
}

/// A well-known account and the keys that belong to it.
#[derive(Clone, Copy)]
struct Operator {
	account: Sr25519Keyring,
	keys: Ed25519Keyring,
	country: Country,
}

impl Operator {
	const ALICE: Self = Self::new(Sr25519Keyring::Alice, Ed25519Keyring::Alice, *b"CH");
	const BOB: Self = Self::new(Sr25519Keyring::Bob, Ed25519Keyring::Bob, *b"DE");
	const CHARLIE: Self = Self::new(Sr25519Keyring::Charlie, Ed25519Keyring::Charlie, *b"FR");
	const DAVE: Self = Self::new(Sr25519Keyring::Dave, Ed25519Keyring::Dave, *b"CH");
	const EVE: Self = Self::new(Sr25519Keyring::Eve, Ed25519Keyring::Eve, *b"DE");

	const fn new(account: Sr25519Keyring, keys: Ed25519Keyring, country: [u8; 2]) -> Self {
		Self { account, keys, country: Country(country) }
	}

	fn account(self) -> AccountId {
		self.account.to_account_id()
	}

	fn session_keys(self) -> SessionKeys {
		SessionKeys {
			babe: self.account.public().into(),
			grandpa: self.keys.public().into(),
			audit: self.keys.public().into(),
		}
	}

	fn provider(self, demo: Option<ModelManifest>) -> GenesisProvider<AccountId> {
		GenesisProvider {
			account: self.account(),
			worker: self.keys.public().into(),
			bond: PROVIDER_BOND,
			country: self.country,
			hosting: Hosting::Premises,
			offers: demo
				.map(|demo| GenesisOffer {
					model: demo.id(),
					prompt_token: PROMPT_TOKEN,
					output_token: OUTPUT_TOKEN,
					slots: SLOTS,
				})
				.into_iter()
				.collect(),
		}
	}
}

/// The genesis of a network with these operators and the demo model.
fn genesis(validators: &[Operator], providers: &[Operator]) -> Value {
	let demo = demo_manifest();
	let mut balances: Vec<(AccountId, Balance)> =
		Sr25519Keyring::well_known().map(|key| (key.to_account_id(), ENDOWMENT)).collect();
	balances.push((TreasuryAccount::get(), EXISTENTIAL_DEPOSIT));
	balances.push((AuditPoolAccount::get(), AUDIT_POOL));
	balances.push((RewardPot::get(), EXISTENTIAL_DEPOSIT));
	build_struct_json_patch!(RuntimeGenesisConfig {
		balances: BalancesConfig { balances },
		models: ModelsConfig { models: demo.map(demo_model).into_iter().collect() },
		providers: ProvidersConfig {
			providers: providers.iter().map(|provider| provider.provider(demo)).collect(),
		},
		sprints: SprintsConfig {
			models: demo.map(|demo| demo.id()).into_iter().collect(),
			..Default::default()
		},
		power: PowerConfig {
			validators: validators
				.iter()
				.map(|validator| (validator.account(), VALIDATOR_BOND))
				.collect(),
			power: GENESIS_POWER,
		},
		audits: AuditsConfig {
			declarations: validators
				.iter()
				.map(|validator| (
					validator.account(),
					demo.iter().map(ModelManifest::id).collect()
				))
				.collect(),
		},
		babe: BabeConfig { epoch_config: BABE_GENESIS_EPOCH_CONFIG },
		session: SessionConfig {
			keys: validators
				.iter()
				.map(|validator| {
					(validator.account(), validator.account(), validator.session_keys())
				})
				.collect(),
		},
	})
}

fn demo_model(manifest: ModelManifest) -> GenesisModel<AccountId> {
	GenesisModel {
		sponsor: Sr25519Keyring::AliceStash.to_account_id(),
		manifest,
		name: "Ergon demo".to_string(),
		licence: "Apache-2.0".to_string(),
		parent: None,
		languages: vec!["en".to_string()],
		uri: "models/demo".to_string(),
	}
}
