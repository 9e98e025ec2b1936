// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The tokenizer of a GGUF file in the form of `tokenizer.json`.

use std::collections::HashMap;

use ergon_core::attestation::MAX_TOKEN_BYTES;
use serde_json::{json, Map, Value};

use super::container::Container;
use crate::{error::Fault, import::vocabulary::LLAMA3_PATTERN};

/// Kinds of tokens.
mod kind {
	pub(super) const UNKNOWN: u32 = 2;
	pub(super) const CONTROL: u32 = 3;
	pub(super) const USER_DEFINED: u32 = 4;
}

/// `tokenizer.json`.
pub(super) fn tokenizer(container: &Container, bytes: &[u8]) -> Result<Value, Fault> {
	let key = |name: &str| format!("tokenizer.ggml.{name}");
	let invalid = |name: &str, reason: String| Fault::new(format!("key {}", key(name)), reason);
	let tokens = container.texts(bytes, &key("tokens"))?;
	let mut vocabulary = HashMap::with_capacity(tokens.len());
	for (id, token) in tokens.iter().enumerate() {
		if let Some(other) = vocabulary.insert(*token, id) {
			return Err(invalid(
				"tokens",
				format!("has the same text for tokens {other} and {id}"),
			));
		}
	}
	// One for each token; what goes beyond is nobody's.
	let numbers = |name: &str| container.numbers(bytes, &key(name), tokens.len());
	let kinds = numbers("token_type").unwrap_or_default();
	let is = |id: usize, kind: u32| kinds.get(id) == Some(&f64::from(kind));
	let added: Vec<Value> = tokens
		.iter()
		.enumerate()
		.filter(|(id, _)| is(*id, kind::CONTROL) || is(*id, kind::USER_DEFINED))
		.map(|(id, token)| {
			json!({
				"id": id, "content": token, "single_word": false, "lstrip": false, "rstrip": false,
				"normalized": false, "special": is(id, kind::CONTROL),
			})
		})
		.collect();
	let vocab: Map<String, Value> =
		tokens.iter().enumerate().map(|(id, token)| ((*token).to_owned(), json!(id))).collect();
	let model = container.text(bytes, &key("model")).unwrap_or("none");
	let adds_first = container.number(&key("add_bos_token")).map(|flag| flag != 0.0);
	let (normalizer, pre_tokenizer, decoder, merges, adds_first) = match model {
		"gpt2" => {
			let kind = container.text(bytes, &key("pre")).unwrap_or("default");
			let (normalizer, pre_tokenizer) = byte_level(kind)
				.ok_or_else(|| invalid("pre", format!("is {kind:?}, which is not known")))?;
			let merges = container.texts(bytes, &key("merges"))?;
			let merges = merges.into_iter().map(|merge| {
				let (left, right) = merge
					.split_once(' ')
					.ok_or_else(|| invalid("merges", format!("has {merge:?}, which is no pair")))?;
				Ok(json!([left, right]))
			});
			let merges = merges.collect::<Result<Vec<_>, Fault>>()?;
			let decoder = json!({ "type": "ByteLevel", "add_prefix_space": false,
				"trim_offsets": true, "use_regex": true });
			let adds_first = adds_first.unwrap_or(kind == "llama-bpe");
			(normalizer, pre_tokenizer, decoder, merges, adds_first)
		}
		"llama" => {
			let scores = numbers("scores")
				.ok_or_else(|| invalid("scores", "is missing, or no array of numbers".into()))?;
			let adds_space = container.number(&key("add_space_prefix")) != Some(0.0);
			let (normalizer, decoder) = pieces(adds_space);
			let merges = merges_by_score(&tokens, &vocabulary, &scores);
			(normalizer, Value::Null, decoder, merges, adds_first.unwrap_or(true))
		}
		other => return Err(invalid("model", format!("is {other:?}, which is not read"))),
	};
	let first = container.number(&key("bos_token_id")).map(|id| id as usize).filter(|_| adds_first);
	let post_processor = match first.and_then(|id| Some((id, *tokens.get(id)?))) {
		None => Value::Null,
		Some((id, token)) => json!({
			"type": "TemplateProcessing",
			"single": [{ "SpecialToken": { "id": token, "type_id": 0 } },
				{ "Sequence": { "id": "A", "type_id": 0 } }],
			"pair": [{ "Sequence": { "id": "A", "type_id": 0 } },
				{ "Sequence": { "id": "B", "type_id": 0 } }],
			"special_tokens": { token: { "id": token, "ids": [id], "tokens": [token] } },
		}),
	};
	let unknown = tokens.iter().enumerate().find(|(id, _)| is(*id, kind::UNKNOWN));
	Ok(json!({
		"version": "1.0", "truncation": null, "padding": null, "added_tokens": added,
		"normalizer": normalizer, "pre_tokenizer": pre_tokenizer, "post_processor": post_processor,
		"decoder": decoder,
		"model": {
			"type": "BPE", "dropout": null, "continuing_subword_prefix": null,
			"end_of_word_suffix": null, "fuse_unk": model == "llama",
			"unk_token": unknown.filter(|_| model == "llama").map(|(_, token)| *token),
			"byte_fallback": model == "llama",
			"ignore_merges": container.text(bytes, &key("pre")) == Some("llama-bpe"),
			"vocab": vocab, "merges": merges,
		},
	}))
}

