// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What the sides can do.

use alloc::vec::Vec;

use codec::{Decode, DecodeWithMemTracking, Encode};
use ergon_core::{merkle, H256};
use scale_info::TypeInfo;

use super::{Opened, Refused, Side};
use crate::{
	candidates::Candidate,
	operators::{Opening, Operator, Place},
	text::{Misread, Reading, TextRules},
};

/// A row under one exponent.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Row {
	/// Its exponent.
	pub exponent: i16,
	/// Its elements.
	pub elements: Vec<i16>,
}

/// Bytes that a number follows from, and the proof that they are agreed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Proof {
	/// Of a tensor of the layer.
	#[codec(index = 0)]
	Blocks(Opening),
	/// A leaf of the model's weights, tables, vocabulary or merges, with the way to the root.
	#[codec(index = 1)]
	Leaf {
		/// Its bytes.
		bytes: Vec<u8>,
		/// The way.
		path: Vec<H256>,
	},
	/// What the defender has just shown: scores, or the exponent of the row.
	#[codec(index = 2)]
	Shown,
}

impl Proof {
	/// Bytes of a leaf, if it is the one of that index under that root.
	pub(super) fn leaf(&self, root: H256, index: u64, count: u64) -> Result<&[u8], Refused> {
		match self {
			Self::Leaf { bytes, path }
				if merkle::verify(root, merkle::leaf(bytes), index, count, path) =>
			{
				Ok(bytes)
			}
			_ => Err(Refused::DoesNotOpen),
		}
	}
}

/// A move. Those of the defender show something, those of the challenger name something.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Move {
	/// Defender: what the digest of the chunk was made of.
	#[codec(index = 0)]
	Chunk(Vec<Opened>),
	/// Challenger: the candidates of a position of the chunk, or the token, are wrong.
	#[codec(index = 1)]
	Candidates(u32),
	/// Challenger: the final row of a position of the chunk is wrong.
	#[codec(index = 2)]
	Hidden(u32),
	/// Defender: the candidates, and the final row that they were computed from.
	#[codec(index = 3)]
	Opened {
		/// Best first.
		candidates: Vec<Candidate>,
		/// The row.
		hidden: Row,
	},
	/// Challenger: the logit of this token is wrong, or it is missing.
	#[codec(index = 4)]
	Logit {
		/// The token.
		id: u32,
		/// Its row of the head.
		leaf: Proof,
	},
	/// Defender: roots of the rows that enter each layer, and of those that leave the last.
	#[codec(index = 5)]
	Layers(Vec<H256>),
	/// Challenger: what enters the first layer is wrong.
	#[codec(index = 6)]
	Entry,
	/// Challenger: what enters this layer is right, and what leaves it is wrong.
	#[codec(index = 7)]
	Layer(u32),
	/// Challenger: all layers are right, and the final row does not follow from them.
	#[codec(index = 8)]
	Final,
	/// Defender: the last residual row, and the final row.
	#[codec(index = 9)]
	FinalRow {
		/// The residual row, of the position that the output is of.
		residual: Opening,
		/// The final row.
		hidden: Row,
		/// The final norm.
		norm: Proof,
	},
	/// Defender: roots of what the layer's operators give, in their order.
	#[codec(index = 10)]
	Operators(Vec<H256>),
	/// Challenger: the first of them that is wrong.
	#[codec(index = 11)]
	Operator(Operator),
	/// Defender: roots of groups of rows.
	#[codec(index = 12)]
	Branches(Vec<H256>),
	/// Challenger: the first of them that is wrong.
	#[codec(index = 13)]
	Branch(u32),
	/// Defender: hashes of the blocks of the row.
	#[codec(index = 14)]
	Blocks(Vec<H256>),
	/// Challenger: the first of them that is wrong.
	#[codec(index = 15)]
	Block(u32),
	/// Defender: the block.
	#[codec(index = 16)]
	Numbers {
		/// What is in it.
		bytes: Vec<u8>,
		/// The block of the row's exponent, where the block's numbers count by it.
		exponent: Vec<u8>,
	},
	/// Challenger: the first number that is wrong, with what it follows from.
	#[codec(index = 17)]
	Number {
		/// Which number of the row.
		place: Place,
		/// The element that asks for a larger exponent, where the number is one of those.
		witness: u32,
		/// In the order of [`crate::operators::inputs`]; for what enters the first layer, the leaves of
		/// [`ergon_core::network::Leaves::embedding`], and in encoders the norm.
		proofs: Vec<Proof>,
	},
	/// Challenger: this element of what attention gives is wrong; which scores does it follow from?
	#[codec(index = 18)]
	AskScores(u32),
	/// Defender: the scores, in Q16.
	#[codec(index = 19)]
	Scores(Vec<u8>),
	/// Challenger: this score is wrong.
	#[codec(index = 20)]
	Score {
		/// Position of the key.
		key: u32,
		/// In the order of [`crate::operators::inputs`].
		proofs: Vec<Proof>,
	},
	/// Defender: how the embedding comes about.
	#[codec(index = 23)]
	Vector {
		/// Roots of the rows that enter each layer, and of those that leave the last.
		layers: Vec<H256>,
		/// Root of the final rows.
		rows: H256,
		/// Root of their columns.
		columns: H256,
		/// What the sums over positions of the elements hash to; see [`super::sum_hashes`].
		sums: Vec<H256>,
	},
	/// Challenger: all layers are right, and a final row does not follow from them.
	#[codec(index = 24)]
	Rows,
	/// Challenger: the final rows are right, and their columns are not theirs.
	#[codec(index = 25)]
	Columns,
	/// Challenger: the columns are right, and this is the first block of the sums that is not.
	#[codec(index = 34)]
	SumBlock(u32),
	/// Challenger: the sums are right, and become another vector; which are they?
	#[codec(index = 35)]
	AskSums,
	/// Defender: the sums, all of them or those of the block.
	#[codec(index = 36)]
	Sums(Vec<i64>),
	/// Challenger: the sum of this element of the block is wrong.
	#[codec(index = 26)]
	Sum {
		/// The element.
		element: u32,
		/// Its column.
		column: Opening,
		/// The column of the exponents.
		exponents: Opening,
	},
	/// Challenger: the exponent of the row is too large; which element asks for it?
	#[codec(index = 21)]
	AskWitness,
	/// Defender: this one.
	#[codec(index = 22)]
	Witness {
		/// The element.
		element: u32,
		/// In the order of [`crate::operators::inputs`].
		proofs: Vec<Proof>,
	},
	/// Defender: how the prompt was read.
	#[codec(index = 27)]
	Read {
		/// The model's rules.
		rules: TextRules,
		/// How the prompt was read.
		reading: Reading,
	},
	/// Challenger: this leaf contradicts it.
	#[codec(index = 28)]
	Misread {
		/// What is wrong.
		part: Misread,
		/// The token of the vocabulary, or the merge, that it names.
		leaf: Proof,
	},
	/// Defender: what the tokens of the answer spell.
	#[codec(index = 29)]
	Spelt {
		/// The model's rules.
		rules: TextRules,
		/// The text of each token.
		texts: Vec<Vec<u8>>,
	},
	/// Challenger: this token spells something else.
	#[codec(index = 30)]
	Misspelt {
		/// Which token of the answer.
		index: u32,
		/// The token of the vocabulary.
		leaf: Proof,
	},
	/// Defender: roots of the residual rows that the work-bound digest covers.
	#[codec(index = 31)]
	Work(Vec<H256>),
	/// Challenger: the row at this point is wrong.
	#[codec(index = 32)]
	WorkPoint(u32),
	/// Defender: how the row comes out of the layers.
	#[codec(index = 33)]
	WorkRow {
		/// Roots of the rows that enter each layer, and of those that leave that of the point.
		layers: Vec<H256>,
		/// From the root of the row to the last of them.
		path: Vec<H256>,
	},
}

