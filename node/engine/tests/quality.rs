// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How far the exact executor is from floating point on the same weights.
//!
//! The other side is a plain llama in `f32` on candle's tensors, from the same Hugging Face folder.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::{cell::RefCell, collections::HashMap, path::Path, rc::Rc, sync::Arc};

use candle_core::{safetensors, DType, Device, Result, Tensor, D};
use common::{order, run, two_threads, Choices, Imported};
use ergon_core::{Architecture, GenerationParams, JobKind, Output as JobOutput};
use ergon_engine::{
	executor::{Executor, Observer, Output, Priority, Session, Want},
	synthetic::Shape,
	Model,
};
use serde_json::Value;

/// One row for each position.
type Rows = Vec<Vec<f32>>;

/// A llama in floating point.
struct Float {
	tensors: HashMap<String, Tensor>,
	config: Value,
}

impl Float {
	fn open(folder: &Path) -> Self {
		let config = std::fs::read(folder.join("config.json")).unwrap();
		let tensors = safetensors::load(folder.join("model.safetensors"), &Device::Cpu).unwrap();
		Self { tensors, config: serde_json::from_slice(&config).unwrap() }
	}

	fn size(&self, name: &str) -> usize {
		self.config[name].as_u64().unwrap() as usize
	}

	fn tensor(&self, name: &str) -> Result<Tensor> {
		self.tensors[name].to_dtype(DType::F32)
	}

	fn linear(&self, x: &Tensor, name: &str) -> Result<Tensor> {
		x.matmul(&self.tensor(name)?.t()?)
	}

	fn norm(&self, x: &Tensor, name: &str) -> Result<Tensor> {
		let mean = x.sqr()?.mean_keepdim(D::Minus1)?;
		let root = (mean + self.config["rms_norm_eps"].as_f64().unwrap())?.sqrt()?;
		x.broadcast_div(&root)?.broadcast_mul(&self.tensor(name)?)
	}

	/// Rotates heads of shape (heads, positions, width).
	fn rotate(&self, x: &Tensor) -> Result<Tensor> {
		let (_, positions, width) = x.dims3()?;
		let theta = self.config["rope_theta"].as_f64().unwrap_or(10_000.0);
		let angles: Vec<f32> = (0..positions)
			.flat_map(|position| {
				(0..width / 2).map(move |pair| {
					(position as f64 * theta.powf(-2.0 * pair as f64 / width as f64)) as f32
				})
			})
			.collect();
		let angles = Tensor::from_vec(angles, (positions, width / 2), &Device::Cpu)?;
		let (cosine, sine) = (angles.cos()?, angles.sin()?);
		let first = x.narrow(D::Minus1, 0, width / 2)?;
		let second = x.narrow(D::Minus1, width / 2, width / 2)?;
		let real = (first.broadcast_mul(&cosine)? - second.broadcast_mul(&sine)?)?;
		let imaginary = (second.broadcast_mul(&cosine)? + first.broadcast_mul(&sine)?)?;
		Tensor::cat(&[real, imaginary], D::Minus1)
	}

