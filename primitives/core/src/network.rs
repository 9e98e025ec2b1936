// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What a network consists of: its matrices, norms and constants, and under which index each of their
//! rows is a leaf of the two Merkle trees whose roots are in the manifest.
//!
//! *Weights*: one leaf per row of every matrix: its weights (i8), its scale (4 bytes) and, where the
//! matrix has biases, its bias (Q16, i32). Order of the matrices: embedding, and in encoders that of the
//! positions and that of the first kind of token; per layer those of [`Projection::all`]; then the
//! head, unless it is the embedding or there is none.
//!
//! *Tables*: the [`Constants`]; one leaf per norm: its fraction bits (i32), its weights and, in encoders,
//! its biases (i32 each); in decoders one leaf per position: the cosines, then the sines of its angles
//! (i32 each). Order of the norms: per layer those of [`LayerNorm::all`], then the final one, which in
//! encoders is the one after the embedding.

use alloc::{vec, vec::Vec};
use codec::{Decode, Encode};

use crate::{Architecture, Dimensions};

/// What the arithmetic needs beside weights, norms and angles; the first leaf of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Constants {
	/// Whether the head's rows are the embedding's.
	pub tied: bool,
	/// What is added to a mean square, in units of 2^-32.
	pub norm_epsilon: u64,
	/// Mantissa of the factor of attention scores.
	pub score_mantissa: u32,
	/// Shift of the factor of attention scores.
	pub score_shift: u8,
	/// How hidden rows become one vector; written in encoders only, decoders take the mean.
	#[codec(skip)]
	pub pooling: Pooling,
}

/// How the hidden rows of a text become one vector.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub enum Pooling {
	/// By their mean.
	#[default]
	#[codec(index = 0)]
	Mean,
	/// The first of them stands for all.
	#[codec(index = 1)]
	First,
}

impl Constants {
	/// The first leaf of the tables.
	pub fn to_bytes(self, architecture: Architecture) -> Vec<u8> {
		let mut bytes = self.encode();
		if !architecture.generates() {
			self.pooling.encode_to(&mut bytes);
		}
		bytes
	}

	/// The inverse of [`Self::to_bytes`].
	///
	/// # Errors
	///
	/// [`codec::Error`] when the bytes end early or name a pooling that there is not.
	pub fn from_bytes(mut bytes: &[u8], architecture: Architecture) -> Result<Self, codec::Error> {
		let mut constants = Self::decode(&mut bytes)?;
		if !architecture.generates() {
			constants.pooling = Pooling::decode(&mut bytes)?;
		}
		Ok(constants)
	}
}

/// Which matrix of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Projection {
	/// Hidden row to queries.
	Query,
	/// Hidden row to keys.
	Key,
	/// Hidden row to values.
	Value,
	/// Attention output to hidden row.
	Output,
	/// Hidden row to gate.
	Gate,
	/// Hidden row to what is gated.
	Up,
	/// Gated row to hidden row.
	Down,
}

impl Projection {
	/// Those that a layer has, in the order of the blob.
	pub fn all(architecture: Architecture) -> &'static [Self] {
		use Projection::*;
		match architecture {
			Architecture::Llama | Architecture::Qwen2 | Architecture::Qwen3 => {
				&[Query, Key, Value, Output, Gate, Up, Down]
			}
			Architecture::Bert => &[Query, Key, Value, Output, Up, Down],
		}
	}

	/// Whether the matrix has a bias per row.
	pub fn has_biases(self, architecture: Architecture) -> bool {
		match architecture {
			Architecture::Llama | Architecture::Qwen3 => false,
			Architecture::Qwen2 => matches!(self, Self::Query | Self::Key | Self::Value),
			Architecture::Bert => true,
		}
	}

	/// Rows (outputs) and columns (inputs).
	pub fn shape(self, dimensions: &Dimensions) -> (usize, usize) {
		let [hidden, intermediate, heads, key_value_heads, width] = [
			dimensions.hidden,
			dimensions.intermediate,
			dimensions.heads,
			dimensions.key_value_heads,
			dimensions.head_width,
		]
		.map(|size| size as usize);
		match self {
			Self::Query => (heads * width, hidden),
			Self::Key | Self::Value => (key_value_heads * width, hidden),
			Self::Output => (hidden, heads * width),
			Self::Gate | Self::Up => (intermediate, hidden),
			Self::Down => (hidden, intermediate),
		}
	}
}

