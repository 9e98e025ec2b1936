// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Commitments and reveals, good and bad.

use crate::{mock::*, refusal, *};
use ergon_core::{
	audit::Reveal,
	crypto::{audit::AuditorSignature, signing_payload, COMMIT_DOMAIN, REVEAL_DOMAIN},
	Vote, H256,
};
use frame_support::{
	assert_noop, assert_ok,
	dispatch::{DispatchClass, GetDispatchInfo},
	traits::Authorize,
};
use sp_core::Pair;
use sp_runtime::transaction_validity::{
	InvalidTransaction, TransactionSource, TransactionValidityError,
};

const COMMIT_BY: u64 = 1 + 3 + COMMIT_WINDOW;
const REVEAL_BY: u64 = COMMIT_BY + REVEAL_WINDOW;

fn invalid(reason: InvalidTransaction) -> Result<(), Refused> {
	Err(Refused::Validation(TransactionValidityError::Invalid(reason)))
}

/// Applies a call that must be refused by authorization with that reason, and by the dispatchable
/// behind it with that error; neither may change anything.
#[track_caller]
fn assert_refused(call: Call<Test>, reason: InvalidTransaction, error: Error<Test>) {
	let state = sp_io::storage::root(sp_runtime::StateVersion::V1);
	assert_eq!(apply_call(call.clone()), invalid(reason));
	let dispatched = match call {
		Call::commit { job, round, auditor, commitment, .. } => {
			Audits::do_commit(job, round, auditor, commitment)
		}
		Call::reveal { job, round, auditor, reveal, .. } => {
			Audits::do_reveal(job, round, auditor, reveal)
		}
		_ => unreachable!(),
	};
	assert_eq!(dispatched, Err(error.into()));
	assert_eq!(sp_io::storage::root(sp_runtime::StateVersion::V1), state);
}

/// One case of a provider whom nobody knows, drawn; hands over its first auditor.
fn drawn(test: impl FnOnce(u64)) {
	TestExt::new(5).execute(|_| {
		let auditors = open_and_draw(case(1));
		test(auditors[0]);
	});
}

#[test]
fn commit_then_reveal_keeps_the_vote() {
	drawn(|auditor| {
		events();
		assert_ok!(apply_call(commit_call(job(1), 0, auditor, Vote::Match)));
		let commitment = commitment_of(job(1), auditor, Vote::Match);
		let progress = || Seats::<Test>::get(auditor, job(1)).unwrap().progress;
		assert_eq!(progress(), SeatProgress::Committed(commitment));
		go_to(COMMIT_BY + 1);
		assert_ok!(apply_call(reveal_call(job(1), 0, auditor, Vote::Match)));
		let work_digest = H256::from_low_u64_be(auditor);
		assert_eq!(
			progress(),
			SeatProgress::Revealed { vote: Vote::Match, work_digest, has_objected: false }
		);
		assert_eq!(
			events(),
			[
				Event::VoteCommitted { job: job(1), round: 0, auditor },
				Event::VoteRevealed { job: job(1), round: 0, auditor, vote: Vote::Match },
			],
		);
	});
}

#[test]
fn windows_include_their_last_blocks() {
	drawn(|auditor| {
		go_to(COMMIT_BY);
		assert_ok!(apply_call(commit_call(job(1), 0, auditor, Vote::Match)));
		go_to(REVEAL_BY);
		assert_ok!(apply_call(reveal_call(job(1), 0, auditor, Vote::Match)));
	});
}

#[test]
fn transactions_carry_tag_lifetime_and_priority() {
	drawn(|auditor| {
		let authorize = |call: Call<Test>| {
			RuntimeCall::from(call).authorize(TransactionSource::External).unwrap().unwrap().0
		};
		let valid = authorize(commit_call(job(1), 0, auditor, Vote::Match));
		assert_eq!(valid.longevity, COMMIT_BY - System::block_number() + 1);
		assert_eq!(valid.priority, 7);
		assert!(valid.propagate);
		let other_vote = authorize(commit_call(job(1), 0, auditor, MISMATCH));
		assert_eq!(valid.provides, other_vote.provides, "one commitment per seat in the pool");

		go_to(COMMIT_BY);
		let last = authorize(commit_call(job(1), 0, auditor, Vote::Match));
		assert_eq!(last.longevity, 1);
		assert_ok!(apply_call(commit_call(job(1), 0, auditor, Vote::Match)));
		next_block();
		let reveal = authorize(reveal_call(job(1), 0, auditor, Vote::Match));
		assert_ne!(reveal.provides, valid.provides);
		assert_eq!(reveal.longevity, REVEAL_WINDOW);
	});
}

