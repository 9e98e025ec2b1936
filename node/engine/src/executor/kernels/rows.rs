// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What happens to rows between products: element by element, without branches.
//!
//! `shift_round(v, s)` is `((v >> (s - 1)) + 1) >> 1` for shifts from 1 on, which is what vectors can do.
//! Where a shift may be anything, the range is looked at first, and `ergon_exact` computes what is
//! outside.

use ergon_exact::{
	curve::SHARE_FRACTION,
	exp2::{HALF_LN_2_SQUARED, LN_2, MAX_WEIGHT},
	fixed::{bit_length, Q16},
	linear,
	norm::{self, Reciprocal, NORMALISED_FRACTION, SQUARE_BITS},
	rope::TABLE_FRACTION,
	row,
	silu::GATED_FRACTION,
	tables::{EXP2, NORMAL, SIGMOID},
	Scale,
};

/// `shift_round` for shifts of 1 to 63, of a value that is shifted by one less.
#[inline(always)]
fn round_last(value: i64) -> i64 {
	(value + 1) >> 1
}

/// The nearest `i32`.
#[inline(always)]
fn saturate(value: i64) -> i32 {
	value.clamp(i32::MIN.into(), i32::MAX.into()) as i32
}

/// `saturate(shift_round(value, shift))` for shifts of 1 to 63.
#[inline(always)]
pub(super) fn rounded_shift(value: i64, shift: u32) -> i32 {
	saturate(round_last(value >> (shift - 1)))
}

/// [`row::quantise`] of Q16 values.
#[inline(always)]
pub(super) fn quantise(values: &[i32], out: &mut [i16]) -> i16 {
	let out = &mut out[..values.len()];
	let mut magnitude = 0;
	for index in 0..values.len() {
		magnitude = magnitude.max(values[index].unsigned_abs());
	}
	let shift = row::shift_for(magnitude.into());
	match shift {
		0 => {
			for index in 0..values.len() {
				out[index] = values[index] as i16;
			}
		}
		_ => {
			// Below 2^31 after the first shift: a shift of 1 is for magnitudes of 17 bits at most.
			for index in 0..values.len() {
				out[index] = (((values[index] >> (shift - 1)) + 1) >> 1) as i16;
			}
		}
	}
	row::exponent(shift, Q16)
}

/// [`row::quantise`] of values with `fraction` fraction bits.
#[inline(always)]
fn quantise_wide(values: &[i64], fraction: i32, out: &mut [i16]) -> i16 {
	let out = &mut out[..values.len()];
	let mut magnitude = 0;
	for index in 0..values.len() {
		magnitude = magnitude.max(values[index].unsigned_abs());
	}
	let shift = row::shift_for(magnitude);
	match shift {
		0 => {
			for index in 0..values.len() {
				out[index] = values[index] as i16;
			}
		}
		_ => {
			for index in 0..values.len() {
				out[index] = round_last(values[index] >> (shift - 1)) as i16;
			}
		}
	}
	row::exponent(shift, fraction)
}

/// [`norm::mean_square`] of a row of at most 2^16, the most that a model may have.
#[inline(always)]
fn mean_square(values: &[i32]) -> u64 {
	let mut magnitude = 0;
	for index in 0..values.len() {
		magnitude = magnitude.max(values[index].unsigned_abs());
	}
	let shift = bit_length(magnitude.into()).saturating_sub(SQUARE_BITS);
	let mut sum = 0;
	for index in 0..values.len() {
		let value = u64::from(values[index].unsigned_abs() >> shift);
		sum += value * value;
	}
	(sum / values.len().max(1) as u64) << (2 * shift)
}

/// [`norm::rms_norm`]; `wide` is scratch.
#[inline(always)]
pub(super) fn norm_row(
	values: &[i32],
	weights: &[i32],
	fraction: i16,
	epsilon: u64,
	wide: &mut Vec<i64>,
	out: &mut [i16],
) -> i16 {
	let count = values.len();
	let weights = &weights[..count];
	let reciprocal = Reciprocal::of(mean_square(values), epsilon);
	// From 11 on.
	let shift = u32::from(reciprocal.shift);
	let mantissa = i64::from(reciprocal.mantissa);
	wide.resize(count, 0);
	let wide = &mut wide[..count];
	for index in 0..count {
		let normalised = rounded_shift(i64::from(values[index]) * mantissa, shift);
		wide[index] = i64::from(normalised) * i64::from(weights[index]);
	}
	quantise_wide(wide, NORMALISED_FRACTION + i32::from(fraction), out)
}

