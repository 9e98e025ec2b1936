// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Models that are nearly the one that was ordered.

use std::{collections::BTreeMap, fs, io, ops::Range, path::Path, sync::Arc};

use ergon_core::{ModelId, ModelManifest};
use parking_lot::Mutex;

use crate::{
	error::ExecutionError,
	model::{
		files,
		layout::{Layout, Projection},
		roots, Model,
	},
	service::ModelStore,
};

/// What differs in a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
	/// Weights keep so many of their eight bits.
	Rounding {
		/// 1 to 7.
		bits: u32,
	},
	/// One bit of one weight of the first layer is another one.
	FlippedBit,
	/// The second half of the layers does nothing. In a decoder that gives the very bits of the smaller
	/// network that does not have them, under the shapes of the whole one, so that it can also be
	/// defended.
	HalfOfTheLayers,
	/// The middle layer does nothing.
	SkippedLayer,
	/// Keys and values are kept with eight bits.
	EightBitCache,
}

/// Copies that were made so far, by the id of the original.
#[derive(Default)]
pub(super) struct Copies(Mutex<BTreeMap<ModelId, Arc<Model>>>);

impl Copies {
	/// The copy of a model; all of one model have the same change.
	pub(super) fn of(
		&self,
		store: &ModelStore,
		id: ModelId,
		change: Change,
	) -> Result<Arc<Model>, ExecutionError> {
		let mut made = self.0.lock();
		if let Some(copy) = made.get(&id) {
			return Ok(Arc::clone(copy));
		}
		let failed = |reason: String| {
			ExecutionError::Internal(format!("cannot make a changed copy of {id:?}: {reason}"))
		};
		let folder = store.folder(&id).ok_or_else(|| failed("it is gone".into()))?;
		let copy = copy(&folder, change).map_err(|error| failed(error.to_string()))?;
		Ok(Arc::clone(made.entry(id).or_insert(Arc::new(copy))))
	}
}

/// A copy of the model in `folder`. Its files are gone when this returns; the map of them stays until the
/// model is dropped.
fn copy(folder: &Path, change: Change) -> io::Result<Model> {
	let original = Model::open(folder).map_err(io::Error::other)?;
	let target = tempfile::Builder::new().prefix("ergon-changed-").tempdir()?;
	fs::copy(folder.join(files::TEXT), target.path().join(files::TEXT))?;
	let mut blob = fs::read(folder.join(files::BLOB))?;
	let (layout, manifest) = (original.layout(), original.manifest());
	change.apply(layout, manifest.dimensions.layers as usize, &mut blob);
	let head_width = manifest.dimensions.head_width as usize;
	let (weights_root, tables_root) = roots::of(&blob, layout, head_width);
	let manifest = ModelManifest { weights_root, tables_root, ..*manifest };
	fs::write(target.path().join(files::BLOB), blob)?;
	fs::write(target.path().join(files::MANIFEST), serde_json::to_vec(&manifest)?)?;
	let mut copy = Model::open(target.path()).map_err(io::Error::other)?;
	copy.eight_bit_cache = change == Change::EightBitCache;
	Ok(copy)
}

impl Change {
	/// Changes the blob of a network of so many layers.
	fn apply(self, layout: &Layout, layers: usize, blob: &mut [u8]) {
		match self {
			Self::Rounding { bits } => {
				for matrix in &layout.matrices {
					for weight in weights(blob, &matrix.weights) {
						*weight = round(*weight as i8, bits) as u8;
					}
				}
			}
			Self::FlippedBit => {
				let up = layout.projection(0, Projection::Up).map(|index| &layout.matrices[index]);
				let weights = up.map_or(&mut [][..], |matrix| weights(blob, &matrix.weights));
				// One that is not negative stays within the range of the weights.
				if let Some(weight) = weights.iter_mut().find(|weight| **weight as i8 >= 0) {
					*weight ^= 1 << 6;
				}
			}
			Self::HalfOfTheLayers => idle(layout, layers / 2..layers, blob),
			Self::SkippedLayer => idle(layout, layers / 2..layers / 2 + 1, blob),
			Self::EightBitCache => {}
		}
	}
}

fn weights<'a>(blob: &'a mut [u8], matrix: &Range<usize>) -> &'a mut [u8] {
	blob.get_mut(matrix.clone()).unwrap_or_default()
}

/// Has layers add nothing to the residual stream.
fn idle(layout: &Layout, layers: Range<usize>, blob: &mut [u8]) {
	for layer in layers {
		for part in [Projection::Output, Projection::Down] {
			if let Some(index) = layout.projection(layer, part) {
				weights(blob, &layout.matrices[index].weights).fill(0);
			}
		}
	}
}

/// The nearest weight whose lowest `8 - bits` bits are zero; ties go up.
fn round(weight: i8, bits: u32) -> i8 {
	let step = 1 << (8 - bits);
	let rounded = (i16::from(weight) + step / 2).div_euclid(step) * step;
	rounded.clamp(-i16::from(i8::MAX), (i16::from(i8::MAX) / step) * step) as i8
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn weights_are_rounded_to_as_many_levels_as_their_bits_have() {
		for (bits, most) in [(4, 16), (6, 64)] {
			let step = 1 << (8 - bits);
			let mut levels: Vec<i8> = (-127..=127).map(|weight| round(weight, bits)).collect();
			for (weight, rounded) in (-127i16..=127).zip(&levels) {
				let distance = (i16::from(*rounded) - weight).abs();
				assert!(distance < step, "{weight} became {rounded}");
			}
			levels.dedup();
			// One more where -128 would be.
			assert!(levels.len() <= most + 1, "{levels:?}");
		}
	}
}
