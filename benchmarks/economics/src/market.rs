// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What the simulated chain looks like: jobs of one price, and the rules for them.

use ergon_core::{Work, WORK_UNIT};
use ergon_economics::{
	constants,
	sampling::{self, Parameters},
	settlement, AuditRate, Balance, Exposure,
};
use sp_arithmetic::FixedPointNumber;

/// Price of a job, in the smallest unit.
pub const PRICE: Balance = constants::ERG;
/// Canonical work of a job.
pub const WORK: Work = 100 * WORK_UNIT;
/// What the runtime pays for re-executing a work unit.
pub const AUDIT_PRICE: Balance = constants::ERG / 1_000;
/// What honest work costs, as a share of the price. A cheat is taken to cost nothing.
pub const COST_OF_WORK: f64 = 0.5;
/// What an audit costs who does it, as a share of its pay.
pub const COST_OF_AUDIT: f64 = 0.5;
/// Jobs of a provider that are not final at a time, where its bond allows as many.
pub const OPEN_JOBS: u128 = 10;

/// What a provider has that the rules look at.
#[derive(Clone, Copy, Debug)]
pub struct Provider {
	/// Its bond.
	pub bond: Balance,
	/// Clean audits since the last fault.
	pub clean_audits: u32,
}

impl Provider {
	/// One of whom nobody knows anything.
	pub fn new(bond: Balance) -> Self {
		Self { bond, clean_audits: 0 }
	}

	/// Jobs that it may have open at a time.
	pub fn open_jobs(&self) -> u128 {
		let fits = |jobs: &u128| {
			let before = PRICE * (jobs - 1);
			sampling::may_risk(before, PRICE, self.bond, constants::VALUE_AT_RISK_DIVISOR)
		};
		(1..).take_while(fits).last().unwrap_or(0)
	}

	/// λ of its next result, while that many are open.
	pub fn rate(&self, open: u128) -> AuditRate {
		let exposure = Exposure {
			price: PRICE,
			bond: self.bond,
			escrow: PRICE,
			clean_audits: self.clean_audits,
			value_at_risk: PRICE * open,
		};
		sampling::expected_auditors(&exposure, &Parameters::default())
	}

	/// What a result that stands earns, at that rate.
	pub fn share(rate: AuditRate) -> Balance {
		let budget = settlement::audit_budget(rate, WORK, AUDIT_PRICE);
		settlement::split(PRICE, budget).provider
	}

	/// Takes the slash for one wrong result; returns it.
	pub fn convict(&mut self) -> Balance {
		let slash = settlement::slash(PRICE, self.bond);
		self.bond -= slash;
		self.clean_audits = 0;
		slash
	}
}

/// The chance that a wrong result is found at a rate, when that share of the auditors says nothing: at
/// least one of those who are drawn re-executes.
pub fn detection(rate: AuditRate, silent: f64) -> f64 {
	let whole = (rate.into_inner() / AuditRate::DIV) as i32;
	let fraction = (rate.into_inner() % AuditRate::DIV) as f64 / AuditRate::DIV as f64;
	1.0 - silent.powi(whole) * (1.0 - fraction + fraction * silent)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn detection_counts_who_is_drawn() {
		let rate = |rate: f64| AuditRate::from_inner((rate * AuditRate::DIV as f64) as u64);
		let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-6, "{found}");
		near(detection(rate(0.0), 0.0), 0.0);
		near(detection(rate(0.25), 0.0), 0.25);
		near(detection(rate(3.0), 1.0 / 3.0), 26.0 / 27.0);
		near(detection(rate(1.5), 0.5), 1.0 - 0.5 * 0.75);
		near(detection(rate(2.0), 1.0), 0.0);
	}

	#[test]
	fn the_bond_bounds_what_is_open() {
		assert_eq!(Provider::new(PRICE).open_jobs(), 0);
		assert_eq!(Provider::new(2 * PRICE).open_jobs(), 1);
		assert_eq!(Provider::new(300 * PRICE).open_jobs(), 100);
	}
}
