// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Becoming a validator, and what comes of it.

use crate::{AccountId, Balance, Client, ClientAtBlock};
use anyhow::{ensure, Context, Result};
use scale_decode::DecodeAsType;
use scale_encode::EncodeAsType;
use subxt::{dynamic, rpcs::RpcClient};
use subxt_signer::sr25519::Keypair;

/// The keys of a session; see `ergon_runtime::SessionKeys`.
#[derive(Clone, Debug, EncodeAsType)]
struct SessionKeys {
	babe: [u8; 32],
	grandpa: [u8; 32],
	audit: [u8; 32],
}

/// Has the node at `url` make session keys, registers them for an account and makes it a candidate, as the
/// guide for validators says.
///
/// # Errors
///
/// When the node makes no keys, or one of the calls fails.
pub async fn join(client: &Client, url: &str, owner: &Keypair, bond: Balance) -> Result<()> {
	#[derive(serde::Deserialize)]
	struct Generated {
		keys: String,
		proof: String,
	}
	let rpc = RpcClient::from_insecure_url(url).await?;
	let account = format!("0x{}", hex::encode(owner.public_key().0));
	let made: Generated =
		rpc.request("author_rotateKeysWithOwner", subxt::rpcs::rpc_params![account]).await?;
	let keys = hex::decode(made.keys.trim_start_matches("0x"))?;
	ensure!(keys.len() == 3 * 32, "a session has three keys");
	let key = |place: usize| -> Result<[u8; 32]> {
		Ok(keys.chunks_exact(32).nth(place).context("there are three")?.try_into()?)
	};
	let keys = SessionKeys { babe: key(0)?, grandpa: key(1)?, audit: key(2)? };
	let proof = hex::decode(made.proof.trim_start_matches("0x"))?;
	crate::submit(client, owner, &dynamic::transaction("Session", "set_keys", (keys, proof)))
		.await?;
	let nobody: Option<AccountId> = None;
	crate::submit(client, owner, &dynamic::transaction("Power", "join", (bond, nobody))).await?;
	Ok(())
}

/// What became of a candidate's sprints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sprints {
	/// Sprints in which it has proved work.
	pub proved: u32,
	/// Sprints in which it has failed.
	pub failed: u32,
}

/// Counts the sprints of a candidate in one block.
///
/// # Errors
///
/// When the node does not answer.
pub async fn sprints(at: &ClientAtBlock, who: AccountId) -> Result<Sprints> {
	#[derive(DecodeAsType)]
	struct Proved {
		operator: AccountId,
		work: u64,
	}
	#[derive(DecodeAsType)]
	struct Failed {
		operator: AccountId,
	}
	let mut sprints = Sprints::default();
	for event in at.events().fetch().await?.iter() {
		let event = event?;
		match (event.pallet_name(), event.event_name()) {
			("Sprints", "Proved") => {
				let proved = event.decode_fields_unchecked_as::<Proved>()?;
				sprints.proved += u32::from(proved.operator == who && proved.work > 0);
			}
			("Sprints", "Failed") => {
				let failed = event.decode_fields_unchecked_as::<Failed>()?;
				sprints.failed += u32::from(failed.operator == who);
			}
			_ => {}
		}
	}
	Ok(sprints)
}

/// Whether an account has made a block in this era.
///
/// # Errors
///
/// When the node does not answer.
pub async fn has_authored(at: &ClientAtBlock, who: AccountId) -> Result<bool> {
	#[derive(DecodeAsType)]
	struct EraWork {
		authored: u32,
	}
	let current = dynamic::storage::<(), u32>("Power", "CurrentEra");
	let era = at.storage().try_fetch(current, ()).await?;
	let era = era.map(|era| era.decode()).transpose()?.unwrap_or_default();
	let address = dynamic::storage::<(u32, AccountId), EraWork>("Rewards", "EraWorks");
	let work = at.storage().try_fetch(address, (era, who)).await?;
	Ok(work.map(|work| work.decode()).transpose()?.is_some_and(|work| work.authored > 0))
}

/// The bond of a candidate; nothing for others.
///
/// # Errors
///
/// When the node does not answer.
pub async fn bond(at: &ClientAtBlock, who: AccountId) -> Result<Balance> {
	#[derive(DecodeAsType)]
	struct Candidate {
		bond: Balance,
	}
	let address = dynamic::storage::<(AccountId,), Candidate>("Power", "Candidates");
	let candidate = at.storage().try_fetch(address, (who,)).await?;
	Ok(candidate.map(|it| it.decode()).transpose()?.map_or(0, |candidate| candidate.bond))
}
