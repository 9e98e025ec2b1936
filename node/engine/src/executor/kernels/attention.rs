// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Attention of the queries that share one head of keys and values.

use std::cell::Cell;

use ergon_exact::{
	attention::{output, score, Normaliser, ScoreScale},
	fixed::Q16,
};

use super::{
	super::cache::{HeadPlace, Page, PageLayout, GROUP, PAGE},
	memory::make_room,
	rows::{exp2_negative, rounded_shift, value_weight},
	vectors::Vectors,
};

/// Steps whose products of a byte and i16 a 32-bit sum holds, two in each:
/// 128 * 2 * 255 * 32,639 < 2^31.
const VALUE_STEPS: usize = 128;
/// Pairs of elements whose products of a signed byte and i16 a 32-bit sum holds: as many.
const KEY_STEPS: usize = 128;
/// Queries that share a key that was loaded.
const QUERIES: usize = 4;
/// Vectors of values that share a weight that was loaded.
const VALUES: usize = 4;

/// Queries of one position, and what they attend to.
#[derive(Clone, Copy)]
pub(in super::super) struct Attention<'a> {
	/// Query after query.
	pub(in super::super) queries: &'a [i16],
	/// One per query.
	pub(in super::super) exponents: &'a [i16],
	/// Factor of the scores.
	pub(in super::super) scale: ScoreScale,
	/// Keys and values.
	pub(in super::super) pages: &'a [Page],
	pub(in super::super) layout: PageLayout,
	pub(in super::super) place: HeadPlace,
	/// Positions that the queries see.
	pub(in super::super) positions: usize,
}

/// Memory of one thread.
#[derive(Default)]
struct Memory {
	/// Queries as bytes: high halves of all, then low halves of all, as 16 bits each.
	halves: Vec<i16>,
	/// Scores of a query after another, each a multiple of a page long.
	scores: Vec<i32>,
	/// The three bytes of weights, lowest first, as 16 bits each.
	weights: [Vec<i16>; 3],
}

thread_local! {
	static MEMORY: Cell<Memory> = Cell::default();
}

/// Makes room in the memory of this thread for so many halves of elements, scores, and weights of a query.
pub(super) fn reserve(halves: usize, scores: usize, weights: usize) {
	let mut memory = MEMORY.take();
	make_room(&mut memory.halves, halves);
	make_room(&mut memory.scores, scores);
	for bytes in &mut memory.weights {
		make_room(bytes, weights);
	}
	MEMORY.set(memory);
}

/// Positions of a page that are seen.
fn seen(page: usize, positions: usize) -> usize {
	(positions - page * PAGE).min(PAGE)
}

/// The heads' outputs in Q16, one after another, into `out`.
///
/// # Safety
///
/// The machine has the instruction set of `V`.
///
/// # Panics
///
/// When the pages are not the layout's, or have fewer positions than the queries see.
#[inline(always)]
pub(super) unsafe fn attend<V: Vectors>(attention: Attention, out: &mut [i32]) {
	let Attention { queries, exponents, layout, positions, .. } = attention;
	let count = exponents.len();
	let width = queries.len() / count;
	let padded = layout.width;
	// Taken rather than borrowed in a closure, which might not be compiled for the instruction set.
	let mut memory = MEMORY.take();
	let Memory { halves, scores, weights } = &mut memory;

	// 256 * high + low, both signed bytes, so that products with either half fit 32-bit sums.
	halves.clear();
	halves.resize(2 * count * padded, 0);
	for query in 0..count {
		for index in 0..width {
			let element = queries[query * width + index];
			let low = element as i8;
			halves[query * padded + index] = ((i32::from(element) - i32::from(low)) >> 8) as i16;
			halves[(count + query) * padded + index] = low.into();
		}
	}
	let room = positions.next_multiple_of(PAGE);
	scores.resize(count * room, 0);
	let mut query = 0;
	while query + QUERIES <= count {
		score_queries::<V, QUERIES>(attention, halves, query, scores);
		query += QUERIES;
	}
	match count - query {
		3 => score_queries::<V, 3>(attention, halves, query, scores),
		2 => score_queries::<V, 2>(attention, halves, query, scores),
		1 => score_queries::<V, 1>(attention, halves, query, scores),
		_ => {}
	}

	let mut largest_exponent = i16::MIN;
	for (index, page) in attention.pages.iter().enumerate().take(room / PAGE) {
		let exponents = &page[attention.place.value_exponents..][..seen(index, positions)];
		for &exponent in exponents {
			largest_exponent = largest_exponent.max(exponent);
		}
	}
	for bytes in weights.iter_mut() {
		bytes.resize(room, 0);
	}
	for query in 0..count {
		let scores = &scores[query * room..][..room];
		let normaliser = weigh(attention, scores, largest_exponent, weights);
		let out = &mut out[query * width..][..width];
		sum_values::<V>(attention, weights, normaliser, largest_exponent, out);
	}
	MEMORY.set(memory);
}

