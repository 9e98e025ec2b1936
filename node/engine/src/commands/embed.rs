// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! `ergon-engine embed`.

use clap::Args;
use ergon_core::{engine::JobOrder, JobKind, ModelId, Output, H256};

use super::{generate::read_prompt, print_json, CommandError, ModelArgs, Success};
use crate::generate;

/// Turn a text into a vector of unit length.
///
/// Prints JSON. Each element divided by 32767 is the real value; equal texts give equal vectors on
/// every machine.
#[derive(Clone, Debug, Args)]
pub struct EmbedArgs {
	#[command(flatten)]
	model: ModelArgs,

	/// The text; - reads it from standard input.
	text: String,
}

/// What the command prints.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
	model: ModelId,
	prompt_tokens: u32,
	output_root: H256,
	vector: &'a [i16],
}

pub(super) fn run(args: &EmbedArgs) -> Result<Success, CommandError> {
	let (model, control) = args.model.open()?;
	let order = JobOrder {
		job_id: H256::zero(),
		model: model.id(),
		kind: JobKind::Embed,
		prompt: read_prompt(&args.text)?,
		seed: [0; 32],
	};
	let (attestation, bundle) = generate::execute(&model, &order, &control, &mut |_: &str| {})?;
	match &bundle.output {
		Output::Vector(vector) => print_json(&Report {
			model: attestation.model_root,
			prompt_tokens: attestation.prompt_tokens,
			output_root: attestation.output_root,
			vector,
		})?,
		Output::Text { .. } => {
			return Err(CommandError::Other(
				"the model made text of the text: report this as a defect".into(),
			))
		}
	}
	Ok(Success::Done)
}
