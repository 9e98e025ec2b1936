// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What blocks tell.

use crate::{Client, ClientAtBlock};
use anyhow::{Context, Result};
use scale_decode::DecodeAsFields;
use subxt::{error::EventsError, events::Event, PolkadotConfig};

/// Those of one kind among some events, as far as `E` asks.
pub(crate) fn among<'a, E: DecodeAsFields>(
	events: impl Iterator<Item = Result<Event<'a, PolkadotConfig>, EventsError>>,
	pallet: &str,
	name: &str,
) -> Result<Vec<E>> {
	let mut found = Vec::new();
	for event in events {
		let event = event?;
		if (event.pallet_name(), event.event_name()) == (pallet, name) {
			found.push(event.decode_fields_unchecked_as()?);
		}
	}
	Ok(found)
}

/// Those of one kind in a block.
pub(crate) async fn at<E: DecodeAsFields>(
	at: &ClientAtBlock,
	pallet: &str,
	name: &str,
) -> Result<Vec<E>> {
	let told = at.events().fetch().await?;
	among(told.iter(), pallet, name)
}

/// Those of one kind in the blocks behind `from` up to and including `to`.
pub(crate) async fn between<E: DecodeAsFields>(
	client: &Client,
	from: u64,
	to: u64,
	pallet: &str,
	name: &str,
) -> Result<Vec<E>> {
	let mut found = Vec::new();
	for number in from + 1..=to {
		let block = client.at_block(number).await.with_context(|| format!("block {number}"))?;
		found.extend(at(&block, pallet, name).await?);
	}
	Ok(found)
}
