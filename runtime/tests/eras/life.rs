// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What comes to people's minds, one by one and all together.

use crate::{
	crimes::Evidence,
	people::{account, bond, secret_uri, PEOPLE},
	sprints::Sprints,
};
use ergon_runtime::{
	constants::{ERG, EXISTENTIAL_DEPOSIT},
	AccountId, Balance, Power, Runtime, RuntimeCall, RuntimeOrigin, Session,
};
use ergon_test_chain::{keys::registration, random::Choices};
use frame_support::{storage::unhashed, traits::Get};
use pallet_power::{Candidates, CurrentEra, EraIndex, Status, Unbondings};
use sp_consensus_babe::Slot;
use sp_runtime::traits::Dispatchable;
use std::collections::{BTreeMap, BTreeSet};

type BalancesCall = pallet_balances::Call<Runtime>;
type PowerCall = pallet_power::Call<Runtime>;
type RewardsCall = pallet_rewards::Call<Runtime>;
type SessionCall = pallet_session::Call<Runtime>;

/// One fewer than this is attempted in a block at most.
const ATTEMPTS: u64 = 12;
/// Blocks in which people set keys again when they have all been without.
const RETURN: u32 = 6;
/// Of so many people, one proves something in meagre times.
const BUSY: usize = 35;

/// What times they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
	/// Everybody does what it does, of whom one in so many has machines.
	Ordinary(usize),
	/// Hardly anybody proves anything.
	Meagre,
	/// There are no sprints.
	NoSprints,
	/// Nobody takes part in sprints, and no audit is done.
	Silent,
	/// A third of the candidates leaves at once.
	Exodus,
	/// Everybody removes its keys at once; but for two people, every second time.
	Keyless,
	/// Many make two blocks in a slot.
	Riot,
}

impl Mood {
	/// Every second one, in turn: for how many eras at least, and below how many more.
	const SPECIAL: [(Self, u64, u64); 6] = [
		(Self::Meagre, 6, 8),
		(Self::NoSprints, 3, 10),
		(Self::Silent, 1, 3),
		(Self::Exodus, 1, 2),
		(Self::Keyless, 1, 6),
		(Self::Riot, 1, 3),
	];

	pub(crate) fn has_work_for(self, person: usize) -> bool {
		match self {
			Self::Ordinary(part) => person.is_multiple_of(part),
			Self::Meagre => person.is_multiple_of(BUSY),
			Self::Silent => false,
			Self::NoSprints | Self::Exodus | Self::Keyless | Self::Riot => true,
		}
	}

	fn name(self) -> &'static str {
		match self {
			Self::Ordinary(_) => "ordinary times",
			Self::Meagre => "meagre times",
			Self::NoSprints => "times without sprints",
			Self::Silent => "silent times",
			Self::Exodus => "exodus",
			Self::Keyless => "times without keys",
			Self::Riot => "riot",
		}
	}
}

/// What people do, and what has to be remembered of it.
pub(crate) struct Life {
	pub(crate) choices: Choices,
	pub(crate) people: Vec<AccountId>,
	/// Places among the people.
	pub(crate) persons: BTreeMap<AccountId, usize>,
	/// How many session keys each had before those that it has.
	had_keys: Vec<u32>,
	pub(crate) mood: Mood,
	/// How many moods there were.
	moods: usize,
	/// The first era of the next mood.
	until: EraIndex,
	/// In how many blocks people are still setting keys again.
	returning: u32,
	pub(crate) sprints: Sprints,
	/// Of what will be reported.
	pub(crate) evidence: Vec<Evidence>,
	/// Who is known to have made two blocks in which slot.
	pub(crate) equivocators: BTreeMap<Slot, BTreeSet<AccountId>>,
	/// Who may be slashed in this block.
	pub(crate) suspects: BTreeSet<AccountId>,
	/// How often what happened.
	pub(crate) seen: BTreeMap<&'static str, u64>,
	strangers: u32,
}

impl Life {
	pub(crate) fn new(people: Vec<AccountId>, seed: u64) -> Self {
		Self {
			choices: Choices::new(seed),
			persons: people.iter().cloned().zip(0..).collect(),
			people,
			had_keys: vec![0; PEOPLE],
			mood: Mood::Ordinary(1),
			moods: 1,
			until: 8,
			returning: 0,
			sprints: Sprints::new(),
			evidence: Vec::new(),
			equivocators: BTreeMap::new(),
			suspects: BTreeSet::new(),
			seen: BTreeMap::new(),
			strangers: 0,
		}
	}

