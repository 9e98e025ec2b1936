// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Power that is proved: the whole runtime, with nodes that do what is due by themselves.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use ergon_core::{crypto::audit::AuditorId, WORK_UNIT};
use ergon_economics::constants::MISSING_ITEM_SLASH;
use ergon_engine_interface::EngineExt;
use ergon_runtime::{
	configs::{
		authorities::weighted_validators, power::SESSIONS_PER_ERA, providers::Proved,
		sprints::Contestants,
	},
	constants::{ERG, SESSION_SLOTS},
	presets, AccountId, Balances, Power, Runtime, RuntimeCall, RuntimeEvent, Session, Sprints,
	UncheckedExtrinsic,
};
use ergon_test_chain::{
	engine::{Conduct, FakeEngine},
	keys::registration,
	Chain,
};
use frame_support::traits::Get;
use pallet_power::{BookEra, Candidates, EraWorks, PowerLimit, Status};
use pallet_providers::Capacity;
use pallet_rewards::Total;
use pallet_sprints::{CandidateFailure, Candidates as _, Demands, Event, Phase};
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave, Eve, Ferdie};
use sp_staking::SessionIndex;
use std::{collections::BTreeSet, sync::Arc};

/// Blocks of an era.
const ERA: u32 = SESSIONS_PER_ERA * SESSION_SLOTS;

/// The local network, whose engines make items up as often as `made_up` of 256 says.
fn chain(made_up: u8) -> Chain {
	let mut chain = Chain::new("local_testnet");
	let models = vec![presets::demo_manifest().unwrap().id()];
	let engine = FakeEngine::new(|_| Conduct::Honest, models).making_up(made_up);
	chain.register_extension(EngineExt(Arc::new(engine)));
	chain.add_keys();
	chain
}

/// Makes somebody a candidate, without asking anybody.
fn join(chain: &mut Chain, who: Sr25519Keyring) {
	// The first block of a session has no room.
	chain.blocks(2);
	let set_keys = chain.read(|| registration(&who.to_account_id(), who.to_seed()));
	let join = pallet_power::Call::<Runtime>::join { bond: 1_000 * ERG, displaced: None };
	let transactions = vec![chain.sign(who, set_keys, 0), chain.sign(who, join, 1)];
	for result in chain.block(transactions) {
		result.unwrap().unwrap();
	}
}

/// Makes blocks up to the end of an era; what sprints said in them.
fn run_to_era(chain: &mut Chain, era: u32) -> Vec<Event<Runtime>> {
	let mut told = Vec::new();
	while chain.read(|| Power::era().era) < era {
		told.extend(next_block(chain));
	}
	told
}

/// Makes a block; what sprints said in it.
fn next_block(chain: &mut Chain) -> Vec<Event<Runtime>> {
	chain.blocks(1);
	let told = chain.events().into_iter().filter_map(|event| match event {
		RuntimeEvent::Sprints(event) => Some(event),
		_ => None,
	});
	told.collect()
}

/// Goes to the first block of a session, and on to one that none of these has made: nobody is disabled in its own.
fn go_to(chain: &mut Chain, session: SessionIndex, others_than: &[&AccountId]) {
	while chain.read(Session::current_index) < session
		|| chain.author().is_some_and(|author| others_than.contains(&&author))
	{
		chain.blocks(1);
	}
}

/// The validators who may do nothing.
fn disabled(chain: &mut Chain) -> Vec<AccountId> {
	chain.read(|| {
		let validators = Session::validators();
		let places = Session::disabled_validators().into_iter();
		places.map(|place| validators[place as usize].clone()).collect()
	})
}

fn proved(told: &[Event<Runtime>]) -> Vec<(u32, AccountId)> {
	let proved = told.iter().filter_map(|event| match event {
		Event::Proved { era, operator, work, .. } if *work > 0 => Some((*era, operator.clone())),
		_ => None,
	});
	proved.collect()
}

/// What the sprints of somebody count, and the lesser of its last two that are decided.
fn sprints_of(chain: &mut Chain, who: Sr25519Keyring) -> (u64, u64) {
	let terms = chain.read(|| Power::power_of(who.to_account_id()).unwrap());
	let held = terms.eras.iter().filter(|(era, _)| terms.held.contains(era));
	let mut last = held.filter_map(|(_, work)| work.sprint.decided());
	let lesser = last.next().unwrap_or(0).min(last.next().unwrap_or(0));
	(terms.sprints, lesser)
}

