// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Becoming a validator, and what comes of it.

use crate::{events, AccountId, Balance, Client, ClientAtBlock};
use anyhow::{bail, ensure, Context, Result};
use scale_decode::DecodeAsType;
use scale_encode::EncodeAsType;
use subxt::{
	dynamic,
	rpcs::{rpc_params, RpcClient},
};
use subxt_signer::sr25519::Keypair;

/// What whoever joins bonds.
pub const BOND: Balance = 2_000_000_000_000_000;
/// What each audit costs that a validator misses; see `MissPenalty` of the runtime.
pub const MISS_PENALTY: Balance = 1_000_000_000_000;

/// The keys of a session; see `ergon_runtime::SessionKeys`.
#[derive(Clone, Debug, EncodeAsType)]
struct SessionKeys {
	babe: [u8; 32],
	grandpa: [u8; 32],
	audit: [u8; 32],
}

/// Session keys that a node has made and keeps.
#[derive(Clone, Debug)]
pub struct MadeKeys {
	keys: Vec<u8>,
	proof: Vec<u8>,
}

/// Has the node at `url` make session keys for an account.
///
/// # Errors
///
/// When the node makes none.
pub async fn make_keys(url: &str, owner: AccountId) -> Result<MadeKeys> {
	#[derive(serde::Deserialize)]
	struct Generated {
		keys: String,
		proof: String,
	}
	let rpc = RpcClient::from_insecure_url(url).await?;
	let owner = format!("0x{}", hex::encode(owner));
	let made: Generated = rpc.request("author_rotateKeysWithOwner", rpc_params![owner]).await?;
	let keys = hex::decode(made.keys.trim_start_matches("0x"))?;
	ensure!(keys.len() == 3 * 32, "a session has three keys");
	Ok(MadeKeys { keys, proof: hex::decode(made.proof.trim_start_matches("0x"))? })
}

/// Whether the node at `url` has the secrets of session keys.
///
/// # Errors
///
/// When the node does not answer.
pub async fn has_keys(url: &str, made: &MadeKeys) -> Result<bool> {
	let rpc = RpcClient::from_insecure_url(url).await?;
	let keys = format!("0x{}", hex::encode(&made.keys));
	Ok(rpc.request("author_hasSessionKeys", rpc_params![keys]).await?)
}

/// Has the node at `url` make session keys, registers them for an account and makes it a candidate with
/// [`BOND`], as the guide for validators says.
///
/// # Errors
///
/// When the node makes no keys, or one of the calls fails.
pub async fn join(client: &Client, url: &str, owner: &Keypair) -> Result<()> {
	let MadeKeys { keys, proof } = make_keys(url, owner.public_key().0).await?;
	let key = |place: usize| -> Result<[u8; 32]> {
		Ok(keys.chunks_exact(32).nth(place).context("there are three")?.try_into()?)
	};
	let keys = SessionKeys { babe: key(0)?, grandpa: key(1)?, audit: key(2)? };
	crate::submit(client, owner, &dynamic::transaction("Session", "set_keys", (keys, proof)))
		.await?;
	let nobody: Option<AccountId> = None;
	crate::submit(client, owner, &dynamic::transaction("Power", "join", (BOND, nobody))).await?;
	Ok(())
}

/// The audit key that an account has registered, which is an account, too.
///
/// # Errors
///
/// When it has none.
pub async fn audit_key(at: &ClientAtBlock, who: AccountId) -> Result<AccountId> {
	#[derive(DecodeAsType)]
	struct Registered {
		audit: AccountId,
	}
	let address = dynamic::storage::<(AccountId,), Registered>("Session", "NextKeys");
	let keys = at.storage().try_fetch(address, (who,)).await?;
	Ok(keys.context("the account has no session keys")?.decode()?.audit)
}

/// Has a candidate leave; its seat is somebody else's two sessions later.
///
/// # Errors
///
/// When the call fails.
pub async fn leave(client: &Client, owner: &Keypair) -> Result<()> {
	crate::submit(client, owner, &dynamic::transaction("Power", "leave", ())).await?;
	Ok(())
}

/// Where a sprint stands; see `pallet_sprints::Phase`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
enum Phase {
	Waiting,
	Working { commit_by: u32 },
	Opening,
	Over,
	Cancelled,
}

/// Where the sprint of the era stands in one block; nothing before the first one.
async fn phase(at: &ClientAtBlock) -> Result<Option<Phase>> {
	#[derive(DecodeAsType)]
	struct Sprint {
		phase: Phase,
	}
	let address = dynamic::storage::<(), Sprint>("Sprints", "Current");
	let sprint = at.storage().try_fetch(address, ()).await?;
	Ok(sprint.map(|sprint| sprint.decode()).transpose()?.map(|sprint| sprint.phase))
}

