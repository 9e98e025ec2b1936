// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! # Test chain
//!
//! A chain in memory: the native runtime, driven block by block as a node drives it, with the
//! off-chain workers behind each block.

// For tests and benchmarks: what goes wrong here stops them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

pub mod engine;
pub mod keys;
pub mod random;
pub mod tiny;

use codec::{Decode, Encode};
use ergon_runtime::{
	constants::SLOT_MILLIS, presets, transactions, AccountId, Babe, BlockNumber, Executive, Hash,
	Header, Power, Runtime, RuntimeCall, RuntimeEvent, RuntimeGenesisConfig, Session, System,
	UncheckedExtrinsic,
};
#[cfg(feature = "try-runtime")]
use frame_support::traits::{TryState, TryStateSelect};
use frame_support::{
	pallet_prelude::TransactionSource,
	storage::with_transaction,
	traits::{BuildGenesisConfig, FindAuthor},
	weights::Weight,
};
use pallet_session::FindAccountFromAuthorIndex;
use sp_consensus_babe::{
	digests::{PreDigest, SecondaryVRFPreDigest},
	make_vrf_sign_data, Slot, BABE_ENGINE_ID,
};
use sp_core::{
	crypto::{key_types, VrfSecret},
	offchain::{
		testing::{PoolState, TestOffchainExt, TestTransactionPoolExt},
		OffchainDbExt, OffchainWorkerExt, TransactionPoolExt,
	},
	sr25519::{
		self,
		vrf::{VrfSignData, VrfSignature},
	},
	Pair,
};
use sp_externalities::Extension;
use sp_io::TestExternalities;
use sp_keyring::Sr25519Keyring;
use sp_keystore::{testing::MemoryKeystore, KeystoreExt, KeystorePtr};
use sp_runtime::{
	generic::{Digest, DigestItem, Era},
	ApplyExtrinsicResult, DispatchError, TransactionOutcome,
};
use std::{
	collections::BTreeMap,
	sync::{Arc, LazyLock},
	time::{Duration, Instant},
};

/// A chain with one node that has everybody's keys.
pub struct Chain {
	state: TestExternalities,
	head: Header,
	slot: u64,
	keystore: KeystorePtr,
	pool: Arc<parking_lot::RwLock<PoolState>>,
	cost: BlockCost,
}

/// What a block cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BlockCost {
	/// What it weighed, hooks and inherent included.
	pub weight: Weight,
	/// How long the native runtime took to make it, checks of the state and off-chain workers not
	/// included.
	pub time: Duration,
}

impl Chain {
	/// The genesis of a preset.
	pub fn new(preset: &str) -> Self {
		Self::with_genesis(genesis_of(preset))
	}

	/// Another genesis.
	pub fn with_genesis(genesis: RuntimeGenesisConfig) -> Self {
		sp_tracing::try_init_simple();
		let mut state = TestExternalities::new_empty();
		state.execute_with(|| genesis.build());
		let keystore: KeystorePtr = Arc::new(MemoryKeystore::new());
		let (offchain, _) = TestOffchainExt::new();
		let (pool_ext, pool) = TestTransactionPoolExt::new();
		state.register_extension(KeystoreExt(keystore.clone()));
		state.register_extension(OffchainDbExt::new(offchain.clone()));
		state.register_extension(OffchainWorkerExt::new(offchain));
		state.register_extension(TransactionPoolExt::new(pool_ext));
		let head = Header {
			parent_hash: Hash::zero(),
			number: 0,
			state_root: Hash::zero(),
			extrinsics_root: Hash::zero(),
			digest: Digest::default(),
		};
		// As the first block will find it.
		let genesis = head.hash();
		state.execute_with(|| frame_system::BlockHash::<Runtime>::insert(0, genesis));
		Self { state, head, slot: 0, keystore, pool, cost: BlockCost::default() }
	}

	/// The node's keys.
	pub fn keystore(&self) -> &KeystorePtr {
		&self.keystore
	}

	/// Gives off-chain workers something that only they can reach.
	pub fn register_extension<E: Extension>(&mut self, extension: E) {
		self.state.register_extension(extension);
	}

	/// Height of the chain.
	pub fn height(&self) -> BlockNumber {
		self.head.number
	}

	/// Header of the last block.
	pub fn head(&self) -> &Header {
		&self.head
	}

	/// Who made the last block; nobody made the first.
	pub fn author(&mut self) -> Option<AccountId> {
		let claims = self.head.digest.logs.iter().filter_map(|log| log.as_pre_runtime());
		let find = || FindAccountFromAuthorIndex::<Runtime, Babe>::find_author(claims);
		self.state.execute_with(find)
	}

	/// What the last block cost.
	pub fn cost(&self) -> BlockCost {
		self.cost
	}

	/// Reads the state.
	pub fn read<R>(&mut self, question: impl FnOnce() -> R) -> R {
		self.state.execute_with(question)
	}

