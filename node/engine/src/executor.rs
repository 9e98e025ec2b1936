// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The forward pass.
//!
//! A [`Session`] holds the keys and values of one sequence and is fed tokens: a prompt at once, an
//! answer one by one, or both together. Every output element is a function of its own row's inputs
//! (see `ergon_exact`), so what was fed together, how many threads ran and which instruction set they
//! used cannot change a bit.

mod cache;
mod kernels;
mod scratch;

use ergon_core::Dimensions;
use ergon_exact::{
	digest::Point,
	linear::{add, embedding},
	Candidates,
};
use parking_lot::Mutex;

pub use self::kernels::InstructionSet;
use self::{
	cache::Cache,
	kernels::{
		add_row, attend, gate_row, gelu_row, layer_norm_row, linear, multiply, norm_heads,
		norm_row, quantise_heads, rotate_heads, task_rows, Attention, Batch, Grid, Input,
		MatrixRows,
	},
	scratch::Scratch,
};
use crate::{
	control::Control,
	error::ExecutionError,
	model::{
		layout::{LayerNorm, Projection},
		Matrix, Model, Norm,
	},
	team::Team,
};

/// Tokens that go through the layers together.
const BATCH: usize = 128;

/// What a position gives: the final hidden row, and the candidates for the next token.
#[derive(Clone, Copy, Debug)]
pub struct Output<'a> {
	/// Index in the sequence.
	pub position: u32,
	/// Elements of the final, normed row.
	pub hidden: &'a [i16],
	/// Their exponent.
	pub exponent: i16,
	/// The best next tokens, where they were asked for.
	pub candidates: Option<&'a Candidates>,
}

/// Sees what happens inside a forward pass.
pub trait Observer: Send {
	/// The residual row of a position after a layer, in Q16; for every layer and position.
	fn residual(&mut self, _point: Point, _row: &[i32]) {}

	/// What a position gives, in ascending order; for the positions that were asked for.
	fn output(&mut self, _output: Output<'_>) {}
}

/// Sees nothing.
impl Observer for () {}

/// Which outputs are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Want {
	/// The first position whose output is computed.
	pub from: u32,
	/// Whether candidates are computed too.
	pub candidates: bool,
}

impl Want {
	/// No output.
	pub const NOTHING: Self = Self { from: u32::MAX, candidates: false };
}

/// One sequence on its way through a model.
pub struct Session<'a> {
	model: &'a Model,
	dimensions: Dimensions,
	set: InstructionSet,
	capacity: usize,
	length: usize,
	cache: Cache,
	scratch: Scratch,
}

impl<'a> Session<'a> {
	/// An empty sequence with room for `capacity` positions, at most the model's context.
	pub fn new(model: &'a Model, capacity: u32) -> Self {
		Self::with_instruction_set(model, capacity, InstructionSet::best())
	}

	/// [`Self::new`] on a certain instruction set.
	pub fn with_instruction_set(model: &'a Model, capacity: u32, set: InstructionSet) -> Self {
		let dimensions = model.manifest().dimensions;
		let capacity = capacity.min(dimensions.context) as usize;
		Self {
			model,
			dimensions,
			set,
			capacity,
			length: 0,
			cache: Cache::new(&dimensions),
			scratch: Scratch::new(
				&dimensions,
				match model.positions() {
					None => BATCH.min(capacity),
					Some(_) => capacity,
				},
			),
		}
	}

	/// Positions that were fed.
	pub fn length(&self) -> u32 {
		self.length as u32
	}

	/// Feeds tokens at the next positions.
	///
	/// # Errors
	///
	/// [`ExecutionError::Cancelled`], after which the session is of no use; `Internal` for tokens that
	/// the model does not have or positions beyond the capacity.
	pub fn feed(
		&mut self,
		tokens: &[u32],
		want: Want,
		observer: &mut dyn Observer,
		control: &Control,
	) -> Result<(), ExecutionError> {
		if tokens.len() > self.capacity - self.length {
			return Err(ExecutionError::Internal(format!(
				"the sequence would pass the {} positions that were reserved for it: reserve more",
				self.capacity
			)));
		}
		if let Some(token) = tokens.iter().find(|token| **token >= self.dimensions.vocabulary) {
			return Err(ExecutionError::Internal(format!(
				"token {token} is not one of the model's {}: check the input",
				self.dimensions.vocabulary
			)));
		}
		match self.model.positions() {
			None => tokens.chunks(BATCH).try_for_each(|it| self.batch(it, want, observer, control)),
			// Every position sees every other, so they go through the layers together.
			Some(_) if self.length > 0 => Err(ExecutionError::Internal(
				"an encoder was fed a text in parts: report this as a defect".into(),
			)),
			Some(_) => self.batch(tokens, want, observer, control),
		}
	}

