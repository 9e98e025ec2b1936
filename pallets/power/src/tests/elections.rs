// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The election as a function: examples, and what holds for every set of candidates.

use crate::election::{elect, Contender, Limits};
use ergon_economics::power::churn_limit;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const LIMITS: Limits = Limits { seats: 10, minimum: 3 };

fn contender(account: u64, power: u64) -> Contender<u64> {
	Contender { account, power, bond: 0 }
}

fn contenders(powers: &[(u64, u64)]) -> Vec<Contender<u64>> {
	powers.iter().map(|(account, power)| contender(*account, *power)).collect()
}

#[test]
fn first_set_is_the_wanted_one() {
	let stand = contenders(&[(1, 5), (2, 9), (3, 0), (4, 7)]);
	assert_eq!(elect(&[], stand.clone(), &[], LIMITS), Some(vec![2, 4, 1]));
	let limits = Limits { seats: 2, minimum: 1 };
	assert_eq!(elect(&[], stand, &[], limits), Some(vec![2, 4]));
	assert_eq!(elect::<u64>(&[], vec![], &[], LIMITS), None);
}

#[test]
fn ties_fall_to_members_then_bonds_then_accounts() {
	let bond = |account, bond| Contender { account, power: 5, bond };
	let stand = vec![bond(1, 10), bond(2, 20), bond(3, 20), bond(4, 0)];
	let limits = Limits { seats: 3, minimum: 1 };
	assert_eq!(elect(&[], stand.clone(), &[], limits), Some(vec![2, 3, 1]));
	assert_eq!(elect(&[4, 1, 2], stand, &[], limits), Some(vec![4, 1, 2]));
}

#[test]
fn weakest_members_leave_first_and_strongest_newcomers_enter_first() {
	let current: Vec<u64> = (1..=7).collect();
	let stand: Vec<_> = (1..=7)
		.map(|who| contender(who, who))
		.chain([contender(8, 50), contender(9, 60), contender(10, 70)])
		.collect();
	let limits = Limits { seats: 7, minimum: 1 };
	// Three are better than three members, and two may change.
	assert_eq!(elect(&current, stand, &[], limits), Some(vec![3, 4, 5, 6, 7, 10, 9]));
}

#[test]
fn unwanted_leave_from_the_end_and_the_gone_count() {
	let stand = contenders(&[(1, 5), (2, 5), (3, 5)]);
	let current = [1, 2, 3, 4, 5, 6, 7];
	// Four unwanted, two may leave.
	assert_eq!(elect(&current, stand.clone(), &[6, 4, 7, 5], LIMITS), Some(vec![1, 2, 3, 4, 6]));
	// One of them lost its keys: one of the others may leave.
	assert_eq!(elect(&current, stand.clone(), &[6, 4, 7], LIMITS), Some(vec![1, 2, 3, 4, 6]));
	// All four did.
	assert_eq!(elect(&current, stand, &[], LIMITS), Some(vec![1, 2, 3]));
}

#[test]
fn nobody_left_keeps_the_old_set() {
	let limits = Limits { seats: 10, minimum: 0 };
	assert_eq!(elect(&[1], contenders(&[(1, 0)]), &[], limits), None);
	assert_eq!(elect(&[1], vec![], &[], LIMITS), None);
}

#[derive(Clone, Debug)]
struct World {
	current: Vec<u64>,
	contenders: Vec<Contender<u64>>,
	unwanted: Vec<u64>,
	limits: Limits,
}

fn world() -> impl Strategy<Value = World> {
	// Each of fifty accounts is a member or not, and a contender, unwanted or gone; powers collide
	// often, and a third of the contenders has none.
	let account = (any::<bool>(), 0..4u8, prop_oneof![Just(0u64), 1..5u64, 1..1_000u64], 0..3u128);
	(prop::collection::vec(account, 1..50), 1..20u32, 1..8u32).prop_map(
		|(accounts, seats, minimum)| {
			let minimum = minimum.min(seats);
			let mut world = World {
				current: vec![],
				contenders: vec![],
				unwanted: vec![],
				limits: Limits { seats, minimum },
			};
			for (account, (member, kind, power, bond)) in (0u64..).zip(accounts) {
				if member {
					world.current.push(account);
				}
				match kind {
					0 | 1 => world.contenders.push(Contender { account, power, bond }),
					2 if member => world.unwanted.push(account),
					_ => {}
				}
			}
			world
		},
	)
}

impl World {
	fn elect(&self) -> Option<Vec<u64>> {
		elect(&self.current, self.contenders.clone(), &self.unwanted, self.limits)
	}

