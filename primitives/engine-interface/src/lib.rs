// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! # Engine interface
//!
//! The host functions through which the runtime's off-chain workers reach the inference engine:
//! submit an order, ask how it goes, read its outcome, ask which models there are. Each returns
//! within microseconds: the node queues, copies and answers; it never computes here.
//!
//! The node injects a [`Backend`] as [`EngineExt`] for off-chain worker calls only. Everywhere else
//! (block import, validation, `state_call`) the functions answer *unavailable*, so that even a
//! mistaken call from a dispatchable gives the same result on every node.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

use alloc::{vec, vec::Vec};
use codec::{Decode, Encode};
use ergon_core::{
	engine::{Order, OrderId, Outcome},
	ModelId,
};
use sp_runtime_interface::{
	pass_by::{PassFatPointerAndRead, PassFatPointerAndWrite, PassPointerAndRead, ReturnAs},
	runtime_interface,
};

#[cfg(not(substrate_runtime))]
use sp_externalities::ExternalitiesExt;

/// Longest encoded outcome that is read back, in bytes.
const MAX_OUTCOME_BYTES: u32 = ergon_core::engine::MAX_FRAME_BYTES;
/// Most models that are asked for.
const MAX_MODELS: u32 = 256;

/// What became of an order that was handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Submission {
	/// There is no engine here.
	Unavailable = 0,
	/// The order is queued, running or done; submitting it again changes nothing.
	Accepted = 1,
	/// The queue is full: try again in a later block.
	Busy = 2,
	/// The bytes are no order.
	Malformed = 3,
}

/// How an order is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Progress {
	/// There is no engine here.
	Unavailable = 0,
	/// Nobody submitted the order, or its outcome was forgotten: submit it again.
	Unknown = 1,
	/// Queued or running.
	Pending = 2,
	/// Done: its outcome can be read.
	Done = 3,
}

macro_rules! as_u32 {
	($type:ident: $($variant:ident),+) => {
		impl From<$type> for u32 {
			fn from(value: $type) -> u32 {
				value as u32
			}
		}
		impl TryFrom<u32> for $type {
			type Error = ();
			fn try_from(value: u32) -> Result<Self, ()> {
				$( if value == $type::$variant as u32 { return Ok($type::$variant) } )+
				Err(())
			}
		}
	};
}
as_u32!(Submission: Unavailable, Accepted, Busy, Malformed);
as_u32!(Progress: Unavailable, Unknown, Pending, Done);

/// What stands behind the host functions. Implementations return at once.
#[cfg(not(substrate_runtime))]
pub trait Backend: Send + Sync {
	/// Takes an order, unless the queue is full.
	fn submit(&self, order: Order) -> Submission;
	/// How an order is doing.
	fn progress(&self, order: &OrderId) -> Progress;
	/// The SCALE-encoded [`Outcome`] of an order that is done.
	fn outcome(&self, order: &OrderId) -> Option<Vec<u8>>;
	/// The models that the engine has loaded; nothing while it is down.
	fn models(&self) -> Vec<ModelId>;
}

#[cfg(not(substrate_runtime))]
sp_externalities::decl_extension! {
	/// The engine of this node.
	pub struct EngineExt(alloc::sync::Arc<dyn Backend>);
}

/// The raw host functions; [`submit`], [`progress`], [`outcome`] and [`models`] wrap them.
#[runtime_interface]
pub trait Engine {
	/// Hands in a SCALE-encoded [`Order`].
	fn submit(&mut self, order: PassFatPointerAndRead<&[u8]>) -> ReturnAs<Submission, u32> {
		let Some(engine) = self.extension::<EngineExt>() else { return Submission::Unavailable };
		match Order::decode(&mut &order[..]) {
			Ok(order) => engine.0.submit(order),
			Err(_) => Submission::Malformed,
		}
	}

	/// How the order with that id is doing.
	fn progress(&mut self, order: PassPointerAndRead<&[u8; 32], 32>) -> ReturnAs<Progress, u32> {
		match self.extension::<EngineExt>() {
			Some(engine) => engine.0.progress(&OrderId::from(order)),
			None => Progress::Unavailable,
		}
	}

	/// Copies the encoded outcome of an order from `offset` into `buffer`; returns its whole
	/// length, 0 when there is none.
	fn read(
		&mut self,
		order: PassPointerAndRead<&[u8; 32], 32>,
		offset: u32,
		buffer: PassFatPointerAndWrite<&mut [u8]>,
	) -> u32 {
		let outcome = self
			.extension::<EngineExt>()
			.and_then(|engine| engine.0.outcome(&OrderId::from(order)));
		outcome.map_or(0, |outcome| copy_from(&outcome, offset, buffer))
	}

	/// Copies the ids of the loaded models, 32 bytes each, into `buffer`; returns the length of all
	/// of them.
	fn models(&mut self, buffer: PassFatPointerAndWrite<&mut [u8]>) -> u32 {
		let Some(engine) = self.extension::<EngineExt>() else { return 0 };
		let ids: Vec<u8> = engine.0.models().iter().flat_map(|id| id.0).collect();
		copy_from(&ids, 0, buffer)
	}
}

/// Copies as much of `source` behind `offset` as fits; returns the length of all of `source`.
#[cfg(not(substrate_runtime))]
fn copy_from(source: &[u8], offset: u32, buffer: &mut [u8]) -> u32 {
	let rest = source.get(offset as usize..).unwrap_or_default();
	let length = rest.len().min(buffer.len());
	if let (Some(to), Some(from)) = (buffer.get_mut(..length), rest.get(..length)) {
		to.copy_from_slice(from);
	}
	source.len() as u32
}

/// Hands an order to the engine.
pub fn submit(order: &Order) -> Submission {
	engine::submit(&order.encode())
}

/// How an order is doing.
pub fn progress(order: &OrderId) -> Progress {
	engine::progress(order.as_fixed_bytes())
}

/// The outcome of an order that is [`Progress::Done`].
pub fn outcome(order: &OrderId) -> Option<Outcome> {
	let length = engine::read(order.as_fixed_bytes(), 0, &mut []);
	if length == 0 || length > MAX_OUTCOME_BYTES {
		return None;
	}
	let mut buffer = vec![0; length as usize];
	// The engine may forget or replace the outcome between the two calls.
	if engine::read(order.as_fixed_bytes(), 0, &mut buffer) != length {
		return None;
	}
	Outcome::decode(&mut &buffer[..]).ok()
}

/// The models that the engine of this node has loaded; nothing where there is no engine.
pub fn models() -> Vec<ModelId> {
	let length = engine::models(&mut []).min(MAX_MODELS * 32);
	let mut buffer = vec![0; length as usize];
	engine::models(&mut buffer);
	buffer.chunks_exact(32).map(ModelId::from_slice).collect()
}