#[test]
fn a_newcomer_should_prove_be_elected_and_author() {
	let mut chain = chain(0);
	join(&mut chain, Dave);
	let dave = Dave.to_account_id();
	assert!(!chain.read(|| Power::may_sprint(&dave)), "who comes during an era waits for the next");
	assert_eq!(chain.read(|| Proved::proved(&dave)), 0);
	let limits = chain.read(|| Power::limits_of(dave.clone()));
	assert_eq!(limits.first(), Some(&PowerLimit::NotYet { era: 1 }));
	let mut told = run_to_era(&mut chain, 1);
	let validators = [Alice, Bob, Charlie].map(Sr25519Keyring::to_account_id);
	let mut first: Vec<_> = proved(&told).into_iter().map(|(_, who)| who).collect();
	first.sort();
	let mut expected = validators.to_vec();
	expected.sort();
	assert_eq!(first, expected, "everybody else has proved in the first era");
	assert_eq!(sprints_of(&mut chain, Alice), (0, 0), "one sprint is no proof");

	told = run_to_era(&mut chain, 3);
	assert!(
		proved(&told).contains(&(1, dave.clone())) && proved(&told).contains(&(2, dave.clone()))
	);
	// Behind its second sprint Dave has a third of what it proves, the others behind their third two.
	let ((old, of_old), (new, of_new)) =
		(sprints_of(&mut chain, Alice), sprints_of(&mut chain, Dave));
	assert_eq!((old, new), (of_old * 2 / 3, of_new / 3));
	assert!(new > 0);
	assert!(chain.read(|| Power::power(&dave)) > 0);
	let limits = chain.read(|| Power::limits_of(dave.clone()));
	let two_more = |limit: &PowerLimit| {
		matches!(limit, PowerLimit::Ramp { sprints: 2, missed: None, gain: 1.. })
	};
	assert!(limits.iter().any(two_more), "{limits:?}");

	run_to_era(&mut chain, 6);
	let (all, of_all) = sprints_of(&mut chain, Dave);
	assert_eq!(all, of_all);
	// As a provider it may have at hand what it does until the shortest job is due.
	let (proved, at_hand) = chain.read(|| (Power::proved_in_sprints(&dave), Proved::proved(&dave)));
	let due: u32 = <Runtime as pallet_jobs::Config>::BaseAnswerTime::get();
	let window: u32 = <Runtime as pallet_sprints::Config>::CommitWindow::get();
	assert!(proved > 0);
	assert_eq!(at_hand, proved * u64::from(due) / u64::from(window));
	assert!(chain.read(Session::validators).contains(&dave));
	// It authors: each of four in its turn.
	let before = chain.read(|| pallet_rewards::EraWorks::<Runtime>::get(6, &dave));
	assert_eq!(before, None);
	chain.blocks(ERA / 2);
	let work = chain.read(|| pallet_rewards::EraWorks::<Runtime>::get(6, &dave)).unwrap();
	assert!(work.authored > 0);
}

#[test]
fn a_candidate_that_makes_items_up_should_lose_bond_seat_and_power() {
	// Nearly all items are made up, by everybody's engine.
	let mut chain = chain(240);
	// Of three validators none may be disabled, of four one.
	join(&mut chain, Dave);
	let before = chain.read(Balances::total_issuance);
	let bond = chain.read(|| Power::bond(&Alice.to_account_id()));
	let (mut told, mut banned) = (Vec::new(), BTreeSet::new());
	while chain.read(|| Power::era().era) < 2 {
		told.extend(next_block(&mut chain));
		banned.extend(disabled(&mut chain));
	}
	assert_eq!(proved(&told), []);
	let failures = told.iter().filter_map(|event| match event {
		Event::Failed { operator, .. } => Some(operator.clone()),
		_ => None,
	});
	let failures: BTreeSet<_> = failures.collect();
	assert!(!banned.is_empty() && banned.is_subset(&failures), "{banned:?} of {failures:?}");
	let failed = told.iter().find_map(|event| match event {
		Event::Failed { operator, failure, .. } => Some((operator.clone(), *failure)),
		_ => None,
	});
	let (operator, failure) = failed.unwrap();
	assert_eq!(failure, CandidateFailure::Wrong);
	chain.read(|| {
		assert!(Power::bond(&operator) <= bond - bond / 10);
		assert_eq!(Power::power(&operator), 0);
		let status = Candidates::<Runtime>::get(&operator).unwrap().status;
		assert!(matches!(status, Status::Chilled { .. }));
		assert!(Balances::total_issuance() <= before, "nothing was made for it");
	});
}

