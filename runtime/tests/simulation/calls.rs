// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What accounts try.

use crate::simulation::Simulation;
use codec::{DecodeAll, Encode};
use ergon_core::{
	crypto::WORKER_KEY_TYPE, engine::Order, job::THOUSAND, replica::MAX_REPLICAS, Country, Fault,
	GenerationParams, JobId, JobKind, ModelId, ModelManifest, H256,
};
use ergon_exact::game::{Move, Turn};
use ergon_runtime::{
	constants::ERG, AccountId, Audits, Balance, Disputes, Jobs, Providers, Runtime, RuntimeCall,
	Session,
};
use ergon_test_chain::{
	keys::{registration, secret},
	tiny,
};
use pallet_disputes::{Charge, PlayerKey};
use pallet_jobs::Constraints;
use pallet_providers::{Hosting, Profile};
use sp_core::{ed25519, Pair};
use sp_keyring::Sr25519Keyring;

/// How many jobs back somebody looks for a result to dispute.
const NEWEST: usize = 60;

impl Simulation {
	/// Somebody.
	pub(crate) fn account(&mut self) -> Sr25519Keyring {
		let accounts: Vec<_> = Sr25519Keyring::well_known().collect();
		*self.choices.pick(&accounts)
	}

	/// Something that an account may try.
	pub(crate) fn call(&mut self, who: Sr25519Keyring) -> RuntimeCall {
		match self.choices.below(26) {
			24 => self.challenge(who),
			25 => self.stand_in(who),
			0..=8 => self.submit(),
			9 => {
				let newest = self.notes.newest.get(&who.to_account_id());
				let job = newest.copied().unwrap_or_default();
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
			23 if self.choices.one_in(2) => {
				let validator = self.account().to_account_id();
				pallet_rewards::Call::<Runtime>::claim { validator }.into()
			}
			22 => {
				let calls = vec![self.submit(), self.power_call(), self.provider_call(who)];
				pallet_utility::Call::<Runtime>::force_batch { calls }.into()
			}
			_ if self.choices.one_in(2) => self.stand_in(who),
			_ => self.forgery(),
		}
	}

	/// Somebody says that a result is wrong, or that an auditor has not worked: often what is so, and as often
	/// what is not.
	fn challenge(&mut self, who: Sr25519Keyring) -> RuntimeCall {
		let (job, fault) = self.attested_job();
		let evidence = self.chain.read(|| Jobs::evidence(&job));
		let faults = evidence.map_or_else(Vec::new, |(_, _, bundle)| tiny::faults(&bundle));
		let auditors = Sr25519Keyring::well_known().map(Sr25519Keyring::to_account_id);
		let has_matched = |auditor: &AccountId| Audits::work_of(&job, auditor).is_some();
		let matched: Vec<_> = self.chain.read(|| auditors.filter(has_matched).collect());
		let charge = match fault {
			Some(fault) if self.choices.one_in(2) => Charge::Result(fault),
			_ if !matched.is_empty() && self.choices.one_in(4) => {
				Charge::Work(self.choices.pick(&matched).clone())
			}
			_ if !faults.is_empty() => Charge::Result(*self.choices.pick(&faults)),
			_ => Charge::Result(Fault::Chunk(self.choices.below(2) as u32)),
		};
		let key = self.player_key(who, 6);
		pallet_disputes::Call::<Runtime>::challenge { job, charge, key }.into()
	}

	/// The key by which somebody plays. Nobody's node has that of one in so many, who says nothing more.
	fn player_key(&mut self, who: Sr25519Keyring, silent: u64) -> PlayerKey {
		let key = match self.choices.one_in(silent) {
			true => ed25519::Pair::from_seed(&self.choices.bytes()),
			false => ed25519::Pair::from_string(secret(who), None).unwrap(),
		};
		PlayerKey::Auditor(key.public().into())
	}

	/// One of the newest jobs that can be disputed now, with what is wrong about its result: one that is wrong
	/// where there is one, half of the time.
	fn attested_job(&mut self) -> (JobId, Option<Fault>) {
		let Self { chain, notes, choices, .. } = self;
		let newest: Vec<_> = notes.jobs.iter().rev().take(NEWEST).copied().collect();
		let is_open = |job: &JobId| Jobs::attested_price(job).is_some();
		let mut open: Vec<_> = chain.read(|| newest.into_iter().filter(is_open).collect());
		let wrong: Vec<_> = open.iter().copied().filter(|job| notes.fault(job).is_some()).collect();
		if !wrong.is_empty() && choices.one_in(2) {
			open = wrong;
		}
		match open.is_empty() {
			true => (self.job(), None),
			false => {
				let job = *choices.pick(&open);
				(job, notes.fault(&job))
			}
		}
	}

	/// Somebody stands in for a side that is silent, with the move that the model gives; where none is, with
	/// one that fits nowhere. A friend of the other side is silent in turn, to lose on purpose.
	fn stand_in(&mut self, who: Sr25519Keyring) -> RuntimeCall {
		let key = self.player_key(who, 3);
		let next = self.chain.height() + 1;
		let engine = self.engine.clone();
		let silent = self.chain.read(|| {
			let mut silent = pallet_disputes::Disputes::<Runtime>::iter_keys().filter(|job| {
				let turn = Disputes::next_move(job);
				turn.is_some_and(|turn| (turn.from..=turn.until).contains(&next))
			});
			let job = silent.next()?;
			let turn = Disputes::next_move(&job)?;
			let order = Order::decode_all(&mut &turn.order[..]).ok()?;
			let Order::StandIn { job: order, bundle, stage, .. } = order else { return None };
			let turn = engine.next_turn(&order, &bundle, &stage)?;
			Disputes::stand_in_with(job, key.clone(), &turn.encode())
		});
		if let Some(call) = silent {
			return call.into();
		}
		let job = self.job();
		let step = self.chain.read(|| Disputes::dispute(job)).map_or(0, |dispute| dispute.step);
		let hashes = (0..self.choices.below(40)).map(|_| H256(self.choices.bytes())).collect();
		let made = match self.choices.one_in(2) {
			true => Move::Layers(hashes),
			false => Move::Hidden(self.choices.below(40) as u32),
		};
		let turn = Box::new(Turn { groundwork: None, made });
		pallet_disputes::Call::<Runtime>::stand_in { job, step, key, turn }.into()
	}

	fn model(&mut self) -> ModelId {
		// The first model most of the time: only it is offered from the start.
		match self.choices.one_in(8) {
			true => *self.choices.pick(&self.models),
			false => self.models[0],
		}
	}

	fn submit(&mut self) -> RuntimeCall {
		let mut params = GenerationParams::greedy(1 + self.choices.below(120) as u16);
		if self.choices.one_in(3) {
			params.temperature = self.choices.below(2_000) as u16;
		}
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
			length => {
				hex::encode(self.choices.bytes())[..].repeat(1 + length as usize / 8).into_bytes()
			}
		};
		let mut constraints = Constraints::default();
		if self.choices.one_in(5) {
			constraints.replicas = self.choices.below(u64::from(MAX_REPLICAS) + 2) as u8;
		}
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
					keystore.ed25519_generate_new(WORKER_KEY_TYPE, Some(secret(who))).unwrap();
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
				let weights_root = H256(self.choices.bytes());
				Call::<Runtime>::register {
					manifest: ModelManifest { weights_root, ..tiny::manifest() },
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
		// The chain's author is found by the keys that belong to the phrase.
		let phrase = format!("//{}", <&'static str>::from(who));
		self.chain.read(|| registration(&who.to_account_id(), phrase)).into()
	}
}
