// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What disputes must cost, by who played on which side.

use super::{slash, slashes::Pledge, Entry, Ledger};
use ergon_core::JobId;
use ergon_exact::game::Side;
use ergon_runtime::{constants::ERG, AccountId, Balance, Runtime};
use pallet_disputes::Charge;
use std::{collections::BTreeSet, iter};

/// The least that a challenger puts at stake, and who stands in for a side.
const CHALLENGE_BOND: Balance = 100 * ERG;

/// What somebody says.
#[derive(Clone, Debug)]
pub(super) struct Claim {
	challenger: AccountId,
	charge: Charge<AccountId>,
	bond: Balance,
}

/// Somebody who plays, and what is held for it.
type Player = (AccountId, Balance);

/// A side of a game.
#[derive(Clone, Debug)]
struct Seat {
	/// Whose matter it is.
	party: Player,
	/// Who has taken its place, from whoever was there before.
	stand_in: Option<Player>,
}

impl Seat {
	fn of(party: Player) -> Self {
		Self { party, stand_in: None }
	}

	/// Who alone answers for a loss.
	fn player(&self) -> &Player {
		self.stand_in.as_ref().unwrap_or(&self.party)
	}

	/// Who shares a win.
	fn both(&self) -> BTreeSet<AccountId> {
		iter::once(&self.party).chain(&self.stand_in).map(|(account, _)| account.clone()).collect()
	}
}

/// A game that is played.
#[derive(Clone, Debug)]
pub(super) struct Game {
	charge: Charge<AccountId>,
	defender: Seat,
	challenger: Seat,
}

impl Game {
	fn seat(&self, side: Side) -> &Seat {
		match side {
			Side::Defender => &self.defender,
			Side::Challenger => &self.challenger,
		}
	}

	fn seat_mut(&mut self, side: Side) -> &mut Seat {
		match side {
			Side::Defender => &mut self.defender,
			Side::Challenger => &mut self.challenger,
		}
	}
}

/// What somebody put at stake who stood in for a side.
#[derive(Debug)]
pub(super) struct Stake {
	bond: Balance,
	/// What it had to be if the bonds of these are what they were behind the block before.
	due: Balance,
	of: Vec<(AccountId, Pledge)>,
}

impl Stake {
	/// It is what it had to be, unless one of the bonds has changed in the same block. Says whether it was compared.
	pub(super) fn compare(&self, is_settled: impl Fn(&AccountId, Pledge) -> bool) -> bool {
		let is_known = self.of.iter().all(|(who, pledge)| is_settled(who, *pledge));
		assert!(!is_known || self.bond == self.due, "who stood in had to put at stake: {self:?}");
		is_known
	}
}

/// What a game that is over still has to come to.
#[derive(Clone, Debug, Default)]
pub(super) struct Due {
	/// The bond that is lost.
	lost: Option<Player>,
	/// What of it is awarded, and what is burnt.
	shared: Option<(Balance, Balance)>,
}

impl Due {
	pub(super) fn is_done(&self) -> bool {
		self.lost.is_none() && self.shared.is_none()
	}
}

/// What a challenger puts at stake.
fn challenge_bond(entry: &Entry) -> Balance {
	CHALLENGE_BOND.max(entry.price)
}

impl Ledger {
	pub(super) fn book_dispute(&mut self, event: pallet_disputes::Event<Runtime>) {
		use pallet_disputes::Event::*;
		match event {
			Claimed { job, challenger, charge, bond } => {
				let entry = self.job(&job);
				// Who found it wrong says so, and who found it right says who has not looked.
				let auditors = match charge {
					Charge::Result(_) => &entry.mismatches,
					Charge::Work(_) => &entry.matches,
				};
				// An auditor may bond too, before it is heard.
				let has_a_say =
					auditors.contains(&challenger) || entry.rivals.contains(&challenger);
				assert!(bond == challenge_bond(entry) || (bond == 0 && has_a_say));
				entry.claims.push(Claim { challenger, charge, bond });
			}
			GameStarted { job, charge, defender, challenger, .. } => {
				let entry = self.job(&job);
				let stands_by = match &charge {
					Charge::Result(_) => entry.provider.as_ref(),
					Charge::Work(auditor) => Some(auditor),
				};
				assert_eq!(stands_by, Some(&defender));
				let is_it =
					|claim: &Claim| claim.challenger == challenger && claim.charge == charge;
				let place = entry.claims.iter().position(is_it).expect("it was claimed before");
				let bond = entry.claims.remove(place).bond;
				let (defender, challenger) =
					(Seat::of((defender, 0)), Seat::of((challenger, bond)));
				let before = entry.game.replace(Game { charge, defender, challenger });
				assert!(before.is_none(), "one game is played at a time");
			}
			StoodIn { job, side, player, bond } => {
				let stake = self.stake(&job, side, bond);
				self.staked.push(stake);
				let game = self.job(&job).game.as_mut().expect("somebody is silent in it");
				game.seat_mut(side).stand_in = Some((player, bond));
			}
			GameOver { job, charge, winner, .. } => self.end_game(job, charge, winner),
			BondLost { job, player, amount } => {
				let due = self.due.get_mut(&job).expect("a game is over");
				assert_eq!(due.lost.take(), Some((player, amount)));
			}
			Awarded { job, awarded, burnt } => {
				let due = self.due.get_mut(&job).expect("a game is over");
				assert_eq!(due.shared.take(), Some((awarded, burnt)));
			}
			Moved { .. } | __Ignore(..) => {}
		}
	}

