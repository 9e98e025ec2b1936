// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! `ergon-engine generate`.

use std::{
	io::{self, Read},
	path::PathBuf,
	time::Instant,
};

use clap::Args;
use ergon_core::{
	engine::JobOrder,
	job::{MAX_CANDIDATES, MAX_OUTPUT_TOKENS, MAX_PROMPT_BYTES, MAX_STOPS},
	Attestation, Bundle, FinishReason, GenerationParams, JobId, JobKind, ModelId, Output, H256,
};

use super::{print, print_json, values, CommandError, ModelArgs, ResultFile, Success};
use crate::generate;

/// Answer a prompt.
///
/// Writes the answer to standard output as it grows, and what it was hashed to, to standard error.
/// The prompt goes through the model's chat template. The same model, prompt, parameters, seed and
/// job id give the same answer and the same hashes on every machine.
#[derive(Clone, Debug, Args)]
pub struct GenerateArgs {
	#[command(flatten)]
	model: ModelArgs,

	/// The prompt; - reads it from standard input.
	prompt: String,

	/// Most tokens of the answer.
	#[arg(
		long,
		value_name = "COUNT",
		default_value_t = 256,
		value_parser = clap::value_parser!(u16).range(1..=MAX_OUTPUT_TOKENS as i64)
	)]
	max_tokens: u16,

	/// From 0 (always the likeliest token) to 2.
	#[arg(long, value_name = "NUMBER", default_value = "0", value_parser = values::temperature)]
	temperature: u16,

	/// Keep the likeliest tokens that together have this probability, from 0.001 to 1.
	#[arg(long, value_name = "NUMBER", default_value = "1", value_parser = values::top_p)]
	top_p: u16,

	/// Keep that many of the likeliest tokens.
	#[arg(
		long,
		value_name = "COUNT",
		default_value_t = MAX_CANDIDATES as u8,
		value_parser = clap::value_parser!(u8).range(1..=MAX_CANDIDATES as i64)
	)]
	top_k: u8,

	/// Text that ends the answer; may be given up to four times.
	#[arg(long, value_name = "TEXT", value_parser = values::stop)]
	stop: Vec<String>,

	/// Seed of the sampler: a number, or 32 bytes in hexadecimal digits.
	#[arg(long, value_name = "SEED", default_value = "0", value_parser = values::bytes32)]
	seed: H256,

	/// Id of the job, which goes into the hashes: a number, or 32 bytes in hexadecimal digits.
	#[arg(long, value_name = "ID", default_value = "0", value_parser = values::bytes32)]
	job_id: JobId,

	/// Write answer and hashes to this file, for `ergon-engine verify`.
	#[arg(long, value_name = "FILE")]
	output: Option<PathBuf>,

	/// Print JSON in the end, instead of the answer as it grows.
	#[arg(long)]
	json: bool,
}

impl GenerateArgs {
	/// The order that the arguments amount to.
	fn order(&self, model: ModelId) -> Result<JobOrder, CommandError> {
		let stop = self
			.stop
			.iter()
			.map(|stop| stop.as_bytes().to_vec().try_into())
			.collect::<Result<Vec<_>, _>>()
			.ok()
			.and_then(|stops| stops.try_into().ok())
			.ok_or_else(|| CommandError::Other(format!("give --stop {MAX_STOPS} times at most")))?;
		let params = GenerationParams {
			max_tokens: self.max_tokens,
			temperature: self.temperature,
			top_p: self.top_p,
			top_k: self.top_k,
			stop,
		};
		let prompt = read_prompt(&self.prompt)?;
		let kind = JobKind::Generate(params);
		Ok(JobOrder { job_id: self.job_id, model, kind, prompt, seed: self.seed.0 })
	}
}

/// The prompt as given, or from standard input.
pub(super) fn read_prompt(argument: &str) -> Result<Vec<u8>, CommandError> {
	let mut prompt = argument.as_bytes().to_vec();
	if argument == "-" {
		prompt.clear();
		let most = u64::from(MAX_PROMPT_BYTES) + 1;
		io::stdin().lock().take(most).read_to_end(&mut prompt).map_err(CommandError::Prompt)?;
	}
	match prompt.len() > MAX_PROMPT_BYTES as usize {
		true => Err(CommandError::Other(format!(
			"the prompt is longer than {MAX_PROMPT_BYTES} bytes: shorten it"
		))),
		false => Ok(prompt),
	}
}

/// What `--json` prints.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
	model: ModelId,
	job_id: JobId,
	text: String,
	tokens: &'a [u32],
	finish: FinishReason,
	prompt_tokens: u32,
	output_tokens: u32,
	prompt_root: H256,
	output_root: H256,
	trace_root: H256,
	digests: &'a [H256],
	seconds: f64,
}

impl<'a> Report<'a> {
	fn new(attestation: &Attestation, bundle: &'a Bundle, seconds: f64) -> Self {
		let (tokens, text) = match &bundle.output {
			Output::Text { tokens, text } => (&tokens[..], String::from_utf8_lossy(text).into()),
			Output::Vector(_) => (&[][..], String::new()),
		};
		Self {
			model: attestation.model_root,
			job_id: attestation.job_id,
			text,
			tokens,
			finish: attestation.finish,
			prompt_tokens: attestation.prompt_tokens,
			output_tokens: attestation.output_tokens,
			prompt_root: attestation.prompt_root,
			output_root: attestation.output_root,
			trace_root: attestation.trace_root,
			digests: &bundle.digests,
			seconds,
		}
	}
}

pub(super) fn run(args: &GenerateArgs) -> Result<Success, CommandError> {
	let (model, control) = args.model.open()?;
	let order = args.order(model.id())?;
	let since = Instant::now();
	let mut printed = Ok(());
	let (attestation, bundle) = generate::execute(&model, &order, &control, &mut |text| {
		if !args.json && printed.is_ok() {
			printed = print(text);
			if printed.is_err() {
				control.cancel();
			}
		}
	})
	// What could not be printed is the reason why it was cancelled.
	.map_err(|error| match std::mem::replace(&mut printed, Ok(())) {
		Err(printing) => printing,
		Ok(()) => error.into(),
	})?;
	printed?;
	let seconds = since.elapsed().as_secs_f64();
	if args.json {
		print_json(&Report::new(&attestation, &bundle, seconds))?;
	} else {
		print("\n")?;
		eprintln!(
			"\n{} prompt tokens, {} output tokens, ended by {}, {seconds:.2} s\nmodel  {:?}\noutput {:?}\
			 \ntrace  {:?} over {} chunks",
			attestation.prompt_tokens,
			attestation.output_tokens,
			ended_by(attestation.finish),
			attestation.model_root,
			attestation.output_root,
			attestation.trace_root,
			bundle.digests.len(),
		);
	}
	if let Some(path) = &args.output {
		ResultFile { order, attestation, bundle }.write(path)?;
		eprintln!("written to {}", path.display());
	}
	Ok(Success::Done)
}

/// A finish reason in words.
fn ended_by(finish: FinishReason) -> &'static str {
	match finish {
		FinishReason::EndOfText => "the model",
		FinishReason::Stop => "a stop sequence",
		FinishReason::Length => "the limit",
		FinishReason::Embedded => "its nature",
	}
}
