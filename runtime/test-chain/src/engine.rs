// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! An engine that cheats at some jobs, the same ones each time. It runs the tiny [model](crate::tiny), by which
//! disputes can be played; answers of all other models are made up.

use crate::tiny;
use codec::Encode;
use ergon_core::{
	attestation::{ATTESTATION_VERSION, PROFILE_EXACT},
	engine::{EngineFailure, JobOrder, Order, OrderId, Outcome},
	sprint, Attestation, Bundle, Fault, FinishReason, JobKind, ModelId, Output, Vote, CHUNK_TOKENS,
	H256,
};
use ergon_engine_interface::{Backend, Progress, Submission};
use ergon_exact::game::Turn;
use parking_lot::Mutex;
use sp_io::hashing::blake2_256;
use std::collections::BTreeMap;

/// How many of 256 jobs are cheated at, declined, and forgotten.
const CHEATED: u8 = 16;
const DECLINED: u8 = 24;
const FORGOTTEN: u8 = 32;

/// How many of 256 audits are given up, and how many are not done.
const OUT_OF_MEMORY: u8 = 8;
const IDLE: u8 = 16;

/// What the provider's engine does with a job; a function of the prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conduct {
	/// It does the job.
	Honest,
	/// It delivers a wrong result.
	Cheats,
	/// It says that the prompt is too long.
	Declines,
	/// It never ends.
	Hangs,
}

/// What becomes of a job with that prompt, and of each of its replicas.
pub fn conduct(prompt: &[u8]) -> Conduct {
	match blake2_256(prompt)[0] {
		byte if byte < CHEATED => Conduct::Cheats,
		byte if byte < DECLINED => Conduct::Declines,
		byte if byte < FORGOTTEN => Conduct::Hangs,
		_ => Conduct::Honest,
	}
}

/// The engine of the one node there is.
pub struct FakeEngine {
	/// How providers behave when they get a prompt.
	conduct: fn(&[u8]) -> Conduct,
	/// How often each order was asked for since it was submitted.
	asked: Mutex<BTreeMap<OrderId, (Order, u32)>>,
	/// What it has loaded.
	models: Mutex<Vec<ModelId>>,
	/// How many of 256 items of sprints are made up.
	made_up: u8,
	/// How many of 256 moves in disputes are not made.
	silences: u16,
	/// How many of 256 right results are called wrong.
	false_alarms: u8,
}

impl FakeEngine {
	/// An engine with these models, whose provider behaves like that.
	pub fn new(conduct: fn(&[u8]) -> Conduct, models: Vec<ModelId>) -> Self {
		Self {
			conduct,
			asked: Mutex::default(),
			models: Mutex::new(models),
			made_up: 0,
			silences: 0,
			false_alarms: 0,
		}
	}

	/// Makes that many of 256 items of sprints up.
	pub fn making_up(self, made_up: u8) -> Self {
		Self { made_up, ..self }
	}

	/// Has nothing to say in that many of 256 stages of disputes, on neither side; with 256 it never has.
	pub fn silent(self, silences: u16) -> Self {
		Self { silences, ..self }
	}

	/// Calls that many of 256 right results of the tiny model wrong.
	pub fn alarmed(self, false_alarms: u8) -> Self {
		Self { false_alarms, ..self }
	}

	/// The next turn in a dispute, as anybody finds it who has the model; nothing where it is made up.
	pub fn next_turn(&self, job: &JobOrder, bundle: &Bundle, stage: &[u8]) -> Option<Turn> {
		if job.model != tiny::id() {
			return None;
		}
		tiny::next_turn(job, bundle, stage, self.conduct(job) == Conduct::Cheats)
	}

	/// Has these models from now on.
	pub fn load(&self, models: Vec<ModelId>) {
		*self.models.lock() = models;
	}

	/// Forgets everything, as a crash does.
	pub fn crash(&self) {
		self.asked.lock().clear();
	}

	fn conduct(&self, job: &JobOrder) -> Conduct {
		match sprint::is_item(job) {
			true if blake2_256(&job.prompt)[1] < self.made_up => Conduct::Cheats,
			true => Conduct::Honest,
			false => (self.conduct)(&job.prompt),
		}
	}

	fn fill(&self, order: &Order) -> Outcome {
		match order {
			Order::Execute(job) => match self.conduct(job) {
				Conduct::Declines => too_long(1_000),
				conduct => match run(job, conduct == Conduct::Cheats) {
					Some((attestation, bundle)) => Outcome::Executed { attestation, bundle },
					None => too_long(job.prompt.len() as u32),
				},
			},
			Order::Verify { job, attestation, bundle, challenges } => {
				let own = challenges.first().copied().unwrap_or_default();
				Outcome::Verified {
					vote: self.vote(job, attestation, bundle, own),
					work_digests: work_digests(job, attestation, bundle, challenges),
				}
			}
			Order::Play { job, bundle, stage } => {
				let silence = blake2_256(&(b"silence", job.job_id, stage).encode())[0];
				let turn = match u16::from(silence) < self.silences {
					true => None,
					false => self.next_turn(job, bundle, stage),
				};
				Outcome::Played { turn: turn.map(|turn| turn.encode()) }
			}
			// No account of an audit key has money here, so that nobody asks.
			Order::StandIn { .. } => Outcome::Played { turn: None },
			Order::Sprint { subject, model, first, items } => {
				let leaf = |index| {
					let item = sprint::item(*subject, *model, true, index);
					let done = run(&item, self.conduct(&item) == Conduct::Cheats);
					let (attestation, bundle) = done.expect("items are short");
					sprint::leaf(&attestation, &bundle)
				};
				Outcome::Sprinted { leaves: (*first..first + items).map(leaf).collect() }
			}
		}
	}

