// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The forward pass, of many sequences at once.
//!
//! ```text
//! Session::feed ──┐  tokens, and who looks on      ┌── one pass of all that fits: a token of each
//! Session::feed ──┼──────────> [`Executor`] ──────>┤   answer, and of the prompts what there is
//! Session::feed ──┘ <────── when all were taken    └── room for
//! ```
//!
//! A [`Session`] is one sequence: it is fed a prompt at once, an answer token by token, or both
//! together. Every output element is a function of its own row's inputs (see `ergon_exact`), so what
//! shared a pass, how many threads ran and which instruction set they used cannot change a bit.
//!
//! An executor lives on one thread, which drives it: with [`Executor::complete`] until one future is
//! ready, or pass by pass with [`Executor::pass`].

mod cache;
mod kernels;
mod pass;
mod scratch;
mod session;

use std::{
	cell::{Cell, RefCell},
	collections::VecDeque,
	future::{poll_fn, Future},
	panic::{catch_unwind, AssertUnwindSafe},
	pin::pin,
	rc::Rc,
	sync::Arc,
	task::Poll,
};

use ergon_core::Dimensions;
use ergon_exact::{digest::Point, operators::Operator, Candidates};
use futures::executor::block_on;

use self::{
	cache::Cache,
	pass::{Part, Pass},
	scratch::Scratch,
	session::Sequence,
};
pub use self::{kernels::InstructionSet, session::Session};
use crate::{control::Control, error::ExecutionError, model::Model, team::Team};

/// Tokens that go through the layers together.
pub const PASS_TOKENS: usize = 128;

/// What a position gives: the final hidden row, and the candidates for the next token.
#[derive(Clone, Copy, Debug)]
pub struct Output<'a> {
	/// Index in the sequence.
	pub position: u32,
	/// Elements of the final, normed row.
	pub hidden: &'a [i16],
	/// Their exponent.
	pub exponent: i16,
	/// The best next tokens, where they were asked for.
	pub candidates: Option<&'a Candidates>,
}

/// Sees what happens to a sequence inside a pass. One that panics ends its sequence, and no other.
pub trait Observer {
	/// The residual row of a position after a layer, in Q16; for every layer and position. After an
	/// accident of another sequence in the same pass, a row may come a second time.
	fn residual(&mut self, _point: Point, _row: &[i32]) {}

	/// What a position gives, in ascending order; for the positions that were asked for.
	fn output(&mut self, _output: Output<'_>) {}

	/// The row of a position that enters the first layer, in Q16.
	fn embedded(&mut self, _position: u32, _row: &[i32]) {}

	/// The layer whose operators are to be shown.
	fn traced_layer(&self) -> Option<u32> {
		None
	}

	/// What an operator of that layer gives for a position; [`Operator::Values`] is left out, which says
	/// nothing new. As with residual rows, some may come twice.
	fn operator(&mut self, _operator: Operator, _position: u32, _row: OperatorRow) {}

	/// The last layer that matters. When it does for nobody in a pass, later layers and outputs are left
	/// out.
	fn last_layer(&self) -> u32 {
		u32::MAX
	}
}

/// A row of an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorRow {
	/// Its exponents, if it has any.
	pub exponents: Vec<i16>,
	/// Its elements.
	pub elements: Elements,
}

/// Elements of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Elements {
	/// In Q16.
	Q16(Vec<i32>),
	/// Under exponents.
	Row(Vec<i16>),
}

/// Sees nothing.
impl Observer for () {}

/// Which outputs are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Want {
	/// The first position whose output is computed.
	pub from: u32,
	/// Whether candidates are computed too.
	pub candidates: bool,
}

impl Want {
	/// No output.
	pub const NOTHING: Self = Self { from: u32::MAX, candidates: false };
}

/// Who goes first when not all fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
	/// Audits: they are short, and an auditor that comes too late is punished.
	Audit,
	/// Everything else.
	Job,
}