	/// Feeds one batch.
	fn batch(
		&mut self,
		tokens: &[u32],
		want: Want,
		observer: &mut dyn Observer,
		control: &Control,
	) -> Result<(), ExecutionError> {
		let hidden = self.dimensions.hidden as usize;
		self.embed(tokens);
		for layer in 0..self.dimensions.layers {
			control.check()?;
			self.attend(layer as usize, tokens.len(), control.team());
			self.feed_forward(layer as usize, tokens.len(), control.team());
			let rows = self.scratch.residual.chunks_exact(hidden).take(tokens.len());
			for (position, row) in (self.length as u32..).zip(rows) {
				observer.residual(Point { position, layer }, row);
			}
		}
		control.check()?;
		let skipped = (want.from as usize).saturating_sub(self.length);
		if skipped < tokens.len() {
			let count = tokens.len() - skipped;
			self.outputs(skipped, count, want.candidates, observer, control.team());
		}
		self.length += tokens.len();
		Ok(())
	}

	/// Fills the residual stream with the rows of tokens; in an encoder with those of their positions and
	/// of the first kind of token added, and normed.
	fn embed(&mut self, tokens: &[u32]) {
		let Self { model, dimensions, set, scratch, .. } = self;
		let (set, epsilon) = (*set, model.constants().norm_epsilon);
		let rows = scratch.residual.chunks_exact_mut(dimensions.hidden as usize);
		for ((position, &token), row) in tokens.iter().enumerate().zip(rows) {
			let look_up =
				|matrix: Matrix, index: usize, row: &mut [i32], plus: fn(i32, i32) -> i32| {
					let (weights, scale) = matrix.row(index);
					for (out, &weight) in row.iter_mut().zip(weights) {
						*out = plus(*out, embedding(weight, scale));
					}
				};
			look_up(model.embedding(), token as usize, row, |_, new| new);
			if let Some((positions, kinds)) = model.positions() {
				look_up(positions, position, row, add);
				look_up(kinds, 0, row, add);
				let Norm { weights, fraction, biases } = model.final_norm();
				layer_norm_row(set, row, weights, *fraction, biases, epsilon);
			}
		}
	}

