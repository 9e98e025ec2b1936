// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! From a block to the money for it.

use crate::{mock::*, *};
use ergon_economics::DutyCount;
use frame_support::{
	assert_noop, assert_ok,
	traits::{
		fungible::{Balanced, Mutate},
		tokens::{Fortitude, Precision, Preservation},
		Hooks, Imbalance,
	},
	weights::WeightMeter,
};
use proptest::prelude::*;

fn claim(who: AccountId) -> Result<(), sp_runtime::DispatchError> {
	Rewards::claim(RuntimeOrigin::signed(1_000), who)
}

#[test]
fn reward_follows_power_and_duties_and_waits_until_it_is_claimed() {
	execute(&[(1, 50), (2, 30), (3, 20)], || {
		Rewards::note_block(&1, &[]);
		Rewards::note_block(&1, &[2]);
		Rewards::note_block(&2, &[2, 2]);
		Others::set([((0, 1), vec![DutyCount { done: 1, due: 2 }])].into());
		let soon = Rewards::rewards_of(2);
		let blocks = DutyCount { done: 1, due: 4 };
		let era =
			EraReward { era: 0, power: 30, total_power: 100, duties: vec![blocks], amount: 75 };
		assert_eq!(soon, RewardInfo { account: Account::default(), eras: vec![era] });

		pass(1);
		assert_eq!(events(), [], "audits of the era may be open");
		pass(1);
		// 3 has power and nothing to do.
		assert_eq!([1, 2, 3].map(unpaid), [250, 75, 0]);
		let rewarded = |validator, amount| Event::Rewarded { validator, era: 0, amount };
		let settled = Event::EraSettled { era: 0, emission: EMISSION, minted: 325 };
		let mut seen = events();
		assert_eq!(seen.pop(), Some(settled));
		assert_eq!(seen.len(), 2);
		assert!(seen.contains(&rewarded(1, 250)) && seen.contains(&rewarded(2, 75)));

		pass(100);
		assert_ok!(claim(2));
		assert_eq!(Balances::free_balance(2), 75);
		assert_eq!(events().last(), Some(&Event::Claimed { validator: 2, amount: 75 }));
		assert_noop!(claim(2), Error::<Test>::NothingToClaim);
		assert_eq!(Rewards::rewards_of(2).account, Account { unpaid: 0, paid: 75 });
	});
}

#[test]
fn emission_halves() {
	execute(&[(1, 1)], || {
		for era in 0..2 * HALVING {
			Rewards::note_block(&1, &[]);
			let seen = Rewards::emission();
			assert_eq!(seen.emission, if era < HALVING { EMISSION } else { EMISSION / 2 });
			assert_eq!(seen.next_halving, Some((era / HALVING + 1) * HALVING));
			pass(1);
		}
		pass(1);
		let most = u128::from(HALVING) * (EMISSION + EMISSION / 2);
		assert_eq!(unpaid(1), most);
		assert!(most < Rewards::emission().cap);
	});
}

#[test]
fn power_counts_as_it_was_at_the_first_block_of_the_era() {
	execute(&[(1, 50), (2, 50)], || {
		Rewards::note_block(&1, &[]);
		Powers::mutate(|powers| powers.insert(1, 10));
		Rewards::note_block(&1, &[]);
		// This one lost power before.
		Powers::mutate(|powers| powers.insert(2, 20));
		Rewards::note_block(&2, &[]);
		pass(2);
		assert_eq!([1, 2].map(unpaid), [500, 200]);
	});
}

#[test]
fn who_is_chilled_before_the_settlement_gets_nothing_for_the_era() {
	execute(&[(1, 50), (2, 50)], || {
		Rewards::note_block(&1, &[]);
		Rewards::note_block(&2, &[]);
		pass(1);
		Chilled::set([1].into());
		pass(1);
		assert_eq!([1, 2].map(unpaid), [0, 500]);
		assert_eq!(EraWorks::<Test>::iter().count(), 0);
	});
}

#[test]
fn duty_that_was_not_due_takes_nothing() {
	execute(&[(1, 50), (2, 50)], || {
		Rewards::note_block(&1, &[]);
		Rewards::note_block(&2, &[]);
		// No sprint was held; as if there were nothing but blocks.
		Others::set([((0, 1), vec![DutyCount::default(); 2])].into());
		pass(2);
		assert_eq!([1, 2].map(unpaid), [500, 500]);
	});
}

