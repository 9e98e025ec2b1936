// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Threads that share a loop.
//!
//! A forward pass is some hundreds of short loops in a row, one after another, each over in
//! microseconds: waking a sleeping thread takes longer than its share. So the threads of a team look
//! for the next loop for a while before they sleep. Which thread takes which turn of a loop is left to
//! chance; nothing that is computed here may depend on it, and in exact arithmetic nothing does.

use std::{
	any::Any,
	hint,
	panic::{self, AssertUnwindSafe},
	sync::{
		atomic::{AtomicBool, AtomicUsize, Ordering},
		Arc, Barrier,
	},
	thread::{self, JoinHandle},
};

use parking_lot::{Condvar, Mutex};

/// How often a thread looks for work before it sleeps: some fifty microseconds.
const LOOKS: u32 = 2_000;

/// The turns of one loop: called with the number of the thread, and each number below a count.
type Turns<'a> = dyn Fn(usize, usize) + Sync + 'a;

/// Threads that share loops. The thread that asks for a loop takes part in it.
pub(crate) struct Team {
	shared: Arc<Shared>,
	workers: Vec<JoinHandle<()>>,
	/// One loop at a time.
	turn: Mutex<()>,
}

/// What all threads of a team see.
struct Shared {
	/// Number of loops that were begun; changes when there is a new one.
	round: AtomicUsize,
	/// The loop under way. Written before `round` changes, and valid until `running` is zero.
	turns: Mutex<Option<TurnsPointer>>,
	count: AtomicUsize,
	/// The next turn that nobody took.
	next: AtomicUsize,
	/// Workers that have not left the loop.
	running: AtomicUsize,
	/// What the first turn that panicked said.
	panic: Mutex<Option<Box<dyn Any + Send>>>,
	stop: AtomicBool,
	/// Number of workers asleep.
	asleep: Mutex<usize>,
	wake: Condvar,
}

/// A borrowed loop body without its lifetime.
#[derive(Clone, Copy)]
struct TurnsPointer(*const Turns<'static>);

// SAFETY: what it points to is `Sync`, and `Team::run` outlasts its use by other threads.
unsafe impl Send for TurnsPointer {}

impl Team {
	/// A team of `threads` threads, the caller's included; 0 takes one per core.
	///
	/// # Errors
	///
	/// The operating system's, when it gives no threads.
	pub(crate) fn new(threads: usize) -> std::io::Result<Self> {
		let threads = match threads {
			0 => thread::available_parallelism().map_or(1, usize::from),
			threads => threads,
		};
		let shared = Arc::new(Shared {
			round: AtomicUsize::new(0),
			turns: Mutex::new(None),
			count: AtomicUsize::new(0),
			next: AtomicUsize::new(0),
			running: AtomicUsize::new(0),
			panic: Mutex::new(None),
			stop: AtomicBool::new(false),
			asleep: Mutex::new(0),
			wake: Condvar::new(),
		});
		let mut team = Self { shared, workers: Vec::new(), turn: Mutex::new(()) };
		for index in 1..threads {
			let shared = Arc::clone(&team.shared);
			let builder = thread::Builder::new().name(format!("ergon-kernel-{index}"));
			team.workers.push(builder.spawn(move || shared.work(index))?);
		}
		Ok(team)
	}

	/// Number of threads.
	pub(crate) fn threads(&self) -> usize {
		self.workers.len() + 1
	}

	/// Calls `turn` with the number of a thread and every number below `count`, on all threads, and
	/// returns when all is done. A turn must not start another loop on the same team.
	///
	/// # Panics
	///
	/// When a turn panicked; the team stays usable.
	pub(crate) fn run(&self, count: usize, turn: &Turns<'_>) {
		if count <= 1 || self.workers.is_empty() {
			(0..count).for_each(|index| turn(0, index));
			return;
		}
		let _one_at_a_time = self.turn.lock();
		let shared = &*self.shared;
		// Of a loop in which the caller's own turn panicked too.
		*shared.panic.lock() = None;
		// SAFETY: only the lifetime changes; `Finish` waits until no worker uses the pointer, also when
		// a turn of this thread panics.
		let pointer = TurnsPointer(unsafe {
			std::mem::transmute::<*const Turns<'_>, *const Turns<'static>>(turn)
		});
		*shared.turns.lock() = Some(pointer);
		shared.count.store(count, Ordering::Relaxed);
		shared.next.store(0, Ordering::Relaxed);
		shared.running.store(self.workers.len(), Ordering::Relaxed);
		shared.round.fetch_add(1, Ordering::Release);
		if *shared.asleep.lock() > 0 {
			shared.wake.notify_all();
		}
		{
			let _finish = Finish(shared);
			shared.take_turns(0, turn);
		}
		if let Some(payload) = shared.panic.lock().take() {
			panic::resume_unwind(payload);
		}
	}

	/// Calls `work` with every item, on all threads, and returns when all is done.
	///
	/// # Panics
	///
	/// As [`Self::run`].
	pub(crate) fn for_each<I>(&self, items: I, work: impl Fn(I::Item) + Sync)
	where
		I: ExactSizeIterator + Send,
	{
		let count = items.len();
		let items = Mutex::new(items);
		self.run(count, &|_, _| {
			let item = items.lock().next();
			if let Some(item) = item {
				work(item);
			}
		});
	}

	/// Calls `work` once on each thread, and returns when all is done.
	///
	/// # Panics
	///
	/// As [`Self::run`].
	pub(crate) fn on_each(&self, work: impl Fn() + Sync) {
		let everybody = Barrier::new(self.threads());
		self.run(self.threads(), &|_, _| {
			// Nobody takes a second turn before everybody has one.
			everybody.wait();
			work();
		});
	}
}

impl Drop for Team {
	fn drop(&mut self) {
		self.shared.stop.store(true, Ordering::Relaxed);
		self.shared.round.fetch_add(1, Ordering::Release);
		// Under the lock, so that nobody is between looking and falling asleep.
		drop(self.shared.asleep.lock());
		self.shared.wake.notify_all();
		for worker in self.workers.drain(..) {
			// Turns are caught, so a worker cannot have panicked.
			_ = worker.join();
		}
	}
}

/// Waits, when dropped, until every worker has left the loop.
struct Finish<'a>(&'a Shared);

