// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What follows from an offence, and the one that this pallet sees itself: not to be there.

use crate::{
	utility_impls::remove_some, Config, CreditOf, EraIndex, OffenceSlash, OffenceSlashes,
	OldestSlashes, Pallet, WeightInfo, LOG_TARGET,
};
use alloc::vec::Vec;
use codec::Codec;
use ergon_economics::settlement;
use frame_support::{
	defensive,
	dispatch::DispatchClass,
	traits::{fungible::Balanced, Get, Imbalance, OnUnbalanced},
	weights::{Weight, WeightMeter},
};
use pallet_session::historical::IdentificationTuple;
use sp_runtime::Perbill;
use sp_staking::{
	offence::{Kind, Offence, OffenceDetails, OffenceSeverity, OnOffenceHandler, ReportOffence},
	SessionIndex,
};

/// Most reporters of one offence who get something; bounds what a report weighs.
pub(crate) const MAX_REPORTERS: u32 = 16;

/// How bad an offence is that takes nothing: less than any other, and bad enough to be disabled for.
const LEAST_SEVERITY: Perbill = Perbill::from_parts(1);

/// A validator has missed `MaxMisses` audits in one era.
pub struct Absence<AccountId> {
	validator: AccountId,
	era: EraIndex,
	session: SessionIndex,
	validators: u32,
}

impl<AccountId: Clone + Codec + Ord> Offence<(AccountId, ())> for Absence<AccountId> {
	const ID: Kind = *b"ergon:is-missing";
	// Of somebody's own: the offences pallet tells of all offenders of a slot again with each new one.
	type Slot = (EraIndex, AccountId);

	fn offenders(&self) -> Vec<(AccountId, ())> {
		Vec::from([(self.validator.clone(), ())])
	}

	fn session_index(&self) -> SessionIndex {
		self.session
	}

	fn validator_set_count(&self) -> u32 {
		self.validators
	}

	fn slot(&self) -> Self::Slot {
		(self.era, self.validator.clone())
	}

	// What it costs was taken with each miss.
	fn slash_fraction(&self, _: u32) -> Perbill {
		Perbill::zero()
	}
}

impl<T: Config> Pallet<T> {
	/// Reports that somebody is not there, once in an era: misses are only counted up.
	pub(crate) fn report_absence(validator: &T::AccountId, era: EraIndex) {
		let absence = Absence {
			validator: validator.clone(),
			era,
			session: pallet_session::Pallet::<T>::current_index(),
			validators: pallet_session::Pallet::<T>::validators().len() as u32,
		};
		if T::ReportAbsence::report_offence(Vec::new(), absence).is_err() {
			defensive!("an absence is reported once");
		}
		// The handler of offences has registered what it does itself.
		let rest = <T as Config>::WeightInfo::report_absence()
			.saturating_sub(<T as Config>::WeightInfo::on_offence(1));
		frame_system::Pallet::<T>::register_extra_weight_unchecked(rest, DispatchClass::Mandatory);
	}

	/// Slashes, chills and disables one offender. Half of what is slashed goes to the reporters.
	///
	/// Offences in the same session are one: what was slashed for it before is taken into account,
	/// so a report that repeats earlier offenders with a larger fraction takes the difference only. One without a
	/// fraction takes nothing, and chills and disables all the same.
	fn punish(
		offender: &T::AccountId,
		reporters: &[T::AccountId],
		fraction: Perbill,
		session: SessionIndex,
	) {
		if session < Self::first_reportable() {
			log::warn!(target: LOG_TARGET, "the report about session {session} comes too late");
			return;
		}
		if fraction.is_zero() {
			return Self::remove_from_duty(offender, LEAST_SEVERITY);
		}
		let before = OffenceSlashes::<T>::get(session, offender).unwrap_or_else(|| OffenceSlash {
			bond: Self::bond(offender),
			fraction: Perbill::zero(),
		});
		if fraction <= before.fraction {
			return;
		}
		let amount =
			fraction.mul_ceil(before.bond).saturating_sub(before.fraction.mul_ceil(before.bond));
		OffenceSlashes::<T>::insert(session, offender, OffenceSlash { fraction, ..before });
		let (credit, _) = Self::slash(offender, amount);
		T::Slashed::on_unbalanced(Self::reward(credit, reporters));
		Self::remove_from_duty(offender, fraction);
	}

	/// Takes somebody out of elections for `ChillSessions`, and disables it for as long as it is in
	/// the set.
	///
	/// Blocks of the disabled are invalid. Whoever makes the very block in which it is found is
	/// disabled when the next session begins, or what found it would be undone with the block.
	fn remove_from_duty(who: &T::AccountId, severity: Perbill) {
		let now = pallet_session::Pallet::<T>::current_index();
		Self::chill(who, now.saturating_add(T::ChillSessions::get()), severity);
		if T::BlockAuthor::get().as_ref() != Some(who) {
			pallet_session::Pallet::<T>::report_offence(who.clone(), OffenceSeverity(severity));
		}
	}

	/// The first session of which offences can still be reported.
	fn first_reportable() -> SessionIndex {
		let now = pallet_session::Pallet::<T>::current_index();
		now.saturating_sub(T::UnbondingSessions::get())
	}

	/// Removes what was slashed for offences that can no longer be reported, some per block.
	pub(crate) fn remove_old_slashes(meter: &mut WeightMeter) {
		remove_some(meter, <T as Config>::WeightInfo::remove_slashes, Self::remove_slashes);
	}

	/// Removes up to `limit` slashes of the oldest session, if its offences can no longer be reported; returns how
	/// many there were to remove.
	pub(crate) fn remove_slashes(limit: u32) -> u32 {
		let oldest = OldestSlashes::<T>::get();
		if oldest >= Self::first_reportable() {
			return 0;
		}
		let removed = OffenceSlashes::<T>::clear_prefix(oldest, limit, None);
		if removed.maybe_cursor.is_none() {
			OldestSlashes::<T>::put(oldest.saturating_add(1));
		}
		removed.loops
	}

	/// Gives the winners' share of a slash to the first `MAX_REPORTERS` in equal parts, rounded down;
	/// returns the rest. Who reports itself loses the other half.
	fn reward(slashed: CreditOf<T>, reporters: &[T::AccountId]) -> CreditOf<T> {
		let count = reporters.len().min(MAX_REPORTERS as usize);
		let share = settlement::share(slashed.peek(), count);
		let mut rest = slashed;
		for reporter in reporters.iter().take(count) {
			// An account that can take nothing gets nothing.
			if let Err(part) = <T as Config>::Currency::resolve(reporter, rest.extract(share)) {
				rest.subsume(part);
			}
		}
		rest
	}
}

impl<T: Config> OnOffenceHandler<T::AccountId, IdentificationTuple<T>, Weight> for Pallet<T> {
	fn on_offence(
		offenders: &[OffenceDetails<T::AccountId, IdentificationTuple<T>>],
		slash_fraction: &[Perbill],
		session: SessionIndex,
	) -> Weight {
		for (details, fraction) in offenders.iter().zip(slash_fraction) {
			let (offender, ()) = &details.offender;
			Self::punish(offender, &details.reporters, *fraction, session);
		}
		let weight = <T as Config>::WeightInfo::on_offence(offenders.len() as u32);
		// The offences pallet drops what is returned.
		frame_system::Pallet::<T>::register_extra_weight_unchecked(
			weight,
			DispatchClass::Mandatory,
		);
		weight
	}
}
