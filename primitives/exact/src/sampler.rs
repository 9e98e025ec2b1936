// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The sampler: a pure function of the candidates, the parameters, the seed and the position.

use ergon_core::GenerationParams;

use crate::{
	candidates::Candidate,
	exp2::exp2_negative,
	fixed::Q16,
	gumbel::{gumbel, random_word, GUMBEL_FRACTION},
};

/// log2(e), times 2^20.
const LOG2_E: u64 = 1_512_775;
/// A thousand: temperature and nucleus mass are counted in thousandths.
const THOUSAND: u64 = 1_000;
/// Logits further than this below the best, in Q16, have no weight at any temperature: 2 is the
/// highest, and 2^(-256 / 2 * log2(e)) is far below 2^-25.
const NEGLIGIBLE: u64 = 256 << Q16;

/// How a token is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sampling {
	/// Temperature in thousandths; 0 takes the best candidate, 2,000 is the most.
	pub temperature: u16,
	/// Candidates that are considered; 0 counts as 1.
	pub top_k: u8,
	/// Nucleus mass in thousandths: candidates are considered until the mass of those before reaches
	/// it; 1,000 considers all.
	pub top_p: u16,
}

impl Sampling {
	/// Takes the best candidate.
	pub const GREEDY: Self = Self { temperature: 0, top_k: 1, top_p: 1_000 };
}

impl From<&GenerationParams> for Sampling {
	fn from(params: &GenerationParams) -> Self {
		Self { temperature: params.temperature, top_k: params.top_k, top_p: params.top_p }
	}
}

/// The weight of a candidate for the nucleus, in units of 2^-24: 2 to the power of its distance below
/// the best logit, times log2(e), divided by the temperature.
///
/// The distance, at most 2^24, times `1,000 * LOG2_E` is below 2^55; divided by the temperature and
/// by 2^20, both rounded down, it is in Q16.
fn nucleus_weight(candidate: Candidate, best: Candidate, temperature: u16) -> u32 {
	let distance = i64::from(best.logit).abs_diff(candidate.logit.into());
	if distance >= NEGLIGIBLE {
		return 0;
	}
	let scaled = (distance * THOUSAND * LOG2_E / u64::from(temperature.max(1))) >> 20;
	exp2_negative(u32::try_from(scaled).unwrap_or(u32::MAX))
}

/// Number of leading candidates whose mass reaches `top_p` thousandths of the mass of all.
fn nucleus(candidates: &[Candidate], sampling: Sampling) -> usize {
	let Some(&best) = candidates.first() else { return 0 };
	let weight =
		|&candidate: &Candidate| u64::from(nucleus_weight(candidate, best, sampling.temperature));
	let total: u64 = candidates.iter().map(weight).sum();
	let enough = total * u64::from(sampling.top_p);
	let mut mass = 0;
	let before = candidates.iter().map(weight).take_while(|weight| {
		let more = mass * THOUSAND < enough;
		mass += weight;
		more
	});
	before.count().max(1)
}

