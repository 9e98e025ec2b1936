// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What happened, how often, and whether it was right.

use ergon_core::{Fault, JobId, ModelId};
use ergon_exact::game::{Reason, Side};
use ergon_runtime::{AccountId, Balance, Balances, Jobs, Runtime, RuntimeEvent, System};
use ergon_test_chain::tiny;
use pallet_disputes::{Charge, Evidence, Results};
use std::collections::{BTreeMap, BTreeSet};

/// The results that can be disputed, as the runtime has them.
type Disputable = <Runtime as pallet_disputes::Config>::Results;

/// Whether what is said of a result, or of an audit of it, is so, by the model itself; nothing where there is no
/// result any more.
fn is_true(job: &JobId, charge: &Charge<AccountId>) -> Option<bool> {
	let evidence = <Disputable as Results<AccountId>>::evidence(job)?;
	let Evidence { order, attestation, bundle, .. } = &evidence;
	Some(match charge {
		Charge::Result(fault) => tiny::has_fault(order, attestation, bundle, *fault),
		Charge::Work(auditor) => {
			let work = <Disputable as Results<AccountId>>::work(job, auditor)?;
			let right = tiny::work_digest(order, attestation, bundle, work.challenge, false);
			right != work.digest
		}
	})
}

/// What is remembered of a run.
pub(crate) struct Notes {
	/// All jobs, the newest last.
	pub(crate) jobs: Vec<JobId>,
	/// The newest job of each requester.
	pub(crate) newest: BTreeMap<AccountId, JobId>,
	/// What is wrong about each result; nothing where it is right.
	faults: BTreeMap<JobId, Option<Fault>>,
	/// Whether the challenger is right in each game that is played.
	truths: BTreeMap<JobId, bool>,
	/// Games in which somebody stands in, and whether for the challenger.
	stand_ins: BTreeSet<(JobId, bool)>,
	/// Results that are right, and were lost by silence.
	abandoned: BTreeSet<JobId>,
	/// Whether the model was recalled.
	is_recalled: bool,
	issuance: Balance,
	/// How often something happened.
	pub(crate) seen: BTreeMap<&'static str, u32>,
}

impl Notes {
	/// Of a new chain with so much money.
	pub(crate) fn new(issuance: Balance) -> Self {
		Self {
			jobs: Vec::new(),
			newest: BTreeMap::new(),
			faults: BTreeMap::new(),
			truths: BTreeMap::new(),
			stand_ins: BTreeSet::new(),
			abandoned: BTreeSet::new(),
			is_recalled: false,
			issuance,
			seen: BTreeMap::new(),
		}
	}

	/// What is wrong about the result of a job; nothing where it is right, or there is none.
	pub(crate) fn fault(&self, job: &JobId) -> Option<Fault> {
		self.faults.get(job).copied().flatten()
	}

	/// Something happened.
	pub(crate) fn note(&mut self, what: &'static str) {
		*self.seen.entry(what).or_default() += 1;
	}

	/// Something happened by which nothing was burnt.
	fn counted(&mut self, what: &'static str) -> Balance {
		self.note(what);
		0
	}

