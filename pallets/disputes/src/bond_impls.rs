// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Every movement of money.
//!
//! A bond leaves its hold as a release to its owner or as a credit. Half of a credit is shared by the
//! winners, and what they cannot receive, with the rest, is burnt: nothing fails, and nothing is left over.

use crate::{
	Balance, Charge, Config, Error, Event, GameOf, HoldReason, Pallet, PlayerOf, Results, SeatOf,
};
use ergon_core::JobId;
use ergon_economics::settlement;
use ergon_exact::game::Side;
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
	/// What a challenger of a result puts at stake.
	pub(crate) fn bond_of(job: &JobId) -> Option<Balance> {
		Some(T::Results::price(job)?.max(T::ChallengeBond::get()))
	}

	/// What somebody puts at stake who stands in for the side whose turn it is: as a challenger, and no less than
	/// what is lost by those who are spared, if the side loses. With less, a friend of the other side could take the
	/// seat, lose on purpose, and gain by it.
	pub(crate) fn stand_in_bond(job: &JobId, game: &GameOf<T>) -> Option<Balance> {
		let party = &game.seat(game.turn).party;
		let stake = match (game.turn, &game.charge) {
			_ if party.bond > 0 => party.bond,
			(Side::Defender, Charge::Result(_)) => T::Results::result_stake(job),
			_ => T::Results::vote_stake(job, &party.account),
		};
		Some(Self::bond_of(job)?.max(stake))
	}

	/// The largest bond that an account could have held now.
	fn spare(who: &T::AccountId) -> Balance {
		match T::Currency::hold_available(&HoldReason::ChallengeBond.into(), who) {
			true => T::Currency::reducible_balance(who, Preservation::Protect, Fortitude::Force),
			false => 0,
		}
	}

	/// What an account lacks to put that bond at stake and to pay for the transaction: a hundredth of
	/// [`Config::ChallengeBond`] covers that several times.
	pub(crate) fn missing(who: &T::AccountId, bond: Balance) -> Balance {
		let fee = T::ChallengeBond::get() / 100;
		bond.saturating_add(fee).saturating_sub(Self::spare(who))
	}

	/// Holds the bond of somebody who takes part in a dispute.
	pub(crate) fn hold_bond(who: &T::AccountId, bond: Balance) -> Result<Balance, DispatchError> {
		ensure!(Self::spare(who) >= bond, Error::<T>::BalanceTooLow);
		T::Currency::hold(&HoldReason::ChallengeBond.into(), who, bond)?;
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

	/// Takes the bond of who played for the side that lost, and shares half of it among the winners. For whom it
	/// stood in loses nothing.
	pub(crate) fn settle(job: JobId, winners: &SeatOf<T>, losers: &SeatOf<T>) {
		winners.both().for_each(Self::release_bond);
		let loser = losers.player();
		losers.both().filter(|player| *player != loser).for_each(Self::release_bond);
		if loser.bond == 0 {
			return;
		}
		let reason = HoldReason::ChallengeBond.into();
		let (mut rest, _) = T::Currency::slash(&reason, &loser.account, loser.bond);
		let total = rest.peek();
		Self::deposit_event(Event::BondLost { job, player: loser.account.clone(), amount: total });
		let share = settlement::share(total, winners.both().count());
		let mut awarded = 0;
		for winner in winners.both() {
			match T::Currency::resolve(&winner.account, rest.extract(share)) {
				Ok(()) => awarded = share.saturating_add(awarded),
				// Whoever cannot receive it, because the account is gone, gets nothing.
				Err(part) => rest.subsume(part),
			}
		}
		T::Burn::on_unbalanced(rest);
		let burnt = total.saturating_sub(awarded);
		Self::deposit_event(Event::Awarded { job, awarded, burnt });
	}
}
