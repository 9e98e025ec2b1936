// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Chat templates: what becomes of them, and what they cannot do.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::fs;

use common::source::Source;
use ergon_engine::{synthetic, Model};
use ergon_exact::text::TextRules;
use serde_json::json;

fn rules(source: &Source) -> TextRules {
	Model::open(&source.target()).unwrap().tokenizer().rules().clone()
}

#[test]
fn the_chat_template_is_frozen_around_the_prompt() {
	let source = Source::new();
	source.import().unwrap();
	let chat = rules(&source).chat;
	assert_eq!(chat.before, [synthetic::START_TOKEN]);
	assert_eq!((chat.lead.as_str(), chat.trail.as_str()), ("user\n", ""));
	assert_eq!(chat.after[0], synthetic::END_TOKEN);
	assert!(!chat.trim_start && !chat.trim_end);
	assert_eq!(rules(&source).end_tokens, [synthetic::END_TOKEN]);

	// The whole is what the tokenizer makes of the rendered text.
	let model = Model::open(&source.target()).unwrap();
	let tokens = model.tokenizer().encode_chat("How are you?").unwrap();
	let text = "<|start|>user\nHow are you?<|end|>\n<|start|>assistant\n";
	let full = tokenizers::Tokenizer::from_file(source.file("tokenizer.json")).unwrap();
	assert_eq!(tokens, full.encode(text, false).unwrap().get_ids());
	// And the manifest states no fewer tokens than the frame adds.
	let added = tokens.len() - model.tokenizer().encode_plain("How are you?").unwrap().len();
	assert!(usize::from(model.manifest().template_tokens) >= added);
}

#[test]
fn templates_of_all_kinds() {
	let with = |template: &str| {
		let source = Source::new();
		source.set("tokenizer_config.json", json!({ "chat_template": template }));
		source
	};
	// Python's methods, trimming, and tokens by name.
	let source = with(
		"{{ bos_token }}{% for m in messages %}{% if m['role'].startswith('u') %}\
		 [{{ m['content'].strip() }}] {% endif %}{% endfor %}{{ eos_token }}",
	);
	source.set("tokenizer_config.json", json!({ "bos_token": { "content": "<|start|>" } }));
	source.import().unwrap();
	let chat = rules(&source).chat;
	assert_eq!((chat.lead.as_str(), chat.trail.as_str()), ("[", "] "));
	assert!(chat.trim_start && chat.trim_end);
	assert_eq!(
		(chat.before, chat.after),
		(vec![synthetic::START_TOKEN], vec![synthetic::END_TOKEN])
	);

	with("{{ raise_exception('no users here') }}").refuses(&["no users here", "remove it"]);
	with("{% if %}").refuses(&["field chat_template in ", "tokenizer_config.json", "remove it"]);
	with("{{ messages[0].content }} {{ messages[0].content }}").refuses(&["2 times"]);
	with("nothing").refuses(&["0 times"]);
	with(&"long ".repeat(60)).refuses(&["0 times"]);
	let long = format!("{} {{{{ messages[0].content }}}}", "long ".repeat(60));
	with(&long).refuses(&["fills the context"]);

	// A file of its own comes first.
	let source = Source::new();
	fs::write(source.file("chat_template.jinja"), "{{ broken").unwrap();
	source.refuses(&["chat_template.jinja cannot be used", "remove it"]);
	fs::write(source.file("chat_template.jinja"), "Q: {{ messages[0].content }}\nA:").unwrap();
	source.import().unwrap();
	let chat = rules(&source).chat;
	assert_eq!((chat.lead.as_str(), chat.trail.as_str()), ("Q: ", "\nA:"));
	assert!(chat.before.is_empty() && chat.after.is_empty());
}

#[test]
fn templates_that_run_or_write_without_end_are_refused() {
	let refuses = |template: &str, words: &[&str]| {
		let source = Source::new();
		source.set("tokenizer_config.json", json!({ "chat_template": template }));
		source.refuses(&[words, &["field chat_template in ", "remove it"]].concat());
	};
	// A million million steps, which write nothing.
	let loops = "{% for it in range(1000) %}".repeat(4) + &"{% endfor %}".repeat(4);
	refuses(&loops, &["takes more than 1048576 steps"]);
	// The same within the answer of a macro, and a macro that calls itself.
	let called = format!("{{% macro run() %}}{loops}{{% endmacro %}}{{{{ run() }}}}");
	refuses(&called, &["takes more than 1048576 steps"]);
	refuses("{% macro run() %}{{ run() }}{% endmacro %}{{ run() }}", &["recursion limit"]);
	// Few steps, and much that each writes.
	refuses(
		"{% for it in range(1000) %}{{ 'long ' * 1000 }}{% endfor %}",
		&["writes more than 1048576 bytes"],
	);
	refuses("{{ 'x' * 100000000 }}", &["writes more than 1048576 bytes"]);
	// What nobody has to read.
	refuses(&"x".repeat(200_000), &["is longer than 131072 bytes"]);
}

#[test]
fn without_a_template_the_start_token_comes_first_if_the_tokenizer_says_so() {
	let source = Source::new();
	fs::remove_file(source.file("tokenizer_config.json")).unwrap();
	source.set(
		"tokenizer.json",
		json!({ "post_processor": {
			"type": "TemplateProcessing",
			"single": [
				{ "SpecialToken": { "id": "<|start|>", "type_id": 0 } },
				{ "Sequence": { "id": "A", "type_id": 0 } },
			],
			"pair": [
				{ "Sequence": { "id": "A", "type_id": 0 } },
				{ "Sequence": { "id": "B", "type_id": 0 } },
			],
			"special_tokens": { "<|start|>": { "id": "<|start|>", "ids": [257], "tokens": ["<|start|>"] } },
		}}),
	);
	source.import().unwrap();
	assert_eq!(rules(&source).plain.before, [257]);
	let model = Model::open(&source.target()).unwrap();
	assert_eq!(model.tokenizer().encode_chat("").unwrap(), [257]);
	assert_eq!(model.manifest().template_tokens, 1);
}
