// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Disputing results, and what comes of it.

use crate::{events, jobs::JobId, AccountId, Balance, Client};
use anyhow::Result;
use scale_decode::DecodeAsType;
use scale_encode::EncodeAsType;
use subxt::dynamic;
use subxt_signer::sr25519::Keypair;

/// What is said to be wrong; see `ergon_core::Fault`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType, EncodeAsType)]
pub enum Fault {
	/// The prompt's tokens.
	Prompt,
	/// A chunk of the answer.
	Chunk(u32),
	/// The answer's end.
	Ending,
}

/// What is disputed; see `pallet_disputes::Charge`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType, EncodeAsType)]
pub enum Charge {
	/// The result.
	Result(Fault),
	/// The work of an auditor.
	Work(AccountId),
}

/// A side of a game; see `ergon_exact::game::Side`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
pub enum Side {
	/// Who stands by what is disputed.
	Defender,
	/// Whoever says that it is wrong.
	Challenger,
}

/// How a game ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
pub struct GameOver {
	/// About which result.
	pub job: JobId,
	/// What was said to be wrong.
	pub charge: Charge,
	/// Who was right.
	pub winner: Side,
}

/// Somebody took the seat of a silent side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
pub struct StoodIn {
	/// About which result.
	pub job: JobId,
	/// The silent side.
	pub side: Side,
	/// Who.
	pub player: AccountId,
	/// What is held for it.
	pub bond: Balance,
}

/// Somebody lost a bond with a game.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
pub struct BondLost {
	/// About which result.
	pub job: JobId,
	/// Who.
	pub player: AccountId,
	/// How much.
	pub amount: Balance,
}

/// A key that signs moves; see `pallet_disputes::PlayerKey`.
#[derive(Clone, Debug, EncodeAsType)]
enum PlayerKey {
	/// An audit key.
	Auditor([u8; 32]),
}

/// Says that a result is wrong, with a key that no node has.
///
/// # Errors
///
/// When the node does not take the transaction, or the call fails.
pub async fn slander(client: &Client, signer: &Keypair, job: JobId, fault: Fault) -> Result<()> {
	let key = PlayerKey::Auditor([7; 32]);
	let call = dynamic::transaction("Disputes", "challenge", (job, Charge::Result(fault), key));
	crate::submit(client, signer, &call).await?;
	Ok(())
}

/// The games that ended in the blocks behind `from` up to and including `to`.
///
/// # Errors
///
/// When the node does not know one of the blocks.
pub async fn games(client: &Client, from: u64, to: u64) -> Result<Vec<GameOver>> {
	events::between(client, from, to, "Disputes", "GameOver").await
}

/// Who made the moves of the games about a result, one after the other, in the blocks behind `from` up to and including
/// `to`.
///
/// # Errors
///
/// When the node does not know one of the blocks.
pub async fn moves(client: &Client, from: u64, to: u64, job: JobId) -> Result<Vec<Side>> {
	#[derive(DecodeAsType)]
	struct Moved {
		job: JobId,
		side: Side,
	}
	let moves: Vec<Moved> = events::between(client, from, to, "Disputes", "Moved").await?;
	Ok(moves.into_iter().filter(|moved| moved.job == job).map(|moved| moved.side).collect())
}

/// Who took a seat in the blocks behind `from` up to and including `to`.
///
/// # Errors
///
/// When the node does not know one of the blocks.
pub async fn stood_in(client: &Client, from: u64, to: u64) -> Result<Vec<StoodIn>> {
	events::between(client, from, to, "Disputes", "StoodIn").await
}

/// Who lost a bond in the blocks behind `from` up to and including `to`.
///
/// # Errors
///
/// When the node does not know one of the blocks.
pub async fn bonds_lost(client: &Client, from: u64, to: u64) -> Result<Vec<BondLost>> {
	events::between(client, from, to, "Disputes", "BondLost").await
}
