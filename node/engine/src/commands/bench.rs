// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! `ergon-engine bench`.

use std::{
	hint::black_box,
	io,
	path::PathBuf,
	sync::Arc,
	time::{Duration, Instant},
};

use clap::{ArgGroup, Args, ValueEnum};
use ergon_core::{
	engine::JobOrder,
	job::{MAX_CANDIDATES, MAX_OUTPUT_TOKENS, MAX_PROMPT_BYTES, MAX_TEMPERATURE, THOUSAND},
	Attestation, Bundle, GenerationParams, JobKind, ModelId, Vote, H256,
};
use futures::future::join_all;

use super::{print, print_json, CommandError, ComputeArgs, Success};
use crate::{
	executor::{Executor, Priority},
	generate::{execute, execute_on},
	import,
	synthetic::{self, Shape},
	verify, Control, Model,
};

/// Words that the benchmark's prompt repeats.
const WORDS: &str = "The quick brown fox jumps over the lazy dog and asks who pays for it. ";
/// Seeds among which one is sought that makes the model talk for long enough.
const SEEDS: u64 = 16;
/// Bytes that the bandwidth of the memory is measured on: beyond every cache.
const BANDWIDTH_BYTES: usize = 512 << 20;
/// Passes over them, of which the fastest counts.
const BANDWIDTH_PASSES: usize = 5;

/// Shapes that can be measured without a model at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ShapeName {
	/// Runs in microseconds: to try the command.
	Tiny,
	/// SmolLM2 with 135 million parameters.
	#[value(name = "smollm2-135m")]
	Smollm2,
	/// Qwen2.5 with 0.5 billion parameters; needs 2 GB of disk for a while.
	#[value(name = "qwen2.5-0.5b")]
	Qwen25,
	/// Qwen3 with 0.6 billion parameters; needs 2 GB of disk for a while.
	#[value(name = "qwen3-0.6b")]
	Qwen3,
	/// TinyLlama with 1.1 billion parameters; needs 4 GB of disk for a while.
	#[value(name = "tinyllama-1.1b")]
	Tinyllama,
}

impl ShapeName {
	/// The sizes.
	pub fn shape(self) -> Shape {
		match self {
			Self::Tiny => Shape::TINY,
			Self::Smollm2 => Shape::SMOLLM2_135M,
			Self::Qwen25 => Shape::QWEN25_05B,
			Self::Qwen3 => Shape::QWEN3_06B,
			Self::Tinyllama => Shape::TINYLLAMA_1B,
		}
	}
}

/// Measure how fast a model runs here.
///
/// Prints tokens per second of prefill and decode, what it costs to verify against what it costs to
/// generate, and how much of the memory's bandwidth decoding uses. Medians; quiet machines give
/// better figures.
#[derive(Clone, Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).args(["model", "shape"]))]
pub struct BenchArgs {
	/// The folder that `ergon-engine import` wrote.
	#[arg(long, value_name = "FOLDER")]
	model: Option<PathBuf>,

	/// Instead of a model, random weights of this shape: speed does not depend on what they say.
	#[arg(long, value_enum)]
	shape: Option<ShapeName>,

	/// What to compute with.
	#[command(flatten)]
	with: ComputeArgs,

	/// Tokens of the prompt, about.
	#[arg(
		long,
		value_name = "COUNT",
		default_value_t = 128,
		value_parser = clap::value_parser!(u32).range(8..)
	)]
	prompt_tokens: u32,

	/// Tokens of the answer at most.
	#[arg(
		long,
		value_name = "COUNT",
		default_value_t = 256,
		value_parser = clap::value_parser!(u16).range(2..=MAX_OUTPUT_TOKENS as i64)
	)]
	output_tokens: u16,

	/// Orders that are run together for one of the figures.
	#[arg(
		long,
		value_name = "COUNT",
		default_value_t = 8,
		value_parser = clap::value_parser!(u32).range(1..=128)
	)]
	together: u32,

	/// How often each figure is measured.
	#[arg(
		long,
		value_name = "COUNT",
		default_value_t = 5,
		value_parser = clap::value_parser!(u32).range(1..)
	)]
	repeat: u32,

	/// Print JSON.
	#[arg(long)]
	json: bool,
}

