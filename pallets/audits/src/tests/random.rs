// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Many cases at once, auditors of every temper, weight that comes and goes: whatever happens, the
//! state stays sound, every case ends, and the outcome is what the votes say.

use crate::{mock::*, *};
use ergon_core::{JobId, Vote};
use ergon_economics::AuditRate;
use frame_support::weights::Weight;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// How an auditor serves one seat.
#[derive(Clone, Copy, Debug)]
enum Temper {
	Votes(Vote),
	CommitsOnly(Vote),
	/// Votes Match without having run the model.
	Idles,
	Silent,
}

fn temper() -> impl Strategy<Value = Temper> {
	let vote = prop_oneof![
		4 => Just(Vote::Match),
		2 => Just(MISMATCH),
		1 => Just(Vote::Unavailable),
	];
	prop_oneof![
		6 => vote.clone().prop_map(Temper::Votes),
		1 => vote.prop_map(Temper::CommitsOnly),
		2 => Just(Temper::Idles),
		1 => Just(Temper::Silent),
	]
}

#[derive(Clone, Debug)]
struct Scenario {
	validators: u64,
	cases: Vec<(u64, u64)>,
	tempers: Vec<Temper>,
	starved: BTreeSet<u64>,
	/// Whether who votes Mismatch is right.
	is_wrong: bool,
	/// Whether what everybody matched is looked at again.
	second_looks: bool,
}

fn scenario() -> impl Strategy<Value = Scenario> {
	(
		0..12u64,
		// Block of the result and provider; some providers are validators.
		prop::collection::vec((2..30u64, 1..15u64), 1..12),
		prop::collection::vec(temper(), 97),
		prop::collection::btree_set(2..60u64, 0..20),
		any::<(bool, bool)>(),
	)
		.prop_map(|(validators, mut cases, tempers, starved, (is_wrong, second_looks))| {
			cases.sort();
			Scenario { validators, cases, tempers, starved, is_wrong, second_looks }
		})
}

impl Scenario {
	fn temper(&self, job: JobId, auditor: u64) -> Temper {
		let index = job.to_low_u64_be().wrapping_mul(31).wrapping_add(auditor.wrapping_mul(17));
		self.tempers[(index % self.tempers.len() as u64) as usize]
	}

	/// What every seat does in this block.
	fn act(&self) {
		let now = System::block_number();
		for (auditor, job, seat) in Seats::<Test>::iter().collect::<Vec<_>>() {
			let (vote, reveals) = match self.temper(job, auditor) {
				Temper::Votes(vote) => (vote, true),
				Temper::CommitsOnly(vote) => (vote, false),
				Temper::Idles => (Vote::Match, true),
				Temper::Silent => continue,
			};
			match seat.progress {
				SeatProgress::Drawn if now <= seat.commit_by => {
					apply_call(commit_call(job, seat.round, auditor, vote)).unwrap();
				}
				SeatProgress::Committed(_)
					if reveals && now > seat.commit_by && now <= seat.reveal_by =>
				{
					apply_call(reveal_call(job, seat.round, auditor, vote)).unwrap();
				}
				SeatProgress::Revealed { vote: Vote::Match, has_objected: false, .. } => {
					self.object(job, seat.round, auditor);
				}
				_ => {}
			}
		}
	}

	/// Who has run the model objects to those who have not.
	fn object(&self, job: JobId, round: u8, auditor: u64) {
		let is_idle = |auditor: u64| matches!(self.temper(job, auditor), Temper::Idles);
		let Some(Case { stage: Stage::Checking { object_by }, auditors, .. }) = Audits::case(job)
		else {
			return;
		};
		let is_open = |other: &u64| is_idle(*other) && Audits::work_of(&job, other).is_some();
		let accused: Vec<_> = auditors.into_iter().filter(is_open).collect();
		if !is_idle(auditor) && !accused.is_empty() && System::block_number() <= object_by {
			IdleAuditors::mutate(|idle| idle.extend(accused.iter().map(|it| (job, *it))));
			apply_call(object_call(job, round, auditor, &accused)).unwrap();
		}
	}

