// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A GGUF file gives the same model as the folder that it was made from.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::{
	collections::HashMap,
	fs,
	path::{Path, PathBuf},
	sync::Arc,
};

use candle_core::{
	quantized::{gguf_file::Value as Field, GgmlDType},
	safetensors, Device, Tensor,
};
use common::{order, run, two_threads, Choices};
use ergon_core::{Architecture, GenerationParams, JobKind, ModelManifest};
use ergon_engine::{
	error::Remedy,
	import,
	synthetic::{
		gguf::{gguf_name, Gguf},
		write_folder, Shape,
	},
	Model,
};
use tempfile::TempDir;

fn import_bytes(folder: &Path, bytes: &[u8]) -> Result<ModelManifest, String> {
	let (file, target) = (folder.join("model.gguf"), folder.join("from-gguf"));
	fs::write(&file, bytes).unwrap();
	let _ = fs::remove_dir_all(&target);
	import(&file, &target, &mut |_| ()).map_err(|error| error.to_string())
}

/// A folder with a synthetic source in it.
fn source(architecture: Architecture, tied: bool) -> (TempDir, PathBuf) {
	let folder = tempfile::tempdir().unwrap();
	let source = folder.path().join("source");
	let mut dimensions = Shape::TINY.dimensions;
	// Rows of whole blocks.
	(dimensions.hidden, dimensions.intermediate) = (256, 512);
	dimensions.head_width = 256 / dimensions.heads;
	write_folder(&source, &Shape { architecture, dimensions, tied }, 5).unwrap();
	(folder, source)
}

#[test]
fn the_demo_model_is_the_same_from_either() {
	let folder = tempfile::tempdir().unwrap();
	let hf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/demo/hf");
	let target = folder.path().join("from-folder");
	let from_folder = import(&hf, &target, &mut |_| ()).unwrap();
	let from_file =
		import_bytes(folder.path(), &Gguf::of(&hf, |_| GgmlDType::F16).unwrap().bytes().unwrap())
			.unwrap();
	assert_eq!(from_file, from_folder);

	let models = [target, folder.path().join("from-gguf")]
		.map(|folder| Arc::new(Model::open(&folder).unwrap()));
	let mut choices = Choices::new(3);
	for _ in 0..200 {
		let text: String = (0..choices.below(40))
			.map(|_| char::from_u32(32 + choices.below(900) as u32).unwrap())
			.collect();
		let [one, other] = models.each_ref().map(|model| {
			(model.tokenizer().encode_chat(&text), model.tokenizer().encode_plain(&text))
		});
		assert_eq!(one, other, "{text:?}");
	}
	let kind = JobKind::Generate(GenerationParams::greedy(30));
	let [one, other] = models
		.each_ref()
		.map(|model| run(model, &order(model, kind.clone(), "What is Ergon?"), two_threads()).2);
	assert_eq!(one, other);
	assert!(one.contains("Ergon"), "{one}");
}

#[test]
fn every_architecture_has_the_roots_of_its_folder() {
	for (architecture, tied) in [
		(Architecture::Llama, true),
		(Architecture::Llama, false),
		(Architecture::Qwen2, true),
		(Architecture::Qwen3, false),
	] {
		let (folder, source) = source(architecture, tied);
		let expected = import(&source, &folder.path().join("model"), &mut |_| ()).unwrap();
		for kind in [GgmlDType::BF16, GgmlDType::F32] {
			let found =
				import_bytes(folder.path(), &Gguf::of(&source, |_| kind).unwrap().bytes().unwrap())
					.unwrap();
			assert_eq!(found.architecture, architecture);
			assert_eq!(found.dimensions, expected.dimensions);
			assert_eq!(found.weights_root, expected.weights_root, "{architecture:?} {kind:?}");
			assert_eq!(found.tables_root, expected.tables_root, "{architecture:?} {kind:?}");
		}
	}
}

