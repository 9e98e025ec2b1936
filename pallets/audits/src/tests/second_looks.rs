// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Whether it pays to vote Match and to re-execute nothing, and who pays for finding out.

use crate::{mock::*, *};
use ergon_core::{Vote, Work, WORK_UNIT};
use ergon_economics::{constants::SECOND_LOOK_RATE, sampling, settlement, AuditRate, Balance};
use std::collections::BTreeSet;

/// What came of many audits whose only auditor did not look.
#[derive(Debug, Default)]
struct Outcome {
	/// How many second looks found it.
	found: u64,
	/// What was paid for all of them.
	earned: Balance,
	/// What was slashed for those that were found.
	lost: Balance,
}

/// So many right results of that work and price, each with one auditor, who votes Match without looking. Whoever
/// is drawn for a second look works, and objects.
fn idle_auditors(cases: u64, work: Work, price: Balance) -> Outcome {
	let mut outcome = Outcome::default();
	TestExt::new(20).execute(|_| {
		SecondLooks::set(SECOND_LOOK_RATE);
		for index in 0..cases {
			Audits::open(AuditCase { work, price, ..case(index) });
			Cases::<Test>::mutate(job(index), |case| {
				case.as_mut().unwrap().rate = AuditRate::from_u32(1);
			});
		}
		conclude_all(cases, true, |pay, penalties| {
			let looked_at = pay.len() == 2 && penalties.len() == 1;
			assert!(looked_at || (pay.len() == 1 && penalties.is_empty()));
			if !looked_at {
				outcome.earned += pay[0].1;
			}
			for Penalty { auditor, pay, .. } in penalties {
				outcome.found += 1;
				outcome.lost += Audits::slash(&auditor, price, pay).0;
				Bonds::mutate(|bonds| bonds.insert(auditor, MIN_BOND));
			}
		});
	});
	outcome
}

/// Makes blocks until all cases are upheld, and hands over what each came to.
fn conclude_all(
	cases: u64,
	are_idle: bool,
	mut upheld: impl FnMut(Vec<(u64, Balance)>, Vec<Penalty<u64>>),
) {
	let mut open: BTreeSet<_> = (0..cases).collect();
	while !open.is_empty() {
		next_block();
		for index in open.clone() {
			act(index, are_idle);
			match Audits::conclude(&job(index)) {
				Conclusion::Pending { .. } => continue,
				Conclusion::Upheld { pay, penalties, .. } => {
					open.remove(&index);
					upheld(pay, penalties);
				}
				Conclusion::Overturned { .. } => panic!("the result is right"),
			}
		}
	}
}

/// Lets everybody do what is due in this block, and object to the first auditor if that one is idle.
fn act(index: u64, are_idle: bool) {
	let Some(Case { stage, auditors, .. }) = Audits::case(job(index)) else { return };
	for auditor in &auditors {
		let seat = Seats::<Test>::get(auditor, job(index)).unwrap();
		let is_due = System::block_number() > seat.commit_by;
		match (seat.progress, stage) {
			(SeatProgress::Drawn, _) => {
				let commitment = commitment_of(job(index), *auditor, Vote::Match);
				Audits::do_commit(job(index), seat.round, *auditor, commitment).unwrap();
			}
			(SeatProgress::Committed(_), _) if is_due => {
				let reveal = reveal_of(*auditor, Vote::Match);
				Audits::do_reveal(job(index), seat.round, *auditor, reveal).unwrap();
			}
			(SeatProgress::Revealed { has_objected: false, .. }, Stage::Checking { .. })
				if are_idle && seat.round > 0 =>
			{
				IdleAuditors::mutate(|idle| idle.push((job(index), auditors[0])));
				let accused = vec![auditors[0]];
				Audits::do_object(job(index), seat.round, *auditor, accused).unwrap();
			}
			_ => {}
		}
	}
}

#[test]
fn idleness_loses_on_a_light_job() {
	// Of 1,000 results, 20 are looked at: 98 % × 2,000 − 2 % × 200,000 = −2,040 each.
	let Outcome { found, earned, lost } = idle_auditors(1_000, 2 * WORK_UNIT, 10);
	assert!((10..=33).contains(&found), "{found}");
	assert_eq!(earned, Balance::from(1_000 - found) * 2 * AUDIT_PRICE);
	assert_eq!(lost, Balance::from(found) * 200 * AUDIT_PRICE, "not the tenth of the bond");
	assert!(lost > earned);
}

#[test]
fn idleness_loses_on_a_heavy_job() {
	// A hundred times the pay is ten bonds: 20 % of the results are looked at, and the bond is lost.
	// 80 % × 100,000 − 20 % × 1,000,000 = −120,000 each.
	let Outcome { found, earned, lost } = idle_auditors(200, 100 * WORK_UNIT, 10);
	assert!((20..=63).contains(&found), "{found}");
	assert_eq!(earned, Balance::from(200 - found) * 100 * AUDIT_PRICE);
	assert_eq!(lost, Balance::from(found) * MIN_BOND);
	assert!(lost > earned);
}

