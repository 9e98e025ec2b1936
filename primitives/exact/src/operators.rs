// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The operators of a layer: what each gives, how that is hashed, and what one element of it was
//! computed from.
//!
//! What an operator gives for a sequence is a *tensor* of rows, one per position. A row is cut into
//! blocks of [`BLOCK`] numbers, exponents first; a block is a leaf of the row's Merkle tree, and the
//! roots of the rows, in order, are the leaves of the tensor's tree:
//!
//! ```text
//! tensor root ── row roots (one per position) ── blocks: exponents, then elements
//! ```
//!
//! Whoever disagrees about a layer's output finds the first operator whose root differs, then the first
//! row, then the first block, then the first number in it. Everything that the number was computed from
//! is agreed by then, because it lies in earlier operators, in the layer's input or in the model:
//! [`inputs`] says where, and [`crate::judge`] computes the number again from these bytes alone.
//!
//! A decoder's layer, with the width of each row:
//!
//! ```text
//! residual ─> AttentionInput ─> Projected ─> Heads ─> Values, Scores ─> Mixed ─> MixedRow
//!    │          hidden           q + 2 k     q + 2 k   (columns)          q         q
//!    └─ + <─ AttentionOutput <────────────────────────────────────────────────────┘
//!       │        hidden
//! AfterAttention ─> FeedForwardInput ─> Expanded ─> Gated ─> FeedForwardOutput
//!       │                hidden          2 inner    inner        hidden
//!       └─ + ─> Output <──────────────────────────────────────────┘
//! ```

use alloc::{vec, vec::Vec};
use core::ops::Range;

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use ergon_core::{
	merkle,
	network::{LayerNorm, Leaves, Projection},
	Architecture, Dimensions, H256,
};
use scale_info::TypeInfo;

/// Numbers of a block.
pub const BLOCK: u32 = 64;

/// An operator of a layer, in the order in which they follow from each other.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Operator {
	/// The row that enters attention: normed, or in encoders the residual row itself.
	#[codec(index = 0)]
	AttentionInput,
	/// Queries, keys and values of all heads, with their biases, in Q16.
	#[codec(index = 1)]
	Projected,
	/// The same as rows, one per head: normed and turned where the architecture does so.
	#[codec(index = 2)]
	Heads,
	/// The values once more, position after position: for each head of values one row per element, then
	/// one of the exponents.
	#[codec(index = 3)]
	Values,
	/// What attention gives for every head, in Q16.
	#[codec(index = 4)]
	Mixed,
	/// The same as one row.
	#[codec(index = 5)]
	MixedRow,
	/// Its product with the output matrix, with biases, in Q16.
	#[codec(index = 6)]
	AttentionOutput,
	/// The residual row after it was added; in encoders normed.
	#[codec(index = 7)]
	AfterAttention,
	/// The row that enters the feed-forward part.
	#[codec(index = 8)]
	FeedForwardInput,
	/// Gates, then what they gate, in Q16; in encoders only the latter, with biases.
	#[codec(index = 9)]
	Expanded,
	/// The activation as one row.
	#[codec(index = 10)]
	Gated,
	/// Its product with the last matrix, with biases, in Q16.
	#[codec(index = 11)]
	FeedForwardOutput,
	/// The residual row after it was added; in encoders normed. It enters the next layer.
	#[codec(index = 12)]
	Output,
}

impl Operator {
	/// All of a layer, in order.
	pub const ALL: [Self; 13] = [
		Self::AttentionInput,
		Self::Projected,
		Self::Heads,
		Self::Values,
		Self::Mixed,
		Self::MixedRow,
		Self::AttentionOutput,
		Self::AfterAttention,
		Self::FeedForwardInput,
		Self::Expanded,
		Self::Gated,
		Self::FeedForwardOutput,
		Self::Output,
	];
}

/// The network whose operators are meant, and the sequence that went through it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sequence {
	/// Kind of the network.
	pub architecture: Architecture,
	/// Its sizes.
	pub dimensions: Dimensions,
	/// Positions of the sequence.
	pub positions: u32,
}

