// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The service over its socket, with a runner that the test plays.

mod ending;
mod models;
mod orders;
mod protocol;
mod sprints;

use std::{
	collections::BTreeSet, future::poll_fn, path::PathBuf, sync::Arc, task::Poll, time::Duration,
};

use codec::{DecodeAll, Encode};
use ergon_core::{
	attestation::{ATTESTATION_VERSION, PROFILE_EXACT},
	engine::{
		EngineStatus, FromEngine, JobOrder, Order, OrderId, Outcome, ToEngine, PROTOCOL_VERSION,
	},
	job::prompt_root,
	Attestation, Bundle, FinishReason, GenerationParams, JobKind, ModelId, Output, Vote, H256,
};
use futures::{future::LocalBoxFuture, FutureExt, SinkExt, StreamExt};
use parking_lot::Mutex;
use tempfile::TempDir;
use tokio::{
	net::UnixStream,
	sync::mpsc,
	task::JoinHandle,
	time::{sleep, timeout},
};
use tokio_util::{
	bytes::Bytes,
	codec::{Framed, LengthDelimitedCodec},
};

use super::{
	connection::frames, listener::Socket, queue::Queue, shutdown::Request, Runner, ServeError,
	Service,
};
use crate::{error::ExecutionError, executor::Executor, Control};

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(60);
/// The first item of a sprint that the played runner is slow with.
const SLOW: u32 = 7;

fn model() -> ModelId {
	H256::repeat_byte(7)
}

/// An order that the played runner fills at once.
pub(crate) fn job_order(number: u64) -> JobOrder {
	JobOrder {
		job_id: H256::from_low_u64_be(number),
		model: model(),
		kind: JobKind::Generate(GenerationParams::greedy(8)),
		prompt: Vec::new(),
		seed: [1; 32],
	}
}

fn job(number: u64) -> Order {
	Order::Execute(job_order(number))
}

/// An order that makes the played runner do something else.
fn special(number: u64, prompt: &str) -> Order {
	Order::Execute(JobOrder { prompt: prompt.into(), ..job_order(number) })
}

/// An order that runs until it is released or cancelled.
fn slow(number: u64) -> Order {
	special(number, "wait")
}

/// A result that is sound in form: two prompt tokens, three output tokens.
pub(crate) fn executed(number: u64) -> (Attestation, Bundle) {
	let output = Output::Text {
		tokens: vec![1, 2, 3].try_into().unwrap(),
		text: b"abc".to_vec().try_into().unwrap(),
	};
	let bundle = Bundle { output, digests: vec![H256::repeat_byte(9)].try_into().unwrap() };
	let attestation = Attestation {
		version: ATTESTATION_VERSION,
		profile: PROFILE_EXACT,
		job_id: H256::from_low_u64_be(number),
		model_root: model(),
		prompt_root: prompt_root(&[5, 6]),
		output_root: bundle.output.root(),
		trace_root: bundle.trace_root(),
		prompt_tokens: 2,
		output_tokens: 3,
		finish: FinishReason::Length,
	};
	(attestation, bundle)
}

fn audit(number: u64) -> Order {
	let (attestation, bundle) = executed(number);
	Order::Verify { job: job_order(number), attestation, bundle, challenges: vec![H256::zero()] }
}

/// Two items of a sprint.
fn sprint(number: u64) -> Order {
	Order::Sprint { subject: H256::from_low_u64_be(number), model: model(), first: 0, items: 2 }
}

/// Items of a sprint that run until they are released or cancelled.
fn slow_sprint(number: u64) -> Order {
	let subject = H256::from_low_u64_be(number);
	Order::Sprint { subject, model: model(), first: SLOW, items: 2 }
}

/// The outcome that the played runner gives.
fn outcome(order: &Order) -> Outcome {
	match order {
		Order::Execute(job) => {
			let (attestation, bundle) = executed(job.job_id.to_low_u64_be());
			Outcome::Executed { attestation, bundle }
		}
		Order::Verify { .. } => {
			Outcome::Verified { vote: Vote::Match, work_digests: vec![H256::repeat_byte(3)] }
		}
		Order::Play { .. } | Order::StandIn { .. } => Outcome::Played { turn: None },
		Order::Sprint { items, .. } => {
			Outcome::Sprinted { leaves: vec![H256::repeat_byte(4); *items as usize] }
		}
	}
}

/// The message that an order is filled.
fn finished(order: &Order) -> FromEngine {
	FromEngine::Finished { order: order.id(), outcome: outcome(order) }
}

/// Plays a runner: the prompt says what to do.
#[derive(Clone, Default)]
struct Played(Arc<PlayedState>);

#[derive(Default)]
struct PlayedState {
	/// Orders that were begun.
	begun: Mutex<Vec<OrderId>>,
	/// Slow orders that may end.
	released: Mutex<BTreeSet<OrderId>>,
}

impl Played {
	fn release(&self, order: &Order) {
		self.0.released.lock().insert(order.id());
	}

	fn begun(&self) -> Vec<OrderId> {
		self.0.begun.lock().clone()
	}

