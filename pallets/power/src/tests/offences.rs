// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What follows from offences, through the real offences pallet, and from not being there.

use crate::{mock::*, offence_impls::MAX_REPORTERS, *};
use codec::Encode;
use ergon_core::WORK_UNIT;
use frame_support::{assert_ok, traits::fungible::Inspect, weights::Weight};
use sp_runtime::Perbill;
use sp_staking::offence::{Offence, OffenceDetails, OnOffenceHandler};

/// Seven validators: two may be disabled, and two may leave per session.
fn seven() -> TestExt {
	TestExt::new(7)
}

const BOND: Balance = 2 * MIN_BOND;

fn status(who: u64) -> Status {
	Candidates::<Test>::get(who).unwrap().status
}

fn issuance() -> Balance {
	<Balances as Inspect<u64>>::total_issuance()
}

fn miss(who: u64, times: u32) {
	(0..times).for_each(|_| Power::note_missed(&who, WORK_UNIT));
}

/// What the offences pallet tells of an absence.
fn absence(who: u64, era: EraIndex) -> pallet_offences::Event {
	let kind = <Absence<u64> as Offence<(u64, ())>>::ID;
	pallet_offences::Event::Offence { kind, slot: (era, who).encode() }
}

/// Who was reported, and by whom.
fn reports() -> Vec<(u64, Vec<u64>)> {
	let reports = pallet_offences::Reports::<Test>::iter_values();
	let mut reports: Vec<_> =
		reports.map(|OffenceDetails { offender, reporters }| (offender.0, reporters)).collect();
	reports.sort();
	reports
}

fn index(who: u64) -> u32 {
	Session::validators().iter().position(|other| *other == who).unwrap() as u32
}

#[test]
fn offender_is_slashed_chilled_and_disabled() {
	seven().execute(|| {
		rotate(1);
		events();
		report(&[3], 1);
		let until = 1 + CHILL;
		assert_eq!(Power::bond(&3), BOND * 9 / 10);
		assert_eq!(Taken::get(), BOND / 10);
		assert_eq!(status(3), Status::Chilled { until, severity: Perbill::from_percent(10) });
		assert_eq!(units(3), 0);
		assert_eq!(Session::disabled_validators(), [index(3)]);
		assert_eq!(
			events(),
			[
				Event::Slashed { candidate: 3, amount: BOND / 10 },
				Event::Chilled { candidate: 3, until },
			],
		);
		rotate(1);
		assert!(!queued().contains(&3), "not elected again");
	});
}

#[test]
fn offender_stays_disabled_until_it_is_out_of_the_set() {
	seven().execute(|| {
		// A newcomer with power makes the set change at the next rotation.
		assert_ok!(join(101, 10_000));
		sprints(&[(101, 50)], 2);
		assert!(queued().contains(&101) && !validators().contains(&101));
		report(&[3], 1);
		assert_eq!(Session::disabled_validators(), [index(3)]);
		rotate(1);
		assert!(validators().contains(&101), "the set changed, which lifts disablings");
		assert!(validators().contains(&3), "planned before the offence");
		assert_eq!(Session::disabled_validators(), [index(3)]);
		rotate(1);
		assert!(!validators().contains(&3));
		assert!(Session::disabled_validators().is_empty());
	});
}

#[test]
fn concurrent_offenders_pay_the_difference_and_no_more() {
	seven().execute(|| {
		report(&[3], 1);
		assert_eq!(Power::bond(&3), BOND * 90 / 100);
		// A second offender of the same slot doubles the fraction for both.
		report(&[4], 1);
		assert_eq!(Power::bond(&3), BOND * 80 / 100);
		assert_eq!(Power::bond(&4), BOND * 80 / 100);
		// Another offence in the same session with a smaller fraction is covered.
		events();
		report(&[3], 2);
		assert_eq!(Power::bond(&3), BOND * 80 / 100);
		assert_eq!(events(), []);
		// In another session it counts by itself, of the bond at that time.
		rotate(1);
		report(&[3], 3);
		assert_eq!(Power::bond(&3), BOND * 72 / 100);
		assert_eq!(Taken::get(), BOND * (28 + 20) / 100);
	});
}

