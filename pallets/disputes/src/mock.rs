// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A chain with nothing but money and disputes, results out of recorded games, and a pool.

use crate::{
	self as pallet_disputes, Accuser, Balance, Call, Charge, Disputes as DisputeMap, Event,
	Evidence, HoldReason, PlayerKey, PlayerSignature, Refuted, Results, Ruling, RulingOf, Stages,
	Work,
};
use codec::{Decode, Encode};
use ergon_core::{
	crypto::{
		audit::{AuditorId, AuditorPair},
		worker::WorkerPair,
		AUDIT_KEY_TYPE, WORKER_KEY_TYPE,
	},
	engine::{JobOrder, Order, OrderId, Outcome},
	Attestation, Bundle, Fault, JobId, ModelId, ModelManifest, H256,
};
use ergon_engine_interface::{Backend, EngineExt, Progress, Submission};
use ergon_exact::game::{Record, Stage, Turn};
use frame_support::{
	assert_ok, derive_impl,
	dispatch::GetDispatchInfo,
	parameter_types,
	traits::{
		fungible::{Inspect, InspectHold},
		ConstU128, ConstU32, ConstU64,
	},
	weights::Weight,
};
use frame_system::offchain::AppCrypto;
use parking_lot::RwLock;
use scale_info::TypeInfo;
use sp_core::{
	ed25519,
	offchain::{
		testing::{PoolState, TestOffchainExt, TestTransactionPoolExt},
		OffchainDbExt, OffchainWorkerExt, TransactionPoolExt,
	},
	Pair,
};
use sp_keystore::{testing::MemoryKeystore, Keystore, KeystoreExt};
use sp_runtime::{
	generic::UncheckedExtrinsic,
	traits::{BlakeTwo256, DispatchTransaction, IdentifyAccount},
	transaction_validity::{TransactionSource, TransactionValidityError},
	BuildStorage, DispatchError,
};
use std::{
	collections::BTreeMap,
	sync::{Arc, LazyLock},
};

pub type TxExtension = frame_system::AuthorizeCall<Test>;
pub type Extrinsic = UncheckedExtrinsic<AccountId, RuntimeCall, ed25519::Signature, TxExtension>;
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
	pub type Disputes = pallet_disputes;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
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

/// Blocks of a turn.
pub const TURN: u64 = 10;
/// What challengers put at stake.
pub const BOND: Balance = 1_000;
/// What every account from 1 to [`ACCOUNTS`] starts with.
pub const ENDOWMENT: Balance = 10_000;
/// Number of accounts with money.
pub const ACCOUNTS: u64 = 20;
/// Who did the jobs.
pub const PROVIDER: AccountId = 1;
/// Who has found a result right, where a game is about that.
pub const AUDITOR: AccountId = 2;
/// Most challenges to one result.
pub const MAX_CHALLENGES: u32 = 4;

parameter_types! {
	/// Price of the job.
	pub static Price: Balance = 1;
	/// Results that are fixed and not final.
	pub static Known: BTreeMap<JobId, Evidence> = BTreeMap::new();
	/// What the provider, and those who found the result right, lose if it is not.
	pub static ResultStake: Balance = 0;
	/// What an auditor loses for a false vote.
	pub static VoteStake: Balance = 0;
	/// Who found the result right, with the challenge and the digest.
	pub static Audits: BTreeMap<AccountId, (H256, H256)> = BTreeMap::new();
}

pub struct Peers;

impl Results<AccountId> for Peers {
	fn evidence(job: &JobId) -> Option<Evidence> {
		Known::get().get(job).cloned()
	}

	fn provider(job: &JobId) -> Option<(AccountId, PlayerKey)> {
		Known::get().contains_key(job).then(|| (PROVIDER, PlayerKey::Worker(worker().public())))
	}

	fn price(job: &JobId) -> Option<Balance> {
		Known::get().contains_key(job).then(Price::get)
	}

	fn result_stake(_: &JobId) -> Balance {
		ResultStake::get()
	}

	fn vote_stake(_: &JobId, _: &AccountId) -> Balance {
		VoteStake::get()
	}

	fn stake_weight() -> Weight {
		Weight::from_parts(1_000, 0)
	}

