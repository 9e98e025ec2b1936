// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What ends the service.

use std::{io, thread};

use tokio::{
	signal::unix::{signal, SignalKind},
	sync::mpsc,
};

/// Why the service is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Request {
	/// Somebody sent a signal of that name.
	Signal(&'static str),
	/// Standard input is at its end: whoever started the engine is gone, or wants it gone.
	EndOfInput,
}

/// Listens to signals and, where the engine is supervised, for the end of its standard input.
///
/// The end of standard input is how an engine notices on every Unix system that its node is gone,
/// however that went: the kernel closes the pipe.
///
/// # Errors
///
/// When the operating system gives no signals or no thread.
pub(super) fn listen(supervised: bool) -> io::Result<mpsc::Receiver<Request>> {
	let (requests, shutdown) = mpsc::channel(4);
	for (kind, name) in [(SignalKind::terminate(), "SIGTERM"), (SignalKind::interrupt(), "SIGINT")]
	{
		let mut signals = signal(kind)?;
		let requests = requests.clone();
		tokio::spawn(async move {
			while signals.recv().await.is_some() {
				if requests.send(Request::Signal(name)).await.is_err() {
					return;
				}
			}
		});
	}
	if supervised {
		// A thread of its own: a read cannot be called off, and must not keep the runtime.
		thread::Builder::new().name("ergon-input".into()).spawn(move || {
			let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
			let _ = requests.blocking_send(Request::EndOfInput);
		})?;
	}
	Ok(shutdown)
}
