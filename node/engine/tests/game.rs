// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Whole games over real passes: whoever is right wins, whatever the other side does.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use codec::{Decode, Encode};
use common::{
	answers::{are_recorded, record, slander, Liar, Setup, DECODERS},
	games::{first_stage, play},
	two_threads, Choices,
};
use ergon_core::{network::Leaves, Architecture, Fault};
use ergon_engine::dispute::{turn_on, Player};
use ergon_exact::{
	candidates::Candidate,
	game::{Board, Groundwork, Move, Outcome, Proof, Reason, Refused, Row, Side, Stage},
	judge,
	operators::{Number, Operator, Place, Sequence, Tensor},
};

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
				let digests = setup.digests_with(&opened);
				let board = setup.board(&digests);
				let challenger = Player::new(&setup.executor, &setup.model, &board, two_threads());
				let (winner, reason, moves, _) = play(
					&board,
					first_stage(&board, 0),
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

#[test]
fn a_challenger_finds_nothing_in_an_honest_answer() {
	let setup = Setup::new(Architecture::Llama);
	let board = setup.board(&setup.digests);
	let player = Player::new(&setup.executor, &setup.model, &board, two_threads());
	for chunk in 0..setup.digests.len() as u32 {
		let both = |stage: &Stage| setup.next(&player, stage);
		let (winner, reason, moves, _) = play(&board, first_stage(&board, chunk), both, both);
		assert_eq!((winner, reason, moves), (Side::Defender, None, 1));
	}
	assert_eq!(Stage::first(&setup.bundle.output, Fault::Chunk(setup.digests.len() as u32)), None);
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
				first_stage(&board, chunk),
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

/// The logit of a token.
fn logit(setup: &Setup, id: u32, hidden: &Row) -> i32 {
	let manifest = setup.model.manifest();
	let leaves = Leaves::new(manifest.architecture, manifest.dimensions);
	let leaf = setup.model.weight_leaf(leaves.head(id, setup.model.constants().tied)).unwrap();
	judge::logit(&leaf, &hidden.elements, hidden.exponent).unwrap()
}

#[test]
fn candidates_that_are_made_up_decide_at_once_or_by_one_logit() {
	let setup = Setup::new(Architecture::Qwen3);
	let honest_board = setup.board(&setup.digests);
	let honest = Player::new(&setup.executor, &setup.model, &honest_board, two_threads());
	let all = [(0, "Logit"), (1, "Candidates"), (2, "Logit"), (3, "Sampler"), (4, "Logit")];
	for (number, expected) in all {
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
			// The last one left out for the next one, whose logit is what it is.
			4 => {
				let is_listed = |id| candidates.iter().any(|it| it.id == id);
				let ids = 0..setup.model.manifest().dimensions.vocabulary;
				let others = ids.filter(|id| !is_listed(*id));
				let with_logit = |id| Candidate { id, logit: logit(&setup, id, &hidden) };
				let next = others.map(with_logit).min_by_key(Candidate::rank).unwrap();
				assert!(candidates[63].rank() < next.rank());
				candidates[63] = next;
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
		let digests = setup.digests_with(&opened);
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
			play(&board, first_stage(&board, 0), defender, |stage| setup.next(&challenger, stage));
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
	let first = Stage::Chunk { chunk: 0 };
	let slandered = record(&setup, &setup.digests, &first, next, slanderer);

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
	let digests = setup.digests_with(&opened);
	let lied = record(&setup, &digests, &first, |stage| liar.next(stage), next);

	are_recorded("games.scale", &[slandered, lied]);
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
