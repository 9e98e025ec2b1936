// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How an embedding comes about: the sums over positions that become it.

use alloc::vec::Vec;

use ergon_core::{Dimensions, H256};

use super::{Board, Frame, Outcome, Reason, Refused, Side, Stage, Target};
use crate::{
	digest::embedding_digest,
	judge,
	operators::{Opening, Sequence, Tensor},
	pooling::normalise,
};

impl Board<'_> {
	/// How an embedding comes about: it decides at once when the sums become another vector.
	pub(super) fn vector(
		&self,
		layers: Vec<H256>,
		rows: H256,
		columns: H256,
		sums: Vec<i64>,
	) -> Result<Outcome, Refused> {
		let Dimensions { layers: count, hidden, .. } = self.dimensions;
		if layers.len() != count as usize + 1 || sums.len() != hidden as usize {
			return Err(Refused::WrongLength);
		}
		let mut vector = alloc::vec![0; sums.len()];
		normalise(&sums, &mut vector);
		let digest = H256(embedding_digest(&self.job, self.vector));
		match vector == self.vector && self.digests == [digest] {
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
