// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What power weighs: in slots, in votes, and for those who ask.

use crate::*;

#[test]
fn what_was_proved_should_weigh_in_blocks_and_votes() {
	let mut chain = chain();
	prove(&mut chain, Alice, 3_000);
	prove(&mut chain, Bob, 1_500);
	prove(&mut chain, Dave, 800);

	// With the era, power follows: 3,900, 2,400, 900 and 800 work units, capped to 30 %. Votes weigh
	// what was decided before it: Dave is new, and without power.
	go_to(&mut chain, SESSIONS_PER_ERA);
	let validators = [Bob, Charlie, Alice, Dave].map(Sr25519Keyring::to_account_id);
	let units = [1_275, 900, 1_275, 800];
	assert_eq!(validators.clone().map(|who| chain.read(|| Power::power(&who)) / WORK_UNIT), units);
	assert_eq!(
		chain.read(weighted_validators),
		validators.iter().cloned().zip([333_333, 333_333, 333_333, 1]).collect::<Vec<_>>()
	);
	let next = announced(&chain).unwrap().authorities;

	// A session later they weigh what they have proved, in millionths.
	go_to(&mut chain, SESSIONS_PER_ERA + 1);
	let (sum, count) = (units.iter().sum::<u64>(), units.len() as u64);
	let weighted = chain.read(weighted_validators);
	for ((who, weight), (expected, units)) in weighted.iter().zip(validators.iter().zip(units)) {
		assert_eq!(who, expected);
		assert!(weight.abs_diff(units * AUTHORITY_WEIGHT / sum) <= count, "{weight} for {units}");
	}
	let blocks = chain.read(|| Babe::current_epoch().authorities);
	assert_eq!(blocks, next);
	assert_eq!(weights(blocks), weights(weighted.clone()));
	// The set is the same, so the session pallet has nothing to say to GRANDPA; it is told all the same.
	let votes = chain.read(Grandpa::grandpa_authorities);
	assert_eq!(weights(votes.clone()), weights(weighted));
	assert_eq!(scheduled(&chain), Some(votes));

	// Auditors are drawn by the same.
	let active = chain.read(SessionValidators::active).into_iter();
	let active: Vec<_> = active.map(|it| (it.account, it.weight)).collect();
	assert_eq!(active, chain.read(weighted_validators));
	assert_eq!(active, chain.read(SessionValidators::accounts));
}

/// Genesis comes in the order of hooks: who has power before who is elected by it, and weighs by it.
#[test]
fn genesis_should_elect_and_weigh_by_power() {
	let bonds = [(Alice, 12_000u64), (Bob, 12_000), (Charlie, 12_000), (Dave, 2_000), (Eve, 2_000)];
	let mut genesis = genesis_of("local_testnet");
	genesis.power.validators =
		bonds.map(|(who, tokens)| (who.to_account_id(), u128::from(tokens) * ERG)).into();
	genesis.power.power = 120_000 * WORK_UNIT;
	for (who, key) in [(Dave, Ed25519Keyring::Dave), (Eve, Ed25519Keyring::Eve)] {
		let (account, key) = (who.to_account_id(), key.public());
		let keys =
			SessionKeys { babe: who.public().into(), grandpa: key.into(), audit: key.into() };
		genesis.session.keys.push((account.clone(), account, keys));
	}
	// Somebody without power has keys as well, and is no validator.
	let (stranger, key) = (Ferdie.to_account_id(), Ed25519Keyring::Ferdie.public());
	let keys = SessionKeys { babe: Ferdie.public().into(), grandpa: key.into(), audit: key.into() };
	genesis.session.keys.push((stranger.clone(), stranger, keys));

	TestExternalities::new_empty().execute_with(|| {
		genesis.build();
		let elected = weighted_validators();
		let expected = bonds.map(|(who, tokens)| (who.to_account_id(), tokens));
		let weight = authority_weights(expected.iter().map(|(_, tokens)| *tokens).collect());
		// Of those with the same power, who comes first is a matter of names.
		assert_eq!(weights(elected.clone()), weight);
		assert_eq!(weight, [300_000, 299_999, 299_999, 50_001, 50_001]);
		for (who, weight) in &elected {
			let (_, tokens) = expected.iter().find(|(other, _)| other == who).unwrap();
			assert_eq!(*tokens > 2_000, *weight > 50_001, "{who}");
		}
		assert_eq!(weights(Grandpa::grandpa_authorities()), weights(elected));
	});
}

