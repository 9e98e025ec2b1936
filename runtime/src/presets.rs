// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Genesis states of development networks.
//!
//! The accounts are the well-known ones whose secrets everybody can derive: never use them where money
//! has value.

use crate::{
	configs::transaction_payment::TreasuryAccount,
	constants::{BABE_GENESIS_EPOCH_CONFIG, ERG, EXISTENTIAL_DEPOSIT},
	AccountId, BabeConfig, Balance, BalancesConfig, RuntimeGenesisConfig, SessionConfig,
	SessionKeys,
};
use alloc::{vec, vec::Vec};
use frame_support::build_struct_json_patch;
use serde_json::Value;
use sp_genesis_builder::{PresetId, DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};

/// What each well-known account starts with.
const ENDOWMENT: Balance = 1_000_000 * ERG;

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

/// One validator, Alice.
fn development() -> Value {
	genesis(&[Operator::ALICE])
}

/// Three validators: Alice, Bob and Charlie.
fn local_testnet() -> Value {
	genesis(&[Operator::ALICE, Operator::BOB, Operator::CHARLIE])
}

/// A well-known account and the keys that belong to it.
#[derive(Clone, Copy)]
struct Operator {
	account: Sr25519Keyring,
	keys: Ed25519Keyring,
}

impl Operator {
	const ALICE: Self = Self { account: Sr25519Keyring::Alice, keys: Ed25519Keyring::Alice };
	const BOB: Self = Self { account: Sr25519Keyring::Bob, keys: Ed25519Keyring::Bob };
	const CHARLIE: Self = Self { account: Sr25519Keyring::Charlie, keys: Ed25519Keyring::Charlie };

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
}

fn genesis(validators: &[Operator]) -> Value {
	let mut balances: Vec<(AccountId, Balance)> =
		Sr25519Keyring::well_known().map(|key| (key.to_account_id(), ENDOWMENT)).collect();
	balances.push((TreasuryAccount::get(), EXISTENTIAL_DEPOSIT));
	build_struct_json_patch!(RuntimeGenesisConfig {
		balances: BalancesConfig { balances },
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
