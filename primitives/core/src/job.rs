// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What a requester asks for.

use crate::JobId;
use alloc::{string::String, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_crypto_hashing::blake2_256;
use sp_runtime::{traits::ConstU32, BoundedVec};

/// Longest prompt, in bytes.
pub const MAX_PROMPT_BYTES: u32 = 8 * 1024;
/// Most output tokens of one job.
pub const MAX_OUTPUT_TOKENS: u32 = 1_024;
/// Most candidates that the sampler keeps per position.
pub const MAX_CANDIDATES: u32 = 64;
/// Temperature and top-p are counted in thousandths.
pub const THOUSAND: u16 = 1_000;
/// Highest temperature: 2.0.
pub const MAX_TEMPERATURE: u16 = 2 * THOUSAND;
/// Most stop sequences of one job.
pub const MAX_STOPS: u32 = 4;
/// Longest stop sequence, in bytes.
pub const MAX_STOP_BYTES: u32 = 32;

/// A prompt: UTF-8 text of at most [`MAX_PROMPT_BYTES`] bytes.
pub type Prompt = BoundedVec<u8, ConstU32<MAX_PROMPT_BYTES>>;
/// Byte strings that end an answer; the first one that appears is cut off together with what follows.
pub type StopSequences = BoundedVec<BoundedVec<u8, ConstU32<MAX_STOP_BYTES>>, ConstU32<MAX_STOPS>>;

/// How a text is to be generated.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct GenerationParams {
	/// Output tokens at most, in 1..=[`MAX_OUTPUT_TOKENS`].
	pub max_tokens: u16,
	/// Temperature in thousandths, in 0..=[`MAX_TEMPERATURE`]; 0 is greedy.
	pub temperature: u16,
	/// Nucleus mass in thousandths, in 1..=1,000; 1,000 keeps every candidate.
	pub top_p: u16,
	/// Candidates kept, in 1..=[`MAX_CANDIDATES`].
	pub top_k: u8,
	/// Byte strings that end the answer; none is empty.
	pub stop: StopSequences,
}

impl GenerationParams {
	/// Greedy decoding of at most `max_tokens` tokens.
	pub fn greedy(max_tokens: u16) -> Self {
		Self {
			max_tokens,
			temperature: 0,
			top_p: THOUSAND,
			top_k: MAX_CANDIDATES as u8,
			stop: Default::default(),
		}
	}

	/// Whether every value is within the range that its field states.
	pub fn is_sound(&self) -> bool {
		(1..=MAX_OUTPUT_TOKENS).contains(&u32::from(self.max_tokens))
			&& self.temperature <= MAX_TEMPERATURE
			&& (1..=THOUSAND).contains(&self.top_p)
			&& (1..=MAX_CANDIDATES).contains(&u32::from(self.top_k))
			&& self.stop.iter().all(|stop| !stop.is_empty())
	}
}

/// What kind of work a job is.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum JobKind {
	/// Continue the prompt.
	#[codec(index = 0)]
	Generate(GenerationParams),
	/// Turn the prompt into one vector of unit length.
	#[codec(index = 1)]
	Embed,
}

impl JobKind {
	/// Output tokens that the job can cost at most; an embedding has none.
	pub fn max_output_tokens(&self) -> u32 {
		match self {
			Self::Generate(params) => params.max_tokens.into(),
			Self::Embed => 0,
		}
	}

	/// Whether the parameters are within their ranges.
	pub fn is_sound(&self) -> bool {
		match self {
			Self::Generate(params) => params.is_sound(),
			Self::Embed => true,
		}
	}
}

/// Why a provider cannot do a job that it was assigned.
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
pub enum DeclineReason {
	/// The prompt has more tokens than the model's context leaves beside one output token.
	#[codec(index = 0)]
	PromptTooLong,
	/// The provider's engine does not have the model.
	#[codec(index = 1)]
	ModelUnavailable,
	/// The provider's engine failed.
	#[codec(index = 2)]
	EngineFailure,
}

/// An ISO 3166-1 alpha-2 country code: two upper-case ASCII letters.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	serde::Serialize,
	serde::Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct Country(pub [u8; 2]);

impl Country {
	/// Whether the code consists of two upper-case ASCII letters.
	pub fn is_sound(&self) -> bool {
		self.0.iter().all(u8::is_ascii_uppercase)
	}
}

impl TryFrom<String> for Country {
	type Error = &'static str;

	fn try_from(code: String) -> Result<Self, Self::Error> {
		let code = code.into_bytes().try_into().map(Self).ok();
		code.filter(Self::is_sound).ok_or("a country is two upper-case letters, as in \"FR\"")
	}
}

impl From<Country> for String {
	fn from(country: Country) -> Self {
		Self::from_utf8_lossy(&country.0).into_owned()
	}
}

/// The id of a job: blake2b-256 over (genesis hash, requester's account, requester's nonce, block
/// number of the submission). The block number makes ids unique also after old jobs were pruned.
pub fn job_id(genesis: H256, requester: &impl Encode, nonce: u64, submitted_at: u32) -> JobId {
	H256(blake2_256(&(b"ergon:job:v1", genesis, requester, nonce, submitted_at).encode()))
}

/// The seed of a job's sampler: blake2b-256 over (genesis hash, job id, requester's nonce, hash of
/// the block that assigned the job). Requester, provider and the pool fix everything else before
/// that block exists, so nobody involved can choose it.
pub fn job_seed(genesis: H256, job: JobId, nonce: u64, assignment_block: H256) -> [u8; 32] {
	blake2_256(&(b"ergon:seed:v1", genesis, job, nonce, assignment_block).encode())
}

/// The hash of a tokenised prompt that an attestation carries: blake2b-256 over the token ids,
/// SCALE-encoded.
pub fn prompt_root(tokens: &[u32]) -> H256 {
	H256(blake2_256(&Vec::from(tokens).encode()))
}
