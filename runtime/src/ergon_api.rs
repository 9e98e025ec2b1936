// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What clients ask about jobs, and what the node counts.

use crate::{
	configs::authorities::weighted_validators, AccountId, Balance, BlockNumber, Jobs, Power,
	Runtime, RuntimeEvent, System,
};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use ergon_core::{
	crypto::{audit::AuditorId, worker::WorkerId},
	JobId, JobKind, ModelId, Vote,
};
use ergon_economics::power::{concentration, Concentration};
use ergon_exact::game::Side;
use pallet_audits::{Duty, DutyRecord, EraIndex};
use pallet_disputes::{NextMove, PlayerKey};
use pallet_jobs::{Constraints, EligibleProvider, JobDetails, OpenJob, Quote, Receipt};
use pallet_models::ModelInfo;
use pallet_power::{Distribution, PowerLimit, PowerTerms};
use pallet_providers::ProviderInfo;
use pallet_rewards::{Emission, RewardInfo};
use pallet_sprints::{EntryInfo, SprintInfo};
use scale_info::TypeInfo;
use sp_runtime::DispatchError;

/// A job as [`ErgonApi::job`] shows it.
pub type JobView = JobDetails<AccountId, BlockNumber>;

/// How often each thing happened in one block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Activity {
	/// Jobs that are not final at the end of the block.
	pub open_jobs: u32,
	/// Jobs submitted.
	pub submitted: u32,
	/// Assignments to a provider.
	pub assigned: u32,
	/// Assignments that failed.
	pub requeued: u32,
	/// Results delivered.
	pub attested: u32,
	/// Results that an auditor contested.
	pub disputed: u32,
	/// Jobs paid.
	pub settled: u32,
	/// Jobs refunded because of a bad result or a recalled model.
	pub voided: u32,
	/// Jobs refunded because nobody did them.
	pub expired: u32,
	/// Jobs withdrawn.
	pub cancelled: u32,
	/// Audit seats drawn.
	pub audits_drawn: u32,
	/// Audit votes committed.
	pub audits_committed: u32,
	/// Audit votes revealed, that the result is right.
	pub audits_match: u32,
	/// Audit votes revealed, that the result is wrong.
	pub audits_mismatch: u32,
	/// Audit votes revealed, that the job could not be re-executed.
	pub audits_unavailable: u32,
	/// Audit duties missed.
	pub audits_missed: u32,
	/// Claims that a result or an audit is wrong.
	pub disputes_claimed: u32,
	/// Moves in games about them.
	pub disputes_moved: u32,
	/// Games that defenders won.
	pub disputes_defended: u32,
	/// Games that challengers won.
	pub disputes_proved: u32,
}

impl Activity {
	/// What happened in the block whose state this is.
	pub(crate) fn of_this_block() -> Self {
		let mut activity = Self { open_jobs: Jobs::open_job_count(), ..Default::default() };
		for record in System::read_events_no_consensus() {
			match record.event {
				RuntimeEvent::Jobs(event) => activity.count_job(&event),
				RuntimeEvent::Audits(event) => activity.count_audit(&event),
				RuntimeEvent::Disputes(event) => activity.count_dispute(&event),
				_ => {}
			}
		}
		activity
	}

	fn count_job(&mut self, event: &pallet_jobs::Event<Runtime>) {
		use pallet_jobs::Event as Job;
		let counter = match event {
			Job::JobSubmitted { .. } => &mut self.submitted,
			Job::JobAssigned { .. } => &mut self.assigned,
			Job::JobRequeued { .. } => &mut self.requeued,
			Job::JobAttested { .. } => &mut self.attested,
			Job::JobDisputed { .. } => &mut self.disputed,
			Job::JobSettled { .. } => &mut self.settled,
			Job::JobVoided { .. } => &mut self.voided,
			Job::JobExpired { .. } => &mut self.expired,
			Job::JobCancelled { .. } => &mut self.cancelled,
			_ => return,
		};
		*counter = counter.saturating_add(1);
	}

	fn count_dispute(&mut self, event: &pallet_disputes::Event<Runtime>) {
		use pallet_disputes::Event as Dispute;
		let counter = match event {
			Dispute::Claimed { .. } => &mut self.disputes_claimed,
			Dispute::Moved { .. } => &mut self.disputes_moved,
			Dispute::GameOver { winner: Side::Defender, .. } => &mut self.disputes_defended,
			Dispute::GameOver { winner: Side::Challenger, .. } => &mut self.disputes_proved,
			_ => return,
		};
		*counter = counter.saturating_add(1);
	}

	fn count_audit(&mut self, event: &pallet_audits::Event<Runtime>) {
		use pallet_audits::Event as Audit;
		let (counter, count) = match event {
			Audit::AuditorsDrawn { auditors, .. } => {
				(&mut self.audits_drawn, auditors.len() as u32)
			}
			Audit::VoteCommitted { .. } => (&mut self.audits_committed, 1),
			Audit::VoteRevealed { vote: Vote::Match, .. } => (&mut self.audits_match, 1),
			Audit::VoteRevealed { vote: Vote::Mismatch(_), .. } => (&mut self.audits_mismatch, 1),
			Audit::VoteRevealed { vote: Vote::Unavailable, .. } => {
				(&mut self.audits_unavailable, 1)
			}
			Audit::DutyMissed { .. } => (&mut self.audits_missed, 1),
			_ => return,
		};
		*counter = counter.saturating_add(count);
	}
}

