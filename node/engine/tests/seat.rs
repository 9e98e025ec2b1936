// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Whoever would take the seat of a silent side gets a move only where that side wins.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use codec::Encode;
use common::{
	answers::{slander, Liar, Setup},
	embeddings::Embedding,
	games::first_stage,
	two_threads, Choices,
};
use ergon_core::{engine::JobOrder, Architecture, Attestation, Bundle, FinishReason, H256};
use ergon_engine::{
	dispute::{stand_in_on, turn_on, Player},
	verify,
};
use ergon_exact::{
	game::{Frame, Move, Opened, Outcome, Side, Stage, Target, Turn},
	operators::{Number, Operator, Place, Tensor},
};

/// A result, right or wrong, and a node that has the model.
struct Node<'a> {
	setup: &'a Setup,
	order: JobOrder,
	attestation: Attestation,
	bundle: Bundle,
}

impl<'a> Node<'a> {
	fn new(setup: &'a Setup) -> Self {
		let Setup { order, attestation, bundle, .. } = setup;
		Self { setup, order: order.clone(), attestation: *attestation, bundle: bundle.clone() }
	}

	fn with_digests(mut self, digests: &[H256]) -> Self {
		self.bundle.digests = digests.to_vec().try_into().unwrap();
		self.attestation.trace_root = self.bundle.trace_root();
		self
	}

	/// What it plays in a seat that it has.
	fn plays(&self, stage: &Stage) -> Option<Turn> {
		let Setup { executor, model, .. } = self.setup;
		let (stage, control) = (stage.encode(), two_threads());
		let turn = turn_on(executor, model, &self.order, &self.bundle, &stage, control);
		executor.complete(turn).unwrap()
	}

	/// What it stands in with.
	fn stands_in(&self, stage: &Stage) -> Option<Turn> {
		let Setup { executor, model, .. } = self.setup;
		let Self { order, attestation, bundle, .. } = self;
		let (stage, control) = (stage.encode(), two_threads());
		let turn = stand_in_on(executor, model, order, attestation, bundle, &stage, control);
		executor.complete(turn).unwrap()
	}

	/// It would play, and stands in with the same.
	fn takes(&self, stage: &Stage) {
		let plays = self.plays(stage);
		assert!(plays.is_some(), "{stage:?}");
		assert_eq!(self.stands_in(stage), plays, "{stage:?}");
	}

	/// It would play, and lose.
	fn leaves(&self, stage: &Stage) {
		assert!(self.plays(stage).is_some(), "{stage:?}");
		assert_eq!(self.stands_in(stage), None, "{stage:?}");
	}
}

#[test]
fn a_defender_who_is_right_can_be_stood_in_for_at_every_stage_and_nobody_against_it() {
	let setup = Setup::new(Architecture::Llama);
	let (board, node) = (setup.board(&setup.digests), Node::new(&setup));
	let honest = Player::new(&setup.executor, &setup.model, &board, two_threads());
	let mut choices = Choices::new(4);
	let mut deepest = 0;
	for _ in 0..12 {
		let mut stage = first_stage(&board, 0);
		for moves in 0.. {
			let made = match stage.turn() {
				Side::Defender => {
					node.takes(&stage);
					setup.next(&honest, &stage).unwrap()
				}
				Side::Challenger => {
					assert_eq!(node.stands_in(&stage), None, "{stage:?}");
					let Some(made) = slander(&stage, &mut choices, &setup, &honest) else { break };
					made
				}
			};
			deepest = deepest.max(moves);
			match board.play(stage, made) {
				Ok(Outcome::Next(next)) => stage = next,
				Ok(Outcome::Won(winner, _)) => {
					assert_eq!(winner, Side::Defender);
					break;
				}
				// What a slanderer says does not always fit.
				Err(_) => break,
			}
		}
	}
	assert!(deepest >= 11, "{deepest}");
}

