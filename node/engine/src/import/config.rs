// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What `config.json` and its neighbours say.

use ergon_core::{Architecture, Dimensions};
use serde::Deserialize;

use super::{
	angles::Scaling,
	source::{parse, ModelSource},
};
use crate::error::{ImportError, Remedy};

/// The file.
const FILE: &str = "config.json";

/// One id, or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum TokenIds {
	One(u32),
	Many(Vec<u32>),
}

impl TokenIds {
	/// The ids.
	pub(super) fn into_vec(self) -> Vec<u32> {
		match self {
			Self::One(id) => vec![id],
			Self::Many(ids) => ids,
		}
	}
}

/// Rotary positions, as newer files spell them.
#[derive(Clone, Debug, Deserialize)]
struct Rope {
	rope_theta: Option<f64>,
	#[serde(alias = "type")]
	rope_type: Option<String>,
	factor: Option<f64>,
	low_freq_factor: Option<f64>,
	high_freq_factor: Option<f64>,
	original_max_position_embeddings: Option<f64>,
	/// What the frequency of each pair is divided by: never in a folder, and in some GGUF files.
	factors: Option<Vec<f32>>,
}

impl Rope {
	/// The scaling, if there is one; what cannot be used, in words.
	fn scaling(&self) -> Result<Option<Scaling>, String> {
		let number = |name: &str, value: Option<f64>, least: f64| {
			let value = value.filter(|value| (least..=1e12).contains(value));
			value.ok_or_else(|| format!("scaled rotary positions without a usable {name}"))
		};
		match self.rope_type.as_deref() {
			None | Some("default") => Ok(None),
			Some("linear") => {
				Ok(Some(Scaling::Linear { factor: number("factor", self.factor, 1.0)? }))
			}
			Some("llama3") => {
				let low = number("low_freq_factor", self.low_freq_factor, 0.0)?;
				let high = number("high_freq_factor", self.high_freq_factor, low)?;
				let context = self.original_max_position_embeddings;
				let original_context = number("original_max_position_embeddings", context, 1.0)?;
				if high <= low {
					return Err(
						"rotary positions whose high_freq_factor is not above the low".into()
					);
				}
				let factor = number("factor", self.factor, 1.0)?;
				Ok(Some(Scaling::Llama3 { factor, low, high, original_context }))
			}
			Some("factors") => {
				let factors = self.factors.clone().unwrap_or_default();
				match factors.iter().all(|factor| (1.0..=1e12).contains(factor)) {
					true => Ok(Some(Scaling::Factors(factors))),
					false => Err("rotary positions that are sped up".into()),
				}
			}
			Some(other) => Err(format!("rotary positions that are scaled by {other:?}")),
		}
	}
}

/// `config.json`, as far as the architectures need it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Config {
	model_type: String,
	vocab_size: u32,
	hidden_size: u32,
	intermediate_size: u32,
	num_hidden_layers: u32,
	num_attention_heads: u32,
	num_key_value_heads: Option<u32>,
	head_dim: Option<u32>,
	max_position_embeddings: u32,
	#[serde(alias = "layer_norm_eps")]
	rms_norm_eps: f64,
	rope_theta: Option<f64>,
	rope_scaling: Option<Rope>,
	rope_parameters: Option<Rope>,
	hidden_act: Option<String>,
	#[serde(default)]
	attention_bias: bool,
	#[serde(default)]
	mlp_bias: bool,
	type_vocab_size: Option<u32>,
	position_embedding_type: Option<String>,
	sliding_window: Option<u32>,
	use_sliding_window: Option<bool>,
	#[serde(default)]
	pub(super) tie_word_embeddings: bool,
	pub(super) eos_token_id: Option<TokenIds>,
}

/// The architecture of a model type.
fn architecture(model_type: &str) -> Option<Architecture> {
	match model_type {
		"llama" | "mistral" => Some(Architecture::Llama),
		"qwen2" => Some(Architecture::Qwen2),
		"qwen3" => Some(Architecture::Qwen3),
		"bert" => Some(Architecture::Bert),
		_ => None,
	}
}

/// The field without which the sizes would be possible; where several are wrong, that from which others
/// follow.
fn impossible(sizes: Dimensions) -> &'static str {
	let fields = [
		("vocab_size", Dimensions { vocabulary: 1, ..sizes }),
		("hidden_size", Dimensions { hidden: 1, ..sizes }),
		("intermediate_size", Dimensions { intermediate: 1, ..sizes }),
		("num_hidden_layers", Dimensions { layers: 1, ..sizes }),
		("num_key_value_heads", Dimensions { key_value_heads: sizes.heads, ..sizes }),
		("num_attention_heads", Dimensions { heads: 1, key_value_heads: 1, ..sizes }),
		("head_dim", Dimensions { head_width: 2, ..sizes }),
		("max_position_embeddings", Dimensions { context: 1, ..sizes }),
	];
	let culprit = fields.iter().find(|(_, sizes)| sizes.is_sound());
	culprit.map_or("hidden_size", |(field, _)| *field)
}

/// The one field that is read first, so that another architecture is named as such.
#[derive(Deserialize)]
struct Kind {
	model_type: Option<String>,
}

