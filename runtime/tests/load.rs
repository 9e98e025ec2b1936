// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Many disputes at once: no block is heavier than it may be, every result is judged, and who asks for
//! something else meanwhile has an answer.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use ergon_core::{Country, GenerationParams, JobId, JobKind, ModelId};
use ergon_engine_interface::EngineExt;
use ergon_runtime::{
	configs::system::RuntimeBlockWeights,
	constants::{ERG, MILLI_ERG, SESSION_SLOTS},
	presets, Providers, Runtime, RuntimeCall, RuntimeEvent,
};
use ergon_test_chain::{
	engine::{Conduct, FakeEngine},
	keys::secret,
	Chain,
};
use pallet_jobs::{traits::TokenPrices, Constraints, VoidReason};
use pallet_providers::{Call as ProvidersCall, Hosting, Profile};
use sp_core::{ed25519, Pair};
use sp_keyring::Sr25519Keyring::{self, Dave, Eve, Ferdie};
use std::{collections::BTreeMap, sync::Arc};

/// Results that are wrong, and how many of them are asked for in a block.
const WRONG: u32 = 300;
const PER_BLOCK: u32 = 50;
/// Disputes at a time, at least.
const AT_ONCE: usize = 150;
/// Blocks after which all must be over.
const PATIENCE: u32 = 200;

/// A chain on which Dave and Eve have slots for all those jobs, and Ferdie for others.
fn chain(model: ModelId) -> Chain {
	let mut chain = Chain::new("local_testnet");
	let conduct = |prompt: &[u8]| match prompt {
		b"wrong" => Conduct::Cheats,
		_ => Conduct::Honest,
	};
	chain.register_extension(EngineExt(Arc::new(FakeEngine::new(conduct, vec![model]))));
	chain.add_keys();
	// The first block of a session has no room.
	chain.block(Vec::new());
	let payload = chain.read(|| Providers::worker_proof_payload(&Ferdie.to_account_id()));
	let worker = ed25519::Pair::from_string(secret(Ferdie), None).unwrap();
	let register = ProvidersCall::<Runtime>::register {
		worker: worker.public().into(),
		proof: worker.sign(&payload).into(),
		bond: 1_000 * ERG,
		profile: Profile {
			country: Country(*b"CH"),
			region: None,
			hosting: Hosting::Cloud,
			peer: Default::default(),
		},
	};
	let prices = TokenPrices { prompt_token: MILLI_ERG, output_token: MILLI_ERG };
	let offer = |slots| ProvidersCall::<Runtime>::set_offer { model, prices, slots };
	let transactions = [
		(Dave, offer(WRONG), 0),
		(Eve, offer(WRONG), 0),
		(Ferdie, register, 0),
		(Ferdie, offer(1), 1),
	]
	.map(|(who, call, ahead)| chain.sign(who, call, ahead));
	for result in chain.block(transactions.into()) {
		result.unwrap().unwrap();
	}
	chain
}

fn submission(model: ModelId, prompt: &str, provider: Sr25519Keyring, nonce: u32) -> RuntimeCall {
	pallet_jobs::Call::<Runtime>::submit {
		model,
		kind: JobKind::Generate(GenerationParams::greedy(32)),
		prompt: prompt.into(),
		max_price: ERG,
		constraints: Constraints { provider: Some(provider.to_account_id()), ..Default::default() },
		nonce: nonce.into(),
	}
	.into()
}

#[test]
fn many_disputes_at_once_should_all_be_judged() {
	let model = presets::demo_manifest().unwrap().id();
	let mut chain = chain(model);
	let full = RuntimeBlockWeights::get().max_block;
	let mut attested = BTreeMap::<JobId, Option<VoidReason>>::new();
	let (mut submitted, mut at_once) = (0, 0);
	let mut other = None::<JobId>;
	let mut answered = false;

	loop {
		assert!(chain.height() < PATIENCE, "{at_once} at once, {attested:?}");
		let mut transactions = chain.take_pool();
		let disputes = chain.read(|| pallet_disputes::Disputes::<Runtime>::iter_keys().count());
		at_once = at_once.max(disputes);
		let calls = match WRONG - submitted.min(WRONG) {
			0 if other.is_none() && disputes >= AT_ONCE => {
				vec![submission(model, "right", Ferdie, submitted)]
			}
			left => (submitted..submitted + left.min(PER_BLOCK))
				.map(|nonce| submission(model, "wrong", [Dave, Eve][nonce as usize % 2], nonce))
				.collect(),
		};
		for (call, ahead) in calls.into_iter().zip(0..) {
			transactions.push(chain.sign(Sr25519Keyring::Alice, call, ahead));
		}
		chain.block(transactions);

		let weight = chain.cost().weight;
		let is_full_anyway = chain.height() % SESSION_SLOTS == 1;
		assert!(is_full_anyway || weight.all_lte(full), "{weight:?} of {full:?}");
		for event in chain.events() {
			let RuntimeEvent::Jobs(event) = event else { continue };
			match event {
				pallet_jobs::Event::JobSubmitted { job, .. } => {
					other = (submitted == WRONG).then_some(job);
					submitted += 1;
				}
				pallet_jobs::Event::JobAttested { job, .. } if Some(job) != other => {
					attested.insert(job, None);
				}
				pallet_jobs::Event::JobVoided { job, reason, .. } => {
					attested.insert(job, Some(reason));
				}
				pallet_jobs::Event::JobSettled { job, .. } => {
					assert_eq!(Some(job), other, "a wrong result was paid");
					answered = true;
				}
				_ => {}
			}
		}
		let all_judged = attested.values().all(|end| *end == Some(VoidReason::Overturned));
		if answered && all_judged {
			break;
		}
	}
}
