// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Random calls by random accounts over hundreds of blocks, with real off-chain workers, an engine
//! that fails and cheats, every pallet's own check of its state after every block, and a model of the money
//! that shares nothing with them.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod ledger;

use codec::Encode;
use ergon_core::{
	crypto::{AUDIT_KEY_TYPE, WORKER_KEY_TYPE},
	job::THOUSAND,
	Country, Fault, GenerationParams, JobId, JobKind, ModelId, ModelManifest, H256,
};
use ergon_engine_interface::EngineExt;
use ergon_runtime::{
	constants::ERG, presets, AccountId, Balance, Balances, Jobs, Providers, Runtime, RuntimeCall,
	RuntimeEvent, Session, SessionKeys, UncheckedExtrinsic,
};
use ergon_test_chain::{
	engine::{conduct, Conduct, FakeEngine},
	random::Choices,
	Chain,
};
use ledger::Ledger;
use pallet_jobs::{Constraints, JobStatus};
use pallet_providers::{Hosting, Profile};
use sp_core::{ed25519, Pair};
use sp_keyring::Sr25519Keyring;
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};
use std::{
	collections::BTreeMap,
	sync::{Arc, OnceLock},
};

/// Blocks in which accounts do something.
const BUSY_BLOCKS: u32 = 500;
/// Blocks after which every job must have come to its end.
const QUIET_BLOCKS: u32 = 200;
/// Calls per block.
const CALLS: u64 = 6;

/// What a run needs to remember.
struct Simulation {
	chain: Chain,
	engine: Arc<FakeEngine>,
	choices: Choices,
	jobs: Vec<JobId>,
	/// The newest job of each requester.
	newest: BTreeMap<AccountId, JobId>,
	models: Vec<ModelId>,
	seen: BTreeMap<&'static str, u32>,
	issuance: Balance,
	/// What everybody must have, by a model that shares nothing with the pallets.
	ledger: Ledger,
}

impl Simulation {
	fn new(seed: u64) -> Self {
		let mut chain = Chain::new("local_testnet");
		let models = vec![presets::demo_manifest().unwrap().id()];
		let engine = Arc::new(FakeEngine::new(conduct, models.clone()));
		chain.register_extension(EngineExt(engine.clone()));
		let keystore = chain.keystore().clone();
		for who in Sr25519Keyring::well_known() {
			let seed = secret(who);
			keystore.ed25519_generate_new(AUDIT_KEY_TYPE, Some(&seed)).unwrap();
			keystore.ed25519_generate_new(WORKER_KEY_TYPE, Some(&seed)).unwrap();
		}
		let issuance = chain.read(Balances::total_issuance);
		let choices = Choices::new(seed);
		let (jobs, newest, seen) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
		let ledger = chain.read(Ledger::new);
		Self { chain, engine, choices, jobs, newest, models, seen, issuance, ledger }
	}

	/// A block of what accounts choose to do and of what off-chain workers sent.
	fn step(&mut self, calls: u64) {
		let mut transactions = self.chain.take_pool();
		// Sometimes the pool loses everything, and sometimes the engine.
		if self.choices.one_in(20) {
			transactions.clear();
		}
		if self.choices.one_in(40) {
			self.engine.crash();
		}
		let workers = transactions.len();
		let mut nonces = BTreeMap::new();
		for _ in 0..calls {
			let who = self.account();
			let call = self.call(who);
			let ahead = nonces.entry(secret(who)).or_insert(0);
			transactions.push(self.chain.sign(who, call, *ahead));
			*ahead += 1;
		}
		let results = self.chain.block(transactions);
		for result in results.into_iter().skip(workers) {
			// The first block of a session has no room; what comes behind it lacks a nonce then.
			use InvalidTransaction::{ExhaustsResources, Future};
			match result {
				Ok(_) => {}
				Err(TransactionValidityError::Invalid(ExhaustsResources | Future)) => {
					self.note("left out")
				}
				Err(error) => panic!("a signed transaction was refused: {error:?}"),
			}
		}
		let Self { chain, ledger, .. } = self;
		chain.read(|| ledger.book());
		self.account_for_the_block();
	}

