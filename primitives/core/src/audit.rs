// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What an auditor says.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_crypto_hashing::blake2_256;

use crate::JobId;

/// The outcome of one re-execution.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Vote {
	/// Every digest, token and the finish reason are what the exact executor gives.
	#[codec(index = 0)]
	Match,
	/// The first chunk that differs; differences outside any chunk count as chunk 0.
	#[codec(index = 1)]
	Mismatch {
		/// Index of the chunk.
		chunk: u32,
	},
	/// The auditor could not re-execute: never a Match, never paid.
	#[codec(index = 2)]
	Unavailable,
}

/// What an auditor commits to and later opens.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Reveal {
	/// The outcome.
	pub vote: Vote,
	/// The work-bound digest: a hash of residual rows at the points that [`audit_challenge`]
	/// draws for this auditor, so that a copied vote cannot be revealed.
	pub work_digest: H256,
	/// Keeps the commitment from being guessed.
	pub salt: [u8; 32],
}

impl Reveal {
	/// The commitment that this opens: blake2b-256 over (the auditor's challenge, this).
	///
	/// The challenge is another one for every auditor and draw, so nobody can open a commitment
	/// that was copied from somebody else.
	pub fn commitment(&self, challenge: H256) -> H256 {
		H256(blake2_256(&(challenge, self).encode()))
	}
}

/// The seed of an auditor's work-bound digest: blake2b-256 over (job id, auditor's account, draw
/// randomness).
pub fn audit_challenge(job: JobId, auditor: &impl Encode, randomness: [u8; 32]) -> H256 {
	H256(blake2_256(&(b"ergon:audit:v1", job, auditor, randomness).encode()))
}
