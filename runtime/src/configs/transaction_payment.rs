// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What a transaction costs.

use super::rewards::Burn;
use crate::{constants::MICRO_ERG, AccountId, Balance, Balances, Runtime, RuntimeEvent};
use frame_support::{
	parameter_types,
	traits::{
		fungible::{Balanced, Credit},
		ConstU8, OnUnbalanced,
	},
	weights::{ConstantMultiplier, IdentityFee},
	PalletId,
};
use pallet_transaction_payment::{FungibleAdapter, Multiplier, TargetedFeeAdjustment};
use sp_runtime::{
	traits::{AccountIdConversion, Bounded},
	FixedPointNumber, Perquintill,
};

/// Names the treasury's account.
pub const TREASURY: PalletId = PalletId(*b"erg/trsy");

parameter_types! {
	/// Receives fees and the treasury's share of each job; nobody can spend from it yet.
	pub TreasuryAccount: AccountId = TREASURY.into_account_truncating();
	/// Block fullness at which the fee stays as it is.
	pub const TargetBlockFullness: Perquintill = Perquintill::from_percent(25);
	/// How fast the fee follows fullness: at most 2 % in a day of full blocks per unit of fullness.
	pub AdjustmentVariable: Multiplier = Multiplier::saturating_from_rational(1, 100_000);
	/// The fee never falls below a hundredth of the base fee.
	pub MinimumMultiplier: Multiplier = Multiplier::saturating_from_rational(1, 100);
	/// The fee has no upper limit.
	pub MaximumMultiplier: Multiplier = Bounded::max_value();
}

impl pallet_transaction_payment::Config for Runtime {
	type FeeMultiplierUpdate = TargetedFeeAdjustment<
		Self,
		TargetBlockFullness,
		AdjustmentVariable,
		MinimumMultiplier,
		MaximumMultiplier,
	>;
	// One micro-ERG per byte.
	type LengthToFee = ConstantMultiplier<Balance, frame_support::traits::ConstU128<MICRO_ERG>>;
	type OnChargeTransaction = FungibleAdapter<Balances, ToTreasury>;
	type OperationalFeeMultiplier = ConstU8<5>;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_transaction_payment::weights::SubstrateWeight<Runtime>;
	// One unit per picosecond: a second of computation costs one ERG.
	type WeightToFee = IdentityFee<Balance>;
}

/// Gives money to the treasury. If that did not exist any more, it would be burnt.
pub struct ToTreasury;

impl OnUnbalanced<Credit<AccountId, Balances>> for ToTreasury {
	fn on_nonzero_unbalanced(credit: Credit<AccountId, Balances>) {
		if let Err(credit) = Balances::resolve(&TreasuryAccount::get(), credit) {
			Burn::on_unbalanced(credit);
		}
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl pallet_transaction_payment::BenchmarkConfig for Runtime {}