/// `generation_config.json`, as far as it matters.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct GenerationConfig {
	pub(super) eos_token_id: Option<TokenIds>,
}

impl Config {
	/// Reads `config.json` of `source` and refuses what the exact arithmetic does not cover.
	pub(super) fn read(source: &dyn ModelSource) -> Result<Self, ImportError> {
		let bytes = source
			.file(FILE)?
			.ok_or_else(|| source.place(FILE, "").refuse("is missing", Remedy::NameSource))?;
		let kind: Kind = parse(source, FILE, &bytes)?;
		let unsupported = |field: &str, what: String| {
			let place = source.place(FILE, &format!("field {field}"));
			let reason = format!("{what}, which profile X1 does not cover");
			Err(place.refuse(reason, Remedy::ChooseModel))
		};
		let kind = kind.model_type.as_deref().unwrap_or("none");
		if architecture(kind).is_none() {
			return unsupported("model_type", format!("is {kind:?}"));
		}
		let config: Self = parse(source, FILE, &bytes)?;
		let generates = config.architecture().generates();
		if let Some(activation) = &config.hidden_act {
			let covered = match generates {
				true => matches!(activation.as_str(), "silu" | "swish"),
				false => activation == "gelu",
			};
			if !covered {
				return unsupported("hidden_act", format!("is {activation:?}"));
			}
		}
		if let Some(kind) = config.position_embedding_type.as_ref().filter(|it| *it != "absolute") {
			return unsupported("position_embedding_type", format!("is {kind:?}"));
		}
		for (field, is_wanted) in
			[("attention_bias", config.attention_bias), ("mlp_bias", config.mlp_bias)]
		{
			if is_wanted {
				return unsupported(field, "asks for biases".into());
			}
		}
		for (field, rope) in
			[("rope_scaling", &config.rope_scaling), ("rope_parameters", &config.rope_parameters)]
		{
			if let Some(Err(what)) = rope.as_ref().map(Rope::scaling) {
				return unsupported(field, format!("asks for {what}"));
			}
		}
		let dimensions = config.dimensions();
		if let Some(Scaling::Factors(factors)) = config.rope_scaling() {
			let (count, width) = (factors.len(), dimensions.head_width);
			if count as u32 != width / 2 {
				let what = format!("has {count} rotary factors for heads of {width}");
				return unsupported("rope_scaling", what);
			}
		}
		if !(1.0..=1e12).contains(&config.theta()) {
			return unsupported("rope_theta", format!("is the rotary base {}", config.theta()));
		}
		if !(0.0..=1.0).contains(&config.rms_norm_eps) {
			let field = if generates { "rms_norm_eps" } else { "layer_norm_eps" };
			return unsupported(field, format!("is the norm epsilon {}", config.rms_norm_eps));
		}
		if !dimensions.is_sound() {
			let what = format!("makes impossible sizes, {dimensions:?}");
			return unsupported(impossible(dimensions), what);
		}
		Ok(config)
	}

	/// The network's sizes.
	pub(super) fn dimensions(&self) -> Dimensions {
		Dimensions {
			vocabulary: self.vocab_size,
			hidden: self.hidden_size,
			intermediate: self.intermediate_size,
			layers: self.num_hidden_layers,
			heads: self.num_attention_heads,
			key_value_heads: self.num_key_value_heads.unwrap_or(self.num_attention_heads),
			head_width: self
				.head_dim
				.or_else(|| self.hidden_size.checked_div(self.num_attention_heads))
				.unwrap_or(0),
			// Within its window, a sliding window is no window at all.
			context: self.window().map_or(self.max_position_embeddings, |window| {
				window.min(self.max_position_embeddings)
			}),
		}
	}

	/// The network's shape.
	pub(super) fn architecture(&self) -> Architecture {
		// Others were refused.
		architecture(&self.model_type).unwrap_or(Architecture::Llama)
	}

	/// The sliding window, where it is in use.
	fn window(&self) -> Option<u32> {
		self.sliding_window.filter(|_| self.use_sliding_window.unwrap_or(true))
	}

	/// How rotary positions are scaled.
	pub(super) fn rope_scaling(&self) -> Option<Scaling> {
		let ropes = [&self.rope_scaling, &self.rope_parameters];
		// What cannot be used was refused.
		ropes.into_iter().flatten().find_map(|rope| rope.scaling().ok().flatten())
	}

	/// Kinds of tokens that an encoder tells apart.
	pub(super) fn token_kinds(&self) -> usize {
		self.type_vocab_size.unwrap_or(1) as usize
	}

	/// The base of the rotary angles.
	pub(super) fn theta(&self) -> f64 {
		let newer = self.rope_parameters.as_ref().and_then(|rope| rope.rope_theta);
		self.rope_theta.or(newer).unwrap_or(10_000.0)
	}

	/// The norm's epsilon in units of 2^-32, at least 1.
	pub(super) fn norm_epsilon(&self) -> u64 {
		// Times a power of two and rounding by truncation: exact or defined by IEEE 754.
		((self.rms_norm_eps * 4_294_967_296.0 + 0.5) as u64).max(1)
	}

	/// The model type, for messages.
	pub(super) fn model_type(&self) -> &str {
		&self.model_type
	}
}
