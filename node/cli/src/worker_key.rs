// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The key with which a provider's off-chain worker signs.

use crate::service::FullClient;
use ergon_core::crypto::WORKER_KEY_TYPE;
use ergon_runtime::ergon_api::ErgonApi;
use sc_client_api::HeaderBackend;
use sp_api::ProvideRuntimeApi;
use sp_keystore::Keystore;

/// Makes sure that a provider can sign.
///
/// With the seed of a well-known account (`--dev`, `--alice` and so on) its worker key is put into
/// the keystore, as the session keys are.
///
/// # Errors
///
/// One sentence with the remedy, when there is no worker key.
pub(crate) fn ensure(keystore: &dyn Keystore, seed: Option<&str>) -> Result<(), sc_service::Error> {
	if let Some(seed) = seed {
		keystore.ed25519_generate_new(WORKER_KEY_TYPE, Some(seed)).map_err(|error| {
			sc_service::Error::Other(format!("cannot insert the worker key of {seed}: {error}"))
		})?;
	}
	if keystore.ed25519_public_keys(WORKER_KEY_TYPE).is_empty() {
		return Err(sc_service::Error::Other(
			"this node is to be a provider but its keystore has no worker key: make one with \
			 `ergon-node key generate --scheme ed25519`, insert it with `ergon-node key insert \
			 --key-type ewrk --scheme ed25519 --suri <secret>` (and the same --chain and \
			 --base-path), and register it with providers.register"
				.into(),
		));
	}
	Ok(())
}

/// Says so when no worker key of this node belongs to a provider on the chain as this node knows it;
/// the node goes on, because it may have to synchronise first, or the operator may register later.
pub(crate) fn warn_if_unregistered(keystore: &dyn Keystore, client: &FullClient) {
	let best = client.info().best_hash;
	let keys = keystore.ed25519_public_keys(WORKER_KEY_TYPE);
	let is_registered = keys.iter().any(|key| {
		let provider = client.runtime_api().provider_of_worker(best, (*key).into());
		matches!(provider, Ok(Some(_)))
	});
	if !is_registered {
		for key in keys {
			log::warn!(
				"⚠️ No provider is registered with this node's worker key {key:?} yet, so it will get \
				 no jobs: sign providers.register with the operator's account, that key and its \
				 proof, or wait until the node has synchronised"
			);
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use sp_keystore::testing::MemoryKeystore;

	#[test]
	fn ensure_should_insert_the_well_known_key() {
		let keystore = MemoryKeystore::new();
		ensure(&keystore, Some("//Alice")).unwrap();
		assert_eq!(
			keystore.ed25519_public_keys(WORKER_KEY_TYPE),
			[sp_keyring::Ed25519Keyring::Alice.public()],
		);
	}

	#[test]
	fn ensure_should_name_the_remedy_when_there_is_no_key() {
		let error = ensure(&MemoryKeystore::new(), None).unwrap_err().to_string();
		assert!(error.contains("key insert --key-type ewrk --scheme ed25519"), "{error}");
	}
}
