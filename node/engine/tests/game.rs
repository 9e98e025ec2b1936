// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Whole games over real passes: whoever is right wins, whatever the other side does.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::{cell::RefCell, path::Path, sync::Arc};

use codec::{Decode, Encode};
use common::{
	games::{first_stage, play},
	order, run, two_threads, warm, Choices, Imported,
};
use ergon_core::{
	engine::JobOrder, merkle, Architecture, Attestation, Bundle, Fault, JobKind, Output, H256,
};
use ergon_engine::{
	dispute::{turn_on, Player},
	executor::{Executor, Priority},
	regenerate::Regeneration,
	synthetic::Shape,
	Model,
};
use ergon_exact::{
	game::{
		Board, Groundwork, Move, Opened, Outcome, Proof, Reason, Record, Refused, Side, Stage,
		Target, Turn, LEVELS,
	},
	operators::{Number, Operator, Place, Sequence, Tensor},
	Sampling,
};

/// An answer and what is agreed about it.
struct Setup {
	model: Arc<Model>,
	_folder: Imported,
	executor: Executor,
	order: JobOrder,
	attestation: Attestation,
	bundle: Bundle,
	prompt: Vec<u32>,
	tokens: Vec<u32>,
	digests: Vec<H256>,
}

impl Setup {
	fn new(architecture: Architecture) -> Self {
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

	fn board<'a>(&'a self, digests: &'a [H256]) -> Board<'a> {
		let manifest = self.model.manifest();
		let params = warm(40);
		Board {
			architecture: manifest.architecture,
			dimensions: manifest.dimensions,
			constants: *self.model.constants(),
			weights_root: manifest.weights_root,
			tables_root: manifest.tables_root,
			job: [7; 32],
			seed: [9; 32],
			sampling: Sampling {
				temperature: params.temperature,
				top_k: params.top_k,
				top_p: params.top_p,
			},
			prompt: &self.prompt,
			tokens: &self.tokens,
			vector: &[],
			digests,
		}
	}

	fn next(&self, player: &Player, stage: &Stage) -> Option<Move> {
		self.executor.complete(player.next(stage)).unwrap()
	}

	/// The pass over so many positions.
	fn pass(&self, positions: u32) -> (Vec<u32>, u32) {
		([&self.prompt[..], &self.tokens].concat(), positions)
	}
}

/// A defender who has got one number of one row of one operator wrong, and whatever follows from it.
struct Liar<'a> {
	setup: &'a Setup,
	honest: &'a Player<'a>,
	/// Index of the output whose final row he has got wrong, in its chunk.
	position: u32,
	number: Number,
	/// What he has got instead, as bytes added to the right ones.
	difference: u8,
	/// Whether he lies about the scores too.
	scores: bool,
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

	fn invented(&self, what: u32) -> H256 {
		merkle::leaf(&what.to_le_bytes())
	}

	fn operators(&self, positions: u32) -> Vec<H256> {
		let Tensor::Of(operator) = self.number.tensor else { panic!("no operator") };
		let mut roots = self.regenerated(positions, |executor, pass| {
			executor.complete(pass.operator_roots(self.number.layer)).unwrap()
		});
		for (index, root) in roots.iter_mut().enumerate().skip(operator as usize) {
			*root = match index == operator as usize {
				true => self.root(positions),
				false => self.invented(index as u32),
			};
		}
		roots
	}

