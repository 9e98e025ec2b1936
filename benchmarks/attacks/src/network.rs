// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A network in memory: the native runtime, its off-chain workers, and the real engine behind them.

use std::{
	collections::{BTreeMap, BTreeSet},
	sync::Arc,
};

use ergon_core::{
	crypto::{AUDIT_KEY_TYPE, WORKER_KEY_TYPE},
	JobId, ModelId, Vote,
};
use ergon_economics::TokenPrices;
use ergon_engine::service::Runner;
use ergon_engine_interface::EngineExt;
use ergon_runtime::{
	constants::{ERG, MILLI_ERG},
	presets, AccountId, Jobs, Runtime, RuntimeCall, RuntimeEvent, UncheckedExtrinsic,
};
use ergon_test_chain::{random::Choices, Chain};
use frame_system::offchain::CreateAuthorizedTransaction;
use pallet_jobs::{Constraints, VoidReason};
use sp_core::{ed25519, Pair};
use sp_keyring::Sr25519Keyring::{self, Ferdie};

use crate::{
	auditor::Auditor,
	challenger::Challenger,
	engine::{Engine, HonestJobs},
	job,
	scene::{words, Scene, AUDITOR, CHALLENGER, PROVIDER, RIVAL, VALIDATORS},
	Error,
};

/// Jobs that the provider takes at a time.
const SLOTS: u32 = 64;
/// Jobs that are submitted in one block.
const PER_BLOCK: u32 = 8;
/// Blocks after which every job must have come to its end.
const PATIENCE: u32 = 20_000;

/// What became of one job.
#[derive(Debug, Default)]
pub(crate) struct Case {
	/// Who did it.
	pub(crate) provider: Option<AccountId>,
	/// Whether an auditor or a challenger did what it should not.
	pub(crate) tried: bool,
	/// Whether the result is another one than the honest engine gives.
	pub(crate) wrong: bool,
	/// Whether an auditor re-executed it.
	pub(crate) audited: bool,
	/// Whether somebody said that it is wrong.
	pub(crate) accused: bool,
	/// Whether the chain says so too.
	pub(crate) overturned: bool,
	/// Whoever lost money because of it.
	pub(crate) punished: BTreeSet<AccountId>,
	/// Moves of its games.
	pub(crate) moves: u32,
	/// Bytes of these.
	pub(crate) bytes: u64,
	/// What decided each game.
	pub(crate) reasons: Vec<String>,
	/// Whether it is final.
	pub(crate) ended: bool,
}

/// A chain, and everybody on it.
pub(crate) struct Network {
	chain: Chain,
	/// What honest nodes have.
	honest: Engine,
	choices: Choices,
	model: ModelId,
	auditor: Option<Auditor>,
	challenger: Option<Challenger>,
	/// Providers of whom each job is asked.
	replicas: u8,
	/// What one of the two does.
	honest_jobs: HonestJobs,
	cases: BTreeMap<JobId, Case>,
}

impl Network {
	/// A network of that scene. `honest` fills orders as one should, `runner` those of the network's node,
	/// where the provider may be a cheat.
	///
	/// # Errors
	///
	/// [`Error`] when the runtime does not come up as the presets say.
	pub(crate) fn new(
		scene: &Scene,
		honest: Arc<dyn Runner>,
		runner: Arc<dyn Runner>,
		seed: u64,
	) -> Result<Self, Error> {
		let mut chain = Chain::new("local_testnet");
		let honest_jobs = HonestJobs::default();
		let engine = Engine::new(runner)?.but_for(honest_jobs.clone(), honest.clone());
		chain.register_extension(EngineExt(Arc::new(engine)));
		// The auditor that is not honest votes by hand.
		let is_at_work = |who: &Sr25519Keyring| {
			let is_by_hand = *who == AUDITOR && scene.auditor.is_some();
			!scene.replicas_only && !is_by_hand
		};
		for who in VALIDATORS.into_iter().filter(is_at_work) {
			chain.add_key(AUDIT_KEY_TYPE, who);
		}
		for provider in [PROVIDER, RIVAL] {
			chain.add_key(WORKER_KEY_TYPE, provider);
		}
		let model = presets::demo_manifest().ok_or_else(|| failed("has no demo model"))?.id();
		let auditor = |conduct| Ok::<_, Error>(Auditor::new(conduct, pair(AUDITOR)?));
		let challenger = |conduct| Ok::<_, Error>(Challenger::new(conduct, pair(CHALLENGER)?));
		let mut network = Self {
			chain,
			honest: Engine::new(honest)?,
			choices: Choices::new(seed),
			model,
			auditor: scene.auditor.map(auditor).transpose()?,
			challenger: scene.challenger.map(challenger).transpose()?,
			replicas: if scene.replicas_only { 2 } else { 1 },
			honest_jobs,
			cases: BTreeMap::new(),
		};
		network.offer_slots(PROVIDER)?;
		network.offer_slots(RIVAL)?;
		Ok(network)
	}

