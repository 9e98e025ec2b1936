// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What the participants may try.

use ergon_economics::{
	constants::{SECOND_LOOKERS, SECOND_LOOK_RATE},
	sampling, settlement, Balance,
};

use crate::{
	market::{
		detection, Provider, AUDIT_PRICE, COST_OF_AUDIT, COST_OF_WORK, OPEN_JOBS, PRICE, WORK,
	},
	random::Random,
};

/// What became of one strategy. Amounts are in prices of a job.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Outcome {
	/// Jobs, or whatever is counted.
	pub tries: u64,
	/// What it earned in all, beyond what it would have earned honestly with the same tries.
	pub gain: f64,
	/// Wrong results.
	pub wrong: u64,
	/// Those of them that were found.
	pub found: u64,
	/// As many as theory finds.
	pub expected: f64,
}

impl Outcome {
	/// Gain of one try.
	pub fn gain_of_one(&self) -> f64 {
		self.gain / self.tries.max(1) as f64
	}

	/// How far detection is from theory, as a share of it; nothing where nothing was wrong.
	pub fn error(&self) -> Option<f64> {
		(self.expected > 0.0).then(|| (self.found as f64 - self.expected).abs() / self.expected)
	}
}

fn in_prices(amount: Balance) -> f64 {
	amount as f64 / PRICE as f64
}

/// A provider that delivers a wrong result with that probability, among validators of whom a share
/// colludes with it. When its bond does not allow a job any more, the next one comes with a new bond: the
/// old one's rest is not counted as lost.
pub fn cheat(bond: Balance, rate_of_cheats: f64, colluding: f64, jobs: u64, seed: u64) -> Outcome {
	let mut random = Random::new(seed);
	let mut outcome = Outcome { tries: jobs, ..Outcome::default() };
	let mut provider = Provider::new(bond);
	for _ in 0..jobs {
		let open = provider.open_jobs().min(OPEN_JOBS);
		if open == 0 {
			provider = Provider::new(bond);
			continue;
		}
		let rate = provider.rate(open);
		let auditors = sampling::draw(rate, &random.bytes());
		let share = in_prices(Provider::share(rate));
		if random.chance(rate_of_cheats) {
			outcome.wrong += 1;
			outcome.expected += detection(rate, colluding);
			let silent = random.count(auditors, colluding);
			// One who re-executes is enough: the chain computes who is right.
			if silent < auditors {
				outcome.found += 1;
				outcome.gain -= in_prices(provider.convict()) + share - COST_OF_WORK;
				continue;
			}
			outcome.gain += COST_OF_WORK;
		}
		if auditors > 0 {
			provider.clean_audits = provider.clean_audits.saturating_add(1);
		}
	}
	outcome
}

/// A provider with that many clean audits makes everything wrong that it may have open, and is never seen
/// again. Counted against the honest profit of as many jobs.
pub fn exit_scam(
	bond: Balance,
	clean_audits: u32,
	colluding: f64,
	tries: u64,
	seed: u64,
) -> Outcome {
	let mut random = Random::new(seed);
	let mut outcome = Outcome { tries, ..Outcome::default() };
	for _ in 0..tries {
		let mut provider = Provider { bond, clean_audits };
		let open = provider.open_jobs();
		let rate = provider.rate(open);
		let share = in_prices(Provider::share(rate));
		for _ in 0..open {
			outcome.wrong += 1;
			outcome.expected += detection(rate, colluding);
			let auditors = sampling::draw(rate, &random.bytes());
			if random.count(auditors, colluding) < auditors {
				outcome.found += 1;
				outcome.gain -= in_prices(provider.convict()) + share - COST_OF_WORK;
			} else {
				outcome.gain += COST_OF_WORK;
			}
		}
	}
	outcome
}

