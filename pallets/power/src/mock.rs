// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A chain with sessions, offences and power; a session ends when the test says so.

use crate::{self as pallet_power, types::Power as PowerOf, Balance, CreditOf, Event, HoldReason};
use ergon_core::WORK_UNIT;
use frame_support::{
	derive_impl, parameter_types,
	traits::{
		fungible::Inspect, ConstU128, ConstU32, EstimateNextSessionRotation, Hooks, Imbalance,
		OnUnbalanced,
	},
	weights::{Weight, WeightMeter},
};
use pallet_session::historical as pallet_session_historical;
use sp_runtime::{
	testing::UintAuthorityId, traits::ConvertInto, BuildStorage, DispatchError, Perbill, Permill,
};
use sp_staking::{
	offence::{Offence, ReportOffence},
	SessionIndex,
};
use std::collections::BTreeMap;

type Block = frame_system::mocking::MockBlock<Test>;
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
	pub type Power = pallet_power;
	#[runtime::pallet_index(3)]
	pub type Historical = pallet_session_historical;
	#[runtime::pallet_index(4)]
	pub type Session = pallet_session;
	#[runtime::pallet_index(5)]
	pub type Offences = pallet_offences;
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
	type FreezeIdentifier = u8;
	type MaxFreezes = ConstU32<1>;
}

/// Says of the session what the test says, and that it ends with the next block, as [`rotate`] has it.
pub struct Clock;

impl EstimateNextSessionRotation<u64> for Clock {
	fn average_session_length() -> u64 {
		1
	}

	fn estimate_current_session_progress(_: u64) -> (Option<Permill>, Weight) {
		(Some(Progress::get()), Weight::zero())
	}

	fn estimate_next_session_rotation(now: u64) -> (Option<u64>, Weight) {
		(Some(now + 1), Weight::zero())
	}
}

/// Sessions end when the test says so.
pub struct Never;

impl pallet_session::ShouldEndSession<u64> for Never {
	fn should_end_session(_: u64) -> bool {
		false
	}
}

impl pallet_session::Config for Test {
	type ShouldEndSession = Never;
	type SessionManager = pallet_session_historical::NoteHistoricalRoot<Test, Power>;
	type SessionHandler = pallet_session::TestSessionHandler;
	type ValidatorId = AccountId;
	type ValidatorIdOf = ConvertInto;
	type Keys = UintAuthorityId;
	type RuntimeEvent = RuntimeEvent;
	type NextSessionRotation = Clock;
	type DisablingStrategy = pallet_session::disabling::UpToLimitWithReEnablingDisablingStrategy;
	type WeightInfo = ();
	type Currency = Balances;
	type KeyDeposit = ();
}

/// An account says everything about a validator.
pub struct NoFurtherIdentification;

impl sp_runtime::traits::Convert<AccountId, Option<()>> for NoFurtherIdentification {
	fn convert(_: AccountId) -> Option<()> {
		Some(())
	}
}

impl pallet_session_historical::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type FullIdentification = ();
	type FullIdentificationOf = NoFurtherIdentification;
}

impl pallet_offences::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type IdentificationTuple = (AccountId, ());
	type OnOffenceHandler = Power;
}

/// Least bond.
pub const MIN_BOND: Balance = 1_000;
/// Bond per work unit.
pub const BOND_PER_UNIT: Balance = 10;
/// What a missed audit costs.
pub const MISS_PENALTY: Balance = 5;
/// Missed audits of an era with which one is absent.
pub const MAX_MISSES: u32 = 3;
/// Sessions of an era.
pub const SESSIONS_PER_ERA: u32 = 3;
/// Sessions for which a bond is held.
pub const UNBONDING: u32 = 6;
/// Sessions for which an offender is out.
pub const CHILL: u32 = 4;
/// What every account of a test owns beside its bond.
pub const ENDOWMENT: Balance = 1_000_000;

parameter_types! {
	/// How much of each session is over.
	pub static Progress: Permill = Permill::zero();
	pub static MaxCandidates: u32 = 40;
	pub static MaxValidators: u32 = 10;
	pub static MinValidators: u32 = 3;
	/// Two sprints give full power, unless the test says otherwise.
	pub static Ramp: u32 = 1;
	/// Eras that count; so two sprints give full power in at most one era without another.
	pub static PowerEras: u32 = 3;
	/// What the pallet took for offences and misses.
	pub static Taken: Balance = 0;
	/// Who makes this block.
	pub static Author: Option<AccountId> = None;
	/// The eras that began, and the power in each.
	pub static Eras: Vec<(u32, u128)> = Vec::new();
	pub static PollLimit: Weight = Weight::from_parts(u64::MAX / 2, u64::MAX / 2);
}

/// Keeps what is slashed in sight; dropping it burns it.
pub struct Pot;