#[test]
fn a_challenger_who_is_right_can_be_stood_in_for_at_every_stage_and_nobody_against_it() {
	let setup = Setup::new(Architecture::Llama);
	let board = setup.board(&setup.digests);
	let honest = Player::new(&setup.executor, &setup.model, &board, two_threads());
	let places = [
		(Operator::Mixed, Place::Element(3), false),
		(Operator::Mixed, Place::Element(3), true),
		(Operator::Gated, Place::Element(5), false),
		(Operator::Gated, Place::Exponent(0), false),
		(Operator::Output, Place::Element(1), false),
	];
	for (operator, place, scores) in places {
		let number = Number { layer: 1, tensor: Tensor::Of(operator), row: 11, place };
		let liar =
			Liar { setup: &setup, honest: &honest, position: 7, number, difference: 1, scores };
		let Some(Move::Chunk(opened)) = liar.next(&Stage::Chunk { chunk: 0 }) else { panic!() };
		let digests = setup.digests_with(&opened);
		let (board, node) = (setup.board(&digests), Node::new(&setup).with_digests(&digests));
		let mut stage = first_stage(&board, 0);
		let winner = loop {
			let made = match stage.turn() {
				Side::Defender => {
					assert_eq!(node.stands_in(&stage), None, "{stage:?}");
					liar.next(&stage).unwrap()
				}
				Side::Challenger => {
					node.takes(&stage);
					node.plays(&stage).unwrap().made
				}
			};
			match board.play(stage, made).unwrap() {
				Outcome::Next(next) => stage = next,
				Outcome::Won(winner, _) => break winner,
			}
		};
		assert_eq!(winner, Side::Challenger);
	}
}

#[test]
fn a_result_of_which_all_can_be_shown_and_one_thing_is_wrong_is_not_defended() {
	let setup = Setup::new(Architecture::Qwen2);
	let honest = Node::new(&setup);
	for stage in [Stage::Chunk { chunk: 0 }, Stage::Prompt, Stage::Ending] {
		honest.takes(&stage);
	}
	// Tokens that the sampler does not choose: every digest is what the model gives for them.
	let mut other_seed = Node::new(&setup);
	other_seed.order.seed = setup.order.seed.map(|byte| !byte);
	other_seed.leaves(&Stage::Chunk { chunk: 0 });
	// Another end than the one that the tokens have.
	let mut other_end = Node::new(&setup);
	other_end.attestation.finish = match setup.attestation.finish {
		FinishReason::Length => FinishReason::Stop,
		_ => FinishReason::Length,
	};
	other_end.leaves(&Stage::Ending);
	let mut other_prompt = Node::new(&setup);
	other_prompt.attestation.prompt_root = H256::zero();
	other_prompt.leaves(&Stage::Prompt);
}

/// An honest game about a position, down to a layer.
struct Way {
	index: u32,
	opened: Opened,
	roots: Vec<H256>,
	frame: Frame,
	operators: Vec<H256>,
}

impl Way {
	fn of(setup: &Setup, honest: &Player) -> Self {
		let index = 5;
		let next = |stage: &Stage| setup.next(honest, stage).unwrap();
		let Move::Chunk(all) = next(&Stage::Chunk { chunk: 0 }) else { panic!() };
		let opened = all[index as usize];
		let Move::Layers(roots) = next(&Stage::Layers { index, opened }) else { panic!() };
		let positions = setup.prompt.len() as u32 + index;
		let frame = Frame { layer: 1, positions, input: roots[1] };
		let asked = Stage::Operators { frame, output: roots[2] };
		let Move::Operators(operators) = next(&asked) else { panic!() };
		Self { index, opened, roots, frame, operators }
	}

	fn target(&self, operator: Operator) -> Target {
		let Self { frame, operators, .. } = self;
		Target { frame: *frame, operators: operators.clone(), tensor: Tensor::Of(operator) }
	}
}