	fn next(&self, stage: &Stage) -> Option<Move> {
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
				let Some(Move::Layers(mut roots)) = self.setup.next(self.honest, stage) else {
					return None;
				};
				let wrong = self.number.layer as usize + 1;
				roots[wrong] = *self.operators(positions).last().unwrap();
				for (index, root) in roots.iter_mut().enumerate().skip(wrong + 1) {
					*root = self.invented(100 + index as u32);
				}
				Some(Move::Layers(roots))
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

const DECODERS: [Architecture; 3] = [Architecture::Llama, Architecture::Qwen2, Architecture::Qwen3];

#[test]
fn a_defender_who_is_wrong_about_any_number_loses() {
	let (mut most_moves, mut games) = (0, 0);
	for architecture in DECODERS {
		let setup = Setup::new(architecture);
		let mut choices = Choices::new(3);
		for operator in Operator::ALL {
			for round in 0..3 {
				let honest_board = setup.board(&setup.digests);
				let honest =
					Player::new(&setup.executor, &setup.model, &honest_board, two_threads());
				let position = choices.below(setup.tokens.len().min(32) as u64) as u32;
				let layers = honest_board.dimensions.layers;
				let layer = choices.below(layers.into()) as u32;
				let tensor = Tensor::Of(operator);
				let positions = setup.prompt.len() as u32 + position;
				let sequence =
					Sequence { architecture, dimensions: honest_board.dimensions, positions };
				let shape = sequence.shape(tensor);
				let row = choices.below(shape.rows.into()) as u32;
				let place = match round % 3 {
					0 if shape.exponents > 0 => {
						Place::Exponent(choices.below(shape.exponents.into()) as u32)
					}
					_ => Place::Element(choices.below(shape.elements.into()) as u32),
				};
				let liar = Liar {
					setup: &setup,
					honest: &honest,
					position,
					number: Number { layer, tensor, row, place },
					difference: if choices.below(2) == 0 { 1 } else { 255 },
					scores: round % 2 == 0,
				};
				// The digest that he has attested.
				let Some(Move::Chunk(opened)) = liar.next(&Stage::Chunk { chunk: 0 }) else {
					panic!()
				};
				let digests = [&[digest(&setup, &opened)], &setup.digests[1..]].concat();
				let board = setup.board(&digests);
				let challenger = Player::new(&setup.executor, &setup.model, &board, two_threads());
				let (winner, reason, moves, _) = play(
					&board,
					0,
					|stage| liar.next(stage),
					|stage| setup.next(&challenger, stage),
				);
				let what = (architecture, liar.number, liar.difference);
				assert_eq!(winner, Side::Challenger, "{what:?} {reason:?}");
				assert!(matches!(reason, Some(Reason::Number(_))), "{what:?} {reason:?}");
				(most_moves, games) = (most_moves.max(moves), games + 1);
			}
		}
	}
	println!("{games} games, at most {most_moves} moves");
	// Two moves a round.
	assert!(most_moves <= 2 * 8, "{most_moves}");
}

/// The digest of the first chunk with what is shown of its positions.
fn digest(setup: &Setup, opened: &[Opened]) -> H256 {
	let positions: Vec<_> = setup
		.tokens
		.iter()
		.zip(opened)
		.map(|(&token, &Opened { hidden, candidates })| ergon_exact::digest::Position {
			token,
			hidden,
			candidates,
		})
		.collect();
	H256(ergon_exact::digest::chunk_digest(&[7; 32], 0, &positions))
}

#[test]
fn a_challenger_finds_nothing_in_an_honest_answer() {
	let setup = Setup::new(Architecture::Llama);
	let board = setup.board(&setup.digests);
	let player = Player::new(&setup.executor, &setup.model, &board, two_threads());
	for chunk in 0..setup.digests.len() as u32 {
		let both = |stage: &Stage| setup.next(&player, stage);
		let (winner, reason, moves, _) = play(&board, chunk, both, both);
		assert_eq!((winner, reason, moves), (Side::Defender, None, 1));
	}
	assert_eq!(Stage::first(&setup.bundle.output, Fault::Chunk(setup.digests.len() as u32)), None);
}

/// A challenger who says anything that fits.
fn slander(stage: &Stage, choices: &mut Choices, setup: &Setup, honest: &Player) -> Option<Move> {
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
		Stage::Layer { roots, .. } => match below(8) {
			0 => Move::Entry,
			1 => Move::Final,
			_ => Move::Layer(below(roots.len() - 1)),
		},
		Stage::Operator { operators, .. } => {
			Move::Operator(Operator::ALL[below(operators.len()) as usize])
		}
		Stage::Branch { hashes, .. } => Move::Branch(below(hashes.len())),
		Stage::Block { hashes, .. } => Move::Block(below(hashes.len())),
		Stage::Number { target, row, block, bytes, exponent } => {
			// What the honest player would say if he had seen something else.
			let mut other = bytes.clone();
			let at = below(bytes.len()) as usize;
			other[at] = other[at].wrapping_add(1 + below(255) as u8);
			let stage = Stage::Number {
				target: target.clone(),
				row: *row,
				block: *block,
				bytes: other,
				exponent: exponent.clone(),
			};
			return setup.next(honest, &stage);
		}
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
		_ => return None,
	})
}

