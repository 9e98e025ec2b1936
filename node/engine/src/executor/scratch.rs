// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Memory of a session, allocated once.

use ergon_core::Dimensions;

use super::kernels::InputMemory;

/// What a batch needs on its way through the layers; lengths are per token of the batch.
pub(super) struct Scratch {
	/// The residual stream in Q16: `hidden`.
	pub(super) residual: Vec<i32>,
	/// What enters a matrix: at most the widest input.
	pub(super) rows: Vec<i16>,
	/// Exponents of `rows`: 1.
	pub(super) exponents: Vec<i16>,
	/// `rows` as matrices want them.
	pub(super) input: InputMemory,
	/// What leaves the matrices: the most outputs at once.
	pub(super) wide: Vec<i32>,
	/// Query rows of all heads.
	pub(super) queries: Vec<i16>,
	/// Exponents of `queries`: one per head.
	pub(super) query_exponents: Vec<i16>,
	/// Rows of all keys, then of all values.
	pub(super) pairs: Vec<i16>,
	/// Exponents of `pairs`: one per head.
	pub(super) pair_exponents: Vec<i16>,
	/// Output of all heads in Q16.
	pub(super) mixed: Vec<i32>,
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
			input: InputMemory::default(),
			wide: vec![0; batch * projected.max(2 * inner).max(hidden)],
			queries: vec![0; batch * queries],
			query_exponents: vec![0; batch * heads],
			pairs: vec![0; batch * 2 * key_value_heads * width],
			pair_exponents: vec![0; batch * 2 * key_value_heads],
			mixed: vec![0; batch * queries],
		}
	}
}
