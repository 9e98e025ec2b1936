// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Computes one number of a forward pass again from the bytes that it was computed from: the last step
//! of a dispute.
//!
//! Nothing here knows a model or a trace. [`crate::operators::inputs`] says which bytes are wanted, in
//! which order; whoever calls has checked that each belongs to an agreed root.

use alloc::{vec, vec::Vec};

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use ergon_core::network::{Constants, LayerNorm, Pooling};
use scale_info::TypeInfo;

use crate::{
	attention::{dot, output, score, value_weight, weight, Normaliser, ScoreScale},
	fixed::Q16,
	gelu::gelu,
	linear::{add, embedding, linear, Scale},
	norm::{layer_norm, rms_norm, rms_norm_q16},
	operators::{self, Input, Number, Operator, Place, Sequence, Tensor, BLOCK},
	pooling::share,
	rope::rotate_head,
	row,
	silu::{gated, GATED_FRACTION},
};

/// What was found.
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
pub enum Recomputed {
	/// The number is this one.
	#[codec(index = 0)]
	Exactly(i32),
	/// The exponent of the row is at least this, because of the witness. The larger of two exponents is
	/// right if and only if some witness gives it.
	#[codec(index = 1)]
	AtLeast(i16),
}

/// The number, from the bytes of its inputs; `witness` is the element that was named for an exponent.
/// Nothing when the bytes are not those that [`crate::operators::inputs`] asks for.
pub fn recompute(
	sequence: &Sequence,
	number: Number,
	witness: u32,
	inputs: &[&[u8]],
) -> Option<Recomputed> {
	let wanted = operators::inputs(sequence, number, witness)?;
	let is_as_long = |(input, bytes): (&Input, &&[u8])| match input {
		Input::Blocks { tensor, blocks, .. } => {
			let shape = sequence.shape(*tensor);
			let lengths = blocks.clone().filter_map(|block| Some(shape.bytes_of(block)?.len()));
			bytes.len() == lengths.sum::<usize>()
		}
		// Read to the last byte where they are used.
		Input::Weight(_) | Input::Table(_) => true,
	};
	if wanted.len() != inputs.len() || !wanted.iter().zip(inputs).all(is_as_long) {
		return None;
	}
	Judge { sequence, number, witness, inputs }.recompute()
}

/// The element of the row that enters the first layer at a position, from the leaves of the embedding:
/// that of the token and, in encoders, those of the position and of the first kind of token, then the
/// tables of the norm and of the constants.
pub fn embedded(sequence: &Sequence, element: u32, inputs: &[&[u8]]) -> Option<i32> {
	let hidden = sequence.dimensions.hidden as usize;
	if sequence.architecture.generates() {
		let [token] = inputs else { return None };
		let WeightRow { weights, scale, .. } = WeightRow::read(token, hidden, false)?;
		return Some(embedding(*weights.get(element as usize)?, scale));
	}
	let [token, position, kind, norm, constants] = inputs else { return None };
	let mut values = vec![0; hidden];
	for leaf in [token, position, kind] {
		let WeightRow { weights, scale, .. } = WeightRow::read(leaf, hidden, false)?;
		for (value, &weight) in values.iter_mut().zip(&weights) {
			*value = add(*value, embedding(weight, scale));
		}
	}
	let epsilon = constants_of(sequence, constants)?.norm_epsilon;
	NormTable::read(norm, hidden, true)?.layer_norm(&mut values, epsilon);
	values.get(element as usize).copied()
}

/// The logit of a token in Q16, from its leaf of the head and the final row with its exponent.
pub fn logit(leaf: &[u8], hidden: &[i16], exponent: i16) -> Option<i32> {
	let WeightRow { weights, scale, .. } = WeightRow::read(leaf, hidden.len(), false)?;
	Some(linear(&weights, scale, hidden, exponent))
}

/// The final row of a decoder and its exponent, from the last residual row, its norm and the constants.
pub fn final_row(sequence: &Sequence, inputs: &[&[u8]]) -> Option<(Vec<i16>, i16)> {
	let [residual, norm, constants] = inputs else { return None };
	let epsilon = constants_of(sequence, constants)?.norm_epsilon;
	let residual = q16_all(residual, sequence.dimensions.hidden)?;
	Some(NormTable::read(norm, residual.len(), false)?.rms_norm(&residual, epsilon))
}

