// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Sessions and eras: what this pallet does as the session manager.

use crate::{
	election::{elect, Contender, Limits},
	Candidates, Config, CurrentEra, EraStart, Event, Pallet, PowerCap, Status, Unbondings,
	WeightInfo,
};
use alloc::{collections::BTreeSet, vec::Vec};
use frame_support::{
	dispatch::DispatchClass,
	traits::{Get, ValidatorRegistration},
	weights::Weight,
};
use pallet_session::historical;
use sp_runtime::Perbill;
use sp_staking::{offence::OffenceSeverity, SessionIndex};

impl<T: Config> Pallet<T> {
	/// The validators of session `index`, or `None` when nothing changes: neither the set nor the
	/// keys of a member. Saying so only then keeps the list of disabled validators for as long as it
	/// means the same people. Changes of what they weigh are for those who give out the weights to see.
	pub(crate) fn plan(index: SessionIndex) -> Option<Vec<T::AccountId>> {
		let current = pallet_session::Validators::<T>::get();
		let elected = Self::elect_behind(&current);
		let members = elected.as_ref().unwrap_or(&current);
		for member in members {
			// Whoever left and is still needed is accountable for one session more.
			if let Some(mut unbonding) = Unbondings::<T>::get(member) {
				unbonding.free_at = unbonding.free_at.max(Self::free_behind(index));
				Unbondings::<T>::insert(member, unbonding);
			}
		}
		let elected = elected?;
		if elected == current {
			let keys_changed = pallet_session::QueuedKeys::<T>::get()
				.into_iter()
				.any(|(who, keys)| pallet_session::Pallet::<T>::load_keys(&who) != Some(keys));
			return keys_changed.then_some(elected);
		}
		let (before, after): (BTreeSet<_>, BTreeSet<_>) =
			(current.iter().collect(), elected.iter().collect());
		Self::deposit_event(Event::Elected {
			session: index,
			validators: elected.len() as u32,
			entering: after.difference(&before).copied().cloned().collect(),
			leaving: before.difference(&after).copied().cloned().collect(),
		});
		Some(elected)
	}

	/// Elects the set that follows `current`.
	fn elect_behind(current: &[T::AccountId]) -> Option<Vec<T::AccountId>> {
		let has_keys = |who: &T::AccountId| pallet_session::Pallet::<T>::is_registered(who);
		let (era, cap) = (CurrentEra::<T>::get(), PowerCap::<T>::get());
		let contenders: Vec<_> = Candidates::<T>::iter()
			.filter(|(account, candidate)| {
				candidate.status == Status::Standing && has_keys(account)
			})
			.map(|(account, candidate)| Contender {
				account,
				power: candidate.power(era, cap),
				bond: candidate.bond,
			})
			.collect();
		let standing: BTreeSet<_> =
			contenders.iter().map(|contender| contender.account.clone()).collect();
		// Offenders go first, then those who left of their own accord.
		let mut unwanted: Vec<_> = current
			.iter()
			.filter(|who| !standing.contains(who) && has_keys(who))
			.cloned()
			.collect();
		unwanted.sort_by_key(|who| Self::severity(who));
		let limits = Limits { seats: T::MaxValidators::get(), minimum: T::MinValidators::get() };
		elect(current, contenders, &unwanted, limits)
	}

	/// How bad the offence is that somebody is chilled for; zero for everybody else.
	fn severity(who: &T::AccountId) -> Perbill {
		let status = match Candidates::<T>::get(who) {
			Some(candidate) => Some(candidate.status),
			None => Unbondings::<T>::get(who).map(|unbonding| unbonding.status),
		};
		match status {
			Some(Status::Chilled { severity, .. }) => severity,
			_ => Perbill::zero(),
		}
	}

	/// Begins session `index`, and an era when it is time; forgets whose keys can no longer be proved. What was
	/// slashed for offences is forgotten in `on_poll`: every candidate can have offended in one session.
	pub(crate) fn begin(index: SessionIndex) -> Weight {
		let mut weight = <T as Config>::WeightInfo::start_session(T::MaxValidators::get());
		if index.saturating_sub(EraStart::<T>::get()) >= T::SessionsPerEra::get() {
			weight
				.saturating_accrue(<T as Config>::WeightInfo::start_era(Candidates::<T>::count()));
			let late = Self::start_era(index);
			weight.saturating_accrue(<T as Config>::WeightInfo::count(late));
		}
		if let Some(safe) = index.checked_sub(T::UnbondingSessions::get().saturating_add(1)) {
			historical::Pallet::<T>::prune_up_to(safe.saturating_add(1));
		}
		// A change of the set lifts all disablings; an offender that was queued before it was caught
		// would otherwise author in its last session.
		for validator in pallet_session::Validators::<T>::get() {
			let severity = Self::severity(&validator);
			if !severity.is_zero() {
				pallet_session::Pallet::<T>::report_offence(validator, OffenceSeverity(severity));
			}
		}
		weight
	}

	fn register(weight: Weight) {
		frame_system::Pallet::<T>::register_extra_weight_unchecked(
			weight,
			DispatchClass::Mandatory,
		);
	}
}

impl<T: Config> pallet_session::SessionManager<T::AccountId> for Pallet<T> {
	fn new_session(index: SessionIndex) -> Option<Vec<T::AccountId>> {
		Self::register(<T as Config>::WeightInfo::new_session(Candidates::<T>::count()));
		Self::plan(index)
	}

	// Genesis has no weight.
	fn new_session_genesis(index: SessionIndex) -> Option<Vec<T::AccountId>> {
		Self::plan(index)
	}

	fn start_session(index: SessionIndex) {
		if index > 0 {
			Self::register(Self::begin(index));
		}
	}

	fn end_session(_: SessionIndex) {}
}

impl<T: Config> historical::SessionManager<T::AccountId, ()> for Pallet<T> {
	fn new_session(index: SessionIndex) -> Option<Vec<(T::AccountId, ())>> {
		<Self as pallet_session::SessionManager<_>>::new_session(index).map(identified)
	}

	fn new_session_genesis(index: SessionIndex) -> Option<Vec<(T::AccountId, ())>> {
		<Self as pallet_session::SessionManager<_>>::new_session_genesis(index).map(identified)
	}

	fn start_session(index: SessionIndex) {
		<Self as pallet_session::SessionManager<_>>::start_session(index)
	}

	fn end_session(index: SessionIndex) {
		<Self as pallet_session::SessionManager<_>>::end_session(index)
	}
}

/// An account says everything about a validator: nobody shares its slash, and what a slash takes is
/// a fraction of the bond at the time of the report.
fn identified<AccountId>(validators: Vec<AccountId>) -> Vec<(AccountId, ())> {
	validators.into_iter().map(|validator| (validator, ())).collect()
}
