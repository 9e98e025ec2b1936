// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! One pass of some tokens of some sequences through all layers.
//!
//! All that goes from layer to layer is the residual row of each token, and all that a token sees of
//! its sequence is in the sequence's pages. So rows of different sequences share every loop, and a
//! sequence whose work was cancelled leaves between two layers by taking its rows out.

mod show;

use ergon_core::Dimensions;
use ergon_exact::{
	attention::ScoreScale,
	digest::Point,
	linear::{add, embedding},
	operators::Operator,
	Candidates,
};
use parking_lot::Mutex;

use self::show::Show;
use super::{
	cache::{Cache, PageLayout},
	kernels::{
		add_row, attend, gate_row, gelu_row, layer_norm_row, linear, multiply, norm_heads,
		norm_row, quantise_heads, rotate_heads, task_rows, Attention, Batch, Grid, Input,
		MatrixRows,
	},
	observer::{Elements, OperatorRow, Output, Spectator},
	part::{Parts, Row},
	scratch::{grow, Found, Scratch},
	Computed, InstructionSet,
};
use crate::{
	model::{
		layout::{LayerNorm, Projection},
		Matrix, Model, Norm,
	},
	team::Team,
};

/// Tokens that go through the layers together.
pub(super) struct Pass<'a> {
	model: &'a Model,
	dimensions: Dimensions,
	set: InstructionSet,
	team: &'a Team,
	scratch: &'a mut Scratch,
	rows: &'a mut Vec<Row>,
	caches: &'a mut [Cache],
	spectators: &'a mut [Spectator],
	computed: Computed,
}

impl<'a> Pass<'a> {
	/// A pass of parts that fit the model: tokens that it has, at positions that it has.
	pub(super) fn new(
		model: &'a Model,
		set: InstructionSet,
		team: &'a Team,
		scratch: &'a mut Scratch,
		parts: &'a mut Parts,
	) -> Self {
		let dimensions = model.manifest().dimensions;
		let Parts { rows, spectators, caches } = parts;
		for row in &*rows {
			caches[row.part].grow(row.position + 1);
		}
		// Not what they see now: it grows with every token.
		let positions = caches.iter().map(Cache::capacity).max().unwrap_or(0);
		scratch.fit(set, team, &dimensions, rows.len(), positions);
		let computed = Computed::default();
		Self { model, dimensions, set, team, scratch, rows, caches, spectators, computed }
	}

	/// Runs it. The result of each part is its spectator's: [`ExecutionError`](crate::ExecutionError) when
	/// its control ended it or its observer panicked, after which its sequence is of no use.
	///
	/// # Panics
	///
	/// When a kernel does. No output was shown then, and every part may be run again.
	pub(super) fn run(mut self) -> Computed {
		self.embed();
		let hidden = self.dimensions.hidden as usize;
		for (row, values) in self.rows.iter().zip(self.scratch.residual.chunks_exact(hidden)) {
			let position = row.position as u32;
			self.spectators[row.part].tell(|observer| observer.embedded(position, values));
		}
		for layer in 0..self.dimensions.layers {
			self.leave();
			let is_wanted = |row: &Row| self.spectators[row.part].last_layer >= layer;
			if !self.rows.iter().any(is_wanted) {
				return self.computed;
			}
			self.computed.layers += self.rows.len() as u64;
			self.attend(layer as usize);
			self.feed_forward(layer as usize);
			let residual = self.scratch.residual.chunks_exact(hidden);
			for (row, values) in self.rows.iter().zip(residual) {
				let point = Point { position: row.position as u32, layer };
				self.spectators[row.part].tell(|observer| observer.residual(point, values));
			}
		}
		self.leave();
		self.outputs();
		self.computed
	}

	/// Takes out the rows of sequences that have ended.
	fn leave(&mut self) {
		self.spectators.iter_mut().for_each(Spectator::check);
		let hidden = self.dimensions.hidden as usize;
		let mut kept = 0;
		for index in 0..self.rows.len() {
			if self.spectators[self.rows[index].part].result.is_err() {
				continue;
			}
			if kept < index {
				self.rows[kept] = self.rows[index];
				let row = index * hidden..(index + 1) * hidden;
				self.scratch.residual.copy_within(row, kept * hidden);
			}
			kept += 1;
		}
		self.rows.truncate(kept);
	}

