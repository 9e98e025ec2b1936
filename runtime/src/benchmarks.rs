// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The pallets whose weights are measured with this runtime.

frame_benchmarking::define_benchmarks!(
	[frame_benchmarking, BaselineBench::<Runtime>]
	[frame_system, SystemBench::<Runtime>]
	[frame_system_extensions, SystemExtensionsBench::<Runtime>]
	[pallet_babe, crate::Babe]
	[pallet_balances, crate::Balances]
	[pallet_grandpa, crate::Grandpa]
	[pallet_multisig, crate::Multisig]
	[pallet_proxy, crate::Proxy]
	[pallet_timestamp, crate::Timestamp]
	[pallet_transaction_payment, crate::TransactionPayment]
	[pallet_utility, crate::Utility]
);
