// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How the numbers of tensors become integers.

use ergon_exact::Scale;

/// The power of two of a positive normal double: `value = m * 2^power` with `m` in 1..2.
fn power_of_two(value: f64) -> i32 {
	((value.to_bits() >> 52) & 0x7ff) as i32 - 1_023
}

/// `2^power` for powers that a normal double has.
fn exp2(power: i32) -> f64 {
	f64::from_bits(((power + 1_023) as u64) << 52)
}

/// The nearest integer, halves away from zero, for magnitudes below 2^53.
fn round(value: f64) -> i64 {
	let magnitude = (value.abs() + 0.5) as i64;
	match value < 0.0 {
		true => -magnitude,
		false => magnitude,
	}
}

/// Turns one weight row into integers and its scale.
///
/// The scale is the least one with a mantissa of 16 bits that is at least `largest / 127`; a weight
/// is `weight / scale`, rounded to the nearest, halves away from zero, and so within ±127. Error: at
/// most half a scale, `largest / 254`. Uses only the additions, multiplications and divisions of
/// doubles, which IEEE 754 defines to the bit.
pub(super) fn quantise_row(values: &[f32], out: &mut [i8]) -> Scale {
	let largest = values.iter().fold(0f64, |largest, &value| largest.max(f64::from(value).abs()));
	if largest == 0.0 {
		out.fill(0);
		return Scale::default();
	}
	// At least 2^-149 / 127, hence a normal double.
	let target = largest / 127.0;
	let mut exponent = power_of_two(target) - 15;
	// In 2^15..2^16; the next integer upwards, so that no weight passes 127.
	let significant = target / exp2(exponent);
	let mut mantissa = significant as u32;
	if f64::from(mantissa) < significant {
		mantissa += 1;
	}
	if mantissa == 1 << 16 {
		mantissa = 1 << 15;
		exponent += 1;
	}
	let scale = f64::from(mantissa) * exp2(exponent);
	for (out, &value) in out.iter_mut().zip(values) {
		*out = round(f64::from(value) / scale) as i8;
	}
	Scale { mantissa: mantissa as u16, exponent: exponent as i16 }
}

/// Turns biases into Q16: the nearest, halves away from zero, limited to what 32 bits hold.
pub(super) fn quantise_biases(values: &[f32]) -> Vec<i32> {
	let quantise = |&value: &f32| {
		let most = f64::from(i32::MAX);
		round((f64::from(value) * 65_536.0).clamp(-most, most)) as i32
	};
	values.iter().map(quantise).collect()
}

/// Turns norm weights into integers of up to 23 bits and returns their fraction bits: the largest
/// power of two under which the largest weight stays below 2^23.
pub(super) fn quantise_norm(values: &[f32]) -> (Vec<i32>, i16) {
	let largest = values.iter().fold(0f64, |largest, &value| largest.max(f64::from(value).abs()));
	if largest == 0.0 {
		return (vec![0; values.len()], 0);
	}
	let fraction = |power: i32| 22 - power;
	let quantise = |fraction: i32| {
		values.iter().map(move |&value| round(f64::from(value) * exp2(fraction)) as i32)
	};
	let power = power_of_two(largest);
	// Rounding may reach 2^23 itself; one bit less then.
	let fits = quantise(fraction(power)).all(|value| value.unsigned_abs() < 1 << 23);
	let fraction = if fits { fraction(power) } else { fraction(power) - 1 };
	(quantise(fraction).collect(), fraction as i16)
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn zeros_have_no_scale() {
		let mut out = [1; 3];
		assert_eq!(quantise_row(&[0.0, -0.0, 0.0], &mut out), Scale::default());
		assert_eq!(out, [0; 3]);
		assert_eq!(quantise_norm(&[0.0]), (vec![0], 0));
	}

	#[test]
	fn simple_rows_are_exact() {
		let mut out = [0; 3];
		let scale = quantise_row(&[127.0, -1.0, 63.5], &mut out);
		assert_eq!((out, scale), ([127, -1, 64], Scale { mantissa: 1 << 15, exponent: -15 }));
		assert_eq!(quantise_norm(&[1.0, -0.5]), (vec![1 << 22, -(1 << 21)], 22));
		let biases = [1.5, -0.25, 1e9, -1e9, 0.5 / 65_536.0];
		assert_eq!(quantise_biases(&biases), [98_304, -16_384, i32::MAX, -i32::MAX, 1]);
	}

	#[test]
	fn extreme_rows_are_defined() {
		let mut out = [0; 2];
		for largest in [f32::MAX, f32::MIN_POSITIVE, f32::from_bits(1)] {
			quantise_row(&[largest, -largest], &mut out);
			assert_eq!(out, [127, -127]);
			let (values, _) = quantise_norm(&[largest]);
			assert!(values[0] >= 1 << 22);
		}
	}

	proptest! {
		#[test]
		fn weights_are_within_half_a_scale(values in prop::collection::vec(-1e3f32..1e3, 1..100)) {
			let mut out = vec![0; values.len()];
			let scale = quantise_row(&values, &mut out);
			let step = f64::from(scale.mantissa) * f64::from(scale.exponent).exp2();
			for (&out, &value) in out.iter().zip(&values) {
				prop_assert!((f64::from(out) * step - f64::from(value)).abs() <= step * 0.5001);
				prop_assert!(out > i8::MIN);
			}
			prop_assert!(scale.mantissa >= 1 << 15 || values.iter().all(|value| *value == 0.0));
		}

		#[test]
		fn norms_keep_22_bits(values in prop::collection::vec(-40f32..40.0, 1..50)) {
			let (out, fraction) = quantise_norm(&values);
			let step = f64::from(-fraction).exp2();
			for (&out, &value) in out.iter().zip(&values) {
				prop_assert!((f64::from(out) * step - f64::from(value)).abs() <= step * 0.5001);
			}
		}
	}
}
