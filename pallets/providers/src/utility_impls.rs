// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Questions, checks and invariants.

use crate::{
	types::{
		OfferInfo, OfferInfoOf, PeerId, Profile, ProviderInfo, ProviderInfoOf, ProviderOf,
		Standing, MAX_PAGE,
	},
	Config, Error, Markets, Offered, Offers, Pallet, Positions, Providers,
};
use alloc::vec::Vec;
use ergon_core::ModelId;
use ergon_economics::Balance;
use frame_support::{ensure, pallet_prelude::DispatchResult, traits::Get};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{SaturatedConversion, Saturating};

#[cfg(any(test, feature = "try-runtime"))]
use crate::{types::CurrencyOf, HoldReason, Workers};

impl<T: Config> Pallet<T> {
	pub(crate) fn now() -> BlockNumberFor<T> {
		frame_system::Pallet::<T>::block_number()
	}

	/// Block numbers are `u32` in the runtime; a larger type saturates.
	pub(crate) fn now_u32() -> u32 {
		Self::now().saturated_into()
	}

	/// Reputation now, in thousandths.
	pub(crate) fn score(provider: &ProviderOf<T>) -> u16 {
		provider.reputation.score(Self::now_u32(), T::ReputationHalfLife::get())
	}

	/// Clean audits that count now; see [`Standing::clean_audits`].
	pub(crate) fn clean_audits(provider: &ProviderOf<T>) -> u32 {
		if Self::was_idle(provider) {
			return 0;
		}
		provider.reputation.clean_audits(Self::now_u32(), T::ReputationHalfLife::get())
	}

	/// The provider has not worked for longer than [`Config::MaxIdle`]. While it works on a job this
	/// cannot become true: its audits cost what they were expected to cost when it got the job.
	pub(crate) fn was_idle(provider: &ProviderOf<T>) -> bool {
		let until = provider.worked_at.saturating_add(T::MaxIdle::get());
		provider.active_jobs == 0 && Self::now() > until
	}

	pub(crate) fn standing_of(provider: &ProviderOf<T>) -> Standing {
		Standing {
			bond: provider.bond,
			clean_audits: Self::clean_audits(provider),
			value_at_risk: provider.value_at_risk,
		}
	}

	/// The bond that covers the minimum and that many slots.
	pub(crate) fn needed_bond(slots: u32) -> Balance {
		T::BondPerSlot::get().saturating_mul(slots.into()).max(T::MinBond::get())
	}

	pub(crate) fn ensure_well_formed(profile: &Profile) -> DispatchResult {
		ensure!(profile.country.is_sound(), Error::<T>::BadCountry);
		let code = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
		let region = profile.region.as_ref();
		let located = region.is_none_or(|region| !region.is_empty() && region.iter().all(code));
		ensure!(located, Error::<T>::BadRegion);
		ensure!(profile.peer.is_empty() || is_peer_id(&profile.peer), Error::<T>::BadPeerId);
		Ok(())
	}

	pub(crate) fn info(account: T::AccountId) -> Option<ProviderInfoOf<T>> {
		let provider = Providers::<T>::get(&account)?;
		let offers = Offered::<T>::get(&account)
			.iter()
			.filter_map(|model| Self::offer_info(*model, account.clone()))
			.collect();
		Some(ProviderInfo {
			account,
			reputation: Self::score(&provider),
			clean_audits: Self::clean_audits(&provider),
			provider,
			offers,
		})
	}

	pub(crate) fn page(after: Option<T::AccountId>, limit: u32) -> Vec<ProviderInfoOf<T>> {
		let accounts = match after {
			Some(account) => Providers::<T>::iter_keys_from_key(account),
			None => Providers::<T>::iter_keys(),
		};
		accounts.take(limit.min(MAX_PAGE) as usize).filter_map(Self::info).collect()
	}

	pub(crate) fn market_page(model: ModelId, start: u32, limit: u32) -> Vec<OfferInfoOf<T>> {
		let end = start.saturating_add(limit.min(MAX_PAGE)).min(Markets::<T>::get(model).total);
		(start..end)
			.filter_map(|position| Positions::<T>::get(model, position))
			.filter_map(|provider| Self::offer_info(model, provider))
			.collect()
	}

	fn offer_info(model: ModelId, provider: T::AccountId) -> Option<OfferInfoOf<T>> {
		let offer = Offers::<T>::get(model, &provider)?;
		let open = offer.position < Markets::<T>::get(model).open;
		Some(OfferInfo { provider, model, offer, open })
	}

