// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! No one can profit by disputing himself: provider, challenger and requester are one person here, who loses the
//! same amounts, to the unit, whichever side it lets win. Nor by taking somebody else's seat to lose in its place.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use codec::{DecodeAll, Encode};
use ergon_core::{
	crypto::{AUDIT_KEY_TYPE, WORKER_KEY_TYPE},
	engine::Order,
	Fault, GenerationParams, JobId, JobKind,
};
use ergon_engine_interface::EngineExt;
use ergon_exact::game::{Reason, Side};
use ergon_runtime::{
	constants::{ERG, MILLI_ERG},
	AccountId, Balance, Disputes, Jobs, Runtime, RuntimeCall, RuntimeEvent,
};
use ergon_test_chain::{
	engine::{Conduct, FakeEngine},
	keys::secret,
	tiny, Chain,
};
use pallet_disputes::{Charge, PlayerKey};
use pallet_jobs::{Constraints, Settlement};
use pallet_transaction_payment::Event::TransactionFeePaid;
use sp_core::{ed25519, Pair};
use sp_keyring::Sr25519Keyring::{self, BobStash, CharlieStash, Dave, Ferdie};
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};
use std::sync::Arc;

/// Who did the job, who disputes it, who ordered it, and who takes the seat of the first.
const PROVIDER: Sr25519Keyring = Dave;
const FRIEND: Sr25519Keyring = Ferdie;
const REQUESTER: Sr25519Keyring = BobStash;
const STAND_IN: Sr25519Keyring = CharlieStash;
/// Three of them are one person.
const PERSON: [Sr25519Keyring; 3] = [PROVIDER, FRIEND, REQUESTER];
/// What the provider has bonded, and what a challenger does.
const PROVIDER_BOND: Balance = 10_000 * ERG;
const CHALLENGE_BOND: Balance = 100 * ERG;
/// Validators, all of whom are drawn to look at the result of a newcomer, and what each has bonded.
const VALIDATORS: Balance = 3;
const VALIDATOR_BOND: Balance = 10_000 * ERG;
/// What the provider takes for a token.
const PROMPT_TOKEN: Balance = MILLI_ERG;
const OUTPUT_TOKEN: Balance = 2 * MILLI_ERG;
/// Multiplications of the model per token of a prompt and of an answer.
const PROMPT_WORK: Balance = 2_359_296;
const OUTPUT_WORK: Balance = 2_752_512;
/// Blocks after which all must be over.
const PATIENCE: u32 = 400;

/// What became of the job.
#[derive(Default)]
struct End {
	/// The accounts of one person, and what they paid for transactions.
	person: Vec<AccountId>,
	fees: Balance,
	/// Who won the game, and what the chain computed.
	game: Option<(Side, Option<Reason>)>,
	/// How the job was paid.
	settlement: Option<Settlement>,
	/// What was taken from the provider, and from who played with a bond of its own.
	slashed: Balance,
	bond_lost: Balance,
	is_void: bool,
	/// Auditors who have not voted in time.
	missed: Balance,
	/// What was put at stake for the provider's seat, and what had to be.
	at_stake: Option<(Balance, Balance)>,
}

impl End {
	/// Nothing has happened yet to a person with these accounts.
	fn of(person: [Sr25519Keyring; 3]) -> Self {
		let person = person.map(Sr25519Keyring::to_account_id).to_vec();
		Self { person, ..Default::default() }
	}

	fn note(&mut self, event: RuntimeEvent) {
		match event {
			RuntimeEvent::TransactionPayment(TransactionFeePaid { who, actual_fee, .. })
				if self.person.contains(&who) =>
			{
				self.fees += actual_fee
			}
			RuntimeEvent::Disputes(pallet_disputes::Event::GameOver { winner, reason, .. }) => {
				self.game = Some((winner, reason))
			}
			RuntimeEvent::Disputes(pallet_disputes::Event::BondLost { amount, .. }) => {
				self.bond_lost += amount
			}
			RuntimeEvent::Jobs(pallet_jobs::Event::ProviderSlashed { amount, .. }) => {
				self.slashed += amount
			}
			RuntimeEvent::Jobs(pallet_jobs::Event::JobSettled { settlement, .. }) => {
				self.settlement = Some(settlement)
			}
			RuntimeEvent::Jobs(pallet_jobs::Event::JobVoided { .. }) => self.is_void = true,
			RuntimeEvent::Audits(pallet_audits::Event::DutyMissed { .. }) => self.missed += 1,
			RuntimeEvent::Disputes(pallet_disputes::Event::StoodIn { bond, .. }) => {
				// A tenth of each bond is lost with the game: of the provider, and of auditors who may still vote.
				let votes = (VALIDATORS - self.missed) * VALIDATOR_BOND;
				self.at_stake = Some((bond, (PROVIDER_BOND + votes) / 10));
			}
			_ => {}
		}
	}

