// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Every movement of money.
//!
//! A bond leaves its hold as a release to its owner or as a credit. Half of a credit is shared by the
//! winners, and what they cannot receive, with the rest, is burnt: nothing fails, and nothing is left over.

use crate::{
	types::CreditOf, Balance, Config, Error, Event, HoldReason, Pallet, PlayerOf, Results,
};
use ergon_core::JobId;
use ergon_economics::settlement;
use frame_support::{
	defensive_assert, ensure,
	traits::{
		fungible::{Balanced, BalancedHold, Inspect, InspectHold, MutateHold},
		tokens::{Fortitude, Precision, Preservation},
		Get, Imbalance, OnUnbalanced,
	},
};
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
	/// What somebody puts at stake who takes part in the dispute about a result.
	pub(crate) fn bond_of(job: &JobId) -> Option<Balance> {
		Some(T::Results::price(job)?.max(T::ChallengeBond::get()))
	}

	/// Holds the bond of somebody who takes part in the dispute about a result.
	pub(crate) fn hold_bond(job: &JobId, who: &T::AccountId) -> Result<Balance, DispatchError> {
		let bond = Self::bond_of(job).ok_or(Error::<T>::NoResult)?;
		let reason = HoldReason::ChallengeBond.into();
		let free = T::Currency::reducible_balance(who, Preservation::Protect, Fortitude::Force);
		let can_hold = T::Currency::hold_available(&reason, who);
		ensure!(can_hold && free >= bond, Error::<T>::BalanceTooLow);
		T::Currency::hold(&reason, who, bond)?;
		Ok(bond)
	}

	/// Gives a bond back.
	pub(crate) fn release_bond(player: &PlayerOf<T>) {
		if player.bond == 0 {
			return;
		}
		let reason = HoldReason::ChallengeBond.into();
		let released =
			T::Currency::release(&reason, &player.account, player.bond, Precision::BestEffort);
		defensive_assert!(released == Ok(player.bond), "the bond is held");
	}

	/// Takes the losers' bonds, and shares half of them among the winners.
	pub(crate) fn settle(job: JobId, winners: &[PlayerOf<T>], losers: &[PlayerOf<T>]) {
		let mut taken = CreditOf::<T>::zero();
		for player in losers.iter().filter(|player| player.bond > 0) {
			let reason = HoldReason::ChallengeBond.into();
			let (credit, _) = T::Currency::slash(&reason, &player.account, player.bond);
			let amount = credit.peek();
			Self::deposit_event(Event::BondLost { job, player: player.account.clone(), amount });
			taken.subsume(credit);
		}
		winners.iter().for_each(Self::release_bond);
		let total = taken.peek();
		if total == 0 {
			return;
		}
		let (mut fund, mut rest) = taken.split(settlement::award(total).winner);
		let share = fund.peek().checked_div(winners.len() as Balance).unwrap_or_default();
		let mut awarded = 0;
		for winner in winners {
			let part = fund.extract(share);
			let amount = part.peek();
			match T::Currency::resolve(&winner.account, part) {
				Ok(()) => awarded = amount.saturating_add(awarded),
				// Whoever cannot receive it, because the account is gone, gets nothing.
				Err(part) => rest.subsume(part),
			}
		}
		T::Burn::on_unbalanced(rest.merge(fund));
		let burnt = total.saturating_sub(awarded);
		Self::deposit_event(Event::Awarded { job, awarded, burnt });
	}
}
