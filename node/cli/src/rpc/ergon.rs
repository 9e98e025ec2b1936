// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The methods of namespace `ergon`.

use super::{
	report::JobReport,
	stand_in::{self, StandIn},
};
use crate::{
	engine::{Engine, EngineHealth},
	service::FullClient,
	worker_key::{self, WorkerProof},
};
use ergon_runtime::{ergon_api::ErgonApi, opaque::Block, AccountId, BlockNumber, Hash};
use futures::{stream::BoxStream, Stream, StreamExt};
use jsonrpsee::{
	core::{async_trait, RpcResult},
	proc_macros::rpc,
	types::{ErrorObject, ErrorObjectOwned},
	Extensions, PendingSubscriptionSink,
};
use sc_client_api::{BlockchainEvents, HeaderBackend};
use sc_rpc::{
	utils::{spawn_subscription_task, BoundedVecDeque, PendingSubscription},
	SubscriptionTaskExecutor,
};
use serde::Serialize;
use sp_api::ProvideRuntimeApi;
use sp_keystore::KeystorePtr;
use std::sync::Arc;

/// Error code: this node has no engine.
const NO_ENGINE: i32 = 7_001;
/// Error code: the state of the block cannot be read.
pub(super) const NO_STATE: i32 = 7_002;
/// Error code: this node has no worker key, or cannot use it.
const NO_WORKER_KEY: i32 = 7_003;
/// Updates that wait for a slow reader before the subscription is closed.
const BUFFER: usize = 64;

/// What a client may ask about jobs, and an operator about the engine.
#[rpc(server)]
pub trait ErgonRpc {
	/// A job as it is in the given block, without one in the best block; nothing if it was never
	/// submitted, or was pruned.
	#[method(name = "ergon_job")]
	fn job(&self, id: Hash, at: Option<Hash>) -> RpcResult<Option<JobReport>>;

	/// The job as it is now, and again each time that it changes, with the answer as text.
	///
	/// Follows the best chain, so a change can be undone by a reorganisation, and is then reported as
	/// another change; with `finalized` true it follows the finalised chain, where none is.
	#[subscription(
		name = "ergon_subscribeJob" => "ergon_jobUpdate",
		unsubscribe = "ergon_unsubscribeJob",
		item = JobUpdate,
	)]
	fn subscribe_job(&self, id: Hash, finalized: Option<bool>);

	/// How the engine of this node is: whether it runs, what it has loaded, what it does.
	///
	/// Unsafe: only for the operator.
	#[method(name = "ergon_engine", with_extensions)]
	fn engine(&self) -> RpcResult<EngineHealth>;

	/// This node's worker key, and the proof that it works for `operator`, as
	/// `providers.register` and `providers.rotate_worker` want them.
	///
	/// Unsafe: only for the operator.
	#[method(name = "ergon_workerProof", with_extensions)]
	fn worker_proof(&self, operator: AccountId) -> RpcResult<WorkerProof>;

	/// How to stand in for the side that is silent in the dispute about a job: the call data of
	/// `disputes.standIn` with the move that this node's engine gives, to be signed by an account that has
	/// the bond. This node plays on from there. With money on the account of its audit key it does all of that by itself.
	///
	/// Waits for the engine. Unsafe: only for the operator.
	#[method(name = "ergon_standIn", with_extensions)]
	async fn stand_in(&self, job: Hash) -> RpcResult<StandIn>;
}

/// One change of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobUpdate {
	/// The block after which it is so.
	pub block_number: BlockNumber,
	/// The block's hash.
	pub block_hash: Hash,
	/// Whether that block is finalised.
	pub finalized: bool,
	/// The job; nothing while it does not exist.
	pub job: Option<JobReport>,
}

/// Answers from the chain and the engine.
pub(crate) struct Ergon {
	client: Arc<FullClient>,
	engine: Option<Arc<Engine>>,
	keystore: KeystorePtr,
	executor: SubscriptionTaskExecutor,
}

impl Ergon {
	/// The methods of a node.
	pub(crate) fn new(
		client: Arc<FullClient>,
		engine: Option<Arc<Engine>>,
		keystore: KeystorePtr,
		executor: SubscriptionTaskExecutor,
	) -> Self {
		Self { client, engine, keystore, executor }
	}

