// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What one participant may try, as often as it takes to know what comes of it.

use ergon_economics::{
	constants::{ERG, SECOND_LOOKERS},
	reputation, settlement, AuditRate, Balance,
};

use crate::{
	market::{
		detection, parts_of, pay, Provider, Terms, CHILL, COST_OF_AUDIT, COST_OF_WORK, INTERVAL,
		OPEN_JOBS, VALIDATOR_BOND,
	},
	random::Random,
	rules,
};

/// Jobs after which the terms are looked at again when nothing has happened: a count that halves in thirty
/// days moves by a thousandth.
const SAME_TERMS: u32 = 10;

/// When to stop to try.
#[derive(Clone, Copy, Debug)]
pub struct Precision {
	/// Standard error of detection, as a share of it.
	pub error: f64,
	/// Wrong results at least.
	pub wrong: u64,
}

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
	/// The variance of that.
	pub variance: f64,
}

impl Outcome {
	/// Gain of one try.
	pub fn gain_of_one(&self) -> f64 {
		self.gain / self.tries.max(1) as f64
	}

	/// A wrong result that theory finds with that chance.
	pub fn wrong(&mut self, chance: f64, is_found: bool) {
		self.wrong += 1;
		self.expected += chance;
		self.variance += chance * (1.0 - chance);
		self.found += u64::from(is_found);
	}

	/// Adds what else became of it.
	pub fn add(&mut self, other: &Self) {
		self.tries += other.tries;
		self.gain += other.gain;
		self.wrong += other.wrong;
		self.found += other.found;
		self.expected += other.expected;
		self.variance += other.variance;
	}

	/// How far detection is from theory, as a share of it; nothing where nothing was wrong.
	pub fn error(&self) -> Option<f64> {
		(self.expected > 0.0).then(|| (self.found as f64 - self.expected).abs() / self.expected)
	}

	/// How far it may well be by chance: one standard error, as a share of detection.
	pub fn standard_error(&self) -> f64 {
		self.variance.sqrt() / self.expected.max(f64::MIN_POSITIVE)
	}

	fn is(&self, precision: Precision) -> bool {
		self.wrong >= precision.wrong && self.standard_error() < precision.error
	}
}

/// An amount in units of another.
pub fn in_units(amount: Balance, unit: Balance) -> f64 {
	amount as f64 / unit as f64
}

/// How often results are looked at again where validators hold what they must.
fn looks_again() -> f64 {
	let rate = rules::second_look_rate(VALIDATOR_BOND);
	parts_of(rate).1 + f64::from(parts_of(rate).0)
}

/// Whether auditors find a wrong result, where a share of the weight is silent.
fn is_found(random: &mut Random, rate: AuditRate, silent: f64) -> (bool, u32) {
	let drawn = random.draw(rate);
	// One who re-executes is enough: the chain computes who is right.
	let found = random.count(drawn, silent) < drawn
		|| (drawn > 0
			&& random.draw(rules::second_look_rate(VALIDATOR_BOND)) > 0
			&& random.count(SECOND_LOOKERS, silent) < SECOND_LOOKERS);
	(found, drawn)
}

/// A provider that delivers a wrong result with that probability, among validators of whose weight a share
/// colludes with it. It asks `price` for a job and has a bond of so many. When its bond does not allow a job any more,
/// the next one comes with a new bond: the old one's rest is not counted as lost.
pub fn cheat(
	price: Balance,
	bond: u32,
	rate_of_cheats: f64,
	colluding: f64,
	precision: Precision,
	seed: u64,
) -> Outcome {
	let mut random = Random::new(seed);
	let mut outcome = Outcome::default();
	let mut now = 0;
	let mut provider = Provider::new(price * Balance::from(bond), price, now);
	let mut known: Option<(Terms, f64)> = None;
	while !outcome.is(precision) {
		// Block numbers of a chain that is old: with a new provider, it may as well be young.
		if now > u32::MAX / 2 {
			now = 0;
			provider = Provider::new(price * Balance::from(bond), price, now);
			known = None;
		}
		now += INTERVAL;
		outcome.tries += 1;
		if outcome.tries.is_multiple_of(SAME_TERMS.into()) {
			known = None;
		}
		let terms = match known {
			Some(known) => known,
			None => match provider.terms(OPEN_JOBS, now) {
				None => {
					provider = Provider::new(price * Balance::from(bond), price, now);
					// Not even a new one may take a job.
					if provider.terms(OPEN_JOBS, now).is_none() {
						return Outcome::default();
					}
					continue;
				}
				Some(terms) => (terms, detection(terms.rate, colluding, looks_again())),
			},
		};
		known = Some(terms);
		let (terms, chance) = terms;
		let is_wrong = random.chance(rate_of_cheats);
		let silent = if is_wrong { colluding } else { 0.0 };
		let (finds, drawn) = is_found(&mut random, terms.rate, silent);
		if is_wrong {
			outcome.wrong(chance, finds);
			outcome.gain += match finds {
				false => COST_OF_WORK,
				true => {
					let slash = provider.convict(terms.price, now);
					COST_OF_WORK - in_units(slash + terms.parts.provider, price)
				}
			};
		}
		if is_wrong && finds {
			now += CHILL;
			known = None;
		} else if drawn > 0 {
			provider.note(reputation::Outcome::Clean, now);
			known = None;
		}
	}
	outcome
}

