// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Reports who makes two blocks in one slot.
//!
//! BABE's block import (sc-consensus-babe 0.60) looks for that too, but at headers whose seals have
//! been taken off to be imported. A report has to hold both signatures, so the chain refuses what BABE
//! reports. Here headers are kept as their authors published them, apart from the ones that BABE keeps:
//! next to a sealed header, it would take the unsealed one of the same block for a second block.

use super::FullClient;
use codec::Encode;
use ergon_runtime::{opaque::Block, Hash, Header};
use parking_lot::Mutex;
use sc_consensus::{BlockCheckParams, BlockImport, BlockImportParams, ImportResult};
use sc_consensus_babe::{find_pre_digest, BabeIntermediate, BabeLink, Epoch, INTERMEDIATE_KEY};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_api::{ApiError, ApiExt, ProvideRuntimeApi};
use sp_blockchain::HeaderBackend;
use sp_consensus::{BlockOrigin, Error as ConsensusError};
use sp_consensus_babe::{
	AuthorityId, BabeApi, BabeAuthorityWeight, EquivocationProof, OpaqueKeyOwnershipProof, Slot,
};
use sp_timestamp::Timestamp;
use std::{collections::BTreeMap, sync::Arc};

/// Where this module's log lines go.
const LOG_TARGET: &str = "ergon::equivocations";

/// How many slots are remembered: a block that is later than ten minutes competes with final ones.
const KEPT_SLOTS: u64 = 200;

/// The longest header that is kept, several times what one with the keys of all validators takes. Headers
/// are kept before their blocks are executed, so their author could fill memory with longer ones, which no
/// valid block has.
const MAX_HEADER_BYTES: usize = 64 * 1024;

/// Imports blocks as `Inner` does, and reports whose author has signed another one of the same slot.
///
/// What it knows is shared by its clones: a node sees its own blocks where it makes them, and those of
/// others in the import queue.
#[derive(Clone)]
pub(crate) struct Witness<Inner> {
	inner: Inner,
	client: Arc<FullClient>,
	babe: BabeLink<Block>,
	pool: OffchainTransactionPoolFactory<Block>,
	seen: Arc<Mutex<Sightings>>,
}

impl<Inner> Witness<Inner> {
	/// Watches what `inner` imports, which has to be BABE's block import or around it, and puts reports
	/// into `pool`.
	pub(crate) fn new(
		inner: Inner,
		client: Arc<FullClient>,
		babe: BabeLink<Block>,
		pool: OffchainTransactionPoolFactory<Block>,
	) -> Self {
		Self { inner, client, babe, pool, seen: Arc::default() }
	}

	/// The header of a block that is to be imported, if it is a new one whose seal was verified.
	fn sighting(&self, block: &BlockImportParams<Block>) -> Option<Sighting> {
		// What is fetched to catch up is old: whoever saw it in time has reported it.
		if !matches!(
			block.origin,
			BlockOrigin::Own | BlockOrigin::NetworkBroadcast | BlockOrigin::ConsensusBroadcast
		) {
			return None;
		}
		// The epoch by which BABE has verified the seal, or made it. Where it verifies nothing, such as
		// blocks that come with their state, it leaves none.
		let verified = block.get_intermediate::<BabeIntermediate<Block>>(INTERMEDIATE_KEY).ok()?;
		let epochs = self.babe.epoch_changes().shared_data();
		let epoch = epochs.viable_epoch(&verified.epoch_descriptor, |slot| {
			Epoch::genesis(self.babe.config(), slot)
		})?;
		Sighting::of(block, &epoch.as_ref().authorities)
	}

	/// Remembers a header, and reports its author if it is the second of its slot.
	fn note(&self, sighting: Sighting) {
		let now = Slot::from_timestamp(Timestamp::current(), self.babe.config().slot_duration());
		let found = self.seen.lock().note(sighting, now);
		let Some(proof) = found else { return };
		log::warn!(
			target: LOG_TARGET,
			"⚠️ Two blocks of slot {} are signed with the key {}: {:?} and {:?}. If the key is yours, \
			 another node has it too: stop one of them",
			proof.slot,
			proof.offender,
			proof.first_header.hash(),
			proof.second_header.hash(),
		);
		match self.report(proof) {
			Ok(()) => log::info!(
				target: LOG_TARGET,
				"The report is in the transaction pool, for the next block of this node",
			),
			Err(error) => log::warn!(
				target: LOG_TARGET,
				"⚠️ Cannot report it: {error}. Validators that saw both blocks report it too; if the \
				 bond of that validator is not less in ten minutes, send babe.reportEquivocation",
			),
		}
	}

