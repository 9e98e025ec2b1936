// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Writes a Hugging Face folder as llama.cpp's converter does.

use std::{fs, io::BufWriter, path::Path};

use anyhow::{Context, Result};
use candle_core::{
	quantized::{
		gguf_file::{self, Value as Field},
		GgmlDType, QTensor,
	},
	safetensors::MmapedSafetensors,
	DType, Device, Tensor,
};
use serde_json::Value;

/// How matrices are quantised.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
	/// `Q8_0`.
	Q8,
	/// `Q4_K`, and `Q5_0` for rows that are not whole blocks of 256, as llama.cpp does.
	Q4,
}

impl Kind {
	fn of(self, tensor: &Tensor) -> Result<GgmlDType> {
		let columns = tensor.dim(candle_core::D::Minus1)?;
		Ok(match self {
			// What has one dimension stays as it is.
			_ if tensor.rank() < 2 => GgmlDType::F32,
			Self::Q8 => GgmlDType::Q8_0,
			Self::Q4 if columns % 256 == 0 => GgmlDType::Q4K,
			Self::Q4 => GgmlDType::Q5_0,
		})
	}
}

fn json(folder: &Path, name: &str) -> Result<Value> {
	Ok(serde_json::from_slice(&fs::read(folder.join(name))?)?)
}

fn text(value: &str) -> Field {
	Field::String(value.to_owned())
}

/// Names of a layer's tensors, there and here.
const NAMES: [(&str, &str); 11] = [
	("self_attn.q_proj", "attn_q"),
	("self_attn.k_proj", "attn_k"),
	("self_attn.v_proj", "attn_v"),
	("self_attn.o_proj", "attn_output"),
	("self_attn.q_norm", "attn_q_norm"),
	("self_attn.k_norm", "attn_k_norm"),
	("mlp.gate_proj", "ffn_gate"),
	("mlp.up_proj", "ffn_up"),
	("mlp.down_proj", "ffn_down"),
	("input_layernorm", "attn_norm"),
	("post_attention_layernorm", "ffn_norm"),
];

fn name_here(name: &str) -> Result<String> {
	let (part, kind) = name.rsplit_once('.').context("a tensor without a kind")?;
	let layer = part.strip_prefix("model.layers.").and_then(|rest| rest.split_once('.'));
	let here = match (part, layer) {
		(_, Some((layer, part))) => {
			let (_, here) =
				NAMES.iter().find(|(there, _)| *there == part).context("a stray tensor")?;
			format!("blk.{layer}.{here}")
		}
		("model.embed_tokens", _) => "token_embd".into(),
		("model.norm", _) => "output_norm".into(),
		("lm_head", _) => "output".into(),
		_ => anyhow::bail!("a stray tensor, {name}"),
	};
	Ok(format!("{here}.{kind}"))
}

/// Rows as llama.cpp turns them: neighbours are what was half a head apart.
fn permute(tensor: &Tensor, heads: usize) -> Result<Tensor> {
	let shape = tensor.dims().to_vec();
	let split = (heads, 2, shape[0] / heads / 2, tensor.elem_count() / shape[0]);
	Ok(tensor.reshape(split)?.transpose(1, 2)?.contiguous()?.reshape(shape)?)
}

/// Writes `folder` into `file`.
pub(crate) fn write(folder: &Path, file: &Path, kind: Kind) -> Result<()> {
	let config = json(folder, "config.json")?;
	let tokenizer = json(folder, "tokenizer.json")?;
	let architecture = config["model_type"].as_str().context("no model type")?.to_owned();
	let size = |name: &str| config[name].as_u64().context("a size is missing");
	let key = |name: &str| format!("{architecture}.{name}");
	let mut fields = vec![
		("general.architecture".to_owned(), text(&architecture)),
		("general.name".to_owned(), text("random weights")),
		(key("rope.freq_base"), Field::F32(config["rope_theta"].as_f64().unwrap_or(1e4) as f32)),
		(
			key("attention.layer_norm_rms_epsilon"),
			Field::F32(config["rms_norm_eps"].as_f64().unwrap_or(1e-5) as f32),
		),
	];
	for (name, there) in [
		("embedding_length", "hidden_size"),
		("feed_forward_length", "intermediate_size"),
		("block_count", "num_hidden_layers"),
		("attention.head_count", "num_attention_heads"),
		("attention.head_count_kv", "num_key_value_heads"),
		("attention.key_length", "head_dim"),
		("attention.value_length", "head_dim"),
		("rope.dimension_count", "head_dim"),
		("context_length", "max_position_embeddings"),
		("vocab_size", "vocab_size"),
	] {
		fields.push((key(name), Field::U32(size(there)? as u32)));
	}
	let vocab = tokenizer["model"]["vocab"].as_object().context("no vocabulary")?;
	let mut tokens: Vec<_> = vocab.iter().map(|(token, id)| (id.as_u64(), token)).collect();
	tokens.sort();
	let end = config["eos_token_id"].as_u64().unwrap_or(0);
	let control = |id: Option<u64>| Field::I32(if id == Some(end) { 3 } else { 1 });
	let merges = tokenizer["model"]["merges"].as_array().context("no merges")?;
	let merges = merges.iter().map(|pair| {
		let part = |index: usize| pair[index].as_str().unwrap_or_default();
		text(&format!("{} {}", part(0), part(1)))
	});
	let tokenizer_key = |name: &str| format!("tokenizer.ggml.{name}");
	fields.extend([
		(tokenizer_key("model"), text("gpt2")),
		(tokenizer_key("pre"), text("gpt-2")),
		(tokenizer_key("tokens"), Field::Array(tokens.iter().map(|(_, it)| text(it)).collect())),
		(
			tokenizer_key("token_type"),
			Field::Array(tokens.iter().map(|(id, _)| control(*id)).collect()),
		),
		(tokenizer_key("merges"), Field::Array(merges.collect())),
		(tokenizer_key("eos_token_id"), Field::U32(end as u32)),
		(tokenizer_key("bos_token_id"), Field::U32(end as u32)),
		(tokenizer_key("add_bos_token"), Field::Bool(false)),
	]);

	// SAFETY: nobody else knows the file.
	let source = unsafe { MmapedSafetensors::new(folder.join("model.safetensors"))? };
	let mut tensors = Vec::new();
	for (name, _) in source.tensors() {
		let mut tensor = source.load(&name, &Device::Cpu)?.to_dtype(DType::F32)?;
		let heads = match name.rsplit('.').nth(1) {
			Some("q_proj") => Some("num_attention_heads"),
			Some("k_proj") => Some("num_key_value_heads"),
			_ => None,
		};
		if let Some(heads) = heads.filter(|_| architecture == "llama") {
			tensor = permute(&tensor, size(heads)? as usize)?;
		}
		tensors.push((name_here(&name)?, QTensor::quantize(&tensor, kind.of(&tensor)?)?));
	}
	let fields: Vec<_> = fields.iter().map(|(name, field)| (name.as_str(), field)).collect();
	let tensors: Vec<_> = tensors.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect();
	let mut out = BufWriter::new(fs::File::create(file)?);
	Ok(gguf_file::write(&mut out, &fields, &tensors)?)
}