#[test]
fn offence_is_slashed_for_the_whole_unbonding_time() {
	seven().execute(|| {
		rotate(1);
		assert_ok!(Power::leave(RuntimeOrigin::signed(3)));
		let last = 2;
		rotate(1);
		assert_eq!(Session::current_index(), last);
		rotate(UNBONDING);
		report_in(&[], &[3], 1, last);
		assert_eq!(Power::bond(&3), BOND * 9 / 10);
		let severity = Perbill::from_percent(10);
		let until = last + UNBONDING + CHILL;
		assert_eq!(
			Power::unbonding(3).unwrap().status,
			Status::Chilled { until, severity },
			"it cannot come back at once",
		);
		// One session later the bond is free, and the report comes too late.
		rotate(1);
		report_in(&[101], &[3], 2, last);
		assert_eq!(Power::bond(&3), BOND * 9 / 10);
		assert_eq!(free(101), ENDOWMENT, "and earns nothing");
		assert_ok!(Power::withdraw(RuntimeOrigin::signed(3)));
		assert!(OffenceSlashes::<Test>::iter().next().is_none());
	});
}

#[test]
fn slashes_of_more_than_one_block_can_remove_are_all_removed() {
	const OFFENDERS: u64 = 250;
	let mut ext = TestExt::new(3).strangers(OFFENDERS).build();
	ext.execute_with(|| {
		MaxCandidates::set(3 + OFFENDERS as u32);
		for who in 101..101 + OFFENDERS {
			assert_ok!(join(who, MIN_BOND));
			report(&[who], who);
		}
		PollLimit::set(Weight::zero());
		rotate(UNBONDING + 1);
		assert_eq!(OffenceSlashes::<Test>::iter_prefix(0).count(), OFFENDERS as usize);
		PollLimit::set(Weight::MAX);
	});
	for (left, oldest) in [(150, 0), (50, 0), (0, 1), (0, 1)] {
		// Only what earlier blocks have written counts against a limit.
		ext.commit_all().unwrap();
		ext.execute_with(|| {
			poll(Weight::MAX);
			assert_eq!(OffenceSlashes::<Test>::iter_prefix(0).count(), left);
			assert_eq!(OldestSlashes::<Test>::get(), oldest);
			check();
		});
	}
}

#[test]
fn slashes_are_removed_as_far_as_there_is_weight() {
	let mut ext = TestExt::new(7).build();
	ext.execute_with(|| {
		report(&[1, 2], 1);
		PollLimit::set(Weight::zero());
		rotate(UNBONDING + 1);
	});
	ext.commit_all().unwrap();
	ext.execute_with(|| {
		let left = || OffenceSlashes::<Test>::iter_prefix(0).count();
		let others =
			<() as WeightInfo>::count(0).saturating_add(<() as WeightInfo>::remove_work(0));
		let room = |slashes| others.saturating_add(<() as WeightInfo>::remove_slashes(slashes));
		PollLimit::set(Weight::MAX);
		poll(room(0));
		assert_eq!(left(), 2);
		poll(room(1));
		assert_eq!((left(), OldestSlashes::<Test>::get()), (1, 0));
		check();
	});
}

#[test]
fn later_offence_never_shortens_a_chill() {
	seven().execute(|| {
		rotate(3);
		report(&[3, 4, 5], 1);
		let severity = Perbill::from_percent(30);
		assert_eq!(status(3), Status::Chilled { until: 3 + CHILL, severity });
		rotate(1);
		report(&[3], 2);
		assert_eq!(
			status(3),
			Status::Chilled { until: 4 + CHILL, severity },
			"longer, and as severe as the worst",
		);
	});
}

