// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! JSON-RPC beyond what every Substrate node has.

mod ergon;
mod report;
mod stand_in;

use crate::{
	engine::Engine,
	service::{FullBackend, FullClient, FullSelectChain, TransactionPool},
};
use ergon_runtime::{opaque::Block, BlockNumber, Hash};
use jsonrpsee::RpcModule;
use sc_consensus_babe::BabeWorkerHandle;
use sc_consensus_babe_rpc::{Babe, BabeApiServer};
use sc_consensus_grandpa::{
	FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState,
};
use sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer};
use sc_rpc::SubscriptionTaskExecutor;
use sc_service::{error::Error, ChainSpec};
use sc_sync_state_rpc::{SyncState, SyncStateApiServer};
use sp_keystore::KeystorePtr;
use std::sync::Arc;
use substrate_frame_rpc_system::{System, SystemApiServer};

use self::ergon::{Ergon, ErgonRpcServer};
use pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer};

/// What the methods need.
pub(crate) struct Dependencies {
	/// Access to the chain.
	pub client: Arc<FullClient>,
	/// Transactions that wait for a block.
	pub pool: Arc<TransactionPool>,
	/// Decides which chain is the best one.
	pub select_chain: FullSelectChain,
	/// The chain specification.
	pub chain_spec: Box<dyn ChainSpec>,
	/// The node's keys.
	pub keystore: KeystorePtr,
	/// Answers questions about epochs.
	pub babe_worker: BabeWorkerHandle<Block>,
	/// The state of the GRANDPA voter.
	pub voter_state: SharedVoterState,
	/// The GRANDPA authorities.
	pub authority_set: SharedAuthoritySet<Hash, BlockNumber>,
	/// Proofs of finality as they come.
	pub justifications: GrandpaJustificationStream<Block>,
	/// Proofs of finality of the past.
	pub finality_proofs: Arc<FinalityProofProvider<FullBackend, Block>>,
	/// The engine of a node that has one.
	pub engine: Option<Arc<Engine>>,
}

impl Clone for Dependencies {
	fn clone(&self) -> Self {
		Self {
			client: self.client.clone(),
			pool: self.pool.clone(),
			select_chain: self.select_chain.clone(),
			chain_spec: self.chain_spec.cloned_box(),
			keystore: self.keystore.clone(),
			babe_worker: self.babe_worker.clone(),
			voter_state: self.voter_state.clone(),
			authority_set: self.authority_set.clone(),
			justifications: self.justifications.clone(),
			finality_proofs: self.finality_proofs.clone(),
			engine: self.engine.clone(),
		}
	}
}

/// The methods.
///
/// # Errors
///
/// When two modules have a method of the same name, or the chain specification does not allow for
/// sync states.
pub(crate) fn create(
	deps: Dependencies,
	executor: SubscriptionTaskExecutor,
) -> Result<RpcModule<()>, Error> {
	let mut module = RpcModule::new(());
	let grandpa = Grandpa::new(
		executor.clone(),
		deps.authority_set.clone(),
		deps.voter_state,
		deps.justifications,
		deps.finality_proofs,
	);
	let babe = Babe::new(
		deps.client.clone(),
		deps.babe_worker.clone(),
		deps.keystore.clone(),
		deps.select_chain,
	);
	let sync_state =
		SyncState::new(deps.chain_spec, deps.client.clone(), deps.authority_set, deps.babe_worker)
			.map_err(|error| Error::Application(Box::new(error)))?;
	for methods in [
		System::new(deps.client.clone(), deps.pool).into_rpc().into(),
		TransactionPayment::new(deps.client.clone()).into_rpc().into(),
		babe.into_rpc().into(),
		grandpa.into_rpc().into(),
		sync_state.into_rpc().into(),
		Ergon::new(deps.client, deps.engine, deps.keystore, executor).into_rpc().into(),
	] {
		let methods: jsonrpsee::Methods = methods;
		module.merge(methods).map_err(|error| Error::Application(error.into()))?;
	}
	Ok(module)
}
