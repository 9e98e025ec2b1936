// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Where a model comes from.

use std::path::Path;

use candle_core::{
	quantized::ggml_file::qtensor_from_ggml, quantized::GgmlDType, DType, Device, Tensor,
};
use serde::de::DeserializeOwned;

use super::{folder::Folder, gguf::Gguf};
use crate::error::ImportError;

/// Files and tensors of a Hugging Face folder, or of what stands for one.
pub(super) trait ModelSource {
	/// What messages call the file `name`; the whole where that is empty.
	fn label(&self, name: &str) -> String;

	/// The bytes of a file; none when there is no such file.
	fn file(&self, name: &str) -> Result<Option<Vec<u8>>, ImportError>;

	/// Names of all tensors of weights.
	fn tensor_names(&self) -> Vec<String>;

	/// A tensor of exactly this shape.
	fn tensor(&self, name: &str, shape: &[usize]) -> Result<TensorRows<'_>, ImportError>;
}

/// Opens a folder, or a GGUF file.
pub(super) fn open(path: &Path) -> Result<Box<dyn ModelSource>, ImportError> {
	if path.is_dir() {
		return Ok(Box::new(Folder::open(path)?));
	}
	if path.is_file() && path.extension().is_some_and(|extension| extension == "gguf") {
		return Ok(Box::new(Gguf::open(path)?));
	}
	Err(ImportError::Invalid(format!(
		"{} is neither a folder nor a .gguf file: name the folder that holds config.json, \
		 tokenizer.json and model.safetensors, or the file",
		path.display()
	)))
}

/// Parses a file; none when there is no such file.
pub(super) fn optional<T: DeserializeOwned>(
	source: &dyn ModelSource,
	name: &str,
) -> Result<Option<T>, ImportError> {
	source.file(name)?.map(|bytes| parse(source, name, &bytes)).transpose()
}

/// Parses the bytes of a file.
pub(super) fn parse<T: DeserializeOwned>(
	source: &dyn ModelSource,
	name: &str,
	bytes: &[u8],
) -> Result<T, ImportError> {
	serde_json::from_slice(bytes).map_err(|error| {
		ImportError::Invalid(format!(
			"{} is not what a Hugging Face model has there ({error}): download the model again",
			source.label(name)
		))
	})
}

/// How a tensor spells its elements.
#[derive(Clone, Copy)]
pub(super) enum Elements {
	/// One after another.
	Plain(DType),
	/// As GGUF has them, in blocks that lie within a row.
	Blocks(GgmlDType),
}

impl Elements {
	/// Bytes of a row; as many as fit whole blocks.
	fn row_bytes(self, columns: usize) -> usize {
		match self {
			Self::Plain(kind) => columns * kind.size_in_bytes(),
			Self::Blocks(kind) => columns / kind.block_size() * kind.type_size(),
		}
	}

	/// `count` elements as `f32`.
	fn decode(self, bytes: &[u8], count: usize) -> candle_core::Result<Vec<f32>> {
		match self {
			Self::Plain(kind) => Tensor::from_raw_buffer(bytes, kind, &[count], &Device::Cpu)?
				.to_dtype(DType::F32)?
				.to_vec1(),
			Self::Blocks(kind) => {
				// Blocks are read in place, so they must lie where their numbers may.
				let mut aligned = vec![0u64; bytes.len().div_ceil(8)];
				bytemuck::cast_slice_mut(&mut aligned)[..bytes.len()].copy_from_slice(bytes);
				let aligned = &bytemuck::cast_slice(&aligned)[..bytes.len()];
				qtensor_from_ggml(kind, aligned, vec![count], &Device::Cpu)?
					.dequantize(&Device::Cpu)?
					.to_vec1()
			}
		}
	}
}

/// One tensor, row by row.
pub(super) struct TensorRows<'a> {
	/// Row after row.
	pub(super) bytes: &'a [u8],
	pub(super) elements: Elements,
	pub(super) columns: usize,
	/// Width of heads within which the row of element `2 j + i` is that of element `i w/2 + j`.
	pub(super) permuted_width: Option<usize>,
	/// What messages call it.
	pub(super) name: String,
}

impl TensorRows<'_> {
	/// `count` rows from `first` on as `f32`: all types of floats widen exactly, and blocks have their
	/// own definition.
	pub(super) fn rows(&self, first: usize, count: usize) -> Result<Vec<f32>, ImportError> {
		let row_bytes = self.elements.row_bytes(self.columns);
		let cut_off = || candle_core::Error::Msg("it ends early".into());
		let values = match self.permuted_width {
			None => self
				.bytes
				.get(first * row_bytes..(first + count) * row_bytes)
				.ok_or_else(cut_off)
				.and_then(|bytes| self.elements.decode(bytes, count * self.columns)),
			Some(width) => {
				let place = |row: usize| {
					let (head, element) = (row / width, row % width);
					let (half, pair) = (element / (width / 2), element % (width / 2));
					head * width + 2 * pair + half
				};
				let rows = (first..first + count).map(|row| {
					let start = place(row) * row_bytes;
					self.bytes.get(start..start + row_bytes).ok_or_else(cut_off)
				});
				rows.collect::<Result<Vec<_>, _>>()
					.and_then(|rows| self.elements.decode(&rows.concat(), count * self.columns))
			}
		}
		.map_err(|error| {
			let name = &self.name;
			ImportError::Invalid(format!(
				"{name} cannot be read ({error}): download the model again"
			))
		})?;
		if values.iter().all(|value| value.is_finite()) {
			return Ok(values);
		}
		Err(ImportError::Invalid(format!(
			"{} holds numbers that are not finite: choose another model",
			self.name
		)))
	}
}
