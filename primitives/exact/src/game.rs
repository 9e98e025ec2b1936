// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The game that finds out whether a result is what the model gives: one chunk of it, the tokens of its
//! prompt, or its end; or whether an auditor who found it right has run the model.
//!
//! The *defender* stands by the result, or by its audit, the *challenger* says that it is wrong. About a chunk, by
//! turns, the defender shows what his digest was made of, one level deeper each time, and the challenger names
//! the first part that he does not agree with. Whatever comes before that part is agreed by then: the
//! challenger has passed it over, and it is the defender's own word. In the end the part is one number
//! that follows from agreed bytes, and [`crate::judge`] computes it.
//!
//! ```text
//!    defender shows                        challenger names
//! 1  hashes of the chunk's positions       a position, and whether its row or its candidates are wrong
//! 2  roots of the layers' rows             the first layer
//! 3  roots of the layer's operators        the first operator
//! 4  roots of 128 groups of rows           the first group         (once more for each 128 times the rows)
//! 5  hashes of the row's blocks            the first block
//! 6  the block                             the number, with all that it follows from
//! ```
//!
//! Three ways are shorter: candidates are opened at once and compared with the sampler, then one logit
//! is computed; what enters the first layer follows from the model alone; the final row follows from the
//! last layer. An embedding begins with hashes of the sums over positions that become it, and goes down to
//! the vector, a sum, a final row or a layer. One is longer: the sum that attention makes wants the scores
//! first, which nobody has committed to.
//!
//! The digest of an audit covers rows that leave some layers; the way from there is that of a chunk, with
//! what the digest was made of and a point of it in place of the first two moves.
//!
//! What text there is, and where it ends, takes two moves; see [`Disputed`].
//!
//! A move that does not fit what was shown before is [`Refused`], and whoever made it may make another
//! until his time is over; what fits and is wrong decides.

mod disputed;
mod embedding;
#[cfg(test)]
mod figures;
mod groundwork;
mod moves;
mod outputs;
mod stage;
mod text;
mod work;

use alloc::vec::Vec;

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use ergon_core::{
	merkle,
	network::{Constants, Leaves},
	Architecture, Dimensions, H256,
};
use scale_info::TypeInfo;

pub use self::{
	disputed::{Disputed, Record},
	embedding::sum_hashes,
	groundwork::{Groundwork, Turn},
	moves::{Move, Proof, Row},
	stage::{Frame, Opened, Side, Stage, Target},
};
use crate::{
	digest::Digest,
	judge::{self, Recomputed},
	operators::{inputs, Input, Number, Operator, Place, Sequence, Shape, Tensor, BLOCK},
	sampler::Sampling,
};

/// Levels of a tree of rows that are shown at once. Seven lead through 2^14 rows in two rounds, which is more
/// than the longest prompt in the largest frame has positions with the longest answer; six would want a third
/// round from 4,097 positions on, to spare a kilobyte.
pub const LEVELS: u32 = 7;

/// Most moves of a game: fourteen where a tensor has up to 128 rows, sixteen up to 2^14, eighteen up to
/// 2^21, more than any context has.
pub const MAX_MOVES: u32 = 18;

/// Longest turn, SCALE-encoded. The largest leaf of the largest network has 98 KB (28,672 wide ones of
/// 70 billion parameters 86 KB, 14,336 wide ones of 8 billion 45 KB). The longest text that is one word takes
/// 96 KiB to read. The first turn about a chunk or an embedding takes 33 KB for a prompt of 8 KiB of which
/// every byte is a token.
pub const MAX_TURN_BYTES: u32 = 112 << 10;

