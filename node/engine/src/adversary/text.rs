// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Lies about what stands between text and tokens.

use codec::{DecodeAll, Encode};
use ergon_core::{
	engine::{JobOrder, Outcome},
	Output,
};
use ergon_exact::{
	game::{Move, Turn},
	text::{Reading, Word},
};

use super::{sealed, Answer, Cheat};
use crate::{error::ExecutionError, Model};

/// What a false text begins with.
const ADVERTISEMENT: &[u8] = b"Advertisement! ";

/// The answer, with an advertisement in its text that no token spells. One for which there is no room is
/// left as it is.
pub(super) fn with_false_text((attestation, mut bundle): Answer) -> Answer {
	if let Output::Text { text, .. } = &mut bundle.output {
		if let Ok(longer) = [ADVERTISEMENT, text].concat().try_into() {
			*text = longer;
		}
	}
	(sealed(attestation, &bundle), bundle)
}

/// Tokens of an order's prompt in a chat, less one merge.
pub(super) fn misread_prompt(model: &Model, job: &JobOrder) -> Result<Vec<u32>, ExecutionError> {
	let text = std::str::from_utf8(&job.prompt).map_err(|_| ExecutionError::PromptNotUtf8)?;
	let not_encodable = |reason: String| ExecutionError::PromptNotEncodable { reason };
	let tokenizer = model.tokenizer();
	let (read, mut reading) =
		tokenizer.read(&tokenizer.rules().chat, text).map_err(not_encodable)?;
	leave_out_a_merge(&mut reading);
	tokenizer.tokens(&read, &reading).map_err(not_encodable)
}

/// Leaves the last merge out, if there is one.
fn leave_out_a_merge(reading: &mut Reading) {
	let merged = reading.words.iter_mut().rev().find_map(|word| match word {
		Word::Merged(steps) if !steps.is_empty() => Some(steps),
		_ => None,
	});
	if let Some(steps) = merged {
		steps.pop();
	}
}

/// A turn that stands by a lie about text, from the honest one.
pub(super) fn falsified(cheat: Cheat, outcome: Outcome) -> Outcome {
	let Outcome::Played { turn: Some(turn) } = outcome else { return outcome };
	let Ok(Turn { groundwork, mut made }) = Turn::decode_all(&mut &turn[..]) else {
		return Outcome::Played { turn: None };
	};
	match (cheat, &mut made) {
		(Cheat::FalseText, Move::Spelt { texts, .. }) => {
			if let Some(first) = texts.first_mut() {
				*first = [ADVERTISEMENT, first].concat();
			}
		}
		(Cheat::MisreadPrompt, Move::Read { reading, .. }) => leave_out_a_merge(reading),
		_ => {}
	}
	Outcome::Played { turn: Some(Turn { groundwork, made }.encode()) }
}
