// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Which provider gets a job.

use crate::{
	traits::Capacity,
	types::{Assignment, AssignmentOf, Need, NeedOf, Offer, ProviderOf},
	Config, Markets, Offers, Pallet, Positions, Providers,
};
use alloc::vec::Vec;
use ergon_core::{ModelId, Work};
use ergon_economics::{power, sampling, Balance};
use frame_support::traits::Get;

/// A provider and its offer, as assignment looks at them.
struct Candidate<T: Config> {
	who: T::AccountId,
	offer: Offer,
	provider: ProviderOf<T>,
}

impl<T: Config> Candidate<T> {
	/// The candidate's offer fits but for its price and for what it has free at the moment.
	fn qualifies(&self, need: &NeedOf<T>) -> bool {
		let Need { countries, min_reputation, provider, excluded, admits, .. } = *need;
		self.provider.is_assignable()
			&& self.offer.slots > 0
			&& provider.is_none_or(|named| *named == self.who)
			&& !excluded.contains(&self.who)
			&& (countries.is_empty() || countries.contains(&self.provider.profile.country))
			&& (min_reputation == 0 || Pallet::<T>::score(&self.provider) >= min_reputation)
			&& admits(&Pallet::<T>::standing_of(&self.provider), &self.offer.prices)
	}

	/// The worst-case price of the job at this offer's prices.
	fn price(&self, need: &NeedOf<T>) -> Option<Balance> {
		self.offer.prices.of_job(need.prompt_tokens, need.output_tokens)
	}

	/// The bond stands for another job of that price beside `value_at_risk`.
	fn may_risk(&self, value_at_risk: Balance, price: Balance) -> bool {
		let divisor = T::ValueAtRiskDivisor::get();
		sampling::may_risk(value_at_risk, price, self.provider.bond, divisor)
	}

	/// The provider has so few jobs that it need not have proved anything, or has proved that it can have
	/// another one of that work beside them.
	fn can_do(&self, work: Work) -> bool {
		let needs_no_proof = self.provider.active_jobs < T::UnprovedJobs::get();
		// A sum that is no number could not be taken off again.
		let at_hand = self.provider.work_at_hand.checked_add(work);
		at_hand.is_some_and(|work| needs_no_proof || work <= T::Capacity::proved(&self.who))
	}

	/// The candidate can have the job now.
	fn fits(&self, need: &NeedOf<T>) -> bool {
		self.offer.free_slots() > 0
			&& self.qualifies(need)
			&& self.price(need).is_some_and(|price| price <= need.max_price)
			&& self.may_risk(self.provider.value_at_risk, need.max_price)
			// Last, because it costs a read.
			&& self.can_do(need.work)
	}

	/// Free slots × reputation; at least 1 for a candidate with a free slot.
	fn weight(&self) -> u64 {
		let score = Pallet::<T>::score(&self.provider).max(1);
		u64::from(self.offer.free_slots()).saturating_mul(score.into())
	}
}

