// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How far a game is.

use alloc::vec::Vec;

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use ergon_core::{Fault, Output, H256};
use scale_info::TypeInfo;

use super::Row;
use crate::{
	candidates::Candidate,
	digest::{Digest, Point},
	operators::Tensor,
	text::{Reading, TextRules},
};

/// A side of a game.
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
pub enum Side {
	/// Stands by the digest.
	#[codec(index = 0)]
	Defender,
	/// Says that it is wrong.
	#[codec(index = 1)]
	Challenger,
}

impl Side {
	/// The other one.
	pub fn opponent(self) -> Self {
		match self {
			Self::Defender => Self::Challenger,
			Self::Challenger => Self::Defender,
		}
	}
}

/// What the digest of a chunk says of one position, beside the token.
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
pub struct Opened {
	/// Hash of the final row.
	pub hidden: Digest,
	/// Hash of the candidates.
	pub candidates: Digest,
}

/// A layer, what enters it, and how many positions there are.
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
pub struct Frame {
	/// The layer.
	pub layer: u32,
	/// Positions of the sequence.
	pub positions: u32,
	/// Root of what enters it.
	pub input: H256,
}

/// The tensor that is looked into.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Target {
	/// Its layer.
	pub frame: Frame,
	/// Roots of the layer's operators; none for what enters the first layer, and behind the last those of
	/// the final rows and of their columns.
	pub operators: Vec<H256>,
	/// The tensor.
	pub tensor: Tensor,
}

impl Target {
	/// The root of a tensor of the same layer, as the defender has shown it.
	pub(super) fn root(&self, tensor: Tensor) -> Option<H256> {
		match tensor {
			Tensor::Residual => Some(self.frame.input),
			Tensor::Of(operator) => self.operators.get(operator as usize).copied(),
			// Behind the last layer there are two tensors in the operators' place.
			Tensor::Final => self.operators.first().copied(),
			Tensor::Columns => self.operators.get(1).copied(),
			Tensor::Scores { .. } => None,
		}
	}
}

/// How far a game is; says what the next move has to be about.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Stage {
	/// The defender opens the digest of a chunk.
	#[codec(index = 0)]
	Chunk {
		/// The chunk.
		chunk: u32,
	},
	/// The challenger names a position.
	#[codec(index = 1)]
	Position {
		/// The chunk.
		chunk: u32,
		/// What was shown of each of its positions.
		opened: Vec<Opened>,
	},
	/// The defender opens candidates.
	#[codec(index = 2)]
	Candidates {
		/// Index of the output.
		index: u32,
		/// What was shown of it.
		opened: Opened,
	},
	/// The challenger names a token.
	#[codec(index = 3)]
	Logit {
		/// Index of the output.
		index: u32,
		/// Best first.
		candidates: Vec<Candidate>,
		/// What they were computed from.
		hidden: Row,
	},
	/// The defender shows the roots of all layers.
	#[codec(index = 4)]
	Layers {
		/// Index of the output.
		index: u32,
		/// What was shown of it.
		opened: Opened,
	},
	/// The challenger names a layer.
	#[codec(index = 5)]
	Layer {
		/// Index of the output.
		index: u32,
		/// What was shown of it.
		opened: Opened,
		/// What enters each layer, and what leaves the last.
		roots: Vec<H256>,
	},
	/// The defender shows how the final row follows.
	#[codec(index = 6)]
	Final {
		/// Index of the output.
		index: u32,
		/// What was shown of it.
		opened: Opened,
		/// Root of what leaves the last layer.
		root: H256,
	},
	/// The defender shows the roots of a layer's operators.
	#[codec(index = 7)]
	Operators {
		/// The layer.
		frame: Frame,
		/// Root of what leaves it.
		output: H256,
	},
	/// The challenger names an operator.
	#[codec(index = 8)]
	Operator {
		/// The layer.
		frame: Frame,
		/// Roots of its operators.
		operators: Vec<H256>,
	},
	/// The defender shows roots of groups of rows.
	#[codec(index = 9)]
	Branches {
		/// The tensor.
		target: Target,
		/// The first row.
		first: u32,
		/// How many there are.
		count: u32,
		/// Their root.
		root: H256,
	},
	/// The challenger names a group.
	#[codec(index = 10)]
	Branch {
		/// The tensor.
		target: Target,
		/// The first row.
		first: u32,
		/// How many there are.
		count: u32,
		/// Roots of their groups.
		hashes: Vec<H256>,
	},
	/// The defender shows the hashes of a row's blocks.
	#[codec(index = 11)]
	Blocks {
		/// The tensor.
		target: Target,
		/// The row.
		row: u32,
		/// Its root.
		root: H256,
	},
	/// The challenger names a block.
	#[codec(index = 12)]
	Block {
		/// The tensor.
		target: Target,
		/// The row.
		row: u32,
		/// Hashes of its blocks.
		hashes: Vec<H256>,
	},
	/// The defender shows the block.
	#[codec(index = 13)]
	Numbers {
		/// The tensor.
		target: Target,
		/// The row.
		row: u32,
		/// The block.
		block: u32,
		/// Its hash.
		hash: H256,
		/// Hash of the block of the row's exponent, where the block's numbers count by it.
		exponent: Option<H256>,
	},
	/// The challenger names a number.
	#[codec(index = 14)]
	Number {
		/// The tensor.
		target: Target,
		/// The row.
		row: u32,
		/// The block.
		block: u32,
		/// What is in it.
		bytes: Vec<u8>,
		/// The block of the row's exponent, where the block's numbers count by it.
		exponent: Vec<u8>,
	},
	/// The defender shows scores.
	#[codec(index = 15)]
	Scores {
		/// The tensor of what attention gives.
		target: Target,
		/// The row.
		row: u32,
		/// The element that is said to be wrong.
		element: u32,
		/// What the defender says that it is.
		claimed: i32,
	},
	/// The challenger names a score, or stands by the sum being wrong.
	#[codec(index = 16)]
	Score {
		/// The tensor of what attention gives.
		target: Target,
		/// The row.
		row: u32,
		/// The element that is said to be wrong.
		element: u32,
		/// What the defender says that it is.
		claimed: i32,
		/// The scores, in Q16.
		scores: Vec<u8>,
	},
	/// The defender shows how an embedding comes about.
	#[codec(index = 18)]
	Vector,
	/// The challenger names the first part of that.
	#[codec(index = 19)]
	Sums {
		/// What enters each layer, and what leaves the last.
		layers: Vec<H256>,
		/// Root of the final rows.
		rows: H256,
		/// Root of their columns.
		columns: H256,
		/// What the sums over positions of the elements hash to; see [`super::sum_hashes`].
		sums: Vec<H256>,
	},
	/// The defender shows a block of the sums.
	#[codec(index = 28)]
	SumBlock {
		/// Root of the columns.
		columns: H256,
		/// The block.
		block: u32,
		/// Its hash.
		hash: H256,
	},
	/// The challenger names a sum.
	#[codec(index = 29)]
	Sum {
		/// Root of the columns.
		columns: H256,
		/// The block.
		block: u32,
		/// The sums of the block.
		sums: Vec<i64>,
	},
	/// The defender shows all sums, and they become the vector or not.
	#[codec(index = 30)]
	AllSums {
		/// What they hash to.
		sums: Vec<H256>,
	},
	/// The defender names the element that asks for an exponent.
	#[codec(index = 17)]
	Witness {
		/// The tensor.
		target: Target,
		/// The row.
		row: u32,
		/// The exponent.
		claimed: i32,
	},
	/// The defender shows how the prompt was read.
	#[codec(index = 20)]
	Prompt,
	/// The challenger names a leaf that contradicts it.
	#[codec(index = 21)]
	Read {
		/// The model's rules.
		rules: TextRules,
		/// How the prompt was read.
		reading: Reading,
	},
	/// The defender shows what the tokens of the answer spell.
	#[codec(index = 22)]
	Ending,
	/// The challenger names a token that spells something else.
	#[codec(index = 23)]
	Spelt {
		/// The model's rules.
		rules: TextRules,
		/// The text of each token.
		texts: Vec<Vec<u8>>,
	},
	/// The defender, an auditor, shows what its work-bound digest was made of.
	#[codec(index = 24)]
	Work {
		/// Draws the points.
		challenge: H256,
		/// The digest.
		digest: H256,
	},
	/// The challenger names a point.
	#[codec(index = 25)]
	WorkPoint {
		/// Draws the points.
		challenge: H256,
		/// Roots of the rows at the points.
		rows: Vec<H256>,
	},
	/// The defender shows how the row comes out of the layers.
	#[codec(index = 26)]
	WorkRow {
		/// Where it is.
		point: Point,
		/// Its root.
		row: H256,
	},
	/// The challenger names a layer.
	#[codec(index = 27)]
	WorkLayers {
		/// Where the row is.
		point: Point,
		/// What enters each layer, and what leaves that of the point.
		layers: Vec<H256>,
	},
}

