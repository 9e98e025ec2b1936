// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Imports as processes: the memory that they take, and what is left of one that is killed.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
	fs,
	io::Write,
	path::{Path, PathBuf},
	process::{Child, Command, Output, Stdio},
	thread::sleep,
	time::{Duration, Instant},
};

use ergon_core::ModelManifest;
use ergon_engine::{
	synthetic::{tokenizer_json, write_folder, Shape},
	Model,
};
use serde_json::{json, Map, Value};
use tempfile::TempDir;

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(120);
/// Memory that an import may take, in KiB; as numbers of 32 bits, the weights of the model below would
/// take three times as much.
const MEMORY: u64 = 384 << 10;

/// A folder in which imports run.
struct Setup(TempDir);

impl Setup {
	fn new() -> Self {
		Self(tempfile::tempdir().unwrap())
	}

	fn path(&self, name: &str) -> PathBuf {
		self.0.path().join(name)
	}

	/// Begins an import under a limit, in KiB, of what memory a process may ask for that no file backs.
	fn begin(&self, source: &str, target: &str, memory: u64) -> Child {
		Command::new("sh")
			.args(["-c", "ulimit -d \"$0\" && exec \"$@\"", &memory.to_string()])
			.args([env!("CARGO_BIN_EXE_ergon-engine"), "import", source, target, "--quiet"])
			.current_dir(self.0.path())
			// Each thread has memory of its own.
			.env("RAYON_NUM_THREADS", "2")
			.stdin(Stdio::null())
			.stdout(Stdio::null())
			.stderr(Stdio::piped())
			.spawn()
			.unwrap()
	}

	fn import(&self, source: &str, target: &str, memory: u64) -> Result<ModelManifest, String> {
		let Output { status, stderr, .. } =
			self.begin(source, target, memory).wait_with_output().unwrap();
		match status.success() {
			true => Ok(*Model::open(&self.path(target)).unwrap().manifest()),
			false => Err(String::from_utf8(stderr).unwrap()),
		}
	}

	/// Names of what is in the folder, hidden or not.
	fn names(&self) -> Vec<String> {
		let entries = fs::read_dir(self.0.path()).unwrap();
		let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
		let mut names: Vec<_> = entries.map(|entry| name(entry.unwrap())).collect();
		names.sort();
		names
	}

	/// Writes a model of so many layers with the widths of one of seven thousand million weights. Nearly
	/// all of its file is a hole: it takes no room on the disk.
	fn write_wide(&self, name: &str, layers: u32) {
		let source = self.path(name);
		let mut shape = Shape { tied: true, ..Shape::TINY };
		shape.dimensions.layers = layers;
		// Whatever is small: the configuration, and the names of tensors.
		write_folder(&source, &shape, 1).unwrap();
		let file = source.join("model.safetensors");
		let sizes = [
			(u64::from(shape.dimensions.vocabulary), 32_000u64),
			(u64::from(shape.dimensions.hidden), 4_096),
			(u64::from(shape.dimensions.intermediate), 11_008),
			(u64::from(shape.dimensions.heads * shape.dimensions.head_width), 4_096),
			(u64::from(shape.dimensions.key_value_heads * shape.dimensions.head_width), 4_096),
		];
		let wide = |size: &Value| {
			let size = size.as_u64().unwrap();
			sizes.iter().find(|(small, _)| *small == size).unwrap().1
		};
		let mut header = Map::new();
		let mut end = 0;
		for (name, tensor) in header_of(&file) {
			let shape: Vec<u64> = tensor["shape"].as_array().unwrap().iter().map(wide).collect();
			let begin = end;
			end += 2 * shape.iter().product::<u64>();
			let tensor = json!({ "dtype": "BF16", "shape": shape, "data_offsets": [begin, end] });
			header.insert(name, tensor);
		}
		let mut header = Value::Object(header).to_string();
		header += &" ".repeat(header.len().next_multiple_of(8) - header.len());
		let mut out = fs::File::create(&file).unwrap();
		out.write_all(&(header.len() as u64).to_le_bytes()).unwrap();
		out.write_all(header.as_bytes()).unwrap();
		out.set_len(8 + header.len() as u64 + end).unwrap();

		let path = source.join("config.json");
		let mut config: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
		for (name, value) in [
			("vocab_size", 32_000),
			("hidden_size", 4_096),
			("intermediate_size", 11_008),
			("num_attention_heads", 32),
			("num_key_value_heads", 32),
			("head_dim", 128),
		] {
			config[name] = json!(value);
		}
		fs::write(path, config.to_string()).unwrap();
		fs::write(source.join("tokenizer.json"), tokenizer_json(32_000)).unwrap();
	}
}

