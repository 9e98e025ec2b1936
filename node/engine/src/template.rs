// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How a prompt becomes tokens.
//!
//! A chat template is a program. It is run once, by the importer, around a marker in place of the
//! prompt; what it wrote before and after the marker is kept as token ids and text, and hashed into
//! the model's identity. At run time nothing is left to interpret: the same prompt gives the same
//! tokens whatever the date, the version of a template engine or the text of the prompt.

use serde::{Deserialize, Serialize};

/// What surrounds a prompt in a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChatFrame {
	/// Tokens before everything else.
	pub before: Vec<u32>,
	/// Text directly before the prompt; tokenised together with it.
	pub lead: String,
	/// Text directly after the prompt; tokenised together with it.
	pub trail: String,
	/// Tokens after everything else.
	pub after: Vec<u32>,
	/// Whether the template removes white space at the start of a prompt.
	pub trim_start: bool,
	/// Whether the template removes white space at the end of a prompt.
	pub trim_end: bool,
}

/// Everything about prompts and answers that is fixed when a model is imported; `format.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PromptFormat {
	/// The chat template's text, if the model has one.
	pub chat_template: Option<String>,
	/// What the template makes of one message by a user, up to where the answer begins.
	pub chat: Option<ChatFrame>,
	/// Tokens before a text outside any conversation: the start token, if the tokenizer adds one.
	pub plain_prefix: Vec<u32>,
	/// Tokens after such a text: an encoder's separator.
	#[serde(default, skip_serializing_if = "Vec::is_empty")]
	pub plain_suffix: Vec<u32>,
	/// Tokens that end an answer, in ascending order.
	pub end_tokens: Vec<u32>,
}

impl ChatFrame {
	/// The text that is tokenised between [`Self::before`] and [`Self::after`].
	pub fn surround(&self, prompt: &str) -> String {
		let prompt = if self.trim_start { prompt.trim_start() } else { prompt };
		let prompt = if self.trim_end { prompt.trim_end() } else { prompt };
		[&self.lead, prompt, &self.trail].concat()
	}

	/// Most tokens that the frame adds: text is at most one token per byte.
	fn tokens(&self) -> usize {
		self.before.len() + self.lead.len() + self.trail.len() + self.after.len()
	}
}

impl PromptFormat {
	/// Most tokens that are added to a prompt's own.
	pub fn added_tokens(&self) -> usize {
		let plain = self.plain_prefix.len() + self.plain_suffix.len();
		self.chat.as_ref().map_or(0, ChatFrame::tokens).max(plain)
	}

	/// The bytes of `format.json`.
	pub fn to_json(&self) -> Vec<u8> {
		// Strings, numbers and lists always serialise.
		let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
		bytes.push(b'\n');
		bytes
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_prompt_is_surrounded_and_trimmed_as_the_template_does() {
		let frame = ChatFrame {
			before: vec![1, 2],
			lead: "user: ".into(),
			trail: "\n".into(),
			trim_end: true,
			..Default::default()
		};
		assert_eq!(frame.surround("  hello \n"), "user:   hello\n");
		let format =
			PromptFormat { chat: Some(frame), plain_prefix: vec![1], ..Default::default() };
		assert_eq!(format.added_tokens(), 9);
	}

	#[test]
	fn format_survives_its_file() {
		let format = PromptFormat {
			chat_template: Some("{{ messages }}".into()),
			chat: Some(ChatFrame::default()),
			plain_prefix: vec![1],
			plain_suffix: vec![],
			end_tokens: vec![2, 7],
		};
		assert_eq!(serde_json::from_slice::<PromptFormat>(&format.to_json()).unwrap(), format);
	}
}