	/// What somebody puts at stake who stands in for a side: as much as a challenger, as the party if that is one, and
	/// as all together would lose who lose nothing if the game is lost in their place.
	fn stake(&self, job: &JobId, side: Side, bond: Balance) -> Stake {
		let entry = &self.jobs[job];
		let game = entry.game.as_ref().expect("somebody is silent in it");
		let (party, held) = &game.seat(side).party;
		let voter = |auditor: &AccountId| (auditor.clone(), Pledge::Validator);
		let of: Vec<_> = match (side, &game.charge) {
			// A challenger has nothing else to lose.
			_ if *held > 0 => Vec::new(),
			// The provider, and all auditors who found the result right or may still vote.
			(Side::Defender, Charge::Result(_)) => {
				let provider = entry.provider.clone().expect("somebody did it");
				let is_behind_it = |auditor: &&AccountId| {
					!entry.mismatches.contains(*auditor) && !entry.silent.contains(*auditor)
				};
				let auditors = entry.drawn.iter().filter(is_behind_it).map(voter);
				iter::once((provider, entry.pledge)).chain(auditors).collect()
			}
			// An auditor; or the provider of another replica, which has its own result to answer for.
			_ => entry.drawn.get(party).map(voter).into_iter().collect(),
		};
		let loss = |(who, pledge): &(AccountId, Pledge)| {
			let worth = match pledge {
				Pledge::Provider => entry.price,
				// Whichever is more: what the job costs, or what auditing it earns.
				Pledge::Validator => entry.price.max(entry.audit_pay),
			};
			slash(worth, self.bond(who, *pledge))
		};
		let losses: Balance = of.iter().map(loss).sum();
		let least = challenge_bond(entry).max(*held);
		assert!(bond >= least, "{bond} is at stake in {job:?}, and not {least}");
		Stake { bond, due: least.max(losses), of }
	}

	/// Who played for the side that lost loses what is held for it; half of that is the winners', in equal parts. For
	/// whom it stood in loses nothing.
	fn end_game(&mut self, job: JobId, charge: Charge<AccountId>, winner: Side) {
		let entry = self.job(&job);
		let game = entry.game.take().expect("it was played");
		assert_eq!(game.charge, charge);
		let winners = game.seat(winner).both();
		let losers = game.seat(winner.opponent()).clone();
		let is_spared = losers.stand_in.is_some();
		match (winner, charge) {
			(Side::Defender, charge) => {
				let (party, bond) = &losers.party;
				if *bond == 0 && !is_spared {
					entry.refuted.push((party.clone(), charge.auditor().cloned()));
				}
			}
			(Side::Challenger, Charge::Result(_)) => {
				entry.finders.extend(winners.iter().cloned());
				entry.is_spared = is_spared;
				entry.claims.clear();
			}
			(Side::Challenger, Charge::Work(auditor)) => {
				let is_moot = |claim: &Claim| claim.charge == Charge::Work(auditor.clone());
				entry.claims.retain(|claim| !is_moot(claim));
				if !is_spared {
					assert_eq!(entry.idle.insert(auditor, winners.clone()), None, "once");
				}
			}
		}
		let (loser, bond) = losers.player().clone();
		let mut due = Due::default();
		if bond > 0 {
			let share = bond / 2 / winners.len() as Balance;
			let awarded = share * winners.len() as Balance;
			self.take(&loser, bond);
			winners.iter().for_each(|winner| self.give(winner, share));
			self.checked += 1;
			due = Due { lost: Some((loser, bond)), shared: Some((awarded, bond - awarded)) };
		}
		let before = self.due.insert(job, due);
		assert!(before.is_none_or(|due| due.is_done()), "the game before was settled");
	}
}
