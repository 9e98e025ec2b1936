// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! An engine that does what the test says.

use super::*;

/// What the engine of a test does with an order.
#[derive(Debug, Default)]
pub enum Script {
	/// There is no engine behind the interface.
	#[default]
	Dead,
	/// Takes no orders.
	Full,
	/// Takes orders and never finishes.
	Slow,
	/// Answers at once.
	Answers(Box<Outcome>),
}

/// An engine that does what its script says, and remembers what it was asked.
#[derive(Default)]
pub struct Engine {
	pub script: Mutex<Script>,
	pub orders: Mutex<BTreeSet<OrderId>>,
	pub challenges: Mutex<BTreeSet<H256>>,
	pub submissions: Mutex<u32>,
	pub models: Mutex<Vec<ModelId>>,
}

impl Engine {
	pub fn play(&self, script: Script) {
		*self.script.lock() = script;
	}

	/// Has exactly these models.
	pub fn load(&self, models: &[ModelId]) {
		*self.models.lock() = models.to_vec();
	}

	/// A restart: everything is forgotten.
	pub fn forget(&self) {
		self.orders.lock().clear();
	}
}

impl Backend for Engine {
	fn submit(&self, order: Order, _blocks: u32) -> Submission {
		*self.submissions.lock() += 1;
		match *self.script.lock() {
			Script::Dead => return Submission::Unavailable,
			Script::Full => return Submission::Busy,
			Script::Slow | Script::Answers(_) => {}
		}
		if let Order::Verify { challenges, .. } = &order {
			self.challenges.lock().extend(challenges);
		}
		self.orders.lock().insert(order.id());
		Submission::Accepted
	}

	fn progress(&self, order: &OrderId) -> Progress {
		match *self.script.lock() {
			Script::Dead => Progress::Unavailable,
			_ if !self.orders.lock().contains(order) => Progress::Unknown,
			Script::Full | Script::Slow => Progress::Pending,
			Script::Answers(_) => Progress::Done,
		}
	}

	fn outcome(&self, order: &OrderId) -> Option<Vec<u8>> {
		match &*self.script.lock() {
			Script::Answers(outcome) if self.orders.lock().contains(order) => {
				Some(outcome.encode())
			}
			_ => None,
		}
	}

	fn models(&self) -> Vec<ModelId> {
		self.models.lock().clone()
	}
}
