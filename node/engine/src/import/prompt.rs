// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Freezes how prompts are formed: runs the chat template once and looks at what it wrote.
//!
//! A chat template is a program. It is run here ([`template`]), around a marker in place of the prompt;
//! what it wrote before and after the marker is kept as token ids and text. At run time nothing is left
//! to interpret: the same prompt gives the same tokens whatever the date, the version of a template engine
//! or the text of the prompt.

use std::collections::BTreeSet;

use ergon_exact::text::{Frame, TextRules};
use serde::Deserialize;

use super::{
	config::{Config, GenerationConfig, TokenIds},
	source::{optional, refuse, ModelSource},
	template::{self, Names},
	vocabulary::{self, Understood},
};
use crate::{
	error::{Fault, ImportError, Place, Remedy},
	tokenizer::Tokenizer,
};

/// The file of the vocabulary.
const TOKENIZER: &str = "tokenizer.json";
/// The file of the template and of what tokens are for.
const TOKENIZER_CONFIG: &str = "tokenizer_config.json";
/// Stands for the prompt while the template runs; private-use characters, which no template knows.
const MARKER: &str = "\u{e000}prompt\u{e001}";

/// A token in `tokenizer_config.json`: its text, or an object around it.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum NamedToken {
	Text(String),
	Object { content: String },
}

impl NamedToken {
	fn text(&self) -> &str {
		match self {
			Self::Text(text) | Self::Object { content: text } => text,
		}
	}
}

/// A template in `tokenizer_config.json`: its text, or several under names.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Templates {
	One(String),
	Many(Vec<NamedTemplate>),
}

#[derive(Clone, Debug, Deserialize)]
struct NamedTemplate {
	name: String,
	template: String,
}

/// `tokenizer_config.json`, as far as it matters.
#[derive(Clone, Debug, Default, Deserialize)]
struct TokenizerConfig {
	bos_token: Option<NamedToken>,
	eos_token: Option<NamedToken>,
	chat_template: Option<Templates>,
}

impl TokenizerConfig {
	/// What a template is told of it.
	fn names(&self) -> Names {
		let text = |token: &Option<NamedToken>| {
			token.as_ref().map(|token| token.text().to_owned()).unwrap_or_default()
		};
		Names { bos_token: text(&self.bos_token), eos_token: text(&self.eos_token) }
	}
}

/// Reads tokenizer, template and end tokens of `source`, checked against each other, against `config` and
/// against the library that `tokenizer.json` is written for.
pub(super) fn read(source: &dyn ModelSource, config: &Config) -> Result<Tokenizer, ImportError> {
	let json = source
		.file(TOKENIZER)?
		.ok_or_else(|| source.place(TOKENIZER, "").refuse("is missing", Remedy::AddTokenizer))?;
	let broken = refuse(source, TOKENIZER, Remedy::ChooseTokenizer);
	let mut full = vocabulary::parse(&json).map_err(&broken)?;
	// Lengths are the engine's business.
	full.with_padding(None);
	full.with_truncation(None)
		.map_err(|error| broken(Fault::new("field truncation", error.to_string())))?;
	let vocabulary = config.dimensions().vocabulary;
	let of_another = refuse(source, TOKENIZER, Remedy::TakeItsTokenizer);
	check_vocabulary(&full, vocabulary).map_err(of_another)?;

	let tokenizer_config: TokenizerConfig = optional(source, TOKENIZER_CONFIG)?.unwrap_or_default();
	let end_tokens = end_tokens(source, config, &tokenizer_config, &full)?;
	let plain = plain_frame(&full).map_err(&broken)?;
	let template = match config.architecture().generates() {
		true => chat_template(source, tokenizer_config.chat_template.as_ref())?,
		false => None,
	};
	let (chat, place, remedy) = match template {
		None => {
			let place = source.place(TOKENIZER, "field post_processor");
			(plain.clone(), place, Remedy::ChooseTokenizer)
		}
		Some((place, text)) => {
			let names = tokenizer_config.names();
			(chat_frame(&place, &text, &names, &full)?, place, Remedy::CorrectTemplate)
		}
	};
	// A prompt has a token, or a SentencePiece tokenizer puts a space there.
	let context = config.dimensions().context;
	if chat.tokens().max(plain.tokens()) + 1 >= context as usize {
		return Err(place.refuse(format!("alone fills the context of {context} tokens"), remedy));
	}
	let (file, library) = vocabulary::plain(&full).map_err(&broken)?;
	let understood =
		vocabulary::understand(&full, &file, vocabulary, &end_tokens).map_err(&broken)?;
	let Understood { normaliser, words, pieces, strips_leading_space, entries, merges } =
		understood;
	let rules =
		TextRules { chat, plain, end_tokens, strips_leading_space, normaliser, words, pieces };
	let tokenizer = Tokenizer::new(rules, entries, merges).map_err(&broken)?;
	let bare = Frame::default();
	vocabulary::probe(&library, |text| tokenizer.encode(&bare, text)).map_err(&broken)?;
	Ok(tokenizer)
}

/// Refuses a tokenizer that belongs to another model.
fn check_vocabulary(full: &tokenizers::Tokenizer, vocabulary: u32) -> Result<(), Fault> {
	let ids = full.get_vocab(true);
	let count = ids.values().max().map_or(0, |most| most.saturating_add(1));
	// Vocabularies are padded for the sake of matrix sizes, by far less than half.
	if count > vocabulary || count < vocabulary / 2 {
		let reason = format!("has {count} tokens, but vocab_size in config.json is {vocabulary}");
		return Err(Fault::new("field model.vocab", reason));
	}
	Ok(())
}

