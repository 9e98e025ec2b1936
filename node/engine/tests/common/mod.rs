// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Models and orders that the tests share.

#![allow(dead_code)]

pub(crate) mod answers;
pub(crate) mod embeddings;
pub(crate) mod games;
pub(crate) mod reference;
pub(crate) mod seen;
pub(crate) mod source;
pub(crate) mod tokenizers;

use std::{
	path::{Path, PathBuf},
	sync::{Arc, OnceLock},
};

use ergon_core::{engine::JobOrder, Attestation, Bundle, GenerationParams, JobKind, H256};
use ergon_engine::{
	execute, import,
	synthetic::{write_folder, Shape},
	Control, Model,
};
use tempfile::TempDir;

/// A folder that outlives the test, and a model in it.
pub(crate) struct Imported {
	pub(crate) folder: TempDir,
	pub(crate) model: Arc<Model>,
}

impl Imported {
	/// Imports a synthetic model.
	pub(crate) fn new(shape: &Shape, seed: u64) -> Self {
		let folder = tempfile::tempdir().unwrap();
		write_folder(&folder.path().join("source"), shape, seed).unwrap();
		Self::of(folder)
	}

	/// Imports what lies in `source`.
	pub(crate) fn of(folder: TempDir) -> Self {
		let target = folder.path().join("model");
		import(&folder.path().join("source"), &target, &mut |_| ()).unwrap();
		let model = Arc::new(Model::open(&target).unwrap());
		Self { folder, model }
	}

	pub(crate) fn source(&self) -> PathBuf {
		self.folder.path().join("source")
	}

	pub(crate) fn target(&self) -> PathBuf {
		self.folder.path().join("model")
	}
}

/// The tiny model.
pub(crate) fn tiny() -> &'static Arc<Model> {
	static MODEL: OnceLock<Imported> = OnceLock::new();
	&MODEL.get_or_init(|| Imported::new(&Shape::TINY, 1)).model
}

/// One thread.
pub(crate) fn one_thread() -> &'static Control {
	static CONTROL: OnceLock<Control> = OnceLock::new();
	CONTROL.get_or_init(|| Control::new(1).unwrap())
}

/// Two threads.
pub(crate) fn two_threads() -> &'static Control {
	static CONTROL: OnceLock<Control> = OnceLock::new();
	CONTROL.get_or_init(|| Control::new(2).unwrap())
}

/// What passes can run on here: the processor, and the emulation of a device where it is compiled in.
pub(crate) fn paths() -> Vec<Control> {
	vec![
		two_threads().clone(),
		#[cfg(feature = "emulation")]
		one_thread().clone().on_device(&ergon_engine::device::Device::emulated().unwrap()),
	]
}

/// A source of choices for tests, the same in every run.
pub(crate) struct Choices(u64);

impl Choices {
	pub(crate) fn new(seed: u64) -> Self {
		Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
	}

	/// Below `bound`.
	pub(crate) fn below(&mut self, bound: u64) -> u64 {
		self.0 ^= self.0 << 13;
		self.0 ^= self.0 >> 7;
		self.0 ^= self.0 << 17;
		(self.0 >> 11) % bound
	}
}

/// Sampling with some temperature.
pub(crate) fn warm(max_tokens: u16) -> GenerationParams {
	GenerationParams {
		temperature: 900,
		top_p: 950,
		top_k: 40,
		..GenerationParams::greedy(max_tokens)
	}
}

pub(crate) fn order(model: &Model, kind: JobKind, prompt: &str) -> JobOrder {
	JobOrder {
		job_id: H256::repeat_byte(7),
		model: model.id(),
		kind,
		prompt: prompt.into(),
		seed: [9; 32],
	}
}

/// Runs an order; returns the streamed text too.
pub(crate) fn run(
	model: &Arc<Model>,
	order: &JobOrder,
	control: &Control,
) -> (Attestation, Bundle, String) {
	let mut text = String::new();
	let (attestation, bundle) =
		execute(model, order, control, &mut |piece| text.push_str(piece)).unwrap();
	(attestation, bundle, text)
}

/// All files below a folder with their bytes, by name.
pub(crate) fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
	let mut files: Vec<_> = std::fs::read_dir(folder)
		.unwrap()
		.map(|entry| entry.unwrap())
		.map(|entry| {
			(entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap())
		})
		.collect();
	files.sort();
	files
}
