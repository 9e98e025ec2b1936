// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Makes a model in every format, and measures one engine on it; `peers.py` runs all of them, one
//! after another, and makes a table.

mod candle;
mod ergon;

use std::{path::PathBuf, time::Instant};

use anyhow::{Context, Result};
use candle_core::{quantized::GgmlDType, Tensor};
use clap::{Parser, ValueEnum};
use ergon_engine::{
	commands::{read_bandwidth, ShapeName},
	synthetic::{gguf::Gguf, write_folder},
	Control,
};
use serde::Serialize;

/// Measure the engine and its peers on the same weights.
#[derive(Debug, Parser)]
enum Cli {
	/// Write random weights of a shape as a Hugging Face folder (`hf`), an imported model (`ergon`) and
	/// GGUF files (`q8_0.gguf`, `q4_k.gguf`).
	Make {
		/// The shape.
		#[arg(value_enum)]
		shape: ShapeName,
		/// The folder to write.
		folder: PathBuf,
	},
	/// Measure one engine on what `make` wrote, and print JSON.
	Text {
		/// Which engine.
		#[arg(value_enum)]
		engine: TextEngine,
		/// The folder that `make` wrote.
		folder: PathBuf,
		/// Threads to compute with.
		#[arg(long)]
		threads: usize,
		/// What is measured.
		#[command(flatten)]
		plan: Plan,
	},
	/// Measure how many bytes all threads read in a second, in 10^9.
	Bandwidth {
		/// Threads that read.
		#[arg(long)]
		threads: usize,
	},
	/// Measure one engine on embeddings, and print JSON.
	Embed {
		/// Which engine.
		#[arg(value_enum)]
		engine: EmbedEngine,
		/// The Hugging Face folder of an encoder.
		folder: PathBuf,
		/// Threads to compute with.
		#[arg(long)]
		threads: usize,
		/// Tokens of a text.
		#[arg(long, default_value_t = 128)]
		tokens: usize,
		/// Texts that are read together.
		#[arg(long, default_value_t = 8)]
		together: usize,
	},
}

/// Engines that write text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum TextEngine {
	/// This one.
	Ergon,
	/// candle in 32-bit floating point.
	CandleF32,
	/// candle on the blocks of the GGUF file of 8 bits.
	CandleQ8,
	/// candle on the blocks of the GGUF file of 4 bits.
	CandleQ4,
}

/// Engines that make vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum EmbedEngine {
	/// This one.
	Ergon,
	/// candle's BERT in 32-bit floating point.
	Candle,
}

/// What is measured.
#[derive(Clone, Debug, clap::Args)]
struct Plan {
	/// Lengths of prompts.
	#[arg(long, value_delimiter = ',', default_values_t = [128, 512, 2_048])]
	prefill: Vec<usize>,
	/// How many tokens come before those that are decoded.
	#[arg(long, value_delimiter = ',', default_values_t = [0, 1_024, 4_096])]
	depth: Vec<usize>,
	/// Tokens that are decoded for a figure.
	#[arg(long, default_value_t = 32)]
	steps: usize,
	/// Sequences that are decoded together.
	#[arg(long, default_value_t = 8)]
	together: usize,
}

/// What an engine did.
#[derive(Clone, Debug, Default, Serialize)]
struct Figures {
	load_seconds: f64,
	/// Tokens per second by length of the prompt.
	prefill: Vec<(usize, f64)>,
	/// Tokens per second by tokens before.
	decode: Vec<(usize, f64)>,
	/// Tokens per second of all sequences that were decoded together, or of all texts.
	together: Option<f64>,
	/// What it costs to verify 256 tokens after 128, or a vector, by what it costs to generate that.
	verify_to_generate: Option<f64>,
	/// What share of decoding goes into hashing what the attestation commits to.
	attestation_share: Option<f64>,
	/// Most tokens of a sequence.
	context: Option<usize>,
	/// Bytes of weights that a decoded token reads.
	weight_bytes: Option<u64>,
	peak_bytes: u64,
}

/// Four bits, as llama.cpp chooses them: other blocks for rows that are not whole blocks of 256.
fn four_bits(tensor: &Tensor) -> GgmlDType {
	match tensor.dims().last().is_some_and(|columns| columns.is_multiple_of(256)) {
		true => GgmlDType::Q4K,
		false => GgmlDType::Q5_0,
	}
}

/// Seconds that something took, and what it gave.
fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<(f64, T)> {
	let since = Instant::now();
	let value = work()?;
	Ok((since.elapsed().as_secs_f64(), value))
}

/// A token that is neither special nor always the same.
fn token(index: usize, vocabulary: usize) -> u32 {
	(300 + index * 7_919 % (vocabulary - 300)) as u32
}

/// The most memory that this process had.
fn peak_bytes() -> u64 {
	// SAFETY: all zeros are a valid value, which the call fills.
	let usage = unsafe {
		let mut usage = std::mem::zeroed::<libc::rusage>();
		libc::getrusage(libc::RUSAGE_SELF, &mut usage);
		usage
	};
	usage.ru_maxrss as u64 * 1_024
}

fn main() -> Result<()> {
	match Cli::parse() {
		Cli::Make { shape, folder } => {
			let hf = folder.join("hf");
			write_folder(&hf, &shape.shape(), 0).context("cannot write the model")?;
			ergon_engine::import(&hf, &folder.join("ergon"), &mut |_| ())?;
			std::fs::write(folder.join("q8_0.gguf"), Gguf::of(&hf, |_| GgmlDType::Q8_0)?.bytes()?)?;
			std::fs::write(folder.join("q4_k.gguf"), Gguf::of(&hf, four_bits)?.bytes()?)?;
		}
		Cli::Text { engine, folder, threads, plan } => {
			let mut figures = match engine {
				TextEngine::Ergon => ergon::text(&folder.join("ergon"), threads, &plan)?,
				TextEngine::CandleF32 => candle::float(&folder.join("hf"), &plan)?,
				TextEngine::CandleQ8 => candle::quantised(&folder.join("q8_0.gguf"), &plan)?,
				TextEngine::CandleQ4 => candle::quantised(&folder.join("q4_k.gguf"), &plan)?,
			};
			figures.peak_bytes = peak_bytes();
			println!("{}", serde_json::to_string(&figures)?);
		}
		Cli::Bandwidth { threads } => println!("{}", read_bandwidth(&Control::new(threads)?)),
		Cli::Embed { engine, folder, threads, tokens, together } => {
			let mut figures = match engine {
				EmbedEngine::Ergon => ergon::embed(&folder, threads, tokens, together)?,
				EmbedEngine::Candle => candle::embed(&folder, tokens, together)?,
			};
			figures.peak_bytes = peak_bytes();
			println!("{}", serde_json::to_string(&figures)?);
		}
	}
	Ok(())
}
