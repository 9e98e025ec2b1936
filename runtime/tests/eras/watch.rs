// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What has to be true of every session, every era, and all eras together, beside what the pallets check themselves.

use crate::{
	life::Life,
	people::{way, Way, FOUNDERS, PEOPLE},
	ERAS,
};
use ergon_core::Work;
use ergon_economics::{
	constants::{AUDIT_POWER, AUTHORITY_WEIGHT, GENESIS_POWER_ERAS, POWER_CAP},
	power::{authority_weights, bound_by_bond, churn_limit, genesis_power},
	shift::shift_limit,
};
use ergon_runtime::{
	configs::session::REPORT_SESSIONS, AccountId, Babe, Balance, Balances, Grandpa, Power, Runtime,
	RuntimeEvent, RuntimeHoldReason, Session, SessionKeys,
};
use frame_support::traits::Get;
use pallet_power::{
	Candidate, Candidates, CurrentEra, EraIndex, EraWorks, HoldReason, OldestEra, OldestSlashes,
	PowerCap, Status, TotalPower, Unbondings,
};
use pallet_rewards::{GenesisIssuance, Total};
use sp_consensus_babe::AuthorityId;
use sp_io::{hashing::twox_128, storage::next_key};
use sp_staking::SessionIndex;
use std::collections::{BTreeMap, BTreeSet};

/// Most that anybody may weigh where four have power: the share, and the unit that everybody has.
const MOST_WEIGHT: u64 = AUTHORITY_WEIGHT / 1_000 * POWER_CAP as u64 + 1;
/// Pallets whose records come and go. Those of offences stay for ever.
const PALLETS: [&str; 10] = [
	"Audits",
	"Babe",
	"Balances",
	"Grandpa",
	"Historical",
	"Jobs",
	"Power",
	"Rewards",
	"Session",
	"Sprints",
];
/// Blocks may be without room for what is old: for so many eras, or sessions.
const DELAY: u32 = 6;

/// What was seen last.
pub(crate) struct Watch {
	pub(crate) session: SessionIndex,
	pub(crate) era: EraIndex,
	/// Who serves in the next session, with which keys.
	queued: Vec<(AccountId, SessionKeys)>,
	/// What it weighs then.
	announced: Vec<(AuthorityId, u64)>,
	/// Most keys of each pallet in the first quarter of all eras, and behind it.
	keys: BTreeMap<&'static str, [usize; 2]>,
}

impl Watch {
	/// Begins to watch a chain, in the first session.
	pub(crate) fn new() -> Self {
		Self {
			session: Session::current_index(),
			era: CurrentEra::<Runtime>::get(),
			queued: Session::queued_keys(),
			announced: Babe::next_epoch().authorities,
			keys: BTreeMap::new(),
		}
	}

	/// Looks at what is true behind a block. Where the block begins a session, nothing else has happened in it.
	pub(crate) fn look(&mut self, life: &mut Life) {
		let session = Session::current_index();
		if session > self.session {
			assert_eq!(session, self.session + 1);
			self.session = session;
			self.check_session(life);
		}
		let era = CurrentEra::<Runtime>::get();
		if era > self.era {
			assert_eq!(era, self.era + 1);
			self.era = era;
			self.check_era(life);
			self.check_money();
			if era.is_multiple_of(10) {
				self.check_storage();
			}
		}
	}

	/// What was planned is what is, and the next session follows from this one by small steps.
	fn check_session(&mut self, life: &mut Life) {
		let session = self.session;
		let validators = Session::validators();
		let blocks = Babe::current_epoch().authorities;
		assert!(validators.iter().eq(self.queued.iter().map(|(who, _)| who)), "session {session}");
		assert_eq!(blocks, self.announced, "session {session}");
		let voters = self.queued.iter().map(|(_, keys)| keys.grandpa.clone());
		let votes: Vec<_> = voters.zip(weights(&blocks)).collect();
		assert_eq!(votes, Grandpa::grandpa_authorities(), "session {session}");
		let disabled = Session::disabled_validators().len();
		assert!(disabled <= (validators.len() - 1) / 3, "{disabled} of {}", validators.len());

		let queued = Session::queued_keys();
		let announced = Babe::next_epoch().authorities;
		let keys = queued.iter().map(|(_, keys)| &keys.babe);
		assert!(keys.eq(announced.iter().map(|(key, _)| key)), "session {session}");
		for list in [&blocks, &announced] {
			assert_eq!(weights(list).sum::<u64>(), AUTHORITY_WEIGHT, "session {session}");
			assert!(weights(list).all(|weight| weight > 0), "session {session}");
		}
		let next: Vec<_> = queued.iter().map(|(who, _)| who.clone()).collect();
		self.check_churn(&validators, &next, life);
		let now: BTreeMap<_, _> = validators.iter().zip(weights(&blocks)).collect();
		let next: BTreeMap<_, _> = next.iter().zip(weights(&announced)).collect();
		self.check_weights(&now, &next, life);
		(self.queued, self.announced) = (queued, announced);
		life.count("session");
		life.add("seats of all sessions", validators.len());
	}