	/// Fills the residual stream with the rows of tokens; in an encoder with those of their positions and
	/// of the first kind of token added, and normed.
	fn embed(&mut self) {
		let Self { model, dimensions, set, scratch, .. } = self;
		let (set, epsilon) = (*set, model.constants().norm_epsilon);
		let values = scratch.residual.chunks_exact_mut(dimensions.hidden as usize);
		for (row, values) in self.rows.iter().zip(values) {
			let look_up =
				|matrix: Matrix, index: usize, values: &mut [i32], plus: fn(i32, i32) -> i32| {
					let (weights, scale) = matrix.row(index);
					for (out, &weight) in values.iter_mut().zip(weights) {
						*out = plus(*out, embedding(weight, scale));
					}
				};
			look_up(model.embedding(), row.token as usize, values, |_, new| new);
			if let Some((positions, kinds)) = model.positions() {
				look_up(positions, row.position, values, add);
				look_up(kinds, 0, values, add);
				let Norm { weights, fraction, biases } = model.final_norm();
				layer_norm_row(set, values, weights, *fraction, biases, epsilon);
			}
		}
	}

	/// Attention of one layer, added to the residual stream.
	fn attend(&mut self, layer: usize) {
		let Self { model, dimensions, set, team, scratch, rows, caches, spectators, .. } = self;
		let (model, set, team, count) = (*model, *set, *team, rows.len());
		let mut show = Show::new(spectators, rows, layer);
		let [hidden, heads, key_value_heads, width] = [
			dimensions.hidden,
			dimensions.heads,
			dimensions.key_value_heads,
			dimensions.head_width,
		]
		.map(|size| size as usize);
		let (query_width, key_width) = (heads * width, key_value_heads * width);
		let group = heads / key_value_heads;
		let layout = PageLayout::new(dimensions);

		let norm_of = |norm| model.layer_norm(layer, norm);
		let post_norm = !model.manifest().architecture.generates();
		match post_norm {
			true => quantise_residual(set, team, scratch, hidden, count),
			false => norm(set, team, model, norm_of(LayerNorm::Attention), scratch, count),
		}
		show.row(Operator::AttentionInput, scratch, hidden);
		let matrices = [Projection::Query, Projection::Key, Projection::Value]
			.map(|part| model.projection(layer, part));
		project(set, team, &matrices, scratch, count);
		show.outputs(Operator::Projected, scratch, &matrices);

		// Finish the heads, make rows of them, and keep keys and values.
		let (query_norm, key_norm) = (norm_of(LayerNorm::Query), norm_of(LayerNorm::Key));
		let epsilon = model.constants().norm_epsilon;
		let slots = rows.iter().map(|row| (row, caches[row.part].slot(row.position)));
		let tasks = scratch
			.wide
			.chunks_exact_mut(query_width + 2 * key_width)
			.zip(scratch.queries.chunks_exact_mut(query_width))
			.zip(scratch.query_exponents.chunks_exact_mut(heads))
			.zip(
				scratch
					.pairs
					.chunks_exact_mut(2 * key_width)
					.zip(scratch.pair_exponents.chunks_exact_mut(2 * key_value_heads)),
			)
			.zip(slots);
		team.for_each(tasks, |((((outputs, queries), exponents), pairs), (row, slot))| {
			let mut rest = &mut *outputs;
			for matrix in &matrices {
				let (part, others) = rest.split_at_mut(matrix.rows());
				if !matrix.biases.is_empty() {
					add_row(set, part, matrix.biases);
				}
				rest = others;
			}
			let (turned, _) = outputs.split_at_mut(query_width + key_width);
			let (query_heads, key_heads) = turned.split_at_mut(query_width);
			for (heads, norm) in [(query_heads, query_norm), (key_heads, key_norm)] {
				if let Some(Norm { weights, fraction, .. }) = norm {
					norm_heads(set, heads, width, weights, *fraction, epsilon);
				}
			}
			if !post_norm {
				let (cosines, sines) = model.angles(row.position);
				rotate_heads(set, turned, width, cosines, sines);
			}
			let (query_row, rest) = outputs.split_at(query_width);
			quantise_heads(set, query_row, width, queries, exponents);
			let (pairs, pair_exponents) = pairs;
			quantise_heads(set, rest, width, pairs, pair_exponents);
			#[cfg(feature = "adversary")]
			let pairs = &*model.kept(pairs);
			let (keys, values) = pairs.split_at(key_width);
			let (key_exponents, value_exponents) = pair_exponents.split_at(key_value_heads);
			for head in 0..key_value_heads {
				let place = layout.head(layer, head);
				let (key, value) =
					(&keys[head * width..][..width], &values[head * width..][..width]);
				// SAFETY: every row has a slot of its own.
				unsafe {
					slot.write_key(layout, place, key, key_exponents[head]);
					slot.write_value(layout, place, value, value_exponents[head]);
				}
			}
		});

		show.with(Operator::Heads, |row| {
			let part = |all: &[i16], width: usize| all[row * width..][..width].to_vec();
			let exponents = [
				part(&scratch.query_exponents, heads),
				part(&scratch.pair_exponents, 2 * key_value_heads),
			];
			let elements =
				[part(&scratch.queries, query_width), part(&scratch.pairs, 2 * key_width)];
			OperatorRow {
				exponents: exponents.concat(),
				elements: Elements::Row(elements.concat()),
			}
		});

		let (rows, caches) = (&rows[..], &caches[..]);
		let scale = ScoreScale::from(model.constants());
		let (queries, exponents) = (&scratch.queries, &scratch.query_exponents);
		let out = Grid::new(&mut scratch.mixed, group * width);
		team.run(count * key_value_heads, &|_, task| {
			let (row, head) = (rows[task / key_value_heads], task % key_value_heads);
			let attention = Attention {
				queries: &queries[task * group * width..][..group * width],
				exponents: &exponents[task * group..][..group],
				scale,
				pages: caches[row.part].pages(),
				layout,
				place: layout.head(layer, head),
				positions: row.sees,
			};
			// SAFETY: each task has a row of its own.
			attend(set, attention, unsafe { out.row(task) });
		});

		show.q16(Operator::Mixed, &scratch.mixed, query_width);

		let Scratch { mixed, rows: elements, exponents, .. } = &mut **scratch;
		let out = (&mut elements[..], &mut exponents[..]);
		make_rows(team, count, (mixed, query_width), out, query_width, |mixed, row, exponent| {
			quantise_heads(set, mixed, query_width, row, std::slice::from_mut(exponent));
		});
		show.row(Operator::MixedRow, scratch, query_width);
		let output = model.projection(layer, Projection::Output);
		project(set, team, &[output], scratch, count);
		show.outputs(Operator::AttentionOutput, scratch, &[output]);
		let norm = norm_of(LayerNorm::Attention).filter(|_| post_norm);
		add_to_residual(set, team, model, output, norm, scratch, count);
		show.q16(Operator::AfterAttention, &scratch.residual, hidden);
	}

