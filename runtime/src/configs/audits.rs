// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who checks.

use super::{
	jobs::AttestedJobs, models::RegisteredModels, power::SessionValidators, randomness::VrfOutputs,
	session::MaxValidators,
};
use crate::{
	constants::{unless_fast, HOURS, MILLI_ERG},
	AccountId, Audits, Balance, Balances, BlockNumber, Disputes, Runtime,
};
use alloc::vec::Vec;
use ergon_core::{crypto::worker::WorkerId, Fault, JobId, ModelId, Work};
use ergon_economics::{constants, AuditRate};
use frame_support::{
	parameter_types,
	traits::{fungible::Credit, ConstU128, ConstU32, ConstU64},
	weights::{constants::WEIGHT_REF_TIME_PER_MILLIS, Weight},
};
use pallet_disputes::{Accuser, Charge, PlayerKey};
use pallet_jobs::traits::{AuditCase, Conclusion, Penalty, Standing};

parameter_types! {
	/// A: blocks in which auditors re-execute and commit.
	pub const CommitWindow: BlockNumber = unless_fast(40, 7);
	/// R: blocks in which auditors reveal.
	pub const RevealWindow: BlockNumber = unless_fast(10, 4);
	/// Blocks behind the reveals in which the work of auditors can be disputed.
	pub const CheckWindow: BlockNumber = unless_fast(10, 4);
	/// A sixteenth and sixteen times of what it is at first: what hardware costs differs by less.
	pub const AuditPriceBounds: (Balance, Balance) = (MILLI_ERG / 16, MILLI_ERG * 16);
	/// How often a result that everybody matched is looked at again.
	pub const SecondLookRate: AuditRate = constants::SECOND_LOOK_RATE;
	/// A tenth of a block.
	pub const AuditPollWeight: Weight =
		Weight::from_parts(100 * WEIGHT_REF_TIME_PER_MILLIS, u64::MAX);
}

impl pallet_audits::Config for Runtime {
	type AuditPriceBounds = AuditPriceBounds;
	type AuditPriceInterval = ConstU32<HOURS>;
	type CheckWindow = CheckWindow;
	type CommitWindow = CommitWindow;
	type DeclarationInterval = ConstU32<{ unless_fast(100, 10) }>;
	type DutyEras = ConstU32<84>;
	type DutyPriority = ConstU64<{ u64::MAX / 2 }>;
	type Era = super::power::CurrentEra;
	type Evidences = AttestedJobs;
	type InitialAuditPrice = ConstU128<MILLI_ERG>;
	type Judge = super::disputes::Referee;
	type MaxDeclared = ConstU32<64>;
	type MaxValidators = MaxValidators;
	type MinAuditors = ConstU32<3>;
	type Models = RegisteredModels;
	type PollWeight = AuditPollWeight;
	type Randomness = VrfOutputs;
	type Replicas = AttestedJobs;
	type RevealWindow = RevealWindow;
	type SecondLookRate = SecondLookRate;
	type Validators = SessionValidators;
	type WeightInfo = pallet_audits::weights::SubstrateWeight<Runtime>;
}

/// The audits, as jobs see them.
pub struct Auditing;

fn standing(standing: &Standing<Balance>) -> pallet_audits::Standing {
	let Standing { bond, clean_audits, value_at_risk } = *standing;
	pallet_audits::Standing { bond, clean_audits, value_at_risk }
}

impl pallet_jobs::traits::Audits<AccountId, Balance, BlockNumber> for Auditing {
	type Credit = Credit<AccountId, Balances>;

	fn budget(
		work: Work,
		price: Balance,
		escrow: Balance,
		provider: &Standing<Balance>,
	) -> Balance {
		Audits::budget(work, price, escrow, &standing(provider))
	}

	fn is_auditable(model: &ModelId) -> (bool, Weight) {
		let (is_auditable, asked) = Audits::is_auditable(model);
		(is_auditable, Audits::auditable_weight(Some(asked)))
	}

	fn auditable_weight() -> Weight {
		Audits::auditable_weight(None)
	}

	fn open(case: AuditCase<AccountId, Balance>) -> BlockNumber {
		let AuditCase { job, model, provider, work, price, escrow, standing: at_risk } = case;
		let standing = standing(&at_risk);
		Audits::open(pallet_audits::AuditCase {
			job,
			model,
			provider,
			work,
			price,
			escrow,
			standing,
		})
	}

	fn accuse(job: &JobId, accuser: AccountId, worker: WorkerId, fault: Fault) {
		let (auditor, key) = (accuser, PlayerKey::Worker(worker));
		let charge = Charge::Result(fault);
		Disputes::accuse(job, Vec::from([Accuser { auditor, key, charge }]))
	}

	fn accuse_weight() -> Weight {
		Disputes::accusation_weight()
	}

	fn conclude(job: &JobId) -> Conclusion<AccountId, Balance, BlockNumber> {
		match Audits::conclude(job) {
			pallet_audits::Conclusion::Pending { until, disputed } => {
				Conclusion::Pending { until, disputed }
			}
			pallet_audits::Conclusion::Upheld { pay, penalties, audited } => {
				let penalties = penalties.into_iter().map(|penalty| {
					let pallet_audits::Penalty { auditor, winners, pay } = penalty;
					Penalty { auditor, winners, pay }
				});
				Conclusion::Upheld { pay, penalties: penalties.collect(), audited }
			}
			pallet_audits::Conclusion::Overturned { finders, false_votes, spared } => {
				Conclusion::Overturned { finders, false_votes, spared }
			}
		}
	}

	fn conclude_weight() -> Weight {
		Audits::conclude_weight()
	}

	fn conclude_weight_of(job: &JobId) -> Weight {
		Audits::conclude_weight_of(job)
	}

	fn slash(auditor: &AccountId, price: Balance, pay: Balance) -> (Self::Credit, Balance) {
		Audits::slash(auditor, price, pay)
	}

	fn safe_at() -> BlockNumber {
		Audits::safe_at()
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn bond_for_benchmark(auditor: &AccountId) {
		super::fixtures::bond_validator(auditor);
	}
}
