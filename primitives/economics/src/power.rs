// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How much proved compute counts, and who is drawn by it.

use crate::{constants, Balance};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use core::cmp::Reverse;
use ergon_core::{Work, WORK_UNIT};
use scale_info::TypeInfo;
use sp_arithmetic::{helpers_128bit::multiply_by_rational_with_rounding, Rounding};
use sp_crypto_hashing::blake2_256;

/// Voting power: proved work, in the unit of [`Work`].
pub type Power = Work;

/// Power is bounded by the bond: `work`, but at most one work unit per `bond_per_work_unit`,
/// rounded down. A `bond_per_work_unit` of 0 bounds nothing.
pub fn bound_by_bond(work: Work, bond: Balance, bond_per_work_unit: Balance) -> Power {
	if bond_per_work_unit == 0 {
		return work;
	}
	let backed = multiply_by_rational_with_rounding(
		bond,
		WORK_UNIT.into(),
		bond_per_work_unit,
		Rounding::Down,
	);
	backed.map_or(work, |backed| Power::try_from(backed).unwrap_or(Power::MAX).min(work))
}

/// The least bond that backs so much power: what [`bound_by_bond`] needs to bound nothing of it.
pub fn bond_for(power: Power, bond_per_work_unit: Balance) -> Balance {
	let bond = multiply_by_rational_with_rounding(
		power.into(),
		bond_per_work_unit,
		WORK_UNIT.into(),
		Rounding::Up,
	);
	bond.unwrap_or(Balance::MAX)
}

/// What sprints prove: the lesser of the last two, so that who had the machines once only has nothing,
/// and of that a part while somebody is new: 1/`ramp` behind two sprints in a row, 2/`ramp` behind
/// three, all behind `ramp` + 1. Rounded down. A `ramp` of 0 is none, as one of 1.
///
/// `sprints` are those that were held, the last one first: the work that each of them proved, 0 for one that was
/// missed, and `None` for one that is not decided. Who misses a sprint has nothing for two of them and is new
/// behind that.
///
/// One that is not decided is left out, and does not end the row: behind the last one, power is what it was. A
/// second one without one between that is decided ends it, since nobody is to live on what may never be decided.
/// Where one is left out between the two that count, a third one counts with them and the row has to be one longer,
/// and so on, for as many as `ramp` − 1: or who is able to delay every second decision would need machines for the
/// other sprints only.
///
/// Takes no more of them than it needs: `ramp` + 1 where all are decided, and less than four times as many else.
pub fn proved_by_sprints(sprints: impl IntoIterator<Item = Option<Work>>, ramp: u32) -> Power {
	sprint_row(sprints, ramp).proved()
}

/// The sprints in a row behind what they prove; see [`proved_by_sprints`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SprintRow {
	/// How many there are, without those that are not decided; at most [`Self::full`].
	pub sprints: u32,
	/// What the least of those that are compared has proved; nothing where there are none.
	pub least: Work,
	/// How many of them are compared, the last ones.
	pub compared: u32,
	/// The steps to all that they prove.
	pub steps: u32,
}

impl SprintRow {
	/// With how many sprints in the row all that they prove is power.
	pub fn full(&self) -> u32 {
		self.compared.saturating_add(self.steps).saturating_sub(1)
	}

	/// What they prove.
	pub fn proved(&self) -> Power {
		let Self { sprints, least, compared, steps } = *self;
		let step = sprints.saturating_add(1).saturating_sub(compared).min(steps);
		// At most `least`.
		(u128::from(least).saturating_mul(step.into()) / u128::from(steps.max(1))) as Power
	}
}

/// The row of [`proved_by_sprints`].
pub fn sprint_row(sprints: impl IntoIterator<Item = Option<Work>>, ramp: u32) -> SprintRow {
	let mut row = SprintRow { sprints: 0, least: 0, compared: 2, steps: ramp.max(1) };
	let mut waits = false;
	for sprint in sprints {
		match sprint {
			Some(0) => break,
			Some(work) => {
				if row.sprints == 0 {
					row.least = work;
				} else if row.sprints < row.compared {
					row.least = row.least.min(work);
				}
				row.sprints = row.sprints.saturating_add(1);
				waits = false;
			}
			None if waits => break,
			None => {
				let is_between = (1..row.compared).contains(&row.sprints);
				let most = row.steps.saturating_add(1);
				row.compared = row.compared.saturating_add(is_between.into()).min(most);
				waits = true;
			}
		}
		if row.sprints >= row.full() {
			break;
		}
	}
	row
}

