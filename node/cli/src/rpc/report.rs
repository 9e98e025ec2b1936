// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A job as JSON.

use ergon_core::{Country, FinishReason, JobKind, Output};
use ergon_runtime::{ergon_api::JobView, AccountId, Balance, BlockNumber, Hash};
use pallet_jobs::{
	traits::TokenPrices, AuditOutcome, ExpiryReason, Failure, JobStatus, Replica, Settlement,
	VoidReason,
};
use serde::{Serialize, Serializer};

/// An amount in the smallest unit, written as a decimal string, because JavaScript's numbers end at
/// 2⁵³.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Amount(pub Balance);

impl Serialize for Amount {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(&self.0)
	}
}

/// Everything a person wants to know about a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobReport {
	/// Its name.
	pub id: Hash,
	/// Where it is in its life: `queued`, `assigned`, `attested`, `disputed`, `settled`,
	/// `voided`, `expired` or `cancelled`.
	pub status: &'static str,
	/// Whether nothing can change any more.
	pub is_final: bool,
	/// Why it ended without payment, in one sentence.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub reason: Option<&'static str>,
	/// Who pays.
	pub requester: AccountId,
	/// The requester's number for it.
	pub nonce: u64,
	/// The model.
	pub model: Hash,
	/// What to do.
	pub kind: Kind,
	/// Countries in which the provider may be; empty means any.
	pub countries: Vec<String>,
	/// The prompt, until the job is final.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub prompt: Option<String>,
	/// The answer.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub text: Option<String>,
	/// The embedding; an element divided by 32,767 is the real value.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub vector: Option<Vec<i16>>,
	/// Why the answer ended.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub finish: Option<FinishReason>,
	/// Tokens of the prompt after template and tokenizer.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub prompt_tokens: Option<u32>,
	/// Tokens of the output.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub output_tokens: Option<u32>,
	/// Which one it is of several jobs that ask for the same.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub replica: Option<ReplicaReport>,
	/// Number of the current, next or last assignment, from 0.
	pub round: u8,
	/// Who has or had it.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub provider: Option<AccountId>,
	/// Providers that failed or declined.
	pub failed_providers: Vec<AccountId>,
	/// Prices per token of the assignment.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub prices: Option<PriceReport>,
	/// The most that the requester pays.
	pub max_price: Amount,
	/// Price by the attested token counts.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub price: Option<Amount>,
	/// Held for the price.
	pub escrow: Amount,
	/// Held for the storage.
	pub deposit: Amount,
	/// What the audits came to.
	pub audit: AuditReport,
	/// Who got what.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub settlement: Option<SettlementReport>,
	/// The blocks of its life.
	pub blocks: Blocks,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "type")]
pub(crate) enum Kind {
	/// Continue the prompt.
	#[serde(rename_all = "camelCase")]
	Generate {
		/// Output tokens at most.
		max_tokens: u16,
		/// In thousandths; 0 is greedy.
		temperature: u16,
		/// In thousandths.
		top_p: u16,
		/// Candidates kept.
		top_k: u8,
		/// Texts that end the answer.
		stop: Vec<String>,
	},
	/// Turn the prompt into a vector.
	Embed,
}

/// One of several jobs that ask for the same, each of another provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReplicaReport {
	/// The first of them, which names all.
	pub first: Hash,
	/// Which one this is, from 0.
	pub index: u8,
	/// How many there are.
	pub of: u8,
}

/// Prices per token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PriceReport {
	/// Per prompt token.
	pub prompt_token: Amount,
	/// Per output token.
	pub output_token: Amount,
}

/// What the audits came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "status")]
pub(crate) enum AuditReport {
	/// There is no result that could be audited.
	None,
	/// Auditors are drawn or at work.
	Pending {
		/// Whether one of them says that the result is wrong.
		disputed: bool,
	},
	/// The result stands.
	Upheld {
		/// Auditors that were paid.
		auditors: u32,
		/// Whether at least one re-executed it.
		audited: bool,
		/// Whether one of them had said that it is wrong.
		disputed: bool,
	},
	/// The result was wrong.
	Overturned,
}

/// Who got what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SettlementReport {
	/// The actual price.
	pub price: Amount,
	/// Released to the requester.
	pub refunded: Amount,
	/// Paid to the provider.
	pub provider: Amount,
	/// Paid to the treasury.
	pub treasury: Amount,
	/// Paid to auditors.
	pub auditors: Amount,
	/// Taken from the audit pool.
	pub from_pool: Amount,
	/// Paid to the audit pool.
	pub to_pool: Amount,
	/// Burnt.
	pub burnt: Amount,
}

/// The blocks of a job's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Blocks {
	/// Submission.
	pub submitted: BlockNumber,
	/// Last assignment.
	pub assigned: Option<BlockNumber>,
	/// Last block in which the result is accepted.
	pub deadline: Option<BlockNumber>,
	/// Attestation.
	pub attested: Option<BlockNumber>,
	/// When it became final.
	pub finished: Option<BlockNumber>,
	/// When the chain looks at it next.
	pub due: Option<BlockNumber>,
	/// From when on anybody may prune it.
	pub prunable: Option<BlockNumber>,
}