#[test]
fn total_slash_leaves_nothing_and_breaks_nothing() {
	seven().execute(|| {
		let details = OffenceDetails { offender: (3, ()), reporters: vec![] };
		Power::on_offence(core::slice::from_ref(&details), &[Perbill::one()], 0);
		assert_eq!(Power::bond(&3), 0);
		assert_eq!(Taken::get(), BOND);
		rotate(3);
		assert!(!validators().contains(&3));
		assert_ok!(Power::leave(RuntimeOrigin::signed(3)));
		let before = frame_system::Pallet::<Test>::block_weight().total();
		let weight = Power::on_offence(&[details], &[Perbill::one()], 3);
		assert_eq!(
			frame_system::Pallet::<Test>::block_weight().total(),
			before.saturating_add(weight),
			"the work is accounted for",
		);
	});
}

#[test]
fn offence_without_a_fraction_takes_nothing_and_disables_all_the_same() {
	seven().execute(|| {
		let details = |who| OffenceDetails { offender: (who, ()), reporters: vec![101] };
		Power::on_offence(&[details(3)], &[Perbill::zero()], 0);
		let severity = Perbill::from_parts(1);
		assert_eq!(status(3), Status::Chilled { until: CHILL, severity });
		assert_eq!(Session::disabled_validators(), [index(3)]);
		assert_eq!((Power::bond(&3), Taken::get(), free(101)), (BOND, 0, ENDOWMENT));
		assert!(OffenceSlashes::<Test>::iter().next().is_none());
		// So nothing of another one in the same session is paid already, and it is as bad as it is.
		report(&[3], 1);
		assert_eq!(Power::bond(&3), BOND * 9 / 10);
		let severity = Perbill::from_percent(10);
		assert_eq!(status(3), Status::Chilled { until: CHILL, severity });
		// In the other order, the gentler one changes nothing.
		Power::on_offence(&[details(3)], &[Perbill::zero()], 0);
		assert_eq!(status(3), Status::Chilled { until: CHILL, severity });
		assert_eq!(Power::bond(&3), BOND * 9 / 10);
	});
}

#[test]
fn strangers_are_harmless() {
	seven().execute(|| {
		let details = OffenceDetails { offender: (77, ()), reporters: vec![] };
		for fraction in [Perbill::zero(), Perbill::from_percent(50)] {
			Power::on_offence(core::slice::from_ref(&details), &[fraction], 0);
		}
		assert_eq!((Power::bond(&77), Taken::get()), (0, 0));
		assert!(Session::disabled_validators().is_empty());
	});
}

#[test]
fn offenders_go_before_those_who_left() {
	seven().execute(|| {
		report(&[1], 1);
		assert_ok!(Power::leave(RuntimeOrigin::signed(2)));
		assert_ok!(Power::leave(RuntimeOrigin::signed(3)));
		rotate(1);
		assert_eq!(queued(), [2, 4, 5, 6, 7], "two of three may go");
		rotate(1);
		assert_eq!(queued(), [4, 5, 6, 7]);
	});
}

#[test]
fn everybody_offending_does_not_empty_the_set() {
	TestExt::new(3).execute(|| {
		report(&[1, 2, 3], 1);
		rotate(10);
		assert_eq!(validators(), [1, 2, 3], "nobody else stands");
		assert_ok!(join(101, MIN_BOND));
		rotate(4);
		assert_eq!(validators().len(), 1);
		assert_eq!(validators(), [101], "one per session until only who stands is left");
	});
}

#[test]
fn reporters_share_half_of_a_slash_and_the_pot_has_the_rest() {
	seven().execute(|| {
		let before = issuance();
		report_by(&[101, 102, 103], &[3], 1);
		assert_eq!(Power::bond(&3), BOND - 200);
		assert_eq!([101, 102, 103].map(free), [ENDOWMENT + 33; 3]);
		assert_eq!(Taken::get(), 101, "half, and what cannot be divided");
		assert_eq!(issuance(), before - 101, "the pot of the mock burns, and nothing else is lost");
	});
}