/// Bytes of memory that a sequence of so many positions takes for keys and values.
pub fn sequence_bytes(dimensions: &Dimensions, positions: u32) -> u64 {
	Cache::bytes(dimensions, positions as usize)
}

/// Runs sequences, of one model or of several. Cloning shares it.
#[derive(Clone)]
pub struct Executor(Rc<Inner>);

struct Inner {
	team: Arc<Team>,
	set: InstructionSet,
	/// Sequences that wait for a pass, audits and others; whoever waits longest is first.
	lines: [RefCell<VecDeque<Rc<RefCell<Sequence>>>>; 2],
	scratch: RefCell<Scratch>,
	/// Whose turn it was; only compared.
	last_model: Cell<Option<*const Model>>,
	passes: Cell<Passes>,
}

/// What an executor did so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passes {
	/// Passes.
	pub count: u64,
	/// Tokens that went through one.
	pub tokens: u64,
}

impl Executor {
	/// An executor on the threads of `control`.
	pub fn new(control: &Control) -> Self {
		Self::with_instruction_set(control, InstructionSet::best())
	}

	/// An executor that uses a certain instruction set.
	pub fn with_instruction_set(control: &Control, set: InstructionSet) -> Self {
		Self(Rc::new(Inner {
			team: Arc::clone(control.team()),
			set,
			lines: Default::default(),
			scratch: RefCell::default(),
			last_model: Cell::default(),
			passes: Cell::default(),
		}))
	}

	/// Runs passes until `future` is ready, which feeds sessions of this executor. Sleeps when there is
	/// nothing to run and nobody woke the future.
	pub fn complete<T>(&self, future: impl Future<Output = T>) -> T {
		let mut future = pin!(future);
		block_on(poll_fn(|context| loop {
			if let Poll::Ready(value) = future.as_mut().poll(context) {
				return Poll::Ready(value);
			}
			if !self.pass() {
				return Poll::Pending;
			}
		}))
	}

	/// What was done so far.
	pub fn passes(&self) -> Passes {
		self.0.passes.get()
	}

	/// Runs one pass of what waits, and wakes whoever fed it. Returns whether there was anything to do.
	pub fn pass(&self) -> bool {
		let inner = &*self.0;
		let chosen = inner.choose();
		if chosen.is_empty() {
			return false;
		}
		match inner.run(&chosen) {
			Ok(()) => {}
			// Whose fault it was shows when each runs alone; where each stands has not changed.
			Err(_) if chosen.len() > 1 => {
				for one in &chosen {
					if let Err(error) = inner.run(std::slice::from_ref(one)) {
						one.0.borrow_mut().end(Err(error));
					}
				}
			}
			Err(error) => chosen.iter().for_each(|one| one.0.borrow_mut().end(Err(error.clone()))),
		}
		for (sequence, _) in chosen.into_iter().rev() {
			if sequence.borrow().waits() {
				let line = sequence.borrow().priority;
				inner.lines[line as usize].borrow_mut().push_front(sequence);
			}
		}
		true
	}
}

/// A sequence, and how many of its tokens a pass takes.
type Chosen = (Rc<RefCell<Sequence>>, usize);