	/// The feed-forward part of one layer, added to the residual stream.
	fn feed_forward(&mut self, layer: usize) {
		let Self { model, dimensions, set, team, scratch, rows, spectators, .. } = self;
		let (model, set, team, count) = (*model, *set, *team, rows.len());
		let mut show = Show::new(spectators, rows, layer);
		let (hidden, inner) = (dimensions.hidden as usize, dimensions.intermediate as usize);

		let layer_norm = model.layer_norm(layer, LayerNorm::FeedForward);
		let (up, down) =
			(model.projection(layer, Projection::Up), model.projection(layer, Projection::Down));
		let post_norm = !model.manifest().architecture.generates();
		if post_norm {
			quantise_residual(set, team, scratch, hidden, count);
			show.row(Operator::FeedForwardInput, scratch, hidden);
			project(set, team, &[up], scratch, count);
			show.outputs(Operator::Expanded, scratch, &[up]);
			let Scratch { wide, rows: elements, exponents, .. } = &mut **scratch;
			let out = (&mut elements[..], &mut exponents[..]);
			make_rows(team, count, (wide, inner), out, inner, |products, row, exponent| {
				add_row(set, products, up.biases);
				gelu_row(set, products, row, exponent);
			});
		} else {
			norm(set, team, model, layer_norm, scratch, count);
			show.row(Operator::FeedForwardInput, scratch, hidden);
			let matrices = [model.projection(layer, Projection::Gate), up];
			project(set, team, &matrices, scratch, count);
			show.outputs(Operator::Expanded, scratch, &matrices);
			let Scratch { wide, rows: elements, exponents, .. } = &mut **scratch;
			let out = (&mut elements[..], &mut exponents[..]);
			make_rows(team, count, (wide, 2 * inner), out, inner, |products, row, exponent| {
				let (gates, ups) = products.split_at(inner);
				gate_row(set, gates, ups, row, exponent);
			});
		}
		show.row(Operator::Gated, scratch, inner);
		project(set, team, &[down], scratch, count);
		show.outputs(Operator::FeedForwardOutput, scratch, &[down]);
		let norm = layer_norm.filter(|_| post_norm);
		add_to_residual(set, team, model, down, norm, scratch, count);
		show.q16(Operator::Output, &scratch.residual, hidden);
	}

