// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The model that the engines have.

use anyhow::{ensure, Context, Result};
use std::{path::Path, process::Command};
use tempfile::TempDir;

/// The demo model in a folder of its own, which goes with this value.
pub(crate) struct DemoModel {
	/// Names it.
	pub(crate) id: [u8; 32],
	folder: TempDir,
}

impl DemoModel {
	/// Imports it with the engine on the `PATH`.
	pub(crate) fn import() -> Result<Self> {
		#[derive(serde::Deserialize)]
		struct Report {
			model: String,
		}
		let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/demo/hf");
		let folder = tempfile::tempdir()?;
		let target = folder.path().join("demo");
		let output = Command::new("ergon-engine")
			.args(["import".as_ref(), "--quiet".as_ref(), source.as_os_str(), target.as_os_str()])
			.output()
			.context("ergon-engine is not on the PATH: run `make test-network`")?;
		ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
		let report: Report = serde_json::from_slice(&output.stdout)?;
		let mut id = [0; 32];
		hex::decode_to_slice(report.model.trim_start_matches("0x"), &mut id)?;
		Ok(Self { id, folder })
	}

	/// The folder with the folder of the model, as engines want it.
	pub(crate) fn folder(&self) -> &Path {
		self.folder.path()
	}
}