/// [`norm::rms_norm_q16`].
#[inline(always)]
pub(super) fn norm_q16(values: &mut [i32], weights: &[i32], fraction: i16, epsilon: u64) {
	let weights = &weights[..values.len()];
	let reciprocal = Reciprocal::of(mean_square(values), epsilon);
	let shift = u32::from(reciprocal.shift);
	let mantissa = i64::from(reciprocal.mantissa);
	let last = NORMALISED_FRACTION + i32::from(fraction) - Q16;
	if (1..=63).contains(&last) {
		for index in 0..values.len() {
			let normalised = rounded_shift(i64::from(values[index]) * mantissa, shift);
			let weighted = i64::from(normalised) * i64::from(weights[index]);
			values[index] = rounded_shift(weighted, last as u32);
		}
	} else {
		for index in 0..values.len() {
			let normalised = rounded_shift(i64::from(values[index]) * mantissa, shift);
			values[index] = norm::to_q16(norm::weigh(normalised, weights[index]), fraction);
		}
	}
}

/// [`norm::layer_norm`].
#[inline(always)]
pub(super) fn layer_norm(
	values: &mut [i32],
	weights: &[i32],
	fraction: i16,
	biases: &[i32],
	epsilon: u64,
) {
	let mean = norm::mean(values);
	for index in 0..values.len() {
		values[index] = values[index].saturating_sub(mean);
	}
	norm_q16(values, weights, fraction, epsilon);
	add(values, biases);
}

/// The entries of a table on which [`ergon_exact::curve::share`] is based for each value, before it knows of signs and
/// of values beyond the table. In a loop of its own, so that what follows becomes vector code.
#[inline(always)]
fn look_up<const N: usize>(values: &[i32], table: &[u32; N], wide: &mut [i64]) {
	for index in 0..values.len() {
		let magnitude = values[index].unsigned_abs();
		let within = (magnitude >> 10).min(N as u32 - 2) as usize;
		let (from, to) = (table[within], table[within + 1]);
		let chord = (u64::from(to - from) * u64::from(magnitude & 0x3ff) + 512) >> 10;
		wide[index] = i64::from(from) + chord as i64;
	}
}

/// [`ergon_exact::curve::weigh`] of a value, with what was looked up for it in a table of `N` entries.
#[inline(always)]
fn weigh<const N: usize>(value: i32, found: i64) -> i32 {
	let is_within = value.unsigned_abs() < (N as u32 - 1) << 10;
	let upper = if is_within { found } else { 1 << 31 };
	let share = if value < 0 { (1 << 31) - upper } else { upper };
	rounded_shift(i64::from(value) * share, SHARE_FRACTION as u32)
}

/// [`ergon_exact::gelu::gelu`], then a row of it; `wide` is scratch.
#[inline(always)]
pub(super) fn gelu(values: &[i32], wide: &mut Vec<i64>, out: &mut [i16]) -> i16 {
	let count = values.len();
	wide.resize(count, 0);
	let wide = &mut wide[..count];
	look_up(values, &NORMAL, wide);
	for index in 0..count {
		wide[index] = weigh::<{ NORMAL.len() }>(values[index], wide[index]).into();
	}
	quantise_wide(wide, Q16, out)
}

/// [`linear::add`] of two rows.
#[inline(always)]
pub(super) fn add(values: &mut [i32], addends: &[i32]) {
	let addends = &addends[..values.len()];
	for index in 0..values.len() {
		values[index] = values[index].saturating_add(addends[index]);
	}
}

/// [`ergon_exact::silu::gated`], then a row of it; `wide` is scratch.
#[inline(always)]
pub(super) fn gate(gates: &[i32], ups: &[i32], wide: &mut Vec<i64>, out: &mut [i16]) -> i16 {
	let count = gates.len();
	let ups = &ups[..count];
	wide.resize(count, 0);
	let wide = &mut wide[..count];
	look_up(gates, &SIGMOID, wide);
	for index in 0..count {
		let silu = weigh::<{ SIGMOID.len() }>(gates[index], wide[index]);
		wide[index] = i64::from(silu) * i64::from(ups[index]);
	}
	quantise_wide(wide, GATED_FRACTION, out)
}

