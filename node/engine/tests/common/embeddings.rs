// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Embeddings by small models, and those who play unfair games about them.

use std::sync::Arc;

use ergon_core::{
	engine::JobOrder, merkle, Architecture, Attestation, Bundle, JobKind, Output, H256,
};
use ergon_engine::{
	dispute::Player,
	executor::{Executor, Priority},
	regenerate::Regeneration,
	synthetic::Shape,
	Model,
};
use ergon_exact::{
	digest::embedding_digest,
	game::{sum_hashes, Board, Move, Record, Side, Stage, Target, LEVELS},
	judge::pooled,
	operators::{self, Sequence, Tensor, BLOCK},
	pooling::normalise,
};

use super::{games, order, run, two_threads, Imported};

/// An embedding and what is agreed about it.
pub(crate) struct Embedding {
	pub(crate) model: Arc<Model>,
	_folder: Imported,
	pub(crate) executor: Executor,
	pub(crate) order: JobOrder,
	pub(crate) attestation: Attestation,
	pub(crate) bundle: Bundle,
	prompt: Vec<u32>,
	pub(crate) vector: Vec<i16>,
}

impl Embedding {
	pub(crate) fn new(architecture: Architecture) -> Self {
		let mut dimensions = Shape::TINY.dimensions;
		match architecture {
			Architecture::Bert => dimensions.key_value_heads = dimensions.heads,
			// More than a block of sums.
			_ => dimensions.hidden = BLOCK + 16,
		}
		let folder = Imported::new(&Shape { architecture, dimensions, tied: false }, 5);
		let model = Arc::clone(&folder.model);
		let text = "Who checks that a vector is what the model gives? ".repeat(2);
		let order = order(&model, JobKind::Embed, &text);
		let (attestation, bundle, _) = run(&model, &order, two_threads());
		let Output::Vector(vector) = &bundle.output else { panic!("no vector") };
		Self {
			prompt: model.tokenizer().encode_plain(&text).unwrap(),
			vector: vector.to_vec(),
			executor: Executor::new(two_threads()),
			order,
			attestation,
			bundle,
			_folder: folder,
			model,
		}
	}

	pub(crate) fn board<'a>(&'a self, vector: &'a [i16], digests: &'a [H256]) -> Board<'a> {
		let Self { model, order, bundle, prompt, .. } = self;
		let board = Board::of(model.manifest(), *model.constants(), order, bundle, prompt);
		Board { vector, digests, ..board.unwrap() }
	}

	/// The digest of a vector.
	pub(crate) fn digest(&self, vector: &[i16]) -> H256 {
		H256(embedding_digest(&self.order.job_id.0, vector))
	}

	pub(crate) fn next(&self, player: &Player, stage: &Stage) -> Option<Move> {
		self.executor.complete(player.next(stage)).unwrap()
	}

	/// All rows of a tensor behind the last layer.
	pub(crate) fn rows(&self, tensor: Tensor) -> Vec<Vec<u8>> {
		let (executor, model) = (&self.executor, &self.model);
		let pass = Regeneration::new(executor, model, &self.prompt, Priority::Audit, two_threads());
		let layers = model.manifest().dimensions.layers;
		executor.complete(pass.rows(layers, tensor)).unwrap()
	}

	fn sequence(&self) -> Sequence {
		let manifest = self.model.manifest();
		let positions = self.prompt.len() as u32;
		let (architecture, dimensions) = (manifest.architecture, manifest.dimensions);
		Sequence { architecture, dimensions, positions }
	}

	fn shape(&self, tensor: Tensor) -> operators::Shape {
		self.sequence().shape(tensor)
	}

	/// The sums over positions of columns, the last of which is that of the exponents.
	pub(crate) fn sums(&self, columns: &[Vec<u8>]) -> Vec<i64> {
		let (exponents, columns) = columns.split_last().unwrap();
		let pooling = self.model.constants().pooling;
		let sum = |column: &Vec<u8>| pooled(&self.sequence(), pooling, column, exponents).unwrap();
		columns.iter().map(sum).collect()
	}

	/// A game about a result that is this vector.
	pub(crate) fn record(
		&self,
		vector: &[i16],
		defender: impl FnMut(&Stage) -> Option<Move>,
		challenger: impl FnMut(&Stage) -> Option<Move>,
	) -> Record {
		let digests = [self.digest(vector)];
		let board = self.board(vector, &digests);
		let player = Player::new(&self.executor, &self.model, &board, two_threads());
		let bundle = Bundle {
			output: Output::Vector(vector.to_vec().try_into().unwrap()),
			digests: digests.to_vec().try_into().unwrap(),
		};
		let result = Record {
			manifest: *self.model.manifest(),
			order: self.order.clone(),
			attestation: Attestation {
				output_root: bundle.output.root(),
				trace_root: bundle.trace_root(),
				..self.attestation
			},
			bundle,
			first: Stage::Vector,
			turns: Vec::new(),
			winner: Side::Defender,
		};
		games::record(result, &board, player.groundwork(), defender, challenger)
	}
}

/// The vector that sums become.
pub(crate) fn unit(sums: &[i64]) -> Vec<i16> {
	let mut vector = vec![0; sums.len()];
	normalise(sums, &mut vector);
	vector
}

/// The columns of rows that begin with their exponent.
pub(crate) fn turned(rows: &[Vec<u8>]) -> Vec<Vec<u8>> {
	let column =
		|index: usize| rows.iter().flat_map(|row| row[2 * index..][..2].to_vec()).collect();
	let elements = rows[0].len() / 2 - 1;
	(1..=elements).chain([0]).map(column).collect()
}

/// A defender who stands by these tensors behind the last layer, and by these sums.
pub(crate) struct Impostor<'a> {
	pub(crate) embedding: &'a Embedding,
	pub(crate) honest: &'a Player<'a>,
	pub(crate) rows: Vec<Vec<u8>>,
	pub(crate) columns: Vec<Vec<u8>>,
	pub(crate) sums: Vec<i64>,
}

impl<'a> Impostor<'a> {
	/// One who has done nothing wrong yet.
	pub(crate) fn new(embedding: &'a Embedding, honest: &'a Player<'a>) -> Self {
		let rows = embedding.rows(Tensor::Final);
		let columns = embedding.rows(Tensor::Columns);
		let sums = embedding.sums(&columns);
		Self { embedding, honest, rows, columns, sums }
	}

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

	pub(crate) fn next(&self, stage: &Stage) -> Option<Move> {
		let is_ours = |target: &Target| matches!(target.tensor, Tensor::Final | Tensor::Columns);
		match stage {
			Stage::Vector => {
				let Some(Move::Vector { layers, .. }) = self.embedding.next(self.honest, stage)
				else {
					return None;
				};
				let [rows, columns] =
					[Tensor::Final, Tensor::Columns].map(|tensor| merkle::root(self.roots(tensor)));
				Some(Move::Vector { layers, rows, columns, sums: sum_hashes(&self.sums) })
			}
			Stage::SumBlock { block, .. } => {
				let shown = self.sums.chunks(BLOCK as usize).nth(*block as usize).unwrap();
				Some(Move::Sums(shown.to_vec()))
			}
			Stage::AllSums { .. } => Some(Move::Sums(self.sums.clone())),
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
