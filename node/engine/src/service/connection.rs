// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! One client: frames in, frames out.

use std::{
	io,
	sync::{
		atomic::{AtomicU64, Ordering},
		Arc,
	},
	time::{Duration, Instant},
};

use codec::{DecodeAll, Encode};
use ergon_core::engine::{FromEngine, ToEngine, MAX_FRAME_BYTES, PROTOCOL_VERSION};
use futures::{SinkExt, StreamExt};
use tokio::{
	net::{
		unix::{OwnedReadHalf, OwnedWriteHalf},
		UnixStream,
	},
	sync::{mpsc, watch},
	time::timeout,
};
use tokio_util::{
	bytes::Bytes,
	codec::{FramedRead, FramedWrite, LengthDelimitedCodec},
};
use tracing::{debug, warn};

use super::{
	queue::{ConnectionId, Queue},
	Runner,
};

/// How long a client may take to greet.
const GREETING_PATIENCE: Duration = Duration::from_secs(10);
/// Between two looks for models that a question for the status sets off.
const RESCAN_EVERY: Duration = Duration::from_secs(5);

/// Why a connection is closed by the service.
#[derive(Debug, thiserror::Error)]
enum Fault {
	#[error("it did not greet in {} s", GREETING_PATIENCE.as_secs())]
	NoGreeting,
	#[error("it greeted twice, or not at all")]
	OutOfTurn,
	#[error(
		"it speaks version {0} of the protocol and this engine version {PROTOCOL_VERSION}: install \
		 the node and the engine of one release"
	)]
	Version(u32),
	#[error("it sent a frame that is no message: {0}")]
	Malformed(#[from] codec::Error),
	#[error("its socket failed: {0}")]
	Socket(#[from] io::Error),
}

/// The frames of the protocol.
pub(super) fn frames() -> LengthDelimitedCodec {
	LengthDelimitedCodec::builder()
		.little_endian()
		.length_field_type::<u32>()
		.max_frame_length(MAX_FRAME_BYTES as usize)
		.new_codec()
}

/// Serves a client until it goes, breaks the rules, or `reading` turns false; what was queued for
/// it until then is still written.
pub(super) async fn serve<R: Runner>(
	stream: UnixStream,
	queue: Arc<Queue>,
	runner: Arc<R>,
	reading: watch::Receiver<bool>,
) {
	static NEXT: AtomicU64 = AtomicU64::new(0);
	let id = NEXT.fetch_add(1, Ordering::Relaxed);
	let (incoming, outgoing) = stream.into_split();
	let (replies, messages) = mpsc::channel(queue.replies());
	let reader = Reader { id, queue: Arc::clone(&queue), runner, replies, looked: None };
	let read = async {
		let ended = reader.read(FramedRead::new(incoming, frames()), reading).await;
		queue.disconnect(id);
		ended
	};
	let write = write(FramedWrite::new(outgoing, frames()), messages);
	// The writer ends when the reader and the queue hold no more of its channel.
	match tokio::join!(read, write) {
		(Ok(()), _) => debug!("Connection {id} closed"),
		(Err(fault), _) => warn!("Closed connection {id}: {fault}"),
	}
}

/// Writes messages until there is nobody to send any.
async fn write(
	mut outgoing: FramedWrite<OwnedWriteHalf, LengthDelimitedCodec>,
	mut messages: mpsc::Receiver<FromEngine>,
) {
	while let Some(message) = messages.recv().await {
		if let Err(error) = outgoing.send(Bytes::from(message.encode())).await {
			debug!("A client went away: {error}");
			// Whoever waits for room in the channel learns that there will be none.
			messages.close();
			return;
		}
	}
}

/// The half of a connection that listens.
struct Reader<R> {
	id: ConnectionId,
	queue: Arc<Queue>,
	runner: Arc<R>,
	replies: mpsc::Sender<FromEngine>,
	/// When models were looked for last.
	looked: Option<Instant>,
}

impl<R: Runner> Reader<R> {
	async fn read(
		mut self,
		mut incoming: FramedRead<OwnedReadHalf, LengthDelimitedCodec>,
		mut reading: watch::Receiver<bool>,
	) -> Result<(), Fault> {
		match timeout(GREETING_PATIENCE, next(&mut incoming)).await {
			Err(_) => return Err(Fault::NoGreeting),
			Ok(Ok(None)) => return Ok(()),
			Ok(Ok(Some(ToEngine::Hello { version }))) => {
				// Also to a client of another version, so that it can say what is wrong.
				if !self.reply(FromEngine::Hello { version: PROTOCOL_VERSION }).await {
					return Ok(());
				}
				if version != PROTOCOL_VERSION {
					return Err(Fault::Version(version));
				}
			}
			Ok(Ok(Some(_))) => return Err(Fault::OutOfTurn),
			Ok(Err(fault)) => return Err(fault),
		}
		loop {
			let message = tokio::select! {
				message = next(&mut incoming) => message?,
				_ = reading.wait_for(|reading| !reading) => None,
			};
			let Some(message) = message else { return Ok(()) };
			if !self.handle(message, &mut reading).await? {
				return Ok(());
			}
		}
	}

	/// Does what a message asks; returns whether the client is still there.
	async fn handle(
		&mut self,
		message: ToEngine,
		reading: &mut watch::Receiver<bool>,
	) -> Result<bool, Fault> {
		match message {
			ToEngine::Hello { .. } => Err(Fault::OutOfTurn),
			ToEngine::Submit { order, patience } => {
				let deadline = Instant::now() + Duration::from_millis(patience.into());
				// A client that does not read its outcomes is not read from either.
				let room = tokio::select! {
					room = self.replies.clone().reserve_owned() => room,
					_ = reading.wait_for(|reading| !reading) => return Ok(false),
				};
				let Ok(reply) = room else { return Ok(false) };
				self.queue.submit(order, deadline, self.id, reply);
				Ok(true)
			}
			ToEngine::Cancel(order) => {
				self.queue.cancel(&order, self.id);
				Ok(true)
			}
			ToEngine::Status => {
				self.look_for_models();
				Ok(self.reply(FromEngine::Status(self.queue.status(self.runner.models()))).await)
			}
		}
	}

	async fn reply(&self, message: FromEngine) -> bool {
		self.replies.send(message).await.is_ok()
	}

	/// Has models looked for that came since; the next status will name them.
	fn look_for_models(&mut self) {
		if self.looked.is_none_or(|looked| looked.elapsed() >= RESCAN_EVERY) {
			self.looked = Some(Instant::now());
			let runner = Arc::clone(&self.runner);
			tokio::task::spawn_blocking(move || runner.rescan());
		}
	}
}

/// The next message; none at the end of the connection.
async fn next(
	incoming: &mut FramedRead<OwnedReadHalf, LengthDelimitedCodec>,
) -> Result<Option<ToEngine>, Fault> {
	match incoming.next().await {
		Some(frame) => Ok(Some(ToEngine::decode_all(&mut &frame?[..])?)),
		None => Ok(None),
	}
}