	/// Computes and shows the outputs that are wanted.
	fn outputs(&mut self) {
		let Self { model, dimensions, set, team, scratch, rows, spectators, .. } = self;
		let (model, set, team, hidden) = (*model, *set, *team, dimensions.hidden as usize);
		let Scratch { residual, rows: elements, exponents, input, wanted, found, .. } =
			&mut **scratch;
		let is_wanted = |index: usize, candidates: bool| {
			let Row { part, position, .. } = rows[index];
			let want = spectators[part].want;
			position >= want.from as usize && want.candidates == candidates
		};
		// Those with candidates first: they go through the head together.
		wanted.clear();
		wanted.extend((0..rows.len()).filter(|&index| is_wanted(index, true)));
		let with_head = wanted.len();
		wanted.extend((0..rows.len()).filter(|&index| is_wanted(index, false)));
		self.computed.candidates += with_head as u64;
		// Their rows come first too.
		let tasks = wanted
			.iter()
			.map(|&index| &residual[index * hidden..][..hidden])
			.zip(elements.chunks_exact_mut(hidden))
			.zip(&mut *exponents);
		let (final_norm, epsilon) = (model.final_norm(), model.constants().norm_epsilon);
		team.for_each(tasks, |((values, row), exponent)| match model.positions() {
			None => {
				let Norm { weights, fraction, .. } = final_norm;
				norm_row(set, values, weights, *fraction, epsilon, row, exponent);
			}
			Some(_) => quantise_heads(set, values, hidden, row, std::slice::from_mut(exponent)),
		});
		let batch =
			Batch { elements: &elements[..with_head * hidden], exponents: &exponents[..with_head] };
		let candidates: &[Candidates] = match with_head {
			0 => &[],
			_ => {
				let input = Input::new(set, team, batch, hidden, input);
				candidates(set, team, model.head(), input, found)
			}
		};
		for (index, &row) in wanted.iter().enumerate() {
			let row = rows[row];
			let output = Output {
				position: row.position as u32,
				hidden: &elements[index * hidden..][..hidden],
				exponent: exponents[index],
				candidates: candidates.get(index),
			};
			spectators[row.part].tell(|observer| observer.output(output));
		}
	}
}

/// Makes rows of the first `count` of some in Q16, which are `from.1` wide: elements, `width` of them, and
/// an exponent each.
fn make_rows(
	team: &Team,
	count: usize,
	from: (&mut [i32], usize),
	(rows, exponents): (&mut [i16], &mut [i16]),
	width: usize,
	make: impl Fn(&mut [i32], &mut [i16], &mut i16) + Sync,
) {
	let tasks = from
		.0
		.chunks_exact_mut(from.1)
		.zip(rows.chunks_exact_mut(width))
		.zip(exponents)
		.take(count);
	team.for_each(tasks, |((values, row), exponent)| make(values, row, exponent));
}