/// What was measured.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
	model: ModelId,
	threads: usize,
	/// Bytes of weights that a decoded token needs.
	weight_bytes: u64,
	prompt_tokens: u32,
	output_tokens: u32,
	prefill_seconds: f64,
	prefill_tokens_per_second: f64,
	prefill_gigamacs_per_second: f64,
	decode_seconds: f64,
	decode_tokens_per_second: f64,
	decode_gigabytes_per_second: f64,
	together: u32,
	/// Of all orders that were decoded together.
	together_tokens_per_second: f64,
	generate_seconds: f64,
	verify_seconds: f64,
	verify_to_generate: f64,
	memory_gigabytes_per_second: f64,
}

pub(super) fn run(args: &BenchArgs) -> Result<Success, CommandError> {
	let model = open(args)?;
	let control = args.with.control()?;
	let report = Bench::new(args, &model, &control)?.measure()?;
	match args.json {
		true => print_json(&report)?,
		false => print(&table(&report))?,
	}
	Ok(Success::Done)
}

/// The model that is to be measured.
fn open(args: &BenchArgs) -> Result<Arc<Model>, CommandError> {
	if let Some(folder) = &args.model {
		return Ok(Arc::new(Model::open(folder)?));
	}
	let shape = args.shape.unwrap_or(ShapeName::Tiny).shape();
	let failed = |error: io::Error| {
		CommandError::Other(format!(
			"cannot make a model in the folder for temporary files: {error}; name another with \
			 TMPDIR"
		))
	};
	let folder = tempfile::Builder::new().prefix("ergon-bench-").tempdir().map_err(failed)?;
	let (source, target) = (folder.path().join("source"), folder.path().join("model"));
	synthetic::write_folder(&source, &shape, 0).map_err(failed)?;
	import(&source, &target, &mut |_| {})?;
	// The map of the files outlives the files.
	Ok(Arc::new(Model::open(&target)?))
}

/// One benchmark.
struct Bench<'a> {
	args: &'a BenchArgs,
	model: &'a Arc<Model>,
	control: &'a Control,
	prompt: Vec<u8>,
}

impl<'a> Bench<'a> {
	/// Finds a prompt of the length that was asked for.
	fn new(
		args: &'a BenchArgs,
		model: &'a Arc<Model>,
		control: &'a Control,
	) -> Result<Self, CommandError> {
		let context = model.manifest().dimensions.context;
		let asked = args.prompt_tokens.saturating_add(args.output_tokens.into());
		if asked > context {
			return Err(CommandError::Other(format!(
				"{asked} tokens of prompt and answer do not fit into the model's context of \
				 {context}: lower --prompt-tokens or --output-tokens"
			)));
		}
		let text: String = WORDS.chars().cycle().take(MAX_PROMPT_BYTES as usize).collect();
		let tokens_of = |bytes: &usize| {
			model.tokenizer().encode_chat(text.get(..*bytes).unwrap_or(&text)).map(|it| it.len())
		};
		// Tokens only grow with the text, give or take one.
		let lengths: Vec<usize> = (1..=text.len()).collect();
		let wanted = args.prompt_tokens as usize;
		let enough =
			lengths.partition_point(|length| tokens_of(length).is_ok_and(|it| it < wanted));
		let prompt = text.as_bytes().iter().take(enough + 1).copied().collect();
		Ok(Self { args, model, control, prompt })
	}

	fn order(&self, max_tokens: u16, seed: u64) -> JobOrder {
		JobOrder {
			job_id: H256::zero(),
			model: self.model.id(),
			// As hot as can be: a greedy model soon comes to an end.
			kind: JobKind::Generate(GenerationParams {
				max_tokens,
				temperature: MAX_TEMPERATURE,
				top_p: THOUSAND,
				top_k: MAX_CANDIDATES as u8,
				stop: Default::default(),
			}),
			prompt: self.prompt.clone(),
			seed: H256::from_low_u64_be(seed).0,
		}
	}

