// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A GGUF file.

#![no_main]

use std::{fs, sync::LazyLock};

use ergon_engine::import;
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> =
	LazyLock::new(|| tempfile::tempdir().expect("there is a folder for temporary files"));

fuzz_target!(|data: &[u8]| {
	let (file, target) = (FOLDER.path().join("model.gguf"), FOLDER.path().join("model"));
	fs::write(&file, data).expect("it can be written");
	if import(&file, &target, &mut |_| ()).is_ok() {
		fs::remove_dir_all(&target).expect("it can be removed");
	}
});
