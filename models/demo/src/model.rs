// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A plain llama: token embedding, layers of attention and SwiGLU with root-mean-square norms,
//! rotary positions, and an output head that shares the embedding's weights.

mod kernels;
mod ops;

use crate::{
	random::{Purpose, Random},
	Error, Result,
};
use candle_core::{DType, Device, Tensor, Var};
use kernels::{AttentionShape, RopeTables, HEAD, LANES};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::Path, sync::Arc};

/// `config.json` of the Hugging Face layout, as far as a llama needs it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Config {
	/// `["LlamaForCausalLM"]`.
	pub architectures: Vec<String>,
	/// `llama`.
	pub model_type: String,
	/// Tokens of the vocabulary.
	pub vocab_size: usize,
	/// Width of the residual stream.
	pub hidden_size: usize,
	/// Width inside the feed-forward part.
	pub intermediate_size: usize,
	/// Layers.
	pub num_hidden_layers: usize,
	/// Query heads.
	pub num_attention_heads: usize,
	/// Key and value heads; divides the number of query heads.
	pub num_key_value_heads: usize,
	/// Width of one head.
	pub head_dim: usize,
	/// Tokens of prompt and answer together.
	pub max_position_embeddings: usize,
	/// Activation of the feed-forward part: `silu`.
	pub hidden_act: String,
	/// Added to the mean square before its root.
	pub rms_norm_eps: f64,
	/// Base of the rotary angles.
	pub rope_theta: f64,
	/// The output head is the transposed embedding.
	pub tie_word_embeddings: bool,
	/// Whether the attention projections have biases: they do not.
	pub attention_bias: bool,
	/// Whether the feed-forward projections have biases: they do not.
	pub mlp_bias: bool,
	/// Token that engines may put first; the chat template does not use it.
	pub bos_token_id: u32,
	/// Token that ends an answer.
	pub eos_token_id: u32,
	/// Token with which batches are filled up.
	pub pad_token_id: u32,
	/// Deviation of the first weights.
	pub initializer_range: f64,
	/// Number format of the stored weights.
	pub torch_dtype: String,
	/// Whether engines should keep keys and values: they should.
	pub use_cache: bool,
}

impl Config {
	/// The demo model's shape for a vocabulary whose first token ends an answer.
	pub fn demo(vocab_size: usize) -> Self {
		Self {
			architectures: vec!["LlamaForCausalLM".into()],
			model_type: "llama".into(),
			vocab_size,
			hidden_size: 192,
			intermediate_size: 512,
			num_hidden_layers: 6,
			num_attention_heads: 6,
			num_key_value_heads: 2,
			head_dim: 32,
			max_position_embeddings: 512,
			hidden_act: "silu".into(),
			rms_norm_eps: 1e-5,
			rope_theta: 10_000.0,
			tie_word_embeddings: true,
			attention_bias: false,
			mlp_bias: false,
			bos_token_id: 0,
			eos_token_id: 0,
			pad_token_id: 0,
			initializer_range: 0.05,
			torch_dtype: "float16".into(),
			use_cache: true,
		}
	}

	/// Name and shape of every tensor, in the order of their names.
	pub fn tensors(&self) -> BTreeMap<String, Vec<usize>> {
		let (hidden, inner) = (self.hidden_size, self.intermediate_size);
		let queries = self.num_attention_heads * self.head_dim;
		let keys = self.num_key_value_heads * self.head_dim;
		let mut tensors = BTreeMap::from([
			("model.embed_tokens.weight".into(), vec![self.vocab_size, hidden]),
			("model.norm.weight".into(), vec![hidden]),
		]);
		for layer in 0..self.num_hidden_layers {
			for (name, shape) in [
				("input_layernorm", vec![hidden]),
				("post_attention_layernorm", vec![hidden]),
				("self_attn.q_proj", vec![queries, hidden]),
				("self_attn.k_proj", vec![keys, hidden]),
				("self_attn.v_proj", vec![keys, hidden]),
				("self_attn.o_proj", vec![hidden, queries]),
				("mlp.gate_proj", vec![inner, hidden]),
				("mlp.up_proj", vec![inner, hidden]),
				("mlp.down_proj", vec![hidden, inner]),
			] {
				tensors.insert(format!("model.layers.{layer}.{name}.weight"), shape);
			}
		}
		tensors
	}