	/// A signed transaction with the account's next nonce plus `ahead`.
	pub fn sign(
		&mut self,
		who: Sr25519Keyring,
		call: impl Into<RuntimeCall>,
		ahead: u32,
	) -> UncheckedExtrinsic {
		let call = call.into();
		self.read(|| {
			let nonce = System::account_nonce(who.to_account_id()) + ahead;
			let extension = transactions::extension(nonce, 0, Era::Immortal);
			let payload =
				transactions::SignedPayload::new(call.clone(), extension.clone()).unwrap();
			let signature = payload.using_encoded(|payload| pair(who).sign(payload));
			let account = who.to_account_id().into();
			UncheckedExtrinsic::new_signed(call, account, signature.into(), extension)
		})
	}

	/// Makes a block of these transactions, checks every pallet's state, and runs the off-chain
	/// workers. Returns what became of each transaction.
	pub fn block(&mut self, transactions: Vec<UncheckedExtrinsic>) -> Vec<ApplyExtrinsicResult> {
		let results = self.make_block(|| transactions.into_iter().map(apply).collect());
		#[cfg(feature = "try-runtime")]
		self.check();
		self.run_offchain_workers();
		results
	}

	/// Makes a block in which this happens where transactions would be applied. Checks nothing and runs no off-chain
	/// workers behind it: for many blocks with much in their state.
	pub fn block_of<R>(&mut self, action: impl FnOnce() -> R) -> R {
		self.make_block(|| {
			// What the first transaction brings about.
			Executive::inherents_applied();
			action()
		})
	}

	/// Checks every pallet's state.
	#[cfg(feature = "try-runtime")]
	pub fn check(&mut self) {
		let number = self.height();
		self.state.execute_with(|| {
			ergon_runtime::AllPalletsWithSystem::try_state(number, TryStateSelect::All).unwrap()
		});
	}

	/// Makes a block that is filled by this.
	fn make_block<R>(&mut self, fill: impl FnOnce() -> R) -> R {
		self.slot += 1;
		let (slot, number, parent) = (self.slot, self.head.number + 1, self.hash());
		let keystore = self.keystore.clone();
		let (head, result, cost) = self.state.execute_with(|| {
			let header = |claim| Header {
				parent_hash: parent,
				number,
				state_root: Hash::zero(),
				extrinsics_root: Hash::zero(),
				digest: Digest { logs: vec![claim] },
			};
			let header = header(pre_digest(slot.into(), &keystore, header));
			let began = Instant::now();
			Executive::initialize_block(&header);
			let now = slot * SLOT_MILLIS;
			let inherent = pallet_timestamp::Call::<Runtime>::set { now };
			Executive::apply_extrinsic(UncheckedExtrinsic::new_bare(inherent.into()))
				.unwrap()
				.unwrap();
			let result = fill();
			// Without transactions, the hooks that follow inherents run in here.
			let header = Executive::finalize_block();
			let weight = System::block_weight().total();
			let cost = BlockCost { weight, time: began.elapsed() };
			(header, result, cost)
		});
		(self.head, self.cost) = (head, cost);
		// As on a node, and otherwise each block would be slower than the one before.
		self.state.commit_all().unwrap();
		result
	}

	/// Makes that many blocks, each of what the off-chain workers sent in the one before.
	pub fn blocks(&mut self, count: u32) {
		for _ in 0..count {
			let transactions = self.take_pool();
			self.block(transactions);
		}
	}

	/// Lets that many slots pass without a block.
	pub fn skip(&mut self, slots: u32) {
		self.slot += u64::from(slots);
	}

	/// What off-chain workers sent and this block's state accepts, each once.
	pub fn take_pool(&mut self) -> Vec<UncheckedExtrinsic> {
		let mut encoded = std::mem::take(&mut self.pool.write().transactions);
		encoded.sort();
		encoded.dedup();
		let parent = self.hash();
		self.state.execute_with(|| {
			encoded
				.iter()
				.map(|bytes| UncheckedExtrinsic::decode(&mut &bytes[..]).unwrap())
				.filter(|transaction| {
					discard(|| {
						Executive::validate_transaction(
							TransactionSource::Local,
							transaction.clone(),
							parent,
						)
						.is_ok()
					})
				})
				.collect()
		})
	}

	/// The events of the last block.
	pub fn events(&mut self) -> Vec<RuntimeEvent> {
		self.read(|| System::read_events_no_consensus().map(|record| record.event).collect())
	}

	/// The hash that the chain believes its head to have. The real one follows from signatures, which differ from
	/// run to run, and with it would all that is drawn.
	fn hash(&self) -> Hash {
		match self.head.number {
			0 => self.head.hash(),
			number => sp_io::hashing::blake2_256(&number.encode()).into(),
		}
	}

