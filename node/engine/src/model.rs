// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! An imported model, mapped into memory.

pub mod layout;
pub(crate) mod roots;

use std::{
	fs::{self, File},
	io,
	ops::Range,
	os::unix::fs::MetadataExt,
	path::{Path, PathBuf},
	time::SystemTime,
};

use ergon_core::{
	model::{ModelManifest, ARITHMETIC_X1},
	ModelId, H256,
};
use ergon_exact::Scale;
use memmap2::Mmap;

use crate::{
	error::{ExecutionError, Fault, ModelError},
	read,
	tokenizer::Tokenizer,
};
use layout::{Constants, LayerNorm, Layout, Projection, ALIGNMENT, BIAS_BYTES};

/// Names of a model's files.
pub(crate) mod files {
	/// The manifest as JSON.
	pub(crate) const MANIFEST: &str = "manifest.json";
	/// Weights and tables.
	pub(crate) const BLOB: &str = "blob";
	/// Vocabulary, and the rules for prompts and answers.
	pub(crate) const TEXT: &str = "text";
}

/// Largest manifest, in bytes; they have one thousand.
const MAX_MANIFEST_BYTES: u64 = 1 << 16;
/// Largest [`files::TEXT`], in bytes: more than can be imported.
const MAX_TEXT_BYTES: u64 = 1 << 29;

/// An imported model. Shared read-only between threads; keep it in an [`std::sync::Arc`].
///
/// Everything was checked against the manifest when it was opened.
pub struct Model {
	id: ModelId,
	manifest: ModelManifest,
	constants: Constants,
	layout: Layout,
	blob: Mmap,
	/// What is mapped, whatever has that name now.
	file: File,
	folder: PathBuf,
	stamp: Stamp,
	/// Scales of every matrix, in the order of the layout.
	scales: Vec<Vec<Scale>>,
	/// Biases likewise; none for a matrix without.
	biases: Vec<Vec<i32>>,
	norms: Vec<Norm>,
	/// Cosines, then sines, of position after position.
	angles: Vec<i32>,
	tokenizer: Tokenizer,
	text_bytes: usize,
	/// Whether keys and values lose the lower eight of their bits when they are kept.
	#[cfg(feature = "adversary")]
	pub(crate) eight_bit_cache: bool,
}

/// What tells whether a file was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
	device: u64,
	inode: u64,
	length: u64,
	changed: SystemTime,
}

impl Stamp {
	fn of(file: &fs::Metadata) -> io::Result<Self> {
		let (device, inode) = (file.dev(), file.ino());
		Ok(Self { device, inode, length: file.len(), changed: file.modified()? })
	}
}

/// The weights of one norm, which count `2^-fraction`.
#[derive(Clone, Debug)]
pub struct Norm {
	/// One per element of a hidden row.
	pub weights: Vec<i32>,
	/// Their fraction bits.
	pub fraction: i16,
	/// What is added, in Q16: one per element in encoders, none in decoders.
	pub biases: Vec<i32>,
}

/// One matrix: weights row after row, and a scale per row.
#[derive(Clone, Copy)]
pub struct Matrix<'a> {
	/// Row after row.
	pub weights: &'a [i8],
	/// One per row.
	pub scales: &'a [Scale],
	/// What is added to the outputs, in Q16: one per row, or none.
	pub biases: &'a [i32],
	/// Length of a row.
	pub columns: usize,
}

impl<'a> Matrix<'a> {
	/// Number of rows.
	pub fn rows(&self) -> usize {
		self.scales.len()
	}

	/// One row and its scale; panics beyond the last.
	pub fn row(&self, index: usize) -> (&'a [i8], Scale) {
		(&self.weights[index * self.columns..][..self.columns], self.scales[index])
	}
}

