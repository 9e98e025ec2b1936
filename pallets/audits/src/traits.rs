// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What this pallet needs from its peers, and the rule that is to be replaced.

use crate::types::Balance;
use alloc::vec::Vec;
use ergon_core::{
	crypto::audit::AuditorId, engine::JobOrder, Attestation, Bundle, JobId, Vote, Work,
};

/// Who may be drawn; implemented by `pallet-power` and the session pallet.
pub trait Validators<AccountId> {
	/// What is left of a slashed bond, still to be given to somebody.
	type Credit;

	/// The validators of this session and their audit keys, in the order of the session; nobody
	/// stands there twice.
	fn active() -> Vec<(AccountId, AuditorId)>;

	/// The validator that registered an audit key, in this session's set or not.
	fn operator(key: &AuditorId) -> Option<AccountId>;

	/// What a slash could take.
	fn bond(validator: &AccountId) -> Balance;

	/// Slashes the bond by `amount` at most, and hands over the money with what could not be taken.
	fn slash(validator: &AccountId, amount: Balance) -> (Self::Credit, Balance);

	/// The validator fulfilled an audit duty of that work.
	fn note_fulfilled(validator: &AccountId, work: Work);

	/// The validator missed an audit duty of that work: costs stake and power.
	fn note_missed(validator: &AccountId, work: Work);

	/// Makes `count` fresh accounts the active validators, with audit keys whose private halves are
	/// in the keystore, so that they can sign.
	#[cfg(feature = "runtime-benchmarks")]
	fn set_active_for_benchmark(count: u32);
}

/// What an auditor has to re-execute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
	/// The job as it was assigned.
	pub job: JobOrder,
	/// What the provider signed.
	pub attestation: Attestation,
	/// What the provider delivered.
	pub bundle: Bundle,
}

/// Where the evidence is kept; implemented by `pallet-jobs`. Only off-chain workers ask.
pub trait Evidences {
	/// The evidence of a job whose result is fixed and not final.
	fn evidence(job: &JobId) -> Option<Evidence>;
}

/// Randomness of past blocks.
pub trait BlockRandomness {
	/// The VRF output of the parent block.
	fn parent() -> [u8; 32];
}

/// What a [`Judge`] decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
	/// The result stands.
	Upheld,
	/// The result is wrong.
	Overturned,
}

/// Decides between an attested result and a Mismatch vote.
///
/// Only votes of re-executions are handed over: Match and Mismatch, never Unavailable.
pub trait Judge {
	/// Whether more auditors have to vote before [`Self::decide`] may be asked.
	fn needs_jury(votes: &[Vote]) -> bool;

	/// The decision over all revealed votes. Without any Match or Mismatch the result stands.
	fn decide(votes: &[Vote]) -> Judgement;
}

/// Until disputes end in the runtime: a Mismatch draws every remaining validator, and the majority
/// of those who re-executed decides; a tie upholds the result.
pub struct MajorityOfReExecutions;

impl Judge for MajorityOfReExecutions {
	fn needs_jury(votes: &[Vote]) -> bool {
		votes.iter().any(|vote| matches!(vote, Vote::Mismatch { .. }))
	}

	fn decide(votes: &[Vote]) -> Judgement {
		let count = |wanted: fn(&Vote) -> bool| votes.iter().filter(|vote| wanted(vote)).count();
		let matches = count(|vote| matches!(vote, Vote::Match));
		let mismatches = count(|vote| matches!(vote, Vote::Mismatch { .. }));
		if mismatches > matches {
			Judgement::Overturned
		} else {
			Judgement::Upheld
		}
	}
}
