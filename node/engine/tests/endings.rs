// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Games that end otherwise than the recorded ones about chunks, texts and work: with candidates, a logit, a
//! final row, a score, a witness, and in each of the ways in which an embedding can be wrong. With the others
//! they hold every stage and every kind of move, which is what the tests and the fuzzer of the judge start from.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{
	answers::{record, slander, Liar, Setup},
	embeddings::{turned, unit, Embedding, Impostor},
	games::{is_recorded, slander_inside},
	two_threads, Choices,
};
use ergon_core::Architecture;
use ergon_engine::dispute::Player;
use ergon_exact::{
	digest::{candidates_hash, hidden_hash},
	game::{Move, Record, Row, Side, Stage},
	operators::{Number, Operator, Place, Tensor},
	Candidate,
};

/// Where games about answers begin.
const FIRST: Stage = Stage::Chunk { chunk: 0 };
/// The position of its first chunk that is looked at.
const POSITION: u32 = 5;

/// What an honest player shows of that position.
fn shown(setup: &Setup, honest: &Player) -> (Vec<Candidate>, Row) {
	let Some(Move::Chunk(opened)) = setup.next(honest, &FIRST) else { panic!() };
	let opened = opened[POSITION as usize];
	let stage = Stage::Candidates { index: POSITION, opened };
	let Some(Move::Opened { candidates, hidden }) = setup.next(honest, &stage) else { panic!() };
	(candidates, hidden)
}

/// A defender has other candidates, or another final row, at that position than the model gives, and shows
/// whatever he has committed to.
fn committed_to(setup: &Setup, honest: &Player, candidates: &[Candidate], row: &Row) -> Record {
	let Some(Move::Chunk(mut opened)) = setup.next(honest, &FIRST) else { panic!() };
	let committed = &mut opened[POSITION as usize];
	committed.candidates = candidates_hash(candidates);
	committed.hidden = hidden_hash(&row.elements, row.exponent);
	let digests = setup.digests_with(&opened);
	let board = setup.board(&digests);
	let challenger = Player::new(&setup.executor, &setup.model, &board, two_threads());
	let defender = |stage: &Stage| match stage {
		Stage::Chunk { .. } => Some(Move::Chunk(opened.clone())),
		Stage::Candidates { .. } => {
			Some(Move::Opened { candidates: candidates.to_vec(), hidden: row.clone() })
		}
		Stage::Final { .. } => match setup.next(honest, stage)? {
			Move::FinalRow { residual, norm, .. } => {
				Some(Move::FinalRow { residual, hidden: row.clone(), norm })
			}
			other => panic!("{other:?}"),
		},
		_ => setup.next(honest, stage),
	};
	record(setup, &digests, &FIRST, defender, |stage| setup.next(&challenger, stage))
}

/// A defender has got one number of a row of the second layer wrong, and all that follows.
fn with_wrong_number(
	setup: &Setup,
	honest: &Player,
	operator: Operator,
	place: Place,
	scores: bool,
) -> Record {
	let number = Number { layer: 1, tensor: Tensor::Of(operator), row: 11, place };
	let liar = Liar { setup, honest, position: POSITION, number, difference: 1, scores };
	let Some(Move::Chunk(opened)) = liar.next(&FIRST) else { panic!() };
	let digests = setup.digests_with(&opened);
	record(setup, &digests, &FIRST, |stage| liar.next(stage), |stage| setup.next(honest, stage))
}

/// A challenger goes down to the first number of the second row of an operator of the first layer, and says
/// of an honest defender what `last` says.
fn slandered(
	setup: &Setup,
	honest: &Player,
	operator: Operator,
	last: impl Fn(&Stage) -> Option<Move>,
) -> Record {
	let challenger = |stage: &Stage| match stage {
		Stage::Position { .. } => Some(Move::Hidden(POSITION)),
		Stage::Layer { .. } => Some(Move::Layer(0)),
		Stage::Operator { .. } => Some(Move::Operator(operator)),
		Stage::Branch { .. } => Some(Move::Branch(1)),
		Stage::Block { .. } => Some(Move::Block(0)),
		_ => last(stage),
	};
	record(setup, &setup.digests, &FIRST, |stage| setup.next(honest, stage), challenger)
}

