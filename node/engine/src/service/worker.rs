// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The thread that runs orders, one at a time.

use std::{
	any::Any,
	io,
	panic::{catch_unwind, AssertUnwindSafe},
	sync::Arc,
	thread,
	time::Instant,
};

use ergon_core::engine::{Order, Outcome};
use tokio::sync::oneshot;

use super::{
	queue::{Ending, Queue},
	Runner,
};
use crate::{error::ExecutionError, Control};

/// The thread; it ends when the queue is drained.
pub(super) struct Worker {
	ended: Option<oneshot::Receiver<()>>,
}

impl Worker {
	/// Starts it.
	pub(super) fn start<R: Runner>(queue: Arc<Queue>, runner: Arc<R>) -> io::Result<Self> {
		let (end, ended) = oneshot::channel();
		thread::Builder::new().name("ergon-worker".into()).spawn(move || {
			// Dropped at the end of the thread, however that comes about.
			let _end = end;
			while let Some(work) = queue.next() {
				let since = Instant::now();
				let ending = run(&*runner, &work.order, &work.control);
				queue.ended(work.id, ending, since.elapsed());
			}
		})?;
		Ok(Self { ended: Some(ended) })
	}

	/// Completes when the thread has ended. Dropping the future loses nothing.
	pub(super) async fn ended(&mut self) {
		if let Some(ended) = &mut self.ended {
			// The sender is never used, only dropped.
			let _ = ended.await;
			self.ended = None;
		}
	}
}

/// Runs one order; whatever happens in there stays in there.
fn run(runner: &impl Runner, order: &Order, control: &Control) -> Ending {
	match catch_unwind(AssertUnwindSafe(|| runner.run(order, control))) {
		Ok(Ok(outcome)) => Ending::Outcome(outcome),
		Ok(Err(ExecutionError::Cancelled)) => Ending::Cancelled,
		Ok(Err(error)) => Ending::Outcome(Outcome::Failed(error.into())),
		Err(panic) => {
			let error = ExecutionError::Internal(format!(
				"the engine panicked ({}): please report the order and the model",
				message(&*panic)
			));
			Ending::Outcome(Outcome::Failed(error.into()))
		}
	}
}

/// What a panic said.
fn message(panic: &(dyn Any + Send)) -> &str {
	panic
		.downcast_ref::<&str>()
		.copied()
		.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
		.unwrap_or("without a message")
}
