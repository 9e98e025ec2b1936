// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What follows from an offence against consensus.

use crate::{Config, OffenceSlash, OffenceSlashes, Pallet, WeightInfo, LOG_TARGET};
use frame_support::{
	dispatch::DispatchClass,
	traits::{Get, OnUnbalanced},
	weights::Weight,
};
use pallet_session::historical::IdentificationTuple;
use sp_runtime::Perbill;
use sp_staking::{
	offence::{OffenceDetails, OffenceSeverity, OnOffenceHandler},
	SessionIndex,
};

impl<T: Config> Pallet<T> {
	/// Slashes, chills and disables one offender.
	///
	/// Offences in the same session are one: what was slashed for it before is taken into account,
	/// so a report that repeats earlier offenders with a larger fraction takes the difference only.
	fn punish(offender: &T::AccountId, fraction: Perbill, session: SessionIndex) {
		let now = pallet_session::Pallet::<T>::current_index();
		if session.saturating_add(T::UnbondingSessions::get()) < now {
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
		T::Slashed::on_unbalanced(credit);
		Self::chill(offender, now.saturating_add(T::ChillSessions::get()), fraction);
		pallet_session::Pallet::<T>::report_offence(offender.clone(), OffenceSeverity(fraction));
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
			Self::punish(offender, *fraction, session);
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
