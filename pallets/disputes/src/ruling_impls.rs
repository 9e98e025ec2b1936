// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How games and disputes end.

use crate::{
	types::Finders, Charge, Claim, Config, DisputeOf, Disputes, Event, GameOf, Groundworks, Idle,
	Pallet, Ruling, RulingOf, Stages, WeightInfo,
};
use ergon_core::JobId;
use ergon_exact::game::{Reason, Side};
use frame_support::{defensive_assert, traits::Get, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::{One, Saturating};

/// Blocks between two looks at a dispute by whoever waits for its ruling.
const LOOK_INTERVAL: u32 = 10;

impl<T: Config> Pallet<T> {
	/// A game is over: who lost its bond is said, and what waits is played if the result still stands. Where
	/// somebody stood in for the side that lost, it alone has answered for that, and its party is spared.
	pub(crate) fn end_game(
		job: JobId,
		dispute: &mut DisputeOf<T>,
		game: GameOf<T>,
		winner: Side,
		reason: Option<Reason>,
	) {
		Stages::<T>::remove(job);
		let GameOf::<T> { charge, defender, challenger, .. } = game;
		Self::deposit_event(Event::GameOver { job, charge: charge.clone(), winner, reason });
		if winner == Side::Defender {
			Self::settle(job, &defender, &challenger);
			if challenger.player().bond == 0 {
				Self::note_refuted(dispute, challenger.party.account, &charge);
			}
			return Self::start_next(job, dispute);
		}
		Self::settle(job, &challenger, &defender);
		let finders = challenger.both().map(|player| player.account.clone()).collect();
		let finders = Finders::truncate_from(finders);
		let spared = defender.stand_in.is_some();
		// Nobody needs to be right about it once more.
		let is_moot = |claim: &Claim<T::AccountId>| match &charge {
			Charge::Result(_) => true,
			Charge::Work(_) => claim.charge == charge,
		};
		dispute.waiting.iter().filter(|it| is_moot(it)).for_each(|claim| {
			Self::release_bond(&claim.challenger);
		});
		dispute.waiting.retain(|claim| !is_moot(claim));
		match charge {
			Charge::Result(_) => (dispute.finders, dispute.spared) = (finders, spared),
			Charge::Work(auditor) => {
				if !spared {
					let noted = dispute.idle.try_push(Idle { auditor, finders });
					defensive_assert!(
						noted.is_ok(),
						"no more are shown to be idle than there are claims"
					);
				}
				Self::start_next(job, dispute);
			}
		}
	}

	/// What became of the dispute about a result. A side that has been silent for too long loses now. A
	/// ruling that is final is given once: the dispute is forgotten.
	pub fn ruling(job: &JobId) -> RulingOf<T> {
		let Some(mut dispute) = Disputes::<T>::get(job) else { return Ruling::Undisputed };
		let now = frame_system::Pallet::<T>::block_number();
		if let Some(game) = dispute.game.take_if(|game| now > Self::last_call(game)) {
			let winner = game.turn.opponent();
			Self::end_game(*job, &mut dispute, game, winner, None);
		}
		if let Some(game) = &dispute.game {
			let silent = Self::last_call(game).saturating_add(One::one());
			let until = silent.min(now.saturating_add(LOOK_INTERVAL.into()));
			Disputes::<T>::insert(job, dispute);
			return Ruling::Pending { until };
		}
		Self::forget(job);
		let refuted = dispute.refuted.into_inner();
		let idle = dispute.idle.into_iter().map(|idle| (idle.auditor, idle.finders.into_inner()));
		match dispute.finders.is_empty() {
			true => Ruling::Upheld { refuted, idle: idle.collect() },
			false => {
				let (finders, spared) = (dispute.finders.into_inner(), dispute.spared);
				Ruling::Overturned { finders, refuted, spared }
			}
		}
	}

	fn forget(job: &JobId) {
		Disputes::<T>::remove(job);
		Stages::<T>::remove(job);
		Groundworks::<T>::remove(job);
	}

	/// Longest time from the first claim to the ruling: every claim is played, and nobody moves before the
	/// last block.
	pub fn longest() -> BlockNumberFor<T> {
		let moves = T::MaxClaims::get().saturating_mul(ergon_exact::game::MAX_MOVES);
		T::TurnTime::get().saturating_mul(2u32.into()).saturating_mul(moves.into())
	}

	/// Weight of [`Self::ruling`] about that result now, also where it is accused first.
	pub fn ruling_weight(job: &JobId) -> Weight {
		let Some(dispute) = Disputes::<T>::get(job) else { return Self::silence_weight(0) };
		let now = frame_system::Pallet::<T>::block_number();
		match &dispute.game {
			Some(game) if now <= Self::last_call(game) => T::WeightInfo::ruling_pending(),
			_ => Self::silence_weight(dispute.waiting.len() as u32),
		}
	}

	/// Weight of [`Self::ruling`] in the worst case.
	pub fn worst_ruling_weight() -> Weight {
		Self::silence_weight(T::MaxClaims::get())
	}

	/// Weight of [`Self::ruling`] when a side was silent and that many wait: all are released, or the next one
	/// plays, or both, where all but that one say the same of an auditor.
	fn silence_weight(waiting: u32) -> Weight {
		T::WeightInfo::ruling(waiting)
			.max(T::WeightInfo::ruling_next())
			.max(T::WeightInfo::ruling_idle(waiting.saturating_sub(1)))
	}

	/// Weight of [`Self::accuse`] by that many.
	pub fn accuse_weight(accusers: u32) -> Weight {
		T::WeightInfo::accuse(accusers.max(1))
	}

	/// Weight of [`Self::accuse`] by one, of a result: a challenge does the same, and holds a bond beside.
	pub fn accusation_weight() -> Weight {
		T::WeightInfo::challenge()
	}
}