	pub(crate) fn count(&mut self, what: &'static str) {
		self.add(what, 1);
	}

	pub(crate) fn add(&mut self, what: &'static str, times: usize) {
		*self.seen.entry(what).or_default() += times as u64;
	}

	/// What happens in a block.
	pub(crate) fn act(&mut self) {
		let era = CurrentEra::<Runtime>::get();
		if era >= self.until {
			self.change_mood(era);
		}
		if self.returning > 0 {
			self.returning -= 1;
			self.set_missing_keys();
		}
		self.sprint(era);
		self.audit();
		self.offend();
		for _ in 0..self.choices.below(ATTEMPTS) {
			self.live();
		}
	}

	fn change_mood(&mut self, era: EraIndex) {
		if self.mood == Mood::Keyless {
			self.returning = RETURN;
		}
		self.moods += 1;
		let (turn, is_ordinary) = (self.moods / 2, !self.moods.is_multiple_of(2));
		let (mood, least, spread) = match is_ordinary {
			true => (Mood::Ordinary(1 + self.choices.below(4) as usize), 8, 16),
			false => Mood::SPECIAL[turn % Mood::SPECIAL.len()],
		};
		self.mood = mood;
		self.until = era + (least + self.choices.below(spread)) as EraIndex;
		self.count(mood.name());
		match mood {
			Mood::Exodus => self.leave_together(),
			Mood::Keyless => {
				let spared = if (turn / Mood::SPECIAL.len()).is_multiple_of(2) { 0 } else { 2 };
				self.purge_together(spared);
			}
			_ => {}
		}
	}

	fn leave_together(&mut self) {
		for who in self.people.clone() {
			if Candidates::<Runtime>::contains_key(&who) && self.choices.one_in(3) {
				self.call(&who, PowerCall::leave {}, "left in an exodus");
			}
		}
	}

	/// All but so many people, who have keys, remove theirs.
	fn purge_together(&mut self, spared: usize) {
		let first = self.choices.below((PEOPLE - spared) as u64) as usize;
		for person in 0..PEOPLE {
			let who = self.people[person].clone();
			let has_keys = Session::load_keys(&who).is_some();
			match (first..first + spared).contains(&person) {
				true if has_keys => {}
				true => self.set_keys(person),
				false if has_keys => {
					self.call(&who, SessionCall::purge_keys {}, "purged keys");
				}
				false => {}
			}
		}
	}

	/// Every third of those who have no keys sets some.
	fn set_missing_keys(&mut self) {
		for person in 0..PEOPLE {
			let has_keys = Session::load_keys(&self.people[person]).is_some();
			if !has_keys && self.choices.one_in(3) {
				self.set_keys(person);
			}
		}
	}

	/// Somebody does what makes sense, or anything.
	fn live(&mut self) {
		let person = self.choices.below(PEOPLE as u64) as usize;
		let who = self.people[person].clone();
		if self.choices.one_in(12) {
			return self.try_anything(person, &who);
		}
		let status = Candidates::<Runtime>::get(&who).map(|candidate| candidate.status);
		let is_unbonding = Unbondings::<Runtime>::contains_key(&who);
		match status {
			Some(Status::Standing) => self.stand(person, &who),
			Some(Status::Chilled { .. }) => match self.choices.below(8) {
				0 => self.bond_more(&who, 1_000),
				1 => self.leave(&who),
				_ => self.rejoin(&who),
			},
			None if is_unbonding && self.choices.one_in(3) => self.rejoin(&who),
			None if is_unbonding => self.withdraw(&who),
			None if Session::load_keys(&who).is_some() => self.join(person, &who),
			None if self.mood != Mood::Keyless => self.set_keys(person),
			None => {}
		}
	}

	/// A candidate does something.
	fn stand(&mut self, person: usize, who: &AccountId) {
		match self.choices.below(30) {
			0..8 => {
				let tokens = 1 + self.choices.below(500);
				self.bond_more(who, tokens);
			}
			8..11 => self.leave(who),
			11 => self.purge_keys(who),
			12 if self.mood != Mood::Keyless => self.set_keys(person),
			12..22 => self.claim(who),
			22..26 => {
				let whom = self.choices.pick(&self.people).clone();
				let amount = Balance::from(self.choices.below(50)) * ERG;
				self.pay(who, &whom, amount, "paid");
			}
			_ => self.leave_dust(who),
		}
	}

