// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How blocks are counted, and how eras are settled.

use crate::{
	types::{Balance, CreditOf, EraReward, EraTotals, EraWork},
	Accounts, Config, Duties, EraIndex, EraWorks, Eras, Event, HoldReason, OldestEra, Pallet,
	Total, Validators, WeightInfo, LOG_TARGET, MAX_SKIPPED,
};
use alloc::vec::Vec;
use ergon_economics::{emission::reward, DutyCount};
use frame_support::{
	defensive,
	dispatch::DispatchClass,
	storage::with_storage_layer,
	traits::{
		fungible::{hold::Mutate as HoldMutate, Mutate},
		Get, Imbalance, OnUnbalanced,
	},
	weights::WeightMeter,
};
use sp_runtime::{traits::SaturatedConversion, DispatchError};

/// Most validators that are settled in one block; bounds the memory that it takes.
pub(crate) const MAX_SETTLED: u32 = 100;
/// Eras that have to be over behind one before it is settled: its audits are concluded in the first of them.
pub(crate) const EXTRA_ERAS: EraIndex = 1;

impl<T: Config> Pallet<T> {
	/// An era has begun, with that much power of all candidates.
	pub fn note_era(era: EraIndex, total_power: u128) {
		Eras::<T>::insert(era, EraTotals { total_power, minted: 0 });
	}

	/// A validator made a block, and each of `skipped` could have made one in a slot since the block before.
	/// Registers its own weight.
	pub fn note_block(author: &T::AccountId, skipped: &[T::AccountId]) {
		let skipped = match skipped.len() as u32 {
			0..=MAX_SKIPPED => skipped,
			_ => &[],
		};
		frame_system::Pallet::<T>::register_extra_weight_unchecked(
			T::WeightInfo::note_block(skipped.len() as u32),
			DispatchClass::Mandatory,
		);
		let era = T::Era::get();
		// An era of which nobody told has no power either.
		if !Eras::<T>::contains_key(era) {
			return;
		}
		Self::note(era, author, |work| work.authored = work.authored.saturating_add(1));
		for who in skipped {
			Self::note(era, who, |work| work.skipped = work.skipped.saturating_add(1));
		}
	}

	fn note(era: EraIndex, who: &T::AccountId, note: impl FnOnce(&mut EraWork)) {
		EraWorks::<T>::mutate(era, who, |work| {
			let power = || T::Validators::power(who);
			note(work.get_or_insert_with(|| EraWork { power: power(), ..Default::default() }))
		});
	}

	/// What a validator earns for an era as things stand.
	pub(crate) fn reward_for(
		era: EraIndex,
		who: &T::AccountId,
		work: &EraWork,
		total_power: u128,
	) -> EraReward {
		let due = work.authored.saturating_add(work.skipped);
		let blocks = DutyCount { done: work.authored, due };
		let mut duties = Vec::from([blocks]);
		duties.extend(T::Duties::of(era, who));
		let amount = match T::Validators::is_chilled(who) {
			true => 0,
			false => {
				let emission = T::Schedule::get().emission(era);
				reward(emission, work.power, total_power, &duties)
			}
		};
		EraReward { era, power: work.power, total_power, duties, amount }
	}

	/// Settles the oldest era when it is time, some validators per block.
	pub(crate) fn settle_old_eras(meter: &mut WeightMeter) {
		let mut own = WeightMeter::with_limit(T::PollWeight::get().min(meter.remaining()));
		let base = T::WeightInfo::settle(0);
		if own.try_consume(base).is_ok() {
			let oldest = OldestEra::<T>::get();
			if oldest.saturating_add(EXTRA_ERAS) < T::Era::get() {
				let per_validator = T::WeightInfo::settle(1).saturating_sub(base);
				let limit = own
					.remaining()
					.checked_div_per_component(&per_validator)
					.unwrap_or_default()
					.min(MAX_SETTLED.into())
					.saturated_into();
				if limit > 0 {
					let settled = Self::settle(oldest, limit);
					own.consume(per_validator.saturating_mul(settled.into()));
				}
			}
		}
		meter.consume(own.consumed());
	}

	/// Settles up to `limit` validators of an era; returns how many.
	pub(crate) fn settle(era: EraIndex, limit: u32) -> u32 {
		let Some(mut totals) = Eras::<T>::get(era) else {
			OldestEra::<T>::put(era.saturating_add(1));
			return 0;
		};
		let works: Vec<_> = EraWorks::<T>::iter_prefix(era).take(limit as usize).collect();
		let settled = works.len() as u32;
		let rewards: Vec<_> = works
			.into_iter()
			.map(|(who, work)| {
				let amount = Self::reward_for(era, &who, &work, totals.total_power).amount;
				(who, amount)
			})
			.collect();
		let sum = rewards.iter().map(|(_, amount)| *amount).fold(0, Balance::saturating_add);
		if let Err(error) = Self::mint(sum) {
			// The era waits until the pot exists.
			log::error!(target: LOG_TARGET, "era {era} is not settled: {error:?}");
			defensive!("the pot is endowed at genesis");
			return settled;
		}
		totals.minted = totals.minted.saturating_add(sum);
		for (validator, amount) in rewards {
			EraWorks::<T>::remove(era, &validator);
			if amount > 0 {
				Accounts::<T>::mutate(&validator, |account| {
					account.unpaid = account.unpaid.saturating_add(amount);
				});
				Self::deposit_event(Event::Rewarded { validator, era, amount });
			}
		}
		if settled < limit {
			Eras::<T>::remove(era);
			OldestEra::<T>::put(era.saturating_add(1));
			let emission = T::Schedule::get().emission(era);
			Self::deposit_event(Event::EraSettled { era, emission, minted: totals.minted });
		} else {
			Eras::<T>::insert(era, totals);
		}
		settled
	}

	/// Makes money, in the pot and for those who are to get it.
	pub(crate) fn mint(amount: Balance) -> Result<(), DispatchError> {
		if amount == 0 {
			return Ok(());
		}
		let pot = T::Pot::get();
		with_storage_layer(|| {
			T::Currency::mint_into(&pot, amount)?;
			T::Currency::hold(&HoldReason::Reward.into(), &pot, amount)
		})?;
		Total::<T>::mutate(|total| total.minted = total.minted.saturating_add(amount));
		Ok(())
	}
	/// Burns money, and counts it. One read and one write.
	pub fn burn(credit: CreditOf<T>) {
		let amount = credit.peek();
		drop(credit);
		if amount > 0 {
			Total::<T>::mutate(|total| total.burnt = total.burnt.saturating_add(amount));
		}
	}
}

/// Who hands money to this pallet has it burnt.
impl<T: Config> OnUnbalanced<CreditOf<T>> for Pallet<T> {
	fn on_nonzero_unbalanced(credit: CreditOf<T>) {
		Self::burn(credit)
	}
}
