// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A move in a dispute: bytes that the runtime decodes and judges, at some stage of a recorded game. It may
//! be refused, lead on or decide, and whoever makes it must not win a game with it that he lost.

#![no_main]

use std::sync::LazyLock;

use codec::{Decode, DecodeAll};
use ergon_exact::game::{Move, Outcome, Record, Stage};
use libfuzzer_sys::fuzz_target;

static GAMES: LazyLock<Vec<(Record, Vec<Stage>)>> = LazyLock::new(|| {
	let chunks = &include_bytes!("../../../../primitives/exact/vectors/games.scale")[..];
	let texts = &include_bytes!("../../../../primitives/exact/vectors/text_games.scale")[..];
	let works = &include_bytes!("../../../../primitives/exact/vectors/work_games.scale")[..];
	let endings = &include_bytes!("../../../../primitives/exact/vectors/ending_games.scale")[..];
	let chunks: [Record; 2] = Decode::decode(&mut &*chunks).expect("they were recorded");
	let texts: [Record; 3] = Decode::decode(&mut &*texts).expect("they were recorded");
	let works: [Record; 2] = Decode::decode(&mut &*works).expect("they were recorded");
	let endings: Vec<Record> = Decode::decode(&mut &*endings).expect("they were recorded");
	let with_stages = |game: Record| {
		let stages = game.stages().expect("it was played");
		(game, stages)
	};
	let games = chunks.into_iter().chain(texts).chain(works).chain(endings);
	games.map(with_stages).collect()
});

fuzz_target!(|data: &[u8]| {
	let [game, step, bytes @ ..] = data else { return };
	let (game, stages) = &GAMES[usize::from(*game) % GAMES.len()];
	let stage = &stages[usize::from(*step) % stages.len()];
	let Ok(made) = Move::decode_all(&mut &bytes[..]) else { return };
	let played = game.disputed().play(game.groundwork(), stage.clone(), made);
	if let Ok(Outcome::Won(winner, reason)) = played {
		assert!(winner == game.winner || winner != stage.turn(), "{reason:?}");
	}
});
