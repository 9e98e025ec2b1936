// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Plays the game of [`ergon_exact::game`], on either side, by what the model gives here.
//!
//! As a defender it shows what it finds, as a challenger it names the first part that it finds
//! differently. Whoever runs the exact executor on the model that is meant wins on the side that is right.

mod differences;
mod embedding;
mod seat;
mod text;

#[cfg(device)]
use std::thread;
use std::{
	cell::{OnceCell, RefCell},
	rc::Rc,
	sync::Arc,
};

use codec::DecodeAll;
use ergon_core::{engine::JobOrder, merkle, Bundle, CHUNK_TOKENS, H256};
use ergon_exact::{
	candidates::Candidate,
	digest::{candidates_hash, hidden_hash, Point},
	game::{Board, Frame, Groundwork, Move, Opened, Proof, Row, Stage, Target, Turn, LEVELS},
	operators::{Number, Operator, Place, Tensor, BLOCK},
	sample,
};

pub use self::seat::stand_in_on;

use self::differences::{first_difference, first_number, wrong_candidate, wrong_layer};
use crate::{
	control::Control,
	error::ExecutionError,
	executor::{Executor, Observer, Output, Priority, Session, Want},
	generate::prompt_tokens,
	model::Model,
	regenerate::{OpenedInput, Regeneration},
	trace::{Scores, Work},
};

/// One side of a game.
pub struct Player<'a> {
	executor: &'a Executor,
	model: &'a Arc<Model>,
	board: &'a Board<'a>,
	control: &'a Control,
	/// Prompt and answer.
	tokens: Vec<u32>,
	outputs: OnceCell<Vec<Found>>,
}

/// What an output is here.
#[derive(Clone, Debug)]
struct Found {
	hidden: Row,
	candidates: Vec<Candidate>,
}

impl Found {
	fn hashes(&self) -> Opened {
		Opened {
			hidden: hidden_hash(&self.hidden.elements, self.hidden.exponent),
			candidates: candidates_hash(&self.candidates),
		}
	}
}

/// Collects outputs.
#[derive(Default)]
struct Outputs(Vec<Found>);

impl Observer for Outputs {
	fn looks_at(&self, _layer: Option<u32>) -> bool {
		false
	}

	fn output(&mut self, output: Output<'_>) {
		let hidden = Row { exponent: output.exponent, elements: output.hidden.to_vec() };
		let candidates = output.candidates.map_or_else(Vec::new, |all| all.as_slice().to_vec());
		self.0.push(Found { hidden, candidates });
	}
}

impl From<OpenedInput> for Proof {
	fn from(input: OpenedInput) -> Self {
		match input {
			OpenedInput::Blocks(opening) => Self::Blocks(opening),
			OpenedInput::Leaf { bytes, path } => Self::Leaf { bytes, path },
		}
	}
}

/// The next turn in the dispute about a result; nothing when there is nothing to say. `stage` is a
/// SCALE-encoded [`Stage`].
///
/// Devices do not show the inside of a layer: beside one, the processor finds the turn, and whatever else
/// the executor is to do waits meanwhile.
///
/// # Errors
///
/// [`ExecutionError`] when the order's prompt cannot be run, or not here.
pub async fn turn_on(
	executor: &Executor,
	model: &Arc<Model>,
	order: &JobOrder,
	bundle: &Bundle,
	stage: &[u8],
	control: &Control,
) -> Result<Option<Turn>, ExecutionError> {
	find_turn(executor, model, order, bundle, stage, Seat::Own, control).await
}

/// Whose seat a turn is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seat {
	/// That of whoever plays by itself anyway: it loses no more with another move.
	Own,
	/// One that is free to be taken, by who does not want to lose.
	Taken,
}

async fn find_turn(
	executor: &Executor,
	model: &Arc<Model>,
	order: &JobOrder,
	bundle: &Bundle,
	stage: &[u8],
	seat: Seat,
	control: &Control,
) -> Result<Option<Turn>, ExecutionError> {
	#[cfg(device)]
	if control.device().is_some() {
		let control = control.on_processor();
		let find = || {
			let executor = Executor::new(&control);
			let turn = turn_on_processor(&executor, model, order, bundle, stage, seat, &control);
			executor.complete(turn)
		};
		// On a thread of its own: an executor cannot be completed inside of another.
		let found = thread::scope(|scope| scope.spawn(find).join());
		return found.unwrap_or_else(|panic| Err(ExecutionError::panicked(&*panic)));
	}
	turn_on_processor(executor, model, order, bundle, stage, seat, control).await
}

