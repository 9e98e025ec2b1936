// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What machines can do.

use crate::{
	constants::unless_fast, AccountId, Audits, Balances, BlockNumber, Hash, Models, Offences,
	Power, Rewards, Runtime, Session, Sprints,
};
use alloc::vec::Vec;
use ergon_core::{
	crypto::{audit::AuditorId, AUDIT_KEY_TYPE},
	JobId, ModelId, ModelManifest, Work,
};
use ergon_economics::{
	constants::{MISSING_ITEM_SLASH, WRONG_ITEM_SLASH},
	AuditRate,
};
use frame_support::{
	parameter_types,
	traits::{fungible::Credit, ConstU32, ConstU64, Get},
	weights::{constants::WEIGHT_REF_TIME_PER_MILLIS, Weight},
};
use pallet_session::historical::IdentificationTuple;
use pallet_sprints::{CandidateFailure, Conclusion, EraIndex, LeafCase, Penalty};
use sp_runtime::Perbill;
use sp_staking::{
	offence::{Kind, Offence, ReportOffence},
	SessionIndex,
};

parameter_types! {
	/// Half an era: what is left suffices for the sprint and its audits, also when every third slot has no block.
	///
	/// An era has 1,200 slots, and candidates are counted from slot 1,160 on. From its opening, a sprint takes 44
	/// blocks up to the draw, 10 or so until an item is shown, and 65 until its audit is concluded: 4 for the draw of
	/// auditors, 40 and 10 for their votes, 11 for checks. Where the item comes in the last of 60 blocks, and one
	/// auditor after the other is drawn because the first is silent, that is 223 instead of 119. So all is decided by
	/// block 823. With every third slot empty there are 773 blocks until the count: 719 are enough as a rule, and at
	/// its longest a sprint is in time when it opens in one of the first 550 of 600. A dispute is not, whenever the
	/// sprint opens. What many candidates take beside is in `docs/scale.md`.
	pub const OpenWithin: BlockNumber = unless_fast(600, 12);
	/// W: two minutes. To rent a machine takes as long.
	pub const SprintCommitWindow: BlockNumber = unless_fast(40, 8);
	/// Enough to start a node again.
	pub const SprintOpenWindow: BlockNumber = unless_fast(60, 8);
	/// One auditor for each of three items: who makes all of them up is found unless all three are friends, who are
	/// drawn as often as they weigh.
	pub const SprintAuditRate: AuditRate = AuditRate::from_u32(1);
	/// A tenth of a block.
	pub const SprintPollWeight: Weight =
		Weight::from_parts(100 * WEIGHT_REF_TIME_PER_MILLIS, u64::MAX);
}

impl pallet_sprints::Config for Runtime {
	type AuditRate = SprintAuditRate;
	type Audits = ItemAudits;
	type Burn = Rewards;
	type Candidates = Contestants;
	type CommitWindow = SprintCommitWindow;
	type Currency = Balances;
	type DutyPriority = ConstU64<{ u64::MAX / 2 }>;
	// On networks for tests, as many as a node hands to its engine in the eight blocks of the window: 256 in each. So no
	// engine is done before the window is over, and what is paid for has something to go before.
	type MaxItems = ConstU32<{ unless_fast(1 << 20, 8 * 256) }>;
	type MaxModels = ConstU32<4>;
	type MaxSamples = ConstU32<3>;
	type Models = SprintModels;
	type NextEra = NextEra;
	type OpenWindow = SprintOpenWindow;
	type OpenWithin = OpenWithin;
	type PollWeight = SprintPollWeight;
	type Randomness = RecentOutputs;
	type WeightInfo = pallet_sprints::weights::SubstrateWeight<Runtime>;
}

/// The block with which the next era begins, if one is made in every slot until then.
pub struct NextEra;

impl Get<Option<BlockNumber>> for NextEra {
	fn get() -> Option<BlockNumber> {
		Power::next_era_at()
	}
}

/// What jobs tell of models.
pub struct Wanted;

impl pallet_jobs::traits::Demand for Wanted {
	fn note(model: &ModelId, work: Work) {
		Sprints::note_work(model, work)
	}
}

/// The VRF outputs that audits keep.
pub struct RecentOutputs;

impl pallet_sprints::Randomness for RecentOutputs {
	fn recent() -> Hash {
		Audits::recent_randomness()
	}
}

/// The registered models, as sprints see them.
pub struct SprintModels;

impl pallet_sprints::Models for SprintModels {
	fn is_active(model: &ModelId) -> bool {
		Models::is_active(model)
	}

