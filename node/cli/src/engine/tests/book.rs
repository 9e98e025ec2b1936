// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The book of orders by itself.

use super::*;
use crate::engine::book::{Book, Finish, Limits};
use codec::Decode;
use ergon_core::engine::EngineFailure;
use ergon_engine_interface::{Progress, Submission};
use std::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

fn limits() -> Limits {
	Limits {
		pending: 4,
		outcome_bytes: 1 << 16,
		attempts: 3,
		retry_after: SECOND,
		failure_memory: 60 * SECOND,
	}
}

/// The ids of all orders that are to be sent now.
fn take_all(book: &mut Book, now: Instant) -> Vec<OrderId> {
	std::iter::from_fn(|| book.take_next(now)).map(|(id, _)| id).collect()
}

/// Submits an order that is wanted for long.
fn submit(book: &mut Book, order: Order, now: Instant) -> Submission {
	book.submit(order, now + 3_600 * SECOND, now)
}

fn internal() -> Outcome {
	Outcome::Failed(EngineFailure::Internal("out of luck".into()))
}

#[test]
fn an_order_goes_through_its_life() {
	let now = Instant::now();
	let mut book = Book::new(limits());
	let order = job(1);
	let id = order.id();
	assert_eq!(book.progress(&id, now), Progress::Unknown);
	assert_eq!(submit(&mut book, order.clone(), now), Submission::Accepted);
	assert_eq!(book.progress(&id, now), Progress::Pending);
	let (sent, message) = book.take_next(now).unwrap();
	assert_eq!(sent, id);
	assert_eq!(
		ToEngine::decode_all(&mut &message[..]),
		Ok(ToEngine::Submit { order: order.clone(), patience: 3_600_000 })
	);
	assert_eq!(book.take_next(now), None);
	assert_eq!(book.finished(&id, &outcome(&order), now), Finish::Remembered);
	assert_eq!(book.progress(&id, now), Progress::Done);
	assert_eq!(book.pending(), 0);
	let encoded = book.outcome(&id, now).unwrap();
	assert_eq!(Outcome::decode(&mut &encoded[..]), Ok(outcome(&order)));
}

#[test]
fn an_order_submitted_again_changes_nothing_at_any_stage() {
	let now = Instant::now();
	let mut book = Book::new(limits());
	let id = job(1).id();
	for _ in 0..10 {
		assert_eq!(submit(&mut book, job(1), now), Submission::Accepted);
	}
	assert_eq!(take_all(&mut book, now), [id]);
	assert_eq!(submit(&mut book, job(1), now), Submission::Accepted);
	assert_eq!(take_all(&mut book, now), []);
	book.finished(&id, &outcome(&job(1)), now);
	assert_eq!(submit(&mut book, job(1), now), Submission::Accepted);
	assert_eq!(take_all(&mut book, now), []);
	assert_eq!(book.finished(&id, &outcome(&job(1)), now), Finish::Unasked);
}

#[test]
fn a_full_book_is_busy_until_an_order_is_done() {
	let now = Instant::now();
	let mut book = Book::new(limits());
	for number in 0..4 {
		assert_eq!(submit(&mut book, job(number), now), Submission::Accepted);
	}
	assert_eq!(submit(&mut book, job(4), now), Submission::Busy);
	assert_eq!(submit(&mut book, job(3), now), Submission::Accepted);
	let expected: Vec<_> = (0..4).map(|number| job(number).id()).collect();
	assert_eq!(take_all(&mut book, now), expected);
	book.finished(&job(2).id(), &outcome(&job(2)), now);
	assert_eq!(submit(&mut book, job(4), now), Submission::Accepted);
}

