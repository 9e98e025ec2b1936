// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A running node.

use super::{new_partial, Consensus, Inherents, JUSTIFICATION_PERIOD};
use crate::{
	cli::EngineParams,
	engine::{self, Engine},
	metrics, rpc, validator, worker_key,
};
use ergon_runtime::opaque::Block;
use futures::FutureExt;
use sc_client_api::{Backend, BlockBackend};
use sc_consensus_babe::SlotProportion;
use sc_consensus_grandpa::{
	warp_proof::NetworkProvider, FinalityProofProvider, SharedVoterState, VotingRulesBuilder,
};
use sc_network::{config::NetworkBackendType, NetworkBackend};
use sc_service::{error::Error, Configuration, PartialComponents, TaskManager, WarpSyncConfig};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_core::H256;
use sp_externalities::Extension;
use std::{sync::Arc, time::Duration};

/// Starts a node.
///
/// # Errors
///
/// When the chain cannot be opened, a port is in use, or what `engine` demands is missing.
pub(crate) fn new_full(config: Configuration, engine: &EngineParams) -> Result<TaskManager, Error> {
	match config.network.network_backend {
		NetworkBackendType::Libp2p => {
			start::<sc_network::NetworkWorker<Block, H256>>(config, engine)
		}
		NetworkBackendType::Litep2p => start::<sc_network::Litep2pNetworkBackend>(config, engine),
	}
}