	/// What an auditor with that challenge says of a result.
	fn vote(&self, job: &JobOrder, attestation: &Attestation, bundle: &Bundle, own: H256) -> Vote {
		let is_tiny = job.model == tiny::id();
		let fault = match is_tiny {
			true => tiny::first_fault(job, attestation, bundle),
			false => {
				let (right, right_bundle) = made_up(job, false);
				let is_right = (attestation, bundle) == (&right, &right_bundle);
				(!is_right).then_some(Fault::Chunk(0))
			}
		};
		let [memory, _, alarm, which, ..] = own.0;
		match fault {
			Some(fault) => Vote::Mismatch(fault),
			// A machine that has no memory left.
			None if memory < OUT_OF_MEMORY => Vote::Unavailable,
			// One that computes something else than the others.
			None if is_tiny && alarm < self.false_alarms => {
				let faults = tiny::faults(bundle);
				Vote::Mismatch(faults[usize::from(which) % faults.len()])
			}
			None => Vote::Match,
		}
	}
}

/// The work-bound digest for each challenge, of which the first is the own one. An auditor may say what is right
/// and not have run the model; then its digest is of nothing, or of rows that are made up.
fn work_digests(
	job: &JobOrder,
	attestation: &Attestation,
	bundle: &Bundle,
	challenges: &[H256],
) -> Vec<H256> {
	let is_tiny = job.model == tiny::id();
	let digest = |challenge: &H256| match is_tiny {
		true => tiny::work_digest(job, attestation, bundle, *challenge, false),
		false => H256(blake2_256(challenge.as_bytes())),
	};
	let mut digests: Vec<_> = challenges.iter().map(digest).collect();
	let own = challenges.first().copied().unwrap_or_default();
	let [_, idle, _, _, how, ..] = own.0;
	if idle < IDLE {
		digests[0] = match is_tiny && how % 2 == 0 {
			true => tiny::work_digest(job, attestation, bundle, own, true),
			false => H256::zero(),
		};
	}
	digests
}

fn too_long(tokens: u32) -> Outcome {
	Outcome::Failed(EngineFailure::PromptTooLong { tokens, context: 512 })
}

impl Backend for FakeEngine {
	fn submit(&self, order: Order, _blocks: u32) -> Submission {
		self.asked.lock().entry(order.id()).or_insert((order, 0));
		Submission::Accepted
	}

	fn progress(&self, id: &OrderId) -> Progress {
		let mut asked = self.asked.lock();
		let Some((order, times)) = asked.get_mut(id) else { return Progress::Unknown };
		*times += 1;
		let hangs = matches!(order, Order::Execute(job) if self.conduct(job) == Conduct::Hangs);
		// Every other order takes two blocks.
		if hangs || *times <= u32::from(id.as_bytes()[0] % 2) {
			return Progress::Pending;
		}
		Progress::Done
	}

	fn outcome(&self, id: &OrderId) -> Option<Vec<u8>> {
		let asked = self.asked.lock();
		let (order, _) = asked.get(id)?;
		Some(self.fill(order).encode())
	}

	fn models(&self) -> Vec<ModelId> {
		self.models.lock().clone()
	}
}

/// The answer to an order, or a wrong one; nothing where the prompt is too long.
fn run(job: &JobOrder, cheat: bool) -> Option<(Attestation, Bundle)> {
	match job.model == tiny::id() {
		true => tiny::answer(job, cheat),
		false => Some(made_up(job, cheat)),
	}
}

/// An answer that follows from the order alone. A right one is that of every replica; two wrong ones differ.
fn made_up(job: &JobOrder, cheat: bool) -> (Attestation, Bundle) {
	let JobOrder { job_id, model, kind, prompt, seed } = job;
	let noise = blake2_256(&(cheat.then_some(job_id), model, kind, prompt, seed).encode());
	let output = match &job.kind {
		JobKind::Generate(params) => {
			let count = 1 + u32::from(noise[0]) % u32::from(params.max_tokens);
			Output::Text {
				tokens: (0..count).map(|token| token % 100).collect::<Vec<_>>().try_into().unwrap(),
				text: hex::encode(noise).into_bytes().try_into().unwrap(),
			}
		}
		JobKind::Embed => {
			let width = ergon_runtime::presets::demo_manifest().unwrap().dimensions.hidden;
			let element = |index: u32| i16::from(noise[index as usize % 32]);
			Output::Vector((0..width).map(element).collect::<Vec<_>>().try_into().unwrap())
		}
	};
	let digest = |index: u32| H256(blake2_256(&(noise, index).encode()));
	let count = match &output {
		Output::Text { tokens, .. } => (tokens.len() as u32).div_ceil(CHUNK_TOKENS),
		Output::Vector(_) => 1,
	};
	let finish = match &output {
		Output::Text { .. } => FinishReason::EndOfText,
		Output::Vector(_) => FinishReason::Embedded,
	};
	let bundle =
		Bundle { digests: (0..count).map(digest).collect::<Vec<_>>().try_into().unwrap(), output };
	let attestation = Attestation {
		version: ATTESTATION_VERSION,
		profile: PROFILE_EXACT,
		job_id: job.job_id,
		model_root: job.model,
		prompt_root: H256(blake2_256(&job.prompt)),
		output_root: bundle.output.root(),
		trace_root: bundle.trace_root(),
		prompt_tokens: 1 + job.prompt.len() as u32 / 2,
		output_tokens: bundle.output.token_count(),
		finish,
	};
	(attestation, bundle)
}
