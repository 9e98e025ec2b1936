// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The candidates of one position: the tokens that the sampler may choose from.

use core::cmp::Reverse;

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Most candidates that are kept.
pub const MAX_CANDIDATES: usize = 64;

/// A token and its logit in Q16.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Candidate {
	/// The token.
	pub id: u32,
	/// Its logit.
	pub logit: i32,
}

impl Candidate {
	/// The order of candidates: higher logit first, among equals lower id first.
	#[inline]
	pub fn rank(&self) -> impl Ord {
		(Reverse(self.logit), self.id)
	}
}

/// The up to [`MAX_CANDIDATES`] best of the candidates that were offered, best first.
///
/// The order is total, so the result depends on what was offered and not on its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidates {
	items: [Candidate; MAX_CANDIDATES],
	count: usize,
}

impl Default for Candidates {
	#[inline]
	fn default() -> Self {
		Self::new()
	}
}

impl Candidates {
	/// None.
	#[inline]
	pub const fn new() -> Self {
		Self { items: [Candidate { id: 0, logit: 0 }; MAX_CANDIDATES], count: 0 }
	}

	/// Offers one candidate. An id must not be offered twice.
	#[inline]
	pub fn offer(&mut self, candidate: Candidate) {
		if let Some(last) = self.items[..self.count].last() {
			if self.count == MAX_CANDIDATES && candidate.rank() >= last.rank() {
				return;
			}
		}
		let place = self.as_slice().partition_point(|item| item.rank() < candidate.rank());
		self.count = (self.count + 1).min(MAX_CANDIDATES);
		self.items.copy_within(place..self.count - 1, place + 1);
		self.items[place] = candidate;
	}

	/// Offers the logits of consecutive tokens, of which the first is `first_id`.
	#[inline]
	pub fn offer_logits(&mut self, first_id: u32, logits: &[i32]) {
		/// Logits of which the largest is looked for first, which vectors do at once.
		const TOGETHER: usize = 64;
		for (part, logits) in (0..).zip(logits.chunks(TOGETHER)) {
			// What is below the last of a full list cannot enter.
			let full = self.count == MAX_CANDIDATES;
			let least = self.items[MAX_CANDIDATES - 1].logit;
			if full && logits.iter().fold(i32::MIN, |most, &logit| most.max(logit)) < least {
				continue;
			}
			for (id, &logit) in (first_id + part * TOGETHER as u32..).zip(logits) {
				self.offer(Candidate { id, logit });
			}
		}
	}

	/// The candidates, best first.
	#[inline]
	pub fn as_slice(&self) -> &[Candidate] {
		&self.items[..self.count]
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	proptest! {
		#[test]
		fn keeps_the_best_in_order(
			logits in prop::collection::vec(-50i32..50, 0..300),
			split in 0usize..300,
		) {
			let mut sorted: Vec<_> =
				(0..).zip(&logits).map(|(id, &logit)| Candidate { id, logit }).collect();
			sorted.sort_by_key(|candidate| (-candidate.logit, candidate.id));
			sorted.truncate(MAX_CANDIDATES);

			let mut forwards = Candidates::new();
			forwards.offer_logits(0, &logits);
			prop_assert_eq!(forwards.as_slice(), &sorted[..]);

			// The second part first, and merged instead of offered one by one.
			let split = split.min(logits.len());
			let mut merged = Candidates::new();
			merged.offer_logits(split as u32, &logits[split..]);
			let mut first = Candidates::new();
			first.offer_logits(0, &logits[..split]);
			first.as_slice().iter().for_each(|&candidate| merged.offer(candidate));
			prop_assert_eq!(merged.as_slice(), &sorted[..]);
		}
	}
}
