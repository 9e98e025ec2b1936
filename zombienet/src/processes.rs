// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Finding processes, and killing them.

use anyhow::{ensure, Result};
use std::{
	fs,
	path::{Path, PathBuf},
	process::Command,
};

/// A process of this machine.
pub(crate) struct Process {
	/// Its number.
	pub(crate) id: u32,
	/// The number of the process that started it.
	pub(crate) parent: u32,
	/// What it runs.
	pub(crate) program: PathBuf,
	/// What it was told.
	pub(crate) arguments: Vec<String>,
}

/// The processes of this machine, from /proc; those that end meanwhile are left out.
pub(crate) fn all() -> Result<Vec<Process>> {
	let all = fs::read_dir("/proc")?.filter_map(|entry| {
		let folder = entry.ok()?.path();
		let id = folder.file_name()?.to_str()?.parse().ok()?;
		let stat = fs::read_to_string(folder.join("stat")).ok()?;
		// The program's name stands in brackets and may hold anything; then state and parent.
		let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
		let line = fs::read(folder.join("cmdline")).ok()?;
		let mut words = line.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word));
		let program = PathBuf::from(words.next()?.into_owned());
		Some(Process { id, parent, program, arguments: words.map(Into::into).collect() })
	});
	Ok(all.collect())
}

/// Whether a process has loaded a library.
pub(crate) fn has_loaded(id: u32, library: &Path) -> Result<bool> {
	let maps = fs::read_to_string(format!("/proc/{id}/maps"))?;
	// The path is the last of the words of a line.
	Ok(maps.lines().any(|line| line.split_whitespace().last().map(Path::new) == Some(library)))
}

/// Kills a process; it gets no chance to do anything more.
pub(crate) fn kill(id: u32) -> Result<()> {
	let killed = Command::new("kill").args(["-KILL", &id.to_string()]).status()?;
	ensure!(killed.success(), "cannot kill process {id}");
	Ok(())
}
