// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A validator whose clock is ahead.

mod clock;

use anyhow::Result;

/// Blocks of a node whose clock is five seconds ahead come too early for everybody else.
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_ahead_should_harm_nobody_else() -> Result<()> {
	clock::should_harm_nobody_else(5).await
}
