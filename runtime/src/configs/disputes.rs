// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who is right.

use crate::{
	constants::{unless_fast, ERG},
	transactions::AuditKeyAccount,
	AccountId, Audits, Balances, BlockNumber, Disputes, Jobs, Models, Power, Rewards, Runtime,
	Sprints,
};
use alloc::vec::Vec;
#[cfg(feature = "runtime-benchmarks")]
use ergon_core::{engine::JobOrder, Attestation, Bundle, ModelManifest};
use ergon_core::{replica::MAX_REPLICAS, JobId};
use ergon_economics::{constants, sampling::AuditRate};
use frame_support::{
	parameter_types,
	traits::{ConstU128, ConstU32, ConstU64},
	weights::Weight,
};
use pallet_disputes::{Charge, PlayerKey};
use sp_runtime::FixedPointNumber;

/// Most bonded challenges to one result.
const MAX_CHALLENGES: u32 = 8;
/// Everybody who may find a result wrong: the auditors of a first draw and of one for those who were missing,
/// second lookers, and the providers of the other replicas.
const MAX_ACCUSERS: u32 = 2 * MAX_DRAWN + constants::SECOND_LOOKERS + MAX_REPLICAS as u32 - 1;
/// Most auditors of one draw.
const MAX_DRAWN: u32 = (constants::MAX_AUDIT_RATE.into_inner() / AuditRate::DIV) as u32;
/// Most objections of auditors to each other's work.
const MAX_OBJECTIONS: u32 = 12;

parameter_types! {
	/// Blocks in which a side has to move.
	pub const TurnTime: BlockNumber = unless_fast(100, 10);
}

impl pallet_disputes::Config for Runtime {
	type Burn = Rewards;
	type ChallengeBond = ConstU128<{ 100 * ERG }>;
	type Currency = Balances;
	type MaxChallenges = ConstU32<MAX_CHALLENGES>;
	type MaxAccusers = ConstU32<MAX_ACCUSERS>;
	type MaxClaims = ConstU32<{ MAX_CHALLENGES + MAX_ACCUSERS + MAX_OBJECTIONS }>;
	type MaxObjections = ConstU32<MAX_OBJECTIONS>;
	type MovePriority = ConstU64<{ u64::MAX / 2 }>;
	type Results = AttestedResults;
	type StandInId = AuditKeyAccount;
	type TurnTime = TurnTime;
	type WeightInfo = pallet_disputes::weights::SubstrateWeight<Runtime>;
}

/// The results of jobs and of items of sprints, as disputes see them.
pub struct AttestedResults;

impl pallet_disputes::Results<AccountId> for AttestedResults {
	fn evidence(job: &JobId) -> Option<pallet_disputes::Evidence> {
		let (order, attestation, bundle) =
			Jobs::evidence(job).or_else(|| Sprints::evidence(job))?;
		let (manifest, _) = Models::model_and_status(&order.model)?;
		Some(pallet_disputes::Evidence { manifest, order, attestation, bundle })
	}

	fn provider(job: &JobId) -> Option<(AccountId, PlayerKey)> {
		let provider = || Jobs::author(job).map(|(who, key)| (who, PlayerKey::Worker(key)));
		let candidate = || Sprints::author(job).map(|(who, key)| (who, PlayerKey::Auditor(key)));
		provider().or_else(candidate)
	}

	fn price(job: &JobId) -> Option<pallet_disputes::Balance> {
		// Nobody pays for an item.
		Jobs::attested_price(job).or_else(|| Sprints::author(job).map(|_| 0))
	}

	fn result_stake(job: &JobId) -> pallet_disputes::Balance {
		let of_candidate = || {
			let (candidate, _) = Sprints::author(job)?;
			Some(constants::WRONG_ITEM_SLASH.mul_ceil(Power::bond(&candidate)))
		};
		let of_author = Jobs::provider_stake(job).or_else(of_candidate).unwrap_or_default();
		let price = Self::price(job).unwrap_or_default();
		of_author.saturating_add(Audits::votes_at_stake(job, price))
	}

	fn vote_stake(job: &JobId, auditor: &AccountId) -> pallet_disputes::Balance {
		Audits::vote_at_stake(job, auditor, Self::price(job).unwrap_or_default())
	}

	fn stake_weight() -> Weight {
		Audits::votes_at_stake_weight()
	}

	fn work(job: &JobId, auditor: &AccountId) -> Option<pallet_disputes::Work> {
		let pallet_audits::AuditorWork { key, challenge, digest } = Audits::work_of(job, auditor)?;
		Some(pallet_disputes::Work { key, challenge, digest })
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn result_for_benchmark(
		manifest: ModelManifest,
		answer: impl FnOnce(&JobOrder) -> (Attestation, Bundle),
	) -> JobId {
		super::fixtures::attest_result(manifest, answer)
	}
}

/// The disputes, as audits see them.
pub struct Referee;

impl pallet_audits::Judge<AccountId, BlockNumber> for Referee {
	fn accuse(job: &JobId, accusers: Vec<pallet_audits::Accuser<AccountId>>) {
		let accusers = accusers.into_iter().map(|accuser| {
			let pallet_audits::Accuser { auditor, key, charge } = accuser;
			let charge = match charge {
				pallet_audits::Charge::Result(fault) => Charge::Result(fault),
				pallet_audits::Charge::Work(accused) => Charge::Work(accused),
			};
			pallet_disputes::Accuser { auditor, key: PlayerKey::Auditor(key), charge }
		});
		Disputes::accuse(job, accusers.collect())
	}

	fn ruling(job: &JobId) -> pallet_audits::Ruling<AccountId, BlockNumber> {
		use pallet_audits::Ruling;
		let of_audits = |refuted: Vec<pallet_disputes::Refuted<AccountId>>| {
			let refuted = refuted.into_iter().map(|refuted| {
				let pallet_disputes::Refuted { auditor, accused } = refuted;
				pallet_audits::Refuted { auditor, accused }
			});
			refuted.collect()
		};
		match Disputes::ruling(job) {
			pallet_disputes::Ruling::Undisputed => Ruling::Undisputed,
			pallet_disputes::Ruling::Pending { until } => Ruling::Pending { until },
			pallet_disputes::Ruling::Upheld { refuted, idle } => {
				Ruling::Upheld { refuted: of_audits(refuted), idle }
			}
			pallet_disputes::Ruling::Overturned { finders, refuted, spared } => {
				Ruling::Overturned { finders, refuted: of_audits(refuted), spared }
			}
		}
	}

	fn longest() -> BlockNumber {
		Disputes::longest()
	}

	fn accuse_weight(accusers: u32) -> Weight {
		Disputes::accuse_weight(accusers)
	}

	fn ruling_weight(job: &JobId) -> Weight {
		Disputes::ruling_weight(job)
	}

	fn worst_ruling_weight() -> Weight {
		Disputes::worst_ruling_weight()
	}
}
