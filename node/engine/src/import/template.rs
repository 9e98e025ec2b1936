// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Runs a chat template, which is somebody else's program, within bounds.
//!
//! | what | bound |
//! |---|---|
//! | its text | [`MAX_BYTES`] |
//! | steps | [`MAX_STEPS`] |
//! | what it writes | [`MAX_WRITTEN`] |
//!
//! They are the same on every machine, and end what runs or writes without end. Memory, and the time that
//! a step takes, they do not bound: joining a text to itself doubles it, comparing lists that hold a list
//! twice takes for ever, and what nests deeply enough overflows the stack. The template engine offers no
//! way to look into that.
//!
//! Whom that can harm is who imports the model. Templates are run by nothing else, before an import has
//! written anything; an imported model has tokens and texts in the template's place, and no engine that
//! serves it, checks it or disputes about it ever sees a template.

use std::io::{self, Write};

use minijinja::{context, Environment, ErrorKind};

/// Longest template, in bytes; those of real models have some ten thousand.
const MAX_BYTES: usize = 1 << 17;
/// Most steps; those of real models take some hundreds.
const MAX_STEPS: u64 = 1 << 20;
/// Most bytes that a template may write: far more than a context holds.
const MAX_WRITTEN: usize = 1 << 20;

/// What a template is told beside the messages.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
	/// The text of the token that begins a conversation.
	pub(super) bos_token: String,
	/// The text of the token that ends an answer.
	pub(super) eos_token: String,
}

/// What a template writes, up to [`MAX_WRITTEN`].
#[derive(Default)]
struct Written {
	bytes: Vec<u8>,
	is_too_long: bool,
}

impl Write for Written {
	fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
		if bytes.len() > MAX_WRITTEN - self.bytes.len() {
			self.is_too_long = true;
			return Err(io::ErrorKind::FileTooLarge.into());
		}
		self.bytes.extend_from_slice(bytes);
		Ok(bytes.len())
	}

	fn flush(&mut self) -> io::Result<()> {
		Ok(())
	}
}

/// What a template makes of a prompt; what is wrong with it, in words.
pub(super) fn render(template: &str, names: &Names, prompt: &str) -> Result<String, String> {
	if template.len() > MAX_BYTES {
		return Err(format!("it is longer than {MAX_BYTES} bytes"));
	}
	let mut environment = Environment::new();
	environment.set_trim_blocks(true);
	environment.set_lstrip_blocks(true);
	environment.set_fuel(Some(MAX_STEPS));
	environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
	environment.add_function("raise_exception", |message: String| {
		Err::<(), _>(minijinja::Error::new(ErrorKind::InvalidOperation, message))
	});
	let mut written = Written::default();
	let rendered = environment.template_from_str(template).and_then(|template| {
		let context = context! {
			messages => [context! { role => "user", content => prompt }],
			add_generation_prompt => true,
			bos_token => names.bos_token,
			eos_token => names.eos_token,
		};
		template.render_captured_to(context, &mut written).map(drop)
	});
	match rendered {
		Ok(()) => String::from_utf8(written.bytes).map_err(|error| error.to_string()),
		Err(_) if written.is_too_long => Err(format!("it writes more than {MAX_WRITTEN} bytes")),
		Err(error) if error.kind() == ErrorKind::OutOfFuel => {
			Err(format!("it takes more than {MAX_STEPS} steps"))
		}
		// The first line says what; the rest quotes the template.
		Err(error) => Err(error.to_string().lines().next().unwrap_or_default().to_owned()),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn reason(template: &str) -> String {
		render(template, &Names::default(), "one").unwrap_err()
	}

	#[test]
	fn a_prompt_is_rendered_with_the_names_of_tokens() {
		let template = "{{ bos_token }}{{ messages[0]['content'].strip() }}.{{ eos_token }}";
		let names = Names { bos_token: "<s>".into(), eos_token: "</s>".into() };
		assert_eq!(render(template, &names, " one "), Ok("<s>one.</s>".into()));
	}

	#[test]
	fn the_bounds_are_what_a_template_may_have() {
		let text = "x".repeat(MAX_BYTES);
		assert_eq!(render(&text, &Names::default(), "one"), Ok(text.clone()));
		assert_eq!(reason(&(text + "x")), "it is longer than 131072 bytes");

		let written = |bytes: usize| format!("{{{{ 'x' * {bytes} }}}}");
		let most = render(&written(MAX_WRITTEN), &Names::default(), "one").unwrap();
		assert_eq!(most.len(), MAX_WRITTEN);
		assert_eq!(reason(&written(MAX_WRITTEN + 1)), "it writes more than 1048576 bytes");
	}

	#[test]
	fn a_reason_is_one_line() {
		let reason = reason("{{ raise_exception('no users\\nand no line') }}");
		assert_eq!(reason, "invalid operation: no users");
	}
}
