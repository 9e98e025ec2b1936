// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What a provider claims, and under which hashes.

use crate::{
	crypto::{signing_payload, ATTESTATION_DOMAIN},
	job::MAX_OUTPUT_TOKENS,
	merkle, JobId, ModelId, CHUNK_TOKENS,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_crypto_hashing::blake2_256;
use sp_runtime::{traits::ConstU32, BoundedVec};

/// The version of [`Attestation`] and [`Bundle`] that this code writes.
pub const ATTESTATION_VERSION: u8 = 1;
/// The verification profile: exact (X).
pub const PROFILE_EXACT: u8 = 1;
/// Most chunk digests of one result.
pub const MAX_CHUNKS: u32 = MAX_OUTPUT_TOKENS / CHUNK_TOKENS;
/// Longest generated text, in bytes; generation ends with [`FinishReason::Length`] as soon as another
/// token of [`MAX_TOKEN_BYTES`] would pass it.
pub const MAX_TEXT_BYTES: u32 = 16 * 1024;
/// Longest text of one token, in bytes; longer ones are no text anybody means.
pub const MAX_TOKEN_BYTES: u32 = 1_024;
/// Widest embedding.
pub const MAX_EMBEDDING: u32 = 4_096;

/// Why an answer ended.
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
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "std", serde(rename_all = "camelCase"))]
pub enum FinishReason {
	/// The model sampled a token that ends an answer; that token is the last output token.
	#[codec(index = 0)]
	EndOfText,
	/// A stop sequence of the requester appeared.
	#[codec(index = 1)]
	Stop,
	/// The token limit, the context or the text limit was reached.
	#[codec(index = 2)]
	Length,
	/// The job was an embedding: there is one vector and nothing to end.
	#[codec(index = 3)]
	Embedded,
}

/// One result under hashes: 171 bytes that a provider signs.
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
pub struct Attestation {
	/// [`ATTESTATION_VERSION`].
	pub version: u8,
	/// [`PROFILE_EXACT`].
	pub profile: u8,
	/// The job.
	pub job_id: JobId,
	/// The model that ran.
	pub model_root: ModelId,
	/// [`crate::job::prompt_root`] of the prompt after template and tokenizer.
	pub prompt_root: H256,
	/// [`Output::root`].
	pub output_root: H256,
	/// [`Bundle::trace_root`].
	pub trace_root: H256,
	/// Tokens of the prompt after template and tokenizer.
	pub prompt_tokens: u32,
	/// Tokens of the output, a final end token included; 0 for an embedding.
	pub output_tokens: u32,
	/// Why it ended.
	pub finish: FinishReason,
}

impl Attestation {
	/// The bytes that the worker key signs. `round` counts the job's assignments, so that a
	/// signature made for one assignment is worth nothing in another.
	pub fn signing_payload(&self, genesis: H256, round: u8) -> Vec<u8> {
		signing_payload(ATTESTATION_DOMAIN, genesis, &(round, self))
	}
}

/// What a job produced.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Output {
	/// Generated text.
	#[codec(index = 0)]
	Text {
		/// Sampled token ids in order, a final end token included.
		tokens: BoundedVec<u32, ConstU32<MAX_OUTPUT_TOKENS>>,
		/// The tokens' bytes without special tokens and without a stop sequence; the last
		/// character may be incomplete UTF-8 when the answer was cut.
		text: BoundedVec<u8, ConstU32<MAX_TEXT_BYTES>>,
	},
	/// An embedding of unit length; element / 32,767 is the real value.
	#[codec(index = 1)]
	Vector(BoundedVec<i16, ConstU32<MAX_EMBEDDING>>),
}

impl Output {
	/// The hash that an attestation carries: blake2b-256 over the SCALE encoding.
	pub fn root(&self) -> H256 {
		H256(blake2_256(&self.encode()))
	}

	/// Number of output tokens.
	pub fn token_count(&self) -> u32 {
		match self {
			Self::Text { tokens, .. } => tokens.len() as u32,
			Self::Vector(_) => 0,
		}
	}

	/// Number of chunk digests that belong to the output: one per begun chunk of
	/// [`CHUNK_TOKENS`] tokens, one for an embedding.
	pub fn digest_count(&self) -> u32 {
		match self {
			Self::Text { tokens, .. } => (tokens.len() as u32).div_ceil(CHUNK_TOKENS),
			Self::Vector(_) => 1,
		}
	}
}

/// An output with its chunk digests: what goes on chain beside the attestation in direct mode.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Bundle {
	/// What the job produced.
	pub output: Output,
	/// One digest per chunk; see `ergon_exact` for what a digest covers.
	pub digests: BoundedVec<H256, ConstU32<MAX_CHUNKS>>,
}

impl Bundle {
	/// Merkle root of the digests.
	pub fn trace_root(&self) -> H256 {
		merkle::root(self.digests.iter().map(|digest| merkle::leaf(digest.as_bytes())))
	}

	/// Whether the bundle is what `attestation` hashes: roots, token count, digest count and a
	/// finish reason that fits the kind of output. Says nothing about whether it is true.
	pub fn fits(&self, attestation: &Attestation) -> bool {
		let finish_fits = match self.output {
			Output::Text { .. } => attestation.finish != FinishReason::Embedded,
			Output::Vector(_) => attestation.finish == FinishReason::Embedded,
		};
		finish_fits
			&& attestation.output_tokens == self.output.token_count()
			&& self.digests.len() as u32 == self.output.digest_count()
			&& attestation.output_root == self.output.root()
			&& attestation.trace_root == self.trace_root()
	}
}
