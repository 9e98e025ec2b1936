// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Models with random weights, as Hugging Face folders: to measure speed at the shape of a model that
//! is not at hand, and to test with. They write nonsense.

pub mod gguf;

use std::{borrow::Cow, fs, io, path::Path};

use ergon_core::{Architecture, Dimensions};
use safetensors::{Dtype, View};
use serde_json::{json, Map, Value};

/// The shape of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
	/// Kind of network.
	pub architecture: Architecture,
	/// Sizes of the network; at least [`MIN_VOCABULARY`] tokens.
	pub dimensions: Dimensions,
	/// Whether embedding and head share their rows.
	pub tied: bool,
}

/// Fewest tokens of a shape: one per byte and two control tokens.
pub const MIN_VOCABULARY: u32 = 258;
/// The token that ends an answer.
pub const END_TOKEN: u32 = 256;
/// The token that begins a message.
pub const START_TOKEN: u32 = 257;

/// One message after another, each between control tokens.
const CHAT_TEMPLATE: &str = "{% for message in messages %}\
	{{ '<|start|>' + message['role'] + '\n' + message['content'] + '<|end|>\n' }}\
	{% endfor %}\
	{% if add_generation_prompt %}{{ '<|start|>assistant\n' }}{% endif %}";

impl Shape {
	/// SmolLM2 with 135 million parameters.
	pub const SMOLLM2_135M: Self = Self {
		architecture: Architecture::Llama,
		dimensions: Dimensions {
			vocabulary: 49_152,
			hidden: 576,
			intermediate: 1_536,
			layers: 30,
			heads: 9,
			key_value_heads: 3,
			head_width: 64,
			context: 8_192,
		},
		tied: true,
	};

	/// TinyLlama with 1.1 billion parameters.
	pub const TINYLLAMA_1B: Self = Self {
		architecture: Architecture::Llama,
		dimensions: Dimensions {
			vocabulary: 32_000,
			hidden: 2_048,
			intermediate: 5_632,
			layers: 22,
			heads: 32,
			key_value_heads: 4,
			head_width: 64,
			context: 2_048,
		},
		tied: false,
	};

	/// Qwen2.5 with 0.5 billion parameters.
	pub const QWEN25_05B: Self = Self {
		architecture: Architecture::Qwen2,
		dimensions: Dimensions {
			vocabulary: 151_936,
			hidden: 896,
			intermediate: 4_864,
			layers: 24,
			heads: 14,
			key_value_heads: 2,
			head_width: 64,
			context: 32_768,
		},
		tied: true,
	};

	/// Qwen3 with 0.6 billion parameters.
	pub const QWEN3_06B: Self = Self {
		architecture: Architecture::Qwen3,
		dimensions: Dimensions {
			vocabulary: 151_936,
			hidden: 1_024,
			intermediate: 3_072,
			layers: 28,
			heads: 16,
			key_value_heads: 8,
			head_width: 128,
			context: 40_960,
		},
		tied: true,
	};

	/// A network that runs in microseconds.
	pub const TINY: Self = Self {
		architecture: Architecture::Llama,
		dimensions: Dimensions {
			vocabulary: 320,
			hidden: 48,
			intermediate: 80,
			layers: 3,
			heads: 4,
			key_value_heads: 2,
			head_width: 12,
			context: 256,
		},
		tied: false,
	};
}

/// Writes a Hugging Face folder of that shape: config.json, tokenizer.json, tokenizer_config.json and
/// model.safetensors in BF16. The same shape and seed give the same bytes.
///
/// # Errors
///
/// What the file system says.
pub fn write_folder(folder: &Path, shape: &Shape, seed: u64) -> io::Result<()> {
	fs::create_dir_all(folder)?;
	let write = |name: &str, value: &Value| fs::write(folder.join(name), value.to_string());
	write("config.json", &config(shape))?;
	fs::write(folder.join("tokenizer.json"), tokenizer_json(shape.dimensions.vocabulary))?;
	write(
		"tokenizer_config.json",
		&json!({ "eos_token": "<|end|>", "chat_template": CHAT_TEMPLATE }),
	)?;
	let tensors = tensors(shape, seed);
	safetensors::serialize_to_file(tensors, None, &folder.join("model.safetensors"))
		.map_err(io::Error::other)
}

