// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! An engine, honest or not, and what stands outside the chain.

use super::Extrinsic;
use codec::{Decode, Encode};
use ergon_core::{
	attestation::{ATTESTATION_VERSION, PROFILE_EXACT},
	engine::{JobOrder, Order, OrderId, Outcome},
	sprint, Attestation, Bundle, FinishReason, ModelId, Output, Work, H256,
};
use ergon_engine_interface::{Backend, Progress, Submission};
use parking_lot::{Mutex, RwLock};
use sp_core::offchain::testing::PoolState;
use std::{collections::BTreeMap, sync::Arc};

/// What an honest engine gives for an item.
pub(crate) fn result(order: &JobOrder) -> (Attestation, Bundle) {
	let tokens: Vec<u32> = order.job_id.0[..4].iter().map(|byte| u32::from(*byte)).collect();
	let text = order.job_id.0[..4].to_vec().try_into().unwrap();
	let output = Output::Text { tokens: tokens.try_into().unwrap(), text };
	let bundle = Bundle { output, digests: vec![order.job_id].try_into().unwrap() };
	let attestation = Attestation {
		version: ATTESTATION_VERSION,
		profile: PROFILE_EXACT,
		job_id: order.job_id,
		model_root: order.model,
		prompt_root: H256::repeat_byte(2),
		output_root: bundle.output.root(),
		trace_root: bundle.trace_root(),
		prompt_tokens: 90,
		output_tokens: 4,
		finish: FinishReason::EndOfText,
	};
	(attestation, bundle)
}

/// What an engine gives that has not run the model.
pub(crate) fn made_up(order: &JobOrder) -> (Attestation, Bundle) {
	let (mut attestation, mut bundle) = result(order);
	bundle.digests = vec![H256::repeat_byte(9)].try_into().unwrap();
	attestation.trace_root = bundle.trace_root();
	(attestation, bundle)
}

/// Work of one item.
pub(crate) const ITEM_WORK: Work = 90 * 1_000 + 4 * 10_000;

/// An engine with models, that can be slow or down, and remembers what it was asked.
#[derive(Default)]
pub(crate) struct Engine {
	pub(crate) models: Mutex<Vec<ModelId>>,
	/// Orders that it may do in all.
	pub(crate) capacity: Mutex<u32>,
	/// Done orders.
	pub(crate) done: Mutex<BTreeMap<OrderId, Outcome>>,
	/// Orders that were handed in.
	pub(crate) submissions: Mutex<Vec<Order>>,
}

impl Engine {
	/// A restart: everything is forgotten.
	pub(crate) fn forget(&self) {
		self.done.lock().clear();
	}
}

impl Backend for Engine {
	fn submit(&self, order: Order, _: u32) -> Submission {
		if self.models.lock().is_empty() {
			return Submission::Unavailable;
		}
		self.submissions.lock().push(order.clone());
		let mut capacity = self.capacity.lock();
		if *capacity == 0 {
			return Submission::Busy;
		}
		*capacity -= 1;
		let outcome = match &order {
			Order::Sprint { subject, model, first, items } => {
				let leaf = |index| {
					let (attestation, bundle) =
						result(&sprint::item(*subject, *model, true, index));
					sprint::leaf(&attestation, &bundle)
				};
				Outcome::Sprinted { leaves: (*first..first + items).map(leaf).collect() }
			}
			Order::Execute(job) => {
				let (attestation, bundle) = result(job);
				Outcome::Executed { attestation, bundle }
			}
			_ => panic!("sprints need nothing else"),
		};
		self.done.lock().insert(order.id(), outcome);
		Submission::Accepted
	}

	fn progress(&self, order: &OrderId) -> Progress {
		match (self.models.lock().is_empty(), self.done.lock().contains_key(order)) {
			(true, _) => Progress::Unavailable,
			(false, true) => Progress::Done,
			(false, false) => Progress::Unknown,
		}
	}

	fn outcome(&self, order: &OrderId) -> Option<Vec<u8>> {
		self.done.lock().get(order).map(Encode::encode)
	}

	fn models(&self) -> Vec<ModelId> {
		self.models.lock().clone()
	}
}

/// What stands outside the chain.
#[derive(Clone)]
pub(crate) struct World {
	pub(crate) engine: Arc<Engine>,
	pub(super) pool: Arc<RwLock<PoolState>>,
}

impl World {
	/// Takes what the off-chain worker put into the pool.
	pub(crate) fn take(&self) -> Vec<Extrinsic> {
		let transactions = core::mem::take(&mut self.pool.write().transactions);
		transactions.iter().map(|bytes| Extrinsic::decode(&mut &bytes[..]).unwrap()).collect()
	}
}
