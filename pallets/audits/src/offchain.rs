// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What a validator's node does about its seats, by itself.
//!
//! Nothing is remembered between two blocks: which votes are due stands in state, what the engine
//! found is asked by the content of the order, the salt comes out of a deterministic signature, and
//! the pool drops a transaction that it knows. So a restart, a reorganisation, a missed block or a
//! dead engine costs time, never a vote twice or a wrong one.

use crate::{
	types::SeatProgress, Call, Config, Evidence, Evidences, Pallet, SeatOf, Seats, Validators,
	LOG_TARGET,
};
use alloc::{collections::BTreeSet, vec::Vec};
use ergon_core::{
	audit::Reveal,
	crypto::{audit::AuditorId, signing_payload, COMMIT_DOMAIN, REVEAL_DOMAIN, SALT_DOMAIN},
	engine::{Order, Outcome},
	JobId, Vote, H256,
};
use ergon_engine_interface as engine;
use ergon_engine_interface::{Progress, Submission};
use frame_system::{offchain::SubmitTransaction, pallet_prelude::BlockNumberFor};
use sp_io::hashing::blake2_256;
use sp_runtime::{
	traits::{One, Saturating},
	RuntimeAppPublic, SaturatedConversion,
};

/// Blocks before the end of the commit window in which an auditor that has no outcome gives up and
/// says so. Enough for a transaction to get in although one block takes none because a session
/// begins.
pub(crate) const LAST_CALL: u32 = 3;

/// Why nothing was done about a seat in this block.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Idle {
	/// The engine is not done.
	Working(Progress),
	/// The engine took the order now, or not.
	Ordered(Submission),
	/// The commitment is in; reveals are not yet taken.
	RevealTooEarly,
	/// The vote is in.
	Done,
	/// The window is closed: the duty is missed.
	Missed,
	/// What the engine says now does not open the commitment.
	OutcomeChanged,
	/// The job is over; so will the case be.
	EvidenceGone,
	/// The key that was drawn is not in this node's keystore.
	KeyMissing,
	/// The keystore did not sign.
	SigningFailed,
	/// The pool has the transaction, or refused it.
	Refused,
}

impl<T: Config> Pallet<T> {
	/// Looks after every open seat whose audit key is in this node's keystore.
	pub(crate) fn serve_duties(now: BlockNumberFor<T>) {
		let keys: BTreeSet<AuditorId> = AuditorId::all().into_iter().collect();
		let auditors: BTreeSet<T::AccountId> =
			keys.iter().filter_map(T::Validators::operator).collect();
		for auditor in auditors {
			let seats: Vec<_> = Seats::<T>::iter_prefix(&auditor).collect();
			for (job, seat) in seats {
				let round = seat.round;
				match Self::serve(now, &keys, &auditor, job, seat) {
					Ok(step) => log::info!(
						target: LOG_TARGET,
						"{step} for the audit of job {job:?}, round {round}",
					),
					Err(idle @ (Idle::Missed | Idle::KeyMissing | Idle::OutcomeChanged)) => {
						log::warn!(
							target: LOG_TARGET,
							"audit of job {job:?}, round {round}: {idle:?}",
						)
					}
					Err(idle) => log::debug!(
						target: LOG_TARGET,
						"audit of job {job:?}, round {round}: {idle:?}",
					),
				}
			}
		}
	}

