// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Keeps the feature `adversary` out of releases, and compiles the kernels for devices: with nvcc for
//! graphics cards, with a C++ compiler for tests.

use std::{env, path::Path, process::Command};

/// Every part of the kernels.
const KERNELS: &str = "src/device/kernels";
/// Virtual architecture that cards need to have at least: Ampere. The driver translates for the card.
const ARCHITECTURE: &str = "compute_80";

/// Says that an optimised build with the feature `adversary` is one for tests.
const ADVERSARY: &str = "ERGON_ADVERSARY";

fn main() {
	println!("cargo:rerun-if-changed={KERNELS}");
	println!("cargo:rustc-check-cfg=cfg(device)");
	println!("cargo:rerun-if-env-changed={ADVERSARY}");
	let has = |feature: &str| env::var_os(format!("CARGO_FEATURE_{feature}")).is_some();
	if has("ADVERSARY") && is_optimised() && env::var(ADVERSARY).as_deref() != Ok("tests") {
		// One sentence; cargo puts the name of the package before it.
		println!(
			"cargo::error=this optimised build has the feature `adversary`, which lets an engine cheat and \
			 its operator lose the bond: leave the feature out (cargo build --release -p ergon-node -p \
			 ergon-engine), or set {ADVERSARY}=tests if nobody will earn with what you build"
		);
		return;
	}
	if has("CUDA") || has("EMULATION") {
		println!("cargo:rustc-cfg=device");
	}
	if has("CUDA") {
		compile_for_cards();
	}
	#[cfg(feature = "emulation")]
	cc::Build::new()
		.cpp(true)
		.std("c++17")
		.flag("-xc++")
		.opt_level(2)
		.warnings(true)
		.extra_warnings(true)
		.flag("-Wno-unused-function")
		.file(Path::new(KERNELS).join("kernels.cu"))
		.compile("ergon_emulated_kernels");
}

/// Whether what is built could be meant for use: by the name of the profile that its own descends from, or
/// because somebody optimises a development profile.
fn is_optimised() -> bool {
	let is = |name: &str, value: &str| env::var(name).as_deref() == Ok(value);
	is("PROFILE", "release") || !is("OPT_LEVEL", "0")
}

/// Makes `kernels.ptx`.
fn compile_for_cards() {
	println!("cargo:rerun-if-env-changed=CUDA_HOME");
	println!("cargo:rerun-if-env-changed=NVCC_CCBIN");
	let home = env::var("CUDA_HOME").unwrap_or_default();
	let nvcc = match home.is_empty() {
		true => "nvcc".into(),
		false => Path::new(&home).join("bin/nvcc"),
	};
	let out = env::var("OUT_DIR").unwrap_or_default();
	let status = Command::new(&nvcc)
		.args([
			"--ptx",
			"-O3",
			"-std=c++17",
			"-arch",
			ARCHITECTURE,
			"-Xcudafe",
			"--display_error_number",
		])
		.args(["-Werror", "all-warnings"])
		.arg("-o")
		.arg(Path::new(&out).join("kernels.ptx"))
		.arg(Path::new(KERNELS).join("kernels.cu"))
		.status();
	match status {
		Ok(status) if status.success() => {}
		Ok(status) => panic!("nvcc could not compile the kernels: {status}"),
		Err(error) => panic!(
			"{} cannot be started ({error}): run scripts/setup-cuda, which installs it, and set CUDA_HOME \
			 to what it prints",
			nvcc.display()
		),
	}
}
