// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What an auditor says.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_crypto_hashing::blake2_256;

use crate::JobId;

/// What is wrong about a result; where several things are, the first in this order.
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
pub enum Fault {
	/// The tokens of the prompt are not what the model's template and tokenizer make of it, or no
	/// result of this order can be right.
	#[codec(index = 0)]
	Prompt,
	/// This chunk is the first that the model does not give: the digest does not hold, or the sampler
	/// chooses another token. An embedding is chunk 0.
	#[codec(index = 1)]
	Chunk(u32),
	/// All chunks are what the model gives, as far as they go; but the answer ends too early or too
	/// late, for another reason, or its text is not what its tokens spell.
	#[codec(index = 2)]
	Ending,
}

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
	/// Something differs; this is what it is.
	#[codec(index = 1)]
	Mismatch(Fault),
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
	/// draws for this auditor, so that a copied vote cannot be revealed. Others can dispute it.
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
