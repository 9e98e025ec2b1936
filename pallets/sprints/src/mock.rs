// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A chain with nothing but money and sprints, and peers that do what the test says.

mod engine;

pub(crate) use engine::{made_up, result, Engine, World, ITEM_WORK};

use crate::{
	self as pallet_sprints, Audits, Balance, Call, CandidateFailure, Candidates, Commitment,
	Conclusion, Current, Event, LeafCase, Leaves, Models, Phase, Randomness, DRAW_DELAY,
};
use codec::Encode;
use ergon_core::{
	crypto::{
		audit::{AuditorId, AuditorPair, AuditorSignature},
		signing_payload, AUDIT_KEY_TYPE, SPRINT_COMMIT_DOMAIN, SPRINT_OPEN_DOMAIN,
	},
	engine::JobOrder,
	merkle, sprint, Architecture, Attestation, Bundle, Dimensions, JobId, ModelId, ModelManifest,
	Work, H256,
};
use ergon_economics::AuditRate;
use ergon_engine_interface::EngineExt;
use frame_support::{
	derive_impl,
	dispatch::GetDispatchInfo,
	parameter_types,
	traits::{
		fungible::{Balanced, Credit, Mutate},
		tokens::{Fortitude, Precision, Preservation},
		ConstU128, ConstU32, ConstU64, Hooks,
	},
	weights::{Weight, WeightMeter},
};
use sp_core::{
	offchain::{
		testing::{TestOffchainExt, TestTransactionPoolExt},
		OffchainDbExt, OffchainWorkerExt, TransactionPoolExt,
	},
	Pair,
};
use sp_keystore::{testing::MemoryKeystore, Keystore, KeystoreExt};
use sp_runtime::{
	testing::TestXt,
	traits::{BlakeTwo256, DispatchTransaction, Dispatchable},
	transaction_validity::{TransactionSource, TransactionValidityError},
	BuildStorage, DispatchError,
};
use std::{
	collections::{BTreeMap, BTreeSet},
	sync::Arc,
};

pub(crate) type TxExtension = frame_system::AuthorizeCall<Test>;
pub(crate) type Extrinsic = TestXt<RuntimeCall, TxExtension>;
type Header = sp_runtime::generic::Header<u64, BlakeTwo256>;
type Block = sp_runtime::generic::Block<Header, Extrinsic>;
pub type AccountId = u64;

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
	pub type Sprints = pallet_sprints;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<1>;
}

/// Blocks from the beginning of an era in one of which its sprint opens.
pub(crate) const OPEN_WITHIN: u64 = 20;
/// W: blocks for commitments.
pub(crate) const COMMIT_WINDOW: u64 = 10;
/// Blocks to show what was drawn.
pub(crate) const OPEN_WINDOW: u64 = 6;
/// Blocks that audits take.
pub(crate) const AUDIT_TIME: u64 = 15;
/// Items at most.
pub(crate) const MAX_ITEMS: u32 = 200;
/// Items to show.
pub(crate) const SAMPLES: u32 = 3;
/// Who finds what is wrong.
pub(crate) const AUDITOR: AccountId = 700;
/// What an auditor loses for a false vote.
pub(crate) const FALSE_VOTE_SLASH: Balance = 101;
/// What everybody owns.
pub(crate) const ENDOWMENT: Balance = 1_000;

parameter_types! {
	pub static PollLimit: Weight = Weight::from_parts(u64::MAX / 2, u64::MAX / 2);
	/// Who stands since before this era began.
	pub static Standing: BTreeSet<AccountId> = BTreeSet::new();
	/// Whether a draw comes in time for what is counted next.
	pub static InTime: bool = true;
	/// The eras whose sprints were held.
	pub static Held: Vec<u32> = Vec::new();
	/// Who has committed, in which era.
	pub static Committed: Vec<(AccountId, u32)> = Vec::new();
	/// What was proved: who, in which era, how much.
	pub static Proved: Vec<(AccountId, u32, Work)> = Vec::new();
	/// Who has missed the sprint of which era by a failure.
	pub static FailedSprints: Vec<(AccountId, u32)> = Vec::new();
	/// Who failed, in which era, how, and who found it.
	pub static Punished: Vec<(AccountId, u32, CandidateFailure, Vec<AccountId>)> = Vec::new();
	/// Models that are registered and active.
	pub static Active: Vec<ModelManifest> = vec![manifest(0)];
	/// Models that new work may no longer use.
	pub static Retired: Vec<ModelManifest> = vec![];
	/// Models that too few auditors declare.
	pub static Unauditable: BTreeSet<ModelId> = BTreeSet::new();
	/// What audits of an item come to, where the test says so.
	pub static Conclusions: BTreeMap<JobId, Conclusion<AccountId, u64>> = BTreeMap::new();
	/// Items that are audited.
	pub static Cases: BTreeMap<JobId, LeafCase<AccountId>> = BTreeMap::new();
	/// Makes the randomness of two chains differ.
	pub static Salt: u64 = 0;
	/// The block with which the next era is said to begin.
	pub static NextEra: Option<u64> = None;
	pub const OneAuditor: AuditRate = AuditRate::from_u32(1);
}

