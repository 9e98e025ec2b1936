// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How rewards are paid.

use crate::{Accounts, Config, Error, Event, HoldReason, Pallet, Total};
use frame_support::{
	ensure,
	traits::{
		fungible::hold::Mutate as HoldMutate,
		tokens::{Fortitude, Precision, Restriction},
		Get,
	},
};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_claim(validator: T::AccountId) -> DispatchResult {
		let mut account = Accounts::<T>::get(&validator);
		let amount = core::mem::take(&mut account.unpaid);
		ensure!(amount > 0, Error::<T>::NothingToClaim);
		T::Currency::transfer_on_hold(
			&HoldReason::Reward.into(),
			&T::Pot::get(),
			&validator,
			amount,
			Precision::Exact,
			Restriction::Free,
			Fortitude::Polite,
		)
		.map_err(|_| Error::<T>::AccountTooPoor)?;
		account.paid = account.paid.saturating_add(amount);
		Accounts::<T>::insert(&validator, account);
		Total::<T>::mutate(|total| total.paid = total.paid.saturating_add(amount));
		Self::deposit_event(Event::Claimed { validator, amount });
		Ok(())
	}
}
