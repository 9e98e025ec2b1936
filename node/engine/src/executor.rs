// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The forward pass.
//!
//! A [`Session`] holds the keys and values of one sequence and is fed tokens: a prompt at once, an
//! answer one by one, or both together. Every output element is a function of its own row's inputs
//! (see `ergon_exact`), so what was fed together, how many threads ran and which instruction set they
//! used cannot change a bit.

mod attention;
mod kernels;
mod scratch;

use ergon_core::Dimensions;
use ergon_exact::{
	digest::Point,
	fixed::Q16,
	linear::{add, embedding},
	norm::rms_norm,
	rope::rotate_head,
	row,
	silu::{gated, GATED_FRACTION},
	Candidate, Candidates,
};
use rayon::prelude::*;

pub use self::kernels::InstructionSet;
use self::{
	kernels::{matrix_rows, Batch},
	scratch::{LayerCache, Scratch},
};
use crate::{
	control::Control,
	error::ExecutionError,
	model::{layout::Projection, Matrix, Model, Norm},
};

/// Tokens that go through the layers together.
const BATCH: usize = 64;
/// Multiply-accumulates worth handing to another thread.
const TASK_WORK: usize = 1 << 17;

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
	cache: Vec<LayerCache>,
	scratch: Scratch,
}

impl<'a> Session<'a> {
	/// An empty sequence with room for `capacity` positions, at most the model's context.
	pub fn new(model: &'a Model, capacity: u32) -> Self {
		Self::with_instruction_set(model, capacity, InstructionSet::best())
	}