impl Drop for Finish<'_> {
	fn drop(&mut self) {
		// After a panic here, there is no point in the rest.
		self.0.next.fetch_max(self.0.count.load(Ordering::Relaxed), Ordering::Relaxed);
		let mut looks = 0;
		while self.0.running.load(Ordering::Acquire) > 0 {
			match looks < LOOKS {
				true => hint::spin_loop(),
				// More threads than cores: let the others finish.
				false => thread::yield_now(),
			}
			looks += 1;
		}
	}
}

impl Shared {
	/// What a worker does until the team is dropped.
	fn work(&self, thread: usize) {
		let mut seen = 0;
		loop {
			seen = self.next_round(seen);
			if self.stop.load(Ordering::Relaxed) {
				return;
			}
			let pointer = *self.turns.lock();
			if let Some(TurnsPointer(turns)) = pointer {
				// SAFETY: `Team::run` waits for `running` to reach zero before the loop's body ends.
				let turns = unsafe { &*turns };
				let caught =
					panic::catch_unwind(AssertUnwindSafe(|| self.take_turns(thread, turns)));
				if let Err(payload) = caught {
					self.panic.lock().get_or_insert(payload);
				}
			}
			self.running.fetch_sub(1, Ordering::Release);
		}
	}

	/// Waits for a round other than `seen`, and returns it.
	fn next_round(&self, seen: usize) -> usize {
		for _ in 0..LOOKS {
			let round = self.round.load(Ordering::Acquire);
			if round != seen {
				return round;
			}
			hint::spin_loop();
		}
		let mut asleep = self.asleep.lock();
		*asleep += 1;
		let round = loop {
			let round = self.round.load(Ordering::Acquire);
			if round != seen {
				break round;
			}
			self.wake.wait(&mut asleep);
		};
		*asleep -= 1;
		round
	}

	/// Takes turns until there are none left.
	fn take_turns(&self, thread: usize, turns: &Turns<'_>) {
		let count = self.count.load(Ordering::Relaxed);
		loop {
			let turn = self.next.fetch_add(1, Ordering::Relaxed);
			if turn >= count {
				return;
			}
			turns(thread, turn);
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::collections::HashSet;

	#[test]
	fn every_turn_is_taken_once() {
		for threads in [1, 2, 5] {
			let team = Team::new(threads).unwrap();
			assert_eq!(team.threads(), threads);
			for count in [0, 1, 2, 3, 1_000] {
				let taken: Vec<_> = (0..count).map(|_| AtomicUsize::new(0)).collect();
				team.run(count, &|thread, turn| {
					assert!(thread < threads);
					taken[turn].fetch_add(1, Ordering::Relaxed);
				});
				assert!(taken.iter().all(|taken| taken.load(Ordering::Relaxed) == 1));
			}
		}
	}

	#[test]
	fn items_may_be_written_to() {
		let team = Team::new(3).unwrap();
		let mut numbers: Vec<usize> = (0..100).collect();
		for _ in 0..1_000 {
			team.for_each(numbers.chunks_mut(7), |chunk| chunk.iter_mut().for_each(|it| *it += 1));
		}
		assert_eq!(numbers, (1_000..1_100).collect::<Vec<_>>());
	}

	#[test]
	fn each_thread_has_its_turn() {
		for threads in [1, 2, 5] {
			let team = Team::new(threads).unwrap();
			for _ in 0..100 {
				let seen = Mutex::new(Vec::new());
				team.on_each(|| seen.lock().push(thread::current().id()));
				let seen = seen.into_inner();
				let others: HashSet<_> = seen.iter().collect();
				assert_eq!((seen.len(), others.len()), (threads, threads));
			}
		}
	}

	#[test]
	fn sleepers_wake() {
		let team = Team::new(2).unwrap();
		for _ in 0..3 {
			thread::sleep(std::time::Duration::from_millis(5));
			let sum = AtomicUsize::new(0);
			team.run(10, &|_, turn| _ = sum.fetch_add(turn, Ordering::Relaxed));
			assert_eq!(sum.into_inner(), 45);
		}
	}

	#[test]
	fn a_panic_reaches_the_caller_and_nobody_else() {
		let team = Team::new(2).unwrap();
		for bad in [0, 50, 99] {
			let run = || team.run(100, &|_, turn| assert_ne!(turn, bad, "this turn is bad"));
			let payload = panic::catch_unwind(AssertUnwindSafe(run)).unwrap_err();
			let message = payload.downcast_ref::<String>().unwrap();
			assert!(message.contains("this turn is bad"), "{message}");
			team.run(100, &|_, turn| assert!(turn < 100));
		}
	}
}