	fn work(_: &JobId, account: &AccountId) -> Option<Work> {
		let (challenge, digest) = Audits::get().get(account).copied()?;
		Some(Work { key: auditor(*account).public(), challenge, digest })
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn result_for_benchmark(
		manifest: ModelManifest,
		answer: impl FnOnce(&JobOrder) -> (Attestation, Bundle),
	) -> JobId {
		let prompt = vec![b'1'; 8 << 10];
		let order = JobOrder { model: manifest.id(), prompt, ..honest().order };
		let (attestation, bundle) = answer(&order);
		let job = order.job_id;
		let evidence = Evidence { manifest, order, attestation, bundle };
		Known::mutate(|known| known.insert(job, evidence));
		job
	}
}

impl pallet_disputes::Config for Test {
	type WeightInfo = ();
	type Currency = Balances;
	type Burn = ();
	type Results = Peers;
	type StandInId = OwnAccount;
	type TurnTime = ConstU64<TURN>;
	type ChallengeBond = ConstU128<BOND>;
	type MaxChallenges = ConstU32<MAX_CHALLENGES>;
	type MaxAccusers = ConstU32<3>;
	type MaxObjections = ConstU32<2>;
	type MaxClaims = ConstU32<9>;
	type MovePriority = ConstU64<7>;
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

/// A key that signs transactions. The audit key of an account signs for that account here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, TypeInfo)]
pub struct Signatory(ed25519::Public);

impl From<ed25519::Public> for Signatory {
	fn from(key: ed25519::Public) -> Self {
		Self(key)
	}
}

impl From<Signatory> for ed25519::Public {
	fn from(Signatory(key): Signatory) -> Self {
		key
	}
}

impl IdentifyAccount for Signatory {
	type AccountId = AccountId;

	fn into_account(self) -> AccountId {
		static ACCOUNTS_OF: LazyLock<BTreeMap<ed25519::Public, AccountId>> = LazyLock::new(|| {
			(1..=ACCOUNTS).map(|account| (auditor(account).public().into(), account)).collect()
		});
		ACCOUNTS_OF[&self.0]
	}
}

/// Signs with an audit key.
pub struct OwnAccount;

impl AppCrypto<Signatory, ed25519::Signature> for OwnAccount {
	type RuntimeAppPublic = AuditorId;
	type GenericPublic = ed25519::Public;
	type GenericSignature = ed25519::Signature;
}

impl frame_system::offchain::SigningTypes for Test {
	type Public = Signatory;
	type Signature = ed25519::Signature;
}

impl<LocalCall> frame_system::offchain::CreateSignedTransaction<LocalCall> for Test
where
	RuntimeCall: From<LocalCall>,
{
	fn create_signed_transaction<C: AppCrypto<Signatory, ed25519::Signature>>(
		call: RuntimeCall,
		public: Signatory,
		account: AccountId,
		nonce: u32,
	) -> Option<Extrinsic> {
		let signature = C::sign(&signed_payload(&call, nonce), public)?;
		Some(Extrinsic::new_signed(call, account, signature, TxExtension::new()))
	}
}

/// What a key signs of a transaction with that nonce.
pub fn signed_payload(call: &RuntimeCall, nonce: u32) -> Vec<u8> {
	(call, nonce).encode()
}

/// Games about a chunk that the engine's tests played and wrote down.
fn recorded() -> [Record; 2] {
	let bytes = include_bytes!("../../../primitives/exact/vectors/games.scale");
	Decode::decode(&mut &bytes[..]).unwrap()
}

/// The same about texts.
fn recorded_about_texts() -> [Record; 3] {
	let bytes = include_bytes!("../../../primitives/exact/vectors/text_games.scale");
	Decode::decode(&mut &bytes[..]).unwrap()
}

/// An honest provider is accused of a wrong number in chunk 0, and wins with the last move.
pub fn honest() -> Record {
	let [honest, _] = recorded();
	honest
}

/// A provider that has one number in chunk 0 wrong loses with the last move.
pub fn lying() -> Record {
	let [_, lying] = recorded();
	lying
}

/// A provider that read the prompt in its own way, and one that wrote another text than its tokens spell.
pub fn lying_about_texts() -> [Record; 2] {
	let [misread, misspelt, _] = recorded_about_texts();
	[misread, misspelt]
}

/// An honest provider is accused of having misread the prompt, and wins with the last move.
pub fn honest_reading() -> Record {
	let [.., honest] = recorded_about_texts();
	honest
}

/// An honest auditor is accused of not having worked, and wins with the last move; and one that has not,
/// and loses with the last move.
pub fn audited() -> [Record; 2] {
	let bytes = include_bytes!("../../../primitives/exact/vectors/work_games.scale");
	Decode::decode(&mut &bytes[..]).unwrap()
}

/// An engine that says what was recorded, and in the seat of somebody else only for the side that won.
pub struct Engine(RwLock<BTreeMap<OrderId, Option<Turn>>>, Record);

impl Engine {
	/// What belongs to a stage: the move that was recorded for it.
	fn answer(&self, stage: &[u8]) -> Option<Turn> {
		let stages = self.1.stages().ok()?;
		let mut turns = stages.iter().zip(&self.1.turns);
		turns.find(|(at, _)| at.encode() == stage).map(|(_, turn)| turn.clone())
	}
}

impl Backend for Engine {
	fn submit(&self, order: Order, _blocks: u32) -> Submission {
		let turn = match &order {
			Order::Play { stage, .. } => self.answer(stage),
			Order::StandIn { stage, .. } => {
				self.answer(stage).filter(|turn| turn.made.side() == self.1.winner)
			}
			_ => return Submission::Malformed,
		};
		self.0.write().insert(order.id(), turn);
		Submission::Accepted
	}

