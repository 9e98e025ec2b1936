// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Chains whose validators and providers are others than those of the local one.

use crate::Balance;
use anyhow::{ensure, Context, Result};
use serde_json::{json, Value};
use std::{ffi::OsStr, process::Command};
use tempfile::TempDir;

/// What backs a unit of power; see `BondPerWorkUnit` of the runtime: a tenth of a token for a work unit.
const BOND_PER_WORK: Balance = 100;
/// Each validator starts with so many times the power that the largest bond backs. What was given at genesis
/// fades within ten eras; until the last of them, powers are as bonds are.
const ABUNDANCE: Balance = 10;
/// The well-known account Ferdie, and its worker key: what `ergon-node key inspect //Ferdie` shows for each of the
/// schemes sr25519 and ed25519.
const FERDIE: [&str; 2] = [
	"5CiPPseXPECbkjWCa6MnjNokrgYjMqmKndv2rSnekmSK2DjL",
	"5E2BmpVFzYGd386XRCZ76cDePMB3sfbZp5ZKGUsrG1m6gomN",
];

/// Where validators and their bonds stand in the genesis.
const VALIDATORS: &str = "/power/validators";
/// Where providers stand in the genesis.
const PROVIDERS: &str = "/providers/providers";

/// The definition of a chain in a file, which goes with this value. In the definition of a network,
/// `ERGON_CHAIN_SPEC` is its path.
pub struct ChainSpec {
	_folder: TempDir,
}

impl ChainSpec {
	/// The local chain, with its two providers as validators beside its three, and powers in proportion to bonds:
	/// each of the three bonds `strong`, and each provider `weak`.
	///
	/// # Errors
	///
	/// When `ergon-node` is not on the `PATH`, or does not take what is made of its definition.
	pub fn with_bonds(strong: Balance, weak: Balance) -> Result<Self> {
		Self::local(|genesis| {
			let three = list(genesis, VALIDATORS)?.clone();
			let three = three.iter().map(|it| (it[0].clone(), strong));
			let providers = list(genesis, PROVIDERS)?.clone();
			let two = providers.iter().map(|it| (it["account"].clone(), weak));
			let validators: Vec<(Value, Balance)> = three.chain(two).collect();
			let power = u64::try_from(ABUNDANCE * strong.max(weak) / BOND_PER_WORK)?;
			genesis["power"] = json!({ "validators": validators, "power": power });
			providers.iter().try_for_each(|provider| register_keys(genesis, provider))
		})
	}

	/// The local chain, with Dave, the first of its providers, as a fourth validator, who is as strong as each of its
	/// three.
	///
	/// # Errors
	///
	/// When `ergon-node` is not on the `PATH`, or does not take what is made of its definition.
	pub fn with_four_validators() -> Result<Self> {
		Self::local(|genesis| {
			let dave = list(genesis, PROVIDERS)?.first().context("nobody provides")?.clone();
			let validators = list(genesis, VALIDATORS)?;
			let bond = validators.first().context("nobody validates")?[1].clone();
			validators.push(json!([dave["account"], bond]));
			register_keys(genesis, &dave)
		})
	}

	/// The local chain, with Ferdie as a third provider, who bonds and offers what the first one does.
	///
	/// # Errors
	///
	/// When `ergon-node` is not on the `PATH`, or does not take what is made of its definition.
	pub fn with_three_providers() -> Result<Self> {
		Self::local(|genesis| {
			let providers = list(genesis, PROVIDERS)?;
			let mut ferdie = providers.first().context("nobody provides")?.clone();
			[ferdie["account"], ferdie["worker"]] = FERDIE.map(Value::from);
			providers.push(ferdie);
			Ok(())
		})
	}

	/// The local chain with another genesis.
	fn local(change: impl FnOnce(&mut Value) -> Result<()>) -> Result<Self> {
		let mut spec: Value = serde_json::from_slice(&build_spec(["local".as_ref()])?)?;
		let genesis = spec
			.pointer_mut("/genesis/runtimeGenesis/patch")
			.context("the definition of the local chain has no genesis")?;
		change(genesis)?;

		let folder = tempfile::tempdir()?;
		let [plain, raw] = ["plain.json", "raw.json"].map(|name| folder.path().join(name));
		std::fs::write(&plain, serde_json::to_vec(&spec)?)?;
		std::fs::write(&raw, build_spec([plain.as_ref(), "--raw".as_ref()])?)?;
		// What the definition refers to.
		std::env::set_var("ERGON_CHAIN_SPEC", raw);
		Ok(Self { _folder: folder })
	}
}

/// Registers session keys for the account of a provider: those that its node has.
fn register_keys(genesis: &mut Value, provider: &Value) -> Result<()> {
	// A well-known account has one secret for each kind of key.
	let (account, key) = (&provider["account"], &provider["worker"]);
	let keys = json!({ "babe": account, "grandpa": key, "audit": key });
	list(genesis, "/session/keys")?.push(json!([account, account, keys]));
	Ok(())
}

/// The list at a place of the genesis.
fn list<'a>(genesis: &'a mut Value, place: &str) -> Result<&'a mut Vec<Value>> {
	let list = genesis.pointer_mut(place).and_then(Value::as_array_mut);
	list.with_context(|| format!("the genesis has no list {place}"))
}

/// What `ergon-node build-spec --chain` prints.
fn build_spec<const N: usize>(chain: [&OsStr; N]) -> Result<Vec<u8>> {
	let output = Command::new("ergon-node")
		.args(["build-spec", "--disable-default-bootnode", "--chain"])
		.args(chain)
		.output()
		.context("ergon-node is not on the PATH: run `make test-network`")?;
	ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
	Ok(output.stdout)
}
