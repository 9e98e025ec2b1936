// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What is on chain about a disputed result, and whole games about it.

use alloc::vec::Vec;

use codec::{Decode, Encode};
use ergon_core::{engine::JobOrder, Attestation, Bundle, ModelManifest};

use super::{Board, Groundwork, Move, Outcome, Refused, Side, Stage, Turn};

/// All that is on chain about a result, whatever is disputed about it.
#[derive(Clone, Copy, Debug)]
pub struct Disputed<'a> {
	/// The model.
	pub manifest: &'a ModelManifest,
	/// The job as it was assigned.
	pub order: &'a JobOrder,
	/// What the provider signed.
	pub attestation: &'a Attestation,
	/// What the provider delivered.
	pub bundle: &'a Bundle,
}

impl<'a> Disputed<'a> {
	/// What a move leads to. Games about chunks need what was shown with their first move.
	///
	/// # Errors
	///
	/// [`Refused`], after which nothing has changed.
	pub fn play(
		&self,
		groundwork: Option<&Groundwork>,
		stage: Stage,
		made: Move,
	) -> Result<Outcome, Refused> {
		if stage.is_about_text() {
			return self.play_text(stage, made);
		}
		let Self { manifest, order, attestation, bundle } = *self;
		let groundwork = groundwork.ok_or(Refused::DoesNotOpen)?;
		Board::new(manifest, order, attestation, bundle, groundwork)?.play(stage, made)
	}
}

/// A whole game with all that is on chain about it: whoever has it can judge it again.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Record {
	/// The model.
	pub manifest: ModelManifest,
	/// The job as it was assigned.
	pub order: JobOrder,
	/// What the provider signed.
	pub attestation: Attestation,
	/// What the provider delivered.
	pub bundle: Bundle,
	/// Where the game began.
	pub first: Stage,
	/// Move after move.
	pub turns: Vec<Turn>,
	/// Who was right.
	pub winner: Side,
}

impl Record {
	/// What the game is about.
	pub fn disputed(&self) -> Disputed<'_> {
		let Self { manifest, order, attestation, bundle, .. } = self;
		Disputed { manifest, order, attestation, bundle }
	}

	/// What was shown with the first move.
	pub fn groundwork(&self) -> Option<&Groundwork> {
		self.turns.first()?.groundwork.as_ref()
	}

	/// Where the game stood before each move.
	///
	/// # Errors
	///
	/// [`Refused`] when a move does not fit, or comes after the end.
	pub fn stages(&self) -> Result<Vec<Stage>, Refused> {
		let mut next = Some(self.first.clone());
		let mut stages = Vec::with_capacity(self.turns.len());
		for turn in &self.turns {
			let stage = next.take().ok_or(Refused::OutOfTurn)?;
			stages.push(stage.clone());
			let outcome = self.disputed().play(self.groundwork(), stage, turn.made.clone())?;
			next = match outcome {
				Outcome::Next(stage) => Some(stage),
				Outcome::Won(winner, _) if winner == self.winner => None,
				Outcome::Won(..) => return Err(Refused::OutOfTurn),
			};
		}
		match next {
			None => Ok(stages),
			Some(_) => Err(Refused::OutOfTurn),
		}
	}
}
