// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The provider's off-chain worker: has assigned jobs done by the local engine, and delivers.
//!
//! It remembers nothing. In every block it reads which jobs are assigned to the keys of this node,
//! asks the engine how each order is doing, and does the next thing. Orders are named by their
//! content and signatures are deterministic, so whatever happens twice is the same thing twice: the
//! engine fills an order once, and the pool keeps one transaction per job and round. A lost
//! transaction, a restart, a missed block or a reorganisation is made good by the next block. The
//! engine is never waited for.

use crate::{
	lifecycle_impls::{JobIn, Stage},
	pallet::{Assignments, Call, Config, Event, Pallet},
	traits::Providers,
	types::Assignment,
	LOG_TARGET,
};
use ergon_core::{
	crypto::worker::WorkerId,
	engine::{EngineFailure, Order, Outcome},
	job::DeclineReason,
	Attestation, Bundle, JobId,
};
use ergon_engine_interface::{self as engine, Progress, Submission};
use frame_support::traits::Get;
use frame_system::{offchain::SubmitTransaction, pallet_prelude::BlockNumberFor};
use sp_runtime::{RuntimeAppPublic, SaturatedConversion, Saturating};

/// What the worker did about a job in one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
	/// Nothing: it is not this node's turn, or it is too early or too late.
	Nothing,
	/// There is no engine.
	NoEngine,
	/// The engine was given the order.
	Ordered,
	/// The engine is at work, or its queue is full.
	Waiting,
	/// The result was sent.
	Delivered,
	/// The job was given back.
	Declined(DeclineReason),
	/// This node could not sign or submit.
	Stuck,
}

impl<T: Config> Pallet<T> {
	/// Says in the log who was shown to be wrong in this block, whoever showed it.
	pub(crate) fn report() {
		for record in frame_system::Pallet::<T>::read_events_no_consensus() {
			match record.event.try_into() {
				Ok(Event::ProviderSlashed { job, provider, amount }) => log::info!(
					target: LOG_TARGET,
					"job {job:?}: the provider {provider:?} loses {amount} for a wrong result",
				),
				Ok(Event::AuditorSlashed { job, auditor, amount }) => log::info!(
					target: LOG_TARGET,
					"job {job:?}: the auditor {auditor:?} loses {amount} for a false vote",
				),
				Ok(Event::JobVoided { job, reason, refunded }) => log::info!(
					target: LOG_TARGET,
					"job {job:?} is void, {reason:?}: the requester has {refunded} back",
				),
				_ => {}
			}
		}
	}

	/// Does the next thing about each job that is assigned to a key of this node.
	pub(crate) fn do_work(now: BlockNumberFor<T>) {
		let most = T::MaxJobsPerWorker::get() as usize;
		for worker in WorkerId::all() {
			let Some(provider) = T::Providers::by_worker(&worker) else { continue };
			for job in Assignments::<T>::iter_key_prefix(&provider).take(most) {
				let step = Self::work_on(job, &worker, now);
				log::debug!(target: LOG_TARGET, "job {job:?} in block {now:?}: {step:?}");
				if step == Step::NoEngine {
					log::warn!(
						target: LOG_TARGET,
						"Jobs are waiting, but the engine does not answer. \
						It is started again if this node supervises it; else start it.",
					);
					return;
				}
			}
		}
	}

	/// Does the next thing about one job.
	pub(crate) fn work_on(id: JobId, worker: &WorkerId, now: BlockNumberFor<T>) -> Step {
		let Some(Stage::Assigned(job)) = Stage::<T>::of(id) else { return Step::Nothing };
		// What is sent now is in the next block at the earliest.
		if now >= job.state.deadline || Self::usable_model(&job.job.model).is_none() {
			return Step::Nothing;
		}
		let Some(order) = Self::job_order(&id) else { return Step::Nothing };
		let order = Order::Execute(order);
		let order_id = order.id();
		match engine::progress(&order_id) {
			Progress::Unavailable => Step::NoEngine,
			Progress::Pending => Step::Waiting,
			Progress::Unknown => Self::place(&job, &order, now),
			Progress::Done => match engine::outcome(&order_id) {
				Some(Outcome::Executed { attestation, bundle }) => {
					Self::deliver(&job, worker, attestation, bundle)
				}
				Some(Outcome::Failed(failure)) => {
					log::warn!(target: LOG_TARGET, "The engine failed at job {id:?}: {failure:?}");
					Self::handle_failure(&job, worker, &order, failure, now)
				}
				// Forgotten in between, or not an answer to this order.
				Some(
					Outcome::Verified { .. } | Outcome::Played { .. } | Outcome::Sprinted { .. },
				)
				| None => Self::place(&job, &order, now),
			},
		}
	}