/// Waits until the sprint of an era is over, or will not be held, and nobody has anything to show any more: who is
/// away then loses the next sprint, but nothing of the bond.
///
/// # Errors
///
/// When it is not over after `blocks` final blocks.
pub async fn wait_between_sprints(client: &Client, blocks: usize) -> Result<()> {
	let mut stream = client.stream_blocks().await?;
	for _ in 0..blocks {
		let block = stream.next().await.context("the node closed the stream of blocks")??;
		if matches!(phase(&block.at().await?).await?, Some(Phase::Over | Phase::Cancelled)) {
			return Ok(());
		}
	}
	bail!("no sprint was over in {blocks} final blocks")
}

/// Follows the best chain until a candidate has said what it has done in a sprint in which candidates still work, and
/// returns the era of that sprint at once, so that something can happen to the candidate in the middle of it.
///
/// # Errors
///
/// When it says nothing within `blocks` blocks.
pub async fn next_commitment(client: &Client, who: AccountId, blocks: usize) -> Result<u32> {
	#[derive(DecodeAsType)]
	struct Committed {
		era: u32,
		operator: AccountId,
	}
	let mut best = client.stream_best_blocks().await?;
	for _ in 0..blocks {
		let block = best.next().await.context("the node closed the stream of blocks")??;
		let at = block.at().await?;
		let Some(Phase::Working { commit_by }) = phase(&at).await? else { continue };
		// In the last block it would be over as soon as anything happens.
		if block.number() >= u64::from(commit_by) {
			continue;
		}
		let committed: Vec<Committed> = events::at(&at, "Sprints", "Committed").await?;
		if let Some(committed) = committed.iter().find(|committed| committed.operator == who) {
			return Ok(committed.era);
		}
	}
	bail!("the candidate has committed to nothing within {blocks} blocks")
}

/// Waits until a candidate has proved work in the sprint of an era, in a block that becomes final from now on.
///
/// # Errors
///
/// When it has failed in that sprint, or nothing is proved in the next `blocks` final blocks.
pub async fn wait_until_proved(
	client: &Client,
	who: AccountId,
	era: u32,
	blocks: usize,
) -> Result<()> {
	#[derive(DecodeAsType)]
	struct Proved {
		era: u32,
		operator: AccountId,
		work: u64,
	}
	let mut stream = client.stream_blocks().await?;
	for _ in 0..blocks {
		let block = stream.next().await.context("the node closed the stream of blocks")??;
		let at = block.at().await?;
		let proved: Vec<Proved> = events::at(&at, "Sprints", "Proved").await?;
		if proved.iter().any(|it| (it.operator, it.era) == (who, era) && it.work > 0) {
			return Ok(());
		}
		ensure!(sprints(&at, who).await?.failed == 0, "the candidate has failed in a sprint");
	}
	bail!("nothing of era {era} is proved in {blocks} final blocks")
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
	let told = at.events().fetch().await?;
	let proved: Vec<Proved> = events::among(told.iter(), "Sprints", "Proved")?;
	let failed: Vec<Failed> = events::among(told.iter(), "Sprints", "Failed")?;
	Ok(Sprints {
		proved: proved.iter().filter(|it| it.operator == who && it.work > 0).count() as u32,
		failed: failed.iter().filter(|it| it.operator == who).count() as u32,
	})
}

/// The era of a block.
///
/// # Errors
///
/// When the node does not answer.
pub async fn era(at: &ClientAtBlock) -> Result<u32> {
	let current = dynamic::storage::<(), u32>("Power", "CurrentEra");
	let era = at.storage().try_fetch(current, ()).await?;
	Ok(era.map(|era| era.decode()).transpose()?.unwrap_or_default())
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
	let era = era(at).await?;
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

/// The power of a candidate, which decides elections; nothing for others.
///
/// # Errors
///
/// When the node does not answer.
pub async fn power(at: &ClientAtBlock, who: AccountId) -> Result<u64> {
	#[derive(DecodeAsType)]
	struct PowerTerms {
		power: u64,
	}
	let call = dynamic::runtime_api_call::<_, Option<PowerTerms>>("ErgonApi", "power", (who,));
	Ok(at.runtime_apis().call(call).await?.map_or(0, |terms| terms.power))
}

/// Whether somebody who has no seat is elected in one block; the seat is for the session behind this one.
///
/// # Errors
///
/// When the node does not answer.
pub async fn enters(at: &ClientAtBlock, who: AccountId) -> Result<bool> {
	#[derive(DecodeAsType)]
	struct Elected {
		entering: Vec<AccountId>,
	}
	let elected: Vec<Elected> = events::at(at, "Power", "Elected").await?;
	Ok(elected.iter().any(|elected| elected.entering.contains(&who)))
}

/// How many audits a validator missed, by the blocks behind `from` up to and including `to`.
///
/// # Errors
///
/// When the node does not know one of the blocks.
pub async fn missed(client: &Client, who: AccountId, from: u64, to: u64) -> Result<u32> {
	#[derive(DecodeAsType)]
	struct DutyMissed {
		validator: AccountId,
	}
	let missed: Vec<DutyMissed> = events::between(client, from, to, "Power", "DutyMissed").await?;
	Ok(missed.iter().filter(|duty| duty.validator == who).count() as u32)
}
