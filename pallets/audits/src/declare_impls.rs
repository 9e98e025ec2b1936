// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Which models validators can re-execute.

use crate::{
	Auditors, Config, Declaration, Declarations, Error, Event, Models, ModelsOf, Pallet,
	Validators, WeightInfo,
};
use alloc::{collections::BTreeSet, vec::Vec};
use core::cmp::Reverse;
use ergon_core::{
	crypto::{
		audit::{AuditorId, AuditorSignature},
		signing_payload, DECLARE_DOMAIN,
	},
	ModelId,
};
use ergon_economics::constants::AUDITOR_WEIGHT;
use frame_support::{ensure, pallet_prelude::*};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
	traits::{SaturatedConversion, Saturating},
	transaction_validity::TransactionValidityWithRefund,
	DispatchResult, RuntimeAppPublic,
};

impl<T: Config> Pallet<T> {
	/// Who declares that now, if it may.
	fn check_declaration(
		key: &AuditorId,
		as_of: BlockNumberFor<T>,
		models: &[ModelId],
	) -> Result<T::AccountId, Error<T>> {
		let auditor = T::Validators::operator(key).ok_or(Error::<T>::NotValidator)?;
		// Storage is for those who have something to lose.
		ensure!(T::Validators::bond(&auditor) > 0, Error::<T>::NotValidator);
		let now = frame_system::Pallet::<T>::block_number();
		let interval = T::DeclarationInterval::get();
		let is_timely = as_of <= now && now <= as_of.saturating_add(interval);
		ensure!(is_timely, Error::<T>::DeclarationOutdated);
		let next = Declarations::<T>::get(&auditor).map(|last| last.as_of.saturating_add(interval));
		ensure!(next.is_none_or(|next| as_of >= next), Error::<T>::DeclaredAlready);
		ensure!(models.is_sorted_by(|left, right| left < right), Error::<T>::ModelsOutOfOrder);
		ensure!(models.iter().all(T::Models::is_usable), Error::<T>::ModelUnusable);
		Ok(auditor)
	}

	pub(crate) fn authorize_declare(
		key: &AuditorId,
		as_of: BlockNumberFor<T>,
		models: &[ModelId],
		signature: &AuditorSignature,
	) -> TransactionValidityWithRefund {
		let auditor = Self::check_declaration(key, as_of, models)?;
		let payload = signing_payload(DECLARE_DOMAIN, Self::genesis_hash(), &(as_of, models));
		ensure!(key.verify(&payload, signature), Error::<T>::BadSignature);
		let now = frame_system::Pallet::<T>::block_number();
		let last = as_of.saturating_add(T::DeclarationInterval::get());
		ValidTransaction::with_tag_prefix("ErgonAuditDeclare")
			.priority(T::DutyPriority::get())
			.and_provides(auditor)
			.longevity(last.saturating_sub(now).saturated_into::<u64>().saturating_add(1))
			.propagate(true)
			.build()
			.map(|valid| (valid, Weight::zero()))
	}

	/// Keeps a declaration whose signature was checked.
	pub(crate) fn do_declare(
		key: &AuditorId,
		as_of: BlockNumberFor<T>,
		models: ModelsOf<T>,
	) -> DispatchResult {
		let auditor = Self::check_declaration(key, as_of, &models)?;
		Self::replace_declaration(&auditor, as_of, models.clone());
		Self::deposit_event(Event::ModelsDeclared { auditor, models: models.into_inner() });
		Ok(())
	}

	/// Has `models` be all that a validator can re-execute.
	pub(crate) fn replace_declaration(
		auditor: &T::AccountId,
		as_of: BlockNumberFor<T>,
		models: ModelsOf<T>,
	) {
		let before = Declarations::<T>::get(auditor).map(|last| last.models).unwrap_or_default();
		let (before, after) = (BTreeSet::from_iter(&before), BTreeSet::from_iter(&models));
		for model in before.difference(&after) {
			Auditors::<T>::remove(model, auditor);
		}
		for model in after.difference(&before) {
			Auditors::<T>::insert(model, auditor, ());
		}
		Declarations::<T>::insert(auditor, Declaration { as_of, models });
	}

	/// Has a validator declare one more model, for benchmarks.
	#[cfg(feature = "runtime-benchmarks")]
	pub fn add_declaration(auditor: &T::AccountId, model: ModelId) {
		let last = Declarations::<T>::get(auditor);
		let (as_of, models) = last.map(|last| (last.as_of, last.models)).unwrap_or_default();
		let mut models = BTreeSet::from_iter(models);
		models.insert(model);
		let models = BoundedVec::truncate_from(Vec::from_iter(models));
		Self::replace_declaration(auditor, as_of, models);
	}

	/// Whether so many validators of this session can re-execute a model that jobs may use it, and how many
	/// were asked.
	///
	/// `MinAuditors` of them, or all where there are fewer, and never nobody; and [`AUDITOR_WEIGHT`] of what
	/// all weigh, or some friends could bring a model that nobody else audits.
	pub fn is_auditable(model: &ModelId) -> (bool, u32) {
		let mut validators = T::Validators::accounts();
		// The heaviest first: so the fewest are asked until enough of the weight is found.
		validators.sort_by_key(|(_, weight)| Reverse(*weight));
		let mut wanted = T::MinAuditors::get().min(validators.len() as u32).max(1);
		let all = validators.iter().map(|(_, weight)| *weight).fold(0, u64::saturating_add);
		let mut missing = AUDITOR_WEIGHT.mul_ceil(all);
		let mut asked = 0u32;
		for (validator, weight) in &validators {
			asked = asked.saturating_add(1);
			if Auditors::<T>::contains_key(model, validator) {
				wanted = wanted.saturating_sub(1);
				missing = missing.saturating_sub(*weight);
			}
			if wanted == 0 && missing == 0 {
				return (true, asked);
			}
		}
		(false, asked)
	}

	/// Weight of [`Self::is_auditable`] if so many were asked; in the worst case every validator was.
	pub fn auditable_weight(asked: Option<u32>) -> Weight {
		T::WeightInfo::is_auditable(asked.unwrap_or_else(T::MaxValidators::get))
	}

	/// The validators of this session who can re-execute a model.
	pub(crate) fn auditors_of(model: &ModelId) -> Vec<T::AccountId> {
		let validators = T::Validators::accounts().into_iter().map(|(validator, _)| validator);
		validators.filter(|validator| Auditors::<T>::contains_key(model, validator)).collect()
	}
}
