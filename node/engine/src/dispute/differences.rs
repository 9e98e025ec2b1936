// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The first part of what a defender shows that is another one here.

use ergon_core::H256;
use ergon_exact::{candidates::Candidate, game::Move};

/// The first index at which two lists differ.
pub(super) fn first_difference<T: PartialEq>(shown: &[T], found: &[T]) -> Option<u32> {
	shown.iter().zip(found).position(|(shown, found)| shown != found).map(|index| index as u32)
}

/// The move that names the first layer whose rows differ: what enters the first, or what leaves another.
pub(super) fn wrong_layer(shown: &[H256], found: &[H256]) -> Option<Move> {
	Some(match first_difference(shown, found)? {
		0 => Move::Entry,
		after => Move::Layer(after - 1),
	})
}

/// The first of some numbers of `size` bytes that differs.
pub(super) fn first_number(shown: &[u8], found: &[u8], size: usize) -> Option<u32> {
	let [shown, found]: [Vec<&[u8]>; 2] = [shown, found].map(|it| it.chunks_exact(size).collect());
	first_difference(&shown, &found)
}

/// A token whose logit shows that as many candidates as were found are not the best ones.
pub(super) fn wrong_candidate(shown: &[Candidate], found: &[Candidate]) -> Option<u32> {
	let last = found.last()?;
	// It has another logit here, or would be among those that were found if it had this one.
	let is_lie = |it: &&Candidate| {
		let same_token = found.iter().find(|found| found.id == it.id);
		same_token.map_or(it.rank() < last.rank(), |found| found != *it)
	};
	// Otherwise what was put in ranks behind all that were found, and one of these was left out for it. The logit of
	// what was put in may be right.
	let is_missing = |it: &&Candidate| shown.iter().all(|shown| shown.id != it.id);
	let wrong = shown.iter().find(is_lie).or_else(|| found.iter().find(is_missing));
	wrong.map(|candidate| candidate.id)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_wrong_candidate_should_be_one_whose_logit_decides() {
		let [a, b, c] = [(7, 30), (2, 20), (5, 20)].map(|(id, logit)| Candidate { id, logit });
		let found = [a, b, c];
		let other = |id, logit| Candidate { id, logit };
		assert_eq!(wrong_candidate(&found, &found), None);
		// Another logit.
		assert_eq!(wrong_candidate(&[a, b, other(5, 19)], &found), Some(5));
		// What would be among the best if it were so.
		assert_eq!(wrong_candidate(&[a, other(9, 25), b], &found), Some(9));
		// Any of the best was left out for one that ranks behind all of them, and has this logit.
		assert_eq!(wrong_candidate(&[b, c, other(9, 10)], &found), Some(7));
		assert_eq!(wrong_candidate(&[a, b, other(6, 20)], &found), Some(5));
	}
}
