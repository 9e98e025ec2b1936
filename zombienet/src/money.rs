// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Counting money.

use crate::{AccountId, Balance, Client, ClientAtBlock};
use anyhow::{Context, Result};
use scale_decode::DecodeAsType;
use std::collections::BTreeMap;
use subxt::dynamic;

#[derive(DecodeAsType)]
struct Account {
	data: AccountData,
}

#[derive(DecodeAsType)]
struct AccountData {
	free: Balance,
	reserved: Balance,
}

/// Everything that every account has, held amounts included.
///
/// # Errors
///
/// When the node does not answer.
pub async fn wealth(at: &ClientAtBlock) -> Result<BTreeMap<AccountId, Balance>> {
	let address = dynamic::storage::<(AccountId,), Account>("System", "Account");
	let mut entries = at.storage().iter(address, ()).await?;
	let mut all = BTreeMap::new();
	while let Some(entry) = entries.next().await {
		let entry = entry?;
		let account = entry.key()?.decode()?.0;
		let data = entry.value().decode()?.data;
		all.insert(account, data.free + data.reserved);
	}
	Ok(all)
}

/// The total issuance.
///
/// # Errors
///
/// When the node does not answer.
pub async fn issuance(at: &ClientAtBlock) -> Result<Balance> {
	let address = dynamic::storage::<(), Balance>("Balances", "TotalIssuance");
	Ok(at.storage().fetch(address, ()).await?.decode()?)
}

/// What became of the issuance between two blocks, by what the events say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flows {
	/// Burnt out of settled prices.
	pub burnt_by_settlements: Balance,
	/// Taken from bonds and not awarded to anybody.
	pub burnt_by_slashes: Balance,
	/// Number of slashes.
	pub slashes: u32,
	/// Made for validators.
	pub minted: Balance,
	/// Lost with accounts that fell below the existential deposit.
	pub dust: Balance,
}

/// Adds up the events of the blocks behind `from` up to and including `to`.
///
/// # Errors
///
/// When the node does not know one of the blocks.
pub async fn flows(client: &Client, from: u64, to: u64) -> Result<Flows> {
	#[derive(DecodeAsType)]
	struct JobSettled {
		settlement: crate::jobs::Settlement,
	}
	#[derive(DecodeAsType)]
	struct SlashAwarded {
		burnt: Balance,
	}
	#[derive(DecodeAsType)]
	struct Rewarded {
		amount: Balance,
	}
	#[derive(DecodeAsType)]
	struct DustLost {
		amount: Balance,
	}
	let mut flows = Flows::default();
	for number in from + 1..=to {
		let at = client.at_block(number).await.with_context(|| format!("block {number}"))?;
		for event in at.events().fetch().await?.iter() {
			let event = event?;
			match (event.pallet_name(), event.event_name()) {
				("Jobs", "JobSettled") => {
					let settled = event.decode_fields_unchecked_as::<JobSettled>()?;
					flows.burnt_by_settlements += settled.settlement.burnt;
				}
				("Jobs", "ProviderSlashed" | "AuditorSlashed")
				| ("Sprints", "Failed" | "AuditorSlashed") => flows.slashes += 1,
				("Rewards", "Rewarded") => {
					flows.minted += event.decode_fields_unchecked_as::<Rewarded>()?.amount;
				}
				("Jobs" | "Sprints" | "Disputes", "SlashAwarded" | "Awarded") => {
					let award = event.decode_fields_unchecked_as::<SlashAwarded>()?;
					flows.burnt_by_slashes += award.burnt;
				}
				("Balances", "DustLost") => {
					flows.dust += event.decode_fields_unchecked_as::<DustLost>()?.amount;
				}
				_ => {}
			}
		}
	}
	Ok(flows)
}
