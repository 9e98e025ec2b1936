// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Where everything lies in a model's blob.
//!
//! The layout is a function of the network's sizes and of whether embedding and head share their
//! rows, so no offset or length is ever read from a file. Sections begin at multiples of 64 bytes,
//! padded with zeros:
//!
//! 1. the constants ([`Constants`]);
//! 2. for each matrix in order: its weights row after row, then its scales, then, where it has them,
//!    its biases (Q16, i32 each);
//! 3. for each norm in order: its fraction bits (i32), padded to 64 bytes, then its weights, then, in
//!    encoders, its biases (Q16; i32 each);
//! 4. in decoders, for each position: the cosines, then the sines of its angles (i32 each).
//!
//! Order of the matrices: embedding, and in encoders that of the positions and that of the first kind of
//! token; per layer query, key, value, attention output, gate (in decoders), up, down; then the head,
//! unless it is the embedding or there is none. Order of the norms: per layer attention, those of the
//! heads of queries and of keys where the architecture has them, and feed-forward; then the final one,
//! which in encoders is the one after the embedding.
//! What is a leaf of which Merkle tree, in the same order, is said in [`ergon_core::network`].

use std::ops::Range;

use ergon_core::{Architecture, Dimensions};
use ergon_exact::Scale;

pub use ergon_core::network::{Constants, LayerNorm, Pooling, Projection};

/// Bytes of a bias.
pub(crate) const BIAS_BYTES: usize = 4;
/// Alignment of every section, in bytes: one cache line, one AVX-512 register.
pub(crate) const ALIGNMENT: usize = 64;

/// Where one matrix lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixLayout {
	/// Outputs.
	pub rows: usize,
	/// Inputs.
	pub columns: usize,
	/// Index of its first row in the Merkle tree over weight rows.
	pub first_leaf: u64,
	/// Bytes of its weights in the blob.
	pub weights: Range<usize>,
	/// Bytes of its scales in the blob.
	pub scales: Range<usize>,
	/// Bytes of its biases in the blob.
	pub biases: Option<Range<usize>>,
}

/// Where everything lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
	/// What kind of network it is.
	pub architecture: Architecture,
	/// Bytes of the constants.
	pub constants: Range<usize>,
	/// The matrices in order.
	pub matrices: Vec<MatrixLayout>,
	/// The norms in order: fraction bits at the start, weights (and biases) from `ALIGNMENT` on.
	pub norms: Vec<Range<usize>>,
	/// All rotary angles.
	pub angles: Range<usize>,
	/// Length of the blob.
	pub length: usize,
	/// Weight rows in all.
	pub weight_rows: u64,
}

impl Layout {
	/// The layout of a network with these sizes, or nothing when they exceed the address space. An
	/// encoder has no head, and so nothing to be tied.
	pub fn new(architecture: Architecture, dimensions: &Dimensions, tied: bool) -> Option<Self> {
		if !dimensions.is_sound() {
			return None;
		}
		let mut cursor = Cursor::default();
		let constants = Constants {
			tied,
			norm_epsilon: 0,
			score_mantissa: 0,
			score_shift: 0,
			pooling: Pooling::Mean,
		};
		let constants = cursor.take(constants.to_bytes(architecture).len(), 1)?;

		let (hidden, vocabulary) = (dimensions.hidden as usize, dimensions.vocabulary as usize);
		let table = |rows| ((rows, hidden), false);
		let positions = match architecture.generates() {
			true => vec![],
			false => vec![table(dimensions.context as usize), table(1)],
		};
		let layers = (0..dimensions.layers).flat_map(|_| {
			let parts = Projection::all(architecture).iter();
			parts.map(|part| (part.shape(dimensions), part.has_biases(architecture)))
		});
		let head = (architecture.generates() && !tied).then(|| table(vocabulary));
		let shapes = [table(vocabulary)].into_iter().chain(positions).chain(layers).chain(head);
		let mut weight_rows = 0;
		let mut matrices = Vec::new();
		for ((rows, columns), has_biases) in shapes {
			let weights = cursor.take(rows, columns)?;
			let scales = cursor.take(rows, Scale::BYTES)?;
			let biases = if has_biases { Some(cursor.take(rows, BIAS_BYTES)?) } else { None };
			let first_leaf = weight_rows;
			matrices.push(MatrixLayout { rows, columns, first_leaf, weights, scales, biases });
			weight_rows = weight_rows.checked_add(rows as u64)?;
		}
		let of_layer = LayerNorm::all(architecture).iter().map(|norm| norm.width(dimensions));
		let norms = (0..dimensions.layers)
			.flat_map(|_| of_layer.clone())
			.chain([hidden])
			.map(|width| match architecture.generates() {
				true => cursor.take(ALIGNMENT + 4 * width, 1),
				false => cursor.take(ALIGNMENT + 2 * 4 * width, 1),
			})
			.collect::<Option<_>>()?;
		let turned = if architecture.generates() { dimensions.context as usize } else { 0 };
		let angles = cursor.take(turned, 4 * dimensions.head_width as usize)?;
		let length = cursor.0;
		Some(Self { architecture, constants, matrices, norms, angles, length, weight_rows })
	}

