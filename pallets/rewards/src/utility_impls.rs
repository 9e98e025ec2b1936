// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Questions, and the checks that watch over the state.

use crate::{
	Accounts, Config, Emission, EraWorks, Eras, OldestEra, Pallet, RewardInfo, Total, Totals,
};
use frame_support::traits::Get;

impl<T: Config> Pallet<T> {
	pub(crate) fn rewards(who: &T::AccountId) -> RewardInfo {
		let eras = (OldestEra::<T>::get()..=T::Era::get()).filter_map(|era| {
			let (totals, work) = (Eras::<T>::get(era)?, EraWorks::<T>::get(era, who)?);
			Some(Self::reward_for(era, who, &work, totals.total_power))
		});
		RewardInfo { account: Accounts::<T>::get(who), eras: eras.collect() }
	}

	pub(crate) fn emission_now() -> Emission {
		let (era, schedule) = (T::Era::get(), T::Schedule::get());
		let Totals { minted, burnt, .. } = Total::<T>::get();
		Emission {
			era,
			emission: schedule.emission(era),
			next_halving: schedule.next_halving(era),
			minted,
			burnt,
			cap: schedule.cap(),
		}
	}

	#[cfg(any(test, feature = "try-runtime"))]
	pub(crate) fn do_try_state() -> Result<(), sp_runtime::TryRuntimeError> {
		use crate::{Balance, GenesisIssuance, HoldReason};
		use frame_support::{
			ensure,
			traits::fungible::{hold::Inspect as HoldInspect, Inspect},
		};

		let (mut unpaid, mut paid): (Balance, Balance) = (0, 0);
		for account in Accounts::<T>::iter_values() {
			unpaid = unpaid.saturating_add(account.unpaid);
			paid = paid.saturating_add(account.paid);
		}
		let held = T::Currency::balance_on_hold(&HoldReason::Reward.into(), &T::Pot::get());
		ensure!(held == unpaid, "what is held in the pot is not what waits there");
		let total = Total::<T>::get();
		let explained = Totals { minted: unpaid.saturating_add(paid), paid, ..total };
		ensure!(total == explained, "what was made is not what waits and what was paid");
		let made = GenesisIssuance::<T>::get().checked_add(total.minted);
		ensure!(
			made.and_then(|made| made.checked_sub(total.burnt))
				== Some(T::Currency::total_issuance()),
			"what there is is not what there was, more what was made, less what was burnt",
		);

		let (oldest, era, schedule) = (OldestEra::<T>::get(), T::Era::get(), T::Schedule::get());
		let mut most = schedule.before(oldest);
		for (of, totals) in Eras::<T>::iter() {
			ensure!(oldest <= of && of <= era, "an era is kept that is settled or has not begun");
			ensure!(totals.minted == 0 || of == oldest, "an era was settled out of turn");
			ensure!(totals.minted <= schedule.emission(of), "more was made for an era than may be");
			let powers = EraWorks::<T>::iter_prefix_values(of)
				.map(|work| u128::from(work.power))
				.fold(0, u128::saturating_add);
			ensure!(powers <= totals.total_power, "validators have more power than there is");
			most = most.saturating_add(totals.minted);
		}
		ensure!(total.minted <= most, "more was made than the schedule has");
		ensure!(
			EraWorks::<T>::iter_keys().all(|(of, _)| Eras::<T>::contains_key(of)),
			"work is stored for an era that is settled or has not begun",
		);
		Ok(())
	}
}
