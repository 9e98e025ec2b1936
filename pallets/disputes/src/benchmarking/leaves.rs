// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The last step of a dispute, for every kind of number that one can be about: how long the runtime takes
//! to compute it, at the sizes of a model of eight billion parameters and with 4,096 positions.

use alloc::{boxed::Box, vec, vec::Vec};
use ergon_core::{
	network::{Constants, Leaves, Pooling, Projection},
	Architecture, Dimensions,
};
use ergon_exact::{
	candidates::Candidate,
	judge,
	operators::{inputs, Input, Number, Operator, Place, Sequence, Tensor},
	pooling::normalise,
	sample, Sampling,
};

/// Positions of the sequence, and elements of a row.
const SIZE: u32 = 4_096;

/// What is computed; benchmarked by index.
pub(super) const KINDS: u32 = 33;

/// Bytes that are neither all the same nor chosen.
fn bytes(count: usize) -> Vec<u8> {
	(0..count as u32).map(|index| (index.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

fn sequence(architecture: Architecture) -> Sequence {
	let dimensions = Dimensions {
		vocabulary: 128_256,
		hidden: SIZE,
		intermediate: 14_336,
		layers: 32,
		heads: 32,
		key_value_heads: if architecture.generates() { 8 } else { 32 },
		head_width: 128,
		context: 8_192,
	};
	Sequence { architecture, dimensions, positions: SIZE }
}

fn constants(architecture: Architecture) -> Vec<u8> {
	Constants {
		tied: false,
		norm_epsilon: 42_950,
		score_mantissa: 1 << 30,
		score_shift: 34,
		pooling: Pooling::Mean,
	}
	.to_bytes(architecture)
}

/// A leaf of the tables: norms have a fraction, weights and perhaps biases; angles cosines and sines.
fn table(sequence: &Sequence, leaf: u64, width: usize) -> Vec<u8> {
	let leaves = Leaves::new(sequence.architecture, sequence.dimensions);
	match leaf {
		0 => constants(sequence.architecture),
		_ if leaf > leaves.final_norm() => bytes(4 * width),
		_ => {
			let biases = if sequence.architecture.generates() { 0 } else { width };
			[&14i32.to_le_bytes()[..], &bytes(4 * (width + biases))].concat()
		}
	}
}

/// A row of the matrix that an operator multiplies with, its scale and, where it has one, its bias.
fn weight(sequence: &Sequence, tensor: Tensor) -> Vec<u8> {
	let matrix = match tensor {
		Tensor::Of(Operator::AttentionOutput) => Projection::Output,
		Tensor::Of(Operator::Expanded) => Projection::Up,
		Tensor::Of(Operator::FeedForwardOutput) => Projection::Down,
		_ => Projection::Query,
	};
	let bias = if matrix.has_biases(sequence.architecture) { 4 } else { 0 };
	bytes(matrix.shape(&sequence.dimensions).1 + 4 + bias)
}

/// The computation of a number, with bytes of the right lengths.
fn number(architecture: Architecture, tensor: Tensor, place: Place) -> Box<dyn Fn() -> bool> {
	let sequence = sequence(architecture);
	let Dimensions { hidden, head_width, layers, .. } = sequence.dimensions;
	let width = if tensor == Tensor::Of(Operator::Heads) { head_width } else { hidden };
	let layer = if matches!(tensor, Tensor::Final | Tensor::Columns) { layers } else { 0 };
	let row = sequence.shape(tensor).rows.saturating_sub(1);
	let number = Number { layer, tensor, row, place };
	let wanted = inputs(&sequence, number, 0).unwrap_or_default();
	let given: Vec<Vec<u8>> = wanted
		.into_iter()
		.map(|input| match input {
			Input::Blocks { tensor: of, blocks, .. } => {
				let shape = sequence.shape(of);
				let lengths = blocks.filter_map(|block| Some(shape.bytes_of(block)?.len()));
				let count = lengths.sum();
				// The agreed exponent of the row itself: one that rows have.
				if of == tensor {
					vec![0; count]
				} else {
					bytes(count)
				}
			}
			Input::Weight(_) => weight(&sequence, tensor),
			Input::Table(leaf) => table(&sequence, leaf, width as usize),
		})
		.collect();
	Box::new(move || {
		let given: Vec<&[u8]> = given.iter().map(Vec::as_slice).collect();
		judge::recompute(&sequence, number, 0, &given).is_some()
	})
}

/// What enters the first layer.
fn embedded(architecture: Architecture) -> Box<dyn Fn() -> bool> {
	let sequence = sequence(architecture);
	let row = bytes(SIZE as usize + 4);
	let leaves = Leaves::new(architecture, sequence.dimensions);
	let given = match architecture.generates() {
		true => vec![row],
		false => {
			let norm = table(&sequence, leaves.final_norm(), SIZE as usize);
			vec![row.clone(), row.clone(), row, norm, constants(architecture)]
		}
	};
	Box::new(move || {
		let given: Vec<&[u8]> = given.iter().map(Vec::as_slice).collect();
		judge::embedded(&sequence, 7, &given).is_some()
	})
}

/// The kind of that index, ready to be computed; says whether it could be.
pub(super) fn kind(index: u32) -> Box<dyn Fn() -> bool> {
	use Architecture::{Bert, Llama, Qwen2, Qwen3};
	let of = |operator| number(Llama, Tensor::Of(operator), Place::Element(9));
	let of_encoder = |operator| number(Bert, Tensor::Of(operator), Place::Element(9));
	let exponent = |operator| number(Llama, Tensor::Of(operator), Place::Exponent(0));
	match index {
		0 => embedded(Llama),
		1 => of(Operator::AttentionInput),
		2 => of(Operator::Projected),
		3 => number(Qwen3, Tensor::Of(Operator::Heads), Place::Element(9)),
		4 => of(Operator::Values),
		5 => number(Llama, Tensor::Scores { position: SIZE - 1, head: 0 }, Place::Element(9)),
		6 => of(Operator::Mixed),
		7 => of(Operator::MixedRow),
		8 => of(Operator::AttentionOutput),
		9 => of(Operator::AfterAttention),
		10 => of(Operator::FeedForwardInput),
		11 => of(Operator::Expanded),
		12 => of(Operator::Gated),
		13 => of(Operator::FeedForwardOutput),
		14 => of(Operator::Output),
		15 => {
			let (leaf, hidden) = (bytes(SIZE as usize + 4), vec![1_234; SIZE as usize]);
			Box::new(move || judge::logit(&leaf, &hidden, -14).is_some())
		}
		16 => {
			let sequence = sequence(Llama);
			let leaves = Leaves::new(Llama, sequence.dimensions);
			let residual = bytes(4 * SIZE as usize);
			let norm = table(&sequence, leaves.final_norm(), SIZE as usize);
			let constants = constants(Llama);
			Box::new(move || judge::final_row(&sequence, &[&residual, &norm, &constants]).is_some())
		}
		17 => embedded(Bert),
		18 => of_encoder(Operator::Output),
		19 => number(Bert, Tensor::Final, Place::Element(9)),
		20 => {
			let sequence = sequence(Bert);
			let (column, exponents) = (bytes(2 * SIZE as usize), vec![1; 2 * SIZE as usize]);
			Box::new(move || judge::pooled(&sequence, Pooling::Mean, &column, &exponents).is_some())
		}
		21 => {
			let sums: Vec<i64> = (0..i64::from(SIZE)).map(|index| index * 7_919).collect();
			Box::new(move || {
				let mut vector = vec![0; sums.len()];
				normalise(&sums, &mut vector);
				vector.iter().any(|element| *element != 0)
			})
		}
		22 => {
			let candidates: Vec<_> =
				(0..64).map(|id| Candidate { id, logit: 900_000 - 9_000 * id as i32 }).collect();
			let sampling = Sampling { temperature: 900, top_k: 64, top_p: 950 };
			Box::new(move || sample(&candidates, sampling, &[7; 32], 5).is_some())
		}
		23 => number(Qwen2, Tensor::Of(Operator::Projected), Place::Element(9)),
		24 => of_encoder(Operator::Projected),
		25 => of_encoder(Operator::Expanded),
		26 => of_encoder(Operator::FeedForwardOutput),
		27 => of_encoder(Operator::Heads),
		28 => of_encoder(Operator::AttentionInput),
		29 => of_encoder(Operator::Gated),
		30 => number(Llama, Tensor::Columns, Place::Element(9)),
		31 => exponent(Operator::MixedRow),
		_ => exponent(Operator::Gated),
	}
}

#[test]
fn every_kind_can_be_computed() {
	for index in 0..KINDS {
		assert!(kind(index)(), "{index}");
	}
}
