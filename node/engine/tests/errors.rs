// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What is said of models that cannot be imported or opened: the file, the field, why, and what to do.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::{fs, path::Path};

use candle_core::{DType, Device, Tensor};
use common::{source::Source, Imported};
use ergon_engine::{
	error::{Place, Remedy},
	import,
	synthetic::{tokenizer_json, Shape},
	ImportError, Model, ModelError,
};
use serde_json::{json, Value};

const QUERY: &str = "model.layers.1.self_attn.q_proj.weight";

/// What becomes of a file.
enum Change {
	/// It is gone.
	Gone,
	/// It has these bytes.
	Bytes(Vec<u8>),
	/// These of its fields are others.
	Fields(Value),
	/// A tensor is another.
	Weights(&'static str, Tensor),
	/// It has only so many bytes.
	Length(usize),
}
use Change::*;

/// Imports a folder in which a file was changed.
fn import_changed(file: &str, change: Change) -> (Source, ImportError) {
	let source = Source::new();
	let path = source.file(file);
	match change {
		Gone => fs::remove_file(path).unwrap(),
		Bytes(bytes) => fs::write(path, bytes).unwrap(),
		Fields(fields) => {
			source.set(file, fields);
		}
		Weights(name, tensor) => {
			source.tensors(|tensors| drop(tensors.insert(name.into(), tensor)));
		}
		Length(length) => {
			let bytes = fs::read(&path).unwrap();
			fs::write(path, &bytes[..length]).unwrap();
		}
	}
	let error = source.import().unwrap_err();
	(source, error)
}

/// Asserts that an error names that place and that remedy, gives a reason with these words, and says all of
/// it in one sentence.
fn check(error: &ImportError, file: &Path, field: &str, words: &str, remedy: Remedy) {
	let ImportError::Source { place, reason, remedy: found } = error else { panic!("{error}") };
	assert_eq!(*place, Place { file: file.into(), field: field.into() }, "{error}");
	assert_eq!(*found, remedy, "{error}");
	assert!(reason.contains(words), "{reason:?} does not say {words:?}");
	let of = if field.is_empty() { String::new() } else { format!("{field} in ") };
	let sentence = error.to_string();
	assert_eq!(sentence, format!("{of}{} {reason}: {remedy}", file.display()));
	assert_eq!(sentence.lines().count(), 1, "{sentence:?}");
}

#[test]
fn every_error_about_a_source_names_file_field_and_remedy() {
	use Remedy::*;
	let fields = |name: &str, value: Value| Fields(json!({ name: value }));
	let zeros = |shape: (usize, usize), kind| Tensor::zeros(shape, kind, &Device::Cpu).unwrap();
	let (config, tokenizer) = ("config.json", "tokenizer.json");
	let (more, end, weights) =
		("tokenizer_config.json", "generation_config.json", "model.safetensors");
	let query = format!("tensor {QUERY}");
	let query = query.as_str();
	let list = "the list of tensors";
	let rope = |kind: &str| json!({ "rope_type": kind, "factor": 8.0 });
	for (file, change, field, words, remedy) in [
		(config, Gone, "", "is missing", NameSource),
		(config, Bytes(b"{".to_vec()), "", "EOF", Download),
		(
			config,
			Bytes(b"{\"model_type\":\"llama\"}".to_vec()),
			"field vocab_size",
			"missing",
			Download,
		),
		(config, fields("vocab_size", json!("many")), "field vocab_size", "invalid type", Download),
		(config, fields("head_dim", json!(-1)), "field head_dim", "expected u32", Download),
		(config, fields("model_type", json!("gpt2")), "field model_type", "gpt2", ChooseModel),
		(config, fields("model_type", json!(null)), "field model_type", "none", ChooseModel),
		(config, fields("hidden_act", json!("gelu")), "field hidden_act", "gelu", ChooseModel),
		(
			config,
			fields("attention_bias", json!(true)),
			"field attention_bias",
			"biases",
			ChooseModel,
		),
		(config, fields("mlp_bias", json!(true)), "field mlp_bias", "biases", ChooseModel),
		(
			config,
			fields("position_embedding_type", json!("relative_key")),
			"field position_embedding_type",
			"relative_key",
			ChooseModel,
		),
		(
			config,
			fields("rope_scaling", rope("llama3")),
			"field rope_scaling",
			"low_freq_factor",
			ChooseModel,
		),
		(config, fields("rope_scaling", rope("yarn")), "field rope_scaling", "yarn", ChooseModel),
		(
			config,
			fields("rope_parameters", rope("yarn")),
			"field rope_parameters",
			"yarn",
			ChooseModel,
		),
		(
			config,
			fields("rope_scaling", json!({ "type": "linear", "factor": 0.5 })),
			"field rope_scaling",
			"usable factor",
			ChooseModel,
		),
		(config, fields("rope_scaling", json!(7)), "field rope_scaling", "invalid type", Download),
		(config, fields("rope_theta", json!(-1.0)), "field rope_theta", "rotary base", ChooseModel),
		(config, fields("rms_norm_eps", json!(7.0)), "field rms_norm_eps", "epsilon", ChooseModel),
		(
			config,
			fields("num_key_value_heads", json!(3)),
			"field num_key_value_heads",
			"impossible sizes",
			ChooseModel,
		),
		(
			config,
			fields("vocab_size", json!(4_000_000_000u32)),
			"field vocab_size",
			"impossible",
			ChooseModel,
		),
		(
			config,
			fields("num_hidden_layers", json!(0)),
			"field num_hidden_layers",
			"impossible",
			ChooseModel,
		),
		(
			config,
			fields("eos_token_id", json!([2, 320])),
			"field eos_token_id",
			"token 320",
			Correct,
		),
		(
			end,
			Bytes(b"{\"eos_token_id\": 400}".to_vec()),
			"field eos_token_id",
			"token 400",
			Correct,
		),
		(end, Bytes(b"x".to_vec()), "", "expected value", Download),
		(tokenizer, Gone, "", "is missing", AddTokenizer),
		(tokenizer, Bytes(b"7".to_vec()), "", "cannot be used", ChooseTokenizer),
		(
			tokenizer,
			fields("normalizer", json!(7)),
			"field normalizer",
			"cannot be used",
			ChooseTokenizer,
		),
		(
			tokenizer,
			fields("normalizer", json!({ "type": "NFKC" })),
			"field normalizer",
			"NFKC",
			ChooseTokenizer,
		),
		(
			tokenizer,
			fields("pre_tokenizer", json!({ "type": "Whitespace" })),
			"field pre_tokenizer",
			"Whitespace",
			ChooseTokenizer,
		),
		(
			tokenizer,
			fields("decoder", json!(null)),
			"field decoder",
			"neither byte-level",
			ChooseTokenizer,
		),
		(
			tokenizer,
			Bytes(tokenizer_json(321)),
			"field model.vocab",
			"321 tokens",
			TakeItsTokenizer,
		),
		(more, Bytes(b"[1".to_vec()), "", "NamedToken", Download),
		(more, fields("chat_template", json!(7)), "field chat_template", "Templates", Download),
		(
			more,
			fields("chat_template", json!("{% if %}")),
			"field chat_template",
			"syntax",
			CorrectTemplate,
		),
		("chat_template.jinja", Bytes(vec![0xff]), "", "is not UTF-8", Download),
		("chat_template.jinja", Bytes(b"none".to_vec()), "", "0 times", CorrectTemplate),
		(weights, Bytes(Vec::new()), list, "broken or cut off", Download),
		// A list that claims to be longer than the file, by far.
		(weights, Bytes(vec![0xff; 64]), list, "broken or cut off", Download),
		(weights, Length(7), list, "broken or cut off", Download),
		(weights, Length(100), list, "broken or cut off", Download),
		(weights, Length(10_000), list, "broken or cut off", Download),
		(weights, Weights(QUERY, zeros((48, 47), DType::F32)), query, "[48, 47]", Download),
		(weights, Weights(QUERY, zeros((48, 48), DType::U8)), query, "has type U8", Download),
		(
			weights,
			Weights("model.layers.9.input_layernorm.weight", zeros((1, 48), DType::F32)),
			"tensor model.layers.9.input_layernorm.weight",
			"does not have it",
			ChooseModel,
		),
	] {
		let (source, error) = import_changed(file, change);
		check(&error, &source.file(file), field, words, remedy);
	}
}

#[test]
fn what_is_missing_altogether_is_named() {
	let (source, error) = import_changed("model.safetensors", Gone);
	check(&error, &source.path(), "", "neither model.safetensors nor", Remedy::AddFile);

	let source = Source::new();
	source.tensors(|tensors| drop(tensors.remove(QUERY)));
	let (file, field) = (source.file("model.safetensors"), format!("tensor {QUERY}"));
	check(&source.import().unwrap_err(), &file, &field, "is missing", Remedy::Download);

	let nowhere = source.file("nowhere");
	let error = import(&nowhere, &source.target(), &mut |_| ()).unwrap_err();
	check(&error, &nowhere, "", "neither a folder nor a .gguf file", Remedy::NameSource);
}

#[test]
fn files_that_cannot_be_read_or_written_are_named_with_the_remedy() {
	let source = Source::new();
	fs::create_dir(source.file("chat_template.jinja")).unwrap();
	let error = source.import().unwrap_err();
	let ImportError::Read { path, .. } = &error else { panic!("{error}") };
	assert_eq!(*path, source.file("chat_template.jinja"));
	assert!(error.to_string().ends_with("check that it is whole and may be read"), "{error}");

	fs::remove_dir(source.file("chat_template.jinja")).unwrap();
	// Its folder is a file.
	let target = source.file("config.json").join("model");
	let error = import(&source.path(), &target, &mut |_| ()).unwrap_err();
	assert!(matches!(error, ImportError::Write { .. }), "{error}");
	assert!(error.to_string().ends_with("or name another folder"), "{error}");
	let error = import(&source.path(), Path::new("/"), &mut |_| ()).unwrap_err();
	assert!(matches!(error, ImportError::Target { .. }), "{error}");
}

#[test]
fn names_from_files_do_not_break_the_sentence() {
	let name = "evil\n\u{1b}[31mname".repeat(100);
	let source = Source::new();
	let zeros = Tensor::zeros((1, 1), DType::F32, &Device::Cpu).unwrap();
	source.tensors(|tensors| drop(tensors.insert(name, zeros)));
	let error = source.import().unwrap_err().to_string();
	assert!(!error.contains(char::is_control) && error.len() < 1_000, "{error:?}");
	assert!(error.starts_with("tensor evil  [31mname") && error.contains('…'), "{error:?}");
}

#[test]
fn every_error_about_a_model_names_file_field_and_remedy() {
	let imported = Imported::new(&Shape::TINY, 1);
	let target = imported.target();
	let Imported { folder, model } = imported;
	let layout = model.layout().clone();
	drop(model);
	let fails = |name: &str, bytes: &[u8], field: &str, words: &str| {
		let path = target.join(name);
		let sound = fs::read(&path).unwrap();
		fs::write(&path, bytes).unwrap();
		let Err(error) = Model::open(&target) else {
			panic!("{name} opened, with another {field}")
		};
		fs::write(&path, sound).unwrap();
		let ModelError::Damaged { place, reason } = &error else { panic!("{error}") };
		assert_eq!(place.file, path, "{error}");
		assert!(place.field.starts_with(field), "{error}");
		assert!(reason.contains(words), "{error}");
		assert_eq!(error.to_string().lines().count(), 1, "{error:?}");
		assert!(error.to_string().ends_with(": import the model again with `ergon-engine import`"));
	};
	let [manifest, blob, text] =
		["manifest.json", "blob", "text"].map(|name| fs::read(target.join(name)).unwrap());

	let manifest: Value = serde_json::from_slice(&manifest).unwrap();
	let with = |change: &dyn Fn(&mut Value)| {
		let mut manifest = manifest.clone();
		change(&mut manifest);
		manifest.to_string().into_bytes()
	};
	let other = with(&|it| it["arithmetic"] = json!(2));
	fails("manifest.json", &other, "field arithmetic", "is 2, and this engine has 1");
	let other = with(&|it| it["dimensions"]["layers"] = json!(0));
	fails("manifest.json", &other, "field dimensions", "contradicts itself");
	let other = with(&|it| drop(it.as_object_mut().unwrap().remove("weights_root")));
	fails("manifest.json", &other, "field weights_root", "is missing");
	let other = with(&|it| it["dimensions"] = json!(7));
	fails("manifest.json", &other, "field dimensions", "invalid type");
	fails("manifest.json", b"{}", "field ", "is missing");
	fails("manifest.json", b"", "", "EOF");

	let flipped = |bytes: &[u8], at: usize| {
		let mut bytes = bytes.to_vec();
		bytes[at] ^= 4;
		bytes
	};
	fails("blob", &flipped(&blob, layout.matrices[1].weights.start), "the weights", "the hash of");
	fails("blob", &flipped(&blob, layout.norms[0].end - 1), "the tables", "the hash of");
	let padding = layout.constants.end;
	fails("blob", &flipped(&blob, padding), &format!("byte {padding}"), "is not zero");
	fails("blob", &blob[..blob.len() - 64], "", "bytes, not");
	for place in [0, blob.len() / 3, blob.len() / 2] {
		fails("blob", &flipped(&blob, place), "", "");
	}
	fails("text", &flipped(&text, text.len() - 1), "the merges", "the hash of");
	for length in [0, 1, text.len() - 64] {
		fails("text", &text[..length], "byte ", "is not followed by");
	}
	for place in [0, text.len() / 3, text.len() / 2] {
		fails("text", &flipped(&text, place), "", "");
	}
	assert!(Model::open(&target).is_ok());

	fs::write(target.join("manifest.json"), " ".repeat(100_000)).unwrap();
	let Err(error) = Model::open(&target) else { panic!("it opened") };
	assert!(matches!(error, ModelError::Io { .. }), "{error}");
	assert!(error.to_string().contains("100000 bytes"), "{error}");
	let source = folder.path().join("source");
	let Err(error) = Model::open(&source) else { panic!("it opened") };
	let manifest = source.join("manifest.json");
	let remedy = "name a folder that `ergon-engine import` wrote";
	assert_eq!(error.to_string(), format!("{} is missing: {remedy}", manifest.display()));
}
