// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The command line, as a person uses it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
	fs,
	io::Write,
	path::{Path, PathBuf},
	process::{Command, Output, Stdio},
};

use ergon_engine::{
	commands::ResultFile,
	synthetic::{write_folder, Shape},
};
use serde_json::Value;
use tempfile::TempDir;

/// A folder with an imported model in it.
struct Setup {
	folder: TempDir,
}

impl Setup {
	fn new() -> Self {
		let setup = Self { folder: tempfile::tempdir().unwrap() };
		write_folder(&setup.path("source"), &Shape::TINY, 1).unwrap();
		let imported = setup.run(&["import", "source", "model", "--quiet"]);
		assert_eq!(imported.status.code(), Some(0), "{}", text(&imported.stderr));
		setup
	}

	fn path(&self, name: &str) -> PathBuf {
		self.folder.path().join(name)
	}

	fn command(&self, arguments: &[&str]) -> Command {
		let mut command = Command::new(env!("CARGO_BIN_EXE_ergon-engine"));
		command
			.args(arguments)
			.current_dir(self.folder.path())
			.stdin(Stdio::null())
			.stdout(Stdio::piped())
			.stderr(Stdio::piped());
		command
	}

	fn run(&self, arguments: &[&str]) -> Output {
		self.command(arguments).output().unwrap()
	}

	/// Runs a command that is expected to do what it is asked; gives its standard output.
	fn done(&self, arguments: &[&str]) -> String {
		let output = self.run(arguments);
		assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
		text(&output.stdout)
	}

	/// Runs a command that is expected to fail; gives the sentence that says why.
	fn failure(&self, arguments: &[&str], code: i32) -> String {
		let output = self.run(arguments);
		let error = text(&output.stderr);
		assert_eq!(output.status.code(), Some(code), "{arguments:?}: {error}");
		assert!(!error.contains("panicked"), "{error}");
		error
	}
}

fn text(bytes: &[u8]) -> String {
	String::from_utf8_lossy(bytes).into()
}

fn json(output: &str) -> Value {
	serde_json::from_str(output).unwrap()
}

const GENERATE: [&str; 6] =
	["generate", "--model", "model", "What is Ergon?", "--max-tokens", "40"];

#[test]
fn importing_twice_gives_the_same_model() {
	let setup = Setup::new();
	let again = json(&setup.done(&["import", "source", "again", "--quiet"]));
	for file in fs::read_dir(setup.path("model")).unwrap() {
		let name = file.unwrap().file_name();
		let read = |folder: &str| fs::read(setup.path(folder).join(&name)).unwrap();
		assert!(read("model") == read("again"), "{name:?} differs");
	}
	assert!(again["model"].as_str().unwrap().starts_with("0x"));
	assert_eq!(again["manifest"]["dimensions"]["vocabulary"], 320);
	assert!(again["encodedManifest"].as_str().unwrap().starts_with("0x"));
}

#[test]
fn what_is_generated_is_verified() {
	let setup = Setup::new();
	let streamed = setup.done(&[&GENERATE[..], &["--output", "result"]].concat());
	let report = json(&setup.done(&[&GENERATE[..], &["--json"]].concat()));
	assert_eq!(streamed, format!("{}\n", report["text"].as_str().unwrap()));
	assert_eq!(report["tokens"].as_array().unwrap().len(), 40);
	assert_eq!(report["digests"].as_array().unwrap().len(), 2);
	assert_eq!(report["finish"], "length");
	assert_eq!(setup.done(&["verify", "--model", "model", "result"]), "Match\n");
	let report = json(&setup.done(&["verify", "--model", "model", "result", "--json"]));
	assert_eq!((&report["match"], &report["chunk"]), (&Value::Bool(true), &Value::Null));
}

#[test]
fn threads_change_nothing_and_seeds_do() {
	let setup = Setup::new();
	let run = |more: &[&str]| {
		let output = setup.done(&[&GENERATE[..], &["--json", "--temperature", "1"], more].concat());
		json(&output)["traceRoot"].clone()
	};
	let one = run(&["--threads", "1"]);
	assert_eq!(one, run(&["--threads", "3"]));
	assert_eq!(one, run(&["--seed", &"00".repeat(32)]));
	assert_ne!(one, run(&["--seed", "1"]));
	assert_ne!(one, run(&["--job-id", "1"]));
}

