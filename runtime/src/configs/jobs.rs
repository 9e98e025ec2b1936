// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What is owed.

use super::{
	audits::Auditing, models::RegisteredModels, providers::Offers, randomness::VrfOutputs,
	session::MaxValidators, sprints::Wanted, transaction_payment::TreasuryAccount,
};
use crate::{
	constants::{deposit, unless_fast, DAYS, HOURS, MINUTES},
	AccountId, Balance, Balances, BlockNumber, Jobs, Rewards, Runtime, RuntimeHoldReason, Sprints,
};
use alloc::vec::Vec;
use ergon_core::JobId;
use frame_support::{
	parameter_types,
	traits::{ConstU32, ConstU64},
	weights::{constants::WEIGHT_REF_TIME_PER_MILLIS, Weight},
	PalletId,
};
use sp_runtime::{traits::AccountIdConversion, Permill};

/// Names the audit pool's account.
pub const AUDIT_POOL: PalletId = PalletId(*b"erg/audt");

parameter_types! {
	/// Receives what audit budgets leave, and pays what audits cost beyond their budget.
	pub AuditPoolAccount: AccountId = AUDIT_POOL.into_account_truncating();
	/// Auditors, and a challenger with who stood in for it.
	pub const MaxFinders: u32 = MaxValidators::get() + 2;
	/// A quarter of a block.
	pub const JobTickWeight: Weight = Weight::from_parts(250 * WEIGHT_REF_TIME_PER_MILLIS, u64::MAX);
	/// Blocks that a job waits for a provider.
	pub const MaxQueueTime: BlockNumber = unless_fast(HOURS, 2 * MINUTES);
	/// Blocks between two looks at a job that nobody can take.
	pub const RetryInterval: BlockNumber = unless_fast(5, 2);
	/// Blocks that a result waits for its replicas at most: as long as one of them may wait for a provider.
	pub const ReplicaPatience: BlockNumber = unless_fast(HOURS, 2 * MINUTES);
	/// Blocks that a final job stays readable.
	pub const Retention: BlockNumber = unless_fast(7 * DAYS, 10 * MINUTES);
	/// A job's record, its prompt's and its result's entry, and its place in the agenda.
	pub const JobDepositBase: Balance = deposit(4, 800);
	/// Each byte of prompt and result.
	pub const JobDepositPerByte: Balance = deposit(0, 1);
	/// Enough to pay whoever prunes for the fee.
	pub const PruneReward: Permill = Permill::from_percent(10);
}

/// Blocks that a provider has beside those for the tokens: to see the assignment, load the model,
/// and get the attestation into a block.
pub const BASE_ANSWER_TIME: u32 = unless_fast(20, 10);

impl pallet_jobs::Config for Runtime {
	// Sixty-four jobs in each of sixty-four blocks: 4,096 live jobs.
	type AgendaWindow = ConstU32<64>;
	type AuditPool = AuditPoolAccount;
	type Audits = Auditing;
	type AuthorizedPriority = ConstU64<{ u64::MAX / 4 }>;
	type BaseAnswerTime = ConstU32<BASE_ANSWER_TIME>;
	type Burn = Rewards;
	type Currency = Balances;
	type Demand = Wanted;
	type DepositBase = JobDepositBase;
	type DepositPerByte = JobDepositPerByte;
	// Whoever showed that a result is wrong is paid like an auditor who found it.
	type MaxAuditors = MaxFinders;
	type MaxJobsPerBlock = ConstU32<64>;
	type MaxJobsPerWorker = ConstU32<16>;
	type MaxOffers = super::providers::MaxOffersPerModel;
	type MaxPage = ConstU32<100>;
	type MaxQueueTime = MaxQueueTime;
	type MaxReassignments = ConstU32<2>;
	type Models = RegisteredModels;
	// At three seconds per block, ten prompt tokens and two and a half output tokens per second:
	// what a machine must do to be of use at all.
	type OutputTokensPerBlock = ConstU32<8>;
	type PromptTokensPerBlock = ConstU32<32>;
	type Providers = Offers;
	type PruneReward = PruneReward;
	type Randomness = VrfOutputs;
	type ReplicaPatience = ReplicaPatience;
	type Retention = Retention;
	type RetryInterval = RetryInterval;
	type RuntimeHoldReason = RuntimeHoldReason;
	type TickWeight = JobTickWeight;
	type Treasury = TreasuryAccount;
	type WeightInfo = pallet_jobs::weights::SubstrateWeight<Runtime>;
}

/// Jobs and items of sprints, as audits see them: what auditors find to re-execute, and who has another replica.
pub struct AttestedJobs;

impl pallet_audits::Replicas<AccountId> for AttestedJobs {
	fn other_providers(job: &JobId) -> Vec<AccountId> {
		Jobs::other_providers(job)
	}

	fn weight() -> Weight {
		Jobs::other_providers_weight()
	}
}

impl pallet_audits::Evidences for AttestedJobs {
	fn evidence(job: &JobId) -> Option<pallet_audits::Evidence> {
		let (job, attestation, bundle) = Jobs::evidence(job).or_else(|| Sprints::evidence(job))?;
		Some(pallet_audits::Evidence { job, attestation, bundle })
	}
}
