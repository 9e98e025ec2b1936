// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A runtime with real balances, and fakes for the peers that log what they are asked.

// The macros make public what names these types.
#![allow(missing_docs)]

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

// --- The fakes ---

/// What a peer was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
	Assign { model: ModelId, work: Work, excluded: Vec<AccountId>, randomness: [u8; 32] },
	Vacate { provider: AccountId, work: Work, safe_at: BlockNumber },
	Release { provider: AccountId, max_price: Balance },
	NoteFailure(AccountId),
	NoteAudited(AccountId, Audited),
	SlashProvider(AccountId, Balance),
	Open(AuditCase<AccountId, Balance>),
	Accuse { job: JobId, accuser: AccountId, fault: Fault },
	Conclude(JobId),
	Abandon(JobId),
	SlashAuditor { auditor: AccountId, price: Balance, pay: Balance },
	Demand(ModelId, Work),
}

#[derive(Clone, Debug)]
pub struct Offer {
	pub model: ModelId,
	pub provider: AccountId,
	pub prices: TokenPrices,
	pub country: Country,
	pub reputation: u16,
	pub slots: u32,
}

parameter_types! {
	pub static Log: Vec<Asked> = Vec::new();
	pub static KnownModels: BTreeMap<ModelId, (ModelManifest, ModelStatus)> = Default::default();
	pub static Offers: Vec<Offer> = Vec::new();
	/// Slots taken, work at hand and prices at risk, by provider.
	pub static Taken: BTreeMap<AccountId, u32> = Default::default();
	pub static AtHand: BTreeMap<AccountId, Work> = Default::default();
	pub static AtRisk: BTreeMap<AccountId, Balance> = Default::default();
	pub static Workers: BTreeMap<AccountId, WorkerId> = Default::default();
	/// Audit budget per million multiply-accumulates.
	pub static AuditPrice: Balance = 1_000;
	/// What the audits will answer, by job; [`pending`] when nothing is left.
	pub static Conclusions: BTreeMap<JobId, VecDeque<FakeConclusion>> = Default::default();
	pub static OpenCases: Vec<JobId> = Vec::new();
	/// Models that too few auditors can re-execute.
	pub static WithoutAuditors: Vec<ModelId> = Vec::new();
	pub static Random: [u8; 32] = [0; 32];
}

pub type FakeConclusion = Conclusion<AccountId, Balance, BlockNumber>;

/// Blocks from an attestation, or a pending answer, to the next question.
pub const AUDIT_TIME: BlockNumber = 6;
/// Blocks during which a bond stays locked.
pub const SAFE_TIME: BlockNumber = 20;

fn ask(question: Asked) {
	Log::mutate(|log| log.push(question));
}

/// What was asked since the last call.
pub fn asked() -> Vec<Asked> {
	Log::take()
}

