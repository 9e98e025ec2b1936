// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What can go wrong, each in one sentence that names the cause and the remedy.

use std::{any::Any, fmt, io, path::PathBuf};

use ergon_core::{engine::EngineFailure, sprint::MAX_ORDER_ITEMS, ModelId};

/// Most characters of what a file says that are shown to a person.
const MAX_SHOWN: usize = 400;

/// Where something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
	/// The file, or the folder that should have it.
	pub file: PathBuf,
	/// The part of it, as in "tensor lm_head.weight", "field vocab_size" or "byte 24"; empty where it is
	/// the whole.
	pub field: String,
}

impl fmt::Display for Place {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		if !self.field.is_empty() {
			write!(formatter, "{} in ", self.field)?;
		}
		write!(formatter, "{}", self.file.display())
	}
}

impl Place {
	/// A part of a file; the whole where `field` is empty.
	pub(crate) fn new(file: impl Into<PathBuf>, field: &str) -> Self {
		Self { file: file.into(), field: shown(field) }
	}

	/// The error that what is there cannot be imported.
	pub(crate) fn refuse(self, reason: impl AsRef<str>, remedy: Remedy) -> ImportError {
		ImportError::Source { place: self, reason: shown(reason.as_ref()), remedy }
	}
}

/// Text that may come from a file, on one line and no longer than a person reads.
fn shown(text: &str) -> String {
	let plain = |character: char| if character.is_control() { ' ' } else { character };
	let mut shown: String = text.chars().take(MAX_SHOWN).map(plain).collect();
	if text.chars().nth(MAX_SHOWN).is_some() {
		shown.push('…');
	}
	shown
}

/// What is wrong with a part of a file, said by somebody who has the bytes and not their name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
	/// As [`Place::field`].
	pub field: String,
	/// How a sentence that begins with the part goes on.
	pub reason: String,
}

impl fmt::Display for Fault {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		let whole = if self.field.is_empty() { "it" } else { &self.field };
		write!(formatter, "{whole} {}", self.reason)
	}
}

impl std::error::Error for Fault {}

impl Fault {
	pub(crate) fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
		Self { field: field.into(), reason: reason.into() }
	}
}

/// What to do about a source that cannot be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remedy {
	/// For what is no source at all.
	NameSource,
	/// For what is missing.
	AddFile,
	/// For a tokenizer that is missing.
	AddTokenizer,
	/// For what is broken, or not what its publisher made.
	Download,
	/// For what was changed by hand, most likely.
	Correct,
	/// For a chat template that does not work.
	CorrectTemplate,
	/// For a network that the arithmetic does not cover.
	ChooseModel,
	/// For an encoder whose rows become one vector in a way that is not known.
	ChoosePooling,
	/// For texts that are read in a way that is not known.
	ChooseTokenizer,
	/// For the tokenizer of another model.
	TakeItsTokenizer,
	/// For what is read from a Hugging Face folder and not from GGUF.
	ImportFolder,
}

impl fmt::Display for Remedy {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		formatter.write_str(match self {
			Self::NameSource => {
				"name a folder that holds config.json, tokenizer.json and model.safetensors, or a .gguf \
				 file"
			}
			Self::AddFile => "download what is missing",
			Self::AddTokenizer => "download it too, or convert the tokenizer with transformers",
			Self::Download => "download the model again, or choose another",
			Self::Correct => "correct it, or download the model again",
			Self::CorrectTemplate => {
				"correct the template, or remove it to import the model without one"
			}
			Self::ChooseModel => "choose a plain llama, mistral, qwen2, qwen3 or bert model",
			Self::ChoosePooling => "choose a model with mean or CLS pooling",
			Self::ChooseTokenizer => {
				"choose a model with a tokenizer like those of Llama, Mistral, Qwen, SmolLM or BERT"
			}
			Self::TakeItsTokenizer => "use the tokenizer that came with the model",
			Self::ImportFolder => "import the Hugging Face folder of the model instead",
		})
	}
}

/// Why a Hugging Face folder or a GGUF file could not be imported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
	/// The operating system does not let a file be read.
	#[error("cannot read {path}: {source}; check that it is whole and may be read")]
	Read {
		/// Which.
		path: PathBuf,
		/// The operating system's reason.
		source: io::Error,
	},
	/// The operating system does not let a file or folder be written.
	#[error(
		"cannot write {path}: {source}; make room there and see that it may be written, or name another \
		 folder"
	)]
	Write {
		/// Which.
		path: PathBuf,
		/// The operating system's reason.
		source: io::Error,
	},
	/// The folder to write cannot be that one.
	#[error("{folder} {reason}: {remedy}")]
	Target {
		/// Which.
		folder: PathBuf,
		/// How a sentence goes on that begins with it.
		reason: &'static str,
		/// What to do.
		remedy: &'static str,
	},
	/// What is to be imported is missing, broken, or no model that can be run.
	#[error("{place} {reason}: {remedy}")]
	Source {
		/// Where.
		place: Place,
		/// How a sentence goes on that begins with the place.
		reason: String,
		/// What to do.
		remedy: Remedy,
	},
}

/// Why an imported model could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
	/// A file could not be read.
	#[error("cannot read {path}: {source}; import the model again with `ergon-engine import`")]
	Io {
		/// Which.
		path: PathBuf,
		/// The operating system's reason.
		source: io::Error,
	},
	/// The folder is none that the importer wrote.
	#[error("{} is missing: name a folder that `ergon-engine import` wrote", .manifest.display())]
	NoModel {
		/// The file that every model has.
		manifest: PathBuf,
	},
	/// A file of the model is damaged, or belongs to another one.
	#[error("{place} {reason}: import the model again with `ergon-engine import`")]
	Damaged {
		/// Where.
		place: Place,
		/// How a sentence goes on that begins with the place.
		reason: String,
	},
}

