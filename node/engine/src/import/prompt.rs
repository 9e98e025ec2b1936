// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Freezes how prompts are formed: runs the chat template once and looks at what it wrote.
//!
//! A chat template is a program. It is run here, around a marker in place of the prompt; what it wrote
//! before and after the marker is kept as token ids and text. At run time nothing is left to interpret:
//! the same prompt gives the same tokens whatever the date, the version of a template engine or the text
//! of the prompt.

use std::{
	collections::BTreeSet,
	io::{self, Write},
};

use ergon_exact::text::{Frame, TextRules};
use minijinja::{context, Environment, ErrorKind};
use serde::Deserialize;

use super::{
	config::{Config, GenerationConfig, TokenIds},
	source::{optional, ModelSource},
	vocabulary::{self, Understood},
};
use crate::{error::ImportError, tokenizer::Tokenizer};

/// Stands for the prompt while the template runs; private-use characters, which no template knows.
const MARKER: &str = "\u{e000}prompt\u{e001}";

/// Most steps that a template may take; those of real models take some hundreds.
const TEMPLATE_STEPS: u64 = 1 << 20;
/// Most bytes that a template may write: far more than a context holds.
const TEMPLATE_BYTES: usize = 1 << 20;

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

/// Reads tokenizer, template and end tokens of `source`, checked against each other, against `config` and
/// against the library that `tokenizer.json` is written for.
pub(super) fn read(source: &dyn ModelSource, config: &Config) -> Result<Tokenizer, ImportError> {
	let name = "tokenizer.json";
	let json = source.file(name)?.ok_or_else(|| {
		ImportError::Invalid(format!(
			"{} has no tokenizer.json: download it too, or convert the tokenizer with transformers",
			source.label("")
		))
	})?;
	let broken = |what: String| {
		ImportError::Invalid(format!(
			"{} cannot be used: {what}; choose a model with a tokenizer like those of Llama, Mistral, \
			 Qwen, SmolLM or BERT",
			source.label(name)
		))
	};
	let mut full = vocabulary::parse(&json).map_err(broken)?;
	// Lengths are the engine's business.
	full.with_padding(None);
	full.with_truncation(None).map_err(|error| broken(error.to_string()))?;
	let vocabulary = config.dimensions().vocabulary;
	check_vocabulary(&source.label(name), &full, vocabulary)?;

	let tokenizer_config: TokenizerConfig =
		optional(source, "tokenizer_config.json")?.unwrap_or_default();
	let end_tokens = end_tokens(source, config, &tokenizer_config, &full)?;
	let plain = plain_frame(&full).map_err(broken)?;
	let chat_template = match config.architecture().generates() {
		true => chat_template(source, tokenizer_config.chat_template.as_ref())?,
		false => None,
	};
	let chat = match &chat_template {
		None => plain.clone(),
		Some(template) => chat_frame(template, &tokenizer_config, &full).map_err(|what| {
			ImportError::Invalid(format!(
				"the chat template in {} cannot be used: {what}; correct it, or remove it to import \
				 the model without one",
				source.label("")
			))
		})?,
	};
	if chat.tokens().max(plain.tokens()) >= config.dimensions().context as usize {
		return Err(ImportError::Invalid(format!(
			"the chat template in {} alone fills the context: remove it to import the model without \
			 one",
			source.label("")
		)));
	}
	let (file, library) = vocabulary::plain(&full).map_err(broken)?;
	let understood =
		vocabulary::understand(&full, &file, vocabulary, &end_tokens).map_err(broken)?;
	let Understood { normaliser, words, pieces, strips_leading_space, entries, merges } =
		understood;
	let rules =
		TextRules { chat, plain, end_tokens, strips_leading_space, normaliser, words, pieces };
	let tokenizer = Tokenizer::new(rules, entries, merges).map_err(broken)?;
	let bare = Frame::default();
	vocabulary::probe(&library, |text| tokenizer.encode(&bare, text)).map_err(broken)?;
	Ok(tokenizer)
}

/// Refuses a tokenizer that belongs to another model.
fn check_vocabulary(
	label: &str,
	full: &tokenizers::Tokenizer,
	vocabulary: u32,
) -> Result<(), ImportError> {
	let ids = full.get_vocab(true);
	let count = ids.values().max().map_or(0, |most| most.saturating_add(1));
	// Vocabularies are padded for the sake of matrix sizes, by far less than half.
	if count > vocabulary || count < vocabulary / 2 {
		return Err(ImportError::Invalid(format!(
			"{label} has {count} tokens, but config.json says {vocabulary}: use the tokenizer that came \
			 with the model"
		)));
	}
	Ok(())
}