	/// The blocks that a subscription looks at, beginning with the present one.
	fn blocks(&self, finalized: bool) -> BoxStream<'static, (BlockNumber, Hash)> {
		let info = self.client.info();
		if finalized {
			let later = self.client.finality_notification_stream();
			let later = later.map(|block| (block.header.number, block.hash));
			futures::stream::iter([(info.finalized_number, info.finalized_hash)])
				.chain(later)
				.boxed()
		} else {
			let later = self.client.import_notification_stream().filter_map(|block| {
				futures::future::ready(
					block.is_new_best.then_some((block.header.number, block.hash)),
				)
			});
			futures::stream::iter([(info.best_number, info.best_hash)]).chain(later).boxed()
		}
	}
}

#[async_trait]
impl ErgonRpcServer for Ergon {
	fn job(&self, id: Hash, at: Option<Hash>) -> RpcResult<Option<JobReport>> {
		let at = at.unwrap_or_else(|| self.client.info().best_hash);
		read(&self.client, id, at).map_err(|error| {
			ErrorObject::owned(
				NO_STATE,
				format!("cannot read the state of block {at:?}: {error}"),
				None::<()>,
			)
		})
	}

	fn subscribe_job(&self, pending: PendingSubscriptionSink, id: Hash, finalized: Option<bool>) {
		let finalized = finalized.unwrap_or(false);
		let client = self.client.clone();
		let views = self.blocks(finalized).filter_map(move |(block_number, block_hash)| {
			// The state of a block that was retracted meanwhile may be gone; the next one follows.
			let job = read(&client, id, block_hash).ok();
			futures::future::ready(job.map(|job| JobUpdate {
				block_number,
				block_hash,
				finalized,
				job,
			}))
		});
		spawn_subscription_task(
			&self.executor,
			PendingSubscription::from(pending)
				.pipe_from_stream(changes(views), BoundedVecDeque::new(BUFFER)),
		);
	}

	fn engine(&self, extensions: &Extensions) -> RpcResult<EngineHealth> {
		sc_rpc_api::check_if_safe(extensions)?;
		self.engine.as_ref().map(|engine| engine.health()).ok_or_else(no_engine)
	}

	async fn stand_in(&self, extensions: &Extensions, job: Hash) -> RpcResult<StandIn> {
		sc_rpc_api::check_if_safe(extensions)?;
		let engine = self.engine.as_ref().ok_or_else(no_engine)?;
		stand_in::prepare(&self.client, engine, &*self.keystore, job)
			.await
			.map_err(|error| ErrorObject::owned(error.code(), error.to_string(), None::<()>))
	}

	fn worker_proof(&self, extensions: &Extensions, operator: AccountId) -> RpcResult<WorkerProof> {
		sc_rpc_api::check_if_safe(extensions)?;
		let genesis = self.client.info().genesis_hash;
		worker_key::prove(&*self.keystore, genesis, &operator)
			.map_err(|error| no_worker_key(format!("the keystore cannot be read: {error}")))?
			.ok_or_else(|| {
				no_worker_key("this node has no worker key: start it with --provider".into())
			})
	}
}

fn read(client: &FullClient, id: Hash, at: Hash) -> Result<Option<JobReport>, sp_api::ApiError> {
	Ok(ErgonApi::<Block>::job(&*client.runtime_api(), at, id)?.map(JobReport::from))
}

/// Leaves out what repeats the job that was reported last.
fn changes(updates: impl Stream<Item = JobUpdate>) -> impl Stream<Item = JobUpdate> {
	let mut last: Option<Option<JobReport>> = None;
	updates.filter(move |update| {
		let changed = last.as_ref() != Some(&update.job);
		if changed {
			last = Some(update.job.clone());
		}
		futures::future::ready(changed)
	})
}

fn no_worker_key(reason: String) -> ErrorObjectOwned {
	ErrorObject::owned(NO_WORKER_KEY, reason, None::<()>)
}

fn no_engine() -> ErrorObjectOwned {
	ErrorObject::owned(
		NO_ENGINE,
		"this node runs no engine: start it with --provider, or as a validator with --engine-path \
		 and --models-dir",
		None::<()>,
	)
}