/// Which tensor is meant.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Tensor {
	/// The residual rows that enter the layer, in Q16.
	#[codec(index = 0)]
	Residual,
	/// What an operator gives.
	#[codec(index = 1)]
	Of(Operator),
	/// The scores of one query, in Q16: a single row, with one element for each position that it sees.
	/// Nobody commits to the scores of all queries; they are asked for where [`Operator::Mixed`] differs.
	#[codec(index = 2)]
	Scores {
		/// Position of the query.
		position: u32,
		/// Its head.
		head: u32,
	},
}

/// The shape of a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
	/// Number of rows.
	pub rows: u32,
	/// Exponents of a row, two bytes each.
	pub exponents: u32,
	/// Elements of a row.
	pub elements: u32,
	/// Bytes of an element: 2 of a row, 4 of Q16.
	pub element_bytes: u32,
}

/// A number of a row.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Place {
	/// One of its exponents.
	#[codec(index = 0)]
	Exponent(u32),
	/// One of its elements.
	#[codec(index = 1)]
	Element(u32),
}

impl Shape {
	/// Blocks of a row.
	pub fn blocks(&self) -> u32 {
		self.exponents.div_ceil(BLOCK) + self.elements.div_ceil(BLOCK)
	}

	/// Bytes of a row.
	pub fn row_bytes(&self) -> usize {
		(2 * self.exponents + self.element_bytes * self.elements) as usize
	}

	/// The block of a number.
	pub fn block_of(&self, place: Place) -> u32 {
		match place {
			Place::Exponent(index) => index / BLOCK,
			Place::Element(index) => self.exponents.div_ceil(BLOCK) + index / BLOCK,
		}
	}

	/// Where the bytes of a block lie in its row; nothing beyond the last.
	pub fn bytes_of(&self, block: u32) -> Option<Range<usize>> {
		let exponent_blocks = self.exponents.div_ceil(BLOCK);
		let (start, size, count, base) = match block.checked_sub(exponent_blocks) {
			None => (block * BLOCK, 2, self.exponents, 0),
			Some(block) => (block * BLOCK, self.element_bytes, self.elements, 2 * self.exponents),
		};
		let end = count.min(start + BLOCK);
		(start < end).then(|| (base + start * size) as usize..(base + end * size) as usize)
	}

	/// Hashes of the blocks of a row of as many bytes as such a row has.
	pub fn block_hashes(&self, row: &[u8]) -> Vec<H256> {
		let ranges = (0..self.blocks()).filter_map(|block| self.bytes_of(block));
		ranges.filter_map(|range| row.get(range)).map(merkle::leaf).collect()
	}

	/// Root of a row.
	pub fn row_root(&self, row: &[u8]) -> H256 {
		merkle::root(self.block_hashes(row))
	}
}

impl Sequence {
	/// Elements of all queries, of all keys, which are as many as of all values.
	fn widths(&self) -> (u32, u32) {
		let Dimensions { heads, key_value_heads, head_width, .. } = self.dimensions;
		(heads * head_width, key_value_heads * head_width)
	}

	/// Positions that a position sees, itself included.
	pub fn sees(&self, position: u32) -> u32 {
		match self.architecture.generates() {
			true => position + 1,
			false => self.positions,
		}
	}

	/// The shape of a tensor.
	pub fn shape(&self, tensor: Tensor) -> Shape {
		let Dimensions { hidden, intermediate, heads, key_value_heads, head_width, .. } =
			self.dimensions;
		let (queries, keys) = self.widths();
		let gates = if self.architecture.generates() { 2 } else { 1 };
		let rows = self.positions;
		let q16 = |elements| Shape { rows, exponents: 0, elements, element_bytes: 4 };
		let row = |exponents, elements| Shape { rows, exponents, elements, element_bytes: 2 };
		let operator = match tensor {
			Tensor::Residual => return q16(hidden),
			Tensor::Scores { position, .. } => {
				return Shape { rows: 1, ..q16(self.sees(position)) }
			}
			Tensor::Of(operator) => operator,
		};
		match operator {
			Operator::AttentionInput | Operator::FeedForwardInput => row(1, hidden),
			Operator::Projected => q16(queries + 2 * keys),
			Operator::Heads => row(heads + 2 * key_value_heads, queries + 2 * keys),
			Operator::Values => {
				Shape { rows: key_value_heads * (head_width + 1), ..row(0, self.positions) }
			}
			Operator::Mixed => q16(queries),
			Operator::MixedRow => row(1, queries),
			Operator::AttentionOutput
			| Operator::AfterAttention
			| Operator::FeedForwardOutput
			| Operator::Output => q16(hidden),
			Operator::Expanded => q16(gates * intermediate),
			Operator::Gated => row(1, intermediate),
		}
	}

