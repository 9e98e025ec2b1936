// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The host functions called natively, with and without an engine behind them.

use super::*;
use alloc::{collections::BTreeMap, sync::Arc};
use ergon_core::{
	engine::{EngineFailure, JobOrder},
	JobKind, H256,
};
use sp_io::TestExternalities;
use std::sync::Mutex;

/// For how long outcomes are wanted.
const BLOCKS: u32 = 9;

/// Keeps what it is told; an order is done once somebody gives it an outcome.
#[derive(Default)]
struct Fake {
	submitted: Mutex<Vec<Order>>,
	outcomes: Mutex<BTreeMap<OrderId, Vec<u8>>>,
	models: Mutex<Vec<ModelId>>,
	full: bool,
	/// Outcomes shrink to nothing after so many reads.
	forgets_after: Mutex<Option<u32>>,
}

impl Backend for Fake {
	fn submit(&self, order: Order, blocks: u32) -> Submission {
		assert_eq!(blocks, BLOCKS);
		if self.full {
			return Submission::Busy;
		}
		self.submitted.lock().unwrap().push(order);
		Submission::Accepted
	}

	fn progress(&self, order: &OrderId) -> Progress {
		if self.outcomes.lock().unwrap().contains_key(order) {
			Progress::Done
		} else if self.submitted.lock().unwrap().iter().any(|known| known.id() == *order) {
			Progress::Pending
		} else {
			Progress::Unknown
		}
	}

	fn outcome(&self, order: &OrderId) -> Option<Vec<u8>> {
		if let Some(left) = self.forgets_after.lock().unwrap().as_mut() {
			if *left == 0 {
				return None;
			}
			*left -= 1;
		}
		self.outcomes.lock().unwrap().get(order).cloned()
	}

	fn models(&self) -> Vec<ModelId> {
		self.models.lock().unwrap().clone()
	}
}

fn order() -> Order {
	Order::Execute(JobOrder {
		job_id: H256::repeat_byte(1),
		model: H256::repeat_byte(2),
		kind: JobKind::Embed,
		prompt: b"energy".to_vec(),
		seed: [3; 32],
	})
}

fn failure(sentence: &str) -> Outcome {
	Outcome::Failed(EngineFailure::Internal(sentence.into()))
}

fn with_engine(fake: Fake, test: impl FnOnce(&Fake)) {
	let fake = Arc::new(fake);
	let mut externalities = TestExternalities::default();
	externalities.register_extension(EngineExt(fake.clone()));
	externalities.execute_with(|| test(&fake));
}

#[test]
fn without_the_extension_everything_is_unavailable() {
	TestExternalities::default().execute_with(|| {
		assert_eq!(submit(&order(), BLOCKS), Submission::Unavailable);
		assert_eq!(progress(&order().id()), Progress::Unavailable);
		assert_eq!(outcome(&order().id()), None);
		assert_eq!(models(), Vec::new());
	});
}

#[test]
fn an_order_goes_from_unknown_over_pending_to_done() {
	with_engine(Fake::default(), |fake| {
		let id = order().id();
		assert_eq!(progress(&id), Progress::Unknown);
		assert_eq!(submit(&order(), BLOCKS), Submission::Accepted);
		assert_eq!(*fake.submitted.lock().unwrap(), vec![order()]);
		assert_eq!(progress(&id), Progress::Pending);
		assert_eq!(outcome(&id), None);

		fake.outcomes.lock().unwrap().insert(id, failure("no memory").encode());
		assert_eq!(progress(&id), Progress::Done);
		assert_eq!(outcome(&id), Some(failure("no memory")));
	});
}

#[test]
fn a_full_queue_says_busy() {
	with_engine(Fake { full: true, ..Default::default() }, |fake| {
		assert_eq!(submit(&order(), BLOCKS), Submission::Busy);
		assert!(fake.submitted.lock().unwrap().is_empty());
	});
}

#[test]
fn bytes_that_are_no_order_are_malformed() {
	with_engine(Fake::default(), |fake| {
		let mut longer = order().encode();
		longer.push(0);
		for bytes in [&[][..], &[7], &order().encode()[1..], &longer] {
			assert_eq!(engine::submit(bytes, BLOCKS), Submission::Malformed, "{bytes:?}");
		}
		assert!(fake.submitted.lock().unwrap().is_empty());
	});
}

#[test]
fn an_outcome_that_is_none_reads_as_nothing() {
	with_engine(Fake::default(), |fake| {
		let id = order().id();
		let too_long = vec![0; MAX_OUTCOME_BYTES as usize + 1];
		let mut trailing = failure("x").encode();
		trailing.push(0);
		for bytes in [vec![], vec![9, 9], trailing, too_long] {
			fake.outcomes.lock().unwrap().insert(id, bytes);
			assert_eq!(outcome(&id), None);
		}
		let longest = failure(&"y".repeat(MAX_OUTCOME_BYTES as usize - 6));
		assert_eq!(longest.encoded_size(), MAX_OUTCOME_BYTES as usize);
		fake.outcomes.lock().unwrap().insert(id, longest.encode());
		assert_eq!(outcome(&id), Some(longest));
	});
}

#[test]
fn an_outcome_forgotten_between_length_and_bytes_reads_as_nothing() {
	with_engine(Fake { forgets_after: Mutex::new(Some(1)), ..Default::default() }, |fake| {
		let id = order().id();
		fake.outcomes.lock().unwrap().insert(id, failure("gone").encode());
		assert_eq!(outcome(&id), None);
	});
}

#[test]
fn a_short_buffer_gets_the_start_and_the_whole_length() {
	with_engine(Fake::default(), |fake| {
		let id = order().id();
		let bytes = failure("a sentence").encode();
		fake.outcomes.lock().unwrap().insert(id, bytes.clone());
		let mut buffer = [0; 4];
		assert_eq!(engine::read(id.as_fixed_bytes(), &mut buffer), bytes.len() as u32);
		assert_eq!(buffer, bytes[..4]);
	});
}

#[test]
fn models_are_listed_up_to_the_limit() {
	with_engine(Fake::default(), |fake| {
		assert_eq!(models(), Vec::new());
		let many: Vec<ModelId> = (0..MAX_MODELS as u64 + 5).map(ModelId::from_low_u64_be).collect();
		*fake.models.lock().unwrap() = many[..3].to_vec();
		assert_eq!(models(), many[..3]);
		*fake.models.lock().unwrap() = many.clone();
		assert_eq!(models(), many[..MAX_MODELS as usize]);
	});
}

#[test]
fn status_numbers_are_frozen() {
	for (number, status) in [
		(0, Submission::Unavailable),
		(1, Submission::Accepted),
		(2, Submission::Busy),
		(3, Submission::Malformed),
	] {
		assert_eq!((u32::from(status), Submission::try_from(number)), (number, Ok(status)));
	}
	for (number, status) in [
		(0, Progress::Unavailable),
		(1, Progress::Unknown),
		(2, Progress::Pending),
		(3, Progress::Done),
	] {
		assert_eq!((u32::from(status), Progress::try_from(number)), (number, Ok(status)));
	}
	assert_eq!(Submission::try_from(4), Err(()));
	assert_eq!(Progress::try_from(4), Err(()));
}