impl ModelError {
	/// The error about a part of a file.
	pub(crate) fn damaged(file: PathBuf, fault: Fault) -> Self {
		Self::Damaged { place: Place::new(file, &fault.field), reason: shown(&fault.reason) }
	}
}

/// Why an order could not be filled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExecutionError {
	/// The order names another model than the one it was given to.
	#[error(
		"the order names model {ordered:?}, but {loaded:?} is loaded: load the model it names"
	)]
	WrongModel {
		/// The order's model.
		ordered: ModelId,
		/// The model at hand.
		loaded: ModelId,
	},
	/// Prompt and template leave no room for one output token.
	#[error(
		"the prompt has {tokens} tokens after the template, but the model's context is {context}: \
		 shorten the prompt"
	)]
	PromptTooLong {
		/// Tokens of the prompt after the template.
		tokens: u32,
		/// The model's context.
		context: u32,
	},
	/// The prompt is not UTF-8.
	#[error("the prompt is not UTF-8: send text")]
	PromptNotUtf8,
	/// The prompt has no tokens.
	#[error("the prompt is empty after template and tokenizer: send at least one character")]
	PromptEmpty,
	/// The job's parameters are outside their ranges.
	#[error("the job's parameters are out of range: see GenerationParams")]
	Unsound,
	/// The tokenizer cannot encode the prompt.
	#[error("the prompt cannot be encoded ({reason}): send other text")]
	PromptNotEncodable {
		/// The tokenizer's reason.
		reason: String,
	},
	/// The prompt has more tokens than it has bytes and the template adds, so more than was paid for.
	#[error(
		"the prompt has {tokens} tokens, more than the {most} that its length can be charged for: \
		 remove characters that the tokenizer expands"
	)]
	PromptExpands {
		/// Tokens of the prompt after the template.
		tokens: u32,
		/// Most tokens that its bytes allow.
		most: u32,
	},
	/// The model's hidden rows are wider than a vector may be.
	#[error("the model's embeddings would have {width} elements, too many: choose another model")]
	EmbeddingTooWide {
		/// Elements of a hidden row.
		width: u32,
	},
	/// The order asks an encoder for text.
	#[error("the model makes vectors and no text: ask for an embedding, or choose another model")]
	CannotGenerate,
	/// The caller raised the flag.
	#[error("the work was cancelled")]
	Cancelled,
	/// There was less time than the work takes.
	#[error("the work was not done in time: allow more, or use a faster machine")]
	TooLate,
	/// A model, or keys and values of a sequence, would not fit, however long one waited.
	#[error(
		"{bytes} bytes of memory are needed at once, and the engine may use {budget} in all: allow \
		 more, choose a smaller model, or shorten prompt and answer"
	)]
	OutOfMemory {
		/// What it would take.
		bytes: u64,
		/// What there is.
		budget: u64,
	},
	/// An order about items of a sprint that there are none of, or too many of.
	#[error(
		"the order asks for {items} items of a sprint from item {first} on: ask for 1 to \
		 {MAX_ORDER_ITEMS} at a time, and for none beyond the last that 32 bits can count"
	)]
	ItemsOutOfRange {
		/// The first item.
		first: u32,
		/// How many.
		items: u32,
	},
	/// No threads.
	#[error("cannot start threads: {reason}; ask for fewer")]
	Threads {
		/// The operating system's reason.
		reason: String,
	},
	/// Somebody wrote to the model's file while it was in use.
	#[error(
		"the model in {} was changed while it was in use, and what was computed with it is thrown away: \
		 import it again, and replace models by new folders instead of writing to old ones",
		.folder.display()
	)]
	ModelChanged {
		/// The model's folder.
		folder: PathBuf,
	},
	/// The device.
	#[cfg(device)]
	#[error(transparent)]
	Device(#[from] crate::device::DeviceError),
	/// Anything else, in one sentence.
	#[error("{0}")]
	Internal(String),
}

impl ExecutionError {
	/// What a panic amounts to.
	pub(crate) fn panicked(payload: &(dyn Any + Send)) -> Self {
		let message = payload
			.downcast_ref::<&str>()
			.copied()
			.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
			.unwrap_or("without a message");
		Self::Internal(format!(
			"the engine panicked ({message}): please report the order and the model"
		))
	}

	/// Whether order and model alone decide the error, so that every machine has to give it: an
	/// attested result of such an order is wrong.
	pub fn is_final(&self) -> bool {
		match self {
			Self::PromptTooLong { .. }
			| Self::PromptNotUtf8
			| Self::PromptEmpty
			| Self::PromptNotEncodable { .. }
			| Self::PromptExpands { .. }
			| Self::EmbeddingTooWide { .. }
			| Self::CannotGenerate
			| Self::ItemsOutOfRange { .. }
			| Self::Unsound => true,
			Self::WrongModel { .. }
			| Self::Cancelled
			| Self::TooLate
			| Self::OutOfMemory { .. }
			| Self::Threads { .. }
			| Self::ModelChanged { .. }
			| Self::Internal(_) => false,
			#[cfg(device)]
			Self::Device(_) => false,
		}
	}
}

impl From<ExecutionError> for EngineFailure {
	fn from(error: ExecutionError) -> Self {
		match error {
			ExecutionError::WrongModel { .. } => Self::UnknownModel,
			ExecutionError::PromptTooLong { tokens, context } => {
				Self::PromptTooLong { tokens, context }
			}
			ExecutionError::PromptNotUtf8 => Self::PromptNotUtf8,
			ExecutionError::TooLate => Self::TooLate,
			other => Self::Internal(other.to_string()),
		}
	}
}