	/// Number of weights.
	pub fn parameters(&self) -> usize {
		self.tensors().values().map(|shape| shape.iter().product::<usize>()).sum()
	}

	/// Reads `config.json` from `folder`.
	pub fn load(folder: &Path) -> Result<Self> {
		let path = folder.join("config.json");
		let text = std::fs::read(&path).map_err(crate::error::at(&path))?;
		serde_json::from_slice(&text).map_err(|source| Error::Json { path, source })
	}

	/// Says why this program cannot run such a model, if so.
	fn check(&self) -> std::result::Result<(), String> {
		if self.head_dim != HEAD {
			return Err(format!("its heads are {} wide, not {HEAD}", self.head_dim));
		}
		let widths = [self.hidden_size, self.intermediate_size, self.vocab_size];
		if widths.iter().any(|w| *w == 0 || w % LANES != 0) {
			return Err(format!("its widths {widths:?} are not all multiples of {LANES}"));
		}
		let (heads, kv_heads) = (self.num_attention_heads, self.num_key_value_heads);
		if kv_heads == 0 || heads % kv_heads != 0 {
			return Err(format!("{heads} query heads cannot share {kv_heads} key heads"));
		}
		if self.model_type != "llama" || !self.tie_word_embeddings || self.attention_bias {
			return Err("it is not a llama with tied embeddings and without biases".into());
		}
		Ok(())
	}
}

struct Layer {
	attention_norm: Tensor,
	query: Tensor,
	key: Tensor,
	value: Tensor,
	output: Tensor,
	feed_norm: Tensor,
	gate: Tensor,
	up: Tensor,
	down: Tensor,
}

/// The model. Cheap to share between threads.
pub struct Llama {
	config: Config,
	embedding: Tensor,
	layers: Vec<Layer>,
	norm: Tensor,
	rope: Arc<RopeTables>,
}

impl Llama {
	/// Assembles the model from its tensors, which must be f32.
	pub fn new(config: &Config, tensors: &BTreeMap<String, Tensor>) -> Result<Self> {
		let fault = |reason: String| Error::Model { path: "the weights".into(), reason };
		config.check().map_err(fault)?;
		for (name, shape) in config.tensors() {
			let found = tensors.get(&name).map(Tensor::dims);
			if found != Some(&shape[..]) {
				return Err(fault(format!("{name} should have shape {shape:?}, not {found:?}")));
			}
		}
		let get = |name: &str| tensors[name].clone();
		let layer = |i: usize| {
			let get = |name: &str| get(&format!("model.layers.{i}.{name}.weight"));
			Layer {
				attention_norm: get("input_layernorm"),
				query: get("self_attn.q_proj"),
				key: get("self_attn.k_proj"),
				value: get("self_attn.v_proj"),
				output: get("self_attn.o_proj"),
				feed_norm: get("post_attention_layernorm"),
				gate: get("mlp.gate_proj"),
				up: get("mlp.up_proj"),
				down: get("mlp.down_proj"),
			}
		};
		let positions = config.max_position_embeddings;
		Ok(Self {
			config: config.clone(),
			embedding: get("model.embed_tokens.weight"),
			layers: (0..config.num_hidden_layers).map(layer).collect(),
			norm: get("model.norm.weight"),
			rope: Arc::new(RopeTables::new(positions, config.rope_theta)),
		})
	}

	/// Reads the model of a Hugging Face folder, widened to f32.
	pub fn load(folder: &Path) -> Result<Self> {
		Self::new(&Config::load(folder)?, &load_tensors(folder)?).map_err(|error| match error {
			Error::Model { reason, .. } => Error::Model { path: folder.into(), reason },
			other => other,
		})
	}

