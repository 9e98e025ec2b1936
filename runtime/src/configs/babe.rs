// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who authors blocks.

use crate::{
	configs::session::{MaxValidators, ReportLongevity},
	constants::{SESSION_SLOTS, SLOT_MILLIS},
	Historical, Offences, Runtime, Session,
};
use frame_support::traits::{ConstU32, ConstU64};

impl pallet_babe::Config for Runtime {
	type DisabledValidators = Session;
	type EpochChangeTrigger = pallet_babe::ExternalTrigger;
	type EpochDuration = ConstU64<{ SESSION_SLOTS as u64 }>;
	type EquivocationReportSystem =
		pallet_babe::EquivocationReportSystem<Self, Offences, Historical, ReportLongevity>;
	type ExpectedBlockTime = ConstU64<SLOT_MILLIS>;
	type KeyOwnerProof = sp_session::MembershipProof;
	type MaxAuthorities = MaxValidators;
	type MaxNominators = ConstU32<0>;
	// The implementation for `()` is the pallet's own: it scales with the number of validators.
	type WeightInfo = ();
}