/// Who holds how much power, and how concentrated it is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct PowerDistribution {
	/// All candidates and their powers in this era, the strongest first.
	pub candidates: Vec<(AccountId, ergon_economics::power::Power)>,
	/// How concentrated power is among the candidates.
	pub power: Concentration,
	/// How concentrated weight is among the validators of this session, in millionths of all: so many of them can
	/// stop finality now.
	pub weight: Concentration,
}

impl PowerDistribution {
	/// As it is in this state.
	pub(crate) fn now() -> Self {
		let Distribution { candidates, concentration: power } = Power::distribution();
		let weights: Vec<_> = weighted_validators().into_iter().map(|(_, weight)| weight).collect();
		Self { candidates, power, weight: concentration(&weights) }
	}
}

sp_api::decl_runtime_apis! {
	/// What clients ask about jobs, and what the node counts.
	pub trait ErgonApi {
		/// What a job would cost, or why it would be refused whatever the price.
		fn quote(
			requester: AccountId,
			model: ModelId,
			kind: JobKind,
			prompt_bytes: u32,
			constraints: Constraints<AccountId>,
		) -> Result<Quote, DispatchError>;

		/// Everything about a job; nothing if it was never submitted, or was pruned.
		fn job(id: JobId) -> Option<JobDetails<AccountId, BlockNumber>>;

		/// Jobs that are not final, behind `after` in the order of storage.
		fn open_jobs(after: Option<JobId>, limit: u32) -> Vec<OpenJob<AccountId, BlockNumber>>;

		/// Providers whose offers would fit a job, and what it would cost there.
		fn eligible_providers(
			model: ModelId,
			kind: JobKind,
			prompt_bytes: u32,
			max_price: Balance,
			constraints: Constraints<AccountId>,
		) -> Result<Vec<EligibleProvider<AccountId>>, DispatchError>;

		/// Proof of what was delivered, by whom, and how it was paid.
		fn receipt(id: JobId) -> Option<Receipt<AccountId, BlockNumber>>;

		/// What an auditor has to do, and by when.
		fn duties(auditor: AccountId) -> Vec<Duty<BlockNumber>>;

		/// The same for whoever registered that audit key.
		fn duties_of_key(key: AuditorId) -> Vec<Duty<BlockNumber>>;

		/// What a validator did of its audit duties in each era that is kept and in which it had some, the
		/// last one first.
		fn duty_records(auditor: AccountId) -> Vec<(EraIndex, DutyRecord)>;

		/// The next move in the dispute about a job, for whoever wants to stand in for the side whose turn
		/// it is; nothing where none is played.
		fn next_move(job: JobId) -> Option<NextMove<BlockNumber>>;

		/// The call data of `disputes.stand_in` with the turn that an engine gave for [`Self::next_move`]; the
		/// node that has `key` plays on. Nothing where these bytes
		/// are no turn.
		fn stand_in(job: JobId, key: PlayerKey, turn: Vec<u8>) -> Option<Vec<u8>>;

		/// Everything about a provider.
		fn provider(account: AccountId) -> Option<ProviderInfo<AccountId, BlockNumber>>;

		/// Providers in the order of storage, behind `after`.
		fn providers(
			after: Option<AccountId>,
			limit: u32,
		) -> Vec<ProviderInfo<AccountId, BlockNumber>>;

		/// The provider that registered a worker key.
		fn provider_of_worker(worker: WorkerId) -> Option<AccountId>;

		/// Models in the order of their ids, behind `after`.
		fn models(after: Option<ModelId>, limit: u32) -> Vec<ModelInfo<AccountId, BlockNumber>>;

		/// How the power of a validator candidate comes about; nothing for others.
		fn power(account: AccountId) -> Option<PowerTerms>;

		/// What keeps the power of an account from being more, what helps, and how much.
		fn power_limits(account: AccountId) -> Vec<PowerLimit>;

		/// The powers of all candidates, the strongest first, and how concentrated they and the weights of this
		/// session's validators are.
		fn power_distribution() -> PowerDistribution;

		/// Where the sprint of this era stands, and until when; and the blocks in one of which the next one opens, of
		/// which nobody knows the one.
		fn sprint() -> Option<SprintInfo<BlockNumber>>;

		/// What a candidate has done in the sprint of this era, and what it has to show; nothing when it has not
		/// committed to anything, or when it is decided.
		fn sprint_entry(account: AccountId) -> Option<EntryInfo>;

		/// The validators of this session, and what each weighs in blocks and votes, in millionths of all.
		fn authority_weights() -> Vec<(AccountId, u64)>;

		/// The account that registered an audit key as one of its session keys.
		fn validator_of_key(key: AuditorId) -> Option<AccountId>;

		/// What an account earned as a validator and was paid, and what each era that is not settled would
		/// earn it as things stand.
		fn rewards(account: AccountId) -> RewardInfo;

		/// How much money is made for validators in this era, how much ever was, and how much ever can be.
		fn emission() -> Emission;

		/// What happened in this block.
		fn activity() -> Activity;
	}
}
