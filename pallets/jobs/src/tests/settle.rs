// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What the audits' conclusions do to the money.

use super::*;
use crate::traits::{Audited, Conclusion, Penalty};
use frame_support::traits::{fungible::Mutate, tokens::Preservation};

/// 15 prompt tokens at 10 and 20 output tokens at 100.
const PRICE: Balance = 2_150;
/// 3 %, rounded up.
const BURN: Balance = 65;
/// 2 %.
const TREASURY_PART: Balance = 43;
/// For 36,160 multiply-accumulates at 1,000 per million.
const BUDGET: Balance = 37;

fn upheld(pay: &[(AccountId, Balance)]) -> FakeConclusion {
	Conclusion::Upheld { pay: pay.to_vec(), penalties: vec![], audited: !pay.is_empty() }
}

fn concluded(conclusion: FakeConclusion) -> JobId {
	let id = attested();
	will_conclude(id, conclusion);
	asked();
	events();
	run_for(AUDIT_TIME);
	id
}

fn settlement(id: JobId) -> Settlement {
	let JobState::Settled(settled) = job(id).state else { panic!("{:?}", job(id).state) };
	settled.settlement
}

#[test]
fn a_clean_result_is_paid_and_credited() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let issuance = Balances::total_issuance();
		let (peter, auditor) = (free(PETER), free(21));
		let id = concluded(upheld(&[(21, 10), (22, 12)]));

		let expected = Settlement {
			price: PRICE,
			refunded: 10_000 - PRICE,
			provider: PRICE - BURN - TREASURY_PART - BUDGET,
			treasury: TREASURY_PART,
			auditors: 22,
			from_pool: 0,
			to_pool: BUDGET - 22,
			burnt: BURN,
		};
		assert_eq!(settlement(id), expected);
		assert_eq!(free(PETER), peter + expected.provider);
		assert_eq!(free(21), auditor + 10);
		assert_eq!(free(TREASURY), ENDOWMENT + TREASURY_PART);
		assert_eq!(free(POOL), ENDOWMENT + BUDGET - 22);
		assert_eq!(Balances::total_issuance(), issuance - BURN);
		// What stays is the deposit for the record and the result.
		let result_bytes = job(id).attested().unwrap().result_bytes;
		let deposit = 1_000 + 10 * Balance::from(result_bytes);
		assert!(deposit < DEPOSIT);
		assert_eq!((held(ALICE), free(ALICE)), (deposit, ENDOWMENT - PRICE - deposit));
		assert!(!Prompts::<Test>::contains_key(id));
		assert!(Results::<Test>::contains_key(id));

		let work = 15 * 576 + 20 * 1_376;
		assert_eq!(
			asked(),
			[
				Asked::Conclude(id),
				Asked::Release { provider: PETER, max_price: 10_000 },
				Asked::NoteAudited(PETER, Audited::Clean),
				Asked::Demand(model(), work),
			]
		);
		assert_eq!(
			events(),
			[
				Event::AuditorPaid { job: id, auditor: 21, amount: 10 },
				Event::AuditorPaid { job: id, auditor: 22, amount: 12 },
				Event::JobSettled { job: id, provider: PETER, settlement: expected },
			]
		);
	});
}

#[test]
fn a_result_that_the_draw_spared_is_paid_but_not_credited() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let id = concluded(upheld(&[]));
		assert_eq!((settlement(id).auditors, settlement(id).to_pool), (0, BUDGET));
		let release = Asked::Release { provider: PETER, max_price: 10_000 };
		assert_eq!(asked(), [Asked::Conclude(id), release]);
	});
}

#[test]
fn pending_audits_are_asked_again_and_a_dispute_stays_one() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let id = attested();
		let until = |until, disputed| Conclusion::Pending { until, disputed };
		will_conclude(id, until(15, false));
		will_conclude(id, until(20, true));
		// An answer in the past is asked again in the next block.
		will_conclude(id, until(1, false));
		will_conclude(id, upheld(&[(21, 1)]));
		events();
		let look = |block| {
			run_to(block);
			(job(id).status(), job(id).due, events())
		};
		assert_eq!(look(10), (JobStatus::Attested, 15, vec![]));
		assert_eq!(look(15), (JobStatus::Disputed, 20, vec![Event::JobDisputed { job: id }]));
		assert_eq!(look(20), (JobStatus::Disputed, 21, vec![]));
		run_to(21);
		let JobState::Settled(settled) = job(id).state else { panic!("not settled") };
		assert!(settled.disputed && settled.audited);
		assert_eq!(settled.auditors, 1);
	});
}