	/// The invariants that the README states.
	#[cfg(any(test, feature = "try-runtime"))]
	pub(crate) fn do_try_state() -> Result<(), sp_runtime::TryRuntimeError> {
		let mut providers = 0usize;
		let mut offers = 0usize;
		for (who, provider) in Providers::<T>::iter() {
			providers = providers.saturating_add(1);
			Self::try_provider(&who, &provider)?;
			offers = offers.saturating_add(Offered::<T>::get(&who).len());
		}
		Self::try_holds()?;
		ensure!(Workers::<T>::iter_keys().count() == providers, "a worker key has no provider");
		ensure!(Offers::<T>::iter_keys().count() == offers, "an offer has no provider");
		let offering =
			Offered::<T>::iter_keys().filter(|who| Providers::<T>::contains_key(who)).count();
		ensure!(Offered::<T>::iter_keys().count() == offering, "a stranger offers models");

		ensure!(Positions::<T>::iter_keys().count() == offers, "a position has no offer");
		let mut total = 0usize;
		for (model, market) in Markets::<T>::iter() {
			ensure!(market.total > 0, "an empty market is stored");
			ensure!(market.open <= market.total, "a market is more open than large");
			total = total.saturating_add(market.total as usize);
			for position in 0..market.total {
				let who = Positions::<T>::get(model, position).ok_or("a position is empty")?;
				let provider = Providers::<T>::get(&who)
					.ok_or("a position names an account that is no provider")?;
				let offer = Offers::<T>::get(model, &who)
					.ok_or("a position names a provider without the offer")?;
				ensure!(offer.position == position, "an offer is not at its position");
				let open = offer.free_slots() > 0 && provider.is_assignable();
				ensure!(open == (position < market.open), "an offer is on the wrong side");
			}
		}
		ensure!(total == offers, "an offer is in no market");
		Ok(())
	}

	/// Nothing is held of an account without a record, so that records and holds have one sum.
	#[cfg(any(test, feature = "try-runtime"))]
	fn try_holds() -> Result<(), sp_runtime::TryRuntimeError> {
		use frame_support::traits::fungible::InspectHold;

		let reason = HoldReason::ProviderBond.into();
		for who in frame_system::Account::<T>::iter_keys() {
			let explained = Providers::<T>::contains_key(&who)
				|| CurrencyOf::<T>::balance_on_hold(&reason, &who) == 0;
			ensure!(explained, "a bond is held of an account that is no provider");
		}
		Ok(())
	}

	#[cfg(any(test, feature = "try-runtime"))]
	fn try_provider(
		who: &T::AccountId,
		provider: &ProviderOf<T>,
	) -> Result<(), sp_runtime::TryRuntimeError> {
		use frame_support::traits::fungible::InspectHold;

		let held = CurrencyOf::<T>::balance_on_hold(&HoldReason::ProviderBond.into(), who);
		ensure!(held == provider.bond, "a hold is not the bond");
		let owner = Workers::<T>::get(&provider.worker);
		ensure!(owner.as_ref() == Some(who), "a worker key is not its provider's");
		Self::ensure_well_formed(&provider.profile).map_err(|_| "a profile is malformed")?;

		let (mut slots, mut busy) = (0u32, 0u32);
		for model in Offered::<T>::get(who) {
			let offer = Offers::<T>::get(model, who).ok_or("an offered model has no offer")?;
			slots = slots.checked_add(offer.slots).ok_or("slots overflow")?;
			busy = busy.checked_add(offer.busy).ok_or("jobs overflow")?;
		}
		ensure!(slots == provider.slots, "slots are not the sum of the offers'");
		ensure!(busy == provider.active_jobs, "jobs are not the sum of the offers'");
		ensure!(busy <= provider.open_jobs, "a job is worked on and not open");
		let nothing_at_hand = provider.active_jobs > 0 || provider.work_at_hand == 0;
		ensure!(nothing_at_hand, "work is at hand without a job");
		let nothing_at_risk = provider.open_jobs > 0 || provider.value_at_risk == 0;
		ensure!(nothing_at_risk, "value is at risk without a job");
		let backed = provider.bond >= Self::needed_bond(slots);
		ensure!(backed || provider.chilled_until.is_some(), "slots are not covered by the bond");
		Ok(())
	}
}

/// Whether the bytes are a multihash as libp2p uses it: SHA-256, or the identity of a short key.
fn is_peer_id(bytes: &PeerId) -> bool {
	const IDENTITY: u8 = 0x00;
	const SHA_256: u8 = 0x12;
	match bytes.as_slice() {
		[IDENTITY, length, digest @ ..] => digest.len() == usize::from(*length) && *length <= 42,
		[SHA_256, 32, digest @ ..] => digest.len() == 32,
		_ => false,
	}
}
