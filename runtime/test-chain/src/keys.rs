// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The ed25519 keys of well-known accounts, with which validators audit and workers deliver, and session keys of
//! anybody.

use crate::Chain;
use codec::Encode;
use ergon_core::crypto::{AUDIT_KEY_TYPE, WORKER_KEY_TYPE};
use ergon_runtime::{AccountId, Runtime, SessionKeys};
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

/// The call by which an account registers session keys of a secret, which the node has from now on: to be made where
/// the state can be read.
pub fn registration(who: &AccountId, secret: impl Into<Vec<u8>>) -> pallet_session::Call<Runtime> {
	let generated = SessionKeys::generate(&who.encode(), Some(secret.into()));
	pallet_session::Call::set_keys { keys: generated.keys, proof: generated.proof.encode() }
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
