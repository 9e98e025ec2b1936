// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Room in the memory of the threads that run kernels.
//!
//! Kernels make what room they lack. But which thread computes what is left to chance, and what a token
//! sees grows with every token: so that no thread has to in the middle of an answer, all of them do before
//! the first pass of a sequence, for all that may come.

use ergon_core::Dimensions;

use super::{super::cache::PAGE, attention, linear, task_rows, InstructionSet, WIDE};
#[cfg(target_arch = "x86_64")]
use super::{amx, Kind};
use crate::team::Team;

/// The most elements that kernels ask the memory of a thread for, of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Room {
	/// Of the widest row.
	width: usize,
	/// Dot products of a task.
	dots: usize,
	/// Halves of the elements of queries that share a head.
	halves: usize,
	/// Their scores.
	scores: usize,
	/// Weights of one of them.
	weights: usize,
}

impl Room {
	/// For passes of that many tokens of a model, each of which sees that many positions at most.
	pub(in super::super) fn of(dimensions: &Dimensions, tokens: usize, positions: usize) -> Self {
		let [vocabulary, hidden, inner, heads, key_value_heads, width] = [
			dimensions.vocabulary,
			dimensions.hidden,
			dimensions.intermediate,
			dimensions.heads,
			dimensions.key_value_heads,
			dimensions.head_width,
		]
		.map(|size| size as usize);
		let (queries, group) = (heads * width, heads / key_value_heads);
		let positions = positions.next_multiple_of(PAGE);
		// A task of a matrix of so many columns, and of so many rows at most.
		let task = |columns: usize, rows: usize| task_rows(columns).min(rows);
		let rows = task(hidden, vocabulary.max(inner).max(queries))
			.max(task(inner, hidden))
			.max(task(queries, hidden));
		Self {
			width: hidden.max(inner).max(queries),
			dots: tokens * rows,
			halves: 2 * group * width.next_multiple_of(2),
			scores: group * positions,
			weights: positions,
		}
	}

	/// For these and those.
	pub(in super::super) fn and(self, other: Self) -> Self {
		Self {
			width: self.width.max(other.width),
			dots: self.dots.max(other.dots),
			halves: self.halves.max(other.halves),
			scores: self.scores.max(other.scores),
			weights: self.weights.max(other.weights),
		}
	}
}

/// Makes that room on every thread of a team.
pub(in super::super) fn reserve(set: InstructionSet, team: &Team, room: Room) {
	#[cfg(not(target_arch = "x86_64"))]
	let _ = set;
	team.on_each(|| {
		let mut wide = WIDE.take();
		make_room(&mut wide, room.width);
		WIDE.set(wide);
		linear::reserve(room.dots);
		attention::reserve(room.halves, room.scores, room.weights);
		#[cfg(target_arch = "x86_64")]
		if set.0 == Kind::Amx {
			amx::reserve(room.width);
		}
	});
}

/// Makes room for so many elements in a vector.
pub(super) fn make_room<T>(vector: &mut Vec<T>, count: usize) {
	vector.reserve(count.saturating_sub(vector.len()));
}