	/// Explains what happened to the total issuance, and remembers what there is now.
	fn account_for_the_block(&mut self) {
		let mut burnt = 0;
		for event in self.chain.events() {
			match event {
				RuntimeEvent::Jobs(event) => burnt += self.note_job(event),
				RuntimeEvent::Models(pallet_models::Event::Registered { model, .. }) => {
					self.models.push(model)
				}
				RuntimeEvent::Power(pallet_power::Event::Elected { .. }) => self.note("elected"),
				RuntimeEvent::Audits(pallet_audits::Event::DutyMissed { .. }) => {
					self.note("duty missed")
				}
				RuntimeEvent::Disputes(event) => burnt += self.note_dispute(event),
				RuntimeEvent::Balances(pallet_balances::Event::DustLost { amount, .. }) => {
					burnt += amount
				}
				_ => {}
			}
		}
		let issuance = self.chain.read(Balances::total_issuance);
		assert_eq!(self.issuance - issuance, burnt, "block {}", self.chain.height());
		self.issuance = issuance;
	}

	/// Remembers what became of a job; returns what was burnt.
	fn note_job(&mut self, event: pallet_jobs::Event<Runtime>) -> Balance {
		use pallet_jobs::Event::*;
		match event {
			JobSubmitted { job, requester, .. } => {
				self.jobs.push(job);
				self.newest.insert(requester, job);
				self.note("submitted");
				0
			}
			JobRequeued { .. } => self.counted("requeued"),
			JobSettled { job, settlement, .. } => {
				self.note("settled");
				let parts = settlement.provider
					+ settlement.treasury
					+ settlement.auditors
					+ settlement.to_pool
					+ settlement.burnt;
				assert_eq!(settlement.price + settlement.from_pool, parts, "job {job:?}");
				settlement.burnt
			}
			JobVoided { job, .. } => {
				let overturned = self
					.chain
					.read(|| Jobs::query_job(job))
					.is_some_and(|job| job.voided == Some(pallet_jobs::VoidReason::Overturned));
				if overturned {
					assert_eq!(conduct(&job), Conduct::Cheats, "an honest result was overturned");
					self.note("overturned");
				} else {
					self.note("recalled");
				}
				0
			}
			JobExpired { .. } => self.counted("expired"),
			JobCancelled { .. } => self.counted("cancelled"),
			JobPruned { .. } => self.counted("pruned"),
			ProviderSlashed { .. } => self.counted("provider slashed"),
			AuditorSlashed { .. } => self.counted("auditor slashed"),
			SlashAwarded { burnt, .. } => burnt,
			PaymentBurnt { amount, .. } => amount,
			_ => 0,
		}
	}

	/// Remembers what became of a dispute; returns what was burnt.
	fn note_dispute(&mut self, event: pallet_disputes::Event<Runtime>) -> Balance {
		use pallet_disputes::Event::*;
		match event {
			Claimed { bond: 0, .. } => self.counted("accused"),
			Claimed { .. } => self.counted("challenged"),
			GameOver { charge: pallet_disputes::Charge::Work(_), .. } => self.counted("found idle"),
			GameOver { .. } => self.counted("game over"),
			Abandoned { .. } => self.counted("dispute abandoned"),
			Awarded { burnt, .. } => burnt,
			_ => 0,
		}
	}

	fn note(&mut self, what: &'static str) {
		*self.seen.entry(what).or_default() += 1;
	}

	fn counted(&mut self, what: &'static str) -> Balance {
		self.note(what);
		0
	}

	fn account(&mut self) -> Sr25519Keyring {
		let accounts: Vec<_> = Sr25519Keyring::well_known().collect();
		*self.choices.pick(&accounts)
	}

	/// Something that an account may try.
	fn call(&mut self, who: Sr25519Keyring) -> RuntimeCall {
		match self.choices.below(26) {
			24 | 25 => self.challenge(who),
			0..=8 => self.submit(),
			9 => {
				let job = self.newest.get(&who.to_account_id()).copied().unwrap_or_default();
				pallet_jobs::Call::<Runtime>::cancel { job }.into()
			}
			10 => pallet_jobs::Call::<Runtime>::poke { job: self.job() }.into(),
			11 => pallet_jobs::Call::<Runtime>::prune { job: self.job() }.into(),
			12 => {
				let dest = self.account().to_account_id().into();
				let value = Balance::from(self.choices.below(10)) * ERG;
				pallet_balances::Call::<Runtime>::transfer_allow_death { dest, value }.into()
			}
			13..=16 => self.provider_call(who),
			17 => self.model_call(),
			// A chain whose last validators purge their keys has nobody to make blocks.
			18 if self.chain.read(Session::validators).len() > 2 => {
				pallet_session::Call::<Runtime>::purge_keys {}.into()
			}
			19 => self.set_keys(who),
			20 | 21 => self.power_call(),
			22 => {
				let calls = vec![self.submit(), self.power_call(), self.provider_call(who)];
				pallet_utility::Call::<Runtime>::force_batch { calls }.into()
			}
			_ => self.forgery(),
		}
	}