/// [`ergon_exact::rope::rotate_head`] of every head of `width` elements.
#[inline(always)]
pub(super) fn rotate(heads: &mut [i32], width: usize, cosines: &[i32], sines: &[i32]) {
	let half = width / 2;
	let (cosines, sines) = (&cosines[..half], &sines[..half]);
	let mut start = 0;
	while start + width <= heads.len() {
		let (first, second) = heads[start..start + width].split_at_mut(half);
		let second = &mut second[..half];
		for index in 0..half {
			let (a, b) = (i64::from(first[index]), i64::from(second[index]));
			let (cosine, sine) = (i64::from(cosines[index]), i64::from(sines[index]));
			let real = (a * cosine).saturating_sub(b * sine);
			let imaginary = (b * cosine).saturating_add(a * sine);
			first[index] = rounded_shift(real, TABLE_FRACTION as u32);
			second[index] = rounded_shift(imaginary, TABLE_FRACTION as u32);
		}
		start += width;
	}
}

/// [`linear::requantise`] of the dot products of rows with these scales.
#[inline(always)]
pub(super) fn requantise(dots: &[i64], scales: &[Scale], exponent: i16, out: &mut [i32]) {
	let count = dots.len();
	let (scales, out) = (&scales[..count], &mut out[..count]);
	let (mut least, mut most) = (i16::MAX, i16::MIN);
	for index in 0..count {
		least = least.min(scales[index].exponent);
		most = most.max(scales[index].exponent);
	}
	let base = -(i32::from(exponent) + Q16);
	// What a matrix of the model can sum up to is within 2^40, so that the product is within 2^56.
	if base - i32::from(most) >= 1 && base - i32::from(least) <= 63 {
		for index in 0..count {
			let product = dots[index] * i64::from(scales[index].mantissa);
			let shift = (base - i32::from(scales[index].exponent)) as u32;
			out[index] = rounded_shift(product, shift);
		}
	} else {
		for index in 0..count {
			out[index] = linear::requantise(dots[index], scales[index], exponent);
		}
	}
}

/// [`ergon_exact::exp2::exp2_negative`].
#[inline(always)]
pub(super) fn exp2_negative(distance: u32) -> u32 {
	let (whole, index, rest) = (distance >> 16, (distance >> 8) & 0xff, u64::from(distance & 0xff));
	let series = (1 << 30) - ((rest * LN_2) >> 8) + ((rest * rest * HALF_LN_2_SQUARED) >> 20);
	let product = u64::from(EXP2[index as usize]) * series;
	let rounded = ((product >> (35 + whole).min(63)) + 1) >> 1;
	rounded.min(MAX_WEIGHT.into()) as u32
}

/// [`ergon_exact::attention::value_weight`], for weights of 24 bits.
#[inline(always)]
pub(super) fn value_weight(weight: u32, exponent: i16, largest: i16) -> u32 {
	let distance = (i32::from(largest) - i32::from(exponent)).clamp(0, 31);
	(((2 * weight) >> distance) + 1) >> 1
}

#[cfg(test)]
mod tests {
	use super::*;
	use ergon_exact::{attention, exp2, rope, silu};
	use proptest::prelude::*;

	fn value() -> impl Strategy<Value = i32> {
		prop_oneof![
			any::<i32>(),
			-100i32..100,
			-(1i32 << 20)..1 << 20,
			Just(i32::MIN),
			Just(i32::MAX),
			Just(0)
		]
	}

	fn values() -> impl Strategy<Value = Vec<i32>> {
		(0u32..31, prop::collection::vec(value(), 1..70))
			.prop_map(|(shift, values)| values.into_iter().map(|value| value >> shift).collect())
	}

