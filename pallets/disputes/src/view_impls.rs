// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What somebody needs who wants to stand in for a silent side.

use crate::{
	types::{DueMove, NextMove},
	Call, Config, DisputeOf, Disputes, Evidence, Groundworks, Pallet, PlayerKey, Results, Stages,
};
use alloc::{boxed::Box, vec::Vec};
use codec::{DecodeAll, Encode};
use ergon_core::{engine::Order, JobId};
use ergon_exact::game::Turn;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::{One, Saturating};

impl<T: Config> Pallet<T> {
	/// What an engine is asked for the next move in the game about a result.
	pub(crate) fn order(job: &JobId) -> Option<Order> {
		let stage = Stages::<T>::get(job)?.encode();
		let Evidence { order, bundle, .. } = T::Results::evidence(job)?;
		Some(Order::Play { job: order, bundle, stage })
	}

	/// What it is asked by somebody who would take the seat of a silent side.
	pub(crate) fn stand_in_order(job: &JobId) -> Option<Order> {
		let stage = Stages::<T>::get(job)?.encode();
		let Evidence { order, attestation, bundle, .. } = T::Results::evidence(job)?;
		Some(Order::StandIn { job: order, attestation, bundle, stage })
	}

	/// The next move in the game about a result; nothing where none is played.
	pub fn next_move(job: &JobId) -> Option<NextMove<BlockNumberFor<T>>> {
		let dispute = Disputes::<T>::get(job)?;
		let game = dispute.game?;
		Some(NextMove {
			step: dispute.step,
			side: game.turn,
			from: game.deadline.saturating_add(One::one()),
			until: Self::last_call(&game),
			bond: Self::stand_in_bond(job, &game)?,
			order: Self::stand_in_order(job)?.encode(),
		})
	}

	/// The moves that an account has to make now.
	pub(crate) fn due_moves(account: &T::AccountId) -> Vec<DueMove<BlockNumberFor<T>>> {
		let due = |(job, dispute): (JobId, DisputeOf<T>)| {
			let game = dispute.game?;
			let player = game.seat(game.turn).player();
			let bond = (player.account == *account).then_some(player.bond)?;
			let (step, side, by) = (dispute.step, game.turn, game.deadline);
			Some(DueMove { job, step, side, by, until: Self::last_call(&game), bond })
		};
		Disputes::<T>::iter().filter_map(due).collect()
	}

	/// The call by which somebody whose node has `key` stands in with the turn that an engine gave for
	/// [`Self::next_move`]; nothing where these bytes are no turn, or no game is played.
	pub fn stand_in_with(job: JobId, key: PlayerKey, turn: &[u8]) -> Option<Call<T>> {
		let step = Disputes::<T>::get(job)?.step;
		let turn = Box::new(Self::decode_turn(&job, turn)?);
		Some(Call::stand_in { job, step, key, turn })
	}

	/// A turn as an engine gave it, without what was shown in a game before.
	pub(crate) fn decode_turn(job: &JobId, turn: &[u8]) -> Option<Turn> {
		let mut turn = Turn::decode_all(&mut &turn[..]).ok()?;
		if Groundworks::<T>::contains_key(job) {
			turn.groundwork = None;
		}
		Some(turn)
	}
}
