// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The two Merkle trees of a model.

use ergon_core::{merkle, H256};
use rayon::prelude::*;

use super::layout::{Layout, ALIGNMENT, BIAS_BYTES};

/// Leaf of one weight row: the bytes of its weights, of its scale, and of its bias, if it has one.
pub(crate) fn weight_leaf(weights: &[u8], scale: &[u8], bias: &[u8]) -> H256 {
	merkle::leaf(&[weights, scale, bias].concat())
}

/// Leaves of the tree over weight rows.
pub(crate) fn weight_leaves(blob: &[u8], layout: &Layout) -> Vec<H256> {
	let mut leaves = Vec::with_capacity(layout.weight_rows as usize);
	for matrix in &layout.matrices {
		let weights = blob[matrix.weights.clone()].par_chunks(matrix.columns);
		let scales = blob[matrix.scales.clone()].par_chunks(ergon_exact::Scale::BYTES);
		let biases = &blob[matrix.biases.clone().unwrap_or_default()];
		let hashes = weights.zip(scales).enumerate().map(|(row, (weights, scale))| {
			let bias = biases.chunks(BIAS_BYTES).nth(row).unwrap_or_default();
			weight_leaf(weights, scale, bias)
		});
		leaves.par_extend(hashes);
	}
	leaves
}

/// Bytes of the leaf of a norm, from its section of the blob: without the padding.
pub(crate) fn norm_bytes(section: &[u8]) -> Vec<u8> {
	let (fraction, weights) = section.split_at(ALIGNMENT);
	[&fraction[..4], weights].concat()
}

/// Leaves of the tree over tables.
pub(crate) fn table_leaves(blob: &[u8], layout: &Layout, head_width: usize) -> Vec<H256> {
	let mut leaves = vec![merkle::leaf(&blob[layout.constants.clone()])];
	leaves.extend(layout.norms.iter().map(|range| merkle::leaf(&norm_bytes(&blob[range.clone()]))));
	leaves.par_extend(blob[layout.angles.clone()].par_chunks(4 * head_width).map(merkle::leaf));
	leaves
}

/// Roots of both trees, weights first.
pub(crate) fn of(blob: &[u8], layout: &Layout, head_width: usize) -> (H256, H256) {
	(
		merkle::root(weight_leaves(blob, layout)),
		merkle::root(table_leaves(blob, layout, head_width)),
	)
}
