// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What validators must earn, worked out from who made which block.

use ergon_runtime::{
	constants::ERG, AccountId, Audits, Balance, Power, Runtime, RuntimeEvent, Session, System,
};
use pallet_audits::DutyRecord;
use sp_consensus_babe::digests::CompatibleDigestItem;
use std::collections::{BTreeMap, BTreeSet};

/// Most that is made for an era in the first four years.
const EMISSION: Balance = 100 * ERG;

/// What the model knows of one era.
#[derive(Default)]
struct Era {
	/// Power of all candidates when it began.
	total_power: u128,
	/// Who made a block in it, and with which power at the first.
	authors: BTreeMap<AccountId, u64>,
	/// What was made for it.
	made: Balance,
}

/// The model. No slot is left out on its chain, so nobody misses a block.
pub(crate) struct Emission {
	eras: BTreeMap<u32, Era>,
	/// What was true behind the last block.
	session: u32,
	era: u32,
	validators: Vec<AccountId>,
	powers: BTreeMap<AccountId, u64>,
	audits: BTreeMap<(u32, AccountId), DutyRecord>,
	/// The eras that had a sprint.
	held: BTreeSet<u32>,
	/// Who took part in the sprint of which era, and whether it has done its part as far as is decided.
	sprints: BTreeMap<(u32, AccountId), bool>,
	/// The same for the last block.
	sprints_of_block: BTreeMap<(u32, AccountId), bool>,
	chilled: BTreeSet<AccountId>,
}

impl Emission {
	/// The books of a new chain; to be asked within its state.
	pub(crate) fn new() -> Self {
		let mut emission = Self {
			eras: BTreeMap::new(),
			session: 0,
			era: 0,
			validators: Vec::new(),
			powers: BTreeMap::new(),
			audits: BTreeMap::new(),
			held: BTreeSet::new(),
			sprints: BTreeMap::new(),
			sprints_of_block: BTreeMap::new(),
			chilled: BTreeSet::new(),
		};
		emission.look();
		let total_power = emission.powers.values().copied().map(u128::from).sum();
		emission.eras.insert(0, Era { total_power, ..Default::default() });
		emission
	}

	/// Remembers what is true behind a block.
	pub(crate) fn look(&mut self) {
		self.session = Session::current_index();
		self.era = Power::era().era;
		self.sprints.append(&mut self.sprints_of_block);
		self.validators = Session::validators();
		self.powers = Power::powers().into_iter().collect();
		let authors =
			self.eras.iter().flat_map(|(era, it)| it.authors.keys().map(|who| (*era, who)));
		let record = |(era, who): (u32, &AccountId)| {
			((era, who.clone()), Audits::duty_record(era, who.clone()))
		};
		self.audits = authors.map(record).collect();
		let authors = self.audits.keys().map(|(_, who)| who.clone());
		self.chilled = authors.filter(Power::is_chilled).collect();
	}

	/// Counts the last block for its author, and begins an era when it is time.
	pub(crate) fn count_block(&mut self) {
		let digest = System::digest();
		let claim = digest.logs.iter().find_map(|log| log.as_babe_pre_digest());
		let place = claim.expect("every block has an author").authority_index();
		// The first block of a session is nobody's.
		if Session::current_index() == self.session {
			let author = self.validators[place as usize].clone();
			let power = self.powers.get(&author).copied().unwrap_or_default();
			let era = self.eras.get_mut(&self.era).expect("it has begun");
			era.authors.entry(author).or_insert(power);
		}
		for record in System::read_events_no_consensus() {
			match record.event {
				RuntimeEvent::Power(pallet_power::Event::EraStarted { era, total_power }) => {
					self.eras.insert(era, Era { total_power, ..Default::default() });
				}
				RuntimeEvent::Sprints(event) => self.note_sprint(event),
				_ => {}
			}
		}
	}

	fn note_sprint(&mut self, event: pallet_sprints::Event<Runtime>) {
		use pallet_sprints::Event::*;
		let (key, is_done) = match event {
			Drawn { era, .. } => {
				self.held.insert(era);
				return;
			}
			Committed { era, operator, .. } => ((era, operator), true),
			Proved { era, operator, work, .. } => ((era, operator), work > 0),
			Failed { era, operator, .. } => ((era, operator), false),
			_ => return,
		};
		self.sprints_of_block.insert(key, is_done);
	}

	/// What somebody earns for an era with such audits, and with its part in a sprint done or not.
	fn amount(&self, era: u32, who: &AccountId, audits: &DutyRecord, sprint: bool) -> Balance {
		if !sprint {
			return 0;
		}
		let Era { total_power, authors, .. } = &self.eras[&era];
		// Nobody may have any power.
		let all = EMISSION * Balance::from(authors[who]);
		let share = all.checked_div(*total_power).unwrap_or_default();
		// Those of items of sprints: the others have their pay.
		match audits.unpaid.due {
			0 => share,
			due => share * Balance::from(audits.unpaid.done) / Balance::from(due),
		}
	}

	/// The least and the most that somebody can earn: an audit may have been concluded in the same block.
	fn bounds(&self, era: u32, who: &AccountId) -> (Balance, Balance) {
		let key = (era, who.clone());
		let not_due = !self.held.contains(&era);
		let sprint = not_due || self.sprints.get(&key).copied().unwrap_or_default();
		let before = self.amount(era, who, &self.audits[&key], sprint);
		let sprint = not_due || self.sprints_of_block.get(&key).copied().unwrap_or(sprint);
		let now = self.amount(era, who, &Audits::duty_record(era, who.clone()), sprint);
		(now.min(before), now.max(before))
	}

	/// Whether somebody earned that much for an era, and nothing before.
	pub(crate) fn check(&mut self, era: u32, who: &AccountId, amount: Balance) {
		let (least, most) = self.bounds(era, who);
		assert!(least <= amount && amount <= most, "{who} earned {amount} instead of {most}");
		let books = self.eras.get_mut(&era).expect("it is open");
		books.authors.remove(who).expect("nobody earns twice");
		books.made += amount;
	}

	/// An era is settled: the others earned nothing, and have deserved it.
	pub(crate) fn close(&mut self, era: u32, minted: Balance) {
		for who in self.eras[&era].authors.keys() {
			let (least, _) = self.bounds(era, who);
			// It may have rejoined in the same block.
			let is_chilled = self.chilled.contains(who) || Power::is_chilled(who);
			assert!(least == 0 || is_chilled, "{who} has earned nothing for era {era}");
		}
		let made = self.eras.remove(&era).expect("it is settled once").made;
		assert_eq!(made, minted);
		assert!(made <= EMISSION);
	}
}