#[test]
fn eras_without_a_sprint_should_change_neither_the_set_nor_its_weights() {
	let mut chain = chain(0);
	// Who is elected beside the least number of validators is so by what it has proved.
	let all = [Alice, Bob, Charlie, Dave, Eve, Ferdie];
	all[3..].iter().for_each(|who| join(&mut chain, *who));
	chain.read(|| {
		for who in all {
			Candidates::<Runtime>::mutate(who.to_account_id(), |candidate| {
				candidate.as_mut().unwrap().genesis = 0;
			});
		}
	});
	run_to_era(&mut chain, 5);
	while chain.read(|| matches!(Sprints::sprint().unwrap().phase, Phase::Waiting { .. })) {
		chain.blocks(1);
	}
	// From now on nobody wants any model.
	chain.read(Demands::<Runtime>::kill);
	run_to_era(&mut chain, 6);
	// By the end of the first era without a sprint, the last sprint is decided.
	run_to_era(&mut chain, 7);
	let validators = chain.read(Session::validators);
	assert_eq!(validators.len(), all.len());
	let sprints = |chain: &mut Chain| all.map(|who| sprints_of(chain, who).0);
	let before = sprints(&mut chain);
	assert!(before.iter().all(|proved| *proved > 0));
	// What was elected for the era takes effect a session later.
	let mut told: Vec<_> = (0..SESSION_SLOTS).flat_map(|_| next_block(&mut chain)).collect();
	let weights = chain.read(weighted_validators);

	let minted = |chain: &mut Chain| chain.read(|| Total::<Runtime>::get().minted);
	let mut minted_before = 0;
	for era in 8..=10 {
		told.extend(run_to_era(&mut chain, era));
		assert!(told.contains(&Event::Cancelled { era: era - 1 }));
		assert_eq!(sprints(&mut chain), before, "in era {era}");
		assert_eq!(chain.read(Session::validators), validators, "in era {era}");
		let weighted = chain.read(weighted_validators);
		for ((who, weight), (other, before)) in weighted.iter().zip(&weights) {
			// Audits of past eras end to count.
			assert!(who == other && weight.abs_diff(*before) <= before / 5, "in era {era}");
		}
		if era == 8 {
			minted_before = minted(&mut chain);
		}
	}
	// Eras 6 and 7 are settled, in which nobody missed a sprint.
	assert!(minted(&mut chain) > minted_before);

	// Eight eras count, and four sprints are needed for all of it.
	run_to_era(&mut chain, 11);
	assert_eq!(sprints(&mut chain), before.map(|proved| proved * 2 / 3));
}

#[test]
fn sprints_should_open_in_blocks_that_nobody_can_tell_from_the_era() {
	let mut chain = chain(0);
	let mut opened = Vec::new();
	for era in 1..=5 {
		let began = chain.height();
		while !chain.read(|| {
			let sprint = Sprints::sprint().unwrap();
			sprint.era + 1 == era && !matches!(sprint.phase, Phase::Waiting { .. })
		}) {
			chain.blocks(1);
		}
		opened.push(chain.height() - began);
		run_to_era(&mut chain, era);
	}
	opened.sort();
	opened.dedup();
	assert!(opened.len() > 1, "always the same block: {opened:?}");
}