/// A model that differs by its number.
pub(crate) fn manifest(number: u8) -> ModelManifest {
	ModelManifest {
		arithmetic: ergon_core::model::ARITHMETIC_X1,
		architecture: Architecture::Llama,
		dimensions: Dimensions {
			vocabulary: 1_024,
			hidden: 64,
			intermediate: 128,
			layers: 2,
			heads: 4,
			key_value_heads: 2,
			head_width: 16,
			context: 2_048,
		},
		weights_root: H256::repeat_byte(number),
		tables_root: H256::zero(),
		vocabulary_root: H256::zero(),
		merges_root: H256::zero(),
		text_rules: H256::zero(),
		template_tokens: 16,
		work_per_prompt_token: 1_000,
		work_per_output_token: 10_000,
	}
}

/// The only model, where the test says nothing else.
pub(crate) fn model() -> ModelId {
	manifest(0).id()
}

/// Everybody else.
pub struct Peers;

impl Candidates<AccountId> for Peers {
	fn may_sprint(who: &AccountId) -> bool {
		Standing::get().contains(who)
	}

	fn key(who: &AccountId) -> Option<AuditorId> {
		Standing::get().contains(who).then(|| pair(*who).public())
	}

	fn operator(key: &AuditorId) -> Option<AccountId> {
		Standing::get().into_iter().find(|who| pair(*who).public() == *key)
	}

	fn note_held(era: u32) -> bool {
		if InTime::get() {
			Held::mutate(|held| held.push(era));
		}
		InTime::get()
	}

	fn note_committed(who: &AccountId, era: u32) {
		Committed::mutate(|committed| committed.push((*who, era)));
	}

	fn note_proved(who: &AccountId, era: u32, work: Work) {
		Proved::mutate(|proved| proved.push((*who, era, work)));
	}

	fn note_failed(who: &AccountId, era: u32) {
		FailedSprints::mutate(|failed| failed.push((*who, era)));
	}

	fn punish(who: &AccountId, era: u32, failure: CandidateFailure, finders: Vec<AccountId>) {
		Punished::mutate(|punished| punished.push((*who, era, failure, finders)));
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn stand_for_benchmark(who: &AccountId) -> AuditorId {
		use sp_runtime::RuntimeAppPublic;

		Standing::mutate(|standing| standing.insert(*who));
		AuditorId::generate_pair(Some(seed(*who).into_bytes()))
	}
}

impl Models for Peers {
	fn is_active(model: &ModelId) -> bool {
		Active::get().iter().any(|manifest| manifest.id() == *model)
	}

	fn manifest(model: &ModelId) -> Option<ModelManifest> {
		let registered = [Active::get(), Retired::get()].concat();
		registered.into_iter().find(|manifest| manifest.id() == *model)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn register_for_benchmark() -> ModelId {
		model()
	}
}

impl Audits<AccountId, u64> for Peers {
	type Credit = Credit<AccountId, Balances>;

	fn is_auditable(model: &ModelId) -> bool {
		!Unauditable::get().contains(model)
	}

	fn auditable_weight() -> Weight {
		Weight::from_parts(1_000, 0)
	}

	fn open(case: LeafCase<AccountId>) -> u64 {
		Cases::mutate(|cases| cases.insert(case.job, case));
		System::block_number() + AUDIT_TIME
	}

	fn conclude(job: &JobId) -> Conclusion<AccountId, u64> {
		let conclusion = Conclusions::mutate(|all| all.remove(job)).unwrap_or_else(|| {
			let (order, attestation, bundle) = Sprints::evidence(job).unwrap();
			match result(&order) == (attestation, bundle) {
				true => Conclusion::Upheld { penalties: vec![], audited: true },
				false => Conclusion::Overturned {
					finders: vec![AUDITOR],
					false_votes: vec![],
					spared: false,
				},
			}
		});
		if !matches!(conclusion, Conclusion::Pending { .. }) {
			Cases::mutate(|cases| cases.remove(job).unwrap());
		}
		conclusion
	}

	fn conclude_weight() -> Weight {
		Weight::from_parts(50_000_000_000, 0)
	}

	fn conclude_weight_of(_: &JobId) -> Weight {
		Weight::from_parts(1_000, 0)
	}

