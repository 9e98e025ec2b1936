// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Audits that are done or missed, and validators who make two blocks in one slot.

use crate::{
	life::{Life, Mood},
	people::{way, Way},
};
use ergon_core::{Work, WORK_UNIT};
use ergon_runtime::{
	configs::session::REPORT_SESSIONS, AccountId, Babe, Historical, Offences, Power, Runtime,
	Session,
};
use frame_support::traits::{Get, KeyOwnerProofSystem};
use pallet_babe::EquivocationOffence;
use pallet_power::{Absence, BookEra, Candidates, Unbondings};
use sp_consensus_babe::{AuthorityId, Slot};
use sp_core::crypto::key_types;
use sp_session::MembershipProof;
use sp_staking::{offence::ReportOffence, SessionIndex};
use std::mem::take;

/// That somebody has made two blocks in one slot.
pub(crate) struct Evidence {
	offender: AccountId,
	key: AuthorityId,
	slot: Slot,
	session: SessionIndex,
	/// That the key was the offender's.
	proof: MembershipProof,
	/// The session in which it is reported.
	due: SessionIndex,
}

impl Life {
	/// Some validators do an audit of an item, or miss one.
	pub(crate) fn audit(&mut self) {
		let validators = Session::validators();
		if self.mood == Mood::Silent {
			validators.iter().for_each(|who| self.miss(who, WORK_UNIT));
			return;
		}
		for _ in 0..4 {
			let who = self.choices.pick(&validators);
			let work = (1 + self.choices.below(500)) * WORK_UNIT;
			let misses = match way(self.persons[who]) {
				Way::Lazy => self.choices.one_in(3),
				_ => self.choices.one_in(20),
			};
			match misses {
				true => self.miss(who, work),
				false => {
					Power::note_fulfilled(who, work);
					self.count("audit done");
				}
			}
		}
		if self.choices.one_in(60) {
			let who = self.choices.pick(&validators);
			let most: u32 = <Runtime as pallet_power::Config>::MaxMisses::get();
			(0..most).for_each(|_| self.miss(who, WORK_UNIT));
			assert!(Power::is_chilled(who), "{who} is absent");
			assert!(is_known_absence(who), "{who} is absent");
			self.count("absence");
		}
	}

	fn miss(&mut self, who: &AccountId, work: Work) {
		self.suspects.insert(who.clone());
		Power::note_missed(who, work);
		self.count("audit missed");
	}

	/// Some validators make two blocks in this slot, and what was seen before is reported.
	pub(crate) fn offend(&mut self) {
		let offenders = match self.mood {
			Mood::Riot if self.choices.one_in(2) => 1 + self.choices.below(4),
			_ => u64::from(self.choices.one_in(40)),
		};
		(0..offenders).for_each(|_| self.equivocate());
		let session = Session::current_index();
		let is_due = |evidence: &Evidence| evidence.due <= session;
		let (due, later): (Vec<_>, Vec<_>) = take(&mut self.evidence).into_iter().partition(is_due);
		self.evidence = later;
		due.into_iter().for_each(|evidence| self.report(evidence));
	}

	/// A validator makes two blocks in this slot.
	fn equivocate(&mut self) {
		let validators = Session::validators();
		let place = self.choices.below(validators.len() as u64) as usize;
		let (key, _) = Babe::authorities().into_inner().swap_remove(place);
		let Some(proof) = Historical::prove((key_types::BABE, key.clone())) else { return };
		let session = Session::current_index();
		// At once, as late as may be, and later.
		let delay = match self.choices.one_in(2) {
			true => 0,
			false => self.choices.below(u64::from(REPORT_SESSIONS) + 4) as SessionIndex,
		};
		self.evidence.push(Evidence {
			offender: validators[place].clone(),
			key,
			slot: Babe::current_slot(),
			session,
			proof,
			due: session + delay,
		});
	}

	/// Somebody reports two blocks in one slot. Nobody can be blamed any more when it is too late, or when keys of
	/// validators were changed since their session was planned.
	fn report(&mut self, evidence: Evidence) {
		let Evidence { offender, key, slot, session, proof, .. } = evidence;
		let validator_set_count = proof.validator_count;
		let Some(identified) = Historical::check_proof((key_types::BABE, key), proof) else {
			self.count("evidence of nothing");
			return;
		};
		assert_eq!(identified.0, offender);
		assert!(session + REPORT_SESSIONS >= Session::current_index(), "session {session} is over");
		// As long as it can be reported, there is a bond to be slashed.
		let has_bond = Candidates::<Runtime>::contains_key(&offender)
			|| Unbondings::<Runtime>::contains_key(&offender);
		assert!(has_bond, "{offender}, validator of session {session}, has withdrawn its bond");
		// Each new offender in a slot costs the others more.
		let together = self.equivocators.entry(slot).or_default();
		together.insert(offender.clone());
		self.suspects.extend(together.iter().cloned());
		let bond = Power::bond(&offender);
		let offence = EquivocationOffence {
			slot,
			session_index: session,
			validator_set_count,
			offender: identified,
		};
		let reporter = self.choices.pick(&self.people).clone();
		// The same two blocks may be reported twice.
		let _ = Offences::report_offence(vec![reporter], offence);
		if Power::bond(&offender) < bond {
			self.count("equivocation slashed");
		}
	}
}

/// Whether the offences pallet knows that somebody is absent in this era.
fn is_known_absence(who: &AccountId) -> bool {
	type Known = Absence<AccountId>;
	let (offender, slot) = ((who.clone(), ()), (BookEra::<Runtime>::get(), who.clone()));
	<Offences as ReportOffence<AccountId, (AccountId, ()), Known>>::is_known_offence(
		&[offender],
		&slot,
	)
}