	/// Final hidden rows and logits of every position.
	fn run(&self, tokens: &[u32]) -> Result<(Rows, Rows)> {
		let (count, heads) = (tokens.len(), self.size("num_attention_heads"));
		let key_heads = self.size("num_key_value_heads");
		let table = self.tensor("model.embed_tokens.weight")?;
		let mut x = table.index_select(&Tensor::new(tokens, &Device::Cpu)?, 0)?;
		let mask: Vec<f32> = (0..count * count)
			.map(|cell| if cell % count > cell / count { f32::NEG_INFINITY } else { 0.0 })
			.collect();
		let mask = Tensor::from_vec(mask, (count, count), &Device::Cpu)?;
		for layer in 0..self.size("num_hidden_layers") {
			let name = |part: &str| format!("model.layers.{layer}.{part}.weight");
			let normed = self.norm(&x, &name("input_layernorm"))?;
			let project = |part: &str, norm: &str, heads: usize| {
				let mut out = self.linear(&normed, &name(&format!("self_attn.{part}")))?;
				let bias = format!("model.layers.{layer}.self_attn.{part}.bias");
				if self.tensors.contains_key(&bias) {
					out = out.broadcast_add(&self.tensor(&bias)?)?;
				}
				out = out.reshape((count, heads, ()))?;
				let norm = name(&format!("self_attn.{norm}"));
				if self.tensors.contains_key(&norm) {
					out = self.norm(&out, &norm)?;
				}
				out.transpose(0, 1)?.contiguous()
			};
			let query = self.rotate(&project("q_proj", "q_norm", heads)?)?;
			let key = self.rotate(&project("k_proj", "k_norm", key_heads)?)?;
			let value = project("v_proj", "", key_heads)?;
			let repeat = |x: &Tensor| -> Result<Tensor> {
				let (_, positions, width) = x.dims3()?;
				let groups = (key_heads, heads / key_heads, positions, width);
				x.unsqueeze(1)?.broadcast_as(groups)?.reshape((heads, positions, width))
			};
			let (key, value) = (repeat(&key)?, repeat(&value)?);
			let width = query.dim(D::Minus1)? as f64;
			let scores = (query.matmul(&key.transpose(1, 2)?.contiguous()?)? / width.sqrt())?;
			let scores = scores.broadcast_add(&mask)?;
			let scores = scores.broadcast_sub(&scores.max_keepdim(D::Minus1)?)?.exp()?;
			let weights = scores.broadcast_div(&scores.sum_keepdim(D::Minus1)?)?;
			let mixed = weights.matmul(&value)?.transpose(0, 1)?.reshape((count, ()))?;
			x = (x + self.linear(&mixed, &name("self_attn.o_proj"))?)?;

			let normed = self.norm(&x, &name("post_attention_layernorm"))?;
			let gate = self.linear(&normed, &name("mlp.gate_proj"))?.silu()?;
			let up = self.linear(&normed, &name("mlp.up_proj"))?;
			x = (x + self.linear(&(gate * up)?, &name("mlp.down_proj"))?)?;
		}
		let hidden = self.norm(&x, "model.norm.weight")?;
		let tied = self.config["tie_word_embeddings"].as_bool().unwrap_or(false);
		let head = if tied { "model.embed_tokens.weight" } else { "lm_head.weight" };
		let logits = self.linear(&hidden, head)?;
		Ok((hidden.to_vec2()?, logits.to_vec2()?))
	}
}

/// Hidden rows and all logits of the exact executor, as reals.
#[derive(Default)]
struct Exact {
	hidden: Vec<Vec<f32>>,
	rows: Vec<(Vec<i16>, i16)>,
}

impl Observer for Exact {
	fn output(&mut self, output: Output<'_>) {
		let step = f32::from(output.exponent).exp2();
		self.hidden.push(output.hidden.iter().map(|x| f32::from(*x) * step).collect());
		self.rows.push((output.hidden.to_vec(), output.exponent));
	}
}

impl Exact {
	fn run(model: &Arc<Model>, tokens: &[u32]) -> Self {
		let executor = Executor::new(two_threads());
		executor.complete(async {
			let capacity = tokens.len() as u32;
			let mut session =
				Session::new(&executor, model, capacity, Priority::Job, two_threads());
			let exact = Rc::new(RefCell::new(Self::default()));
			let want = Want { from: 0, candidates: false };
			session.feed(tokens, want, &exact).await.unwrap();
			exact.take()
		})
	}

	fn logits(&self, model: &Model, position: usize) -> Vec<f32> {
		let (row, exponent) = &self.rows[position];
		let head = model.head();
		(0..head.rows())
			.map(|index| {
				let (weights, scale) = head.row(index);
				ergon_exact::linear::linear(weights, scale, row, *exponent) as f32 / 65_536.0
			})
			.collect()
	}
}

fn cosine(left: &[f32], right: &[f32]) -> f64 {
	let dot = |a: &[f32], b: &[f32]| -> f64 {
		a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
	};
	dot(left, right) / (dot(left, left) * dot(right, right)).sqrt()
}

