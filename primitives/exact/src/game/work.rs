// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What the work-bound digest of an auditor was made of: residual rows that nobody has who did not run
//! the model over the whole sequence.

use alloc::vec::Vec;

use ergon_core::{merkle, H256};

use super::{Board, Outcome, Refused, Stage};
use crate::digest::{work_digest, work_points, Point};

impl Board<'_> {
	/// Positions of the sequence that is run to check a result: the prompt and all tokens but the last.
	pub fn checked_positions(&self) -> u32 {
		(self.prompt.len() + self.tokens.len().saturating_sub(1)) as u32
	}

	/// Positions that the row at a point follows from.
	pub fn positions_up_to(&self, point: Point) -> u32 {
		match self.architecture.generates() {
			true => point.position + 1,
			false => self.checked_positions(),
		}
	}

	/// The points that a challenge draws.
	pub fn work_points(&self, challenge: H256) -> Vec<Point> {
		work_points(&challenge.0, self.checked_positions(), self.dimensions.layers)
	}

	/// The rows that the digest covers.
	pub(super) fn work(
		&self,
		challenge: H256,
		digest: H256,
		rows: Vec<H256>,
	) -> Result<Outcome, Refused> {
		if rows.len() != self.work_points(challenge).len() {
			return Err(Refused::WrongLength);
		}
		match work_digest(&challenge.0, self.checked_positions(), &rows) == digest.0 {
			true => Ok(Outcome::Next(Stage::WorkPoint { challenge, rows })),
			false => Err(Refused::DoesNotOpen),
		}
	}

	/// The way to the row at a point.
	pub(super) fn work_point(
		&self,
		challenge: H256,
		rows: &[H256],
		index: u32,
	) -> Result<Outcome, Refused> {
		let points = self.work_points(challenge);
		match (points.get(index as usize), rows.get(index as usize)) {
			(Some(&point), Some(&row)) => Ok(Outcome::Next(Stage::WorkRow { point, row })),
			_ => Err(Refused::NoSuchPart),
		}
	}

	/// The layers that a row comes out of.
	pub(super) fn work_row(
		&self,
		point: Point,
		row: H256,
		layers: Vec<H256>,
		path: &[H256],
	) -> Result<Outcome, Refused> {
		// What enters the first layer, and what leaves each up to that of the point.
		if layers.len() as u64 != u64::from(point.layer) + 2 {
			return Err(Refused::WrongLength);
		}
		let rows = self.positions_up_to(point).into();
		let root = merkle::climb(row, point.position.into(), rows, path);
		match root.is_some() && root == layers.last().copied() {
			true => Ok(Outcome::Next(Stage::WorkLayers { point, layers })),
			false => Err(Refused::DoesNotOpen),
		}
	}
}
