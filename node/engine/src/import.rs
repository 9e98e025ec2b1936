// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Deterministic import of a Hugging Face folder, or of a GGUF file.

mod angles;
mod config;
mod folder;
mod gguf;
mod names;
mod pooling;
mod prompt;
mod source;
mod template;
mod vocabulary;
mod weights;

use std::{
	fs::{self, File, TryLockError},
	io::{self, BufWriter, Write},
	path::{Path, PathBuf},
};

use ergon_core::{
	merkle,
	model::{ModelManifest, ARITHMETIC_X1},
	H256,
};
use ergon_exact::{attention::ScoreScale, Scale};
use rayon::prelude::*;

use self::{
	angles::Angles,
	config::Config,
	names::{bias_name, Names},
	source::ModelSource,
};
use crate::{
	error::{ImportError, Remedy},
	model::{
		files,
		layout::{Constants, Layout, ALIGNMENT},
		roots,
	},
};

/// Weights that are in memory at once, give or take a row.
const BLOCK_WEIGHTS: usize = 1 << 22;

/// How far an import has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
	/// Weight rows written.
	pub rows_done: u64,
	/// Weight rows in all.
	pub rows_total: u64,
}

/// Imports the Hugging Face folder, or the GGUF file, `source` into the new folder `target`.
///
/// Reads `config.json`, `tokenizer.json` and `model.safetensors` (or its shards), and, where they
/// exist, `tokenizer_config.json`, `chat_template.jinja`, `generation_config.json` and
/// `1_Pooling/config.json`. A GGUF file has the same within itself; encoders (BERT) are read from a
/// folder only. The same bytes give the same bytes, on any machine and with any number of threads. Needs
/// memory for a few million weights, whatever the model's size.
///
/// A chat template is somebody else's program, which runs here and never again. It may have 128 KiB, take
/// a million steps and write 1 MiB; its memory has no bound, so one that is made for that ends this
/// process, before anything is written.
///
/// # Errors
///
/// [`ImportError`]; there is nothing at `target` then. An import that is killed leaves a hidden
/// folder beside `target`, never a half model, and the next import of the same name clears it away.
pub fn import(
	source: &Path,
	target: &Path,
	progress: &mut dyn FnMut(Progress),
) -> Result<ModelManifest, ImportError> {
	if target.symlink_metadata().is_ok() {
		return Err(ImportError::Target {
			folder: target.into(),
			reason: "exists already",
			remedy: "remove it, or name another folder",
		});
	}
	let source = source::open(source)?;
	let config = Config::read(&*source)?;
	let tokenizer = prompt::read(&*source, &config)?;
	let rules = tokenizer.rules();
	let dimensions = config.dimensions();
	// A SentencePiece tokenizer puts a space of its own before a text.
	let template_tokens =
		rules.chat.tokens().max(rules.plain.tokens()) + usize::from(rules.strips_leading_space);
	let (vocabulary_root, merges_root) = tokenizer.roots();
	let mut manifest = ModelManifest {
		arithmetic: ARITHMETIC_X1,
		architecture: config.architecture(),
		dimensions,
		weights_root: H256::zero(),
		tables_root: H256::zero(),
		vocabulary_root,
		merges_root,
		text_rules: rules.hash(),
		template_tokens: u16::try_from(template_tokens).unwrap_or(u16::MAX),
		work_per_prompt_token: dimensions.work_per_prompt_token(config.architecture()),
		work_per_output_token: dimensions.work_per_output_token(config.architecture()),
	};
	// All else was refused before.
	if !manifest.is_sound() {
		let place = source.place("config.json", "field hidden_size");
		let reason = "makes an encoder wider than a dispute has room for";
		return Err(place.refuse(reason, Remedy::ChooseModel));
	}

	let work = WorkFolder::create(target)?;
	(manifest.weights_root, manifest.tables_root) =
		Blob::new(&*source, &config, &work, progress)?.write()?;
	work.write(files::TEXT, &tokenizer.to_bytes())?;
	let mut json = serde_json::to_vec_pretty(&manifest)
		.map_err(|error| work.error(files::MANIFEST)(error.into()))?;
	json.push(b'\n');
	work.write(files::MANIFEST, &json)?;
	work.finish()?;
	Ok(manifest)
}

/// The folder that an import writes before it has its name; removed when the import fails.
struct WorkFolder {
	path: PathBuf,
	target: PathBuf,
	finished: bool,
	/// Locked for as long as the import runs, however it ends.
	_lock: File,
}