async fn turn_on_processor(
	executor: &Executor,
	model: &Arc<Model>,
	order: &JobOrder,
	bundle: &Bundle,
	stage: &[u8],
	seat: Seat,
	control: &Control,
) -> Result<Option<Turn>, ExecutionError> {
	let Ok(stage) = Stage::decode_all(&mut &stage[..]) else { return Ok(None) };
	if stage.is_about_text() {
		let made = text::next(model, order, bundle, &stage);
		return Ok(made.map(|made| Turn { groundwork: None, made }));
	}
	let prompt = prompt_tokens(model, order)?;
	let board = Board::of(model.manifest(), *model.constants(), order, bundle, &prompt);
	let Some(board) = board else { return Ok(None) };
	let player = Player::new(executor, model, &board, control);
	if seat == Seat::Taken && !player.can_win(&stage).await? {
		return Ok(None);
	}
	let made = player.next(&stage).await?;
	// A move must be about what the model of that name gives.
	model.check()?;
	let Some(made) = made else { return Ok(None) };
	let groundwork = match made {
		Move::Chunk(_) | Move::Vector { .. } | Move::Work(_) => player.groundwork(),
		_ => None,
	};
	Ok(Some(Turn { groundwork, made }))
}

impl<'a> Player<'a> {
	/// A player who runs a model. The executor is one of the processor.
	pub fn new(
		executor: &'a Executor,
		model: &'a Arc<Model>,
		board: &'a Board<'a>,
		control: &'a Control,
	) -> Self {
		// What the model does not have, it cannot be fed.
		let vocabulary = board.dimensions.vocabulary;
		let fed = board.tokens.iter().copied().take_while(|token| *token < vocabulary);
		let tokens = board.prompt.iter().copied().chain(fed).collect();
		Self { executor, model, board, control, tokens, outputs: OnceCell::new() }
	}

	/// What the defender shows with his first move.
	pub fn groundwork(&self) -> Option<Groundwork> {
		let constants = self.regeneration(self.tokens.len() as u32).table(0)?.into();
		Some(Groundwork { prompt: self.board.prompt.to_vec(), constants })
	}