impl<T: Config> Pallet<T> {
	/// Picks one provider whose offer fits, in proportion to free slots × reputation, and takes one
	/// of its slots until [`Self::vacate`]. Until then `need.work` counts as work at hand, and until
	/// [`Self::release`] `need.max_price` as value at risk; each must be given the same amount.
	///
	/// Looks at [`Config::MaxOffersScanned`] open offers at most, in a row from a random one on,
	/// and only at the named provider if there is one. `None` when none of them fits; other
	/// randomness may find another. `randomness` must not be used to draw anything else.
	///
	/// Weight: `WeightInfo::assign(s)` with the number of offers looked at, at most
	/// `MaxOffersScanned`; includes a question to [`Config::Capacity`] about each.
	pub fn assign(need: &NeedOf<T>, randomness: [u8; 32]) -> Option<AssignmentOf<T>> {
		let mut candidates = match need.provider {
			Some(named) => Self::candidate(&need.model, named.clone()).into_iter().collect(),
			None => Self::open_candidates(&need.model, &randomness),
		};
		candidates.retain(|candidate| candidate.fits(need));
		let weights: Vec<u64> = candidates.iter().map(Candidate::weight).collect();
		let winner = power::pick_weighted(&weights, 1, &randomness).pop()?;
		let Candidate { who, mut offer, mut provider } = candidates.swap_remove(winner);

		if Self::was_idle(&provider) {
			provider.reputation.restart();
			provider.worked_at = Self::now();
		}
		offer.busy = offer.busy.saturating_add(1);
		provider.active_jobs = provider.active_jobs.saturating_add(1);
		provider.work_at_hand = provider.work_at_hand.saturating_add(need.work);
		provider.open_jobs = provider.open_jobs.saturating_add(1);
		provider.value_at_risk = provider.value_at_risk.saturating_add(need.max_price);
		Offers::<T>::insert(need.model, &who, offer);
		Providers::<T>::insert(&who, &provider);
		Self::place(&need.model, &who, &provider);
		Some(Assignment { provider: who, prices: offer.prices })
	}

	/// The lowest worst-case price among offers that fit all but the price; offers that are busy or
	/// whose provider has too much at risk or at hand at the moment count as well, because a job can
	/// wait.
	///
	/// Looks at [`Config::MaxOffersScanned`] offers at most, open ones first. When there are more
	/// and none of those is within `need.max_price`, the answer is not known and `None`: then a
	/// price is not too low for certain.
	///
	/// Weight: `WeightInfo::cheapest(s)` with the number of offers, at most `MaxOffersScanned`.
	pub fn cheapest(need: &NeedOf<T>) -> Option<Balance> {
		let (candidates, complete): (Vec<_>, _) = match need.provider {
			Some(named) => {
				(Self::candidate(&need.model, named.clone()).into_iter().collect(), true)
			}
			None => {
				let total = Markets::<T>::get(need.model).total;
				let scanned = total.min(T::MaxOffersScanned::get());
				let candidates = (0..scanned).filter_map(|at| Self::candidate_at(&need.model, at));
				(candidates.collect(), scanned == total)
			}
		};
		let prices = candidates.iter().filter(|candidate| candidate.qualifies(need)).filter_map(
			|candidate| candidate.price(need).filter(|price| candidate.may_risk(0, *price)),
		);
		prices.min().filter(|price| complete || *price <= need.max_price)
	}

	/// Providers that could have the job now, and their prices, in the order of the market.
	///
	/// For views: looks at the first [`Config::MaxOffersScanned`] open offers.
	pub fn eligible(need: &NeedOf<T>) -> Vec<AssignmentOf<T>> {
		let open = Markets::<T>::get(need.model).open.min(T::MaxOffersScanned::get());
		(0..open)
			.filter_map(|position| Self::candidate_at(&need.model, position))
			.filter(|candidate| candidate.fits(need))
			.map(|Candidate { who, offer, .. }| Assignment { provider: who, prices: offer.prices })
			.collect()
	}

	/// Some open offers of a model, in a row from a random one on.
	fn open_candidates(model: &ModelId, randomness: &[u8; 32]) -> Vec<Candidate<T>> {
		let open = Markets::<T>::get(model).open;
		// The draw among the candidates uses the number with index 0.
		let start = power::random_below(randomness, 1, open.into()) as u32;
		(0..open.min(T::MaxOffersScanned::get()))
			.map(|step| (u64::from(start).saturating_add(step.into()) % u64::from(open)) as u32)
			.filter_map(|position| Self::candidate_at(model, position))
			.collect()
	}

	fn candidate_at(model: &ModelId, position: u32) -> Option<Candidate<T>> {
		Self::candidate(model, Positions::<T>::get(model, position)?)
	}

	fn candidate(model: &ModelId, who: T::AccountId) -> Option<Candidate<T>> {
		let offer = Offers::<T>::get(model, &who)?;
		let provider = Providers::<T>::get(&who)?;
		Some(Candidate { who, offer, provider })
	}
}