pub struct FakeModels;
impl Models for FakeModels {
	fn model(id: &ModelId) -> Option<(ModelManifest, ModelStatus)> {
		KnownModels::get().get(id).copied()
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn register_for_benchmark(manifest: ModelManifest) -> ModelId {
		// Storage is reset between repetitions, but not what the fakes remember.
		Offers::take();
		set_model_status_of(manifest, ModelStatus::Active);
		manifest.id()
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn recall_for_benchmark(id: &ModelId) {
		KnownModels::mutate(|models| {
			models.get_mut(id).expect("registered before").1 = ModelStatus::Recalled;
		});
	}
}

fn set_model_status_of(manifest: ModelManifest, status: ModelStatus) {
	KnownModels::mutate(|models| models.insert(manifest.id(), (manifest, status)));
}

/// Changes the status of [`model`].
pub fn set_model_status(status: ModelStatus) {
	set_model_status_of(manifest(), status);
}

pub struct FakeProviders;

impl FakeProviders {
	/// Offers that fit all but the price, in the order in which they were made.
	fn fitting(need: &Need<AccountId, Balance>) -> Vec<(Offer, Balance)> {
		let Constraints { countries, min_reputation, provider, .. } = need.constraints;
		Offers::get()
			.into_iter()
			.filter(|offer| offer.model == need.model)
			.filter(|offer| countries.is_empty() || countries.contains(&offer.country))
			.filter(|offer| offer.reputation >= *min_reputation)
			.filter(|offer| provider.is_none_or(|wanted| wanted == offer.provider))
			.filter(|offer| !need.excluded.contains(&offer.provider))
			.filter(|offer| (need.admits)(&Self::standing(&offer.provider), &offer.prices))
			.filter_map(|offer| {
				let price = offer.prices.of_job(need.prompt_tokens, need.output_tokens)?;
				Some((offer, price))
			})
			.collect()
	}
}

impl Providers<AccountId, Balance, BlockNumber> for FakeProviders {
	type Credit = CreditOf<Test>;

	fn assign(
		need: &Need<AccountId, Balance>,
		randomness: [u8; 32],
	) -> Option<(AccountId, TokenPrices)> {
		let Need { model, work, excluded, .. } = *need;
		ask(Asked::Assign { model, work, excluded: excluded.to_vec(), randomness });
		let mut fitting = Self::fitting(need);
		fitting.retain(|(offer, price)| {
			let taken = Taken::get().get(&offer.provider).copied().unwrap_or_default();
			*price <= need.max_price && taken < offer.slots
		});
		let (offer, _) = fitting.get(randomness[0] as usize % fitting.len().max(1))?;
		Taken::mutate(|taken| *taken.entry(offer.provider).or_default() += 1);
		AtHand::mutate(|at_hand| *at_hand.entry(offer.provider).or_default() += work);
		AtRisk::mutate(|risk| *risk.entry(offer.provider).or_default() += need.max_price);
		Some((offer.provider, offer.prices))
	}

	fn cheapest(need: &Need<AccountId, Balance>) -> Option<Balance> {
		Self::fitting(need).into_iter().map(|(_, price)| price).min()
	}

	fn eligible(need: &Need<AccountId, Balance>) -> Vec<(AccountId, TokenPrices)> {
		Self::fitting(need)
			.into_iter()
			.filter(|(_, price)| *price <= need.max_price)
			.map(|(offer, _)| (offer.provider, offer.prices))
			.collect()
	}

	fn worker(provider: &AccountId) -> Option<WorkerId> {
		Workers::get().get(provider).cloned()
	}

	fn by_worker(worker: &WorkerId) -> Option<AccountId> {
		Workers::get().into_iter().find(|(_, key)| key == worker).map(|(provider, _)| provider)
	}

	fn offer_count(model: &ModelId) -> u32 {
		Offers::get().iter().filter(|offer| offer.model == *model).count() as u32
	}

	fn vacate(provider: &AccountId, _: &ModelId, work: Work, safe_at: BlockNumber) {
		ask(Asked::Vacate { provider: *provider, work, safe_at });
		Taken::mutate(|taken| {
			let slots = taken.get_mut(provider).expect("a slot was taken");
			*slots = slots.checked_sub(1).expect("a slot was taken");
		});
		AtHand::mutate(|at_hand| {
			let sum = at_hand.get_mut(provider).expect("the work was at hand");
			*sum = sum.checked_sub(work).expect("the work was at hand");
		});
	}

	fn release(provider: &AccountId, max_price: Balance) {
		ask(Asked::Release { provider: *provider, max_price });
		AtRisk::mutate(|risk| {
			let amount = risk.get_mut(provider).expect("the price was at risk");
			*amount = amount.checked_sub(max_price).expect("the price was at risk");
		});
	}

	fn note_failure(provider: &AccountId) {
		ask(Asked::NoteFailure(*provider));
	}

	fn note_audited(provider: &AccountId, outcome: Audited) {
		ask(Asked::NoteAudited(*provider, outcome));
	}

	fn standing(provider: &AccountId) -> Standing<Balance> {
		Standing {
			bond: Balances::balance_on_hold(&bonds::HoldReason::Provider.into(), provider),
			clean_audits: 0,
			value_at_risk: AtRisk::get().get(provider).copied().unwrap_or_default(),
		}
	}

	fn slash(provider: &AccountId, amount: Balance) -> (CreditOf<Test>, Balance) {
		ask(Asked::SlashProvider(*provider, amount));
		Balances::slash(&bonds::HoldReason::Provider.into(), provider, amount)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn register_for_benchmark(
		provider: &AccountId,
		model: &ModelId,
		worker: WorkerId,
		prices: TokenPrices,
	) {
		bond(*provider, bonds::HoldReason::Provider);
		Workers::mutate(|workers| workers.insert(*provider, worker));
		let (model, provider) = (*model, *provider);
		let country = Country(*b"CH");
		let offer = Offer { model, provider, prices, country, reputation: 1_000, slots: u32::MAX };
		Offers::mutate(|offers| offers.push(offer));
	}
}

fn bond(who: AccountId, reason: bonds::HoldReason) {
	Balances::mint_into(&who, BOND + EXISTENTIAL_DEPOSIT).expect("issuance does not overflow");
	Balances::hold(&reason.into(), &who, BOND).expect("just minted");
}

pub struct FakeAudits;
impl Audits<AccountId, Balance, BlockNumber> for FakeAudits {
	type Credit = CreditOf<Test>;

	fn budget(work: Work, _: Balance, _: Balance, _: &Standing<Balance>) -> Balance {
		(AuditPrice::get() * Balance::from(work)).div_ceil(1_000_000)
	}

	fn is_auditable(model: &ModelId) -> (bool, Weight) {
		let is_auditable = !WithoutAuditors::get().contains(model);
		(is_auditable, Self::auditable_weight().saturating_div(2))
	}

	fn auditable_weight() -> Weight {
		Weight::from_parts(300_000, 300)
	}

	fn open(case: AuditCase<AccountId, Balance>) -> BlockNumber {
		OpenCases::mutate(|cases| cases.push(case.job));
		ask(Asked::Open(case));
		System::block_number() + AUDIT_TIME
	}

	fn accuse(job: &JobId, accuser: AccountId, key: WorkerId, fault: Fault) {
		assert_eq!(key, worker(accuser).public(), "it plays with its worker key");
		ask(Asked::Accuse { job: *job, accuser, fault });
	}

	fn accuse_weight() -> Weight {
		Weight::from_parts(200_000, 200)
	}

	fn conclude(job: &JobId) -> FakeConclusion {
		ask(Asked::Conclude(*job));
		assert!(OpenCases::get().contains(job), "only open cases are asked about");
		let next = Conclusions::mutate(|conclusions| conclusions.get_mut(job)?.pop_front());
		let conclusion = next.unwrap_or_else(pending);
		if !matches!(conclusion, Conclusion::Pending { .. }) {
			OpenCases::mutate(|cases| cases.retain(|case| case != job));
		}
		conclusion
	}

	fn conclude_weight() -> Weight {
		Weight::from_parts(1_000_000, 1_000)
	}

	fn conclude_weight_of(_: &JobId) -> Weight {
		Weight::from_parts(700_000, 700)
	}

	fn abandon_weight() -> Weight {
		Weight::from_parts(500_000, 500)
	}

	fn abandon(job: &JobId) {
		ask(Asked::Abandon(*job));
		OpenCases::mutate(|cases| cases.retain(|case| case != job));
	}

	fn slash(auditor: &AccountId, price: Balance, pay: Balance) -> (CreditOf<Test>, Balance) {
		ask(Asked::SlashAuditor { auditor: *auditor, price, pay });
		let amount = price.max(pay).saturating_mul(100);
		Balances::slash(&bonds::HoldReason::Auditor.into(), auditor, amount)
	}

	fn safe_at() -> BlockNumber {
		System::block_number() + SAFE_TIME
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn bond_for_benchmark(auditor: &AccountId) {
		bond(*auditor, bonds::HoldReason::Auditor);
	}
}

/// The audits go on.
pub fn pending() -> FakeConclusion {
	Conclusion::Pending { until: System::block_number() + AUDIT_TIME, disputed: false }
}

/// What the audits of `job` are to answer next.
pub fn will_conclude(job: JobId, conclusion: FakeConclusion) {
	Conclusions::mutate(|all| all.entry(job).or_default().push_back(conclusion));
}

pub struct FakeDemand;
impl Demand for FakeDemand {
	fn note(model: &ModelId, work: Work) {
		ask(Asked::Demand(*model, work));
	}
}

pub struct FakeRandomness;
impl BlockRandomness for FakeRandomness {
	fn parent(subject: &[u8]) -> [u8; 32] {
		assert_eq!(subject.len(), 33, "a job and a round");
		Random::get()
	}
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