fn best(logits: &[f32]) -> usize {
	let order = |a: &usize, b: &usize| logits[*a].total_cmp(&logits[*b]);
	(0..logits.len()).max_by(order).unwrap()
}

/// Minus the logarithm of the probability of `token`.
fn surprise(logits: &[f32], token: u32) -> f64 {
	let largest = logits.iter().copied().fold(f32::MIN, f32::max);
	let total: f64 = logits.iter().map(|logit| f64::from(logit - largest).exp()).sum();
	total.ln() - f64::from(logits[token as usize] - largest)
}

/// What two executors say about the same texts.
#[derive(Default, Debug)]
struct Comparison {
	positions: usize,
	agreements: usize,
	float_surprise: f64,
	exact_surprise: f64,
	/// Sum over positions of the Kullback-Leibler divergence of the exact distribution from the float
	/// one, in nats.
	divergence: f64,
	worst_logits: f64,
	worst_embedding: f64,
}

impl Comparison {
	fn of(float: &Float, model: &Arc<Model>, texts: &[Vec<u32>]) -> Self {
		let mut all = Self { worst_logits: 1.0, worst_embedding: 1.0, ..Self::default() };
		for tokens in texts {
			let (hidden, logits) = float.run(tokens).unwrap();
			let exact = Exact::run(model, tokens);
			for (position, logits) in logits.iter().enumerate() {
				let found = exact.logits(model, position);
				all.worst_logits = all.worst_logits.min(cosine(&found, logits));
				if let Some(&next) = tokens.get(position + 1) {
					all.positions += 1;
					all.agreements += usize::from(best(&found) == best(logits));
					all.float_surprise += surprise(logits, next);
					all.exact_surprise += surprise(&found, next);
					all.divergence += divergence(logits, &found);
				}
			}
			let pooled = |rows: &[Vec<f32>]| -> Vec<f32> {
				(0..rows[0].len()).map(|index| rows.iter().map(|row| row[index]).sum()).collect()
			};
			let same = cosine(&pooled(&hidden), &pooled(&exact.hidden));
			all.worst_embedding = all.worst_embedding.min(same);
		}
		all
	}

	fn agreement(&self) -> f64 {
		self.agreements as f64 / self.positions as f64
	}

	fn mean_divergence(&self) -> f64 {
		self.divergence / self.positions as f64
	}

	fn perplexities(&self) -> (f64, f64) {
		let perplexity = |surprise: f64| (surprise / self.positions as f64).exp();
		(perplexity(self.float_surprise), perplexity(self.exact_surprise))
	}
}

/// Logarithms of the probabilities of all tokens.
fn log_softmax(logits: &[f32]) -> Vec<f64> {
	let most = logits.iter().copied().fold(f32::MIN, f32::max);
	let distances = || logits.iter().map(|logit| f64::from(logit - most));
	let total = distances().map(f64::exp).sum::<f64>().ln();
	distances().map(|distance| distance - total).collect()
}

/// How much is lost by taking the second distribution for the first.
fn divergence(first: &[f32], second: &[f32]) -> f64 {
	let (first, second) = (log_softmax(first), log_softmax(second));
	first.iter().zip(&second).map(|(one, other)| one.exp() * (one - other)).sum()
}

/// Replaces the weights of `float` by those that the exact model has, as reals.
fn with_exact_weights(mut float: Float, model: &Model) -> Float {
	let mut names = vec!["model.embed_tokens.weight".to_owned()];
	for layer in 0..model.manifest().dimensions.layers {
		for part in ["q_proj", "k_proj", "v_proj", "o_proj"] {
			names.push(format!("model.layers.{layer}.self_attn.{part}.weight"));
		}
		for part in ["gate_proj", "up_proj", "down_proj"] {
			names.push(format!("model.layers.{layer}.mlp.{part}.weight"));
		}
	}
	if !model.constants().tied {
		names.push("lm_head.weight".into());
	}
	for (index, name) in names.into_iter().enumerate() {
		let matrix = model.matrix(index);
		let reals: Vec<f32> = (0..matrix.rows())
			.flat_map(|row| {
				let (weights, scale) = matrix.row(row);
				let step = f32::from(scale.mantissa) * f32::from(scale.exponent).exp2();
				weights.iter().map(move |weight| f32::from(*weight) * step)
			})
			.collect();
		let shape = (matrix.rows(), matrix.columns);
		float.tensors.insert(name, Tensor::from_vec(reals, shape, &Device::Cpu).unwrap());
	}
	float
}

