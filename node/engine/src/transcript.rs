// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What an answer is: the one place that decides which tokens belong to it, which text they make, and
//! why it ends. Generation and verification both go through it.

use ergon_core::{attestation::MAX_TEXT_BYTES, FinishReason, GenerationParams};

use crate::tokenizer::Tokenizer;

/// What became of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
	/// It is part of the answer.
	Taken,
	/// Its text would have passed the limit, and the answer ended without it.
	Refused,
}

/// An answer as it grows.
pub(crate) struct Transcript<'a> {
	tokenizer: &'a Tokenizer,
	params: &'a GenerationParams,
	limit: usize,
	tokens: Vec<u32>,
	text: Vec<u8>,
	/// Whether a token with text was seen; only before that a leading space is stripped.
	begun: bool,
	finish: Option<FinishReason>,
}

impl<'a> Transcript<'a> {
	/// An empty answer to a prompt of that many tokens, which leave room for at least one more.
	pub(crate) fn new(
		tokenizer: &'a Tokenizer,
		params: &'a GenerationParams,
		prompt_tokens: u32,
		context: u32,
	) -> Self {
		let limit =
			u32::from(params.max_tokens).min(context.saturating_sub(prompt_tokens)) as usize;
		Self {
			tokenizer,
			params,
			limit,
			tokens: Vec::with_capacity(limit),
			text: Vec::new(),
			begun: false,
			finish: None,
		}
	}

	/// Takes the next sampled token; after the end, none.
	///
	/// A token that ends an answer has no text. Otherwise its text is added; should the whole pass
	/// [`MAX_TEXT_BYTES`], the answer has ended before it. Then the first place at which a stop
	/// sequence begins cuts the text, and with it the answer. Last come the limits on tokens.
	pub(crate) fn push(&mut self, token: u32) -> Step {
		if self.finish.is_some() {
			return Step::Refused;
		}
		if self.tokenizer.is_end(token) {
			self.tokens.push(token);
			self.finish = Some(FinishReason::EndOfText);
			return Step::Taken;
		}
		let text = self.next_text(token);
		if self.text.len() + text.len() > MAX_TEXT_BYTES as usize {
			self.finish = Some(FinishReason::Length);
			return Step::Refused;
		}
		self.begun |= !self.tokenizer.text(token).is_empty();
		self.tokens.push(token);
		let before = self.text.len();
		self.text.extend_from_slice(text);
		if let Some(cut) = self.stop_position(before) {
			self.text.truncate(cut);
			self.finish = Some(FinishReason::Stop);
		} else if self.tokens.len() >= self.limit {
			self.finish = Some(FinishReason::Length);
		}
		Step::Taken
	}

