// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A model in a device's memory: its blob as it is.

use ergon_exact::candidates::MAX_CANDIDATES;

use super::{
	arguments::Table,
	kernels::{BLOCK_OUTPUTS, TILE},
	Address, Device, DeviceError, Memory,
};
use crate::model::{
	layout::{LayerNorm, ALIGNMENT},
	Model,
};

/// Widest row whose sums of products with a half of a byte fit 32 bits.
const MAX_COLUMNS: usize = 1 << 16;

/// A model that was copied to a device.
pub(crate) struct DeviceModel {
	blob: Memory,
}

/// A norm in a device's memory.
#[derive(Clone, Copy, Default)]
pub(super) struct DeviceNorm {
	pub(super) weights: Address,
	pub(super) biases: Address,
	pub(super) fraction: i32,
}

/// A matrix in a device's memory.
#[derive(Clone, Copy)]
pub(super) struct DeviceMatrix {
	pub(super) table: Table,
	pub(super) biases: Address,
	pub(super) outputs: usize,
	pub(super) columns: usize,
}

impl DeviceModel {
	/// Copies a model.
	pub(crate) fn new(device: &Device, model: &Model) -> Result<Self, DeviceError> {
		let layout = model.layout();
		let widest = layout.matrices.iter().map(|matrix| matrix.columns).max().unwrap_or(0);
		if widest > MAX_COLUMNS {
			return Err(DeviceError::Unsuitable {
				reason: "a matrix has more than 65,536 columns",
			});
		}
		if (model.manifest().dimensions.vocabulary as usize) < MAX_CANDIDATES {
			return Err(DeviceError::Unsuitable { reason: "it has fewer than 64 tokens" });
		}
		// Tiles read beyond the last row of a matrix.
		let beyond = TILE * BLOCK_OUTPUTS * widest;
		let blob = device.allocate(model.blob().len() + beyond)?;
		device.upload(&blob, 0, model.blob())?;
		Ok(Self { blob })
	}

	fn at(&self, offset: usize) -> Address {
		self.blob.address() + offset as u64
	}

	/// A matrix by its index in the layout.
	pub(super) fn matrix(&self, model: &Model, index: usize) -> DeviceMatrix {
		let layout = &model.layout().matrices[index];
		let table =
			Table { weights: self.at(layout.weights.start), scales: self.at(layout.scales.start) };
		let biases = layout.biases.as_ref().map_or(0, |range| self.at(range.start));
		DeviceMatrix { table, biases, outputs: layout.rows, columns: layout.columns }
	}

	/// What turns a hidden row into logits.
	pub(super) fn head(&self, model: &Model) -> DeviceMatrix {
		let is_embedding = model.constants().tied || !model.manifest().architecture.generates();
		self.matrix(model, if is_embedding { 0 } else { model.layout().matrices.len() - 1 })
	}

	fn norm(&self, model: &Model, index: usize) -> DeviceNorm {
		let range = &model.layout().norms[index];
		let norm = model.norm(index);
		let weights = self.at(range.start + ALIGNMENT);
		let biases = match norm.biases.is_empty() {
			true => 0,
			false => weights + size_of_val(&norm.weights[..]) as u64,
		};
		DeviceNorm { weights, biases, fraction: norm.fraction.into() }
	}

	/// A layer's norm, if the architecture has it.
	pub(super) fn layer_norm(
		&self,
		model: &Model,
		layer: usize,
		norm: LayerNorm,
	) -> Option<DeviceNorm> {
		Some(self.norm(model, model.layout().norm(layer, norm)?))
	}

	/// The norm after the last layer; in an encoder, the one before the first.
	pub(super) fn final_norm(&self, model: &Model) -> DeviceNorm {
		self.norm(model, model.layout().norms.len() - 1)
	}

	/// Cosines and sines of all positions; nothing in an encoder.
	pub(super) fn angles(&self, model: &Model) -> Address {
		match model.layout().angles.is_empty() {
			true => 0,
			false => self.at(model.layout().angles.start),
		}
	}
}