/// Scores of `Q` queries from `query` on.
#[inline(always)]
unsafe fn score_queries<V: Vectors, const Q: usize>(
	attention: Attention,
	halves: &[i16],
	query: usize,
	scores: &mut [i32],
) {
	let Attention { pages, layout, place, positions, exponents, scale, .. } = attention;
	let (width, room) = (layout.width, positions.next_multiple_of(PAGE));
	let lows = exponents.len() * width;
	for group in 0..positions.div_ceil(GROUP) {
		let page = &pages[group * GROUP / PAGE];
		let keys = page[place.keys + group * GROUP % PAGE * width..][..GROUP * width].as_ptr();
		let mut dots = [[0i64; GROUP]; Q];
		let mut pair = 0;
		while pair < width / 2 {
			let end = (width / 2).min(pair + KEY_STEPS);
			let mut lane = 0;
			while lane < GROUP {
				let (mut high, mut low) = ([V::zero(); Q], [V::zero(); Q]);
				for pair in pair..end {
					// SAFETY: the pair's sixteen keys, from a lane on.
					let keys = V::load(keys.add(2 * (pair * GROUP + lane)));
					for index in 0..Q {
						let half = halves.as_ptr().add((query + index) * width + 2 * pair);
						high[index] = V::multiply_add(high[index], keys, V::repeat(half));
						low[index] = V::multiply_add(low[index], keys, V::repeat(half.add(lows)));
					}
				}
				for index in 0..Q {
					let (mut highs, mut lows) = ([0; GROUP], [0; GROUP]);
					V::store(high[index], highs.as_mut_ptr());
					V::store(low[index], lows.as_mut_ptr());
					for offset in 0..V::LANES {
						dots[index][lane + offset] +=
							256 * i64::from(highs[offset]) + i64::from(lows[offset]);
					}
				}
				lane += V::LANES;
			}
			pair = end;
		}
		let key_exponents = &page[place.key_exponents + group * GROUP % PAGE..][..GROUP];
		for index in 0..Q {
			let scores = &mut scores[(query + index) * room + group * GROUP..][..GROUP];
			score_keys(&dots[index], exponents[query + index], key_exponents, scale, scores);
		}
	}
}

/// [`score`] of the keys of a group.
#[inline(always)]
fn score_keys(
	dots: &[i64; GROUP],
	exponent: i16,
	key_exponents: &[i16],
	scale: ScoreScale,
	scores: &mut [i32],
) {
	let base = i32::from(scale.shift) - Q16 - i32::from(exponent);
	let (mut least, mut most) = (i16::MAX, i16::MIN);
	for key in 0..GROUP {
		least = least.min(key_exponents[key]);
		most = most.max(key_exponents[key]);
	}
	// Heads are at most 2^10 wide, so that a product is within 2^62.
	if base - i32::from(most) >= 1 && base - i32::from(least) <= 63 {
		for key in 0..GROUP {
			let product = dots[key] * i64::from(scale.mantissa);
			scores[key] = rounded_shift(product, (base - i32::from(key_exponents[key])) as u32);
		}
	} else {
		for key in 0..GROUP {
			scores[key] = score(dots[key], exponent, key_exponents[key], scale);
		}
	}
}

