// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who may say that a result is wrong.

use crate::{
	mock::{Disputes, *},
	*,
};
use ergon_core::{Fault, JobId, Output};
use frame_support::{assert_noop, assert_ok};

type Refusal = Error<Test>;

fn try_challenge(account: AccountId, job: JobId, chunk: u32) -> sp_runtime::DispatchResult {
	Disputes::challenge(RuntimeOrigin::signed(account), job, chunk_is_wrong(chunk), key(account))
}

#[test]
fn a_challenge_that_cannot_be_played_is_refused() {
	with_result(&honest(), &[], |_| {
		let chunks = honest().bundle.digests.len() as u32;
		assert_noop!(try_challenge(3, JobId::zero(), 0), Refusal::NoResult);
		assert_noop!(try_challenge(3, JOB, chunks), Refusal::NoSuchFault);
		assert_noop!(try_challenge(PROVIDER, JOB, 0), Refusal::AlreadyPlaying);
		assert_noop!(try_challenge(ACCOUNTS + 1, JOB, 0), Refusal::BalanceTooLow);
		assert_ok!(try_challenge(3, JOB, chunks - 1));
		assert_noop!(try_challenge(3, JOB, 0), Refusal::AlreadyPlaying);
		assert_ok!(try_challenge(4, JOB, 0));
		assert_noop!(try_challenge(4, JOB, 0), Refusal::AlreadyPlaying);
	});
}

#[test]
fn an_embedding_is_one_chunk() {
	let mut game = honest();
	game.bundle.output = Output::Vector(vec![1; 8].try_into().unwrap());
	with_result(&game, &[], |_| {
		assert_noop!(try_challenge(3, JOB, 1), Refusal::NoSuchFault);
		assert_ok!(try_challenge(3, JOB, 0));
		assert_eq!(stage(), Some(ergon_exact::game::Stage::Vector));
		let ending = Disputes::challenge(
			RuntimeOrigin::signed(4),
			JOB,
			Charge::Result(Fault::Ending),
			key(4),
		);
		assert_noop!(ending, Refusal::NoSuchFault);
	});
}

#[test]
fn an_auditor_who_names_a_part_that_there_is_not_is_refuted() {
	with_result(&honest(), &[], |_| {
		Disputes::accuse(&JOB, vec![accuser(5, 99)]);
		assert_eq!(Disputes::ruling(&JOB), upheld(&[5]));
	});
}

#[test]
fn whoever_claims_first_all_auditors_are_heard() {
	with_result(&honest(), &[], |_| {
		for account in 3..3 + u64::from(MAX_CHALLENGES) {
			challenge(account);
		}
		assert_noop!(try_challenge(15, JOB, 0), Refusal::TooManyChallenges);
		// Friends of the provider object to each other, as often as they like.
		let friends = [15, 16, 17];
		Audits::set(friends.map(|friend| (friend, Default::default())).into());
		let object = |(friend, about): (u64, u64)| Accuser {
			charge: Charge::Work(about),
			..accuser(friend, 0)
		};
		Disputes::accuse(&JOB, [(15, 16), (16, 17), (17, 15)].map(object).to_vec());
		let dispute = Disputes::dispute(JOB).unwrap();
		assert_eq!((dispute.claims, dispute.objections), (6, 2), "the last one is not heard");

		Disputes::accuse(&JOB, [10, 11, 12].map(|account| accuser(account, 0)).to_vec());
		let dispute = Disputes::dispute(JOB).unwrap();
		assert_eq!(dispute.claims, 9);
		// They do not wait for whoever bonded.
		let waiting: Vec<_> =
			dispute.waiting.iter().map(|claim| claim.challenger.account).collect();
		assert_eq!(waiting, [15, 16, 10, 11, 12, 4, 5, 6]);
	});
}

#[test]
fn a_bond_is_worth_the_job() {
	with_result(&honest(), &[], |_| {
		assert_eq!(Disputes::challenge_bond(JOB), Some(BOND));
		Price::set(ENDOWMENT - 100);
		assert_eq!(Disputes::challenge_bond(JOB), Some(ENDOWMENT - 100));
		challenge(3);
		assert_eq!(held(3), ENDOWMENT - 100);
		Price::set(ENDOWMENT);
		assert_noop!(try_challenge(4, JOB, 0), Refusal::BalanceTooLow);
		assert_eq!(Disputes::challenge_bond(JobId::zero()), None);
	});
}

#[test]
fn to_fill_the_queue_costs_more_than_the_job_pays() {
	let game = honest();
	with_result(&game, &[], |_| {
		let price = 5_000;
		Price::set(price);
		let friends = 3..3 + u64::from(MAX_CHALLENGES);
		friends.clone().for_each(challenge);
		assert_noop!(try_challenge(15, JOB, 0), Refusal::TooManyChallenges);
		// The first shows the groundwork, and each says nothing more.
		play_on(&game, 0..1);
		for _ in friends.clone() {
			skip(2 * TURN + 1);
			let ruling = Disputes::ruling(&JOB);
			if ruling == upheld(&[]) {
				break;
			}
			assert!(matches!(ruling, Ruling::Pending { .. }));
			let mut again = game.clone();
			again.turns[0].groundwork = None;
			play_on(&again, 0..1);
		}
		let all: i128 = friends.chain([PROVIDER]).map(gain).sum();
		assert_eq!(all, -2 * price as i128, "what they lose beyond what their friend gets");
	});
}

#[test]
fn who_is_accused_twice_by_one_auditor_is_played_against_once() {
	with_result(&honest(), &[], |_| {
		Disputes::accuse(&JOB, vec![accuser(5, 0), accuser(5, 1)]);
		let dispute = Disputes::dispute(JOB).unwrap();
		assert_eq!((dispute.game.unwrap().charge, dispute.waiting.len()), (chunk_is_wrong(0), 0));
	});
}

#[test]
fn nothing_is_left_to_claim_when_it_is_known_to_be_wrong() {
	let game = lying();
	with_result(&game, &[], |_| {
		challenge(3);
		play_on(&game, 0..game.turns.len());
		assert_noop!(try_challenge(4, JOB, 0), Refusal::KnownToBeWrong);
		Disputes::accuse(&JOB, vec![accuser(5, 0)]);
		assert!(Disputes::dispute(JOB).unwrap().waiting.is_empty());
	});
}