/// Power before bond and cap: what was `proved`, more for audits that were done, and less for audits that
/// were missed (protocol.md, "Power"):
///
/// ```text
/// proved + AUDIT_POWER × proved × audited ÷ (audited + missed) − miss_factor × missed
/// ```
///
/// rounded down, and never below nothing; see [`constants::AUDIT_POWER`]. `audited` is the work of audits that
/// nobody pays for, `missed` that of all that were missed.
///
/// What adds is the share of the audits that was done, and not how much they were. Were it their work, more
/// accounts, each with items of its own to audit, would make power, and so would jobs that one pays oneself.
/// Audits of jobs do not even count for the share, which could be bought up again. Audits alone give
/// nothing, so power that nobody proves any more is gone.
pub fn with_audits(proved: Power, audited: u128, missed: u128, miss_factor: u32) -> Power {
	let most = u128::from(constants::AUDIT_POWER.mul_floor(proved));
	let due = audited.saturating_add(missed);
	// At most `most`; nothing where nothing was due.
	let added = multiply_by_rational_with_rounding(most, audited, due, Rounding::Down);
	let power = u128::from(proved)
		.saturating_add(added.unwrap_or_default())
		.saturating_sub(missed.saturating_mul(miss_factor.into()));
	Power::try_from(power).unwrap_or(Power::MAX)
}

/// What is left in era `era` of the power that a genesis validator started with, rounded down: all
/// of it in era 0, a tenth less in each, nothing from era `eras` on.
pub fn genesis_power(initial: Power, era: u32, eras: u32) -> Power {
	let left = eras.saturating_sub(era);
	if eras == 0 {
		return 0;
	}
	// The quotient is at most `initial`.
	(u128::from(initial) * u128::from(left) / u128::from(eras)) as Power
}

/// Cuts powers so that no operator holds more than `share` thousandths of what is left in all
/// (protocol.md, "Power": 300), in place and in the order given.
///
/// The cap c is the largest with c ≤ share × Σ min(pᵢ, c). Let R be the sum of all powers but the k
/// largest. If exactly those k are cut, the condition reads c ≤ share·R / (1 − share·k); the k that
/// is right is the smallest for which the next operator is within that c. Rounding c down keeps the
/// inequality exact, so the share is never passed, not by one unit.
///
/// m operators with power cannot all be below 1/m: while share × m < 1 (fewer than four at 30 %)
/// the share is 1/m, which makes all of them equal to the weakest. Operators without power stay
/// without and do not count as operators.
///
/// Nobody gets more than he proved, an operator that was not cut gains nothing by splitting into
/// several, and one that was cut never gets back more than the cut. More power never gives less.
pub fn cap(powers: &mut [Power], share: u32) {
	let cap = cap_level(powers, share);
	powers.iter_mut().for_each(|power| *power = (*power).min(cap));
}

/// The cap of [`cap`]: the most that anybody has behind it. No power at all is below [`Power::MAX`].
pub fn cap_level(powers: &[Power], share: u32) -> Power {
	let mut descending: Vec<Power> = powers.iter().copied().filter(|power| *power > 0).collect();
	descending.sort_unstable_by(|a, b| b.cmp(a));
	let operators = descending.len() as u128;
	if operators == 0 {
		return Power::MAX;
	}
	// The share as the fraction part / whole.
	let (part, whole) = match u128::from(share).saturating_mul(operators) {
		sum if sum < 1_000 => (1, operators),
		_ => (u128::from(share), 1_000),
	};
	let mut rest: u128 = descending.iter().copied().map(u128::from).sum();
	let mut cut_part = 0u128;
	for power in descending.into_iter().map(u128::from) {
		// `cut_part` < `whole` here: at the last k before it is not, c ≥ R and the loop ends.
		let cap = rest.saturating_mul(part) / whole.saturating_sub(cut_part).max(1);
		if power <= cap {
			return Power::try_from(cap).unwrap_or(Power::MAX);
		}
		rest = rest.saturating_sub(power);
		cut_part = cut_part.saturating_add(part);
	}
	Power::MAX
}

/// A number below `bound` out of `randomness`, the `index`-th of its kind; 0 when the bound is 0.
/// The bias is below bound / 2¹²⁸.
pub fn random_below(randomness: &[u8; 32], index: u32, bound: u128) -> u128 {
	let hash = (randomness, index).using_encoded(blake2_256);
	let mut ticket = [0u8; 16];
	ticket.copy_from_slice(&hash[..16]);
	u128::from_le_bytes(ticket).checked_rem(bound).unwrap_or_default()
}

/// Draws up to `count` different indices of `weights`, each time in proportion to the weights of
/// those that are left. An index without weight is never drawn; when fewer have weight, fewer are
/// drawn. That all of them are friends is at most as likely as the friends' share of the weight to the
/// power of `count`: who was drawn leaves the friends with less.
pub fn pick_weighted(weights: &[u64], count: u32, randomness: &[u8; 32]) -> Vec<usize> {
	let mut left: Vec<(usize, u64)> =
		weights.iter().copied().enumerate().filter(|(_, weight)| *weight > 0).collect();
	let mut total: u128 = left.iter().map(|(_, weight)| u128::from(*weight)).sum();
	let mut picked = Vec::new();
	for index in 0..count {
		let mut ticket = random_below(randomness, index, total);
		let position =
			left.iter().position(|(_, weight)| match ticket.checked_sub(u128::from(*weight)) {
				Some(remaining) => {
					ticket = remaining;
					false
				}
				None => true,
			});
		// `remove` and not `swap_remove`: the order of the rest is part of the definition.
		let Some((winner, weight)) = position.map(|position| left.remove(position)) else { break };
		total = total.saturating_sub(weight.into());
		picked.push(winner);
	}
	picked
}