	/// The model's shape.
	pub fn config(&self) -> &Config {
		&self.config
	}

	/// Final hidden rows (batch · length, hidden) of `batch` sequences of equal length, given one
	/// after the other in `tokens`.
	pub fn hidden(&self, tokens: &[u32], batch: usize) -> Result<Tensor> {
		let config = &self.config;
		let length = tokens.len() / batch.max(1);
		if length > config.max_position_embeddings {
			let context = config.max_position_embeddings;
			return Err(Error::TooLong { tokens: length, context });
		}
		let shape = AttentionShape {
			batch,
			length,
			heads: config.num_attention_heads,
			kv_heads: config.num_key_value_heads,
		};
		let epsilon = config.rms_norm_eps as f32;
		let linear = |x: &Tensor, w: &Tensor| x.matmul(&w.t()?);
		let mut x =
			self.embedding.index_select(&Tensor::new(tokens, self.embedding.device())?, 0)?;
		for layer in &self.layers {
			let normed = ops::rms_norm(&x, &layer.attention_norm, epsilon)?;
			let q = linear(&normed, &layer.query)?;
			let k = linear(&normed, &layer.key)?;
			let v = linear(&normed, &layer.value)?;
			let mixed = ops::attention(&q, &k, &v, shape, &self.rope)?;
			x = (x + linear(&mixed, &layer.output)?)?;
			let normed = ops::rms_norm(&x, &layer.feed_norm, epsilon)?;
			let gate = linear(&normed, &layer.gate)?;
			let inner = ops::swiglu(&gate, &linear(&normed, &layer.up)?)?;
			x = (x + linear(&inner, &layer.down)?)?;
		}
		Ok(ops::rms_norm(&x, &self.norm, epsilon)?)
	}

	/// Logits (rows, vocabulary) of hidden rows (rows, hidden).
	pub fn logits(&self, hidden: &Tensor) -> Result<Tensor> {
		Ok(hidden.matmul(&self.embedding.t()?)?)
	}

	/// Loss in nats of each of `targets`, which follow the positions `rows` of the flattened batch.
	pub fn losses(
		&self,
		tokens: &[u32],
		batch: usize,
		rows: &[u32],
		targets: Vec<u32>,
	) -> Result<Tensor> {
		let hidden = self.hidden(tokens, batch)?;
		let hidden = hidden.index_select(&Tensor::new(rows, hidden.device())?, 0)?;
		Ok(ops::cross_entropy(&self.logits(&hidden)?, targets)?)
	}
}

/// Reads the tensors of a Hugging Face folder, widened to f32.
pub fn load_tensors(folder: &Path) -> Result<BTreeMap<String, Tensor>> {
	let path = folder.join("model.safetensors");
	let bytes = std::fs::read(&path).map_err(crate::error::at(&path))?;
	candle_core::safetensors::load_buffer(&bytes, &Device::Cpu)?
		.into_iter()
		.map(|(name, tensor)| Ok((name, tensor.to_dtype(DType::F32)?)))
		.collect()
}

/// Rounds every matrix to 127 steps on either side of zero per row, as the exact executor will, to
/// see what that costs.
pub fn round_to_i8(tensors: &BTreeMap<String, Tensor>) -> Result<BTreeMap<String, Tensor>> {
	let round = |(name, tensor): (&String, &Tensor)| {
		if tensor.rank() < 2 {
			return Ok((name.clone(), tensor.clone()));
		}
		let scale = (tensor.abs()?.max_keepdim(1)? / 127.0)?;
		let rounded = tensor.broadcast_div(&scale)?.round()?.broadcast_mul(&scale)?;
		Ok((name.clone(), rounded))
	};
	tensors.iter().map(round).collect()
}

