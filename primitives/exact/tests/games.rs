// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Recorded games are judged as they were, and moves that somebody spoilt never panic and never win what was lost.

#![allow(clippy::unwrap_used)]

use codec::{Decode, DecodeAll, Encode};
use ergon_exact::game::{Outcome, Record, Refused, Side, Stage};
use proptest::prelude::*;
use std::{collections::BTreeSet, sync::OnceLock};

/// The games that the engine's tests played and wrote down, by `ERGON_WRITE_VECTORS=1 cargo test`.
fn games() -> &'static [(Record, Vec<Stage>)] {
	static GAMES: OnceLock<Vec<(Record, Vec<Stage>)>> = OnceLock::new();
	GAMES.get_or_init(|| {
		let chunks = &include_bytes!("../vectors/games.scale")[..];
		let texts = &include_bytes!("../vectors/text_games.scale")[..];
		let chunks: [Record; 2] = Decode::decode(&mut &*chunks).unwrap();
		let works = &include_bytes!("../vectors/work_games.scale")[..];
		let texts: [Record; 3] = Decode::decode(&mut &*texts).unwrap();
		let works: [Record; 2] = Decode::decode(&mut &*works).unwrap();
		let endings = &include_bytes!("../vectors/ending_games.scale")[..];
		let endings: Vec<Record> = Decode::decode(&mut &*endings).unwrap();
		chunks
			.into_iter()
			.chain(texts)
			.chain(works)
			.chain(endings)
			.map(|game| (game.stages().unwrap(), game))
			.map(|(it, game)| (game, it))
			.collect()
	})
}

#[test]
fn recorded_games_are_judged_as_they_were() {
	let winners: Vec<_> = games().iter().map(|(game, _)| game.winner).collect();
	use Side::{Challenger, Defender};
	let [chunks, works] = [[Defender, Challenger]; 2];
	let texts = [Challenger, Challenger, Defender];
	assert!(winners.starts_with(&[&chunks[..], &texts, &works].concat()));
	for (game, stages) in games() {
		assert_eq!(stages.len(), game.turns.len());
		for (stage, turn) in stages.iter().zip(&game.turns) {
			assert_eq!(stage.turn(), turn.made.side());
		}
	}
}

/// Whoever spoils moves has a right one of every kind to begin with.
#[test]
fn every_stage_and_every_kind_of_move_is_recorded() {
	let stages = games().iter().flat_map(|(_, stages)| stages).map(|stage| stage.encode()[0]);
	let moves = games().iter().flat_map(|(game, _)| &game.turns).map(|turn| turn.made.encode()[0]);
	// The highest indices that the two types have.
	assert!(stages.collect::<BTreeSet<_>>().into_iter().eq(0..=30));
	assert!(moves.collect::<BTreeSet<_>>().into_iter().eq(0..=36));
}

#[test]
fn moves_of_the_other_side_are_refused() {
	for (game, stages) in games() {
		for stage in stages {
			for turn in game.turns.iter().filter(|turn| turn.made.side() != stage.turn()) {
				let played =
					game.disputed().play(game.groundwork(), stage.clone(), turn.made.clone());
				assert_eq!(played, Err(Refused::OutOfTurn));
			}
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 8_000, ..Default::default() })]

	/// Whoever spoils his own move is refused, goes on, or loses.
	#[test]
	fn a_spoilt_move_never_panics_and_never_wins_what_was_lost(
		game in any::<prop::sample::Index>(),
		at in any::<prop::sample::Index>(),
		byte in any::<prop::sample::Index>(),
		change in 1..=255u8,
		cut in prop::option::of(any::<prop::sample::Index>()),
	) {
		let (game, stages) = game.get(games());
		let at = at.index(game.turns.len());
		let mut bytes = game.turns[at].made.encode();
		let byte = byte.index(bytes.len());
		bytes[byte] ^= change;
		if let Some(cut) = cut {
			bytes.truncate(cut.index(bytes.len()));
		}
		let Ok(made) = DecodeAll::decode_all(&mut &bytes[..]) else { return Ok(()) };
		let played = game.disputed().play(game.groundwork(), stages[at].clone(), made);
		if let Ok(Outcome::Won(winner, reason)) = played {
			let is_right = winner == game.winner || winner != stages[at].turn();
			prop_assert!(is_right, "{:?}", reason);
		}
	}
}