/// One element of the sum over positions that becomes an embedding, from the element's column and that of
/// the exponents.
pub fn pooled(
	sequence: &Sequence,
	pooling: Pooling,
	column: &[u8],
	exponents: &[u8],
) -> Option<i64> {
	let [column, exponents] = [halves(column)?, halves(exponents)?];
	let positions = sequence.positions as usize;
	if column.len() != positions || exponents.len() != positions {
		return None;
	}
	let count = match pooling {
		Pooling::Mean => positions,
		Pooling::First => 1,
	};
	let (column, exponents) = (column.get(..count)?, exponents.get(..count)?);
	let largest = exponents.iter().copied().max()?;
	let shares = column.iter().zip(exponents).map(|(&element, &it)| share(element, it, largest));
	Some(shares.sum())
}

/// One weight row as its leaf has it.
struct WeightRow {
	weights: Vec<i8>,
	scale: Scale,
	bias: i32,
}

impl WeightRow {
	fn read(leaf: &[u8], columns: usize, has_bias: bool) -> Option<Self> {
		let (weights, rest) = leaf.split_at_checked(columns)?;
		let (scale, bias) = rest.split_first_chunk()?;
		let bias = match has_bias {
			true => i32::from_le_bytes(bias.try_into().ok()?),
			false if bias.is_empty() => 0,
			false => return None,
		};
		let weights = weights.iter().map(|&weight| weight as i8).collect();
		Some(Self { weights, scale: Scale::from_bytes(*scale), bias })
	}
}

/// One norm as its leaf has it.
struct NormTable {
	fraction: i16,
	weights: Vec<i32>,
	biases: Vec<i32>,
}

impl NormTable {
	fn read(leaf: &[u8], width: usize, has_biases: bool) -> Option<Self> {
		let numbers = q16(leaf)?;
		let (fraction, rest) = numbers.split_first()?;
		let (weights, biases) = rest.split_at_checked(width)?;
		let as_long = biases.len() == if has_biases { width } else { 0 };
		as_long.then(|| Self {
			fraction: *fraction as i16,
			weights: weights.into(),
			biases: biases.into(),
		})
	}

	fn rms_norm(&self, values: &[i32], epsilon: u64) -> (Vec<i16>, i16) {
		let mut out = vec![0; values.len()];
		let exponent = rms_norm(values, &self.weights, self.fraction, epsilon, &mut out);
		(out, exponent)
	}

	fn layer_norm(&self, values: &mut [i32], epsilon: u64) {
		layer_norm(values, &self.weights, self.fraction, &self.biases, epsilon);
	}
}

/// Numbers of four bytes.
fn q16(bytes: &[u8]) -> Option<Vec<i32>> {
	let (numbers, rest) = bytes.as_chunks();
	rest.is_empty().then(|| numbers.iter().copied().map(i32::from_le_bytes).collect())
}

/// Exactly so many of them.
fn q16_all(bytes: &[u8], count: u32) -> Option<Vec<i32>> {
	q16(bytes).filter(|numbers| numbers.len() == count as usize)
}

/// Numbers of two bytes.
fn halves(bytes: &[u8]) -> Option<Vec<i16>> {
	let (numbers, rest) = bytes.as_chunks();
	rest.is_empty().then(|| numbers.iter().copied().map(i16::from_le_bytes).collect())
}

fn constants_of(sequence: &Sequence, bytes: &[u8]) -> Option<Constants> {
	Constants::from_bytes(bytes, sequence.architecture).ok()
}

/// A row of one exponent: the exponent, and the elements.
fn whole_row(bytes: &[u8], elements: usize) -> Option<(i16, Vec<i16>)> {
	let mut row = halves(bytes)?;
	(row.len() == elements + 1).then(|| (row.remove(0), row))
}

/// A number of the block that holds it, by its index in the row.
fn in_block<T: Copy>(block: &[T], index: u32) -> Option<T> {
	block.get((index % BLOCK) as usize).copied()
}

/// Elements of one head of the blocks that hold them.
fn in_blocks<T>(blocks: &[T], head: u32, width: u32) -> Option<&[T]> {
	blocks.get((head * width % BLOCK) as usize..)?.get(..width as usize)
}

/// One number.
struct Judge<'a> {
	sequence: &'a Sequence,
	number: Number,
	witness: u32,
	inputs: &'a [&'a [u8]],
}