	/// Takes the next step for one seat; says which.
	pub(crate) fn serve(
		now: BlockNumberFor<T>,
		keys: &BTreeSet<AuditorId>,
		auditor: &T::AccountId,
		job: JobId,
		seat: SeatOf<T>,
	) -> Result<&'static str, Idle> {
		if !keys.contains(&seat.key) {
			return Err(Idle::KeyMissing);
		}
		// What is submitted now gets into the next block at the earliest.
		let next = now.saturating_add(One::one());
		match seat.progress {
			SeatProgress::Revealed { .. } => Err(Idle::Done),
			SeatProgress::Drawn if next > seat.commit_by => Err(Idle::Missed),
			SeatProgress::Drawn => Self::serve_commit(next, auditor, job, seat),
			SeatProgress::Committed(_) if next <= seat.commit_by => Err(Idle::RevealTooEarly),
			SeatProgress::Committed(_) if next > seat.reveal_by => Err(Idle::Missed),
			SeatProgress::Committed(commitment) => {
				Self::serve_reveal(next, auditor, job, seat, commitment)
			}
		}
	}

	fn serve_commit(
		next: BlockNumberFor<T>,
		auditor: &T::AccountId,
		job: JobId,
		seat: SeatOf<T>,
	) -> Result<&'static str, Idle> {
		let (vote, work_digest) = match Self::re_execute(job, &seat, next, seat.commit_by) {
			Ok(result) => result,
			// Better to say that one cannot than to be counted as absent.
			Err(_) if next.saturating_add(LAST_CALL.into()) > seat.commit_by => {
				(Vote::Unavailable, H256::zero())
			}
			Err(idle) => return Err(idle),
		};
		let round = seat.round;
		let salt = Self::salt(job, &seat)?;
		let commitment = Reveal { vote, work_digest, salt }.commitment(seat.challenge);
		let signature = Self::sign(&seat, COMMIT_DOMAIN, (job, round, commitment))?;
		let auditor = auditor.clone();
		Self::submit(Call::commit { job, round, auditor, commitment, signature })?;
		Ok(match vote {
			Vote::Unavailable => "gave up and committed Unavailable",
			_ => "committed a vote",
		})
	}

	fn serve_reveal(
		next: BlockNumberFor<T>,
		auditor: &T::AccountId,
		job: JobId,
		seat: SeatOf<T>,
		commitment: H256,
	) -> Result<&'static str, Idle> {
		let salt = Self::salt(job, &seat)?;
		let opens = |vote, work_digest| {
			let reveal = Reveal { vote, work_digest, salt };
			(reveal.commitment(seat.challenge) == commitment).then_some(reveal)
		};
		// The engine may have finished after this node gave up, or may have forgotten: what was
		// committed decides which it is, and a forgotten order gives the same bits again.
		let reveal = match opens(Vote::Unavailable, H256::zero()) {
			Some(reveal) => reveal,
			None => {
				let (vote, work_digest) = Self::re_execute(job, &seat, next, seat.reveal_by)?;
				opens(vote, work_digest).ok_or(Idle::OutcomeChanged)?
			}
		};
		let round = seat.round;
		let signature = Self::sign(&seat, REVEAL_DOMAIN, (job, round, reveal))?;
		let auditor = auditor.clone();
		Self::submit(Call::reveal { job, round, auditor, reveal, signature })?;
		Ok("revealed a vote")
	}

	/// What the engine found, or the state of the order, which is handed in as often as needed; the engine
	/// need not go on after the last block in which it is of use.
	fn re_execute(
		job: JobId,
		seat: &SeatOf<T>,
		next: BlockNumberFor<T>,
		last: BlockNumberFor<T>,
	) -> Result<(Vote, H256), Idle> {
		let Evidence { job: order, attestation, bundle } =
			T::Evidences::evidence(&job).ok_or(Idle::EvidenceGone)?;
		let order = Order::Verify { job: order, attestation, bundle, challenge: seat.challenge };
		let id = order.id();
		let blocks = last.saturating_sub(next).saturating_add(One::one()).saturated_into();
		match engine::progress(&id) {
			Progress::Pending => Err(Idle::Working(Progress::Pending)),
			Progress::Done => match engine::outcome(&id) {
				Some(Outcome::Verified {
					vote: vote @ (Vote::Match | Vote::Mismatch(_)),
					work_digest,
				}) => Ok((vote, work_digest)),
				// An outcome of another kind, a failure that may pass, or one that was forgotten
				// just now: never a Match.
				Some(_) | None => Err(Idle::Ordered(engine::submit(&order, blocks))),
			},
			Progress::Unknown | Progress::Unavailable => {
				Err(Idle::Ordered(engine::submit(&order, blocks)))
			}
		}
	}

	/// Nobody else can know it, and it needs no storage.
	fn salt(job: JobId, seat: &SeatOf<T>) -> Result<[u8; 32], Idle> {
		let signature = Self::sign(seat, SALT_DOMAIN, (job, seat.round))?;
		Ok(blake2_256(signature.as_ref()))
	}

	fn sign(
		seat: &SeatOf<T>,
		domain: &'static [u8],
		statement: impl codec::Encode,
	) -> Result<<AuditorId as RuntimeAppPublic>::Signature, Idle> {
		let payload = signing_payload(domain, Self::genesis_hash(), &statement);
		seat.key.sign(&payload).ok_or(Idle::SigningFailed)
	}

	fn submit(call: Call<T>) -> Result<(), Idle> {
		let transaction = T::create_authorized_transaction(call.into());
		SubmitTransaction::<T, Call<T>>::submit_transaction(transaction).map_err(|()| Idle::Refused)
	}
}
