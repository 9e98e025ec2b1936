// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How weights and members change, and who hears of it.

use crate::*;

/// Two of four lose all of their power at once.
#[test]
fn weight_should_move_by_less_than_a_third_in_a_session() {
	let mut chain = chain();
	for who in [Alice, Bob] {
		chain.read(|| {
			Candidates::<Runtime>::mutate(who.to_account_id(), |candidate| {
				candidate.as_mut().unwrap().genesis = 0;
			});
		});
	}
	prove(&mut chain, Dave, 900);

	// The first session of the era has the weights that were decided before it, and in the third all is done.
	let mut before = Vec::new();
	let mut all_gained = Vec::new();
	for session in SESSIONS_PER_ERA..SESSIONS_PER_ERA + 3 {
		go_to(&mut chain, session);
		let now = chain.read(weighted_validators);
		assert_eq!(now.iter().map(|(_, weight)| weight).sum::<u64>(), AUTHORITY_WEIGHT);
		assert_eq!(weights(chain.read(Grandpa::grandpa_authorities)), weights(now.clone()));
		let gained = |((of, from), (who, to)): (&(AccountId, u64), &(AccountId, u64))| {
			assert_eq!(of, who);
			to.saturating_sub(*from)
		};
		all_gained.push(before.iter().zip(&now).map(gained).sum::<u64>());
		before = now;
	}
	let powers = [Bob, Charlie, Alice, Dave].map(|who| {
		let who = who.to_account_id();
		chain.read(|| Power::power(&who))
	});
	assert_eq!(powers.map(|power| power / WORK_UNIT), [0, 900, 0, 900]);
	let wanted = authority_weights(powers.to_vec());
	assert_eq!(weights(before), wanted);
	// From a third to a half, and from next to nothing to a half.
	let limit = shift_limit(AUTHORITY_WEIGHT);
	assert_eq!(all_gained, [0, limit, wanted[1] - 333_333 + wanted[3] - 1 - limit]);
}

#[test]
fn equal_power_that_fades_should_change_nothing() {
	let mut chain = Chain::new("local_testnet");
	let genesis = chain.read(Grandpa::grandpa_authorities);
	assert_eq!(weights(genesis.clone()), [333_334, 333_333, 333_333]);
	while chain.read(Session::current_index) < 2 * SESSIONS_PER_ERA + 1 {
		chain.block(Vec::new());
		assert_eq!(scheduled(&chain), None);
	}
	assert_eq!(chain.read(Grandpa::current_set_id), 0);
	assert_eq!(chain.read(Grandpa::grandpa_authorities), genesis);
}

/// Seven eras with random work, a newcomer, and an offence.
#[test]
fn nodes_should_hear_of_every_change_and_of_nothing_else() {
	let mut chain = chain();
	let mut choices = Choices::new(1);
	let mut next = chain.read(|| Babe::next_epoch().authorities);
	let mut votes = chain.read(Grandpa::grandpa_authorities);
	let (mut set, mut of_weights, mut of_members, mut silent) = (0, 0, 0, 0);
	let mut session = 0;

	while session < 7 * SESSIONS_PER_ERA {
		if choices.one_in(10) {
			let who = *choices.pick(&[Alice, Bob, Charlie, Dave]);
			prove(&mut chain, who, choices.below(2_000));
		}
		// In the middle of a session, all power of one goes: what was announced stays.
		if chain.height() == 310 {
			chain.read(|| {
				let offence = EquivocationOffence {
					slot: Babe::current_slot(),
					session_index: session,
					validator_set_count: 4,
					offender: (Charlie.to_account_id(), ()),
				};
				Offences::report_offence(Vec::<AccountId>::new(), offence).unwrap();
			});
		}
		chain.blocks(1);

		let before = std::mem::replace(&mut session, chain.read(Session::current_index));
		let blocks = chain.read(|| Babe::current_epoch().authorities);
		match announced(&chain) {
			Some(epoch) => {
				assert_eq!(session, before + 1);
				assert_eq!(std::mem::replace(&mut next, epoch.authorities), blocks);
			}
			None => assert_eq!(session, before),
		}
		assert_eq!(next, chain.read(|| Babe::next_epoch().authorities));

		match scheduled(&chain) {
			Some(changed) => {
				assert_eq!(session, before + 1);
				assert_ne!(changed, votes);
				match keys(&changed) == keys(&votes) {
					true => of_weights += 1,
					false => of_members += 1,
				}
				votes = changed;
				set += 1;
			}
			None => silent += session - before,
		}
		assert_eq!(votes, chain.read(Grandpa::grandpa_authorities));
		assert_eq!(set, chain.read(Grandpa::current_set_id));
		assert_eq!(chain.read(|| Grandpa::session_for_set(set)), Some(session));

		let validators = chain.read(weighted_validators);
		assert_eq!(validators.len(), chain.read(Session::validators).len());
		for weights in [weights(validators), weights(blocks), weights(votes.clone())] {
			assert_eq!(weights.iter().sum::<u64>(), AUTHORITY_WEIGHT);
			assert!(weights.iter().all(|weight| *weight > 0), "{weights:?}");
		}
	}

	println!("{of_weights} of weights, {of_members} of members, {silent} without");
	assert!(of_weights >= 3 && of_members >= 2 && silent >= 3);
}

