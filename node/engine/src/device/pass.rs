// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! One pass of some tokens of some sequences through all layers, on a device.
//!
//! The same steps as those of the processor's pass, and the same bits. Layers are put in line one after
//! another, for as long as somebody wants what comes out; only what somebody looks at is waited for.

use ergon_core::Dimensions;
use ergon_exact::{
	attention::ScoreScale,
	candidates::MAX_CANDIDATES,
	digest::Point,
	tables::{NORMAL, SIGMOID},
	Candidate, Candidates,
};

use super::{
	arguments::{
		ActivateArguments, AddArguments, AttendArguments, CandidatesArguments, EmbedArguments,
		HeadsArguments, LinearArguments, NormArguments, QuantiseArguments, Sequences,
		SplitArguments, Table,
	},
	kernels::{
		ACTIVATE, ADD_ROWS, ATTEND_BEGIN, ATTEND_END, ATTEND_LARGEST, ATTEND_SUM, BEST_CANDIDATES,
		BLOCK_OUTPUTS, CHUNK, EMBED, FEW_TOKENS, FINISH_HEADS, LAYER_NORM, LINEAR_ANY, LINEAR_FEW,
		LINEAR_MANY, NORM_ROWS, QUANTISE_ROWS, SPLIT_ROWS, TILE, TILED_TOKENS,
	},
	model::{DeviceMatrix, DeviceModel, DeviceNorm},
	scratch::Piece,
	Device, DeviceError, DeviceScratch, Pages,
};
use crate::{
	executor::{Computed, Output, Row, Spectator},
	model::{
		layout::{LayerNorm, Projection},
		Model,
	},
};

/// Bytes of what attention finds of one query.
const FOUND_BYTES: usize = 16;

/// Tokens that go through the layers together.
pub(crate) struct DevicePass<'a> {
	pub(crate) device: &'a Device,
	pub(crate) model: &'a Model,
	pub(crate) weights: &'a DeviceModel,
	pub(crate) scratch: &'a mut DeviceScratch,
	pub(crate) rows: &'a [Row],
	/// Pages of each sequence.
	pub(crate) pages: Vec<&'a mut Pages>,
	pub(crate) spectators: &'a mut [Spectator],
}