	fn progress(&self, order: &OrderId) -> Progress {
		match self.0.read().contains_key(order) {
			true => Progress::Done,
			false => Progress::Unknown,
		}
	}

	fn outcome(&self, order: &OrderId) -> Option<Vec<u8>> {
		let turn = self.0.read().get(order)?.as_ref().map(Encode::encode);
		Some(Outcome::Played { turn }.encode())
	}

	fn models(&self) -> Vec<ModelId> {
		Vec::new()
	}
}

/// What stands outside the chain.
#[derive(Clone)]
pub struct World {
	pool: Arc<RwLock<PoolState>>,
}

impl World {
	/// Takes what the off-chain worker put into the pool.
	pub fn take(&self) -> Vec<Extrinsic> {
		let transactions = core::mem::take(&mut self.pool.write().transactions);
		transactions.iter().map(|bytes| Extrinsic::decode(&mut &bytes[..]).unwrap()).collect()
	}
}

/// The key of the provider's worker.
pub fn worker() -> WorkerPair {
	WorkerPair::from_string("//Worker", None).unwrap()
}

/// The audit key of an account.
pub fn auditor(account: AccountId) -> AuditorPair {
	AuditorPair::from_string(&format!("//Auditor{account}"), None).unwrap()
}

/// The key that an account names.
pub fn key(account: AccountId) -> PlayerKey {
	PlayerKey::Auditor(auditor(account).public())
}

/// Somebody says that a chunk is wrong.
pub fn chunk_is_wrong(chunk: u32) -> Charge<AccountId> {
	Charge::Result(Fault::Chunk(chunk))
}

/// What a recorded game is about.
pub fn charge_of(game: &Record) -> Charge<AccountId> {
	match game.first {
		Stage::Prompt => Charge::Result(Fault::Prompt),
		Stage::Ending => Charge::Result(Fault::Ending),
		Stage::Work { .. } => Charge::Work(AUDITOR),
		_ => chunk_is_wrong(0),
	}
}

/// An auditor whose claim about the result was refuted.
pub fn refuted(auditor: AccountId) -> Refuted<AccountId> {
	Refuted { auditor, accused: None }
}

/// The result stands, and these auditors were refuted.
pub fn upheld(auditors: &[AccountId]) -> RulingOf<Test> {
	let refuted = auditors.iter().copied().map(refuted).collect();
	Ruling::Upheld { refuted, idle: vec![] }
}

/// An auditor's accusation.
pub fn accuser(account: AccountId, chunk: u32) -> Accuser<AccountId> {
	Accuser { auditor: account, key: key(account), charge: chunk_is_wrong(chunk) }
}

/// A chain on which the result of a recorded game is fixed, in block 1. `local` are the accounts whose
/// keys this node has; all invariants are checked behind the test, and that no token is gone or new.
pub fn with_result(game: &Record, local: &[AccountId], test: impl FnOnce(World)) {
	let (mut ext, world) = build(game, local);
	ext.execute_with(|| {
		test(world);
		Disputes::do_try_state().unwrap();
		money_is_where_it_is_recorded();
	});
}

/// All that was ever issued, and not burnt, is in the accounts.
fn money_is_where_it_is_recorded() {
	let total: Balance = (1..=ACCOUNTS).map(|account| Balances::total_balance(&account)).sum();
	assert_eq!(total, Balances::total_issuance());
}

fn build(game: &Record, local: &[AccountId]) -> (sp_io::TestExternalities, World) {
	let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
	let balances = (1..=ACCOUNTS).map(|account| (account, ENDOWMENT)).collect();
	pallet_balances::GenesisConfig::<Test> { balances, ..Default::default() }
		.assimilate_storage(&mut storage)
		.unwrap();
	let mut ext = sp_io::TestExternalities::new(storage);
	let keystore = MemoryKeystore::new();
	for account in local {
		let (kind, seed) = match *account {
			PROVIDER => (WORKER_KEY_TYPE, "//Worker".to_string()),
			other => (AUDIT_KEY_TYPE, format!("//Auditor{other}")),
		};
		keystore.ed25519_generate_new(kind, Some(&seed)).unwrap();
	}
	let (offchain, _) = TestOffchainExt::new();
	let (pool_ext, pool) = TestTransactionPoolExt::new();
	ext.register_extension(KeystoreExt::new(keystore));
	ext.register_extension(OffchainDbExt::new(offchain.clone()));
	ext.register_extension(OffchainWorkerExt::new(offchain));
	ext.register_extension(TransactionPoolExt::new(pool_ext));
	ext.register_extension(EngineExt(Arc::new(Engine(RwLock::default(), game.clone()))));
	let Record { manifest, order, attestation, bundle, .. } = game.clone();
	ext.execute_with(|| {
		if let Stage::Work { challenge, digest } = game.first {
			Audits::set([(AUDITOR, (challenge, digest))].into());
		}
		Known::set([(order.job_id, Evidence { manifest, order, attestation, bundle })].into());
		System::set_block_number(1);
	});
	(ext, World { pool })
}

/// A new chain for benchmark tests.
#[cfg(feature = "runtime-benchmarks")]
pub fn new_test_ext() -> sp_io::TestExternalities {
	build(&honest(), &[]).0
}

/// The job of the recorded games.
pub const JOB: JobId = JobId::repeat_byte(7);

pub fn skip(blocks: u64) {
	System::set_block_number(System::block_number() + blocks);
}

/// A turn signed by somebody.
pub fn signed_turn(step: u32, by: AccountId, turn: &Turn) -> Call<Test> {
	let payload = Disputes::payload(&JOB, step, turn);
	let signature = match by {
		PROVIDER => PlayerSignature::Worker(worker().sign(&payload)),
		other => PlayerSignature::Auditor(auditor(other).sign(&payload)),
	};
	Call::play { job: JOB, step, turn: Box::new(turn.clone()), signature }
}

/// Checks and includes an authorized transaction as a block would.
pub fn apply(call: Call<Test>) -> Result<(), Result<DispatchError, TransactionValidityError>> {
	let call = RuntimeCall::from(call);
	let (info, extension) = (call.get_dispatch_info(), TxExtension::new());
	extension
		.dispatch_transaction(None.into(), call, &info, 0, 0)
		.map_err(Err)?
		.map(drop)
		.map_err(|failed| Ok(failed.error))
}

/// What the pool says about a call.
pub fn refusal(call: Call<Test>) -> Option<TransactionValidityError> {
	let call = RuntimeCall::from(call);
	let (info, extension) = (call.get_dispatch_info(), TxExtension::new());
	extension.validate_only(None.into(), &call, &info, 0, TransactionSource::External, 0).err()
}

/// Plays recorded moves from a step on.
pub fn play_on(game: &Record, steps: core::ops::Range<usize>) {
	for index in steps {
		let dispute = DisputeMap::<Test>::get(JOB).unwrap();
		let by = dispute.game.unwrap().seat(game.turns[index].made.side()).player().account;
		apply(signed_turn(dispute.step, by, &game.turns[index])).unwrap();
		Disputes::do_try_state().unwrap();
		money_is_where_it_is_recorded();
	}
}

/// Opens a dispute by an account's challenge of chunk 0.
pub fn challenge(account: AccountId) {
	challenge_for(account, chunk_is_wrong(0));
}

/// Opens a dispute about something.
pub fn challenge_for(account: AccountId, charge: Charge<AccountId>) {
	assert_ok!(Disputes::challenge(RuntimeOrigin::signed(account), JOB, charge, key(account)));
}

pub fn held(account: AccountId) -> Balance {
	Balances::balance_on_hold(&HoldReason::ChallengeBond.into(), &account)
}

/// What an account has got more than at the beginning, or less.
pub fn gain(account: AccountId) -> i128 {
	Balances::total_balance(&account) as i128 - ENDOWMENT as i128
}

pub fn stage() -> Option<Stage> {
	Stages::<Test>::get(JOB)
}

pub fn events() -> Vec<Event<Test>> {
	System::read_events_for_pallet()
}
