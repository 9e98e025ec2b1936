// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Whole games about embeddings: whoever is right wins, whatever the other side does.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::sync::Arc;

use common::{
	games::{first_stage, play, slander_inside},
	order, run, two_threads, Choices, Imported,
};
use ergon_core::{merkle, Architecture, JobKind, Output, H256};
use ergon_engine::{
	dispute::Player,
	executor::{Executor, Priority},
	regenerate::Regeneration,
	synthetic::Shape,
	Model,
};
use ergon_exact::{
	game::{Board, Move, Reason, Side, Stage, Target, LEVELS},
	judge::pooled,
	operators::{Sequence, Tensor},
	Sampling,
};

/// An embedding and what is agreed about it.
struct Embedding {
	model: Arc<Model>,
	_folder: Imported,
	executor: Executor,
	prompt: Vec<u32>,
	vector: Vec<i16>,
}

impl Embedding {
	fn new(architecture: Architecture) -> Self {
		let mut dimensions = Shape::TINY.dimensions;
		if architecture == Architecture::Bert {
			dimensions.key_value_heads = dimensions.heads;
		}
		let folder = Imported::new(&Shape { architecture, dimensions, tied: false }, 5);
		let model = Arc::clone(&folder.model);
		let text = "Who checks that a vector is what the model gives? ".repeat(2);
		let (_, bundle, _) = run(&model, &order(&model, JobKind::Embed, &text), two_threads());
		let Output::Vector(vector) = bundle.output else { panic!("no vector") };
		Self {
			prompt: model.tokenizer().encode_plain(&text).unwrap(),
			vector: vector.to_vec(),
			executor: Executor::new(two_threads()),
			_folder: folder,
			model,
		}
	}

	fn board<'a>(&'a self, vector: &'a [i16], digests: &'a [H256]) -> Board<'a> {
		let manifest = self.model.manifest();
		Board {
			architecture: manifest.architecture,
			dimensions: manifest.dimensions,
			constants: *self.model.constants(),
			weights_root: manifest.weights_root,
			tables_root: manifest.tables_root,
			job: [7; 32],
			seed: [9; 32],
			sampling: Sampling::GREEDY,
			prompt: &self.prompt,
			tokens: &[],
			vector,
			digests,
		}
	}

	fn next(&self, player: &Player, stage: &Stage) -> Option<Move> {
		self.executor.complete(player.next(stage)).unwrap()
	}

	/// All rows of a tensor behind the last layer.
	fn rows(&self, tensor: Tensor) -> Vec<Vec<u8>> {
		let (executor, model) = (&self.executor, &self.model);
		let pass = Regeneration::new(executor, model, &self.prompt, Priority::Audit, two_threads());
		let layers = model.manifest().dimensions.layers;
		executor.complete(pass.rows(layers, tensor)).unwrap()
	}

	fn shape(&self, tensor: Tensor) -> ergon_exact::operators::Shape {
		let manifest = self.model.manifest();
		let positions = self.prompt.len() as u32;
		let (architecture, dimensions) = (manifest.architecture, manifest.dimensions);
		Sequence { architecture, dimensions, positions }.shape(tensor)
	}
}

fn vector_digest(vector: &[i16]) -> H256 {
	H256(ergon_exact::digest::embedding_digest(&[7; 32], vector))
}

/// A defender who stands by these tensors behind the last layer, and by these sums.
struct Impostor<'a> {
	embedding: &'a Embedding,
	honest: &'a Player<'a>,
	rows: Vec<Vec<u8>>,
	columns: Vec<Vec<u8>>,
	sums: Vec<i64>,
}

impl Impostor<'_> {
	fn roots(&self, tensor: Tensor) -> Vec<H256> {
		let shape = self.embedding.shape(tensor);
		self.tensor(tensor).iter().map(|row| shape.row_root(row)).collect()
	}

	fn tensor(&self, tensor: Tensor) -> &[Vec<u8>] {
		match tensor {
			Tensor::Final => &self.rows,
			Tensor::Columns => &self.columns,
			other => panic!("{other:?} is another player's"),
		}
	}

	fn next(&self, stage: &Stage) -> Option<Move> {
		let is_ours = |target: &Target| matches!(target.tensor, Tensor::Final | Tensor::Columns);
		match stage {
			Stage::Vector => {
				let Some(Move::Vector { layers, .. }) = self.embedding.next(self.honest, stage)
				else {
					return None;
				};
				let [rows, columns] =
					[Tensor::Final, Tensor::Columns].map(|tensor| merkle::root(self.roots(tensor)));
				Some(Move::Vector { layers, rows, columns, sums: self.sums.clone() })
			}
			Stage::Branches { target, first, count, .. } if is_ours(target) => {
				let roots = self.roots(target.tensor);
				let roots = &roots[*first as usize..(first + count) as usize];
				Some(Move::Branches(merkle::branches(roots, LEVELS)))
			}
			Stage::Blocks { target, row, .. } if is_ours(target) => {
				let row = &self.tensor(target.tensor)[*row as usize];
				Some(Move::Blocks(self.embedding.shape(target.tensor).block_hashes(row)))
			}
			Stage::Numbers { target, row, block, exponent, .. } if is_ours(target) => {
				let shape = self.embedding.shape(target.tensor);
				let row = &self.tensor(target.tensor)[*row as usize];
				let of = |block: u32| row[shape.bytes_of(block).unwrap()].to_vec();
				let exponent = exponent.map_or_else(Vec::new, |_| of(0));
				Some(Move::Numbers { bytes: of(*block), exponent })
			}
			_ => self.embedding.next(self.honest, stage),
		}
	}
}

