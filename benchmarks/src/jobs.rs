// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What jobs cost the chain: the real runtime, native and in memory, with the real off-chain workers.
//!
//! The engine is a fake that makes honest answers up, for the chain's cost does not depend on what
//! an answer says. Only the making of blocks is timed. What empty blocks cost is subtracted.

use crate::Error;
use ergon_core::{GenerationParams, JobKind, ModelId};
use ergon_economics::TokenPrices;
use ergon_engine_interface::EngineExt;
use ergon_runtime::{
	configs::system::RuntimeBlockWeights,
	constants::{ERG, SLOT_MILLIS},
	presets, Runtime, RuntimeCall, RuntimeEvent, System,
};
use ergon_test_chain::{
	engine::{Conduct, FakeEngine},
	BlockCost, Chain,
};
use frame_support::{dispatch::GetDispatchInfo, weights::Weight};
use sp_keyring::Sr25519Keyring::{Alice, Dave, Eve, Ferdie};
use sp_runtime::transaction_validity::{
	InvalidTransaction::ExhaustsResources, TransactionValidityError::Invalid,
};
use std::{fmt, sync::Arc, time::Duration};

/// Jobs that each provider takes at a time.
const SLOTS: u32 = 64;
/// Jobs that are submitted in one block.
const PER_BLOCK: u32 = 20;
/// Blocks that are made without jobs, to see what an empty one costs.
const EMPTY: u32 = 100;
/// Blocks in which every job must have become final.
const PATIENCE: u32 = 2_000;
/// Bytes of a prompt.
const PROMPT: usize = 200;

/// What blocks cost together.
#[derive(Debug, Default)]
struct Sum {
	blocks: u32,
	cost: BlockCost,
}

impl Sum {
	/// Adds a block, unless it is the first of a session: that one claims the whole weight of a block
	/// for electing validators, takes no transactions, and leaves the jobs to the next one.
	fn add(&mut self, block: BlockCost) {
		if block.weight.any_gte(RuntimeBlockWeights::get().max_block) {
			return;
		}
		self.blocks += 1;
		self.cost.time += block.time;
		self.cost.weight = self.cost.weight.saturating_add(block.weight);
	}
}

/// What was measured.
#[derive(Debug)]
pub(crate) struct Report {
	jobs: u32,
	settled: u32,
	audits: u32,
	sum: Sum,
	empty: BlockCost,
	transfer: Weight,
}

/// Runs that many jobs from their submission to their settlement.
///
/// # Errors
///
/// When a job does not settle, which would make the figures worthless.
pub(crate) fn measure(jobs: u32) -> Result<Report, Error> {
	let mut bench = Bench::new()?;
	let empty = bench.empty_blocks();
	bench.offer_slots()?;
	let mut report = Report {
		jobs,
		settled: 0,
		audits: 0,
		sum: Sum::default(),
		empty,
		transfer: transfer_weight(),
	};
	let mut submitted = 0;
	while report.settled < jobs {
		if report.sum.blocks == PATIENCE {
			return Err(Error::Chain(format!(
				"only {} of {jobs} jobs settled in {PATIENCE} blocks",
				report.settled
			)));
		}
		let mut transactions = bench.chain.take_pool();
		for ahead in 0..PER_BLOCK.min(jobs - submitted) {
			let call = bench.submission(submitted + ahead);
			transactions.push(bench.chain.sign(Ferdie, call, ahead));
		}
		let before = bench.chain.read(|| System::account_nonce(Ferdie.to_account_id()));
		bench.chain.block(transactions);
		// The first block of a session has no room: what was left out is submitted again.
		submitted += bench.chain.read(|| System::account_nonce(Ferdie.to_account_id())) - before;
		report.note_block(bench.chain.cost(), bench.chain.events());
	}
	Ok(report)
}

/// A chain with its keys and its engine.
struct Bench {
	chain: Chain,
	model: ModelId,
}

impl Bench {
	fn new() -> Result<Self, Error> {
		let mut chain = Chain::new("local_testnet");
		chain.register_extension(EngineExt(Arc::new(FakeEngine::new(
			|_| Conduct::Honest,
			Vec::new(),
		))));
		chain.add_keys();
		let model = presets::demo_manifest()
			.ok_or_else(|| Error::Chain("the runtime has no demo model".into()))?;
		Ok(Self { chain, model: model.id() })
	}