#[test]
fn votes_are_operational_and_weigh_their_authorization() {
	drawn(|auditor| {
		for call in [
			commit_call(job(1), 0, auditor, Vote::Match),
			reveal_call(job(1), 0, auditor, Vote::Match),
		] {
			let call = RuntimeCall::from(call);
			assert_eq!(call.get_dispatch_info().class, DispatchClass::Operational);
			assert!(call.weight_of_authorize().ref_time() > 0);
		}
	});
}

#[test]
fn ordinary_origins_cannot_vote() {
	drawn(|auditor| {
		let Call::commit { job, round, auditor, commitment, signature } =
			commit_call(job(1), 0, auditor, Vote::Match)
		else {
			unreachable!()
		};
		for origin in [RuntimeOrigin::signed(auditor), RuntimeOrigin::none(), RuntimeOrigin::root()]
		{
			assert_noop!(
				Audits::commit(origin.clone(), job, round, auditor, commitment, signature.clone()),
				sp_runtime::DispatchError::BadOrigin,
			);
			let reveal = reveal_of(auditor, Vote::Match);
			assert_noop!(
				Audits::reveal(origin, job, round, auditor, reveal, signature.clone()),
				sp_runtime::DispatchError::BadOrigin,
			);
		}
	});
}

#[test]
fn commit_without_draw_is_refused() {
	TestExt::new(5).execute(|_| {
		let drawn = open_and_draw(case(1));
		let idle = (1..=5).find(|validator| !drawn.contains(validator)).unwrap();
		let no_seat = InvalidTransaction::Custom(refusal::NO_SEAT);
		for (job, auditor) in [(job(1), idle), (job(1), 77), (job(2), drawn[0])] {
			assert_refused(commit_call(job, 0, auditor, Vote::Match), no_seat, Error::NoSeat);
			assert_refused(reveal_call(job, 0, auditor, Vote::Match), no_seat, Error::NoSeat);
		}
	});
}

#[test]
fn commit_before_the_draw_is_refused() {
	TestExt::new(5).execute(|_| {
		Audits::open(case(1));
		next_block();
		let no_seat = InvalidTransaction::Custom(refusal::NO_SEAT);
		assert_refused(commit_call(job(1), 0, 1, Vote::Match), no_seat, Error::NoSeat);
	});
}

#[test]
fn votes_for_another_round_are_refused() {
	drawn(|auditor| {
		let wrong = InvalidTransaction::Custom(refusal::WRONG_ROUND);
		assert_refused(commit_call(job(1), 1, auditor, Vote::Match), wrong, Error::WrongRound);
		assert_ok!(apply_call(commit_call(job(1), 0, auditor, Vote::Match)));
		go_to(COMMIT_BY + 1);
		assert_refused(reveal_call(job(1), 1, auditor, Vote::Match), wrong, Error::WrongRound);
	});
}

#[test]
fn second_commitment_is_refused() {
	drawn(|auditor| {
		assert_ok!(apply_call(commit_call(job(1), 0, auditor, Vote::Match)));
		for vote in [Vote::Match, MISMATCH] {
			let call = commit_call(job(1), 0, auditor, vote);
			assert_refused(call, InvalidTransaction::Stale, Error::AlreadyCommitted);
		}
	});
}

#[test]
fn late_commitment_is_refused() {
	drawn(|auditor| {
		go_to(COMMIT_BY + 1);
		let call = commit_call(job(1), 0, auditor, Vote::Match);
		assert_refused(call, InvalidTransaction::Stale, Error::CommitTooLate);
	});
}

