// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What results and re-executions hash to: blake2b-256, integers little-endian, each kind of input
//! behind a domain tag of its own.

use alloc::vec::Vec;
use sp_crypto_hashing::blake2_256;

use crate::candidates::Candidate;

/// A blake2b-256 hash.
pub type Digest = [u8; 32];

/// Points of the residual stream that a work-bound digest covers.
pub const WORK_POINTS: u32 = 16;

/// Tags; each is followed by what the function's description lists.
const HIDDEN_TAG: &[u8] = b"ergon:hidden:v1";
const CANDIDATES_TAG: &[u8] = b"ergon:candidates:v1";
const CHUNK_TAG: &[u8] = b"ergon:chunk:v1";
const EMBEDDING_TAG: &[u8] = b"ergon:embedding:v1";
const POINT_TAG: &[u8] = b"ergon:point:v1";
const WORK_TAG: &[u8] = b"ergon:work:v1";

/// Hash of a final hidden row: tag, exponent (i16), elements (i16 each).
pub fn hidden_hash(elements: &[i16], exponent: i16) -> Digest {
	let mut input = Vec::with_capacity(HIDDEN_TAG.len() + 2 + 2 * elements.len());
	input.extend_from_slice(HIDDEN_TAG);
	input.extend_from_slice(&exponent.to_le_bytes());
	elements.iter().for_each(|element| input.extend_from_slice(&element.to_le_bytes()));
	blake2_256(&input)
}

/// Hash of the candidates of one position, best first: tag, then id (u32) and logit (i32) of each.
pub fn candidates_hash(candidates: &[Candidate]) -> Digest {
	let mut input = Vec::with_capacity(CANDIDATES_TAG.len() + 8 * candidates.len());
	input.extend_from_slice(CANDIDATES_TAG);
	for candidate in candidates {
		input.extend_from_slice(&candidate.id.to_le_bytes());
		input.extend_from_slice(&candidate.logit.to_le_bytes());
	}
	blake2_256(&input)
}

/// What one output position contributes to the digest of its chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
	/// The token that was sampled here.
	pub token: u32,
	/// [`hidden_hash`] of the final hidden row that it was sampled from.
	pub hidden: Digest,
	/// [`candidates_hash`] of the candidates that it was sampled from.
	pub candidates: Digest,
}

/// Digest of one chunk: tag, job id, index of the chunk (u32), number of its tokens (u32), tokens
/// (u32 each), hidden hashes, candidates hashes.
///
/// Rows and candidates enter by their hashes, so that one position's candidates can be opened with
/// 65 hashes instead of every row of the chunk.
pub fn chunk_digest(job: &Digest, index: u32, positions: &[Position]) -> Digest {
	let mut input = Vec::with_capacity(CHUNK_TAG.len() + 40 + 68 * positions.len());
	input.extend_from_slice(CHUNK_TAG);
	input.extend_from_slice(job);
	input.extend_from_slice(&index.to_le_bytes());
	input.extend_from_slice(&(positions.len() as u32).to_le_bytes());
	positions.iter().for_each(|position| input.extend_from_slice(&position.token.to_le_bytes()));
	positions.iter().for_each(|position| input.extend_from_slice(&position.hidden));
	positions.iter().for_each(|position| input.extend_from_slice(&position.candidates));
	blake2_256(&input)
}

/// Digest of an embedding: tag, job id, elements (i16 each).
pub fn embedding_digest(job: &Digest, vector: &[i16]) -> Digest {
	let mut input = Vec::with_capacity(EMBEDDING_TAG.len() + 32 + 2 * vector.len());
	input.extend_from_slice(EMBEDDING_TAG);
	input.extend_from_slice(job);
	vector.iter().for_each(|element| input.extend_from_slice(&element.to_le_bytes()));
	blake2_256(&input)
}

/// A point of the residual stream: the row at `position` after `layer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Point {
	/// Index in the sequence, prompt first.
	pub position: u32,
	/// Index of the layer whose output it is.
	pub layer: u32,
}