/// The sampled token, or nothing when there are no candidates.
///
/// `candidates` are best first, as [`crate::candidates::Candidates`] keeps them. At temperature 0
/// the first is chosen. Otherwise: the first `top_k` of them; of these the shortest beginning whose
/// softmax mass at that temperature is at least `top_p`; of these the one with the largest
/// `logit * 1,000 * 2^8 + temperature * gumbel`, where among equals the lower id wins. By the
/// Gumbel-max theorem that is a draw from the softmax over the remaining candidates.
pub fn sample(
	candidates: &[Candidate],
	sampling: Sampling,
	seed: &[u8; 32],
	position: u32,
) -> Option<u32> {
	if sampling.temperature == 0 {
		return candidates.first().map(|best| best.id);
	}
	let kept = &candidates[..candidates.len().min(sampling.top_k.max(1).into())];
	let kept = &kept[..nucleus(kept, sampling)];
	let value = |candidate: &Candidate| {
		let noise = gumbel(random_word(seed, position, candidate.id));
		let logit = (i64::from(candidate.logit) << (GUMBEL_FRACTION - Q16)) * THOUSAND as i64;
		logit + i64::from(sampling.temperature) * i64::from(noise)
	};
	kept.iter()
		.map(|candidate| (value(candidate), core::cmp::Reverse(candidate.id)))
		.max()
		.map(|(_, id)| id.0)
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	const ALL: Sampling = Sampling { temperature: 1_000, top_k: 64, top_p: 1_000 };

	fn candidates(logits: &[f64]) -> Vec<Candidate> {
		(0..)
			.zip(logits)
			.map(|(id, logit)| Candidate { id, logit: (logit * 65_536.0) as i32 })
			.collect()
	}

	fn frequencies(logits: &[f64], sampling: Sampling) -> Vec<f64> {
		let draws = 20_000u32;
		let candidates = candidates(logits);
		let mut counts = vec![0.0; logits.len()];
		for position in 0..draws {
			let id = sample(&candidates, sampling, &[3; 32], position).unwrap();
			counts[id as usize] += 1.0 / f64::from(draws);
		}
		counts
	}

	#[test]
	fn nothing_comes_from_nothing() {
		assert_eq!(sample(&[], ALL, &[0; 32], 0), None);
		assert_eq!(sample(&[], Sampling { temperature: 0, ..ALL }, &[0; 32], 0), None);
	}

	#[test]
	fn temperature_zero_is_greedy() {
		let greedy = Sampling { temperature: 0, ..ALL };
		for position in 0..50 {
			assert_eq!(sample(&candidates(&[1.0, 1.0, 0.5]), greedy, &[9; 32], position), Some(0));
		}
	}

	#[test]
	fn frequencies_are_the_softmax() {
		for temperature in [500u16, 1_000, 2_000] {
			let logits = [2.0, 1.5, 0.0, -1.0];
			let t = f64::from(temperature) / 1_000.0;
			let total: f64 = logits.iter().map(|x| (x / t).exp()).sum();
			let found = frequencies(&logits, Sampling { temperature, ..ALL });
			for (found, logit) in found.iter().zip(logits) {
				let exact = (logit / t).exp() / total;
				assert!((found - exact).abs() < 0.018, "{found} {exact}");
			}
		}
	}

	#[test]
	fn top_k_and_top_p_cut_the_tail() {
		let logits = [2.0, 1.9, 1.8, 1.7];
		let found = frequencies(&logits, Sampling { top_k: 2, ..ALL });
		assert!(found[0] > 0.4 && found[1] > 0.4 && found[2] + found[3] == 0.0);
		// The first has 29 % of the mass, the first two 55 %.
		let found = frequencies(&logits, Sampling { top_p: 500, ..ALL });
		assert!(found[0] > 0.4 && found[1] > 0.4 && found[2] + found[3] == 0.0);
		let found = frequencies(&logits, Sampling { top_p: 1, ..ALL });
		assert!(found[1] + found[2] + found[3] == 0.0);
	}

	#[test]
	fn nucleus_depends_on_temperature() {
		let candidates = candidates(&[3.0, 1.0, 0.0]);
		let count = |temperature| nucleus(&candidates, Sampling { temperature, top_p: 900, ..ALL });
		assert_eq!((count(500), count(1_000), count(2_000)), (1, 2, 3));
	}

	proptest! {
		#[test]
		fn never_panics_and_chooses_a_kept_candidate(
			logits in prop::collection::vec(any::<i32>(), 1..64),
			temperature in 0u16..=2_000,
			top_k: u8,
			top_p in 0u16..=1_000,
			seed: [u8; 32],
			position: u32,
		) {
			let mut logits = logits;
			logits.sort_by(|a, b| b.cmp(a));
			let candidates: Vec<_> =
				(0..).zip(logits).map(|(id, logit)| Candidate { id: id * 7, logit }).collect();
			let id = sample(&candidates, Sampling { temperature, top_k, top_p }, &seed, position).unwrap();
			let place = candidates.iter().position(|candidate| candidate.id == id).unwrap();
			prop_assert!(place < top_k.max(1).into());
		}
	}
}
