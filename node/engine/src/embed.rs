// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Embeddings: the final hidden rows of a text, pooled to one vector of unit length.

use std::sync::Arc;

use ergon_core::{attestation::MAX_EMBEDDING, H256};
use ergon_exact::pooling::{normalise, share};

use crate::{
	control::Control,
	error::ExecutionError,
	executor::{Executor, Priority, Session, Want},
	model::{layout::Pooling, Model},
	trace::{Rows, Work},
};

/// The vector of a tokenised text and, with it, the digest of the residual rows that `work` names.
pub(crate) async fn embed(
	executor: &Executor,
	model: &Arc<Model>,
	tokens: &[u32],
	work: Work,
	priority: Priority,
	control: &Control,
) -> Result<(Vec<i16>, Vec<H256>), ExecutionError> {
	let width = model.manifest().dimensions.hidden;
	if width > MAX_EMBEDDING {
		return Err(ExecutionError::EmbeddingTooWide { width });
	}
	let capacity = tokens.len() as u32;
	let mut session = Session::new(executor, model, capacity, priority, control);
	let rows = Rows::shared(work);
	session.feed(tokens, Want { from: 0, candidates: false }, &rows).await?;
	let rows = rows.borrow();

	let exponents = match model.constants().pooling {
		Pooling::Mean => &rows.exponents[..],
		Pooling::First => &rows.exponents[..1],
	};
	let largest = exponents.iter().copied().max().unwrap_or(0);
	let mut sums = vec![0i64; width as usize];
	for (row, &exponent) in rows.elements.chunks_exact(width as usize).zip(exponents) {
		for (sum, &element) in sums.iter_mut().zip(row) {
			*sum += share(element, exponent, largest);
		}
	}
	let mut vector = vec![0; width as usize];
	normalise(&sums, &mut vector);
	Ok((vector, rows.work.finish()?))
}