#[test]
fn an_honest_defender_beats_whatever_a_challenger_says() {
	let mut endings = std::collections::BTreeMap::<String, u32>::new();
	for architecture in DECODERS {
		let setup = Setup::new(architecture);
		let board = setup.board(&setup.digests);
		let honest = Player::new(&setup.executor, &setup.model, &board, two_threads());
		let mut choices = Choices::new(8);
		for _ in 0..60 {
			let chunk = choices.below(setup.digests.len() as u64) as u32;
			let (winner, reason, moves, _) = play(
				&board,
				chunk,
				|stage| setup.next(&honest, stage),
				|stage| slander(stage, &mut choices, &setup, &honest),
			);
			assert_eq!(winner, Side::Defender, "{reason:?}");
			let reason = format!("{reason:?} {moves}");
			*endings.entry(reason.split('(').take(2).collect()).or_default() += 1;
		}
	}
	println!("{endings:?}");
}

#[test]
fn candidates_that_are_made_up_decide_at_once_or_by_one_logit() {
	let setup = Setup::new(Architecture::Qwen3);
	let honest_board = setup.board(&setup.digests);
	let honest = Player::new(&setup.executor, &setup.model, &honest_board, two_threads());
	for (number, expected) in [(0, "Logit"), (1, "Candidates"), (2, "Logit"), (3, "Sampler")] {
		let position = 3;
		let stage = |opened| Stage::Candidates { index: position, opened };
		let Some(Move::Chunk(mut opened)) = setup.next(&honest, &Stage::Chunk { chunk: 0 }) else {
			panic!()
		};
		let made = setup.next(&honest, &stage(opened[position as usize]));
		let Some(Move::Opened { mut candidates, hidden }) = made else { panic!() };
		let token = setup.tokens[position as usize];
		match number {
			// The last one's logit, which is hardly ever drawn.
			0 => candidates[63].logit -= 1,
			1 => candidates.swap(0, 1),
			// The last one left out for one that ranks behind.
			2 => {
				let id = (0..).find(|id| candidates.iter().all(|it| it.id != *id)).unwrap();
				candidates[63].id = id;
				candidates[63].logit -= 100;
			}
			// The sampled token has no chance.
			_ => {
				let at = candidates.iter().position(|it| it.id == token).unwrap();
				let mut moved = candidates.remove(at);
				moved.logit = candidates.last().unwrap().logit - 1;
				candidates.push(moved);
			}
		}
		opened[position as usize].candidates = ergon_exact::digest::candidates_hash(&candidates);
		let digests = [&[digest(&setup, &opened)], &setup.digests[1..]].concat();
		let board = setup.board(&digests);
		let challenger = Player::new(&setup.executor, &setup.model, &board, two_threads());
		let defender = |stage: &Stage| match stage {
			Stage::Chunk { .. } => Some(Move::Chunk(opened.clone())),
			Stage::Candidates { .. } => {
				Some(Move::Opened { candidates: candidates.clone(), hidden: hidden.clone() })
			}
			_ => None,
		};
		let (winner, reason, ..) =
			play(&board, 0, defender, |stage| setup.next(&challenger, stage));
		assert_eq!(winner, Side::Challenger, "{number}");
		let reason = format!("{:?}", reason.unwrap());
		assert!(reason.starts_with(expected), "{number}: {reason}");
	}
}