	/// Fewer than a third come and fewer than a third go, but for those who removed their keys; and nobody is not
	/// enough.
	fn check_churn(&self, now: &[AccountId], next: &[AccountId], life: &mut Life) {
		let session = self.session;
		let (old, new): (BTreeSet<_>, BTreeSet<_>) = (now.iter().collect(), next.iter().collect());
		let keyless = now.iter().filter(|who| Session::load_keys(who).is_none()).count();
		let most = keyless.max(churn_limit(now.len() as u32) as usize);
		let (come, go) = (new.difference(&old).count(), old.difference(&new).count());
		assert!(come <= most && go <= most, "{come} come and {go} go in session {session}");
		assert!(!next.is_empty());
		assert!(next.len() as u32 <= <Runtime as pallet_power::Config>::MaxValidators::get());
		let least: u32 = <Runtime as pallet_power::Config>::MinValidators::get();
		let least = least as usize;
		if next.len() < least && now.len() >= least {
			let stands = |(who, candidate): &(AccountId, Candidate)| {
				candidate.status == Status::Standing && Session::load_keys(who).is_some()
			};
			let standing = Candidates::<Runtime>::iter().filter(stands).count();
			assert!(next.len() >= standing, "{} of {standing} in {session}", next.len());
		}
		life.add("came", come);
		life.add("went", go);
		life.add("sessions of few", usize::from(next.len() <= least));
		life.add("sessions in which no validator has keys", usize::from(keyless == now.len()));
	}

	/// Less than a third of the weight changes hands, but for what leavers leave and the unit of each who comes; and
	/// nobody gets more than the cap allows, or than is wanted for anybody.
	fn check_weights(
		&self,
		now: &BTreeMap<&AccountId, u64>,
		next: &BTreeMap<&AccountId, u64>,
		life: &mut Life,
	) {
		let session = self.session;
		let held = |who: &AccountId| now.get(who).copied().unwrap_or_default();
		let gained: u64 = next.iter().map(|(who, weight)| weight.saturating_sub(held(who))).sum();
		let kept: u64 = next.keys().map(|who| held(who)).sum();
		let left_behind = AUTHORITY_WEIGHT - kept;
		let come = next.keys().filter(|who| held(who) == 0).count() as u64;
		let limit = shift_limit(AUTHORITY_WEIGHT);
		let most = limit.max(left_behind).max(come);
		assert!(gained <= most, "{gained} gained in session {session}");
		life.add("sessions with as much weight moved as may be", usize::from(gained == limit));
		life.add("sessions with more weight left behind", usize::from(left_behind > limit));

		let powers: Vec<_> = next.keys().map(|who| Power::power(who)).collect();
		let strong = powers.iter().filter(|power| **power > 0).count();
		let wanted = authority_weights(powers).into_iter().max().unwrap_or_default();
		for (who, weight) in next {
			assert!(*weight <= wanted.max(held(who)), "{who} has {weight} in session {session}");
		}
		if strong >= 4 {
			assert!(wanted <= MOST_WEIGHT, "{wanted} in session {session}");
			let is_above = next.values().any(|weight| *weight > MOST_WEIGHT);
			life.add("sessions with somebody above the cap", is_above.into());
		}
	}

	/// Power is what was proved, bounded by bond and cap.
	fn check_era(&self, life: &mut Life) {
		let era = self.era;
		let (cap, total) = (PowerCap::<Runtime>::get(), TotalPower::<Runtime>::get());
		let candidates: Vec<_> = Candidates::<Runtime>::iter().collect();
		let mut powers = Vec::new();
		let mut is_capped = false;
		for (who, candidate) in &candidates {
			let power = candidate.power(era, cap);
			let person = life.persons[who];
			let (sprints, is_exact) = life.sprints.proved(person, era);
			match is_exact {
				true => assert_eq!(candidate.sprints, sprints, "{who} in era {era}"),
				false => assert!(candidate.sprints <= sprints, "{who} in era {era}"),
			}
			let genesis = genesis_power(candidate.genesis, era, GENESIS_POWER_ERAS);
			let base = candidate.sprints + genesis;
			let proved = base + AUDIT_POWER.mul_floor(base);
			let per_unit: Balance = <Runtime as pallet_power::Config>::BondPerWorkUnit::get();
			let backed = bound_by_bond(Work::MAX, candidate.bond, per_unit);
			assert!(power <= proved.min(backed).min(cap), "{who} has {power} in era {era}");
			if era >= GENESIS_POWER_ERAS {
				assert!(power == 0 || sprints > 0, "{who} has proved nothing in era {era}");
			}
			if person >= FOUNDERS && matches!(way(person), Way::Renter | Way::Idle) {
				assert_eq!(power, 0, "{who} has no machine of its own in era {era}");
			}
			if candidate.status != Status::Standing {
				assert_eq!(power, 0, "{who} is chilled in era {era}");
			}
			is_capped |= candidate.counted.power(era) > cap;
			powers.push(power);
		}
		assert_eq!(powers.iter().copied().map(u128::from).sum::<u128>(), total, "era {era}");
		let strong = powers.iter().filter(|power| **power > 0).count();
		if strong >= 4 {
			let most = powers.iter().copied().max().map_or(0, u128::from);
			assert!(
				most * 1_000 <= total * u128::from(POWER_CAP),
				"{most} of {total} in era {era}"
			);
		}
		life.count("era");
		life.add("candidates of all eras", candidates.len());
		life.add("candidates with power in all eras", strong);
		life.add("era with a cap", is_capped.into());
		life.add("era without any power", usize::from(total == 0));
	}

