// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Text to tokens and back.
//!
//! Two views of one `tokenizer.json`. The importer sees all of it. Prompts are encoded by a view
//! without any added token, so that a prompt which spells a control token out is text like any other.

use std::{
	collections::BTreeSet,
	panic::{catch_unwind, AssertUnwindSafe},
};

use serde_json::{json, Value};

use crate::template::PromptFormat;

/// Longest text of one token, in bytes; longer ones are no text anybody means.
const MAX_TOKEN_BYTES: usize = 1_024;

/// How the strings of a vocabulary spell bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spelling {
	/// Each character stands for one byte, as GPT-2 has it.
	ByteLevel,
	/// `▁` stands for a space and `<0xAB>` for a byte, as SentencePiece has it.
	Pieces,
}

/// A tokenizer as the engine uses it.
pub struct Tokenizer {
	plain: tokenizers::Tokenizer,
	format: PromptFormat,
	texts: Texts,
	strip_leading_space: bool,
}

/// The texts of all tokens, one after another.
struct Texts {
	bytes: Vec<u8>,
	/// Where each token's text ends.
	ends: Vec<u32>,
}

impl Texts {
	fn get(&self, token: u32) -> &[u8] {
		let index = token as usize;
		let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied();
		let end = self.ends.get(index).copied().unwrap_or(0);
		self.bytes.get(start.unwrap_or(0) as usize..end as usize).unwrap_or(&[])
	}
}

/// Asks the library, which panics over some files that it should refuse.
pub(crate) fn ask<T>(work: impl FnOnce() -> tokenizers::Result<T>) -> Result<T, String> {
	match catch_unwind(AssertUnwindSafe(work)) {
		Ok(result) => result.map_err(|error| error.to_string()),
		Err(_) => Err("the tokenizer's library cannot cope with it".into()),
	}
}

/// Reads `tokenizer.json`.
pub(crate) fn parse(json: &[u8]) -> Result<tokenizers::Tokenizer, String> {
	ask(|| tokenizers::Tokenizer::from_bytes(json))
}

impl Tokenizer {
	/// From the bytes of `tokenizer.json`; for a model that writes text, with the number of its tokens.
	///
	/// # Errors
	///
	/// A clause that says what is wrong with the file.
	pub fn new(json: &[u8], format: PromptFormat, vocabulary: Option<u32>) -> Result<Self, String> {
		let full = parse(json)?;
		let mut file: Value = serde_json::from_slice(json).map_err(|error| error.to_string())?;
		let (texts, strip_leading_space) = match vocabulary {
			None => (Texts { bytes: Vec::new(), ends: Vec::new() }, false),
			Some(vocabulary) => {
				let (spelling, strips) = spelling(&file["decoder"])?;
				(texts(&full, spelling, vocabulary, &format.end_tokens)?, strips)
			}
		};

		// What changes tokens by chance, length or position has no place in a prompt.
		file["added_tokens"] = json!([]);
		for key in ["post_processor", "truncation", "padding"] {
			file[key] = Value::Null;
		}
		if let Some(model) = file["model"].as_object_mut() {
			model.insert("dropout".into(), Value::Null);
		}
		let plain = serde_json::to_vec(&file).map_err(|error| error.to_string())?;
		let plain = parse(&plain)?;

		Ok(Self { plain, format, texts, strip_leading_space })
	}

	/// The prompt of a conversation as tokens; the text itself where there is no chat template.
	pub fn encode_chat(&self, prompt: &str) -> Result<Vec<u32>, String> {
		let Some(chat) = &self.format.chat else { return self.encode_plain(prompt) };
		self.encode_between(&chat.before, &chat.surround(prompt), &chat.after)
	}

	/// A text outside any conversation as tokens.
	pub fn encode_plain(&self, text: &str) -> Result<Vec<u32>, String> {
		self.encode_between(&self.format.plain_prefix, text, &self.format.plain_suffix)
	}

	fn encode_between(
		&self,
		before: &[u32],
		text: &str,
		after: &[u32],
	) -> Result<Vec<u32>, String> {
		let encoding = ask(|| self.plain.encode_fast(text, false))?;
		Ok([before, encoding.get_ids(), after].concat())
	}

	/// The bytes that a token adds to an answer: none for control tokens and for ids without a token.
	pub fn text(&self, token: u32) -> &[u8] {
		self.texts.get(token)
	}

	/// Whether a token ends an answer.
	pub fn is_end(&self, token: u32) -> bool {
		self.format.end_tokens.binary_search(&token).is_ok()
	}

