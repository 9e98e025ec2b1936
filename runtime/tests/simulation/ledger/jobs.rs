// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What jobs must cost and pay.

use super::{
	audits, percent,
	slashes::{Pledge, Slashes},
	Entry, Fixed, Ledger,
};
use ergon_core::JobId;
use ergon_runtime::{
	configs::{jobs::AuditPoolAccount, transaction_payment::TreasuryAccount},
	AccountId, Balance, Power, Runtime,
};
use ergon_test_chain::tiny;
use pallet_jobs::{Settlement, VoidReason};
use std::collections::BTreeMap;

impl Ledger {
	pub(super) fn book_job(
		&mut self,
		event: pallet_jobs::Event<Runtime>,
		slashes: &mut BTreeMap<JobId, Slashes>,
	) {
		use pallet_jobs::Event::*;
		match event {
			JobSubmitted { job, requester, model, max_price, deposit } => {
				let entry = Entry { model, max_price, deposit, ..Entry::new(requester) };
				self.jobs.insert(job, entry);
			}
			JobAssigned { job, provider, prices, .. } => {
				self.job(&job).prices = (prices.prompt_token, prices.output_token);
				self.put_at_risk(&job, provider);
			}
			JobRequeued { job, .. } => {
				self.take_off_risk(&job);
				self.job(&job).provider = None;
			}
			JobAttested { job, provider, prompt_tokens, output_tokens, price } => {
				let work = audits::work(prompt_tokens, output_tokens);
				let audit_price = self.audit_price;
				let at_risk = self.at_risk.get(&provider).copied().unwrap_or_default();
				let entry = self.job(&job);
				assert_eq!(entry.model, tiny::id(), "nobody can audit another model");
				assert_eq!(entry.provider.as_ref(), Some(&provider));
				let (prompt, output) = entry.prices;
				entry.price =
					prompt * Balance::from(prompt_tokens) + output * Balance::from(output_tokens);
				entry.audit_pay = audits::pay(work, audit_price);
				assert_eq!(price, entry.price);
				assert!(price <= entry.max_price, "nobody pays more than was agreed");
				self.fixed.push(Fixed { job, provider, work, at_risk });
			}
			JobSettled { job, settlement, .. } => {
				self.take_off_risk(&job);
				self.book_settlement(&job, &settlement);
			}
			AuditorPaid { job, auditor, amount } => self.book_pay(&job, &auditor, amount),
			JobVoided { job, refunded, reason } => {
				self.take_off_risk(&job);
				let entry = self.job(&job);
				assert_eq!(refunded, entry.max_price, "all of it");
				if reason == VoidReason::Overturned {
					let slashes = slashes.entry(job).or_default();
					slashes.overturned = true;
					let answers = !entry.is_spared;
					assert_eq!(
						slashes.convicted, answers,
						"the provider answers for {job:?}, or who stood in"
					);
				}
			}
			JobExpired { job, refunded, .. } => {
				self.take_off_risk(&job);
				assert_eq!(refunded, self.job(&job).max_price, "all of it");
			}
			JobCancelled { job, refunded } => {
				assert_eq!(refunded, self.job(&job).max_price, "all of it");
			}
			JobPruned { job, by, reward, returned } => {
				let entry = self.job(&job).clone();
				assert!(reward + returned <= entry.deposit);
				self.take(&entry.requester, reward);
				self.give(&by, reward);
			}
			ProviderSlashed { job, provider, amount } => {
				let entry = self.job(&job);
				assert_eq!(entry.provider.as_ref(), Some(&provider));
				let price = entry.price;
				slashes.entry(job).or_default().convicted = true;
				self.book_slash(job, &provider, (Pledge::Provider, amount), price, slashes);
			}
			AuditorSlashed { job, auditor, amount } => {
				let entry = self.job(&job);
				let voted = entry.matches.contains(&auditor) || entry.mismatches.contains(&auditor);
				assert!(voted, "only a vote can be false");
				let is_spared = entry.is_spared && entry.matches.contains(&auditor);
				assert!(!is_spared, "it is open whether {auditor} was wrong about {job:?}");
				// Whichever is more: what the job costs, or what auditing it earns.
				let worth = entry.price.max(entry.audit_pay);
				self.book_slash(job, &auditor, (Pledge::Validator, amount), worth, slashes);
			}
			SlashAwarded { job, awarded, burnt } => {
				slashes.entry(job).or_default().book_award(awarded, burnt);
			}
			PaymentDiverted { payee, .. } | PaymentBurnt { payee, .. } => {
				self.left_out.insert(payee);
			}
			ReplicasDiffer { job, other } => {
				let providers = [job, other].map(|id| self.job(&id).provider.clone());
				let [one, another] = providers.map(|it| it.expect("both have answered"));
				assert_ne!(one, another, "nobody answers twice");
				self.job(&job).rivals.insert(another);
				self.job(&other).rivals.insert(one);
			}
			JobDisputed { .. } | __Ignore(..) => {}
		}
	}

	/// Books who gets which part of a price.
	fn book_settlement(&mut self, job: &JobId, settlement: &Settlement) {
		let (treasury, pool) = (TreasuryAccount::get(), AuditPoolAccount::get());
		let Entry { requester, price, max_price, provider, budget, .. } = self.job(job).clone();
		let provider = provider.expect("somebody did it");
		assert_eq!((settlement.price, settlement.refunded), (price, max_price - price));
		let (burnt, to_treasury) = ((3 * price).div_ceil(100), percent(2, price));
		let rest = price - burnt - to_treasury;
		// What is set aside for audits comes out of the provider's part, and what auditors earn
		// beyond it out of the pool.
		let aside = rest.checked_sub(settlement.provider).expect("no more than the rest");
		if let Some(budget) = budget.filter(|_| self.left_out.is_empty()) {
			let (least, most) = (*budget.start().min(&rest), *budget.end().min(&rest));
			assert!(least <= aside && aside <= most, "{job:?}: {aside} and not {budget:?}");
			self.budgets += 1;
		}
		let earned = settlement.auditors;
		assert_eq!(settlement.from_pool, earned.saturating_sub(aside));
		assert_eq!(settlement.to_pool, aside.saturating_sub(earned));
		assert_eq!((settlement.burnt, settlement.treasury), (burnt, to_treasury));
		self.take(&requester, price);
		self.give(&treasury, to_treasury);
		self.give(&provider, rest - aside);
		self.take(&pool, settlement.from_pool);
		self.give(&pool, settlement.to_pool);
		self.checked += 1;
	}

	/// Books what an auditor earned: by the work, and half of its bond at most.
	fn book_pay(&mut self, job: &JobId, auditor: &AccountId, amount: Balance) {
		let bond = self.bond(auditor, Pledge::Validator);
		let entry = self.job(job);
		assert!(entry.matches.contains(auditor), "only who found the same is paid");
		let due = entry.audit_pay;
		match bond == Power::bond(auditor) {
			true => assert_eq!(amount, due.min(bond / 2), "{auditor} for {job:?}"),
			false => assert!(amount <= due, "{auditor} for {job:?}"),
		}
		self.give(auditor, amount);
	}
}