fn start<Network: NetworkBackend<Block, H256>>(
	config: Configuration,
	engine_params: &EngineParams,
) -> Result<TaskManager, Error> {
	let PartialComponents {
		client,
		backend,
		mut task_manager,
		keystore_container,
		select_chain,
		import_queue,
		transaction_pool,
		other: Consensus { block_import, babe_link, babe_worker, grandpa_link, mut telemetry },
	} = new_partial(&config)?;

	let role = config.role;
	let force_authoring = config.force_authoring;
	let name = config.network.node_name.clone();
	let run_grandpa = !config.disable_grandpa;
	let run_offchain_workers = config.offchain_worker.enabled;
	let registry = config.prometheus_registry().cloned();
	let keystore = keystore_container.keystore();

	if engine_params.provider {
		worker_key::ensure(&*keystore, config.dev_key_seed.as_deref())?;
		worker_key::warn_if_unregistered(&*keystore, &client);
	}
	let engine = start_engine(&config, engine_params, &task_manager)?;

	let notification_metrics = Network::register_notification_metrics(registry.as_ref());
	let mut net_config = sc_network::config::FullNetworkConfiguration::<_, _, Network>::new(
		&config.network,
		registry.clone(),
	);
	let genesis = client
		.block_hash(0)?
		.ok_or_else(|| Error::Other("the database has no genesis block: purge it".into()))?;
	// Who announces a protocol and does not listen to it loses each peer as soon as it has it.
	let grandpa_network = run_grandpa.then(|| {
		let protocol = sc_consensus_grandpa::protocol_standard_name(&genesis, &config.chain_spec);
		let (protocol_config, notifications) =
			sc_consensus_grandpa::grandpa_peers_set_config::<_, Network>(
				protocol.clone(),
				notification_metrics.clone(),
				net_config.peer_store_handle(),
			);
		net_config.add_notification_protocol(protocol_config);
		(protocol, notifications)
	});
	let warp_sync = Arc::new(NetworkProvider::new(
		backend.clone(),
		grandpa_link.shared_authority_set().clone(),
		Vec::new(),
	));

	let (network, system_rpc_tx, tx_handler_controller, sync_service, _bitswap) =
		sc_service::build_network(sc_service::BuildNetworkParams {
			config: &config,
			net_config,
			client: client.clone(),
			transaction_pool: transaction_pool.clone(),
			spawn_handle: task_manager.spawn_handle(),
			spawn_essential_handle: task_manager.spawn_essential_handle(),
			import_queue,
			block_announce_validator_builder: None,
			warp_sync_config: Some(WarpSyncConfig::WithProvider(warp_sync)),
			block_relay: None,
			metrics: notification_metrics,
			gap_sync_body_policy: None,
		})?;

	let voter_state = SharedVoterState::empty();
	let rpc_deps = rpc::Dependencies {
		client: client.clone(),
		pool: transaction_pool.clone(),
		select_chain: select_chain.clone(),
		chain_spec: config.chain_spec.cloned_box(),
		keystore: keystore.clone(),
		babe_worker,
		voter_state: voter_state.clone(),
		authority_set: grandpa_link.shared_authority_set().clone(),
		justifications: grandpa_link.justification_stream(),
		finality_proofs: FinalityProofProvider::new_for_service(
			backend.clone(),
			Some(grandpa_link.shared_authority_set().clone()),
		),
		engine: engine.clone(),
	};
	sc_service::spawn_tasks(sc_service::SpawnTasksParams {
		config,
		client: client.clone(),
		backend: backend.clone(),
		task_manager: &mut task_manager,
		keystore: keystore.clone(),
		transaction_pool: transaction_pool.clone(),
		rpc_builder: Box::new(move |executor| rpc::create(rpc_deps.clone(), executor)),
		network: network.clone(),
		system_rpc_tx,
		tx_handler_controller,
		sync_service: sync_service.clone(),
		telemetry: telemetry.as_mut(),
		tracing_execute_block: None,
	})?;
	let telemetry_handle = || telemetry.as_ref().map(sc_telemetry::Telemetry::handle);

	if role.is_authority() {
		let slot_duration = babe_link.config().slot_duration();
		let proposer = sc_basic_authorship::ProposerFactory::new(
			task_manager.spawn_handle(),
			client.clone(),
			transaction_pool.clone(),
			registry.as_ref(),
			telemetry_handle(),
		);
		let babe = sc_consensus_babe::start_babe(sc_consensus_babe::BabeParams {
			keystore: keystore.clone(),
			client: client.clone(),
			select_chain,
			env: proposer,
			block_import,
			sync_oracle: sync_service.clone(),
			justification_sync_link: sync_service.clone(),
			create_inherent_data_providers: Inherents { slot_duration },
			force_authoring,
			backoff_authoring_blocks: Some(
				sc_consensus_slots::BackoffAuthoringOnFinalizedHeadLagging::default(),
			),
			babe_link,
			block_proposal_slot_portion: SlotProportion::new(0.5),
			max_block_proposal_slot_portion: None,
			telemetry: telemetry_handle(),
		})?;
		task_manager.spawn_essential_handle().spawn_blocking(
			"babe-proposer",
			Some("block-authoring"),
			babe,
		);
	}

	if let Some((protocol_name, notification_service)) = grandpa_network {
		let voter = sc_consensus_grandpa::run_grandpa_voter(sc_consensus_grandpa::GrandpaParams {
			config: sc_consensus_grandpa::Config {
				gossip_duration: Duration::from_millis(333),
				justification_generation_period: JUSTIFICATION_PERIOD,
				observer_enabled: false,
				local_role: role,
				name: Some(name),
				keystore: role.is_authority().then(|| keystore.clone()),
				telemetry: telemetry_handle(),
				protocol_name,
			},
			link: grandpa_link,
			network: network.clone(),
			sync: Arc::new(sync_service),
			notification_service,
			voting_rule: VotingRulesBuilder::default().build(),
			prometheus_registry: registry.clone(),
			shared_voter_state: voter_state,
			telemetry: telemetry_handle(),
			offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(transaction_pool.clone()),
		})?;
		task_manager.spawn_essential_handle().spawn_blocking("grandpa-voter", None, voter);
	}

	if role.is_authority() || registry.is_some() {
		let (client, keystore, engine) = (client.clone(), keystore.clone(), engine.clone());
		let watch = validator::Watch::new(client, keystore, engine, registry.as_ref())?;
		// Reads the state of each block, which others need not wait for.
		task_manager.spawn_handle().spawn_blocking("ergon-validator", None, watch.follow());
	}

	if run_offchain_workers {
		let workers = sc_offchain::OffchainWorkers::new(sc_offchain::OffchainWorkerOptions {
			runtime_api_provider: client.clone(),
			keystore: Some(keystore),
			offchain_db: backend.offchain_storage(),
			transaction_pool: Some(OffchainTransactionPoolFactory::new(transaction_pool)),
			network_provider: Arc::new(network),
			is_validator: role.is_authority(),
			enable_http_requests: false,
			custom_extensions: move |_| {
				engine
					.iter()
					.map(|engine| Box::new(engine.extension()) as Box<dyn Extension>)
					.collect()
			},
		})?;
		task_manager.spawn_handle().spawn(
			"offchain-workers-runner",
			Some("offchain-worker"),
			workers.run(client.clone(), task_manager.spawn_handle()).boxed(),
		);
	}

	if let Some(registry) = &registry {
		let metrics = metrics::Metrics::register(registry)?;
		task_manager.spawn_handle().spawn("ergon-metrics", None, metrics.follow(client));
	}

	Ok(task_manager)
}

/// Starts the engine of a node that works or checks work.
///
/// A provider without its engine is useless and stops here. A validator without one still authors
/// and finalises, so unless the operator named an engine, it goes on and is told what it will miss.
fn start_engine(
	config: &Configuration,
	params: &EngineParams,
	task_manager: &TaskManager,
) -> Result<Option<Arc<Engine>>, Error> {
	if !params.is_demanded() && !config.role.is_authority() {
		return Ok(None);
	}
	match engine::start(params.config(config), config.prometheus_registry()) {
		Ok((engine, supervisor)) => {
			task_manager.spawn_handle().spawn("engine-supervisor", Some("engine"), supervisor);
			Ok(Some(engine))
		}
		Err(error) if params.is_demanded() => Err(Error::Application(Box::new(error))),
		Err(error) => {
			log::warn!(
				"⚠️ This validator has no engine and will miss its audits, which costs it power: {error}"
			);
			Ok(None)
		}
	}
}
