// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A Hugging Face folder.

use std::{
	collections::{BTreeMap, BTreeSet},
	fs::File,
	path::{Path, PathBuf},
};

use candle_core::DType;
use memmap2::Mmap;
use safetensors::{
	tensor::{Metadata, TensorInfo},
	Dtype, SafeTensors,
};
use serde::Deserialize;

use super::source::{Elements, ModelSource, TensorRows};
use crate::{
	error::{ImportError, Place, Remedy},
	read,
};

/// Largest file that is read as a whole, in bytes; the largest tokenizers have some thirty millions.
const MAX_FILE_BYTES: u64 = 1 << 26;
/// Longest list of tensors at the beginning of a file, in bytes; ten thousand tensors have one million.
const MAX_LIST_BYTES: u64 = 1 << 24;
/// Bytes of the length before that list.
const LENGTH_BYTES: usize = 8;
/// All weights.
const WEIGHTS: &str = "model.safetensors";
/// Which file has which weights.
const INDEX: &str = "model.safetensors.index.json";

/// What [`INDEX`] says.
#[derive(Deserialize)]
struct Index {
	weight_map: BTreeMap<String, String>,
}

/// A file of weights, mapped.
struct Shard {
	path: PathBuf,
	map: Mmap,
	/// Where the tensors begin.
	start: usize,
	tensors: Metadata,
}

impl Shard {
	/// Maps a file and reads its list of tensors, which lie within it and cover it.
	fn open(path: PathBuf) -> Result<Self, ImportError> {
		let map = || {
			let file = File::open(&path)?;
			// SAFETY: the map is read-only and private to this process; a file that another process
			// truncates meanwhile ends this process, never gives wrong data to another.
			unsafe { Mmap::map(&file) }
		};
		let map = match map() {
			Ok(map) => map,
			Err(source) => return Err(ImportError::Read { path, source }),
		};
		let broken = |reason: String| {
			let place = Place::new(&path, "the list of tensors");
			place.refuse(format!("is broken or cut off ({reason})"), Remedy::Download)
		};
		let length = map.first_chunk().copied().map_or(0, u64::from_le_bytes);
		if length > MAX_LIST_BYTES {
			return Err(broken(format!("it has {length} bytes, {MAX_LIST_BYTES} at most")));
		}
		let (length, tensors) =
			SafeTensors::read_metadata(&map).map_err(|error| broken(error.to_string()))?;
		let start = LENGTH_BYTES + length;
		// The library adds them up as if nothing could overflow.
		if start.checked_add(tensors.data_len()) != Some(map.len()) {
			return Err(broken("it does not cover the file".into()));
		}
		Ok(Self { path, map, start, tensors })
	}
}

/// A Hugging Face folder.
pub(super) struct Folder {
	path: PathBuf,
	/// The file that says which weights there are.
	weights: PathBuf,
	shards: Vec<Shard>,
}

impl Folder {
	/// Maps [`WEIGHTS`], or the files that [`INDEX`] names.
	pub(super) fn open(folder: &Path) -> Result<Self, ImportError> {
		let path = folder.to_owned();
		let single = folder.join(WEIGHTS);
		if single.is_file() {
			let shards = vec![Shard::open(single.clone())?];
			return Ok(Self { path, weights: single, shards });
		}
		let weights = folder.join(INDEX);
		let Some(bytes) = read_file(&weights)? else {
			let reason = format!("has neither {WEIGHTS} nor {INDEX}");
			return Err(Place::new(folder, "").refuse(reason, Remedy::AddFile));
		};
		let index: Index = read::json(&bytes).map_err(|fault| {
			Place::new(&weights, &fault.field).refuse(fault.reason, Remedy::Download)
		})?;
		let names: BTreeSet<_> = index.weight_map.into_values().collect();
		let shard = |name: &String| {
			let plain = Path::new(name).file_name().is_some_and(|file| *file == **name);
			let path = folder.join(name);
			if !plain || !path.is_file() {
				let reason = format!("names {name:?}, which is no file beside it");
				return Err(
					Place::new(&weights, "field weight_map").refuse(reason, Remedy::AddFile)
				);
			}
			Shard::open(path)
		};
		let shards = names.iter().map(shard).collect::<Result<_, _>>()?;
		Ok(Self { path, weights, shards })
	}

	/// A tensor and its file; of several with one name, that in the last file.
	fn find(&self, name: &str) -> Option<(&Shard, &TensorInfo)> {
		let mut shards = self.shards.iter().rev();
		shards.find_map(|shard| Some((shard, shard.tensors.info(name)?)))
	}
}

impl ModelSource for Folder {
	fn place(&self, name: &str, field: &str) -> Place {
		Place::new(self.path.join(name), field)
	}

	fn tensor_place(&self, name: &str) -> Place {
		let file = self.find(name).map_or(&self.weights, |(shard, _)| &shard.path);
		Place::new(file, &format!("tensor {name}"))
	}

	fn file(&self, name: &str) -> Result<Option<Vec<u8>>, ImportError> {
		read_file(&self.path.join(name))
	}

	fn tensor_names(&self) -> Vec<String> {
		let names = |shard: &Shard| shard.tensors.offset_keys();
		let mut names: Vec<String> = self.shards.iter().flat_map(names).collect();
		// Counters that some exports carry are no weights.
		let floats = [Dtype::F32, Dtype::F16, Dtype::BF16];
		names.retain(|name| self.find(name).is_some_and(|(_, it)| floats.contains(&it.dtype)));
		names
	}

	fn tensor(&self, name: &str, shape: &[usize]) -> Result<TensorRows<'_>, ImportError> {
		let place = self.tensor_place(name);
		let Some((shard, found)) = self.find(name) else {
			return Err(place.refuse("is missing", Remedy::Download));
		};
		if found.shape != shape {
			let reason = format!("has shape {:?}, but config.json says {shape:?}", found.shape);
			return Err(place.refuse(reason, Remedy::Download));
		}
		let kind = match found.dtype {
			Dtype::F32 => DType::F32,
			Dtype::F16 => DType::F16,
			Dtype::BF16 => DType::BF16,
			other => {
				let reason = format!("has type {other:?}, not F32, F16 or BF16");
				return Err(place.refuse(reason, Remedy::Download));
			}
		};
		let (begin, end) = found.data_offsets;
		Ok(TensorRows {
			bytes: &shard.map[shard.start + begin..shard.start + end],
			elements: Elements::Plain(kind),
			columns: shape.last().copied().unwrap_or(1),
			permuted_width: None,
			place,
		})
	}
}

/// Reads a file; none when there is no such file.
fn read_file(path: &Path) -> Result<Option<Vec<u8>>, ImportError> {
	if let Ok(false) = path.try_exists() {
		return Ok(None);
	}
	let bytes = read::file(path, MAX_FILE_BYTES);
	bytes.map(Some).map_err(|source| ImportError::Read { path: path.into(), source })
}