#[test]
fn quantised_blocks_mean_what_candle_says() {
	use GgmlDType::*;
	let (folder, source) = source(Architecture::Llama, true);
	for kind in [Q8_0, Q4K, Q4_0, Q4_1, Q5_0, Q5_1, Q2K, Q3K, Q5K, Q6K] {
		let gguf = Gguf::of(&source, |_| kind).unwrap();
		let found = import_bytes(folder.path(), &gguf.bytes().unwrap()).unwrap();

		// The same numbers in a folder of floats. What the file permutes is told apart by its scale.
		let there = safetensors::load(source.join("model.safetensors"), &Device::Cpu).unwrap();
		let floats: HashMap<String, Tensor> = gguf
			.tensors
			.iter()
			.zip({
				let mut names: Vec<_> =
					there.keys().map(|name| (gguf_name(name).unwrap(), name)).collect();
				names.sort();
				names
			})
			.map(|((here, tensor), (name, there))| {
				assert_eq!(*here, name);
				let mut tensor = tensor.dequantize(&Device::Cpu).unwrap();
				let heads = match name.rsplit('.').nth(1).unwrap() {
					"attn_q" => Shape::TINY.dimensions.heads,
					"attn_k" => Shape::TINY.dimensions.key_value_heads,
					_ => 0,
				} as usize;
				if heads > 0 {
					let (rows, columns) = tensor.dims2().unwrap();
					tensor = tensor
						.reshape((heads, rows / heads / 2, 2, columns))
						.and_then(|it| it.transpose(1, 2)?.contiguous()?.reshape((rows, columns)))
						.unwrap();
				}
				(there.clone(), tensor)
			})
			.collect();
		let other = tempfile::tempdir().unwrap();
		let plain = other.path().join("source");
		fs::create_dir(&plain).unwrap();
		for name in ["config.json", "tokenizer.json", "tokenizer_config.json"] {
			fs::copy(source.join(name), plain.join(name)).unwrap();
		}
		safetensors::save(&floats, plain.join("model.safetensors")).unwrap();
		let expected = import(&plain, &other.path().join("model"), &mut |_| ()).unwrap();
		assert_eq!(found.weights_root, expected.weights_root, "{kind:?}");
	}
}

#[test]
fn rotary_factors_and_scaling_are_read() {
	let (folder, source) = source(Architecture::Llama, true);
	let plain = Gguf::of(&source, |_| GgmlDType::BF16).unwrap();
	let unscaled = import_bytes(folder.path(), &plain.bytes().unwrap()).unwrap();
	let linear = plain
		.set("llama.rope.scaling.type", Field::String("linear".into()))
		.set("llama.rope.scaling.factor", Field::F32(4.0));
	let scaled = import_bytes(folder.path(), &linear.bytes().unwrap()).unwrap();
	assert_eq!(scaled.weights_root, unscaled.weights_root);
	assert_ne!(scaled.tables_root, unscaled.tables_root);

	let mut factors = Gguf::of(&source, |_| GgmlDType::BF16).unwrap();
	let fours =
		Tensor::full(4f32, 256 / Shape::TINY.dimensions.heads as usize / 2, &Device::Cpu).unwrap();
	let fours = candle_core::quantized::QTensor::quantize(&fours, GgmlDType::F32).unwrap();
	factors.tensors.push(("rope_freqs.weight".into(), fours));
	assert_eq!(import_bytes(folder.path(), &factors.bytes().unwrap()).unwrap(), scaled);
	let error = import_bytes(
		folder.path(),
		&factors.set("llama.attention.key_length", Field::U32(32)).bytes().unwrap(),
	);
	assert!(error.unwrap_err().contains("32 rotary factors for heads of 32"));
}

