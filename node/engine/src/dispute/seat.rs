// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Whether the seat of a silent side is worth taking.
//!
//! Whoever plays from the beginning has said nothing that is not so, and who is right wins. Who takes a seat has not
//! said what was said from it before, and answers for it with a bond of which the other side gets a part. So a friend
//! of the other side may have had that seat, have said something that is not so, or have attested it, and be silent:
//! each move that is asked for then can be shown or named, and the game is lost all the same.
//!
//! Everything that can be lost by stands in the stage, and what a stage says is compared here with what the model gives.
//! A defender wins if the result is right, and the audit that is charged, and if all that has been shown follows from it.
//! A challenger wins if what was shown last is wrong, and all that it follows from is right.

use std::sync::Arc;

use codec::DecodeAll;
use ergon_core::{engine::JobOrder, job::prompt_root, Attestation, Bundle, Vote, H256};
use ergon_exact::{
	game::{sum_hashes, Side, Stage, Target, Turn},
	operators::{Operator, Place, Tensor, BLOCK},
};

use super::{find_turn, Player, Seat};
use crate::{
	control::Control, error::ExecutionError, executor::Executor, generate::prompt_tokens,
	model::Model, verify::verify_on,
};

/// The next turn for a side that is silent, for somebody who would take its seat: that of [`super::turn_on`] if the
/// side wins with it, and nothing if it may lose.
///
/// # Errors
///
/// [`ExecutionError`] when the result could not be re-executed, or the turn not be found, here.
pub async fn stand_in_on(
	executor: &Executor,
	model: &Arc<Model>,
	order: &JobOrder,
	attestation: &Attestation,
	bundle: &Bundle,
	stage: &[u8],
	control: &Control,
) -> Result<Option<Turn>, ExecutionError> {
	let Ok(decoded) = Stage::decode_all(&mut &stage[..]) else { return Ok(None) };
	let is_right = match decoded.turn() {
		Side::Defender => {
			let (challenge, digest) = match &decoded {
				Stage::Work { challenge, digest } => (*challenge, Some(*digest)),
				_ => (H256::zero(), None),
			};
			let (vote, work) =
				verify_on(executor, model, order, attestation, bundle, &[challenge], control)
					.await?;
			vote == Vote::Match && digest.is_none_or(|digest| work.first() == Some(&digest))
		}
		Side::Challenger if decoded.is_about_text() => true,
		// Of another prompt, which nobody disputes in this game, everything would be another one.
		Side::Challenger => prompt_tokens(model, order).is_ok_and(|prompt| {
			attestation.prompt_tokens == prompt.len() as u32
				&& attestation.prompt_root == prompt_root(&prompt)
		}),
	};
	match is_right {
		true => find_turn(executor, model, order, bundle, stage, Seat::Taken, control).await,
		false => Ok(None),
	}
}