impl Inner {
	/// Takes from the lines what goes together next: sequences of one model; a token of each answer, and
	/// of the rest as much as there is room for.
	fn choose(&self) -> Vec<Chosen> {
		let mut chosen = Vec::new();
		let mut lines = self.lines.each_ref().map(RefCell::borrow_mut);
		// Models take turns: one with a long prompt must not keep the others waiting.
		let last = self.last_model.take();
		let waited =
			|sequence: &&Rc<RefCell<Sequence>>| Some(Arc::as_ptr(&sequence.borrow().model)) != last;
		let first = lines.iter().find_map(|line| line.iter().find(waited).or(line.front()));
		let Some(first) = first else { return chosen };
		let model = Arc::clone(&first.borrow().model);
		self.last_model.set(Some(Arc::as_ptr(&model)));
		let mut room = PASS_TOKENS;
		// An answer waits for one token only, and everybody behind it for the whole answer.
		for single in [true, false] {
			for line in &mut lines {
				line.retain(|sequence| {
					let borrowed = sequence.borrow();
					let left = borrowed.left();
					if !Arc::ptr_eq(&borrowed.model, &model) || room == 0 || single && left > 1 {
						return true;
					}
					let count = match borrowed.is_whole() {
						// Every position sees every other, so they go through the layers together.
						true if left > room && room < PASS_TOKENS => return true,
						true => left,
						false => left.min(room),
					};
					room = room.saturating_sub(count);
					chosen.push((Rc::clone(sequence), count));
					false
				});
			}
		}
		chosen
	}

	/// Runs one pass, and moves on whoever it went well for.
	fn run(&self, chosen: &[Chosen]) -> Result<(), ExecutionError> {
		let Some((first, _)) = chosen.first() else { return Ok(()) };
		let model = Arc::clone(&first.borrow().model);
		let mut borrowed: Vec<_> =
			chosen.iter().map(|(sequence, _)| sequence.borrow_mut()).collect();
		let mut scratch = self.scratch.borrow_mut();
		let scratch = &mut *scratch;
		let parts: Vec<Part> = borrowed
			.iter_mut()
			.zip(chosen)
			.filter_map(|(sequence, (_, count))| sequence.part(*count))
			.collect();
		let pass = || Pass::new(&model, self.set, &self.team, scratch, parts).run();
		let results = catch_unwind(AssertUnwindSafe(pass))
			.map_err(|panic| ExecutionError::panicked(&*panic))?;
		let mut passes = self.passes.get();
		passes.count += 1;
		for ((sequence, (_, count)), result) in borrowed.iter_mut().zip(chosen).zip(results) {
			passes.tokens += *count as u64;
			sequence.advance(*count, result);
		}
		self.passes.set(passes);
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		import,
		synthetic::{write_folder, Shape},
	};
	use futures::future::join;

	/// Counts what it is shown.
	#[derive(Default)]
	struct Count(usize);

	impl Observer for Count {
		fn output(&mut self, _output: Output<'_>) {
			self.0 += 1;
		}
	}

	#[test]
	fn a_kernel_that_panics_ends_the_sequence_that_it_panicked_for() {
		let folder = tempfile::tempdir().unwrap();
		let (source, target) = (folder.path().join("source"), folder.path().join("model"));
		write_folder(&source, &Shape::TINY, 1).unwrap();
		import(&source, &target, &mut |_| ()).unwrap();
		let model = Arc::new(Model::open(&target).unwrap());
		let control = Control::new(2).unwrap();
		let executor = Executor::new(&control);
		let session = || Session::new(&executor, &model, 9, Priority::Job, &control);
		let want = Want { from: 0, candidates: true };

		let mut broken = session();
		let sequence = Rc::clone(&broken.sequence);
		let sabotage = async {
			// Behind the back of every check.
			sequence.borrow_mut().tokens[2] = u32::MAX;
		};
		let nobody = Rc::new(RefCell::new(()));
		let accident = join(broken.feed(&[1, 2, 3], want, &nobody), sabotage);
		let (mut healthy, count) = (session(), Rc::new(RefCell::new(Count::default())));
		let (accident, rest) =
			executor.complete(join(accident, healthy.feed(&[1, 2, 3, 4], want, &count)));
		let error = accident.0.unwrap_err().to_string();
		assert!(error.contains("the engine panicked"), "{error}");
		assert_eq!(rest, Ok(()));
		assert_eq!((count.borrow().0, healthy.length()), (4, 4));
		// And later.
		executor.complete(healthy.feed(&[5], want, &count)).unwrap();
		assert_eq!(count.borrow().0, 5);
	}
}
