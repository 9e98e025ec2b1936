// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Once an answer is under way, its tokens allocate nothing on the processor but pages for keys and values:
//! one for as many positions as a page holds. A test of its own in a process of its own, because all
//! threads are counted.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::{
	alloc::{GlobalAlloc, Layout, System},
	cell::RefCell,
	hint::black_box,
	rc::Rc,
	sync::atomic::{AtomicU64, Ordering},
	thread,
	time::Duration,
};

use common::{one_thread, order, run, tiny, two_threads, warm};
use ergon_core::JobKind;
use ergon_engine::{
	executor::{
		sequence_bytes, Executor, InstructionSet, Observer, Output, Passes, Priority, Session, Want,
	},
	generate::execute_on,
	Control,
};
use ergon_exact::{
	digest::{candidates_hash_in, hidden_hash_in},
	sample, Sampling,
};
use futures::future::join_all;
use parking_lot::{Condvar, Mutex};

/// Tokens of a prompt: so few that eight of them share a pass.
const PROMPT: u64 = 12;
/// Tokens of an answer before any are counted.
const WARM_UP: u64 = 4;
/// Tokens that are: beyond several pages.
const COUNTED: u64 = 100;

const SAMPLING: Sampling = Sampling { temperature: 900, top_k: 40, top_p: 950 };

/// Counts how often memory is asked for, by whichever thread.
struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: everything is handed on. Memory that is to be zeroed or to grow comes through here too.
unsafe impl GlobalAlloc for Counting {
	unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
		ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
		System.alloc(layout)
	}

	unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
		System.dealloc(memory, layout);
	}
}

fn allocations() -> u64 {
	ALLOCATIONS.load(Ordering::Relaxed)
}

/// Allocations, passes of an executor, and tokens that went through them, so far.
type Counts = [u64; 3];

fn counts(executor: &Executor) -> Counts {
	let Passes { count, tokens, .. } = executor.passes();
	[allocations(), count, tokens]
}

fn difference(before: Counts, after: Counts) -> Counts {
	[0, 1, 2].map(|index| after[index] - before[index])
}

/// Pages that so many positions of the model take.
fn pages(positions: u64) -> u64 {
	let bytes = |positions: u64| sequence_bytes(&tiny().manifest().dimensions, positions as u32);
	bytes(positions) / bytes(1)
}

/// Does with each output what is done for an answer: samples, and hashes what is attested.
#[derive(Default)]
struct Writer {
	token: u32,
	index: u32,
	bytes: Vec<u8>,
	/// Whether it allocates something beside that.
	wastes: bool,
}

impl Observer for Writer {
	fn output(&mut self, output: Output<'_>) {
		let candidates = output.candidates.unwrap().as_slice();
		black_box(hidden_hash_in(&mut self.bytes, output.hidden, output.exponent));
		black_box(candidates_hash_in(&mut self.bytes, candidates));
		self.token = sample(candidates, SAMPLING, &[9; 32], self.index).unwrap();
		self.index += 1;
		if self.wastes {
			black_box(Box::new(self.token));
		}
	}
}

/// Answers a prompt, and says what was counted before and after the tokens that are counted.
async fn answer(executor: &Executor, number: u64, wastes: bool, control: &Control) -> [Counts; 2] {
	let capacity = (PROMPT + WARM_UP + COUNTED) as u32;
	let mut session = Session::new(executor, tiny(), capacity, Priority::Job, control);
	let writer = Rc::new(RefCell::new(Writer { wastes, ..Writer::default() }));
	let want = Want { from: PROMPT as u32 - 1, candidates: true };
	let prompt: Vec<u32> = (0..PROMPT).map(|token| (7 * token + number) as u32).collect();
	session.feed(&prompt, want, &writer).await.unwrap();
	let mut found = [[0; 3]; 2];
	for (tokens, found) in [WARM_UP, COUNTED].into_iter().zip(&mut found) {
		for _ in 0..tokens {
			let token = writer.borrow().token;
			session.feed(&[token], want, &writer).await.unwrap();
		}
		*found = counts(executor);
	}
	found
}

/// Has several answers written together, and compares what each of them counted with what is right.
fn check_together(batch: u64, wastes: bool, set: InstructionSet, control: &Control) {
	let executor = Executor::with_instruction_set(control, set);
	let answers = (0..batch).map(|number| answer(&executor, number, wastes, control));
	let found = executor.complete(join_all(answers));
	let first = PROMPT + WARM_UP;
	let new_pages = pages(first + COUNTED) - pages(first);
	assert!(new_pages > 1);
	let each = if wastes { new_pages + COUNTED } else { new_pages };
	for [before, after] in found {
		assert_eq!(
			difference(before, after),
			[batch * each, COUNTED, batch * COUNTED],
			"{batch} together, {set:?}, {control:?}, wastes: {wastes}"
		);
	}
}

/// Fills an order, and compares what was counted from its first piece of text to its last with what is right.
fn check_order(control: &Control) {
	let tokens = WARM_UP + COUNTED;
	let mut order = order(tiny(), JobKind::Generate(warm(tokens as u16)), "Hi");
	let goes_on = (0..=u8::MAX).any(|seed| {
		order.seed = [seed; 32];
		u64::from(run(tiny(), &order, control).0.output_tokens) == tokens
	});
	assert!(goes_on, "the model ends every answer early");

	let executor = Executor::new(control);
	let (mut first, mut last): (Option<Counts>, Option<Counts>) = (None, None);
	let mut see = |_: &str| {
		last = Some(counts(&executor));
		first = first.or(last);
	};
	let filled = execute_on(&executor, tiny(), &order, Priority::Job, control, &mut see);
	executor.complete(filled).unwrap();
	let (first, last) = (first.unwrap(), last.unwrap());
	let [allocated, passes, tokens] = difference(first, last);
	// There is one sequence, and it has as many positions as tokens went through a pass.
	assert_eq!(passes, tokens);
	assert!(tokens > COUNTED / 2, "{tokens}");
	assert_eq!(allocated, pages(last[2]) - pages(first[2]), "{control:?}");
}

#[test]
fn tokens_allocate_nothing_but_pages() {
	// Threads that wait for a lock are kept in a table, which is made when the first does.
	let nothing = Mutex::new(());
	assert!(Condvar::new().wait_for(&mut nothing.lock(), Duration::from_millis(1)).timed_out());

	let elsewhere = thread::spawn(|| {
		let before = allocations();
		black_box(Box::new(before));
		allocations() - before
	});
	assert!(elsewhere.join().unwrap() > 0, "nothing is counted");

	for control in [one_thread(), two_threads()] {
		for set in InstructionSet::available() {
			for batch in [1, 8] {
				check_together(batch, false, set, control);
			}
		}
		// What a token does allocate is found.
		check_together(8, true, InstructionSet::best(), control);
		check_order(control);
	}
}
