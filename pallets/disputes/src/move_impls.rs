// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Moves: who may make one, and what it leads to.

use crate::{
	Config, DisputeOf, Disputes, Error, Event, Evidence, GameOf, Groundworks, Pallet, Player,
	PlayerKey, PlayerSignature, Results, Stages, WeightInfo, MAX_TURN_BYTES,
};
use alloc::vec::Vec;
use codec::Encode;
use ergon_core::{
	crypto::{signing_payload, MOVE_DOMAIN},
	JobId,
};
use ergon_exact::game::{Disputed, Move, Outcome, Refused, Turn};
use frame_support::{ensure, pallet_prelude::*};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
	traits::{SaturatedConversion, Saturating},
	transaction_validity::TransactionValidityWithRefund,
	DispatchResult,
};

impl<T> From<Refused> for Error<T> {
	fn from(refused: Refused) -> Self {
		match refused {
			Refused::OutOfTurn => Self::OutOfTurn,
			Refused::NoSuchPart => Self::NoSuchPart,
			Refused::DoesNotOpen => Self::DoesNotOpen,
			Refused::WrongLength => Self::WrongLength,
		}
	}
}

/// The weight of a move about the worst prompt: of one long word, or of many short ones.
fn worst(measured: fn(u32) -> Weight) -> Weight {
	measured(0).max(measured(1))
}

impl<T: Config> Pallet<T> {
	/// The dispute and its game, if that step is the next one and there is still time for it.
	fn game_at(job: &JobId, step: u32) -> Result<(DisputeOf<T>, GameOf<T>), Error<T>> {
		let mut dispute = Disputes::<T>::get(job).ok_or(Error::<T>::NoGame)?;
		let game = dispute.game.take().ok_or(Error::<T>::NoGame)?;
		ensure!(dispute.step == step, Error::<T>::WrongStep);
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(now <= Self::last_call(&game), Error::<T>::TooLate);
		Ok((dispute, game))
	}

	/// Last block in which the side whose turn it is, or who stands in for it, may move.
	pub(crate) fn last_call(game: &GameOf<T>) -> BlockNumberFor<T> {
		game.deadline.saturating_add(T::TurnTime::get())
	}

	/// What a turn leads to, from where the game stands.
	pub(crate) fn outcome(job: &JobId, turn: &Turn) -> Result<Outcome, Error<T>> {
		ensure!(turn.encoded_size() as u32 <= MAX_TURN_BYTES, Error::<T>::TurnTooLarge);
		let stage = Stages::<T>::get(job).ok_or(Error::<T>::NoGame)?;
		// Spares the reads when it cannot be.
		ensure!(stage.turn() == turn.made.side(), Error::<T>::OutOfTurn);
		let evidence = T::Results::evidence(job).ok_or(Error::<T>::NoResult)?;
		let Evidence { manifest, order, attestation, bundle } = &evidence;
		let known = Groundworks::<T>::get(job);
		let groundwork = match (&known, &turn.groundwork) {
			(_, None) if stage.is_about_text() => None,
			(Some(known), None) => Some(known),
			(None, Some(shown)) if !stage.is_about_text() => Some(shown),
			(None, None) => return Err(Error::<T>::GroundworkMissing),
			(_, Some(_)) => return Err(Error::<T>::GroundworkKnown),
		};
		let disputed = Disputed { manifest, order, attestation, bundle };
		Ok(disputed.play(groundwork, stage, turn.made.clone())?)
	}

	/// Whether a move may be put into a block. What is cheap is checked first, then the signature, which
	/// only who plays can make, and last the move itself.
	pub(crate) fn authorize_play(
		job: &JobId,
		step: u32,
		turn: &Turn,
		signature: &PlayerSignature,
	) -> TransactionValidityWithRefund {
		let (_, game) = Self::game_at(job, step).map_err(Self::refusal)?;
		let payload = Self::payload(job, step, turn);
		if !game.seat(game.turn).player().key.verify(&payload, signature) {
			return Err(InvalidTransaction::BadProof.into());
		}
		Self::outcome(job, turn).map_err(Self::refusal)?;
		let now = frame_system::Pallet::<T>::block_number();
		let blocks = Self::last_call(&game).saturating_sub(now).saturated_into::<u64>();
		ValidTransaction::with_tag_prefix("ErgonDisputes")
			.priority(T::MovePriority::get())
			.and_provides((job, step))
			.longevity(blocks.saturating_add(1))
			.propagate(true)
			.build()
			.map(|valid| (valid, Weight::zero()))
	}

