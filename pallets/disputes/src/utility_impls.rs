// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What the rest of the pallet asks, and what must always be true.

use crate::{Config, Pallet};
use ergon_core::H256;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::Zero;

impl<T: Config> Pallet<T> {
	/// The hash of the first block, which every signature covers.
	pub(crate) fn genesis_hash() -> H256 {
		frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero())
	}

	#[cfg(any(test, feature = "try-runtime"))]
	pub(crate) fn do_try_state() -> Result<(), sp_runtime::TryRuntimeError> {
		use crate::{Balance, Disputes, Groundworks, HoldReason, Stages, MAX_TURN_BYTES};
		use alloc::collections::{BTreeMap, BTreeSet};
		use codec::Encode;
		use frame_support::{
			ensure,
			traits::{fungible::InspectHold, Get},
		};

		let mut held = BTreeMap::<T::AccountId, Balance>::new();
		for (job, dispute) in Disputes::<T>::iter() {
			let stage = Stages::<T>::get(job);
			match (&dispute.game, &stage) {
				(Some(game), Some(stage)) => {
					ensure!(game.turn == stage.turn(), "a game and its stage name another turn");
				}
				(None, None) => {
					ensure!(dispute.waiting.is_empty(), "claims wait, and no game is played");
				}
				_ => return Err("a game has no stage, or a stage no game".into()),
			}
			ensure!(
				dispute.finders.is_empty() || dispute.game.is_none(),
				"a game is played although the result is known to be wrong",
			);
			ensure!(dispute.challenges <= T::MaxChallenges::get(), "there are too many challenges");
			ensure!(dispute.objections <= T::MaxObjections::get(), "there are too many objections");
			ensure!(
				dispute.challenges.saturating_add(dispute.objections) <= dispute.claims,
				"claims of a kind are more than all",
			);
			ensure!(dispute.claims <= T::MaxClaims::get(), "there are too many claims");
			let (mut players, mut bonded) = (BTreeSet::new(), BTreeSet::new());
			let playing = || dispute.game.iter().flat_map(|game| game.players());
			ensure!(
				playing().all(|player| players.insert(&player.account)),
				"somebody plays twice",
			);
			ensure!(
				dispute
					.game
					.iter()
					.flat_map(|game| [&game.defender, &game.challenger])
					.all(|seat| seat.stand_in.as_ref().is_none_or(|it| it.bond >= seat.party.bond)),
				"who stands in has less at stake than the party",
			);
			ensure!(
				!dispute.spared || !dispute.finders.is_empty(),
				"a provider is spared whose result stands",
			);
			let waiting = dispute.waiting.iter().map(|claim| &claim.challenger);
			for player in playing().chain(waiting) {
				ensure!(
					player.bond == 0 || bonded.insert(player.account.clone()),
					"somebody has bonded twice on a dispute",
				);
				let sum = held.entry(player.account.clone()).or_default();
				*sum = sum.saturating_add(player.bond);
			}
		}
		for account in frame_system::Account::<T>::iter_keys() {
			let reason = HoldReason::ChallengeBond.into();
			let bonds = held.remove(&account).unwrap_or_default();
			ensure!(
				T::Currency::balance_on_hold(&reason, &account) == bonds,
				"what is held for disputes is not what the records say",
			);
		}
		ensure!(held.values().all(|bonds| *bonds == 0), "somebody without an account has a bond");
		let is_disputed = |job: &_| Disputes::<T>::contains_key(job);
		ensure!(Stages::<T>::iter_keys().all(|job| is_disputed(&job)), "a stage has no dispute");
		for (job, groundwork) in Groundworks::<T>::iter() {
			ensure!(is_disputed(&job), "groundwork has no dispute");
			ensure!(
				groundwork.encoded_size() <= MAX_TURN_BYTES as usize,
				"groundwork is larger than a turn",
			);
		}
		Ok(())
	}
}
