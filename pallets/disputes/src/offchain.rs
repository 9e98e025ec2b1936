// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What a node does about games in which one of its keys has a seat, by itself. About others, see [`crate::defence`].
//!
//! Nothing is remembered between two blocks: where a game stands is in state, what to say about it the
//! engine computes from the result and the stage, and the pool drops a transaction that it knows.

use crate::{Balance, Call, Config, Disputes, Event, GameOf, Pallet, PlayerKey, LOG_TARGET};
use alloc::boxed::Box;
use ergon_core::{
	crypto::audit::AuditorId,
	engine::{Order, Outcome},
	JobId,
};
use ergon_engine_interface as engine;
use ergon_engine_interface::{Progress, Submission};
use ergon_exact::game::Turn;
use frame_system::{offchain::SubmitTransaction, pallet_prelude::BlockNumberFor};
use sp_runtime::{
	traits::{One, Saturating},
	SaturatedConversion,
};

/// Why nothing was done about a game in this block.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Idle {
	/// No key of this node plays for the side whose turn it is, and none could.
	NotOurTurn,
	/// The side whose turn it is still has time.
	NotSilent,
	/// This node plays for the other side already, or waits to play.
	TakesPart,
	/// The account of this audit key lacks so much to stand in.
	TooPoor {
		/// The key.
		key: AuditorId,
		/// What is missing.
		missing: Balance,
	},
	/// Others are to stand in first.
	NotYet,
	/// The time for the move is over.
	TooLate,
	/// The job is over; so will the dispute be.
	EvidenceGone,
	/// The engine is not done.
	Working,
	/// The engine took the order now, or not.
	Ordered(Submission),
	/// The engine agrees with the other side, cannot show what it is asked for, or would lose in a seat that is
	/// another's.
	NothingToSay,
	/// The engine's answer is no turn: it speaks another version.
	Malformed,
	/// The keystore did not sign.
	SigningFailed,
	/// The pool has the transaction, or refused it.
	Refused,
}

impl<T: Config> Pallet<T> {
	/// Says in the log what happened to disputes in this block, whoever did it.
	pub(crate) fn report() {
		for record in frame_system::Pallet::<T>::read_events_no_consensus() {
			if let Ok(event) = record.event.try_into() {
				Self::report_event(&event);
			}
		}
	}

	fn report_event(event: &Event<T>) {
		macro_rules! say {
			($job:expr, $($what:tt)+) => {
				log::info!(target: LOG_TARGET, "job {:?}: {}", $job, format_args!($($what)+))
			};
		}
		match event {
			Event::Claimed { job, challenger, charge, bond } => {
				say!(job, "{challenger:?} says that it is wrong: {charge:?}, with a bond of {bond}")
			}
			Event::GameStarted { job, charge, defender, challenger, deadline } => say!(
				job,
				"a game about {charge:?} begins: {defender:?} has to move by block {deadline:?}, \
				against {challenger:?}"
			),
			Event::Moved { job, step, player, side, bytes, next } => say!(
				job,
				"move {step} is by the {side:?} {player:?}, {bytes} bytes; next: {next:?}"
			),
			Event::StoodIn { job, side, player, bond } => say!(
				job,
				"the {side:?} was silent, and {player:?} takes its seat, with a bond of {bond}"
			),
			Event::GameOver { job, charge, winner, reason: Some(reason) } => {
				say!(
					job,
					"the {winner:?} was right about {charge:?}: the chain computed {reason:?}"
				)
			}
			Event::GameOver { job, charge, winner, reason: None } => {
				say!(job, "the {winner:?} wins about {charge:?}: the other side was silent")
			}
			Event::BondLost { job, player, amount } => {
				say!(job, "{player:?} lost a bond of {amount}")
			}
			Event::Awarded { job, awarded, burnt } => {
				say!(job, "of lost bonds {awarded} are awarded, and {burnt} are burnt")
			}
			Event::__Ignore(..) => {}
		}
	}

	/// Plays every game in which this node has a seat, or can have that of a side that is silent.
	pub(crate) fn serve_games(now: BlockNumberFor<T>) {
		let mut disputes = Disputes::<T>::iter().peekable();
		if disputes.peek().is_none() {
			return;
		}
		let keys = PlayerKey::of_this_node();
		for (job, dispute) in disputes {
			let Some(game) = &dispute.game else { continue };
			match Self::serve(now, &keys, job, dispute.step, game) {
				Ok(()) => log::info!(
					target: LOG_TARGET,
					"made move {} of the dispute about job {job:?}: {:?}",
					dispute.step,
					game.charge,
				),
				Err(Idle::NotOurTurn) => Self::serve_silence(now, &keys, job, &dispute, game),
				Err(idle @ (Idle::NothingToSay | Idle::Malformed | Idle::TooLate)) => log::warn!(
					target: LOG_TARGET,
					"no move {} of the dispute about job {job:?}: {idle:?}",
					dispute.step,
				),
				Err(idle) => {
					log::debug!(target: LOG_TARGET, "dispute about job {job:?}: {idle:?}")
				}
			}
		}
	}

	/// Takes the next step in one game.
	pub(crate) fn serve(
		now: BlockNumberFor<T>,
		keys: &[PlayerKey],
		job: JobId,
		step: u32,
		game: &GameOf<T>,
	) -> Result<(), Idle> {
		let player = game.seat(game.turn).player();
		if !keys.contains(&player.key) {
			return Err(Idle::NotOurTurn);
		}
		// What is submitted now gets into the next block at the earliest.
		let next = now.saturating_add(One::one());
		let last = Self::last_call(game);
		if next > last {
			return Err(Idle::TooLate);
		}
		let blocks = last.saturating_sub(now).saturated_into();
		let turn = Self::next_turn(&job, Self::order(&job), blocks)?;
		let payload = Self::payload(&job, step, &turn);
		let signature = player.key.sign(&payload).ok_or(Idle::SigningFailed)?;
		let call = Call::<T>::play { job, step, turn: Box::new(turn), signature };
		let transaction = T::create_authorized_transaction(call.into());
		SubmitTransaction::<T, Call<T>>::submit_transaction(transaction).map_err(|()| Idle::Refused)
	}

	/// What the engine says to where the game stands. The order is handed in as often as needed.
	pub(crate) fn next_turn(job: &JobId, order: Option<Order>, blocks: u32) -> Result<Turn, Idle> {
		let order = order.ok_or(Idle::EvidenceGone)?;
		let id = order.id();
		let submit = || Idle::Ordered(engine::submit(&order, blocks));
		match engine::progress(&id) {
			Progress::Pending => Err(Idle::Working),
			Progress::Done => match engine::outcome(&id) {
				Some(Outcome::Played { turn: Some(turn) }) => {
					Self::decode_turn(job, &turn).ok_or(Idle::Malformed)
				}
				Some(Outcome::Played { turn: None }) => Err(Idle::NothingToSay),
				// A failure that may pass, or an outcome that was forgotten just now.
				Some(_) | None => Err(submit()),
			},
			Progress::Unknown | Progress::Unavailable => Err(submit()),
		}
	}
}