#[test]
fn slash_that_nobody_reported_goes_to_the_pot() {
	seven().execute(|| {
		let before = issuance();
		report(&[3], 1);
		assert_eq!(Taken::get(), 200);
		assert_eq!(issuance(), before - 200);
	});
}

#[test]
fn who_reports_itself_loses() {
	seven().execute(|| {
		report_by(&[3], &[3], 1);
		assert_eq!((Power::bond(&3), free(3)), (BOND - 200, ENDOWMENT + 100));
		// The second report takes the difference only, and gives half of that.
		report_by(&[4], &[4], 1);
		assert_eq!((Power::bond(&3), free(3)), (BOND - 400, ENDOWMENT + 200));
		assert_eq!((Power::bond(&4), free(4)), (BOND - 400, ENDOWMENT + 200));
		assert_eq!(Taken::get(), 400);
	});
}

#[test]
fn each_reporter_has_half_of_what_its_own_offender_lost() {
	seven().execute(|| {
		report_by(&[101], &[3], 1);
		assert_eq!(free(101), ENDOWMENT + 100);
		report_by(&[102], &[4], 1);
		assert_eq!([101, 102].map(free), [ENDOWMENT + 200; 2], "half of 400 each");
		// What is covered by an earlier report earns nothing.
		report_by(&[103], &[3], 2);
		assert_eq!(free(103), ENDOWMENT);
	});
}

#[test]
fn only_so_many_reporters_get_something() {
	seven().execute(|| {
		let reporters: Vec<_> = (101..=120).collect();
		report_by(&reporters, &[3], 1);
		let rewarded = 100 + u64::from(MAX_REPORTERS);
		for who in reporters {
			let share = if who <= rewarded { 100 / u128::from(MAX_REPORTERS) } else { 0 };
			assert_eq!(free(who), ENDOWMENT + share);
		}
		assert_eq!(Taken::get(), 200 - 16 * 6);
	});
}

#[test]
fn three_missed_audits_in_one_era_chill_and_disable() {
	seven().execute(|| {
		rotate(1);
		miss(3, MAX_MISSES - 1);
		assert_eq!(status(3), Status::Standing);
		assert_eq!(units(3), 100);
		assert!(Session::disabled_validators().is_empty());
		assert_eq!((offences(), reports()), (vec![], vec![]));
		events();
		miss(3, 1);
		let until = 1 + CHILL;
		assert_eq!((offences(), reports()), (vec![absence(3, 0)], vec![(3, vec![])]));
		assert_eq!(status(3), Status::Chilled { until, severity: Perbill::from_parts(1) });
		assert_eq!(units(3), 0);
		assert_eq!(Session::disabled_validators(), [index(3)]);
		assert_eq!(Power::bond(&3), BOND - 3 * MISS_PENALTY, "no more than each of them costs");
		assert_eq!(Taken::get(), 3 * MISS_PENALTY);
		assert_eq!(
			events(),
			[
				Event::Slashed { candidate: 3, amount: MISS_PENALTY },
				Event::DutyMissed { validator: 3, penalty: MISS_PENALTY },
				Event::Chilled { candidate: 3, until },
			],
		);
		rotate(1);
		assert!(!queued().contains(&3), "not elected again");
		// Audits that it was drawn for before are missed as well; it is not out for longer.
		miss(3, 1);
		assert_eq!(status(3), Status::Chilled { until, severity: Perbill::from_parts(1) });
		assert_eq!(reports().len(), 1, "one absence");
	});
}

#[test]
fn absences_of_one_era_are_each_their_own() {
	seven().execute(|| {
		rotate(1);
		miss(3, MAX_MISSES);
		let chilled = status(3);
		rotate(1);
		miss(4, MAX_MISSES);
		assert_eq!(reports(), [(3, vec![]), (4, vec![])]);
		assert_eq!(status(3), chilled, "the offence of another is not told of it again");
		assert_eq!(
			status(4),
			Status::Chilled { until: 2 + CHILL, severity: Perbill::from_parts(1) }
		);
		assert_eq!([3, 4].map(|who| Power::bond(&who)), [BOND - 3 * MISS_PENALTY; 2]);
	});
}

