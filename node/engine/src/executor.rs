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
//!
//! On the processor, a pass that nobody traces allocates nothing but the pages of its sequences, of which
//! each holds many positions: a pass that is larger than any before makes room, and the others find it.

mod cache;
mod kernels;
mod observer;
mod part;
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
use futures::executor::block_on;

use self::{cache::Cache, part::Parts, pass::Pass, scratch::Scratch, session::Sequence};
pub use self::{
	kernels::InstructionSet,
	observer::{Elements, Observer, OperatorRow, Output, Want},
	session::Session,
};
#[cfg(device)]
pub(crate) use self::{observer::Spectator, part::Row};
#[cfg(device)]
use crate::device::{Device, DeviceError, DevicePass, DeviceScratch, Pages};
use crate::{control::Control, error::ExecutionError, model::Model, team::Team};

/// Tokens that go through the layers together.
pub const PASS_TOKENS: usize = 128;

/// Who goes first when not all fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
	/// Audits: they are short, and an auditor that comes too late is punished.
	Audit,
	/// What somebody pays for.
	Job,
	/// Work that the protocol issues: whatever is paid for goes first, and this takes what it leaves.
	Sprint,
}

/// Who takes room in a pass, one after the other, and whether only for sequences with one token left. An
/// answer waits for one token only, and everybody behind it for the whole answer; but no answer of a sprint
/// goes before anything that is paid for.
const TURNS: [(Priority, bool); 6] = [
	(Priority::Audit, true),
	(Priority::Job, true),
	(Priority::Audit, false),
	(Priority::Job, false),
	(Priority::Sprint, true),
	(Priority::Sprint, false),
];

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
	#[cfg(device)]
	device: Option<OnDevice>,
	/// Sequences that wait for a pass, by priority; whoever waits longest is first.
	lines: [RefCell<VecDeque<Rc<RefCell<Sequence>>>>; Priority::Sprint as usize + 1],
	/// Lists of a pass, and its memory; between passes only the room that they take.
	chosen: RefCell<Vec<Chosen>>,
	parts: RefCell<Parts>,
	scratch: RefCell<Scratch>,
	/// Whose turn it was; only compared.
	last_model: Cell<Option<*const Model>>,
	passes: Cell<Passes>,
}

/// The device of an executor, and memory there.
#[cfg(device)]
struct OnDevice {
	device: Device,
	scratch: RefCell<DeviceScratch>,
}

/// What an executor did so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passes {
	/// Passes.
	pub count: u64,
	/// Tokens that went through one.
	pub tokens: u64,
	/// Layers that they went through, each token's for itself: fewer where work was given up on the way.
	pub layers: u64,
	/// Positions whose candidates were computed, each from the logits of the whole vocabulary.
	pub candidates: u64,
}

/// What a pass computed.
#[derive(Clone, Copy, Default)]
pub(crate) struct Computed {
	/// As in [`Passes`].
	pub(crate) layers: u64,
	/// As in [`Passes`].
	pub(crate) candidates: u64,
}

impl Executor {
	/// An executor on what `control` computes with.
	pub fn new(control: &Control) -> Self {
		let inner = Inner::new(control, InstructionSet::best());
		#[cfg(device)]
		let inner = Inner { device: control.device().map(OnDevice::new), ..inner };
		Self(Rc::new(inner))
	}

