// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What the simulated chain looks like: jobs of one size, and the rules for those who do them.

use ergon_economics::{
	constants::{
		BLOCKS_PER_DAY, ERG, MAX_IDLE, REPUTATION_HALF_LIFE, SECOND_LOOKERS, VALUE_AT_RISK_DIVISOR,
	},
	reputation,
	sampling::{self, Parameters},
	settlement, AuditRate, Balance, Exposure, Reputation,
};

use crate::rules;
pub use crate::rules::pay;

/// What honest work costs, as a share of the price. A cheat is taken to cost nothing.
pub const COST_OF_WORK: f64 = 0.75;
/// What an audit costs who does it, as a share of its pay.
pub const COST_OF_AUDIT: f64 = 0.75;
/// Jobs of a provider that are not final at a time, where its bond allows as many.
pub const OPEN_JOBS: u32 = 10;
/// Blocks between the jobs of a provider that has work: two hundred a day.
pub const INTERVAL: u32 = BLOCKS_PER_DAY / 200;
/// Blocks that a convicted provider takes no jobs.
pub const CHILL: u32 = BLOCKS_PER_DAY / 2;
/// What a validator has to hold at least.
pub const VALIDATOR_BOND: Balance = 1_000 * ERG;

/// A provider, as far as the rules look at it.
#[derive(Clone, Debug)]
pub struct Provider {
	/// Its bond.
	pub bond: Balance,
	/// What it asks for a job, where that covers the audits.
	asks: Balance,
	reputation: Reputation,
	worked_at: u32,
}

/// What a provider gets a job for.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
	/// λ of the result.
	pub rate: AuditRate,
	/// What the requester pays.
	pub price: Balance,
	/// Where that goes.
	pub parts: settlement::Split,
	/// Jobs that are open at a time, this one included.
	pub open: u32,
}

impl Provider {
	/// One of whom nobody knows anything.
	pub fn new(bond: Balance, asks: Balance, now: u32) -> Self {
		Self { bond, asks, reputation: Reputation::default(), worked_at: now }
	}

	/// Lets it have that many clean audits at once.
	pub fn trusted(mut self, clean_audits: u32) -> Self {
		let now = self.worked_at;
		(0..clean_audits).for_each(|_| self.note(reputation::Outcome::Clean, now));
		self
	}

	/// Its next job, with up to `open` of them open at a time; nothing if its bond does not allow one. Where
	/// what it asks does not cover the audits, it asks as much as does.
	pub fn terms(&mut self, open: u32, now: u32) -> Option<Terms> {
		if now.saturating_sub(self.worked_at) > MAX_IDLE {
			self.reputation.restart();
		}
		self.worked_at = now;
		let mut price = self.asks;
		// Each step covers what the step before would have cost; λ moves little with the price.
		for _ in 0..16 {
			let open = (0..open)
				.take_while(|before| {
					let before = price.saturating_mul((*before).into());
					sampling::may_risk(before, price, self.bond, VALUE_AT_RISK_DIVISOR)
				})
				.count() as u32;
			if open == 0 {
				return None;
			}
			let exposure = Exposure {
				price,
				bond: self.bond,
				escrow: price,
				clean_audits: self.clean_audits(now),
				value_at_risk: price.saturating_mul(open.into()),
			};
			let rate = sampling::expected_auditors(&exposure, &Parameters::default());
			let budget = rules::audit_budget(rate, VALIDATOR_BOND);
			let parts = settlement::split(price, budget);
			if parts.audits == budget {
				return Some(Terms { rate, price, parts, open });
			}
			price = budget / 95 * 100 + 100;
		}
		None
	}

	/// Clean audits that count.
	pub fn clean_audits(&self, now: u32) -> u32 {
		self.reputation.clean_audits(now, REPUTATION_HALF_LIFE)
	}

	/// An audit of its work ended.
	pub fn note(&mut self, outcome: reputation::Outcome, now: u32) {
		self.reputation.note(outcome, now, REPUTATION_HALF_LIFE);
	}

	/// Takes the slash for one wrong result of that price; returns it.
	pub fn convict(&mut self, price: Balance, now: u32) -> Balance {
		let slash = settlement::slash(price, self.bond);
		self.bond -= slash;
		self.note(reputation::Outcome::Faulty, now);
		slash
	}
}

