// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! One network at a time starts nodes, although several run.

use anyhow::{Context, Result};
use std::{env, fs::File};

/// The file that is locked by who has the turn.
const LOCK: &str = "ergon-network-tests.lock";

/// The turn to start nodes, which ends with this value. Otherwise ports that were found free for one network
/// could be found by the next before its nodes listen there; and nothing takes the processors longer.
pub(crate) struct Turn {
	_lock: File,
}

impl Turn {
	/// Waits until no other network on this machine starts nodes.
	pub(crate) fn wait() -> Result<Self> {
		let path = env::temp_dir().join(LOCK);
		let lock =
			File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
		lock.lock().with_context(|| format!("cannot lock {}", path.display()))?;
		Ok(Self { _lock: lock })
	}
}
