// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Games, move by move.

use std::{cell::RefCell, path::Path};

use codec::Encode;
use ergon_exact::{
	game::{Board, Groundwork, Move, Outcome, Reason, Record, Side, Stage, Turn},
	operators::Operator,
};

use super::Choices;

/// The beginning of the game about a chunk, or about an embedding.
pub(crate) fn first_stage(board: &Board, chunk: u32) -> Stage {
	match board.vector.is_empty() {
		true => Stage::Chunk { chunk },
		false => Stage::Vector,
	}
}

/// Plays from a stage to the end. Says who won and why, after how many moves and bytes; nothing when whoever's turn it
/// was had nothing to say.
pub(crate) fn play(
	board: &Board,
	mut stage: Stage,
	mut defender: impl FnMut(&Stage) -> Option<Move>,
	mut challenger: impl FnMut(&Stage) -> Option<Move>,
) -> (Side, Option<Reason>, usize, usize) {
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

/// A challenger's move inside of a layer that fits and says anything: of a number, what `honest` would say if
/// he had seen another one. Nothing at other stages.
pub(crate) fn slander_inside(
	stage: &Stage,
	choices: &mut Choices,
	honest: impl Fn(&Stage) -> Option<Move>,
) -> Option<Move> {
	let mut below = |count: usize| choices.below(count as u64) as u32;
	match stage {
		Stage::Operator { operators, .. } => {
			Some(Move::Operator(Operator::ALL[below(operators.len()) as usize]))
		}
		Stage::Branch { hashes, .. } => Some(Move::Branch(below(hashes.len()))),
		Stage::Block { hashes, .. } => Some(Move::Block(below(hashes.len()))),
		Stage::Number { target, row, block, bytes, exponent } => {
			let mut bytes = bytes.clone();
			let at = below(bytes.len()) as usize;
			bytes[at] = bytes[at].wrapping_add(1 + below(255) as u8);
			let (target, exponent) = (target.clone(), exponent.clone());
			honest(&Stage::Number { target, row: *row, block: *block, bytes, exponent })
		}
		_ => None,
	}
}

/// Plays a game to its end and writes it down. `result` says what is on chain about it, and where it begins.
pub(crate) fn record(
	result: Record,
	board: &Board,
	mut groundwork: Option<Groundwork>,
	mut defender: impl FnMut(&Stage) -> Option<Move>,
	mut challenger: impl FnMut(&Stage) -> Option<Move>,
) -> Record {
	let moves = RefCell::new(Vec::new());
	let noted = |made: Option<Move>| made.inspect(|it| moves.borrow_mut().push(it.clone()));
	let (winner, ..) = play(
		board,
		result.first.clone(),
		|stage| noted(defender(stage)),
		|stage| noted(challenger(stage)),
	);
	let moves = moves.into_inner().into_iter();
	let turns = moves.map(|made| Turn { groundwork: groundwork.take(), made }).collect();
	let game = Record { turns, winner, ..result };
	assert_eq!(game.stages().map(|stages| stages.len()), Ok(game.turns.len()));
	game
}

/// What others replay is what is in that file. With `ERGON_WRITE_VECTORS` set it is written anew.
pub(crate) fn is_recorded(name: &str, games: &impl Encode) {
	let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../primitives/exact/vectors");
	let file = vectors.join(name);
	if std::env::var_os("ERGON_WRITE_VECTORS").is_some() {
		std::fs::write(&file, games.encode()).unwrap();
	}
	assert!(std::fs::read(file).unwrap() == games.encode(), "the games are other ones");
}
