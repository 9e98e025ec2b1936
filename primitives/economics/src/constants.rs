// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The defaults of the protocol, each once.
//!
//! The runtime's configuration may take other values; formulas take theirs as arguments.

use crate::{emission::Schedule, Balance};
use sp_arithmetic::{FixedU64, Perbill, Permill};

/// One token, in its smallest unit.
pub const ERG: Balance = 1_000_000_000_000;

/// Blocks of one day at slots of three seconds.
pub const BLOCKS_PER_DAY: u32 = 24 * 60 * 60 / 3;

// --- Audits ---

/// κ: how many times over an audited provider must lose what it could gain. 2 leaves room for a
/// wrong estimate of gain or detection by a factor of two.
pub const DETERRENCE: u32 = 2;
/// d: chance that an audit of a wrong result finds it. Auditors are drawn by weight, so whoever holds up to a
/// third of the *weight*, by however many accounts, may collude with the provider; the others recompute
/// exactly, so d = 1 − 1/3. It is half of that where as few declare the model as may: see [`AUDITOR_WEIGHT`].
pub const DETECTION: Perbill = Perbill::from_parts(666_666_666);
/// p₀: weight of the term that falls with the square root of the clean audits.
pub const CURIOSITY: FixedU64 = FixedU64::from_u32(1);
/// p_v: expected auditors when the value at risk equals everything that could be taken.
pub const VALUE_WEIGHT: FixedU64 = FixedU64::from_rational(5, 100);
/// Clean audits below which a provider is a newcomer: with λ = 3 twenty audits are seven jobs.
pub const NEWCOMER_AUDITS: u32 = 20;
/// Expected auditors per result of a newcomer; also the most that any result gets. Three draws of
/// which a third of the weight may collude find a wrong result with 1 − (1/3)³ = 96 %.
pub const MAX_AUDIT_RATE: FixedU64 = FixedU64::from_u32(3);
/// Least share of the weight of all validators that those who declare a model hold, so that jobs may use it and
/// its auditors are drawn among them only. With less, some friends could bring a model of their own and audit each
/// other. Where a third of the weight colludes, it is two thirds of this half at worst: an audit still finds a
/// wrong result with 1/3, half of [`DETECTION`], which is what [`DETERRENCE`] leaves room for.
pub const AUDITOR_WEIGHT: Permill = Permill::from_percent(50);
/// Least expected auditors per result: everybody can be audited at any time.
pub const MIN_AUDIT_RATE: FixedU64 = FixedU64::from_rational(1, 100);
/// How often a result that everybody matched is looked at again, when all votes are known. Low, since it is
/// for auditors what an audit is for providers: a Match without work loses a hundred times what it earns, so
/// one in fifty found loses twice that. Where the bonds behind the votes are too small for it, looks are more
/// frequent; see [`second_look_rate`](crate::sampling::second_look_rate).
pub const SECOND_LOOK_RATE: FixedU64 = FixedU64::from_rational(2, 100);
/// Auditors of a second look: each sees whether the other has worked.
pub const SECOND_LOOKERS: u32 = 2;
/// Share of audit duties that may be left undone before their price rises.
pub const AUDIT_BACKLOG: Permill = Permill::from_percent(5);
/// Fewest duties from which the price of audits is told.
pub const AUDIT_BACKLOG_DUTIES: u32 = 64;
/// The price of audits rises by this part of itself at a time.
pub const AUDIT_PRICE_RISE: Balance = 32;
/// The price of audits falls by this part of itself at a time.
pub const AUDIT_PRICE_FALL: Balance = 256;
/// The share of bond and forfeited escrow that the price of all results that are not final may
/// reach: beyond it, vanishing with every open job could pay.
pub const VALUE_AT_RISK_DIVISOR: u32 = 3;

// --- Settlement ---

/// Burnt from every settled price. Also the bound of any subsidy, so that paying oneself loses.
pub const BURN_SHARE: Permill = Permill::from_percent(3);
/// Paid to the treasury from every settled price.
pub const TREASURY_SHARE: Permill = Permill::from_percent(2);
/// A convicted party loses this many times the price of the job.
pub const SLASH_PRICE_MULTIPLE: u32 = 100;
/// A convicted party loses at least this share of its bond, however cheap the job was.
pub const SLASH_BOND_SHARE: Permill = Permill::from_percent(10);
/// An audit earns at most this share of the bond that answers for it: so much is lost twice over when each
/// result is looked at again, and more often is not possible.
pub const AUDIT_PAY_BOND_SHARE: Permill = Permill::from_percent(50);
/// The winner's share of a slash; the rest burns, so that slashing oneself loses.
pub const WINNER_SHARE: Permill = Permill::from_percent(50);

// --- Reputation ---

/// Blocks after which an audited outcome counts half: thirty days.
pub const REPUTATION_HALF_LIFE: u32 = 30 * BLOCKS_PER_DAY;
/// Blocks without work after which clean audits are counted anew: seven days. What a machine did before
/// says little about what its operator starts again.
pub const MAX_IDLE: u32 = 7 * BLOCKS_PER_DAY;

// --- Power ---

/// Most that one operator may hold of the capped total, in thousandths.
pub const POWER_CAP: u32 = 300;
/// Sprints in a row, behind the first, until all that a newcomer proves is power. Three eras in which its audits
/// are watched before it weighs all that it could.
pub const POWER_RAMP: u32 = 3;
/// Most that doing its audits adds to what an operator has proved. A reason to have the models of sprints at hand;
/// and no more than what a newcomer, who has no seat and therefore no audits, makes up for with a tenth more work.
pub const AUDIT_POWER: Permill = Permill::from_percent(10);
/// Share of the bond that a candidate loses for an item of a sprint that is wrong: as much as for a wrong result.
/// An item costs a fraction of a second; two of three that are made up are found with 1 − (1 − 4/9)³ = 83 %.
pub const WRONG_ITEM_SLASH: Perbill = Perbill::from_percent(10);
/// Share of the bond that a candidate loses for an item that it does not show. Less, since a machine may fail; not
/// nothing, or who is about to be found would rather be silent: the power of the era is lost in both cases.
pub const MISSING_ITEM_SLASH: Perbill = Perbill::from_percent(5);
/// Eras in which the power that genesis validators start with fades to nothing.
pub const GENESIS_POWER_ERAS: u32 = 10;
/// Weight of all authorities of a session together, so that weights read as millionths. Far above the number
/// of authorities, each of which has at least 1, and exact in the floating point numbers in which
/// nodes compute the chance of a slot.
pub const AUTHORITY_WEIGHT: u64 = 1_000_000;

// --- Emission ---

/// Eras of four years: 1,461 days of 24 eras of an hour each.
pub const HALVING_ERAS: u32 = 1_461 * 24;
/// A hundred validators that do all of their duties get one ERG each in an hour, which is what one missed
/// audit costs; four years of that are 3,506,400 ERG. Halves every four years, so that no more than twice as
/// much is ever made.
pub const EMISSION: Schedule = Schedule { first: 100 * ERG, halving: HALVING_ERAS };
