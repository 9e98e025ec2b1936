// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A move for somebody who wants to stand in for a silent side of a dispute, with another account than that of the
//! node's audit key.

use crate::{engine::Engine, service::FullClient};
use codec::Decode;
use ergon_core::{
	crypto::{AUDIT_KEY_TYPE, WORKER_KEY_TYPE},
	engine::{Order, Outcome},
	JobId,
};
use ergon_engine_interface::{Backend, Progress, Submission};
use ergon_runtime::{ergon_api::ErgonApi, opaque::Block, BlockNumber};
use pallet_disputes::{NextMove, PlayerKey};
use sc_client_api::HeaderBackend;
use serde::Serialize;
use sp_api::{ApiError, ProvideRuntimeApi};
use sp_core::Bytes;
use sp_keystore::Keystore;
use std::{sync::Arc, time::Duration};
use thiserror::Error;
use tokio::time::sleep;

/// Between two looks at the engine.
const INTERVAL: Duration = Duration::from_millis(200);

/// How to take a silent side's seat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StandIn {
	/// The number of the move.
	pub step: u32,
	/// First block that takes it.
	pub from: BlockNumber,
	/// Last block that takes it.
	pub until: BlockNumber,
	/// What is held of who signs it, in the smallest unit; lost if the side loses.
	pub bond: String,
	/// Call data of `disputes.standIn`, to be signed.
	pub call: Bytes,
}

/// Why there is none.
#[derive(Debug, Error)]
pub(crate) enum NoMove {
	#[error(
		"the state of the best block cannot be read: {0}; try again when the node has synchronised"
	)]
	State(#[from] ApiError),
	#[error("no game about job {0:?} is played: look at disputes.dispute(job)")]
	NoGame(JobId),
	#[error("this node has neither an audit key nor a worker key to play on with: start it with --validator or --provider")]
	NoKey,
	#[error("the engine does not take the order now: look at ergon_engine, and try again")]
	Refused,
	#[error("the engine has nothing to say for that side: it is wrong, or something was said for it that is not so, or the engine does not have the model")]
	NothingToSay,
	#[error("somebody has moved meanwhile: ask again")]
	Moved,
	#[error("the time for this move is over")]
	TooLate,
}

impl NoMove {
	/// Error code of JSON-RPC.
	pub(crate) fn code(&self) -> i32 {
		match self {
			Self::State(_) => super::ergon::NO_STATE,
			_ => NO_MOVE,
		}
	}
}

/// Error code: there is no move to stand in with.
const NO_MOVE: i32 = 7_004;

/// Asks the engine for the next move about a job, and makes a call of it.
///
/// # Errors
///
/// [`NoMove`].
pub(crate) async fn prepare(
	client: &Arc<FullClient>,
	engine: &Engine,
	keystore: &dyn Keystore,
	job: JobId,
) -> Result<StandIn, NoMove> {
	let key = key(keystore).ok_or(NoMove::NoKey)?;
	let best = client.info().best_hash;
	let next = ErgonApi::<Block>::next_move(&*client.runtime_api(), best, job)?;
	let asked = next.ok_or(NoMove::NoGame(job))?;
	let order = Order::decode(&mut &asked.order[..]).map_err(|_| NoMove::NoGame(job))?;
	let turn = turn(client, engine, order, asked.until).await?;
	let best = client.info().best_hash;
	// A call for a step that is past would cost its fee.
	let next = ErgonApi::<Block>::next_move(&*client.runtime_api(), best, job)?;
	let next = next.filter(|next| next.step == asked.step).ok_or(NoMove::Moved)?;
	let NextMove { step, from, until, bond, .. } = next;
	let call = ErgonApi::<Block>::stand_in(&*client.runtime_api(), best, job, key, turn)?;
	let call = call.ok_or(NoMove::NothingToSay)?.into();
	Ok(StandIn { step, from, until, bond: bond.to_string(), call })
}

/// The engine's turn, as bytes.
async fn turn(
	client: &FullClient,
	engine: &Engine,
	order: Order,
	until: BlockNumber,
) -> Result<Vec<u8>, NoMove> {
	let id = order.id();
	loop {
		let left = until.saturating_sub(client.info().best_number);
		if left == 0 {
			return Err(NoMove::TooLate);
		}
		match engine.progress(&id) {
			Progress::Done => match engine.outcome(&id).map(|it| Outcome::decode(&mut &it[..])) {
				Some(Ok(Outcome::Played { turn: Some(turn) })) => return Ok(turn),
				Some(_) => return Err(NoMove::NothingToSay),
				// It was forgotten just now.
				None => {}
			},
			Progress::Pending => {}
			Progress::Unknown | Progress::Unavailable => {
				if engine.submit(order.clone(), left) != Submission::Accepted {
					return Err(NoMove::Refused);
				}
			}
		}
		sleep(INTERVAL).await;
	}
}

/// A key of this node that can sign moves.
fn key(keystore: &dyn Keystore) -> Option<PlayerKey> {
	let auditor = keystore.ed25519_public_keys(AUDIT_KEY_TYPE).pop();
	let worker = || keystore.ed25519_public_keys(WORKER_KEY_TYPE).pop();
	auditor
		.map(|key| PlayerKey::Auditor(key.into()))
		.or_else(|| worker().map(|key| PlayerKey::Worker(key.into())))
}