	fn generate(
		&self,
		max_tokens: u16,
		seed: u64,
	) -> Result<(Attestation, Bundle, Duration), CommandError> {
		let order = self.order(max_tokens, seed);
		let since = Instant::now();
		let (attestation, bundle) = execute(self.model, &order, self.control, &mut |_: &str| {})?;
		Ok((attestation, bundle, since.elapsed()))
	}

	fn measure(&self) -> Result<Report, CommandError> {
		let most = self.args.output_tokens;
		let (mut seed, mut longest) = (0, 0);
		for candidate in 0..SEEDS {
			let tokens = self.generate(most, candidate)?.0.output_tokens;
			if tokens > longest {
				(seed, longest) = (candidate, tokens);
			}
			if longest == u32::from(most) {
				break;
			}
		}
		if longest < 2 {
			return Err(CommandError::Other(
				"the model ends every answer at once, so there is no decoding to measure: choose \
				 another model"
					.into(),
			));
		}
		let (mut firsts, mut wholes, mut checks) = (Vec::new(), Vec::new(), Vec::new());
		let mut shared = Vec::new();
		let (attestation, bundle, _) = self.generate(most, seed)?;
		let order = self.order(most, seed);
		for _ in 0..self.args.repeat {
			firsts.push(self.generate(1, seed)?.2);
			wholes.push(self.generate(most, seed)?.2);
			let since = Instant::now();
			let challenges = [H256::zero()];
			let (vote, _) =
				verify(self.model, &order, &attestation, &bundle, &challenges, self.control)?;
			checks.push(since.elapsed());
			let first = self.generate_together(1, seed)?;
			shared.push(self.generate_together(most, seed)?.saturating_sub(first));
			if vote != Vote::Match {
				return Err(CommandError::Other(format!(
					"the engine does not agree with itself ({vote:?}): please report the model"
				)));
			}
		}
		let seconds = Seconds {
			first: median(firsts),
			whole: median(wholes),
			check: median(checks),
			shared: median(shared),
		};
		self.report(&attestation, &seconds)
	}

	/// Runs the same order several times at once.
	fn generate_together(&self, max_tokens: u16, seed: u64) -> Result<Duration, CommandError> {
		let order = self.order(max_tokens, seed);
		let executor = Executor::new(self.control);
		let since = Instant::now();
		let ignore = |_: &str| {};
		let mut ears = vec![ignore; self.args.together as usize];
		let orders = ears
			.iter_mut()
			.map(|ear| execute_on(&executor, self.model, &order, Priority::Job, self.control, ear));
		for answer in executor.complete(join_all(orders)) {
			answer?;
		}
		Ok(since.elapsed())
	}

	/// The first token comes with the prefill; the others are decoded.
	fn report(&self, attestation: &Attestation, seconds: &Seconds) -> Result<Report, CommandError> {
		let Seconds { first, whole, check, shared } = *seconds;
		let manifest = self.model.manifest();
		let prompt = f64::from(attestation.prompt_tokens);
		let decoded = f64::from(attestation.output_tokens.saturating_sub(1));
		let decode = (whole - first).max(f64::EPSILON);
		let macs = manifest.work(attestation.prompt_tokens, 1) as f64;
		// Each weight is one byte and is multiplied once for a token.
		let weight_bytes = manifest.work_per_output_token;
		Ok(Report {
			model: self.model.id(),
			threads: self.control.threads(),
			weight_bytes,
			prompt_tokens: attestation.prompt_tokens,
			output_tokens: attestation.output_tokens,
			prefill_seconds: first,
			prefill_tokens_per_second: prompt / first,
			prefill_gigamacs_per_second: macs / first / 1e9,
			decode_seconds: decode,
			decode_tokens_per_second: decoded / decode,
			decode_gigabytes_per_second: weight_bytes as f64 * decoded / decode / 1e9,
			together: self.args.together,
			together_tokens_per_second: f64::from(self.args.together) * decoded
				/ shared.max(f64::EPSILON),
			generate_seconds: whole,
			verify_seconds: check,
			verify_to_generate: check / whole,
			memory_gigabytes_per_second: bandwidth(self.control)?,
		})
	}
}

