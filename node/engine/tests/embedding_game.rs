// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Whole games about embeddings: whoever is right wins, whatever the other side does.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{
	embeddings::{turned, unit, Embedding, Impostor},
	games::{first_stage, play, slander_inside},
	two_threads, Choices,
};
use ergon_core::{Architecture, H256};
use ergon_engine::dispute::Player;
use ergon_exact::{
	game::{Move, Reason, Side, Stage},
	operators::Tensor,
};

const EMBEDDERS: [Architecture; 2] = [Architecture::Bert, Architecture::Llama];

#[test]
fn an_embedding_that_is_wrong_anywhere_loses() {
	for architecture in EMBEDDERS {
		let embedding = Embedding::new(architecture);
		let digests = [embedding.digest(&embedding.vector)];
		let honest_board = embedding.board(&embedding.vector, &digests);
		let honest =
			Player::new(&embedding.executor, &embedding.model, &honest_board, two_threads());
		assert_eq!(embedding.rows(Tensor::Columns), turned(&embedding.rows(Tensor::Final)));
		let mut choices = Choices::new(4);
		for round in 0..24 {
			let mut liar = Impostor::new(&embedding, &honest);
			let mut spoil = |tensor: &mut Vec<Vec<u8>>| {
				let row = choices.below(tensor.len() as u64) as usize;
				let at = choices.below(tensor[row].len() as u64 / 2) as usize * 2;
				tensor[row][at] = tensor[row][at].wrapping_add(1);
			};
			let expected = match round % 4 {
				0 => {
					spoil(&mut liar.rows);
					liar.columns = turned(&liar.rows);
					liar.sums = embedding.sums(&liar.columns);
					"Number"
				}
				1 => {
					spoil(&mut liar.columns);
					liar.sums = embedding.sums(&liar.columns);
					"Number"
				}
				2 => {
					let element = choices.below(liar.sums.len() as u64) as usize;
					liar.sums[element] += 1 << 30;
					"Sum"
				}
				_ => "Vector",
			};
			let mut vector = unit(&liar.sums);
			if expected == "Vector" {
				vector[0] ^= 1;
			}
			let digests = [embedding.digest(&vector)];
			let board = embedding.board(&vector, &digests);
			let challenger =
				Player::new(&embedding.executor, &embedding.model, &board, two_threads());
			let (winner, reason, moves, _) = play(
				&board,
				first_stage(&board, 0),
				|stage| liar.next(stage),
				|stage| embedding.next(&challenger, stage),
			);
			assert_eq!(winner, Side::Challenger, "{architecture:?} {round} {reason:?} {moves}");
			let reason = format!("{reason:?}");
			assert!(reason.contains(expected), "{architecture:?} {round} {reason}");
		}
		// A digest of another vector.
		let digests = [H256::zero()];
		let board = embedding.board(&embedding.vector, &digests);
		let both = |stage: &Stage| embedding.next(&honest, stage);
		let (_, reason, moves, _) = play(&board, first_stage(&board, 0), both, both);
		assert_eq!((reason, moves), (Some(Reason::Vector), 1));
	}
}

#[test]
fn an_honest_embedding_beats_whatever_a_challenger_says() {
	for architecture in EMBEDDERS {
		let embedding = Embedding::new(architecture);
		let digests = [embedding.digest(&embedding.vector)];
		let board = embedding.board(&embedding.vector, &digests);
		let honest = Player::new(&embedding.executor, &embedding.model, &board, two_threads());
		let both = |stage: &Stage| embedding.next(&honest, stage);
		let (winner, reason, moves, _) = play(&board, first_stage(&board, 0), both, both);
		assert_eq!((winner, reason, moves), (Side::Defender, None, 1));

		let mut choices = Choices::new(6);
		let mut slander = |stage: &Stage| {
			let mut below = |count: usize| choices.below(count as u64) as u32;
			match stage {
				Stage::Sums { layers, sums, .. } => Some(match below(8) {
					0 => Move::Rows,
					1 => Move::Columns,
					2 => Move::Entry,
					3 => Move::SumBlock(below(sums.len())),
					4 => Move::AskSums,
					_ => Move::Layer(below(layers.len() - 1)),
				}),
				Stage::Sum { columns, block, sums } => {
					let mut sums = sums.clone();
					let element = below(sums.len()) as usize;
					sums[element] += 1;
					let (columns, block) = (*columns, *block);
					embedding.next(&honest, &Stage::Sum { columns, block, sums })
				}
				Stage::Score { .. } => embedding.next(&honest, stage),
				_ => slander_inside(stage, &mut choices, |stage| embedding.next(&honest, stage)),
			}
		};
		for _ in 0..60 {
			let (winner, reason, ..) = play(
				&board,
				first_stage(&board, 0),
				|stage| embedding.next(&honest, stage),
				&mut slander,
			);
			assert_eq!(winner, Side::Defender, "{architecture:?} {reason:?}");
		}
	}
}
