// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Games, move by move.

use codec::Encode;
use ergon_exact::game::{Board, Move, Outcome, Reason, Side, Stage};

pub(crate) fn first_stage(board: &Board, chunk: u32) -> Stage {
	match board.vector.is_empty() {
		true => Stage::Chunk { chunk },
		false => Stage::Vector,
	}
}

/// Plays to the end. Says who won and why, after how many moves and bytes; nothing when whoever's turn it
/// was had nothing to say.
pub(crate) fn play(
	board: &Board,
	chunk: u32,
	mut defender: impl FnMut(&Stage) -> Option<Move>,
	mut challenger: impl FnMut(&Stage) -> Option<Move>,
) -> (Side, Option<Reason>, usize, usize) {
	let mut stage = first_stage(board, chunk);
	let (mut moves, mut bytes) = (0, 0);
	loop {
		let made = match stage.turn() {
			Side::Defender => defender(&stage),
			Side::Challenger => challenger(&stage),
		};
		let Some(made) = made else {
			return (stage.turn().opponent(), None, moves, bytes);
		};
		assert_eq!(made.side(), stage.turn());
		(moves, bytes) = (moves + 1, bytes + made.encoded_size());
		match board.play(stage.clone(), made.clone()) {
			Ok(Outcome::Next(next)) => stage = next,
			Ok(Outcome::Won(side, reason)) => return (side, Some(reason), moves, bytes),
			// Whoever cannot do better runs out of time.
			Err(_) => return (stage.turn().opponent(), None, moves, bytes),
		}
	}
}
