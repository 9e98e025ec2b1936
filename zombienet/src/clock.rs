// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Clocks that are wrong.

use anyhow::{ensure, Context, Result};
use std::{path::PathBuf, process::Command};
use tempfile::TempDir;

/// What makes it.
const SOURCE: &str = include_str!("clock.c");

/// A library that makes the clock of a program wrong, which goes with this value. In the definition of a network,
/// `ERGON_CLOCK` is its path, and `ERGON_CLOCK_AHEAD` by how many seconds it is wrong; see `clock.c`.
pub struct WrongClock {
	folder: TempDir,
}

impl WrongClock {
	/// Makes it with the C compiler, which Rust needs as well, to link. The clock goes ahead by `ahead` seconds, or
	/// behind.
	///
	/// # Errors
	///
	/// When there is no C compiler, or it makes nothing of the source.
	pub fn make(ahead: i8) -> Result<Self> {
		let folder = tempfile::tempdir()?;
		let source = folder.path().join("clock.c");
		std::fs::write(&source, SOURCE)?;
		let clock = Self { folder };
		let output = Command::new("cc")
			.args(["-shared", "-fPIC", "-O2", "-o"])
			.arg(clock.library())
			.arg(source)
			.output()
			.context("there is no C compiler: run `make setup`")?;
		ensure!(output.status.success(), "cc: {}", String::from_utf8_lossy(&output.stderr));
		// What the definition refers to.
		std::env::set_var("ERGON_CLOCK", clock.library());
		std::env::set_var("ERGON_CLOCK_AHEAD", ahead.to_string());
		Ok(clock)
	}

	/// The library.
	pub fn library(&self) -> PathBuf {
		self.folder.path().join("libclock.so")
	}
}