	/// Members that may not be in the next set whatever happens.
	fn gone(&self) -> BTreeSet<u64> {
		let present: BTreeSet<_> = self
			.contenders
			.iter()
			.map(|contender| contender.account)
			.chain(self.unwanted.iter().copied())
			.collect();
		self.current.iter().filter(|who| !present.contains(who)).copied().collect()
	}
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 2_000, ..Default::default() })]

	#[test]
	fn every_election_keeps_its_promises(world in world()) {
		let World { current, contenders, unwanted, limits } = &world;
		let gone = world.gone();
		let Some(elected) = world.elect() else {
			prop_assert!(contenders.is_empty(), "with a minimum of one somebody is wanted");
			return Ok(());
		};
		let before: BTreeSet<_> = current.iter().copied().collect();
		let after: BTreeSet<_> = elected.iter().copied().collect();
		prop_assert_eq!(after.len(), elected.len(), "nobody twice");
		prop_assert!(!elected.is_empty());

		// Only who can serve.
		let powers: BTreeMap<_, _> =
			contenders.iter().map(|contender| (contender.account, contender.power)).collect();
		for who in &elected {
			prop_assert!(powers.contains_key(who) || unwanted.contains(who));
		}

		// Size.
		let largest = (limits.seats as usize).max(current.len());
		prop_assert!(elected.len() <= largest);
		let reachable = contenders.len().min(limits.minimum as usize).min(limits.seats as usize);
		if current.len() >= limits.minimum as usize || current.is_empty() {
			prop_assert!(elected.len() >= reachable, "the minimum is kept where candidates allow");
		}

		if current.is_empty() {
			return Ok(());
		}
		// Churn.
		let limit = churn_limit(current.len() as u32) as usize;
		let left: BTreeSet<_> = before.difference(&after).copied().collect();
		let entered: BTreeSet<_> = after.difference(&before).copied().collect();
		prop_assert!(gone.is_subset(&left));
		prop_assert!(left.len() <= limit.max(gone.len()));
		prop_assert!(entered.len() <= limit.max(gone.len()));
		if entered.len() > limit {
			prop_assert!(elected.len() <= limits.minimum as usize, "only to make up the minimum");
		}

		// Order: whoever enters is no weaker than any contender who stays outside.
		let weakest = entered.iter().map(|who| powers[who]).min();
		let outside = powers.iter().filter(|(who, _)| !after.contains(who) && !before.contains(who));
		for (_, power) in outside {
			prop_assert!(weakest.is_none_or(|weakest| weakest >= *power));
		}
		// A member with power leaves only for want of a seat.
		for who in left.iter().filter(|who| powers.get(who).is_some_and(|power| *power > 0)) {
			let better = powers.values().filter(|power| **power >= powers[who]).count();
			prop_assert!(better > limits.seats as usize, "{who} had to go for nobody");
		}
		// Those who stay keep their order.
		let stayed: Vec<_> = elected.iter().filter(|who| before.contains(who)).collect();
		let in_order: Vec<_> = current.iter().filter(|who| after.contains(who)).collect();
		prop_assert_eq!(stayed, in_order);
	}

	#[test]
	fn same_candidates_lead_to_the_wanted_set_and_stay_there(world in world()) {
		if world.contenders.is_empty() {
			return Ok(());
		}
		let wanted: BTreeSet<_> =
			elect(&[], world.contenders.clone(), &[], world.limits).unwrap().into_iter().collect();
		let power_of_seat = |set: &BTreeSet<u64>| {
			let mut powers: Vec<_> = world
				.contenders
				.iter()
				.filter(|contender| set.contains(&contender.account))
				.map(|contender| contender.power)
				.collect();
			powers.sort();
			powers
		};
		let mut world_now = world.clone();
		for _ in 0..200 {
			let Some(next) = world_now.elect() else { break };
			world_now.unwanted.retain(|who| next.contains(who));
			let same = next == world_now.current;
			world_now.current = next;
			if same {
				break;
			}
		}
		let end: BTreeSet<_> = world_now.current.iter().copied().collect();
		prop_assert_eq!(world_now.elect(), Some(world_now.current.clone()), "it stays");
		// Members win ties, so the accounts may differ, but not the powers.
		prop_assert_eq!(power_of_seat(&end), power_of_seat(&wanted));
		prop_assert_eq!(end.len(), wanted.len());
	}

	#[test]
	fn order_of_candidates_does_not_matter(world in world()) {
		let mut reversed = world.clone();
		reversed.contenders.reverse();
		prop_assert_eq!(world.elect(), reversed.elect());
	}
}