	/// Puts a report into the transaction pool. It stays there until this node authors a block: the chain
	/// takes reports without fee only from authors.
	fn report(&self, proof: EquivocationProof<Header>) -> Result<(), ReportError> {
		let best = self.client.info().best_hash;
		// The best block is of the epoch of the slot nearly always. If not, the second block is, where it
		// could be imported, and mostly its parent.
		let states = [best, proof.second_header.hash(), proof.second_header.parent_hash];
		let owner = states.into_iter().find_map(|at| {
			self.owner(at, &proof).unwrap_or_else(|error| {
				log::debug!(target: LOG_TARGET, "No owner of a key by the state of {at:?}: {error}");
				None
			})
		});
		let owner = owner.ok_or(ReportError::NoOwner)?;

		let mut api = self.client.runtime_api();
		api.register_extension(self.pool.offchain_transaction_pool(best));
		api.submit_report_equivocation_unsigned_extrinsic(best, proof, owner)?
			.ok_or(ReportError::Refused)
	}

	/// Proves whose key it is by the state of a block, if that is of the epoch of the slot: the session of
	/// any other is not the one that the chain expects.
	fn owner(
		&self,
		at: Hash,
		proof: &EquivocationProof<Header>,
	) -> Result<Option<OpaqueKeyOwnershipProof>, ApiError> {
		let api = self.client.runtime_api();
		let epoch = api.current_epoch(at)?;
		let end = epoch.start_slot.saturating_add(epoch.duration);
		if !(epoch.start_slot..end).contains(&proof.slot) {
			return Ok(None);
		}
		api.generate_key_ownership_proof(at, proof.slot, proof.offender.clone())
	}
}

#[async_trait::async_trait]
impl<Inner> BlockImport<Block> for Witness<Inner>
where
	Inner: BlockImport<Block, Error = ConsensusError> + Send + Sync,
{
	type Error = ConsensusError;

	async fn check_block(
		&self,
		block: BlockCheckParams<Block>,
	) -> Result<ImportResult, Self::Error> {
		self.inner.check_block(block).await
	}

	async fn import_block(
		&self,
		block: BlockImportParams<Block>,
	) -> Result<ImportResult, Self::Error> {
		let sighting = self.sighting(&block);
		let result = self.inner.import_block(block).await;
		// After the import, so that no block waits for a report and the report finds the state of the
		// block; whatever came of it, because the signed header is all that the chain asks for.
		if let Some(sighting) = sighting {
			self.note(sighting);
		}
		result
	}
}