/// `tokenizer_config.json`.
pub(super) fn config(container: &Container, bytes: &[u8]) -> Value {
	let tokens = container.texts(bytes, "tokenizer.ggml.tokens").unwrap_or_default();
	let token = |name: &str| {
		let id = container.number(&format!("tokenizer.ggml.{name}_token_id"))?;
		tokens.get(id as usize).copied()
	};
	json!({
		"bos_token": token("bos"),
		"eos_token": token("eos"),
		"chat_template": container.text(bytes, "tokenizer.chat_template"),
	})
}

/// How texts are split before bytes are merged: normalizer and pre-tokenizer, by the name that
/// llama.cpp gave the way (`llama-vocab.cpp`).
fn byte_level(kind: &str) -> Option<(Value, Value)> {
	let bytes = |use_regex: bool| {
		json!({ "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
			"use_regex": use_regex })
	};
	let sequence = |parts: [Value; 2]| json!({ "type": "Sequence", "pretokenizers": parts });
	// The two differ in how many digits they leave together.
	let split = |digits: &str| {
		let regex = LLAMA3_PATTERN.join(digits);
		json!({ "type": "Split", "pattern": { "Regex": regex }, "behavior": "Isolated",
			"invert": false })
	};
	match kind {
		"gpt-2" | "gpt2" => Some((Value::Null, bytes(true))),
		"smollm" => {
			let digits = json!({ "type": "Digits", "individual_digits": true });
			Some((Value::Null, sequence([digits, bytes(true)])))
		}
		"llama-bpe" | "llama3" | "llama-v3" => {
			Some((Value::Null, sequence([split("{1,3}"), bytes(false)])))
		}
		"qwen2" => Some((json!({ "type": "NFC" }), sequence([split(""), bytes(false)]))),
		_ => None,
	}
}

/// Normalizer and decoder of a vocabulary of SentencePiece.
fn pieces(adds_space: bool) -> (Value, Value) {
	let replace = |pattern: &str, content: &str| json!({ "type": "Replace", "pattern": { "String": pattern }, "content": content });
	let mut normalizers = vec![replace(" ", "▁")];
	let mut decoders =
		vec![replace("▁", " "), json!({ "type": "ByteFallback" }), json!({ "type": "Fuse" })];
	if adds_space {
		normalizers.insert(0, json!({ "type": "Prepend", "prepend": "▁" }));
		decoders.push(json!({ "type": "Strip", "content": " ", "start": 1, "stop": 0 }));
	}
	(
		json!({ "type": "Sequence", "normalizers": normalizers }),
		json!({ "type": "Sequence", "decoders": decoders }),
	)
}

