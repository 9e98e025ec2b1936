// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The games about texts: no pass is run, only the vocabulary is asked.

use ergon_core::{engine::JobOrder, Bundle, Output};
use ergon_exact::{
	game::{Move, Proof, Stage},
	text::{misread, Misread, Reading},
};

use crate::{model::Model, tokenizer::Tokenizer};

/// The next move; nothing when there is nothing to say, or the stage is not about texts.
pub(super) fn next(
	model: &Model,
	order: &JobOrder,
	bundle: &Bundle,
	stage: &Stage,
) -> Option<Move> {
	let tokenizer = model.tokenizer();
	let rules = || tokenizer.rules().clone();
	match stage {
		Stage::Prompt => Some(Move::Read { rules: rules(), reading: read(tokenizer, order)? }),
		Stage::Read { reading, .. } => {
			let part = misread(&read(tokenizer, order)?, reading)?;
			let opened = match part {
				Misread::Merge { rank, .. } => tokenizer.open_merge(rank),
				Misread::Character { token, .. }
				| Misread::Whole { token, .. }
				| Misread::Piece { token, .. } => tokenizer.open_entry(token),
			};
			let (bytes, path) = opened?;
			Some(Move::Misread { part, leaf: Proof::Leaf { bytes, path } })
		}
		Stage::Ending => {
			let texts = tokens(bundle).iter().map(|token| tokenizer.text(*token).to_vec());
			Some(Move::Spelt { rules: rules(), texts: texts.collect() })
		}
		Stage::Spelt { texts, .. } => {
			let mut shown = tokens(bundle).iter().zip(texts);
			let index = shown.position(|(token, text)| tokenizer.text(*token) != &text[..])?;
			let (bytes, path) = tokenizer.open_entry(*tokens(bundle).get(index)?)?;
			Some(Move::Misspelt { index: index as u32, leaf: Proof::Leaf { bytes, path } })
		}
		_ => None,
	}
}

/// How the prompt of an order is read.
fn read(tokenizer: &Tokenizer, order: &JobOrder) -> Option<Reading> {
	let text = std::str::from_utf8(&order.prompt).ok()?;
	Some(tokenizer.read(tokenizer.rules().frame(&order.kind), text).ok()?.1)
}

fn tokens(bundle: &Bundle) -> &[u32] {
	match &bundle.output {
		Output::Text { tokens, .. } => tokens,
		Output::Vector(_) => &[],
	}
}