impl Model {
	/// Opens the folder that [`crate::import()`] wrote, and checks every byte of it against its
	/// manifest (about a second per gigabyte and thread).
	///
	/// # Errors
	///
	/// [`ModelError`] when a file is missing, damaged or from another model.
	pub fn open(folder: &Path) -> Result<Self, ModelError> {
		let [manifest_path, blob_path, text_path] =
			[files::MANIFEST, files::BLOB, files::TEXT].map(|name| folder.join(name));
		if !manifest_path.is_file() {
			return Err(ModelError::NoModel { manifest: manifest_path });
		}
		let manifest = read_file(&manifest_path, MAX_MANIFEST_BYTES)?;
		let manifest =
			parse_manifest(&manifest).map_err(|fault| ModelError::damaged(manifest_path, fault))?;

		let (file, stamp, blob) =
			map(&blob_path).map_err(|source| ModelError::Io { path: blob_path.clone(), source })?;
		let (layout, constants) =
			check_blob(&blob, &manifest).map_err(|fault| ModelError::damaged(blob_path, fault))?;

		let text = read_file(&text_path, MAX_TEXT_BYTES)?;
		let tokenizer =
			check_text(&text, &manifest).map_err(|fault| ModelError::damaged(text_path, fault))?;

		let scales = layout.matrices.iter().map(|matrix| {
			let (scales, _) = blob[matrix.scales.clone()].as_chunks();
			scales.iter().copied().map(Scale::from_bytes).collect()
		});
		let biases = layout.matrices.iter().map(|matrix| match &matrix.biases {
			Some(biases) => integers(&blob[biases.clone()]),
			None => Vec::new(),
		});
		let norms = layout.norms.iter().map(|range| {
			let (fraction, rest) = blob[range.clone()].split_at(ALIGNMENT);
			let parts = if manifest.architecture.generates() { 1 } else { 2 };
			let (weights, biases) = rest.split_at(rest.len() / parts);
			Norm {
				weights: integers(weights),
				fraction: integers(&fraction[..4])[0] as i16,
				biases: integers(biases),
			}
		});
		Ok(Self {
			id: manifest.id(),
			constants,
			scales: scales.collect(),
			biases: biases.collect(),
			norms: norms.collect(),
			angles: integers(&blob[layout.angles.clone()]),
			manifest,
			layout,
			blob,
			file,
			folder: folder.into(),
			stamp,
			tokenizer,
			text_bytes: text.len(),
			#[cfg(feature = "adversary")]
			eight_bit_cache: false,
		})
	}

	/// The model's id.
	pub fn id(&self) -> ModelId {
		self.id
	}

	/// The model's manifest.
	pub fn manifest(&self) -> &ModelManifest {
		&self.manifest
	}

	/// Its tokenizer.
	pub fn tokenizer(&self) -> &Tokenizer {
		&self.tokenizer
	}

	/// Bytes of a leaf of the tree over weights: the row's weights, its scale and its bias, if it has one.
	pub fn weight_leaf(&self, leaf: u64) -> Option<Vec<u8>> {
		let after = self.layout.matrices.partition_point(|matrix| matrix.first_leaf <= leaf);
		let matrix = self.layout.matrices.get(after.checked_sub(1)?)?;
		let row =
			usize::try_from(leaf - matrix.first_leaf).ok().filter(|row| *row < matrix.rows)?;
		let part =
			|range: &Range<usize>, size: usize| &self.blob[range.start + row * size..][..size];
		let biases = matrix.biases.as_ref().map_or(&[][..], |range| part(range, BIAS_BYTES));
		Some(
			[part(&matrix.weights, matrix.columns), part(&matrix.scales, Scale::BYTES), biases]
				.concat(),
		)
	}

	/// Bytes of a leaf of the tree over tables.
	pub fn table_leaf(&self, leaf: u64) -> Option<Vec<u8>> {
		let leaf = usize::try_from(leaf).ok()?;
		let Some(norm) = leaf.checked_sub(1) else {
			return Some(self.blob[self.layout.constants.clone()].to_vec());
		};
		if let Some(range) = self.layout.norms.get(norm) {
			return Some(roots::norm_bytes(&self.blob[range.clone()]));
		}
		let position = norm - self.layout.norms.len();
		let width = 4 * self.manifest.dimensions.head_width as usize;
		let angles = &self.blob[self.layout.angles.clone()];
		angles.chunks_exact(width).nth(position).map(<[u8]>::to_vec)
	}

	/// Hashes of all leaves of both trees, weights first.
	pub fn leaves(&self) -> (Vec<H256>, Vec<H256>) {
		let width = self.manifest.dimensions.head_width as usize;
		(
			roots::weight_leaves(&self.blob, &self.layout),
			roots::table_leaves(&self.blob, &self.layout, width),
		)
	}