	/// What a block without jobs costs on average.
	fn empty_blocks(&mut self) -> BlockCost {
		let mut sum = Sum::default();
		while sum.blocks < EMPTY {
			self.chain.block(Vec::new());
			sum.add(self.chain.cost());
		}
		BlockCost { weight: sum.cost.weight / u64::from(EMPTY), time: sum.cost.time / EMPTY }
	}

	/// Lets the providers of the preset take enough jobs at a time.
	fn offer_slots(&mut self) -> Result<(), Error> {
		let prices = TokenPrices { prompt_token: ERG / 1_000, output_token: ERG / 500 };
		for provider in [Dave, Eve] {
			let offer = pallet_providers::Call::<Runtime>::set_offer {
				model: self.model,
				prices,
				slots: SLOTS,
			};
			let transaction = self.chain.sign(provider, offer, 0);
			// The first block of a session has no room; the second one has.
			let mut results = self.chain.block(vec![transaction.clone()]);
			if matches!(results[..], [Err(Invalid(ExhaustsResources))]) {
				results = self.chain.block(vec![transaction]);
			}
			if !matches!(results[..], [Ok(Ok(()))]) {
				return Err(Error::Chain(format!("an offer was refused: {results:?}")));
			}
		}
		Ok(())
	}

	/// A question, and what it may cost at most.
	fn submission(&self, nonce: u32) -> RuntimeCall {
		pallet_jobs::Call::<Runtime>::submit {
			model: self.model,
			kind: JobKind::Generate(GenerationParams::greedy(64)),
			prompt: vec![b'a'; PROMPT],
			max_price: ERG,
			constraints: Default::default(),
			nonce: nonce.into(),
		}
		.into()
	}
}

/// What an ordinary transfer weighs, its transaction's own weight not included.
fn transfer_weight() -> Weight {
	let transfer = pallet_balances::Call::<Runtime>::transfer_keep_alive {
		dest: Alice.to_account_id().into(),
		value: ERG,
	};
	RuntimeCall::from(transfer).get_dispatch_info().call_weight
}

impl Report {
	fn note_block(&mut self, cost: BlockCost, events: Vec<RuntimeEvent>) {
		self.sum.add(cost);
		for event in events {
			match event {
				RuntimeEvent::Jobs(pallet_jobs::Event::JobSettled { .. }) => self.settled += 1,
				RuntimeEvent::Jobs(pallet_jobs::Event::AuditorPaid { .. }) => self.audits += 1,
				_ => {}
			}
		}
	}

	/// Time and weight of a job beyond those of the blocks that it is in.
	fn per_job(&self) -> BlockCost {
		let (jobs, Sum { blocks, cost }) = (self.jobs.max(1), &self.sum);
		let empty = self.empty.weight.saturating_mul((*blocks).into());
		BlockCost {
			time: cost.time.saturating_sub(self.empty.time * *blocks) / jobs,
			weight: cost.weight.saturating_sub(empty) / u64::from(jobs),
		}
	}
}

impl fmt::Display for Report {
	fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
		let job = self.per_job();
		let per_second = |time: Duration| 1.0 / time.as_secs_f64().max(f64::EPSILON);
		let limit = RuntimeBlockWeights::get().max_block.saturating_sub(self.empty.weight);
		let fit = limit.checked_div_per_component(&job.weight).unwrap_or(0);
		let share = 100.0 * job.weight.ref_time() as f64 / limit.ref_time() as f64;
		let transfers = job.weight.ref_time() as f64 / self.transfer.ref_time() as f64;
		writeln!(
			out,
			"{} jobs settled in {} blocks; auditors were paid {} times",
			self.settled, self.sum.blocks, self.audits
		)?;
		writeln!(
			out,
			"time       {:9.3} ms for a job, {:.0} jobs/s; an empty block takes {:.3} ms",
			job.time.as_secs_f64() * 1e3,
			per_second(job.time),
			self.empty.time.as_secs_f64() * 1e3,
		)?;
		writeln!(
			out,
			"weight     {:9.3} ms for a job: {share:.2} % of a block, as much as {transfers:.0} transfers",
			job.weight.ref_time() as f64 / 1e9,
		)?;
		writeln!(
			out,
			"block      {fit:9} jobs fit by weight, {:.0} jobs/s with a block every {} s",
			fit as f64 * 1e3 / SLOT_MILLIS as f64,
			SLOT_MILLIS / 1_000,
		)
	}
}