#[test]
fn what_cannot_be_used_is_said_in_one_sentence() {
	let (folder, source) = source(Architecture::Llama, true);
	let gguf = || Gguf::of(&source, |_| GgmlDType::F32).unwrap();
	let text = |text: &str| Field::String(text.into());
	for (spoilt, field, reason, remedy) in [
		(
			gguf().set("general.architecture", text("mamba")),
			"key general.architecture",
			"is \"mamba\"",
			Remedy::ChooseModel,
		),
		// Encoders are read from folders only.
		(
			gguf().set("general.architecture", text("bert")),
			"key general.architecture",
			"is \"bert\", and encoders are not read from GGUF",
			Remedy::ImportFolder,
		),
		(
			gguf().set("tokenizer.ggml.model", text("rwkv")),
			"key tokenizer.ggml.model",
			"is \"rwkv\"",
			Remedy::ImportFolder,
		),
		(
			gguf().set("tokenizer.ggml.pre", text("poro-chat")),
			"key tokenizer.ggml.pre",
			"is \"poro-chat\", which is not known",
			Remedy::ImportFolder,
		),
		(
			gguf().set("tokenizer.ggml.merges", text("none")),
			"key tokenizer.ggml.merges",
			"is missing, or no array of texts",
			Remedy::ImportFolder,
		),
		(
			gguf().set("tokenizer.chat_template", text("{% if %}")),
			"key tokenizer.chat_template",
			"cannot be used",
			Remedy::CorrectTemplate,
		),
		(
			gguf().set("llama.embedding_length", text("wide")),
			"key llama.embedding_length",
			"is missing",
			Remedy::Download,
		),
		(
			gguf().set("llama.context_length", Field::U64(1 << 40)),
			"key llama.context_length",
			"expected u32",
			Remedy::Download,
		),
		(
			gguf().set("llama.attention.head_count_kv", Field::U32(3)),
			"key llama.attention.head_count_kv",
			"impossible sizes",
			Remedy::ChooseModel,
		),
		(
			gguf().set("llama.block_count", Field::U32(4)),
			"tensor blk.3.attn_q.weight",
			"is missing",
			Remedy::Download,
		),
		(
			gguf().set("llama.feed_forward_length", Field::U32(768)),
			"tensor blk.0.ffn_gate.weight",
			"is 512 by 256, but the keys say 768 by 256",
			Remedy::Download,
		),
		(
			gguf().set("llama.rope.scaling.type", text("yarn")),
			"key llama.rope.scaling.type",
			"scaled by \"yarn\"",
			Remedy::ChooseModel,
		),
		(
			gguf().set("general.alignment", Field::U32(0)),
			"key general.alignment",
			"is not from 1 to 65536",
			Remedy::Download,
		),
	] {
		let error = import_bytes(folder.path(), &spoilt.bytes().unwrap()).unwrap_err();
		let place = folder.path().join("model.gguf");
		assert!(error.starts_with(&format!("{field} in {} ", place.display())), "{error}");
		assert!(error.contains(reason), "{error}");
		assert!(error.ends_with(&format!(": {remedy}")), "{error}");
		assert_eq!(error.lines().count(), 1, "{error:?}");
	}
	let error = import_bytes(folder.path(), b"GGML").unwrap_err();
	assert!(error.contains("model.gguf does not begin with GGUF: download"), "{error}");
	// More entries, and more texts, than anybody has.
	let error = import_bytes(folder.path(), &[&b"GGUF\x03\0\0\0"[..], &[0xff; 99]].concat());
	assert!(error.unwrap_err().starts_with("byte 8 in "));
}

#[test]
fn files_that_are_cut_off_or_garbled_are_refused_without_harm() {
	let (folder, source) = source(Architecture::Qwen2, true);
	let bytes = Gguf::of(&source, |_| GgmlDType::Q8_0).unwrap().bytes().unwrap();
	let mut choices = Choices::new(9);
	for _ in 0..300 {
		let end = choices.below(bytes.len() as u64) as usize;
		assert!(import_bytes(folder.path(), &bytes[..end]).is_err(), "cut off at {end}");
	}
	for _ in 0..300 {
		// Mostly where lengths are.
		let mut bytes = bytes.clone();
		for _ in 0..=choices.below(3) {
			let reach = [64, 2_000, 20_000][choices.below(3) as usize];
			let at = choices.below(reach) as usize;
			bytes[at] = choices.below(256) as u8;
		}
		let _ = import_bytes(folder.path(), &bytes);
	}
}