#[test]
fn the_pool_pays_what_the_budget_lacks() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let id = concluded(upheld(&[(21, 37), (22, 37), (23, 26)]));
		let paid = settlement(id);
		assert_eq!((paid.auditors, paid.from_pool, paid.to_pool), (100, 63, 0));
		assert_eq!(free(POOL), ENDOWMENT - 63);
		assert_eq!(paid.provider, PRICE - BURN - TREASURY_PART - BUDGET);
	});
}

#[test]
fn an_empty_pool_pays_auditors_in_proportion() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		Balances::transfer(
			&POOL,
			&BOB,
			ENDOWMENT - EXISTENTIAL_DEPOSIT - 3,
			Preservation::Preserve,
		)
		.unwrap();
		let id = concluded(upheld(&[(21, 60), (22, 20)]));
		let paid = settlement(id);
		// 37 + 3 for 80, so half of each.
		assert_eq!((paid.auditors, paid.from_pool, paid.to_pool), (40, 3, 0));
		assert_eq!(free(POOL), EXISTENTIAL_DEPOSIT);
		assert!(events().contains(&Event::AuditorPaid { job: id, auditor: 21, amount: 30 }));
	});
}

#[test]
fn a_false_mismatch_pays_the_provider() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let issuance = Balances::total_issuance();
		let peter = free(PETER);
		let id = concluded(Conclusion::Upheld {
			pay: vec![(21, 10)],
			penalties: vec![Penalty { auditor: 22, winners: vec![PETER], pay: 10 }],
			audited: true,
		});
		// The fake takes a hundred prices.
		let (amount, awarded) = (100 * PRICE, 50 * PRICE);
		assert!(asked().contains(&Asked::SlashAuditor { auditor: 22, price: PRICE, pay: 10 }));
		assert_eq!(bond_of(22, bonds::HoldReason::Auditor), BOND - amount);
		assert_eq!(free(PETER), peter + awarded + settlement(id).provider);
		assert_eq!(Balances::total_issuance(), issuance - BURN - (amount - awarded));
		let events = events();
		assert!(events.contains(&Event::AuditorSlashed { job: id, auditor: 22, amount }));
		let burnt = amount - awarded;
		assert!(events.contains(&Event::SlashAwarded { job: id, awarded, burnt }));
	});
}

#[test]
fn an_audit_that_earns_more_than_the_job_costs_is_slashed_by_that() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let pay = 3 * PRICE;
		let id = concluded(Conclusion::Upheld {
			pay: vec![],
			penalties: vec![Penalty { auditor: 22, winners: vec![PETER], pay }],
			audited: true,
		});
		let amount = 300 * PRICE;
		assert_eq!(bond_of(22, bonds::HoldReason::Auditor), BOND - amount);
		assert!(events().contains(&Event::AuditorSlashed { job: id, auditor: 22, amount }));
	});
}

#[test]
fn who_did_not_work_pays_those_who_found_it() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let before = [21, 23, PETER].map(free);
		let penalties = vec![
			Penalty { auditor: 22, winners: vec![21, 23], pay: 10 },
			Penalty { auditor: 24, winners: vec![PETER], pay: 10 },
		];
		let id = concluded(Conclusion::Upheld { pay: vec![], penalties, audited: true });
		let won = [21, 23, PETER].map(free);
		let of_provider = settlement(id).provider;
		assert_eq!(won[0] - before[0], 25 * PRICE);
		assert_eq!(won[1] - before[1], 25 * PRICE);
		assert_eq!(won[2] - before[2], 50 * PRICE + of_provider);
		for auditor in [22, 24] {
			assert_eq!(bond_of(auditor, bonds::HoldReason::Auditor), BOND - 100 * PRICE);
		}
	});
}