impl WorkFolder {
	fn create(target: &Path) -> Result<Self, ImportError> {
		let refused =
			|reason, remedy| ImportError::Target { folder: target.into(), reason, remedy };
		let name = target
			.file_name()
			.ok_or_else(|| refused("has no name of its own", "name a new folder"))?;
		let path = target.with_file_name(format!(".{}.import", name.to_string_lossy()));
		let failed = |source| ImportError::Write { path: path.clone(), source };
		fs::create_dir_all(&path).map_err(failed)?;
		let lock = File::open(&path).map_err(failed)?;
		match lock.try_lock() {
			Ok(()) => {}
			Err(TryLockError::WouldBlock) => {
				let reason = "is what another import writes";
				return Err(refused(reason, "wait for it, or name another folder"));
			}
			Err(TryLockError::Error(source)) => return Err(failed(source)),
		}
		// What an import left that was killed.
		for entry in fs::read_dir(&path).map_err(failed)? {
			fs::remove_file(entry.map_err(failed)?.path()).map_err(failed)?;
		}
		Ok(Self { path, target: target.into(), finished: false, _lock: lock })
	}

	fn error(&self, name: &str) -> impl FnOnce(io::Error) -> ImportError {
		let path = self.path.join(name);
		move |source| ImportError::Write { path, source }
	}

	fn write(&self, name: &str, bytes: &[u8]) -> Result<(), ImportError> {
		fs::write(self.path.join(name), bytes).map_err(self.error(name))
	}

	/// Gives the folder its name.
	fn finish(mut self) -> Result<(), ImportError> {
		fs::rename(&self.path, &self.target)
			.map_err(|source| ImportError::Write { path: self.target.clone(), source })?;
		self.finished = true;
		Ok(())
	}
}

impl Drop for WorkFolder {
	fn drop(&mut self) {
		if !self.finished {
			// The import has failed already; a folder that stays is harmless.
			let _ = fs::remove_dir_all(&self.path);
		}
	}
}

/// Looks for every tensor before anything is written, or reserved for weights that are nowhere.
fn look_for_tensors(
	source: &dyn ModelSource,
	names: &Names,
	layout: &Layout,
	tied: bool,
) -> Result<(), ImportError> {
	for (name, matrix) in names.matrices(tied).iter().zip(&layout.matrices) {
		source.tensor(name, &[names.rows(name, matrix.rows), matrix.columns])?;
		if matrix.biases.is_some() {
			source.tensor(&bias_name(name), &[matrix.rows])?;
		}
	}
	for (name, width) in names.norms() {
		source.tensor(&name, &[width])?;
		if !layout.architecture.generates() {
			source.tensor(&bias_name(&name), &[width])?;
		}
	}
	Ok(())
}

/// Writes the blob.
struct Blob<'a> {
	config: &'a Config,
	names: Names,
	source: &'a dyn ModelSource,
	layout: Layout,
	constants: Constants,
	folder: &'a WorkFolder,
	file: BufWriter<File>,
	written: usize,
	leaves: Vec<H256>,
	progress: &'a mut dyn FnMut(Progress),
}

impl<'a> Blob<'a> {
	fn new(
		source: &'a dyn ModelSource,
		config: &'a Config,
		folder: &'a WorkFolder,
		progress: &'a mut dyn FnMut(Progress),
	) -> Result<Self, ImportError> {
		let dimensions = config.dimensions();
		let tied = config.tie_word_embeddings;
		let present = source.tensor_names();
		let names = Names::new(config, &present);
		names.check(&present, source, config.model_type())?;
		let layout = Layout::new(config.architecture(), &dimensions, tied).ok_or_else(|| {
			let place = source.place("config.json", "field num_hidden_layers");
			place.refuse("makes a model too large for this machine", Remedy::ChooseModel)
		})?;
		look_for_tensors(source, &names, &layout, tied)?;
		let scale = ScoreScale::of(dimensions.head_width);
		let constants = Constants {
			tied,
			norm_epsilon: config.norm_epsilon(),
			score_mantissa: scale.mantissa,
			score_shift: scale.shift,
			pooling: pooling::read(source, config)?,
		};
		let file =
			File::create(folder.path.join(files::BLOB)).map_err(folder.error(files::BLOB))?;
		Ok(Self {
			config,
			names,
			source,
			constants,
			folder,
			file: BufWriter::with_capacity(1 << 20, file),
			written: 0,
			leaves: Vec::with_capacity(layout.weight_rows as usize),
			layout,
			progress,
		})
	}

