// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Writes the Hugging Face folder that any llama engine loads.

use crate::{
	error::at,
	model::Config,
	tokens::{Tokens, CHAT_TEMPLATE, END},
	Result,
};
use candle_core::{DType, Tensor};
use serde_json::json;
use std::{
	collections::{BTreeMap, HashMap},
	path::Path,
};

/// Name of the file that says how the model was made.
pub const TRAINING_FILE: &str = "training.json";

/// Writes the model to `folder`, which is created if need be: weights as f16, configuration,
/// tokenizer, chat template, defaults for generation, and `training`, a record of how it was made.
pub fn export(
	folder: &Path,
	config: &Config,
	tensors: &BTreeMap<String, Tensor>,
	tokens: &Tokens,
	training: &serde_json::Value,
) -> Result<()> {
	std::fs::create_dir_all(folder).map_err(at(folder))?;
	let halves = tensors
		.iter()
		.map(|(name, tensor)| Ok((name.as_str(), tensor.to_dtype(DType::F16)?)))
		.collect::<Result<Vec<_>>>()?;
	// Python's loaders ask for this entry.
	let metadata = HashMap::from([("format".to_string(), "pt".to_string())]);
	let weights = safetensors::serialize(halves, Some(metadata))
		.map_err(|e| candle_core::Error::Msg(e.to_string()))?;
	let length = config.max_position_embeddings;
	let tokenizer_config = json!({
		"tokenizer_class": "PreTrainedTokenizerFast",
		"bos_token": END,
		"eos_token": END,
		"pad_token": END,
		"unk_token": null,
		"add_bos_token": false,
		"add_eos_token": false,
		"add_prefix_space": false,
		"clean_up_tokenization_spaces": false,
		"model_max_length": length,
		"chat_template": CHAT_TEMPLATE,
	});
	let generation_config = json!({
		"bos_token_id": config.bos_token_id,
		"eos_token_id": config.eos_token_id,
		"pad_token_id": config.pad_token_id,
		"do_sample": false,
		"max_new_tokens": 256,
	});
	let pretty = |value: serde_json::Value| format!("{value:#}\n").into_bytes();
	for (name, bytes) in [
		("config.json", pretty(json!(config))),
		("model.safetensors", weights),
		("tokenizer.json", format!("{}\n", tokens.to_json()?).into_bytes()),
		("tokenizer_config.json", pretty(tokenizer_config)),
		("generation_config.json", pretty(generation_config)),
		(TRAINING_FILE, pretty(training.clone())),
	] {
		write(&folder.join(name), &bytes)?;
	}
	Ok(())
}

/// Writes a file so that readers see the old one or the new one, never a part.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
	let partial = path.with_extension("partial");
	std::fs::write(&partial, bytes).map_err(at(&partial))?;
	std::fs::rename(&partial, path).map_err(at(path))
}