impl Move {
	/// Whether it belongs to a game about texts.
	pub fn is_about_text(&self) -> bool {
		matches!(
			self,
			Self::Read { .. } | Self::Misread { .. } | Self::Spelt { .. } | Self::Misspelt { .. }
		)
	}

	/// Whose move it is.
	pub fn side(&self) -> Side {
		match self {
			Self::Chunk(_)
			| Self::Opened { .. }
			| Self::Layers(_)
			| Self::FinalRow { .. }
			| Self::Operators(_)
			| Self::Branches(_)
			| Self::Blocks(_)
			| Self::Numbers { .. }
			| Self::Scores(_)
			| Self::Vector { .. }
			| Self::Sums(_)
			| Self::Read { .. }
			| Self::Spelt { .. }
			| Self::Work(_)
			| Self::WorkRow { .. }
			| Self::Witness { .. } => Side::Defender,
			Self::Candidates(_)
			| Self::Hidden(_)
			| Self::Logit { .. }
			| Self::Entry
			| Self::Layer(_)
			| Self::Final
			| Self::Operator(_)
			| Self::Branch(_)
			| Self::Block(_)
			| Self::Number { .. }
			| Self::AskScores(_)
			| Self::Score { .. }
			| Self::Rows
			| Self::Columns
			| Self::SumBlock(_)
			| Self::AskSums
			| Self::Sum { .. }
			| Self::Misread { .. }
			| Self::Misspelt { .. }
			| Self::WorkPoint(_)
			| Self::AskWitness => Side::Challenger,
		}
	}
}
