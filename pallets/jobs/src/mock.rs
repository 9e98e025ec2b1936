// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A runtime with real balances, and fakes for the peers that log what they are asked.

// The macros make public what names these types.
#![allow(missing_docs)]

mod fakes;

pub use fakes::*;

use crate::{
	self as pallet_jobs,
	traits::{
		AuditCase, Audited, Audits, BlockRandomness, Conclusion, Demand, ModelStatus, Models, Need,
		Providers, Standing, TokenPrices,
	},
	Constraints, CreditOf,
};
use ergon_core::{
	crypto::worker::{WorkerId, WorkerPair},
	model::ARITHMETIC_X1,
	Architecture, Country, Dimensions, Fault, JobId, ModelId, ModelManifest, Work, H256,
};
use ergon_economics::Balance;
use frame_support::{
	derive_impl, parameter_types,
	traits::{
		fungible::{BalancedHold, InspectHold, Mutate, MutateHold},
		Hooks,
	},
	weights::{Weight, WeightMeter},
};
use sp_core::Pair;
use sp_runtime::{
	testing::UintAuthorityId,
	traits::{BlakeTwo256, ConstU128, ConstU32, ConstU64},
	BuildStorage,
};
use std::collections::{BTreeMap, VecDeque};

pub type AccountId = u64;
pub type BlockNumber = u64;
pub type TxExtension = (frame_system::AuthorizeCall<Test>,);
pub type Extrinsic =
	sp_runtime::generic::UncheckedExtrinsic<AccountId, RuntimeCall, UintAuthorityId, TxExtension>;
type Block = sp_runtime::generic::Block<sp_runtime::generic::Header<u64, BlakeTwo256>, Extrinsic>;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system::Pallet<Test>;
	#[runtime::pallet_index(1)]
	pub type Balances = pallet_balances::Pallet<Test>;
	#[runtime::pallet_index(2)]
	pub type Bonds = bonds::Pallet<Test>;
	#[runtime::pallet_index(3)]
	pub type Jobs = pallet_jobs::Pallet<Test>;
}

/// Hold reasons of the peers.
#[frame_support::pallet]
#[allow(unused_qualifications)]
pub mod bonds {
	#[pallet::config]
	pub trait Config: frame_system::Config {}
	#[pallet::pallet]
	pub struct Pallet<T>(_);
	#[pallet::composite_enum]
	pub enum HoldReason {
		Provider,
		Auditor,
	}
}

impl bonds::Config for Test {}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountData = pallet_balances::AccountData<Balance>;
	type BlockHashCount = ConstU64<6_000>;
}

/// Least balance of an account.
pub const EXISTENTIAL_DEPOSIT: Balance = 100;

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = Balance;
	type AccountStore = System;
	type ExistentialDeposit = ConstU128<EXISTENTIAL_DEPOSIT>;
	type FreezeIdentifier = u8;
	type MaxFreezes = ConstU32<1>;
}

parameter_types! {
	pub const Treasury: AccountId = TREASURY;
	pub const AuditPool: AccountId = POOL;
}

#[derive_impl(pallet_jobs::config_preludes::TestDefaultConfig)]
impl pallet_jobs::Config for Test {
	type Currency = Balances;
	type Models = FakeModels;
	type Providers = FakeProviders;
	type Audits = FakeAudits;
	type Demand = FakeDemand;
	type Randomness = FakeRandomness;
	type Treasury = Treasury;
	type AuditPool = AuditPool;
}

impl<LocalCall> frame_system::offchain::CreateTransactionBase<LocalCall> for Test
where
	RuntimeCall: From<LocalCall>,
{
	type RuntimeCall = RuntimeCall;
	type Extrinsic = Extrinsic;
}

impl<LocalCall> frame_system::offchain::CreateTransaction<LocalCall> for Test
where
	RuntimeCall: From<LocalCall>,
{
	type Extension = TxExtension;
	fn create_transaction(call: RuntimeCall, extension: TxExtension) -> Extrinsic {
		Extrinsic::new_transaction(call, extension)
	}
}

impl<LocalCall> frame_system::offchain::CreateAuthorizedTransaction<LocalCall> for Test
where
	RuntimeCall: From<LocalCall>,
{
	fn create_extension() -> TxExtension {
		(frame_system::AuthorizeCall::new(),)
	}
}

// --- Who there is ---

pub const ALICE: AccountId = 1;
pub const BOB: AccountId = 2;
/// Providers, and their worker keys' seeds.
pub const PROVIDERS: [AccountId; 4] = [11, 12, 13, 14];
pub const PETER: AccountId = 11;
pub const PAULA: AccountId = 12;
pub const PIA: AccountId = 13;
pub const AUDITORS: [AccountId; 4] = [21, 22, 23, 24];
pub const TREASURY: AccountId = 31;
pub const POOL: AccountId = 32;
/// Somebody without an account.
pub const NOBODY: AccountId = 99;

pub const ENDOWMENT: Balance = 1_000_000_000;
pub const BOND: Balance = 10_000_000;
pub const GENESIS: H256 = H256::repeat_byte(0x67);

