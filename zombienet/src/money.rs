// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Counting money.

use crate::{AccountId, Balance, Client, ClientAtBlock};
use anyhow::{ensure, Context, Result};
use scale_decode::DecodeAsType;
use scale_encode::EncodeAsType;
use std::collections::BTreeMap;
use subxt::dynamic;
use subxt_signer::sr25519::Keypair;

/// The account of the treasury; see `ergon_runtime::configs::transaction_payment::TREASURY`.
pub const TREASURY: AccountId = *b"modlerg/trsy\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

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
async fn issuance(at: &ClientAtBlock) -> Result<Balance> {
	let address = dynamic::storage::<(), Balance>("Balances", "TotalIssuance");
	Ok(at.storage().fetch(address, ()).await?.decode()?)
}

/// Gives money to an account, and waits until that is final.
///
/// # Errors
///
/// When the node does not take the transaction, or the call fails.
pub async fn give(client: &Client, signer: &Keypair, to: AccountId, amount: Balance) -> Result<()> {
	/// How a transaction names an account.
	#[derive(EncodeAsType)]
	enum Address {
		Id(AccountId),
	}
	let call = dynamic::transaction("Balances", "transfer_keep_alive", (Address::Id(to), amount));
	crate::submit(client, signer, &call).await?;
	Ok(())
}

/// What everybody has at one block, to be compared with what everybody has later.
#[derive(Clone, Debug)]
pub struct Books {
	block: u64,
	wealth: BTreeMap<AccountId, Balance>,
	issuance: Balance,
}

impl Books {
	/// Reads them.
	///
	/// # Errors
	///
	/// When the node does not answer, or the accounts together have not what was issued.
	pub async fn at(at: &ClientAtBlock) -> Result<Self> {
		let (wealth, issuance) = (wealth(at).await?, issuance(at).await?);
		let sum = wealth.values().sum::<Balance>();
		ensure!(sum == issuance, "all accounts have {sum} together, and {issuance} was issued");
		Ok(Self { block: at.block_number(), wealth, issuance })
	}

	/// What an account had at the block.
	pub fn of(&self, account: AccountId) -> Balance {
		self.wealth.get(&account).copied().unwrap_or_default()
	}

	/// How much less an account has later; nothing when it has more.
	pub fn lost(&self, later: &Self, account: AccountId) -> Balance {
		self.of(account).saturating_sub(later.of(account))
	}

	/// How much more an account has later; nothing when it has less.
	pub fn gained(&self, later: &Self, account: AccountId) -> Balance {
		later.lost(self, account)
	}

	/// What happened to the money until later.
	///
	/// # Errors
	///
	/// When the node does not know one of the blocks between, or their events do not explain what
	/// the issuance is later.
	pub async fn flows(&self, client: &Client, later: &Self) -> Result<Flows> {
		let flows = flows(client, self.block, later.block).await?;
		let burnt = flows.burnt_by_settlements + flows.burnt_by_slashes + flows.dust;
		let (before, after) = (self.issuance, later.issuance);
		ensure!(
			before + flows.minted == after + burnt,
			"the issuance was {before} and is {after}, which does not follow from {flows:?}"
		);
		Ok(flows)
	}
}

/// What became of the issuance between two blocks, by what the events say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flows {
	/// Burnt out of settled prices.
	pub burnt_by_settlements: Balance,
	/// Taken from bonds and not awarded to anybody.
	pub burnt_by_slashes: Balance,
	/// Number of slashes for wrong results, false votes and failed sprints.
	pub slashes: u32,
	/// Number of offences against consensus, and of failed sprints.
	pub offences: u32,
	/// Made for validators.
	pub minted: Balance,
	/// Lost with accounts that fell below the existential deposit.
	pub dust: Balance,
}

/// Adds up the events of the blocks behind `from` up to and including `to`.
async fn flows(client: &Client, from: u64, to: u64) -> Result<Flows> {
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
				("Offences", "Offence") => flows.offences += 1,
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
