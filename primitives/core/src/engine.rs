// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What crosses between a node and its engine: orders one way, outcomes the other.
//!
//! The engine is a process of its own behind a Unix socket. Each message is one frame: a 32-bit
//! little-endian length and that many bytes of SCALE, [`ToEngine`] one way and [`FromEngine`] the
//! other.

use crate::{Attestation, Bundle, JobId, JobKind, ModelId, Vote};
use alloc::{string::String, vec::Vec};
use codec::{Decode, Encode};
use sp_core::H256;
use sp_crypto_hashing::blake2_256;

/// The version of the socket's messages; both sides refuse another one.
pub const PROTOCOL_VERSION: u32 = 7;
/// Longest frame that either side accepts, in bytes.
pub const MAX_FRAME_BYTES: u32 = 1 << 20;

/// Names an order by its content: equal orders are one order, however often they are submitted.
pub type OrderId = H256;

/// Everything that determines the output of a job.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct JobOrder {
	/// The job; it is part of every chunk digest.
	pub job_id: JobId,
	/// The model.
	pub model: ModelId,
	/// What to do.
	pub kind: JobKind,
	/// UTF-8 text.
	pub prompt: Vec<u8>,
	/// The sampler's seed; see [`crate::job::job_seed`].
	pub seed: [u8; 32],
}

/// A piece of work for the engine.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Order {
	/// Run a job.
	#[codec(index = 0)]
	Execute(JobOrder),
	/// Re-execute a job and compare.
	#[codec(index = 1)]
	Verify {
		/// The job as it was assigned.
		job: JobOrder,
		/// What the provider signed.
		attestation: Attestation,
		/// What the provider delivered.
		bundle: Bundle,
		/// Draw the points of the work-bound digests, see [`crate::audit::audit_challenge`]: the
		/// auditor's own first, then those of the auditors whose work it looks at.
		challenges: Vec<H256>,
	},
	/// Find the next move in the dispute about a result, on whichever side has the turn.
	#[codec(index = 2)]
	Play {
		/// The job as it was assigned.
		job: JobOrder,
		/// What the provider delivered.
		bundle: Bundle,
		/// Where the game stands: a SCALE-encoded `ergon_exact::game::Stage`.
		stage: Vec<u8>,
	},
	/// The same for somebody who would take the seat of a silent side, and answer for it: nothing to say unless
	/// that side is right, and wins from where the game stands.
	///
	/// To find a move is not enough for that. Who defends a wrong result can show every move of it but the one that
	/// loses, and what was said from the seat before may be wrong on purpose, so that whoever takes it loses a bond.
	#[codec(index = 4)]
	StandIn {
		/// The job as it was assigned.
		job: JobOrder,
		/// What the provider signed.
		attestation: Attestation,
		/// What the provider delivered.
		bundle: Bundle,
		/// Where the game stands: a SCALE-encoded `ergon_exact::game::Stage`.
		stage: Vec<u8>,
	},
	/// Do some items of a sprint, when there is nothing else to do; see [`crate::sprint::item`].
	#[codec(index = 3)]
	Sprint {
		/// What the items follow from; see [`crate::sprint::subject`].
		subject: H256,
		/// The model that does all of them.
		model: ModelId,
		/// The first item.
		first: u32,
		/// How many, in 1..=[`crate::sprint::MAX_ORDER_ITEMS`].
		items: u32,
	},
}

impl Order {
	/// The order's name: blake2b-256 over its SCALE encoding.
	pub fn id(&self) -> OrderId {
		H256(blake2_256(&self.encode()))
	}

	/// The model that the order needs.
	pub fn model(&self) -> ModelId {
		match self {
			Self::Execute(job)
			| Self::Verify { job, .. }
			| Self::Play { job, .. }
			| Self::StandIn { job, .. } => job.model,
			Self::Sprint { model, .. } => *model,
		}
	}
}

/// Why the engine could not fill an order.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum EngineFailure {
	/// No model of that id is loaded.
	#[codec(index = 0)]
	UnknownModel,
	/// Prompt and template have more tokens than the context leaves beside one output token.
	#[codec(index = 1)]
	PromptTooLong {
		/// Tokens of the prompt after the template.
		tokens: u32,
		/// The model's context.
		context: u32,
	},
	/// The prompt is not UTF-8.
	#[codec(index = 2)]
	PromptNotUtf8,
	/// Anything else, in one sentence; the same order may succeed later.
	#[codec(index = 3)]
	Internal(String),
	/// The order was not filled before nobody wanted it any more.
	#[codec(index = 4)]
	TooLate,
}

/// What became of an order.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Outcome {
	/// The job ran.
	#[codec(index = 0)]
	Executed {
		/// What the worker key is to sign.
		attestation: Attestation,
		/// What goes on chain beside it.
		bundle: Bundle,
	},
	/// The job was re-executed.
	#[codec(index = 1)]
	Verified {
		/// Whether it was the same.
		vote: Vote,
		/// The work-bound digest for each challenge.
		work_digests: Vec<H256>,
	},
	/// The order could not be filled.
	#[codec(index = 2)]
	Failed(EngineFailure),
	/// The next move of a dispute was looked for.
	#[codec(index = 3)]
	Played {
		/// A SCALE-encoded `ergon_exact::game::Turn`; nothing where the engine has nothing to say, because
		/// it agrees with the other side, cannot show what it is asked for or, to stand in, would not win.
		turn: Option<Vec<u8>>,
	},
	/// The items of a sprint are done.
	#[codec(index = 4)]
	Sprinted {
		/// The [`crate::sprint::leaf`] of each, in their order.
		leaves: Vec<H256>,
	},
}

/// The engine's state, for health checks and metrics.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "std", serde(rename_all = "camelCase"))]
pub struct EngineStatus {
	/// Models that orders may name.
	pub models: Vec<ModelId>,
	/// Orders waiting.
	pub queued: u32,
	/// Orders running.
	pub running: u32,
	/// Orders filled since start.
	pub completed: u64,
	/// Orders failed since start.
	pub failed: u64,
	/// Tokens generated since start.
	pub generated_tokens: u64,
	/// Tokens processed by prefill since start.
	pub prefilled_tokens: u64,
}

/// A message to the engine.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum ToEngine {
	/// First message on a connection.
	#[codec(index = 0)]
	Hello {
		/// [`PROTOCOL_VERSION`].
		version: u32,
	},
	/// Fill an order; the engine answers with [`FromEngine::Finished`] when it is done.
	#[codec(index = 1)]
	Submit {
		/// The order.
		order: Order,
		/// Milliseconds after which nobody wants its outcome any more.
		patience: u32,
	},
	/// Forget an order, and stop working on it.
	#[codec(index = 2)]
	Cancel(OrderId),
	/// Ask for [`FromEngine::Status`].
	#[codec(index = 3)]
	Status,
}

/// A message from the engine.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum FromEngine {
	/// Answer to [`ToEngine::Hello`].
	#[codec(index = 0)]
	Hello {
		/// [`PROTOCOL_VERSION`].
		version: u32,
	},
	/// An order ended.
	#[codec(index = 1)]
	Finished {
		/// Which.
		order: OrderId,
		/// How.
		outcome: Outcome,
	},
	/// The queue is full: submit the order again later.
	#[codec(index = 2)]
	Busy(OrderId),
	/// Answer to [`ToEngine::Status`].
	#[codec(index = 3)]
	Status(EngineStatus),
}