	/// The next move of whoever's turn it is; nothing when there is nothing to say: a challenger who finds
	/// the same everywhere, or a defender who cannot show what he is asked for.
	///
	/// # Errors
	///
	/// [`ExecutionError`] when the pass could not be run here.
	pub async fn next(&self, stage: &Stage) -> Result<Option<Move>, ExecutionError> {
		Ok(match stage {
			Stage::Chunk { chunk } => {
				let outputs = self.outputs().await?;
				let first = (chunk * CHUNK_TOKENS) as usize;
				let chunk = outputs.iter().skip(first).take(CHUNK_TOKENS as usize);
				Some(Move::Chunk(chunk.map(Found::hashes).collect()))
			}
			Stage::Position { chunk, opened } => self.position(*chunk, opened).await?,
			Stage::Candidates { index, .. } => {
				let found = self.outputs().await?.get(*index as usize).cloned();
				found.map(|Found { hidden, candidates }| Move::Opened { candidates, hidden })
			}
			Stage::Logit { index, candidates, .. } => {
				let outputs = self.outputs().await?;
				let found = outputs.get(*index as usize).map_or(&[][..], |it| &it.candidates);
				let whole = self.regeneration(self.tokens.len() as u32);
				wrong_candidate(candidates, found).and_then(|id| {
					let leaf = whole.leaves_of().head(id, self.board.constants.tied);
					Some(Move::Logit { id, leaf: whole.weight(leaf)?.into() })
				})
			}
			Stage::Layers { index, .. } => {
				let pass = self.regeneration(self.positions(*index));
				Some(Move::Layers(pass.layer_roots().await?))
			}
			Stage::Layer { index, roots, .. } => {
				let pass = self.regeneration(self.positions(*index));
				Some(wrong_layer(roots, &pass.layer_roots().await?).unwrap_or(Move::Final))
			}
			Stage::Final { index, .. } => self.final_row(*index).await?,
			Stage::Operators { frame, .. } => {
				let pass = self.regeneration(frame.positions);
				Some(Move::Operators(pass.operator_roots(frame.layer).await?))
			}
			Stage::Operator { frame, operators } => {
				let pass = self.regeneration(frame.positions);
				let found = pass.operator_roots(frame.layer).await?;
				let first = first_difference(operators, &found);
				first.map(|index| Move::Operator(Operator::ALL[index as usize]))
			}
			Stage::Branches { target, first, count, .. } => {
				Some(Move::Branches(self.branches(target, *first, *count).await?))
			}
			Stage::Branch { target, first, count, hashes } => {
				let found = self.branches(target, *first, *count).await?;
				first_difference(hashes, &found).map(Move::Branch)
			}
			Stage::Blocks { target, row, .. } => self.blocks(target, *row).await?.map(Move::Blocks),
			Stage::Block { target, row, hashes } => {
				let found = self.blocks(target, *row).await?.unwrap_or_default();
				first_difference(hashes, &found).map(Move::Block)
			}
			Stage::Numbers { target, row, block, exponent, .. } => {
				let bytes = self.block(target, *row, *block).await?;
				let exponent = match exponent {
					Some(_) => self.block(target, *row, 0).await?,
					None => Some(Vec::new()),
				};
				let shown = bytes.zip(exponent);
				shown.map(|(bytes, exponent)| Move::Numbers { bytes, exponent })
			}
			Stage::Number { target, row, block, bytes, .. } => {
				self.number(target, *row, *block, bytes).await?
			}
			Stage::Scores { target, row, element, .. } => {
				let scores = self.scores(*row, *element);
				let pass = self.regeneration(target.frame.positions);
				pass.row(target.frame.layer, scores, 0).await?.map(Move::Scores)
			}
			Stage::Score { target, row, element, scores, .. } => {
				self.score(target, *row, *element, scores).await?
			}
			Stage::Vector => Some(self.vector().await?),
			Stage::Sums { layers, rows, columns, sums } => {
				self.wrong_part(layers, *rows, *columns, sums).await?
			}
			Stage::SumBlock { block, .. } => {
				let sums = self.sums().await?;
				let shown = sums.chunks(BLOCK as usize).nth(*block as usize);
				shown.map(|sums| Move::Sums(sums.to_vec()))
			}
			Stage::Sum { block, sums, .. } => self.wrong_sum(*block, sums).await?,
			Stage::AllSums { .. } => Some(Move::Sums(self.sums().await?)),
			Stage::Work { challenge, .. } => Some(Move::Work(self.work_rows(*challenge).await?)),
			Stage::WorkPoint { challenge, rows } => {
				first_difference(rows, &self.work_rows(*challenge).await?).map(Move::WorkPoint)
			}
			Stage::WorkRow { point, .. } => self.work_row(*point).await?,
			Stage::WorkLayers { point, layers } => {
				let pass = self.regeneration(self.board.positions_up_to(*point));
				wrong_layer(layers, &pass.layer_roots().await?)
			}
			Stage::Witness { target, row, .. } => {
				let number = self.number_of(target, *row, Place::Exponent(0));
				let opened = self.regeneration(target.frame.positions).open(number).await?;
				opened.map(|opened| {
					let proofs = opened.inputs.into_iter().map(Proof::from).collect();
					Move::Witness { element: opened.witness, proofs }
				})
			}
			// No pass has anything to do with them.
			Stage::Prompt | Stage::Read { .. } | Stage::Ending | Stage::Spelt { .. } => None,
		})
	}

	/// Positions of the sequence whose last one gives the output of that index.
	fn positions(&self, index: u32) -> u32 {
		self.board.prompt.len() as u32 + index
	}

