// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Submitting calls, and what becomes of them.

use crate::{Client, ClientAtBlock};
use anyhow::{bail, Context, Result};
use subxt::{
	config::{substrate::H256, DefaultExtrinsicParams, DefaultExtrinsicParamsBuilder},
	error::DispatchError,
	extrinsics::ExtrinsicEvents,
	transactions::{Payload, TransactionStatus},
	PolkadotConfig,
};
use subxt_signer::sr25519::Keypair;

/// Blocks in which a transaction is good, from the last final one on: more than any outage here takes.
const GOOD_FOR: u64 = 128;

/// How every transaction is made.
fn params() -> DefaultExtrinsicParams<PolkadotConfig> {
	DefaultExtrinsicParamsBuilder::new().mortal(GOOD_FOR).build()
}

/// Signs a call, submits it and waits until its transaction is final; returns the events of it.
///
/// A node may stop telling of a transaction before it is final, and that says nothing about the transaction. Then it
/// is looked for in the blocks that become final for as long as it is good.
///
/// # Errors
///
/// When the node does not take the transaction, no block does, or the call fails.
pub(crate) async fn submit(
	client: &Client,
	signer: &Keypair,
	call: &impl Payload,
) -> Result<ExtrinsicEvents<PolkadotConfig>> {
	let at = client.at_current_block().await?;
	let signed = at.transactions().create_signed(call, signer, params()).await?;
	let mut progress = signed.submit_and_watch().await?;
	let reason = loop {
		match progress.next().await {
			Some(Ok(TransactionStatus::InFinalizedBlock(block))) => {
				return Ok(block.wait_for_success().await?);
			}
			Some(Ok(TransactionStatus::Invalid { message })) => {
				bail!("the transaction is invalid: {message}");
			}
			Some(Ok(
				TransactionStatus::Error { message } | TransactionStatus::Dropped { message },
			)) => break message,
			Some(Ok(_)) => {}
			Some(Err(error)) => break error.to_string(),
			None => break "the stream has ended".into(),
		}
	};
	let hash = signed.hash();
	println!("the node does not tell what becomes of transaction {hash:?} any more: {reason}");
	// The same bytes, and no second transaction: a chain takes each nonce of an account once. So a pool that has lost
	// them takes them again, and one that has them, or whose chain has them, refuses.
	if let Err(refusal) = signed.submit().await {
		println!("it is not taken again: {refusal}");
	}
	find(client, hash, at.block_number()).await
}

/// Signs a call and submits it, and waits for nothing.
///
/// # Errors
///
/// When the node does not take the transaction.
pub(crate) async fn hand_in(client: &Client, signer: &Keypair, call: &impl Payload) -> Result<()> {
	let mut transactions = client.at_current_block().await?.transactions();
	transactions.sign_and_submit(call, signer, params()).await?;
	Ok(())
}

/// Waits until a transaction that was signed at block `from` is in a final block; returns the events of it.
async fn find(
	client: &Client,
	transaction: H256,
	from: u64,
) -> Result<ExtrinsicEvents<PolkadotConfig>> {
	let mut looked_at = from;
	let mut blocks = client.stream_blocks().await?;
	while looked_at < from + GOOD_FOR {
		let block = blocks.next().await.context("the node closed the stream of blocks")??;
		for number in looked_at + 1..=block.number() {
			let at = client.at_block(number).await.with_context(|| format!("block {number}"))?;
			if let Some(events) = look(&at, transaction).await? {
				return Ok(events);
			}
			looked_at = number;
		}
	}
	bail!("transaction {transaction:?} is in none of the blocks behind {from} in which it is good")
}

/// The events of a transaction, if it is in that block and its call did not fail.
async fn look(
	at: &ClientAtBlock,
	transaction: H256,
) -> Result<Option<ExtrinsicEvents<PolkadotConfig>>> {
	let all = at.extrinsics().fetch().await?;
	// This one can be decoded, whatever becomes of others.
	let found = all.iter().flatten().find(|extrinsic| extrinsic.hash() == transaction);
	let Some(extrinsic) = found else { return Ok(None) };
	let events = extrinsic.events().await?;
	for event in events.iter() {
		let event = event?;
		if (event.pallet_name(), event.event_name()) == ("System", "ExtrinsicFailed") {
			let error = DispatchError::decode_from(event.field_bytes(), at.metadata())?;
			bail!("the call failed: {error}");
		}
	}
	Ok(Some(events))
}
