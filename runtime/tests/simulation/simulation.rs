// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A chain on which accounts try things, and what everybody knows of it.

use crate::{forgeries::forge, ledger::Ledger, notes::Notes, scenario::Scenario};
use ergon_core::{JobId, ModelId, Work, H256};
use ergon_engine_interface::EngineExt;
use ergon_runtime::{
	constants::ERG, AccountId, Balance, Balances, Jobs, Models, Runtime, UncheckedExtrinsic,
};
use ergon_test_chain::{
	engine::{conduct, FakeEngine},
	keys::secret,
	random::Choices,
	tiny, Chain,
};
use frame_support::traits::{fungible::Inspect, LockableCurrency, WithdrawReasons};
use pallet_jobs::{AuditOutcome, JobState, JobStatus};
use pallet_models::Status;
use sp_keyring::Sr25519Keyring;
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};
use std::{
	collections::{BTreeMap, BTreeSet},
	sync::Arc,
};

/// Blocks without attempts after which every job must have come to its end: claims about one result are played one
/// after another, and a game takes some forty.
const PATIENCE: u32 = 600;
/// How many of 256 items of sprints are made up, moves of disputes not made, right results called wrong.
const MADE_UP: u8 = 2;
const SILENCES: u16 = 4;
const FALSE_ALARMS: u8 = 6;
/// What freezes accounts here: nothing of the runtime does so far.
const LOCK: [u8; 8] = *b"simulate";

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
	pub(crate) engine: Arc<FakeEngine>,
	/// What the attempt that is made follows from.
	pub(crate) choices: Choices,
	pub(crate) models: Vec<ModelId>,
	/// Who cannot spend all that it has.
	frozen: BTreeSet<AccountId>,
	/// What happened so far.
	pub(crate) notes: Notes,
	/// What everybody must have, by a model that shares nothing with the pallets.
	pub(crate) ledger: Ledger,
}

impl Simulation {
	pub(crate) fn new() -> Self {
		let mut chain = Chain::with_genesis(tiny::genesis("local_testnet"));
		let models = vec![tiny::id()];
		let engine = FakeEngine::new(conduct, models.clone())
			.making_up(MADE_UP)
			.silent(SILENCES)
			.alarmed(FALSE_ALARMS);
		let engine = Arc::new(engine);
		chain.register_extension(EngineExt(engine.clone()));
		chain.add_keys();
		let issuance = chain.read(Balances::total_issuance);
		let choices = Choices::new(0);
		let ledger = chain.read(Ledger::new);
		let (notes, frozen) = (Notes::new(issuance), BTreeSet::new());
		Self { chain, engine, choices, models, frozen, notes, ledger }
	}

	/// What becomes of a whole scenario; panics when something is wrong.
	pub(crate) fn play(scenario: &Scenario) -> Self {
		let mut simulation = Self::new();
		for attempts in scenario.blocks() {
			simulation.step(attempts);
		}
		simulation.recall();
		for _ in 0..PATIENCE {
			if simulation.chain.read(Jobs::open_job_count) == 0 {
				break;
			}
			simulation.step(&[]);
		}
		simulation.check_ends();
		simulation
	}

	/// The model is recalled by its sponsor: what has a result is judged all the same, and all else is refunded.
	fn recall(&mut self) {
		let (sponsor, model) = (Sr25519Keyring::AliceStash, tiny::id());
		let account = sponsor.to_account_id();
		self.chain.read(|| Balances::remove_lock(LOCK, &account));
		self.frozen.remove(&account);
		// One of two blocks in a row has room for it.
		for _ in 0..2 {
			let recall = pallet_models::Call::<Runtime>::recall { model };
			let recall = self.chain.sign(sponsor, recall, 0);
			let transactions = self.chain.take_pool();
			self.block(Vec::new(), transactions, vec![(sponsor, recall)]);
		}
		let status = self.chain.read(|| Models::model_and_status(&model)).map(|(_, status)| status);
		assert!(matches!(status, Some(Status::Recalled { .. })), "{status:?}");
	}