	/// Hands an order to the engine, which need not go on after the job's deadline.
	fn place(job: &JobIn<T, Assignment<T>>, order: &Order, now: BlockNumberFor<T>) -> Step {
		let id = job.id;
		let blocks = job.state.deadline.saturating_sub(now).saturated_into();
		match engine::submit(order, blocks) {
			Submission::Accepted => Step::Ordered,
			Submission::Busy => Step::Waiting,
			Submission::Unavailable => Step::NoEngine,
			Submission::Malformed => {
				log::error!(
					target: LOG_TARGET,
					"The engine does not understand the order of job {id:?}. \
					Run a node release that knows this runtime.",
				);
				Step::Stuck
			}
		}
	}

	/// Signs and sends a result. What the chain would refuse is not sent: the job is given back.
	fn deliver(
		job: &JobIn<T, Assignment<T>>,
		worker: &WorkerId,
		attestation: Attestation,
		bundle: Bundle,
	) -> Step {
		if let Err(error) = Self::check_delivery(job, &attestation, &bundle) {
			log::error!(
				target: LOG_TARGET,
				"The engine's result for job {:?} would be refused: {error:?}. \
				Run an engine release that belongs to this runtime.",
				job.id,
			);
			return Self::give_back(job, worker, DeclineReason::EngineFailure);
		}
		let round = job.job.round;
		let payload = attestation.signing_payload(Self::genesis(), round);
		let Some(signature) = worker.sign(&payload) else { return Self::cannot_sign(worker) };
		Self::send(job.id, Call::attest { attestation, bundle, round, signature }, Step::Delivered)
	}

	/// What to do about a failure: an internal one is tried again during the first half of the time,
	/// everything else is final.
	fn handle_failure(
		job: &JobIn<T, Assignment<T>>,
		worker: &WorkerId,
		order: &Order,
		failure: EngineFailure,
		now: BlockNumberFor<T>,
	) -> Step {
		let Assignment { assigned_at, deadline, .. } = job.state;
		let half = assigned_at.saturating_add(deadline.saturating_sub(assigned_at) / 2u32.into());
		let reason = match failure {
			EngineFailure::Internal(_) if now < half => return Self::place(job, order, now),
			EngineFailure::PromptTooLong { .. } => DeclineReason::PromptTooLong,
			EngineFailure::UnknownModel => DeclineReason::ModelUnavailable,
			EngineFailure::PromptNotUtf8 | EngineFailure::Internal(_) | EngineFailure::TooLate => {
				DeclineReason::EngineFailure
			}
		};
		Self::give_back(job, worker, reason)
	}

	/// Signs and sends a refusal.
	fn give_back(job: &JobIn<T, Assignment<T>>, worker: &WorkerId, reason: DeclineReason) -> Step {
		let (id, round) = (job.id, job.job.round);
		let payload = Self::decline_payload(&id, round, reason);
		let Some(signature) = worker.sign(&payload) else { return Self::cannot_sign(worker) };
		let call = Call::decline { job: id, round, reason, signature };
		Self::send(id, call, Step::Declined(reason))
	}

	fn cannot_sign(worker: &WorkerId) -> Step {
		log::error!(
			target: LOG_TARGET,
			"The keystore does not sign with the worker key {worker:?}. Insert its seed again.",
		);
		Step::Stuck
	}

	/// Puts a call into this node's pool. It is refused there when it is there already.
	fn send(id: JobId, call: Call<T>, step: Step) -> Step {
		let transaction = T::create_authorized_transaction(call.into());
		if SubmitTransaction::<T, Call<T>>::submit_transaction(transaction).is_err() {
			log::debug!(target: LOG_TARGET, "The pool did not take the transaction of job {id:?}");
			return Step::Stuck;
		}
		step
	}
}
