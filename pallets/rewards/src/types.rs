// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What is stored, and what people see.

use crate::Config;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use ergon_economics::DutyCount;
use frame_support::traits::fungible::Credit;
use scale_info::TypeInfo;

pub use ergon_economics::{power::Power, Balance};

/// Counts the stretches of time for which rewards are made.
pub type EraIndex = u32;

/// Money that is with nobody.
pub type CreditOf<T> = Credit<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;

/// An era that is not settled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct EraTotals {
	/// Power of all candidates when it began.
	pub total_power: u128,
	/// What was made for it so far.
	pub minted: Balance,
}

/// What one validator had to do with the blocks of one era.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct EraWork {
	/// Its power when the first of these was counted.
	pub power: Power,
	/// Blocks that it made.
	pub authored: u32,
	/// Slots without a block in which only it could have made one.
	pub skipped: u32,
}

/// What an account earned.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Account {
	/// Waits in the pot.
	pub unpaid: Balance,
	/// Was paid.
	pub paid: Balance,
}

/// What all accounts earned, and what was burnt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Totals {
	/// Was ever made.
	pub minted: Balance,
	/// Was paid.
	pub paid: Balance,
	/// Was ever burnt, whatever for.
	pub burnt: Balance,
}

/// What an account earned and is about to earn.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct RewardInfo {
	/// What is settled.
	pub account: Account,
	/// What is not, the oldest first. An era in which the account had no block to make is not there.
	pub eras: Vec<EraReward>,
}

/// What an era that is not settled means for one validator, as things stand.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct EraReward {
	/// Which.
	pub era: EraIndex,
	/// Power of the validator.
	pub power: Power,
	/// Power of all candidates.
	pub total_power: u128,
	/// Duties due and done by kind, blocks first.
	pub duties: Vec<DutyCount>,
	/// What is made for these.
	pub amount: Balance,
}

/// How much is made, and how much was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Emission {
	/// The current era.
	pub era: EraIndex,
	/// Most that is made for it.
	pub emission: Balance,
	/// First era for which less is made.
	pub next_halving: Option<EraIndex>,
	/// What was ever made.
	pub minted: Balance,
	/// What was ever burnt.
	pub burnt: Balance,
	/// What can ever be made is less than this.
	pub cap: Balance,
}