/// How many members of a set may be replaced at once: fewer than a third, so that two thirds of
/// those who finalise the next set were in this one; but one at least, or a set of three could
/// never change.
pub fn churn_limit(set: u32) -> u32 {
	(set.saturating_sub(1) / 3).max(1)
}

/// [`cap`] with the protocol's share.
pub fn cap_default(powers: &mut [Power]) {
	cap(powers, constants::POWER_CAP)
}

/// [`cap_level`] with the protocol's share.
pub fn cap_level_default(powers: &[Power]) -> Power {
	cap_level(powers, constants::POWER_CAP)
}

/// Splits `total` among authorities in proportion to their powers: everybody gets 1, and what is left
/// is divided by the method of largest remainders, of equal remainders the first ones in front. So
/// the sum is `total` exactly, nobody is without weight, and more power never weighs less. Without
/// any power, all are equal.
///
/// `total` must not be below the number of powers; each weight is 1 then, and the sum is their
/// number. No weight is off its exact proportion by more than that number, for the units that all
/// have alike.
pub fn weights(powers: &[Power], total: u64) -> Vec<u64> {
	let spare = total.saturating_sub(powers.len() as u64);
	let parts = match powers.iter().all(|power| *power == 0) {
		true => divide(spare, &alloc::vec![1; powers.len()]),
		false => divide(spare, powers),
	};
	parts.into_iter().map(|part| part.saturating_add(1)).collect()
}

/// Divides `amount` in proportion to `shares` by the method of largest remainders, of equal remainders the first
/// ones in front: the parts add up to `amount` exactly, and each is its exact part, rounded down or up. Where nobody
/// has a share, nobody gets anything.
pub(crate) fn divide(amount: u64, shares: &[u64]) -> Vec<u64> {
	let sum: u128 = shares.iter().copied().map(u128::from).sum();
	if sum == 0 {
		return alloc::vec![0; shares.len()];
	}
	let mut parts = Vec::with_capacity(shares.len());
	let mut remainders = Vec::with_capacity(shares.len());
	let mut left = amount;
	for (index, share) in shares.iter().enumerate() {
		// Below 2¹²⁸; the quotient is at most `amount`.
		let product = u128::from(*share) * u128::from(amount);
		let whole = (product / sum) as u64;
		left = left.saturating_sub(whole);
		parts.push(whole);
		remainders.push((Reverse(product % sum), index));
	}
	// The remainders add up to `left` × the sum of shares and each is below that sum, so there are
	// more of them that are not zero than are served here.
	remainders.sort_unstable();
	for (_, index) in remainders.into_iter().take(left as usize) {
		if let Some(part) = parts.get_mut(index) {
			*part = part.saturating_add(1);
		}
	}
	parts
}

/// What authorities of these powers weigh in blocks and votes: millionths that add up to one.
///
/// The cap holds among them once more, since the powers of those who were not elected are gone: whom
/// a thousand candidates keep below 30 % might hold more than a third of a hundred seats.
pub fn authority_weights(mut powers: Vec<Power>) -> Vec<u64> {
	cap_default(&mut powers);
	weights(&powers, constants::AUTHORITY_WEIGHT)
}

/// How concentrated power is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Concentration {
	/// Power of all operators.
	pub total: u128,
	/// Share of the strongest operator in thousandths, rounded up: above [`constants::POWER_CAP`] if and only
	/// if the cap does not hold.
	pub largest: u32,
	/// The Nakamoto coefficient: the least number of operators who together hold more than a third of all
	/// power. When so many keep silent, nothing is finalised; 0 where nobody has power.
	pub nakamoto: u32,
}

/// How concentrated these powers, or weights, are, in any order.
///
/// The coefficient is that of Balaji S. Srinivasan and Leland Lee, "Quantifying Decentralization" (2017): the
/// least number of parties that have to act together to stop a system. GRANDPA stops without two thirds of the
/// weight. Of [`constants::AUTHORITY_WEIGHT`], which three does not divide, exactly a third cannot be missing.
///
/// Each entry counts as an operator. Who has several accounts counts several times, so the system may be
/// more concentrated than these numbers say, and never less.
pub fn concentration(powers: &[Power]) -> Concentration {
	let mut descending = powers.to_vec();
	descending.sort_unstable_by(|a, b| b.cmp(a));
	let total: u128 = descending.iter().copied().map(u128::from).sum();
	let Some(strongest) = descending.first().copied().filter(|power| *power > 0) else {
		return Concentration::default();
	};
	// At most 1,000, since `total` is not below `strongest`.
	let largest = (u128::from(strongest) * 1_000).div_ceil(total) as u32;
	let mut held = 0u128;
	let too_few = descending.into_iter().take_while(|power| {
		held = held.saturating_add(u128::from(*power));
		held.saturating_mul(3) <= total
	});
	let nakamoto = (too_few.count() as u32).saturating_add(1);
	Concentration { total, largest, nakamoto }
}
