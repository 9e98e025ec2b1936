// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Where the log goes: standard error, one line for each event.

use std::{
	io, panic,
	sync::atomic::{AtomicBool, Ordering},
};

use tracing_subscriber::EnvFilter;

/// Whether [`start_logging`] was called.
static STARTED: AtomicBool = AtomicBool::new(false);

/// What a line looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
	/// With the time, for people.
	Terminal,
	/// `LEVEL text`, for the node, which adds the time and writes its own log.
	Supervised,
}

/// Starts the log at level info, or as the environment variable `RUST_LOG` says. Panics become one
/// line of it.
pub fn start_logging(style: Style) {
	let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
	let lines = tracing_subscriber::fmt()
		.with_env_filter(filter)
		.with_writer(io::stderr)
		.with_target(false);
	let started = match style {
		Style::Terminal => lines.try_init(),
		Style::Supervised => lines.without_time().with_ansi(false).try_init(),
	};
	// A second start, in a test, changes nothing.
	if started.is_ok() {
		STARTED.store(true, Ordering::Relaxed);
		panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
	}
}

/// Says why the program ends: as a line of the log where there is one.
pub(super) fn last_words(error: &dyn std::error::Error) {
	match STARTED.load(Ordering::Relaxed) {
		true => tracing::error!("{error}"),
		false => eprintln!("error: {error}"),
	}
}