	/// Remembers what happened in a block, and explains what became of the total issuance; to be asked within its
	/// state.
	pub(crate) fn take(&mut self, events: Vec<RuntimeEvent>, models: &mut Vec<ModelId>) {
		let (mut burnt, mut minted) = (0, 0);
		for event in events {
			match event {
				RuntimeEvent::Jobs(event) => burnt += self.note_job(event),
				RuntimeEvent::Models(pallet_models::Event::Registered { model, .. }) => {
					models.push(model)
				}
				RuntimeEvent::Models(pallet_models::Event::Recalled { model, .. }) => {
					self.is_recalled |= model == tiny::id();
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
		let issuance = Balances::total_issuance();
		assert_eq!(self.issuance + minted - burnt, issuance, "block {}", System::block_number());
		self.issuance = issuance;
	}

	/// Remembers what became of a job; returns what was burnt.
	fn note_job(&mut self, event: pallet_jobs::Event<Runtime>) -> Balance {
		use pallet_jobs::Event::*;
		match event {
			JobSubmitted { job, requester, .. } => {
				self.jobs.push(job);
				self.newest.insert(requester, job);
				self.counted("submitted")
			}
			JobAttested { job, .. } => {
				let (order, attestation, bundle) =
					Jobs::evidence(&job).expect("its audit takes some blocks");
				self.faults.insert(job, tiny::first_fault(&order, &attestation, &bundle));
				self.counted("attested")
			}
			JobRequeued { .. } => self.counted("requeued"),
			JobSettled { job, settlement, .. } => {
				self.note("settled");
				self.note_judged();
				let parts = settlement.provider
					+ settlement.treasury
					+ settlement.auditors
					+ settlement.to_pool
					+ settlement.burnt;
				assert_eq!(settlement.price + settlement.from_pool, parts, "job {job:?}");
				settlement.burnt
			}
			JobVoided { job, reason: pallet_jobs::VoidReason::Overturned, .. } => {
				let is_wrong = self.fault(&job).is_some();
				let is_abandoned = self.abandoned.contains(&job);
				assert!(is_wrong || is_abandoned, "an honest result was overturned: {job:?}");
				self.note_judged();
				self.counted("overturned")
			}
			JobVoided { job, .. } => {
				assert!(!self.faults.contains_key(&job), "a recall ended a result: {job:?}");
				self.counted("recalled")
			}
			JobExpired { .. } => self.counted("expired"),
			JobCancelled { .. } => self.counted("cancelled"),
			JobPruned { .. } => self.counted("pruned"),
			ProviderSlashed { .. } => self.counted("provider slashed"),
			AuditorSlashed { .. } => self.counted("false vote slashed"),
			ReplicasDiffer { .. } => self.counted("replicas differ"),
			SlashAwarded { burnt, .. } => burnt,
			PaymentBurnt { amount, .. } => amount,
			_ => 0,
		}
	}

	/// Audits and disputes of a result are over.
	fn note_judged(&mut self) {
		if self.is_recalled {
			self.note("judged behind a recall");
		}
	}

	/// Remembers what became of a dispute; returns what was burnt.
	fn note_dispute(&mut self, event: pallet_disputes::Event<Runtime>) -> Balance {
		use pallet_disputes::Event::*;
		match event {
			Claimed { bond: 0, .. } => self.counted("accused"),
			Claimed { .. } => self.counted("challenged"),
			GameStarted { job, charge, .. } => {
				if let Some(truth) = is_true(&job, &charge) {
					self.truths.insert(job, truth);
				}
				0
			}
			Moved { .. } => self.counted("moved"),
			StoodIn { job, side, .. } => {
				self.stand_ins.insert((job, side == Side::Challenger));
				self.counted("stood in")
			}
			GameOver { job, charge, winner, reason } => {
				self.note_game(job, &charge, winner, reason);
				0
			}
			BondLost { .. } => self.counted("bond lost"),
			Awarded { burnt, .. } => self.counted("awarded") + burnt,
			__Ignore(..) => 0,
		}
	}

	/// A game is over: what the chain has computed is so, and who was silent has lost.
	fn note_game(
		&mut self,
		job: JobId,
		charge: &Charge<AccountId>,
		winner: Side,
		reason: Option<Reason>,
	) {
		let by_challenger = winner == Side::Challenger;
		let truth = self.truths.remove(&job);
		let is_about_result = charge.auditor().is_none();
		self.note("game over");
		if self.stand_ins.remove(&(job, by_challenger)) {
			self.note("won by who stood in");
		}
		match (self.stand_ins.remove(&(job, !by_challenger)), winner) {
			(true, Side::Challenger) => self.note("defender spared"),
			(true, Side::Defender) => self.note("challenger spared"),
			(false, Side::Challenger) if !is_about_result => self.note("found idle"),
			_ => {}
		}
		let Some(reason) = reason else {
			if by_challenger && is_about_result && truth == Some(false) {
				self.abandoned.insert(job);
			}
			return self.note("ended by silence");
		};
		if let Some(truth) = truth {
			assert_eq!(by_challenger, truth, "{job:?}: {charge:?} by {reason:?}");
		}
		self.note(match winner {
			Side::Defender => "defender won",
			Side::Challenger => "challenger won",
		});
	}
}