/// The template and where it is: a file of its own, or a field of `tokenizer_config.json`.
fn chat_template(
	source: &dyn ModelSource,
	field: Option<&Templates>,
) -> Result<Option<(Place, String)>, ImportError> {
	let name = "chat_template.jinja";
	if let Some(bytes) = source.file(name)? {
		let place = source.place(name, "");
		return match String::from_utf8(bytes) {
			Ok(text) => Ok(Some((place, text))),
			Err(_) => Err(place.refuse("is not UTF-8", Remedy::Download)),
		};
	}
	let text = match field {
		None => None,
		Some(Templates::One(text)) => Some(text),
		Some(Templates::Many(templates)) => templates
			.iter()
			.find(|template| template.name == "default")
			.map(|template| &template.template),
	};
	Ok(text.map(|text| (source.place(TOKENIZER_CONFIG, "field chat_template"), text.clone())))
}

/// The ids that end an answer, from everywhere they are named.
fn end_tokens(
	source: &dyn ModelSource,
	config: &Config,
	tokenizer_config: &TokenizerConfig,
	full: &tokenizers::Tokenizer,
) -> Result<Vec<u32>, ImportError> {
	let name = "generation_config.json";
	let generation: GenerationConfig = optional(source, name)?.unwrap_or_default();
	let vocabulary = config.dimensions().vocabulary;
	let named = tokenizer_config.eos_token.as_ref();
	let mut all: BTreeSet<u32> =
		named.and_then(|token| full.token_to_id(token.text())).into_iter().collect();
	for (file, ids) in
		[("config.json", config.eos_token_id.clone()), (name, generation.eos_token_id)]
	{
		let ids = ids.map(TokenIds::into_vec).unwrap_or_default();
		if let Some(id) = ids.iter().find(|id| **id >= vocabulary) {
			let reason = format!("names token {id}, but there are only {vocabulary} tokens");
			return Err(source.place(file, "field eos_token_id").refuse(reason, Remedy::Correct));
		}
		all.extend(ids);
	}
	Ok(all.into_iter().collect())
}

/// The tokens that the tokenizer puts before and after a text.
fn plain_frame(full: &tokenizers::Tokenizer) -> Result<Frame, Fault> {
	let encode = |special| {
		vocabulary::ask(|| full.encode_fast("a", special))
			.map(|encoding| encoding.get_ids().to_vec())
			.map_err(|error| {
				Fault::new("field post_processor", format!("cannot be used ({error})"))
			})
	};
	let (bare, full) = (encode(false)?, encode(true)?);
	let start = full.windows(bare.len().max(1)).position(|window| window == bare).unwrap_or(0);
	let end = (start + bare.len()).min(full.len());
	Ok(Frame { before: full[..start].to_vec(), after: full[end..].to_vec(), ..Frame::default() })
}

/// What the template puts around a prompt.
fn chat_frame(
	place: &Place,
	template: &str,
	names: &Names,
	full: &tokenizers::Tokenizer,
) -> Result<Frame, ImportError> {
	let render = |prompt: &str| template::render(template, names, prompt);
	// White space around the marker shows what the template trims.
	let rendered = render(MARKER).and_then(|plain| Ok((plain, render(&format!(" {MARKER} "))?)));
	rendered.and_then(|(plain, spaced)| frame_around(&plain, &spaced, full)).map_err(|what| {
		let reason = format!("cannot be used ({what})");
		place.clone().refuse(reason, Remedy::CorrectTemplate)
	})
}

/// The frame in which a template put the marker, and the marker with white space around it.
fn frame_around(plain: &str, spaced: &str, full: &tokenizers::Tokenizer) -> Result<Frame, String> {
	let split = |rendered: &str| -> Result<(String, String), String> {
		match rendered.split(MARKER).collect::<Vec<_>>()[..] {
			[before, after] => Ok((before.into(), after.into())),
			ref parts => Err(format!("it writes the prompt {} times, not once", parts.len() - 1)),
		}
	};
	let (before, after) = split(plain)?;
	let (spaced_before, spaced_after) = split(spaced)?;
	let trim_start = spaced_before == before;
	let trim_end = spaced_after == after;

	// Cut the text at control tokens: those beside the prompt bound what is tokenised with it.
	let added = full.get_added_tokens_decoder();
	let ends = added.values().flat_map(|token| {
		let last = before.rfind(token.content.as_str());
		last.map(|at| (at + token.content.len(), token.rstrip))
	});
	let (cut, strip) = ends.max().unwrap_or((0, false));
	let lead = if strip { before[cut..].trim_start() } else { &before[cut..] };
	let starts = added
		.values()
		.flat_map(|token| after.find(token.content.as_str()).map(|at| (at, !token.lstrip)));
	let (end, keep) = starts.min().unwrap_or((after.len(), true));
	let trail = if keep { &after[..end] } else { after[..end].trim_end() };

	let encode = |text: &str| {
		vocabulary::ask(|| full.encode_fast(text, false))
			.map(|encoding| encoding.get_ids().to_vec())
	};
	Ok(Frame {
		before: encode(&before[..cut])?,
		lead: lead.into(),
		trail: trail.into(),
		after: encode(&after[end..])?,
		trim_start,
		trim_end,
	})
}
