// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The pallets whose weights are measured with this runtime.

// The macro means the crate that uses what it defines.
#![allow(clippy::crate_in_macro_def)]

frame_benchmarking::define_benchmarks!(
	[frame_benchmarking, BaselineBench::<Runtime>]
	[frame_system, SystemBench::<Runtime>]
	[frame_system_extensions, SystemExtensionsBench::<Runtime>]
	[pallet_audits, crate::Audits]
	[pallet_babe, crate::Babe]
	[pallet_balances, crate::Balances]
	[pallet_disputes, crate::Disputes]
	[pallet_grandpa, crate::Grandpa]
	[pallet_jobs, crate::Jobs]
	[pallet_models, crate::Models]
	[pallet_multisig, crate::Multisig]
	[pallet_power, crate::Power]
	[pallet_providers, crate::Providers]
	[pallet_proxy, crate::Proxy]
	[pallet_rewards, crate::Rewards]
	[pallet_sprints, crate::Sprints]
	[pallet_timestamp, crate::Timestamp]
	[pallet_transaction_payment, crate::TransactionPayment]
	[pallet_utility, crate::Utility]
);

impl frame_system_benchmarking::Config for crate::Runtime {}
impl frame_benchmarking::baseline::Config for crate::Runtime {}
