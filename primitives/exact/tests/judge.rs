// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Whatever bytes somebody has committed to, the judge says a number or nothing: it runs inside blocks.

use ergon_core::{
	network::{Constants, Leaves, Pooling},
	Architecture, Dimensions,
};
use ergon_exact::{
	judge,
	operators::{inputs, Input, Number, Operator, Place, Sequence, Tensor},
	pooling::normalise,
};
use proptest::{collection::vec, prelude::*, sample::select};

const ARCHITECTURES: [Architecture; 4] =
	[Architecture::Llama, Architecture::Qwen2, Architecture::Qwen3, Architecture::Bert];

/// A network with blocks that are not full.
fn sequence(architecture: Architecture) -> Sequence {
	let dimensions = Dimensions {
		vocabulary: 100,
		hidden: 72,
		intermediate: 100,
		layers: 2,
		heads: 4,
		key_value_heads: if architecture.generates() { 2 } else { 4 },
		head_width: 18,
		context: 90,
	};
	Sequence { architecture, dimensions, positions: 70 }
}

fn tensor() -> impl Strategy<Value = Tensor> {
	prop_oneof![
		10 => select(Operator::ALL.to_vec()).prop_map(Tensor::Of),
		2 => (0..70u32, 0..4u32)
			.prop_map(|(position, head)| Tensor::Scores { position, head }),
		1 => Just(Tensor::Final),
		1 => Just(Tensor::Columns),
	]
}

/// Bytes that are likely to be at the ends of what numbers can be.
fn byte() -> impl Strategy<Value = u8> {
	prop_oneof![Just(0u8), Just(0x7f), Just(0x80), Just(0xff), any::<u8>()]
}

/// Constants that a model may have been registered with.
fn constants() -> impl Strategy<Value = Constants> {
	(any::<bool>(), any::<u64>(), any::<u32>(), any::<u8>(), any::<bool>()).prop_map(
		|(tied, norm_epsilon, score_mantissa, score_shift, is_first)| Constants {
			tied,
			norm_epsilon,
			score_mantissa,
			score_shift,
			pooling: if is_first { Pooling::First } else { Pooling::Mean },
		},
	)
}

/// Cuts what an input wants out of a stream of bytes, which is repeated.
struct Source<'a> {
	bytes: &'a [u8],
	at: usize,
}

impl Source<'_> {
	fn take(&mut self, count: usize) -> Vec<u8> {
		self.at += 1;
		self.bytes.iter().cycle().skip(self.at).take(count).copied().collect()
	}
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 3_000, ..Default::default() })]

	#[test]
	fn every_number_is_computed_from_whatever_bytes(
		architecture in select(ARCHITECTURES.to_vec()),
		tensor in tensor(),
		index in any::<u32>(),
		is_exponent in any::<bool>(),
		row in any::<u32>(),
		witness in any::<u32>(),
		constants in constants(),
		bytes in vec(byte(), 1..400),
	) {
		let sequence = sequence(architecture);
		let Dimensions { hidden, intermediate, head_width, layers, .. } = sequence.dimensions;
		let shape = sequence.shape(tensor);
		let place = match is_exponent && shape.exponents > 0 {
			true => Place::Exponent(index % shape.exponents),
			false => Place::Element(index % shape.elements),
		};
		let layer = if matches!(tensor, Tensor::Final | Tensor::Columns) { layers } else { 1 };
		let number = Number { layer, tensor, row: row % shape.rows, place };
		let witness = witness % shape.elements;
		let wanted = inputs(&sequence, number, witness);
		prop_assert!(wanted.is_some(), "{:?}", number);
		let mut source = Source { bytes: &bytes, at: 0 };
		let leaves = Leaves::new(architecture, sequence.dimensions);
		let given: Vec<Vec<u8>> = wanted.into_iter().flatten().map(|input| match input {
			Input::Blocks { tensor, blocks, .. } => {
				let shape = sequence.shape(tensor);
				let lengths = blocks.filter_map(|block| Some(shape.bytes_of(block)?.len()));
				source.take(lengths.sum())
			}
			Input::Weight(_) => {
				let columns = match tensor {
					Tensor::Of(Operator::FeedForwardOutput) => intermediate,
					_ => hidden,
				};
				let has_bias = architecture == Architecture::Bert
					|| architecture == Architecture::Qwen2
						&& tensor == Tensor::Of(Operator::Projected);
				source.take(columns as usize + if has_bias { 8 } else { 4 })
			}
			Input::Table(0) => constants.to_bytes(architecture),
			Input::Table(leaf) if leaf > leaves.final_norm() => {
				source.take(4 * head_width as usize)
			}
			Input::Table(_) => {
				let is_head = tensor == Tensor::Of(Operator::Heads);
				let width = if is_head { head_width } else { hidden } as usize;
				let biases = if architecture.generates() { 0 } else { width };
				source.take(4 + 4 * (width + biases))
			}
		}).collect();
		let given: Vec<&[u8]> = given.iter().map(Vec::as_slice).collect();
		// Exponents may be out of the range that a row can have; then it is nothing.
		let found = judge::recompute(&sequence, number, witness, &given);
		let is_quantised = tensor.has_witness(architecture);
		prop_assert!(found.is_some() || is_quantised, "{:?}", number);
	}

	#[test]
	fn inputs_of_other_lengths_are_nothing(
		architecture in select(ARCHITECTURES.to_vec()),
		tensor in tensor(),
		given in vec(vec(any::<u8>(), 0..300), 0..6),
	) {
		let sequence = sequence(architecture);
		let layer = if matches!(tensor, Tensor::Final | Tensor::Columns) { 2 } else { 0 };
		let number = Number { layer, tensor, row: 0, place: Place::Element(0) };
		let given: Vec<&[u8]> = given.iter().map(Vec::as_slice).collect();
		// Whether it is computed or not, it is decided without a panic.
		let _ = judge::recompute(&sequence, number, 0, &given);
		let _ = judge::embedded(&sequence, 0, &given);
		let _ = judge::final_row(&sequence, &given);
	}

	#[test]
	fn sums_and_vectors_are_defined_for_whatever_a_defender_shows(
		sums in vec(any::<i64>(), 1..100),
		column in vec(byte(), 140),
		exponents in vec(byte(), 140),
	) {
		let sequence = sequence(Architecture::Bert);
		let sum = judge::pooled(&sequence, Pooling::Mean, &column, &exponents);
		prop_assert!(sum.is_some());
		let mut vector = vec![0; sums.len()];
		normalise(&sums, &mut vector);
	}
}
