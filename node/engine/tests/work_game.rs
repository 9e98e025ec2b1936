// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Whole games about the work of auditors: who has run the model wins, who has not loses.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::sync::Arc;

use codec::{Decode, Encode};
use common::{
	answers::{are_recorded, record, slander, Liar, Setup, DECODERS},
	games::{play, slander_inside},
	order, run, two_threads, Choices, Imported,
};
use ergon_core::{Architecture, JobKind, Output, H256};
use ergon_engine::{
	dispute::{turn_on, Player},
	executor::Executor,
	synthetic::Shape,
	verify, Model,
};
use ergon_exact::{
	digest::work_digest,
	game::{Board, Move, Outcome, Reason, Refused, Side, Stage},
	operators::{Number, Operator, Place, Sequence, Tensor},
};

fn work(board: &Board, challenge: H256, rows: &[H256]) -> Stage {
	let digest = H256(work_digest(&challenge.0, board.checked_positions(), rows));
	Stage::Work { challenge, digest }
}

#[test]
fn an_auditor_who_is_wrong_about_any_number_loses() {
	let mut most_moves = 0;
	for architecture in DECODERS {
		let setup = Setup::new(architecture);
		let board = setup.board(&setup.digests);
		let honest = Player::new(&setup.executor, &setup.model, &board, two_threads());
		let mut choices = Choices::new(5);
		for operator in Operator::ALL {
			let challenge = H256::repeat_byte(choices.below(256) as u8);
			let points = board.work_points(challenge);
			// At one of the points, or in front of it.
			let point = points[choices.below(points.len() as u64) as usize];
			let layer = choices.below(u64::from(point.layer) + 1) as u32;
			let positions = point.position + 1;
			let tensor = Tensor::Of(operator);
			let shape =
				Sequence { architecture, dimensions: board.dimensions, positions }.shape(tensor);
			let row = match layer == point.layer && operator != Operator::Values {
				true => point.position,
				false => choices.below(shape.rows.into()) as u32,
			};
			let place = Place::Element(choices.below(shape.elements.into()) as u32);
			let liar = Liar {
				setup: &setup,
				honest: &honest,
				position: 0,
				number: Number { layer, tensor, row, place },
				difference: 1,
				scores: false,
			};
			let asked = Stage::Work { challenge, digest: H256::zero() };
			let Some(Move::Work(rows)) = liar.next(&asked) else { panic!() };
			let (winner, reason, moves, _) = play(
				&board,
				work(&board, challenge, &rows),
				|stage| liar.next(stage),
				|stage| setup.next(&honest, stage),
			);
			let what = (architecture, liar.number);
			assert_eq!(winner, Side::Challenger, "{what:?} {reason:?}");
			assert!(matches!(reason, Some(Reason::Number(_))), "{what:?} {reason:?}");
			most_moves = most_moves.max(moves);
		}
	}
	println!("at most {most_moves} moves");
	assert!(most_moves <= 2 * 8, "{most_moves}");
}

#[test]
fn an_auditor_who_worked_beats_whatever_a_challenger_says() {
	for architecture in DECODERS {
		let setup = Setup::new(architecture);
		let board = setup.board(&setup.digests);
		let honest = Player::new(&setup.executor, &setup.model, &board, two_threads());
		let mut choices = Choices::new(9);
		for round in 0..20 {
			let challenge = H256::repeat_byte(round);
			let Setup { order, attestation, bundle, .. } = &setup;
			let audit = verify(
				&setup.model,
				order,
				attestation,
				bundle,
				&[H256::zero(), challenge],
				two_threads(),
			);
			let digest = audit.unwrap().1[1];
			let stage = Stage::Work { challenge, digest };
			let both = |stage: &Stage| setup.next(&honest, stage);
			let (winner, reason, moves, _) = play(&board, stage.clone(), both, both);
			assert_eq!((winner, reason, moves), (Side::Defender, None, 1));
			let (winner, reason, ..) =
				play(&board, stage, both, |stage| slander(stage, &mut choices, &setup, &honest));
			assert_eq!(winner, Side::Defender, "{reason:?}");
		}
	}
}

