// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who finalises blocks.

use crate::{
	configs::session::{MaxValidators, ReportLongevity, REPORT_SESSIONS},
	Historical, Offences, Runtime, RuntimeEvent,
};
use frame_support::traits::{ConstU32, ConstU64};

impl pallet_grandpa::Config for Runtime {
	type EquivocationReportSystem =
		pallet_grandpa::EquivocationReportSystem<Self, Offences, Historical, ReportLongevity>;
	type KeyOwnerProof = sp_session::MembershipProof;
	type MaxAuthorities = MaxValidators;
	type MaxNominators = ConstU32<0>;
	// Each session may have a set of its own, since weights follow power. A report needs its own set and
	// the one before it, from the last session that began back to the first that can be reported.
	type MaxSetIdSessionEntries = ConstU64<{ REPORT_SESSIONS as u64 + 2 }>;
	type RuntimeEvent = RuntimeEvent;
	// The implementation for `()` is the pallet's own: it scales with the number of validators.
	type WeightInfo = ();
}