fn config(shape: &Shape) -> Value {
	let Dimensions {
		vocabulary,
		hidden,
		intermediate,
		layers,
		heads,
		key_value_heads,
		head_width,
		context,
	} = shape.dimensions;
	let (class, model_type) = match shape.architecture {
		Architecture::Llama => ("LlamaForCausalLM", "llama"),
		Architecture::Qwen2 => ("Qwen2ForCausalLM", "qwen2"),
		Architecture::Qwen3 => ("Qwen3ForCausalLM", "qwen3"),
		Architecture::Bert => ("BertModel", "bert"),
	};
	json!({
		"architectures": [class],
		"model_type": model_type,
		"vocab_size": vocabulary,
		"hidden_size": hidden,
		"intermediate_size": intermediate,
		"num_hidden_layers": layers,
		"num_attention_heads": heads,
		"num_key_value_heads": key_value_heads,
		"head_dim": head_width,
		"max_position_embeddings": context,
		"rms_norm_eps": 1e-5,
		"rope_theta": 10_000.0,
		"type_vocab_size": 2,
		"hidden_act": if shape.architecture.generates() { "silu" } else { "gelu" },
		"attention_bias": false,
		"tie_word_embeddings": shape.tied,
		"eos_token_id": END_TOKEN,
		"torch_dtype": "bfloat16",
	})
}

/// A byte-level tokenizer of that many tokens: one per byte, the two control tokens, then pairs of
/// bytes that merge.
pub fn tokenizer_json(vocabulary: u32) -> Vec<u8> {
	let control = |id: u32, content: &str| {
		json!({
			"id": id, "content": content, "single_word": false, "lstrip": false, "rstrip": false,
			"normalized": false, "special": true,
		})
	};
	let byte_level = json!({
		"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true,
	});
	let characters: Vec<char> = (0..=255u8).map(byte_character).collect();
	let mut vocab: Map<String, Value> =
		(0u32..).zip(&characters).map(|(id, text)| (text.to_string(), id.into())).collect();
	vocab.insert("<|end|>".into(), END_TOKEN.into());
	vocab.insert("<|start|>".into(), START_TOKEN.into());
	let longer = |texts: Vec<String>| {
		let characters = &characters;
		let with = move |left: String| characters.iter().map(move |right| (left.clone(), *right));
		texts.into_iter().flat_map(with)
	};
	let singles = || characters.iter().map(char::to_string).collect();
	let pairs = || longer(singles()).map(|(left, right)| format!("{left}{right}")).collect();
	let mut merges = Vec::new();
	for (id, (left, right)) in
		(MIN_VOCABULARY..vocabulary).zip(longer(singles()).chain(longer(pairs())))
	{
		vocab.insert(format!("{left}{right}"), id.into());
		merges.push(json!([left, right.to_string()]));
	}
	let file = json!({
		"version": "1.0",
		"truncation": null,
		"padding": null,
		"added_tokens": [control(END_TOKEN, "<|end|>"), control(START_TOKEN, "<|start|>")],
		"normalizer": null,
		"pre_tokenizer": byte_level,
		"post_processor": null,
		"decoder": byte_level,
		"model": {
			"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
			"end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false,
			"ignore_merges": false, "vocab": vocab, "merges": merges,
		},
	});
	file.to_string().into_bytes()
}

/// The character that stands for a byte in GPT-2's alphabet.
fn byte_character(byte: u8) -> char {
	let printable = |byte: u8| matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff);
	if printable(byte) {
		return byte.into();
	}
	let before = (0..byte).filter(|byte| !printable(*byte)).count() as u32;
	char::from_u32(256 + before).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// A tensor whose numbers are made when they are asked for.
struct RandomTensor {
	shape: Vec<usize>,
	mean: f32,
	deviation: f32,
	seed: u64,
}

impl View for RandomTensor {
	fn dtype(&self) -> Dtype {
		Dtype::BF16
	}

	fn shape(&self) -> &[usize] {
		&self.shape
	}

	fn data(&self) -> Cow<'_, [u8]> {
		let count = self.data_len() as u64 / 2;
		let numbers = (0..count).flat_map(|index| {
			let value = self.mean + self.deviation * normal(self.seed.wrapping_add(index));
			// The upper half of a float is the number in BF16, rounded towards zero.
			((value.to_bits() >> 16) as u16).to_le_bytes()
		});
		Cow::Owned(numbers.collect())
	}

	fn data_len(&self) -> usize {
		2 * self.shape.iter().product::<usize>()
	}
}