	/// [`Self::new`] on a certain instruction set, one of [`InstructionSet::available`].
	pub fn with_instruction_set(model: &'a Model, capacity: u32, set: InstructionSet) -> Self {
		let dimensions = model.manifest().dimensions;
		let capacity = capacity.min(dimensions.context) as usize;
		Self {
			model,
			dimensions,
			set,
			capacity,
			length: 0,
			cache: (0..dimensions.layers).map(|_| LayerCache::new(&dimensions, capacity)).collect(),
			scratch: Scratch::new(&dimensions, BATCH.min(capacity)),
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
		control.pool().install(|| {
			tokens.chunks(BATCH).try_for_each(|batch| self.batch(batch, want, observer, control))
		})
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
		let table = self.model.embedding();
		for (&token, row) in tokens.iter().zip(self.scratch.residual.chunks_exact_mut(hidden)) {
			let (weights, scale) = table.row(token as usize);
			row.iter_mut().zip(weights).for_each(|(out, &weight)| *out = embedding(weight, scale));
		}
		for layer in 0..self.dimensions.layers {
			control.check()?;
			self.attend(layer as usize, tokens.len());
			self.feed_forward(layer as usize, tokens.len());
			let rows = self.scratch.residual.chunks_exact(hidden).take(tokens.len());
			for (position, row) in (self.length as u32..).zip(rows) {
				observer.residual(Point { position, layer }, row);
			}
		}
		control.check()?;
		let skipped = (want.from as usize).saturating_sub(self.length);
		if skipped < tokens.len() {
			self.outputs(skipped, tokens.len() - skipped, want.candidates, observer);
		}
		self.length += tokens.len();
		Ok(())
	}

	/// Attention of one layer over `count` new positions, added to the residual stream.
	fn attend(&mut self, layer: usize, count: usize) {
		let Self { model, dimensions, set, capacity, length, cache, scratch } = self;
		let (model, set, first) = (*model, *set, *length);
		let [hidden, heads, key_value_heads, width] = [
			dimensions.hidden,
			dimensions.heads,
			dimensions.key_value_heads,
			dimensions.head_width,
		]
		.map(|size| size as usize);
		let (query_width, key_width) = (heads * width, key_value_heads * width);
		let projected_width = query_width + 2 * key_width;
		let cache = &mut cache[layer];

		norm(model, 2 * layer, scratch, hidden, 0, count);
		let matrices = [Projection::Query, Projection::Key, Projection::Value]
			.map(|part| model.projection(layer, part));
		project(set, &matrices, scratch, count);

		// Turn the rows of the product back into one row per token, rotate, and make queries.
		let wide = &scratch.wide;
		scratch
			.projected
			.par_chunks_exact_mut(projected_width)
			.zip(scratch.queries.par_chunks_exact_mut(query_width))
			.zip(scratch.query_exponents.par_chunks_exact_mut(heads))
			.take(count)
			.enumerate()
			.for_each(|(token, ((row, queries), exponents))| {
				column(wide, token, count, row);
				let (cosines, sines) = model.angles(first + token);
				for head in row[..query_width + key_width].chunks_exact_mut(width) {
					rotate_head(head, cosines, sines);
				}
				let queries = queries.chunks_exact_mut(width).zip(exponents);
				for (head, (query, exponent)) in row.chunks_exact(width).zip(queries) {
					*exponent = row::quantise(head, Q16, query);
				}
			});

		let projected = &scratch.projected;
		cache
			.keys
			.par_heads(*capacity, width)
			.chain(cache.values.par_heads(*capacity, width))
			.enumerate()
			.for_each(|(head, (rows, exponents))| {
				let rows = rows[first * width..].chunks_exact_mut(width);
				let from = projected.chunks_exact(projected_width).take(count);
				for ((row, exponent), from) in rows.zip(&mut exponents[first..]).zip(from) {
					let from = &from[query_width + head * width..][..width];
					*exponent = row::quantise(from, Q16, row);
				}
			});

		let (queries, query_exponents) = (&scratch.queries, &scratch.query_exponents);
		let (cache, scale, group) =
			(&*cache, model.constants().score_scale(), heads / key_value_heads);
		scratch.mixed.par_chunks_exact_mut(width).take(count * heads).enumerate().for_each(
			|(index, out)| {
				let (token, head) = (index / heads, index % heads);
				let positions = first + token + 1;
				attention::head(
					set,
					(&queries[index * width..][..width], query_exponents[index]),
					cache.keys.rows(head / group, positions, *capacity, width),
					cache.values.rows(head / group, positions, *capacity, width),
					scale,
					out,
				);
			},
		);

		let mixed = scratch.mixed.par_chunks_exact(query_width);
		mixed
			.zip(scratch.rows.par_chunks_exact_mut(query_width))
			.zip(&mut scratch.exponents)
			.take(count)
			.for_each(|((mixed, row), exponent)| *exponent = row::quantise(mixed, Q16, row));
		project(set, &[model.projection(layer, Projection::Output)], scratch, count);
		add_to_residual(scratch, hidden, count);
	}

	/// The feed-forward part of one layer for `count` new positions, added to the residual stream.
	fn feed_forward(&mut self, layer: usize, count: usize) {
		let Self { model, dimensions, set, scratch, .. } = self;
		let (hidden, inner) = (dimensions.hidden as usize, dimensions.intermediate as usize);

		norm(model, 2 * layer + 1, scratch, hidden, 0, count);
		let matrices = [Projection::Gate, Projection::Up].map(|part| model.projection(layer, part));
		project(*set, &matrices, scratch, count);

		let (gates, ups) = scratch.wide[..2 * inner * count].split_at(inner * count);
		scratch
			.rows
			.par_chunks_exact_mut(inner)
			.zip(&mut scratch.exponents)
			.zip(scratch.gated.par_chunks_exact_mut(inner))
			.take(count)
			.enumerate()
			.for_each(|(token, ((row, exponent), products))| {
				let gates = gates[token..].iter().step_by(count);
				let ups = ups[token..].iter().step_by(count);
				for ((product, &gate), &up) in products.iter_mut().zip(gates).zip(ups) {
					*product = gated(gate, up);
				}
				*exponent = row::quantise(products, GATED_FRACTION, row);
			});
		project(*set, &[model.projection(layer, Projection::Down)], scratch, count);
		add_to_residual(scratch, hidden, count);
	}

	/// Final rows, and candidates, of the last `count` positions of a batch.
	fn outputs(
		&mut self,
		skipped: usize,
		count: usize,
		with_candidates: bool,
		observer: &mut dyn Observer,
	) {
		let Self { model, dimensions, set, scratch, length, .. } = self;
		let hidden = dimensions.hidden as usize;
		norm(model, 2 * dimensions.layers as usize, scratch, hidden, skipped, count);
		let batch = Batch {
			elements: &scratch.rows[..count * hidden],
			exponents: &scratch.exponents[..count],
		};
		let candidates = with_candidates.then(|| candidates(*set, model.head(), batch));
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
	model: &Model,
	index: usize,
	scratch: &mut Scratch,
	hidden: usize,
	first: usize,
	count: usize,
) {
	let Norm { weights, fraction } = model.norm(index);
	let epsilon = model.constants().norm_epsilon;
	scratch.residual[first * hidden..]
		.par_chunks_exact(hidden)
		.zip(scratch.rows.par_chunks_exact_mut(hidden))
		.zip(&mut scratch.exponents)
		.take(count)
		.for_each(|((residual, row), exponent)| {
			*exponent = rms_norm(residual, weights, *fraction, epsilon, row);
		});
}

/// Multiplies the batch in `rows` with matrices of equal columns, one after another, into `wide`:
/// `wide[row * count + token]`.
fn project(set: InstructionSet, matrices: &[Matrix], scratch: &mut Scratch, count: usize) {
	let Some(columns) = matrices.first().map(|matrix| matrix.columns) else { return };
	let outputs: usize = matrices.iter().map(Matrix::rows).sum();
	let batch = Batch {
		elements: &scratch.rows[..count * columns],
		exponents: &scratch.exponents[..count],
	};
	let task_rows = (TASK_WORK / (columns * count)).max(1);
	scratch.wide[..outputs * count].par_chunks_mut(task_rows * count).enumerate().for_each(
		|(task, mut out)| {
			let mut first = task * task_rows;
			for &matrix in matrices {
				if first >= matrix.rows() {
					first -= matrix.rows();
					continue;
				}
				let rows = (matrix.rows() - first).min(out.len() / count);
				let (part, rest) = out.split_at_mut(rows * count);
				let (weights, scales) = matrix_rows(matrix, first, rows);
				kernels::linear(set, weights, scales, batch, part);
				(out, first) = (rest, 0);
			}
		},
	);
}

/// One token's column of a product.
fn column(wide: &[i32], token: usize, count: usize, out: &mut [i32]) {
	out.iter_mut().zip(wide[token..].iter().step_by(count)).for_each(|(out, &value)| *out = value);
}

/// Adds the product in `wide` to the residual rows of the batch.
fn add_to_residual(scratch: &mut Scratch, hidden: usize, count: usize) {
	let wide = &scratch.wide;
	scratch.residual.par_chunks_exact_mut(hidden).take(count).enumerate().for_each(
		|(token, row)| {
			let updates = wide[token..].iter().step_by(count);
			row.iter_mut().zip(updates).for_each(|(value, &update)| *value = add(*value, update));
		},
	);
}

/// The candidates of every row of a batch.
fn candidates(set: InstructionSet, head: Matrix, batch: Batch) -> Vec<Candidates> {
	let count = batch.exponents.len();
	let task_rows = (TASK_WORK / (head.columns * count)).max(16);
	let none = || vec![Candidates::new(); count];
	(0..head.rows().div_ceil(task_rows))
		.into_par_iter()
		.fold(
			|| (none(), vec![0; task_rows * count]),
			|(mut best, mut logits), task| {
				let first = task * task_rows;
				let rows = task_rows.min(head.rows() - first);
				let (weights, scales) = matrix_rows(head, first, rows);
				kernels::linear(set, weights, scales, batch, &mut logits[..rows * count]);
				for (id, logits) in (first as u32..).zip(logits[..rows * count].chunks_exact(count))
				{
					for (best, &logit) in best.iter_mut().zip(logits) {
						best.offer(Candidate { id, logit });
					}
				}
				(best, logits)
			},
		)
		.map(|(best, _)| best)
		.reduce(none, |mut left, right| {
			for (left, right) in left.iter_mut().zip(&right) {
				right.as_slice().iter().for_each(|&candidate| left.offer(candidate));
			}
			left
		})
}