	/// An executor that uses a certain instruction set of the processor.
	pub fn with_instruction_set(control: &Control, set: InstructionSet) -> Self {
		Self(Rc::new(Inner::new(control, set)))
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
		let chosen = &mut *inner.chosen.borrow_mut();
		inner.choose(chosen);
		if chosen.is_empty() {
			return false;
		}
		match inner.run(chosen) {
			Ok(()) => {}
			// Whose fault it was shows when each runs alone; where each stands has not changed.
			Err(_) if chosen.len() > 1 => {
				for one in &*chosen {
					if let Err(error) = inner.run(std::slice::from_ref(one)) {
						one.0.borrow_mut().end(Err(error));
					}
				}
			}
			Err(error) => chosen.iter().for_each(|one| one.0.borrow_mut().end(Err(error.clone()))),
		}
		for (sequence, _) in chosen.drain(..).rev() {
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
	fn new(control: &Control, set: InstructionSet) -> Self {
		Self {
			team: Arc::clone(control.team()),
			set,
			#[cfg(device)]
			device: None,
			lines: Default::default(),
			chosen: RefCell::default(),
			parts: RefCell::default(),
			scratch: RefCell::default(),
			last_model: Cell::default(),
			passes: Cell::default(),
		}
	}

	/// An empty place for keys and values of a sequence of at most so many positions.
	fn cache(&self, dimensions: &Dimensions, positions: usize) -> Cache {
		#[cfg(device)]
		if let Some(on) = &self.device {
			return Cache::on_device(Pages::new(&on.device, dimensions));
		}
		Cache::new(dimensions, positions)
	}

	/// Takes from the lines what goes together next: sequences of one model; a token of each answer, and
	/// of the rest as much as there is room for. Sprints get the room that all others leave.
	fn choose(&self, chosen: &mut Vec<Chosen>) {
		chosen.clear();
		let mut lines = self.lines.each_ref().map(RefCell::borrow_mut);
		// Models take turns: one with a long prompt must not keep the others waiting.
		let last = self.last_model.take();
		let waited =
			|sequence: &&Rc<RefCell<Sequence>>| Some(Arc::as_ptr(&sequence.borrow().model)) != last;
		let first = lines.iter().find_map(|line| line.iter().find(waited).or(line.front()));
		let Some(first) = first else { return };
		let model = Arc::clone(&first.borrow().model);
		self.last_model.set(Some(Arc::as_ptr(&model)));
		let mut room = PASS_TOKENS;
		for (priority, single) in TURNS {
			lines[priority as usize].retain(|sequence| {
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

	/// Runs one pass, and moves on whoever it went well for.
	fn run(&self, chosen: &[Chosen]) -> Result<(), ExecutionError> {
		let Some((first, _)) = chosen.first() else { return Ok(()) };
		let model = Arc::clone(&first.borrow().model);
		let parts = &mut *self.parts.borrow_mut();
		let pass = || {
			parts.rows.clear();
			chosen.iter().for_each(|(sequence, count)| sequence.borrow_mut().join(*count, parts));
			self.run_parts(&model, parts)
		};
		let computed = catch_unwind(AssertUnwindSafe(pass))
			.unwrap_or_else(|panic| Err(ExecutionError::panicked(&*panic)));
		// Whatever happened, each gets back what it brought.
		let brought = parts.spectators.drain(..).zip(parts.caches.drain(..));
		let mut tokens = 0;
		for ((sequence, count), (spectator, cache)) in chosen.iter().zip(brought) {
			let mut sequence = sequence.borrow_mut();
			sequence.cache = cache;
			if computed.is_ok() {
				tokens += *count as u64;
				sequence.advance(*count, spectator.result);
			}
		}
		let Computed { layers, candidates } = computed?;
		let mut passes = self.passes.get();
		passes.count += 1;
		passes.tokens += tokens;
		passes.layers += layers;
		passes.candidates += candidates;
		self.passes.set(passes);
		Ok(())
	}

	/// The pass itself; an error when it went wrong for all.
	fn run_parts(&self, model: &Arc<Model>, parts: &mut Parts) -> Result<Computed, ExecutionError> {
		#[cfg(device)]
		if let Some(on) = &self.device {
			return Ok(on.run(model, parts)?);
		}
		let scratch = &mut *self.scratch.borrow_mut();
		Ok(Pass::new(model, self.set, &self.team, scratch, parts).run())
	}
}

#[cfg(device)]
impl OnDevice {
	fn new(device: &Device) -> Self {
		Self { device: device.clone(), scratch: RefCell::default() }
	}

	fn run(&self, model: &Arc<Model>, parts: &mut Parts) -> Result<Computed, DeviceError> {
		let weights = self.device.model(model)?;
		let Parts { rows, spectators, caches } = parts;
		let pages = caches.iter_mut().filter_map(Cache::device).collect();
		let scratch = &mut *self.scratch.borrow_mut();
		let (device, weights) = (&self.device, &*weights);
		DevicePass { device, model, weights, scratch, rows, pages, spectators }.run()
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
