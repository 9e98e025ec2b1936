// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What follows from an offence against consensus.

use crate::{AccountId, Runtime, RuntimeEvent, Session};
use frame_support::weights::Weight;
use pallet_session::historical::IdentificationTuple;
use sp_runtime::Perbill;
use sp_staking::{
	offence::{OffenceDetails, OffenceSeverity, OnOffenceHandler},
	SessionIndex,
};

impl pallet_offences::Config for Runtime {
	type IdentificationTuple = IdentificationTuple<Self>;
	type OnOffenceHandler = Punish;
	type RuntimeEvent = RuntimeEvent;
}

/// Disables the offender.
pub struct Punish;

impl OnOffenceHandler<AccountId, IdentificationTuple<Runtime>, Weight> for Punish {
	fn on_offence(
		offenders: &[OffenceDetails<AccountId, IdentificationTuple<Runtime>>],
		slash_fraction: &[Perbill],
		_: SessionIndex,
	) -> Weight {
		for (offence, fraction) in offenders.iter().zip(slash_fraction) {
			let (offender, ()) = &offence.offender;
			Session::report_offence(offender.clone(), OffenceSeverity(*fraction));
		}
		Weight::zero()
	}
}
