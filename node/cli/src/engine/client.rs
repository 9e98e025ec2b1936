// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! One connection to an engine's socket: frames, messages, the greeting.

use std::{io, path::Path, time::Duration};

use codec::{DecodeAll, Encode};
use ergon_core::engine::{FromEngine, OrderId, ToEngine, MAX_FRAME_BYTES, PROTOCOL_VERSION};
use futures::{SinkExt, StreamExt};
use tokio::{net::UnixStream, time::timeout};
use tokio_util::{
	bytes::Bytes,
	codec::{Framed, LengthDelimitedCodec},
};

/// Why the supervisor gives an engine up and starts another.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
	/// The process cannot be started at all.
	#[error("cannot start {binary}: {source}")]
	Spawn {
		/// The engine's binary.
		binary: String,
		/// The operating system's reason.
		source: io::Error,
	},
	/// The process ended; the text says how, with its last warning.
	#[error("it ended with {0}")]
	Ended(String),
	/// The socket is gone.
	#[error("it closed the connection")]
	Closed,
	/// The socket failed, or a frame was longer than allowed.
	#[error("its socket failed: {0}")]
	Socket(#[from] io::Error),
	/// A frame is no message.
	#[error("it sent a frame that is no message: {0}")]
	Malformed(#[from] codec::Error),
	/// The engine is of another release.
	#[error(
		"it speaks version {theirs} of the protocol and this node version {PROTOCOL_VERSION}: \
		 install the engine and the node of one release"
	)]
	Version {
		/// The engine's version.
		theirs: u32,
	},
	/// The first message was no greeting.
	#[error("it did not greet")]
	NoGreeting,
	/// The engine does not answer.
	#[error("it did not answer for {} s", .0.as_secs())]
	Silent(Duration),
	/// The engine answered something else than what it was asked.
	#[error("it answered order {0:?} with an outcome of another kind of order")]
	WrongKind(OrderId),
}

/// A connection whose two sides have greeted each other.
pub(super) struct Connection(Framed<UnixStream, LengthDelimitedCodec>);

impl Connection {
	/// Greets the engine at the other end of `stream`, which has `patience` to answer.
	pub(super) async fn greet(stream: UnixStream, patience: Duration) -> Result<Self, Fault> {
		let codec = LengthDelimitedCodec::builder()
			.little_endian()
			.length_field_type::<u32>()
			.max_frame_length(MAX_FRAME_BYTES as usize)
			.new_codec();
		let mut connection = Self(Framed::new(stream, codec));
		let hello = ToEngine::Hello { version: PROTOCOL_VERSION };
		connection.send(hello.encode().into(), patience).await?;
		match timeout(patience, connection.next()).await {
			Ok(Ok(FromEngine::Hello { version: PROTOCOL_VERSION })) => Ok(connection),
			Ok(Ok(FromEngine::Hello { version })) => Err(Fault::Version { theirs: version }),
			Ok(Ok(_)) => Err(Fault::NoGreeting),
			Ok(Err(fault)) => Err(fault),
			Err(_) => Err(Fault::Silent(patience)),
		}
	}

	/// The next message. Dropping the future loses nothing.
	pub(super) async fn next(&mut self) -> Result<FromEngine, Fault> {
		match self.0.next().await {
			Some(frame) => Ok(FromEngine::decode_all(&mut &frame?[..])?),
			None => Err(Fault::Closed),
		}
	}

	/// Sends an encoded [`ToEngine`]; the engine has `patience` to read it.
	pub(super) async fn send(&mut self, message: Bytes, patience: Duration) -> Result<(), Fault> {
		match timeout(patience, self.0.send(message)).await {
			Ok(sent) => Ok(sent?),
			Err(_) => Err(Fault::Silent(patience)),
		}
	}
}

/// Whether somebody answers on `socket`; a file that a dead engine left behind does not.
pub(super) fn is_served(socket: &Path) -> bool {
	std::os::unix::net::UnixStream::connect(socket).is_ok()
}
