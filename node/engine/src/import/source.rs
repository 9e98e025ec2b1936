// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Where a model comes from.

use std::path::Path;

use candle_core::{
	quantized::ggml_file::qtensor_from_ggml, quantized::GgmlDType, DType, Device, Tensor,
};
use serde::de::DeserializeOwned;

use super::{folder::Folder, gguf::Gguf};
use crate::{
	error::{Fault, ImportError, Place, Remedy},
	read,
};

/// Files and tensors of a Hugging Face folder, or of what stands for one.
pub(super) trait ModelSource {
	/// Where a part of the file `name` is, and what it is called there; the whole file where `field` is
	/// empty.
	fn place(&self, name: &str, field: &str) -> Place;

	/// Where a tensor is, or should be.
	fn tensor_place(&self, name: &str) -> Place;

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
	let reason = "is neither a folder nor a .gguf file";
	Err(Place::new(path, "").refuse(reason, Remedy::NameSource))
}

/// What turns a fault in the file `name` into the error that it cannot be imported.
pub(super) fn refuse<'a>(
	source: &'a dyn ModelSource,
	name: &'a str,
	remedy: Remedy,
) -> impl Fn(Fault) -> ImportError + 'a {
	move |fault| source.place(name, &fault.field).refuse(fault.reason, remedy)
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
	read::json(bytes).map_err(refuse(source, name, Remedy::Download))
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
	/// Where it is.
	pub(super) place: Place,
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
		.map_err(|error| self.refuse(format!("cannot be read ({error})")))?;
		match values.iter().all(|value| value.is_finite()) {
			true => Ok(values),
			false => Err(self.refuse("holds numbers that are not finite")),
		}
	}

	fn refuse(&self, reason: impl AsRef<str>) -> ImportError {
		self.place.clone().refuse(reason, Remedy::Download)
	}
}
