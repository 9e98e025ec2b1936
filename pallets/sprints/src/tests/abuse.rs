// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What gains nothing.

use crate::{mock::*, *};
use ergon_core::{crypto::SPRINT_OPEN_DOMAIN, sprint, H256};
use sp_runtime::transaction_validity::InvalidTransaction;

/// A transaction is refused before it gets into a block.
#[track_caller]
fn assert_refused(call: Call<Test>, why: InvalidTransaction) {
	let before = sp_io::storage::root(sp_runtime::StateVersion::V1);
	assert_eq!(apply(call), Err(Refused::Validation(why.into())));
	assert_eq!(sp_io::storage::root(sp_runtime::StateVersion::V1), before, "nothing has changed");
}

fn custom(code: u8) -> InvalidTransaction {
	InvalidTransaction::Custom(code)
}

/// When items can be shown no more, these have proved nothing and are slashed for it, and nobody else is.
#[track_caller]
fn assert_slashed_for_silence(open_by: u64, whose: &[AccountId]) {
	go_to(open_by);
	assert_eq!(Punished::get(), [], "there is still time");
	go_to(open_by + AUDIT_TIME);
	let mut punished = Punished::get();
	punished.sort_by_key(|(who, ..)| *who);
	let expected: Vec<(AccountId, u32, CandidateFailure, Vec<AccountId>)> =
		whose.iter().map(|who| (*who, 1, CandidateFailure::NotShown, vec![])).collect();
	assert_eq!(punished, expected);
	assert_eq!(Proved::get(), []);
	assert_eq!(Entries::<Test>::iter().count(), 0);
}

#[test]
fn who_makes_an_item_up_is_punished_and_proves_nothing() {
	run(|| {
		let (seed, _) = go_to_work();
		let work = Diligence::new(1, seed, 5, |_, order| made_up(order));
		work.commit();
		let (.., open_by) = go_to_opening();
		work.show_all();
		go_to(open_by + AUDIT_TIME);
		assert_eq!(Proved::get(), []);
		let shown = Punished::get();
		assert!(shown.contains(&(1, 1, CandidateFailure::Wrong, vec![AUDITOR])), "{shown:?}");
		assert_eq!(Entries::<Test>::iter().count(), 0);
	});
}

#[test]
fn one_wrong_item_among_those_drawn_is_enough() {
	run(|| {
		let (seed, _) = go_to_work();
		// Which are drawn is known to the test because the draw does not depend on the results.
		let plan = Diligence::honest(1, seed, 40);
		plan.commit();
		go_to_opening();
		let wrong = plan.drawn()[1];
		let (mut ext, _) = build(&[]);
		ext.execute_with(|| {
			let (seed, _) = go_to_work();
			let honest_but_one = Diligence::new(1, seed, 40, |index, order| match index == wrong {
				true => made_up(order),
				false => result(order),
			});
			honest_but_one.commit();
			let (.., open_by) = go_to_opening();
			honest_but_one.show_all();
			go_to(open_by + AUDIT_TIME);
			assert_eq!(Proved::get(), []);
			assert_eq!(Punished::get(), [(1, 1, CandidateFailure::Wrong, vec![AUDITOR])]);
		});
	});
}

#[test]
fn who_does_not_show_what_was_drawn_is_punished() {
	run(|| {
		let (seed, _) = go_to_work();
		let work = Diligence::honest(1, seed, 40);
		work.commit();
		let (.., open_by) = go_to_opening();
		let [first, ..] = work.drawn()[..] else { panic!("something is drawn") };
		apply(work.show_call(first)).unwrap();
		// The item that it has shown is right, and counts nothing.
		assert_slashed_for_silence(open_by, &[1]);
	});
}

#[test]
fn items_of_another_sprint_or_candidate_are_worth_less_than_nothing() {
	run(|| {
		let (seed, _) = go_to_work();
		// Done before this sprint opened, or bought from somebody.
		let precomputed = Diligence::honest(1, H256::repeat_byte(7), 5);
		let mut bought = Diligence::honest(2, seed, 5);
		bought.who = 3;
		precomputed.commit();
		bought.commit();
		let (.., open_by) = go_to_opening();
		for work in [precomputed, bought] {
			let index = work.drawn()[0];
			assert_refused(work.show_call(index), custom(refusal::WRONG_ITEM));
		}
		assert_slashed_for_silence(open_by, &[1, 3]);
	});
}

