// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What becomes of a provider's work: release, failures, audits, slashes, chills.

use crate::{mock::*, types::ChillReason, Error, Event, Market, Markets};
use ergon_economics::Outcome;
use frame_support::{
	assert_noop, assert_ok,
	traits::{fungible::Balanced, Imbalance},
};

fn open() -> u32 {
	Markets::<Test>::get(model(1)).open
}

#[test]
fn vacate_gives_the_slot_back_and_release_the_risk() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		give(1);
		assert_eq!(open(), 0);

		Providers::vacate(&1, &model(1), WORK, 77);
		assert_eq!(open(), 1);
		let counts = || {
			let record = record(1);
			(record.active_jobs, record.work_at_hand, record.open_jobs, record.value_at_risk)
		};
		assert_eq!(counts(), (0, 0, 1, 100));
		assert_eq!(record(1).safe_at, 77);
		give(1);
		assert_eq!(counts(), (1, WORK, 2, 200));

		Providers::release(&1, 100);
		assert_eq!(counts(), (1, WORK, 1, 100));
		// An earlier end does not make earlier work safe.
		Providers::vacate(&1, &model(1), WORK, 5);
		assert_eq!(record(1).safe_at, 77);
		Providers::release(&1, 100);
		assert_eq!(counts(), (0, 0, 0, 0));
	});
}

#[test]
fn vacate_of_a_closed_provider_opens_nothing() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		give(1);
		assert_ok!(Providers::drain(signed(1)));
		take(1, 0);
		assert_eq!(Markets::<Test>::get(model(1)), Market { open: 0, total: 1 });
	});
}

#[test]
#[should_panic(expected = "what is vacated was assigned")]
fn vacate_without_assignment_is_a_defect() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		Providers::vacate(&1, &model(1), WORK, 0);
	});
}

#[test]
#[should_panic(expected = "what is vacated was assigned")]
fn vacate_of_more_work_than_was_assigned_is_a_defect() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		give(1);
		Providers::vacate(&1, &model(1), WORK + 1, 0);
	});
}

#[test]
#[should_panic(expected = "a provider at work stays registered")]
fn vacate_of_an_unknown_offer_is_a_defect() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		Providers::vacate(&1, &model(2), WORK, 0);
	});
}

#[test]
#[should_panic(expected = "what is released was assigned and vacated")]
fn release_without_assignment_is_a_defect() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		Providers::release(&1, 0);
	});
}

#[test]
#[should_panic(expected = "what is released was assigned and vacated")]
fn release_before_vacating_is_a_defect() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		give(1);
		Providers::release(&1, 100);
	});
}

#[test]
#[should_panic(expected = "what is released was assigned and vacated")]
fn release_of_more_than_was_assigned_is_a_defect() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 2);
		give(1);
		Providers::vacate(&1, &model(1), WORK, 0);
		Providers::release(&1, 101);
	});
}

#[test]
#[should_panic(expected = "a provider with open jobs stays registered")]
fn release_of_a_stranger_is_a_defect() {
	ExtBuilder::default().execute_with(|| Providers::release(&1, 0));
}

#[test]
fn failures_within_the_window_chill() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		events();
		Providers::note_failure(&1);
		System::set_block_number(101);
		Providers::note_failure(&1);
		let failed = |failures| Event::Failed { provider: 1, failures };
		assert_eq!(events(), [failed(1), failed(2)]);
		assert_eq!(open(), 1);

		Providers::note_failure(&1);
		let chilled = Event::Chilled { provider: 1, reason: ChillReason::Failures, until: 151 };
		assert_eq!(events(), [failed(3), chilled]);
		assert_eq!(open(), 0);
		assert_eq!(assign(&need(), 0), None);
		assert_eq!(record(1).failures, Default::default());
		assert_eq!(held(1), BOND);
	});
}

#[test]
fn failures_beyond_the_window_are_forgotten() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		events();
		Providers::note_failure(&1);
		Providers::note_failure(&1);
		System::set_block_number(102);
		Providers::note_failure(&1);
		assert_eq!(events().last(), Some(&Event::Failed { provider: 1, failures: 1 }));
		assert_eq!(open(), 1);
	});
}

#[test]
#[should_panic(expected = "who fails a job is a provider")]
fn failure_of_a_stranger_is_a_defect() {
	ExtBuilder::default().execute_with(|| Providers::note_failure(&1));
}

#[test]
fn audits_make_the_reputation() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		events();
		Providers::note_audited(&1, Outcome::Clean);
		Providers::note_audited(&1, Outcome::Clean);
		assert_eq!(Providers::standing(&1).clean_audits, 2);
		Providers::note_audited(&1, Outcome::Faulty);
		assert_eq!(Providers::standing(&1).clean_audits, 0);
		let audited = |clean, reputation| Event::Audited { provider: 1, clean, reputation };
		assert_eq!(events(), [audited(true, 666), audited(true, 750), audited(false, 600)]);
	});
}