#[test]
fn arithmetic_alone_loses_next_to_nothing() {
	let mut shape = Shape::TINY;
	let dimensions = &mut shape.dimensions;
	(dimensions.hidden, dimensions.intermediate, dimensions.head_width) = (256, 512, 64);
	for (architecture, tied) in [
		(Architecture::Llama, false),
		(Architecture::Llama, true),
		(Architecture::Qwen2, true),
		(Architecture::Qwen3, true),
	] {
		let imported = Imported::new(&Shape { architecture, tied, ..shape }, 5);
		let mut choices = Choices::new(3);
		let tokens: Vec<u32> = (0..200).map(|_| choices.below(320) as u32).collect();
		let texts = [tokens];
		let float = Float::open(&imported.source());
		let weights = Comparison::of(&float, &imported.model, &texts);
		println!("against the weights as they came: {weights:?}");
		// Logits of random weights are as sensitive as logits get: no margin is learnt.
		assert!(weights.worst_logits > 0.995 && weights.worst_embedding > 0.999, "{weights:?}");

		let float = with_exact_weights(float, &imported.model);
		let arithmetic = Comparison::of(&float, &imported.model, &texts);
		println!("against the same 8-bit weights: {arithmetic:?}");
		assert!(arithmetic.worst_logits > 0.999_999, "{arithmetic:?}");
		assert!(arithmetic.worst_embedding > 0.999_999, "{arithmetic:?}");
		assert!(arithmetic.agreement() > 0.99, "{arithmetic:?}");
	}
}

/// An encoder in floating point: the final rows of a text.
fn encode(float: &Float, tokens: &[u32]) -> Result<Rows> {
	let (count, heads) = (tokens.len(), float.size("num_attention_heads"));
	let epsilon = float.config["layer_norm_eps"].as_f64().unwrap_or(1e-12);
	let norm = |x: &Tensor, name: &str| -> Result<Tensor> {
		let centred = x.broadcast_sub(&x.mean_keepdim(D::Minus1)?)?;
		let deviation = (centred.sqr()?.mean_keepdim(D::Minus1)? + epsilon)?.sqrt()?;
		let scaled = centred.broadcast_div(&deviation)?;
		let weighted = scaled.broadcast_mul(&float.tensor(&format!("{name}.weight"))?)?;
		weighted.broadcast_add(&float.tensor(&format!("{name}.bias"))?)
	};
	let linear = |x: &Tensor, name: &str| -> Result<Tensor> {
		let out = float.linear(x, &format!("{name}.weight"))?;
		out.broadcast_add(&float.tensor(&format!("{name}.bias"))?)
	};
	let table = |name: &str| float.tensor(&format!("embeddings.{name}_embeddings.weight"));
	let words = table("word")?.index_select(&Tensor::new(tokens, &Device::Cpu)?, 0)?;
	let sum = (words + table("position")?.narrow(0, 0, count)?)?;
	let sum = sum.broadcast_add(&table("token_type")?.narrow(0, 0, 1)?)?;
	let mut x = norm(&sum, "embeddings.LayerNorm")?;
	for layer in 0..float.size("num_hidden_layers") {
		let name = |part: &str| format!("encoder.layer.{layer}.{part}");
		let split = |part: &str| -> Result<Tensor> {
			let out = linear(&x, &name(&format!("attention.self.{part}")))?;
			out.reshape((count, heads, ()))?.transpose(0, 1)?.contiguous()
		};
		let (query, key, value) = (split("query")?, split("key")?, split("value")?);
		let width = query.dim(D::Minus1)? as f64;
		let scores = (query.matmul(&key.transpose(1, 2)?.contiguous()?)? / width.sqrt())?;
		let scores = scores.broadcast_sub(&scores.max_keepdim(D::Minus1)?)?.exp()?;
		let weights = scores.broadcast_div(&scores.sum_keepdim(D::Minus1)?)?;
		let mixed = weights.matmul(&value)?.transpose(0, 1)?.reshape((count, ()))?;
		let attended = linear(&mixed, &name("attention.output.dense"))?;
		x = norm(&(x + attended)?, &name("attention.output.LayerNorm"))?;
		let inner = linear(&x, &name("intermediate.dense"))?.gelu_erf()?;
		let outer = linear(&inner, &name("output.dense"))?;
		x = norm(&(x + outer)?, &name("output.LayerNorm"))?;
	}
	x.to_vec2()
}

