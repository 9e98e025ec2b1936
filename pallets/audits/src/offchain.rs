// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What a validator's node does about its seats, by itself.
//!
//! Nothing is remembered between two blocks: which votes are due stands in state, what the engine
//! found is asked by the content of the order, the salt comes out of a deterministic signature, and
//! the pool drops a transaction that it knows. So a restart, a reorganisation, a missed block or a
//! dead engine costs time, never a vote twice or a wrong one.

use crate::{
	types::SeatProgress, Call, Cases, Config, Declarations, Evidence, Evidences, Models, Pallet,
	SeatOf, Seats, Stage, Validators, LOG_TARGET,
};
use alloc::{collections::BTreeSet, vec::Vec};
use ergon_core::{
	audit::Reveal,
	crypto::{
		audit::AuditorId, signing_payload, COMMIT_DOMAIN, DECLARE_DOMAIN, OBJECT_DOMAIN,
		REVEAL_DOMAIN, SALT_DOMAIN,
	},
	engine::{Order, Outcome},
	JobId, ModelId, Vote, H256,
};
use ergon_engine_interface as engine;
use ergon_engine_interface::{Progress, Submission};
use frame_support::{traits::Get, BoundedVec};
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

/// What an engine says about a result.
struct Found {
	vote: Vote,
	/// The auditor's own digest.
	work_digest: H256,
	/// What those of the others have to be, in their order.
	of_others: Vec<H256>,
}

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
	/// There is no engine, or it has no model yet; that is no reason to withdraw what was declared.
	NoModels,
	/// The chain knows what the engine can do, or may not be told so soon.
	Declared,
	/// Nothing that can be slashed stands behind the key.
	NoBond,
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
			SeatProgress::Revealed { vote: Vote::Match, has_objected: false, .. } => {
				Self::serve_check(next, auditor, job, seat)
			}
			SeatProgress::Revealed { .. } | SeatProgress::Ended => Err(Idle::Done),
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
		let others = Self::others(job, auditor, &seat);
		let (vote, work_digest) = match Self::re_execute(job, &seat, &others, next, seat.commit_by)
		{
			Ok(Found { vote, work_digest, .. }) => (vote, work_digest),
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
				let others = Self::others(job, auditor, &seat);
				let Found { vote, work_digest, .. } =
					Self::re_execute(job, &seat, &others, next, seat.reveal_by)?;
				opens(vote, work_digest).ok_or(Idle::OutcomeChanged)?
			}
		};
		let round = seat.round;
		let signature = Self::sign(&seat, REVEAL_DOMAIN, (job, round, reveal))?;
		let auditor = auditor.clone();
		Self::submit(Call::reveal { job, round, auditor, reveal, signature })?;
		Ok("revealed a vote")
	}

	/// Objects to those whose digests are not what the engine found.
	fn serve_check(
		next: BlockNumberFor<T>,
		auditor: &T::AccountId,
		job: JobId,
		seat: SeatOf<T>,
	) -> Result<&'static str, Idle> {
		let case = Cases::<T>::get(job).ok_or(Idle::EvidenceGone)?;
		let Stage::Checking { object_by } = case.stage else { return Err(Idle::Done) };
		if next > object_by {
			return Err(Idle::Done);
		}
		let others = Self::others(job, auditor, &seat);
		if others.is_empty() {
			return Err(Idle::Done);
		}
		let found = Self::re_execute(job, &seat, &others, next, object_by)?;
		let is_idle = |seat: &SeatOf<T>, exact: &H256| match seat.progress {
			SeatProgress::Revealed { vote: Vote::Match, work_digest, .. } => work_digest != *exact,
			_ => false,
		};
		let accused: Vec<_> = others
			.into_iter()
			.zip(&found.of_others)
			.filter(|((_, seat), exact)| is_idle(seat, exact))
			.map(|((account, _), _)| account)
			.collect();
		if accused.is_empty() {
			return Err(Idle::Done);
		}
		let round = seat.round;
		let signature = Self::sign(&seat, OBJECT_DOMAIN, (job, round, &accused))?;
		let auditor = auditor.clone();
		let accused = BoundedVec::truncate_from(accused);
		Self::submit(Call::object { job, round, auditor, accused, signature })?;
		Ok("objected to auditors who have not worked")
	}

	/// The other seats of a case that were drawn before or with that one.
	fn others(
		job: JobId,
		auditor: &T::AccountId,
		own: &SeatOf<T>,
	) -> Vec<(T::AccountId, SeatOf<T>)> {
		let case = Cases::<T>::get(job);
		let accounts = case.map_or_else(Vec::new, |case| case.auditors.into_inner());
		accounts
			.into_iter()
			.filter(|account| account != auditor)
			.filter_map(|account| {
				let seat = Seats::<T>::get(&account, job)?;
				(seat.round <= own.round).then_some((account, seat))
			})
			.collect()
	}

	/// What the engine found, or the state of the order, which is handed in as often as needed; the engine
	/// need not go on after the last block in which it is of use.
	fn re_execute(
		job: JobId,
		seat: &SeatOf<T>,
		others: &[(T::AccountId, SeatOf<T>)],
		next: BlockNumberFor<T>,
		last: BlockNumberFor<T>,
	) -> Result<Found, Idle> {
		let Evidence { job: order, attestation, bundle } =
			T::Evidences::evidence(&job).ok_or(Idle::EvidenceGone)?;
		let others = others.iter().map(|(_, other)| other.challenge);
		let challenges: Vec<_> = core::iter::once(seat.challenge).chain(others).collect();
		let asked = challenges.len();
		let order = Order::Verify { job: order, attestation, bundle, challenges };
		let id = order.id();
		let blocks = last.saturating_sub(next).saturating_add(One::one()).saturated_into();
		match engine::progress(&id) {
			Progress::Pending => Err(Idle::Working(Progress::Pending)),
			Progress::Done => match engine::outcome(&id) {
				Some(Outcome::Verified {
					vote: vote @ (Vote::Match | Vote::Mismatch(_)),
					work_digests,
				}) if work_digests.len() == asked => {
					let mut digests = work_digests.into_iter();
					let work_digest = digests.next().unwrap_or_default();
					Ok(Found { vote, work_digest, of_others: digests.collect() })
				}
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

	/// Tells the chain what the engine can re-execute, for every audit key in this node's keystore, when that
	/// has changed.
	pub(crate) fn serve_declarations(now: BlockNumberFor<T>) {
		let keys = AuditorId::all();
		if keys.is_empty() {
			return;
		}
		let mut models = engine::models();
		models.retain(T::Models::is_usable);
		models.sort();
		models.dedup();
		for key in keys {
			match Self::serve_declaration(now, &key, &models) {
				Ok(()) => {
					log::info!(target: LOG_TARGET, "declared {} models for {key:?}", models.len())
				}
				Err(idle) => {
					log::debug!(target: LOG_TARGET, "declaration for {key:?}: {idle:?}")
				}
			}
		}
	}

	/// Declares `models` for one key, if there is a reason to.
	pub(crate) fn serve_declaration(
		now: BlockNumberFor<T>,
		key: &AuditorId,
		models: &[ModelId],
	) -> Result<(), Idle> {
		if models.is_empty() {
			return Err(Idle::NoModels);
		}
		let auditor = T::Validators::operator(key).ok_or(Idle::NoBond)?;
		if T::Validators::bond(&auditor) == 0 {
			return Err(Idle::NoBond);
		}
		let models = BoundedVec::truncate_from(models.to_vec());
		if let Some(last) = Declarations::<T>::get(&auditor) {
			let next = last.as_of.saturating_add(T::DeclarationInterval::get());
			if last.models == models || now < next {
				return Err(Idle::Declared);
			}
		}
		let payload = signing_payload(DECLARE_DOMAIN, Self::genesis_hash(), &(now, &models));
		let signature = key.sign(&payload).ok_or(Idle::SigningFailed)?;
		Self::submit(Call::declare { key: key.clone(), as_of: now, models, signature })
	}

	fn submit(call: Call<T>) -> Result<(), Idle> {
		let transaction = T::create_authorized_transaction(call.into());
		SubmitTransaction::<T, Call<T>>::submit_transaction(transaction).map_err(|()| Idle::Refused)
	}
}
