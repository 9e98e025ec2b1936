// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! `tokenizer.json` in the terms of [`ergon_exact::text`].
//!
//! The kinds that are in use are told apart by what the file says; any other one is refused, since nobody
//! could judge what it makes of a prompt. What was understood is tried against the library that the file
//! is written for.

use std::{
	collections::HashMap,
	panic::{catch_unwind, AssertUnwindSafe},
};

use ergon_exact::text::{Entry, FirstSpace, Merge, Normaliser, Pieces, Words, SPACE};
use serde_json::{json, Value};

use crate::{error::Fault, read};

/// Texts that are read with both.
const PROBES: [&str; 8] = [
	"Hello, World! It's 12345.67 o'clock; isn'T it?",
	"  two  spaces\tand a tab\r\n\r\n  then lines \n\n ",
	"fn main() { println!(\"{}\", x_1 + 0xFF); } // 100%",
	"Größe, naïve café, e\u{301}, İstanbul ǅ ſ",
	"漢字とかな 한국어 العربية हिन्दी ไทย",
	"🙂👩‍👩‍👧 ½ Ⅷ ٣ ™ \u{200b}\u{a0}x\u{3000}y",
	"<|im_start|>system<s>[CLS]</s> ▁▁ Ġ",
	"",
];

/// The pattern by which Llama 3 and Qwen cut words: what stands before and behind the number of digits
/// that are left together.
pub(super) const LLAMA3_PATTERN: [&str; 2] = [
	r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}",
	r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
];

/// How the strings of a vocabulary spell bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spelling {
	/// Each character stands for one byte, as GPT-2 has it.
	ByteLevel,
	/// `▁` stands for a space and `<0xAB>` for a byte, as SentencePiece has it.
	Pieces,
	/// They are what they say.
	Plain,
}

/// A vocabulary, and what is done with it.
pub(super) struct Understood {
	pub(super) normaliser: Normaliser,
	pub(super) words: Words,
	pub(super) pieces: Pieces,
	pub(super) strips_leading_space: bool,
	pub(super) entries: Vec<Entry>,
	pub(super) merges: Vec<Merge>,
}

/// Asks the library, which panics over some files that it should refuse.
pub(super) fn ask<T>(work: impl FnOnce() -> tokenizers::Result<T>) -> Result<T, String> {
	match catch_unwind(AssertUnwindSafe(work)) {
		Ok(result) => result.map_err(|error| error.to_string()),
		Err(_) => Err("the tokenizer's library cannot cope with it".into()),
	}
}

/// Reads `tokenizer.json`.
pub(super) fn parse(bytes: &[u8]) -> Result<tokenizers::Tokenizer, Fault> {
	let mut field = String::new();
	let read = ask(|| {
		tokenizers::Tokenizer::from_bytes(bytes).inspect_err(|error| {
			if let Some(error) = error.downcast_ref() {
				field = read::fault(bytes, error).field;
			}
		})
	});
	read.map_err(|error| Fault::new(field, format!("cannot be used ({error})")))
}

/// The same without what has no place in a prompt: added tokens, so that a prompt which spells a control
/// token out is text like any other, and what changes tokens by chance, length or position. As a
/// file, and as the library has it.
pub(super) fn plain(full: &tokenizers::Tokenizer) -> Result<(Value, tokenizers::Tokenizer), Fault> {
	let unwritable =
		|error: serde_json::Error| Fault::new("", format!("cannot be written again ({error})"));
	let mut file = serde_json::to_value(full).map_err(unwritable)?;
	file["added_tokens"] = json!([]);
	for key in ["post_processor", "truncation", "padding"] {
		file[key] = Value::Null;
	}
	if let Some(model) = file["model"].as_object_mut() {
		model.insert("dropout".into(), Value::Null);
	}
	let bytes = serde_json::to_vec(&file).map_err(unwritable)?;
	Ok((file, parse(&bytes)?))
}

