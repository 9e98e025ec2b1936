// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who makes blocks, and whose votes make them final.

use crate::{AccountId, Client, ClientAtBlock};
use anyhow::{bail, Context, Result};
use std::ops::RangeInclusive;
use subxt::{config::substrate::DigestItem, dynamic};

/// What the validators of a session weigh in votes on finality.
#[derive(Clone, Debug)]
pub struct Weights(Vec<(AccountId, u64)>);

impl Weights {
	/// Those that count in the state of a block.
	///
	/// # Errors
	///
	/// When the node does not answer.
	pub async fn at(at: &ClientAtBlock) -> Result<Self> {
		let votes = dynamic::storage::<(), Vec<([u8; 32], u64)>>("Grandpa", "Authorities");
		let votes = at.storage().fetch(votes, ()).await?.decode()?;
		let weights = votes.into_iter().map(|(_, weight)| weight);
		Ok(Self(validators(at).await?.into_iter().zip(weights).collect()))
	}

	/// Whether those who are left can finalise blocks when some are gone: GRANDPA wants all the
	/// weight but (total − 1) / 3 of it, rounded down.
	pub fn finalise_without(&self, gone: &[AccountId]) -> bool {
		let sum = |gone: &[AccountId]| -> u64 {
			let left = self.0.iter().filter(|(who, _)| !gone.contains(who));
			left.map(|(_, weight)| weight).sum()
		};
		let total = sum(&[]);
		sum(gone) >= total - total.saturating_sub(1) / 3
	}
}

/// The validators of a session, in the order in which the chain counts them.
///
/// # Errors
///
/// When the node does not answer.
pub async fn validators(at: &ClientAtBlock) -> Result<Vec<AccountId>> {
	let address = dynamic::storage::<(), Vec<AccountId>>("Session", "Validators");
	Ok(at.storage().fetch(address, ()).await?.decode()?)
}

/// Waits until somebody is one of the validators in a final block.
///
/// # Errors
///
/// When it is none of them after `blocks` final blocks.
pub async fn wait_until_validator(client: &Client, who: AccountId, blocks: usize) -> Result<()> {
	let mut stream = client.stream_blocks().await?;
	for _ in 0..blocks {
		let block = stream.next().await.context("the node closed the stream of blocks")??;
		if validators(&block.at().await?).await?.contains(&who) {
			return Ok(());
		}
	}
	bail!("it is no validator after {blocks} final blocks")
}

/// Waits until the set of those who vote on finality has changed so often, since genesis, in a final block.
///
/// # Errors
///
/// When it has not after `blocks` final blocks.
pub async fn wait_for_set_changes(client: &Client, changes: u64, blocks: usize) -> Result<()> {
	let mut stream = client.stream_blocks().await?;
	let mut set = 0;
	for _ in 0..blocks {
		let block = stream.next().await.context("the node closed the stream of blocks")??;
		let address = dynamic::storage::<(), u64>("Grandpa", "CurrentSetId");
		set = block.at().await?.storage().fetch(address, ()).await?.decode()?;
		if set >= changes {
			return Ok(());
		}
	}
	bail!("after {blocks} final blocks this is set number {set}")
}

/// Who has made a block.
///
/// # Errors
///
/// When the node does not answer, or the block does not say it.
pub async fn author(at: &ClientAtBlock) -> Result<AccountId> {
	author_by(at, claim(at).await?.place).await
}

async fn author_by(at: &ClientAtBlock, place: u32) -> Result<AccountId> {
	let validators = validators(at).await?;
	Ok(*validators.get(place as usize).context("the author is no validator")?)
}

/// Who has made those of some blocks that were made by luck, one for each block: in a primary slot, in which each
/// validator draws by its weight. The other slots go round, by heads.
///
/// # Errors
///
/// When the node does not answer, or has no state of these blocks any more.
pub async fn primary_authors(
	client: &Client,
	blocks: RangeInclusive<u64>,
) -> Result<Vec<AccountId>> {
	let mut authors = Vec::new();
	for number in blocks {
		let at = client.at_block(number).await?;
		let claim = claim(&at).await?;
		if claim.is_primary {
			authors.push(author_by(&at, claim.place).await?);
		}
	}
	Ok(authors)
}

