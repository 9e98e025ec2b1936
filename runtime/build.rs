// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Compiles the runtime to Wasm, unless `SKIP_WASM_BUILD` is set, and finds the demo model.

use std::{env, fs, io, path::Path};

/// What the importer wrote beside the demo model's weights.
const DEMO_MANIFEST: &str = "../models/demo/manifest.json";

fn main() -> io::Result<()> {
	#[cfg(feature = "std")]
	{
		let builder = substrate_wasm_builder::WasmBuilder::init_with_defaults();
		#[cfg(feature = "metadata-hash")]
		let builder = builder.enable_metadata_hash("ERG", 12);
		builder.build();
	}
	copy_demo_manifest()
}

/// Puts the demo model's manifest where the presets include it from.
fn copy_demo_manifest() -> io::Result<()> {
	println!("cargo:rerun-if-changed={DEMO_MANIFEST}");
	let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
	let target = Path::new(&out).join("demo_manifest.json");
	match fs::read(DEMO_MANIFEST) {
		Ok(manifest) => fs::write(target, manifest),
		Err(error) if error.kind() == io::ErrorKind::NotFound => {
			println!(
				"cargo:warning=there is no {DEMO_MANIFEST}: the presets will register no model; \
				 import the demo model with `ergon-engine import` and build again"
			);
			fs::write(target, "null")
		}
		Err(error) => Err(error),
	}
}