	/// A challenge of a result that is wrong: there is no model here by which an honest provider could
	/// defend a right one.
	fn challenge(&mut self, who: Sr25519Keyring) -> RuntimeCall {
		let wrong = self.jobs.iter().rev().find(|job| conduct(job) == Conduct::Cheats);
		let key = ed25519::Pair::from_string(&secret(who), None).unwrap().public();
		pallet_disputes::Call::<Runtime>::challenge {
			job: wrong.copied().unwrap_or_default(),
			charge: pallet_disputes::Charge::Result(Fault::Chunk(self.choices.below(2) as u32)),
			key: pallet_disputes::PlayerKey::Auditor(key.into()),
		}
		.into()
	}

	fn job(&mut self) -> JobId {
		match self.jobs.len() {
			0 => H256(self.choices.bytes()),
			_ => *self.choices.pick(&self.jobs),
		}
	}

	fn model(&mut self) -> ModelId {
		// The demo model most of the time: only it is offered from the start.
		match self.choices.one_in(8) {
			true => *self.choices.pick(&self.models),
			false => self.models[0],
		}
	}

	fn submit(&mut self) -> RuntimeCall {
		let mut params = GenerationParams::greedy(1 + self.choices.below(120) as u16);
		if self.choices.one_in(10) {
			params.top_p = THOUSAND + 1;
		}
		let kind = match self.choices.one_in(6) {
			true => JobKind::Embed,
			false => JobKind::Generate(params),
		};
		let prompt = match self.choices.below(20) {
			0 => Vec::new(),
			1 => vec![0xff; 10],
			2 => vec![b'a'; 9_000],
			length => vec![b'a'; 20 * length as usize],
		};
		let mut constraints = Constraints::default();
		if self.choices.one_in(8) {
			constraints.provider = Some(self.account().to_account_id());
		}
		if self.choices.one_in(8) {
			constraints.countries = vec![Country(*b"CH")].try_into().unwrap();
		}
		pallet_jobs::Call::<Runtime>::submit {
			model: self.model(),
			kind,
			prompt,
			max_price: ERG * Balance::from(self.choices.below(3)),
			constraints,
			nonce: self.choices.below(1_000_000),
		}
		.into()
	}

	fn provider_call(&mut self, who: Sr25519Keyring) -> RuntimeCall {
		use pallet_providers::Call;
		let model = self.model();
		match self.choices.below(12) {
			0 | 1 => {
				let account = who.to_account_id();
				let payload = self.chain.read(|| Providers::worker_proof_payload(&account));
				let keystore = self.chain.keystore().clone();
				let worker =
					keystore.ed25519_generate_new(WORKER_KEY_TYPE, Some(&secret(who))).unwrap();
				let proof =
					keystore.ed25519_sign(WORKER_KEY_TYPE, &worker, &payload).unwrap().unwrap();
				Call::<Runtime>::register {
					worker: worker.into(),
					proof: proof.into(),
					bond: Balance::from(self.choices.below(2_000)) * ERG,
					profile: Profile {
						country: Country(*b"CH"),
						region: None,
						hosting: Hosting::Cloud,
						peer: Default::default(),
					},
				}
			}
			2 => Call::drain {},
			3 | 4 => Call::resume {},
			5 => Call::unbond {},
			6 => Call::withdraw {},
			7 => Call::unchill {},
			8 => Call::bond_more { amount: 10 * ERG },
			9 => Call::remove_offer { model },
			_ => Call::set_offer {
				model,
				prices: pallet_jobs::traits::TokenPrices {
					prompt_token: Balance::from(1 + self.choices.below(4)) * ERG / 1_000,
					output_token: Balance::from(1 + self.choices.below(4)) * ERG / 1_000,
				},
				slots: self.choices.below(5) as u32,
			},
		}
		.into()
	}

	fn model_call(&mut self) -> RuntimeCall {
		use pallet_models::Call;
		let model = *self.choices.pick(&self.models);
		match self.choices.below(8) {
			0..=3 => {
				let demo = presets::demo_manifest().unwrap();
				Call::<Runtime>::register {
					manifest: ModelManifest { weights_root: H256(self.choices.bytes()), ..demo },
					details: pallet_models::Details {
						name: b"simulated".to_vec().try_into().unwrap(),
						licence: b"MIT".to_vec().try_into().unwrap(),
						..Default::default()
					},
				}
			}
			4 => Call::quarantine { model },
			5 => Call::reactivate { model },
			6 => Call::recall { model },
			_ => Call::deregister { model },
		}
		.into()
	}

