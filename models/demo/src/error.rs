// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What can go wrong, each with its cause and its remedy.

use std::path::PathBuf;

/// Any failure of this program.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
	/// A source file of the corpus breaks the rules of its format.
	#[error("corpus file {file}, line {line}: {reason}")]
	Corpus {
		/// Name of the file under `models/demo/corpus`.
		file: &'static str,
		/// Line, counted from 1; 0 where the fault is not of one line.
		line: usize,
		/// What is wrong.
		reason: String,
	},
	/// A file could not be read or written.
	#[error("cannot access {}: {source}; check that the folder exists and may be written", path.display())]
	File {
		/// The file.
		path: PathBuf,
		/// The system's reason.
		source: std::io::Error,
	},
	/// A tensor operation failed.
	#[error("tensor operation failed: {0}")]
	Tensor(#[from] candle_core::Error),
	/// The tokenizer could not be trained, loaded or applied.
	#[error("tokenizer: {0}")]
	Tokenizer(#[from] tokenizers::Error),
	/// A JSON file does not have the expected form.
	#[error("malformed JSON in {}: {source}; export the model again", path.display())]
	Json {
		/// The file.
		path: PathBuf,
		/// The parser's reason.
		source: serde_json::Error,
	},
	/// The folder holds no usable model.
	#[error("{} holds no usable model: {reason}; run `train` or name another folder", path.display())]
	Model {
		/// The folder.
		path: PathBuf,
		/// What is wrong.
		reason: String,
	},
	/// A checkpoint belongs to another run.
	#[error("the checkpoint in {} belongs to {found}, not to {expected}; delete the folder or name another with --work", path.display())]
	Checkpoint {
		/// The folder of the checkpoint.
		path: PathBuf,
		/// The run that wrote it.
		found: String,
		/// The run that was asked for.
		expected: String,
	},
	/// Training went astray.
	#[error("the loss became {loss} at step {step}; lower --learning-rate")]
	Diverged {
		/// The step.
		step: usize,
		/// The loss.
		loss: f32,
	},
	/// A text is longer than the model's context.
	#[error("the text has {tokens} tokens but the model's context holds {context}; shorten it")]
	TooLong {
		/// Tokens of the text with its template.
		tokens: usize,
		/// Tokens that the model can hold.
		context: usize,
	},
}

/// Result with this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// Turns an I/O failure into an [`Error`] that names the file.
pub fn at(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Error + '_ {
	move |source| Error::File { path: path.into(), source }
}