	/// The row of [`Operator::Values`] that holds an element of a head, or its exponents.
	pub fn value_row(&self, head: u32, place: Place) -> u32 {
		let width = self.dimensions.head_width;
		head * (width + 1)
			+ match place {
				Place::Element(element) => element,
				Place::Exponent(_) => width,
			}
	}
}

/// Where something lies that a number was computed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
	/// Blocks of a row of a tensor of the same layer.
	Blocks {
		/// The tensor.
		tensor: Tensor,
		/// The row.
		row: u32,
		/// The blocks, at least one.
		blocks: Range<u32>,
	},
	/// A leaf of the model's weights.
	Weight(u64),
	/// A leaf of the model's tables.
	Table(u64),
}

/// A number of a tensor of a layer.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Number {
	/// The layer.
	pub layer: u32,
	/// The tensor; not [`Tensor::Residual`], which is the output of the layer before.
	pub tensor: Tensor,
	/// The row.
	pub row: u32,
	/// The number in it.
	pub place: Place,
}

/// What a number was computed from, in the order in which [`crate::judge::recompute`] wants the bytes.
///
/// An exponent follows from the element that needs the largest; where a row is long, that element is
/// the `witness`, and only it is an input. Nothing when there is no such number.
pub fn inputs(sequence: &Sequence, number: Number, witness: u32) -> Option<Vec<Input>> {
	let Number { layer, tensor, row, place } = number;
	let shape = sequence.shape(tensor);
	let exists = match place {
		Place::Exponent(index) => index < shape.exponents,
		Place::Element(index) => index < shape.elements,
	};
	if !exists || row >= shape.rows || layer >= sequence.dimensions.layers {
		return None;
	}
	Find { sequence, layer, row, place, witness }.inputs(tensor)
}

/// What is looked for.
struct Find<'a> {
	sequence: &'a Sequence,
	layer: u32,
	row: u32,
	place: Place,
	witness: u32,
}

