// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Embeddings: the final hidden rows of a text, pooled to one vector of unit length.

use ergon_core::{attestation::MAX_EMBEDDING, H256};
use ergon_exact::pooling::{normalise, share};

use crate::{
	control::Control,
	error::ExecutionError,
	executor::{Session, Want},
	model::{layout::Pooling, Model},
	trace::{Rows, Work},
};

/// The vector of a tokenised text and, with it, the digest of the residual rows that `work` names.
pub(crate) fn embed(
	model: &Model,
	tokens: &[u32],
	work: Work,
	control: &Control,
) -> Result<(Vec<i16>, H256), ExecutionError> {
	let width = model.manifest().dimensions.hidden;
	if width > MAX_EMBEDDING {
		return Err(ExecutionError::EmbeddingTooWide { width });
	}
	let mut session = Session::new(model, tokens.len() as u32);
	let mut rows = Rows::new(work);
	session.feed(tokens, Want { from: 0, candidates: false }, &mut rows, control)?;

	if model.constants().pooling == Pooling::First {
		rows.exponents.truncate(1);
	}
	let largest = rows.exponents.iter().copied().max().unwrap_or(0);
	let mut sums = vec![0i64; width as usize];
	for (row, &exponent) in rows.elements.chunks_exact(width as usize).zip(&rows.exponents) {
		for (sum, &element) in sums.iter_mut().zip(row) {
			*sum += share(element, exponent, largest);
		}
	}
	let mut vector = vec![0; width as usize];
	normalise(&sums, &mut vector);
	Ok((vector, rows.work.finish()?))
}