#[test]
fn absence_is_reported_anew_in_each_era() {
	seven().execute(|| {
		miss(3, MAX_MISSES);
		go_to_era(1);
		events();
		miss(3, MAX_MISSES + 1);
		assert_eq!(offences(), [absence(3, 1)]);
		let until = SESSIONS_PER_ERA + CHILL;
		assert_eq!(status(3), Status::Chilled { until, severity: Perbill::from_parts(1) });
		assert_eq!(Power::bond(&3), BOND - (2 * Balance::from(MAX_MISSES) + 1) * MISS_PENALTY);
	});
}

#[test]
fn absence_beside_another_offence_costs_no_more() {
	seven().execute(|| {
		report(&[3], 1);
		let until = CHILL;
		let before = (Power::bond(&3), Taken::get());
		miss(3, MAX_MISSES);
		let penalties = Balance::from(MAX_MISSES) * MISS_PENALTY;
		assert_eq!((Power::bond(&3), Taken::get()), (before.0 - penalties, before.1 + penalties));
		assert_eq!(status(3), Status::Chilled { until, severity: Perbill::from_percent(10) });
		assert_eq!(reports().len(), 2);
		assert_eq!(Session::disabled_validators(), [index(3)]);
	});
}

#[test]
fn absence_of_a_leaver_is_reported_too() {
	seven().execute(|| {
		rotate(1);
		assert_ok!(Power::leave(RuntimeOrigin::signed(3)));
		miss(3, MAX_MISSES);
		let severity = Perbill::from_parts(1);
		let status = Power::unbonding(3).unwrap().status;
		assert_eq!(status, Status::Chilled { until: 1 + CHILL, severity });
		assert_eq!(reports(), [(3, vec![])]);
		assert_eq!(Session::disabled_validators(), [index(3)], "it is in the set as yet");
	});
}

#[test]
fn report_of_an_absence_is_weighed() {
	seven().execute(|| {
		miss(3, MAX_MISSES - 1);
		let weight = || frame_system::Pallet::<Test>::block_weight().total();
		let before = weight();
		miss(3, 1);
		assert!(weight().all_gte(before.saturating_add(<() as WeightInfo>::report_absence())));
	});
}

#[test]
fn misses_are_counted_anew_in_each_era() {
	seven().execute(|| {
		for era in 0..3 {
			go_to_era(era);
			miss(3, MAX_MISSES - 1);
			assert_eq!(status(3), Status::Standing);
		}
		assert!(Session::disabled_validators().is_empty());
		miss(3, 1);
		assert!(Power::is_chilled(&3));
	});
}

#[test]
fn absent_validator_rejoins_behind_its_chill_and_proves_anew() {
	seven().validators((1..=7).map(|who| (who, 900_000)).collect()).power(0).execute(|| {
		let all: Vec<_> = (1..=7).map(|who| (who, 10)).collect();
		sprints(&all, 2);
		assert_eq!(units(3), 10);
		miss(3, MAX_MISSES);
		let present: Vec<_> = all.iter().copied().filter(|(who, _)| *who != 3).collect();
		sprints(&present, 2);
		assert_ok!(Power::rejoin(RuntimeOrigin::signed(3)));
		sprints(&present, 1);
		assert_eq!(units(3), 0);
		sprints(&all, 1);
		assert_eq!(units(3), 0, "one sprint alone");
		sprints(&all, 1);
		assert_eq!(units(3), 10);
	});
}

#[test]
fn nobody_is_disabled_in_its_own_block() {
	TestExt::new(7).execute(|| {
		Author::set(Some(1));
		report(&[1, 2], 0);
		assert_eq!(Session::disabled_validators(), [index(2)], "its own block would be invalid");
		assert!(Power::is_chilled(&1) && Power::is_chilled(&2));
		Author::set(None);
		rotate(1);
		assert_eq!(Session::disabled_validators(), [index(1), index(2)], "now it is");
	});
}
