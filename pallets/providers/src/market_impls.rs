// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The index of a model's offers: the only code that writes [`Markets`], [`Positions`] and the
//! position of an [`Offer`].
//!
//! A market is a row of positions 0..total with one border: the offers at 0..open can take a job
//! now, the others cannot, because their slots are taken or their provider does not take jobs. So
//! an assignment that looks at a few random open positions never wastes a look on an offer without a
//! free slot, whatever the load. What a provider may have at risk and at hand depends on the job, and
//! moves nothing. Crossing the border, arriving and leaving are each one swap.

use crate::{
	types::{Market, Offer, ProviderOf},
	Config, Markets, Offered, Offers, Pallet, Positions,
};
use ergon_core::ModelId;
use frame_support::{defensive, traits::Defensive};

impl<T: Config> Pallet<T> {
	/// Puts a new offer at the end of its market.
	pub(crate) fn enter_market(model: &ModelId, who: &T::AccountId, offer: Offer) {
		let mut market = Markets::<T>::get(model);
		let position = market.total;
		Offers::<T>::insert(model, who, Offer { position, ..offer });
		Positions::<T>::insert(model, position, who);
		market.total = market.total.saturating_add(1);
		Markets::<T>::insert(model, market);
	}

	/// Takes an offer out of its market.
	pub(crate) fn leave_market(model: &ModelId, who: &T::AccountId) {
		Self::set_open(model, who, false);
		let Some(offer) = Offers::<T>::get(model, who) else {
			defensive!("an offer that leaves its market exists");
			return;
		};
		let mut market = Markets::<T>::get(model);
		let last = market.total.saturating_sub(1);
		Self::swap(model, offer.position, last);
		Positions::<T>::remove(model, last);
		Offers::<T>::remove(model, who);
		market.total = last;
		if market == Market::default() {
			Markets::<T>::remove(model);
		} else {
			Markets::<T>::insert(model, market);
		}
	}

	/// Moves an offer to the side of the border where it belongs.
	pub(crate) fn place(model: &ModelId, who: &T::AccountId, provider: &ProviderOf<T>) {
		let free = Offers::<T>::get(model, who).is_some_and(|offer| offer.free_slots() > 0);
		Self::set_open(model, who, free && provider.is_assignable());
	}

	/// Moves all offers of a provider to the side of the border where they belong. Returns how many
	/// it has.
	pub(crate) fn place_all(who: &T::AccountId, provider: &ProviderOf<T>) -> u32 {
		let models = Offered::<T>::get(who);
		models.iter().for_each(|model| Self::place(model, who, provider));
		models.len() as u32
	}

	fn set_open(model: &ModelId, who: &T::AccountId, open: bool) {
		let Some(offer) = Offers::<T>::get(model, who) else {
			defensive!("an offer that moves in its market exists");
			return;
		};
		let mut market = Markets::<T>::get(model);
		let border = match (offer.position < market.open, open) {
			(false, true) => {
				let border = market.open;
				market.open = market.open.saturating_add(1);
				border
			}
			(true, false) => {
				market.open = market.open.saturating_sub(1);
				market.open
			}
			_ => return,
		};
		Markets::<T>::insert(model, market);
		Self::swap(model, offer.position, border);
	}

	/// Exchanges the offers at two positions.
	fn swap(model: &ModelId, a: u32, b: u32) {
		if a == b {
			return;
		}
		let (Some(at_a), Some(at_b)) =
			(Positions::<T>::get(model, a), Positions::<T>::get(model, b))
		else {
			defensive!("every position of a market is taken");
			return;
		};
		for (who, position) in [(at_a, b), (at_b, a)] {
			Positions::<T>::insert(model, position, &who);
			Offers::<T>::mutate(model, &who, |offer| {
				if let Some(offer) = offer.as_mut().defensive() {
					offer.position = position;
				}
			});
		}
	}
}
