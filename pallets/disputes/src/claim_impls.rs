// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who says that a result, or an audit of it, is wrong.

use crate::{
	Accuser, Charge, Claim, Config, Dispute, DisputeOf, Disputes, Error, Event, Game, Pallet,
	Player, PlayerKey, PlayerOf, Refuted, Results, Seat, Stages,
};
use alloc::vec::Vec;
use ergon_core::JobId;
use ergon_exact::game::{Side, Stage};
use frame_support::{defensive, defensive_assert, ensure, traits::Get};
use sp_runtime::{traits::Saturating, DispatchResult};

impl<T: Config> Pallet<T> {
	/// The dispute about a result, or an empty one.
	fn dispute_or_new(job: &JobId) -> Option<DisputeOf<T>> {
		if let Some(dispute) = Disputes::<T>::get(job) {
			return Some(dispute);
		}
		let (account, key) = T::Results::provider(job)?;
		Some(Dispute {
			provider: Player { account, key, bond: 0 },
			step: 0,
			claims: 0,
			challenges: 0,
			objections: 0,
			game: None,
			waiting: Default::default(),
			refuted: Default::default(),
			idle: Default::default(),
			finders: Default::default(),
			spared: false,
		})
	}

	/// Who defends against a charge, and where the game about it begins.
	fn opening(
		job: &JobId,
		dispute: &DisputeOf<T>,
		charge: &Charge<T::AccountId>,
	) -> Result<(PlayerOf<T>, Stage), Error<T>> {
		match charge {
			Charge::Result(fault) => {
				let evidence = T::Results::evidence(job).ok_or(Error::<T>::NoResult)?;
				let first = Stage::first(&evidence.bundle.output, *fault);
				Ok((dispute.provider.clone(), first.ok_or(Error::<T>::NoSuchFault)?))
			}
			Charge::Work(auditor) => {
				let work = T::Results::work(job, auditor).ok_or(Error::<T>::NoSuchAudit)?;
				let key = PlayerKey::Auditor(work.key);
				let player = Player { account: auditor.clone(), key, bond: 0 };
				let (challenge, digest) = (work.challenge, work.digest);
				Ok((player, Stage::Work { challenge, digest }))
			}
		}
	}

	pub(crate) fn do_challenge(
		who: T::AccountId,
		job: JobId,
		charge: Charge<T::AccountId>,
		key: PlayerKey,
	) -> DispatchResult {
		let mut dispute = Self::dispute_or_new(&job).ok_or(Error::<T>::NoResult)?;
		let (defender, _) = Self::opening(&job, &dispute, &charge)?;
		let takes_part = Self::takes_part(&dispute, &who) || defender.account == who;
		ensure!(!takes_part, Error::<T>::AlreadyPlaying);
		ensure!(dispute.challenges < T::MaxChallenges::get(), Error::<T>::TooManyChallenges);
		ensure!(!Self::is_decided(&dispute, &charge), Error::<T>::KnownToBeWrong);
		let bond = Self::bond_of(&job).ok_or(Error::<T>::NoResult)?;
		let bond = Self::hold_bond(&who, bond)?;
		Self::claim(job, &mut dispute, Player { account: who, key, bond }, charge);
		Self::start_next(job, &mut dispute);
		Disputes::<T>::insert(job, dispute);
		Ok(())
	}

	/// Auditors, or providers of other replicas, say that something is wrong. Who names a part that there is not
	/// is refuted at once; objections for which there is no room are not played, and neither is anything said
	/// twice.
	pub fn accuse(job: &JobId, accusers: Vec<Accuser<T::AccountId>>) {
		let Some(mut dispute) = Self::dispute_or_new(job) else {
			defensive!("results that are there are accused");
			return;
		};
		for Accuser { auditor, key, charge } in accusers {
			let (heard, most) = match &charge {
				Charge::Result(_) => (dispute.claims, T::MaxClaims::get()),
				Charge::Work(_) => (dispute.objections, T::MaxObjections::get()),
			};
			if heard >= most || Self::is_decided(&dispute, &charge) {
				continue;
			}
			let defender = match Self::opening(job, &dispute, &charge) {
				Ok((defender, _)) => defender.account,
				Err(_) => {
					Self::count(&mut dispute, &charge, false);
					Self::note_refuted(&mut dispute, auditor, &charge);
					continue;
				}
			};
			if auditor == defender || Self::is_claimed(&dispute, &auditor, &charge) {
				continue;
			}
			let player = Player { account: auditor, key, bond: 0 };
			Self::claim(*job, &mut dispute, player, charge);
		}
		Self::start_next(*job, &mut dispute);
		Disputes::<T>::insert(job, dispute);
	}