#[test]
fn a_seat_from_which_something_else_was_shown_is_left_to_be_lost() {
	let setup = Setup::new(Architecture::Llama);
	let (board, node) = (setup.board(&setup.digests), Node::new(&setup));
	let honest = Player::new(&setup.executor, &setup.model, &board, two_threads());
	let way = Way::of(&setup, &honest);
	let Way { index, opened, roots, frame, operators } = &way;
	let spoilt = H256::repeat_byte(9);

	let (index, opened, root) = (*index, *opened, *roots.last().unwrap());
	node.takes(&Stage::Final { index, opened, root });
	node.leaves(&Stage::Final { index, opened, root: spoilt });

	let output = roots[2];
	node.takes(&Stage::Operators { frame: *frame, output });
	node.leaves(&Stage::Operators { frame: Frame { input: spoilt, ..*frame }, output });
	node.leaves(&Stage::Operators { frame: *frame, output: spoilt });

	let root = operators[Operator::Gated as usize];
	let branches = |target| Stage::Branches { target, first: 0, count: frame.positions, root };
	node.takes(&branches(way.target(Operator::Gated)));
	for wrong in [Operator::AttentionInput, Operator::Gated] {
		let mut target = way.target(Operator::Gated);
		target.operators[wrong as usize] = spoilt;
		node.leaves(&branches(target));
	}
	let mut target = way.target(Operator::Gated);
	target.frame.input = spoilt;
	node.leaves(&branches(target));
}

#[test]
fn a_seat_from_which_something_right_was_named_is_left_to_be_lost() {
	let setup = Setup::new(Architecture::Llama);
	let (board, node) = (setup.board(&setup.digests), Node::new(&setup));
	let honest = Player::new(&setup.executor, &setup.model, &board, two_threads());
	let next = |stage: &Stage| setup.next(&honest, stage).unwrap();
	let way = Way::of(&setup, &honest);
	let Way { index, opened, roots, frame, operators } = &way;
	let (index, opened) = (*index, *opened);
	let spoilt = H256::repeat_byte(9);

	// The final row is right, and so are the layers.
	node.leaves(&Stage::Layer { index, opened, roots: roots.clone() });
	let wrong_row = Opened { hidden: [1; 32], ..opened };
	let stage = Stage::Layer { index, opened: wrong_row, roots: roots.clone() };
	node.takes(&stage);
	// But where the prompt was misread, too, everything is another one here.
	let mut misread = Node::new(&setup);
	misread.attestation.prompt_root = spoilt;
	misread.leaves(&stage);

	// What enters the layer was passed over, and what leaves it follows from that.
	let mut wrong = operators.clone();
	wrong[Operator::Expanded as usize] = spoilt;
	node.takes(&Stage::Operator { frame: *frame, operators: wrong.clone() });
	let entered = Frame { input: spoilt, ..*frame };
	node.leaves(&Stage::Operator { frame: entered, operators: wrong });

	// The row that candidates follow from was passed over.
	let asked = Stage::Candidates { index, opened };
	let Move::Opened { mut candidates, hidden } = next(&asked) else { panic!() };
	candidates[63].logit -= 1;
	let mut other = hidden.clone();
	other.exponent += 1;
	node.takes(&Stage::Logit { index, candidates: candidates.clone(), hidden });
	node.leaves(&Stage::Logit { index, candidates, hidden: other });

	// The exponent by which the numbers of a row count was passed over.
	let (target, row) = (way.target(Operator::Gated), 3);
	let numbers = |block, exponent| Stage::Numbers {
		target: target.clone(),
		row,
		block,
		hash: spoilt,
		exponent,
	};
	let Move::Numbers { mut bytes, exponent } = next(&numbers(1, Some(spoilt))) else { panic!() };
	bytes[0] ^= 1;
	let number = |exponent: Vec<u8>| Stage::Number {
		target: target.clone(),
		row,
		block: 1,
		bytes: bytes.clone(),
		exponent,
	};
	node.takes(&number(exponent.clone()));
	node.leaves(&number(vec![exponent[0] ^ 1, exponent[1]]));

	// What attention gives is right, and so are the scores.
	let (target, row, element) = (way.target(Operator::Mixed), 3, 2);
	let numbers =
		Stage::Numbers { target: target.clone(), row, block: 0, hash: spoilt, exponent: None };
	let Move::Numbers { bytes, .. } = next(&numbers) else { panic!() };
	let claimed = i32::from_le_bytes(bytes[8..12].try_into().unwrap());
	let asked = Stage::Scores { target: target.clone(), row, element, claimed };
	let Move::Scores(scores) = next(&asked) else { panic!() };
	let score = |claimed| Stage::Score {
		target: target.clone(),
		row,
		element,
		claimed,
		scores: scores.clone(),
	};
	node.leaves(&score(claimed));
	node.takes(&score(claimed + 1));
}