/// Every validator draws with its own key for each of many slots of the epoch that the runtime tells nodes of, and
/// wins as `claim_primary_slot` and `calculate_primary_threshold` in `sc-consensus-babe` (`authorship.rs`) say; a
/// test of the node holds the client to the same.
#[test]
fn primary_slots_should_follow_power() {
	const SLOTS: u64 = 8_000;
	let mut chain = chain();
	prove(&mut chain, Alice, 3_000);
	prove(&mut chain, Bob, 1_500);
	prove(&mut chain, Dave, 400);
	go_to(&mut chain, SESSIONS_PER_ERA + 1);
	let epoch = chain.read(<Runtime as BabeApiV2<Block>>::current_epoch);
	let (part, whole) = epoch.config.c;
	let c = part as f64 / whole as f64;
	// 975, 900, 975 and 400 work units.
	let validators: Vec<_> = epoch
		.authorities
		.iter()
		.map(|(key, weight)| {
			let pair = Sr25519Keyring::from_public(&key.clone().into_inner()).unwrap().pair();
			(pair, *weight as f64 / AUTHORITY_WEIGHT as f64)
		})
		.collect();
	let shares: Vec<_> = validators.iter().map(|(_, share)| (share * 1_000.0).round()).collect();
	assert_eq!(shares, [300.0, 277.0, 300.0, 123.0]);

	let (mut won, mut primary) = ([0u64; 4], 0u64);
	for slot in 0..SLOTS {
		// As if the epoch were that long.
		let slot = Slot::from(*epoch.start_slot + slot);
		let input = make_vrf_transcript(&epoch.randomness, slot, epoch.epoch_index);
		let before: u64 = won.iter().sum();
		for ((pair, share), won) in validators.iter().zip(&mut won) {
			let chance = 1.0 - (1.0 - c).powf(*share);
			let threshold = (chance * 2f64.powi(128)) as u128;
			let ticket = pair.make_bytes::<16>(b"substrate-babe-vrf", &input);
			*won += u64::from(u128::from_le_bytes(ticket) < threshold);
		}
		primary += u64::from(won.iter().sum::<u64>() > before);
	}
	let all: u64 = won.iter().sum();
	for ((_, share), won) in validators.iter().zip(won) {
		let got = won as f64 / all as f64;
		// Four standard deviations of the largest share.
		assert!((got - share).abs() < 0.04, "{got} of the slots for {share} of the weight");
	}
	// Whoever weighs what, one slot in four has a primary author.
	let rate = primary as f64 / SLOTS as f64;
	assert!((rate - c).abs() < 0.02, "{rate} of the slots are primary");
}

/// Who of seven finalises, as the voters of GRANDPA count it.
#[test]
fn finality_should_need_two_thirds_of_power_not_of_heads() {
	let weights = authority_weights(vec![30, 30, 8, 8, 8, 8, 8]);
	let voters = VoterSet::new(weights.into_iter().enumerate()).unwrap();
	let finalise = |who: &[usize]| {
		let weight: u64 = who.iter().map(|id| voters.get(id).unwrap().weight().get()).sum();
		weight >= voters.threshold().get()
	};
	assert!(!finalise(&[2, 3, 4, 5, 6]), "five heads of seven with two fifths of the power");
	assert!(finalise(&[0, 1, 2]), "three heads of seven with two thirds of the power");
	assert!(!finalise(&[0, 1]));
	// No one of four or more can stop it.
	assert!(finalise(&[1, 2, 3, 4, 5, 6]));
}

/// The coefficient that is shown says how many voters GRANDPA cannot do without.
#[test]
fn the_coefficient_should_be_how_many_stop_finality() {
	let mut choices = Choices::new(2);
	for _ in 0..200 {
		let powers = (0..=choices.below(30)).map(|_| choices.below(1_000)).collect();
		let mut weights = authority_weights(powers);
		let voters = VoterSet::new(weights.iter().copied().enumerate()).unwrap();
		let stops = concentration(&weights).nakamoto as usize;
		weights.sort_unstable();
		let without = |strongest: usize| {
			let rest = &weights[..weights.len() - strongest];
			rest.iter().sum::<u64>() < voters.threshold().get()
		};
		assert!(without(stops), "{weights:?} without the {stops} strongest");
		assert!(!without(stops - 1), "{weights:?} without one fewer than {stops}");
	}
}

#[test]
fn clients_should_be_told_who_holds_how_much() {
	type Api = Runtime;
	let mut chain = chain();
	prove(&mut chain, Alice, 3_000);
	prove(&mut chain, Dave, 800);
	go_to(&mut chain, SESSIONS_PER_ERA + 1);
	let (told, total, weights) = chain.read(|| {
		let told = <Api as ErgonApiV1<Block>>::power_distribution();
		(told, Power::candidates().len(), weights(weighted_validators()))
	});
	// Dave's power is the least: Bob and Charlie are equal, and stand by account.
	let (mut equals, dave) =
		([Bob, Charlie].map(Sr25519Keyring::to_account_id), Dave.to_account_id());
	equals.sort();
	let expected = [Alice.to_account_id(), equals[0].clone(), equals[1].clone(), dave];
	assert_eq!(told.candidates.len(), total);
	assert_eq!(told.candidates.iter().map(|(who, _)| who.clone()).collect::<Vec<_>>(), expected);
	let powers: Vec<_> = told.candidates.iter().map(|(_, power)| *power).collect();
	assert!(powers.is_sorted_by(|stronger, weaker| stronger >= weaker));
	for (who, power) in &told.candidates {
		let terms = chain.read(|| <Api as ErgonApiV1<Block>>::power(who.clone())).unwrap();
		assert_eq!((terms.power, terms.total), (*power, told.power.total));
	}
	assert_eq!(told.power, concentration(&powers));
	assert_eq!(told.weight, concentration(&weights));
	assert_eq!((told.power.nakamoto, told.weight.nakamoto), (2, 2));

	// The key of a validator leads to what it earned.
	let key = ergon_core::crypto::audit::AuditorId::from(Ed25519Keyring::Alice.public());
	chain.read(|| {
		let alice = <Api as ErgonApiV1<Block>>::validator_of_key(key).unwrap();
		assert_eq!(alice, Alice.to_account_id());
		let rewards = <Api as ErgonApiV1<Block>>::rewards(alice);
		assert_eq!(rewards.eras.first().unwrap().era, 0);
		assert_eq!(<Api as ErgonApiV1<Block>>::emission().era, 1);
		let stranger = Ed25519Keyring::Ferdie.public().into();
		assert_eq!(<Api as ErgonApiV1<Block>>::validator_of_key(stranger), None);
	});
}
