// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What a node does, by itself, about games in which a side is silent that is right.
//!
//! Each audit key of a node is a key as any other, and has an account of its own. Who funds it says that the node may
//! stand in, and what the account has is all that the node may risk: it signs the call with that key, and plays on
//! with it.
//!
//! Nothing is remembered between two blocks here either. A transaction that is in no block yet is made again, with the
//! nonce that it had, and a pool keeps one of an account with the same nonce. When it is in a block, it has made the
//! move, or somebody else has.
//!
//! Many nodes may want a seat, and one gets it. The call of each other that hands in a transaction before it sees that
//! fails with `WrongStep`, which costs the fee and nothing else. So each waits for as many blocks as are drawn for it
//! out of half of a turn, and sees whether somebody who has drawn fewer has moved. The other half is for whoever then
//! finds the seat free still, because that transaction is lost, and for slower engines. An engine is asked as soon as
//! the side is silent, and not when the blocks are over: with a large model it needs some of them.

use crate::{
	offchain::Idle, Balance, Call, Config, DisputeOf, GameOf, Pallet, PlayerKey, LOG_TARGET,
};
use alloc::boxed::Box;
use codec::Encode;
use ergon_core::{
	crypto::audit::{self, AuditorId},
	JobId,
};
use ergon_exact::game::{Outcome, Turn};
use frame_support::traits::Get;
use frame_system::{
	offchain::{AppCrypto, SigningTypes, SubmitTransaction},
	pallet_prelude::BlockNumberFor,
};
use sp_io::hashing::blake2_256;
use sp_runtime::{
	traits::{IdentifyAccount, One, Saturating},
	SaturatedConversion,
};

/// An audit key as one of those that sign transactions.
type SignerOf<T> = <<T as Config>::StandInId as AppCrypto<
	<T as SigningTypes>::Public,
	<T as SigningTypes>::Signature,
>>::GenericPublic;

/// The account of an audit key that can hold a bond.
struct StandIn<T: Config> {
	key: AuditorId,
	signer: T::Public,
	account: T::AccountId,
}

impl<T: Config> StandIn<T> {
	fn of(key: &AuditorId) -> Self {
		let signer: T::Public = SignerOf::<T>::from(key.clone()).into();
		let account = signer.clone().into_account();
		Self { key: key.clone(), signer, account }
	}
}

impl<T: Config> Pallet<T> {
	/// Looks after a game in which no key of this node has the turn, and says what came of it.
	pub(crate) fn serve_silence(
		now: BlockNumberFor<T>,
		keys: &[PlayerKey],
		job: JobId,
		dispute: &DisputeOf<T>,
		game: &GameOf<T>,
	) {
		let side = game.turn;
		match Self::stand_in_for(now, keys, job, dispute, game) {
			Ok((account, bond)) => log::info!(
				target: LOG_TARGET,
				"job {job:?}: the {side:?} is silent, and right; {account:?} offers to take its seat, \
				with a bond of {bond}",
			),
			// Once, and not in each block of the turn.
			Err(Idle::TooPoor { key, missing }) if now == game.deadline => log::warn!(
				target: LOG_TARGET,
				"job {job:?}: the {side:?} is silent. This node would see whether it is right, and take its \
				seat, if the account of its audit key, {}, had {missing} more",
				audit::address(&key),
			),
			Err(idle) => {
				log::debug!(target: LOG_TARGET, "silence about job {job:?}: {idle:?}")
			}
		}
	}

	/// Takes the seat of a side that is silent, if it is right; says for which account, and with what bond.
	pub(crate) fn stand_in_for(
		now: BlockNumberFor<T>,
		keys: &[PlayerKey],
		job: JobId,
		dispute: &DisputeOf<T>,
		game: &GameOf<T>,
	) -> Result<(T::AccountId, Balance), Idle> {
		// What is submitted now gets into the next block at the earliest.
		let next = now.saturating_add(One::one());
		let last = Self::last_call(game);
		if next <= game.deadline {
			return Err(Idle::NotSilent);
		}
		if next > last {
			return Err(Idle::TooLate);
		}
		// It would play against itself.
		if game.seat(game.turn.opponent()).both().any(|player| keys.contains(&player.key)) {
			return Err(Idle::TakesPart);
		}
		let bond = Self::stand_in_bond(&job, game).ok_or(Idle::EvidenceGone)?;
		let StandIn { key, signer, account } = Self::find_stand_in(keys, dispute, bond)?;
		let order = Self::stand_in_order(&job);
		let turn = Self::next_turn(&job, order, last.saturating_sub(now).saturated_into())?;
		let step = dispute.step;
		if now < game.deadline.saturating_add(Self::delay(&job, step, &key)) {
			return Err(Idle::NotYet);
		}
		Self::try_turn(&job, game, &turn)?;
		let (turn, nonce) = (Box::new(turn), frame_system::Pallet::<T>::account_nonce(&account));
		let call = Call::<T>::stand_in { job, step, key: PlayerKey::Auditor(key), turn };
		let transaction = T::create_signed_transaction::<T::StandInId>(
			call.into(),
			signer,
			account.clone(),
			nonce,
		);
		let transaction = transaction.ok_or(Idle::SigningFailed)?;
		SubmitTransaction::<T, Call<T>>::submit_transaction(transaction)
			.map_err(|()| Idle::Refused)?;
		Ok((account, bond))
	}

	/// The first audit key of this node whose account has no part in a dispute and can hold a bond.
	fn find_stand_in(
		keys: &[PlayerKey],
		dispute: &DisputeOf<T>,
		bond: Balance,
	) -> Result<StandIn<T>, Idle> {
		let mut least: Option<(Balance, AuditorId)> = None;
		let mut takes_part = false;
		for key in keys {
			let PlayerKey::Auditor(key) = key else { continue };
			let stand_in = StandIn::<T>::of(key);
			if Self::takes_part(dispute, &stand_in.account) {
				takes_part = true;
				continue;
			}
			let missing = Self::missing(&stand_in.account, bond);
			if missing == 0 {
				return Ok(stand_in);
			}
			if least.as_ref().is_none_or(|(least, _)| missing < *least) {
				least = Some((missing, stand_in.key));
			}
		}
		Err(match least {
			Some((missing, key)) => Idle::TooPoor { key, missing },
			None if takes_part => Idle::TakesPart,
			None => Idle::NotOurTurn,
		})
	}

	/// Sees that a turn fits and does not lose at once, before anything is paid for it. An engine gives no other,
	/// unless it is of another version.
	fn try_turn(job: &JobId, game: &GameOf<T>, turn: &Turn) -> Result<(), Idle> {
		match Self::outcome(job, turn) {
			Ok(Outcome::Won(winner, _)) if winner != game.turn => Err(Idle::NothingToSay),
			Ok(_) => Ok(()),
			Err(_) => Err(Idle::Malformed),
		}
	}

	/// Blocks that a key waits behind the deadline of a move before it makes that.
	pub(crate) fn delay(job: &JobId, step: u32, key: &AuditorId) -> BlockNumberFor<T> {
		let half = T::TurnTime::get().saturated_into::<u64>() / 2;
		let [a, b, c, d, ..] = blake2_256(&(job, step, key).encode());
		let drawn = u64::from(u32::from_le_bytes([a, b, c, d]));
		drawn.checked_rem(half).unwrap_or_default().saturated_into()
	}
}
