// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The byte-level BPE tokenizer and the chat template.

use crate::{
	corpus::{Corpus, Example},
	error::at,
	random::{Purpose, Random},
	Error, Result,
};
use std::path::Path;
use tokenizers::{
	models::bpe::{BpeTrainerBuilder, BPE},
	pre_tokenizers::byte_level::ByteLevel,
	AddedToken, Tokenizer, TokenizerBuilder,
};

/// Ends a turn, and thereby an answer.
pub const END: &str = "<|end|>";
/// Begins a turn of the user.
pub const USER: &str = "<|user|>";
/// Begins a turn of the model.
pub const ASSISTANT: &str = "<|assistant|>";

/// Ids of [`END`], [`USER`] and [`ASSISTANT`].
pub const END_ID: u32 = 0;
/// See [`END_ID`].
pub const USER_ID: u32 = 1;
/// See [`END_ID`].
pub const ASSISTANT_ID: u32 = 2;

/// Tokens of the vocabulary.
pub const VOCABULARY: usize = 2048;

/// The chat template in the Jinja dialect of `tokenizer_config.json`: turns without line breaks
/// between them. Roles that the model does not know are left out.
pub const CHAT_TEMPLATE: &str = "{% for message in messages %}\
	{% if message['role'] == 'user' or message['role'] == 'assistant' %}\
	{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}\
	{% endif %}{% endfor %}\
	{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";

/// Turns text into tokens and back.
pub struct Tokens(Tokenizer);

impl Tokens {
	/// Learns a vocabulary of [`VOCABULARY`] tokens from `documents` examples.
	pub fn train(corpus: &Corpus, seed: u64, documents: usize) -> Result<Self> {
		let special = |text: &str| AddedToken::from(text, true);
		let mut trainer = BpeTrainerBuilder::new()
			.vocab_size(VOCABULARY)
			.min_frequency(2)
			.show_progress(false)
			.special_tokens(vec![special(END), special(USER), special(ASSISTANT)])
			.initial_alphabet(ByteLevel::alphabet().into_iter().collect())
			.build();
		let mut tokenizer = TokenizerBuilder::default()
			.with_model(BPE::default())
			.with_normalizer(None::<tokenizers::NormalizerWrapper>)
			.with_pre_tokenizer(Some(ByteLevel::new(false, true, true)))
			.with_post_processor(None::<tokenizers::PostProcessorWrapper>)
			.with_decoder(Some(ByteLevel::new(false, true, true)))
			.build()?;
		let mut random = Random::new(seed, Purpose::Tokenizer, 0);
		let texts: Vec<String> = (0..documents)
			.flat_map(|_| {
				let Example { prompt, answers, .. } = corpus.example(&mut random);
				std::iter::once(prompt).chain(answers)
			})
			.collect();
		tokenizer.train(&mut trainer, texts.into_iter())?;
		// Through its file form, so that what trains is what is shipped.
		Ok(Self(tokenizer.to_string(false)?.parse()?))
	}

	/// Reads `tokenizer.json` from `folder`.
	pub fn load(folder: &Path) -> Result<Self> {
		let path = folder.join("tokenizer.json");
		let bytes = std::fs::read(&path).map_err(at(&path))?;
		let tokens = Self(Tokenizer::from_bytes(bytes)?);
		for (text, id) in [(END, END_ID), (USER, USER_ID), (ASSISTANT, ASSISTANT_ID)] {
			if tokens.0.token_to_id(text) != Some(id) {
				let reason = format!("{text} is not token {id} of its tokenizer");
				return Err(Error::Model { path: folder.into(), reason });
			}
		}
		Ok(tokens)
	}

	/// The contents of `tokenizer.json`.
	pub fn to_json(&self) -> Result<String> {
		Ok(self.0.to_string(true)?)
	}

	/// Number of tokens of the vocabulary.
	pub fn vocabulary(&self) -> usize {
		self.0.get_vocab_size(true)
	}

	/// Tokens of plain text.
	pub fn encode(&self, text: &str) -> Result<Vec<u32>> {
		Ok(self.0.encode(text, false)?.get_ids().to_vec())
	}

	/// Text of tokens, without the special ones.
	pub fn decode(&self, tokens: &[u32]) -> Result<String> {
		Ok(self.0.decode(tokens, true)?)
	}

	/// A user's turn and the beginning of the model's.
	pub fn prompt(&self, prompt: &str) -> Result<Vec<u32>> {
		let mut tokens = vec![USER_ID];
		tokens.extend(self.encode(prompt)?);
		tokens.extend([END_ID, ASSISTANT_ID]);
		Ok(tokens)
	}

	/// An answer up to and with its end.
	pub fn answer(&self, answer: &str) -> Result<Vec<u32>> {
		let mut tokens = self.encode(answer)?;
		tokens.push(END_ID);
		Ok(tokens)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn small() -> Tokens {
		Tokens::train(&Corpus::load().unwrap(), 1, 300).unwrap()
	}

	#[test]
	fn any_text_survives_the_round_trip() {
		let tokens = small();
		for text in [
			"What is Ergon?",
			" two  spaces\nand a line\t",
			"naïve café, 東京, emoji 🦊",
			"\u{0}\u{7f}",
			"",
		] {
			assert_eq!(tokens.decode(&tokens.encode(text).unwrap()).unwrap(), text);
		}
	}

	#[test]
	fn training_twice_gives_the_same_tokenizer() {
		assert_eq!(small().to_json().unwrap(), small().to_json().unwrap());
	}

	#[test]
	fn template_frames_prompt_and_answer() {
		let tokens = small();
		let prompt = tokens.prompt("Hello").unwrap();
		assert_eq!(prompt[0], USER_ID);
		assert_eq!(prompt[prompt.len() - 2..], [END_ID, ASSISTANT_ID]);
		assert_eq!(*tokens.answer("Hi.").unwrap().last().unwrap(), END_ID);
		// The template as text gives the same tokens.
		assert_eq!(tokens.encode("<|user|>Hello<|end|><|assistant|>").unwrap(), prompt);
	}
}