	fn power_call(&mut self) -> RuntimeCall {
		use pallet_power::Call;
		let bond = Balance::from(self.choices.below(5_000)) * ERG;
		match self.choices.below(8) {
			0..=2 => Call::<Runtime>::join { bond, displaced: None },
			3 => Call::bond_more { amount: ERG },
			4 => Call::leave {},
			5 => Call::withdraw {},
			_ => Call::rejoin {},
		}
		.into()
	}

	fn set_keys(&mut self, who: Sr25519Keyring) -> RuntimeCall {
		let owner = who.to_account_id().encode();
		// The chain's author is found by the keys that belong to the phrase.
		let phrase = format!("//{}", <&'static str>::from(who)).into_bytes();
		let generated = self.chain.read(|| SessionKeys::generate(&owner, Some(phrase)));
		let keystore = self.chain.keystore();
		keystore.ed25519_generate_new(AUDIT_KEY_TYPE, Some(&secret(who))).unwrap();
		pallet_session::Call::<Runtime>::set_keys {
			keys: generated.keys,
			proof: generated.proof.encode(),
		}
		.into()
	}

	/// An authorized call inside a signed one: its origin is wrong, so it must do nothing.
	fn forgery(&mut self) -> RuntimeCall {
		pallet_audits::Call::<Runtime>::commit {
			job: self.job(),
			round: 0,
			auditor: self.account().to_account_id(),
			commitment: H256(self.choices.bytes()),
			signature: ed25519::Signature::from_raw([0; 64]).into(),
		}
		.into()
	}
}

/// The seed of a well-known account's ed25519 keys. A keystore for tests derives keys anew each time, and
/// from a phrase that takes thousands of hashes.
fn secret(who: Sr25519Keyring) -> String {
	static SEEDS: OnceLock<BTreeMap<&'static str, String>> = OnceLock::new();
	let seeds = SEEDS.get_or_init(|| {
		let names = Sr25519Keyring::well_known().map(<&'static str>::from);
		let seed = |name| ed25519::Pair::from_string(&format!("//{name}"), None).unwrap().seed();
		names.map(|name| (name, format!("0x{}", hex::encode(seed(name))))).collect()
	});
	seeds[<&'static str>::from(who)].clone()
}

#[test]
fn random_calls_should_keep_every_invariant() {
	let mut simulation = Simulation::new(1);
	for _ in 0..BUSY_BLOCKS {
		simulation.step(CALLS);
	}
	for _ in 0..QUIET_BLOCKS {
		simulation.step(0);
	}

	let open = simulation.chain.read(Jobs::open_job_count);
	assert_eq!(open, 0, "every job comes to its end");
	for id in simulation.jobs.clone() {
		let Some(job) = simulation.chain.read(|| Jobs::query_job(id)) else { continue };
		assert_eq!(job.escrow, 0, "nothing is held for the price of a final job");
		if job.status == JobStatus::Settled && job.audit_was_done() {
			assert_ne!(conduct(&id), Conduct::Cheats, "an audited cheat was paid");
		}
	}
	println!("{:?}", simulation.seen);
	for what in [
		"submitted",
		"requeued",
		"settled",
		"overturned",
		"expired",
		"cancelled",
		"pruned",
		"provider slashed",
		"accused",
		"challenged",
		"game over",
		"found idle",
	] {
		assert!(simulation.seen.contains_key(what), "{what} never happened: {:?}", simulation.seen);
	}
	let amounts = simulation.ledger.checked;
	assert!(amounts > 200, "{amounts} amounts were worked out independently");
}

/// What the test asks of a job.
trait Audited {
	fn audit_was_done(&self) -> bool;
}

impl<AccountId, BlockNumber> Audited for pallet_jobs::JobDetails<AccountId, BlockNumber> {
	fn audit_was_done(&self) -> bool {
		matches!(self.audit, pallet_jobs::AuditOutcome::Upheld { audited: true, .. })
	}
}

#[test]
fn forged_transactions_should_be_refused_before_they_are_included() {
	let mut simulation = Simulation::new(2);
	simulation.step(0);
	for _ in 0..20 {
		let call = simulation.forgery();
		let transaction = UncheckedExtrinsic::new_transaction(
			call,
			ergon_runtime::transactions::extension(0, 0, sp_runtime::generic::Era::Immortal),
		);
		simulation.chain.block(vec![transaction])[0]
			.expect_err("nobody has a seat that this could be a vote for");
	}
}
