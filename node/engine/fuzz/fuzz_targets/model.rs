// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! One file of an imported model: which, says the first byte, what is in it, the rest.

#![no_main]

use std::{fs, sync::LazyLock};

use ergon_engine::{
	import,
	synthetic::{write_folder, Shape},
	Model,
};
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

const FILES: [&str; 3] = ["manifest.json", "blob", "text"];

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
	let folder = tempfile::tempdir().expect("there is a folder for temporary files");
	let source = folder.path().join("source");
	write_folder(&source, &Shape::TINY, 1).expect("it can be written");
	import(&source, &folder.path().join("model"), &mut |_| ()).expect("it is a model");
	folder
});

fuzz_target!(|data: &[u8]| {
	let Some((&which, bytes)) = data.split_first() else { return };
	let folder = FOLDER.path().join("model");
	let path = folder.join(FILES[usize::from(which) % FILES.len()]);
	let sound = fs::read(&path).expect("it was written");
	fs::write(&path, bytes).expect("it can be written");
	let _ = Model::open(&folder);
	fs::write(&path, sound).expect("it can be written");
});
