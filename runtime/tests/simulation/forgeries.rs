// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Authorized calls whose proof is none: what stands under them is not by the key, or they come from an account.

use crate::simulation::Simulation;
use ergon_core::{
	audit::Reveal,
	job::DeclineReason,
	sprint::{self, item},
	Vote, H256,
};
use ergon_exact::game::{Move, Turn};
use ergon_runtime::{AccountId, Jobs, Power, Runtime, RuntimeCall, UncheckedExtrinsic};
use ergon_test_chain::tiny;
use pallet_disputes::PlayerSignature;
use pallet_sprints::Commitment;
use sp_core::ed25519::{Public, Signature};

/// A signature that nobody has made.
fn no_signature() -> Signature {
	Signature::from_raw([0; 64])
}

/// The same transaction with a signature that is none; nothing where it has none to begin with.
pub(crate) fn forge(transaction: &UncheckedExtrinsic) -> Option<UncheckedExtrinsic> {
	let mut forged = transaction.clone();
	match &mut forged.function {
		RuntimeCall::Jobs(
			pallet_jobs::Call::attest { signature, .. }
			| pallet_jobs::Call::decline { signature, .. },
		) => *signature = no_signature().into(),
		RuntimeCall::Audits(
			pallet_audits::Call::commit { signature, .. }
			| pallet_audits::Call::reveal { signature, .. }
			| pallet_audits::Call::object { signature, .. }
			| pallet_audits::Call::declare { signature, .. },
		) => *signature = no_signature().into(),
		RuntimeCall::Sprints(
			pallet_sprints::Call::commit { signature, .. }
			| pallet_sprints::Call::show { signature, .. },
		) => *signature = no_signature().into(),
		RuntimeCall::Disputes(pallet_disputes::Call::play { signature, .. }) => {
			*signature = match signature {
				PlayerSignature::Worker(_) => PlayerSignature::Worker(no_signature().into()),
				PlayerSignature::Auditor(_) => PlayerSignature::Auditor(no_signature().into()),
			}
		}
		_ => return None,
	}
	// What it was decoded from.
	(forged.encoded_call, forged.encoded_len) = (None, None);
	Some(forged)
}

impl Simulation {
	/// An authorized call, to be put into a signed transaction or into one that nobody has authorized: it must do
	/// nothing.
	pub(crate) fn forgery(&mut self) -> RuntimeCall {
		let (job, who) = (self.job(), self.account().to_account_id());
		let hash = H256(self.choices.bytes());
		match self.choices.below(9) {
			0 => pallet_audits::Call::<Runtime>::commit {
				job,
				round: 0,
				auditor: who,
				commitment: hash,
				signature: no_signature().into(),
			}
			.into(),
			1 => pallet_audits::Call::<Runtime>::reveal {
				job,
				round: 0,
				auditor: who,
				reveal: Reveal { vote: Vote::Match, work_digest: hash, salt: hash.0 },
				signature: no_signature().into(),
			}
			.into(),
			2 => pallet_audits::Call::<Runtime>::object {
				job,
				round: 0,
				auditor: who,
				accused: vec![self.account().to_account_id()].try_into().unwrap(),
				signature: no_signature().into(),
			}
			.into(),
			3 => pallet_audits::Call::<Runtime>::declare {
				key: Public::from_raw(hash.0).into(),
				as_of: self.chain.height(),
				models: vec![tiny::id()].try_into().unwrap(),
				signature: no_signature().into(),
			}
			.into(),
			4 => pallet_jobs::Call::<Runtime>::decline {
				job,
				round: 0,
				reason: DeclineReason::EngineFailure,
				signature: no_signature().into(),
			}
			.into(),
			5 => pallet_disputes::Call::<Runtime>::play {
				job,
				step: 0,
				turn: Box::new(Turn { groundwork: None, made: Move::Entry }),
				signature: PlayerSignature::Worker(no_signature().into()),
			}
			.into(),
			6 => self.forged_attestation(),
			_ => self.forged_sprint(who),
		}
	}

	/// The result of a job that is at work, by somebody who does not have the key.
	fn forged_attestation(&mut self) -> RuntimeCall {
		let job = self.job();
		let item = item(job, tiny::id(), true, 0);
		let order = self.chain.read(|| Jobs::job_order(&job));
		let answer = order.and_then(|order| tiny::answer(&order, false));
		let answer = answer.or_else(|| tiny::answer(&item, false));
		let (attestation, bundle) = answer.expect("items fit");
		let signature = no_signature().into();
		pallet_jobs::Call::<Runtime>::attest { attestation, bundle, round: 0, signature }.into()
	}

	/// What somebody is said to have done in the sprint of this era.
	fn forged_sprint(&mut self, operator: AccountId) -> RuntimeCall {
		let era = self.chain.read(Power::era).era;
		let subject = sprint::subject(H256(self.choices.bytes()), &operator);
		let (attestation, bundle) =
			tiny::answer(&item(subject, tiny::id(), true, 0), false).expect("items fit");
		let root = sprint::leaf(&attestation, &bundle);
		let signature = no_signature().into();
		match self.choices.one_in(2) {
			true => {
				let commitment = Commitment { model: tiny::id(), items: 1, root };
				pallet_sprints::Call::<Runtime>::commit { era, operator, commitment, signature }
					.into()
			}
			false => pallet_sprints::Call::<Runtime>::show {
				era,
				operator,
				index: 0,
				attestation,
				bundle,
				path: Default::default(),
				signature,
			}
			.into(),
		}
	}
}