/// A provider with that many clean audits makes everything wrong that it may have open, and is never seen
/// again. Counted against the honest profit of as many jobs.
pub fn exit_scam(
	price: Balance,
	bond: u32,
	clean_audits: u32,
	colluding: f64,
	precision: Precision,
	seed: u64,
) -> Outcome {
	let mut random = Random::new(seed);
	let mut outcome = Outcome::default();
	let honest = Provider::new(price * Balance::from(bond), price, 0).trusted(clean_audits);
	let Some(terms) = honest.clone().terms(u32::MAX, 0) else { return outcome };
	let chance = detection(terms.rate, colluding, looks_again());
	while !outcome.is(precision) {
		outcome.tries += 1;
		let mut provider = honest.clone();
		for _ in 0..terms.open {
			let (finds, _) = is_found(&mut random, terms.rate, colluding);
			outcome.wrong(chance, finds);
			outcome.gain += match finds {
				false => COST_OF_WORK,
				true => {
					let slash = provider.convict(terms.price, 0);
					COST_OF_WORK - in_units(slash + terms.parts.provider, price)
				}
			};
		}
	}
	outcome
}

/// A requester who is its own provider, with so many clean audits, and owns validators of that share of the
/// weight. Its audits are done by itself where these are drawn. Nothing of it counts for power.
pub fn self_dealing(price: Balance, clean_audits: u32, own_weight: f64) -> Option<Outcome> {
	let mut provider = Provider::new(1_000 * price.max(pay()), price, 0).trusted(clean_audits);
	let terms = provider.terms(1, 0)?;
	let back = terms.parts.provider as f64 + own_weight * terms.parts.audits as f64;
	let gain = back / terms.price as f64 - 1.0;
	Some(Outcome { tries: 1, gain, ..Outcome::default() })
}

/// An auditor with a bond of so many pays who always votes Match and re-executes nothing, among validators of
/// whose weight a share does not look either, on jobs that cost `price`. Counted against honest audits, in pays. It
/// is the only auditor each time, as it is of a provider whom everybody knows: only a second look finds it,
/// whether the result is right or wrong.
pub fn idle_auditor(
	price: Balance,
	bond: u32,
	idle: f64,
	precision: Precision,
	seed: u64,
) -> Outcome {
	let mut random = Random::new(seed);
	let mut outcome = Outcome::default();
	let full = pay() * Balance::from(bond);
	let mut left = full;
	while !outcome.is(precision) {
		outcome.tries += 1;
		let earns = in_units(rules::secured_pay(left), pay());
		let rate = rules::second_look_rate(left);
		let (whole, fraction) = parts_of(rate);
		let looks = f64::from(whole) + fraction;
		let is_looked_at = random.draw(rate) > 0;
		let finds = is_looked_at && random.count(SECOND_LOOKERS, idle) < SECOND_LOOKERS;
		outcome.wrong(looks * (1.0 - idle.powi(SECOND_LOOKERS as i32)), finds);
		outcome.gain += COST_OF_AUDIT;
		if !finds {
			continue;
		}
		let slash = rules::false_vote_slash(price, left);
		left -= slash;
		outcome.gain -= in_units(slash, pay()) + earns;
		// Below half of the least bond a validator is chilled; the next one comes with a new bond.
		if left < full / 2 {
			left = full;
		}
	}
	outcome
}

/// Somebody who challenges right results with a bond of a hundred prices, and is the provider's friend or
/// not: half of the bond is the provider's.
pub fn slander(is_friend: bool) -> Outcome {
	let bond = 100 * ERG;
	let award = settlement::award(bond);
	let back = if is_friend { award.winner } else { 0 };
	let gain = in_units(back, ERG) - in_units(bond, ERG);
	Outcome { tries: 1, gain, ..Outcome::default() }
}