	fn is_final(&self) -> bool {
		self.settlement.is_some() || self.is_void
	}
}

/// All that these have, what is held included.
fn wealth(chain: &mut Chain, of: &[AccountId]) -> Balance {
	let of_one = |who: &AccountId| {
		let account = frame_system::Account::<Runtime>::get(who).data;
		account.free + account.reserved
	};
	chain.read(|| of.iter().map(of_one).sum())
}

/// A chain on which the provider answers like that, and nobody says anything in that many of 256 stages of a dispute.
/// Its validators are away: nobody else looks at the result.
fn chain(conduct: fn(&[u8]) -> Conduct, silences: u16) -> Chain {
	let mut chain = Chain::with_genesis(tiny::genesis("local_testnet"));
	let engine = FakeEngine::new(conduct, vec![tiny::id()]).silent(silences);
	chain.register_extension(EngineExt(Arc::new(engine)));
	chain.add_key(WORKER_KEY_TYPE, PROVIDER);
	chain.add_key(AUDIT_KEY_TYPE, FRIEND);
	chain
}

/// Makes a block with what the nodes sent.
fn next_block(chain: &mut Chain, end: &mut End) {
	chain.blocks(1);
	chain.events().into_iter().for_each(|event| end.note(event));
}

/// Puts a call of somebody into one of the next blocks.
fn send(chain: &mut Chain, end: &mut End, who: Sr25519Keyring, call: RuntimeCall) {
	for _ in 0..2 {
		let mut transactions = chain.take_pool();
		transactions.push(chain.sign(who, call.clone(), 0));
		let result = chain.block(transactions).pop().unwrap();
		chain.events().into_iter().for_each(|event| end.note(event));
		// The first block of a session has no room; the second one has.
		let is_full = TransactionValidityError::Invalid(InvalidTransaction::ExhaustsResources);
		match result {
			Err(error) if error == is_full => {}
			other => return other.unwrap().unwrap(),
		}
	}
	panic!("two blocks in a row have no room");
}

/// The job, as soon as its result is fixed.
fn attested(chain: &mut Chain, end: &mut End) -> JobId {
	let submit = pallet_jobs::Call::<Runtime>::submit {
		model: tiny::id(),
		kind: JobKind::Generate(GenerationParams::greedy(40)),
		prompt: b"How much do I owe myself?".to_vec(),
		max_price: ERG,
		constraints: Constraints { provider: Some(PROVIDER.to_account_id()), ..Default::default() },
		nonce: 0,
	};
	send(chain, end, REQUESTER, submit.into());
	loop {
		assert!(chain.height() < PATIENCE, "the job is not answered");
		let job = chain.read(|| pallet_jobs::Jobs::<Runtime>::iter_keys().next());
		let is_attested = |job: &JobId| Jobs::attested_price(job).is_some();
		if let Some(job) = job.filter(|job| chain.read(|| is_attested(job))) {
			return job;
		}
		next_block(chain, end);
	}
}

/// The result, as soon as the friend disputes it.
fn challenged(chain: &mut Chain, end: &mut End) -> JobId {
	let job = attested(chain, end);
	let (order, attestation, bundle) = chain.read(|| Jobs::evidence(&job)).unwrap();
	let fault = tiny::first_fault(&order, &attestation, &bundle).unwrap_or(Fault::Chunk(0));
	let key = ed25519::Pair::from_string(secret(FRIEND), None).unwrap().public();
	let challenge = pallet_disputes::Call::<Runtime>::challenge {
		job,
		charge: Charge::Result(fault),
		key: PlayerKey::Auditor(key.into()),
	};
	send(chain, end, FRIEND, challenge.into());
	job
}

/// Waits until the job is final.
fn wait(chain: &mut Chain, end: &mut End) {
	while !end.is_final() {
		assert!(chain.height() < PATIENCE, "the dispute does not end");
		next_block(chain, end);
	}
}

/// The friend disputes the result; what became of it, and what the person has lost.
fn dispute(chain: &mut Chain) -> (End, Balance) {
	let mut end = End::of(PERSON);
	let before = wealth(chain, &end.person);
	challenged(chain, &mut end);
	wait(chain, &mut end);
	let after = wealth(chain, &end.person);
	(end, before.checked_sub(after).expect("who disputes himself gains nothing"))
}

/// What is set aside for audits of a newcomer's result: three, and two more with a chance of two percent.
fn audit_budget(prompt_tokens: Balance, output_tokens: Balance) -> Balance {
	let work = prompt_tokens * PROMPT_WORK + output_tokens * OUTPUT_WORK;
	(304 * work * MILLI_ERG).div_ceil(100 * 1_000_000_000)
}