/// The template: a file of its own, or a field of `tokenizer_config.json`.
fn chat_template(
	source: &dyn ModelSource,
	field: Option<&Templates>,
) -> Result<Option<String>, ImportError> {
	let name = "chat_template.jinja";
	if let Some(bytes) = source.file(name)? {
		let text = String::from_utf8(bytes).map_err(|_| {
			let label = source.label(name);
			ImportError::Invalid(format!("{label} is not UTF-8: download the model again"))
		})?;
		return Ok(Some(text));
	}
	Ok(match field {
		None => None,
		Some(Templates::One(text)) => Some(text.clone()),
		Some(Templates::Many(templates)) => templates
			.iter()
			.find(|template| template.name == "default")
			.map(|template| template.template.clone()),
	})
}

/// The ids that end an answer, from everywhere they are named.
fn end_tokens(
	source: &dyn ModelSource,
	config: &Config,
	tokenizer_config: &TokenizerConfig,
	full: &tokenizers::Tokenizer,
) -> Result<Vec<u32>, ImportError> {
	let generation: GenerationConfig =
		optional(source, "generation_config.json")?.unwrap_or_default();
	let named = tokenizer_config.eos_token.as_ref();
	let ids: BTreeSet<u32> = [config.eos_token_id.clone(), generation.eos_token_id]
		.into_iter()
		.flatten()
		.flat_map(TokenIds::into_vec)
		.chain(named.and_then(|token| full.token_to_id(token.text())))
		.collect();
	let vocabulary = config.dimensions().vocabulary;
	match ids.iter().find(|id| **id >= vocabulary) {
		None => Ok(ids.into_iter().collect()),
		Some(id) => Err(ImportError::Invalid(format!(
			"{} names {id} as a token that ends an answer, but there are only {vocabulary} tokens: \
			 correct eos_token_id",
			source.label("")
		))),
	}
}

/// The tokens that the tokenizer puts before and after a text.
fn plain_frame(full: &tokenizers::Tokenizer) -> Result<Frame, String> {
	let encode = |special| {
		vocabulary::ask(|| full.encode_fast("a", special))
			.map(|encoding| encoding.get_ids().to_vec())
	};
	let (bare, full) = (encode(false)?, encode(true)?);
	let start = full.windows(bare.len().max(1)).position(|window| window == bare).unwrap_or(0);
	let end = (start + bare.len()).min(full.len());
	Ok(Frame { before: full[..start].to_vec(), after: full[end..].to_vec(), ..Frame::default() })
}

/// What a template writes, up to [`TEMPLATE_BYTES`].
#[derive(Default)]
struct Written {
	bytes: Vec<u8>,
	is_too_long: bool,
}

impl Write for Written {
	fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
		if bytes.len() > TEMPLATE_BYTES - self.bytes.len() {
			self.is_too_long = true;
			return Err(io::ErrorKind::FileTooLarge.into());
		}
		self.bytes.extend_from_slice(bytes);
		Ok(bytes.len())
	}

	fn flush(&mut self) -> io::Result<()> {
		Ok(())
	}
}

/// Runs the template around `prompt`. Somebody else's program is given so many steps and so much to write,
/// and no more.
fn render(template: &str, names: &TokenizerConfig, prompt: &str) -> Result<String, String> {
	let mut environment = Environment::new();
	environment.set_trim_blocks(true);
	environment.set_lstrip_blocks(true);
	environment.set_fuel(Some(TEMPLATE_STEPS));
	environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
	environment.add_function("raise_exception", |message: String| {
		Err::<(), _>(minijinja::Error::new(ErrorKind::InvalidOperation, message))
	});
	let text = |token: &Option<NamedToken>| {
		token.as_ref().map(|token| token.text().to_owned()).unwrap_or_default()
	};
	let mut written = Written::default();
	let rendered = environment.template_from_str(template).and_then(|template| {
		let context = context! {
			messages => [context! { role => "user", content => prompt }],
			add_generation_prompt => true,
			bos_token => text(&names.bos_token),
			eos_token => text(&names.eos_token),
		};
		template.render_captured_to(context, &mut written).map(drop)
	});
	match rendered {
		Ok(()) => String::from_utf8(written.bytes).map_err(|error| error.to_string()),
		Err(_) if written.is_too_long => Err(format!("it writes more than {TEMPLATE_BYTES} bytes")),
		Err(error) if error.kind() == ErrorKind::OutOfFuel => {
			Err(format!("it takes more than {TEMPLATE_STEPS} steps"))
		}
		// The first line says what; the rest quotes the template.
		Err(error) => Err(error.to_string().lines().next().unwrap_or_default().to_owned()),
	}
}

/// What the template puts around a prompt.
fn chat_frame(
	template: &str,
	names: &TokenizerConfig,
	full: &tokenizers::Tokenizer,
) -> Result<Frame, String> {
	let split = |rendered: &str| -> Result<(String, String), String> {
		match rendered.split(MARKER).collect::<Vec<_>>()[..] {
			[before, after] => Ok((before.into(), after.into())),
			ref parts => Err(format!("it writes the prompt {} times, not once", parts.len() - 1)),
		}
	};
	let (before, after) = split(&render(template, names, MARKER)?)?;
	// The same with white space around the marker shows what the template trims.
	let (spaced_before, spaced_after) = split(&render(template, names, &format!(" {MARKER} "))?)?;
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
