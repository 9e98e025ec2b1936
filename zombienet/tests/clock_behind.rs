// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A validator whose clock is behind.

mod clock;

use anyhow::Result;

/// To a node whose clock is five seconds behind, the blocks of everybody else come too early, and its own come late.
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_behind_should_harm_nobody_else() -> Result<()> {
	clock::should_harm_nobody_else(-5).await
}