#[test]
fn an_overturned_result_costs_the_provider_and_nobody_else() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let issuance = Balances::total_issuance();
		let finders = [21, 22, 23].map(free);
		let id = concluded(Conclusion::Overturned {
			finders: vec![21, 22, 23],
			false_votes: vec![(24, 10)],
			spared: false,
		});
		// 10 % of the bond is more than 100 prices.
		let taken = BOND / 10;
		assert_eq!(bond_of(PETER, bonds::HoldReason::Provider), BOND - taken);
		let all = taken + 100 * PRICE;
		let share = all / 2 / 3;
		for (finder, before) in [21, 22, 23].into_iter().zip(finders) {
			assert_eq!(free(finder), before + share);
		}
		let (awarded, burnt) = (3 * share, all - 3 * share);
		assert_eq!(Balances::total_issuance(), issuance - burnt);

		let JobState::Voided(voided) = job(id).state else { panic!("not voided") };
		assert_eq!((voided.reason, voided.at), (VoidReason::Overturned, 4 + AUDIT_TIME));
		assert_eq!((free(ALICE) + held(ALICE), job(id).escrow), (ENDOWMENT, 0));
		assert_eq!((free(TREASURY), free(POOL)), (ENDOWMENT, ENDOWMENT));
		assert_eq!(
			asked(),
			[
				Asked::Conclude(id),
				Asked::SlashProvider(PETER, taken),
				Asked::SlashAuditor { auditor: 24, price: PRICE, pay: 10 },
				Asked::NoteAudited(PETER, Audited::Faulty),
				Asked::Release { provider: PETER, max_price: 10_000 },
			]
		);
		assert_eq!(
			events(),
			[
				Event::ProviderSlashed { job: id, provider: PETER, amount: taken },
				Event::AuditorSlashed { job: id, auditor: 24, amount: 100 * PRICE },
				Event::SlashAwarded { job: id, awarded, burnt },
				Event::JobVoided { job: id, reason: VoidReason::Overturned, refunded: 10_000 },
			]
		);
	});
}

#[test]
fn a_provider_for_which_somebody_else_has_answered_keeps_its_bond() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let issuance = Balances::total_issuance();
		let stake = Jobs::provider_stake(&attested());
		assert_eq!(stake, Some(BOND / 10));
		asked();
		let id = pallet::Jobs::<Test>::iter_keys().next().unwrap();
		will_conclude(
			id,
			Conclusion::Overturned { finders: vec![21], false_votes: vec![], spared: true },
		);
		run_for(AUDIT_TIME);
		assert_eq!(bond_of(PETER, bonds::HoldReason::Provider), BOND);
		assert_eq!(Balances::total_issuance(), issuance);
		// Alice has her money back all the same, and the provider the mark.
		assert_eq!((free(ALICE) + held(ALICE), job(id).status()), (ENDOWMENT, JobStatus::Voided));
		assert!(asked().contains(&Asked::NoteAudited(PETER, Audited::Faulty)));
		assert_eq!(Jobs::provider_stake(&id), None);
	});
}

#[test]
fn a_slash_without_finders_is_burnt() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let issuance = Balances::total_issuance();
		let id = concluded(Conclusion::Overturned {
			finders: vec![],
			false_votes: vec![],
			spared: false,
		});
		assert_eq!(Balances::total_issuance(), issuance - BOND / 10);
		let awarded = Event::SlashAwarded { job: id, awarded: 0, burnt: BOND / 10 };
		assert!(events().contains(&awarded));
	});
}

#[test]
fn a_dear_job_costs_the_whole_bond_and_no_more() {
	let dear = |offer: &mut Offer| offer.prices.output_token = 10_000;
	ExtBuilder::default().offer_with(PETER, dear).execute_with(|| {
		let id = Request { max_price: 1_000_000, ..Default::default() }.submit().unwrap();
		run_for(3);
		apply(attest_call(id)).unwrap().unwrap();
		will_conclude(
			id,
			Conclusion::Overturned { finders: vec![21], false_votes: vec![], spared: false },
		);
		let before = free(21);
		run_for(AUDIT_TIME);
		assert_eq!(bond_of(PETER, bonds::HoldReason::Provider), 0);
		assert_eq!(free(21), before + BOND / 2);
	});
}

#[test]
fn payments_to_accounts_that_cannot_take_them_go_to_the_pool() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		// The auditor has no account, and 12 would not keep one alive.
		let id = concluded(upheld(&[(NOBODY, 12), (21, 20)]));
		let paid = settlement(id);
		assert_eq!((paid.auditors, paid.to_pool), (20, BUDGET - 20));
		assert_eq!(free(NOBODY), 0);
		assert_eq!(free(POOL), ENDOWMENT + BUDGET - 20);
		let diverted = Event::PaymentDiverted { job: id, payee: NOBODY, amount: 12 };
		assert!(events().contains(&diverted));
	});
}

