// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A pass over a sequence, as the model gives it or as somebody has made it up. All of it is known without
//! being computed: the rows of a token are the same behind each layer, and everything inside is zero.

use super::model::{opened, Model, TokenRows};
use ergon_core::{engine::JobOrder, merkle, Bundle, JobKind, Output, CHUNK_TOKENS, H256};
use ergon_exact::{
	candidates::Candidate,
	digest::{chunk_digest, work_digest, work_points, Point, Position},
	fixed::Q16,
	game::{Opened, Proof, Row},
	judge::pooled,
	operators::{inputs, Input, Number, Opening, Operator, Place, Sequence, Shape, Tensor},
	sample,
	silu::GATED_FRACTION,
	Sampling,
};
use std::{borrow::Cow, collections::BTreeMap, ops::Range};

/// What is changed of a final row that is made up: enough to turn an embedding.
const FORGED_BIT: i16 = 1 << 13;

/// What is made up about a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Twist {
	/// The last of the candidates of an output has another logit.
	Logit(u32),
	/// A number of each final row.
	Final,
	/// A number of an operator, and with it all residual rows from there on.
	Slip(Slip),
}

/// A number that is wrong inside of the layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slip {
	/// Layers behind which residual rows are wrong; with none of them, what enters the first is.
	pub(super) behind: u32,
	/// What gives the first wrong number in the last of them.
	pub(super) operator: Operator,
	/// The first wrong row of it, and the wrong element: modulo how many there are.
	pub(super) row: u32,
	pub(super) element: u32,
}

/// A pass over a prompt and its answer.
pub(super) struct Pass<'a> {
	order: &'a JobOrder,
	prompt: u32,
	tokens: Vec<u32>,
	twist: Option<Twist>,
}

/// Which rows of which tensor: of a layer, or behind the last.
#[derive(Clone, Copy)]
pub(super) struct Rows {
	pub(super) layer: u32,
	pub(super) tensor: Tensor,
	/// Positions of the sequence.
	pub(super) positions: u32,
}

impl<'a> Pass<'a> {
	/// A pass over the tokens of a prompt, and behind them those of an answer.
	pub(super) fn new(
		order: &'a JobOrder,
		prompt: &[u32],
		answer: &[u32],
		twist: Option<Twist>,
	) -> Self {
		Self { order, prompt: prompt.len() as u32, tokens: [prompt, answer].concat(), twist }
	}

	/// A pass over what was delivered.
	pub(super) fn of(
		order: &'a JobOrder,
		prompt: &[u32],
		bundle: &Bundle,
		twist: Option<Twist>,
	) -> Self {
		let answer: &[u32] = match &bundle.output {
			Output::Text { tokens, .. } => tokens,
			Output::Vector(_) => &[],
		};
		Self::new(order, prompt, answer, twist)
	}

	/// Tokens of the answer.
	fn outputs(&self) -> u32 {
		self.tokens.len() as u32 - self.prompt
	}

	/// Positions of the sequence whose last one gives the output of that index.
	pub(super) fn positions(&self, index: u32) -> u32 {
		self.prompt + index
	}

	/// Positions of the sequence that is run to check a result.
	fn checked_positions(&self) -> u32 {
		self.prompt + self.outputs().saturating_sub(1)
	}

	/// Layers of the network.
	pub(super) fn layers() -> u32 {
		Model::get().manifest.dimensions.layers
	}

	fn sequence(positions: u32) -> Sequence {
		let manifest = &Model::get().manifest;
		let (architecture, dimensions) = (manifest.architecture, manifest.dimensions);
		Sequence { architecture, dimensions, positions }
	}

	/// The shape of a tensor.
	pub(super) fn shape(rows: Rows) -> Shape {
		Self::sequence(rows.positions).shape(rows.tensor)
	}

