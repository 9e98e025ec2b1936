// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What is kept of a forward pass: chunk digests and the residual rows of a work-bound digest.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use ergon_core::{JobId, CHUNK_TOKENS, H256};
use ergon_exact::{
	digest::{
		candidates_hash, chunk_digest, hidden_hash, work_point, Digest, Point, Position,
		WorkDigest, WORK_POINTS,
	},
	Candidates,
};

use crate::{
	error::ExecutionError,
	executor::{Observer, Output},
};

/// A position whose next token was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scored {
	/// Hash of the final hidden row.
	pub(crate) hidden: Digest,
	/// What the sampler chooses from.
	pub(crate) candidates: Candidates,
}

impl Scored {
	/// The position once `token` was chosen.
	pub(crate) fn choose(&self, token: u32) -> Position {
		let candidates = candidates_hash(self.candidates.as_slice());
		Position { token, hidden: self.hidden, candidates }
	}
}

/// Digests of the chunks of an answer.
pub(crate) fn digests(job: JobId, positions: &[Position]) -> Vec<H256> {
	let chunks = positions.chunks(CHUNK_TOKENS as usize);
	(0..).zip(chunks).map(|(index, chunk)| digest(job, index, chunk)).collect()
}

/// Digest of one chunk.
pub(crate) fn digest(job: JobId, index: u32, chunk: &[Position]) -> H256 {
	H256(chunk_digest(&job.0, index, chunk))
}

/// The residual rows that a challenge draws.
pub(crate) struct Work {
	challenge: Digest,
	positions: u32,
	points: Vec<Point>,
	rows: BTreeMap<Point, Option<Vec<i32>>>,
}

impl Work {
	/// Nothing to collect.
	pub(crate) fn none() -> Self {
		Self::new(H256::zero(), 0, 0)
	}

	/// The points of a sequence of that many positions.
	pub(crate) fn new(challenge: H256, positions: u32, layers: u32) -> Self {
		let points: Vec<Point> = (0..WORK_POINTS)
			.filter_map(|index| work_point(&challenge.0, index, positions, layers))
			.collect();
		let rows = points.iter().map(|point| (*point, None)).collect();
		Self { challenge: challenge.0, positions, points, rows }
	}

	fn see(&mut self, point: Point, row: &[i32]) {
		if let Some(kept) = self.rows.get_mut(&point) {
			*kept = Some(row.to_vec());
		}
	}

	/// Whether some point is of that layer.
	fn looks_at(&self, layer: Option<u32>) -> bool {
		self.points.iter().any(|point| Some(point.layer) == layer)
	}

	/// Whether every point was seen.
	pub(crate) fn is_complete(&self) -> bool {
		self.rows.values().all(Option::is_some)
	}

	/// The digest, once every point was seen.
	pub(crate) fn finish(&self) -> Result<H256, ExecutionError> {
		let mut digest = WorkDigest::new(&self.challenge, self.positions);
		for &point in &self.points {
			let row = self.rows.get(&point).and_then(Option::as_ref).ok_or_else(|| {
				ExecutionError::Internal(format!(
					"the forward pass did not reach {point:?}: report this as a defect"
				))
			})?;
			digest.add(point, row);
		}
		Ok(H256(digest.finish()))
	}
}

/// Collects scored positions and residual rows.
pub(crate) struct Scores {
	pub(crate) scored: Vec<Scored>,
	pub(crate) work: Work,
}

impl Scores {
	/// Nothing so far, to be shown to an executor.
	pub(crate) fn shared(work: Work) -> Rc<RefCell<Self>> {
		Rc::new(RefCell::new(Self { scored: Vec::new(), work }))
	}
}

impl Observer for Scores {
	fn looks_at(&self, layer: Option<u32>) -> bool {
		self.work.looks_at(layer)
	}

	fn residual(&mut self, point: Point, row: &[i32]) {
		self.work.see(point, row);
	}

	fn output(&mut self, output: Output<'_>) {
		if let Some(candidates) = output.candidates {
			let hidden = hidden_hash(output.hidden, output.exponent);
			self.scored.push(Scored { hidden, candidates: *candidates });
		}
	}
}

/// Collects final hidden rows and residual rows.
pub(crate) struct Rows {
	pub(crate) elements: Vec<i16>,
	pub(crate) exponents: Vec<i16>,
	pub(crate) work: Work,
}

impl Rows {
	/// Nothing so far, to be shown to an executor.
	pub(crate) fn shared(work: Work) -> Rc<RefCell<Self>> {
		Rc::new(RefCell::new(Self { elements: Vec::new(), exponents: Vec::new(), work }))
	}
}

impl Observer for Rows {
	fn looks_at(&self, layer: Option<u32>) -> bool {
		self.work.looks_at(layer)
	}

	fn residual(&mut self, point: Point, row: &[i32]) {
		self.work.see(point, row);
	}

	fn output(&mut self, output: Output<'_>) {
		self.elements.extend_from_slice(output.hidden);
		self.exponents.push(output.exponent);
	}
}
