// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A folder that is imported, and that a test can spoil.

use std::{
	collections::HashMap,
	fs,
	path::{Path, PathBuf},
};

use candle_core::{safetensors, Device, Tensor};
use ergon_core::ModelManifest;
use ergon_engine::{
	import,
	synthetic::{write_folder, Shape},
	ImportError,
};
use serde_json::{json, Value};
use tempfile::TempDir;

/// A folder with the tiny model's source in it, to be spoilt.
pub(crate) struct Source(pub(crate) TempDir);

impl Source {
	pub(crate) fn new() -> Self {
		let folder = tempfile::tempdir().unwrap();
		write_folder(&folder.path().join("source"), &Shape::TINY, 1).unwrap();
		Self(folder)
	}

	pub(crate) fn path(&self) -> PathBuf {
		self.0.path().join("source")
	}

	pub(crate) fn file(&self, name: &str) -> PathBuf {
		self.path().join(name)
	}

	pub(crate) fn target(&self) -> PathBuf {
		self.0.path().join("model")
	}

	/// Changes fields of a JSON file.
	pub(crate) fn set(&self, file: &str, fields: Value) -> &Self {
		let path = self.file(file);
		let mut value: Value = match fs::read(&path) {
			Ok(bytes) => serde_json::from_slice(&bytes).unwrap(),
			Err(_) => json!({}),
		};
		for (name, field) in fields.as_object().unwrap() {
			value[name] = field.clone();
		}
		fs::write(path, value.to_string()).unwrap();
		self
	}

	/// Changes the tensors.
	pub(crate) fn tensors(&self, change: impl FnOnce(&mut HashMap<String, Tensor>)) -> &Self {
		let path = self.file("model.safetensors");
		let mut tensors = safetensors::load(&path, &Device::Cpu).unwrap();
		change(&mut tensors);
		safetensors::save(&tensors, &path).unwrap();
		self
	}

	pub(crate) fn import(&self) -> Result<ModelManifest, ImportError> {
		let result = import(&self.path(), &self.target(), &mut |_| ());
		if result.is_err() {
			// Nothing is left, not even under a hidden name.
			let mut left: Vec<_> = files_in(self.0.path());
			left.retain(|name| name != "source");
			assert!(left.is_empty(), "{left:?}");
		}
		result
	}

	/// Asserts that the import fails with a sentence that holds these words.
	pub(crate) fn refuses(&self, words: &[&str]) {
		let error = self.import().unwrap_err().to_string();
		for word in words {
			assert!(error.contains(word), "{error:?} does not say {word:?}");
		}
		// Cause, then remedy.
		assert!(error.contains(": ") || error.contains("; "), "{error:?}");
		assert!(!error.contains('\n'), "{error:?}");
	}
}

pub(crate) fn files_in(folder: &Path) -> Vec<String> {
	let entries = fs::read_dir(folder).unwrap();
	entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}
