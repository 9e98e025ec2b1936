// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A chain with nothing but audits, an engine that does what the test says, and a pool.

mod engine;
mod peers;

pub use engine::*;
pub use peers::*;

use crate::{
	self as pallet_audits, Accuser, ActiveValidator, AuditCase, Balance, BlockRandomness, Call,
	Cases, Charge, Conclusion, Event, Evidence, Evidences, Judge, Models, Refuted, Replicas,
	Ruling, Seats, Stage, Standing, UnpaidCase, Validators as ValidatorsTrait, DRAW_DELAY,
};
use codec::{Decode, Encode};
use ergon_core::{
	attestation::{ATTESTATION_VERSION, PROFILE_EXACT},
	audit::Reveal,
	crypto::{
		audit::{AuditorId, AuditorPair, AuditorSignature},
		signing_payload, AUDIT_KEY_TYPE, COMMIT_DOMAIN, DECLARE_DOMAIN, OBJECT_DOMAIN,
		REVEAL_DOMAIN,
	},
	engine::{JobOrder, Order, OrderId, Outcome},
	Attestation, Bundle, Fault, FinishReason, JobId, JobKind, ModelId, Output, Vote, Work, H256,
	WORK_UNIT,
};
use ergon_economics::AuditRate;
use ergon_engine_interface::{Backend, EngineExt, Progress, Submission};
use frame_support::{
	derive_impl,
	dispatch::GetDispatchInfo,
	parameter_types,
	traits::{ConstU128, ConstU32, ConstU64, Hooks},
	weights::{Weight, WeightMeter},
};
use parking_lot::{Mutex, RwLock};
use sp_core::{
	offchain::{
		testing::{PoolState, TestOffchainExt, TestTransactionPoolExt},
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

pub type TxExtension = frame_system::AuthorizeCall<Test>;
pub type Extrinsic = TestXt<RuntimeCall, TxExtension>;
type Header = sp_runtime::generic::Header<u64, BlakeTwo256>;
type Block = sp_runtime::generic::Block<Header, Extrinsic>;
type AccountId = u64;

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
	pub type Audits = pallet_audits;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
}

/// A: blocks for commitments.
pub const COMMIT_WINDOW: u64 = 10;
/// R: blocks for reveals.
pub const REVEAL_WINDOW: u64 = 5;
/// Blocks for objections.
pub const CHECK_WINDOW: u64 = 3;
/// What re-executing a work unit earns.
pub const AUDIT_PRICE: Balance = 1_000;
/// Most validators.
pub const MAX_VALIDATORS: u32 = 30;
/// Who did the jobs of the tests.
pub const PROVIDER: AccountId = 900;

parameter_types! {
	pub static Active: Vec<(AccountId, AuditorId)> = Vec::new();
	/// What each of them weighs; the others weigh one.
	pub static Weights: BTreeMap<AccountId, u64> = BTreeMap::new();
	pub static Bonds: BTreeMap<AccountId, Balance> = BTreeMap::new();
	/// What the pallet told about duties: (validator, work, whether it was fulfilled).
	pub static Noted: Vec<(AccountId, Work, bool)> = Vec::new();
	pub static Known: BTreeMap<JobId, Evidence> = BTreeMap::new();
	/// Who gives other answers to the question of a job.
	pub static Rivals: BTreeMap<JobId, Vec<AccountId>> = BTreeMap::new();
	/// VRF output of each block; blocks without one get a default that differs by height.
	pub static Outputs: BTreeMap<u64, [u8; 32]> = BTreeMap::new();
	pub static Era: u32 = 0;
	/// Models that are not registered, or recalled.
	pub static Unusable: Vec<ModelId> = Vec::new();
	pub static PollLimit: Weight = Weight::from_parts(u64::MAX / 2, u64::MAX / 2);
}

/// How many have to be able to re-execute a model.
pub const MIN_AUDITORS: u32 = 3;
/// Blocks between two declarations.
pub const DECLARATION_INTERVAL: u64 = 20;
/// Blocks between two looks at the price of audits.
pub const PRICE_INTERVAL: u64 = 1_000;
/// What each validator bonds at first.
pub const MIN_BOND: Balance = 1_000_000;
/// What a missed duty costs.
pub const MISS_PENALTY: Balance = 70;
/// Blocks that a dispute takes.
pub const TRIAL: u64 = 30;

parameter_types! {
	pub const PriceBounds: (Balance, Balance) = (AUDIT_PRICE / 2, AUDIT_PRICE * 2);
	/// How many results that everybody matched are looked at again.
	pub static SecondLooks: AuditRate = AuditRate::from_u32(0);
	/// What came of each dispute: its ruling, and when it is given.
	pub static Trials: BTreeMap<JobId, (u64, Ruling<AccountId, u64>)> = BTreeMap::new();
	/// What auditors are right about when they say that it is wrong.
	pub static WrongFaults: Vec<Fault> = vec![WRONG_FAULT];
	/// Auditors who have not worked.
	pub static IdleAuditors: Vec<(JobId, AccountId)> = vec![];
}

impl pallet_audits::Config for Test {
	type WeightInfo = ();
	type Validators = Peers;
	type Models = Peers;
	type Evidences = Peers;
	type Randomness = Peers;
	type Replicas = Peers;
	type Judge = Court;
	type Era = Era;
	type CommitWindow = ConstU64<COMMIT_WINDOW>;
	type RevealWindow = ConstU64<REVEAL_WINDOW>;
	type CheckWindow = ConstU64<CHECK_WINDOW>;
	type InitialAuditPrice = ConstU128<AUDIT_PRICE>;
	type AuditPriceBounds = PriceBounds;
	type AuditPriceInterval = ConstU64<PRICE_INTERVAL>;
	type SecondLookRate = SecondLooks;
	type MinAuditors = ConstU32<MIN_AUDITORS>;
	type MaxDeclared = ConstU32<4>;
	type DeclarationInterval = ConstU64<DECLARATION_INTERVAL>;
	type MaxValidators = ConstU32<MAX_VALIDATORS>;
	type DutyEras = ConstU32<3>;
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

/// What stands outside the chain.
#[derive(Clone)]
pub struct World {
	pub engine: Arc<Engine>,
	pool: Arc<RwLock<PoolState>>,
}

impl World {
	/// Takes what the off-chain worker put into the pool.
	pub fn take(&self) -> Vec<Extrinsic> {
		let transactions = core::mem::take(&mut self.pool.write().transactions);
		transactions.iter().map(|bytes| Extrinsic::decode(&mut &bytes[..]).unwrap()).collect()
	}
}

/// Builds the world of a test.
pub struct TestExt {
	validators: u64,
	local: Vec<u64>,
	engine: bool,
}

impl TestExt {
	/// A chain with that many active validators: accounts 1, 2, ...
	pub fn new(validators: u64) -> Self {
		Self { validators, local: Vec::new(), engine: true }
	}

	/// The validators whose audit keys are in this node's keystore.
	pub fn local(mut self, validators: &[u64]) -> Self {
		self.local = validators.to_vec();
		self
	}

	/// A node without the engine extension.
	pub fn without_engine(mut self) -> Self {
		self.engine = false;
		self
	}

	/// Runs the test in block 1 and checks the invariants behind it.
	pub fn execute(self, test: impl FnOnce(World)) {
		let (mut ext, world) = self.build();
		ext.execute_with(|| {
			test(world);
			Audits::do_try_state().unwrap();
		});
	}

	pub fn build(self) -> (sp_io::TestExternalities, World) {
		Trials::set(BTreeMap::new());
		Unusable::take();
		IdleAuditors::set(vec![]);
		Rivals::take();
		Weights::take();
		SecondLooks::set(AuditRate::from_u32(0));
		let storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
		let mut ext = sp_io::TestExternalities::new(storage);
		let keystore = MemoryKeystore::new();
		for validator in &self.local {
			keystore.ed25519_generate_new(AUDIT_KEY_TYPE, Some(&seed(*validator))).unwrap();
		}
		let (offchain, _) = TestOffchainExt::new();
		let (pool_ext, pool) = TestTransactionPoolExt::new();
		let engine = Arc::new(Engine::default());
		ext.register_extension(KeystoreExt::new(keystore));
		ext.register_extension(OffchainDbExt::new(offchain.clone()));
		ext.register_extension(OffchainWorkerExt::new(offchain));
		ext.register_extension(TransactionPoolExt::new(pool_ext));
		if self.engine {
			ext.register_extension(EngineExt(engine.clone()));
		}
		ext.execute_with(|| {
			Active::set((1..=self.validators).map(|index| (index, pair(index).public())).collect());
			Bonds::set((1..=self.validators).map(|index| (index, MIN_BOND)).collect());
			next_block();
		});
		(ext, World { engine, pool })
	}
}

/// A new chain for benchmark tests.
#[cfg(feature = "runtime-benchmarks")]
pub fn new_test_ext() -> sp_io::TestExternalities {
	TestExt::new(0).build().0
}

fn seed(validator: u64) -> String {
	format!("//Validator{validator}")
}

/// The audit key of a validator.
pub fn pair(validator: u64) -> AuditorPair {
	AuditorPair::from_string(&seed(validator), None).unwrap()
}

/// Makes one block with all hooks, and all the weight that they want.
pub fn next_block() {
	next_block_with(Weight::MAX);
}

/// Makes one block whose `on_poll` gets that much weight.
pub fn next_block_with(weight: Weight) {
	let now = System::block_number() + 1;
	System::set_block_number(now);
	Audits::on_initialize(now);
	Audits::on_poll(now, &mut WeightMeter::with_limit(weight));
}

/// Makes blocks up to and including that one.
pub fn go_to(block: u64) {
	while System::block_number() < block {
		next_block();
	}
}

/// The id of the n-th job of a test.
pub fn job(index: u64) -> JobId {
	H256::from_low_u64_be(index)
}

/// A case whose provider is unknown, so that it gets three auditors.
pub fn case(index: u64) -> AuditCase<u64> {
	AuditCase {
		job: job(index),
		model: H256::repeat_byte(1),
		provider: PROVIDER,
		work: 2 * WORK_UNIT,
		price: 100_000_000,
		escrow: 100_000_000,
		standing: Standing { bond: 1_000_000, clean_audits: 0, value_at_risk: 10_000 },
	}
}

/// A case whose provider is known so well that hardly any result is audited.
pub fn trusted(index: u64) -> AuditCase<u64> {
	let standing = Standing { bond: 1_000_000_000_000, clean_audits: u32::MAX, value_at_risk: 10 };
	AuditCase { price: 10, escrow: 10, standing, ..case(index) }
}

/// The same for which nobody pays, with one auditor.
pub fn unpaid(index: u64) -> UnpaidCase<u64> {
	let AuditCase { job, model, provider, work, .. } = case(index);
	UnpaidCase { job, model, provider, work, rate: AuditRate::from_u32(1) }
}

/// Opens a case, has it drawn, and returns its auditors.
pub fn open_and_draw(case: AuditCase<u64>) -> Vec<u64> {
	let job = case.job;
	Audits::open(case);
	go_to(System::block_number() + u64::from(DRAW_DELAY));
	auditors(job)
}

/// Who was drawn for a job, in all rounds.
pub fn auditors(job: JobId) -> Vec<u64> {
	Cases::<Test>::get(job).map(|case| case.auditors.to_vec()).unwrap_or_default()
}

/// A vote that nobody could have prepared.
pub fn reveal_of(auditor: u64, vote: Vote) -> Reveal {
	let work_digest = H256::from_low_u64_be(auditor);
	Reveal { vote, work_digest, salt: [auditor as u8; 32] }
}

/// What an auditor who has a seat commits to.
pub fn commitment_of(job: JobId, auditor: u64, vote: Vote) -> H256 {
	let challenge = Seats::<Test>::get(auditor, job).map(|seat| seat.challenge);
	reveal_of(auditor, vote).commitment(challenge.unwrap_or_default())
}

pub const WRONG_FAULT: Fault = Fault::Chunk(3);
/// A Mismatch that is right.
pub const MISMATCH: Vote = Vote::Mismatch(WRONG_FAULT);

/// The transaction with which an auditor commits to a vote.
pub fn commit_call(job: JobId, round: u8, auditor: u64, vote: Vote) -> Call<Test> {
	let commitment = commitment_of(job, auditor, vote);
	let signature = sign(auditor, COMMIT_DOMAIN, &(job, round, commitment));
	Call::commit { job, round, auditor, commitment, signature }
}

/// The transaction with which an auditor reveals a vote.
pub fn reveal_call(job: JobId, round: u8, auditor: u64, vote: Vote) -> Call<Test> {
	let reveal = reveal_of(auditor, vote);
	let signature = sign(auditor, REVEAL_DOMAIN, &(job, round, reveal));
	Call::reveal { job, round, auditor, reveal, signature }
}

pub fn sign(auditor: u64, domain: &'static [u8], statement: &impl Encode) -> AuditorSignature {
	let genesis = System::block_hash(0);
	pair(auditor).sign(&signing_payload(domain, genesis, statement))
}

/// Applies a transaction as a block does: authorization, then dispatch.
pub fn apply(transaction: Extrinsic) -> Result<(), Refused> {
	let call = transaction.function;
	let info = call.get_dispatch_info();
	let (.., origin) = TxExtension::new()
		.validate_only(RuntimeOrigin::none(), &call, &info, 0, TransactionSource::InBlock, 0)
		.map_err(Refused::Validation)?;
	call.dispatch(origin).map(drop).map_err(|error| Refused::Dispatch(error.error))
}

/// Why a transaction had no effect.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
	Validation(TransactionValidityError),
	Dispatch(DispatchError),
}

/// [`apply`] for a call.
pub fn apply_call(call: Call<Test>) -> Result<(), Refused> {
	apply(Extrinsic::new_transaction(call.into(), TxExtension::new()))
}

/// Has each auditor of the current round commit and reveal, or keep silent, and ends the round.
pub fn vote(job: JobId, votes: &[(u64, Vote)]) {
	let case = Cases::<Test>::get(job).unwrap();
	let Stage::Voting { commit_by, reveal_by } = case.stage else { panic!("not drawn") };
	for (auditor, vote) in votes {
		apply_call(commit_call(job, case.round, *auditor, *vote)).unwrap();
	}
	go_to(commit_by + 1);
	for (auditor, vote) in votes {
		apply_call(reveal_call(job, case.round, *auditor, *vote)).unwrap();
	}
	go_to(reveal_by + 1);
}

/// Lets the time pass in which auditors may object.
pub fn check(job: JobId) {
	let pending = Audits::conclude(&job);
	let Some(Stage::Checking { object_by }) = Audits::case(job).map(|case| case.stage) else {
		panic!("it is not checked: {pending:?}");
	};
	assert!(matches!(pending, Conclusion::Pending { until, .. } if until == object_by + 1));
	go_to(object_by + 1);
}

/// The transaction with which an auditor objects to others.
pub fn object_call(job: JobId, round: u8, auditor: u64, accused: &[u64]) -> Call<Test> {
	let signature = sign(auditor, OBJECT_DOMAIN, &(job, round, accused));
	let accused = accused.to_vec().try_into().unwrap();
	Call::object { job, round, auditor, accused, signature }
}

/// The transaction with which a validator says which models it can re-execute.
pub fn declare_call(auditor: u64, as_of: u64, models: &[ModelId]) -> Call<Test> {
	let signature = sign(auditor, DECLARE_DOMAIN, &(as_of, models));
	let models = models.to_vec().try_into().unwrap();
	Call::declare { key: pair(auditor).public(), as_of, models, signature }
}

/// Events of this pallet since the last call.
pub fn events() -> Vec<Event<Test>> {
	let events = System::read_events_for_pallet::<Event<Test>>();
	System::reset_events();
	events
}

/// Evidence of a job, as the jobs pallet would keep it.
pub fn evidence(job: JobId) -> Evidence {
	let output = Output::Text {
		tokens: vec![1, 2, 3].try_into().unwrap(),
		text: b"abc".to_vec().try_into().unwrap(),
	};
	let bundle = Bundle { output, digests: vec![H256::repeat_byte(7)].try_into().unwrap() };
	let attestation = Attestation {
		version: ATTESTATION_VERSION,
		profile: PROFILE_EXACT,
		job_id: job,
		model_root: H256::repeat_byte(1),
		prompt_root: H256::repeat_byte(2),
		output_root: bundle.output.root(),
		trace_root: bundle.trace_root(),
		prompt_tokens: 4,
		output_tokens: 3,
		finish: FinishReason::EndOfText,
	};
	let order = JobOrder {
		job_id: job,
		model: H256::repeat_byte(1),
		kind: JobKind::Embed,
		prompt: b"prompt".to_vec(),
		seed: [5; 32],
	};
	Evidence { job: order, attestation, bundle }
}
