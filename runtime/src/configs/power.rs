// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who decides.

use super::{
	authorities::weighted_validators,
	session::{MaxValidators, ReportSessions},
	transaction_payment::ToTreasury,
};
use crate::{
	constants::{unless_fast, ERG, MILLI_ERG},
	AccountId, Authorship, Balance, Balances, Offences, Power, Rewards, Runtime, Session, Sprints,
};
use alloc::vec::Vec;
use ergon_core::{
	crypto::{audit::AuditorId, AUDIT_KEY_TYPE},
	Work,
};
use ergon_economics::constants::{GENESIS_POWER_ERAS, POWER_RAMP};
use frame_support::{
	parameter_types,
	traits::{fungible::Credit, ConstU128, ConstU32, Get},
	weights::{constants::WEIGHT_REF_TIME_PER_MILLIS, Weight},
};
use pallet_audits::ActiveValidator;

parameter_types! {
	/// A twentieth of a block.
	pub const PowerPollWeight: Weight =
		Weight::from_parts(50 * WEIGHT_REF_TIME_PER_MILLIS, u64::MAX);
}

/// Sessions of an era: an hour where networks live long.
pub const SESSIONS_PER_ERA: u32 = unless_fast(6, 3);

impl pallet_power::Config for Runtime {
	// Each work unit of power, that is 10⁹ multiply-accumulates in the minutes of a sprint, needs a tenth of an
	// ERG behind it.
	type BondPerWorkUnit = ConstU128<{ 100 * MILLI_ERG }>;
	type BlockAuthor = BlockAuthor;
	type ChillSessions = ConstU32<{ unless_fast(42, 6) }>;
	type Currency = Balances;
	type GenesisEras = ConstU32<GENESIS_POWER_ERAS>;
	type MaxCandidates = ConstU32<1_000>;
	type MaxMisses = ConstU32<10>;
	type MaxValidators = MaxValidators;
	type MinBond = ConstU128<{ 1_000 * ERG }>;
	type MinValidators = ConstU32<4>;
	type MissFactor = ConstU32<2>;
	type MissPenalty = ConstU128<ERG>;
	type OnEra = Eras;
	type PollWeight = PowerPollWeight;
	// A day. Without any sprint, all power stays for twenty hours, and goes in the next three.
	type PowerEras = ConstU32<{ unless_fast(24, 8) }>;
	type Ramp = ConstU32<POWER_RAMP>;
	type ReportAbsence = Offences;
	type SessionsPerEra = ConstU32<SESSIONS_PER_ERA>;
	type Slashed = ToTreasury;
	type UnbondingSessions = ReportSessions;
	type WeightInfo = pallet_power::weights::SubstrateWeight<Runtime>;
}

/// Who makes this block.
pub struct BlockAuthor;

impl Get<Option<AccountId>> for BlockAuthor {
	fn get() -> Option<AccountId> {
		Authorship::author()
	}
}

/// Tells everybody who goes by eras that one begins.
pub struct Eras;

impl pallet_power::OnEra for Eras {
	fn on_era(era: pallet_power::EraIndex, total_power: u128) {
		Rewards::note_era(era, total_power);
		Sprints::start_era(era);
	}
}

/// The era in which audit duties are counted.
pub struct CurrentEra;

impl Get<u32> for CurrentEra {
	fn get() -> u32 {
		pallet_power::CurrentEra::<Runtime>::get()
	}
}

/// The validators of this session, as audits see them.
pub struct SessionValidators;

impl pallet_audits::Validators<AccountId> for SessionValidators {
	type Credit = Credit<AccountId, Balances>;

	fn active() -> Vec<ActiveValidator<AccountId>> {
		weighted_validators()
			.into_iter()
			.filter_map(|(account, weight)| {
				let key = Session::load_keys(&account)?.audit;
				Some(ActiveValidator { account, key, weight })
			})
			.collect()
	}

	fn accounts() -> Vec<(AccountId, u64)> {
		weighted_validators()
	}

	fn operator(key: &AuditorId) -> Option<AccountId> {
		Session::key_owner(AUDIT_KEY_TYPE, key.as_ref())
	}

	fn min_bond() -> Balance {
		<Runtime as pallet_power::Config>::MinBond::get()
	}

	fn bond(validator: &AccountId) -> Balance {
		Power::bond(validator)
	}

	fn slash(validator: &AccountId, amount: Balance) -> (Self::Credit, Balance) {
		Power::slash(validator, amount)
	}

	fn miss_penalty(validator: &AccountId) -> Balance {
		Power::miss_penalty(validator)
	}

	fn note_fulfilled(validator: &AccountId, work: Work) {
		Power::note_fulfilled(validator, work)
	}

	fn note_missed(validator: &AccountId, work: Work) {
		Power::note_missed(validator, work)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_active_for_benchmark(count: u32) {
		super::fixtures::set_active_validators(count)
	}
}
