// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How much money is made for validators, and who gets which part of it.

use crate::{power::Power, Balance};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_arithmetic::{helpers_128bit::multiply_by_rational_with_rounding, Rounding};

/// When how much is made. The protocol's is [`constants::EMISSION`](crate::constants::EMISSION).
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Schedule {
	/// Most that is made in each era before the first halving.
	pub first: Balance,
	/// Eras from one halving to the next; 0 makes nothing at all.
	pub halving: u32,
}

impl Schedule {
	/// Most that is made for era `era`, the first of which is 0: what every validator together earns
	/// when all do all of their duties. Halves round down, so it ends.
	pub fn emission(&self, era: u32) -> Balance {
		match era.checked_div(self.halving) {
			// More than 127 halvings leave nothing of a balance.
			Some(halvings) => self.first.checked_shr(halvings).unwrap_or_default(),
			None => 0,
		}
	}

	/// The first era behind `era` in which less is made; nothing when that would be beyond the last era
	/// that can be counted.
	pub fn next_halving(&self, era: u32) -> Option<u32> {
		era.checked_div(self.halving)?.checked_add(1)?.checked_mul(self.halving)
	}

	/// Most that is made for all eras before `era`. Saturates.
	pub fn before(&self, era: u32) -> Balance {
		let mut sum: Balance = 0;
		let mut from = 0u32;
		// Once for each halving of a balance at most.
		while from < era && self.emission(from) > 0 {
			let to = self.next_halving(from).unwrap_or(era).min(era);
			let eras = Balance::from(to.saturating_sub(from));
			sum = sum.saturating_add(eras.saturating_mul(self.emission(from)));
			from = to;
		}
		sum
	}

	/// Twice what is made before the first halving: as much as can ever be made, and never quite reached.
	/// Saturates.
	pub fn cap(&self) -> Balance {
		self.first.saturating_mul(self.halving.into()).saturating_mul(2)
	}
}

/// How much of one kind of duty a validator had in an era, and how much of it was done.
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
pub struct DutyCount {
	/// What was done; no more than what was due counts.
	pub done: u32,
	/// What was due; a kind of which nothing was due says nothing.
	pub due: u32,
}

/// What is made for one validator in one era:
///
/// ```text
/// emission × power ÷ total × Π over the kinds of duty of done ÷ due
/// ```
///
/// rounded down with each division. Kinds are multiplied and not added up, since a hundred easy duties
/// must not hide one that is hard. Where nothing was due, nothing is earned.
///
/// The sum over all validators is at most the emission as long as their powers add up to `total` at most. More
/// done is never worth less, and power that is divided among several never earns more, not by one unit, than in
/// one hand that does as much of its duties.
pub fn reward(emission: Balance, power: Power, total: u128, duties: &[DutyCount]) -> Balance {
	let share_of = |amount, part: u128, whole: u128| {
		multiply_by_rational_with_rounding(amount, part.min(whole), whole, Rounding::Down)
			.unwrap_or_default()
	};
	let mut due = duties.iter().filter(|duty| duty.due > 0).peekable();
	if due.peek().is_none() {
		return 0;
	}
	let share = share_of(emission, power.into(), total);
	due.fold(share, |share, duty| share_of(share, duty.done.into(), duty.due.into()))
}
