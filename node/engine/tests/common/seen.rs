// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! All that an observer sees.

use ergon_engine::executor::{Observer, Output};
use ergon_exact::{digest::Point, Candidate};

/// Everything that an observer sees.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Seen {
	pub(crate) residuals: Vec<(Point, Vec<i32>)>,
	pub(crate) outputs: Vec<(u32, Vec<i16>, i16, Vec<Candidate>)>,
}

impl Seen {
	/// In the order of positions, which does not depend on how the tokens were fed.
	pub(crate) fn sorted(mut self) -> Self {
		self.residuals.sort();
		self
	}
}

impl Observer for Seen {
	fn residual(&mut self, point: Point, row: &[i32]) {
		self.residuals.push((point, row.to_vec()));
	}

	fn output(&mut self, output: Output<'_>) {
		let candidates = output.candidates.unwrap().as_slice().to_vec();
		self.outputs.push((output.position, output.hidden.to_vec(), output.exponent, candidates));
	}
}