/// Merges that make the same of a text as scores do: the pair with the best score first, as
/// `generate_merges` of transformers has it (`convert_slow_tokenizer.py`).
fn merges_by_score(
	tokens: &[&str],
	vocabulary: &HashMap<&str, usize>,
	scores: &[f64],
) -> Vec<Value> {
	let mut merges = Vec::new();
	for (&token, &score) in tokens.iter().zip(scores) {
		// A vocabulary with such a piece is refused: how it comes about need not be looked for.
		if token.len() > MAX_TOKEN_BYTES as usize {
			continue;
		}
		let mut pairs: Vec<(&str, &str)> = token
			.char_indices()
			.skip(1)
			.map(|(at, _)| token.split_at(at))
			.filter(|(left, right)| vocabulary.contains_key(left) && vocabulary.contains_key(right))
			.collect();
		pairs.sort_by_key(|(left, right)| (vocabulary.get(left), vocabulary.get(right)));
		merges.extend(pairs.into_iter().map(|pair| (score, pair)));
	}
	let length = |text: &str| text.chars().count();
	merges.sort_by(|(score, (left, right)), (other, (other_left, other_right))| {
		other
			.total_cmp(score)
			.then_with(|| length(other_left).cmp(&length(left)))
			.then_with(|| length(other_right).cmp(&length(right)))
	});
	merges.into_iter().map(|(_, (left, right))| json!([left, right])).collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use candle_core::quantized::gguf_file::{self, Value as Field};
	use proptest::prelude::*;

	/// A file with a vocabulary of SentencePiece, in which every token after the first three is a piece
	/// with its score.
	fn file(pieces: &[(String, f32)]) -> Vec<u8> {
		let texts = |texts: Vec<&str>| {
			Field::Array(texts.into_iter().map(|text| Field::String(text.into())).collect())
		};
		let special = [("<unk>", 2), ("<s>", 3), ("</s>", 3)];
		let tokens = special.iter().map(|(token, _)| *token);
		let tokens = tokens.chain(pieces.iter().map(|(piece, _)| piece.as_str())).collect();
		let scores = [0.0; 3].into_iter().chain(pieces.iter().map(|(_, score)| *score));
		let kinds = special.iter().map(|(_, kind)| *kind).chain(pieces.iter().map(|_| 1));
		let fields = [
			("tokenizer.ggml.model", Field::String("llama".into())),
			("tokenizer.ggml.tokens", texts(tokens)),
			("tokenizer.ggml.scores", Field::Array(scores.map(Field::F32).collect())),
			("tokenizer.ggml.token_type", Field::Array(kinds.map(Field::I32).collect())),
			("tokenizer.ggml.bos_token_id", Field::U32(1)),
			("tokenizer.ggml.eos_token_id", Field::U32(2)),
		];
		let fields: Vec<_> = fields.iter().map(|(name, field)| (*name, field)).collect();
		let mut file = std::io::Cursor::new(Vec::new());
		gguf_file::write(&mut file, &fields, &[]).unwrap();
		file.into_inner()
	}

	fn tokenizer_of(pieces: &[(String, f32)]) -> tokenizers::Tokenizer {
		let bytes = file(pieces);
		let container = Container::parse(&bytes).unwrap();
		let json = tokenizer(&container, &bytes).unwrap();
		tokenizers::Tokenizer::from_bytes(serde_json::to_vec(&json).unwrap()).unwrap()
	}

	/// What SentencePiece does: of all neighbours that make a piece, join those with the best score,
	/// until there are none.
	fn join_by_score(text: &str, pieces: &[(String, f32)]) -> Vec<String> {
		let mut symbols: Vec<String> = text.chars().map(String::from).collect();
		loop {
			let mut best: Option<(f32, usize)> = None;
			for at in 0..symbols.len().saturating_sub(1) {
				let joined = format!("{}{}", symbols[at], symbols[at + 1]);
				if let Some((_, score)) = pieces.iter().find(|(piece, _)| *piece == joined) {
					if best.is_none_or(|(most, _)| *score > most) {
						best = Some((*score, at));
					}
				}
			}
			let Some((_, at)) = best else { return symbols };
			let next = symbols.remove(at + 1);
			symbols[at].push_str(&next);
		}
	}

	proptest! {
		#[test]
		fn merges_do_what_scores_do(
			pieces in prop::collection::btree_set("[abc▁]{2,5}", 1..40),
			seed in 0u64..1_000,
			text in "[abc ]{0,30}",
		) {
			// Scores that all differ, in an order of their own.
			let singles = ["▁", "a", "b", "c"].map(|piece| (piece.to_owned(), -1e6));
			let pieces: Vec<_> = pieces
				.into_iter()
				.enumerate()
				.map(|(index, piece)| (piece, -(((index as u64 * 7_919 + seed) % 1_009) as f32)))
				.chain(singles)
				.collect();
			let encoding = tokenizer_of(&pieces).encode(text.as_str(), false).unwrap();
			let spelt = format!("▁{}", text.replace(' ', "▁"));
			// An empty text gets no space before it.
			let expected =
				if text.is_empty() { Vec::new() } else { join_by_score(&spelt, &pieces) };
			prop_assert_eq!(encoding.get_tokens(), expected);
		}
	}

	#[test]
	fn a_text_begins_with_the_token_for_that() {
		let pieces = [("▁".to_owned(), -1.0), ("a".to_owned(), -2.0), ("▁a".to_owned(), -0.5)];
		let tokenizer = tokenizer_of(&pieces);
		let encoding = tokenizer.encode("a", true).unwrap();
		assert_eq!(encoding.get_tokens(), ["<s>", "▁a"]);
		assert_eq!(tokenizer.decode(&[1, 5], true).unwrap(), "a");
	}

	#[test]
	fn every_way_to_split_texts_is_one_that_the_library_knows() {
		for kind in ["gpt-2", "smollm", "llama-bpe", "qwen2"] {
			let (normalizer, pre_tokenizer) = byte_level(kind).unwrap();
			let file = json!({
				"version": "1.0", "added_tokens": [], "normalizer": normalizer,
				"pre_tokenizer": pre_tokenizer,
				"model": { "type": "BPE", "vocab": { "a": 0 }, "merges": [] },
			});
			let file = serde_json::to_vec(&file).unwrap();
			let tokenizer = tokenizers::Tokenizer::from_bytes(file).unwrap();
			let mut text = tokenizers::PreTokenizedString::from("It's 12345, isn't it?\n  Ja");
			use tokenizers::PreTokenizer;
			tokenizer.get_pre_tokenizer().unwrap().pre_tokenize(&mut text).unwrap();
			let splits = text
				.get_splits(tokenizers::OffsetReferential::Original, tokenizers::OffsetType::Byte);
			let parts: Vec<&str> = splits.iter().map(|split| split.0).collect();
			let expected: &[&str] = match kind {
				"gpt-2" => &["It", "'s", "Ġ12345", ",", "Ġisn", "'t", "Ġit", "?", "ĊĠ", "ĠJa"],
				"smollm" => &[
					"It", "'s", "Ġ", "1", "2", "3", "4", "5", ",", "Ġisn", "'t", "Ġit", "?", "ĊĠ",
					"ĠJa",
				],
				"llama-bpe" => {
					&["It", "'s", "Ġ", "123", "45", ",", "Ġisn", "'t", "Ġit", "?Ċ", "Ġ", "ĠJa"]
				}
				_ => &[
					"It", "'s", "Ġ", "1", "2", "3", "4", "5", ",", "Ġisn", "'t", "Ġit", "?Ċ", "Ġ",
					"ĠJa",
				],
			};
			assert_eq!(parts, expected, "{kind}");
		}
	}
}
