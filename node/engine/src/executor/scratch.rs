// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Memory of a session, allocated once.

use ergon_core::Dimensions;
use ergon_exact::attention::Rows;
use rayon::prelude::*;

/// Rows of all key and value heads of one layer: head after head, in each position after position.
pub(super) struct HeadRows {
	elements: Vec<i16>,
	exponents: Vec<i16>,
}

impl HeadRows {
	fn new(heads: usize, capacity: usize, width: usize) -> Self {
		Self { elements: vec![0; heads * capacity * width], exponents: vec![0; heads * capacity] }
	}

	/// Every head's room, for writing.
	pub(super) fn par_heads(
		&mut self,
		capacity: usize,
		width: usize,
	) -> impl IndexedParallelIterator<Item = (&mut [i16], &mut [i16])> {
		self.elements
			.par_chunks_exact_mut((capacity * width).max(1))
			.zip(self.exponents.par_chunks_exact_mut(capacity.max(1)))
	}

	/// The rows of one head at the first positions.
	pub(super) fn rows(
		&self,
		head: usize,
		positions: usize,
		capacity: usize,
		width: usize,
	) -> Rows<'_> {
		Rows {
			elements: &self.elements[head * capacity * width..][..positions * width],
			exponents: &self.exponents[head * capacity..][..positions],
		}
	}
}

/// Keys and values of one layer.
pub(super) struct LayerCache {
	pub(super) keys: HeadRows,
	pub(super) values: HeadRows,
}

impl LayerCache {
	pub(super) fn new(dimensions: &Dimensions, capacity: usize) -> Self {
		let (heads, width) = (dimensions.key_value_heads as usize, dimensions.head_width as usize);
		Self {
			keys: HeadRows::new(heads, capacity, width),
			values: HeadRows::new(heads, capacity, width),
		}
	}
}

/// What a batch needs on its way through the layers; lengths are per token of the batch.
pub(super) struct Scratch {
	/// The residual stream in Q16: `hidden`.
	pub(super) residual: Vec<i32>,
	/// What enters a matrix: at most the widest input.
	pub(super) rows: Vec<i16>,
	/// Exponents of `rows`: 1.
	pub(super) exponents: Vec<i16>,
	/// What leaves the matrices, outputs first: the most outputs at once.
	pub(super) wide: Vec<i32>,
	/// Queries, keys and values in Q16.
	pub(super) projected: Vec<i32>,
	/// Query rows of all heads.
	pub(super) queries: Vec<i16>,
	/// Exponents of `queries`: one per head.
	pub(super) query_exponents: Vec<i16>,
	/// Output of all heads in Q16.
	pub(super) mixed: Vec<i32>,
	/// Gated products: `intermediate`.
	pub(super) gated: Vec<i64>,
}

impl Scratch {
	pub(super) fn new(dimensions: &Dimensions, batch: usize) -> Self {
		let [hidden, inner, heads, key_value_heads, width] = [
			dimensions.hidden,
			dimensions.intermediate,
			dimensions.heads,
			dimensions.key_value_heads,
			dimensions.head_width,
		]
		.map(|size| size as usize);
		let queries = heads * width;
		let projected = queries + 2 * key_value_heads * width;
		Self {
			residual: vec![0; batch * hidden],
			rows: vec![0; batch * hidden.max(inner).max(queries)],
			exponents: vec![0; batch],
			wide: vec![0; batch * projected.max(2 * inner).max(hidden)],
			projected: vec![0; batch * projected],
			queries: vec![0; batch * queries],
			query_exponents: vec![0; batch * heads],
			mixed: vec![0; batch * queries],
			gated: vec![0; batch * inner],
		}
	}
}