#[test]
fn sprints_and_all_others_take_no_place_of_each_other() {
	let now = Instant::now();
	let mut book = Book::new(Limits { pending: 8, ..limits() });
	for number in 0..2 {
		assert_eq!(submit(&mut book, sprint(number), now), Submission::Accepted);
	}
	assert_eq!(submit(&mut book, sprint(2), now), Submission::Busy);
	assert_eq!(submit(&mut book, sprint(1), now), Submission::Accepted);
	for number in 0..8 {
		assert_eq!(submit(&mut book, job(number), now), Submission::Accepted);
	}
	assert_eq!(submit(&mut book, job(8), now), Submission::Busy);
	assert_eq!(take_all(&mut book, now).len(), 10);
	let done = sprint(0).id();
	assert_eq!(book.finished(&done, &outcome(&sprint(0)), now), Finish::Remembered);
	let encoded = book.outcome(&done, now).unwrap();
	assert_eq!(Outcome::decode(&mut &encoded[..]), Ok(outcome(&sprint(0))));
	// Its place is for another sprint, and for nothing else.
	assert_eq!(submit(&mut book, job(8), now), Submission::Busy);
	assert_eq!(submit(&mut book, sprint(2), now), Submission::Accepted);
}

#[test]
fn an_order_that_fits_no_frame_is_malformed() {
	let mut book = Book::new(limits());
	let order = JobOrder { prompt: vec![b'a'; MAX_FRAME_BYTES as usize], ..job_order(1) };
	assert_eq!(submit(&mut book, Order::Execute(order), Instant::now()), Submission::Malformed);
	assert_eq!(book.pending(), 0);
}

#[test]
fn a_busy_engine_gets_the_order_again_later() {
	let now = Instant::now();
	let mut book = Book::new(limits());
	let id = job(1).id();
	submit(&mut book, job(1), now);
	take_all(&mut book, now);
	book.busy(&id, now);
	assert_eq!(take_all(&mut book, now), []);
	assert_eq!(take_all(&mut book, now + SECOND), [id]);
	// However often: a full queue is nobody's fault.
	for round in 2..20 {
		book.busy(&id, now + SECOND * (round - 1));
		assert_eq!(take_all(&mut book, now + SECOND * round), [id]);
	}
}

#[test]
fn an_internal_failure_is_tried_again_a_few_times_and_then_forgotten() {
	let now = Instant::now();
	let mut book = Book::new(limits());
	let id = job(1).id();
	submit(&mut book, job(1), now);
	for attempt in 0..2 {
		assert_eq!(take_all(&mut book, now + SECOND * attempt), [id]);
		let finish = book.finished(&id, &internal(), now + SECOND * attempt);
		assert_eq!(finish, Finish::TriedAgain("out of luck".into()));
		assert_eq!(book.progress(&id, now), Progress::Pending);
	}
	let then = now + SECOND * 2;
	assert_eq!(take_all(&mut book, then), [id]);
	assert_eq!(book.finished(&id, &internal(), then), Finish::Remembered);
	assert_eq!(book.outcome(&id, then), Some(internal().encode()));
	assert_eq!(book.progress(&id, then + 60 * SECOND), Progress::Unknown);
}

#[test]
fn an_order_that_failed_internally_is_tried_again_when_it_is_submitted_again() {
	let now = Instant::now();
	let mut book = Book::new(Limits { attempts: 1, ..limits() });
	let id = job(1).id();
	submit(&mut book, job(1), now);
	take_all(&mut book, now);
	assert_eq!(book.finished(&id, &internal(), now), Finish::Remembered);
	assert_eq!(book.progress(&id, now), Progress::Done);
	assert_eq!(submit(&mut book, job(1), now), Submission::Accepted);
	assert_eq!(book.progress(&id, now), Progress::Pending);
	assert_eq!(book.outcome(&id, now), None);
	assert_eq!(take_all(&mut book, now), [id]);
}

#[test]
fn failures_that_pass_are_forgotten_and_the_others_are_not() {
	let now = Instant::now();
	let much_later = now + 10_000 * SECOND;
	let failures = [
		(EngineFailure::UnknownModel, Progress::Unknown),
		(EngineFailure::PromptTooLong { tokens: 9, context: 8 }, Progress::Done),
		(EngineFailure::PromptNotUtf8, Progress::Done),
	];
	for (failure, expected) in failures {
		let mut book = Book::new(limits());
		let id = job(1).id();
		submit(&mut book, job(1), now);
		take_all(&mut book, now);
		book.finished(&id, &Outcome::Failed(failure.clone()), now);
		assert_eq!(book.progress(&id, now), Progress::Done);
		assert_eq!(book.progress(&id, much_later), expected, "{failure:?}");
	}
}