/// What nobody disputes.
#[derive(Clone, Debug)]
pub struct Board<'a> {
	/// Kind of the network.
	pub architecture: Architecture,
	/// Its sizes.
	pub dimensions: Dimensions,
	/// Constants of its arithmetic, as they stand in its tables.
	pub constants: Constants,
	/// Root of its weights.
	pub weights_root: H256,
	/// Root of its tables.
	pub tables_root: H256,
	/// The job.
	pub job: Digest,
	/// Its seed.
	pub seed: Digest,
	/// How its tokens are chosen.
	pub sampling: Sampling,
	/// The prompt.
	pub prompt: &'a [u32],
	/// The answer.
	pub tokens: &'a [u32],
	/// The embedding; empty for an answer.
	pub vector: &'a [i16],
	/// Digests of its chunks.
	pub digests: &'a [H256],
}

/// A move that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
	/// It is another side's turn, or another kind of move.
	OutOfTurn,
	/// There is no such chunk, position, layer, operator, row, block or number.
	NoSuchPart,
	/// What is shown does not hash to what was shown before.
	DoesNotOpen,
	/// What is shown is not as long as it has to be.
	WrongLength,
}

/// Why a side has won.
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
pub enum Reason {
	/// The sampler chooses another token from the candidates.
	#[codec(index = 0)]
	Sampler,
	/// The candidates are not in order, or there are too few or too many.
	#[codec(index = 1)]
	Candidates,
	/// A token's logit.
	#[codec(index = 2)]
	Logit(i32),
	/// A number of the forward pass.
	#[codec(index = 3)]
	Number(Recomputed),
	/// The final row.
	#[codec(index = 4)]
	FinalRow,
	/// The vector: whether the sums become it, and whether its digest is the one that was attested.
	#[codec(index = 5)]
	Vector,
	/// An element of the sum over positions.
	#[codec(index = 6)]
	Sum(i64),
	/// The tokens of the prompt.
	#[codec(index = 7)]
	Prompt,
	/// Where the answer ends, why, or what it says.
	#[codec(index = 8)]
	Ending,
}

/// What a move leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
	/// The game goes on.
	Next(Stage),
	/// It is over.
	Won(Side, Reason),
}