#[test]
fn nobody_is_blamed_for_an_outage_of_the_network() {
	execute(&[(1, 1)], || {
		let skipped = [2; MAX_SKIPPED as usize];
		Rewards::note_block(&1, &skipped);
		assert_eq!(EraWorks::<Test>::get(0, 2).unwrap().skipped, MAX_SKIPPED);
		Rewards::note_block(&1, &[&skipped[..], &[2]].concat());
		assert_eq!(EraWorks::<Test>::get(0, 2).unwrap().skipped, MAX_SKIPPED);
		assert_eq!(EraWorks::<Test>::get(0, 1).unwrap().authored, 2);
	});
}

#[test]
fn era_of_which_nobody_told_earns_nothing() {
	execute(&[(1, 1)], || {
		Era::set(5);
		Rewards::note_block(&1, &[]);
		assert_eq!(EraWorks::<Test>::iter().count(), 0);
		begin_later();
		assert_eq!(OldestEra::<Test>::get(), 6);
	});
}

/// Six eras and as many blocks.
fn begin_later() {
	Era::set(7);
	(0..8).for_each(|_| poll());
}

#[test]
fn settlement_takes_as_many_blocks_as_its_weight_allows() {
	let powers: Vec<_> = (1..=10).map(|who| (who, 1)).collect();
	execute(&powers, || {
		(1..=10).for_each(|who| Rewards::note_block(&who, &[]));
		let settle = <() as WeightInfo>::settle;
		PollLimit::set(settle(0) + (settle(1) - settle(0)) * 4);
		pass(2);
		let settled = || Accounts::<Test>::iter().count();
		assert_eq!(settled(), 4);
		assert_eq!(Eras::<Test>::get(0).unwrap().minted, 400);
		poll();
		assert_eq!(settled(), 8);
		// A block without room does nothing.
		Rewards::on_poll(0, &mut WeightMeter::with_limit(settle(1) - settle(0)));
		assert_eq!(settled(), 8);
		poll();
		assert_eq!(settled(), 10);
		let mut meter = WeightMeter::with_limit(frame_support::weights::Weight::MAX);
		Rewards::on_poll(0, &mut meter);
		assert_eq!(meter.consumed(), settle(0), "nothing to do");
		assert!((1..=10).all(|who| unpaid(who) == 100));
	});
}

#[test]
fn blocks_account_for_their_weight() {
	execute(&[(1, 1)], || {
		let before = System::block_weight().total();
		Rewards::note_block(&1, &[2, 3]);
		let expected = before.saturating_add(<() as WeightInfo>::note_block(2));
		assert_eq!(System::block_weight().total(), expected);
	});
}

#[test]
fn reward_too_small_for_a_new_account_waits() {
	execute(&[(1, 1), (2, 199)], || {
		Rewards::note_block(&1, &[]);
		pass(2);
		assert_eq!(unpaid(1), 5);
		assert_noop!(claim(1), Error::<Test>::AccountTooPoor);
		Rewards::note_block(&1, &[]);
		pass(2);
		assert_ok!(claim(1));
		assert_eq!(Balances::free_balance(1), 10);
	});
}

#[test]
fn gift_to_the_pot_is_nobodys_reward() {
	execute(&[(1, 1)], || {
		Rewards::note_block(&1, &[]);
		pass(2);
		assert_ok!(claim(1));
		assert_ok!(Balances::transfer_allow_death(RuntimeOrigin::signed(1), POT, 500));
		check();
		assert_noop!(claim(1), Error::<Test>::NothingToClaim);
		assert_noop!(claim(POT), Error::<Test>::NothingToClaim);
	});
}

#[test]
fn what_is_burnt_is_counted() {
	execute(&[(1, 1)], || {
		Rewards::note_block(&1, &[]);
		pass(2);
		assert_ok!(claim(1));
		let part = <Balances as Balanced<AccountId>>::withdraw(
			&1,
			100,
			Precision::Exact,
			Preservation::Preserve,
			Fortitude::Polite,
		);
		Rewards::burn(part.unwrap());
		check();
		assert_eq!(Rewards::emission().burnt, 100);
		// What is left behind is too little to exist.
		let rest = EMISSION - 100;
		let most = rest - EXISTENTIAL_DEPOSIT + 1;
		assert_ok!(Balances::transfer_allow_death(RuntimeOrigin::signed(1), 2, most));
		assert_eq!(Rewards::emission().burnt, 100 + EXISTENTIAL_DEPOSIT - 1);
		Rewards::burn(CreditOf::<Test>::zero());
		assert_eq!(Balances::total_issuance(), EXISTENTIAL_DEPOSIT + most);
	});
}