	/// Where its weights lie; gives the index of every row in the Merkle tree.
	pub fn layout(&self) -> &Layout {
		&self.layout
	}

	/// The constants of its arithmetic.
	pub fn constants(&self) -> &Constants {
		&self.constants
	}

	/// Bytes of memory that the model takes: the map, what was copied from it, and the tokenizer.
	pub fn memory_bytes(&self) -> u64 {
		let scales: usize = self.scales.iter().map(|scales| size_of_val(&scales[..])).sum();
		let biases: usize = self.biases.iter().map(|biases| size_of_val(&biases[..])).sum();
		let copied = scales + biases + size_of_val(&self.angles[..]);
		// Pieces, texts and maps take a few times the bytes of the file.
		(self.blob.len() + copied + 6 * self.text_bytes) as u64
	}

	/// Whether the blob on the disk is the one that was opened: the same file, of the same length and
	/// time of change.
	pub fn is_unchanged(&self) -> bool {
		let found = fs::metadata(self.folder.join(files::BLOB));
		found.and_then(|file| Stamp::of(&file)).is_ok_and(|stamp| stamp == self.stamp)
	}

	/// Whether the bytes that are used are still those that were opened. A result counts only when they
	/// are after it was computed; a folder that was removed or replaced meanwhile does no harm.
	///
	/// # Errors
	///
	/// [`ExecutionError::ModelChanged`] when somebody wrote to the file.
	pub(crate) fn check(&self) -> Result<(), ExecutionError> {
		match self.file.metadata().and_then(|file| Stamp::of(&file)) {
			Ok(stamp) if stamp == self.stamp => Ok(()),
			_ => Err(ExecutionError::ModelChanged { folder: self.folder.clone() }),
		}
	}

	/// A matrix by its index in the layout.
	pub fn matrix(&self, index: usize) -> Matrix<'_> {
		let layout = &self.layout.matrices[index];
		Matrix {
			weights: bytemuck::cast_slice(&self.blob[layout.weights.clone()]),
			scales: &self.scales[index],
			biases: &self.biases[index],
			columns: layout.columns,
		}
	}

	/// A layer's matrix; panics when the architecture does not have it.
	pub fn projection(&self, layer: usize, projection: Projection) -> Matrix<'_> {
		let index = self.layout.projection(layer, projection);
		self.matrix(index.unwrap_or_else(|| panic!("there is no {projection:?} in this network")))
	}

	/// The rows of the positions, and that of the first kind of token, in an encoder.
	pub fn positions(&self) -> Option<(Matrix<'_>, Matrix<'_>)> {
		let is_encoder = !self.manifest.architecture.generates();
		is_encoder.then(|| (self.matrix(1), self.matrix(2)))
	}

	/// The rows of the tokens.
	pub fn embedding(&self) -> Matrix<'_> {
		self.matrix(0)
	}

	/// What turns a hidden row into logits; nothing of meaning in an encoder.
	pub fn head(&self) -> Matrix<'_> {
		match self.constants.tied || !self.manifest.architecture.generates() {
			true => self.embedding(),
			false => self.matrix(self.layout.matrices.len() - 1),
		}
	}

	/// A layer's norm, if the architecture has it.
	pub fn layer_norm(&self, layer: usize, norm: LayerNorm) -> Option<&Norm> {
		self.norms.get(self.layout.norm(layer, norm)?)
	}

	/// A norm by its index in the layout.
	#[cfg(device)]
	pub(crate) fn norm(&self, index: usize) -> &Norm {
		&self.norms[index]
	}

	/// All of weights and tables, as the layout says.
	#[cfg(device)]
	pub(crate) fn blob(&self) -> &[u8] {
		&self.blob
	}

	/// Keys and values as they are kept.
	#[cfg(feature = "adversary")]
	pub(crate) fn kept<'a>(&self, pairs: &'a [i16]) -> std::borrow::Cow<'a, [i16]> {
		let round = |element: &i16| ((i32::from(*element) + 128) & !255).min(127 << 8) as i16;
		match self.eight_bit_cache {
			true => pairs.iter().map(round).collect(),
			false => pairs.into(),
		}
	}

	/// The norm after the last layer; in an encoder, the one before the first.
	pub fn final_norm(&self) -> &Norm {
		&self.norms[self.norms.len() - 1]
	}

	/// Cosines and sines of a position, half as many each as a head is wide; panics beyond the context.
	pub fn angles(&self, position: usize) -> (&[i32], &[i32]) {
		let width = self.manifest.dimensions.head_width as usize;
		self.angles[position * width..][..width].split_at(width / 2)
	}
}

