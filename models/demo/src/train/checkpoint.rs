// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The state of an interrupted run, in one safetensors file.

use crate::{error::at, export, optimiser::Moments, Error, Result};
use candle_core::{Device, Tensor};
use safetensors::SafeTensors;
use serde::{Deserialize, Serialize};
use std::{
	collections::{BTreeMap, HashMap},
	path::Path,
};

/// How far a run has come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Position {
	/// Steps done.
	pub step: usize,
	/// The pool that is being learned.
	pub pool: u64,
	/// Shards of it that are done.
	pub shard: usize,
	/// Tokens seen, filling included.
	pub tokens: u64,
	/// Tokens learned: those of answers.
	pub learned: u64,
	/// Time spent in steps.
	pub seconds: f64,
}

/// Everything that a run needs to continue.
pub(crate) struct Checkpoint {
	pub weights: BTreeMap<String, Tensor>,
	pub moments: BTreeMap<String, Moments>,
	pub position: Position,
}

const FILE: &str = "checkpoint.safetensors";

/// Prefixes of the names of weights and of the two moments.
const PREFIXES: [&str; 3] = ["weight.", "mean.", "square."];

/// Saves `checkpoint` of the run `identity` in `folder`, in place of an earlier one.
pub(crate) fn save(folder: &Path, identity: &str, checkpoint: &Checkpoint) -> Result<()> {
	std::fs::create_dir_all(folder).map_err(at(folder))?;
	let mut tensors = Vec::new();
	for (name, tensor) in &checkpoint.weights {
		tensors.push((format!("{}{name}", PREFIXES[0]), tensor.clone()));
	}
	for (name, moments) in &checkpoint.moments {
		for (prefix, values) in PREFIXES[1..].iter().zip([&moments.mean, &moments.square]) {
			let tensor = Tensor::from_slice(values, values.len(), &Device::Cpu)?;
			tensors.push((format!("{prefix}{name}"), tensor));
		}
	}
	let position = serde_json::json!(checkpoint.position).to_string();
	let metadata = HashMap::from([
		("identity".to_string(), identity.to_string()),
		("position".to_string(), position),
	]);
	let bytes = safetensors::serialize(tensors, Some(metadata))
		.map_err(|e| candle_core::Error::Msg(e.to_string()))?;
	export::write(&folder.join(FILE), &bytes)
}

/// Loads the checkpoint of the run `identity` from `folder`, if there is one.
pub(crate) fn load(folder: &Path, identity: &str) -> Result<Option<Checkpoint>> {
	let path = folder.join(FILE);
	if !path.exists() {
		return Ok(None);
	}
	let bytes = std::fs::read(&path).map_err(at(&path))?;
	let broken = |reason: String| Error::Model { path: path.clone(), reason };
	let (_, header) = SafeTensors::read_metadata(&bytes).map_err(|e| broken(e.to_string()))?;
	let metadata = header.metadata().clone().unwrap_or_default();
	let entry = |name: &str| metadata.get(name).map_or("", String::as_str);
	if entry("identity") != identity {
		return Err(Error::Checkpoint {
			path: folder.into(),
			found: entry("identity").into(),
			expected: identity.into(),
		});
	}
	let position = serde_json::from_str(entry("position"))
		.map_err(|source| Error::Json { path: path.clone(), source })?;
	let mut weights = BTreeMap::new();
	let (mut means, mut squares) = (BTreeMap::new(), BTreeMap::new());
	for (name, tensor) in candle_core::safetensors::load_buffer(&bytes, &Device::Cpu)? {
		if let Some(name) = name.strip_prefix(PREFIXES[0]) {
			weights.insert(name.to_string(), tensor);
		} else if let Some(name) = name.strip_prefix(PREFIXES[1]) {
			means.insert(name.to_string(), tensor.to_vec1::<f32>()?);
		} else if let Some(name) = name.strip_prefix(PREFIXES[2]) {
			squares.insert(name.to_string(), tensor.to_vec1::<f32>()?);
		}
	}
	let pairs = means.into_iter().zip(squares.into_values());
	let moments = pairs.map(|((name, mean), square)| (name, Moments { mean, square })).collect();
	Ok(Some(Checkpoint { weights, moments, position }))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn checkpoint_survives_and_is_bound_to_its_run() {
		let folder = tempfile::tempdir().unwrap();
		assert!(load(folder.path(), "run").unwrap().is_none());
		let moments = Moments { mean: vec![0.5, -1.0], square: vec![0.25, 1.0] };
		let checkpoint = Checkpoint {
			weights: BTreeMap::from([(
				"a".into(),
				Tensor::new(&[1f32, 2.0], &Device::Cpu).unwrap(),
			)]),
			moments: BTreeMap::from([("a".into(), moments)]),
			position: Position { step: 3, pool: 1, shard: 2, tokens: 9, learned: 5, seconds: 1.5 },
		};
		save(folder.path(), "run", &checkpoint).unwrap();
		let loaded = load(folder.path(), "run").unwrap().unwrap();
		assert_eq!(loaded.moments, checkpoint.moments);
		assert_eq!(loaded.position, checkpoint.position);
		assert_eq!(loaded.weights["a"].to_vec1::<f32>().unwrap(), [1.0, 2.0]);
		let error = load(folder.path(), "other").err().unwrap().to_string();
		assert!(error.contains("--work"), "{error}");
	}
}
