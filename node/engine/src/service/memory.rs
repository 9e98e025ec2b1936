// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Memory that models and orders share.
//!
//! It is promised before it is taken, all that an order needs at once: an order that began never waits
//! for more, so those that run can always end. Whoever finds too little waits: audits before jobs, and jobs
//! before items of sprints, each of which is an order of its own here. For whoever is first in that line,
//! models are given up that nobody uses.

use std::{
	collections::BTreeMap,
	fs,
	future::poll_fn,
	sync::{Arc, OnceLock, Weak},
	task::{Poll, Waker},
};

use ergon_core::ModelId;
use libc::{sysconf, _SC_PAGESIZE, _SC_PHYS_PAGES};
use parking_lot::Mutex;

use crate::{control::Control, error::ExecutionError, executor::Priority};

/// Keeps memory that it can do without.
pub(super) trait Reclaim: Send + Sync {
	/// Gives at least `bytes` back, if it can without giving up `wanted`.
	fn reclaim(&self, bytes: u64, wanted: &ModelId);
}

/// Who waits: by priority, then by arrival.
type Place = (Priority, u64);

/// A number of bytes to share. Cloning shares it.
#[derive(Clone)]
pub(super) struct Memory(Arc<Shared>);

struct Shared {
	budget: u64,
	state: Mutex<State>,
	keeper: OnceLock<Weak<dyn Reclaim>>,
}

#[derive(Default)]
struct State {
	used: u64,
	arrivals: u64,
	/// Who waits, and how to wake them.
	waiting: BTreeMap<Place, Option<Waker>>,
}

/// Bytes that are promised; given back when dropped.
pub(super) struct Reservation {
	memory: Memory,
	bytes: u64,
}

impl Reservation {
	/// How many they are.
	pub(super) fn bytes(&self) -> u64 {
		self.bytes
	}

	/// Takes out what is more than `bytes`.
	pub(super) fn split(&mut self, bytes: u64) -> Self {
		let rest = self.bytes.saturating_sub(bytes);
		self.bytes -= rest;
		Self { memory: self.memory.clone(), bytes: rest }
	}
}

impl Drop for Reservation {
	fn drop(&mut self) {
		self.memory.0.state.lock().used -= self.bytes;
		self.memory.wake_first();
	}
}

/// A place in the line; left when dropped.
struct Queued<'a> {
	memory: &'a Memory,
	place: Place,
}

impl Drop for Queued<'_> {
	fn drop(&mut self) {
		self.memory.0.state.lock().waiting.remove(&self.place);
		// What was too little for this one may be enough for the next.
		self.memory.wake_first();
	}
}

impl Memory {
	/// That many bytes.
	pub(super) fn new(budget: u64) -> Self {
		let (state, keeper) = (Mutex::default(), OnceLock::new());
		Self(Arc::new(Shared { budget, state, keeper }))
	}

	/// Asks `keeper` from now on when there is too little; the first one counts.
	pub(super) fn set_keeper(&self, keeper: Weak<dyn Reclaim>) {
		_ = self.0.keeper.set(keeper);
	}

	/// Bytes in all.
	pub(super) fn budget(&self) -> u64 {
		self.0.budget
	}

	/// Bytes that are promised.
	pub(super) fn used(&self) -> u64 {
		self.0.state.lock().used
	}

	/// Promises `bytes` if there are so many and nobody waits for them.
	pub(super) fn try_reserve(&self, bytes: u64) -> Option<Reservation> {
		let mut state = self.0.state.lock();
		let fits = state.waiting.is_empty() && bytes <= self.0.budget - state.used;
		fits.then(|| {
			state.used += bytes;
			Reservation { memory: self.clone(), bytes }
		})
	}

	/// Waits until there is what `bytes` gives, and everybody before has theirs; meanwhile `wanted` is
	/// not given up for it. `bytes` is asked again whenever something changes, and is never more than
	/// the budget.
	///
	/// # Errors
	///
	/// Whatever ends `control`.
	pub(super) async fn reserve(
		&self,
		bytes: impl Fn() -> u64,
		wanted: &ModelId,
		priority: Priority,
		control: &Control,
	) -> Result<Reservation, ExecutionError> {
		let queued = {
			let mut state = self.0.state.lock();
			let place = (priority, state.arrivals);
			state.arrivals += 1;
			state.waiting.insert(place, None);
			Queued { memory: self, place }
		};
		poll_fn(|context| {
			control.check()?;
			for asks in [true, false] {
				let bytes = bytes();
				let missing = {
					let mut state = self.0.state.lock();
					let is_first = state.waiting.keys().next() == Some(&queued.place);
					let missing = bytes.saturating_sub(self.0.budget - state.used);
					if is_first && missing == 0 {
						state.used += bytes;
						return Poll::Ready(Ok(Reservation { memory: self.clone(), bytes }));
					}
					if let Some(waiting) = state.waiting.get_mut(&queued.place) {
						*waiting = Some(context.waker().clone());
					}
					if is_first {
						missing
					} else {
						0
					}
				};
				// Without the lock: what is given back comes through here.
				let keeper = self.0.keeper.get().and_then(Weak::upgrade);
				match keeper.filter(|_| asks && missing > 0) {
					Some(keeper) => keeper.reclaim(missing, wanted),
					None => break,
				}
			}
			Poll::Pending
		})
		.await
	}

	/// Has whoever is first look again.
	pub(super) fn wake_first(&self) {
		let mut state = self.0.state.lock();
		if let Some(waker) = state.waiting.values_mut().next().and_then(Option::take) {
			waker.wake();
		}
	}
}

/// Bytes of memory that this process may use: what the machine has, or what its control group allows.
fn available() -> Option<u64> {
	// SAFETY: it reads two numbers.
	let (pages, size) = unsafe { (sysconf(_SC_PHYS_PAGES), sysconf(_SC_PAGESIZE)) };
	let machine = u64::try_from(pages).ok()?.checked_mul(u64::try_from(size).ok()?)?;
	let limit = fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
	let limit = limit.and_then(|limit| limit.trim().parse().ok());
	Some(limit.map_or(machine, |limit: u64| limit.min(machine)))
}

/// What an engine takes unless it is told otherwise: three quarters of what there is.
pub(crate) fn default_budget() -> u64 {
	available().map_or(u64::MAX, |bytes| bytes / 4 * 3)
}
