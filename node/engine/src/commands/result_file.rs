// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The file in which `generate` hands a result to `verify`.
//!
//! Twelve bytes of magic, then SCALE: (job order, attestation, bundle). Binary on purpose: a
//! readable copy of the answer beside the one that is hashed could say something else than it.

use std::{
	fs, io,
	path::{Path, PathBuf},
};

use codec::{Decode, DecodeAll, Encode};
use ergon_core::{
	engine::{JobOrder, MAX_FRAME_BYTES},
	Attestation, Bundle,
};

/// What every file begins with; the last byte is the version of the layout.
const MAGIC: &[u8; 12] = b"ergon-result";

/// Why a result cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResultFileError {
	/// The file system says no.
	#[error(
		"cannot {action} {}: {source}; see that it is there and may be touched, or name another file",
		.path.display()
	)]
	Io {
		/// "read" or "write".
		action: &'static str,
		/// The file.
		path: PathBuf,
		/// The operating system's reason.
		source: io::Error,
	},
	/// The file is something else, or damaged.
	#[error(
		"{} is no result: give a file that `ergon-engine generate --output` wrote",
		.0.display()
	)]
	NotAResult(PathBuf),
}

/// A result with the order that it fills.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ResultFile {
	/// What was asked.
	pub order: JobOrder,
	/// What is claimed.
	pub attestation: Attestation,
	/// What was delivered.
	pub bundle: Bundle,
}

impl ResultFile {
	/// Writes the file; an existing one is replaced.
	///
	/// # Errors
	///
	/// [`ResultFileError::Io`].
	pub fn write(&self, path: &Path) -> Result<(), ResultFileError> {
		let mut bytes = MAGIC.to_vec();
		self.encode_to(&mut bytes);
		fs::write(path, bytes).map_err(|source| ResultFileError::Io {
			action: "write",
			path: path.into(),
			source,
		})
	}

	/// Reads a file.
	///
	/// # Errors
	///
	/// [`ResultFileError`].
	pub fn read(path: &Path) -> Result<Self, ResultFileError> {
		use io::Read;
		let io_error = |source| ResultFileError::Io { action: "read", path: path.into(), source };
		let mut bytes = Vec::new();
		fs::File::open(path)
			.map_err(io_error)?
			// No result is longer than a message that carries one.
			.take(u64::from(MAX_FRAME_BYTES))
			.read_to_end(&mut bytes)
			.map_err(io_error)?;
		bytes
			.strip_prefix(MAGIC)
			.and_then(|mut result| Self::decode_all(&mut result).ok())
			.ok_or_else(|| ResultFileError::NotAResult(path.into()))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::service::tests::{executed, job_order};

	fn result() -> ResultFile {
		let (attestation, bundle) = executed(1);
		ResultFile { order: job_order(1), attestation, bundle }
	}

	#[test]
	fn a_result_comes_back_as_it_was_written() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("result");
		result().write(&path).unwrap();
		assert_eq!(ResultFile::read(&path).unwrap(), result());
	}

	#[test]
	fn what_is_cut_or_longer_or_something_else_is_no_result() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("result");
		result().write(&path).unwrap();
		let whole = fs::read(&path).unwrap();
		let longer = [&whole[..], &[0]].concat();
		for bytes in [&whole[..whole.len() - 1], &whole[1..], &longer, b"", b"ergon-result"] {
			fs::write(&path, bytes).unwrap();
			let error = ResultFile::read(&path).unwrap_err();
			assert!(matches!(error, ResultFileError::NotAResult(_)), "{error}");
		}
		let error = ResultFile::read(&folder.path().join("none")).unwrap_err();
		assert!(matches!(error, ResultFileError::Io { .. }), "{error}");
	}
}