	/// The bytes that a token would add.
	fn next_text(&self, token: u32) -> &'a [u8] {
		let text = self.tokenizer.text(token);
		match text {
			[b' ', rest @ ..] if !self.begun && self.tokenizer.strips_leading_space() => rest,
			_ => text,
		}
	}

	/// Where the first stop sequence begins that ends after `before`.
	fn stop_position(&self, before: usize) -> Option<usize> {
		let first = |stop: &[u8]| {
			// None ended earlier, so one can begin at most its length less one before.
			let from = before.saturating_sub(stop.len() - 1);
			let windows = self.text.get(from..)?.windows(stop.len());
			windows.clone().position(|window| window == stop).map(|at| from + at)
		};
		self.params.stop.iter().filter(|stop| !stop.is_empty()).filter_map(|stop| first(stop)).min()
	}

	/// Why the answer ended, once it has.
	pub(crate) fn finish(&self) -> Option<FinishReason> {
		self.finish
	}

	/// Tokens that the answer can have at most.
	pub(crate) fn limit(&self) -> usize {
		self.limit
	}

	/// The tokens so far.
	pub(crate) fn tokens(&self) -> &[u32] {
		&self.tokens
	}

	/// The text so far.
	pub(crate) fn text(&self) -> &[u8] {
		&self.text
	}

	/// Bytes of the text that no stop sequence can cut any more.
	fn settled(&self) -> usize {
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

/// Hands an answer on in whole characters.
#[derive(Default)]
pub(crate) struct Stream {
	sent: usize,
}

impl Stream {
	/// Sends what is new and settled. Bytes that are no UTF-8 become U+FFFD, an incomplete last
	/// character only when the answer has ended.
	pub(crate) fn advance(&mut self, transcript: &Transcript, on_text: &mut dyn FnMut(&str)) {
		let ended = transcript.finish().is_some();
		let settled = transcript.settled();
		let mut piece = String::new();
		while let Some(rest) =
			transcript.text().get(self.sent..settled).filter(|rest| !rest.is_empty())
		{
			let (valid, skip) = match std::str::from_utf8(rest) {
				Ok(text) => (text, 0),
				Err(error) => {
					// Valid by the error's word.
					let valid =
						std::str::from_utf8(&rest[..error.valid_up_to()]).unwrap_or_default();
					match error.error_len() {
						Some(length) => (valid, length),
						None if ended => (valid, rest.len() - valid.len()),
						None => {
							piece.push_str(valid);
							self.sent += valid.len();
							break;
						}
					}
				}
			};
			piece.push_str(valid);
			if skip > 0 {
				piece.push(char::REPLACEMENT_CHARACTER);
			}
			self.sent += valid.len() + skip;
		}
		if !piece.is_empty() {
			on_text(&piece);
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{synthetic, template::PromptFormat};
	use proptest::prelude::*;

	/// A tokenizer with one token per byte, of which token 256 ends an answer.
	fn tokenizer() -> Tokenizer {
		let format = PromptFormat { end_tokens: vec![256], ..Default::default() };
		Tokenizer::new(&synthetic::tokenizer_json(300), format, Some(300)).unwrap()
	}

	/// The tokens that spell `text`, one per byte.
	fn spell(text: &[u8]) -> Vec<u32> {
		let tokenizer = tokenizer();
		let token = |byte: &u8| (0..256).find(|token| tokenizer.text(*token) == [*byte]).unwrap();
		text.iter().map(token).collect()
	}

	fn params(max_tokens: u16, stops: &[&[u8]]) -> GenerationParams {
		let stop = stops.iter().map(|stop| stop.to_vec().try_into().unwrap()).collect::<Vec<_>>();
		GenerationParams { stop: stop.try_into().unwrap(), ..GenerationParams::greedy(max_tokens) }
	}

	/// Text, tokens, finish and what was streamed.
	fn run(
		tokens: &[u32],
		params: &GenerationParams,
		context: u32,
	) -> (Vec<u8>, usize, Option<FinishReason>, String) {
		let tokenizer = tokenizer();
		let mut transcript = Transcript::new(&tokenizer, params, 1, context);
		let (mut stream, mut streamed) = (Stream::default(), String::new());
		for &token in tokens {
			transcript.push(token);
			stream.advance(&transcript, &mut |piece| streamed.push_str(piece));
			if transcript.finish().is_some() {
				break;
			}
		}
		(transcript.text().to_vec(), transcript.tokens().len(), transcript.finish(), streamed)
	}

	#[test]
	fn an_end_token_ends_without_text() {
		let tokens = [spell(b"hi"), vec![256], spell(b"more")].concat();
		let (text, count, finish, streamed) = run(&tokens, &params(100, &[]), 1_000);
		assert_eq!((&text[..], count, finish), (&b"hi"[..], 3, Some(FinishReason::EndOfText)));
		assert_eq!(streamed, "hi");
	}

	#[test]
	fn the_first_stop_sequence_cuts_over_token_boundaries() {
		let tokens = spell(b"one two three");
		let (text, count, finish, streamed) =
			run(&tokens, &params(100, &[b"o th", b"wo t"]), 1_000);
		assert_eq!((&text[..], count, finish), (&b"one t"[..], 9, Some(FinishReason::Stop)));
		assert_eq!(streamed, "one t");
		let (text, ..) = run(&tokens, &params(100, &[b"one"]), 1_000);
		assert_eq!(text, b"");
	}

	#[test]
	fn limits_end_an_answer() {
		let tokens = spell(b"abcdef");
		let (text, _, finish, _) = run(&tokens, &params(3, &[]), 1_000);
		assert_eq!((&text[..], finish), (&b"abc"[..], Some(FinishReason::Length)));
		// One token of prompt leaves four of a context of five.
		let (text, _, finish, _) = run(&tokens, &params(100, &[]), 5);
		assert_eq!((&text[..], finish), (&b"abcd"[..], Some(FinishReason::Length)));
	}

	#[test]
	fn a_token_that_would_pass_the_text_limit_is_refused() {
		let tokenizer = tokenizer();
		let params = params(1_024, &[]);
		let mut transcript = Transcript::new(&tokenizer, &params, 1, 10_000);
		transcript.text = vec![b'a'; MAX_TEXT_BYTES as usize - 1];
		let token = spell(b"b")[0];
		assert_eq!(transcript.push(token), Step::Taken);
		assert_eq!(transcript.finish(), None);
		assert_eq!(transcript.push(token), Step::Refused);
		assert_eq!(transcript.finish(), Some(FinishReason::Length));
		assert_eq!((transcript.tokens().len(), transcript.text().len()), (1, 16_384));
	}

	#[test]
	fn what_may_become_a_stop_sequence_is_held_back() {
		let tokenizer = tokenizer();
		let params = params(100, &[b"##end"]);
		let mut transcript = Transcript::new(&tokenizer, &params, 1, 1_000);
		let (mut stream, mut pieces) = (Stream::default(), Vec::new());
		for token in spell("a###ez ä".as_bytes()) {
			transcript.push(token);
			stream.advance(&transcript, &mut |piece| pieces.push(piece.to_owned()));
		}
		assert_eq!(pieces, ["a", "#", "##ez", " ", "ä"]);
	}

	#[test]
	fn broken_characters_are_replaced() {
		let tokens = spell(b"a\xffb\xc3");
		let (_, _, _, streamed) = run(&tokens, &params(4, &[]), 1_000);
		assert_eq!(streamed, "a\u{fffd}b\u{fffd}");
	}

	proptest! {
		#[test]
		fn the_stream_is_the_text(
			text in "[abä☃]{0,30}",
			stops in prop::collection::vec("[abä]{1,4}", 0..4),
			max_tokens in 1u16..60,
		) {
			let stops: Vec<&[u8]> = stops.iter().map(|stop| stop.as_bytes()).collect();
			let tokens = [spell(text.as_bytes()), vec![256]].concat();
			let (found, _, _, streamed) = run(&tokens, &params(max_tokens, &stops), 1_000);
			prop_assert_eq!(streamed, String::from_utf8_lossy(&found));
			prop_assert!(text.as_bytes().starts_with(&found));
			for stop in stops {
				prop_assert!(!found.windows(stop.len()).any(|window| window == stop));
			}
		}
	}
}
