// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A GGUF file, as llama.cpp reads it.
//!
//! Shows itself as the files and tensors of a Hugging Face folder, so that everything after it is one
//! and the same. Format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.

mod container;
mod tokenizer;

use std::{fs::File, path::Path};

use memmap2::Mmap;
use serde_json::{json, Map, Value};

use self::container::{Container, Tensor};
use super::source::{Elements, ModelSource, TensorRows};
use crate::error::ImportError;

/// Names of a layer's tensors: in a Hugging Face folder, and here.
const LAYER_NAMES: [(&str, &str); 11] = [
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
/// The same for what is there once.
const NAMES: [(&str, &str); 3] = [
	("model.embed_tokens.weight", "token_embd.weight"),
	("model.norm.weight", "output_norm.weight"),
	("lm_head.weight", "output.weight"),
];
/// Divisors of the rotary frequencies, which some models carry as a tensor.
const ROPE_FACTORS: &str = "rope_freqs.weight";

/// A GGUF file, mapped.
pub(super) struct Gguf {
	path: String,
	map: Mmap,
	container: Container,
	/// The architecture, which is also the prefix of its parameters' names.
	architecture: String,
}

impl Gguf {
	/// Maps a file and reads its index.
	pub(super) fn open(path: &Path) -> Result<Self, ImportError> {
		let read = || {
			let file = File::open(path)?;
			// SAFETY: as for safetensors: a file that another process truncates ends this process.
			unsafe { Mmap::map(&file) }
		};
		let map = read().map_err(|source| ImportError::Io {
			action: "read",
			path: path.into(),
			source,
		})?;
		let path = path.display().to_string();
		let broken = |what: String| {
			ImportError::Invalid(format!("{path} is no whole GGUF file: {what}; download it again"))
		};
		let container = Container::parse(&map).map_err(broken)?;
		let architecture = container.text(&map, "general.architecture").unwrap_or("none").into();
		Ok(Self { path, map, container, architecture })
	}

	fn invalid(&self, what: impl std::fmt::Display) -> ImportError {
		ImportError::Invalid(format!("{} {what}", self.path))
	}

	/// A number among the architecture's parameters.
	fn number(&self, name: &str) -> Option<f64> {
		self.container.number(&format!("{}.{name}", self.architecture))
	}

	/// `config.json`, from the parameters.
	fn config(&self) -> Result<Value, ImportError> {
		let model_type = self.architecture.as_str();
		if !["llama", "qwen2", "qwen3"].contains(&model_type) {
			return Err(self.invalid(format!(
				"describes architecture {model_type:?}, which is not read from GGUF: choose a llama, \
				 mistral, qwen2 or qwen3 model, or import the Hugging Face folder"
			)));
		}
		let text = |name: &str| self.container.text(&self.map, &format!("{model_type}.{name}"));
		let mut config = Map::new();
		config.insert("model_type".into(), json!(model_type));
		for (name, parameter) in [
			("hidden_size", "embedding_length"),
			("intermediate_size", "feed_forward_length"),
			("num_hidden_layers", "block_count"),
			("num_attention_heads", "attention.head_count"),
			("num_key_value_heads", "attention.head_count_kv"),
			("head_dim", "attention.key_length"),
			("max_position_embeddings", "context_length"),
			("sliding_window", "attention.sliding_window"),
		] {
			if let Some(number) = self.number(parameter) {
				config.insert(name.into(), json!(number as u64));
			}
		}
		for (name, parameter) in
			[("rms_norm_eps", "attention.layer_norm_rms_epsilon"), ("rope_theta", "rope.freq_base")]
		{
			if let Some(number) = self.number(parameter) {
				config.insert(name.into(), json!(number));
			}
		}
		let vocabulary = self.container.tensor("token_embd.weight").map(|tensor| tensor.rows);
		config.insert("vocab_size".into(), json!(vocabulary.unwrap_or(0)));
		let is_tied = self.container.tensor("output.weight").is_none();
		config.insert("tie_word_embeddings".into(), json!(is_tied));
		if let Some(tensor) = self.container.tensor(ROPE_FACTORS) {
			let factors = self.rows(ROPE_FACTORS, tensor).rows(0, 1)?;
			config.insert("rope_scaling".into(), json!({ "type": "factors", "factors": factors }));
		} else if let Some(kind) = text("rope.scaling.type").filter(|kind| *kind != "none") {
			let factor = self.number("rope.scaling.factor");
			config.insert("rope_scaling".into(), json!({ "type": kind, "factor": factor }));
		}
		Ok(Value::Object(config))
	}

	/// What a tensor of a Hugging Face folder is called here.
	fn name_here(name: &str) -> String {
		if let Some((_, here)) = NAMES.iter().find(|(there, _)| *there == name) {
			return (*here).into();
		}
		let layer = name.strip_prefix("model.layers.").and_then(|rest| rest.split_once('.'));
		let found = layer.and_then(|(layer, part)| {
			let (part, kind) = part.rsplit_once('.')?;
			let (_, here) = LAYER_NAMES.iter().find(|(there, _)| *there == part)?;
			Some(format!("blk.{layer}.{here}.{kind}"))
		});
		found.unwrap_or_else(|| name.into())
	}

	/// What a tensor from here is called in a Hugging Face folder.
	fn name_there(name: &str) -> String {
		if let Some((there, _)) = NAMES.iter().find(|(_, here)| *here == name) {
			return (*there).into();
		}
		let layer = name.strip_prefix("blk.").and_then(|rest| rest.split_once('.'));
		let found = layer.and_then(|(layer, part)| {
			let (part, kind) = part.rsplit_once('.')?;
			let (there, _) = LAYER_NAMES.iter().find(|(_, here)| *here == part)?;
			Some(format!("model.layers.{layer}.{there}.{kind}"))
		});
		found.unwrap_or_else(|| name.into())
	}

	/// The heads whose rows the file has in another order, for a tensor of this name here.
	///
	/// llama.cpp turns neighbouring elements of a head where everybody else turns those half a head
	/// apart, so files of this architecture have the rows of queries and keys reordered.
	fn permuted_heads(&self, name: &str) -> Option<usize> {
		let heads = match name.rsplit_once('.')?.0.rsplit('.').next()? {
			"attn_q" => "attention.head_count",
			"attn_k" => "attention.head_count_kv",
			_ => return None,
		};
		let heads = self.number(heads).or_else(|| self.number("attention.head_count"))?;
		(self.architecture == "llama" && heads >= 1.0).then_some(heads as usize)
	}

	fn rows<'a>(&'a self, name: &str, tensor: &'a Tensor) -> TensorRows<'a> {
		TensorRows {
			bytes: &self.map[tensor.data.clone()],
			elements: Elements::Blocks(tensor.kind),
			columns: tensor.columns,
			permuted_width: self
				.permuted_heads(name)
				.filter(|heads| tensor.rows.is_multiple_of(2 * heads))
				.map(|heads| tensor.rows / heads),
			name: format!("tensor {name} in {}", self.path),
		}
	}
}

impl ModelSource for Gguf {
	fn label(&self, name: &str) -> String {
		match name {
			"" => self.path.clone(),
			_ => format!("what stands for {name} in {}", self.path),
		}
	}

	fn file(&self, name: &str) -> Result<Option<Vec<u8>>, ImportError> {
		let value = match name {
			"config.json" => self.config()?,
			"tokenizer.json" => {
				tokenizer::tokenizer(&self.container, &self.map).map_err(|what| {
					self.invalid(format!(
						"has a tokenizer that cannot be used: {what}; import the Hugging Face folder \
						 instead"
					))
				})?
			}
			"tokenizer_config.json" => tokenizer::config(&self.container, &self.map),
			"generation_config.json" => {
				let ids = ["eos", "eot"].iter().filter_map(|name| {
					self.container.number(&format!("tokenizer.ggml.{name}_token_id"))
				});
				json!({ "eos_token_id": ids.map(|id| id as u32).collect::<Vec<_>>() })
			}
			_ => return Ok(None),
		};
		Ok(Some(canonical(&value).into_bytes()))
	}

	fn tensor_names(&self) -> Vec<String> {
		let names = self.container.tensor_names().filter(|name| *name != ROPE_FACTORS);
		names.map(Self::name_there).collect()
	}

	fn tensor(&self, name: &str, shape: &[usize]) -> Result<TensorRows<'_>, ImportError> {
		let here = Self::name_here(name);
		let tensor = self.container.tensor(&here).ok_or_else(|| {
			self.invalid(format!("lacks the tensor {here}: download it again, or choose another"))
		})?;
		let (rows, columns) = match *shape {
			[rows, columns] => (rows, columns),
			[columns] => (1, columns),
			_ => (0, 0),
		};
		if (tensor.rows, tensor.columns) != (rows, columns) {
			return Err(self.invalid(format!(
				"has a tensor {here} of {} by {}, but its parameters say {rows} by {columns}: download \
				 it again, or choose another",
				tensor.rows, tensor.columns
			)));
		}
		Ok(self.rows(&here, tensor))
	}
}

/// JSON with the keys of every object in order, whatever the features of the library.
fn canonical(value: &Value) -> String {
	match value {
		Value::Object(fields) => {
			let mut fields: Vec<_> = fields.iter().collect();
			fields.sort_by_key(|(key, _)| *key);
			let fields: Vec<String> = fields
				.into_iter()
				.map(|(key, value)| format!("{}:{}", json!(key), canonical(value)))
				.collect();
			format!("{{{}}}", fields.join(","))
		}
		Value::Array(items) => {
			format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(","))
		}
		other => other.to_string(),
	}
}