#[test]
fn reveal_without_commitment_is_refused() {
	drawn(|auditor| {
		let reason = InvalidTransaction::Custom(refusal::NOT_COMMITTED);
		let call = || reveal_call(job(1), 0, auditor, Vote::Match);
		assert_refused(call(), reason, Error::NotCommitted);
		go_to(COMMIT_BY + 1);
		assert_refused(call(), reason, Error::NotCommitted);
	});
}

#[test]
fn early_and_late_reveals_are_refused() {
	drawn(|auditor| {
		assert_ok!(apply_call(commit_call(job(1), 0, auditor, Vote::Match)));
		let call = || reveal_call(job(1), 0, auditor, Vote::Match);
		assert_refused(call(), InvalidTransaction::Future, Error::RevealTooEarly);
		go_to(COMMIT_BY);
		assert_refused(call(), InvalidTransaction::Future, Error::RevealTooEarly);
		go_to(REVEAL_BY + 1);
		assert_refused(call(), InvalidTransaction::Stale, Error::RevealTooLate);
	});
}

#[test]
fn reveal_that_does_not_hash_is_refused() {
	drawn(|auditor| {
		assert_ok!(apply_call(commit_call(job(1), 0, auditor, Vote::Match)));
		go_to(COMMIT_BY + 1);
		let reason = InvalidTransaction::Custom(refusal::REVEAL_DOES_NOT_OPEN);
		let honest = reveal_of(auditor, Vote::Match);
		for reveal in [
			Reveal { vote: MISMATCH, ..honest },
			Reveal { work_digest: H256::repeat_byte(9), ..honest },
			Reveal { salt: [0xee; 32], ..honest },
		] {
			let signature = sign(auditor, REVEAL_DOMAIN, &(job(1), 0u8, reveal));
			let call = Call::reveal { job: job(1), round: 0, auditor, reveal, signature };
			assert_refused(call, reason, Error::RevealDoesNotOpen);
		}
		assert_ok!(apply_call(reveal_call(job(1), 0, auditor, Vote::Match)));
	});
}

#[test]
fn second_reveal_and_commitment_behind_it_are_refused() {
	drawn(|auditor| {
		assert_ok!(apply_call(commit_call(job(1), 0, auditor, Vote::Match)));
		go_to(COMMIT_BY + 1);
		assert_ok!(apply_call(reveal_call(job(1), 0, auditor, Vote::Match)));
		let stale = InvalidTransaction::Stale;
		let call = reveal_call(job(1), 0, auditor, Vote::Match);
		assert_refused(call, stale, Error::AlreadyRevealed);
		let call = commit_call(job(1), 0, auditor, Vote::Match);
		assert_refused(call, stale, Error::AlreadyRevealed);
	});
}

#[test]
fn a_copied_vote_cannot_be_revealed_by_another_auditor() {
	TestExt::new(5).execute(|_| {
		let drawn = open_and_draw(case(1));
		let (honest, lazy) = (drawn[0], drawn[1]);
		assert_ok!(apply_call(commit_call(job(1), 0, honest, Vote::Match)));
		// The lazy one copies the commitment, and later the reveal, under its own signature.
		let commitment = commitment_of(job(1), honest, Vote::Match);
		let signature = sign(lazy, COMMIT_DOMAIN, &(job(1), 0u8, commitment));
		let copied = Call::commit { job: job(1), round: 0, auditor: lazy, commitment, signature };
		assert_ok!(apply_call(copied));
		go_to(COMMIT_BY + 1);
		let reveal = reveal_of(honest, Vote::Match);
		let signature = sign(lazy, REVEAL_DOMAIN, &(job(1), 0u8, reveal));
		let copied = Call::reveal { job: job(1), round: 0, auditor: lazy, reveal, signature };
		let reason = InvalidTransaction::Custom(refusal::REVEAL_DOES_NOT_OPEN);
		assert_refused(copied, reason, Error::RevealDoesNotOpen);
	});
}

fn with_signature(call: Call<Test>, new: AuditorSignature) -> Call<Test> {
	match call {
		Call::commit { job, round, auditor, commitment, .. } => {
			Call::commit { job, round, auditor, commitment, signature: new }
		}
		Call::reveal { job, round, auditor, reveal, .. } => {
			Call::reveal { job, round, auditor, reveal, signature: new }
		}
		_ => unreachable!(),
	}
}