	/// Checks a conclusion against the tempers of everybody who was drawn.
	fn check(&self, job: JobId, drawn: &[u64], conclusion: Conclusion<u64, u64>) {
		let those = |wanted: fn(Temper) -> bool| {
			let drawn = drawn.iter().copied();
			drawn.filter(|auditor| wanted(self.temper(job, *auditor))).collect::<BTreeSet<_>>()
		};
		let worked = those(|it| matches!(it, Temper::Votes(Vote::Match)));
		let idle = those(|it| matches!(it, Temper::Idles));
		let mismatches = those(|it| matches!(it, Temper::Votes(Vote::Mismatch(_))));
		let matches: BTreeSet<_> = worked.union(&idle).copied().collect();
		match conclusion {
			Conclusion::Upheld { pay, penalties, audited } => {
				assert!(mismatches.is_empty() || !self.is_wrong);
				// Whoever has worked finds out all who were drawn before and have not.
				let accused = IdleAuditors::get().into_iter().filter(|(of, _)| *of == job);
				let found: BTreeSet<_> = accused.map(|(_, auditor)| auditor).collect();
				let last = drawn.iter().rposition(|auditor| worked.contains(auditor));
				let before = &drawn[..last.unwrap_or_default()];
				assert!(found.is_subset(&idle));
				assert!(before.iter().all(|it| !idle.contains(it) || found.contains(it)));
				let paid: BTreeSet<_> = matches.difference(&found).copied().collect();
				assert_eq!(pay.iter().map(|(who, _)| *who).collect::<BTreeSet<_>>(), paid);
				assert!(pay.iter().all(|(_, amount)| *amount == 2 * AUDIT_PRICE));
				for Penalty { auditor, winners, .. } in &penalties {
					assert!(!winners.is_empty() && !winners.contains(auditor));
					let finders: BTreeSet<_> = winners.iter().copied().collect();
					assert!(mismatches.contains(auditor) || finders.is_subset(&worked));
				}
				let punished = penalties.iter().map(|it| it.auditor).collect::<BTreeSet<_>>();
				assert_eq!(punished, mismatches.union(&found).copied().collect());
				assert_eq!(audited, !paid.is_empty());
			}
			Conclusion::Overturned { finders, false_votes, .. } => {
				assert!(self.is_wrong);
				assert!(!finders.is_empty());
				assert_eq!(finders.into_iter().collect::<BTreeSet<_>>(), mismatches);
				let false_votes = false_votes.into_iter().map(|(auditor, _)| auditor);
				assert_eq!(false_votes.collect::<BTreeSet<_>>(), matches);
			}
			Conclusion::Pending { .. } => unreachable!(),
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 32, ..Default::default() })]

	#[test]
	fn every_case_ends_as_its_votes_say(scenario in scenario()) {
		TestExt::new(scenario.validators).execute(|_| {
			WrongFaults::set(scenario.is_wrong.then_some(WRONG_FAULT).into_iter().collect());
			SecondLooks::set(AuditRate::from_u32(scenario.second_looks.into()));
			let mut asked = BTreeMap::<JobId, u64>::new();
			let mut ended = 0;
			let mut index = 0;
			for _ in 0..400 {
				let now = System::block_number() + 1;
				let starved = scenario.starved.contains(&now);
				next_block_with(if starved { Weight::zero() } else { Weight::MAX });
				while let Some((block, provider)) = scenario.cases.get(index as usize) {
					if *block > now {
						break;
					}
					let until = Audits::open(AuditCase { provider: *provider, ..case(index) });
					assert!(until <= Audits::safe_at());
					asked.insert(job(index), until);
					index += 1;
				}
				scenario.act();
				for (job, until) in asked.clone() {
					if until > now {
						continue;
					}
					let drawn = auditors(job);
					match Audits::conclude(&job) {
						Conclusion::Pending { until, .. } => {
							assert!(until > now, "asked again in the future");
							asked.insert(job, until);
						},
						conclusion => {
							scenario.check(job, &drawn, conclusion);
							asked.remove(&job);
							ended += 1;
						},
					}
				}
				Audits::do_try_state().unwrap();
				if asked.is_empty() && index as usize == scenario.cases.len() {
					break;
				}
			}
			assert_eq!(ended, scenario.cases.len());
			assert_eq!(Cases::<Test>::iter().count(), 0);
			assert_eq!(Seats::<Test>::iter().count(), 0);
		});
	}
}
