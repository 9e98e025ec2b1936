// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The key with which a provider's off-chain worker signs.

use crate::service::FullClient;
use ergon_core::crypto::{signing_payload, WORKER_KEY_TYPE, WORKER_PROOF_DOMAIN};
use ergon_runtime::{ergon_api::ErgonApi, AccountId, Hash};
use sc_client_api::HeaderBackend;
use serde::Serialize;
use sp_api::ProvideRuntimeApi;
use sp_core::Bytes;
use sp_keystore::Keystore;

/// Makes sure that a provider can sign.
///
/// With the seed of a well-known account (`--dev`, `--alice` and so on) its worker key is put into
/// the keystore, as the session keys are; otherwise, a keystore without a worker key gets a new one.
///
/// # Errors
///
/// When the keystore cannot be written.
pub(crate) fn ensure(keystore: &dyn Keystore, seed: Option<&str>) -> Result<(), sc_service::Error> {
	if seed.is_none() && !keystore.ed25519_public_keys(WORKER_KEY_TYPE).is_empty() {
		return Ok(());
	}
	keystore.ed25519_generate_new(WORKER_KEY_TYPE, seed).map_err(|error| {
		sc_service::Error::Other(format!(
			"cannot write the worker key into the keystore: {error}; check that the folder of \
			 --keystore-path or --base-path can be written"
		))
	})?;
	Ok(())
}

/// A worker key and its proof of possession: what `providers.register` and
/// `providers.rotate_worker` want to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct WorkerProof {
	/// The key; 32 bytes.
	pub worker: Bytes,
	/// Its signature of the operator's account on this chain; 64 bytes.
	pub proof: Bytes,
}

/// Lets the worker key that was made last sign that it works for `operator`.
///
/// Nothing when there is no worker key.
///
/// # Errors
///
/// When the keystore cannot be read.
pub(crate) fn prove(
	keystore: &dyn Keystore,
	genesis: Hash,
	operator: &AccountId,
) -> Result<Option<WorkerProof>, sp_keystore::Error> {
	let Some(worker) = keystore.ed25519_public_keys(WORKER_KEY_TYPE).pop() else {
		return Ok(None);
	};
	let payload = signing_payload(WORKER_PROOF_DOMAIN, genesis, operator);
	let proof = keystore.ed25519_sign(WORKER_KEY_TYPE, &worker, &payload)?;
	Ok(proof.map(|proof| WorkerProof {
		worker: worker.0.to_vec().into(),
		proof: proof.0.to_vec().into(),
	}))
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
				 no jobs: ask this node for ergon_workerProof and sign providers.register with the \
				 operator's account, or wait until the node has synchronised"
			);
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use ergon_core::crypto::worker::{WorkerId, WorkerSignature};
	use sp_application_crypto::RuntimeAppPublic;
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
	fn ensure_should_make_one_key_and_keep_it() {
		let keystore = MemoryKeystore::new();
		ensure(&keystore, None).unwrap();
		let keys = keystore.ed25519_public_keys(WORKER_KEY_TYPE);
		assert_eq!(keys.len(), 1);
		ensure(&keystore, None).unwrap();
		assert_eq!(keystore.ed25519_public_keys(WORKER_KEY_TYPE), keys);
	}

	#[test]
	fn proof_should_convince_the_chain_for_that_operator_only() {
		let keystore = MemoryKeystore::new();
		let (genesis, operator) = (Hash::repeat_byte(7), AccountId::new([1; 32]));
		assert_eq!(prove(&keystore, genesis, &operator).unwrap(), None);

		ensure(&keystore, None).unwrap();
		let WorkerProof { worker, proof } = prove(&keystore, genesis, &operator).unwrap().unwrap();
		let worker = WorkerId::try_from(&worker[..]).unwrap();
		let proof = WorkerSignature::try_from(&proof[..]).unwrap();
		let payload = |operator| signing_payload(WORKER_PROOF_DOMAIN, genesis, operator);
		assert!(worker.verify(&payload(&operator), &proof));
		assert!(!worker.verify(&payload(&AccountId::new([2; 32])), &proof));
	}
}
