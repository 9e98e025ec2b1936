// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What accounts try.

use crate::simulation::Simulation;
use codec::Encode;
use ergon_core::{
	crypto::WORKER_KEY_TYPE, job::THOUSAND, replica::MAX_REPLICAS, Country, Fault,
	GenerationParams, JobId, JobKind, ModelId, ModelManifest, H256,
};
use ergon_exact::game::{Move, Turn};
use ergon_runtime::{
	constants::ERG, presets, Balance, Disputes, Providers, Runtime, RuntimeCall, Session,
	SessionKeys,
};
use ergon_test_chain::{engine::Conduct, keys::secret};
use pallet_jobs::Constraints;
use pallet_providers::{Hosting, Profile};
use sp_core::{ed25519, Pair};
use sp_keyring::Sr25519Keyring;

impl Simulation {
	/// Somebody.
	pub(crate) fn account(&mut self) -> Sr25519Keyring {
		let accounts: Vec<_> = Sr25519Keyring::well_known().collect();
		*self.choices.pick(&accounts)
	}

	/// Something that an account may try.
	pub(crate) fn call(&mut self, who: Sr25519Keyring) -> RuntimeCall {
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

	/// A challenge of a result that is wrong: there is no model here by which an honest provider could
	/// defend a right one.
	fn challenge(&mut self, who: Sr25519Keyring) -> RuntimeCall {
		let is_wrong = |job: &&JobId| self.conduct(job) == Conduct::Cheats;
		let wrong = self.jobs.iter().rev().find(is_wrong);
		let key = ed25519::Pair::from_string(secret(who), None).unwrap().public();
		pallet_disputes::Call::<Runtime>::challenge {
			job: wrong.copied().unwrap_or_default(),
			charge: pallet_disputes::Charge::Result(Fault::Chunk(self.choices.below(2) as u32)),
			key: pallet_disputes::PlayerKey::Auditor(key.into()),
		}
		.into()
	}

	/// Somebody wants to stand in for whoever has the turn, with a move that fits nowhere or that nobody can
	/// show to be right.
	fn stand_in(&mut self, who: Sr25519Keyring) -> RuntimeCall {
		let job = self.job();
		let step = self.chain.read(|| Disputes::dispute(job)).map_or(0, |dispute| dispute.step);
		let hashes = (0..self.choices.below(40)).map(|_| H256(self.choices.bytes())).collect();
		let made = match self.choices.one_in(2) {
			true => Move::Layers(hashes),
			false => Move::Hidden(self.choices.below(40) as u32),
		};
		let key = ed25519::Pair::from_string(secret(who), None).unwrap().public();
		pallet_disputes::Call::<Runtime>::stand_in {
			job,
			step,
			key: pallet_disputes::PlayerKey::Auditor(key.into()),
			turn: Box::new(Turn { groundwork: None, made }),
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
			length => {
				hex::encode(self.choices.bytes())[..].repeat(1 + length as usize / 3).into_bytes()
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
		pallet_session::Call::<Runtime>::set_keys {
			keys: generated.keys,
			proof: generated.proof.encode(),
		}
		.into()
	}

	/// An authorized call inside a signed one: its origin is wrong, so it must do nothing.
	pub(crate) fn forgery(&mut self) -> RuntimeCall {
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
