// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The ed25519 keys of well-known accounts, with which validators audit and workers deliver.

use crate::Chain;
use ergon_core::crypto::{AUDIT_KEY_TYPE, WORKER_KEY_TYPE};
use sp_core::{crypto::KeyTypeId, ed25519, Pair};
use sp_keyring::Sr25519Keyring;
use std::{collections::BTreeMap, sync::LazyLock};

/// The seed of an account's ed25519 keys, in hexadecimal digits. A keystore for tests derives keys anew each
/// time, and from a phrase that takes thousands of hashes.
pub fn secret(who: Sr25519Keyring) -> &'static str {
	static SEEDS: LazyLock<BTreeMap<&'static str, String>> = LazyLock::new(|| {
		let names = Sr25519Keyring::well_known().map(<&'static str>::from);
		let seed = |name| ed25519::Pair::from_string(&format!("//{name}"), None).unwrap().seed();
		names.map(|name| (name, format!("0x{}", hex::encode(seed(name))))).collect()
	});
	&SEEDS[<&'static str>::from(who)]
}

impl Chain {
	/// Gives the node the audit keys and the worker keys of all well-known accounts.
	pub fn add_keys(&self) {
		for who in Sr25519Keyring::well_known() {
			self.add_key(AUDIT_KEY_TYPE, who);
			self.add_key(WORKER_KEY_TYPE, who);
		}
	}

	/// Gives the node the key of that kind of a well-known account.
	pub fn add_key(&self, kind: KeyTypeId, who: Sr25519Keyring) {
		self.keystore().ed25519_generate_new(kind, Some(secret(who))).unwrap();
	}
}
