// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Configuration, and the checks that watch over the state.

use crate::{mock::*, *};
use ergon_core::crypto::audit::AuditorId;
use frame_support::{traits::Hooks, weights::Weight};
use sp_core::Pair;

#[test]
fn configuration_of_the_mock_is_sound() {
	run(Sprints::integrity_test);
}

#[test]
#[should_panic(expected = "`PollWeight` has to cover one task")]
fn poll_weight_below_one_task_is_no_configuration() {
	run(|| {
		PollLimit::set(Weight::from_parts(1, 1));
		Sprints::integrity_test();
	});
}

/// Corrupts a sound state, in which somebody has shown one of three items and somebody else all, and expects the
/// check to say so.
#[track_caller]
fn assert_detects(problem: &'static str, corrupt: impl FnOnce()) {
	let (mut ext, _) = build(&[]);
	ext.execute_with(|| {
		let (seed, _) = go_to_work();
		let works = [1, 2].map(|who| Diligence::honest(who, seed, 40));
		works.iter().for_each(Diligence::commit);
		go_to_opening();
		works[0].show_all();
		apply(works[1].show_call(works[1].drawn()[0])).unwrap();
		assert_eq!(Sprints::do_try_state(), Ok(()));
		corrupt();
		assert_eq!(Sprints::do_try_state(), Err(problem.into()));
	});
}

fn key(who: u64) -> AuditorId {
	pair(who).public()
}

fn entry(who: u64, change: impl FnOnce(&mut EntryOf<Test>)) {
	Entries::<Test>::mutate(1, who, |entry| change(entry.as_mut().unwrap()));
}

#[test]
fn check_detects_a_corrupt_agenda() {
	assert_detects("a task lies before the cursor of the agenda", || {
		AgendaCursor::<Test>::put(1_000);
	});
	assert_detects("something is to be looked at twice", || {
		Agenda::<Test>::insert(500, Task::Shown(1, 2), ());
	});
	assert_detects("nobody will ask about an item", || {
		let job = audited(1)[0];
		let at = Agenda::<Test>::iter_keys().find(|(_, task)| *task == Task::Audited(job));
		Agenda::<Test>::remove(at.unwrap().0, Task::Audited(job));
	});
	assert_detects("the agenda names an item that is not there", || {
		Agenda::<Test>::insert(500, Task::Audited(Default::default()), ());
	});
	assert_detects("nobody will look for what is missing in an entry", || {
		let at = Agenda::<Test>::iter_keys().find(|(_, task)| *task == Task::Shown(1, 2));
		Agenda::<Test>::remove(at.unwrap().0, Task::Shown(1, 2));
	});
}

#[test]
fn check_detects_corrupt_entries() {
	assert_detects("an item is kept under another id", || {
		Leaves::<Test>::mutate(audited(1)[0], |leaf| {
			leaf.as_mut().unwrap().attestation.job_id = Default::default();
		});
	});
	assert_detects("the audits of an entry are not counted right", || {
		entry(1, |entry| entry.open -= 1);
	});
	assert_detects("more items were audited than shown", || entry(1, |entry| entry.audited = 1));
	assert_detects("an entry is decided and still there", || {
		let (commitment, key) = (Diligence::honest(3, model(), 1).commitment(), key(3));
		let shown = vec![0].try_into().unwrap();
		let decided = Entry {
			commitment,
			commitments: 1,
			key,
			shown,
			open: 0,
			audited: 1,
			work: 1,
			is_complete: true,
		};
		Entries::<Test>::insert(1, 3, decided);
	});
	assert_detects("an entry has an impossible number of items", || {
		entry(1, |entry| entry.commitment.items = 0);
	});
}

#[test]
fn check_detects_corrupt_sprints_and_models() {
	assert_detects("a sprint is about no model", || {
		Current::<Test>::mutate(|sprint| sprint.as_mut().unwrap().models.clear());
	});
	assert_detects("it is not written down right whether the sprint is over", || {
		LastOver::<Test>::put(1);
	});
	assert_detects("it is not written down right whether the sprint is over", || {
		Current::<Test>::mutate(|sprint| sprint.as_mut().unwrap().phase = Phase::Over);
	});
	assert_detects("the demands are not sorted", || {
		Sprints::note_work(&manifest(1).id(), 50);
		Demands::<Test>::mutate(|demands| demands[1].work = 100);
	});
	assert_detects("a model is counted twice", || {
		Sprints::note_work(&manifest(1).id(), 50);
		Demands::<Test>::mutate(|demands| demands[1].model = demands[0].model);
	});
}