#[test]
fn a_friend_who_challenges_and_loses_costs_half_of_its_bond_and_the_job() {
	let mut chain = chain(|_| Conduct::Honest, 0);
	let (end, lost) = dispute(&mut chain);
	assert!(matches!(end.game, Some((Side::Defender, Some(_)))), "{:?}", end.game);
	assert_eq!((end.bond_lost, end.slashed), (CHALLENGE_BOND, 0));
	// What the job cost the requester, and what of it the provider did not get.
	let settlement = end.settlement.unwrap();
	let price = settlement.price;
	let prompt = 1 + b"How much do I owe myself?".len() as Balance;
	let output = (price - prompt * PROMPT_TOKEN) / OUTPUT_TOKEN;
	assert_eq!(price, prompt * PROMPT_TOKEN + output * OUTPUT_TOKEN);
	let (burnt, treasury) = ((3 * price).div_ceil(100), 2 * price / 100);
	let audits = audit_budget(prompt, output);
	assert_eq!(settlement.provider, price - burnt - treasury - audits);
	assert_eq!((settlement.to_pool, settlement.auditors), (audits, 0));
	let of_the_job = burnt + treasury + audits;
	assert_eq!(lost, CHALLENGE_BOND / 2 + of_the_job + end.fees);
	assert!(lost > 50 * ERG && end.fees > 0);
}

#[test]
fn a_friend_who_challenges_and_wins_costs_half_of_what_the_provider_loses() {
	let mut chain = chain(|_| Conduct::Cheats, 0);
	let (end, lost) = dispute(&mut chain);
	assert!(matches!(end.game, Some((Side::Challenger, Some(_)))), "{:?}", end.game);
	// A tenth of the bond, which is more than a hundred times the price.
	assert_eq!((end.slashed, end.bond_lost), (PROVIDER_BOND / 10, 0));
	assert!(end.is_void && end.settlement.is_none(), "the requester has everything back");
	assert_eq!(lost, PROVIDER_BOND / 20 + end.fees);
	assert_eq!(PROVIDER_BOND / 20, 500 * ERG);
}

#[test]
fn a_provider_who_keeps_silent_for_its_friend_loses_as_much() {
	// Whether the result is right or not: nobody says anything for it.
	let conducts: [fn(&[u8]) -> Conduct; 2] = [|_| Conduct::Honest, |_| Conduct::Cheats];
	for conduct in conducts {
		let mut chain = chain(conduct, 256);
		let (end, lost) = dispute(&mut chain);
		assert_eq!(end.game, Some((Side::Challenger, None)));
		assert_eq!((end.slashed, end.bond_lost), (PROVIDER_BOND / 10, 0));
		assert_eq!(lost, PROVIDER_BOND / 20 + end.fees);
	}
}

#[test]
fn who_takes_the_seat_of_a_stranger_to_lose_for_a_friend_pays_for_both() {
	// The provider is a stranger, whose result is right, and whose node is down.
	let mut chain = chain(|_| Conduct::Honest, 256);
	let mut end = End::of([STAND_IN, FRIEND, REQUESTER]);
	let stranger = [PROVIDER.to_account_id()];
	let before = (wealth(&mut chain, &end.person), wealth(&mut chain, &stranger));
	let job = challenged(&mut chain, &mut end);
	let next = chain.read(|| Disputes::next_move(&job)).unwrap();
	while chain.height() + 1 < next.from {
		next_block(&mut chain, &mut end);
	}

	// The right move, and nothing behind it, while the challenger says all that there is to be said.
	let engine = Arc::new(FakeEngine::new(|_| Conduct::Honest, vec![tiny::id()]));
	let key = ed25519::Pair::from_string(secret(STAND_IN), None).unwrap().public();
	let order = Order::decode_all(&mut &next.order[..]).unwrap();
	let Order::StandIn { job: order, bundle, stage, .. } = order else {
		panic!("a move is asked for")
	};
	let turn = engine.next_turn(&order, &bundle, &stage).unwrap().encode();
	let key = PlayerKey::Auditor(key.into());
	let stand_in = chain.read(|| Disputes::stand_in_with(job, key, &turn)).unwrap();
	send(&mut chain, &mut end, STAND_IN, stand_in.into());
	chain.register_extension(EngineExt(engine));
	wait(&mut chain, &mut end);

	assert_eq!(end.game, Some((Side::Challenger, None)));
	let (at_stake, due) = end.at_stake.unwrap();
	assert_eq!((at_stake, end.bond_lost), (due, due));
	assert!(end.is_void && end.settlement.is_none(), "the requester has everything back");
	// The half of it that its friend gets is less than what it lost, and the stranger has lost nothing.
	assert_eq!(before.0 - wealth(&mut chain, &end.person), due / 2 + end.fees);
	assert_eq!((end.slashed, wealth(&mut chain, &stranger)), (0, before.1));
}