	fn run_offchain_workers(&mut self) {
		let head = self.head.clone();
		self.state.execute_with(|| discard(|| Executive::offchain_worker(&head)));
	}
}

/// Applies a transaction as a block's author does: what is refused leaves nothing behind.
fn apply(transaction: UncheckedExtrinsic) -> ApplyExtrinsicResult {
	with_transaction(|| match Executive::apply_extrinsic(transaction) {
		Ok(dispatched) => TransactionOutcome::Commit(Ok::<_, DispatchError>(Ok(dispatched))),
		Err(refused) => TransactionOutcome::Rollback(Ok(Err(refused))),
	})
	.unwrap()
}

/// Runs something whose changes to the state nobody keeps.
fn discard<R>(action: impl FnOnce() -> R) -> R {
	with_transaction(|| {
		let result = action();
		TransactionOutcome::Rollback(Ok::<_, DispatchError>(result))
	})
	.unwrap()
}

/// The genesis of a preset, merged into the default as a node does it.
pub fn genesis_of(preset: &str) -> RuntimeGenesisConfig {
	let patch = presets::get(&preset.into()).unwrap();
	let mut genesis = serde_json::to_value(RuntimeGenesisConfig::default()).unwrap();
	merge(&mut genesis, serde_json::from_slice(&patch).unwrap());
	serde_json::from_value(genesis).unwrap()
}

/// RFC 7386.
fn merge(target: &mut serde_json::Value, patch: serde_json::Value) {
	use serde_json::Value;
	match (target, patch) {
		(Value::Object(target), Value::Object(patch)) => {
			for (key, value) in patch {
				if value.is_null() {
					target.remove(&key);
				} else {
					merge(target.entry(key).or_insert(Value::Null), value);
				}
			}
		}
		(target, patch) => *target = patch,
	}
}

/// The key pair of an account, which takes thousands of hashes to derive.
fn pair(who: Sr25519Keyring) -> &'static sr25519::Pair {
	static PAIRS: LazyLock<BTreeMap<AccountId, sr25519::Pair>> = LazyLock::new(|| {
		Sr25519Keyring::iter().map(|who| (who.to_account_id(), who.pair())).collect()
	});
	&PAIRS[&who.to_account_id()]
}

/// The slot claim of a validator that may author: what a node's BABE worker puts into the header. `header` makes the
/// header of a claim.
fn pre_digest(
	slot: Slot,
	keystore: &KeystorePtr,
	header: impl FnOnce(DigestItem) -> Header,
) -> DigestItem {
	let current = Babe::current_epoch();
	// At genesis the first epoch has not begun, and begins with the first block.
	let ends = Babe::current_epoch_start() + current.duration;
	let begins_next = System::block_number() > 0 && slot >= ends;
	let epoch = if begins_next { Babe::next_epoch() } else { current };
	// Who is disabled stays so as long as the list of validators stays as it is.
	let forgives = begins_next && pallet_session::QueuedChanged::<Runtime>::get();
	let disabled = if forgives { Vec::new() } else { Session::disabled_validators() };
	// But offenders are disabled anew by the very block with which a session begins, which is invalid then.
	let queued = if begins_next { Session::queued_keys() } else { Vec::new() };
	let is_safe = |index: &u32| {
		let who = queued.get(*index as usize);
		!disabled.contains(index) && !who.is_some_and(|(who, _)| Power::is_chilled(who))
	};
	let claim = |authority_index: u32| {
		let statement = make_vrf_sign_data(&epoch.randomness, slot, epoch.epoch_index);
		let public = epoch.authorities[authority_index as usize].0.clone().into_inner();
		let claim = PreDigest::SecondaryVRF(SecondaryVRFPreDigest {
			authority_index,
			slot,
			vrf_signature: vrf_sign(&public, &statement, keystore),
		});
		DigestItem::PreRuntime(BABE_ENGINE_ID, claim.encode())
	};
	let count = epoch.authorities.len() as u32;
	let mut in_turn = (0..count).map(|offset| (*slot as u32 + offset) % count);
	let author = in_turn.clone().find(is_safe).unwrap_or_else(|| {
		let header = header(claim(0));
		let disabled = discard(|| {
			Executive::initialize_block(&header);
			Session::disabled_validators()
		});
		in_turn.find(|index| !disabled.contains(index)).expect("fewer than a third are disabled")
	});
	claim(author)
}

/// Signs a slot claim with the key of a well-known account, or with one that the node has.
fn vrf_sign(
	public: &sr25519::Public,
	statement: &VrfSignData,
	keystore: &KeystorePtr,
) -> VrfSignature {
	if let Some(who) = Sr25519Keyring::from_public(public) {
		return pair(who).vrf_sign(statement);
	}
	keystore
		.sr25519_vrf_sign(key_types::BABE, public, statement)
		.unwrap()
		.expect("the node has everybody's keys")
}