	/// Attention of one layer over `count` new positions, added to the residual stream.
	fn attend(&mut self, layer: usize, count: usize, team: &Team) {
		let Self { model, dimensions, set, length, cache, scratch, .. } = self;
		let (model, set, first) = (*model, *set, *length);
		let [hidden, heads, key_value_heads, width] = [
			dimensions.hidden,
			dimensions.heads,
			dimensions.key_value_heads,
			dimensions.head_width,
		]
		.map(|size| size as usize);
		let (query_width, key_width) = (heads * width, key_value_heads * width);
		let group = heads / key_value_heads;
		let layout = cache.layout();

		let norm_of = |norm| model.layer_norm(layer, norm);
		let post_norm = !model.manifest().architecture.generates();
		match post_norm {
			true => quantise_residual(set, team, scratch, hidden, 0, count),
			false => norm(set, team, model, norm_of(LayerNorm::Attention), scratch, 0, count),
		}
		let matrices = [Projection::Query, Projection::Key, Projection::Value]
			.map(|part| model.projection(layer, part));
		project(set, team, &matrices, scratch, count);

		// Finish the heads, make rows of them, and keep keys and values.
		let (query_norm, key_norm) = (norm_of(LayerNorm::Query), norm_of(LayerNorm::Key));
		let epsilon = model.constants().norm_epsilon;
		cache.grow(first + count);
		let slots = (first..first + count).map(|position| cache.slot(position));
		let rows = scratch
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
			.zip(slots)
			.enumerate();
		team.for_each(rows, |(token, ((((row, queries), exponents), pairs), slot))| {
			let mut outputs = &mut *row;
			for matrix in &matrices {
				let (part, rest) = outputs.split_at_mut(matrix.rows());
				if !matrix.biases.is_empty() {
					add_row(set, part, matrix.biases);
				}
				outputs = rest;
			}
			let (turned, _) = row.split_at_mut(query_width + key_width);
			let (query_heads, key_heads) = turned.split_at_mut(query_width);
			for (heads, norm) in [(query_heads, query_norm), (key_heads, key_norm)] {
				if let Some(Norm { weights, fraction, .. }) = norm {
					norm_heads(set, heads, width, weights, *fraction, epsilon);
				}
			}
			if !post_norm {
				let (cosines, sines) = model.angles(first + token);
				rotate_heads(set, turned, width, cosines, sines);
			}
			let (query_row, rest) = row.split_at(query_width);
			quantise_heads(set, query_row, width, queries, exponents);
			let (pairs, pair_exponents) = pairs;
			quantise_heads(set, rest, width, pairs, pair_exponents);
			let (keys, values) = pairs.split_at(key_width);
			let (key_exponents, value_exponents) = pair_exponents.split_at(key_value_heads);
			for head in 0..key_value_heads {
				let place = layout.head(layer, head);
				let (key, value) =
					(&keys[head * width..][..width], &values[head * width..][..width]);
				// SAFETY: every token has a slot of its own.
				unsafe {
					slot.write_key(layout, place, key, key_exponents[head]);
					slot.write_value(layout, place, value, value_exponents[head]);
				}
			}
		});

		let cache = &*cache;
		let scale = model.constants().score_scale();
		let (queries, exponents) = (&scratch.queries, &scratch.query_exponents);
		let out = Grid::new(&mut scratch.mixed, group * width);
		team.run(count * key_value_heads, &|_, task| {
			let (token, head) = (task / key_value_heads, task % key_value_heads);
			let attention = Attention {
				queries: &queries[task * group * width..][..group * width],
				exponents: &exponents[task * group..][..group],
				scale,
				pages: cache.pages(),
				layout,
				place: layout.head(layer, head),
				positions: if post_norm { count } else { first + token + 1 },
			};
			// SAFETY: each task has a row of its own.
			attend(set, attention, unsafe { out.row(task) });
		});

		let rows = scratch
			.mixed
			.chunks_exact(query_width)
			.zip(scratch.rows.chunks_exact_mut(query_width))
			.zip(&mut scratch.exponents)
			.take(count);
		team.for_each(rows, |((mixed, row), exponent)| {
			let exponents = std::slice::from_mut(exponent);
			quantise_heads(set, mixed, query_width, row, exponents);
		});
		let output = model.projection(layer, Projection::Output);
		project(set, team, &[output], scratch, count);
		let norm = norm_of(LayerNorm::Attention).filter(|_| post_norm);
		add_to_residual(set, team, model, output, norm, scratch, count);
	}

	/// The feed-forward part of one layer for `count` new positions, added to the residual stream.
	fn feed_forward(&mut self, layer: usize, count: usize, team: &Team) {
		let Self { model, dimensions, scratch, .. } = self;
		let set = self.set;
		let (hidden, inner) = (dimensions.hidden as usize, dimensions.intermediate as usize);

		let feed_forward_norm = model.layer_norm(layer, LayerNorm::FeedForward);
		let down = model.projection(layer, Projection::Down);
		if !model.manifest().architecture.generates() {
			quantise_residual(set, team, scratch, hidden, 0, count);
			let up = model.projection(layer, Projection::Up);
			project(set, team, &[up], scratch, count);
			let rows = scratch
				.wide
				.chunks_exact_mut(inner)
				.zip(scratch.rows.chunks_exact_mut(inner))
				.zip(&mut scratch.exponents)
				.take(count);
			team.for_each(rows, |((products, row), exponent)| {
				add_row(set, products, up.biases);
				gelu_row(set, products, row, exponent);
			});
			project(set, team, &[down], scratch, count);
			add_to_residual(set, team, model, down, feed_forward_norm, scratch, count);
			return;
		}

		norm(set, team, model, feed_forward_norm, scratch, 0, count);
		let matrices = [Projection::Gate, Projection::Up].map(|part| model.projection(layer, part));
		project(set, team, &matrices, scratch, count);

		let rows = scratch
			.wide
			.chunks_exact(2 * inner)
			.zip(scratch.rows.chunks_exact_mut(inner))
			.zip(&mut scratch.exponents)
			.take(count);
		team.for_each(rows, |((products, row), exponent)| {
			let (gates, ups) = products.split_at(inner);
			gate_row(set, gates, ups, row, exponent);
		});
		project(set, team, &[down], scratch, count);
		add_to_residual(set, team, model, down, None, scratch, count);
	}

