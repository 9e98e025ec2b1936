// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What becomes of a provider's work: the functions that other pallets call.
//!
//! They run in hooks too, where nothing is rolled back: each changes its records completely or not
//! at all.

use crate::{
	types::{ChillReason, CreditOf, CurrencyOf, Failures, ProviderOf, Slashed, Standing},
	Config, Event, HoldReason, Markets, Offers, Pallet, Providers, Workers,
};
use ergon_core::{crypto::worker::WorkerId, ModelId, Work};
use ergon_economics::{Balance, Outcome};
use frame_support::{
	defensive,
	traits::{fungible::BalancedHold, Get, Imbalance},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::Saturating;

impl<T: Config> Pallet<T> {
	/// The key that signs for the provider. One read.
	pub fn worker(provider: &T::AccountId) -> Option<WorkerId> {
		Providers::<T>::get(provider).map(|record| record.worker)
	}

	/// The provider behind a worker key. One read.
	pub fn by_worker(worker: &WorkerId) -> Option<T::AccountId> {
		Workers::<T>::get(worker)
	}

	/// What a slash could take, and what the sampling rate depends on; nothing for an account that
	/// is no provider.
	///
	/// Weight: `WeightInfo::standing()`.
	pub fn standing(provider: &T::AccountId) -> Standing {
		Providers::<T>::get(provider)
			.map_or_else(Standing::default, |record| Self::standing_of(&record))
	}

	/// Number of offers of a model, whether they fit or not.
	///
	/// Weight: one read.
	pub fn offer_count(model: &ModelId) -> u32 {
		Markets::<T>::get(model).total
	}

	/// Gives back the slot that [`Self::assign`] took, and takes the `work` that it counted off the work
	/// at hand, because the provider has nothing more to compute for the job. Its price stays at risk.
	/// The bond cannot be withdrawn up to `safe_at`, the last block at which the work could still be
	/// overturned. Nothing can be overturned later than now where nothing was delivered.
	///
	/// Weight: `WeightInfo::vacate()`.
	pub fn vacate(
		provider: &T::AccountId,
		model: &ModelId,
		work: Work,
		safe_at: BlockNumberFor<T>,
	) {
		let (Some(mut record), Some(mut offer)) =
			(Providers::<T>::get(provider), Offers::<T>::get(model, provider))
		else {
			defensive!("a provider at work stays registered, and so does its offer");
			return;
		};
		let (Some(busy), Some(active_jobs), Some(work_at_hand)) = (
			offer.busy.checked_sub(1),
			record.active_jobs.checked_sub(1),
			record.work_at_hand.checked_sub(work),
		) else {
			defensive!("what is vacated was assigned");
			return;
		};
		offer.busy = busy;
		record.active_jobs = active_jobs;
		record.work_at_hand = work_at_hand;
		record.safe_at = record.safe_at.max(safe_at);
		let now = Self::now();
		if safe_at > now {
			record.worked_at = now;
		}
		Offers::<T>::insert(model, provider, offer);
		Providers::<T>::insert(provider, &record);
		Self::place(model, provider, &record);
	}

	/// A job is final, whatever became of it, and was vacated before: takes the `max_price` that
	/// [`Self::assign`] counted off the value at risk.
	///
	/// Weight: `WeightInfo::release()`.
	pub fn release(provider: &T::AccountId, max_price: Balance) {
		let Some(mut record) = Providers::<T>::get(provider) else {
			defensive!("a provider with open jobs stays registered");
			return;
		};
		let vacated = |open: &u32| *open >= record.active_jobs;
		let (Some(open_jobs), Some(value_at_risk)) = (
			record.open_jobs.checked_sub(1).filter(vacated),
			record.value_at_risk.checked_sub(max_price),
		) else {
			defensive!("what is released was assigned and vacated");
			return;
		};
		record.open_jobs = open_jobs;
		record.value_at_risk = value_at_risk;
		Providers::<T>::insert(provider, record);
	}

	/// The provider missed a deadline or declined. [`Config::MaxFailures`] of them within
	/// [`Config::FailureWindow`] chill it.
	///
	/// Weight: `WeightInfo::note_failure(o)` with the number of its offers, at most `MaxOffers`.
	pub fn note_failure(provider: &T::AccountId) {
		let Some(mut record) = Providers::<T>::get(provider) else {
			defensive!("who fails a job is a provider");
			return;
		};
		let now = Self::now();
		let Failures { count, since } = record.failures;
		let over = now > since.saturating_add(T::FailureWindow::get());
		record.failures = match count {
			0 => Failures { count: 1, since: now },
			_ if over => Failures { count: 1, since: now },
			_ => Failures { count: count.saturating_add(1), since },
		};
		let failures = record.failures.count;
		Self::deposit_event(Event::Failed { provider: provider.clone(), failures });
		if failures >= T::MaxFailures::get() {
			record.failures = Default::default();
			Self::chill(provider, &mut record, ChillReason::Failures);
		}
		Providers::<T>::insert(provider, record);
	}

	/// Feeds the reputation; only audited outcomes count.
	///
	/// Weight: `WeightInfo::note_audited()`.
	pub fn note_audited(provider: &T::AccountId, outcome: Outcome) {
		let Some(mut record) = Providers::<T>::get(provider) else {
			defensive!("whose work is audited is a provider");
			return;
		};
		record.reputation.note(outcome, Self::now_u32(), T::ReputationHalfLife::get());
		Self::deposit_event(Event::Audited {
			provider: provider.clone(),
			clean: outcome == Outcome::Clean,
			reputation: Self::score(&record),
		});
		Providers::<T>::insert(provider, record);
	}

	/// Takes `amount` of the bond, or all of it, chills the provider, and hands the money over.
	///
	/// Weight: `WeightInfo::slash(o)` with the number of its offers, at most `MaxOffers`.
	pub fn slash(provider: &T::AccountId, amount: Balance) -> Slashed<T> {
		let Some(mut record) = Providers::<T>::get(provider) else {
			defensive!("who is slashed is a provider");
			return Slashed { credit: CreditOf::<T>::zero(), shortfall: amount };
		};
		let wanted = amount.min(record.bond);
		let reason = HoldReason::ProviderBond.into();
		let (credit, missing) = CurrencyOf::<T>::slash(&reason, provider, wanted);
		if missing > 0 {
			defensive!("a bond is held to the unit");
		}
		let taken = credit.peek();
		record.bond = record.bond.saturating_sub(taken);
		Self::deposit_event(Event::Slashed {
			provider: provider.clone(),
			amount: taken,
			bond: record.bond,
		});
		Self::chill(provider, &mut record, ChillReason::Slash);
		Providers::<T>::insert(provider, record);
		Slashed { credit, shortfall: amount.saturating_sub(taken) }
	}

	/// Keeps a provider from taking jobs. The caller stores the record.
	fn chill(who: &T::AccountId, record: &mut ProviderOf<T>, reason: ChillReason) {
		let until = Self::now().saturating_add(T::ChillPeriod::get());
		record.chilled_until = Some(until);
		Self::place_all(who, record);
		Self::deposit_event(Event::Chilled { provider: who.clone(), reason, until });
	}
}