impl Find<'_> {
	fn is_encoder(&self) -> bool {
		!self.sequence.architecture.generates()
	}

	fn leaves(&self) -> Leaves {
		Leaves::new(self.sequence.architecture, self.sequence.dimensions)
	}

	/// All of a row.
	fn whole(&self, tensor: Tensor, row: u32) -> Input {
		Input::Blocks { tensor, row, blocks: 0..self.sequence.shape(tensor).blocks() }
	}

	/// The blocks from one number of a row to another.
	fn between(&self, tensor: Tensor, row: u32, first: Place, last: Place) -> Input {
		let shape = self.sequence.shape(tensor);
		Input::Blocks { tensor, row, blocks: shape.block_of(first)..shape.block_of(last) + 1 }
	}

	/// The block of a number.
	fn block(&self, tensor: Tensor, row: u32, place: Place) -> Input {
		self.between(tensor, row, place, place)
	}

	/// The elements of one head, of all heads of a row.
	fn head(&self, tensor: Tensor, row: u32, head: u32) -> Input {
		let width = self.sequence.dimensions.head_width;
		let (first, last) = (head * width, (head + 1) * width - 1);
		self.between(tensor, row, Place::Element(first), Place::Element(last))
	}

	/// The element that decides an exponent, or the one that is meant and, from its own tensor, the
	/// exponent that is agreed.
	fn quantised(&self, operator: Operator, of: &[(Tensor, u32)]) -> Vec<Input> {
		let element = match self.place {
			Place::Exponent(_) => self.witness,
			Place::Element(element) => element,
		};
		let mut inputs: Vec<Input> = of
			.iter()
			.map(|(tensor, offset)| self.block(*tensor, self.row, Place::Element(offset + element)))
			.collect();
		if let Place::Element(_) = self.place {
			inputs.push(self.block(Tensor::Of(operator), self.row, Place::Exponent(0)));
		}
		inputs
	}

	/// A row and what it is multiplied with.
	fn product(
		&self,
		projections: &[Projection],
		input: Operator,
		element: u32,
	) -> Option<Vec<Input>> {
		let mut row = element;
		for projection in projections {
			let rows = projection.shape(&self.sequence.dimensions).0 as u32;
			if row < rows {
				let weight = self.leaves().weight(self.layer, *projection, row)?;
				let input = self.whole(Tensor::Of(input), self.row);
				return Some(vec![Input::Weight(weight), input]);
			}
			row -= rows;
		}
		None
	}

	/// A residual row that was added to and, in encoders, normed.
	fn added(
		&self,
		residual: Tensor,
		update: Operator,
		norm: LayerNorm,
		element: u32,
	) -> Option<Vec<Input>> {
		let of = [residual, Tensor::Of(update)];
		if !self.is_encoder() {
			let place = Place::Element(element);
			return Some(of.map(|tensor| self.block(tensor, self.row, place)).into());
		}
		let mut inputs: Vec<_> = of.map(|tensor| self.whole(tensor, self.row)).into();
		inputs.push(Input::Table(self.leaves().norm(self.layer, norm)?));
		inputs.push(Input::Table(0));
		Some(inputs)
	}

	/// A row that enters a part of the layer: normed, or in encoders as it is.
	fn entered(&self, operator: Operator, residual: Tensor, norm: LayerNorm) -> Option<Vec<Input>> {
		if self.is_encoder() {
			return Some(self.quantised(operator, &[(residual, 0)]));
		}
		let norm = self.leaves().norm(self.layer, norm)?;
		Some(vec![self.whole(residual, self.row), Input::Table(norm), Input::Table(0)])
	}

	fn inputs(&self, tensor: Tensor) -> Option<Vec<Input>> {
		use Projection::{Down, Gate, Key, Output, Query, Up, Value};
		let Dimensions { heads, key_value_heads, head_width, intermediate, .. } =
			self.sequence.dimensions;
		let group = heads / key_value_heads;
		let element = match self.place {
			Place::Element(element) => element,
			Place::Exponent(_) => 0,
		};
		let of = Tensor::Of;
		let operator = match tensor {
			Tensor::Residual => return None,
			Tensor::Scores { position, head } => {
				let key_head = heads + head / group;
				let rows = [(position, head), (element, key_head)];
				let mut inputs = Vec::new();
				for (row, head) in rows {
					inputs.push(self.block(of(Operator::Heads), row, Place::Exponent(head)));
					inputs.push(self.head(of(Operator::Heads), row, head));
				}
				inputs.push(Input::Table(0));
				return Some(inputs);
			}
			Tensor::Of(operator) => operator,
		};
		match operator {
			Operator::AttentionInput => {
				self.entered(operator, Tensor::Residual, LayerNorm::Attention)
			}
			Operator::Projected => {
				self.product(&[Query, Key, Value], Operator::AttentionInput, element)
			}
			Operator::Heads => {
				let head = match self.place {
					Place::Exponent(head) => head,
					Place::Element(element) => element / head_width,
				};
				let mut inputs = vec![self.head(of(Operator::Projected), self.row, head)];
				let norm = match head {
					_ if head < heads => LayerNorm::Query,
					_ if head < heads + key_value_heads => LayerNorm::Key,
					_ => return Some(inputs),
				};
				if let Some(norm) = self.leaves().norm(self.layer, norm) {
					inputs.extend([Input::Table(norm), Input::Table(0)]);
				}
				if !self.is_encoder() {
					inputs.push(Input::Table(self.leaves().angles(self.row)));
				}
				Some(inputs)
			}
			Operator::Values => {
				let (head, index) = (self.row / (head_width + 1), self.row % (head_width + 1));
				let head = heads + key_value_heads + head;
				let place = match index == head_width {
					true => Place::Exponent(head),
					false => Place::Element(head * head_width + index),
				};
				Some(vec![self.block(of(Operator::Heads), element, place)])
			}
			Operator::Mixed => {
				let (head, index) = (element / head_width, element % head_width);
				let sees = self.sequence.sees(self.row);
				let column = |place| Input::Blocks {
					tensor: of(Operator::Values),
					row: self.sequence.value_row(head / group, place),
					blocks: 0..sees.div_ceil(BLOCK),
				};
				let scores = Tensor::Scores { position: self.row, head };
				Some(vec![
					self.whole(scores, 0),
					column(Place::Element(index)),
					column(Place::Exponent(0)),
				])
			}
			Operator::MixedRow => Some(self.quantised(operator, &[(of(Operator::Mixed), 0)])),
			Operator::AttentionOutput => self.product(&[Output], Operator::MixedRow, element),
			Operator::AfterAttention => self.added(
				Tensor::Residual,
				Operator::AttentionOutput,
				LayerNorm::Attention,
				element,
			),
			Operator::FeedForwardInput => {
				self.entered(operator, of(Operator::AfterAttention), LayerNorm::FeedForward)
			}
			Operator::Expanded => {
				let projections: &[_] = if self.is_encoder() { &[Up] } else { &[Gate, Up] };
				self.product(projections, Operator::FeedForwardInput, element)
			}
			Operator::Gated => {
				let expanded = of(Operator::Expanded);
				let all = [(expanded, 0), (expanded, intermediate)];
				let count = if self.is_encoder() { 1 } else { 2 };
				Some(self.quantised(operator, &all[..count]))
			}
			Operator::FeedForwardOutput => self.product(&[Down], Operator::Gated, element),
			Operator::Output => self.added(
				of(Operator::AfterAttention),
				Operator::FeedForwardOutput,
				LayerNorm::FeedForward,
				element,
			),
		}
	}
}