	/// Bonds are what is held, and what there is was made.
	fn check_money(&self) {
		let era = self.era;
		let issued = GenesisIssuance::<Runtime>::get() + Total::<Runtime>::get().minted
			- Total::<Runtime>::get().burnt;
		assert_eq!(Balances::total_issuance(), issued, "era {era}");
		let reason = RuntimeHoldReason::Power(HoldReason::ValidatorBond);
		let held: Balance = pallet_balances::Holds::<Runtime>::iter_values()
			.flatten()
			.filter(|hold| hold.id == reason)
			.map(|hold| hold.amount)
			.sum();
		let standing = Candidates::<Runtime>::iter_values().map(|candidate| candidate.bond);
		let unbonding = Unbondings::<Runtime>::iter_values().map(|unbonding| unbonding.bond);
		assert_eq!(standing.chain(unbonding).sum::<Balance>(), held, "era {era}");
	}

	/// What is old is removed in time, and what is left is bounded by the number of people.
	fn check_storage(&mut self) {
		let (era, session) = (self.era, self.session);
		let power_eras: u32 = <Runtime as pallet_power::Config>::PowerEras::get();
		assert!(OldestEra::<Runtime>::get() + power_eras + DELAY >= era, "work in era {era}");
		assert!(
			OldestSlashes::<Runtime>::get() + REPORT_SESSIONS + DELAY >= session,
			"slashes in session {session}"
		);
		assert!(
			pallet_rewards::OldestEra::<Runtime>::get() + DELAY >= era,
			"eras are not settled in era {era}"
		);
		let works = EraWorks::<Runtime>::iter_keys().count();
		assert!(works <= (power_eras + DELAY) as usize * PEOPLE, "{works} in era {era}");
		let roots = pallet_session::historical::HistoricalSessions::<Runtime>::iter_keys().count();
		assert!(roots <= REPORT_SESSIONS as usize + 3, "{roots} roots in session {session}");
		let sets = pallet_grandpa::SetIdSession::<Runtime>::iter_keys().count();
		assert!(sets <= REPORT_SESSIONS as usize + 3, "{sets} sets in session {session}");
		for pallet in PALLETS {
			let peaks = self.keys.entry(pallet).or_default();
			let peak = &mut peaks[usize::from(era > ERAS / 4)];
			*peak = keys_of(pallet).max(*peak);
		}
	}

	/// There never was much more to remember than in the first eras.
	pub(crate) fn check_growth(&self) {
		println!("keys in storage: {:?}", self.keys);
		for (pallet, [early, late]) in &self.keys {
			assert!(*late <= 2 * early + PEOPLE, "{pallet} had {early} keys, and then {late}");
		}
	}
}

/// Counts what has happened in a block. Nobody loses anything who has done nothing.
pub(crate) fn hear(life: &mut Life, event: RuntimeEvent) {
	use pallet_power::Event::*;
	let what = match event {
		RuntimeEvent::Power(Slashed { candidate, amount }) => {
			assert!(amount == 0 || life.suspects.contains(&candidate), "{candidate} is slashed");
			"slash"
		}
		RuntimeEvent::Power(Chilled { candidate, .. }) => {
			assert!(life.suspects.contains(&candidate), "{candidate} is chilled");
			"chill"
		}
		RuntimeEvent::Power(Displaced { .. }) => "displacement",
		RuntimeEvent::Power(Elected { .. }) => "election",
		RuntimeEvent::Rewards(pallet_rewards::Event::Rewarded { .. }) => "reward",
		RuntimeEvent::Balances(pallet_balances::Event::DustLost { .. }) => "dust",
		RuntimeEvent::Offences(pallet_offences::Event::Offence { .. }) => "offence",
		RuntimeEvent::Session(pallet_session::Event::ValidatorDisabled { .. }) => "disabling",
		_ => return,
	};
	life.count(what);
}

fn weights(authorities: &[(AuthorityId, u64)]) -> impl Iterator<Item = u64> + '_ {
	authorities.iter().map(|(_, weight)| *weight)
}

/// How many keys a pallet has in storage.
fn keys_of(pallet: &str) -> usize {
	let prefix = twox_128(pallet.as_bytes());
	let mut keys = 0;
	let mut last = prefix.to_vec();
	while let Some(key) = next_key(&last).filter(|key| key.starts_with(&prefix)) {
		keys += 1;
		last = key;
	}
	keys
}
