// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! `ergon-engine verify`.

use std::{path::PathBuf, time::Instant};

use clap::Args;
use ergon_core::{Fault, Vote, CHUNK_TOKENS, H256};

use super::{print, print_json, values, CommandError, ModelArgs, ResultFile, Success, EXIT_CODES};
use crate::verify;

/// Check a result that `generate --output` wrote.
///
/// Runs prompt and answer through the model once more, in one pass, and compares every token and
/// every hash. Prints Match, or what is wrong: the prompt, the first chunk of 32 tokens that is not what
/// the model gives, or the ending.
#[derive(Clone, Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct VerifyArgs {
	#[command(flatten)]
	model: ModelArgs,

	/// The result.
	result: PathBuf,

	/// Draws the points of the work-bound digest: a number, or 32 bytes in hexadecimal digits.
	#[arg(long, value_name = "SEED", default_value = "0", value_parser = values::bytes32)]
	challenge: H256,

	/// Print JSON.
	#[arg(long)]
	json: bool,
}

/// What `--json` prints.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
	r#match: bool,
	/// What differs: "prompt", "chunk" or "ending".
	fault: Option<&'static str>,
	/// The first chunk that differs.
	chunk: Option<u32>,
	work_digest: H256,
	seconds: f64,
}

pub(super) fn run(args: &VerifyArgs) -> Result<Success, CommandError> {
	let ResultFile { order, attestation, bundle } = ResultFile::read(&args.result)?;
	let (model, control) = args.model.open()?;
	let since = Instant::now();
	let (vote, work_digests) =
		verify(&model, &order, &attestation, &bundle, &[args.challenge], &control)?;
	let work_digest = work_digests.first().copied().unwrap_or_default();
	let seconds = since.elapsed().as_secs_f64();
	let (fault, chunk, text) = match vote {
		Vote::Match => (None, None, "Match".to_string()),
		Vote::Mismatch(Fault::Prompt) => {
			let text = "Mismatch in the prompt: its tokens are not those of this order";
			(Some("prompt"), None, text.to_string())
		}
		Vote::Mismatch(Fault::Chunk(chunk)) => {
			let first = chunk.saturating_mul(CHUNK_TOKENS);
			let last = first.saturating_add(CHUNK_TOKENS - 1);
			let text = format!("Mismatch in chunk {chunk}: tokens {first} to {last}");
			(Some("chunk"), Some(chunk), text)
		}
		Vote::Mismatch(Fault::Ending) => {
			let text = "Mismatch in the ending: its place, its reason or the text";
			(Some("ending"), None, text.to_string())
		}
		Vote::Unavailable => {
			return Err(CommandError::Other(
				"the result could not be run again here: try another machine".into(),
			))
		}
	};
	let success = if fault.is_none() { Success::Done } else { Success::Different };
	match args.json {
		true => {
			print_json(&Report { r#match: fault.is_none(), fault, chunk, work_digest, seconds })?
		}
		false => {
			print(&format!("{text}\n"))?;
			eprintln!("work-bound digest {work_digest:?}, {seconds:.2} s");
		}
	}
	Ok(success)
}
