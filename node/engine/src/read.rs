// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Whole files that somebody else wrote, and which of the fields of a JSON file is wrong.

use std::{
	fs::{self, File},
	io::{self, ErrorKind, Read},
	path::Path,
};

use serde::de::DeserializeOwned;

use crate::error::Fault;

/// The bytes of a file of at most `most` bytes.
///
/// # Errors
///
/// What the operating system says; that there is something else than a file; that it is larger.
pub(crate) fn file(path: &Path, most: u64) -> io::Result<Vec<u8>> {
	let metadata = fs::metadata(path)?;
	if !metadata.is_file() {
		return Err(io::Error::new(ErrorKind::InvalidInput, "it is no file"));
	}
	let size = metadata.len();
	if size > most {
		let reason = format!("it has {size} bytes, and such a file has {most} at most");
		return Err(io::Error::new(ErrorKind::FileTooLarge, reason));
	}
	let mut bytes = Vec::with_capacity(size as usize);
	// It may grow meanwhile.
	File::open(path)?.take(most).read_to_end(&mut bytes)?;
	Ok(bytes)
}

/// What a JSON file says.
///
/// # Errors
///
/// The field that is missing or of another type.
pub(crate) fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
	serde_json::from_slice(bytes).map_err(|error| fault(bytes, &error))
}

/// What an error about JSON means in terms of the fields at the top.
pub(crate) fn fault(bytes: &[u8], error: &serde_json::Error) -> Fault {
	let (depth, key) = position(bytes, error);
	let text = error.to_string();
	let missing = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
	match (missing, key) {
		// What is at the top has ended without it.
		(Some(name), _) if depth == 0 => Fault::new(format!("field {name}"), "is missing"),
		(_, Some(key)) => {
			let key = String::from_utf8_lossy(key);
			Fault::new(format!("field {key}"), format!("is not what belongs there ({text})"))
		}
		_ => Fault::new("", format!("is not what belongs there ({text})")),
	}
}

/// In how many brackets an error is, and the key at the top that was read last before it.
fn position<'a>(bytes: &'a [u8], error: &serde_json::Error) -> (usize, Option<&'a [u8]>) {
	let lines = bytes.split_inclusive(|byte| *byte == b'\n');
	let start: usize = lines.take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
	let end = start.saturating_add(error.column()).min(bytes.len());
	let (mut depth, mut key) = (0usize, None);
	// Where the last text begins, whether it is not over yet, and whether the next byte is escaped.
	let (mut text, mut first, mut is_open, mut is_escaped) = (&bytes[..0], 0, false, false);
	for (at, byte) in bytes[..end].iter().enumerate() {
		match byte {
			_ if is_escaped => is_escaped = false,
			b'\\' if is_open => is_escaped = true,
			b'"' if is_open => (text, is_open) = (&bytes[first..at], false),
			_ if is_open => {}
			b'"' => (first, is_open) = (at + 1, true),
			b':' if depth == 1 => key = Some(text),
			b'{' | b'[' => depth += 1,
			b'}' | b']' => depth = depth.saturating_sub(1),
			_ => {}
		}
	}
	(depth, key)
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::collections::BTreeMap;

	#[derive(Debug, serde::Deserialize)]
	#[allow(dead_code)]
	struct Inner {
		inner: u8,
	}

	#[derive(Debug, serde::Deserialize)]
	#[allow(dead_code)]
	struct Outer {
		count: u32,
		names: Option<Vec<String>>,
		nested: Option<Inner>,
	}

	#[test]
	fn the_field_that_is_wrong_is_named() {
		for (text, field, reason) in [
			("{}", "field count", "is missing"),
			("{ \"other\": { \"count\": 1 } }", "field count", "is missing"),
			("{\n \"other\": 1,\n \"count\": \"x\" }", "field count", "invalid type: string"),
			("{\"count\": -1}", "field count", "expected u32"),
			("{\"count\": 5000000000}", "field count", "expected u32"),
			(
				"{\"count\": 1, \"names\": [\"a:b\", \"\\\":{\", 7]}",
				"field names",
				"expected a string",
			),
			("{\"count\": 1, \"nested\": {}}", "field nested", "missing field `inner`"),
			("{\"count\": 1, \"nested\": {\"inner\": 300}}", "field nested", "expected u8"),
			("{\"count\": 1", "field count", "EOF"),
			("{", "", "EOF"),
			("", "", "EOF"),
			("7", "", "invalid type"),
		] {
			let fault = json::<Outer>(text.as_bytes()).unwrap_err();
			assert_eq!(fault.field, field, "{text}: {fault}");
			assert!(fault.reason.contains(reason), "{text}: {fault}");
		}
	}

	#[test]
	fn files_are_read_up_to_their_limit() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("file");
		fs::write(&path, [7u8; 100]).unwrap();
		assert_eq!(file(&path, 100).unwrap(), [7u8; 100]);
		assert_eq!(file(&path, 99).unwrap_err().kind(), ErrorKind::FileTooLarge);
		// A link to what never ends, and a folder.
		std::os::unix::fs::symlink("/dev/zero", folder.path().join("endless")).unwrap();
		for path in [folder.path().join("endless"), folder.path().into()] {
			assert_eq!(file(&path, 100).unwrap_err().to_string(), "it is no file");
		}
	}

	#[test]
	fn garbled_files_have_a_fault_somewhere() {
		for text in ["\"", "\\", "}}}}:", "{\"a\":\"\\", "[{\"a\":1}:"] {
			json::<BTreeMap<String, u8>>(text.as_bytes()).unwrap_err();
		}
	}
}
