// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What is stored about candidates and their work.

use crate::Config;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::marker::PhantomData;
use ergon_core::Work;
use frame_support::traits::{fungible::Credit, Get};
use scale_info::TypeInfo;
use sp_runtime::Perbill;
use sp_staking::SessionIndex;

pub use ergon_economics::{
	power::{Concentration, Power},
	Balance,
};

/// Counts the stretches of sessions between two updates of power.
pub type EraIndex = u32;

/// What is left of a slashed bond, still to be given to somebody.
pub type CreditOf<T> = Credit<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;

/// Whether a candidate can be elected.
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
pub enum Status {
	/// It stands for election.
	#[codec(index = 0)]
	Standing,
	/// It does not, and has no power, until it rejoins.
	#[codec(index = 1)]
	Chilled {
		/// First session in which it may rejoin.
		until: SessionIndex,
		/// Slash fraction of the offence that it was chilled for; zero when its bond became too
		/// small.
		severity: Perbill,
	},
}

/// Audits in all eras that count, as a running sum: an era change adds one era and takes one off.
/// Wide enough never to saturate.
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
pub struct RecentWork {
	/// Work of audits that nobody pays for and that were done.
	pub audited: u128,
	/// Work of audits that were missed.
	pub missed: u128,
}

impl RecentWork {
	pub(crate) fn add(&mut self, era: EraWork) {
		self.audited = self.audited.saturating_add(era.audited.into());
		self.missed = self.missed.saturating_add(era.missed.into());
	}

	pub(crate) fn subtract(&mut self, era: EraWork) {
		self.audited = self.audited.saturating_sub(era.audited.into());
		self.missed = self.missed.saturating_sub(era.missed.into());
	}
}

impl FromIterator<EraWork> for RecentWork {
	fn from_iter<Eras: IntoIterator<Item = EraWork>>(eras: Eras) -> Self {
		let mut recent = Self::default();
		eras.into_iter().for_each(|era| recent.add(era));
		recent
	}
}

/// Somebody who wants to be a validator.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Candidate {
	/// Held with reason `ValidatorBond`; all of it can be slashed.
	pub bond: Balance,
	/// What its power was counted to be.
	pub counted: Counted,
	/// Its audits in the eras that count for the power of the era that it was counted for.
	pub recent: RecentWork,
	/// What sprints prove in that era; see [`PowerTerms::sprints`].
	pub sprints: Power,
	/// Power that it was given at genesis, before any of it faded.
	pub genesis: Power,
	/// Whether it can be elected.
	pub status: Status,
	/// The first era in whose sprint it may take part.
	pub since: EraIndex,
	/// The first era in which a larger bond may take its place: all that its first sprints prove is power then. Who
	/// left before is not spared again.
	pub spared_until: EraIndex,
}

impl Candidate {
	/// Power in era `era`, of which nobody may have more than `cap`.
	pub fn power(&self, era: EraIndex, cap: Power) -> Power {
		self.counted.power(era).min(cap)
	}
}

/// Power as it was counted last, before the cap. What begins with an era is counted in the blocks before it, and
/// until then the count before counts on.
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
pub struct Counted {
	/// The era that it was counted for.
	pub era: EraIndex,
	/// Power from that era on.
	pub power: Power,
	/// Power until then.
	pub before: Power,
}

impl Counted {
	/// Power in era `era`, before the cap.
	pub fn power(&self, era: EraIndex) -> Power {
		match era < self.era {
			true => self.before,
			false => self.power,
		}
	}

	/// The same powers, changed by `change`.
	pub(crate) fn map(self, change: impl Fn(Power) -> Power) -> Self {
		Self { era: self.era, power: change(self.power), before: change(self.before) }
	}

	/// The larger of the power in era `era` and of that in the era that it was counted for.
	pub(crate) fn most(&self, era: EraIndex) -> Power {
		self.power(era).max(self.power)
	}
}

/// Somebody who was a candidate and waits for its bond.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Unbonding {
	/// Still held with reason `ValidatorBond`; all of it can be slashed.
	pub bond: Balance,
	/// First session in which the bond can be withdrawn: the last one in which its owner was a
	/// validator can no longer be reported then.
	pub free_at: SessionIndex,
	/// What its status was, and became by offences since.
	pub status: Status,
}

/// What came of an operator's part in the sprint of an era.
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
pub enum SprintOutcome {
	/// Nothing: it has not committed to anything, or has failed.
	#[default]
	#[codec(index = 0)]
	Nothing,
	/// It has committed to something, and whether that is right is not decided. So it stays where the era ended too
	/// soon to show it.
	#[codec(index = 1)]
	Undecided,
	/// It has proved that work.
	#[codec(index = 2)]
	Proved(Work),
}

impl SprintOutcome {
	/// What it has proved, none with nothing; as yet unknown where that is not decided.
	pub fn decided(self) -> Option<Work> {
		match self {
			Self::Nothing => Some(0),
			Self::Undecided => None,
			Self::Proved(work) => Some(work),
		}
	}
}

/// Most eras that are remembered to have had a sprint: those that count now, and this one.
pub struct MostHeld<T>(PhantomData<T>);