#[test]
fn an_auditor_who_has_worked_can_be_stood_in_for_and_no_other() {
	let setup = Setup::new(Architecture::Llama);
	let (board, node) = (setup.board(&setup.digests), Node::new(&setup));
	let Setup { model, order, attestation, bundle, .. } = &setup;
	let challenge = H256::repeat_byte(7);
	let audit = verify(model, order, attestation, bundle, &[challenge], two_threads());
	let digest = audit.unwrap().1[0];
	node.takes(&Stage::Work { challenge, digest });
	node.leaves(&Stage::Work { challenge, digest: H256::zero() });

	let Some(Turn { made: Move::Work(rows), .. }) = node.plays(&Stage::Work { challenge, digest })
	else {
		panic!()
	};
	let (point, row) = (board.work_points(challenge)[0], rows[0]);
	node.takes(&Stage::WorkRow { point, row });
	node.leaves(&Stage::WorkRow { point, row: H256::zero() });
	// Against it there is nothing to say.
	assert_eq!(node.stands_in(&Stage::WorkPoint { challenge, rows: rows.clone() }), None);
	let wrong = [&[H256::zero()], &rows[1..]].concat();
	node.takes(&Stage::WorkPoint { challenge, rows: wrong });
}

#[test]
fn sums_beside_which_something_else_was_shown_are_left_to_be_lost() {
	let embedding = Embedding::new(Architecture::Llama);
	let Embedding { executor, model, order, attestation, bundle, vector, .. } = &embedding;
	let stands_in = |stage: Stage| {
		let (stage, control) = (stage.encode(), two_threads());
		let turn = stand_in_on(executor, model, order, attestation, bundle, &stage, control);
		executor.complete(turn).unwrap()
	};
	let digests = [embedding.digest(vector)];
	let board = embedding.board(vector, &digests);
	let honest = Player::new(executor, model, &board, two_threads());
	let next = |stage: &Stage| embedding.next(&honest, stage).unwrap();
	let Move::Vector { columns, sums, .. } = next(&Stage::Vector) else { panic!() };
	let spoilt = H256::repeat_byte(9);

	let block = |columns, hash| Stage::SumBlock { columns, block: 1, hash };
	assert!(stands_in(block(columns, sums[1])).is_some());
	assert_eq!(stands_in(block(spoilt, sums[1])), None);
	assert_eq!(stands_in(block(columns, spoilt)), None);

	let Move::Sums(shown) = next(&block(columns, sums[1])) else { panic!() };
	let sum = |columns, sums| Stage::Sum { columns, block: 1, sums };
	assert_eq!(stands_in(sum(columns, shown.clone())), None);
	let wrong = [&[shown[0] + 1], &shown[1..]].concat();
	assert!(stands_in(sum(columns, wrong.clone())).is_some());
	assert_eq!(stands_in(sum(spoilt, wrong)), None);

	assert!(stands_in(Stage::AllSums { sums: sums.clone() }).is_some());
	assert_eq!(stands_in(Stage::AllSums { sums: [&[spoilt], &sums[1..]].concat() }), None);
}
