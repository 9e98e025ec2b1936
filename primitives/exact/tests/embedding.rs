// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The sums that become an embedding are committed to in blocks, and shown where they are disputed.

#![allow(clippy::unwrap_used)]

use ergon_core::{
	merkle,
	network::{Constants, Pooling},
	Architecture, Dimensions, H256,
};
use ergon_exact::{
	digest::embedding_digest,
	game::{sum_hashes, Board, Move, Outcome, Reason, Refused, Side, Stage},
	judge::pooled,
	operators::{Opening, Sequence, Shape, Tensor},
	pooling::normalise,
	Sampling,
};

/// More than one block of elements, the last of which is not full.
const HIDDEN: u32 = 100;
const LAYERS: u32 = 2;
const PROMPT: [u32; 3] = [5, 6, 7];
const JOB: [u8; 32] = [7; 32];

/// Three final rows, turned round, and the sums over their positions.
struct Embedding {
	columns: Vec<Vec<u8>>,
	sums: Vec<i64>,
}

impl Embedding {
	fn new() -> Self {
		let column = |element: u32| -> Vec<u8> {
			let number = |position: u32| (element * 31 + position * 7) as i16 - 1_000;
			(0..3).flat_map(|position| number(position).to_le_bytes()).collect()
		};
		let exponents = [-3i16, -2, -3].into_iter().flat_map(i16::to_le_bytes).collect();
		let columns: Vec<Vec<u8>> = (0..HIDDEN).map(column).chain([exponents]).collect();
		let (exponents, elements) = columns.split_last().unwrap();
		let sum =
			|column: &Vec<u8>| pooled(&Self::sequence(), Pooling::Mean, column, exponents).unwrap();
		let sums = elements.iter().map(sum).collect();
		Self { columns, sums }
	}

	fn sequence() -> Sequence {
		let dimensions = Dimensions {
			vocabulary: 100,
			hidden: HIDDEN,
			intermediate: 64,
			layers: LAYERS,
			heads: 2,
			key_value_heads: 2,
			head_width: 50,
			context: 16,
		};
		Sequence { architecture: Architecture::Bert, dimensions, positions: 3 }
	}

	fn shape() -> Shape {
		Self::sequence().shape(Tensor::Columns)
	}

	fn roots(&self) -> Vec<H256> {
		self.columns.iter().map(|column| Self::shape().row_root(column)).collect()
	}

	fn open(&self, row: u32) -> Opening {
		let bytes = self.columns[row as usize].clone();
		let path = merkle::proof(&self.roots(), row as usize).unwrap();
		Opening { bytes, beside: Vec::new(), path }
	}

	fn sum(&self, element: u32) -> Move {
		Move::Sum { element, column: self.open(element), exponents: self.open(HIDDEN) }
	}

	/// What the defender shows first.
	fn vector(&self, sums: &[i64]) -> Move {
		Move::Vector {
			layers: vec![H256::zero(); LAYERS as usize + 1],
			rows: H256::zero(),
			columns: merkle::root(self.roots()),
			sums: sum_hashes(sums),
		}
	}
}

fn unit(sums: &[i64]) -> Vec<i16> {
	let mut vector = vec![0; sums.len()];
	normalise(sums, &mut vector);
	vector
}

fn digest(vector: &[i16]) -> H256 {
	H256(embedding_digest(&JOB, vector))
}

fn board<'a>(vector: &'a [i16], digests: &'a [H256]) -> Board<'a> {
	let Sequence { architecture, dimensions, .. } = Embedding::sequence();
	Board {
		architecture,
		dimensions,
		constants: Constants {
			tied: false,
			norm_epsilon: 1,
			score_mantissa: 1,
			score_shift: 0,
			pooling: Pooling::Mean,
		},
		weights_root: H256::zero(),
		tables_root: H256::zero(),
		job: JOB,
		seed: [9; 32],
		sampling: Sampling::GREEDY,
		prompt: &PROMPT,
		tokens: &[],
		vector,
		digests,
	}
}

