// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Every movement of money.
//!
//! Money only ever leaves a requester's hold as a release to the requester or as a credit. A credit
//! is split, and each part is paid, sent to the audit pool when its payee cannot receive it, or
//! burnt when the pool cannot either: nothing fails, and nothing is left over.

use crate::{
	pallet::{Config, Event, HoldReason, Pallet},
	types::{AccountIdOf, Balance, CreditOf, Settlement},
};
use ergon_core::JobId;
use frame_support::{
	defensive_assert,
	traits::{
		fungible::{Balanced, BalancedHold, Inspect, InspectHold, MutateHold},
		tokens::{Fortitude, Precision, Preservation},
		Get, Imbalance, OnUnbalanced,
	},
};
use sp_runtime::{
	helpers_128bit::multiply_by_rational_with_rounding, traits::Zero, DispatchResult, Rounding,
};

/// Where a payment ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paid {
	/// With the payee.
	Payee(Balance),
	/// With the audit pool.
	Pool(Balance),
	/// Nowhere.
	Burnt(Balance),
}

impl Settlement {
	/// Books a payment: `part` is the payee's line.
	pub(crate) fn book(&mut self, paid: Paid, part: fn(&mut Self) -> &mut Balance) {
		let (line, amount) = match paid {
			Paid::Payee(amount) => (part(self), amount),
			Paid::Pool(amount) => (&mut self.to_pool, amount),
			Paid::Burnt(amount) => (&mut self.burnt, amount),
		};
		*line = line.saturating_add(amount);
	}
}

impl<T: Config> Pallet<T> {
	/// What `who` could put on hold now.
	pub(crate) fn holdable(who: &AccountIdOf<T>) -> Balance {
		if !T::Currency::hold_available(&HoldReason::Escrow.into(), who) {
			return Balance::zero();
		}
		T::Currency::reducible_balance(who, Preservation::Protect, Fortitude::Force)
	}

	/// Holds money of a requester.
	pub(crate) fn hold(who: &AccountIdOf<T>, amount: Balance) -> DispatchResult {
		T::Currency::hold(&HoldReason::Escrow.into(), who, amount)
	}

	/// Takes money out of a requester's hold, whatever the account is frozen for.
	pub(crate) fn take_held(who: &AccountIdOf<T>, amount: Balance) -> CreditOf<T> {
		let (credit, missing) = T::Currency::slash(&HoldReason::Escrow.into(), who, amount);
		defensive_assert!(missing.is_zero(), "each job's record is covered by the hold");
		credit
	}

	/// Gives money of a requester's hold back. An account that cannot take it, because it would not
	/// even then hold the existential deposit, loses it to the audit pool.
	pub(crate) fn release_held(job: JobId, who: &AccountIdOf<T>, amount: Balance) {
		if amount.is_zero() {
			return;
		}
		let reason = HoldReason::Escrow.into();
		if T::Currency::release(&reason, who, amount, Precision::Exact).is_err() {
			let credit = Self::take_held(who, amount);
			Self::pay(job, who, credit);
		}
	}

	/// Pays `credit` to `payee`, else to the audit pool, else burns it.
	pub(crate) fn pay(job: JobId, payee: &AccountIdOf<T>, credit: CreditOf<T>) -> Paid {
		let amount = credit.peek();
		if amount.is_zero() {
			return Paid::Payee(amount);
		}
		let Err(credit) = T::Currency::resolve(payee, credit) else { return Paid::Payee(amount) };
		let payee = payee.clone();
		match T::Currency::resolve(&T::AuditPool::get(), credit) {
			Ok(()) => {
				Self::deposit_event(Event::PaymentDiverted { job, payee, amount });
				Paid::Pool(amount)
			}
			Err(credit) => {
				T::Burn::on_unbalanced(credit);
				Self::deposit_event(Event::PaymentBurnt { job, payee, amount });
				Paid::Burnt(amount)
			}
		}
	}

	/// Takes up to `amount` out of the audit pool, which stays alive.
	pub(crate) fn take_from_pool(amount: Balance) -> CreditOf<T> {
		T::Currency::withdraw(
			&T::AuditPool::get(),
			amount,
			Precision::BestEffort,
			Preservation::Preserve,
			Fortitude::Polite,
		)
		.unwrap_or_else(|_| CreditOf::<T>::zero())
	}

	/// Pays each of `due` in full where `fund` suffices, else all in the same proportion, rounded
	/// down. Returns what is left of the fund and calls `paid` for each payment.
	pub(crate) fn pay_out_of(
		job: JobId,
		mut fund: CreditOf<T>,
		due: impl IntoIterator<Item = (AccountIdOf<T>, Balance)> + Clone,
		mut paid: impl FnMut(AccountIdOf<T>, Paid),
	) -> CreditOf<T> {
		let owed = due
			.clone()
			.into_iter()
			.fold(Balance::zero(), |sum, (_, amount)| sum.saturating_add(amount));
		let available = fund.peek();
		for (payee, amount) in due {
			let amount = if owed <= available {
				amount
			} else {
				multiply_by_rational_with_rounding(amount, available, owed, Rounding::Down)
					.unwrap_or_default()
			};
			let (part, rest) = fund.split(amount);
			fund = rest;
			let outcome = Self::pay(job, &payee, part);
			paid(payee, outcome);
		}
		fund
	}
}