	/// Whether an account defends the result, plays or waits to play.
	pub(crate) fn takes_part(dispute: &DisputeOf<T>, account: &T::AccountId) -> bool {
		dispute.provider.account == *account
			|| dispute.game.as_ref().is_some_and(|game| game.has(account))
			|| dispute.waiting.iter().any(|claim| claim.challenger.account == *account)
	}

	/// Whether what a charge is about was shown to be wrong.
	fn is_decided(dispute: &DisputeOf<T>, charge: &Charge<T::AccountId>) -> bool {
		let is_idle = match charge {
			Charge::Result(_) => false,
			Charge::Work(auditor) => dispute.idle.iter().any(|idle| idle.auditor == *auditor),
		};
		is_idle || !dispute.finders.is_empty()
	}

	/// Whether an auditor has claimed that, or something else of the same kind.
	fn is_claimed(
		dispute: &DisputeOf<T>,
		auditor: &T::AccountId,
		charge: &Charge<T::AccountId>,
	) -> bool {
		let about = charge.auditor();
		let played = dispute.game.iter().any(|game| {
			game.charge.auditor() == about
				&& game.challenger.both().any(|player| player.account == *auditor)
		});
		let waits = dispute
			.waiting
			.iter()
			.any(|claim| claim.charge.auditor() == about && claim.challenger.account == *auditor);
		let refuted = Refuted { auditor: auditor.clone(), accused: about.cloned() };
		played || waits || dispute.refuted.contains(&refuted)
	}

	pub(crate) fn note_refuted(
		dispute: &mut DisputeOf<T>,
		auditor: T::AccountId,
		charge: &Charge<T::AccountId>,
	) {
		let refuted = Refuted { auditor, accused: charge.auditor().cloned() };
		let noted = dispute.refuted.try_push(refuted);
		defensive_assert!(noted.is_ok(), "no more are refuted than there are claims");
	}

	/// Counts a claim.
	fn count(dispute: &mut DisputeOf<T>, charge: &Charge<T::AccountId>, is_bonded: bool) {
		dispute.claims = dispute.claims.saturating_add(1);
		match (is_bonded, charge) {
			(true, _) => dispute.challenges = dispute.challenges.saturating_add(1),
			(false, Charge::Work(_)) => dispute.objections = dispute.objections.saturating_add(1),
			(false, Charge::Result(_)) => {}
		}
	}

	fn claim(
		job: JobId,
		dispute: &mut DisputeOf<T>,
		challenger: PlayerOf<T>,
		charge: Charge<T::AccountId>,
	) {
		let (account, bond) = (challenger.account.clone(), challenger.bond);
		Self::count(dispute, &charge, bond > 0);
		// Who was drawn to look is heard before whoever bonds, of whom there may be many.
		let mut waiting = dispute.waiting.iter();
		let first_bonded = waiting.position(|claim| bond == 0 && claim.challenger.bond > 0);
		let place = first_bonded.unwrap_or(dispute.waiting.len());
		let claim = Claim { challenger, charge: charge.clone() };
		match dispute.waiting.try_insert(place, claim) {
			Ok(()) => {
				Self::deposit_event(Event::Claimed { job, challenger: account, charge, bond });
			}
			Err(_) => {
				defensive!("no more wait than there are claims");
			}
		}
	}

	/// Begins the next game, unless one is played or none waits.
	pub(crate) fn start_next(job: JobId, dispute: &mut DisputeOf<T>) {
		while dispute.game.is_none() && !dispute.waiting.is_empty() {
			let Claim { challenger, charge } = dispute.waiting.remove(0);
			let Ok((defender, first)) = Self::opening(&job, dispute, &charge) else {
				defensive!("claims are about parts of results that are there");
				Self::release_bond(&challenger);
				continue;
			};
			let now = frame_system::Pallet::<T>::block_number();
			let deadline = now.saturating_add(T::TurnTime::get());
			Self::deposit_event(Event::GameStarted {
				job,
				charge: charge.clone(),
				defender: defender.account.clone(),
				challenger: challenger.account.clone(),
				deadline,
			});
			dispute.game = Some(Game {
				charge,
				defender: Seat::of(defender),
				challenger: Seat::of(challenger),
				turn: Side::Defender,
				deadline,
			});
			Stages::<T>::insert(job, first);
		}
	}
}
