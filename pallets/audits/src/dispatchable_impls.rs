// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Votes and objections: who may give one, and what is kept of it.

use crate::{
	types::SeatProgress, Accuser, AuditorWork, Cases, Charge, Config, Error, Event, Judge, Pallet,
	Seat, SeatOf, Seats, Stage,
};
use alloc::vec::Vec;
use ergon_core::{
	audit::Reveal,
	crypto::{
		audit::AuditorSignature, signing_payload, COMMIT_DOMAIN, OBJECT_DOMAIN, REVEAL_DOMAIN,
	},
	JobId, Vote, H256,
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
	/// [`crate::Error::CannotObject`].
	pub const CANNOT_OBJECT: u8 = 5;
	/// [`crate::Error::NobodyToObjectTo`].
	pub const NOBODY_TO_OBJECT_TO: u8 = 6;
	/// [`crate::Error::NotValidator`].
	pub const NOT_VALIDATOR: u8 = 7;
	/// [`crate::Error::ModelsOutOfOrder`].
	pub const MODELS_OUT_OF_ORDER: u8 = 8;
	/// [`crate::Error::ModelUnusable`].
	pub const MODEL_UNUSABLE: u8 = 9;
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
			| Error::RevealTooLate
			| Error::ObjectionTooLate
			| Error::DeclarationOutdated
			| Error::DeclaredAlready => InvalidTransaction::Stale,
			Error::RevealTooEarly | Error::ObjectionTooEarly => InvalidTransaction::Future,
			Error::CannotObject => InvalidTransaction::Custom(refusal::CANNOT_OBJECT),
			Error::NobodyToObjectTo => InvalidTransaction::Custom(refusal::NOBODY_TO_OBJECT_TO),
			Error::NotValidator => InvalidTransaction::Custom(refusal::NOT_VALIDATOR),
			Error::ModelsOutOfOrder => InvalidTransaction::Custom(refusal::MODELS_OUT_OF_ORDER),
			Error::ModelUnusable => InvalidTransaction::Custom(refusal::MODEL_UNUSABLE),
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
			SeatProgress::Ended => return Err(Error::<T>::CommitTooLate),
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
			SeatProgress::Ended => return Err(Error::<T>::RevealTooLate),
		};
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(now > seat.commit_by, Error::<T>::RevealTooEarly);
		ensure!(now <= seat.reveal_by, Error::<T>::RevealTooLate);
		ensure!(reveal.commitment(seat.challenge) == commitment, Error::<T>::RevealDoesNotOpen);
		Ok(seat)
	}

	/// The seat, and the last block for its objection, if it may object to those now.
	fn seat_for_objection(
		job: &JobId,
		round: u8,
		auditor: &T::AccountId,
		accused: &[T::AccountId],
	) -> Result<(SeatOf<T>, BlockNumberFor<T>), Error<T>> {
		let seat = Seats::<T>::get(auditor, job).ok_or(Error::<T>::NoSeat)?;
		ensure!(seat.round == round, Error::<T>::WrongRound);
		let SeatProgress::Revealed { vote: Vote::Match, has_objected: false, .. } = seat.progress
		else {
			return Err(Error::<T>::CannotObject);
		};
		let object_by = match Cases::<T>::get(job).ok_or(Error::<T>::NoSeat)?.stage {
			Stage::Checking { object_by } => object_by,
			Stage::Voting { .. } | Stage::Drawing { .. } => {
				return Err(Error::<T>::ObjectionTooEarly)
			}
			Stage::Judging => return Err(Error::<T>::ObjectionTooLate),
		};
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(now <= object_by, Error::<T>::ObjectionTooLate);
		let are_open = accused
			.iter()
			.all(|account| account != auditor && Self::work_of(job, account).is_some());
		ensure!(are_open && !accused.is_empty(), Error::<T>::NobodyToObjectTo);
		Ok((seat, object_by))
	}

	pub(crate) fn authorize_object(
		job: &JobId,
		round: u8,
		auditor: &T::AccountId,
		accused: &[T::AccountId],
		signature: &AuditorSignature,
	) -> TransactionValidityWithRefund {
		let (seat, object_by) = Self::seat_for_objection(job, round, auditor, accused)?;
		Self::verify(&seat, OBJECT_DOMAIN, &(job, round, accused), signature)?;
		Self::valid("ErgonAuditObject", job, round, auditor, object_by)
	}

	/// The work of an auditor who found a result right, as long as its case is open.
	pub fn work_of(job: &JobId, auditor: &T::AccountId) -> Option<AuditorWork> {
		let Seat { key, challenge, progress, .. } = Seats::<T>::get(auditor, job)?;
		match progress {
			SeatProgress::Revealed { vote: Vote::Match, work_digest, .. } => {
				Some(AuditorWork { key, challenge, digest: work_digest })
			}
			_ => None,
		}
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
		seat.progress = SeatProgress::Revealed { vote, work_digest, has_objected: false };
		Seats::<T>::insert(&auditor, job, seat);
		Self::deposit_event(Event::VoteRevealed { job, round, auditor, vote });
		Ok(())
	}

	/// Hands an objection whose signature was checked over to the judge.
	pub(crate) fn do_object(
		job: JobId,
		round: u8,
		auditor: T::AccountId,
		accused: Vec<T::AccountId>,
	) -> DispatchResult {
		let (mut seat, _) = Self::seat_for_objection(&job, round, &auditor, &accused)?;
		if let SeatProgress::Revealed { has_objected, .. } = &mut seat.progress {
			*has_objected = true;
		}
		let key = seat.key.clone();
		Seats::<T>::insert(&auditor, job, seat);
		Self::deposit_event(Event::Objected {
			job,
			auditor: auditor.clone(),
			accused: accused.clone(),
		});
		let of_one = |accused| Accuser {
			auditor: auditor.clone(),
			key: key.clone(),
			charge: Charge::Work(accused),
		};
		T::Judge::accuse(&job, accused.into_iter().map(of_one).collect());
		Ok(())
	}
}
