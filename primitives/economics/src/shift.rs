// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How fast the weights of authorities follow what they have proved.
//!
//! That less than a third of the heads change says nothing about weight: one session could take nearly all of it
//! from those who had it, and give it to others who are there already, or to the few who enter.

use crate::power::divide;
use alloc::vec::Vec;

/// An authority of the next session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seat {
	/// What it weighs in this session; nothing if it enters.
	pub held: u64,
	/// What it is to weigh by its power, at least 1.
	pub wanted: u64,
}

impl Seat {
	fn gain(&self) -> u64 {
		self.wanted.saturating_sub(self.held)
	}

	fn loss(&self) -> u64 {
		self.held.saturating_sub(self.wanted)
	}

	/// What it gains whatever the limit is: whoever enters has a unit.
	fn entry(&self) -> u64 {
		match self.held {
			0 => self.wanted.min(1),
			_ => 0,
		}
	}
}

/// Most weight that authorities gain from one session to the next, all together: less than a third of `total`.
pub fn shift_limit(total: u64) -> u64 {
	total.saturating_sub(1) / 3
}

/// What these authorities weigh in the next session: what is wanted, or what one session may do on the way there.
///
/// All that is wanted adds up to a total, and so did all weights of this session, those of leavers among them. So
/// what some gain is what others lose, and all gains together are the part of the total that changes hands. It is
/// bounded by [`shift_limit`]: more than two thirds of the weight are where they were, as
/// [`churn_limit`](crate::power::churn_limit) says of heads.
///
/// * When no more than the limit is to be gained, everybody weighs what is wanted.
/// * Otherwise the limit is divided among those who are to gain, in proportion to how much that is, and in the same
///   way among those who are to lose. Nobody goes beyond what is wanted, and what is left to be gained falls by the
///   limit: with the same authorities and the same powers, three sessions are enough for a total of a million.
/// * What leavers had must go to somebody at once. It counts as lost before others lose anything. Is it more
///   than the limit, nobody else loses, and what is beyond the limit goes to those who stay, in proportion to what
///   they had, which moves nothing among them; to none above the most that is wanted for anybody, or somebody
///   could stop finality alone because others have left. What has no room there goes to those who enter.
/// * Who enters has one unit at least, also where these are more than the limit.
/// * Where nobody stays, nothing is bounded; nor where more is held than there is, which is on another scale then.
///
/// Divisions are by largest remainders, so the total is exact, nobody is without weight, and nothing is random.
pub fn follow(seats: &[Seat]) -> Vec<u64> {
	let total = sum(seats, |seat| seat.wanted);
	let kept = sum(seats, |seat| seat.held);
	let limit = shift_limit(total);
	let is_comparable = kept > 0 && kept <= total;
	if !is_comparable || sum(seats, Seat::gain) <= limit {
		return seats.iter().map(|seat| seat.wanted).collect();
	}

	let (left_behind, entries) = (total.saturating_sub(kept), sum(seats, Seat::entry));
	let rising = limit.max(entries);
	let gains: Vec<_> = seats.iter().map(|seat| seat.gain().saturating_sub(seat.entry())).collect();
	let losses: Vec<_> = seats.iter().map(Seat::loss).collect();
	// All gains are more than is divided here, and so are all losses: nobody gets or gives more than its own.
	let rises = divide(rising.saturating_sub(entries), &gains);
	let falls = divide(rising.saturating_sub(left_behind), &losses);
	let mut weights: Vec<_> = seats
		.iter()
		.zip(rises.into_iter().zip(falls))
		.map(|(seat, (rise, fall))| {
			let risen = seat.held.saturating_add(seat.entry()).saturating_add(rise);
			risen.saturating_sub(fall)
		})
		.collect();
	inherit(&mut weights, seats, left_behind.saturating_sub(rising));
	weights
}

/// Gives what leavers leave beyond the limit to those who stay, as [`follow`] says.
fn inherit(weights: &mut [u64], seats: &[Seat], mut left: u64) {
	let most = seats.iter().map(|seat| seat.wanted).max().unwrap_or_default();
	// Each round but the last fills up somebody.
	while left > 0 {
		let shares: Vec<_> = weights
			.iter()
			.zip(seats)
			.map(|(weight, seat)| if *weight < most { seat.held } else { 0 })
			.collect();
		if shares.iter().all(|share| *share == 0) {
			break;
		}
		for (weight, part) in weights.iter_mut().zip(divide(left, &shares)) {
			let part = part.min(most.saturating_sub(*weight));
			*weight = weight.saturating_add(part);
			left = left.saturating_sub(part);
		}
	}
	let gaps: Vec<_> = weights
		.iter()
		.zip(seats)
		.map(|(weight, seat)| seat.wanted.saturating_sub(*weight))
		.collect();
	for (weight, part) in weights.iter_mut().zip(divide(left, &gaps)) {
		*weight = weight.saturating_add(part);
	}
}

fn sum(seats: &[Seat], part: impl Fn(&Seat) -> u64) -> u64 {
	seats.iter().map(part).fold(0, u64::saturating_add)
}