#[test]
fn reputation_fades_with_time() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		(0..40).for_each(|_| Providers::note_audited(&1, Outcome::Clean));
		assert_eq!(Providers::standing(&1).clean_audits, 40);
		System::set_block_number(1_001);
		assert_eq!(Providers::standing(&1).clean_audits, 20);
		assert_eq!(Providers::provider(1).unwrap().reputation, 21_000 / 22);
	});
}

/// A provider with that many clean audits in a row.
fn trusted(clean_audits: u32) {
	provider(1, 2);
	(0..clean_audits).for_each(|_| Providers::note_audited(&1, Outcome::Clean));
	assert_eq!(clean_audits_of(1), clean_audits);
}

fn clean_audits_of(who: AccountId) -> u32 {
	Providers::standing(&who).clean_audits
}

/// Delivers a job in that block.
fn deliver_at(block: u64) {
	System::set_block_number(block);
	give(1);
	take(1, block + 1);
}

// In the mock `MaxIdle` is 2,000 and counts halve in 1,000.
#[test]
fn time_without_work_ends_the_clean_audits_but_not_the_score() {
	ExtBuilder::default().execute_with(|| {
		trusted(40);
		System::set_block_number(2_001);
		assert_eq!(clean_audits_of(1), 10);
		System::set_block_number(2_002);
		assert_eq!(clean_audits_of(1), 0);
		let info = Providers::provider(1).unwrap();
		assert_eq!((info.clean_audits, info.provider.worked_at), (0, 1));
		assert!(info.reputation > 900, "{}", info.reputation);

		// Work does not bring them back.
		deliver_at(2_002);
		assert_eq!((clean_audits_of(1), record(1).worked_at), (0, 2_002));
		Providers::note_audited(&1, Outcome::Clean);
		assert_eq!(clean_audits_of(1), 1);
	});
}

#[test]
fn work_that_nobody_audits_is_work() {
	ExtBuilder::default().execute_with(|| {
		trusted(40);
		deliver_at(2_001);
		deliver_at(4_001);
		System::set_block_number(5_001);
		assert_eq!((clean_audits_of(1), record(1).worked_at), (1, 4_001));
	});
}

#[test]
fn a_missed_job_is_no_work() {
	ExtBuilder::default().execute_with(|| {
		trusted(40);
		System::set_block_number(2_001);
		give(1);
		take(1, 2_001);
		assert_eq!(clean_audits_of(1), 10);
		System::set_block_number(2_002);
		assert_eq!(clean_audits_of(1), 0);
	});
}

#[test]
fn clean_audits_do_not_end_while_at_work() {
	ExtBuilder::default().execute_with(|| {
		trusted(40);
		System::set_block_number(2_001);
		give(1);
		System::set_block_number(2_500);
		assert_eq!(clean_audits_of(1), 7);
		take(1, 2_501);
		assert_eq!(clean_audits_of(1), 7);
	});
}

#[test]
fn a_new_model_ends_the_clean_audits_but_not_the_score() {
	ExtBuilder::default().execute_with(|| {
		trusted(40);
		// Other terms, a pause, its end: the same model.
		for slots in [1, 0, 2] {
			assert_ok!(Providers::set_offer(signed(1), model(1), prices(2), slots));
			assert_eq!(clean_audits_of(1), 40);
		}
		assert_ok!(Providers::set_offer(signed(1), model(2), prices(1), 1));
		assert_eq!(clean_audits_of(1), 0);
		assert_eq!(Providers::provider(1).unwrap().reputation, 41_000 / 42);

		Providers::note_audited(&1, Outcome::Clean);
		assert_ok!(Providers::remove_offer(signed(1), model(2)));
		assert_eq!(clean_audits_of(1), 1);
		assert_ok!(Providers::set_offer(signed(1), model(2), prices(1), 1));
		assert_eq!(clean_audits_of(1), 0);
	});
}

#[test]
fn a_new_model_waits_for_the_jobs_at_work() {
	ExtBuilder::default().execute_with(|| {
		trusted(1);
		give(1);
		let set = |seed| Providers::set_offer(signed(1), model(seed), prices(1), 1);
		assert_noop!(set(2), Error::<Test>::AtWork);
		assert_ok!(set(1));
		Providers::vacate(&1, &model(1), WORK, 9);
		assert_ok!(set(2));
		// Nothing to lose any more.
		give(1);
		assert_ok!(set(3));
	});
}

