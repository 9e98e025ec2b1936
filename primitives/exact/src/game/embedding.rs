// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How an embedding comes about: the sums over positions that become it.
//!
//! A vector follows from all sums at once, and a sum from two columns. So sums are committed to in blocks, and
//! shown only to who disputes the vector or one of them: whatever else is wrong is found without them.

use alloc::vec::Vec;

use ergon_core::{merkle, Dimensions, H256};

use super::{Board, Frame, Outcome, Reason, Refused, Side, Stage, Target};
use crate::{
	digest::embedding_digest,
	judge,
	operators::{Opening, Sequence, Tensor, BLOCK},
	pooling::normalise,
};

/// What the sums over positions hash to: [`merkle::leaf`] of each [`BLOCK`] of them, eight bytes each.
pub fn sum_hashes(sums: &[i64]) -> Vec<H256> {
	let hash = |block: &[i64]| {
		let bytes: Vec<u8> = block.iter().flat_map(|sum| sum.to_le_bytes()).collect();
		merkle::leaf(&bytes)
	};
	sums.chunks(BLOCK as usize).map(hash).collect()
}

impl Board<'_> {
	/// How an embedding comes about: it decides at once when the digest is that of another vector.
	pub(super) fn vector(
		&self,
		layers: Vec<H256>,
		rows: H256,
		columns: H256,
		sums: Vec<H256>,
	) -> Result<Outcome, Refused> {
		let Dimensions { layers: count, hidden, .. } = self.dimensions;
		if layers.len() != count as usize + 1 || sums.len() != hidden.div_ceil(BLOCK) as usize {
			return Err(Refused::WrongLength);
		}
		let digest = H256(embedding_digest(&self.job, self.vector));
		match self.digests == [digest] {
			true => Ok(Outcome::Next(Stage::Sums { layers, rows, columns, sums })),
			false => Ok(Outcome::Won(Side::Challenger, Reason::Vector)),
		}
	}

	/// A tensor behind the last layer.
	pub(super) fn behind_layers(
		&self,
		layers: &[H256],
		rows: H256,
		columns: H256,
		tensor: Tensor,
	) -> Result<Target, Refused> {
		let input = *layers.last().ok_or(Refused::NoSuchPart)?;
		let frame = Frame { layer: self.dimensions.layers, positions: self.positions(0), input };
		Ok(Target { frame, operators: Vec::from([rows, columns]), tensor })
	}

	/// A block of the sums.
	pub(super) fn sum_block(
		&self,
		columns: H256,
		block: u32,
		hash: H256,
		sums: Vec<i64>,
	) -> Result<Outcome, Refused> {
		let first = block * BLOCK;
		let end = self.dimensions.hidden.min(first + BLOCK);
		if sums.len() as u32 != end - first {
			return Err(Refused::WrongLength);
		}
		match sum_hashes(&sums) == [hash] {
			true => Ok(Outcome::Next(Stage::Sum { columns, block, sums })),
			false => Err(Refused::DoesNotOpen),
		}
	}

	/// All sums: they become the vector, or another one.
	pub(super) fn all_sums(&self, hashes: &[H256], sums: &[i64]) -> Result<Outcome, Refused> {
		if sums.len() != self.dimensions.hidden as usize {
			return Err(Refused::WrongLength);
		}
		if sum_hashes(sums) != hashes {
			return Err(Refused::DoesNotOpen);
		}
		let mut vector = alloc::vec![0; sums.len()];
		normalise(sums, &mut vector);
		let winner = if vector == self.vector { Side::Defender } else { Side::Challenger };
		Ok(Outcome::Won(winner, Reason::Vector))
	}

	/// One element of the sum over positions.
	pub(super) fn sum(
		&self,
		root: H256,
		element: u32,
		claimed: i64,
		column: &Opening,
		exponents: &Opening,
	) -> Result<Outcome, Refused> {
		let Self { architecture, dimensions, constants, .. } = *self;
		let sequence = Sequence { architecture, dimensions, positions: self.positions(0) };
		let shape = sequence.shape(Tensor::Columns);
		for (opening, row) in [(column, element), (exponents, dimensions.hidden)] {
			if opening.root(&shape, row, 0..shape.blocks()) != Some(root) {
				return Err(Refused::DoesNotOpen);
			}
		}
		let sum = judge::pooled(&sequence, constants.pooling, &column.bytes, &exponents.bytes)
			.ok_or(Refused::WrongLength)?;
		let winner = if sum == claimed { Side::Defender } else { Side::Challenger };
		Ok(Outcome::Won(winner, Reason::Sum(sum)))
	}
}