/// What a tokenizer does whose [`plain`] file is `file`.
pub(super) fn understand(
	full: &tokenizers::Tokenizer,
	file: &Value,
	vocabulary: u32,
	end_tokens: &[u32],
) -> Result<Understood, Fault> {
	let (words, spaces, is_byte_level) = words(&file["pre_tokenizer"])?;
	let normaliser = match (normaliser(&file["normalizer"])?, spaces) {
		(Normaliser::Nothing, Some(first)) => Normaliser::Spaces { first },
		(normaliser, None) => normaliser,
		(_, Some(_)) => {
			return Err(Fault::new(
				"field normalizer",
				"is there, and pre_tokenizer deals with spaces",
			));
		}
	};
	let model = &file["model"];
	let is_cut = model["type"] == "WordPiece";
	let (spelling, strips_leading_space) = match is_cut {
		true => (Spelling::Plain, false),
		false => spelling(&file["decoder"])?,
	};
	if is_byte_level != (spelling == Spelling::ByteLevel) {
		let reason = "joins words in another way than pre_tokenizer cuts them";
		return Err(Fault::new("field decoder", reason));
	}
	let entries = entries(full, spelling, vocabulary, end_tokens);
	let (pieces, merges) = match (model["type"].as_str(), spelling) {
		(Some("WordPiece"), _) => (longest(full, model)?, Vec::new()),
		(Some("BPE"), Spelling::ByteLevel | Spelling::Pieces) => {
			merging(full, model, &entries, spelling)?
		}
		(kind, _) => {
			let reason = format!("is {:?}, which is not read", kind.unwrap_or("none"));
			return Err(Fault::new("field model.type", reason));
		}
	};
	Ok(Understood { normaliser, words, pieces, strips_leading_space, entries, merges })
}

/// Refuses what the library, [`plain`], reads differently.
pub(super) fn probe(
	library: &tokenizers::Tokenizer,
	encode: impl Fn(&str) -> Result<Vec<u32>, String>,
) -> Result<(), Fault> {
	for text in PROBES {
		let theirs = ask(|| library.encode_fast(text, false));
		let is_same = match (&theirs, encode(text)) {
			(Ok(theirs), Ok(ours)) => theirs.get_ids() == ours,
			_ => false,
		};
		if !is_same {
			return Err(Fault::new("", format!("reads {text:?} in a way that is not known")));
		}
	}
	Ok(())
}

/// The parts of something that may be a sequence.
fn parts<'a>(value: &'a Value, list: &str) -> Vec<&'a Value> {
	match value[list].as_array() {
		Some(parts) => parts.iter().collect(),
		None if value.is_null() => Vec::new(),
		None => vec![value],
	}
}

fn normaliser(value: &Value) -> Result<Normaliser, Fault> {
	let unknown = || Err(Fault::new("field normalizer", format!("is not known: {value}")));
	let space = SPACE.to_string();
	let is_replace = |part: &Value| {
		part["type"] == "Replace"
			&& part["pattern"]["String"] == " "
			&& part["content"] == space.as_str()
	};
	let is_prepend = |part: &Value| part["type"] == "Prepend" && part["prepend"] == space.as_str();
	Ok(match parts(value, "normalizers")[..] {
		[] => Normaliser::Nothing,
		[part] if part["type"] == "NFC" => Normaliser::Composed,
		[part] if part["type"] == "BertNormalizer" => {
			let is = |name: &str| part[name].as_bool();
			let lowercase = is("lowercase").unwrap_or(true);
			Normaliser::Bert {
				clean: is("clean_text").unwrap_or(true),
				chinese: is("handle_chinese_chars").unwrap_or(true),
				strip_accents: is("strip_accents").unwrap_or(lowercase),
				lowercase,
			}
		}
		[replace] if is_replace(replace) => Normaliser::Spaces { first: FirstSpace::Never },
		[prepend, replace] if is_prepend(prepend) && is_replace(replace) => {
			Normaliser::Spaces { first: FirstSpace::Always }
		}
		_ => return unknown(),
	})
}

/// How texts are cut, what becomes of spaces, and whether words are bytes.
fn words(value: &Value) -> Result<(Words, Option<FirstSpace>, bool), Fault> {
	let unknown = |part: &Value| Fault::new("field pre_tokenizer", format!("is not known: {part}"));
	let is_byte_level = |part: &Value, cuts: bool| {
		part["type"] == "ByteLevel"
			&& part["add_prefix_space"] == false
			&& part["use_regex"] == cuts
	};
	let is_digits = |part: &Value| part["type"] == "Digits" && part["individual_digits"] == true;
	Ok(match parts(value, "pretokenizers")[..] {
		[] => (Words::Whole, None, false),
		[bytes] if is_byte_level(bytes, true) => (Words::Gpt2 { single_digits: false }, None, true),
		[digits, bytes] if is_digits(digits) && is_byte_level(bytes, true) => {
			(Words::Gpt2 { single_digits: true }, None, true)
		}
		[split, bytes] if split["type"] == "Split" && is_byte_level(bytes, false) => {
			let is_isolated = split["behavior"] == "Isolated" && split["invert"] == false;
			let digits = split["pattern"]["Regex"].as_str().filter(|_| is_isolated);
			let digits = digits.and_then(digits_of_llama3);
			(Words::Llama3 { digits: digits.ok_or_else(|| unknown(split))? }, None, true)
		}
		[spaces] if spaces["type"] == "Metaspace" && spaces["split"] == false => {
			let first = match spaces["prepend_scheme"].as_str() {
				Some("never") => FirstSpace::Never,
				_ => FirstSpace::UnlessThere,
			};
			(Words::Whole, Some(first), false)
		}
		[bert] if bert["type"] == "BertPreTokenizer" => (Words::Bert, None, false),
		_ => return Err(unknown(value)),
	})
}

