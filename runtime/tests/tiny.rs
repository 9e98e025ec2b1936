// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The model of the other tests: whoever is right about one of its results wins, by what the chain computes.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use codec::Encode;
use ergon_core::{
	engine::JobOrder, Attestation, Bundle, Fault, GenerationParams, JobKind, ModelManifest, H256,
};
use ergon_exact::game::{Disputed, Outcome, Reason, Side, Stage};
use ergon_test_chain::tiny::{
	answer, faults, first_fault, has_fault, id, manifest, next_turn, work_digest,
};
use std::collections::BTreeMap;

/// An order with a number of its own.
fn order(number: u64, kind: JobKind) -> JobOrder {
	let prompt = format!("What is the answer to question {number}?").into_bytes();
	JobOrder {
		job_id: H256::from_low_u64_be(number),
		model: id(),
		kind,
		prompt,
		seed: [number as u8; 32],
	}
}

fn generation() -> JobKind {
	JobKind::Generate(GenerationParams { temperature: 1_000, ..GenerationParams::greedy(48) })
}

/// Plays a game to its end; who wins, why, and after how many moves. Nobody, where a side has nothing to say.
fn play(
	order: &JobOrder,
	attestation: &Attestation,
	bundle: &Bundle,
	first: Stage,
	lies: bool,
) -> (Option<(Side, Reason)>, u32) {
	let manifest: ModelManifest = manifest();
	let disputed = Disputed { manifest: &manifest, order, attestation, bundle };
	let (mut stage, mut groundwork, mut moves) = (first, None, 0);
	loop {
		let Some(turn) = next_turn(order, bundle, &stage.encode(), lies) else {
			return (None, moves);
		};
		groundwork = groundwork.or(turn.groundwork);
		moves += 1;
		match disputed.play(groundwork.as_ref(), stage, turn.made).unwrap() {
			Outcome::Next(next) => stage = next,
			Outcome::Won(winner, reason) => return (Some((winner, reason)), moves),
		}
	}
}

/// The name of a reason, and the moves that led to it.
fn name(reason: Reason, moves: u32) -> String {
	let reason = format!("{reason:?}");
	format!("{} {moves}", reason.split('(').next().unwrap())
}

#[test]
fn lies_are_found_and_lost() {
	let mut endings = BTreeMap::<String, u32>::new();
	for number in 0..60 {
		for kind in [generation(), JobKind::Embed] {
			let order = order(number, kind);
			let (attestation, bundle) = answer(&order, true).unwrap();
			let Some(fault) = first_fault(&order, &attestation, &bundle) else { continue };
			let first = Stage::first(&bundle.output, fault).unwrap();
			let (over, moves) = play(&order, &attestation, &bundle, first, true);
			let (winner, reason) = over.unwrap_or_else(|| panic!("{number}: {fault:?} {moves}"));
			assert_eq!(winner, Side::Challenger, "{number}: {fault:?} {reason:?}");
			*endings.entry(name(reason, moves)).or_default() += 1;
		}
	}
	println!("{endings:?}");
	for reason in ["Sampler", "Logit", "Number", "FinalRow", "Prompt", "Ending"] {
		assert!(endings.keys().any(|it| it.starts_with(reason)), "{reason}: {endings:?}");
	}
	let lies: u32 = endings.values().sum();
	assert!(lies > 100, "{lies} of 120 results are wrong");
}

#[test]
fn whatever_is_said_against_a_right_result_is_lost() {
	let mut endings = BTreeMap::<String, u32>::new();
	for number in 0..16 {
		for kind in [generation(), JobKind::Embed] {
			let order = order(number, kind);
			let (attestation, bundle) = answer(&order, false).unwrap();
			assert_eq!(first_fault(&order, &attestation, &bundle), None);
			for fault in faults(&bundle) {
				let first = Stage::first(&bundle.output, fault).unwrap();
				let (over, moves) = play(&order, &attestation, &bundle, first, false);
				let (winner, reason) =
					over.unwrap_or_else(|| panic!("{number}: {fault:?} {moves}"));
				assert_eq!(winner, Side::Defender, "{number}: {fault:?} {reason:?}");
				*endings.entry(name(reason, moves)).or_default() += 1;
			}
		}
	}
	println!("{endings:?}");
	let depth = |name: &String| name.strip_prefix("Number ")?.parse().ok();
	let deepest: Option<u32> = endings.keys().filter_map(depth).max();
	assert!(deepest >= Some(12), "no game goes down to a number of a layer: {endings:?}");
}

#[test]
fn who_has_made_its_work_up_loses_and_who_has_worked_wins() {
	let (mut idle, games) = (0, 20);
	for number in 0..games {
		let order = order(number, generation());
		let (attestation, bundle) = answer(&order, false).unwrap();
		let challenge = H256::repeat_byte(number as u8);
		for lies in [false, true] {
			let digest = work_digest(&order, &attestation, &bundle, challenge, lies);
			let is_right = digest == work_digest(&order, &attestation, &bundle, challenge, false);
			idle += u64::from(!is_right);
			let first = Stage::Work { challenge, digest };
			let (over, _) = play(&order, &attestation, &bundle, first, false);
			// Who made up nothing that was asked for cannot be told from who has worked.
			let winner = if is_right { Side::Defender } else { Side::Challenger };
			assert!(over.is_none_or(|(side, _)| side == winner), "{number}: {over:?}");
			assert!(over.is_some() || is_right, "{number} was not found");
		}
	}
	assert!(idle > games / 2);
}

#[test]
fn replicas_give_the_same_answer_and_each_is_lied_about_in_its_own_way() {
	let first = order(1, generation());
	let second = JobOrder { job_id: H256::repeat_byte(2), ..first.clone() };
	let [one, other] = [&first, &second].map(|it| answer(it, false).unwrap().1);
	assert_eq!(one.output, other.output);
	assert_ne!(one.digests, other.digests);
	assert_eq!(answer(&first, true), answer(&first, true));
}

#[test]
fn prompts_that_do_not_fit_have_no_answer() {
	let long = JobOrder { prompt: vec![b'a'; 9_000], ..order(1, generation()) };
	assert_eq!(answer(&long, false), None);
	let no_text = JobOrder { prompt: vec![0xff; 10], ..order(1, generation()) };
	assert_eq!(answer(&no_text, false), None);
	let empty = JobOrder { prompt: Vec::new(), ..order(1, generation()) };
	assert!(answer(&empty, true).is_some());
	let wrong = Fault::Chunk(99);
	let (attestation, bundle) = answer(&empty, false).unwrap();
	assert!(has_fault(&empty, &attestation, &bundle, wrong), "there is no such chunk");
}