/// Whole auditors of a rate, and the chance of one more.
pub fn parts_of(rate: AuditRate) -> (u32, f64) {
	let (inner, one) = (rate.into_inner(), AuditRate::from_u32(1).into_inner());
	((inner / one) as u32, (inner % one) as f64 / one as f64)
}

/// The chance that none of `drawn` looks, drawn from so many of whom so many do not.
pub fn all_silent(drawn: u32, silent: u32, of: u32) -> f64 {
	let chance = |before: u32| match silent.checked_sub(before) {
		None | Some(0) => 0.0,
		Some(silent) => f64::from(silent) / f64::from(of - before),
	};
	(0..drawn.min(of)).map(chance).product()
}

/// What a second look finds when there were `drawn` auditors and none of them looked.
pub fn found_later(drawn: u32, silent: u32, of: u32) -> f64 {
	let left = (silent.saturating_sub(drawn), of.saturating_sub(drawn));
	1.0 - all_silent(SECOND_LOOKERS, left.0, left.1)
}

/// The chance that auditors find a wrong result at a rate, when that share of the weight says nothing: at least
/// one of those who are drawn re-executes, or one of a second look.
pub fn detection(rate: AuditRate, silent: f64, looks_again: f64) -> f64 {
	let second = 1.0 - silent.powi(SECOND_LOOKERS as i32);
	let (whole, fraction) = parts_of(rate);
	let missed = |drawn: u32| match drawn {
		0 => 1.0,
		_ => silent.powi(drawn as i32) * (1.0 - looks_again * second),
	};
	1.0 - (1.0 - fraction) * missed(whole) - fraction * missed(whole + 1)
}

#[cfg(test)]
mod tests {
	use super::*;

	fn near(value: f64, expected: f64) {
		assert!((value - expected).abs() < 1e-6, "{value} {expected}");
	}

	#[test]
	fn detection_counts_who_is_drawn() {
		let rate = |rate: f64| AuditRate::from_float(rate);
		near(detection(rate(0.0), 0.0, 0.0), 0.0);
		near(detection(rate(0.25), 0.0, 0.5), 0.25);
		near(detection(rate(3.0), 1.0 / 3.0, 0.0), 26.0 / 27.0);
		near(detection(rate(1.5), 0.5, 0.0), 1.0 - 0.5 * 0.75);
		near(detection(rate(2.0), 1.0, 1.0), 0.0);
		near(detection(rate(1.0), 0.5, 0.1), 0.5 + 0.5 * 0.1 * 0.75);
	}

	#[test]
	fn few_are_drawn_only_once() {
		near(all_silent(0, 3, 9), 1.0);
		near(all_silent(2, 3, 9), 3.0 / 9.0 * 2.0 / 8.0);
		near(all_silent(4, 3, 9), 0.0);
		near(all_silent(1, 9, 9), 1.0);
		near(found_later(1, 2, 9), 1.0);
	}

	#[test]
	fn the_bond_bounds_what_is_open() {
		let terms = |bond| Provider::new(bond * ERG, ERG, 0).terms(1_000, 0);
		assert!(terms(1).is_none());
		assert_eq!(terms(2).map(|terms| terms.open), Some(1));
		assert_eq!(terms(300).map(|terms| terms.open), Some(100));
	}

	#[test]
	fn a_price_covers_the_audits() {
		for asks in [0, pay() / 2, pay(), 10 * pay()] {
			let Some(terms) = Provider::new(1_000 * ERG, asks, 0).terms(1, 0) else { panic!() };
			let looks = f64::from(3 + SECOND_LOOKERS);
			assert!(
				terms.parts.audits >= 3 * pay()
					&& (terms.parts.audits as f64) < looks * pay() as f64
			);
			assert!(terms.price >= asks);
		}
	}

	#[test]
	fn a_week_without_work_makes_a_newcomer() {
		let mut provider = Provider::new(1_000 * ERG, ERG, 0).trusted(100);
		assert!(provider
			.terms(1, MAX_IDLE)
			.is_some_and(|terms| terms.rate < AuditRate::from_u32(1)));
		let back = 2 * MAX_IDLE + 1;
		assert!(provider.terms(1, back).is_some_and(|terms| terms.rate == AuditRate::from_u32(3)));
	}
}
