// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! One file of a Hugging Face folder: which, says the first byte, what is in it, the rest.

#![no_main]

use std::{fs, sync::LazyLock};

use ergon_engine::{
	import,
	synthetic::{write_folder, Shape},
	Model,
};
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

const FILES: [&str; 4] =
	["config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"];

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
	let folder = tempfile::tempdir().expect("there is a folder for temporary files");
	write_folder(&folder.path().join("source"), &Shape::TINY, 1).expect("it can be written");
	folder
});

fuzz_target!(|data: &[u8]| {
	let Some((&which, bytes)) = data.split_first() else { return };
	let source = FOLDER.path().join("source");
	let (path, target) =
		(source.join(FILES[usize::from(which) % FILES.len()]), FOLDER.path().join("model"));
	let sound = fs::read(&path).expect("it was written");
	fs::write(&path, bytes).expect("it can be written");
	if import(&source, &target, &mut |_| ()).is_ok() {
		Model::open(&target).expect("what was imported can be opened");
		fs::remove_dir_all(&target).expect("it can be removed");
	}
	fs::write(&path, sound).expect("it can be written");
});