	fn slash(auditor: &AccountId) -> Self::Credit {
		Balances::withdraw(
			auditor,
			FALSE_VOTE_SLASH,
			Precision::BestEffort,
			Preservation::Expendable,
			Fortitude::Force,
		)
		.unwrap_or_default()
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn bond_for_benchmark(auditor: &AccountId) {
		Balances::set_balance(auditor, ENDOWMENT);
	}
}

impl Randomness for Peers {
	fn recent() -> H256 {
		sp_io::hashing::blake2_256(&(Salt::get(), System::block_number()).encode()).into()
	}
}

impl pallet_sprints::Config for Test {
	type WeightInfo = ();
	type Currency = Balances;
	type Burn = ();
	type Candidates = Peers;
	type Models = Peers;
	type Audits = Peers;
	type Randomness = Peers;
	type NextEra = NextEra;
	type OpenWithin = ConstU64<OPEN_WITHIN>;
	type CommitWindow = ConstU64<COMMIT_WINDOW>;
	type OpenWindow = ConstU64<OPEN_WINDOW>;
	type MaxModels = ConstU32<2>;
	type MaxItems = ConstU32<MAX_ITEMS>;
	type MaxSamples = ConstU32<SAMPLES>;
	type AuditRate = OneAuditor;
	type DutyPriority = ConstU64<7>;
	type PollWeight = PollLimit;
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
		TxExtension::new()
	}
}

// --- Time and set-up ---

/// A chain in the first block of era 1, on which accounts 1 to 5 stand, and whose node has the keys of `local`.
pub(crate) fn build(local: &[AccountId]) -> (sp_io::TestExternalities, World) {
	let storage = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: (1..=5).chain(AUDITOR..AUDITOR + 5).map(|who| (who, ENDOWMENT)).collect(),
			..Default::default()
		},
		sprints: crate::GenesisConfig { models: vec![model()], ..Default::default() },
		..Default::default()
	}
	.build_storage()
	.unwrap();
	let mut ext = sp_io::TestExternalities::new(storage);
	let keystore = MemoryKeystore::new();
	for who in local {
		keystore.ed25519_generate_new(AUDIT_KEY_TYPE, Some(&seed(*who))).unwrap();
	}
	let (offchain, _) = TestOffchainExt::with_offchain_db(Default::default());
	let (pool_ext, pool) = TestTransactionPoolExt::new();
	let engine = Arc::new(Engine::default());
	ext.register_extension(KeystoreExt::new(keystore));
	ext.register_extension(OffchainDbExt::new(offchain.clone()));
	ext.register_extension(OffchainWorkerExt::new(offchain));
	ext.register_extension(TransactionPoolExt::new(pool_ext));
	ext.register_extension(EngineExt(engine.clone()));
	ext.execute_with(|| {
		Standing::set((1..=5).collect());
		InTime::set(true);
		Held::take();
		Committed::take();
		Proved::take();
		Punished::take();
		Cases::take();
		Conclusions::take();
		Unauditable::take();
		Active::set(vec![manifest(0)]);
		Retired::take();
		Salt::set(0);
		NextEra::set(None);
		PollLimit::set(Weight::from_parts(u64::MAX / 2, u64::MAX / 2));
		System::set_block_number(1);
		Sprints::start_era(1);
	});
	(ext, World { engine, pool })
}

/// Runs a test and checks the invariants behind it.
pub(crate) fn run(test: impl FnOnce()) {
	run_node(&[], |_| test());
}

/// Runs a test of a node with those keys.
pub(crate) fn run_node(local: &[AccountId], test: impl FnOnce(World)) {
	let (mut ext, world) = build(local);
	ext.execute_with(|| {
		test(world);
		Sprints::do_try_state().unwrap();
	});
}

/// A new chain for benchmark tests.
#[cfg(feature = "runtime-benchmarks")]
pub(crate) fn new_test_ext() -> sp_io::TestExternalities {
	build(&[]).0
}

fn seed(who: AccountId) -> String {
	format!("//Candidate{who}")
}

/// The audit key of a candidate.
pub(crate) fn pair(who: AccountId) -> AuditorPair {
	AuditorPair::from_string(&seed(who), None).unwrap()
}

/// Makes one block with all hooks.
pub(crate) fn next_block() {
	let now = System::block_number() + 1;
	System::set_block_number(now);
	Sprints::on_initialize(now);
	Sprints::on_poll(now, &mut WeightMeter::with_limit(Weight::MAX));
	Sprints::do_try_state().unwrap();
}

/// Makes blocks up to and including that one.
pub(crate) fn go_to(block: u64) {
	while System::block_number() < block {
		next_block();
	}
}

/// The phase of the sprint.
pub(crate) fn phase() -> Phase<u64> {
	Current::<Test>::get().unwrap().phase
}

