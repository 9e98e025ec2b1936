// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What an answer is: the one place that decides which tokens belong to it, which text they make, and
//! why it ends. Who writes, who verifies and who judges go through it.

use alloc::vec::Vec;

use ergon_core::{
	attestation::{MAX_TEXT_BYTES, MAX_TOKEN_BYTES},
	FinishReason, GenerationParams,
};

/// An answer as it grows.
pub struct Answer<'a> {
	params: &'a GenerationParams,
	strips_leading_space: bool,
	/// Tokens at most.
	limit: u32,
	/// Tokens so far.
	tokens: u32,
	text: Vec<u8>,
	/// Whether a token with text was seen; only before that a leading space is stripped.
	begun: bool,
	finish: Option<FinishReason>,
}

impl<'a> Answer<'a> {
	/// An empty answer to a prompt of that many tokens.
	pub fn new(
		params: &'a GenerationParams,
		prompt_tokens: u32,
		context: u32,
		strips_leading_space: bool,
	) -> Self {
		let limit = u32::from(params.max_tokens).min(context.saturating_sub(prompt_tokens));
		Self {
			params,
			strips_leading_space,
			limit,
			tokens: 0,
			text: Vec::new(),
			begun: false,
			finish: None,
		}
	}

	/// Makes room for all the text that there may ever be, so that no token allocates. For who writes an
	/// answer as it comes; a judge, who has it whole, needs no more than it is long.
	pub fn reserve(&mut self) {
		self.text.reserve_exact((MAX_TEXT_BYTES as usize).saturating_sub(self.text.len()));
	}

	/// Takes the next sampled token, whose text has at most [`MAX_TOKEN_BYTES`]; behind the end, none.
	///
	/// A token that ends an answer has no text. Otherwise its text is added, and the first place at which a
	/// stop sequence begins cuts the text, and with it the answer. Last come the limits: on tokens, and on
	/// text, which is reached as soon as another token might not fit any more.
	pub fn push(&mut self, text: &[u8], is_end: bool) {
		if self.finish.is_some() {
			return;
		}
		self.tokens = self.tokens.saturating_add(1);
		if is_end {
			self.finish = Some(FinishReason::EndOfText);
			return;
		}
		let text = match text {
			[b' ', rest @ ..] if !self.begun && self.strips_leading_space => {
				self.begun = true;
				rest
			}
			_ => text,
		};
		self.begun |= !text.is_empty();
		let before = self.text.len();
		self.text.extend_from_slice(text);
		if let Some(cut) = self.stop_position(before) {
			self.text.truncate(cut);
			self.finish = Some(FinishReason::Stop);
		} else if self.tokens >= self.limit
			|| self.text.len() > (MAX_TEXT_BYTES - MAX_TOKEN_BYTES) as usize
		{
			self.finish = Some(FinishReason::Length);
		}
	}

	/// Where the first stop sequence begins that ends after `before`.
	fn stop_position(&self, before: usize) -> Option<usize> {
		let first = |stop: &[u8]| {
			// None ended earlier, so one can begin at most its length less one before.
			let from = before.saturating_sub(stop.len().checked_sub(1)?);
			let mut windows = self.text.get(from..)?.windows(stop.len());
			windows.position(|window| window == stop).map(|at| from + at)
		};
		self.params.stop.iter().filter_map(|stop| first(stop)).min()
	}

	/// Why the answer ended, once it has.
	pub fn finish(&self) -> Option<FinishReason> {
		self.finish
	}

	/// Tokens that the answer can have at most.
	pub fn limit(&self) -> u32 {
		self.limit
	}

	/// The text so far.
	pub fn text(&self) -> &[u8] {
		&self.text
	}

	/// Bytes of the text that no stop sequence can cut any more.
	pub fn settled(&self) -> usize {
		if self.finish.is_some() {
			return self.text.len();
		}
		let may_begin = |held: usize| {
			let end = &self.text[self.text.len() - held..];
			self.params.stop.iter().any(|stop| stop.len() > held && stop.starts_with(end))
		};
		let longest = self.params.stop.iter().map(|stop| stop.len()).max().unwrap_or(0);
		let held = (1..longest).rev().find(|held| *held <= self.text.len() && may_begin(*held));
		self.text.len() - held.unwrap_or(0)
	}
}
