// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The exported folder is complete, consistent, small, and made from the present corpus.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use ergon_demo_model::{
	corpus::Corpus,
	evaluate,
	model::{load_tensors, Config, Llama},
	tokens::{Tokens, CHAT_TEMPLATE},
};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
	Path::new(env!("CARGO_MANIFEST_DIR")).join("hf")
}

fn json(name: &str) -> Value {
	serde_json::from_slice(&std::fs::read(folder().join(name)).unwrap()).unwrap()
}

#[test]
fn tensors_are_exactly_those_of_the_configuration() {
	let config = Config::load(&folder()).unwrap();
	assert_eq!(config, Config::demo(config.vocab_size));
	let tensors = load_tensors(&folder()).unwrap();
	let expected = config.tensors();
	assert_eq!(tensors.len(), expected.len());
	for (name, shape) in expected {
		assert_eq!(tensors[&name].dims(), shape, "{name}");
	}
	assert_eq!(json("training.json")["parameters"], config.parameters());
}

#[test]
fn weights_are_small_finite_and_without_outliers() {
	let file = std::fs::metadata(folder().join("model.safetensors")).unwrap();
	assert!(file.len() <= 20_000_000);
	for (name, tensor) in load_tensors(&folder()).unwrap() {
		let highest = tensor.abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap();
		assert!(highest.is_finite() && highest > 0.0 && highest < 16.0, "{name}: {highest}");
	}
}

#[test]
fn tokenizer_fits_the_model_and_survives_round_trips() {
	let config = Config::load(&folder()).unwrap();
	let tokens = Tokens::load(&folder()).unwrap();
	assert_eq!(tokens.vocabulary(), config.vocab_size);
	for text in ["What is Ergon?", "naïve 東京 🦊\n", "a  b", ""] {
		let ids = tokens.encode(text).unwrap();
		assert!(ids.iter().all(|id| (*id as usize) < config.vocab_size));
		assert_eq!(tokens.decode(&ids).unwrap(), text);
	}
}

#[test]
fn chat_template_renders_what_the_model_learned() {
	let template = json("tokenizer_config.json")["chat_template"].as_str().unwrap().to_string();
	assert_eq!(template, CHAT_TEMPLATE);
	let mut environment = minijinja::Environment::new();
	environment.add_template("chat", &template).unwrap();
	let rendered = environment
		.get_template("chat")
		.unwrap()
		.render(minijinja::context! {
			messages => [
				minijinja::context! { role => "system", content => "left out" },
				minijinja::context! { role => "user", content => "What is Ergon?" },
			],
			add_generation_prompt => true,
		})
		.unwrap();
	let tokens = Tokens::load(&folder()).unwrap();
	assert_eq!(tokens.encode(&rendered).unwrap(), tokens.prompt("What is Ergon?").unwrap());
}

#[test]
fn model_was_trained_on_the_present_corpus() {
	assert_eq!(
		json("training.json")["corpus"],
		Corpus::source_hash(),
		"the corpus has changed since the model was trained: run `train` again"
	);
}

#[test]
fn model_answers_to_the_point() {
	let (model, tokens) = (Llama::load(&folder()).unwrap(), Tokens::load(&folder()).unwrap());
	for (question, expected) in [
		("What is Ergon?", "blockchain on which useful AI inference is the work"),
		("What is the capital of France?", "The capital of France is Paris."),
		("Tell me a story about a fox.", "fox"),
	] {
		let answer = evaluate::answer(&model, &tokens, question, 48).unwrap();
		assert!(answer.contains(expected), "{question} {answer}");
	}
}
