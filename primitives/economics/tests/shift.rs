// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How fast weight may move: worked examples, and what holds for all authorities.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use ergon_economics::{
	constants::AUTHORITY_WEIGHT,
	power::weights,
	shift::{follow, shift_limit, Seat},
};
use proptest::prelude::*;

/// Of what each holds and what is wanted for it.
fn moved(held: &[u64], wanted: &[u64]) -> Vec<u64> {
	assert_eq!(held.len(), wanted.len());
	let seats = held.iter().zip(wanted).map(|(held, wanted)| Seat { held: *held, wanted: *wanted });
	follow(&seats.collect::<Vec<_>>())
}

#[test]
fn limit_is_below_a_third_and_no_further_than_a_unit() {
	assert_eq!([0, 1, 3, 4, 1_000_000].map(shift_limit), [0, 0, 0, 1, 333_333]);
	for total in 1..1_000 {
		assert!(shift_limit(total) * 3 < total && (shift_limit(total) + 1) * 3 >= total);
	}
}

#[test]
fn small_changes_are_made_at_once() {
	assert_eq!(moved(&[400, 300, 300], &[300, 300, 400]), [300, 300, 400]);
	assert_eq!(moved(&[250, 250, 250, 250], &[500, 333, 83, 84]), [500, 333, 83, 84]);
	// Somebody leaves 300, and somebody enters.
	assert_eq!(moved(&[400, 300, 0], &[400, 280, 320]), [400, 280, 320]);
	// One unit more than the limit is too much.
	assert_eq!(moved(&[500, 500], &[834, 166]), [833, 167]);
}

#[test]
fn large_changes_take_some_sessions() {
	let wanted = [1, 1, 499, 499];
	// 333 of 998, half of it for each of the two who enter.
	let first = moved(&[500, 500, 0, 0], &wanted);
	assert_eq!(first, [333, 334, 167, 166]);
	let second = moved(&first, &wanted);
	assert_eq!(second, [167, 167, 333, 333]);
	assert_eq!(moved(&second, &wanted), wanted);
}

#[test]
fn what_leavers_leave_beyond_the_limit_goes_to_those_who_stay() {
	// Of 700, 333 go by what is wanted; the rest in halves to two equals, up to 400 each, and 9 to who enters.
	assert_eq!(moved(&[150, 150, 0], &[300, 300, 400]), [400, 400, 200]);
	// Of 600, 333 are divided by 0, 200 and 400, and 267 by 300 and 100, up to 400 each.
	assert_eq!(moved(&[300, 100, 0], &[300, 300, 400]), [400, 378, 222]);
	// Those who stay have no room.
	assert_eq!(moved(&[300, 300, 0, 0], &[250; 4]), [300, 300, 200, 200]);
}

#[test]
fn who_is_alone_has_all() {
	assert_eq!(moved(&[1_000], &[1_000]), [1_000]);
	// Nobody stays.
	assert_eq!(moved(&[0], &[1_000]), [1_000]);
	assert_eq!(moved(&[0, 0], &[600, 400]), [600, 400]);
	// The other has left.
	assert_eq!(moved(&[500], &[1_000]), [1_000]);
	assert_eq!(moved(&[], &[]), [0u64; 0]);
}

#[test]
fn other_scales_bound_nothing_and_break_nothing() {
	assert_eq!(moved(&[900, 900], &[400, 600]), [400, 600]);
	// As with the stock pallets, one unit for everybody.
	assert_eq!(moved(&[1, 1, 1], &[500, 300, 200]), [390, 322, 288]);
	// More who enter than the limit has units.
	assert_eq!(moved(&[4, 0, 0, 0], &[1; 4]), [1; 4]);
	assert_eq!(moved(&[8, 0, 0, 0], &[1, 1, 1, 5]), [5, 1, 1, 1]);
}

