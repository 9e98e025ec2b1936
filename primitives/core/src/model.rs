// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Which model is which.

use crate::{ModelId, Work};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_crypto_hashing::blake2_256;

/// The version of the exact arithmetic that [`ModelManifest::arithmetic`] names: profile X1.
pub const ARITHMETIC_X1: u16 = 1;

/// The shape of the network that a manifest describes.
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
	serde::Serialize,
	serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Architecture {
	/// Pre-norm decoder with rotary positions, grouped-query attention and a gated feed-forward
	/// (Llama, Mistral, SmolLM).
	#[codec(index = 0)]
	Llama,
	/// A [`Self::Llama`] with biases on queries, keys and values (Qwen 2 and 2.5).
	#[codec(index = 1)]
	Qwen2,
	/// A [`Self::Llama`] that norms each head of queries and keys before it turns them (Qwen 3).
	#[codec(index = 2)]
	Qwen3,
	/// Post-norm encoder with learnt positions, in which every position sees every other; it makes
	/// vectors and no text (BERT, MiniLM, BGE, E5).
	#[codec(index = 3)]
	Bert,
}

impl Architecture {
	/// Whether it can continue a text.
	pub fn generates(self) -> bool {
		self != Self::Bert
	}

	/// Matrices of a feed-forward part: a gated one has a third.
	fn feed_forward_matrices(self) -> Work {
		match self {
			Self::Llama | Self::Qwen2 | Self::Qwen3 => 3,
			Self::Bert => 2,
		}
	}
}

/// Sizes of a network.
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
	serde::Serialize,
	serde::Deserialize,
)]
pub struct Dimensions {
	/// Token ids are below this.
	pub vocabulary: u32,
	/// Width of the residual stream.
	pub hidden: u32,
	/// Width of the feed-forward layer.
	pub intermediate: u32,
	/// Number of layers.
	pub layers: u32,
	/// Query heads per layer.
	pub heads: u32,
	/// Key and value heads per layer; divides `heads`.
	pub key_value_heads: u32,
	/// Width of one head; even.
	pub head_width: u32,
	/// Longest sequence, prompt and output together, in tokens.
	pub context: u32,
}

impl Dimensions {
	/// Whether the sizes can belong to a network at all: nothing is zero, heads divide, no product that
	/// the executor forms leaves its integer range, and whatever has to be shown in a dispute fits into
	/// one transaction (dense models of seventy billion parameters are within).
	pub fn is_sound(&self) -> bool {
		let in_range = |value: u32, most: u32| value >= 1 && value <= most;
		in_range(self.vocabulary, 1 << 20)
			&& in_range(self.hidden, 1 << 13)
			&& in_range(self.intermediate, 1 << 15)
			&& in_range(self.layers, 1 << 10)
			&& in_range(self.heads, 1 << 10)
			&& in_range(self.key_value_heads, self.heads)
			&& self.heads.is_multiple_of(self.key_value_heads)
			&& in_range(self.head_width, 1 << 10)
			&& in_range(self.heads * self.head_width, 1 << 14)
			&& self.head_width.is_multiple_of(2)
			&& in_range(self.context, 1 << 20)
	}

	/// Multiply-accumulates of the layers' matrices for one token; attention over the context is
	/// not counted, so that the cost of a token does not depend on its position.
	pub fn work_per_prompt_token(&self, architecture: Architecture) -> Work {
		let [hidden, intermediate, layers, heads, key_value_heads, head_width] = [
			self.hidden,
			self.intermediate,
			self.layers,
			self.heads,
			self.key_value_heads,
			self.head_width,
		]
		.map(Work::from);
		// Query and output projections, key and value projections.
		let attention = hidden
			.saturating_mul(head_width)
			.saturating_mul(heads.saturating_add(key_value_heads))
			.saturating_mul(2);
		let feed_forward = hidden
			.saturating_mul(intermediate)
			.saturating_mul(architecture.feed_forward_matrices());
		attention.saturating_add(feed_forward).saturating_mul(layers)
	}

	/// [`Self::work_per_prompt_token`] plus the head that turns a hidden row into logits, where there
	/// is one.
	pub fn work_per_output_token(&self, architecture: Architecture) -> Work {
		let head = match architecture.generates() {
			true => Work::from(self.hidden).saturating_mul(self.vocabulary.into()),
			false => 0,
		};
		head.saturating_add(self.work_per_prompt_token(architecture))
	}
}

/// What a model is, to the last bit: the importer derives it from a Hugging Face folder, the chain
/// registers it, and its hash names the model everywhere.
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
	serde::Serialize,
	serde::Deserialize,
)]
pub struct ModelManifest {
	/// Version of the exact arithmetic; [`ARITHMETIC_X1`].
	pub arithmetic: u16,
	/// The network's shape.
	pub architecture: Architecture,
	/// The network's sizes.
	pub dimensions: Dimensions,
	/// Merkle root over all weight rows ([`crate::merkle`]), so that one row can be opened on chain.
	pub weights_root: H256,
	/// Hash of the tables that the arithmetic needs: rope, norm weights, constants.
	pub tables_root: H256,
	/// Merkle root over the tokens of the vocabulary, so that what one of them spells can be opened on
	/// chain.
	pub vocabulary_root: H256,
	/// Merkle root over the merges of the vocabulary by their rank; that of no leaves where words are not
	/// merged.
	pub merges_root: H256,
	/// Hash of the rules by which prompts become tokens and tokens answers: chat template, normaliser,
	/// way of cutting words, tokens that end an answer.
	pub text_rules: H256,
	/// Most tokens that the chat template adds to a prompt.
	pub template_tokens: u16,
	/// Work per prompt token; equals [`Dimensions::work_per_prompt_token`].
	pub work_per_prompt_token: Work,
	/// Work per output token; equals [`Dimensions::work_per_output_token`].
	pub work_per_output_token: Work,
}

impl ModelManifest {
	/// The model's name: blake2b-256 over the SCALE encoding.
	pub fn id(&self) -> ModelId {
		H256(blake2_256(&self.encode()))
	}

	/// Whether the stated costs follow from the sizes and the sizes are possible.
	pub fn is_sound(&self) -> bool {
		// An encoder's rows are shown with what is added to them, and with biases of their norms.
		let widest = if self.architecture.generates() { u32::MAX } else { 1 << 12 };
		self.arithmetic == ARITHMETIC_X1
			&& self.dimensions.is_sound()
			&& self.dimensions.hidden <= widest
			&& u32::from(self.template_tokens) < self.dimensions.context
			&& self.work_per_prompt_token
				== self.dimensions.work_per_prompt_token(self.architecture)
			&& self.work_per_output_token
				== self.dimensions.work_per_output_token(self.architecture)
	}

	/// Work of a job with that many prompt and output tokens.
	pub fn work(&self, prompt_tokens: u32, output_tokens: u32) -> Work {
		let prompt = self.work_per_prompt_token.saturating_mul(prompt_tokens.into());
		let output = self.work_per_output_token.saturating_mul(output_tokens.into());
		prompt.saturating_add(output)
	}

	/// Most tokens that a prompt of `bytes` bytes can become: a byte-level tokenizer never makes
	/// more tokens than there are bytes.
	pub fn max_prompt_tokens(&self, bytes: u32) -> u32 {
		bytes.saturating_add(self.template_tokens.into()).min(self.dimensions.context)
	}
}
