// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The game about an embedding, as far as it does not go into the layers.

use ergon_core::{merkle, Dimensions, H256};
use ergon_exact::{
	game::{sum_hashes, Board, Move},
	judge::pooled,
	operators::{Tensor, BLOCK},
	pooling::normalise,
};

use super::{first_difference, wrong_layer, Player};
use crate::error::ExecutionError;

impl Player<'_> {
	/// How the embedding comes about here.
	pub(super) async fn vector(&self) -> Result<Move, ExecutionError> {
		let (layers, rows, columns) = self.behind_layers().await?;
		let sums = sum_hashes(&self.sums().await?);
		Ok(Move::Vector { layers, rows, columns, sums })
	}

	/// Roots of the layers, of the final rows and of their columns.
	pub(super) async fn behind_layers(&self) -> Result<(Vec<H256>, H256, H256), ExecutionError> {
		let pass = self.regeneration(self.positions(0));
		let last = self.board.dimensions.layers;
		let rows = merkle::root(pass.row_roots(last, Tensor::Final).await?);
		let columns = merkle::root(pass.row_roots(last, Tensor::Columns).await?);
		Ok((pass.layer_roots().await?, rows, columns))
	}

	/// The sum over positions of each element of the final rows.
	pub(super) async fn sums(&self) -> Result<Vec<i64>, ExecutionError> {
		let pass = self.regeneration(self.positions(0));
		let Board { dimensions, constants, .. } = self.board;
		let columns = pass.rows(dimensions.layers, Tensor::Columns).await?;
		let sums = columns.split_last().map_or_else(Vec::new, |(exponents, columns)| {
			let sum = |column: &Vec<u8>| {
				pooled(&pass.sequence(), constants.pooling, column, exponents).unwrap_or_default()
			};
			columns.iter().map(sum).collect()
		});
		Ok(sums)
	}

	/// The first part of how an embedding comes about that is wrong.
	pub(super) async fn wrong_part(
		&self,
		layers: &[H256],
		rows: H256,
		columns: H256,
		sums: &[H256],
	) -> Result<Option<Move>, ExecutionError> {
		let found = self.behind_layers().await?;
		if let Some(wrong) = wrong_layer(layers, &found.0) {
			return Ok(Some(wrong));
		}
		if rows != found.1 {
			return Ok(Some(Move::Rows));
		}
		if columns != found.2 {
			return Ok(Some(Move::Columns));
		}
		let found = self.sums().await?;
		if let Some(block) = first_difference(sums, &sum_hashes(&found)) {
			return Ok(Some(Move::SumBlock(block)));
		}
		let mut vector = vec![0; found.len()];
		normalise(&found, &mut vector);
		Ok((vector != self.board.vector).then_some(Move::AskSums))
	}

	/// The first sum of a block that is wrong, with the columns that it follows from.
	pub(super) async fn wrong_sum(
		&self,
		block: u32,
		shown: &[i64],
	) -> Result<Option<Move>, ExecutionError> {
		let sums = self.sums().await?;
		let found = sums.chunks(BLOCK as usize).nth(block as usize).unwrap_or_default();
		let Some(index) = first_difference(shown, found) else { return Ok(None) };
		let element = block * BLOCK + index;
		let pass = self.regeneration(self.positions(0));
		let Dimensions { layers, hidden, .. } = self.board.dimensions;
		let column = pass.open_row(layers, Tensor::Columns, element).await?;
		let exponents = pass.open_row(layers, Tensor::Columns, hidden).await?;
		let shown = column.zip(exponents);
		Ok(shown.map(|(column, exponents)| Move::Sum { element, column, exponents }))
	}
}
