// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A chain with nothing but providers, and models that exist when a test says so.

use crate as pallet_providers;
use crate::{
	types::{Assignment, Need},
	Event, GenesisProvider, Hosting, Pallet, Profile, Provider, Providers as ProviderMap,
};
use ergon_core::{
	crypto::worker::{WorkerId, WorkerPair, WorkerSignature},
	Country, ModelId, Work,
};
use ergon_economics::{Balance, TokenPrices};
use frame_support::{
	assert_ok, derive_impl, parameter_types,
	traits::{fungible::InspectHold, ConstU128, ConstU32, ConstU64},
};
use sp_core::Pair;
use sp_runtime::BuildStorage;
use std::collections::BTreeMap;

pub(crate) type AccountId = u64;

/// What every account from 1 to [`ACCOUNTS`] starts with.
pub(crate) const ENDOWMENT: Balance = 1_000_000;
/// Number of accounts with money.
pub(crate) const ACCOUNTS: AccountId = 60;
/// The bond that [`provider`] uses: five slots.
pub(crate) const BOND: Balance = 5_000;
/// Work of the job that [`need`] describes.
pub(crate) const WORK: Work = 10;

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
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(2)]
	pub type Providers = pallet_providers;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<10>;
	type AccountStore = System;
	type FreezeIdentifier = u8;
	type MaxFreezes = ConstU32<1>;
}

parameter_types! {
	/// The models that are not active.
	pub static Inactive: Vec<ModelId> = Vec::new();
	/// What accounts have proved; the others have proved nothing.
	pub static Proofs: BTreeMap<AccountId, Work> = Default::default();
	/// How often somebody wanted to know.
	pub static Asked: u32 = 0;
}

/// Every model is active, but for those that a test made inactive.
pub struct AllButInactive;