impl Player<'_> {
	/// Whether what a stage says is so that the side whose turn it is wins. A defender's result is right, and so is
	/// the digest of an audit that begins with it; a challenger can name something.
	pub(super) async fn can_win(&self, stage: &Stage) -> Result<bool, ExecutionError> {
		Ok(match stage {
			// For defenders. What was opened of the result, or of the audit, is as right as these are.
			Stage::Chunk { .. }
			| Stage::Candidates { .. }
			| Stage::Layers { .. }
			| Stage::Vector
			| Stage::Work { .. }
			| Stage::Prompt
			| Stage::Ending => true,
			// What was shown beside it may be anything.
			Stage::Final { index, root, .. } => {
				self.layers(self.positions(*index)).await?.last() == Some(root)
			}
			Stage::Operators { frame, output } => {
				let layers = self.layers(frame.positions).await?;
				let enters = frame.layer as usize;
				layers.get(enters) == Some(&frame.input) && layers.get(enters + 1) == Some(output)
			}
			Stage::SumBlock { columns, block, hash } => {
				self.behind_layers().await?.2 == *columns
					&& sum_hashes(&self.sums().await?).get(*block as usize) == Some(hash)
			}
			Stage::AllSums { sums } => sum_hashes(&self.sums().await?) == *sums,
			Stage::WorkRow { point, row } => {
				let pass = self.regeneration(self.board.positions_up_to(*point));
				let rows = pass.row_roots(point.layer, Tensor::Of(Operator::Output)).await?;
				rows.get(point.position as usize) == Some(row)
			}
			Stage::Branches { target, .. }
			| Stage::Blocks { target, .. }
			| Stage::Numbers { target, .. }
			| Stage::Scores { target, .. }
			| Stage::Witness { target, .. } => self.agrees(target, true).await?,

			// For challengers. Here nothing was passed over before.
			Stage::Position { .. }
			| Stage::Sums { .. }
			| Stage::WorkPoint { .. }
			| Stage::WorkLayers { .. }
			| Stage::Read { .. }
			| Stage::Spelt { .. } => true,
			Stage::Logit { index, hidden, .. } => {
				let found = self.outputs().await?.get(*index as usize);
				found.is_some_and(|found| found.hidden == *hidden)
			}
			// Without a wrong layer it would be said that the final row does not follow from them.
			Stage::Layer { index, opened, roots } => {
				let Some(found) = self.outputs().await?.get(*index as usize) else {
					return Ok(false);
				};
				found.hashes().hidden != opened.hidden
					|| self.layers(self.positions(*index)).await? != *roots
			}
			Stage::Sum { columns, .. } => self.behind_layers().await?.2 == *columns,
			Stage::Operator { frame, .. } => {
				let layers = self.layers(frame.positions).await?;
				layers.get(frame.layer as usize) == Some(&frame.input)
			}
			Stage::Branch { target, .. } | Stage::Block { target, .. } => {
				self.agrees(target, false).await?
			}
			Stage::Number { target, row, exponent, .. } => {
				let is_right = exponent.is_empty()
					|| self.block(target, *row, 0).await?.as_ref() == Some(exponent);
				is_right && self.agrees(target, false).await?
			}
			Stage::Score { target, row, element, claimed, .. } => {
				let found = self.element(target, *row, *element).await?;
				found.is_some_and(|found| found != *claimed) && self.agrees(target, false).await?
			}
		})
	}

	/// Roots of what enters each layer, and of what leaves the last.
	async fn layers(&self, positions: u32) -> Result<Vec<H256>, ExecutionError> {
		self.regeneration(positions).layer_roots().await
	}

	/// Whether a layer is what a target says that it is: all that its tensor follows from, and with it the tensor if
	/// that is asked.
	async fn agrees(&self, target: &Target, with_tensor: bool) -> Result<bool, ExecutionError> {
		let Target { frame, operators, tensor } = target;
		let before = match tensor {
			// What enters the first layer follows from the model alone.
			Tensor::Residual if !with_tensor => return Ok(true),
			Tensor::Residual | Tensor::Final => 0,
			Tensor::Columns => 1,
			Tensor::Of(operator) => *operator as usize,
			// They are never looked into.
			Tensor::Scores { .. } => return Ok(false),
		};
		let layers = self.layers(frame.positions).await?;
		let enters = layers.get(frame.layer as usize) == Some(&frame.input);
		if !enters || *tensor == Tensor::Residual {
			return Ok(enters);
		}
		let found = match tensor {
			Tensor::Final | Tensor::Columns => {
				let (_, rows, columns) = self.behind_layers().await?;
				vec![rows, columns]
			}
			_ => self.regeneration(frame.positions).operator_roots(frame.layer).await?,
		};
		let count = before + usize::from(with_tensor);
		let both = operators.get(..count).zip(found.get(..count));
		Ok(both.is_some_and(|(shown, found)| shown == found))
	}

	/// An element of a row in Q16.
	async fn element(
		&self,
		target: &Target,
		row: u32,
		element: u32,
	) -> Result<Option<i32>, ExecutionError> {
		let shape = self.regeneration(target.frame.positions).sequence().shape(target.tensor);
		let block = self.block(target, row, shape.block_of(Place::Element(element))).await?;
		let mut numbers = block.iter().flat_map(|block| block.chunks_exact(4));
		let number = numbers.nth((element % BLOCK) as usize);
		Ok(number.and_then(|bytes| Some(i32::from_le_bytes(bytes.try_into().ok()?))))
	}
}
