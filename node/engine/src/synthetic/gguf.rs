// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Writes Hugging Face folders as GGUF files, as llama.cpp's `convert_hf_to_gguf.py` does: for tests and
//! for comparisons.

use std::{fs, io::Cursor, path::Path};

use candle_core::{
	bail,
	quantized::{
		gguf_file::{self, Value as Field},
		GgmlDType, QTensor,
	},
	safetensors::MmapedSafetensors,
	DType, Device, Error, Result, Tensor,
};
use serde_json::Value;

/// What a file holds.
pub struct Gguf {
	/// Names and values of its fields.
	pub fields: Vec<(String, Field)>,
	/// Names and numbers of its tensors.
	pub tensors: Vec<(String, QTensor)>,
}

/// Names of a layer's tensors, there and here.
const NAMES: [(&str, &str); 14] = [
	("model.embed_tokens", "token_embd"),
	("model.norm", "output_norm"),
	("lm_head", "output"),
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

fn text(value: &str) -> Field {
	Field::String(value.to_owned())
}

fn json(folder: &Path, name: &str) -> Result<Value> {
	serde_json::from_slice(&fs::read(folder.join(name))?).map_err(Error::wrap)
}

/// Something that the file must have.
fn wanted<T>(value: Option<T>, name: &str) -> Result<T> {
	value.ok_or_else(|| Error::Msg(format!("there is no {name}")))
}

/// The fields of a byte-level tokenizer.
fn tokenizer(folder: &Path) -> Result<Vec<(String, Field)>> {
	let file = json(folder, "tokenizer.json")?;
	let config = json(folder, "tokenizer_config.json")?;
	let vocab = wanted(file["model"]["vocab"].as_object(), "vocabulary")?;
	let mut tokens: Vec<_> = vocab.iter().map(|(token, id)| (id.as_u64(), token)).collect();
	tokens.sort();
	let added = wanted(file["added_tokens"].as_array(), "list of added tokens")?;
	let is_added = |id: Option<u64>| added.iter().any(|token| token["id"].as_u64() == id);
	let kinds = tokens.iter().map(|(id, _)| Field::I32(if is_added(*id) { 3 } else { 1 }));
	let merge = |pair: &Value| match pair.as_str() {
		Some(pair) => text(pair),
		None => {
			let part = |index: usize| pair[index].as_str().unwrap_or_default();
			text(&format!("{} {}", part(0), part(1)))
		}
	};
	let merges = wanted(file["model"]["merges"].as_array(), "list of merges")?.iter().map(merge);
	let end = config["eos_token"].as_str().and_then(|token| vocab.get(token)?.as_u64());
	let template = wanted(config["chat_template"].as_str(), "chat template")?;
	let key = |name: &str| format!("tokenizer.ggml.{name}");
	Ok(vec![
		(key("model"), text("gpt2")),
		(key("pre"), text("gpt-2")),
		(key("token_type"), Field::Array(kinds.collect())),
		(key("tokens"), Field::Array(tokens.iter().map(|(_, token)| text(token)).collect())),
		(key("merges"), Field::Array(merges.collect())),
		(key("eos_token_id"), Field::U32(wanted(end, "end of text")? as u32)),
		("tokenizer.chat_template".into(), text(template)),
	])
}

/// Rows as llama.cpp turns them: neighbours are what was half a head apart.
fn permute(tensor: &Tensor, heads: usize) -> Result<Tensor> {
	let shape = tensor.dims().to_vec();
	let split = (heads, 2, shape[0] / heads / 2, tensor.elem_count() / shape[0]);
	tensor.reshape(split)?.transpose(1, 2)?.contiguous()?.reshape(shape)
}

impl Gguf {
	/// The model in a Hugging Face folder of one file; `kind` says how a matrix is stored. Whatever has
	/// one dimension stays as it is.
	///
	/// # Errors
	///
	/// Where the folder lacks something, or a matrix cannot be stored so.
	pub fn of(folder: &Path, kind: impl Fn(&Tensor) -> GgmlDType) -> Result<Self> {
		let config = json(folder, "config.json")?;
		let architecture = wanted(config["model_type"].as_str(), "model_type")?;
		let key = |name: &str| format!("{architecture}.{name}");
		let size = |name: &str| Ok::<_, Error>(wanted(config[name].as_u64(), name)? as usize);
		let mut fields = vec![("general.architecture".to_owned(), text(architecture))];
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
		for (name, there) in
			[("attention.layer_norm_rms_epsilon", "rms_norm_eps"), ("rope.freq_base", "rope_theta")]
		{
			fields.push((key(name), Field::F32(wanted(config[there].as_f64(), there)? as f32)));
		}
		fields.extend(tokenizer(folder)?);

		// SAFETY: nobody changes the file while it is read.
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
				tensor = permute(&tensor, size(heads)?)?;
			}
			let kind = if tensor.rank() > 1 { kind(&tensor) } else { GgmlDType::F32 };
			tensors.push((gguf_name(&name)?, QTensor::quantize(&tensor, kind)?));
		}
		tensors.sort_by(|one, other| one.0.cmp(&other.0));
		Ok(Self { fields, tensors })
	}

	/// Replaces a field, or adds it.
	pub fn set(mut self, name: &str, field: Field) -> Self {
		self.fields.retain(|(other, _)| other != name);
		self.fields.push((name.into(), field));
		self
	}

	/// The file.
	///
	/// # Errors
	///
	/// Those of the writer.
	pub fn bytes(&self) -> Result<Vec<u8>> {
		let fields: Vec<_> =
			self.fields.iter().map(|(name, field)| (name.as_str(), field)).collect();
		let tensors: Vec<_> =
			self.tensors.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect();
		let mut file = Cursor::new(Vec::new());
		gguf_file::write(&mut file, &fields, &tensors)?;
		Ok(file.into_inner())
	}
}

/// The name that llama.cpp gives a tensor.
///
/// # Errors
///
/// Where it has none.
pub fn gguf_name(name: &str) -> Result<String> {
	let Some((part, kind)) = name.rsplit_once('.') else { bail!("{name} is not a tensor's name") };
	let here = |part: &str| {
		let known = NAMES.iter().find(|(there, _)| *there == part);
		Ok::<_, Error>(wanted(known, &format!("name for {name}"))?.1)
	};
	match part.strip_prefix("model.layers.").and_then(|rest| rest.split_once('.')) {
		Some((layer, part)) => Ok(format!("blk.{layer}.{}.{kind}", here(part)?)),
		None => Ok(format!("{}.{kind}", here(part)?)),
	}
}