/// Which norm of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayerNorm {
	/// Of the hidden row before attention; in encoders, after it.
	Attention,
	/// Of each head of queries.
	Query,
	/// Of each head of keys.
	Key,
	/// Of the hidden row before the feed-forward part; in encoders, after it.
	FeedForward,
}

impl LayerNorm {
	/// Those that a layer has, in the order of the blob.
	pub fn all(architecture: Architecture) -> &'static [Self] {
		match architecture {
			Architecture::Llama | Architecture::Qwen2 | Architecture::Bert => {
				&[Self::Attention, Self::FeedForward]
			}
			Architecture::Qwen3 => &[Self::Attention, Self::Query, Self::Key, Self::FeedForward],
		}
	}

	/// Elements that are normed together.
	pub fn width(self, dimensions: &Dimensions) -> usize {
		match self {
			Self::Attention | Self::FeedForward => dimensions.hidden as usize,
			Self::Query | Self::Key => dimensions.head_width as usize,
		}
	}
}

/// Indices of leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaves {
	architecture: Architecture,
	dimensions: Dimensions,
}

impl Leaves {
	/// Those of a network of sound sizes.
	pub fn new(architecture: Architecture, dimensions: Dimensions) -> Self {
		Self { architecture, dimensions }
	}

	/// Leaves of the rows that make what enters the first layer at a position: that of the token, and in
	/// encoders that of the position and that of the first kind of token.
	pub fn embedding(&self, token: u32, position: u32) -> Vec<u64> {
		let vocabulary = u64::from(self.dimensions.vocabulary);
		let mut leaves = vec![token.into()];
		if !self.architecture.generates() {
			leaves.push(vocabulary + u64::from(position));
			leaves.push(vocabulary + u64::from(self.dimensions.context));
		}
		leaves
	}

	/// Leaf of a row of a layer's matrix among the weights, if the layer has the matrix.
	pub fn weight(&self, layer: u32, projection: Projection, row: u32) -> Option<u64> {
		let all = Projection::all(self.architecture);
		let index = all.iter().position(|other| *other == projection)?;
		let before: u64 = all[..index].iter().map(|part| self.rows(part)).sum();
		Some(self.first_of_layer(layer) + before + u64::from(row))
	}

	/// Leaf of the row that makes a token's logit in a decoder.
	pub fn head(&self, token: u32, tied: bool) -> u64 {
		let first = if tied { 0 } else { self.first_of_layer(self.dimensions.layers) };
		first + u64::from(token)
	}

	/// Leaves among the weights.
	pub fn weights(&self, tied: bool) -> u64 {
		let has_head = self.architecture.generates() && !tied;
		let head = if has_head { self.dimensions.vocabulary.into() } else { 0 };
		self.first_of_layer(self.dimensions.layers) + head
	}

	fn rows(&self, projection: &Projection) -> u64 {
		projection.shape(&self.dimensions).0 as u64
	}

	/// Leaf of the first row of a layer.
	fn first_of_layer(&self, layer: u32) -> u64 {
		let positions =
			if self.architecture.generates() { 0 } else { u64::from(self.dimensions.context) + 1 };
		let of_layer: u64 =
			Projection::all(self.architecture).iter().map(|part| self.rows(part)).sum();
		u64::from(self.dimensions.vocabulary) + positions + u64::from(layer) * of_layer
	}

	/// Leaf of a layer's norm among the tables, if the layer has it.
	pub fn norm(&self, layer: u32, norm: LayerNorm) -> Option<u64> {
		let all = LayerNorm::all(self.architecture);
		let index = all.iter().position(|other| *other == norm)?;
		Some(1 + u64::from(layer) * all.len() as u64 + index as u64)
	}

	/// Leaf of the final norm among the tables; in encoders that is the one after the embedding.
	pub fn final_norm(&self) -> u64 {
		1 + u64::from(self.dimensions.layers) * LayerNorm::all(self.architecture).len() as u64
	}

	/// Leaves among the tables.
	pub fn tables(&self) -> u64 {
		let angles = if self.architecture.generates() { self.dimensions.context } else { 0 };
		self.final_norm() + 1 + u64::from(angles)
	}

	/// Leaf of the angles of a position among the tables of a decoder.
	pub fn angles(&self, position: u32) -> u64 {
		self.final_norm() + 1 + u64::from(position)
	}
}
