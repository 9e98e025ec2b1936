// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What becomes of those who break the rules of consensus.

use crate::{events::among, AccountId, Balance, ClientAtBlock};
use anyhow::Result;
use scale_decode::DecodeAsType;
use subxt::dynamic;

/// The name of the offence of who makes two blocks in one slot; see `pallet_babe::EquivocationOffence`.
const TWO_BLOCKS: [u8; 16] = *b"babe:equivocatio";

/// What the chain has done about a validator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
	/// Whether somebody was reported for two blocks in one slot.
	pub is_reported: bool,
	/// Taken from the bond.
	pub slashed: Balance,
	/// Whether it does not stand for election any more.
	pub is_chilled: bool,
	/// Whether it may make no blocks any more.
	pub is_disabled: bool,
}

impl Verdict {
	/// Whether all of it was done.
	pub fn is_complete(&self) -> bool {
		self.is_reported && self.slashed > 0 && self.is_chilled && self.is_disabled
	}

	/// Adds what was done in one block about `who`.
	///
	/// # Errors
	///
	/// When the node does not answer.
	pub async fn note(&mut self, at: &ClientAtBlock, who: AccountId) -> Result<()> {
		#[derive(DecodeAsType)]
		struct Offence {
			kind: [u8; 16],
		}
		#[derive(DecodeAsType)]
		struct Slashed {
			candidate: AccountId,
			amount: Balance,
		}
		#[derive(DecodeAsType)]
		struct Chilled {
			candidate: AccountId,
		}
		#[derive(DecodeAsType)]
		struct ValidatorDisabled {
			validator: AccountId,
		}
		let told = at.events().fetch().await?;
		for offence in among::<Offence>(told.iter(), "Offences", "Offence")? {
			self.is_reported |= offence.kind == TWO_BLOCKS;
		}
		for slashed in among::<Slashed>(told.iter(), "Power", "Slashed")? {
			if slashed.candidate == who {
				self.slashed += slashed.amount;
			}
		}
		for chilled in among::<Chilled>(told.iter(), "Power", "Chilled")? {
			self.is_chilled |= chilled.candidate == who;
		}
		for disabled in among::<ValidatorDisabled>(told.iter(), "Session", "ValidatorDisabled")? {
			self.is_disabled |= disabled.validator == who;
		}
		Ok(())
	}
}

/// Who reported the offences of a validator, once for each of them.
///
/// # Errors
///
/// When the node does not answer.
pub async fn reporters(at: &ClientAtBlock, offender: AccountId) -> Result<Vec<AccountId>> {
	#[derive(DecodeAsType)]
	struct OffenceDetails {
		offender: (AccountId, ()),
		reporters: Vec<AccountId>,
	}
	let address = dynamic::storage::<([u8; 32],), OffenceDetails>("Offences", "Reports");
	let mut reports = at.storage().iter(address, ()).await?;
	let mut all = Vec::new();
	while let Some(report) = reports.next().await {
		let details = report?.value().decode()?;
		if details.offender.0 == offender {
			all.extend(details.reporters);
		}
	}
	Ok(all)
}
