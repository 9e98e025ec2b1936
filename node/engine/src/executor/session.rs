// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! One sequence on its way through a model.

use std::{
	cell::RefCell,
	future::poll_fn,
	mem,
	rc::Rc,
	sync::Arc,
	task::{Poll, Waker},
};

use super::{
	cache::Cache,
	observer::Spectator,
	part::{Parts, Row},
	Executor, Observer, Priority, Want,
};
use crate::{control::Control, error::ExecutionError, model::Model};

/// A sequence that can be fed. What it holds is freed when it is dropped, also in the middle.
pub struct Session {
	executor: Executor,
	pub(super) sequence: Rc<RefCell<Sequence>>,
}

/// What the executor knows of a sequence.
pub(super) struct Sequence {
	pub(super) model: Arc<Model>,
	pub(super) control: Control,
	pub(super) priority: Priority,
	capacity: usize,
	pub(super) cache: Cache,
	/// Positions that were taken.
	length: usize,
	/// What was fed last, and how much of it was taken.
	pub(super) tokens: Vec<u32>,
	taken: usize,
	want: Want,
	observer: Option<Rc<RefCell<dyn Observer>>>,
	/// How the feeding ended.
	result: Option<Result<(), ExecutionError>>,
	waker: Option<Waker>,
}

impl Session {
	/// An empty sequence with room for `capacity` positions, at most the model's context.
	pub fn new(
		executor: &Executor,
		model: &Arc<Model>,
		capacity: u32,
		priority: Priority,
		control: &Control,
	) -> Self {
		let dimensions = model.manifest().dimensions;
		let capacity = capacity.min(dimensions.context) as usize;
		let sequence = Sequence {
			model: Arc::clone(model),
			control: control.clone(),
			priority,
			capacity,
			cache: executor.0.cache(&dimensions, capacity),
			length: 0,
			tokens: Vec::new(),
			taken: 0,
			want: Want::NOTHING,
			observer: None,
			result: None,
			waker: None,
		};
		Self { executor: executor.clone(), sequence: Rc::new(RefCell::new(sequence)) }
	}

	/// Positions that were fed.
	pub fn length(&self) -> u32 {
		self.sequence.borrow().length as u32
	}

	/// Feeds tokens at the next positions, and waits until all went through the model.
	///
	/// # Errors
	///
	/// Whatever ends the session's control, and `Internal` for tokens that the model does not have, for
	/// positions beyond the capacity, and after an accident. The session is of no use after any of them.
	pub async fn feed<O: Observer + 'static>(
		&mut self,
		tokens: &[u32],
		want: Want,
		observer: &Rc<RefCell<O>>,
	) -> Result<(), ExecutionError> {
		if tokens.is_empty() {
			return Ok(());
		}
		let observer: Rc<RefCell<dyn Observer>> = observer.clone();
		self.sequence.borrow_mut().begin(tokens, want, observer)?;
		let line = self.sequence.borrow().priority as usize;
		self.executor.0.lines[line].borrow_mut().push_back(Rc::clone(&self.sequence));
		poll_fn(|context| {
			let mut sequence = self.sequence.borrow_mut();
			match sequence.result.take() {
				Some(result) => Poll::Ready(result),
				None => {
					sequence.waker = Some(context.waker().clone());
					Poll::Pending
				}
			}
		})
		.await
	}
}

impl Drop for Session {
	fn drop(&mut self) {
		for line in &self.executor.0.lines {
			line.borrow_mut().retain(|sequence| !Rc::ptr_eq(sequence, &self.sequence));
		}
	}
}

impl Sequence {
	/// Takes note of what is fed.
	fn begin(
		&mut self,
		tokens: &[u32],
		want: Want,
		observer: Rc<RefCell<dyn Observer>>,
	) -> Result<(), ExecutionError> {
		self.control.check()?;
		let defect = |what: String| Err(ExecutionError::Internal(what));
		if self.observer.is_some() {
			return defect("a session was fed after it had ended: report this as a defect".into());
		}
		if tokens.len() > self.capacity - self.length {
			return defect(format!(
				"the sequence would pass the {} positions that were reserved for it: reserve more",
				self.capacity
			));
		}
		let vocabulary = self.model.manifest().dimensions.vocabulary;
		if let Some(token) = tokens.iter().find(|token| **token >= vocabulary) {
			return defect(format!(
				"token {token} is not one of the model's {vocabulary}: check the input"
			));
		}
		if self.is_whole() && self.length > 0 {
			return defect("an encoder was fed a text in parts: report this as a defect".into());
		}
		self.tokens.clear();
		self.tokens.extend_from_slice(tokens);
		(self.taken, self.want, self.observer) = (0, want, Some(observer));
		Ok(())
	}

	/// Whether what is fed goes through the layers together or not at all.
	pub(super) fn is_whole(&self) -> bool {
		!self.model.manifest().architecture.generates()
	}

	/// Tokens that wait.
	pub(super) fn left(&self) -> usize {
		self.tokens.len() - self.taken
	}

	/// Whether it waits for a pass.
	pub(super) fn waits(&self) -> bool {
		self.result.is_none() && self.observer.is_some()
	}

	/// Joins a pass with `count` of its tokens, and lends it its keys and values.
	pub(super) fn join(&mut self, count: usize, parts: &mut Parts) {
		let Some(observer) = &self.observer else { return };
		let (part, end, is_whole) = (parts.spectators.len(), self.length + count, self.is_whole());
		let tokens = &self.tokens[self.taken..][..count];
		parts.rows.extend((self.length..).zip(tokens).map(|(position, &token)| Row {
			part,
			token,
			position,
			// In an encoder, every position sees every other.
			sees: if is_whole { end } else { position + 1 },
		}));
		parts.spectators.push(Spectator::new(self.want, observer, &self.control));
		parts.caches.push(mem::take(&mut self.cache));
	}

	/// A pass took `count` tokens.
	pub(super) fn advance(&mut self, count: usize, result: Result<(), ExecutionError>) {
		if result.is_err() {
			return self.end(result);
		}
		self.length += count;
		self.taken += count;
		if self.taken == self.tokens.len() {
			self.observer = None;
			self.end(Ok(()));
		}
	}

	/// Tells whoever fed it how that ended.
	pub(super) fn end(&mut self, result: Result<(), ExecutionError>) {
		self.result = Some(result);
		if let Some(waker) = self.waker.take() {
			waker.wake();
		}
	}
}