#[test]
fn without_a_pool_such_payments_are_burnt() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		Balances::transfer(&POOL, &BOB, ENDOWMENT, Preservation::Expendable).unwrap();
		let issuance = Balances::total_issuance();
		let id = concluded(upheld(&[(NOBODY, 12), (21, 20)]));
		let paid = settlement(id);
		assert_eq!((paid.auditors, paid.to_pool, paid.burnt), (20, 0, BURN + BUDGET - 20));
		assert_eq!(Balances::total_issuance(), issuance - paid.burnt);
		let events = events();
		for (payee, amount) in [(NOBODY, 12), (POOL, 5)] {
			assert!(events.contains(&Event::PaymentBurnt { job: id, payee, amount }));
		}
	});
}

#[test]
fn frozen_accounts_pay_and_are_refunded_like_others() {
	use frame_support::traits::fungible::MutateFreeze;
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let id = attested();
		Balances::set_freeze(&0, &ALICE, Balance::MAX).unwrap();
		Balances::set_freeze(&0, &PETER, Balance::MAX).unwrap();
		Balances::set_freeze(&0, &21, Balance::MAX).unwrap();
		let peter = free(PETER);
		will_conclude(id, upheld(&[(21, 37)]));
		run_for(AUDIT_TIME);
		let paid = settlement(id);
		assert_eq!((paid.price, paid.auditors), (PRICE, 37));
		assert_eq!(free(PETER), peter + paid.provider);
		assert_eq!(free(ALICE) + held(ALICE), ENDOWMENT - PRICE);

		let second = Request { who: BOB, ..Default::default() }.submit().unwrap();
		Balances::set_freeze(&0, &BOB, Balance::MAX).unwrap();
		run_for(3);
		apply(attest_call(second)).unwrap().unwrap();
		will_conclude(
			second,
			Conclusion::Overturned { finders: vec![21], false_votes: vec![], spared: false },
		);
		run_for(AUDIT_TIME);
		assert_eq!(job(second).status(), JobStatus::Voided);
		assert_eq!(bond_of(PETER, bonds::HoldReason::Provider), BOND - BOND / 10);
		assert_eq!(free(BOB) + held(BOB), ENDOWMENT);
	});
}

#[test]
fn a_requester_whose_free_balance_went_away_loses_only_crumbs() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let id = submit(0);
		// Another reason to exist lets the account spend its last free unit, so that a release below
		// the existential deposit cannot be credited.
		System::inc_providers(&ALICE);
		let all = free(ALICE);
		Balances::transfer(&ALICE, &BOB, all, Preservation::Expendable).unwrap();
		assert_eq!(free(ALICE), 0);
		run_for(3);
		apply(attest_call(id)).unwrap().unwrap();
		will_conclude(id, upheld(&[]));
		run_for(AUDIT_TIME);
		assert_eq!(job(id).status(), JobStatus::Settled);
		assert_eq!(free(ALICE) + held(ALICE), 10_000 + DEPOSIT - PRICE);

		// The rest of the deposit is more than the existential deposit. Make it less.
		let rest = held(ALICE);
		pallet::Jobs::<Test>::mutate(id, |job| job.as_mut().unwrap().deposit = 50);
		let credit = Jobs::take_held(&ALICE, rest - 50);
		drop(credit);
		Balances::transfer(&ALICE, &BOB, free(ALICE), Preservation::Expendable).unwrap();
		run_for(100);
		events();
		let pool = free(POOL);
		Jobs::prune(RuntimeOrigin::signed(BOB), id).unwrap();
		assert_eq!((free(ALICE), held(ALICE), free(POOL)), (0, 0, pool + 45));
		assert_eq!(
			events(),
			[
				Event::PaymentDiverted { job: id, payee: ALICE, amount: 45 },
				Event::JobPruned { job: id, by: BOB, reward: 5, returned: 45 },
			]
		);
	});
}

#[test]
fn a_job_of_no_price_settles() {
	let free_offer = |offer: &mut Offer| offer.prices = Default::default();
	ExtBuilder::default().audit_price(0).offer_with(PETER, free_offer).execute_with(|| {
		let id = Request { max_price: 0, ..Default::default() }.submit().unwrap();
		run_for(3);
		apply(attest_call(id)).unwrap().unwrap();
		will_conclude(id, upheld(&[]));
		run_for(AUDIT_TIME);
		assert_eq!(settlement(id), Settlement::default());
	});
}
