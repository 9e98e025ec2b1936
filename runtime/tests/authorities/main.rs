// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What validators have proved weighs in blocks and votes, and nodes hear of it in time.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod changes;
mod offences;
mod weights;

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
	keys::registration,
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
	let set_keys = chain.read(|| registration(&who.to_account_id(), secret));
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
