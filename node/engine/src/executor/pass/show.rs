// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What operators of a layer give, for whoever traces it.

use ergon_exact::{linear::add, operators::Operator};

use super::{
	super::{
		observer::{Elements, OperatorRow, Spectator},
		part::Row,
		scratch::Scratch,
	},
	Matrix,
};

/// Shows what operators give to whoever traces the layer; does nothing where nobody does.
pub(super) struct Show<'a> {
	spectators: &'a mut [Spectator],
	/// Rows of whom it is shown to, each with its index.
	rows: Vec<(usize, Row)>,
}

impl<'a> Show<'a> {
	pub(super) fn new(spectators: &'a mut [Spectator], rows: &[Row], layer: usize) -> Self {
		let traces = |row: &Row| spectators[row.part].traced_layer == Some(layer as u32);
		let rows = match spectators.iter().any(|spectator| spectator.traced_layer.is_some()) {
			true => rows.iter().copied().enumerate().filter(|(_, row)| traces(row)).collect(),
			false => Vec::new(),
		};
		Self { spectators, rows }
	}

	/// Shows the row that `of` gives for an index.
	pub(super) fn with(&mut self, operator: Operator, of: impl Fn(usize) -> OperatorRow) {
		for &(index, row) in &self.rows {
			let (position, values) = (row.position as u32, of(index));
			self.spectators[row.part]
				.tell(|observer| observer.operator(operator, position, values));
		}
	}

	/// Rows in Q16.
	pub(super) fn q16(&mut self, operator: Operator, values: &[i32], width: usize) {
		self.with(operator, |index| OperatorRow {
			exponents: Vec::new(),
			elements: Elements::Q16(values[index * width..][..width].to_vec()),
		});
	}

	/// Rows that enter a matrix.
	pub(super) fn row(&mut self, operator: Operator, scratch: &Scratch, width: usize) {
		self.with(operator, |index| OperatorRow {
			exponents: vec![scratch.exponents[index]],
			elements: Elements::Row(scratch.rows[index * width..][..width].to_vec()),
		});
	}

	/// Outputs of matrices, with their biases.
	pub(super) fn outputs(&mut self, operator: Operator, scratch: &Scratch, matrices: &[Matrix]) {
		let width: usize = matrices.iter().map(Matrix::rows).sum();
		self.with(operator, |index| {
			let mut values = scratch.wide[index * width..][..width].to_vec();
			let mut rest = &mut values[..];
			for matrix in matrices {
				let (outputs, others) = rest.split_at_mut(matrix.rows());
				for (output, &bias) in outputs.iter_mut().zip(matrix.biases) {
					*output = add(*output, bias);
				}
				rest = others;
			}
			OperatorRow { exponents: Vec::new(), elements: Elements::Q16(values) }
		});
	}
}
