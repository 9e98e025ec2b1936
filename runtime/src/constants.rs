// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Money and time.

use crate::{Balance, BlockNumber, Moment};

/// One ERG.
pub const ERG: Balance = 1_000_000_000_000;
/// A thousandth of an ERG.
pub const MILLI_ERG: Balance = ERG / 1_000;
/// A millionth of an ERG.
pub const MICRO_ERG: Balance = MILLI_ERG / 1_000;

/// Least balance that keeps an account alive.
pub const EXISTENTIAL_DEPOSIT: Balance = MILLI_ERG;

/// Deposit for that many storage items with that many bytes together.
pub const fn deposit(items: u32, bytes: u32) -> Balance {
	items as Balance * 20 * MILLI_ERG + bytes as Balance * 100 * MICRO_ERG
}

/// Length of a slot; fixed for the life of the chain.
pub const SLOT_MILLIS: Moment = 3_000;
/// Blocks of one minute.
pub const MINUTES: BlockNumber = 60_000 / SLOT_MILLIS as BlockNumber;
/// Blocks of one hour.
pub const HOURS: BlockNumber = 60 * MINUTES;
/// Blocks of one day.
pub const DAYS: BlockNumber = 24 * HOURS;

/// Chooses between a value for networks that live long and one for networks that live for minutes.
pub const fn unless_fast(production: BlockNumber, fast: BlockNumber) -> BlockNumber {
	if cfg!(feature = "fast-runtime") {
		fast
	} else {
		production
	}
}

/// Slots of a session, which is one BABE epoch; fixed for the life of the chain.
pub const SESSION_SLOTS: BlockNumber = unless_fast(200, 20);

/// Primary slots are one in four on average; the others have one secondary author each, who also
/// gives a VRF output, so that every block has randomness.
pub const BABE_GENESIS_EPOCH_CONFIG: sp_consensus_babe::BabeEpochConfiguration =
	sp_consensus_babe::BabeEpochConfiguration {
		c: (1, 4),
		allowed_slots: sp_consensus_babe::AllowedSlots::PrimaryAndSecondaryVRFSlots,
	};
