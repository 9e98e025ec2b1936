// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A GGUF file, as llama.cpp reads it.
//!
//! Shows itself as the files and tensors of a Hugging Face folder, so that everything after it is one
//! and the same. Format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.

mod container;
mod tokenizer;

use std::{
	fs::File,
	path::{Path, PathBuf},
};

use memmap2::Mmap;
use serde_json::{json, Map, Value};

use self::container::{Container, Tensor};
use super::source::{Elements, ModelSource, TensorRows};
use crate::error::{Fault, ImportError, Place, Remedy};

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
/// Whole numbers of `config.json`, and their names here after the architecture's.
const SIZES: [(&str, &str); 8] = [
	("hidden_size", "embedding_length"),
	("intermediate_size", "feed_forward_length"),
	("num_hidden_layers", "block_count"),
	("num_attention_heads", "attention.head_count"),
	("num_key_value_heads", "attention.head_count_kv"),
	("head_dim", "attention.key_length"),
	("max_position_embeddings", "context_length"),
	("sliding_window", "attention.sliding_window"),
];
/// The same for other numbers.
const NUMBERS: [(&str, &str); 2] =
	[("rms_norm_eps", "attention.layer_norm_rms_epsilon"), ("rope_theta", "rope.freq_base")];
/// Where a file says which architecture it has.
const ARCHITECTURE: &str = "general.architecture";
/// The rows of the tokens.
const EMBEDDING: &str = "token_embd.weight";
/// Divisors of the rotary frequencies, which some models carry as a tensor.
const ROPE_FACTORS: &str = "rope_freqs.weight";
/// Most of them: one for every other element of the widest head.
const MAX_ROPE_FACTORS: usize = 512;

/// A GGUF file, mapped.
pub(super) struct Gguf {
	path: PathBuf,
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
		let map = read().map_err(|source| ImportError::Read { path: path.into(), source })?;
		let container = Container::parse(&map).map_err(|fault: Fault| {
			Place::new(path, &fault.field).refuse(fault.reason, Remedy::Download)
		})?;
		let architecture = container.text(&map, ARCHITECTURE).unwrap_or("none").into();
		Ok(Self { path: path.into(), map, container, architecture })
	}

	/// Where something is that has this name here.
	fn place_here(&self, field: &str) -> Place {
		Place::new(&self.path, field)
	}

	/// What a field of a file of a Hugging Face folder is called here, if it has a name of its own.
	fn field_here(&self, name: &str, field: &str) -> Option<String> {
		let architecture = &self.architecture;
		let key = match (name, field) {
			("config.json", "model_type") => ARCHITECTURE.to_owned(),
			("config.json", "vocab_size") => return Some(format!("tensor {EMBEDDING}")),
			("config.json", "rope_scaling") => match self.container.tensor(ROPE_FACTORS) {
				Some(_) => return Some(format!("tensor {ROPE_FACTORS}")),
				None => format!("{architecture}.rope.scaling.type"),
			},
			("config.json", _) => {
				let (_, here) = SIZES.iter().chain(&NUMBERS).find(|(there, _)| *there == field)?;
				format!("{architecture}.{here}")
			}
			("tokenizer_config.json", "chat_template") => "tokenizer.chat_template".to_owned(),
			("tokenizer.json", "normalizer" | "pre_tokenizer") => "tokenizer.ggml.pre".to_owned(),
			("tokenizer.json", "model.merges") => "tokenizer.ggml.merges".to_owned(),
			("tokenizer.json", "model.vocab") => "tokenizer.ggml.tokens".to_owned(),
			("generation_config.json", "eos_token_id") => "tokenizer.ggml.eos_token_id".to_owned(),
			_ => return None,
		};
		Some(format!("key {key}"))
	}

	/// A number among the architecture's parameters.
	fn number(&self, name: &str) -> Option<f64> {
		self.container.number(&format!("{}.{name}", self.architecture))
	}

	/// `config.json`, from the parameters.
	fn config(&self) -> Result<Value, ImportError> {
		let model_type = self.architecture.as_str();
		let refuse = |reason: &str, remedy| {
			let reason = format!("is {model_type:?}{reason}");
			Err(self.place_here(&format!("key {ARCHITECTURE}")).refuse(reason, remedy))
		};
		match model_type {
			"llama" | "qwen2" | "qwen3" => {}
			"bert" => return refuse(", and encoders are not read from GGUF", Remedy::ImportFolder),
			_ => return refuse(", which is not read from GGUF", Remedy::ChooseModel),
		}
		let text = |name: &str| self.container.text(&self.map, &format!("{model_type}.{name}"));
		let mut config = Map::new();
		config.insert("model_type".into(), json!(model_type));
		for (name, parameter) in SIZES {
			if let Some(number) = self.number(parameter) {
				config.insert(name.into(), json!(number as u64));
			}
		}
		for (name, parameter) in NUMBERS {
			if let Some(number) = self.number(parameter) {
				config.insert(name.into(), json!(number));
			}
		}
		let vocabulary = self.container.tensor(EMBEDDING).map(|tensor| tensor.rows);
		config.insert("vocab_size".into(), json!(vocabulary.unwrap_or(0)));
		let is_tied = self.container.tensor("output.weight").is_none();
		config.insert("tie_word_embeddings".into(), json!(is_tied));
		if let Some(tensor) = self.container.tensor(ROPE_FACTORS) {
			let count = tensor.columns;
			if count > MAX_ROPE_FACTORS {
				let reason = format!("has {count} numbers, {MAX_ROPE_FACTORS} at most");
				return Err(self.tensor_place(ROPE_FACTORS).refuse(reason, Remedy::Download));
			}
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
			place: self.place_here(&format!("tensor {name}")),
		}
	}
}

impl ModelSource for Gguf {
	fn place(&self, name: &str, field: &str) -> Place {
		let field = match field.strip_prefix("field ") {
			Some(there) => self
				.field_here(name, there)
				.unwrap_or_else(|| format!("what stands for {there} of {name}")),
			None if field.is_empty() => format!("what stands for {name}"),
			None => field.into(),
		};
		self.place_here(&field)
	}

	fn tensor_place(&self, name: &str) -> Place {
		self.place_here(&format!("tensor {}", Self::name_here(name)))
	}

	fn file(&self, name: &str) -> Result<Option<Vec<u8>>, ImportError> {
		let value = match name {
			"config.json" => self.config()?,
			"tokenizer.json" => {
				tokenizer::tokenizer(&self.container, &self.map).map_err(|fault| {
					self.place_here(&fault.field).refuse(fault.reason, Remedy::ImportFolder)
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
		let invalid = |reason: &str| self.tensor_place(name).refuse(reason, Remedy::Download);
		let tensor = self.container.tensor(&here).ok_or_else(|| invalid("is missing"))?;
		let (rows, columns) = match *shape {
			[rows, columns] => (rows, columns),
			[columns] => (1, columns),
			_ => (0, 0),
		};
		if (tensor.rows, tensor.columns) != (rows, columns) {
			let (found, wide) = (tensor.rows, tensor.columns);
			let reason = format!("is {found} by {wide}, but the keys say {rows} by {columns}");
			return Err(invalid(&reason));
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