	/// Weight of a move: by its length; about a text, that of the worst prompt, since it is not the turn that
	/// is long but what was shown before.
	pub(crate) fn play_weight(turn: &Turn) -> Weight {
		match &turn.made {
			Move::Read { .. } | Move::Spelt { .. } => worst(T::WeightInfo::read),
			Move::Misread { .. } | Move::Misspelt { .. } => worst(T::WeightInfo::misread),
			_ => T::WeightInfo::play(turn.encoded_size() as u32),
		}
	}

	/// Weight of checking a move.
	pub(crate) fn authorize_play_weight(turn: &Turn) -> Weight {
		match &turn.made {
			Move::Read { .. } | Move::Spelt { .. } => worst(T::WeightInfo::authorize_read),
			Move::Misread { .. } | Move::Misspelt { .. } => worst(T::WeightInfo::authorize_misread),
			_ => T::WeightInfo::authorize_play(turn.encoded_size() as u32),
		}
	}

	/// Weight of a move by somebody who stands in: finding and holding the bond is what it has beside the move.
	pub(crate) fn stand_in_weight(turn: &Turn) -> Weight {
		let weight = match turn.made.is_about_text() {
			true => T::WeightInfo::stand_in(0).saturating_add(Self::play_weight(turn)),
			false => T::WeightInfo::stand_in(turn.encoded_size() as u32),
		};
		weight.saturating_add(T::Results::stake_weight())
	}

	/// What a player signs.
	pub(crate) fn payload(job: &JobId, step: u32, turn: &Turn) -> Vec<u8> {
		signing_payload(MOVE_DOMAIN, Self::genesis_hash(), &(job, step, turn))
	}

	/// How an error appears in the transaction pool: as its index. A pool bans what is *invalid* for a
	/// while; what a block that this node has not seen yet may change is *unknown*.
	fn refusal(error: Error<T>) -> TransactionValidityError {
		let code = error.encode().first().copied().unwrap_or_default();
		match error {
			Error::TooLate => InvalidTransaction::Stale.into(),
			Error::NoGame | Error::WrongStep => UnknownTransaction::Custom(code).into(),
			_ => InvalidTransaction::Custom(code).into(),
		}
	}

	/// Makes a move whose signature was checked.
	pub(crate) fn do_play(job: JobId, step: u32, turn: Turn) -> DispatchResult {
		let (dispute, game) = Self::game_at(&job, step)?;
		let player = game.seat(game.turn).player().account.clone();
		let outcome = Self::outcome(&job, &turn)?;
		Self::go_on(job, dispute, game, player, turn, outcome);
		Ok(())
	}

	pub(crate) fn do_stand_in(
		who: T::AccountId,
		job: JobId,
		step: u32,
		key: PlayerKey,
		turn: Turn,
	) -> DispatchResult {
		let (dispute, mut game) = Self::game_at(&job, step)?;
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(now > game.deadline, Error::<T>::StillItsTurn);
		let takes_part = Self::takes_part(&dispute, &who) || game.has(&who);
		ensure!(!takes_part, Error::<T>::AlreadyPlaying);
		let side = game.turn;
		let outcome = Self::outcome(&job, &turn)?;
		let bond = Self::stand_in_bond(&job, &game).ok_or(Error::<T>::NoResult)?;
		let bond = Self::hold_bond(&who, bond)?;
		let player = Player { account: who.clone(), key, bond };
		// Who stood in before has been silent too.
		if let Some(before) = game.seat_mut(side).stand_in.replace(player) {
			Self::release_bond(&before);
		}
		Self::deposit_event(Event::StoodIn { job, side, player: who.clone(), bond });
		Self::go_on(job, dispute, game, who, turn, outcome);
		Ok(())
	}

	/// Goes on behind a move that fits.
	fn go_on(
		job: JobId,
		mut dispute: DisputeOf<T>,
		mut game: GameOf<T>,
		player: T::AccountId,
		turn: Turn,
		outcome: Outcome,
	) {
		let (step, side, bytes) = (dispute.step, game.turn, turn.encoded_size() as u32);
		let next = match &outcome {
			Outcome::Next(stage) => Some(stage.turn()),
			Outcome::Won(..) => None,
		};
		Self::deposit_event(Event::Moved { job, step, player, side, bytes, next });
		if let Some(groundwork) = turn.groundwork {
			Groundworks::<T>::insert(job, groundwork);
		}
		dispute.step = step.saturating_add(1);
		match outcome {
			Outcome::Next(stage) => {
				let now = frame_system::Pallet::<T>::block_number();
				game.turn = stage.turn();
				game.deadline = now.saturating_add(T::TurnTime::get());
				dispute.game = Some(game);
				Stages::<T>::insert(job, stage);
			}
			Outcome::Won(winner, reason) => {
				Self::end_game(job, &mut dispute, game, winner, Some(reason))
			}
		}
		Disputes::<T>::insert(job, dispute);
	}
}
