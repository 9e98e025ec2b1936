// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What this pallet stores.

use crate::{
	traits::{Constraints, TokenPrices},
	Config,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use ergon_core::{
	crypto::worker::WorkerId, job::DeclineReason, Attestation, Bundle, JobId, JobKind, ModelId,
	Work,
};
pub use ergon_economics::Balance;
use frame_support::{
	traits::fungible, weights::Weight, CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound,
};
use frame_system::pallet_prelude::BlockNumberFor;
use scale_info::TypeInfo;
use sp_runtime::BoundedVec;

pub(crate) type AccountIdOf<T> = <T as frame_system::Config>::AccountId;
pub(crate) type CreditOf<T> = fungible::Credit<AccountIdOf<T>, <T as Config>::Currency>;
pub(crate) type ConstraintsOf<T> = Constraints<AccountIdOf<T>>;
pub(crate) type StandingOf = crate::traits::Standing<Balance>;
pub(crate) type NeedOf<'a, T> = crate::traits::Need<'a, AccountIdOf<T>, Balance>;

/// The jobs of one block of the agenda.
pub type Slot<T> = BoundedVec<JobId, <T as Config>::MaxJobsPerBlock>;

/// One job.
#[derive(
	CloneNoBound, DebugNoBound, PartialEqNoBound, EqNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[codec(mel_bound(T: Config))]
#[scale_info(skip_type_params(T))]
pub struct Job<T: Config> {
	/// Who pays, and owns the holds.
	pub requester: T::AccountId,
	/// The requester's number for the job.
	pub nonce: u64,
	/// The model.
	pub model: ModelId,
	/// What to do.
	pub kind: JobKind,
	/// What the provider must satisfy.
	pub constraints: ConstraintsOf<T>,
	/// Length of the prompt.
	pub prompt_bytes: u32,
	/// Tokens that the prompt has at most.
	pub prompt_tokens: u32,
	/// Block of the submission.
	pub submitted_at: BlockNumberFor<T>,
	/// The most that the requester pays.
	pub max_price: Balance,
	/// Held for the price: `max_price` while the job lives, nothing afterwards.
	pub escrow: Balance,
	/// Held for the storage, until the job is pruned.
	pub deposit: Balance,
	/// Which one it is of several that ask for the same; nothing where only one provider is asked.
	pub replica: Option<Replica>,
	/// Number of the current or next assignment, from 0.
	pub round: u8,
	/// Providers that failed or declined, in order: one for each past round.
	pub excluded: BoundedVec<T::AccountId, T::MaxReassignments>,
	/// The agenda slot in which the job is looked at next; meaningless once it is final.
	pub due: BlockNumberFor<T>,
	/// Where it is in its life.
	pub state: JobState<T>,
}

/// Where a job is in its life; only `lifecycle_impls.rs` moves it on.
#[derive(
	CloneNoBound, DebugNoBound, PartialEqNoBound, EqNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[codec(mel_bound(T: Config))]
#[scale_info(skip_type_params(T))]
pub enum JobState<T: Config> {
	/// Waits for a provider.
	#[codec(index = 0)]
	Queued(Queued<T>),
	/// A provider works on it.
	#[codec(index = 1)]
	Assigned(Assignment<T>),
	/// The result is there and can still be overturned.
	#[codec(index = 2)]
	Attested(Attested<T>),
	/// The result is there, and an auditor says that it is wrong.
	#[codec(index = 3)]
	Disputed(Attested<T>),
	/// Final: the result stands and is paid.
	#[codec(index = 4)]
	Settled(Settled<T>),
	/// Final: refunded, because the result or the model turned out to be bad.
	#[codec(index = 5)]
	Voided(Voided<T>),
	/// Final: refunded, because nobody did it.
	#[codec(index = 6)]
	Expired(Expired<T>),
	/// Final: refunded, because the requester withdrew it.
	#[codec(index = 7)]
	Cancelled {
		/// Block of the cancellation.
		at: BlockNumberFor<T>,
	},
}

/// Data of a job that waits for a provider.
#[derive(
	CloneNoBound, DebugNoBound, PartialEqNoBound, EqNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[codec(mel_bound(T: Config))]
#[scale_info(skip_type_params(T))]
pub struct Queued<T: Config> {
	/// First block in which it is not assigned any more.
	pub expires_at: BlockNumberFor<T>,
}

/// Who does a job, and on which terms.
#[derive(
	CloneNoBound, DebugNoBound, PartialEqNoBound, EqNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[codec(mel_bound(T: Config))]
#[scale_info(skip_type_params(T))]
pub struct Assignment<T: Config> {
	/// Who.
	pub provider: T::AccountId,
	/// At which prices.
	pub prices: TokenPrices,
	/// Work that the job can come to at most, with which it counts until the result is there.
	pub work: Work,
	/// Block of the assignment; its hash is part of the sampler's seed.
	pub assigned_at: BlockNumberFor<T>,
	/// Last block in which the result is accepted.
	pub deadline: BlockNumberFor<T>,
}

/// A result that a provider stands for.
#[derive(
	CloneNoBound, DebugNoBound, PartialEqNoBound, EqNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[codec(mel_bound(T: Config))]
#[scale_info(skip_type_params(T))]
pub struct Attested<T: Config> {
	/// Who did it, and on which terms.
	pub assignment: Assignment<T>,
	/// Block of the attestation.
	pub attested_at: BlockNumberFor<T>,
	/// The sampler's seed.
	pub seed: [u8; 32],
	/// The price by the attested token counts.
	pub price: Balance,
	/// The work by the attested token counts.
	pub work: Work,
	/// What the price sets aside for audits.
	pub audit_budget: Balance,
	/// Length of the stored result, for the storage deposit.
	pub result_bytes: u32,
}

/// How a job was paid.
#[derive(
	CloneNoBound, DebugNoBound, PartialEqNoBound, EqNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[codec(mel_bound(T: Config))]
#[scale_info(skip_type_params(T))]
pub struct Settled<T: Config> {
	/// What was paid for.
	pub attested: Attested<T>,
	/// Who got what.
	pub settlement: Settlement,
	/// Auditors that were paid.
	pub auditors: u32,
	/// Whether at least one auditor re-executed it.
	pub audited: bool,
	/// Whether an auditor had called it wrong.
	pub disputed: bool,
	/// Block of the settlement.
	pub at: BlockNumberFor<T>,
}

/// Why and when a job was voided.
#[derive(
	CloneNoBound, DebugNoBound, PartialEqNoBound, EqNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[codec(mel_bound(T: Config))]
#[scale_info(skip_type_params(T))]
pub struct Voided<T: Config> {
	/// What it was before.
	pub from: VoidedFrom<T>,
	/// Why.
	pub reason: VoidReason,
	/// Block of the decision.
	pub at: BlockNumberFor<T>,
}

/// How far a voided job had come.
#[derive(
	CloneNoBound, DebugNoBound, PartialEqNoBound, EqNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[codec(mel_bound(T: Config))]
#[scale_info(skip_type_params(T))]
pub enum VoidedFrom<T: Config> {
	/// It waited for a provider.
	#[codec(index = 0)]
	Queue,
	/// A provider worked on it.
	#[codec(index = 1)]
	Assignment(Assignment<T>),
	/// There was a result.
	#[codec(index = 2)]
	Result(Attested<T>),
}

/// Why and when a job expired.
#[derive(
	CloneNoBound, DebugNoBound, PartialEqNoBound, EqNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[codec(mel_bound(T: Config))]
#[scale_info(skip_type_params(T))]
pub struct Expired<T: Config> {
	/// Why.
	pub reason: ExpiryReason,
	/// Block of the expiry.
	pub at: BlockNumberFor<T>,
}

macro_rules! small {
	($(#[$meta:meta])* pub $kind:ident $name:ident { $($body:tt)* }) => {
		$(#[$meta])*
		#[derive(
			Clone,
			Copy,
			Debug,
			PartialEq,
			Eq,
			Encode,
			Decode,
			DecodeWithMemTracking,
			MaxEncodedLen,
			TypeInfo,
		)]
		pub $kind $name { $($body)* }
	};
}

small! {
	/// One of several jobs that ask for the same, each of another provider.
	pub struct Replica {
		/// The first of them, which names all; see [`ergon_core::replica::replica_id`].
		pub first: JobId,
		/// Which one this is, from 0.
		pub index: u8,
		/// How many there are, 2..=[`MAX_REPLICAS`](ergon_core::replica::MAX_REPLICAS).
		pub of: u8,
		/// The sampler's seed, the same for all; known once this one was assigned.
		pub seed: Option<[u8; 32]>,
	}
}

small! {
	/// Why an assignment ended without a result.
	pub enum Failure {
		/// The deadline passed.
		#[codec(index = 0)]
		Missed,
		/// The provider gave the job back.
		#[codec(index = 1)]
		Declined(DeclineReason),
	}
}

small! {
	/// Why a job expired.
	pub enum ExpiryReason {
		/// No provider's offer fitted in time.
		#[codec(index = 0)]
		NoProvider,
		/// Every provider that may do it failed, the last one like this.
		#[codec(index = 1)]
		Failed(Failure),
	}
}

small! {
	/// Why a job was voided.
	pub enum VoidReason {
		/// Auditors overturned the result.
		#[codec(index = 0)]
		Overturned,
		/// The model was recalled before there was a result.
		#[codec(index = 1)]
		ModelRecalled,
	}
}

small! {
	/// Who got what of a settled price.
	///
	/// price + from_pool = provider + treasury + auditors + to_pool + burnt, and
	/// price + refunded is what was held.
	#[derive(Default)]
	pub struct Settlement {
		/// The actual price.
		pub price: Balance,
		/// Released to the requester.
		pub refunded: Balance,
		/// Paid to the provider.
		pub provider: Balance,
		/// Paid to the treasury.
		pub treasury: Balance,
		/// Paid to auditors.
		pub auditors: Balance,
		/// Taken from the audit pool, because the auditors earned more than the job's budget.
		pub from_pool: Balance,
		/// Paid to the audit pool: what the budget left, and what could not be delivered.
		pub to_pool: Balance,
		/// Burnt.
		pub burnt: Balance,
	}
}

small! {
	/// [`JobState`] without its data.
	pub enum JobStatus {
		/// Waits for a provider.
		#[codec(index = 0)]
		Queued,
		/// A provider works on it.
		#[codec(index = 1)]
		Assigned,
		/// The result is there and can still be overturned.
		#[codec(index = 2)]
		Attested,
		/// The result is there, and an auditor says that it is wrong.
		#[codec(index = 3)]
		Disputed,
		/// Final: the result stands and is paid.
		#[codec(index = 4)]
		Settled,
		/// Final: refunded, because the result or the model turned out to be bad.
		#[codec(index = 5)]
		Voided,
		/// Final: refunded, because nobody did it.
		#[codec(index = 6)]
		Expired,
		/// Final: refunded, because the requester withdrew it.
		#[codec(index = 7)]
		Cancelled,
	}
}

impl JobStatus {
	/// Whether something can still happen to the job.
	pub fn is_live(self) -> bool {
		matches!(self, Self::Queued | Self::Assigned | Self::Attested | Self::Disputed)
	}
}

impl<T: Config> Job<T> {
	/// Where the job is in its life.
	pub fn status(&self) -> JobStatus {
		match self.state {
			JobState::Queued(_) => JobStatus::Queued,
			JobState::Assigned(_) => JobStatus::Assigned,
			JobState::Attested(_) => JobStatus::Attested,
			JobState::Disputed(_) => JobStatus::Disputed,
			JobState::Settled(_) => JobStatus::Settled,
			JobState::Voided(_) => JobStatus::Voided,
			JobState::Expired(_) => JobStatus::Expired,
			JobState::Cancelled { .. } => JobStatus::Cancelled,
		}
	}

	/// Who has the job, or had it when it became final.
	pub fn assignment(&self) -> Option<&Assignment<T>> {
		match &self.state {
			JobState::Assigned(assignment) => Some(assignment),
			JobState::Attested(attested) | JobState::Disputed(attested) => {
				Some(&attested.assignment)
			}
			JobState::Settled(settled) => Some(&settled.attested.assignment),
			JobState::Voided(voided) => match &voided.from {
				VoidedFrom::Queue => None,
				VoidedFrom::Assignment(assignment) => Some(assignment),
				VoidedFrom::Result(attested) => Some(&attested.assignment),
			},
			JobState::Queued(_) | JobState::Expired(_) | JobState::Cancelled { .. } => None,
		}
	}

	/// The result that the job has, while it is not final.
	pub fn open_result(&self) -> Option<&Attested<T>> {
		match &self.state {
			JobState::Attested(attested) | JobState::Disputed(attested) => Some(attested),
			_ => None,
		}
	}

	/// The result that the job has, or had when it was voided.
	pub fn attested(&self) -> Option<&Attested<T>> {
		match &self.state {
			JobState::Settled(settled) => Some(&settled.attested),
			JobState::Voided(Voided { from: VoidedFrom::Result(attested), .. }) => Some(attested),
			_ => self.open_result(),
		}
	}

	/// Block in which the job became final.
	pub fn finished_at(&self) -> Option<BlockNumberFor<T>> {
		match &self.state {
			JobState::Settled(settled) => Some(settled.at),
			JobState::Voided(voided) => Some(voided.at),
			JobState::Expired(expired) => Some(expired.at),
			JobState::Cancelled { at } => Some(*at),
			_ => None,
		}
	}
}

/// What a provider delivered, as it was signed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct JobResult {
	/// The claim.
	pub attestation: Attestation,
	/// What it claims.
	pub bundle: Bundle,
	/// The key that signed the claim.
	pub worker: WorkerId,
	/// Its ed25519 signature over [`Attestation::signing_payload`].
	pub signature: [u8; 64],
}