/// An embedding, and the two models of which an auditor has run one.
struct Embedding {
	models: [Arc<Model>; 2],
	_folders: [Imported; 2],
	executor: Executor,
	prompt: Vec<u32>,
	order: ergon_core::engine::JobOrder,
	bundle: ergon_core::Bundle,
}

impl Embedding {
	fn new() -> Self {
		let mut dimensions = Shape::TINY.dimensions;
		dimensions.key_value_heads = dimensions.heads;
		let shape = Shape { architecture: Architecture::Bert, dimensions, tied: false };
		let folders = [5, 6].map(|seed| Imported::new(&shape, seed));
		let models = [0, 1].map(|index: usize| Arc::clone(&folders[index].model));
		let text = "Who looks whether an auditor has worked?";
		let order = order(&models[0], JobKind::Embed, text);
		let (_, bundle, _) = run(&models[0], &order, two_threads());
		let prompt = models[0].tokenizer().encode_plain(text).unwrap();
		let executor = Executor::new(two_threads());
		Self { models, _folders: folders, executor, prompt, order, bundle }
	}

	fn board(&self, model: usize) -> Board<'_> {
		let model = &self.models[model];
		let Self { order, bundle, prompt, .. } = self;
		Board::of(model.manifest(), *model.constants(), order, bundle, prompt).unwrap()
	}

	fn next(&self, player: &Player, stage: &Stage) -> Option<Move> {
		self.executor.complete(player.next(stage)).unwrap()
	}
}

#[test]
fn an_auditor_who_ran_another_model_over_a_text_to_embed_loses() {
	let embedding = Embedding::new();
	assert!(matches!(embedding.bundle.output, Output::Vector(_)));
	let (board, other) = (embedding.board(0), embedding.board(1));
	let player = |index: usize, board| {
		Player::new(&embedding.executor, &embedding.models[index], board, two_threads())
	};
	let [honest, other] = [player(0, &board), player(1, &other)];
	let challenge = H256::repeat_byte(3);
	for (auditor, winner) in [(&honest, Side::Defender), (&other, Side::Challenger)] {
		let asked = Stage::Work { challenge, digest: H256::zero() };
		let Some(Move::Work(rows)) = embedding.next(auditor, &asked) else { panic!() };
		let (found, ..) = play(
			&board,
			work(&board, challenge, &rows),
			|stage| embedding.next(auditor, stage),
			|stage| embedding.next(&honest, stage),
		);
		assert_eq!(found, winner);
	}
}

#[test]
fn an_auditor_who_ran_the_model_over_a_text_to_embed_cannot_be_slandered() {
	let embedding = Embedding::new();
	let board = embedding.board(0);
	let player = Player::new(&embedding.executor, &embedding.models[0], &board, two_threads());
	let next = |stage: &Stage| embedding.next(&player, stage);
	let challenge = H256::repeat_byte(3);
	let Some(Move::Work(rows)) = next(&Stage::Work { challenge, digest: H256::zero() }) else {
		panic!()
	};
	let mut choices = Choices::new(2);
	for index in 0..rows.len() as u32 {
		let slanderer = |stage: &Stage| match stage {
			Stage::WorkPoint { .. } => Some(Move::WorkPoint(index)),
			Stage::WorkLayers { layers, .. } => {
				Some(Move::Layer(choices.below(layers.len() as u64 - 1) as u32))
			}
			Stage::Score { .. } => next(stage),
			_ => slander_inside(stage, &mut choices, next),
		};
		let (winner, reason, ..) = play(&board, work(&board, challenge, &rows), next, slanderer);
		assert_eq!(winner, Side::Defender, "{reason:?}");
		assert!(matches!(reason, Some(Reason::Number(_))), "{reason:?}");
	}
}