	async fn until_begun(&self, order: &Order) {
		until("the order is begun", || self.begun().contains(&order.id())).await;
	}
}

impl Runner for Played {
	fn models(&self) -> Vec<ModelId> {
		vec![model()]
	}

	fn rescan(&self) {}

	fn run<'a>(
		&'a self,
		_executor: &'a Executor,
		order: &'a Order,
		control: &'a Control,
	) -> LocalBoxFuture<'a, Result<Outcome, ExecutionError>> {
		self.play(order, control).boxed_local()
	}
}

impl Played {
	async fn play(&self, order: &Order, control: &Control) -> Result<Outcome, ExecutionError> {
		let id = order.id();
		self.0.begun.lock().push(id);
		let prompt = match order {
			Order::Execute(job) => &job.prompt[..],
			Order::Sprint { first: SLOW, .. } => &b"wait"[..],
			_ => return Ok(outcome(order)),
		};
		match prompt {
			b"wait" => {
				let is_over = || self.0.released.lock().contains(&id) || control.check().is_err();
				poll_fn(|context| match is_over() {
					true => Poll::Ready(()),
					false => {
						std::thread::sleep(Duration::from_millis(1));
						context.waker().wake_by_ref();
						Poll::Pending
					}
				})
				.await;
				control.check()?;
			}
			b"panic" => panic!("as it was asked to"),
			b"fail" => return Err(ExecutionError::Internal("out of luck".into())),
			b"too long" => return Err(ExecutionError::PromptTooLong { tokens: 9, context: 8 }),
			_ => {}
		}
		Ok(outcome(order))
	}
}

/// A service that runs, and what is needed to steer it.
struct Running {
	_folder: TempDir,
	path: PathBuf,
	runner: Played,
	queue: Arc<Queue>,
	shutdown: mpsc::Sender<Request>,
	task: JoinHandle<Result<(), ServeError>>,
}

impl Running {
	fn start() -> Self {
		Self::with(8, 1)
	}

	/// With room for so many orders that wait, and so many that run together.
	fn with(queue: usize, together: usize) -> Self {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("socket");
		let runner = Played::default();
		let control = Control::new(1).unwrap();
		let service = Service::start(runner.clone(), control, queue, together).unwrap();
		let socket = Socket::lock(&path).unwrap().bind().unwrap();
		let queue = Arc::clone(&service.queue);
		let (shutdown, requests) = mpsc::channel(1);
		let task = tokio::spawn(async move { service.run(&socket, requests).await });
		Self { _folder: folder, path, runner, queue, shutdown, task }
	}

	/// Orders that wait and orders that run, as the metrics say.
	fn measured(&self) -> [u64; 2] {
		let metrics = self.queue.metrics();
		[metrics.queued.get(), metrics.running.get()]
	}

	/// A client that has not greeted.
	async fn stranger(&self) -> Client {
		Client(Framed::new(UnixStream::connect(&self.path).await.unwrap(), frames()))
	}

	async fn client(&self) -> Client {
		let mut client = self.stranger().await;
		client.send(ToEngine::Hello { version: PROTOCOL_VERSION }).await;
		assert_eq!(client.next().await, FromEngine::Hello { version: PROTOCOL_VERSION });
		client
	}

	/// Asks the service to end, and waits until it did.
	async fn end(self, request: Request) {
		self.shutdown.send(request).await.unwrap();
		timeout(PATIENCE, self.task).await.unwrap().unwrap().unwrap();
		assert!(!self.path.exists(), "the socket is gone");
	}
}

/// One end of a connection.
struct Client(Framed<UnixStream, LengthDelimitedCodec>);

impl Client {
	async fn send(&mut self, message: ToEngine) {
		self.0.send(Bytes::from(message.encode())).await.unwrap();
	}

	async fn submit(&mut self, order: &Order) {
		self.submit_for(order, u32::MAX).await;
	}

	/// Submits an order that is wanted for so many milliseconds.
	async fn submit_for(&mut self, order: &Order, patience: u32) {
		self.send(ToEngine::Submit { order: order.clone(), patience }).await;
	}

	async fn next(&mut self) -> FromEngine {
		let frame = timeout(PATIENCE, self.0.next()).await.unwrap().unwrap().unwrap();
		FromEngine::decode_all(&mut &frame[..]).unwrap()
	}

	/// Whether the service closed the connection.
	async fn is_closed(&mut self) -> bool {
		matches!(timeout(PATIENCE, self.0.next()).await.unwrap(), None | Some(Err(_)))
	}

	/// The status. Answers come in the order of the questions, so what was sent before is done.
	async fn status(&mut self) -> EngineStatus {
		self.send(ToEngine::Status).await;
		match self.next().await {
			FromEngine::Status(status) => status,
			other => panic!("{other:?} is no status"),
		}
	}
}

/// Waits until `condition` holds.
async fn until(what: &str, mut condition: impl FnMut() -> bool) {
	let wait = async {
		while !condition() {
			sleep(Duration::from_millis(1)).await;
		}
	};
	assert!(timeout(PATIENCE, wait).await.is_ok(), "it never happened: {what}");
}
