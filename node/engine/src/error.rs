// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What can go wrong, each in one sentence that names the cause and the remedy.

use std::{any::Any, io, path::PathBuf};

use ergon_core::{engine::EngineFailure, sprint::MAX_ORDER_ITEMS, ModelId};

/// Why a Hugging Face folder could not be imported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
	/// A file or folder could not be read or written.
	#[error("cannot {action} {path}: {source}")]
	Io {
		/// "read", "write", "create", "rename".
		action: &'static str,
		/// Where.
		path: PathBuf,
		/// The operating system's reason.
		source: io::Error,
	},
	/// Anything else: a missing or broken file, an unsupported architecture, a tokenizer that does
	/// not fit; the text is a whole sentence with the remedy.
	#[error("{0}")]
	Invalid(String),
}

/// Why an imported model could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
	/// A file could not be read.
	#[error("cannot read {path}: {source}; import the model again")]
	Io {
		/// Where.
		path: PathBuf,
		/// The operating system's reason.
		source: io::Error,
	},
	/// The folder holds something else than an imported model, or a damaged one.
	#[error("{0}")]
	Invalid(String),
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
