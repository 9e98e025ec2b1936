// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A thousand eras of two hundred candidates, who come and go, work, rest, rent, fail and cheat, while some eras have
//! no sprint and some sprints are decided late.

use crate::{mock::*, *};
use ergon_core::WORK_UNIT;
use ergon_economics::power::churn_limit;
use frame_support::{traits::Hooks, weights::WeightMeter};
use sp_io::hashing::blake2_256;
use std::collections::{BTreeMap, BTreeSet};

const ERAS: u32 = 1_000;
const CANDIDATES: u64 = 200;
const RAMP: u32 = 2;
const POWER_ERAS: u32 = 10;
/// One era in so many has no sprint; so never two in a row, which would be good for who rents one in three.
const WITHOUT: u32 = 7;

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

/// The sprints of somebody, the last one first: the era, and what it proved, unless that is not decided.
type History = Vec<(u32, Option<u64>)>;

/// Everybody who may takes part in the sprint of this era, as it lives. One in twenty of those who prove something is
/// decided in the next era only; returns who, and what it proves then.
fn sprint(dice: &mut Dice, histories: &mut BTreeMap<u64, History>) -> Vec<(u64, u64)> {
	let mut late = Vec::new();
	assert!(Power::note_held(era()));
	for who in 101..101 + CANDIDATES {
		let work = match Power::may_sprint(&who) {
			true => units(who, era(), dice),
			false => 0,
		};
		let is_late = work > 0 && dice.below(20) == 0;
		match is_late {
			true => {
				Power::note_committed(&who, era());
				late.push((who, work));
			}
			false => note_sprint(&[(who, work)]),
		}
		histories.entry(who).or_default().insert(0, (era(), (!is_late).then_some(work)));
	}
	late
}

/// The rule for sprints, in other words: all of the last two, and steps. Where some are not decided, no more than
/// without them.
fn check_sprints(who: u64, history: &History) {
	let counts = |(of, _): &&(u32, Option<u64>)| of + POWER_ERAS >= era();
	let works: Vec<_> = history.iter().filter(counts).map(|(_, work)| *work).collect();
	let decided: Vec<_> = works.iter().flatten().collect();
	let [last, before, third, ..] = decided[..] else { return };
	let lesser = *last.min(before);
	let expected = if *third > 0 { lesser } else { lesser / u64::from(RAMP) };
	let sprints = Power::power_of(who).unwrap().sprints / WORK_UNIT;
	match works.iter().take(3).all(Option::is_some) {
		true => assert_eq!(sprints, expected, "{who} in era {}", era()),
		false => assert!(sprints <= expected, "{who} in era {}", era()),
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
	PowerEras::set(POWER_ERAS);
	TestExt::new(4).strangers(CANDIDATES).execute(|| {
		let mut dice = Dice(0);
		let mut histories = BTreeMap::<u64, History>::new();
		let mut late = Vec::<(u64, u64)>::new();
		let (mut had_power, mut elected) = (BTreeSet::new(), BTreeSet::new());
		(101..101 + CANDIDATES / 2).for_each(|who| join(who, 10 * MIN_BOND).unwrap());
		for era in 0..ERAS {
			for (who, work) in std::mem::take(&mut late) {
				let (of, undecided) = &mut histories.get_mut(&who).unwrap()[0];
				Power::note_proved(&who, *of, work * WORK_UNIT);
				*undecided = Some(work);
			}
			if !era.is_multiple_of(WITHOUT) {
				late = sprint(&mut dice, &mut histories);
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
				// Ten eras for everybody's turn.
				if let Some(history) = histories.get(&who) {
					if who % 10 == u64::from(era % 10) {
						check_sprints(who, history);
					}
				}
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
