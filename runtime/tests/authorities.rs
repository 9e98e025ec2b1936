// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What validators have proved weighs in blocks and votes, and nodes hear of it in time.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use codec::{Decode, Encode};
use ergon_core::WORK_UNIT;
use ergon_economics::{
	constants::{AUTHORITY_WEIGHT, GENESIS_POWER_ERAS},
	power::{authority_weights, concentration},
	shift::shift_limit,
};
use ergon_engine_interface::EngineExt;
use ergon_runtime::{
	configs::{
		authorities::weighted_validators,
		power::{SessionValidators, SESSIONS_PER_ERA},
		session::REPORT_SESSIONS,
	},
	constants::{ERG, SESSION_SLOTS},
	ergon_api::runtime_decl_for_ergon_api::ErgonApiV1,
	AccountId, Babe, Block, BlockNumber, Grandpa, Hash, Header, Historical, Offences, Power,
	Rewards, Runtime, RuntimeOrigin, Session, SessionKeys, UncheckedExtrinsic,
};
use ergon_test_chain::{
	engine::{conduct, FakeEngine},
	genesis_of,
	random::Choices,
	Chain,
};
use finality_grandpa::{voter_set::VoterSet, Message, Prevote};
use frame_support::traits::{BuildGenesisConfig, KeyOwnerProofSystem};
use pallet_audits::Validators;
use pallet_babe::EquivocationOffence;
use pallet_power::Candidates;
use sp_consensus_babe::{
	digests::{NextEpochDescriptor, PreDigest, SecondaryPlainPreDigest},
	make_vrf_transcript,
	runtime_decl_for_babe_api::BabeApiV2,
	ConsensusLog as BabeLog, Slot, BABE_ENGINE_ID,
};
use sp_consensus_grandpa::{
	localized_payload, AuthorityId, AuthorityList, ConsensusLog as GrandpaLog, Equivocation,
	EquivocationProof, GRANDPA_ENGINE_ID, KEY_TYPE,
};
use sp_core::Pair;
use sp_io::TestExternalities;
use sp_keyring::{
	Ed25519Keyring,
	Sr25519Keyring::{self, Alice, Bob, Charlie, Dave, Eve, Ferdie},
};
use sp_runtime::{traits::Header as _, ConsensusEngineId, Digest, DigestItem};
use sp_staking::{offence::ReportOffence, SessionIndex};
use std::sync::Arc;

/// The local network, on which Dave stands for election as the fourth.
fn chain() -> Chain {
	let mut chain = Chain::new("local_testnet");
	chain.register_extension(EngineExt(Arc::new(FakeEngine::new(conduct, Vec::new()))));
	// The first block of a session has no room.
	chain.block(Vec::new());
	let join = pallet_power::Call::<Runtime>::join { bond: 1_000 * ERG, displaced: None };
	let transactions = vec![set_keys(&mut chain, Dave, "//Dave"), chain.sign(Dave, join, 1)];
	apply(&mut chain, transactions);
	chain
}

/// Registers session keys of a secret, which the node has from now on.
fn set_keys(chain: &mut Chain, who: Sr25519Keyring, secret: &str) -> UncheckedExtrinsic {
	let owner = who.to_account_id().encode();
	let generated = chain.read(|| SessionKeys::generate(&owner, Some(secret.into())));
	let set_keys = pallet_session::Call::<Runtime>::set_keys {
		keys: generated.keys,
		proof: generated.proof.encode(),
	};
	chain.sign(who, set_keys, 0)
}

/// A block of transactions, each of which has to succeed.
fn apply(chain: &mut Chain, transactions: Vec<UncheckedExtrinsic>) {
	for result in chain.block(transactions) {
		result.unwrap().unwrap();
	}
}