#[test]
fn one_item_does_not_count_twice() {
	run(|| {
		let (seed, _) = go_to_work();
		let subject = sprint::subject(seed, &1u64);
		let first = result(&sprint::item(subject, model(), true, 0));
		let copies = Diligence::new(1, seed, 30, |_, _| first.clone());
		copies.commit();
		let (.., open_by) = go_to_opening();
		let (first, others): (Vec<_>, Vec<_>) =
			copies.drawn().into_iter().partition(|index| *index == 0);
		assert!(!others.is_empty());
		first.into_iter().for_each(|index| apply(copies.show_call(index)).unwrap());
		for index in others {
			assert_refused(copies.show_call(index), custom(refusal::WRONG_ITEM));
		}
		assert_slashed_for_silence(open_by, &[1]);
	});
}

#[test]
fn what_was_drawn_cannot_be_done_afterwards() {
	run(|| {
		let (seed, _) = go_to_work();
		let nothing = Diligence::new(1, seed, 30, |_, order| made_up(order));
		nothing.commit();
		let (.., open_by) = go_to_opening();
		let index = nothing.drawn()[0];
		let now = Diligence::honest(1, seed, 30);
		assert_refused(now.show_call(index), custom(refusal::WRONG_PATH));
		assert_slashed_for_silence(open_by, &[1]);
	});
}

#[test]
fn who_did_not_stand_before_the_era_takes_no_part() {
	run(|| {
		let (seed, _) = go_to_work();
		let late = Diligence::honest(9, seed, 5);
		assert_refused(late.commit_call(), custom(refusal::NOT_CANDIDATE));
	});
}

#[test]
fn who_leaves_before_the_draw_still_has_to_show_its_items() {
	run(|| {
		let (seed, _) = go_to_work();
		Diligence::honest(1, seed, 5).commit();
		Standing::mutate(|standing| standing.remove(&1));
		let (.., open_by) = go_to_opening();
		assert_slashed_for_silence(open_by, &[1]);
	});
}

#[test]
fn commitments_that_make_no_sense_are_refused() {
	run(|| {
		assert_refused(
			Diligence::honest(1, H256::zero(), 3).commit_call(),
			InvalidTransaction::Stale,
		);
		let (seed, commit_by) = go_to_work();
		let work = Diligence::honest(1, seed, 3);
		let sound = work.commitment();
		for items in [0, MAX_ITEMS + 1] {
			let call = commit_call(1, 1, Commitment { items, ..sound });
			assert_refused(call, custom(refusal::WRONG_ITEM_COUNT));
		}
		let other = Commitment { model: manifest(1).id(), ..sound };
		assert_refused(commit_call(1, 1, other), custom(refusal::WRONG_MODEL));
		assert_refused(commit_call(1, 2, sound), InvalidTransaction::Stale);
		let Call::commit { signature, .. } = commit_call(2, 1, sound) else { unreachable!() };
		let forged = Call::commit { era: 1, operator: 1, commitment: sound, signature };
		assert_refused(forged, InvalidTransaction::BadProof);
		work.commit();
		assert_refused(work.commit_call(), InvalidTransaction::Stale);
		go_to(commit_by + 1);
		let late = Diligence::honest(2, seed, 3);
		assert_refused(late.commit_call(), InvalidTransaction::Stale);
	});
}

#[test]
fn items_that_make_no_sense_are_refused() {
	run(|| {
		let (seed, _) = go_to_work();
		let work = Diligence::honest(1, seed, 40);
		work.commit();
		assert_refused(work.show_call(0), InvalidTransaction::Stale);
		let (.., open_by) = go_to_opening();
		let drawn = work.drawn();
		let spared = (0..40).find(|index| !drawn.contains(index)).unwrap();
		assert_refused(work.show_call(spared), custom(refusal::NOT_DRAWN));
		let nobody = Diligence::honest(2, seed, 40);
		assert_refused(nobody.show_call(drawn[0]), custom(refusal::NOT_COMMITTED));
		let change = |change: &dyn Fn(&mut Call<Test>)| {
			let mut call = work.show_call(drawn[0]);
			change(&mut call);
			call
		};
		let shorter = change(&|call| {
			let Call::show { path, .. } = call else { unreachable!() };
			path.pop();
		});
		assert_refused(shorter, custom(refusal::WRONG_PATH));
		let forged = change(&|call| {
			let Call::show { signature, .. } = call else { unreachable!() };
			*signature = sign(1, SPRINT_OPEN_DOMAIN, &(2u32, 0u32, H256::zero()));
		});
		assert_refused(forged, InvalidTransaction::BadProof);
		let too_many = change(&|call| {
			let Call::show { attestation, .. } = call else { unreachable!() };
			attestation.prompt_tokens = u32::MAX;
		});
		assert_refused(too_many, custom(refusal::WRONG_ITEM));
		apply(work.show_call(drawn[0])).unwrap();
		assert_refused(work.show_call(drawn[0]), InvalidTransaction::Stale);
		go_to(open_by + 1);
		assert_refused(work.show_call(drawn[1]), InvalidTransaction::Stale);
	});
}