#[test]
fn idleness_is_always_found_on_a_job_that_is_too_heavy_for_the_bond() {
	let Outcome { found, earned, lost } = idle_auditors(10, 1_000 * WORK_UNIT, 10);
	assert_eq!((found, earned, lost), (10, 0, 10 * MIN_BOND));
}

#[test]
fn an_audit_earns_half_of_the_bond_at_most_and_the_smallest_bond_decides_about_second_looks() {
	TestExt::new(5).execute(|_| {
		let pay = 2 * AUDIT_PRICE;
		SecondLooks::set(SECOND_LOOK_RATE);
		let drawn = open_and_draw(case(1));
		for (auditor, bond) in drawn.iter().zip([MIN_BOND, pay, 2 * pay]) {
			Bonds::mutate(|bonds| bonds.insert(*auditor, bond));
		}
		vote(job(1), &drawn.iter().map(|auditor| (*auditor, Vote::Match)).collect::<Vec<_>>());
		check(job(1));
		assert!(matches!(Audits::conclude(&job(1)), Conclusion::Pending { .. }));
		assert_eq!(Audits::case(job(1)).unwrap().kind, RoundKind::SecondLook);
		go_to(System::block_number() + u64::from(DRAW_DELAY));
		vote(job(1), &[]);
		check(job(1));
		let Conclusion::Upheld { pay: paid, .. } = Audits::conclude(&job(1)) else { panic!() };
		assert_eq!(paid.into_iter().map(|(_, pay)| pay).collect::<Vec<_>>(), [pay, pay / 2, pay]);
	});
}

#[test]
fn what_auditors_earn_is_what_the_budget_holds() {
	// Everybody is audited by three, one in five by one; and a heavy job, of which a fifth is looked at again.
	let known = Standing { bond: 1_000_000_000_000, clean_audits: 24, value_at_risk: 0 };
	let unknown = Standing { clean_audits: 0, ..known };
	let half = AuditRate::from_rational(1, 2);
	for (standing, work, second_looks, mean, cases) in [
		(unknown, 2 * WORK_UNIT, half, (4, 1), 200),
		(known, 2 * WORK_UNIT, half, (2, 5), 2_000),
		(unknown, 100 * WORK_UNIT, SECOND_LOOK_RATE, (17, 5), 200),
	] {
		TestExt::new(20).execute(|_| {
			SecondLooks::set(second_looks);
			let price = 10_000_000;
			let result = AuditCase { work, price, escrow: price, standing, ..case(0) };
			let budget = Audits::budget(work, price, price, &standing);
			let pay = settlement::audit_pay(work, AUDIT_PRICE);
			assert_eq!(budget, pay * mean.0 / mean.1);
			for index in 0..cases {
				Audits::open(AuditCase { job: job(index), ..result.clone() });
			}
			let mut paid = 0;
			conclude_all(cases, false, |pay, _| {
				paid += pay.into_iter().map(|(_, pay)| pay).sum::<Balance>();
			});
			// Three standard deviations of the second are 15 %.
			let expected = Balance::from(cases) * budget;
			assert!(paid.abs_diff(expected) * 100 <= expected * 15, "{paid} of {expected}");
		});
	}
}

#[test]
fn who_lost_a_record_is_audited_as_often_as_the_price_pays_for() {
	TestExt::new(20).execute(|_| {
		SecondLooks::set(SECOND_LOOK_RATE);
		let known = Standing { bond: 1_000_000_000_000, clean_audits: 10_000, value_at_risk: 0 };
		let unknown = Standing { clean_audits: 0, ..known };
		let work = 2 * WORK_UNIT;
		// The least that a job with that record can cost.
		let budget = Audits::budget(work, 100, 100, &known);
		let price = budget * 100 / 94;
		assert!(settlement::split(price, budget).audits == budget);

		let rate = |standing, index| {
			let case = AuditCase { work, price, escrow: price, standing, ..case(index) };
			Audits::open(case);
			Audits::case(job(index)).unwrap().rate
		};
		let [before, after] = [rate(known, 1), rate(unknown, 2)];
		assert_eq!(before, AuditRate::from_rational(1, 100));
		assert!(after >= before && after < AuditRate::from_rational(11, 1_000), "{after:?}");
		let audits = sampling::expected_audits(after, SECOND_LOOK_RATE).into_inner();
		let cost = u128::from(audits) * settlement::audit_pay(work, AUDIT_PRICE) / 1_000_000_000;
		assert!(cost <= settlement::split(price, Balance::MAX).audits);
	});
}