	/// Writes everything and returns the roots of weights and tables.
	fn write(mut self) -> Result<(H256, H256), ImportError> {
		let dimensions = self.config.dimensions();
		let constants = self.constants.to_bytes(self.config.architecture());
		let mut tables = vec![merkle::leaf(&constants)];
		self.section(&constants)?;

		for (index, name) in self.names.matrices(self.constants.tied).into_iter().enumerate() {
			self.matrix(index, &name)?;
		}
		for (name, width) in self.names.norms() {
			let values = self.source.tensor(&name, &[width])?;
			let (mut weights, fraction) = weights::quantise_norm(&values.rows(0, 1)?);
			if !self.config.architecture().generates() {
				let biases = self.source.tensor(&bias_name(&name), &[width])?.rows(0, 1)?;
				weights.extend(weights::quantise_biases(&biases));
			}
			let fraction = i32::from(fraction).to_le_bytes();
			let weights: Vec<u8> = weights.into_iter().flat_map(i32::to_le_bytes).collect();
			tables.push(merkle::leaf(&[&fraction[..], &weights].concat()));
			let mut section = fraction.to_vec();
			section.resize(ALIGNMENT, 0);
			section.extend(weights);
			self.section(&section)?;
		}
		let scaling = self.config.rope_scaling();
		let angles = Angles::new(self.config.theta(), dimensions.head_width, scaling);
		let positions = if self.layout.angles.is_empty() { 0 } else { dimensions.context };
		let block = BLOCK_WEIGHTS as u32 / dimensions.head_width;
		for first in (0..positions).step_by(block as usize) {
			let rows: Vec<Vec<u8>> = (first..positions.min(first + block))
				.into_par_iter()
				.map(|position| {
					angles.row(position).into_iter().flat_map(i32::to_le_bytes).collect()
				})
				.collect();
			tables.extend(rows.iter().map(|row| merkle::leaf(row)));
			self.put(&rows.concat())?;
		}
		self.section(&[])?;

		let error = self.folder.error(files::BLOB);
		self.file
			.into_inner()
			.map_err(io::IntoInnerError::into_error)
			.and_then(|file| file.sync_all())
			.map_err(error)?;
		Ok((merkle::root(self.leaves), merkle::root(tables)))
	}

	/// Writes one matrix, block by block.
	fn matrix(&mut self, index: usize, name: &str) -> Result<(), ImportError> {
		let (rows, columns, has_biases) = {
			let matrix = &self.layout.matrices[index];
			(matrix.rows, matrix.columns, matrix.biases.is_some())
		};
		let biases = match has_biases {
			true => self.source.tensor(&bias_name(name), &[rows])?.rows(0, 1)?,
			false => Vec::new(),
		};
		let biases = weights::quantise_biases(&biases);
		let block_rows = (BLOCK_WEIGHTS / columns).max(1);
		let mut scales = Vec::with_capacity(rows * Scale::BYTES);
		for first in (0..rows).step_by(block_rows) {
			let count = block_rows.min(rows - first);
			let rows_there = self.names.rows(name, rows);
			let values = self.source.tensor(name, &[rows_there, columns])?.rows(first, count)?;
			let mut block = vec![0i8; count * columns];
			let quantised: Vec<(Scale, H256)> = block
				.par_chunks_mut(columns)
				.zip(values.par_chunks(columns))
				.enumerate()
				.map(|(row, (out, values))| {
					let scale = weights::quantise_row(values, out);
					let bias = biases.get(first + row).map(|bias| bias.to_le_bytes());
					let bias = bias.as_ref().map_or(&[][..], |bias| bias);
					let weights = bytemuck::cast_slice(out);
					(scale, roots::weight_leaf(weights, &scale.to_bytes(), bias))
				})
				.collect();
			for (scale, leaf) in quantised {
				scales.extend(scale.to_bytes());
				self.leaves.push(leaf);
			}
			self.put(bytemuck::cast_slice(&block))?;
			(self.progress)(Progress {
				rows_done: self.leaves.len() as u64,
				rows_total: self.layout.weight_rows,
			});
		}
		self.section(&[])?;
		self.section(&scales)?;
		let biases: Vec<u8> = biases.into_iter().flat_map(i32::to_le_bytes).collect();
		self.section(&biases)
	}

	fn put(&mut self, bytes: &[u8]) -> Result<(), ImportError> {
		self.file.write_all(bytes).map_err(self.folder.error(files::BLOB))?;
		self.written += bytes.len();
		Ok(())
	}

	/// Writes bytes and the padding to the next section.
	fn section(&mut self, bytes: &[u8]) -> Result<(), ImportError> {
		self.put(bytes)?;
		let padding = self.written.next_multiple_of(ALIGNMENT) - self.written;
		self.put(&[0; ALIGNMENT][..padding])
	}
}