#[test]
fn who_failed_in_a_sprint_should_pay_once_and_not_for_others() {
	let mut chain = chain(0);
	join(&mut chain, Dave);
	let [dave, bob] = [Dave, Bob].map(Sr25519Keyring::to_account_id);
	let punish = |chain: &mut Chain, who: &AccountId, era| {
		chain.read(|| Contestants::punish(who, era, CandidateFailure::NotShown, Vec::new()));
	};
	let bonds = |chain: &mut Chain| chain.read(|| [&dave, &bob].map(Power::bond));
	// From this session on Dave is a validator, the fourth: one of them may be disabled.
	go_to(&mut chain, 2, &[&dave, &bob]);
	let [before, of_bob] = bonds(&mut chain);
	punish(&mut chain, &dave, 0);
	assert_eq!(bonds(&mut chain), [before - MISSING_ITEM_SLASH.mul_ceil(before), of_bob]);
	assert_eq!(disabled(&mut chain), vec![dave.clone()]);
	// Another one in another session, and the same one once more.
	go_to(&mut chain, 3, &[&dave, &bob]);
	assert_eq!(disabled(&mut chain), vec![dave.clone()]);
	let [of_dave, before] = bonds(&mut chain);
	punish(&mut chain, &bob, 0);
	punish(&mut chain, &dave, 0);
	assert_eq!(bonds(&mut chain), [of_dave, before - MISSING_ITEM_SLASH.mul_ceil(before)]);
	// Of those who are as bad, the last one.
	assert_eq!(disabled(&mut chain), [bob]);
}

/// Whether a transaction comes from the machine of that candidate, who has that audit key.
fn is_from(transaction: &UncheckedExtrinsic, who: &AccountId, key: &AuditorId) -> bool {
	type Audits = pallet_audits::Call<Runtime>;
	type Sprints = pallet_sprints::Call<Runtime>;
	match &transaction.function {
		RuntimeCall::Audits(
			Audits::commit { auditor, .. }
			| Audits::reveal { auditor, .. }
			| Audits::object { auditor, .. },
		) => auditor == who,
		RuntimeCall::Audits(Audits::declare { key: declared, .. }) => declared == key,
		RuntimeCall::Sprints(Sprints::commit { operator, .. } | Sprints::show { operator, .. }) => {
			operator == who
		}
		_ => false,
	}
}

/// Somebody rents a machine from the block in which a sprint opens to the last in which items are shown, in each era.
/// Its equal has one.
#[test]
fn a_machine_that_is_there_for_sprints_only_should_miss_its_audits_and_be_worth_less() {
	let mut chain = chain(0);
	let [renter, owner] = [Dave, Eve].map(Sr25519Keyring::to_account_id);
	[Dave, Eve].into_iter().for_each(|who| join(&mut chain, who));
	let key = chain.read(|| {
		// All are drawn for audits by what they prove.
		for who in [Alice, Bob, Charlie] {
			Candidates::<Runtime>::mutate(who.to_account_id(), |candidate| {
				candidate.as_mut().unwrap().genesis = 0;
			});
		}
		Session::load_keys(&renter).unwrap().audit
	});
	while chain.read(|| Power::era().era) < 8 {
		let phase = chain.read(|| Sprints::sprint().unwrap().phase);
		let is_rented = matches!(phase, Phase::Working { .. } | Phase::Opening { .. });
		let mut transactions = chain.take_pool();
		transactions.retain(|transaction| is_rented || !is_from(transaction, &renter, &key));
		chain.block(transactions);
	}

	let of = |chain: &mut Chain, who: &AccountId| {
		chain.read(|| {
			let terms = Power::power_of(who.clone()).unwrap();
			let misses: u32 = terms.eras.iter().map(|(_, work)| work.misses).sum();
			let sprints = Candidates::<Runtime>::get(who).unwrap().sprints;
			(misses, sprints, Power::power(who))
		})
	};
	let (misses, rented, less) = of(&mut chain, &renter);
	let (missed_by_owner, owned, power) = of(&mut chain, &owner);
	assert!(rented > 0 && owned > 0, "{rented} and {owned} proved");
	assert!(misses > 0 && missed_by_owner == 0, "{misses} and {missed_by_owner} missed");
	assert!(less < rented && power >= owned, "{less} of {rented}, {power} of {owned}");
	// As the items that are drawn differ, so does what the same machine proves.
	let product = |power: u64, proved: u64| u128::from(power) * u128::from(proved);
	assert!(product(less, owned) < product(power, rented));

	// It is rid of all of its power when it misses too many in one era: here, of jobs.
	let most: u32 = <Runtime as pallet_power::Config>::MaxMisses::get();
	chain.read(|| {
		let missed = EraWorks::<Runtime>::get(BookEra::<Runtime>::get(), &renter).misses;
		assert!(missed < most);
		for _ in missed..most {
			assert!(!Power::is_chilled(&renter));
			Power::note_missed(&renter, WORK_UNIT);
		}
		assert!(Power::is_chilled(&renter) && !Power::is_chilled(&owner));
		assert_eq!(Power::power(&renter), 0);
	});
}
