// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Votes: who may give one, and what is kept of it.

use crate::{types::SeatProgress, Config, Error, Event, Pallet, SeatOf, Seats};
use ergon_core::{
	audit::Reveal,
	crypto::{audit::AuditorSignature, signing_payload, COMMIT_DOMAIN, REVEAL_DOMAIN},
	JobId, H256,
};
use frame_support::{ensure, pallet_prelude::*};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
	traits::{SaturatedConversion, Saturating},
	transaction_validity::TransactionValidityWithRefund,
	DispatchResult, RuntimeAppPublic,
};

/// What [`InvalidTransaction::Custom`] carries when a vote is refused before it gets into a block.
/// Votes that come too late or twice are [`InvalidTransaction::Stale`], reveals that come too early
/// [`InvalidTransaction::Future`], and wrong signatures [`InvalidTransaction::BadProof`].
pub mod refusal {
	/// [`crate::Error::NoSeat`].
	pub const NO_SEAT: u8 = 1;
	/// [`crate::Error::WrongRound`].
	pub const WRONG_ROUND: u8 = 2;
	/// [`crate::Error::NotCommitted`].
	pub const NOT_COMMITTED: u8 = 3;
	/// [`crate::Error::RevealDoesNotOpen`].
	pub const REVEAL_DOES_NOT_OPEN: u8 = 4;
}

impl<T: Config> From<Error<T>> for TransactionValidityError {
	fn from(error: Error<T>) -> Self {
		match error {
			Error::NoSeat => InvalidTransaction::Custom(refusal::NO_SEAT),
			Error::WrongRound => InvalidTransaction::Custom(refusal::WRONG_ROUND),
			Error::NotCommitted => InvalidTransaction::Custom(refusal::NOT_COMMITTED),
			Error::RevealDoesNotOpen => InvalidTransaction::Custom(refusal::REVEAL_DOES_NOT_OPEN),
			Error::AlreadyCommitted
			| Error::AlreadyRevealed
			| Error::CommitTooLate
			| Error::RevealTooLate => InvalidTransaction::Stale,
			Error::RevealTooEarly => InvalidTransaction::Future,
			Error::BadSignature => InvalidTransaction::BadProof,
			Error::__Ignore(..) => InvalidTransaction::Call,
		}
		.into()
	}
}

impl<T: Config> Pallet<T> {
	/// The seat, if it may take a commitment now.
	fn seat_for_commit(
		job: &JobId,
		round: u8,
		auditor: &T::AccountId,
	) -> Result<SeatOf<T>, Error<T>> {
		let seat = Seats::<T>::get(auditor, job).ok_or(Error::<T>::NoSeat)?;
		ensure!(seat.round == round, Error::<T>::WrongRound);
		match seat.progress {
			SeatProgress::Drawn => {}
			SeatProgress::Committed(_) => return Err(Error::<T>::AlreadyCommitted),
			SeatProgress::Revealed { .. } => return Err(Error::<T>::AlreadyRevealed),
		}
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(now <= seat.commit_by, Error::<T>::CommitTooLate);
		Ok(seat)
	}

	/// The seat, if that reveal opens its commitment and may do so now.
	fn seat_for_reveal(
		job: &JobId,
		round: u8,
		auditor: &T::AccountId,
		reveal: &Reveal,
	) -> Result<SeatOf<T>, Error<T>> {
		let seat = Seats::<T>::get(auditor, job).ok_or(Error::<T>::NoSeat)?;
		ensure!(seat.round == round, Error::<T>::WrongRound);
		let commitment = match seat.progress {
			SeatProgress::Drawn => return Err(Error::<T>::NotCommitted),
			SeatProgress::Committed(commitment) => commitment,
			SeatProgress::Revealed { .. } => return Err(Error::<T>::AlreadyRevealed),
		};
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(now > seat.commit_by, Error::<T>::RevealTooEarly);
		ensure!(now <= seat.reveal_by, Error::<T>::RevealTooLate);
		ensure!(reveal.commitment(seat.challenge) == commitment, Error::<T>::RevealDoesNotOpen);
		Ok(seat)
	}

	pub(crate) fn authorize_commit(
		job: &JobId,
		round: u8,
		auditor: &T::AccountId,
		commitment: &H256,
		signature: &AuditorSignature,
	) -> TransactionValidityWithRefund {
		let seat = Self::seat_for_commit(job, round, auditor)?;
		Self::verify(&seat, COMMIT_DOMAIN, &(job, round, commitment), signature)?;
		Self::valid("ErgonAuditCommit", job, round, auditor, seat.commit_by)
	}

	pub(crate) fn authorize_reveal(
		job: &JobId,
		round: u8,
		auditor: &T::AccountId,
		reveal: &Reveal,
		signature: &AuditorSignature,
	) -> TransactionValidityWithRefund {
		let seat = Self::seat_for_reveal(job, round, auditor, reveal)?;
		Self::verify(&seat, REVEAL_DOMAIN, &(job, round, reveal), signature)?;
		Self::valid("ErgonAuditReveal", job, round, auditor, seat.reveal_by)
	}

	fn verify(
		seat: &SeatOf<T>,
		domain: &'static [u8],
		statement: &impl Encode,
		signature: &AuditorSignature,
	) -> Result<(), Error<T>> {
		let payload = signing_payload(domain, Self::genesis_hash(), statement);
		ensure!(seat.key.verify(&payload, signature), Error::<T>::BadSignature);
		Ok(())
	}

	/// One transaction per seat and step, for as long as the step is open.
	fn valid(
		tag: &'static str,
		job: &JobId,
		round: u8,
		auditor: &T::AccountId,
		by: BlockNumberFor<T>,
	) -> TransactionValidityWithRefund {
		let now = frame_system::Pallet::<T>::block_number();
		// `now` is the earliest block that can take it, so `by` = `now` is a lifetime of one block.
		let blocks = by.saturating_sub(now).saturated_into::<u64>().saturating_add(1);
		ValidTransaction::with_tag_prefix(tag)
			.priority(T::DutyPriority::get())
			.and_provides((job, round, auditor))
			.longevity(blocks)
			.propagate(true)
			.build()
			.map(|valid| (valid, Weight::zero()))
	}

	/// Keeps a commitment whose signature was checked.
	pub(crate) fn do_commit(
		job: JobId,
		round: u8,
		auditor: T::AccountId,
		commitment: H256,
	) -> DispatchResult {
		let mut seat = Self::seat_for_commit(&job, round, &auditor)?;
		seat.progress = SeatProgress::Committed(commitment);
		Seats::<T>::insert(&auditor, job, seat);
		Self::deposit_event(Event::VoteCommitted { job, round, auditor });
		Ok(())
	}

	/// Keeps a vote whose signature was checked.
	pub(crate) fn do_reveal(
		job: JobId,
		round: u8,
		auditor: T::AccountId,
		reveal: Reveal,
	) -> DispatchResult {
		let mut seat = Self::seat_for_reveal(&job, round, &auditor, &reveal)?;
		let Reveal { vote, work_digest, .. } = reveal;
		seat.progress = SeatProgress::Revealed { vote, work_digest };
		Seats::<T>::insert(&auditor, job, seat);
		Self::deposit_event(Event::VoteRevealed { job, round, auditor, vote });
		Ok(())
	}
}
