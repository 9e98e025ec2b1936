// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

use alloc::{vec, vec::Vec};
use codec::{DecodeAll, Encode};
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
	/// The order is queued, running or done; submitting it again changes nothing. An order that
	/// ended in [`EngineFailure::Internal`](ergon_core::engine::EngineFailure::Internal) is tried
	/// again.
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
	/// Takes an order, unless the queue is full; its outcome is of use for that many blocks.
	fn submit(&self, order: Order, blocks: u32) -> Submission;
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
	/// Hands in a SCALE-encoded [`Order`] whose outcome is of use for that many blocks.
	fn submit(
		&mut self,
		order: PassFatPointerAndRead<&[u8]>,
		blocks: u32,
	) -> ReturnAs<Submission, u32> {
		let Some(engine) = self.extension::<EngineExt>() else { return Submission::Unavailable };
		match Order::decode_all(&mut &order[..]) {
			Ok(order) => engine.0.submit(order, blocks),
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

	/// Copies the start of an order's encoded outcome into `buffer`, as much as fits; returns the
	/// length of all of it, 0 when there is none.
	fn read(
		&mut self,
		order: PassPointerAndRead<&[u8; 32], 32>,
		buffer: PassFatPointerAndWrite<&mut [u8]>,
	) -> u32 {
		let outcome = self
			.extension::<EngineExt>()
			.and_then(|engine| engine.0.outcome(&OrderId::from(order)));
		outcome.map_or(0, |outcome| copy_start(&outcome, buffer))
	}

	/// Copies the ids of the loaded models, 32 bytes each, into `buffer`; returns the length of all
	/// of them.
	fn models(&mut self, buffer: PassFatPointerAndWrite<&mut [u8]>) -> u32 {
		let Some(engine) = self.extension::<EngineExt>() else { return 0 };
		let ids: Vec<u8> = engine.0.models().iter().flat_map(|id| id.0).collect();
		copy_start(&ids, buffer)
	}
}

/// Copies as much of the start of `source` as fits; returns the length of all of `source`.
#[cfg(not(substrate_runtime))]
fn copy_start(source: &[u8], buffer: &mut [u8]) -> u32 {
	buffer.iter_mut().zip(source).for_each(|(to, from)| *to = *from);
	source.len() as u32
}

/// Hands an order to the engine. After that many blocks nobody wants its outcome any more, and the engine
/// need not go on.
pub fn submit(order: &Order, blocks: u32) -> Submission {
	engine::submit(&order.encode(), blocks)
}

/// How an order is doing.
pub fn progress(order: &OrderId) -> Progress {
	engine::progress(order.as_fixed_bytes())
}

/// The outcome of an order that is [`Progress::Done`].
pub fn outcome(order: &OrderId) -> Option<Outcome> {
	let length = engine::read(order.as_fixed_bytes(), &mut []);
	if length == 0 || length > MAX_OUTCOME_BYTES {
		return None;
	}
	let mut buffer = vec![0; length as usize];
	// The engine may forget or replace the outcome between the two calls.
	if engine::read(order.as_fixed_bytes(), &mut buffer) != length {
		return None;
	}
	Outcome::decode_all(&mut &buffer[..]).ok()
}

/// The models that the engine of this node has loaded; nothing where there is no engine.
pub fn models() -> Vec<ModelId> {
	let length = engine::models(&mut []).min(MAX_MODELS * 32);
	let mut buffer = vec![0; length as usize];
	// Models may come or go between the two calls.
	let length = engine::models(&mut buffer).min(length);
	buffer.truncate(length as usize);
	buffer.chunks_exact(32).map(ModelId::from_slice).collect()
}

#[cfg(test)]
mod tests;