/// Medians.
struct Seconds {
	/// Until the first token.
	first: f64,
	/// Until the last.
	whole: f64,
	/// Of verifying.
	check: f64,
	/// From the first tokens to the last, of several orders together.
	shared: f64,
}

/// The median, in seconds.
fn median(mut times: Vec<Duration>) -> f64 {
	times.sort_unstable();
	times.get(times.len() / 2).map_or(0.0, Duration::as_secs_f64)
}

/// How fast weights can be read by what computes with them, in 10^9 bytes per second.
fn bandwidth(control: &Control) -> Result<f64, CommandError> {
	#[cfg(device)]
	if let Some(device) = control.device() {
		return Ok(device.read_bandwidth().map_err(crate::ExecutionError::from)?);
	}
	Ok(read_bandwidth(control))
}

/// How fast all threads together read memory, in 10^9 bytes per second.
pub fn read_bandwidth(control: &Control) -> f64 {
	let words = vec![1u64; BANDWIDTH_BYTES / 8];
	let chunk = words.len().div_ceil(control.threads().max(1));
	let best = (0..BANDWIDTH_PASSES)
		.map(|_| {
			let since = Instant::now();
			control.team().for_each(black_box(&words).chunks(chunk), |words| {
				black_box(read(words));
			});
			since.elapsed()
		})
		.min();
	best.map_or(0.0, |best| BANDWIDTH_BYTES as f64 / best.as_secs_f64() / 1e9)
}

/// Reads words from four places at a time, which keeps more of the memory busy than one.
fn read(words: &[u64]) -> u64 {
	let (lines, _) = words.as_chunks::<8>();
	let quarter = lines.len() / 4;
	let [a, b, c, d] = [0, 1, 2, 3].map(|part| &lines[part * quarter..][..quarter]);
	let mut sums = [0u64; 8];
	for (((a, b), c), d) in a.iter().zip(b).zip(c).zip(d) {
		for (index, sum) in sums.iter_mut().enumerate() {
			*sum = sum.wrapping_add(a[index] ^ b[index] ^ c[index] ^ d[index]);
		}
	}
	sums.iter().fold(0, |sum, word| sum.wrapping_add(*word))
}

/// The figures for people.
fn table(report: &Report) -> String {
	let share = 100.0 * report.decode_gigabytes_per_second / report.memory_gigabytes_per_second;
	format!(
		"model      {:?}, {:.1} MB of weights for a token, {} threads\n\
		 prefill    {:5} tokens  {:9.3} s  {:9.1} tokens/s  {:7.2} GMAC/s\n\
		 decode     {:5} tokens  {:9.3} s  {:9.1} tokens/s  {:7.2} GB/s of weights\n\
		 together   {:5} orders                {:9.1} tokens/s  {:7.2} times as many as alone\n\
		 generate   {:5} tokens  {:9.3} s\n\
		 verify     {:5} tokens  {:9.3} s  {:9.3} of generating\n\
		 memory     {:.1} GB/s read by all threads; decoding uses {share:.0} % of it\n",
		report.model,
		report.weight_bytes as f64 / 1e6,
		report.threads,
		report.prompt_tokens,
		report.prefill_seconds,
		report.prefill_tokens_per_second,
		report.prefill_gigamacs_per_second,
		report.output_tokens.saturating_sub(1),
		report.decode_seconds,
		report.decode_tokens_per_second,
		report.decode_gigabytes_per_second,
		report.together,
		report.together_tokens_per_second,
		report.together_tokens_per_second / report.decode_tokens_per_second,
		report.prompt_tokens + report.output_tokens,
		report.generate_seconds,
		report.prompt_tokens + report.output_tokens,
		report.verify_seconds,
		report.verify_to_generate,
		report.memory_gigabytes_per_second,
	)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_median_is_the_one_in_the_middle() {
		assert_eq!(median([5, 1, 3].map(Duration::from_secs).into()), 3.0);
		assert_eq!(median(Vec::new()), 0.0);
	}
}
