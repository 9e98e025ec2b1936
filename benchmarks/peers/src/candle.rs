// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! candle's own models, as its examples run them. The number of threads comes from the environment.

use std::{fs, path::Path};

use anyhow::{bail, Context, Result};
use candle_core::{quantized::gguf_file, DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::{
	bert, llama, quantized_llama, quantized_qwen2, quantized_qwen3, qwen2, qwen3,
};
use serde_json::{json, Value};

use crate::{timed, token, Figures, Plan};

/// A model with its cache.
enum Model {
	Llama { model: llama::Llama, config: llama::Config, cache: llama::Cache },
	Qwen2(qwen2::ModelForCausalLM),
	Qwen3(qwen3::ModelForCausalLM),
	QuantisedLlama(quantized_llama::ModelWeights),
	QuantisedQwen2(quantized_qwen2::ModelWeights),
	QuantisedQwen3(quantized_qwen3::ModelWeights),
}

impl Model {
	/// The logits after tokens that begin at a position.
	fn forward(&mut self, tokens: &[u32], position: usize) -> Result<Tensor> {
		let tokens = Tensor::new(tokens, &Device::Cpu)?.unsqueeze(0)?;
		Ok(match self {
			Self::Llama { model, cache, .. } => model.forward(&tokens, position, cache)?,
			Self::Qwen2(model) => model.forward(&tokens, position)?,
			Self::Qwen3(model) => model.forward(&tokens, position)?,
			Self::QuantisedLlama(model) => model.forward(&tokens, position)?,
			Self::QuantisedQwen2(model) => model.forward(&tokens, position)?,
			Self::QuantisedQwen3(model) => model.forward(&tokens, position)?,
		})
	}

	/// Forgets the sequence.
	fn clear(&mut self) -> Result<()> {
		match self {
			Self::Llama { config, cache, .. } => {
				*cache = llama::Cache::new(true, DType::F32, config, &Device::Cpu)?;
			}
			Self::Qwen2(model) => model.clear_kv_cache(),
			Self::Qwen3(model) => model.clear_kv_cache(),
			Self::QuantisedLlama(model) => model.clear_kv_cache(),
			// A prompt at position 0 begins anew.
			Self::QuantisedQwen2(_) => {}
			Self::QuantisedQwen3(model) => model.clear_kv_cache(),
		}
		Ok(())
	}
}

/// `config.json` with what candle wants to have said.
fn config(folder: &Path) -> Result<Value> {
	let mut config: Value = serde_json::from_slice(&fs::read(folder.join("config.json"))?)?;
	for (name, value) in [
		("sliding_window", json!(config["max_position_embeddings"])),
		("max_window_layers", json!(config["num_hidden_layers"])),
		("use_sliding_window", json!(false)),
	] {
		if config.get(name).is_none() {
			config[name] = value;
		}
	}
	Ok(config)
}

fn weights(folder: &Path) -> Result<VarBuilder<'static>> {
	let file = folder.join("model.safetensors");
	// SAFETY: nobody writes to the file.
	Ok(unsafe { VarBuilder::from_mmaped_safetensors(&[file], DType::F32, &Device::Cpu)? })
}

fn open(folder: &Path) -> Result<Model> {
	let (config, weights) = (config(folder)?, weights(folder)?);
	Ok(match config["model_type"].as_str() {
		Some("llama") => {
			let config: llama::LlamaConfig = serde_json::from_value(config)?;
			let config = config.into_config(false);
			let cache = llama::Cache::new(true, DType::F32, &config, &Device::Cpu)?;
			Model::Llama { model: llama::Llama::load(weights, &config)?, config, cache }
		}
		Some("qwen2") => {
			Model::Qwen2(qwen2::ModelForCausalLM::new(&serde_json::from_value(config)?, weights)?)
		}
		Some("qwen3") => {
			Model::Qwen3(qwen3::ModelForCausalLM::new(&serde_json::from_value(config)?, weights)?)
		}
		other => bail!("candle has no model of type {other:?} here"),
	})
}

