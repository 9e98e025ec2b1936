// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How a caller steers work that is under way.

use std::sync::{
	atomic::{AtomicBool, Ordering},
	Arc,
};

use crate::{error::ExecutionError, team::Team};

/// The threads that work runs on, and the flag that stops it.
///
/// Cloning shares both. The number of threads changes how long a result takes, never a bit of it.
#[derive(Clone)]
pub struct Control {
	team: Arc<Team>,
	cancel: Arc<AtomicBool>,
}

impl Control {
	/// A team of `threads` threads of its own, and a flag that is down. 0 takes one thread per core.
	///
	/// # Errors
	///
	/// [`ExecutionError::Threads`] when the operating system gives no threads.
	pub fn new(threads: usize) -> Result<Self, ExecutionError> {
		let team = Team::new(threads)
			.map_err(|error| ExecutionError::Threads { reason: error.to_string() })?;
		Ok(Self { team: Arc::new(team), cancel: Arc::default() })
	}

	/// The same threads with a flag of its own, which is down: one per request.
	pub fn for_request(&self) -> Self {
		Self { team: Arc::clone(&self.team), cancel: Arc::default() }
	}

	/// Raises the flag: work under this control ends within one layer, with
	/// [`ExecutionError::Cancelled`].
	pub fn cancel(&self) {
		self.cancel.store(true, Ordering::Relaxed);
	}

	/// Whether the flag is up.
	pub fn is_cancelled(&self) -> bool {
		self.cancel.load(Ordering::Relaxed)
	}

	/// Number of threads.
	pub fn threads(&self) -> usize {
		self.team.threads()
	}

	/// [`ExecutionError::Cancelled`] when the flag is up.
	pub(crate) fn check(&self) -> Result<(), ExecutionError> {
		match self.is_cancelled() {
			true => Err(ExecutionError::Cancelled),
			false => Ok(()),
		}
	}

	/// The threads.
	pub(crate) fn team(&self) -> &Team {
		&self.team
	}
}