#[test]
fn an_outcome_of_the_wrong_kind_closes_nothing() {
	let now = Instant::now();
	let mut book = Book::new(limits());
	for (order, wrong) in [
		(job(1), outcome(&audit(1))),
		(audit(1), outcome(&job(1))),
		(job(1), outcome(&sprint(1))),
		(sprint(1), outcome(&job(1))),
	] {
		submit(&mut book, order.clone(), now);
		take_all(&mut book, now);
		assert_eq!(book.finished(&order.id(), &wrong, now), Finish::WrongKind);
		assert_eq!(book.progress(&order.id(), now), Progress::Pending);
	}
}

#[test]
fn after_a_death_the_suspects_come_one_by_one_and_before_the_others() {
	let now = Instant::now();
	let mut book = Book::new(limits());
	for number in 0..2 {
		submit(&mut book, job(number), now);
	}
	take_all(&mut book, now);
	submit(&mut book, job(2), now);
	assert_eq!(book.engine_lost(now), (3, None));
	for number in 0..2 {
		let id = job(number).id();
		assert_eq!(take_all(&mut book, now), [id]);
		book.finished(&id, &outcome(&job(number)), now);
	}
	submit(&mut book, job(3), now);
	// Nobody is under suspicion any more.
	assert_eq!(take_all(&mut book, now), [job(2).id(), job(3).id()]);
}

#[test]
fn an_order_that_kills_the_engine_fails_and_takes_no_other_with_it() {
	let now = Instant::now();
	let mut book = Book::new(limits());
	let killer = job(1).id();
	for number in 0..4 {
		submit(&mut book, job(number), now);
	}
	take_all(&mut book, now);
	assert_eq!(book.engine_lost(now), (4, None));
	let mut deaths = 0;
	let mut filled = Vec::new();
	while let Some((id, _)) = book.take_next(now) {
		if id == killer {
			deaths += 1;
			assert_eq!(book.engine_lost(now).1, Some(killer));
		} else {
			filled.push(id);
			book.finished(&id, &outcome(&job(0)), now);
		}
	}
	assert_eq!(deaths, 3);
	assert_eq!(filled, [0, 2, 3].map(|number| job(number).id()));
	let encoded = book.outcome(&killer, now).unwrap();
	let outcome = Outcome::decode(&mut &encoded[..]).unwrap();
	assert!(matches!(outcome, Outcome::Failed(EngineFailure::Internal(_))), "{outcome:?}");
	assert_eq!(book.pending(), 0);
}

#[test]
fn what_nobody_wants_any_more_is_not_sent_and_not_remembered() {
	let now = Instant::now();
	let mut book = Book::new(limits());
	for number in 1..=3 {
		book.submit(job(number), now + SECOND, now);
	}
	let (sent, message) = book.take_next(now + SECOND / 4).unwrap();
	assert_eq!(sent, job(1).id());
	let expected = ToEngine::Submit { order: job(1), patience: 750 };
	assert_eq!(ToEngine::decode_all(&mut &message[..]), Ok(expected));
	// Whoever asks again wants it for longer.
	submit(&mut book, job(3), now);
	assert_eq!(take_all(&mut book, now + SECOND), [job(3).id()]);
	assert_eq!(book.progress(&job(2).id(), now), Progress::Unknown);
	// What was sent is the engine's to give up.
	assert_eq!(book.progress(&job(1).id(), now), Progress::Pending);
	let late = Outcome::Failed(EngineFailure::TooLate);
	assert_eq!(book.finished(&job(1).id(), &late, now + SECOND), Finish::Remembered);
	assert_eq!(book.progress(&job(1).id(), now + SECOND), Progress::Unknown);
}