#[test]
#[should_panic(expected = "the pot is endowed at genesis")]
fn missing_pot_is_noticed() {
	execute(&[(1, 1), (2, 199)], || {
		Rewards::note_block(&1, &[]);
		assert_ok!(Balances::transfer_allow_death(RuntimeOrigin::signed(POT), 5, 10));
		pass(2);
	});
}

#[test]
fn corruption_is_found() {
	let broken: &[(&str, fn())] = &[
		("what is held in the pot is not what waits there", || {
			Accounts::<Test>::mutate(1, |account| account.unpaid += 1);
		}),
		("what was made is not what waits and what was paid", || {
			Total::<Test>::mutate(|total| total.minted += 1);
		}),
		("what was made is not what waits and what was paid", || {
			Accounts::<Test>::mutate(1, |account| account.paid += 1);
		}),
		("what there is is not what there was, more what was made, less what was burnt", || {
			Total::<Test>::mutate(|total| total.burnt += 1);
		}),
		("what there is is not what there was, more what was made, less what was burnt", || {
			GenesisIssuance::<Test>::kill();
		}),
		("what there is is not what there was, more what was made, less what was burnt", || {
			Balances::mint_into(&1, EXISTENTIAL_DEPOSIT).unwrap();
		}),
		("an era is kept that is settled or has not begun", || {
			Eras::<Test>::insert(0, EraTotals::default());
		}),
		("an era is kept that is settled or has not begun", || {
			Eras::<Test>::insert(9, EraTotals::default());
		}),
		("an era was settled out of turn", || {
			Eras::<Test>::mutate(2, |totals| totals.as_mut().unwrap().minted = 1);
		}),
		("more was made for an era than may be", || {
			Eras::<Test>::mutate(1, |totals| totals.as_mut().unwrap().minted = EMISSION + 1);
		}),
		("validators have more power than there is", || {
			let work = EraWork { power: 2, authored: 1, skipped: 0 };
			EraWorks::<Test>::insert(2, 2, work);
		}),
		("work is stored for an era that is settled or has not begun", || {
			EraWorks::<Test>::insert(9, 2, EraWork::default());
		}),
		("more was made than the schedule has", || {
			Pallet::<Test>::mint(1).unwrap();
			Accounts::<Test>::mutate(1, |account| account.unpaid += 1);
		}),
	];
	for (message, corrupt) in broken {
		new_test_ext().execute_with(|| {
			Powers::set([(1, 1)].into());
			Rewards::note_era(0, 1);
			Rewards::note_block(&1, &[]);
			pass(2);
			assert_eq!(unpaid(1), EMISSION);
			corrupt();
			assert_eq!(Rewards::do_try_state(), Err((*message).into()));
		});
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	/// Whatever happens in whichever order, every unit is explained, and no era makes more than its emission.
	#[test]
	fn every_unit_is_explained(
		steps in prop::collection::vec((0..8u8, 1..6u64, 0..40u64), 1..120),
	) {
		execute(&[(1, 7), (2, 11), (3, 5), (4, 1)], || {
			for (step, who, number) in steps {
				match step {
					0 => pass(1),
					1 => poll(),
					2 => {
						let _ = claim(who);
					}
					3 => {
						Powers::mutate(|all| {
							all.entry(who).and_modify(|power| *power = number.min(*power));
						});
					}
					4 => {
						let duty = DutyCount { done: number as u32, due: 20 };
						Others::mutate(|all| all.insert((Era::get(), who), vec![duty]));
					}
					5 => {
						Chilled::mutate(|all| {
							if !all.remove(&who) {
								all.insert(who);
							}
						});
					}
					_ => Rewards::note_block(&who, &vec![1 + number % 5; number as usize / 10]),
				}
				check();
			}
		});
	}
}