/// Games about an answer.
fn of_answers() -> Vec<Record> {
	let setup = Setup::new(Architecture::Llama);
	let board = setup.board(&setup.digests);
	let honest = Player::new(&setup.executor, &setup.model, &board, two_threads());
	let (candidates, row) = shown(&setup, &honest);

	// The token that was sampled has no chance among these.
	let mut improbable = candidates.clone();
	let token = setup.tokens[POSITION as usize];
	let at = improbable.iter().position(|candidate| candidate.id == token).unwrap();
	let mut last = improbable.remove(at);
	last.logit = improbable.last().unwrap().logit - 1;
	improbable.push(last);
	// The last one's logit, which is hardly ever drawn.
	let mut miscounted = candidates.clone();
	miscounted.last_mut().unwrap().logit -= 1;
	let mut miscalculated = row.clone();
	miscalculated.elements[3] ^= 1;

	// Somebody says that a logit is wrong, or the final row.
	let of_logit = |stage: &Stage| match stage {
		Stage::Position { .. } => Some(Move::Candidates(POSITION)),
		Stage::Logit { .. } => slander(stage, &mut Choices::new(1), &setup, &honest),
		_ => None,
	};
	let of_row = |stage: &Stage| match stage {
		Stage::Position { .. } => Some(Move::Hidden(POSITION)),
		Stage::Layer { .. } => Some(Move::Final),
		_ => None,
	};
	// Somebody says that a score is wrong, or that no element asks for an exponent.
	let of_score = |stage: &Stage| match stage {
		Stage::Number { .. } => Some(Move::AskScores(0)),
		Stage::Score { target, row, element, claimed, scores } => {
			let scores = scores.iter().map(|byte| byte ^ 1).collect();
			let (target, row, element, claimed) = (target.clone(), *row, *element, *claimed);
			setup.next(&honest, &Stage::Score { target, row, element, claimed, scores })
		}
		_ => None,
	};
	let of_witness = |stage: &Stage| match stage {
		Stage::Number { .. } => Some(Move::AskWitness),
		_ => None,
	};

	let next = |stage: &Stage| setup.next(&honest, stage);
	let (element, exponent) = (Place::Element(3), Place::Exponent(0));
	vec![
		committed_to(&setup, &honest, &improbable, &row),
		committed_to(&setup, &honest, &miscounted, &row),
		committed_to(&setup, &honest, &candidates, &miscalculated),
		with_wrong_number(&setup, &honest, Operator::Mixed, element, true),
		with_wrong_number(&setup, &honest, Operator::Gated, exponent, false),
		record(&setup, &setup.digests, &FIRST, next, of_logit),
		record(&setup, &setup.digests, &FIRST, next, of_row),
		slandered(&setup, &honest, Operator::Mixed, of_score),
		slandered(&setup, &honest, Operator::Gated, of_witness),
	]
}

/// Games about an embedding by an encoder.
fn of_embeddings() -> Vec<Record> {
	let embedding = Embedding::new(Architecture::Bert);
	let digests = [embedding.digest(&embedding.vector)];
	let board = embedding.board(&embedding.vector, &digests);
	let honest = Player::new(&embedding.executor, &embedding.model, &board, two_threads());
	let next = |stage: &Stage| embedding.next(&honest, stage);

	// A sum is wrong, then a column, then a final row, and the vector follows from that.
	let [mut of_sum, mut of_column, mut of_row] =
		[(); 3].map(|()| Impostor::new(&embedding, &honest));
	of_sum.sums[5] += 1 << 30;
	of_column.columns[3][2] ^= 1;
	of_column.sums = embedding.sums(&of_column.columns);
	of_row.rows[2][10] ^= 1;
	of_row.columns = turned(&of_row.rows);
	of_row.sums = embedding.sums(&of_row.columns);
	let lied = [of_sum, of_column, of_row].map(|liar| {
		let vector = unit(&liar.sums);
		let digests = [embedding.digest(&vector)];
		let board = embedding.board(&vector, &digests);
		let challenger = Player::new(&embedding.executor, &embedding.model, &board, two_threads());
		let challenger = |stage: &Stage| embedding.next(&challenger, stage);
		embedding.record(&vector, |stage| liar.next(stage), challenger)
	});

	// The sums are right, and the vector is another one.
	let mut vector = embedding.vector.clone();
	vector[7] ^= 1;
	let digests = [embedding.digest(&vector)];
	let board = embedding.board(&vector, &digests);
	let challenger = Player::new(&embedding.executor, &embedding.model, &board, two_threads());
	let of_vector =
		embedding.record(&vector, next, |stage: &Stage| embedding.next(&challenger, stage));

	// Somebody says that something is wrong of what is right.
	let slanders = [Move::SumBlock(0), Move::AskSums, Move::Rows, Move::Layer(1)];
	let slandered = slanders.map(|slander| {
		let mut choices = Choices::new(7);
		let challenger = |stage: &Stage| match stage {
			Stage::Sums { .. } => Some(slander.clone()),
			Stage::Sum { columns, block, sums } => {
				let sums = sums.iter().map(|sum| sum ^ 1).collect();
				let (columns, block) = (*columns, *block);
				embedding.next(&honest, &Stage::Sum { columns, block, sums })
			}
			Stage::Operator { .. } => Some(Move::Operator(Operator::Output)),
			// Behind the exponent, where there is one.
			Stage::Block { hashes, .. } => Some(Move::Block(hashes.len() as u32 - 1)),
			_ => slander_inside(stage, &mut choices, next),
		};
		embedding.record(&embedding.vector, next, challenger)
	});
	lied.into_iter().chain([of_vector]).chain(slandered).collect()
}

/// With `ERGON_WRITE_VECTORS` set they are written anew.
#[test]
fn recorded_games_are_what_is_played_today() {
	let games = [of_answers(), of_embeddings()].concat();
	// Five lies about an answer, then four slanders; four of each about an embedding.
	let lies = games.iter().map(|game| game.winner == Side::Challenger);
	let stated = [(true, 5), (false, 4), (true, 4), (false, 4)];
	assert!(lies.eq(stated.into_iter().flat_map(|(is_lie, count)| [is_lie].repeat(count))));
	is_recorded("ending_games.scale", &games);
}
