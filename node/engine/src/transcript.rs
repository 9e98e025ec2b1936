// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! An answer as it is written or verified: [`ergon_exact::text::Answer`] with a model's vocabulary.

use ergon_core::{FinishReason, GenerationParams};
use ergon_exact::text::Answer;

use crate::tokenizer::Tokenizer;

/// An answer as it grows.
pub(crate) struct Transcript<'a> {
	tokenizer: &'a Tokenizer,
	answer: Answer<'a>,
	tokens: Vec<u32>,
}

impl<'a> Transcript<'a> {
	/// An empty answer to a prompt of that many tokens, which leave room for at least one more.
	pub(crate) fn new(
		tokenizer: &'a Tokenizer,
		params: &'a GenerationParams,
		prompt_tokens: u32,
		context: u32,
	) -> Self {
		let strips = tokenizer.rules().strips_leading_space;
		let mut answer = Answer::new(params, prompt_tokens, context, strips);
		answer.reserve();
		let tokens = Vec::with_capacity(answer.limit() as usize);
		Self { tokenizer, answer, tokens }
	}

	/// Takes the next sampled token; behind the end, none.
	pub(crate) fn push(&mut self, token: u32) {
		if self.finish().is_none() {
			self.answer.push(self.tokenizer.text(token), self.tokenizer.is_end(token));
			self.tokens.push(token);
		}
	}

	/// Why the answer ended, once it has.
	pub(crate) fn finish(&self) -> Option<FinishReason> {
		self.answer.finish()
	}

	/// Tokens that the answer can have at most.
	pub(crate) fn limit(&self) -> usize {
		self.answer.limit() as usize
	}

	/// The tokens so far.
	pub(crate) fn tokens(&self) -> &[u32] {
		&self.tokens
	}

	/// The text so far.
	pub(crate) fn text(&self) -> &[u8] {
		self.answer.text()
	}
}

/// Stands for bytes that are no UTF-8.
const REPLACEMENT: &str = "\u{fffd}";

/// Hands an answer on in whole characters.
#[derive(Default)]
pub(crate) struct Stream {
	sent: usize,
}

impl Stream {
	/// Sends what is new and settled, without a copy: a piece for what lies between bytes that are no UTF-8.
	/// Those become U+FFFD, an incomplete last character only when the answer has ended.
	pub(crate) fn advance(&mut self, transcript: &Transcript, on_text: &mut dyn FnMut(&str)) {
		let ended = transcript.finish().is_some();
		let settled = transcript.answer.settled();
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
						None => (valid, 0),
					}
				}
			};
			if !valid.is_empty() {
				on_text(valid);
			}
			if skip > 0 {
				on_text(REPLACEMENT);
			}
			if valid.is_empty() && skip == 0 {
				break;
			}
			self.sent += valid.len() + skip;
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use ergon_core::attestation::{MAX_TEXT_BYTES, MAX_TOKEN_BYTES};
	use ergon_exact::text::{Entry, Frame, Normaliser, Pieces, TextRules, Words};
	use proptest::prelude::*;

	/// A tokenizer with one token per byte, of which token 256 ends an answer, and a long one.
	fn tokenizer() -> Tokenizer {
		let rules = TextRules {
			chat: Frame::default(),
			plain: Frame::default(),
			end_tokens: vec![256],
			strips_leading_space: false,
			normaliser: Normaliser::Nothing,
			words: Words::Whole,
			pieces: Pieces::Merges {
				bytes: (0..256).collect(),
				characters: false,
				whole_words: false,
				count: 0,
			},
		};
		let bytes = (0..=255).map(|byte| Entry::Piece(vec![byte]));
		let longest = Entry::Piece(vec![b'a'; MAX_TOKEN_BYTES as usize]);
		Tokenizer::new(rules, bytes.chain([Entry::Silent, longest]).collect(), vec![]).unwrap()
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
	fn a_text_that_another_token_might_make_too_long_has_ended() {
		let (text, count, finish, _) = run(&[257; 1_024], &params(1_024, &[]), 10_000);
		assert_eq!(finish, Some(FinishReason::Length));
		assert_eq!((count, text.len()), (16, MAX_TEXT_BYTES as usize));
		let tokens = [vec![257; 15], spell(b"bc")].concat();
		let (text, count, finish, _) = run(&tokens, &params(1_024, &[]), 10_000);
		assert_eq!(finish, Some(FinishReason::Length));
		assert_eq!((count, text.len()), (16, 15 * 1_024 + 1));
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
