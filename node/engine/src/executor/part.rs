// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What sequences bring to a pass.

use std::cell::RefCell;

use super::{
	cache::Store,
	observer::{Observer, Spectator, Want},
};
use crate::control::Control;

/// What one sequence brings to a pass.
pub(super) struct Part<'a> {
	/// Its next tokens.
	pub(super) tokens: &'a [u32],
	/// Position of the first of them.
	pub(super) first: usize,
	/// Its keys and values.
	pub(super) store: &'a mut Store,
	/// Which outputs are computed.
	pub(super) want: Want,
	/// Who looks on.
	pub(super) observer: &'a RefCell<dyn Observer>,
	/// Who may end it.
	pub(super) control: &'a Control,
}

/// One token on its way.
#[derive(Clone, Copy)]
pub(crate) struct Row {
	/// Which sequence it is of.
	pub(crate) part: usize,
	pub(crate) token: u32,
	pub(crate) position: usize,
	/// Positions that it sees.
	pub(crate) sees: usize,
}

/// What all sequences bring, but for their keys and values.
pub(super) struct Parts<'a> {
	pub(super) rows: Vec<Row>,
	/// One per sequence.
	pub(super) spectators: Vec<Spectator<'a>>,
}

impl<'a> Parts<'a> {
	/// Takes the sequences apart. In an encoder, which does not generate, every position sees every
	/// other.
	pub(super) fn of(parts: Vec<Part<'a>>, generates: bool) -> (Self, Vec<&'a mut Store>) {
		let mut rows = Vec::with_capacity(parts.iter().map(|part| part.tokens.len()).sum());
		let (mut spectators, mut stores) = (Vec::new(), Vec::new());
		for (index, part) in parts.into_iter().enumerate() {
			let Part { tokens, first, store, want, observer, control } = part;
			let end = first + tokens.len();
			rows.extend((first..).zip(tokens).map(|(position, &token)| Row {
				part: index,
				token,
				position,
				sees: if generates { position + 1 } else { end },
			}));
			spectators.push(Spectator::new(want, observer, control));
			stores.push(store);
		}
		(Self { rows, spectators }, stores)
	}
}