impl From<JobView> for JobReport {
	fn from(job: JobView) -> Self {
		let (text, vector) = match job.output {
			Some(Output::Text { text, .. }) => (Some(readable(&text)), None),
			Some(Output::Vector(vector)) => (None, Some(vector.into_inner())),
			None => (None, None),
		};
		Self {
			id: job.id,
			status: status(job.status),
			is_final: job.finished_at.is_some(),
			reason: reason(job.status, job.expiry, job.voided),
			requester: job.requester,
			nonce: job.nonce,
			model: job.model,
			kind: job.kind.into(),
			countries: job.constraints.countries.iter().map(country).collect(),
			prompt: job.prompt.as_deref().map(readable),
			text,
			vector,
			finish: job.finish,
			prompt_tokens: job.prompt_tokens,
			output_tokens: job.output_tokens,
			replica: job.replica.map(Into::into),
			round: job.round,
			provider: job.provider,
			failed_providers: job.failed_providers,
			prices: job.prices.map(Into::into),
			max_price: Amount(job.max_price),
			price: job.price.map(Amount),
			escrow: Amount(job.escrow),
			deposit: Amount(job.deposit),
			audit: job.audit.into(),
			settlement: job.settlement.map(Into::into),
			blocks: Blocks {
				submitted: job.submitted_at,
				assigned: job.assigned_at,
				deadline: job.deadline,
				attested: job.attested_at,
				finished: job.finished_at,
				due: job.due,
				prunable: job.prunable_at,
			},
		}
	}
}

impl From<Replica> for ReplicaReport {
	fn from(replica: Replica) -> Self {
		let Replica { first, index, of, .. } = replica;
		Self { first, index, of }
	}
}

impl From<JobKind> for Kind {
	fn from(kind: JobKind) -> Self {
		match kind {
			JobKind::Generate(params) => Self::Generate {
				max_tokens: params.max_tokens,
				temperature: params.temperature,
				top_p: params.top_p,
				top_k: params.top_k,
				stop: params.stop.iter().map(|stop| readable(stop)).collect(),
			},
			JobKind::Embed => Self::Embed,
		}
	}
}

impl From<TokenPrices> for PriceReport {
	fn from(prices: TokenPrices) -> Self {
		Self {
			prompt_token: Amount(prices.prompt_token),
			output_token: Amount(prices.output_token),
		}
	}
}

impl From<AuditOutcome> for AuditReport {
	fn from(outcome: AuditOutcome) -> Self {
		match outcome {
			AuditOutcome::None => Self::None,
			AuditOutcome::Pending { disputed } => Self::Pending { disputed },
			AuditOutcome::Upheld { auditors, audited, disputed } => {
				Self::Upheld { auditors, audited, disputed }
			}
			AuditOutcome::Overturned => Self::Overturned,
		}
	}
}

impl From<Settlement> for SettlementReport {
	fn from(settlement: Settlement) -> Self {
		Self {
			price: Amount(settlement.price),
			refunded: Amount(settlement.refunded),
			provider: Amount(settlement.provider),
			treasury: Amount(settlement.treasury),
			auditors: Amount(settlement.auditors),
			from_pool: Amount(settlement.from_pool),
			to_pool: Amount(settlement.to_pool),
			burnt: Amount(settlement.burnt),
		}
	}
}

/// Text as it can be shown: a character that was cut in the middle becomes a replacement character.
fn readable(bytes: &[u8]) -> String {
	String::from_utf8_lossy(bytes).into_owned()
}

fn country(country: &Country) -> String {
	readable(&country.0)
}

fn status(status: JobStatus) -> &'static str {
	match status {
		JobStatus::Queued => "queued",
		JobStatus::Assigned => "assigned",
		JobStatus::Attested => "attested",
		JobStatus::Disputed => "disputed",
		JobStatus::Settled => "settled",
		JobStatus::Voided => "voided",
		JobStatus::Expired => "expired",
		JobStatus::Cancelled => "cancelled",
	}
}

fn reason(
	status: JobStatus,
	expiry: Option<ExpiryReason>,
	voided: Option<VoidReason>,
) -> Option<&'static str> {
	match (status, expiry, voided) {
		(JobStatus::Cancelled, _, _) => Some("The requester withdrew the job."),
		(_, Some(ExpiryReason::NoProvider), _) => {
			Some("No provider's offer fitted in time: offer a higher price or demand less.")
		}
		(_, Some(ExpiryReason::Failed(Failure::Declined(reason))), _) => Some(declined(reason)),
		(_, Some(ExpiryReason::Failed(_)), _) => {
			Some("Every provider that could do the job failed: submit it again.")
		}
		(_, _, Some(VoidReason::Overturned)) => {
			Some("Auditors found the result wrong; the provider was slashed.")
		}
		(_, _, Some(VoidReason::ModelRecalled)) => {
			Some("The model was recalled: choose another one.")
		}
		_ => None,
	}
}

fn declined(reason: ergon_core::job::DeclineReason) -> &'static str {
	use ergon_core::job::DeclineReason::{EngineFailure, ModelUnavailable, PromptTooLong};
	match reason {
		PromptTooLong => "The prompt is longer than the model's context: shorten it.",
		ModelUnavailable => "No provider that offers the model has it loaded: try again later.",
		EngineFailure => "Every provider that could do the job failed: submit it again.",
	}
}
