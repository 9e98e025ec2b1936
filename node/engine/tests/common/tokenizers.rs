// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Models with small tokenizers of every kind that is read.

use std::fs;

use ergon_core::Architecture;
use ergon_engine::synthetic::{tokenizer_json, write_folder, Shape};
use serde_json::{json, Map, Value};

use super::Imported;

/// The way of Llama 3 and Qwen to cut words, with so many digits together.
fn split(digits: &str) -> Value {
	let regex = format!(
		"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{{L}}\\p{{N}}]?\\p{{L}}+|\\p{{N}}{digits}| \
		 ?[^\\s\\p{{L}}\\p{{N}}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
	);
	let bytes = json!({ "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false });
	let split = json!({ "type": "Split", "pattern": { "Regex": regex }, "behavior": "Isolated", "invert": false });
	json!({ "type": "Sequence", "pretokenizers": [split, bytes] })
}

/// A file with merges over bytes.
fn byte_level(normalizer: Value, pre_tokenizer: Value, whole_words: bool) -> Value {
	let mut file: Value = serde_json::from_slice(&tokenizer_json(320)).unwrap();
	// Those of the synthetic one are all over a control character.
	let pairs =
		["th", "he", "in", "er", "Ġt", "Ġa", "ĊĊ", "ĠĠ", "the", "Ġthe", "Ã©", "12", "'s", "ing"];
	let vocab = file["model"]["vocab"].as_object_mut().unwrap();
	vocab.retain(|_, id| id.as_u64().unwrap() < 258);
	for (id, text) in (258..).zip(pairs.iter().chain(&["Hello", "Ġworld"])) {
		vocab.insert((*text).into(), json!(id));
	}
	let merges = [
		["t", "h"],
		["h", "e"],
		["i", "n"],
		["e", "r"],
		["Ġ", "t"],
		["Ġ", "a"],
		["Ċ", "Ċ"],
		["Ġ", "Ġ"],
		["th", "e"],
		["Ġt", "he"],
		["Ã", "©"],
		["1", "2"],
		["'", "s"],
		["in", "g"],
		["t", "he"],
	];
	file["model"]["merges"] = json!(merges);
	file["model"]["ignore_merges"] = json!(whole_words);
	file["normalizer"] = normalizer;
	file["pre_tokenizer"] = pre_tokenizer;
	file
}

/// A file with merges over characters.
fn pieces(normalizer: Value, pre_tokenizer: Value) -> Value {
	let special = ["</s>", "<s>", "<unk>"].map(String::from);
	let bytes = (0..=255).map(|byte| format!("<0x{byte:02X}>"));
	let letters = ('a'..='z').chain("▁ABCé漢".chars()).map(String::from);
	let longer = ["▁t", "he", "in", "▁the", "▁▁", "ll", "▁a"].map(String::from);
	// The token that ends answers is 256, as in every synthetic model.
	let texts = bytes.chain(special).chain(letters).chain(longer);
	let vocab: Map<String, Value> = (0u32..).zip(texts).map(|(id, it)| (it, id.into())).collect();
	let special = |id: u32, content: &str| {
		json!({
			"id": id, "content": content, "single_word": false, "lstrip": false, "rstrip": false,
			"normalized": false, "special": true,
		})
	};
	json!({
		"version": "1.0", "truncation": null, "padding": null,
		"added_tokens": [special(256, "</s>"), special(257, "<s>"), special(258, "<unk>")],
		"normalizer": normalizer, "pre_tokenizer": pre_tokenizer, "post_processor": null,
		"decoder": { "type": "Sequence", "decoders": [
			{ "type": "Replace", "pattern": { "String": "▁" }, "content": " " },
			{ "type": "ByteFallback" }, { "type": "Fuse" },
			{ "type": "Strip", "content": " ", "start": 1, "stop": 0 },
		]},
		"model": {
			"type": "BPE", "dropout": null, "unk_token": "<unk>", "continuing_subword_prefix": null,
			"end_of_word_suffix": null, "fuse_unk": true, "byte_fallback": true, "ignore_merges": false,
			"vocab": vocab,
			"merges": [["▁", "t"], ["h", "e"], ["i", "n"], ["▁t", "he"], ["▁", "▁"], ["l", "l"], ["▁", "a"]],
		},
	})
}

/// A file with a vocabulary of which the longest pieces are taken.
fn longest(lowercase: bool) -> Value {
	let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"].map(String::from);
	let letters = ('a'..='z').chain('0'..='9').chain("ABCé漢,.!?'-ı".chars());
	let singles = letters.flat_map(|it| [it.to_string(), format!("##{it}")]);
	let longer =
		["the", "hello", "##ing", "wor", "##ld", "un", "##happy", "##happ"].map(String::from);
	let fill = (0..100).map(|index| format!("[unused{index}]"));
	let texts = special.into_iter().chain(singles).chain(longer).chain(fill);
	let vocab: Map<String, Value> = (0u32..).zip(texts).map(|(id, it)| (it, id.into())).collect();
	json!({
		"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
		"normalizer": {
			"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
			"strip_accents": null, "lowercase": lowercase,
		},
		"pre_tokenizer": { "type": "BertPreTokenizer" }, "post_processor": null,
		"decoder": { "type": "WordPiece", "prefix": "##", "cleanup": true },
		"model": {
			"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
			"max_input_chars_per_word": 20, "vocab": vocab,
		},
	})
}

/// Every kind of file, with the architecture that has it.
pub(crate) fn kinds() -> Vec<(&'static str, Architecture, Value)> {
	use Architecture::{Bert, Llama, Qwen2};
	let bytes = json!({ "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true });
	let digits = json!({ "type": "Sequence", "pretokenizers": [
		{ "type": "Digits", "individual_digits": true }, bytes,
	]});
	let replace = json!({ "type": "Replace", "pattern": { "String": " " }, "content": "▁" });
	let prepend = json!({ "type": "Prepend", "prepend": "▁" });
	let spaces = json!({ "type": "Sequence", "normalizers": [prepend, replace] });
	let metaspace = json!({ "type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": false });
	vec![
		("GPT-2", Llama, byte_level(Value::Null, bytes, false)),
		("SmolLM", Llama, byte_level(Value::Null, digits, false)),
		("Llama 3", Llama, byte_level(Value::Null, split("{1,3}"), true)),
		("Qwen", Qwen2, byte_level(json!({ "type": "NFC" }), split(""), false)),
		("Llama 2", Llama, pieces(spaces, Value::Null)),
		("Mistral", Llama, pieces(Value::Null, metaspace)),
		("BERT", Bert, longest(true)),
		("BERT with capitals", Bert, longest(false)),
	]
}

/// A tiny model with such a tokenizer.
pub(crate) fn with_tokenizer(architecture: Architecture, file: &Value) -> Imported {
	let folder = tempfile::tempdir().unwrap();
	let source = folder.path().join("source");
	let mut shape = Shape { architecture, ..Shape::TINY };
	if !architecture.generates() {
		// Encoders share no heads, and have no other head.
		shape.dimensions.key_value_heads = shape.dimensions.heads;
		shape.tied = false;
	}
	write_folder(&source, &shape, 3).unwrap();
	fs::write(source.join("tokenizer.json"), file.to_string()).unwrap();
	if !file["model"]["vocab"].as_object().unwrap().contains_key("<|end|>") {
		fs::remove_file(source.join("tokenizer_config.json")).unwrap();
	}
	Imported::of(folder)
}
