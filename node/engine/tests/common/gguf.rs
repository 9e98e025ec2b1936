// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Writes GGUF files as llama.cpp's `convert_hf_to_gguf.py` does.

use std::{collections::HashMap, fs, path::Path};

use candle_core::{
	quantized::{
		gguf_file::{self, Value as Field},
		GgmlDType, QTensor,
	},
	safetensors, Device, Tensor,
};
use serde_json::Value;

/// What a file holds.
pub(crate) struct Gguf {
	pub(crate) fields: Vec<(String, Field)>,
	pub(crate) tensors: Vec<(String, QTensor)>,
}

fn text(value: &str) -> Field {
	Field::String(value.to_owned())
}

fn json(folder: &Path, name: &str) -> Value {
	serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap()
}

/// The fields of a byte-level tokenizer.
fn tokenizer(folder: &Path) -> Vec<(String, Field)> {
	let [file, config] = ["tokenizer.json", "tokenizer_config.json"].map(|name| json(folder, name));
	let vocab = file["model"]["vocab"].as_object().unwrap();
	let mut tokens: Vec<_> =
		vocab.iter().map(|(token, id)| (id.as_u64().unwrap(), token.clone())).collect();
	tokens.sort();
	let added: Vec<_> = file["added_tokens"].as_array().unwrap().iter().collect();
	let is_added = |id: u64| added.iter().any(|token| token["id"] == id);
	let kind = |id: u64| Field::I32(if is_added(id) { 3 } else { 1 });
	let merge = |pair: &Value| match pair.as_str() {
		Some(pair) => text(pair),
		None => text(&format!("{} {}", pair[0].as_str().unwrap(), pair[1].as_str().unwrap())),
	};
	let merges = file["model"]["merges"].as_array().unwrap().iter().map(merge).collect();
	let end = vocab[config["eos_token"].as_str().unwrap()].as_u64().unwrap();
	let key = |name: &str| format!("tokenizer.ggml.{name}");
	vec![
		(key("model"), text("gpt2")),
		(key("pre"), text("gpt-2")),
		(key("token_type"), Field::Array(tokens.iter().map(|(id, _)| kind(*id)).collect())),
		(key("tokens"), Field::Array(tokens.iter().map(|(_, token)| text(token)).collect())),
		(key("merges"), Field::Array(merges)),
		(key("eos_token_id"), Field::U32(end as u32)),
		("tokenizer.chat_template".into(), text(config["chat_template"].as_str().unwrap())),
	]
}

/// Rows as llama.cpp turns them: neighbours are what was half a head apart.
fn permute(tensor: &Tensor, heads: usize) -> Tensor {
	let shape = tensor.dims().to_vec();
	let width = shape[0] / heads;
	tensor
		.reshape((heads, 2, width / 2, tensor.elem_count() / shape[0]))
		.and_then(|tensor| tensor.transpose(1, 2)?.contiguous()?.reshape(shape))
		.unwrap()
}

impl Gguf {
	/// The model in a Hugging Face folder, its matrices as `kind`.
	pub(crate) fn of(folder: &Path, kind: GgmlDType) -> Self {
		let config = json(folder, "config.json");
		let architecture = config["model_type"].as_str().unwrap();
		let key = |name: &str| format!("{architecture}.{name}");
		let size = |name: &str| config[name].as_u64().unwrap() as usize;
		let mut fields = vec![("general.architecture".to_owned(), text(architecture))];
		for (name, there) in [
			("embedding_length", "hidden_size"),
			("feed_forward_length", "intermediate_size"),
			("block_count", "num_hidden_layers"),
			("attention.head_count", "num_attention_heads"),
			("attention.head_count_kv", "num_key_value_heads"),
			("attention.key_length", "head_dim"),
			("context_length", "max_position_embeddings"),
		] {
			fields.push((key(name), Field::U32(size(there) as u32)));
		}
		for (name, there) in
			[("attention.layer_norm_rms_epsilon", "rms_norm_eps"), ("rope.freq_base", "rope_theta")]
		{
			fields.push((key(name), Field::F32(config[there].as_f64().unwrap() as f32)));
		}
		fields.extend(tokenizer(folder));

		let source = safetensors::load(folder.join("model.safetensors"), &Device::Cpu).unwrap();
		let mut tensors: Vec<_> = source
			.iter()
			.map(|(name, tensor)| {
				let part = name.strip_suffix(".weight").or(name.strip_suffix(".bias")).unwrap();
				let heads = match part.rsplit('.').next().unwrap() {
					"q_proj" => Some(size("num_attention_heads")),
					"k_proj" => Some(size("num_key_value_heads")),
					_ => None,
				};
				let tensor = tensor.to_dtype(candle_core::DType::F32).unwrap();
				let tensor = match heads.filter(|_| architecture == "llama") {
					Some(heads) => permute(&tensor, heads),
					None => tensor,
				};
				// Whatever has one dimension stays as it is.
				let kind = if tensor.rank() > 1 { kind } else { GgmlDType::F32 };
				(gguf_name(name), QTensor::quantize(&tensor, kind).unwrap())
			})
			.collect();
		tensors.sort_by(|one, other| one.0.cmp(&other.0));
		Self { fields, tensors }
	}

	/// Replaces a field, or adds it.
	pub(crate) fn set(mut self, name: &str, field: Field) -> Self {
		self.fields.retain(|(other, _)| other != name);
		self.fields.push((name.into(), field));
		self
	}

	/// The file.
	pub(crate) fn bytes(&self) -> Vec<u8> {
		let fields: Vec<_> =
			self.fields.iter().map(|(name, field)| (name.as_str(), field)).collect();
		let tensors: Vec<_> =
			self.tensors.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect();
		let mut file = std::io::Cursor::new(Vec::new());
		gguf_file::write(&mut file, &fields, &tensors).unwrap();
		file.into_inner()
	}
}

/// The name that llama.cpp gives a tensor.
pub(crate) fn gguf_name(name: &str) -> String {
	let names = HashMap::from([
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
	]);
	let (part, kind) = name.rsplit_once('.').unwrap();
	match part.strip_prefix("model.layers.").and_then(|rest| rest.split_once('.')) {
		Some((layer, part)) => format!("blk.{layer}.{}.{kind}", names[part]),
		None => format!("{}.{kind}", names[part]),
	}
}