#[test]
fn signatures_cover_domain_genesis_job_round_and_content() {
	TestExt::new(5).execute(|_| {
		let auditor = open_and_draw(case(1))[0];
		let other = (1..=5).find(|validator| *validator != auditor).unwrap();
		let genesis = System::block_hash(0);
		let bad = || invalid(InvalidTransaction::BadProof);

		let commitment = commitment_of(job(1), auditor, Vote::Match);
		let call = commit_call(job(1), 0, auditor, Vote::Match);
		let sign_as = |who: u64, payload: Vec<u8>| pair(who).sign(&payload);
		let good = signing_payload(COMMIT_DOMAIN, genesis, &(job(1), 0u8, commitment));
		for signature in [
			sign_as(other, good.clone()),
			sign_as(auditor, signing_payload(REVEAL_DOMAIN, genesis, &(job(1), 0u8, commitment))),
			sign_as(
				auditor,
				signing_payload(COMMIT_DOMAIN, H256::repeat_byte(1), &(job(1), 0u8, commitment)),
			),
			sign_as(auditor, signing_payload(COMMIT_DOMAIN, genesis, &(job(2), 0u8, commitment))),
			sign_as(auditor, signing_payload(COMMIT_DOMAIN, genesis, &(job(1), 1u8, commitment))),
			sign_as(auditor, signing_payload(COMMIT_DOMAIN, genesis, &(job(1), 0u8, job(1)))),
		] {
			assert_eq!(apply_call(with_signature(call.clone(), signature)), bad());
		}
		assert_ok!(apply_call(with_signature(call, sign_as(auditor, good))));

		go_to(COMMIT_BY + 1);
		let reveal = reveal_of(auditor, Vote::Match);
		let call = reveal_call(job(1), 0, auditor, Vote::Match);
		let good = signing_payload(REVEAL_DOMAIN, genesis, &(job(1), 0u8, reveal));
		for signature in [
			sign_as(other, good.clone()),
			sign_as(auditor, signing_payload(COMMIT_DOMAIN, genesis, &(job(1), 0u8, reveal))),
			sign_as(
				auditor,
				signing_payload(REVEAL_DOMAIN, H256::repeat_byte(1), &(job(1), 0u8, reveal)),
			),
			sign_as(auditor, signing_payload(REVEAL_DOMAIN, genesis, &(job(2), 0u8, reveal))),
			sign_as(auditor, signing_payload(REVEAL_DOMAIN, genesis, &(job(1), 1u8, reveal))),
		] {
			assert_eq!(apply_call(with_signature(call.clone(), signature)), bad());
		}
		assert_ok!(apply_call(with_signature(call, sign_as(auditor, good))));
	});
}

#[test]
fn every_error_has_its_reason() {
	let reason = |error: Error<Test>| TransactionValidityError::from(error);
	let expected: [(Error<Test>, InvalidTransaction); 10] = [
		(Error::NoSeat, InvalidTransaction::Custom(1)),
		(Error::WrongRound, InvalidTransaction::Custom(2)),
		(Error::NotCommitted, InvalidTransaction::Custom(3)),
		(Error::RevealDoesNotOpen, InvalidTransaction::Custom(4)),
		(Error::AlreadyCommitted, InvalidTransaction::Stale),
		(Error::AlreadyRevealed, InvalidTransaction::Stale),
		(Error::CommitTooLate, InvalidTransaction::Stale),
		(Error::RevealTooLate, InvalidTransaction::Stale),
		(Error::RevealTooEarly, InvalidTransaction::Future),
		(Error::BadSignature, InvalidTransaction::BadProof),
	];
	for (error, invalid) in expected {
		assert_eq!(reason(error), TransactionValidityError::Invalid(invalid));
	}
}

#[test]
fn seat_keeps_its_key_when_the_validator_changes_keys_or_leaves() {
	drawn(|auditor| {
		Active::mutate(|active| active.retain(|(account, _)| *account != auditor));
		assert_ok!(apply_call(commit_call(job(1), 0, auditor, Vote::Match)));
		go_to(COMMIT_BY + 1);
		assert_ok!(apply_call(reveal_call(job(1), 0, auditor, Vote::Match)));
	});
}