	/// What is true when nobody has done anything for long enough.
	fn check_ends(&mut self) {
		let open = self.chain.read(Jobs::open_job_count);
		assert_eq!(open, 0, "every job comes to its end");
		for id in self.notes.jobs.clone() {
			let Some(job) = self.chain.read(|| Jobs::query_job(id)) else { continue };
			assert_eq!(job.escrow, 0, "nothing is held for the price of a final job");
			let was_audited = matches!(job.audit, AuditOutcome::Upheld { audited: true, .. });
			if job.status == JobStatus::Settled && was_audited {
				assert_eq!(self.notes.fault(&id), None, "an audited cheat was paid");
			}
		}
	}

	/// A job, if there is any.
	pub(crate) fn job(&mut self) -> JobId {
		match self.notes.jobs.len() {
			0 => H256(self.choices.bytes()),
			_ => *self.choices.pick(&self.notes.jobs),
		}
	}

	/// A block of what is attempted and of what off-chain workers sent.
	pub(crate) fn step(&mut self, attempts: &[u64]) {
		let mut transactions = self.chain.take_pool();
		let (mut forged, mut signed) = (Vec::new(), Vec::new());
		let mut nonces = BTreeMap::new();
		for attempt in attempts {
			self.choices = Choices::new(*attempt);
			match self.choices.below(600) {
				0..5 => transactions.clear(),
				5..7 => self.engine.crash(),
				7 => self.engine.load(Vec::new()),
				8..20 => self.engine.load(vec![self.models[0]]),
				20..26 => self.freeze(),
				26..50 if !transactions.is_empty() => {
					forged.extend(forge(self.choices.pick(&transactions)));
				}
				_ => {
					let who = self.account();
					let call = self.call(who);
					let ahead = nonces.entry(secret(who)).or_insert(0);
					signed.push((who, self.chain.sign(who, call, *ahead)));
					*ahead += 1;
				}
			}
		}
		self.block(forged, transactions, signed);
	}

	/// A block of transactions that nobody has signed, of those of off-chain workers, and of what accounts signed;
	/// and a look at all that happened in it.
	fn block(
		&mut self,
		forged: Vec<UncheckedExtrinsic>,
		transactions: Vec<UncheckedExtrinsic>,
		signed: Vec<(Sr25519Keyring, UncheckedExtrinsic)>,
	) {
		let (signers, signed): (Vec<_>, Vec<_>) = signed.into_iter().unzip();
		let (forgeries, workers) = (forged.len(), transactions.len());
		let results = self.chain.block([forged, transactions, signed].concat());
		for result in &results[..forgeries] {
			assert!(result.is_err(), "a forged transaction was taken");
			self.notes.note("forged");
		}
		for (result, who) in results[forgeries + workers..].iter().zip(signers) {
			// The first block of a session has no room; what comes behind it lacks a nonce then.
			use InvalidTransaction::{ExhaustsResources, Future, Payment};
			match result {
				Ok(_) => {}
				Err(TransactionValidityError::Invalid(ExhaustsResources | Future)) => {
					self.notes.note("left out")
				}
				Err(TransactionValidityError::Invalid(Payment)) if self.is_frozen(who) => {
					self.notes.note("could not pay")
				}
				Err(error) => panic!("a signed transaction was refused: {error:?}"),
			}
		}
		let Self { chain, ledger, notes, models, .. } = self;
		chain.read(|| ledger.book());
		chain.read(check_work_at_hand);
		let events = chain.events();
		chain.read(|| notes.take(events, models));
	}

	fn is_frozen(&self, who: Sr25519Keyring) -> bool {
		self.frozen.contains(&who.to_account_id())
	}

	/// Freezes all or some of what somebody has, or lets it go again.
	fn freeze(&mut self) {
		let who = self.account().to_account_id();
		if self.frozen.remove(&who) {
			return self.chain.read(|| Balances::remove_lock(LOCK, &who));
		}
		let share = self.choices.below(3);
		self.chain.read(|| {
			let total = <Balances as Inspect<AccountId>>::total_balance(&who);
			let amount = match share {
				0 => Balance::MAX,
				1 => total / 2,
				_ => total.saturating_sub(10 * ERG),
			};
			Balances::set_lock(LOCK, &who, amount, WithdrawReasons::all());
		});
		self.frozen.insert(who);
		self.notes.note("frozen");
	}
}
