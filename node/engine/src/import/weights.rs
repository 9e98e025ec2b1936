// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Tensors of a Hugging Face folder, and how their numbers become integers.

use std::{
	collections::{BTreeMap, BTreeSet},
	path::{Path, PathBuf},
};

use candle_core::{safetensors::MmapedSafetensors, DType, Device, Tensor};
use ergon_exact::Scale;
use safetensors::{tensor::TensorView, Dtype};
use serde::Deserialize;

use super::config;
use crate::error::ImportError;

/// `model.safetensors.index.json`.
#[derive(Deserialize)]
struct Index {
	weight_map: BTreeMap<String, String>,
}

/// The tensors of a folder, mapped.
pub(super) struct Tensors {
	files: MmapedSafetensors,
	folder: PathBuf,
}

impl Tensors {
	/// Maps `model.safetensors`, or the shards that `model.safetensors.index.json` names.
	pub(super) fn open(folder: &Path) -> Result<Self, ImportError> {
		let single = folder.join("model.safetensors");
		let index = "model.safetensors.index.json";
		let paths = if single.is_file() {
			vec![single]
		} else if let Some(index) = config::optional::<Index>(folder, index)? {
			Self::shards(folder, index)?
		} else {
			return Err(ImportError::Invalid(format!(
				"{} has neither model.safetensors nor {index}: download the weights too",
				folder.display()
			)));
		};
		// SAFETY: the map is read-only and private to this call; a file that another process
		// truncates meanwhile ends this process, never gives wrong data to another.
		let files = unsafe { MmapedSafetensors::multi(&paths) }.map_err(|error| {
			ImportError::Invalid(format!(
				"the weights in {} are broken or cut off ({error}): download them again",
				folder.display()
			))
		})?;
		Ok(Self { files, folder: folder.into() })
	}

	/// Paths of the shards; each is a plain file name beside the index.
	fn shards(folder: &Path, index: Index) -> Result<Vec<PathBuf>, ImportError> {
		let names: BTreeSet<_> = index.weight_map.into_values().collect();
		let mut paths = Vec::new();
		for name in names {
			let plain = Path::new(&name).file_name().is_some_and(|file| *file == *name);
			let path = folder.join(&name);
			if !plain || !path.is_file() {
				return Err(ImportError::Invalid(format!(
					"the weights' index names {name:?}, which is no file in {}: download all shards",
					folder.display()
				)));
			}
			paths.push(path);
		}
		Ok(paths)
	}

	/// Names of all tensors of weights.
	pub(super) fn names(&self) -> Vec<String> {
		let floats = [Dtype::F32, Dtype::F16, Dtype::BF16];
		let tensors = self.files.tensors().into_iter();
		// Counters that some exports carry are no weights.
		tensors.filter(|(_, view)| floats.contains(&view.dtype())).map(|(name, _)| name).collect()
	}

	/// A tensor of exactly this shape.
	pub(super) fn get(&self, name: &str, shape: &[usize]) -> Result<Source<'_>, ImportError> {
		let invalid = |what: String| {
			ImportError::Invalid(format!(
				"tensor {name} in {} {what}: download the model again, or choose another",
				self.folder.display()
			))
		};
		let view = self.files.get(name).map_err(|_| invalid("is missing".into()))?;
		if view.shape() != shape {
			let found = view.shape();
			return Err(invalid(format!("has shape {found:?}, but config.json says {shape:?}")));
		}
		let kind = match view.dtype() {
			Dtype::F32 => DType::F32,
			Dtype::F16 => DType::F16,
			Dtype::BF16 => DType::BF16,
			other => return Err(invalid(format!("has type {other:?}, not F32, F16 or BF16"))),
		};
		let columns = shape.last().copied().unwrap_or(1);
		Ok(Source { view, kind, columns, name: name.into() })
	}
}

/// One tensor, row by row.
pub(super) struct Source<'a> {
	view: TensorView<'a>,
	kind: DType,
	columns: usize,
	name: String,
}

impl Source<'_> {
	/// `count` rows from `first` on as `f32`, to which all three types widen exactly.
	pub(super) fn rows(&self, first: usize, count: usize) -> Result<Vec<f32>, ImportError> {
		let row_bytes = self.columns * self.kind.size_in_bytes();
		let bytes = self.view.data().get(first * row_bytes..(first + count) * row_bytes);
		let values = bytes
			.ok_or_else(|| candle_core::Error::Msg("it ends early".into()))
			.and_then(|bytes| {
				Tensor::from_raw_buffer(bytes, self.kind, &[count * self.columns], &Device::Cpu)
			})
			.and_then(|tensor| tensor.to_dtype(DType::F32)?.to_vec1::<f32>())
			.map_err(|error| {
				ImportError::Invalid(format!(
					"tensor {} cannot be read ({error}): download the model again",
					self.name
				))
			})?;
		if values.iter().all(|value| value.is_finite()) {
			return Ok(values);
		}
		Err(ImportError::Invalid(format!(
			"tensor {} holds numbers that are not finite: choose another model",
			self.name
		)))
	}
}

/// The power of two of a positive normal double: `value = m * 2^power` with `m` in 1..2.
fn power_of_two(value: f64) -> i32 {
	((value.to_bits() >> 52) & 0x7ff) as i32 - 1_023
}

/// `2^power` for powers that a normal double has.
fn exp2(power: i32) -> f64 {
	f64::from_bits(((power + 1_023) as u64) << 52)
}

