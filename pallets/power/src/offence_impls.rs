// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What follows from an offence against consensus.

use crate::{
	utility_impls::remove_some, Balance, Config, CreditOf, OffenceSlash, OffenceSlashes,
	OldestSlashes, Pallet, WeightInfo, LOG_TARGET,
};
use ergon_economics::settlement;
use frame_support::{
	dispatch::DispatchClass,
	traits::{fungible::Balanced, Get, Imbalance, OnUnbalanced},
	weights::{Weight, WeightMeter},
};
use pallet_session::historical::IdentificationTuple;
use sp_runtime::Perbill;
use sp_staking::{
	offence::{OffenceDetails, OffenceSeverity, OnOffenceHandler},
	SessionIndex,
};

/// Most reporters of one offence who get something; bounds what a report weighs.
pub(crate) const MAX_REPORTERS: u32 = 16;

impl<T: Config> Pallet<T> {
	/// Slashes, chills and disables one offender. Half of what is slashed goes to the reporters.
	///
	/// Offences in the same session are one: what was slashed for it before is taken into account,
	/// so a report that repeats earlier offenders with a larger fraction takes the difference only.
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
	pub(crate) fn remove_from_duty(who: &T::AccountId, severity: Perbill) {
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
		let half = settlement::award(slashed.peek()).winner;
		let count = reporters.len().min(MAX_REPORTERS as usize);
		let share = half.checked_div(count as Balance).unwrap_or_default();
		let mut rest = slashed;
		for reporter in reporters.iter().take(count) {
			let (part, left) = rest.split(share);
			rest = match <T as Config>::Currency::resolve(reporter, part) {
				Ok(()) => left,
				// An account that can take nothing.
				Err(part) => left.merge(part),
			};
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
