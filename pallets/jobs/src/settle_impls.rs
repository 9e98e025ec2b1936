// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What the audits came to, in money.

use crate::{
	lifecycle_impls::JobIn,
	pallet::{Config, Event, Jobs, Pallet},
	payment_impls::Paid,
	traits::{Audited, Audits, Conclusion, Demand, Penalty, Providers},
	types::{AccountIdOf, Attested, Balance, Branch, CreditOf, FullSlots, Settlement},
};
use alloc::vec::Vec;
use ergon_core::JobId;
use ergon_economics::settlement;
use frame_support::traits::{Get, Imbalance, OnUnbalanced};

impl<T: Config> Pallet<T> {
	/// Asks the audits of an attested job, and does what they say.
	pub(crate) fn conclude(case: JobIn<T, Attested<T>>) -> (Branch, FullSlots) {
		let auditing = T::Audits::conclude_weight_of(&case.id)
			.saturating_add(Self::replicas_weight(case.job.replica));
		match T::Audits::conclude(&case.id) {
			Conclusion::Pending { until, disputed } => {
				(Branch::Pending { auditing }, case.wait(until, disputed))
			}
			Conclusion::Upheld { pay, penalties, audited } => {
				let winners = penalties.iter().map(|penalty| penalty.winners.len().max(1)).sum();
				let auditors = pay.len().max(winners) as u32;
				Self::uphold(case, pay, penalties, audited);
				(Branch::Settled { auditors, auditing }, 0)
			}
			Conclusion::Overturned { finders, false_votes, spared } => {
				let auditors = finders.len().max(false_votes.len()) as u32;
				Self::overturn(case, finders, false_votes, spared);
				(Branch::Overturned { auditors, auditing }, 0)
			}
		}
	}

	/// The result stands: the actual price is split and paid, and auditors who did not do their duty are
	/// punished in favour of whom they harmed or who found it.
	pub(crate) fn uphold(
		mut case: JobIn<T, Attested<T>>,
		pay: Vec<(AccountIdOf<T>, Balance)>,
		penalties: Vec<Penalty<AccountIdOf<T>, Balance>>,
		audited: bool,
	) {
		let (id, attested) = (case.id, case.state.clone());
		let provider = &attested.assignment.provider;

		let price = attested.price.min(case.job.escrow);
		case.job.escrow = case.job.escrow.saturating_sub(price);
		let fund = Self::take_held(&case.job.requester, price);
		let mut paid = Settlement { price: fund.peek(), ..Default::default() };

		let parts = settlement::split(fund.peek(), attested.audit_budget);
		let (burnt, fund) = fund.split(parts.burn);
		paid.burnt = burnt.peek();
		T::Burn::on_unbalanced(burnt);
		let (treasury, fund) = fund.split(parts.treasury);
		paid.book(Self::pay(id, &T::Treasury::get(), treasury), |paid| &mut paid.treasury);
		let (audits, rest) = fund.split(parts.audits);
		let auditors = pay.len() as u32;
		Self::pay_auditors(id, audits, pay, &mut paid);
		paid.book(Self::pay(id, provider, rest), |paid| &mut paid.provider);

		for Penalty { auditor, winners, pay } in penalties {
			let slashed = Self::slash_auditors(id, attested.price, Vec::from([(auditor, pay)]));
			Self::award(id, slashed, &winners);
		}
		T::Providers::release(provider, case.job.max_price);
		if audited {
			T::Providers::note_audited(provider, Audited::Clean);
			T::Demand::note(&case.job.model, attested.work);
		}
		case.settle(paid, auditors, audited);
	}

