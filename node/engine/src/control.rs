// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How a caller steers work that is under way.

use std::{
	fmt,
	future::poll_fn,
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc, OnceLock,
	},
	task::Poll,
	time::Instant,
};

use futures::task::AtomicWaker;

#[cfg(device)]
use crate::device::Device;
use crate::{error::ExecutionError, team::Team};

/// The threads that work runs on, or the device, and the flag that stops it.
///
/// Cloning shares all. Threads and device change how long a result takes, never a bit of it.
#[derive(Clone)]
pub struct Control {
	team: Arc<Team>,
	#[cfg(device)]
	device: Option<Device>,
	request: Arc<Request>,
}

impl fmt::Debug for Control {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		let mut shown = formatter.debug_struct("Control");
		#[cfg(device)]
		shown.field("device", &self.device);
		shown.field("threads", &self.threads()).finish_non_exhaustive()
	}
}

/// What is known of one request.
#[derive(Default)]
struct Request {
	cancel: AtomicBool,
	/// Whoever waits for the flag.
	waiting: AtomicWaker,
	deadline: Option<Instant>,
	first_token: OnceLock<Instant>,
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
		Ok(Self {
			team: Arc::new(team),
			#[cfg(device)]
			device: None,
			request: Arc::default(),
		})
	}

	/// The same on a device: forward passes run there.
	#[cfg(device)]
	pub fn on_device(self, device: &Device) -> Self {
		Self { device: Some(device.clone()), ..self }
	}

	/// The same on the processor, whatever there is beside it.
	#[cfg(device)]
	pub(crate) fn on_processor(&self) -> Self {
		Self { device: None, ..self.clone() }
	}

	/// The device that forward passes run on, if there is one.
	#[cfg(device)]
	pub(crate) fn device(&self) -> Option<&Device> {
		self.device.as_ref()
	}

	/// The same threads with a flag of its own, which is down: one per request. After the deadline, if
	/// there is one, work ends within one layer, with [`ExecutionError::TooLate`].
	pub fn for_request(&self, deadline: Option<Instant>) -> Self {
		let request = Request { deadline, ..Request::default() };
		Self { request: Arc::new(request), ..self.clone() }
	}

	/// Raises the flag: work under this control ends within one layer, with
	/// [`ExecutionError::Cancelled`].
	pub fn cancel(&self) {
		self.request.cancel.store(true, Ordering::Relaxed);
		self.request.waiting.wake();
	}

	/// Whether the flag is up.
	pub fn is_cancelled(&self) -> bool {
		self.request.cancel.load(Ordering::Relaxed)
	}

	/// Waits until the flag is up; at most one waits at a time.
	pub(crate) async fn cancelled(&self) {
		poll_fn(|context| {
			self.request.waiting.register(context.waker());
			match self.is_cancelled() {
				true => Poll::Ready(()),
				false => Poll::Pending,
			}
		})
		.await
	}

	/// Number of threads.
	pub fn threads(&self) -> usize {
		self.team.threads()
	}

	/// [`ExecutionError::Cancelled`] when the flag is up, [`ExecutionError::TooLate`] after the deadline.
	pub(crate) fn check(&self) -> Result<(), ExecutionError> {
		match self.request.deadline {
			_ if self.is_cancelled() => Err(ExecutionError::Cancelled),
			Some(deadline) if Instant::now() >= deadline => Err(ExecutionError::TooLate),
			_ => Ok(()),
		}
	}

	/// Takes note that there is a first token.
	pub(crate) fn note_token(&self) {
		self.request.first_token.get_or_init(Instant::now);
	}

	/// When there was a first token.
	pub(crate) fn first_token(&self) -> Option<Instant> {
		self.request.first_token.get().copied()
	}

	/// The threads.
	pub(crate) fn team(&self) -> &Arc<Team> {
		&self.team
	}
}