impl DevicePass<'_> {
	/// Runs it. The result of each part is its spectator's: [`ExecutionError`](crate::ExecutionError) when
	/// its control ended it or its observer panicked. Rows of a part that has ended stay among the others:
	/// to take them out would cost more than to take them along.
	///
	/// # Errors
	///
	/// What the device says when it fails; then no part has moved on.
	pub(crate) fn run(mut self) -> Result<Computed, DeviceError> {
		let mut computed = Computed::default();
		self.spectators.iter_mut().for_each(Spectator::refuse_traces);
		if self.is_wanted() {
			self.prepare()?;
			self.embed()?;
			self.show_residual(None)?;
		}
		for layer in 0..self.dimensions().layers {
			if !self.is_wanted() {
				break;
			}
			computed.layers += self.rows.len() as u64;
			self.attend(layer as usize)?;
			self.feed_forward(layer as usize)?;
			self.show_residual(Some(layer))?;
		}
		if self.is_wanted() {
			computed.candidates = self.outputs()?;
		}
		Ok(computed)
	}

	/// Whether anybody is left, once those are gone whose control has ended them.
	fn is_wanted(&mut self) -> bool {
		self.spectators.iter_mut().for_each(Spectator::check);
		self.spectators.iter().any(|spectator| spectator.result.is_ok())
	}

	fn dimensions(&self) -> Dimensions {
		self.model.manifest().dimensions
	}

	fn is_encoder(&self) -> bool {
		!self.model.manifest().architecture.generates()
	}

	/// Heads of queries, heads of keys, and their width.
	fn heads(&self) -> [usize; 3] {
		let Dimensions { heads, key_value_heads, head_width, .. } = self.dimensions();
		[heads, key_value_heads, head_width].map(|size| size as usize)
	}

	/// Makes room, and tells the device which tokens stand where.
	fn prepare(&mut self) -> Result<(), DeviceError> {
		let [heads, key_heads, width] = self.heads();
		let dimensions = self.dimensions();
		let (hidden, inner) = (dimensions.hidden as usize, dimensions.intermediate as usize);
		let projected = (heads + 2 * key_heads) * width;
		let widest = hidden.max(inner).max(heads * width);
		let (device, count) = (self.device, self.rows.len());
		let padded = count.next_multiple_of(TILED_TOKENS);

		let (mut addresses, mut first_of_part) = (Vec::new(), Vec::new());
		for (part, pages) in self.pages.iter_mut().enumerate() {
			let end = self.rows.iter().filter(|row| row.part == part).map(|row| row.sees).max();
			pages.grow(end.unwrap_or(0))?;
			first_of_part.push(addresses.len() as u32);
			addresses.extend(pages.addresses());
		}
		let of_rows = |of: &dyn Fn(&Row) -> u32| -> Vec<u32> { self.rows.iter().map(of).collect() };
		let scratch = &mut *self.scratch;
		scratch.pages.set(device, &addresses)?;
		scratch.tokens.set(device, &of_rows(&|row| row.token))?;
		scratch.positions.set(device, &of_rows(&|row| row.position as u32))?;
		scratch.sees.set(device, &of_rows(&|row| row.sees as u32))?;
		scratch.first_pages.set(device, &of_rows(&|row| first_of_part[row.part]))?;
		for (piece, bytes) in [
			(&mut scratch.residual, 4 * hidden),
			(&mut scratch.rows, 2 * widest),
			(&mut scratch.exponents, 2),
			(&mut scratch.wide, 4 * projected.max(2 * inner).max(hidden)),
			(&mut scratch.queries, 2 * heads * width),
			(&mut scratch.query_exponents, 2 * heads),
			(&mut scratch.found, FOUND_BYTES * heads),
			(&mut scratch.sums, 8 * heads * width),
			(&mut scratch.mixed, 4 * heads * width),
		] {
			piece.fit(device, bytes * count)?;
		}
		// The last tile may read what is not there.
		scratch.planes.fit(device, 2 * widest * padded)
	}

	/// Fills the residual stream with the rows of tokens; in an encoder with those of their positions
	/// and of the first kind of token added, and normed.
	fn embed(&mut self) -> Result<(), DeviceError> {
		let matrix = |index| self.weights.matrix(self.model, index).table;
		let [positions, kinds] = match self.is_encoder() {
			true => [matrix(1), matrix(2)],
			false => [Table::default(); 2],
		};
		let scratch = &*self.scratch;
		let arguments = EmbedArguments {
			tokens: matrix(0),
			positions,
			kinds,
			token: scratch.tokens.address(),
			position: scratch.positions.address(),
			residual: scratch.residual.address(),
			hidden: self.dimensions().hidden as i32,
		};
		// SAFETY: tokens and positions are the model's, and the residual stream has room for all rows.
		unsafe { self.device.launch(EMBED, (self.rows.len(), 1), &arguments)? };
		match self.is_encoder() {
			true => self.layer_norm(self.weights.final_norm(self.model)),
			false => Ok(()),
		}
	}

	fn norm_arguments(&self, norm: DeviceNorm, which: &Piece) -> NormArguments {
		NormArguments {
			values: self.scratch.residual.address(),
			which: which.address(),
			weights: norm.weights,
			biases: norm.biases,
			epsilon: self.model.constants().norm_epsilon,
			out: self.scratch.rows.address(),
			exponents: self.scratch.exponents.address(),
			width: self.dimensions().hidden as i32,
			fraction: norm.fraction,
		}
	}

	/// Norms the residual stream in place.
	fn layer_norm(&self, norm: DeviceNorm) -> Result<(), DeviceError> {
		let arguments = self.norm_arguments(norm, &Piece::default());
		// SAFETY: the norm is as wide as a residual row.
		unsafe { self.device.launch(LAYER_NORM, (self.rows.len(), 1), &arguments) }
	}

	/// Makes rows of numbers in Q16.
	fn quantise(
		&self,
		values: &Piece,
		width: usize,
		which: &Piece,
		count: usize,
	) -> Result<(), DeviceError> {
		let arguments = QuantiseArguments {
			values: values.address(),
			which: which.address(),
			out: self.scratch.rows.address(),
			exponents: self.scratch.exponents.address(),
			width: width as i32,
		};
		// SAFETY: both have room for that many rows of that width.
		unsafe { self.device.launch(QUANTISE_ROWS, (count, 1), &arguments) }
	}

	/// Makes rows of the residual stream, normed where there is a norm: of all, or of those in `which`.
	fn enter(
		&self,
		norm: Option<DeviceNorm>,
		which: &Piece,
		count: usize,
	) -> Result<(), DeviceError> {
		let Some(norm) = norm else {
			let hidden = self.dimensions().hidden as usize;
			return self.quantise(&self.scratch.residual, hidden, which, count);
		};
		let arguments = self.norm_arguments(norm, which);
		// SAFETY: the norm is as wide as a residual row, and there is room for that many rows.
		unsafe { self.device.launch(NORM_ROWS, (count, 1), &arguments) }
	}

	/// Multiplies the first `count` rows with matrices of equal columns into `wide`, with biases: for
	/// each token, the outputs of one matrix after the other.
	fn project(&self, matrices: &[DeviceMatrix], count: usize) -> Result<(), DeviceError> {
		let Some(columns) = matrices.first().map(|matrix| matrix.columns) else { return Ok(()) };
		let scratch = &*self.scratch;
		let padded = count.next_multiple_of(TILED_TOKENS);
		let plane = (padded * columns) as i64;
		let (rows, planes) = (scratch.rows.address(), scratch.planes.address());
		let in_words = columns.is_multiple_of(TILE);
		if in_words {
			let arguments = SplitArguments { rows, planes, plane, columns: columns as i32 };
			// SAFETY: the planes have room for twice as many rows, and more.
			unsafe { self.device.launch(SPLIT_ROWS, (count, 1), &arguments)? };
		}
		let stride = matrices.iter().map(|matrix| matrix.outputs).sum::<usize>();
		let mut first = 0;
		for matrix in matrices {
			let arguments = LinearArguments {
				weights: matrix.table.weights,
				scales: matrix.table.scales,
				biases: matrix.biases,
				rows,
				exponents: scratch.exponents.address(),
				planes,
				plane,
				out: scratch.wide.address(),
				outputs: matrix.outputs as i32,
				columns: columns as i32,
				tokens: count as i32,
				stride: stride as i32,
				first: first as i32,
			};
			let groups = |size: usize| matrix.outputs.div_ceil(size * BLOCK_OUTPUTS);
			let (kernel, blocks) = match in_words {
				false => (LINEAR_ANY, (groups(1), count)),
				true if count <= FEW_TOKENS => (LINEAR_FEW, (groups(1), 1)),
				true => (LINEAR_MANY, (groups(TILE), count.div_ceil(TILED_TOKENS))),
			};
			// SAFETY: the matrix lies in the blob, whose allocation goes on for a block of tiles; outputs
			// have room.
			unsafe { self.device.launch(kernel, blocks, &arguments)? };
			first += matrix.outputs;
		}
		Ok(())
	}

	/// Adds what left a matrix to the residual stream, and norms it after that in encoders.
	fn add(&self, norm: Option<DeviceNorm>) -> Result<(), DeviceError> {
		let arguments = AddArguments {
			residual: self.scratch.residual.address(),
			updates: self.scratch.wide.address(),
			width: self.dimensions().hidden as i32,
		};
		// SAFETY: both have a row of that width for every token.
		unsafe { self.device.launch(ADD_ROWS, (self.rows.len(), 1), &arguments)? };
		match norm {
			Some(norm) if self.is_encoder() => self.layer_norm(norm),
			_ => Ok(()),
		}
	}

	fn projection(&self, layer: usize, projection: Projection) -> DeviceMatrix {
		let index = self.model.layout().projection(layer, projection);
		let missing = || panic!("there is no {projection:?} in this network");
		self.weights.matrix(self.model, index.unwrap_or_else(missing))
	}

	/// Attention of one layer, added to the residual stream.
	fn attend(&self, layer: usize) -> Result<(), DeviceError> {
		let [heads, key_heads, width] = self.heads();
		let (scratch, count) = (&*self.scratch, self.rows.len());
		let norm = |norm| self.weights.layer_norm(self.model, layer, norm);
		let before = norm(LayerNorm::Attention).filter(|_| !self.is_encoder());
		self.enter(before, &Piece::default(), count)?;
		let matrices = [Projection::Query, Projection::Key, Projection::Value]
			.map(|part| self.projection(layer, part));
		self.project(&matrices, count)?;

		let sequences = Sequences {
			pages: scratch.pages.address(),
			first_page: scratch.first_pages.address(),
			position: scratch.positions.address(),
			sees: scratch.sees.address(),
			layer: layer as i32,
			heads: heads as i32,
			key_heads: key_heads as i32,
			width: width as i32,
		};
		let [query, key] =
			[LayerNorm::Query, LayerNorm::Key].map(|part| norm(part).unwrap_or_default());
		let arguments = HeadsArguments {
			sequences,
			projected: scratch.wide.address(),
			query_weights: query.weights,
			key_weights: key.weights,
			angles: self.weights.angles(self.model),
			epsilon: self.model.constants().norm_epsilon,
			queries: scratch.queries.address(),
			exponents: scratch.query_exponents.address(),
			query_fraction: query.fraction,
			key_fraction: key.fraction,
		};
		// SAFETY: every position has a place in a page of its sequence.
		unsafe { self.device.launch(FINISH_HEADS, (count, heads + 2 * key_heads), &arguments)? };

		let scale = ScoreScale::from(self.model.constants());
		let arguments = AttendArguments {
			sequences,
			queries: scratch.queries.address(),
			exponents: scratch.query_exponents.address(),
			exp2: self.device.tables()[0],
			found: scratch.found.address(),
			sums: scratch.sums.address(),
			out: scratch.mixed.address(),
			mantissa: scale.mantissa,
			shift: scale.shift.into(),
		};
		let most = self.rows.iter().map(|row| row.sees).max().unwrap_or(0);
		let (each, chunks) = ((count * heads, 1), (count * heads, most.div_ceil(CHUNK)));
		for (kernel, blocks) in [
			(ATTEND_BEGIN, each),
			(ATTEND_LARGEST, chunks),
			(ATTEND_SUM, chunks),
			(ATTEND_END, each),
		] {
			// SAFETY: what a row sees lies in pages of its sequence, and was written.
			unsafe { self.device.launch(kernel, blocks, &arguments)? };
		}
		self.quantise(&scratch.mixed, heads * width, &Piece::default(), count)?;
		self.project(&[self.projection(layer, Projection::Output)], count)?;
		self.add(norm(LayerNorm::Attention))
	}

	/// The feed-forward part of one layer, added to the residual stream.
	fn feed_forward(&self, layer: usize) -> Result<(), DeviceError> {
		let (scratch, count) = (&*self.scratch, self.rows.len());
		let norm = self.weights.layer_norm(self.model, layer, LayerNorm::FeedForward);
		self.enter(norm.filter(|_| !self.is_encoder()), &Piece::default(), count)?;
		let up = self.projection(layer, Projection::Up);
		let [_, sigmoid, normal] = self.device.tables();
		let (curve, last) = match self.is_encoder() {
			true => {
				self.project(&[up], count)?;
				(normal, NORMAL.len() - 1)
			}
			false => {
				self.project(&[self.projection(layer, Projection::Gate), up], count)?;
				(sigmoid, SIGMOID.len() - 1)
			}
		};
		let arguments = ActivateArguments {
			values: scratch.wide.address(),
			curve,
			out: scratch.rows.address(),
			exponents: scratch.exponents.address(),
			width: self.dimensions().intermediate as i32,
			last: last as i32,
			is_gated: (!self.is_encoder()).into(),
		};
		// SAFETY: there is room for a row of that width for every token.
		unsafe { self.device.launch(ACTIVATE, (count, 1), &arguments)? };
		self.project(&[self.projection(layer, Projection::Down)], count)?;
		self.add(norm)
	}

	/// Shows the residual stream to whoever looks at it: after a layer, or before the first.
	fn show_residual(&mut self, layer: Option<u32>) -> Result<(), DeviceError> {
		let looks: Vec<bool> = self
			.spectators
			.iter()
			.map(|spectator| spectator.result.is_ok() && spectator.looks_at(layer))
			.collect();
		if !looks.contains(&true) {
			return Ok(());
		}
		let hidden = self.dimensions().hidden as usize;
		let residual: Vec<i32> =
			self.scratch.residual.get(self.device, hidden * self.rows.len())?;
		for (row, values) in self.rows.iter().zip(residual.chunks_exact(hidden)) {
			let position = row.position as u32;
			if looks[row.part] {
				self.spectators[row.part].tell(|observer| match layer {
					Some(layer) => observer.residual(Point { position, layer }, values),
					None => observer.embedded(position, values),
				});
			}
		}
		Ok(())
	}

	/// Computes and shows the outputs that are wanted; how many with candidates.
	fn outputs(&mut self) -> Result<u64, DeviceError> {
		let wants = |row: &Row| self.spectators[row.part].want;
		let mut wanted: Vec<usize> = (0..self.rows.len())
			.filter(|index| self.rows[*index].position >= wants(&self.rows[*index]).from as usize)
			.collect();
		// Those with candidates first: they go through the head together.
		wanted.sort_by_key(|index| !wants(&self.rows[*index]).candidates);
		let with_head = wanted.iter().filter(|index| wants(&self.rows[**index]).candidates).count();
		if wanted.is_empty() {
			return Ok(0);
		}
		let (device, dimensions) = (self.device, self.dimensions());
		let indices: Vec<u32> = wanted.iter().map(|index| *index as u32).collect();
		self.scratch.wanted.set(device, &indices)?;
		let vocabulary = dimensions.vocabulary as usize;
		self.scratch.wide.fit(device, 4 * vocabulary * with_head)?;
		let candidate_bytes = size_of::<[u32; 2]>() * MAX_CANDIDATES;
		self.scratch.candidates.fit(device, candidate_bytes * with_head)?;

		let norm = self.weights.final_norm(self.model);
		let norm = (!self.is_encoder()).then_some(norm);
		self.enter(norm, &self.scratch.wanted, wanted.len())?;
		let hidden = dimensions.hidden as usize;
		let elements: Vec<i16> = self.scratch.rows.get(device, hidden * wanted.len())?;
		let exponents: Vec<i16> = self.scratch.exponents.get(device, wanted.len())?;
		let mut found: Vec<[u32; 2]> = Vec::new();
		if with_head > 0 {
			self.project(&[self.weights.head(self.model)], with_head)?;
			let arguments = CandidatesArguments {
				logits: self.scratch.wide.address(),
				out: self.scratch.candidates.address(),
				vocabulary: vocabulary as i32,
			};
			// SAFETY: there is a row of logits for each, and room for its candidates; the vocabulary has at
			// least as many tokens.
			unsafe { device.launch(BEST_CANDIDATES, (with_head, 1), &arguments)? };
			found = self.scratch.candidates.get(device, MAX_CANDIDATES * with_head)?;
		}
		let candidates: Vec<Candidates> = found
			.chunks_exact(MAX_CANDIDATES)
			.map(|found| {
				let mut best = Candidates::new();
				for &[id, logit] in found {
					best.offer(Candidate { id, logit: logit as i32 });
				}
				best
			})
			.collect();
		for (index, &row) in wanted.iter().enumerate() {
			let row = self.rows[row];
			let output = Output {
				position: row.position as u32,
				hidden: &elements[index * hidden..][..hidden],
				exponent: exponents[index],
				candidates: candidates.get(index),
			};
			self.spectators[row.part].tell(|observer| observer.output(output));
		}
		Ok(with_head as u64)
	}
}
