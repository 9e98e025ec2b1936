// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The table of rotary angles, computed with integers alone so that no C library has a say in it.
//!
//! Pair `i` of a head of width `w` turns by `theta^(-2 i / w)` radians per position. In revolutions
//! that is `2^-x` with `x = (2 i / w) log2(theta) + log2(2 pi)`. As a 64-bit fraction of a revolution
//! it is multiplied by the position modulo 2^64, which reduces the angle exactly.

use ergon_exact::rope::TABLE_FRACTION;

/// Fraction bits of logarithms.
const LOG_FRACTION: u32 = 58;
/// Fraction bits of series.
const FRACTION: u32 = 62;
const ONE: i128 = 1 << FRACTION;
/// log2(2 pi), times 2^58.
const LOG2_TWO_PI: u64 = 764_241_726_762_614_231;
/// ln 2, times 2^62.
const LN_2: i128 = 3_196_577_161_300_663_915;
/// pi / 2, times 2^61.
const HALF_PI: i128 = 3_622_009_729_038_561_421;

/// The base-2 logarithm of `value`, times 2^58, for finite values of at least 1: one bit per squaring.
fn log2(value: f64) -> u64 {
	let bits = value.to_bits();
	let whole = (bits >> 52) - 1_023;
	// 1 <= mantissa / 2^63 < 2, exactly.
	let mut mantissa = ((bits << 11) | 1 << 63) as u128;
	let mut fraction = 0;
	for _ in 0..LOG_FRACTION {
		mantissa = (mantissa * mantissa) >> 63;
		let carry = mantissa >> 64;
		mantissa >>= carry;
		fraction = fraction << 1 | carry as u64;
	}
	(whole << LOG_FRACTION) | fraction
}

/// `a * b` with [`FRACTION`] fraction bits, rounded down.
fn multiply(a: i128, b: i128) -> i128 {
	(a * b) >> FRACTION
}

/// `2^(-x / 2^58)` of a revolution, times 2^64.
fn turn(x: u64) -> u64 {
	let (whole, rest) = ((x >> LOG_FRACTION) as u32, x & ((1 << LOG_FRACTION) - 1));
	let exponent = (i128::from(rest) * LN_2) >> LOG_FRACTION;
	let (mut term, mut sum) = (ONE, ONE);
	for n in 1..=24 {
		term = -multiply(term, exponent) / n;
		sum += term;
	}
	// The sum is in 1/2..=1 with 62 fraction bits, and at least two whole bits of shift follow.
	((sum as u128) << 2).checked_shr(whole).unwrap_or(0) as u64
}

/// Cosine and sine of `phase / 2^64` revolutions, times 2^30, rounded to the nearest.
fn cosine_and_sine(phase: u64) -> (i32, i32) {
	let quadrant = phase >> 62;
	let angle = (i128::from(phase & ((1 << 62) - 1)) * HALF_PI) >> 61;
	let square = multiply(angle, angle);
	let series = |first: i128, offset: i128| {
		let (mut term, mut sum) = (first, first);
		for n in 0..14 {
			let index = 2 * n + offset;
			term = -multiply(term, square) / (index * (index + 1));
			sum += term;
		}
		let rounded = (sum + (1 << (FRACTION as i32 - TABLE_FRACTION - 1)))
			>> (FRACTION as i32 - TABLE_FRACTION);
		rounded.clamp(-(1 << TABLE_FRACTION), 1 << TABLE_FRACTION) as i32
	};
	let (cosine, sine) = (series(ONE, 1), series(angle, 2));
	match quadrant {
		0 => (cosine, sine),
		1 => (-sine, cosine),
		2 => (-cosine, -sine),
		_ => (sine, -cosine),
	}
}

/// How a model that was made for short texts is stretched over long ones.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scaling {
	/// All angles are this many times smaller.
	Linear {
		/// At least 1.
		factor: f64,
	},
	/// Llama 3: slow pairs are slowed down, fast ones are not, and between them it is interpolated.
	Llama3 {
		/// How much slow pairs are slowed down; at least 1.
		factor: f64,
		/// Pairs of fewer revolutions than this within the original context are slow.
		low: f64,
		/// Pairs of more are fast; above `low`.
		high: f64,
		/// The context that the model was made for.
		original_context: f64,
	},
	/// Each pair by a divisor of its own, at least 1; pairs without one as they are.
	Factors(Vec<f32>),
}

impl Scaling {
	/// What the pair with an index and that many revolutions per position, times 2^64, turns by.
	///
	/// Only additions, multiplications and divisions of doubles, which IEEE 754 defines to the bit.
	fn apply(&self, pair: usize, turn: u64) -> u64 {
		let by = match self {
			Self::Linear { factor } => 1.0 / factor,
			Self::Factors(factors) => {
				factors.get(pair).map_or(1.0, |&factor| 1.0 / f64::from(factor))
			}
			Self::Llama3 { factor, low, high, original_context } => {
				let revolutions = turn as f64 / 18_446_744_073_709_551_616.0 * original_context;
				let fast = ((revolutions - low) / (high - low)).clamp(0.0, 1.0);
				fast + (1.0 - fast) / factor
			}
		};
		match by < 1.0 {
			true => (turn as f64 * by) as u64,
			false => turn,
		}
	}
}