/// The slot of a block: slots are three seconds long, and not each of them has a block.
///
/// # Errors
///
/// When the node does not answer, or the block does not say it.
pub async fn slot(at: &ClientAtBlock) -> Result<u64> {
	Ok(claim(at).await?.slot)
}

/// By what right a block was made.
struct Claim {
	/// Whether the author had the luck that weight buys.
	is_primary: bool,
	/// Place of the author among the validators.
	place: u32,
	slot: u64,
}

async fn claim(at: &ClientAtBlock) -> Result<Claim> {
	let header = at.block_header().await?;
	let claim = header.digest.logs.iter().find_map(|item| match item {
		DigestItem::PreRuntime(engine, claim) if engine == b"BABE" => Some(claim),
		_ => None,
	});
	// `sp_consensus_babe::digests::PreDigest`, whose first kind is the primary one. All kinds begin with place
	// and slot.
	let (kind, claim) = claim.and_then(|it| it.split_first()).context("the block has no author")?;
	let (place, rest) = claim.split_first_chunk().context("the claim has no place")?;
	let (slot, _) = rest.split_first_chunk().context("the claim has no slot")?;
	let (place, slot) = (u32::from_le_bytes(*place), u64::from_le_bytes(*slot));
	Ok(Claim { is_primary: *kind == 1, place, slot })
}

/// Waits until a validator has made one of the blocks that become final from now on.
///
/// # Errors
///
/// When it has made none of the next `blocks` final ones.
pub async fn wait_until_authored(client: &Client, who: AccountId, blocks: usize) -> Result<()> {
	let now = finalised(client).await?;
	let mut stream = client.stream_blocks().await?;
	for _ in 0..blocks {
		let block = stream.next().await.context("the node closed the stream of blocks")??;
		if block.number() > now && author(&block.at().await?).await? == who {
			return Ok(());
		}
	}
	bail!("the validator has made none of {blocks} final blocks")
}

/// Waits until a block is final for another node, as it is for the one that `at` is of.
///
/// # Errors
///
/// When it is not after `blocks` more final blocks.
pub async fn wait_until_agreed(at: &ClientAtBlock, other: &Client, blocks: usize) -> Result<()> {
	let height = at.block_number();
	let mut stream = at.online_client().stream_blocks().await?;
	for _ in 0..blocks {
		// A node that is catching up may have nothing to say about it yet.
		let is_final = finalised(other).await.is_ok_and(|known| known >= height);
		if is_final && other.at_block(height).await?.block_hash() == at.block_hash() {
			return Ok(());
		}
		stream.next().await.context("the node closed the stream of blocks")??;
	}
	bail!("the nodes do not agree on block {height} after {blocks} final blocks")
}

/// The number of the last final block.
///
/// # Errors
///
/// When the node does not answer.
pub async fn finalised(client: &Client) -> Result<u64> {
	Ok(client.at_current_block().await?.block_number())
}

/// Waits until so many more blocks are final.
///
/// # Errors
///
/// When the node does not answer any more.
pub async fn wait_for_finality(client: &Client, blocks: u64) -> Result<()> {
	let goal = finalised(client).await?.saturating_add(blocks);
	let mut stream = client.stream_blocks().await?;
	loop {
		let block = stream.next().await.context("the node closed the stream of blocks")??;
		if block.number() >= goal {
			return Ok(());
		}
	}
}

/// Waits until the best chain is so many blocks longer than it was, whether they are final or not;
/// returns its length.
///
/// # Errors
///
/// When the node does not answer any more.
pub async fn wait_for_blocks(client: &Client, blocks: u64) -> Result<u64> {
	let mut stream = client.stream_best_blocks().await?;
	// The stream begins with what is final, which says nothing about the best chain.
	let known = finalised(client).await?;
	let mut goal = None;
	loop {
		let block = stream.next().await.context("the node closed the stream of blocks")??;
		let number = block.number();
		match goal {
			None if number <= known => {}
			None => goal = Some(number.saturating_add(blocks)),
			Some(goal) if number >= goal => return Ok(number),
			Some(_) => {}
		}
	}
}
