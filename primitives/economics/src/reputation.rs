// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What audited outcomes say about a provider today.
//!
//! Counts are fixed-point numbers with 32 fractional bits that lose half their value per half-life,
//! exactly as often as time passes and not as often as they are touched: see [`decay`].

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// How one audited result turned out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
	/// Auditors re-executed it and found the same bits.
	Clean,
	/// The result was overturned.
	Faulty,
}

/// One audited outcome, as a count with 32 fractional bits.
const ONE: u64 = 1 << 32;

/// The Beta counts of one provider. Results that nobody audited leave no trace here.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Reputation {
	/// Clean outcomes, decayed to `updated`, with 32 fractional bits.
	clean: u64,
	/// Faulty outcomes, decayed to `updated`, with 32 fractional bits.
	faulty: u64,
	/// Clean outcomes since the last fault or [`Self::restart`], decayed to `updated`, with 32
	/// fractional bits.
	streak: u64,
	/// Block to which the counts are decayed.
	updated: u32,
}

impl Reputation {
	/// The counts as they are worth at block `now`. Time does not run backwards: an earlier block
	/// changes nothing.
	pub fn at(&self, now: u32, half_life: u32) -> Self {
		let elapsed = now.saturating_sub(self.updated);
		let [clean, faulty, streak] =
			[self.clean, self.faulty, self.streak].map(|count| decay(count, elapsed, half_life));
		Self { clean, faulty, streak, updated: now.max(self.updated) }
	}

	/// Counts one audited outcome at block `now`. A fault ends the streak.
	pub fn note(&mut self, outcome: Outcome, now: u32, half_life: u32) {
		*self = self.at(now, half_life);
		match outcome {
			Outcome::Clean => {
				self.clean = self.clean.saturating_add(ONE);
				self.streak = self.streak.saturating_add(ONE);
			}
			Outcome::Faulty => {
				self.faulty = self.faulty.saturating_add(ONE);
				self.streak = 0;
			}
		}
	}

	/// The mean of the Beta distribution with a uniform prior, (clean + 1) / (clean + faulty + 2)
	/// (Laplace's rule of succession), in thousandths, in 0..=1,000: 500 for a newcomer.
	pub fn score(&self, now: u32, half_life: u32) -> u16 {
		let Self { clean, faulty, .. } = self.at(now, half_life);
		let [clean, faulty, one] = [clean, faulty, ONE].map(u128::from);
		// 2⁶⁴ × 1,000 is far below 2¹²⁸, and the quotient is at most 1,000.
		((clean + one) * 1_000 / (clean + faulty + 2 * one)) as u16
	}

	/// Begins to count clean audits anew, because they were about something else than what comes now:
	/// another model, or a machine that has stood still for long. The score stays.
	pub fn restart(&mut self) {
		self.streak = 0;
	}

	/// n of the sampling rate: clean audits since the last fault or [`Self::restart`], decayed,
	/// rounded down.
	pub fn clean_audits(&self, now: u32, half_life: u32) -> u32 {
		(self.at(now, half_life).streak / ONE) as u32
	}
}

/// 2^(−2^−i) for i in 1..=32, with 64 fractional bits, rounded down: each entry is the square root
/// of the one before it, starting from 1/2.
const ROOTS: [u64; 32] = {
	let mut roots = [0u64; 32];
	let mut power: u64 = 1 << 63;
	let mut i = 0;
	while i < 32 {
		power = ((power as u128) << 64).isqrt() as u64;
		roots[i] = power;
		i += 1;
	}
	roots
};

/// `value` × 2^(−elapsed / half_life), rounded down once.
///
/// Whole half-lives shift. The fraction of a half-life is written in binary, and each of its 32
/// leading bits that is set contributes the root 2^(−2^−i) from a table with 64 fractional bits. So
/// decaying often or once makes no difference beyond one unit of the last place per call, which
/// linear interpolation does not give: a provider that is audited every block would then forget
/// more slowly than one that is audited every month.
pub fn decay(value: u64, elapsed: u32, half_life: u32) -> u64 {
	let half_life = half_life.max(1);
	let whole = elapsed / half_life;
	if whole >= u64::BITS {
		return 0;
	}
	let fraction = (u64::from(elapsed % half_life) << 32) / u64::from(half_life);
	// With 64 fractional bits, from 1 down to more than 1/2. No product passes 2⁶⁴ × (2⁶⁴ − 1).
	let factor = ROOTS
		.iter()
		.enumerate()
		.filter(|(i, _)| (fraction >> (31 - i)) & 1 == 1)
		.fold(1u128 << 64, |factor, (_, root)| (factor * u128::from(*root)) >> 64);
	((u128::from(value) * factor) >> (64 + whole)) as u64
}
