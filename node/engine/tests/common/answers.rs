// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Answers of small models, and those who play unfair games about them.

use std::sync::Arc;

use codec::Encode;
use ergon_core::{
	engine::JobOrder, merkle, Architecture, Attestation, Bundle, JobKind, Output, H256,
};
use ergon_engine::{
	dispute::Player,
	executor::{Executor, Priority},
	regenerate::Regeneration,
	synthetic::Shape,
	Model,
};
use ergon_exact::{
	digest::{chunk_digest, Point, Position},
	game::{Board, Move, Opened, Record, Side, Stage, Target, LEVELS},
	operators::{Number, Operator, Place, Tensor},
};

use super::{
	games::{self, is_recorded, slander_inside},
	order, run, two_threads, warm, Choices, Imported,
};

pub(crate) const DECODERS: [Architecture; 3] =
	[Architecture::Llama, Architecture::Qwen2, Architecture::Qwen3];

/// An answer and what is agreed about it.
pub(crate) struct Setup {
	pub(crate) model: Arc<Model>,
	_folder: Imported,
	pub(crate) executor: Executor,
	pub(crate) order: JobOrder,
	pub(crate) attestation: Attestation,
	pub(crate) bundle: Bundle,
	pub(crate) prompt: Vec<u32>,
	pub(crate) tokens: Vec<u32>,
	pub(crate) digests: Vec<H256>,
}

impl Setup {
	pub(crate) fn new(architecture: Architecture) -> Self {
		let folder = Imported::new(&Shape { architecture, ..Shape::TINY }, 11);
		let model = Arc::clone(&folder.model);
		let prompt = "What is a hash, and who would want to know that? ".repeat(2);
		let order = order(&model, JobKind::Generate(warm(40)), &prompt);
		let (attestation, bundle, _) = run(&model, &order, two_threads());
		let Output::Text { tokens, .. } = &bundle.output else { panic!("no text") };
		Self {
			order,
			attestation,
			prompt: model.tokenizer().encode_chat(&prompt).unwrap(),
			tokens: tokens.to_vec(),
			digests: bundle.digests.to_vec(),
			executor: Executor::new(two_threads()),
			_folder: folder,
			model,
			bundle,
		}
	}

	pub(crate) fn board<'a>(&'a self, digests: &'a [H256]) -> Board<'a> {
		let Self { model, order, bundle, prompt, .. } = self;
		let board = Board::of(model.manifest(), *model.constants(), order, bundle, prompt);
		Board { digests, ..board.unwrap() }
	}

	pub(crate) fn next(&self, player: &Player, stage: &Stage) -> Option<Move> {
		self.executor.complete(player.next(stage)).unwrap()
	}

	/// The digests of an answer in whose first chunk that is shown of the positions.
	pub(crate) fn digests_with(&self, opened: &[Opened]) -> Vec<H256> {
		let positions: Vec<_> = self
			.tokens
			.iter()
			.zip(opened)
			.map(|(&token, &Opened { hidden, candidates })| Position { token, hidden, candidates })
			.collect();
		let first = H256(chunk_digest(&self.order.job_id.0, 0, &positions));
		[&[first], &self.digests[1..]].concat()
	}

	/// The pass over so many positions.
	fn pass(&self, positions: u32) -> (Vec<u32>, u32) {
		([&self.prompt[..], &self.tokens].concat(), positions)
	}
}

/// A defender who has got one number of one row of one operator wrong, and whatever follows from it.
pub(crate) struct Liar<'a> {
	pub(crate) setup: &'a Setup,
	pub(crate) honest: &'a Player<'a>,
	/// Index of the output whose final row he has got wrong, in its chunk.
	pub(crate) position: u32,
	pub(crate) number: Number,
	/// What he has got instead, as bytes added to the right ones.
	pub(crate) difference: u8,
	/// Whether he lies about the scores too.
	pub(crate) scores: bool,
}

