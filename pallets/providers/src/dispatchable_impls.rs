// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What the calls do.

use crate::{
	types::{CurrencyOf, GenesisProvider, Mode, Offer, Profile, Provider, ProviderOf},
	Config, Error, Event, HoldReason, Models, Offered, Offers, Pallet, Providers, Workers,
};
use alloc::vec::Vec;
use ergon_core::{
	crypto::{
		signing_payload,
		worker::{WorkerId, WorkerSignature},
		WORKER_PROOF_DOMAIN,
	},
	ModelId,
};
use ergon_economics::{Balance, TokenPrices};
use frame_support::{
	ensure,
	pallet_prelude::DispatchResult,
	traits::{fungible::MutateHold, tokens::Precision, Get},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchError, RuntimeAppPublic,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_register(
		who: T::AccountId,
		worker: WorkerId,
		proof: WorkerSignature,
		bond: Balance,
		profile: Profile,
	) -> DispatchResult {
		ensure!(!Providers::<T>::contains_key(&who), Error::<T>::AlreadyRegistered);
		Self::ensure_well_formed(&profile)?;
		ensure!(bond >= T::MinBond::get(), Error::<T>::BondTooLow);
		Self::ensure_possessed(&who, &worker, &proof)?;
		Self::create(who, worker, bond, profile)
	}

	pub(crate) fn do_bond_more(who: T::AccountId, amount: Balance) -> DispatchResult {
		let mut record = Self::registered(&who)?;
		Self::hold(&who, amount)?;
		record.bond = record.bond.saturating_add(amount);
		let bond = record.bond;
		Providers::<T>::insert(&who, record);
		Self::deposit_event(Event::BondIncreased { provider: who, amount, bond });
		Ok(())
	}

	pub(crate) fn do_rotate_worker(
		who: T::AccountId,
		worker: WorkerId,
		proof: WorkerSignature,
	) -> DispatchResult {
		let mut record = Self::registered(&who)?;
		Self::ensure_possessed(&who, &worker, &proof)?;
		Workers::<T>::remove(&record.worker);
		Workers::<T>::insert(&worker, &who);
		record.worker = worker.clone();
		Providers::<T>::insert(&who, record);
		Self::deposit_event(Event::WorkerRotated { provider: who, worker });
		Ok(())
	}

	pub(crate) fn do_update_profile(who: T::AccountId, profile: Profile) -> DispatchResult {
		let mut record = Self::registered(&who)?;
		Self::ensure_well_formed(&profile)?;
		record.profile = profile.clone();
		Providers::<T>::insert(&who, record);
		Self::deposit_event(Event::ProfileUpdated { provider: who, profile });
		Ok(())
	}

	pub(crate) fn do_set_offer(
		who: T::AccountId,
		model: ModelId,
		prices: TokenPrices,
		slots: u32,
	) -> DispatchResult {
		let record = Self::registered(&who)?;
		let offer = Offers::<T>::get(model, &who);
		// Jobs that were priced by few audits must not get many: the audit pool would pay the difference.
		let restarts = offer.is_none() && Self::clean_audits(&record) > 0;
		ensure!(!restarts || record.active_jobs == 0, Error::<T>::AtWork);
		// Less of an old offer is always possible: also of a recalled model, and after a slash.
		if offer.is_none_or(|offer| slots > offer.slots) {
			ensure!(T::Models::is_active(&model), Error::<T>::ModelNotActive);
			let before = offer.map_or(0, |offer| offer.slots);
			let total = record.slots.saturating_sub(before).saturating_add(slots);
			ensure!(record.bond >= Self::needed_bond(total), Error::<T>::TooManySlots);
		}
		Self::put_offer(who, record, model, prices, slots)
	}

	/// Stores an offer. Everything but the number of offers has been checked.
	pub(crate) fn put_offer(
		who: T::AccountId,
		mut record: ProviderOf<T>,
		model: ModelId,
		prices: TokenPrices,
		slots: u32,
	) -> DispatchResult {
		let before = match Offers::<T>::get(model, &who) {
			Some(offer) => {
				Offers::<T>::insert(model, &who, Offer { prices, slots, ..offer });
				offer.slots
			}
			None => {
				Offered::<T>::try_append(&who, model).map_err(|()| Error::<T>::TooManyOffers)?;
				Self::enter_market(&model, &who, Offer { prices, slots, ..Default::default() });
				// Nobody has seen this provider work with this model.
				record.reputation.restart();
				0
			}
		};
		record.slots = record.slots.saturating_sub(before).saturating_add(slots);
		Self::place(&model, &who, &record);
		Providers::<T>::insert(&who, record);
		Self::deposit_event(Event::OfferSet { provider: who, model, prices, slots });
		Ok(())
	}

	pub(crate) fn do_remove_offer(who: T::AccountId, model: ModelId) -> DispatchResult {
		let mut record = Self::registered(&who)?;
		let offer = Offers::<T>::get(model, &who).ok_or(Error::<T>::UnknownOffer)?;
		ensure!(offer.busy == 0, Error::<T>::OfferBusy);
		Self::leave_market(&model, &who);
		Offered::<T>::mutate_exists(&who, |offered| {
			if let Some(models) = offered {
				models.retain(|offered| *offered != model);
				if models.is_empty() {
					*offered = None;
				}
			}
		});
		record.slots = record.slots.saturating_sub(offer.slots);
		Providers::<T>::insert(&who, record);
		Self::deposit_event(Event::OfferRemoved { provider: who, model });
		Ok(())
	}

	pub(crate) fn do_drain(who: T::AccountId) -> Result<u32, DispatchError> {
		let record = Self::registered(&who)?;
		ensure!(record.mode == Mode::Active, Error::<T>::NotActive);
		let offers = Self::set_mode(&who, record, Mode::Draining);
		Self::deposit_event(Event::Draining { provider: who });
		Ok(offers)
	}

	pub(crate) fn do_resume(who: T::AccountId) -> Result<u32, DispatchError> {
		let record = Self::registered(&who)?;
		ensure!(record.mode != Mode::Active, Error::<T>::NothingToResume);
		let offers = Self::set_mode(&who, record, Mode::Active);
		Self::deposit_event(Event::Resumed { provider: who });
		Ok(offers)
	}

	pub(crate) fn do_unbond(who: T::AccountId) -> Result<u32, DispatchError> {
		let record = Self::registered(&who)?;
		let unbonding = matches!(record.mode, Mode::Unbonding { .. });
		ensure!(!unbonding, Error::<T>::AlreadyUnbonding);
		let until = Self::now().saturating_add(T::UnbondingPeriod::get());
		let offers = Self::set_mode(&who, record, Mode::Unbonding { until });
		Self::deposit_event(Event::Unbonding { provider: who, until });
		Ok(offers)
	}

	pub(crate) fn do_withdraw(who: T::AccountId) -> Result<u32, DispatchError> {
		let record = Self::registered(&who)?;
		let Mode::Unbonding { until } = record.mode else {
			return Err(Error::<T>::NotUnbonding.into());
		};
		ensure!(record.open_jobs == 0, Error::<T>::JobsInFlight);
		let now = Self::now();
		ensure!(now >= until && now > record.safe_at, Error::<T>::TooEarly);

		let models = Offered::<T>::take(&who);
		models.iter().for_each(|model| Self::leave_market(model, &who));
		Workers::<T>::remove(&record.worker);
		Providers::<T>::remove(&who);
		let reason = HoldReason::ProviderBond.into();
		let amount = match record.bond.is_zero() {
			// Nothing is left of a bond that was slashed away, maybe not even the account.
			true => 0,
			false => CurrencyOf::<T>::release(&reason, &who, record.bond, Precision::Exact)?,
		};
		Self::deposit_event(Event::Withdrawn { provider: who, amount });
		Ok(models.len() as u32)
	}

	pub(crate) fn do_unchill(who: T::AccountId) -> Result<u32, DispatchError> {
		let mut record = Self::registered(&who)?;
		let until = record.chilled_until.ok_or(Error::<T>::NotChilled)?;
		ensure!(Self::now() >= until, Error::<T>::StillChilled);
		ensure!(record.bond >= T::MinBond::get(), Error::<T>::BondTooLow);
		ensure!(record.bond >= Self::needed_bond(record.slots), Error::<T>::TooManySlots);
		record.chilled_until = None;
		let offers = Self::place_all(&who, &record);
		Providers::<T>::insert(&who, record);
		Self::deposit_event(Event::Unchilled { provider: who });
		Ok(offers)
	}

	/// Registers a provider of the genesis state with its offers, as its operator would, but for
	/// the proof of possession: there is no genesis hash yet that it could cover.
	pub(crate) fn register_at_genesis(provider: &GenesisProvider<T::AccountId>) -> DispatchResult {
		let GenesisProvider { account, worker, bond, country, hosting, offers } = provider;
		let profile = Profile {
			country: *country,
			region: None,
			hosting: *hosting,
			peer: Default::default(),
		};
		ensure!(!Providers::<T>::contains_key(account), Error::<T>::AlreadyRegistered);
		ensure!(!Workers::<T>::contains_key(worker), Error::<T>::WorkerTaken);
		ensure!(*bond >= T::MinBond::get(), Error::<T>::BondTooLow);
		Self::ensure_well_formed(&profile)?;
		Self::create(account.clone(), worker.clone(), *bond, profile)?;
		for offer in offers {
			let prices =
				TokenPrices { prompt_token: offer.prompt_token, output_token: offer.output_token };
			Self::do_set_offer(account.clone(), offer.model, prices, offer.slots)?;
		}
		Ok(())
	}

	/// Holds the bond and makes the records. Everything else has been checked.
	pub(crate) fn create(
		who: T::AccountId,
		worker: WorkerId,
		bond: Balance,
		profile: Profile,
	) -> DispatchResult {
		Self::hold(&who, bond)?;
		let record = Provider {
			worker: worker.clone(),
			bond,
			profile,
			mode: Mode::Active,
			chilled_until: None,
			slots: 0,
			active_jobs: 0,
			work_at_hand: 0,
			open_jobs: 0,
			value_at_risk: 0,
			safe_at: Zero::zero(),
			failures: Default::default(),
			reputation: Default::default(),
			worked_at: Self::now(),
		};
		Providers::<T>::insert(&who, record);
		Workers::<T>::insert(&worker, &who);
		Self::deposit_event(Event::Registered { provider: who, worker, bond });
		Ok(())
	}

	fn set_mode(
		who: &T::AccountId,
		mut record: ProviderOf<T>,
		mode: Mode<BlockNumberFor<T>>,
	) -> u32 {
		record.mode = mode;
		let offers = Self::place_all(who, &record);
		Providers::<T>::insert(who, record);
		offers
	}

	fn hold(who: &T::AccountId, amount: Balance) -> DispatchResult {
		CurrencyOf::<T>::hold(&HoldReason::ProviderBond.into(), who, amount)
			.map_err(|_| Error::<T>::BalanceTooLow.into())
	}

	fn registered(who: &T::AccountId) -> Result<ProviderOf<T>, DispatchError> {
		Providers::<T>::get(who).ok_or(Error::<T>::NotRegistered.into())
	}

	/// The key is free, and whoever made the proof has it. The signature comes last.
	fn ensure_possessed(
		who: &T::AccountId,
		worker: &WorkerId,
		proof: &WorkerSignature,
	) -> DispatchResult {
		ensure!(!Workers::<T>::contains_key(worker), Error::<T>::WorkerTaken);
		let payload = Self::worker_proof_payload(who);
		ensure!(worker.verify(&payload, proof), Error::<T>::BadProof);
		Ok(())
	}

	/// What a worker key signs to prove that it belongs to `who` on this chain.
	pub fn worker_proof_payload(who: &T::AccountId) -> Vec<u8> {
		let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
		signing_payload(WORKER_PROOF_DOMAIN, genesis, who)
	}
}