/// Turns the scores of one query, of whole pages, into weights, split into bytes, each as it meets its
/// value.
#[inline(always)]
fn weigh(
	attention: Attention,
	scores: &[i32],
	largest_exponent: i16,
	weights: &mut [Vec<i16>; 3],
) -> Normaliser {
	let mut largest = i32::MIN;
	for &score in &scores[..attention.positions] {
		largest = largest.max(score);
	}
	let mut sum = 0;
	let [first, second, third] = weights;
	let room = scores.len();
	for (index, page) in attention.pages.iter().enumerate().take(room / PAGE) {
		let place = index * PAGE;
		let scores = &scores[place..][..PAGE];
		let exponents = &page[attention.place.value_exponents..][..PAGE];
		let mut page_weights = [0; PAGE];
		for offset in 0..PAGE {
			let distance = (i64::from(largest) - i64::from(scores[offset])) as u32;
			page_weights[offset] = exp2_negative(distance);
		}
		// What is beyond the last position counts for nothing.
		page_weights[seen(index, attention.positions)..].fill(0);
		let first = &mut first[place..][..PAGE];
		let second = &mut second[place..][..PAGE];
		let third = &mut third[place..][..PAGE];
		for offset in 0..PAGE {
			sum += u64::from(page_weights[offset]);
			let weight = value_weight(page_weights[offset], exponents[offset], largest_exponent);
			first[offset] = (weight & 0xff) as i16;
			second[offset] = (weight >> 8 & 0xff) as i16;
			third[offset] = (weight >> 16) as i16;
		}
	}
	Normaliser::of(sum)
}

/// Sums the weighted values of one query and divides by the sum of the weights.
#[inline(always)]
unsafe fn sum_values<V: Vectors>(
	attention: Attention,
	weights: &[Vec<i16>; 3],
	normaliser: Normaliser,
	largest_exponent: i16,
	out: &mut [i32],
) {
	let vectors = attention.layout.value_width / V::LANES;
	let mut vector = 0;
	while vector < vectors {
		let place = vector * V::LANES;
		let mut sums = [0i64; VALUES * super::vectors::MOST_LANES];
		let step = if vector + VALUES <= vectors {
			sum_vectors::<V, VALUES>(attention, weights, place, &mut sums);
			VALUES
		} else {
			sum_vectors::<V, 1>(attention, weights, place, &mut sums);
			1
		};
		for index in place..out.len().min(place + step * V::LANES) {
			out[index] = output(sums[index - place], normaliser, largest_exponent);
		}
		vector += step;
	}
}

/// Sums of `N` vectors of outputs from element `place` on.
#[inline(always)]
unsafe fn sum_vectors<V: Vectors, const N: usize>(
	attention: Attention,
	weights: &[Vec<i16>; 3],
	place: usize,
	sums: &mut [i64; VALUES * super::vectors::MOST_LANES],
) {
	let Attention { pages, layout, positions, .. } = attention;
	let pairs = positions.div_ceil(2);
	let mut pair = 0;
	while pair < pairs {
		let end = pairs.min(pair + VALUE_STEPS);
		let mut partial = [[V::zero(); N]; 3];
		while pair < end {
			let page = &pages[2 * pair / PAGE];
			let start = attention.place.values + 2 * pair % PAGE * layout.value_width + 2 * place;
			let values = page[start..][..2 * N * V::LANES].as_ptr();
			let mut vectors = [V::load(values); N];
			for index in 1..N {
				vectors[index] = V::load(values.add(2 * index * V::LANES));
			}
			for byte in 0..3 {
				let weight = V::repeat(weights[byte].as_ptr().add(2 * pair));
				for index in 0..N {
					partial[byte][index] =
						V::multiply_add(partial[byte][index], vectors[index], weight);
				}
			}
			pair += 1;
		}
		for byte in 0..3 {
			for index in 0..N {
				let mut lanes = [0; super::vectors::MOST_LANES];
				V::store(partial[byte][index], lanes.as_mut_ptr());
				for lane in 0..V::LANES {
					sums[index * V::LANES + lane] += i64::from(lanes[lane]) << (8 * byte);
				}
			}
		}
	}
}
