// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What the calls do.

use crate::{
	types::{CurrencyOf, ModelOf},
	Config, Details, Error, Event, GenesisModel, HoldReason, Model, ModelDetails, Models, Pallet,
	Status,
};
use ergon_core::{ModelId, ModelManifest};
use frame_support::{
	ensure,
	pallet_prelude::DispatchResult,
	traits::{fungible::MutateHold, tokens::Precision, Get},
};
use sp_runtime::{traits::Saturating, BoundedVec, DispatchError};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_register(
		sponsor: T::AccountId,
		manifest: ModelManifest,
		details: Details,
	) -> Result<ModelId, DispatchError> {
		let model = manifest.id();
		ensure!(!Models::<T>::contains_key(model), Error::<T>::AlreadyRegistered);
		Self::ensure_sound(&manifest)?;
		Self::ensure_well_formed(&details)?;
		if let Some(parent) = details.parent {
			ensure!(Models::<T>::contains_key(parent), Error::<T>::UnknownParent);
		}

		let deposit = Self::deposit_for(&details);
		CurrencyOf::<T>::hold(&HoldReason::ModelDeposit.into(), &sponsor, deposit)
			.map_err(|_| Error::<T>::DepositTooHigh)?;
		let record = Model { manifest, sponsor: sponsor.clone(), status: Status::Active, deposit };
		Models::<T>::insert(model, record);
		ModelDetails::<T>::insert(model, details);
		Self::deposit_event(Event::Registered { model, sponsor, deposit });
		Ok(model)
	}

	pub(crate) fn do_quarantine(sponsor: T::AccountId, model: ModelId) -> DispatchResult {
		Self::mutate(&sponsor, model, |record| {
			ensure!(record.status == Status::Active, Error::<T>::NotActive);
			record.status = Status::Quarantined;
			Ok(Event::Quarantined { model })
		})
	}

	pub(crate) fn do_reactivate(sponsor: T::AccountId, model: ModelId) -> DispatchResult {
		Self::mutate(&sponsor, model, |record| {
			ensure!(record.status == Status::Quarantined, Error::<T>::NotQuarantined);
			record.status = Status::Active;
			Ok(Event::Reactivated { model })
		})
	}

	pub(crate) fn do_recall(sponsor: T::AccountId, model: ModelId) -> DispatchResult {
		Self::mutate(&sponsor, model, |record| {
			let recalled = matches!(record.status, Status::Recalled { .. });
			ensure!(!recalled, Error::<T>::AlreadyRecalled);
			let since = frame_system::Pallet::<T>::block_number();
			record.status = Status::Recalled { since };
			let deregister_from = since.saturating_add(T::RecallPeriod::get());
			Ok(Event::Recalled { model, deregister_from })
		})
	}

	pub(crate) fn do_deregister(sponsor: T::AccountId, model: ModelId) -> DispatchResult {
		let record = Self::owned(&sponsor, model)?;
		let Status::Recalled { since } = record.status else {
			return Err(Error::<T>::NotRecalled.into());
		};
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(now >= since.saturating_add(T::RecallPeriod::get()), Error::<T>::TooEarly);

		let reason = HoldReason::ModelDeposit.into();
		let deposit =
			CurrencyOf::<T>::release(&reason, &sponsor, record.deposit, Precision::Exact)?;
		Models::<T>::remove(model);
		ModelDetails::<T>::remove(model);
		Self::deposit_event(Event::Deregistered { model, sponsor, deposit });
		Ok(())
	}

	/// Registers a model of the genesis state, as its sponsor would.
	pub(crate) fn register_at_genesis(
		model: &GenesisModel<T::AccountId>,
	) -> Result<ModelId, DispatchError> {
		let mut languages = BoundedVec::new();
		for language in &model.languages {
			let tag = bounded(language).ok_or(Error::<T>::BadLanguage)?;
			languages.try_push(tag).map_err(|_| Error::<T>::BadLanguage)?;
		}
		let details = Details {
			name: bounded(&model.name).ok_or(Error::<T>::BadName)?,
			licence: bounded(&model.licence).ok_or(Error::<T>::BadLicence)?,
			parent: model.parent,
			languages,
			uri: bounded(&model.uri).ok_or(Error::<T>::BadUri)?,
		};
		Self::do_register(model.sponsor.clone(), model.manifest, details)
	}

	/// Changes a model of `sponsor` and tells what happened.
	fn mutate(
		sponsor: &T::AccountId,
		model: ModelId,
		change: impl FnOnce(&mut ModelOf<T>) -> Result<Event<T>, DispatchError>,
	) -> DispatchResult {
		let mut record = Self::owned(sponsor, model)?;
		let event = change(&mut record)?;
		Models::<T>::insert(model, record);
		Self::deposit_event(event);
		Ok(())
	}

	/// A model, if `sponsor` registered it.
	fn owned(sponsor: &T::AccountId, model: ModelId) -> Result<ModelOf<T>, DispatchError> {
		let record = Models::<T>::get(model).ok_or(Error::<T>::UnknownModel)?;
		ensure!(record.sponsor == *sponsor, Error::<T>::NotSponsor);
		Ok(record)
	}
}

fn bounded<S: Get<u32>>(text: &str) -> Option<BoundedVec<u8, S>> {
	text.as_bytes().to_vec().try_into().ok()
}