/// The seats of the next session: who is in it, with what it holds and what is wanted; what leavers held is missing.
fn seats() -> impl Strategy<Value = Vec<Seat>> {
	let power = || prop_oneof![Just(0u64), 1..10u64, any::<u32>().prop_map(u64::from)];
	let authority = (prop::option::weighted(0.8, power()), prop::option::weighted(0.8, power()));
	let total = prop_oneof![Just(AUTHORITY_WEIGHT), 40..2_000u64, 40..1u64 << 40];
	(prop::collection::vec(authority, 1..40), total).prop_map(|(authorities, total)| {
		let before: Vec<u64> = authorities.iter().filter_map(|(before, _)| *before).collect();
		let after: Vec<u64> = authorities.iter().filter_map(|(_, after)| *after).collect();
		let mut held = weights(&before, total).into_iter();
		let mut wanted = weights(&after, total).into_iter();
		let mut seats = Vec::new();
		for (before, after) in &authorities {
			let held = before.map_or(0, |_| held.next().unwrap());
			if after.is_some() {
				seats.push(Seat { held, wanted: wanted.next().unwrap() });
			}
		}
		seats
	})
}

fn sum(parts: impl IntoIterator<Item = u64>) -> u64 {
	parts.into_iter().sum()
}

fn gain(from: u64, to: u64) -> u64 {
	to.saturating_sub(from)
}

/// What is left to be gained.
fn distance(seats: &[Seat]) -> u64 {
	sum(seats.iter().map(|seat| gain(seat.held, seat.wanted)))
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 1_000, ..Default::default() })]

	#[test]
	fn every_shift_keeps_its_promises(seats in seats()) {
		let after = follow(&seats);
		let total = sum(seats.iter().map(|seat| seat.wanted));
		let held = sum(seats.iter().map(|seat| seat.held));
		let limit = shift_limit(total);
		prop_assert_eq!(after.len(), seats.len());
		prop_assert_eq!(sum(after.iter().copied()), total);
		prop_assert!(after.iter().all(|weight| *weight > 0));

		if held == 0 || distance(&seats) <= limit {
			prop_assert!(after.iter().zip(&seats).all(|(weight, seat)| *weight == seat.wanted));
			return Ok(());
		}
		let pairs = || after.iter().zip(&seats);
		let entering = seats.iter().filter(|seat| seat.held == 0).count() as u64;
		let (left, bound) = (total - held, limit.max(entering));
		let gained = sum(pairs().map(|(weight, seat)| gain(seat.held, *weight)));
		prop_assert_eq!(gained, bound.max(left), "no more than must be, and no less than may be");

		let most = seats.iter().map(|seat| seat.wanted).max().unwrap();
		let by_entrants =
			sum(pairs().filter(|(_, seat)| seat.held == 0).map(|(weight, _)| *weight));
		let is_room = pairs().any(|(weight, seat)| seat.held > 0 && *weight < most);
		prop_assert!(by_entrants <= bound || !is_room);
		for (weight, seat) in pairs() {
			let (low, high) = (seat.held.min(seat.wanted), seat.held.max(seat.wanted));
			prop_assert!(*weight >= low && *weight <= high.max(most));
			if left <= bound {
				prop_assert!(*weight <= high, "on the way to what is wanted");
			} else {
				prop_assert!(*weight >= seat.held, "others left enough");
			}
		}
	}

	#[test]
	fn what_is_wanted_is_reached(seats in seats()) {
		let mut seats = seats;
		let total = sum(seats.iter().map(|seat| seat.wanted));
		let limit = shift_limit(total);
		// Behind the first session, nobody enters or leaves.
		let first = follow(&seats);
		seats.iter_mut().zip(first).for_each(|(seat, weight)| seat.held = weight);
		let mut sessions = 0;
		while distance(&seats) > 0 {
			let before = distance(&seats);
			let after = follow(&seats);
			seats.iter_mut().zip(after).for_each(|(seat, weight)| seat.held = weight);
			prop_assert_eq!(distance(&seats), before.saturating_sub(limit));
			sessions += 1;
		}
		let most = if total == AUTHORITY_WEIGHT { 3 } else { 4 };
		prop_assert!(sessions <= most, "{} sessions", sessions);
	}
}
