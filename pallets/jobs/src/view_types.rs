// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What this pallet shows.

use crate::{
	traits::{Constraints, TokenPrices},
	types::{Balance, ExpiryReason, JobResult, JobStatus, Replica, Settlement, VoidReason},
};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use ergon_core::{FinishReason, JobId, JobKind, ModelId, Output, H256};
use scale_info::TypeInfo;

/// What a job would cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Quote {
	/// Tokens that the prompt has at most.
	pub prompt_tokens: u32,
	/// Tokens that the output has at most.
	pub output_tokens: u32,
	/// Worst-case price of the cheapest offer that fits; nothing while no offer does. A `max_price`
	/// below it is refused.
	pub cheapest: Option<Balance>,
	/// Storage deposit of each replica; most of it comes back when the job is final, the rest when it is pruned.
	pub deposit: Balance,
	/// Held by `submit` at the cheapest offer's price, for all replicas.
	pub total: Balance,
	/// What the account could have held now.
	pub available: Balance,
	/// What the account lacks for `total`.
	pub lacking: Balance,
	/// Providers that could have the job now at the cheapest offer's price. While there are none, a
	/// job waits; replicas need as many as there are of them.
	pub providers: u32,
}

/// Everything a person wants to know about a job.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct JobDetails<AccountId, BlockNumber> {
	/// Its name.
	pub id: JobId,
	/// Where it is in its life.
	pub status: JobStatus,
	/// Who pays.
	pub requester: AccountId,
	/// The requester's number for it.
	pub nonce: u64,
	/// The model.
	pub model: ModelId,
	/// What to do.
	pub kind: JobKind,
	/// The requester's demands.
	pub constraints: Constraints<AccountId>,
	/// Which one it is of several that ask for the same.
	pub replica: Option<Replica>,
	/// The prompt, until the job is final.
	pub prompt: Option<Vec<u8>>,
	/// The most that the requester pays.
	pub max_price: Balance,
	/// Held for the price.
	pub escrow: Balance,
	/// Held for the storage.
	pub deposit: Balance,
	/// Number of the current, next or last assignment, from 0.
	pub round: u8,
	/// Providers that failed or declined.
	pub failed_providers: Vec<AccountId>,
	/// Who has or had the job.
	pub provider: Option<AccountId>,
	/// Prices per token of the assignment.
	pub prices: Option<TokenPrices>,
	/// Block of the submission.
	pub submitted_at: BlockNumber,
	/// Block of the last assignment.
	pub assigned_at: Option<BlockNumber>,
	/// Last block in which the result is accepted.
	pub deadline: Option<BlockNumber>,
	/// Block of the attestation.
	pub attested_at: Option<BlockNumber>,
	/// Block in which it became final.
	pub finished_at: Option<BlockNumber>,
	/// Block in which the chain looks at it next; nothing once it is final.
	pub due: Option<BlockNumber>,
	/// Block from which on anybody may prune it.
	pub prunable_at: Option<BlockNumber>,
	/// Price by the attested token counts.
	pub price: Option<Balance>,
	/// Tokens of the prompt after template and tokenizer.
	pub prompt_tokens: Option<u32>,
	/// Tokens of the output.
	pub output_tokens: Option<u32>,
	/// Why the output ended.
	pub finish: Option<FinishReason>,
	/// The output; its text is `Output::Text { text, .. }`.
	pub output: Option<Output>,
	/// What came of the audits.
	pub audit: AuditOutcome,
	/// Who got what.
	pub settlement: Option<Settlement>,
	/// Why it expired.
	pub expiry: Option<ExpiryReason>,
	/// Why it was voided.
	pub voided: Option<VoidReason>,
}

/// What the audits of a job came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum AuditOutcome {
	/// There is no result that could be audited.
	#[codec(index = 0)]
	None,
	/// Auditors are drawn or at work.
	#[codec(index = 1)]
	Pending {
		/// Whether one of them says that the result is wrong.
		disputed: bool,
	},
	/// The result stands.
	#[codec(index = 2)]
	Upheld {
		/// Auditors that were paid for a correct reveal.
		auditors: u32,
		/// Whether at least one auditor re-executed it; else the draw spared it.
		audited: bool,
		/// Whether one of them had said that the result is wrong.
		disputed: bool,
	},
	/// The result was wrong.
	#[codec(index = 3)]
	Overturned,
}

/// The answer to one of several jobs that ask for the same.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ReplicaAnswer<AccountId> {
	/// The job.
	pub job: JobId,
	/// Where it is in its life.
	pub status: JobStatus,
	/// Who has or had it.
	pub provider: Option<AccountId>,
	/// The hash of the output, once there is one: answers are equal if these are.
	pub output_root: Option<H256>,
}

/// A job that is not final, in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct OpenJob<AccountId, BlockNumber> {
	/// Its name.
	pub id: JobId,
	/// Where it is in its life.
	pub status: JobStatus,
	/// Who pays.
	pub requester: AccountId,
	/// The model.
	pub model: ModelId,
	/// The most that the requester pays.
	pub max_price: Balance,
	/// Who has it.
	pub provider: Option<AccountId>,
	/// Block of the submission.
	pub submitted_at: BlockNumber,
	/// Block in which the chain looks at it next.
	pub due: BlockNumber,
}

/// An offer that fits a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct EligibleProvider<AccountId> {
	/// Who.
	pub provider: AccountId,
	/// Prices per token.
	pub prices: TokenPrices,
	/// Price of the job in the worst case.
	pub worst_price: Balance,
}

/// Proof of what was delivered, by whom, and how it was paid: everything that a third party needs to
/// check the signature and to execute the job again, except for the prompt, which the requester has.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Receipt<AccountId, BlockNumber> {
	/// Hash of the chain's first block, which the signature covers.
	pub genesis: H256,
	/// Where the job is in its life; the receipt is final when the job is.
	pub status: JobStatus,
	/// Who paid.
	pub requester: AccountId,
	/// Who did it.
	pub provider: AccountId,
	/// Number of the assignment, which the signature covers.
	pub round: u8,
	/// What was asked.
	pub kind: JobKind,
	/// The sampler's seed.
	pub seed: [u8; 32],
	/// Block of the attestation.
	pub attested_at: BlockNumber,
	/// The result, the key that signed it, and the signature.
	pub result: JobResult,
	/// Who got what.
	pub settlement: Option<Settlement>,
}