/// Why a report is not in the transaction pool.
#[derive(Debug, thiserror::Error)]
enum ReportError {
	/// No state proves whose key it is.
	#[error("no state at hand says whose key it was in that slot")]
	NoOwner,
	/// The chain does not want the report.
	#[error("the runtime or the transaction pool refused the report, maybe as known already")]
	Refused,
	/// The runtime could not be asked.
	#[error(transparent)]
	Runtime(#[from] ApiError),
}

/// A header with the seal of its author.
struct Sighting {
	slot: Slot,
	author: AuthorityId,
	header: Header,
}

impl Sighting {
	/// The header of a block of which BABE has verified that one of these authorities sealed it.
	fn of(
		block: &BlockImportParams<Block>,
		authorities: &[(AuthorityId, BabeAuthorityWeight)],
	) -> Option<Self> {
		let claim = find_pre_digest::<Block>(&block.header).ok()?;
		let (author, _) = authorities.get(claim.authority_index() as usize)?;
		let header = block.post_header();
		Some(Self { slot: claim.slot(), author: author.clone(), header })
	}
}

/// The first header of each author in each of the last slots.
///
/// Holds at most [`KEPT_SLOTS`] slots, and in each as many headers as validators could have a block in it.
#[derive(Default)]
struct Sightings {
	/// In place of the header there is nothing once its author is found out: it is punished only once for
	/// a slot, whatever else it signs.
	slots: BTreeMap<Slot, BTreeMap<AuthorityId, Option<Header>>>,
}

impl Sightings {
	/// Remembers a header, and proves that its author has signed another one in the same slot.
	fn note(&mut self, sighting: Sighting, now: Slot) -> Option<EquivocationProof<Header>> {
		let Sighting { slot, author, header } = sighting;
		if now.saturating_sub(slot) >= KEPT_SLOTS || header.encoded_size() > MAX_HEADER_BYTES {
			return None;
		}
		let authors = self.slots.entry(slot).or_default();
		let found = match authors.get_mut(&author) {
			None => {
				authors.insert(author, Some(header));
				None
			}
			Some(first) => {
				// The same block may be imported again.
				first.take_if(|first| first.hash() != header.hash()).map(|first| {
					EquivocationProof {
						offender: author,
						slot,
						first_header: first,
						second_header: header,
					}
				})
			}
		};
		while self.slots.len() as u64 > KEPT_SLOTS {
			self.slots.pop_first();
		}
		found
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use sp_consensus_babe::{
		check_equivocation_proof,
		digests::{PreDigest, SecondaryPlainPreDigest},
		BABE_ENGINE_ID,
	};
	use sp_core::{sr25519, Pair};
	use sp_runtime::{Digest, DigestItem};

	/// Places of two authorities.
	const ALICE: u8 = 0;
	const BOB: u8 = 1;

	fn pair(who: u8) -> sr25519::Pair {
		sr25519::Pair::from_seed(&[who; 32])
	}

	fn key(who: u8) -> AuthorityId {
		pair(who).public().into()
	}

	/// A block as BABE hands it on to be imported: the seal is beside the header. `root` tells blocks
	/// apart.
	fn block(who: u8, slot: u64, root: u8) -> BlockImportParams<Block> {
		let claim = PreDigest::SecondaryPlain(SecondaryPlainPreDigest {
			authority_index: who.into(),
			slot: slot.into(),
		});
		let header = Header {
			parent_hash: Hash::zero(),
			number: 7,
			state_root: Hash::repeat_byte(root),
			extrinsics_root: Hash::zero(),
			digest: Digest { logs: vec![DigestItem::PreRuntime(BABE_ENGINE_ID, claim.encode())] },
		};
		let seal = pair(who).sign(header.hash().as_ref());
		let mut block = BlockImportParams::<Block>::new(BlockOrigin::NetworkBroadcast, header);
		block.post_digests.push(DigestItem::Seal(BABE_ENGINE_ID, seal.encode()));
		block
	}

	fn note(
		seen: &mut Sightings,
		block: &BlockImportParams<Block>,
		now: u64,
	) -> Option<EquivocationProof<Header>> {
		let authorities = [(key(ALICE), 1), (key(BOB), 1)];
		seen.note(Sighting::of(block, &authorities).unwrap(), now.into())
	}

	#[test]
	fn two_blocks_in_a_slot_should_be_proved_with_their_seals() {
		let mut seen = Sightings::default();
		let first = block(BOB, 500, 1);
		let second = block(BOB, 500, 2);
		assert_eq!(note(&mut seen, &first, 500), None);
		let proof = note(&mut seen, &second, 501).unwrap();
		assert_eq!((u64::from(proof.slot), &proof.offender), (500, &key(BOB)));
		assert_eq!(proof.first_header, first.post_header());
		assert_eq!(proof.second_header, second.post_header());
		assert!(check_equivocation_proof(proof.clone()));

		// What BABE's own import would report.
		let (first_header, second_header) = (first.header, second.header);
		let unsealed = EquivocationProof { first_header, second_header, ..proof };
		assert!(!check_equivocation_proof(unsealed));
	}

	#[test]
	fn who_is_found_out_should_be_reported_once_for_a_slot() {
		let mut seen = Sightings::default();
		for (root, found) in [(1, false), (2, true), (3, false)] {
			let block = block(ALICE, 500, root);
			assert_eq!(note(&mut seen, &block, 500).is_some(), found);
		}
		assert_eq!(note(&mut seen, &block(ALICE, 501, 1), 501), None);
		assert!(note(&mut seen, &block(ALICE, 501, 2), 501).is_some());
	}

	#[test]
	fn nobody_should_be_found_out_by_one_block_per_slot() {
		let mut seen = Sightings::default();
		let same = block(ALICE, 500, 1);
		for block in [&same, &same, &block(BOB, 500, 2), &block(ALICE, 501, 3), &same] {
			assert_eq!(note(&mut seen, block, 501), None);
		}
	}

	#[test]
	fn strangers_should_not_be_taken_for_authors() {
		let stranger = block(BOB, 500, 0);
		assert!(Sighting::of(&stranger, &[(key(ALICE), 1)]).is_none());
	}

	#[test]
	fn only_the_last_slots_should_be_kept() {
		let mut seen = Sightings::default();
		for slot in 1_000..1_000 + 2 * KEPT_SLOTS {
			assert_eq!(note(&mut seen, &block(ALICE, slot, 1), slot), None);
			assert!(seen.slots.len() as u64 <= KEPT_SLOTS);
		}
		let now = 999 + 2 * KEPT_SLOTS;
		let oldest = now + 1 - KEPT_SLOTS;
		assert_eq!(note(&mut seen, &block(ALICE, oldest - 1, 2), now), None);
		assert!(note(&mut seen, &block(ALICE, oldest, 2), now).is_some());

		// The bound does not depend on the clock.
		assert_eq!(note(&mut seen, &block(ALICE, now + 10 * KEPT_SLOTS, 1), now), None);
		assert_eq!(seen.slots.len() as u64, KEPT_SLOTS);
	}

	#[test]
	fn long_headers_should_not_be_kept() {
		let mut seen = Sightings::default();
		let mut long = block(ALICE, 500, 0);
		long.header.digest.push(DigestItem::Other(vec![0; MAX_HEADER_BYTES]));
		assert_eq!(note(&mut seen, &long, 500), None);
		assert!(seen.slots.is_empty());
	}
}
