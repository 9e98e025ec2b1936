// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What wrong results and false votes must cost, and who must get what of it.

use super::{slash, Ledger};
use ergon_core::JobId;
use ergon_runtime::{AccountId, Balance};
use std::collections::{BTreeMap, BTreeSet};

/// Which bond answers for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Pledge {
	Provider,
	Validator,
}

/// What became of slashes about one job within a block.
#[derive(Default)]
pub(super) struct Slashes {
	/// What was taken since the last award, and from whom.
	taken: Balance,
	culprits: Vec<AccountId>,
	awards: Vec<Award>,
	/// Whether the result is wrong, and whether its provider was slashed for that.
	pub(super) overturned: bool,
	pub(super) convicted: bool,
}

/// What was awarded for the slashes of some.
struct Award {
	culprits: Vec<AccountId>,
	taken: Balance,
	awarded: Balance,
}

/// What was taken from bonds in a block, and what had to be where nothing else was.
#[derive(Default)]
pub(super) struct Taken(BTreeMap<(AccountId, Pledge), Vec<(Balance, Balance)>>);

impl Taken {
	/// `amount` was taken; `due` is what follows from the bond that was there behind the block before.
	pub(super) fn note(&mut self, who: &AccountId, pledge: Pledge, amount: Balance, due: Balance) {
		assert!(amount <= due, "{who} lost {amount} instead of {due}");
		self.0.entry((who.clone(), pledge)).or_default().push((amount, due));
	}

	/// Each of these is what had to be taken, unless something else changed the bond in the same block. Says how many
	/// were compared to the unit.
	pub(super) fn compare(self, lost: impl Fn(&AccountId, Pledge) -> Option<Balance>) -> u32 {
		let mut compared = 0;
		for ((who, pledge), taken) in self.0 {
			let [(amount, due)] = taken[..] else { continue };
			if lost(&who, pledge) == Some(amount) {
				assert_eq!(amount, due, "{who} lost of its bond as {pledge:?}");
				compared += 1;
			}
		}
		compared
	}
}

impl Slashes {
	/// What was taken since the last award is shared.
	pub(super) fn book_award(&mut self, awarded: Balance, burnt: Balance) {
		let (taken, culprits) =
			(std::mem::take(&mut self.taken), std::mem::take(&mut self.culprits));
		assert!(awarded <= taken / 2, "winners never get more than half");
		assert!(awarded + burnt <= taken);
		self.awards.push(Award { culprits, taken, awarded });
	}
}

impl Ledger {
	/// What was bonded behind the last block.
	pub(super) fn bond(&self, who: &AccountId, pledge: Pledge) -> Balance {
		let (provider, validator) = self.bonds.get(who).copied().unwrap_or_default();
		match pledge {
			Pledge::Provider => provider,
			Pledge::Validator => validator,
		}
	}

	/// Books what a false result or vote costs: max(100 × price, 10 % of the bond), capped by the bond.
	pub(super) fn book_slash(
		&mut self,
		job: JobId,
		culprit: &AccountId,
		(pledge, amount): (Pledge, Balance),
		price: Balance,
		slashes: &mut BTreeMap<JobId, Slashes>,
	) {
		let bond = self.bond(culprit, pledge);
		assert!(amount > 0 || bond == 0, "nobody is convicted for nothing");
		self.taken.note(culprit, pledge, amount, slash(price, bond));
		self.take(culprit, amount);
		self.checked += 1;
		let slashes = slashes.entry(job).or_default();
		if amount > 0 {
			slashes.taken += amount;
			slashes.culprits.push(culprit.clone());
		}
	}

	/// Who must get what was awarded, in equal parts: those who found the result wrong; of a right one whoever
	/// showed that an auditor has not worked, and whom an auditor has slandered.
	pub(super) fn awards(&self, id: &JobId, slashes: &Slashes) -> Vec<(AccountId, Balance)> {
		let parts = |award: &Award| {
			let winners = match slashes.overturned {
				true => self.finders(id),
				false => {
					let [culprit] = &award.culprits[..] else {
						panic!("each auditor pays for itself")
					};
					self.harmed(id, culprit)
				}
			};
			let count = winners.len() as Balance;
			let share = (award.taken / 2).checked_div(count).unwrap_or_default();
			// Who cannot be paid is known by then.
			let is_whole = award.awarded == share * count;
			assert!(is_whole || !self.left_out.is_empty(), "{id:?}: {} of {share}", award.awarded);
			winners.into_iter().map(move |winner| (winner, share)).collect::<Vec<_>>()
		};
		slashes.awards.iter().flat_map(parts).collect()
	}

	/// Those who found a result wrong: who played against it and won, and auditors who said so and were never
	/// refuted.
	pub(super) fn finders(&self, id: &JobId) -> BTreeSet<AccountId> {
		let entry = &self.jobs[id];
		let is_refuted = |auditor: &&AccountId| entry.refuted.iter().any(|(it, _)| it == *auditor);
		let right = entry.mismatches.iter().filter(|auditor| !is_refuted(auditor));
		right.chain(&entry.finders).cloned().collect()
	}

	/// Those whom an auditor has harmed, by not working or by slander.
	fn harmed(&self, id: &JobId, culprit: &AccountId) -> BTreeSet<AccountId> {
		let entry = &self.jobs[id];
		let slandered = entry.refuted.iter().filter(|(auditor, _)| auditor == culprit);
		let slandered =
			slandered.filter_map(|(_, accused)| accused.as_ref().or(entry.provider.as_ref()));
		entry.idle.get(culprit).into_iter().flatten().chain(slandered).cloned().collect()
	}
}
