// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What the chain does about auditors that do not look, in one place.

use ergon_core::{Work, WORK_UNIT};
use ergon_economics::{
	constants::{ERG, SECOND_LOOK_RATE},
	sampling, settlement, AuditRate, Balance,
};

/// Canonical work of a job.
const WORK: Work = 100 * WORK_UNIT;
/// What the runtime pays at first for re-executing a work unit.
const AUDIT_PRICE: Balance = ERG / 1_000;

/// What an audit of a job earns.
pub fn pay() -> Balance {
	settlement::audit_pay(WORK, AUDIT_PRICE)
}

/// How often a matched result is looked at again, where `bond` is the smallest behind a Match.
pub fn second_look_rate(bond: Balance) -> AuditRate {
	sampling::second_look_rate(SECOND_LOOK_RATE, pay(), bond)
}

/// What an auditor loses for a Match without work, or of a wrong result.
pub fn false_vote_slash(price: Balance, bond: Balance) -> Balance {
	settlement::false_vote_slash(price, pay(), bond)
}

/// What an audit really earns.
pub fn secured_pay(bond: Balance) -> Balance {
	settlement::secured_pay(pay(), bond)
}

/// What the audits of a result are expected to cost, where a validator has a bond of that at least.
pub fn audit_budget(rate: AuditRate, bond: Balance) -> Balance {
	let audits = sampling::expected_audits(rate, second_look_rate(bond));
	settlement::audit_budget(audits, WORK, AUDIT_PRICE)
}
