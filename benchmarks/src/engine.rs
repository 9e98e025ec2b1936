// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The engine's own benchmark, `ergon-engine bench`, with models of this repository.

use crate::Error;
use clap::Parser;
use ergon_engine::commands::{self, Cli};
use std::{ffi::OsStr, path::Path, process::ExitCode};

/// Imports a Hugging Face folder and measures it.
pub(crate) fn with_model(source: &Path, threads: usize) -> Result<(), Error> {
	let folder = tempfile::Builder::new().prefix("ergon-benchmarks-").tempdir()?;
	let model = folder.path().join("model");
	ergon_engine::import(source, &model, &mut |_| {})?;
	bench("--model", model.as_os_str(), threads)
}

/// Measures random weights of a shape that the engine knows by that name.
pub(crate) fn with_shape(name: &str, threads: usize) -> Result<(), Error> {
	bench("--shape", name.as_ref(), threads)
}

fn bench(option: &str, value: &OsStr, threads: usize) -> Result<(), Error> {
	let threads = threads.to_string();
	let arguments = ["ergon-engine", "bench", "--threads", &threads, option].map(OsStr::new);
	let cli = Cli::try_parse_from(arguments.into_iter().chain([value]));
	let cli = cli.map_err(|error| {
		eprintln!("{error}");
		Error::Engine
	})?;
	match commands::run(cli) {
		ExitCode::SUCCESS => Ok(()),
		_ => Err(Error::Engine),
	}
}