	/// The result is wrong: provider and false Match voters are slashed in favour of those who found
	/// it, and the requester is refunded in full. A provider that is `spared` was silent in a game that somebody lost
	/// in its place: it is as good as faulty, but for its bond.
	pub(crate) fn overturn(
		case: JobIn<T, Attested<T>>,
		finders: Vec<AccountIdOf<T>>,
		false_votes: Vec<(AccountIdOf<T>, Balance)>,
		spared: bool,
	) {
		let (id, price) = (case.id, case.state.price);
		let provider = case.state.assignment.provider.clone();

		let mut slashed = match spared {
			true => CreditOf::<T>::zero(),
			false => Self::slash_provider(id, price, &provider),
		};
		slashed.subsume(Self::slash_auditors(id, price, false_votes));
		Self::award(id, slashed, &finders);
		T::Providers::note_audited(&provider, Audited::Faulty);
		T::Providers::release(&provider, case.job.max_price);
		case.void();
	}

	fn slash_provider(job: JobId, price: Balance, provider: &AccountIdOf<T>) -> CreditOf<T> {
		let (slashed, _) = T::Providers::slash(provider, Self::slash_of(provider, price));
		let (provider, amount) = (provider.clone(), slashed.peek());
		Self::deposit_event(Event::ProviderSlashed { job, provider, amount });
		slashed
	}

	/// What a provider loses for a wrong result of a job of that price.
	fn slash_of(provider: &AccountIdOf<T>, price: Balance) -> Balance {
		settlement::slash(price, T::Providers::standing(provider).bond)
	}

	/// What the provider of a result that is not final loses if it is wrong.
	pub fn provider_stake(id: &JobId) -> Option<Balance> {
		let job = Jobs::<T>::get(id)?;
		let result = job.open_result()?;
		Some(Self::slash_of(&result.assignment.provider, result.price))
	}

	/// Pays auditors out of the job's budget, and out of the pool what the budget lacks; what the
	/// budget leaves goes to the pool.
	fn pay_auditors(
		job: JobId,
		mut fund: CreditOf<T>,
		due: Vec<(AccountIdOf<T>, Balance)>,
		paid: &mut Settlement,
	) {
		let owed = due.iter().fold(0, |sum: Balance, (_, amount)| sum.saturating_add(*amount));
		let lacking = owed.saturating_sub(fund.peek());
		if lacking > 0 {
			let extra = Self::take_from_pool(lacking);
			paid.from_pool = extra.peek();
			fund.subsume(extra);
		}
		let rest = Self::pay_out_of(job, fund, due, |auditor, outcome| {
			paid.book(outcome, |paid| &mut paid.auditors);
			if let Paid::Payee(amount) = outcome {
				Self::deposit_event(Event::AuditorPaid { job, auditor, amount });
			}
		});
		paid.book(Self::pay(job, &T::AuditPool::get(), rest), |paid| &mut paid.to_pool);
	}

	/// Slashes each of `culprits` for a false vote on a job of that price, whose audit earns as much as stands
	/// beside it.
	fn slash_auditors(
		job: JobId,
		price: Balance,
		culprits: Vec<(AccountIdOf<T>, Balance)>,
	) -> CreditOf<T> {
		let mut slashed = CreditOf::<T>::zero();
		for (auditor, pay) in culprits {
			let (credit, _) = T::Audits::slash(&auditor, price, pay);
			let amount = credit.peek();
			Self::deposit_event(Event::AuditorSlashed { job, auditor, amount });
			slashed.subsume(credit);
		}
		slashed
	}

	/// Divides what slashes took: half to the winners in equal parts, the rest is burnt.
	fn award(job: JobId, slashed: CreditOf<T>, winners: &[AccountIdOf<T>]) {
		let taken = slashed.peek();
		if taken == 0 {
			return;
		}
		let share = settlement::share(taken, winners.len());
		let due = winners.iter().map(|winner| (winner.clone(), share));
		let (mut awarded, mut diverted) = (0, 0);
		let rest = Self::pay_out_of(job, slashed, due, |_, outcome| match outcome {
			Paid::Payee(amount) => awarded = amount.saturating_add(awarded),
			Paid::Pool(amount) => diverted = amount.saturating_add(diverted),
			Paid::Burnt(_) => {}
		});
		T::Burn::on_unbalanced(rest);
		let burnt = taken.saturating_sub(awarded).saturating_sub(diverted);
		Self::deposit_event(Event::SlashAwarded { job, awarded, burnt });
	}
}
