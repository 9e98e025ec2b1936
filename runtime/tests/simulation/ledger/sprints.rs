// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What follows from items of sprints. For nobody's money they are like jobs without a price.

use super::{
	slashes::{Pledge, Slashes},
	Entry, Ledger,
};
use ergon_core::JobId;
use ergon_runtime::{
	configs::transaction_payment::TreasuryAccount, AccountId, Balance, Runtime, Session,
};
use pallet_sprints::CandidateFailure;
use std::collections::{BTreeMap, BTreeSet};

impl Ledger {
	pub(super) fn book_sprint(
		&mut self,
		event: pallet_sprints::Event<Runtime>,
		slashes: &mut BTreeMap<JobId, Slashes>,
		bonds_slashed: &mut BTreeMap<AccountId, Balance>,
	) {
		use pallet_sprints::Event::*;
		match event {
			Shown { operator, job, .. } => {
				let provider = Some(operator.clone());
				let pledge = Pledge::Validator;
				self.jobs.insert(job, Entry { provider, pledge, ..Entry::new(operator) });
			}
			AuditorSlashed { job, auditor, amount } => {
				bonds_slashed.remove(&auditor);
				self.book_slash(job, &auditor, (Pledge::Validator, amount), 0, slashes);
			}
			SlashAwarded { job, awarded, burnt } => {
				slashes.entry(job).or_default().book_award(awarded, burnt);
			}
			Failed { era, operator, failure, job } => {
				let amount = bonds_slashed.remove(&operator).unwrap_or_default();
				if let Some(job) = job {
					slashes.entry(job).or_default().overturned = true;
				}
				let is_spared = job.is_some_and(|job| self.job(&job).is_spared);
				let is_wrong = failure == CandidateFailure::Wrong;
				// Somebody else has answered for it, or it is known.
				if is_spared || !self.failures.insert((era, operator.clone(), is_wrong)) {
					assert_eq!(amount, 0, "{operator} lost something in the sprint of era {era}");
					return;
				}
				self.book_failure(&operator, failure, job, amount);
			}
			_ => {}
		}
	}

	/// Books what a candidate loses for an item: half of it to those who found it, the rest to the treasury.
	fn book_failure(
		&mut self,
		operator: &AccountId,
		failure: CandidateFailure,
		job: Option<JobId>,
		amount: Balance,
	) {
		let share = match failure {
			CandidateFailure::Wrong => 10,
			CandidateFailure::NotShown => 5,
		};
		let due = (share * self.bond(operator, Pledge::Validator)).div_ceil(100);
		match self.offences.insert((Session::current_index(), operator.clone())) {
			true => self.taken.note(operator, Pledge::Validator, amount, due),
			// Offences of a session are one, and what was taken for it is taken into account.
			false => assert!(amount <= due, "{operator} lost {amount} instead of {due}"),
		}
		self.take(operator, amount);
		let finders = job.map_or_else(BTreeSet::new, |job| self.finders(&job));
		let part = (amount / 2).checked_div(finders.len() as Balance).unwrap_or_default();
		let rest = amount - part * finders.len() as Balance;
		finders.iter().for_each(|finder| self.give(finder, part));
		self.give(&TreasuryAccount::get(), rest);
		self.checked += 1;
	}
}
