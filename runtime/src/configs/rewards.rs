// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What validators earn.

use crate::{
	AccountId, Audits, Babe, Balances, BlockNumber, Power, Rewards, Runtime, Session, System,
};
use alloc::vec::Vec;
use codec::Encode;
use ergon_economics::{constants::EMISSION, DutyCount, Schedule};
use frame_support::{
	dispatch::DispatchClass,
	parameter_types,
	traits::{fungible::Credit, OnUnbalanced},
	weights::{constants::WEIGHT_REF_TIME_PER_MILLIS, Weight},
	PalletId,
};
use pallet_rewards::{EraIndex, MAX_SKIPPED};
use sp_consensus_babe::{Randomness, Slot};
use sp_core::U256;
use sp_io::hashing::blake2_256;
use sp_runtime::traits::AccountIdConversion;

/// Names the account in which rewards wait.
pub const REWARD_POT: PalletId = PalletId(*b"erg/rwrd");

parameter_types! {
	/// Holds rewards until they are claimed.
	pub RewardPot: AccountId = REWARD_POT.into_account_truncating();
	/// A hundred ERG per era at first, half of it every four years.
	pub const EmissionSchedule: Schedule = EMISSION;
	/// A twentieth of a block.
	pub const RewardsPollWeight: Weight =
		Weight::from_parts(50 * WEIGHT_REF_TIME_PER_MILLIS, u64::MAX);
}

impl pallet_rewards::Config for Runtime {
	type Currency = Balances;
	type Duties = AuditsAndSprints;
	type Era = super::power::CurrentEra;
	type PollWeight = RewardsPollWeight;
	type Pot = RewardPot;
	type Schedule = EmissionSchedule;
	type Validators = Candidates;
	type WeightInfo = pallet_rewards::weights::SubstrateWeight<Runtime>;
}

/// Burns and counts what comes from pallets that were measured without it, and registers its weight.
pub struct Burn;

impl OnUnbalanced<Credit<AccountId, Balances>> for Burn {
	fn on_nonzero_unbalanced(credit: Credit<AccountId, Balances>) {
		let weight = <Runtime as frame_system::Config>::DbWeight::get().reads_writes(1, 1);
		System::register_extra_weight_unchecked(weight, DispatchClass::Mandatory);
		Rewards::burn(credit)
	}
}

/// Tells rewards who made a block.
pub struct Authors;

impl pallet_authorship::EventHandler<AccountId, BlockNumber> for Authors {
	fn note_author(author: AccountId) {
		// The first block of a session names its author by its place among those who begin with this
		// block, and the place is looked up among those before.
		if !Babe::should_epoch_change(System::block_number()) {
			Rewards::note_block(&author, &missing())
		}
	}
}

/// Who could have made a block in each of the slots between the parent and this block. The authors of primary
/// slots are known to nobody else; but each slot has one other who may make a block without luck, whom
/// everybody can compute; see [`secondary_author`].
///
/// Nobody when there are more slots than anybody is blamed for.
fn missing() -> Vec<AccountId> {
	let late = pallet_babe::Lateness::<Runtime>::get();
	if late == 0 || late > MAX_SKIPPED {
		return Vec::new();
	}
	// Where the lottery is read from, beside who the validators are.
	let reads = <Runtime as frame_system::Config>::DbWeight::get().reads(3);
	System::register_extra_weight_unchecked(reads, DispatchClass::Mandatory);
	let this = *pallet_babe::CurrentSlot::<Runtime>::get();
	// A session can begin with slots that were skipped, among validators who were not told.
	let first = this.saturating_sub(late.into()).max(*Babe::current_epoch_start());
	let (randomness, validators) = (Babe::randomness(), Session::validators());
	let author = |slot| {
		let place = secondary_author(&randomness, Slot::from(slot), validators.len())?;
		validators.get(place).cloned()
	};
	(first..this).filter_map(author).collect()
}

/// The place of the authority, out of so many, that may make a block in a slot without winning the lottery for
/// primary slots; nothing where there are no authorities.
///
/// This is `secondary_slot_author` in `sc-consensus-babe`, which a runtime cannot call; a test of the node holds
/// it to that.
pub fn secondary_author(randomness: &Randomness, slot: Slot, authorities: usize) -> Option<usize> {
	let ticket = (randomness, slot).using_encoded(blake2_256);
	let place = U256::from_big_endian(&ticket).checked_rem(authorities.into())?;
	Some(place.as_usize())
}

/// The candidates of `pallet-power`, as rewards see them.
pub struct Candidates;

impl pallet_rewards::Validators<AccountId> for Candidates {
	fn power(who: &AccountId) -> pallet_power::types::Power {
		Power::power(who)
	}

	fn is_chilled(who: &AccountId) -> bool {
		Power::is_chilled(who)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn empower_for_benchmark(who: &AccountId) {
		super::fixtures::empower(who)
	}
}

/// The audits of items of sprints that a validator was drawn for, of which those that are not concluded are not
/// due yet, and the sprint of the era, if one was held: who has committed to something has done its part until it
/// is found not to have.
///
/// Audits of jobs are paid by those who ask for them, at a price that rises while they are left undone, and are
/// no duty here: whoever left some undone could make up for them by jobs of its own.
pub struct AuditsAndSprints;

impl pallet_rewards::Duties<AccountId> for AuditsAndSprints {
	fn of(era: EraIndex, who: &AccountId) -> Vec<DutyCount> {
		let audits = Audits::duty_record(era, who.clone()).unpaid;
		let sprint = Power::sprint_duty(who, era)
			.map_or_else(DutyCount::default, |done| DutyCount { done: done.into(), due: 1 });
		Vec::from([audits, sprint])
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn do_half_for_benchmark(era: EraIndex, who: &AccountId) {
		let unpaid = DutyCount { done: 1, due: 2 };
		let half = pallet_audits::DutyRecord {
			assigned: 2,
			fulfilled: 1,
			missed: 1,
			unpaid,
			..Default::default()
		};
		pallet_audits::DutyRecords::<Runtime>::insert(era, who, half);
		Power::note_held(era);
		Power::note_proved(who, era, 1);
	}
}
