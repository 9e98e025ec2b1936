// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How an encoder's rows become one vector, as sentence-transformers writes it down.

use serde::Deserialize;

use super::{
	config::Config,
	source::{optional, ModelSource},
};
use crate::{error::ImportError, model::layout::Pooling};

/// `1_Pooling/config.json`, as far as it matters.
#[derive(Deserialize)]
struct PoolingConfig {
	#[serde(default)]
	pooling_mode_cls_token: bool,
	#[serde(default)]
	pooling_mode_mean_tokens: bool,
}

/// Reads the pooling of `source`; the mean where nothing is said, and in decoders.
pub(super) fn read(source: &dyn ModelSource, config: &Config) -> Result<Pooling, ImportError> {
	if config.architecture().generates() {
		return Ok(Pooling::Mean);
	}
	let name = "1_Pooling/config.json";
	let Some(pooling) = optional::<PoolingConfig>(source, name)? else {
		return Ok(Pooling::Mean);
	};
	match (pooling.pooling_mode_cls_token, pooling.pooling_mode_mean_tokens) {
		(false, true) => Ok(Pooling::Mean),
		(true, false) => Ok(Pooling::First),
		_ => Err(ImportError::Invalid(format!(
			"{} asks for a pooling that is neither that of the first token nor the mean: choose a model \
			 with one of these",
			source.label(name)
		))),
	}
}
