// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The two games about texts: whether a prompt became these tokens, and whether an answer ends where it
//! does and says what its tokens spell. Each is over in two moves.
//!
//! ```text
//!    defender shows                              challenger names
//! 1  how the prompt was read                     a leaf of vocabulary or merges that says otherwise
//! 1  the text of each token of the answer        a token whose leaf spells something else
//! ```
//!
//! All that follows from the rules alone the judge does again: whoever shows something from which another
//! prompt or another end follows has lost with that move.

use alloc::vec::Vec;

use codec::DecodeAll;
use ergon_core::{
	attestation::MAX_TOKEN_BYTES, job::prompt_root, Attestation, JobKind, ModelManifest, Output,
};

use super::{Disputed, Move, Outcome, Proof, Reason, Refused, Side, Stage};
use crate::text::{Answer, Entry, Merge, Misread, Read, Reading, TextRules};

impl Disputed<'_> {
	/// What a move about a text leads to.
	pub(super) fn play_text(&self, stage: Stage, made: Move) -> Result<Outcome, Refused> {
		match (stage, made) {
			(Stage::Prompt, Move::Read { rules, reading }) => self.read(rules, reading),
			(Stage::Read { rules, reading }, Move::Misread { part, leaf }) => {
				self.misread(&rules, &reading, part, &leaf)
			}
			(Stage::Ending, Move::Spelt { rules, texts }) => self.spelt(rules, texts),
			(Stage::Spelt { rules, texts }, Move::Misspelt { index, leaf }) => {
				self.misspelt(&rules, &texts, index, &leaf)
			}
			_ => Err(Refused::OutOfTurn),
		}
	}

	/// How the defender read the prompt: it decides at once when other tokens follow from it, or when no
	/// tokens can be right.
	fn read(&self, rules: TextRules, reading: Reading) -> Result<Outcome, Refused> {
		self.check(&rules)?;
		let lost = Ok(Outcome::Won(Side::Challenger, Reason::Prompt));
		let Some(read) = self.prompt(&rules) else { return lost };
		let vocabulary = self.manifest.dimensions.vocabulary;
		let tokens = read.tokens(&reading, vocabulary).ok_or(Refused::WrongLength)?;
		let count = tokens.len() as u32;
		let most = self.manifest.max_prompt_tokens(self.order.prompt.len() as u32);
		let can_be = count > 0 && count < self.manifest.dimensions.context && count <= most;
		let Attestation { prompt_tokens, prompt_root: root, .. } = *self.attestation;
		match can_be && count == prompt_tokens && prompt_root(&tokens) == root {
			true => Ok(Outcome::Next(Stage::Read { rules, reading })),
			false => lost,
		}
	}

	/// A leaf that is said to contradict how the prompt was read.
	fn misread(
		&self,
		rules: &TextRules,
		reading: &Reading,
		part: Misread,
		leaf: &Proof,
	) -> Result<Outcome, Refused> {
		let read = self.prompt(rules).ok_or(Refused::NoSuchPart)?;
		let is_wrong = match part {
			Misread::Character { token, .. }
			| Misread::Whole { token, .. }
			| Misread::Piece { token, .. } => read.is_misread_by(reading, part, &self.entry(token, leaf)?),
			Misread::Merge { rank, .. } => {
				let bytes =
					leaf.leaf(self.manifest.merges_root, rank.into(), rules.merges().into())?;
				let merge = Merge::decode_all(&mut &bytes[..]).map_err(|_| Refused::WrongLength)?;
				read.is_mismerged_by(reading, part, &merge)
			}
		};
		Ok(Outcome::Won(winner(!is_wrong.ok_or(Refused::NoSuchPart)?), Reason::Prompt))
	}

	/// What the answer's tokens spell: it decides at once when another answer follows.
	fn spelt(&self, rules: TextRules, texts: Vec<Vec<u8>>) -> Result<Outcome, Refused> {
		self.check(&rules)?;
		let (Output::Text { tokens, text }, JobKind::Generate(params)) =
			(&self.bundle.output, &self.order.kind)
		else {
			return Err(Refused::NoSuchPart);
		};
		if texts.len() != tokens.len()
			|| texts.iter().any(|text| text.len() > MAX_TOKEN_BYTES as usize)
		{
			return Err(Refused::WrongLength);
		}
		let Attestation { prompt_tokens, finish, .. } = *self.attestation;
		let context = self.manifest.dimensions.context;
		let mut answer = Answer::new(params, prompt_tokens, context, rules.strips_leading_space);
		let mut goes_on = true;
		for (token, text) in tokens.iter().zip(&texts) {
			goes_on &= answer.finish().is_none();
			answer.push(text, rules.is_end(*token));
		}
		let is_right = goes_on && answer.finish() == Some(finish) && answer.text() == &text[..];
		match is_right {
			true => Ok(Outcome::Next(Stage::Spelt { rules, texts })),
			false => Ok(Outcome::Won(Side::Challenger, Reason::Ending)),
		}
	}

	/// A leaf that is said to spell something else.
	fn misspelt(
		&self,
		rules: &TextRules,
		texts: &[Vec<u8>],
		index: u32,
		leaf: &Proof,
	) -> Result<Outcome, Refused> {
		let Output::Text { tokens, .. } = &self.bundle.output else {
			return Err(Refused::NoSuchPart);
		};
		let token = *tokens.get(index as usize).ok_or(Refused::NoSuchPart)?;
		let shown = texts.get(index as usize).ok_or(Refused::NoSuchPart)?;
		let is_right = self.entry(token, leaf)?.text(rules) == *shown;
		Ok(Outcome::Won(winner(is_right), Reason::Ending))
	}

	/// Whether these are the model's rules.
	fn check(&self, rules: &TextRules) -> Result<(), Refused> {
		match rules.hash() == self.manifest.text_rules {
			true => Ok(()),
			false => Err(Refused::DoesNotOpen),
		}
	}

	/// The prompt as the rules read it; nothing where no result of the order can be right.
	fn prompt<'b>(&self, rules: &'b TextRules) -> Option<Read<'b>> {
		let kind = &self.order.kind;
		if *kind != JobKind::Embed && !self.manifest.architecture.generates() {
			return None;
		}
		let text = core::str::from_utf8(&self.order.prompt).ok()?;
		Read::new(rules, rules.frame(kind), text).ok()
	}

	/// A token of the vocabulary.
	fn entry(&self, token: u32, leaf: &Proof) -> Result<Entry, Refused> {
		let ModelManifest { vocabulary_root, dimensions, .. } = *self.manifest;
		let bytes = leaf.leaf(vocabulary_root, token.into(), dimensions.vocabulary.into())?;
		Entry::decode_all(&mut &bytes[..]).map_err(|_| Refused::WrongLength)
	}
}

fn winner(is_right: bool) -> Side {
	match is_right {
		true => Side::Defender,
		false => Side::Challenger,
	}
}