impl Liar<'_> {
	fn regenerated<T>(&self, positions: u32, what: impl FnOnce(&Executor, Regeneration) -> T) -> T {
		let (tokens, positions) = self.setup.pass(positions);
		let Setup { executor, model, .. } = self.setup;
		let tokens = &tokens[..positions as usize];
		what(executor, Regeneration::new(executor, model, tokens, Priority::Audit, two_threads()))
	}

	/// The row that he has got wrong.
	fn row(&self, positions: u32) -> Vec<u8> {
		let Number { layer, tensor, row, place } = self.number;
		self.regenerated(positions, |executor, pass| {
			let shape = pass.sequence().shape(tensor);
			let mut bytes = executor.complete(pass.row(layer, tensor, row)).unwrap().unwrap();
			let at = match place {
				Place::Exponent(index) => 2 * index,
				Place::Element(index) => 2 * shape.exponents + shape.element_bytes * index,
			};
			bytes[at as usize] = bytes[at as usize].wrapping_add(self.difference);
			bytes
		})
	}

	/// Roots of the rows of the operator.
	fn row_roots(&self, positions: u32) -> Vec<H256> {
		let Number { layer, tensor, row, .. } = self.number;
		let wrong = self.row(positions);
		self.regenerated(positions, |executor, pass| {
			let mut roots = executor.complete(pass.row_roots(layer, tensor)).unwrap();
			roots[row as usize] = pass.sequence().shape(tensor).row_root(&wrong);
			roots
		})
	}

	fn root(&self, positions: u32) -> H256 {
		merkle::root(self.row_roots(positions))
	}

	fn invented(&self, what: (u32, u32)) -> H256 {
		merkle::leaf(&what.encode())
	}

	fn operators(&self, positions: u32) -> Vec<H256> {
		let Number { layer, tensor: Tensor::Of(wrong), .. } = self.number else { panic!() };
		let mut roots = self.regenerated(positions, |executor, pass| {
			executor.complete(pass.operator_roots(layer)).unwrap()
		});
		for (index, operator) in Operator::ALL.into_iter().enumerate().skip(wrong as usize) {
			roots[index] = match operator {
				_ if operator == wrong => merkle::root(self.row_roots(positions)),
				Operator::Output => merkle::root(self.rows(layer, positions)),
				_ => self.invented((u32::MAX, index as u32)),
			};
		}
		roots
	}

	/// Roots of the rows that leave a layer: his own from the first that follow from what he has got wrong.
	pub(crate) fn rows(&self, layer: u32, positions: u32) -> Vec<H256> {
		let Number { layer: wrong, tensor, row, .. } = self.number;
		let mut roots = self.regenerated(positions, |executor, pass| {
			let output = Tensor::Of(Operator::Output);
			executor.complete(pass.row_roots(layer, output)).unwrap()
		});
		// Rows of values are not those of positions.
		let of_position = tensor != Tensor::Of(Operator::Values);
		let first = if of_position { row as usize } else { 0 };
		if layer == wrong && tensor == Tensor::Of(Operator::Output) {
			return self.row_roots(positions);
		}
		if layer >= wrong {
			for (position, root) in roots.iter_mut().enumerate().skip(first) {
				*root = self.invented((layer, position as u32));
			}
		}
		roots
	}

	/// Roots of the layers up to one.
	fn layers(&self, positions: u32, last: u32) -> Vec<H256> {
		let mut roots = self.regenerated(positions, |executor, pass| {
			executor.complete(pass.layer_roots()).unwrap()
		});
		roots.truncate(last as usize + 2);
		for layer in self.number.layer..=last {
			roots[layer as usize + 1] = merkle::root(self.rows(layer, positions));
		}
		roots
	}

	pub(crate) fn next(&self, stage: &Stage) -> Option<Move> {
		let is_wrong = |target: &Target| target.tensor == self.number.tensor;
		match stage {
			Stage::Chunk { .. } => {
				let Some(Move::Chunk(mut opened)) = self.setup.next(self.honest, stage) else {
					return None;
				};
				opened[self.position as usize].hidden = [1; 32];
				Some(Move::Chunk(opened))
			}
			Stage::Layers { index, .. } => {
				let positions = self.setup.prompt.len() as u32 + index;
				let last = self.setup.model.manifest().dimensions.layers - 1;
				Some(Move::Layers(self.layers(positions, last)))
			}
			Stage::Work { challenge, .. } => {
				let board = self.setup.board(&self.setup.digests);
				let positions = board.checked_positions();
				let points = board.work_points(*challenge).into_iter();
				let row = |point: Point| self.rows(point.layer, positions)[point.position as usize];
				Some(Move::Work(points.map(row).collect()))
			}
			Stage::WorkRow { point, .. } => {
				let positions = point.position + 1;
				let rows = self.rows(point.layer, positions);
				let path = merkle::proof(&rows, point.position as usize).unwrap();
				Some(Move::WorkRow { layers: self.layers(positions, point.layer), path })
			}
			Stage::Operators { frame, .. } => {
				Some(Move::Operators(self.operators(frame.positions)))
			}
			Stage::Branches { target, first, count, .. } if is_wrong(target) => {
				let roots = self.row_roots(target.frame.positions);
				let rows = &roots[*first as usize..(first + count) as usize];
				Some(Move::Branches(merkle::branches(rows, LEVELS)))
			}
			Stage::Blocks { target, row, .. } if is_wrong(target) && *row == self.number.row => {
				let bytes = self.row(target.frame.positions);
				Some(Move::Blocks(self.regenerated(target.frame.positions, |_, pass| {
					pass.sequence().shape(target.tensor).block_hashes(&bytes)
				})))
			}
			Stage::Numbers { target, row, block, exponent, .. }
				if is_wrong(target) && *row == self.number.row =>
			{
				let bytes = self.row(target.frame.positions);
				self.regenerated(target.frame.positions, |_, pass| {
					let shape = pass.sequence().shape(target.tensor);
					let of = |block: u32| bytes[shape.bytes_of(block).unwrap()].to_vec();
					let exponent = exponent.map_or_else(Vec::new, |_| of(0));
					Some(Move::Numbers { bytes: of(*block), exponent })
				})
			}
			Stage::Scores { .. } if self.scores => {
				let Some(Move::Scores(mut scores)) = self.setup.next(self.honest, stage) else {
					return None;
				};
				scores[5] ^= 1;
				Some(Move::Scores(scores))
			}
			_ => self.setup.next(self.honest, stage),
		}
	}
}