/// A nearly normal number of mean 0 and deviation 1: four 16-bit words of one hash, added.
fn normal(counter: u64) -> f32 {
	// SplitMix64.
	let mut word = counter.wrapping_mul(0x9e37_79b9_7f4a_7c15);
	word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
	word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
	word ^= word >> 31;
	let sum: u32 = (0..4).map(|part| (word >> (16 * part)) as u32 & 0xffff).sum();
	(sum as f32 - 131_070.0) / 37_837.0
}

fn tensors(shape: &Shape, seed: u64) -> Vec<(String, RandomTensor)> {
	let Dimensions {
		vocabulary,
		hidden,
		intermediate,
		layers,
		heads,
		key_value_heads,
		head_width,
		context,
	} = shape.dimensions;
	let mut tensors = Vec::new();
	let mut add = |name: String, shape: &[u32], mean: f32, deviation: f32| {
		let seed = seed.wrapping_add((tensors.len() as u64 + 1) << 40);
		let shape = shape.iter().map(|size| *size as usize).collect();
		tensors.push((name, RandomTensor { shape, mean, deviation, seed }));
	};
	// Deviations that keep activations near 1 and logits a few units wide.
	let fan_in = |columns: u32| (columns as f32).sqrt().recip();
	if shape.architecture == Architecture::Bert {
		let table = |name: &str| format!("embeddings.{name}.weight");
		add(table("word_embeddings"), &[vocabulary, hidden], 0.0, 0.05);
		add(table("position_embeddings"), &[context, hidden], 0.0, 0.02);
		add(table("token_type_embeddings"), &[2, hidden], 0.0, 0.02);
		let mut norms = vec!["embeddings.LayerNorm".to_owned()];
		for layer in 0..layers {
			let name = |part: &str| format!("encoder.layer.{layer}.{part}");
			for (part, rows, columns) in [
				("attention.self.query", hidden, hidden),
				("attention.self.key", hidden, hidden),
				("attention.self.value", hidden, hidden),
				("attention.output.dense", hidden, hidden),
				("intermediate.dense", intermediate, hidden),
				("output.dense", hidden, intermediate),
			] {
				add(name(&format!("{part}.weight")), &[rows, columns], 0.0, fan_in(columns));
				add(name(&format!("{part}.bias")), &[rows], 0.0, 0.1);
			}
			norms.extend(
				["attention.output", "output"].map(|part| name(&format!("{part}.LayerNorm"))),
			);
		}
		for norm in norms {
			add(format!("{norm}.weight"), &[hidden], 1.0, 0.1);
			add(format!("{norm}.bias"), &[hidden], 0.0, 0.1);
		}
		return tensors;
	}
	add("model.embed_tokens.weight".into(), &[vocabulary, hidden], 0.0, 2.0 * fan_in(hidden));
	for layer in 0..layers {
		let (queries, keys) = (heads * head_width, key_value_heads * head_width);
		let mut matrix = |name: &str, rows, columns| {
			let name = format!("model.layers.{layer}.{name}.weight");
			add(name, &[rows, columns], 0.0, fan_in(columns));
		};
		matrix("self_attn.q_proj", queries, hidden);
		matrix("self_attn.k_proj", keys, hidden);
		matrix("self_attn.v_proj", keys, hidden);
		matrix("self_attn.o_proj", hidden, queries);
		matrix("mlp.gate_proj", intermediate, hidden);
		matrix("mlp.up_proj", intermediate, hidden);
		matrix("mlp.down_proj", hidden, intermediate);
		if shape.architecture == Architecture::Qwen2 {
			for (part, rows) in [("q_proj", queries), ("k_proj", keys), ("v_proj", keys)] {
				add(format!("model.layers.{layer}.self_attn.{part}.bias"), &[rows], 0.0, 0.5);
			}
		}
		if shape.architecture == Architecture::Qwen3 {
			for norm in ["q_norm", "k_norm"] {
				let name = format!("model.layers.{layer}.self_attn.{norm}.weight");
				add(name, &[head_width], 1.0, 0.1);
			}
		}
		for norm in ["input_layernorm", "post_attention_layernorm"] {
			add(format!("model.layers.{layer}.{norm}.weight"), &[hidden], 1.0, 0.1);
		}
	}
	add("model.norm.weight".into(), &[hidden], 1.0, 0.1);
	if !shape.tied {
		add("lm_head.weight".into(), &[vocabulary, hidden], 0.0, 2.0 * fan_in(hidden));
	}
	tensors
}
