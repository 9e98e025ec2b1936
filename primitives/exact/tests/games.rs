// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Recorded games are judged as they were, and moves that somebody spoilt never panic and never win what was lost.

#![allow(clippy::unwrap_used)]

use codec::{Decode, DecodeAll, Encode};
use ergon_core::{engine::JobOrder, Attestation, Bundle, ModelManifest};
use ergon_exact::game::{Board, Outcome, Refused, Side, Stage, Turn};
use proptest::prelude::*;
use std::sync::OnceLock;

/// A game that the engine's tests played and wrote down, by `ERGON_WRITE_VECTORS=1 cargo test`.
#[derive(Decode)]
struct Recorded {
	manifest: ModelManifest,
	order: JobOrder,
	attestation: Attestation,
	bundle: Bundle,
	turns: Vec<Turn>,
	winner: Side,
}

impl Recorded {
	fn board(&self) -> Board<'_> {
		let groundwork = self.turns[0].groundwork.as_ref().unwrap();
		let Self { manifest, order, attestation, bundle, .. } = self;
		Board::new(manifest, order, attestation, bundle, groundwork).unwrap()
	}

	/// Where the game stands before each move.
	fn stages(&self) -> Vec<Stage> {
		let board = self.board();
		let mut stages = vec![Stage::first(&self.bundle.output, 0).unwrap()];
		for turn in &self.turns {
			match board.play(stages.last().unwrap().clone(), turn.made.clone()).unwrap() {
				Outcome::Next(stage) => stages.push(stage),
				Outcome::Won(winner, _) => assert_eq!(winner, self.winner),
			}
		}
		stages
	}
}

fn games() -> &'static [(Recorded, Vec<Stage>)] {
	static GAMES: OnceLock<Vec<(Recorded, Vec<Stage>)>> = OnceLock::new();
	GAMES.get_or_init(|| {
		let games: [Recorded; 2] =
			Decode::decode(&mut &include_bytes!("../vectors/games.scale")[..]).unwrap();
		games.into_iter().map(|game| (game.stages(), game)).map(|(it, game)| (game, it)).collect()
	})
}

#[test]
fn recorded_games_are_judged_as_they_were() {
	let winners: Vec<_> = games().iter().map(|(game, _)| game.winner).collect();
	assert_eq!(winners, [Side::Defender, Side::Challenger]);
	for (game, stages) in games() {
		assert_eq!(stages.len(), game.turns.len());
		for (stage, turn) in stages.iter().zip(&game.turns) {
			assert_eq!(stage.turn(), turn.made.side());
		}
	}
}

#[test]
fn moves_of_the_other_side_are_refused() {
	for (game, stages) in games() {
		let board = game.board();
		for stage in stages {
			for turn in game.turns.iter().filter(|turn| turn.made.side() != stage.turn()) {
				let played = board.play(stage.clone(), turn.made.clone());
				assert_eq!(played, Err(Refused::OutOfTurn));
			}
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 4_000, ..Default::default() })]

	/// Whoever spoils his own move is refused, goes on, or loses.
	#[test]
	fn a_spoilt_move_never_panics_and_never_wins_what_was_lost(
		game in 0..2usize,
		at in any::<prop::sample::Index>(),
		byte in any::<prop::sample::Index>(),
		change in 1..=255u8,
		cut in prop::option::of(any::<prop::sample::Index>()),
	) {
		let (game, stages) = &games()[game];
		let at = at.index(game.turns.len());
		let mut bytes = game.turns[at].made.encode();
		let byte = byte.index(bytes.len());
		bytes[byte] ^= change;
		if let Some(cut) = cut {
			bytes.truncate(cut.index(bytes.len()));
		}
		let Ok(made) = DecodeAll::decode_all(&mut &bytes[..]) else { return Ok(()) };
		if let Ok(Outcome::Won(winner, reason)) = game.board().play(stages[at].clone(), made) {
			let is_right = winner == game.winner || winner != stages[at].turn();
			prop_assert!(is_right, "{:?}", reason);
		}
	}
}