impl OnUnbalanced<CreditOf<Test>> for Pot {
	fn on_nonzero_unbalanced(credit: CreditOf<Test>) {
		Taken::mutate(|taken| *taken += credit.peek());
	}
}

/// Keeps what it is told.
pub struct Chronicle;

impl pallet_power::OnEra for Chronicle {
	fn on_era(era: u32, total_power: u128) {
		Eras::mutate(|eras| eras.push((era, total_power)));
	}
}

impl pallet_power::Config for Test {
	type WeightInfo = ();
	type BlockAuthor = Author;
	type OnEra = Chronicle;
	type ReportAbsence = Offences;
	type Currency = Balances;
	type Slashed = Pot;
	type MinBond = ConstU128<MIN_BOND>;
	type BondPerWorkUnit = ConstU128<BOND_PER_UNIT>;
	type MaxCandidates = MaxCandidates;
	type MaxValidators = MaxValidators;
	type MinValidators = MinValidators;
	type SessionsPerEra = ConstU32<SESSIONS_PER_ERA>;
	type UnbondingSessions = ConstU32<UNBONDING>;
	type PowerEras = PowerEras;
	type Ramp = Ramp;
	type MaxMisses = ConstU32<MAX_MISSES>;
	type GenesisEras = ConstU32<10>;
	type ChillSessions = ConstU32<CHILL>;
	type MissPenalty = ConstU128<MISS_PENALTY>;
	type MissFactor = ConstU32<2>;
	type PollWeight = PollLimit;
}

/// Builds the chain of a test.
pub struct TestExt {
	validators: Vec<(AccountId, Balance)>,
	power: PowerOf,
	strangers: u64,
}

impl TestExt {
	/// That many genesis validators, accounts 1, 2, ..., each with twice the least bond and a power of
	/// 100 work units; and accounts 101 to 150 with money and session keys.
	pub fn new(validators: u64) -> Self {
		Self {
			validators: (1..=validators).map(|index| (index, 2 * MIN_BOND)).collect(),
			power: 100 * WORK_UNIT,
			strangers: 50,
		}
	}

	/// Another power at genesis, in work units.
	pub fn power(mut self, units: u64) -> Self {
		self.power = units * WORK_UNIT;
		self
	}

	/// Another number of accounts with money and session keys, from 101 on.
	pub fn strangers(mut self, strangers: u64) -> Self {
		self.strangers = strangers;
		self
	}

	/// Other genesis validators.
	pub fn validators(mut self, validators: Vec<(AccountId, Balance)>) -> Self {
		self.validators = validators;
		self
	}

	/// Runs the test in session 0 and checks the invariants behind it.
	pub fn execute(self, test: impl FnOnce()) {
		let mut ext = self.build();
		ext.execute_with(|| {
			test();
			check();
		});
	}

	pub fn build(self) -> sp_io::TestExternalities {
		let strangers = 101..101 + self.strangers;
		let rich = |who| (who, ENDOWMENT);
		let validators = self.validators.iter().map(|(who, _)| *who).collect::<Vec<_>>();
		let storage = RuntimeGenesisConfig {
			system: Default::default(),
			balances: pallet_balances::GenesisConfig {
				balances: self
					.validators
					.iter()
					.map(|(who, bond)| (*who, ENDOWMENT + bond))
					.chain(strangers.clone().map(rich))
					.collect(),
				..Default::default()
			},
			power: crate::GenesisConfig { validators: self.validators, power: self.power },
			session: pallet_session::GenesisConfig {
				keys: validators.iter().map(|who| (*who, *who, UintAuthorityId(*who))).collect(),
				non_authority_keys: strangers.map(|who| (who, who, UintAuthorityId(who))).collect(),
			},
		}
		.build_storage()
		.unwrap();
		let mut ext = sp_io::TestExternalities::new(storage);
		ext.execute_with(|| System::set_block_number(1));
		ext
	}
}

/// A new chain for benchmark tests.
#[cfg(feature = "runtime-benchmarks")]
pub fn new_test_ext() -> sp_io::TestExternalities {
	// With every second sprint undecided, two others are among these.
	PowerEras::set(4);
	TestExt::new(3).build()
}

/// The invariants: the pallet's, and that holds explain every bond.
pub fn check() {
	Power::do_try_state().unwrap();
	let held: BTreeMap<_, _> = pallet_balances::Holds::<Test>::iter()
		.flat_map(|(who, holds)| holds.into_iter().map(move |hold| (who, hold)))
		.filter(|(_, hold)| hold.id == HoldReason::ValidatorBond.into() && hold.amount > 0)
		.map(|(who, hold)| (who, hold.amount))
		.collect();
	let recorded: BTreeMap<_, _> = crate::Candidates::<Test>::iter()
		.map(|(who, candidate)| (who, candidate.bond))
		.chain(crate::Unbondings::<Test>::iter().map(|(who, unbonding)| (who, unbonding.bond)))
		.filter(|(_, bond)| *bond > 0)
		.collect();
	assert_eq!(recorded, held);
	assert!(!Session::validators().is_empty(), "the set is never empty");
}

