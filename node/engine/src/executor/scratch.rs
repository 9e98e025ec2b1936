// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Memory of a pass, allocated once and grown for models and passes that are larger.

use ergon_core::Dimensions;
use ergon_exact::Candidates;
use parking_lot::Mutex;

use super::kernels::{reserve, InputMemory, InstructionSet, Room};
use crate::team::Team;

/// What a pass needs on its way through the layers; at least so much per token of the pass.
#[derive(Default)]
pub(super) struct Scratch {
	/// The residual stream in Q16: `hidden`.
	pub(super) residual: Vec<i32>,
	/// What enters a matrix: at most the widest input.
	pub(super) rows: Vec<i16>,
	/// Exponents of `rows`: 1.
	pub(super) exponents: Vec<i16>,
	/// `rows` as matrices want them.
	pub(super) input: InputMemory,
	/// What leaves the matrices: the most outputs at once.
	pub(super) wide: Vec<i32>,
	/// Query rows of all heads.
	pub(super) queries: Vec<i16>,
	/// Exponents of `queries`: one per head.
	pub(super) query_exponents: Vec<i16>,
	/// Rows of all keys, then of all values.
	pub(super) pairs: Vec<i16>,
	/// Exponents of `pairs`: one per head.
	pub(super) pair_exponents: Vec<i16>,
	/// Output of all heads in Q16.
	pub(super) mixed: Vec<i32>,
	/// Indices of the tokens whose outputs are wanted.
	pub(super) wanted: Vec<usize>,
	/// What each thread finds of the candidates.
	pub(super) found: Vec<Mutex<Found>>,
	/// What there is in the memory of every thread.
	room: Room,
}

/// What one thread finds of the candidates.
#[derive(Default)]
pub(super) struct Found {
	/// One per token that has any.
	pub(super) best: Vec<Candidates>,
	/// Logits of a task, of all these tokens.
	pub(super) logits: Vec<i32>,
}

impl Scratch {
	/// Makes room for that many tokens of a model, each of which sees that many positions at most.
	pub(super) fn fit(
		&mut self,
		set: InstructionSet,
		team: &Team,
		dimensions: &Dimensions,
		tokens: usize,
		positions: usize,
	) {
		let room = self.room.and(Room::of(dimensions, tokens, positions));
		if room != self.room {
			reserve(set, team, room);
			self.room = room;
		}
		let [hidden, inner, heads, key_value_heads, width] = [
			dimensions.hidden,
			dimensions.intermediate,
			dimensions.heads,
			dimensions.key_value_heads,
			dimensions.head_width,
		]
		.map(|size| size as usize);
		let queries = heads * width;
		let pairs = 2 * key_value_heads;
		let projected = queries + pairs * width;
		grow(&mut self.residual, tokens * hidden);
		grow(&mut self.rows, tokens * hidden.max(inner).max(queries));
		grow(&mut self.exponents, tokens);
		grow(&mut self.wide, tokens * projected.max(2 * inner).max(hidden));
		grow(&mut self.queries, tokens * queries);
		grow(&mut self.query_exponents, tokens * heads);
		grow(&mut self.pairs, tokens * pairs * width);
		grow(&mut self.pair_exponents, tokens * pairs);
		grow(&mut self.mixed, tokens * queries);
	}
}

/// Makes a vector at least so long.
pub(super) fn grow<T: Clone + Default>(vector: &mut Vec<T>, length: usize) {
	if vector.len() < length {
		vector.resize(length, T::default());
	}
}
