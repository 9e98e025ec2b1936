// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The supervisor against an engine that the test plays, over a real Unix socket.

mod book;
mod supervisor;

use std::{
	collections::VecDeque,
	future::Future,
	path::{Path, PathBuf},
	time::Duration,
};

use codec::{DecodeAll, Encode};
use ergon_core::{
	attestation::{ATTESTATION_VERSION, PROFILE_EXACT},
	engine::{
		EngineStatus, FromEngine, JobOrder, Order, OrderId, Outcome, ToEngine, MAX_FRAME_BYTES,
		PROTOCOL_VERSION,
	},
	job::prompt_root,
	Attestation, Bundle, FinishReason, GenerationParams, JobKind, ModelId, Output, Vote,
};
use futures::{future::BoxFuture, FutureExt, SinkExt, StreamExt};
use sp_core::H256;
use tempfile::TempDir;
use tokio::{
	net::{UnixListener, UnixStream},
	task::JoinHandle,
};
use tokio_util::{
	bytes::Bytes,
	codec::{Framed, LengthDelimitedCodec},
};

use super::{
	client::Fault,
	process::{Launch, Running},
	supervisor::Timing,
};

/// The model that the played engine has.
fn model() -> ModelId {
	H256::repeat_byte(7)
}

fn job_order(number: u64) -> JobOrder {
	JobOrder {
		job_id: H256::from_low_u64_be(number),
		model: model(),
		kind: JobKind::Generate(GenerationParams::greedy(8)),
		prompt: b"What is Ergon?".to_vec(),
		seed: [1; 32],
	}
}

fn job(number: u64) -> Order {
	Order::Execute(job_order(number))
}

/// A result that is sound in form.
fn executed(number: u64) -> (Attestation, Bundle) {
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

fn sprint(number: u32) -> Order {
	Order::Sprint { subject: H256::repeat_byte(5), model: model(), first: number, items: 2 }
}

/// What an honest engine would say to `order`.
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

/// What the played engine does in one life; the life ends with the future.
type Life = Box<dyn FnOnce(Peer) -> BoxFuture<'static, ()> + Send + Sync>;

/// A life from a closure.
fn life<F>(script: impl FnOnce(Peer) -> F + Send + Sync + 'static) -> Life
where
	F: Future<Output = ()> + Send + 'static,
{
	Box::new(|peer| script(peer).boxed())
}

/// A life that greets and fills every order.
fn honest_life() -> Life {
	life(|mut peer| async move {
		peer.greet().await;
		peer.serve().await;
	})
}

/// Plays an engine: one script for each life.
struct Played {
	folder: TempDir,
	socket: PathBuf,
	lives: VecDeque<Life>,
}

impl Played {
	fn new(lives: impl IntoIterator<Item = Life>) -> Self {
		let folder = tempfile::tempdir().unwrap();
		let socket = folder.path().join("engine.sock");
		Self { folder, socket, lives: lives.into_iter().collect() }
	}
}

impl Launch for Played {
	type Running = PlayedLife;

	fn socket(&self) -> &Path {
		&self.socket
	}

	fn launch(&mut self) -> Result<PlayedLife, Fault> {
		assert!(self.folder.path().exists());
		let _ = std::fs::remove_file(&self.socket);
		let listener = UnixListener::bind(&self.socket)?;
		let script = self.lives.pop_front();
		Ok(PlayedLife(Some(tokio::spawn(async move {
			let (stream, _) = listener.accept().await.unwrap();
			match script {
				Some(script) => script(Peer::new(stream)).await,
				// The play is over.
				None => std::future::pending().await,
			}
		}))))
	}
}

/// One life that was begun.
struct PlayedLife(Option<JoinHandle<()>>);

impl Running for PlayedLife {
	async fn ended(&mut self) -> Fault {
		if let Some(task) = &mut self.0 {
			if let Err(error) = task.await {
				std::panic::resume_unwind(error.into_panic());
			}
			self.0 = None;
		}
		Fault::Ended("the script".into())
	}

	async fn stop(self) {}
}

impl Drop for PlayedLife {
	fn drop(&mut self) {
		if let Some(task) = &self.0 {
			task.abort();
		}
	}
}

/// The engine's end of the socket.
struct Peer(Framed<UnixStream, LengthDelimitedCodec>);

impl Peer {
	fn new(stream: UnixStream) -> Self {
		let codec = LengthDelimitedCodec::builder()
			.little_endian()
			.length_field_type::<u32>()
			.max_frame_length(MAX_FRAME_BYTES as usize)
			.new_codec();
		Self(Framed::new(stream, codec))
	}

	/// The next message; waits for ever when the node closed the connection, so that the script
	/// does not go on.
	async fn next(&mut self) -> ToEngine {
		match self.0.next().await {
			Some(Ok(frame)) => ToEngine::decode_all(&mut &frame[..]).unwrap(),
			_ => std::future::pending().await,
		}
	}

	async fn send(&mut self, message: FromEngine) {
		self.send_raw(message.encode()).await;
	}

	async fn send_raw(&mut self, bytes: Vec<u8>) {
		// A node that has gone away is the node's affair.
		let _ = self.0.send(Bytes::from(bytes)).await;
	}

	async fn greet(&mut self) {
		assert_eq!(self.next().await, ToEngine::Hello { version: PROTOCOL_VERSION });
		self.send(FromEngine::Hello { version: PROTOCOL_VERSION }).await;
	}

	/// The next order; answers questions for the status meanwhile.
	async fn next_order(&mut self) -> Order {
		loop {
			match self.next().await {
				ToEngine::Submit { order, .. } => return order,
				ToEngine::Status => self.send(FromEngine::Status(status())).await,
				other => panic!("unexpected {other:?}"),
			}
		}
	}

	async fn finish(&mut self, order: OrderId, outcome: Outcome) {
		self.send(FromEngine::Finished { order, outcome }).await;
	}

	/// Fills every order that comes.
	async fn serve(&mut self) {
		loop {
			let order = self.next_order().await;
			self.finish(order.id(), outcome(&order)).await;
		}
	}
}

/// The status of the played engine.
fn status() -> EngineStatus {
	EngineStatus {
		models: vec![model()],
		queued: 1,
		running: 1,
		completed: 10,
		failed: 2,
		generated_tokens: 100,
		prefilled_tokens: 200,
	}
}

/// A supervisor in a hurry.
fn timing() -> Timing {
	Timing {
		connect_every: Duration::from_millis(1),
		tick: Duration::from_millis(5),
		silence: Duration::from_secs(60),
		back_off: Duration::from_millis(1),
		back_off_most: Duration::from_millis(4),
		stable_after: Duration::from_secs(60),
	}
}

/// Waits until `condition` holds.
async fn until(what: &str, mut condition: impl FnMut() -> bool) {
	for _ in 0..20_000 {
		if condition() {
			return;
		}
		tokio::time::sleep(Duration::from_millis(2)).await;
	}
	panic!("it never happened: {what}");
}
