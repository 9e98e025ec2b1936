// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! `ergon-engine import`.

use std::path::PathBuf;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{print_json, CommandError, Success};
use crate::import;

/// Import a Hugging Face folder or a GGUF file: make from it what the engine runs.
///
/// Reads config.json, tokenizer.json and the safetensors files of a model, or the .gguf file that has
/// all of that in it, and writes a new folder. Encoders (BERT and its like) are read from folders only.
/// The same input gives the same output on every machine, and so the same model id: that is the name
/// under which the model is registered on the chain. Prints the id and the manifest as JSON.
#[derive(Clone, Debug, Args)]
pub struct ImportArgs {
	/// The Hugging Face folder, or the .gguf file.
	source: PathBuf,

	/// The folder to write; it must not exist yet. To have `serve` find the model, make it a folder
	/// in the one that --models-dir names.
	target: PathBuf,

	/// Show no progress.
	#[arg(long)]
	quiet: bool,
}

/// What the command prints.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
	model: ergon_core::ModelId,
	manifest: ergon_core::ModelManifest,
	/// The SCALE encoding of the manifest, as the chain takes it.
	encoded_manifest: String,
}

pub(super) fn run(args: &ImportArgs) -> Result<Success, CommandError> {
	use codec::Encode;
	let bar = match args.quiet {
		true => ProgressBar::hidden(),
		false => ProgressBar::no_length().with_style(style()),
	};
	let imported = import(&args.source, &args.target, &mut |progress| {
		bar.set_length(progress.rows_total);
		bar.set_position(progress.rows_done);
	});
	bar.finish_and_clear();
	let manifest = imported?;
	let encoded_manifest = format!("0x{}", hex::encode(manifest.encode()));
	print_json(&Report { model: manifest.id(), manifest, encoded_manifest })?;
	Ok(Success::Done)
}

fn style() -> ProgressStyle {
	ProgressStyle::with_template("{wide_bar} {pos}/{len} rows, {eta} left")
		.unwrap_or_else(|_| ProgressStyle::default_bar())
}