/// Has somebody that many work units more from the next era on, as if it had them from genesis: what sprints
/// prove takes eras.
fn prove(chain: &mut Chain, who: Sr25519Keyring, units: u64) {
	chain.read(|| {
		let left = GENESIS_POWER_ERAS - 1 - Power::era().era;
		let genesis = (units * WORK_UNIT * u64::from(GENESIS_POWER_ERAS)).div_ceil(left.into());
		Candidates::<Runtime>::mutate(who.to_account_id(), |candidate| {
			candidate.as_mut().unwrap().genesis += genesis;
		});
	});
}

/// Goes to the first block of a session.
fn go_to(chain: &mut Chain, session: SessionIndex) {
	while chain.read(Session::current_index) < session {
		chain.blocks(1);
	}
}

/// What a pallet tells nodes in the last block.
fn logs<L: Decode>(chain: &Chain, engine: ConsensusEngineId) -> impl Iterator<Item = L> + '_ {
	let logs = chain.head().digest.logs.iter().filter_map(|log| log.as_consensus());
	logs.filter(move |(of, _)| *of == engine).map(|(_, log)| L::decode(&mut &log[..]).unwrap())
}

/// The epoch that the last block announces.
fn announced(chain: &Chain) -> Option<NextEpochDescriptor> {
	logs(chain, BABE_ENGINE_ID).find_map(|log| match log {
		BabeLog::NextEpochData(next) => Some(next),
		_ => None,
	})
}

/// The voters that the last block makes known; they vote from the next block on.
fn scheduled(chain: &Chain) -> Option<AuthorityList> {
	logs::<GrandpaLog<BlockNumber>>(chain, GRANDPA_ENGINE_ID).find_map(|log| match log {
		GrandpaLog::ScheduledChange(change) => {
			assert_eq!(change.delay, 0);
			Some(change.next_authorities)
		}
		_ => None,
	})
}

fn weights<Id>(authorities: impl IntoIterator<Item = (Id, u64)>) -> Vec<u64> {
	authorities.into_iter().map(|(_, weight)| weight).collect()
}

fn keys<Id: Clone>(authorities: &[(Id, u64)]) -> Vec<Id> {
	authorities.iter().map(|(key, _)| key.clone()).collect()
}

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

