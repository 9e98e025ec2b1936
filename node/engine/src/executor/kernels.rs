// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The inner loops, in shapes that the compiler turns into vector code.
//!
//! Each computes what the function of the same purpose in `ergon_exact` defines; sums are split into
//! 32-bit partial sums that cannot overflow, and integer addition gives the same total in any order.
//! The same source is compiled for several instruction sets, and the best that the machine has is
//! chosen at run time. Loops count through slices of known length: iterator adapters would have to be
//! inlined across units of compilation to become the same code.

// The loops are the point of this file.
#![allow(clippy::needless_range_loop)]

use ergon_exact::{linear::requantise, Scale};

use super::BATCH;
use crate::model::Matrix;

/// Elements whose products of i8 and i16 a 32-bit sum holds: 512 * 128 * 32,639 < 2^31.
const LINEAR_BLOCK: usize = 512;
/// Elements whose products of an unsigned byte and i16 a 32-bit sum holds: 256 * 255 * 32,639 < 2^31.
const SCORE_BLOCK: usize = 256;
/// Keys whose products of 12 bits and i16 a 32-bit sum holds: 16 * 4,095 * 32,639 < 2^31.
const VALUE_BLOCK: usize = 16;

/// The instruction set that kernels use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstructionSet {
	/// What every machine of the target has.
	Baseline,
	/// 256-bit vectors of x86-64.
	#[cfg(target_arch = "x86_64")]
	Avx2,
	/// 512-bit vectors of x86-64.
	#[cfg(target_arch = "x86_64")]
	Avx512,
}

impl InstructionSet {
	/// All that this machine has, best last.
	pub fn available() -> Vec<Self> {
		let mut sets = vec![Self::Baseline];
		#[cfg(target_arch = "x86_64")]
		{
			if is_x86_feature_detected!("avx2") {
				sets.push(Self::Avx2);
			}
			if is_x86_feature_detected!("avx512bw") && is_x86_feature_detected!("avx512vl") {
				sets.push(Self::Avx512);
			}
		}
		sets
	}

	/// The best that this machine has.
	pub fn best() -> Self {
		Self::available().pop().unwrap_or(Self::Baseline)
	}
}