/// Norms the first `count` residual rows.
fn norm(
	set: InstructionSet,
	team: &Team,
	model: &Model,
	norm: Option<&Norm>,
	scratch: &mut Scratch,
	count: usize,
) {
	let Some(Norm { weights, fraction, .. }) = norm else { return };
	let (hidden, epsilon) = (weights.len(), model.constants().norm_epsilon);
	let Scratch { residual, rows, exponents, .. } = scratch;
	let out = (&mut rows[..], &mut exponents[..]);
	make_rows(team, count, (residual, hidden), out, hidden, |residual, row, exponent| {
		norm_row(set, residual, weights, *fraction, epsilon, row, exponent);
	});
}

/// Makes rows of the first `count` residual rows.
fn quantise_residual(
	set: InstructionSet,
	team: &Team,
	scratch: &mut Scratch,
	hidden: usize,
	count: usize,
) {
	let Scratch { residual, rows, exponents, .. } = scratch;
	let out = (&mut rows[..], &mut exponents[..]);
	make_rows(team, count, (residual, hidden), out, hidden, |residual, row, exponent| {
		quantise_heads(set, residual, hidden, row, std::slice::from_mut(exponent));
	});
}

/// Multiplies the batch in `rows` with matrices of equal columns into `wide`: for each token, the
/// outputs of one matrix after the other.
fn project(
	set: InstructionSet,
	team: &Team,
	matrices: &[Matrix],
	scratch: &mut Scratch,
	count: usize,
) {
	let Some(columns) = matrices.first().map(|matrix| matrix.columns) else { return };
	let batch = Batch {
		elements: &scratch.rows[..count * columns],
		exponents: &scratch.exponents[..count],
	};
	let input = Input::new(set, team, batch, columns, &mut scratch.input);
	linear(set, team, matrices, input, &mut scratch.wide);
}

/// Adds the product with `matrix` in `wide`, and its biases, to the residual rows of the batch; norms
/// them after that, if there is something to norm them with.
fn add_to_residual(
	set: InstructionSet,
	team: &Team,
	model: &Model,
	matrix: Matrix,
	norm: Option<&Norm>,
	scratch: &mut Scratch,
	count: usize,
) {
	let (hidden, epsilon) = (matrix.rows(), model.constants().norm_epsilon);
	let rows = scratch
		.residual
		.chunks_exact_mut(hidden)
		.zip(scratch.wide.chunks_exact_mut(hidden))
		.take(count);
	team.for_each(rows, |(row, updates)| {
		if !matrix.biases.is_empty() {
			add_row(set, updates, matrix.biases);
		}
		add_row(set, row, updates);
		if let Some(Norm { weights, fraction, biases }) = norm {
			layer_norm_row(set, row, weights, *fraction, biases, epsilon);
		}
	});
}

/// The candidates of every row of a batch; `found` is room for what each thread finds.
fn candidates<'a>(
	set: InstructionSet,
	team: &Team,
	head: Matrix,
	input: Input,
	found: &'a mut Vec<Mutex<Found>>,
) -> &'a [Candidates] {
	let count = input.tokens();
	let rows_of_task = task_rows(head.columns);
	found.resize_with(team.threads(), Mutex::default);
	for found in found.iter_mut() {
		let Found { best, logits } = found.get_mut();
		best.clear();
		best.resize(count, Candidates::new());
		grow(logits, rows_of_task * count);
	}
	team.run(head.rows().div_ceil(rows_of_task), &|thread, task| {
		let Found { best, logits } = &mut *found[thread].lock();
		let first = task * rows_of_task;
		let rows = rows_of_task.min(head.rows() - first);
		let grid = Grid::new(&mut logits[..rows * count], rows);
		// SAFETY: nobody else has these logits.
		unsafe { multiply(set, MatrixRows::of(head, first, rows), input, grid) };
		for (best, logits) in best.iter_mut().zip(logits.chunks_exact(rows)) {
			best.offer_logits(first as u32, logits);
		}
	});
	let Some((first, others)) = found.split_first_mut() else { return &[] };
	let all = &mut first.get_mut().best;
	for other in others {
		for (best, other) in all.iter_mut().zip(&other.get_mut().best) {
			other.as_slice().iter().for_each(|&candidate| best.offer(candidate));
		}
	}
	all
}