#[test]
fn a_node_stands_by_its_audit_and_nothing_else_fits() {
	let setup = Setup::new(Architecture::Llama);
	let Setup { executor, model, order, attestation, bundle, .. } = &setup;
	let turn = |stage: &Stage| {
		let stage = stage.encode();
		let turn = turn_on(executor, model, order, bundle, &stage, two_threads());
		executor.complete(turn).unwrap().unwrap()
	};
	let challenge = H256::repeat_byte(7);
	let digest =
		verify(model, order, attestation, bundle, &[challenge], two_threads()).unwrap().1[0];
	let begin = Stage::Work { challenge, digest };
	let shown = turn(&begin);
	let groundwork = shown.groundwork.unwrap();
	let board = Board::new(model.manifest(), order, attestation, bundle, &groundwork).unwrap();
	let Move::Work(rows) = &shown.made else { panic!() };
	let refused = |stage: &Stage, made: Move| board.play(stage.clone(), made).unwrap_err();
	assert_eq!(refused(&begin, Move::Work(rows[1..].to_vec())), Refused::WrongLength);
	let spoilt = [&[H256::zero()], &rows[1..]].concat();
	assert_eq!(refused(&begin, Move::Work(spoilt)), Refused::DoesNotOpen);
	assert_eq!(refused(&begin, Move::WorkPoint(0)), Refused::OutOfTurn);

	let Ok(Outcome::Next(stage)) = board.play(begin, shown.made.clone()) else { panic!() };
	assert_eq!(refused(&stage, Move::WorkPoint(16)), Refused::NoSuchPart);
	let Ok(Outcome::Next(stage)) = board.play(stage, Move::WorkPoint(15)) else { panic!() };
	let shown = turn(&stage);
	assert_eq!(shown.groundwork, None);
	let Move::WorkRow { layers, path } = shown.made.clone() else { panic!() };
	let (longer, other) = ([&layers[..], &[H256::zero()]].concat(), layers[..1].to_vec());
	for layers in [longer, other] {
		let made = Move::WorkRow { layers, path: path.clone() };
		assert_eq!(refused(&stage, made), Refused::WrongLength);
	}
	let mut bytes = shown.made.encode();
	*bytes.last_mut().unwrap() ^= 1;
	let made = Move::decode(&mut &bytes[..]).unwrap();
	assert_eq!(refused(&stage, made), Refused::DoesNotOpen);
	let Ok(Outcome::Next(stage)) = board.play(stage, shown.made) else { panic!() };
	assert_eq!(refused(&stage, Move::Layer(layers.len() as u32 - 1)), Refused::NoSuchPart);
	assert_eq!(refused(&stage, Move::Final), Refused::OutOfTurn);
}

/// The games that the chain's tests replay.
#[test]
fn recorded_games_are_what_is_played_today() {
	let setup = Setup::new(Architecture::Llama);
	let board = setup.board(&setup.digests);
	let honest = Player::new(&setup.executor, &setup.model, &board, two_threads());
	let next = |stage: &Stage| setup.next(&honest, stage);
	let challenge = H256::repeat_byte(1);
	let asked = Stage::Work { challenge, digest: H256::zero() };
	let rows = |made: Option<Move>| match made {
		Some(Move::Work(rows)) => rows,
		other => panic!("{other:?}"),
	};

	// Somebody says that the first row is wrong, and what enters the first layer.
	let slanderer = |stage: &Stage| match stage {
		Stage::WorkPoint { .. } => Some(Move::WorkPoint(0)),
		Stage::WorkLayers { .. } => Some(Move::Entry),
		Stage::Branch { .. } => Some(Move::Branch(0)),
		Stage::Block { .. } => Some(Move::Block(0)),
		Stage::Number { .. } => slander(stage, &mut Choices::new(1), &setup, &honest),
		_ => None,
	};
	let first = work(&board, challenge, &rows(next(&asked)));
	let slandered = record(&setup, &setup.digests, &first, next, slanderer);

	// Somebody has got one number of the first layer wrong, and all that follows.
	let liar = Liar {
		setup: &setup,
		honest: &honest,
		position: 0,
		number: Number {
			layer: 0,
			tensor: Tensor::Of(Operator::FeedForwardOutput),
			row: 0,
			place: Place::Element(3),
		},
		difference: 1,
		scores: false,
	};
	let first = work(&board, challenge, &rows(liar.next(&asked)));
	let lied = record(&setup, &setup.digests, &first, |stage| liar.next(stage), next);
	are_recorded("work_games.scale", &[slandered, lied]);
}