/// Compiles a kernel once per instruction set and calls the one that is asked for.
macro_rules! kernel {
	(
		$(#[$attribute:meta])*
		fn $name:ident($($argument:ident: $type:ty),* $(,)?) $body:block
	) => {
		$(#[$attribute])*
		pub(super) fn $name(set: InstructionSet, $($argument: $type),*) {
			#[inline(always)]
			#[allow(clippy::too_many_arguments)]
			fn body($($argument: $type),*) $body

			#[cfg(target_arch = "x86_64")]
			#[target_feature(enable = "avx2")]
			#[allow(clippy::too_many_arguments)]
			fn avx2($($argument: $type),*) {
				body($($argument),*)
			}

			#[cfg(target_arch = "x86_64")]
			#[target_feature(enable = "avx2,avx512f,avx512bw,avx512vl")]
			#[allow(clippy::too_many_arguments)]
			fn avx512($($argument: $type),*) {
				body($($argument),*)
			}

			match set {
				InstructionSet::Baseline => body($($argument),*),
				// SAFETY: these variants exist only where the features were detected.
				#[cfg(target_arch = "x86_64")]
				InstructionSet::Avx2 => unsafe { avx2($($argument),*) },
				#[cfg(target_arch = "x86_64")]
				InstructionSet::Avx512 => unsafe { avx512($($argument),*) },
			}
		}
	};
}

/// Rows of equal length, one exponent each: what a batch of tokens brings to a matrix.
#[derive(Clone, Copy)]
pub(super) struct Batch<'a> {
	/// Row after row.
	pub(super) elements: &'a [i16],
	/// One per row.
	pub(super) exponents: &'a [i16],
}

/// Exact dot products of one weight row with every row of a batch.
///
/// `wide` is scratch for one block of widened weights.
#[inline(always)]
fn dots(weights: &[i8], elements: &[i16], wide: &mut [i16; LINEAR_BLOCK], totals: &mut [i64]) {
	totals.fill(0);
	let columns = weights.len();
	let mut start = 0;
	while start < columns {
		let length = LINEAR_BLOCK.min(columns - start);
		let (weights, wide) = (&weights[start..start + length], &mut wide[..length]);
		for index in 0..length {
			wide[index] = i16::from(weights[index]);
		}
		for token in 0..totals.len() {
			let row = &elements[token * columns + start..][..length];
			totals[token] += i64::from(short_dot(wide, row));
		}
		start += length;
	}
}

/// The sum of products of two slices of equal length, which must fit 32 bits.
#[inline(always)]
fn short_dot(left: &[i16], right: &[i16]) -> i32 {
	let right = &right[..left.len()];
	let mut sum = 0;
	for index in 0..left.len() {
		sum += i32::from(left[index]) * i32::from(right[index]);
	}
	sum
}

kernel! {
	/// Outputs of consecutive rows of a matrix for a batch: `out[row * batch + token]` in Q16.
	fn linear(weights: &[i8], scales: &[Scale], batch: Batch, out: &mut [i32]) {
		let tokens = batch.exponents.len();
		let columns = weights.len() / scales.len().max(1);
		let mut wide = [0; LINEAR_BLOCK];
		let mut totals = [0; BATCH];
		let totals = &mut totals[..tokens];
		for row in 0..scales.len() {
			dots(&weights[row * columns..][..columns], batch.elements, &mut wide, totals);
			let out = &mut out[row * tokens..][..tokens];
			for token in 0..tokens {
				out[token] = requantise(totals[token], scales[row], batch.exponents[token]);
			}
		}
	}
}

kernel! {
	/// Exact dot products of a query with consecutive keys.
	///
	/// The query is split into 256 * high + low, so that products of either half fit 32-bit sums.
	fn query_dots(high: &[i16], low: &[i16], keys: &[i16], out: &mut [i64]) {
		let width = high.len();
		for position in 0..out.len() {
			let key = &keys[position * width..][..width];
			let mut total = 0;
			let mut start = 0;
			while start < width {
				let end = (start + SCORE_BLOCK).min(width);
				let upper = short_dot(&high[start..end], &key[start..end]);
				let lower = short_dot(&low[start..end], &key[start..end]);
				total += 256 * i64::from(upper) + i64::from(lower);
				start = end;
			}
			out[position] = total;
		}
	}
}

kernel! {
	/// Sums of weighted values: `out[i]` is the sum over keys of `weight * value[i]`.
	///
	/// `high` and `low` are scratch of the values' width, as `out` is.
	fn weighted_sum(
		weights: &[u32],
		values: &[i16],
		high: &mut [i32],
		low: &mut [i32],
		out: &mut [i64],
	) {
		out.fill(0);
		let width = out.len();
		let (high, low) = (&mut high[..width], &mut low[..width]);
		let mut start = 0;
		while start < weights.len() {
			high.fill(0);
			low.fill(0);
			let end = (start + VALUE_BLOCK).min(weights.len());
			for position in start..end {
				// Weights have 24 bits.
				let weight = weights[position];
				let (upper, lower) = ((weight >> 12) as i32, (weight & 0xfff) as i32);
				let value = &values[position * width..][..width];
				for index in 0..width {
					high[index] += upper * i32::from(value[index]);
					low[index] += lower * i32::from(value[index]);
				}
			}
			for index in 0..width {
				out[index] += (i64::from(high[index]) << 12) + i64::from(low[index]);
			}
			start = end;
		}
	}
}

/// Consecutive rows of a matrix.
pub(super) fn matrix_rows<'a>(
	matrix: Matrix<'a>,
	first: usize,
	count: usize,
) -> (&'a [i8], &'a [Scale]) {
	let weights = &matrix.weights[first * matrix.columns..][..count * matrix.columns];
	(weights, &matrix.scales[first..][..count])
}

#[cfg(test)]
mod tests {
	use super::*;
	use ergon_exact::{attention, exp2::MAX_WEIGHT, linear as exact, row::MAX_ELEMENT};
	use proptest::prelude::*;

	fn element() -> impl Strategy<Value = i16> {
		prop_oneof![-MAX_ELEMENT..=MAX_ELEMENT, Just(MAX_ELEMENT), Just(-MAX_ELEMENT)]
	}