/// Two votes of Dave in the same round, reported as late as it can be, while every session has a set of
/// its own.
#[test]
fn an_equivocation_should_be_reportable_behind_changes_of_weights() {
	let mut chain = chain();
	let dave = Dave.to_account_id();
	let prove_all = |chain: &mut Chain| {
		for (who, units) in [(Alice, 10_000), (Bob, 10_000), (Charlie, 10_000), (Dave, 20_000)] {
			prove(chain, who, units);
		}
	};
	// Dave has proved more than its bond backs, so whatever is taken from it changes the weights.
	let slash = |chain: &mut Chain| chain.read(|| Rewards::burn(Power::slash(&dave, ERG).0));
	prove_all(&mut chain);
	go_to(&mut chain, SESSIONS_PER_ERA);
	slash(&mut chain);
	let first = SESSIONS_PER_ERA + 1;
	go_to(&mut chain, first);
	let set = chain.read(Grandpa::current_set_id);

	let key = Ed25519Keyring::Dave.pair();
	let vote = |byte| {
		let vote = Prevote::new(Hash::repeat_byte(byte), 1u32);
		let message = Message::Prevote(vote.clone());
		(vote, key.sign(&localized_payload(1, set, &message)).into())
	};
	let equivocation = finality_grandpa::Equivocation {
		round_number: 1,
		identity: key.public().into(),
		first: vote(1),
		second: vote(2),
	};
	let proof = EquivocationProof::new(set, Equivocation::Prevote(equivocation));
	let owner =
		chain.read(|| Historical::prove((KEY_TYPE, AuthorityId::from(key.public())))).unwrap();

	for session in first..first + REPORT_SESSIONS {
		if session == 2 * SESSIONS_PER_ERA {
			prove_all(&mut chain);
		}
		slash(&mut chain);
		go_to(&mut chain, session + 1);
	}
	assert_eq!(chain.read(Grandpa::current_set_id), set + u64::from(REPORT_SESSIONS));
	let bond = chain.read(|| Power::bond(&dave));
	chain
		.read(|| {
			let origin = RuntimeOrigin::signed(Alice.to_account_id());
			Grandpa::report_equivocation(origin, Box::new(proof), owner)
		})
		.unwrap();
	assert!(chain.read(|| Power::bond(&dave)) < bond);
	assert_eq!(chain.read(|| Power::power(&dave)), 0);
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

/// The headers of two blocks of Dave in the last slot.
fn two_blocks(chain: &mut Chain) -> sp_consensus_babe::EquivocationProof<Header> {
	let (slot, place) = chain.read(|| {
		let authorities = Babe::authorities();
		let place = authorities.iter().position(|(key, _)| *key == Dave.public().into());
		(Babe::current_slot(), place.unwrap() as u32)
	});
	let header = |byte| {
		let claim =
			PreDigest::SecondaryPlain(SecondaryPlainPreDigest { authority_index: place, slot });
		let digest = Digest { logs: vec![DigestItem::PreRuntime(BABE_ENGINE_ID, claim.encode())] };
		let root = Hash::repeat_byte(byte);
		let mut header = Header::new(7, root, root, root, digest);
		let seal = Dave.sign(header.hash().as_ref());
		header.digest.push(DigestItem::Seal(BABE_ENGINE_ID, seal.encode()));
		header
	};
	sp_consensus_babe::EquivocationProof {
		offender: Dave.public().into(),
		slot,
		first_header: header(1),
		second_header: header(2),
	}
}

#[test]
fn two_blocks_in_one_slot_should_cost_bond_and_seat() {
	let mut chain = chain();
	go_to(&mut chain, 2);
	chain.blocks(3);
	let dave = Dave.to_account_id();
	let proof = two_blocks(&mut chain);
	let key: sp_consensus_babe::AuthorityId = Dave.public().into();
	let owner = chain.read(|| Historical::prove((sp_core::crypto::key_types::BABE, key))).unwrap();
	let bond = chain.read(|| Power::bond(&dave));
	chain
		.read(|| Babe::report_equivocation_unsigned(RuntimeOrigin::none(), Box::new(proof), owner))
		.unwrap();
	assert!(chain.read(|| Power::bond(&dave)) < bond);
	let disabled = chain.read(|| {
		let place = Session::validators().iter().position(|who| *who == dave).unwrap() as u32;
		Session::disabled_validators().contains(&place)
	});
	assert!(disabled);
}

/// What nodes ask the runtime to send: BABE's block import without seals, our node with them.
#[test]
fn blocks_should_be_reported_only_with_their_seals() {
	type Api = Runtime;
	let mut chain = chain();
	go_to(&mut chain, 2);
	chain.blocks(3);
	let dave = Dave.to_account_id();
	let bond = chain.read(|| Power::bond(&dave));
	let sealed = two_blocks(&mut chain);
	let mut unsealed = sealed.clone();
	for header in [&mut unsealed.first_header, &mut unsealed.second_header] {
		header.digest.pop().unwrap();
	}
	let report = |chain: &mut Chain, proof: sp_consensus_babe::EquivocationProof<Header>| {
		chain.read(|| {
			let owner = <Api as BabeApiV2<Block>>::generate_key_ownership_proof(
				proof.slot,
				proof.offender.clone(),
			);
			<Api as BabeApiV2<Block>>::submit_report_equivocation_unsigned_extrinsic(
				proof,
				owner.unwrap(),
			)
		})
	};

	chain.take_pool();
	assert_eq!(report(&mut chain, unsealed), None);
	assert!(chain.take_pool().is_empty());
	assert_eq!(report(&mut chain, sealed), Some(()));
	let transactions = chain.take_pool();
	assert_eq!(transactions.len(), 1);
	for result in chain.block(transactions) {
		result.unwrap().unwrap();
	}
	assert!(chain.read(|| Power::bond(&dave)) < bond);
}