#[test]
fn a_wrong_result_is_told_apart_and_the_exit_code_says_so() {
	let setup = Setup::new();
	setup.done(&[&GENERATE[..], &["--output", "result"]].concat());
	let path = setup.path("result");
	let mut result = ResultFile::read(&path).unwrap();
	*result.bundle.digests.as_mut().last_mut().unwrap() = Default::default();
	result.attestation.trace_root = result.bundle.trace_root();
	result.write(&path).unwrap();
	let output = setup.run(&["verify", "--model", "model", "result"]);
	assert_eq!(output.status.code(), Some(3));
	assert_eq!(text(&output.stdout), "Mismatch in chunk 1: tokens 32 to 63\n");
}

#[test]
fn prompts_come_from_standard_input_too() {
	let setup = Setup::new();
	let arguments = ["generate", "--model", "model", "-", "--max-tokens", "40"];
	let mut child = setup.command(&arguments).stdin(Stdio::piped()).spawn().unwrap();
	child.stdin.take().unwrap().write_all(b"What is Ergon?").unwrap();
	let output = child.wait_with_output().unwrap();
	assert_eq!(text(&output.stdout), setup.done(&GENERATE));
}

#[test]
fn a_text_becomes_a_vector_of_unit_length() {
	let setup = Setup::new();
	let report = json(&setup.done(&["embed", "--model", "model", "What is Ergon?"]));
	let vector = report["vector"].as_array().unwrap();
	assert_eq!(vector.len(), Shape::TINY.dimensions.hidden as usize);
	let square: f64 = vector.iter().map(|it| (it.as_f64().unwrap() / 32_767.0).powi(2)).sum();
	assert!((square - 1.0).abs() < 1e-3, "{square}");
}

#[test]
fn the_benchmark_prints_every_figure() {
	let setup = Setup::new();
	let arguments = [
		"bench",
		"--model",
		"model",
		"--prompt-tokens",
		"64",
		"--output-tokens",
		"32",
		"--repeat",
		"1",
	];
	let table = setup.done(&arguments);
	for row in ["prefill", "decode", "generate", "verify", "memory"] {
		assert!(table.lines().any(|line| line.starts_with(row)), "{row} is missing in\n{table}");
	}
	let report = json(&setup.done(&[&arguments[..], &["--json"]].concat()));
	let prompt = report["promptTokens"].as_u64().unwrap();
	assert!((64..70).contains(&prompt), "{prompt}");
	for (name, value) in report.as_object().unwrap() {
		assert!(value.as_f64().is_none_or(|figure| figure > 0.0), "{name} is {value}");
	}
}

#[test]
fn a_shape_is_measured_without_a_model_at_hand() {
	let setup = Setup::new();
	let arguments = ["bench", "--prompt-tokens", "16", "--output-tokens", "8", "--repeat", "1"];
	let table = setup.done(&[&arguments[..], &["--shape", "tiny"]].concat());
	assert!(table.contains("tokens/s"), "{table}");
	setup.failure(&arguments, 2);
	setup.failure(&[&arguments[..], &["--shape", "tiny", "--model", "model"]].concat(), 2);
}

#[test]
fn bad_input_is_answered_with_one_sentence() {
	let setup = Setup::new();
	let cases: [(&[&str], &str); 8] = [
		(&["import", "source", "model"], "exists already"),
		(&["import", "nowhere", "other"], "nowhere"),
		(&["generate", "--model", "nowhere", "hello"], "nowhere"),
		(&["generate", "--model", "source", "hello"], "ergon-engine import"),
		(&["generate", "--model", "model", &"a".repeat(1_000)], "shorten the prompt"),
		(&["verify", "--model", "model", "nowhere"], "nowhere"),
		(&["verify", "--model", "model", "model/manifest.json"], "generate --output"),
		(&["bench", "--model", "model", "--prompt-tokens", "1000"], "lower --prompt-tokens"),
	];
	for (arguments, part) in cases {
		let error = setup.failure(arguments, 1);
		assert!(error.starts_with("error: ") && error.lines().count() == 1, "{error}");
		assert!(error.contains(part), "{error}");
	}
	assert!(!setup.path("other").exists());
	// Damage is noticed.
	let blob = setup.path("model").join("blob");
	let mut bytes = fs::read(&blob).unwrap();
	let middle = bytes.len() / 2;
	bytes[middle] ^= 1;
	fs::write(&blob, &bytes).unwrap();
	assert!(setup.failure(&GENERATE, 1).contains("import the model again"));
	fs::write(&blob, &bytes[..middle]).unwrap();
	assert!(setup.failure(&GENERATE, 1).contains("import the model again"));
}