/// Most digits of a word in a pattern like [`LLAMA3_PATTERN`].
fn digits_of_llama3(pattern: &str) -> Option<u8> {
	let [before, after] = LLAMA3_PATTERN;
	match pattern.strip_prefix(before)?.strip_suffix(after)? {
		"" => Some(1),
		count => count.strip_prefix("{1,")?.strip_suffix('}')?.parse().ok().filter(|it| *it > 0),
	}
}

/// How a vocabulary spells bytes, and whether decoding strips a leading space.
fn spelling(decoder: &Value) -> Result<(Spelling, bool), Fault> {
	let parts = parts(decoder, "decoders");
	let is = |kind: &str| parts.iter().any(|part| part["type"] == kind);
	if is("ByteLevel") {
		return Ok((Spelling::ByteLevel, false));
	}
	let known = ["ByteFallback", "Fuse", "Metaspace", "Replace", "Strip"];
	let all_known = parts.iter().all(|part| known.iter().any(|kind| part["type"] == *kind));
	if !all_known || !(is("Replace") || is("Metaspace")) {
		let reason = format!("is neither byte-level nor SentencePiece's: {decoder}");
		return Err(Fault::new("field decoder", reason));
	}
	let strips = parts.iter().any(|part| match part["type"].as_str() {
		Some("Strip") => part["start"].as_u64().unwrap_or(0) > 0,
		Some("Metaspace") => part["prepend_scheme"].as_str().unwrap_or("always") != "never",
		_ => false,
	});
	Ok((Spelling::Pieces, strips))
}

/// What the tokens below `vocabulary` are.
fn entries(
	full: &tokenizers::Tokenizer,
	spelling: Spelling,
	vocabulary: u32,
	end_tokens: &[u32],
) -> Vec<Entry> {
	let added = full.get_added_tokens_decoder();
	let alphabet = byte_level_alphabet();
	let entry = |token: u32| match (added.get(&token), full.id_to_token(token)) {
		_ if end_tokens.contains(&token) => Entry::Silent,
		(Some(added), _) if added.special => Entry::Silent,
		(Some(added), _) => Entry::Added(added.content.clone().into_bytes()),
		(None, None) => Entry::Silent,
		(None, Some(text)) => match spelling {
			Spelling::ByteLevel => Entry::Piece(bytes_of(&text, &alphabet)),
			Spelling::Pieces => match byte_of(&text) {
				Some(byte) => Entry::Byte(byte),
				None => Entry::Piece(text.into_bytes()),
			},
			Spelling::Plain => Entry::Piece(text.into_bytes()),
		},
	};
	(0..vocabulary).map(entry).collect()
}

/// A vocabulary that merges.
fn merging(
	full: &tokenizers::Tokenizer,
	model: &Value,
	entries: &[Entry],
	spelling: Spelling,
) -> Result<(Pieces, Vec<Merge>), Fault> {
	for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
		if model[key].as_str().is_some_and(|text| !text.is_empty()) {
			return Err(Fault::new(format!("field model.{key}"), "is not known"));
		}
	}
	let mut bytes: [Option<u32>; 256] = [None; 256];
	for (token, entry) in (0..).zip(entries) {
		let byte = match entry {
			Entry::Byte(byte) => *byte,
			Entry::Piece(piece) if spelling == Spelling::ByteLevel && piece.len() == 1 => piece[0],
			_ => continue,
		};
		bytes[usize::from(byte)].get_or_insert(token);
	}
	let bytes: Option<Vec<u32>> = bytes.into_iter().collect();
	let bytes = bytes.ok_or_else(|| {
		Fault::new("field model.vocab", "cannot spell every text: some byte has no token")
	})?;
	let invalid = |reason: String| Fault::new("field model.merges", reason);
	let ids: HashMap<String, u32> = full.get_vocab(false).into_iter().collect();
	let token = |text: &str| {
		let id = ids.get(text).copied();
		id.ok_or_else(|| invalid(format!("has {text:?}, which is no token")))
	};
	let list = model["merges"].as_array().map_or(&[][..], |it| it);
	let merges = list.iter().map(|pair| {
		let part = |index: usize| {
			pair[index].as_str().ok_or_else(|| invalid(format!("has {pair}, which is no pair")))
		};
		let (left, right) = (part(0)?, part(1)?);
		let into = token(&[left, right].concat())?;
		Ok(Merge { left: token(left)?, right: token(right)?, into })
	});
	let merges = merges.collect::<Result<Vec<_>, Fault>>()?;
	let pieces = Pieces::Merges {
		bytes,
		characters: spelling == Spelling::Pieces,
		whole_words: model["ignore_merges"] == true,
		count: u32::try_from(merges.len()).map_err(|_| invalid("has too many pairs".into()))?,
	};
	Ok((pieces, merges))
}