	fn manifest(model: &ModelId) -> Option<ModelManifest> {
		Models::model_and_status(model).map(|(manifest, _)| manifest)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn register_for_benchmark() -> ModelId {
		let model = super::fixtures::register_any_model(0);
		super::fixtures::have_audited(&model);
		model
	}
}

/// Candidates, as sprints see them.
pub struct Contestants;

impl pallet_sprints::Candidates<AccountId> for Contestants {
	fn may_sprint(who: &AccountId) -> bool {
		Power::may_sprint(who)
	}

	fn key(who: &AccountId) -> Option<AuditorId> {
		Session::load_keys(who).map(|keys| keys.audit)
	}

	fn operator(key: &AuditorId) -> Option<AccountId> {
		Session::key_owner(AUDIT_KEY_TYPE, key.as_ref())
	}

	fn note_held(era: EraIndex) -> bool {
		Power::note_held(era)
	}

	fn note_committed(who: &AccountId, era: EraIndex) {
		Power::note_committed(who, era)
	}

	fn note_proved(who: &AccountId, era: EraIndex, work: Work) {
		Power::note_proved(who, era, work)
	}

	fn note_failed(who: &AccountId, era: EraIndex) {
		Power::note_failed(who, era)
	}

	fn punish(who: &AccountId, era: EraIndex, failure: CandidateFailure, finders: Vec<AccountId>) {
		let offence = FailedSprint {
			candidate: who.clone(),
			era,
			failure,
			session: Session::current_index(),
			validators: Session::validators().len() as u32,
		};
		// Whoever has failed in two items of one sprint has failed once.
		let _ = Offences::report_offence(finders, offence);
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn stand_for_benchmark(who: &AccountId) -> AuditorId {
		let key = super::fixtures::bond_validator(who);
		// As if it had joined in an earlier era.
		pallet_power::Candidates::<Runtime>::mutate(who, |candidate| {
			if let Some(candidate) = candidate {
				candidate.since = 0;
			}
		});
		key
	}
}

/// A candidate has made an item up, or does not show one.
pub struct FailedSprint {
	candidate: AccountId,
	era: EraIndex,
	failure: CandidateFailure,
	session: SessionIndex,
	validators: u32,
}

impl Offence<IdentificationTuple<Runtime>> for FailedSprint {
	const ID: Kind = *b"ergon:bad-sprint";
	// Of somebody's own: the offences pallet tells of all offenders of a slot again with each new one.
	type Slot = (EraIndex, bool, AccountId);

	fn offenders(&self) -> Vec<IdentificationTuple<Runtime>> {
		Vec::from([(self.candidate.clone(), ())])
	}

	fn session_index(&self) -> SessionIndex {
		self.session
	}

	fn validator_set_count(&self) -> u32 {
		self.validators
	}

	fn slot(&self) -> Self::Slot {
		(self.era, self.failure == CandidateFailure::Wrong, self.candidate.clone())
	}

	// How many fail at the same time changes nothing: nobody can bring others to.
	fn slash_fraction(&self, _: u32) -> Perbill {
		match self.failure {
			CandidateFailure::NotShown => MISSING_ITEM_SLASH,
			CandidateFailure::Wrong => WRONG_ITEM_SLASH,
		}
	}
}

/// Audits, as sprints see them.
pub struct ItemAudits;

impl pallet_sprints::Audits<AccountId, BlockNumber> for ItemAudits {
	type Credit = Credit<AccountId, Balances>;

	fn is_auditable(model: &ModelId) -> bool {
		Audits::is_auditable(model).0
	}

	fn auditable_weight() -> Weight {
		Audits::auditable_weight(None)
	}

	fn open(case: LeafCase<AccountId>) -> BlockNumber {
		let LeafCase { job, model, operator: provider, work, rate } = case;
		Audits::open_unpaid(pallet_audits::UnpaidCase { job, model, provider, work, rate })
	}

	fn conclude(job: &JobId) -> Conclusion<AccountId, BlockNumber> {
		match Audits::conclude(job) {
			pallet_audits::Conclusion::Pending { until, .. } => Conclusion::Pending { until },
			pallet_audits::Conclusion::Upheld { penalties, audited, .. } => {
				let penalties = penalties.into_iter().map(|penalty| {
					let pallet_audits::Penalty { auditor, winners, .. } = penalty;
					Penalty { auditor, winners }
				});
				Conclusion::Upheld { penalties: penalties.collect(), audited }
			}
			pallet_audits::Conclusion::Overturned { finders, false_votes, spared } => {
				let false_votes = false_votes.into_iter().map(|(auditor, _)| auditor).collect();
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

	fn slash(auditor: &AccountId) -> Self::Credit {
		// Nobody pays for an item: a part of the bond it is.
		let (credit, _) = Audits::slash(auditor, 0, 0);
		credit
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn bond_for_benchmark(auditor: &AccountId) {
		super::fixtures::bond_validator(auditor);
	}
}