/// The sums over positions of columns, the last of which is that of the exponents.
fn sums_of(embedding: &Embedding, columns: &[Vec<u8>]) -> Vec<i64> {
	let manifest = embedding.model.manifest();
	let sequence = Sequence {
		architecture: manifest.architecture,
		dimensions: manifest.dimensions,
		positions: embedding.prompt.len() as u32,
	};
	let (exponents, columns) = columns.split_last().unwrap();
	let pooling = embedding.model.constants().pooling;
	let sum = |column: &Vec<u8>| pooled(&sequence, pooling, column, exponents).unwrap();
	columns.iter().map(sum).collect()
}

/// The columns of rows that begin with their exponent.
fn turned(rows: &[Vec<u8>]) -> Vec<Vec<u8>> {
	let column =
		|index: usize| rows.iter().flat_map(|row| row[2 * index..][..2].to_vec()).collect();
	let elements = rows[0].len() / 2 - 1;
	(1..=elements).chain([0]).map(column).collect()
}

const EMBEDDERS: [Architecture; 2] = [Architecture::Bert, Architecture::Llama];

#[test]
fn an_embedding_that_is_wrong_anywhere_loses() {
	for architecture in EMBEDDERS {
		let embedding = Embedding::new(architecture);
		let digests = [vector_digest(&embedding.vector)];
		let honest_board = embedding.board(&embedding.vector, &digests);
		let honest =
			Player::new(&embedding.executor, &embedding.model, &honest_board, two_threads());
		let rows = embedding.rows(Tensor::Final);
		let columns = embedding.rows(Tensor::Columns);
		assert_eq!(columns, turned(&rows));
		let mut choices = Choices::new(4);
		for round in 0..24 {
			let mut liar = Impostor {
				embedding: &embedding,
				honest: &honest,
				sums: sums_of(&embedding, &columns),
				rows: rows.clone(),
				columns: columns.clone(),
			};
			let mut spoil = |tensor: &mut Vec<Vec<u8>>| {
				let row = choices.below(tensor.len() as u64) as usize;
				let at = choices.below(tensor[row].len() as u64 / 2) as usize * 2;
				tensor[row][at] = tensor[row][at].wrapping_add(1);
			};
			let expected = match round % 4 {
				0 => {
					spoil(&mut liar.rows);
					liar.columns = turned(&liar.rows);
					liar.sums = sums_of(&embedding, &liar.columns);
					"Number"
				}
				1 => {
					spoil(&mut liar.columns);
					liar.sums = sums_of(&embedding, &liar.columns);
					"Number"
				}
				2 => {
					let element = choices.below(liar.sums.len() as u64) as usize;
					liar.sums[element] += 1 << 30;
					"Sum"
				}
				_ => "Vector",
			};
			let mut vector = vec![0; liar.sums.len()];
			ergon_exact::pooling::normalise(&liar.sums, &mut vector);
			if expected == "Vector" {
				vector[0] ^= 1;
			}
			let digests = [vector_digest(&vector)];
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
		assert_eq!(play(&board, first_stage(&board, 0), both, both).1, Some(Reason::Vector));
	}
}

#[test]
fn an_honest_embedding_beats_whatever_a_challenger_says() {
	for architecture in EMBEDDERS {
		let embedding = Embedding::new(architecture);
		let digests = [vector_digest(&embedding.vector)];
		let board = embedding.board(&embedding.vector, &digests);
		let honest = Player::new(&embedding.executor, &embedding.model, &board, two_threads());
		let both = |stage: &Stage| embedding.next(&honest, stage);
		let (winner, reason, moves, _) = play(&board, first_stage(&board, 0), both, both);
		assert_eq!((winner, reason, moves), (Side::Defender, None, 1));

		let mut choices = Choices::new(6);
		let mut slander = |stage: &Stage| {
			let mut below = |count: usize| choices.below(count as u64) as u32;
			match stage {
				Stage::Sums { layers, rows, columns, sums } => Some(match below(6) {
					0 => Move::Rows,
					1 => Move::Columns,
					2 => Move::Entry,
					3 => {
						let mut other = sums.clone();
						other[below(sums.len()) as usize] += 1;
						let (layers, rows, columns) = (layers.clone(), *rows, *columns);
						let stage = Stage::Sums { layers, rows, columns, sums: other };
						embedding.next(&honest, &stage).unwrap()
					}
					_ => Move::Layer(below(layers.len() - 1)),
				}),
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