#[test]
fn wrong_arguments_are_explained() {
	let setup = Setup::new();
	let cases: [&[&str]; 7] = [
		&[],
		&["generate", "hello"],
		&[&GENERATE[..], &["--temperature", "3"]].concat(),
		&[&GENERATE[..], &["--top-p", "0"]].concat(),
		&[&GENERATE[..], &["--top-k", "65"]].concat(),
		&[&GENERATE[..], &["--seed", "xyz"]].concat(),
		&["generate", "--model", "model", "hello", "--max-tokens", "0"],
	];
	for arguments in cases {
		let error = setup.failure(arguments, 2);
		assert!(error.contains("Usage") || error.contains("--help"), "{error}");
	}
	let many =
		[&GENERATE[..], &["--stop=a", "--stop=b", "--stop=c", "--stop=d", "--stop=e"]].concat();
	assert!(setup.failure(&many, 1).contains("4 times at most"));
}

#[test]
fn help_is_there_for_every_command() {
	let setup = Setup::new();
	for command in ["import", "generate", "embed", "verify", "serve", "bench"] {
		let help = setup.done(&[command, "--help"]);
		assert!(help.contains("Usage: ergon-engine"), "{help}");
	}
	assert!(setup.done(&["--help"]).contains("Exit codes"));
}

#[test]
fn the_version_says_what_an_engine_for_tests_contains() {
	let version = Setup::new().done(&["--version"]);
	assert!(version.starts_with(concat!("ergon-engine ", env!("CARGO_PKG_VERSION"))), "{version}");
	assert_eq!(version.contains("FOR TESTS ONLY"), cfg!(feature = "adversary"), "{version}");
}

#[test]
fn a_closed_pipe_is_no_failure() {
	let setup = Setup::new();
	let mut child = setup.command(&GENERATE).spawn().unwrap();
	drop(child.stdout.take());
	let output = child.wait_with_output().unwrap();
	assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

/// The folder of a node's binary is where it looks for the engine.
#[test]
fn the_binary_has_the_name_that_nodes_look_for() {
	let path = Path::new(env!("CARGO_BIN_EXE_ergon-engine"));
	assert_eq!(path.file_name().unwrap(), "ergon-engine");
}

#[test]
fn a_model_that_is_cut_short_in_use_is_named_as_the_reason() {
	let setup = Setup::new();
	let mut command = setup.command(&["generate", "--model", "model", "-"]);
	let mut engine = command.stdin(Stdio::piped()).spawn().unwrap();
	// It asks for the prompt when it has opened the model.
	let maps = format!("/proc/{}/maps", engine.id());
	let blob = setup.path("model").join("blob");
	let is_open = || fs::read_to_string(&maps).unwrap().contains(blob.to_str().unwrap());
	while !is_open() {
		std::thread::sleep(std::time::Duration::from_millis(5));
	}
	fs::File::options().write(true).open(&blob).unwrap().set_len(0).unwrap();
	// It may be gone already: it was still reading the model when that was cut short.
	let _ = engine.stdin.take().unwrap().write_all(b"Hello");
	let output = engine.wait_with_output().unwrap();
	let error = text(&output.stderr);
	assert_eq!(output.status.code(), Some(1), "{error}");
	// The file by name, what happened, and what to do; all in one line.
	let blob = blob.to_str().unwrap();
	let reason = format!("error: {blob} was cut short while it was in use; ");
	assert!(error.starts_with(&reason), "{error}");
	assert!(error.ends_with("instead of writing to old ones\n"), "{error}");
	assert_eq!(error.lines().count(), 1, "{error}");
}
