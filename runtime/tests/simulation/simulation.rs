// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A chain on which accounts try things, and what everybody knows of it.

use crate::{ledger::Ledger, scenario::Scenario};
use ergon_core::{JobId, ModelId, Work};
use ergon_engine_interface::EngineExt;
use ergon_runtime::{presets, AccountId, Balance, Balances, Jobs, Runtime, RuntimeEvent};
use ergon_test_chain::{
	engine::{conduct, Conduct, FakeEngine},
	keys::secret,
	random::Choices,
	Chain,
};
use pallet_jobs::{AuditOutcome, JobState, JobStatus};
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};
use std::{collections::BTreeMap, sync::Arc};

/// Blocks after which every job must have come to its end.
const QUIET_BLOCKS: u32 = 200;

/// What providers are counted to work on is what jobs say that they work on.
fn check_work_at_hand() {
	let mut at_hand = BTreeMap::<AccountId, (u32, Work)>::new();
	for job in pallet_jobs::Jobs::<Runtime>::iter_values() {
		if let JobState::Assigned(assignment) = job.state {
			let (jobs, work) = at_hand.entry(assignment.provider).or_default();
			*jobs += 1;
			*work += assignment.work;
		}
	}
	for (who, provider) in pallet_providers::Providers::<Runtime>::iter() {
		let found = at_hand.remove(&who).unwrap_or_default();
		assert_eq!((provider.active_jobs, provider.work_at_hand), found, "provider {who}");
	}
	assert!(at_hand.is_empty(), "who is no provider has jobs: {at_hand:?}");
}

/// What a run needs to remember.
pub(crate) struct Simulation {
	pub(crate) chain: Chain,
	engine: Arc<FakeEngine>,
	/// What the attempt that is made follows from.
	pub(crate) choices: Choices,
	pub(crate) jobs: Vec<JobId>,
	/// What the engine does with each job.
	conducts: BTreeMap<JobId, Conduct>,
	/// The newest job of each requester.
	pub(crate) newest: BTreeMap<AccountId, JobId>,
	pub(crate) models: Vec<ModelId>,
	/// How often something happened.
	pub(crate) seen: BTreeMap<&'static str, u32>,
	issuance: Balance,
	/// What everybody must have, by a model that shares nothing with the pallets.
	pub(crate) ledger: Ledger,
}

impl Simulation {
	pub(crate) fn new() -> Self {
		let mut chain = Chain::new("local_testnet");
		let models = vec![presets::demo_manifest().unwrap().id()];
		let engine = Arc::new(FakeEngine::new(conduct, models.clone()).making_up(2));
		chain.register_extension(EngineExt(engine.clone()));
		chain.add_keys();
		let issuance = chain.read(Balances::total_issuance);
		let choices = Choices::new(0);
		let ledger = chain.read(Ledger::new);
		Self {
			chain,
			engine,
			choices,
			jobs: Vec::new(),
			conducts: BTreeMap::new(),
			newest: BTreeMap::new(),
			models,
			seen: BTreeMap::new(),
			issuance,
			ledger,
		}
	}

	/// What becomes of a whole scenario; panics when something is wrong.
	pub(crate) fn play(scenario: &Scenario) -> Self {
		let mut simulation = Self::new();
		for attempts in scenario.blocks() {
			simulation.step(attempts);
		}
		for _ in 0..QUIET_BLOCKS {
			simulation.step(&[]);
		}
		simulation.check_ends();
		simulation
	}

	/// What is true when nobody has done anything for long enough.
	fn check_ends(&mut self) {
		let open = self.chain.read(Jobs::open_job_count);
		assert_eq!(open, 0, "every job comes to its end");
		for id in self.jobs.clone() {
			let Some(job) = self.chain.read(|| Jobs::query_job(id)) else { continue };
			assert_eq!(job.escrow, 0, "nothing is held for the price of a final job");
			let was_audited = matches!(job.audit, AuditOutcome::Upheld { audited: true, .. });
			if job.status == JobStatus::Settled && was_audited {
				assert_ne!(self.conduct(&id), Conduct::Cheats, "an audited cheat was paid");
			}
		}
	}

	/// What the engine does with a job.
	pub(crate) fn conduct(&self, job: &JobId) -> Conduct {
		self.conducts.get(job).copied().unwrap_or(Conduct::Honest)
	}

	/// A block of what is attempted and of what off-chain workers sent.
	pub(crate) fn step(&mut self, attempts: &[u64]) {
		let mut transactions = self.chain.take_pool();
		let mut signed = Vec::new();
		let mut nonces = BTreeMap::new();
		for attempt in attempts {
			self.choices = Choices::new(*attempt);
			match self.choices.below(600) {
				0..5 => transactions.clear(),
				5..7 => self.engine.crash(),
				7 => self.engine.load(Vec::new()),
				8..20 => self.engine.load(vec![self.models[0]]),
				_ => {
					let who = self.account();
					let call = self.call(who);
					let ahead = nonces.entry(secret(who)).or_insert(0);
					signed.push(self.chain.sign(who, call, *ahead));
					*ahead += 1;
				}
			}
		}
		let workers = transactions.len();
		transactions.extend(signed);
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
		chain.read(check_work_at_hand);
		self.account_for_the_block();
	}

	/// Explains what happened to the total issuance, and remembers what there is now.
	fn account_for_the_block(&mut self) {
		let (mut burnt, mut minted) = (0, 0);
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
				RuntimeEvent::Rewards(pallet_rewards::Event::Rewarded { amount, .. }) => {
					minted += self.counted("rewarded") + amount
				}
				RuntimeEvent::Rewards(pallet_rewards::Event::Claimed { .. }) => {
					self.note("reward claimed")
				}
				RuntimeEvent::Sprints(pallet_sprints::Event::SlashAwarded {
					burnt: amount,
					..
				}) => burnt += self.counted("auditor of an item slashed") + amount,
				RuntimeEvent::Sprints(pallet_sprints::Event::Proved { .. }) => {
					self.note("sprint proved")
				}
				RuntimeEvent::Sprints(pallet_sprints::Event::Failed { .. }) => {
					self.note("sprint failed")
				}
				RuntimeEvent::Disputes(event) => burnt += self.note_dispute(event),
				RuntimeEvent::Balances(pallet_balances::Event::DustLost { amount, .. }) => {
					burnt += amount
				}
				_ => {}
			}
		}
		let issuance = self.chain.read(Balances::total_issuance);
		assert_eq!(self.issuance + minted - burnt, issuance, "block {}", self.chain.height());
		self.issuance = issuance;
	}

	/// Remembers what became of a job; returns what was burnt.
	fn note_job(&mut self, event: pallet_jobs::Event<Runtime>) -> Balance {
		use pallet_jobs::Event::*;
		match event {
			JobSubmitted { job, requester, .. } => {
				self.jobs.push(job);
				let details = self.chain.read(|| Jobs::query_job(job));
				// One that was cancelled in the same block has none, and nobody does it.
				if let Some(prompt) = details.and_then(|details| details.prompt) {
					self.conducts.insert(job, conduct(&prompt));
				}
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
					assert_eq!(
						self.conduct(&job),
						Conduct::Cheats,
						"an honest result was overturned"
					);
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
			ReplicasDiffer { .. } => self.counted("replicas differ"),
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
}
