// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The thread that runs orders, several together.

use std::{
	future::poll_fn,
	io,
	panic::AssertUnwindSafe,
	pin::pin,
	sync::Arc,
	task::{Context, Poll},
	thread,
	time::{Duration, Instant},
};

use ergon_core::engine::{OrderId, Outcome};
use futures::{
	executor::block_on,
	future::{select, Either, LocalBoxFuture},
	stream::{FuturesUnordered, StreamExt},
	FutureExt,
};
use tokio::sync::oneshot;

use super::{
	queue::{Ending, Queue, Work},
	Runner,
};
use crate::{error::ExecutionError, executor::Executor, Control};

/// Sprints that run at a time, beside the orders that somebody pays for: each does several items together,
/// and the next one fills the passes when the last items of one are left.
pub(super) const SPRINTS_TOGETHER: usize = 2;

/// The thread; it ends when the queue is drained and nothing runs.
pub(super) struct Worker {
	ended: Option<oneshot::Receiver<()>>,
}

impl Worker {
	/// Starts it, to run at most `together` orders at a time on the threads of `control`, and sprints
	/// beside them.
	pub(super) fn start<R: Runner>(
		queue: Arc<Queue>,
		runner: Arc<R>,
		control: Control,
		together: usize,
	) -> io::Result<Self> {
		let (end, ended) = oneshot::channel();
		thread::Builder::new().name("ergon-worker".into()).spawn(move || {
			// Dropped at the end of the thread, however that comes about.
			let _end = end;
			let executor = Executor::new(&control);
			let mut orders = Orders {
				queue,
				runner: &*runner,
				executor: &executor,
				together,
				running: FuturesUnordered::new(),
				sprints: FuturesUnordered::new(),
			};
			block_on(poll_fn(|context| orders.poll(context)));
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

/// An order that runs.
type Run<'a> = LocalBoxFuture<'a, (OrderId, Ending, Duration)>;

/// The orders that run.
struct Orders<'a, R> {
	queue: Arc<Queue>,
	runner: &'a R,
	executor: &'a Executor,
	together: usize,
	running: FuturesUnordered<Run<'a>>,
	/// They take no place that somebody pays for.
	sprints: FuturesUnordered<Run<'a>>,
}

impl<'a, R: Runner> Orders<'a, R> {
	/// Runs orders until there is nothing to do now; ready when there never will be.
	fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
		self.queue.wake_on_change(context.waker());
		loop {
			while self.running.len() < self.together {
				let Some(work) = self.queue.next() else { break };
				self.running.push(run(self.runner, self.executor, work).boxed_local());
			}
			while self.sprints.len() < SPRINTS_TOGETHER {
				let Some(work) = self.queue.next_sprint() else { break };
				self.sprints.push(run(self.runner, self.executor, work).boxed_local());
			}
			let metrics = self.queue.metrics();
			metrics.memory(self.runner.memory());
			metrics.passes(self.executor.passes());
			// Everybody takes what the last pass gave and says what comes next.
			let ended =
				[&mut self.running, &mut self.sprints].into_iter().find_map(|orders| match orders
					.poll_next_unpin(context)
				{
					Poll::Ready(ended) => ended,
					Poll::Pending => None,
				});
			if let Some((id, ending, took)) = ended {
				self.queue.ended(id, ending, took);
			} else if !self.executor.pass() {
				break;
			}
		}
		match self.queue.is_draining() && self.running.is_empty() && self.sprints.is_empty() {
			true => Poll::Ready(()),
			false => Poll::Pending,
		}
	}
}

/// Runs one order; whatever happens in there stays in there.
async fn run<R: Runner>(
	runner: &R,
	executor: &Executor,
	work: Work,
) -> (OrderId, Ending, Duration) {
	let since = Instant::now();
	let order = async { runner.run(executor, &work.order, &work.control).await };
	let order = pin!(AssertUnwindSafe(order).catch_unwind());
	let ending = match select(order, pin!(work.control.cancelled())).await {
		Either::Left((Ok(Ok(outcome)), _)) => Ending::Outcome(outcome),
		Either::Left((Ok(Err(ExecutionError::Cancelled)), _)) | Either::Right(_) => {
			Ending::Cancelled
		}
		Either::Left((Ok(Err(error)), _)) => Ending::Outcome(Outcome::Failed(error.into())),
		Either::Left((Err(panic), _)) => {
			Ending::Outcome(Outcome::Failed(ExecutionError::panicked(&*panic).into()))
		}
	};
	(work.id, ending, since.elapsed())
}