impl Judge<'_> {
	fn is_encoder(&self) -> bool {
		!self.sequence.architecture.generates()
	}

	/// The element of a row, or its exponent.
	fn pick(&self, (elements, exponent): (Vec<i16>, i16)) -> Option<Recomputed> {
		let number = match self.number.place {
			Place::Exponent(_) => exponent,
			Place::Element(element) => *elements.get(element as usize)?,
		};
		Some(Recomputed::Exactly(number.into()))
	}

	fn element(&self) -> Option<u32> {
		match self.number.place {
			Place::Element(element) => Some(element),
			Place::Exponent(_) => None,
		}
	}

	/// A number that becomes an element of a row under the agreed exponent, or that needs an exponent.
	fn quantised(&self, fraction: i32, value: impl Fn(u32) -> Option<i64>) -> Option<Recomputed> {
		let Place::Element(element) = self.number.place else {
			let shift = row::shift_for(value(self.witness)?.unsigned_abs());
			return Some(Recomputed::AtLeast(row::exponent(shift, fraction)));
		};
		let exponents = halves(self.inputs.last()?)?;
		let exponent = *exponents.first()?;
		let shift =
			u32::try_from(i32::from(exponent) + fraction).ok().filter(|shift| *shift < 64)?;
		Some(Recomputed::Exactly(row::element(value(element)?, shift).into()))
	}

	/// The output of a matrix.
	fn product(&self, columns: u32, has_bias: bool) -> Option<Recomputed> {
		let [weight, input] = self.inputs else { return None };
		let weight = WeightRow::read(weight, columns as usize, has_bias)?;
		let (exponent, elements) = whole_row(input, columns as usize)?;
		let output = linear(&weight.weights, weight.scale, &elements, exponent);
		Some(Recomputed::Exactly(match has_bias {
			true => add(output, weight.bias),
			false => output,
		}))
	}

	/// A residual row after an addition.
	fn added(&self) -> Option<Recomputed> {
		let element = self.element()?;
		if !self.is_encoder() {
			let [residual, update] = self.inputs else { return None };
			let [residual, update] =
				[in_block(&q16(residual)?, element), in_block(&q16(update)?, element)];
			return Some(Recomputed::Exactly(add(residual?, update?)));
		}
		let [residual, update, norm, constants] = self.inputs else { return None };
		let hidden = self.sequence.dimensions.hidden;
		let mut values = q16_all(residual, hidden)?;
		for (value, update) in values.iter_mut().zip(q16_all(update, hidden)?) {
			*value = add(*value, update);
		}
		let epsilon = constants_of(self.sequence, constants)?.norm_epsilon;
		NormTable::read(norm, values.len(), true)?.layer_norm(&mut values, epsilon);
		Some(Recomputed::Exactly(*values.get(element as usize)?))
	}

	/// A row that enters a part of the layer.
	fn entered(&self) -> Option<Recomputed> {
		if !self.is_encoder() {
			return self.pick(final_row(self.sequence, self.inputs)?);
		}
		let residual = q16(self.inputs.first()?)?;
		self.quantised(Q16, |element| in_block(&residual, element).map(i64::from))
	}

	fn heads(&self) -> Option<Recomputed> {
		let dimensions = &self.sequence.dimensions;
		let (heads, width) = (dimensions.heads, dimensions.head_width);
		let (head, index) = match self.number.place {
			Place::Exponent(head) => (head, 0),
			Place::Element(element) => (element / width, element % width),
		};
		let mut inputs = self.inputs.iter();
		let blocks = q16(inputs.next()?)?;
		let mut values = in_blocks(&blocks, head, width)?.to_vec();
		let norm = match head {
			_ if head < heads => Some(LayerNorm::Query),
			_ if head < heads + dimensions.key_value_heads => Some(LayerNorm::Key),
			_ => None,
		};
		if let Some(norm) = norm {
			if LayerNorm::all(self.sequence.architecture).contains(&norm) {
				let table = NormTable::read(inputs.next()?, values.len(), false)?;
				let epsilon = constants_of(self.sequence, inputs.next()?)?.norm_epsilon;
				rms_norm_q16(&mut values, &table.weights, table.fraction, epsilon);
			}
			if !self.is_encoder() {
				let angles = q16_all(inputs.next()?, width)?;
				let (cosines, sines) = angles.split_at(angles.len() / 2);
				rotate_head(&mut values, cosines, sines);
			}
		}
		let mut out = vec![0; values.len()];
		let exponent = row::quantise(&values, Q16, &mut out);
		let number = match self.number.place {
			Place::Exponent(_) => exponent,
			Place::Element(_) => *out.get(index as usize)?,
		};
		Some(Recomputed::Exactly(number.into()))
	}

	fn values(&self) -> Option<Recomputed> {
		let [block] = self.inputs else { return None };
		let dimensions = &self.sequence.dimensions;
		let width = dimensions.head_width;
		let (head, index) = (self.number.row / (width + 1), self.number.row % (width + 1));
		let head = dimensions.heads + dimensions.key_value_heads + head;
		let index = if index == width { head } else { head * width + index };
		Some(Recomputed::Exactly(in_block(&halves(block)?, index)?.into()))
	}

	fn columns(&self) -> Option<Recomputed> {
		let [block] = self.inputs else { return None };
		let index = match self.number.row == self.sequence.dimensions.hidden {
			true => 0,
			false => self.number.row,
		};
		Some(Recomputed::Exactly(in_block(&halves(block)?, index)?.into()))
	}

	fn scores(&self, head: u32) -> Option<Recomputed> {
		let [query_exponent, query, key_exponent, key, constants] = self.inputs else {
			return None;
		};
		let dimensions = &self.sequence.dimensions;
		let width = dimensions.head_width;
		let key_head = dimensions.heads + head / (dimensions.heads / dimensions.key_value_heads);
		let (query, key) = (halves(query)?, halves(key)?);
		let product = dot(in_blocks(&query, head, width)?, in_blocks(&key, key_head, width)?);
		let [query_exponent, key_exponent] = [
			in_block(&halves(query_exponent)?, head)?,
			in_block(&halves(key_exponent)?, key_head)?,
		];
		let scale = ScoreScale::from(&constants_of(self.sequence, constants)?);
		Some(Recomputed::Exactly(score(product, query_exponent, key_exponent, scale)))
	}

	fn mixed(&self) -> Option<Recomputed> {
		let [scores, values, exponents] = self.inputs else { return None };
		let sees = self.sequence.sees(self.number.row);
		let scores = q16_all(scores, sees)?;
		let [values, exponents] = [halves(values)?, halves(exponents)?];
		let (values, exponents) = (values.get(..scores.len())?, exponents.get(..scores.len())?);
		let largest = scores.iter().copied().max().unwrap_or(0);
		let largest_exponent = exponents.iter().copied().max().unwrap_or(0);
		let weights = || scores.iter().map(|&score| weight(score, largest));
		let normaliser = Normaliser::of(weights().map(u64::from).sum());
		let sum = weights()
			.zip(values)
			.zip(exponents)
			.map(|((weight, &value), &exponent)| {
				let weight = value_weight(weight, exponent, largest_exponent);
				i64::from(weight) * i64::from(value)
			})
			.sum();
		Some(Recomputed::Exactly(output(sum, normaliser, largest_exponent)))
	}

	fn gated(&self) -> Option<Recomputed> {
		if self.is_encoder() {
			let ups = q16(self.inputs.first()?)?;
			return self.quantised(Q16, |element| in_block(&ups, element).map(gelu).map(i64::from));
		}
		let [gates, ups, ..] = self.inputs else { return None };
		let (gates, ups) = (q16(gates)?, q16(ups)?);
		let inner = self.sequence.dimensions.intermediate;
		self.quantised(GATED_FRACTION, |element| {
			Some(gated(in_block(&gates, element)?, in_block(&ups, inner + element)?))
		})
	}

	fn recompute(&self) -> Option<Recomputed> {
		use ergon_core::network::Projection::{Down, Output, Query, Up};
		let operator = match self.number.tensor {
			Tensor::Residual => return None,
			Tensor::Scores { head, .. } => return self.scores(head),
			Tensor::Final => return self.entered(),
			Tensor::Columns => return self.columns(),
			Tensor::Of(operator) => operator,
		};
		let (architecture, dimensions) = (self.sequence.architecture, &self.sequence.dimensions);
		let columns = |projection: ergon_core::network::Projection| {
			(projection.shape(dimensions).1 as u32, projection.has_biases(architecture))
		};
		match operator {
			Operator::AttentionInput | Operator::FeedForwardInput => self.entered(),
			Operator::Projected => {
				let (columns, has_bias) = columns(Query);
				self.product(columns, has_bias)
			}
			Operator::Heads => self.heads(),
			Operator::Values => self.values(),
			Operator::Mixed => self.mixed(),
			Operator::MixedRow => {
				let mixed = q16(self.inputs.first()?)?;
				self.quantised(Q16, |element| in_block(&mixed, element).map(i64::from))
			}
			Operator::AttentionOutput => {
				let (columns, has_bias) = columns(Output);
				self.product(columns, has_bias)
			}
			Operator::AfterAttention | Operator::Output => self.added(),
			Operator::Expanded => {
				let (columns, has_bias) = columns(Up);
				self.product(columns, has_bias)
			}
			Operator::Gated => self.gated(),
			Operator::FeedForwardOutput => {
				let (columns, has_bias) = columns(Down);
				self.product(columns, has_bias)
			}
		}
	}
}
