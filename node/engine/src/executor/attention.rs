// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Attention of one query: `ergon_exact::attention::head` without computing scores twice.

use std::cell::RefCell;

use ergon_exact::attention::{output, score, value_weight, weight, Normaliser, Rows, ScoreScale};

use super::kernels::{query_dots, weighted_sum, InstructionSet};

/// Memory of one thread, kept between calls.
#[derive(Default)]
struct Scratch {
	halves: Vec<i16>,
	dots: Vec<i64>,
	scores: Vec<i32>,
	weights: Vec<u32>,
	partial: Vec<i32>,
	sums: Vec<i64>,
}

thread_local! {
	static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// The output of one head in Q16 for a query and its exponent.
pub(super) fn head(
	set: InstructionSet,
	(query, query_exponent): (&[i16], i16),
	keys: Rows,
	values: Rows,
	scale: ScoreScale,
	out: &mut [i32],
) {
	SCRATCH.with_borrow_mut(|scratch| {
		let Scratch { halves, dots, scores, weights, partial, sums } = scratch;

		halves.clear();
		halves.extend(query.iter().map(|element| element >> 8));
		halves.extend(query.iter().map(|element| element & 0xff));
		let (high, low) = halves.split_at(query.len());
		dots.resize(keys.exponents.len(), 0);
		query_dots(set, high, low, keys.elements, dots);

		scores.clear();
		scores.extend(
			dots.iter()
				.zip(keys.exponents)
				.map(|(&dot, &exponent)| score(dot, query_exponent, exponent, scale)),
		);
		let largest = scores.iter().copied().max().unwrap_or(0);
		weights.clear();
		weights.extend(scores.iter().map(|&score| weight(score, largest)));
		let normaliser = Normaliser::of(weights.iter().copied().map(u64::from).sum());

		let largest_exponent = values.exponents.iter().copied().max().unwrap_or(0);
		for (weight, &exponent) in weights.iter_mut().zip(values.exponents) {
			*weight = value_weight(*weight, exponent, largest_exponent);
		}
		partial.resize(2 * out.len(), 0);
		sums.resize(out.len(), 0);
		let (high, low) = partial.split_at_mut(out.len());
		weighted_sum(set, weights, values.elements, high, low, sums);
		for (out, &sum) in out.iter_mut().zip(&*sums) {
			*out = output(sum, normaliser, largest_exponent);
		}
	});
}

#[cfg(test)]
mod tests {
	use super::*;
	use ergon_exact::{attention, row::MAX_ELEMENT};
	use proptest::prelude::*;

	proptest! {
		#[test]
		fn is_the_definition(
			(width, count) in (1usize..20, 1usize..40),
			seed in prop::collection::vec(-MAX_ELEMENT..=MAX_ELEMENT, 800),
			exponents in prop::collection::vec(-16i16..1, 80),
			query_exponent in -16i16..1,
		) {
			let take = |from: usize, count: usize| -> Vec<i16> {
				(from..from + count).map(|index| seed[index % seed.len()]).collect()
			};
			let (query, keys, values) =
				(take(0, width), take(7, width * count), take(401, width * count));
			let keys = Rows { elements: &keys, exponents: &exponents[..count] };
			let values = Rows { elements: &values, exponents: &exponents[40..40 + count] };
			let scale = ScoreScale::of(width as u32);
			let mut exact = vec![0; width];
			attention::head(&query, query_exponent, keys, values, scale, &mut exact);
			for set in InstructionSet::available() {
				let mut out = vec![0; width];
				head(set, (&query, query_exponent), keys, values, scale, &mut out);
				prop_assert_eq!(&out, &exact);
			}
		}
	}
}
