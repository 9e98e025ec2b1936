// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Puts the commit into the version that the node reports.

use substrate_build_script_utils::{generate_cargo_keys, rerun_if_git_head_changed};

fn main() {
	generate_cargo_keys();
	// A release is built once per commit; in development, a new commit is no reason to link again.
	if std::env::var_os("ERGON_RELEASE").is_some() {
		rerun_if_git_head_changed();
	}
	println!("cargo:rerun-if-env-changed=ERGON_RELEASE");
}
