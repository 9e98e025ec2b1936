// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What a job costs.

use crate::Balance;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Prices per token that an offer names, and that are fixed for a job when it is assigned.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct TokenPrices {
	/// Per prompt token.
	pub prompt_token: Balance,
	/// Per output token.
	pub output_token: Balance,
}

impl TokenPrices {
	/// The price of a job with that many tokens: with the bounds it is the worst case that is held,
	/// with the counts of the attestation the price that is paid.
	///
	/// `None` when the price is beyond [`Balance`]; no such job can exist.
	pub fn of_job(&self, prompt_tokens: u32, output_tokens: u32) -> Option<Balance> {
		let prompt = self.prompt_token.checked_mul(prompt_tokens.into())?;
		let output = self.output_token.checked_mul(output_tokens.into())?;
		prompt.checked_add(output)
	}
}