/// A vocabulary of which the longest pieces are taken.
fn longest(full: &tokenizers::Tokenizer, model: &Value) -> Result<Pieces, Fault> {
	let invalid = |key: &str, reason: &str| Fault::new(format!("field model.{key}"), reason);
	let unknown = model["unk_token"].as_str().and_then(|text| full.token_to_id(text));
	let continuing = model["continuing_subword_prefix"].as_str().unwrap_or("##");
	let longest_word = model["max_input_chars_per_word"].as_u64().unwrap_or(100);
	Ok(Pieces::Longest {
		continuing: continuing.into(),
		unknown: unknown.ok_or_else(|| invalid("unk_token", "is no token"))?,
		longest_word: u32::try_from(longest_word)
			.map_err(|_| invalid("max_input_chars_per_word", "is too large"))?,
	})
}

/// The byte that each character of GPT-2's alphabet stands for, by the character's number. Printable
/// bytes stand for themselves, the others for the characters from 256 on, in order.
fn byte_level_alphabet() -> Vec<Option<u8>> {
	let mut alphabet = vec![None; 512];
	let mut next = 256;
	for byte in 0..=255u8 {
		let printable = matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff);
		let character = if printable { usize::from(byte) } else { next };
		next += usize::from(!printable);
		alphabet[character] = Some(byte);
	}
	alphabet
}

fn bytes_of(token: &str, alphabet: &[Option<u8>]) -> Vec<u8> {
	let mut bytes = Vec::with_capacity(token.len());
	for character in token.chars() {
		match alphabet.get(character as usize).copied().flatten() {
			Some(byte) => bytes.push(byte),
			None => bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
		}
	}
	bytes
}

/// The byte that a token of SentencePiece is.
fn byte_of(token: &str) -> Option<u8> {
	let digits = token.strip_prefix("<0x")?.strip_suffix('>')?;
	(digits.len() == 2).then(|| u8::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_alphabet_has_every_byte_once() {
		let mut bytes: Vec<u8> = byte_level_alphabet().into_iter().flatten().collect();
		bytes.sort_unstable();
		assert_eq!(bytes, (0..=255).collect::<Vec<u8>>());
		assert_eq!(bytes_of("Ġhiâĺĥ", &byte_level_alphabet()), " hi☃".as_bytes());
	}

	#[test]
	fn bytes_of_sentencepiece_are_told_from_pieces() {
		let read = ["<0x0A>", "<0xzz>", "<0x123>", "<0xA>", "a"].map(byte_of);
		assert_eq!(read, [Some(10), None, None, None, None]);
	}

	#[test]
	fn decoders_are_told_apart() {
		let byte_level = json!({ "type": "ByteLevel" });
		assert_eq!(spelling(&byte_level), Ok((Spelling::ByteLevel, false)));
		let llama = json!({ "type": "Sequence", "decoders": [
			{ "type": "Replace", "pattern": { "String": "▁" }, "content": " " },
			{ "type": "ByteFallback" },
			{ "type": "Fuse" },
			{ "type": "Strip", "content": " ", "start": 1, "stop": 0 },
		]});
		assert_eq!(spelling(&llama), Ok((Spelling::Pieces, true)));
		assert!(spelling(&json!({ "type": "CTC" })).is_err());
		assert!(spelling(&Value::Null).is_err());
	}

	#[test]
	fn patterns_are_told_apart() {
		let pattern = |digits: &str| {
			format!(
				"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{{L}}\\p{{N}}]?\\p{{L}}+|\\p{{N}}{digits}| \
				 ?[^\\s\\p{{L}}\\p{{N}}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
			)
		};
		let digits =
			["", "{1,3}", "{1,0}", "+", "{1,999}"].map(|it| digits_of_llama3(&pattern(it)));
		assert_eq!(digits, [Some(1), Some(3), None, None, None]);
		let other = json!({ "type": "Sequence", "pretokenizers": [
			{ "type": "Split", "pattern": { "Regex": "\\p{L}+" }, "behavior": "Isolated", "invert": false },
			{ "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false },
		]});
		let fault = words(&other).unwrap_err().to_string();
		assert!(fault.starts_with("field pre_tokenizer is not known"), "{fault}");
		let fault = normaliser(&json!({ "type": "NFKC" })).unwrap_err().to_string();
		assert!(fault.starts_with("field normalizer is not known") && fault.contains("NFKC"));
	}
}