impl Board<'_> {
	/// What a move leads to.
	///
	/// # Errors
	///
	/// [`Refused`], after which nothing has changed.
	pub fn play(&self, stage: Stage, made: Move) -> Result<Outcome, Refused> {
		match (stage, made) {
			(Stage::Chunk { chunk }, Move::Chunk(opened)) => self.chunk(chunk, opened),
			(Stage::Position { chunk, opened }, Move::Candidates(position)) => {
				let (index, opened) = self.position(chunk, &opened, position)?;
				Ok(Outcome::Next(Stage::Candidates { index, opened }))
			}
			(Stage::Position { chunk, opened }, Move::Hidden(position)) => {
				let (index, opened) = self.position(chunk, &opened, position)?;
				Ok(Outcome::Next(Stage::Layers { index, opened }))
			}
			(Stage::Candidates { index, opened }, Move::Opened { candidates, hidden }) => {
				self.candidates(index, opened, candidates, hidden)
			}
			(Stage::Logit { candidates, hidden, .. }, Move::Logit { id, leaf }) => {
				self.logit(&candidates, &hidden, id, &leaf)
			}
			(Stage::Layers { index, opened }, Move::Layers(roots)) => {
				match roots.len() == self.dimensions.layers as usize + 1 {
					true => Ok(Outcome::Next(Stage::Layer { index, opened, roots })),
					false => Err(Refused::WrongLength),
				}
			}
			(Stage::Layer { index, roots, .. }, Move::Entry) => {
				self.entry_of(self.positions(index), &roots)
			}
			(Stage::Layer { index, roots, .. }, Move::Layer(layer)) => {
				self.layer_of(self.positions(index), &roots, layer)
			}
			(Stage::Vector, Move::Vector { layers, rows, columns, sums }) => {
				self.vector(layers, rows, columns, sums)
			}
			(Stage::Sums { layers, .. }, Move::Entry) => self.entry_of(self.positions(0), &layers),
			(Stage::Sums { layers, .. }, Move::Layer(layer)) => {
				self.layer_of(self.positions(0), &layers, layer)
			}
			(Stage::Sums { layers, rows, columns, .. }, Move::Rows) => {
				self.descend(self.behind_layers(&layers, rows, columns, Tensor::Final)?, rows)
			}
			(Stage::Sums { layers, rows, columns, .. }, Move::Columns) => {
				let target = self.behind_layers(&layers, rows, columns, Tensor::Columns)?;
				self.descend(target, columns)
			}
			(Stage::Sums { columns, sums, .. }, Move::SumBlock(block)) => {
				let hash = *sums.get(block as usize).ok_or(Refused::NoSuchPart)?;
				Ok(Outcome::Next(Stage::SumBlock { columns, block, hash }))
			}
			(Stage::Sums { sums, .. }, Move::AskSums) => Ok(Outcome::Next(Stage::AllSums { sums })),
			(Stage::SumBlock { columns, block, hash }, Move::Sums(sums)) => {
				self.sum_block(columns, block, hash, sums)
			}
			(Stage::Sum { columns, block, sums }, Move::Sum { element, column, exponents }) => {
				let index = element.checked_sub(block * BLOCK).ok_or(Refused::NoSuchPart)?;
				let claimed = *sums.get(index as usize).ok_or(Refused::NoSuchPart)?;
				self.sum(columns, element, claimed, &column, &exponents)
			}
			(Stage::AllSums { sums: hashes }, Move::Sums(sums)) => self.all_sums(&hashes, &sums),
			(Stage::Layer { index, opened, roots }, Move::Final) => {
				let root = *roots.last().ok_or(Refused::NoSuchPart)?;
				Ok(Outcome::Next(Stage::Final { index, opened, root }))
			}
			(Stage::Final { index, opened, root }, Move::FinalRow { residual, hidden, norm }) => {
				self.final_row(index, opened, root, &residual, &hidden, &norm)
			}
			(Stage::Operators { frame, output }, Move::Operators(operators)) => {
				if operators.len() != Operator::ALL.len() {
					return Err(Refused::WrongLength);
				}
				match operators.last() == Some(&output) {
					true => Ok(Outcome::Next(Stage::Operator { frame, operators })),
					false => Err(Refused::DoesNotOpen),
				}
			}
			(Stage::Operator { frame, operators }, Move::Operator(operator)) => {
				let root = operators.get(operator as usize).copied().ok_or(Refused::NoSuchPart)?;
				let tensor = Tensor::Of(operator);
				self.descend(Target { frame, operators, tensor }, root)
			}
			(Stage::Branches { target, first, count, root }, Move::Branches(hashes)) => {
				match merkle::join(count.into(), LEVELS, &hashes) == Some(root) {
					true => Ok(Outcome::Next(Stage::Branch { target, first, count, hashes })),
					false => Err(Refused::DoesNotOpen),
				}
			}
			(Stage::Branch { target, first, count, hashes }, Move::Branch(branch)) => {
				let root = *hashes.get(branch as usize).ok_or(Refused::NoSuchPart)?;
				let sizes = merkle::branch_sizes(count.into(), LEVELS);
				let before: u64 = sizes.iter().take(branch as usize).sum();
				let size = sizes.get(branch as usize).copied().ok_or(Refused::NoSuchPart)?;
				Ok(Outcome::Next(narrow(target, first + before as u32, size as u32, root)))
			}
			(Stage::Blocks { target, row, root }, Move::Blocks(hashes)) => {
				let is_row = hashes.len() == self.shape(&target).blocks() as usize
					&& merkle::root(hashes.iter().copied()) == root;
				match is_row {
					true => Ok(Outcome::Next(Stage::Block { target, row, hashes })),
					false => Err(Refused::DoesNotOpen),
				}
			}
			(Stage::Block { target, row, hashes }, Move::Block(block)) => {
				let hash = *hashes.get(block as usize).ok_or(Refused::NoSuchPart)?;
				// The challenger has passed it over.
				let counts_by_it = block > 0 && target.tensor.has_witness(self.architecture);
				let exponent = hashes.first().copied().filter(|_| counts_by_it);
				Ok(Outcome::Next(Stage::Numbers { target, row, block, hash, exponent }))
			}
			(
				Stage::Numbers { target, row, block, hash, exponent: agreed },
				Move::Numbers { bytes, exponent },
			) => {
				let is_exponent = match agreed {
					Some(agreed) => merkle::leaf(&exponent) == agreed,
					None => exponent.is_empty(),
				};
				match merkle::leaf(&bytes) == hash && is_exponent {
					true => {
						Ok(Outcome::Next(Stage::Number { target, row, block, bytes, exponent }))
					}
					false => Err(Refused::DoesNotOpen),
				}
			}
			(
				Stage::Number { target, row, block, bytes, exponent },
				Move::Number { place, witness, proofs },
			) => {
				let claimed = self.claimed(&target, block, &bytes, place)?;
				self.number(&target, row, place, claimed, witness, &proofs, &exponent)
			}
			(Stage::Number { target, row, block, bytes, .. }, Move::AskScores(element)) => {
				let is_sum = target.tensor == Tensor::Of(Operator::Mixed);
				let claimed = self.claimed(&target, block, &bytes, Place::Element(element))?;
				match is_sum {
					true => Ok(Outcome::Next(Stage::Scores { target, row, element, claimed })),
					false => Err(Refused::NoSuchPart),
				}
			}
			(Stage::Number { target, row, block, bytes, .. }, Move::AskWitness) => {
				let place = Place::Exponent(0);
				let claimed = self.claimed(&target, block, &bytes, place)?;
				match target.tensor.has_witness(self.architecture) {
					true => Ok(Outcome::Next(Stage::Witness { target, row, claimed })),
					false => Err(Refused::NoSuchPart),
				}
			}
			(Stage::Witness { target, row, claimed }, Move::Witness { element, proofs }) => {
				let place = Place::Exponent(0);
				match self.number(&target, row, place, claimed, element, &proofs, &[])? {
					// The defender's own witness asks for less than he claims.
					Outcome::Won(_, Reason::Number(Recomputed::AtLeast(least)))
						if i32::from(least) < claimed =>
					{
						let reason = Reason::Number(Recomputed::AtLeast(least));
						Ok(Outcome::Won(Side::Challenger, reason))
					}
					other => Ok(other),
				}
			}
			(Stage::Scores { target, row, element, claimed }, Move::Scores(scores)) => {
				let shape = self.shape_of(&target, self.scores(&target, row, element));
				match scores.len() == 4 * shape.elements as usize {
					true => {
						Ok(Outcome::Next(Stage::Score { target, row, element, claimed, scores }))
					}
					false => Err(Refused::WrongLength),
				}
			}
			(
				Stage::Score { target, row, element, claimed, scores },
				Move::Number { place, proofs, .. },
			) => {
				// The sum itself, from the scores that were shown.
				if place != Place::Element(element) {
					return Err(Refused::NoSuchPart);
				}
				self.number(&target, row, place, claimed, 0, &proofs, &scores)
			}
			(Stage::Score { target, row, element, scores, .. }, Move::Score { key, proofs }) => {
				let tensor = self.scores(&target, row, element);
				let bytes = scores.chunks_exact(4).nth(key as usize).ok_or(Refused::NoSuchPart)?;
				let claimed =
					i32::from_le_bytes(bytes.try_into().map_err(|_| Refused::WrongLength)?);
				let target = Target { tensor, ..target };
				self.number(&target, 0, Place::Element(key), claimed, 0, &proofs, &[])
			}
			(Stage::Work { challenge, digest }, Move::Work(rows)) => {
				self.work(challenge, digest, rows)
			}
			(Stage::WorkPoint { challenge, rows }, Move::WorkPoint(index)) => {
				self.work_point(challenge, &rows, index)
			}
			(Stage::WorkRow { point, row }, Move::WorkRow { layers, path }) => {
				self.work_row(point, row, layers, &path)
			}
			(Stage::WorkLayers { point, layers }, Move::Entry) => {
				self.entry_of(self.positions_up_to(point), &layers)
			}
			(Stage::WorkLayers { point, layers }, Move::Layer(layer)) => {
				self.layer_of(self.positions_up_to(point), &layers, layer)
			}
			_ => Err(Refused::OutOfTurn),
		}
	}

	/// The way to what enters the first layer.
	fn entry_of(&self, positions: u32, roots: &[H256]) -> Result<Outcome, Refused> {
		let input = *roots.first().ok_or(Refused::NoSuchPart)?;
		let frame = Frame { layer: 0, positions, input };
		self.descend(Target { frame, operators: Vec::new(), tensor: Tensor::Residual }, input)
	}

	/// The way into a layer.
	fn layer_of(&self, positions: u32, roots: &[H256], layer: u32) -> Result<Outcome, Refused> {
		let of = |layer: u32| roots.get(layer as usize).copied().ok_or(Refused::NoSuchPart);
		let output = of(layer.checked_add(1).ok_or(Refused::NoSuchPart)?)?;
		let frame = Frame { layer, positions, input: of(layer)? };
		Ok(Outcome::Next(Stage::Operators { frame, output }))
	}

	/// Positions of the sequence whose last one gives the output of that index.
	fn positions(&self, index: u32) -> u32 {
		self.prompt.len() as u32 + index
	}

	fn leaves(&self) -> Leaves {
		Leaves::new(self.architecture, self.dimensions)
	}

	fn sequence(&self, target: &Target) -> Sequence {
		let Self { architecture, dimensions, .. } = *self;
		Sequence { architecture, dimensions, positions: target.frame.positions }
	}

	fn shape(&self, target: &Target) -> Shape {
		self.shape_of(target, target.tensor)
	}

	fn shape_of(&self, target: &Target, tensor: Tensor) -> Shape {
		self.sequence(target).shape(tensor)
	}

	/// The scores that a sum of attention follows from.
	fn scores(&self, target: &Target, row: u32, element: u32) -> Tensor {
		debug_assert_eq!(target.tensor, Tensor::Of(Operator::Mixed));
		Tensor::Scores { position: row, head: element / self.dimensions.head_width }
	}

	/// The way down to a row of a tensor.
	fn descend(&self, target: Target, root: H256) -> Result<Outcome, Refused> {
		let rows = self.shape(&target).rows;
		Ok(Outcome::Next(narrow(target, 0, rows, root)))
	}

	/// A number of a block.
	fn claimed(
		&self,
		target: &Target,
		block: u32,
		bytes: &[u8],
		place: Place,
	) -> Result<i32, Refused> {
		let shape = self.shape(target);
		let (index, count, size) = match place {
			Place::Exponent(index) => (index, shape.exponents, 2),
			Place::Element(index) => (index, shape.elements, shape.element_bytes as usize),
		};
		if index >= count || shape.block_of(place) != block {
			return Err(Refused::NoSuchPart);
		}
		let number = bytes.chunks_exact(size).nth((index % BLOCK) as usize);
		match *number.ok_or(Refused::WrongLength)? {
			[a, b] => Ok(i16::from_le_bytes([a, b]).into()),
			[a, b, c, d] => Ok(i32::from_le_bytes([a, b, c, d])),
			_ => Err(Refused::WrongLength),
		}
	}

	/// Computes a number again, and compares it with what the defender claims.
	#[allow(clippy::too_many_arguments)]
	fn number(
		&self,
		target: &Target,
		row: u32,
		place: Place,
		claimed: i32,
		witness: u32,
		proofs: &[Proof],
		shown: &[u8],
	) -> Result<Outcome, Refused> {
		if target.tensor == Tensor::Residual {
			let exact = self.entry(target, row, place, proofs)?;
			return Ok(ruling(claimed, Recomputed::Exactly(exact)));
		}
		let sequence = self.sequence(target);
		let number = Number { layer: target.frame.layer, tensor: target.tensor, row, place };
		let wanted = inputs(&sequence, number, witness).ok_or(Refused::NoSuchPart)?;
		if wanted.len() != proofs.len() {
			return Err(Refused::WrongLength);
		}
		let bytes = wanted
			.iter()
			.zip(proofs)
			.map(|(input, proof)| match (input, proof) {
				(Input::Weight(leaf), proof) => self.weight(proof, *leaf),
				(Input::Table(leaf), proof) => self.table(proof, *leaf),
				(Input::Blocks { tensor, .. }, Proof::Shown)
					if matches!(tensor, Tensor::Scores { .. }) || *tensor == target.tensor =>
				{
					Ok(shown)
				}
				(Input::Blocks { tensor, row, blocks }, Proof::Blocks(opening)) => {
					let root = opening.root(&sequence.shape(*tensor), *row, blocks.clone());
					match root.is_some() && root == target.root(*tensor) {
						true => Ok(&opening.bytes[..]),
						false => Err(Refused::DoesNotOpen),
					}
				}
				(Input::Blocks { .. }, _) => Err(Refused::DoesNotOpen),
			})
			.collect::<Result<Vec<&[u8]>, _>>()?;
		let found =
			judge::recompute(&sequence, number, witness, &bytes).ok_or(Refused::WrongLength)?;
		Ok(ruling(claimed, found))
	}

	/// A number of what enters the first layer.
	fn entry(
		&self,
		target: &Target,
		row: u32,
		place: Place,
		proofs: &[Proof],
	) -> Result<i32, Refused> {
		let Place::Element(element) = place else { return Err(Refused::NoSuchPart) };
		let prompt = self.prompt.len();
		let token = match (row as usize).checked_sub(prompt) {
			None => self.prompt.get(row as usize),
			Some(index) => self.tokens.get(index),
		};
		let leaves = self.leaves().embedding(*token.ok_or(Refused::NoSuchPart)?, row);
		let constants = self.constants.to_bytes(self.architecture);
		let (weights, norm) = proofs.split_at_checked(leaves.len()).ok_or(Refused::WrongLength)?;
		let mut bytes = leaves
			.iter()
			.zip(weights)
			.map(|(&leaf, proof)| self.weight(proof, leaf))
			.collect::<Result<Vec<&[u8]>, _>>()?;
		match norm {
			[] if self.architecture.generates() => {}
			[norm] if !self.architecture.generates() => {
				bytes.push(self.table(norm, self.leaves().final_norm())?);
				bytes.push(&constants);
			}
			_ => return Err(Refused::WrongLength),
		}
		judge::embedded(&self.sequence(target), element, &bytes).ok_or(Refused::WrongLength)
	}

	/// Bytes of a leaf of the weights.
	fn weight<'b>(&self, proof: &'b Proof, leaf: u64) -> Result<&'b [u8], Refused> {
		proof.leaf(self.weights_root, leaf, self.leaves().weights(self.constants.tied))
	}

	/// Bytes of a leaf of the tables.
	fn table<'b>(&self, proof: &'b Proof, leaf: u64) -> Result<&'b [u8], Refused> {
		proof.leaf(self.tables_root, leaf, self.leaves().tables())
	}
}

/// What is next when a tensor's disputed row is one of `count` from `first` on.
fn narrow(target: Target, first: u32, count: u32, root: H256) -> Stage {
	match count {
		1 => Stage::Blocks { target, row: first, root },
		_ => Stage::Branches { target, first, count, root },
	}
}

/// Who is right about a number. An exponent that a witness asks for may be asked for by another, so that
/// the challenger proves one too small, and only that.
fn ruling(claimed: i32, found: Recomputed) -> Outcome {
	let is_right = match found {
		Recomputed::Exactly(exact) => exact == claimed,
		Recomputed::AtLeast(least) => i32::from(least) <= claimed,
	};
	let winner = if is_right { Side::Defender } else { Side::Challenger };
	Outcome::Won(winner, Reason::Number(found))
}
