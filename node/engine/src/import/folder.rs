// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A Hugging Face folder.

use std::{
	collections::{BTreeMap, BTreeSet},
	fs,
	path::{Path, PathBuf},
};

use candle_core::{safetensors::MmapedSafetensors, DType};
use safetensors::Dtype;
use serde::Deserialize;

use super::source::{Elements, ModelSource, TensorRows};
use crate::error::ImportError;

/// Largest JSON file that is read, in bytes.
const MAX_JSON_BYTES: u64 = 1 << 28;

/// `model.safetensors.index.json`.
#[derive(Deserialize)]
struct Index {
	weight_map: BTreeMap<String, String>,
}

/// A Hugging Face folder.
pub(super) struct Folder {
	path: PathBuf,
	/// The weights, mapped.
	tensors: MmapedSafetensors,
}

impl Folder {
	/// Maps `model.safetensors`, or the shards that `model.safetensors.index.json` names.
	pub(super) fn open(folder: &Path) -> Result<Self, ImportError> {
		let single = folder.join("model.safetensors");
		let index = "model.safetensors.index.json";
		let paths = if single.is_file() {
			vec![single]
		} else if let Some(bytes) = read(&folder.join(index))? {
			let index: Index = serde_json::from_slice(&bytes).map_err(|error| {
				ImportError::Invalid(format!(
					"{} is no index of weights ({error}): download the model again",
					folder.join(index).display()
				))
			})?;
			Self::shards(folder, index)?
		} else {
			return Err(ImportError::Invalid(format!(
				"{} has neither model.safetensors nor {index}: download the weights too",
				folder.display()
			)));
		};
		// SAFETY: the map is read-only and private to this call; a file that another process
		// truncates meanwhile ends this process, never gives wrong data to another.
		let tensors = unsafe { MmapedSafetensors::multi(&paths) }.map_err(|error| {
			ImportError::Invalid(format!(
				"the weights in {} are broken or cut off ({error}): download them again",
				folder.display()
			))
		})?;
		Ok(Self { path: folder.into(), tensors })
	}

	/// Paths of the shards; each is a plain file name beside the index.
	fn shards(folder: &Path, index: Index) -> Result<Vec<PathBuf>, ImportError> {
		let names: BTreeSet<_> = index.weight_map.into_values().collect();
		let mut paths = Vec::new();
		for name in names {
			let plain = Path::new(&name).file_name().is_some_and(|file| *file == *name);
			let path = folder.join(&name);
			if !plain || !path.is_file() {
				return Err(ImportError::Invalid(format!(
					"the weights' index names {name:?}, which is no file in {}: download all shards",
					folder.display()
				)));
			}
			paths.push(path);
		}
		Ok(paths)
	}
}

impl ModelSource for Folder {
	fn label(&self, name: &str) -> String {
		match name {
			"" => self.path.display().to_string(),
			_ => self.path.join(name).display().to_string(),
		}
	}

	fn file(&self, name: &str) -> Result<Option<Vec<u8>>, ImportError> {
		read(&self.path.join(name))
	}

	fn tensor_names(&self) -> Vec<String> {
		let floats = [Dtype::F32, Dtype::F16, Dtype::BF16];
		let tensors = self.tensors.tensors().into_iter();
		// Counters that some exports carry are no weights.
		tensors.filter(|(_, view)| floats.contains(&view.dtype())).map(|(name, _)| name).collect()
	}

	fn tensor(&self, name: &str, shape: &[usize]) -> Result<TensorRows<'_>, ImportError> {
		let invalid = |what: String| {
			ImportError::Invalid(format!(
				"tensor {name} in {} {what}: download the model again, or choose another",
				self.path.display()
			))
		};
		let view = self.tensors.get(name).map_err(|_| invalid("is missing".into()))?;
		if view.shape() != shape {
			let found = view.shape();
			return Err(invalid(format!("has shape {found:?}, but config.json says {shape:?}")));
		}
		let kind = match view.dtype() {
			Dtype::F32 => DType::F32,
			Dtype::F16 => DType::F16,
			Dtype::BF16 => DType::BF16,
			other => return Err(invalid(format!("has type {other:?}, not F32, F16 or BF16"))),
		};
		let columns = shape.last().copied().unwrap_or(1);
		Ok(TensorRows {
			bytes: view.data(),
			elements: Elements::Plain(kind),
			columns,
			permuted_width: None,
			name: format!("tensor {name} in {}", self.path.display()),
		})
	}
}

/// Reads a file of at most [`MAX_JSON_BYTES`]; none when there is no such file.
fn read(path: &Path) -> Result<Option<Vec<u8>>, ImportError> {
	if let Ok(false) = path.try_exists() {
		return Ok(None);
	}
	let error = |source| ImportError::Io { action: "read", path: path.into(), source };
	let size = fs::metadata(path).map_err(error)?.len();
	if size > MAX_JSON_BYTES {
		return Err(ImportError::Invalid(format!(
			"{} has {size} bytes, more than the {MAX_JSON_BYTES} that such a file may have: download \
			 the model again",
			path.display()
		)));
	}
	fs::read(path).map(Some).map_err(error)
}
