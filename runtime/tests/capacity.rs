// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A provider gets no more jobs than it has proved that it can do, in the whole runtime.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use ergon_core::{GenerationParams, JobKind, Work};
use ergon_engine_interface::EngineExt;
use ergon_runtime::{
	configs::providers::{Proved, UNPROVED_JOBS},
	constants::{ERG, MILLI_ERG},
	presets, Jobs, Providers, Runtime, RuntimeCall,
};
use ergon_test_chain::{
	engine::{Conduct, FakeEngine},
	Chain,
};
use pallet_jobs::{traits::TokenPrices, Constraints, JobStatus};
use pallet_providers::{Call as ProvidersCall, Capacity};
use sp_keyring::Sr25519Keyring::{Dave, Ferdie};
use std::sync::Arc;

/// The prompt of every job, and its output tokens at most.
const PROMPT: &str = "What can you do?";
const OUTPUT_TOKENS: u16 = 32;
/// Jobs that are submitted in one block.
const PER_BLOCK: u32 = 32;

#[test]
fn who_has_proved_nothing_should_have_no_more_jobs_than_everybody_may_have() {
	let manifest = presets::demo_manifest().unwrap();
	let model = manifest.id();
	let mut chain = Chain::new("local_testnet");
	// Nobody answers, so that what is assigned stays assigned.
	let engine = FakeEngine::new(|_| Conduct::Hangs, vec![model]);
	chain.register_extension(EngineExt(Arc::new(engine)));
	chain.add_keys();
	// The first block of a session has no room.
	chain.block(Vec::new());
	let dave = Dave.to_account_id();
	assert_eq!(chain.read(|| Proved::proved(&dave)), 0);
	let prices = TokenPrices { prompt_token: MILLI_ERG, output_token: MILLI_ERG };
	let slots = UNPROVED_JOBS + 2;
	let offer = chain.sign(Dave, ProvidersCall::<Runtime>::set_offer { model, prices, slots }, 0);
	chain.block(vec![offer])[0].unwrap().unwrap();

	// One more than it may have.
	let submission = |nonce: u32| -> RuntimeCall {
		pallet_jobs::Call::<Runtime>::submit {
			model,
			kind: JobKind::Generate(GenerationParams::greedy(OUTPUT_TOKENS)),
			prompt: PROMPT.into(),
			max_price: ERG,
			constraints: Constraints { provider: Some(dave.clone()), ..Default::default() },
			nonce: nonce.into(),
		}
		.into()
	};
	let mut submitted = 0;
	while submitted <= UNPROVED_JOBS {
		let count = PER_BLOCK.min(UNPROVED_JOBS + 1 - submitted);
		let mut transactions = chain.take_pool();
		let workers = transactions.len();
		for ahead in 0..count {
			transactions.push(chain.sign(Ferdie, submission(submitted + ahead), ahead));
		}
		for result in chain.block(transactions).into_iter().skip(workers) {
			result.unwrap().unwrap();
		}
		submitted += count;
	}
	chain.blocks(4);

	let provider = chain.read(|| Providers::provider(dave.clone())).unwrap().provider;
	let prompt_tokens = manifest.max_prompt_tokens(PROMPT.len() as u32);
	let work = manifest.work(prompt_tokens, OUTPUT_TOKENS.into());
	assert_eq!(provider.active_jobs, UNPROVED_JOBS);
	assert_eq!(provider.work_at_hand, Work::from(UNPROVED_JOBS) * work);
	let open = chain.read(|| Jobs::open_jobs(None, 100));
	let waiting = open.iter().filter(|job| job.status == JobStatus::Queued).count();
	assert_eq!((open.len() as u32, waiting), (UNPROVED_JOBS + 1, 1));
}
