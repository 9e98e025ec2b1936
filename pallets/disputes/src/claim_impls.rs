// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who says that a result is wrong.

use crate::{
	Accuser, Claim, Config, Dispute, DisputeOf, Disputes, Error, Event, Game, Pallet, Player,
	PlayerKey, Results, Stages,
};
use alloc::vec::Vec;
use ergon_core::{Fault, JobId};
use ergon_exact::game::{Side, Stage};
use frame_support::{defensive, ensure, traits::Get};
use sp_runtime::{traits::Saturating, BoundedVec, DispatchResult};

impl<T: Config> Pallet<T> {
	/// The dispute about a result, or an empty one.
	fn dispute_or_new(job: &JobId) -> Option<DisputeOf<T>> {
		if let Some(dispute) = Disputes::<T>::get(job) {
			return Some(dispute);
		}
		let (account, worker) = T::Results::provider(job)?;
		Some(Dispute {
			provider: Player { account, key: PlayerKey::Worker(worker), bond: 0 },
			step: 0,
			challenges: 0,
			game: None,
			waiting: Default::default(),
			refuted: Default::default(),
			finders: Default::default(),
		})
	}

	pub(crate) fn do_challenge(
		who: T::AccountId,
		job: JobId,
		fault: Fault,
		key: PlayerKey,
	) -> DispatchResult {
		let evidence = T::Results::evidence(&job).ok_or(Error::<T>::NoResult)?;
		let mut dispute = Self::dispute_or_new(&job).ok_or(Error::<T>::NoResult)?;
		let first = Stage::first(&evidence.bundle.output, fault);
		ensure!(first.is_some(), Error::<T>::NoSuchFault);
		ensure!(!Self::takes_part(&dispute, &who), Error::<T>::AlreadyPlaying);
		ensure!(
			dispute.challenges < T::MaxChallenges::get() && !dispute.waiting.is_full(),
			Error::<T>::TooManyChallenges
		);
		ensure!(dispute.finders.is_empty(), Error::<T>::KnownToBeWrong);
		let bond = Self::hold_bond(&who)?;
		dispute.challenges = dispute.challenges.saturating_add(1);
		Self::claim(job, &mut dispute, Player { account: who, key, bond }, fault);
		Self::start_next(job, &mut dispute);
		Disputes::<T>::insert(job, dispute);
		Ok(())
	}

	/// Auditors say that a result is wrong. Who names a part that there is not is refuted at once; claims
	/// for which there is no room are not played.
	pub fn accuse(job: &JobId, accusers: Vec<Accuser<T::AccountId>>) {
		let Some(mut dispute) = Self::dispute_or_new(job) else {
			defensive!("auditors vote on results that are there");
			return;
		};
		let output = T::Results::evidence(job).map(|evidence| evidence.bundle.output);
		for Accuser { auditor, key, fault } in accusers {
			if Self::takes_part(&dispute, &auditor) || !dispute.finders.is_empty() {
				continue;
			}
			if output.as_ref().is_none_or(|it| Stage::first(it, fault).is_none()) {
				let _ = dispute.refuted.try_push(auditor);
				continue;
			}
			let player = Player { account: auditor, key: PlayerKey::Auditor(key), bond: 0 };
			Self::claim(*job, &mut dispute, player, fault);
		}
		Self::start_next(*job, &mut dispute);
		Disputes::<T>::insert(job, dispute);
	}

	/// Whether an account is on one of the sides, or waits to be.
	pub(crate) fn takes_part(dispute: &DisputeOf<T>, account: &T::AccountId) -> bool {
		dispute.provider.account == *account
			|| dispute.game.as_ref().is_some_and(|game| game.has(account))
			|| dispute.waiting.iter().any(|claim| claim.challenger.account == *account)
	}

	fn claim(
		job: JobId,
		dispute: &mut DisputeOf<T>,
		challenger: Player<T::AccountId>,
		fault: Fault,
	) {
		let (account, bond) = (challenger.account.clone(), challenger.bond);
		if dispute.waiting.try_push(Claim { challenger, fault }).is_ok() {
			Self::deposit_event(Event::Claimed { job, challenger: account, fault, bond });
		}
	}

	/// Begins the next game, unless one is played or none waits.
	pub(crate) fn start_next(job: JobId, dispute: &mut DisputeOf<T>) {
		if dispute.game.is_some() || dispute.waiting.is_empty() {
			return;
		}
		let Claim { challenger, fault } = dispute.waiting.remove(0);
		let output = T::Results::evidence(&job).map(|evidence| evidence.bundle.output);
		let Some(first) = output.and_then(|output| Stage::first(&output, fault)) else {
			defensive!("claims are about parts of results that are there");
			return;
		};
		let now = frame_system::Pallet::<T>::block_number();
		let deadline = now.saturating_add(T::TurnTime::get());
		Self::deposit_event(Event::GameStarted {
			job,
			fault,
			challenger: challenger.account.clone(),
			deadline,
		});
		let one = |player| BoundedVec::truncate_from(Vec::from([player]));
		dispute.game = Some(Game {
			fault,
			defenders: one(dispute.provider.clone()),
			challengers: one(challenger),
			turn: Side::Defender,
			deadline,
		});
		Stages::<T>::insert(job, first);
	}
}
