// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Time.

use crate::{constants::SLOT_MILLIS, Babe, Moment, Runtime};
use frame_support::traits::ConstU64;

impl pallet_timestamp::Config for Runtime {
	type MinimumPeriod = ConstU64<{ SLOT_MILLIS / 2 }>;
	type Moment = Moment;
	type OnTimestampSet = Babe;
	type WeightInfo = pallet_timestamp::weights::SubstrateWeight<Runtime>;
}