/// Plays moves that all lead on.
fn played(board: &Board, moves: impl IntoIterator<Item = Move>) -> Stage {
	moves.into_iter().fold(Stage::Vector, |stage, made| match board.play(stage, made) {
		Ok(Outcome::Next(next)) => next,
		other => panic!("{other:?}"),
	})
}

#[test]
fn a_sum_that_is_wrong_is_found_in_its_block() {
	let embedding = Embedding::new();
	for element in [0, 63, 64, 70, HIDDEN - 1] {
		for wrong in [0, 1 << 20] {
			let mut sums = embedding.sums.clone();
			sums[element as usize] += wrong;
			let vector = unit(&sums);
			let digests = [digest(&vector)];
			let board = board(&vector, &digests);
			let block = element / 64;
			let shown = sums.chunks(64).nth(block as usize).unwrap().to_vec();
			let moves = [embedding.vector(&sums), Move::SumBlock(block), Move::Sums(shown)];
			let stage = played(&board, moves);
			let winner = if wrong == 0 { Side::Defender } else { Side::Challenger };
			let reason = Reason::Sum(embedding.sums[element as usize]);
			let outcome = board.play(stage.clone(), embedding.sum(element));
			assert_eq!(outcome, Ok(Outcome::Won(winner, reason)));
			// A sum of the other block, or of none.
			let elsewhere = (element + 64) % 128;
			if elsewhere < HIDDEN {
				let outcome = board.play(stage.clone(), embedding.sum(elsewhere));
				assert_eq!(outcome, Err(Refused::NoSuchPart));
			}
			let Move::Sum { column, exponents, .. } = embedding.sum(element) else { panic!() };
			let nowhere = Move::Sum { element: u32::MAX, column, exponents };
			assert_eq!(board.play(stage, nowhere), Err(Refused::NoSuchPart));
		}
	}
}

#[test]
fn the_vector_follows_from_all_sums() {
	let embedding = Embedding::new();
	let right = unit(&embedding.sums);
	let mut wrong = right.clone();
	wrong[70] ^= 1;
	for (vector, winner) in [
		(&right[..], Side::Defender),
		(&wrong[..], Side::Challenger),
		(&right[1..], Side::Challenger),
	] {
		let digests = [digest(vector)];
		let board = board(vector, &digests);
		let stage = played(&board, [embedding.vector(&embedding.sums), Move::AskSums]);
		let outcome = board.play(stage, Move::Sums(embedding.sums.clone()));
		assert_eq!(outcome, Ok(Outcome::Won(winner, Reason::Vector)));
	}
	// A digest of another vector is lost at once.
	let digests = [digest(&wrong)];
	let outcome = board(&right, &digests).play(Stage::Vector, embedding.vector(&embedding.sums));
	assert_eq!(outcome, Ok(Outcome::Won(Side::Challenger, Reason::Vector)));
}

#[test]
fn sums_that_were_not_committed_to_are_refused() {
	let embedding = Embedding::new();
	let vector = unit(&embedding.sums);
	let digests = [digest(&vector)];
	let board = board(&vector, &digests);
	let Move::Vector { layers, rows, columns, sums } = embedding.vector(&embedding.sums) else {
		panic!()
	};
	let fewer = Move::Vector { layers, rows, columns, sums: sums[1..].to_vec() };
	assert_eq!(board.play(Stage::Vector, fewer), Err(Refused::WrongLength));

	let stage = played(&board, [embedding.vector(&embedding.sums)]);
	assert_eq!(board.play(stage.clone(), Move::SumBlock(2)), Err(Refused::NoSuchPart));
	let mut other = embedding.sums.clone();
	other[70] += 1;
	let (all, block) = (Move::AskSums, Move::SumBlock(1));
	for (asked, right, other) in
		[(all, &embedding.sums[..], &other[..]), (block, &embedding.sums[64..], &other[64..])]
	{
		let Ok(Outcome::Next(stage)) = board.play(stage.clone(), asked) else { panic!() };
		let refused = |sums: &[i64]| board.play(stage.clone(), Move::Sums(sums.to_vec())).err();
		assert_eq!(refused(other), Some(Refused::DoesNotOpen));
		assert_eq!(refused(&right[1..]), Some(Refused::WrongLength));
		assert_eq!(refused(right), None);
	}
}
