// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Configurations to derive from.

use crate::pallet::DefaultConfig;
use frame_support::{
	derive_impl, pallet_prelude::inject_runtime_type, parameter_types, register_default_impl,
	weights::Weight,
};
use sp_runtime::{
	traits::{ConstU128, ConstU32, ConstU64},
	Permill,
};

parameter_types! {
	/// Half a second.
	pub const TickWeight: Weight = Weight::from_parts(500_000_000_000, u64::MAX);
	/// A tenth.
	pub const PruneReward: Permill = Permill::from_percent(10);
}

/// Small numbers for tests: everything that has a bound reaches it soon.
pub struct TestDefaultConfig;

#[derive_impl(frame_system::config_preludes::TestDefaultConfig, no_aggregated_types)]
impl frame_system::DefaultConfig for TestDefaultConfig {}

#[register_default_impl(TestDefaultConfig)]
impl DefaultConfig for TestDefaultConfig {
	#[inject_runtime_type]
	type RuntimeHoldReason = ();
	type WeightInfo = ();
	type Demand = ();
	type Burn = ();
	type MaxJobsPerBlock = ConstU32<3>;
	type AgendaWindow = ConstU32<4>;
	type TickWeight = TickWeight;
	type MaxQueueTime = ConstU64<50>;
	type RetryInterval = ConstU64<5>;
	type ReplicaPatience = ConstU64<40>;
	type BaseAnswerTime = ConstU32<10>;
	type PromptTokensPerBlock = ConstU32<16>;
	type OutputTokensPerBlock = ConstU32<4>;
	type MaxReassignments = ConstU32<2>;
	type Retention = ConstU64<100>;
	type DepositBase = ConstU128<1_000>;
	type DepositPerByte = ConstU128<10>;
	type PruneReward = PruneReward;
	type MaxOffers = ConstU32<16>;
	type MaxAuditors = ConstU32<16>;
	type AuthorizedPriority = ConstU64<{ u64::MAX / 4 }>;
	type MaxJobsPerWorker = ConstU32<8>;
	type MaxPage = ConstU32<4>;
}