	/// The pass over so many positions.
	fn regeneration(&self, positions: u32) -> Regeneration<'_> {
		let tokens = &self.tokens[..self.tokens.len().min(positions as usize)];
		Regeneration::new(self.executor, self.model, tokens, Priority::Audit, self.control)
	}

	/// What every output is here.
	async fn outputs(&self) -> Result<&[Found], ExecutionError> {
		if let Some(outputs) = self.outputs.get() {
			return Ok(outputs);
		}
		// Nothing is drawn after the last token.
		let most = self.board.prompt.len() + self.board.tokens.len() - 1;
		let fed = &self.tokens[..self.tokens.len().min(most)];
		let outputs = Rc::new(RefCell::new(Outputs::default()));
		let mut session = Session::new(
			self.executor,
			self.model,
			fed.len() as u32,
			Priority::Audit,
			self.control,
		);
		let want = Want { from: self.board.prompt.len() as u32 - 1, candidates: true };
		session.feed(fed, want, &outputs).await?;
		let outputs = outputs.take().0;
		Ok(self.outputs.get_or_init(|| outputs))
	}

	/// The first position of a chunk at which something is wrong.
	async fn position(
		&self,
		chunk: u32,
		opened: &[Opened],
	) -> Result<Option<Move>, ExecutionError> {
		let first = (chunk * CHUNK_TOKENS) as usize;
		let outputs = self.outputs().await?.iter().enumerate().skip(first);
		for (position, (shown, (index, found))) in (0..).zip(opened.iter().zip(outputs)) {
			let hashes = found.hashes();
			if shown.hidden != hashes.hidden {
				return Ok(Some(Move::Hidden(position)));
			}
			let Board { sampling, seed, tokens, .. } = self.board;
			let token = sample(&found.candidates, *sampling, seed, index as u32);
			if shown.candidates != hashes.candidates || tokens.get(index).copied() != token {
				return Ok(Some(Move::Candidates(position)));
			}
		}
		Ok(None)
	}

	/// How the final row of an output follows from the last layer.
	async fn final_row(&self, index: u32) -> Result<Option<Move>, ExecutionError> {
		let positions = self.positions(index);
		let pass = self.regeneration(positions);
		let last = self.board.dimensions.layers - 1;
		let output = Tensor::Of(Operator::Output);
		let residual = pass.open_row(last, output, positions - 1).await?;
		let hidden = self.outputs().await?.get(index as usize).map(|found| found.hidden.clone());
		let norm = pass.table(pass.leaves_of().final_norm());
		let (Some(residual), Some(hidden), Some(norm)) = (residual, hidden, norm) else {
			return Ok(None);
		};
		Ok(Some(Move::FinalRow { residual, hidden, norm: norm.into() }))
	}

	/// Roots of the rows that a challenge draws.
	async fn work_rows(&self, challenge: H256) -> Result<Vec<H256>, ExecutionError> {
		let positions = self.board.checked_positions();
		let tokens = &self.tokens[..self.tokens.len().min(positions as usize)];
		let scores =
			Scores::shared(Work::new(&[challenge], positions, self.board.dimensions.layers));
		let mut session =
			Session::new(self.executor, self.model, positions, Priority::Audit, self.control);
		session.feed(tokens, Want::NOTHING, &scores).await?;
		let scores = scores.borrow();
		scores.work.rows(challenge)
	}

	/// How the row at a point comes out of the layers.
	async fn work_row(&self, point: Point) -> Result<Option<Move>, ExecutionError> {
		let pass = self.regeneration(self.board.positions_up_to(point));
		let mut layers = pass.layer_roots().await?;
		layers.truncate(point.layer as usize + 2);
		let output = Tensor::Of(Operator::Output);
		let row = pass.open_row(point.layer, output, point.position).await?;
		Ok(row.map(|row| Move::WorkRow { layers, path: row.path }))
	}

	/// Roots of groups of rows.
	async fn branches(
		&self,
		target: &Target,
		first: u32,
		count: u32,
	) -> Result<Vec<H256>, ExecutionError> {
		let Frame { layer, positions, .. } = target.frame;
		let roots = self.regeneration(positions).row_roots(layer, target.tensor).await?;
		let rows = roots.get(first as usize..(first + count) as usize).unwrap_or_default();
		Ok(merkle::branches(rows, LEVELS))
	}

	async fn row(&self, target: &Target, row: u32) -> Result<Option<Vec<u8>>, ExecutionError> {
		let Frame { layer, positions, .. } = target.frame;
		self.regeneration(positions).row(layer, target.tensor, row).await
	}

	/// Hashes of the blocks of a row.
	async fn blocks(&self, target: &Target, row: u32) -> Result<Option<Vec<H256>>, ExecutionError> {
		let shape = self.regeneration(target.frame.positions).sequence().shape(target.tensor);
		Ok(self.row(target, row).await?.map(|bytes| shape.block_hashes(&bytes)))
	}

	/// A block of a row.
	async fn block(
		&self,
		target: &Target,
		row: u32,
		block: u32,
	) -> Result<Option<Vec<u8>>, ExecutionError> {
		let shape = self.regeneration(target.frame.positions).sequence().shape(target.tensor);
		let bytes = self.row(target, row).await?;
		Ok(bytes.and_then(|bytes| Some(bytes.get(shape.bytes_of(block)?)?.to_vec())))
	}

	fn number_of(&self, target: &Target, row: u32, place: Place) -> Number {
		Number { layer: target.frame.layer, tensor: target.tensor, row, place }
	}

	/// The scores that a sum of attention follows from.
	fn scores(&self, row: u32, element: u32) -> Tensor {
		Tensor::Scores { position: row, head: element / self.board.dimensions.head_width }
	}

	/// The first number of a block that is wrong, with what it follows from.
	async fn number(
		&self,
		target: &Target,
		row: u32,
		block: u32,
		shown: &[u8],
	) -> Result<Option<Move>, ExecutionError> {
		let pass = self.regeneration(target.frame.positions);
		let shape = pass.sequence().shape(target.tensor);
		let Some(found) = self.block(target, row, block).await? else { return Ok(None) };
		let exponent_blocks = shape.exponents.div_ceil(BLOCK);
		let (size, is_exponent) = match block < exponent_blocks {
			true => (2, true),
			false => (shape.element_bytes as usize, false),
		};
		let Some(index) = first_number(shown, &found, size) else { return Ok(None) };
		let place = match is_exponent {
			true => Place::Exponent(block * BLOCK + index),
			false => Place::Element((block - exponent_blocks) * BLOCK + index),
		};
		if target.tensor == Tensor::Residual {
			return Ok(self.entry(&pass, row, place));
		}
		if let (Tensor::Of(Operator::Mixed), Place::Element(element)) = (target.tensor, place) {
			return Ok(Some(Move::AskScores(element)));
		}
		let exponent = |bytes: &[u8]| i16::from_le_bytes([bytes[0], bytes[1]]);
		let is_smaller_here = is_exponent && exponent(shown) > exponent(&found);
		let of_long_row = target.tensor.has_witness(self.board.architecture);
		if is_smaller_here && of_long_row {
			return Ok(Some(Move::AskWitness));
		}
		let opened = pass.open(self.number_of(target, row, place)).await?;
		Ok(opened.map(|opened| {
			let mut proofs: Vec<Proof> = opened.inputs.into_iter().map(Proof::from).collect();
			if let (false, true, Some(last)) = (is_exponent, of_long_row, proofs.last_mut()) {
				// Of the same row, whose other blocks are not the same here.
				*last = Proof::Shown;
			}
			Move::Number { place, witness: opened.witness, proofs }
		}))
	}

	/// A number of what enters the first layer, with the leaves that it follows from.
	fn entry(&self, pass: &Regeneration, row: u32, place: Place) -> Option<Move> {
		let token = *self.tokens.get(row as usize)?;
		let mut proofs = pass
			.leaves_of()
			.embedding(token, row)
			.into_iter()
			.map(|leaf| Some(pass.weight(leaf)?.into()))
			.collect::<Option<Vec<Proof>>>()?;
		if !self.board.architecture.generates() {
			proofs.push(pass.table(pass.leaves_of().final_norm())?.into());
		}
		Some(Move::Number { place, witness: 0, proofs })
	}

	/// The first score that is wrong, or the sum when all are right.
	async fn score(
		&self,
		target: &Target,
		row: u32,
		element: u32,
		shown: &[u8],
	) -> Result<Option<Move>, ExecutionError> {
		let pass = self.regeneration(target.frame.positions);
		let (layer, tensor) = (target.frame.layer, self.scores(row, element));
		let Some(found) = pass.row(layer, tensor, 0).await? else { return Ok(None) };
		let first = first_number(shown, &found, 4);
		let number = match first {
			Some(key) => Number { layer, tensor, row: 0, place: Place::Element(key) },
			None => self.number_of(target, row, Place::Element(element)),
		};
		let Some(opened) = pass.open(number).await? else { return Ok(None) };
		let mut proofs: Vec<Proof> = opened.inputs.into_iter().map(Proof::from).collect();
		Ok(Some(match first {
			Some(key) => Move::Score { key, proofs },
			None => {
				// Nobody has committed to the scores; the defender has just shown them.
				if let Some(first) = proofs.first_mut() {
					*first = Proof::Shown;
				}
				Move::Number { place: Place::Element(element), witness: 0, proofs }
			}
		}))
	}
}
