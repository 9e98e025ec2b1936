// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What is kept of a forward pass: chunk digests and the residual rows of a work-bound digest.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use ergon_core::{JobId, CHUNK_TOKENS, H256};
use ergon_exact::{
	digest::{
		candidates_hash_in, chunk_digest, hidden_hash_in, work_digest, work_points, Digest, Point,
		Position,
	},
	operators::residual_root,
	Candidates,
};

use crate::{
	error::ExecutionError,
	executor::{Observer, Output},
};

/// A position whose next token was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scored {
	/// What the sampler chooses from.
	pub(crate) candidates: Candidates,
	/// Hashes of that and of the final hidden row.
	candidates_hash: Digest,
	hidden_hash: Digest,
}

impl Scored {
	/// The position once `token` was chosen.
	pub(crate) fn choose(&self, token: u32) -> Position {
		Position { token, hidden: self.hidden_hash, candidates: self.candidates_hash }
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

/// Roots of the residual rows that challenges draw.
pub(crate) struct Work {
	challenges: Vec<H256>,
	positions: u32,
	layers: u32,
	rows: BTreeMap<Point, Option<H256>>,
}

impl Work {
	/// Nothing to collect.
	pub(crate) fn none() -> Self {
		Self::new(&[], 0, 0)
	}

	/// The points of a sequence of that many positions.
	pub(crate) fn new(challenges: &[H256], positions: u32, layers: u32) -> Self {
		let points =
			challenges.iter().flat_map(|challenge| work_points(&challenge.0, positions, layers));
		let rows = points.map(|point| (point, None)).collect();
		Self { challenges: challenges.to_vec(), positions, layers, rows }
	}

	fn see(&mut self, point: Point, row: &[i32]) {
		if let Some(kept) = self.rows.get_mut(&point) {
			*kept = Some(residual_root(row));
		}
	}

	/// Whether some point is of that layer.
	fn looks_at(&self, layer: Option<u32>) -> bool {
		self.rows.keys().any(|point| Some(point.layer) == layer)
	}

	/// Whether every point was seen.
	pub(crate) fn is_complete(&self) -> bool {
		self.rows.values().all(Option::is_some)
	}

	/// Roots of the rows that a challenge draws, once every point was seen.
	pub(crate) fn rows(&self, challenge: H256) -> Result<Vec<H256>, ExecutionError> {
		let points = work_points(&challenge.0, self.positions, self.layers);
		let row = |point: Point| {
			self.rows.get(&point).copied().flatten().ok_or_else(|| {
				ExecutionError::Internal(format!(
					"the forward pass did not reach {point:?}: report this as a defect"
				))
			})
		};
		points.into_iter().map(row).collect()
	}

	/// The digest of each challenge, once every point was seen.
	pub(crate) fn finish(&self) -> Result<Vec<H256>, ExecutionError> {
		let digest = |challenge: &H256| {
			let rows = self.rows(*challenge)?;
			Ok(H256(work_digest(&challenge.0, self.positions, &rows)))
		};
		self.challenges.iter().map(digest).collect()
	}
}

/// Collects scored positions and residual rows.
pub(crate) struct Scores {
	pub(crate) scored: Vec<Scored>,
	pub(crate) work: Work,
	/// Room for what is hashed.
	bytes: Vec<u8>,
}

impl Scores {
	/// Nothing so far, to be shown to an executor.
	pub(crate) fn shared(work: Work) -> Rc<RefCell<Self>> {
		Rc::new(RefCell::new(Self { scored: Vec::new(), work, bytes: Vec::new() }))
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
			self.scored.push(Scored {
				candidates: *candidates,
				candidates_hash: candidates_hash_in(&mut self.bytes, candidates.as_slice()),
				hidden_hash: hidden_hash_in(&mut self.bytes, output.hidden, output.exponent),
			});
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
