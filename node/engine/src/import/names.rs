// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What tensors are called in a Hugging Face folder.

use ergon_core::{Architecture, Dimensions};

use super::{config::Config, source::ModelSource};
use crate::{
	error::{ImportError, Remedy},
	model::layout::{LayerNorm, Projection},
};

/// The names of a model's tensors.
pub(super) struct Names {
	architecture: Architecture,
	dimensions: Dimensions,
	token_kinds: usize,
	/// Before every name.
	prefix: &'static str,
}

/// The name of the biases that belong to weights.
pub(super) fn bias_name(weights: &str) -> String {
	format!("{}.bias", weights.trim_end_matches(".weight"))
}

impl Names {
	/// Those of the model that `config` describes, of whose tensors some are `present`.
	pub(super) fn new(config: &Config, present: &[String]) -> Self {
		let architecture = config.architecture();
		// An encoder is exported alone, or as a part of a model with a head for some task.
		let prefix = match present.iter().any(|name| name.starts_with("bert.")) {
			true if architecture == Architecture::Bert => "bert.",
			_ => "",
		};
		let token_kinds = config.token_kinds();
		Self { architecture, dimensions: config.dimensions(), token_kinds, prefix }
	}

	fn is_encoder(&self) -> bool {
		!self.architecture.generates()
	}

	fn token_kind_table(&self) -> String {
		format!("{}embeddings.token_type_embeddings.weight", self.prefix)
	}

	/// Rows of a matrix as the folder has it, of which the first `rows` are wanted.
	pub(super) fn rows(&self, name: &str, rows: usize) -> usize {
		match self.is_encoder() && name == self.token_kind_table() {
			true => self.token_kinds,
			false => rows,
		}
	}

	fn projection(&self, layer: u32, projection: Projection) -> String {
		if self.is_encoder() {
			let part = match projection {
				Projection::Query => "attention.self.query",
				Projection::Key => "attention.self.key",
				Projection::Value => "attention.self.value",
				Projection::Output => "attention.output.dense",
				Projection::Gate | Projection::Up => "intermediate.dense",
				Projection::Down => "output.dense",
			};
			return format!("{}encoder.layer.{layer}.{part}.weight", self.prefix);
		}
		let part = match projection {
			Projection::Query => "self_attn.q_proj",
			Projection::Key => "self_attn.k_proj",
			Projection::Value => "self_attn.v_proj",
			Projection::Output => "self_attn.o_proj",
			Projection::Gate => "mlp.gate_proj",
			Projection::Up => "mlp.up_proj",
			Projection::Down => "mlp.down_proj",
		};
		format!("model.layers.{layer}.{part}.weight")
	}

	/// Names of all matrices in the order of the layout.
	pub(super) fn matrices(&self, tied: bool) -> Vec<String> {
		let layers = (0..self.dimensions.layers).flat_map(|layer| {
			let parts = Projection::all(self.architecture).iter();
			parts.map(move |part| self.projection(layer, *part))
		});
		if self.is_encoder() {
			let table = |name: &str| format!("{}embeddings.{name}.weight", self.prefix);
			return [
				table("word_embeddings"),
				table("position_embeddings"),
				self.token_kind_table(),
			]
			.into_iter()
			.chain(layers)
			.collect();
		}
		let head = (!tied).then(|| "lm_head.weight".to_owned());
		["model.embed_tokens.weight".to_owned()].into_iter().chain(layers).chain(head).collect()
	}

	/// Names of all norms in the order of the layout, and what they norm together.
	pub(super) fn norms(&self) -> Vec<(String, usize)> {
		let name = |layer: u32, norm: LayerNorm| {
			if self.is_encoder() {
				let part = match norm {
					LayerNorm::Attention | LayerNorm::Query | LayerNorm::Key => "attention.output",
					LayerNorm::FeedForward => "output",
				};
				return format!("{}encoder.layer.{layer}.{part}.LayerNorm.weight", self.prefix);
			}
			let part = match norm {
				LayerNorm::Attention => "input_layernorm",
				LayerNorm::Query => "self_attn.q_norm",
				LayerNorm::Key => "self_attn.k_norm",
				LayerNorm::FeedForward => "post_attention_layernorm",
			};
			format!("model.layers.{layer}.{part}.weight")
		};
		let last = match self.is_encoder() {
			true => format!("{}embeddings.LayerNorm.weight", self.prefix),
			false => "model.norm.weight".to_owned(),
		};
		let layers = (0..self.dimensions.layers).flat_map(|layer| {
			let norms = LayerNorm::all(self.architecture).iter();
			norms.map(move |norm| (name(layer, *norm), norm.width(&self.dimensions)))
		});
		layers.chain([(last, self.dimensions.hidden as usize)]).collect()
	}

	/// Refuses tensors that the architecture does not know: ignoring them would run another model.
	pub(super) fn check(
		&self,
		present: &[String],
		source: &dyn ModelSource,
		model_type: &str,
	) -> Result<(), ImportError> {
		let norms: Vec<String> = self.norms().into_iter().map(|(name, _)| name).collect();
		let with_biases = (0..self.dimensions.layers).flat_map(|layer| {
			let parts = Projection::all(self.architecture).iter();
			let parts = parts.filter(|part| part.has_biases(self.architecture));
			parts.map(move |part| self.projection(layer, *part))
		});
		let mut known: Vec<String> = with_biases.map(|name| bias_name(&name)).collect();
		if self.is_encoder() {
			known.extend(norms.iter().map(|name| bias_name(name)));
		}
		known.extend(self.matrices(false));
		known.extend(norms);
		known.sort_unstable();
		let stray = present.iter().find(|name| {
			// Old exports carry the rotary frequencies, which follow from config.json; what an encoder
			// has beyond its last layer is for other tasks.
			let is_ignored = match self.is_encoder() {
				true => ["pooler.", "cls."]
					.iter()
					.any(|part| name.strip_prefix(self.prefix).unwrap_or(name).starts_with(part)),
				false => name.ends_with("rotary_emb.inv_freq"),
			};
			known.binary_search(name).is_err() && !is_ignored
		});
		match stray {
			None => Ok(()),
			Some(name) => {
				let layers = self.dimensions.layers;
				let reason = format!(
					"is there, and a {model_type} model of {layers} layers does not have it"
				);
				Err(source.tensor_place(name).refuse(reason, Remedy::ChooseModel))
			}
		}
	}
}