/// What became of a job that was looked at; each has a benchmark of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Branch {
	/// There was no such live job.
	Nothing,
	/// Assigned, out of so many offers.
	Assigned {
		/// Offers of the model.
		offers: u32,
		/// What asking whether it can be audited, and about its replicas, weighed.
		auditing: Weight,
	},
	/// No offer fitted, out of so many, or it could not be audited.
	Waiting {
		/// Offers of the model.
		offers: u32,
		/// What asking whether it can be audited, and about its replicas, weighed.
		auditing: Weight,
	},
	/// Expired in the queue.
	Expired,
	/// A missed deadline put it back into the queue.
	Requeued,
	/// A missed deadline was the last one.
	GaveUp,
	/// The audits go on.
	Pending {
		/// What asking about them, and about replicas, weighed.
		auditing: Weight,
	},
	/// Settled.
	Settled {
		/// At most so many auditors were paid, and at most so many slashed.
		auditors: u32,
		/// What asking about the audits, and about replicas, weighed.
		auditing: Weight,
	},
	/// Overturned.
	Overturned {
		/// At most so many auditors were paid, and at most so many slashed.
		auditors: u32,
		/// What asking about the audits, and about replicas, weighed.
		auditing: Weight,
	},
	/// Voided because its model was recalled.
	Recalled,
}

/// Agenda slots that were looked at and found full.
pub type FullSlots = u32;