/// A requester who is its own provider, and owns that share of the validators: what a hollow job leaves of
/// its price. Its audits are done by itself where its own validators are drawn.
pub fn self_dealing(bond: Balance, clean_audits: u32, own_validators: f64) -> Outcome {
	let provider = Provider { bond, clean_audits };
	let rate = provider.rate(1);
	let budget = settlement::audit_budget(rate, WORK, AUDIT_PRICE);
	let parts = settlement::split(PRICE, budget);
	let back = in_prices(parts.provider) + own_validators * in_prices(parts.audits);
	Outcome { tries: 1, gain: back - 1.0, ..Outcome::default() }
}

/// An auditor who always votes Match and re-executes nothing, among validators of whom a share does not
/// look either. Counted against honest audits. It is the only auditor each time, as it is of a provider whom
/// everybody knows: only a second look finds it, whether the result is right or wrong.
pub fn idle_auditor(validator_bond: Balance, idle: f64, tries: u64, seed: u64) -> Outcome {
	let mut random = Random::new(seed);
	let mut outcome = Outcome { tries, ..Outcome::default() };
	let pay = in_prices(settlement::audit_pay(WORK, AUDIT_PRICE));
	let looked_at = SECOND_LOOK_RATE.to_float();
	let mut bond = validator_bond;
	for _ in 0..tries {
		outcome.wrong += 1;
		outcome.expected += looked_at * (1.0 - idle.powi(SECOND_LOOKERS as i32));
		outcome.gain += COST_OF_AUDIT * pay;
		let is_drawn = sampling::draw(SECOND_LOOK_RATE, &random.bytes()) > 0;
		if !is_drawn || random.count(SECOND_LOOKERS, idle) == SECOND_LOOKERS {
			continue;
		}
		outcome.found += 1;
		let slash = settlement::slash(PRICE, bond);
		bond -= slash;
		outcome.gain -= in_prices(slash) + pay;
		if bond < validator_bond / 2 {
			bond = validator_bond;
		}
	}
	outcome
}

/// Somebody who challenges right results with that bond, and is the provider's friend or not: half of the
/// bond is the provider's.
pub fn slander(bond: Balance, is_friend: bool) -> Outcome {
	let award = settlement::award(bond);
	let back = if is_friend { award.winner } else { 0 };
	let gain = in_prices(back) - in_prices(bond);
	Outcome { tries: 1, gain, ..Outcome::default() }
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn no_cheat_pays_and_detection_is_what_theory_says() {
		for ratio in [3, 30, 1_000] {
			for colluding in [0.0, 1.0 / 3.0] {
				for rate in [0.02, 1.0] {
					let outcome = cheat(ratio * PRICE, rate, colluding, 30_000, 7);
					let what = (ratio, colluding, rate, outcome);
					assert!(outcome.gain < 0.0, "{what:?}");
					assert!(outcome.error().is_some_and(|error| error < 0.15), "{what:?}");
				}
			}
		}
	}

	#[test]
	fn not_to_look_does_not_pay() {
		for idle in [0.0, 0.5, 0.9] {
			let outcome = idle_auditor(1_000 * PRICE, idle, 100_000, 5);
			assert!(outcome.gain < 0.0, "{idle} {outcome:?}");
			assert!(outcome.error().is_some_and(|error| error < 0.15), "{idle} {outcome:?}");
		}
	}

	#[test]
	fn honesty_is_the_yardstick() {
		let outcome = cheat(100 * PRICE, 0.0, 0.0, 1_000, 1);
		assert_eq!((outcome.gain, outcome.wrong, outcome.error()), (0.0, 0, None));
	}

	#[test]
	fn nobody_gains_by_paying_or_challenging_himself() {
		for clean_audits in [0, 20, 10_000] {
			assert!(self_dealing(100 * PRICE, clean_audits, 1.0).gain < 0.0);
		}
		assert!(slander(PRICE, true).gain < 0.0);
		assert!(slander(PRICE, false).gain < slander(PRICE, true).gain);
	}
}
