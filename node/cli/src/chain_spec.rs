// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The chains that this binary knows.

use sc_chain_spec::{ChainSpecExtension, Properties};
use sc_service::{ChainType, GenericChainSpec};
use serde::{Deserialize, Serialize};
use sp_genesis_builder::{DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};

/// What a chain specification may carry besides the genesis.
#[derive(Clone, Default, Serialize, Deserialize, ChainSpecExtension)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Extensions {
	/// A checkpoint from which light clients start.
	pub light_sync_state: sc_sync_state_rpc::LightSyncStateExtension,
}

/// A chain specification.
pub(crate) type ChainSpec = GenericChainSpec<Extensions>;

/// The chain of that name, or the one in the file of that path.
///
/// # Errors
///
/// When the file cannot be read, or this binary was built without the Wasm runtime.
pub(crate) fn load(id: &str) -> Result<ChainSpec, String> {
	match id {
		"dev" => preset("Ergon Development", "dev", ChainType::Development, DEV_RUNTIME_PRESET),
		"" | "local" => preset(
			"Ergon Local Testnet",
			"local_testnet",
			ChainType::Local,
			LOCAL_TESTNET_RUNTIME_PRESET,
		),
		path => ChainSpec::from_json_file(path.into()).map_err(|error| {
			format!(
				"there is no chain \"{path}\": name dev, local, or the file of a chain \
				 specification ({error})"
			)
		}),
	}
}

fn preset(name: &str, id: &str, kind: ChainType, preset: &str) -> Result<ChainSpec, String> {
	let code = ergon_runtime::WASM_BINARY.ok_or_else(|| {
		"this binary was built with SKIP_WASM_BUILD and has no runtime: build it without, or name \
		 the file of a chain specification with --chain"
			.to_string()
	})?;
	Ok(ChainSpec::builder(code, Default::default())
		.with_name(name)
		.with_id(id)
		.with_chain_type(kind)
		.with_protocol_id("ergon")
		.with_genesis_config_preset_name(preset)
		.with_properties(properties())
		.build())
}

/// How wallets show amounts and accounts.
fn properties() -> Properties {
	let mut properties = Properties::new();
	properties.insert("tokenSymbol".into(), "ERG".into());
	properties.insert("tokenDecimals".into(), 12.into());
	properties.insert("ss58Format".into(), 42.into());
	properties
}