	/// What lies between the sections: zeros.
	pub(crate) fn padding(&self) -> Vec<Range<usize>> {
		let matrices = self
			.matrices
			.iter()
			.flat_map(|matrix| [&matrix.weights, &matrix.scales].into_iter().chain(&matrix.biases));
		let mut end = 0;
		let mut padding = Vec::new();
		for section in [&self.constants]
			.into_iter()
			.chain(matrices)
			.chain(&self.norms)
			.chain([&self.angles, &(self.length..self.length)])
		{
			padding.push(end..section.start);
			end = section.end;
		}
		// A norm has some within: after its fraction bits.
		padding.extend(self.norms.iter().map(|norm| norm.start + 4..norm.start + ALIGNMENT));
		padding.retain(|range| !range.is_empty());
		padding
	}

	/// Index in [`Self::norms`] of a layer's norm, if it has it.
	pub fn norm(&self, layer: usize, norm: LayerNorm) -> Option<usize> {
		let all = LayerNorm::all(self.architecture);
		let index = all.iter().position(|other| *other == norm)?;
		Some(layer * all.len() + index)
	}

	/// Index in [`Self::matrices`] of a layer's matrix, if it has it.
	pub fn projection(&self, layer: usize, projection: Projection) -> Option<usize> {
		let all = Projection::all(self.architecture);
		let index = all.iter().position(|other| *other == projection)?;
		Some(self.first_projection() + layer * all.len() + index)
	}

	/// Matrices before the first layer's.
	fn first_projection(&self) -> usize {
		match self.architecture.generates() {
			true => 1,
			false => 3,
		}
	}
}

/// The end of what was laid out so far.
#[derive(Default)]
struct Cursor(usize);

impl Cursor {
	/// Takes `count * size` bytes and skips to the next multiple of [`ALIGNMENT`].
	fn take(&mut self, count: usize, size: usize) -> Option<Range<usize>> {
		let start = self.0;
		let end = start.checked_add(count.checked_mul(size)?)?;
		self.0 = end.checked_next_multiple_of(ALIGNMENT)?;
		Some(start..end)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const DIMENSIONS: Dimensions = Dimensions {
		vocabulary: 10,
		hidden: 6,
		intermediate: 9,
		layers: 2,
		heads: 3,
		key_value_heads: 1,
		head_width: 4,
		context: 5,
	};

	#[test]
	fn sections_are_aligned_and_do_not_overlap() {
		for architecture in [Architecture::Llama, Architecture::Qwen2, Architecture::Qwen3] {
			let layout = Layout::new(architecture, &DIMENSIONS, false).unwrap();
			let matrices = layout.matrices.iter().flat_map(|matrix| {
				[&matrix.weights, &matrix.scales].into_iter().chain(&matrix.biases)
			});
			let sections: Vec<_> = [&layout.constants]
				.into_iter()
				.chain(matrices)
				.chain(&layout.norms)
				.chain([&layout.angles])
				.collect();
			for pair in sections.windows(2) {
				assert_eq!(pair[1].start % ALIGNMENT, 0);
				assert!(pair[0].end <= pair[1].start && pair[1].start < pair[0].end + ALIGNMENT);
			}
			assert!(sections.last().unwrap().end <= layout.length);
			assert_eq!(layout.matrices.len(), 2 + 2 * 7);
			assert_eq!(layout.weight_rows, 20 + 2 * (12 + 4 + 4 + 6 + 9 + 9 + 6));
			assert_eq!(layout.angles.len(), 5 * 2 * 2 * 4);
		}
	}

	#[test]
	fn architectures_have_biases_and_norms_of_their_own() {
		let layout = |architecture| Layout::new(architecture, &DIMENSIONS, true).unwrap();
		let biases = |architecture| {
			layout(architecture).matrices.iter().filter(|matrix| matrix.biases.is_some()).count()
		};
		assert_eq!([Architecture::Llama, Architecture::Qwen2].map(biases), [0, 2 * 3]);
		let qwen3 = layout(Architecture::Qwen3);
		assert_eq!(qwen3.norms.len(), 2 * 4 + 1);
		let key = qwen3.norm(1, LayerNorm::Key).unwrap();
		assert_eq!((key, qwen3.norms[key].len()), (6, ALIGNMENT + 4 * 4));
		assert_eq!(layout(Architecture::Llama).norm(1, LayerNorm::Key), None);

		let bert = layout(Architecture::Bert);
		assert_eq!((bert.matrices.len(), bert.norms.len()), (3 + 2 * 6, 2 * 2 + 1));
		assert_eq!([1, 2].map(|index| bert.matrices[index].rows), [5, 1]);
		assert_eq!(bert.norms[0].len(), ALIGNMENT + 2 * 4 * 6);
		assert_eq!(bert.projection(1, Projection::Up), Some(3 + 6 + 4));
		assert_eq!(bert.projection(1, Projection::Gate), None);
		assert!(bert.angles.is_empty());
	}

	#[test]
	fn a_tied_head_has_no_rows_of_its_own() {
		let [tied, untied] =
			[true, false].map(|tied| Layout::new(Architecture::Llama, &DIMENSIONS, tied).unwrap());
		assert_eq!(tied.weight_rows + 10, untied.weight_rows);
	}

	#[test]
	fn impossible_sizes_have_no_layout() {
		let impossible = Dimensions { heads: 0, ..DIMENSIONS };
		assert_eq!(Layout::new(Architecture::Llama, &impossible, true), None);
	}
}
