// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who asks itself for inference loses money on every job, however the job ends, and gains nothing as a validator.
//!
//! A job is settled, expires, is cancelled or voided because its model was recalled, or its result is overturned, by an
//! auditor, by a challenger, or by the provider of a replica; and each of these may be the owner of the job as well.
//! In all of them something is lost for certain, but for one: where the auditors of a settled job are the owner's too,
//! chance decides how many are drawn and whether others look again, so that it loses in expectation only. What a single
//! one can bring is bounded.
//!
//! The formulas are those of the pallets, put together as there: [`Audited::new`] does what `pallet_jobs` and
//! `pallet_audits` do when a result comes in.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use ergon_core::WORK_UNIT;
use ergon_economics::{
	constants::{AUDITOR_WEIGHT, EMISSION, ERG, MAX_AUDIT_RATE, SECOND_LOOKERS, SECOND_LOOK_RATE},
	emission::reward,
	power::{with_audits, Power},
	sampling::{
		affordable_rate, draw, expected_auditors, expected_audits, second_look_rate, Exposure,
		Parameters,
	},
	settlement::{
		audit_budget, audit_pay, award, false_vote_slash, secured_pay, slash, split, Award, Split,
	},
	AuditRate, Balance, DutyCount,
};
use proptest::{collection::vec, prelude::*};
use sp_arithmetic::Permill;

/// More money than there can ever be.
const ALL: Balance = 100_000_000 * ERG;
/// Audits are counted in billionths.
const BILLION: Balance = 1_000_000_000;
/// Most who are paid for auditing one result: those who are drawn, and those who look again.
const MOST_AUDITORS: u32 = (MAX_AUDIT_RATE.into_inner() / BILLION as u64) as u32 + SECOND_LOOKERS;

/// What the chain works out when the result of a job comes in.
#[derive(Clone, Copy, Debug)]
struct Audited {
	/// What the audits that the provider's standing asks for are expected to cost.
	budget: Balance,
	/// What is done with the price if the result stands.
	parts: Split,
	/// What each audit earns at most.
	pay: Balance,
	/// How many auditors are drawn in expectation: as many as the price pays for, of those that the standing asks for.
	rate: AuditRate,
}

impl Audited {
	fn new(exposure: &Exposure, work: u64, audit_price: Balance, min_bond: Balance) -> Self {
		let pay = audit_pay(work, audit_price);
		let second_look = second_look(pay, min_bond);
		let wanted = expected_auditors(exposure, &Parameters::default());
		let budget = audit_budget(expected_audits(wanted, second_look), work, audit_price);
		let most = split(exposure.price, Balance::MAX).audits;
		let rate = affordable_rate(wanted, second_look, pay, most);
		Self { budget, parts: split(exposure.price, budget), pay, rate }
	}

	/// What all auditors are expected to earn, in billionths, where no smaller bond than this stands behind a vote.
	fn expected_pay(&self, bond: Balance) -> Balance {
		let audits = expected_audits(self.rate, second_look(self.pay, bond));
		Balance::from(audits.into_inner()) * self.pay
	}
}

/// How often a result is looked at again, where audits earn that and the smallest bond behind them is this.
fn second_look(pay: Balance, bond: Balance) -> AuditRate {
	second_look_rate(SECOND_LOOK_RATE, pay, bond)
}

/// What a validator with that power of so much earns in an era if all its duties are done.
fn earns(power: Power, total: u128) -> Balance {
	reward(EMISSION.emission(0), power, total, &[DutyCount { done: 1, due: 1 }])
}

/// Why audits of jobs do not count for power. If they did with their work, up to as much as was proved, an operator
/// with a fifth of all power and a model that as few declare as may could double its power for the 24 eras that
/// count: by jobs that cost it a part of what it would earn by them.
#[test]
fn own_jobs_would_pay_if_their_audits_were_power() {
	// A hundred machines of ten thousand work units each.
	let total = 1_000_000 * WORK_UNIT;
	let own = total / 5;
	// Whoever declares the model is drawn for as many of its audits as it weighs: all of them double.
	let all_audits = AUDITOR_WEIGHT.mul_floor(total);
	let of_others = all_audits - own;
	let after = total + all_audits;
	let gain = 24 * (earns(2 * own, after.into()) - earns(own, total.into()));

	// The lowest price that audits can come to have in the runtime.
	let pay = |work| audit_pay(work, ERG / 16_000);
	let budget = pay(all_audits);
	let price = budget * 100 / 95 + 1;
	let parts = split(price, budget);
	assert_eq!(parts.audits, budget);
	let cost = parts.burn + parts.treasury + pay(of_others);
	assert!(cost < gain, "{cost} for {gain}");

	// As it is, nothing changes but that the money is gone.
	assert_eq!(with_audits(own, 0, 0, 2), own);
}

prop_compose! {
	/// What a result puts at stake: any price, bond, escrow and past.
	fn exposure()(
		price in prop_oneof![1..1_000u128, 1..ALL],
		bond in 0..ALL,
		more_escrow in 0..ALL,
		clean_audits: u32,
		others_at_risk in 0..ALL,
	) -> Exposure {
		let escrow = price + more_escrow;
		Exposure { price, bond, escrow, clean_audits, value_at_risk: price + others_at_risk }
	}
}

