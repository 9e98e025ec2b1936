// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A cheaper model: the same with its weights rounded to four bits.

use std::{fs, io, path::Path};

use ergon_core::ModelManifest;

use crate::model::{files, roots, Model};

/// Bits that a weight loses.
const LOST_BITS: u32 = 4;

/// A copy of the model in `folder` with every weight rounded. Its files are gone when this returns;
/// the map of them stays until the model is dropped.
pub(super) fn copy(folder: &Path) -> io::Result<Model> {
	let original = Model::open(folder).map_err(io::Error::other)?;
	let target = tempfile::Builder::new().prefix("ergon-rounded-").tempdir()?;
	fs::copy(folder.join(files::TEXT), target.path().join(files::TEXT))?;
	let mut blob = fs::read(folder.join(files::BLOB))?;
	for matrix in &original.layout().matrices {
		for weight in blob.get_mut(matrix.weights.clone()).unwrap_or_default() {
			*weight = round(*weight as i8) as u8;
		}
	}
	let manifest = original.manifest();
	let head_width = manifest.dimensions.head_width as usize;
	let (weights_root, tables_root) = roots::of(&blob, original.layout(), head_width);
	let manifest = ModelManifest { weights_root, tables_root, ..*manifest };
	fs::write(target.path().join(files::BLOB), blob)?;
	fs::write(target.path().join(files::MANIFEST), serde_json::to_vec(&manifest)?)?;
	Model::open(target.path()).map_err(io::Error::other)
}

/// The nearest multiple of 16 in the range of the weights; ties go up.
fn round(weight: i8) -> i8 {
	let step = 1 << LOST_BITS;
	let rounded = (i16::from(weight) + step / 2).div_euclid(step) * step;
	rounded.clamp(-i16::from(i8::MAX), (i16::from(i8::MAX) / step) * step) as i8
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn weights_are_rounded_to_sixteen_levels_at_most() {
		let mut levels: Vec<i8> = (-127..=127).map(round).collect();
		for (weight, rounded) in (-127..=127).zip(&levels) {
			assert!((i16::from(*rounded) - weight).abs() <= 15, "{weight} became {rounded}");
		}
		levels.dedup();
		assert!(levels.len() <= 17, "{levels:?}");
	}
}