/// Makes blocks until the sprint opens; returns what follows from its seed for somebody, and the last block for
/// commitments.
pub(crate) fn go_to_work() -> (H256, u64) {
	loop {
		if let Phase::Working { seed, commit_by } = phase() {
			return (seed, commit_by);
		}
		next_block();
	}
}

/// Makes blocks until items are drawn; returns seed, draw, and the last block to show them.
pub(crate) fn go_to_opening() -> (H256, H256, u64) {
	let (_, commit_by) = go_to_work();
	go_to(commit_by + u64::from(DRAW_DELAY));
	let Phase::Opening { seed, draw, open_by } = phase() else { panic!("nothing was drawn") };
	(seed, draw, open_by)
}

/// What somebody has done: item by item, by the engine that `engine` names.
pub(crate) struct Diligence {
	pub(crate) who: AccountId,
	pub(crate) results: Vec<(Attestation, Bundle)>,
}

impl Diligence {
	/// That many items, each by `engine`.
	pub(crate) fn new(
		who: AccountId,
		seed: H256,
		items: u32,
		engine: impl Fn(u32, &JobOrder) -> (Attestation, Bundle),
	) -> Self {
		let subject = sprint::subject(seed, &who);
		let item = |index| sprint::item(subject, model(), true, index);
		let results = (0..items).map(|index| engine(index, &item(index))).collect();
		Self { who, results }
	}

	/// That many items, all right.
	pub(crate) fn honest(who: AccountId, seed: H256, items: u32) -> Self {
		Self::new(who, seed, items, |_, order| result(order))
	}

	pub(crate) fn leaves(&self) -> Vec<H256> {
		let leaf = |(attestation, bundle): &(_, _)| sprint::leaf(attestation, bundle);
		self.results.iter().map(leaf).collect()
	}

	pub(crate) fn commitment(&self) -> Commitment {
		let items = self.results.len() as u32;
		Commitment { model: model(), items, root: merkle::root(self.leaves()) }
	}

	pub(crate) fn commit_call(&self) -> Call<Test> {
		commit_call(self.who, 1, self.commitment())
	}

	/// Shows what it has done as item `index`.
	pub(crate) fn show_call(&self, index: u32) -> Call<Test> {
		let (attestation, bundle) = self.results[index as usize].clone();
		let leaf = sprint::leaf(&attestation, &bundle);
		let path = merkle::proof(&self.leaves(), index as usize).unwrap();
		Call::show {
			era: 1,
			operator: self.who,
			index,
			attestation,
			bundle,
			path: path.try_into().unwrap(),
			signature: sign(self.who, SPRINT_OPEN_DOMAIN, &(1u32, index, leaf)),
		}
	}

	pub(crate) fn commit(&self) {
		apply(self.commit_call()).unwrap();
	}

	/// The items that were drawn.
	pub(crate) fn drawn(&self) -> Vec<u32> {
		Sprints::entry(1, self.who).unwrap().drawn
	}

	pub(crate) fn show_all(&self) {
		self.drawn().into_iter().for_each(|index| apply(self.show_call(index)).unwrap());
	}
}

/// The transaction that commits somebody.
pub(crate) fn commit_call(who: AccountId, era: u32, commitment: Commitment) -> Call<Test> {
	let signature = sign(who, SPRINT_COMMIT_DOMAIN, &(era, commitment));
	Call::commit { era, operator: who, commitment, signature }
}

pub(crate) fn sign(
	who: AccountId,
	domain: &'static [u8],
	statement: &impl Encode,
) -> AuditorSignature {
	pair(who).sign(&signing_payload(domain, System::block_hash(0), statement))
}

/// Why a transaction had no effect.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
	Validation(TransactionValidityError),
	Dispatch(DispatchError),
}

/// Applies a transaction as a block does: authorization, then dispatch.
pub(crate) fn apply(call: Call<Test>) -> Result<(), Refused> {
	let call = RuntimeCall::from(call);
	let info = call.get_dispatch_info();
	let (.., origin) = TxExtension::new()
		.validate_only(RuntimeOrigin::none(), &call, &info, 0, TransactionSource::InBlock, 0)
		.map_err(Refused::Validation)?;
	call.dispatch(origin).map(drop).map_err(|error| Refused::Dispatch(error.error))
}

/// Items of somebody that are audited.
pub(crate) fn audited(who: AccountId) -> Vec<JobId> {
	let is_his = |(job, leaf): (JobId, crate::LeafOf<Test>)| (leaf.operator == who).then_some(job);
	Leaves::<Test>::iter().filter_map(is_his).collect()
}

/// Events of this pallet since the last call.
pub(crate) fn events() -> Vec<Event<Test>> {
	let events = System::read_events_for_pallet::<Event<Test>>();
	System::reset_events();
	events
}