/// Somebody who removes the record of a job.
#[derive(Clone, Copy, Debug)]
enum Pruner {
	/// The requester, or a friend who gets the reward.
	Owner,
	Stranger,
}

prop_compose! {
	/// Canonical work, the price of audits, and half of the least bond of a validator: any.
	fn terms()(
		work in prop_oneof![1..WORK_UNIT, 1..u64::MAX],
		audit_price in prop_oneof![1..1_000u128, 1..ERG],
		half_bond in prop_oneof![0..1_000 * ERG, 0..ALL / 2],
	) -> (u64, Balance, Balance) {
		(work, audit_price, half_bond)
	}
}

proptest! {
	/// A job that is settled. The provider gets its own part back; auditors are never of its own account, and
	/// what they do not earn goes to the audit pool.
	#[test]
	fn settled_job_costs_burn_treasury_and_audits(
		exposure in exposure(),
		(work, audit_price, half_bond) in terms(),
	) {
		let audited = Audited::new(&exposure, work, audit_price, 2 * half_bond);
		let Audited { budget, parts, .. } = audited;
		// No job is free of audits, whatever its work and its provider's past.
		prop_assert!(budget > 0);
		let lost = exposure.price - parts.provider;
		prop_assert_eq!(lost, parts.burn + parts.treasury + parts.audits);
		prop_assert!(parts.burn > 0);
		// A job is assigned only if its price covers the audits.
		if parts.audits == budget {
			prop_assert!(lost > budget);
		}
	}

	/// The same if all auditors are friends, also those who look again: what they are expected to earn is no more than
	/// was set aside of this price, so that the pool has nothing to add. Burn and treasury are lost, in expectation,
	/// whichever price two accounts of one owner agree on.
	#[test]
	fn settled_job_costs_the_burn_in_expectation_even_among_friends(
		exposure in exposure(),
		(work, audit_price, half_bond) in terms(),
	) {
		let audited = Audited::new(&exposure, work, audit_price, 2 * half_bond);
		let parts = audited.parts;
		let earned = audited.expected_pay(2 * half_bond);
		prop_assert!(earned <= parts.audits * BILLION);
		let back = parts.provider * BILLION + earned;
		prop_assert!(back + (parts.burn + parts.treasury) * BILLION <= exposure.price * BILLION);
		prop_assert!(parts.burn > 0);
		// Any subsidy below the burn changes nothing.
		prop_assert!(back + (parts.burn - 1) * BILLION < exposure.price * BILLION);
	}

	/// Bonds may fall to half of what they have to be before their owners are chilled, and the smaller they are, the
	/// more often a result is looked at again: more than the budget reckons with. Friends who weigh a third of all
	/// still do not earn more than was set aside, where the fewest declare the model that may.
	#[test]
	fn settled_job_costs_the_burn_in_expectation_even_among_friends_with_half_their_bonds(
		exposure in exposure(),
		(work, audit_price, half_bond) in terms(),
	) {
		let audited = Audited::new(&exposure, work, audit_price, 2 * half_bond);
		// A third of all is two thirds of the half that declares it.
		prop_assert_eq!(AUDITOR_WEIGHT, Permill::from_percent(50));
		let earned = audited.expected_pay(half_bond);
		prop_assert!(2 * earned <= 3 * audited.parts.audits * BILLION);
	}

	/// A single job may bring its owner more than it costs: where more of its friends are drawn than the price pays
	/// for. It never is more than five audits, none of which earns more than half of a bond that answers for it.
	#[test]
	fn single_settled_job_brings_five_audits_at_most(
		exposure in exposure(),
		(work, audit_price, half_bond) in terms(),
		randomness: [u8; 32],
		bond in 0..ALL,
	) {
		let audited = Audited::new(&exposure, work, audit_price, 2 * half_bond);
		let auditors = draw(audited.rate, &randomness) + SECOND_LOOKERS;
		prop_assert!(auditors <= MOST_AUDITORS && MOST_AUDITORS == 5);
		let pay = secured_pay(audited.pay, bond);
		prop_assert!(pay <= audited.pay && pay <= bond / 2);
		let Split { burn, treasury, audits, provider } = audited.parts;
		let back = provider + Balance::from(auditors) * pay;
		let most = exposure.price - burn - treasury - audits + Balance::from(MOST_AUDITORS) * pay;
		prop_assert!(back <= most);
	}

	/// A job that nobody does, or whose model is recalled by the owner or by somebody else: what was held comes back,
	/// but for what a stranger gets who removes the record. Nothing is paid, minted or counted for it, and no
	/// transaction of a requester is free.
	#[test]
	fn job_that_expires_is_cancelled_or_recalled_costs_its_fees(
		escrow in 0..ALL,
		(deposit, kept) in (0..ALL).prop_flat_map(|deposit| (Just(deposit), 0..=deposit)),
		reward in (0..=1_000_000u32).prop_map(Permill::from_parts),
		pruner in prop_oneof![Just(Pruner::Owner), Just(Pruner::Stranger)],
		fees in 1..ERG,
	) {
		let at_once = escrow + (deposit - kept);
		let later = match pruner {
			Pruner::Owner => kept,
			Pruner::Stranger => kept - reward.mul_floor(kept),
		};
		prop_assert!(at_once + later <= escrow + deposit);
		prop_assert!(at_once + later < escrow + deposit + fees);
	}

	/// A job whose result is overturned, by auditors who are the same owner, also if some of them have voted for it:
	/// the price comes back, and half of all slashes.
	#[test]
	fn overturned_job_costs_half_of_its_slashes(
		price in 1..ALL,
		bond in 1..ALL,
		false_votes in vec((0..ALL, 0..ALL), 0..4),
	) {
		let of_provider = slash(price, bond);
		let of_voters = false_votes.iter().map(|(pay, bond)| false_vote_slash(price, *pay, *bond));
		let taken = of_provider + of_voters.sum::<Balance>();
		prop_assert!(of_provider > 0 && taken >= of_provider);
		let Award { winner, burn } = award(taken);
		prop_assert_eq!(winner + burn, taken);
		prop_assert!(burn >= taken.div_ceil(2));
	}

	/// A result that its own owner challenges, or defends against a false vote of its own. Who loses has half of its
	/// stake burnt, and the other half is the winner's; where the result stands, the job costs what a settled one does.
	#[test]
	fn job_that_its_owner_disputes_costs_half_of_a_stake(
		exposure in exposure(),
		(work, audit_price, half_bond) in terms(),
		provider_bond in 1..ALL,
		challenge_bond in 1..1_000 * ERG,
		auditor_bond in 1..ALL,
	) {
		let price = exposure.price;
		let burnt = |stake| award(stake).burn;
		// The challenger wins: the price and its bond come back.
		prop_assert!(burnt(slash(price, provider_bond)) > 0);
		// The challenger loses, or the auditor who said that the result is wrong.
		let audited = Audited::new(&exposure, work, audit_price, 2 * half_bond);
		let Audited { parts, pay, .. } = audited;
		let stakes = [price.max(challenge_bond), false_vote_slash(price, pay, auditor_bond)];
		for stake in stakes {
			prop_assert!(burnt(stake) >= stake.div_ceil(2) && stake > 0);
			let back = parts.provider + parts.audits + award(stake).winner;
			prop_assert!(back + parts.burn + burnt(stake) <= price + stake);
		}
	}

	/// Two to five replicas, each with a provider of the same owner: each is a job of its own, and is settled or
	/// overturned by what another shows. However many are overturned, each of them costs.
	#[test]
	fn replicas_cost_what_as_many_jobs_do(
		replicas in vec((exposure(), 1..ALL, any::<bool>()), 2..=5),
		(work, audit_price, half_bond) in terms(),
	) {
		let (mut paid, mut back, mut least) = (0u128, 0u128, 0u128);
		for (exposure, bond, is_overturned) in &replicas {
			if *is_overturned {
				let taken = slash(exposure.price, *bond);
				paid += exposure.price + taken;
				back += exposure.price + award(taken).winner;
				least += taken.div_ceil(2);
			} else {
				let parts = Audited::new(exposure, work, audit_price, 2 * half_bond).parts;
				paid += exposure.price;
				// What its auditors are expected to earn, if all of them are friends.
				back += parts.provider + parts.audits;
				least += parts.burn;
			}
		}
		prop_assert!(least >= replicas.len() as Balance);
		prop_assert!(back + least <= paid);
	}

	/// All that own jobs change about what validators earn by is that their audits may be missed. So their price
	/// is lost to burn and treasury, even if each auditor is a friend, whatever had been done and missed before.
	#[test]
	fn own_jobs_earn_a_validator_nothing(
		proved in 0..u64::MAX / 4,
		others in 0..u64::MAX / 4,
		audited in any::<u64>(),
		missed in prop_oneof![Just(0), 0..1_000_000u64, any::<u64>()],
		missed_of_jobs in prop_oneof![Just(0), 0..1_000_000u64, any::<u64>()],
		factor in 0..4u32,
		duty in (0..100u32, 0..100u32),
		price in prop_oneof![1..1_000u128, 1..ALL],
		budget in 0..ALL,
	) {
		let power = |missed: u128| with_audits(proved, audited.into(), missed, factor);
		let before = power(missed.into());
		let after = power(u128::from(missed) + u128::from(missed_of_jobs));
		prop_assert!(after <= before);
		// Duties that the emission counts are those that nobody pays for.
		let duties = [DutyCount { done: duty.0.min(duty.1), due: duty.1 }];
		let earns = |power: Power| {
			let total = u128::from(power) + u128::from(others);
			reward(EMISSION.emission(0), power, total, &duties)
		};
		prop_assert!(earns(after) <= earns(before));
		let parts = split(price, budget);
		prop_assert!(earns(after) + parts.provider + parts.audits < earns(before) + price);
	}
}
