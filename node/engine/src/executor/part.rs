// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What sequences bring to a pass.

use super::{cache::Cache, observer::Spectator};

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

/// What all sequences bring. It is theirs for as long as the pass runs, and the lists go on to the next
/// one, so that none is allocated for it.
#[derive(Default)]
pub(super) struct Parts {
	/// One per token.
	pub(super) rows: Vec<Row>,
	/// One per sequence.
	pub(super) spectators: Vec<Spectator>,
	/// Their keys and values.
	pub(super) caches: Vec<Cache>,
}