impl<T: Config> Get<u32> for MostHeld<T> {
	fn get() -> u32 {
		T::PowerEras::get().saturating_add(1)
	}
}

/// What an operator did in one era.
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
pub struct EraWork {
	/// What came of its part in the sprint of the era; says nothing where none was held.
	pub sprint: SprintOutcome,
	/// Work of audits that nobody pays for, were done, and agreed with their conclusions: those of items of
	/// sprints. Jobs pay for theirs.
	pub audited: Work,
	/// Work of audits that it was drawn for and missed, whoever pays.
	pub missed: Work,
	/// How many these were.
	pub misses: u32,
}

/// What of an offender was slashed for offences in one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct OffenceSlash {
	/// The bond when the first of them was reported; all fractions are of this.
	pub bond: Balance,
	/// The largest fraction so far. Offences in one session are not added up.
	pub fraction: Perbill,
}

/// How the power of a candidate comes about; each term in work.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct PowerTerms {
	/// What was done in each era that counts, the last one first. What is noted late counts from the
	/// next era on.
	pub eras: Vec<(EraIndex, EraWork)>,
	/// Those of them whose sprints were held, the last one first. The others neither count nor are missed.
	pub held: Vec<EraIndex>,
	/// What is left of the power given at genesis.
	pub genesis: Power,
	/// What sprints prove: the lesser of the last two that were held and are decided, of which newcomers have a
	/// part.
	pub sprints: Power,
	/// Sprints and genesis, a tenth more for the share of its audits that it did, less the misses.
	pub proved: Power,
	/// Most that the bond backs.
	pub backed: Power,
	/// Power in this era: at most both, and at most the largest share that one operator may have.
	/// What was done in the current era counts from the next.
	pub power: Power,
	/// Power of all candidates.
	pub total: u128,
}

/// Who has how much power, and how concentrated it is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Distribution<AccountId> {
	/// All candidates and their powers in this era, the strongest first, equals by account.
	pub candidates: Vec<(AccountId, Power)>,
	/// How concentrated these powers are.
	pub concentration: Concentration,
}

/// Where the current era begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct EraInfo {
	/// The current era.
	pub era: EraIndex,
	/// Its first session.
	pub start: SessionIndex,
	/// First session of the next one.
	pub end: SessionIndex,
}

/// Something that keeps the power of an account from being more.
///
/// `gain`, in work, is by how much power would be more if this alone were otherwise, and all else as the
/// [`PowerTerms`] say; so together with another one it may be more, or less. What is done counts from the next
/// era on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum PowerLimit {
	/// The account is no candidate: `join`, or `rejoin` with a bond that is still held.
	#[codec(index = 0)]
	NotCandidate,
	/// The account has no session keys: it cannot be elected, and cannot sign in sprints. Make them with
	/// `author_rotateKeysWithOwner` and register them with `session.setKeys`.
	#[codec(index = 1)]
	NoKeys,
	/// The candidate does not stand, and nothing else counts before it does: `rejoin`. While it does not, it
	/// misses sprints, so it is new then.
	#[codec(index = 2)]
	Chilled {
		/// First session in which it may.
		until: SessionIndex,
		/// What has to be added to the bond before it may, with `bond_more`.
		missing: Balance,
	},
	/// The candidate has not stood since before this era began: wait for the first sprint that it takes part in.
	#[codec(index = 3)]
	NotYet {
		/// The era of that sprint.
		era: EraIndex,
	},
	/// Sprints are not decided because auditors are silent, or because of disputes: wait.
	#[codec(index = 4)]
	Undecided {
		/// How many of those that were held.
		sprints: u32,
		/// What they are worth if they proved as much as the best of the others.
		gain: Power,
	},
	/// The candidate is new, or new again: prove as much in the next sprints.
	#[codec(index = 5)]
	Ramp {
		/// In how many until all that it proves is power, if they are all decided.
		sprints: u32,
		/// The last sprint that it missed or failed in while it stood, which it is new since.
		missed: Option<EraIndex>,
		/// Nothing as well where nothing says yet how much it can prove.
		gain: Power,
	},
	/// No more was proved: in the next sprints, and not only in one, prove more than in the least of those that
	/// count.
	#[codec(index = 6)]
	Sprint {
		/// The era of that one.
		era: EraIndex,
		/// What it proved.
		work: Work,
		/// What it cost beside the best of those that count. Nothing when they prove the same: that takes a faster
		/// machine, or one that does nothing else in the meantime.
		gain: Power,
	},
	/// Audits were missed or none was done: be there for those that come, and wait until those that were missed
	/// count no more. Without a seat there are none to do.
	#[codec(index = 7)]
	Audits {
		/// How many were missed in the eras that count.
		misses: u32,
		/// What all of them done would add, and none of them missed.
		gain: Power,
	},
	/// The bond does not back what was proved: `bond_more`.
	#[codec(index = 8)]
	Bond {
		/// By how much.
		missing: Balance,
		/// What this backs, up to what was proved and to the cap.
		gain: Power,
	},
	/// Nobody may have a larger share of all power: only others who prove more raise this.
	#[codec(index = 9)]
	Cap {
		/// What is cut.
		gain: Power,
	},
}