#[test]
#[should_panic(expected = "whose work is audited is a provider")]
fn audit_of_a_stranger_is_a_defect() {
	ExtBuilder::default().execute_with(|| Providers::note_audited(&1, Outcome::Clean));
}

#[test]
fn slash_takes_from_the_bond_and_chills() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		events();
		let issuance = Balances::total_issuance();
		let slashed = Providers::slash(&1, 1_234);
		assert_eq!((slashed.credit.peek(), slashed.shortfall), (1_234, 0));
		assert_eq!(held(1), BOND - 1_234);
		assert_eq!(Providers::standing(&1).bond, BOND - 1_234);
		assert_eq!(Balances::free_balance(1), ENDOWMENT - BOND);
		assert_eq!(open(), 0);
		assert_eq!(
			events(),
			[
				Event::Slashed { provider: 1, amount: 1_234, bond: BOND - 1_234 },
				Event::Chilled { provider: 1, reason: ChillReason::Slash, until: 51 },
			]
		);

		// Half for the winner, half burns.
		let (winner, burnt) = slashed.credit.split(617);
		assert!(Balances::resolve(&2, winner).is_ok());
		drop(burnt);
		assert_eq!(Balances::free_balance(2), ENDOWMENT + 617);
		assert_eq!(Balances::total_issuance(), issuance - 617);
	});
}

#[test]
fn slash_takes_no_more_than_the_bond() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		let slashed = Providers::slash(&1, BOND + 9);
		assert_eq!((slashed.credit.peek(), slashed.shortfall), (BOND, 9));
		assert_eq!(held(1), 0);
		let again = Providers::slash(&1, 5);
		assert_eq!((again.credit.peek(), again.shortfall), (0, 5));
	});
}

#[test]
fn slash_reaches_those_who_are_leaving() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		give(1);
		assert_ok!(Providers::unbond(signed(1)));
		drop(Providers::slash(&1, 1_000).credit);
		take(1, 0);
		System::set_block_number(201);
		assert_ok!(Providers::withdraw(signed(1)));
		assert_eq!(Balances::free_balance(1), ENDOWMENT - 1_000);
	});
}

#[test]
#[should_panic(expected = "who is slashed is a provider")]
fn slash_of_a_stranger_is_a_defect() {
	ExtBuilder::default().execute_with(|| {
		let slashed = Providers::slash(&1, 5);
		drop(slashed.credit);
	});
}

#[test]
fn unchill_waits_for_its_time() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		assert_noop!(Providers::unchill(signed(1)), Error::<Test>::NotChilled);
		drop(Providers::slash(&1, 1).credit);
		System::set_block_number(50);
		assert_noop!(Providers::unchill(signed(1)), Error::<Test>::StillChilled);
		System::set_block_number(51);
		events();
		assert_ok!(Providers::unchill(signed(1)));
		assert_eq!(events(), [Event::Unchilled { provider: 1 }]);
		assert_eq!(open(), 1);
		assert_eq!(assign(&need(), 0), Some(1));
	});
}

#[test]
fn unchill_asks_for_a_bond_that_covers_the_offers() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 5);
		drop(Providers::slash(&1, 3_500).credit);
		System::set_block_number(51);
		assert_noop!(Providers::unchill(signed(1)), Error::<Test>::BondTooLow);
		assert_ok!(Providers::bond_more(signed(1), 500));
		assert_noop!(Providers::unchill(signed(1)), Error::<Test>::TooManySlots);
		assert_ok!(Providers::set_offer(signed(1), model(1), prices(1), 2));
		assert_ok!(Providers::unchill(signed(1)));
	});
}

#[test]
fn a_second_slash_prolongs_the_chill() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		drop(Providers::slash(&1, 1).credit);
		System::set_block_number(30);
		drop(Providers::slash(&1, 1).credit);
		System::set_block_number(79);
		assert_noop!(Providers::unchill(signed(1)), Error::<Test>::StillChilled);
		System::set_block_number(80);
		assert_ok!(Providers::unchill(signed(1)));
	});
}

#[test]
fn neither_resume_nor_unchill_ends_the_other() {
	ExtBuilder::default().execute_with(|| {
		provider(1, 1);
		assert_ok!(Providers::drain(signed(1)));
		drop(Providers::slash(&1, 1).credit);
		assert_ok!(Providers::resume(signed(1)));
		assert_eq!(open(), 0);
		assert_ok!(Providers::drain(signed(1)));
		System::set_block_number(51);
		assert_ok!(Providers::unchill(signed(1)));
		assert_eq!(open(), 0);
		assert_ok!(Providers::resume(signed(1)));
		assert_eq!(open(), 1);
	});
}