impl crate::Models for AllButInactive {
	fn is_active(model: &ModelId) -> bool {
		!Inactive::get().contains(model)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn register_for_benchmark(seed: u32) -> ModelId {
		ModelId::from_low_u64_be(seed.into())
	}
}

/// Accounts have proved what a test says.
pub struct FakeProofs;

impl crate::Capacity<AccountId> for FakeProofs {
	fn proved(who: &AccountId) -> Work {
		Asked::mutate(|asked| *asked += 1);
		Proofs::get().get(who).copied().unwrap_or_default()
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn prove_for_benchmark(who: &AccountId) {
		prove(*who, Work::MAX);
	}
}

/// Has an account prove that it can have that much work at hand.
pub(crate) fn prove(who: AccountId, work: Work) {
	Proofs::mutate(|proofs| proofs.insert(who, work));
}

impl pallet_providers::Config for Test {
	type WeightInfo = ();
	type Currency = Balances;
	type Models = AllButInactive;
	type Capacity = FakeProofs;
	type UnprovedJobs = ConstU32<2>;
	type MinBond = ConstU128<2_000>;
	type BondPerSlot = ConstU128<1_000>;
	type MaxOffers = ConstU32<4>;
	type MaxOffersScanned = ConstU32<8>;
	type ValueAtRiskDivisor = ConstU32<3>;
	type MaxFailures = ConstU32<3>;
	type FailureWindow = ConstU64<100>;
	type ChillPeriod = ConstU64<50>;
	type UnbondingPeriod = ConstU64<200>;
	type ReputationHalfLife = ConstU32<1_000>;
	type MaxIdle = ConstU64<2_000>;
}

/// The worker key number `seed`.
pub(crate) fn pair(seed: u64) -> WorkerPair {
	let mut bytes = [0; 32];
	bytes[..8].copy_from_slice(&seed.to_le_bytes());
	WorkerPair::from_seed(&bytes)
}

pub(crate) fn worker(seed: u64) -> WorkerId {
	pair(seed).public()
}

/// The proof that `who` has the worker key number `seed`.
pub(crate) fn proof(seed: u64, who: AccountId) -> WorkerSignature {
	pair(seed).sign(&Pallet::<Test>::worker_proof_payload(&who))
}

pub(crate) fn model(seed: u8) -> ModelId {
	ModelId::repeat_byte(seed)
}

pub(crate) fn profile() -> Profile {
	Profile {
		country: Country(*b"CH"),
		region: Some(b"ZH".to_vec().try_into().unwrap()),
		hosting: Hosting::Premises,
		peer: Default::default(),
	}
}

pub(crate) fn prices(per_token: Balance) -> TokenPrices {
	TokenPrices { prompt_token: per_token, output_token: per_token }
}

pub(crate) fn signed(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

/// Makes an account a provider with worker key `who` and no offers.
pub(crate) fn register(who: AccountId) {
	assert_ok!(Providers::register(signed(who), worker(who), proof(who, who), BOND, profile()));
}

/// Makes an account a provider that offers model 1 at 1 per token.
pub(crate) fn provider(who: AccountId, slots: u32) {
	register(who);
	assert_ok!(Providers::set_offer(signed(who), model(1), prices(1), slots));
}

/// A job of ten tokens for model 1 that costs 100 at most.
pub(crate) fn need<'a>() -> Need<'a, AccountId> {
	Need {
		model: model(1),
		prompt_tokens: 6,
		output_tokens: 4,
		max_price: 100,
		work: WORK,
		countries: &[],
		min_reputation: 0,
		provider: None,
		excluded: &[],
		admits: &|_, _| true,
	}
}

/// Assigns a job and says who got it.
pub(crate) fn assign(need: &Need<AccountId>, seed: u8) -> Option<AccountId> {
	Providers::assign(need, [seed; 32]).map(|Assignment { provider, .. }| provider)
}

/// Assigns a job to that provider.
pub(crate) fn give(who: AccountId) {
	assert_eq!(assign(&Need { provider: Some(&who), ..need() }, 0), Some(who));
}

/// Ends a job that [`give`] gave.
pub(crate) fn take(who: AccountId, safe_at: u64) {
	Providers::vacate(&who, &model(1), WORK, safe_at);
	Providers::release(&who, 100);
}

pub(crate) fn record(who: AccountId) -> Provider<u64> {
	ProviderMap::<Test>::get(who).unwrap()
}

pub(crate) fn held(who: AccountId) -> Balance {
	Balances::balance_on_hold(&crate::HoldReason::ProviderBond.into(), &who)
}

/// This pallet's events since the last call.
pub(crate) fn events() -> Vec<Event<Test>> {
	let events = System::read_events_for_pallet::<Event<Test>>();
	System::reset_events();
	events
}

/// A chain to be, with the providers of its genesis state.
#[derive(Default)]
pub(crate) struct ExtBuilder {
	providers: Vec<GenesisProvider<AccountId>>,
}

impl ExtBuilder {
	pub(crate) fn with_providers(self, providers: Vec<GenesisProvider<AccountId>>) -> Self {
		Self { providers }
	}

	pub(crate) fn build(self) -> sp_io::TestExternalities {
		let balances = (1..=ACCOUNTS).map(|who| (who, ENDOWMENT)).collect();
		let genesis = RuntimeGenesisConfig {
			balances: pallet_balances::GenesisConfig { balances, ..Default::default() },
			providers: pallet_providers::GenesisConfig { providers: self.providers },
			..Default::default()
		};
		let mut ext: sp_io::TestExternalities = genesis.build_storage().unwrap().into();
		ext.execute_with(|| {
			System::set_block_number(1);
			Inactive::set(Vec::new());
			Proofs::take();
			Asked::take();
		});
		ext
	}

	/// Runs a test and checks the invariants after it.
	pub(crate) fn execute_with(self, test: impl FnOnce()) {
		self.build().execute_with(|| {
			test();
			Providers::do_try_state().unwrap();
		});
	}
}

#[cfg(feature = "runtime-benchmarks")]
pub(crate) fn new_test_ext() -> sp_io::TestExternalities {
	let mut ext = ExtBuilder::default().build();
	ext.register_extension(sp_keystore::KeystoreExt::new(
		sp_keystore::testing::MemoryKeystore::new(),
	));
	ext
}
