// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What this pallet asks others.

use crate::EraIndex;
use alloc::vec::Vec;
use ergon_economics::{power::Power, DutyCount};

/// Those who earn.
pub trait Validators<AccountId> {
	/// Power in the current era; it never rises while the era lasts, and all powers add up to no more than
	/// what [`note_era`](crate::Pallet::note_era) was told.
	fn power(who: &AccountId) -> Power;

	/// Whether it forfeits what is not settled.
	fn is_chilled(who: &AccountId) -> bool;

	/// Makes the power of somebody in the current era positive.
	#[cfg(feature = "runtime-benchmarks")]
	fn empower_for_benchmark(who: &AccountId);
}

/// Duties beside blocks.
pub trait Duties<AccountId> {
	/// What an account had to do in an era, and did: one entry for each kind.
	fn of(era: EraIndex, who: &AccountId) -> Vec<DutyCount>;

	/// Makes half of the duties of somebody in an era done, for each kind.
	#[cfg(feature = "runtime-benchmarks")]
	fn do_half_for_benchmark(era: EraIndex, who: &AccountId);
}