/// The nearest integer, halves away from zero, for magnitudes below 2^53.
fn round(value: f64) -> i64 {
	let magnitude = (value.abs() + 0.5) as i64;
	match value < 0.0 {
		true => -magnitude,
		false => magnitude,
	}
}

/// Turns one weight row into integers and its scale.
///
/// The scale is the least one with a mantissa of 16 bits that is at least `largest / 127`; a weight
/// is `weight / scale`, rounded to the nearest, halves away from zero, and so within ±127. Error: at
/// most half a scale, `largest / 254`. Uses only the additions, multiplications and divisions of
/// doubles, which IEEE 754 defines to the bit.
pub(super) fn quantise_row(values: &[f32], out: &mut [i8]) -> Scale {
	let largest = values.iter().fold(0f64, |largest, &value| largest.max(f64::from(value).abs()));
	if largest == 0.0 {
		out.fill(0);
		return Scale::default();
	}
	// At least 2^-149 / 127, hence a normal double.
	let target = largest / 127.0;
	let mut exponent = power_of_two(target) - 15;
	// In 2^15..2^16; the next integer upwards, so that no weight passes 127.
	let significant = target / exp2(exponent);
	let mut mantissa = significant as u32;
	if f64::from(mantissa) < significant {
		mantissa += 1;
	}
	if mantissa == 1 << 16 {
		mantissa = 1 << 15;
		exponent += 1;
	}
	let scale = f64::from(mantissa) * exp2(exponent);
	for (out, &value) in out.iter_mut().zip(values) {
		*out = round(f64::from(value) / scale) as i8;
	}
	Scale { mantissa: mantissa as u16, exponent: exponent as i16 }
}

/// Turns biases into Q16: the nearest, halves away from zero, limited to what 32 bits hold.
pub(super) fn quantise_biases(values: &[f32]) -> Vec<i32> {
	let quantise = |&value: &f32| {
		let most = f64::from(i32::MAX);
		round((f64::from(value) * 65_536.0).clamp(-most, most)) as i32
	};
	values.iter().map(quantise).collect()
}

/// Turns norm weights into integers of up to 23 bits and returns their fraction bits: the largest
/// power of two under which the largest weight stays below 2^23.
pub(super) fn quantise_norm(values: &[f32]) -> (Vec<i32>, i16) {
	let largest = values.iter().fold(0f64, |largest, &value| largest.max(f64::from(value).abs()));
	if largest == 0.0 {
		return (vec![0; values.len()], 0);
	}
	let fraction = |power: i32| 22 - power;
	let quantise = |fraction: i32| {
		values.iter().map(move |&value| round(f64::from(value) * exp2(fraction)) as i32)
	};
	let power = power_of_two(largest);
	// Rounding may reach 2^23 itself; one bit less then.
	let fits = quantise(fraction(power)).all(|value| value.unsigned_abs() < 1 << 23);
	let fraction = if fits { fraction(power) } else { fraction(power) - 1 };
	(quantise(fraction).collect(), fraction as i16)
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn zeros_have_no_scale() {
		let mut out = [1; 3];
		assert_eq!(quantise_row(&[0.0, -0.0, 0.0], &mut out), Scale::default());
		assert_eq!(out, [0; 3]);
		assert_eq!(quantise_norm(&[0.0]), (vec![0], 0));
	}

	#[test]
	fn simple_rows_are_exact() {
		let mut out = [0; 3];
		let scale = quantise_row(&[127.0, -1.0, 63.5], &mut out);
		assert_eq!((out, scale), ([127, -1, 64], Scale { mantissa: 1 << 15, exponent: -15 }));
		assert_eq!(quantise_norm(&[1.0, -0.5]), (vec![1 << 22, -(1 << 21)], 22));
		let biases = [1.5, -0.25, 1e9, -1e9, 0.5 / 65_536.0];
		assert_eq!(quantise_biases(&biases), [98_304, -16_384, i32::MAX, -i32::MAX, 1]);
	}

	#[test]
	fn extreme_rows_are_defined() {
		let mut out = [0; 2];
		for largest in [f32::MAX, f32::MIN_POSITIVE, f32::from_bits(1)] {
			quantise_row(&[largest, -largest], &mut out);
			assert_eq!(out, [127, -127]);
			let (values, _) = quantise_norm(&[largest]);
			assert!(values[0] >= 1 << 22);
		}
	}

	proptest! {
		#[test]
		fn weights_are_within_half_a_scale(values in prop::collection::vec(-1e3f32..1e3, 1..100)) {
			let mut out = vec![0; values.len()];
			let scale = quantise_row(&values, &mut out);
			let step = f64::from(scale.mantissa) * f64::from(scale.exponent).exp2();
			for (&out, &value) in out.iter().zip(&values) {
				prop_assert!((f64::from(out) * step - f64::from(value)).abs() <= step * 0.5001);
				prop_assert!(out > i8::MIN);
			}
			prop_assert!(scale.mantissa >= 1 << 15 || values.iter().all(|value| *value == 0.0));
		}

		#[test]
		fn norms_keep_22_bits(values in prop::collection::vec(-40f32..40.0, 1..50)) {
			let (out, fraction) = quantise_norm(&values);
			let step = f64::from(-fraction).exp2();
			for (&out, &value) in out.iter().zip(&values) {
				prop_assert!((f64::from(out) * step - f64::from(value)).abs() <= step * 0.5001);
			}
		}
	}
}
