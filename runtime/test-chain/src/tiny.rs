// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A model whose results can be computed, disputed and judged in a moment: for tests of the whole runtime.
//!
//! It is a model as any other. Its manifest is registered, its weights, tables and vocabulary open to the roots in
//! it, and whatever somebody says about a result of it, the chain computes by the rules of `ergon_exact`. Only that
//! all matrices of its layers are zero: what enters the first layer leaves the last, and the next token follows from
//! the last one alone. So no pass has to be run, and every number of one is known.
//!
//! There is one way to lie about each job: at the prompt, the end, a token, a logit, a final row, or any number of
//! any operator of any layer. Both sides of a dispute are played here, and who is right wins.

mod answer;
mod model;
mod pass;
mod player;

use crate::genesis_of;
use codec::DecodeAll;
use ergon_core::{engine::JobOrder, Bundle, ModelId, ModelManifest};
use ergon_exact::game::{Stage, Turn};
use ergon_runtime::{presets, RuntimeGenesisConfig};
use model::Model;
use std::sync::LazyLock;

pub use answer::{answer, faults, first_fault, has_fault, work_digest};

/// The manifest of the model.
pub fn manifest() -> ModelManifest {
	Model::get().manifest
}

/// The name of the model.
pub fn id() -> ModelId {
	static ID: LazyLock<ModelId> = LazyLock::new(|| manifest().id());
	*ID
}

/// The genesis of a preset in which this model has the place of the demo model.
pub fn genesis(preset: &str) -> RuntimeGenesisConfig {
	let demo = presets::demo_manifest().expect("the demo model was imported").id();
	let rename = |model: &mut ModelId| {
		if *model == demo {
			*model = id();
		}
	};
	let mut genesis = genesis_of(preset);
	let models = genesis.models.models.iter_mut();
	models.filter(|model| model.manifest.id() == demo).for_each(|it| it.manifest = manifest());
	for provider in &mut genesis.providers.providers {
		provider.offers.iter_mut().for_each(|offer| rename(&mut offer.model));
	}
	genesis.sprints.models.iter_mut().for_each(rename);
	for (_, models) in &mut genesis.audits.declarations {
		models.iter_mut().for_each(rename);
	}
	genesis
}

/// The next turn in the dispute about a result, by whoever's turn it is at that SCALE-encoded stage; nothing where
/// there is nothing to say. `lies` says whether the provider has lied.
pub fn next_turn(order: &JobOrder, bundle: &Bundle, stage: &[u8], lies: bool) -> Option<Turn> {
	let stage = Stage::decode_all(&mut &stage[..]).ok()?;
	player::next_turn(order, bundle, &stage, lies)
}