/// Blocks of a row with what leads from them to the root of their tensor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Opening {
	/// The blocks, one after another.
	pub bytes: Vec<u8>,
	/// From the blocks to the root of the row; see [`merkle::range_proof`].
	pub beside: Vec<H256>,
	/// From the root of the row to that of the tensor.
	pub path: Vec<H256>,
}

impl Opening {
	/// The root of the tensor of which these are the blocks of a row, if they can be that.
	pub fn root(&self, shape: &Shape, row: u32, blocks: Range<u32>) -> Option<H256> {
		let mut rest = &self.bytes[..];
		let mut hashes = Vec::new();
		for block in blocks.clone() {
			let (bytes, others) = rest.split_at_checked(shape.bytes_of(block)?.len())?;
			hashes.push(merkle::leaf(bytes));
			rest = others;
		}
		if !rest.is_empty() {
			return None;
		}
		let row_root =
			merkle::climb_range(&hashes, blocks.start.into(), shape.blocks().into(), &self.beside)?;
		merkle::climb(row_root, row.into(), shape.rows.into(), &self.path)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn blocks_cover_a_row_once() {
		for (exponents, elements, element_bytes) in
			[(0, 1, 4), (1, 64, 2), (70, 200, 2), (1, 65, 2)]
		{
			let shape = Shape { rows: 1, exponents, elements, element_bytes };
			let mut end = 0;
			for block in 0..shape.blocks() {
				let range = shape.bytes_of(block).unwrap();
				assert_eq!(range.start, end);
				assert!(range.len() <= (BLOCK * element_bytes) as usize);
				end = range.end;
			}
			assert_eq!(end, shape.row_bytes());
			assert_eq!(shape.bytes_of(shape.blocks()), None);
			let last = shape.block_of(Place::Element(elements - 1));
			assert_eq!(last, shape.blocks() - 1);
		}
	}

	/// Levels of a Merkle tree.
	fn levels(leaves: u64) -> u64 {
		leaves.next_power_of_two().ilog2().into()
	}

	/// Bytes of an input with the way to its root, at most.
	fn bytes_of(sequence: &Sequence, input: &Input) -> u64 {
		let Dimensions { hidden, intermediate, layers, context, .. } = sequence.dimensions;
		let leaves = Leaves::new(sequence.architecture, sequence.dimensions);
		match input {
			Input::Blocks { tensor, row: _, blocks } => {
				let shape = sequence.shape(*tensor);
				let bytes = blocks.clone().filter_map(|block| shape.bytes_of(block));
				let beside = match blocks.len() as u32 == shape.blocks() {
					true => 0,
					false => 2 * levels(shape.blocks().into()),
				};
				let path = levels(shape.rows.into());
				bytes.map(|range| range.len() as u64).sum::<u64>() + 32 * (beside + path)
			}
			Input::Weight(leaf) => {
				// Two matrices of a layer are as wide as the feed-forward part.
				let down = leaves.weight(0, Projection::Down, 0).unwrap();
				let of_layer = leaves.weight(1, Projection::Query, 0).unwrap()
					- leaves.weight(0, Projection::Query, 0).unwrap();
				let first = leaves.weight(0, Projection::Query, 0).unwrap();
				let is_down = (leaf - first) % of_layer >= down - first;
				let columns = if is_down { intermediate } else { hidden };
				let count = leaves.weight(layers, Projection::Query, 0).unwrap();
				u64::from(columns) + 4 + 32 * levels(2 * count)
			}
			Input::Table(0) => 14 + 32 * levels(leaves.angles(context)),
			Input::Table(_) => u64::from(4 + 4 * hidden) + 32 * levels(leaves.angles(context)),
		}
	}

	#[test]
	fn a_dispute_takes_no_more_bytes_than_the_contract_allows() {
		let dimensions = Dimensions {
			vocabulary: 128_256,
			hidden: 4_096,
			intermediate: 14_336,
			layers: 32,
			heads: 32,
			key_value_heads: 8,
			head_width: 128,
			context: 8_192,
		};
		let sequence = Sequence { architecture: Architecture::Llama, dimensions, positions: 4_096 };
		let mut most = 0;
		let mut largest_input = 0;
		for operator in Operator::ALL {
			let tensor = Tensor::Of(operator);
			let shape = sequence.shape(tensor);
			// 64 hashes a round, each side.
			let rows = levels(shape.rows.into()).div_ceil(6) * 2 * 64 * 32;
			let descent = 2 * 32 * (33 + 13) + rows + 2 * 32 * u64::from(shape.blocks()) + 2 * 256;
			let last = (shape.exponents > 0).then_some(Place::Exponent(shape.exponents.max(1) - 1));
			for place in [Place::Element(shape.elements - 1)].into_iter().chain(last) {
				let number = Number { layer: 31, tensor, row: shape.rows - 1, place };
				let inputs = inputs(&sequence, number, 14_335.min(shape.elements - 1)).unwrap();
				let bytes: u64 = inputs.iter().map(|input| bytes_of(&sequence, input)).sum();
				largest_input = largest_input.max(bytes);
				most = most.max(descent + bytes);
			}
		}
		assert!(largest_input < 45_000, "{largest_input}");
		assert!(most <= 64 << 10, "{most}");
	}

	#[test]
	fn an_opening_leads_to_the_root_and_nothing_else_does() {
		let shape = Shape { rows: 5, exponents: 3, elements: 300, element_bytes: 2 };
		let rows: Vec<Vec<u8>> = (0..5u8)
			.map(|row| (0..shape.row_bytes()).map(|index| index as u8 ^ row).collect())
			.collect();
		let roots: Vec<H256> = rows.iter().map(|row| shape.row_root(row)).collect();
		let root = merkle::root(roots.iter().copied());
		let hashes = shape.block_hashes(&rows[3]);
		let opening = Opening {
			bytes: rows[3][6..6 + 256].to_vec(),
			beside: merkle::range_proof(&hashes, 1..3).unwrap(),
			path: merkle::proof(&roots, 3).unwrap(),
		};
		assert_eq!(opening.root(&shape, 3, 1..3), Some(root));
		assert_ne!(opening.root(&shape, 2, 1..3), Some(root));
		assert_ne!(opening.root(&shape, 3, 2..4), Some(root));
		assert_eq!(opening.root(&shape, 3, 1..4), None);
		assert_eq!(opening.root(&shape, 9, 1..3), None);
		let mut other = opening.clone();
		other.bytes[7] ^= 1;
		assert_ne!(other.root(&shape, 3, 1..3), Some(root));
	}
}
