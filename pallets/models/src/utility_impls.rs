// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Questions, checks and invariants.

use crate::{
	types::{ModelInfoOf, ModelOf, MAX_PAGE},
	Config, Details, Error, ModelDetails, ModelInfo, Models, Pallet, Status,
};
use alloc::{collections::BTreeSet, vec::Vec};
use codec::{Encode, MaxEncodedLen};
use ergon_core::{model::ARITHMETIC_X1, ModelId, ModelManifest};
use ergon_economics::Balance;
use frame_support::{ensure, traits::Get};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::DispatchError;

#[cfg(any(test, feature = "try-runtime"))]
use crate::{types::CurrencyOf, HoldReason};

impl<T: Config> Pallet<T> {
	/// The manifest of a registered model, and what may be done with it. One read.
	pub fn model_and_status(id: &ModelId) -> Option<(ModelManifest, Status<BlockNumberFor<T>>)> {
		Models::<T>::get(id).map(|model| (model.manifest, model.status))
	}

	/// Whether new jobs may name the model. One read.
	pub fn is_active(id: &ModelId) -> bool {
		Models::<T>::get(id).is_some_and(|model| model.status == Status::Active)
	}

	pub(crate) fn info(id: ModelId) -> Option<ModelInfoOf<T>> {
		let model = Models::<T>::get(id)?;
		let details = ModelDetails::<T>::get(id)?;
		Some(ModelInfo { id, model, details })
	}

	pub(crate) fn page(after: Option<ModelId>, limit: u32) -> Vec<ModelInfoOf<T>> {
		let keys = match after {
			Some(id) => ModelDetails::<T>::iter_keys_from_key(id),
			None => ModelDetails::<T>::iter_keys(),
		};
		keys.take(limit.min(MAX_PAGE) as usize).filter_map(Self::info).collect()
	}

	/// `BaseDeposit` plus `ByteDeposit` for every byte that is stored: the details as they are, and
	/// the record at its longest, so that a change of status costs nothing.
	pub(crate) fn deposit_for(details: &Details) -> Balance {
		let bytes = ModelOf::<T>::max_encoded_len().saturating_add(details.encoded_size());
		let bytes = Balance::try_from(bytes).unwrap_or(Balance::MAX);
		T::BaseDeposit::get().saturating_add(T::ByteDeposit::get().saturating_mul(bytes))
	}

	/// Says what is wrong with a manifest that is not sound.
	pub(crate) fn ensure_sound(manifest: &ModelManifest) -> Result<(), DispatchError> {
		if manifest.is_sound() {
			return Ok(());
		}
		ensure!(manifest.arithmetic == ARITHMETIC_X1, Error::<T>::UnknownArithmetic);
		ensure!(manifest.dimensions.is_sound(), Error::<T>::ImpossibleDimensions);
		let fits = u32::from(manifest.template_tokens) < manifest.dimensions.context;
		ensure!(fits, Error::<T>::TemplateTooLong);
		Err(Error::<T>::WorkMismatch.into())
	}

	pub(crate) fn ensure_well_formed(details: &Details) -> Result<(), DispatchError> {
		let name = core::str::from_utf8(&details.name).map_err(|_| Error::<T>::BadName)?;
		let readable = !name.trim().is_empty() && !name.chars().any(char::is_control);
		ensure!(readable, Error::<T>::BadName);

		let spdx = |byte: &u8| byte.is_ascii_alphanumeric() || b".-+() ".contains(byte);
		let licensed = !details.licence.trim_ascii().is_empty() && details.licence.iter().all(spdx);
		ensure!(licensed, Error::<T>::BadLicence);

		let tags: BTreeSet<_> = details.languages.iter().collect();
		let distinct = tags.len() == details.languages.len();
		ensure!(distinct && tags.into_iter().all(|tag| is_language(tag)), Error::<T>::BadLanguage);

		ensure!(details.uri.iter().all(u8::is_ascii_graphic), Error::<T>::BadUri);
		Ok(())
	}

	/// The invariants that the README states.
	#[cfg(any(test, feature = "try-runtime"))]
	pub(crate) fn do_try_state() -> Result<(), sp_runtime::TryRuntimeError> {
		use alloc::collections::BTreeMap;
		use frame_support::traits::fungible::InspectHold;

		let mut deposits = BTreeMap::<T::AccountId, Balance>::new();
		let mut count = 0u32;
		for (id, model) in Models::<T>::iter() {
			count = count.saturating_add(1);
			ensure!(model.manifest.id() == id, "a model's key is not the hash of its manifest");
			ensure!(model.manifest.is_sound(), "a registered manifest is not sound");
			let details = ModelDetails::<T>::get(id).ok_or("a model has no details")?;
			Self::ensure_well_formed(&details).map_err(|_| "a model's details are malformed")?;
			let sum = deposits.entry(model.sponsor).or_default();
			*sum = sum.checked_add(model.deposit).ok_or("a sponsor's deposits overflow")?;
		}
		ensure!(Models::<T>::count() == count, "the number of models is wrong");
		let described = ModelDetails::<T>::iter_keys().count();
		ensure!(described == count as usize, "details are stored without a model");
		let held = |who: &T::AccountId| {
			CurrencyOf::<T>::balance_on_hold(&HoldReason::ModelDeposit.into(), who)
		};
		for (sponsor, sum) in &deposits {
			ensure!(held(sponsor) == *sum, "a sponsor's hold is not the sum of its deposits");
		}
		for who in frame_system::Account::<T>::iter_keys() {
			let explained = deposits.contains_key(&who) || held(&who) == 0;
			ensure!(explained, "a deposit is held of an account that sponsors no model");
		}
		Ok(())
	}
}

/// Whether the bytes look like a BCP 47 tag: subtags of one to eight letters and digits, joined by
/// hyphens, the first of two or three letters.
fn is_language(tag: &[u8]) -> bool {
	let mut subtags = tag.split(|byte| *byte == b'-');
	let primary = subtags.next().unwrap_or_default();
	(2..=3).contains(&primary.len())
		&& primary.iter().all(u8::is_ascii_lowercase)
		&& subtags.all(|subtag| {
			(1..=8).contains(&subtag.len()) && subtag.iter().all(u8::is_ascii_alphanumeric)
		})
}
