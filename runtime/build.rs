// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Compiles the runtime to Wasm, unless `SKIP_WASM_BUILD` is set.

fn main() {
	#[cfg(feature = "std")]
	{
		let builder = substrate_wasm_builder::WasmBuilder::init_with_defaults();
		#[cfg(feature = "metadata-hash")]
		let builder = builder.enable_metadata_hash("ERG", 12);
		builder.build();
	}
}
