// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A chain whose eras end when the test says so.

use crate::{self as pallet_rewards, Balance, EraIndex, Event};
use ergon_economics::{power::Power, DutyCount, Schedule};
use frame_support::{
	derive_impl, parameter_types,
	traits::{ConstU128, ConstU64, Hooks},
	weights::{Weight, WeightMeter},
};
use sp_runtime::BuildStorage;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) type AccountId = u64;

/// Where rewards wait.
pub(crate) const POT: AccountId = 99;
/// Least balance of an account.
pub(crate) const EXISTENTIAL_DEPOSIT: Balance = 10;
/// What an era earns before the first halving.
pub(crate) const EMISSION: Balance = 1_000;
/// Eras between halvings.
pub(crate) const HALVING: u32 = 10;

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
	pub type Rewards = pallet_rewards;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<EXISTENTIAL_DEPOSIT>;
	type AccountStore = System;
	type DustRemoval = Rewards;
}

parameter_types! {
	pub const Halving: Schedule = Schedule { first: EMISSION, halving: HALVING };
	pub static Era: EraIndex = 0;
	pub static PollLimit: Weight = Weight::from_parts(u64::MAX / 2, u64::MAX / 2);
	/// Power of everybody who has some.
	pub static Powers: BTreeMap<AccountId, Power> = BTreeMap::new();
	pub static Chilled: BTreeSet<AccountId> = BTreeSet::new();
	/// Other duties, by era and account.
	pub static Others: BTreeMap<(EraIndex, AccountId), Vec<DutyCount>> = BTreeMap::new();
}

/// Those with power.
pub struct Powerful;

impl pallet_rewards::Validators<AccountId> for Powerful {
	fn power(who: &AccountId) -> Power {
		Powers::get().get(who).copied().unwrap_or_default()
	}

	fn is_chilled(who: &AccountId) -> bool {
		Chilled::get().contains(who)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn empower_for_benchmark(who: &AccountId) {
		Powers::mutate(|powers| powers.insert(*who, 1));
	}
}

/// What the test says.
pub struct OtherDuties;

impl pallet_rewards::Duties<AccountId> for OtherDuties {
	fn of(era: EraIndex, who: &AccountId) -> Vec<DutyCount> {
		Others::get().get(&(era, *who)).cloned().unwrap_or_default()
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn do_half_for_benchmark(era: EraIndex, who: &AccountId) {
		Others::mutate(|all| all.insert((era, *who), vec![DutyCount { done: 1, due: 2 }]));
	}
}

impl pallet_rewards::Config for Test {
	type WeightInfo = ();
	type Currency = Balances;
	type Pot = ConstU64<POT>;
	type Schedule = Halving;
	type Era = Era;
	type Validators = Powerful;
	type Duties = OtherDuties;
	type PollWeight = PollLimit;
}

/// A chain with an empty pot, in the first block of era 0.
pub(crate) fn new_test_ext() -> sp_io::TestExternalities {
	Era::set(0);
	let balances = vec![(POT, EXISTENTIAL_DEPOSIT)];
	let storage = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig { balances, ..Default::default() },
		..Default::default()
	};
	let mut ext = sp_io::TestExternalities::new(storage.build_storage().unwrap());
	ext.execute_with(|| System::set_block_number(1));
	ext
}

/// Runs a test with those powers and checks the invariants behind it.
pub(crate) fn execute(powers: &[(AccountId, Power)], test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		Powers::set(powers.iter().copied().collect());
		begin(0);
		test();
		check();
	});
}

/// Begins an era with the powers as they are.
fn begin(era: EraIndex) {
	Era::set(era);
	Rewards::note_era(era, Powers::get().values().copied().map(u128::from).sum());
}

/// Goes that many eras further, with a block for what waits in each.
pub(crate) fn pass(eras: u32) {
	for _ in 0..eras {
		begin(Era::get() + 1);
		poll();
	}
}

/// What the hook does in one block.
pub(crate) fn poll() {
	let now = System::block_number() + 1;
	System::set_block_number(now);
	Rewards::on_poll(now, &mut WeightMeter::with_limit(Weight::MAX));
	check();
}

/// The invariants, and that money comes from nowhere else.
pub(crate) fn check() {
	Rewards::do_try_state().unwrap();
	let crate::Totals { minted, burnt, .. } = crate::Total::<Test>::get();
	assert_eq!(Balances::total_issuance(), EXISTENTIAL_DEPOSIT + minted - burnt);
}

/// What waits for an account.
pub(crate) fn unpaid(who: AccountId) -> Balance {
	crate::Accounts::<Test>::get(who).unpaid
}

/// Events of this pallet since the last call.
pub(crate) fn events() -> Vec<Event<Test>> {
	let events = System::read_events_for_pallet::<Event<Test>>();
	System::reset_events();
	events
}
