// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! An engine that makes answers up, the same ones each time, and cheats at some jobs.

use codec::Encode;
use ergon_core::{
	attestation::{ATTESTATION_VERSION, PROFILE_EXACT},
	engine::{EngineFailure, JobOrder, Order, OrderId, Outcome},
	sprint, Attestation, Bundle, Fault, FinishReason, JobKind, ModelId, Output, Vote, CHUNK_TOKENS,
	H256,
};
use ergon_engine_interface::{Backend, Progress, Submission};
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
	/// It delivers a token that the model did not sample.
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
}

impl FakeEngine {
	/// An engine with these models, whose provider behaves like that.
	pub fn new(conduct: fn(&[u8]) -> Conduct, models: Vec<ModelId>) -> Self {
		Self { conduct, asked: Mutex::default(), models: Mutex::new(models), made_up: 0 }
	}

	/// Makes that many of 256 items of sprints up.
	pub fn making_up(self, made_up: u8) -> Self {
		Self { made_up, ..self }
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
				Conduct::Declines => {
					Outcome::Failed(EngineFailure::PromptTooLong { tokens: 1_000, context: 512 })
				}
				conduct => {
					let (attestation, bundle) = run(job, conduct == Conduct::Cheats);
					Outcome::Executed { attestation, bundle }
				}
			},
			Order::Verify { job, attestation, bundle, challenges } => {
				let truth = run(job, false);
				let own = challenges.first().copied().unwrap_or_default();
				let vote = match (attestation, bundle) == (&truth.0, &truth.1) {
					// A machine that has no memory left.
					true if own.as_bytes()[0] < OUT_OF_MEMORY => Vote::Unavailable,
					true => Vote::Match,
					false => Vote::Mismatch(Fault::Chunk(0)),
				};
				let digest = |challenge: &H256| H256(blake2_256(challenge.as_bytes()));
				let mut work_digests: Vec<_> = challenges.iter().map(digest).collect();
				// An auditor who says what is right and has not run the model.
				if own.as_bytes()[1] < IDLE {
					work_digests[0] = H256::zero();
				}
				Outcome::Verified { vote, work_digests }
			}
			// There is no model here that anything could be shown of.
			Order::Play { .. } => Outcome::Played { turn: None },
			Order::Sprint { subject, model, first, items } => {
				let leaf = |index| {
					let item = sprint::item(*subject, *model, true, index);
					let (attestation, bundle) = run(&item, self.conduct(&item) == Conduct::Cheats);
					sprint::leaf(&attestation, &bundle)
				};
				Outcome::Sprinted { leaves: (*first..first + items).map(leaf).collect() }
			}
		}
	}
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

/// An answer that follows from the order alone. A right one is that of every replica; two wrong ones differ.
fn run(job: &JobOrder, cheat: bool) -> (Attestation, Bundle) {
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