#[test]
fn moves_that_do_not_fit_are_refused() {
	let setup = Setup::new(Architecture::Llama);
	let board = setup.board(&setup.digests);
	let honest = Player::new(&setup.executor, &setup.model, &board, two_threads());
	let mut choices = Choices::new(1);
	let mut stage = first_stage(&board, 0);
	let mut seen = 0;
	loop {
		let made = match stage.turn() {
			Side::Defender => setup.next(&honest, &stage).unwrap(),
			Side::Challenger => match &stage {
				Stage::Position { .. } => Move::Hidden(5),
				Stage::Layer { .. } => Move::Layer(1),
				Stage::Operator { .. } => Move::Operator(Operator::Gated),
				_ => slander(&stage, &mut choices, &setup, &honest).unwrap(),
			},
		};
		// Of another turn, and with a bit that is different.
		for wrong in [Move::Entry, Move::Chunk(Vec::new()), Move::Layers(Vec::new())] {
			if wrong.side() != stage.turn() {
				assert_eq!(board.play(stage.clone(), wrong), Err(Refused::OutOfTurn));
			}
		}
		if stage.turn() == Side::Defender && !matches!(stage, Stage::Layers { .. }) {
			let mut bytes = made.encode();
			let last = bytes.len() - 1;
			bytes[last] ^= 1;
			let other: Move = Decode::decode(&mut &bytes[..]).unwrap();
			assert_eq!(board.play(stage.clone(), other), Err(Refused::DoesNotOpen), "{stage:?}");
		}
		if let Move::Number { place, witness, proofs } = &made {
			for index in 0..proofs.len() {
				let mut proofs = proofs.clone();
				match &mut proofs[index] {
					Proof::Blocks(opening) => opening.bytes[0] ^= 1,
					Proof::Leaf { bytes, .. } => bytes[0] ^= 1,
					Proof::Shown => continue,
				}
				let other = Move::Number { place: *place, witness: *witness, proofs };
				assert_eq!(board.play(stage.clone(), other), Err(Refused::DoesNotOpen));
			}
		}
		seen += 1;
		match board.play(stage, made).unwrap() {
			Outcome::Next(next) => stage = next,
			Outcome::Won(side, _) => {
				assert_eq!(side, Side::Defender);
				break;
			}
		}
	}
	assert!(seen >= 12, "{seen}");
}

/// A game about the first chunk of a result that has these digests.
fn record(
	setup: &Setup,
	digests: &[H256],
	defender: impl Fn(&Stage) -> Option<Move>,
	challenger: impl Fn(&Stage) -> Option<Move>,
) -> Record {
	let board = setup.board(digests);
	let moves = RefCell::new(Vec::new());
	let recorded = |made: Option<Move>| made.inspect(|it| moves.borrow_mut().push(it.clone()));
	let (winner, ..) =
		play(&board, 0, |stage| recorded(defender(stage)), |stage| recorded(challenger(stage)));
	let player = Player::new(&setup.executor, &setup.model, &board, two_threads());
	let mut groundwork = player.groundwork();
	let turns = moves.into_inner().into_iter();
	let bundle = Bundle {
		output: setup.bundle.output.clone(),
		digests: digests.to_vec().try_into().unwrap(),
	};
	Record {
		manifest: *setup.model.manifest(),
		order: setup.order.clone(),
		attestation: Attestation { trace_root: bundle.trace_root(), ..setup.attestation },
		bundle,
		fault: Fault::Chunk(0),
		turns: turns.map(|made| Turn { groundwork: groundwork.take(), made }).collect(),
		winner,
	}
}

