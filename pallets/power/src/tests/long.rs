// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A thousand eras of two hundred candidates, who come and go, work, rest, rent, fail and cheat.

use crate::{mock::*, *};
use ergon_core::WORK_UNIT;
use ergon_economics::power::churn_limit;
use frame_support::{traits::Hooks, weights::WeightMeter};
use sp_io::hashing::blake2_256;
use std::collections::{BTreeMap, BTreeSet};

const ERAS: u32 = 1_000;
const CANDIDATES: u64 = 200;
const RAMP: u32 = 2;

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
	fn below(&mut self, bound: u64) -> u64 {
		self.0 += 1;
		let hash = blake2_256(&self.0.to_le_bytes());
		u64::from_le_bytes(hash[..8].try_into().unwrap()) % bound
	}
}

/// How somebody lives; a fifth of all each.
#[derive(Clone, Copy, PartialEq)]
enum Way {
	/// Proves about the same in each era.
	Steady,
	/// Is away now and then.
	Flaky,
	/// Rents machines for one sprint in three.
	Renter,
	/// Misses audits.
	Lazy,
	/// Commits an offence now and then.
	Cheat,
}

fn way(who: u64) -> Way {
	[Way::Steady, Way::Flaky, Way::Renter, Way::Lazy, Way::Cheat][(who % 5) as usize]
}

/// What somebody proves in an era, in work units.
fn units(who: u64, era: u32, dice: &mut Dice) -> u64 {
	match way(who) {
		Way::Flaky if dice.below(5) == 0 => 0,
		Way::Renter if !era.is_multiple_of(3) => 0,
		// Some are a hundred times as strong as others.
		_ => (1 + who % 100) * (90 + dice.below(20)),
	}
}

/// Lets accounts do what comes to their minds.
fn live(dice: &mut Dice, era: EraIndex) {
	let origin = RuntimeOrigin::signed;
	for time in 0..4 {
		let who = 101 + dice.below(CANDIDATES);
		let _ = match dice.below(5) {
			0 => Power::leave(origin(who)),
			1 => Power::withdraw(origin(who)),
			2 => Power::rejoin(origin(who)),
			3 => Power::bond_more(origin(who), 1 + Balance::from(dice.below(500))),
			_ => join(who, MIN_BOND + Balance::from(dice.below(20_000))),
		};
		match way(who) {
			Way::Lazy => Power::note_missed(&who, WORK_UNIT),
			Way::Cheat if Candidates::<Test>::contains_key(who) => {
				report(&[who], u64::from(4 * era + time))
			}
			_ => Power::note_fulfilled(&who, WORK_UNIT),
		}
	}
}

/// Ends a session; what elections promise about it.
fn end_session() {
	let before: BTreeSet<_> = queued().into_iter().collect();
	let now = System::block_number() + 1;
	System::set_block_number(now);
	Session::rotate_session();
	Power::on_poll(now, &mut WeightMeter::new());
	let after: BTreeSet<_> = queued().into_iter().collect();
	let limit = churn_limit(before.len() as u32) as usize;
	assert!(after.difference(&before).count() <= limit);
	assert!(before.difference(&after).count() <= limit);
	assert!(after.len() >= MinValidators::get() as usize, "nobody is left");
}

#[test]
fn a_thousand_eras_should_keep_every_promise() {
	MaxCandidates::set(CANDIDATES as u32);
	MaxValidators::set(20);
	Ramp::set(RAMP);
	TestExt::new(4).strangers(CANDIDATES).execute(|| {
		let mut dice = Dice(0);
		// What each has proved, the last era first.
		let mut proved = BTreeMap::<u64, Vec<u64>>::new();
		let (mut had_power, mut elected) = (BTreeSet::new(), BTreeSet::new());
		(101..101 + CANDIDATES / 2).for_each(|who| join(who, 10 * MIN_BOND).unwrap());
		for era in 0..ERAS {
			for who in 101..101 + CANDIDATES {
				// Only who may take part proves anything.
				let work = match Power::may_sprint(&who) {
					true => units(who, era, &mut dice),
					false => 0,
				};
				note_sprint(&[(who, work)]);
				proved.entry(who).or_default().insert(0, work);
			}
			live(&mut dice, era);
			(0..SESSIONS_PER_ERA).for_each(|_| end_session());
			System::reset_events();

			let powers: Vec<_> = Candidates::<Test>::iter()
				.map(|(who, candidate)| (who, Power::current_power(&candidate), candidate.bond))
				.collect();
			let total: u128 = powers.iter().map(|(_, power, _)| u128::from(*power)).sum();
			assert_eq!(total, TotalPower::<Test>::get());
			let strong = powers.iter().filter(|(_, power, _)| *power > 0).count();
			for (who, power, bond) in powers {
				if strong >= 4 {
					assert!(u128::from(power) * 10 <= total * 3, "{who} has too much in era {era}");
				}
				assert!(u128::from(power / WORK_UNIT) <= bond / BOND_PER_UNIT);
				// Those of genesis have power that nobody proved.
				if power > 0 && who > 100 {
					had_power.insert(who);
				}
				// The rule for sprints, in other words: all of the last two, and steps. Ten eras for everybody's
				// turn.
				if who % 10 != u64::from(era % 10) {
					continue;
				}
				let Some([last, before, third, ..]) = proved.get(&who).map(Vec::as_slice) else {
					continue;
				};
				let lesser = *last.min(before);
				let expected = if *third > 0 { lesser } else { lesser / RAMP as u64 };
				let terms = Power::power_of(who).unwrap();
				assert_eq!(terms.sprints / WORK_UNIT, expected, "{who} in era {era}");
			}
			elected.extend(validators());
			if era % 50 == 0 {
				check();
			}
		}
		let of = |way_of: Way| had_power.iter().filter(|who| way(**who) == way_of).count();
		assert!(of(Way::Steady) > 30 && of(Way::Flaky) > 30 && of(Way::Lazy) > 20);
		assert_eq!(of(Way::Renter), 0);
		assert!(elected.len() > 50, "only {} were ever elected", elected.len());
	});
}