/// The angles of a model: [`Self::row`] gives those of one position.
pub(crate) struct Angles(Vec<u64>);

impl Angles {
	/// For heads of `head_width` elements; `theta` is finite and at least 1.
	pub(crate) fn new(theta: f64, head_width: u32, scaling: Option<Scaling>) -> Self {
		let (log, pairs) = (log2(theta), u64::from(head_width / 2));
		let turns = (0..pairs).map(|pair| {
			let x = u128::from(log) * u128::from(pair) / u128::from(pairs);
			let turn = turn(x as u64 + LOG2_TWO_PI);
			scaling.as_ref().map_or(turn, |scaling| scaling.apply(pair as usize, turn))
		});
		Self(turns.collect())
	}

	/// Cosines, then sines, of one position.
	pub(crate) fn row(&self, position: u32) -> Vec<i32> {
		let entries: Vec<_> =
			self.0.iter().map(|turn| cosine_and_sine(turn.wrapping_mul(position.into()))).collect();
		let cosines = entries.iter().map(|entry| entry.0);
		cosines.chain(entries.iter().map(|entry| entry.1)).collect()
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn logarithms_agree_with_real_numbers() {
		for value in [1.0, 2.0, 3.0, 10_000.0, 500_000.0, 1e6, 1e12] {
			let found = log2(value) as f64 / 58f64.exp2();
			assert!((found - value.log2()).abs() < 1e-14, "{value}: {found}");
		}
	}

	#[test]
	fn quarter_turns_are_exact() {
		let one = 1 << TABLE_FRACTION;
		assert_eq!(cosine_and_sine(0), (one, 0));
		assert_eq!(cosine_and_sine(1 << 62), (0, one));
		assert_eq!(cosine_and_sine(1 << 63), (-one, 0));
		assert_eq!(cosine_and_sine(3 << 62), (0, -one));
	}

	#[test]
	fn entries_agree_with_real_numbers() {
		for (theta, width) in [(10_000.0, 64), (500_000.0, 128), (100.0, 6)] {
			let angles = Angles::new(theta, width, None);
			let pairs = width as usize / 2;
			for position in [0, 1, 2, 3, 17, 100, 1_000, 8_191] {
				let row = angles.row(position);
				for pair in 0..pairs {
					let frequency = f64::powf(theta, -2.0 * pair as f64 / f64::from(width));
					let angle = f64::from(position) * frequency;
					// A double's own error in the angle grows with the position.
					let tolerance = 0.51 + f64::from(position) * 1e-6;
					let (cosine, sine) = (f64::from(row[pair]), f64::from(row[pairs + pair]));
					let scale = f64::from(1 << TABLE_FRACTION);
					assert!((cosine - angle.cos() * scale).abs() < tolerance, "{position} {pair}");
					assert!((sine - angle.sin() * scale).abs() < tolerance, "{position} {pair}");
				}
			}
		}
	}

	#[test]
	fn scaled_angles_agree_with_real_numbers() {
		let llama3 =
			Scaling::Llama3 { factor: 8.0, low: 1.0, high: 4.0, original_context: 8_192.0 };
		let (theta, width) = (500_000.0, 128);
		let factors = Scaling::Factors((0..64).map(|pair| 1.0 + pair as f32 / 8.0).collect());
		for scaling in [Scaling::Linear { factor: 4.0 }, factors, llama3.clone()] {
			let angles = Angles::new(theta, width, Some(scaling.clone()));
			let mut kinds = [0; 3];
			for pair in 0..width as usize / 2 {
				let frequency = f64::powf(theta, -2.0 * pair as f64 / f64::from(width));
				let scaled = match &scaling {
					Scaling::Linear { factor } => frequency / factor,
					Scaling::Factors(factors) => frequency / f64::from(factors[pair]),
					// As transformers has it.
					Scaling::Llama3 { factor, low, high, original_context } => {
						let wavelength = 2.0 * std::f64::consts::PI / frequency;
						if wavelength < original_context / high {
							kinds[0] += 1;
							frequency
						} else if wavelength > original_context / low {
							kinds[1] += 1;
							frequency / factor
						} else {
							kinds[2] += 1;
							let smooth = (original_context / wavelength - low) / (high - low);
							(1.0 - smooth) * frequency / factor + smooth * frequency
						}
					}
				};
				let angle = 100.0 * scaled;
				let cosine = f64::from(angles.row(100)[pair]) / f64::from(1 << TABLE_FRACTION);
				assert!((cosine - angle.cos()).abs() < 1e-9, "{scaling:?} {pair}");
			}
			assert!(scaling != llama3 || kinds.iter().all(|count| *count > 3), "{kinds:?}");
		}
	}

	#[test]
	fn table_is_frozen() {
		// The hash of the entries that 160-bit arithmetic gives, each rounded to the nearest.
		let mut bytes = Vec::new();
		for position in 0..2_048 {
			for entry in Angles::new(10_000.0, 64, None).row(position) {
				bytes.extend_from_slice(&entry.to_le_bytes());
			}
		}
		let hash = hex::encode(ergon_core::merkle::leaf(&bytes));
		assert_eq!(hash, "6f66c70b5c6f4cf9a56664d3e4b5986c30c97311f29e49e6bb03933985984f7e");
	}
}