#[test]
fn an_encoder_is_close_to_floating_point() {
	let mut dimensions = Shape::TINY.dimensions;
	(dimensions.hidden, dimensions.intermediate, dimensions.head_width) = (384, 768, 32);
	(dimensions.heads, dimensions.key_value_heads) = (12, 12);
	let shape = Shape { architecture: Architecture::Bert, dimensions, tied: false };
	let imported = Imported::new(&shape, 8);
	let float = Float::open(&imported.source());
	let mut choices = Choices::new(9);
	for length in [1, 20, 200] {
		let tokens: Vec<u32> = (0..length).map(|_| choices.below(320) as u32).collect();
		let exact = Exact::run(&imported.model, &tokens).hidden;
		let rows = encode(&float, &tokens).unwrap();
		let worst = exact.iter().zip(&rows).map(|(a, b)| cosine(a, b)).fold(1.0, f64::min);
		println!("{length} tokens: {worst}");
		assert!(worst > 0.999, "{worst}");
	}
}

/// The gates of the contract, on the model that ships.
#[test]
fn the_demo_model_passes_the_gates() {
	let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/demo/hf");
	if !source.join("model.safetensors").is_file() {
		println!("skipped: {} is not there", source.display());
		return;
	}
	let folder = tempfile::tempdir().unwrap();
	let target = folder.path().join("model");
	ergon_engine::import(&source, &target, &mut |_| ()).unwrap();
	let model = Arc::new(Model::open(&target).unwrap());
	let float = Float::open(&source);
	// Conversations as the model sees them: prompt and its own answer.
	let questions = [
		"What is Ergon?",
		"How is a provider paid?",
		"What happens to a provider that cheats?",
		"Who secures the chain?",
		"Tell me a story about a fox.",
		"What does an auditor do?",
		"How many tokens does a job cost?",
		"What is a work unit?",
	];
	let texts: Vec<Vec<u32>> = questions
		.iter()
		.map(|question| {
			let params = GenerationParams { temperature: 800, ..GenerationParams::greedy(100) };
			let order = order(&model, JobKind::Generate(params), question);
			let (_, bundle, text) = run(&model, &order, two_threads());
			println!("{question} -> {text}");
			let JobOutput::Text { tokens, .. } = bundle.output else { panic!("no text") };
			[model.tokenizer().encode_chat(question).unwrap(), tokens.to_vec()].concat()
		})
		.collect();
	let comparison = Comparison::of(&float, &model, &texts);
	let (float, exact) = comparison.perplexities();
	println!(
		"{comparison:?}: top-1 agreement {}, perplexity {exact} against {float}",
		comparison.agreement()
	);
	println!("divergence {} nats per token", comparison.mean_divergence());
	assert!((0.0..0.001).contains(&comparison.mean_divergence()), "{comparison:?}");
	assert!(comparison.agreement() >= 0.98, "{comparison:?}");
	assert!(exact <= float * 1.01, "{comparison:?}");
	assert!(comparison.worst_embedding >= 0.999, "{comparison:?}");
}