	/// Whatever comes to mind, whether it makes sense or not.
	fn try_anything(&mut self, person: usize, who: &AccountId) {
		match self.choices.below(8) {
			0 => {
				let call = PowerCall::join { bond: 900 * ERG, displaced: None };
				assert!(!self.call(who, call, "joined with too little"));
			}
			1 => self.join(person, who),
			2 => self.bond_more(who, 1_000_000),
			3 => self.leave(who),
			4 => self.withdraw(who),
			5 => self.rejoin(who),
			6 => self.purge_keys(who),
			_ => self.claim(who),
		}
	}

	/// Dispatches a call as the account's transaction would; says whether it was done.
	fn call(&mut self, who: &AccountId, call: impl Into<RuntimeCall>, what: &'static str) -> bool {
		let call: RuntimeCall = call.into();
		let is_done = call.dispatch(RuntimeOrigin::signed(who.clone())).is_ok();
		self.add(what, is_done.into());
		is_done
	}

	/// Joins; now and then as if the list were full.
	fn join(&mut self, person: usize, who: &AccountId) {
		let bond = bond(person, &mut self.choices);
		if !self.choices.one_in(4) {
			self.call(who, PowerCall::join { bond, displaced: None }, "joined");
			return;
		}
		let displaced = match self.choices.one_in(4) {
			true => Some(self.choices.pick(&self.people).clone()),
			false => Power::displaceable(bond),
		};
		let call = PowerCall::join { bond, displaced: displaced.clone() };
		let has_joined = with_full_list(|| self.call(who, call, "joined in another's place"));
		if let Some(displaced) = displaced.filter(|_| has_joined) {
			assert!(!serves(&displaced), "{displaced} is a validator");
			assert!(Unbondings::<Runtime>::contains_key(&displaced), "{displaced} keeps its bond");
		}
	}

	fn bond_more(&mut self, who: &AccountId, tokens: u64) {
		let amount = Balance::from(tokens) * ERG;
		self.call(who, PowerCall::bond_more { amount }, "bonded more");
	}

	fn leave(&mut self, who: &AccountId) {
		self.call(who, PowerCall::leave {}, "left");
	}

	fn withdraw(&mut self, who: &AccountId) {
		self.call(who, PowerCall::withdraw {}, "withdrew");
	}

	fn rejoin(&mut self, who: &AccountId) {
		self.call(who, PowerCall::rejoin {}, "rejoined");
	}

	fn claim(&mut self, who: &AccountId) {
		self.call(who, RewardsCall::claim { validator: who.clone() }, "claimed");
	}

	fn purge_keys(&mut self, who: &AccountId) {
		self.call(who, SessionCall::purge_keys {}, "purged keys");
	}

	/// Somebody's node makes new keys, and the chain is told.
	fn set_keys(&mut self, person: usize) {
		self.had_keys[person] += 1;
		let who = self.people[person].clone();
		let call = registration(&who, secret_uri(person, self.had_keys[person]));
		self.call(&who, call, "set keys");
	}

	fn pay(&mut self, from: &AccountId, to: &AccountId, value: Balance, what: &'static str) {
		let call = BalancesCall::transfer_allow_death { dest: to.clone().into(), value };
		self.call(from, call, what);
	}

	/// Somebody pays a stranger, who gives it back but for what is too little to exist.
	fn leave_dust(&mut self, who: &AccountId) {
		self.strangers += 1;
		let stranger = account("stranger", self.strangers);
		let value = 10 * EXISTENTIAL_DEPOSIT;
		let dust = 1 + Balance::from(self.choices.below(EXISTENTIAL_DEPOSIT as u64 - 1));
		self.pay(who, &stranger, value, "paid a stranger");
		self.pay(&stranger, who, value - dust, "left dust");
	}
}

/// Whether somebody is a validator of this session or the next.
fn serves(who: &AccountId) -> bool {
	Session::validators().contains(who)
		|| Session::queued_keys().iter().any(|(queued, _)| queued == who)
}

/// Has the list of candidates say that it is full while something happens: so many as there are places would take
/// three times as long, and nothing but their number matters to who joins.
fn with_full_list<R>(action: impl FnOnce() -> R) -> R {
	let key = Candidates::<Runtime>::counter_storage_final_key();
	let count = Candidates::<Runtime>::count();
	let full: u32 = <Runtime as pallet_power::Config>::MaxCandidates::get();
	unhashed::put(&key, &full);
	let result = action();
	assert_eq!(Candidates::<Runtime>::count(), full, "one leaves for each who comes");
	unhashed::put(&key, &count);
	result
}