/// The point that a challenge draws under `index`, or nothing when the sequence has no positions or
/// the network no layers.
///
/// With `h` the hash of tag, challenge and index (u32): position is the first eight bytes of `h` as
/// an integer modulo the number of positions, layer the next eight modulo the number of layers.
pub fn work_point(challenge: &Digest, index: u32, positions: u32, layers: u32) -> Option<Point> {
	let mut input = Vec::with_capacity(POINT_TAG.len() + 36);
	input.extend_from_slice(POINT_TAG);
	input.extend_from_slice(challenge);
	input.extend_from_slice(&index.to_le_bytes());
	let hash = blake2_256(&input);
	let draw = |from: usize, bound: u32| {
		let mut bytes = [0; 8];
		bytes.copy_from_slice(&hash[from..from + 8]);
		u64::from_le_bytes(bytes).checked_rem(bound.into()).map(|value| value as u32)
	};
	Some(Point { position: draw(0, positions)?, layer: draw(8, layers)? })
}

/// Hashes the residual rows that a challenge draws, in the order of their indices.
#[derive(Clone, Debug)]
pub struct WorkDigest(Vec<u8>);

impl WorkDigest {
	/// Begins with tag, challenge and number of positions (u32).
	pub fn new(challenge: &Digest, positions: u32) -> Self {
		let mut input = Vec::from(WORK_TAG);
		input.extend_from_slice(challenge);
		input.extend_from_slice(&positions.to_le_bytes());
		Self(input)
	}

	/// Adds position (u32), layer (u32) and the hash of the row's elements (i32 each).
	pub fn add(&mut self, point: Point, row: &[i32]) {
		let bytes: Vec<u8> = row.iter().flat_map(|element| element.to_le_bytes()).collect();
		self.0.extend_from_slice(&point.position.to_le_bytes());
		self.0.extend_from_slice(&point.layer.to_le_bytes());
		self.0.extend_from_slice(&blake2_256(&bytes));
	}

	/// The digest.
	pub fn finish(self) -> Digest {
		blake2_256(&self.0)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	const POSITION: Position = Position { token: 5, hidden: [1; 32], candidates: [2; 32] };

	#[test]
	fn every_input_matters() {
		let base = chunk_digest(&[0; 32], 0, &[POSITION]);
		let others = [
			chunk_digest(&[1; 32], 0, &[POSITION]),
			chunk_digest(&[0; 32], 1, &[POSITION]),
			chunk_digest(&[0; 32], 0, &[POSITION; 2]),
			chunk_digest(&[0; 32], 0, &[Position { token: 6, ..POSITION }]),
			chunk_digest(&[0; 32], 0, &[Position { hidden: [2; 32], ..POSITION }]),
			chunk_digest(&[0; 32], 0, &[Position { candidates: [1; 32], ..POSITION }]),
			embedding_digest(&[0; 32], &[]),
		];
		assert!(others.iter().all(|other| *other != base));
		assert_ne!(hidden_hash(&[1, 2], 0), hidden_hash(&[1, 2], 1));
		assert_ne!(hidden_hash(&[1, 2], 0), hidden_hash(&[1, 3], 0));
		let candidate = Candidate { id: 1, logit: 2 };
		assert_ne!(candidates_hash(&[candidate]), candidates_hash(&[candidate; 2]));
	}

	#[test]
	fn work_without_positions_is_defined() {
		assert_eq!(work_point(&[0; 32], 0, 0, 5), None);
		assert_eq!(work_point(&[0; 32], 0, 5, 0), None);
		let none = WorkDigest::new(&[0; 32], 0).finish();
		let mut one = WorkDigest::new(&[0; 32], 1);
		one.add(Point { position: 0, layer: 0 }, &[0]);
		assert_ne!(none, one.finish());
	}

	proptest! {
		#[test]
		fn points_are_within_the_network(
			challenge: [u8; 32],
			index: u32,
			positions in 1u32..,
			layers in 1u32..,
		) {
			let point = work_point(&challenge, index, positions, layers).unwrap();
			prop_assert!(point.position < positions && point.layer < layers);
		}
	}
}