/// Sentences in groups that mean much the same.
const SENTENCES: [&str; 23] = [
	"A man is playing a guitar.",
	"Somebody makes music on a guitar.",
	"The orchestra tuned its instruments before the concert.",
	"The cat sleeps on the sofa.",
	"A kitten is taking a nap on the couch.",
	"Dogs need to be walked every day.",
	"How do I reset my password?",
	"I forgot the password of my account, what can I do?",
	"Where can I change my e-mail address?",
	"The stock market fell sharply on Monday.",
	"Shares lost much of their value at the beginning of the week.",
	"Interest rates were left unchanged by the central bank.",
	"Water boils at one hundred degrees Celsius.",
	"At sea level, water starts to boil at 100 °C.",
	"Ice floats because it is less dense than water.",
	"A validator that signs two different blocks for one slot is slashed.",
	"Equivocation costs a validator a part of its stake.",
	"Transactions are ordered by whoever authors the block.",
	"She won the marathon in less than three hours.",
	"The runner finished 42 kilometres in two hours and fifty minutes.",
	"The match was cancelled because of heavy rain.",
	"Bitte senden Sie mir die Rechnung.",
	"Please send me the invoice.",
];
/// As little text as there can be: nothing averages out what rounding to eight bits does to it.
const LETTER: &str = "x";

/// Positions of the others, from the most similar on.
fn ranking(vectors: &[Vec<f32>], of: usize) -> Vec<usize> {
	let mut others: Vec<usize> = (0..vectors.len()).filter(|other| *other != of).collect();
	let similarity = |other: &usize| cosine(&vectors[of], &vectors[*other]);
	others.sort_by(|one, other| similarity(other).total_cmp(&similarity(one)));
	others
}

/// The gates of the contract, on a genuine model for embeddings; `.ci/minilm` fetches it.
#[test]
fn minilm_passes_the_gates() {
	let Some(source) = std::env::var_os("ERGON_MINILM").filter(|path| !path.is_empty()) else {
		println!("skipped: ERGON_MINILM does not name the folder of MiniLM");
		return;
	};
	let (source, folder) = (Path::new(&source), tempfile::tempdir().unwrap());
	let target = folder.path().join("model");
	ergon_engine::import(source, &target, &mut |_| ()).unwrap();
	let model = Arc::new(Model::open(&target).unwrap());
	let float = Float::open(source);
	let (mut exact, mut real) = (Vec::new(), Vec::new());
	for sentence in SENTENCES.into_iter().chain([LETTER]) {
		let (_, bundle, _) = run(&model, &order(&model, JobKind::Embed, sentence), two_threads());
		let JobOutput::Vector(vector) = bundle.output else { panic!("no vector") };
		exact.push(vector.iter().map(|element| f32::from(*element)).collect::<Vec<f32>>());
		let tokens = model.tokenizer().encode_plain(sentence).unwrap();
		let rows = encode(&float, &tokens).unwrap();
		let width = rows[0].len();
		real.push(
			(0..width).map(|index| rows.iter().map(|row| row[index]).sum()).collect::<Vec<f32>>(),
		);
	}
	let letter = cosine(&exact.pop().unwrap(), &real.pop().unwrap());
	let cosines: Vec<f64> = exact.iter().zip(&real).map(|(a, b)| cosine(a, b)).collect();
	let worst = cosines.iter().copied().fold(1.0, f64::min);
	let (mut same, mut pairs) = (0, 0);
	for (of, sentence) in SENTENCES.iter().enumerate() {
		let [one, other] = [&exact, &real].map(|vectors| ranking(vectors, of));
		assert_eq!(one[0], other[0], "the nearest to {sentence:?}");
		// Kendall's agreement: pairs that stand in the same order.
		let place = |rank: &[usize], who: usize| rank.iter().position(|it| *it == who);
		for (index, first) in one.iter().enumerate() {
			for second in &one[index + 1..] {
				pairs += 1;
				same += usize::from(place(&other, *first) < place(&other, *second));
			}
		}
	}
	let agreement = same as f64 / pairs as f64;
	println!(
		"MiniLM: worst cosine {worst}, of a single letter {letter}; {agreement} of all pairs in the same \
		 order"
	);
	assert!(letter >= 0.998, "{letter}");
	assert!(worst >= 0.999, "{cosines:?}");
	assert!(agreement >= 0.98, "{agreement}");
}