/// Ends that many sessions.
pub fn rotate(sessions: u32) {
	for _ in 0..sessions {
		System::set_block_number(System::block_number() + 1);
		Session::rotate_session();
		poll(Weight::MAX);
		check();
	}
}

/// What a block with so much room does beside its calls.
pub fn poll(room: Weight) {
	Power::on_poll(System::block_number(), &mut WeightMeter::with_limit(room));
}

/// Ends sessions until that era begins.
pub fn go_to_era(era: u32) {
	while crate::CurrentEra::<Test>::get() < era {
		rotate(1);
	}
}

/// The current era.
pub fn era() -> u32 {
	crate::CurrentEra::<Test>::get()
}

/// Holds the sprint of this era, in which each proves so many work units, and all others have missed it.
pub fn note_sprint(works: &[(AccountId, u64)]) {
	assert!(Power::note_held(era()), "in time");
	for (who, units) in works {
		Power::note_committed(who, era());
		Power::note_proved(who, era(), units * WORK_UNIT);
	}
}

/// Goes through that many eras that have no sprint.
pub fn eras_without_a_sprint(eras: u32) {
	go_to_era(era() + eras);
}

/// Lets each prove so many work units in the sprint of this era and goes on to the next one, that
/// many times.
pub fn sprints(works: &[(AccountId, u64)], eras: u32) {
	for _ in 0..eras {
		note_sprint(works);
		go_to_era(era() + 1);
	}
}

/// The set in force, in the order of accounts.
pub fn validators() -> Vec<AccountId> {
	let mut validators = Session::validators();
	validators.sort();
	validators
}

/// The set of the next session, in the order of accounts.
pub fn queued() -> Vec<AccountId> {
	let mut queued: Vec<_> = Session::queued_keys().into_iter().map(|(who, _)| who).collect();
	queued.sort();
	queued
}

/// [`crate::Pallet::join`] with that bond.
pub fn join(who: AccountId, bond: Balance) -> Result<(), DispatchError> {
	Power::join(RuntimeOrigin::signed(who), bond, None)
}

/// The power of a candidate in work units.
pub fn units(who: AccountId) -> u64 {
	assert!(crate::Candidates::<Test>::contains_key(who), "{who} is a candidate");
	Power::power(&who) / WORK_UNIT
}

/// What a candidate has proved, before bond and cap, in work units.
pub fn proved(who: AccountId) -> u64 {
	Power::power_of(who).unwrap().proved / WORK_UNIT
}

/// What an account owns beside its bond.
pub fn free(who: AccountId) -> Balance {
	<Balances as Inspect<AccountId>>::balance(&who)
}

/// Events of this pallet since the last call.
pub fn events() -> Vec<Event<Test>> {
	let events = System::read_events_for_pallet::<Event<Test>>();
	System::reset_events();
	events
}

/// What the offences pallet has told since the last call of [`events`].
pub fn offences() -> Vec<pallet_offences::Event> {
	System::read_events_for_pallet::<pallet_offences::Event>()
}

/// An offence with a fraction that the test chooses.
pub struct Crime {
	pub offenders: Vec<AccountId>,
	pub session: SessionIndex,
	pub slot: u64,
	pub fraction: fn(u32) -> Perbill,
}

impl Offence<(AccountId, ())> for Crime {
	const ID: [u8; 16] = *b"ergon:test-crime";
	type Slot = u64;

	fn offenders(&self) -> Vec<(AccountId, ())> {
		self.offenders.iter().map(|offender| (*offender, ())).collect()
	}

	fn session_index(&self) -> SessionIndex {
		self.session
	}

	fn validator_set_count(&self) -> u32 {
		3
	}

	fn slot(&self) -> u64 {
		self.slot
	}

	fn slash_fraction(&self, offenders: u32) -> Perbill {
		(self.fraction)(offenders)
	}
}

/// Nobody reports offenders of this session, each to lose ten per cent per offender of the same slot.
pub fn report(offenders: &[AccountId], slot: u64) {
	report_in(&[], offenders, slot, Session::current_index());
}

/// Somebody reports offenders of this session.
pub fn report_by(reporters: &[AccountId], offenders: &[AccountId], slot: u64) {
	report_in(reporters, offenders, slot, Session::current_index());
}

/// Somebody reports offenders of a session.
pub fn report_in(
	reporters: &[AccountId],
	offenders: &[AccountId],
	slot: u64,
	session: SessionIndex,
) {
	let fraction = |count| Perbill::from_percent(10 * count);
	let offenders = offenders.to_vec();
	let crime = Crime { offenders, session, slot, fraction };
	Offences::report_offence(reporters.to_vec(), crime).unwrap();
}
