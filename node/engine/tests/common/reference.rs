// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The definition of a forward pass: every element by a function of `ergon_exact`, one after another,
//! nothing kept that could be computed again. What the executor gives must be this, bit for bit.

use ergon_engine::{
	executor::{Observer, Output},
	model::{
		layout::{LayerNorm, Projection},
		Matrix, Norm,
	},
	Model,
};
use ergon_exact::{
	attention::{self, Rows, ScoreScale},
	digest::Point,
	fixed::Q16,
	gelu, linear, norm, rope, row, silu, Candidate, Candidates,
};

/// A row: elements, and what they count.
type Row = (Vec<i16>, i16);

/// Runs `tokens` and shows `observer` every residual row, and every position's output.
pub(crate) fn run(model: &Model, tokens: &[u32], observer: &mut dyn Observer) {
	let dimensions = model.manifest().dimensions;
	let (width, heads) = (dimensions.head_width as usize, dimensions.heads as usize);
	let group = heads / dimensions.key_value_heads as usize;
	let is_encoder = !model.manifest().architecture.generates();
	let embed = |(position, &token): (usize, &u32)| -> Vec<i32> {
		let look_up = |matrix: Matrix, index: usize| -> Vec<i32> {
			let (weights, scale) = matrix.row(index);
			weights.iter().map(|&weight| linear::embedding(weight, scale)).collect()
		};
		let mut row = look_up(model.embedding(), token as usize);
		if let Some((positions, kinds)) = model.positions() {
			add(&mut row, &look_up(positions, position));
			add(&mut row, &look_up(kinds, 0));
			layer_normed(model, model.final_norm(), &mut row);
		}
		row
	};
	let mut residual: Vec<Vec<i32>> = tokens.iter().enumerate().map(embed).collect();

	for layer in 0..dimensions.layers as usize {
		let project = |part, row: &Row| multiply(model.projection(layer, part), row);
		let layer_norm = |norm| model.layer_norm(layer, norm);
		let before = |norm, row: &[i32]| match is_encoder {
			true => quantised(row),
			false => normed(model, layer_norm(norm).unwrap(), row),
		};
		let after = |norm, row: &mut [i32]| {
			if is_encoder {
				layer_normed(model, layer_norm(norm).unwrap(), row);
			}
		};
		let inputs: Vec<Row> =
			residual.iter().map(|row| before(LayerNorm::Attention, row)).collect();
		let head_rows = |part, norm: Option<&Norm>, turned: bool| -> Vec<Vec<Row>> {
			let of_position = |(position, input): (usize, &Row)| {
				let mut outputs = project(part, input);
				let of_head = |head: &mut [i32]| {
					if let Some(Norm { weights, fraction, .. }) = norm {
						norm::rms_norm_q16(
							head,
							weights,
							*fraction,
							model.constants().norm_epsilon,
						);
					}
					if turned && !is_encoder {
						let (cosines, sines) = model.angles(position);
						rope::rotate_head(head, cosines, sines);
					}
					quantised(head)
				};
				outputs.chunks_exact_mut(width).map(of_head).collect()
			};
			inputs.iter().enumerate().map(of_position).collect()
		};
		let queries = head_rows(Projection::Query, layer_norm(LayerNorm::Query), true);
		let keys = head_rows(Projection::Key, layer_norm(LayerNorm::Key), true);
		let values = head_rows(Projection::Value, None, false);

		for (position, row) in residual.iter_mut().enumerate() {
			let mut mixed = Vec::new();
			for (head, (query, exponent)) in queries[position].iter().enumerate() {
				let seen = |rows: &[Vec<Row>]| -> (Vec<i16>, Vec<i16>) {
					let count = if is_encoder { rows.len() } else { position + 1 };
					let seen = rows[..count].iter().map(|heads| heads[head / group].clone());
					let (elements, exponents): (Vec<_>, Vec<_>) = seen.unzip();
					(elements.concat(), exponents)
				};
				let (keys, values) = (seen(&keys), seen(&values));
				let rows = |(elements, exponents)| Rows { elements, exponents };
				let mut out = vec![0; width];
				attention::head(
					query,
					*exponent,
					rows((&keys.0[..], &keys.1[..])),
					rows((&values.0[..], &values.1[..])),
					ScoreScale::from(model.constants()),
					&mut out,
				);
				mixed.extend(out);
			}
			add(row, &project(Projection::Output, &quantised(&mixed)));
			after(LayerNorm::Attention, row);

			let input = before(LayerNorm::FeedForward, row);
			let ups = project(Projection::Up, &input);
			let inner = if is_encoder {
				quantised(&ups.into_iter().map(gelu::gelu).collect::<Vec<_>>())
			} else {
				let gates = project(Projection::Gate, &input);
				let products: Vec<i64> =
					gates.iter().zip(&ups).map(|(&gate, &up)| silu::gated(gate, up)).collect();
				let mut elements = vec![0; products.len()];
				let exponent = row::quantise(&products, silu::GATED_FRACTION, &mut elements);
				(elements, exponent)
			};
			add(row, &project(Projection::Down, &inner));
			after(LayerNorm::FeedForward, row);
			let point = Point { position: position as u32, layer: layer as u32 };
			observer.residual(point, row);
		}
	}

	for (position, row) in (0..).zip(&residual) {
		let (hidden, exponent) = match is_encoder {
			true => quantised(row),
			false => normed(model, model.final_norm(), row),
		};
		let mut candidates = Candidates::new();
		let logits = multiply(model.head(), &(hidden.clone(), exponent));
		for (id, logit) in (0..).zip(logits) {
			candidates.offer(Candidate { id, logit });
		}
		let candidates = Some(&candidates);
		observer.output(Output { position, hidden: &hidden, exponent, candidates });
	}
}

fn multiply(matrix: Matrix, (elements, exponent): &Row) -> Vec<i32> {
	(0..matrix.rows())
		.map(|index| {
			let (weights, scale) = matrix.row(index);
			let output = linear::linear(weights, scale, elements, *exponent);
			matrix.biases.get(index).map_or(output, |&bias| linear::add(output, bias))
		})
		.collect()
}

fn quantised(values: &[i32]) -> Row {
	let mut elements = vec![0; values.len()];
	let exponent = row::quantise(values, Q16, &mut elements);
	(elements, exponent)
}

fn normed(model: &Model, norm: &Norm, values: &[i32]) -> Row {
	let mut elements = vec![0; values.len()];
	let epsilon = model.constants().norm_epsilon;
	let exponent = norm::rms_norm(values, &norm.weights, norm.fraction, epsilon, &mut elements);
	(elements, exponent)
}

fn layer_normed(model: &Model, norm: &Norm, row: &mut [i32]) {
	let Norm { weights, fraction, biases } = norm;
	norm::layer_norm(row, weights, *fraction, biases, model.constants().norm_epsilon);
}

fn add(row: &mut [i32], updates: &[i32]) {
	row.iter_mut().zip(updates).for_each(|(value, &update)| *value = linear::add(*value, update));
}
