// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What this pallet needs from its peers.

use crate::types::{Balance, PlayerKey, Work};
use ergon_core::{engine::JobOrder, Attestation, Bundle, JobId, ModelManifest};
use frame_support::weights::Weight;

/// All that is on chain about a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
	/// The model that was ordered.
	pub manifest: ModelManifest,
	/// The job as it was assigned.
	pub order: JobOrder,
	/// What the provider signed.
	pub attestation: Attestation,
	/// What the provider delivered.
	pub bundle: Bundle,
}

/// Results that are fixed and not final; implemented by the pallets of jobs, models,
/// providers and audits.
pub trait Results<AccountId> {
	/// The evidence of a result.
	fn evidence(job: &JobId) -> Option<Evidence>;

	/// Who did the job, and the key that defends it.
	fn provider(job: &JobId) -> Option<(AccountId, PlayerKey)>;

	/// What the requester pays for it.
	fn price(job: &JobId) -> Option<Balance>;

	/// What the provider loses if the result is overturned, and with it those auditors who have not found it
	/// wrong.
	fn result_stake(job: &JobId) -> Balance;

	/// What an auditor loses whose vote about the result is false; nothing for whoever has none.
	fn vote_stake(job: &JobId, auditor: &AccountId) -> Balance;

	/// Weight of asking for either.
	fn stake_weight() -> Weight;

	/// The work of an auditor who found the result right.
	fn work(job: &JobId, auditor: &AccountId) -> Option<Work>;

	/// Makes a result of that model whose attestation and bundle `answer` gives for the order that the
	/// chain made, whose prompt is the longest of nothing but digits, by a provider whose worker key is in the
	/// keystore.
	#[cfg(feature = "runtime-benchmarks")]
	fn result_for_benchmark(
		manifest: ModelManifest,
		answer: impl FnOnce(&JobOrder) -> (Attestation, Bundle),
	) -> JobId;
}