fn open_gguf(path: &Path) -> Result<(Model, usize)> {
	let mut file = fs::File::open(path)?;
	let content = gguf_file::Content::read(&mut file)?;
	let architecture = content.metadata.get("general.architecture").context("no architecture")?;
	let architecture = architecture.to_string()?.clone();
	let context = content.metadata.get(&format!("{architecture}.context_length"));
	let context = context.context("no context")?.to_u32()? as usize;
	let device = Device::Cpu;
	let model = match architecture.as_str() {
		"llama" => Model::QuantisedLlama(quantized_llama::ModelWeights::from_gguf(
			content, &mut file, &device,
		)?),
		"qwen2" => Model::QuantisedQwen2(quantized_qwen2::ModelWeights::from_gguf(
			content, &mut file, &device,
		)?),
		"qwen3" => Model::QuantisedQwen3(quantized_qwen3::ModelWeights::from_gguf(
			content, &mut file, &device,
		)?),
		other => bail!("candle has no model of type {other} here"),
	};
	Ok((model, context))
}

fn measure(mut model: Model, load_seconds: f64, limit: usize, plan: &Plan) -> Result<Figures> {
	// Small enough for every vocabulary.
	let tokens: Vec<u32> = (0..limit).map(|index| token(index, 30_000)).collect();
	model.forward(&tokens[..16], 0)?;
	let mut figures = Figures { load_seconds, ..Figures::default() };
	for &count in plan.prefill.iter().filter(|count| **count <= limit) {
		model.clear()?;
		let (seconds, _) =
			timed(|| Ok(model.forward(&tokens[..count], 0)?.to_device(&Device::Cpu)?))?;
		figures.prefill.push((count, count as f64 / seconds));
	}
	for &depth in plan.depth.iter().filter(|depth| **depth + plan.steps < limit) {
		model.clear()?;
		// The first step is not measured.
		model.forward(&tokens[..depth + 1], 0)?;
		let (seconds, _) = timed(|| {
			for position in depth + 1..depth + 1 + plan.steps {
				model.forward(&tokens[position..=position], position)?;
			}
			Ok(())
		})?;
		figures.decode.push((depth, plan.steps as f64 / seconds));
	}
	Ok(figures)
}

/// Figures of a Hugging Face folder in 32-bit floating point.
pub(crate) fn float(folder: &Path, plan: &Plan) -> Result<Figures> {
	let limit = config(folder)?["max_position_embeddings"].as_u64().context("no context")?;
	let (seconds, model) = timed(|| open(folder))?;
	// Its tables of angles end there.
	measure(model, seconds, (limit as usize).min(4_096), plan)
}

/// Figures of a GGUF file.
pub(crate) fn quantised(path: &Path, plan: &Plan) -> Result<Figures> {
	let (seconds, (model, context)) = timed(|| open_gguf(path))?;
	measure(model, seconds, context.min(4_096), plan)
}

/// Figures of an encoder.
pub(crate) fn embed(folder: &Path, tokens: usize, together: usize) -> Result<Figures> {
	let config: bert::Config = serde_json::from_slice(&fs::read(folder.join("config.json"))?)?;
	let (load_seconds, model) = timed(|| Ok(bert::BertModel::load(weights(folder)?, &config)?))?;
	let ids: Vec<u32> = (0..tokens).map(|index| 2_000 + index as u32 * 7 % 20_000).collect();
	let ids = Tensor::new(&ids[..], &Device::Cpu)?.unsqueeze(0)?;
	let rate = |texts: usize| {
		let ids = ids.repeat((texts, 1))?;
		let kinds = ids.zeros_like()?;
		let run = || timed(|| Ok(model.forward(&ids, &kinds, None)?));
		run()?;
		anyhow::Ok((texts * tokens) as f64 / run()?.0)
	};
	let (prefill, together) = (vec![(tokens, rate(1)?)], Some(rate(together)?));
	Ok(Figures { load_seconds, prefill, together, ..Figures::default() })
}