	/// Whether an answer that begins with a space loses it.
	pub fn strips_leading_space(&self) -> bool {
		self.strip_leading_space
	}

	/// How prompts are formed.
	pub fn format(&self) -> &PromptFormat {
		&self.format
	}
}

/// How a vocabulary spells bytes, and whether decoding strips a leading space.
fn spelling(decoder: &Value) -> Result<(Spelling, bool), String> {
	let parts = match decoder["decoders"].as_array() {
		Some(parts) => parts.iter().collect(),
		None => vec![decoder],
	};
	let kinds: BTreeSet<&str> = parts.iter().filter_map(|part| part["type"].as_str()).collect();
	if kinds.contains("ByteLevel") {
		return Ok((Spelling::ByteLevel, false));
	}
	let known = ["ByteFallback", "Fuse", "Metaspace", "Replace", "Strip"];
	let pieces = kinds.contains("Replace") || kinds.contains("Metaspace");
	if !pieces || !kinds.iter().all(|kind| known.contains(kind)) {
		return Err(format!("its decoder {decoder} is neither byte-level nor SentencePiece's"));
	}
	let strips = parts.iter().any(|part| match part["type"].as_str() {
		Some("Strip") => part["start"].as_u64().unwrap_or(0) > 0,
		Some("Metaspace") => part["prepend_scheme"].as_str().unwrap_or("always") != "never",
		_ => false,
	});
	Ok((Spelling::Pieces, strips))
}

/// The texts of the tokens below `vocabulary`; control tokens have none.
fn texts(
	full: &tokenizers::Tokenizer,
	spelling: Spelling,
	vocabulary: u32,
	end_tokens: &[u32],
) -> Result<Texts, String> {
	let added = full.get_added_tokens_decoder();
	let byte_of = byte_level_alphabet();
	let mut texts = Texts { bytes: Vec::new(), ends: Vec::with_capacity(vocabulary as usize) };
	for id in 0..vocabulary {
		let start = texts.bytes.len();
		match (added.get(&id), full.id_to_token(id)) {
			_ if end_tokens.contains(&id) => {}
			(Some(added), _) if added.special => {}
			(Some(added), _) => texts.bytes.extend_from_slice(added.content.as_bytes()),
			(None, None) => {}
			(None, Some(token)) => match spelling {
				Spelling::ByteLevel => push_byte_level(&token, &byte_of, &mut texts.bytes),
				Spelling::Pieces => push_piece(&token, &mut texts.bytes),
			},
		}
		if texts.bytes.len() - start > MAX_TOKEN_BYTES {
			return Err(format!("its token {id} is longer than {MAX_TOKEN_BYTES} bytes"));
		}
		texts.ends.push(u32::try_from(texts.bytes.len()).map_err(|_| "it is too large")?);
	}
	Ok(texts)
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

fn push_byte_level(token: &str, alphabet: &[Option<u8>], bytes: &mut Vec<u8>) {
	for character in token.chars() {
		match alphabet.get(character as usize).copied().flatten() {
			Some(byte) => bytes.push(byte),
			None => bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
		}
	}
}

fn push_piece(token: &str, bytes: &mut Vec<u8>) {
	let byte = token
		.strip_prefix("<0x")
		.and_then(|rest| rest.strip_suffix('>'))
		.filter(|digits| digits.len() == 2)
		.and_then(|digits| u8::from_str_radix(digits, 16).ok());
	match byte {
		Some(byte) => bytes.push(byte),
		None => bytes.extend_from_slice(token.replace('▁', " ").as_bytes()),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_alphabet_has_every_byte_once() {
		let mut bytes: Vec<u8> = byte_level_alphabet().into_iter().flatten().collect();
		bytes.sort_unstable();
		assert_eq!(bytes, (0..=255).collect::<Vec<u8>>());
		let mut text = Vec::new();
		push_byte_level("Ġhiâĺĥ", &byte_level_alphabet(), &mut text);
		assert_eq!(text, " hi☃".as_bytes());
	}

	#[test]
	fn pieces_spell_spaces_and_bytes() {
		let mut text = Vec::new();
		for piece in ["▁a▁b", "<0x0A>", "<0xzz>", "<0x123>"] {
			push_piece(piece, &mut text);
		}
		assert_eq!(text, b" a b\n<0xzz><0x123>");
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
		assert!(spelling(&json!({ "type": "WordPiece" })).is_err());
		assert!(spelling(&Value::Null).is_err());
	}
}
