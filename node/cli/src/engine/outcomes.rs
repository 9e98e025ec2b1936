// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Outcomes that are remembered, within a bound on their bytes.

use std::time::Instant;

use ergon_core::engine::OrderId;
use schnellru::{Limiter, LruMap};

/// Bytes that an entry occupies beside its outcome: key, links, lengths, allocation. An estimate;
/// its purpose is that a flood of tiny outcomes is bounded too.
const ENTRY_OVERHEAD: usize = 128;

/// One outcome, SCALE-encoded.
struct Remembered {
	encoded: Vec<u8>,
	/// When it is forgotten, for outcomes that may be different the next time.
	until: Option<Instant>,
}

impl Remembered {
	fn cost(&self) -> usize {
		self.encoded.len().saturating_add(ENTRY_OVERHEAD)
	}
}

/// The outcomes of orders by their ids; the least recently used go first.
pub(super) struct Outcomes(LruMap<OrderId, Remembered, ByBytes>);

impl Outcomes {
	/// Remembers outcomes of at most `max_bytes` bytes altogether.
	pub(super) fn new(max_bytes: usize) -> Self {
		Self(LruMap::new(ByBytes { max_bytes, bytes: 0 }))
	}

	/// Remembers an outcome, until `until` if that is given. An outcome larger than the whole bound
	/// is not remembered.
	pub(super) fn insert(&mut self, order: OrderId, encoded: Vec<u8>, until: Option<Instant>) {
		self.0.insert(order, Remembered { encoded, until });
	}

	/// Forgets the outcome of an order.
	pub(super) fn remove(&mut self, order: &OrderId) {
		self.0.remove(order);
	}

	/// The outcome of an order.
	pub(super) fn get(&mut self, order: &OrderId, now: Instant) -> Option<&[u8]> {
		let expired = |remembered: &Remembered| remembered.until.is_some_and(|until| until <= now);
		if self.0.peek(order).is_some_and(expired) {
			self.0.remove(order);
		}
		self.0.get(order).map(|remembered| remembered.encoded.as_slice())
	}

	#[cfg(test)]
	fn bytes(&self) -> usize {
		self.0.limiter().bytes
	}
}

/// Bounds the sum of the costs of all entries.
struct ByBytes {
	max_bytes: usize,
	bytes: usize,
}

impl Limiter<OrderId, Remembered> for ByBytes {
	type KeyToInsert<'a> = OrderId;
	type LinkType = u32;

	fn is_over_the_limit(&self, _length: usize) -> bool {
		self.bytes > self.max_bytes
	}

	fn on_insert(
		&mut self,
		_length: usize,
		order: OrderId,
		value: Remembered,
	) -> Option<(OrderId, Remembered)> {
		if value.cost() > self.max_bytes {
			return None;
		}
		self.bytes += value.cost();
		Some((order, value))
	}

	fn on_replace(
		&mut self,
		_length: usize,
		_old_order: &mut OrderId,
		_new_order: OrderId,
		old: &mut Remembered,
		new: &mut Remembered,
	) -> bool {
		if new.cost() > self.max_bytes {
			return false;
		}
		self.bytes = self.bytes - old.cost() + new.cost();
		true
	}

	fn on_removed(&mut self, _order: &mut OrderId, value: &mut Remembered) {
		self.bytes -= value.cost();
	}

	fn on_cleared(&mut self) {
		self.bytes = 0;
	}

	fn on_grow(&mut self, _new_memory_usage: usize) -> bool {
		true
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::time::Duration;

	fn id(number: u64) -> OrderId {
		OrderId::from_low_u64_be(number)
	}

	#[test]
	fn the_least_recently_used_outcomes_go_when_the_bytes_are_up() {
		let now = Instant::now();
		let mut outcomes = Outcomes::new(3 * (1_000 + ENTRY_OVERHEAD));
		for number in 0..3 {
			outcomes.insert(id(number), vec![number as u8; 1_000], None);
		}
		assert!(outcomes.get(&id(0), now).is_some());
		outcomes.insert(id(3), vec![3; 1_000], None);
		assert_eq!(outcomes.get(&id(1), now), None);
		for kept in [0, 2, 3] {
			assert_eq!(outcomes.get(&id(kept), now), Some(&[kept as u8; 1_000][..]));
		}
		assert_eq!(outcomes.bytes(), 3 * (1_000 + ENTRY_OVERHEAD));
	}

	#[test]
	fn replacing_counts_only_the_new_bytes() {
		let mut outcomes = Outcomes::new(10_000);
		outcomes.insert(id(1), vec![1; 4_000], None);
		outcomes.insert(id(1), vec![2; 10], None);
		assert_eq!(outcomes.bytes(), 10 + ENTRY_OVERHEAD);
		assert_eq!(outcomes.get(&id(1), Instant::now()), Some(&[2; 10][..]));
	}

	#[test]
	fn an_outcome_larger_than_the_bound_is_not_remembered_and_evicts_nothing() {
		let now = Instant::now();
		let mut outcomes = Outcomes::new(1_000);
		outcomes.insert(id(1), vec![1; 100], None);
		outcomes.insert(id(2), vec![2; 1_001], None);
		assert_eq!(outcomes.get(&id(2), now), None);
		assert_eq!(outcomes.get(&id(1), now), Some(&[1; 100][..]));
		outcomes.insert(id(1), vec![1; 1_001], None);
		assert_eq!(outcomes.get(&id(1), now), None);
		assert_eq!(outcomes.bytes(), 0);
	}

	#[test]
	fn an_outcome_with_an_end_is_forgotten_then() {
		let now = Instant::now();
		let mut outcomes = Outcomes::new(1_000);
		outcomes.insert(id(1), vec![1], Some(now + Duration::from_secs(60)));
		assert!(outcomes.get(&id(1), now + Duration::from_secs(59)).is_some());
		assert_eq!(outcomes.get(&id(1), now + Duration::from_secs(60)), None);
		assert_eq!(outcomes.bytes(), 0);
	}
}
