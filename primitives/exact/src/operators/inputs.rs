// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What one number of a tensor was computed from.

use alloc::{vec, vec::Vec};
use core::ops::Range;

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use ergon_core::{
	network::{LayerNorm, Leaves, Projection},
	Dimensions,
};
use scale_info::TypeInfo;

use super::{Operator, Place, Sequence, Tensor, BLOCK};

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
	let is_behind_layers = matches!(tensor, Tensor::Final | Tensor::Columns);
	let has_layer = match is_behind_layers {
		true => layer == sequence.dimensions.layers,
		false => layer < sequence.dimensions.layers,
	};
	if !exists || row >= shape.rows || !has_layer {
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
	fn quantised(&self, tensor: Tensor, of: &[(Tensor, u32)]) -> Vec<Input> {
		let element = match self.place {
			Place::Exponent(_) => self.witness,
			Place::Element(element) => element,
		};
		let mut inputs: Vec<Input> = of
			.iter()
			.map(|(tensor, offset)| self.block(*tensor, self.row, Place::Element(offset + element)))
			.collect();
		if let Place::Element(_) = self.place {
			inputs.push(self.block(tensor, self.row, Place::Exponent(0)));
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

	/// A row that enters a part of the layer, or leaves the last: normed, or in encoders as it is.
	fn entered(&self, tensor: Tensor, residual: Tensor, norm: Option<u64>) -> Option<Vec<Input>> {
		if self.is_encoder() {
			return Some(self.quantised(tensor, &[(residual, 0)]));
		}
		Some(vec![self.whole(residual, self.row), Input::Table(norm?), Input::Table(0)])
	}

	/// Leaf of a norm of the layer.
	fn norm(&self, norm: LayerNorm) -> Option<u64> {
		self.leaves().norm(self.layer, norm)
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
			Tensor::Final => {
				return self.entered(tensor, Tensor::Residual, Some(self.leaves().final_norm()));
			}
			Tensor::Columns => {
				let place = match self.row == self.sequence.dimensions.hidden {
					true => Place::Exponent(0),
					false => Place::Element(self.row),
				};
				return Some(vec![self.block(Tensor::Final, element, place)]);
			}
			Tensor::Of(operator) => operator,
		};
		match operator {
			Operator::AttentionInput => {
				self.entered(tensor, Tensor::Residual, self.norm(LayerNorm::Attention))
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
			Operator::MixedRow => Some(self.quantised(tensor, &[(of(Operator::Mixed), 0)])),
			Operator::AttentionOutput => self.product(&[Output], Operator::MixedRow, element),
			Operator::AfterAttention => self.added(
				Tensor::Residual,
				Operator::AttentionOutput,
				LayerNorm::Attention,
				element,
			),
			Operator::FeedForwardInput => self.entered(
				tensor,
				of(Operator::AfterAttention),
				self.norm(LayerNorm::FeedForward),
			),
			Operator::Expanded => {
				let projections: &[_] = if self.is_encoder() { &[Up] } else { &[Gate, Up] };
				self.product(projections, Operator::FeedForwardInput, element)
			}
			Operator::Gated => {
				let expanded = of(Operator::Expanded);
				let all = [(expanded, 0), (expanded, intermediate)];
				let count = if self.is_encoder() { 1 } else { 2 };
				Some(self.quantised(tensor, &all[..count]))
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

#[cfg(test)]
mod tests {
	use super::*;
	use ergon_core::Architecture;

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
			Input::Table(_) => {
				let biases = if sequence.architecture.generates() { 0 } else { 4 * hidden };
				u64::from(4 + 4 * hidden + biases) + 32 * levels(leaves.angles(context))
			}
		}
	}

	#[test]
	fn every_number_of_the_largest_network_can_be_shown_in_one_turn() {
		use crate::game::MAX_TURN_BYTES;
		for (architecture, hidden) in
			[(Architecture::Qwen3, 1 << 13), (Architecture::Bert, 1 << 12)]
		{
			let heads = if architecture.generates() { 128 } else { 32 };
			let dimensions = Dimensions {
				vocabulary: 1 << 20,
				hidden,
				intermediate: 1 << 15,
				layers: 1 << 10,
				heads,
				key_value_heads: heads,
				head_width: 128,
				context: 1 << 20,
			};
			assert!(dimensions.is_sound());
			// The longest prompt and the longest answer.
			let sequence = Sequence { architecture, dimensions, positions: 10 << 10 };
			let tensors = Operator::ALL.map(Tensor::Of).into_iter();
			for tensor in tensors.chain([Tensor::Final, Tensor::Columns]) {
				let behind = matches!(tensor, Tensor::Final | Tensor::Columns);
				let layer = if behind { dimensions.layers } else { dimensions.layers - 1 };
				let shape = sequence.shape(tensor);
				let place = Place::Element(shape.elements - 1);
				let number = Number { layer, tensor, row: shape.rows - 1, place };
				let inputs = inputs(&sequence, number, 0).unwrap();
				let bytes: u64 = inputs.iter().map(|input| bytes_of(&sequence, input)).sum();
				let blocks = 32 * u64::from(shape.blocks());
				let most = u64::from(MAX_TURN_BYTES) - 1_024;
				assert!(bytes <= most && blocks <= most, "{tensor:?}: {bytes}, {blocks}");
			}
		}
	}
}