/// The tensors of a file.
fn header_of(file: &Path) -> Map<String, Value> {
	let bytes = fs::read(file).unwrap();
	let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
	let Value::Object(mut tensors) = serde_json::from_slice(&bytes[8..][..length]).unwrap() else {
		panic!("no header");
	};
	tensors.remove("__metadata__");
	tensors
}

#[test]
fn an_import_takes_little_memory_and_one_that_was_killed_leaves_nothing_behind() {
	let setup = Setup::new();
	setup.write_wide("source", 1);
	let whole = setup.import("source", "whole", MEMORY).unwrap();
	assert_eq!(whole.dimensions.hidden, 4_096);
	// Two bytes for each of more than 300 million weights.
	let size = fs::metadata(setup.path("source/model.safetensors")).unwrap().len();
	assert!(size > 600 << 20, "{size}");
	// The limit is one.
	setup.import("source", "too-little", 16 << 10).unwrap_err();
	let _ = fs::remove_dir_all(setup.path(".too-little.import"));
	assert_eq!(setup.names(), ["source", "whole"]);

	let blob = fs::metadata(setup.path("whole/blob")).unwrap().len();
	let mut child = setup.begin("source", "killed", MEMORY);
	let since = Instant::now();
	let written = || fs::metadata(setup.path(".killed.import/blob")).map_or(0, |file| file.len());
	while written() < blob / 3 {
		assert!(child.try_wait().unwrap().is_none(), "it ended before it could be killed");
		assert!(since.elapsed() < PATIENCE, "it never wrote anything");
		sleep(Duration::from_millis(2));
	}
	child.kill().unwrap();
	assert!(!child.wait().unwrap().success());
	let left = written();
	assert!(blob / 3 <= left && left < blob, "{left} of {blob}");
	assert_eq!(setup.names(), [".killed.import", "source", "whole"]);

	assert_eq!(setup.import("source", "killed", MEMORY), Ok(whole));
	assert_eq!(setup.names(), ["killed", "source", "whole"]);
	for name in ["blob", "text", "manifest.json"] {
		let [one, other] = ["whole", "killed"].map(|folder| setup.path(folder).join(name));
		assert!(fs::read(one).unwrap() == fs::read(other).unwrap(), "{name}");
	}
}

#[test]
fn an_index_of_many_small_numbers_takes_no_more_memory_than_it_has_bytes() {
	let setup = Setup::new();
	let count = 200u64 << 20;
	let mut bytes = b"GGUF".to_vec();
	bytes.extend(3u32.to_le_bytes());
	// No tensors, and one value, named "a": an array of bytes.
	bytes.extend([0, 1, 1].map(u64::to_le_bytes).concat());
	bytes.push(b'a');
	bytes.extend([9, 0].map(u32::to_le_bytes).concat());
	bytes.extend(count.to_le_bytes());
	let mut file = fs::File::create(setup.path("model.gguf")).unwrap();
	file.write_all(&bytes).unwrap();
	file.set_len(bytes.len() as u64 + count).unwrap();
	// It is read to its end, and is then no model.
	let error = setup.import("model.gguf", "model", 128 << 10).unwrap_err();
	assert!(error.contains("key general.architecture in model.gguf is \"none\""), "{error}");
	assert_eq!(setup.names(), ["model.gguf"]);
}