	proptest! {
		#[test]
		fn quantise_is_the_definition(values in values()) {
			let (mut out, mut exact) = (vec![0; values.len()], vec![0; values.len()]);
			let exponents = (quantise(&values, &mut out), row::quantise(&values, Q16, &mut exact));
			prop_assert_eq!(exponents.0, exponents.1);
			prop_assert_eq!(out, exact);
		}

		#[test]
		fn norm_is_the_definition(
			values in values(),
			weights in prop::collection::vec(-(1i32 << 23)..1 << 23, 70),
			fraction in 0i16..30,
			epsilon in prop_oneof![1u64..100_000, any::<u64>()],
		) {
			let weights = &weights[..values.len()];
			let (mut out, mut exact) = (vec![0; values.len()], vec![0; values.len()]);
			let found = norm_row(&values, weights, fraction, epsilon, &mut Vec::new(), &mut out);
			let defined = norm::rms_norm(&values, weights, fraction, epsilon, &mut exact);
			prop_assert_eq!(found, defined);
			prop_assert_eq!(out, exact);

			for fraction in [fraction, fraction - 20, 100] {
				let (mut out, mut exact) = (values.clone(), values.clone());
				norm_q16(&mut out, weights, fraction, epsilon);
				norm::rms_norm_q16(&mut exact, weights, fraction, epsilon);
				prop_assert_eq!(&out, &exact);
				layer_norm(&mut out, weights, fraction, &values, epsilon);
				norm::layer_norm(&mut exact, weights, fraction, &values, epsilon);
				prop_assert_eq!(&out, &exact);
				add(&mut out, &values);
				exact.iter_mut().zip(&values).for_each(|(a, &b)| *a = linear::add(*a, b));
				prop_assert_eq!(out, exact);
			}
		}

		#[test]
		fn gate_is_the_definition(gates in values(), ups in prop::collection::vec(value(), 70)) {
			let ups = &ups[..gates.len()];
			let (mut out, mut exact) = (vec![0; gates.len()], vec![0; gates.len()]);
			let found = gate(&gates, ups, &mut Vec::new(), &mut out);
			let products: Vec<i64> =
				gates.iter().zip(ups).map(|(&gate, &up)| silu::gated(gate, up)).collect();
			prop_assert_eq!(found, row::quantise(&products, GATED_FRACTION, &mut exact));
			prop_assert_eq!(out, exact);
		}

		#[test]
		fn gelu_is_the_definition(values in values()) {
			let (mut out, mut exact) = (vec![0; values.len()], vec![0; values.len()]);
			let found = gelu(&values, &mut Vec::new(), &mut out);
			let activated: Vec<i32> = values.iter().map(|&x| ergon_exact::gelu::gelu(x)).collect();
			prop_assert_eq!(found, row::quantise(&activated, Q16, &mut exact));
			prop_assert_eq!(out, exact);
		}

		#[test]
		fn rotation_is_the_definition(
			head in prop::collection::vec(value(), 12),
			angles in prop::collection::vec(value(), 4),
		) {
			let (mut found, mut exact) = (head.clone(), head);
			rotate(&mut found, 4, &angles[..2], &angles[2..]);
			exact.chunks_mut(4).for_each(|it| rope::rotate_head(it, &angles[..2], &angles[2..]));
			prop_assert_eq!(found, exact);
		}

		#[test]
		fn requantisation_is_the_definition(
			dots in prop::collection::vec(-(1i64 << 40)..1 << 40, 1..20),
			scale in (any::<u16>(), prop_oneof![-60i16..0, any::<i16>()]),
			spread in 0i16..5,
			exponent in prop_oneof![-30i16..5, any::<i16>()],
		) {
			let scales: Vec<Scale> = (0..dots.len() as i16)
				.map(|row| Scale {
					mantissa: scale.0,
					exponent: scale.1.saturating_add(row % (spread + 1)),
				})
				.collect();
			let mut out = vec![0; dots.len()];
			requantise(&dots, &scales, exponent, &mut out);
			for ((out, dot), scale) in out.into_iter().zip(dots).zip(scales) {
				prop_assert_eq!(out, linear::requantise(dot, scale, exponent));
			}
		}

		#[test]
		fn weights_are_the_definition(
			distance in prop_oneof![any::<u32>(), 0u32..30 << 16],
			exponents: (i16, i16),
			near in 0i16..30,
		) {
			let weight = exp2_negative(distance);
			prop_assert_eq!(weight, exp2::exp2_negative(distance));
			for (exponent, largest) in [exponents, (exponents.0, exponents.0.saturating_add(near))] {
				let defined = attention::value_weight(weight, exponent, largest);
				prop_assert_eq!(value_weight(weight, exponent, largest), defined);
			}
		}
	}
}
