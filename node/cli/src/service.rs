// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Puts the parts of a node together.

mod equivocations;
mod full;
mod partial;

pub(crate) use full::new_full;
pub(crate) use partial::new_partial;

use ergon_runtime::opaque::Block;
use sc_consensus_grandpa::{GrandpaBlockImport, LinkHalf};
use sp_consensus_babe::{inherents::InherentDataProvider as SlotProvider, SlotDuration};
use sp_core::H256;
use sp_inherents::CreateInherentDataProviders;
use sp_timestamp::InherentDataProvider as TimestampProvider;

/// The functions that the Wasm runtime may import.
pub(crate) type HostFunctions =
	(sp_io::SubstrateHostFunctions, ergon_engine_interface::engine::HostFunctions);
/// Executes the Wasm runtime.
pub(crate) type Executor = sc_executor::WasmExecutor<HostFunctions>;
/// Access to the chain.
pub(crate) type FullClient =
	sc_service::TFullClient<Block, ergon_runtime::apis::RuntimeApi, Executor>;
/// The database.
pub(crate) type FullBackend = sc_service::TFullBackend<Block>;
/// Decides which chain is the best one.
pub(crate) type FullSelectChain = sc_consensus::LongestChain<FullBackend, Block>;
/// Transactions that wait for a block.
pub(crate) type TransactionPool = sc_transaction_pool::TransactionPoolHandle<Block, FullClient>;

type GrandpaImport = GrandpaBlockImport<FullBackend, Block, FullClient, FullSelectChain>;
type BabeImport = sc_consensus_babe::BabeBlockImport<
	Block,
	FullClient,
	GrandpaImport,
	Inherents,
	FullSelectChain,
>;

/// Blocks between two justifications that are kept.
const JUSTIFICATION_PERIOD: u32 = 512;

/// What [`new_partial`] hands to [`new_full`] besides the usual parts.
pub(crate) struct Consensus {
	block_import: equivocations::Witness<BabeImport>,
	babe_link: sc_consensus_babe::BabeLink<Block>,
	babe_worker: sc_consensus_babe::BabeWorkerHandle<Block>,
	grandpa_link: LinkHalf<Block, FullClient, FullSelectChain>,
	telemetry: Option<sc_telemetry::Telemetry>,
}

/// Tells blocks the slot and the time, by this machine's clock.
#[derive(Clone, Copy)]
struct Inherents {
	slot_duration: SlotDuration,
}

#[async_trait::async_trait]
impl CreateInherentDataProviders<Block, ()> for Inherents {
	type InherentDataProviders = (SlotProvider, TimestampProvider);

	async fn create_inherent_data_providers(
		&self,
		_parent: H256,
		_: (),
	) -> Result<Self::InherentDataProviders, Box<dyn std::error::Error + Send + Sync>> {
		let timestamp = TimestampProvider::from_system_time();
		let slot = SlotProvider::from_timestamp_and_slot_duration(*timestamp, self.slot_duration);
		Ok((slot, timestamp))
	}
}

#[cfg(test)]
mod tests {
	use ergon_runtime::configs::rewards::secondary_author;
	use sc_consensus_babe::authorship::{claim_slot, claim_slot_using_keys};
	use sp_application_crypto::AppCrypto;
	use sp_consensus_babe::{AllowedSlots, AuthorityId, BabeEpochConfiguration, Epoch, Slot};
	use sp_keystore::{testing::MemoryKeystore, Keystore, KeystorePtr};
	use std::sync::Arc;

	/// The runtime blames skipped slots on those whose turn it was, and works out whose it was by itself.
	#[test]
	fn turns_should_be_those_that_the_runtime_knows() {
		let keystore = MemoryKeystore::new();
		let authorities: Vec<_> = (1..=7)
			.map(|number| {
				let seed = format!("0x{}", hex::encode([number; 32]));
				let key = keystore.sr25519_generate_new(AuthorityId::ID, Some(&seed)).unwrap();
				(AuthorityId::from(key), u64::from(number))
			})
			.collect();
		let keystore: KeystorePtr = Arc::new(keystore);
		for count in 1..=authorities.len() {
			let epoch = Epoch {
				epoch_index: 2,
				start_slot: 1_000.into(),
				duration: 200,
				authorities: authorities[..count].to_vec(),
				randomness: [count as u8; 32],
				// Nobody wins the lottery, so every claim is the one that needs no luck.
				config: BabeEpochConfiguration {
					c: (0, 1),
					allowed_slots: AllowedSlots::PrimaryAndSecondaryVRFSlots,
				},
			};
			for slot in (1_000..1_040).map(Slot::from) {
				let (claim, _) = claim_slot(slot, &epoch.clone().into(), &keystore).unwrap();
				let place = secondary_author(&epoch.randomness, slot, count);
				assert_eq!(Some(claim.authority_index() as usize), place);
			}
		}
		assert_eq!(secondary_author(&[1; 32], 1_000.into(), 0), None);
	}

	/// The runtime publishes what validators weigh, and a node that weighs more wins more slots.
	#[test]
	fn primary_slots_should_follow_weights() {
		const SLOTS: u64 = 2_000;
		let keystore = MemoryKeystore::new();
		let authorities = [(1u8, 600_000), (2, 300_000), (3, 100_000)].map(|(number, weight)| {
			let seed = format!("0x{}", hex::encode([number; 32]));
			let key = keystore.sr25519_generate_new(AuthorityId::ID, Some(&seed)).unwrap();
			(AuthorityId::from(key), weight)
		});
		let keystore: KeystorePtr = Arc::new(keystore);
		let epoch = Epoch {
			epoch_index: 2,
			start_slot: 0.into(),
			duration: SLOTS,
			authorities: authorities.to_vec(),
			randomness: [7; 32],
			config: BabeEpochConfiguration { c: (1, 4), allowed_slots: AllowedSlots::PrimarySlots },
		};
		let epoch = sc_consensus_babe::Epoch::from(epoch);
		let won = |index: usize| {
			let keys = [(authorities[index].0.clone(), index)];
			let claims = |slot: &u64| {
				claim_slot_using_keys(Slot::from(*slot), &epoch, &keystore, &keys).is_some()
			};
			(0..SLOTS).filter(claims).count() as f64
		};
		let won = [won(0), won(1), won(2)];
		let all: f64 = won.iter().sum();
		for (won, (_, weight)) in won.iter().zip(&authorities) {
			let (got, share) = (won / all, *weight as f64 / 1_000_000.0);
			// Four standard deviations.
			assert!((got - share).abs() < 0.1, "{got} of the slots for {share} of the weight");
		}
	}
}
