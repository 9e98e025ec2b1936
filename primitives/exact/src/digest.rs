// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What results and re-executions hash to: blake2b-256, integers little-endian, each kind of input
//! behind a domain tag of its own.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use ergon_core::H256;
use scale_info::TypeInfo;
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
	hidden_hash_in(&mut Vec::new(), elements, exponent)
}

/// [`hidden_hash`] that writes its input into a vector, so that who hashes many allocates once.
pub fn hidden_hash_in(input: &mut Vec<u8>, elements: &[i16], exponent: i16) -> Digest {
	input.clear();
	input.reserve(HIDDEN_TAG.len() + 2 + 2 * elements.len());
	input.extend_from_slice(HIDDEN_TAG);
	input.extend_from_slice(&exponent.to_le_bytes());
	elements.iter().for_each(|element| input.extend_from_slice(&element.to_le_bytes()));
	blake2_256(input)
}

/// Hash of the candidates of one position, best first: tag, then id (u32) and logit (i32) of each.
pub fn candidates_hash(candidates: &[Candidate]) -> Digest {
	candidates_hash_in(&mut Vec::new(), candidates)
}

/// [`candidates_hash`] as [`hidden_hash_in`] does it.
pub fn candidates_hash_in(input: &mut Vec<u8>, candidates: &[Candidate]) -> Digest {
	input.clear();
	input.reserve(CANDIDATES_TAG.len() + 8 * candidates.len());
	input.extend_from_slice(CANDIDATES_TAG);
	for candidate in candidates {
		input.extend_from_slice(&candidate.id.to_le_bytes());
		input.extend_from_slice(&candidate.logit.to_le_bytes());
	}
	blake2_256(input)
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
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Point {
	/// Index in the sequence, prompt first.
	pub position: u32,
	/// Index of the layer whose output it is.
	pub layer: u32,
}

/// The points that a challenge draws: [`WORK_POINTS`], or none when the sequence has no positions or
/// the network no layers. One may be drawn twice.
///
/// With `h` the hash of tag, challenge and index of the point (u32): position is the first eight bytes
/// of `h` as an integer modulo the number of positions, layer the next eight modulo the number of
/// layers.
pub fn work_points(challenge: &Digest, positions: u32, layers: u32) -> Vec<Point> {
	(0..WORK_POINTS).filter_map(|index| work_point(challenge, index, positions, layers)).collect()
}

fn work_point(challenge: &Digest, index: u32, positions: u32, layers: u32) -> Option<Point> {
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

/// The work-bound digest of whoever ran a sequence: tag, challenge, number of positions (u32), roots of
/// the residual rows at the points of [`work_points`], in their order (see
/// [`crate::operators::residual_root`]).
pub fn work_digest(challenge: &Digest, positions: u32, rows: &[H256]) -> Digest {
	let mut input = Vec::with_capacity(WORK_TAG.len() + 36 + 32 * rows.len());
	input.extend_from_slice(WORK_TAG);
	input.extend_from_slice(challenge);
	input.extend_from_slice(&positions.to_le_bytes());
	rows.iter().for_each(|row| input.extend_from_slice(row.as_bytes()));
	blake2_256(&input)
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
		assert_eq!(work_points(&[0; 32], 0, 5), []);
		assert_eq!(work_points(&[0; 32], 5, 0), []);
		let base = work_digest(&[0; 32], 1, &[H256::zero()]);
		let others = [
			work_digest(&[1; 32], 1, &[H256::zero()]),
			work_digest(&[0; 32], 2, &[H256::zero()]),
			work_digest(&[0; 32], 1, &[H256::repeat_byte(1)]),
			work_digest(&[0; 32], 1, &[]),
		];
		assert!(others.iter().all(|other| *other != base));
	}

	proptest! {
		#[test]
		fn points_are_within_the_network(
			challenge: [u8; 32],
			positions in 1u32..,
			layers in 1u32..,
		) {
			let points = work_points(&challenge, positions, layers);
			prop_assert_eq!(points.len(), WORK_POINTS as usize);
			let within = |point: &Point| point.position < positions && point.layer < layers;
			prop_assert!(points.iter().all(within));
		}
	}
}