impl Stage {
	/// The beginning of a game about a fault; nothing where the output cannot have it. An embedding is
	/// chunk 0, and has no ending. A game about an auditor's work begins with [`Self::Work`].
	pub fn first(output: &Output, fault: Fault) -> Option<Self> {
		match (fault, output) {
			(Fault::Prompt, _) => Some(Self::Prompt),
			(Fault::Chunk(chunk), _) if chunk >= output.digest_count() => None,
			(Fault::Chunk(chunk), Output::Text { .. }) => Some(Self::Chunk { chunk }),
			(Fault::Chunk(_), Output::Vector(_)) => Some(Self::Vector),
			(Fault::Ending, Output::Text { .. }) => Some(Self::Ending),
			(Fault::Ending, Output::Vector(_)) => None,
		}
	}

	/// Whether the game is about texts, and needs no [`super::Groundwork`].
	pub fn is_about_text(&self) -> bool {
		matches!(self, Self::Prompt | Self::Read { .. } | Self::Ending | Self::Spelt { .. })
	}

	/// Whose turn it is.
	pub fn turn(&self) -> Side {
		match self {
			Self::Chunk { .. }
			| Self::Candidates { .. }
			| Self::Layers { .. }
			| Self::Final { .. }
			| Self::Operators { .. }
			| Self::Branches { .. }
			| Self::Blocks { .. }
			| Self::Numbers { .. }
			| Self::Scores { .. }
			| Self::Vector
			| Self::SumBlock { .. }
			| Self::AllSums { .. }
			| Self::Prompt
			| Self::Ending
			| Self::Work { .. }
			| Self::WorkRow { .. }
			| Self::Witness { .. } => Side::Defender,
			Self::Position { .. }
			| Self::Logit { .. }
			| Self::Layer { .. }
			| Self::Operator { .. }
			| Self::Branch { .. }
			| Self::Block { .. }
			| Self::Number { .. }
			| Self::Sums { .. }
			| Self::Sum { .. }
			| Self::Read { .. }
			| Self::Spelt { .. }
			| Self::WorkPoint { .. }
			| Self::WorkLayers { .. }
			| Self::Score { .. } => Side::Challenger,
		}
	}
}