	/// Runs that many jobs to their ends.
	///
	/// # Errors
	///
	/// [`Error::Chain`] when a job does not end.
	pub(crate) fn run(mut self, jobs: u32) -> Result<Vec<Case>, Error> {
		let mut submitted = 0;
		while submitted < jobs || self.cases.values().any(|case| !case.ended) {
			if self.chain.height() > PATIENCE {
				return Err(failed("leaves jobs open for ever"));
			}
			let before = self.chain.read(|| nonce(Ferdie));
			let count = PER_BLOCK.min(jobs - submitted);
			let calls: Vec<_> =
				(0..count).map(|ahead| self.submission(submitted + ahead)).collect();
			let signed = (0..).zip(calls);
			let signed = signed.map(|(ahead, call)| self.chain.sign(Ferdie, call, ahead)).collect();
			self.block(signed);
			// The first block of a session has no room: what was left out is submitted again.
			submitted += self.chain.read(|| nonce(Ferdie)) - before;
		}
		Ok(self.cases.into_values().collect())
	}

	/// Lets a provider take enough jobs at a time.
	fn offer_slots(&mut self, provider: Sr25519Keyring) -> Result<(), Error> {
		let offer = pallet_providers::Call::<Runtime>::set_offer {
			model: self.model,
			prices: TokenPrices { prompt_token: MILLI_ERG, output_token: 2 * MILLI_ERG },
			slots: SLOTS,
		};
		// The first block of a session has no room; the second one has.
		for _ in 0..2 {
			let transaction = self.chain.sign(provider, offer.clone(), 0);
			if matches!(self.chain.block(vec![transaction])[..], [Ok(Ok(()))]) {
				return Ok(());
			}
		}
		Err(failed("refuses an offer"))
	}

	/// A question for the provider, or for both.
	fn submission(&mut self, nonce: u32) -> RuntimeCall {
		let (kind, prompt) = job::random(&mut self.choices);
		let replicas = self.replicas;
		let provider = (replicas == 1).then(|| PROVIDER.to_account_id());
		pallet_jobs::Call::<Runtime>::submit {
			model: self.model,
			kind,
			prompt,
			max_price: 2 * ERG,
			constraints: Constraints { provider, replicas, ..Default::default() },
			nonce: nonce.into(),
		}
		.into()
	}

	/// A block of these transactions, of what is sent by hand, and of what off-chain workers sent.
	fn block(&mut self, mut transactions: Vec<UncheckedExtrinsic>) {
		let pool = self.chain.take_pool();
		if let Some(auditor) = &mut self.auditor {
			auditor.watch(&pool);
			let choices = &mut self.choices;
			let honest = &self.honest;
			transactions.extend(self.chain.read(|| auditor.act(honest, choices)));
		}
		if let Some(challenger) = &mut self.challenger {
			let (choices, honest) = (&mut self.choices, &self.honest);
			let open = self.cases.iter().filter(|(_, case)| !case.ended);
			let open: Vec<_> = open.map(|(job, _)| *job).collect();
			let sent = self.chain.read(|| challenger.act(&open, honest, choices));
			let signed = (0..).zip(sent.signed);
			transactions
				.extend(signed.map(|(ahead, call)| self.chain.sign(CHALLENGER, call, ahead)));
			transactions.extend(sent.authorized.into_iter().map(authorized));
		}
		transactions.extend(pool);
		self.chain.block(transactions);
		for event in self.chain.events() {
			self.note(event);
		}
	}

	/// Remembers what an event says about a job.
	fn note(&mut self, event: RuntimeEvent) {
		match event {
			RuntimeEvent::Jobs(event) => self.note_job(event),
			RuntimeEvent::Audits(event) => self.note_audit(event),
			RuntimeEvent::Disputes(event) => self.note_dispute(event),
			_ => {}
		}
	}

