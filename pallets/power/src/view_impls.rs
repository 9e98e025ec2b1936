// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What is asked about all candidates together, and about the time that is to come.

use crate::{Config, Distribution, Pallet};
use alloc::vec::Vec;
use ergon_economics::power::concentration;
use frame_support::traits::EstimateNextSessionRotation;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::Saturating;

impl<T: Config> Pallet<T> {
	/// Who has how much power in this era, and how concentrated that is.
	pub(crate) fn distribute() -> Distribution<T::AccountId> {
		let mut candidates = Self::powers();
		// Storage has an order that says nothing: equals stand by account, so that all nodes say the same.
		candidates.sort_unstable_by(|(a, of_a), (b, of_b)| of_b.cmp(of_a).then_with(|| a.cmp(b)));
		let powers: Vec<_> = candidates.iter().map(|(_, power)| *power).collect();
		Distribution { candidates, concentration: concentration(&powers) }
	}

	/// The block with which the next era begins, if one is made in every slot until then: sessions end by slots, so
	/// each slot without a block makes it one block earlier. Nothing where nobody can tell.
	pub fn next_era_at() -> Option<BlockNumberFor<T>> {
		let now = frame_system::Pallet::<T>::block_number();
		let (next_session, _) = T::NextSessionRotation::estimate_next_session_rotation(now);
		let this_session = pallet_session::Pallet::<T>::current_index();
		let whole_sessions = Self::era().end.saturating_sub(this_session).saturating_sub(1);
		let length = T::NextSessionRotation::average_session_length();
		Some(next_session?.saturating_add(length.saturating_mul(whole_sessions.into())))
	}
}