/// A network of 576 multiply-accumulates per prompt token and 1,376 per output token.
pub fn manifest() -> ModelManifest {
	let dimensions = Dimensions {
		vocabulary: 100,
		hidden: 8,
		intermediate: 16,
		layers: 1,
		heads: 2,
		key_value_heads: 1,
		head_width: 4,
		context: 256,
	};
	ModelManifest {
		arithmetic: ARITHMETIC_X1,
		architecture: Architecture::Llama,
		dimensions,
		weights_root: H256::repeat_byte(1),
		tables_root: H256::repeat_byte(2),
		vocabulary_root: H256::repeat_byte(3),
		merges_root: H256::repeat_byte(4),
		text_rules: H256::repeat_byte(4),
		template_tokens: 3,
		work_per_prompt_token: dimensions.work_per_prompt_token(Architecture::Llama),
		work_per_output_token: dimensions.work_per_output_token(Architecture::Llama),
	}
}

pub fn model() -> ModelId {
	manifest().id()
}

pub fn worker(provider: AccountId) -> WorkerPair {
	let mut seed = [0; 32];
	seed[..8].copy_from_slice(&provider.to_le_bytes());
	WorkerPair::from_seed(&seed)
}

// --- Time and set-up ---

pub fn parent_hash_of(block: BlockNumber) -> H256 {
	if block == 1 {
		return GENESIS;
	}
	H256::from_low_u64_be(block - 1)
}

/// Begins the next block, with or without the hook, and checks the state after it.
pub fn next_block_with(meter: Option<&mut WeightMeter>) {
	let number = System::block_number() + 1;
	System::initialize(&number, &parent_hash_of(number), &Default::default());
	if let Some(meter) = meter {
		Jobs::on_poll(number, meter);
	}
	Jobs::do_try_state().unwrap();
}

pub fn next_block() {
	next_block_with(Some(&mut WeightMeter::new()));
}

/// Runs blocks until `block` is the present one.
pub fn run_to(block: BlockNumber) {
	assert!(block >= System::block_number(), "time runs forward");
	while System::block_number() < block {
		next_block();
	}
}

pub fn run_for(blocks: BlockNumber) {
	run_to(System::block_number() + blocks);
}

/// Sets up a chain in block 1.
pub struct ExtBuilder {
	offers: Vec<Offer>,
	audit_price: Balance,
}

impl Default for ExtBuilder {
	fn default() -> Self {
		Self { offers: Vec::new(), audit_price: 1_000 }
	}
}

pub fn prices() -> TokenPrices {
	TokenPrices { prompt_token: 10, output_token: 100 }
}

impl ExtBuilder {
	/// An offer of [`model`] by `provider` at [`prices`], in Switzerland.
	pub fn offer(self, provider: AccountId) -> Self {
		self.offer_with(provider, |_| {})
	}

	pub fn offer_with(mut self, provider: AccountId, change: impl Fn(&mut Offer)) -> Self {
		let mut offer = Offer {
			model: model(),
			provider,
			prices: prices(),
			country: Country(*b"CH"),
			reputation: 500,
			slots: 4,
		};
		change(&mut offer);
		self.offers.push(offer);
		self
	}

	/// Audit budget per million multiply-accumulates.
	pub fn audit_price(mut self, price: Balance) -> Self {
		self.audit_price = price;
		self
	}

	pub fn build(self) -> sp_io::TestExternalities {
		let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
		let rich = [ALICE, BOB, TREASURY, POOL].map(|who| (who, ENDOWMENT));
		pallet_balances::GenesisConfig::<Test> { balances: rich.to_vec(), ..Default::default() }
			.assimilate_storage(&mut storage)
			.unwrap();
		let mut externalities = sp_io::TestExternalities::new(storage);
		externalities.execute_with(|| {
			Log::take();
			Taken::take();
			AtHand::take();
			AtRisk::take();
			Conclusions::take();
			OpenCases::take();
			WithoutAuditors::take();
			Random::take();
			KnownModels::take();
			Offers::set(self.offers);
			AuditPrice::set(self.audit_price);
			Workers::set(PROVIDERS.map(|who| (who, worker(who).public())).into_iter().collect());
			set_model_status(ModelStatus::Active);
			PROVIDERS.into_iter().for_each(|who| bond(who, bonds::HoldReason::Provider));
			AUDITORS.into_iter().for_each(|who| bond(who, bonds::HoldReason::Auditor));
			next_block();
			System::reset_events();
		});
		externalities
	}

	/// Runs a test in block 1 and checks the state after it.
	pub fn execute_with(self, test: impl FnOnce()) {
		self.build().execute_with(|| {
			test();
			Jobs::do_try_state().unwrap();
		});
	}
}

/// A chain whose node can sign.
#[cfg(feature = "runtime-benchmarks")]
pub fn benchmark_ext() -> sp_io::TestExternalities {
	let mut externalities = ExtBuilder::default().build();
	let keystore = sp_keystore::testing::MemoryKeystore::new();
	externalities.register_extension(sp_keystore::KeystoreExt::new(keystore));
	externalities
}