/// First weights: normal with deviation `initializer_range`, smaller by sqrt(2 · layers) where a
/// layer adds to the residual stream, so that its size does not grow with depth; ones for norms.
pub fn first_weights(config: &Config, seed: u64) -> Result<BTreeMap<String, Var>> {
	let depth = (2.0 * config.num_hidden_layers as f64).sqrt();
	let mut weights = BTreeMap::new();
	for (index, (name, shape)) in config.tensors().into_iter().enumerate() {
		let mut random = Random::new(seed, Purpose::Weights, index as u64);
		let adds_to_residual = name.contains("o_proj") || name.contains("down_proj");
		let deviation = config.initializer_range / if adds_to_residual { depth } else { 1.0 };
		let count = shape.iter().product();
		let values: Vec<f32> = if shape.len() == 1 {
			vec![1.0; count]
		} else {
			(0..count).map(|_| random.normal() * deviation as f32).collect()
		};
		weights.insert(name, Var::from_vec(values, shape, &Device::Cpu)?);
	}
	Ok(weights)
}

#[cfg(test)]
mod tests {
	use super::*;

	fn small() -> (Config, BTreeMap<String, Tensor>) {
		let config = Config {
			hidden_size: 32,
			intermediate_size: 64,
			num_hidden_layers: 2,
			num_attention_heads: 2,
			num_key_value_heads: 1,
			head_dim: 32,
			max_position_embeddings: 16,
			..Config::demo(64)
		};
		let weights = first_weights(&config, 3).unwrap();
		let tensors = weights.iter().map(|(n, v)| (n.clone(), v.as_tensor().clone())).collect();
		(config, tensors)
	}

	#[test]
	fn demo_shape_is_within_what_the_chain_and_the_engine_expect() {
		let config = Config::demo(2048);
		assert!(config.check().is_ok());
		assert!((1_000_000..8_000_000).contains(&config.parameters()));
		for shape in config.tensors().values() {
			assert!(shape.iter().all(|width| width % 32 == 0), "{shape:?}");
		}
	}

	#[test]
	fn hidden_rows_do_not_depend_on_later_tokens_or_on_the_batch() {
		let (config, tensors) = small();
		let model = Llama::new(&config, &tensors).unwrap();
		let rows =
			|tokens: &[u32], batch| model.hidden(tokens, batch).unwrap().to_vec2::<f32>().unwrap();
		let one = rows(&[1, 2, 3, 4], 1);
		let two = rows(&[1, 2, 3, 9, 5, 6, 7, 8], 2);
		let close = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5);
		assert!((0..3).all(|t| close(&one[t], &two[t])));
		assert!(!close(&one[3], &two[3]));
		assert!(!close(&one[0], &two[4]));
	}

	#[test]
	fn a_few_steps_down_the_gradient_lower_the_loss() {
		let (config, _) = small();
		let weights = first_weights(&config, 3).unwrap();
		let tensors = weights.iter().map(|(n, v)| (n.clone(), v.as_tensor().clone())).collect();
		let model = Llama::new(&config, &tensors).unwrap();
		let loss = || {
			model
				.losses(&[1, 2, 3, 4, 5, 6], 2, &[0, 1, 3, 4], vec![2, 3, 5, 6])
				.and_then(|l| Ok(l.mean_all()?))
				.unwrap()
		};
		let before = loss().to_scalar::<f32>().unwrap();
		for _ in 0..20 {
			let gradients = loss().backward().unwrap();
			for var in weights.values() {
				let step = (gradients.get(var).unwrap() * 0.1).unwrap();
				var.set(&(var.as_tensor() - step).unwrap()).unwrap();
			}
		}
		let after = loss().to_scalar::<f32>().unwrap();
		assert!(after < before / 2.0, "{before} became {after}");
	}

	#[test]
	fn wrong_shapes_and_long_texts_are_named() {
		let (config, mut tensors) = small();
		let model = Llama::new(&config, &tensors).unwrap();
		let error = model.hidden(&[1; 17], 1).unwrap_err().to_string();
		assert!(error.contains("17") && error.contains("16"), "{error}");
		tensors.insert("model.norm.weight".into(), Tensor::new(&[1f32], &Device::Cpu).unwrap());
		let error = Llama::new(&config, &tensors).err().unwrap().to_string();
		assert!(error.contains("model.norm.weight"), "{error}");
	}
}
