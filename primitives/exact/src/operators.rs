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

mod inputs;

use alloc::vec::Vec;
use core::ops::Range;

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use ergon_core::{merkle, Architecture, Dimensions, H256};
use scale_info::TypeInfo;

pub use self::inputs::{inputs, Input, Number};

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
	/// Behind the last layer, for embeddings: the final rows that become one vector, each with its
	/// exponent.
	#[codec(index = 3)]
	Final,
	/// The final rows, turned round: a row for each element, over all positions, and one for the exponents.
	#[codec(index = 4)]
	Columns,
}

impl Tensor {
	/// Whether the exponent of a row follows from the element that needs the largest, its witness, and not
	/// from the whole row.
	pub fn has_witness(self, architecture: Architecture) -> bool {
		match self {
			Self::Of(Operator::MixedRow | Operator::Gated) => true,
			Self::Final | Self::Of(Operator::AttentionInput | Operator::FeedForwardInput) => {
				!architecture.generates()
			}
			_ => false,
		}
	}
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

/// Root of a residual row in Q16, as it stands in [`Tensor::Residual`] and [`Operator::Output`].
pub fn residual_root(row: &[i32]) -> H256 {
	let shape = Shape { rows: 1, exponents: 0, elements: row.len() as u32, element_bytes: 4 };
	let bytes: Vec<u8> = row.iter().flat_map(|element| element.to_le_bytes()).collect();
	shape.row_root(&bytes)
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
			Tensor::Final => return row(1, hidden),
			Tensor::Columns => return Shape { rows: hidden + 1, ..row(0, self.positions) },
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

	/// Bytes of a row.
	fn row_bytes(shape: &Shape) -> usize {
		(2 * shape.exponents + shape.element_bytes * shape.elements) as usize
	}

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
			assert_eq!(end, row_bytes(&shape));
			assert_eq!(shape.bytes_of(shape.blocks()), None);
			let last = shape.block_of(Place::Element(elements - 1));
			assert_eq!(last, shape.blocks() - 1);
		}
	}

	#[test]
	fn an_opening_leads_to_the_root_and_nothing_else_does() {
		let shape = Shape { rows: 5, exponents: 3, elements: 300, element_bytes: 2 };
		let rows: Vec<Vec<u8>> = (0..5u8)
			.map(|row| (0..row_bytes(&shape)).map(|index| index as u8 ^ row).collect())
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
