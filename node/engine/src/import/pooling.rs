// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How an encoder's rows become one vector, as sentence-transformers writes it down.

use serde::Deserialize;

use super::{
	config::Config,
	source::{optional, ModelSource},
};
use crate::{
	error::{ImportError, Remedy},
	model::layout::Pooling,
};

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
		_ => {
			let place = source.place(name, "field pooling_mode_mean_tokens");
			let reason =
				"and pooling_mode_cls_token do not ask for one of the mean and the first token";
			Err(place.refuse(reason, Remedy::ChoosePooling))
		}
	}
}