/// The games that the chain's tests replay. With `ERGON_WRITE_VECTORS` set they are written anew.
#[test]
fn recorded_games_are_what_is_played_today() {
	let setup = Setup::new(Architecture::Llama);
	let board = setup.board(&setup.digests);
	let honest = Player::new(&setup.executor, &setup.model, &board, two_threads());
	let next = |stage: &Stage| setup.next(&honest, stage);

	// Somebody says that the last row is wrong, then everything that leads to a number of the first layer.
	let slanderer = |stage: &Stage| match stage {
		Stage::Position { .. } => Some(Move::Hidden(5)),
		Stage::Layer { .. } => Some(Move::Layer(0)),
		Stage::Operator { .. } => Some(Move::Operator(Operator::Gated)),
		Stage::Branch { .. } => Some(Move::Branch(1)),
		Stage::Block { .. } => Some(Move::Block(0)),
		Stage::Number { target, row, block, bytes, exponent } => next(&Stage::Number {
			target: target.clone(),
			row: *row,
			block: *block,
			bytes: bytes.iter().map(|byte| byte ^ 1).collect(),
			exponent: exponent.clone(),
		}),
		_ => None,
	};
	let slandered = record(&setup, &setup.digests, next, slanderer);

	// Somebody has got one number of the second layer wrong, and all that follows.
	let liar = Liar {
		setup: &setup,
		honest: &honest,
		position: 7,
		number: Number {
			layer: 1,
			tensor: Tensor::Of(Operator::Mixed),
			row: 11,
			place: Place::Element(3),
		},
		difference: 1,
		scores: false,
	};
	let Some(Move::Chunk(opened)) = liar.next(&Stage::Chunk { chunk: 0 }) else { panic!() };
	let digests = [&[digest(&setup, &opened)], &setup.digests[1..]].concat();
	let lied = record(&setup, &digests, |stage| liar.next(stage), next);

	let games = [slandered, lied];
	for (game, winner) in games.iter().zip([Side::Defender, Side::Challenger]) {
		assert_eq!(game.winner, winner);
		assert_eq!(game.stages().map(|stages| stages.len()), Ok(game.turns.len()));
	}
	let file =
		Path::new(env!("CARGO_MANIFEST_DIR")).join("../../primitives/exact/vectors/games.scale");
	if std::env::var_os("ERGON_WRITE_VECTORS").is_some() {
		std::fs::write(&file, games.encode()).unwrap();
	}
	assert!(std::fs::read(file).unwrap() == games.encode(), "the games are other ones");
}

#[test]
fn a_node_finds_its_turn_by_what_is_on_chain() {
	let setup = Setup::new(Architecture::Qwen2);
	let Setup { executor, model, order, attestation, bundle, .. } = &setup;
	let turn = |stage: &Stage| {
		let stage = stage.encode();
		let turn = turn_on(executor, model, order, bundle, &stage, two_threads());
		executor.complete(turn).unwrap()
	};
	let first = turn(&Stage::Chunk { chunk: 0 }).unwrap();
	let groundwork = first.groundwork.clone().unwrap();
	let manifest = model.manifest();
	let board = Board::new(manifest, order, attestation, bundle, &groundwork).unwrap();
	let begun = board.play(first_stage(&board, 0), first.made).unwrap();
	// The challenger finds nothing.
	let Outcome::Next(stage) = begun else { panic!() };
	assert_eq!(turn(&stage), None);
	// Another move needs no groundwork.
	let asked = board.play(stage, Move::Hidden(3)).unwrap();
	let Outcome::Next(stage) = asked else { panic!() };
	assert_eq!(turn(&stage).unwrap().groundwork, None);

	// Neither another prompt nor other constants are accepted.
	let mut other = groundwork.clone();
	other.prompt[0] += 1;
	let refused = |groundwork: &Groundwork| {
		Board::new(manifest, order, attestation, bundle, groundwork).map(drop)
	};
	assert_eq!(refused(&other), Err(Refused::DoesNotOpen));
	let mut other = groundwork.clone();
	let Proof::Leaf { bytes, .. } = &mut other.constants else { panic!() };
	bytes[1] ^= 1;
	assert_eq!(refused(&other), Err(Refused::DoesNotOpen));
	assert_eq!(refused(&groundwork), Ok(()));

	// Bytes that are no stage are answered with nothing.
	let nothing = turn_on(executor, model, order, bundle, &[99], two_threads());
	assert_eq!(executor.complete(nothing).unwrap(), None);
}
