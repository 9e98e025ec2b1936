// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Rows of a matrix times the rows of a batch.

use std::cell::Cell;

use super::{memory::make_room, rows, vectors::Vectors, Batch, Grid, MatrixRows};

/// Steps whose products of i8 and i16 a 32-bit sum holds, two in each: 256 * 2 * 128 * 32,639 < 2^31.
const STEPS: usize = 256;

thread_local! {
	/// Dot products of the rows of a task, token after token.
	static DOTS: Cell<Vec<i64>> = const { Cell::new(Vec::new()) };
}

/// Makes room for so many dot products in the memory of this thread.
pub(super) fn reserve(count: usize) {
	let mut dots = DOTS.take();
	make_room(&mut dots, count);
	DOTS.set(dots);
}

/// Outputs of `rows` for every token of `batch`, in Q16, into `out`.
///
/// Four weight rows and four tokens share what they load; a matrix is read once per batch, in order.
///
/// # Safety
///
/// The machine has the instruction set of `V`, and nobody else writes to the same columns of `out`.
#[inline(always)]
pub(super) unsafe fn multiply<V: Vectors>(rows: MatrixRows, batch: Batch, out: Grid) {
	let (tokens, count) = (batch.exponents.len(), rows.scales.len());
	// Taken rather than borrowed in a closure, which might not be compiled for the instruction set.
	let mut dots = DOTS.take();
	dots.resize(tokens * count, 0);
	let mut row = 0;
	while row + 4 <= count {
		some_rows::<V, 4>(rows, row, batch, &mut dots);
		row += 4;
	}
	while row < count {
		some_rows::<V, 1>(rows, row, batch, &mut dots);
		row += 1;
	}
	for token in 0..tokens {
		let dots = &dots[token * count..][..count];
		rows::requantise(dots, rows.scales, batch.exponents[token], out.part(token, count));
	}
	DOTS.set(dots);
}

/// `R` rows from `row` on.
#[inline(always)]
unsafe fn some_rows<V: Vectors, const R: usize>(
	rows: MatrixRows,
	row: usize,
	batch: Batch,
	dots: &mut [i64],
) {
	let (tokens, mut token) = (batch.exponents.len(), 0);
	while token + 4 <= tokens {
		tile::<V, R, 4>(rows, row, batch, token, dots);
		token += 4;
	}
	match tokens - token {
		3 => tile::<V, R, 3>(rows, row, batch, token, dots),
		2 => tile::<V, R, 2>(rows, row, batch, token, dots),
		1 => tile::<V, R, 1>(rows, row, batch, token, dots),
		_ => {}
	}
}

/// `R` rows from `row` on, times `T` tokens from `token` on.
#[inline(always)]
unsafe fn tile<V: Vectors, const R: usize, const T: usize>(
	rows: MatrixRows,
	row: usize,
	batch: Batch,
	token: usize,
	dots: &mut [i64],
) {
	let columns = rows.columns;
	let weights = rows.weights[row * columns..][..R * columns].as_ptr();
	let elements = batch.elements[token * columns..][..T * columns].as_ptr();
	let whole = columns / V::ELEMENTS * V::ELEMENTS;
	let mut totals = [[0i64; T]; R];
	let mut column = 0;
	while column < whole {
		let end = whole.min(column + STEPS * V::ELEMENTS);
		let mut sums = [[V::zero(); T]; R];
		while column < end {
			// SAFETY: a vector's elements from here on are within all R rows and T tokens.
			let mut vectors = [V::load(elements.add(column)); T];
			for token in 1..T {
				vectors[token] = V::load(elements.add(token * columns + column));
			}
			for row in 0..R {
				let weights = weights.add(row * columns + column);
				// One token is done before the memory is: it must know what is next.
				if T == 1 {
					V::prefetch(weights.wrapping_add(R * columns));
				}
				let weights = V::widen(weights);
				for token in 0..T {
					sums[row][token] = V::multiply_add(sums[row][token], weights, vectors[token]);
				}
			}
			column += V::ELEMENTS;
		}
		for row in 0..R {
			for token in 0..T {
				totals[row][token] += V::total(sums[row][token]);
			}
		}
	}
	for index in 0..R {
		let row = row + index;
		for offset in 0..T {
			let token = token + offset;
			let mut total = totals[index][offset];
			for column in whole..columns {
				let weight = rows.weights[row * columns + column];
				total += i64::from(weight) * i64::from(batch.elements[token * columns + column]);
			}
			dots[token * rows.scales.len() + row] = total;
		}
	}
}