	fn weight() -> impl Strategy<Value = i8> {
		prop_oneof![any::<i8>(), Just(i8::MIN), Just(i8::MAX)]
	}

	proptest! {
		#[test]
		fn linear_is_the_definition(
			(columns, tokens, rows) in (1usize..1_100, 1usize..5, 1usize..4),
			seed in prop::collection::vec((weight(), element()), 1_100),
			exponent in -20i16..-5,
		) {
			let weights: Vec<i8> =
				(0..columns * rows).map(|index| seed[index * 7 % seed.len()].0).collect();
			let elements: Vec<i16> =
				(0..columns * tokens).map(|index| seed[index * 3 % seed.len()].1).collect();
			let scales: Vec<Scale> =
				(0..rows).map(|row| Scale { mantissa: 40_000 + row as u16, exponent: -25 }).collect();
			let exponents = vec![exponent; tokens];
			for set in InstructionSet::available() {
				let mut out = vec![0; rows * tokens];
				let batch = Batch { elements: &elements, exponents: &exponents };
				linear(set, &weights, &scales, batch, &mut out);
				for row in 0..rows {
					for token in 0..tokens {
						let exact = exact::linear(
							&weights[row * columns..][..columns],
							scales[row],
							&elements[token * columns..][..columns],
							exponent,
						);
						prop_assert_eq!(out[row * tokens + token], exact);
					}
				}
			}
		}

		#[test]
		fn query_dots_are_the_definition(
			query in prop::collection::vec(element(), 1..600),
			seed in prop::collection::vec(element(), 600),
		) {
			let width = query.len();
			let keys: Vec<i16> = (0..3 * width).map(|index| seed[index * 7 % seed.len()]).collect();
			let high: Vec<i16> = query.iter().map(|q| q >> 8).collect();
			let low: Vec<i16> = query.iter().map(|q| q & 0xff).collect();
			for set in InstructionSet::available() {
				let mut out = [0; 3];
				query_dots(set, &high, &low, &keys, &mut out);
				for (out, key) in out.into_iter().zip(keys.chunks_exact(width)) {
					prop_assert_eq!(out, attention::dot(&query, key));
				}
			}
		}

		#[test]
		fn weighted_sums_are_the_definition(
			width in 1usize..40,
			weights in prop::collection::vec(prop_oneof![0..=MAX_WEIGHT, Just(MAX_WEIGHT)], 1..60),
			seed in prop::collection::vec(element(), 600),
		) {
			let values: Vec<i16> =
				(0..weights.len() * width).map(|index| seed[index * 7 % seed.len()]).collect();
			for set in InstructionSet::available() {
				let (mut high, mut low) = (vec![0; width], vec![0; width]);
				let mut out = vec![0; width];
				weighted_sum(set, &weights, &values, &mut high, &mut low, &mut out);
				for (index, out) in out.into_iter().enumerate() {
					let exact: i64 = weights
						.iter()
						.zip(values.chunks(width))
						.map(|(&weight, value)| i64::from(weight) * i64::from(value[index]))
						.sum();
					prop_assert_eq!(out, exact);
				}
			}
		}
	}

	#[test]
	fn full_range_does_not_overflow() {
		for set in InstructionSet::available() {
			let (weights, elements) = ([i8::MIN; 4_096], [-MAX_ELEMENT; 4_096]);
			let scales = [Scale { mantissa: 1 << 15, exponent: -31 }];
			let batch = Batch { elements: &elements, exponents: &[-16] };
			let mut out = [0];
			linear(set, &weights, &scales, batch, &mut out);
			assert_eq!(out[0], exact::linear(&weights, scales[0], &elements, -16));

			let (mut high, mut low, mut out) = ([0; 8], [0; 8], [0; 8]);
			let values = [-MAX_ELEMENT; 8 * 100];
			weighted_sum(set, &[MAX_WEIGHT; 100], &values, &mut high, &mut low, &mut out);
			assert_eq!(out, [-100 * i64::from(MAX_WEIGHT) * i64::from(MAX_ELEMENT); 8]);
		}
	}
}