	/// The rows of the token at a position behind so many layers.
	fn token_rows(&self, position: u32, behind: u32) -> &'static TokenRows {
		let raised = matches!(self.twist, Some(Twist::Slip(slip)) if behind >= slip.behind);
		Model::get().rows(self.tokens[position as usize], raised)
	}

	// --- What leaves the last layer ---

	/// A number of the final row of a position: an element, or behind the last the exponent.
	fn final_number(&self, position: u32, index: u32) -> i16 {
		let Row { exponent, elements } = &self.token_rows(position, Self::layers()).hidden;
		let number = elements.get(index as usize).copied().unwrap_or(*exponent);
		match self.twist {
			Some(Twist::Final) if index == 0 => number ^ FORGED_BIT,
			_ => number,
		}
	}

	/// The final row of a position.
	fn hidden(&self, position: u32) -> Row {
		let mut hidden = self.token_rows(position, Self::layers()).hidden.clone();
		hidden.elements[0] = self.final_number(position, 0);
		hidden
	}

	/// What an output is sampled from.
	fn candidates(&self, index: u32) -> Cow<'static, [Candidate]> {
		let candidates = Model::get().candidates(self.last_token(index));
		match self.twist {
			Some(Twist::Logit(at)) if at.checked_rem(self.outputs()) == Some(index) => {
				let mut candidates = candidates.to_vec();
				let last = candidates.last_mut().expect("there are candidates");
				last.logit -= 1;
				Cow::Owned(candidates)
			}
			_ => Cow::Borrowed(candidates),
		}
	}

	/// The token that an output follows from.
	fn last_token(&self, index: u32) -> u32 {
		self.tokens[self.positions(index) as usize - 1]
	}

	/// The final row that an output comes from, and its candidates.
	pub(super) fn output(&self, index: u32) -> (Row, Vec<Candidate>) {
		(self.hidden(self.positions(index) - 1), self.candidates(index).into_owned())
	}

	/// What the digest of a chunk says of an output.
	pub(super) fn opened(&self, index: u32) -> Opened {
		let raised = match self.twist {
			None => false,
			Some(Twist::Slip(slip)) => Self::layers() >= slip.behind,
			Some(Twist::Final | Twist::Logit(_)) => {
				let (hidden, candidates) = self.output(index);
				return opened(&hidden, &candidates);
			}
		};
		Model::get().opened(self.last_token(index), raised)
	}

	/// Indices of the outputs of a chunk.
	pub(super) fn chunk(&self, chunk: u32) -> Range<u32> {
		let first = chunk * CHUNK_TOKENS;
		first..self.outputs().min(first + CHUNK_TOKENS)
	}

	/// The digest of a chunk.
	pub(super) fn digest(&self, chunk: u32) -> H256 {
		let position = |index: u32| {
			let Opened { hidden, candidates } = self.opened(index);
			Position { token: self.token(index), hidden, candidates }
		};
		let positions: Vec<_> = self.chunk(chunk).map(position).collect();
		H256(chunk_digest(&self.order.job_id.0, chunk, &positions))
	}

	/// The token of an output.
	fn token(&self, index: u32) -> u32 {
		self.tokens[self.positions(index) as usize]
	}

	/// Whether the sampler chooses the token of an output from what it is sampled from.
	pub(super) fn is_sampled(&self, index: u32) -> bool {
		let JobKind::Generate(params) = &self.order.kind else { return true };
		let candidates = self.candidates(index);
		let sampled = sample(&candidates, Sampling::from(params), &self.order.seed, index);
		sampled == Some(self.token(index))
	}

	/// The sum over the prompt's positions of each element of the final rows.
	pub(super) fn sums(&self) -> Vec<i64> {
		let rows = self.columns();
		let hidden = Model::get().manifest.dimensions.hidden;
		let exponents = self.row(rows, hidden);
		let pooling = Model::get().constants.pooling;
		let sequence = Self::sequence(rows.positions);
		let sum = |element| pooled(&sequence, pooling, &self.row(rows, element), &exponents);
		(0..hidden).map(|element| sum(element).expect("columns are as long")).collect()
	}

	/// The final rows of the prompt.
	pub(super) fn finals(&self) -> Rows {
		Rows { layer: Self::layers(), tensor: Tensor::Final, positions: self.prompt }
	}

	/// Their columns.
	pub(super) fn columns(&self) -> Rows {
		Rows { tensor: Tensor::Columns, ..self.finals() }
	}

	// --- The work of auditors ---

	/// Roots of the rows that a challenge draws.
	pub(super) fn work_rows(&self, challenge: H256) -> Vec<H256> {
		let points = work_points(&challenge.0, self.checked_positions(), Self::layers());
		points.into_iter().map(|point| self.work_row(point)).collect()
	}

	/// The root of a row.
	pub(super) fn work_row(&self, point: Point) -> H256 {
		let shape = Self::sequence(1).shape(Tensor::Residual);
		shape.row_root(&self.token_rows(point.position, point.layer + 1).residual)
	}

	/// The work-bound digest of whoever has run this pass.
	pub(super) fn work_digest(&self, challenge: H256) -> H256 {
		let rows = self.work_rows(challenge);
		H256(work_digest(&challenge.0, self.checked_positions(), &rows))
	}

	// --- What is inside ---

	/// Roots of the rows that enter each layer, and of those that leave the last.
	pub(super) fn layer_roots(&self, positions: u32) -> Vec<H256> {
		let root = |layer| self.root(Rows { layer, tensor: Tensor::Residual, positions });
		let first_raised = match self.twist {
			Some(Twist::Slip(slip)) => slip.behind,
			_ => u32::MAX,
		};
		// They differ in nothing but whether they are raised.
		let mut roots = BTreeMap::new();
		let of = |layer: u32| *roots.entry(layer >= first_raised).or_insert_with(|| root(layer));
		(0..=Self::layers()).map(of).collect()
	}

	/// Roots of what the operators of a layer give.
	pub(super) fn operator_roots(&self, layer: u32, positions: u32) -> Vec<H256> {
		let root = |operator| self.root(Rows { layer, tensor: Tensor::Of(operator), positions });
		Operator::ALL.map(root).into()
	}

	/// The root of a tensor.
	pub(super) fn root(&self, rows: Rows) -> H256 {
		merkle::root(self.row_roots(rows))
	}

	/// Roots of its rows.
	pub(super) fn row_roots(&self, rows: Rows) -> Vec<H256> {
		let shape = Self::shape(rows);
		// Most rows are that of a token, of which there are a few in a text.
		let is_by_token = !matches!(
			rows.tensor,
			Tensor::Of(Operator::Values) | Tensor::Columns | Tensor::Scores { .. }
		);
		let mut known = BTreeMap::new();
		let root = |row: u32| match is_by_token {
			true => {
				let key = (self.tokens[row as usize], self.slips(rows, row));
				*known.entry(key).or_insert_with(|| shape.row_root(&self.row(rows, row)))
			}
			false => shape.row_root(&self.row(rows, row)),
		};
		(0..shape.rows).map(root).collect()
	}

	/// Whether a row has the number that is made up first.
	fn slips(&self, rows: Rows, row: u32) -> bool {
		let Some(Twist::Slip(slip)) = self.twist else { return false };
		// What leaves the layer has another one, whatever is wrong before.
		slip.behind == rows.layer + 1
			&& slip.operator != Operator::Output
			&& rows.tensor == Tensor::Of(slip.operator)
			&& row >= slip.row % Self::shape(rows).rows
	}

	/// The bytes of a row.
	pub(super) fn row(&self, rows: Rows, row: u32) -> Vec<u8> {
		let Rows { layer, tensor, positions } = rows;
		let shape = Self::shape(rows);
		let mut bytes = match tensor {
			Tensor::Residual | Tensor::Of(Operator::AfterAttention) => {
				self.token_rows(row, layer).residual.clone()
			}
			Tensor::Of(Operator::Output) => self.token_rows(row, layer + 1).residual.clone(),
			Tensor::Of(Operator::AttentionInput | Operator::FeedForwardInput) => {
				self.token_rows(row, layer).normed.clone()
			}
			Tensor::Final => {
				let Row { exponent, elements } = self.hidden(row);
				let halves = std::iter::once(exponent).chain(elements);
				halves.flat_map(i16::to_le_bytes).collect()
			}
			Tensor::Columns => (0..positions)
				.flat_map(|position| self.final_number(position, row).to_le_bytes())
				.collect(),
			Tensor::Of(Operator::Values) => {
				let width = Model::get().manifest.dimensions.head_width;
				let is_exponents = row % (width + 1) == width;
				let number = if is_exponents { zero_exponent(Q16) } else { 0 };
				std::iter::repeat_n(number, positions as usize).flat_map(i16::to_le_bytes).collect()
			}
			Tensor::Of(operator) => zeros(&shape, operator),
			Tensor::Scores { .. } => vec![0; (shape.element_bytes * shape.elements) as usize],
		};
		if self.slips(rows, row) {
			let Some(Twist::Slip(slip)) = self.twist else { return bytes };
			let element = slip.element % shape.elements;
			let at = 2 * shape.exponents + element * shape.element_bytes;
			bytes[at as usize] ^= 1;
		}
		bytes
	}

	/// A block of a row.
	pub(super) fn block(&self, rows: Rows, row: u32, block: u32) -> Option<Vec<u8>> {
		let range = Self::shape(rows).bytes_of(block)?;
		Some(self.row(rows, row)[range].to_vec())
	}

	/// Blocks of a row with the way to the root of their tensor.
	fn open(&self, rows: Rows, row: u32, blocks: Range<u32>) -> Opening {
		let shape = Self::shape(rows);
		let bytes = self.row(rows, row);
		let hashes = shape.block_hashes(&bytes);
		let ranges = blocks.clone().filter_map(|block| shape.bytes_of(block));
		let range = blocks.start as usize..blocks.end as usize;
		Opening {
			bytes: ranges.flat_map(|range| bytes[range].to_vec()).collect(),
			beside: merkle::range_proof(&hashes, range).expect("the row has these blocks"),
			path: merkle::proof(&self.row_roots(rows), row as usize).expect("there is such a row"),
		}
	}

	/// A whole row with the way to the root of its tensor.
	pub(super) fn open_row(&self, rows: Rows, row: u32) -> Opening {
		self.open(rows, row, 0..Self::shape(rows).blocks())
	}

	/// What a number follows from, with the proofs that it is agreed.
	pub(super) fn prove(&self, rows: Rows, row: u32, place: Place) -> Vec<Proof> {
		let Rows { layer, tensor, positions } = rows;
		let number = Number { layer, tensor, row, place };
		let wanted = inputs(&Self::sequence(positions), number, 0).expect("there is the number");
		let proof = |input: Input| match input {
			Input::Blocks { tensor, row, blocks } => {
				Proof::Blocks(self.open(Rows { tensor, ..rows }, row, blocks))
			}
			Input::Weight(leaf) => Model::get().weight(leaf),
			Input::Table(leaf) => Model::get().table(leaf),
		};
		wanted.into_iter().map(proof).collect()
	}

	/// The leaf that an element of what enters the first layer follows from.
	pub(super) fn prove_entry(&self, row: u32) -> Vec<Proof> {
		let leaves = Model::get().leaves.embedding(self.tokens[row as usize], row);
		leaves.into_iter().map(|leaf| Model::get().weight(leaf)).collect()
	}
}

/// The exponent of a row of zeros that had so many fraction bits.
fn zero_exponent(fraction: i32) -> i16 {
	-(fraction as i16)
}

/// The row of an operator that gives nothing but zeros.
fn zeros(shape: &Shape, operator: Operator) -> Vec<u8> {
	let fraction = if operator == Operator::Gated { GATED_FRACTION } else { Q16 };
	let exponents = std::iter::repeat_n(zero_exponent(fraction), shape.exponents as usize);
	let elements = std::iter::repeat_n(0, (shape.element_bytes * shape.elements) as usize);
	exponents.flat_map(i16::to_le_bytes).chain(elements).collect()
}