	fn note_job(&mut self, event: pallet_jobs::Event<Runtime>) {
		use pallet_jobs::Event::*;
		match event {
			JobSubmitted { job, .. } => {
				self.case(job);
				let record = self.chain.read(|| pallet_jobs::Jobs::<Runtime>::get(job));
				let replica = record.and_then(|record| record.replica);
				if replica.is_some_and(|replica| replica.index == 1) {
					self.honest_jobs.lock().insert(job);
				}
			}
			JobAssigned { job, provider, .. } => self.case(job).provider = Some(provider),
			JobAttested { job, .. } => {
				let evidence = self.chain.read(|| Jobs::evidence(&job));
				self.case(job).wrong = evidence.is_some_and(|(order, attestation, bundle)| {
					self.honest.execute(&order) != Some((attestation, bundle))
				});
			}
			JobSettled { job, .. } | JobExpired { job, .. } => self.case(job).ended = true,
			JobVoided { job, reason, .. } => {
				let case = self.case(job);
				case.ended = true;
				case.overturned = reason == VoidReason::Overturned;
			}
			ProviderSlashed { job, provider, .. } => self.punish(job, provider),
			AuditorSlashed { job, auditor, .. } => self.punish(job, auditor),
			_ => {}
		}
	}

	fn note_audit(&mut self, event: pallet_audits::Event<Runtime>) {
		use pallet_audits::Event::*;
		match event {
			VoteRevealed { job, vote, .. } => {
				let case = self.case(job);
				case.audited |= vote != Vote::Unavailable;
				case.accused |= matches!(vote, Vote::Mismatch(_));
			}
			VoteCommitted { job, auditor, .. } => {
				let is_by_hand = self.auditor.is_some() && auditor == AUDITOR.to_account_id();
				self.case(job).tried |= is_by_hand;
			}
			DutyMissed { job, auditor, .. } => self.punish(job, auditor),
			Objected { job, .. } => self.case(job).accused = true,
			_ => {}
		}
	}

	fn note_dispute(&mut self, event: pallet_disputes::Event<Runtime>) {
		use pallet_disputes::Event::*;
		match event {
			Claimed { job, challenger, .. } => {
				let is_by_hand = challenger == CHALLENGER.to_account_id();
				if let Some(challenger) = self.challenger.as_mut().filter(|_| is_by_hand) {
					challenger.has_challenged(job);
				}
				let case = self.case(job);
				case.accused = true;
				case.tried |= is_by_hand;
			}
			Moved { job, bytes, .. } => {
				let case = self.case(job);
				case.moves += 1;
				case.bytes += u64::from(bytes);
			}
			GameOver { job, reason, .. } => {
				// The name of the reason, without the numbers in it.
				let reason = reason.map_or("silence".into(), |reason| format!("{reason:?}"));
				let name =
					reason.split(|it: char| !it.is_alphanumeric()).next().unwrap_or_default();
				self.case(job).reasons.push(words(name));
			}
			BondLost { job, player, .. } => self.punish(job, player),
			_ => {}
		}
	}

	fn case(&mut self, job: JobId) -> &mut Case {
		self.cases.entry(job).or_default()
	}

	fn punish(&mut self, job: JobId, who: AccountId) {
		self.case(job).punished.insert(who);
	}
}

/// The ed25519 key of a well-known account.
fn pair(who: Sr25519Keyring) -> Result<ed25519::Pair, Error> {
	let phrase = format!("//{}", <&'static str>::from(who));
	ed25519::Pair::from_string(&phrase, None).map_err(|_| failed("knows no such account"))
}

/// An unsigned transaction of a call that brings its own proof.
pub(crate) fn authorized<C>(call: C) -> UncheckedExtrinsic
where
	Runtime:
		CreateAuthorizedTransaction<C, Extrinsic = UncheckedExtrinsic, RuntimeCall = RuntimeCall>,
	RuntimeCall: From<C>,
{
	<Runtime as CreateAuthorizedTransaction<C>>::create_authorized_transaction(call.into())
}

fn nonce(who: Sr25519Keyring) -> u32 {
	ergon_runtime::System::account_nonce(who.to_account_id())
}

fn failed(what: &str) -> Error {
	Error::Chain(format!("the runtime {what}"))
}