	/// Final rows, and candidates, of the last `count` positions of a batch.
	fn outputs(
		&mut self,
		skipped: usize,
		count: usize,
		with_candidates: bool,
		observer: &mut dyn Observer,
		team: &Team,
	) {
		let Self { model, dimensions, set, scratch, length, .. } = self;
		let hidden = dimensions.hidden as usize;
		match model.positions() {
			None => norm(*set, team, model, Some(model.final_norm()), scratch, skipped, count),
			Some(_) => quantise_residual(*set, team, scratch, hidden, skipped, count),
		}
		let batch = Batch {
			elements: &scratch.rows[..count * hidden],
			exponents: &scratch.exponents[..count],
		};
		let candidates = with_candidates.then(|| {
			let input = Input::new(*set, team, batch, hidden, &mut scratch.input);
			candidates(*set, team, model.head(), input)
		});
		for (index, row) in batch.elements.chunks_exact(hidden).enumerate() {
			observer.output(Output {
				position: (*length + skipped + index) as u32,
				hidden: row,
				exponent: batch.exponents[index],
				candidates: candidates.as_ref().map(|candidates| &candidates[index]),
			});
		}
	}
}

/// Norms `count` residual rows from `first` on into the first rows of the batch.
fn norm(
	set: InstructionSet,
	team: &Team,
	model: &Model,
	norm: Option<&Norm>,
	scratch: &mut Scratch,
	first: usize,
	count: usize,
) {
	let Some(Norm { weights, fraction, .. }) = norm else { return };
	let (hidden, epsilon) = (weights.len(), model.constants().norm_epsilon);
	let rows = scratch.residual[first * hidden..]
		.chunks_exact(hidden)
		.zip(scratch.rows.chunks_exact_mut(hidden))
		.zip(&mut scratch.exponents)
		.take(count);
	team.for_each(rows, |((residual, row), exponent)| {
		norm_row(set, residual, weights, *fraction, epsilon, row, exponent);
	});
}

/// Makes rows of `count` residual rows from `first` on.
fn quantise_residual(
	set: InstructionSet,
	team: &Team,
	scratch: &mut Scratch,
	hidden: usize,
	first: usize,
	count: usize,
) {
	let rows = scratch.residual[first * hidden..]
		.chunks_exact(hidden)
		.zip(scratch.rows.chunks_exact_mut(hidden))
		.zip(&mut scratch.exponents)
		.take(count);
	team.for_each(rows, |((residual, row), exponent)| {
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

/// The candidates of every row of a batch.
fn candidates(set: InstructionSet, team: &Team, head: Matrix, input: Input) -> Vec<Candidates> {
	let count = input.tokens();
	let rows_of_task = task_rows(head.columns);
	// What each thread found.
	let found: Vec<_> = (0..team.threads())
		.map(|_| Mutex::new((vec![Candidates::new(); count], vec![0; rows_of_task * count])))
		.collect();
	team.run(head.rows().div_ceil(rows_of_task), &|thread, task| {
		let (best, logits) = &mut *found[thread].lock();
		let first = task * rows_of_task;
		let rows = rows_of_task.min(head.rows() - first);
		let grid = Grid::new(&mut logits[..rows * count], rows);
		// SAFETY: nobody else has these logits.
		unsafe { multiply(set, MatrixRows::of(head, first, rows), input, grid) };
		for (best, logits) in best.iter_mut().zip(logits.chunks_exact(rows)) {
			best.offer_logits(first as u32, logits);
		}
	});
	let mut found = found.into_iter().map(|found| found.into_inner().0);
	let mut best = found.next().unwrap_or_default();
	for other in found {
		for (best, other) in best.iter_mut().zip(&other) {
			other.as_slice().iter().for_each(|&candidate| best.offer(candidate));
		}
	}
	best
}