/// A challenger who says anything that fits.
pub(crate) fn slander(
	stage: &Stage,
	choices: &mut Choices,
	setup: &Setup,
	honest: &Player,
) -> Option<Move> {
	let mut below = |count: usize| choices.below(count as u64) as u32;
	Some(match stage {
		Stage::Position { opened, .. } => match below(3) {
			0 => Move::Candidates(below(opened.len())),
			_ => Move::Hidden(below(opened.len())),
		},
		Stage::Logit { candidates, .. } => {
			let id = match below(2) {
				0 => candidates[below(candidates.len()) as usize].id,
				_ => below(setup.model.manifest().dimensions.vocabulary as usize),
			};
			let tokens = &setup.tokens;
			let pass = Regeneration::new(
				&setup.executor,
				&setup.model,
				tokens,
				Priority::Audit,
				two_threads(),
			);
			let leaf = pass.leaves_of().head(id, setup.model.constants().tied);
			Move::Logit { id, leaf: pass.weight(leaf).unwrap().into() }
		}
		Stage::WorkPoint { rows, .. } => Move::WorkPoint(below(rows.len())),
		Stage::WorkLayers { layers, .. } => match below(8) {
			0 => Move::Entry,
			_ => Move::Layer(below(layers.len() - 1)),
		},
		Stage::Layer { roots, .. } => match below(8) {
			0 => Move::Entry,
			1 => Move::Final,
			_ => Move::Layer(below(roots.len() - 1)),
		},
		Stage::Score { target, row, element, claimed, scores } => {
			let mut other = scores.clone();
			let at = below(scores.len()) as usize;
			if below(2) == 0 {
				other[at] = other[at].wrapping_add(1);
			}
			let stage = Stage::Score {
				target: target.clone(),
				row: *row,
				element: *element,
				claimed: *claimed,
				scores: other,
			};
			return setup.next(honest, &stage);
		}
		_ => return slander_inside(stage, choices, |stage| setup.next(honest, stage)),
	})
}

/// A game about a result that has these digests.
pub(crate) fn record(
	setup: &Setup,
	digests: &[H256],
	first: &Stage,
	defender: impl Fn(&Stage) -> Option<Move>,
	challenger: impl Fn(&Stage) -> Option<Move>,
) -> Record {
	let board = setup.board(digests);
	let player = Player::new(&setup.executor, &setup.model, &board, two_threads());
	let bundle = Bundle {
		output: setup.bundle.output.clone(),
		digests: digests.to_vec().try_into().unwrap(),
	};
	let result = Record {
		manifest: *setup.model.manifest(),
		order: setup.order.clone(),
		attestation: Attestation { trace_root: bundle.trace_root(), ..setup.attestation },
		bundle,
		first: first.clone(),
		turns: Vec::new(),
		winner: Side::Defender,
	};
	games::record(result, &board, player.groundwork(), defender, challenger)
}

/// The games that the chain's tests replay are those in this file: one that a slanderer lost, and one that
/// a liar lost.
pub(crate) fn are_recorded(name: &str, games: &[Record; 2]) {
	assert_eq!(games.each_ref().map(|game| game.winner), [Side::Defender, Side::Challenger]);
	is_recorded(name, games);
}