/// Nobody is left whom the session pallet would take.
#[test]
fn validators_who_all_remove_their_keys_should_stay_until_they_have_others() {
	let mut chain = Chain::new("local_testnet");
	chain.register_extension(EngineExt(Arc::new(FakeEngine::new(conduct, Vec::new()))));
	chain.block(Vec::new());
	let now = |chain: &mut Chain| {
		let blocks = chain.read(|| Babe::current_epoch().authorities);
		(chain.read(Session::validators), blocks, chain.read(Grandpa::grandpa_authorities))
	};
	let before = now(&mut chain);
	let purge_keys = |who| chain.sign(who, pallet_session::Call::<Runtime>::purge_keys {}, 0);
	let transactions = [Alice, Bob, Charlie].map(purge_keys);
	apply(&mut chain, transactions.into());
	for session in 1..=4 {
		go_to(&mut chain, session);
		assert_eq!(announced(&chain).unwrap().authorities, before.1);
		assert_eq!(scheduled(&chain), None);
		assert_eq!(now(&mut chain), before);
		assert_eq!(chain.read(Session::queued_keys).len(), 3);
	}
	assert_eq!(chain.read(Grandpa::current_set_id), 0);

	// With other keys they are authorities two sessions later, and keep their places.
	let secrets = [(Alice, "//Alice//stash"), (Bob, "//Bob//stash"), (Charlie, "//Charlie//stash")];
	let transactions = secrets.map(|(who, secret)| set_keys(&mut chain, who, secret));
	apply(&mut chain, transactions.into());
	go_to(&mut chain, 6);
	let (validators, blocks, votes) = now(&mut chain);
	assert_eq!(validators, before.0);
	let set: Vec<_> =
		chain.read(|| validators.iter().map(|who| Session::load_keys(who).unwrap()).collect());
	assert_eq!(keys(&blocks), set.iter().map(|keys| keys.babe.clone()).collect::<Vec<_>>());
	assert_eq!(keys(&votes), set.iter().map(|keys| keys.grandpa.clone()).collect::<Vec<_>>());
	assert!(keys(&blocks).iter().all(|key| !keys(&before.1).contains(key)));
	assert_eq!((weights(blocks), weights(votes)), (weights(before.1), weights(before.2)));
	assert_eq!(chain.read(Grandpa::current_set_id), 1);
}

/// A stalled network goes on with a forced change, and nothing else can change while it is pending.
#[test]
fn a_forced_change_should_have_weights_and_only_delay_others() {
	let mut chain = chain();
	prove(&mut chain, Alice, 3_000);
	prove(&mut chain, Dave, 800);
	go_to(&mut chain, SESSIONS_PER_ERA);
	let delay = 3 * SESSION_SLOTS + SESSION_SLOTS / 2;
	chain.read(|| Grandpa::note_stalled(RuntimeOrigin::root(), delay, 1)).unwrap();
	go_to(&mut chain, SESSIONS_PER_ERA + 1);
	let forced = logs::<GrandpaLog<BlockNumber>>(&chain, GRANDPA_ENGINE_ID).find_map(|log| {
		let GrandpaLog::ForcedChange(1, change) = log else { return None };
		Some(change.next_authorities)
	});
	let forced = forced.unwrap();
	assert_eq!(weights(forced.clone()), weights(chain.read(weighted_validators)));
	let set = chain.read(Grandpa::current_set_id);

	// The next era changes the weights one session into it, too early.
	prove(&mut chain, Bob, 5_000);
	go_to(&mut chain, 2 * SESSIONS_PER_ERA + 1);
	let wanted = weights(chain.read(weighted_validators));
	assert_ne!(weights(forced.clone()), wanted);
	assert_eq!(scheduled(&chain), None);
	assert_eq!(chain.read(Grandpa::current_set_id), set);

	chain.blocks(SESSION_SLOTS / 2);
	assert_eq!(chain.read(Grandpa::grandpa_authorities), forced);
	go_to(&mut chain, 2 * SESSIONS_PER_ERA + 2);
	assert_eq!(weights(scheduled(&chain).unwrap()), wanted);
	assert_eq!(chain.read(Grandpa::current_set_id), set + 1);
}
