// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What benchmarks of one pallet need from another: set up through the other's own calls, so that the
//! measured path is the real one.

// A fixture that fails stops the benchmark.
#![allow(clippy::expect_used)]

use super::providers::{Proved, UNPROVED_JOBS};
use crate::{
	constants::ERG, AccountId, Audits, Balances, Models, Power, Providers, Runtime, RuntimeOrigin,
	Session, SessionKeys,
};
use alloc::vec::Vec;
use ergon_core::{
	crypto::{audit::AuditorId, worker::WorkerId},
	engine::JobOrder,
	model::ARITHMETIC_X1,
	Architecture, Attestation, Bundle, Country, Dimensions, JobId, ModelId, ModelManifest, Work,
};
use ergon_economics::TokenPrices;
use frame_support::{traits::fungible::Mutate, WeakBoundedVec};
use pallet_providers::{Capacity, Hosting, Need, Profile};
use pallet_session::SessionInterface;
use sp_core::{ed25519, sr25519, H256};
use sp_io::hashing::blake2_256;
use sp_runtime::RuntimeAppPublic;

/// More than any deposit or bond.
const RICH: u128 = 1_000_000_000 * ERG;

fn account(name: &'static str, index: u32) -> AccountId {
	frame_benchmarking::account(name, index, 0)
}

fn signed(who: &AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who.clone())
}

/// Registers `manifest` with sound costs and, when it is new, an arbitrary sponsor.
pub(super) fn register_model(mut manifest: ModelManifest) -> ModelId {
	manifest.arithmetic = ARITHMETIC_X1;
	manifest.work_per_prompt_token =
		manifest.dimensions.work_per_prompt_token(manifest.architecture);
	manifest.work_per_output_token =
		manifest.dimensions.work_per_output_token(manifest.architecture);
	let id = manifest.id();
	if !Models::is_active(&id) {
		let sponsor = account("sponsor", 0);
		Balances::set_balance(&sponsor, RICH);
		let details = pallet_models::Details {
			name: b"benchmark".to_vec().try_into().unwrap_or_default(),
			licence: b"Apache-2.0".to_vec().try_into().unwrap_or_default(),
			..Default::default()
		};
		Models::register(signed(&sponsor), manifest, details).expect("the model is sound");
	}
	id
}

/// Recalls a registered model, as its sponsor would.
pub(super) fn recall_model(id: &ModelId) {
	let model = pallet_models::Models::<Runtime>::get(id).expect("the model is registered");
	Models::recall(signed(&model.sponsor), *id).expect("the sponsor may recall it");
}

/// Has the validators of this session say that they can re-execute a model.
pub(super) fn have_audited(id: &ModelId) {
	for validator in Session::validators() {
		Audits::add_declaration(&validator, *id);
	}
}

/// Registers a model that differs by seed.
pub(super) fn register_any_model(seed: u32) -> ModelId {
	register_model(ModelManifest {
		arithmetic: ARITHMETIC_X1,
		architecture: Architecture::Llama,
		dimensions: Dimensions {
			vocabulary: 1_024,
			hidden: 64,
			intermediate: 128,
			layers: 2,
			heads: 4,
			key_value_heads: 2,
			head_width: 16,
			context: 2_048,
		},
		weights_root: H256(blake2_256(&seed.to_le_bytes())),
		tables_root: H256::zero(),
		vocabulary_root: H256::zero(),
		merges_root: H256::zero(),
		text_rules: H256::zero(),
		template_tokens: 16,
		work_per_prompt_token: 0,
		work_per_output_token: 0,
	})
}

/// Registers a provider with that worker key, which must be in the keystore, and an offer. It is at work.
pub(super) fn register_provider(
	provider: &AccountId,
	model: &ModelId,
	worker: WorkerId,
	prices: TokenPrices,
) {
	Balances::set_balance(provider, RICH);
	if Providers::worker(provider).is_none() {
		let payload = Providers::worker_proof_payload(provider);
		let proof = worker.sign(&payload).expect("the worker key is in the keystore");
		let profile = Profile {
			country: Country(*b"CH"),
			region: None,
			hosting: Hosting::Premises,
			peer: Default::default(),
		};
		Providers::register(signed(provider), worker, proof, RICH / 2, profile)
			.expect("the provider is new");
	}
	Providers::set_offer(signed(provider), *model, prices, 100).expect("the bond is large");
	keep_busy(provider, model);
}

/// Gives a provider as many jobs as one may have without having proved anything, and has it prove enough for
/// any other: so whoever has one to assign asks what it has proved.
fn keep_busy(provider: &AccountId, model: &ModelId) {
	let need = Need {
		model: *model,
		prompt_tokens: 0,
		output_tokens: 0,
		max_price: 0,
		work: 0,
		countries: &[],
		min_reputation: 0,
		provider: Some(provider),
		excluded: &[],
		admits: &|_, _| true,
	};
	for _ in 0..UNPROVED_JOBS {
		Providers::assign(&need, [0; 32]).expect("the provider has free slots");
	}
	Proved::prove_for_benchmark(provider);
}

/// Makes an account a candidate whose sprints have proved more than anything asks for.
pub(super) fn prove_in_sprints(who: &AccountId) {
	Power::prove_for_benchmark(who, Work::MAX);
}

/// A job of that model, with the result that `answer` gives for its order.
pub(super) fn attest_result(
	manifest: ModelManifest,
	answer: impl FnOnce(&JobOrder) -> (Attestation, Bundle),
) -> JobId {
	pallet_jobs::attested_with::<Runtime>(manifest, answer).expect("the result fits the job")
}

/// Makes an account a validator candidate; returns its audit key, which is in the keystore.
pub(super) fn bond_validator(who: &AccountId) -> AuditorId {
	Balances::set_balance(who, RICH);
	let seed = blake2_256(who.as_ref());
	let audit = AuditorId::generate_pair(None);
	let keys = SessionKeys {
		babe: sr25519::Public::from_raw(seed).into(),
		grandpa: ed25519::Public::from_raw(seed).into(),
		audit: audit.clone(),
	};
	<Session as SessionInterface>::set_keys(who, keys).expect("the keys are new");
	Power::join(signed(who), RICH / 2, None).expect("there is room for a candidate");
	audit
}

/// Makes `count` fresh accounts the validators of this session, each of which weighs more than the one before.
pub(super) fn set_active_validators(count: u32) {
	let validators: Vec<_> = (0..count).map(|index| account("validator", index)).collect();
	for validator in &validators {
		bond_validator(validator);
	}
	let authority = |(validator, weight): (&AccountId, u64)| {
		let key = sr25519::Public::from_raw(blake2_256(validator.as_ref()));
		(key.into(), weight)
	};
	let authorities = validators.iter().zip(1..).map(authority).collect();
	pallet_babe::Authorities::<Runtime>::set(WeakBoundedVec::force_from(authorities, None));
	pallet_session::Validators::<Runtime>::put(validators);
}

/// Gives an account the bond and the power of a candidate.
pub(super) fn empower(who: &AccountId) {
	bond_validator(who);
	pallet_power::Candidates::<Runtime>::mutate(who, |candidate| {
		candidate.as_mut().expect("it has just joined").counted.power = ergon_core::WORK_UNIT;
	});
}