fn read_file(path: &Path, most: u64) -> Result<Vec<u8>, ModelError> {
	read::file(path, most).map_err(|source| ModelError::Io { path: path.into(), source })
}

/// Reads a manifest that does not contradict itself.
fn parse_manifest(bytes: &[u8]) -> Result<ModelManifest, Fault> {
	let manifest: ModelManifest = read::json(bytes)?;
	if manifest.arithmetic != ARITHMETIC_X1 {
		let reason = format!("is {}, and this engine has {ARITHMETIC_X1}", manifest.arithmetic);
		return Err(Fault::new("field arithmetic", reason));
	}
	match manifest.is_sound() {
		true => Ok(manifest),
		false => Err(Fault::new("field dimensions", "contradicts itself or the other fields")),
	}
}

/// Reads where everything lies in a blob, and checks every byte of it.
fn check_blob(blob: &[u8], manifest: &ModelManifest) -> Result<(Layout, Constants), Fault> {
	let is = |part: &str, is_sound: bool| {
		let fault = || Fault::new(part, "are not what manifest.json has the hash of");
		is_sound.then_some(()).ok_or_else(fault)
	};
	let tied = blob.first() == Some(&1);
	let layout = Layout::new(manifest.architecture, &manifest.dimensions, tied)
		.ok_or_else(|| Fault::new("", "would be too large for this machine"))?;
	if layout.length != blob.len() {
		let reason = format!("has {} bytes, not {}", blob.len(), layout.length);
		return Err(Fault::new("", reason));
	}
	if let Some(byte) = layout.padding().into_iter().flatten().find(|at| blob[*at] != 0) {
		return Err(Fault::new(format!("byte {byte}"), "is not zero, though nothing lies there"));
	}
	let roots = roots::of(blob, &layout, manifest.dimensions.head_width as usize);
	is("the weights", roots.0 == manifest.weights_root)?;
	is("the tables", roots.1 == manifest.tables_root)?;
	let constants = Constants::from_bytes(&blob[layout.constants.clone()], manifest.architecture)
		.map_err(|_| Fault::new("the constants", "do not decode"))?;
	Ok((layout, constants))
}

/// Reads and checks vocabulary and rules for texts.
fn check_text(text: &[u8], manifest: &ModelManifest) -> Result<Tokenizer, Fault> {
	let tokenizer = Tokenizer::from_bytes(text)?;
	let (vocabulary, merges) = tokenizer.roots();
	let parts = [
		("the rules for texts", tokenizer.rules().hash() == manifest.text_rules),
		("the merges", merges == manifest.merges_root),
		("the tokens", vocabulary == manifest.vocabulary_root),
		("the tokens", tokenizer.len() == manifest.dimensions.vocabulary as usize),
	];
	match parts.into_iter().find(|(_, is_sound)| !is_sound) {
		None => Ok(tokenizer),
		Some((part, _)) => Err(Fault::new(part, "are not what manifest.json has the hash of")),
	}
}

/// Maps a file; the stamp is older than everything that is read of it.
fn map(path: &Path) -> io::Result<(File, Stamp, Mmap)> {
	let file = File::open(path)?;
	let stamp = Stamp::of(&file.metadata()?)?;
	// SAFETY: the map is private and read-only, and the importer never writes to a finished model;
	// somebody who truncates the file under a running engine ends that engine, and what was computed
	// while somebody wrote to it is thrown away (`Model::check`).
	let map = unsafe { Mmap::map(&file)? };
	Ok((file, stamp, map))
}

/// Little-endian integers; what is left over is ignored.
fn integers(bytes: &[u8]) -> Vec<i32> {
	let (integers, _) = bytes.as_chunks();
	integers.iter().copied().map(i32::from_le_bytes).collect()
}
